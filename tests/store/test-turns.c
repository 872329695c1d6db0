/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <string.h>
#include <unistd.h>

/* Two processes that both write as fast as they can: each gets its turn. The program starts itself again as the other one:
 *   --hammer PATH N   makes N calls, many at a time
 *   --single PATH N   makes N calls, one at a time */

enum
{
  AT_ONCE = 16,
  CALLS = 2000,
  FEW = 300,
  PER_JOB = 200,
  MOST_UNEVEN = 10 /* times as many calls as the other one */
};

static const char *program;

typedef struct
{
  Fixture fixture;
  int made, failed, under_way; /* atomic */
  gboolean stop; /* atomic */
  int most; /* calls, 0 = until told to stop */
} Hammer;

typedef struct
{
  Hammer *hammer;
  FixtureCall call;
} Blow;

static void opened_cb (gpointer data, const GError *error);
static void settled_cb (gpointer data, const GError *error);

static void
strike (Blow *blow)
{
  Hammer *h = blow->hammer;
  blow->call = fixture_call (&h->fixture, 0, 0, 0);
  purser_store_submit (h->fixture.store, FALSE, fixture_open_job, &blow->call, opened_cb, NULL, NULL);
}

static void
give_up (Blow *blow, const GError *error)
{
  g_printerr ("a call failed: %s\n", error->message);
  g_atomic_int_inc (&blow->hammer->failed);
  g_atomic_int_dec_and_test (&blow->hammer->under_way);
}

/* The job's data is the call, which stands in its blow. */
static Blow *
blow_of (gpointer call)
{
  return (Blow *) ((char *) call - G_STRUCT_OFFSET (Blow, call));
}

static void
opened_cb (gpointer data, const GError *error)
{
  Blow *blow = blow_of (data);
  if (error != NULL)
    give_up (blow, error);
  else
    purser_store_submit (blow->hammer->fixture.store, TRUE, fixture_settle_job, data, settled_cb, NULL, NULL);
}

static void
settled_cb (gpointer data, const GError *error)
{
  Blow *blow = blow_of (data);
  Hammer *h = blow->hammer;
  if (error != NULL)
    {
      give_up (blow, error);
      return;
    }
  int made = g_atomic_int_add (&h->made, 1) + 1;
  if (g_atomic_int_get (&h->stop) || (h->most != 0 && made > h->most - AT_ONCE))
    g_atomic_int_dec_and_test (&h->under_way);
  else
    strike (blow);
}

static void
hammer (Hammer *h, Blow *blows)
{
  h->under_way = AT_ONCE;
  for (guint i = 0; i < AT_ONCE; i++)
    {
      blows[i].hammer = h;
      strike (&blows[i]);
    }
}

static void
wait_for (Hammer *h)
{
  while (g_atomic_int_get (&h->under_way) > 0)
    g_usleep (1000);
}

static void
load_ids (Fixture *f)
{
  g_autoptr(PurserOrg) org = purser_store_get_org (f->store);
  f->models[0] = ((PurserModel *) org->models->pdata[0])->id;
  f->prices[0] = ((PurserModel *) org->models->pdata[0])->price->id;
  f->workloads[0] = ((PurserWorkload *) org->workloads->pdata[0])->id;
  f->people[0] = ((PurserPrincipal *) org->principals->pdata[0])->id;
  f->contract = ((PurserContract *) org->contracts->pdata[0])->id;
}

static int
child_hammer (const char *path, int n)
{
  Blow blows[AT_ONCE];
  Hammer h = { .fixture.store = fixture_open (path, PURSER_STORE_OPEN), .most = n };
  load_ids (&h.fixture);
  hammer (&h, blows);
  wait_for (&h);
  purser_store_close (h.fixture.store);
  g_object_unref (h.fixture.store);
  return h.failed > 0 || h.made != n ? 1 : 0;
}

static int
child_single (const char *path, int n)
{
  Fixture f = { .store = fixture_open (path, PURSER_STORE_OPEN) };
  gint64 worst = 0;
  load_ids (&f);
  for (int i = 0; i < n; i++)
    {
      FixtureCall call = fixture_call (&f, 0, 0, 0);
      gint64 began = g_get_monotonic_time ();
      fixture_make_call (&f, &call);
      worst = MAX (worst, g_get_monotonic_time () - began);
    }
  purser_store_close (f.store);
  g_object_unref (f.store);
  g_printerr ("one at a time beside another process: the slowest of %d calls took %.1f ms\n", n, worst / 1e3);
  return 0;
}

