/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice-support.h"

#include <glib/gstdio.h>

/* The server itself: whom it answers, what it bears, how it waits, and the one that each process has. */

#define HELLO  "{\"model\":\"practice-quick\",\"messages\":[{\"role\":\"user\",\"content\":\"Who are you?\"}]}"
#define STREAM \
  "{\"model\":\"practice-quick\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Who are you?\"}]}"
#define CHAT   "POST /openai/v1/chat/completions"

static void
test_paths (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *request;
    guint status;
    const char *error;
  } rows[] = {
    { "GET /openai/v1/nothing", 404, "error/message" },
    { "GET /anthropic/v1/nothing", 404, "error/message" },
    { "GET /ollama/api/nothing", 404, "error" },
    { "GET /openai/v1/chat/completions", 405, "error/message" },
    { "POST /anthropic/v1/models", 405, "error/message" },
    { "GET /elsewhere", 404, "error" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(JsonNode) reply =
          ask_json (fixture, rows[i].request, g_str_has_prefix (rows[i].request, "POST") ? "{}" : NULL, rows[i].status);
      g_assert_nonnull (text_at (reply, rows[i].error));
    }
  g_autoptr(JsonNode) root = ask_json (fixture, "GET /", NULL, 200);
  g_assert_cmpstr (text_at (root, "service"), ==, "purser-practice");
}

static void
test_strangers (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *header, *value;
    guint status;
  } rows[] = {
    { "Host", "evil.example", 403 },
    { "Host", "evil.example:8378", 403 },
    { "Host", "127.0.0.1.evil.example", 403 },
    { "Host", "localhost", 200 },
    { "Host", "[::1]:1", 200 },
    { "Origin", "https://evil.example", 403 },
    { "Origin", "null", 403 },
    { "Origin", "http://localhost:3000", 200 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *headers[] = { rows[i].header, rows[i].value, NULL };
      guint status;
      g_autofree char *text = ask (fixture, CHAT, HELLO, headers, &status, NULL);
      g_assert_cmpuint (status, ==, rows[i].status);
    }
}

/* Reads until the other end closes or says nothing for five seconds. */
static char *
raw (Fixture *fixture, const char *bytes, gsize length, gsize stop_after)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GError) error = NULL;
  g_socket_client_set_timeout (client, 5);
  g_autoptr(GSocketConnection) connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", fixture->port, NULL, &error);
  g_assert_no_error (error);
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_output_stream_write_all (out, bytes, length, NULL, NULL, NULL); /* the server may refuse in the middle */
  g_autoptr(GString) got = g_string_new (NULL);
  char buffer[4096];
  gssize n;
  while (got->len < stop_after
         && (n = g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), buffer, sizeof buffer,
                                      NULL, NULL))
                > 0)
    g_string_append_len (got, buffer, n);
  return g_string_free (g_steal_pointer (&got), FALSE);
}

