/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-practice-exchange.h"

#include <string.h>

#include <glib/gi18n-lib.h>
#include <purser-json.h>

#define MAX_BODY      (4 * 1024 * 1024)
#define MAX_UNDER_WAY 256
#define BACKLOG       512 /* GLib's own 10 makes a burst of callers wait for a second and more */

struct _PurserPracticeServer
{
  SoupServer    *soup;  /* (owned) */
  PracticeState *state; /* (owned) */
  guint          port;
};

/* A request on its way through the routes. */
typedef struct
{
  PurserPracticeServer  *server;
  SoupServerMessage     *message;
  const PracticeDialect *dialect;
  char                   id[17];
} Request;

static void
reply (Request *request, guint status, char *text)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (request->message);
  if (request->dialect != NULL)
    soup_message_headers_replace (headers, request->dialect->request_id, request->id);
  soup_server_message_set_status (request->message, status, status == 529 ? "Overloaded" : NULL);
  soup_server_message_set_response (request->message, "application/json", SOUP_MEMORY_TAKE, text, strlen (text));
}

static void
refuse (Request *request, guint status, const char *words, const char *parameter)
{
  const PracticeDialect *dialect = request->dialect != NULL ? request->dialect : &practice_ollama;
  reply (request, status, practice_json_text (dialect->error (status, words, parameter, request->id)));
}

static void
refuse_chat (Request *request, const PracticeAsk *ask, guint status, const char *words, const char *parameter)
{
  g_autofree char *model =
      ask != NULL && ask->model != NULL ? g_utf8_make_valid (ask->model, MIN (strlen (ask->model), 128)) : NULL;
  practice_state_log (request->server->state, &(PracticeLogLine){ .model = model,
                                                                  .dialect = request->dialect->id,
                                                                  .status = status,
                                                                  .streamed = ask != NULL && ask->stream,
                                                                  .outcome = "error" });
  refuse (request, status, words, parameter);
}

/* The body as a JSON object; NULL with the words for a 400. */
static JsonNode *
read_body (Request *request, char **complaint)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = soup_message_body_flatten (soup_server_message_get_request_body (request->message));
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  JsonNode *node = purser_json_parse (text != NULL ? text : "", length, &error);
  if (node != NULL && purser_json_object (node) != NULL)
    return node;
  *complaint =
      g_strdup_printf ("The request body is not a JSON object: %s", error != NULL ? error->message : "another value");
  g_clear_pointer (&node, json_node_unref);
  return NULL;
}

static const PracticeModel *
find_model (Request *request, const char *name, char **complaint)
{
  const PracticeModel *model = practice_model_get (name, request->dialect->id);
  g_autofree char *safe = g_utf8_make_valid (name != NULL ? name : "", -1);
  if (model == NULL)
    *complaint = request->dialect == &practice_anthropic ? g_strdup_printf ("model: %.128s", safe)
                 : request->dialect == &practice_openai
                     ? g_strdup_printf ("The model `%.128s` does not exist or you do not have access to it.", safe)
                     : g_strdup_printf ("model '%.128s' not found", safe);
  return model;
}

static void
answer_chat (Request *request, const PracticeModel *model, PracticeAsk *ask)
{
  PracticeState *state = request->server->state;
  g_autofree char *words = NULL;
  gint64 input = practice_count_ask (ask);
  if (input > model->shown.context_tokens)
    {
      words = g_strdup_printf ("prompt is too long: %" G_GINT64_FORMAT " tokens > %" G_GINT64_FORMAT " maximum", input,
                               model->shown.context_tokens);
      refuse_chat (request, ask, 400, words, "context");
    }
  else if (practice_state_fails (state, model))
    refuse_chat (request, ask, request->dialect->overloaded, "Overloaded (this practice model fails on purpose)", NULL);
  else
    {
      PracticeAnswer *answer = practice_think (model, ask);
      answer->input = input;
      answer->cached = practice_state_cached (state, model, ask);
      memcpy (answer->id, request->id, sizeof answer->id);
      soup_message_headers_replace (soup_server_message_get_response_headers (request->message),
                                    request->dialect->request_id, request->id);
      practice_exchange_start (state, request->message, request->dialect, model, g_steal_pointer (&ask), answer);
    }
  g_clear_pointer (&ask, practice_ask_free);
}

