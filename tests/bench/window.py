#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the start of a program to its first content on show, over the accessibility bus.

    window.py BUILD LEDGER

The content of Purser's window is the total of the Costs page, which must be what purserctl says. Beside it stands a bare
window of libadwaita with one label.
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

STARTS, PATIENCE = 5, 30  # seconds


def words_on_show(name):
    """Of the labels of the program NAME."""
    desktop = Atspi.get_desktop(0)
    stack = [app for app in map(desktop.get_child_at_index, range(desktop.get_child_count())) if app and app.get_name() == name]
    while stack:
        node = stack.pop()
        try:
            if node.get_role() in LABEL and node.get_name() and node.get_state_set().contains(STATE.SHOWING):
                yield node.get_name()
            stack.extend(filter(None, map(node.get_child_at_index, range(node.get_child_count()))))
        except GLib.Error:  # it went away meanwhile
            pass


def start(argv, is_content):
    """Seconds until a label that IS_CONTENT is on show."""
    name, begun = os.path.basename(argv[0]), time.monotonic()
    process = subprocess.Popen(argv)
    try:
        while not any(map(is_content, words_on_show(name))):
            if process.poll() is not None or time.monotonic() - begun > PATIENCE:
                sys.exit("%s did not show what it should; on show: %s" % (name, " | ".join(words_on_show(name))))
            time.sleep(0.01)
        return time.monotonic() - begun
    finally:
        process.terminate()
        process.wait()
        while any(words_on_show(name)):
            time.sleep(0.01)


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

    purser, bare = [], []
    for _ in range(STARTS):
        purser.append(start([build + "/app/purser", "--page", "costs", ledger], is_total))
        bare.append(start([build + "/tests/bench/bare-window"], lambda words: words == "Hello"))
    print("\n%-52s %12s %12s %8s" % ("Window, from start to (to reach: 0.5 s)", "Purser", "bare window", "ratio"))
    print("%-52s %9.2f s  %9.2f s  %8.2f" % ("its first content, the costs of the month", statistics.median(purser),
                                           statistics.median(bare), statistics.median(p / b for p, b in zip(purser, bare))))


main()
