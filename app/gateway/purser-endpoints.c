/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-gateway-private.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-ollama.h"

/* Who needs no key. */
typedef enum
{
  OPEN_TO_NOBODY,
  OPEN_HERE, /* programs on this computer, where the gateway listens to no others */
  OPEN_TO_ALL
} Open;

/* What is served where, in one table. */
typedef struct
{
  const char *method, *path;
  const char *dialect;      /* of the request, and of errors */
  Open        open;
  void      (*serve) (PurserHttp *http, const PurserIdentity *identity); /* NULL: a model's call */
} Endpoint;

static void
serve_metrics (PurserHttp *http, const PurserIdentity *identity)
{
  PurserServed *served = purser_http_served (http);
  if (!served->org->gateway.metrics)
    {
      purser_http_refuse_words (http, "not_found", _("Metrics are switched off. They can be switched on on the Gateway page."));
      return;
    }
  char *text = purser_metrics_text (served->metrics, served);
  purser_http_reply (http, 200, "text/plain; version=0.0.4; charset=utf-8", g_bytes_new_take (text, strlen (text)));
}

/* OpenAI's and Anthropic's clients ask the same address; only Anthropic's say which version of its API they speak. */
static void
serve_models (PurserHttp *http, const PurserIdentity *identity)
{
  if (purser_http_header (http, "anthropic-version") != NULL)
    purser_lists_anthropic (http, identity);
  else
    purser_lists_openai (http, identity);
}

static const Endpoint endpoints[] = {
  { "POST", "/v1/chat/completions", "openai-chat", OPEN_TO_NOBODY, NULL },
  { "POST", "/v1/responses", "openai-responses", OPEN_TO_NOBODY, NULL },
  { "POST", "/v1/messages", "anthropic", OPEN_TO_NOBODY, NULL },
  { "POST", "/v1/messages/count_tokens", "anthropic", OPEN_TO_NOBODY, purser_lists_count },
  { "POST", "/v1/embeddings", "openai-embeddings", OPEN_TO_NOBODY, NULL },
  { "POST", "/api/chat", "ollama", OPEN_TO_NOBODY, NULL },
  { "POST", "/api/generate", "ollama-generate", OPEN_TO_NOBODY, NULL },
  { "POST", "/api/embed", "ollama-embeddings", OPEN_TO_NOBODY, NULL },
  { "GET", "/v1/models", "openai-chat", OPEN_TO_NOBODY, serve_models },
  { "GET", "/api/tags", "ollama", OPEN_TO_NOBODY, purser_lists_ollama },
  { "GET", "/api/ps", "ollama", OPEN_TO_NOBODY, purser_lists_ollama }, /* whatever answers is ready */
  { "POST", "/api/show", "ollama", OPEN_TO_NOBODY, purser_lists_show },
  { "GET", "/api/version", "ollama", OPEN_TO_ALL, purser_lists_version },
  { "GET", "/healthz", "openai-chat", OPEN_TO_ALL, purser_lists_health },
  { "GET", "/metrics", "openai-chat", OPEN_HERE, serve_metrics },
};

/* Clients write a base address with or without a slash at its end, and so ask for "//v1/…". */
static const char *
without_slashes (const char *path)
{
  while (path[0] == '/' && path[1] == '/')
    path++;
  return path;
}

/* WRONG_METHOD: (out): the path is there, for another method. HEAD is GET without its body. */
static const Endpoint *
find_endpoint (const char *method, const char *path, const Endpoint **wrong_method)
{
  for (gsize i = 0; i < G_N_ELEMENTS (endpoints); i++)
    {
      const Endpoint *endpoint = &endpoints[i];
      if (!g_str_equal (endpoint->path, path))
        continue;
      if (g_str_equal (endpoint->method, method) || (g_str_equal (method, "HEAD") && g_str_equal (endpoint->method, "GET")))
        return endpoint;
      *wrong_method = endpoint;
    }
  return NULL;
}

const PurserDialect *
purser_endpoint_dialect (PurserHttp *http)
{
  const PurserHttpHead *head = purser_http_head (http);
  const Endpoint *endpoint = head->endpoint;
  const PurserDialect *dialect = endpoint != NULL ? purser_dialect_get (endpoint->dialect) : NULL;
  if (dialect != NULL && purser_dialect_has_writer (dialect))
    return dialect;
  /* What is only passed through has no words of its own: embeddings' callers read the errors of their family. */
  const char *path = without_slashes (head->path);
  return purser_dialect_get (g_str_has_prefix (path, "/api/")          ? "ollama"
                             : g_str_has_prefix (path, "/v1/messages") ? "anthropic"
                                                                       : "openai-chat");
}

/* --- Refusals --- */

