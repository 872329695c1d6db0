/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "script.h"

#include <string.h>

/* Every rule of DESIGN §3 as a script: an input, and the actions it must cause, in words (script.c). No network, no file, no sleep. */

typedef struct { const char *input, *actions; } Step;
typedef struct { const char *name; Step steps[24]; } Case;

/* The beginnings that most scripts share. */
#define OPENED        { "start", "open(a)" }, { "done", "send(a) wait(10s)" }
#define SENT          OPENED, { "connected", "" }
#define READING       SENT, { "status:200", "" }
#define TALKING       READING, { "bytes:start", "" }, { "bytes:text=Hel", "text(Hel)" }
#define FALLEN_TO_B   { "done", "key" }, { "key", "send(b key) wait(10s)" }, { "connected", "" }
#define ENDS_A        { "bytes:finish", "" }, { "bytes:usage", "" }, { "bytes:end", "finish settle(ok; ok by a)" }, { "done", "FINISH END done(ok a/one)" }
#define ENDS_B        { "status:200", "" }, { "bytes:start", "" }, { "bytes:text=Hi", "text(Hi)" }, { "bytes:finish", "" }, { "bytes:end", "finish settle(ok; ok by b)" }, \
                      { "done", "FINISH END done(ok b/two)" }

static const Case cases[] = {
  { "streamed", { TALKING, { "bytes:text=lo", "text(lo)" }, ENDS_A } },
  { "whole reply waits for the ledger", { { "start:whole", "open(a)" }, { "done", "send(a plain) wait(10s)" }, { "connected", "" }, { "status:200:json", "" }, { "bytes:whole", "" },
      { "end", "settle(ok; ok by a)" }, { "done", "text(Hello) FINISH END done(ok a/one)" } } },
  { "startup events wait for the first content", { READING, { "bytes:start", "" }, { "bytes:fault", "abort pause" }, { "timer", "next(failed overloaded billed? → a)" } } },

  /* Once more on the same model, then the next. */
  { "500 twice, then the fallback", { SENT, { "status:500", "" }, { "end", "pause" }, { "timer", "next(failed server billed? → a)" }, { "done", "send(a) wait(10s)" },
      { "connected", "" }, { "status:500", "" }, { "end", "next(failed server billed? → b)" }, FALLEN_TO_B, ENDS_B } },
  { "529 once, then ok", { SENT, { "status:529", "" }, { "end", "pause" }, { "timer", "next(failed overloaded → a)" }, { "done", "send(a) wait(10s)" }, { "connected", "" },
      { "status:200", "" }, { "bytes:text=Hel", "text(Hel)" }, ENDS_A } },
  { "refused connection is tried again", { OPENED, { "error:address", "pause" }, { "timer", "next(failed address → a)" }, { "done", "send(a) wait(10s)" },
      { "error:address", "next(failed address → b)" }, FALLEN_TO_B, ENDS_B } },
  { "408 and 409 are outages", { SENT, { "status:408", "" }, { "end", "pause" }, { "timer", "next(failed server billed? → a)" }, { "done", "send(a) wait(10s)" }, { "connected", "" },
      { "status:409", "" }, { "end", "next(failed server billed? → b)" } } },
  { "pauses grow", { { "start/ a:off c:off", "open(b)" }, { "done", "key" }, { "key", "send(b key) wait(10s)" }, { "connected", "" }, { "status:503", "" }, { "end", "pause" } } },

  /* Waiting as the provider asks, within bounds. */
  { "429 with a short retry-after", { SENT, { "status:429:retry-after=3", "" }, { "end", "wait(3s)" }, { "timer", "next(failed rate → a)" } } },
  { "429 with a long retry-after goes on at once", { SENT, { "status:429:retry-after=60", "" }, { "end", "next(failed rate → b)" } } },
  { "429 without retry-after", { SENT, { "status:429", "" }, { "end", "pause" } } },
  { "x-should-retry false", { SENT, { "status:500:should-retry=false", "" }, { "end", "next(failed server billed? → b)" } } },
  { "x-should-retry true does not ask a refusal again", { SENT, { "status:400:should-retry=true", "" }, { "end", "settle(failed request; failed by none)" } } },
  { "retry-after on a 200 delays nothing", { SENT, { "status:200:retry-after=9", "" }, { "bytes:text=Hel", "text(Hel)" } } },
  { "no fallback left and a long wait", { { "start/ only:a", "open(a)" }, { "done", "send(a) wait(10s)" }, { "connected", "" }, { "status:429:retry-after=60", "" },
      { "end", "settle(failed rate; failed by none)" }, { "done", "done(rate)" } } },

  /* Our account or this model is refused: on at once. */
  { "401", { SENT, { "status:401", "" }, { "end", "next(failed key → b)" } } },
  { "402", { SENT, { "status:402", "" }, { "end", "next(failed money → b)" } } },
  { "403", { SENT, { "status:403", "" }, { "end", "next(failed key → b)" } } },
  { "404", { SENT, { "status:404", "" }, { "end", "next(failed not-found → b)" } } },
  { "410", { SENT, { "status:410", "" }, { "end", "next(failed gone → b)" } } },
  { "model vanished", { SENT, { "status:404", "" }, { "bytes:words=The model `one` does not exist", "" }, { "end", "next(failed no-model → b)" } } },
  { "quota is money, not a rate", { SENT, { "status:429:retry-after=1", "" }, { "bytes:words=You exceeded your current quota", "" }, { "end", "next(failed money → b)" } } },
  { "TLS", { OPENED, { "error:tls", "next(failed tls → b)" } } },
  { "redirect", { SENT, { "status:307:moved", "abort next(failed not-found → b)" } } },
  { "a web page with 200", { SENT, { "status:200:html", "" }, { "bytes:<html><body>Sign in</body></html>", "" }, { "end", "next(failed garbage billed? → b)" } } },
  { "no key to be had", { { "start/ a:off", "open(b)" }, { "done", "key" }, { "nokey", "next(failed local → c)" }, { "done", "send(c) wait(10s)" } } },

  /* The caller's own: an answer. */
  { "400", { SENT, { "status:400", "" }, { "end", "settle(failed request; failed by none)" }, { "done", "done(request)" } } },
  { "413", { SENT, { "status:413", "" }, { "end", "settle(failed request; failed by none)" } } },
  { "422", { SENT, { "status:422", "" }, { "end", "settle(failed request; failed by none)" } } },
  { "content policy", { SENT, { "status:400", "" }, { "bytes:words=Your prompt was flagged by our content policy", "" }, { "end", "settle(failed request; failed by none)" } } },
  { "too long goes to a larger model", { SENT, { "status:400", "" }, { "bytes:words=This model's maximum context length is 8000 tokens", "" }, { "end", "next(failed context → b)" } } },
  { "too long, and no larger model", { { "start/ b:context=8000", "open(a)" }, { "done", "send(a) wait(10s)" }, { "connected", "" }, { "status:400", "" },
      { "bytes:words=This model's maximum context length is 8000 tokens", "" }, { "end", "settle(failed context; failed by none)" } } },
  { "after too long, an outage does not go to a small model", { { "start/ c:context=100", "open(a)" }, { "done", "send(a) wait(10s)" }, { "connected", "" }, { "status:400", "" },
      { "bytes:words=This model's maximum context length is 8000 tokens", "" }, { "end", "next(failed context → b)" }, FALLEN_TO_B, { "status:401", "" },
      { "end", "settle(failed key; failed by none)" } } },

  /* Ways of asking. */
  { "stream_options refused", { SENT, { "status:400", "" }, { "bytes:words=stream_options: Extra inputs are not permitted", "" }, { "end", "next(failed request → a)" },
      { "done", "send(a plain) wait(10s)" }, { "connected", "" }, { "status:200", "" }, { "bytes:text=Hel", "text(Hel)" }, { "bytes:finish", "" },
      { "bytes:end", "finish settle(ok estimated; ok by a)" }, { "done", "FINISH END done(ok a/one)" } } },
  { "refused again", { SENT, { "status:400", "" }, { "bytes:words=Unrecognized request argument: stream_options", "" }, { "end", "next(failed request → a)" },
      { "done", "send(a plain) wait(10s)" }, { "connected", "" }, { "status:400", "" }, { "bytes:words=Unrecognized request argument: stream_options", "" },
      { "end", "settle(failed request; failed by none)" } } },
  { "a 400 about a value is no such thing", { SENT, { "status:400", "" }, { "bytes:words=max_tokens must be at most 100", "" }, { "end", "settle(failed request; failed by none)" } } },

  /* Clocks. */
  { "no connection", { OPENED, { "+10000 timer", "abort pause" }, { "timer", "next(failed timeout → a)" } } },
  { "no first words: not into the same queue again", { SENT, { "timer", "wait(110s)" }, { "timer", "abort next(failed timeout billed? → b)" } } },
  { "no first words after the headers", { READING, { "bytes:start", "" }, { "timer", "wait(110s)" }, { "timer", "abort next(failed timeout billed? → b)" } } },
  { "own limit for the first words", { { "start:timeout=3000", "open(a)" }, { "done", "send(a) wait(10s)" }, { "connected", "wait(3s)" }, { "timer", "abort next(failed timeout billed? → b)" } } },
  { "a whole reply may take its time", { { "start:whole", "open(a)" }, { "done", "send(a plain) wait(10s)" }, { "connected", "" }, { "timer", "wait(590s)" }, { "timer", "abort next(failed timeout billed? → b)" } } },
  { "a local Ollama may load", { { "start/ only:c", "open(c)" }, { "done", "send(c) wait(10s)" }, { "connected", "" }, { "timer", "wait(590s)" },
      { "timer", "abort settle(failed timeout billed?; failed by none)" }, { "done", "done(timeout)" } } },
  { "silence after content ends it", { TALKING, { "timer", "wait(290s)" }, { "timer", "abort settle(failed timeout billed? estimated; failed by a)" }, { "done", "ERROR(timeout) done(timeout a/one)" } } },
  { "each byte is a sign of life", { TALKING, { "+250000 timer", "wait(50s)" }, { "+40000 bytes:text=lo", "text(lo)" }, { "timer", "wait(290s)" } } },
  { "silence is not counted while nobody takes the events", { TALKING, { "full", "pause" }, { "+299000 timer", "wait(300s)" }, { "+200000 flows", "resume" }, { "timer", "wait(200s)" } } },

  /* After the first content nothing switches. */
  { "cut in the middle", { TALKING, { "error:cut", "settle(failed cut billed? estimated; failed by a)" }, { "done", "ERROR(cut) done(cut a/one)" } } },
  { "ends without its end", { TALKING, { "end", "settle(failed cut billed? estimated; failed by a)" }, { "done", "ERROR(cut) done(cut a/one)" } } },
  { "cut before content", { READING, { "bytes:start", "" }, { "error:cut", "pause" }, { "timer", "next(failed cut billed? → a)" } } },
  { "cut before headers", { SENT, { "end", "pause" }, { "timer", "next(failed cut billed? → a)" } } },
  { "error in a 200 stream after content", { TALKING, { "bytes:fault", "abort settle(failed overloaded billed? estimated; failed by a)" }, { "done", "ERROR(overloaded) done(overloaded a/one)" } } },
  { "a missing [DONE] after the finish is tolerated", { TALKING, { "bytes:finish", "" }, { "bytes:usage", "" }, { "end", "settle(ok; ok by a)" }, { "done", "FINISH END done(ok a/one)" } } },
  { "empty reply", { READING, { "bytes:end", "abort next(failed garbage billed? → b)" } } },
  { "garbage in a stream", { READING, { "bytes:data: {]\n\n", "abort next(failed garbage billed? → b)" } } },

  /* Usage. */
  { "no usage is an estimate", { TALKING, { "bytes:finish", "" }, { "bytes:end", "finish settle(ok estimated; ok by a)" } } },
  { "zero usage against the evidence", { TALKING, { "bytes:finish", "" }, { "bytes:zero-usage", "" }, { "bytes:end", "finish settle(ok estimated; ok by a)" } } },
  { "more cached than read", { TALKING, { "bytes:finish", "" }, { "bytes:odd-usage", "" }, { "bytes:end", "finish settle(ok estimated contradictory; ok by a)" } } },
  { "unpriced is a state", { { "start/ a:unpriced", "open(a)" }, { "done", "send(a) wait(10s)" }, { "connected", "" }, { "status:200", "" }, { "bytes:text=Hel", "text(Hel)" }, { "bytes:finish", "" },
      { "bytes:usage", "" }, { "bytes:end", "finish settle(ok unpriced; ok by a)" } } },

  /* The store. */
  { "refused before anything is sent", { { "start", "open(a)" }, { "refused", "done(local)" } } },
  { "store failed", { { "start", "open(a)" }, { "failed", "done(local)" } } },
  { "stale: reload and admit again", { { "start", "open(a)" }, { "stale", "reload" }, { "reload a:off generation=2", "open(b)" }, { "done", "key" } } },
  { "stale without end", { { "start", "open(a)" }, { "stale", "reload" }, { "reload", "open(a)" }, { "stale", "reload" }, { "reload", "open(a)" }, { "stale", "reload" }, { "reload", "open(a)" },
      { "stale", "reload" }, { "reload", "open(a)" }, { "stale", "reload" }, { "reload", "open(a)" }, { "stale", "done(local)" } } },
  { "stale at a hop: only what is allowed now", { SENT, { "status:401", "" }, { "end", "next(failed key → b)" }, { "stale", "reload" }, { "reload b:off", "next(failed key → c)" },
      { "done", "send(c) wait(10s)" } } },
  { "stale at a hop: nothing is allowed now", { SENT, { "status:401", "" }, { "end", "next(failed key → b)" }, { "stale", "reload" }, { "reload unassigned", "settle(failed key; failed by none)" },
      { "done", "done(key)" } } },
  { "stale at a retry", { SENT, { "status:500", "" }, { "end", "pause" }, { "timer", "next(failed server billed? → a)" }, { "stale", "reload" }, { "reload generation=2", "next(failed server billed? → a)" } } },
  { "a hop is refused", { SENT, { "status:401", "" }, { "end", "next(failed key → b)" }, { "refused", "settle(failed key; failed by none)" }, { "done", "done(local)" } } },
  { "the ledger fails closed", { TALKING, { "bytes:finish", "" }, { "bytes:usage", "" }, { "bytes:end", "finish settle(ok; ok by a)" }, { "failed", "ERROR(local) done(local a/one)" } } },
  { "a whole reply without its row is no reply", { { "start:whole", "open(a)" }, { "done", "send(a plain) wait(10s)" }, { "connected", "" }, { "status:200:json", "" }, { "bytes:whole", "" },
      { "end", "settle(ok; ok by a)" }, { "failed", "done(local a/one)" } } },

  /* Who may serve. */
  { "a provider that is off is passed over", { { "start/ a:off", "open(b)" } } },
  { "a removed provider is passed over", { { "start/ a:removed b:off", "open(c)" } } },
  { "none left", { { "start/ a:removed b:off c:off", "done(local)" } } },
  { "no such workload", { { "start:workload=cooking", "done(local)" } } },
  { "nothing assigned", { { "start/ unassigned", "done(local)" } } },
  { "no such principal", { { "start:agent=99", "done(local)" } } },
  { "a model by name", { { "start:direct:model=b/two", "open(b)" }, { "done", "key" } } },
  { "no such model", { { "start:direct:model=b/nine", "done(local)" } } },
  { "one model of a workload has no fallback", { { "start:model=a/one", "open(a)" }, { "done", "send(a) wait(10s)" }, { "connected", "" }, { "status:401", "" },
      { "end", "settle(failed key; failed by none)" }, { "done", "done(key)" } } },
  { "all fail", { { "start", "open(a)" }, { "done", "send(a) wait(10s)" }, { "error:tls", "next(failed tls → b)" }, { "done", "key" }, { "nokey", "next(failed local → c)" }, { "done", "send(c) wait(10s)" },
      { "error:tls", "settle(failed tls; failed by none)" }, { "done", "done(tls)" } } },

  /* Late and foreign inputs change nothing. */
  { "late inputs", { TALKING, { "key", "" }, { "done", "" }, { "connected", "" }, { "reload", "" }, { "bytes:finish", "" }, { "bytes:usage", "" }, { "bytes:end", "finish settle(ok; ok by a)" },
      { "bytes:text=more", "" }, { "error:cut", "" }, { "timer", "" }, { "cancel", "" }, { "done", "FINISH END done(ok a/one)" }, { "done", "" }, { "cancel", "" }, { "end", "" } } },
};

