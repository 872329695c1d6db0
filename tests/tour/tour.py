#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""tour.py BUILD OUT PART: one part of the tour. Start it by tests/tour/run.

  job     the whole job, light, with the report
  narrow  each page again, 360 px wide
  dark    each page again on a dark desktop, wide and narrow
  german  each page of the sidebar in German
"""
import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import traceback
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "drive"))
from purser_drive import Atspi, BUTTON, LABEL, ROW, Failed, wait_for  # noqa: E402
from purser_job import PAGES, Job  # noqa: E402
from report import Report, count  # noqa: E402

build, out, part = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
practice_log = out / "practice.log"
WIDE, NARROW = (1210, 870), (370, 870)  # without a window manager a window has a frame of 5 px
environment = {"PURSER_PRACTICE_SPEED": "0.15", "PURSER_PRACTICE_LOG": str(practice_log), "GSETTINGS_SCHEMA_DIR": str(build / "data")}
numbers = {"light": 0, "narrow": 50, "dark": 100, "dark-narrow": 150, "german": 200}


def ctl(*arguments):
    done = subprocess.run([build / "app/purserctl", "--json", *arguments], capture_output=True, text=True)
    if done.returncode:
        raise Failed("purserctl %s: %s" % (" ".join(arguments), done.stderr or done.stdout))
    return json.loads(done.stdout)


def logged():
    """What the practice server wrote of each request, in order."""
    return [json.loads(line) for line in practice_log.read_text().splitlines()] if practice_log.exists() else []


class Tour(Job):
    month = datetime.date.today().replace(day=1).isoformat()

    def __init__(self, *arguments):
        super().__init__([build / "app/purser", *arguments], env=environment, log=out / ("program-%s.log" % part))
        self.resize(WIDE)

    def resize(self, size):
        subprocess.run(["xdotool", "windowsize", self.xid, *map(str, size)], check=True, timeout=10)

        def has_size():
            frame = self.root.get_child_at_index(0)
            frame.clear_cache_single()
            area = Atspi.Component.get_extents(frame, Atspi.CoordType.WINDOW)
            return abs(area.width - size[0]) < 60
        self.wait(has_size, "a window %d px wide" % size[0])

    def shoot(self, name, series="light", seconds=20):
        """SECONDS: how long to wait for the picture to come to rest; 0 for what moves."""
        numbers[series] += 1
        self.picture(str(out / ("%02d-%s%s.png" % (numbers[series], name, "" if series == "light" else "-" + series))), seconds)

    def show(self, page):
        """A page, as a second start of the program asks the first for it: no name needed, so it works in every language."""
        for _ in range(2):  # asked for again, it leaves its details
            subprocess.run([build / "app/purser", "--page", page], env=dict(os.environ, **environment), check=True, timeout=60)
        self.take_focus()


# --- the job, with what the window said on the way ---

def begin(tour):
    tour.get(BUTTON, "Create")
    tour.shoot("create-organisation")
    tour.create_organisation("Hartmann & Partner", "EUR, Euro", "Europe/Berlin")
    tour.shoot("first-run-connect")
    tour.use_practice_models()
    tour.shoot("first-run-assign")
    tour.page("Providers and keys")
    tour.shoot("providers-unchecked")
    steps = tour.check_provider("Practice A")
    tour.shoot("provider-checked")
    if [state for _, state in steps] != ["Done", "Left out", "Done", "Done"]:
        raise Failed("the connection check of Practice A: %s" % steps)
    tour.press("Back")
    tour.press("Add provider")
    tour.shoot("provider-add-choose")
    tour.press("Anthropic")
    tour.shoot("provider-add-form")
    tour.close_dialog()


def assign(tour):
    tour.page("Workloads")
    tour.shoot("workloads-empty")
    tour.open_workload("Drafting")
    tour.press("Choose a model")
    tour.get(ROW, "Practice, flaky")
    tour.shoot("workload-choose")
    tour.open_row("Practice, flaky")
    tour.get(BUTTON, "Add a fallback")
    tour.add_fallback("Practice, careful")
    tour.shoot("workload-order")
    for title, model in ("Summarization", "Practice, careful"), ("Analysis", "Practice, quick"):
        tour.open_workload(title)
        tour.choose_model(model)


def people(tour):
    tour.page("People and agents")
    tour.shoot("people-empty")
    tour.add_principal("Lena Hartmann", team="Clients")
    tour.add_principal("Jonas Weber", team="Audit")
    tour.add_principal("invoice-bot", owner="Lena Hartmann")
    tour.create_key()
    tour.shoot("key-shown-once")
    tour.press("Done")
    tour.shoot("agent")


def latest(purpose, n):
    rows = [row for row in ctl("call", "list", "--limit", "1000") if row["purpose"] == purpose]
    return sorted(rows, key=lambda row: row["call"])[-n:]


def try_it(tour, report, workload, who, second, picture):
    """Asks on two models; each column's facts are found again among the calls, by the model that answered."""
    before = len(logged())
    tour.open_workload(workload)
    tour.press("Try it")
    tour.get(BUTTON, "Ask")
    facts = tour.ask(who=who, second=second)
    tour.shoot(picture)
    calls = wait_for(lambda: len(latest("try", 2)) == 2 and latest("try", 2), "two calls in the ledger")
    lines = [line for line in logged()[before:] if line["status"] == 200]
    unmatched = list(calls)
    for number, fact in enumerate(facts, 1):
        shown_in, shown_out = (count(part.split()[0]) for part in fact["tokens"].split(", "))
        call = next((c for c in unmatched if (c["input_tokens"], c["output_tokens"]) == (shown_in, shown_out)), unmatched[0])
        unmatched.remove(call)
        line = next((x for x in lines if x["model"] == call["model"].split("/")[1]), {})
        where = "Try %s, reply %d (%s)" % (workload, number, call["model"])
        report.number(where, "tokens in", fact["tokens"].split(", ")[0], call["input_tokens"], line.get("input_tokens"))
        report.number(where, "tokens out", fact["tokens"].split(", ")[1], call["output_tokens"], line.get("output_tokens"))
        report.money(where, "cost", fact["cost"], call["cost_nano"])
    return facts


