/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "purser-costs.h"

G_BEGIN_DECLS

/* Who or what used how much: a sortable table, one row a series of the answer. Signal "series-activated" (pointer to PurserSeries). */
#define PURSER_TYPE_BREAKDOWN (purser_breakdown_get_type ())
G_DECLARE_FINAL_TYPE (PurserBreakdown, purser_breakdown, PURSER, BREAKDOWN, AdwBin)

void purser_breakdown_set_costs   (PurserBreakdown *self, PurserCosts *costs, const char *label);
void purser_breakdown_set_compact (PurserBreakdown *self, gboolean compact); /* a list in place of columns; also the property "compact". "tight": fewer columns */
void purser_breakdown_set_search  (PurserBreakdown *self, const char *text);

G_END_DECLS
