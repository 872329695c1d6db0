// SPDX-License-Identifier: GPL-3.0-or-later
// The vendors' own clients, unchanged, against a running gateway: a streamed chat and a streamed call of a tool each.
//
//   GATEWAY=http://127.0.0.1:PORT KEY=… MODEL=workload [TOOLS=0] [COUNTS=0: the provider leaves them out of streams] [ONLY=openai|anthropic|ollama|aisdk] node gateway.mjs
//
// Ends with "N passed, N failed".
const { GATEWAY, KEY, MODEL = 'drafting', TOOLS = '1', COUNTS = '1', ONLY = '' } = process.env;
let passed = 0, failed = 0;
const question = 'What is the capital of France?', weather = 'What is the weather in Paris?';
const parameters = { type: 'object', properties: { city: { type: 'string', maxLength: 12 } }, required: ['city'] };

async function test(name, body) {
  if (ONLY && !name.startsWith(ONLY)) return;
  try {
    const told = await body();
    passed++;
    console.log('ok   %s: %s', name, JSON.stringify(told).slice(0, 160));
  } catch (e) {
    failed++;
    console.log('FAIL %s: %s %s', name, e?.status ?? e?.statusCode ?? '', String(e?.message ?? e).slice(0, 300));
  }
}
function must(condition, what) { if (!condition) throw new Error('not so: ' + what); }
const withTools = (name, body) => (TOOLS === '0' ? undefined : test(name, body));

const OpenAI = (await import('openai')).default;
const openai = new OpenAI({ baseURL: GATEWAY + '/v1', apiKey: KEY, maxRetries: 0 });
await test('openai chat, streamed', async () => {
  let text = '', finish, usage;
  for await (const chunk of await openai.chat.completions.create({ model: MODEL, temperature: 0, max_tokens: 64, stream: true, stream_options: { include_usage: true }, messages: [{ role: 'user', content: question }] })) {
    text += chunk.choices[0]?.delta?.content ?? '';
    finish = chunk.choices[0]?.finish_reason ?? finish;
    usage = chunk.usage ?? usage;
  }
  must(text.includes('Paris'), 'Paris in ' + text);
  must(finish === 'stop', 'finish ' + finish);
  must(COUNTS === '0' || usage?.completion_tokens > 0, 'usage');
  return [text, usage?.prompt_tokens, usage?.completion_tokens];
});
await withTools('openai chat with a tool, streamed', async () => {
  let name = '', args = '', finish;
  for await (const chunk of await openai.chat.completions.create({ model: MODEL, temperature: 0, max_tokens: 200, stream: true, messages: [{ role: 'user', content: weather }], tool_choice: 'required', tools: [{ type: 'function', function: { name: 'get_weather', description: 'The weather of a city', parameters } }] })) {
    for (const call of chunk.choices[0]?.delta?.tool_calls ?? []) { name += call.function?.name ?? ''; args += call.function?.arguments ?? ''; }
    finish = chunk.choices[0]?.finish_reason ?? finish;
  }
  must(name === 'get_weather', 'name ' + name);
  must(typeof JSON.parse(args).city === 'string', 'city in ' + args);
  must(finish === 'tool_calls' || finish === 'stop', 'finish ' + finish);
  return [name, args, finish];
});
await test('openai responses, streamed', async () => {
  let text = '', done;
  for await (const event of await openai.responses.create({ model: MODEL, input: question, max_output_tokens: 64, temperature: 0, stream: true })) {
    if (event.type === 'response.output_text.delta') text += event.delta;
    if (event.type === 'response.completed') done = event.response;
  }
  must(text.includes('Paris'), 'Paris in ' + text);
  must(done !== undefined && (COUNTS === '0' || done.usage?.output_tokens > 0), 'usage');
  return [text, done.status, done.usage?.output_tokens];
});

