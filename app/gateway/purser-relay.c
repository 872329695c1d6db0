/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-relay-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-caller.h"
#include "purser-place.h"

/* Drives the engine of one call for one request: does what it says and tells it what came of it. It outlives its request
 * where the caller leaves, since what was opened must be settled. */

#define RELOAD_US (G_USEC_PER_SEC / 2)  /* other processes' changes are noticed every 250 ms */
#define FEW_HELD  (PURSER_GATEWAY_CLIENT_HELD / 4)

static void pump (PurserRelay *relay);

static gint64
now (void)
{
  return g_get_monotonic_time ();
}

static PurserRelay *
relay_ref (PurserRelay *relay)
{
  relay->refs++;
  return relay;
}

static void
relay_unref (PurserRelay *relay)
{
  if (--relay->refs > 0)
    return;
  g_clear_pointer (&relay->engine, purser_engine_free);
  g_clear_pointer (&relay->writer, purser_writer_free);
  g_clear_pointer (&relay->placing, purser_http_request_free);
  g_clear_pointer (&relay->timer, purser_timer_free);
  g_clear_pointer (&relay->ping, purser_timer_free);
  g_clear_pointer (&relay->reload, purser_timer_free);
  g_clear_pointer (&relay->whole, g_byte_array_unref);
  relay->served->plane->held -= relay->held;
  purser_chat_unref (relay->chat);
  g_free (relay->workload);
  g_free (relay->model);
  g_free (relay->behalf);
  g_strfreev (relay->extra_headers);
  purser_served_unref (relay->served);
  g_free (relay);
}

/* --- What goes out, and how fast --- */

/* The provider waits for a caller that does not take what is there. */
static void
check_full (PurserRelay *relay)
{
  gsize waiting = relay->http != NULL ? purser_http_waiting (relay->http) : 0;
  gboolean full = relay->full ? waiting > FEW_HELD : waiting > PURSER_GATEWAY_CLIENT_HELD;
  if (full == relay->full)
    return;
  relay->full = full;
  purser_engine_hold (relay->engine, full, now ());
}

static void
do_emit (PurserRelay *relay, PurserAction *action)
{
  const PurserEvent *event = action->event;
  relay->spoke |= event->type != PURSER_EVENT_ERROR;
  relay->failed_out |= event->type == PURSER_EVENT_ERROR;
  purser_relay_say (relay, event);
  check_full (relay);
  purser_action_free (action);
}

/* --- The end --- */

static void
note_call (PurserRelay *relay, const PurserCallResult *result)
{
  PurserCallNote note = { .result = result,
                          .org = relay->served->org,
                          .identity = &relay->identity,
                          .workload = relay->workload,
                          .dialect = purser_dialect_id (relay->dialect),
                          .streamed = relay->chat->stream,
                          .left = relay->left,
                          .took_us = now () - relay->began };
  purser_metrics_count (relay->served->metrics, &note);
  purser_gateway_log_call (relay->served, &note);
}

static void
stop_reloading (PurserRelay *relay)
{
  if (relay->reloading)
    g_queue_unlink (&relay->served->reloading, &relay->reload_link);
  relay->reloading = FALSE;
}

static void
do_done (PurserRelay *relay, PurserAction *action)
{
  PurserServed *served = relay->served;
  PurserHttp *http = relay->http;
  if (http != NULL)
    {
      purser_relay_finish_reply (relay, action->result);
      purser_http_set_relay (http, NULL);
      relay->http = NULL;
    }
  note_call (relay, action->result);
  stop_reloading (relay);
  purser_gate_leave (served, &relay->identity);
  g_queue_unlink (&served->relays, &relay->link);
  served->done++;
  relay->over = TRUE;
  purser_action_free (action);
}

/* --- The ledger --- */

static void
stored_cb (PurserLedgerJob *job, const GError *error, gpointer data)
{
  PurserRelay *relay = data;
  if (error != NULL && job->action->type == PURSER_ACTION_SETTLE && purser_ledger_job_may_succeed_later (error))
    purser_served_keep_settle (relay->served, g_steal_pointer (&job->action), error);
  purser_engine_answer (relay->engine, purser_ledger_job_answer (error), job->call_id, job->attempt_id,
                        error != NULL ? error->message : NULL, now ());
  pump (relay);
  relay_unref (relay);
}

