/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-stat.h"
#include "purser-stat-private.h"

#include <math.h>

/* 1.96 for 95 % confidence and 0.84 for 80 % power. */
#define CONFIDENCE_AND_POWER (1.96 + 0.84)

static const char *const verdict_ids[] = {
  [PURSER_VERDICT_FIRST_IMPRESSION] = "first-impression",
  [PURSER_VERDICT_BETTER] = "better",
  [PURSER_VERDICT_WORSE] = "worse",
  [PURSER_VERDICT_SLIGHTLY_WORSE] = "slightly-worse",
  [PURSER_VERDICT_AS_GOOD] = "as-good",
  [PURSER_VERDICT_PERHAPS_WORSE] = "perhaps-worse",
  [PURSER_VERDICT_CANNOT_TELL] = "cannot-tell",
};

/**
 * purser_stat_verdict:
 * @difference: interval of the difference B − A, shares of 1
 * @n: paired cases
 * @min_cases: with fewer it is only a first impression
 * @margin: how much worse is still as good, a share of 1 (0.05)
 *
 * What may be claimed about B. The order of the questions is part of the rule: an interval that lies wholly above zero
 * is "better" even
 * where it would also count as "as good".
 *
 * Source: the interval-inclusion rule of non-inferiority trials, e.g. G. Piaggio and others, "Reporting of
 * noninferiority and equivalence
 * randomized trials", JAMA 308 (2012), 2594–2604, figure 1.
 */
PurserVerdict
purser_stat_verdict (PurserInterval difference, guint n, guint min_cases, double margin)
{
  if (n == 0 || n < min_cases)
    return PURSER_VERDICT_FIRST_IMPRESSION;
  if (difference.low > 0)
    return PURSER_VERDICT_BETTER;
  if (difference.high < -margin)
    return PURSER_VERDICT_WORSE;
  if (difference.low > -margin)
    return difference.high < 0 ? PURSER_VERDICT_SLIGHTLY_WORSE : PURSER_VERDICT_AS_GOOD;
  return difference.high < 0 ? PURSER_VERDICT_PERHAPS_WORSE : PURSER_VERDICT_CANNOT_TELL;
}

/**
 * purser_verdict_id:
 * @verdict: a verdict
 *
 * Returns: (transfer none): the word it has in files and JSON, never translated
 */
const char *
purser_verdict_id (PurserVerdict verdict)
{
  g_return_val_if_fail ((guint) verdict < G_N_ELEMENTS (verdict_ids), NULL);
  return verdict_ids[verdict];
}

/**
 * purser_stat_more_cases:
 * @only_a: cases that only A passes
 * @only_b: cases that only B passes
 * @n: paired cases so far
 * @margin: how much worse is still as good, a share of 1
 *
 * How many more cases would show with 80 % power that B is no worse than the margin allows, if the cases to come
 * disagree as
 * often as those so far: (1.96 + 0.84)²·ψ/(m − max(0, −Δ))² − n with ψ = (b + c + 1)/(n + 2), so that no disagreement
 * so far does not mean none ever.
 *
 * Source: the sample size for paired proportions of J. M. Nam, "Establishing equivalence of two treatments and sample
 * size
 * requirements in matched-pairs design", Biometrics 53 (1997), 1422–1430, in its large-sample form.
 *
 * Returns: the number, 0 where there are enough already, -1 where B has missed so many that more cases are unlikely to
 * help
 */
gint64
purser_stat_more_cases (guint only_a, guint only_b, guint n, double margin)
{
  g_return_val_if_fail ((guint64) only_a + only_b <= n, -1);
  double loss = n > 0 ? ((double) only_a - only_b) / n : 0;
  double room = margin - MAX (0, loss);
  if (room <= 1e-9)
    return -1;
  double disagree = ((double) only_a + only_b + 1) / ((double) n + 2);
  double needed = ceil (CONFIDENCE_AND_POWER * CONFIDENCE_AND_POWER * disagree / (room * room) - 1e-9) - n;
  return needed > 1e15 ? -1 : MAX (0, (gint64) needed);
}

/**
 * purser_stat_detectable:
 * @n: paired cases
 * @share: share of them in which A and B disagree
 *
 * The smallest difference that so many cases can settle: half the width of Tango's interval when the disagreements are
 * evenly split.
 *
 * Returns: a share of 1 (0.11 = 11 in 100)
 */
double
purser_stat_detectable (guint n, double share)
{
  g_return_val_if_fail (share >= 0 && share <= 1, 1);
  if (n == 0)
    return 1;
  double half = share * n / 2;
  PurserInterval interval = purser_stat_tango_real (half, half, n, PURSER_Z95);
  return (interval.high - interval.low) / 2;
}
