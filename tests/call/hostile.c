/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile-private.h"

#include <string.h>

#define MAX_THREADS 400

/* --- Reading --- */

static gboolean
read_request (Request *request)
{
  g_autoptr(GString) text = g_string_new (NULL);
  char buffer[16384];
  const char *end = NULL;
  gsize wanted = G_MAXSIZE;
  while (text->len < wanted)
    {
      gssize n = g_input_stream_read (request->in, buffer, sizeof buffer, NULL, NULL);
      if (n <= 0)
        return FALSE;
      g_string_append_len (text, buffer, n);
      end = strstr (text->str, "\r\n\r\n");
      if (end != NULL && wanted == G_MAXSIZE)
        {
          g_autofree char *lower = g_ascii_strdown (text->str, end - text->str);
          const char *length = strstr (lower, "content-length: ");
          if (strstr (lower, "authorization:") != NULL || strstr (lower, "x-api-key:") != NULL)
            g_atomic_int_inc (&request->hostile->keys);
          wanted = (gsize) (end + 4 - text->str) + (length != NULL ? g_ascii_strtoull (length + 16, NULL, 10) : 0);
        }
    }
  request->head = g_strndup (text->str, (gsize) (end - text->str));
  request->body = g_strdup (end + 4);
  return TRUE;
}

#define RUNTIME "bedrock-runtime."

/* Its paths begin at the host, so that is where the rest stands: "Host: bedrock-runtime.TAG.FAULT.localhost:PORT". */
static void
parse_runtime (Request *request)
{
  const char *host = g_strstr_len (request->head, -1, "Host: " RUNTIME);
  g_auto(GStrv) labels = g_strsplit (host != NULL ? host + strlen ("Host: " RUNTIME) : "", ".", 3);
  if (host == NULL || g_strv_length (labels) != 3)
    return;
  g_set_str (&request->tag, labels[0]);
  g_set_str (&request->faults, labels[1]);
  request->dialect = "bedrock";
  request->streamed = g_str_has_suffix (request->rest, "-stream");
}

/* "POST /TAG/FAULTS/rest HTTP/1.1" */
static void
parse_path (Request *request)
{
  g_auto(GStrv) line = g_strsplit (request->head, " ", 3);
  g_auto(GStrv) parts = g_strsplit (line[1] != NULL ? line[1] : "", "/", 4);
  gboolean tagged = g_strv_length (parts) == 4; /* Ollama is looked for without one */
  request->tag = g_strdup (tagged ? parts[1] : "");
  request->faults = g_strdup (tagged ? parts[2] : "ok");
  request->rest = tagged ? g_strconcat ("/", parts[3], NULL) : g_strdup (line[1] != NULL ? line[1] : "");
  gboolean anthropic = g_str_has_suffix (request->rest, "/v1/messages"),
           ollama = strstr (request->rest, "/api/") != NULL;
  request->dialect = anthropic                                     ? "anthropic"
                     : ollama                                      ? "ollama"
                     : g_str_has_suffix (request->rest, "/responses") ? "openai-responses"
                                                                      : "openai-chat";
  request->streamed = strstr (request->body, "\"stream\":true") != NULL;
  parse_runtime (request);
}

static char *
next_fault (Request *request)
{
  Hostile *hostile = request->hostile;
  g_auto(GStrv) names = g_strsplit (request->faults, ",", -1);
  g_mutex_lock (&hostile->lock);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (hostile->requests, request->tag));
  g_hash_table_replace (hostile->requests, g_strdup (request->tag), GUINT_TO_POINTER (n + 1));
  g_hash_table_replace (hostile->seen, g_strdup (request->tag),
                        g_strconcat (request->head, "\n\n", request->body, NULL));
  g_mutex_unlock (&hostile->lock);
  char *name = g_strdup (names[MIN (n, g_strv_length (names) - 1)]);
  gboolean list_only = g_str_has_prefix (name, "list-") || g_str_equal (name, "wants-key");
  return list_only ? (g_free (name), g_strdup ("ok")) : name;
}

/* FALSE: that was the last one on this connection. */
static gboolean
serve_one (Hostile *hostile, GIOStream *stream, guint before)
{
  Request request = { .hostile = hostile,
                      .in = g_io_stream_get_input_stream (stream),
                      .out = g_io_stream_get_output_stream (stream),
                      .socket = G_IS_SOCKET_CONNECTION (stream) ? g_socket_connection_get_socket (G_SOCKET_CONNECTION (stream)) : NULL };
  g_atomic_int_add (&hostile->idle, before > 0);
  gboolean read = read_request (&request);
  g_atomic_int_add (&hostile->idle, -(before > 0));
  if (read)
    {
      if (before > 0)
        g_atomic_int_inc (&hostile->reused);
      parse_path (&request);
      g_autofree char *name = hostile_send_document (&request) ? NULL : next_fault (&request);
      if (g_str_has_prefix (request.head, "CONNECT "))
        hostile_send_fault (&request, "proxy-refuses"); /* somebody takes it for a proxy */
      else if (name != NULL)
        hostile_send_fault (&request, name);
    }
  g_free (request.tag);
  g_free (request.faults);
  g_free (request.rest);
  g_free (request.head);
  g_free (request.body);
  return request.keep;
}

