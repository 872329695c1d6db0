# SPDX-License-Identifier: GPL-3.0-or-later
"""Service modes (batch, flex, priority, fast) and regions: further bands of a price beside the ordinary ones."""

from fractions import Fraction

from . import facts, match

SOURCE = "portkey"
# The four prices that the condensed list holds per mode, and the kinds each of them is the price of.
GROUPS = {
    "input": ("input_uncached",),
    "cache_read": ("cache_read",),
    "cache_write": ("cache_write_5m", "cache_write_1h", "cache_write_other"),
    "output": ("output_visible", "output_reasoning"),
}
TOKENS = tuple(kind for kinds in GROUPS.values() for kind in kinds)


def ordinary(price):
    return [one for one in price["bands"] if not one["mode"] and not one["region"]]


def scaled(one, factor, **changes):
    """A band whose token prices are FACTOR × those of ONE; prices per request and of audio do not come along."""
    held = {"mode": one["mode"], "region": one["region"], "above": one["above"], **changes}
    held.update((kind, one[kind] * factor) for kind in TOKENS if kind in one)
    return held


def mode_band(one, mode, standard, stated):
    """The band of MODE beside the ordinary band ONE. STATED is the condensed list's price of the mode and STANDARD that of ordinary service: where the two lists agree on
    the ordinary price the stated one holds to the digit, else (the vendor has changed its prices since) the ratio of the two holds."""
    held = {"mode": mode, "region": "", "above": one["above"], "source": SOURCE}
    for group, kinds in GROUPS.items():
        if group not in stated or not Fraction(standard.get(group, 0)):
            continue
        base, price = Fraction(standard[group]), Fraction(stated[group])
        for kind in kinds:
            if kind in one:
                held[kind] = price if one[kind] == base else one[kind] * price / base
    return held


def stated_modes(price, table):
    """The bands of every mode in TABLE. A size for which a mode has no price gets a band without prices: such a call is unpriced, not cheap."""
    standard = table["standard"]
    for mode in sorted(set(table) - {"standard"}):
        for number, one in enumerate(ordinary(price)):
            row = min(number, len(standard) - 1)
            if row < len(table[mode]):
                yield mode_band(one, mode, standard[row], table[mode][row])
            else:
                yield {"mode": mode, "region": "", "above": one["above"], "source": SOURCE}


def ruled_modes(price, rule):
    for one in ordinary(price):
        yield scaled(one, Fraction(rule["factor"]), mode=rule["mode"], source=rule["source"])


def ruled_region(price, rule):
    for one in [one for one in price["bands"] if not one["region"]]:
        held = scaled(one, Fraction(rule["factor"]), region=rule["region"], source=rule["source"])
        if "server_tool" in one:
            held["server_tool"] = one["server_tool"]
        yield held


def keep_requests(price):
    """Server tools cost the same per request in every mode, unless a band says otherwise."""
    first = price["bands"][0]
    for one in price["bands"]:
        if "server_tool" in first and len(one) > 4:
            one.setdefault("server_tool", first["server_tool"])


def lay(models, provider, overlay, condensed):
    table = condensed["modes"].get(provider, {})
    rules = overlay["modes"].get(provider, [])
    for model in models:
        stated = facts.known(model, table) if table else None
        for price in model["prices"]:
            if stated:
                price["bands"] += list(stated_modes(price, stated))
            for rule in rules:
                if not match.fits(rule["match"], model["id"]) or rule.get("from", "") > (price["from"] or ""):
                    continue
                have = {(one["mode"], one["region"]) for one in price["bands"]}
                if "mode" in rule and (rule["mode"], "") not in have:
                    price["bands"] += list(ruled_modes(price, rule))
                elif "region" in rule:
                    price["bands"] += list(ruled_region(price, rule))
            keep_requests(price)
        if any(one["mode"] == "batch" for price in model["prices"] for one in price["bands"]):
            model["batch"] = True


def regional(said, made):
    """The models of one provider at the prices of its regional addresses."""
    origin = next(provider for provider in made if provider["id"] == said["of"])
    for model in origin["models"]:
        if match.fits(said["without"], model["id"]):
            yield {**model, "prices": []}
        elif model["prices"] and match.fits(said["match"], model["id"]):
            held = []
            for price in model["prices"]:
                bands = [{key: Fraction(value) * Fraction(said["factor"]) if key in TOKENS else Fraction(value) if key == "server_tool" else value
                          for key, value in one.items()} for one in price["bands"]]
                held.append({**price, "bands": bands, "source": said["source"]})
            yield {**model, "prices": held}