static void
run_case (gconstpointer data)
{
  const Case *each = data;
  Script *script = script_new (NULL);
  for (const Step *step = each->steps; step->input != NULL; step++)
    {
      script_feed (script, step->input);
      g_autofree char *actions = script_take (script);
      if (!g_str_equal (actions, step->actions))
        g_test_message ("%s: after “%s” (step %d)", each->name, step->input, (int) (step - each->steps));
      g_assert_cmpstr (actions, ==, step->actions);
    }
  g_assert_cmpuint (script->emits_after_error, ==, 0);
  script_free (script);
}

/* Feeds the inputs one by one, for tests about numbers rather than actions. */
static void
feed_all (Script *script, const char *const *inputs)
{
  for (; *inputs != NULL; inputs++)
    {
      script_feed (script, *inputs);
      g_free (script_take (script));
    }
}

static const char *const good_a[] = { "start", "done", "connected", "status:200", "+5 bytes:start", "+100 bytes:text=Hello", "+700 bytes:text= there", "+20 bytes:finish", "bytes:usage", "bytes:end", "done", NULL };

static void
test_numbers (void)
{
  Script *script = script_new (NULL);
  feed_all (script, good_a);
  g_assert_cmpint (script->last.tokens.kind[PURSER_TOKENS_INPUT_UNCACHED], ==, 100);
  g_assert_cmpint (script->last.tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE], ==, 20);
  g_assert_cmpint (script->last.tokens.kind[PURSER_TOKENS_OUTPUT_REASONING], ==, PURSER_UNKNOWN);
  g_assert_cmpint (script->last.cost_nano, ==, 100 * 1000 + 20 * 10000);  /* 1 and 10 per million */
  g_assert_cmpint (script->result->cost_nano, ==, script->cost_nano);
  g_assert_cmpint (script->last.price_id, ==, 21);
  g_assert_cmpint (script->last.connect_us, ==, 2000);
  g_assert_cmpint (script->last.first_us, ==, 105000);
  g_assert_cmpint (script->result->first_text_us, ==, 105000);
  g_assert_cmpint (script->result->last_us, ==, 805000);
  g_assert_cmpint (script->result->longest_pause_us, ==, 700000);
  g_assert_cmpint (script->result->total_us, ==, 825000);
  g_assert_cmpuint (script->result->n_deltas, ==, 2);
  g_assert_cmpstr (purser_reply_text (script->result->reply), ==, "Hello there");
  g_assert_cmpstr (script->emitted->str, ==, "Hello there");
  g_assert_cmpstr (script->result->provider_model, ==, "m");
  g_assert_cmpint (script->result->call_id, ==, 77);
  script_free (script);
}

