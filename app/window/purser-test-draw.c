/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-test-draw.h"

#include <math.h>

#include "purser-palette.h"

#define LINE_HEIGHT 18.0f  /* px of a line of text at which purser_test_unit() is 1 */
#define SMALL 0.86
#define FAINT 0.7f         /* of small text: 4.7:1 on a card */
#define BADGE_SIZE 20      /* px at unit 1 */

struct _PurserTestBadge
{
  GtkWidget parent_instance;
  guint     series;
};

G_DEFINE_FINAL_TYPE (PurserTestBadge, purser_test_badge, GTK_TYPE_WIDGET)

gboolean
purser_test_is_dark (void)
{
  return adw_style_manager_get_dark (adw_style_manager_get_default ());
}

/**
 * purser_test_unit:
 * @widget: a widget
 *
 * Returns: by how much @widget's text is larger than usual
 */
float
purser_test_unit (GtkWidget *widget)
{
  PangoContext *context = gtk_widget_get_pango_context (widget);
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  float height = pango_font_metrics_get_height (metrics) / (float) PANGO_SCALE;

  pango_font_metrics_unref (metrics);
  return MAX (height / LINE_HEIGHT, 0.5f);
}

static PangoLayout *
make_layout (GtkWidget      *widget,
             PurserTestText  style,
             const char     *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, text);
  PangoAttrList *attributes = pango_attr_list_new ();

  if (style == PURSER_TEST_TEXT_BOLD)
    pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  if (style == PURSER_TEST_TEXT_SMALL)
    pango_attr_list_insert (attributes, pango_attr_scale_new (SMALL));
  if (style != PURSER_TEST_TEXT)
    pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum"));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  return layout;
}

void
purser_test_ink (GtkWidget *widget,
                 float      alpha,
                 GdkRGBA   *color)
{
  gtk_widget_get_color (widget, color);
  color->alpha *= alpha;
}

/**
 * purser_test_draw_text:
 * @widget: whose font and colour
 * @snapshot: where to
 * @style: how large
 * @text: one line
 * @x: where ALIGN of its width stands
 * @middle: the middle of the line
 * @align: 0 = @x is its left, 1 = its right
 * @max_width: past it the text ends in dots; 0 = as wide as it is
 */
void
purser_test_draw_text (GtkWidget      *widget,
                       GtkSnapshot    *snapshot,
                       PurserTestText  style,
                       const char     *text,
                       float           x,
                       float           middle,
                       float           align,
                       float           max_width)
{
  g_autoptr (PangoLayout) layout = make_layout (widget, style, text);
  GdkRGBA color;
  int width, height;

  purser_test_ink (widget, style == PURSER_TEST_TEXT_SMALL ? FAINT : 1, &color);
  pango_layout_get_pixel_size (layout, &width, &height);
  if (max_width > 0 && width > max_width)
    {
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
      pango_layout_set_width (layout, max_width * PANGO_SCALE);
      width = max_width;
    }
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (roundf (x - width * align), roundf (middle - height / 2.0f)));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
}

float
purser_test_text_width (GtkWidget      *widget,
                        PurserTestText  style,
                        const char     *text)
{
  g_autoptr (PangoLayout) layout = make_layout (widget, style, text);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return width;
}

void
purser_test_fill (GtkSnapshot   *snapshot,
                  float          x,
                  float          y,
                  float          width,
                  float          height,
                  float          radius,
                  const GdkRGBA *color)
{
  GskRoundedRect rounded;

  gsk_rounded_rect_init_from_rect (&rounded, &GRAPHENE_RECT_INIT (x, y, width, height), radius);
  gtk_snapshot_push_rounded_clip (snapshot, &rounded);
  gtk_snapshot_append_color (snapshot, color, &rounded.bounds);
  gtk_snapshot_pop (snapshot);
}

char *
purser_test_letter (guint series)
{
  return g_strdup_printf ("%c", 'A' + (char) MIN (series, 25));
}

static double
luminance (const GdkRGBA *color)
{
  return 0.2126 * color->red * color->red + 0.7152 * color->green * color->green + 0.0722 * color->blue * color->blue;
}

/**
 * purser_test_draw_badge:
 * @widget: whose font
 * @snapshot: where to
 * @series: which model, 0 = A
 * @x: its left
 * @middle: its middle
 * @size: its side
 */
void
purser_test_draw_badge (GtkWidget   *widget,
                        GtkSnapshot *snapshot,
                        guint        series,
                        float        x,
                        float        middle,
                        float        size)
{
  g_autofree char *letter = purser_test_letter (series);
  g_autoptr (PangoLayout) layout = make_layout (widget, PURSER_TEST_TEXT_BOLD, letter);
  GdkRGBA ground, ink = { 1, 1, 1, 1 };
  int width, height;

  purser_palette_color (series, purser_test_is_dark (), &ground);
  if (luminance (&ground) > 0.2) /* past it black letters have the higher contrast */
    ink = (GdkRGBA) { 0, 0, 0, 0.87f };
  purser_test_fill (snapshot, x, middle - size / 2, size, size, size * 0.3f, &ground);
  pango_layout_get_pixel_size (layout, &width, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x + size / 2, middle));
  gtk_snapshot_scale (snapshot, 0.85f, 0.85f);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (-width / 2.0f, -height / 2.0f));
  gtk_snapshot_append_layout (snapshot, layout, &ink);
  gtk_snapshot_restore (snapshot);
}

static void
purser_test_badge_snapshot (GtkWidget   *widget,
                            GtkSnapshot *snapshot)
{
  float size = gtk_widget_get_width (widget);

  purser_test_draw_badge (widget, snapshot, PURSER_TEST_BADGE (widget)->series, 0,
                          gtk_widget_get_height (widget) / 2.0f, size);
}

static void
purser_test_badge_measure (GtkWidget      *widget,
                           GtkOrientation  orientation,
                           int             for_size,
                           int            *minimum,
                           int            *natural,
                           int            *minimum_baseline,
                           int            *natural_baseline)
{
  *minimum = *natural = BADGE_SIZE * purser_test_unit (widget);
}

static void
purser_test_badge_class_init (PurserTestBadgeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = purser_test_badge_snapshot;
  widget_class->measure = purser_test_badge_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
purser_test_badge_init (PurserTestBadge *self)
{
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
}

/**
 * purser_test_badge_new:
 * @series: which model, 0 = A
 *
 * Returns: (transfer floating): its badge
 */
GtkWidget *
purser_test_badge_new (guint series)
{
  PurserTestBadge *self = g_object_new (PURSER_TYPE_TEST_BADGE, NULL);

  self->series = series;
  return GTK_WIDGET (self);
}
