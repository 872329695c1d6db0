# SPDX-License-Identifier: GPL-3.0-or-later
"""What a model can do: from the condensed list, and from what overlay.json says by hand."""

from . import match

SOURCE = "models.dev"


def known(model, table):
    """The entry of TABLE (by model name) that is MODEL's: by its id, by a name it spells out, else the shortest name it catches."""
    for name in [model["id"], *match.names(model["match"])]:
        if name in table:
            return table[name]
    caught = sorted((name for name in table if match.fits(model["match"], name)), key=lambda name: (len(name), name))
    return table[caught[0]] if caught else None


def lay(models, provider, overlay, condensed):
    table = condensed["facts"].get(provider, {})
    rules = overlay["facts"].get(provider, [])
    for model in models:
        found = known(model, table)
        if found:
            model.update(found)
            model["facts_source"] = SOURCE
        for rule in rules:
            if match.fits(rule["match"], model["id"]):
                model.update(rule["facts"])
                model.setdefault("facts_source", rule["source"])


def only(table):
    """Models of which nothing but facts are known."""
    for name in sorted(table):
        yield {"id": name, "match": {"equals": name}, **table[name], "facts_source": SOURCE, "prices": []}
