/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-stat.h"
#include "purser-stat-private.h"

#include <math.h>

/* With fewer clusters the t interval is too narrow, and a bootstrap of clusters takes its place. */
#define ENOUGH_CLUSTERS 30

typedef struct
{
  double sum;
  guint size;
} Cluster;

/* Sum and size of each cluster, in the order in which they first come. */
static GArray *
gather (const double *d, const guint *cluster, gsize n)
{
  GArray *clusters = g_array_new (FALSE, TRUE, sizeof (Cluster));
  g_autoptr(GHashTable) places = g_hash_table_new (NULL, NULL);
  for (gsize i = 0; i < n; i++)
    {
      gpointer key = GUINT_TO_POINTER (cluster != NULL ? cluster[i] : (guint) i), place;
      if (!g_hash_table_lookup_extended (places, key, NULL, &place))
        {
          place = GUINT_TO_POINTER (clusters->len);
          g_array_set_size (clusters, clusters->len + 1);
          g_hash_table_insert (places, key, place);
        }
      Cluster *at = &g_array_index (clusters, Cluster, GPOINTER_TO_UINT (place));
      at->sum += d[i];
      at->size++;
    }
  return clusters;
}

static PurserInterval
t_interval (const GArray *clusters, gsize n, double mean)
{
  double squares = 0, groups = clusters->len;
  for (guint g = 0; g < clusters->len; g++)
    {
      const Cluster *at = &g_array_index (clusters, Cluster, g);
      double surplus = at->sum - at->size * mean;
      squares += surplus * surplus;
    }
  double half = purser_stat_t95 (clusters->len - 1) * sqrt (groups / (groups - 1) * squares) / n;
  return (PurserInterval){ mean - half, mean + half };
}

static PurserInterval
bootstrap (const GArray *clusters, guint32 seed)
{
  g_autoptr(GRand) random = g_rand_new_with_seed (seed);
  g_autofree double *means = g_new (double, PURSER_BOOTSTRAPS);
  for (int i = 0; i < PURSER_BOOTSTRAPS; i++)
    {
      double sum = 0, size = 0;
      for (guint g = 0; g < clusters->len; g++)
        {
          const Cluster *at = &g_array_index (clusters, Cluster, g_rand_int_range (random, 0, (gint32) clusters->len));
          sum += at->sum;
          size += at->size;
        }
      means[i] = sum / size;
    }
  purser_stat_sort (means, PURSER_BOOTSTRAPS);
  return (PurserInterval){ purser_stat_rank (means, PURSER_BOOTSTRAPS, 2.5),
                           purser_stat_rank (means, PURSER_BOOTSTRAPS, 97.5) };
}

/**
 * purser_stat_clustered:
 * @d: (array length=n): the difference B − A of each case, from -1 to 1
 * @cluster: (array length=n) (nullable): which cases belong together
 * @n: how many cases
 * @seed: of the bootstrap
 * @mean: (out): the mean difference
 * @interval: (out): 95 % interval of it, within [-1, 1]
 *
 * SE = √(G/(G−1)·Σ_g(Σ_{i∈g}(d_i − d̄))²)/n with Student's t of G − 1 degrees of freedom; under 30 clusters a
 * percentile bootstrap over clusters.
 * Where all cases differ by the same amount, neither can see any uncertainty: the interval is then widened to Tango's
 * for so many clear cases.
 *
 * Source: E. Miller, "Adding Error Bars to Evals" (arXiv 2411.00640), section 2.2; A. C. Cameron, D. L. Miller, "A
 * practitioner's guide to
 * cluster-robust inference", Journal of Human Resources 50 (2015), for the few-clusters bootstrap.
 *
 * Returns: %FALSE with fewer than two clusters
 */
gboolean
purser_stat_clustered (
    const double *d, const guint *cluster, gsize n, guint32 seed, double *mean, PurserInterval *interval)
{
  g_autoptr(GArray) clusters = gather (d, cluster, n);
  if (clusters->len < 2)
    return FALSE;
  double sum = 0, groups = clusters->len;
  for (gsize i = 0; i < n; i++)
    sum += d[i];
  *mean = sum / n;
  *interval = clusters->len < ENOUGH_CLUSTERS ? bootstrap (clusters, seed) : t_interval (clusters, n, *mean);
  if (interval->high - interval->low < 1e-9)
    *interval = purser_stat_tango_real (MAX (0, -*mean) * groups, MAX (0, *mean) * groups, groups, PURSER_Z95);
  *interval = (PurserInterval){ MAX (-1, interval->low), MIN (1, interval->high) };
  return TRUE;
}

/**
 * purser_stat_z_of:
 * @claims: how many claims are made at once
 *
 * Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6
 * (1979), 65–70.
 *
 * Returns: z with P(|Z| > z) = 0.05 / CLAIMS
 */
double
purser_stat_z_of (guint claims)
{
  double low = 1, high = 8, wanted = .05 / MAX (claims, 1);
  for (int i = 0; i < 60; i++)
    {
      double z = (low + high) / 2;
      if (erfc (z / G_SQRT2) > wanted)
        low = z;
      else
        high = z;
    }
  return (low + high) / 2;
}
