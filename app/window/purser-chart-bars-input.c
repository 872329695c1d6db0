/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bar chart under a keyboard and under a pointer. */
#include "config.h"
#include "purser-chart-bars-private.h"

#include <math.h>

static GtkWidgetClass *parent_class;

void
purser_chart_bars_set_tip (PurserChartBars *self,
                           GtkWidget       *mark)
{
  if (self->shown == mark)
    return;
  self->shown = mark;
  if (mark != NULL)
    gtk_label_set_label (GTK_LABEL (self->tip), purser_chart_mark_get_label (PURSER_CHART_MARK (mark)));
  gtk_widget_set_child_visible (self->tip, mark != NULL);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

/* --- keyboard: one stop for Tab, arrows within --- */

static gboolean
purser_chart_bars_focus (GtkWidget        *widget,
                         GtkDirectionType  direction)
{
  PurserChartBars *self = PURSER_CHART_BARS (widget);

  if (self->current == NULL || gtk_widget_get_focus_child (widget) != NULL)
    return FALSE;
  return gtk_widget_grab_focus (self->current);
}

static gboolean
purser_chart_bars_grab_focus (GtkWidget *widget)
{
  PurserChartBars *self = PURSER_CHART_BARS (widget);

  return self->current != NULL && gtk_widget_grab_focus (self->current);
}

/* A page that was opened with a pointer has its focus somewhere, too: only who uses keys is told where. */
static gboolean
focus_is_seen (PurserChartBars *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return GTK_IS_WINDOW (root) && gtk_window_get_focus_visible (GTK_WINDOW (root));
}

static void
purser_chart_bars_set_focus_child (GtkWidget *widget,
                                   GtkWidget *child)
{
  PurserChartBars *self = PURSER_CHART_BARS (widget);

  parent_class->set_focus_child (widget, child);
  if (child != NULL && PURSER_IS_CHART_MARK (child))
    self->current = child;
  purser_chart_bars_set_tip (self,
                             child != NULL && PURSER_IS_CHART_MARK (child) && focus_is_seen (self) ? child : NULL);
}

/* The mark of BUCKET nearest to SERIES, or NULL where the bucket has none. */
GtkWidget *
purser_chart_bars_mark_in (PurserChartBars *self,
                           guint            bucket,
                           guint            series)
{
  GtkWidget *best = NULL;

  for (guint i = 0; i < self->marks->len; i++)
    {
      GtkWidget *mark = g_ptr_array_index (self->marks, i);

      if (purser_chart_bars_bucket_of (mark) == bucket
          && (best == NULL
              || ABS ((int) purser_chart_bars_series_of (mark) - (int) series)
                     < ABS ((int) purser_chart_bars_series_of (best) - (int) series)))
        best = mark;
    }
  return best;
}

static GtkWidget *
step_along (PurserChartBars *self,
            int              step)
{
  for (int bucket = (int) purser_chart_bars_bucket_of (self->current) + step;
       bucket >= 0 && bucket < (int) purser_costs_n_buckets (self->costs); bucket += step)
    {
      GtkWidget *mark = purser_chart_bars_mark_in (self, bucket, purser_chart_bars_series_of (self->current));

      if (mark != NULL)
        return mark;
    }
  return NULL;
}

static GtkWidget *
step_within (PurserChartBars *self,
             int              step)
{
  guint position;

  g_ptr_array_find (self->marks, self->current, &position);
  if ((int) position + step < 0 || position + step >= self->marks->len)
    return NULL;
  return purser_chart_bars_bucket_of (g_ptr_array_index (self->marks, position + step))
                 == purser_chart_bars_bucket_of (self->current)
             ? g_ptr_array_index (self->marks, position + step)
             : NULL;
}

static gboolean
move_cb (GtkWidget *widget,
         GVariant  *arguments,
         gpointer   user_data)
{
  PurserChartBars *self = PURSER_CHART_BARS (widget);
  guint key = g_variant_get_uint32 (arguments);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GtkWidget *mark = NULL;

  if (self->current == NULL)
    return FALSE;
  if (key == GDK_KEY_Home)
    mark = purser_chart_bars_mark_in (self, purser_chart_bars_bucket_of (g_ptr_array_index (self->marks, 0)),
                                      purser_chart_bars_series_of (self->current));
  else if (key == GDK_KEY_End)
    mark =
        purser_chart_bars_mark_in (self,
                                   purser_chart_bars_bucket_of (g_ptr_array_index (self->marks, self->marks->len - 1)),
                                   purser_chart_bars_series_of (self->current));
  else if (key == GDK_KEY_Left || key == GDK_KEY_Right)
    mark = step_along (self, (key == GDK_KEY_Right) != rtl ? 1 : -1);
  else
    mark = step_within (self, key == GDK_KEY_Up ? 1 : -1);
  if (mark == NULL)
    gtk_widget_error_bell (widget);
  else
    gtk_widget_grab_focus (mark);
  return TRUE;
}

static gboolean
activate_cb (GtkWidget *widget,
             GVariant  *arguments,
             gpointer   user_data)
{
  PurserChartBars *self = PURSER_CHART_BARS (widget);

  if (gtk_widget_get_focus_child (widget) == NULL)
    return FALSE;
  purser_chart_bars_activate (self, self->current);
  return TRUE;
}

static gboolean
leave_cb (GtkWidget *widget,
          GVariant  *arguments,
          gpointer   user_data)
{
  if (gtk_widget_get_focus_child (widget) == NULL)
    return FALSE;
  gtk_widget_child_focus (GTK_WIDGET (gtk_widget_get_root (widget)), GTK_DIR_TAB_FORWARD);
  if (gtk_widget_get_focus_child (widget) != NULL) /* nothing else takes the focus here */
    gtk_root_set_focus (gtk_widget_get_root (widget), NULL);
  return TRUE;
}

/* Sets what the class does with focus and keys. */
void
purser_chart_bars_install_input (GtkWidgetClass *klass)
{
  static const guint keys[] = { GDK_KEY_Left, GDK_KEY_Right, GDK_KEY_Up, GDK_KEY_Down, GDK_KEY_Home, GDK_KEY_End };
  static const guint keypad[] = { GDK_KEY_KP_Left, GDK_KEY_KP_Right, GDK_KEY_KP_Up,
                                  GDK_KEY_KP_Down, GDK_KEY_KP_Home,  GDK_KEY_KP_End };
  static const guint enter[] = { GDK_KEY_Return, GDK_KEY_KP_Enter, GDK_KEY_ISO_Enter, GDK_KEY_space };

  parent_class = GTK_WIDGET_CLASS (g_type_class_peek_parent (klass));
  klass->focus = purser_chart_bars_focus;
  klass->grab_focus = purser_chart_bars_grab_focus;
  klass->set_focus_child = purser_chart_bars_set_focus_child;
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      gtk_widget_class_add_binding (klass, keys[i], 0, move_cb, "u", keys[i]);
      gtk_widget_class_add_binding (klass, keypad[i], 0, move_cb, "u", keys[i]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (enter); i++)
    gtk_widget_class_add_binding (klass, enter[i], 0, activate_cb, NULL);
  gtk_widget_class_add_binding (klass, GDK_KEY_Escape, 0, leave_cb, NULL);
}

/* --- pointer --- */

/* The mark of the bar at X that is nearest to Y: small parts need no steady hand. */
static GtkWidget *
mark_at (PurserChartBars *self,
         double           x,
         double           y)
{
  GtkWidget *best = NULL;
  float slot, nearest = G_MAXFLOAT;
  int bucket;

  if (self->costs == NULL || self->marks->len == 0)
    return NULL;
  slot = purser_chart_axis_slot (&self->axis, purser_costs_n_buckets (self->costs));
  bucket = (int) floorf ((purser_chart_axis_x (&self->axis, (float) x, 0) - self->axis.left) / slot);
  for (guint i = 0; i < self->marks->len; i++)
    {
      GtkWidget *mark = g_ptr_array_index (self->marks, i);
      graphene_rect_t bounds;
      float distance;

      if ((int) purser_chart_bars_bucket_of (mark) != bucket
          || !gtk_widget_compute_bounds (mark, GTK_WIDGET (self), &bounds))
        continue;
      distance = MAX (MAX (bounds.origin.y - y, y - bounds.origin.y - bounds.size.height), 0);
      if (distance < nearest)
        {
          nearest = distance;
          best = mark;
        }
    }
  return best;
}

static void
motion_cb (PurserChartBars *self,
           double           x,
           double           y)
{
  purser_chart_bars_set_tip (self, mark_at (self, x, y));
}

static void
leave_pointer_cb (PurserChartBars *self)
{
  purser_chart_bars_set_tip (self, gtk_widget_get_focus_child (GTK_WIDGET (self)) != NULL && focus_is_seen (self)
                                       ? self->current
                                       : NULL);
}

static void
released_cb (PurserChartBars *self,
             int              n_press,
             double           x,
             double           y)
{
  GtkWidget *mark = mark_at (self, x, y);

  if (mark == NULL)
    return;
  gtk_widget_grab_focus (mark);
  purser_chart_bars_activate (self, mark);
}

void
purser_chart_bars_add_pointer (PurserChartBars *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect_swapped (motion, "enter", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (leave_pointer_cb), self);
  g_signal_connect_swapped (click, "released", G_CALLBACK (released_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}
