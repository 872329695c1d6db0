/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-ledger.h"

G_BEGIN_DECLS

/* Questions about the ledger, for charts, tables and `purserctl usage`: one source for every total ever shown. */
typedef struct
{
  PurserSplit split;
  gint32      first_day, last_day;  /* days since the epoch in the reporting zone, both included */
  gboolean    tests;                /* count tests and checks too */
} PurserQuestion;

typedef struct
{
  gint64  key;            /* id, 0 = unnamed */
  char   *name;           /* shown: translated "Nobody named", "Removed", … where needed */
  char   *detail;         /* (nullable) "with invoice-bot" */
  PurserUsageRow total;   /* of the whole period */
  PurserUsageRow *days;   /* (array length=n_days) */
} PurserSeries;

typedef struct
{
  PurserQuestion question;
  char       currency[4];
  guint      n_days;
  GPtrArray *series;      /* (element-type PurserSeries) dearest first, then most tokens */
  PurserUsageRow total;   /* equals the sum of the series, exactly */
} PurserAnswer;
/* Adds every figure of FROM to TO. */
void purser_usage_row_add (PurserUsageRow *to, const PurserUsageRow *from);
void purser_answer_free (PurserAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserAnswer, purser_answer_free)

void          purser_review_ask_async  (PurserStore *store, const PurserQuestion *question, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
PurserAnswer *purser_review_ask_finish (PurserStore *store, GAsyncResult *result, GError **error);
PurserAnswer *purser_review_ask        (PurserStore *store, const PurserQuestion *question, GError **error); /* blocking twin */
const char   *purser_split_id          (PurserSplit split);                /* "person" … */
gboolean      purser_split_parse       (const char *id, PurserSplit *split);

/* What the Overview says: one read. */
typedef struct
{
  PurserUsageRow month, today, last_month_same_days;
  gint32 first_day, today_day, last_day;    /* of the current month in the reporting zone */
  PurserUsageRow *days;                     /* the month's days up to today */
  double forecast_low_nano, forecast_high_nano; /* NAN: too early (under 7 days of history) */
  GPtrArray *workloads;                     /* (element-type PurserWorkloadState) */
  gint64 trials_passed, trials_cases;       /* of the newest finished quality run, -1 none */
  gint64 trial_ended_at;
} PurserOverview;
typedef struct { gint64 workload_id, calls_24h, first_choice_24h, failed_24h; } PurserWorkloadState;
void            purser_overview_free (PurserOverview *overview);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserOverview, purser_overview_free)
void            purser_review_overview_async  (PurserStore *store, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
PurserOverview *purser_review_overview_finish (PurserStore *store, GAsyncResult *result, GError **error);

G_END_DECLS
