/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Several processes on one organisation. The program starts itself again as the other one:
 *   --write PATH N   makes N calls
 *   --leave PATH     opens three calls and a trial, says so, and waits to be killed */

static const char *program;

static void
load_ids (Fixture *f)
{
  g_autoptr(PurserOrg) org = purser_store_get_org (f->store);
  for (guint i = 0; i < 3; i++)
    {
      f->models[i] = ((PurserModel *) org->models->pdata[i])->id;
      f->prices[i] = i < 2 ? ((PurserModel *) org->models->pdata[i])->price->id : 0;
      f->workloads[i] = ((PurserWorkload *) org->workloads->pdata[i])->id;
      f->people[i] = ((PurserPrincipal *) org->principals->pdata[i])->id;
    }
}

static int
child_write (const char *path, int n)
{
  Fixture f = { .store = fixture_open (path, PURSER_STORE_OPEN) };
  load_ids (&f);
  for (int i = 0; i < n; i++)
    {
      FixtureCall call = fixture_call (&f, i % 3, i % 3, i % 3);
      fixture_make_call (&f, &call);
    }
  purser_store_close (f.store);
  g_object_unref (f.store);
  return 0;
}

static gboolean
trial_job (PurserDb *db, gpointer data, GError **error)
{
  PurserTrialRow row = { .kind = (char *) "quality", .started_at = 1, .state = (char *) "running" };
  return purser_trial_put (db, &row, error) != 0;
}

static int
child_leave (const char *path)
{
  Fixture f = { .store = fixture_open (path, PURSER_STORE_OPEN) };
  load_ids (&f);
  for (guint i = 0; i < 3; i++)
    {
      FixtureCall call = fixture_call (&f, 0, 0, i);
      call.open.reserve_nano = i < 2 ? 1000 : 0;
      if (!purser_store_write (f.store, FALSE, fixture_open_job, &call, NULL))
        return 1;
    }
  if (!purser_store_write (f.store, FALSE, trial_job, NULL, NULL) || write (STDOUT_FILENO, "ready\n", 6) != 6)
    return 1;
  pause ();
  return 1;
}

static GSubprocess *
start (GSubprocessFlags flags, const char *mode, const char *path, const char *n)
{
  g_autoptr(GError) error = NULL;
  GSubprocess *child = g_subprocess_new (flags, &error, program, mode, path, n, NULL);
  g_assert_no_error (error);
  return child;
}

static void
test_two_write (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  g_autoptr(GSubprocess) one = start (G_SUBPROCESS_FLAGS_NONE, "--write", f->path, "500");
  g_autoptr(GSubprocess) two = start (G_SUBPROCESS_FLAGS_NONE, "--write", f->path, "500");
  for (guint i = 0; i < 100; i++)
    {
      FixtureCall call = fixture_call (f, 0, 0, 0);
      fixture_make_call (f, &call);
    }
  g_assert_true (g_subprocess_wait_check (one, NULL, NULL));
  g_assert_true (g_subprocess_wait_check (two, NULL, NULL));
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM call WHERE outcome = 'ok'"), ==, 1100);
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (calls) FROM usage_day"), ==, 1100);
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (cost_nano) FROM usage_day_model"), ==, 1100 * 2700);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM process"), ==, 3);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM process WHERE ended_at IS NULL"), ==, 1);
  fixture_assert_clean (f->store);
}

static GSubprocess *
start_leaving (const char *path)
{
  GSubprocess *child = start (G_SUBPROCESS_FLAGS_STDOUT_PIPE, "--leave", path, NULL);
  char said[16] = { 0 };
  g_assert_cmpint (g_input_stream_read (g_subprocess_get_stdout_pipe (child), said, 6, NULL, NULL), ==, 6);
  g_assert_cmpstr (said, ==, "ready\n");
  return child;
}

static void
assert_open (PurserStore *store, gint64 n)
{
  g_assert_cmpint (fixture_number (store, "SELECT COUNT (*) FROM call WHERE closed_at IS NULL"), ==, n);
  g_assert_cmpint (fixture_number (store, "SELECT COUNT (*) FROM attempt WHERE closed_at IS NULL"), ==, n);
}

