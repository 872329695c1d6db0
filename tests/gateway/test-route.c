/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway-fixture.h"
#include "purser-gateway-private.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Which way a call goes, what its caller is told of it, and what the ledger keeps. */

static void
assert_contains (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_test_fail_printf ("“%s” is not in: %s", part, text);
}

static Reply
call (Gateway *g, const char *dialect, gboolean stream, const char *more_headers)
{
  g_autofree char *body = dialect_body (dialect, "drafting", stream);
  g_autofree char *headers = g_strdup_printf ("Authorization: Bearer %s\r\n%s", g->secret, more_headers);
  return ask (g, "POST", dialect_path (dialect), headers, body);
}

typedef struct { gint64 id; PurserCallRecord *record; } Look;

static gboolean
record_job (PurserDb *db, gpointer data, GError **error)
{
  Look *look = data;
  look->record = purser_ledger_call (db, look->id, error);
  return look->record != NULL;
}

static PurserCallRecord *
record_of (Gateway *g, const Reply *reply)
{
  g_autofree char *id = reply_header (reply, "purser-call-id");
  g_autoptr(GError) error = NULL;
  Look look = { id != NULL ? g_ascii_strtoll (id, NULL, 10) : 0, NULL };
  purser_store_read (g->base.store, record_job, &look, &error);
  g_assert_no_error (error);
  return look.record;
}

/* The first choice is down: another dialect's model answers, the reply's headers say so, and the record says why. */
static void
test_fallback (Gateway *g, gconstpointer data)
{
  static const char *const faults[] = { "529,ok", "401,ok", "no-model,ok", "garbage,ok", "html,ok", "inside,ok", "cut-headers,cut-headers,ok" };
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    for (int stream = 0; stream < 2; stream++)
      {
        g_autofree char *first = g_strdup_printf ("first%zu-%d", i, stream), *second = g_strdup_printf ("second%zu-%d", i, stream);
        Part down = add_provider (&g->base, first, "anthropic", faults[i]), up = add_provider (&g->base, second, "openai-compatible", "ok");
        assign (&g->base, down.model_id, up.model_id);
        if (g_str_has_prefix (faults[i], "inside") && !stream)
          continue;
        Reply reply = call (g, "openai-responses", stream, "");
        g_autofree char *attempts = reply_header (&reply, "purser-attempts"), *model = reply_header (&reply, "purser-model"), *expected = g_strdup_printf ("%s/m", second);
        g_test_message ("%s %d", faults[i], stream);
        g_assert_cmpint (reply.status, ==, 200);
        g_assert_cmpint (g_ascii_strtoll (attempts, NULL, 10), >=, 2);
        g_autoptr(PurserCallRecord) record = record_of (g, &reply);
        const PurserAttemptRow *one = g_ptr_array_index (record->attempts, 0), *last = g_ptr_array_index (record->attempts, record->attempts->len - 1);
        g_assert_cmpstr (record->dialect, ==, "openai-responses");
        g_assert_cmpstr (one->outcome, ==, "failed");
        g_assert_nonnull (one->fault);
        g_assert_cmpint (one->model_id, ==, down.model_id);
        g_assert_cmpstr (last->outcome, ==, "ok");
        g_assert_cmpint (last->model_id, ==, record->call->model_id);
        if (last->model_id == up.model_id)
          g_assert_cmpstr (model, ==, expected);
        reply_clear (&reply);
      }
  assert_consistent (&g->base);
}

/* An answer is not an outage: the caller's own mistake, and a refusal, stay with the first choice. */
static void
test_no_fallback (Gateway *g, gconstpointer data)
{
  static const struct { const char *fault; int status; } cases[] = { { "400", 400 }, { "413", 413 }, { "422", 422 } };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *other = g_strdup_printf ("other%zu", i);
      Part first = add_provider (&g->base, cases[i].fault, "openai-compatible", cases[i].fault), second = add_provider (&g->base, other, "openai-compatible", "ok");
      assign (&g->base, first.model_id, second.model_id);
      Reply reply = call (g, "openai-chat", FALSE, "");
      g_assert_cmpint (reply.status, ==, cases[i].status);
      g_assert_cmpuint (hostile_requests (g->base.hostile, other), ==, 0);
      reply_clear (&reply);
    }
}

