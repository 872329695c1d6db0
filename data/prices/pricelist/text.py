# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading and writing the JSON files here: decimals stay decimals, one model per line, always the same bytes."""

import json
from decimal import Decimal
from fractions import Fraction

PLACES = 6  # what an integer of pico-units per token holds exactly


class TooFine(ValueError):
    """A price with more decimals per million tokens than can be held."""


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file, parse_float=Decimal)


def price(value):
    """A non-negative number → its shortest decimal text; raises TooFine past six decimals."""
    value = Fraction(value)
    scaled = value * 10 ** PLACES
    if value < 0:
        raise ValueError(f"{value} is negative")
    if scaled.denominator != 1:
        raise TooFine(str(value))
    whole, part = divmod(scaled.numerator, 10 ** PLACES)
    return f"{whole}.{part:0{PLACES}d}".rstrip("0").rstrip(".")


def line(value):
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def short(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def rows(values, indent, form=line):
    return ",\n".join(indent + form(value) for value in values)


def write_provider(provider):
    head = {key: value for key, value in provider.items() if key != "models"}
    return f"  {line(head)[:-1]}, \"models\": [\n{rows(provider['models'], '   ', short)}\n  ]}}"


def write_snapshot(snapshot):
    """The canonical bytes of a snapshot: the order given, one source, model or omission per line."""
    parts = [
        f' "format": {snapshot["format"]}',
        f' "built": {line(snapshot["built"])}',
        f' "sources": [\n{rows(snapshot["sources"], "  ")}\n ]',
        ' "providers": [\n' + ",\n".join(write_provider(provider) for provider in snapshot["providers"]) + "\n ]",
        f' "left_out": [\n{rows(snapshot["left_out"], "  ")}\n ]',
    ]
    return ("{\n" + ",\n".join(parts) + "\n}\n").encode("utf-8")


def write_condensed(condensed):
    """condensed.json: one model per line, sorted by name."""
    def section(name):
        providers = []
        for provider in sorted(condensed[name]):
            models = condensed[name][provider]
            body = ",\n".join(f"   {line(model)}: {short(models[model])}" for model in sorted(models))
            providers.append(f"  {line(provider)}: {{\n{body}\n  }}")
        return f' "{name}": {{\n' + ",\n".join(providers) + "\n }"
    head = f' "sources": [\n{rows(condensed["sources"], "  ")}\n ]'
    names = [name for name in condensed if name != "sources"]
    return ("{\n" + ",\n".join([head] + [section(name) for name in names]) + "\n}\n").encode("utf-8")