static void
serve (Hostile *hostile, GIOStream *stream)
{
  guint n = 0;
  while (serve_one (hostile, stream, n))
    n++;
}

/* Counted when it is accepted, not when its thread begins: who waits for the last one must not miss it. */
static gboolean
incoming_cb (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  g_atomic_int_inc (&((Hostile *) user_data)->open);
  return FALSE;
}

static gboolean
run_cb (GThreadedSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  Hostile *hostile = user_data;
  g_autoptr(GIOStream) stream = NULL;
  g_socket_set_timeout (g_socket_connection_get_socket (connection), 30);
  if (hostile->certificate != NULL)
    stream = g_tls_server_connection_new (G_IO_STREAM (connection), hostile->certificate, NULL);
  else
    stream = G_IO_STREAM (g_object_ref (connection));
  if (stream != NULL
      && (hostile->certificate == NULL || g_tls_connection_handshake (G_TLS_CONNECTION (stream), NULL, NULL)))
    serve (hostile, stream);
  g_io_stream_close (stream, NULL, NULL);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  g_atomic_int_add (&hostile->open, -1);
  return TRUE;
}

Hostile *
hostile_new (GTlsCertificate *certificate)
{
  Hostile *hostile = g_new0 (Hostile, 1);
  g_autoptr(GError) error = NULL;
  g_mutex_init (&hostile->lock);
  hostile->requests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  hostile->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  hostile->certificate = certificate != NULL ? g_object_ref (certificate) : NULL;
  hostile->service = g_threaded_socket_service_new (MAX_THREADS);
  g_socket_listener_set_backlog (G_SOCKET_LISTENER (hostile->service), 512);
  g_autoptr(GSocketAddress) wanted = g_inet_socket_address_new_from_string ("127.0.0.1", 0), effective = NULL;
  g_socket_listener_add_address (G_SOCKET_LISTENER (hostile->service), wanted, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &effective, &error);
  g_assert_no_error (error);
  hostile->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
  g_signal_connect (hostile->service, "incoming", G_CALLBACK (incoming_cb), hostile);
  g_signal_connect (hostile->service, "run", G_CALLBACK (run_cb), hostile);
  return hostile;
}

void
hostile_free (Hostile *hostile)
{
  g_atomic_int_set (&hostile->closing, 1);
  g_socket_service_stop (hostile->service);
  g_socket_listener_close (G_SOCKET_LISTENER (hostile->service));
  while (g_atomic_int_get (&hostile->open) > 0)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  g_object_unref (hostile->service);
  g_clear_object (&hostile->certificate);
  g_hash_table_unref (hostile->requests);
  g_hash_table_unref (hostile->seen);
  g_mutex_clear (&hostile->lock);
  g_free (hostile);
}

guint
hostile_port (Hostile *hostile)
{
  return hostile->port;
}

char *
hostile_address (Hostile *hostile, const char *tag, const char *names, const char *kind)
{
  if (g_str_equal (kind, "bedrock"))
    return g_strdup_printf ("http://" RUNTIME "%s.%s.localhost:%u", tag, names, hostile->port);
  return g_strdup_printf ("%s://127.0.0.1:%u/%s/%s%s", hostile->certificate != NULL ? "https" : "http", hostile->port,
                          tag, names,
                          g_str_equal (kind, "openai-compatible") || g_str_equal (kind, "openai") ? "/v1" : "");
}

guint
hostile_requests (Hostile *hostile, const char *tag)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&hostile->lock);
  return GPOINTER_TO_UINT (g_hash_table_lookup (hostile->requests, tag));
}

char *
hostile_seen (Hostile *hostile, const char *tag)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&hostile->lock);
  return g_strdup (g_hash_table_lookup (hostile->seen, tag));
}

guint
hostile_open (Hostile *hostile)
{
  return (guint) g_atomic_int_get (&hostile->open);
}

guint
hostile_busy (Hostile *hostile)
{
  return (guint) (g_atomic_int_get (&hostile->open) - g_atomic_int_get (&hostile->idle));
}

guint
hostile_keys (Hostile *hostile)
{
  return (guint) g_atomic_int_get (&hostile->keys);
}

guint
hostile_reused (Hostile *hostile)
{
  return (guint) g_atomic_int_get (&hostile->reused);
}

guint64
hostile_written (Hostile *hostile)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&hostile->lock);
  return (guint64) hostile->written;
}

guint
hostile_clean (Hostile *hostile)
{
  return (guint) g_atomic_int_get (&hostile->clean);
}