static void
do_ask (PurserRelay *relay, PurserAction *action)
{
  purser_question_ask (relay->served, action, stored_cb, relay_ref (relay));
}

void
purser_relay_reloaded (PurserRelay *relay)
{
  stop_reloading (relay);
  relay->generation = relay->served->org->generation;
  purser_engine_reloaded (relay->engine, relay->served->org, now ());
  pump (relay);
}

static void
reload_cb (gpointer data)
{
  PurserRelay *relay = relay_ref (data);
  purser_served_take_org (relay->served, purser_store_get_org (relay->served->store)); /* may end the call */
  if (relay->reloading)
    purser_relay_reloaded (relay);
  relay_unref (relay);
}

static void
do_reload (PurserRelay *relay, PurserAction *action)
{
  PurserServed *served = relay->served;
  purser_action_free (action);
  purser_served_take_org (served, purser_store_get_org (served->store));
  if (served->org->generation != relay->generation)
    {
      relay->generation = served->org->generation;
      purser_engine_reloaded (relay->engine, served->org, now ());
      return;
    }
  if (relay->reload == NULL)
    relay->reload = purser_timer_new (served->plane->loop, reload_cb, relay);
  purser_timer_set (relay->reload, now () + RELOAD_US);
  relay->reloading = TRUE;
  g_queue_push_tail_link (&served->reloading, &relay->reload_link);
}

/* --- The key --- */

static void
key_cb (const char *key, const char *words, gpointer data)
{
  PurserRelay *relay = data;
  purser_engine_key (relay->engine, key, words, now ());
  pump (relay);
  relay_unref (relay);
}

static void
do_key (PurserRelay *relay, PurserAction *action)
{
  purser_secret_get (relay->served, action->provider_id, action->key_version, action->key_env, key_cb, relay_ref (relay));
  purser_action_free (action);
}

/* --- The wire --- */

static void
connected_cb (gint64 request_start, gint64 connect_us, gpointer data)
{
  PurserRelay *relay = data;
  purser_engine_connected (relay->engine, request_start, connect_us, now ());
  pump (relay);
}

static void
headers_cb (int status, PurserHeaderFunc header, gpointer header_data, gpointer data)
{
  PurserRelay *relay = data;
  purser_engine_headers (relay->engine, status, header, header_data, now ());
  pump (relay);
}

static void
bytes_cb (const void *bytes, gsize length, gpointer data)
{
  PurserRelay *relay = data;
  purser_engine_bytes (relay->engine, bytes, length, now ());
  pump (relay);
}

static void
close_exchange (PurserRelay *relay, gboolean drain)
{
  PurserExchange *exchange = g_steal_pointer (&relay->exchange);
  g_clear_pointer (&relay->placing, purser_http_request_free);
  if (exchange != NULL)
    relay->served->plane->transport->close (exchange, drain);
}

static void
end_cb (gpointer data)
{
  PurserRelay *relay = data;
  relay_ref (relay);
  purser_engine_end (relay->engine, now ());
  close_exchange (relay, FALSE);
  pump (relay);
  relay_unref (relay);
}

static void
error_cb (PurserFaultClass class_, const char *words, gpointer data)
{
  PurserRelay *relay = data;
  relay_ref (relay);
  purser_engine_error (relay->engine, class_, words, now ());
  close_exchange (relay, FALSE);
  pump (relay);
  relay_unref (relay);
}

static const PurserExchangeEvents exchange_events = { connected_cb, headers_cb, bytes_cb, end_cb, error_cb };

static void
send_request (PurserRelay *relay, const PurserHttpRequest *request)
{
  PurserTransport *transport = relay->served->plane->transport;
  relay->exchange = transport->send (transport, request, &exchange_events, relay);
}

static void
placed_cb (const char *address, const char *words, gpointer data)
{
  PurserRelay *relay = data;
  g_autoptr(PurserHttpRequest) request = g_steal_pointer (&relay->placing);
  if (request != NULL && address != NULL)
    {
      purser_http_request_resolve (request, address);
      send_request (relay, request);
    }
  else if (request != NULL)
    purser_engine_error (relay->engine, PURSER_FAULT_ADDRESS, words, now ());
  pump (relay);
  relay_unref (relay);
}

