/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-stat.h"

#include <math.h>

#define assert_near(a, b, tolerance) g_assert_cmpfloat_with_epsilon (a, b, tolerance)

/* 1 … n, shuffled so that order cannot matter. */
static double *
one_to (guint n)
{
  double *values = g_new (double, n);
  for (guint i = 0; i < n; i++)
    values[i] = (i * 7919u) % n + 1;
  return values;
}

static void
test_percentile (void)
{
  static const struct
  {
    guint n;
    double p, expected;
  } rows[] = {
    {4,     50, NAN},
    { 5,    50, 3  },
    { 6,    50, 3  },
    { 19,   90, NAN},
    { 20,   90, 18 },
    { 21,   90, 19 },
    { 39,   95, NAN},
    { 40,   95, 38 },
    { 199,  99, NAN},
    { 200,  99, 198},
    { 1000, 99, 990},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree double *values = one_to (rows[i].n);
      double got = purser_stat_percentile (values, rows[i].n, rows[i].p);
      if (isnan (rows[i].expected))
        g_assert_true (isnan (got));
      else
        g_assert_cmpfloat (got, ==, rows[i].expected);
    }
}

/* Nearest rank by its definition: the smallest value that at least p percent do not exceed. */
static void
test_percentile_definition (void)
{
  for (guint n = 200; n < 260; n++)
    {
      g_autofree double *values = one_to (n);
      for (guint p = 1; p <= 99; p++)
        {
          guint smallest = 1;
          while (smallest * 100 < p * n)
            smallest++;
          g_assert_cmpfloat (purser_stat_percentile (values, n, p), ==, smallest);
        }
    }
}

static void
test_median (void)
{
  const double values[] = { 9, 1, 5, 2 };
  g_assert_cmpfloat (purser_stat_median (values, 3), ==, 5);
  g_assert_cmpfloat (purser_stat_median (values, 4), ==, 3.5);
  g_assert_cmpfloat (purser_stat_median (values, 1), ==, 9);
  g_assert_true (isnan (purser_stat_median (values, 0)));
  g_assert_cmpfloat (values[0], ==, 9);
}

/* Printed tables of the t distribution; and Simpson's rule over its density. */
static double
tail_by_integration (guint df, double t)
{
  double scale = exp (lgamma ((df + 1) / 2.0) - lgamma (df / 2.0)) / sqrt (df * G_PI), sum = 0;
  const int steps = 20000;
  for (int i = 0; i <= steps; i++)
    {
      double x = t * i / steps;
      sum += scale * pow (1 + x * x / df, -(df + 1.0) / 2) * (i == 0 || i == steps ? 1 : i % 2 ? 4 : 2);
    }
  return 1 - 2 * sum * t / steps / 3;
}

