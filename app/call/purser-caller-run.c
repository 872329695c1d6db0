/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-caller-private.h"

#include "config.h"
#include <glib/gi18n-lib.h>
#include "purser-engine-jobs.h"

/* Drives one engine: does what it says and tells it what came of it. */

#define RELOAD_STEP_MS 50
#define RELOAD_STEPS   10 /* other processes' changes are noticed every 250 ms */

typedef struct
{
  gatomicrefcount   refs;        /* one for the call, one for each operation under way */
  PurserCaller     *caller;      /* (owned) */
  GTask            *task;        /* (owned) (nullable) until returned */
  PurserEngine     *engine;      /* (owned) */
  PurserExchange   *exchange;    /* (nullable) closed by us */
  PurserHttpRequest *request;    /* (owned) (nullable) while its address is resolved */
  GCancellable     *lookups;     /* (owned) cancelled with the call: key and address; never the ledger */
  GCancellable     *cancellable; /* (owned) (nullable) the user's */
  GSource          *cancel_source, *timer, *reloader; /* (owned) (nullable) */
  GMainContext     *context;     /* (owned) */
  PurserEventFunc   event;
  gpointer          event_data;
  PurserCallResult *result;      /* (owned) (nullable) */
  gint64            generation;
  guint             sends, reload_steps;
  gboolean          pumping;
  char             *workload, *model, *dialect, *behalf, **extra_headers; /* (owned) (nullable) */
  PurserCallRequest request_as_asked;
} Run;

/* A question to the store and its answer. */
typedef struct { PurserLedgerJob job; Run *run; } Job;

static void pump (Run *run);

static void
drop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static Run *
run_ref (Run *run)
{
  g_atomic_ref_count_inc (&run->refs);
  return run;
}

static void
run_unref (Run *run)
{
  if (!g_atomic_ref_count_dec (&run->refs))
    return;
  g_clear_pointer (&run->engine, purser_engine_free);
  g_clear_pointer (&run->request, purser_http_request_free);
  g_clear_pointer (&run->result, purser_call_result_unref);
  g_clear_pointer (&run->request_as_asked.chat, purser_chat_unref);
  g_clear_object (&run->lookups);
  g_clear_object (&run->cancellable);
  g_clear_object (&run->task);
  g_clear_object (&run->caller);
  g_main_context_unref (run->context);
  g_free (run->workload);
  g_free (run->model);
  g_free (run->dialect);
  g_free (run->behalf);
  g_strfreev (run->extra_headers);
  g_free (run);
}

static gint64
now (void)
{
  return g_get_monotonic_time ();
}

static GSource *
attach (Run *run, GSource *source, GSourceFunc func)
{
  g_source_set_callback (source, func, run, NULL);
  g_source_attach (source, run->context);
  return source;
}

/* --- The store --- */

static void
stored_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Job *job = user_data;
  Run *run = job->run;
  g_autoptr(GError) error = NULL;
  purser_store_run_finish (PURSER_STORE (object), result, &error);
  if (error != NULL && job->job.action->type == PURSER_ACTION_SETTLE && purser_ledger_job_may_succeed_later (error))
    purser_caller_keep_settle (run->caller, g_steal_pointer (&job->job.action));
  purser_engine_answer (run->engine, purser_ledger_job_answer (error), job->job.call_id, job->job.attempt_id,
                        error != NULL ? error->message : NULL, now ());
  purser_action_free (job->job.action);
  g_free (job);
  pump (run);
  run_unref (run);
}

/* Only the settlement has to be on disk before anybody is told. Without a cancellable: what was opened must be settled, however the call ends. */
static void
do_ask (Run *run, PurserAction *action)
{
  Job *job = g_new0 (Job, 1);
  job->run = run_ref (run);
  job->job.action = action;
  purser_store_write_async (run->caller->store, action->type == PURSER_ACTION_SETTLE, purser_ledger_job_run, &job->job, NULL,
                            NULL, stored_cb, job);
}

static gboolean
reload_cb (gpointer user_data)
{
  Run *run = user_data;
  g_autoptr(PurserOrg) org = purser_store_get_org (run->caller->store);
  if (org->generation == run->generation && ++run->reload_steps < RELOAD_STEPS)
    return G_SOURCE_CONTINUE;
  drop_source (&run->reloader);
  run->generation = org->generation;
  purser_engine_reloaded (run->engine, org, now ());
  pump (run);
  return G_SOURCE_REMOVE;
}

static void
do_reload (Run *run, PurserAction *action)
{
  run->reload_steps = 0;
  drop_source (&run->reloader);
  run->reloader = attach (run, g_timeout_source_new (RELOAD_STEP_MS), reload_cb);
  purser_action_free (action);
}

/* --- The key --- */

static void
key_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr(GError) error = NULL;
  char *key = purser_vault_lookup_finish (PURSER_VAULT (object), result, &error);
  purser_engine_key (run->engine, key, error != NULL ? error->message : NULL, now ());
  purser_vault_key_free (key);
  pump (run);
  run_unref (run);
}

