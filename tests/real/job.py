#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job in the terminal against real servers: register, assign, ask, test, count.

    job.py PURSERCTL TINY-PORT NANO-PORT LEMONADE-PORT

TINY and NANO are llama-servers started with --metrics: what they say they read and wrote must equal what Purser's ledger
says, to the token. LEMONADE speaks Ollama's dialect and leaves counts out of streams: there Purser must say "estimated".
"""
import json
import re
import subprocess
import sys
import urllib.request

purserctl, tiny, nano, lemonade = sys.argv[1], *map(int, sys.argv[2:5])
passed = failed = 0


def check(what, ok, detail=""):
    global passed, failed
    passed, failed = passed + bool(ok), failed + (not ok)
    print("%s %s%s" % ("ok  " if ok else "FAIL", what, "" if ok else ": %s" % (detail,)), flush=True)


def ctl(*args, want=0, stdin=None):
    done = subprocess.run([purserctl, "--json", *args], capture_output=True, text=True, input=stdin, timeout=600)
    if done.returncode != want:
        print("purserctl", *args, "ended with", done.returncode, "not", want, "\n", done.stdout, done.stderr)
        raise SystemExit(1)
    return json.loads(done.stdout) if done.stdout.strip() else None


def metrics(port):
    text = urllib.request.urlopen("http://127.0.0.1:%d/metrics" % port, timeout=10).read().decode()
    value = lambda name: int(float(re.search(r"^llamacpp:%s (\S+)" % name, text, re.M).group(1)))
    return {"input_uncached": value("prompt_tokens_total"), "cache_read": value("prompt_tokens_cached_total"),
            "output": value("tokens_predicted_total")}


def main():
    ctl("init", "Real servers", "--currency", "EUR", "--timezone", "Europe/Berlin")
    for name, port in ("Tiny", tiny), ("Nano", nano):
        ctl("provider", "add", "openai-compatible", name, "--url", "http://127.0.0.1:%d/v1/chat/completions" % port)
        steps = ctl("provider", "check", name)
        check("%s: four steps of the connection check" % name, all(s["state"] == "ok" or (s["step"], s["state"]) == ("key", "skipped") for s in steps), steps)
    ctl("provider", "add", "ollama", "Lemon", "--url", "http://127.0.0.1:%d" % lemonade)
    steps = ctl("provider", "check", "Lemon")
    check("Lemon: connection check", all(s["state"] == "ok" or (s["step"], s["state"]) == ("key", "skipped") for s in steps), steps)
    models = {row["model"] for row in ctl("provider", "models", "Tiny")}
    check("model list read", "Tiny/tinychat" in models, models)
    lemon = next(row["model"] for row in ctl("provider", "models", "Lemon", "--stored") if "tinychat" in row["model"])

    ctl("price", "set", "Tiny/tinychat", "--input", "3", "--output", "15", "--cache-read", "0.3")
    ctl("price", "set", "Nano/nano", "--input", "1", "--output", "5", "--cache-read", "0.1")
    ctl("assign", "drafting", "Tiny/tinychat", "Nano/nano")
    ctl("assign", "analysis", lemon)
    ctl("principal", "add", "Ada", "--team", "Clients")
    ctl("principal", "add", "bot", "--kind", "agent", "--owner", "Ada")

    reply = ctl("ask", "drafting", "What is the capital of France?", "--as", "Ada", "--stream")
    check("streamed reply", "Paris" in reply["text"], reply)
    check("usage reported, not estimated", not reply["estimated"] and reply["input_tokens"] > 0, reply)
    whole = ctl("ask", "drafting", "What is the capital of Spain?", "--as", "bot")
    check("whole reply", "Madrid" in whole["text"], whole)
    ollama = ctl("ask", "analysis", "What is the capital of France?", "--as", "Ada", "--stream")
    check("through the Ollama dialect", "Paris" in ollama["text"], ollama)
    check("counts that lemonade leaves out are marked estimated", ollama["estimated"] and ollama["output_tokens"] > 0, ollama)

    run = ctl("trial", "run", "drafting", "--models", "Tiny/tinychat,Nano/nano")
    check("quality test on two models", run["state"] == "done" and len(run["models"]) == 2 and run["sentence"], run)
    check("every case has an outcome", all(m["cases"] >= 20 and m["errors"] == 0 for m in run["models"]), run)
    speed = ctl("trial", "latency", "drafting", "--models", "Tiny/tinychat,Nano/nano", "--requests", "6")
    check("latency test on two models", all(m["first_words_p50"] is not None for m in speed["models"]), speed)

    people = {row["name"]: row for row in ctl("usage", "--by", "principal")}
    check("usage by person and agent", people["Ada"]["calls"] == 2 and people["bot"]["calls"] == 1, people)
    usage = {row["name"]: row for row in ctl("usage", "--by", "model", "--tests")}
    for ref, port in ("Tiny/tinychat", tiny), ("Nano/nano", nano):
        row, server = usage[ref], metrics(port)
        ledger = {"input_uncached": row["input_uncached"], "cache_read": row["cache_read"], "output": row["output_tokens"]}
        check("%s: the ledger equals the server, to the token %s" % (ref, server), ledger == server, ledger)
        check("%s: nothing estimated" % ref, row["estimated_calls"] == 0, row)
    check("Lemon: marked estimated", usage[lemon]["estimated_calls"] > 0, usage[lemon])
    check("the file is whole", ctl("verify") == [])
    check("the audit trail holds", ctl("audit", "verify")["intact"])


main()
print("%d passed, %d failed" % (passed, failed))
raise SystemExit(failed != 0)
