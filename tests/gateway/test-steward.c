/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "steward-fixture.h"

/* --- The tests --- */

/* Those that are switched on, and what becomes of them while they run. */
static void
test_switches (void)
{
  Fixture *f = fixture_new ();
  set (f, "on", TRUE, 9001);
  set (f, "off", FALSE, 9002);
  fixture_start (f, NULL, 0);
  WAIT_UNTIL (plane.served->len == 1);
  g_assert_cmpint (port_at (0), ==, 9001);
  g_autoptr(PurserServedState) on = state_of (f, "on"), off = state_of (f, "off");
  g_assert_nonnull (on);
  g_assert_null (off); /* none of the gateway's business */
  g_assert_cmpstr (on->name, ==, "on");
  g_assert_cmpstr (on->url, ==, "http://127.0.0.1:9001");
  g_assert_null (on->problem);
  g_assert_cmpint (on->since, >, 0);

  /* Switched on by another program, which says so. */
  set (f, "off", TRUE, 9002);
  purser_steward_refresh (f->steward);
  WAIT_UNTIL (plane.served->len == 2);
  /* Switched off: the file itself tells. Calls that run keep their organisation open until they end. */
  plane.hold = TRUE;
  set (f, "on", FALSE, 9001);
  WAIT_UNTIL (plane.leaving->len == 1);
  g_assert_cmpuint (plane.drained, ==, 1);
  g_autoptr(PurserServedState) leaving = state_of (f, "on");
  g_assert_nonnull (leaving);
  g_assert_null (leaving->url);
  let_go ();
  WAIT_UNTIL (plane.leaving->len == 0);
  g_autoptr(PurserServedState) gone = state_of (f, "on");
  g_assert_null (gone);
  g_assert_cmpint (port_at (0), ==, 9002);
  fixture_free (f);
}

/* Off and on again while the last calls still run: both at once. */
static void
test_on_again (void)
{
  Fixture *f = fixture_new ();
  set (f, "a", TRUE, 9001);
  fixture_start (f, NULL, 0);
  WAIT_UNTIL (plane.served->len == 1);
  plane.hold = TRUE;
  set (f, "a", FALSE, 9001);
  WAIT_UNTIL (plane.leaving->len == 1);
  set (f, "a", TRUE, 9001);
  WAIT_UNTIL (plane.served->len == 1);
  let_go ();
  WAIT_UNTIL (plane.leaving->len == 0);
  g_assert_cmpuint (plane.served->len, ==, 1);
  fixture_free (f);
}

/* Another port: the new listener at once, the old one until its calls have ended. Where the old one is in the way, after it. */
static void
test_settings (void)
{
  Fixture *f = fixture_new ();
  set (f, "a", TRUE, 9001);
  fixture_start (f, NULL, 0);
  WAIT_UNTIL (plane.served->len == 1);
  plane.hold = TRUE;
  set (f, "a", TRUE, 9003);
  WAIT_UNTIL (plane.leaving->len == 1);
  g_assert_cmpint (port_at (0), ==, 9003);
  let_go ();
  WAIT_UNTIL (plane.leaving->len == 0);

  plane.hold = plane.taken = TRUE;
  set (f, "a", TRUE, 9004);
  WAIT_UNTIL (plane.leaving->len == 1 && plane.refused == 1);
  g_autoptr(PurserServedState) waiting = state_of (f, "a");
  g_assert_null (waiting->problem);
  plane.taken = FALSE;
  let_go ();
  WAIT_UNTIL (plane.served->len == 1);
  g_assert_cmpint (port_at (0), ==, 9004);
  /* What is no matter of the listener leaves it alone. */
  g_autofree char *path = path_of (f, "a");
  purser_steward_refresh (f->steward);
  g_assert_cmpuint (plane.leaving->len, ==, 0);
  fixture_free (f);
}

