# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job in the window, in steps that the walk of the package and the tour share. Names are what a reader hears."""
import re

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # noqa: E402

from purser_drive import BUTTON, COMBO, ENTRY, LABEL, ROW, Failed, Program, text_of  # noqa: E402

PAGES = {"overview": "Overview", "costs": "Costs", "providers": "Providers and keys", "workloads": "Workloads",
         "people": "People and agents", "gateway": "Gateway", "tests": "Tests"}


class Job(Program):
    def page(self, title):
        """A page of the sidebar, without what was opened on it before: chosen again, it leaves its details."""
        self.open_row(title)
        if self.find(BUTTON, "Back"):
            self.open_row(title)
            self.gone(BUTTON, "Back")

    # --- the first run ---

    def create_organisation(self, name, currency, timezone):
        self.get(BUTTON, "Create")
        self.type("Name", name)
        self.choose("Currency", currency)  # "EUR, Euro"
        self.choose("Time zone", timezone)
        self.press("Create")
        self.get(None, "Bring your first model")

    def use_practice_models(self):
        self.press("Practice models")
        self.get(BUTTON, "Choose a Model")

    # --- providers ---

    def check_provider(self, name):
        """The four steps of the check, as a list of what each row says."""
        self.page("Providers and keys")
        self.open_row(name)
        self.press("Check connection")
        self.wait(lambda: self.find(LABEL, "Connection works") and self.find(BUTTON, "Check connection") and
                  self.find(ROW, "One short reply"), "a connection that works")
        self.wait(lambda: any(label.endswith("checked just now") for label in self.labels()), "the end of the check")
        return [(node.get_name(), [n.get_name() for n in self.nodes(node) if n.get_role() == Atspi.Role.IMAGE][0])
                for node in self.nodes(self.get(frozenset({Atspi.Role.LIST}), "Connection works")) if node.get_role() in ROW]

    # --- workloads ---

    def open_workload(self, title):
        self.page("Workloads")
        self.open_row(title)
        self.get(BUTTON, "Try it")

    def choose_model(self, title):
        """The first model of the workload on show."""
        self.press("Choose a model")
        self.open_row(title)
        self.get(BUTTON, "Add a fallback")

    def add_fallback(self, title):
        self.press("Add a fallback")
        self.open_row(title)
        self.wait(lambda: self.top() is self.root and self.find(ROW, re.compile(re.escape(title) + "$")), "%s as a fallback" % title)

    # --- people ---

    def add_principal(self, name, team=None, owner=None):
        """A person, or with OWNER an agent; its page is then on show."""
        self.page("People and agents")
        if owner is not None:
            self.menu("Add a person or an agent", "Add _Agent…")
        elif self.find(BUTTON, "Add Person…"):
            self.press("Add Person…")
        else:
            self.menu("Add a person or an agent", "Add _Person…")
        self.type("Name", name)
        if team is not None:
            self.type("Team, if any", team)
        if owner is not None:
            self.choose("Owner", owner)
        self.press("Add")
        self.get(BUTTON, "Create Key")

    def create_key(self):
        """The key, which is shown once."""
        self.press("Create Key")
        self.wait(lambda: self.top() is not self.root, "what the key may do")
        self.press("Create Key")
        label = self.get(LABEL, re.compile("^purser-"))
        key = label.get_name()
        return key

    # --- Try it ---

    def ask(self, who=None, second=None):
        """Asks what stands there; returns what each column then says, left to right."""
        if who is not None:
            self.choose("Count it for", who)
        if second is not None:
            self.choose_model_of_column(1, second)
        self.press("Ask")
        self.wait(lambda: self.find(BUTTON, "Ask") and len(self.facts()) == 2, "two replies", 60)
        return self.facts()

    def choose_model_of_column(self, column, option):
        self.choose_in(self.get(COMBO, ("First model", "Second model")[column]), option)

    def facts(self):
        """First words, whole reply, tokens and cost under each reply."""
        labels = self.labels()
        found = []
        for i, label in enumerate(labels):
            if label == "First words" and labels[i + 2:i + 3] == ["Whole reply"] and labels[i + 4:i + 5] == ["Tokens"]:
                found.append({"first": labels[i + 1], "whole": labels[i + 3], "tokens": labels[i + 5], "cost": labels[i + 7]})
        replies = [text_of(node) for node in self.all(ENTRY, re.compile("^(First|Second) reply, of "))]
        for fact, reply in zip(found, replies):
            fact["reply"] = reply
        return found

    # --- tests ---

    def start_test(self, kind, workload, models, requests=None):
        self.page("Tests")
        self.press(kind)
        self.get(BUTTON, "Start the test")
        self.choose("Workload", workload)
        for title in self.model_titles():
            self.check(title, title in models)
        if requests is not None:
            self.set_value("Requests to each model", requests)
        self.press("Start the test")

    def model_titles(self):
        models = self.get(frozenset({Atspi.Role.LIST}), "Models")
        return [node.get_name() for node in self.nodes(models) if node.get_role() == Atspi.Role.CHECK_BOX]

    def wait_for_result(self, seconds=120):
        self.wait(lambda: self.find(None, "All figures") and not self.find(BUTTON, "Stop"), "the result of the test", seconds)

    def table(self, name):
        """A table on show: its titles, and a list of cells for each row."""
        table = self.get(frozenset({Atspi.Role.TREE_TABLE, Atspi.Role.TABLE}), name)
        rows = [node for node in self.nodes(table) if node.get_role() == Atspi.Role.TABLE_ROW]
        titles = [node.get_name() for node in self.nodes(rows[0]) if node.get_role() in LABEL]
        cells = [[" ".join(self.labels(cell)) or cell.get_name() for cell in self.nodes(row) if cell.get_role() == Atspi.Role.TABLE_CELL]
                 for row in rows[1:]]
        return titles, [row for row in cells if row]

    def figures(self):
        """All figures of a test: the models, and for each figure its title and what it is for each model."""
        rows = [node for node in self.nodes(self.get(frozenset({Atspi.Role.LIST}), "All figures")) if node.get_role() in ROW]
        words = [[label for label in self.labels(row)] for row in rows]
        return words[0], {row[0]: row[1:] for row in words[1:]}

    def scroll_table(self, name, key):
        """A long table has only the rows in view; the keyboard goes on from its first, to the last by End."""
        table = self.get(frozenset({Atspi.Role.TREE_TABLE, Atspi.Role.TABLE}), name)
        rows = [node for node in self.nodes(table) if node.get_role() == Atspi.Role.TABLE_ROW]
        self.focus(rows[1])
        self.focused = None
        self.key(key)
        self.wait(lambda: self._let_focus_move() or not self.holds_focus(rows[1]), "the end of the table %s" % name)
