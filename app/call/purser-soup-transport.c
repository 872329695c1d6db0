/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-transport.h"

#include "config.h"
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include "purser-soup-errors.h"

/* Why every request has a connection of its own: libsoup re-uses one for a POST only when the message is flagged
 * idempotent, and then it may send the request a second time, in silence, when the kept connection turns out dead
 * (PERFORMANCE.md §2). Never flagged, asked for a new connection, on HTTP/1.1, and with a count of starts as a second
 * lock: one send, one bill. */

#define READ_SIZE   (64 * 1024)
#define READS_AT_ONCE 8            /* then others on the main loop have their turn */
#define DRAIN_BYTES (64 * 1024)
#define DRAIN_MS    1000

typedef struct
{
  PurserTransport base;
  GHashTable
      *sessions; /* (owned) key → SoupSession: one for each CA file as it is now, and for direct or proxied ways */
} SoupTransport;

struct _PurserExchange
{
  gatomicrefcount             refs;        /* one for the user until close, one while an operation is under way */
  const PurserExchangeEvents *events;      /* NULL once closed or over */
  gpointer                    user_data;
  SoupMessage                *message;     /* (owned) */
  GInputStream               *stream;      /* (owned) (nullable) from the headers on */
  GCancellable               *cancellable; /* (owned) */
  GSource                    *source;      /* (owned) (nullable) waits for bytes, or for a turn */
  GSource                    *drain_timer; /* (owned) (nullable) */
  GMainContext               *context;     /* (owned) */
  gint64                      sent_at;
  guint                       starts;
  gsize                       drained;
  guint64                     read;        /* bytes of the reply's body */
  gboolean                    paused, draining;
};

static void read_on (PurserExchange *exchange);

static void
drop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
exchange_unref (PurserExchange *exchange)
{
  if (!g_atomic_ref_count_dec (&exchange->refs))
    return;
  drop_source (&exchange->source);
  drop_source (&exchange->drain_timer);
  g_signal_handlers_disconnect_by_data (exchange->message, exchange);
  g_clear_object (&exchange->stream);
  g_clear_object (&exchange->message);
  g_clear_object (&exchange->cancellable);
  g_main_context_unref (exchange->context);
  g_free (exchange);
}

static PurserExchange *
exchange_ref (PurserExchange *exchange)
{
  g_atomic_ref_count_inc (&exchange->refs);
  return exchange;
}

static void
closed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_input_stream_close_finish (G_INPUT_STREAM (object), result, NULL);
  exchange_unref (user_data);
}

/* Ends whatever is under way. Closing a body before its end also closes the connection. */
static void
exchange_shut (PurserExchange *exchange)
{
  drop_source (&exchange->source);
  drop_source (&exchange->drain_timer);
  g_cancellable_cancel (exchange->cancellable);
  if (exchange->stream == NULL || g_input_stream_is_closed (exchange->stream)
      || g_input_stream_has_pending (exchange->stream))
    return;
  g_autoptr(GInputStream) stream = g_steal_pointer (&exchange->stream);
  g_input_stream_close_async (stream, G_PRIORITY_DEFAULT, NULL, closed_cb, exchange_ref (exchange));
}

static void
finish (PurserExchange *exchange, PurserFaultClass class_, const char *words)
{
  const PurserExchangeEvents *events = g_steal_pointer (&exchange->events);
  gpointer user_data = exchange->user_data;
  exchange_ref (exchange);
  if (events != NULL && class_ == PURSER_FAULT_NONE)
    events->end (user_data);
  else if (events != NULL)
    events->error (class_, words, user_data);
  exchange_shut (exchange);
  exchange_unref (exchange);
}

static void
finish_error (PurserExchange *exchange, const GError *error)
{
  g_autofree char *words = NULL;
  PurserFaultClass class_ = purser_soup_error_class (error, exchange->message, &words);
  finish (exchange, class_, words);
}

static void
take_bytes (PurserExchange *exchange, const void *bytes, gsize length)
{
  if (exchange->events != NULL)
    exchange->events->bytes (bytes, length, exchange->user_data);
  else
    exchange->drained += length;
}

