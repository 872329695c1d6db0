/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "script.h"

#include <string.h>

#include "purser-json.h"

/* What a gateway asks of the engine: bytes that go through as they are, a request that is read only as far as needed, terms,
 * weights, limits of a workload, and words for each reason. */

/* clang-format off */
#define OPENED(start)   { start, "open(a)" }, { "done", "send(a) wait(10s)" }
#define READING(start)  OPENED (start), { "connected", "" }, { "status:200", "" }
#define TALKING(start)  READING (start), { "bytes:start", "" }, { "bytes:text=Hel", "RAW RAW" }
#define ONLY_B          { "done", "key" }, { "key", "send(b key) wait(10s)" }, { "connected", "" }
/* clang-format on */

static const ScriptCase cases[] = {
  /* Bytes as they are. */
  { "frames go through",
    { TALKING ("start:asks=chat"),
      { "bytes:text=lo", "RAW" },
      { "bytes:finish", "" },
      { "bytes:end", "finish settle(ok estimated; ok by a)" },
      { "done", "RAW RAW done(ok a/one)" } } },
  { "usage that nobody asked for stays here",
    { TALKING ("start:asks=chat"),
      { "bytes:finish", "" },
      { "bytes:usage", "" },
      { "bytes:end", "finish settle(ok; ok by a)" },
      { "done", "RAW RAW done(ok a/one)" } } },
  { "usage that was asked for goes through",
    { TALKING ("start:asks=usage"),
      { "bytes:finish", "" },
      { "bytes:usage", "" },
      { "bytes:end", "finish settle(ok; ok by a)" },
      { "done", "RAW RAW RAW done(ok a/one)" } } },
  { "decoded where the caller does not want bytes",
    { READING ("start:asks=chat:decoded"), { "bytes:start", "" }, { "bytes:text=Hel", "text(Hel)" } } },
  { "another dialect is translated",
    { { "start:asks=chat/ only:b", "open(b)" },
      ONLY_B,
      { "status:200", "" },
      { "bytes:start", "" },
      { "bytes:text=Hi", "text(Hi)" },
      { "bytes:finish", "" },
      { "bytes:end", "finish settle(ok; ok by b)" },
      { "done", "FINISH END done(ok b/two)" } } },
  { "Anthropic to Anthropic",
    { { "start:asks=messages/ only:b", "open(b)" },
      ONLY_B,
      { "status:200", "" },
      { "bytes:start", "" },
      { "bytes:text=Hi", "RAW RAW RAW" },
      { "bytes:finish", "RAW" },
      { "bytes:end", "finish settle(ok; ok by b)" },
      { "done", "RAW RAW done(ok b/two)" } } },
  { "Ollama to Ollama",
    { { "start:asks=ollama/ only:c", "open(c)" },
      { "done", "send(c) wait(10s)" },
      { "connected", "" },
      { "status:200", "" },
      { "bytes:start", "" },
      { "bytes:text=Hi", "RAW RAW" },
      { "bytes:end", "finish settle(ok; ok by c)" },
      { "done", "RAW done(ok c/three)" } } },
  { "an outage before content, and the next is translated",
    { READING ("start:asks=chat"),
      { "bytes:start", "" },
      { "error:garbage", "next(failed garbage billed? → b)" },
      ONLY_B,
      { "status:200", "" },
      { "bytes:start", "" },
      { "bytes:text=Hi", "text(Hi)" } } },
  { "an error in the stream before content is not handed on",
    { READING ("start:asks=chat"),
      { "bytes:start", "" },
      { "bytes:fault", "abort pause" },
      { "timer", "next(failed overloaded billed? → a)" } } },
  { "an error after content is told in words",
    { TALKING ("start:asks=chat"),
      { "bytes:fault", "abort settle(failed overloaded billed? estimated; failed by a)" },
      { "done", "ERROR(overloaded) done(overloaded a/one)" } } },
  { "cut after the finish: no good end",
    { TALKING ("start:asks=usage"),
      { "bytes:finish", "" },
      { "bytes:usage", "" },
      { "error:cut", "settle(failed cut billed? estimated; failed by a)" },
      { "done", "ERROR(cut) done(cut a/one)" } } },
  { "the ledger fails closed for frames too",
    { TALKING ("start:asks=chat"),
      { "bytes:finish", "" },
      { "bytes:end", "finish settle(ok estimated; ok by a)" },
      { "failed", "ERROR(local) done(local a/one)" } } },
  { "a whole body goes through as it is",
    { { "start:whole:asks=chat", "open(a)" },
      { "done", "send(a) wait(10s)" },
      { "connected", "" },
      { "status:200:json", "" },
      { "bytes:whole", "" },
      { "end", "settle(ok; ok by a)" },
      { "done", "done(ok a/one)" } } },
  { "whole JSON where a stream was asked for is decoded",
    { OPENED ("start:asks=chat"),
      { "connected", "" },
      { "status:200:json", "" },
      { "bytes:whole", "" },
      { "end", "text(Hello) settle(ok; ok by a)" },
      { "done", "FINISH END done(ok a/one)" } } },
  { "a stream where a whole reply was asked for is decoded",
    { { "start:whole:asks=chat", "open(a)" },
      { "done", "send(a) wait(10s)" },
      { "connected", "" },
      { "status:200", "" },
      { "bytes:text=Hel", "" },
      { "bytes:finish", "" },
      { "bytes:end", "finish settle(ok estimated; ok by a)" },
      { "done", "text(Hel) FINISH END done(ok a/one)" } } },
  { "asked for otherwise, it is translated",
    { OPENED ("start:asks=chat"),
      { "connected", "" },
      { "status:400", "" },
      { "bytes:words=stream_options: Extra inputs are not permitted", "" },
      { "end", "next(failed request → a)" },
      { "done", "send(a plain) wait(10s)" },
      { "connected", "" },
      { "status:200", "" },
      { "bytes:text=Hel", "text(Hel)" } } },

  /* Read as far as needed. */
  { "what nobody reads may be wrong", { OPENED ("start:asks=broken") } },
  { "what is wrong is the caller's own, before any row", { { "start:asks=broken/ only:b", "done(request)" } } },
  { "what is wrong is found at a hop",
    { OPENED ("start:asks=broken"),
      { "error:tls", "settle(failed tls; failed by none)" },
      { "done", "done(request)" } } },
  { "what is not served is said so", { { "start:asks=raw", "done(local)" } } },
  { "a thread that is kept elsewhere", { { "start:asks=thread/ only:a", "done(local)" } } },

  /* Terms. */
  { "terms pass a candidate over",
    { { "start/ private a:off", "open(c a:off b:terms)" }, { "done", "send(c) wait(10s)" } } },
  { "terms that allow it", { { "start/ private b:terms a:off", "open(b a:off)" } } },
  { "terms before a hop",
    { { "start/ private c:off b:terms a:off", "open(b a:off)" },
      { "done", "key" },
      { "nokey", "settle(failed local; failed by none)" },
      { "done", "done(local)" } } },
  { "terms that changed meanwhile",
    { OPENED ("start"),
      { "error:tls", "next(failed tls → b)" },
      { "stale", "reload" },
      { "reload private generation=2", "next(failed tls → c b:terms)" },
      { "stale", "reload" },
      { "reload private c:off generation=3", "settle(failed tls; failed by none)" } } },
  { "skips are told again where the row was not written",
    { { "start/ a:off", "open(b a:off)" }, { "stale", "reload" }, { "reload a:off generation=2", "open(b a:off)" } } },
  { "an unpriced fallback is told",
    { OPENED ("start/ b:unpriced"), { "error:tls", "next(failed tls → b unpriced)" } } },

  /* Limits of the workload. */
  { "its own time for the connection", { { "start/ connect=3000", "open(a)" }, { "done", "send(a) wait(3s)" } } },
  { "its own time for the first words",
    { OPENED ("start/ first=5000"), { "connected", "wait(5s)" }, { "timer", "abort next(failed timeout billed? → b)" } } },
  { "the request's own goes before",
    { OPENED ("start:timeout=2000/ first=5000"), { "connected", "wait(2s)" } } },
  { "a whole reply has no first words",
    { { "start:whole/ first=5000", "open(a)" },
      { "done", "send(a plain) wait(10s)" },
      { "connected", "" },
      { "timer", "wait(590s)" } } },
  { "its own silence",
    { OPENED ("start/ silence=20000"),
      { "connected", "" },
      { "status:200", "" },
      { "bytes:start", "" },
      { "timer", "wait(10s)" },
      { "timer", "abort next(failed timeout billed? → b)" } } },

  /* Spread. */
  { "all weight on one", { { "start/ spread weights=0,0,1", "open(c)" } } },
  { "weight 0 is a fallback, in the assignment's order",
    { { "start/ spread weights=0,0,1", "open(c)" },
      { "done", "send(c) wait(10s)" },
      { "error:tls", "next(failed tls → a)" } } },
  { "no weight at all is the order", { { "start/ spread weights=0,0,0", "open(a)" } } },
  { "weights without spreading say nothing", { { "start/ weights=0,0,1", "open(a)" } } },
};

