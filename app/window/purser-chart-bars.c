/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-chart-bars-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

G_DEFINE_FINAL_TYPE (PurserChartBars, purser_chart_bars, GTK_TYPE_WIDGET)

enum { PROP_COMPACT = 1 };
static guint mark_activated;

#define BAR_SHARE .72f
#define BAR_MAX 44
#define HEIGHT 284
#define HEIGHT_COMPACT 238

static void
clear_marks (PurserChartBars *self)
{
  self->current = NULL;
  self->shown = NULL;
  gtk_widget_set_child_visible (self->tip, FALSE);
  g_ptr_array_set_size (self->marks, 0);
}

static char *
mark_label (PurserCosts *costs,
            guint        bucket,
            guint        series)
{
  g_autofree char *when = purser_costs_bucket_name (costs, bucket);
  g_autofree char *amount = purser_costs_format (costs, purser_costs_value (costs, bucket, series));

  if (purser_costs_get_measure (costs) == PURSER_MEASURE_TOKENS)
    /* Translators: a part of a chart: day, name, number of tokens. */
    return g_strdup_printf (_("%s, %s: %s tokens"), when, purser_costs_series_name (costs, series), amount);
  /* Translators: a part of a chart: day, name, amount of money. */
  return g_strdup_printf (_("%s, %s: %s"), when, purser_costs_series_name (costs, series), amount);
}

static void
add_mark (PurserChartBars *self,
          guint            bucket,
          guint            series,
          gboolean         top)
{
  PurserBucket days = purser_costs_get_bucket (self->costs, bucket);
  gint32 today = purser_costs_get_today (self->costs);
  g_autofree char *label = mark_label (self->costs, bucket, series);
  GtkWidget *mark =
      purser_chart_mark_new (bucket, series, purser_costs_series_paint (self->costs, series),
                             days.first <= today && today <= days.last ? PURSER_PAINT_UNENDED : PURSER_PAINT_FULL, top,
                             label);

  gtk_widget_insert_before (mark, GTK_WIDGET (self), self->tip);
  g_ptr_array_add (self->marks, mark);
}

static void
make_marks (PurserChartBars *self)
{
  clear_marks (self);
  if (self->costs == NULL)
    return;
  for (guint bucket = 0; bucket < purser_costs_n_buckets (self->costs); bucket++)
    {
      guint highest = 0;

      for (guint series = 0; series < purser_costs_n_series (self->costs); series++)
        if (purser_costs_value (self->costs, bucket, series) > 0)
          highest = series;
      for (guint series = 0; series < purser_costs_n_series (self->costs); series++)
        if (purser_costs_value (self->costs, bucket, series) > 0)
          add_mark (self, bucket, series, series == highest);
    }
  if (self->marks->len > 0)
    self->current = g_ptr_array_index (self->marks, 0);
}

/* --- layout --- */

static void
allocate_mark (PurserChartBars *self,
               GtkWidget       *mark,
               double          *below)
{
  guint bucket = purser_chart_bars_bucket_of (mark);
  double value = purser_costs_value (self->costs, bucket, purser_chart_bars_series_of (mark));
  float slot = purser_chart_axis_slot (&self->axis, purser_costs_n_buckets (self->costs));
  float width = MAX (MIN (floorf (slot * BAR_SHARE), BAR_MAX), 1);
  float x = self->axis.left + slot * bucket + (slot - width) / 2;
  int low = (int) roundf (purser_chart_axis_y (&self->axis, *below));
  int high = (int) roundf (purser_chart_axis_y (&self->axis, *below + value));
  int gap = *below > 0 && low - high > 2 ? 1 : 0;
  GtkAllocation rect = { (int) roundf (purser_chart_axis_x (&self->axis, x, width)), MIN (high, low - 1), (int) width,
                         MAX (low - gap - high, 1) };

  gtk_widget_size_allocate (mark, &rect, -1);
  *below += value;
}

