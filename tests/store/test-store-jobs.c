/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <sqlite3.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* In place of the C library's: SQLite calls these, and is counted. */
static int flushes;

int
fsync (int fd)
{
  g_atomic_int_inc (&flushes);
  return (int) syscall (SYS_fsync, fd);
}

int
fdatasync (int fd)
{
  g_atomic_int_inc (&flushes);
  return (int) syscall (SYS_fdatasync, fd);
}

/* --- Asynchronous jobs --- */

typedef struct
{
  Fixture *fixture;
  guint left, ok, failed, destroyed;
  GThread *thread;
} Load;

typedef struct
{
  Load *load;
  guint number;
  FixtureCall call;
  gboolean called;
} Item;

static gboolean
item_job (PurserDb *db, gpointer data, GError **error)
{
  Item *item = data;
  g_assert_true (g_thread_self () != item->load->thread);
  if (!fixture_open_job (db, &item->call, error) || !fixture_settle_job (db, &item->call, error))
    return FALSE;
  if (item->number % 10 == 3) /* one in ten thinks better of it */
    {
      g_set_error_literal (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED, "No.");
      return FALSE;
    }
  return TRUE;
}

static void
item_destroy (gpointer data)
{
  Item *item = data;
  g_assert_true (item->called && g_thread_self () == item->load->thread);
  item->load->destroyed++;
  g_free (item);
}

static void
item_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  Item *item = user_data;
  item->called = TRUE;
  g_assert_true (g_thread_self () == item->load->thread);
  if (purser_store_run_finish (PURSER_STORE (object), result, &error))
    item->load->ok++;
  else
    {
      g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
      item->load->failed++;
    }
  item->load->left--;
}

static void
test_group (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  Load load = { .fixture = f, .left = 1000, .thread = g_thread_self () };
  gint64 began = g_get_monotonic_time ();
  for (guint i = 0; i < 1000; i++)
    {
      Item *item = g_new0 (Item, 1);
      item->load = &load;
      item->number = i;
      item->call = fixture_call (f, i % 3, i % 3, i % 3);
      purser_store_write_async (f->store, i % 2 == 0, item_job, item, item_destroy, NULL, item_cb, item);
    }
  while (load.left > 0 || load.destroyed < 1000)
    g_main_context_iteration (NULL, TRUE);
  g_test_message ("1000 synced jobs: %.0f a second", 1000 / ((g_get_monotonic_time () - began) / 1e6));
  g_assert_cmpuint (load.ok, ==, 900);
  g_assert_cmpuint (load.failed, ==, 100);
  /* A job that failed is gone whole, with its roll-ups; its neighbours in the same commit are there. */
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM call"), ==, 900);
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (calls) FROM usage_day"), ==, 900);
  fixture_assert_clean (f->store);
}

/* --- Cancelling --- */

static gboolean
never_job (PurserDb *db, gpointer data, GError **error)
{
  g_assert_not_reached ();
}

static gboolean
endless_job (PurserDb *db, gpointer data, GError **error)
{
  g_atomic_int_set ((int *) data, 1);
  return purser_db_run (db, error,
                        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT (*) FROM n", "");
}

static gboolean
small_job (PurserDb *db, gpointer data, GError **error)
{
  return purser_db_run (db, error, "UPDATE organisation SET name = 'Renamed'", "");
}

static void
result_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
wait_for (PurserStore *store, GAsyncResult **result, GError **error)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  purser_store_run_finish (store, *result, error);
  g_clear_object (result);
}