/* SPEC-gateway rule 10: min (max_tokens, model's cap, 16 K) at the dearest candidate, which is c here: 4 and 40 per million. */
static void
test_reserve (void)
{
  Script *script = script_new (NULL);
  const char *const inputs[] = { "start", NULL };
  g_autoptr(PurserChat) chat = purser_chat_new_text (NULL, "Write one word, and nothing else, if you please.");
  feed_all (script, inputs);
  g_assert_cmpint (script->reserve_nano, ==, purser_chat_estimate_tokens (chat) * 4000 + 1000 * 40000);
  script_free (script);
}

/* A failed attempt's cost stays beside the good one's. */
static void
test_cost_of_all (void)
{
  static const char *const inputs[] = { "start/ a:off", "done", "key", "connected", "status:200", "bytes:start", "bytes:fault", "timer", "done", "key", "connected", "status:200", "bytes:start",
                                        "bytes:text=Hi", "bytes:finish", "bytes:end", "done", NULL };
  Script *script = script_new (NULL);
  feed_all (script, inputs);
  g_assert_null (script->result->fault);
  g_assert_cmpuint (script->result->attempts->len, ==, 2);
  g_assert_cmpint (script->result->cost_nano, ==, script->cost_nano);
  g_assert_cmpint (script->result->cost_nano, >, script->last.cost_nano);
  script_free (script);
}