static void
do_key (Run *run, PurserAction *action)
{
  if (run->caller->vault != NULL)
    purser_vault_lookup_async (run->caller->vault, action->provider_id, action->key_version, action->key_env,
                               run->lookups, key_cb, run_ref (run));
  else
    purser_engine_key (run->engine, NULL, _("There is no keyring here to take the key from."), now ());
  purser_action_free (action);
}

/* --- The wire --- */

static void
over (Run *run)
{
  PurserExchange *exchange = g_steal_pointer (&run->exchange);
  if (exchange != NULL)
    run->caller->transport->close (exchange, FALSE);
  pump (run);
}

static void
connected_cb (gint64 request_start, gint64 connect_us, gpointer user_data)
{
  Run *run = user_data;
  purser_engine_connected (run->engine, request_start, connect_us, now ());
  pump (run);
}

static void
headers_cb (int status, PurserHeaderFunc header, gpointer header_data, gpointer user_data)
{
  Run *run = user_data;
  purser_engine_headers (run->engine, status, header, header_data, now ());
  pump (run);
}

static void
bytes_cb (const void *bytes, gsize length, gpointer user_data)
{
  Run *run = user_data;
  purser_engine_bytes (run->engine, bytes, length, now ());
  pump (run);
}

static void
end_cb (gpointer user_data)
{
  Run *run = user_data;
  purser_engine_end (run->engine, now ());
  over (run);
}

static void
error_cb (PurserFaultClass class_, const char *words, gpointer user_data)
{
  Run *run = user_data;
  purser_engine_error (run->engine, class_, words, now ());
  over (run);
}

static const PurserExchangeEvents exchange_events = { connected_cb, headers_cb, bytes_cb, end_cb, error_cb };

static void
resolved_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *address = purser_address_resolve_finish (result, &error);
  g_autoptr(PurserHttpRequest) request = g_steal_pointer (&run->request);
  if (request == NULL)
    ; /* given up meanwhile */
  else if (address == NULL)
    purser_engine_error (run->engine, PURSER_FAULT_ADDRESS, error->message, now ());
  else
    {
      purser_http_request_resolve (request, address);
      run->exchange = run->caller->transport->send (run->caller->transport, request, &exchange_events, run);
    }
  pump (run);
  run_unref (run);
}

static void
do_send (Run *run, PurserAction *action)
{
  PurserTransport *transport = run->caller->transport;
  if (purser_address_is_practice (action->request->address))
    {
      run->request = g_steal_pointer (&action->request);
      purser_address_resolve_async (run->request->address, NULL, resolved_cb, run_ref (run));
    }
  else
    run->exchange = transport->send (transport, action->request, &exchange_events, run);
  purser_action_free (action);
}

static void
close_exchange (Run *run, gboolean drain)
{
  PurserExchange *exchange = g_steal_pointer (&run->exchange);
  g_clear_pointer (&run->request, purser_http_request_free);
  if (exchange != NULL)
    run->caller->transport->close (exchange, drain);
}

static void
do_abort (Run *run, PurserAction *action)
{
  close_exchange (run, FALSE);
  purser_action_free (action);
}

static void
do_finish (Run *run, PurserAction *action)
{
  close_exchange (run, TRUE);
  purser_action_free (action);
}

static void
do_pause (Run *run, PurserAction *action)
{
  if (run->exchange != NULL)
    run->caller->transport->pause (run->exchange, action->type == PURSER_ACTION_PAUSE);
  purser_action_free (action);
}

/* --- Time, events, the end --- */

static gboolean
timer_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  g_source_set_ready_time (source, -1);
  return callback (user_data);
}

static GSourceFuncs timer_funcs = { .dispatch = timer_dispatch };

static gboolean
timer_cb (gpointer user_data)
{
  Run *run = user_data;
  purser_engine_timer (run->engine, now ());
  pump (run);
  return G_SOURCE_CONTINUE;
}

static void
do_wait (Run *run, PurserAction *action)
{
  if (run->timer == NULL)
    run->timer = attach (run, g_source_new (&timer_funcs, sizeof (GSource)), timer_cb);
  g_source_set_ready_time (run->timer, action->until_us);
  purser_action_free (action);
}

static void
do_emit (Run *run, PurserAction *action)
{
  if (run->event != NULL)
    run->event (action->event, run->event_data);
  purser_action_free (action);
}

static void
do_done (Run *run, PurserAction *action)
{
  run->result = g_steal_pointer (&action->result);
  purser_action_free (action);
}

