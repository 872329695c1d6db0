/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which question goes to which model next. No I/O, no clock.
 *
 * A round is one item asked of every model: A then B, in the next round B then A, so that neither always comes first
 * and both meet the same
 * minutes. The next round begins when this one is over, so that a run that is stopped leaves pairs. Within a round the
 * models are asked side by side
 * (quality: one call at a time for each) or one after the other (latency: nothing else is under way). */
typedef struct _PurserTrialPlan PurserTrialPlan;

typedef struct
{
  guint round; /* from 0, warm-ups included */
  guint item; /* case, or number of the request */
  guint repeat; /* from 0 */
  guint model; /* 0 = A */
  gboolean warm_up; /* asked and paid, not counted */
} PurserTrialStep;

typedef struct
{
  guint items, repeats, models;
  guint warm_ups; /* rounds before the first that counts */
  gboolean side_by_side;
  gint64 cap_nano; /* ≤ 0: none */
  gint64 (*reserve) (const PurserTrialStep *step,
                     gpointer data); /* what this step may cost at most; 0 where that is not known */
  gpointer data;
} PurserTrialPlanSetup;

typedef enum
{
  PURSER_PLAN_GO,
  PURSER_PLAN_WAIT,
  PURSER_PLAN_END
} PurserPlanNext;
typedef enum
{
  PURSER_PLAN_ALL,
  PURSER_PLAN_STOPPED,
  PURSER_PLAN_CAP,
  PURSER_PLAN_BROKEN
} PurserPlanEnd;

PurserTrialPlan *purser_trial_plan_new (const PurserTrialPlanSetup *setup);
void purser_trial_plan_free (PurserTrialPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserTrialPlan, purser_trial_plan_free)
/* GO: start STEP. WAIT: something is under way, ask again when it ends. END: nothing is under way and nothing more
 * will be. */
PurserPlanNext purser_trial_plan_next (PurserTrialPlan *plan, PurserTrialStep *step);
/* STEP has ended and cost that much; ANSWERED: the model gave an answer. */
void purser_trial_plan_finish (PurserTrialPlan *plan, const PurserTrialStep *step, gint64 cost_nano, gboolean answered);
void purser_trial_plan_stop (PurserTrialPlan *plan); /* begin nothing more */
PurserPlanEnd purser_trial_plan_end (const PurserTrialPlan *plan); /* why it ended or will end */
guint purser_trial_plan_broken (const PurserTrialPlan *plan); /* the model that never answered */
guint purser_trial_plan_rounds (const PurserTrialPlan *plan, guint *done); /* in all */
/* The sum of all reservations. */
gint64 purser_trial_plan_most (const PurserTrialPlan *plan);

/* A model whose first calls all fail will not answer the others either: the run ends rather than pay and wait for
 * every one. */
#define PURSER_PLAN_PATIENCE 5

G_END_DECLS
