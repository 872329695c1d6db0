/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>
#include "purser-palette.h"
#include "purser-review.h"

G_BEGIN_DECLS

/* One answer about the ledger, made ready for showing: buckets of days, four named series and the rest. Immutable. */
#define PURSER_TYPE_COSTS (purser_costs_get_type ())
G_DECLARE_FINAL_TYPE (PurserCosts, purser_costs, PURSER, COSTS, GObject)

typedef enum { PURSER_MEASURE_MONEY, PURSER_MEASURE_TOKENS } PurserMeasure;
typedef enum { PURSER_BUCKET_DAY, PURSER_BUCKET_WEEK, PURSER_BUCKET_MONTH, PURSER_BUCKET_YEAR } PurserBucketUnit;

typedef struct { gint32 first, last; } PurserBucket;

#define PURSER_COSTS_MAX_MARKS 400

/* ANSWER (transfer full). ORG: how amounts are shown. TODAY: in the reporting zone. */
PurserCosts        *purser_costs_new           (PurserAnswer *answer, const PurserOrg *org, PurserMeasure measure, gint32 today);

const PurserAnswer *purser_costs_get_answer    (PurserCosts *self);
const PurserOrg    *purser_costs_get_org       (PurserCosts *self);
PurserMeasure       purser_costs_get_measure   (PurserCosts *self);
PurserBucketUnit    purser_costs_get_unit      (PurserCosts *self);
gint32              purser_costs_get_today     (PurserCosts *self);
guint               purser_costs_n_buckets     (PurserCosts *self);
PurserBucket        purser_costs_get_bucket    (PurserCosts *self, guint bucket);
char               *purser_costs_bucket_name   (PurserCosts *self, guint bucket);                /* "3 November", "week of 3 November", "November 2026" */
guint               purser_costs_n_series      (PurserCosts *self);                              /* at most five */
const char         *purser_costs_series_name   (PurserCosts *self, guint series);                /* "Lena Hartmann", "4 others" */
guint               purser_costs_series_paint  (PurserCosts *self, guint series);                /* palette */
const PurserSeries *purser_costs_series        (PurserCosts *self, guint series);                /* (nullable): NULL for the others */
gint64              purser_costs_series_total  (PurserCosts *self, guint series);
gint64              purser_costs_value         (PurserCosts *self, guint bucket, guint series);  /* nano-units or tokens */
gint64              purser_costs_bucket_total  (PurserCosts *self, guint bucket);
gint64              purser_costs_total         (PurserCosts *self);
gint64              purser_costs_max           (PurserCosts *self);                              /* of any bucket */
guint               purser_costs_paint_of      (PurserCosts *self, const PurserSeries *series);  /* palette of an answer's series */
char               *purser_costs_format        (PurserCosts *self, gint64 value);
char               *purser_costs_summary       (PurserCosts *self);                              /* the chart in words */
void                purser_costs_tidy          (PurserAnswer *answer, const PurserOrg *org);     /* as people read it; before purser_costs_new() */
gint64              purser_usage_tokens        (const PurserUsageRow *row);
gint64              purser_usage_measure       (const PurserUsageRow *row, PurserMeasure measure);

G_END_DECLS
