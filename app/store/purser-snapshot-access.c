/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "purser-budget.h"
#include "purser-catalogue-private.h"

/* The part of a snapshot that the gateway admits by. Each loader reads one table. */

static void
add_id (gint64 **ids, guint *n, gint64 id)
{
  *ids = g_renew (gint64, *ids, *n + 1);
  (*ids)[(*n)++] = id;
}

/* --- Access keys --- */

/* A hash that is none lets nobody in: it stays all zeros, which no secret is known to have. */
static void
read_hash (guint8 *hash, const char *hex)
{
  for (guint i = 0; i < 32; i++)
    {
      int high = g_ascii_xdigit_value (hex[2 * i]), low = high < 0 ? -1 : g_ascii_xdigit_value (hex[2 * i + 1]);
      if (low < 0)
        {
          memset (hash, 0, 32);
          return;
        }
      hash[i] = (guint8) (high * 16 + low);
    }
}

static PurserAccessKey *
read_key (PurserStatement *row)
{
  PurserAccessKey *key = g_new0 (PurserAccessKey, 1);
  key->id = purser_statement_int (row, 0);
  key->principal_id = purser_statement_int (row, 1);
  key->hint = g_strdup (purser_statement_text (row, 2));
  key->created_at = purser_statement_int (row, 3);
  key->revoked_at = purser_statement_int (row, 4);
  key->last_used_at = purser_statement_int (row, 5);
  key->expires_at = purser_statement_int (row, 6);
  key->any_model = purser_statement_int (row, 7) != 0;
  read_hash (key->sha256, purser_statement_text (row, 8));
  return key;
}

static gboolean
load_key_workloads (PurserDb *db, PurserOrg *org, GError **error)
{
  PurserStatement *row =
      purser_db_query (db, error, "SELECT key_id, workload_id FROM access_key_workload ORDER BY key_id, workload_id",
                       "");
  while (purser_statement_step (row, error))
    {
      PurserAccessKey *key = (PurserAccessKey *) purser_org_access_key (org, purser_statement_int (row, 0));
      if (key != NULL)
        add_id (&key->workloads, &key->n_workloads, purser_statement_int (row, 1));
    }
  return !purser_statement_failed (row);
}

static gboolean
load_key_models (PurserDb *db, PurserOrg *org, GError **error)
{
  PurserStatement *row =
      purser_db_query (db, error, "SELECT key_id, model_id FROM access_key_model ORDER BY key_id, model_id", "");
  while (purser_statement_step (row, error))
    {
      PurserAccessKey *key = (PurserAccessKey *) purser_org_access_key (org, purser_statement_int (row, 0));
      if (key != NULL)
        add_id (&key->models, &key->n_models, purser_statement_int (row, 1));
    }
  return !purser_statement_failed (row);
}

static gboolean
load_access_keys (PurserDb *db, PurserOrg *org, GError **error)
{
  PurserStatement *row = purser_db_query (db, error,
                                          "SELECT id, principal_id, hint, created_at, revoked_at, last_used_at, "
                                          "expires_at, any_model, sha256 FROM access_key ORDER BY id",
                                          "");
  while (purser_statement_step (row, error))
    g_ptr_array_add (org->access_keys, read_key (row));
  return !purser_statement_failed (row) && load_key_workloads (db, org, error) && load_key_models (db, org, error);
}

/* --- Terms and budgets --- */

static gboolean
load_terms (PurserDb *db, PurserOrg *org, GError **error)
{
  PurserStatement *row =
      purser_db_query (db, error,
                       "SELECT id, provider_id, trains, retention_days, regions, document, checked_on, "
                       "expires_on, created_at FROM terms WHERE id IN (SELECT MAX (id) FROM terms "
                       "GROUP BY provider_id) ORDER BY provider_id",
                       "");
  while (purser_statement_step (row, error))
    {
      PurserTerms *terms = g_new0 (PurserTerms, 1);
      terms->id = purser_statement_int (row, 0);
      terms->provider_id = purser_statement_int (row, 1);
      terms->trains = (int) purser_statement_opt (row, 2);
      terms->retention_days = purser_statement_opt (row, 3);
      terms->regions = purser_catalogue_split (purser_statement_text (row, 4));
      terms->document = g_strdup (purser_statement_text (row, 5));
      terms->checked_on = g_strdup (purser_statement_text (row, 6));
      terms->expires_on = g_strdup (purser_statement_text (row, 7));
      terms->created_at = purser_statement_int (row, 8);
      g_ptr_array_add (org->terms, terms);
    }
  return !purser_statement_failed (row);
}

static gboolean
load_budgets (PurserDb *db, PurserOrg *org, GError **error)
{
  g_autoptr(GArray) budgets = purser_budgets_in_force (db, error);
  for (guint i = 0; budgets != NULL && i < budgets->len; i++)
    g_ptr_array_add (org->budgets, g_memdup2 (&g_array_index (budgets, PurserBudget, i), sizeof (PurserBudget)));
  return budgets != NULL;
}

/* --- The gateway --- */

static PurserDurability
durability_of (const char *id)
{
  for (PurserDurability durability = 0; durability < PURSER_N_DURABILITIES; durability++)
    if (g_strcmp0 (purser_durability_id (durability), id) == 0)
      return durability;
  return PURSER_SURVIVES_POWER;
}

static gboolean
load_keyless (PurserDb *db, PurserOrg *org, GError **error)
{
  PurserStatement *row =
      purser_db_query (db, error, "SELECT workload_id FROM gateway_keyless ORDER BY workload_id", "");
  while (purser_statement_step (row, error))
    add_id (&org->gateway.keyless_workloads, &org->gateway.n_keyless_workloads, purser_statement_int (row, 0));
  return !purser_statement_failed (row);
}

static gboolean
load_gateway (PurserDb *db, PurserOrg *org, GError **error)
{
  PurserGateway *gateway = &org->gateway;
  PurserStatement *row = purser_db_query (db, error,
                                          "SELECT enabled, port, address, certificate, private_key, "
                                          "keyless_principal_id, durability, metrics FROM gateway",
                                          "");
  while (purser_statement_step (row, error))
    {
      gateway->enabled = purser_statement_int (row, 0) != 0;
      gateway->port = (int) purser_statement_int (row, 1);
      g_set_str (&gateway->address, purser_statement_text (row, 2));
      g_set_str (&gateway->certificate, purser_statement_text (row, 3));
      g_set_str (&gateway->private_key, purser_statement_text (row, 4));
      gateway->keyless_principal_id = purser_statement_int (row, 5);
      gateway->durability = durability_of (purser_statement_text (row, 6));
      gateway->metrics = purser_statement_int (row, 7) != 0;
    }
  return !purser_statement_failed (row) && load_keyless (db, org, error);
}

gboolean
purser_snapshot_access (PurserDb *db, PurserOrg *org, GError **error)
{
  return load_access_keys (db, org, error) && load_terms (db, org, error) && load_budgets (db, org, error)
         && load_gateway (db, org, error);
}
