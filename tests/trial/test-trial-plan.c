/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-trial-plan.h"

/* What each step is said to cost at most: a nano for A, two for B and so on. */
static gint64
reserve (const PurserTrialStep *step, gpointer data)
{
  return ((gint64) step->model + 1) * GPOINTER_TO_INT (data);
}

static PurserTrialPlan *
plan_new (guint items, guint repeats, guint models, guint warm_ups, gboolean side_by_side, gint64 cap)
{
  return purser_trial_plan_new (&(PurserTrialPlanSetup){ .items = items,
                                                         .repeats = repeats,
                                                         .models = models,
                                                         .warm_ups = warm_ups,
                                                         .side_by_side = side_by_side,
                                                         .cap_nano = cap,
                                                         .reserve = reserve,
                                                         .data = GINT_TO_POINTER (1) });
}

/* Runs a plan to its end and writes down the order, like "A0 B0 B1 A1". COST by model, -1: it fails. */
static char *
play (PurserTrialPlan *plan, const gint64 *cost)
{
  GString *order = g_string_new (NULL);
  g_autoptr(GQueue) under_way = g_queue_new ();
  for (;;)
    {
      PurserTrialStep step;
      PurserPlanNext next = purser_trial_plan_next (plan, &step);
      if (next == PURSER_PLAN_END)
        break;
      if (next == PURSER_PLAN_GO)
        {
          g_string_append_printf (order, "%s%c%u%s", order->len > 0 ? " " : "", 'A' + step.model, step.item,
                                  step.warm_up ? "w" : "");
          g_queue_push_tail (under_way, g_memdup2 (&step, sizeof step));
          continue;
        }
      g_autofree PurserTrialStep *done = g_queue_pop_head (under_way);
      g_assert_nonnull (done);
      purser_trial_plan_finish (plan, done, MAX (cost[done->model], 0), cost[done->model] >= 0);
    }
  g_assert_cmpuint (g_queue_get_length (under_way), ==, 0);
  return g_string_free (order, FALSE);
}

static void
test_order (void)
{
  static const struct
  {
    guint items, repeats, models, warm_ups;
    const char *order;
  } rows[] = {
    {4,  1, 2, 0, "A0 B0 B1 A1 A2 B2 B3 A3"},
    { 2, 2, 2, 0, "A0 B0 B1 A1 A0 B0 B1 A1"},
    { 3, 1, 1, 0, "A0 A1 A2"               },
    { 2, 1, 3, 0, "A0 B0 C0 C1 B1 A1"      },
    { 2, 1, 2, 1, "A0w B0w B0 A0 A1 B1"    },
    { 0, 1, 2, 0, ""                       },
  };
  const gint64 cost[] = { 1, 1, 1 };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (int side_by_side = 0; side_by_side <= 1; side_by_side++)
      {
        g_autoptr(PurserTrialPlan) plan =
            plan_new (rows[i].items, rows[i].repeats, rows[i].models, rows[i].warm_ups, side_by_side, 0);
        g_autofree char *order = play (plan, cost);
        g_assert_cmpstr (order, ==, rows[i].order);
        g_assert_cmpint (purser_trial_plan_end (plan), ==, PURSER_PLAN_ALL);
        guint done;
        g_assert_cmpuint (purser_trial_plan_rounds (plan, &done), ==, done);
      }
}

/* Side by side: each model one call at a time. One after the other: one call in all. */
static void
test_concurrency (void)
{
  for (int side_by_side = 0; side_by_side <= 1; side_by_side++)
    {
      g_autoptr(PurserTrialPlan) plan = plan_new (3, 1, 2, 0, side_by_side, 0);
      PurserTrialStep first, second, third;
      g_assert_cmpint (purser_trial_plan_next (plan, &first), ==, PURSER_PLAN_GO);
      g_assert_cmpint (purser_trial_plan_next (plan, &second), ==, side_by_side ? PURSER_PLAN_GO : PURSER_PLAN_WAIT);
      if (!side_by_side)
        {
          purser_trial_plan_finish (plan, &first, 0, TRUE);
          g_assert_cmpint (purser_trial_plan_next (plan, &second), ==, PURSER_PLAN_GO);
          g_assert_cmpint (purser_trial_plan_next (plan, &third), ==, PURSER_PLAN_WAIT);
          continue;
        }
      g_assert_cmpint (purser_trial_plan_next (plan, &third), ==, PURSER_PLAN_WAIT);
      purser_trial_plan_finish (plan, &second, 0, TRUE);
      g_assert_cmpint (purser_trial_plan_next (plan, &third), ==, PURSER_PLAN_WAIT); /* the next round waits for both */
      purser_trial_plan_finish (plan, &first, 0, TRUE);
      g_assert_cmpint (purser_trial_plan_next (plan, &third), ==, PURSER_PLAN_GO);
      g_assert_cmpuint (third.item, ==, 1);
      g_assert_cmpuint (third.model, ==, 1);
    }
}