static gboolean
readable_cb (GObject *stream, gpointer user_data)
{
  PurserExchange *exchange = user_data;
  drop_source (&exchange->source);
  read_on (exchange);
  return G_SOURCE_REMOVE;
}

static gboolean
turn_cb (gpointer user_data)
{
  return readable_cb (NULL, user_data);
}

static void
wait_readable (PurserExchange *exchange, gboolean at_once)
{
  drop_source (&exchange->source);
  if (at_once)
    {
      exchange->source = g_idle_source_new ();
      g_source_set_callback (exchange->source, turn_cb, exchange, NULL);
    }
  else
    {
      exchange->source =
          g_pollable_input_stream_create_source (G_POLLABLE_INPUT_STREAM (exchange->stream), exchange->cancellable);
      g_source_set_callback (exchange->source, G_SOURCE_FUNC (readable_cb), exchange, NULL);
    }
  g_source_attach (exchange->source, exchange->context);
}

/* The reference that close() left to the draining. */
static void
drained (PurserExchange *exchange)
{
  exchange->draining = FALSE;
  exchange_shut (exchange);
  exchange_unref (exchange);
}

static gboolean
wants_bytes (PurserExchange *exchange)
{
  return exchange->stream != NULL && !exchange->paused && (exchange->events != NULL || exchange->draining);
}

/* libsoup takes an early end for the end where the connection is not kept, for the sake of servers that count wrong. */
static gboolean
is_short (PurserExchange *exchange)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (exchange->message);
  return soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH
         && exchange->read < (guint64) soup_message_headers_get_content_length (headers);
}

/* FALSE: nothing more to read now. */
static gboolean
read_once (PurserExchange *exchange, char *buffer)
{
  g_autoptr(GError) error = NULL;
  gssize n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (exchange->stream), buffer, READ_SIZE,
                                                       exchange->cancellable, &error);
  exchange->read += n > 0 ? (guint64) n : 0;
  if (n > 0)
    take_bytes (exchange, buffer, (gsize) n);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    wait_readable (exchange, FALSE);
  else if (n == 0 && is_short (exchange))
    finish (exchange, PURSER_FAULT_CUT, _("The connection ended before the reply did."));
  else if (n == 0)
    finish (exchange, PURSER_FAULT_NONE, NULL);
  else
    finish_error (exchange, error);
  if (exchange->draining && exchange->source == NULL && (n <= 0 || exchange->drained > DRAIN_BYTES))
    drained (exchange);
  return n > 0;
}

/* Takes what is there in a few reads, without a turn of the main loop for each piece. The user may close or pause in
 * any callback. */
static void
read_on (PurserExchange *exchange)
{
  g_autofree char *buffer = g_malloc (READ_SIZE);
  gboolean more = TRUE;
  exchange_ref (exchange);
  for (guint i = 0; i < READS_AT_ONCE && more && wants_bytes (exchange); i++)
    more = read_once (exchange, buffer);
  if (more && wants_bytes (exchange) && exchange->source == NULL)
    wait_readable (exchange, TRUE);
  exchange_unref (exchange);
}

static const char *
response_header (const char *name, gpointer user_data)
{
  PurserExchange *exchange = user_data;
  return soup_message_headers_get_one (soup_message_get_response_headers (exchange->message), name);
}

static void
sent_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  PurserExchange *exchange = user_data;
  g_autoptr(GError) error = NULL;
  exchange->stream = soup_session_send_finish (SOUP_SESSION (object), result, &error);
  if (exchange->events == NULL)
    exchange_shut (exchange); /* closed meanwhile */
  else if (exchange->stream == NULL)
    finish_error (exchange, error);
  else
    {
      exchange->events->headers ((int) soup_message_get_status (exchange->message), response_header, exchange,
                                 exchange->user_data);
      if (exchange->events != NULL && !exchange->paused)
        read_on (exchange);
    }
  exchange_unref (exchange);
}

