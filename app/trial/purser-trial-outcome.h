/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-stat.h"
#include "purser-trial.h"

G_BEGIN_DECLS

/* What one model did in one case: the mean of its repeats. */
typedef struct
{
  guint answered, passed, errors; /* of the repeats that count */
  double score; /* sum over answered */
  double first_us, total_us; /* sum over those that were measured */
  guint n_first, n_total;
  gint64 cost_nano;
  gboolean unpriced;
  const PurserTrialResult *worst; /* (nullable) the repeat with the lowest score */
} PurserCaseModel;

/* One case of a run, over all models. */
typedef struct
{
  const char *id;
  char *title, *group; /* (owned) group nullable */
  PurserCaseModel *by_model; /* (owned) */
} PurserCaseRow;

/* Model X against A. */
typedef struct
{
  guint n, only_a, only_x; /* cases both answered */
  gboolean whole; /* each case counts as passed or not: Tango; else averages: clustered */
  double difference;
  PurserInterval interval;
  PurserVerdict verdict;
  gboolean held_back; /* would be "better" alone, not among so many claims */
  gint64 more_cases; /* -1: unlikely to help */
  double detectable; /* share of 1 */
  double cost_ratio; /* NAN: not known */
  gboolean both_free;
  gint64 cost_per_case; /* of both; -1: not known */
  gboolean has_speed;
  double speed_ratio; /* X / A */
  PurserInterval speed;
} PurserComparison;

/* Everything that the sentences are made of. */
typedef struct
{
  PurserTrialOutcome *outcome;
  char **titles; /* (owned) */
  guint n_models;
  gboolean latency;
  char *currency; /* (owned) */
  double margin;
  guint min_cases, planned, repeats;
  JsonObject *setup, *summary; /* (owned) (nullable) */
  GPtrArray *cases; /* (owned) (element-type PurserCaseRow) in the order asked */
  GArray *comparisons; /* (owned) (element-type PurserComparison) from the second model on */
  guint cached; /* replies from a provider's cache, not in the times */
  guint unpaired; /* cases of B and A without two answers */
} PurserFindings;

/* Takes ROW and RESULTS. ORG (nullable) for the names that models have now. (transfer full) */
PurserTrialOutcome *purser_trial_outcome_new (PurserTrialRow *row, GPtrArray *results, const PurserOrg *org);

/* purser-trial-compare.c */
void purser_findings_compare (PurserFindings *findings);
/* purser-trial-words.c: fills sentence, claim, second, footnote, verdict. */
void purser_findings_tell (PurserFindings *findings);

G_END_DECLS
