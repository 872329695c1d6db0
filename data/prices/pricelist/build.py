# SPDX-License-Identifier: GPL-3.0-or-later
"""The base list and the two overlays → the snapshot (its format: docs/prices.md)."""

from collections import Counter
from fractions import Fraction

from . import facts, match, modes, text

BASE = "genai-prices"
# Which price of the base list is the price of which kinds of tokens, and per how many units it is stated against ours.
KINDS = {
    "input_mtok": ("input_uncached",),
    "cache_read_mtok": ("cache_read",),
    "cache_write_mtok": ("cache_write_5m", "cache_write_other"),
    "cache_write_1h_mtok": ("cache_write_1h",),
    "output_mtok": ("output_visible", "output_reasoning"),
    "output_reasoning_mtok": ("output_reasoning",),
    "input_audio_mtok": ("audio_in",),
    "output_audio_mtok": ("audio_out",),
}
PER_REQUEST = {"web_searches_kcount": "server_tool"}
ORDER = ("input_uncached", "cache_read", "cache_write_5m", "cache_write_1h", "cache_write_other", "output_visible",
         "output_reasoning", "audio_in", "audio_out", "server_tool")
# Prices that no kind of ours can hold: with one of them the model's tokens alone would be charged too low, so it has no price here.
UNHELD = {
    "audio_hours": "hours", "input_audio_hours": "hours",
    "input_image_mtok": "images", "output_image_mtok": "images", "input_video_mtok": "images", "output_video_mtok": "images",
    "input_document_kpages": "pages", "input_annotated_document_kpages": "pages",
    "requests_kcount": "requests", "output_citation_mtok": "requests", "input_text_messages_kcount": "requests",
}
# Prices beside the tokens' that a reply does not count apart: noted, the model keeps its other prices.
UNSEEN = {"storage_searches_kcount": "file_search", "cache_audio_read_mtok": "cached_audio"}
SETTLED = {"cache_image_read_mtok"}  # comes only with a price in UNHELD


class Omissions:
    """Counts what is left out, per reason of overlay.json."""

    def __init__(self, reasons):
        self.reasons, self.counts = reasons, Counter()

    def note(self, reason):
        if reason not in self.reasons:
            raise KeyError(f"overlay.json has no words for the reason \"{reason}\"")
        self.counts[reason] += 1

    def listed(self):
        """Reasons with a count where something was counted; reasons marked "always" are stated without one."""
        for name, reason in self.reasons.items():
            if self.counts[name]:
                yield {"what": reason["what"], "reason": reason["reason"], "count": self.counts[name]}
            elif reason.get("always"):
                yield {"what": reason["what"], "reason": reason["reason"]}


def at(price, start):
    """The price that holds above START tokens of input."""
    if not isinstance(price, dict):
        return price
    held = price["base"]
    for tier in sorted(price["tiers"], key=lambda tier: tier["start"]):
        if tier["start"] <= start:
            held = tier["price"]
    return held


def band(prices, above, out):
    """One ordinary band, as exact numbers."""
    held = {"mode": "", "region": "", "above": int(above)}
    for key, kinds in KINDS.items():  # in this order: a reasoning price of its own replaces the output's
        for kind in kinds if key in prices else ():
            held[kind] = Fraction(at(prices[key], above))
    for key, kind in PER_REQUEST.items():
        if key in prices:
            held[kind] = Fraction(at(prices[key], above)) / 1000
    for key in prices:
        if key in UNSEEN and above == 0:
            out.note(UNSEEN[key])
        elif key not in KINDS and key not in PER_REQUEST and key not in UNSEEN:
            raise KeyError(f"the base list has a new price \"{key}\": say in build.py what it is")
    return held


def bands(prices, out):
    starts = {0} | {tier["start"] for price in prices.values() if isinstance(price, dict) for tier in price["tiers"]}
    return [band(prices, start, out) for start in sorted(starts)]


def versions(prices):
    """[(first day or None, prices)] ascending, or the name of the reason why there are none."""
    listed = prices if isinstance(prices, list) else [{"prices": prices}]
    held = []
    for number, entry in enumerate(listed):
        constraint = entry.get("constraint")
        if constraint and constraint["type"] != "start_date":
            return "time_of_day"
        unheld = next((UNHELD[key] for key in entry["prices"] if key in UNHELD), None)
        if unheld:
            return unheld
        if not entry["prices"]:
            return "no_figure"
        held.append((constraint["start_date"] if constraint and number else None, entry["prices"]))
    if [day for day, _ in held[1:]] != sorted(day for day, _ in held[1:]):
        raise ValueError("price dates that do not ascend")
    return held


def price(day, source, held):
    return {"from": day, "currency": "USD", "source": source, "bands": held}


def base_model(model, rules, out):
    """The base list's MODEL in our form, prices still as exact numbers."""
    reason = rules.without(model)
    found = reason if reason else versions(model["prices"])
    made = {"id": model["id"], "match": rules.said.get("matches", {}).get(model["id"], model["match"])}
    if model.get("name") and model["name"] != model["id"]:
        made["title"] = model["name"]
    if model.get("context_window"):
        made["context"] = int(model["context_window"])
        made["facts_source"] = BASE
    if isinstance(found, str):
        out.note(found)
        made["prices"] = []
    else:
        made["prices"] = [price(day, BASE, bands(prices, out)) for day, prices in found]
    return made