def fallback(tour, report):
    facts = try_it(tour, report, "Drafting", "Lena Hartmann", "Practice, quick (Practice B)", "try-fallback")
    report.words("Try Drafting", "the fallback that was used is named", facts, tour.find(LABEL, re.compile("Practice, careful answered, because Practice, flaky could not")))
    last = latest("try", 2)
    report.words("Try Drafting", "the ledger has the failed attempts too", last, max(row["attempts"] for row in last) >= 2)


def test_result(tour, report, kind, name, workload, models, requests=None):
    """A test in the window; its figures beside those of purserctl and of the practice server's log."""
    before = len(logged())
    tour.start_test(kind, workload, models, requests)
    tour.get(BUTTON, "Stop")
    tour.wait(lambda: any(re.match(r"[1-9]\d* of \d+$", label) for label in tour.labels()), "the first answers of the test")
    tour.shoot(name + "-running", seconds=0)
    tour.wait_for_result()
    tour.shoot(name + "-result")
    run = ctl("trial", "show", str(max(row["run"] for row in ctl("trial", "list"))))
    lines = logged()[before:]
    _, rows = tour.figures()
    for i, model in enumerate(run["models"]):
        mine = [line for line in lines if line["model"] == model["model"].split("/")[1]]
        where = "%s, %s" % (kind, model["model"])
        if kind == "Quality test":
            passed, _, cases = rows["Passed"][i].partition(" of ")
            report.number(where, "passed", passed, model["passed"])
            report.number(where, "cases", cases, model["cases"], sum(line["status"] == 200 for line in mine))
            report.number(where, "not passed", rows["Not passed"][i], model["failed"])
            low, _, high = rows["Likely between"][i].partition(" to ")
            report.percent(where, "likely from", low, model["rate_low"])
            report.percent(where, "likely to", high, model["rate_high"])
        report.number(where, "failed calls", rows["Failed calls"][i], model["errors"])
        report.number(where, "tokens in", rows["Tokens in"][i], model["input_tokens"], sum(line["input_tokens"] for line in mine))
        report.number(where, "tokens out", rows["Tokens out"][i], model["output_tokens"], sum(line["output_tokens"] for line in mine))
        report.money(where, "cost", rows["Cost"][i], model["cost_nano"])
        for title, member in (("First words, typical", "first_words_p50"), ("Whole reply, typical", "reply_p50"), ("Whole reply, 9 in 10 sooner", "reply_p90")):
            if title in rows and model[member] is not None:
                report.seconds(where, title, rows[title][i], model[member])
    if run["sentence"]:
        report.words(kind, "the verdict's sentence is the one of purserctl", run["sentence"], any(run["sentence"] == label for label in tour.labels()))
    strip = [node.get_name() for node in tour.all(ROW, re.compile("typically"))]
    for model in run["models"]:
        for said in strip:
            title = said.split(": ")[0].partition(", ")[2]
            if title.replace("Practice, ", "practice-") == model["model"].split("/")[1]:
                shown = said.split("typically ")[1].split(",")[0]
                member = "first_words_p50" if strip.index(said) < len(run["models"]) else "reply_p50"
                report.seconds("%s, plot, %s" % (kind, model["model"]), "typically (%s)" % member, shown, model[member])


