// SPDX-License-Identifier: GPL-3.0-or-later
// Ollama's own client. Its messages have no place for opaque state; it asks every time once.
import assert from 'node:assert/strict';
import { Ollama } from 'ollama';
import {
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

const sdk = `ollama ${version('ollama')}`;
const client = new Ollama({ host: server });
const isError = (error, status) => error instanceof Error && error.status_code === status;

async function reply(model, streamed, messages) {
  const request = { model, messages, tools: tools.map((tool) => ({ type: 'function', function: tool })), think: true };
  if (!streamed) return client.chat(request);
  const message = { role: 'assistant', content: '', thinking: '', tool_calls: [] };
  let end,
    ends = 0;
  for await (const part of await client.chat({ ...request, stream: true })) {
    message.content += part.message.content;
    message.thinking += part.message.thinking ?? '';
    message.tool_calls.push(...(part.message.tool_calls ?? []));
    if (part.done) (ends++, (end = part));
  }
  assert.equal(ends, 1, 'one end');
  return { ...end, message };
}

const chat = {
  thinks: true,
  carries: false,
  finish: 'stop',
  usage: ['input', 'output'],
  isError,
  repeats: false,
  id: false,
  without: 'ollama',
  async turn(model, streamed) {
    const asked = [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: question },
      ],
      { message, ...rest } = await reply(model, streamed, asked);
    return {
      text: message.content,
      thinking: message.thinking,
      finish: rest.done_reason,
      model: rest.model,
      usage: { input: rest.prompt_eval_count, output: rest.eval_count },
      calls: message.tool_calls.map((call) => ({ id: call.id, name: call.function.name, args: call.function.arguments })),
      history: [
        ...asked,
        message,
        ...message.tool_calls.map((call) => ({ role: 'tool', tool_name: call.function.name, content: results[call.function.name] })),
      ],
    };
  },
  async again(model, streamed, history) {
    return (await reply(model, streamed, history)).message.content;
  },
  async fail(model, streamed) {
    await reply(model, streamed, [{ role: 'user', content: question }]);
  },
};
await checkTurns(`${sdk}, chat`, chat);
await checkFaults(`${sdk}, chat`, 'ollama', chat);
await checkRefusal(`${sdk}, chat`, chat, 'logprobs of Anthropic', () =>
  client.chat({ model: 'reply:anthropic/turn', logprobs: true, messages: [{ role: 'user', content: question }] }),
);

/* Results say only which tool they are of, and may be ready in another order than they were asked for. */
const answered = {
  'openai-chat': (body) => body.messages.filter((m) => m.role === 'tool').map((m) => [m.tool_call_id, m.content]),
  'openai-responses': (body) => body.input.filter((i) => i.type === 'function_call_output').map((i) => [i.call_id, i.output]),
  anthropic: (body) => body.messages.at(-1).content.map((b) => [b.tool_use_id, b.content]),
  bedrock: (body) => body.messages.at(-1).content.map(({ toolResult }) => [toolResult.toolUseId, toolResult.content[0].text]),
};
for (const [provider, find] of Object.entries(answered))
  await check(`${sdk}, chat: results in another order reach ${provider} each with its own call`, async () => {
    const { history } = await chat.turn('reply:openai-chat/turn', false);
    await chat.again(`reply:${provider}/turn`, false, [...history.slice(0, -2), ...history.slice(-2).reverse()]);
    assert.deepEqual(Object.fromEntries(find(JSON.parse((await last()).body))), { call_a: results.get_weather, call_b: results.get_time });
  });

for (const provider of Object.keys(providers))
  for (const stream of [true, false])
    await check(`${sdk}, generate, ${stream ? 'streamed' : 'whole'}, from ${provider}: text, thinking, counts`, async () => {
      const { usage, text, thinking } = providers[provider],
        form = stream ? 0 : 1;
      const request = { model: `reply:${provider}/turn`, prompt: question, think: true };
      const parts = [];
      if (stream) for await (const part of await client.generate({ ...request, stream })) parts.push(part);
      else parts.push(await client.generate(request));
      assert.equal(parts.map((part) => part.response).join(''), text[form]);
      assert.equal(parts.map((part) => part.thinking ?? '').join(''), thinking[form]);
      assert.deepEqual(
        [parts.filter((part) => part.done).length, parts.at(-1).prompt_eval_count, parts.at(-1).eval_count],
        [1, usage.input, usage.output],
      );
    });
await check(`${sdk}: list of models`, async () => assert.equal((await client.list()).models.length, 1));
finish();
