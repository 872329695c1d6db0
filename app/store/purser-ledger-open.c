/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-ledger.h"

#include "purser-budget.h"
#include "purser-ledger-private.h"

enum
{
  MOST_BEHALF = 5000, /* names under one principal */
  MOST_BEHALF_LENGTH = 100, /* characters */
  KEY_USED_US = 60 * G_USEC_PER_SEC /* when a key was last used is told to the minute */
};

gboolean
purser_ledger_insert_attempt (PurserDb *db,
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
purser_ledger_insert_skips (
    PurserDb *db, gint64 call_id, gint64 before_attempt, const PurserSkip *skips, guint n, GError **error)
{
  for (guint i = 0; skips != NULL && i < n; i++)
    if (!purser_db_run (db, error,
                        "INSERT INTO call_skip (call_id, before_attempt, position, model_id, reason) VALUES (?, ?, ?, "
                        "?, "
                        "?)",
                        "iiiis", call_id, before_attempt, (gint64) i, skips[i].model_id,
                        purser_skip_reason_id (skips[i].reason)))
      return FALSE;
  return TRUE;
}

/* --- For whom --- */

/* A tool may send anything there: what is no name that can be shown is not kept. (transfer full) (nullable) */
static char *
clean_name (const char *name)
{
  if (name == NULL || !g_utf8_validate (name, -1, NULL))
    return NULL;
  g_autofree char *clean = g_strstrip (g_strdup (name));
  if (*clean == '\0' || g_utf8_strlen (clean, -1) > MOST_BEHALF_LENGTH)
    return NULL;
  for (const char *at = clean; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      return NULL;
  return g_steal_pointer (&clean);
}

static gboolean
has_room (PurserDb *db, gint64 principal_id, gboolean *room, GError **error)
{
  *room = FALSE;
  if (db->behalf_full != NULL && g_hash_table_contains (db->behalf_full, &principal_id))
    return TRUE; /* not counted again with each call */
  PurserStatement *row =
      purser_db_query (db, error, "SELECT 1 FROM behalf_personal WHERE principal_id = ? LIMIT 1 OFFSET ?", "ii",
                       principal_id, (gint64) MOST_BEHALF - 1);
  *room = !purser_statement_step (row, error);
  if (purser_statement_failed (row))
    return FALSE;
  purser_statement_step (row, NULL);
  if (*room)
    return TRUE;
  if (db->behalf_full == NULL)
    db->behalf_full = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_hash_table_add (db->behalf_full, g_memdup2 (&principal_id, sizeof principal_id));
  return TRUE;
}

static gboolean
add_name (PurserDb *db, gint64 principal_id, const char *name, gint64 *id, GError **error)
{
  gboolean room;
  if (!has_room (db, principal_id, &room, error))
    return FALSE;
  if (!room)
    return TRUE;
  if (!purser_db_run (db, error, "INSERT INTO behalf (principal_id, created_at) VALUES (?, ?)", "ii", principal_id,
                      purser_db_now (db)))
    return FALSE;
  *id = purser_db_last_id (db);
  return purser_db_run (db, error, "INSERT INTO behalf_personal (behalf_id, principal_id, name) VALUES (?, ?, ?)",
                        "iis", *id, principal_id, name);
}

gboolean
purser_ledger_find_behalf (PurserDb *db, gint64 principal_id, const char *name, gint64 *id, GError **error)
{
  *id = 0;
  g_autofree char *clean = principal_id != 0 ? clean_name (name) : NULL;
  if (clean == NULL)
    return TRUE;
  PurserStatement *row =
      purser_db_query (db, error, "SELECT behalf_id FROM behalf_personal WHERE principal_id = ? AND name = ?", "is",
                       principal_id, clean);
  if (!purser_statement_step (row, error))
    return !purser_statement_failed (row) && add_name (db, principal_id, clean, id, error);
  *id = purser_statement_int (row, 0);
  purser_statement_step (row, NULL);
  return TRUE;
}

static gboolean
note_key (PurserDb *db, gint64 access_key_id, gint64 now, GError **error)
{
  return access_key_id == 0
         || purser_db_run (db, error,
                           "UPDATE access_key SET last_used_at = ?1 WHERE id = ?2 AND COALESCE (last_used_at, 0) <= ?1 "
                           "- "
                           "?3",
                           "iii", now, access_key_id, (gint64) KEY_USED_US);
}

/* --- OPEN --- */

static gboolean
insert_call (PurserDb *db, const PurserLedgerOpen *open, gint64 process_id, gint64 now, gint64 *call_id, GError **error)
{
  gint64 behalf_id = 0;
  if ((open->behalf != NULL && !purser_ledger_find_behalf (db, open->principal_id, open->behalf, &behalf_id, error))
      || !purser_db_run (db, error,
                         "INSERT INTO call (process_id, generation, opened_at, principal_id, workload_id, purpose, "
                         "dialect, streamed, reserve_nano, access_key_id, behalf_id) "
                         "VALUES (?, ?, ?, NULLIF (?, 0), NULLIF (?, 0), ?, ?, ?, ?, NULLIF (?, 0), NULLIF (?, 0))",
                         "iiiiissbiii", process_id, open->generation, now, open->principal_id, open->workload_id,
                         purser_purpose_id (open->purpose), open->dialect != NULL ? open->dialect : "",
                         open->streamed != 0, open->reserve_nano, open->access_key_id, behalf_id))
    return FALSE;
  *call_id = purser_db_last_id (db);
  return TRUE;
}

gboolean
purser_ledger_open (PurserDb *db, const PurserLedgerOpen *open, gint64 *call_id, gint64 *attempt_id, GError **error)
{
  gint64 now = purser_db_now (db);
  PurserBudgetCall call = { now, open->principal_id, open->workload_id,
                            open->purpose == PURSER_PURPOSE_TEST || open->purpose == PURSER_PURPOSE_CHECK };
  PurserBudgetPlan plan;
  if (!purser_ledger_check_generation (db, open->generation, error)
      || !purser_budget_plan (db, &call, open->reserve_nano, open->unpriced, &plan, error))
    return FALSE;
  gint64 process_id = purser_db_process (db, error);
  return process_id != 0 && insert_call (db, open, process_id, now, call_id, error)
         && purser_budget_reserve (db, &plan, *call_id, error) && note_key (db, open->access_key_id, now, error)
         && purser_ledger_insert_skips (db, *call_id, 1, open->skips, open->n_skips, error)
         && purser_ledger_insert_attempt (db, *call_id, 1, open->model_id, open->generation, now, attempt_id, error);
}
