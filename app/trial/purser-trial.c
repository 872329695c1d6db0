/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-trial.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-json.h"
#include "purser-meter.h"
#include "purser-trial-record.h"

/* One run. It asks the plan what to do next, sends it through the caller, keeps each answer as a row, and ends when the plan does. */
struct _PurserTrial
{
  GObject              parent_instance;
  PurserCaller        *caller;     /* (owned) */
  PurserStore         *store;      /* (owned) */
  PurserSuite         *suite;      /* (owned) the questions, also of a latency run */
  char               **models;     /* (owned) as asked for */
  char               **titles;     /* (owned) */
  gint64              *model_ids;  /* (owned) */
  guint                n_models;
  gboolean             latency;
  guint                repeats;
  gint64               cap_nano;
  PurserTrialPlan     *plan;       /* (owned) */
  PurserOrg           *org;        /* (owned) prices and names at the start */
  char                *salt;       /* (owned) of this run */
  PurserTrialProgress *progress;   /* (owned) by model */
  PurserTrialRow      *row;        /* (owned) (nullable) once running */
  GTask               *task;       /* (owned) (nullable) while running */
  GCancellable        *cancellable;/* (owned) (nullable) */
  GSource             *beat;       /* (owned) (nullable) */
  GError              *error;      /* (owned) (nullable) what broke the run */
  char                *broken;     /* (owned) (nullable) the words of the model that never answered */
  gint64               began_at;   /* monotonic */
  guint                under_way;  /* calls and their rows */
  gboolean             ending;
};
G_DEFINE_FINAL_TYPE (PurserTrial, purser_trial, G_TYPE_OBJECT)

enum { PROGRESS, N_SIGNALS };
static guint signals[N_SIGNALS];

/* One call of a run, until its row is kept. */
typedef struct
{
  PurserTrial       *self;   /* (owned) */
  PurserTrialStep    step;
  PurserTrialResult *row;    /* (owned) (nullable) */
  gboolean           answered;
  gint64             cost;
} Asked;

static void pump (PurserTrial *self);

static void
asked_free (Asked *asked)
{
  g_clear_pointer (&asked->row, purser_trial_result_free);
  g_object_unref (asked->self);
  g_free (asked);
}

/* --- What it may cost --- */

static const PurserModel *
model_at (PurserTrial *self, guint place)
{
  return purser_org_model_ref (self->org, self->models[place]);
}

static PurserChat *
question (PurserTrial *self, const PurserTrialStep *step)
{
  const PurserCase *item = g_ptr_array_index (self->suite->cases, step->item % self->suite->cases->len);
  g_autofree char *salt = self->latency ? g_strdup_printf ("%s-%u-%c", self->salt, step->round, 'A' + step->model) : NULL;
  return purser_suite_chat (self->suite, item, salt);
}

/* An upper bound: twice the usual estimate of what goes in, since no tokeniser is known, and every token that may come out. */
static gint64
reserve_cb (const PurserTrialStep *step, gpointer data)
{
  PurserTrial *self = data;
  const PurserModel *model = model_at (self, step->model);
  if (model == NULL)
    return 0;
  g_autoptr(PurserChat) chat = question (self, step);
  PurserMeter meter = PURSER_METER_NOTHING_INIT;
  meter.tokens.kind[PURSER_TOKENS_INPUT_UNCACHED] = 2 * purser_chat_estimate_tokens (chat) + 64;
  meter.tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE] = model->max_output > 0 ? MIN (model->max_output, chat->max_tokens) : chat->max_tokens;
  purser_meter_charge (&meter, model->price, self->org->currency);
  return meter.unpriced ? 0 : meter.cost_nano;
}

/**
 * purser_trial_estimate_nano:
 * @self: a run
 *
 * Returns: what it may cost at most, from prices, the length of the questions and the most tokens a reply may have; -1 where a model has no price
 */