static void
serve_chat (Request *request)
{
  g_autofree char *complaint = NULL, *parameter = NULL;
  g_autoptr(JsonNode) node = read_body (request, &complaint);
  JsonObject *body = purser_json_object (node);
  g_autoptr(PracticeAsk) ask = practice_ask_new ();
  ask->model = g_strdup (purser_json_string (body, "model"));
  if (g_hash_table_size (request->server->state->exchanges) >= MAX_UNDER_WAY)
    refuse_chat (request, ask, 429, "Too many requests at a time: this practice server answers 256", NULL);
  else if (body == NULL)
    refuse_chat (request, ask, 400, complaint, NULL);
  else if (ask->model == NULL)
    refuse_chat (request, ask, 400, "model: Field required", "model");
  else
    {
      const PracticeModel *model = find_model (request, ask->model, &complaint);
      if (model == NULL)
        refuse_chat (request, ask, 404, complaint, "model");
      else if (!request->dialect->read (body, soup_server_message_get_request_headers (request->message), ask,
                                        &complaint, &parameter))
        refuse_chat (request, ask, 400, complaint, parameter);
      else
        answer_chat (request, model, g_steal_pointer (&ask));
    }
}

static void
serve_models (Request *request)
{
  reply (request, 200, practice_json_text (practice_models_list (request->dialect)));
}

static void
serve_show (Request *request)
{
  g_autofree char *complaint = NULL;
  g_autoptr(JsonNode) node = read_body (request, &complaint);
  const PracticeModel *model =
      node != NULL ? find_model (request, purser_json_string (purser_json_object (node), "model"), &complaint) : NULL;
  if (model != NULL)
    reply (request, 200, practice_json_text (practice_ollama_show (model)));
  else
    refuse (request, node != NULL ? 404 : 400, complaint, NULL);
}

static void
serve_version (Request *request)
{
  reply (request, 200, g_strdup ("{\"version\":\"" PURSER_VERSION "-purser-practice\"}"));
}

static void
serve_root (Request *request)
{
  reply (request, 200,
         g_strdup ("{\"service\":\"purser-practice\",\"about\":\"Practice models of Purser: simple rules, no language "
                   "model\"}"));
}

typedef struct { const PracticeDialect *dialect; const char *method, *path; void (*serve) (Request *request); } Route;
static const Route routes[] = {
  { NULL, "GET", "/", serve_root },
  { &practice_openai, "POST", "/chat/completions", serve_chat },
  { &practice_openai, "GET", "/models", serve_models },
  { &practice_anthropic, "POST", "/v1/messages", serve_chat },
  { &practice_anthropic, "GET", "/v1/models", serve_models },
  { &practice_ollama, "POST", "/api/chat", serve_chat },
  { &practice_ollama, "GET", "/api/tags", serve_models },
  { &practice_ollama, "POST", "/api/show", serve_show },
  { &practice_ollama, "GET", "/api/version", serve_version },
};

static gboolean
route_fits (const Route *route, const char *path)
{
  const char *base = route->dialect != NULL ? route->dialect->base : "";
  return g_str_has_prefix (path, base) && g_str_equal (path + strlen (base), route->path);
}

static const PracticeDialect *
dialect_of_path (const char *path)
{
  const PracticeDialect *dialect;
  for (guint i = 0; (dialect = practice_dialect_get (i)) != NULL; i++)
    if (g_str_has_prefix (path, dialect->base))
      return dialect;
  return NULL;
}

static void
request_cb (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  Request request = { .server = user_data, .message = message, .dialect = dialect_of_path (path) };
  gboolean known = FALSE;
  practice_state_id (request.server->state, request.id);
  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      if (!route_fits (&routes[i], path))
        continue;
      known = TRUE;
      if (g_str_equal (soup_server_message_get_method (message), routes[i].method))
        {
          routes[i].serve (&request);
          return;
        }
    }
  refuse (&request, known ? 405 : 404, known ? "This path does not know this method" : "There is nothing at this path",
          NULL);
}

