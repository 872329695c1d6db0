/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile.h"
#include "script.h"

#include <string.h>

#define MAX_THREADS 400

struct _Hostile
{
  GSocketService  *service;      /* (owned) */
  GTlsCertificate *certificate;  /* (owned) (nullable) */
  guint            port;
  GMutex           lock;
  GHashTable      *requests;     /* (owned) tag → count */
  GHashTable      *seen;         /* (owned) tag → last request */
  int              open, reused, clean, keys;
  int              closing;
};

typedef struct
{
  Hostile       *hostile;
  GInputStream  *in;
  GOutputStream *out;
  char          *tag, *faults, *rest;  /* (owned) of the path */
  char          *head, *body;          /* (owned) */
  const char    *dialect;
  gboolean       streamed;
} Request;

/* --- Writing --- */

static gboolean
write_all (Request *request, const char *text, gssize length)
{
  return g_output_stream_write_all (request->out, text, length >= 0 ? (gsize) length : strlen (text), NULL, NULL, NULL);
}

static gboolean
write_chunk (Request *request, const char *text)
{
  g_autofree char *chunk = g_strdup_printf ("%zx\r\n%s\r\n", strlen (text), text);
  return *text == '\0' || write_all (request, chunk, -1);
}

static void
begin_stream (Request *request, int status)
{
  g_autofree char *head = g_strdup_printf ("HTTP/1.1 %d OK\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\nx-request-id: req-9\r\n\r\n", status,
                                           g_str_equal (request->dialect, "ollama") ? "application/x-ndjson" : "text/event-stream");
  write_all (request, head, -1);
}

static void
end_stream (Request *request)
{
  if (write_all (request, "0\r\n\r\n", -1))
    g_atomic_int_inc (&request->hostile->clean);
}

static void
send_whole (Request *request, int status, const char *headers, const char *type, const char *body)
{
  g_autofree char *head = g_strdup_printf ("HTTP/1.1 %d X\r\nContent-Type: %s\r\nContent-Length: %zu\r\nx-request-id: req-9\r\n%s\r\n", status, type, strlen (body), headers);
  if (write_all (request, head, -1) && write_all (request, body, -1))
    g_atomic_int_inc (&request->hostile->clean);
}

static void
send_piece (Request *request, const char *what)
{
  g_autofree char *bytes = script_bytes (request->dialect, what);
  write_chunk (request, bytes);
}

static void
wait_for_hangup (Request *request)
{
  char byte;
  g_input_stream_read (request->in, &byte, 1, NULL, NULL);
}

/* --- Faults --- */

static void
fault_ok (Request *request)
{
  static const char *const streamed[] = { "start", "text=Hel", "text=lo", "finish", "usage", "end" };
  if (!request->streamed)
    {
      g_autofree char *body = script_bytes (request->dialect, "whole");
      send_whole (request, 200, "", "application/json", body);
      return;
    }
  begin_stream (request, 200);
  for (gsize i = 0; i < G_N_ELEMENTS (streamed); i++)
    send_piece (request, streamed[i]);
  end_stream (request);
}

static void
fault_slow (Request *request)
{
  static const char *const pieces[] = { "start", "text=H", "text=e", "text=l", "text=l", "text=o", "finish", "usage", "end" };
  begin_stream (request, 200);
  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_usleep (30000);
      send_piece (request, pieces[i]);
    }
  end_stream (request);
}

/* A server that does not stream. */
static void
fault_whole (Request *request)
{
  g_autofree char *body = script_bytes (request->dialect, "whole");
  send_whole (request, 200, "", "application/json", body);
}

static void
fault_silent (Request *request)
{
  wait_for_hangup (request);
}

static void
fault_silent_start (Request *request)
{
  begin_stream (request, 200);
  send_piece (request, "start");
  wait_for_hangup (request);
}

static void
fault_stalls (Request *request)
{
  begin_stream (request, 200);
  send_piece (request, "start");
  send_piece (request, "text=Hel");
  wait_for_hangup (request);
}

