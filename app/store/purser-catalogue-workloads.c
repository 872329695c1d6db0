/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "purser-catalogue-private.h"

/* Workloads: how they are called, what their policy asks, and their assignments. */

static gint64
weight_of (const PurserWorkload *workload, guint i)
{
  return workload->weights != NULL ? workload->weights[i] : 1;
}

static gboolean
same_models (PurserDb *db, const PurserWorkload *workload, gboolean *same, GError **error)
{
  guint n = 0;
  *same = TRUE;
  PurserStatement *row =
      purser_db_query (db, error,
                       "SELECT a.model_id, a.weight FROM assignment a JOIN model m ON m.id = a.model_id JOIN "
                       "provider p ON p.id = m.provider_id "
                       "WHERE a.workload_id = ? AND p.removed_at IS NULL ORDER BY a.position",
                       "i", workload->id);
  for (; purser_statement_step (row, error); n++)
    *same = *same && n < workload->n_models && workload->models[n] == purser_statement_int (row, 0)
            && weight_of (workload, n) == purser_statement_int (row, 1);
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
    if (!purser_db_run (db, error,
                        "INSERT INTO assignment (workload_id, position, model_id, weight) VALUES (?, ?, ?, ?)", "iiii",
                        id, (gint64) i, workload->models[i], weight_of (workload, i)))
      return FALSE;
  return TRUE;
}

static gboolean
put_settings (PurserDb *db, gint64 id, const PurserWorkload *w, GError **error)
{
  g_autofree char *regions = purser_catalogue_join (w->regions);
  gboolean run = purser_db_run (db, error,
                                "UPDATE workload SET name = ?, title = ?, connect_ms = ?, first_content_ms = ?, "
                                "silence_ms = ?, drain = ?, spread = ?, no_training = ?, max_retention_days = ?, "
                                "regions = ? WHERE id = ?",
                                "ssiiibbbIsi", w->name, w->title, w->connect_ms, w->first_content_ms, w->silence_ms,
                                w->drain != 0, w->spread != 0, w->no_training != 0,
                                w->retention_limited ? MAX (w->max_retention_days, 0) : (gint64) -1, regions, id);
  return purser_catalogue_found (db, run, error);
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
      if (!purser_db_run (db, error, "INSERT INTO workload (name, builtin) VALUES (?, ?)", "sb", workload->name,
                          workload->builtin != 0))
        return 0;
      id = purser_db_last_id (db);
    }
  return put_settings (db, id, workload, error) && put_assignment (db, id, workload, error) ? id : 0;
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
