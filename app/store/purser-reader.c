/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "purser-store-private.h"

enum
{
  POLL_US = 250000
};

typedef struct
{
  PurserStore *store;
  PurserDb *db;
  gint64 next; /* monotonic: when to look again */
  gint64 version; /* PRAGMA data_version at the last look */
} Reader;

/* One snapshot for the whole job. */
static void
run_job (PurserDb *db, PurserJob *job)
{
  if (g_cancellable_set_error_if_cancelled (job->cancellable, &job->error))
    return;
  db->cancellable = job->cancellable;
  job->ok = purser_db_begin (db, FALSE, &job->error) && job->func (db, job->data, &job->error);
  db->cancellable = NULL;
  purser_db_rollback (db);
  if (!job->ok && job->error == NULL)
    g_set_error_literal (&job->error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_FAILED,
                         _("The question could not be answered."));
}

gboolean
purser_reader_marks (PurserDb *db, gint64 *generation, gint64 *calls, GError **error)
{
  /* Both only grow, so their sum changes with every settled call and with every correction. */
  PurserStatement *row = purser_db_query (db, error,
                                          "SELECT generation, (SELECT COALESCE (SUM (calls), 0) FROM "
                                          "usage_day_workload) + (SELECT COALESCE (MAX (id), 0) FROM correction) "
                                          "FROM organisation",
                                          "");
  gboolean read = purser_statement_step (row, error);
  if (read)
    {
      *generation = purser_statement_int (row, 0);
      *calls = purser_statement_int (row, 1);
    }
  purser_db_reset (db);
  return read;
}

/* What other connections have committed since the last look, our own writer among them. */
static void
look (Reader *r)
{
  gint64 version = 0, generation = 0, calls = 0;
  g_mutex_lock (&r->store->lock);
  gint64 known = r->store->org->generation, due = r->store->price_due;
  g_mutex_unlock (&r->store->lock);

  gboolean price = due <= purser_db_now (r->db);
  if (!purser_db_pragma (r->db, "data_version", &version, NULL) || (version == r->version && !price))
    return;
  if (!purser_reader_marks (r->db, &generation, &calls, NULL))
    return;
  r->version = version;
  if (generation != known || price)
    purser_store_reload (r->store, r->db);
  if (calls != r->store->calls)
    purser_store_announce (r->store, PURSER_SIGNAL_LEDGER_CHANGED);
  r->store->calls = calls;
}

/**
 * purser_reader_run:
 * @store: the store
 *
 * The body of the thread that owns the reading connection.
 */
gpointer
purser_reader_run (gpointer store)
{
  /* No version known: much may have happened between the first snapshot and the first look. */
  Reader r = { .store = store, .db = ((PurserStore *) store)->reader_db, .version = -1 };
  for (;;)
    {
      gint64 wait = r.next - g_get_monotonic_time ();
      PurserJob *job =
          wait > 0 ? g_async_queue_timeout_pop (r.store->reads, wait) : g_async_queue_try_pop (r.store->reads);
      if (job == &purser_job_quit)
        return NULL;
      if (job != NULL)
        {
          run_job (r.db, job);
          purser_jobs_finish (r.store, &job, 1);
        }
      if (g_get_monotonic_time () < r.next)
        continue;
      look (&r);
      r.next = g_get_monotonic_time () + POLL_US;
    }
}
