/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "purser-catalogue-private.h"
#include "purser-ledger.h"

/* The organisation, providers, models and prices. People and workloads: purser-catalogue-people.c. */

gboolean
purser_catalogue_taken (PurserDb *db, PurserStatement *other, const char *name, GError **error)
{
  if (purser_statement_step (other, error))
    {
      purser_statement_step (other, NULL);
      g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_CONSTRAINT,
                   _("There is already something called “%s” here. Choose another name."), name);
      return TRUE;
    }
  return purser_statement_failed (other);
}

gboolean
purser_catalogue_found (PurserDb *db, gboolean run, GError **error)
{
  if (run && purser_db_changes (db) == 0)
    {
      g_set_error_literal (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_NOT_FOUND,
                           _("It is not there any more. Look at the list again."));
      return FALSE;
    }
  return run;
}

gint64
purser_catalogue_generation (PurserDb *db, GError **error)
{
  const PurserHead *head = purser_db_head (db, error);
  return head != NULL ? head->generation : 0;
}

gboolean
purser_catalogue_raise (PurserDb *db, GError **error)
{
  purser_db_forget_head (db);
  if (!purser_db_run (db, error, "UPDATE organisation SET generation = generation + 1", ""))
    return FALSE;
  db->raised = TRUE;
  return TRUE;
}

/* Another zone cuts the days elsewhere, and would move calls from a closed month into another. */
static gboolean
check_no_month_closed (PurserDb *db, GError **error)
{
  PurserStatement *row = purser_db_query (db, error, "SELECT 1 FROM month_closed LIMIT 1", "");
  if (!purser_statement_step (row, error))
    return !purser_statement_failed (row);
  purser_statement_step (row, NULL);
  g_set_error_literal (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED,
                       _("The time zone stays as it is: a month has been closed by it, and its totals would change."));
  return FALSE;
}

static gboolean
set_zone (PurserDb *db, const char *zone_name, GError **error)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier (zone_name);
  const PurserHead *head = purser_db_head (db, error);
  if (head == NULL)
    return FALSE;
  if (zone == NULL)
    {
      g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED,
                   _("“%s” is not a time zone. Enter one like Europe/Berlin."), zone_name);
      return FALSE;
    }
  if (g_str_equal (head->zone_name, zone_name))
    return TRUE;
  if (!check_no_month_closed (db, error))
    return FALSE;
  purser_db_forget_head (db);
  return purser_db_run (db, error, "UPDATE organisation SET timezone = ?", "s", zone_name)
         && purser_ledger_rebuild (db, error);
}

gboolean
purser_catalogue_set_org (PurserDb *db, const char *name, const char *currency, const char *zone_name, GError **error)
{
  if (currency != NULL && !purser_currency_valid (currency))
    {
      g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED,
                   _("“%s” is not a currency. Enter its three capitals, for example EUR."), currency);
      return FALSE;
    }
  return (name == NULL
          || (purser_name_check (name, TRUE, error)
              && purser_db_run (db, error, "UPDATE organisation SET name = ?", "s", name)))
         && (currency == NULL || purser_db_run (db, error, "UPDATE organisation SET currency = ?", "s", currency))
         && (zone_name == NULL || set_zone (db, zone_name, error));
}

gboolean
purser_catalogue_set_sample (PurserDb *db, gboolean sample, GError **error)
{
  purser_db_forget_head (db);
  return purser_db_run (db, error, "UPDATE organisation SET sample = ?", "b", sample != 0);
}

/* --- Providers --- */

/* The multiplier is not among the values: what is paid is a matter of contracts, and the snapshot fills it in from those. */
#define PROVIDER_VALUES(p)                                                                               \
  (p)->kind->id, (p)->name, (p)->address, (p)->ca_file, (p)->key_env, (p)->key_version, (p)->key_set_at, \
      (p)->enabled != 0, (p)->practice != 0, (p)->checked_at, (p)->check_result
#define PROVIDER_FORMAT "sssssiibbis"