def costs(tour, report):
    tour.page("Costs")
    tour.get(None, "People")
    tour.shoot("costs-money-by-person")
    for split, heading in (("Person", "People"), ("Agent", "Agents"), ("Team", "Teams"), ("Workload", "Workloads"), ("Model", "Models"), ("Provider", "Providers")):
        tour.toggle(split)
        # What nothing was counted for has no row: a model that was only tried in vain.
        usage = [row for row in ctl("usage", "--by", split.lower()) if row["calls"] or row["input_tokens"] or row["output_tokens"] or row["cost_nano"]]
        try:
            titles, rows = tour.table(heading)
        except Failed:
            report.words("Costs by %s" % split.lower(), "there is nothing to list", usage, not usage)
            continue
        table(report, "Costs by %s" % split.lower(), titles, rows, usage)
    tour.toggle("Person")
    tour.get(None, "People")
    compare_chart(tour, report, "money")
    tour.toggle("Tokens")
    tour.wait(lambda: tour.find(LABEL, re.compile(" tokens$")), "the sum of tokens")
    tour.shoot("costs-tokens-by-person")
    compare_chart(tour, report, "tokens")
    tour.press("Show the numbers as a table")
    titles, rows = tour.table("Tokens over time")
    tour.shoot("costs-tokens-as-table")
    people = ctl("usage", "--by", "person")
    today = rows[0]  # the latest comes first, and the days still to come have no rows
    for title, cell in list(zip(titles, today))[1:-1]:
        row = next((x for x in people if x["name"] == title), None)
        report.number("Costs, table of days", "tokens of %s" % title, cell, row and row["input_tokens"] + row["output_tokens"])
    report.number("Costs, table of days", "tokens together", today[-1], sum(x["input_tokens"] + x["output_tokens"] for x in people))
    tour.press("Show the numbers as a table")
    tour.toggle("Money")
    tour.toggle("Model")
    tour.get(None, "Models")
    tour.shoot("costs-money-by-model")


def table(report, where, titles, rows, usage):
    report.words(where, "as many rows as purserctl has", "%d and %d" % (len(rows), len(usage)), len(rows) == len(usage))
    for cells in rows:
        shown = dict(zip(titles, cells))
        row = next((x for x in usage if shown["Name"].startswith(x["name"])), None)
        if row is None:
            # Models are shown by their titles.
            plain = shown["Name"].split(" Practice ")[0].replace("Practice, ", "practice-")
            row = next((x for x in usage if x["name"].split("/")[-1] == plain), None)
        where_row = "%s, %s" % (where, shown["Name"])
        if row is None:
            report.words(where_row, "is in purserctl usage", [x["name"] for x in usage], False)
            continue
        report.money(where_row, "cost", shown["Cost"], row["cost_nano"])
        report.number(where_row, "tokens", shown["Tokens"], row["input_tokens"] + row["output_tokens"])
        report.number(where_row, "calls", shown["Calls"], row["calls"])


