# SPDX-License-Identifier: GPL-3.0-or-later
"""The vendors' Python clients against every provider, as common.mjs has the others. Runs with the clients' own Python."""
import json
import os
import sys
import traceback
import types
import urllib.request

try:
    import jiter  # noqa: F401: the clients read cut JSON with it
except ImportError:  # Debian leaves it out and names pydantic_core instead, whose argument has another name
    import pydantic_core
    jiter = types.ModuleType("jiter")
    jiter.from_json = lambda data, partial_mode=False: pydantic_core.from_json(data, allow_partial=partial_mode)
    sys.modules["jiter"] = jiter

import anthropic
import ollama
import openai

SERVER = os.environ["WIRE_SERVER"]  # http://127.0.0.1:PORT
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "expect.json"), encoding="utf-8") as file:
    EXPECT = json.load(file)
PROVIDERS, QUESTION, TOOLS, RESULTS = EXPECT["providers"], EXPECT["question"], EXPECT["tools"], EXPECT["results"]
STATES = {text for p in PROVIDERS.values() for text in sum(p["state"], []) + p.get("latest", [])}
passed = failed = 0


def check(what, test):
    global passed, failed
    try:
        test()
        passed += 1
        print("ok - " + what, flush=True)
    except Exception:
        failed += 1
        print("not ok - %s\n  # %s" % (what, traceback.format_exc(limit=-4).strip().replace("\n", "\n  # ")), flush=True)


def equal(is_, should, where=""):
    assert is_ == should, "%s: %r is not %r" % (where, is_, should)


def last():
    with urllib.request.urlopen(SERVER + "/last", timeout=10) as reply:
        return json.load(reply)


# --- Turns ---

def blocks(body):
    return [block for m in body["messages"] for block in (m["content"] if isinstance(m.get("content"), list) else [])]


# The opaque state in a request as a provider gets it, in its order, each with the thinking that it belongs to.
FINDERS = {
    "openai-chat": lambda body: [(d.get("signature") or d.get("data"), d.get("text")) for m in body["messages"] for d in m.get("reasoning_details", [])],
    "openai-responses": lambda body: [(i.get("encrypted_content"), "".join(s["text"] for s in i["summary"])) for i in body["input"] if i.get("type") == "reasoning"],
    "anthropic": lambda body: [(b.get("signature") or b.get("data"), b.get("thinking")) for b in blocks(body) if b["type"].endswith("thinking")],
    "ollama": lambda body: [],
    "bedrock": lambda body: [(r.get("reasoningText", {}).get("signature") or r.get("redactedContent"), r.get("reasoningText", {}).get("text")) for r in (b.get("reasoningContent") for b in blocks(body)) if r],
}


def check_request(body, provider, state, thinking, where):
    latest = PROVIDERS[provider].get("latest", []) if state else []
    assert "purser.1." not in body, where + ": wrapped state reached the provider"
    for text in STATES - set(state) - set(latest):
        assert text not in body, "%s: %s reached the wrong provider" % (where, text)
    for text in [*RESULTS.values(), "get_weather", "get_time", "Köln"]:
        assert text in body, "%s: %s is missing" % (where, text)
    found = [pair for pair in FINDERS[provider](json.loads(body)) if pair[0]]
    opaque = [pair[0] for pair in found]
    equal(opaque, latest if opaque == latest else state, where)
    if state:
        equal(found[0][1], thinking, where + ", the thinking beside its signature")


def check_turn(where, client, provider, streamed):
    form, expected, model, kept = 0 if streamed else 1, PROVIDERS[provider], "reply:%s/turn" % provider, {}

    def read():
        kept.update(reply := client.turn(model, streamed))
        equal(reply["text"], expected["text"][form], "text")
        equal(reply["thinking"], expected["thinking"][form], "thinking")
        equal([{"name": c["name"], "args": c["args"]} for c in reply["calls"]], EXPECT["calls"], "calls")
        ids = [c["id"] for c in reply["calls"]]
        if "ids" in expected and client.ids:
            equal(ids, expected["ids"], "ids")
        elif client.ids:
            assert all(ids) and ids[0] != ids[1], ids
        equal(reply["finish"], client.finish, "why it stopped")
        told = [key for key in client.usage if key in expected["usage"]]
        equal({key: reply["usage"].get(key) for key in told}, {key: expected["usage"][key] for key in told}, "usage")
        equal(reply["model"], model, "model")
        assert reply["id"] or not client.ids, "the reply has no id"

    def send_back():
        equal(client.again(model, streamed, kept["history"]), EXPECT["answer"], "answer")
        seen = last()
        check_request(seen["body"], provider, state, expected["thinking"][form], "encoded")
        if seen["caller"] == provider:
            check_request(seen["spliced"], provider, state, expected["thinking"][form], "relayed as it came")

    def send_on():
        for other in (name for name in PROVIDERS if name != provider):
            equal(client.again("reply:%s/turn" % other, streamed, kept["history"]), EXPECT["answer"], other)
            check_request(last()["body"], other, [], None, "to " + other)

    state = expected["state"][form] if client.carries else []
    check(where + ": text, thinking, two calls, why it stopped, usage, ids", read)
    check("%s: sent back with results, %s" % (where, "its state byte for byte" if state else "without state"), send_back)
    check(where + ": sent on to the others without its state", send_on)


