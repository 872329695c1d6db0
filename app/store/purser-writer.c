/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "purser-store-private.h"

/* Others get their turn: a writer that commits back to back starves a second process for seconds (DESIGN §4). So who has written for TURN_US without
 * leaving the lock alone for GAP_US leaves it alone for so long. A call now and then never waits. */
enum
{
  GAP_US = 200,
  TURN_US = 1000,
  GROUP_US = 50000,
  MAX_GROUP = 512,
  CAREFUL = 16,
  REAP_US = 30 * G_USEC_PER_SEC
};
/* The log: checkpointed in passing from 4 MB on, and by force, with a short wait, from 64 MB. */
enum
{
  PASSING_PAGES = 1000,
  FORCED_PAGES = 16384,
  FORCED_WAIT_US = 100000
};

typedef struct
{
  PurserStore *store;
  PurserDb *db;
  GPtrArray *group; /* (element-type PurserJob) waiting for this turn */
  gboolean quit;
  int full; /* what synchronous is set to: -1 = not known */
  gint64 ended; /* monotonic: the last transaction */
  gint64 written; /* µs in transactions since the last gap */
  gint64 reap; /* monotonic: when to look for dead processes */
  int tried; /* pages in the log at the last checkpoint */
  guint careful; /* transactions whose jobs get a savepoint each, since one of a lot without them failed */
  gint64 forced; /* monotonic: the last forced one */
} Writer;

