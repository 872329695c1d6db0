/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-trial-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-meter.h"

G_DEFINE_FINAL_TYPE (PurserTrial, purser_trial, G_TYPE_OBJECT)

enum
{
  PROGRESS,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

void
purser_trial_emit (PurserTrial *self)
{
  g_signal_emit (self, signals[PROGRESS], 0);
}

/* --- What it may cost --- */

const PurserModel *
purser_trial_model_at (PurserTrial *self, guint place)
{
  return purser_org_model_ref (self->org, self->models[place]);
}

PurserChat *
purser_trial_question (PurserTrial *self, const PurserTrialStep *step)
{
  const PurserCase *item = g_ptr_array_index (self->suite->cases, step->item % self->suite->cases->len);
  g_autofree char *salt =
      self->latency ? g_strdup_printf ("%s-%u-%c", self->salt, step->round, 'A' + step->model) : NULL;
  return purser_suite_chat (self->suite, item, salt);
}

/* At the price and the rate of now. */
static void
charge (PurserTrial *self, PurserMeter *meter, const PurserModel *model)
{
  gint64 now = purser_store_now (self->store);
  const PurserPrice *price = model != NULL ? purser_model_price_at (model, now) : NULL;
  const PurserRate *rate =
      price != NULL ? purser_org_rate_at (self->org, price->currency, self->org->currency, now) : NULL;
  purser_meter_charge (meter, price, rate, self->org->currency, -1);
}

/* An upper bound: twice the usual estimate of what goes in, since no tokeniser is known, and every token that may
 * come out. */
static gint64
reserve_cb (const PurserTrialStep *step, gpointer data)
{
  PurserTrial *self = data;
  const PurserModel *model = purser_trial_model_at (self, step->model);
  if (model == NULL)
    return 0;
  g_autoptr(PurserChat) chat = purser_trial_question (self, step);
  PurserMeter meter = PURSER_METER_NOTHING_INIT;
  meter.tokens.kind[PURSER_TOKENS_INPUT_UNCACHED] = 2 * purser_chat_estimate_tokens (chat) + 64;
  meter.tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE] =
      model->max_output > 0 ? MIN (model->max_output, chat->max_tokens) : chat->max_tokens;
  charge (self, &meter, model);
  return meter.unpriced ? 0 : meter.cost_nano;
}

/**
 * purser_trial_estimate_nano:
 * @self: a run
 *
 * Returns: what it may cost at most, from prices, the length of the questions and the most tokens a reply may have; -1
 * where a model has no price
 */
gint64
purser_trial_estimate_nano (PurserTrial *self)
{
  g_return_val_if_fail (PURSER_IS_TRIAL (self), -1);
  for (guint i = 0; i < self->n_models; i++)
    {
      PurserMeter meter = PURSER_METER_NOTHING_INIT;
      const PurserModel *model = purser_trial_model_at (self, i);
      meter.tokens.kind[PURSER_TOKENS_INPUT_UNCACHED] = meter.tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE] = 1;
      charge (self, &meter, model);
      if (meter.unpriced)
        return -1;
    }
  return purser_trial_plan_most (self->plan);
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
  signals[PROGRESS] =
      g_signal_new ("progress", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
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
      const PurserModel *model = purser_trial_model_at (self, i);
      self->model_ids[i] = model != NULL ? model->id : 0;
      gboolean alone = model != NULL;
      for (guint j = 0; alone && j < self->n_models; j++)
        {
          const PurserModel *other = purser_trial_model_at (self, j);
          alone = j == i || other == NULL || strcmp (purser_model_title (other), purser_model_title (model)) != 0;
        }
      self->titles[i] = g_strdup (alone ? purser_model_title (model) : self->models[i]);
    }
}

static PurserTrial *
trial_new (PurserCaller *caller,
           PurserStore *store,
           PurserSuite *suite,
           const char *const *models,
           gboolean latency,
           PurserTrialPlanSetup setup)
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
purser_trial_new_quality (PurserCaller *caller,
                          PurserStore *store,
                          PurserSuite *suite,
                          const char *const *models,
                          guint repeats,
                          gint64 max_cost_nano)
{
  return trial_new (caller, store, suite, models, FALSE,
                    (PurserTrialPlanSetup){ .items = suite->cases->len,
                                            .repeats = MAX (repeats, 1),
                                            .side_by_side = TRUE,
                                            .cap_nano = max_cost_nano });
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
purser_trial_new_latency (PurserCaller *caller,
                          PurserStore *store,
                          const char *workload,
                          const char *const *models,
                          guint requests,
                          gint64 max_cost_nano)
{
  PurserSuite *suite = purser_suite_builtin (workload);
  if (suite == NULL)
    suite = purser_suite_builtin ("drafting");
  g_free (suite->name);
  suite->name = g_strdup (_("Latency"));
  g_free (suite->workload);
  suite->workload = g_strdup (workload);
  return trial_new (caller, store, suite, models, TRUE,
                    (PurserTrialPlanSetup){
                        .items = MAX (requests, 1), .repeats = 1, .warm_ups = 1, .cap_nano = max_cost_nano });
}