def check_turns(client):
    for provider in PROVIDERS:
        for streamed in (True, False):
            check_turn("%s, %s, from %s" % (client.name, "streamed" if streamed else "whole", provider), client, provider, streamed)


# --- Faults ---

def thrown(test):
    try:
        test()
    except Exception as error:
        return error
    raise AssertionError("nothing was thrown")


def check_fault(client, fault, streamed):
    status, asked = fault["status"][client.family], 2 if fault["again"] and client.repeats else 1

    def test():
        before, error = last()["requests"], thrown(lambda: client.fail(fault["model"], streamed))
        assert client.is_error(error, status), repr(error)
        assert fault["words"] in str(error), str(error)
        equal(last()["requests"] - before, asked, "times asked")

    check("%s, %s: %s: %d, asked %s" % (client.name, "streamed" if streamed else "whole", fault["what"], status, "once more" if asked > 1 else "once"), test)


def check_broken(client, provider):
    def test():
        before, error = last()["requests"], thrown(lambda: client.fail("reply:%s/broken" % provider, True))
        assert client.is_error(error, None), repr(error)
        assert PROVIDERS[provider]["broken"] in str(error), str(error)
        equal(last()["requests"] - before, 1, "times asked")

    check("%s: an error of %s in mid-stream is thrown with its words" % (client.name, provider), test)


def check_faults(client):
    for fault in EXPECT["faults"]:
        for streamed in (True, False):
            check_fault(client, fault, streamed)
    for provider in PROVIDERS:
        check_broken(client, provider)


# --- The clients ---

class Client:
    ids = carries = repeats = True

    def is_error(self, error, status):
        """STATUS None: in mid-stream."""
        wanted = self.errors.get(status, self.module.APIStatusError if status else self.module.APIError)
        return isinstance(error, wanted) and getattr(error, "status_code", None) in (status, 200 if status is None else status)

    def fail(self, model, streamed):
        self.again(model, streamed, [{"role": "user", "content": QUESTION}])


def errors_of(module):
    return {400: module.BadRequestError, 401: module.AuthenticationError, 403: module.PermissionDeniedError, 404: module.NotFoundError,
            429: module.RateLimitError, 502: module.InternalServerError, 503: module.InternalServerError}


class Chat(Client):
    name, family, module, errors = "python openai %s, chat" % openai.__version__, "openai", openai, errors_of(openai)
    finish, usage = "tool_calls", ("input", "cached", "written", "output", "reasoning")
    client = openai.OpenAI(base_url=SERVER + "/v1", api_key="sk-test", max_retries=1)

    def ask(self, model, streamed, messages):
        request = {"model": model, "messages": messages, "tools": [{"type": "function", "function": tool} for tool in TOOLS]}
        if not streamed:
            return self.client.chat.completions.create(**request)
        with self.client.chat.completions.stream(**request, stream_options={"include_usage": True}) as stream:
            text = "".join(event.delta for event in stream if event.type == "content.delta")
            completion = stream.get_final_completion()
        equal(text, completion.choices[0].message.content or "", "text in pieces")
        return completion

    def turn(self, model, streamed):
        asked = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": QUESTION}]
        reply = self.ask(model, streamed, asked)
        message, usage = reply.choices[0].message, reply.usage
        return {
            "text": message.content, "thinking": message.reasoning_content, "finish": reply.choices[0].finish_reason, "id": reply.id, "model": reply.model,
            "calls": [{"id": c.id, "name": c.function.name, "args": json.loads(c.function.arguments)} for c in message.tool_calls],
            "usage": {"input": usage.prompt_tokens, "output": usage.completion_tokens,
                      "cached": usage.prompt_tokens_details and usage.prompt_tokens_details.cached_tokens,
                      "written": usage.prompt_tokens_details and getattr(usage.prompt_tokens_details, "cache_write_tokens", None),
                      "reasoning": usage.completion_tokens_details and usage.completion_tokens_details.reasoning_tokens},
            "history": [*asked, message, *({"role": "tool", "tool_call_id": c.id, "content": RESULTS[c.function.name]} for c in message.tool_calls)],
        }

    def again(self, model, streamed, history):
        return self.ask(model, streamed, history).choices[0].message.content


