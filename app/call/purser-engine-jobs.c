/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-engine-jobs.h"

#include "config.h"
#include "purser-engine-private.h"

static gboolean
open_call (PurserDb *db, PurserLedgerJob *job, GError **error)
{
  return purser_ledger_open (db, &job->action->open, &job->call_id, &job->attempt_id, error);
}

static gboolean
next_attempt (PurserDb *db, PurserLedgerJob *job, GError **error)
{
  return purser_ledger_next_attempt (db, &job->action->attempt, job->action->model_id, &job->attempt_id, error);
}

static gboolean
settle_call (PurserDb *db, PurserLedgerJob *job, GError **error)
{
  return purser_ledger_settle (db, &job->action->attempt, &job->action->settle, error);
}

gboolean
purser_ledger_job_run (PurserDb *db, gpointer data, GError **error)
{
  static gboolean (*const questions[]) (PurserDb *db, PurserLedgerJob *job, GError **error) = {
    [PURSER_ACTION_OPEN] = open_call,
    [PURSER_ACTION_NEXT_ATTEMPT] = next_attempt,
    [PURSER_ACTION_SETTLE] = settle_call,
  };
  PurserLedgerJob *job = data;
  return questions[job->action->type](db, job, error);
}

PurserAnswer
purser_ledger_job_answer (const GError *error)
{
  if (error == NULL)
    return PURSER_ANSWER_DONE;
  if (g_error_matches (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_STALE))
    return PURSER_ANSWER_STALE;
  return g_error_matches (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED) ? PURSER_ANSWER_REFUSED
                                                                                 : PURSER_ANSWER_FAILED;
}

gboolean
purser_ledger_job_may_succeed_later (const GError *error)
{
  static const PurserStoreError lasting[] = { PURSER_STORE_ERROR_CONSTRAINT, PURSER_STORE_ERROR_NOT_FOUND,
                                              PURSER_STORE_ERROR_STALE, PURSER_STORE_ERROR_REFUSED,
                                              PURSER_STORE_ERROR_CORRUPT };
  for (gsize i = 0; i < G_N_ELEMENTS (lasting); i++)
    if (g_error_matches (error, PURSER_STORE_ERROR, lasting[i]))
      return FALSE;
  return TRUE;
}

void
purser_engine_view (PurserEngine *engine, PurserEngineView *view)
{
  const PurserAttempt *attempt = engine->attempt;
  *view = (PurserEngineView) { .call_id = engine->call_id, .settling = engine->state == STATE_SETTLING };
  if (attempt == NULL)
    return;
  view->model_id = attempt->model_id;
  view->model = attempt->ref;
  view->dialect = attempt->dialect;
  view->attempts =
      engine->result != NULL ? engine->result->attempts->len + (attempt->outcome == NULL ? 1 : 0) : 0;
}
