/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-command-private.h"

#include "purser-json.h"

/* Charging past calls again: step by step, so that calls now running are not kept waiting. What a step corrected stays, also where the
 * whole is stopped; the last step, or the stop, writes the one entry of the audit trail. */

enum { STEP = 500 }; /* attempts */

typedef struct
{
  PurserReprice       ask;
  char               *reason;   /* (owned) (nullable) that ASK points to */
  char               *actor;    /* (owned) */
  PurserRepriceFunc   progress; /* (nullable) */
  gpointer            progress_data;
  PurserRepriceResult result;
  gint64              after_attempt;
  gboolean            more, audited;
} Reprice;

static void
reprice_free (Reprice *reprice)
{
  g_free (reprice->reason);
  g_free (reprice->actor);
  g_free (reprice);
}

static char *
describe (const Reprice *reprice, gboolean whole)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  const PurserRepriceResult *result = &reprice->result;
  const struct { const char *name; gint64 value; } FIGURES[] = {
    { "attempts", result->attempts },         { "corrected", result->corrected },
    { "newly_priced", result->newly_priced }, { "still_unpriced", result->still_unpriced },
    { "still_unpriced_tokens", result->still_unpriced_tokens }, { "in_closed_months", result->in_closed_months },
    { "list_nano", result->list_nano },       { "cost_nano", result->cost_nano },
  };
  g_autofree char *since = purser_command_time (reprice->ask.since), *until = purser_command_time (reprice->ask.until);
  json_node_take_object (node, object);
  json_object_set_string_member (object, "since", since);
  json_object_set_string_member (object, "until", until);
  if (reprice->reason != NULL)
    json_object_set_string_member (object, "reason", reprice->reason);
  for (gsize i = 0; i < G_N_ELEMENTS (FIGURES); i++)
    json_object_set_int_member (object, FIGURES[i].name, FIGURES[i].value);
  json_object_set_boolean_member (object, "whole", whole);
  return purser_json_to_string (node, FALSE);
}

static gboolean
audit (Reprice *reprice, PurserDb *db, gboolean whole, GError **error)
{
  g_autofree char *subject = reprice->ask.model_id != 0 ? g_strdup_printf ("model %" G_GINT64_FORMAT, reprice->ask.model_id) : g_strdup ("prices");
  g_autofree char *after = describe (reprice, whole);
  return purser_audit_add (db, reprice->actor, "price.reprice", subject, NULL, after, error);
}

static gboolean
step_job (PurserDb *db, gpointer data, GError **error)
{
  Reprice *reprice = data;
  if (reprice->ask.until == 0)
    reprice->ask.until = purser_db_now (db); /* the same moment for every step */
  return purser_ledger_reprice (db, &reprice->ask, STEP, &reprice->after_attempt, &reprice->more, &reprice->result, error) &&
         (reprice->more || reprice->ask.dry_run || audit (reprice, db, TRUE, error));
}

static gboolean
stop_job (PurserDb *db, gpointer data, GError **error)
{
  return audit (data, db, FALSE, error);
}

static void
stopped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *why = g_object_steal_data (G_OBJECT (task), "why");
  g_autoptr (GError) error = NULL;
  if (!purser_store_run_finish (PURSER_STORE (source), result, &error))
    g_warning ("Cannot note in the audit trail that re-pricing stopped: %s", error->message);
  g_task_return_error (task, why);
}

/* Ends with WHY (transfer full); what was corrected until now is noted. */
static void
stop (GTask *task, GError *why)
{
  Reprice *reprice = g_task_get_task_data (task);
  PurserAdmin *self = g_task_get_source_object (task);
  if (reprice->ask.dry_run || reprice->result.corrected == 0)
    {
      g_task_return_error (task, why);
      g_object_unref (task);
      return;
    }
  g_object_set_data_full (G_OBJECT (task), "why", why, (GDestroyNotify) g_error_free);
  purser_store_write_async (purser_admin_get_store (self), TRUE, stop_job, reprice, NULL, NULL, stopped_cb, task);
}

static void next_step (GTask *task);

static void
step_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Reprice *reprice = g_task_get_task_data (task);
  GError *error = NULL;
  if (!purser_store_run_finish (PURSER_STORE (source), result, &error))
    {
      stop (g_steal_pointer (&task), error);
      return;
    }
  if (reprice->progress != NULL)
    reprice->progress (&reprice->result, reprice->progress_data);
  if (reprice->more)
    next_step (g_steal_pointer (&task));
  else
    g_task_return_boolean (task, TRUE);
}

static void
next_step (GTask *task)
{
  Reprice *reprice = g_task_get_task_data (task);
  PurserStore *store = purser_admin_get_store (g_task_get_source_object (task));
  GError *error = NULL;
  if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &error))
    stop (task, error);
  else if (reprice->ask.dry_run)
    purser_store_read_async (store, step_job, reprice, NULL, NULL, step_cb, task);
  else
    purser_store_write_async (store, TRUE, step_job, reprice, NULL, NULL, step_cb, task);
}

/**
 * purser_admin_reprice_async:
 * @ask: which calls; copied
 * @progress: (nullable): after each step, on the caller's context
 *
 * Charges past calls again at the prices, contracts and rates in force on their day. Each difference becomes a correction beside the
 * charge; nothing is overwritten. Cancelling stops between two steps; what was corrected by then stays.
 */
void
purser_admin_reprice_async (PurserAdmin *self, const PurserReprice *ask, PurserRepriceFunc progress, gpointer progress_data, GCancellable *cancellable,
                            GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Reprice *reprice = g_new0 (Reprice, 1);
  g_task_set_source_tag (task, purser_admin_reprice_async);
  g_task_set_check_cancellable (task, FALSE);
  reprice->ask = *ask;
  reprice->ask.reason = reprice->reason = g_strdup (ask->reason);
  reprice->actor = g_strdup (purser_admin_get_actor (self));
  reprice->progress = progress;
  reprice->progress_data = progress_data;
  g_task_set_task_data (task, reprice, (GDestroyNotify) reprice_free);
  next_step (task);
}

/** purser_admin_reprice_finish: @outcome (nullable) tells what was done, also where the whole failed or was stopped. */
gboolean
purser_admin_reprice_finish (PurserAdmin *self, GAsyncResult *result, PurserRepriceResult *outcome, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  if (outcome != NULL)
    *outcome = ((Reprice *) g_task_get_task_data (G_TASK (result)))->result;
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/** purser_admin_reprice: the blocking twin of purser_admin_reprice_async(). */
gboolean
purser_admin_reprice (PurserAdmin *self, const PurserReprice *ask, PurserRepriceResult *outcome, GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_main_context_push_thread_default (context);
  purser_admin_reprice_async (self, ask, NULL, NULL, NULL, done_cb, &result);
  while (result == NULL)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
  return purser_admin_reprice_finish (self, result, outcome, error);
}
