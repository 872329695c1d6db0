# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks behind "independent.py --self-test". Figures are worked out by hand; the formula stands beside them."""

import json
import pathlib
from fractions import Fraction

import charge
import independent
import reading

TRAPS = pathlib.Path(__file__).resolve().parent / "traps.json"
DISJOINT = (*reading.KINDS, "audio_in", "audio_out", "server_tool_requests")


def price(*bands):
    return {"from": None, "currency": "USD", "source": "test", "bands": list(bands)}


def band(mode="", region="", above=0, **prices):
    return {"mode": mode, "region": region, "above": above, **prices}


def expect(got, wanted, what=""):
    if got != wanted:
        raise AssertionError(f"{what}{': ' if what else ''}{got!r} where {wanted!r} was expected")


# --- the calculation ---

def test_half_even():
    for value, wanted in ((Fraction(1, 2), 0), (Fraction(3, 2), 2), (Fraction(5, 2), 2), (Fraction(7, 2), 4), (Fraction(5, 3), 2), (Fraction(4, 3), 1), (7, 7),
                          (Fraction(10 ** 30 + 1, 2), 5 * 10 ** 29)):
        expect(charge.half_even(value), wanted, str(value))


def test_one_kind():
    made = charge.charge(price(band(input_uncached="3", output_visible="15")), {"input_uncached": 1_000_000, "output_visible": 2})
    expect(made["list_nano"], 3_000_000_000 + 30_000)


def test_rounds_per_kind():
    half = price(band(input_uncached="0.0005", cache_read="0.0005"))  # half a nano-unit per token
    expect(charge.charge(half, {"input_uncached": 3, "cache_read": 5})["list_nano"], 2 + 2)  # 1.5 → 2, 2.5 → 2


def test_contract_before_tokens():
    # 0.000003 per million is 3 pico-units; at 500,000 ppm 1.5 → 2, and 1000 tokens of 2 pico-units are 2 nano-units (1.5 if the tokens came first).
    made = charge.charge(price(band(input_uncached="0.000003")), {"input_uncached": 1000}, contract={"input_uncached": 500_000})
    expect((made["list_nano"], made["contract_nano"]), (3, 2))


def test_rate_per_kind():
    made = charge.charge(price(band(input_uncached="3", output_visible="15")), {"input_uncached": 1, "output_visible": 1}, rate_nano=1_084_250_000)
    # 3,000 × 1.08425 = 3,252.75 → 3,253; 15,000 × 1.08425 = 16,263.75 → 16,264
    expect(made["org_list_nano"], 3253 + 16264)


def test_missing_kind_is_unpriced():
    expect(charge.charge(price(band(input_uncached="3")), {"input_uncached": 5, "output_visible": 1})["state"], "unpriced")
    expect(charge.charge(price(band(input_uncached="3")), {"input_uncached": 5, "output_visible": 0})["state"], "priced")
    expect(charge.charge(None, {"input_uncached": 5})["state"], "unpriced")


def test_zero_is_a_price():
    made = charge.charge(price(band(input_uncached="0", output_visible="0")), {"input_uncached": 5, "output_visible": 9})
    expect((made["state"], made["list_nano"]), ("priced", 0))


def test_bands():
    held = price(band(input_uncached="1"), band(above=100, input_uncached="2"), band("batch", input_uncached="0.5"), band("", "us", input_uncached="3"))
    def paid(size, mode="", region=""):
        made = charge.charge(held, {"input_uncached": size}, mode, region)
        return made["list_nano"] if made["state"] == "priced" else made["state"]
    expect(paid(100), 100_000)
    expect(paid(101), 202_000)
    expect(paid(100, "standard"), 100_000)
    expect(paid(10, "default", "global"), 10_000)
    expect(paid(10, "batch"), 5_000)
    expect(paid(10, "batch", "us"), 5_000)
    expect(paid(10, "", "us"), 30_000)
    expect(paid(1000, "", "us"), 3_000_000)  # the region's own band holds, whatever the size
    expect(paid(10, "priority"), "unpriced")


def test_whole_input_decides():
    held = price(band(input_uncached="1", cache_read="1", cache_write_1h="1"), band(above=100, input_uncached="2", cache_read="2", cache_write_1h="2"))
    expect(charge.charge(held, {"input_uncached": 1, "cache_read": 50, "cache_write_1h": 50})["list_nano"], 202_000)


