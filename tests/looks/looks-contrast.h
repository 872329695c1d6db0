/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How clearly text stands out, measured on what is really drawn: opacity, tints and what lies behind are all in it. */
#pragma once

#include <math.h>
#include "looks-text.h"

#define LOOKS_SCALE 2 /* strokes are then thick enough to have their full colour somewhere */

typedef struct
{
  guchar *pixels; /* (owned) R, G, B, A */
  int     width, height;
} LooksPicture;

static inline void
looks_picture_clear (LooksPicture *picture)
{
  g_clear_pointer (&picture->pixels, g_free);
}

/* WINDOW as it is drawn now, enlarged. */
static inline gboolean
looks_picture_take (LooksPicture *picture,
                    GtkWidget    *window)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (window);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  GdkTextureDownloader *downloader;
  int width = gtk_widget_get_width (window), height = gtk_widget_get_height (window);

  gtk_snapshot_scale (snapshot, LOOKS_SCALE, LOOKS_SCALE);
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node == NULL)
    return FALSE;
  picture->width = width * LOOKS_SCALE;
  picture->height = height * LOOKS_SCALE;
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node,
                                         &GRAPHENE_RECT_INIT (0, 0, picture->width, picture->height));
  picture->pixels = g_malloc ((gsize) picture->width * picture->height * 4);
  downloader = gdk_texture_downloader_new (texture);
  gdk_texture_downloader_set_format (downloader, GDK_MEMORY_R8G8B8A8);
  gdk_texture_downloader_download_into (downloader, picture->pixels, (gsize) picture->width * 4);
  gdk_texture_downloader_free (downloader);
  return TRUE;
}

static inline double
linear (guint value)
{
  double part = value / 255.0;

  return part <= 0.04045 ? part / 12.92 : pow ((part + 0.055) / 1.055, 2.4);
}

/* WCAG's relative luminance of 0xRRGGBB. */
static inline double
luminance (guint colour)
{
  return 0.2126 * linear (colour >> 16 & 255) + 0.7152 * linear (colour >> 8 & 255) + 0.0722 * linear (colour & 255);
}

static inline double
contrast_of (guint one,
             guint other)
{
  double a = luminance (one), b = luminance (other);

  return (MAX (a, b) + 0.05) / (MIN (a, b) + 0.05);
}

/* The colour that most of PART has, and the colour in it that stands out most: the ground and the strokes. */
static inline double
looks_contrast (const LooksPicture    *picture,
                const graphene_rect_t *part,
                guint                 *ground,
                guint                 *stroke)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (NULL, NULL);
  int left = MAX (0, (int) floor (part->origin.x * LOOKS_SCALE) - 2), top = MAX (0, (int) floor (part->origin.y * LOOKS_SCALE));
  int right = MIN (picture->width, (int) ceil ((part->origin.x + part->size.width) * LOOKS_SCALE) + 2);
  int bottom = MIN (picture->height, (int) ceil ((part->origin.y + part->size.height) * LOOKS_SCALE));
  GHashTableIter iter;
  gpointer key, value;
  guint most = 0;
  double best = 1;

  for (int y = top; y < bottom; y++)
    for (int x = left; x < right; x++)
      {
        const guchar *p = picture->pixels + ((gsize) y * picture->width + x) * 4;
        gpointer colour = GUINT_TO_POINTER ((guint) p[0] << 16 | p[1] << 8 | p[2]);

        g_hash_table_insert (counts, colour, GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (counts, colour)) + 1));
      }
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (GPOINTER_TO_UINT (value) > most)
      {
        most = GPOINTER_TO_UINT (value);
        *ground = *stroke = GPOINTER_TO_UINT (key);
      }
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (GPOINTER_TO_UINT (value) >= 2 && contrast_of (GPOINTER_TO_UINT (key), *ground) > best)
      {
        best = contrast_of (GPOINTER_TO_UINT (key), *ground);
        *stroke = GPOINTER_TO_UINT (key);
      }
  return best;
}

/* What cannot be used just now may be faint. */
static inline void
looks_check_contrast (GArray      *texts,
                      GtkWidget   *window,
                      LooksReport  report,
                      gpointer     data)
{
  LooksPicture picture = { NULL };

  if (!looks_picture_take (&picture, window))
    {
      looks_report (report, data, "contrast", window, "nothing was drawn");
      return;
    }
  for (guint i = 0; i < texts->len; i++)
    {
      const LooksText *text = &g_array_index (texts, LooksText, i);
      graphene_rect_t part;
      guint ground = 0, stroke = 0;
      double contrast;

      if (!gtk_widget_is_sensitive (text->widget) || takes_turns (text->widget) || !looks_visible_part (text->widget, window, &part)
          || part.size.height < text->bounds.size.height / 2 || part.size.width < 4)
        continue;
      contrast = looks_contrast (&picture, &part, &ground, &stroke);
      if (contrast < LEAST_CONTRAST)
        looks_report (report, data, "contrast", text->widget, "“%s” has a contrast of %.2f : 1 (#%06x on #%06x)", text->text, contrast, stroke, ground);
    }
  looks_picture_clear (&picture);
}
