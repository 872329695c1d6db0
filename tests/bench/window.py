#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the start of a program to its first content on show, over the accessibility bus.

    window.py BUILD LEDGER

The content of Purser's window is the total of the Costs page, which must be what purserctl says. Beside it stands a
bare window of libadwaita with one label.
"""
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "drive"))
from purser_drive import LABEL, STATE, Atspi, GLib  # noqa: E402

STARTS, PATIENCE = 7, 30  # seconds


def program(name):
    desktop = Atspi.get_desktop(0)
    for i in range(desktop.get_child_count()):
        app = desktop.get_child_at_index(i)
        if app and app.get_name() == name:
            return app
    return None


def is_shown(node, is_content):
    return node.get_role() in LABEL and is_content(node.get_name()) and node.get_state_set().contains(STATE.SHOWING)


def search(name, is_content):
    """The way to the content: each child's place. Not while time is taken: it keeps the program busy."""
    ways = [()]
    while ways:
        way = ways.pop()
        node = follow(name, way)
        if node and is_shown(node, is_content):
            return way
        ways.extend(way + (i,) for i in range(node.get_child_count() if node else 0))
    return None


def follow(name, way):
    node = program(name)
    for i in way:
        node = node and node.get_child_at_index(i)
    return node


def wait_for(what, process, words):
    end = time.monotonic() + PATIENCE
    while True:
        try:
            found = what()
        except GLib.Error:  # what was looked at went away meanwhile
            found = None
        if found:
            return found
        if process.poll() is not None or time.monotonic() > end:
            sys.exit("%s did not show %s" % (process.args[0], words))
        time.sleep(0.005)


def start(argv, is_content, words, way=None):
    """The seconds until the content is on show, and the way to it."""
    name, begun = os.path.basename(argv[0]), time.monotonic()
    process = subprocess.Popen(argv)
    if way is None:
        way = wait_for(lambda: search(name, is_content), process, words)
    else:
        wait_for(lambda: (node := follow(name, way)) and is_shown(node, is_content), process, words)
    took = time.monotonic() - begun
    process.terminate()
    process.wait()
    while program(name):
        time.sleep(0.01)
    return took, way


def total_of(build, ledger):
    rows = subprocess.run([build + "/app/purserctl", "--org", ledger, "--json", "usage"],
                          stdout=subprocess.PIPE, check=True).stdout
    return sum(row["cost_nano"] for row in json.loads(rows)) / 1e9


def main():
    # What is asked of a program that only just starts or ends may fail.
    GLib.log_set_handler("dbind", GLib.LogLevelFlags.LEVEL_WARNING, lambda *_: None, None)
    build, ledger = sys.argv[1:3]
    total = total_of(build, ledger)

    def is_total(words):
        number = re.sub("[^0-9.]", "", words)
        return "€" in words and re.fullmatch(r"\d+\.\d\d", number) is not None and abs(float(number) - total) < 0.006

    windows = [([build + "/app/purser", "--page", "costs", ledger], is_total, "the total %.2f" % total),
               ([build + "/tests/bench/bare-window"], lambda words: words == "Hello", "its label")]
    ways = [start(*window)[1] for window in windows]
    purser, bare = zip(*([start(*window, way)[0] for window, way in zip(windows, ways)] for _ in range(STARTS)))
    print("\n%-52s %12s %12s %8s" % ("Window, from start to (to reach: 0.5 s)", "Purser", "bare window", "ratio"))
    ratio = statistics.median(p / b for p, b in zip(purser, bare))
    print("%-52s %9.2f s  %9.2f s  %8.2f" % ("its first content, the costs of the month", statistics.median(purser),
                                           statistics.median(bare), ratio))


main()