static void
fault_endless (Request *request)
{
  gboolean more = TRUE;
  begin_stream (request, 200);
  send_piece (request, "start");
  g_autofree char *bytes = script_bytes (request->dialect, "text=and so on ");
  while (more && !g_atomic_int_get (&request->hostile->closing))
    {
      more = write_chunk (request, bytes);
      g_usleep (200);
    }
}

static void
fault_cut_headers (Request *request)
{
}

static void
fault_cut_head_half (Request *request)
{
  write_all (request, "HTTP/1.1 200 OK\r\nContent-Ty", -1);
}

static void
fault_cut_start (Request *request)
{
  begin_stream (request, 200);
  send_piece (request, "start");
}

static void
fault_cut (Request *request)
{
  g_autofree char *bytes = script_bytes (request->dialect, "text=lo");
  if (!request->streamed)
    {
      write_all (request, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"id\":\"x\",\"mod", -1);
      return;
    }
  begin_stream (request, 200);
  send_piece (request, "start");
  send_piece (request, "text=Hel");
  bytes[strlen (bytes) / 2] = '\0'; /* in the middle of a token's event */
  write_chunk (request, bytes);
}

static void
fault_no_end (Request *request)
{
  begin_stream (request, 200);
  send_piece (request, "start");
  send_piece (request, "text=Hel");
  end_stream (request);
}

static void
fault_inside (Request *request)
{
  begin_stream (request, 200);
  send_piece (request, "start");
  send_piece (request, "fault");
  end_stream (request);
}

static void
fault_inside_late (Request *request)
{
  begin_stream (request, 200);
  send_piece (request, "start");
  send_piece (request, "text=Hel");
  send_piece (request, "fault");
  end_stream (request);
}

static void
fault_no_usage (Request *request)
{
  if (g_str_equal (request->dialect, "ollama"))
    {
      send_whole (request, 200, "", "application/x-ndjson", "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"Hello\"},\"done\":true,\"done_reason\":\"stop\"}\n");
      return;
    }
  begin_stream (request, 200);
  send_piece (request, "start");
  send_piece (request, "text=Hello");
  send_piece (request, "finish");
  send_piece (request, "end");
  end_stream (request);
}

static void
fault_odd_usage (Request *request)
{
  begin_stream (request, 200);
  send_piece (request, "start");
  send_piece (request, "text=Hello");
  send_piece (request, "finish");
  send_piece (request, "odd-usage");
  send_piece (request, "end");
  end_stream (request);
}

static void
fault_garbage (Request *request)
{
  send_whole (request, 200, "", "application/json", "}{ this is no JSON at all");
}

static void
fault_html (Request *request)
{
  send_whole (request, 200, "", "text/html; charset=utf-8", "<!DOCTYPE html><html><body>Please sign in</body></html>");
}

static void
fault_html_404 (Request *request)
{
  send_whole (request, 404, "", "text/html", "<html><body>404 Not Found</body></html>");
}

static void
fault_huge (Request *request)
{
  g_autofree char *garbage = g_strnfill (10 * 1024 * 1024, 'x');
  send_whole (request, 200, "", request->streamed ? "text/event-stream" : "application/json", garbage);
}

static void
fault_line (Request *request)
{
  g_autofree char *garbage = g_strnfill (1024 * 1024, 'y');
  begin_stream (request, 200);
  write_chunk (request, "data: ");
  for (int i = 0; i < 20; i++)
    if (!write_chunk (request, garbage))
      return;
  end_stream (request);
}

static void
fault_not_http (Request *request)
{
  write_all (request, "SSH-2.0-OpenSSH_9.2\r\n\r\n\r\n", -1);
}

/* The connection stays open as if it could be used again, and is shut on whoever does. */
static void
fault_keep (Request *request)
{
  char byte;
  send_whole (request, 200, "Connection: keep-alive\r\n", "application/json", "{\"id\":\"x\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hello\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":20}}");
  if (g_input_stream_read (request->in, &byte, 1, NULL, NULL) == 1)
    g_atomic_int_inc (&request->hostile->reused);
}

