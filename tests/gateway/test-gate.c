/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway-fixture.h"

#include <string.h>

/* Who may ask, for what, and how often; and who may not ask at all. */

static void
assert_contains (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_test_fail_printf ("“%s” is not in: %s", part, text);
}

static gint64
serve_ok (Gateway *g)
{
  Part part = add_provider (&g->base, "up", "openai-compatible", "ok");
  assign (&g->base, part.model_id, 0);
  return part.model_id;
}

static int
status_of (Gateway *g, const char *method, const char *path, const char *headers, const char *body, const char *words)
{
  Reply reply = ask (g, method, path, headers, body);
  int status = reply.status;
  if (words != NULL)
    assert_contains (reply.body, words);
  g_assert_false (strstr (reply.body, g->secret) != NULL);
  reply_clear (&reply);
  return status;
}

static guint
n_rows (Gateway *g)
{
  g_autoptr(GPtrArray) rows = ledger_rows (&g->base);
  return rows->len;
}

/* --- Credentials --- */

static void
test_credentials (Gateway *g, gconstpointer data)
{
  static const struct { const char *path, *dialect, *headers; int status; const char *words; } cases[] = {
    { "/v1/chat/completions", "openai-chat", "Authorization: Bearer %s\r\n", 200, "ello" },
    { "/v1/chat/completions", "openai-chat", "authorization: bearer %s\r\n", 200, "ello" },
    { "/v1/chat/completions", "openai-chat", "api-key: %s\r\n", 200, "ello" },
    { "/v1/messages", "anthropic", "x-api-key: %s\r\n", 200, "ello" },
    { "/v1/messages", "anthropic", "Authorization: Bearer %s\r\n", 200, "ello" },
    { "/v1/chat/completions", "openai-chat", "Authorization: Basic %s\r\n", 401, "No access key" },
    { "/v1/chat/completions", "openai-chat", "X-Nothing: %s\r\n", 401, "No access key" },
    { "/v1/chat/completions", "openai-chat", "Authorization: Bearer %sx\r\n", 401, "not known" },
    { "/v1/chat/completions", "openai-chat", "Authorization: Bearer x%s\r\n", 401, "not known" },
    { "/v1/messages", "anthropic", "x-api-key: wrong %s\r\n", 401, "authentication_error" },
  };
  serve_ok (g);
  guint calls = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *headers = g_strdup_printf (cases[i].headers, g->secret), *body = dialect_body (cases[i].dialect, "drafting", FALSE);
      g_test_message ("%s %s", cases[i].path, cases[i].headers);
      g_assert_cmpint (status_of (g, "POST", cases[i].path, headers, body, cases[i].words), ==, cases[i].status);
      calls += cases[i].status == 200;
    }
  g_assert_cmpuint (n_rows (g), ==, calls);
  g_assert_cmpuint (hostile_keys (g->base.hostile), ==, calls); /* ours, never the caller's: see test_no_key_goes_on */
}

static void
test_no_key_goes_on (Gateway *g, gconstpointer data)
{
  serve_ok (g);
  g_autofree char *body = dialect_body ("openai-chat", "drafting", FALSE);
  g_assert_cmpint (status_of (g, "POST", "/v1/chat/completions", NULL, body, NULL), ==, 200);
  g_autofree char *seen = hostile_seen (g->base.hostile, "up");
  g_assert_null (strstr (seen, g->secret));
  assert_contains (seen, KEY);
}

/* --- What a key may do --- */

typedef struct { Gateway *g; gint64 workload, model; gboolean any_model; gint64 expires_at; } Rights;

static gboolean
rights_job (PurserDb *db, gpointer data, GError **error)
{
  Rights *rights = data;
  PurserAccessKey key = { .id = rights->g->access_key_id, .principal_id = rights->g->principal_id, .any_model = rights->any_model, .expires_at = rights->expires_at };
  if (rights->workload != 0)
    {
      key.workloads = &rights->workload;
      key.n_workloads = 1;
    }
  if (rights->model != 0)
    {
      key.models = &rights->model;
      key.n_models = 1;
    }
  return purser_catalogue_set_access_key (db, &key, error);
}

