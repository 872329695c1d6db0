/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include "purser-price-words.h"

G_BEGIN_DECLS

/* One row of the table of prices. */
#define PURSER_TYPE_PRICE_ROW (purser_price_row_get_type ())
G_DECLARE_FINAL_TYPE (PurserPriceRow, purser_price_row, PURSER, PRICE_ROW, GObject)

PurserPriceRow    *purser_price_row_new          (PurserOrg *org, const PurserModel *model, gint64 unpriced_tokens);
const PurserModel *purser_price_row_get_model    (PurserPriceRow *self);
PurserPriceState   purser_price_row_get_state    (PurserPriceRow *self);
char              *purser_price_row_about        (PurserPriceRow *self);              /* the provider, and tokens without a price; (transfer full) */
char              *purser_price_row_state        (PurserPriceRow *self);              /* where the price comes from; (transfer full) */
char              *purser_price_row_from         (PurserPriceRow *self);              /* the same, and what no column tells; (transfer full) */
char              *purser_price_row_summary      (PurserPriceRow *self);              /* "$5.00 in, $25.00 out"; (transfer full) */
char              *purser_price_row_figure       (PurserPriceRow *self, guint priced);/* (transfer full) */
gint64             purser_price_row_pico         (PurserPriceRow *self, guint priced);/* for sorting; -1 = no price */
gboolean           purser_price_row_matches      (PurserPriceRow *self, const char *folded /* (nullable) */, gboolean unpriced);
int                purser_price_row_compare      (gconstpointer a, gconstpointer b, gpointer unused); /* what needs attention first, then in use, then by name */

/* The cells of purser-prices-page.ui, and rows for where there is no room for columns. */
void       purser_price_cells_bind          (GtkWidgetClass *klass);
void       purser_price_cells_set_sorter    (GtkColumnViewColumn *column, const char *what); /* "name", "in", "out" */
GtkWidget *purser_price_cells_make_list_row (gpointer row, gpointer unused);

G_END_DECLS
