/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-prices.h"

G_BEGIN_DECLS

/* What models cost at any time: versions of their prices, and the contracts and rates of an organisation. Lives as long as one job. */
typedef struct _PurserPriceBook PurserPriceBook;

/* An organisation of which only id-less facts, contracts and rates are filled. (transfer full) (nullable) */
PurserOrg *purser_price_book_terms (PurserDb *db, GError **error);
/* TERMS needs currency, contracts and rates; a reference is kept. No price is in the book yet. */
PurserPriceBook *purser_price_book_new (PurserOrg *terms);
void purser_price_book_free (PurserPriceBook *book);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserPriceBook, purser_price_book_free)

/* Takes in every version of one model's price; a second time does nothing. */
gboolean purser_price_book_take (PurserPriceBook *book, PurserDb *db, gint64 model_id, GError **error);
/* Takes in, for every model, what may count at SINCE or later: one walk through each table. */
gboolean purser_price_book_take_all (PurserPriceBook *book, PurserDb *db, gint64 since, GError **error);

/* (transfer none) (nullable) (element-type PurserPriceVersion): ascending */
const GPtrArray *purser_price_book_versions (const PurserPriceBook *book, gint64 model_id);
/* What a model cost at TIME, under the contract of that time. (transfer none) (nullable): unpriced */
const PurserPrice *purser_price_book_at (PurserPriceBook *book, gint64 model_id, gint64 time);
/* The rate into the organisation's currency. FALSE: one is needed and there is none. RATE (out) (nullable): NULL = the same currency */
gboolean purser_price_book_rate (const PurserPriceBook *book,
                                 const PurserPrice *price,
                                 gint64 time,
                                 const PurserRate **rate);
/* What holds at SINCE and what comes into force later, ascending; a stretch without a price is a price that prices nothing. (transfer full) (element-type PurserPrice) */
GPtrArray *purser_price_book_timeline (const PurserPriceBook *book, gint64 model_id, gint64 provider_id, gint64 since);

void purser_price_version_free (PurserPriceVersion *version);

/* Rows into values: purser-price-rows.c */
gboolean purser_price_rows_contracts (PurserDb *db, PurserOrg *org, GError **error);
gboolean purser_price_rows_rates (PurserDb *db, PurserOrg *org, GError **error);
typedef void (*PurserPriceRowFunc) (gint64 model_id, PurserPriceVersion *version /* (transfer full) */, gpointer data);
/* Calls FUNC for every version in the order of models and dates, MODEL_ID 0: of all models. No bands yet. */
gboolean purser_price_rows_each (PurserDb *db, gint64 model_id, PurserPriceRowFunc func, gpointer data, GError **error);
/* Fills the bands of PRICES (element-type gint64 PurserPrice), by id; MODEL_ID 0: looks through all bands. */
gboolean purser_price_rows_bands (PurserDb *db, gint64 model_id, GHashTable *prices, GError **error);

G_END_DECLS
