/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "purser-ledger-private.h"

/**
 * purser_call_row_free:
 * @row: (nullable) (transfer full): a row
 */
void
purser_call_row_free (PurserCallRow *row)
{
  if (row == NULL)
    return;
  g_free (row->outcome);
  g_free (row->fault);
  g_free (row);
}

static PurserPurpose
purpose_of (const char *id)
{
  for (PurserPurpose purpose = PURSER_PURPOSE_WORK; purpose <= PURSER_PURPOSE_CHECK; purpose++)
    if (g_strcmp0 (purser_purpose_id (purpose), id) == 0)
      return purpose;
  return PURSER_PURPOSE_WORK;
}

PurserCallRow *
purser_call_row_read (PurserStatement *from)
{
  const char *outcome = purser_statement_text (from, 5);
  PurserCallRow *row = g_new0 (PurserCallRow, 1);
  row->call_id = purser_statement_int (from, 0);
  row->opened_at = purser_statement_int (from, 1);
  row->principal_id = purser_statement_int (from, 2);
  row->workload_id = purser_statement_int (from, 3);
  row->purpose = purpose_of (purser_statement_text (from, 4));
  row->outcome = g_strdup (outcome != NULL ? outcome : "open");
  row->model_id = purser_statement_int (from, 6);
  row->input_tokens = row->output_tokens = row->first_text_us = row->total_us = PURSER_UNKNOWN;
  return row;
}

static void
add_known (gint64 *sum, gint64 value)
{
  if (value >= 0 && __builtin_add_overflow (MAX (*sum, 0), value, sum))
    *sum = G_MAXINT64;
}

/* Tokens and cost, corrections included, are the sum of the attempts; model, fault and times are the last one's. */
static void
add_attempt (PurserStatement *from, PurserCallRow *row)
{
  PurserTokens tokens = PURSER_TOKENS_UNKNOWN_INIT;
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    tokens.kind[i] = purser_statement_opt (from, 7 + i);
  add_known (&row->input_tokens, purser_tokens_input (&tokens));
  add_known (&row->output_tokens, purser_tokens_output (&tokens));
  add_known (&row->cost_nano, purser_statement_int (from, 2));
  row->attempts++;
  if (!g_str_equal (row->outcome, "ok") || row->model_id == 0)
    row->model_id = purser_statement_int (from, 0);
  g_free (row->fault);
  row->fault = g_strdup (purser_statement_text (from, 1));
  row->unpriced |= purser_statement_int (from, 3) != 0;
  row->estimated |= purser_statement_int (from, 4) != 0;
  row->first_text_us = purser_statement_opt (from, 5);
  row->total_us = purser_statement_opt (from, 6);
}

gboolean
purser_call_row_load_attempts (PurserDb *db, PurserCallRow *row, GError **error)
{
  PurserStatement *from =
      purser_db_query (db, error,
                       "SELECT model_id, fault, cost_nano + COALESCE ((SELECT SUM (k.cost_nano) FROM "
                       "correction k WHERE k.attempt_id = attempt.id), 0), unpriced AND NOT EXISTS "
                       "(SELECT 1 FROM correction k WHERE k.attempt_id = attempt.id AND k.priced = "
                       "1), estimated OR contradictory, "
                       "first_text_us, total_us, input_uncached, "
                       "cache_read, cache_write_5m, cache_write_1h, cache_write_other, "
                       "output_visible, output_reasoning "
                       "FROM attempt WHERE call_id = ? ORDER BY id",
                       "i", row->call_id);
  while (purser_statement_step (from, error))
    add_attempt (from, row);
  return !purser_statement_failed (from);
}

/**
 * purser_ledger_recent:
 * @db: a connection inside a job
 * @before_call_id: only calls before this one, 0 = from the newest on
 * @limit: how many
 * @error: return location
 *
 * Returns: (transfer full) (nullable) (element-type PurserCallRow): calls, latest first; a running one has the outcome "open"
 */
GPtrArray *
purser_ledger_recent (PurserDb *db, gint64 before_call_id, guint limit, GError **error)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_call_row_free);
  PurserStatement *from =
      purser_db_query (db, error, "SELECT " PURSER_CALL_COLUMNS " FROM call WHERE id < ? ORDER BY id DESC LIMIT ?",
                       "ii", before_call_id > 0 ? before_call_id : G_MAXINT64, (gint64) limit);
  while (purser_statement_step (from, error))
    g_ptr_array_add (rows, purser_call_row_read (from));
  if (purser_statement_failed (from))
    return NULL;
  for (guint i = 0; i < rows->len; i++)
    if (!purser_call_row_load_attempts (db, g_ptr_array_index (rows, i), error))
      return NULL;
  return g_steal_pointer (&rows);
}
