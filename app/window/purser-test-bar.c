/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-test-bar.h"

#include "purser-palette.h"
#include "purser-test-draw.h"

#define HEIGHT 6
#define TICK_WIDTH 2
#define TICK_OVER 3 /* px past the bar above and below */
#define TRACK_ALPHA 0.13f
#define OWN_ALPHA 0.7f /* of the text's colour: not to be read as a model's */

struct _PurserTestBar
{
  GtkWidget parent_instance;

  int       series;
  double    share;
  double    tick;
};

G_DEFINE_FINAL_TYPE (PurserTestBar, purser_test_bar, GTK_TYPE_WIDGET)

static void
purser_test_bar_snapshot (GtkWidget   *widget,
                          GtkSnapshot *snapshot)
{
  PurserTestBar *self = PURSER_TEST_BAR (widget);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  float width = gtk_widget_get_width (widget);
  float y = (gtk_widget_get_height (widget) - HEIGHT) / 2.0f;
  float done = width * self->share;
  GdkRGBA track, color;

  purser_test_ink (widget, TRACK_ALPHA, &track);
  if (self->series >= 0)
    purser_palette_color (self->series, purser_test_is_dark (), &color);
  else
    purser_test_ink (widget, OWN_ALPHA, &color);
  purser_test_fill (snapshot, 0, y, width, HEIGHT, HEIGHT / 2.0f, &track);
  if (done >= 1)
    purser_test_fill (snapshot, rtl ? width - done : 0, y, done, HEIGHT, MIN (done, HEIGHT) / 2.0f, &color);
  if (self->tick < 0)
    return;
  purser_test_ink (widget, 1, &color);
  gtk_snapshot_append_color (snapshot, &color,
                             &GRAPHENE_RECT_INIT ((rtl ? 1 - self->tick : self->tick) * (width - TICK_WIDTH),
                                                  y - TICK_OVER, TICK_WIDTH, HEIGHT + 2 * TICK_OVER));
}

static void
purser_test_bar_measure (GtkWidget      *widget,
                         GtkOrientation  orientation,
                         int             for_size,
                         int            *minimum,
                         int            *natural,
                         int            *minimum_baseline,
                         int            *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 40 : HEIGHT + 2 * TICK_OVER;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 200 : HEIGHT + 2 * TICK_OVER;
}

static void
purser_test_bar_class_init (PurserTestBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = purser_test_bar_snapshot;
  widget_class->measure = purser_test_bar_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PROGRESS_BAR);
}

static void
purser_test_bar_init (PurserTestBar *self)
{
  self->series = -1;
  self->tick = -1;
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
purser_test_bar_new (int series)
{
  PurserTestBar *self = g_object_new (PURSER_TYPE_TEST_BAR, NULL);

  self->series = series;
  return GTK_WIDGET (self);
}

void
purser_test_bar_set_series (PurserTestBar *self,
                            int            series)
{
  self->series = series;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * purser_test_bar_set_share:
 * @self: the bar
 * @share: how much of it is filled, 0 to 1
 * @words: what that means, for a screen reader
 */
void
purser_test_bar_set_share (PurserTestBar *self,
                           double         share,
                           const char    *words)
{
  self->share = CLAMP (share, 0, 1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, 1.0, GTK_ACCESSIBLE_PROPERTY_VALUE_NOW,
                                  self->share, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, words, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
purser_test_bar_set_tick (PurserTestBar *self,
                          double         share)
{
  self->tick = share < 0 ? -1 : MIN (share, 1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