def compare_chart(tour, report, measure):
    """The marks that a screen reader walks through: "23 November, Lena Hartmann: €0.0011"."""
    people = {row["name"]: row for row in ctl("usage", "--by", "person")}
    marks = [node.get_name() for node in tour.all(ROW, re.compile(r"^\d+ \w+, .*: "))]
    report.words("Costs, chart", "a mark for each person with %s today" % measure, marks,
                 len(marks) == sum(bool(row["cost_nano"] if measure == "money" else row["input_tokens"] + row["output_tokens"]) for row in people.values()))
    for mark in marks:
        name, shown = mark.split(", ", 1)[1].rsplit(": ", 1)
        row = people.get(name)
        if measure == "money":
            report.money("Costs, chart, %s" % name, "today", shown, row and row["cost_nano"])
        else:
            report.number("Costs, chart, %s" % name, "today", shown, row and row["input_tokens"] + row["output_tokens"])


def people_again(tour, report):
    tour.page("People and agents")
    titles, rows = tour.table("People and agents")
    tour.shoot("people")
    usage = {row["name"]: row for row in ctl("usage", "--by", "principal")}
    for cells in rows:
        shown = dict(zip(titles, cells))
        name = next((n for n in ("Lena Hartmann", "Jonas Weber", "invoice-bot") if shown["Name"].startswith(n)), shown["Name"])
        row = usage.get(name, {"input_tokens": 0, "output_tokens": 0, "cost_nano": 0})
        report.number("People, %s" % name, "tokens this month", shown["Tokens this month"], row["input_tokens"] + row["output_tokens"])
        report.money("People, %s" % name, "cost this month", shown["Cost this month"], row["cost_nano"])


def overview(tour, report):
    tour.page("Overview")
    calls = tour.get(LABEL, re.compile(r"^for [\d.,]+ calls$")).get_name()
    tour.shoot("overview")
    total = ctl("usage", "--by", "principal")
    card = tour.get(None, re.compile("^This month: ")).get_name()
    report.number("Overview", "calls this month", calls.split()[1], sum(row["calls"] for row in total))
    report.money("Overview", "cost this month", card.split(": ")[1], sum(row["cost_nano"] for row in total))
    tests = tour.get(None, re.compile("^Tests: ")).get_name().split(": ")[1]
    quality = [ctl("trial", "show", str(row["run"])) for row in ctl("trial", "list") if row["kind"] == "quality"]
    newest = max(quality, key=lambda run: run["run"])
    report.number("Overview", "tests passed, newest run", tests.split(" of ")[0], sum(model["passed"] for model in newest["models"]))
    report.number("Overview", "tests, newest run", tests.split(" of ")[1], sum(model["cases"] for model in newest["models"]))


def price_of(row, kind):
    return None if row[kind] is None else round(float(row[kind]) * 1e9)


def compare_price(report, where, what, shown, row, kind):
    if row[kind] is None or shown in ("–", "free"):
        report.words(where, what, shown, shown == ("–" if row[kind] is None else "free") and not float(row[kind] or 0))
    else:
        report.money(where, what, shown, price_of(row, kind))


def open_prices(tour):
    tour.page("Providers and keys")
    tour.open_row("Prices")
    tour.get(BUTTON, "Update prices…")


def price_table(tour, report, picture):
    """Each model's price, beside `purserctl price list`."""
    titles, rows = tour.table("Prices")
    tour.shoot(picture)
    listed = {row["model"]: row for row in ctl("price", "list")}
    report.words(picture, "as many rows as purserctl has", "%d and %d" % (len(rows), len(listed)), len(rows) == len(listed))
    for cells in rows:
        shown = dict(zip(titles, cells))
        name = re.match(r"Practice, (\w+) (Practice \w)", shown["Model"])
        ref = "%s/practice-%s" % (name[2], name[1]) if name else "%s/%s" % tuple(reversed(shown["Model"].split(" ")[:2]))
        for title, kind in (("In", "input_uncached"), ("Out", "output_visible"), ("Reused", "cache_read")):
            compare_price(report, "%s, %s" % (picture, ref), title, shown[title], listed[ref], kind)