static void
allocate_tip (PurserChartBars *self,
              int              width,
              int              height)
{
  graphene_rect_t mark;
  GtkRequisition size;
  GtkAllocation rect;

  gtk_widget_get_preferred_size (self->tip, &size, NULL);
  if (self->shown == NULL || !gtk_widget_compute_bounds (self->shown, GTK_WIDGET (self), &mark))
    mark = GRAPHENE_RECT_INIT (0, 0, 0, 0);
  gtk_widget_measure (self->tip, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &rect.width, NULL, NULL);
  rect.width = MIN (MAX (rect.width, size.width), width);
  gtk_widget_measure (self->tip, GTK_ORIENTATION_VERTICAL, rect.width, &rect.height, NULL, NULL, NULL);
  rect.x = CLAMP ((int) (mark.origin.x + mark.size.width / 2) - rect.width / 2, 0, MAX (width - rect.width, 0));
  rect.y = MAX ((int) mark.origin.y - rect.height - 6, 0);
  if (rect.y + rect.height > mark.origin.y && mark.origin.x > rect.width + 8)
    rect.x = (int) mark.origin.x - rect.width - 6; /* no room above: beside it */
  gtk_widget_size_allocate (self->tip, &rect, -1);
}

static void
purser_chart_bars_size_allocate (GtkWidget *widget,
                                 int        width,
                                 int        height,
                                 int        baseline)
{
  PurserChartBars *self = PURSER_CHART_BARS (widget);
  guint bucket = G_MAXUINT;
  double below = 0;

  if (self->costs == NULL)
    return;
  purser_chart_axis_init (&self->axis, widget, self->costs, width, height, self->compact);
  for (guint i = 0; i < self->marks->len; i++)
    {
      GtkWidget *mark = g_ptr_array_index (self->marks, i);

      if (purser_chart_bars_bucket_of (mark) != bucket)
        below = 0;
      bucket = purser_chart_bars_bucket_of (mark);
      allocate_mark (self, mark, &below);
    }
  allocate_tip (self, width, height);
}

static void
purser_chart_bars_measure (GtkWidget      *widget,
                           GtkOrientation  orientation,
                           int             for_size,
                           int            *minimum,
                           int            *natural,
                           int            *minimum_baseline,
                           int            *natural_baseline)
{
  PurserChartBars *self = PURSER_CHART_BARS (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 200;
      *natural = 600;
    }
  else
    *minimum = *natural = self->compact ? HEIGHT_COMPACT : HEIGHT;
}

static void
purser_chart_bars_snapshot (GtkWidget   *widget,
                            GtkSnapshot *snapshot)
{
  PurserChartBars *self = PURSER_CHART_BARS (widget);

  if (self->costs != NULL)
    purser_chart_axis_snapshot (&self->axis, widget, self->costs, snapshot);
  for (guint i = 0; i < self->marks->len; i++)
    gtk_widget_snapshot_child (widget, g_ptr_array_index (self->marks, i), snapshot);
  if (self->shown != NULL)
    gtk_widget_snapshot_child (widget, self->tip, snapshot);
}

/* Marks keep what they drew until told otherwise. */
static void
style_changed_cb (PurserChartBars *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
  for (guint i = 0; i < self->marks->len; i++)
    gtk_widget_queue_draw (g_ptr_array_index (self->marks, i));
}