static const struct { const char *name; void (*send) (Request *request); } faults[] = {
  { "ok", fault_ok }, { "whole", fault_whole }, { "slow", fault_slow }, { "silent", fault_silent }, { "silent-start", fault_silent_start }, { "stalls", fault_stalls }, { "endless", fault_endless },
  { "cut-headers", fault_cut_headers }, { "cut-head-half", fault_cut_head_half }, { "cut-start", fault_cut_start }, { "cut", fault_cut }, { "no-end", fault_no_end }, { "inside", fault_inside },
  { "inside-late", fault_inside_late }, { "no-usage", fault_no_usage }, { "odd-usage", fault_odd_usage }, { "garbage", fault_garbage }, { "html", fault_html }, { "html-404", fault_html_404 },
  { "huge", fault_huge }, { "line", fault_line }, { "not-http", fault_not_http }, { "keep", fault_keep },
};

static const struct { const char *name; int status; const char *headers, *words; } statuses[] = {
  { "400", 400, "", "messages: at least one message is required" }, { "no-stream-options", 400, "", "Unsupported parameter: stream_options" },
  { "no-max-tokens", 400, "", "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead." },
  { "401", 401, "", "Incorrect API key provided" }, { "402", 402, "", "No credit" }, { "403", 403, "", "Not allowed" },
  { "404", 404, "", "Nothing here" }, { "no-model", 404, "", "The model `m` does not exist" }, { "405", 405, "", "Method not allowed" }, { "410", 410, "", "Gone" }, { "413", 413, "", "Too large" }, { "422", 422, "", "Unprocessable" },
  { "429", 429, "", "Slow down" }, { "429-1", 429, "retry-after: 1\r\n", "Slow down" }, { "429-600", 429, "retry-after: 600\r\n", "Slow down" },
  { "500", 500, "", "Oh" }, { "503", 503, "", "Busy" }, { "529", 529, "", "Overloaded" },
  { "redirect", 307, "Location: http://127.0.0.1:1/elsewhere\r\n", "Moved" }, { "empty-500", 500, "", NULL },
};

static void
send_fault (Request *request, const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    if (g_str_equal (faults[i].name, name))
      {
        faults[i].send (request);
        return;
      }
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (g_str_equal (statuses[i].name, name))
      {
        g_autofree char *what = g_strconcat ("words=", statuses[i].words, NULL);
        g_autofree char *body = statuses[i].words != NULL ? script_bytes (request->dialect, what) : g_strdup ("");
        send_whole (request, statuses[i].status, statuses[i].headers, "application/json", body);
        return;
      }
  g_error ("hostile: no such fault: %s", name);
}

/* --- Lists --- */

#define OPENAI_LIST "{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"object\":\"model\"},{\"id\":\"text-embedding-3-small\",\"object\":\"model\"}]}"
#define ANTHROPIC_PAGE_1 "{\"data\":[{\"id\":\"m\",\"type\":\"model\",\"display_name\":\"M\"},{\"id\":\"n\",\"type\":\"model\"}],\"has_more\":true,\"first_id\":\"m\",\"last_id\":\"n\"}"
#define ANTHROPIC_PAGE_2 "{\"data\":[{\"id\":\"o\",\"type\":\"model\",\"max_input_tokens\":200000}],\"has_more\":false,\"first_id\":\"o\",\"last_id\":\"o\"}"

static const struct { const char *end, *body; } documents[] = {
  { "/v1/models?limit=1000", ANTHROPIC_PAGE_1 },
  { "/v1/models?limit=1000&after_id=n", ANTHROPIC_PAGE_2 },
  { "/models", OPENAI_LIST },
  { "/api/tags", "{\"models\":[{\"name\":\"m\",\"model\":\"m\"},{\"name\":\"cloud:cloud\",\"model\":\"cloud:cloud\",\"remote_host\":\"https://ollama.com\"}]}" },
  { "/api/show", "{\"model_info\":{\"general.architecture\":\"qwen3\",\"qwen3.context_length\":40960},\"capabilities\":[\"completion\",\"tools\"]}" },
  { "/api/version", "{\"version\":\"0.33.0\"}" },
};

