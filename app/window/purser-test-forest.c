/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-test-forest.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "purser-format.h"
#include "purser-palette.h"
#include "purser-test-draw.h"

/* Heights at unit 1, in px. */
#define ROW 48          /* a model: a line of words, then its interval */
#define WORDS 11        /* middle of the words in it */
#define INTERVAL 32     /* middle of the interval in it */
#define AXIS 22         /* the ticks' labels */
#define GAP 16          /* before the difference */
#define BAND 26         /* the allowed band */
#define NOTE 24         /* the words under it */
#define INSET 20        /* so that the ends' labels fit */
#define BADGE 20
#define MIN_SPAN 0.20   /* shares that the scale of rates spans at least */
#define MIN_REACH 0.10  /* the difference's scale reaches at least so far */

typedef struct
{
  char  *title; /* (owned) */
  double rate, low, high;
} Row;

struct _PurserTestForest
{
  PurserTestPlot parent_instance;

  GArray        *rows;       /* (owned) (element-type Row) */
  double         difference, difference_low, difference_high; /* NAN: none */
  double         margin;
  double         from, to;   /* the scale of rates */
  double         reach;      /* the scale of the difference: −reach to +reach */
};

G_DEFINE_FINAL_TYPE (PurserTestForest, purser_test_forest, PURSER_TYPE_TEST_PLOT)

static void
row_clear (gpointer data)
{
  g_free (((Row *) data)->title);
}

/* "−0.8 points", with a true minus */
static char *
format_points (double difference)
{
  double points = fabs (difference) * 100;

  if (points < 0.05)
    return g_strdup (_("0 points"));
  return g_strdup_printf (difference < 0 ? _("−%.1f points") : _("+%.1f points"), points);
}

static char *
format_signed (double difference,
               int    digits)
{
  double points = fabs (difference) * 100;

  return g_strdup_printf ("%s%.*f", points < 0.05 ? "" : difference < 0 ? "−" : "+", digits, points);
}

static float
x_of (double value,
      double from,
      double to,
      float  width)
{
  return INSET + (float) ((CLAMP (value, from, to) - from) / (to - from)) * (width - 2 * INSET);
}

/* --- drawing --- */

static void
draw_interval (PurserTestForest *self,
               GtkSnapshot      *snapshot,
               float             low,
               float             middle,
               float             high,
               float             y,
               gboolean          diamond,
               const GdkRGBA    *color)
{
  g_autoptr (GskPathBuilder) builder = gsk_path_builder_new ();
  g_autoptr (GskPath) path = NULL;

  purser_test_fill (snapshot, low, y - 1.5f, MAX (high - low, 3), 3, 1.5f, color);
  if (diamond)
    {
      gsk_path_builder_move_to (builder, middle - 7, y);
      gsk_path_builder_line_to (builder, middle, y - 7);
      gsk_path_builder_line_to (builder, middle + 7, y);
      gsk_path_builder_line_to (builder, middle, y + 7);
      gsk_path_builder_close (builder);
    }
  else
    {
      gsk_path_builder_add_circle (builder, &GRAPHENE_POINT_INIT (middle, y), 5.5f);
    }
  path = gsk_path_builder_to_path (builder);
  gtk_snapshot_append_fill (snapshot, path, GSK_FILL_RULE_WINDING, color);
}

/* A ruler only around the interval, so that the numbers keep the eye. */
static void
draw_ruler (PurserTestForest *self,
            GtkSnapshot      *snapshot,
            double            from,
            double            to,
            double            step,
            float             width,
            float             y,
            float             half)
{
  GdkRGBA faint;

  purser_test_ink (GTK_WIDGET (self), 0.13f, &faint);
  gtk_snapshot_append_color (snapshot, &faint, &GRAPHENE_RECT_INIT (INSET, roundf (y), width - 2 * INSET, 1));
  for (double value = from; value <= to + step / 100; value += step)
    gtk_snapshot_append_color (snapshot, &faint,
                               &GRAPHENE_RECT_INIT (roundf (x_of (value, from, to, width)), y - half, 1, 2 * half));
}

