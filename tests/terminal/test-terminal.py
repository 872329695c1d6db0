#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole main job with purserctl on the practice models: its numbers equal the practice server's own log.

    test-terminal.py PURSERCTL          (speaks TAP)
"""
import glob
import http.server
import json
import os
import threading

from harness import check, ctl, end, env, home, refused, run

log = os.path.join(home, "practice.log")
env["PURSER_PRACTICE_LOG"] = log


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
    done = run("wire", "price", "--on", "2026-11-20", *[os.path.join(folder, n) for n in names if n.startswith("anthropic/")])
    costs = [json.loads(line) for line in done.stdout.splitlines()]
    check("wire price prices every recorded reply of a known model", done.returncode == 0 and all(c["state"] == "priced" and c["list_nano"] == sum(c["kind_nano"].values())
          for c in costs if c["reply"]) and sum(c["reply"] for c in costs) > 10, (costs, done.stderr))


def at_org(path):
    """ctl and run for another organisation's file."""
    return (lambda *args: ctl("--org", path, *args)), (lambda *args: run("--org", path, *args))


def prices():
    ask, say = at_org(os.path.join(home, "prices.purser"))
    ask("init", "Prices", "--currency", "EUR", "--timezone", "Europe/Berlin")
    ask("provider", "add", "openai", "O", "--key-env", "NO_SUCH_KEY")
    ask("provider", "add-model", "O", "gpt-5.6-sol")
    ask("provider", "add-model", "O", "gpt-0.1-nobody-has-it")
    ask("provider", "add", "ollama", "L")
    ask("provider", "add-model", "L", "tiny")
    rows = {row["model"]: row for row in ask("price", "list")}
    check("a known model has the list's price at once, and waits for a rate", rows["O/gpt-5.6-sol"]["state"] == "no_rate" and rows["O/gpt-5.6-sol"]["currency"] == "USD", rows)
    check("an unknown one is unpriced, one's own computer free", rows["O/gpt-0.1-nobody-has-it"]["state"] == "unpriced" and rows["L/tiny"]["input_uncached"] == "0.00", rows)
    people = say("price", "list", "--unpriced")
    check("people are told what to do", "purserctl rate set USD EUR" in people.stderr and "no exchange rate" in people.stdout and "L/tiny" not in people.stdout, people)
    ask("rate", "set", "USD", "EUR", "0.92", "--source", "ECB")
    rows = {row["model"]: row for row in ask("price", "list")}
    check("with a rate it is priced", rows["O/gpt-5.6-sol"]["state"] == "priced" and "USD EUR" not in say("price", "list").stderr, rows)
    rate = ask("rate", "list")
    check("rates are listed with their day", rate[0]["rate"] == "0.92" and rate[0]["in_force"] and rate[0]["source"] == "ECB", rate)
    shown = ask("price", "show", "O/gpt-5.6-sol")
    check("a price is shown with its bands and its history", shown["in_force"]["list"]["input_uncached"] == "4.00" and any(b["mode"] == "batch" for b in shown["in_force"]["bands"]) and
          [v["state"] for v in shown["history"]] == ["in_force", "past"] and "genai-prices" in shown["source"], shown)

    ask("price", "set", "O/gpt-5.6-sol", "--input", "3", "--output", "12", "--cache-write", "3,5", "--cache-write-1h", "6", "--currency", "USD", "--from", "2026-10-01", "--source", "letter")
    own = ask("price", "show", "O/gpt-5.6-sol")
    check("an own price wins, and says what it overrules", [v["state"] for v in own["history"]] == ["in_force", "overruled", "past"] and own["cache_write_1h"] == "6.00" and own["cache_read"] is None, own)
    ask("price", "unset", "O/gpt-5.6-sol")
    back = ask("price", "show", "O/gpt-5.6-sol")
    check("it ends, and the list's counts again", back["input_uncached"] == "4.00" and back["history"][0]["state"] == "ended", back)
    ask("price", "set", "L/tiny", "--hour", "1.80")
    check("own machines by the hour", ask("price", "show", "L/tiny")["in_force"]["hour"] == "1.80")
    done = say("price", "unset", "O/gpt-0.1-nobody-has-it")
    check("nothing to end", done.returncode == 1 and "no price of your own" in done.stderr, done)

    ask("contract", "add", "O", "--discount", "10", "--kind", "output=25", "--document", "EA 4711", "--from", "2026-01-01", "--until", "2099-12-31")
    contract = ask("contract", "list")[0]
    check("a contract with its days and its document", contract["state"] == "in_force" and contract["ppm"]["output_visible"] == 750000 and contract["ppm"]["cache_read"] == 900000 and
          contract["until"] == "2099-12-31" and contract["document"] == "EA 4711", contract)
    paid = ask("price", "show", "O/gpt-5.6-sol")
    check("what is paid follows it", paid["input_uncached"] == "3.60" and paid["output_visible"] == "15.00" and paid["in_force"]["list"]["output_visible"] == "20.00", paid)
    check("a contract needs a document", "--document" in say("contract", "add", "O", "--discount", "10").stderr)
    ask("contract", "end", str(contract["id"]))
    check("and ends", ask("contract", "list")[0]["state"] == "ended" and ask("price", "show", "O/gpt-5.6-sol")["input_uncached"] == "4.00")
    sources = ask("price", "sources")
    check("the list names its sources, and what it leaves out", any(s["licence"] == "MIT" for s in sources["sources"]) and all(x["what"] and x["reason"] for x in sources["left_out"]), sources)
    months = ask("month", "show", "2020-01")
    check("a month's totals", months["state"] == "open" and months["calls"] == 0, months)
    ask("month", "close", "2020-01")
    check("a closed month keeps its digest", ask("month", "list")[0]["month"] == "2020-01" and len(ask("month", "show", "2020-01")["digest"]) == 64)
    check("a month closes once", say("month", "close", "2020-01").returncode == 1)
    check("the audit trail holds with all of it", ask("audit", "verify")["intact"])
    return ask, say