/* A port that is taken is said in words, and tried again without being asked. */
static void
test_port_taken (void)
{
  Fixture *f = fixture_new ();
  plane.taken = TRUE;
  set (f, "a", TRUE, 9001);
  fixture_start (f, NULL, 1);
  WAIT_UNTIL (plane.refused == 1);
  g_autoptr(PurserServedState) refused = state_of (f, "a");
  g_assert_null (refused->url);
  g_assert_cmpstr (refused->problem, ==, "The port is taken by another program.");
  g_assert_cmpint (refused->since, ==, 0);
  purser_steward_refresh (f->steward);
  g_assert_cmpuint (plane.refused, ==, 2);
  plane.taken = FALSE;
  WAIT_UNTIL (plane.served->len == 1); /* by itself */
  g_autoptr(PurserServedState) served = state_of (f, "a");
  g_assert_null (served->problem);
  fixture_free (f);
}

/* Named files are served whatever their switch says, one by two names once; others never. */
static void
test_named (void)
{
  Fixture *f = fixture_new ();
  set (f, "off", FALSE, 9001);
  set (f, "other", TRUE, 9002);
  g_autofree char *path = path_of (f, "off"), *again = g_strdup_printf ("%s/../purser/off.purser", f->folder),
                  *missing = path_of (f, "missing");
  const char *const files[] = { path, again, missing, NULL };
  fixture_start (f, files, 0);
  WAIT_UNTIL (plane.served->len == 1);
  g_assert_cmpint (port_at (0), ==, 9001);
  g_autoptr(PurserServedState) lacking = NULL;
  for (; lacking == NULL || lacking->problem == NULL; g_main_context_iteration (NULL, TRUE))
    {
      g_clear_pointer (&lacking, purser_served_state_free);
      lacking = state_of (f, "missing");
    }
  g_autoptr(GPtrArray) served = purser_steward_served (f->steward);
  g_assert_cmpuint (served->len, ==, 2);
  g_assert_cmpint (f->status, ==, -1);
  purser_steward_refresh (f->steward);
  g_assert_cmpuint (plane.served->len, ==, 1);
  fixture_free (f);
}

/* None of the named files can be served: that is a failure of the program. */
static void
test_named_nothing (void)
{
  Fixture *f = fixture_new ();
  g_autofree char *missing = path_of (f, "missing");
  const char *const files[] = { missing, NULL };
  fixture_start (f, files, 0);
  WAIT_UNTIL (f->status >= 0);
  g_assert_cmpint (f->status, ==, 1);
  fixture_free (f);
}

/* A file that a newer program has made its own, before it was opened and while it is. */
static gboolean
future_job (PurserDb *db, gpointer data, GError **error)
{
  return purser_db_run (db, error, "PRAGMA user_version = 999", "");
}

