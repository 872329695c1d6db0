/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Pure arithmetic of SPEC-trials §3 and §4. Formulas and sources stand at each definition. */
typedef struct { double low, high; } PurserInterval;
#define PURSER_Z95 1.959963984540054

PurserInterval purser_stat_wilson   (guint passed, guint n, double z);
/* Paired difference B − A by Tango's score interval: ONLY_A: cases only A passes (b), ONLY_B: only B passes (c). */
PurserInterval purser_stat_tango    (guint only_a, guint only_b, guint n, double z);
double         purser_stat_mcnemar_midp (guint only_a, guint only_b);
/* Mean of N per-case differences in [-1, 1] (scores, or repeats averaged per case) with cases grouped by CLUSTER (any numbers; NULL = each case its own). */
gboolean       purser_stat_clustered (const double *d, const guint *cluster, gsize n, guint32 seed, double *mean, PurserInterval *interval);
/* Two-sided normal quantile for a claim that is one of CLAIMS made at once (Holm's first step: 5 % / CLAIMS). */
double         purser_stat_z_of      (guint claims);

typedef enum { PURSER_VERDICT_FIRST_IMPRESSION, PURSER_VERDICT_BETTER, PURSER_VERDICT_WORSE, PURSER_VERDICT_SLIGHTLY_WORSE, PURSER_VERDICT_AS_GOOD, PURSER_VERDICT_PERHAPS_WORSE, PURSER_VERDICT_CANNOT_TELL } PurserVerdict;
PurserVerdict  purser_stat_verdict  (PurserInterval difference, guint n, guint min_cases, double margin);
const char    *purser_verdict_id    (PurserVerdict verdict);
/* Cases still needed, -1 = more are unlikely to help. DELTA = (only_b − only_a)/n. */
gint64         purser_stat_more_cases (guint only_a, guint only_b, guint n, double margin);
/* Smallest difference that N paired cases can settle, when SHARE of them disagree (points/100). */
double         purser_stat_detectable (guint n, double share);

/* Nearest rank on a copy; NAN where n is under the minimum for P (p50 5, p90 20, p95 40, p99 200). */
double         purser_stat_percentile (const double *values, gsize n, double p);
double         purser_stat_median     (const double *values, gsize n); /* no minimum but 1 */
/* exp(mean ± t·SE) of log(b/a) per pair; estimate in *ratio; FALSE with fewer than 2 pairs. */
gboolean       purser_stat_ratio      (const double *a, const double *b, gsize n, double *ratio, PurserInterval *interval);
double         purser_stat_t95        (guint df); /* two-sided 95 % quantile of Student's t */
/* Total ratio ΣB/ΣA with a case bootstrap of 4000, fixed SEED. */
gboolean       purser_stat_total_ratio (const double *a, const double *b, gsize n, guint32 seed, double *ratio, PurserInterval *interval);
/* Forecast to period end (SPEC-trials §4.6): DAYS of spend so far with WEEKDAY of the first (0 Monday), REMAINING days. FALSE under 7 days of history. */
gboolean       purser_stat_forecast   (const double *history, gsize n_history, guint first_weekday, guint remaining, double so_far, guint32 seed, double *low, double *mid, double *high);

G_END_DECLS
