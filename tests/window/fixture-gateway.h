/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-ledger.h"
#include "purser-session.h"

/* A stand-in for the gateway on the bus: it serves one organisation, or says why not, and tells of calls made up. Calls in the ledger are real. */
typedef struct
{
  PurserControlServer *server; /* (owned) */
  GPtrArray           *calls;  /* (owned) (element-type PurserLiveCall) */
  char                *file;   /* (owned) */
  char                *problem; /* (owned) (nullable) */
  gboolean             serves;
  guint                refreshed, running;
  guint64              done;
} TestGateway;

static inline GPtrArray *
test_gateway_served (gpointer data)
{
  TestGateway *gateway = data;
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_served_state_free);
  PurserServedState *state = g_new0 (PurserServedState, 1);

  state->file = g_strdup (gateway->file);
  state->name = g_strdup ("Hartmann & Partner");
  if (gateway->serves && gateway->problem == NULL)
    {
      state->url = g_strdup ("http://127.0.0.1:8377");
      state->since = g_get_real_time () - 3 * 60 * G_USEC_PER_SEC;
    }
  state->problem = g_strdup (gateway->problem);
  state->calls_running = gateway->running;
  state->calls_done = gateway->done;
  g_ptr_array_add (list, state);
  return list;
}

static inline PurserLiveCall *
test_live_call (gint64      call_id,
                gint64      principal_id,
                gint64      workload_id,
                gint64      model_id,
                const char *state,
                guint       attempts,
                gint64      seconds)
{
  PurserLiveCall *call = g_new0 (PurserLiveCall, 1);

  *call = (PurserLiveCall) { call_id, principal_id, workload_id, model_id, g_get_real_time () - seconds * G_USEC_PER_SEC, g_strdup ("anthropic"), TRUE, g_strdup (state), attempts };
  return call;
}

static inline GPtrArray *
test_gateway_calls (const char *file,
                    gpointer    data)
{
  TestGateway *gateway = data;
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_live_call_free);

  for (guint i = 0; g_strcmp0 (file, gateway->file) == 0 && i < gateway->calls->len; i++)
    {
      const PurserLiveCall *call = g_ptr_array_index (gateway->calls, i);
      PurserLiveCall *copy = g_memdup2 (call, sizeof *call);

      copy->dialect = g_strdup (call->dialect);
      copy->state = g_strdup (call->state);
      g_ptr_array_add (list, copy);
    }
  return list;
}

static inline void
test_gateway_refresh (gpointer data)
{
  TestGateway *gateway = data;

  gateway->refreshed++;
  purser_control_server_changed (gateway->server);
}

static inline void
test_gateway_stop (gboolean drain,
                   gpointer data)
{
}

static inline void
test_gateway_lost (gpointer data)
{
}

static inline void
test_gateway_start (TestGateway *gateway,
                    const char  *file)
{
  static const PurserControlHandlers handlers = { test_gateway_served, test_gateway_calls, test_gateway_refresh, test_gateway_stop };
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);

  g_assert_no_error (error);
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  gateway->file = g_strdup (file);
  gateway->calls = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_live_call_free);
  gateway->server = purser_control_server_new (bus, &handlers, test_gateway_lost, gateway);
  g_assert_nonnull (gateway->server);
}

static inline void
test_gateway_end (TestGateway *gateway)
{
  g_clear_pointer (&gateway->server, purser_control_server_free);
  g_clear_pointer (&gateway->calls, g_ptr_array_unref);
  g_clear_pointer (&gateway->file, g_free);
  g_clear_pointer (&gateway->problem, g_free);
}

/* --- calls in the ledger --- */

/* A call that goes from model to model; FAULT of all but the last, which answers, fails with it too, or is left open. */
typedef struct
{
  gint64      principal_id, workload_id, key_id;
  gint64      models[3];
  guint       n_models;
  const char *fault;
  int         status;
  enum { TEST_ANSWERED, TEST_FAILED, TEST_OPEN } end;
  const char *behalf;
  PurserSkip  skip; /* model_id 0: none */
  gint64      generation, call_id; /* set by test_call() */
} TestCall;

static inline PurserLedgerAttempt
test_attempt (const TestCall *call,
              gint64          attempt_id,
              gboolean        ok)
{
  PurserLedgerAttempt attempt = { .call_id = call->call_id, .attempt_id = attempt_id, .outcome = ok ? "ok" : "failed", .fault = ok ? NULL : call->fault, .status = ok ? 200 : call->status,
                                  .tokens = PURSER_TOKENS_UNKNOWN_INIT, .connect_us = 40000, .first_us = ok ? 500000 : -1, .first_text_us = ok ? 570000 : -1,
                                  .total_us = ok ? 1240000 : 800000, .outage = !ok };

  if (ok)
    {
      attempt.tokens.kind[PURSER_TOKENS_INPUT_UNCACHED] = 1200;
      attempt.tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE] = 340;
      attempt.price_list_nano = attempt.price_cost_nano = attempt.list_nano = attempt.cost_nano = 4200000;
    }
  return attempt;
}

static inline gboolean
test_call_job (PurserDb *db,
               gpointer  data,
               GError  **error)
{
  TestCall *call = data;
  PurserLedgerOpen open = { .generation = call->generation, .principal_id = call->principal_id, .workload_id = call->workload_id, .purpose = PURSER_PURPOSE_WORK, .streamed = TRUE,
                            .model_id = call->models[0], .dialect = "anthropic", .access_key_id = call->key_id, .behalf = call->behalf,
                            .skips = call->skip.model_id != 0 ? &call->skip : NULL, .n_skips = call->skip.model_id != 0 };
  PurserLedgerSettle settle = { .outcome = call->end == TEST_ANSWERED ? "ok" : "failed", .finish = "stop" };
  PurserLedgerAttempt attempt;
  gint64 attempt_id;

  if (!purser_ledger_open (db, &open, &call->call_id, &attempt_id, error))
    return FALSE;
  for (guint i = 0; i + 1 < call->n_models; i++)
    {
      attempt = test_attempt (call, attempt_id, FALSE);
      if (!purser_ledger_next_attempt (db, &attempt, call->models[i + 1], &attempt_id, error))
        return FALSE;
    }
  if (call->end == TEST_OPEN)
    return TRUE;
  settle.call_id = call->call_id;
  settle.model_id = call->end == TEST_ANSWERED ? call->models[call->n_models - 1] : 0;
  attempt = test_attempt (call, attempt_id, call->end == TEST_ANSWERED);
  return purser_ledger_settle (db, &attempt, &settle, error);
}

static inline gint64
test_call (PurserSession  *session,
           const TestCall *call)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (session);
  g_autoptr (GError) error = NULL;
  TestCall copy = *call;

  copy.generation = org->generation;
  purser_store_write (purser_session_get_store (session), FALSE, test_call_job, &copy, &error);
  g_assert_no_error (error);
  return copy.call_id;
}