static void
test_reasons (void)
{
  static const char *const inputs[] = { "start/ a:removed b:off c:off", NULL };
  Script *script = script_new (NULL);
  feed_all (script, inputs);
  g_assert_cmpuint (script->result->skipped->len, ==, 3);
  g_assert_nonnull (strstr (script->result->fault->message, "removed"));
  g_assert_nonnull (strstr (script->result->fault->message, "b/two: b is switched off"));
  g_assert_nonnull (strstr (script->result->fault->message, "c/three: c is switched off"));
  g_assert_cmpuint (script->opens, ==, 0);
  script_free (script);
}

/* The query of a redirect may hold a secret. */
static void
test_redirect_words (void)
{
  static const char *const inputs[] = { "start/ only:a", "done", "connected", "status:307:moved", "done", NULL };
  Script *script = script_new (NULL);
  feed_all (script, inputs);
  g_assert_nonnull (strstr (script->result->fault->message, "https://elsewhere.example/v1/chat"));
  g_assert_null (strstr (script->result->fault->message, "secret"));
  script_free (script);
}

static void
test_caps (void)
{
  Script *script = script_new (NULL);
  const char *const opening[] = { "start", "done", "connected", "status:200", NULL };
  feed_all (script, opening);
  for (guint i = 0; i < 100 && script->emits == 0; i++)
    {
      script_feed (script, "bytes:usage");
      g_free (script_take (script));
    }
  g_assert_cmpuint (script->emits, ==, 64); /* all at once, when the sixty-fourth came */
  script_feed (script, "error:cut");
  g_autofree char *actions = script_take (script);
  g_assert_true (g_str_has_prefix (actions, "settle("));
  script_free (script);
}