/* Only names of this machine: a web page that makes its own name point here (DNS rebinding) sends that name. */
static gboolean
is_loopback_authority (const char *authority)
{
  static const char *const hosts[] = { "127.0.0.1", "localhost", "[::1]" };
  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      gsize length = strlen (hosts[i]);
      if (g_ascii_strncasecmp (authority, hosts[i], length) == 0
          && (authority[length] == '\0' || authority[length] == ':'))
        return TRUE;
    }
  return FALSE;
}

static gboolean
may_ask (SoupMessageHeaders *headers)
{
  const char *host = soup_message_headers_get_one (headers, "Host"),
             *origin = soup_message_headers_get_one (headers, "Origin");
  const char *origin_host = origin != NULL ? strstr (origin, "://") : NULL;
  if (host == NULL || !is_loopback_authority (host))
    return FALSE;
  return origin == NULL || (origin_host != NULL && is_loopback_authority (origin_host + 3));
}

static void
refuse_early (PurserPracticeServer *self, SoupServerMessage *message, guint status, const char *words)
{
  Request request = { .server = self,
                      .message = message,
                      .dialect = dialect_of_path (g_uri_get_path (soup_server_message_get_uri (message))) };
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  practice_state_id (self->state, request.id);
  soup_message_body_truncate (body);
  soup_message_body_set_accumulate (body, FALSE);
  refuse (&request, status, words, NULL);
}

static void
got_chunk_cb (SoupServerMessage *message, GBytes *chunk, gpointer user_data)
{
  if (soup_server_message_get_status (message) == 0
      && soup_server_message_get_request_body (message)->length > MAX_BODY)
    refuse_early (user_data, message, 413, "The request is larger than 4 MB, which is all that a practice model reads");
}

static void
early_cb (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  if (!may_ask (headers))
    refuse_early (user_data, message, 403, "The practice models answer programs of this machine only");
  else if (soup_message_headers_get_content_length (headers) > MAX_BODY)
    refuse_early (user_data, message, 413, "The request is larger than 4 MB, which is all that a practice model reads");
  else
    g_signal_connect (message, "got-chunk", G_CALLBACK (got_chunk_cb), user_data);
}

static gboolean
listen_local (SoupServer *soup, guint port, GError **error)
{
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new (loopback, port);
  g_autoptr(GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  if (socket == NULL)
    return FALSE;
  g_socket_set_listen_backlog (socket, BACKLOG);
  return g_socket_bind (socket, address, TRUE, error) && g_socket_listen (socket, error)
         && soup_server_listen_socket (soup, socket, 0, error);
}

/**
 * purser_practice_server_new:
 * @port: to listen on, at 127.0.0.1; 0 = any that is free
 * @log_file: (nullable): gets one line for each question
 *
 * Serves the practice models on the thread-default main context.
 *
 * Returns: (transfer full) (nullable): the server
 */
PurserPracticeServer *
purser_practice_server_new (guint port, const char *log_file, GError **error)
{
  PurserPracticeServer *self = g_new0 (PurserPracticeServer, 1);
  self->soup = soup_server_new ("server-header", "purser-practice", NULL);
  self->state = practice_state_new (log_file);
  soup_server_add_early_handler (self->soup, NULL, early_cb, self, NULL);
  soup_server_add_handler (self->soup, NULL, request_cb, self, NULL);
  g_autoptr(GError) local = NULL;
  if (!listen_local (self->soup, port, &local))
    {
      g_set_error (error, G_IO_ERROR,
                   g_error_matches (local, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE) ? G_IO_ERROR_ADDRESS_IN_USE
                                                                                  : G_IO_ERROR_FAILED,
                   _("The practice models cannot listen on port %u of this machine: %s"), port, local->message);
      purser_practice_server_free (self);
      return NULL;
    }
  GSList *uris = soup_server_get_uris (self->soup);
  self->port = g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return self;
}

guint
purser_practice_server_port (PurserPracticeServer *server)
{
  return server->port;
}

/**
 * purser_practice_server_free:
 * @server: (transfer full)
 *
 * Ends it on the thread that serves it. Replies under way are cut.
 */
void
purser_practice_server_free (PurserPracticeServer *server)
{
  practice_state_free (server->state);
  soup_server_disconnect (server->soup);
  g_object_unref (server->soup);
  g_free (server);
}