class Rules:
    """What overlay.json says about one provider of the base list."""

    def __init__(self, overlay, provider):
        self.said = overlay["providers"].get(provider["id"], {})

    def skips(self, model):
        """The reason why MODEL is not taken over at all, or None."""
        return next((rule["reason"] for rule in self.said.get("skip", []) if match.fits(rule["match"], model["id"])), None)

    def without(self, model):
        """The reason why MODEL gets no price, or None."""
        for rule in self.said.get("unpriced", []):
            if "match" in rule and match.fits(rule["match"], model["id"]):
                return rule["reason"]
            if "comment" in rule and rule["comment"] in (model.get("price_comments") or ""):
                return rule["reason"]
        return None


def address(pattern):
    return f"^(?:{pattern})"


def models_of(provider, rules, out):
    made = []
    for model in provider["models"]:
        reason = rules.skips(model)
        if reason:
            out.note(reason)
        else:
            made.append(base_model(model, rules, out))
    return made


def insert(models, added):
    """Adds hand-written models: in the place of one with the same id, else before the first that would catch its name, else last."""
    for extra in added:
        place = next((n for n, model in enumerate(models) if model["id"] == extra["id"]), None)
        if place is not None:
            models[place] = extra
            continue
        caught = match.first(models, extra["id"])
        models.insert(models.index(caught) if caught else len(models), extra)


def complete(models, added):
    """Adds the models of the condensed list whose names nothing here catches yet."""
    models += [extra for extra in added if not match.first(models, extra["id"])]


def writes(models, rules):
    """Cache writes that the base list does not price, by a rule that the vendor states: FACTOR × the input price."""
    for rule in rules:
        for model in models:
            for held in model["prices"] if match.fits(rule["match"], model["id"]) else ():
                for one in held["bands"]:
                    if "input_uncached" in one and ("needs" not in rule or rule["needs"] in one):
                        one.setdefault(rule["kind"], one["input_uncached"] * Fraction(rule["factor"]))


def exact(models, out):
    """Hand-written prices as exact numbers."""
    for model in models:
        if "reason" in model:
            out.note(model["reason"])
        copy = {**model, "prices": []}
        for held in model["prices"]:
            copy["prices"].append({**held, "bands": [
                {key: Fraction(value) if key in ORDER else value for key, value in one.items()} for one in held["bands"]]})
        yield copy


def figures(models, out):
    """Prices as decimal text; a kind whose price is finer than six decimals is left without one."""
    for model in models:
        for held in model["prices"]:
            for number, one in enumerate(held["bands"]):
                made = {"mode": one["mode"], "region": one["region"], "above": one["above"]}
                for kind in ORDER:
                    if kind in one:
                        try:
                            made[kind] = text.price(one[kind])
                        except text.TooFine:
                            out.note("too_fine")
                if one.get("source", held["source"]) != held["source"]:
                    made["source"] = one["source"]
                held["bands"][number] = made


FIELDS = ("id", "title", "match", "context", "max_output", "tools", "vision", "reasoning", "batch", "cache", "retires",
          "replacement", "facts_source", "prices")


def finish(model):
    return {field: model[field] for field in FIELDS if field in model}


def provider_of(base, overlay, condensed, out):
    rules = Rules(overlay, base)
    strange = set(rules.said.get("matches", {})) - {model["id"] for model in base["models"]}
    if strange:
        raise KeyError(f"overlay.json changes matches that the base list no longer has: {sorted(strange)}")
    models = models_of(base, rules, out)
    insert(models, exact(rules.said.get("models", []), out))
    complete(models, exact(condensed["models"].get(base["id"], {}).values(), out))
    facts.lay(models, base["id"], overlay, condensed)
    writes(models, [rule for rule in rules.said.get("writes", []) if not rule.get("after_modes")])
    modes.lay(models, base["id"], overlay, condensed)
    writes(models, [rule for rule in rules.said.get("writes", []) if rule.get("after_modes")])
    figures(models, out)
    fallback = rules.said.get("fallback", base.get("fallback_model_providers"))
    made = {"id": base["id"], "name": base["name"], "kinds": rules.said.get("kinds", []),
            "address": rules.said.get("address", address(base["api_pattern"]))}
    if fallback:
        made["fallback"] = fallback
    made["models"] = [finish(model) for model in models]
    return made


def own_providers(overlay, condensed, made, out):
    """Providers that only the overlay has."""
    for said in overlay["own_providers"]:
        models = list(modes.regional(said, made)) if "of" in said else list(facts.only(condensed["facts"][said["id"]]))
        insert(models, exact(said.get("models", []), out))
        figures(models, out)
        head = {key: said[key] for key in ("id", "name", "kinds", "address", "fallback") if key in said}
        yield {**head, "models": [finish(model) for model in models]}


def snapshot(providers, about, overlay, condensed, built):
    out = Omissions(overlay["reasons"])
    source = {"id": BASE, "name": "@pydantic/genai-prices", "address": "https://github.com/pydantic/genai-prices", **about}
    made = [provider_of(provider, overlay, condensed, out) for provider in providers]
    made += own_providers(overlay, condensed, made, out)
    order = ("id", "name", "version", "licence", "date", "address", "notice", "digest")
    sources = [source, *condensed["sources"], *overlay["sources"]]
    return {"format": 1, "built": built, "sources": [{key: one[key] for key in order if key in one} for one in sources],
            "providers": made, "left_out": list(out.listed())}
