/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-costs.h"

G_BEGIN_DECLS

/* A row of the breakdown: one series of an answer. Immutable. The texts are (transfer full). */
#define PURSER_TYPE_BREAKDOWN_ROW (purser_breakdown_row_get_type ())
G_DECLARE_FINAL_TYPE (PurserBreakdownRow, purser_breakdown_row, PURSER, BREAKDOWN_ROW, GObject)

PurserBreakdownRow *purser_breakdown_row_new        (PurserCosts *costs, const PurserSeries *series);
PurserCosts        *purser_breakdown_row_get_costs  (PurserBreakdownRow *self);
const PurserSeries *purser_breakdown_row_get_series (PurserBreakdownRow *self);
double              purser_breakdown_row_share      (PurserBreakdownRow *self);
guint               purser_breakdown_row_paint      (PurserBreakdownRow *self);
char               *purser_breakdown_row_cost       (PurserBreakdownRow *self);
char               *purser_breakdown_row_tokens     (PurserBreakdownRow *self);
char               *purser_breakdown_row_calls      (PurserBreakdownRow *self);
char               *purser_breakdown_row_per_call   (PurserBreakdownRow *self);
char               *purser_breakdown_row_detail     (PurserBreakdownRow *self); /* (nullable) what the name alone does not say */

G_END_DECLS
