/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "purser-catalogue-private.h"

/* Workloads with their assignments; people, agents, teams and access keys. */

static gboolean
same_models (PurserDb *db, const PurserWorkload *workload, gboolean *same, GError **error)
{
  guint n = 0;
  *same = TRUE;
  PurserStatement *row = purser_db_query (db, error,
                                          "SELECT a.model_id FROM assignment a JOIN model m ON m.id = a.model_id JOIN "
                                          "provider p ON p.id = m.provider_id "
                                          "WHERE a.workload_id = ? AND p.removed_at IS NULL ORDER BY a.position",
                                          "i", workload->id);
  for (; purser_statement_step (row, error); n++)
    *same = *same && n < workload->n_models && workload->models[n] == purser_statement_int (row, 0);
  *same = *same && n == workload->n_models;
  return !purser_statement_failed (row);
}

/* Models of removed providers keep their places at the end: a removal that is undone brings them back. */
static gboolean
put_assignment (PurserDb *db, gint64 id, const PurserWorkload *workload, GError **error)
{
  gboolean same = FALSE;
  PurserWorkload with_id = *workload;
  with_id.id = id;
  if (!same_models (db, &with_id, &same, error))
    return FALSE;
  if (same)
    return TRUE;
  if (!purser_db_run (db, error,
                      "DELETE FROM assignment WHERE workload_id = ? AND model_id IN (SELECT m.id FROM model m JOIN "
                      "provider p ON p.id = m.provider_id WHERE p.removed_at IS NULL)",
                      "i", id)
      || !purser_db_run (db, error,
                         "UPDATE assignment SET position = position + 1000000 WHERE workload_id = ? AND position < "
                         "1000000",
                         "i", id))
    return FALSE;
  for (guint i = 0; i < workload->n_models; i++)
    if (!purser_db_run (db, error, "INSERT INTO assignment (workload_id, position, model_id) VALUES (?, ?, ?)", "iii",
                        id, (gint64) i, workload->models[i]))
      return FALSE;
  return TRUE;
}

gint64
purser_catalogue_put_workload (PurserDb *db, const PurserWorkload *workload, GError **error)
{
  gint64 id = workload->id;
  if (!purser_workload_name_check (workload->name, error)
      || purser_catalogue_taken (
          db,
          purser_db_query (db, error, "SELECT 1 FROM workload WHERE name = ? AND removed_at IS NULL AND id <> ?", "si",
                           workload->name, id),
          workload->name, error))
    return 0;
  if (id == 0)
    {
      if (!purser_db_run (db, error, "INSERT INTO workload (name, title, builtin) VALUES (?, ?, ?)", "ssb",
                          workload->name, workload->title, workload->builtin != 0))
        return 0;
      id = purser_db_last_id (db);
    }
  else if (!purser_catalogue_found (db,
                                    purser_db_run (db, error, "UPDATE workload SET name = ?, title = ? WHERE id = ?",
                                                   "ssi", workload->name, workload->title, id),
                                    error))
    return 0;
  return put_assignment (db, id, workload, error) ? id : 0;
}

gboolean
purser_catalogue_remove_workload (PurserDb *db, gint64 id, gboolean removed, GError **error)
{
  if (removed)
    return purser_catalogue_found (db,
                                   purser_db_run (db, error,
                                                  "UPDATE workload SET removed_at = ? WHERE id = ? AND builtin = 0",
                                                  "ii", purser_db_now (db), id),
                                   error);
  PurserStatement *same = purser_db_query (db, error,
                                           "SELECT 1 FROM workload o JOIN workload w ON o.name = w.name WHERE w.id = "
                                           "?1 AND o.id <> ?1 AND o.removed_at IS NULL",
                                           "i", id);
  return !purser_catalogue_taken (db, same, _("the same name"), error)
         && purser_catalogue_found (db,
                                    purser_db_run (db, error, "UPDATE workload SET removed_at = NULL WHERE id = ?", "i",
                                                   id),
                                    error);
}

/* --- Teams and principals --- */

