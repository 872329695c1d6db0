/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-ledger.h"

#include <glib/gi18n-lib.h>

#include "purser-budget.h"
#include "purser-ledger-private.h"

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
  gint64 behalf_id = 0;
  gboolean fallback = model_id != open->model_id;
  if (open->behalf != NULL && !purser_ledger_find_behalf (db, open->principal_id, open->behalf, &behalf_id, error))
    return FALSE;
  if (!purser_db_run (db, error,
                      "INSERT INTO call (generation, opened_at, principal_id, workload_id, purpose, dialect, streamed, "
                      "sample, reserve_nano, closed_at, outcome, "
                      "model_id, finish, access_key_id, behalf_id) VALUES (?, ?, NULLIF (?, 0), NULLIF (?, 0), ?, ?, "
                      "?, "
                      "?, ?, ?, ?, NULLIF (?, 0), ?, NULLIF (?, 0), NULLIF (?, 0))",
                      "iiiissbbiisisii", generation, opened_at, open->principal_id, open->workload_id,
                      purser_purpose_id (open->purpose), open->dialect != NULL ? open->dialect : "",
                      open->streamed != 0, head->sample, open->reserve_nano, opened_at + MAX (attempt->total_us, 0),
                      settle->outcome, settle->model_id, settle->finish, open->access_key_id, behalf_id))
    return FALSE;
  gint64 call_id = purser_db_last_id (db);
  return purser_ledger_insert_skips (db, call_id, 1, open->skips, open->n_skips, error)
         && (!fallback || insert_overloaded (db, call_id, open->model_id, generation, opened_at, error))
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
    return purser_ledger_refuse (error, PURSER_STORE_ERROR_REFUSED,
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
         && purser_db_run (db, error, "DELETE FROM call_skip WHERE call_id IN (SELECT id FROM call WHERE sample = 1)",
                           "")
         && purser_db_run (db, error, "DELETE FROM attempt WHERE call_id IN (SELECT id FROM call WHERE sample = 1)", "")
         && purser_db_run (db, error, "DELETE FROM call WHERE sample = 1", "") && purser_ledger_rebuild (db, error)
         && purser_budget_rebase (db, error);
}
