/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-ledger.h"

#include <glib/gi18n-lib.h>

#include "purser-budget.h"
#include "purser-ledger-private.h"

static const char *const PURPOSES[] = { [PURSER_PURPOSE_WORK] = "work",
                                        [PURSER_PURPOSE_TRY] = "try",
                                        [PURSER_PURPOSE_TEST] = "test",
                                        [PURSER_PURPOSE_CHECK] = "check" };

/**
 * purser_purpose_id:
 * @purpose: what a call is for
 *
 * Returns: its name in the ledger
 */
const char *
purser_purpose_id (PurserPurpose purpose)
{
  g_return_val_if_fail ((guint) purpose < G_N_ELEMENTS (PURPOSES), NULL);
  return PURPOSES[purpose];
}

/**
 * purser_skip_reason_id:
 * @reason: why a candidate was passed over
 *
 * Returns: its name in the ledger
 */
const char *
purser_skip_reason_id (PurserSkipReason reason)
{
  static const char *const WORDS[PURSER_N_SKIPS] = { [PURSER_SKIP_TERMS] = "terms",
                                                     [PURSER_SKIP_RESTING] = "resting",
                                                     [PURSER_SKIP_CONTEXT] = "context",
                                                     [PURSER_SKIP_OFF] = "off",
                                                     [PURSER_SKIP_UNSUPPORTED] = "unsupported" };
  g_return_val_if_fail ((guint) reason < G_N_ELEMENTS (WORDS), NULL);
  return WORDS[reason];
}

gboolean
purser_ledger_refuse (GError **error, PurserStoreError code, const char *words)
{
  g_set_error_literal (error, PURSER_STORE_ERROR, code, words);
  return FALSE;
}

gboolean
purser_ledger_check_generation (PurserDb *db, gint64 generation, GError **error)
{
  const PurserHead *head = purser_db_head (db, error);
  if (head == NULL)
    return FALSE;
  return head->generation == generation
         || purser_ledger_refuse (error, PURSER_STORE_ERROR_STALE,
                                  _("The organisation’s settings have changed meanwhile. Try again."));
}

/* --- Closing --- */

/* One row was to change; none did: it is closed already, or never was. */
static gboolean
changed_one (PurserDb *db, gboolean run, GError **error)
{
  if (run && purser_db_changes (db) != 1)
    return purser_ledger_refuse (error, PURSER_STORE_ERROR_REFUSED,
                                 _("This call is closed already, and a closed call does not change."));
  return run;
}

#define ATTEMPT_COLUMNS                                                                                                \
  "outcome = ?, fault = ?, status = NULLIF (?, 0), provider_model = ?, provider_request_id = ?, input_uncached = ?, "  \
  "cache_read = ?, cache_write_5m = ?, "                                                                               \
  "cache_write_1h = ?, cache_write_other = ?, output_visible = ?, output_reasoning = ?, audio_in = ?, audio_out = ?, " \
  "server_tool_requests = ?, "                                                                                         \
  "estimated = ?, contradictory = ?, may_be_billed = ?, usage_raw = ?, price_id = NULLIF (?, 0), unpriced = ?, "       \
  "list_nano = ?, cost_nano = ?, contract_id = NULLIF (?, 0), rate_id = NULLIF (?, 0), price_list_nano = ?, "          \
  "price_cost_nano = ?, service_tier = ?, region = ?, "                                                                \
  "connect_us = ?, first_us = ?, first_text_us = ?, total_us = ?"

static gboolean
close_attempt (PurserDb *db, const PurserLedgerAttempt *attempt, gboolean moved, GError **error)
{
  const gint64 *kind = attempt->tokens.kind;
  gboolean run = purser_db_run (db, error,
                                "UPDATE attempt SET closed_at = CASE WHEN opened_at > ?1 THEN opened_at ELSE ?1 "
                                "END, " ATTEMPT_COLUMNS " WHERE id = ? AND call_id = ? AND closed_at IS NULL",
                                "i" ATTEMPT_FORMAT "ii", purser_db_now (db), ATTEMPT_VALUES (attempt, kind),
                                attempt->attempt_id, attempt->call_id);
  return changed_one (db, run, error) && purser_outage_note (db, attempt, moved, error);
}

gboolean
purser_ledger_next_attempt (
    PurserDb *db, const PurserLedgerAttempt *from, gint64 model_id, gint64 *attempt_id, GError **error)
{
  PurserStatement *row =
      purser_db_query (db, error,
                       "SELECT c.generation, a.number, c.opened_at, a.model_id FROM attempt a JOIN "
                       "call c ON c.id = a.call_id WHERE a.id = ? AND c.id = ? AND c.closed_at IS NULL",
                       "ii", from->attempt_id, from->call_id);
  if (!purser_statement_step (row, error))
    return purser_statement_failed (row)
               ? FALSE
               : purser_ledger_refuse (error, PURSER_STORE_ERROR_REFUSED,
                                       _("This call is closed already, and a closed call does not change."));
  gint64 generation = from->generation != 0 ? from->generation : purser_statement_int (row, 0);
  gint64 number = purser_statement_int (row, 1) + 1, opened_at = purser_statement_int (row, 2);
  gboolean moved = purser_statement_int (row, 3) != model_id;
  purser_statement_step (row, NULL);
  return purser_ledger_check_generation (db, generation, error)
         && (!from->unpriced_next || purser_budget_allows_unpriced (db, from->call_id, error))
         && purser_budget_reserve_more (db, from->call_id, from->cost_nano, error)
         && close_attempt (db, from, moved, error)
         && purser_ledger_insert_skips (db, from->call_id, number, from->skips, from->n_skips, error)
         && purser_ledger_insert_attempt (db, from->call_id, number, model_id, generation,
                                          MAX (purser_db_now (db), opened_at), attempt_id, error);
}

gboolean
purser_ledger_settle (PurserDb *db, const PurserLedgerAttempt *last, const PurserLedgerSettle *settle, GError **error)
{
  g_return_val_if_fail (last->call_id == settle->call_id, FALSE);
  if (!close_attempt (db, last, FALSE, error))
    return FALSE;
  gboolean run =
      purser_db_run (db, error,
                     "UPDATE call SET closed_at = CASE WHEN opened_at > ?1 THEN opened_at ELSE ?1 END, outcome = ?, "
                     "model_id = NULLIF (?, 0), finish = ? "
                     "WHERE id = ? AND closed_at IS NULL",
                     "isisi", purser_db_now (db), settle->outcome, settle->model_id, settle->finish, settle->call_id);
  return changed_one (db, run, error) && purser_budget_settle (db, settle->call_id, error)
         && purser_rollup_count (db->rollup, db, settle->call_id, error);
}
