/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-palette.h"

G_BEGIN_DECLS

/* One part of one bar: a small widget of its own, so that a keyboard reaches it and a screen reader reads it. */
#define PURSER_TYPE_CHART_MARK (purser_chart_mark_get_type ())
G_DECLARE_FINAL_TYPE (PurserChartMark, purser_chart_mark, PURSER, CHART_MARK, GtkWidget)

GtkWidget  *purser_chart_mark_new        (guint bucket, guint series, guint paint_series, PurserPaint paint, gboolean top, const char *label);
guint       purser_chart_mark_get_bucket (PurserChartMark *self);
guint       purser_chart_mark_get_series (PurserChartMark *self);
const char *purser_chart_mark_get_label  (PurserChartMark *self); /* what is said and shown of it */

G_END_DECLS
