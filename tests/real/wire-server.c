/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wire-server TESTS-FOLDER: the dialects as a server on 127.0.0.1, for the vendors' own clients. Prints "port N" and
 * serves until its input ends.
 *
 * Requests are answered as wire-play.c says. GET /last tells how many there were, and what the last one became
 * upstream. Everything is in memory. */
#include <libsoup/soup.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <glib-unix.h>

#include "purser-json.h"
#include "wire-play.h"

enum
{
  MOST_BODY = 4 * 1024 * 1024,
  SEED = 10
};

typedef struct
{
  GMainLoop *loop; /* (owned) */
  GRand *rand; /* (owned) */
  JsonObject *last; /* (owned) */
  const char *folder;
  gint64 requests;
} Server;

static const struct
{
  const char *path, *dialect;
} routes[] = { { "/v1/chat/completions", "openai-chat" },
               { "/v1/responses", "openai-responses" },
               { "/v1/messages", "anthropic" },
               { "/api/chat", "ollama" },
               { "/api/generate", "ollama-generate" } };

#define MODEL "reply:openai-chat/turn"

/* What clients ask for beside: one model, in a shape that OpenAI's and Anthropic's clients both read. */
static const struct
{
  const char *path, *body;
} pages[] = {
  { "/v1/models",
    "{\"object\":\"list\",\"data\":[{\"id\":\"" MODEL
    "\",\"object\":\"model\",\"type\":\"model\",\"created\":1760000000,"
    "\"created_at\":\"2025-10-09T08:53:20Z\",\"owned_by\":\"tests\",\"display_name\":\"Turn\"}],\"has_more\":false,"
    "\"first_id\":\"" MODEL "\",\"last_id\":\"" MODEL "\"}" },
  { "/api/tags",
    "{\"models\":[{\"name\":\"" MODEL "\",\"model\":\"" MODEL "\",\"modified_at\":\"2025-10-09T08:53:20Z\",\"size\":1,"
    "\"digest\":\"0\",\"details\":{}}]}" },
  { "/api/version", "{\"version\":\"0.12.0\"}" },
  { "/", "{}" },
};

static void
answer_text (SoupServerMessage *message, int status, const char *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, text, strlen (text));
}

/* Each piece is a chunk of its own, so a client meets events that are cut anywhere. */
static void
send_reply (SoupServerMessage *message, const PlayReply *reply)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  SoupMessageBody *body = soup_server_message_get_response_body (message);
  soup_server_message_set_status (message, reply->status, NULL);
  soup_message_headers_replace (headers, "Content-Type", reply->content_type);
  soup_message_headers_replace (headers, "x-request-id", "call-1");
  soup_message_headers_replace (headers, "request-id", "call-1");
  if (reply->should_retry == 0)
    soup_message_headers_replace (headers, "x-should-retry", "false");
  if (reply->retry_after_ms > 0)
    {
      g_autofree char *wait = g_strdup_printf ("%" G_GINT64_FORMAT, reply->retry_after_ms);
      soup_message_headers_replace (headers, "retry-after-ms", wait);
    }
  soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
  for (guint i = 0; i < reply->pieces->len; i++)
    soup_message_body_append_bytes (body, g_ptr_array_index (reply->pieces, i));
  soup_message_body_complete (body);
}

static void
answer_call (Server *self, SoupServerMessage *message, const char *dialect)
{
  const char *version =
      soup_message_headers_get_one (soup_server_message_get_request_headers (message), "anthropic-version");
  g_autoptr(GBytes) body = soup_message_body_flatten (soup_server_message_get_request_body (message));
  g_clear_pointer (&self->last, json_object_unref);
  self->last = json_object_new ();
  self->requests++;
  json_object_set_string_member (self->last, "caller", dialect);
  if (version != NULL)
    json_object_set_string_member (self->last, "anthropic-version", version);
  PlayRequest request = { .caller = purser_dialect_get (dialect),
                          .folder = self->folder,
                          .api_version = version,
                          .rand = self->rand,
                          .last = self->last };
  g_autoptr(PlayReply) reply = play_answer (&request, body);
  send_reply (message, reply);
}

static void
answer_last (Server *self, SoupServerMessage *message)
{
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), self->last);
  json_object_set_int_member (self->last, "requests", self->requests);
  g_autofree char *text = purser_json_to_string (node, FALSE);
  answer_text (message, 200, text);
}

static void
request_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  Server *self = user_data;
  gboolean posted = g_str_equal (soup_server_message_get_method (message), "POST");
  for (gsize i = 0; posted && i < G_N_ELEMENTS (routes); i++)
    if (g_str_equal (routes[i].path, path))
      {
        answer_call (self, message, routes[i].dialect);
        return;
      }
  for (gsize i = 0; !posted && i < G_N_ELEMENTS (pages); i++)
    if (g_str_equal (pages[i].path, path))
      {
        answer_text (message, 200, pages[i].body);
        return;
      }
  if (!posted && g_str_equal (path, "/last"))
    answer_last (self, message);
  else
    answer_text (message, 404, "{\"error\":{\"message\":\"There is nothing at this address.\"}}");
}

/* A body has to say how long it is, and that has to be bearable. */
static void
early_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CHUNKED)
    answer_text (message, 411, "{\"error\":{\"message\":\"The length of the body is missing.\"}}");
  else if (soup_message_headers_get_content_length (headers) > MOST_BODY)
    answer_text (message, 413, "{\"error\":{\"message\":\"The body is too long.\"}}");
}

static gboolean
input_cb (int fd, GIOCondition condition, gpointer user_data)
{
  char bytes[64];
  if (read (fd, bytes, sizeof bytes) > 0)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  g_autoptr(SoupServer) server = soup_server_new ("server-header", "wire-server", NULL);
  g_autoptr(GError) error = NULL;
  if (argc != 2)
    {
      fputs ("usage: wire-server TESTS-FOLDER\n", stderr);
      return EXIT_FAILURE;
    }
  Server self = { .loop = g_main_loop_new (NULL, FALSE),
                  .rand = g_rand_new_with_seed (SEED),
                  .last = json_object_new (),
                  .folder = argv[1] };
  soup_server_add_early_handler (server, NULL, early_cb, NULL, NULL);
  soup_server_add_handler (server, NULL, request_cb, &self, NULL);
  if (!soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error))
    {
      fprintf (stderr, "wire-server: %s\n", error->message);
      return EXIT_FAILURE;
    }
  g_autoslist (GUri) uris = soup_server_get_uris (server);
  printf ("port %d\n", g_uri_get_port (uris->data));
  fflush (stdout);
  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, input_cb, self.loop);
  g_main_loop_run (self.loop);
  soup_server_disconnect (server);
  json_object_unref (self.last);
  g_rand_free (self.rand);
  g_main_loop_unref (self.loop);
  return EXIT_SUCCESS;
}
