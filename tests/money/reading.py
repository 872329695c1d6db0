# SPDX-License-Identifier: GPL-3.0-or-later
"""What a provider's reply says was used, read from its bytes a second time beside the C program.

Each reader gives a record of what was told (None = not told) and the disjoint kinds derived from it."""

import json
import struct

KINDS = ("input_uncached", "cache_read", "cache_write_5m", "cache_write_1h", "cache_write_other", "output_visible", "output_reasoning")


def objects_of_sse(text):
    """The JSON objects of an event stream, in order."""
    for block in text.replace("\r\n", "\n").replace("\r", "\n").split("\n\n"):
        lines = [line[5:].removeprefix(" ") for line in block.split("\n") if line.startswith("data:")]
        data = "\n".join(lines).strip()
        if data and data != "[DONE]":
            try:
                yield json.loads(data)
            except ValueError:
                pass


def objects_of_frames(data):
    """The payloads of an AWS event stream, each with its event type under its name."""
    at = 0
    while at + 16 <= len(data):
        total, headers = struct.unpack(">II", data[at:at + 8])
        place, end, names = at + 12, at + 12 + headers, {}
        while place < end:
            size = data[place]
            name = data[place + 1:place + 1 + size].decode()
            length = struct.unpack(">H", data[place + 2 + size:place + 4 + size])[0]
            names[name] = data[place + 4 + size:place + 4 + size + length].decode()
            place += 4 + size + length
        yield {names.get(":event-type", "?"): json.loads(data[end:at + total - 4])}
        at += total


def objects(body, stream):
    """The objects of a reply: of a stream all of them, else the one."""
    if isinstance(body, bytes):
        return list(objects_of_frames(body))
    if stream and ("data:" in body[:4000] or "event:" in body[:4000]):
        return list(objects_of_sse(body))
    if stream:
        return [json.loads(line) for line in body.splitlines() if line.strip()]
    return [json.loads(body)]


def count(holder, *path):
    """The number at PATH, or None."""
    for name in path:
        holder = holder.get(name) if isinstance(holder, dict) else None
    return holder if isinstance(holder, int) and not isinstance(holder, bool) and holder >= 0 else None


def record(**told):
    """A record with the kinds derived: the parts of the input are disjoint, and so are the two of the output."""
    made = {"input_total": None, "input_uncached": None, "cache_read": None, "cache_write_5m": None, "cache_write_1h": None,
            "cache_write_other": None, "output": None, "reasoning": None, "audio_in": None, "audio_out": None,
            "server_tool_requests": None, "estimated": False, "mode": "", "region": "", "model": None, **told}
    output, reasoning = made["output"], made["reasoning"]
    made["output_visible"], made["output_reasoning"] = output, None
    if output is not None and reasoning is not None:
        made["output_reasoning"] = min(reasoning, output)  # 11 of 10 was seen: what is billed is the sum
        made["output_visible"] = output - made["output_reasoning"]
    made["kinds"] = {kind: made[kind] for kind in (*KINDS, "audio_in", "audio_out", "server_tool_requests")}
    return made


def fold(into, news):
    """Snapshots overwrite, never add; what is null or absent says nothing."""
    for name, value in (news or {}).items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            fold(into[name], value)
        elif value is not None:
            into[name] = dict(value) if isinstance(value, dict) else value


