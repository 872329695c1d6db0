/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The colours and patterns of series in every chart, swatch and share bar (searched so that they differ for every kind of colour vision). */
#define PURSER_PALETTE_SERIES 4                    /* named series; whatever is left is one more, "others" */
#define PURSER_PALETTE_OTHER  PURSER_PALETTE_SERIES
#define PURSER_PALETTE_SIZE   (PURSER_PALETTE_SERIES + 1)
#define PURSER_PATTERN_MIN_WIDTH 9                 /* narrower, a pattern is noise */

typedef enum
{
  PURSER_PAINT_FULL     = 0,
  PURSER_PAINT_UNENDED  = 1 << 0, /* not over yet: hatched on a tint (today) */
  PURSER_PAINT_PLAIN    = 1 << 1, /* no pattern */
  PURSER_PAINT_OUTLINED = 1 << 2, /* high contrast */
} PurserPaint;

void    purser_palette_color (guint series, gboolean dark, GdkRGBA *color);
void    purser_palette_paint (GtkSnapshot *snapshot, const graphene_rect_t *bounds, float top_radius, float radius, guint series, PurserPaint paint);

/* A small square in a series' colour and pattern, for legends and rows. */
#define PURSER_TYPE_SWATCH (purser_swatch_get_type ())
G_DECLARE_FINAL_TYPE (PurserSwatch, purser_swatch, PURSER, SWATCH, GtkWidget)
GtkWidget *purser_swatch_new        (guint series);
void       purser_swatch_set_series (PurserSwatch *self, guint series);

G_END_DECLS
