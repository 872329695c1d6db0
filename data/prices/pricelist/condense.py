# SPDX-License-Identifier: GPL-3.0-or-later
"""condensed.json from clones of two other openly licensed lists: what models can do (models.dev) and what the service modes cost (Portkey)."""

import json
import pathlib
import subprocess
import tomllib
from decimal import Decimal

from . import text

# Our provider → its folder in models.dev. Facts are drawn only for the providers that an organisation is likely to bring itself.
FACTS = {"anthropic": "anthropic", "openai": "openai", "aws": "amazon-bedrock", "azure": "azure", "google": "google", "groq": "groq",
         "deepseek": "deepseek", "mistral": "mistral", "x-ai": "xai", "cohere": "cohere", "cerebras": "cerebras", "moonshotai": "moonshotai",
         "zai": "zai", "perplexity": "perplexity", "together": "togetherai", "fireworks": "fireworks-ai", "ollama-cloud": "ollama-cloud"}
# Our provider → its file in Portkey's list, for the prices of service modes.
MODES = {"openai": "openai"}
# Our provider → its file in Portkey's list, for models that the base list may lack.
MODELS = {"aws": "bedrock-mantle"}
GROUPS = {"request_token": "input", "cache_read_input_token": "cache_read", "cache_write_input_token": "cache_write", "response_token": "output"}
CENTS_PER_TOKEN = 10_000  # cents per token → units per million tokens


def commit(folder):
    """(version, day) of a clone; of an unpacked tree the file COMMIT says it: "<id> <day>"."""
    note = folder / "COMMIT"
    if note.exists():
        version, day = note.read_text().split()
        return version, day
    done = subprocess.run(["git", "-C", str(folder), "log", "-1", "--format=%H %cs"], check=True, capture_output=True, text=True)
    version, day = done.stdout.split()
    return version, day


def notice(folder):
    lines = (folder / "LICENSE").read_text(encoding="utf-8").splitlines()
    return next(line.strip() for line in lines if line.startswith("Copyright"))


def source(folder, ident, **about):
    version, day = commit(folder)
    return {"id": ident, "version": version, "licence": "MIT", "date": day, "notice": notice(folder), **about}


def merged(root, path):
    """A model of models.dev with what its base model says beneath."""
    entry = tomllib.loads(path.read_text(encoding="utf-8"))
    if "base_model" in entry:
        beneath = root / "models" / (entry["base_model"] + ".toml")
        if beneath.exists():
            entry = {**tomllib.loads(beneath.read_text(encoding="utf-8")), **entry}
    return entry


def facts_of(entry):
    made = {}
    limit = entry.get("limit", {})
    for ours, theirs in (("context", "context"), ("max_output", "output")):
        if limit.get(theirs):
            made[ours] = limit[theirs]
    if "tool_call" in entry:
        made["tools"] = entry["tool_call"]
    if "modalities" in entry:
        made["vision"] = "image" in entry["modalities"].get("input", [])
    if "reasoning" in entry:
        made["reasoning"] = entry["reasoning"]
    return made


def facts(root):
    made = {}
    for ours, theirs in FACTS.items():
        folder = root / "providers" / theirs / "models"
        table = {}
        for path in sorted(folder.rglob("*.toml")):
            found = facts_of(merged(root, path))
            if found:
                table[path.relative_to(folder).with_suffix("").as_posix()] = found
        made[ours] = table
    return made


def figure(value):
    """Cents per token → units per million. The list carries the noise of binary fractions in its 15th digit."""
    exact = Decimal(f"{value:.12g}") * CENTS_PER_TOKEN
    return text.price(exact)


def row(rates):
    return {ours: figure(rates[theirs]["price"]) for theirs, ours in GROUPS.items() if rates.get(theirs, {}).get("price")}


def tiers(mode, order):
    if "context_tiers" in mode:
        found = [mode["context_tiers"].get(name) for name in order]
        return [row(one["pricing_config"]["pay_as_you_go"]) for one in found if one]
    return [row(mode["pricing_config"]["pay_as_you_go"])]


def modes_of(entry):
    """{"standard": [prices per size], mode: …}, or None where there is nothing but the ordinary mode."""
    config = entry["pricing_config"]
    if not config or not row(config.get("pay_as_you_go", {})):
        return None
    made = {"standard": [row(config["pay_as_you_go"])]}
    if row(config.get("batch_config", {})):
        made["batch"] = [row(config["batch_config"])]
    custom = entry.get("custom_pricing", {})
    order = [name for _, name in sorted(custom.get("context_tier_map", {}).items(), key=lambda item: int(item[0]))]
    for name, mode in custom.get("regions", {}).get("default", {}).get("execution_modes", {}).items():
        made[name] = tiers(mode, order)
    return made if len(made) > 1 else None


def modes(root):
    made = {}
    for ours, theirs in MODES.items():
        with open(root / "pricing" / (theirs + ".json"), encoding="utf-8") as file:
            entries = json.load(file, parse_float=Decimal, parse_int=Decimal)
        found = {name: modes_of(entry) for name, entry in entries.items() if name != "default"}
        made[ours] = {name: one for name, one in found.items() if one}
    return made


def prices_of(rates):
    """One ordinary band from a row of Portkey's, or None."""
    held = row(rates)
    if "input" not in held or "output" not in held:
        return None
    made = {"mode": "", "region": "", "above": 0, "input_uncached": held["input"]}
    if "cache_read" in held:
        made["cache_read"] = held["cache_read"]
    if "cache_write" in held:
        made.update(cache_write_5m=held["cache_write"], cache_write_other=held["cache_write"])
    return {**made, "output_visible": held["output"], "output_reasoning": held["output"]}


def models(root):
    made = {}
    for ours, theirs in MODELS.items():
        with open(root / "pricing" / (theirs + ".json"), encoding="utf-8") as file:
            entries = json.load(file, parse_float=Decimal, parse_int=Decimal)
        made[ours] = {}
        for name, entry in entries.items():
            held = prices_of(entry["pricing_config"].get("pay_as_you_go", {}))
            if held:
                made[ours][name] = {"id": name, "match": {"equals": name},
                                    "prices": [{"from": None, "currency": "USD", "source": "portkey", "bands": [held]}]}
    return made


def run(models_dev, portkey):
    models_dev, portkey = pathlib.Path(models_dev), pathlib.Path(portkey)
    return {"sources": [source(models_dev, "models.dev", name="models.dev", address="https://github.com/anomalyco/models.dev"),
                        source(portkey, "portkey", name="Portkey Models", address="https://github.com/Portkey-AI/models")],
            "facts": facts(models_dev), "modes": modes(portkey), "models": models(portkey)}
