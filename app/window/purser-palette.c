/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-palette.h"

#include <adwaita.h>

typedef enum { SOLID, DIAGONAL, DOTS, CROSS, HORIZONTAL } Pattern;

static const struct { const char *light, *dark; Pattern pattern; } palette[PURSER_PALETTE_SIZE] =
{
  { "#1c71d8", "#99c1f1", SOLID },
  { "#e66100", "#ffbe6f", DIAGONAL },
  { "#26a269", "#26a269", DOTS },
  { "#613583", "#c061cb", CROSS },
  { "#77767b", "#c0bfbc", HORIZONTAL },
};

#define LINE_WIDTH 1.2f
#define LINE_STEP 6

/**
 * purser_palette_color:
 * @series: a series, or %PURSER_PALETTE_OTHER
 * @dark: whether it is drawn on a dark ground
 * @color: (out): its colour
 */
void
purser_palette_color (guint     series,
                      gboolean  dark,
                      GdkRGBA  *color)
{
  guint i = MIN (series, PURSER_PALETTE_OTHER);

  gdk_rgba_parse (color, dark ? palette[i].dark : palette[i].light);
}

/* Patterns are the card's own colour over the series' colour. */
static void
pattern_color (gboolean  dark,
               GdkRGBA  *color)
{
  gdk_rgba_parse (color, dark ? "#363636" : "#ffffff");
  color->alpha = dark ? .42f : .46f;
}

/* Lines at LINE_STEP that begin at the base, so that neighbouring bars line up. SLOPE 1: rising to the right, -1: falling. */
static void
add_diagonals (GskPathBuilder        *builder,
               const graphene_rect_t *b,
               int                    slope)
{
  float base = b->origin.y + b->size.height;

  for (float d = -b->size.height; d < b->size.width + b->size.height; d += LINE_STEP)
    {
      float x = b->origin.x + d;

      gsk_path_builder_move_to (builder, slope > 0 ? x : x + b->size.height, base);
      gsk_path_builder_line_to (builder, slope > 0 ? x + b->size.height : x, b->origin.y);
    }
}

static void
add_dots (GskPathBuilder        *builder,
          const graphene_rect_t *b)
{
  gboolean odd = FALSE;

  for (float y = b->origin.y + b->size.height - 2; y > b->origin.y - 2; y -= LINE_STEP / 2.f, odd = !odd)
    for (float x = b->origin.x + (odd ? 5 : 2); x < b->origin.x + b->size.width + 2; x += LINE_STEP)
      gsk_path_builder_add_circle (builder, &GRAPHENE_POINT_INIT (x, y), 1.1f);
}

static void
add_horizontals (GskPathBuilder        *builder,
                 const graphene_rect_t *b)
{
  for (float y = b->origin.y + b->size.height - 2.5f; y > b->origin.y; y -= LINE_STEP - 2)
    {
      gsk_path_builder_move_to (builder, b->origin.x, y);
      gsk_path_builder_rel_line_to (builder, b->size.width, 0);
    }
}

static void
paint_pattern (GtkSnapshot           *snapshot,
               const graphene_rect_t *bounds,
               Pattern                pattern,
               const GdkRGBA         *color)
{
  g_autoptr (GskPathBuilder) builder = gsk_path_builder_new ();
  g_autoptr (GskPath) path = NULL;
  g_autoptr (GskStroke) stroke = gsk_stroke_new (LINE_WIDTH);

  if (pattern == DIAGONAL || pattern == CROSS)
    add_diagonals (builder, bounds, 1);
  if (pattern == CROSS)
    add_diagonals (builder, bounds, -1);
  if (pattern == DOTS)
    add_dots (builder, bounds);
  if (pattern == HORIZONTAL)
    add_horizontals (builder, bounds);
  path = gsk_path_builder_to_path (builder);
  if (gsk_path_is_empty (path))
    return;
  if (pattern == DOTS)
    gtk_snapshot_append_fill (snapshot, path, GSK_FILL_RULE_WINDING, color);
  else
    gtk_snapshot_append_stroke (snapshot, path, stroke, color);
}