static void
one_call (PurserHealth *health, gint64 later_ms, const char *const *inputs, const char *expected_first)
{
  Script *script = script_new (health);
  g_autofree char *pass = g_strdup_printf ("+%" G_GINT64_FORMAT, later_ms);
  script_feed (script, pass);
  script_feed (script, inputs[0]);
  g_autofree char *actions = script_take (script);
  g_assert_cmpstr (actions, ==, expected_first);
  feed_all (script, inputs + 1);
  script_free (script);
}

/* Five outages in a row open the breaker; others are gone to at once; one probe may pass after half a minute, and closes it. */
static void
test_breaker (void)
{
  static const char *const failing[] = { "start/ only:a", "done", "connected", "status:503:should-retry=false", "end", "done", NULL };
  static const char *const good[] = { "start/ only:a", "done", "connected", "status:200", "bytes:text=Hi", "bytes:finish", "bytes:usage", "bytes:end", "done", NULL };
  static const char *const both[] = { "start", NULL };
  static const char *const pinned[] = { "start:try/ only:a", NULL };
  g_autoptr(PurserHealth) health = purser_health_new ();
  for (gint64 i = 0; i < 4; i++)
    one_call (health, i * 1000, failing, "open(a)");
  one_call (health, 5000, good, "open(a)");                   /* an answer starts the count again */
  for (gint64 i = 0; i < 5; i++)
    one_call (health, 6000 + i * 1000, failing, "open(a)");
  one_call (health, 12000, failing, "done(local)");
  one_call (health, 12000, both, "open(b)");
  one_call (health, 12000, pinned, "open(a)");                /* somebody wants to see this very model */
  one_call (health, 41000, failing, "open(a)");               /* the probe fails */
  one_call (health, 42000, good, "done(local)");
  one_call (health, 72000, good, "open(a)");                  /* the probe works */
  one_call (health, 72001, good, "open(a)");
}

