#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls as purserctl shows them: the latest, one with its way, as they end, and budgets beside them.

    test-calls.py PURSERCTL          (speaks TAP)
"""
import http.server
import json
import select
import signal
import threading
import time

from harness import check, ctl, end, refused, run, start


def setup():
    ctl("init", "Hartmann & Partner", "--currency", "EUR", "--timezone", "Europe/Berlin")
    ctl("practice", "add")
    models = [row["model"] for p in ctl("provider", "list") for row in ctl("provider", "models", p["name"])]
    ctl("provider", "add", "openai-compatible", "Dead", "--url", "http://127.0.0.1:9/v1")
    ctl("provider", "add-model", "Dead", "ghost")
    ctl("principal", "add", "Lena", "--team", "Clients")
    return next(m for m in models if "careful" in m)


def straight(careful):
    ctl("assign", "drafting", careful)
    ctl("ask", "drafting", "Hello", "--as", "Lena", "--stream")
    call = ctl("call", "list")[0]
    check("the latest call", call["principal"] == "Lena" and call["workload"] == "drafting" and call["model"] == careful and call["outcome"] == "ok", call)
    shown = ctl("call", "show", str(call["call"]))
    check("one call says how it went", shown["call"] == call["call"] and shown["cost_nano"] == call["cost_nano"] and shown["streamed"] is True and len(shown["tries"]) == 1, shown)
    check("its way is one line", len(shown["route"]) == 1 and shown["route"][0].startswith("1. %s answered" % careful) and shown["skips"] == [], shown)
    text = run("call", "show", str(call["call"])).stdout
    check("for people", "Lena" in text and "Purser itself" in text and shown["route"][0] in text, text)


def moved(careful):
    ctl("assign", "drafting", "Dead/ghost", careful)
    ctl("ask", "drafting", "Hello", "--as", "Lena")
    shown = ctl("call", "show", str(ctl("call", "list", "--limit", "1")[0]["call"]))
    check("the way tells each attempt", len(shown["route"]) == len(shown["tries"]) == shown["attempts"] >= 2, shown)
    check("what failed, and where it went on", "1. Dead/ghost could not be reached" in shown["route"][0] and "fell back to %s" % careful in shown["route"][-2], shown["route"])
    check("attempts carry fault and cost", shown["tries"][0]["fault"] == "address" and shown["tries"][0]["outcome"] == "failed" and shown["tries"][-1]["cost_nano"] == shown["cost_nano"], shown["tries"])
    check("--limit", len(ctl("call", "list", "--limit", "1")) == 1)
    refused("a call nobody made", "call", "show", "4711", words="call list")
    refused("no number", "call", "show", "first", words="call list")
    refused("wrong usage", "call", "show", code=2)


def first_lines(processes):
    """Followers need a moment to start, so calls are made until each has seen one. {process: line}"""
    seen = {}
    for _ in range(200):
        ctl("ask", "drafting", "Hello", "--as", "Lena")
        waiting = {process.stdout: process for process in processes if process not in seen}
        for pipe in select.select(list(waiting), [], [], 0.2)[0]:
            seen[waiting[pipe]] = pipe.readline()
        if len(seen) == len(processes):
            break
    return seen


def finish(process):
    """What is still to be read, and how it ended."""
    process.send_signal(signal.SIGINT)
    text = process.stdout.read()
    process.stderr.read()
    return text, process.wait(timeout=60)


def live(careful):
    ctl("assign", "drafting", careful)
    people, machine = start("usage", "live"), start("--json", "usage", "--live")
    first = first_lines([people, machine])
    seen = json.loads(first[machine]), first[people]
    check("each call is an object on a line", seen[0]["principal"] == "Lena" and seen[0]["model"] == careful and seen[0]["cost_nano"] > 0 and seen[0]["took_us"] >= 0 and len(seen[0]["route"]) == 1, seen)
    check("and a line for people", "Lena" in seen[1] and careful in seen[1] and "tokens in" in seen[1] and "€" in seen[1] and " ms" in seen[1], seen)
    ctl("assign", "drafting", "Dead/ghost", careful)
    ctl("principal", "add", "Tom")
    ctl("ask", "drafting", "Hello", "--as", "Tom")
    select.select([machine.stdout], [], [], 60)
    text, how = finish(people)
    rest, how_machine = finish(machine)
    lines = [seen[0]] + [json.loads(line) for line in rest.splitlines()]
    check("interrupted, it ends well", (how, how_machine) == (0, 0), (how, how_machine))
    check("nobody is left out, who came later neither", lines[-1]["principal"] == "Tom" and lines[-1]["attempts"] >= 2, lines[-1:])
    check("each once, in order", [line["call"] for line in lines] == sorted({line["call"] for line in lines}), lines)
    check("the way is told where it was not straight", "fell back to %s" % careful in text.splitlines()[-1] and "fell back" not in seen[1], text)
    check("--for ends it", run("usage", "live", "--for", "0.1").returncode == 0)
    refused("--for alone", "usage", "--for", "3", words="--live")
    refused("a time is a number", "usage", "live", "--for", "ever", words="number of seconds")


class Slow(http.server.BaseHTTPRequestHandler):
    """Answers when it is told to."""
    go = threading.Event()

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        self.go.wait(60)
        body = json.dumps({"id": "x", "object": "chat.completion", "created": 1, "model": "slow", "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
                           "choices": [{"index": 0, "message": {"role": "assistant", "content": "At last."}, "finish_reason": "stop"}]}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def running(careful):
    """A call that was under way when the following began is told when it ends, and one without a price says so."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ctl("provider", "add", "openai-compatible", "Slow", "--url", "http://127.0.0.1:%d/v1" % server.server_port)
    ctl("provider", "add-model", "Slow", "slow")
    ctl("assign", "analysis", "Slow/slow")
    ctl("assign", "drafting", careful)
    slow = start("ask", "analysis", "Hello", "--as", "Lena")
    for _ in range(600):
        call = ctl("call", "list", "--limit", "1")[0]
        if call["outcome"] == "open":
            break
        time.sleep(0.05)
    check("a running call is listed as open", call["outcome"] == "open" and call["workload"] == "analysis", call)
    shown = ctl("call", "show", str(call["call"]))
    check("and shown as such", shown["tries"][0]["outcome"] is None and "is still being asked" in shown["route"][0], shown)
    follower = start("usage", "live")
    first_lines([follower])
    Slow.go.set()
    slow.wait(timeout=60)
    slow.communicate()
    select.select([follower.stdout], [], [], 60)
    text = finish(follower)[0]
    mine = [line for line in text.splitlines() if "Slow/slow" in line]
    check("it is told once, when it ends", len(mine) == 1 and "7 tokens in, 3 out" in mine[0] and "unpriced" in mine[0], text)
    server.shutdown()


