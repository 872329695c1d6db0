/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-chart-mark.h"

#include <adwaita.h>

struct _PurserChartMark
{
  GtkWidget    parent_instance;

  guint        bucket, series;
  guint        paint_series;
  PurserPaint  paint;
  gboolean     top;
  char        *label; /* (owned) */
};

G_DEFINE_FINAL_TYPE (PurserChartMark, purser_chart_mark, GTK_TYPE_WIDGET)

#define TOP_RADIUS 3

static void
purser_chart_mark_snapshot (GtkWidget   *widget,
                            GtkSnapshot *snapshot)
{
  PurserChartMark *self = PURSER_CHART_MARK (widget);
  float width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  PurserPaint paint = self->paint;

  if (adw_style_manager_get_high_contrast (adw_style_manager_get_default ()) && width > 6 && height > 6)
    paint |= PURSER_PAINT_OUTLINED;
  purser_palette_paint (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height),
                        self->top ? MIN (TOP_RADIUS, height) : 0, 0, self->paint_series, paint);
}

/* Its size is what its value makes it: the chart allocates. */
static void
purser_chart_mark_measure (GtkWidget      *widget,
                           GtkOrientation  orientation,
                           int             for_size,
                           int            *minimum,
                           int            *natural,
                           int            *minimum_baseline,
                           int            *natural_baseline)
{
  *minimum = *natural = 0;
}

static void
purser_chart_mark_finalize (GObject *object)
{
  g_free (PURSER_CHART_MARK (object)->label);
  G_OBJECT_CLASS (purser_chart_mark_parent_class)->finalize (object);
}

static void
purser_chart_mark_class_init (PurserChartMarkClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = purser_chart_mark_finalize;
  widget_class->snapshot = purser_chart_mark_snapshot;
  widget_class->measure = purser_chart_mark_measure;
  gtk_widget_class_set_css_name (widget_class, "chartmark");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
}

static void
purser_chart_mark_init (PurserChartMark *self)
{
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
}

GtkWidget *
purser_chart_mark_new (guint        bucket,
                       guint        series,
                       guint        paint_series,
                       PurserPaint  paint,
                       gboolean     top,
                       const char  *label)
{
  PurserChartMark *self = g_object_new (PURSER_TYPE_CHART_MARK, NULL);

  self->bucket = bucket;
  self->series = series;
  self->paint_series = paint_series;
  self->paint = paint;
  self->top = top;
  self->label = g_strdup (label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return GTK_WIDGET (self);
}

guint
purser_chart_mark_get_bucket (PurserChartMark *self)
{
  return self->bucket;
}

guint
purser_chart_mark_get_series (PurserChartMark *self)
{
  return self->series;
}

const char *
purser_chart_mark_get_label (PurserChartMark *self)
{
  return self->label;
}
