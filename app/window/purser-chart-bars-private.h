/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-chart-axis.h"
#include "purser-chart-bars.h"
#include "purser-chart-mark.h"

G_BEGIN_DECLS

struct _PurserChartBars
{
  GtkWidget        parent_instance;

  PurserCosts     *costs;    /* (owned) (nullable) */
  gboolean         compact;
  PurserChartAxis  axis;
  GPtrArray       *marks;    /* (element-type PurserChartMark) by bucket, then series; children of the widget */
  GtkWidget       *current;  /* (nullable): the mark that Tab goes to */
  GtkWidget       *shown;    /* (nullable): the mark that the tip is about */
  GtkWidget       *tip;
};

/* purser-chart-bars-input.c: keyboard, focus and pointer */
void       purser_chart_bars_install_input (GtkWidgetClass *klass);
void       purser_chart_bars_add_pointer   (PurserChartBars *self);
void       purser_chart_bars_set_tip       (PurserChartBars *self, GtkWidget *mark /* (nullable) */);
GtkWidget *purser_chart_bars_mark_in       (PurserChartBars *self, guint bucket, guint series); /* (nullable) */
void       purser_chart_bars_activate      (PurserChartBars *self, GtkWidget *mark);

static inline guint
purser_chart_bars_bucket_of (GtkWidget *mark)
{
  return purser_chart_mark_get_bucket (PURSER_CHART_MARK (mark));
}

static inline guint
purser_chart_bars_series_of (GtkWidget *mark)
{
  return purser_chart_mark_get_series (PURSER_CHART_MARK (mark));
}

G_END_DECLS