gint64
purser_catalogue_put_team (PurserDb *db, gint64 id, const char *name, GError **error)
{
  if (!purser_name_check (name, TRUE, error)
      || purser_catalogue_taken (db,
                                 purser_db_query (db, error, "SELECT 1 FROM team WHERE name = ? AND id <> ?", "si",
                                                  name, id),
                                 name, error))
    return 0;
  if (id == 0)
    return purser_db_run (db, error, "INSERT INTO team (name) VALUES (?)", "s", name) ? purser_db_last_id (db) : 0;
  return purser_catalogue_found (db, purser_db_run (db, error, "UPDATE team SET name = ? WHERE id = ?", "si", name, id),
                                 error)
             ? id
             : 0;
}

/* A first membership counts from ever, as there were no calls before; a change counts from now on. */
static gboolean
put_membership (PurserDb *db, gint64 principal_id, gint64 team_id, GError **error)
{
  PurserStatement *row =
      purser_db_query (db, error, "SELECT team_id FROM membership WHERE principal_id = ? ORDER BY since DESC LIMIT 1",
                       "i", principal_id);
  gboolean has = purser_statement_step (row, error);
  gint64 current = has ? purser_statement_int (row, 0) : 0;
  if (!has && purser_statement_failed (row))
    return FALSE;
  if (has)
    purser_statement_step (row, NULL);
  if (has && current == team_id)
    return TRUE;
  return purser_db_run (db, error,
                        "INSERT INTO membership (principal_id, since, team_id) VALUES (?, ?, NULLIF (?, 0)) "
                        "ON CONFLICT (principal_id, since) DO UPDATE SET team_id = excluded.team_id",
                        "iii", principal_id, has ? purser_db_now (db) : (gint64) 0, team_id);
}

static gint64
insert_principal (PurserDb *db, const PurserPrincipal *principal, GError **error)
{
  if (!purser_db_run (db, error, "INSERT INTO principal (agent, owner_id, created_at) VALUES (?, NULLIF (?, 0), ?)",
                      "bii", principal->agent != 0, principal->owner_id, purser_db_now (db)))
    return 0;
  gint64 id = purser_db_last_id (db);
  return purser_db_run (db, error, "INSERT INTO personal (principal_id, name) VALUES (?, ?)", "is", id, principal->name)
             ? id
             : 0;
}

gint64
purser_catalogue_put_principal (PurserDb *db, const PurserPrincipal *principal, GError **error)
{
  gint64 id = principal->id;
  PurserStatement *same;
  if (!purser_name_check (principal->name, TRUE, error))
    return 0;
  same = purser_db_query (db, error,
                          "SELECT 1 FROM personal n JOIN principal p ON p.id = n.principal_id WHERE n.name = ? AND "
                          "p.removed_at IS NULL AND p.id <> ?",
                          "si", principal->name, id);
  if (purser_catalogue_taken (db, same, principal->name, error))
    return 0;
  if (id == 0)
    id = insert_principal (db, principal, error);
  else if (!purser_catalogue_found (db,
                                    purser_db_run (db, error,
                                                   "UPDATE principal SET owner_id = NULLIF (?, 0) WHERE id = ?", "ii",
                                                   principal->owner_id, id),
                                    error)
           || !purser_db_run (db, error, "UPDATE personal SET name = ? WHERE principal_id = ?", "si", principal->name,
                              id))
    return 0;
  return id != 0 && put_membership (db, id, principal->team_id, error) ? id : 0;
}

gboolean
purser_catalogue_remove_principal (PurserDb *db, gint64 id, gboolean removed, GError **error)
{
  if (removed)
    return purser_catalogue_found (db,
                                   purser_db_run (db, error, "UPDATE principal SET removed_at = ? WHERE id = ?", "ii",
                                                  purser_db_now (db), id),
                                   error);
  PurserStatement *same =
      purser_db_query (db, error,
                       "SELECT 1 FROM personal o JOIN personal n ON o.name = n.name JOIN principal p ON p.id = "
                       "o.principal_id "
                       "WHERE n.principal_id = ?1 AND o.principal_id <> ?1 AND p.removed_at IS NULL",
                       "i", id);
  return !purser_catalogue_taken (db, same, _("the same name"), error)
         && purser_catalogue_found (db,
                                    purser_db_run (db, error, "UPDATE principal SET removed_at = NULL WHERE id = ?",
                                                   "i", id),
                                    error);
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