static double
pick_step (double span)
{
  static const double steps[] = { 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1 };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (span / steps[i] <= 5.01)
      return steps[i];
  return 1;
}

/* The words over an interval: badge and name, then the figure and its range, which keep their room. */
static void
draw_words (PurserTestForest *self,
            GtkSnapshot      *snapshot,
            int               series,
            const char       *title,
            const char       *figure,
            const char       *range,
            float             width,
            float             y)
{
  GtkWidget *widget = GTK_WIDGET (self);
  float unit = purser_test_unit (widget);
  float left = 0;
  float range_width = purser_test_text_width (widget, PURSER_TEST_TEXT_SMALL, range);
  float figure_width = purser_test_text_width (widget, PURSER_TEST_TEXT_BOLD, figure);

  if (series >= 0)
    {
      purser_test_draw_badge (widget, snapshot, series, 0, y, BADGE * unit);
      left = (BADGE + 8) * unit;
    }
  purser_test_draw_text (widget, snapshot, PURSER_TEST_TEXT_SMALL, range, width, y, 1, 0);
  purser_test_draw_text (widget, snapshot, PURSER_TEST_TEXT_BOLD, figure, width - range_width - 12, y, 1, 0);
  purser_test_draw_text (widget, snapshot, series >= 0 ? PURSER_TEST_TEXT : PURSER_TEST_TEXT_BOLD, title, left, y, 0,
                         MAX (width - range_width - figure_width - 24 - left, 20));
}

static void
draw_row (PurserTestForest *self,
          GtkSnapshot      *snapshot,
          guint             i,
          float             width,
          float             unit)
{
  const Row *row = &g_array_index (self->rows, Row, i);
  float top = i * ROW * unit;
  g_autofree char *figure = purser_format_percent (row->rate);
  /* Translators: a range of percentages, "87.0 to 94.2". */
  g_autofree char *range = g_strdup_printf (_("%.1f to %.1f"), row->low * 100, row->high * 100);
  GdkRGBA color;

  draw_words (self, snapshot, i, row->title, figure, range, width, top + WORDS * unit);
  draw_ruler (self, snapshot, self->from, self->to, pick_step (self->to - self->from), width, top + INTERVAL * unit, 8);
  purser_palette_color (i, purser_test_is_dark (), &color);
  draw_interval (self, snapshot, x_of (row->low, self->from, self->to, width),
                 x_of (row->rate, self->from, self->to, width), x_of (row->high, self->from, self->to, width),
                 top + INTERVAL * unit, FALSE, &color);
}

static void
draw_rate_axis (PurserTestForest *self,
                GtkSnapshot      *snapshot,
                float             width,
                float             y)
{
  double step = pick_step (self->to - self->from);

  for (double value = self->from; value <= self->to + step / 100; value += step)
    {
      g_autofree char *text = g_strdup_printf (_("%.0f%%"), value * 100);

      purser_test_draw_text (GTK_WIDGET (self), snapshot, PURSER_TEST_TEXT_SMALL, text,
                             x_of (value, self->from, self->to, width), y, 0.5f, 0);
    }
}

/* The long title where it fits. */
static const char *
difference_title (PurserTestForest *self,
                  const char       *figure,
                  const char       *range,
                  float             width)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const char *title = _("Difference, B minus A");
  float needed = purser_test_text_width (widget, PURSER_TEST_TEXT_BOLD, title)
                 + purser_test_text_width (widget, PURSER_TEST_TEXT_BOLD, figure)
                 + purser_test_text_width (widget, PURSER_TEST_TEXT_SMALL, range);

  return needed + 24 <= width ? title : _("Difference");
}

