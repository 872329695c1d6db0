/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-price-book.h"

#include "purser-db-private.h"

/* Rows of prices, bands, contracts and rates become values. */

static void
read_figures (PurserStatement *row, int column, gint64 *figures)
{
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    figures[i] = purser_statement_opt (row, column + (int) i);
}

/* --- Contracts and rates --- */

gboolean
purser_price_rows_contracts (PurserDb *db, PurserOrg *org, GError **error)
{
  PurserStatement *row =
      purser_db_query (db, error,
                       "SELECT id, provider_id, valid_from, valid_until, document, ppm_input_uncached, ppm_cache_read, "
                       "ppm_cache_write_5m, ppm_cache_write_1h, ppm_cache_write_other, ppm_output_visible, "
                       "ppm_output_reasoning, ppm_audio_in, ppm_audio_out, ppm_server_tool "
                       "FROM contract ORDER BY provider_id, valid_from, id",
                       "");
  while (purser_statement_step (row, error))
    {
      PurserContract *contract = g_new0 (PurserContract, 1);
      contract->id = purser_statement_int (row, 0);
      contract->provider_id = purser_statement_int (row, 1);
      contract->valid_from = purser_statement_int (row, 2);
      contract->valid_until = purser_statement_int (row, 3);
      contract->document = g_strdup (purser_statement_text (row, 4));
      read_figures (row, 5, contract->ppm);
      g_ptr_array_add (org->contracts, contract);
    }
  return !purser_statement_failed (row);
}

gboolean
purser_price_rows_rates (PurserDb *db, PurserOrg *org, GError **error)
{
  PurserStatement *row = purser_db_query (db, error,
                                          "SELECT id, from_currency, to_currency, valid_from, rate_nano, source FROM "
                                          "rate ORDER BY valid_from, id",
                                          "");
  while (purser_statement_step (row, error))
    {
      PurserRate *rate = g_new0 (PurserRate, 1);
      rate->id = purser_statement_int (row, 0);
      g_strlcpy (rate->from, purser_statement_text (row, 1), sizeof rate->from);
      g_strlcpy (rate->to, purser_statement_text (row, 2), sizeof rate->to);
      rate->valid_from = purser_statement_int (row, 3);
      rate->rate_nano = purser_statement_int (row, 4);
      rate->source = g_strdup (purser_statement_text (row, 5));
      g_ptr_array_add (org->rates, rate);
    }
  return !purser_statement_failed (row);
}

/* --- Prices --- */

#define PRICES                                                                                                         \
  "SELECT model_id, id, valid_from, created_at, currency, origin, withdrawn, source, hour_nano, list_input_uncached, " \
  "list_cache_read, list_cache_write_5m, list_cache_write_1h, list_cache_write_other, list_output_visible, "           \
  "list_output_reasoning, list_audio_in, list_audio_out, list_server_tool FROM price "
#define BANDS                                                                                                \
  "SELECT price_id, mode, region, above, list_input_uncached, list_cache_read, list_cache_write_5m, "        \
  "list_cache_write_1h, list_cache_write_other, list_output_visible, list_output_reasoning, list_audio_in, " \
  "list_audio_out, list_server_tool FROM price_band "

static PurserPriceVersion *
read_version (PurserStatement *row)
{
  PurserPriceVersion *version = g_new0 (PurserPriceVersion, 1);
  PurserPrice *price = version->price = purser_price_new ();
  price->id = purser_statement_int (row, 1);
  price->valid_from = purser_statement_int (row, 2);
  version->created_at = purser_statement_int (row, 3);
  g_strlcpy (price->currency, purser_statement_text (row, 4), sizeof price->currency);
  price->origin = g_strdup (purser_statement_text (row, 5));
  version->withdrawn = purser_statement_int (row, 6) != 0;
  price->source = g_strdup (purser_statement_text (row, 7));
  price->hour_nano = purser_statement_int (row, 8);
  read_figures (row, 9, price->list_pico);
  read_figures (row, 9, price->contract_pico);
  return version;
}

gboolean
purser_price_rows_each (PurserDb *db, gint64 model_id, PurserPriceRowFunc func, gpointer data, GError **error)
{
  PurserStatement *row =
      model_id != 0 ? purser_db_query (db, error, PRICES "WHERE model_id = ? ORDER BY valid_from, id", "i", model_id)
                    : purser_db_query (db, error, PRICES "ORDER BY model_id, valid_from, id", "");
  while (purser_statement_step (row, error))
    func (purser_statement_int (row, 0), read_version (row), data);
  return !purser_statement_failed (row);
}

static void
read_band (PurserStatement *row, PurserPrice *price)
{
  PurserPriceBand band = { .above = purser_statement_int (row, 3) };
  g_strlcpy (band.mode, purser_statement_text (row, 1), sizeof band.mode);
  g_strlcpy (band.region, purser_statement_text (row, 2), sizeof band.region);
  read_figures (row, 4, band.list_pico);
  read_figures (row, 4, band.contract_pico);
  if (price->bands == NULL)
    price->bands = g_array_new (FALSE, FALSE, sizeof (PurserPriceBand));
  g_array_append_val (price->bands, band);
}

gboolean
purser_price_rows_bands (PurserDb *db, gint64 model_id, GHashTable *prices, GError **error)
{
  PurserStatement *row =
      model_id != 0 ? purser_db_query (db, error, BANDS "WHERE price_id IN (SELECT id FROM price WHERE model_id = ?)",
                                       "i", model_id)
                    : purser_db_query (db, error, BANDS, "");
  while (purser_statement_step (row, error))
    {
      gint64 id = purser_statement_int (row, 0);
      PurserPrice *price = g_hash_table_lookup (prices, &id);
      if (price != NULL)
        read_band (row, price);
    }
  return !purser_statement_failed (row);
}