static void
purser_chart_bars_set_property (GObject      *object,
                                guint         id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  if (id == PROP_COMPACT)
    purser_chart_bars_set_compact (PURSER_CHART_BARS (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
purser_chart_bars_get_property (GObject    *object,
                                guint       id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  if (id == PROP_COMPACT)
    g_value_set_boolean (value, PURSER_CHART_BARS (object)->compact);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
purser_chart_bars_dispose (GObject *object)
{
  PurserChartBars *self = PURSER_CHART_BARS (object);

  if (self->tip != NULL)
    clear_marks (self);
  g_clear_pointer (&self->tip, gtk_widget_unparent);
  g_clear_object (&self->costs);
  G_OBJECT_CLASS (purser_chart_bars_parent_class)->dispose (object);
}

static void
purser_chart_bars_finalize (GObject *object)
{
  g_ptr_array_unref (PURSER_CHART_BARS (object)->marks);
  G_OBJECT_CLASS (purser_chart_bars_parent_class)->finalize (object);
}

static void
purser_chart_bars_class_init (PurserChartBarsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = purser_chart_bars_get_property;
  object_class->set_property = purser_chart_bars_set_property;
  object_class->dispose = purser_chart_bars_dispose;
  object_class->finalize = purser_chart_bars_finalize;
  widget_class->size_allocate = purser_chart_bars_size_allocate;
  widget_class->measure = purser_chart_bars_measure;
  widget_class->snapshot = purser_chart_bars_snapshot;
  g_object_class_install_property (object_class, PROP_COMPACT,
                                   g_param_spec_boolean ("compact", NULL, NULL, FALSE,
                                                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  mark_activated = g_signal_new ("mark-activated", PURSER_TYPE_CHART_BARS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
  gtk_widget_class_set_css_name (widget_class, "chart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
  purser_chart_bars_install_input (widget_class);
}

static void
purser_chart_bars_init (PurserChartBars *self)
{
  self->marks = g_ptr_array_new_with_free_func ((GDestroyNotify) gtk_widget_unparent);
  self->tip = g_object_new (GTK_TYPE_LABEL, "wrap", TRUE, "max-width-chars", 40, "justify", GTK_JUSTIFY_CENTER,
                            "css-classes", (const char *[]) { "chart-tip", "caption", NULL },
                            "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, "can-target", FALSE, NULL);
  gtk_widget_set_parent (self->tip, GTK_WIDGET (self));
  gtk_widget_set_child_visible (self->tip, FALSE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_VISIBLE);
  purser_chart_bars_add_pointer (self);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (style_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::high-contrast", G_CALLBACK (style_changed_cb),
                           self, G_CONNECT_SWAPPED);
}

GtkWidget *
purser_chart_bars_new (void)
{
  return g_object_new (PURSER_TYPE_CHART_BARS, NULL);
}

void
purser_chart_bars_activate (PurserChartBars *self,
                            GtkWidget       *mark)
{
  g_signal_emit (self, mark_activated, 0, purser_chart_bars_bucket_of (mark), purser_chart_bars_series_of (mark));
}

/**
 * purser_chart_bars_set_costs:
 * @self: the chart
 * @costs: (nullable): what to show
 */
void
purser_chart_bars_set_costs (PurserChartBars *self,
                             PurserCosts     *costs)
{
  g_autofree char *summary = costs != NULL ? purser_costs_summary (costs) : g_strdup ("");
  const char *label = costs != NULL && purser_costs_get_measure (costs) == PURSER_MEASURE_TOKENS ? _("Tokens over time")
                                                                                                : _("Cost over time");

  gboolean focused = gtk_widget_get_focus_child (GTK_WIDGET (self)) != NULL && self->current != NULL;
  guint bucket = self->current != NULL ? purser_chart_bars_bucket_of (self->current) : 0;
  guint series = self->current != NULL ? purser_chart_bars_series_of (self->current) : 0;
  GtkWidget *again;

  g_set_object (&self->costs, costs);
  make_marks (self);
  again = purser_chart_bars_mark_in (self, bucket, series);
  if (again != NULL)
    self->current = again;
  if (focused && self->current != NULL)
    gtk_widget_grab_focus (self->current); /* new figures must not throw the reader out */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, summary, -1);
  gtk_widget_queue_resize (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

PurserCosts *
purser_chart_bars_get_costs (PurserChartBars *self)
{
  return self->costs;
}

void
purser_chart_bars_set_compact (PurserChartBars *self,
                               gboolean         compact)
{
  if (self->compact == compact)
    return;
  self->compact = compact;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