static void
do_send (PurserRelay *relay, PurserAction *action)
{
  if (purser_address_is_practice (action->request->address))
    {
      relay->placing = g_steal_pointer (&action->request);
      purser_place_get (relay->served, relay->placing->address, placed_cb, relay_ref (relay));
    }
  else
    send_request (relay, action->request);
  purser_action_free (action);
}

static void
do_close (PurserRelay *relay, PurserAction *action)
{
  close_exchange (relay, action->type == PURSER_ACTION_FINISH);
  purser_action_free (action);
}

static void
do_pause (PurserRelay *relay, PurserAction *action)
{
  if (relay->exchange != NULL)
    relay->served->plane->transport->pause (relay->exchange, action->type == PURSER_ACTION_PAUSE);
  purser_action_free (action);
}

/* --- Time --- */

static void
timer_cb (gpointer data)
{
  PurserRelay *relay = data;
  purser_engine_timer (relay->engine, now ());
  pump (relay);
}

static void
do_wait (PurserRelay *relay, PurserAction *action)
{
  if (relay->timer == NULL && action->until_us >= 0)
    relay->timer = purser_timer_new (relay->served->plane->loop, timer_cb, relay);
  if (relay->timer != NULL)
    purser_timer_set (relay->timer, action->until_us);
  purser_action_free (action);
}

/* Nothing was answered for long: the caller's own time-outs must not think that nobody is there. */
static void
ping_cb (gpointer data)
{
  PurserRelay *relay = data;
  if (relay->spoke || relay->http == NULL || relay->over)
    return;
  purser_relay_ping (relay);
  g_clear_pointer (&relay->writer, purser_writer_free); /* who answers in the end, and so what it is told of, is not known yet */
  purser_timer_set (relay->ping, now () + purser_listener_limits.ping_us);
}

/* --- The drive --- */

static void (*const performers[]) (PurserRelay *relay, PurserAction *action) = {
  [PURSER_ACTION_OPEN] = do_ask,     [PURSER_ACTION_NEXT_ATTEMPT] = do_ask, [PURSER_ACTION_SETTLE] = do_ask,
  [PURSER_ACTION_RELOAD] = do_reload, [PURSER_ACTION_KEY] = do_key,         [PURSER_ACTION_SEND] = do_send,
  [PURSER_ACTION_ABORT] = do_close,  [PURSER_ACTION_FINISH] = do_close,     [PURSER_ACTION_PAUSE] = do_pause,
  [PURSER_ACTION_RESUME] = do_pause, [PURSER_ACTION_WAIT_UNTIL] = do_wait,  [PURSER_ACTION_EMIT] = do_emit,
  [PURSER_ACTION_DONE] = do_done,
};

/* What an action causes may come back here at once; the loop that runs takes it along. */
static void
pump (PurserRelay *relay)
{
  if (relay->pumping || relay->over)
    return;
  relay_ref (relay);
  relay->pumping = TRUE;
  for (PurserAction *action = purser_engine_next (relay->engine); action != NULL;
       action = purser_engine_next (relay->engine))
    performers[action->type](relay, action);
  relay->pumping = FALSE;
  if (relay->over)
    {
      PurserServed *served = purser_served_ref (relay->served);
      relay_unref (relay); /* the one that the call itself held */
      purser_served_check_end (served);
      purser_served_unref (served);
    }
  relay_unref (relay);
}

/* What the provider of the same dialect is told of how the caller asked. */
static const char *const forwarded[] = { "anthropic-version", "anthropic-beta", "openai-beta" };

static char **
take_extra_headers (PurserHttp *http)
{
  GStrvBuilder *builder = g_strv_builder_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (forwarded); i++)
    {
      const char *value = purser_http_header (http, forwarded[i]);
      if (value != NULL && strlen (value) <= 2048)
        g_strv_builder_add_many (builder, forwarded[i], value, NULL);
    }
  return g_strv_builder_unref_to_strv (builder);
}