/* Runs the other process beside our hammer; how many calls we made meanwhile. */
static int
run_beside (Fixture *f, const char *mode, int n)
{
  Blow blows[AT_ONCE];
  g_autoptr(GError) error = NULL;
  g_autofree char *count = g_strdup_printf ("%d", n);
  Hammer h = { .fixture = *f };
  hammer (&h, blows);
  g_autoptr(GSubprocess) child =
      g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, mode, f->path, count, NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (child, NULL, &error));
  int made = g_atomic_int_get (&h.made);
  g_atomic_int_set (&h.stop, TRUE);
  wait_for (&h);
  g_assert_cmpint (h.failed, ==, 0);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM call WHERE outcome = 'ok'"), ==, h.made + n);
  fixture_assert_clean (f->store);
  return made;
}

static void
test_both_at_full_speed (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  int made = run_beside (f, "--hammer", CALLS);
  g_test_message ("while the other process made %d calls, this one made %d", CALLS, made);
  g_assert_cmpint (made, >=, CALLS / MOST_UNEVEN);
  g_assert_cmpint (made, <=, CALLS * MOST_UNEVEN);
}

/* One call at a time meets a store that is never at rest; a write that waits for 5 s fails. */
static void
test_one_beside_many (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  int made = run_beside (f, "--single", FEW);
  g_test_message ("while the other process made %d calls one at a time, this one made %d", FEW, made);
  g_assert_cmpint (made, >=, FEW);
}

/* --- Beside one who never rests --- */

typedef struct
{
  Fixture *fixture;
  FixtureCall call;
  int jobs, failed, under_way; /* atomic */
  gboolean stop; /* atomic */
} Press;

static gboolean
press_job (PurserDb *db, gpointer data, GError **error)
{
  Press *press = data;
  for (guint i = 0; i < PER_JOB; i++)
    if (!purser_ledger_insert_closed (db, purser_db_now (db), &press->call.open, &press->call.attempt,
                                      &press->call.settle, error))
      return FALSE;
  return TRUE;
}

static void
pressed_cb (gpointer data, const GError *error)
{
  Press *press = data;
  g_atomic_int_add (&press->failed, error != NULL);
  g_atomic_int_inc (&press->jobs);
  if (g_atomic_int_get (&press->stop))
    g_atomic_int_dec_and_test (&press->under_way);
  else
    purser_store_submit (press->fixture->store, FALSE, press_job, press, pressed_cb, NULL, NULL);
}

/* A writer whose queue is never empty commits every 50 ms, back to back. */
static void
test_one_beside_bulk (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  g_autoptr(GError) error = NULL;
  Press press = { .fixture = f, .call = fixture_call (f, 0, 0, 0), .under_way = AT_ONCE };
  for (guint i = 0; i < AT_ONCE; i++)
    purser_store_submit (f->store, FALSE, press_job, &press, pressed_cb, NULL, NULL);
  g_autoptr(GSubprocess) child =
      g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, "--single", f->path, "50", NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait_check (child, NULL, &error));
  int jobs = g_atomic_int_get (&press.jobs);
  g_atomic_int_set (&press.stop, TRUE);
  while (g_atomic_int_get (&press.under_way) > 0)
    g_usleep (1000);
  g_test_message ("while the other process made 50 calls one at a time, this one made %d jobs of %d calls", jobs,
                  PER_JOB);
  g_assert_cmpint (jobs, >, 0);
  g_assert_cmpint (press.failed, ==, 0);
  fixture_assert_clean (f->store);
}

int
main (int argc, char **argv)
{
  program = argv[0];
  if (argc == 4 && g_str_equal (argv[1], "--hammer"))
    return child_hammer (argv[2], atoi (argv[3]));
  if (argc == 4 && g_str_equal (argv[1], "--single"))
    return child_single (argv[2], atoi (argv[3]));
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/turns/both-at-full-speed", test_both_at_full_speed);
  g_test_add_func ("/turns/one-beside-many", test_one_beside_many);
  g_test_add_func ("/turns/one-beside-bulk", test_one_beside_bulk);
  return g_test_run ();
}