/**
 * purser_palette_paint:
 * @snapshot: where to
 * @bounds: the bar, or part of one
 * @top_radius: rounding of the two upper corners
 * @radius: rounding of the two lower corners
 * @series: a series
 * @paint: how
 *
 * Fills @bounds with the colour and pattern of @series, in the style of the day.
 */
void
purser_palette_paint (GtkSnapshot           *snapshot,
                      const graphene_rect_t *bounds,
                      float                  top_radius,
                      float                  radius,
                      guint                  series,
                      PurserPaint            paint)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  gboolean wide = bounds->size.width >= PURSER_PATTERN_MIN_WIDTH && bounds->size.height >= 4;
  graphene_size_t top = GRAPHENE_SIZE_INIT (top_radius, top_radius);
  graphene_size_t low = GRAPHENE_SIZE_INIT (radius, radius);
  GskRoundedRect shape;
  GdkRGBA color, over;

  purser_palette_color (series, dark, &color);
  gsk_rounded_rect_init (&shape, bounds, &top, &top, &low, &low);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  if (paint & PURSER_PAINT_UNENDED)
    {
      over = color;
      color.alpha = .22f;
      gtk_snapshot_append_color (snapshot, &color, bounds);
      paint_pattern (snapshot, bounds, DIAGONAL, &over);
    }
  else
    {
      gtk_snapshot_append_color (snapshot, &color, bounds);
      pattern_color (dark, &over);
      if (wide && !(paint & PURSER_PAINT_PLAIN))
        paint_pattern (snapshot, bounds, palette[MIN (series, PURSER_PALETTE_OTHER)].pattern, &over);
    }
  gtk_snapshot_pop (snapshot);
  if (paint & PURSER_PAINT_OUTLINED)
    {
      const GdkRGBA line = dark ? (GdkRGBA) { 1, 1, 1, 1 } : (GdkRGBA) { 0, 0, 0, 1 };

      gtk_snapshot_append_border (snapshot, &shape, (const float[4]) { 2, 2, 2, 2 },
                                  (const GdkRGBA[4]) { line, line, line, line });
    }
}

/* --- the swatch --- */

struct _PurserSwatch
{
  GtkWidget parent_instance;

  guint     series;
};

G_DEFINE_FINAL_TYPE (PurserSwatch, purser_swatch, GTK_TYPE_WIDGET)

#define SWATCH_SIZE 12

static void
purser_swatch_measure (GtkWidget      *widget,
                       GtkOrientation  orientation,
                       int             for_size,
                       int            *minimum,
                       int            *natural,
                       int            *minimum_baseline,
                       int            *natural_baseline)
{
  *minimum = *natural = SWATCH_SIZE;
}

static void
purser_swatch_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  float y = (gtk_widget_get_height (widget) - SWATCH_SIZE) / 2.f;

  purser_palette_paint (snapshot, &GRAPHENE_RECT_INIT (0, y, SWATCH_SIZE, SWATCH_SIZE), 3, 3,
                        PURSER_SWATCH (widget)->series, PURSER_PAINT_FULL);
}

static void
purser_swatch_class_init (PurserSwatchClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = purser_swatch_measure;
  widget_class->snapshot = purser_swatch_snapshot;
  gtk_widget_class_set_css_name (widget_class, "swatch");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
purser_swatch_init (PurserSwatch *self)
{
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

GtkWidget *
purser_swatch_new (guint series)
{
  PurserSwatch *self = g_object_new (PURSER_TYPE_SWATCH, NULL);

  self->series = series;
  return GTK_WIDGET (self);
}

void
purser_swatch_set_series (PurserSwatch *self,
                          guint         series)
{
  self->series = series;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
