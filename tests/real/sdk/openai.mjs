// SPDX-License-Identifier: GPL-3.0-or-later
// OpenAI's own client: Chat Completions with its stream helper and its tool runner, and Responses.
import assert from 'node:assert/strict';
import OpenAI from 'openai';
import {
  answer,
  calls,
  check,
  checkFaults,
  checkRefusal,
  checkTurns,
  finish,
  last,
  providers,
  question,
  results,
  server,
  tools,
  version,
} from './common.mjs';

const sdk = `openai ${version('openai')}`;
const client = new OpenAI({ baseURL: `${server}/v1`, apiKey: 'sk-test', maxRetries: 1 });
const errors = {
  400: OpenAI.BadRequestError,
  401: OpenAI.AuthenticationError,
  403: OpenAI.PermissionDeniedError,
  404: OpenAI.NotFoundError,
  429: OpenAI.RateLimitError,
  502: OpenAI.InternalServerError,
  503: OpenAI.InternalServerError,
};
const isError = (error, status) => error instanceof (errors[status] ?? OpenAI.APIError) && error.status === status;

/* --- Chat Completions --- */

const helpers = client.chat.completions.stream ? client.chat.completions : client.beta.chat.completions; // beta until 5.0
const chatTools = tools.map((tool) => ({ type: 'function', function: tool }));
const chatUsage = (usage) => ({
  input: usage.prompt_tokens,
  cached: usage.prompt_tokens_details?.cached_tokens,
  written: usage.prompt_tokens_details?.cache_write_tokens,
  output: usage.completion_tokens,
  reasoning: usage.completion_tokens_details?.reasoning_tokens,
});

async function chatReply(model, streamed, messages) {
  const request = { model, messages, tools: chatTools };
  if (!streamed) {
    const completion = await client.chat.completions.create(request);
    return { completion, thinking: completion.choices[0].message.reasoning_content };
  }
  const stream = helpers.stream({ ...request, stream_options: { include_usage: true } });
  let thinking = '',
    pieces = '';
  for await (const chunk of stream) {
    thinking += chunk.choices[0]?.delta.reasoning_content ?? '';
    pieces += chunk.choices[0]?.delta.content ?? '';
  }
  const completion = await stream.finalChatCompletion();
  assert.equal(pieces, completion.choices[0].message.content ?? '');
  return { completion, thinking };
}

const chat = {
  thinks: true,
  carries: true,
  finish: 'tool_calls',
  usage: ['input', 'cached', 'written', 'output', 'reasoning'],
  isError,
  async turn(model, streamed) {
    const asked = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: question },
    ];
    const { completion, thinking } = await chatReply(model, streamed, asked);
    const { message, finish_reason } = completion.choices[0];
    return {
      text: message.content,
      thinking,
      finish: finish_reason,
      id: completion.id,
      model: completion.model,
      usage: chatUsage(completion.usage),
      calls: message.tool_calls.map((call) => ({ id: call.id, name: call.function.name, args: JSON.parse(call.function.arguments) })),
      history: [
        ...asked,
        message,
        ...message.tool_calls.map((call) => ({ role: 'tool', tool_call_id: call.id, content: results[call.function.name] })),
      ],
    };
  },
  async again(model, streamed, history) {
    return (await chatReply(model, streamed, history)).completion.choices[0].message.content;
  },
  async fail(model, streamed) {
    await chatReply(model, streamed, [{ role: 'user', content: question }]);
  },
};
const chatName = `${sdk}, chat`;
await checkTurns(chatName, chat);
await checkFaults(chatName, 'openai', chat);
await checkRefusal(chatName, chat, 'n = 2 of Anthropic', () =>
  client.chat.completions.create({ model: 'reply:anthropic/turn', n: 2, messages: [{ role: 'user', content: question }] }),
);

/* runTools sends every message back by itself, until the answer comes. Later versions keep only the members that they know of a message, so
 * what was thought is lost to them: the provider gets all of its state or none. */
for (const provider of Object.keys(providers))
  for (const stream of [true, false])
    await check(
      `${chatName}, runTools, ${stream ? 'streamed' : 'whole'}, from ${provider}: both tools run, their results are answered`,
      async () => {
        const called = [];
        const runnable = chatTools.map(({ type, function: { name, description, parameters } }) => ({
          type,
          function: { name, description, parameters, parse: JSON.parse, function: (args) => (called.push({ name, args }), results[name]) },
        }));
        const runner = helpers.runTools({
          model: `reply:${provider}/turn`,
          stream,
          messages: [{ role: 'user', content: question }],
          tools: runnable,
        });
        assert.equal(await runner.finalContent(), answer);
        assert.deepEqual(called, calls);
        const { body } = await last();
        const state = providers[provider].state[stream ? 0 : 1],
          came = state.filter((text) => body.includes(`"${text}"`));
        assert.ok(came.length === 0 || came.length === state.length, `of ${state} came ${came}`);
        assert.ok(!body.includes('purser.1.'));
        for (const text of Object.values(results)) assert.ok(body.includes(text), text);
      },
    );