def test_in_force():
    prices = [{"from": None, "n": 0}, {"from": "2026-03-13", "n": 1}, {"from": "2026-08-21", "n": 2}]
    expect([charge.in_force(prices, day)["n"] for day in ("2020-01-01", "2026-03-12", "2026-03-13", "2026-08-20", "2026-08-21", "2027-01-01")], [0, 0, 1, 1, 2, 2])
    expect(charge.in_force(prices[1:], "2026-03-12"), None)


def test_audio_is_a_part():
    held = price(band(input_uncached="1", output_visible="2", audio_in="10", audio_out="20"))
    expect(charge.charge(held, {"input_uncached": 100, "output_visible": 50, "audio_in": 60, "audio_out": 50})["list_nano"], 40_000 + 600_000 + 1_000_000)


# --- the shipped list ---

def snapshot():
    return json.loads(independent.SNAPSHOT.read_text(encoding="utf-8"))


def cost(held, address, name, day, mode="", region="", **usage):
    _, model = independent.model_of(held, independent.list_of(held, address, None), name)
    made = charge.charge(charge.in_force(model["prices"], day) if model else None, usage, mode, region)
    return made["list_nano"] if made["state"] == "priced" else "unpriced"


def test_list_dates():
    held, openai, anthropic = snapshot(), "https://api.openai.com/v1/chat/completions", "https://api.anthropic.com/v1/messages"
    for name, day, wanted in (("gpt-5.6-luna", "2026-07-29", 1_000), ("gpt-5.6-luna", "2026-07-30", 200),  # the cut of 80 %
                              ("gpt-5.6-sol-2026-07-09", "2026-08-20", 5_000), ("gpt-5.6-sol-2026-07-09", "2026-08-21", 4_000)):
        expect(cost(held, openai, name, day, input_uncached=1), wanted, f"{name} on {day}")
    expect(cost(held, anthropic, "claude-sonnet-5", "2026-11-01", input_uncached=1), 2_000, "a rise that was called off")
    expect(cost(held, anthropic, "claude-opus-4-6", "2026-03-12", input_uncached=200_001), 2_000_010_000)
    expect(cost(held, anthropic, "claude-opus-4-6", "2026-03-13", input_uncached=200_001), 1_000_005_000)


def test_list_modes():
    held, openai, anthropic = snapshot(), "https://api.openai.com/v1/responses", "https://api.anthropic.com/v1/messages"
    expect(cost(held, anthropic, "claude-opus-4-8", "2026-11-01", "batch", "", input_uncached=2), 5_000)
    expect(cost(held, anthropic, "claude-opus-4-8", "2026-11-01", "fast", "", output_visible=1), 50_000)
    expect(cost(held, anthropic, "claude-opus-4-8", "2026-11-01", "standard", "us", input_uncached=2), 11_000)
    expect(cost(held, anthropic, "claude-opus-4-8", "2026-11-01", "standard", "not_available", input_uncached=2), 10_000)
    expect(cost(held, anthropic, "claude-opus-4-8", "2026-11-01", "priority", "", input_uncached=2), "unpriced")
    expect(cost(held, openai, "gpt-5.5", "2026-11-01", "flex", "", input_uncached=2), 5_000)
    expect(cost(held, openai, "gpt-5.5", "2026-11-01", "priority", "", input_uncached=2), 25_000)
    expect(cost(held, openai, "gpt-5.5", "2026-11-01", "priority", "", input_uncached=272_000), "unpriced")
    expect(cost(held, "https://eu.api.openai.com/v1/responses", "gpt-5.5", "2026-11-01", "", "", input_uncached=2), 11_000)
    expect(cost(held, "https://eu.api.openai.com/v1/responses", "gpt-4o", "2026-11-01", "", "", input_uncached=2), 5_000)


def test_list_unpriced():
    held = snapshot()
    for address, name in (("https://api.anthropic.com", "claude-haiku-5-5"), ("https://api.anthropic.com", "claude-sonnet-5-6"), ("https://api.openai.com/v1", "gpt-6.1-sol"),
                          ("https://api.openai.com/v1", "gpt-image-1"), ("https://api.deepseek.com", "deepseek-v4-pro"), ("https://eu.api.openai.com/v1", "gpt-6-sol")):
        expect(cost(held, address, name, "2026-11-01", input_uncached=1), "unpriced", name)
    expect(cost(held, "https://openrouter.ai/api/v1", "minimax/minimax-m2:free", "2026-11-01", input_uncached=1), 0)


