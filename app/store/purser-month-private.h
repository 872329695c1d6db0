/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-prices.h"

G_BEGIN_DECLS

/* What belongs to a month: calls opened from STARTS_AT to before ENDS_AT, and corrections of those up to LAST_CORRECTION; and what they add up to. */
typedef struct
{
  gint32 month;
  gint64 starts_at, ends_at, last_correction;
  PurserMonthRow found;
} PurserMonthSpan;

/* The closed months with what was kept of them, ascending; (owned) digests are freed with the array. (element-type PurserMonthSpan) */
GArray *purser_month_spans (PurserDb *db, GError **error);
GArray *purser_month_spans_new (void);
/* Reads the ledger once and fills in what each of SPANS adds up to, with its digest; what FOUND held before is freed. */
gboolean purser_month_walk (PurserDb *db, GArray *spans, GError **error);
/* A line for each closed month that is not what it was when it was closed. */
gboolean purser_month_verify (PurserDb *db, GPtrArray *findings, GError **error);

G_END_DECLS
