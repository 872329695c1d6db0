/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "purser-catalogue-private.h"

/* Who may ask for what: access keys, the gateway's settings, providers' terms. */

char **
purser_catalogue_split (const char *text)
{
  return text != NULL && *text != '\0' ? g_strsplit (text, ",", -1) : NULL;
}

char *
purser_catalogue_join (char *const *words)
{
  return words != NULL && words[0] != NULL ? g_strjoinv (",", (char **) words) : NULL;
}

/* --- Access keys --- */

gint64
purser_catalogue_add_access_key (
    PurserDb *db, gint64 principal_id, const char *sha256_hex, const char *hint, GError **error)
{
  return purser_db_run (db, error,
                        "INSERT INTO access_key (principal_id, sha256, hint, created_at) VALUES (?, ?, ?, ?)", "issi",
                        principal_id, sha256_hex, hint, purser_db_now (db))
             ? purser_db_last_id (db)
             : 0;
}

gboolean
purser_catalogue_revoke_access_key (PurserDb *db, gint64 id, GError **error)
{
  return purser_catalogue_found (
      db,
      purser_db_run (db, error, "UPDATE access_key SET revoked_at = COALESCE (revoked_at, ?) WHERE id = ?", "ii",
                     purser_db_now (db), id),
      error);
}

gboolean
purser_catalogue_set_access_key (PurserDb *db, const PurserAccessKey *key, GError **error)
{
  if (!purser_catalogue_found (db,
                               purser_db_run (db, error,
                                              "UPDATE access_key SET expires_at = ?, any_model = ? WHERE id = ?", "ibi",
                                              key->expires_at, key->any_model != 0, key->id),
                               error)
      || !purser_db_run (db, error, "DELETE FROM access_key_workload WHERE key_id = ?", "i", key->id)
      || !purser_db_run (db, error, "DELETE FROM access_key_model WHERE key_id = ?", "i", key->id))
    return FALSE;
  for (guint i = 0; i < key->n_workloads; i++)
    if (!purser_db_run (db, error,
                        "INSERT INTO access_key_workload (key_id, workload_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                        "ii", key->id, key->workloads[i]))
      return FALSE;
  for (guint i = 0; i < key->n_models; i++)
    if (!purser_db_run (db, error,
                        "INSERT INTO access_key_model (key_id, model_id) VALUES (?, ?) ON CONFLICT DO NOTHING", "ii",
                        key->id, key->models[i]))
      return FALSE;
  return TRUE;
}

/* --- The gateway --- */

gboolean
purser_catalogue_set_gateway (PurserDb *db, const PurserGateway *gateway, GError **error)
{
  gboolean run =
      purser_db_run (db, error,
                     "UPDATE gateway SET enabled = ?, port = ?, address = ?, certificate = ?, private_key = ?, "
                     "keyless_principal_id = NULLIF (?, 0), durability = ?, metrics = ?",
                     "bbsssisb", gateway->enabled != 0, gateway->port, gateway->address, gateway->certificate,
                     gateway->private_key, gateway->keyless_principal_id, purser_durability_id (gateway->durability),
                     gateway->metrics != 0);
  if (!run || !purser_db_run (db, error, "DELETE FROM gateway_keyless", ""))
    return FALSE;
  for (guint i = 0; i < gateway->n_keyless_workloads; i++)
    if (!purser_db_run (db, error, "INSERT INTO gateway_keyless (workload_id) VALUES (?) ON CONFLICT DO NOTHING", "i",
                        gateway->keyless_workloads[i]))
      return FALSE;
  return TRUE;
}

/* --- Terms --- */

gint64
purser_catalogue_add_terms (PurserDb *db, const PurserTerms *terms, GError **error)
{
  g_autofree char *regions = purser_catalogue_join (terms->regions);
  gint64 trains = terms->trains > 0 ? 1 : terms->trains;
  return purser_db_run (db, error,
                        "INSERT INTO terms (provider_id, trains, retention_days, regions, document, checked_on, "
                        "expires_on, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        "iIIssssi", terms->provider_id, trains, terms->retention_days, regions, terms->document,
                        terms->checked_on, terms->expires_on, purser_db_now (db))
             ? purser_db_last_id (db)
             : 0;
}
