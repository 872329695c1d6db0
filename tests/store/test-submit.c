/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <sqlite3.h>
#include <string.h>

/* Write jobs without a main loop, and a program whose file becomes newer under it. */

enum
{
  JOBS = 100
};

typedef struct
{
  GMutex lock;
  GCond news;
  gboolean may_go; /* under the lock, like all below */
  guint done, failed, flushes, done_at_flush;
  gpointer flush_data;
  GThread *thread; /* of the first answer */
  gboolean same_thread;
} Board;

typedef struct
{
  Board *board;
  guint number;
} Job;

static gboolean
hold_job (PurserDb *db, gpointer data, GError **error)
{
  Job *job = data;
  g_mutex_lock (&job->board->lock);
  while (!job->board->may_go)
    g_cond_wait (&job->board->news, &job->board->lock);
  g_mutex_unlock (&job->board->lock);
  return TRUE;
}

static gboolean
team_job (PurserDb *db, gpointer data, GError **error)
{
  const Job *job = data;
  g_autofree char *name = g_strdup_printf ("Team %u", job->number);
  if (purser_catalogue_put_team (db, 0, name, error) == 0)
    return FALSE;
  if (job->number % 10 != 3)
    return TRUE;
  g_set_error_literal (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED, "No.");
  return FALSE;
}

static void
done_cb (gpointer data, const GError *error)
{
  const Job *job = data;
  Board *board = job->board;
  g_mutex_lock (&board->lock);
  board->done++;
  if (error != NULL)
    {
      g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
      board->failed++;
    }
  if (board->thread == NULL)
    board->thread = g_thread_self ();
  board->same_thread = board->thread == g_thread_self ();
  g_mutex_unlock (&board->lock);
}

/* The flush data is the board, or the job of the last one. */
static Board *flushed;

static void
flush_cb (gpointer data)
{
  g_mutex_lock (&flushed->lock);
  flushed->flushes++;
  flushed->done_at_flush = flushed->done;
  flushed->flush_data = data;
  g_cond_broadcast (&flushed->news);
  g_mutex_unlock (&flushed->lock);
}

static void
wait_done (Board *board, guint n)
{
  g_mutex_lock (&board->lock);
  while (board->done_at_flush < n)
    g_cond_wait (&board->news, &board->lock);
  g_mutex_unlock (&board->lock);
}

/* What waits together is answered together, and woken for once; a job that fails is gone alone. */
static void
test_group (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  Board board = { .may_go = FALSE };
  Job jobs[JOBS + 1];
  flushed = &board;
  for (guint i = 0; i <= JOBS; i++)
    {
      jobs[i] = (Job) { &board, i };
      purser_store_submit (f->store, i % 2 == 0, i == 0 ? hold_job : team_job, &jobs[i], done_cb, flush_cb, &jobs[i]);
    }
  g_mutex_lock (&board.lock);
  g_assert_cmpuint (board.done, ==, 0);
  board.may_go = TRUE;
  g_cond_broadcast (&board.news);
  g_mutex_unlock (&board.lock);
  wait_done (&board, JOBS + 1);
  g_assert_cmpuint (board.failed, ==, JOBS / 10);
  g_assert_true (board.same_thread && board.thread != g_thread_self ());
  g_assert_true (board.flush_data == &jobs[JOBS]);
  g_assert_cmpuint (board.flushes, <=,
                    10); /* the first came alone, the others in one commit, or few where each takes long */
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM team WHERE name LIKE 'Team %'"), ==,
                   JOBS - JOBS / 10);
}

static gboolean
never_job (PurserDb *db, gpointer data, GError **error)
{
  g_assert_not_reached ();
}

static void
closed_cb (gpointer data, const GError *error)
{
  g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "closed"));
  *(GThread **) data = g_thread_self ();
}

static void
test_closed (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  GThread *where = NULL;
  purser_store_close (f->store);
  purser_store_submit (f->store, TRUE, never_job, &where, closed_cb, NULL, NULL);
  g_assert_true (where == g_thread_self ());
}

/* Closing finishes what was submitted. */
static void
test_closing (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  Board board = { .may_go = TRUE };
  Job jobs[JOBS];
  flushed = &board;
  for (guint i = 0; i < JOBS; i++)
    {
      jobs[i] = (Job) { &board, i };
      purser_store_submit (f->store, FALSE, team_job, &jobs[i], done_cb, NULL, NULL);
    }
  purser_store_close (f->store);
  g_assert_cmpuint (board.done, ==, JOBS);
}

static gboolean
read_job (PurserDb *db, gpointer data, GError **error)
{
  *(gint64 *) data = purser_catalogue_generation (db, error);
  return TRUE;
}

/* Somebody's newer program changes the format of a file that we have open: from then on we write nothing, and say why. */
static void
test_future_comes (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  g_autoptr(GError) error = NULL;
  FixtureCall running = fixture_call (f, 0, 0, 0), later = running;
  gint64 generation = 0;
  sqlite3 *other;
  fixture_write (f->store, fixture_open_job, &running);
  g_assert_cmpint (sqlite3_open (f->path, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (other, "PRAGMA user_version = 999", NULL, NULL, NULL), ==, SQLITE_OK);
  fixture_refuse (f->store, fixture_open_job, &later, PURSER_STORE_ERROR_FROM_FUTURE);
  fixture_refuse (f->store, fixture_settle_job, &running, PURSER_STORE_ERROR_FROM_FUTURE);
  g_assert_true (purser_store_read (f->store, read_job, &generation, &error));
  g_assert_no_error (error);
  g_assert_cmpint (generation, >, 0);
  purser_store_close (f->store); /* leaves what is open to the newer program */
  sqlite3_stmt *row;
  g_assert_cmpint (sqlite3_prepare_v2 (other, "SELECT COUNT (*) FROM call WHERE closed_at IS NULL", -1, &row, NULL), ==,
                   SQLITE_OK);
  g_assert_cmpint (sqlite3_step (row), ==, SQLITE_ROW);
  g_assert_cmpint (sqlite3_column_int (row, 0), ==, 1);
  sqlite3_finalize (row);
  sqlite3_close (other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/submit/group", test_group);
  g_test_add_func ("/submit/closed", test_closed);
  g_test_add_func ("/submit/closing", test_closing);
  g_test_add_func ("/submit/future-comes", test_future_comes);
  return g_test_run ();
}