/* libsoup says "starting" each time it puts the request on a connection. */
static void
starting_cb (SoupMessage *message, gpointer user_data)
{
  PurserExchange *exchange = user_data;
  gint64 now = g_get_monotonic_time ();
  if (exchange->starts++ > 0)
    finish (exchange, PURSER_FAULT_CUT, _("The connection ended before a reply came."));
  else if (exchange->events != NULL)
    exchange->events->connected (now, now - exchange->sent_at, exchange->user_data);
}

static void
session_add_ca (SoupSession *session, const char *ca_file, GError **error)
{
  if (ca_file == NULL)
    return;
  g_autoptr(GTlsDatabase) database = g_tls_file_database_new (ca_file, error);
  if (database != NULL)
    soup_session_set_tls_database (session, database);
}

static SoupSession *
session_new (const char *ca_file, gboolean direct, GError **error)
{
  GError *problem = NULL;
  /* All waiting is timed by the engine; per-host limits would let a call wait for a whole reply of another. */
  g_autoptr(SoupSession) session =
      soup_session_new_with_options ("user-agent", "Purser/" PURSER_VERSION, "timeout", 0, "idle-timeout", 1,
                                     "max-conns", 4096, "max-conns-per-host", 4096, NULL);
  /* A sign-in of the session's own would send the request again; nothing here is worth compressing. A cookie jar is
   * not there by default. */
  soup_session_remove_feature_by_type (session, SOUP_TYPE_AUTH_MANAGER);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  if (direct)
    soup_session_set_proxy_resolver (session, NULL);
  session_add_ca (session, ca_file, &problem);
  if (problem == NULL)
    return g_steal_pointer (&session);
  g_set_error (error, G_TLS_ERROR, G_TLS_ERROR_MISC, _("The CA file “%s” cannot be used: %s"), ca_file,
               problem->message);
  g_error_free (problem);
  return NULL;
}

/* A replaced CA file is another session: its time and size are part of the key. Plain http goes to this machine or a
 * private network only (addresses are checked when typed), so it never goes through a proxy, and no key with it. */
static SoupSession *
get_session (SoupTransport *self, const char *ca_file, GUri *uri, GError **error)
{
  gboolean direct = g_str_equal (g_uri_get_scheme (uri), "http");
  g_autoptr(GInetAddress) inet = g_inet_address_new_from_string (g_uri_get_host (uri));
  direct |= g_ascii_strcasecmp (g_uri_get_host (uri), "localhost") == 0
            || (inet != NULL && g_inet_address_get_is_loopback (inet));
  GStatBuf status = { 0 };
  if (ca_file != NULL)
    g_stat (ca_file, &status);
  g_autofree char *key = g_strdup_printf ("%d %lld %lld %s", direct, (long long) status.st_mtime,
                                          (long long) status.st_size, ca_file != NULL ? ca_file : "");
  SoupSession *session = g_hash_table_lookup (self->sessions, key);
  if (session == NULL && (session = session_new (ca_file, direct, error)) != NULL)
    g_hash_table_insert (self->sessions, g_steal_pointer (&key), session);
  return session;
}