class Responses(Client):
    name, family, module, errors = "python openai %s, responses" % openai.__version__, "openai", openai, errors_of(openai)
    finish, usage, client = "completed", Chat.usage, Chat.client

    def ask(self, model, streamed, items):
        request = {"model": model, "input": items, "instructions": "Be brief.", "store": False, "include": ["reasoning.encrypted_content"],
                   "tools": [{"type": "function", "strict": False, **tool} for tool in TOOLS]}
        if not streamed:
            return self.client.responses.create(**request)
        with self.client.responses.stream(**request) as stream:
            text = "".join(event.delta for event in stream if event.type == "response.output_text.delta")
            reply = stream.get_final_response()
        equal(text, reply.output_text, "text in pieces")
        return reply

    def turn(self, model, streamed):
        asked = [{"role": "user", "content": QUESTION}]
        reply = self.ask(model, streamed, asked)
        calls = [item for item in reply.output if item.type == "function_call"]
        return {
            "text": reply.output_text, "finish": reply.status, "id": reply.id, "model": reply.model,
            "thinking": "".join(part.text for item in reply.output if item.type == "reasoning" for part in item.summary),
            "calls": [{"id": c.call_id, "name": c.name, "args": json.loads(c.arguments)} for c in calls],
            "usage": {"input": reply.usage.input_tokens, "output": reply.usage.output_tokens, "cached": reply.usage.input_tokens_details.cached_tokens,
                      "written": getattr(reply.usage.input_tokens_details, "cache_write_tokens", None), "reasoning": reply.usage.output_tokens_details.reasoning_tokens},
            "history": [*asked, *reply.output, *({"type": "function_call_output", "call_id": c.call_id, "output": RESULTS[c.name]} for c in calls)],
        }

    def again(self, model, streamed, history):
        return self.ask(model, streamed, history).output_text


class Messages(Client):
    name, family, module, errors = "python anthropic %s" % anthropic.__version__, "anthropic", anthropic, errors_of(anthropic)
    finish, usage = "tool_use", Chat.usage
    client = anthropic.Anthropic(base_url=SERVER, api_key="sk-test", max_retries=1)

    def ask(self, model, streamed, messages):
        request = {"model": model, "max_tokens": 8000, "system": "Be brief.", "messages": messages, "thinking": {"type": "enabled", "budget_tokens": 2048},
                   "tools": [{"name": t["name"], "description": t["description"], "input_schema": t["parameters"]} for t in TOOLS]}
        if not streamed:
            return self.client.messages.create(**request)
        with self.client.messages.stream(**request) as stream:
            text = "".join(stream.text_stream)
            message = stream.get_final_message()
        equal(text, self.text(message), "text in pieces")
        return message

    @staticmethod
    def text(message):
        return "".join(block.text for block in message.content if block.type == "text")

    def turn(self, model, streamed):
        asked = [{"role": "user", "content": QUESTION}]
        message = self.ask(model, streamed, asked)
        calls, usage = [block for block in message.content if block.type == "tool_use"], message.usage
        details = getattr(usage, "output_tokens_details", None)
        return {
            "text": self.text(message), "finish": message.stop_reason, "id": message.id, "model": message.model,
            "thinking": "".join(block.thinking for block in message.content if block.type == "thinking"),
            "calls": [{"id": c.id, "name": c.name, "args": c.input} for c in calls],
            "usage": {"input": usage.input_tokens + usage.cache_read_input_tokens + usage.cache_creation_input_tokens, "cached": usage.cache_read_input_tokens,
                      "written": usage.cache_creation_input_tokens, "output": usage.output_tokens,
                      "reasoning": details["thinking_tokens"] if isinstance(details, dict) else getattr(details, "thinking_tokens", None)},
            "history": [*asked, {"role": "assistant", "content": message.content},
                        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": c.id, "content": RESULTS[c.name]} for c in calls]}],
        }

    def again(self, model, streamed, history):
        return self.text(self.ask(model, streamed, history))


class Ollama(Client):
    """Its messages have no place for opaque state nor for the ids of calls; it asks every time once."""
    name, family, finish, usage = "python ollama", "ollama", "stop", ("input", "output")
    ids = carries = repeats = False
    client = ollama.Client(host=SERVER)

    def is_error(self, error, status):
        return isinstance(error, ollama.ResponseError) and error.status_code == (-1 if status is None else status)

    def ask(self, model, streamed, messages):
        request = {"model": model, "messages": messages, "think": True, "tools": [{"type": "function", "function": tool} for tool in TOOLS]}
        if not streamed:
            return self.client.chat(**request)
        parts = list(self.client.chat(**request, stream=True))
        equal(sum(bool(part.done) for part in parts), 1, "one end")
        end, message = parts[-1], parts[-1].message
        message.content = "".join(part.message.content or "" for part in parts)
        message.thinking = "".join(part.message.thinking or "" for part in parts)
        message.tool_calls = [call for part in parts for call in part.message.tool_calls or []]
        return end

    def turn(self, model, streamed):
        asked = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": QUESTION}]
        reply = self.ask(model, streamed, asked)
        message = reply.message
        return {
            "text": message.content, "thinking": message.thinking, "finish": reply.done_reason, "id": None, "model": reply.model,
            "calls": [{"id": None, "name": c.function.name, "args": dict(c.function.arguments)} for c in message.tool_calls],
            "usage": {"input": reply.prompt_eval_count, "output": reply.eval_count},
            "history": [*asked, message, *({"role": "tool", "tool_name": c.function.name, "content": RESULTS[c.function.name]} for c in message.tool_calls)],
        }

    def again(self, model, streamed, history):
        return self.ask(model, streamed, history).message.content


for kind in Chat, Responses, Messages, Ollama:
    check_turns(kind())
    check_faults(kind())
print("%d passed, %d failed" % (passed, failed))
sys.exit(failed != 0)
