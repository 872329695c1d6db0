/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-caller.h"

G_BEGIN_DECLS

/* Suites: a quality test's cases and checks (SPEC-trials §2). */
typedef struct { char *type; JsonNode *value; double threshold, weight; char *metric; gboolean negated, supported; } PurserCheck;
typedef struct { char *id, *title, *group, *expected; JsonObject *vars; GPtrArray *checks; /* (element-type PurserCheck) */ double weight; } PurserCase;
typedef struct
{
  char      *name, *description, *workload;
  char      *system, *user;             /* templates with {{var}} */
  double     temperature; gint64 max_tokens;
  GPtrArray *cases;                     /* (element-type PurserCase) */
  guint      n_checks, n_unsupported;
  double     margin;                    /* points/100: 0.05 */
  guint      min_cases;
  char     **unused;                    /* settings that are understood and have no effect in this version: "judge", "cases[].weight" … */
} PurserSuite;
PurserSuite *purser_suite_builtin (const char *workload);          /* (transfer full) (nullable) the starter suite: drafting, summarization, analysis */
PurserSuite *purser_suite_parse   (const char *yaml, gsize length, GError **error);
void         purser_suite_free    (PurserSuite *suite);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserSuite, purser_suite_free)
/* One check on one answer: 0…1, or -1 where it is not supported here. REASON (out) (transfer full): one plain line. */
double purser_check_score (const PurserCheck *check, const char *answer, const char *expected, char **reason);

/* A run: quality (suite × models) or latency (models × requests). Emits on the main context it was started in. */
#define PURSER_TYPE_TRIAL (purser_trial_get_type ())
G_DECLARE_FINAL_TYPE (PurserTrial, purser_trial, PURSER, TRIAL, GObject)
/* MODELS: "provider/model" NULL-terminated, 1 to 4 for a quality run. MAX_COST_NANO ≤ 0 = no cap. Interleaved A,B,B,A; every call goes through CALLER with
 * purpose TEST and is stored as it comes, so Stop or a crash loses nothing. */
PurserTrial *purser_trial_new_quality (PurserCaller *caller, PurserStore *store, PurserSuite *suite /* (transfer full) */, const char *const *models, guint repeats, gint64 max_cost_nano);
PurserTrial *purser_trial_new_latency (PurserCaller *caller, PurserStore *store, const char *workload, const char *const *models, guint requests, gint64 max_cost_nano);
void     purser_trial_run_async  (PurserTrial *self, GCancellable *cancellable /* Stop: answers so far are kept, state "stopped" */, GAsyncReadyCallback callback, gpointer user_data);
gint64   purser_trial_run_finish (PurserTrial *self, GAsyncResult *result, GError **error); /* the run's id, 0 on error */
/* Signal "progress": something below changed. */
guint    purser_trial_get_n_models (PurserTrial *self);
typedef struct { const char *model; guint done, total, passed, failed, errors; gint64 cost_nano, input_tokens, output_tokens; gboolean unpriced, estimated; } PurserTrialProgress;
void     purser_trial_get_progress (PurserTrial *self, guint model, PurserTrialProgress *progress);
gint64   purser_trial_get_cost_nano (PurserTrial *self);
gint64   purser_trial_get_remaining_us (PurserTrial *self); /* estimate, -1 = not yet known */
/* What it may cost at most, before it runs: from the price and max_tokens. -1 = unpriced. */
gint64   purser_trial_estimate_nano (PurserTrial *self);

/* The result of a stored run, computed from its rows: everything the page and `trial show` print. */
typedef struct
{
  char  *model; gint64 model_id;
  guint  cases, passed, failed, errors;
  double rate, low, high;                     /* Wilson */
  double first_words_p50, first_words_low, first_words_high; /* seconds; NAN = not measured; low/high = min–max or p10–p90 by n */
  double reply_p50, reply_p90, reply_p95;     /* seconds; NAN where n is too small (SPEC-trials §3) */
  gint64 input_tokens, output_tokens, cost_nano; gboolean unpriced, estimated;
  GArray *first_words, *replies;              /* double seconds of each success */
  double tokens_per_second_p50, per_token_p50, first_sign_p50, longest_pause_p50; /* NAN = not measured */
  char  *provider_model;                      /* (nullable) as reported */
} PurserTrialModel;
typedef struct { char *case_id, *title; char **answers; char **outcomes; char **reasons; /* by model */ } PurserDisagreement;
typedef struct
{
  PurserTrialRow *row;
  GPtrArray *models;         /* (element-type PurserTrialModel) in order: A, B … */
  GPtrArray *disagreements;  /* (element-type PurserDisagreement) worst first (A and B) */
  double difference, difference_low, difference_high; /* B − A, Tango; NAN with one model */
  char  *verdict;            /* id: "better" "worse" "slightly-worse" "as-good" "perhaps-worse" "cannot-tell" "first-impression" "one-model" */
  char  *sentence, *second;  /* translated: the claim; then cost and speed. No markup; the claim's bold part is `claim` */
  char  *claim;              /* leading part of sentence that is the claim */
  char  *footnote;           /* "Not checked here: …" */
  double cost_ratio, speed_ratio, speed_low, speed_high; /* B / A; NAN unknown */
} PurserTrialOutcome;
void                purser_trial_outcome_free (PurserTrialOutcome *outcome);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserTrialOutcome, purser_trial_outcome_free)
void                purser_trial_load_async  (PurserStore *store, gint64 trial_id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
PurserTrialOutcome *purser_trial_load_finish (PurserStore *store, GAsyncResult *result, GError **error);
PurserTrialOutcome *purser_trial_load        (PurserStore *store, gint64 trial_id, GError **error);

G_END_DECLS
