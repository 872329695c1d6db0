/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-prices.h"

#include "purser-db-private.h"

/* What was corrected, and what still has no price. */

/**
 * purser_correction_free:
 * @correction: (nullable) (transfer full): a correction
 */
void
purser_correction_free (PurserCorrection *correction)
{
  if (correction == NULL)
    return;
  g_free (correction->reason);
  g_free (correction);
}

static PurserCorrection *
read_correction (PurserStatement *row)
{
  PurserCorrection *correction = g_new0 (PurserCorrection, 1);
  correction->id = purser_statement_int (row, 0);
  correction->attempt_id = purser_statement_int (row, 1);
  correction->call_id = purser_statement_int (row, 2);
  correction->opened_at = purser_statement_int (row, 3);
  correction->created_at = purser_statement_int (row, 4);
  correction->model_id = purser_statement_int (row, 5);
  correction->price_id = purser_statement_int (row, 6);
  correction->list_nano = purser_statement_int (row, 7);
  correction->cost_nano = purser_statement_int (row, 8);
  correction->priced_tokens = purser_statement_int (row, 9);
  correction->reason = g_strdup (purser_statement_text (row, 10));
  return correction;
}

/**
 * purser_ledger_corrections:
 * @db: a connection inside a job
 * @since: µs UTC: of calls opened from then on
 * @until: µs UTC: and before then; 0 = no end
 * @limit: how many at most, 0 = all
 * @error: return location
 *
 * Returns: (transfer full) (nullable) (element-type PurserCorrection): corrections, newest first
 */
GPtrArray *
purser_ledger_corrections (PurserDb *db, gint64 since, gint64 until, guint limit, GError **error)
{
  g_autoptr(GPtrArray) corrections = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_correction_free);
  PurserStatement *row =
      purser_db_query (db, error,
                       "SELECT k.id, k.attempt_id, k.call_id, c.opened_at, k.created_at, a.model_id, k.price_id, "
                       "k.list_nano, k.cost_nano, k.priced_tokens, k.reason "
                       "FROM correction k CROSS JOIN call c ON c.id = k.call_id CROSS JOIN attempt a ON a.id = "
                       "k.attempt_id WHERE c.opened_at >= ? AND c.opened_at < ? ORDER BY k.id DESC LIMIT ?",
                       "iii", since, until != 0 ? until : G_MAXINT64, limit > 0 ? (gint64) limit : (gint64) -1);
  while (purser_statement_step (row, error))
    g_ptr_array_add (corrections, read_correction (row));
  return purser_statement_failed (row) ? NULL : g_steal_pointer (&corrections);
}

/**
 * purser_ledger_unpriced:
 * @db: a connection inside a job
 * @error: return location
 *
 * Returns: (transfer full) (nullable) (element-type PurserUnpricedRow): models whose closed calls still have attempts without a price, most tokens first
 */
GArray *
purser_ledger_unpriced (PurserDb *db, GError **error)
{
  g_autoptr(GArray) rows = g_array_new (FALSE, FALSE, sizeof (PurserUnpricedRow));
  PurserStatement *row =
      purser_db_query (db, error,
                       "SELECT a.model_id, COUNT (*), SUM (COALESCE (a.input_uncached, 0) + COALESCE (a.cache_read, 0) "
                       "+ COALESCE (a.cache_write_5m, 0) + COALESCE (a.cache_write_1h, 0) + COALESCE "
                       "(a.cache_write_other, 0) + COALESCE (a.output_visible, 0) + COALESCE (a.output_reasoning, 0)) "
                       "AS tokens, MIN (c.opened_at), MAX (c.opened_at) "
                       "FROM attempt a INDEXED BY attempt_unpriced CROSS JOIN call c ON c.id = a.call_id "
                       "WHERE a.unpriced = 1 AND c.closed_at IS NOT NULL "
                       "AND NOT EXISTS (SELECT 1 FROM correction k WHERE k.attempt_id = a.id AND k.priced = 1) "
                       "GROUP BY a.model_id ORDER BY tokens DESC, a.model_id",
                       "");
  while (purser_statement_step (row, error))
    {
      PurserUnpricedRow one = { .model_id = purser_statement_int (row, 0),
                                .attempts = purser_statement_int (row, 1),
                                .tokens = purser_statement_int (row, 2),
                                .first_at = purser_statement_int (row, 3),
                                .last_at = purser_statement_int (row, 4) };
      g_array_append_val (rows, one);
    }
  return purser_statement_failed (row) ? NULL : g_steal_pointer (&rows);
}
