#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may ask for what, through purserctl: keys, limits, weights, policies, data terms, budgets, the gateway's settings.

    test-access.py PURSERCTL          (speaks TAP)
"""
import datetime
import json
import os

from harness import check, ctl, end, home, refused, run

MODELS = ["Far/large", "Far/small"]


def setup():
    ctl("init", "Hartmann & Partner", "--currency", "EUR", "--timezone", "Europe/Berlin")
    ctl("provider", "add", "openai-compatible", "Far", "--url", "https://far.example.org/v1")
    ctl("provider", "add-model", "Far", "large")
    ctl("provider", "add-model", "Far", "small")
    ctl("principal", "add", "Lena", "--team", "Clients")
    ctl("principal", "add", "bot", "--kind", "agent", "--owner", "Lena")
    ctl("assign", "drafting", *MODELS)


def one(rows, **members):
    return next(row for row in rows if all(row[k] == v for k, v in members.items()))


def keys():
    made = ctl("key", "create", "bot", "--workload", "drafting", "--workload", "analysis", "--model", "Far/small", "--expires", "+30")
    check("a narrow key is made and shown once", made["secret"].startswith("purser-") and made["id"] == 1, made)
    key = one(ctl("key", "list"), id=1)
    check("it says what it may ask for", key["workloads"] == ["drafting", "analysis"] and key["models"] == ["Far/small"] and key["any_model"] is False, key)
    last = datetime.date.fromisoformat(key["last_day"])
    check("and the last day it works", abs((last - datetime.date.today()).days - 30) <= 1 and key["state"] == "works" and key["expires_at"] > 0, key)
    ctl("key", "set", "1", "--workload", "drafting")
    key = one(ctl("key", "list"), id=1)
    check("what is not said stays", key["workloads"] == ["drafting"] and key["models"] == ["Far/small"] and key["last_day"] == str(last), key)
    ctl("key", "set", "1", "--expires", "2099-01-31")
    key = one(ctl("key", "list"), id=1)
    midnight = datetime.datetime(2099, 1, 31, 23, tzinfo=datetime.timezone.utc)  # in Berlin
    check("a key works to the end of its last day, there", key["last_day"] == "2099-01-31" and key["expires_at"] == int(midnight.timestamp()) * 1000000, key)
    ctl("key", "set", "1", "--all-workloads", "--any-model", "--expires", "never")
    key = one(ctl("key", "list"), id=1)
    check("a key can be opened again", key["workloads"] is None and key["any_model"] and key["last_day"] is None, key)
    ctl("key", "set", "1", "--no-models")
    key = one(ctl("key", "list"), id=1)
    check("and its models taken away", key["models"] == [] and key["any_model"] is False, key)
    refused("a day that has passed", "key", "set", "1", "--expires", "2020-01-31", words="expired already")
    refused("no day", "key", "create", "bot", "--expires", "soon", words="is not a day")
    refused("an unknown workload", "key", "create", "bot", "--workload", "poetry", words="no workload")
    refused("an unknown model", "key", "create", "bot", "--model", "Far/none", words="PROVIDER/MODEL")
    refused("an unknown person", "key", "create", "Nobody", words="nobody called")
    refused("an unknown key", "key", "set", "7", "--any-model", words="key list")
    refused("no number", "key", "revoke", "one", words="key list")
    refused("nothing to change", "key", "set", "1", words="--workload")
    refused("opposite wishes", "key", "set", "1", "--no-models", "--any-model", words="opposite")
    ctl("key", "revoke", "1")
    refused("a revoked key stays as it is", "key", "set", "1", "--any-model", words="revoked")
    check("it is listed as revoked", one(ctl("key", "list"), id=1)["state"] == "revoked")
    table = run("key", "list").stdout
    check("for people too", "revoked" in table and "never" in table, table)


def limits():
    ctl("principal", "set", "bot", "--calls-per-minute", "60", "--calls-at-once", "4")
    bot = one(ctl("principal", "list"), name="bot")
    check("limits are kept", (bot["calls_per_minute"], bot["calls_at_once"]) == (60, 4), bot)
    ctl("principal", "set", "bot", "--calls-per-minute", "none")
    bot = one(ctl("principal", "list"), name="bot")
    check("one limit goes, the other stays", (bot["calls_per_minute"], bot["calls_at_once"]) == (None, 4), bot)
    ctl("principal", "set", "bot", "--calls-at-once", "0", "--team", "Robots")
    bot = one(ctl("principal", "list"), name="bot")
    check("limits and the rest in one go", bot["calls_at_once"] is None and bot["team"] == "Robots", bot)
    refused("a limit is a whole number", "principal", "set", "bot", "--calls-at-once", "2.5", words="whole number")
    refused("a limit is not negative", "principal", "set", "bot", "--calls-per-minute=-1", words="whole number")
    refused("nothing to change", "principal", "set", "bot", words="--calls-per-minute")


def calling():
    ctl("assign", "drafting", *MODELS, "--weights", "3,1")
    shown = ctl("workload", "show", "drafting")
    check("weights are kept, and drawn by", shown["weights"] == [3, 1] and shown["spread"] is True, shown)
    refused("as many weights as models", "assign", "drafting", *MODELS, "--weights", "3", words="one weight for each")
    refused("not all 0", "assign", "drafting", *MODELS, "--weights", "0,0", words="every weight at 0")
    refused("whole numbers", "assign", "drafting", *MODELS, "--weights", "a,b", words="whole number")
    check("and then nothing was assigned", ctl("workload", "show", "drafting")["weights"] == [3, 1])
    ctl("workload", "set", "drafting", "--connect", "5", "--first-content", "30.5", "--silence", "60", "--drain", "yes", "--spread", "no")
    shown = ctl("workload", "show", "drafting")
    check("waits in seconds", (shown["connect_s"], shown["first_content_s"], shown["silence_s"]) == (5, 30.5, 60) and shown["drain"] and not shown["spread"], shown)
    ctl("workload", "set", "drafting", "--connect", "default", "--title", "Letters")
    shown = ctl("workload", "show", "drafting")
    check("back to the usual, and a title", shown["connect_s"] is None and shown["silence_s"] == 60 and shown["title"] == "Letters", shown)
    refused("first words before the connection", "workload", "set", "drafting", "--connect", "31", words="at least as long")
    refused("a time is a number", "workload", "set", "drafting", "--silence", "long", words="number of seconds")
    refused("a time that is too long", "workload", "set", "drafting", "--silence", "3601", words="an hour")
    refused("yes or no", "workload", "set", "drafting", "--drain", "maybe", words="neither yes nor no")
    refused("built-in names stay", "workload", "set", "drafting", "--name", "letters", words="built in")
    refused("nothing to change", "workload", "set", "drafting", words="--connect")
    text = run("workload", "show", "drafting").stdout
    check("for people: as usual", "as usual" in text and "30.5 s" in text, text)


def policies():
    policy = ctl("workload", "policy", "drafting")
    check("without a policy everything is allowed", policy["no_training"] is False and policy["regions"] is None and [m["allowed"] for m in policy["models"]] == [True, True], policy)
    policy = ctl("workload", "policy", "drafting", "--no-training", "yes", "--max-retention", "30", "--regions", "eu, ch")
    check("a policy, and what it forbids", policy["max_retention_days"] == 30 and policy["regions"] == ["EU", "CH"] and not policy["models"][0]["allowed"] and policy["models"][0]["why"], policy)
    done = run("--json", "terms", "check")
    rows = json.loads(done.stdout)
    check("terms check names each and ends with 1", done.returncode == 1 and [r["model"] for r in rows] == MODELS and not any(r["allowed"] for r in rows), (done.returncode, rows))
    check("nothing is recorded yet", ctl("terms", "list")[0]["state"] == "none")
    ctl("terms", "set", "Far", "--trains", "no", "--retention", "30", "--regions", "EU", "--document", "DPA 4711", "--checked", "today", "--expires", "+365")
    terms = one(ctl("terms", "list"), provider="Far")
    check("terms are recorded", terms["trains"] is False and terms["retention_days"] == 30 and terms["regions"] == ["EU"] and terms["document"] == "DPA 4711" and terms["state"] == "in_force", terms)
    done = run("terms", "check")
    check("now all is allowed", done.returncode == 0 and "no" not in done.stdout.split("Why not")[1].split(), done)
    ctl("terms", "set", "Far", "--trains", "unknown")
    terms = one(ctl("terms", "list"), provider="Far")
    check("what is not said stays as recorded", terms["trains"] is None and terms["retention_days"] == 30 and terms["expires"], terms)
    check("not known is as bad as yes", run("terms", "check").returncode == 1)
    ctl("terms", "set", "Far", "--trains", "no", "--checked", "2026-01-01", "--expires", "2026-01-31")
    terms = one(ctl("terms", "list"), provider="Far")
    policy = ctl("workload", "policy", "drafting")
    check("expired terms count as none", terms["state"] == "expired" and "2026-01-31" in policy["models"][0]["why"], (terms, policy))
    ctl("workload", "policy", "drafting", "--no-training", "no", "--max-retention", "any", "--regions", "any")
    check("the policy goes", run("terms", "check").returncode == 0)
    refused("a region's code", "workload", "policy", "drafting", "--regions", "Europe 1", words="no code of a region")
    refused("days", "workload", "policy", "drafting", "--max-retention", "-3", words="whole number")
    refused("an unknown provider", "terms", "set", "Near", "--trains", "no", words="no provider")
    refused("nothing known", "terms", "set", "Far", words="--trains")
    refused("checked in the future", "terms", "set", "Far", "--checked", "+2", "--expires", "never", words="still to come")
    refused("expired before it was checked", "terms", "set", "Far", "--checked", "2026-02-02", "--expires", "2026-02-01", words="expire after")


def budgets():
    check("no budget yet", ctl("budget", "list") == [])
    ctl("budget", "set", "organisation", "--cap", "100", "--at-limit", "block")
    ctl("budget", "set", "team", "Clients", "--cap", "12,50", "--period", "quarter")
    ctl("budget", "set", "principal", "Lena", "--cap", "0.000001", "--period", "rolling", "--days", "7")
    ctl("budget", "set", "workload", "drafting", "--cap", "5", "--period", "once")
    rows = ctl("budget", "list")
    check("one of each scope and period", [(r["scope"], r["name"], r["period"], r["cap_nano"], r["at_limit"]) for r in rows] ==
          [("organisation", "Hartmann & Partner", "month", 100 * 10**9, "block"), ("team", "Clients", "quarter", 12500000000, "notify"),
           ("principal", "Lena", "rolling", 1000, "notify"), ("workload", "drafting", "once", 5 * 10**9, "notify")], rows)
    check("what is left is the rest", all(r["left_nano"] == r["cap_nano"] - r["spent_nano"] - r["reserved_nano"] for r in rows) and rows[2]["days"] == 7, rows)
    check("a month begins on its first day, what is paid ahead never", rows[0]["first_day"].endswith("-01") and rows[3]["first_day"] is None, rows)
    same = ctl("budget", "set", "organisation", "--cap", "120")
    rows = ctl("budget", "list")
    check("setting it again changes it", same["id"] == 1 and len(rows) == 4 and rows[0]["cap_nano"] == 120 * 10**9 and rows[0]["at_limit"] == "block", rows)
    refused("another number of days", "budget", "set", "principal", "Lena", "--cap", "1", "--period", "rolling", "--days", "8", words="budget remove 3")
    refused("days without rolling", "budget", "set", "organisation", "--cap", "1", "--days", "8", words="--period rolling")
    refused("no amount", "budget", "set", "organisation", "--period", "quarter", words="--cap")
    refused("0 is no budget", "budget", "set", "organisation", "--cap", "0", words="more than 0")
    refused("an amount is a number", "budget", "set", "organisation", "--cap", "much")
    refused("an unknown scope", "budget", "set", "galaxy", "--cap", "1", words="organisation, team, principal or workload")
    refused("an unknown period", "budget", "set", "organisation", "--cap", "1", "--period", "year", words="month, quarter, rolling or once")
    refused("an unknown team", "budget", "set", "team", "Nobody", "--cap", "1", words="no team")
    refused("whose", "budget", "set", "team", "--cap", "1", words="its name")
    refused("the organisation has no name here", "budget", "set", "organisation", "X", "--cap", "1", words="takes no name")
    refused("at the limit", "budget", "set", "organisation", "--cap", "1", "--at-limit", "cry", words="neither notify nor block")
    refused("wrong usage", "budget", "set", code=2)
    ctl("budget", "remove", "4")
    refused("gone is gone", "budget", "remove", "4", words="budget list")
    refused("no number", "budget", "remove", "all", words="budget list")
    text = run("budget", "list").stdout
    check("for people", "€120.00" in text and "last 7 days" in text and "0.0 %" in text, text)


def gateway():
    show = ctl("gateway", "show")
    check("as it stands at first", show["on"] is False and show["url"] == "http://127.0.0.1:8377" and show["durability"] == "answered" and show["metrics"] is True and show["keyless"] is None, show)
    ctl("gateway", "set", "--port", "9377", "--keyless", "bot", "--keyless-workload", "drafting", "--durability", "strict", "--metrics", "no", "--on", "yes")
    show = ctl("gateway", "show")
    check("settings are kept", (show["port"], show["keyless"], show["keyless_workloads"], show["durability"], show["metrics"], show["on"]) == (9377, "bot", ["drafting"], "strict", False, True), show)
    ctl("gateway", "set", "--address", "::1", "--on", "no")
    show = ctl("gateway", "show")
    check("what is not said stays", show["url"] == "http://[::1]:9377" and show["keyless"] == "bot" and not show["on"], show)
    refused("other computers need a certificate", "gateway", "set", "--address", "0.0.0.0", "--keyless", "none", words="certificate")
    refused("calls without a key are for this computer", "gateway", "set", "--keyless-workload", "poetry", words="no workload")
    refused("workloads without someone", "gateway", "set", "--keyless", "none", "--keyless-workload", "drafting", words="--keyless")
    refused("a certificate that is not there", "gateway", "set", "--certificate", "no.pem", "--private-key", "no.pem", words="no.pem is not there")
    refused("a port", "gateway", "set", "--port", "80", words="1024 to 65535")
    refused("a port is a number", "gateway", "set", "--port", "http", words="whole number")
    refused("durability", "gateway", "set", "--durability", "eternal", words="process, answered and strict")
    refused("nothing to change", "gateway", "set", words="Say what is to change")
    pem = os.path.join(os.environ["G_TEST_SRCDIR"], "call", "tls", "server.pem")
    ctl("gateway", "set", "--address", "0.0.0.0", "--keyless", "none", "--certificate", os.path.relpath(pem), "--private-key", pem)
    show = ctl("gateway", "show")
    check("with a certificate it listens everywhere", show["url"].startswith("https://") and "0.0.0.0" not in show["url"] and show["certificate"] == pem and show["keyless_workloads"] == [], show)
    refused("and then not without a key", "gateway", "set", "--keyless", "bot", "--keyless-workload", "drafting", words="this computer alone")
    refused("nor without its private key", "gateway", "set", "--private-key", "none", words="both files")
    ctl("gateway", "set", "--address", "127.0.0.1", "--certificate", "none", "--private-key", "none", "--keyless", "bot", "--keyless-workload", "drafting")
    ctl("principal", "remove", "bot")
    show = ctl("gateway", "show")
    check("who is removed calls no more, with or without a key", show["keyless"] is None and show["keyless_workloads"] == [] and show["certificate"] is None, show)


def trail():
    actions = {row["action"] for row in ctl("audit", "list", "--limit", "1000")}
    check("everything is in the audit trail", {"access-key.create", "access-key.set", "access-key.revoke", "principal.limits", "workload.calling", "workload.policy", "provider.terms",
                                               "budget.set", "budget.remove", "gateway.set"} <= actions, actions)
    check("which holds", ctl("audit", "verify")["intact"])
    check("and the file is whole", ctl("verify") == [])
    help_text = run("--help").stdout
    check("help names every verb", all(words in help_text for words in ("key set KEY", "workload policy NAME", "terms check", "budget list", "gateway show", "call show CALL", "outage list", "usage live")), help_text)
    one_help = run("budget", "set", "--help")
    check("and every option", one_help.returncode == 0 and "--at-limit" in one_help.stdout, one_help)


setup()
keys()
limits()
calling()
policies()
budgets()
gateway()
trail()
end()
