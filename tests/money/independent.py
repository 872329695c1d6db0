#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second calculation of money, sharing nothing with the C program but the files both read.

  independent.py [--date D]        one JSON line for every recorded exchange with usage: its kinds of tokens, its charge or "unpriced"
  independent.py --charge < FILE   answers lines {"price", "usage", "mode"?, "region"?, "contract"?, "rate_nano"?} with their charges
  independent.py --self-test       checks itself, traps.json and the readings of the recorded exchanges; prints TAP

The recorded exchanges lie where PURSER_RECORDED says, else in ../shared/recorded beside the source folder; without them what needs them is skipped."""

import argparse
import base64
import json
import os
import pathlib
import re
import sys
import urllib.parse

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import charge   # noqa: E402
import reading  # noqa: E402

SOURCE = HERE.parent.parent
SNAPSHOT = SOURCE / "data" / "prices" / "snapshot.json"
RECORDED = pathlib.Path(os.environ.get("PURSER_RECORDED") or SOURCE.parent / "shared" / "recorded")
DAY = "2026-11-01"
# The wire format of a recorded exchange, from its `api` and, where that is not enough, its `provider`.
DIALECTS = {"messages": "anthropic", "responses": "openai-responses", "converse": "bedrock", "converse-stream": "bedrock", "generate": "ollama",
            "v1-chat": "openai-chat"}
KIND_OF = {"anthropic": "anthropic", "openai-chat": "openai", "openai-responses": "openai", "azure": "azure-openai", "bedrock": "bedrock"}


# --- the price list ---

def fits(rule, name):
    ((test, value),) = rule.items()
    if test in ("or", "and"):
        return {"or": any, "and": all}[test](fits(part, name) for part in value)
    if test == "regex":
        return bool(re.search(value, name))
    value = value.lower()
    return {"equals": name == value, "starts_with": name.startswith(value), "ends_with": name.endswith(value), "contains": value in name}[test]


def list_of(snapshot, address, kind):
    """The list's provider for an address, else for a kind."""
    by_address = [one for one in snapshot["providers"] if address and one["address"] and re.search(one["address"], address)]
    return next(iter(by_address + [one for one in snapshot["providers"] if kind in one["kinds"]]), None)


def model_of(snapshot, provider, name):
    """(provider, model) for NAME: the first that fits, in the provider's own list or those it falls back on."""
    name = (name or "").strip().lower()
    others = [one for wanted in provider.get("fallback", []) for one in snapshot["providers"] if one["id"] == wanted] if provider else []
    for one in ([provider] if provider else []) + others:
        for model in one["models"]:
            if fits(model["match"], name):
                return one, model
    return provider, None


# --- the recorded exchanges ---

def dialect_of(exchange):
    api = exchange["api"]
    if api == "chat":
        return "ollama" if exchange["provider"] == "ollama" else "openai-chat"
    return DIALECTS.get(api)


def named_in(exchange):
    """The model a request names: in its body, or, Bedrock's way, in its address."""
    request = exchange.get("request") or {}
    found = re.search(r"/model/([^/]+)/", request.get("url") or "")
    if found:
        return urllib.parse.unquote(found.group(1))
    return (request.get("body") or {}).get("model") if isinstance(request.get("body"), dict) else None


def read_exchange(exchange):
    """The record of one exchange, or None where there is nothing to count."""
    dialect, response = dialect_of(exchange), exchange["response"]
    if not dialect or response["status"] != 200:
        return None
    if response.get("body_base64"):
        body = base64.b64decode(response["body_base64"])
    else:
        body = response["body"]
    stream = isinstance(body, str) and not body.lstrip().startswith("{") or (dialect == "ollama" and "\n{" in body)
    record = reading.read(dialect, body, stream)
    if record and not record["model"]:
        record["model"] = named_in(exchange)
    return record


def exchanges():
    for path in sorted(RECORDED.glob("*/*.json")):
        yield f"{path.parent.name}/{path.name}", json.loads(path.read_text(encoding="utf-8"))


def line_of(name, exchange, snapshot, day):
    """What is printed for one exchange."""
    record = read_exchange(exchange)
    if record is None or (record["input_total"] is None and record["output"] is None):
        return None
    address = (exchange.get("request") or {}).get("url")
    listed, model = model_of(snapshot, list_of(snapshot, address, KIND_OF.get(exchange["provider"])), record["model"])
    price = charge.in_force(model["prices"], day) if model else None
    made = charge.charge(price, record["kinds"], record["mode"], record["region"])
    line = {"file": name, "provider": listed["id"] if listed else None, "model": record["model"], "priced_as": model["id"] if model else None,
            "mode": record["mode"], "region": record["region"], "state": made["state"]}
    if made["state"] == "priced":
        line["list_nano"] = made["list_nano"]
    else:
        line["reason"] = made["reason"]
    line["estimated"] = record["estimated"]
    line["kinds"] = {kind: {"tokens": value, **({"list_nano": made["kinds"][kind]["list_nano"]} if kind in made["kinds"] else {})}
                     for kind, value in record["kinds"].items() if value}
    return line


def print_recorded(day):
    if not (RECORDED / "EXPECT.json").exists():
        print(f"independent.py: no recorded exchanges in {RECORDED}: skipped", file=sys.stderr)
        return 0
    snapshot = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    for name, exchange in exchanges():
        line = line_of(name, exchange, snapshot, day)
        if line:
            print(json.dumps(line, ensure_ascii=False))
    return 0


def answer_charges():
    for text in sys.stdin:
        if text.strip():
            asked = json.loads(text)
            print(json.dumps(charge.charge(asked["price"], asked["usage"], asked.get("mode"), asked.get("region"), asked.get("contract"), asked.get("rate_nano"))))
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--date", default=DAY, help=f"the day all exchanges are taken to be of ({DAY})")
    parser.add_argument("--charge", action="store_true", help="answer charges asked on standard input")
    parser.add_argument("--self-test", action="store_true", help="check everything here; prints TAP")
    options = parser.parse_args()
    if options.self_test:
        import self_test
        return self_test.run()
    return answer_charges() if options.charge else print_recorded(options.date)


if __name__ == "__main__":
    sys.modules.setdefault("independent", sys.modules["__main__"])  # self_test imports it by name
    sys.exit(main())
