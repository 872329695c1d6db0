/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-test-strip.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "purser-format.h"
#include "purser-palette.h"
#include "purser-test-draw.h"

/* Sizes at unit 1, in px. */
#define ROW 38
#define AXIS 24
#define BADGE 18
#define LEFT 28
#define TICK_HEIGHT 14
#define TYPICAL_HEIGHT 22

typedef struct
{
  double *seconds; /* (owned) */
  guint   n;
  double  typical;
  char   *title;   /* (owned) */
} Row;

struct _PurserTestStrip
{
  PurserTestPlot parent_instance;

  GArray        *rows; /* (owned) (element-type Row) */
  double         top;  /* of the scale, seconds */
  double         step;
};

G_DEFINE_FINAL_TYPE (PurserTestStrip, purser_test_strip, PURSER_TYPE_TEST_PLOT)

static void
row_clear (gpointer data)
{
  g_free (((Row *) data)->seconds);
  g_free (((Row *) data)->title);
}

/* Times of one plot share one unit: seconds with two decimals where the scale is in seconds. */
static char *
format_typical (PurserTestStrip *self,
                double           typical)
{
  if (isnan (typical) || self->top < 1)
    return purser_format_seconds (typical);
  /* Translators: a duration in seconds; the space is a no-break space. */
  return g_strdup_printf (_("%.2f s"), typical);
}

static float
figures_width (PurserTestStrip *self)
{
  float widest = 0;

  for (guint i = 0; i < self->rows->len; i++)
    {
      g_autofree char *text = format_typical (self, g_array_index (self->rows, Row, i).typical);

      widest = MAX (widest, purser_test_text_width (GTK_WIDGET (self), PURSER_TEST_TEXT_BOLD, text));
    }
  return MAX (widest, purser_test_text_width (GTK_WIDGET (self), PURSER_TEST_TEXT_SMALL, _("typical"))) + 12;
}

static void
draw_row (PurserTestStrip *self,
          GtkSnapshot     *snapshot,
          guint            i,
          float            left,
          float            right,
          float            width,
          float            unit)
{
  const Row *row = &g_array_index (self->rows, Row, i);
  float y = (i + 0.5f) * ROW * unit;
  g_autofree char *text = format_typical (self, row->typical);
  GdkRGBA color, gap;

  purser_test_draw_badge (GTK_WIDGET (self), snapshot, i, 0, y, BADGE * unit);
  purser_test_draw_text (GTK_WIDGET (self), snapshot, PURSER_TEST_TEXT_BOLD, text, width, y, 1, 0);
  purser_palette_color (i, purser_test_is_dark (), &color);
  color.alpha = purser_test_is_dark () ? 0.4f : 0.3f;
  for (guint k = 0; k < row->n; k++)
    gtk_snapshot_append_color (snapshot, &color,
                               &GRAPHENE_RECT_INIT (left + (float) (row->seconds[k] / self->top) * (right - left)
                                                      - 0.75f,
                                                    y - TICK_HEIGHT * unit / 2, 1.5f, TICK_HEIGHT * unit));
  if (isnan (row->typical))
    return;
  color.alpha = 1;
  gdk_rgba_parse (&gap, purser_test_is_dark () ? "#363636" : "#ffffff");
  left += (float) (row->typical / self->top) * (right - left);
  gtk_snapshot_append_color (snapshot, &gap, &GRAPHENE_RECT_INIT (left - 3.75f, y - TYPICAL_HEIGHT * unit / 2, 7.5f,
                                                                  TYPICAL_HEIGHT * unit));
  purser_test_fill (snapshot, left - 1.75f, y - TYPICAL_HEIGHT * unit / 2, 3.5f, TYPICAL_HEIGHT * unit, 1.75f, &color);
}

static void
purser_test_strip_draw (PurserTestPlot *plot,
                        GtkSnapshot    *snapshot,
                        float           width,
                        float           height)
{
  PurserTestStrip *self = PURSER_TEST_STRIP (plot);
  float unit = purser_test_unit (GTK_WIDGET (self));
  float left = LEFT * unit;
  float right = width - figures_width (self);
  float bottom = self->rows->len * ROW * unit;
  float last = width - purser_test_text_width (GTK_WIDGET (self), PURSER_TEST_TEXT_SMALL, _("typical")) - 8;
  GdkRGBA faint;

  purser_test_ink (GTK_WIDGET (self), 0.13f, &faint);
  for (double value = 0; value <= self->top + self->step / 100; value += self->step)
    {
      float x = left + (float) (value / self->top) * (right - left);
      g_autofree char *text = value == 0 ? g_strdup (_("0 s")) : g_strdup_printf (_("%g s"), value);

      gtk_snapshot_append_color (snapshot, &faint, &GRAPHENE_RECT_INIT (roundf (x), 0, 1, bottom));
      if (x + purser_test_text_width (GTK_WIDGET (self), PURSER_TEST_TEXT_SMALL, text) / 2 > last)
        continue; /* it would touch the word beside it */
      purser_test_draw_text (GTK_WIDGET (self), snapshot, PURSER_TEST_TEXT_SMALL, text, x, bottom + AXIS * unit / 2,
                             0.5f, 0);
    }
  for (guint i = 0; i < self->rows->len; i++)
    draw_row (self, snapshot, i, left, right, width, unit);
  purser_test_draw_text (GTK_WIDGET (self), snapshot, PURSER_TEST_TEXT_SMALL, _("typical"), width,
                         bottom + AXIS * unit / 2, 1, 0);
}