/* Lists follow the first fault too, where it is one of the whole service; a key is asked for by the fault "wants-key". */
static gboolean
send_document (Request *request)
{
  static const char *const of_service[] = { "html", "html-404", "redirect", "404", "405", "410", "500", "silent", "cut-headers", "not-http", "huge", "garbage", "401", NULL };
  g_auto(GStrv) names = g_strsplit (request->faults, ",", -1);
  g_autofree char *lower = g_ascii_strdown (request->head, -1);
  for (gsize i = 0; i < G_N_ELEMENTS (documents); i++)
    if (g_str_has_suffix (request->rest, documents[i].end))
      {
        gboolean key = strstr (lower, "authorization: bearer good-key") != NULL || strstr (lower, "x-api-key: good-key") != NULL;
        if (g_str_has_prefix (names[0], "list-"))
          send_fault (request, names[0] + 5);
        else if (g_strv_contains (of_service, names[0]))
          send_fault (request, names[0]);
        else if (g_str_equal (names[0], "wants-key") && !key)
          send_fault (request, "401");
        else
          send_whole (request, 200, "", "application/json", documents[i].body);
        return TRUE;
      }
  return FALSE;
}

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
  gboolean anthropic = g_str_has_suffix (request->rest, "/v1/messages"), ollama = strstr (request->rest, "/api/") != NULL;
  request->dialect = anthropic ? "anthropic" : ollama ? "ollama" : "openai-chat";
  request->streamed = strstr (request->body, "\"stream\":true") != NULL;
}

static char *
next_fault (Request *request)
{
  Hostile *hostile = request->hostile;
  g_auto(GStrv) names = g_strsplit (request->faults, ",", -1);
  g_mutex_lock (&hostile->lock);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (hostile->requests, request->tag));
  g_hash_table_replace (hostile->requests, g_strdup (request->tag), GUINT_TO_POINTER (n + 1));
  g_hash_table_replace (hostile->seen, g_strdup (request->tag), g_strconcat (request->head, "\n\n", request->body, NULL));
  g_mutex_unlock (&hostile->lock);
  char *name = g_strdup (names[MIN (n, g_strv_length (names) - 1)]);
  gboolean list_only = g_str_has_prefix (name, "list-") || g_str_equal (name, "wants-key");
  return list_only ? (g_free (name), g_strdup ("ok")) : name;
}

static void
serve (Hostile *hostile, GIOStream *stream)
{
  Request request = { .hostile = hostile, .in = g_io_stream_get_input_stream (stream), .out = g_io_stream_get_output_stream (stream) };
  if (read_request (&request))
    {
      parse_path (&request);
      g_autofree char *name = send_document (&request) ? NULL : next_fault (&request);
      if (name != NULL)
        send_fault (&request, name);
    }
  g_free (request.tag);
  g_free (request.faults);
  g_free (request.rest);
  g_free (request.head);
  g_free (request.body);
}

static gboolean
run_cb (GThreadedSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  Hostile *hostile = user_data;
  g_autoptr(GIOStream) stream = NULL;
  g_socket_set_timeout (g_socket_connection_get_socket (connection), 30);
  g_atomic_int_inc (&hostile->open);
  if (hostile->certificate != NULL)
    stream = g_tls_server_connection_new (G_IO_STREAM (connection), hostile->certificate, NULL);
  else
    stream = G_IO_STREAM (g_object_ref (connection));
  if (stream != NULL && (hostile->certificate == NULL || g_tls_connection_handshake (G_TLS_CONNECTION (stream), NULL, NULL)))
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
  g_socket_listener_add_address (G_SOCKET_LISTENER (hostile->service), wanted, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &effective, &error);
  g_assert_no_error (error);
  hostile->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
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
  return g_strdup_printf ("%s://127.0.0.1:%u/%s/%s%s", hostile->certificate != NULL ? "https" : "http", hostile->port, tag, names,
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
hostile_keys (Hostile *hostile)
{
  return (guint) g_atomic_int_get (&hostile->keys);
}

guint
hostile_reused (Hostile *hostile)
{
  return (guint) g_atomic_int_get (&hostile->reused);
}

guint
hostile_clean (Hostile *hostile)
{
  return (guint) g_atomic_int_get (&hostile->clean);
}
