/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "purser-catalogue-private.h"
#include "purser-price-book.h"

/* The whole configuration as one value. Each loader reads one table. */

static char *
text (PurserStatement *row, int column)
{
  return g_strdup (purser_statement_text (row, column));
}

static gboolean
load_organisation (PurserDb *db, PurserOrg *org, GError **error)
{
  PurserStatement *row =
      purser_db_query (db, error,
                       "SELECT generation, name, currency, timezone, sample, display_currency FROM organisation", "");
  if (!purser_statement_step (row, error))
    return purser_statement_failed (row) ? FALSE : purser_db_set_error (error, NULL, db->path, SQLITE_CORRUPT);
  org->generation = purser_statement_int (row, 0);
  org->name = text (row, 1);
  g_strlcpy (org->currency, purser_statement_text (row, 2), sizeof org->currency);
  org->timezone = text (row, 3);
  org->sample = purser_statement_int (row, 4) != 0;
  g_strlcpy (org->display_currency, purser_statement_text (row, 5), sizeof org->display_currency);
  org->loaded_at = purser_db_now (db);
  purser_statement_step (row, NULL);
  return TRUE;
}

/* The discount that a contract gives on everything alike; one that tells kinds apart is no single discount. */
static gint64
multiplier (const PurserContract *contract)
{
  for (guint i = 0; contract != NULL && i < PURSER_N_PRICED; i++)
    if (contract->ppm[i] != contract->ppm[0])
      return PURSER_PPM;
  return contract != NULL ? contract->ppm[0] : PURSER_PPM;
}

static gboolean
load_providers (PurserDb *db, PurserOrg *org, GError **error)
{
  PurserStatement *row = purser_db_query (db, error,
                                          "SELECT id, kind, name, address, ca_file, key_env, key_version, key_set_at, "
                                          "enabled, practice, checked_at, "
                                          "check_result FROM provider WHERE removed_at IS NULL ORDER BY id",
                                          "");
  while (purser_statement_step (row, error))
    {
      const PurserKind *kind = purser_kind_get (purser_statement_text (row, 1));
      if (kind == NULL)
        continue; /* a kind that this program does not know cannot be called */
      PurserProvider *provider = g_new0 (PurserProvider, 1);
      provider->id = purser_statement_int (row, 0);
      provider->kind = kind;
      provider->name = text (row, 2);
      provider->address = text (row, 3);
      provider->ca_file = text (row, 4);
      provider->key_env = text (row, 5);
      provider->key_version = purser_statement_int (row, 6);
      provider->key_set_at = purser_statement_int (row, 7);
      provider->multiplier_ppm = multiplier (purser_org_contract_at (org, provider->id, org->loaded_at));
      provider->enabled = purser_statement_int (row, 8) != 0;
      provider->practice = purser_statement_int (row, 9) != 0;
      provider->checked_at = purser_statement_int (row, 10);
      provider->check_result = text (row, 11);
      g_ptr_array_add (org->providers, provider);
    }
  return !purser_statement_failed (row);
}

static void
set_prices (PurserModel *model, const PurserPriceBook *book, gint64 now)
{
  model->prices = purser_price_book_timeline (book, model->id, model->provider_id, now);
  PurserPrice *first = model->prices->len > 0 ? g_ptr_array_index (model->prices, 0) : NULL;
  model->price = first != NULL && first->valid_from <= now ? first : NULL;
}

static PurserModel *
read_model (PurserStatement *row)
{
  PurserModel *model = g_new0 (PurserModel, 1);
  model->id = purser_statement_int (row, 0);
  model->provider_id = purser_statement_int (row, 1);
  model->name = text (row, 2);
  model->title = text (row, 3);
  model->context_tokens = purser_statement_opt (row, 4);
  model->max_output = purser_statement_opt (row, 5);
  model->remote_host = text (row, 6);
  model->listed = purser_statement_int (row, 7) != 0;
  model->tools = (gint8) purser_statement_opt (row, 8);
  model->vision = (gint8) purser_statement_opt (row, 9);
  model->reasoning = (gint8) purser_statement_opt (row, 10);
  model->retires_on = text (row, 11);
  model->replacement = text (row, 12);
  return model;
}

static gboolean
load_models (PurserDb *db, PurserOrg *org, GError **error)
{
  g_autoptr(PurserPriceBook) book = purser_price_book_new (org);
  if (!purser_price_book_take_all (book, db, org->loaded_at, error))
    return FALSE;
  PurserStatement *row =
      purser_db_query (db, error,
                       "SELECT id, provider_id, name, title, context_tokens, max_output, remote_host, listed, tools, "
                       "vision, reasoning, retires_on, replacement FROM model ORDER BY provider_id, id",
                       "");
  while (purser_statement_step (row, error))
    {
      if (purser_org_provider (org, purser_statement_int (row, 1)) == NULL)
        continue; /* removed */
      PurserModel *model = read_model (row);
      set_prices (model, book, org->loaded_at);
      g_ptr_array_add (org->models, model);
    }
  return !purser_statement_failed (row);
}