static void
test_large_body (Fixture *fixture, gconstpointer data)
{
  g_autofree char *large = g_strnfill (5 * 1024 * 1024, ' ');
  guint status;
  g_autofree char *told = ask (fixture, CHAT, large, NULL, &status, NULL);
  g_assert_cmpuint (status, ==, 413);
  g_autoptr(GString) chunked = g_string_new ("POST /openai/v1/chat/completions HTTP/1.1\r\nHost: "
                                              "127.0.0.1\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 80; i++)
    g_string_append_printf (chunked, "10000\r\n%.65536s\r\n", large);
  g_string_append (chunked, "0\r\n\r\n");
  g_autofree char *reply = raw (fixture, chunked->str, chunked->len, 12);
  g_assert_true (g_str_has_prefix (reply, "HTTP/1.1 413"));
  g_autoptr(JsonNode) fine = ask_json (fixture, CHAT, HELLO, 200);
}

static void
test_flaky (Fixture *fixture, gconstpointer data)
{
  static const char body[] =
      "{\"model\":\"practice-flaky\",\"max_tokens\":20,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
  for (int i = 1; i <= 9; i++)
    {
      g_autoptr(JsonNode) reply = ask_json (fixture, "POST /anthropic/v1/messages", body, i % 3 == 0 ? 200 : 529);
      g_assert_cmpstr (text_at (reply, "type"), ==, i % 3 == 0 ? "message" : "error");
      if (i % 3 != 0)
        g_assert_cmpstr (text_at (reply, "error/type"), ==, "overloaded_error");
    }
  g_assert_cmpuint (count_log (fixture), ==, 9);
}

static char *
http (const char *body)
{
  return g_strdup_printf ("POST /openai/v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
                          "application/json\r\nContent-Length: %zu\r\n\r\n%s",
                          strlen (body), body);
}

static void
wait_for_log (Fixture *fixture, guint lines)
{
  for (int i = 0; i < 500 && count_log (fixture) < lines; i++)
    g_usleep (10000);
  g_assert_cmpuint (count_log (fixture), ==, lines);
}

/* Who hangs up in the middle is billed for what was written, and nothing more is written. */
static void
test_client_leaves_stream (Fixture *fixture, gconstpointer data)
{
  purser_practice_set_speed (4); /* 20 ms from word to word */
  g_autofree char *request = http (STREAM), *part = raw (fixture, request, strlen (request), 200);
  g_assert_nonnull (strstr (part, "200 OK"));
  wait_for_log (fixture, 1);
  g_autoptr(JsonNode) log = last_log (fixture);
  g_assert_cmpstr (text_at (log, "outcome"), ==, "cancelled");
  purser_practice_set_speed (0);
  g_autoptr(JsonNode) whole = ask_json (fixture, CHAT, HELLO, 200);
  g_assert_cmpint (int_at (log, "output_tokens"), <, int_at (whole, "usage/completion_tokens"));
  g_assert_cmpint (int_at (log, "input_tokens"), ==, int_at (whole, "usage/prompt_tokens"));
}

static void
test_client_leaves_wait (Fixture *fixture, gconstpointer data)
{
  purser_practice_set_speed (100); /* nobody waits for this reply: the log has it long before */
  g_autofree char *request = http (HELLO), *nothing = raw (fixture, request, strlen (request), 0);
  wait_for_log (fixture, 1);
  g_autoptr(JsonNode) log = last_log (fixture);
  g_assert_cmpstr (text_at (log, "outcome"), ==, "cancelled");
  g_assert_cmpint (int_at (log, "output_tokens"), ==, 0);
  purser_practice_set_speed (0);
  g_autoptr(JsonNode) fine = ask_json (fixture, CHAT, HELLO, 200);
}

static GSocketConnection *
leave_waiting (Fixture *fixture, const char *request)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GError) error = NULL;
  GSocketConnection *connection = g_socket_client_connect_to_host (client, "127.0.0.1", fixture->port, NULL, &error);
  g_assert_no_error (error);
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_assert_true (g_output_stream_write_all (out, request, strlen (request), NULL, NULL, NULL));
  return connection;
}

/* 256 questions at a time and no more; those who left do not count. */
static void
test_under_way (Fixture *fixture, gconstpointer data)
{
  purser_practice_set_speed (500);
  g_autofree char *request = http (HELLO);
  for (int i = 0; i < 300; i++)
    g_object_unref (leave_waiting (fixture, request));
  wait_for_log (fixture, 300);
  g_autoptr(GPtrArray) waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (int i = 0; i < 256; i++)
    g_ptr_array_add (waiting, leave_waiting (fixture, request));
  g_autofree char *reply = raw (fixture, request, strlen (request), 12);
  g_assert_true (g_str_has_prefix (reply, "HTTP/1.1 429"));
  purser_practice_set_speed (0);
  g_ptr_array_set_size (waiting, 0);
  wait_for_log (fixture, 300 + 256 + 1);
  g_autoptr(JsonNode) fine = ask_json (fixture, CHAT, HELLO, 200);
}

/* The fixture ends while a reply is under way. */
static gpointer
hanging_client (gpointer data)
{
  g_autofree char *request = http (STREAM);
  return raw (data, request, strlen (request), G_MAXSIZE);
}

static void
test_server_ends (Fixture *fixture, gconstpointer data)
{
  purser_practice_set_speed (200);
  g_autoptr(GThread) client = g_thread_new ("client", hanging_client, fixture);
  g_usleep (200000);
  fixture_down (fixture, NULL);
  g_autofree char *part = g_thread_join (g_steal_pointer (&client));
  g_assert_null (strstr (part, "[DONE]"));
  memset (fixture, 0, sizeof *fixture);
  fixture_up (fixture, NULL);
}

