/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-caller-private.h"

#include "config.h"
#include <glib/gi18n-lib.h>
#include "purser-engine-jobs.h"

#define RETRY_MS 2000

/* A settle that could not be written is kept and tried again; until a write succeeds no new call begins (DESIGN §3.6).
 * If the process dies first, the reaper closes the row. */

static gboolean
settle_job (PurserDb *db, gpointer action, GError **error)
{
  PurserLedgerJob job = { .action = action };
  return purser_ledger_job_run (db, &job, error);
}

static gboolean
retry_cb (gpointer user_data)
{
  PurserCaller *self = user_data;
  if (!self->retrying)
    purser_caller_try_kept_async (self, NULL, NULL);
  return G_SOURCE_CONTINUE;
}

static void
set_retry (PurserCaller *self, gboolean on)
{
  if (on == (self->retry != NULL))
    return;
  if (!on)
    {
      g_source_destroy (self->retry);
      g_clear_pointer (&self->retry, g_source_unref);
      return;
    }
  self->retry = g_timeout_source_new (RETRY_MS);
  g_source_set_callback (self->retry, retry_cb, self, NULL);
  g_source_attach (self->retry, g_main_context_get_thread_default ());
}

void
purser_caller_keep_settle (PurserCaller *self, PurserAction *action)
{
  g_queue_push_tail (&self->unsettled, action);
  set_retry (self, TRUE);
}

/* The action belongs to the job while that is on its way. */
static void
settled_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  PurserCaller *self = g_task_get_source_object (task);
  PurserAction *action = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  self->retrying = FALSE;
  if (purser_store_run_finish (PURSER_STORE (object), result, &error) || !purser_ledger_job_may_succeed_later (error))
    {
      if (error != NULL)
        g_warning ("A call could not be settled: %s", error->message);
      purser_action_free (action);
      g_task_return_boolean (task, TRUE);
      if (self->unsettled.length > 0 && self->store != NULL)
        purser_caller_try_kept_async (self, NULL, NULL);
      else
        set_retry (self, FALSE);
      return;
    }
  g_queue_push_head (&self->unsettled, action);
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED,
                           _("An earlier call is not yet written into the ledger: %s"), error->message);
}

/**
 * purser_caller_try_kept_async:
 *
 * Writes the oldest kept settle. Succeeds at once where none is kept.
 */
void
purser_caller_try_kept_async (PurserCaller *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, purser_caller_try_kept_async);
  PurserAction *action = g_queue_pop_head (&self->unsettled);
  if (action == NULL || self->store == NULL)
    {
      g_clear_pointer (&action, purser_action_free);
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  self->retrying = TRUE;
  g_task_set_task_data (task, action, NULL);
  purser_store_write_async (self->store, TRUE, settle_job, action, NULL, NULL, settled_cb, task);
}

gboolean
purser_caller_try_kept_finish (PurserCaller *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
purser_caller_drop_kept (PurserCaller *self)
{
  set_retry (self, FALSE);
  g_queue_clear_full (&self->unsettled, (GDestroyNotify) purser_action_free);
}