gint64
purser_trial_estimate_nano (PurserTrial *self)
{
  g_return_val_if_fail (PURSER_IS_TRIAL (self), -1);
  for (guint i = 0; i < self->n_models; i++)
    {
      PurserMeter meter = PURSER_METER_NOTHING_INIT;
      const PurserModel *model = model_at (self, i);
      meter.tokens.kind[PURSER_TOKENS_INPUT_UNCACHED] = meter.tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE] = 1;
      purser_meter_charge (&meter, model != NULL ? model->price : NULL, self->org->currency);
      if (meter.unpriced)
        return -1;
    }
  return purser_trial_plan_most (self->plan);
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
    [PURSER_PLAN_ALL] = "all", [PURSER_PLAN_STOPPED] = "stop", [PURSER_PLAN_CAP] = "cap", [PURSER_PLAN_BROKEN] = "errors",
  };
  return self->error != NULL ? "failure" : words[purser_trial_plan_end (self->plan)];
}

static const char *
end_state (PurserTrial *self)
{
  static const char *const states[] = {
    [PURSER_PLAN_ALL] = "done", [PURSER_PLAN_STOPPED] = "stopped", [PURSER_PLAN_CAP] = "stopped", [PURSER_PLAN_BROKEN] = "failed",
  };
  return self->error != NULL ? "failed" : states[purser_trial_plan_end (self->plan)];
}

static char *
summary_json (PurserTrial *self, gboolean running)
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
  if (running)
    json_object_set_int_member (summary, "beat", purser_store_now (self->store));
  else
    json_object_set_string_member (summary, "ended_by", end_word (self));
  if (!running && self->broken != NULL)
    {
      json_object_set_int_member (summary, "broken", purser_trial_plan_broken (self->plan));
      json_object_set_string_member (summary, "words", self->broken);
    }
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), summary);
  return purser_json_to_string (node, FALSE);
}

static void
clear_beat (PurserTrial *self)
{
  if (self->beat == NULL)
    return;
  g_source_destroy (self->beat);
  g_clear_pointer (&self->beat, g_source_unref);
}

static void
ended_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  PurserTrial *self = g_task_get_source_object (task);
  g_autoptr(GError) error = NULL;
  if (!purser_store_run_finish (PURSER_STORE (object), result, &error) && self->error == NULL)
    self->error = g_steal_pointer (&error);
  g_signal_emit (self, signals[PROGRESS], 0);
  if (self->error != NULL)
    g_task_return_error (task, g_steal_pointer (&self->error));
  else
    g_task_return_int (task, self->row->id);
}

static void
end_run (PurserTrial *self)
{
  self->ending = TRUE;
  clear_beat (self);
  g_free (self->row->state);
  self->row->state = g_strdup (end_state (self));
  g_free (self->row->summary);
  self->row->summary = summary_json (self, FALSE);
  self->row->ended_at = MAX (purser_store_now (self->store), self->row->started_at);
  GTask *task = g_steal_pointer (&self->task);
  purser_store_write_async (self->store, TRUE, put_row_job, row_copy (self->row), (GDestroyNotify) purser_trial_row_free, NULL, ended_cb, task);
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
count_progress (PurserTrial *self, const PurserTrialStep *step, const PurserTrialResult *row, const PurserCallResult *call)
{
  PurserTrialProgress *progress = &self->progress[step->model];
  if (!step->warm_up && strcmp (row->outcome, "skipped") != 0)
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
    g_signal_emit (self, signals[PROGRESS], 0);
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
  const PurserModel *model = model_at (self, asked->step.model);
  asked->row = purser_trial_result_of (self->suite, &asked->step, self->latency, call, model != NULL ? purser_org_provider (self->org, model->provider_id) : NULL);
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
  g_autoptr(PurserChat) chat = question (self, step);
  PurserCallRequest request = { .model = self->models[step->model], .purpose = PURSER_PURPOSE_TEST, .stream = TRUE, .chat = chat };
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
beaten_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  if (!purser_store_run_finish (PURSER_STORE (object), result, &error))
    g_debug ("A test's sign of life was not kept: %s", error->message); /* its rows will say so if that lasts */
}

static gboolean
beat_cb (gpointer user_data)
{
  PurserTrial *self = user_data;
  g_free (self->row->summary);
  self->row->summary = summary_json (self, TRUE);
  purser_store_write_async (self->store, FALSE, put_row_job, row_copy (self->row), (GDestroyNotify) purser_trial_row_free, NULL, beaten_cb, NULL);
  return G_SOURCE_CONTINUE;
}

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
  self->beat = g_timeout_source_new_seconds (PURSER_TRIAL_BEAT_S);
  g_source_set_callback (self->beat, beat_cb, self, NULL);
  g_source_attach (self->beat, g_task_get_context (self->task));
  g_signal_emit (self, signals[PROGRESS], 0);
  pump (self);
}

