/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kill-gateway.h"

#include <stdlib.h>

#include "purser-db.h"
#include "purser-ledger.h"

typedef struct
{
  KillCalls  *calls;
  KillVerdict verdict;
} Judge;

/* How many of IDS have no row that is settled, with its charge. */
static gboolean
count_lost (PurserDb *db, const GArray *ids, gint64 *lost, GError **error)
{
  for (guint i = 0; i < ids->len; i++)
    {
      PurserStatement *row = purser_db_query (db, error, "SELECT 1 FROM call c JOIN attempt a ON a.call_id = c.id WHERE c.id = ? AND c.outcome = 'ok' AND a.outcome = 'ok' AND a.cost_nano = 140000",
                                              "i", g_array_index (ids, gint64, i));
      if (!purser_statement_step (row, error))
        (*lost)++;
      if (purser_statement_failed (row))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_one (PurserDb *db, const char *sql, gint64 *number, GError **error)
{
  PurserStatement *row = purser_db_query (db, error, sql, "");
  if (!purser_statement_step (row, error))
    return FALSE;
  *number = purser_statement_int (row, 0);
  return TRUE;
}

static gboolean
judge_job (PurserDb *db, gpointer data, GError **error)
{
  Judge *judge = data;
  KillVerdict *v = &judge->verdict;
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&judge->calls->lock); /* callers may still be reading what had left */
  return count_lost (db, judge->calls->whole, &v->lost_whole, error) && count_lost (db, judge->calls->streamed, &v->lost_streamed, error)
         && read_one (db, "SELECT COUNT (*) FROM call", &v->calls, error)
         && read_one (db, "SELECT COUNT (*) FROM call WHERE closed_at IS NULL", &v->open, error)
         && read_one (db, "SELECT COUNT (*) FROM call WHERE outcome = 'interrupted'", &v->interrupted, error)
         && read_one (db, "SELECT COUNT (*) FROM call c WHERE outcome = 'interrupted' AND (SELECT SUM (cost_nano) FROM attempt WHERE call_id = c.id) > reserve_nano", &v->dearer, error)
         && read_one (db, "SELECT SUM (spent_nano) FROM budget_use", &v->spent, error) && read_one (db, "SELECT SUM (reserved_nano) FROM budget_use", &v->reserved, error)
         && read_one (db, "SELECT SUM (cost_nano) FROM attempt", &v->ledger, error);
}

/* Opening reaps what the killed one left open. */
KillVerdict
kill_judge (const char *path, KillCalls *calls)
{
  g_autoptr(GError) error = NULL;
  Judge judge = { .calls = calls };
  g_autoptr(PurserStore) store = purser_store_open (path, PURSER_STORE_OPEN, "Kill", "EUR", "Europe/Berlin", &error);
  if (store == NULL || !purser_store_read (store, judge_job, &judge, &error))
    g_error ("%s", error->message);
  g_autoptr(GPtrArray) findings = purser_store_verify (store, &error);
  if (findings == NULL)
    g_error ("%s", error->message);
  judge.verdict.findings = findings->len;
  for (guint i = 0; i < findings->len; i++)
    g_printerr ("%s\n", (char *) g_ptr_array_index (findings, i));
  purser_store_close (store);
  return judge.verdict;
}
