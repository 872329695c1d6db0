# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives Purser from outside, over the accessibility bus, as a screen reader and a keyboard do.

Everything is found by its role and its accessible name: what can't be found so, a blind person can't find either. Nothing
waits for a fixed time: each step waits for the state that it needs, and says what is on show when that never comes.
"""
import os
import re
import signal
import subprocess
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

R = Atspi.Role


def _roles(*names):
    # Names differ between versions of the accessibility library; a role that one doesn't know is left out.
    return frozenset(getattr(R, name) for name in names if hasattr(R, name))


BUTTON = _roles("PUSH_BUTTON", "BUTTON", "TOGGLE_BUTTON", "PUSH_BUTTON_MENU")
TOGGLE = _roles("TOGGLE_BUTTON", "RADIO_BUTTON", "CHECK_BOX")
CHECK = _roles("CHECK_BOX", "SWITCH")
ENTRY = _roles("ENTRY", "TEXT", "PASSWORD_TEXT", "SPIN_BUTTON")
ROW = _roles("LIST_ITEM", "TABLE_ROW", "OPTION_PANE", "TREE_ITEM")
MENU_ITEM = _roles("MENU_ITEM", "CHECK_MENU_ITEM", "RADIO_MENU_ITEM")
LABEL = _roles("LABEL", "STATIC", "HEADING", "CAPTION")
DIALOG = _roles("DIALOG")
LIST = _roles("LIST", "LIST_BOX", "TABLE", "TREE", "TREE_TABLE", "MENU")
COMBO = _roles("COMBO_BOX")
SPIN = _roles("SPIN_BUTTON")
ANY = None

STATE = Atspi.StateType
PATIENCE = float(os.environ.get("PURSER_DRIVE_PATIENCE", 20))  # seconds that a step may take on a busy machine


class Failed(Exception):
    """A step that could not be done; its text says what was looked for and what was there."""


def wait_for(what, words, seconds=PATIENCE, step=0.05):
    end = time.monotonic() + seconds
    while True:
        try:
            result = what()
        except GLib.Error:  # what was looked at went away meanwhile
            result = None
        if result:
            return result
        if time.monotonic() > end:
            raise Failed("not there after %d s: %s" % (seconds, words))
        time.sleep(step)


def wait_quietly(what, seconds):
    try:
        return wait_for(what, "", seconds)
    except Failed:
        return None


def role_names(roles):
    return "anything" if roles is None else "/".join(sorted({r.value_nick for r in roles}))


def text_of(node):
    """What stands in a field or text, else the node's name."""
    try:
        count = Atspi.Text.get_character_count(node)
        return Atspi.Text.get_text(node, 0, count) if count > 0 else ""
    except GLib.Error:
        return node.get_name()