for (const stream of [true, false])
  await check(`${chatName}, ${stream ? 'streamed' : 'whole'}: a reply that was cut short says so`, async () => {
    const request = { model: `reply:ollama/text-streamed`, messages: [{ role: 'user', content: question }] };
    const { choices } = stream ? await helpers.stream(request).finalChatCompletion() : await client.chat.completions.create(request);
    assert.deepEqual([choices[0].message.content, choices[0].finish_reason], ['Hallo ☀', 'length']);
  });

/* --- Responses --- */

const responsesTools = tools.map((tool) => ({ type: 'function', strict: false, ...tool }));

const said = ({ output }) => output.flatMap((item) => (item.type === 'message' ? item.content.map((part) => part.text) : [])).join('');

async function response(model, streamed, input) {
  const request = {
    model,
    input,
    instructions: 'Be brief.',
    tools: responsesTools,
    store: false,
    include: ['reasoning.encrypted_content'],
  };
  if (!streamed) return client.responses.create(request);
  const stream = client.responses.stream(request);
  let pieces = '',
    number = -1;
  for await (const event of stream) {
    assert.equal(event.sequence_number, ++number, 'sequence numbers');
    if (event.type === 'response.output_text.delta') pieces += event.delta;
  }
  const reply = await stream.finalResponse();
  assert.equal(pieces, said(reply));
  return reply;
}

const responses = {
  thinks: true,
  carries: true,
  finish: 'completed',
  usage: ['input', 'cached', 'written', 'output', 'reasoning'],
  isError,
  async turn(model, streamed) {
    const asked = [{ role: 'user', content: question }],
      reply = await response(model, streamed, asked);
    const asks = reply.output.filter((item) => item.type === 'function_call');
    assert.ok(
      reply.output.every((item) => item.id && item.id !== item.call_id),
      'every item has an id of its own',
    );
    return {
      text: said(reply),
      thinking: reply.output.flatMap((item) => (item.type === 'reasoning' ? item.summary.map((part) => part.text) : [])).join(''),
      finish: reply.status,
      id: reply.id,
      model: reply.model,
      usage: {
        input: reply.usage.input_tokens,
        cached: reply.usage.input_tokens_details.cached_tokens,
        written: reply.usage.input_tokens_details.cache_write_tokens,
        output: reply.usage.output_tokens,
        reasoning: reply.usage.output_tokens_details.reasoning_tokens,
      },
      calls: asks.map((call) => ({ id: call.call_id, name: call.name, args: JSON.parse(call.arguments) })),
      history: [
        ...asked,
        ...reply.output,
        ...asks.map((call) => ({ type: 'function_call_output', call_id: call.call_id, output: results[call.name] })),
      ],
    };
  },
  async again(model, streamed, history) {
    return said(await response(model, streamed, history));
  },
  async fail(model, streamed) {
    await response(model, streamed, question);
  },
};
const responsesName = `${sdk}, responses`;
await checkTurns(responsesName, responses);
await checkFaults(responsesName, 'openai', responses);
await checkRefusal(responsesName, responses, 'an earlier response’s id, of Anthropic', () =>
  client.responses.create({ model: 'reply:anthropic/turn', input: question, previous_response_id: 'resp_1' }),
);
for (const stream of [true, false])
  await check(`${responsesName}, ${stream ? 'streamed' : 'whole'}: a reply that was cut short says so`, async () => {
    const request = { model: `reply:ollama/text-streamed`, input: question };
    let reply = stream ? undefined : await client.responses.create(request);
    if (stream)
      for await (const event of await client.responses.create({ ...request, stream }))
        if (event.type === 'response.incomplete') reply = event.response;
    assert.deepEqual(
      [reply.output[0].content[0].text, reply.status, reply.incomplete_details.reason],
      ['Hallo ☀', 'incomplete', 'max_output_tokens'],
    );
  });
await check(`${sdk}: list of models`, async () => assert.equal((await client.models.list()).data.length, 1));
finish();