static void (*const performers[]) (Run *run, PurserAction *action) = {
  [PURSER_ACTION_OPEN] = do_ask,    [PURSER_ACTION_NEXT_ATTEMPT] = do_ask,          [PURSER_ACTION_SETTLE] = do_ask,
  [PURSER_ACTION_RELOAD] = do_reload, [PURSER_ACTION_KEY] = do_key,                 [PURSER_ACTION_SEND] = do_send,
  [PURSER_ACTION_ABORT] = do_abort, [PURSER_ACTION_FINISH] = do_finish,             [PURSER_ACTION_PAUSE] = do_pause,
  [PURSER_ACTION_RESUME] = do_pause, [PURSER_ACTION_WAIT_UNTIL] = do_wait,          [PURSER_ACTION_EMIT] = do_emit,
  [PURSER_ACTION_DONE] = do_done,
};

static void
finish (Run *run)
{
  g_autoptr(GTask) task = g_steal_pointer (&run->task);
  drop_source (&run->timer);
  drop_source (&run->reloader);
  drop_source (&run->cancel_source);
  g_task_return_pointer (task, g_steal_pointer (&run->result), (GDestroyNotify) purser_call_result_unref);
  run_unref (run);
}

/* What an action causes may come back here at once; the loop that runs takes it along. */
static void
pump (Run *run)
{
  if (run->pumping)
    return;
  run_ref (run);
  run->pumping = TRUE;
  for (PurserAction *action = purser_engine_next (run->engine); action != NULL;
       action = purser_engine_next (run->engine))
    performers[action->type] (run, action);
  run->pumping = FALSE;
  if (run->result != NULL && run->task != NULL)
    finish (run);
  run_unref (run);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Run *run = user_data;
  drop_source (&run->cancel_source);
  g_cancellable_cancel (run->lookups);
  purser_engine_cancel (run->engine, now ());
  pump (run);
  return G_SOURCE_REMOVE;
}

static void
begin (Run *run)
{
  g_autoptr(PurserOrg) org = purser_store_get_org (run->caller->store);
  run->generation = org->generation;
  purser_engine_start (run->engine, &run->request_as_asked, org, purser_store_now (run->caller->store), now ());
  if (run->cancellable != NULL)
    {
      run->cancel_source = g_cancellable_source_new (run->cancellable);
      attach (run, run->cancel_source, G_SOURCE_FUNC (cancelled_cb));
    }
  pump (run);
}

static PurserCallResult *
refusal (const char *words)
{
  PurserCallResult *result = purser_call_result_new ();
  result->reply = purser_reply_new ();
  result->fault = purser_fault_new (PURSER_FAULT_LOCAL, 0, words);
  return result;
}

static void
kept_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr(GError) error = NULL;
  if (purser_caller_try_kept_finish (PURSER_CALLER (object), result, &error))
    begin (run);
  else
    {
      run->result = refusal (error->message);
      pump (run);
    }
  run_unref (run);
}

static Run *
run_new (PurserCaller *self, const PurserCallRequest *request, GCancellable *cancellable)
{
  Run *run = g_new0 (Run, 1);
  g_atomic_ref_count_init (&run->refs);
  run->caller = g_object_ref (self);
  run->engine = purser_engine_new (&self->limits, self->health, self->random);
  run->lookups = g_cancellable_new ();
  run->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  run->context = g_main_context_ref_thread_default ();
  run->request_as_asked = *request;
  run->request_as_asked.workload = run->workload = g_strdup (request->workload);
  run->request_as_asked.model = run->model = g_strdup (request->model);
  run->request_as_asked.dialect = run->dialect = g_strdup (request->dialect);
  run->request_as_asked.behalf = run->behalf = g_strdup (request->behalf);
  run->extra_headers = g_strdupv ((char **) request->extra_headers);
  run->request_as_asked.extra_headers = (const char *const *) run->extra_headers;
  run->request_as_asked.chat = purser_chat_ref (request->chat);
  return run;
}

/**
 * purser_caller_run_async:
 * @event: (nullable): gets each event of the answering attempt
 * @cancellable: (nullable): stops the call; what was seen is still settled
 *
 * Makes one call, metered and with fallbacks. @callback comes when its row is settled and synced.
 */
void
purser_caller_run_async (PurserCaller *self,
                         const PurserCallRequest *request,
                         PurserEventFunc event,
                         gpointer event_data,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_return_if_fail (PURSER_IS_CALLER (self));
  GTask *task = g_task_new (self, NULL, callback, user_data); /* the result is returned even when cancelled */
  g_task_set_source_tag (task, purser_caller_run_async);
  if (request->chat == NULL || (request->workload == NULL && request->model == NULL))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                               "A call needs a chat, and a workload or a model");
      g_object_unref (task);
      return;
    }
  Run *run = run_new (self, request, cancellable);
  run->task = task;
  run->event = event;
  run->event_data = event_data;
  if (self->unsettled.length > 0 || self->retrying)
    purser_caller_try_kept_async (self, kept_cb, run_ref (run));
  else
    begin (run);
}

PurserCallResult *
purser_caller_run_finish (PurserCaller *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, purser_caller_run_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
