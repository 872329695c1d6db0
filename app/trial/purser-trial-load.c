/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-trial-outcome.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

typedef struct
{
  gint64 id;
  PurserTrialRow *row; /* (owned) (nullable) */
  GPtrArray *results; /* (owned) (nullable) */
} Load;

static void
load_free (Load *load)
{
  g_clear_pointer (&load->row, purser_trial_row_free);
  g_clear_pointer (&load->results, g_ptr_array_unref);
  g_free (load);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Load, load_free)

static gboolean
load_job (PurserDb *db, gpointer data, GError **error)
{
  Load *load = data;
  g_autoptr(GPtrArray) runs = purser_trial_list (db, G_MAXINT32, error);
  if (runs == NULL)
    return FALSE;
  for (guint i = 0; i < runs->len && load->row == NULL; i++)
    if (((PurserTrialRow *) g_ptr_array_index (runs, i))->id == load->id)
      {
        g_ptr_array_set_free_func (runs, NULL);
        load->row = g_ptr_array_steal_index (runs, i);
        g_ptr_array_set_free_func (runs, (GDestroyNotify) purser_trial_row_free);
      }
  if (load->row == NULL)
    {
      g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_NOT_FOUND,
                   _("There is no test run %" PRId64 ". The list of runs has their numbers."), load->id);
      return FALSE;
    }
  load->results = purser_trial_results (db, load->id, error);
  return load->results != NULL;
}

static PurserTrialOutcome *
outcome_of (PurserStore *store, Load *load)
{
  g_autoptr(PurserOrg) org = purser_store_get_org (store);
  return purser_trial_outcome_new (g_steal_pointer (&load->row), g_steal_pointer (&load->results), org);
}

static void
loaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  if (purser_store_run_finish (PURSER_STORE (object), result, &error))
    g_task_return_pointer (task, outcome_of (PURSER_STORE (object), g_task_get_task_data (task)),
                           (GDestroyNotify) purser_trial_outcome_free);
  else
    g_task_return_error (task, error);
}

/**
 * purser_trial_load_async:
 * @store: the organisation's file
 * @trial_id: a run, also one that is running, was stopped, or whose process is gone
 * @cancellable: (nullable): gives up
 * @callback: called with the result
 * @user_data: for the callback
 */
void
purser_trial_load_async (
    PurserStore *store, gint64 trial_id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (store, cancellable, callback, user_data);
  Load *load = g_new0 (Load, 1);
  load->id = trial_id;
  g_task_set_source_tag (task, purser_trial_load_async);
  g_task_set_task_data (task, load, (GDestroyNotify) load_free);
  purser_store_read_async (store, load_job, load, NULL, cancellable, loaded_cb, task);
}

PurserTrialOutcome *
purser_trial_load_finish (PurserStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

PurserTrialOutcome *
purser_trial_load (PurserStore *store, gint64 trial_id, GError **error)
{
  g_autoptr(Load) load = g_new0 (Load, 1);
  load->id = trial_id;
  return purser_store_read (store, load_job, load, error) ? outcome_of (store, load) : NULL;
}
