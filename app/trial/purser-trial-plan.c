/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-trial-plan.h"

struct _PurserTrialPlan
{
  PurserTrialPlanSetup setup;
  guint round, asked, under_way; /* of this round: how many were begun, how many have not ended */
  gint64 spent;
  PurserPlanEnd end;
  gboolean no_more;
  guint *failed_first; /* by model: failures before its first answer; G_MAXUINT once it answered */
  guint broken;
};

PurserTrialPlan *
purser_trial_plan_new (const PurserTrialPlanSetup *setup)
{
  g_return_val_if_fail (setup->models > 0 && setup->repeats > 0, NULL);
  PurserTrialPlan *plan = g_new0 (PurserTrialPlan, 1);
  plan->setup = *setup;
  plan->failed_first = g_new0 (guint, setup->models);
  return plan;
}

void
purser_trial_plan_free (PurserTrialPlan *plan)
{
  if (plan == NULL)
    return;
  g_free (plan->failed_first);
  g_free (plan);
}

guint
purser_trial_plan_rounds (const PurserTrialPlan *plan, guint *done)
{
  if (done != NULL)
    *done = plan->round;
  return plan->setup.warm_ups + plan->setup.items * plan->setup.repeats;
}

/* The step at PLACE of ROUND: the order turns around with every round. */
static PurserTrialStep
step_at (const PurserTrialPlan *plan, guint round, guint place)
{
  PurserTrialStep step = { .round = round, .warm_up = round < plan->setup.warm_ups };
  guint counted = step.warm_up ? round : round - plan->setup.warm_ups;
  step.item = step.warm_up ? counted : counted % plan->setup.items;
  step.repeat = step.warm_up ? 0 : counted / plan->setup.items;
  step.model = round % 2 == 0 ? place : plan->setup.models - 1 - place;
  return step;
}

static gint64
reserve (const PurserTrialPlan *plan, guint round)
{
  gint64 sum = 0;
  for (guint place = 0; plan->setup.reserve != NULL && place < plan->setup.models; place++)
    {
      PurserTrialStep step = step_at (plan, round, place);
      gint64 each = plan->setup.reserve (&step, plan->setup.data);
      if (each > 0 && !__builtin_add_overflow (sum, each, &sum))
        continue;
      sum = each > 0 ? G_MAXINT64 : sum;
    }
  return sum;
}

gint64
purser_trial_plan_most (const PurserTrialPlan *plan)
{
  gint64 sum = 0;
  guint rounds = purser_trial_plan_rounds (plan, NULL);
  for (guint round = 0; round < rounds; round++)
    if (__builtin_add_overflow (sum, reserve (plan, round), &sum))
      return G_MAXINT64;
  return sum;
}

static void
give_up (PurserTrialPlan *plan, PurserPlanEnd why)
{
  if (plan->no_more)
    return;
  plan->no_more = TRUE;
  plan->end = why;
}

/* Before a round begins: is there one, and is there money for all of it? */
static gboolean
may_begin (PurserTrialPlan *plan)
{
  if (plan->round >= purser_trial_plan_rounds (plan, NULL))
    give_up (plan, PURSER_PLAN_ALL);
  else if (plan->setup.cap_nano > 0 && reserve (plan, plan->round) > plan->setup.cap_nano - plan->spent)
    give_up (plan, PURSER_PLAN_CAP);
  return !plan->no_more;
}

PurserPlanNext
purser_trial_plan_next (PurserTrialPlan *plan, PurserTrialStep *step)
{
  if (!plan->no_more && plan->asked == 0 && !may_begin (plan))
    return PURSER_PLAN_END;
  if (plan->no_more)
    return plan->under_way > 0 ? PURSER_PLAN_WAIT : PURSER_PLAN_END;
  if (plan->asked == plan->setup.models || (plan->under_way > 0 && !plan->setup.side_by_side))
    return PURSER_PLAN_WAIT;
  *step = step_at (plan, plan->round, plan->asked++);
  plan->under_way++;
  return PURSER_PLAN_GO;
}

void
purser_trial_plan_finish (PurserTrialPlan *plan, const PurserTrialStep *step, gint64 cost_nano, gboolean answered)
{
  g_return_if_fail (plan->under_way > 0 && step->model < plan->setup.models);
  plan->under_way--;
  plan->spent += MAX (cost_nano, 0);
  guint *failed = &plan->failed_first[step->model];
  if (answered)
    *failed = G_MAXUINT;
  else if (*failed != G_MAXUINT && ++*failed >= PURSER_PLAN_PATIENCE && !plan->no_more)
    {
      plan->broken = step->model;
      give_up (plan, PURSER_PLAN_BROKEN);
    }
  if (plan->under_way == 0 && plan->asked == plan->setup.models)
    {
      plan->asked = 0;
      plan->round++;
    }
}

void
purser_trial_plan_stop (PurserTrialPlan *plan)
{
  gboolean all = plan->under_way == 0 && plan->round >= purser_trial_plan_rounds (plan, NULL);
  give_up (plan, all ? PURSER_PLAN_ALL : PURSER_PLAN_STOPPED);
}

PurserPlanEnd
purser_trial_plan_end (const PurserTrialPlan *plan)
{
  return plan->end;
}

guint
purser_trial_plan_broken (const PurserTrialPlan *plan)
{
  return plan->broken;
}
