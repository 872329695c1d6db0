/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-curl-private.h"

#define DRAIN_US G_USEC_PER_SEC

static PurserExchange *
transport_send (PurserTransport *base,
                const PurserHttpRequest *request,
                const PurserExchangeEvents *events,
                gpointer user_data)
{
  PurserCurlTransport *self = (PurserCurlTransport *) base;
  PurserExchange *exchange = purser_curl_exchange_new (self);
  PurserFaultClass class_ = PURSER_FAULT_NONE;
  char *words = NULL;
  exchange->events = events;
  exchange->user_data = user_data;
  exchange->sent_at = g_get_monotonic_time ();
  if (!purser_curl_request_apply (exchange, request, &class_, &words))
    {
      purser_curl_exchange_refuse (exchange, class_, words);
      return exchange;
    }
  PurserCurlWay *way = purser_curl_way_get (self, request->ca_file, &words);
  if (way == NULL)
    purser_curl_exchange_refuse (exchange, PURSER_FAULT_TLS, words);
  else if (!purser_curl_way_enter (way, exchange))
    purser_curl_exchange_refuse (exchange, PURSER_FAULT_LOCAL, g_strdup (curl_easy_strerror (CURLE_OUT_OF_MEMORY)));
  return exchange;
}

/* libcurl may hand on at once what it held: it is told from the loop. */
static void
resume (PurserExchange *exchange)
{
  if (exchange->held)
    {
      exchange->held = FALSE;
      curl_easy_pause (exchange->easy, CURLPAUSE_CONT);
    }
  purser_curl_exchange_queue (exchange);
  purser_loop_later (exchange->transport->loop, purser_curl_tell_all, exchange->transport);
}

/* What comes next is refused, and then libcurl reads nothing more: a pause that is over before that costs nothing. */
static void
transport_pause (PurserExchange *exchange, gboolean paused)
{
  if (exchange->paused == paused || exchange->transport == NULL)
    return;
  exchange->paused = paused;
  if (!paused && exchange->events != NULL)
    resume (exchange);
}

/* ——— closing ——— */

static void
set_drain_timer (PurserCurlTransport *self)
{
  PurserExchange *first = self->draining.head != NULL ? self->draining.head->data : NULL;
  purser_timer_set (self->drain_timer, first != NULL ? first->drain_until : -1);
}

static void
drain_cb (gpointer data)
{
  PurserCurlTransport *self = data;
  gint64 now = g_get_monotonic_time ();
  while (self->draining.head != NULL && ((PurserExchange *) self->draining.head->data)->drain_until <= now)
    purser_curl_exchange_release (self->draining.head->data);
  set_drain_timer (self);
}

static void
drain (PurserExchange *exchange)
{
  PurserCurlTransport *self = exchange->transport;
  exchange->draining = TRUE;
  exchange->paused = FALSE;
  exchange->drain_until = g_get_monotonic_time () + DRAIN_US;
  g_queue_push_tail_link (&self->draining, &exchange->drain_link);
  set_drain_timer (self);
  if (exchange->held)
    curl_easy_pause (exchange->easy, CURLPAUSE_CONT);
  exchange->held = FALSE;
}

static void
transport_close (PurserExchange *exchange, gboolean may_drain)
{
  exchange->events = NULL;
  exchange->closed = TRUE;
  if (exchange->transport == NULL)
    purser_curl_exchange_destroy (exchange);
  else if (may_drain && !exchange->over && exchange->has_headers)
    drain (exchange);
  else if (!exchange->telling)
    purser_curl_exchange_release (exchange);
}

static void
transport_free (PurserTransport *base)
{
  PurserCurlTransport *self = (PurserCurlTransport *) base;
  while (self->exchanges.head != NULL)
    {
      PurserExchange *exchange = self->exchanges.head->data;
      if (exchange->closed)
        purser_curl_exchange_destroy (exchange);
      else
        purser_curl_exchange_detach (exchange);
    }
  while (self->spare->len > 0)
    {
      PurserExchange *exchange = g_ptr_array_steal_index_fast (self->spare, self->spare->len - 1);
      purser_curl_exchange_destroy (exchange);
    }
  while (self->ways.head != NULL)
    purser_curl_way_free (self->ways.head->data);
  purser_loop_forget (self->loop, self);
  purser_timer_free (self->drain_timer);
  g_ptr_array_unref (self->spare);
  g_ptr_array_unref (self->buffers);
  g_clear_pointer (&self->targets, g_hash_table_unref);
  g_free (self);
}

/**
 * purser_curl_transport_new:
 * @loop: the data plane's; it outlives the transport
 *
 * The gateway's transport. All of it belongs to the loop's thread, purser_transport_free() too (or to whoever has the
 * loop when it does not run), which is not called from an event.
 *
 * Returns: (transfer full):
 */
PurserTransport *
purser_curl_transport_new (PurserLoop *loop)
{
  static gsize ready = 0;
  if (g_once_init_enter (&ready))
    {
      curl_global_init (CURL_GLOBAL_DEFAULT);
      g_once_init_leave (&ready, 1);
    }
  PurserCurlTransport *self = g_new0 (PurserCurlTransport, 1);
  self->base = (PurserTransport) { transport_send, transport_pause, transport_close, transport_free };
  self->loop = loop;
  self->drain_timer = purser_timer_new (loop, drain_cb, self);
  self->spare = g_ptr_array_new ();
  self->buffers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_byte_array_unref);
  return &self->base;
}
