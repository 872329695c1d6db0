/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "purser-catalogue-private.h"

/* People, agents and teams. */

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
  if (!purser_db_run (db, error,
                      "INSERT INTO principal (agent, owner_id, calls_per_minute, calls_at_once, created_at) VALUES "
                      "(?, NULLIF (?, 0), ?, ?, ?)",
                      "biiii", principal->agent != 0, principal->owner_id, principal->calls_per_minute,
                      principal->calls_at_once, purser_db_now (db)))
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
  else if (
      !purser_catalogue_found (db,
                               purser_db_run (db, error,
                                              "UPDATE principal SET owner_id = NULLIF (?, 0), calls_per_minute = ?, "
                                              "calls_at_once = ? WHERE id = ?",
                                              "iiii", principal->owner_id, principal->calls_per_minute,
                                              principal->calls_at_once, id),
                               error)
      || !purser_db_run (db, error, "UPDATE personal SET name = ? WHERE principal_id = ?", "si", principal->name, id))
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