static void
test_reaper (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  g_autoptr(GSubprocess) child = start_leaving (f->path);
  g_assert_finalize_object (f->store);
  f->store = fixture_open (f->path, PURSER_STORE_OPEN);
  assert_open (f->store, 3); /* it lives: nobody touches its calls */
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM trial WHERE state = 'running'"), ==, 1);
  g_subprocess_force_exit (child); /* SIGKILL */
  g_subprocess_wait (child, NULL, NULL);
  assert_open (f->store, 3);
  g_assert_finalize_object (f->store);
  f->store = fixture_open (f->path, PURSER_STORE_OPEN | PURSER_STORE_NO_REAPER);
  assert_open (f->store, 3);
  g_assert_finalize_object (f->store);
  f->store = fixture_open (f->path, PURSER_STORE_OPEN);
  assert_open (f->store, 0);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM call WHERE outcome = 'interrupted'"), ==, 3);
  /* At most the reservation; where there was no price, unpriced. */
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (cost_nano) FROM attempt WHERE at_most = 1 AND may_be_billed "
                                             "= 1 AND unpriced = 0"),
                   ==, 2000);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM attempt WHERE unpriced = 1 AND cost_nano = 0"), ==,
                   1);
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (failed_calls) FROM usage_day"), ==, 3);
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (estimated_calls) FROM usage_day"), ==, 3);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM trial WHERE state = 'interrupted'"), ==, 1);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM process WHERE ended_at IS NULL"), ==, 0);
  fixture_assert_clean (f->store);
}

/* Whoever still runs notices too, without being started again. */
static void
test_reaper_meanwhile (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  g_autoptr(GSubprocess) child = start_leaving (f->path);
  g_subprocess_force_exit (child);
  g_subprocess_wait (child, NULL, NULL);
  gint64 end = g_get_monotonic_time () + 50 * G_USEC_PER_SEC;
  while (fixture_number (f->store, "SELECT COUNT (*) FROM call WHERE closed_at IS NULL") > 0
         && g_get_monotonic_time () < end)
    g_usleep (200000);
  assert_open (f->store, 0);
  fixture_assert_clean (f->store);
}

/* A window that is closed with calls under way leaves none open. */
static void
test_closing (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  FixtureCall call = fixture_call (f, 0, 0, 0);
  g_assert_true (purser_store_write (f->store, FALSE, fixture_open_job, &call, NULL));
  g_assert_finalize_object (f->store);
  f->store = fixture_open (f->path, PURSER_STORE_OPEN | PURSER_STORE_NO_REAPER);
  assert_open (f->store, 0);
  fixture_assert_clean (f->store);
}

/* Two stores of one process are two owners: neither takes the other for dead. */
static void
test_two_owners (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  FixtureCall call = fixture_call (f, 0, 0, 0);
  g_assert_true (purser_store_write (f->store, FALSE, fixture_open_job, &call, NULL));
  PurserStore *other = fixture_open (f->path, PURSER_STORE_OPEN);
  assert_open (other, 1);
  g_assert_finalize_object (other);
  g_assert_true (purser_store_write (f->store, FALSE, fixture_settle_job, &call, NULL));
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM call WHERE outcome = 'ok'"), ==, 1);
}

/* Somebody tidied the owners file away: a newcomer must not take the living for dead. */
static void
test_owners_file_gone (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  g_autofree char *owners = g_strconcat (f->path, "-owners", NULL);
  FixtureCall call = fixture_call (f, 0, 0, 0);
  g_assert_true (purser_store_write (f->store, FALSE, fixture_open_job, &call, NULL));
  g_assert_cmpint (g_remove (owners), ==, 0);
  PurserStore *other = fixture_open (f->path, PURSER_STORE_OPEN);
  assert_open (other, 1);
  g_assert_finalize_object (other);
  assert_open (f->store, 1);
  g_assert_true (purser_store_write (f->store, FALSE, fixture_settle_job, &call, NULL));
}

int
main (int argc, char **argv)
{
  program = argv[0];
  if (argc == 4 && g_str_equal (argv[1], "--write"))
    return child_write (argv[2], atoi (argv[3]));
  if (argc == 3 && g_str_equal (argv[1], "--leave"))
    return child_leave (argv[2]);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/processes/two-write", test_two_write);
  g_test_add_func ("/processes/reaper", test_reaper);
  g_test_add_func ("/processes/reaper-meanwhile", test_reaper_meanwhile);
  g_test_add_func ("/processes/closing", test_closing);
  g_test_add_func ("/processes/two-owners", test_two_owners);
  g_test_add_func ("/processes/owners-file-gone", test_owners_file_gone);
  return g_test_run ();
}