def import_table(tour, report):
    """A model that no list knows gets its price from a table of one's own."""
    table = out / "own-prices.csv"
    table.write_text("model,from,currency,input,output\nHouse/big,2026-01-01,EUR,7.25,21.5\n")
    tour.page("Providers and keys")
    tour.press("Add provider")
    tour.press("OpenAI-compatible")
    tour.type("Name", "House")
    tour.type("Address", "http://127.0.0.1:9/v1")
    tour.press("Add and check")
    tour.get(LABEL, "Check the connection to read the provider’s list, or add a model by hand.", seconds=60)
    tour.press("Add a model by hand")
    tour.type("Name, as the provider writes it", "big")
    tour.press("Add")
    tour.wait(lambda: tour.top() is tour.root and any(row["model"] == "House/big" for row in ctl("price", "list")), "the model House/big")
    report.words("Prices", "a model that no list knows has no price", ctl("price", "list"),
                 next(row for row in ctl("price", "list") if row["model"] == "House/big")["unpriced"])
    open_prices(tour)
    tour.get(LABEL, "1 model has no price")
    tour.press("Update prices…")
    tour.open_row("A file…")
    tour.choose_file("Open Price List", table)
    planned = ctl("price", "import", str(table), "--dry-run")
    row = tour.get(ROW, re.compile(r"^big \(House\)"))
    tour.shoot("prices-import-changes")
    report.number("Prices, import", "prices that change", tour.get(LABEL, re.compile(r"^\d+ prices? changes?$")).get_name().split()[0], len(planned["changes"]))
    words = " ".join(tour.labels(row))
    report.words("Prices, import", "the row says the new price", words, "In €7.25" in words and "Out €21.50" in words)
    tour.press("Apply")
    tour.get(None, "Prices are up to date")
    tour.shoot("prices-import-done")
    tour.press("Close")
    tour.wait(lambda: tour.top() is tour.root, "the end of the dialog")
    after = ctl("price", "show", "House/big")
    report.words("Prices, import", "purserctl has the price now", after, (after["input_uncached"], after["output_visible"]) == ("7.25", "21.50"))


def own_price(tour, report, title, into, outof):
    """An own price from yesterday on: what was called today was called under it."""
    tour.open_row(re.compile("^" + re.escape(title)))
    tour.press("Set your own price")
    tour.type("In", into)
    tour.type("Out", outof)
    tour.press(re.compile("^Holds from: "))
    before = tour.get(BUTTON, re.compile("^Holds from: ")).get_name()
    tour.focus(tour.type("Day, year first", (datetime.date.today() - datetime.timedelta(days=1)).isoformat()))
    tour.key("Return")
    tour.wait(lambda: tour.get(BUTTON, re.compile("^Holds from: ")).get_name() != before, "another day")
    tour.shoot("prices-own")
    tour.press("Save")
    tour.get(LABEL, re.compile("^Your own price, "))
    tour.shoot("price-own")
    tour.press("Back")


def reprice(tour, report):
    """Past calls are charged again: what the window says beforehand is what purserctl says, and the totals grow by just that."""
    before = sum(row["cost_nano"] for row in ctl("usage", "--by", "model", "--tests"))
    tour.menu("More about prices", "_Work out past calls again…")
    words = tour.get(LABEL, re.compile("would be charged otherwise")).get_name()
    tour.shoot("reprice-preview")
    planned = ctl("price", "reprice", "--since", tour.month, "--dry-run")
    numbers = re.match(r"([\d,]+) of ([\d,]+) calls? would be charged otherwise: (\S+) (more|less) in all", words)
    report.number("Work out again", "calls that change", numbers[1], planned["corrected"])
    report.number("Work out again", "calls looked at", numbers[2], planned["attempts"])
    report.money("Work out again", "difference", numbers[3], abs(planned["cost_nano"]))
    report.words("Work out again", "more or less", numbers[4], (numbers[4] == "more") == (planned["cost_nano"] > 0))
    tour.press("Work out again")
    tour.get(LABEL, "Worked out again", seconds=60)
    tour.shoot("reprice-done")
    tour.press("Close", start=tour.top()) if len(tour.all(BUTTON, "Close", tour.top())) == 1 else tour.close_dialog()
    after = sum(row["cost_nano"] for row in ctl("usage", "--by", "model", "--tests"))
    report.words("Work out again", "the totals grew by just that", (before, after, planned["cost_nano"]), after - before == planned["cost_nano"])
    again = ctl("price", "reprice", "--since", tour.month, "--dry-run")
    report.words("Work out again", "a second time nothing changes", again, again["corrected"] == 0)


