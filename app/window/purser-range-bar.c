/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-range-bar.h"

#include <adwaita.h>
#include "purser-palette.h"

struct _PurserRangeBar
{
  GtkWidget parent_instance;

  double    spent, low, high;
};

G_DEFINE_FINAL_TYPE (PurserRangeBar, purser_range_bar, GTK_TYPE_WIDGET)

#define TRACK 8

static void
draw_part (PurserRangeBar *self,
           GtkSnapshot    *snapshot,
           double          from,
           double          to,
           const GdkRGBA  *color)
{
  float width = gtk_widget_get_width (GTK_WIDGET (self));
  float y = (gtk_widget_get_height (GTK_WIDGET (self)) - TRACK) / 2.f;
  double whole = MAX (self->high, 1e-9);
  float x = width * (float) CLAMP (from / whole, 0, 1);
  float size = width * (float) CLAMP (to / whole, 0, 1) - x;

  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    x = width - x - size;
  if (size > 0)
    gtk_snapshot_append_color (snapshot, color, &GRAPHENE_RECT_INIT (x, y, size, TRACK));
}

static void
purser_range_bar_snapshot (GtkWidget   *widget,
                           GtkSnapshot *snapshot)
{
  PurserRangeBar *self = PURSER_RANGE_BAR (widget);
  float width = gtk_widget_get_width (widget), y = (gtk_widget_get_height (widget) - TRACK) / 2.f;
  GskRoundedRect shape;
  GdkRGBA color;

  purser_palette_color (0, adw_style_manager_get_dark (adw_style_manager_get_default ()), &color);
  gsk_rounded_rect_init_from_rect (&shape, &GRAPHENE_RECT_INIT (0, y, width, TRACK), TRACK / 2.f);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  draw_part (self, snapshot, 0, self->spent, &color);
  color.alpha = .4f;
  draw_part (self, snapshot, self->spent, self->low, &color);
  color.alpha = .2f;
  draw_part (self, snapshot, MAX (self->low, self->spent), self->high, &color);
  gtk_snapshot_pop (snapshot);
}

static void
purser_range_bar_measure (GtkWidget      *widget,
                          GtkOrientation  orientation,
                          int             for_size,
                          int            *minimum,
                          int            *natural,
                          int            *minimum_baseline,
                          int            *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_VERTICAL ? TRACK + 4 : 40;
}

static void
purser_range_bar_class_init (PurserRangeBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = purser_range_bar_snapshot;
  widget_class->measure = purser_range_bar_measure;
  gtk_widget_class_set_css_name (widget_class, "rangebar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
purser_range_bar_init (PurserRangeBar *self)
{
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

GtkWidget *
purser_range_bar_new (void)
{
  return g_object_new (PURSER_TYPE_RANGE_BAR, NULL);
}

void
purser_range_bar_set_values (PurserRangeBar *self,
                             double          spent,
                             double          low,
                             double          high)
{
  self->spent = spent;
  self->low = low;
  self->high = high;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