static gboolean
set_sync (Writer *w, gboolean full, GError **error)
{
  if (w->full == full)
    return TRUE;
  w->full = full;
  return purser_db_exec (w->db, full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", error);
}

/* Runs one job in its savepoint. FALSE: the whole transaction is gone (a full disk can do that). */
static gboolean
run_job (Writer *w, PurserJob *job)
{
  PurserDb *db = w->db;
  gboolean raised = db->raised;

  if (g_cancellable_set_error_if_cancelled (job->cancellable, &job->error))
    return TRUE;
  job->ok = purser_db_run (db, &job->error, "SAVEPOINT job", "") && job->func (db, job->data, &job->error)
            && purser_rollup_flush (db->rollup, db, &job->error);
  purser_db_reset (db);
  if (job->ok)
    job->ok = purser_db_run (db, &job->error, "RELEASE job", "");
  if (job->ok)
    return TRUE;
  if (job->error == NULL)
    g_set_error_literal (&job->error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_FAILED, _("The change was not made."));
  purser_rollup_clear (db->rollup);
  purser_db_forget_head (db);
  db->budgets_of = 0;
  db->process_id = 0;
  db->raised = raised;
  return !sqlite3_get_autocommit (db->handle) && purser_db_run (db, NULL, "ROLLBACK TO job", "")
         && purser_db_run (db, NULL, "RELEASE job", "");
}

/* The same for jobs that may be run again: a savepoint for each, and its own sums in the roll-ups, are a third of what they cost. FALSE: it
 * failed with something done, and so the whole transaction must go. One that was refused has done nothing. */
static gboolean
run_light_job (Writer *w, PurserJob *job)
{
  PurserDb *db = w->db;
  gint64 before = sqlite3_total_changes64 (db->handle);
  job->ok = job->func (db, job->data, &job->error);
  purser_db_reset (db);
  return job->ok || (before == sqlite3_total_changes64 (db->handle) && !sqlite3_get_autocommit (db->handle));
}

/* Everything that seemed done in this transaction is not. */
static void
fail_group (Writer *w, guint first, guint n, const GError *error)
{
  for (guint i = first; i < first + n; i++)
    {
      PurserJob *job = g_ptr_array_index (w->group, i);
      job->ok = FALSE;
      if (job->error == NULL)
        job->error = g_error_copy (error);
    }
}

/* The gap, where one is due. */
static void
leave_gap (Writer *w)
{
  gint64 idle = g_get_monotonic_time () - w->ended;
  if (idle < GAP_US && w->written <= TURN_US)
    return;
  if (idle < GAP_US)
    g_usleep (GAP_US - idle);
  w->written = 0;
}

static gboolean
may_run_again (Writer *w, guint first)
{
  for (guint i = first; i < w->group->len; i++)
    if (((PurserJob *) g_ptr_array_index (w->group, i))->submitted == NULL)
      return FALSE;
  return TRUE;
}

/* All that N jobs did in a transaction without savepoints is undone; they begin anew. */
static void
take_back (Writer *w, guint first, guint n)
{
  purser_db_rollback (w->db);
  for (guint i = first; i < first + n; i++)
    {
      PurserJob *job = g_ptr_array_index (w->group, i);
      job->ok = FALSE;
      g_clear_error (&job->error);
    }
  w->careful = CAREFUL;
}

/* One transaction with as many jobs as fit into its time. Returns how many it took. */
static guint
run_transaction (Writer *w, guint first)
{
  g_autoptr(GError) error = NULL;
  guint n = 0, left = w->group->len - first;
  gboolean sync = FALSE, whole = TRUE, light = w->careful == 0 && may_run_again (w, first);

  w->careful -= w->careful > 0;
  for (guint i = first; i < w->group->len; i++)
    sync |= ((PurserJob *) g_ptr_array_index (w->group, i))->sync;
  if (!set_sync (w, sync, &error) || !purser_db_begin (w->db, TRUE, &error))
    {
      w->full = -1;
      fail_group (w, first, left, error);
      w->ended = g_get_monotonic_time ();
      return left;
    }
  gint64 start = g_get_monotonic_time ();
  if (start - w->ended >= GAP_US)
    w->written = 0; /* another one had the lock meanwhile */
  while (whole && n < left && (n == 0 || g_get_monotonic_time () - start < GROUP_US))
    {
      PurserJob *job = g_ptr_array_index (w->group, first + n++);
      whole = light ? run_light_job (w, job) : run_job (w, job);
    }
  if (light && (!whole || !purser_rollup_flush (w->db->rollup, w->db, NULL)))
    {
      take_back (w, first, n);
      return 0;
    }
  if (!whole)
    error = g_error_copy (((PurserJob *) g_ptr_array_index (w->group, first + n - 1))->error);
  if (!whole || !purser_db_commit (w->db, &error))
    {
      purser_db_rollback (w->db);
      fail_group (w, first, n, error);
      w->db->raised = FALSE;
    }
  w->ended = g_get_monotonic_time ();
  w->written += w->ended - start;
  return n;
}

static void
run_group (Writer *w)
{
  for (guint first = 0, n; first < w->group->len; first += n)
    {
      leave_gap (w);
      n = run_transaction (w, first);
      if (w->db->raised)
        purser_store_reload (w->store, w->db);
      purser_jobs_finish (w->store, (PurserJob **) w->group->pdata + first, n);
    }
  g_ptr_array_set_size (w->group, 0);
}

/* After the answers are out, so that nobody waits for it. */
static void
checkpoint (Writer *w)
{
  int pages = w->db->wal_pages;
  gint64 now = g_get_monotonic_time ();

  if (pages < w->tried)
    w->tried = 0; /* the log has started anew */
  if (pages >= FORCED_PAGES && now - w->forced > G_USEC_PER_SEC)
    {
      w->db->busy_us = FORCED_WAIT_US;
      sqlite3_wal_checkpoint_v2 (w->db->handle, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL);
      w->db->busy_us = PURSER_BUSY_US;
      w->forced = now;
    }
  else if (pages >= w->tried + PASSING_PAGES)
    {
      sqlite3_wal_checkpoint_v2 (w->db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
      w->tried = pages;
    }
}

static gboolean
prune (PurserDb *db, GError **error)
{
  if (!purser_db_begin (db, TRUE, error))
    return FALSE;
  if (purser_rollup_prune (db, error) && purser_db_commit (db, error))
    return TRUE;
  purser_db_rollback (db);
  return FALSE;
}

static void
keep_house (Writer *w)
{
  g_autoptr(GError) error = NULL;
  if (g_get_monotonic_time () < w->reap)
    return;
  w->reap = g_get_monotonic_time () + REAP_US;
  if (!purser_reaper_run (w->db, &error) || !prune (w->db, &error))
    g_debug ("Not tidied up this time: %s", error->message);
  w->ended = g_get_monotonic_time ();
}

static void
take (Writer *w, PurserJob *job)
{
  if (job == &purser_job_quit)
    w->quit = TRUE;
  else
    g_ptr_array_add (w->group, job);
}

static void
collect (Writer *w)
{
  gint64 wait = w->store->reaps ? MAX (w->reap - g_get_monotonic_time (), 1) : REAP_US;
  PurserJob *job = g_async_queue_timeout_pop (w->store->writes, wait);
  /* The gap is waited for before the rest is taken, so that what comes meanwhile joins this transaction. */
  if (job != NULL)
    leave_gap (w);
  for (; job != NULL; job = w->group->len < MAX_GROUP && !w->quit ? g_async_queue_try_pop (w->store->writes) : NULL)
    take (w, job);
}

/* Our own calls that are still open: nobody is left to settle them. */
static void
end_process (PurserDb *db)
{
  if (!purser_db_begin (db, TRUE, NULL))
    return;
  PurserStatement *row =
      db->owners == NULL ? NULL
                         : purser_db_query (db, NULL, "SELECT id FROM process WHERE lock_byte = ? AND ended_at IS NULL",
                                            "i", purser_owners_byte (db->owners, NULL));
  gint64 process_id = purser_statement_step (row, NULL) ? purser_statement_int (row, 0) : 0;
  if (process_id == 0 || !purser_reaper_end (db, process_id, NULL) || !purser_db_commit (db, NULL))
    purser_db_rollback (db);
}

/* A new owners file beside rows of living processes: they need a turn of their own to take their locks again there. */
static gboolean
must_be_careful (PurserDb *db)
{
  if (db->owners == NULL || !purser_owners_is_new (db->owners))
    return FALSE;
  PurserStatement *row = purser_db_query (db, NULL, "SELECT 1 FROM process WHERE ended_at IS NULL LIMIT 1", "");
  gboolean living = purser_statement_step (row, NULL);
  purser_db_reset (db);
  return living;
}

/**
 * purser_writer_run:
 * @store: the store
 *
 * The body of the thread that owns the writing connection.
 */
gpointer
purser_writer_run (gpointer store)
{
  g_autoptr(GPtrArray) group = g_ptr_array_new ();
  Writer w = { .store = store, .db = ((PurserStore *) store)->writer_db, .group = group, .full = -1 };
  w.reap = g_get_monotonic_time () + (must_be_careful (w.db) ? 2 : 1) * REAP_US;
  while (!w.quit)
    {
      collect (&w);
      run_group (&w);
      checkpoint (&w);
      if (w.store->reaps)
        keep_house (&w);
    }
  end_process (w.db);
  return NULL;
}
