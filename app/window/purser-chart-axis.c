/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-chart-axis.h"

#include <glib/gi18n-lib.h>
#include <adwaita.h>
#include <math.h>
#include "purser-format.h"
#include "purser-period.h"
#include "purser-shown.h"

#define GRID_LINES 4
#define HEADROOM 1.03
#define GUTTER_END 14
#define GUTTER_TOP 24
#define GUTTER_LOW 24
#define TEXT_GAP 8

/**
 * purser_chart_axis_step:
 * @max: the highest value
 * @lines: about how many lines are wanted
 *
 * Returns: the distance of grid lines, 1, 2 or 5 times a power of ten, so that at most @lines + 1 reach past @max
 */
double
purser_chart_axis_step (double max,
                        guint  lines)
{
  double raw = MAX (max, 1e-9) / lines;
  double power = pow (10, floor (log10 (raw)));

  for (gsize i = 0; i < 3; i++)
    {
      double step = ((const double[]) { 1, 2, 5 })[i] * power;

      if (step >= raw * .999999)
        return step;
    }
  return 10 * power;
}

static PangoLayout *
make_text (GtkWidget  *widget,
           const char *text,
           gboolean    bold)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, text);
  PangoAttrList *attrs = pango_attr_list_new ();

  pango_attr_list_insert (attrs, pango_attr_scale_new (.78));
  pango_attr_list_insert (attrs, pango_attr_font_features_new ("tnum=1"));
  if (bold)
    pango_attr_list_insert (attrs, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  pango_layout_set_attributes (layout, attrs);
  pango_attr_list_unref (attrs);
  return layout;
}

static char *
value_text (PurserCosts *costs,
            double       value)
{
  if (value == 0)
    return g_strdup ("0");
  if (purser_costs_get_measure (costs) == PURSER_MEASURE_MONEY)
    return purser_format_cost_short (purser_costs_get_org (costs), (gint64) llround (value));
  return purser_format_tokens_short ((gint64) llround (value));
}

/* Grid lines stand at round amounts of the currency that is shown. */
static double
shown_factor (PurserCosts *costs)
{
  PurserShown shown = purser_shown_of (purser_costs_get_org (costs));

  return purser_costs_get_measure (costs) == PURSER_MEASURE_MONEY ? purser_shown_factor (&shown) : 1;
}

/**
 * purser_chart_axis_init:
 * @axis: (out): the frame
 * @widget: the chart, for its font and direction
 * @costs: what it shows
 * @width: of the widget
 * @height: of the widget
 * @compact: whether space is dear
 *
 * Lays out the plot: the gutter takes as much as the longest amount needs.
 */
void
purser_chart_axis_init (PurserChartAxis *axis,
                        GtkWidget       *widget,
                        PurserCosts     *costs,
                        int              width,
                        int              height,
                        gboolean         compact)
{
  double max = MAX (purser_costs_max (costs), 1), factor = shown_factor (costs);
  int widest = 0;

  *axis = (PurserChartAxis) { .width = width, .height = height, .right = compact ? 2 : GUTTER_END, .top = GUTTER_TOP,
                              .bottom = GUTTER_LOW, .compact = compact };
  axis->rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  axis->step = purser_chart_axis_step (max * factor, GRID_LINES) / factor;
  if (purser_costs_get_measure (costs) == PURSER_MEASURE_TOKENS)
    axis->step = MAX (axis->step, 1);
  axis->high = MAX (max * HEADROOM, axis->step);
  for (double value = 0; value <= axis->high * 1.000001; value += axis->step)
    {
      g_autofree char *text = value_text (costs, value);
      g_autoptr (PangoLayout) layout = make_text (widget, text, FALSE);
      int text_width;

      pango_layout_get_pixel_size (layout, &text_width, NULL);
      widest = MAX (widest, text_width);
    }
  axis->left = widest + TEXT_GAP;
}

float
purser_chart_axis_x (const PurserChartAxis *axis,
                     float                  x,
                     float                  width)
{
  return axis->rtl ? axis->width - x - width : x;
}

float
purser_chart_axis_slot (const PurserChartAxis *axis,
                        guint                  n)
{
  return MAX (axis->width - axis->left - axis->right, 1) / MAX (n, 1);
}

float
purser_chart_axis_y (const PurserChartAxis *axis,
                     double                 value)
{
  return axis->height - axis->bottom - (axis->height - axis->bottom - axis->top) * (float) (value / axis->high);
}

static void
draw_text (const PurserChartAxis *axis,
           GtkSnapshot           *snapshot,
           PangoLayout           *layout,
           float                  x,
           float                  y,
           const GdkRGBA         *color)
{
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (roundf (purser_chart_axis_x (axis, x, width)), roundf (y)));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
draw_grid (const PurserChartAxis *axis,
           GtkWidget             *widget,
           PurserCosts           *costs,
           GtkSnapshot           *snapshot,
           const GdkRGBA         *color)
{
  float plot = axis->width - axis->left - axis->right;
  GdkRGBA grid = *color, base = *color, words = *color;
  gboolean contrast = adw_style_manager_get_high_contrast (adw_style_manager_get_default ());

  grid.alpha *= contrast ? .5f : .1f;
  base.alpha *= contrast ? 1 : .32f;
  words.alpha *= contrast ? 1 : .68f;
  for (double value = 0; value <= axis->high * 1.000001; value += axis->step)
    {
      g_autofree char *text = value_text (costs, value);
      g_autoptr (PangoLayout) layout = make_text (widget, text, FALSE);
      float y = roundf (purser_chart_axis_y (axis, value));
      int width, height;

      pango_layout_get_pixel_size (layout, &width, &height);
      gtk_snapshot_append_color (snapshot, value == 0 ? &base : &grid,
                                 &GRAPHENE_RECT_INIT (purser_chart_axis_x (axis, axis->left, plot), y, plot, 1));
      draw_text (axis, snapshot, layout, axis->left - TEXT_GAP - width, y - height / 2.f, &words);
    }
}