static Script *
play (const char *const *inputs)
{
  Script *script = script_new (NULL);
  for (; *inputs != NULL; inputs++)
    {
      script_feed (script, *inputs);
      g_free (script_take (script));
    }
  return script;
}

/* Every byte that came, in order, but for the usage that only we asked for. */
static void
test_bytes (void)
{
  static const char *const all[] = { "start:asks=usage", "done", "connected", "status:200", "bytes:start", "bytes:text=Hel", "bytes:text=lo",
                                     "bytes:finish",     "bytes:usage", "bytes:end", "done", NULL };
  static const char *const ours[] = { "start:asks=chat", "done", "connected", "status:200", "bytes:start", "bytes:text=Hel", "bytes:text=lo",
                                      "bytes:finish",    "bytes:usage", "bytes:end", "done", NULL };
  Script *script = play (all);
  g_assert_cmpstr (script->raw->str, ==, script->fed->str);
  g_assert_cmpstr (purser_reply_text (script->result->reply), ==, "Hello");
  g_assert_cmpint (script->last.tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE], ==, 20);
  g_assert_cmpuint (script->result->n_deltas, ==, 2);
  script_free (script);
  script = play (ours);
  g_autofree char *usage = script_bytes ("openai-chat", "usage");
  const char *at = strstr (script->fed->str, usage);
  g_autoptr(GString) without = g_string_new_len (script->fed->str, at - script->fed->str);
  g_string_append (without, at + strlen (usage));
  g_assert_cmpstr (script->raw->str, ==, without->str);
  g_assert_cmpint (script->last.tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE], ==, 20);
  script_free (script);
}

