/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "soak-gateway.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "drill.h"

#define SECRET "purser-0123456789012345678901234567890123456789abc"

static const struct { const char *dialect, *kind, *model; } providers[] = {
  { "openai-chat", "openai-compatible", "m" }, { "anthropic", "anthropic", "m" },     { "ollama", "ollama", "m" },
  { "openai-responses", "openai", "gpt-5-pro" }, { "bedrock", "bedrock", "m" },
};
static const struct { const char *dialect, *path, *rest; } callers[] = {
  { "openai-chat", "/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"Say hello.\"}]" },
  { "openai-responses", "/v1/responses", "\"input\":\"Say hello.\"" },
  { "anthropic", "/v1/messages", "\"max_tokens\":50,\"messages\":[{\"role\":\"user\",\"content\":\"Say hello.\"}]" },
  { "ollama", "/api/chat", "\"messages\":[{\"role\":\"user\",\"content\":\"Say hello.\"}]" },
  { "ollama-generate", "/api/generate", "\"prompt\":\"Say hello.\"" },
};
/* Each in half of a model's replies. ANSWERED: a caller gets its answer all the same, else it may break in the middle; ALONE: without a healthy model after it.
 * WEIGHT: of a hundred calls. */
static const struct { const char *fault; gboolean answered, alone; guint weight; } faults[] = {
  { "well", TRUE, TRUE, 55 },       { "trickle", TRUE, TRUE, 8 },     { "usage-none", TRUE, TRUE, 5 }, { "silent-start", TRUE, FALSE, 4 }, { "500", TRUE, FALSE, 4 },
  { "429-600", TRUE, FALSE, 4 },    { "cut-head", TRUE, FALSE, 4 },   { "garbage", TRUE, FALSE, 3 },   { "fault-first", TRUE, FALSE, 3 }, { "401", TRUE, FALSE, 3 },
  { "cut-token", FALSE, FALSE, 3 }, { "stalls", FALSE, FALSE, 2 },    { "fault-late", FALSE, FALSE, 2 },
};

#define N_PROVIDERS G_N_ELEMENTS (providers)

typedef struct { guint fault, provider, caller; gboolean streamed, leaves; } Order;

/* --- The organisation --- */

static gint64
put_model (Soak *soak, PurserDb *db, const char *name, guint i, const char *fault, GError **error)
{
  g_autofree char *there = g_strconcat ("drill-half-", fault, NULL), *address = hostile_address (soak->hostile, name, there, providers[i].kind);
  PurserProvider provider = { .kind = purser_kind_get (providers[i].kind), .name = (char *) name, .address = address, .key_env = (char *) "PURSER_TEST_KEY",
                              .multiplier_ppm = PURSER_PPM, .enabled = TRUE };
  PurserModel model = { .name = (char *) providers[i].model, .context_tokens = 8000, .max_output = 1000, .listed = TRUE };
  PurserPrice price = { .valid_from = 1, .currency = "EUR", .source = (char *) "test" };
  for (gsize kind = 0; kind < PURSER_N_TOKEN_KINDS; kind++)
    price.list_pico[kind] = price.contract_pico[kind] = 1000000;
  model.provider_id = purser_catalogue_put_provider (db, &provider, error);
  gint64 id = model.provider_id != 0 ? purser_catalogue_put_model (db, &model, error) : 0;
  return id != 0 && purser_catalogue_add_price (db, id, &price, error) != 0 ? id : 0;
}

static gboolean
put_workloads (Soak *soak, PurserDb *db, GError **error)
{
  gint64 healthy[N_PROVIDERS];
  for (guint i = 0; i < N_PROVIDERS; i++)
    {
      g_autofree char *name = g_strdup_printf ("healthy-%s", providers[i].dialect);
      if ((healthy[i] = put_model (soak, db, name, i, "well", error)) == 0)
        return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (faults) * N_PROVIDERS; i++)
    {
      guint fault = i / N_PROVIDERS, provider = i % N_PROVIDERS;
      g_autofree char *name = g_strdup_printf ("%s-%s", faults[fault].fault, providers[provider].dialect), *workload_name = g_strdup_printf ("s%u", i);
      gint64 models[2] = { put_model (soak, db, name, provider, faults[fault].fault, error), healthy[(provider + 1) % N_PROVIDERS] };
      PurserWorkload workload = { .name = workload_name, .models = models, .n_models = faults[fault].alone ? 1 : 2 };
      if (g_str_equal (faults[fault].fault, "silent-start"))
        workload.first_content_ms = workload.silence_ms = 500;
      else if (g_str_equal (faults[fault].fault, "stalls"))
        workload.silence_ms = 500;
      if (models[0] == 0 || purser_catalogue_put_workload (db, &workload, error) == 0)
        return FALSE;
    }
  return TRUE;
}