def prices(tour, report):
    import_table(tour, report)
    open_prices(tour)
    price_table(tour, report, "prices")
    own_price(tour, report, "Practice, quick", "0.75", "3")
    reprice(tour, report)
    price_table(tour, report, "prices-after")
    tour.page("Overview")
    total = ctl("usage", "--by", "principal")
    tour.wait(lambda: abs(money_of(tour.get(None, re.compile("^This month: ")).get_name()) - sum(row["cost_nano"] for row in total) / 1e9) < 0.01, "the new sum")
    report.money("Overview, after", "cost this month", tour.get(None, re.compile("^This month: ")).get_name().split(": ")[1], sum(row["cost_nano"] for row in total))
    report.words("Ledger", "purserctl verify finds nothing after it", ctl("verify"), ctl("verify") == [])


def money_of(words):
    return float(re.search(r"[\d.,]*\d", words.split(": ")[1]).group().replace(",", ""))


def ledger_against_server(report):
    """All that was ever asked, model by model: what the ledger counts and what the server says it read and wrote."""
    lines, calls = logged(), ctl("call", "list", "--limit", "100000")
    report.number("Ledger", "attempts, and requests the server saw", str(sum(row["attempts"] for row in calls)),
                  sum(row["attempts"] for row in calls), len(lines))
    for row in ctl("usage", "--by", "model", "--tests"):
        model = row["name"].split("/")[-1]
        mine = [line for line in lines if line["model"] == model]
        where = "Ledger, %s" % row["name"]
        report.number(where, "tokens in", str(row["input_tokens"]), row["input_tokens"], sum(line["input_tokens"] for line in mine))
        report.number(where, "tokens out", str(row["output_tokens"]), row["output_tokens"], sum(line["output_tokens"] for line in mine))
        report.number(where, "of them cached", str(row["cache_read"]), row["cache_read"], sum(line["cached_tokens"] for line in mine))
        report.number(where, "answered calls", str(row["calls"] - row["failed_calls"]), row["calls"] - row["failed_calls"],
                      sum(line["status"] == 200 for line in mine))
    report.words("Ledger", "purserctl verify finds nothing", ctl("verify"), ctl("verify") == [])