static void
test_future (void)
{
  Fixture *f = fixture_new ();
  set (f, "a", TRUE, 9001);
  fixture_start (f, NULL, 0);
  WAIT_UNTIL (plane.served->len == 1);
  g_autofree char *path = path_of (f, "a");
  g_autoptr(GError) error = NULL;
  PurserStore *store = purser_store_open (path, PURSER_STORE_OPEN, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  purser_store_write (store, TRUE, future_job, NULL, &error);
  g_assert_no_error (error);
  g_assert_finalize_object (store);
  purser_steward_refresh (f->steward); /* it looks by itself too, twice a minute */
  WAIT_UNTIL (plane.served->len == 0);
  g_assert_cmpuint (plane.drained, ==, 1);
  WAIT_UNTIL (plane.leaving->len == 0);
  g_autoptr(PurserServedState) state = state_of (f, "a");
  g_assert_nonnull (strstr (state->problem, "newer Purser"));
  /* Looking again says the same: it cannot be opened any more. */
  purser_steward_refresh (f->steward);
  fixture_stop (f);
  fixture_start (f, NULL, 0);
  g_autoptr(PurserServedState) again = NULL;
  WAIT_UNTIL ((again = state_of (f, "a")) != NULL);
  g_assert_null (again->url);
  g_assert_nonnull (again->problem);
  fixture_free (f);
}

/* Nothing to serve: it ends after a while, but not while there is something, and never where nobody said so. */
static void
test_idle (void)
{
  Fixture *f = fixture_new ();
  set (f, "a", TRUE, 9001);
  fixture_start (f, NULL, 1);
  WAIT_UNTIL (plane.served->len == 1);
  gint64 until = g_get_monotonic_time () + 2500000;
  WAIT_UNTIL (g_get_monotonic_time () > until); /* its own tick wakes the loop */
  g_assert_cmpint (f->status, ==, -1);
  set (f, "a", FALSE, 9001);
  WAIT_UNTIL (f->status >= 0);
  g_assert_cmpint (f->status, ==, 0);
  g_assert_cmpuint (plane.served->len, ==, 0);
  fixture_free (f);
}

/* It stops when the last call has ended; asked a second time, at once. */
static void
test_stop (void)
{
  Fixture *f = fixture_new ();
  set (f, "a", TRUE, 9001);
  for (guint drain = 0; drain < 2; drain++)
    {
      fixture_start (f, NULL, 0);
      WAIT_UNTIL (plane.served->len == 1);
      plane.hold = TRUE;
      purser_steward_stop (f->steward, TRUE);
      g_assert_cmpuint (plane.leaving->len, ==, 1);
      g_assert_cmpint (f->status, ==, -1);
      purser_steward_refresh (f->steward); /* too late */
      g_assert_cmpuint (plane.served->len, ==, 0);
      if (drain == 0)
        purser_steward_stop (f->steward, FALSE);
      else
        g_assert_cmpint (f->status, ==, -1);
      if (drain == 0)
        g_assert_cmpint (f->status, ==, 0);
      let_go ();
      WAIT_UNTIL (f->status >= 0 && plane.leaving->len == 0);
      g_clear_pointer (&f->steward, purser_steward_free);
      f->status = -1;
    }
  fixture_free (f);
}

/* Figures are told without being asked for, and calls when they are. */
static void
test_figures (void)
{
  Fixture *f = fixture_new ();
  set (f, "a", TRUE, 9001);
  fixture_start (f, NULL, 0);
  WAIT_UNTIL (plane.served->len == 1);
  f->changed = 0;
  plane.running = 3;
  plane.done = 12;
  WAIT_UNTIL (f->changed > 0);
  g_autoptr(PurserServedState) state = state_of (f, "a");
  g_assert_cmpuint (state->calls_running, ==, 3);
  g_assert_cmpuint (state->calls_done, ==, 12);
  g_autofree char *path = path_of (f, "a");
  g_autoptr(GPtrArray) calls = purser_steward_calls (f->steward, path),
                        none = purser_steward_calls (f->steward, "/nowhere");
  g_assert_cmpuint (calls->len, ==, 1);
  g_assert_cmpuint (none->len, ==, 0);
  fixture_free (f);
}

/* Freed while a file is being opened. */
static void
test_early (void)
{
  Fixture *f = fixture_new ();
  set (f, "a", TRUE, 9001);
  fixture_start (f, NULL, 0);
  g_clear_pointer (&f->steward, purser_steward_free);
  g_assert_cmpuint (plane.served->len, ==, 0);
  fixture_free (f);
}

int
main (int argc, char *argv[])
{
  g_autofree char *home = g_dir_make_tmp ("purser-steward-XXXXXX", NULL);
  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (g_log_writer_standard_streams, NULL, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR); /* what it cannot serve is a warning */
  g_test_add_func ("/steward/switches", test_switches);
  g_test_add_func ("/steward/on-again", test_on_again);
  g_test_add_func ("/steward/settings", test_settings);
  g_test_add_func ("/steward/port-taken", test_port_taken);
  g_test_add_func ("/steward/named", test_named);
  g_test_add_func ("/steward/named-nothing", test_named_nothing);
  g_test_add_func ("/steward/future", test_future);
  g_test_add_func ("/steward/idle", test_idle);
  g_test_add_func ("/steward/stop", test_stop);
  g_test_add_func ("/steward/figures", test_figures);
  g_test_add_func ("/steward/early", test_early);
  int code = g_test_run ();
  g_autofree char *folder = purser_store_default_folder ();
  g_rmdir (folder);
  g_rmdir (home);
  return code;
}