gint64
purser_catalogue_put_provider (PurserDb *db, const PurserProvider *provider, GError **error)
{
  g_return_val_if_fail (provider->kind != NULL, 0);
  if (!purser_name_check (provider->name, FALSE, error)
      || purser_catalogue_taken (
          db,
          purser_db_query (db, error, "SELECT 1 FROM provider WHERE name = ? AND removed_at IS NULL AND id <> ?", "si",
                           provider->name, provider->id),
          provider->name, error))
    return 0;
  if (provider->id == 0)
    return purser_db_run (db, error,
                          "INSERT INTO provider (kind, name, address, ca_file, key_env, key_version, key_set_at, "
                          "enabled, practice, "
                          "checked_at, check_result) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          PROVIDER_FORMAT, PROVIDER_VALUES (provider))
               ? purser_db_last_id (db)
               : 0;
  gboolean run =
      purser_db_run (db, error,
                     "UPDATE provider SET kind = ?, name = ?, address = ?, ca_file = ?, key_env = ?, key_version = ?, "
                     "key_set_at = ?, "
                     "enabled = ?, practice = ?, checked_at = ?, check_result = ? WHERE id = ?",
                     PROVIDER_FORMAT "i", PROVIDER_VALUES (provider), provider->id);
  return purser_catalogue_found (db, run, error) ? provider->id : 0;
}

gboolean
purser_catalogue_remove_provider (PurserDb *db, gint64 id, gboolean removed, GError **error)
{
  if (removed)
    return purser_catalogue_found (db,
                                   purser_db_run (db, error, "UPDATE provider SET removed_at = ? WHERE id = ?", "ii",
                                                  purser_db_now (db), id),
                                   error);
  PurserStatement *same = purser_db_query (db, error,
                                           "SELECT 1 FROM provider o JOIN provider p ON o.name = p.name WHERE p.id = "
                                           "?1 AND o.id <> ?1 AND o.removed_at IS NULL",
                                           "i", id);
  return !purser_catalogue_taken (db, same, _("the same name"), error)
         && purser_catalogue_found (db,
                                    purser_db_run (db, error, "UPDATE provider SET removed_at = NULL WHERE id = ?", "i",
                                                   id),
                                    error);
}

/* --- Models and prices --- */

gint64
purser_catalogue_put_model (PurserDb *db, const PurserModel *model, GError **error)
{
  if (model->id != 0)
    {
      gboolean run = purser_db_run (db, error,
                                    "UPDATE model SET name = ?, title = ?, context_tokens = ?, max_output = ?, "
                                    "remote_host = ?, listed = ? WHERE id = ?",
                                    "ssIIsbi", model->name, model->title, model->context_tokens, model->max_output,
                                    model->remote_host, model->listed != 0, model->id);
      return purser_catalogue_found (db, run, error) ? model->id : 0;
    }
  if (purser_catalogue_taken (db,
                              purser_db_query (db, error, "SELECT 1 FROM model WHERE provider_id = ? AND name = ?",
                                               "is", model->provider_id, model->name),
                              model->name, error)
      || !purser_db_run (db, error,
                         "INSERT INTO model (provider_id, name, title, context_tokens, max_output, remote_host, "
                         "listed) VALUES (?, ?, ?, ?, ?, ?, ?)",
                         "issIIsb", model->provider_id, model->name, model->title, model->context_tokens,
                         model->max_output, model->remote_host, model->listed != 0))
    return 0;
  return purser_db_last_id (db);
}

gboolean
purser_catalogue_unlist_models (PurserDb *db, gint64 provider_id, GError **error)
{
  return purser_db_run (db, error, "UPDATE model SET listed = 0 WHERE provider_id = ?", "i", provider_id);
}

static gboolean
add_band (PurserDb *db, gint64 price_id, const PurserPriceBand *band, GError **error)
{
  const gint64 *l = band->list_pico;
  return purser_db_run (db, error,
                        "INSERT INTO price_band (price_id, mode, region, above, list_input_uncached, list_cache_read, "
                        "list_cache_write_5m, list_cache_write_1h, list_cache_write_other, list_output_visible, "
                        "list_output_reasoning, list_audio_in, list_audio_out, list_server_tool) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        "issiIIIIIIIIII", price_id, band->mode, band->region, band->above, l[0], l[1], l[2], l[3], l[4],
                        l[5], l[6], l[7], l[8], l[9]);
}

/**
 * purser_catalogue_add_price:
 * @db: the connection of a write job
 * @model_id: a model
 * @price: its list prices, bands, hour rate, origin and source; what is paid under a contract is computed when it is read
 * @error: return location
 *
 * Returns: the id of the new version, or 0 and @error
 */
gint64
purser_catalogue_add_price (PurserDb *db, gint64 model_id, const PurserPrice *price, GError **error)
{
  const gint64 *l = price->list_pico;
  if (!purser_db_run (db, error,
                      "INSERT INTO price (model_id, valid_from, currency, "
                      "list_input_uncached, list_cache_read, list_cache_write_5m, list_cache_write_1h, "
                      "list_cache_write_other, list_output_visible, list_output_reasoning, list_audio_in, "
                      "list_audio_out, list_server_tool, hour_nano, origin, source, created_at) "
                      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                      "iisIIIIIIIIIIissi", model_id, price->valid_from, price->currency, l[0], l[1], l[2], l[3], l[4],
                      l[5], l[6], l[7], l[8], l[9], price->hour_nano, price->origin != NULL ? price->origin : "admin",
                      price->source, purser_db_now (db)))
    return 0;
  gint64 id = purser_db_last_id (db);
  for (guint i = 0; price->bands != NULL && i < price->bands->len; i++)
    if (!add_band (db, id, &g_array_index (price->bands, PurserPriceBand, i), error))
      return 0;
  return id;
}
