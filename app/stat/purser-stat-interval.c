/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-stat.h"
#include "purser-stat-private.h"

#include <math.h>

/* Enough halvings of [-1, 1] to reach the last bit of a double. */
#define BISECTIONS 60

/**
 * purser_stat_wilson:
 * @passed: how many passed
 * @n: of how many
 * @z: quantile of the normal distribution, %PURSER_Z95 for 95 %
 *
 * The score interval of a share: centre (p + z²/2n)/(1 + z²/n), half width z/(1 + z²/n)·√(p(1−p)/n + z²/4n²).
 *
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927),
 * 209–212.
 *
 * Returns: the interval; everything, [0, 1], where nothing was tried
 */
PurserInterval
purser_stat_wilson (guint passed, guint n, double z)
{
  g_return_val_if_fail (passed <= n, ((PurserInterval){ 0, 1 }));
  if (n == 0)
    return (PurserInterval){ 0, 1 };
  double p = (double) passed / n;
  double shrink = 1 + z * z / n;
  double centre = (p + z * z / (2.0 * n)) / shrink;
  double half = z / shrink * sqrt (p * (1 - p) / n + z * z / (4.0 * n * n));
  /* At the ends the formula gives 0 and 1 exactly; rounding must not say otherwise. */
  return (PurserInterval){ passed == 0 ? 0 : MAX (0, centre - half), passed == n ? 1 : MIN (1, centre + half) };
}

/* The score statistic for "the true difference is THETA". Q is the likeliest share of cases that only A passes,
 * given THETA: the larger root of 2n·q² + (−b−c+(2n−c+b)θ)·q − bθ(1−θ) = 0. Falls as THETA rises. */
static double
tango_statistic (double b, double c, double n, double theta)
{
  double A = 2 * n;
  double B = -b - c + (2 * n - c + b) * theta;
  double C = -b * theta * (1 - theta);
  double q = (sqrt (MAX (0, B * B - 4 * A * C)) - B) / (2 * A);
  double distance = c - b - n * theta;
  double variance = n * (2 * q + theta * (1 - theta));
  if (variance > 1e-12)
    return distance / sqrt (variance);
  return distance > 1e-9 ? INFINITY : distance < -1e-9 ? -INFINITY : 0;
}

/* Where the statistic meets WANTED, between LOW (statistic above it) and HIGH (below it). */
static double
tango_limit (double b, double c, double n, double wanted, double low, double high)
{
  for (int i = 0; i < BISECTIONS; i++)
    {
      double middle = (low + high) / 2;
      if (tango_statistic (b, c, n, middle) > wanted)
        low = middle;
      else
        high = middle;
    }
  return (low + high) / 2;
}

PurserInterval
purser_stat_tango_real (double only_a, double only_b, double n, double z)
{
  double difference = (only_b - only_a) / n;
  PurserInterval interval = { -1, 1 };
  if (difference > -1)
    interval.low = tango_limit (only_a, only_b, n, z, -1, difference);
  if (difference < 1)
    interval.high = tango_limit (only_a, only_b, n, -z, difference, 1);
  return interval;
}

/**
 * purser_stat_tango:
 * @only_a: cases that only A passes
 * @only_b: cases that only B passes
 * @n: all paired cases
 * @z: quantile of the normal distribution
 *
 * The score interval of the paired difference of two pass rates, B − A. It stays honest with twenty cases and with no
 * disagreement at all, where the usual formula gives an interval of no width.
 *
 * Source: T. Tango, "Equivalence test and confidence interval for the difference in proportions for the paired-sample
 * design",
 * Statistics in Medicine 17 (1998), 891–908.
 */
PurserInterval
purser_stat_tango (guint only_a, guint only_b, guint n, double z)
{
  g_return_val_if_fail ((guint64) only_a + only_b <= n, ((PurserInterval){ -1, 1 }));
  if (n == 0)
    return (PurserInterval){ -1, 1 };
  return purser_stat_tango_real (only_a, only_b, n, z);
}

/**
 * purser_stat_mcnemar_midp:
 * @only_a: cases that only A passes
 * @only_b: cases that only B passes
 *
 * Two-sided mid-p value of McNemar's exact test: 2·P(X ≤ k) − P(X = k), k the smaller count, X binomial with one half.
 *
 * Source: M. W. Fagerland, S. Lydersen, P. Laake, "The McNemar test for binary matched-pairs data: mid-p and
 * asymptotic are better than
 * exact conditional", BMC Medical Research Methodology 13 (2013), 91.
 */
double
purser_stat_mcnemar_midp (guint only_a, guint only_b)
{
  double m = (double) only_a + only_b;
  guint smaller = MIN (only_a, only_b);
  double below = 0, at = 0;
  for (guint k = 0; k <= smaller; k++)
    {
      at = exp (lgamma (m + 1) - lgamma (k + 1.0) - lgamma (m - k + 1) - m * G_LN2);
      below += at;
    }
  return MIN (1, 2 * below - at);
}
