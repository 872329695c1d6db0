/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-stat.h"
#include "purser-stat-private.h"

#include <math.h>

#define WEEK       7
#define WEEKS_SEEN 8

/* What to expect of a weekday: the median of its last eight, or the mean of all days while there are fewer than two
 * weeks. */
static double
expect_weekday (const double *history, gsize n, guint first_weekday, guint weekday)
{
  if (n < 2 * WEEK)
    {
      double sum = 0;
      for (gsize i = 0; i < n; i++)
        sum += history[i];
      return sum / n;
    }
  double seen[WEEKS_SEEN];
  gsize n_seen = 0;
  for (gsize i = n; i-- > 0 && n_seen < WEEKS_SEEN;)
    if ((first_weekday + i) % WEEK == weekday)
      seen[n_seen++] = history[i];
  return purser_stat_median (seen, n_seen);
}

/* One possible rest of the period: each day its expectation and the surprise of some day of the past. Spending is
 * never negative. */
static double
draw_rest (
    GRand *random, const double *expected, const double *residuals, gsize n_residuals, guint weekday, guint remaining)
{
  double sum = 0;
  for (guint day = 0; day < remaining; day++)
    {
      double surprise = residuals[g_rand_int_range (random, 0, (gint32) n_residuals)];
      sum += MAX (0, expected[(weekday + day) % WEEK] + surprise);
    }
  return sum;
}

/**
 * purser_stat_forecast:
 * @history: (array length=n_history): spend per whole day, oldest first
 * @n_history: how many days
 * @first_weekday: weekday of the first day, 0 = Monday
 * @remaining: days of the period that follow the history
 * @so_far: spend of the period up to now
 * @seed: start of the generator: the same seed gives the same range
 * @low: (out): 80 % range
 * @mid: (out): the forecast
 * @high: (out): 80 % range
 *
 * So far, and for each remaining day the median of up to eight such weekdays. The range comes from a residual
 * bootstrap over the last eight weeks.
 *
 * Source: R. J. Hyndman, G. Athanasopoulos, "Forecasting: Principles and Practice" (3rd edition), sections 5.2 and 5.5
 * (seasonal naïve method with a median, bootstrapped residuals).
 *
 * Returns: %FALSE under seven days of history: too early
 */
gboolean
purser_stat_forecast (const double *history,
                      gsize n_history,
                      guint first_weekday,
                      guint remaining,
                      double so_far,
                      guint32 seed,
                      double *low,
                      double *mid,
                      double *high)
{
  if (n_history < WEEK)
    return FALSE;
  double expected[WEEK];
  for (guint day = 0; day < WEEK; day++)
    expected[day] = expect_weekday (history, n_history, first_weekday, day);

  gsize n_residuals = MIN (n_history, WEEK * WEEKS_SEEN), first = n_history - n_residuals;
  g_autofree double *residuals = g_new (double, n_residuals);
  for (gsize i = 0; i < n_residuals; i++)
    residuals[i] = history[first + i] - expected[(first_weekday + first + i) % WEEK];

  guint next = (first_weekday + n_history) % WEEK;
  double middle = so_far;
  for (guint day = 0; day < remaining; day++)
    middle += expected[(next + day) % WEEK];

  g_autoptr(GRand) random = g_rand_new_with_seed (seed);
  g_autofree double *sums = g_new (double, PURSER_BOOTSTRAPS);
  for (int i = 0; i < PURSER_BOOTSTRAPS; i++)
    sums[i] = so_far + draw_rest (random, expected, residuals, n_residuals, next, remaining);
  purser_stat_sort (sums, PURSER_BOOTSTRAPS);

  *mid = middle;
  /* Surprises around a median need not cancel out: the range still has to hold the forecast it belongs to. */
  *low = MIN (middle, purser_stat_rank (sums, PURSER_BOOTSTRAPS, 10));
  *high = MAX (middle, purser_stat_rank (sums, PURSER_BOOTSTRAPS, 90));
  return TRUE;
}