static void
draw_difference (PurserTestForest *self,
                 GtkSnapshot      *snapshot,
                 float             width,
                 float             top,
                 float             unit)
{
  GtkWidget *widget = GTK_WIDGET (self);
  float y = top + (INTERVAL + 2) * unit;
  float low = x_of (-self->margin, -self->reach, self->reach, width);
  float high = x_of (self->margin, -self->reach, self->reach, width);
  float zero = x_of (0, -self->reach, self->reach, width);
  double step = self->reach / 2; /* zero is always a tick */
  g_autofree char *figure = format_points (self->difference);
  g_autofree char *from = format_signed (self->difference_low, 1);
  g_autofree char *to = format_signed (self->difference_high, 1);
  /* Translators: a range of points, "−3.9 to +2.1". */
  g_autofree char *range = g_strdup_printf (_("%s to %s"), from, to);
  g_autofree char *note = g_strdup_printf (_("shaded: the %.0f points you allow"), self->margin * 100);
  GdkRGBA color;

  draw_words (self, snapshot, -1, difference_title (self, figure, range, width), figure, range, width,
              top + WORDS * unit);
  purser_test_ink (widget, purser_test_is_dark () ? 0.15f : 0.085f, &color);
  purser_test_fill (snapshot, low, y - BAND / 2.0f, high - low, BAND, 5, &color);
  draw_ruler (self, snapshot, -self->reach, self->reach, step, width, y, 8);
  purser_test_ink (widget, 0.5f, &color);
  gtk_snapshot_append_color (snapshot, &color, &GRAPHENE_RECT_INIT (roundf (zero), y - BAND / 2.0f, 1, BAND));
  purser_test_ink (widget, 1, &color);
  draw_interval (self, snapshot, x_of (self->difference_low, -self->reach, self->reach, width),
                 x_of (self->difference, -self->reach, self->reach, width),
                 x_of (self->difference_high, -self->reach, self->reach, width), y, TRUE, &color);
  for (double value = -self->reach; value <= self->reach + step / 100; value += step)
    {
      g_autofree char *text = format_signed (value, 0);

      purser_test_draw_text (widget, snapshot, PURSER_TEST_TEXT_SMALL, text,
                             x_of (value, -self->reach, self->reach, width), y + (BAND / 2.0f + 11) * unit, 0.5f, 0);
    }
  purser_test_draw_text (widget, snapshot, PURSER_TEST_TEXT_SMALL, note, (low + high) / 2,
                         y + (BAND / 2.0f + 31) * unit, 0.5f, width);
}

static float
difference_top (PurserTestForest *self,
                float             unit)
{
  return (self->rows->len * ROW + AXIS + GAP) * unit;
}

static void
purser_test_forest_draw (PurserTestPlot *plot,
                         GtkSnapshot    *snapshot,
                         float           width,
                         float           height)
{
  PurserTestForest *self = PURSER_TEST_FOREST (plot);
  float unit = purser_test_unit (GTK_WIDGET (self));

  for (guint i = 0; i < self->rows->len; i++)
    draw_row (self, snapshot, i, width, unit);
  draw_rate_axis (self, snapshot, width, (self->rows->len * ROW + AXIS / 2.0f) * unit);
  if (!isnan (self->difference))
    draw_difference (self, snapshot, width, difference_top (self, unit), unit);
}

static float
purser_test_forest_height (PurserTestPlot *plot)
{
  PurserTestForest *self = PURSER_TEST_FOREST (plot);
  float unit = purser_test_unit (GTK_WIDGET (self));

  if (isnan (self->difference))
    return (self->rows->len * ROW + AXIS) * unit;
  return difference_top (self, unit) + (INTERVAL + 2 + BAND / 2.0f + NOTE + 18) * unit;
}

static void
purser_test_forest_place (PurserTestPlot  *plot,
                          guint            i,
                          float            width,
                          float            height,
                          graphene_rect_t *area)
{
  PurserTestForest *self = PURSER_TEST_FOREST (plot);
  float unit = purser_test_unit (GTK_WIDGET (self));

  if (i < self->rows->len)
    *area = GRAPHENE_RECT_INIT (0, i * ROW * unit, width, (ROW - 4) * unit);
  else
    *area = GRAPHENE_RECT_INIT (0, difference_top (self, unit), width, (ROW + 4) * unit);
}

static void
purser_test_forest_finalize (GObject *object)
{
  g_array_unref (PURSER_TEST_FOREST (object)->rows);
  G_OBJECT_CLASS (purser_test_forest_parent_class)->finalize (object);
}

