/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-trial-record.h"

G_BEGIN_DECLS

/* One run. It asks the plan what to do next, sends it through the caller, keeps each answer as a row, and ends when
 * the plan does. */
struct _PurserTrial
{
  GObject parent_instance;
  PurserCaller *caller; /* (owned) */
  PurserStore *store; /* (owned) */
  PurserSuite *suite; /* (owned) the questions, also of a latency run */
  char **models; /* (owned) as asked for */
  char **titles; /* (owned) */
  gint64 *model_ids; /* (owned) */
  guint n_models;
  gboolean latency;
  guint repeats;
  gint64 cap_nano;
  PurserTrialPlan *plan; /* (owned) */
  PurserOrg *org; /* (owned) prices and names at the start */
  char *salt; /* (owned) of this run */
  PurserTrialProgress *progress; /* (owned) by model */
  PurserTrialRow *row; /* (owned) (nullable) once running */
  GTask *task; /* (owned) (nullable) while running */
  GCancellable *cancellable; /* (owned) (nullable) */
  GError *error; /* (owned) (nullable) what broke the run */
  char *broken; /* (owned) (nullable) the words of the model that never answered */
  gint64 began_at; /* monotonic */
  guint under_way; /* calls and their rows */
  gboolean ending;
};

const PurserModel *purser_trial_model_at (PurserTrial *self, guint place); /* (nullable) */
PurserChat *purser_trial_question (PurserTrial *self, const PurserTrialStep *step); /* (transfer full) */
void purser_trial_emit (PurserTrial *self); /* "progress" */

G_END_DECLS