void
purser_relay_start (PurserHttp *http,
                    const PurserDialect *dialect,
                    PurserChat *chat,
                    const PurserIdentity *identity,
                    const char *workload,
                    const char *model)
{
  PurserRelay *relay = g_new0 (PurserRelay, 1);
  const char *behalf = purser_http_header (http, "purser-on-behalf-of");
  relay->refs = 1;
  relay->served = purser_served_ref (purser_http_served (http));
  relay->http = http;
  relay->identity = *identity;
  relay->dialect = dialect;
  relay->chat = chat;
  relay->workload = g_strdup (workload);
  relay->model = g_strdup (model);
  relay->behalf = g_strdup (behalf != NULL ? behalf : chat->user);
  relay->extra_headers = take_extra_headers (http);
  relay->started = purser_store_now (relay->served->store);
  relay->began = now ();
  relay->generation = relay->served->org->generation;
  relay->link.data = relay->reload_link.data = relay;
  relay->held = chat->raw != NULL ? g_bytes_get_size (chat->raw) : 0;
  relay->served->plane->held += relay->held;
  relay->engine = purser_engine_new (&purser_default_limits, relay->served->health, relay->served->plane->random);
  g_queue_push_tail_link (&relay->served->relays, &relay->link);
  purser_http_set_relay (http, relay);
  if (chat->stream && purser_dialect_has_writer (dialect))
    {
      relay->ping = purser_timer_new (relay->served->plane->loop, ping_cb, relay);
      purser_timer_set (relay->ping, relay->began + purser_listener_limits.ping_us);
    }
  PurserCallRequest request = {
    .workload = relay->workload,
    .model = relay->model,
    .principal_id = identity->principal_id,
    .purpose = PURSER_PURPOSE_WORK,
    .stream = chat->stream,
    .chat = chat,
    .dialect = purser_dialect_id (dialect),
    .access_key_id = identity->access_key_id,
    .behalf = relay->behalf,
    .pass_through = TRUE,
    .extra_headers = (const char *const *) relay->extra_headers,
  };
  purser_engine_start (relay->engine, &request, relay->served->org, relay->started, relay->began);
  pump (relay);
}

static gboolean
drains (PurserRelay *relay)
{
  const PurserWorkload *workload =
      relay->workload != NULL ? purser_org_workload_named (relay->served->org, relay->workload) : NULL;
  return workload != NULL && workload->drain;
}

void
purser_relay_left (PurserRelay *relay)
{
  relay->http = NULL;
  relay->left = TRUE;
  if (drains (relay))
    check_full (relay); /* nobody takes it, so nothing waits for anybody */
  else
    purser_engine_cancel (relay->engine, now ());
  pump (relay);
}

void
purser_relay_taken (PurserRelay *relay)
{
  check_full (relay);
  pump (relay);
}

void
purser_relay_cancel (PurserRelay *relay)
{
  relay->cancel_words = purser_gate_still_holds (relay->served, &relay->identity)
                            ? _("The gateway ended this call because it is ending itself. Try again in a moment.")
                            : _("The access key was revoked while the call ran.");
  purser_engine_cancel (relay->engine, now ());
  pump (relay);
}

const PurserIdentity *
purser_relay_identity (PurserRelay *relay)
{
  return &relay->identity;
}

PurserLiveCall *
purser_relay_live (PurserRelay *relay)
{
  PurserLiveCall *live = g_new0 (PurserLiveCall, 1);
  const PurserWorkload *workload =
      relay->workload != NULL ? purser_org_workload_named (relay->served->org, relay->workload) : NULL;
  PurserEngineView view;
  purser_engine_view (relay->engine, &view);
  live->call_id = view.call_id;
  live->principal_id = relay->identity.principal_id;
  live->workload_id = workload != NULL ? workload->id : 0;
  live->model_id = view.model_id;
  live->started = relay->started;
  live->dialect = g_strdup (purser_dialect_id (relay->dialect));
  live->streamed = relay->chat->stream;
  live->state = g_strdup (view.settling ? "settling" : relay->spoke ? "answering" : "waiting");
  live->attempts = view.attempts;
  return live;
}
