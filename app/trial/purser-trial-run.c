/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-trial-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-json.h"

/* One call of a run, until its row is kept. */
typedef struct
{
  PurserTrial *self; /* (owned) */
  PurserTrialStep step;
  PurserTrialResult *row; /* (owned) (nullable) */
  gboolean answered;
  gint64 cost;
} Asked;

static void pump (PurserTrial *self);

static void
asked_free (Asked *asked)
{
  g_clear_pointer (&asked->row, purser_trial_result_free);
  g_object_unref (asked->self);
  g_free (asked);
}

/* --- The end --- */

static gboolean
put_row_job (PurserDb *db, gpointer data, GError **error)
{
  PurserTrialRow *row = data;
  gint64 id = purser_trial_put (db, row, error);
  if (id == 0)
    return FALSE;
  row->id = id;
  return TRUE;
}

static PurserTrialRow *
row_copy (const PurserTrialRow *row)
{
  PurserTrialRow *copy = g_memdup2 (row, sizeof *row);
  copy->kind = g_strdup (row->kind);
  copy->suite = g_strdup (row->suite);
  copy->state = g_strdup (row->state);
  copy->setup = g_strdup (row->setup);
  copy->summary = g_strdup (row->summary);
  return copy;
}

static const char *
end_word (PurserTrial *self)
{
  static const char *const words[] = {
    [PURSER_PLAN_ALL] = "all",
    [PURSER_PLAN_STOPPED] = "stop",
    [PURSER_PLAN_CAP] = "cap",
    [PURSER_PLAN_BROKEN] = "errors",
  };
  return self->error != NULL ? "failure" : words[purser_trial_plan_end (self->plan)];
}

static const char *
end_state (PurserTrial *self)
{
  static const char *const states[] = {
    [PURSER_PLAN_ALL] = "done",
    [PURSER_PLAN_STOPPED] = "stopped",
    [PURSER_PLAN_CAP] = "stopped",
    [PURSER_PLAN_BROKEN] = "failed",
  };
  return self->error != NULL ? "failed" : states[purser_trial_plan_end (self->plan)];
}

static char *
summary_json (PurserTrial *self)
{
  g_autoptr(JsonObject) summary = json_object_new ();
  JsonArray *models = json_array_new ();
  for (guint i = 0; i < self->n_models; i++)
    {
      const PurserTrialProgress *progress = &self->progress[i];
      JsonObject *model = json_object_new ();
      json_object_set_int_member (model, "done", progress->done);
      json_object_set_int_member (model, "passed", progress->passed);
      json_object_set_int_member (model, "failed", progress->failed);
      json_object_set_int_member (model, "errors", progress->errors);
      json_array_add_object_element (models, model);
    }
  json_object_set_array_member (summary, "models", models);
  json_object_set_string_member (summary, "ended_by", end_word (self));
  if (purser_trial_plan_end (self->plan) == PURSER_PLAN_BROKEN && self->broken != NULL)
    {
      json_object_set_int_member (summary, "broken", purser_trial_plan_broken (self->plan));
      json_object_set_string_member (summary, "words", self->broken);
    }
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), summary);
  return purser_json_to_string (node, FALSE);
}

static void
ended_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  PurserTrial *self = g_task_get_source_object (task);
  g_autoptr(GError) error = NULL;
  if (!purser_store_run_finish (PURSER_STORE (object), result, &error) && self->error == NULL)
    self->error = g_steal_pointer (&error);
  purser_trial_emit (self);
  if (self->error != NULL)
    g_task_return_error (task, g_steal_pointer (&self->error));
  else
    g_task_return_int (task, self->row->id);
}

static void
end_run (PurserTrial *self)
{
  self->ending = TRUE;
  g_free (self->row->state);
  self->row->state = g_strdup (end_state (self));
  self->row->summary = summary_json (self);
  self->row->ended_at = MAX (purser_store_now (self->store), self->row->started_at);
  GTask *task = g_steal_pointer (&self->task);
  purser_store_write_async (self->store, TRUE, put_row_job, row_copy (self->row),
                            (GDestroyNotify) purser_trial_row_free, NULL, ended_cb, task);
}

/* The store or the caller itself is broken: no more calls, but what is under way still ends. */
static void
break_run (PurserTrial *self, GError *error)
{
  if (self->error == NULL)
    self->error = error;
  else
    g_error_free (error);
  purser_trial_plan_stop (self->plan);
}

/* --- One call --- */

static void
count_progress (PurserTrial *self,
                const PurserTrialStep *step,
                const PurserTrialResult *row,
                const PurserCallResult *call)
{
  PurserTrialProgress *progress = &self->progress[step->model];
  gboolean cancelled = call->fault != NULL && call->fault->class_ == PURSER_FAULT_CANCELLED;
  if (!step->warm_up && !cancelled)
    {
      progress->done++;
      progress->passed += strcmp (row->outcome, "passed") == 0;
      progress->failed += strcmp (row->outcome, "failed") == 0;
      progress->errors += strcmp (row->outcome, "error") == 0;
    }
  progress->cost_nano += call->cost_nano;
  progress->input_tokens += MAX (row->input_tokens, 0);
  progress->output_tokens += MAX (row->output_tokens, 0);
  progress->unpriced |= call->unpriced;
  progress->estimated |= call->estimated;
}

static gboolean
add_result_job (PurserDb *db, gpointer data, GError **error)
{
  return purser_trial_add_result (db, ((Asked *) data)->row, error);
}

