/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-curl-private.h"

#include "config.h"
#include "purser-curl-errors.h"
#include <string.h>
#include <sys/socket.h>

#define HEADERS_MAX    (64 * 1024) /* of all heads of a reply */
#define DRAIN_BYTES    (64 * 1024)
#define BUFFER_SIZE    (16 * 1024)
#define BUFFERS_KEPT   16
#define EXCHANGES_KEPT 128

/* ——— what libcurl calls: notes only ——— */

/* libcurl sends a request again, in silence, when a kept connection turns out to be dead (DESIGN §9): two bills. It asks here before each send. */
static int
prereq_cb (void *data, char *remote, char *local, int remote_port, int local_port)
{
  PurserExchange *exchange = data;
  if (exchange->starts++ > 0)
    {
      exchange->again = TRUE;
      return CURL_PREREQFUNC_ABORT;
    }
  exchange->started_at = g_get_monotonic_time ();
  purser_curl_exchange_queue (exchange);
  return CURL_PREREQFUNC_OK;
}

/* And here before it connects for that. */
static curl_socket_t
socket_cb (void *data, curlsocktype purpose, struct curl_sockaddr *address)
{
  PurserExchange *exchange = data;
  if (exchange->starts > 0)
    {
      exchange->again = TRUE;
      return CURL_SOCKET_BAD;
    }
  return socket (address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address->protocol);
}

static void
head_is_whole (PurserExchange *exchange)
{
  long status = 0;
  curl_easy_getinfo (exchange->easy, CURLINFO_RESPONSE_CODE, &status);
  if (status < 200)
    return; /* 100, 103: another follows */
  exchange->has_headers = TRUE;
  exchange->status = (int) status;
  purser_curl_exchange_queue (exchange);
}

/* Each line of a head; trailers too, which are counted and left. */
static size_t
header_cb (char *line, size_t size, size_t length, void *data)
{
  PurserExchange *exchange = data;
  exchange->header_bytes += length;
  if (exchange->header_bytes > HEADERS_MAX)
    return CURL_WRITEFUNC_ERROR;
  if (!exchange->has_headers && length > 0 && (*line == '\r' || *line == '\n'))
    head_is_whole (exchange);
  return length;
}

static GByteArray *
take_buffer (PurserCurlTransport *transport)
{
  GPtrArray *spare = transport->buffers;
  return spare->len > 0 ? g_ptr_array_steal_index_fast (spare, spare->len - 1) : g_byte_array_sized_new (BUFFER_SIZE);
}

static void
give_buffer (PurserCurlTransport *transport, GByteArray *buffer)
{
  gboolean keep = buffer->len <= 4 * BUFFER_SIZE && transport->buffers->len < BUFFERS_KEPT;
  g_byte_array_set_size (buffer, 0);
  if (keep)
    g_ptr_array_add (transport->buffers, buffer);
  else
    g_byte_array_unref (buffer);
}

/* A provider sends an event in a piece of its own; a burst of them is told as one. */
static size_t
write_cb (char *bytes, size_t size, size_t length, void *data)
{
  PurserExchange *exchange = data;
  if (exchange->draining)
    {
      exchange->drained += length;
      return exchange->drained <= DRAIN_BYTES ? length : CURL_WRITEFUNC_ERROR;
    }
  if (exchange->paused)
    {
      exchange->held = TRUE;
      return CURL_WRITEFUNC_PAUSE;
    }
  if (exchange->pending == NULL)
    exchange->pending = take_buffer (exchange->transport);
  g_byte_array_append (exchange->pending, (const guint8 *) bytes, (guint) length);
  purser_curl_exchange_queue (exchange);
  return length;
}

/* ——— what the user is told ——— */

void
purser_curl_exchange_queue (PurserExchange *exchange)
{
  if (exchange->queued || exchange->closed)
    return;
  exchange->queued = TRUE;
  g_queue_push_tail_link (&exchange->transport->telling, &exchange->tell_link);
}

