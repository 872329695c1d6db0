/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-spark.h"

#include <adwaita.h>
#include <math.h>
#include "purser-palette.h"
#include "purser-period.h"

struct _PurserSpark
{
  GtkWidget  parent_instance;

  int        width, height; /* asked for; -1: as wide as there is room */
  GArray    *values;        /* (element-type gint64) */
  gint32     first_day, today;
  gboolean   accent;
};

G_DEFINE_FINAL_TYPE (PurserSpark, purser_spark, GTK_TYPE_WIDGET)

#define BAR_SHARE .66f
#define DASH_HEIGHT 2

static gint64
highest (PurserSpark *self)
{
  gint64 max = 1;

  for (guint i = 0; i < self->values->len; i++)
    max = MAX (max, g_array_index (self->values, gint64, i));
  return max;
}

static void
draw_bar (PurserSpark           *self,
          GtkSnapshot           *snapshot,
          const graphene_rect_t *bar,
          gint32                 day,
          const GdkRGBA         *color)
{
  GdkRGBA tint = *color;
  GskRoundedRect shape;

  if (day == self->today && self->accent)
    {
      purser_palette_paint (snapshot, bar, 1, 0, 0, PURSER_PAINT_UNENDED);
      return;
    }
  if (purser_period_weekday (day) >= 5)
    tint.alpha *= .55f;
  gsk_rounded_rect_init_from_rect (&shape, bar, bar->size.width >= 4 ? 1.5f : 0);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  gtk_snapshot_append_color (snapshot, &tint, bar);
  gtk_snapshot_pop (snapshot);
}

static void
purser_spark_snapshot (GtkWidget   *widget,
                       GtkSnapshot *snapshot)
{
  PurserSpark *self = PURSER_SPARK (widget);
  float width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  float slot = width / MAX (self->values->len, 1), bar = MAX (slot * BAR_SHARE, 1);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  gint64 max = highest (self);
  GdkRGBA color, dash;

  gtk_widget_get_color (widget, &color);
  dash = color;
  dash.alpha *= .25f;
  if (self->accent)
    purser_palette_color (0, adw_style_manager_get_dark (adw_style_manager_get_default ()), &color);
  else
    color.alpha *= .55f;
  for (guint i = 0; i < self->values->len; i++)
    {
      gint64 value = g_array_index (self->values, gint64, i);
      gint32 day = self->first_day + (gint32) i;
      float x = rtl ? width - slot * (i + 1) : slot * i;
      float tall = value > 0 ? MAX (roundf (height * (float) ((double) value / max)), 1) : 0;

      if (value > 0)
        draw_bar (self, snapshot, &GRAPHENE_RECT_INIT (x + (slot - bar) / 2, height - tall, bar, tall), day, &color);
      else
        gtk_snapshot_append_color (snapshot, &dash,
                                   &GRAPHENE_RECT_INIT (x + (slot - bar) / 2,
                                                        height - (day > self->today ? DASH_HEIGHT : 1), bar,
                                                        day > self->today ? DASH_HEIGHT : 1));
    }
}

static void
purser_spark_measure (GtkWidget      *widget,
                      GtkOrientation  orientation,
                      int             for_size,
                      int            *minimum,
                      int            *natural,
                      int            *minimum_baseline,
                      int            *natural_baseline)
{
  PurserSpark *self = PURSER_SPARK (widget);

  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? self->height : MAX (self->width, 40);
}

static void
purser_spark_finalize (GObject *object)
{
  g_array_unref (PURSER_SPARK (object)->values);
  G_OBJECT_CLASS (purser_spark_parent_class)->finalize (object);
}

static void
purser_spark_class_init (PurserSparkClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = purser_spark_finalize;
  widget_class->snapshot = purser_spark_snapshot;
  widget_class->measure = purser_spark_measure;
  gtk_widget_class_set_css_name (widget_class, "spark");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
purser_spark_init (PurserSpark *self)
{
  self->values = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

GtkWidget *
purser_spark_new (int width,
                  int height)
{
  PurserSpark *self = g_object_new (PURSER_TYPE_SPARK, NULL);

  self->width = width;
  self->height = height;
  return GTK_WIDGET (self);
}

void
purser_spark_set_values (PurserSpark  *self,
                         const gint64 *values,
                         guint         n,
                         gint32        first_day,
                         gint32        today,
                         gboolean      accent)
{
  g_array_set_size (self->values, 0);
  if (n > 0)
    g_array_append_vals (self->values, values, n);
  self->first_day = first_day;
  self->today = today;
  self->accent = accent;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