static void
test_t95 (void)
{
  static const struct
  {
    guint df;
    double t;
  } rows[] = {
    {1,        12.706},
    { 2,       4.303 },
    { 3,       3.182 },
    { 5,       2.571 },
    { 10,      2.228 },
    { 29,      2.045 },
    { 60,      2.000 },
    { 120,     1.980 },
    { 1000,    1.962 },
    { 1000000, 1.960 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_near (purser_stat_t95 (rows[i].df), rows[i].t, .0006);
  for (guint df = 1; df < 200; df += 13)
    assert_near (tail_by_integration (df, purser_stat_t95 (df)), .05, 1e-7);
  g_assert_true (isinf (purser_stat_t95 (0)));
}

static void
test_ratio (void)
{
  double ratio;
  PurserInterval interval;
  const double a[] = { 1, 2, 4, NAN, 0 }, b[] = { 2, 4, 8, 7, 7 };
  g_assert_true (purser_stat_ratio (a, b, 5, &ratio, &interval));
  assert_near (ratio, 2, 1e-12);
  assert_near (interval.low, 2, 1e-9);
  assert_near (interval.high, 2, 1e-9);
  g_assert_false (purser_stat_ratio (a, b, 1, &ratio, &interval));
  g_assert_false (purser_stat_ratio (a + 2, b + 2, 3, &ratio, &interval));

  /* By hand: logs ln 2 and ln 8; mean ln 4, standard deviation ln 4 / √2, SE ln 2, t(1) = 12.706. */
  const double c[] = { 1, 1 }, d[] = { 2, 8 };
  g_assert_true (purser_stat_ratio (c, d, 2, &ratio, &interval));
  assert_near (ratio, 4, 1e-9);
  assert_near (log (interval.high / ratio), 12.7062 * G_LN2, 1e-3);
  assert_near (interval.low * interval.high, 16, 1e-6);
}

/* All 27 resamples of three cases: the bootstrap must find the same range. */
static void
test_total_ratio (void)
{
  const double a[] = { 10, 20, 30 }, b[] = { 5, 5, 60 };
  double ratio, least = INFINITY, most = 0;
  PurserInterval interval;
  for (int i = 0; i < 27; i++)
    {
      int x = i % 3, y = i / 3 % 3, z = i / 9;
      double each = (b[x] + b[y] + b[z]) / (a[x] + a[y] + a[z]);
      least = MIN (least, each);
      most = MAX (most, each);
    }
  g_assert_true (purser_stat_total_ratio (a, b, 3, 7, &ratio, &interval));
  assert_near (ratio, 70.0 / 60, 1e-12);
  /* The ends have a chance of 1/27 each, more than the 2.5 % that are cut off. */
  assert_near (interval.low, least, 1e-12);
  assert_near (interval.high, most, 1e-12);

  PurserInterval again;
  g_assert_true (purser_stat_total_ratio (a, b, 3, 7, &ratio, &again));
  g_assert_cmpfloat (interval.low, ==, again.low);
  const double nothing[] = { 0, 0, 0 }, missing[] = { 1, NAN, 1 };
  g_assert_false (purser_stat_total_ratio (nothing, b, 3, 7, &ratio, &interval));
  g_assert_false (purser_stat_total_ratio (missing, b, 3, 7, &ratio, &interval));
  g_assert_false (purser_stat_total_ratio (a, b, 1, 7, &ratio, &interval));
  g_assert_true (purser_stat_total_ratio (a, nothing, 3, 7, &ratio, &interval));
  g_assert_cmpfloat (ratio, ==, 0);
}

static void
test_forecast_weekdays (void)
{
  /* Four weeks from a Wednesday: 10 on working days, 1 at weekends. Ten days remain, again from a Wednesday: 8 working
   * days, 2 at the weekend. */
  double history[28], low, mid, high;
  for (guint i = 0; i < 28; i++)
    history[i] = (2 + i) % 7 < 5 ? 10 : 1;
  g_assert_true (purser_stat_forecast (history, 28, 2, 10, 100, 1, &low, &mid, &high));
  assert_near (mid, 100 + 8 * 10 + 2 * 1, 1e-9);
  assert_near (low, mid, 1e-9); /* no surprises in the past, none expected */
  assert_near (high, mid, 1e-9);

  g_assert_false (purser_stat_forecast (history, 6, 2, 10, 100, 1, &low, &mid, &high));
  g_assert_true (purser_stat_forecast (history, 28, 2, 0, 100, 1, &low, &mid, &high));
  g_assert_cmpfloat (mid, ==, 100);
  /* One week of history: the mean of days, not of weekdays. */
  g_assert_true (purser_stat_forecast (history, 7, 2, 1, 0, 1, &low, &mid, &high));
  assert_near (mid, 52.0 / 7, 1e-9);
  g_assert_cmpfloat (low, <, mid);
}

/* The 80 % range holds what then happens about 80 times in 100. */
static void
test_forecast_range (void)
{
  const guint trials = 300;
  guint held = 0;
  g_autoptr(GRand) random = g_rand_new_with_seed (4711);
  for (guint trial = 0; trial < trials; trial++)
    {
      double history[56], low, mid, high, truth = 0;
      for (guint i = 0; i < 56; i++)
        history[i] = g_rand_double_range (random, 5, 15);
      for (guint i = 0; i < 14; i++)
        truth += g_rand_double_range (random, 5, 15);
      g_assert_true (purser_stat_forecast (history, 56, 0, 14, 0, trial, &low, &mid, &high));
      g_assert_cmpfloat (low, <=, mid);
      g_assert_cmpfloat (mid, <=, high);
      held += truth >= low && truth <= high;
    }
  g_assert_cmpfloat (held / (double) trials, >, .60);
  g_assert_cmpfloat (held / (double) trials, <, .92);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stat/percentile/table", test_percentile);
  g_test_add_func ("/stat/percentile/definition", test_percentile_definition);
  g_test_add_func ("/stat/median", test_median);
  g_test_add_func ("/stat/t95", test_t95);
  g_test_add_func ("/stat/ratio", test_ratio);
  g_test_add_func ("/stat/total-ratio", test_total_ratio);
  g_test_add_func ("/stat/forecast/weekdays", test_forecast_weekdays);
  g_test_add_func ("/stat/forecast/range", test_forecast_range);
  return g_test_run ();
}
