// SPDX-License-Identifier: GPL-3.0-or-later
// Anthropic's own client, in the version that lies beside this file: messages, their beta sister, and the tool runner.
import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
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

const sdk = `@anthropic-ai/sdk ${version('@anthropic-ai/sdk')}`;
const client = new Anthropic({ baseURL: server, apiKey: 'sk-test', authToken: null, maxRetries: 1 });
const errors = {
  400: Anthropic.BadRequestError,
  401: Anthropic.AuthenticationError,
  403: Anthropic.PermissionDeniedError,
  404: Anthropic.NotFoundError,
  429: Anthropic.RateLimitError,
  502: Anthropic.InternalServerError,
  529: Anthropic.InternalServerError,
};
const isError = (error, status) => error instanceof (errors[status] ?? Anthropic.APIError) && error.status === status;
const described = tools.map(({ name, description, parameters }) => ({ name, description, input_schema: parameters }));

function family(messages) {
  const reply = async (model, streamed, asked) => {
    const request = {
      model,
      max_tokens: 8000,
      system: 'Be brief.',
      messages: asked,
      tools: described,
      thinking: { type: 'enabled', budget_tokens: 2048 },
    };
    if (!streamed) return messages.create(request);
    const stream = messages.stream(request);
    let pieces = '';
    stream.on('text', (text) => (pieces += text));
    const message = await stream.finalMessage();
    assert.equal(pieces, texts(message));
    return message;
  };
  return {
    reply,
    thinks: true,
    carries: true,
    finish: 'tool_use',
    usage: ['input', 'cached', 'written', 'output', 'reasoning'],
    isError,
    async turn(model, streamed) {
      const asked = [{ role: 'user', content: question }],
        message = await reply(model, streamed, asked),
        { usage } = message;
      const asks = message.content.filter((block) => block.type === 'tool_use');
      return {
        text: texts(message),
        thinking: message.content.map((block) => block.thinking ?? '').join(''),
        finish: message.stop_reason,
        id: message.id,
        model: message.model,
        usage: {
          input: usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens,
          cached: usage.cache_read_input_tokens,
          written: usage.cache_creation_input_tokens,
          output: usage.output_tokens,
          reasoning: usage.output_tokens_details?.thinking_tokens,
        },
        calls: asks.map((block) => ({ id: block.id, name: block.name, args: block.input })),
        history: [
          ...asked,
          { role: 'assistant', content: message.content },
          { role: 'user', content: asks.map((block) => ({ type: 'tool_result', tool_use_id: block.id, content: results[block.name] })) },
        ],
      };
    },
    async again(model, streamed, history) {
      return texts(await reply(model, streamed, history));
    },
    async fail(model, streamed) {
      await reply(model, streamed, [{ role: 'user', content: question }]);
    },
  };
}
const texts = (message) => message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');

const plain = family(client.messages),
  beta = family(client.beta.messages);
await checkTurns(sdk, plain);
await checkTurns(`${sdk}, beta`, beta);
await checkFaults(sdk, 'anthropic', plain);
await checkRefusal(sdk, plain, 'Anthropic’s own search, of OpenAI', () =>
  client.messages.create({
    model: 'reply:openai-chat/turn',
    max_tokens: 100,
    messages: [{ role: 'user', content: question }],
    tools: [{ type: 'web_search_20250305', name: 'web_search' }],
  }),
);

for (const streamed of [true, false])
  await check(`${sdk}, ${streamed ? 'streamed' : 'whole'}: a reply that was cut short says so`, async () => {
    const { content, stop_reason } = await plain.reply('reply:ollama/text-streamed', streamed, [{ role: 'user', content: question }]);
    assert.deepEqual([content[0].text, stop_reason], ['Hallo ☀', 'max_tokens']);
  });

/* The tool runner keeps the conversation at Anthropic (`thread`, from 1.2 on) unless it is told not to: there only what is new goes out;
 * elsewhere the server says that it cannot, and all of it goes out. */
const threads = !sdk.includes(' 0.');
for (const provider of Object.keys(providers))
  for (const stream of [true, false])
    for (const thread of threads ? [undefined, false] : [undefined])
      await check(
        `${sdk}, toolRunner${thread === false ? ' without threads' : ''}, ${stream ? 'streamed' : 'whole'}, from ${provider}: both tools run, their results are answered`,
        async () => {
          const called = [],
            { state, latest = [] } = providers[provider],
            kept = threads && thread !== false && provider === 'anthropic';
          const runner = client.beta.messages.toolRunner({
            model: `reply:${provider}/turn`,
            max_tokens: 8000,
            stream,
            thread,
            messages: [{ role: 'user', content: question }],
            thinking: { type: 'enabled', budget_tokens: 2048 },
            tools: described.map((tool) => ({
              ...tool,
              parse: (args) => args,
              run: (args) => (called.push({ name: tool.name, args }), results[tool.name]),
            })),
          });
          assert.equal(texts(await runner.runUntilDone()), answer);
          assert.deepEqual(called, calls);
          const { body } = await last(),
            opaque = state[stream ? 0 : 1];
          assert.ok(!body.includes('purser.1.'));
          for (const text of Object.values(results)) assert.ok(body.includes(text), `${text} is missing`);
          if (kept) assert.equal(JSON.parse(body).thread.type, 'continue');
          else
            for (const text of ['Köln', ...(latest.length && latest.every((text) => body.includes(text)) ? [] : opaque)])
              assert.ok(body.includes(text), `${text} did not come back`);
        },
      );
await check(`${sdk}: speaks version ${sdk.includes(' 0.') ? '2023-06-01' : '2026-10-21'} of the interface`, async () => {
  await plain.again('reply:anthropic/turn', false, [{ role: 'user', content: question }]);
  assert.equal((await last())['anthropic-version'], sdk.includes(' 0.') ? '2023-06-01' : '2026-10-21');
});
await check(`${sdk}: list of models`, async () => assert.equal((await client.models.list()).data.length, 1));
finish();
