#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program's money against the second calculation (independent.py), to the nano-unit. Prints TAP.

  test-against.py CHARGES PURSERCTL

Random charges at the prices of the shipped list, under random contracts, rates, modes and sizes; and every recorded exchange, from the provider's bytes to its cost, at the shipped prices."""

import json
import os
import pathlib
import random
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import independent  # noqa: E402

ROUNDS = 20000
KINDS = ["input_uncached", "cache_read", "cache_write_5m", "cache_write_1h", "cache_write_other", "output_visible", "output_reasoning", "audio_in", "audio_out", "server_tool"]
FIGURES = ["list_nano", "contract_nano", "org_list_nano", "org_contract_nano"]


def random_ask(rng, prices):
    usage = {kind: rng.choice([0, 1, rng.randrange(20), rng.randrange(300000)]) for kind in KINDS[:7] if rng.random() < 0.6}
    price = rng.choice(prices)
    if rng.random() < 0.8:  # mostly what the price knows: else all but a few would be unpriced
        usage = {kind: count for kind, count in usage.items() if kind in price["bands"][0]}
    if rng.random() < 0.05:
        usage["audio_in"] = rng.randrange(usage.get("input_uncached", 0) + 1)
        usage["audio_out"] = rng.randrange(usage.get("output_visible", 0) + 1)
    if rng.random() < 0.05:
        usage["server_tool_requests"] = rng.randrange(5)
    if "input_uncached" in usage and rng.random() < 0.2:
        usage["input_uncached"] = rng.choice([199999, 200000, 200001, 271999, 272000, 272001])
    ask = {"price": price, "usage": usage, "mode": rng.choice(["", "", "", "", "", "default", "standard", "batch", "flex", "priority", "fast", "strange"])}
    if rng.random() < 0.3:
        ask["region"] = rng.choice(["us", "eu", "global"])
    if rng.random() < 0.5:
        ask["contract"] = {kind: rng.choice([900000, 1, 0, 333333, 999999, 1250000]) for kind in KINDS if rng.random() < 0.7}
    if rng.random() < 0.5:
        ask["rate_nano"] = rng.choice([920000001, 1084200000, 1, 157_310_000_000, 500_000_000])
    return ask


def check_random(charges):
    rng = random.Random(20261101)
    snapshot = json.loads(independent.SNAPSHOT.read_text(encoding="utf-8"))
    prices = [price for provider in snapshot["providers"] for model in provider["models"] for price in model["prices"]]
    asks = [random_ask(rng, prices) for _ in range(ROUNDS)]
    said = subprocess.run([charges], input="".join(json.dumps(ask) + "\n" for ask in asks), capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(said) == len(asks), f"{len(said)} answers to {len(asks)} questions"
    priced = 0
    for ask, line in zip(asks, said):
        answer = json.loads(line)
        right = independent.charge.charge(ask["price"], ask["usage"], ask.get("mode"), ask.get("region"), ask.get("contract"), ask.get("rate_nano"))
        assert answer["state"] == right["state"], (ask, answer, right)
        if right["state"] == "priced":
            priced += 1
            for figure in FIGURES:
                if figure in right and right[figure] is not None:
                    assert answer[figure] == right[figure], (figure, ask, answer, right)
    assert priced > ROUNDS / 3, f"only {priced} of {ROUNDS} had a price: this proves little"
    return f"{ROUNDS} charges, {priced} of them with a price: none differs"


def check_recorded(purserctl):
    snapshot = json.loads(independent.SNAPSHOT.read_text(encoding="utf-8"))
    if not (independent.RECORDED / "EXPECT.json").exists():
        return None
    names = [(name, exchange) for name, exchange in independent.exchanges()]
    paths = [str(independent.RECORDED / name) for name, _ in names]
    said = subprocess.run([purserctl, "wire", "price", "--on", independent.DAY, *paths], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout.splitlines()
    answers = {str(pathlib.Path(one["file"]).relative_to(independent.RECORDED)): one for one in map(json.loads, said)}
    compared = priced = 0
    for name, exchange in names:
        right = independent.line_of(name, exchange, snapshot, independent.DAY)
        if right is None:
            continue
        answer = answers[name]
        if answer["estimated"] and not right["kinds"]:  # a provider that counts 0 beside a text: the program estimates, which nobody can check to the nano-unit
            continue
        assert answer["state"] == right["state"], (name, answer, right)
        if right["state"] == "priced":
            assert answer["list_nano"] == right["list_nano"], (name, answer, right)
            for kind, one in right["kinds"].items():
                assert kind == "server_tool_requests" or answer["kind_nano"][kind] == one.get("list_nano", 0), (name, kind, answer, right)
            priced += 1
        compared += 1
    assert priced >= 60, f"only {priced} recorded exchanges have a known price"
    return f"{compared} recorded exchanges, {priced} of them with a known price: none differs"


def main():
    charges, purserctl = sys.argv[1:3]
    wrong = 0
    print("1..2")
    for number, (name, check, program) in enumerate([("random charges", check_random, charges), ("recorded exchanges", check_recorded, purserctl)], 1):
        try:
            words = check(program)
            print(f"# {words}" if words else f"# no recorded exchanges in {independent.RECORDED}")
            print(f"ok {number} {name}" + ("" if words else " # SKIP no recordings here"))
        except AssertionError as error:
            wrong = 1
            print("# " + str(error).replace("\n", "\n# "))
            print(f"not ok {number} {name}")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