static void
kept_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Asked *asked = user_data;
  g_autoptr(PurserTrial) self = g_object_ref (asked->self);
  GError *error = NULL;
  if (!purser_store_run_finish (PURSER_STORE (object), result, &error))
    break_run (self, error);
  self->under_way--;
  purser_trial_plan_finish (self->plan, &asked->step, asked->cost, asked->answered);
  asked_free (asked);
  pump (self);
  if (!self->ending)
    purser_trial_emit (self);
}

static void
remember_fault (PurserTrial *self, const Asked *asked)
{
  g_autoptr(JsonNode) node = purser_json_parse (asked->row->detail, -1, NULL);
  const char *words = node != NULL ? purser_json_string (purser_json_object (node), "reason") : NULL;
  if (words == NULL)
    return;
  g_free (self->broken);
  self->broken = g_strdup (words);
}

static void
answered_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Asked *asked = user_data;
  PurserTrial *self = asked->self;
  GError *error = NULL;
  g_autoptr(PurserCallResult) call = purser_caller_run_finish (PURSER_CALLER (object), result, &error);
  if (call == NULL)
    {
      g_autoptr(PurserTrial) alive = g_object_ref (self);
      break_run (self, error);
      self->under_way--;
      purser_trial_plan_finish (self->plan, &asked->step, 0, FALSE);
      asked_free (asked);
      pump (alive);
      return;
    }
  const PurserModel *model = purser_trial_model_at (self, asked->step.model);
  asked->row = purser_trial_result_of (self->suite, &asked->step, self->latency, call,
                                       model != NULL ? purser_org_provider (self->org, model->provider_id) : NULL);
  asked->row->trial_id = self->row->id;
  asked->row->model_id = self->model_ids[asked->step.model];
  asked->answered = call->fault == NULL;
  asked->cost = call->cost_nano;
  count_progress (self, &asked->step, asked->row, call);
  if (!asked->answered)
    remember_fault (self, asked);
  purser_store_write_async (self->store, FALSE, add_result_job, asked, NULL, NULL, kept_cb, asked);
}

static void
ask (PurserTrial *self, const PurserTrialStep *step)
{
  Asked *asked = g_new0 (Asked, 1);
  asked->self = g_object_ref (self);
  asked->step = *step;
  self->under_way++;
  g_autoptr(PurserChat) chat = purser_trial_question (self, step);
  PurserCallRequest request = {
    .model = self->models[step->model], .purpose = PURSER_PURPOSE_TEST, .stream = TRUE, .chat = chat
  };
  purser_caller_run_async (self->caller, &request, NULL, NULL, self->cancellable, answered_cb, asked);
}

static void
pump (PurserTrial *self)
{
  PurserTrialStep step;
  if (self->ending)
    return;
  if (g_cancellable_is_cancelled (self->cancellable))
    purser_trial_plan_stop (self->plan);
  PurserPlanNext next;
  while ((next = purser_trial_plan_next (self->plan, &step)) == PURSER_PLAN_GO)
    ask (self, &step);
  if (next == PURSER_PLAN_END && self->under_way == 0 && !self->ending)
    end_run (self);
}

/* --- The start --- */

static void
started_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(PurserTrial) self = user_data;
  g_autoptr(GError) error = NULL;
  if (!purser_store_run_finish (PURSER_STORE (object), result, &error))
    {
      g_autoptr(GTask) task = g_steal_pointer (&self->task);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  self->began_at = g_get_monotonic_time ();
  purser_trial_emit (self);
  pump (self);
}

static gboolean
may_run (PurserTrial *self, GError **error)
{
  if (self->row != NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, _("This test has run already. Start a new one."));
  else if (self->n_models < 1 || self->n_models > PURSER_TRIAL_MAX_MODELS)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("A test tries one to %d models. Choose some."),
                 PURSER_TRIAL_MAX_MODELS);
  else
    {
      for (guint i = 0; i < self->n_models; i++)
        if (purser_trial_model_at (self, i) == NULL)
          {
            g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                         _("There is no model “%s”. Models are written provider/model, as on the Providers page."),
                         self->models[i]);
            return FALSE;
          }
      return TRUE;
    }
  return FALSE;
}

/**
 * purser_trial_run_async:
 * @self: a run that has not run yet
 * @cancellable: (nullable): stops it: calls under way are cancelled, answers so far are kept
 * @callback: called when it has ended, for whatever reason
 * @user_data: for the callback
 *
 * The run is in the store before its first call, and each answer before the next question to its model.
 */
void
purser_trial_run_async (PurserTrial *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (PURSER_IS_TRIAL (self));
  g_autoptr(GTask) task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, purser_trial_run_async);
  GError *error = NULL;
  if (!may_run (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  const PurserWorkload *workload =
      self->suite->workload != NULL ? purser_org_workload_named (self->org, self->suite->workload) : NULL;
  self->task = g_steal_pointer (&task);
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->row = g_new0 (PurserTrialRow, 1);
  self->row->kind = g_strdup (self->latency ? "latency" : "quality");
  self->row->suite = g_strdup (self->suite->name);
  self->row->workload_id = workload != NULL ? workload->id : 0;
  self->row->started_at = purser_store_now (self->store);
  self->row->state = g_strdup ("running");
  self->row->setup =
      purser_trial_setup_json (self->suite, (const char *const *) self->models, (const char *const *) self->titles,
                               self->repeats, self->cap_nano, self->org->currency, self->progress[0].total);
  purser_store_write_async (self->store, FALSE, put_row_job, self->row, NULL, NULL, started_cb, g_object_ref (self));
}

gint64
purser_trial_run_finish (PurserTrial *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), 0);
  GError *problem = NULL;
  gint64 id = g_task_propagate_int (G_TASK (result), &problem);
  if (problem == NULL)
    return id;
  g_propagate_error (error, problem);
  return 0;
}