static void
test_cancel (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  GAsyncResult *result = NULL;
  GError *error = NULL;
  int running = 0;

  /* A read that would never end is stopped in the middle. */
  purser_store_read_async (f->store, endless_job, &running, NULL, cancellable, result_cb, &result);
  while (!g_atomic_int_get (&running))
    g_usleep (1000);
  g_cancellable_cancel (cancellable);
  wait_for (f->store, &result, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  /* What was cancelled before it began never runs. */
  purser_store_write_async (f->store, FALSE, never_job, NULL, NULL, cancellable, result_cb, &result);
  wait_for (f->store, &result, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  /* What was committed counts as done, however late the cancel comes. */
  g_autoptr(GCancellable) late = g_cancellable_new ();
  purser_store_write_async (f->store, FALSE, small_job, NULL, NULL, late, result_cb, &result);
  while (fixture_number (f->store, "SELECT name = 'Renamed' FROM organisation") != 1)
    g_usleep (1000);
  g_cancellable_cancel (late);
  wait_for (f->store, &result, &error);
  g_assert_no_error (error);
}

static void
test_closed (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  GAsyncResult *result = NULL, *earlier = NULL;
  GError *error = NULL;
  purser_store_write_async (f->store, FALSE, small_job, NULL, NULL, NULL, result_cb, &earlier);
  purser_store_close (f->store); /* finishes what is queued */
  wait_for (f->store, &earlier, &error);
  g_assert_no_error (error);
  purser_store_write_async (f->store, FALSE, never_job, NULL, NULL, NULL, result_cb, &result);
  wait_for (f->store, &result, &error);
  g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_false (purser_store_read (f->store, never_job, NULL, &error));
  g_clear_error (&error);
  g_assert_null (purser_store_verify (f->store, &error));
  g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_FAILED);
  g_clear_error (&error);
}

static gboolean
write_by_reader_job (PurserDb *db, gpointer data, GError **error)
{
  return purser_db_run (db, error, "UPDATE organisation SET name = 'Stolen'", "");
}

static gboolean
silent_job (PurserDb *db, gpointer data, GError **error)
{
  return FALSE;
}

static void
test_misuse (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  GError *error = NULL;
  g_assert_false (purser_store_read (f->store, write_by_reader_job, NULL, &error));
  g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_READ_ONLY);
  g_clear_error (&error);
  g_assert_false (purser_store_write (f->store, FALSE, silent_job, NULL, &error));
  g_assert_nonnull (error); /* always words */
  g_clear_error (&error);
}

/* --- Another process holds the lock --- */

static void
test_busy (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  g_autoptr(GError) error = NULL;
  sqlite3 *other;
  g_assert_cmpint (sqlite3_open (f->path, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (other, "BEGIN IMMEDIATE", NULL, NULL, NULL), ==, SQLITE_OK);
  gint64 began = g_get_monotonic_time ();
  g_assert_false (purser_store_write (f->store, TRUE, small_job, NULL, &error));
  g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_BUSY);
  g_assert_nonnull (strstr (error->message, f->path));
  g_assert_cmpint (g_get_monotonic_time () - began, >, 4 * G_USEC_PER_SEC);
  g_assert_cmpint (fixture_number (f->store, "SELECT generation FROM organisation"), ==, 2); /* reading goes on */
  g_assert_cmpint (sqlite3_exec (other, "COMMIT", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (other);
  g_clear_error (&error);
  purser_store_write (f->store, TRUE, small_job, NULL, &error);
  g_assert_no_error (error);
}

/* --- Signals and snapshots --- */

typedef struct
{
  guint changed, ledger;
} Heard;

static void
changed_cb (PurserStore *store, Heard *heard)
{
  heard->changed++;
}

static void
ledger_changed_cb (PurserStore *store, Heard *heard)
{
  heard->ledger++;
}

static void
listen (PurserStore *store, Heard *heard)
{
  while (g_main_context_iteration (NULL, FALSE)) /* what the fixture did is over */
    continue;
  g_signal_connect (store, "changed", G_CALLBACK (changed_cb), heard);
  g_signal_connect (store, "ledger-changed", G_CALLBACK (ledger_changed_cb), heard);
}

static gboolean
until (guint *what, guint at_least, guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * G_GINT64_CONSTANT (1000);
  while (*what < at_least && g_get_monotonic_time () < end)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }
  return *what >= at_least;
}

static gboolean
rename_job (PurserDb *db, gpointer data, GError **error)
{
  return purser_catalogue_set_org (db, data, NULL, NULL, error) && purser_catalogue_raise (db, error);
}

static void
test_two_stores (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Fixture) f = fixture_new ();
  PurserStore *other = fixture_open (f->path, PURSER_STORE_OPEN);
  Heard here = { 0 }, there = { 0 };
  listen (f->store, &here);
  listen (other, &there);

  purser_store_write (f->store, FALSE, rename_job, (gpointer) "New name", &error);
  g_assert_no_error (error);
  g_autoptr(PurserOrg) ours = purser_store_get_org (f->store);
  g_assert_cmpstr (ours->name, ==, "New name"); /* at once, here */
  g_assert_true (until (&here.changed, 1, 1000));
  g_assert_true (until (&there.changed, 1, 1000));
  g_autoptr(PurserOrg) theirs = purser_store_get_org (other);
  g_assert_cmpstr (theirs->name, ==, "New name");
  g_assert_cmpint (theirs->generation, ==, ours->generation);
  g_assert_cmpuint (there.ledger, ==, 0);

  FixtureCall call = fixture_call (f, 0, 0, 0);
  fixture_make_call (f, &call);
  g_assert_true (until (&here.ledger, 1, 1000));
  g_assert_true (until (&there.ledger, 1, 1000));
  g_assert_cmpuint (there.changed, ==, 1);
  /* Many calls are one signal. */
  guint before = there.ledger;
  for (guint i = 0; i < 50; i++)
    fixture_make_call (f, &call);
  until (&there.ledger, G_MAXUINT, 600);
  g_assert_cmpuint (there.ledger, >, before);
  g_assert_cmpuint (there.ledger, <, before + 10);
  g_assert_finalize_object (other);
}

