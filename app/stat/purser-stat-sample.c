/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-stat.h"
#include "purser-stat-private.h"

#include <math.h>
#include <stdlib.h>

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

void
purser_stat_sort (double *values, gsize n)
{
  qsort (values, n, sizeof *values, compare_doubles);
}

static double *
sorted_copy (const double *values, gsize n)
{
  double *copy = g_memdup2 (values, n * sizeof *values);
  purser_stat_sort (copy, n);
  return copy;
}

double
purser_stat_rank (const double *sorted, gsize n, double p)
{
  /* 0.95 × 20 is a hair above 19 in binary: without the slack the rank would jump to 20. */
  double rank = ceil (p / 100 * n - 1e-9);
  return sorted[(gsize) CLAMP (rank, 1, (double) n) - 1];
}

/**
 * purser_stat_percentile:
 * @values: (array length=n): numbers in any order
 * @n: how many
 * @p: the percentile in percent: 50, 90, 95, 99
 *
 * Nearest-rank percentile: the smallest value that at least P percent of the values do not exceed. A percentile from
 * too few values is a guess about the largest one, so below 5, 20, 40 and 200 values (up to p50, p90, p95, above)
 * there is none.
 *
 * Source: R. J. Hyndman, Y. Fan, "Sample quantiles in statistical packages", The American Statistician 50 (1996),
 * definition 1.
 */
double
purser_stat_percentile (const double *values, gsize n, double p)
{
  static const struct
  {
    double up_to;
    gsize minimum;
  } rules[] = {
    {50,   5  },
    { 90,  20 },
    { 95,  40 },
    { 100, 200}
  };
  g_return_val_if_fail (p > 0 && p <= 100, NAN);
  gsize rule = 0;
  while (p > rules[rule].up_to)
    rule++;
  if (n < rules[rule].minimum)
    return NAN;
  g_autofree double *sorted = sorted_copy (values, n);
  return purser_stat_rank (sorted, n, p);
}

/**
 * purser_stat_median:
 * @values: (array length=n): numbers in any order
 * @n: how many
 *
 * Returns: the middle value, the mean of the two middle ones where N is even; NAN of nothing
 */