static void
draw_weekends (const PurserChartAxis *axis,
               PurserCosts           *costs,
               GtkSnapshot           *snapshot,
               const GdkRGBA         *color)
{
  float slot = purser_chart_axis_slot (axis, purser_costs_n_buckets (costs));
  GdkRGBA shade = *color;

  if (purser_costs_get_unit (costs) != PURSER_BUCKET_DAY)
    return;
  shade.alpha *= .045f;
  for (guint i = 0; i < purser_costs_n_buckets (costs); i++)
    if (purser_period_weekday (purser_costs_get_bucket (costs, i).first) >= 5)
      {
        float x = purser_chart_axis_x (axis, axis->left + slot * i, slot);

        gtk_snapshot_append_color (snapshot, &shade,
                                   &GRAPHENE_RECT_INIT (x, axis->top - 4, slot,
                                                        axis->height - axis->bottom - axis->top + 4));
      }
}

/* Words under the bars, the wanted ones first; what would touch an earlier one is left out. */
typedef struct
{
  const PurserChartAxis *axis;
  GtkWidget             *widget;
  GtkSnapshot           *snapshot;
  GdkRGBA                color;
  GArray                *taken; /* (element-type float) pairs */
} Labels;

static void
put_label (Labels     *labels,
           float       center,
           const char *text,
           gboolean    bold)
{
  g_autoptr (PangoLayout) layout = make_text (labels->widget, text, bold);
  const PurserChartAxis *axis = labels->axis;
  GdkRGBA color = labels->color;
  float x, end;
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  x = CLAMP (center - width / 2.f, axis->left, MAX (axis->width - width, axis->left));
  end = x + width;
  for (guint i = 0; i + 1 < labels->taken->len; i += 2)
    if (x < g_array_index (labels->taken, float, i + 1) + TEXT_GAP
        && end + TEXT_GAP > g_array_index (labels->taken, float, i))
      return;
  g_array_append_val (labels->taken, x);
  g_array_append_val (labels->taken, end);
  if (!bold)
    color.alpha *= .68f;
  draw_text (axis, labels->snapshot, layout, x, axis->height - axis->bottom + 6, &color);
}

static char *
bucket_label (PurserCosts *costs,
              guint        i,
              gboolean     compact)
{
  gint32 day = purser_costs_get_bucket (costs, i).first;
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc ((gint64) day * 86400);

  if (purser_costs_get_unit (costs) == PURSER_BUCKET_YEAR)
    return g_date_time_format (date, "%Y");
  if (purser_costs_get_unit (costs) == PURSER_BUCKET_MONTH)
    return g_date_time_format (date, g_date_time_get_month (date) == 1 ? "%Y" : "%b");
  if (i == 0 || g_date_time_get_day_of_month (date) <= 7)
    /* Translators: a day on a chart's axis for g_date_time_format(): "2 Nov". */
    return g_date_time_format (date, _("%-d %b"));
  return g_date_time_format (date, "%-d");
}

static gboolean
wants_label (PurserCosts *costs,
             guint        i)
{
  gint32 day = purser_costs_get_bucket (costs, i).first;

  if (purser_costs_get_unit (costs) != PURSER_BUCKET_DAY || purser_costs_n_buckets (costs) <= 7)
    return TRUE;
  return purser_period_weekday (day) == purser_period_week_start ();
}

static void
draw_labels (const PurserChartAxis *axis,
             GtkWidget             *widget,
             PurserCosts           *costs,
             GtkSnapshot           *snapshot,
             const GdkRGBA         *color)
{
  float slot = purser_chart_axis_slot (axis, purser_costs_n_buckets (costs));
  g_autoptr (GArray) taken = g_array_new (FALSE, FALSE, sizeof (float));
  Labels labels = { axis, widget, snapshot, *color, taken };

  for (guint i = 0; i < purser_costs_n_buckets (costs); i++)
    {
      PurserBucket days = purser_costs_get_bucket (costs, i);

      if (purser_costs_get_unit (costs) == PURSER_BUCKET_DAY && days.first == purser_costs_get_today (costs))
        put_label (&labels, axis->left + slot * (i + .5f), _("Today"), TRUE);
    }
  for (guint i = 0; i < purser_costs_n_buckets (costs); i++)
    if (wants_label (costs, i))
      {
        g_autofree char *text = bucket_label (costs, i, axis->compact);

        put_label (&labels, axis->left + slot * (i + .5f), text, FALSE);
      }
}

/**
 * purser_chart_axis_snapshot:
 * @axis: the frame
 * @widget: the chart
 * @costs: what it shows
 * @snapshot: where to
 *
 * Draws all but the marks: little ink, so that these stand out.
 */
void
purser_chart_axis_snapshot (const PurserChartAxis *axis,
                            GtkWidget             *widget,
                            PurserCosts           *costs,
                            GtkSnapshot           *snapshot)
{
  GdkRGBA color;

  gtk_widget_get_color (widget, &color);
  draw_weekends (axis, costs, snapshot, &color);
  draw_grid (axis, widget, costs, snapshot, &color);
  draw_labels (axis, widget, costs, snapshot, &color);
}
