/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-table.h"

G_BEGIN_DECLS

/* Cells of names that may be longer than their column: their middle then gives way, and a tooltip has the whole. (GtkColumnView
 * gives all lines the height of one line of text, so nothing can break over two.) TEXT says what stands in one. (transfer full) */
GtkListItemFactory *purser_provider_cells_new (PurserTableText text, gpointer data);

G_END_DECLS
