/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-stat.h"

#include <math.h>

#define assert_near(a, b, tolerance) g_assert_cmpfloat_with_epsilon (a, b, tolerance)

/* "All of them passed" means at least this much (95 %). */
static void
test_wilson_all_pass (void)
{
  static const struct
  {
    guint n, percent;
  } rows[] = {
    {5,    57},
    { 8,   68},
    { 10,  72},
    { 20,  84},
    { 50,  93},
    { 100, 96}
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PurserInterval wilson = purser_stat_wilson (rows[i].n, rows[i].n, PURSER_Z95);
      g_assert_cmpint ((int) round (wilson.low * 100), ==, rows[i].percent);
      g_assert_cmpfloat (wilson.high, ==, 1);
    }
}

/* By its definition: the limits are the shares whose own score test just rejects. Bisection on that, written without
 * the closed form. */
static double
wilson_by_test (guint passed, guint n, double inside, double outside)
{
  for (int i = 0; i < 200; i++)
    {
      double p = (inside + outside) / 2;
      gboolean kept = fabs (passed / (double) n - p) <= PURSER_Z95 * sqrt (p * (1 - p) / n);
      *(kept ? &inside : &outside) = p;
    }
  return inside;
}

static void
test_wilson_definition (void)
{
  for (guint n = 1; n <= 60; n++)
    for (guint passed = 0; passed <= n; passed++)
      {
        PurserInterval wilson = purser_stat_wilson (passed, n, PURSER_Z95);
        double share = (double) passed / n;
        assert_near (wilson.low, wilson_by_test (passed, n, share, 0), 1e-9);
        assert_near (wilson.high, wilson_by_test (passed, n, share, 1), 1e-9);
      }
  PurserInterval nothing = purser_stat_wilson (0, 0, PURSER_Z95);
  g_assert_cmpfloat (nothing.low, ==, 0);
  g_assert_cmpfloat (nothing.high, ==, 1);
}

/* Exact coverage by enumeration: with a true share of 95 % the interval must hold it about 91 to 92 times in 100,
 * where the usual one fails. */
static void
test_wilson_coverage (void)
{
  static const struct
  {
    guint n;
    double low, high;
  } rows[] = {
    {10,  .90, .93},
    { 20, .91, .94}
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      double covered = 0;
      for (guint k = 0; k <= rows[i].n; k++)
        {
          double n = rows[i].n;
          double chance =
              exp (lgamma (n + 1) - lgamma (k + 1.0) - lgamma (n - k + 1) + k * log (.95) + (n - k) * log (.05));
          PurserInterval wilson = purser_stat_wilson (k, rows[i].n, PURSER_Z95);
          if (wilson.low <= .95 && wilson.high >= .95)
            covered += chance;
        }
      g_assert_cmpfloat (covered, >, rows[i].low);
      g_assert_cmpfloat (covered, <, rows[i].high);
    }
}

/* Equal models: so wide is the interval, in points. */
static void
test_tango_width (void)
{
  static const struct
  {
    guint n, each;
    double points, tolerance;
  } rows[] = {
    {20,   1,  20,  1 },
    { 50,  3,  11,  1 },
    { 100, 5,  7,   .6},
    { 200, 10, 4.5, .3},
    { 300, 12, 3.4, .2},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PurserInterval tango = purser_stat_tango (rows[i].each, rows[i].each, rows[i].n, PURSER_Z95);
      assert_near (tango.high * 100, rows[i].points, rows[i].tolerance);
      assert_near (tango.low, -tango.high, 1e-9);
    }
}

/* Log-likelihood of (b, c, n) where the difference is THETA and only A passes with chance Q. */
static double
likelihood (double b, double c, double n, double theta, double q)
{
  double only_b = q + theta, same = 1 - 2 * q - theta, sum = 0;
  sum += b > 0 ? b * log (MAX (q, 1e-300)) : 0;
  sum += c > 0 ? c * log (MAX (only_b, 1e-300)) : 0;
  sum += n - b - c > 0 ? (n - b - c) * log (MAX (same, 1e-300)) : 0;
  return sum;
}

/* The score test, its nuisance share found by a ternary search on the likelihood instead of the quadratic equation. */
static double
score_by_search (double b, double c, double n, double theta)
{
  double low = MAX (0, -theta), high = (1 - theta) / 2;
  for (int i = 0; i < 300; i++)
    {
      double first = low + (high - low) / 3, second = high - (high - low) / 3;
      if (likelihood (b, c, n, theta, first) < likelihood (b, c, n, theta, second))
        low = first;
      else
        high = second;
    }
  double variance = n * (2 * low + theta - theta * theta);
  return (c - b - n * theta) / sqrt (MAX (variance, 1e-15));
}

