#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole main job with purserctl on the practice models: its numbers equal the practice server's own log.

    test-terminal.py PURSERCTL          (speaks TAP)
"""
import glob
import json
import os
import subprocess
import sys
import tempfile

purserctl = sys.argv[1]
home = tempfile.mkdtemp(prefix="purser-terminal-")
log = os.path.join(home, "practice.log")
env = dict(os.environ, XDG_DATA_HOME=home, PURSER_PRACTICE_LOG=log, PURSER_PRACTICE_SPEED="0", LC_ALL="C.UTF-8", HOME=home)
env.pop("G_DEBUG", None)
count = failed = 0


def check(what, ok, detail=""):
    global count, failed
    count += 1
    failed += not ok
    print("%sok %d - %s" % ("" if ok else "not ", count, what), flush=True)
    if not ok:
        print("# %s" % (str(detail)[:2000].replace("\n", "\n# "),))


def run(*args, stdin="", extra=None):
    return subprocess.run([purserctl, *args], capture_output=True, text=True, input=stdin, timeout=120, env=dict(env, **(extra or {})))


def ctl(*args):
    done = run("--json", *args)
    if done.returncode != 0:
        raise AssertionError("purserctl %s: %d %s %s" % (" ".join(args), done.returncode, done.stdout, done.stderr))
    return json.loads(done.stdout) if done.stdout.strip() else None


def refused(what, *args, code=1, words="", stdin=""):
    done = run(*args, stdin=stdin)
    check(what, done.returncode == code and words in done.stderr and done.stderr.strip(), (done.returncode, done.stdout, done.stderr))


def log_rows():
    with open(log) as f:
        return [json.loads(line) for line in f]


def setup():
    refused("without an organisation it says what to do", "usage", words="purserctl init")
    ctl("init", "Hartmann & Partner", "--currency", "EUR", "--timezone", "Europe/Berlin")
    refused("the same organisation twice", "init", "Hartmann & Partner", words="already")
    refused("an unknown word is wrong usage", "frobnicate", code=2)
    refused("too few words are wrong usage", "assign", code=2)
    refused("an unknown option is wrong usage", "usage", "--colour", code=2)
    ctl("practice", "add")
    providers = ctl("provider", "list")
    check("practice providers are registered", len(providers) >= 2 and all(p["practice"] for p in providers), providers)
    for provider in providers:
        steps = ctl("provider", "check", provider["name"])
        check("%s: four steps" % provider["name"], all(s["state"] == "ok" or (s["step"], s["state"]) == ("key", "skipped") for s in steps), steps)
    return [row["model"] for p in providers for row in ctl("provider", "models", p["name"])]


def bad_input():
    refused("an address nobody can reach is refused", "provider", "add", "openai-compatible", "X", "--url", "ftp://x", words="https")
    refused("an empty key", "provider", "add", "openai", "--key-stdin", stdin="\n", words="no key")
    refused("a key is no name of a variable", "provider", "add", "openai", "--key-env", "sk-live key", words="environment variable")
    refused("a workload nobody made", "ask", "nonsense", "Hello", words="no workload")
    refused("a workload without a model", "ask", "analysis", "Hello")
    refused("a model nobody has", "assign", "drafting", "Nobody/nothing", words="PROVIDER/MODEL")
    ctl("provider", "add", "openai-compatible", "Dead", "--url", "http://127.0.0.1:9/v1/chat/completions")
    dead = next(p for p in ctl("provider", "list") if p["name"] == "Dead")
    check("a pasted address is brought to its base", dead["address"] == "http://127.0.0.1:9/v1", dead)
    done = run("--json", "provider", "check", "Dead")
    steps = json.loads(done.stdout)
    check("an unreachable provider fails at its address", done.returncode == 1 and steps[0]["state"] == "failed" and steps[0]["words"], steps)
    return "Dead"


def job(models, dead):
    careful = next(m for m in models if "careful" in m)
    quick = next(m for m in models if "quick" in m)
    ctl("principal", "add", "Lena", "--team", "Clients")
    ctl("principal", "add", "invoice-bot", "--kind", "agent", "--owner", "Lena")
    key = ctl("key", "create", "invoice-bot")
    check("an access key is shown once", key["secret"].startswith("purser-"), key)
    check("and never again", key["secret"] not in run("--json", "key", "list").stdout)
    ctl("assign", "drafting", careful, quick)
    ctl("assign", "summarization", quick)
    streamed = ctl("ask", "drafting", "Write a short note that the meeting on 3 May moves to room 12.", "--as", "Lena", "--stream")
    whole = ctl("ask", "summarization", "The shop in Bremen sold 40 lamps in May.", "--as", "invoice-bot")
    check("a streamed and a whole reply", streamed["text"] and whole["text"], (streamed, whole))
    check("counted, priced, not estimated", not streamed["estimated"] and not streamed["unpriced"] and streamed["cost_nano"] > 0, streamed)
    text = run("ask", "drafting", "Hello", "--as", "Lena", "--stream")
    check("for people: the reply, and the figures apart from it", text.returncode == 0 and text.stdout.strip() and "tokens in" in text.stderr, text)
    dead_model = ctl("provider", "add-model", dead, "ghost")
    ctl("assign", "drafting", "Dead/ghost", careful)
    moved = ctl("ask", "drafting", "Hello again", "--as", "Lena")
    check("an unreachable first choice falls back", moved["model"] == careful and len(moved["attempts"]) >= 2 and moved["attempts"][0]["fault"], (moved, dead_model))
    return careful, quick


def tests(careful, quick):
    run_ = ctl("trial", "run", "drafting", "--models", careful + "," + quick)
    check("a quality test ends in a sentence", run_["state"] == "done" and run_["sentence"] and run_["verdict"], run_)
    good, fast = run_["models"]
    check("the practice models differ in correctness", good["passed"] > fast["passed"] > 0, run_)
    check("every case has an outcome", all(m["passed"] + m["failed"] + m["errors"] == m["cases"] >= 20 for m in run_["models"]), run_)
    speed = ctl("trial", "latency", "summarization", "--models", careful + "," + quick, "--requests", "6")
    check("a latency test measures first words", all(m["first_words_p50"] is not None for m in speed["models"]), speed)
    capped = ctl("trial", "run", "drafting", "--models", careful, "--max-cost", "0.0001")
    check("a cap stops a test", capped["state"] == "stopped" and capped["models"][0]["cases"] < good["cases"], capped)
    check("tests are listed", [row["kind"] for row in ctl("trial", "list")] == ["quality", "latency", "quality"])


def totals():
    people = {row["name"]: row for row in ctl("usage", "--by", "principal")}
    check("usage by person and agent", people["Lena"]["calls"] == 3 and people["invoice-bot"]["calls"] == 1, people)
    person = {row["name"]: row for row in ctl("usage", "--by", "person")}
    check("an agent counts for its owner", person["Lena"]["calls"] == 4, person)
    answered = [row for row in log_rows() if row["status"] == 200 and row["input_tokens"] > 0]
    everything = ctl("usage", "--by", "nothing", "--tests")[0]
    check("input tokens equal the server's log", everything["input_tokens"] == sum(row["input_tokens"] for row in answered),
          (everything, sum(row["input_tokens"] for row in answered)))
    check("output tokens equal the server's log", everything["output_tokens"] == sum(row["output_tokens"] for row in answered),
          (everything, sum(row["output_tokens"] for row in answered)))
    sums = {by: sum(row["cost_nano"] for row in ctl("usage", "--by", by)) for by in
            ("principal", "person", "agent", "team", "workload", "model", "provider", "day")}
    check("whatever it is split by, the total is the same", len(set(sums.values())) == 1, sums)
    check("the file is whole", ctl("verify") == [])
    check("the audit trail holds", ctl("audit", "verify")["intact"])
    backup = os.path.join(home, "copy.purser")
    ctl("backup", backup)
    check("a backup is one file", os.path.exists(backup) and not os.path.exists(backup + "-wal"))
    refused("a backup never overwrites", "backup", backup, words="already")


def files():
    folder = os.environ.get("PURSER_RECORDED", "")
    expect = os.path.join(folder, "EXPECT.json")
    if not os.path.exists(expect):
        print("# recorded exchanges are not at %r: wire read is tried on nothing" % folder)
        return
    expected = json.load(open(expect))
    names = [n for n in sorted(expected) if n.startswith(("anthropic/", "openai-chat/", "ollama/", "compatible/"))]
    done = run("wire", "read", *[os.path.join(folder, n) for n in names])
    got = [json.loads(line) for line in done.stdout.splitlines()]
    wrong = [n for n, have in zip(names, got) if any(have.get(k, "absent") != v for k, v in expected[n].items())]
    check("wire read prints what EXPECT.json says (%d files)" % len(names), done.returncode == 0 and len(got) == len(names) and not wrong, (wrong, done.stderr))


def sample():
    other = os.path.join(home, "sample.purser")
    ctl("--org", other, "init", "Sample")
    ctl("--org", other, "demo")
    check("the sample organisation is marked", ctl("--org", other, "org", "show")["sample"] is True)
    check("it has calls", len(ctl("--org", other, "usage", "--by", "principal", "--since", "-60")) >= 6)
    ctl("--org", other, "demo", "--remove")
    check("and is empty again", ctl("--org", other, "usage", "--since", "-90") == [])
    garbage = os.path.join(home, "garbage.purser")
    with open(garbage, "wb") as f:
        f.write(b"this is no database\n" * 1000)
    done = run("--org", garbage, "usage")
    check("a file that is no database", done.returncode == 1 and "not an organisation" in done.stderr, done.stderr)
    check("nothing was left beside it", not glob.glob(garbage + "-wal"), glob.glob(home + "/*"))


models = setup()
dead = bad_input()
pair = job(models, dead)
tests(*pair)
totals()
files()
sample()
print("1..%d" % count)
raise SystemExit(failed != 0)