static void
add_retry_headers (PurserHttp *http, const PurserErrorReply *reply)
{
  if (reply->retry_after_ms >= 0)
    {
      g_autofree char *seconds = g_strdup_printf ("%" G_GINT64_FORMAT, (reply->retry_after_ms + 999) / 1000);
      purser_http_add_header (http, "retry-after", seconds);
    }
  if (reply->should_retry == 0)
    purser_http_add_header (http, "x-should-retry", "false");
}

void
purser_http_refuse (PurserHttp *http, const PurserFault *fault)
{
  g_autoptr(PurserErrorReply) reply = purser_dialect_write_error (purser_endpoint_dialect (http), fault, NULL);
  add_retry_headers (http, reply);
  purser_http_reply (http, reply->status, "application/json", g_bytes_ref (reply->body));
}

void
purser_http_refuse_words (PurserHttp *http, const char *code, const char *words)
{
  g_autoptr(PurserFault) fault = purser_fault_new (PURSER_FAULT_LOCAL, 0, words);
  fault->code = g_strdup (code);
  purser_http_refuse (http, fault);
}

/* --- Web pages --- */

/* HOST without its port, and "[::1]" without its brackets; "" where a bracket is missing. (transfer full) */
static char *
host_alone (const char *host)
{
  gboolean bracket = *host == '[';
  const char *start = host + bracket, *end = strchr (start, bracket ? ']' : ':');
  return end != NULL ? g_strndup (start, end - start) : g_strdup (bracket ? "" : host);
}

/* A name that a web page had turned into our address (DNS rebinding) is not one of ours. */
static gboolean
is_our_host (PurserServed *served, const char *host)
{
  g_autofree char *name = host != NULL ? host_alone (host) : NULL;
  if (name == NULL || !served->loopback || g_ascii_strcasecmp (name, "localhost") == 0)
    return TRUE;
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string (name);
  return address != NULL && g_inet_address_get_is_loopback (address);
}

/* Browsers say where a page comes from; no page has any business here, whatever it says. */
static gboolean
is_web_page (PurserHttp *http)
{
  const char *site = purser_http_header (http, "Sec-Fetch-Site");
  return purser_http_header (http, "Origin") != NULL || (site != NULL && !g_str_equal (site, "none"));
}

static enum MHD_Result
count_length (void *count, enum MHD_ValueKind kind, const char *name, const char *value)
{
  *(guint *) count += g_ascii_strcasecmp (name, "Content-Length") == 0 || g_ascii_strcasecmp (name, "Transfer-Encoding") == 0;
  return MHD_YES;
}

/* A proxy in front of us might believe the other of two lengths, and take what follows for another caller's request. */
static gboolean
refuse_ambiguous (PurserHttp *http)
{
  guint told = 0;
  MHD_get_connection_values (purser_http_head (http)->connection, MHD_HEADER_KIND, count_length, &told);
  if (told < 2)
    return FALSE;
  g_autoptr(PurserFault) fault = purser_fault_new (PURSER_FAULT_REQUEST, 400, _("The request says more than once how long it is."));
  purser_http_refuse (http, fault);
  return TRUE;
}

static gboolean
body_fits (PurserHttp *http)
{
  const char *length = purser_http_header (http, "Content-Length");
  return length == NULL || g_ascii_strtoull (length, NULL, 10) <= PURSER_GATEWAY_MAX_BODY;
}

static gboolean
refuse (PurserHttp *http, const char *code, const char *words)
{
  purser_http_refuse_words (http, code, words);
  return FALSE;
}

static gboolean
refuse_place (PurserHttp *http, const Endpoint *wrong_method)
{
  g_autofree char *words = NULL;
  if (wrong_method != NULL)
    {
      purser_http_add_header (http, "allow", wrong_method->method);
      words = g_strdup_printf (_("%s takes %s only."), wrong_method->path, wrong_method->method);
    }
  else
    words = g_strdup_printf (_("Nothing is served at %s. Base addresses are %s/v1 for OpenAI’s clients and %s for Anthropic’s and Ollama’s."),
                             purser_http_head (http)->path, purser_http_served (http)->url, purser_http_served (http)->url);
  return refuse (http, "not_found", words);
}

gboolean
purser_endpoint_admit (PurserHttp *http)
{
  PurserServed *served = purser_http_served (http);
  PurserHttpHead *head = purser_http_head (http);
  const Endpoint *wrong_method = NULL, *endpoint = find_endpoint (head->method, without_slashes (head->path), &wrong_method);
  g_autoptr(PurserFault) fault = NULL;
  head->endpoint = endpoint;
  purser_served_take_org (served, purser_store_get_org (served->store)); /* a key that was revoked a moment ago */
  if (!is_our_host (served, purser_http_header (http, "Host")))
    return refuse (http, "policy", _("The gateway is not called by this host name. Use 127.0.0.1 or localhost."));
  if (is_web_page (http))
    return refuse (http, "policy", _("Web pages may not use the gateway."));
  if (refuse_ambiguous (http))
    return FALSE;
  if (endpoint == NULL)
    return refuse_place (http, wrong_method);
  if (!body_fits (http))
    return refuse (http, "too_large", _("The request is larger than 32 MB."));
  if (endpoint->open == OPEN_TO_ALL || (endpoint->open == OPEN_HERE && served->loopback)
      || purser_gate_identify (http, &head->identity, &fault))
    return TRUE;
  purser_http_refuse (http, fault);
  return FALSE;
}