static void
test_tango_definition (void)
{
  for (guint n = 4; n <= 36; n += 4)
    for (guint b = 0; b <= n; b += 2)
      for (guint c = 0; b + c <= n; c += 3)
        {
          PurserInterval tango = purser_stat_tango (b, c, n, PURSER_Z95);
          g_assert_cmpfloat (tango.low, <=, ((double) c - b) / n);
          g_assert_cmpfloat (tango.high, >=, ((double) c - b) / n);
          if (tango.low > -.999)
            assert_near (score_by_search (b, c, n, tango.low), PURSER_Z95, 2e-4);
          if (tango.high < .999)
            assert_near (score_by_search (b, c, n, tango.high), -PURSER_Z95, 2e-4);
        }
}

/* Ends that have a closed form. */
static void
test_tango_ends (void)
{
  PurserInterval none = purser_stat_tango (0, 0, 44, PURSER_Z95);
  /* Without any disagreement the limits are ± z²/(n + z²). */
  double expected = PURSER_Z95 * PURSER_Z95 / (44 + PURSER_Z95 * PURSER_Z95);
  assert_near (none.high, expected, 1e-9);
  assert_near (none.low, -expected, 1e-9);
  PurserInterval all = purser_stat_tango (0, 20, 20, PURSER_Z95);
  g_assert_cmpfloat (all.high, ==, 1);
  g_assert_cmpfloat (all.low, >, .5);
  PurserInterval swapped = purser_stat_tango (20, 0, 20, PURSER_Z95);
  assert_near (swapped.high, -all.low, 1e-9);
  PurserInterval nothing = purser_stat_tango (0, 0, 0, PURSER_Z95);
  g_assert_cmpfloat (nothing.high - nothing.low, ==, 2);
}

/* Exact coverage at n = 20 by enumeration of every (b, c): at least 94 %, where the usual formula covers 89 %. */
static void
test_tango_coverage (void)
{
  const double n = 20, only_a = .07, only_b = .05, same = 1 - only_a - only_b;
  double covered = 0, all = 0;
  for (guint b = 0; b <= n; b++)
    for (guint c = 0; b + c <= n; c++)
      {
        double rest = n - b - c;
        double chance = exp (lgamma (n + 1) - lgamma (b + 1.0) - lgamma (c + 1.0) - lgamma (rest + 1) + b * log (only_a)
                             + c * log (only_b) + rest * log (same));
        PurserInterval tango = purser_stat_tango (b, c, (guint) n, PURSER_Z95);
        all += chance;
        if (tango.low <= only_b - only_a && tango.high >= only_b - only_a)
          covered += chance;
      }
  assert_near (all, 1, 1e-9);
  g_assert_cmpfloat (covered, >=, .945);
}

/* Every one of the 2^m ways in which m disagreements can fall, counted. */
static double
midp_by_enumeration (guint b, guint c)
{
  guint m = b + c, smaller = MIN (b, c), below = 0, at = 0;
  for (guint pattern = 0; pattern < 1u << m; pattern++)
    {
      guint ones = (guint) __builtin_popcount (pattern);
      below += ones < smaller;
      at += ones == smaller;
    }
  return MIN (1, 2 * (below + at / 2.0) / (1u << m));
}

static void
test_mcnemar (void)
{
  assert_near (purser_stat_mcnemar_midp (6, 0), .016, .0005);
  assert_near (purser_stat_mcnemar_midp (8, 2), .065, .0005);
  assert_near (purser_stat_mcnemar_midp (2, 8), .065, .0005);
  g_assert_cmpfloat (purser_stat_mcnemar_midp (0, 0), ==, 1);
  for (guint b = 0; b <= 9; b++)
    for (guint c = 0; c <= 7; c++)
      assert_near (purser_stat_mcnemar_midp (b, c), midp_by_enumeration (b, c), 1e-9);
  g_assert_cmpfloat (purser_stat_mcnemar_midp (4000, 1000), <, 1e-100);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stat/wilson/all-pass", test_wilson_all_pass);
  g_test_add_func ("/stat/wilson/definition", test_wilson_definition);
  g_test_add_func ("/stat/wilson/coverage", test_wilson_coverage);
  g_test_add_func ("/stat/tango/width", test_tango_width);
  g_test_add_func ("/stat/tango/definition", test_tango_definition);
  g_test_add_func ("/stat/tango/ends", test_tango_ends);
  g_test_add_func ("/stat/tango/coverage", test_tango_coverage);
  g_test_add_func ("/stat/mcnemar", test_mcnemar);
  return g_test_run ();
}
