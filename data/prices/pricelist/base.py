# SPDX-License-Identifier: GPL-3.0-or-later
"""The base list: reads the object literal that the package's script holds, without running the script."""

import re
from decimal import Context

START = re.compile(r'\b(?:const|let|var)\s+[\w$]+\s*=\s*(?=\[\s*\{\s*id\s*:)')
TOKEN = re.compile(r'''
    (?P<space>\s+)
  | (?P<mark>[\[\]{},:])
  | (?P<number>-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)
  | (?P<word>!0|!1|void\ 0|[A-Za-z_$][\w$]*)
''', re.VERBOSE | re.DOTALL)
EXACT = Context(prec=12)  # the list has figures like 0.18000000000000002: the noise of a binary fraction, far below any price's last digit
WORDS = {"!0": True, "!1": False, "true": True, "false": False, "null": None, "void 0": None, "undefined": None}
ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]+\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r\n|.)", re.DOTALL)
LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}


class Unreadable(ValueError):
    """The script does not hold the list in the form known here."""


def unescape(match):
    code = match.group(1)
    if code[0] in "ux" and len(code) > 1:
        return chr(int(code[1:].strip("{}"), 16))
    return LETTERS.get(code, code)


class Literal:
    """A reader of JavaScript's literals: objects, lists, texts, numbers, words. Anything else is refused."""

    def __init__(self, script, at):
        self.script, self.at = script, at
        self.step()

    def step(self):
        while True:
            match = TOKEN.match(self.script, self.at)
            if not match:
                raise Unreadable(f"unexpected {self.script[self.at:self.at + 30]!r} at {self.at}")
            self.at = match.end()
            if match.lastgroup != "space":
                self.kind, self.token = match.lastgroup, match.group()
                return

    def take(self, token):
        if self.token != token:
            raise Unreadable(f"{self.token!r} where {token!r} belongs, before {self.at}")
        self.step()

    def text(self):
        token = self.token
        if token[0] == "`" and "${" in token:
            raise Unreadable("a text that is computed")
        return ESCAPE.sub(unescape, token[1:-1])

    def members(self, close, read):
        while self.token != close:
            read()
            if self.token != close:
                self.take(",")

    def member(self, values):
        key = self.text() if self.kind == "string" else self.token
        self.step()
        self.take(":")
        values[key] = self.value(inner=True)

    def value(self, inner=False):
        """The value that begins here. The outermost one must not look past its end, where other code begins."""
        if self.token == "[":
            result, close = [], "]"
            self.step()
            self.members(close, lambda: result.append(self.value(inner=True)))
        elif self.token == "{":
            result, close = {}, "}"
            self.step()
            self.members(close, lambda: self.member(result))
        elif self.kind == "string":
            result = self.text()
        elif self.kind == "number":
            result = EXACT.create_decimal(self.token)
        elif self.token in WORDS:
            result = WORDS[self.token]
        else:
            raise Unreadable(f"{self.token!r} before {self.at}")
        if inner:
            self.step()
        return result


def read_providers(script):
    """The list of providers in SCRIPT, numbers as exact decimals."""
    start = START.search(script)
    if not start:
        raise Unreadable("no list of providers found in the script")
    providers = Literal(script, start.end()).value()
    if len(providers) < 10 or not all(isinstance(p.get("models"), list) and p.get("id") for p in providers):
        raise Unreadable("what was found does not look like the list of providers")
    return providers
