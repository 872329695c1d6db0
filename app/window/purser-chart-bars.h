/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "purser-costs.h"

G_BEGIN_DECLS

/**
 * PurserChartBars:
 *
 * Stacked bars over time.
 *
 * CSS nodes: chart > chartmark (one per part of a bar), label.chart-tip.
 *
 * Accessibility: a list whose items are the parts of the bars, each labelled with its day, name and amount; the description says
 * the whole. Tab enters it once; Left and Right go along time, Up and Down within a bar, Home and End to its ends; Return looks
 * closer, Escape leaves. In right-to-left locales time runs leftwards, and so do the keys.
 *
 * Signal "mark-activated" (bucket, series).
 */
#define PURSER_TYPE_CHART_BARS (purser_chart_bars_get_type ())
G_DECLARE_FINAL_TYPE (PurserChartBars, purser_chart_bars, PURSER, CHART_BARS, GtkWidget)

GtkWidget    *purser_chart_bars_new         (void);
void          purser_chart_bars_set_costs   (PurserChartBars *self, PurserCosts *costs /* (nullable) */);
PurserCosts  *purser_chart_bars_get_costs   (PurserChartBars *self);
void          purser_chart_bars_set_compact (PurserChartBars *self, gboolean compact); /* narrow windows; also the property "compact" */

G_END_DECLS