/* Only lower bounds: a busy machine may be slower, never faster. */
static void
test_pace (Fixture *fixture, gconstpointer data)
{
  purser_practice_set_speed (0.5);
  gint64 before = g_get_monotonic_time ();
  g_autoptr(JsonNode) quick = ask_json (fixture, CHAT, HELLO, 200);
  gint64 quick_us = g_get_monotonic_time () - before;
  g_assert_cmpint (quick_us, >=, (180 * 3 / 4 + 20 * 5) / 2 * 1000);
  purser_practice_set_speed (0);
}

/* Sixteen at a time, all answered, each with its line. */
static gpointer
client_thread (gpointer data)
{
  for (int i = 0; i < 5; i++)
    {
      g_autofree char *request = http (STREAM), *closing = g_strdup (request);
      g_autofree char *reply = raw (data, request, strlen (request), 1500);
      g_assert_nonnull (strstr (reply, "200 OK"));
    }
  return NULL;
}

static void
test_many (Fixture *fixture, gconstpointer data)
{
  GThread *threads[16];
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("client", client_thread, fixture);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  wait_for_log (fixture, 80);
}

static gpointer
resolve_thread (gpointer data)
{
  g_autoptr(GError) error = NULL;
  char *address = purser_practice_resolve (data, &error);
  g_assert_no_error (error);
  return address;
}

static void
foreign_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  soup_server_message_set_status (message, 418, NULL);
}

/* A stranger has the preferred port (or another Purser has it already: as good). Four threads at once get
 * one server, and it is ours. */
static void
test_resolve (Fixture *fixture, gconstpointer data)
{
  static const char *const addresses[] = { "practice:openai", "practice:openai", "practice:anthropic",
                                           "practice:ollama" };
  static const char *const bases[] = { "/openai/v1", "/openai/v1", "/anthropic", "/ollama" };
  g_autoptr(SoupServer) foreign = soup_server_new (NULL, NULL);
  g_autoptr(GError) taken = NULL;
  soup_server_add_handler (foreign, NULL, foreign_cb, NULL, NULL);
  soup_server_listen_local (foreign, 8378, SOUP_SERVER_LISTEN_IPV4_ONLY, &taken);
  GThread *threads[4];
  for (guint i = 0; i < 4; i++)
    threads[i] = g_thread_new ("resolve", resolve_thread, (gpointer) addresses[i]);
  guint port = 0;
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *address = g_thread_join (threads[i]);
      g_autoptr(GUri) uri = g_uri_parse (address, G_URI_FLAGS_NONE, NULL);
      g_assert_cmpstr (g_uri_get_host (uri), ==, "127.0.0.1");
      g_assert_cmpstr (g_uri_get_path (uri), ==, bases[i]);
      g_assert_cmpint (g_uri_get_port (uri), !=, 8378);
      g_assert_true (port == 0 || port == (guint) g_uri_get_port (uri));
      port = g_uri_get_port (uri);
    }
  Fixture ours = { .session = fixture->session, .port = port };
  g_autoptr(JsonNode) root = ask_json (&ours, "GET /", NULL, 200);
  g_assert_cmpstr (text_at (root, "service"), ==, "purser-practice");
}

static void
test_resolve_others (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *same = purser_practice_resolve ("https://api.example/v1", &error);
  g_assert_cmpstr (same, ==, "https://api.example/v1");
  g_assert_null (purser_practice_resolve ("practice:nobody", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
test_port_taken (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_assert_null (purser_practice_server_new (fixture->port, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("PURSER_PRACTICE_LOG");
  static const struct
  {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "/practice/server/paths", test_paths },
    { "/practice/server/strangers", test_strangers },
    { "/practice/server/large-body", test_large_body },
    { "/practice/server/flaky", test_flaky },
    { "/practice/server/client-leaves-stream", test_client_leaves_stream },
    { "/practice/server/client-leaves-wait", test_client_leaves_wait },
    { "/practice/server/under-way", test_under_way }, { "/practice/server/ends", test_server_ends },
    { "/practice/server/pace", test_pace },
    { "/practice/server/many", test_many },
    { "/practice/server/port-taken", test_port_taken },
    { "/practice/resolve/threads", test_resolve },
  };
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, fixture_up, tests[i].test, fixture_down);
  g_test_add_func ("/practice/resolve/others", test_resolve_others);
  return g_test_run ();
}