static void
test_rights (Gateway *g, gconstpointer data)
{
  gint64 model = serve_ok (g);
  g_autoptr(PurserOrg) org = purser_store_get_org (g->base.store);
  gint64 analysis = purser_org_workload_named (org, "analysis")->id;
  g_autofree char *drafting = dialect_body ("openai-chat", "drafting", FALSE), *direct = dialect_body ("openai-chat", "up/m", FALSE),
                  *nothing = dialect_body ("openai-chat", "gpt-5", FALSE), *tagged = dialect_body ("ollama", "drafting:latest", FALSE);
  const char *path = "/v1/chat/completions";
  Rights rights = { g };
  g_assert_cmpint (status_of (g, "POST", path, NULL, direct, "may not ask for the model"), ==, 403);
  g_assert_cmpint (status_of (g, "POST", path, NULL, nothing, "no workload here"), ==, 404);
  g_assert_cmpint (status_of (g, "POST", "/api/chat", NULL, tagged, "ello"), ==, 200);
  rights.model = model;
  gateway_change (g, rights_job, &rights);
  g_assert_cmpint (status_of (g, "POST", path, NULL, direct, "ello"), ==, 200);
  rights = (Rights) { g, .any_model = TRUE };
  gateway_change (g, rights_job, &rights);
  g_assert_cmpint (status_of (g, "POST", path, NULL, direct, "ello"), ==, 200);
  rights = (Rights) { g, .workload = analysis };
  gateway_change (g, rights_job, &rights);
  g_assert_cmpint (status_of (g, "POST", path, NULL, drafting, "may not use the workload"), ==, 403);
  rights = (Rights) { g, .expires_at = 1 };
  gateway_change (g, rights_job, &rights);
  g_assert_cmpint (status_of (g, "POST", path, NULL, drafting, "expired"), ==, 401);
  g_assert_cmpuint (n_rows (g), ==, 3);
}

static gboolean
revoke_job (PurserDb *db, gpointer data, GError **error)
{
  return purser_catalogue_revoke_access_key (db, ((Gateway *) data)->access_key_id, error);
}

/* New calls are refused, and one that runs ends within a second. */
static void
test_revoked (Gateway *g, gconstpointer data)
{
  Part part = add_provider (&g->base, "up", "openai-compatible", "stalls");
  assign (&g->base, part.model_id, 0);
  g_autofree char *body = dialect_body ("openai-chat", "drafting", TRUE);
  Ask *running = ask_start (g, "POST", "/v1/chat/completions", NULL, body);
  while (running_calls (g) == 0 || hostile_requests (g->base.hostile, "up") == 0)
    g_main_context_iteration (NULL, FALSE);
  gateway_change (g, revoke_job, g);
  Reply reply = ask_end (running);
  assert_contains (reply.body, "revoked");
  g_assert_null (strstr (reply.body, "[DONE]"));
  reply_clear (&reply);
  g_assert_cmpint (status_of (g, "POST", "/v1/chat/completions", NULL, body, "revoked"), ==, 401);
  g_assert_true (turn_until (nothing_runs, g, 5));
  g_autoptr(GPtrArray) rows = ledger_rows (&g->base);
  g_assert_cmpuint (rows->len, ==, 1);
  g_assert_cmpstr (((PurserCallRow *) g_ptr_array_index (rows, 0))->outcome, ==, "cancelled");
}

/* --- Clients that send no key --- */

static gboolean
keyless_job (PurserDb *db, gpointer data, GError **error)
{
  Gateway *g = data;
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  gint64 drafting = purser_org_workload_named (org, "drafting")->id;
  PurserGateway settings = org->gateway;
  settings.keyless_principal_id = g->principal_id;
  settings.keyless_workloads = &drafting;
  settings.n_keyless_workloads = 1;
  return purser_catalogue_set_gateway (db, &settings, error);
}

static void
test_keyless (Gateway *g, gconstpointer data)
{
  serve_ok (g);
  g_autofree char *drafting = dialect_body ("ollama", "drafting", FALSE), *analysis = dialect_body ("ollama", "analysis", FALSE),
                  *direct = dialect_body ("ollama", "up/m", FALSE);
  g_assert_cmpint (status_of (g, "POST", "/api/chat", "", drafting, "No access key"), ==, 401);
  gateway_change (g, keyless_job, g);
  g_assert_cmpint (status_of (g, "POST", "/api/chat", "", drafting, "ello"), ==, 200);
  g_assert_cmpint (status_of (g, "POST", "/api/chat", "Authorization: Bearer ollama\r\n", drafting, "ello"), ==, 200);
  g_assert_cmpint (status_of (g, "POST", "/api/chat", "", analysis, "may not use"), ==, 403);
  g_assert_cmpint (status_of (g, "POST", "/api/chat", "", direct, "may not ask"), ==, 403);
  g_assert_cmpint (status_of (g, "POST", "/api/chat", "Authorization: Bearer wrong\r\n", drafting, "not known"), ==, 401);
}

/* --- Limits --- */

typedef struct { Gateway *g; gint64 per_minute, at_once; } Limits;