def outages():
    rows = ctl("outage", "list")
    check("an outage is told, with what moved", rows and rows[0]["model"] == "Dead/ghost" and rows[0]["fault"] == "address" and rows[0]["failures"] >= 3 and rows[0]["moved"] >= 1, rows)
    text = run("outage", "list", "--since", "today").stdout
    check("for people", "Dead/ghost" in text and "not yet" in text and "could not be reached" in text, text)
    refused("a day", "outage", "list", "--since", "soon", words="is not a day")


def budgets(careful):
    ctl("assign", "drafting", careful)
    ctl("budget", "set", "principal", "Lena", "--cap", "10")
    before = ctl("budget", "list")[0]
    cost = ctl("ask", "drafting", "Hello", "--as", "Lena")["cost_nano"]
    after = ctl("budget", "list")[0]
    check("a budget knows what was spent before it, and what is spent now",
          before["spent_nano"] == sum(c["cost_nano"] or 0 for c in ctl("call", "list", "--limit", "500") if c["principal"] == "Lena") - cost and after["spent_nano"] == before["spent_nano"] + cost
          and after["reserved_nano"] == 0 and after["percent"] > 0, (before, cost, after))
    ctl("budget", "set", "principal", "Lena", "--cap", "0.000000001", "--at-limit", "block")
    refused("at its limit a call is refused, in words", "ask", "drafting", "Hello", "--as", "Lena", words="udget")
    ctl("budget", "set", "principal", "Lena", "--at-limit", "notify")
    check("which only notifies then", ctl("ask", "drafting", "Hello", "--as", "Lena")["text"] and ctl("budget", "list")[0]["percent"] > 100)
    check("the file is whole", ctl("verify") == [])


model = setup()
straight(model)
moved(model)
live(model)
running(model)
outages()
budgets(model)
end()