static SoupMessage *
message_new (const PurserHttpRequest *request, GUri *uri)
{
  SoupMessage *message = soup_message_new_from_uri (request->method, uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  soup_message_set_force_http1 (message, TRUE);
  soup_message_add_flags (message,
                          SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_NEW_CONNECTION | SOUP_MESSAGE_DO_NOT_USE_AUTH_CACHE);
  soup_message_headers_replace (headers, "Connection", "close");
  soup_message_headers_replace (headers, "Accept-Encoding", "identity");
  for (char **header = request->headers; header[0] != NULL; header += 2)
    soup_message_headers_replace (headers, header[0], header[1]);
  if (request->body != NULL)
    soup_message_set_request_body_from_bytes (message, "application/json", request->body);
  return message;
}

/* Never during send: the user has not even got the exchange yet. */
static gboolean
refuse_cb (gpointer user_data)
{
  PurserExchange *exchange = user_data;
  g_autoptr(GError) error = g_error_copy (g_object_get_data (G_OBJECT (exchange->cancellable), "refusal"));
  drop_source (&exchange->source);
  finish_error (exchange, error);
  return G_SOURCE_REMOVE;
}

static void
refuse_later (PurserExchange *exchange, GError *error)
{
  g_object_set_data_full (G_OBJECT (exchange->cancellable), "refusal", error, (GDestroyNotify) g_error_free);
  exchange->source = g_idle_source_new ();
  g_source_set_callback (exchange->source, refuse_cb, exchange, NULL);
  g_source_attach (exchange->source, exchange->context);
}

static PurserExchange *
soup_send (PurserTransport *base,
           const PurserHttpRequest *request,
           const PurserExchangeEvents *events,
           gpointer user_data)
{
  SoupTransport *self = (SoupTransport *) base;
  g_autoptr(GError) error = NULL;
  g_autofree char *url = purser_http_request_url (request);
  g_autoptr(GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0'
      || !g_str_has_prefix (g_uri_get_scheme (uri), "http"))
    g_set_error (&error, G_URI_ERROR, G_URI_ERROR_BAD_HOST, _("“%s” is no web address."), request->address);
  SoupSession *session = error == NULL ? get_session (self, request->ca_file, uri, &error) : NULL;
  PurserExchange *exchange = g_new0 (PurserExchange, 1);
  g_atomic_ref_count_init (&exchange->refs);
  exchange->events = events;
  exchange->user_data = user_data;
  exchange->cancellable = g_cancellable_new ();
  exchange->context = g_main_context_ref_thread_default ();
  exchange->sent_at = g_get_monotonic_time ();
  exchange->message =
      session != NULL ? message_new (request, uri) : soup_message_new (SOUP_METHOD_GET, "http://localhost/");
  if (session == NULL)
    {
      refuse_later (exchange, g_steal_pointer (&error));
      return exchange;
    }
  g_signal_connect (exchange->message, "starting", G_CALLBACK (starting_cb), exchange);
  soup_session_send_async (session, exchange->message, G_PRIORITY_DEFAULT, exchange->cancellable, sent_cb,
                           exchange_ref (exchange));
  return exchange;
}

static void
soup_pause (PurserExchange *exchange, gboolean paused)
{
  if (exchange->paused == paused)
    return;
  exchange->paused = paused;
  if (paused)
    drop_source (&exchange->source);
  else if (exchange->stream != NULL && exchange->source == NULL && exchange->events != NULL)
    wait_readable (exchange, TRUE);
}

static gboolean
drained_cb (gpointer user_data)
{
  PurserExchange *exchange = user_data;
  drained (exchange);
  return G_SOURCE_REMOVE;
}

static void
drain (PurserExchange *exchange)
{
  exchange->draining = TRUE;
  exchange->paused = FALSE;
  exchange->drain_timer = g_timeout_source_new (DRAIN_MS);
  g_source_set_callback (exchange->drain_timer, drained_cb, exchange, NULL);
  g_source_attach (exchange->drain_timer, exchange->context);
  if (exchange->source == NULL)
    wait_readable (exchange, TRUE);
}

static void
soup_close (PurserExchange *exchange, gboolean may_drain)
{
  gboolean over = exchange->events == NULL;
  exchange->events = NULL;
  if (may_drain && !over && exchange->stream != NULL)
    {
      drain (exchange);
      return;
    }
  exchange_shut (exchange);
  exchange_unref (exchange);
}

static void
soup_free (PurserTransport *base)
{
  SoupTransport *self = (SoupTransport *) base;
  g_hash_table_unref (self->sessions);
  g_free (self);
}

/**
 * purser_soup_transport_new:
 *
 * The transport of window and terminal, on the thread-default main context.
 *
 * Returns: (transfer full): a transport for one thread
 */
PurserTransport *
purser_soup_transport_new (void)
{
  SoupTransport *self = g_new0 (SoupTransport, 1);
  self->base = (PurserTransport) { soup_send, soup_pause, soup_close, soup_free };
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  return &self->base;
}
