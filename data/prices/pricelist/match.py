# SPDX-License-Identifier: GPL-3.0-or-later
"""How a model's name is matched: the same tests as the base list's, on the lower-cased name; a provider's first match wins."""

import re

TESTS = {
    "equals": lambda name, word: name == word,
    "starts_with": lambda name, word: name.startswith(word),
    "ends_with": lambda name, word: name.endswith(word),
    "contains": lambda name, word: word in name,
}


def fits(rule, name):
    ((kind, value),) = rule.items()
    name = name.strip().lower()
    if kind == "or":
        return any(fits(part, name) for part in value)
    if kind == "and":
        return all(fits(part, name) for part in value)
    if kind == "regex":
        return re.search(value, name) is not None
    return TESTS[kind](name, value.lower())


def fault(rule):
    """What is wrong with RULE, or None."""
    if not isinstance(rule, dict) or len(rule) != 1:
        return "a match must have exactly one test"
    ((kind, value),) = rule.items()
    if kind in ("or", "and"):
        if not isinstance(value, list) or not value:
            return f"\"{kind}\" needs a list"
        return next((wrong for wrong in map(fault, value) if wrong), None)
    if kind not in TESTS and kind != "regex":
        return f"unknown test \"{kind}\""
    if not isinstance(value, str) or not value:
        return f"\"{kind}\" needs a text"
    if kind == "regex":
        try:
            re.compile(value)
        except re.error as error:
            return f"regular expression {value}: {error}"
    return None


def names(rule):
    """The names RULE spells out in full, in order."""
    ((kind, value),) = rule.items()
    if kind in ("or", "and"):
        return [name for part in value for name in names(part)]
    return [value] if kind == "equals" else []


def first(models, name):
    """The first of MODELS that fits NAME, or None."""
    return next((model for model in models if fits(model["match"], name)), None)
