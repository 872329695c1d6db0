// SPDX-License-Identifier: GPL-3.0-or-later
// Every vendor's client against every provider. expect.json says what must be read; wire-server plays the replies in tests/wire/pairs.
// A client is described by what it does; the loops here ask it for every provider, streamed and whole.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

export const server = process.env.WIRE_SERVER; // http://127.0.0.1:PORT
export const { question, tools, calls, results, answer, providers, faults } = JSON.parse(
  readFileSync(new URL('expect.json', import.meta.url)),
);
export const version = (name) => JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url))).version;

let passed = 0,
  failed = 0;
export async function check(what, test) {
  try {
    await test();
    passed++;
    console.log(`ok - ${what}`);
  } catch (error) {
    failed++;
    console.log(
      `not ok - ${what}\n  # ${String(error?.stack ?? error)
        .split('\n')
        .slice(0, 14)
        .join('\n  # ')}`,
    );
  }
}
export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}

/* What wire-server made of the request before. */
export async function last() {
  return (await fetch(`${server}/last`)).json();
}

/* --- Turns --- */

// The opaque state in a request as a provider gets it, in its order, each with the thinking that it belongs to.
const finders = {
  'openai-chat': (body) => body.messages.flatMap((m) => (m.reasoning_details ?? []).map((d) => [d.signature ?? d.data, d.text])),
  'openai-responses': (body) =>
    body.input.filter((i) => i.type === 'reasoning').map((i) => [i.encrypted_content, i.summary.map((s) => s.text).join('')]),
  anthropic: (body) =>
    body.messages.flatMap((m) =>
      (Array.isArray(m.content) ? m.content : [])
        .filter((b) => b.type.endsWith('thinking'))
        .map((b) => [b.signature ?? b.data, b.thinking]),
    ),
  ollama: () => [],
  bedrock: (body) =>
    body.messages.flatMap((m) =>
      m.content
        .filter((b) => b.reasoningContent)
        .map((b) => [
          b.reasoningContent.reasoningText?.signature ?? b.reasoningContent.redactedContent,
          b.reasoningContent.reasoningText?.text,
        ]),
    ),
};
const everyState = [...new Set(Object.values(providers).flatMap((p) => [...p.state.flat(), ...(p.latest ?? [])]))];

// What reached PROVIDER in the second turn: calls and results whole, its own state as it was, nobody else's. OpenAI encrypts
// anew at the end of a stream: the `latest` state is as good as the one before.
function checkRequest(body, provider, state, thinking, where) {
  const latest = (state.length && providers[provider].latest) || [];
  assert.ok(!body.includes('purser.1.'), `${where}: wrapped state reached the provider`);
  for (const text of everyState.filter((text) => ![...state, ...latest].includes(text)))
    assert.ok(!body.includes(text), `${where}: ${text} reached the wrong provider`);
  for (const text of [...Object.values(results), 'get_weather', 'get_time', 'Köln'])
    assert.ok(body.includes(text), `${where}: ${text} is missing`);
  const found = finders[provider](JSON.parse(body)).filter(([opaque]) => opaque !== undefined && opaque !== ''),
    opaque = found.map(([text]) => text);
  assert.deepEqual(opaque, opaque.join() === latest.join() ? latest : state, where);
  if (state.length) assert.equal(found[0][1], thinking, `${where}: the thinking beside its signature`);
}

const pick = (usage, keys) => Object.fromEntries(keys.map((key) => [key, usage[key]]));

