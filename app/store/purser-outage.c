/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-ledger-private.h"

/* Models that fail again and again, told by the attempts of every process. */

static gboolean
note_failure (PurserDb *db, const PurserLedgerAttempt *attempt, gboolean moved, GError **error)
{
  gint64 now = purser_db_now (db);
  return purser_db_run (
      db, error,
      "INSERT INTO outage (provider_id, model_id, began_at, last_at, fault, status, failures, moved) "
      "SELECT m.provider_id, m.id, ?1, ?1, ?2, NULLIF (?3, 0), 1, ?4 FROM attempt a JOIN model m ON "
      "m.id = a.model_id WHERE a.id = ?5 "
      "ON CONFLICT (model_id) WHERE ended_at IS NULL DO UPDATE SET last_at = excluded.last_at, fault = "
      "excluded.fault, status = excluded.status, failures = outage.failures + 1, moved = outage.moved "
      "+ excluded.moved",
      "isbbi", now, attempt->fault != NULL ? attempt->fault : "", attempt->status, moved != 0, attempt->attempt_id);
}

/* An answer to what was sent before the first failure says nothing about the time after it. */
static gboolean
note_answer (PurserDb *db, const PurserLedgerAttempt *attempt, GError **error)
{
  PurserStatement *row =
      purser_db_query (db, error,
                       "SELECT o.id, o.failures FROM attempt a JOIN outage o ON o.model_id = "
                       "a.model_id AND o.ended_at IS NULL WHERE a.id = ? AND a.opened_at >= o.began_at",
                       "i", attempt->attempt_id);
  if (!purser_statement_step (row, error))
    return !purser_statement_failed (row);
  gint64 id = purser_statement_int (row, 0), failures = purser_statement_int (row, 1);
  purser_statement_step (row, NULL);
  if (failures < PURSER_OUTAGE_FAILURES)
    return purser_db_run (db, error, "DELETE FROM outage WHERE id = ?", "i", id);
  return purser_db_run (db, error, "UPDATE outage SET ended_at = ? WHERE id = ?", "ii", purser_db_now (db), id);
}

gboolean
purser_outage_note (PurserDb *db, const PurserLedgerAttempt *attempt, gboolean moved, GError **error)
{
  if (attempt->outage)
    return note_failure (db, attempt, moved, error);
  return g_strcmp0 (attempt->outcome, "ok") != 0 || note_answer (db, attempt, error);
}

/**
 * purser_outage_free:
 * @outage: (nullable) (transfer full): an outage
 */
void
purser_outage_free (PurserOutage *outage)
{
  if (outage == NULL)
    return;
  g_free (outage->fault);
  g_free (outage);
}

/**
 * purser_ledger_outages:
 * @db: a connection inside a job
 * @since: µs UTC
 * @error: return location
 *
 * Returns: (transfer full) (nullable) (element-type PurserOutage): outages that last, but for models of removed providers, and those that ended after
 *   @since; latest first
 */
GPtrArray *
purser_ledger_outages (PurserDb *db, gint64 since, GError **error)
{
  g_autoptr(GPtrArray) outages = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_outage_free);
  PurserStatement *row =
      purser_db_query (db, error,
                       "SELECT o.id, o.provider_id, o.model_id, o.began_at, o.last_at, o.ended_at, "
                       "o.fault, o.status, o.failures, o.moved FROM outage o JOIN provider p ON p.id = "
                       "o.provider_id WHERE o.failures >= ? AND (o.ended_at > ? OR (o.ended_at IS "
                       "NULL AND p.removed_at IS NULL)) ORDER BY o.began_at DESC, o.id DESC",
                       "ii", (gint64) PURSER_OUTAGE_FAILURES, since);
  while (purser_statement_step (row, error))
    {
      PurserOutage *outage = g_new0 (PurserOutage, 1);
      outage->id = purser_statement_int (row, 0);
      outage->provider_id = purser_statement_int (row, 1);
      outage->model_id = purser_statement_int (row, 2);
      outage->began_at = purser_statement_int (row, 3);
      outage->last_at = purser_statement_int (row, 4);
      outage->ended_at = purser_statement_int (row, 5);
      outage->fault = g_strdup (purser_statement_text (row, 6));
      outage->status = (int) purser_statement_int (row, 7);
      outage->failures = purser_statement_int (row, 8);
      outage->moved = purser_statement_int (row, 9);
      g_ptr_array_add (outages, outage);
    }
  return purser_statement_failed (row) ? NULL : g_steal_pointer (&outages);
}
