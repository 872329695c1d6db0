/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "script.h"

#include <string.h>

/* What the engine counts, remembers and never does, whatever the order of its inputs. */

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

static const char *const good_a[] = { "start",
                                      "done",
                                      "connected",
                                      "status:200",
                                      "+5 bytes:start",
                                      "+100 bytes:text=Hello",
                                      "+700 bytes:text= there",
                                      "+20 bytes:finish",
                                      "bytes:usage",
                                      "bytes:end",
                                      "done",
                                      NULL };

static void
test_numbers (void)
{
  Script *script = script_new (NULL);
  feed_all (script, good_a);
  g_assert_cmpint (script->last.tokens.kind[PURSER_TOKENS_INPUT_UNCACHED], ==, 100);
  g_assert_cmpint (script->last.tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE], ==, 20);
  g_assert_cmpint (script->last.tokens.kind[PURSER_TOKENS_OUTPUT_REASONING], ==, PURSER_UNKNOWN);
  g_assert_cmpint (script->last.cost_nano, ==, 100 * 1000 + 20 * 10000); /* 1 and 10 per million */
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

/* What holds is decided by the wall clock at the call's opening, however long it takes and whatever comes in between. */
static void
test_as_of_opening (void)
{
  static const struct
  {
    const char *start;
    gint64 cost, price_cost, price_id, contract_id, rate_id;
    gboolean unpriced;
  } cases[] = {
    { "start/ only:a", 300000, 300000, 21, 0, 0, FALSE },
    { "start/ only:a a:next=1", 300000, 300000, 21, 0, 0, FALSE }, /* in force a microsecond too late */
    { "start/ only:a a:next=0", 3000000, 3000000, 121, 9, 0, FALSE },
    { "start/ only:a a:usd", 0, 0, 21, 0, 0, TRUE },
    { "start/ only:a a:usd rate=1", 0, 0, 21, 0, 0, TRUE },
    { "start/ only:a a:usd rate=0", 150000, 300000, 21, 0, 41, FALSE },
    { "start/ only:a rate=0", 300000, 300000, 21, 0, 0, FALSE },
    { "start/ only:a a:unpriced", 0, 0, 0, 0, 0, TRUE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Script *script = script_new (NULL);
      script_feed (script, cases[i].start);
      g_free (script_take (script));
      g_assert_cmpint (script->reserve_nano == 0, ==, cases[i].unpriced);
      feed_all (script, good_a + 1);
      g_assert_cmpint (script->last.cost_nano, ==, cases[i].cost);
      g_assert_cmpint (script->last.price_cost_nano, ==, cases[i].price_cost);
      g_assert_cmpint (script->last.price_id, ==, cases[i].price_id);
      g_assert_cmpint (script->last.contract_id, ==, cases[i].contract_id);
      g_assert_cmpint (script->last.rate_id, ==, cases[i].rate_id);
      g_assert_cmpint (script->last.unpriced, ==, cases[i].unpriced);
      g_assert_cmpint (script->result->unpriced, ==, cases[i].unpriced);
      script_free (script);
    }
}

/* A hop under newer settings still costs what it cost when the call opened; what was stale before it opened is priced
 * anew. */
static void
test_terms_of_opening (void)
{
  static const char *const hop[] = {
    "start/ a:off",  "done",         "key",       "connected",  "status:200",
    "bytes:start",   "bytes:fault",  "timer",     "stale",      "reload a:off b:next=0 generation=2",
    "done",          "key",          "connected", "status:200", "bytes:start",
    "bytes:text=Hi", "bytes:finish", "bytes:end", "done",       NULL
  };
  static const char *const opening[] = { "start/ only:a", "stale", "reload only:a a:next=0 generation=2", NULL };
  Script *script = script_new (NULL);
  feed_all (script, hop);
  g_assert_cmpuint (script->result->attempts->len, ==, 2);
  g_assert_null (script->result->fault);
  g_assert_cmpint (script->last.price_id, ==, 22);
  g_assert_cmpint (script->last.contract_id, ==, 0);
  script_free (script);
  script = script_new (NULL);
  feed_all (script, opening);
  feed_all (script, good_a + 1);
  g_assert_cmpint (script->last.price_id, ==, 121);
  g_assert_cmpint (script->last.cost_nano, ==, 3000000);
  script_free (script);
}

/* SPEC-gateway rule 10: min (max_tokens, model's cap, 16 K) at the dearest candidate, which is c here: 4 and 40 per
 * million. */
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
  static const char *const inputs[] = { "start/ a:off", "done",        "key",         "connected",     "status:200",
                                        "bytes:start",  "bytes:fault", "timer",       "done",          "key",
                                        "connected",    "status:200",  "bytes:start", "bytes:text=Hi", "bytes:finish",
                                        "bytes:end",    "done",        NULL };
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

/* Five outages in a row open the breaker; others are gone to at once; one probe may pass after half a minute, and
 * closes it. */
static void
test_breaker (void)
{
  static const char *const failing[] = { "start/ only:a", "done", "connected", "status:503:should-retry=false",
                                         "end",           "done", NULL };
  static const char *const good[] = { "start/ only:a", "done",        "connected", "status:200", "bytes:text=Hi",
                                      "bytes:finish",  "bytes:usage", "bytes:end", "done",       NULL };
  static const char *const both[] = { "start", NULL };
  static const char *const pinned[] = { "start:try/ only:a", NULL };
  g_autoptr(PurserHealth) health = purser_health_new ();
  for (gint64 i = 0; i < 4; i++)
    one_call (health, i * 1000, failing, "open(a)");
  one_call (health, 5000, good, "open(a)"); /* an answer starts the count again */
  for (gint64 i = 0; i < 5; i++)
    one_call (health, 6000 + i * 1000, failing, "open(a)");
  one_call (health, 12000, failing, "done(local)");
  one_call (health, 12000, both, "open(b a:resting)");
  one_call (health, 12000, pinned, "open(a)"); /* somebody wants to see this very model */
  one_call (health, 41000, failing, "open(a)"); /* the probe fails */
  one_call (health, 42000, good, "done(local)");
  one_call (health, 72000, good, "open(a)"); /* the probe works */
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
  g_assert_true (purser_health_admit (health, &other, 2, NULL)); /* a replaced key begins anew */
  g_assert_true (purser_health_admit (health, &key, 1 + PURSER_BREAKER_OPEN_US, NULL));
  g_assert_false (purser_health_admit (health, &key, 1 + PURSER_BREAKER_OPEN_US, NULL)); /* one probe at a time */
  purser_health_report (health, &key, PURSER_HEALTH_NEITHER, 2 + PURSER_BREAKER_OPEN_US); /* it was cancelled */
  g_assert_true (purser_health_admit (health, &key, 3 + PURSER_BREAKER_OPEN_US, NULL));
  g_assert_true (
      purser_health_admit (health, &key, 4 + 2 * PURSER_BREAKER_OPEN_US, NULL)); /* a probe that never reported */
  purser_health_report (health, &key, PURSER_HEALTH_OUTAGE, 10 * PURSER_BREAKER_WINDOW_US); /* a probe that fails */
  g_assert_false (purser_health_admit (health, &key, 10 * PURSER_BREAKER_WINDOW_US + 1, NULL));
  for (int i = 0; i < 5; i++)
    purser_health_report (health, &other, PURSER_HEALTH_OUTAGE, i * PURSER_BREAKER_WINDOW_US);
  g_assert_true (
      purser_health_admit (health, &other, 4 * PURSER_BREAKER_WINDOW_US + 1, NULL)); /* not within a minute */
}

/* What a server refused once is not asked again, and only if leaving it out worked. */
static void
test_learned (void)
{
  static const char *const first[] = {
    "start/ only:a", "done",      "connected", "status:400", "bytes:words=stream_options is not supported",
    "end",           "done",      "connected", "status:200", "bytes:text=Hi",
    "bytes:finish",  "bytes:end", "done",      NULL
  };
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
      script_feed (script, script->question == PURSER_ACTION_RELOAD ? "reload"
                           : script->question == PURSER_ACTION_KEY  ? "key"
                                                                    : "done");
      g_free (script_take (script));
    }
}