def price_import(ask, say):
    table = os.path.join(home, "own.csv")
    with open(table, "w") as f:
        f.write("model;input;output;cache_write_1h;from\nO/gpt-0.1-nobody-has-it;1,5;2,5;3;2026-11-01\nnowhere;1;1;;\n")
    show = ask("price", "import", table, "--dry-run")
    check("a table's changes are shown first", not show["applied"] and [c["type"] for c in show["changes"]] == ["new"] and show["unused"] == ["row 3: nowhere"], show)
    check("nothing was applied", ask("price", "show", "O/gpt-0.1-nobody-has-it")["unpriced"])
    refused_ = say("price", "import", table)
    check("without a terminal it asks for --yes", refused_.returncode == 1 and "--yes" in refused_.stderr and "unpriced → 1.50" in refused_.stdout, refused_)
    done = ask("price", "import", table, "--yes")
    check("with --yes it applies", done["applied"] and done["versions"] == 1 and ask("price", "show", "O/gpt-0.1-nobody-has-it")["input_uncached"] == "1.50", done)
    check("the audit trail has one entry for it", [row["action"] for row in ask("audit", "list")][:2].count("price.import") == 1)
    again = ask("price", "import", table, "--yes")
    check("a second time there is nothing to do", again["changes"] == [] and not again["applied"], again)
    check("the list in the program is here already", ask("price", "import", "--shipped", "--dry-run")["changes"] == [])
    with open(table, "w") as f:
        f.write("model,input,output\nx,1,2\ny,one,2\n")
    bad = say("price", "import", table, "--yes")
    check("a slip is named by its row", bad.returncode == 1 and "row 3" in bad.stderr and "own.csv" in bad.stderr, bad)
    check("a file or the shipped list", say("price", "import").returncode == 1 and say("price", "import", "/nonexistent.json").returncode == 1)


