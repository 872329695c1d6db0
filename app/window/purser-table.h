/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Columns of text for a GtkColumnView, one line of code each. */
typedef char *(*PurserTableText) (gpointer item, gpointer data); /* (transfer full) */

typedef enum
{
  PURSER_COLUMN_NUMERIC = 1 << 0, /* right-aligned, tabular figures */
  PURSER_COLUMN_EXPAND  = 1 << 1,
  PURSER_COLUMN_STRONG  = 1 << 2,
  PURSER_COLUMN_DIM     = 1 << 3,
} PurserColumnFlags;

GtkColumnViewColumn *purser_table_add_text    (GtkColumnView *view, const char *title, PurserColumnFlags flags, PurserTableText text, gpointer data, GCompareDataFunc compare);
GtkColumnViewColumn *purser_table_add_column  (GtkColumnView *view, const char *title, PurserColumnFlags flags, GtkListItemFactory *factory, GCompareDataFunc compare, gpointer data);
void                 purser_table_align_titles (GtkColumnView *view); /* once, after the columns are there */

G_END_DECLS