static const char *const long_call[] = {
  "start",        "stale",     "reload", "done",      "connected",  "status:500",  "bytes:words=oh",
  "end",          "timer",     "done",   "connected", "status:401", "end",         "stale",
  "reload",       "done",      "key",    "connected", "status:200", "bytes:start", "bytes:text=Hi",
  "bytes:finish", "bytes:end", "done",   NULL
};

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
  "done",
  "done",
  "done",
  "done",
  "refused",
  "stale",
  "failed",
  "reload",
  "reload b:off",
  "reload unassigned",
  "key",
  "key",
  "nokey",
  "connected",
  "connected",
  "connected",
  "status:200",
  "status:200",
  "status:200",
  "status:200",
  "status:500",
  "status:429:retry-after=2",
  "status:401",
  "status:400",
  "status:307:moved",
  "status:200:html",
  "bytes:start",
  "bytes:text=abc",
  "bytes:text=d",
  "bytes:finish",
  "bytes:usage",
  "bytes:end",
  "bytes:end",
  "bytes:fault",
  "bytes:words=stream_options unsupported",
  "bytes:rubbish\n\n",
  "end",
  "error:cut",
  "error:address",
  "error:tls",
  "timer",
  "timer",
  "+1000",
  "full",
  "flows",
  "cancel",
};