static void
purser_test_forest_class_init (PurserTestForestClass *klass)
{
  PurserTestPlotClass *plot_class = PURSER_TEST_PLOT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = purser_test_forest_finalize;
  plot_class->draw = purser_test_forest_draw;
  plot_class->height = purser_test_forest_height;
  plot_class->place = purser_test_forest_place;
}

static void
purser_test_forest_init (PurserTestForest *self)
{
  self->rows = g_array_new (FALSE, TRUE, sizeof (Row));
  g_array_set_clear_func (self->rows, row_clear);
  self->difference = NAN;
  self->to = 1;
  self->reach = MIN_REACH;
}

/* Round ends that hold every interval: the rates' down to the next 5 points, the difference's up to the next 5. */
static void
pick_scales (PurserTestForest *self)
{
  static const double reaches[] = { MIN_REACH, 0.2, 0.3, 0.4, 0.6, 0.8, 1 };
  double low = 1;
  double high = 0;
  double far;

  for (guint i = 0; i < self->rows->len; i++)
    {
      low = MIN (low, g_array_index (self->rows, Row, i).low);
      high = MAX (high, g_array_index (self->rows, Row, i).high);
    }
  self->to = MIN (1, ceil (high * 20 - 1e-9) / 20);
  self->from = MAX (0, MIN (floor (low * 20 + 1e-9) / 20, self->to - MIN_SPAN));
  if (self->to - self->from > 0.5)
    {
      self->from = 0;
      self->to = 1;
    }
  if (isnan (self->difference))
    return;
  far = MAX (fabs (self->difference_low), fabs (self->difference_high));
  far = MAX (far, self->margin);
  self->reach = 1;
  for (guint i = G_N_ELEMENTS (reaches); i-- > 0;)
    if (far <= reaches[i])
      self->reach = reaches[i];
}

static void
add_marks (PurserTestForest *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = &g_array_index (self->rows, Row, i);
      g_autofree char *letter = purser_test_letter (i);
      /* Translators: read aloud: letter, model, then percentages. */
      g_autofree char *words = g_strdup_printf (_("%s, %s: %.1f%% passed, likely between %.1f%% and %.1f%%"), letter,
                                                row->title, row->rate * 100, row->low * 100, row->high * 100);

      purser_test_plot_add_mark (PURSER_TEST_PLOT (self), words);
    }
  if (!isnan (self->difference))
    {
      g_autofree char *figure = format_points (self->difference);
      g_autofree char *from = format_signed (self->difference_low, 1);
      g_autofree char *to = format_signed (self->difference_high, 1);
      g_autofree char *words = g_strdup_printf (_("Difference, B minus A: %s, likely between %s and %s. "
                                                  "You allow %.0f points."),
                                                figure, from, to, self->margin * 100);

      purser_test_plot_add_mark (PURSER_TEST_PLOT (self), words);
    }
}

/**
 * purser_test_forest_show:
 * @self: the plot
 * @outcome: a quality test's outcome
 * @titles: (array zero-terminated=1): what its models are called
 * @margin: the difference one allows, 0.05 for 5 points
 */
void
purser_test_forest_show (PurserTestForest         *self,
                         const PurserTrialOutcome *outcome,
                         const char *const        *titles,
                         double                    margin)
{
  g_array_set_size (self->rows, 0);
  for (guint i = 0; i < outcome->models->len; i++)
    {
      const PurserTrialModel *model = outcome->models->pdata[i];
      Row row = { g_strdup (titles[i]), model->rate, model->low, model->high };

      g_array_append_val (self->rows, row);
    }
  self->difference = outcome->models->len > 1 ? outcome->difference : NAN;
  self->difference_low = outcome->difference_low;
  self->difference_high = outcome->difference_high;
  self->margin = margin;
  pick_scales (self);
  purser_test_plot_clear (PURSER_TEST_PLOT (self));
  add_marks (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Passed"),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  _("Share of cases each model passed, with the range it is likely in"), -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
