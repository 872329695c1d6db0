/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "purser-ledger-private.h"

/* One call with the whole of its way. */

static void
attempt_free (gpointer data)
{
  PurserAttemptRow *row = data;
  g_free (row->outcome);
  g_free (row->fault);
  g_free (row->provider_model);
  g_free (row);
}

/**
 * purser_call_record_free:
 * @record: (nullable) (transfer full): a record
 */
void
purser_call_record_free (PurserCallRecord *record)
{
  if (record == NULL)
    return;
  purser_call_row_free (record->call);
  g_free (record->dialect);
  g_free (record->behalf);
  g_clear_pointer (&record->attempts, g_ptr_array_unref);
  g_clear_pointer (&record->skips, g_ptr_array_unref);
  g_free (record);
}

static PurserSkipReason
reason_of (const char *id)
{
  for (PurserSkipReason reason = 0; reason < PURSER_N_SKIPS; reason++)
    if (g_strcmp0 (purser_skip_reason_id (reason), id) == 0)
      return reason;
  return PURSER_SKIP_OFF;
}

static gboolean
load_call (PurserDb *db, gint64 call_id, PurserCallRecord *record, GError **error)
{
  PurserStatement *row =
      purser_db_query (db, error,
                       "SELECT " PURSER_CALL_COLUMNS
                       ", dialect, streamed, access_key_id, (SELECT name FROM behalf_personal p WHERE "
                       "p.behalf_id = call.behalf_id) FROM call WHERE id = ?",
                       "i", call_id);
  if (!purser_statement_step (row, error))
    {
      if (!purser_statement_failed (row))
        g_set_error_literal (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_NOT_FOUND, _("There is no such call."));
      return FALSE;
    }
  record->call = purser_call_row_read (row);
  record->dialect = g_strdup (purser_statement_text (row, 7));
  record->streamed = purser_statement_int (row, 8) != 0;
  record->access_key_id = purser_statement_int (row, 9);
  record->behalf = g_strdup (purser_statement_text (row, 10));
  purser_statement_step (row, NULL);
  return purser_call_row_load_attempts (db, record->call, error);
}

static PurserAttemptRow *
read_attempt (PurserStatement *from)
{
  PurserTokens tokens = PURSER_TOKENS_UNKNOWN_INIT;
  PurserAttemptRow *row = g_new0 (PurserAttemptRow, 1);
  row->number = purser_statement_int (from, 0);
  row->model_id = purser_statement_int (from, 1);
  row->opened_at = purser_statement_int (from, 2);
  row->outcome = g_strdup (purser_statement_text (from, 3));
  row->fault = g_strdup (purser_statement_text (from, 4));
  row->provider_model = g_strdup (purser_statement_text (from, 5));
  row->status = (int) purser_statement_int (from, 6);
  row->first_text_us = purser_statement_opt (from, 7);
  row->total_us = purser_statement_opt (from, 8);
  row->cost_nano = purser_statement_int (from, 9);
  row->unpriced = purser_statement_int (from, 10) != 0;
  row->estimated = purser_statement_int (from, 11) != 0;
  row->may_be_billed = purser_statement_int (from, 12) != 0;
  row->at_most = purser_statement_int (from, 13) != 0;
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    tokens.kind[i] = purser_statement_opt (from, 14 + (int) i);
  row->input_tokens = purser_tokens_input (&tokens);
  row->output_tokens = purser_tokens_output (&tokens);
  return row;
}

static gboolean
load_attempts (PurserDb *db, PurserCallRecord *record, GError **error)
{
  PurserStatement *row = purser_db_query (
      db, error,
      "SELECT number, model_id, opened_at, outcome, fault, provider_model, status, first_text_us, total_us, "
      "cost_nano + COALESCE ((SELECT SUM (k.cost_nano) FROM correction k WHERE k.attempt_id = attempt.id), 0), "
      "unpriced AND NOT EXISTS (SELECT 1 FROM correction k WHERE k.attempt_id = attempt.id AND k.priced = 1), "
      "estimated OR contradictory, may_be_billed, at_most, input_uncached, cache_read, cache_write_5m, cache_write_1h, "
      "cache_write_other, output_visible, output_reasoning FROM attempt WHERE call_id = ? ORDER BY number",
      "i", record->call->call_id);
  record->attempts = g_ptr_array_new_with_free_func (attempt_free);
  while (purser_statement_step (row, error))
    g_ptr_array_add (record->attempts, read_attempt (row));
  return !purser_statement_failed (row);
}

static gboolean
load_skips (PurserDb *db, PurserCallRecord *record, GError **error)
{
  PurserStatement *row = purser_db_query (db, error,
                                          "SELECT before_attempt, model_id, reason FROM call_skip WHERE call_id = ? "
                                          "ORDER BY before_attempt, position",
                                          "i", record->call->call_id);
  record->skips = g_ptr_array_new_with_free_func (g_free);
  while (purser_statement_step (row, error))
    {
      PurserSkipRow *skip = g_new0 (PurserSkipRow, 1);
      skip->before_attempt = purser_statement_int (row, 0);
      skip->model_id = purser_statement_int (row, 1);
      skip->reason = reason_of (purser_statement_text (row, 2));
      g_ptr_array_add (record->skips, skip);
    }
  return !purser_statement_failed (row);
}

/**
 * purser_ledger_call:
 * @db: a connection inside a job
 * @call_id: a call
 * @error: return location
 *
 * Returns: (transfer full) (nullable): what is known of it, corrections included; %NULL and %PURSER_STORE_ERROR_NOT_FOUND where there is none
 */
PurserCallRecord *
purser_ledger_call (PurserDb *db, gint64 call_id, GError **error)
{
  g_autoptr(PurserCallRecord) record = g_new0 (PurserCallRecord, 1);
  if (!load_call (db, call_id, record, error) || !load_attempts (db, record, error) || !load_skips (db, record, error))
    return NULL;
  return g_steal_pointer (&record);
}