static void
test_one_probe (void)
{
  g_autoptr(PurserHealth) health = purser_health_new ();
  PurserHealthKey key = { 1, 2, 3 }, other = { 1, 3, 3 };
  gint64 wait = 0;
  for (int i = 0; i < 5; i++)
    purser_health_report (health, &key, PURSER_HEALTH_OUTAGE, 1);
  g_assert_false (purser_health_admit (health, &key, 2, &wait));
  g_assert_cmpint (wait, ==, PURSER_BREAKER_OPEN_US - 1);
  g_assert_true (purser_health_admit (health, &other, 2, NULL));                             /* a replaced key begins anew */
  g_assert_true (purser_health_admit (health, &key, 1 + PURSER_BREAKER_OPEN_US, NULL));
  g_assert_false (purser_health_admit (health, &key, 1 + PURSER_BREAKER_OPEN_US, NULL));     /* one probe at a time */
  purser_health_report (health, &key, PURSER_HEALTH_NEITHER, 2 + PURSER_BREAKER_OPEN_US);    /* it was cancelled */
  g_assert_true (purser_health_admit (health, &key, 3 + PURSER_BREAKER_OPEN_US, NULL));
  g_assert_true (purser_health_admit (health, &key, 4 + 2 * PURSER_BREAKER_OPEN_US, NULL));  /* a probe that never reported */
  for (int i = 0; i < 5; i++)
    purser_health_report (health, &other, PURSER_HEALTH_OUTAGE, i * PURSER_BREAKER_WINDOW_US);
  g_assert_true (purser_health_admit (health, &other, 4 * PURSER_BREAKER_WINDOW_US + 1, NULL)); /* not within a minute */
}

