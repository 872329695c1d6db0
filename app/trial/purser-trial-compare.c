/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-trial-outcome.h"

#include <math.h>
#include <string.h>

#define SEED 20260823 /* of every bootstrap: the same run always tells the same */

/* The numbers of one pair of models, case by case. */
typedef struct
{
  guint n;
  double *difference, *cost_a, *cost_x, *time_a, *time_x;
  guint *cluster;
  gboolean clustered, unpriced;
} Pairs;

static void
pairs_clear (Pairs *pairs)
{
  g_free (pairs->difference);
  g_free (pairs->cost_a);
  g_free (pairs->cost_x);
  g_free (pairs->time_a);
  g_free (pairs->time_x);
  g_free (pairs->cluster);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pairs, pairs_clear)

/* Quality is compared by the whole reply, latency by the first words, where both streamed. */
static double
time_of (const PurserCaseModel *at, gboolean first_words)
{
  if (first_words)
    return at->n_first > 0 ? at->first_us / at->n_first : NAN;
  return at->n_total > 0 ? at->total_us / at->n_total : NAN;
}

static gboolean
any_first_words (const PurserFindings *findings, guint x)
{
  const PurserTrialModel *a = g_ptr_array_index (findings->outcome->models, 0),
                         *b = g_ptr_array_index (findings->outcome->models, x);
  return findings->latency && a->first_words->len > 0 && b->first_words->len > 0;
}

static guint
cluster_of (GHashTable *groups, const PurserCaseRow *item, guint i, gboolean *clustered)
{
  if (item->group == NULL)
    return i;
  gpointer place;
  if (g_hash_table_lookup_extended (groups, item->group, NULL, &place))
    {
      *clustered = TRUE;
      return GPOINTER_TO_UINT (place);
    }
  g_hash_table_insert (groups, item->group, GUINT_TO_POINTER (i));
  return i;
}

static void
pairs_init (Pairs *pairs, PurserFindings *findings, guint x)
{
  guint all = findings->cases->len;
  gboolean first_words = any_first_words (findings, x);
  g_autoptr(GHashTable) groups = g_hash_table_new (g_str_hash, g_str_equal);
  double **arrays[] = { &pairs->difference, &pairs->cost_a, &pairs->cost_x, &pairs->time_a, &pairs->time_x };
  for (gsize i = 0; i < G_N_ELEMENTS (arrays); i++)
    *arrays[i] = g_new0 (double, all);
  pairs->cluster = g_new0 (guint, all);
  for (guint i = 0; i < all; i++)
    {
      const PurserCaseRow *item = g_ptr_array_index (findings->cases, i);
      const PurserCaseModel *a = &item->by_model[0], *b = &item->by_model[x];
      gboolean pair = a->answered > 0 && b->answered > 0;
      findings->unpaired += x == 1 && !pair && a->answered + a->errors > 0 && b->answered + b->errors > 0;
      if (!pair && !(findings->latency && a->n_total > 0 && b->n_total > 0))
        continue;
      guint at = pairs->n++;
      pairs->difference[at] = pair ? (double) b->passed / b->answered - (double) a->passed / a->answered : 0;
      pairs->cost_a[at] = a->cost_nano;
      pairs->cost_x[at] = b->cost_nano;
      pairs->unpriced |= a->unpriced || b->unpriced;
      pairs->time_a[at] = time_of (a, first_words);
      pairs->time_x[at] = time_of (b, first_words);
      pairs->cluster[at] = cluster_of (groups, item, i, &pairs->clustered);
    }
}

static void
compare_quality (const PurserFindings *findings, const Pairs *pairs, PurserComparison *it)
{
  it->n = pairs->n;
  it->whole = findings->repeats == 1 && !pairs->clustered;
  for (guint i = 0; i < pairs->n; i++)
    {
      it->only_a += pairs->difference[i] < 0;
      it->only_x += pairs->difference[i] > 0;
    }
  it->difference = pairs->n > 0 ? ((double) it->only_x - it->only_a) / pairs->n : NAN;
  it->interval = purser_stat_tango (it->only_a, it->only_x, it->n, PURSER_Z95);
  if (!it->whole
      && !purser_stat_clustered (pairs->difference, pairs->cluster, pairs->n, SEED, &it->difference, &it->interval))
    it->interval = (PurserInterval){ -1, 1 };
  it->verdict = purser_stat_verdict (it->interval, it->n, findings->min_cases, findings->margin);
  it->more_cases = purser_stat_more_cases (it->only_a, it->only_x, it->n, findings->margin);
  it->detectable = purser_stat_detectable (it->n, ((double) it->only_a + it->only_x + 1) / ((double) it->n + 2));
}