static void
test_body (void)
{
  static const char *const inputs[] = { "start:whole:asks=chat", "done", "connected", "status:200:json", "bytes:whole", "end", "done", NULL };
  static const char *const streamed[] = { "start:whole:asks=chat", "done", "connected", "status:200", "bytes:text=Hel", "bytes:finish", "bytes:end", "done", NULL };
  Script *script = play (inputs);
  g_assert_cmpmem (g_bytes_get_data (script->result->body, NULL), g_bytes_get_size (script->result->body), script->fed->str, script->fed->len);
  g_assert_cmpstr (script->result->content_type, ==, "application/json");
  g_assert_cmpint (script->last.tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE], ==, 20);
  script_free (script);
  script = play (streamed);
  g_assert_null (script->result->body);
  script_free (script);
}

/* Startup frames have the same bounds as events. */
static void
test_held_frames (void)
{
  static const char *const opening[] = { "start:asks=usage", "done", "connected", "status:200", NULL };
  Script *script = play (opening);
  for (guint i = 0; i < 100 && script->emits == 0; i++)
    {
      script_feed (script, "bytes:usage");
      g_free (script_take (script));
    }
  g_assert_cmpuint (script->emits, ==, 64);
  g_assert_cmpstr (script->raw->str, ==, script->fed->str);
  script_free (script);
}

