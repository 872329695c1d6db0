# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks a snapshot: its schema, its dates and figures, its references, its canonical form."""

import datetime
import json
import re

from . import match, text
from .build import FIELDS, ORDER

SIZE = 700_000
FIGURE = re.compile(r"(0|[1-9]\d{0,6})(\.\d{0,5}[1-9])?")
KINDS = {"anthropic", "openai", "ollama", "openai-compatible", "azure-openai", "bedrock", "github-models"}
MODES = {"", "batch", "flex", "priority", "fast"}
TRUTHS = ("tools", "vision", "reasoning", "batch")


def is_day(value):
    try:
        return datetime.date.fromisoformat(value).isoformat() == value
    except (TypeError, ValueError):
        return False


def faults_of_sources(sources, notices):
    for source in sources:
        for field in ("id", "name", "version", "licence", "date", "address", "notice"):
            if not isinstance(source.get(field), str) or not source[field]:
                yield f"source {source.get('id')}: no {field}"
        if not is_day(source.get("date")):
            yield f"source {source.get('id')}: {source.get('date')} is no day"
        if source.get("notice", "") not in notices:
            yield f"source {source.get('id')}: its notice is missing in NOTICES"
    if len({source["id"] for source in sources}) != len(sources):
        yield "two sources have the same id"


def faults_of_band(one, sources):
    if set(one) - set(ORDER) - {"mode", "region", "above", "source"}:
        yield f"unknown members {sorted(set(one) - set(ORDER) - {'mode', 'region', 'above', 'source'})}"
    if one.get("mode") not in MODES or not re.fullmatch(r"[a-z0-9-]{0,23}", one.get("region", "?")):
        yield f"mode {one.get('mode')!r}, region {one.get('region')!r}"
    if not isinstance(one.get("above"), int) or one["above"] < 0:
        yield f"above {one.get('above')!r}"
    if "source" in one and one["source"] not in sources:
        yield f"unknown source {one['source']}"
    for kind in ORDER:
        if kind in one and not (isinstance(one[kind], str) and FIGURE.fullmatch(one[kind])):
            yield f"{kind}: {one[kind]!r} is not a text with a price of at most six decimals in its shortest form"


def faults_of_price(price, sources):
    if price.get("from") is not None and not is_day(price["from"]):
        yield f"from {price['from']!r}"
    if not re.fullmatch("[A-Z]{3}", price.get("currency", "")):
        yield f"currency {price.get('currency')!r}"
    if price.get("source") not in sources:
        yield f"unknown source {price.get('source')!r}"
    keys = [(one["mode"], one["region"], one["above"]) for one in price["bands"]]
    if not keys or keys[0] != ("", "", 0):
        yield "the first band is not the ordinary one"
    if len(set(keys)) != len(keys):
        yield "two bands for the same condition"
    for one in price["bands"]:
        yield from faults_of_band(one, sources)


def faults_of_model(model, sources):
    wrong = match.fault(model.get("match"))
    if wrong:
        yield wrong
    if set(model) - set(FIELDS):
        yield f"unknown members {sorted(set(model) - set(FIELDS))}"
    for field in ("context", "max_output"):
        if field in model and not (isinstance(model[field], int) and model[field] > 0):
            yield f"{field} {model[field]!r}"
    for field in TRUTHS:
        if field in model and not isinstance(model[field], bool):
            yield f"{field} {model[field]!r}"
    if "retires" in model and not is_day(model["retires"]):
        yield f"retires {model['retires']!r}"
    told = set(model) - {"id", "title", "match", "prices", "batch", "facts_source"}
    if told and model.get("facts_source") not in sources:
        yield f"facts without a known source: {sorted(told)}"
    days = [price["from"] for price in model["prices"]]
    if None in days[1:] or days[1:] != sorted(set(days[1:])) or (len(days) > 1 and days[0] and days[0] >= days[1]):
        yield "the dates of its prices do not ascend"
    for price in model["prices"]:
        yield from faults_of_price(price, sources)


def faults_of_provider(provider, ids, sources):
    for kind in set(provider["kinds"]) - KINDS:
        yield f"unknown kind {kind}"
    for other in provider.get("fallback", []):
        if other not in ids:
            yield f"falls back on {other}, which is not here"
    if provider.get("address") is not None:
        try:
            re.compile(provider["address"])
        except re.error as error:
            yield f"address: {error}"
    names = [model["id"] for model in provider["models"]]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"two models \"{name}\""
    for model in provider["models"]:
        for wrong in faults_of_model(model, sources):
            yield f"{model.get('id')}: {wrong}"
    if any(match.fault(model.get("match")) for model in provider["models"]):
        return
    for model in provider["models"]:
        for name in match.names(model["match"]):
            first = match.first(provider["models"], name)
            if first is not model:
                yield f"{model['id']}: its name \"{name}\" is caught by {first['id']} before it"


def used(held):
    """The sources that something refers to."""
    models = [model for provider in held["providers"] for model in provider["models"]]
    prices = [price for model in models for price in model["prices"]]
    bands = [one for price in prices for one in price["bands"]]
    return {model.get("facts_source") for model in models} | {one.get("source") for one in prices + bands}


def snapshot(data, notices):
    """What is wrong with the snapshot in DATA, as a list of sentences."""
    try:
        held = json.loads(data)
        if held["format"] != 1 or not is_day(held["built"]):
            return ["format or day of building are wrong"]
        faults = list(faults_of_sources(held["sources"], notices))
        sources = {source["id"] for source in held["sources"]}
        ids = [provider["id"] for provider in held["providers"]]
        faults += [f"two providers \"{name}\"" for name in sorted(set(ids)) if ids.count(name) > 1]
        for provider in held["providers"]:
            faults += [f"{provider['id']}: {wrong}" for wrong in faults_of_provider(provider, ids, sources)]
        faults += [f"nothing here comes from the source {name}" for name in sorted(sources - used(held))]
        kinds = [kind for provider in held["providers"] for kind in provider["kinds"]]
        faults += [f"two providers serve the kind {kind}" for kind in sorted(set(kinds)) if kinds.count(kind) > 1]
        faults += ["an omission without words" for one in held["left_out"] if not (one.get("what") and one.get("reason"))]
    except (KeyError, TypeError, ValueError) as error:
        return [f"not readable as a price list ({type(error).__name__}: {error})"]
    if not faults and text.write_snapshot(held) != data:
        faults.append("not in its canonical form: run refresh, do not edit it by hand")
    if len(data) > SIZE:
        faults.append(f"{len(data)} bytes are more than {SIZE}")
    return faults


def summary(data):
    held = json.loads(data)
    models = [model for provider in held["providers"] for model in provider["models"]]
    priced = [model for model in models if model["prices"]]
    bands = sum(len(price["bands"]) for model in models for price in model["prices"])
    return (f"{len(held['providers'])} providers, {len(models)} models, {len(priced)} of them priced, {bands} bands, "
            f"{len(held['left_out'])} omissions, {len(data)} bytes")