static gboolean
may_run (PurserTrial *self, GError **error)
{
  if (self->row != NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, _("This test has run already. Start a new one."));
  else if (self->n_models < 1 || self->n_models > PURSER_TRIAL_MAX_MODELS)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _("A test tries one to %d models. Choose some."), PURSER_TRIAL_MAX_MODELS);
  else
    {
      for (guint i = 0; i < self->n_models; i++)
        if (model_at (self, i) == NULL)
          {
            g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("There is no model “%s”. Models are written provider/model, as on the Providers page."), self->models[i]);
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
  const PurserWorkload *workload = self->suite->workload != NULL ? purser_org_workload_named (self->org, self->suite->workload) : NULL;
  self->task = g_steal_pointer (&task);
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->row = g_new0 (PurserTrialRow, 1);
  self->row->kind = g_strdup (self->latency ? "latency" : "quality");
  self->row->suite = g_strdup (self->suite->name);
  self->row->workload_id = workload != NULL ? workload->id : 0;
  self->row->started_at = purser_store_now (self->store);
  self->row->state = g_strdup ("running");
  self->row->setup = purser_trial_setup_json (self->suite, (const char *const *) self->models, (const char *const *) self->titles, self->repeats,
                                              self->cap_nano, self->org->currency, self->progress[0].total);
  self->row->summary = summary_json (self, TRUE);
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

/* --- What it is --- */

guint
purser_trial_get_n_models (PurserTrial *self)
{
  g_return_val_if_fail (PURSER_IS_TRIAL (self), 0);
  return self->n_models;
}

void
purser_trial_get_progress (PurserTrial *self, guint model, PurserTrialProgress *progress)
{
  g_return_if_fail (PURSER_IS_TRIAL (self) && model < self->n_models);
  *progress = self->progress[model];
}

gint64
purser_trial_get_cost_nano (PurserTrial *self)
{
  g_return_val_if_fail (PURSER_IS_TRIAL (self), 0);
  gint64 sum = 0;
  for (guint i = 0; i < self->n_models; i++)
    sum += self->progress[i].cost_nano;
  return sum;
}

gint64
purser_trial_get_remaining_us (PurserTrial *self)
{
  g_return_val_if_fail (PURSER_IS_TRIAL (self), -1);
  guint done, rounds = purser_trial_plan_rounds (self->plan, &done);
  if (self->task == NULL && self->row != NULL)
    return 0;
  if (done == 0 || self->began_at == 0)
    return -1;
  return (g_get_monotonic_time () - self->began_at) / done * (rounds - done);
}

static void
purser_trial_finalize (GObject *object)
{
  PurserTrial *self = PURSER_TRIAL (object);
  clear_beat (self);
  g_clear_pointer (&self->plan, purser_trial_plan_free);
  g_clear_pointer (&self->suite, purser_suite_free);
  g_clear_pointer (&self->org, purser_org_unref);
  g_clear_pointer (&self->row, purser_trial_row_free);
  g_clear_pointer (&self->models, g_strfreev);
  g_clear_pointer (&self->titles, g_strfreev);
  g_clear_error (&self->error);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->caller);
  g_clear_object (&self->store);
  g_clear_object (&self->task);
  g_free (self->model_ids);
  g_free (self->progress);
  g_free (self->broken);
  g_free (self->salt);
  G_OBJECT_CLASS (purser_trial_parent_class)->finalize (object);
}