class Program:
    """A running Purser: a path to the program, or "flatpak run ID"."""

    def __init__(self, argv, name="purser", env=None, log=None):
        self.name = name
        self.output = open(log, "ab") if log else None
        self.process = subprocess.Popen(argv, start_new_session=True, env=dict(os.environ, **(env or {})),
                                        stdout=self.output, stderr=self.output)
        self.root = wait_for(self._find_root, "the program %s on the accessibility bus" % name, 60)
        self.xid = wait_for(self._find_window, "a window of %s" % name, 30)
        self.focused = None
        self.listener = Atspi.EventListener.new(self._focus_moved)
        self.listener.register("object:state-changed:focused")
        self.take_focus()

    # --- start and end ---

    def _find_root(self):
        if self.process.poll() is not None:
            raise Failed("the program ended with status %d before it had a window" % self.process.returncode)
        desktop = Atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            app = desktop.get_child_at_index(i)
            if app and app.get_name() == self.name and app.get_child_count():
                return app
        return None

    def _find_window(self):
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "Purser"], capture_output=True, text=True)
        ids = found.stdout.split()
        return ids[-1] if ids else None

    def take_focus(self):
        """Without a window manager nobody else gives the keyboard to a window."""
        subprocess.run(["xdotool", "windowfocus", self.xid], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def alive(self):
        return self.process.poll() is None

    def must_live(self):
        code = self.process.poll()
        if code is not None:
            how = "crashed: %s" % signal.Signals(-code).name if code < 0 else "ended with status %d" % code
            raise Failed("the program %s" % how)

    def end(self):
        """Closes the window as a user does, and waits; a program that doesn't end is told to."""
        try:
            if self.alive():
                self.key("Escape")
                self.key("ctrl+q")
                self.process.wait(10)
        except (subprocess.TimeoutExpired, Failed):
            pass
        if self.alive():
            try:
                os.killpg(self.process.pid, signal.SIGTERM)
            except ProcessLookupError:
                pass
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self.output:
            self.output.close()

    # --- looking ---

    def nodes(self, start=None):
        """Everything on show, from the outside in. What is hidden is passed over with all it holds."""
        stack = [start or self.root]
        while stack:
            node = stack.pop()
            try:
                states = node.get_state_set()
                if node is not self.root and not states.contains(STATE.SHOWING):
                    continue
                yield node
                children = [node.get_child_at_index(i) for i in range(node.get_child_count())]
            except GLib.Error:  # it went away meanwhile
                continue
            stack.extend(child for child in reversed(children) if child is not None)

    def top(self):
        """The dialog in front, or all: what stands behind a dialog can't be used."""
        dialogs = [node for node in self.nodes() if node.get_role() in DIALOG]
        return dialogs[-1] if dialogs else self.root

    def close_dialog(self):
        """Escape, as often as the dialog has pages."""
        def closed():
            if self.top() is self.root:
                return True
            self.key("Escape")
            return wait_quietly(lambda: self.top() is self.root, 1)
        self.wait(closed, "the end of the dialog")

    def all(self, roles=ANY, name=None, start=None):
        """NAME is the whole name, or a compiled pattern that is searched in it."""
        found = []
        for node in self.nodes(start):
            try:
                role = node.get_role()
                if start is None and role in DIALOG:
                    found = []  # what stands behind a dialog can't be used
                if roles is not None and role not in roles:
                    continue
                shown = node.get_name() or ""
            except GLib.Error:
                continue
            if name is None or (name.search(shown) if isinstance(name, re.Pattern) else shown == name):
                found.append(node)
        return found

    def find(self, roles=ANY, name=None, start=None):
        found = self.all(roles, name, start)
        return found[0] if found else None

    def get(self, roles=ANY, name=None, start=None, seconds=PATIENCE):
        words = "%s %s" % (role_names(roles), name.pattern if isinstance(name, re.Pattern) else name)
        return self.wait(lambda: self.find(roles, name, start), words, seconds)

    def wait(self, what, words, seconds=PATIENCE):
        """Until WHAT holds; a program that crashed is not waited for."""
        def look():
            self.must_live()
            return what()
        try:
            return wait_for(look, words, seconds)
        except Failed as failure:
            self.must_live()
            raise Failed("%s\n  on show: %s" % (failure, self.names())) from None

    def gone(self, roles=ANY, name=None, seconds=PATIENCE):
        self.wait(lambda: not self.find(roles, name), "the end of %s %s" % (role_names(roles), name), seconds)

    def has(self, node, state):
        return node.get_state_set().contains(state)

    def names(self):
        """What a reader would hear, in order; for messages."""
        heard = []
        for node in self.nodes():
            try:
                name = node.get_name()
                if name and (not heard or heard[-1] != name):
                    heard.append(name)
            except GLib.Error:
                pass
        return " | ".join(heard)[:3000]

    def tree(self):
        """Role, name, description and states of all that is on show, for whoever mends a walk."""
        lines = []

        def show(node, depth):
            try:
                states = node.get_state_set()
                if depth and not states.contains(STATE.SHOWING):
                    return
                said = [s for s in ("FOCUSED", "SELECTED", "CHECKED", "PRESSED", "EXPANDED") if states.contains(getattr(STATE, s))]
                lines.append("%s%s %r%s %s" % ("  " * depth, node.get_role_name(), node.get_name(),
                                              " (%s)" % node.get_description() if node.get_description() else "", " ".join(said)))
                for i in range(node.get_child_count()):
                    child = node.get_child_at_index(i)
                    if child:
                        show(child, depth + 1)
            except GLib.Error:
                pass

        show(self.root, 0)
        return "\n".join(lines)

    def labels(self, start=None):
        """All words on show, each with what its reader would hear."""
        return [node.get_name() for node in self.nodes(start) if node.get_role() in LABEL and node.get_name()]

    def words(self, node):
        """The name of a row, or what stands in it where GTK gives it no name."""
        return node.get_name() or " ".join(self.labels(node))

    def find_row(self, words, start=None):
        for node in self.nodes(start or self.top()):
            if node.get_role() in ROW and self.words(node) == words:
                return node
        return None

    # --- doing ---

    def write(self, text):
        """By the keyboard, to whatever has the focus."""
        subprocess.run(["xdotool", "type", "--clearmodifiers", "--delay", "10", "--", text], check=True)

    def key(self, keys):
        done = subprocess.run(["xdotool", "key", "--clearmodifiers", *keys.split()], capture_output=True, text=True)
        if done.returncode:
            raise Failed("the key %s could not be sent: %s" % (keys, done.stderr))

    def _focus_moved(self, event):
        if event.detail1:
            self.focused = event.source

    def _let_focus_move(self, seconds=1.0):
        """Until the program says where its focus is now; where it stays put nothing is said."""
        end = time.monotonic() + seconds
        while self.focused is None and time.monotonic() < end:
            if not GLib.MainContext.default().iteration(False):
                time.sleep(0.004)
        try:
            if self.focused is not None:
                self.focused.get_role()
        except GLib.Error:  # a row of a long list, given to another line meanwhile
            self.focused = None
        return self.focused

    def holds_focus(self, node):
        return any(self.has(inner, STATE.FOCUSED) for inner in self.nodes(node))

    def _press_until(self, node, key, most, seen, stop=lambda now: False):
        """Sends KEY until NODE has the focus (true), STOP says so, or the focus moves no more or in a circle."""
        begun, stuck = len(seen), 0
        for _ in range(most):
            self.focused = None
            self.key(key)
            now = self._let_focus_move()
            if self.holds_focus(node):
                return True
            stuck = stuck + 1 if now is None else 0
            if now is not None:
                seen.append("%s %s" % (now.get_role_name(), now.get_name()))
                if stop(now):
                    return False
            if stuck > 2 or (len(seen) > begun + 6 and seen[-3:] == seen[begun:begun + 3]):
                return False
        return False

    def focus(self, node):
        """The keyboard goes to NODE, as it does for people: by Tab, and by the arrows within a list."""
        words = "%s %s" % (node.get_role_name(), node.get_name())
        self.wait(lambda: self.has(node, STATE.SENSITIVE), "%s to become usable" % words)
        if self.holds_focus(node):
            return
        def inside(now):
            while now is not None and now != around:
                now = now.get_parent()
            return around is not None and now == around

        seen = []
        around = node.get_parent()
        while around is not None and around.get_role() not in LIST:
            around = around.get_parent()
        if around is not None and self.holds_focus(around):
            for key in "Down", "Up":
                if self._press_until(node, key, 200, seen):
                    return
        for key in "Tab", "shift+Tab":
            if self._press_until(node, key, 120, seen, inside):
                return
            if seen and around is not None and self.holds_focus(around):
                for arrow in "Down", "Up":
                    if self._press_until(node, arrow, 200, seen):
                        return
        raise Failed("the keyboard does not reach %s; it went through: %s" % (words, " | ".join(seen[-60:])))

    def act(self, node):
        """What a screen reader's "activate" does; where a widget offers no action, its focus and the Return key."""
        wait_for(lambda: self.has(node, STATE.SENSITIVE), "%s to become usable" % node.get_name())
        try:
            if Atspi.Action.get_n_actions(node) and node.get_role() not in ROW and Atspi.Action.do_action(node, 0):
                return
        except GLib.Error:
            pass
        self.focus(node)
        self.key("Return")

    def press(self, name, start=None, seconds=PATIENCE):
        """A button, by its name. A menu button holds a toggle of the same name, which is what is pressed."""
        self.get(BUTTON, name, start, seconds)
        found = self.all(BUTTON, name, start)
        self.act(next((node for node in found if self.actions(node)), found[0]))

    def actions(self, node):
        try:
            return Atspi.Action.get_n_actions(node)
        except GLib.Error:
            return 0

    def open_row(self, name, start=None, seconds=PATIENCE):
        """A row of a list that leads somewhere."""
        self.act(self.get(ROW, name, start, seconds))

    def menu(self, button, item):
        """An item of a button's menu, written with its access key: "Add _Agent…". GTK 4.18 gives the items of menus no
        accessible name, so the access key, which it does tell, is what finds them."""
        self.press(button)
        access = "Alt+" + item[item.index("_") + 1].lower()
        name = item.replace("_", "")

        def found():
            items = self.all(MENU_ITEM)
            named = [node for node in items if node.get_name() == name]
            return named or [node for node in items if access in (node.get_attributes() or {}).get("keyshortcuts", "").split()]
        self.act(self.wait(found, "menu item %s" % name)[0])

    def toggle(self, name, start=None, seconds=PATIENCE):
        """One of a group of toggles."""
        node = self.get(TOGGLE, name, start, seconds)
        self.act(node)

    def check(self, name, on=True, start=None):
        """A check mark or switch, brought to ON."""
        node = self.get(CHECK, name, start)
        row = node.get_parent()
        while row is not None and row.get_role() not in ROW | LIST:
            row = row.get_parent()
        if self.has(node, STATE.CHECKED) != on:
            self.act(row if row is not None and row.get_role() in ROW else node)  # the keyboard goes to a check mark's row
        wait_for(lambda: self.has(node, STATE.CHECKED) == on, "%s to be %s" % (name, "on" if on else "off"))

    def type(self, name, text, start=None, seconds=PATIENCE):
        """Into a field, in place of what stands there."""
        node = self.get(ENTRY, name, start, seconds)
        if not Atspi.EditableText.set_text_contents(node, text):
            raise Failed("nothing can be typed into %s" % name)
        return node

    def reach(self, roles, name):
        """By Tab alone to what says this name when the focus comes to it: the rows of libadwaita 1.7 that count up and down
        stand in no list of children, and are heard only so."""
        first = None
        for _ in range(120):
            self.focused = None
            self.key("Tab")
            now = self._let_focus_move()
            if now is None:
                continue
            if now.get_role() in roles and now.get_name().startswith(name):
                return now
            if first is not None and now == first:
                break
            first = first or now
        raise Failed("Tab does not lead to %s %s" % (role_names(roles), name))

    def set_value(self, name, value):
        """A number in a field with steps, typed in place of the one that stands there."""
        node = self.reach(SPIN, name)
        self.key("ctrl+a")
        self.write(str(value))
        self.key("Tab")
        self.wait(lambda: Atspi.Value.get_current_value(node) == value, "%s to be %s" % (name, value), 5)

    def choose(self, name, option, start=None):
        """One of a drop-down's choices: opened and searched with the keyboard."""
        self.choose_in(self.get(COMBO | BUTTON, name, start), option)

    def choose_in(self, node, option):
        name = node.get_name()
        if self.shows(node, option):
            return
        self.focus(node)
        self.focused = None
        self.key("space")
        wait_for(lambda: self._let_focus_move(), "the choices of %s" % name)
        if self.focused is not None and self.focused.get_role() in ENTRY:
            self.write(option)
            wait_for(lambda: self.find_row(option, node), "%s among the choices of %s" % (option, name))
        for key in ("Down", "Up"):
            for _ in range(60):
                if self._is_row(self.focused, option):
                    self.key("Return")
                    wait_for(lambda: self.shows(node, option), "%s to be %s" % (name, option), 5)
                    return
                self.focused = None
                self.key(key)
                if self._let_focus_move() is None:
                    break
        raise Failed("%s has no choice %s" % (name, option))

    def _is_row(self, node, words):
        try:
            return node is not None and node.get_role() in ROW and self.words(node) == words
        except GLib.Error:
            return False

    def shows(self, node, words):
        """Whether NODE has these words on it, and no more choices open."""
        found = [row for row in self.nodes(node) if row.get_role() in ROW]
        return len(found) <= 1 and words in self.labels(node)

    def choose_file(self, title, path):
        """A file, in the dialog that the toolkit shows where there is no portal: a window of its own."""
        def window():
            found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "^%s$" % re.escape(title)], capture_output=True, text=True)
            return found.stdout.split()
        xid = self.wait(window, "the window %s" % title)[-1]
        subprocess.run(["xdotool", "windowfocus", "--sync", xid], stderr=subprocess.DEVNULL)
        self.wait(lambda: self.find(BUTTON, "Open"), "the button Open")
        self.key("ctrl+l")  # the field for a path; typed in one go, since it completes what is typed by keys
        field = self.get(ENTRY)
        self.wait(lambda: Atspi.EditableText.set_text_contents(field, str(path)) and text_of(field) == str(path), "the path in its field")
        self.key("Return")
        self.wait(lambda: not window(), "the end of the window %s" % title)
        self.take_focus()

    # --- pictures ---

    def picture(self, path, seconds=PATIENCE):
        """The screen as a PNG, once three looks in a row see the same."""
        before, same, end = None, 0, time.monotonic() + seconds
        while same < 2 and time.monotonic() < end:
            now = subprocess.run(["import", "-silent", "-window", "root", "rgb:-"], capture_output=True, check=True).stdout
            same = same + 1 if now == before else 0
            before = now
            time.sleep(0.1)
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        subprocess.run(["import", "-silent", "-window", "root", "-trim", "+repage", path], check=True)