const Anthropic = (await import('@anthropic-ai/sdk')).default;
const anthropic = new Anthropic({ baseURL: GATEWAY, apiKey: KEY, maxRetries: 0 });
await test('anthropic messages, streamed', async () => {
  const message = await anthropic.messages.stream({ model: MODEL, max_tokens: 64, temperature: 0, messages: [{ role: 'user', content: question }] }).finalMessage();
  must(message.content[0]?.text?.includes('Paris'), 'Paris in ' + JSON.stringify(message.content));
  must(message.stop_reason === 'end_turn', message.stop_reason);
  must(COUNTS === '0' || message.usage.output_tokens > 0, 'usage');
  return [message.content[0].text, message.usage.output_tokens];
});
await withTools('anthropic messages with a tool, streamed', async () => {
  const message = await anthropic.messages.stream({ model: MODEL, max_tokens: 200, temperature: 0, messages: [{ role: 'user', content: weather }], tool_choice: { type: 'any' }, tools: [{ name: 'get_weather', description: 'The weather of a city', input_schema: parameters }] }).finalMessage();
  const call = message.content.find(block => block.type === 'tool_use');
  must(call?.name === 'get_weather' && typeof call.input.city === 'string', JSON.stringify(message.content));
  return [message.stop_reason, call.input];
});
await test('anthropic count_tokens and models', async () => {
  const { input_tokens } = await anthropic.messages.countTokens({ model: MODEL, messages: [{ role: 'user', content: question }] });
  const ids = [];
  for await (const model of anthropic.models.list()) ids.push(model.id);
  must(input_tokens > 3 && ids.includes(MODEL), input_tokens + ' ' + ids);
  return [input_tokens, ids];
});

const { Ollama } = await import('ollama');
const ollama = new Ollama({ host: GATEWAY }); // no key: the gateway's keyless callers
await test('ollama chat, streamed', async () => {
  let text = '', dones = 0, last;
  for await (const part of await ollama.chat({ model: MODEL, stream: true, options: { temperature: 0, num_predict: 64 }, messages: [{ role: 'user', content: question }] })) {
    text += part.message.content;
    if (part.done) { dones++; last = part; }
  }
  must(text.includes('Paris'), 'Paris in ' + text);
  must(dones === 1, dones + ' ends');
  must(COUNTS === '0' || last.eval_count > 0, 'eval_count');
  return [text, last.done_reason, last.eval_count];
});
await withTools('ollama chat with a tool, streamed', async () => {
  const calls = [];
  for await (const part of await ollama.chat({ model: MODEL, stream: true, options: { temperature: 0, num_predict: 200 }, messages: [{ role: 'user', content: weather }], tools: [{ type: 'function', function: { name: 'get_weather', description: 'The weather of a city', parameters } }] })) calls.push(...(part.message.tool_calls ?? []));
  must(calls.length > 0 && calls[0].function.name === 'get_weather', JSON.stringify(calls));
  return calls[0].function;
});
await test('ollama list, version, show, ps', async () => {
  const names = (await ollama.list()).models.map(model => model.name), shown = await ollama.show({ model: MODEL });
  must(names.includes(MODEL), names);
  must(shown.capabilities?.includes('completion'), JSON.stringify(shown));
  await ollama.ps();
  return [names, (await ollama.version()).version];
});

const { streamText, tool, jsonSchema } = await import('ai');
const { createOpenAI } = await import('@ai-sdk/openai');
const { createAnthropic } = await import('@ai-sdk/anthropic');
const makers = {
  'aisdk openai chat': createOpenAI({ baseURL: GATEWAY + '/v1', apiKey: KEY }).chat(MODEL),
  'aisdk openai responses': createOpenAI({ baseURL: GATEWAY + '/v1', apiKey: KEY }).responses(MODEL),
  'aisdk anthropic': createAnthropic({ baseURL: GATEWAY + '/v1', apiKey: KEY })(MODEL),
};
for (const [name, model] of Object.entries(makers)) {
  await test(name + ', streamed', async () => {
    let problem, text = '';
    const reply = streamText({ model, prompt: question, temperature: 0, maxOutputTokens: 64, maxRetries: 0, onError: ({ error }) => { problem = error; } });
    for await (const part of reply.textStream) text += part;
    if (problem) throw problem;
    must(text.includes('Paris'), 'Paris in ' + text);
    return [text, await reply.finishReason];
  });
  await withTools(name + ' with a tool, streamed', async () => {
    let problem;
    const calls = [];
    const reply = streamText({ model, prompt: weather, temperature: 0, maxOutputTokens: 200, maxRetries: 0, toolChoice: 'required', tools: { get_weather: tool({ description: 'The weather of a city', inputSchema: jsonSchema(parameters) }) }, onError: ({ error }) => { problem = error; } });
    for await (const part of reply.fullStream) if (part.type === 'tool-call') calls.push(part);
    if (problem) throw problem;
    must(calls[0]?.toolName === 'get_weather', JSON.stringify(calls));
    return calls[0].input;
  });
}
console.log('%d passed, %d failed', passed, failed);
process.exit(failed ? 1 : 0);