static const char *
response_header (const char *name, gpointer data)
{
  PurserExchange *exchange = data;
  struct curl_header *header = NULL;
  return curl_easy_header (exchange->easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK ? header->value : NULL;
}

static void
tell_bytes (PurserExchange *exchange)
{
  GByteArray *bytes = g_steal_pointer (&exchange->pending);
  PurserCurlTransport *transport = exchange->transport;
  exchange->events->bytes (bytes->data, bytes->len, exchange->user_data);
  give_buffer (transport, bytes);
}

static void
tell_end (PurserExchange *exchange)
{
  const PurserExchangeEvents *events = g_steal_pointer (&exchange->events);
  if (exchange->class_ == PURSER_FAULT_NONE)
    events->end (exchange->user_data);
  else
    events->error (exchange->class_, exchange->words, exchange->user_data);
}

/* A paused user is told of nothing that comes after the headers, its end neither: all of it follows the bytes that wait. */
static gboolean
waits (const PurserExchange *exchange)
{
  return exchange->paused && exchange->told_headers;
}

static void
tell_steps (PurserExchange *exchange)
{
  if (exchange->events != NULL && exchange->starts > 0 && !exchange->told_connected)
    {
      exchange->told_connected = TRUE;
      exchange->events->connected (exchange->started_at, exchange->started_at - exchange->sent_at, exchange->user_data);
    }
  if (exchange->events != NULL && exchange->has_headers && !exchange->told_headers)
    {
      exchange->told_headers = TRUE;
      exchange->events->headers (exchange->status, response_header, exchange, exchange->user_data);
    }
  if (exchange->events != NULL && exchange->pending != NULL && !waits (exchange))
    tell_bytes (exchange);
  if (exchange->events != NULL && exchange->over && exchange->pending == NULL && !waits (exchange))
    tell_end (exchange);
}

static void
tell (PurserExchange *exchange)
{
  exchange->telling = TRUE;
  tell_steps (exchange);
  exchange->telling = FALSE;
  if (exchange->closed && !exchange->draining)
    purser_curl_exchange_release (exchange);
}

void
purser_curl_tell_all (gpointer data)
{
  PurserCurlTransport *transport = data;
  while (transport->telling.head != NULL)
    {
      PurserExchange *exchange = transport->telling.head->data;
      g_queue_unlink (&transport->telling, &exchange->tell_link);
      exchange->queued = FALSE;
      tell (exchange);
    }
}

/* ——— how it ends ——— */

void
purser_curl_exchange_refuse (PurserExchange *exchange, PurserFaultClass class_, char *words)
{
  exchange->over = TRUE;
  exchange->class_ = class_;
  exchange->words = words;
  purser_curl_exchange_queue (exchange);
  purser_loop_later (exchange->transport->loop, purser_curl_tell_all, exchange->transport);
}

/* libcurl is done with it. */
void
purser_curl_exchange_done (PurserExchange *exchange, CURLcode code)
{
  PurserCurlFailure failure = { .code = code,
                                .easy = exchange->easy,
                                .text = exchange->error,
                                .ca_file = exchange->ca_file,
                                .again = exchange->again,
                                .half_head = exchange->header_bytes > 0 && !exchange->has_headers };
  exchange->over = TRUE;
  if (code != CURLE_OK)
    exchange->class_ = purser_curl_error_class (&failure, &exchange->words);
  else if (!exchange->has_headers)
    {
      failure.code = CURLE_GOT_NOTHING;
      exchange->class_ = purser_curl_error_class (&failure, &exchange->words);
    }
  purser_curl_way_leave (exchange);
  if (exchange->closed)
    purser_curl_exchange_release (exchange);
  else
    purser_curl_exchange_queue (exchange);
}

/* ——— handles ——— */

static CURL *
easy_new (PurserExchange *exchange)
{
  CURL *easy = curl_easy_init ();
  if (easy == NULL)
    g_error ("curl_easy_init: no memory");
  curl_easy_setopt (easy, CURLOPT_PRIVATE, exchange);
  curl_easy_setopt (easy, CURLOPT_ERRORBUFFER, exchange->error);
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (easy, CURLOPT_QUICK_EXIT, 1L); /* else giving up waits for the name server, and everyone with it */
  curl_easy_setopt (easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt (easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt (easy, CURLOPT_NETRC, (long) CURL_NETRC_IGNORED);
  curl_easy_setopt (easy, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_2TLS);
  curl_easy_setopt (easy, CURLOPT_HTTP09_ALLOWED, 0L);
  curl_easy_setopt (easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt (easy, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt (easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt (easy, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt (easy, CURLOPT_TCP_KEEPALIVE, 1L); /* a model may think for minutes, and a router forgets by then */
  curl_easy_setopt (easy, CURLOPT_MAXAGE_CONN, 60L);
  curl_easy_setopt (easy, CURLOPT_MAXLIFETIME_CONN, 600L); /* a name that moved is looked up again */
  curl_easy_setopt (easy, CURLOPT_USERAGENT, "Purser/" PURSER_VERSION);
  curl_easy_setopt (easy, CURLOPT_PREREQFUNCTION, prereq_cb);
  curl_easy_setopt (easy, CURLOPT_PREREQDATA, exchange);
  curl_easy_setopt (easy, CURLOPT_OPENSOCKETFUNCTION, socket_cb);
  curl_easy_setopt (easy, CURLOPT_OPENSOCKETDATA, exchange);
  curl_easy_setopt (easy, CURLOPT_HEADERFUNCTION, header_cb);
  curl_easy_setopt (easy, CURLOPT_HEADERDATA, exchange);
  curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, write_cb);
  curl_easy_setopt (easy, CURLOPT_WRITEDATA, exchange);
  return easy;
}

static void
init_links (PurserExchange *exchange)
{
  exchange->link.data = exchange;
  exchange->tell_link.data = exchange;
  exchange->drain_link.data = exchange;
}

PurserExchange *
purser_curl_exchange_new (PurserCurlTransport *transport)
{
  PurserExchange *exchange = NULL;
  if (transport->spare->len > 0)
    exchange = g_ptr_array_steal_index_fast (transport->spare, transport->spare->len - 1);
  else
    {
      exchange = g_new0 (PurserExchange, 1);
      init_links (exchange);
      exchange->easy = easy_new (exchange);
    }
  exchange->transport = transport;
  g_queue_push_tail_link (&transport->exchanges, &exchange->link);
  return exchange;
}

static void
leave_queues (PurserExchange *exchange)
{
  PurserCurlTransport *transport = exchange->transport;
  g_queue_unlink (&transport->exchanges, &exchange->link);
  if (exchange->queued)
    g_queue_unlink (&transport->telling, &exchange->tell_link);
  if (exchange->draining)
    g_queue_unlink (&transport->draining, &exchange->drain_link);
  if (exchange->pending != NULL)
    give_buffer (transport, g_steal_pointer (&exchange->pending));
  purser_curl_way_leave (exchange);
  purser_curl_request_clear (exchange);
  g_clear_pointer (&exchange->words, g_free);
}

/* Everything but the handle and what it is set to. */
static void
forget_call (PurserExchange *exchange)
{
  PurserExchange kept = { .easy = exchange->easy,
                          .url = exchange->url,
                          .ca_file = exchange->ca_file,
                          .method = exchange->method,
                          .direct = exchange->direct,
                          .tls = exchange->tls,
                          .has_body = exchange->has_body };
  *exchange = kept;
  init_links (exchange);
}

static void
exchange_free (gpointer data)
{
  PurserExchange *exchange = data;
  curl_easy_cleanup (exchange->easy);
  g_free (exchange->url);
  g_free (exchange->ca_file);
  g_free (exchange->words);
  g_free (exchange);
}

void
purser_curl_exchange_destroy (PurserExchange *exchange)
{
  if (exchange->transport != NULL)
    leave_queues (exchange);
  exchange_free (exchange);
}

/* A handle that once trusted a file of its own is not set back to what libcurl was built to trust: it goes with its file. */
void
purser_curl_exchange_release (PurserExchange *exchange)
{
  PurserCurlTransport *transport = exchange->transport;
  leave_queues (exchange);
  if (transport->spare->len >= EXCHANGES_KEPT || exchange->ca_file != NULL)
    {
      exchange_free (exchange);
      return;
    }
  forget_call (exchange);
  g_ptr_array_add (transport->spare, exchange);
}

void
purser_curl_exchange_detach (PurserExchange *exchange)
{
  leave_queues (exchange);
  g_clear_pointer (&exchange->easy, curl_easy_cleanup);
  exchange->transport = NULL;
  exchange->events = NULL;
}