async function checkTurn(where, client, provider, streamed) {
  const form = streamed ? 0 : 1,
    expected = providers[provider],
    model = `reply:${provider}/turn`;
  let reply;
  await check(`${where}: text, ${client.thinks ? 'thinking, ' : ''}two calls, why it stopped, usage, ids`, async () => {
    reply = await client.turn(model, streamed);
    assert.equal(reply.text, expected.text[form]);
    if (client.thinks) assert.equal(reply.thinking, expected.thinking[form]);
    assert.deepEqual(
      reply.calls.map(({ name, args }) => ({ name, args })),
      calls,
    );
    const ids = reply.calls.map((call) => call.id),
      told = client.usage.filter((key) => key in expected.usage);
    if (expected.ids && !client.ownIds) assert.deepEqual(ids, expected.ids);
    else if (provider !== client.without)
      assert.ok(ids.every((id) => typeof id === 'string' && id.length > 0) && ids[0] !== ids[1], `ids of the calls: ${ids}`);
    assert.equal(reply.finish, client.finish);
    assert.deepEqual(pick(reply.usage, told), pick(expected.usage, told));
    assert.equal(reply.model, model);
    if (client.id !== false) assert.ok(typeof reply.id === 'string' && reply.id.length > 0, `id of the reply: ${reply.id}`);
  });
  const state = client.carries ? expected.state[form] : [];
  await check(`${where}: sent back with results, ${state.length ? 'its state byte for byte' : 'without state'}`, async () => {
    assert.equal(await client.again(model, streamed, reply.history), answer);
    const { body, spliced, caller } = await last();
    checkRequest(body, provider, state, expected.thinking[form], 'encoded');
    if (caller === provider) checkRequest(spliced ?? '', provider, state, expected.thinking[form], 'relayed as it came');
  });
  await check(`${where}: sent on to the others without its state`, async () => {
    for (const other of Object.keys(providers).filter((other) => other !== provider)) {
      assert.equal(await client.again(`reply:${other}/turn`, streamed, reply.history), answer);
      checkRequest((await last()).body, other, [], null, `to ${other}`);
    }
  });
}

// CLIENT.turn (model, streamed) → {text, thinking, calls: [{id, name, args}], finish, usage, id, model, history};
// .again (model, streamed, history) → the answer's text. .finish, .usage (what it tells); .thinks: shows thinking, .carries: has a
// place for its state; .ownIds: makes the calls' ids itself; .without: this provider gives no ids, and none are made for it.
export async function checkTurns(name, client) {
  for (const provider of Object.keys(providers))
    for (const streamed of [true, false])
      await checkTurn(`${name}, ${streamed ? 'streamed' : 'whole'}, from ${provider}`, client, provider, streamed);
}

/* --- Faults --- */

async function thrown(test) {
  try {
    await test();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

const describe = (error) => `${error?.constructor?.name} ${error?.status ?? error?.statusCode ?? error?.status_code}: ${error?.message}`;
const isTransient = (status) => [408, 409, 429].includes(status) || status >= 500;

// CLIENT.fail (model, streamed) must throw; .isError (error, status): whether it is the client's own class for it, status undefined
// in mid-stream. .repeats: false where it never asks twice; .heeds: false where it does not look at x-should-retry.
export async function checkFaults(name, family, client) {
  for (const { model, what, again, status, words } of faults) {
    const repeats = client.repeats !== false && (client.heeds === false ? isTransient(status[family]) : again);
    for (const streamed of [true, false])
      await check(
        `${name}, ${streamed ? 'streamed' : 'whole'}: ${what}: ${status[family]}, asked ${repeats ? 'once more' : 'once'}`,
        async () => {
          const before = (await last()).requests,
            error = await thrown(() => client.fail(model, streamed));
          assert.ok(client.isError(error, status[family]), describe(error));
          assert.ok(String(error.message).includes(words), error.message);
          assert.equal((await last()).requests - before, repeats ? 2 : 1, 'times asked');
        },
      );
  }
  for (const provider of Object.keys(providers))
    await check(`${name}: an error of ${provider} in mid-stream is thrown with its words`, async () => {
      const before = (await last()).requests,
        error = await thrown(() => client.fail(`reply:${provider}/broken`, true));
      assert.ok(client.isError(error, undefined), describe(error));
      assert.ok(String(error.message).includes(providers[provider].broken), error.message);
      // A client to which thinking is nothing has seen nothing yet, so it may try again.
      const asked = (await last()).requests - before;
      assert.ok(asked === 1 || (client.heeds === false && !client.thinks && asked === 2), `asked ${asked} times`);
    });
}

// REQUEST asks for what the provider does not have, with ASKED requests.
export async function checkRefusal(name, client, what, request, asked = 1) {
  await check(`${name}: ${what} is refused in words`, async () => {
    const before = (await last()).requests,
      error = await thrown(request);
    assert.ok(client.isError(error, 400), describe(error));
    const after = await last();
    assert.ok(after.refused && String(error.message).includes(after.refused), `${error.message} is not: ${after.refused}`);
    assert.equal(after.requests - before, asked, 'times asked');
  });
}
