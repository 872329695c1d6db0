/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-catalogue-private.h"
#include "purser-ledger.h"

void
purser_trial_row_free (PurserTrialRow *row)
{
  if (row == NULL)
    return;
  g_free (row->kind);
  g_free (row->suite);
  g_free (row->state);
  g_free (row->setup);
  g_free (row->summary);
  g_free (row);
}

void
purser_trial_result_free (PurserTrialResult *result)
{
  if (result == NULL)
    return;
  g_free (result->case_id);
  g_free (result->outcome);
  g_free (result->answer);
  g_free (result->detail);
  g_free (result);
}

/* A running one belongs to this process: when that dies, the reaper marks it as interrupted. */
static gint64
insert_trial (PurserDb *db, const PurserTrialRow *row, GError **error)
{
  const PurserHead *head = purser_db_head (db, error);
  gboolean running = g_strcmp0 (row->state, "running") == 0;
  gint64 process_id = head != NULL && running ? purser_db_process (db, error) : 0;
  if (head == NULL || (running && process_id == 0))
    return 0;
  return purser_db_run (db, error,
                        "INSERT INTO trial (process_id, sample, kind, suite, workload_id, started_at, ended_at, state, "
                        "setup, summary) "
                        "VALUES (NULLIF (?, 0), ?, ?, ?, NULLIF (?, 0), ?, ?, ?, ?, ?)",
                        "ibssiiisss", process_id, head->sample, row->kind, row->suite, row->workload_id,
                        row->started_at, row->ended_at, row->state, row->setup, row->summary)
             ? purser_db_last_id (db)
             : 0;
}

gint64
purser_trial_put (PurserDb *db, const PurserTrialRow *row, GError **error)
{
  if (row->id == 0)
    return insert_trial (db, row, error);
  gboolean run = purser_db_run (db, error,
                                "UPDATE trial SET kind = ?, suite = ?, workload_id = NULLIF (?, 0), started_at = ?, "
                                "ended_at = ?, state = ?, setup = ?, summary = ? "
                                "WHERE id = ?",
                                "ssiiisssi", row->kind, row->suite, row->workload_id, row->started_at, row->ended_at,
                                row->state, row->setup, row->summary, row->id);
  return purser_catalogue_found (db, run, error) ? row->id : 0;
}

gboolean
purser_trial_add_result (PurserDb *db, const PurserTrialResult *r, GError **error)
{
  return purser_db_run (db, error,
                        "INSERT INTO trial_result (trial_id, call_id, model_id, position, case_id, repeat, outcome, "
                        "score, answer, detail, input_tokens, "
                        "output_tokens, cost_nano, first_text_us, total_us) VALUES (?, NULLIF (?, 0), NULLIF (?, 0), "
                        "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        "iiibsbsdssIIIII", r->trial_id, r->call_id, r->model_id, r->position, r->case_id, r->repeat,
                        r->outcome, r->score, r->answer, r->detail, r->input_tokens, r->output_tokens, r->cost_nano,
                        r->first_text_us, r->total_us);
}

GPtrArray *
purser_trial_list (PurserDb *db, guint limit, GError **error)
{
  g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_trial_row_free);
  PurserStatement *from = purser_db_query (db, error,
                                           "SELECT id, kind, suite, workload_id, started_at, ended_at, state, setup, "
                                           "summary FROM trial ORDER BY id DESC LIMIT ?",
                                           "i", (gint64) limit);
  while (purser_statement_step (from, error))
    {
      PurserTrialRow *row = g_new0 (PurserTrialRow, 1);
      row->id = purser_statement_int (from, 0);
      row->kind = g_strdup (purser_statement_text (from, 1));
      row->suite = g_strdup (purser_statement_text (from, 2));
      row->workload_id = purser_statement_int (from, 3);
      row->started_at = purser_statement_int (from, 4);
      row->ended_at = purser_statement_int (from, 5);
      row->state = g_strdup (purser_statement_text (from, 6));
      row->setup = g_strdup (purser_statement_text (from, 7));
      row->summary = g_strdup (purser_statement_text (from, 8));
      g_ptr_array_add (rows, row);
    }
  return purser_statement_failed (from) ? NULL : g_steal_pointer (&rows);
}

GPtrArray *
purser_trial_results (PurserDb *db, gint64 trial_id, GError **error)
{
  g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_trial_result_free);
  PurserStatement *from =
      purser_db_query (db, error,
                       "SELECT call_id, model_id, position, case_id, repeat, outcome, score, answer, detail, "
                       "input_tokens, output_tokens, "
                       "cost_nano, first_text_us, total_us FROM trial_result WHERE trial_id = ? ORDER BY id",
                       "i", trial_id);
  while (purser_statement_step (from, error))
    {
      PurserTrialResult *r = g_new0 (PurserTrialResult, 1);
      r->trial_id = trial_id;
      r->call_id = purser_statement_int (from, 0);
      r->model_id = purser_statement_int (from, 1);
      r->position = (int) purser_statement_int (from, 2);
      r->case_id = g_strdup (purser_statement_text (from, 3));
      r->repeat = (int) purser_statement_int (from, 4);
      r->outcome = g_strdup (purser_statement_text (from, 5));
      r->score = purser_statement_double (from, 6);
      r->answer = g_strdup (purser_statement_text (from, 7));
      r->detail = g_strdup (purser_statement_text (from, 8));
      r->input_tokens = purser_statement_opt (from, 9);
      r->output_tokens = purser_statement_opt (from, 10);
      r->cost_nano = purser_statement_opt (from, 11);
      r->first_text_us = purser_statement_opt (from, 12);
      r->total_us = purser_statement_opt (from, 13);
      g_ptr_array_add (results, r);
    }
  return purser_statement_failed (from) ? NULL : g_steal_pointer (&results);
}
