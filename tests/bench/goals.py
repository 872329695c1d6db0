#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tests/bench/gateway measured, beside the goals; and whether the ledgers have the calls that were answered.

    goals.py FOLDER GATEWAY…

FOLDER has raw.tsv (a line for each load that a target took), warm.tsv, and a NAME.rows for each gateway. Fails where a
ledger and the replies differ, never for a figure.
"""
import collections
import pathlib
import statistics
import sys

FIELDS = "scenario target rps p50 p99 first event event99 cpu mb ok bad last".split()


def read(folder):
    runs = collections.defaultdict(list)
    for line in (folder / "raw.tsv").read_text().splitlines():
        values = dict(zip(FIELDS, line.split("\t")))
        run = {name: float(values[name]) for name in FIELDS[2:12]}
        runs[values["scenario"], values["target"]].append(run)
    return runs


class Figures:
    def __init__(self, runs):
        self.runs = runs

    def median(self, scenario, target, field):
        values = [run[field] for run in self.runs[scenario, target]]
        return statistics.median(values) if values else None

    def most(self, target, field, scenarios):
        values = [run[field] for s in scenarios for run in self.runs[s, target]]
        return max(values, default=None)

    def ratio(self, scenario, target, base, field):
        """The median of the ratios within each repetition."""
        pairs = zip(self.runs[scenario, target], self.runs[scenario, base])
        ratios = [a[field] / b[field] for a, b in pairs if b[field] > 0]
        return statistics.median(ratios) if ratios else None

    def added(self, scenario, target, base):
        """What TARGET adds to the direct way, beside what BASE adds."""
        triples = zip(self.runs[scenario, target], self.runs[scenario, base], self.runs[scenario, "direct"])
        ratios = [(a["p50"] - d["p50"]) / (b["p50"] - d["p50"]) for a, b, d in triples if b["p50"] > d["p50"]]
        return statistics.median(ratios) if ratios else None


def amount(value, unit):
    return "-" if value is None else "%.0f %s" % (value, unit) if value >= 100 else "%.1f %s" % (value, unit)


def line(what, ours, theirs, ratio, bar=None, at_least=False):
    words = "%-58s %13s %13s %8s" % (what, ours, theirs, "-" if ratio is None else "%.2f" % ratio)
    if bar is not None:
        reached = "not measured" if ratio is None else "reached" if (ratio >= bar if at_least else ratio <= bar) else "missed"
        words += "  %s %-5s %s" % ("≥" if at_least else "≤", "1/6" if bar == 1 / 6 else "%g" % bar, reached)
    print(words)


def heading(what, peer):
    print("\n%-58s %13s %13s %8s  %s" % (what, "Purser", peer, "ratio", "goal"))


def beside_nginx(f):
    heading("Gateway on one core, settles synced, budgets, fallback", "nginx")

    def pair(what, scenario, field, unit, bar, at_least=False, ours="gateway", base="nginx"):
        line(what, amount(f.median(scenario, ours, field), unit), amount(f.median(scenario, base, field), unit),
             f.ratio(scenario, ours, base, field), bar, at_least)

    pair("calls a second: 1 KB, 32 connections", "plain", "rps", "/s", 0.25, True)
    pair("CPU of such a call", "plain", "cpu", "µs", 4.5)
    direct = f.median("c1", "direct", "p50")
    ours, nginx, synced = (f.median("c1", target, "p50") for target in ("normal", "nginx", "gateway"))
    if None not in (direct, ours):
        line("added to one call at a time, not synced (p50)", amount(ours - direct, "µs"),
             amount(nginx - direct if nginx else None, "µs"), f.added("c1", "normal", "nginx"), 2.8)
        line("… and synced", amount(synced - direct, "µs"), amount(nginx - direct if nginx else None, "µs"),
             f.added("c1", "gateway", "nginx"))
    pair("CPU of a call with a request of 128 KB, 8 connections", "big", "cpu", "µs", 5.5)
    pair("CPU of a stream of 50 events at once, 32 connections", "one", "cpu", "µs", 2.8)
    pair("CPU of a stream of 50 events one by one", "stream", "cpu", "µs", None)
    pair("200 streams at the pace of a model: an event's way (p50)", "paced", "event", "µs", 2)
    pair("1000 such streams, CPU of one", "s1000", "cpu", "µs", 1.7, ours="slow", base="slow-nginx")
    pair("1000 such streams, an event's way (p50)", "s1000", "event", "µs", None, ours="slow", base="slow-nginx")
    pair("https provider: CPU of a call, 1 KB, 32 connections", "tls-plain", "cpu", "µs", None, ours="tls", base="tls-nginx")
    pair("https provider: CPU of a stream of 50 events at once", "tls-one", "cpu", "µs", None, ours="tls", base="tls-nginx")
    runs = f.runs["s1000", "slow"]
    if runs:
        whole, bad = sum(r["ok"] for r in runs), sum(r["bad"] for r in runs)
        print("%-58s %13s %13s %8s  %-7s %s" % ("1000 such streams: whole", "%d" % whole, "", "", "all",
              "reached" if bad == 0 and whole == 2000 * len(runs) else "missed"))


def beside_portkey(f):
    heading("Gateway on one core, the same", "Portkey")
    for what, scenario, bar in ("calls a second: 1 KB, 32 connections", "plain", 12), ("calls a second: request of 128 KB", "big", 10):
        line(what, amount(f.median(scenario, "gateway", "rps"), "/s"), amount(f.median(scenario, "portkey", "rps"), "/s"),
             f.ratio(scenario, "gateway", "portkey", "rps"), bar, True)
    scenarios = "c1", "plain", "big", "one", "stream", "paced"
    ours, theirs = f.most("gateway", "mb", scenarios), f.most("portkey", "mb", scenarios)
    line("memory under all these loads, the most", amount(ours, "MB"), amount(theirs, "MB"),
         ours / theirs if ours and theirs else None, 1 / 6)


def beside_itself(f, folder):
    heading("What things cost the gateway, 1 KB, 32 connections", "without")
    line("calls a second, settles synced", amount(f.median("plain", "gateway", "rps"), "/s"),
         amount(f.median("plain", "normal", "rps"), "/s"), f.ratio("plain", "gateway", "normal", "rps"), 0.5, True)
    line("CPU of a call, settles synced", amount(f.median("plain", "gateway", "cpu"), "µs"),
         amount(f.median("plain", "normal", "cpu"), "µs"), f.ratio("plain", "gateway", "normal", "cpu"))
    line("CPU of a call, with two budgets", amount(f.median("plain", "gateway", "cpu"), "µs"),
         amount(f.median("plain", "free", "cpu"), "µs"), f.ratio("plain", "gateway", "free", "cpu"))
    most = folder / "memory.kb"
    if most.exists():
        mb = int(most.read_text()) / 1024
        print("%-58s %13s %13s %8s  %-7s %s" % ("memory: 200 streams, requests of 32 KB", amount(mb, "MB"), "", "", "≤ 40 MB",
              "reached" if mb <= 40 else "missed"))
    if f.runs["s1000", "slow"]:
        print("%-58s %13s" % ("memory after 1000 streams", amount(f.most("slow", "mb", ["s1000"]), "MB")))


def ledgers(folder, runs, names):
    """TRUE where every ledger has as many settled calls as whole replies came out of its gateway."""
    answered = collections.Counter()
    for (_, target), rows in runs.items():
        answered[target] += sum(int(run["ok"]) for run in rows)
    for text in (folder / "warm.tsv").read_text().splitlines():
        target, ok = text.split("\t")
        answered[target] += int(ok)
    right = True
    print("\n%-58s %13s %13s" % ("Ledger", "settled", "answered"))
    for name in names:
        rows = (folder / (name + ".rows")).read_text().split()
        ok = len(rows) == 3 and int(rows[0]) == answered[name] and rows[2] == "0"
        words = "" if ok else "  WRONG: %s failed, %s open" % (rows[1], rows[2]) if len(rows) == 3 else "  WRONG: contradicts itself"
        print("%-58s %13s %13d%s" % (name, rows[0], answered[name], words))
        right = right and ok
    return right


def main():
    folder, names = pathlib.Path(sys.argv[1]), sys.argv[2:]
    runs = read(folder)
    figures = Figures(runs)
    beside_nginx(figures)
    beside_portkey(figures)
    beside_itself(figures, folder)
    print("kill -9 under load: make check and make check-long. Dashboards and the cost of a row: the figures above.")
    sys.exit(0 if ledgers(folder, runs, names) else "The ledger does not have exactly the calls that were answered.")


main()
