/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-stat.h"

#include <math.h>

#define assert_near(a, b, tolerance) g_assert_cmpfloat_with_epsilon (a, b, tolerance)

/* Without clusters it is the plain t interval of a mean. */
static void
test_plain (void)
{
  double d[40], mean, squares = 0;
  PurserInterval interval;
  for (guint i = 0; i < 40; i++)
    d[i] = i % 4 == 0 ? .5 : i % 5 == 0 ? -.25 : 0;
  g_assert_true (purser_stat_clustered (d, NULL, 40, 1, &mean, &interval));
  for (guint i = 0; i < 40; i++)
    squares += (d[i] - mean) * (d[i] - mean);
  double half = purser_stat_t95 (39) * sqrt (squares / 39 / 40);
  assert_near (interval.low, mean - half, 1e-9);
  assert_near (interval.high, mean + half, 1e-9);
}

/* Every case three times over is no more evidence than once. */
static void
test_copies (void)
{
  double once[40], thrice[120], mean, mean3;
  guint cluster[120];
  PurserInterval interval, interval3;
  for (guint i = 0; i < 120; i++)
    {
      thrice[i] = once[i / 3] = i / 3 % 7 == 0 ? -1 : i / 3 % 3 == 0 ? 1 : 0;
      cluster[i] = 1000 + i / 3;
    }
  g_assert_true (purser_stat_clustered (once, NULL, 40, 1, &mean, &interval));
  g_assert_true (purser_stat_clustered (thrice, cluster, 120, 1, &mean3, &interval3));
  assert_near (mean, mean3, 1e-12);
  assert_near (interval.low, interval3.low, 1e-9);
  assert_near (interval.high, interval3.high, 1e-9);
}

/* Three clusters: the bootstrap against all 27 resamples. */
static void
test_bootstrap (void)
{
  const double d[] = { 1, 0, 0, -.5, .5, 1 };
  const guint cluster[] = { 7, 7, 8, 8, 9, 9 };
  const double means[] = { .5, -.25, .75 };
  double mean, least = 1, most = -1;
  PurserInterval interval, again;
  for (int i = 0; i < 27; i++)
    {
      double each = (means[i % 3] + means[i / 3 % 3] + means[i / 9]) / 3;
      least = MIN (least, each);
      most = MAX (most, each);
    }
  g_assert_true (purser_stat_clustered (d, cluster, 6, 5, &mean, &interval));
  assert_near (mean, 2.0 / 6, 1e-12);
  assert_near (interval.low, least, 1e-12);
  assert_near (interval.high, most, 1e-12);
  g_assert_true (purser_stat_clustered (d, cluster, 6, 5, &mean, &again));
  g_assert_cmpfloat (interval.high, ==, again.high);
}

/* No difference anywhere is not certainty: the width is what Tango gives for so many agreeing cases. */
static void
test_no_spread (void)
{
  double d[50] = { 0 }, mean;
  PurserInterval interval, tango = purser_stat_tango (0, 0, 50, PURSER_Z95);
  g_assert_true (purser_stat_clustered (d, NULL, 50, 1, &mean, &interval));
  assert_near (interval.low, tango.low, 1e-9);
  assert_near (interval.high, tango.high, 1e-9);
  for (guint i = 0; i < 10; i++)
    d[i] = 1;
  g_assert_true (purser_stat_clustered (d, NULL, 10, 1, &mean, &interval));
  g_assert_cmpfloat (interval.high, ==, 1);
  g_assert_cmpfloat (interval.low, <, .8);
  const guint one[] = { 3, 3, 3 };
  g_assert_false (purser_stat_clustered (d, one, 3, 1, &mean, &interval));
}

static void
test_z_of (void)
{
  assert_near (purser_stat_z_of (1), PURSER_Z95, 1e-9);
  assert_near (purser_stat_z_of (2), 2.241402728, 1e-8);
  assert_near (purser_stat_z_of (3), 2.393979800, 1e-8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stat/cluster/plain", test_plain);
  g_test_add_func ("/stat/cluster/copies", test_copies);
  g_test_add_func ("/stat/cluster/bootstrap", test_bootstrap);
  g_test_add_func ("/stat/cluster/no-spread", test_no_spread);
  g_test_add_func ("/stat/cluster/z-of", test_z_of);
  return g_test_run ();
}