class Server(http.server.BaseHTTPRequestHandler):
    """A provider whose model nobody has priced: 1000 tokens in, 500 out."""
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        body = json.dumps({"id": "c", "object": "chat.completion", "model": "big", "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello."}, "finish_reason": "stop"}],
                           "usage": {"prompt_tokens": 1000, "completion_tokens": 500, "total_tokens": 1500}}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def unpriced(ask, say):
    server = http.server.HTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ask("provider", "add", "openai-compatible", "Box", "--url", "http://127.0.0.1:%d/v1" % server.server_port)
    ask("provider", "add-model", "Box", "big")
    ask("assign", "analysis", "Box/big")
    reply = ask("ask", "analysis", "Hello")
    check("an unpriced call is counted and has no cost", reply["unpriced"] and reply["cost_nano"] is None and reply["input_tokens"] == 1000, reply)
    text = say("ask", "analysis", "Hello")
    check("people are told what to do about it", "unpriced" in text.stderr and "purserctl price set Box/big" in text.stderr, text)
    row = ask("usage", "--by", "model")[0]
    check("usage tells it as its own state", row["state"] == "unpriced" and row["unpriced_tokens"] == 3000 and row["cost_nano"] == 0 and row["shown_nano"] is None, row)
    people = say("usage", "--by", "model")
    check("and says what its costs leave out", "unpriced" in people.stdout and "Tokens without a price: 3000, calls: 2." in people.stdout, people.stdout)
    listed = {r["model"]: r for r in ask("price", "list", "--unpriced")}
    check("so does the price list", listed["Box/big"]["unpriced_tokens"] == 3000, listed)
    ask("price", "set", "Box/big", "--input", "2", "--output", "8", "--from", "-3")
    check("a price set afterwards changes no past call", ask("usage", "--by", "model")[0]["unpriced_tokens"] == 3000)
    counted = ask("price", "reprice", "--since", "-3", "--dry-run")
    check("re-pricing is counted first", counted["corrected"] == 2 and counted["newly_priced"] == 2 and ask("usage")[0]["cost_nano"] == 0, counted)
    done = ask("price", "reprice", "--since", "-3", "--reason", "price came late")
    # twice 1000 × 2 + 500 × 8 per million: 0.012
    check("then booked as a correction", done["corrected"] == 2 and done["cost_nano"] == 12000000 and ask("usage")[0]["cost_nano"] == 12000000, done)
    after = ask("usage", "--by", "model")[0]
    check("now every token has a price", after["state"] == "priced" and after["unpriced_tokens"] == 0, after)
    check("the call itself keeps its first figure, and the file is whole", ask("verify") == [])
    newest = ask("audit", "list", "--limit", "1")[0]
    check("one entry tells who charged again and how much", newest["action"] == "price.reprice" and '"corrected":2' in json.dumps(newest["after"]).replace(" ", "").replace("\\", ""), newest)
    check("--since must be said", say("price", "reprice").returncode == 1)

    no_rate = say("usage", "--currency", "CHF")
    check("another currency needs a rate", no_rate.returncode == 1 and "purserctl rate set EUR CHF" in no_rate.stderr, no_rate)
    ask("rate", "set", "EUR", "CHF", "0.95")
    shown = ask("usage", "--currency", "CHF")[0]
    check("shown in another currency, kept as it was", shown["shown_nano"] == 11400000 and shown["shown_currency"] == "CHF" and shown["shown_rate"] == "0.95" and shown["cost_nano"] == 12000000, shown)
    ask("org", "set", "--display-currency", "CHF")
    words = say("usage")
    check("the organisation's wish names the rate and its day", "CHF" in words.stdout and "0.95" in words.stdout and ask("org", "show")["display_currency"] == "CHF", words.stdout)
    server.shutdown()


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
price_import(*prices())
unpriced(*at_org(os.path.join(home, "prices.purser")))
sample()
end()