static void
purser_trial_class_init (PurserTrialClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = purser_trial_finalize;
  signals[PROGRESS] = g_signal_new ("progress", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
purser_trial_init (PurserTrial *self)
{
  self->salt = g_strdup_printf ("%08x", g_random_int ());
}

/* Two models of one name at two providers are told apart by their full names. */
static void
name_models (PurserTrial *self)
{
  self->titles = g_new0 (char *, self->n_models + 1);
  self->model_ids = g_new0 (gint64, self->n_models);
  for (guint i = 0; i < self->n_models; i++)
    {
      const PurserModel *model = model_at (self, i);
      self->model_ids[i] = model != NULL ? model->id : 0;
      gboolean alone = model != NULL;
      for (guint j = 0; alone && j < self->n_models; j++)
        {
          const PurserModel *other = model_at (self, j);
          alone = j == i || other == NULL || strcmp (purser_model_title (other), purser_model_title (model)) != 0;
        }
      self->titles[i] = g_strdup (alone ? purser_model_title (model) : self->models[i]);
    }
}

static PurserTrial *
trial_new (PurserCaller *caller, PurserStore *store, PurserSuite *suite, const char *const *models, gboolean latency, PurserTrialPlanSetup setup)
{
  PurserTrial *self = g_object_new (PURSER_TYPE_TRIAL, NULL);
  self->caller = g_object_ref (caller);
  self->store = g_object_ref (store);
  self->suite = suite;
  self->models = g_strdupv ((char **) models);
  self->n_models = g_strv_length (self->models);
  self->latency = latency;
  self->repeats = setup.repeats;
  self->cap_nano = setup.cap_nano;
  self->org = purser_store_get_org (store);
  setup.models = MAX (self->n_models, 1);
  setup.reserve = reserve_cb;
  setup.data = self;
  self->plan = purser_trial_plan_new (&setup);
  name_models (self);
  self->progress = g_new0 (PurserTrialProgress, setup.models);
  for (guint i = 0; i < self->n_models; i++)
    {
      self->progress[i].model = self->models[i];
      self->progress[i].total = setup.items * setup.repeats;
    }
  return self;
}

/**
 * purser_trial_new_quality:
 * @caller: the way to the models
 * @store: the organisation's file
 * @suite: (transfer full): cases and checks
 * @models: (array zero-terminated=1): one to four "provider/model", A first
 * @repeats: how often each case is asked
 * @max_cost_nano: it stops before it would cost more; ≤ 0: no limit
 *
 * Returns: (transfer full): a run, not yet started
 */
PurserTrial *
purser_trial_new_quality (PurserCaller *caller, PurserStore *store, PurserSuite *suite, const char *const *models, guint repeats, gint64 max_cost_nano)
{
  return trial_new (caller, store, suite, models, FALSE,
                    (PurserTrialPlanSetup) { .items = suite->cases->len, .repeats = MAX (repeats, 1), .side_by_side = TRUE, .cap_nano = max_cost_nano });
}

/**
 * purser_trial_new_latency:
 * @caller: the way to the models
 * @store: the organisation's file
 * @workload: whose kind of question to ask; one without a starter suite is measured with drafting's
 * @models: (array zero-terminated=1): one to four "provider/model", A first
 * @requests: how many for each model; one more before them warms up and is not counted
 * @max_cost_nano: it stops before it would cost more; ≤ 0: no limit
 *
 * Returns: (transfer full): a run, not yet started
 */
PurserTrial *
purser_trial_new_latency (PurserCaller *caller, PurserStore *store, const char *workload, const char *const *models, guint requests, gint64 max_cost_nano)
{
  PurserSuite *suite = purser_suite_builtin (workload);
  if (suite == NULL)
    suite = purser_suite_builtin ("drafting");
  g_free (suite->name);
  suite->name = g_strdup (_("Latency"));
  g_free (suite->workload);
  suite->workload = g_strdup (workload);
  return trial_new (caller, store, suite, models, TRUE,
                    (PurserTrialPlanSetup) { .items = MAX (requests, 1), .repeats = 1, .warm_ups = 1, .cap_nano = max_cost_nano });
}
