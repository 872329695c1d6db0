/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-test-bars.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "purser-palette.h"
#include "purser-test-draw.h"

#define ROW 30
#define BADGE 18
#define LEFT 28
#define BAR 10

typedef struct
{
  double value;
  char  *text; /* (owned) */
} Row;

struct _PurserTestBars
{
  PurserTestPlot parent_instance;
  GArray        *rows; /* (owned) (element-type Row) */
};

G_DEFINE_FINAL_TYPE (PurserTestBars, purser_test_bars, PURSER_TYPE_TEST_PLOT)

static void
row_clear (gpointer data)
{
  g_free (((Row *) data)->text);
}

static void
purser_test_bars_draw (PurserTestPlot *plot,
                       GtkSnapshot    *snapshot,
                       float           width,
                       float           height)
{
  PurserTestBars *self = PURSER_TEST_BARS (plot);
  float unit = purser_test_unit (GTK_WIDGET (self));
  float left = LEFT * unit;
  float right = width;
  double most = 0;

  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = &g_array_index (self->rows, Row, i);

      most = MAX (most, row->value);
      right = MIN (right, width - 12 - purser_test_text_width (GTK_WIDGET (self), PURSER_TEST_TEXT_BOLD, row->text));
    }
  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = &g_array_index (self->rows, Row, i);
      float y = (i + 0.5f) * ROW * unit;
      float length = most > 0 && row->value > 0 ? MAX ((float) (row->value / most) * (right - left), 2) : 0;
      GdkRGBA color;

      purser_test_draw_badge (GTK_WIDGET (self), snapshot, i, 0, y, BADGE * unit);
      purser_test_draw_text (GTK_WIDGET (self), snapshot, PURSER_TEST_TEXT_BOLD, row->text, width, y, 1, 0);
      purser_palette_color (i, purser_test_is_dark (), &color);
      if (length > 0)
        purser_test_fill (snapshot, left, y - BAR * unit / 2, length, BAR * unit, 3, &color);
    }
}

static float
purser_test_bars_height (PurserTestPlot *plot)
{
  return PURSER_TEST_BARS (plot)->rows->len * ROW * purser_test_unit (GTK_WIDGET (plot));
}

static void
purser_test_bars_place (PurserTestPlot  *plot,
                        guint            i,
                        float            width,
                        float            height,
                        graphene_rect_t *area)
{
  float unit = purser_test_unit (GTK_WIDGET (plot));

  *area = GRAPHENE_RECT_INIT (0, (i * ROW + 2) * unit, width, (ROW - 4) * unit);
}

static void
purser_test_bars_finalize (GObject *object)
{
  g_array_unref (PURSER_TEST_BARS (object)->rows);
  G_OBJECT_CLASS (purser_test_bars_parent_class)->finalize (object);
}

static void
purser_test_bars_class_init (PurserTestBarsClass *klass)
{
  PurserTestPlotClass *plot_class = PURSER_TEST_PLOT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = purser_test_bars_finalize;
  plot_class->draw = purser_test_bars_draw;
  plot_class->height = purser_test_bars_height;
  plot_class->place = purser_test_bars_place;
}

static void
purser_test_bars_init (PurserTestBars *self)
{
  self->rows = g_array_new (FALSE, TRUE, sizeof (Row));
  g_array_set_clear_func (self->rows, row_clear);
}

/**
 * purser_test_bars_begin:
 * @self: the plot
 * @label: what it shows
 *
 * Empties the plot.
 */
void
purser_test_bars_begin (PurserTestBars *self,
                        const char     *label)
{
  g_array_set_size (self->rows, 0);
  purser_test_plot_clear (PURSER_TEST_PLOT (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/**
 * purser_test_bars_add:
 * @self: the plot
 * @title: the model
 * @value: its amount; below 0 where it is not known
 * @text: the amount in words
 */
void
purser_test_bars_add (PurserTestBars *self,
                      const char     *title,
                      double          value,
                      const char     *text)
{
  Row row = { value, g_strdup (text) };
  g_autofree char *letter = purser_test_letter (self->rows->len);
  /* Translators: letter, model, amount. */
  g_autofree char *words = g_strdup_printf (_("%s, %s: %s"), letter, title, text);

  g_array_append_val (self->rows, row);
  purser_test_plot_add_mark (PURSER_TEST_PLOT (self), words);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