/* A speed ratio says "better" (faster), "worse" (slower) or that it cannot tell. */
static void
judge_latency (PurserComparison *it)
{
  if (it->n < 5 || !it->has_speed)
    it->verdict = PURSER_VERDICT_FIRST_IMPRESSION;
  else if (it->speed.high < 1)
    it->verdict = PURSER_VERDICT_BETTER;
  else if (it->speed.low > 1)
    it->verdict = PURSER_VERDICT_WORSE;
  else
    it->verdict = it->speed.low > .9 && it->speed.high < 1.1 ? PURSER_VERDICT_AS_GOOD : PURSER_VERDICT_CANNOT_TELL;
}

static void
compare_cost (const Pairs *pairs, PurserComparison *it)
{
  double sum_a = 0, sum_x = 0;
  for (guint i = 0; i < pairs->n; i++)
    {
      sum_a += pairs->cost_a[i];
      sum_x += pairs->cost_x[i];
    }
  it->cost_ratio = !pairs->unpriced && pairs->n > 0 && sum_a > 0 ? sum_x / sum_a : NAN;
  it->both_free = !pairs->unpriced && pairs->n > 0 && sum_a == 0 && sum_x == 0;
  it->cost_per_case = pairs->unpriced || pairs->n == 0 ? -1 : (gint64) llround ((sum_a + sum_x) / pairs->n);
}

static PurserComparison
compare_with (PurserFindings *findings, guint x)
{
  PurserComparison it = { .difference = NAN };
  g_auto(Pairs) pairs = { 0 };
  pairs_init (&pairs, findings, x);
  compare_quality (findings, &pairs, &it);
  compare_cost (&pairs, &it);
  it.has_speed = purser_stat_ratio (pairs.time_a, pairs.time_x, pairs.n, &it.speed_ratio, &it.speed);
  if (findings->latency)
    judge_latency (&it);
  return it;
}

static int
compare_claims (gconstpointer a, gconstpointer b)
{
  const PurserComparison *x = *(const PurserComparison *const *) a, *y = *(const PurserComparison *const *) b;
  double p = purser_stat_mcnemar_midp (x->only_a, x->only_x), q = purser_stat_mcnemar_midp (y->only_a, y->only_x);
  return (p > q) - (p < q);
}

/* The interval of one claim among several, in the same way as it was made for one. */
static double
low_end (const PurserComparison *it, guint claims)
{
  double z = purser_stat_z_of (claims);
  if (it->whole)
    return purser_stat_tango (it->only_a, it->only_x, it->n, z).low;
  return it->difference - (it->difference - it->interval.low) * z / PURSER_Z95;
}

/* Holm over the claims "better": the strongest has to stand against all of them, the next against one fewer; after
 * the first that falls, all fall. */
static void
hold_claims (PurserFindings *findings)
{
  guint all = findings->comparisons->len;
  g_autoptr(GPtrArray) claims = g_ptr_array_new ();
  for (guint i = 0; i < all; i++)
    {
      PurserComparison *it = &g_array_index (findings->comparisons, PurserComparison, i);
      if (it->verdict == PURSER_VERDICT_BETTER)
        g_ptr_array_add (claims, it);
    }
  g_ptr_array_sort (claims, compare_claims);
  gboolean fallen = FALSE;
  for (guint i = 0; i < claims->len; i++)
    {
      PurserComparison *it = g_ptr_array_index (claims, i);
      fallen = fallen || low_end (it, all - i) <= 0;
      if (!fallen)
        continue;
      it->held_back = TRUE;
      it->verdict = PURSER_VERDICT_AS_GOOD; /* its 95 % interval lies above zero, hence within the margin */
    }
}

void
purser_findings_compare (PurserFindings *findings)
{
  PurserTrialOutcome *outcome = findings->outcome;
  for (guint x = 1; x < findings->n_models; x++)
    {
      PurserComparison it = compare_with (findings, x);
      g_array_append_val (findings->comparisons, it);
    }
  if (findings->comparisons->len == 0)
    return;
  if (!findings->latency && findings->comparisons->len > 1)
    hold_claims (findings);
  const PurserComparison *b = &g_array_index (findings->comparisons, PurserComparison, 0);
  if (!findings->latency && b->n > 0)
    {
      outcome->difference = b->difference;
      outcome->difference_low = b->interval.low;
      outcome->difference_high = b->interval.high;
    }
  outcome->cost_ratio = b->cost_ratio;
  if (b->has_speed)
    {
      outcome->speed_ratio = b->speed_ratio;
      outcome->speed_low = b->speed.low;
      outcome->speed_high = b->speed.high;
    }
}
