// SPDX-License-Identifier: GPL-3.0-or-later
// The AI SDK over each of its providers: it rebuilds every message from its own parts before it sends it back.
import assert from 'node:assert/strict';
import { APICallError, generateText, jsonSchema, streamText, tool } from 'ai';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { createOllama } from 'ai-sdk-ollama';
import {
  answer,
  calls,
  check,
  checkFaults,
  checkRefusal,
  checkTurns,
  finish,
  providers,
  question,
  results,
  server,
  tools,
  version,
} from './common.mjs';

globalThis.AI_SDK_LOG_WARNINGS = false;
const openai = createOpenAI({ baseURL: `${server}/v1`, apiKey: 'sk-test' });
const compatible = createOpenAICompatible({ name: 'gateway', baseURL: `${server}/v1`, apiKey: 'sk-test', includeUsage: true });
const anthropic = createAnthropic({ baseURL: `${server}/v1`, apiKey: 'sk-test' });
const ollama = createOllama({ baseURL: server });
const described = Object.fromEntries(
  tools.map(({ name, description, parameters }) => [name, tool({ description, inputSchema: jsonSchema(parameters) })]),
);

function client(model, options, known) {
  const ask = async (name, streamed, messages) => {
    const request = { model: model(name), messages, tools: described, maxRetries: 1, ...options };
    if (!streamed) return generateText(request);
    let failure;
    const stream = streamText({ ...request, onError: ({ error }) => (failure ??= error) });
    let pieces = '';
    for await (const part of stream.fullStream) {
      if (part.type === 'text-delta') pieces += part.text;
      if (part.type === 'error') failure ??= part.error;
    }
    if (failure) throw failure;
    assert.equal(pieces, await stream.text);
    return Object.fromEntries(
      await Promise.all(
        ['text', 'reasoningText', 'toolCalls', 'finishReason', 'usage', 'response'].map(async (key) => [key, await stream[key]]),
      ),
    );
  };
  return {
    finish: 'tool-calls',
    usage: ['input', 'cached', 'output', 'reasoning'],
    heeds: false,
    ...known,
    isError(thrown, status) {
      const error = thrown.lastError ?? thrown; // after the last try
      if (known.isOwn) return known.isOwn(error, status);
      return status === undefined ? error instanceof Error : APICallError.isInstance(error) && error.statusCode === status;
    },
    async turn(name, streamed) {
      const asked = [{ role: 'user', content: question }],
        reply = await ask(name, streamed, asked),
        { usage } = reply;
      return {
        text: reply.text,
        thinking: reply.reasoningText,
        finish: reply.finishReason,
        id: reply.response.id,
        model: reply.response.modelId,
        usage: {
          input: usage.inputTokens,
          cached: usage.inputTokenDetails.cacheReadTokens,
          written: usage.inputTokenDetails.cacheWriteTokens,
          output: usage.outputTokens,
          reasoning: usage.outputTokenDetails.reasoningTokens,
        },
        calls: reply.toolCalls.map((call) => ({ id: call.toolCallId, name: call.toolName, args: call.input })),
        history: [
          ...asked,
          ...reply.response.messages,
          {
            role: 'tool',
            content: reply.toolCalls.map((call) => ({
              type: 'tool-result',
              toolCallId: call.toolCallId,
              toolName: call.toolName,
              output: { type: 'text', value: results[call.toolName] },
            })),
          },
        ],
      };
    },
    async again(name, streamed, history) {
      return (await ask(name, streamed, history)).text;
    },
    async fail(name, streamed) {
      await ask(name, streamed, [{ role: 'user', content: question }]);
    },
  };
}

const clients = [
  ['openai', '.chat', 'openai', client((name) => openai.chat(name), {}, { thinks: false, carries: false })],
  [
    'openai',
    '.responses',
    'openai',
    client(
      (name) => openai.responses(name),
      { providerOptions: { openai: { store: false, include: ['reasoning.encrypted_content'], forceReasoning: true } } },
      { thinks: true, carries: true },
    ),
  ],
  ['openai-compatible', '', 'openai', client((name) => compatible(name), {}, { thinks: true, carries: false })],
  [
    'anthropic',
    '',
    'anthropic',
    client(
      (name) => anthropic(name),
      { maxOutputTokens: 8000, providerOptions: { anthropic: { thinking: { type: 'enabled', budgetTokens: 2048 } } } },
      { thinks: true, carries: true },
    ),
  ],
  [
    'ai-sdk-ollama',
    '',
    'ollama',
    client(
      (name) => ollama(name, { think: true }),
      {},
      {
        thinks: true,
        carries: false,
        usage: ['input', 'output'],
        id: false,
        ownIds: true,
        repeats: false,
        isOwn: (error, status) => (status === undefined ? error instanceof Error : error.name === 'OllamaError'),
      },
    ),
  ],
];
for (const [name, variant, family, known] of clients) {
  const packageName = name.startsWith('ai-') ? name : `@ai-sdk/${name}`;
  const title = `ai ${version('ai')}, ${packageName}${variant} ${version(packageName)}`;
  await checkTurns(title, known);
  await checkFaults(title, family, known);
}
for (const provider of Object.keys(providers))
  await check(`ai ${version('ai')}, openai: tools run by themselves, from ${provider}`, async () => {
    const called = [],
      runnable = ({ name, description, parameters }) => [
        name,
        tool({ description, inputSchema: jsonSchema(parameters), execute: (args) => (called.push({ name, args }), results[name]) }),
      ];
    const { text } = await generateText({
      model: openai.chat(`reply:${provider}/turn`),
      prompt: question,
      stopWhen: ({ steps }) => steps.length === 3,
      tools: Object.fromEntries(tools.map(runnable)),
    });
    assert.equal(text, answer);
    assert.deepEqual(called, calls);
  });
/* By itself this client names earlier items of a reply instead of sending them, as if they were kept. */
await checkRefusal(
  `ai ${version('ai')}, openai.responses`,
  clients[1][3],
  'a second turn that relies on a kept reply',
  async () => {
    const kept = client((name) => openai.responses(name), {}, { thinks: true, carries: true });
    const { history } = await kept.turn('reply:anthropic/turn', false);
    await kept.again('reply:anthropic/turn', false, history);
  },
  2,
);
finish();
