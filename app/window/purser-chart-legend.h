/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "purser-costs.h"

G_BEGIN_DECLS

/* Names and amounts of a chart's series, in the order in which they lie upon each other. */
#define PURSER_TYPE_CHART_LEGEND (purser_chart_legend_get_type ())
G_DECLARE_FINAL_TYPE (PurserChartLegend, purser_chart_legend, PURSER, CHART_LEGEND, GtkBox)

GtkWidget *purser_chart_legend_new       (void);
void       purser_chart_legend_set_costs (PurserChartLegend *self, PurserCosts *costs);

G_END_DECLS