def gateway(tour, report):
    """Switched on; one call by its address, with a key made on the page; the call's row and its record; switched off again."""
    tour.page("Gateway")
    tour.shoot("gateway-off")
    tour.check("Gateway")
    tour.get(LABEL, "The gateway is on")
    url = tour.get(LABEL, re.compile("^http://127")).get_name()
    tour.press("Make a Key…")
    tour.wait(lambda: tour.top() is not tour.root, "what the key may do")
    tour.shoot("gateway-new-key")
    tour.press("Create Key")
    key = tour.get(LABEL, re.compile("^purser-")).get_name()
    tour.press("Done")
    body = {"model": "drafting", "messages": [{"role": "user", "content": "Say hello."}]}
    request = urllib.request.Request(url + "/v1/chat/completions", json.dumps(body).encode(), {"Authorization": "Bearer " + key, "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        call, answer = int(reply.headers["purser-call-id"]), json.load(reply)
    row = next(x for x in ctl("call", "list", "--limit", "5") if x["call"] == call)
    total = "{:,}".format(row["input_tokens"] + row["output_tokens"])
    tour.get(None, re.compile("^Answered"))
    cells = next(x for x in tour.table("Calls")[1] if any(cell.startswith("Answered") for cell in x))
    report.number("Gateway, the call", "tokens", cells[5], row["input_tokens"] + row["output_tokens"], answer["usage"]["total_tokens"])
    report.money("Gateway, the call", "cost", cells[6], row["cost_nano"])
    tour.shoot("gateway", seconds=0)
    if shutil.which("curl"):
        tour.choose("Tool", "curl")
        lines = tour.get(LABEL, re.compile("^curl -sS")).get_name()  # as they stand, into a shell
        said = subprocess.run(["bash", "-c", lines], capture_output=True, text=True, timeout=60).stdout
        report.words("Gateway, what is given to paste for curl", "is answered", said[:80], '"choices"' in said)
    tour.show("gateway/call:%d" % call)
    tour.get(LABEL, "The way it took")
    report.words("Gateway, the record", "says the tokens", total, tour.find(None, re.compile("tokens in, ")) is not None)
    tour.shoot("gateway-call")
    tour.press("Back")
    tour.check("Gateway", False)
    tour.get(None, "The gateway is off")


# --- pictures of every page, without the job ---

DETAILS = (("providers", "Practice A", "provider"), ("providers", "Prices", "prices"), ("workloads", "Drafting", "workload"), ("tests", re.compile("quality"), "quality-result"),
           ("tests", re.compile("latency"), "latency-result"), ("people", re.compile("^Lena Hartmann"), "person"))


def gallery(tour, series, size):
    tour.resize(size)
    for page in PAGES:
        tour.show(page)
        tour.shoot(page, series)
    for page, row, name in DETAILS:
        tour.show(page)
        tour.open_row(row)
        tour.get(LABEL, re.compile("^%s" % re.escape(row)) if isinstance(row, str) else None)
        tour.shoot(name, series)
        if name == "workload":
            tour.press("Try it")
            tour.get(BUTTON, "Ask")
            tour.shoot("try", series)
    tour.show("tests")
    tour.press("Quality test")
    tour.get(BUTTON, "Start the test")
    tour.shoot("quality-setup", series)
    tour.close_dialog()
    for key, name in ("ctrl+comma", "preferences"), ("F1", "shortcuts"):
        tour.key(key)
        tour.wait(lambda: tour.top() is not tour.root, "the dialog for %s" % key)
        tour.shoot(name, series)
        tour.close_dialog()


def job():
    report = Report()
    tour = Tour()
    try:
        begin(tour)
        assign(tour)
        people(tour)
        fallback(tour, report)
        try_it(tour, report, "Analysis", "invoice-bot", "Practice, careful (Practice A)", "try-analysis")
        try_it(tour, report, "Summarization", "Jonas Weber", "Practice, quick (Practice B)", "try-summarization")
        both = {"Practice, careful", "Practice, quick"}
        test_result(tour, report, "Quality test", "quality", "Summarization", both)
        test_result(tour, report, "Latency test", "latency", "Drafting", both, requests=20)
        costs(tour, report)
        people_again(tour, report)
        overview(tour, report)
        prices(tour, report)
        gateway(tour, report)
        ledger_against_server(report)
    except Exception as failure:  # whatever it is, the report says what was found until then
        tour.picture(str(out / "failed.png"), 2)
        report.failed(failure)
        (out / "failed-tree.txt").write_text(tour.tree())
        if not isinstance(failure, Failed):
            traceback.print_exc()
    finally:
        tour.end()
        quiet(report)
        report.write(out / "report.md")
    return 3 if report.failure else min(report.differences, 1)


def quiet(report):
    """What the program itself complained about, but for what a virtual display does not have: nobody there shows notifications."""
    said = [line for line in (out / ("program-%s.log" % part)).read_text(errors="replace").splitlines()
            if re.search("CRITICAL|WARNING", line) and not re.search("Unable to acquire session bus|unable to send notifications", line)]
    report.words("The program", "says nothing is wrong", said[:5], not said)


def galleries(*series):
    for name, size in series:
        tour = Tour()
        try:
            gallery(tour, name, size)
        finally:
            tour.end()
    return 0


def narrow():
    return galleries(("narrow", NARROW))


def dark():
    return galleries(("dark", WIDE), ("dark-narrow", NARROW))


def german():
    tour = Tour()
    try:
        for page in PAGES:
            tour.show(page)
            tour.shoot(page, "german")
    finally:
        tour.end()
    return 0


sys.exit({"job": job, "narrow": narrow, "dark": dark, "german": german}[part]())
