/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-stat.h"

#include <math.h>

static void
test_rule (void)
{
  static const struct
  {
    double low, high;
    guint n;
    const char *id;
  } rows[] = {
    {.01,   .10,  100, "better"          },
    { .01,  .10,  19,  "first-impression"},
    { .01,  .10,  20,  "better"          },
    { -.10, -.06, 100, "worse"           },
    { -.04, -.01, 100, "slightly-worse"  },
    { -.04, .04,  100, "as-good"         },
    { -.04, .20,  100, "as-good"         },
    { -.08, -.01, 100, "perhaps-worse"   },
    { -.08, .03,  100, "cannot-tell"     },
    { -.20, .20,  20,  "cannot-tell"     },
    { 0,    .10,  100, "as-good"         }, /* zero is not above zero */
    { -.05, .10,  100, "cannot-tell"     }, /* the margin itself is not within it */
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      PurserVerdict verdict = purser_stat_verdict ((PurserInterval){ rows[i].low, rows[i].high }, rows[i].n, 20, .05);
      g_assert_cmpstr (purser_verdict_id (verdict), ==, rows[i].id);
    }
  g_assert_cmpint (purser_stat_verdict ((PurserInterval){ -1, 1 }, 0, 0, .05), ==, PURSER_VERDICT_FIRST_IMPRESSION);
}

/* With counts chosen so that the smoothed share of disagreement is exactly 5, 10 and 20 %. */
static void
test_more_cases (void)
{
  static const struct
  {
    guint only_a, only_b;
    double margin;
    gint64 total;
  } rows[] = {
    {2,  2,  .05, 157},
    { 4, 5,  .05, 314},
    { 9, 10, .05, 628},
    { 2, 2,  .10, 40 },
    { 4, 5,  .10, 79 },
    { 9, 10, .10, 157},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gint64 more = purser_stat_more_cases (rows[i].only_a, rows[i].only_b, 98, rows[i].margin);
      g_assert_cmpint (more, ==, MAX (0, rows[i].total - 98));
    }
  g_assert_cmpint (purser_stat_more_cases (6, 1, 100, .05), ==, -1); /* five points behind: no use */
  g_assert_cmpint (purser_stat_more_cases (4, 0, 100, .05), >, 3000); /* four behind: one point of room */
  g_assert_cmpint (purser_stat_more_cases (0, 0, 0, .05), >, 1000);
}

/* The promise behind the number, played out: with so many cases and equal models the claim "no worse" comes out
 * about 80 % of the time. */
static void
test_more_cases_power (void)
{
  const guint trials = 3000, n = 314;
  const double disagree = .10;
  guint shown = 0;
  g_autoptr(GRand) random = g_rand_new_with_seed (20260801);
  for (guint trial = 0; trial < trials; trial++)
    {
      guint only_a = 0, only_b = 0;
      for (guint i = 0; i < n; i++)
        {
          double dice = g_rand_double (random);
          only_a += dice < disagree / 2;
          only_b += dice >= disagree / 2 && dice < disagree;
        }
      shown += purser_stat_tango (only_a, only_b, n, PURSER_Z95).low > -.05;
    }
  g_assert_cmpfloat (shown / (double) trials, >, .75);
  g_assert_cmpfloat (shown / (double) trials, <, .87);
}

static void
test_detectable (void)
{
  static const struct
  {
    guint n;
    double share, points, tolerance;
  } rows[] = {
    {20,   .10, 20,  1 },
    { 50,  .12, 11,  1 },
    { 100, .10, 7,   .6},
    { 200, .10, 4.5, .3},
    { 300, .08, 3.4, .2},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpfloat_with_epsilon (purser_stat_detectable (rows[i].n, rows[i].share) * 100, rows[i].points,
                                    rows[i].tolerance);
  g_assert_cmpfloat (purser_stat_detectable (0, .1), ==, 1);
  g_assert_cmpfloat (purser_stat_detectable (24, .1), <, purser_stat_detectable (20, .1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stat/verdict/rule", test_rule);
  g_test_add_func ("/stat/verdict/more-cases", test_more_cases);
  g_test_add_func ("/stat/verdict/more-cases-power", test_more_cases_power);
  g_test_add_func ("/stat/verdict/detectable", test_detectable);
  return g_test_run ();
}