/* Half of the time the next input fits, so that calls get far before something odd happens. */
static const char *
some_input (GRand *random, guint turn)
{
  static const char *const fitting[] = { "done",        "key",           "connected",    "status:200",
                                         "bytes:start", "bytes:text=ab", "bytes:text=c", "bytes:finish",
                                         "bytes:usage", "bytes:end",     "done" };
  if (g_rand_boolean (random))
    return fitting[turn % G_N_ELEMENTS (fitting)];
  return any_input[g_rand_int_range (random, 0, G_N_ELEMENTS (any_input))];
}

static void
add_text_cb (const PurserEvent *event, gpointer data)
{
  if (event->type == PURSER_EVENT_TEXT)
    g_string_append (data, event->text);
}

/* What the caller got to read, decoded or as bytes. */
static char *
heard (Script *script)
{
  GBytes *body = script->result->body;
  GString *text = g_string_new (script->emitted->str);
  g_autoptr(PurserReader) reader = purser_reader_new (purser_dialect_get (script->dialect), body == NULL, NULL, add_text_cb, text);
  g_assert_true (script->raw->len == 0 || (script->emitted->len == 0 && body == NULL));
  purser_reader_feed (reader, script->raw->str, script->raw->len);
  if (body != NULL)
    purser_reader_feed (reader, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  purser_reader_end (reader);
  return g_string_free (text, FALSE);
}

/* Any order of inputs: one DONE, one SETTLE for each OPEN, no more sends than attempts, nothing after an error, and
 * all that was emitted is in the reply. */
static void
test_any_order (void)
{
  static const char *const starts[] = { "start",          "start:whole",       "start",  "start:asks=chat", "start:asks=messages/ a:off",
                                        "start:whole:asks=usage", "start:asks=broken", "start:asks=chat:decoded" };
  guint good = 0, hops = 0, raw = 0;
  guint32 runs = g_test_slow () ? 100000 : 5000;
  for (guint32 seed = 0; seed < runs; seed++)
    {
      g_autoptr(GRand) random = g_rand_new_with_seed (seed);
      Script *script = script_new (NULL);
      script_feed (script, starts[seed % G_N_ELEMENTS (starts)]);
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
      g_autofree char *text = heard (script);
      if (script->result->fault == NULL)
        g_assert_cmpstr (text, ==, purser_reply_text (script->result->reply));
      else
        g_assert_true (g_str_has_prefix (purser_reply_text (script->result->reply), text));
      raw += script->raw->len > 0;
      good += script->result->fault == NULL;
      hops += script->attempts > 1;
      script_free (script);
    }
  g_test_message ("%u ended well, %u had more than one attempt, %u went through as bytes", good, hops, raw);
  g_assert_cmpuint (raw, >, runs / 50);
  g_assert_cmpuint (good, >, runs / 10); /* else the inputs never meet */
  g_assert_cmpuint (hops, >, runs / 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/numbers", test_numbers);
  g_test_add_func ("/engine/as-of-opening", test_as_of_opening);
  g_test_add_func ("/engine/terms-of-opening", test_terms_of_opening);
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