static gboolean
limits_job (PurserDb *db, gpointer data, GError **error)
{
  Limits *limits = data;
  PurserPrincipal ada = { .id = limits->g->principal_id, .name = (char *) "Ada", .calls_per_minute = limits->per_minute, .calls_at_once = limits->at_once };
  return purser_catalogue_put_principal (db, &ada, error) != 0;
}

static void
test_limits (Gateway *g, gconstpointer data)
{
  serve_ok (g);
  g_autofree char *body = dialect_body ("anthropic", "drafting", FALSE);
  Limits limits = { g, 3, 0 };
  gateway_change (g, limits_job, &limits);
  for (int i = 0; i < 3; i++)
    g_assert_cmpint (status_of (g, "POST", "/v1/messages", NULL, body, "ello"), ==, 200);
  Reply reply = ask (g, "POST", "/v1/messages", NULL, body);
  g_autofree char *wait = reply_header (&reply, "retry-after");
  g_assert_cmpint (reply.status, ==, 429);
  g_assert_cmpint (g_ascii_strtoll (wait != NULL ? wait : "", NULL, 10), >, 0);
  assert_contains (reply.body, "3 calls a minute");
  reply_clear (&reply);
  g_assert_cmpuint (n_rows (g), ==, 3);
}

static void
test_at_once (Gateway *g, gconstpointer data)
{
  Part part = add_provider (&g->base, "up", "openai-compatible", "silent,ok");
  assign (&g->base, part.model_id, 0);
  g_autofree char *body = dialect_body ("openai-chat", "drafting", FALSE);
  Limits limits = { g, 0, 1 };
  gateway_change (g, limits_job, &limits);
  Ask *first = ask_start (g, "POST", "/v1/chat/completions", NULL, body);
  while (hostile_requests (g->base.hostile, "up") == 0)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpint (status_of (g, "POST", "/v1/chat/completions", NULL, body, "at once"), ==, 429);
  ask_leave (first);
  g_assert_true (turn_until (nothing_runs, g, 5));
  g_assert_cmpint (status_of (g, "POST", "/v1/chat/completions", NULL, body, "ello"), ==, 200);
}

/* --- Web pages, wrong places, wrong bodies --- */

static void
test_refused (Gateway *g, gconstpointer data)
{
  static const struct { const char *method, *path, *header, *body; int status; const char *words; } cases[] = {
    { "POST", "/v1/chat/completions", "Origin: https://evil.example\r\n", "{}", 403, "Web pages" },
    { "POST", "/v1/chat/completions", "Origin: null\r\n", "{}", 403, "Web pages" },
    { "GET", "/metrics", "Sec-Fetch-Site: cross-site\r\n", NULL, 403, "Web pages" },
    { "GET", "/healthz", "Origin: http://localhost:3000\r\n", NULL, 403, "Web pages" },
    { "OPTIONS", "/v1/chat/completions", "Origin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n", NULL, 403, "Web pages" },
    { "GET", "/v1/chat/completions", "", NULL, 404, "POST only" },
    { "POST", "/v1/nothing", "", "{}", 404, "Nothing is served" },
    { "POST", "/api/pull", "", "{}", 404, "error" },
    { "POST", "/v1/chat/completions", "", "", 400, "JSON" },
    { "POST", "/v1/chat/completions", "", "[1]", 400, "JSON" },
    { "POST", "/v1/chat/completions", "", "{\"model\":", 400, "JSON" },
    { "POST", "/v1/chat/completions", "", "{\"messages\":[]}", 400, "model" },
    { "POST", "/v1/messages", "", "{\"model\":7}", 400, "model" },
    { "PUT", "/v1/messages", "", "{}", 404, "POST only" },
  };
  serve_ok (g);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *headers = g_strdup_printf ("Authorization: Bearer %s\r\n%s", g->secret, cases[i].header);
      g_test_message ("%s %s %s %s", cases[i].method, cases[i].path, cases[i].header, cases[i].body);
      g_assert_cmpint (status_of (g, cases[i].method, cases[i].path, headers, cases[i].body, cases[i].words), ==, cases[i].status);
    }
  g_assert_cmpuint (n_rows (g), ==, 0);
}