def anthropic(parts):
    """Input excludes both reads and writes of the cache; writes are split by lifetime beside their total."""
    usage, model = {}, None
    for part in parts:
        message = part.get("message") if part.get("type") == "message_start" else part
        if isinstance(message, dict):
            model = message.get("model") or model
            fold(usage, message.get("usage"))
    if not usage:
        return None
    uncached, read = count(usage, "input_tokens"), count(usage, "cache_read_input_tokens") or 0
    short, long = count(usage, "cache_creation", "ephemeral_5m_input_tokens") or 0, count(usage, "cache_creation", "ephemeral_1h_input_tokens") or 0
    total = count(usage, "cache_creation_input_tokens")
    total = short + long if total is None else total
    if short + long > total:
        short = long = 0
    mode = "fast" if usage.get("speed") == "fast" else usage.get("service_tier") or ""
    return record(model=model, mode=mode, region=usage.get("inference_geo") or "", input_uncached=uncached, cache_read=read,
                  cache_write_5m=short, cache_write_1h=long, cache_write_other=total - short - long,
                  input_total=None if uncached is None else uncached + read + total, output=count(usage, "output_tokens"),
                  reasoning=count(usage, "output_tokens_details", "thinking_tokens"),
                  server_tool_requests=count(usage, "server_tool_use", "web_search_requests"))  # fetches are not billed by the request


def first(*values):
    return next((value for value in values if value is not None), None)


def openai(usage, model, mode):
    """Both of OpenAI's formats: the input includes reads and writes of the cache, the output includes reasoning."""
    inside = usage.get("prompt_tokens_details") or usage.get("input_tokens_details") or {}
    beside = usage.get("completion_tokens_details") or usage.get("output_tokens_details") or {}
    total = first(count(usage, "prompt_tokens"), count(usage, "input_tokens"))
    read = first(count(inside, "cached_tokens"), count(usage, "prompt_cache_hit_tokens"), 0)
    written = first(count(inside, "cache_write_tokens"), 0)
    told = {"model": model, "mode": mode or "", "input_total": total, "output": first(count(usage, "completion_tokens"), count(usage, "output_tokens")),
            "reasoning": count(beside, "reasoning_tokens"), "audio_in": count(inside, "audio_tokens"), "audio_out": count(beside, "audio_tokens")}
    if total is None:
        return record(**told)
    if read + written > total:  # no part may be negative: the prompt as it was told, as an estimate
        return record(**told, input_uncached=total, estimated=True)
    return record(**told, input_uncached=total - read - written, cache_read=read, cache_write_5m=0, cache_write_1h=0, cache_write_other=written)


def chat(parts):
    usage = model = mode = None
    for part in parts:
        usage, model = part.get("usage") or usage, part.get("model") or model
        mode = part.get("service_tier") or mode
    return openai(usage, model, mode) if usage else None


def responses(parts):
    reply = None
    for part in parts:
        if part.get("object") == "response":
            reply = part
        elif isinstance(part.get("response"), dict):
            reply = part["response"]
    return openai(reply["usage"], reply.get("model"), reply.get("service_tier")) if reply and reply.get("usage") else None


def ollama(parts):
    last = parts[-1]
    total, output = count(last, "prompt_eval_count"), count(last, "eval_count")
    if total is None and output is None:
        return None
    return record(model=last.get("model"), input_total=total, input_uncached=total, output=output)


def converse(parts):
    """Bedrock's own format: as Anthropic, the input excludes the cache; lifetimes are told apart in cacheDetails."""
    usage = None
    for part in parts:
        usage = (part.get("metadata") or part).get("usage") or usage
    if not usage:
        return None
    uncached, read, written = count(usage, "inputTokens"), count(usage, "cacheReadInputTokens") or 0, count(usage, "cacheWriteInputTokens") or 0
    lives = {row.get("ttl"): row.get("inputTokens") or 0 for row in usage.get("cacheDetails") or []}
    short, long = lives.get("5m", 0), lives.get("1h", 0)
    if short + long > written:
        short = long = 0
    return record(input_uncached=uncached, cache_read=read, cache_write_5m=short, cache_write_1h=long, cache_write_other=written - short - long,
                  input_total=None if uncached is None else uncached + read + written, output=count(usage, "outputTokens"))


READERS = {"anthropic": anthropic, "openai-chat": chat, "openai-responses": responses, "ollama": ollama, "bedrock": converse}


def read(dialect, body, stream):
    """The record of a reply in DIALECT, or None where it tells nothing."""
    return READERS[dialect](objects(body, stream))
