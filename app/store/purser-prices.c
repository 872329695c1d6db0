/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-prices.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-catalogue-private.h"
#include "purser-price-book.h"

/* Prices, contracts, rates and what is known of models, by date. */

static gboolean
refuse (GError **error, const char *words)
{
  g_set_error_literal (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED, words);
  return FALSE;
}

/* --- Reading --- */

static PurserPriceBook *
book_of (PurserDb *db, gint64 model_id, GError **error)
{
  g_autoptr(PurserOrg) terms = purser_price_book_terms (db, error);
  g_autoptr(PurserPriceBook) book = terms != NULL ? purser_price_book_new (terms) : NULL;
  return book != NULL && purser_price_book_take (book, db, model_id, error) ? g_steal_pointer (&book) : NULL;
}

/**
 * purser_prices_history:
 * @db: a connection inside a job
 * @model_id: a model
 * @error: return location
 *
 * Returns: (transfer full) (nullable) (element-type PurserPriceVersion): every version, newest first, at list price
 */
GPtrArray *
purser_prices_history (PurserDb *db, gint64 model_id, GError **error)
{
  g_autoptr(PurserPriceBook) book = book_of (db, model_id, error);
  if (book == NULL)
    return NULL;
  GPtrArray *history = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_price_version_free);
  const GPtrArray *versions = purser_price_book_versions (book, model_id);
  for (guint i = versions->len; i > 0; i--)
    {
      const PurserPriceVersion *version = g_ptr_array_index (versions, i - 1);
      PurserPriceVersion *copy = g_memdup2 (version, sizeof *version);
      copy->price = purser_price_copy (version->price);
      g_ptr_array_add (history, copy);
    }
  return history;
}

/**
 * purser_prices_at:
 * @db: a connection inside a job
 * @model_id: a model
 * @time: µs UTC, now, before or later
 * @error: return location
 *
 * Returns: (transfer full) (nullable): what the model costs then, under the contract of that time; %NULL without an error: unpriced
 */
PurserPrice *
purser_prices_at (PurserDb *db, gint64 model_id, gint64 time, GError **error)
{
  g_autoptr(PurserPriceBook) book = book_of (db, model_id, error);
  return book != NULL ? purser_price_copy (purser_price_book_at (book, model_id, time)) : NULL;
}

/* --- Prices --- */

/**
 * purser_prices_withdraw:
 * @db: the connection of a write job
 * @model_id: a model
 * @time: µs UTC, from when on
 * @error: return location
 *
 * The admin's own price ends, and the catalogue's counts again. Where there is no such price, this does nothing that shows.
 *
 * Returns: whether it is written
 */
gboolean
purser_prices_withdraw (PurserDb *db, gint64 model_id, gint64 time, GError **error)
{
  return purser_db_run (db, error,
                        "INSERT INTO price (model_id, valid_from, currency, origin, withdrawn, created_at) "
                        "SELECT ?, ?, currency, 'admin', 1, ? FROM organisation",
                        "iii", model_id, time, purser_db_now (db));
}

/* --- Contracts --- */

static gboolean
check_contract (const PurserContract *contract, GError **error)
{
  if (contract->valid_until != 0 && contract->valid_until < contract->valid_from)
    return refuse (error, _("The contract ends before it begins. Check its dates."));
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    if (contract->ppm[i] < 0)
      return refuse (error, _("The discount is more than 100 %. Enter a smaller one."));
  return TRUE;
}

static gboolean
change_contract (PurserDb *db, const PurserContract *contract, GError **error)
{
  g_autoptr(PurserOrg) terms = purser_price_book_terms (db, error);
  for (guint i = 0; terms != NULL && i < terms->contracts->len; i++)
    {
      const PurserContract *known = g_ptr_array_index (terms->contracts, i);
      if (known->id == contract->id
          && (known->provider_id != contract->provider_id
              || memcmp (known->ppm, contract->ppm, sizeof known->ppm) != 0))
        return refuse (error, _("The figures of a contract never change. End this contract and enter a new one."));
    }
  return terms != NULL
         && purser_catalogue_found (db,
                                    purser_db_run (db, error,
                                                   "UPDATE contract SET valid_from = ?, valid_until = ?, document = ? "
                                                   "WHERE id = ?",
                                                   "iisi", contract->valid_from, contract->valid_until,
                                                   contract->document, contract->id),
                                    error);
}