static void
test_behalf (Gateway *g, gconstpointer data)
{
  Part part = add_provider (&g->base, "up", "openai-compatible", "ok");
  assign (&g->base, part.model_id, 0);
  Reply reply = call (g, "openai-chat", FALSE, "purser-on-behalf-of: Grace\r\n");
  g_autoptr(PurserCallRecord) named = record_of (g, &reply);
  g_assert_cmpstr (named->behalf, ==, "Grace");
  g_assert_cmpint (named->call->principal_id, ==, g->principal_id);
  g_assert_cmpint (named->access_key_id, ==, g->access_key_id);
  reply_clear (&reply);
  reply = ask (g, "POST", "/v1/messages", NULL, "{\"model\":\"drafting\",\"max_tokens\":9,\"metadata\":{\"user_id\":\"u-17\"},\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}");
  g_autoptr(PurserCallRecord) told = record_of (g, &reply);
  g_assert_cmpstr (told->behalf, ==, "u-17");
  reply_clear (&reply);
  reply = call (g, "openai-chat", FALSE, "");
  g_autoptr(PurserCallRecord) nobody = record_of (g, &reply);
  g_assert_cmpstr (nobody->behalf, ==, NULL);
  reply_clear (&reply);
}

/* Passed through as they come, and counted all the same. */
static void
test_embeddings (Gateway *g, gconstpointer data)
{
  Part part = add_provider (&g->base, "up", "openai-compatible", "embedding");
  assign (&g->base, part.model_id, 0);
  Reply reply = ask (g, "POST", "/v1/embeddings", NULL, "{\"model\":\"drafting\",\"input\":\"Hello\"}");
  g_test_message ("%s", reply.body);
  g_assert_cmpint (reply.status, ==, 200);
  assert_contains (reply.body, "\"embedding\":[0.25,-1e-3]");
  g_autoptr(PurserCallRecord) record = record_of (g, &reply);
  g_assert_cmpint (record->call->input_tokens, ==, 5);
  g_assert_cmpint (record->call->cost_nano, >, 0);
  g_assert_cmpstr (record->dialect, ==, "openai-embeddings");
  reply_clear (&reply);
  Reply bad = ask (g, "POST", "/v1/embeddings", NULL, "{\"input\":\"Hello\"}");
  g_assert_cmpint (bad.status, ==, 400);
  reply_clear (&bad);
}

/* --- Budgets and policies --- */

static gboolean
budget_job (PurserDb *db, gpointer data, GError **error)
{
  PurserBudget budget = { .scope = PURSER_SCOPE_ORGANISATION, .period = PURSER_BUDGET_MONTH, .cap_nano = 1, .at_limit = PURSER_AT_LIMIT_BLOCK };
  return purser_catalogue_put_budget (db, &budget, error) != 0;
}

static void
test_budget (Gateway *g, gconstpointer data)
{
  static const struct { const char *dialect; int status; const char *word; } cases[] = {
    { "openai-chat", 429, "insufficient_quota" }, { "openai-responses", 429, "insufficient_quota" }, { "anthropic", 402, "billing_error" }, { "ollama", 402, "error" } };
  Part part = add_provider (&g->base, "up", "openai-compatible", "ok");
  assign (&g->base, part.model_id, 0);
  gateway_change (g, budget_job, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int stream = 0; stream < 2; stream++)
      {
        Reply reply = call (g, cases[i].dialect, stream, "");
        g_autofree char *again = reply_header (&reply, "x-should-retry");
        g_assert_cmpint (reply.status, ==, cases[i].status);
        assert_contains (reply.body, cases[i].word);
        assert_contains (reply.body, "budget");
        g_assert_cmpstr (again, ==, "false");
        reply_clear (&reply);
      }
  g_assert_cmpuint (hostile_requests (g->base.hostile, "up"), ==, 0);
}

static gboolean
policy_job (PurserDb *db, gpointer data, GError **error)
{
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  PurserWorkload workload = *purser_org_workload_named (org, "drafting");
  workload.no_training = TRUE;
  return purser_catalogue_put_workload (db, &workload, error) != 0;
}

static gboolean
terms_job (PurserDb *db, gpointer data, GError **error)
{
  PurserTerms terms = { .provider_id = *(gint64 *) data, .trains = 0, .retention_days = 0 };
  return purser_catalogue_add_terms (db, &terms, error) != 0;
}

/* What the terms forbid is never asked, not even as a fallback, and the skip is in the record. */
static void
test_policy (Gateway *g, gconstpointer data)
{
  Part first = add_provider (&g->base, "first", "openai-compatible", "ok"), second = add_provider (&g->base, "second", "anthropic", "ok");
  assign (&g->base, first.model_id, second.model_id);
  gateway_change (g, policy_job, NULL);
  Reply reply = call (g, "openai-chat", TRUE, "");
  g_assert_cmpint (reply.status, ==, 403);
  assert_contains (reply.body, "terms");
  reply_clear (&reply);
  gateway_change (g, terms_job, &second.provider_id);
  reply = call (g, "openai-chat", TRUE, "");
  g_assert_cmpint (reply.status, ==, 200);
  g_autoptr(PurserCallRecord) record = record_of (g, &reply);
  g_assert_cmpuint (record->skips->len, ==, 1);
  g_assert_cmpint (((PurserSkipRow *) g_ptr_array_index (record->skips, 0))->model_id, ==, first.model_id);
  g_assert_cmpint (((PurserSkipRow *) g_ptr_array_index (record->skips, 0))->reason, ==, PURSER_SKIP_TERMS);
  reply_clear (&reply);
  g_assert_cmpuint (hostile_requests (g->base.hostile, "first"), ==, 0);
}