double
purser_stat_median (const double *values, gsize n)
{
  if (n == 0)
    return NAN;
  g_autofree double *sorted = sorted_copy (values, n);
  return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

/* The continued fraction of the incomplete beta function, by Lentz's method (DLMF 8.17.22). */
static double
beta_fraction (double a, double b, double x)
{
  const double tiny = 1e-300;
  double c = 1, d = 1 - (a + b) * x / (a + 1);
  d = 1 / (fabs (d) < tiny ? tiny : d);
  double result = d;
  for (int m = 1; m <= 500; m++)
    {
      for (int odd = 0; odd <= 1; odd++)
        {
          double term = odd ? -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
                            : m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
          d = 1 + term * d;
          d = 1 / (fabs (d) < tiny ? tiny : d);
          c = 1 + term / c;
          c = fabs (c) < tiny ? tiny : c;
          result *= d * c;
        }
      if (fabs (d * c - 1) < 1e-15)
        break;
    }
  return result;
}

/* Regularised incomplete beta function I_x(a, b), DLMF 8.17. */
static double
incomplete_beta (double a, double b, double x)
{
  if (x <= 0 || x >= 1)
    return x <= 0 ? 0 : 1;
  double front = exp (lgamma (a + b) - lgamma (a) - lgamma (b) + a * log (x) + b * log1p (-x));
  /* The fraction converges fast only below the mean. */
  return x < (a + 1) / (a + b + 2) ? front * beta_fraction (a, b, x) / a : 1 - front * beta_fraction (b, a, 1 - x) / b;
}

/**
 * purser_stat_t95:
 * @df: degrees of freedom
 *
 * The two-sided 95 % quantile of Student's t: the t with P(|T| > t) = I(df/(df + t²); df/2, ½) = 0.05, found by
 * bisection.
 *
 * Source: "Student", "The probable error of a mean", Biometrika 6 (1908); NIST DLMF 8.17 for the incomplete beta
 * function.
 *
 * Returns: the quantile; infinite without a degree of freedom
 */
double
purser_stat_t95 (guint df)
{
  if (df == 0)
    return INFINITY;
  double low = 1.9, high = 13;
  for (int i = 0; i < 60; i++)
    {
      double t = (low + high) / 2;
      if (incomplete_beta (df / 2.0, 0.5, df / (df + t * t)) > 0.05)
        low = t;
      else
        high = t;
    }
  return (low + high) / 2;
}

/**
 * purser_stat_ratio:
 * @a: (array length=n): what A took, case by case
 * @b: (array length=n): what B took in the same cases
 * @n: how many
 * @ratio: (out): B / A, the geometric mean of the pairs
 * @interval: (out): 95 % interval of it
 *
 * exp(mean ± t·SE) of log(b/a). A pair in which either is missing (NAN) or not above zero is left out.
 *
 * Source: the paired t interval on logarithms; J. M. Bland, D. G. Altman, "The use of transformation when comparing two
 * means", BMJ 312 (1996), 1153.
 *
 * Returns: %FALSE with fewer than two usable pairs
 */
gboolean
purser_stat_ratio (const double *a, const double *b, gsize n, double *ratio, PurserInterval *interval)
{
  double mean = 0, squares = 0;
  guint used = 0;
  for (gsize i = 0; i < n; i++)
    if (isfinite (a[i]) && isfinite (b[i]) && a[i] > 0 && b[i] > 0)
      {
        /* Welford's running mean and sum of squares. */
        double d = log (b[i] / a[i]), before = d - mean;
        mean += before / ++used;
        squares += before * (d - mean);
      }
  if (used < 2)
    return FALSE;
  double half = purser_stat_t95 (used - 1) * sqrt (squares / (used - 1) / used);
  *ratio = exp (mean);
  *interval = (PurserInterval){ exp (mean - half), exp (mean + half) };
  return TRUE;
}

/* One resample of N cases; FALSE where A's sum is zero. */
static gboolean
resample_ratio (GRand *random, const double *a, const double *b, gsize n, double *ratio)
{
  double sum_a = 0, sum_b = 0;
  for (gsize i = 0; i < n; i++)
    {
      gsize pick = (gsize) g_rand_int_range (random, 0, (gint32) n);
      sum_a += a[pick];
      sum_b += b[pick];
    }
  *ratio = sum_b / sum_a;
  return sum_a > 0;
}

/**
 * purser_stat_total_ratio:
 * @a: (array length=n): what A cost, case by case
 * @b: (array length=n): what B cost in the same cases
 * @n: how many
 * @seed: start of the generator: the same seed gives the same interval
 * @ratio: (out): ΣB / ΣA
 * @interval: (out): 95 % interval of it
 *
 * Ratio of two totals with a percentile bootstrap over cases (4000 resamples).
 *
 * Source: B. Efron, R. J. Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13.
 *
 * Returns: %FALSE with fewer than two cases, with a missing or negative value, or where A cost nothing
 */
gboolean
purser_stat_total_ratio (
    const double *a, const double *b, gsize n, guint32 seed, double *ratio, PurserInterval *interval)
{
  double sum_a = 0, sum_b = 0;
  for (gsize i = 0; i < n; i++)
    {
      if (!isfinite (a[i]) || !isfinite (b[i]) || a[i] < 0 || b[i] < 0)
        return FALSE;
      sum_a += a[i];
      sum_b += b[i];
    }
  if (n < 2 || n > G_MAXINT32 || sum_a <= 0)
    return FALSE;
  g_autoptr(GRand) random = g_rand_new_with_seed (seed);
  g_autofree double *ratios = g_new (double, PURSER_BOOTSTRAPS);
  gsize kept = 0;
  for (int i = 0; i < PURSER_BOOTSTRAPS; i++)
    if (resample_ratio (random, a, b, n, &ratios[kept]))
      kept++;
  if (kept < PURSER_BOOTSTRAPS / 2)
    return FALSE; /* A is free in nearly every case: no ratio means anything */
  purser_stat_sort (ratios, kept);
  *ratio = sum_b / sum_a;
  *interval = (PurserInterval){ purser_stat_rank (ratios, kept, 2.5), purser_stat_rank (ratios, kept, 97.5) };
  return TRUE;
}