/**
 * purser_prices_put_contract:
 * @db: the connection of a write job
 * @contract: the contract; with an id: its dates and its document change
 * @error: return location
 *
 * Returns: its id, or 0 and @error
 */
gint64
purser_prices_put_contract (PurserDb *db, const PurserContract *contract, GError **error)
{
  const gint64 *ppm = contract->ppm;
  if (!check_contract (contract, error))
    return 0;
  if (contract->id != 0)
    return change_contract (db, contract, error) ? contract->id : 0;
  return purser_db_run (db, error,
                        "INSERT INTO contract (provider_id, valid_from, valid_until, document, ppm_input_uncached, "
                        "ppm_cache_read, ppm_cache_write_5m, ppm_cache_write_1h, ppm_cache_write_other, "
                        "ppm_output_visible, ppm_output_reasoning, ppm_audio_in, ppm_audio_out, ppm_server_tool, "
                        "created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        "iiisiiiiiiiiiii", contract->provider_id, contract->valid_from, contract->valid_until,
                        contract->document, ppm[0], ppm[1], ppm[2], ppm[3], ppm[4], ppm[5], ppm[6], ppm[7], ppm[8],
                        ppm[9], purser_db_now (db))
             ? purser_db_last_id (db)
             : 0;
}
G_STATIC_ASSERT (PURSER_N_PRICED == 10);

/* --- Rates --- */

static gboolean
check_currency (const char *currency, GError **error)
{
  if (purser_currency_valid (currency))
    return TRUE;
  g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED,
               _("“%s” is not a currency. Enter its three capitals, for example EUR."), currency);
  return FALSE;
}

/**
 * purser_prices_put_rate:
 * @db: the connection of a write job
 * @rate: the rate; always a new row
 * @error: return location
 *
 * Returns: its id, or 0 and @error
 */
gint64
purser_prices_put_rate (PurserDb *db, const PurserRate *rate, GError **error)
{
  if (!check_currency (rate->from, error) || !check_currency (rate->to, error))
    return 0;
  if (g_str_equal (rate->from, rate->to))
    return refuse (error, _("A currency needs no rate into itself. Enter two different ones."));
  if (rate->rate_nano <= 0)
    return refuse (error, _("A rate is more than 0. Enter what one unit is worth, for example 1.0842."));
  return purser_db_run (db, error,
                        "INSERT INTO rate (from_currency, to_currency, valid_from, rate_nano, source, created_at) "
                        "VALUES (?, ?, ?, ?, ?, ?)",
                        "ssiisi", rate->from, rate->to, rate->valid_from, rate->rate_nano, rate->source,
                        purser_db_now (db))
             ? purser_db_last_id (db)
             : 0;
}

gboolean
purser_prices_set_display_currency (PurserDb *db, const char *currency, GError **error)
{
  return (*currency == '\0' || check_currency (currency, error))
         && purser_db_run (db, error, "UPDATE organisation SET display_currency = ?", "s", currency);
}

/* --- Facts --- */

/**
 * purser_prices_set_facts:
 * @db: the connection of a write job
 * @model_id: a model
 * @tools: 1 yes, 0 no, -1 leaves it as is
 * @vision: likewise
 * @reasoning: likewise
 * @retires_on: (nullable): ISO day, "" = not known; %NULL leaves it as is
 * @replacement: (nullable): likewise
 * @error: return location
 *
 * Returns: whether the model is there and it is written
 */
gboolean
purser_prices_set_facts (PurserDb *db,
                         gint64 model_id,
                         int tools,
                         int vision,
                         int reasoning,
                         const char *retires_on,
                         const char *replacement,
                         GError **error)
{
  return purser_catalogue_found (
      db,
      purser_db_run (db, error,
                     "UPDATE model SET tools = COALESCE (?1, tools), vision = COALESCE (?2, vision), "
                     "reasoning = COALESCE (?3, reasoning), "
                     "retires_on = CASE WHEN ?4 IS NULL THEN retires_on ELSE NULLIF (?4, '') END, "
                     "replacement = CASE WHEN ?5 IS NULL THEN replacement ELSE NULLIF (?5, '') END WHERE id = ?6",
                     "IIIssi", (gint64) tools, (gint64) vision, (gint64) reasoning, retires_on, replacement, model_id),
      error);
}