/* What a server refused once is not asked again, and only if leaving it out worked. */
static void
test_learned (void)
{
  static const char *const first[] = { "start/ only:a", "done", "connected", "status:400", "bytes:words=stream_options is not supported", "end", "done", "connected", "status:200", "bytes:text=Hi",
                                       "bytes:finish", "bytes:end", "done", NULL };
  g_autoptr(PurserHealth) health = purser_health_new ();
  Script *script = script_new (health);
  feed_all (script, first);
  g_assert_null (script->result->fault);
  script_free (script);
  script = script_new (health);
  script_feed (script, "start/ only:a");
  g_free (script_take (script));
  script_feed (script, "done");
  g_autofree char *actions = script_take (script);
  g_assert_cmpstr (actions, ==, "send(a plain) wait(10s)");
  script_free (script);
}

/* Whatever is asked gets an answer until the call is over. */
static void
answer_all (Script *script)
{
  for (guint i = 0; i < 10 && script->dones == 0; i++)
    {
      script_feed (script, script->question == PURSER_ACTION_RELOAD ? "reload" : script->question == PURSER_ACTION_KEY ? "key" : "done");
      g_free (script_take (script));
    }
}

static const char *const long_call[] = { "start", "stale", "reload", "done", "connected", "status:500", "bytes:words=oh", "end", "timer", "done", "connected", "status:401", "end", "stale", "reload", "done",
                                         "key", "connected", "status:200", "bytes:start", "bytes:text=Hi", "bytes:finish", "bytes:end", "done", NULL };

/* Cancelled after each of its steps, the call always ends, settled if it was ever opened. */
static void
test_cancel_everywhere (void)
{
  for (guint n = 1; n < G_N_ELEMENTS (long_call); n++)
    {
      Script *script = script_new (NULL);
      for (guint i = 0; i < n; i++)
        {
          script_feed (script, long_call[i]);
          g_free (script_take (script));
        }
      gboolean over = script->dones > 0, settling = script->settles > 0;
      script_feed (script, "cancel");
      g_free (script_take (script));
      answer_all (script);
      g_assert_cmpuint (script->dones, ==, 1);
      g_assert_cmpuint (script->settles, ==, script->opens);
      g_assert_cmpuint (script->errors, ==, 0);
      if (over || settling)
        g_assert_null (script->result->fault);
      else
        g_assert_cmpint (script->result->fault->class_, ==, PURSER_FAULT_CANCELLED);
      script_free (script);
    }
}