static void
test_faults (void)
{
  static const struct
  {
    const char *inputs[8], *code, *words;
    PurserFaultClass class_;
    int status;
  } rows[] = {
    { { "start:workload=cooking" }, "unknown_model", "cooking", PURSER_FAULT_LOCAL, 404 },
    { { "start:direct:model=a/nine" }, "unknown_model", "a/nine", PURSER_FAULT_LOCAL, 404 },
    { { "start", "refused" }, "budget", "no room left", PURSER_FAULT_LOCAL, 429 },
    { { "start", "failed" }, NULL, "no room left", PURSER_FAULT_LOCAL, 503 },
    { { "start", "done", "error:tls", "refused", "done" }, "budget", "no room left", PURSER_FAULT_LOCAL, 429 },
    { { "start/ private a:off c:off" }, "policy", "b/two: its terms are not recorded", PURSER_FAULT_LOCAL, 403 },
    { { "start/ a:off b:off c:off" }, NULL, "c/three: c is switched off", PURSER_FAULT_LOCAL, 503 },
    { { "start/ unassigned" }, NULL, "No model does", PURSER_FAULT_LOCAL, 503 },
    { { "start:agent=99" }, "access_key", "removed", PURSER_FAULT_LOCAL, 401 },
    { { "start:asks=broken/ only:b" }, NULL, "messages", PURSER_FAULT_REQUEST, 400 },
    { { "start:asks=raw" }, "unsupported_parameter", "raw", PURSER_FAULT_LOCAL, 400 },
    { { "start:asks=thread/ only:a" }, "unsupported_parameter", "thread", PURSER_FAULT_LOCAL, 400 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Script *script = play (rows[i].inputs);
      g_assert_nonnull (script->result);
      const PurserFault *fault = script->result->fault;
      g_autoptr(PurserErrorReply) reply = purser_dialect_write_error (purser_dialect_get ("openai-chat"), fault, NULL);
      g_assert_cmpint (fault->class_, ==, rows[i].class_);
      g_assert_cmpstr (fault->code, ==, rows[i].code);
      g_assert_cmpint (reply->status, ==, rows[i].status);
      if (strstr (fault->message, rows[i].words) == NULL)
        g_error ("%s: %s", rows[i].inputs[0], fault->message);
      if (strstr (rows[i].inputs[0], "thread") != NULL)
        g_assert_cmpstr (fault->param, ==, "thread");
      g_assert_cmpuint (script->settles, ==, script->opens);
      script_free (script);
    }
}

static void
fail_often (PurserHealth *health, guint times)
{
  static const char *const failing[] = { "start/ only:a", "done", "connected", "status:503:should-retry=false", "end", "done", NULL };
  for (guint i = 0; i < times; i++)
    {
      Script *script = script_new (health);
      for (const char *const *input = failing; *input != NULL; input++)
        {
          script_feed (script, *input);
          g_free (script_take (script));
        }
      script_free (script);
    }
}

/* All rest: it is said of each, and when to come again; and nobody tries. */
static void
test_resting (void)
{
  g_autoptr(PurserHealth) health = purser_health_new ();
  fail_often (health, 5);
  Script *script = script_new (health);
  script_feed (script, "+2000 start/ b:off c:off");
  g_autofree char *actions = script_take (script);
  const PurserFault *fault = script->result->fault;
  g_autoptr(PurserErrorReply) reply = purser_dialect_write_error (purser_dialect_get ("anthropic"), fault, NULL);
  g_assert_cmpstr (actions, ==, "done(local)");
  g_assert_cmpstr (fault->code, ==, "resting");
  g_assert_cmpint (fault->retry_after_ms, ==, 28001);
  g_assert_cmpint (reply->status, ==, 503);
  g_assert_cmpint (reply->retry_after_ms, ==, 28001);
  g_assert_nonnull (strstr (fault->message, "a/one: "));
  g_assert_nonnull (strstr (fault->message, "b/two: b is switched off"));
  script_free (script);
}

/* Where the breaker has opened while a call was under way, it does not ask once more itself; and a call that is cancelled
 * does not pass for the probe of another. */
static void
test_no_stampede (void)
{
  g_autoptr(PurserHealth) health = purser_health_new ();
  Script *slow = script_new (health), *probe = script_new (health), *third = script_new (health);
  static const char *const opening[] = { "start", "done", "connected", NULL };
  for (const char *const *input = opening; *input != NULL; input++)
    {
      script_feed (slow, *input);
      g_free (script_take (slow));
    }
  fail_often (health, 5);
  script_feed (slow, "status:503");
  script_feed (slow, "end");
  g_autofree char *hops = script_take (slow);
  g_assert_cmpstr (hops, ==, "next(failed overloaded → b)");
  script_free (slow);

  Script *old = script_new (health);
  script_feed (old, "start:try/ only:a"); /* by hand, past the breaker: no probe */
  g_free (script_take (old));
  script_feed (old, "done");
  g_free (script_take (old));
  script_feed (probe, "+31000 start");
  g_autofree char *probes = script_take (probe);
  g_assert_cmpstr (probes, ==, "open(a)");
  script_feed (old, "cancel");
  g_free (script_take (old));
  script_feed (third, "+31001 start");
  g_autofree char *waits = script_take (third);
  g_assert_cmpstr (waits, ==, "open(b a:resting)");
  script_free (old);
  script_free (probe);
  script_free (third);
}

static void
test_headers (void)
{
  static const struct { const char *inputs[6]; gboolean version, beta; } rows[] = {
    { { "start:asks=messages:headers/ only:b", "done", "key" }, TRUE, TRUE },
    { { "start:asks=chat:headers/ only:b", "done", "key" }, FALSE, FALSE },
    { { "start:asks=messages/ only:b", "done", "key" }, FALSE, FALSE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Script *script = play (rows[i].inputs);
      g_assert_nonnull (script->headers);
      g_assert_nonnull (strstr (script->headers, rows[i].version ? "anthropic-version=2026-10-21 " : "anthropic-version=2023-06-01 "));
      g_assert_cmpint (strstr (script->headers, "anthropic-beta=some-thing ") != NULL, ==, rows[i].beta);
      g_assert_null (strstr (script->headers, "stolen"));
      g_assert_null (strstr (script->headers, "eta=a"));
      script_free (script);
    }
}

static void
test_open_row (void)
{
  static const char *const known[] = { "start:asks=messages:known", NULL }, *const own[] = { "start", NULL };
  Script *script = play (known);
  g_assert_cmpstr (script->open_words, ==, "anthropic 31 Ann");
  script_free (script);
  script = play (own);
  g_assert_cmpstr (script->open_words, ==, " 0 -");
  script_free (script);
}

/* A forbidden model, however dear, reserves nothing. */
static void
test_reserve (void)
{
  static const char *const inputs[] = { "start/ private only:b", NULL }, *const two[] = { "start/ private c:off a:off b:terms", NULL };
  Script *script = play (inputs);
  g_assert_cmpint (script->reserve_nano, ==, 0);
  script_free (script);
  script = play (two);
  g_assert_cmpint (script->reserve_nano, >, 1000 * 20000);
  script_free (script);
}

static void
test_outage (void)
{
  static const struct { const char *inputs[7]; gboolean outage; } rows[] = {
    { { "start/ only:a", "done", "error:tls" }, TRUE },
    { { "start/ only:a", "done", "connected", "status:401", "end" }, FALSE },
    { { "start/ only:a", "done", "connected", "status:503:should-retry=false", "end" }, TRUE },
    { { "start/ only:a", "done", "connected", "cancel" }, FALSE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Script *script = play (rows[i].inputs);
      g_assert_cmpint (script->last.outage, ==, rows[i].outage);
      script_free (script);
    }
}

/* Of many calls about a quarter begin at a weight of one in four. */
static void
test_spread (void)
{
  guint first[3] = { 0 };
  g_autoptr(GRand) random = g_rand_new_with_seed (11);
  for (guint i = 0; i < 1000; i++)
    {
      Script *script = script_new (NULL);
      g_rand_set_seed (script->random, g_rand_int (random));
      script_feed (script, "start/ spread weights=1,3,0");
      g_autofree char *actions = script_take (script);
      first[actions[5] - 'a']++;
      script_free (script);
    }
  g_assert_cmpuint (first[2], ==, 0);
  g_assert_cmpuint (first[0], >, 180);
  g_assert_cmpuint (first[0], <, 320);
}

static void
test_route (void)
{
  static const struct { const char *inputs[24], *route; } rows[] = {
    { { "start", "done", "connected", "status:200", "bytes:text=Hi", "bytes:finish", "bytes:usage", "bytes:end", "done" }, NULL },
    { { "start", "done", "connected", "+800 status:529", "end", "timer", "done", "connected", "status:200", "bytes:text=Hi", "bytes:finish", "bytes:usage", "bytes:end", "done" },
      "asked again: a/one answered 529 after 0.8 s" },
    { { "start", "done", "connected", "+800 status:401", "end", "done", "key", "connected", "status:200", "bytes:start", "bytes:text=Hi", "bytes:finish", "bytes:end", "done" },
      "fell back: a/one answered 401 after 0.8 s" },
    { { "start/ a:off", "done", "key", "connected", "status:200", "bytes:start", "bytes:text=Hi", "bytes:finish", "bytes:end", "done" },
      "fell back: a/one was passed over: a is switched off" },
    { { "start/ only:a", "done", "+100 error:tls", "done" }, "no answer: a/one had no secure connection (0.1 s)" },
    { { "start/ a:off b:off", "done", "connected", "+2000 status:400", "end", "done" },
      "no answer: a/one was passed over: a is switched off; b/two was passed over: b is switched off; c/three answered 400 after 2.0 s" },
    { { "start", "refused" }, NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Script *script = play (rows[i].inputs);
      g_assert_nonnull (script->result);
      g_autofree char *route = purser_call_result_route (script->result);
      g_assert_cmpstr (route, ==, rows[i].route);
      script_free (script);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/engine/gateway/%s", cases[i].name);
      g_test_add_data_func (path, &cases[i], script_run_case);
    }
  g_test_add_func ("/engine/bytes", test_bytes);
  g_test_add_func ("/engine/body", test_body);
  g_test_add_func ("/engine/held-frames", test_held_frames);
  g_test_add_func ("/engine/faults", test_faults);
  g_test_add_func ("/engine/resting", test_resting);
  g_test_add_func ("/engine/no-stampede", test_no_stampede);
  g_test_add_func ("/engine/headers", test_headers);
  g_test_add_func ("/engine/open-row", test_open_row);
  g_test_add_func ("/engine/reserve-forbidden", test_reserve);
  g_test_add_func ("/engine/outage", test_outage);
  g_test_add_func ("/engine/spread", test_spread);
  g_test_add_func ("/engine/route", test_route);
  return g_test_run ();
}