static gboolean
load_assignments (PurserDb *db, PurserOrg *org, GError **error)
{
  PurserStatement *row =
      purser_db_query (db, error, "SELECT workload_id, model_id, weight FROM assignment ORDER BY workload_id, position",
                       "");
  while (purser_statement_step (row, error))
    {
      PurserWorkload *workload = (PurserWorkload *) purser_org_workload (org, purser_statement_int (row, 0));
      gint64 model_id = purser_statement_int (row, 1);
      if (workload == NULL || purser_org_model (org, model_id) == NULL)
        continue; /* removed: kept in the file, skipped here */
      workload->models = g_renew (gint64, workload->models, workload->n_models + 1);
      workload->weights = g_renew (gint64, workload->weights, workload->n_models + 1);
      workload->weights[workload->n_models] = purser_statement_int (row, 2);
      workload->models[workload->n_models++] = model_id;
    }
  return !purser_statement_failed (row);
}

static void
forget_like_weights (PurserWorkload *workload)
{
  for (guint i = 0; i < workload->n_models; i++)
    if (workload->weights[i] != 1)
      return;
  g_clear_pointer (&workload->weights, g_free);
}

static PurserWorkload *
read_workload (PurserStatement *row)
{
  PurserWorkload *workload = g_new0 (PurserWorkload, 1);
  workload->id = purser_statement_int (row, 0);
  workload->name = text (row, 1);
  workload->title = text (row, 2);
  workload->builtin = purser_statement_int (row, 3) != 0;
  workload->connect_ms = purser_statement_int (row, 4);
  workload->first_content_ms = purser_statement_int (row, 5);
  workload->silence_ms = purser_statement_int (row, 6);
  workload->drain = purser_statement_int (row, 7) != 0;
  workload->spread = purser_statement_int (row, 8) != 0;
  workload->no_training = purser_statement_int (row, 9) != 0;
  workload->retention_limited = purser_statement_opt (row, 10) >= 0;
  workload->max_retention_days = purser_statement_int (row, 10);
  workload->regions = purser_catalogue_split (purser_statement_text (row, 11));
  return workload;
}

static gboolean
load_workloads (PurserDb *db, PurserOrg *org, GError **error)
{
  PurserStatement *row = purser_db_query (db, error,
                                          "SELECT id, name, title, builtin, connect_ms, first_content_ms, silence_ms, "
                                          "drain, spread, no_training, max_retention_days, regions FROM workload WHERE "
                                          "removed_at IS NULL ORDER BY builtin DESC, id",
                                          "");
  while (purser_statement_step (row, error))
    g_ptr_array_add (org->workloads, read_workload (row));
  if (purser_statement_failed (row) || !load_assignments (db, org, error))
    return FALSE;
  for (guint i = 0; i < org->workloads->len; i++)
    forget_like_weights (g_ptr_array_index (org->workloads, i));
  return TRUE;
}

static gboolean
load_teams (PurserDb *db, PurserOrg *org, GError **error)
{
  PurserStatement *row = purser_db_query (db, error, "SELECT id, name FROM team ORDER BY id", "");
  while (purser_statement_step (row, error))
    {
      PurserTeam *team = g_new0 (PurserTeam, 1);
      team->id = purser_statement_int (row, 0);
      team->name = text (row, 1);
      g_ptr_array_add (org->teams, team);
    }
  return !purser_statement_failed (row);
}

static gboolean
load_principals (PurserDb *db, PurserOrg *org, GError **error)
{
  PurserStatement *row =
      purser_db_query (db, error,
                       "SELECT p.id, p.agent, n.name, p.owner_id, p.calls_per_minute, p.calls_at_once, "
                       "(SELECT m.team_id FROM membership m WHERE m.principal_id = p.id ORDER BY m.since DESC LIMIT 1) "
                       "FROM principal p JOIN personal n ON n.principal_id = p.id WHERE p.removed_at IS NULL ORDER BY "
                       "p.id",
                       "");
  while (purser_statement_step (row, error))
    {
      PurserPrincipal *principal = g_new0 (PurserPrincipal, 1);
      principal->id = purser_statement_int (row, 0);
      principal->agent = purser_statement_int (row, 1) != 0;
      principal->name = text (row, 2);
      principal->owner_id = purser_statement_int (row, 3);
      principal->calls_per_minute = purser_statement_int (row, 4);
      principal->calls_at_once = purser_statement_int (row, 5);
      principal->team_id = purser_statement_int (row, 6);
      g_ptr_array_add (org->principals, principal);
    }
  return !purser_statement_failed (row);
}

/**
 * purser_catalogue_load:
 * @db: a connection inside a job
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the configuration as this transaction sees it
 */
PurserOrg *
purser_catalogue_load (PurserDb *db, GError **error)
{
  g_autoptr(PurserOrg) org = purser_org_new ();
  if (!load_organisation (db, org, error) || !purser_price_rows_contracts (db, org, error)
      || !purser_price_rows_rates (db, org, error) || !load_providers (db, org, error) || !load_models (db, org, error)
      || !load_workloads (db, org, error) || !load_teams (db, org, error) || !load_principals (db, org, error)
      || !purser_snapshot_access (db, org, error))
    return NULL;
  return g_steal_pointer (&org);
}