static const char *const any_input[] = {
  "done", "done", "done", "done", "refused", "stale", "failed", "reload", "reload b:off", "reload unassigned", "key", "key", "nokey", "connected", "connected", "connected", "status:200", "status:200", "status:200",
  "status:200", "status:500", "status:429:retry-after=2", "status:401", "status:400", "status:307:moved", "status:200:html", "bytes:start", "bytes:text=abc", "bytes:text=d", "bytes:finish", "bytes:usage",
  "bytes:end", "bytes:end", "bytes:fault", "bytes:words=stream_options unsupported", "bytes:rubbish\n\n", "end", "error:cut", "error:address", "error:tls", "timer", "timer", "+1000", "full", "flows", "cancel",
};

/* Half of the time the next input fits, so that calls get far before something odd happens. */
static const char *
some_input (GRand *random, guint turn)
{
  static const char *const fitting[] = { "done", "key", "connected", "status:200", "bytes:start", "bytes:text=ab", "bytes:text=c", "bytes:finish", "bytes:usage", "bytes:end", "done" };
  if (g_rand_boolean (random))
    return fitting[turn % G_N_ELEMENTS (fitting)];
  return any_input[g_rand_int_range (random, 0, G_N_ELEMENTS (any_input))];
}

/* Any order of inputs: one DONE, one SETTLE for each OPEN, no more sends than attempts, nothing after an error, and all that was emitted is in the reply. */
static void
test_any_order (void)
{
  guint good = 0, hops = 0;
  guint32 runs = g_test_slow () ? 100000 : 5000;
  for (guint32 seed = 0; seed < runs; seed++)
    {
      g_autoptr(GRand) random = g_rand_new_with_seed (seed);
      Script *script = script_new (NULL);
      script_feed (script, seed % 3 == 0 ? "start:whole" : "start");
      g_free (script_take (script));
      for (guint i = 0; i < 120 && script->dones == 0; i++)
        {
          script_feed (script, some_input (random, i));
          g_free (script_take (script));
        }
      script_feed (script, "cancel");
      g_free (script_take (script));
      answer_all (script);
      g_assert_cmpuint (script->dones, ==, 1);
      g_assert_true (purser_engine_is_over (script->engine));
      g_assert_cmpuint (script->settles, ==, script->opens);
      g_assert_cmpuint (script->opens, <=, 1);
      g_assert_cmpuint (script->sends, <=, script->attempts);
      g_assert_cmpuint (script->result->attempts->len, ==, script->attempts);
      g_assert_cmpuint (script->emits_after_error, ==, 0);
      g_assert_cmpint (script->result->cost_nano, >=, 0);
      if (script->result->fault == NULL)
        g_assert_cmpstr (script->emitted->str, ==, purser_reply_text (script->result->reply));
      else
        g_assert_true (g_str_has_prefix (purser_reply_text (script->result->reply), script->emitted->str));
      good += script->result->fault == NULL;
      hops += script->attempts > 1;
      script_free (script);
    }
  g_test_message ("%u ended well, %u had more than one attempt", good, hops);
  g_assert_cmpuint (good, >, runs / 10); /* else the inputs never meet */
  g_assert_cmpuint (hops, >, runs / 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdelimit (g_strdup_printf ("/engine/rule/%s", cases[i].name + 0), "[]", ' ');
      g_test_add_data_func (path, &cases[i], run_case);
    }
  g_test_add_func ("/engine/numbers", test_numbers);
  g_test_add_func ("/engine/reserve", test_reserve);
  g_test_add_func ("/engine/cost-of-all-attempts", test_cost_of_all);
  g_test_add_func ("/engine/reasons", test_reasons);
  g_test_add_func ("/engine/redirect-words", test_redirect_words);
  g_test_add_func ("/engine/caps", test_caps);
  g_test_add_func ("/engine/breaker", test_breaker);
  g_test_add_func ("/engine/one-probe", test_one_probe);
  g_test_add_func ("/engine/learned", test_learned);
  g_test_add_func ("/engine/cancel-everywhere", test_cancel_everywhere);
  g_test_add_func ("/engine/any-order", test_any_order);
  return g_test_run ();
}
