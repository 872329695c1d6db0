/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "purser-costs.h"

G_BEGIN_DECLS

/* The frame of a bar chart: where the plot lies, its grid, and the words at its edges. Geometry is for left-to-right and mirrored at the end. */
typedef struct
{
  float  width, height;             /* of the widget */
  float  left, right, top, bottom;  /* gutters around the plot */
  double step, high;                /* of the grid, in the measure's unit; high is the plot's upper edge */
  gboolean rtl, compact;
} PurserChartAxis;

void  purser_chart_axis_init     (PurserChartAxis *axis, GtkWidget *widget, PurserCosts *costs, int width, int height, gboolean compact);
float purser_chart_axis_x        (const PurserChartAxis *axis, float x, float width); /* mirrors a span */
float purser_chart_axis_slot     (const PurserChartAxis *axis, guint n);
float purser_chart_axis_y        (const PurserChartAxis *axis, double value);
void  purser_chart_axis_snapshot (const PurserChartAxis *axis, GtkWidget *widget, PurserCosts *costs, GtkSnapshot *snapshot);
double purser_chart_axis_step    (double max, guint lines); /* 1, 2 or 5 times a power of ten */

G_END_DECLS
