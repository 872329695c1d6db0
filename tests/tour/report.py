# SPDX-License-Identifier: GPL-3.0-or-later
"""The tour's report: each number of the window beside the same number from elsewhere."""
import datetime
import re


def digits(shown):
    """The number in a text, whatever stands around it: "€1,234.50" is 1234.5, to 2 digits."""
    found = re.search(r"−?-?[\d.,\u202f\u00a0]*\d", shown)
    if not found:
        return None, 0
    text = found.group().replace("−", "-").replace("\u202f", "").replace("\u00a0", "").replace(",", "")
    return float(text), len(text.partition(".")[2])


def count(shown):
    """A whole number; None where the text has none. "1.2 million" is told apart by its unit."""
    value, _ = digits(shown)
    return None if value is None else int(value)


UNITS = {"ms": 1e-3, "s": 1.0, "min": 60.0}


def duration(shown):
    """Seconds, and half a step of the last digit shown."""
    value, places = digits(shown)
    unit = shown.split("\u00a0")[-1] if "\u00a0" in shown else shown.split()[-1]
    if value is None or unit not in UNITS:
        return None, 0
    return value * UNITS[unit], 0.5 * 10 ** -places * UNITS[unit]


class Report:
    def __init__(self):
        self.rows = []
        self.failure = None

    @property
    def differences(self):
        return sum(not row[-1] for row in self.rows) + (self.failure is not None)

    def add(self, where, what, shown, elsewhere, server, equal):
        self.rows.append((where, what, shown, elsewhere, server, bool(equal)))

    def number(self, where, what, shown, ledger, server=None):
        equal = ledger is not None and count(shown) == ledger and (server is None or server == ledger)
        self.add(where, what, shown, ledger, "" if server is None else server, equal)

    def money(self, where, what, shown, nano):
        """SHOWN is rounded: it may be off by half a step of its last digit."""
        value, places = digits(shown)
        exact = None if nano is None else nano / 1e9
        self.add(where, what, shown, "" if exact is None else "%.9f" % exact, "",
                 exact is not None and value is not None and abs(value - exact) <= 0.5000001 * 10 ** -places)

    def percent(self, where, what, shown, share):
        value, places = digits(shown)
        self.add(where, what, shown, "%.5f" % (share * 100), "", value is not None and abs(value - share * 100) <= 0.5000001 * 10 ** -places)

    def seconds(self, where, what, shown, exact):
        value, half = duration(shown)
        self.add(where, what, shown, "%.6f s" % exact, "", value is not None and abs(value - exact) <= half * 1.000001)

    def words(self, where, what, detail, holds):
        self.add(where, what, "yes" if holds else "no", "" if holds else str(detail)[:300], "", holds)

    def failed(self, failure):
        self.failure = str(failure)

    def write(self, path):
        lines = ["# A tour through Purser", "",
                 "Every number that stood in the window, beside the same number from `purserctl --json` and, where it has one, from the practice server's own log.",
                 "Made on %s." % datetime.date.today().isoformat(), ""]
        bad = [row for row in self.rows if not row[-1]]
        lines += ["**%d numbers compared, %d differ.**" % (len(self.rows), len(bad)), ""]
        if self.failure:
            lines += ["**The tour broke off:** " + self.failure.replace("\n", " "), ""]
        for title, rows in ("What differs", bad), ("All", self.rows):
            if rows:
                lines += ["## " + title, "", "| where | what | window | purserctl | practice server | |", "|---|---|---|---|---|---|"]
                lines += ["| %s | %s | %s | %s | %s | %s |" % (*(str(cell).replace("|", "\\|") for cell in row[:-1]), "" if row[-1] else "**differs**") for row in rows]
                lines.append("")
        path.write_text("\n".join(lines))
        print("%d numbers compared, %d differ%s" % (len(self.rows), len(bad), "; the tour broke off: %s" % self.failure if self.failure else ""))
        for row in bad:
            print("  differs: %s, %s: window %s, purserctl %s, server %s" % row[:5])
