/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "purser-costs.h"

G_BEGIN_DECLS

/* The numbers of a bar chart as a table: a row a bar, a column a series. */
#define PURSER_TYPE_CHART_TABLE (purser_chart_table_get_type ())
G_DECLARE_FINAL_TYPE (PurserChartTable, purser_chart_table, PURSER, CHART_TABLE, AdwBin)

GtkWidget *purser_chart_table_new       (void);
void       purser_chart_table_set_costs (PurserChartTable *self, PurserCosts *costs);

G_END_DECLS