/* A name in the Host line that some web page had turned into this address. */
static void
test_rebinding (Gateway *g, gconstpointer data)
{
  static const struct { const char *host; gboolean ours; } cases[] = {
    { "127.0.0.1", TRUE }, { "127.0.0.1:8377", TRUE }, { "localhost:8377", TRUE }, { "LOCALHOST", TRUE }, { "[::1]:8377", TRUE }, { "127.9.9.9", TRUE },
    { "evil.example", FALSE }, { "evil.example:8377", FALSE }, { "127.0.0.1.evil.example", FALSE }, { "localhost.evil.example", FALSE }, { "10.0.0.1", FALSE },
    { "localhost@evil.example", FALSE }, { "[::1", FALSE }, { "", FALSE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *request = g_strdup_printf ("GET /healthz HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", cases[i].host);
      Reply reply = ask_raw (g, request);
      g_test_message ("Host: %s", cases[i].host);
      if (cases[i].ours)
        g_assert_cmpint (reply.status, ==, 200);
      else
        g_assert_cmpint (reply.status / 100, ==, 4);
      reply_clear (&reply);
    }
}

static void
test_too_large (Gateway *g, gconstpointer data)
{
  serve_ok (g);
  g_autofree char *told = g_strdup_printf ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Length: 40000000\r\n\r\n{", g->secret);
  Reply reply = ask_raw (g, told);
  g_assert_cmpint (reply.status, ==, 413);
  assert_contains (reply.body, "32 MB");
  reply_clear (&reply);
  g_autofree char *filler = g_strnfill (20000, 'a');
  g_autofree char *headers = g_strdup_printf ("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: %s\r\n\r\n", filler);
  reply = ask_raw (g, headers);
  g_assert_cmpint (reply.status / 100, ==, 4);
  reply_clear (&reply);
  g_assert_cmpuint (n_rows (g), ==, 0);
}

/* --- Lists --- */

static void
test_lists (Gateway *g, gconstpointer data)
{
  serve_ok (g);
  g_autofree char *anthropic = g_strdup_printf ("x-api-key: %s\r\nanthropic-version: 2023-06-01\r\n", g->secret);
  g_assert_cmpint (status_of (g, "GET", "/v1/models", NULL, NULL, "\"object\":\"list\",\"data\":[{\"id\":\"drafting\""), ==, 200);
  g_assert_cmpint (status_of (g, "GET", "/v1/models", anthropic, NULL, "\"has_more\":false"), ==, 200);
  g_assert_cmpint (status_of (g, "GET", "/api/tags", NULL, NULL, "\"name\":\"drafting\""), ==, 200);
  g_assert_cmpint (status_of (g, "GET", "/v1/models", "", NULL, "No access key"), ==, 401);
  g_assert_cmpint (status_of (g, "GET", "/api/version", "", NULL, "version"), ==, 200);
  g_assert_cmpint (status_of (g, "GET", "/healthz", "", NULL, "ok"), ==, 200);
  g_assert_cmpint (status_of (g, "GET", "//v1/models", NULL, NULL, "drafting"), ==, 200);
  g_assert_cmpint (status_of (g, "POST", "/v1/messages/count_tokens", NULL, "{\"model\":\"drafting\",\"messages\":[{\"role\":\"user\",\"content\":\"Say hello to everybody here.\"}]}", "\"input_tokens\":"), ==, 200);
  g_assert_cmpint (status_of (g, "POST", "/api/generate", NULL, "{\"model\":\"drafting\"}", "\"done_reason\":\"load\""), ==, 200);
  g_assert_cmpuint (n_rows (g), ==, 0);
}

static void
test_metrics (Gateway *g, gconstpointer data)
{
  serve_ok (g);
  g_autofree char *body = dialect_body ("openai-chat", "drafting", TRUE);
  g_assert_cmpint (status_of (g, "POST", "/v1/chat/completions", NULL, body, NULL), ==, 200);
  Reply reply = ask (g, "GET", "/metrics", "", NULL);
  g_assert_cmpint (reply.status, ==, 200);
  assert_contains (reply.body, "purser_requests_total{gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"openai-compatible\",gen_ai_request_model=\"m\",workload=\"drafting\",outcome=\"ok\"} 1\n");
  assert_contains (reply.body, "gen_ai_client_operation_duration_seconds_bucket{");
  assert_contains (reply.body, "purser_cost_total{");
  g_assert_null (strstr (reply.body, "Ada"));
  reply_clear (&reply);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  GATEWAY_ADD ("/gate/credentials", test_credentials);
  GATEWAY_ADD ("/gate/no-key-goes-on", test_no_key_goes_on);
  GATEWAY_ADD ("/gate/rights", test_rights);
  GATEWAY_ADD ("/gate/revoked", test_revoked);
  GATEWAY_ADD ("/gate/keyless", test_keyless);
  GATEWAY_ADD ("/gate/limits", test_limits);
  GATEWAY_ADD ("/gate/at-once", test_at_once);
  GATEWAY_ADD ("/gate/refused", test_refused);
  GATEWAY_ADD ("/gate/rebinding", test_rebinding);
  GATEWAY_ADD ("/gate/too-large", test_too_large);
  GATEWAY_ADD ("/gate/lists", test_lists);
  GATEWAY_ADD ("/gate/metrics", test_metrics);
  return g_test_run ();
}
