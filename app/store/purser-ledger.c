/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-ledger.h"

#include <glib/gi18n-lib.h>

#include "purser-db-private.h"

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

static gboolean
refuse (GError **error, PurserStoreError code, const char *words)
{
  g_set_error_literal (error, PURSER_STORE_ERROR, code, words);
  return FALSE;
}

static gboolean
check_generation (PurserDb *db, gint64 generation, GError **error)
{
  const PurserHead *head = purser_db_head (db, error);
  if (head == NULL)
    return FALSE;
  return head->generation == generation
         || refuse (error, PURSER_STORE_ERROR_STALE,
                    _("The organisation’s settings have changed meanwhile. Try again."));
}

/* --- OPEN --- */

static gboolean
insert_attempt (PurserDb *db,
                gint64 call_id,
                gint64 number,
                gint64 model_id,
                gint64 generation,
                gint64 opened_at,
                gint64 *attempt_id,
                GError **error)
{
  if (!purser_db_run (db, error,
                      "INSERT INTO attempt (call_id, number, model_id, generation, opened_at) VALUES (?, ?, ?, ?, ?)",
                      "iiiii", call_id, number, model_id, generation, opened_at))
    return FALSE;
  *attempt_id = purser_db_last_id (db);
  return TRUE;
}

gboolean
purser_ledger_open (PurserDb *db, const PurserLedgerOpen *open, gint64 *call_id, gint64 *attempt_id, GError **error)
{
  gint64 now = purser_db_now (db);
  gint64 process_id = check_generation (db, open->generation, error) ? purser_db_process (db, error) : 0;

  if (process_id == 0
      || !purser_db_run (db, error,
                         "INSERT INTO call (process_id, generation, opened_at, principal_id, workload_id, purpose, "
                         "dialect, streamed, reserve_nano) "
                         "VALUES (?, ?, ?, NULLIF (?, 0), NULLIF (?, 0), ?, ?, ?, ?)",
                         "iiiiissbi", process_id, open->generation, now, open->principal_id, open->workload_id,
                         purser_purpose_id (open->purpose), open->dialect != NULL ? open->dialect : "",
                         open->streamed != 0, open->reserve_nano))
    return FALSE;
  *call_id = purser_db_last_id (db);
  return insert_attempt (db, *call_id, 1, open->model_id, open->generation, now, attempt_id, error);
}

/* --- Closing --- */

