/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Lays children out in equal columns, row by row, each row as high as its tallest. (A GtkFlowBox makes its rows as high as its
 * children would be at their narrowest.) Property "columns", which a breakpoint may set. */
#define PURSER_TYPE_COLUMNS (purser_columns_get_type ())
G_DECLARE_FINAL_TYPE (PurserColumns, purser_columns, PURSER, COLUMNS, GtkLayoutManager)

void purser_columns_set_columns (PurserColumns *self, guint columns);

G_END_DECLS