# --- traps ---

def check_trap(trap):
    record = reading.read(trap["dialect"], trap["body"], trap["stream"])
    wanted = trap["expect"]
    expect({kind: value for kind, value in record["kinds"].items() if value}, {kind: value for kind, value in wanted["kinds"].items() if value}, "kinds")
    made = charge.charge(trap["price"], record["kinds"], record["mode"], record["region"])
    expect((made["state"], made["list_nano"]), (wanted["state"], wanted["list_nano"]))
    expect(record["estimated"], wanted.get("estimated", False), "estimated")
    expect((record["mode"] if record["mode"] not in charge.ORDINARY else "", record["region"] or ""),
           (trap.get("mode", ""), trap.get("region") or (record["region"] if record["region"] == "not_available" else "")), "mode and region")
    if (made["state"], made["list_nano"]) == (trap["wrong_state"], trap["wrong_nano"]):
        raise AssertionError("the wrong figure is the right one: the trap catches nothing")


# --- the recorded exchanges ---

def check_recorded(name, exchange, wanted):
    record = independent.read_exchange(exchange)
    if record is None:
        raise AssertionError("nothing was read")
    for field in ("input_total", "output", "reasoning"):
        expect(record[field], wanted[field], field)
    written = [record[kind] for kind in ("cache_write_5m", "cache_write_1h", "cache_write_other")]
    if wanted.get("cache_exceeds_prompt"):
        expect((record["estimated"], record["input_uncached"]), (True, wanted["input_total"]))
    elif wanted.get("input_uncached") is not None:
        expect((record["input_uncached"], record["cache_read"], sum(written)), (wanted["input_uncached"], wanted["cache_read"], wanted["cache_write"]))
    parts = [record[kind] or 0 for kind in charge.INPUT]
    if record["input_total"] is not None:
        expect(sum(parts), record["input_total"], "the parts of the input add up")
    expect((record["output_visible"] or 0) + (record["output_reasoning"] or 0), record["output"] or 0, "the parts of the output add up")


def recorded():
    """(name, check) for every exchange that EXPECT.json has usage for."""
    wanted = json.loads((independent.RECORDED / "EXPECT.json").read_text(encoding="utf-8"))
    known = dict(independent.exchanges())
    for name, one in wanted.items():
        if one.get("usage"):
            yield name, lambda name=name, usage=one["usage"]: check_recorded(name, known[name], usage)
        elif independent.read_exchange(known[name]) is not None:
            yield name, lambda: expect("usage was read", None)


def known_total():
    """What a reply itself says it cost: OpenRouter's own figure of $0.000669."""
    held = dict(independent.exchanges())
    line = independent.line_of("-", held["compatible/openrouter-stream-reasoning.json"], snapshot(), independent.DAY)
    expect(line["list_nano"], 669_000)


def run():
    tests = [(name[5:].replace("_", " "), function) for name, function in globals().items() if name.startswith("test_")]
    traps = json.loads(TRAPS.read_text(encoding="utf-8"))
    tests += [("at least 14 traps with names of their own", lambda: expect((len(traps) >= 14, len({trap["name"] for trap in traps})), (True, len(traps))))]
    tests += [("trap: " + trap["name"].replace("#", " "), lambda trap=trap: check_trap(trap)) for trap in traps]
    if (independent.RECORDED / "EXPECT.json").exists():
        tests += [("recorded: " + name, check) for name, check in recorded()] + [("recorded: the cost a reply states", known_total)]
    else:
        tests.append((f"recorded exchanges # SKIP none in {independent.RECORDED}", lambda: None))
    failed = 0
    print(f"1..{len(tests)}")
    for number, (name, function) in enumerate(tests, 1):
        try:
            function()
            print(f"ok {number} {name}")
        except Exception as error:  # a reader that stumbles is a failed test, whatever it stumbles over
            failed += 1
            print(f"not ok {number} {name}\n# {type(error).__name__}: {error}")
    return 1 if failed else 0