/* One row was to change; none did: it is closed already, or never was. */
static gboolean
changed_one (PurserDb *db, gboolean run, GError **error)
{
  if (run && purser_db_changes (db) != 1)
    return refuse (error, PURSER_STORE_ERROR_REFUSED,
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
#define ATTEMPT_FORMAT "ssbssIIIIIIIIIIbbbsibiiiiiissIIII"
#define ATTEMPT_VALUES(a, k)                                                                                         \
  (a)->outcome, (a)->fault, (a)->status, (a)->provider_model, (a)->provider_request_id, (k)[0], (k)[1], (k)[2],      \
      (k)[3], (k)[4], (k)[5], (k)[6], (a)->tokens.audio_in, (a)->tokens.audio_out, (a)->tokens.server_tool_requests, \
      (a)->estimated != 0, (a)->contradictory != 0, (a)->may_be_billed != 0, (a)->usage_raw, (a)->price_id,          \
      (a)->unpriced != 0, (a)->list_nano, (a)->cost_nano, (a)->contract_id, (a)->rate_id, (a)->price_list_nano,      \
      (a)->price_cost_nano, (a)->service_tier, (a)->region, (a)->connect_us, (a)->first_us, (a)->first_text_us,      \
      (a)->total_us

static gboolean
close_attempt (PurserDb *db, const PurserLedgerAttempt *attempt, GError **error)
{
  const gint64 *kind = attempt->tokens.kind;
  gboolean run = purser_db_run (db, error,
                                "UPDATE attempt SET closed_at = CASE WHEN opened_at > ?1 THEN opened_at ELSE ?1 "
                                "END, " ATTEMPT_COLUMNS " WHERE id = ? AND call_id = ? AND closed_at IS NULL",
                                "i" ATTEMPT_FORMAT "ii", purser_db_now (db), ATTEMPT_VALUES (attempt, kind),
                                attempt->attempt_id, attempt->call_id);
  return changed_one (db, run, error);
}

gboolean
purser_ledger_next_attempt (
    PurserDb *db, const PurserLedgerAttempt *from, gint64 model_id, gint64 *attempt_id, GError **error)
{
  PurserStatement *row =
      purser_db_query (db, error,
                       "SELECT c.generation, a.number, c.opened_at FROM attempt a JOIN call c ON c.id = a.call_id "
                       "WHERE a.id = ? AND c.id = ? AND c.closed_at IS NULL",
                       "ii", from->attempt_id, from->call_id);
  if (!purser_statement_step (row, error))
    return purser_statement_failed (row)
               ? FALSE
               : refuse (error, PURSER_STORE_ERROR_REFUSED,
                         _("This call is closed already, and a closed call does not change."));
  gint64 generation = from->generation != 0 ? from->generation : purser_statement_int (row, 0);
  gint64 number = purser_statement_int (row, 1) + 1, opened_at = purser_statement_int (row, 2);
  purser_statement_step (row, NULL);
  return check_generation (db, generation, error) && close_attempt (db, from, error)
         && insert_attempt (db, from->call_id, number, model_id, generation, MAX (purser_db_now (db), opened_at),
                            attempt_id, error);
}

gboolean
purser_ledger_settle (PurserDb *db, const PurserLedgerAttempt *last, const PurserLedgerSettle *settle, GError **error)
{
  g_return_val_if_fail (last->call_id == settle->call_id, FALSE);
  if (!close_attempt (db, last, error))
    return FALSE;
  gboolean run =
      purser_db_run (db, error,
                     "UPDATE call SET closed_at = CASE WHEN opened_at > ?1 THEN opened_at ELSE ?1 END, outcome = ?, "
                     "model_id = NULLIF (?, 0), finish = ? "
                     "WHERE id = ? AND closed_at IS NULL",
                     "isisi", purser_db_now (db), settle->outcome, settle->model_id, settle->finish, settle->call_id);
  return changed_one (db, run, error) && purser_rollup_count (db->rollup, db, settle->call_id, error);
}

/* --- Closed calls in bulk --- */

static gboolean
insert_closed_attempt (PurserDb *db,
                       gint64 call_id,
                       gint64 number,
                       gint64 model_id,
                       gint64 generation,
                       gint64 opened_at,
                       const PurserLedgerAttempt *attempt,
                       GError **error)
{
  const gint64 *kind = attempt->tokens.kind;
  return purser_db_run (db, error,
                        "INSERT INTO attempt (call_id, number, model_id, generation, opened_at, closed_at, outcome, "
                        "fault, status, provider_model, provider_request_id, "
                        "input_uncached, cache_read, cache_write_5m, cache_write_1h, cache_write_other, "
                        "output_visible, output_reasoning, audio_in, audio_out, "
                        "server_tool_requests, estimated, contradictory, may_be_billed, usage_raw, price_id, unpriced, "
                        "list_nano, cost_nano, contract_id, rate_id, price_list_nano, price_cost_nano, service_tier, "
                        "region, connect_us, first_us, "
                        "first_text_us, total_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULLIF (?, 0), ?, ?, ?, ?, ?, ?, ?, "
                        "?, ?, ?, ?, ?, ?, ?, ?, ?, NULLIF (?, 0), ?, ?, ?, NULLIF (?, 0), NULLIF (?, 0), ?, ?, ?, ?, "
                        "?, ?, ?, ?)",
                        "iiiiii" ATTEMPT_FORMAT, call_id, number, model_id, generation, opened_at,
                        opened_at + MAX (attempt->total_us, 0), ATTEMPT_VALUES (attempt, kind));
}

/* The first choice that could not answer: nothing was used, nothing is owed. */
static gboolean
insert_overloaded (PurserDb *db, gint64 call_id, gint64 model_id, gint64 generation, gint64 opened_at, GError **error)
{
  PurserLedgerAttempt attempt = { .outcome = "failed",
                                  .fault = "overloaded",
                                  .status = 529,
                                  .tokens = PURSER_TOKENS_UNKNOWN_INIT,
                                  .connect_us = -1,
                                  .first_us = -1,
                                  .first_text_us = -1,
                                  .total_us = -1 };
  return insert_closed_attempt (db, call_id, 1, model_id, generation, opened_at, &attempt, error);
}

gboolean
purser_ledger_insert_closed (PurserDb *db,
                             gint64 opened_at,
                             const PurserLedgerOpen *open,
                             const PurserLedgerAttempt *attempt,
                             const PurserLedgerSettle *settle,
                             GError **error)
{
  const PurserHead *head = purser_db_head (db, error);
  if (head == NULL)
    return FALSE;
  gint64 generation = head->generation, model_id = settle->model_id != 0 ? settle->model_id : open->model_id;
  gboolean fallback = model_id != open->model_id;
  if (!purser_db_run (db, error,
                      "INSERT INTO call (generation, opened_at, principal_id, workload_id, purpose, dialect, streamed, "
                      "sample, reserve_nano, closed_at, outcome, "
                      "model_id, finish) VALUES (?, ?, NULLIF (?, 0), NULLIF (?, 0), ?, ?, ?, ?, ?, ?, ?, NULLIF (?, "
                      "0), ?)",
                      "iiiissbbiisis", generation, opened_at, open->principal_id, open->workload_id,
                      purser_purpose_id (open->purpose), open->dialect != NULL ? open->dialect : "",
                      open->streamed != 0, head->sample, open->reserve_nano, opened_at + MAX (attempt->total_us, 0),
                      settle->outcome, settle->model_id, settle->finish))
    return FALSE;
  gint64 call_id = purser_db_last_id (db);
  return (!fallback || insert_overloaded (db, call_id, open->model_id, generation, opened_at, error))
         && insert_closed_attempt (db, call_id, fallback ? 2 : 1, model_id, generation, opened_at, attempt, error)
         && purser_rollup_count (db->rollup, db, call_id, error);
}

gboolean
purser_ledger_rebuild (PurserDb *db, GError **error)
{
  g_autoptr(PurserRollup) rollup = purser_rollup_new ();
  purser_rollup_clear (db->rollup); /* the walk sees this job's calls too */
  return purser_rollup_count (rollup, db, 0, error) && purser_rollup_delete (db, error)
         && purser_rollup_flush (rollup, db, error);
}

gboolean
purser_ledger_delete_sample (PurserDb *db, GError **error)
{
  const PurserHead *head = purser_db_head (db, error);
  if (head == NULL)
    return FALSE;
  if (!head->sample)
    return refuse (error, PURSER_STORE_ERROR_REFUSED,
                   _("This organisation is not marked as a sample, so its calls stay."));
  /* A run that was really made while the sample was there has real calls, and stays. */
  return purser_db_run (db, error,
                        "DELETE FROM trial WHERE sample = 1 AND NOT EXISTS (SELECT 1 FROM trial_result r JOIN call c "
                        "ON c.id = r.call_id "
                        "WHERE r.trial_id = trial.id AND c.sample = 0)",
                        "")
         && purser_db_run (db, error,
                           "DELETE FROM month_closed WHERE EXISTS (SELECT 1 FROM call c WHERE c.sample = 1 AND "
                           "c.opened_at >= starts_at AND c.opened_at < ends_at)",
                           "")
         && purser_db_run (db, error, "DELETE FROM correction WHERE call_id IN (SELECT id FROM call WHERE sample = 1)",
                           "")
         && purser_db_run (db, error, "DELETE FROM attempt WHERE call_id IN (SELECT id FROM call WHERE sample = 1)", "")
         && purser_db_run (db, error, "DELETE FROM call WHERE sample = 1", "") && purser_ledger_rebuild (db, error);
}