/* A job that is rolled back changes neither the snapshot nor its generation. */
static gboolean
raise_and_fail_job (PurserDb *db, gpointer data, GError **error)
{
  purser_catalogue_raise (db, error);
  return FALSE;
}

static void
test_rolled_back_generation (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Fixture) f = fixture_new ();
  Heard heard = { 0 };
  listen (f->store, &heard);
  g_assert_false (purser_store_write (f->store, FALSE, raise_and_fail_job, NULL, &error));
  g_autoptr(PurserOrg) org = purser_store_get_org (f->store);
  g_assert_cmpint (org->generation, ==, 2);
  FixtureCall call = fixture_call (f, 0, 0, 0);
  fixture_make_call (f, &call); /* still admitted */
  g_assert_true (until (&heard.ledger, 1, 1000));
  g_assert_cmpuint (heard.changed, ==, 0);
}

/* A price that comes into force later does so without anybody's doing. */
static gboolean
future_price_job (PurserDb *db, gpointer data, GError **error)
{
  Fixture *f = data;
  PurserPrice price = { .valid_from = fixture_time + 60 * G_USEC_PER_SEC,
                        .currency = "EUR",
                        .list_pico = { 7, 7, 7, 7, 7, 7, 7 } };
  return purser_catalogue_add_price (db, f->models[0], &price, error) != 0 && purser_catalogue_raise (db, error);
}

static void
test_price_comes (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Fixture) f = fixture_new ();
  Heard heard = { 0 };
  fixture_time = g_get_real_time ();
  purser_store_set_clock (f->store, fixture_clock);
  purser_store_write (f->store, FALSE, future_price_job, f, &error);
  g_assert_no_error (error);
  g_autoptr(PurserOrg) before = purser_store_get_org (f->store);
  g_assert_cmpint (purser_org_model (before, f->models[0])->price->list_pico[0], ==, 3000000);
  until (&heard.changed, 1, 300);
  listen (f->store, &heard);
  fixture_time += 61 * G_USEC_PER_SEC;
  g_assert_true (until (&heard.changed, 1, 2000));
  g_autoptr(PurserOrg) after = purser_store_get_org (f->store);
  g_assert_cmpint (purser_org_model (after, f->models[0])->price->list_pico[0], ==, 7);
}

/* --- Opening without waiting --- */

static void
open_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  PurserStore *store = purser_store_open_finish (result, &error);
  g_assert_no_error (error);
  *(PurserStore **) user_data = store;
}

static void
test_open_async (void)
{
  g_autoptr(Fixture) f = fixture_bare ();
  PurserStore *store = NULL;
  purser_store_open_async (f->path, PURSER_STORE_CREATE, "A", "EUR", "UTC", NULL, open_cb, &store);
  while (store == NULL)
    g_main_context_iteration (NULL, TRUE);
  f->store = store;
  Heard heard = { 0 };
  listen (store, &heard);
  g_autoptr(GError) error = NULL;
  purser_store_write (store, FALSE, rename_job, (gpointer) "B", &error);
  g_assert_no_error (error);
  g_assert_true (until (&heard.changed, 1, 1000)); /* in the opener's context */
}

/* Synced means flushed, each time, before the answer; the others cost no flush. */
static gboolean
touch_job (PurserDb *db, gpointer data, GError **error)
{
  return purser_db_run (db, error, "UPDATE organisation SET created_at = created_at + 1", "");
}

static void
test_sync (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  for (guint i = 0; i < 100; i++)
    {
      int before = g_atomic_int_get (&flushes);
      gboolean sync = i % 3 == 0;
      g_assert_true (purser_store_write (f->store, sync, touch_job, NULL, NULL));
      g_assert_cmpint (g_atomic_int_get (&flushes) - before, ==, sync ? 1 : 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jobs/group", test_group);
  g_test_add_func ("/jobs/cancel", test_cancel);
  g_test_add_func ("/jobs/closed", test_closed);
  g_test_add_func ("/jobs/misuse", test_misuse);
  g_test_add_func ("/jobs/busy", test_busy);
  g_test_add_func ("/jobs/two-stores", test_two_stores);
  g_test_add_func ("/jobs/rolled-back-generation", test_rolled_back_generation);
  g_test_add_func ("/jobs/price-comes", test_price_comes);
  g_test_add_func ("/jobs/open-async", test_open_async);
  g_test_add_func ("/jobs/sync", test_sync);
  return g_test_run ();
}