static float
purser_test_strip_height (PurserTestPlot *plot)
{
  return (PURSER_TEST_STRIP (plot)->rows->len * ROW + AXIS) * purser_test_unit (GTK_WIDGET (plot));
}

static void
purser_test_strip_place (PurserTestPlot  *plot,
                         guint            i,
                         float            width,
                         float            height,
                         graphene_rect_t *area)
{
  float unit = purser_test_unit (GTK_WIDGET (plot));

  *area = GRAPHENE_RECT_INIT (0, (i * ROW + 4) * unit, width, (ROW - 8) * unit);
}

static void
purser_test_strip_finalize (GObject *object)
{
  g_array_unref (PURSER_TEST_STRIP (object)->rows);
  G_OBJECT_CLASS (purser_test_strip_parent_class)->finalize (object);
}

static void
purser_test_strip_class_init (PurserTestStripClass *klass)
{
  PurserTestPlotClass *plot_class = PURSER_TEST_PLOT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = purser_test_strip_finalize;
  plot_class->draw = purser_test_strip_draw;
  plot_class->height = purser_test_strip_height;
  plot_class->place = purser_test_strip_place;
}

static void
purser_test_strip_init (PurserTestStrip *self)
{
  self->rows = g_array_new (FALSE, TRUE, sizeof (Row));
  g_array_set_clear_func (self->rows, row_clear);
  self->top = self->step = 1;
}

/**
 * purser_test_strip_begin:
 * @self: the plot
 * @label: what it shows
 * @description: one sentence about it
 *
 * Empties the plot; purser_test_strip_add() then adds the models, purser_test_strip_end() ends.
 */
void
purser_test_strip_begin (PurserTestStrip *self,
                         const char      *label,
                         const char      *description)
{
  g_array_set_size (self->rows, 0);
  purser_test_plot_clear (PURSER_TEST_PLOT (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}

static void
add_mark (PurserTestStrip *self,
          const Row       *row,
          guint            i)
{
  g_autofree char *letter = purser_test_letter (i);
  g_autofree char *typical = purser_format_seconds (row->typical);
  g_autofree char *least = NULL;
  g_autofree char *most = NULL;
  g_autofree char *words = NULL;
  double low = INFINITY;
  double high = 0;

  for (guint k = 0; k < row->n; k++)
    {
      low = MIN (low, row->seconds[k]);
      high = MAX (high, row->seconds[k]);
    }
  least = purser_format_seconds (row->n > 0 ? low : NAN);
  most = purser_format_seconds (row->n > 0 ? high : NAN);
  if (row->n == 0)
    /* Translators: letter and model. */
    words = g_strdup_printf (_("%s, %s: not measured"), letter, row->title);
  else
    /* Translators: letter, model, three durations, a count. */
    words = g_strdup_printf (_("%s, %s: typically %s, from %s to %s in %u answers"), letter, row->title, typical, least,
                             most, row->n);
  purser_test_plot_add_mark (PURSER_TEST_PLOT (self), words);
}

/**
 * purser_test_strip_add:
 * @self: the plot
 * @title: the model
 * @seconds: (array length=n): its times
 * @n: how many
 * @typical: the typical one, NAN where it was not measured
 */
void
purser_test_strip_add (PurserTestStrip *self,
                       const char      *title,
                       const double    *seconds,
                       guint            n,
                       double           typical)
{
  Row row = { g_memdup2 (seconds, n * sizeof *seconds), n, typical, g_strdup (title) };

  g_array_append_val (self->rows, row);
  add_mark (self, &row, self->rows->len - 1);
}

/**
 * purser_test_strip_end:
 * @self: the plot
 *
 * All models were added: the scale is made to hold them.
 */
void
purser_test_strip_end (PurserTestStrip *self)
{
  double most = 0;
  double unit;

  for (guint i = 0; i < self->rows->len; i++)
    for (guint k = 0; k < g_array_index (self->rows, Row, i).n; k++)
      most = MAX (most, g_array_index (self->rows, Row, i).seconds[k]);
  if (most <= 0)
    most = 1;
  unit = pow (10, floor (log10 (most)));
  self->step = most / unit <= 1.5 ? unit / 2 : most / unit <= 3 ? unit : most / unit <= 6 ? 2 * unit : 5 * unit;
  self->top = ceil (most / self->step - 1e-9) * self->step;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