/* --- Calls --- */

static void
refuse_error (PurserHttp *http, const GError *error)
{
  gboolean unsupported = g_error_matches (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_UNSUPPORTED);
  g_autoptr(PurserFault) fault =
      purser_fault_new (unsupported ? PURSER_FAULT_LOCAL : PURSER_FAULT_REQUEST, 400, error->message);
  fault->code = g_strdup (unsupported ? "unsupported_parameter" : NULL);
  purser_http_refuse (http, fault);
}

/* Ollama's clients load a model, or let go of it, by a chat that says nothing: nothing is asked of anybody. */
static gboolean
is_load_request (PurserHttp *http, PurserChat *chat)
{
  if (!g_str_has_prefix (chat->dialect, "ollama") || chat->embeddings || g_bytes_get_size (chat->raw) > 4096)
    return FALSE;
  g_autoptr(PurserChat) whole = purser_chat_decode (chat, NULL);
  const char *word = whole != NULL ? purser_ollama_load_word (whole) : NULL;
  if (word == NULL)
    return FALSE;
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *created = g_date_time_format_iso8601 (now);
  json_builder_begin_object (builder);
  json_builder_add_string_value (json_builder_set_member_name (builder, "model"), chat->model);
  json_builder_add_string_value (json_builder_set_member_name (builder, "created_at"), created);
  if (g_str_equal (chat->dialect, "ollama"))
    {
      json_builder_begin_object (json_builder_set_member_name (builder, "message"));
      json_builder_add_string_value (json_builder_set_member_name (builder, "role"), "assistant");
      json_builder_add_string_value (json_builder_set_member_name (builder, "content"), "");
      json_builder_end_object (builder);
    }
  else
    json_builder_add_string_value (json_builder_set_member_name (builder, "response"), "");
  json_builder_add_string_value (json_builder_set_member_name (builder, "done_reason"), word);
  json_builder_add_boolean_value (json_builder_set_member_name (builder, "done"), TRUE);
  json_builder_end_object (builder);
  g_autoptr(JsonNode) node = json_builder_get_root (builder);
  char *text = json_to_string (node, FALSE);
  purser_http_reply (http, 200, "application/json", g_bytes_new_take (text, strlen (text)));
  return TRUE;
}

static void
serve_call (PurserHttp *http, const Endpoint *endpoint, const PurserIdentity *identity)
{
  PurserServed *served = purser_http_served (http);
  const PurserDialect *dialect = purser_dialect_get (endpoint->dialect);
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserFault) fault = NULL;
  g_autoptr(GBytes) body = purser_http_body (http);
  g_autoptr(PurserChat) chat = purser_dialect_peek_request (dialect, body, &error);
  const char *workload = NULL, *model = NULL;
  if (chat == NULL)
    refuse_error (http, error);
  else if (!purser_gate_resolve (served, identity, chat->model, &workload, &model, &fault))
    purser_http_refuse (http, fault);
  else if (is_load_request (http, chat))
    return;
  else if (served->closing)
    purser_http_refuse_words (http, NULL, _("The gateway is about to end. Try again in a moment."));
  else if (served->kept.length > 0 || served->kept_busy)
    purser_http_refuse_words (http, NULL, served->kept_words);
  else if (!purser_gate_enter (served, identity, &fault))
    purser_http_refuse (http, fault);
  else
    purser_relay_start (http, dialect, g_steal_pointer (&chat), identity, workload, model);
}

/* A key that was good when the head came may be revoked by the time the body is there. */
static gboolean
is_still_admitted (PurserHttp *http, PurserIdentity *identity)
{
  g_autoptr(PurserFault) fault = NULL;
  if (identity->principal_id == 0 || purser_gate_still_holds (purser_http_served (http), identity)
      || purser_gate_identify (http, identity, &fault))
    return TRUE;
  purser_http_refuse (http, fault);
  return FALSE;
}

void
purser_endpoint_serve (PurserHttp *http)
{
  PurserHttpHead *head = purser_http_head (http);
  const Endpoint *endpoint = head->endpoint;
  if (!is_still_admitted (http, &head->identity))
    return;
  if (endpoint->serve != NULL)
    endpoint->serve (http, &head->identity);
  else
    serve_call (http, endpoint, &head->identity);
}