/* A round costs at most 3. Whatever the cap, what is spent stays within it, and every round that fits is run. */
static void
test_cap (void)
{
  const gint64 dear[] = { 1, 2 }, cheap[] = { 0, 1 };
  for (gint64 cap = 1; cap <= 20; cap++)
    {
      g_autoptr(PurserTrialPlan) plan = plan_new (5, 1, 2, 0, TRUE, cap);
      g_autofree char *order = play (plan, dear);
      guint done;
      purser_trial_plan_rounds (plan, &done);
      g_assert_cmpint (done, ==, MIN (cap / 3, 5));
      g_assert_cmpint (purser_trial_plan_end (plan), ==, cap < 15 ? PURSER_PLAN_CAP : PURSER_PLAN_ALL);
      g_assert_cmpint (purser_trial_plan_most (plan), ==, 15);

      /* Cheaper than feared: the money goes further. */
      g_autoptr(PurserTrialPlan) lucky = plan_new (5, 1, 2, 0, TRUE, cap);
      g_autofree char *longer = play (lucky, cheap);
      purser_trial_plan_rounds (lucky, &done);
      g_assert_cmpint (done, ==, cap < 3 ? 0 : MIN (cap - 2, 5));
    }
}

static void
test_stop (void)
{
  g_autoptr(PurserTrialPlan) plan = plan_new (5, 1, 2, 0, TRUE, 0);
  PurserTrialStep a, b, none;
  g_assert_cmpint (purser_trial_plan_next (plan, &a), ==, PURSER_PLAN_GO);
  g_assert_cmpint (purser_trial_plan_next (plan, &b), ==, PURSER_PLAN_GO);
  purser_trial_plan_stop (plan);
  g_assert_cmpint (purser_trial_plan_next (plan, &none), ==, PURSER_PLAN_WAIT);
  purser_trial_plan_finish (plan, &a, 0, TRUE);
  g_assert_cmpint (purser_trial_plan_next (plan, &none), ==, PURSER_PLAN_WAIT);
  purser_trial_plan_finish (plan, &b, 0, TRUE);
  g_assert_cmpint (purser_trial_plan_next (plan, &none), ==, PURSER_PLAN_END);
  g_assert_cmpint (purser_trial_plan_end (plan), ==, PURSER_PLAN_STOPPED);

  /* Stop after the last answer has come stops nothing. */
  const gint64 cost[] = { 0 };
  g_autoptr(PurserTrialPlan) done = plan_new (2, 1, 1, 0, TRUE, 0);
  g_autofree char *order = play (done, cost);
  purser_trial_plan_stop (done);
  g_assert_cmpint (purser_trial_plan_end (done), ==, PURSER_PLAN_ALL);
}

static void
test_broken (void)
{
  const gint64 cost[] = { 1, -1 };
  g_autoptr(PurserTrialPlan) plan = plan_new (50, 1, 2, 0, TRUE, 0);
  g_autofree char *order = play (plan, cost);
  guint done;
  purser_trial_plan_rounds (plan, &done);
  g_assert_cmpuint (done, ==, PURSER_PLAN_PATIENCE);
  g_assert_cmpint (purser_trial_plan_end (plan), ==, PURSER_PLAN_BROKEN);
  g_assert_cmpuint (purser_trial_plan_broken (plan), ==, 1);

  /* Once it has answered, failures are part of the result. */
  g_autoptr(PurserTrialPlan) late = plan_new (20, 1, 1, 0, TRUE, 0);
  PurserTrialStep step;
  for (guint i = 0; purser_trial_plan_next (late, &step) == PURSER_PLAN_GO; i++)
    purser_trial_plan_finish (late, &step, 0, i == 2);
  g_assert_cmpint (purser_trial_plan_end (late), ==, PURSER_PLAN_ALL);
}

static gint64
endless (const PurserTrialStep *step, gpointer data)
{
  return G_MAXINT64 / 2;
}

static void
test_overflow (void)
{
  g_autoptr(PurserTrialPlan) plan = purser_trial_plan_new (
      &(PurserTrialPlanSetup){ .items = 3, .repeats = 1, .models = 4, .cap_nano = 100, .reserve = endless });
  PurserTrialStep step;
  g_assert_cmpint (purser_trial_plan_most (plan), ==, G_MAXINT64);
  g_assert_cmpint (purser_trial_plan_next (plan, &step), ==, PURSER_PLAN_END);
  g_assert_cmpint (purser_trial_plan_end (plan), ==, PURSER_PLAN_CAP);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trial/plan/order", test_order);
  g_test_add_func ("/trial/plan/concurrency", test_concurrency);
  g_test_add_func ("/trial/plan/cap", test_cap);
  g_test_add_func ("/trial/plan/stop", test_stop);
  g_test_add_func ("/trial/plan/broken", test_broken);
  g_test_add_func ("/trial/plan/overflow", test_overflow);
  return g_test_run ();
}
