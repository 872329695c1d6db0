/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>
#include <string.h>

#include <purser-json.h>
#include <purser-practice.h>

/* A practice server on a thread of its own, and a blocking client. */
typedef struct
{
  GThread              *thread;
  GMainContext         *context;
  GMainLoop            *loop;
  PurserPracticeServer *server;
  SoupSession          *session;
  char                 *log_file;
  guint                 port;
  GMutex                mutex;
  GCond                 ready;
} Fixture;

static gpointer
fixture_thread (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr(GError) error = NULL;
  g_main_context_push_thread_default (fixture->context);
  g_mutex_lock (&fixture->mutex);
  fixture->server = purser_practice_server_new (0, fixture->log_file, &error);
  g_assert_no_error (error);
  fixture->port = purser_practice_server_port (fixture->server);
  g_cond_signal (&fixture->ready);
  g_mutex_unlock (&fixture->mutex);
  g_main_loop_run (fixture->loop);
  purser_practice_server_free (fixture->server);
  g_main_context_pop_thread_default (fixture->context);
  return NULL;
}

G_GNUC_UNUSED static void
fixture_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("purser-practice-XXXXXX", NULL);
  purser_practice_set_speed (0);
  fixture->log_file = g_build_filename (folder, "log.jsonl", NULL);
  fixture->context = g_main_context_new ();
  fixture->loop = g_main_loop_new (fixture->context, FALSE);
  fixture->session = soup_session_new ();
  g_mutex_init (&fixture->mutex);
  g_cond_init (&fixture->ready);
  g_mutex_lock (&fixture->mutex);
  fixture->thread = g_thread_new ("practice", fixture_thread, fixture);
  while (fixture->port == 0)
    g_cond_wait (&fixture->ready, &fixture->mutex);
  g_mutex_unlock (&fixture->mutex);
}

static gboolean
quit_cb (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

G_GNUC_UNUSED static void
fixture_down (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->session);
  g_main_context_invoke (fixture->context, quit_cb, fixture->loop);
  g_thread_join (fixture->thread);
  g_main_loop_unref (fixture->loop);
  g_main_context_unref (fixture->context);
  g_autoptr(GFile) file = g_file_new_for_path (fixture->log_file), folder = g_file_get_parent (file);
  g_file_delete (file, NULL, NULL);
  g_file_delete (folder, NULL, NULL);
  g_free (fixture->log_file);
  g_mutex_clear (&fixture->mutex);
  g_cond_clear (&fixture->ready);
}

/* METHOD and path in one: "POST /openai/v1/chat/completions". HEADERS: name, value, … NULL. Returns the
 * body's text. */
G_GNUC_UNUSED static char *
ask (Fixture *fixture, const char *request, const char *body, const char *const *headers, guint *status, char **type)
{
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) parts = g_strsplit (request, " ", 2);
  g_autofree char *uri = g_strdup_printf ("http://127.0.0.1:%u%s", fixture->port, parts[1]);
  g_autoptr(SoupMessage) message = soup_message_new (parts[0], uri);
  g_autoptr(GBytes) sent = g_bytes_new (body != NULL ? body : "", body != NULL ? strlen (body) : 0);
  if (body != NULL)
    soup_message_set_request_body_from_bytes (message, "application/json", sent);
  soup_message_headers_append (soup_message_get_request_headers (message), "anthropic-version", "2023-06-01");
  for (; headers != NULL && headers[0] != NULL; headers += 2)
    soup_message_headers_replace (soup_message_get_request_headers (message), headers[0], headers[1]);
  g_autoptr(GBytes) bytes = soup_session_send_and_read (fixture->session, message, NULL, &error);
  g_assert_no_error (error);
  *status = soup_message_get_status (message);
  if (type != NULL)
    *type = g_strdup (soup_message_headers_get_content_type (soup_message_get_response_headers (message), NULL));
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

G_GNUC_UNUSED static JsonNode *
ask_json (Fixture *fixture, const char *request, const char *body, guint expected)
{
  guint status;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = ask (fixture, request, body, NULL, &status, NULL);
  JsonNode *node = purser_json_parse (text, -1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (status, ==, expected);
  return node;
}

/* "choices/0/message/content": a value deep inside. (nullable) */
G_GNUC_UNUSED static JsonNode *
at (JsonNode *node, const char *path)
{
  g_auto(GStrv) steps = g_strsplit (path, "/", -1);
  for (char **step = steps; *step != NULL && node != NULL; step++)
    if (JSON_NODE_HOLDS_ARRAY (node))
      {
        guint64 i = g_ascii_strtoull (*step, NULL, 10);
        node = i < json_array_get_length (json_node_get_array (node))
                   ? json_array_get_element (json_node_get_array (node), i)
                   : NULL;
      }
    else
      node = purser_json_node (purser_json_object (node), *step);
  return node;
}

G_GNUC_UNUSED static const char *
text_at (JsonNode *node, const char *path)
{
  JsonNode *value = at (node, path);
  return value != NULL && JSON_NODE_HOLDS_VALUE (value) ? json_node_get_string (value) : NULL;
}

G_GNUC_UNUSED static gint64
int_at (JsonNode *node, const char *path)
{
  JsonNode *value = at (node, path);
  return value != NULL && JSON_NODE_HOLDS_VALUE (value) ? json_node_get_int (value) : -1;
}

/* The last line of the log. */
G_GNUC_UNUSED static JsonNode *
last_log (Fixture *fixture)
{
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (fixture->log_file, &text, NULL, NULL));
  g_strchomp (text);
  const char *line = strrchr (text, '\n');
  return purser_json_parse (line != NULL ? line + 1 : text, -1, NULL);
}

G_GNUC_UNUSED static guint
count_log (Fixture *fixture)
{
  g_autofree char *text = NULL;
  guint lines = 0;
  if (g_file_get_contents (fixture->log_file, &text, NULL, NULL))
    for (const char *p = text; (p = strchr (p, '\n')) != NULL; p++)
      lines++;
  return lines;
}
