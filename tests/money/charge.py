# SPDX-License-Identifier: GPL-3.0-or-later
"""What tokens cost, by whole numbers and fractions only, written a second time beside the C program so that the two can check each other.

Amounts are in nano-units (10⁻⁹), prices in pico-units (10⁻¹²) per token or per request, contracts in parts per million, rates in 10⁻⁹."""

from fractions import Fraction

TOKENS = ("input_uncached", "cache_read", "cache_write_5m", "cache_write_1h", "cache_write_other", "output_visible", "output_reasoning")
INPUT = TOKENS[:5]
PRICED = (*TOKENS, "audio_in", "audio_out", "server_tool")
ORDINARY = {None, "", "standard", "default", "auto", "on_demand"}


def half_even(value):
    """The nearest whole number; of two equally near ones the even one."""
    value = Fraction(value)
    floor, rest = divmod(value.numerator, value.denominator)
    twice = 2 * rest
    if twice > value.denominator or (twice == value.denominator and floor % 2):
        floor += 1
    return floor


def pico(kind, text):
    """A price as the list states it (per million tokens; per request for server tools) → pico-units each."""
    exact = Fraction(text) * (10 ** 12 if kind == "server_tool" else 10 ** 6)
    assert exact.denominator == 1 and exact >= 0, f"{kind}: {text}"
    return exact.numerator


def in_force(prices, day):
    """Of a model's prices the one in force on DAY: the latest that begins on it or before; None before the first."""
    begun = [price for price in prices if price["from"] is None or price["from"] <= day]
    return max(begun, key=lambda price: price["from"] or "", default=None)


def whole_input(usage):
    return sum(usage.get(kind) or 0 for kind in INPUT)


def band_of(price, mode, region, size):
    """The band that holds, or None where the mode has no price for this size."""
    mode = "" if mode in ORDINARY else mode
    fitting = [band for band in price["bands"]
               if band["mode"] == mode and band["region"] in ("", region or "") and (band["above"] == 0 or size > band["above"])]
    return max(fitting, key=lambda band: (band["region"] != "", band["above"]), default=None)


def amounts(usage):
    """How much of what is priced was used: audio is a part of two kinds and taken off them."""
    used = {kind: max(usage.get(kind) or 0, 0) for kind in TOKENS}
    for audio, kind in (("audio_in", "input_uncached"), ("audio_out", "output_visible")):
        used[audio] = min(max(usage.get(audio) or 0, 0), used[kind])
        used[kind] -= used[audio]
    used["server_tool"] = max(usage.get("server_tool_requests") or 0, 0)
    return used


def unpriced(reason):
    return {"state": "unpriced", "reason": reason, "list_nano": 0, "contract_nano": 0, "kinds": {}}


def charge(price, usage, mode="", region="", contract=None, rate_nano=None):
    """The charge for USAGE at PRICE (an entry of a model's prices, or None). CONTRACT is {kind: parts per million}; kinds it does not name are paid at the list price."""
    if price is None:
        return unpriced("no price")
    band = band_of(price, mode, region, whole_input(usage))
    if band is None:
        return unpriced("mode")
    kinds = {}
    for kind, count in amounts(usage).items():
        if not count:
            continue
        if kind not in band:
            return unpriced(kind)
        listed = pico(kind, band[kind])
        agreed = half_even(Fraction(listed * (contract or {}).get(kind, 10 ** 6), 10 ** 6))
        kinds[kind] = {"count": count, "list_nano": half_even(Fraction(count * listed, 1000)),
                       "contract_nano": half_even(Fraction(count * agreed, 1000))}
        for name in ("list_nano", "contract_nano"):
            if rate_nano is not None:
                kinds[kind]["org_" + name] = half_even(Fraction(kinds[kind][name] * rate_nano, 10 ** 9))
    made = {"state": "priced", "reason": None, "list_nano": 0, "contract_nano": 0, "kinds": kinds}
    names = ("list_nano", "contract_nano") + (("org_list_nano", "org_contract_nano") if rate_nano is not None else ())
    for name in names:
        made[name] = sum(row[name] for row in kinds.values())
    return made