/* --- Slow starts --- */

static gboolean
patience_job (PurserDb *db, gpointer data, GError **error)
{
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  PurserWorkload workload = *purser_org_workload_named (org, "drafting");
  workload.first_content_ms = 1500;
  return purser_catalogue_put_workload (db, &workload, error) != 0;
}

/* Who waits long is told that somebody is there, in words that commit to nothing: the next model can still answer. */
static void
test_ping (Gateway *g, gconstpointer data)
{
  static const struct { const char *dialect, *ping; } cases[] = { { "openai-chat", ": " }, { "anthropic", "event: ping" } };
  purser_listener_limits.ping_us = 300000;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *slow = g_strdup_printf ("slow%zu", i), *quick = g_strdup_printf ("quick%zu", i);
      Part first = add_provider (&g->base, slow, "openai-compatible", "silent"), second = add_provider (&g->base, quick, "anthropic", "ok");
      assign (&g->base, first.model_id, second.model_id);
      gateway_change (g, patience_job, NULL);
      Reply reply = call (g, cases[i].dialect, TRUE, "");
      g_autofree char *model = reply_header (&reply, "purser-model");
      g_assert_cmpint (reply.status, ==, 200);
      g_assert_cmpstr (model, ==, "drafting"); /* nobody knew yet who would answer */
      g_assert_true (g_str_has_prefix (reply.body, cases[i].ping));
      assert_contains (reply.body, "Hel");
      reply_clear (&reply);
    }
  /* With nobody left, the stream ends in the dialect's own error. */
  Part first = add_provider (&g->base, "mute", "openai-compatible", "silent");
  assign (&g->base, first.model_id, 0);
  gateway_change (g, patience_job, NULL);
  Reply reply = call (g, "openai-chat", TRUE, "");
  g_assert_cmpint (reply.status, ==, 200);
  assert_contains (reply.body, "\"error\"");
  g_assert_null (strstr (reply.body, "[DONE]"));
  reply_clear (&reply);
  purser_listener_limits.ping_us = 10 * G_USEC_PER_SEC;
}

/* --- One connection --- */

/* Several requests on one connection, one with its body in chunks, and one that waits for a word before it sends it. */
static void
test_kept (Gateway *g, gconstpointer data)
{
  Part part = add_provider (&g->base, "up", "openai-compatible", "ok");
  assign (&g->base, part.model_id, 0);
  g_autofree char *body = dialect_body ("openai-chat", "drafting", FALSE), *streamed = dialect_body ("openai-chat", "drafting", TRUE);
  g_autofree char *text = g_strdup_printf (
      "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Length: %zu\r\n\r\n%s"
      "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
      "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nTransfer-Encoding: chunked\r\n\r\n%zx\r\n%s\r\n0\r\n\r\n"
      "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer %s\r\nContent-Length: %zu\r\nExpect: 100-continue\r\n\r\n%s",
      g->secret, strlen (body), body, g->secret, strlen (streamed), streamed, g->secret, strlen (body), body);
  Reply all = ask_raw (g, text);
  g_autofree char *everything = g_strconcat (all.head, all.body, NULL);
  guint oks = 0;
  for (const char *at = everything; (at = strstr (at, "HTTP/1.1 200 OK")) != NULL; at++)
    oks++;
  g_assert_cmpuint (oks, ==, 4);
  reply_clear (&all);
  g_autoptr(GPtrArray) rows = ledger_rows (&g->base);
  g_assert_cmpuint (rows->len, ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  GATEWAY_ADD ("/route/fallback", test_fallback);
  GATEWAY_ADD ("/route/no-fallback", test_no_fallback);
  GATEWAY_ADD ("/route/behalf", test_behalf);
  GATEWAY_ADD ("/route/embeddings", test_embeddings);
  GATEWAY_ADD ("/route/budget", test_budget);
  GATEWAY_ADD ("/route/policy", test_policy);
  GATEWAY_ADD ("/route/ping", test_ping);
  GATEWAY_ADD ("/route/kept", test_kept);
  return g_test_run ();
}