gboolean
soak_make_job (PurserDb *db, gpointer data, GError **error)
{
  Soak *soak = data;
  PurserPrincipal anna = { .name = (char *) "Anna" };
  PurserGateway gateway = { .enabled = TRUE, .port = (int) soak->port, .address = (char *) "127.0.0.1", .durability = PURSER_SURVIVES_POWER, .metrics = TRUE };
  PurserBudget budget = { .scope = PURSER_SCOPE_ORGANISATION, .period = PURSER_BUDGET_MONTH, .cap_nano = G_GINT64_CONSTANT (1000000000000000), .at_limit = PURSER_AT_LIMIT_BLOCK };
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, SECRET, -1);
  gint64 principal = purser_catalogue_put_principal (db, &anna, error);
  return principal != 0 && put_workloads (soak, db, error) && purser_catalogue_add_access_key (db, principal, digest, "9abc", error) != 0
         && purser_catalogue_put_budget (db, &budget, error) != 0 && purser_catalogue_set_gateway (db, &gateway, error) && purser_catalogue_raise (db, error);
}

/* --- Calls --- */

int
soak_connect (guint port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK), .sin_port = htons ((guint16) port) };
  struct timeval patience = { 60, 0 };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (connect (fd, (struct sockaddr *) &address, sizeof address) == 0)
    return fd;
  close (fd);
  return -1;
}

static GString *
exchange (Soak *soak, const Order *order)
{
  GString *reply = g_string_new (NULL);
  g_autofree char *body = g_strdup_printf ("{\"model\":\"s%u\",\"stream\":%s,%s}", order->fault * (guint) N_PROVIDERS + order->provider, order->streamed ? "true" : "false", callers[order->caller].rest);
  g_autofree char *request = g_strdup_printf ("POST %s HTTP/1.0\r\nHost: 127.0.0.1:%u\r\nAuthorization: Bearer " SECRET "\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                                              callers[order->caller].path, soak->port, strlen (body), body);
  int fd = soak_connect (soak->port);
  char buffer[8192];
  gsize length = strlen (request);
  if (fd >= 0 && send (fd, request, length, MSG_NOSIGNAL) == (gssize) length)
    for (gssize n; (n = recv (fd, buffer, sizeof buffer, 0)) > 0 && !(order->leaves && strstr (reply->str, "\r\n\r\n") != NULL);)
      g_string_append_len (reply, buffer, n);
  if (fd >= 0)
    close (fd);
  return reply;
}

static gint64
call_id (const char *head)
{
  g_autofree char *lower = g_ascii_strdown (head, -1);
  const char *found = strstr (lower, "\r\npurser-call-id:");
  return found != NULL ? g_ascii_strtoll (found + strlen ("\r\npurser-call-id:"), NULL, 10) : 0;
}

/* Which of the counters a reply counts in. */
static guint *
class_of (Soak *soak, const Order *order, const char *head, const char *body)
{
  gboolean good = strncmp (head, "HTTP/1.", 7) == 0 && strncmp (head + 8, " 200", 4) == 0;
  if (order->leaves)
    return &soak->left;
  if (!good)
    return *head == '\0' || faults[order->fault].answered ? &soak->wrong : &soak->refused;
  DrillHeard heard = drill_hear (callers[order->caller].dialect, order->streamed, body);
  gboolean clean = heard.terminal && !heard.error && !heard.strange && g_str_equal (heard.text->str, "Hello");
  gboolean broken = heard.error && !heard.terminal && !heard.strange && g_str_equal (heard.text->str, "Hel") && !faults[order->fault].answered;
  drill_heard_clear (&heard);
  return clean ? &soak->answered : broken ? &soak->broken : &soak->wrong;
}

void
soak_run_order (gpointer data, gpointer user_data)
{
  g_autofree Order *order = data;
  Soak *soak = user_data;
  g_autoptr(GString) reply = exchange (soak, order);
  char *end = strstr (reply->str, "\r\n\r\n");
  g_autofree char *head = g_strndup (reply->str, end != NULL ? (gsize) (end - reply->str) : 0);
  gint64 id = call_id (head);
  guint *counter = class_of (soak, order, head, end != NULL ? end + 4 : "");
  g_mutex_lock (&soak->lock);
  (*counter)++;
  if (id > 0)
    g_array_append_val (soak->ids, id);
  if (counter == &soak->wrong && soak->wrong <= 20)
    g_printerr ("wrong: %s by %s, %s %s: %s\n", faults[order->fault].fault, providers[order->provider].dialect, callers[order->caller].dialect,
                order->streamed ? "streamed" : "whole", reply->str);
  g_mutex_unlock (&soak->lock);
  g_atomic_int_add (&soak->busy, -1);
}

static guint
draw_fault (void)
{
  guint n = (guint) g_random_int_range (0, 100), i = 0;
  while (i + 1 < G_N_ELEMENTS (faults) && n >= faults[i].weight)
    n -= faults[i++].weight;
  return i;
}

void
soak_begin (Soak *soak)
{
  Order order = { draw_fault (), (guint) g_random_int_range (0, (gint32) N_PROVIDERS), (guint) g_random_int_range (0, (gint32) G_N_ELEMENTS (callers)),
                  g_random_boolean (), g_random_int_range (0, 20) == 0 };
  soak->started++;
  int busy = g_atomic_int_add (&soak->busy, 1) + 1;
  soak->most_busy = MAX (soak->most_busy, busy);
  g_thread_pool_push (soak->pool, g_memdup2 (&order, sizeof order), NULL);
}
