/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <string.h>
#include <unistd.h>

/* Several processes under one budget. The program starts itself again as the other one:
 *   --open PATH N   opens N calls at once, says how many it could, and waits to be killed
 *   --work PATH N   opens and settles N calls, many at a time, and ends */

enum
{
  CALLS = 100, /* of each process */
  ROOM = 120 /* calls that the budget has room for */
};
#define RESERVE ((gint64) 1000000)
#define COST    ((gint64) 400000)

static const char *program;

typedef struct
{
  Fixture fixture;
  gboolean settles;
  FixtureCall calls[CALLS];
  int opened, refused, failed, waiting; /* atomic */
} Crowd;

static Crowd *crowd; /* the callbacks' data is the call */

static void
settled_cb (gpointer data, const GError *error)
{
  g_atomic_int_add (&crowd->failed, error != NULL);
  g_atomic_int_dec_and_test (&crowd->waiting);
}

static void
opened_cb (gpointer data, const GError *error)
{
  FixtureCall *call = data;
  if (error == NULL)
    g_atomic_int_inc (&crowd->opened);
  else if (g_error_matches (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED))
    g_atomic_int_inc (&crowd->refused);
  else
    g_atomic_int_inc (&crowd->failed);
  if (error == NULL && crowd->settles)
    purser_store_submit (crowd->fixture.store, TRUE, fixture_settle_job, call, settled_cb, NULL, NULL);
  else
    g_atomic_int_dec_and_test (&crowd->waiting);
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

static void
rush (gboolean settles)
{
  crowd->settles = settles;
  crowd->waiting = CALLS;
  for (guint i = 0; i < CALLS; i++)
    {
      FixtureCall *call = &crowd->calls[i];
      *call = fixture_call (&crowd->fixture, 0, 0, 0);
      call->open.reserve_nano = RESERVE;
      call->attempt.cost_nano = call->attempt.list_nano = COST;
      purser_store_submit (crowd->fixture.store, FALSE, fixture_open_job, call, opened_cb, NULL, NULL);
    }
}

static void
wait_for_crowd (void)
{
  while (g_atomic_int_get (&crowd->waiting) > 0)
    g_usleep (500);
}

static int
child (const char *path, gboolean settles)
{
  crowd = g_new0 (Crowd, 1);
  crowd->fixture.store = fixture_open (path, PURSER_STORE_OPEN);
  load_ids (&crowd->fixture);
  if (write (STDOUT_FILENO, "ready\n", 6) != 6)
    return 1;
  rush (settles);
  wait_for_crowd ();
  g_autofree char *said = g_strdup_printf ("%3d %3d\n", crowd->opened, crowd->failed);
  if (write (STDOUT_FILENO, said, 8) != 8)
    return 1;
  if (!settles)
    pause ();
  purser_store_close (crowd->fixture.store);
  g_object_unref (crowd->fixture.store);
  g_free (crowd);
  return 0;
}

static gboolean
budget_body (PurserDb *db, Fixture *f, GError **error)
{
  const PurserBudget all = { .cap_nano = ROOM * RESERVE, .at_limit = PURSER_AT_LIMIT_BLOCK };
  const PurserBudget own = { .scope = PURSER_SCOPE_PRINCIPAL,
                             .scope_id = f->people[0],
                             .period = PURSER_BUDGET_ROLLING,
                             .days = 3,
                             .cap_nano = 2 * CALLS * RESERVE, /* never in the way */
                             .at_limit = PURSER_AT_LIMIT_BLOCK };
  return purser_catalogue_put_budget (db, &all, error) != 0 && purser_catalogue_put_budget (db, &own, error) != 0
         && purser_catalogue_raise (db, error);
}

static GSubprocess *
start (const char *mode, const char *path)
{
  g_autoptr(GError) error = NULL;
  GSubprocess *process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, mode, path, NULL);
  char said[8] = { 0 };
  g_assert_no_error (error);
  g_assert_true (g_input_stream_read_all (g_subprocess_get_stdout_pipe (process), said, 6, NULL, NULL, &error));
  g_assert_cmpstr (said, ==, "ready\n");
  return process;
}

static int
said_opened (GSubprocess *process)
{
  char said[16] = { 0 };
  g_autoptr(GError) error = NULL;
  g_assert_true (g_input_stream_read_all (g_subprocess_get_stdout_pipe (process), said, 8, NULL, NULL, &error));
  g_assert_cmpint (atoi (said + 4), ==, 0); /* none failed in another way */
  return atoi (said);
}

static Fixture *
crowd_new (void)
{
  Fixture *f = fixture_new ();
  fixture_run (f, budget_body);
  crowd = g_new0 (Crowd, 1);
  crowd->fixture = *f;
  return f;
}

static gint64
reserved (Fixture *f)
{
  return fixture_number (f->store, "SELECT SUM (reserved_nano) FROM budget_use WHERE budget_id = 1");
}

static gint64
spent (Fixture *f)
{
  return fixture_number (f->store, "SELECT SUM (spent_nano) FROM budget_use WHERE budget_id = 1");
}

/* 200 calls that all run at once: as many as there is room for, not one more and not one less. Then one process is killed. */
static void
test_no_overspending (void)
{
  g_autoptr(Fixture) f = crowd_new ();
  g_autoptr(GSubprocess) other = start ("--open", f->path);
  rush (FALSE);
  int theirs = said_opened (other);
  wait_for_crowd ();
  g_test_message ("%d calls here, %d there", crowd->opened, theirs);
  g_assert_cmpint (crowd->failed, ==, 0);
  g_assert_cmpint (crowd->opened + theirs, ==, ROOM);
  g_assert_cmpint (reserved (f), ==, ROOM * RESERVE);
  fixture_assert_clean (f->store);
  for (guint i = 0; i < CALLS; i++)
    if (crowd->calls[i].settle.call_id != 0)
      fixture_write (f->store, fixture_settle_job, &crowd->calls[i]);
  g_assert_cmpint (reserved (f), ==, theirs * RESERVE);
  g_assert_cmpint (spent (f), ==, crowd->opened * COST);
  g_subprocess_force_exit (other); /* SIGKILL */
  g_subprocess_wait (other, NULL, NULL);
  PurserStore *reaper = fixture_open (f->path, PURSER_STORE_OPEN); /* looks for the dead as it opens */
  g_assert_finalize_object (reaper);
  g_assert_cmpint (reserved (f), ==, 0);
  g_assert_cmpint (spent (f), ==, crowd->opened * COST + theirs * RESERVE); /* at most what they had reserved */
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (cost_nano) FROM usage_day"), ==, spent (f));
  fixture_assert_clean (f->store);
  g_free (crowd);
}

/* Both work through their calls under a budget that has room for every reservation at once: nobody is refused. */
static void
test_no_false_refusal (void)
{
  g_autoptr(Fixture) f = crowd_new ();
  g_autoptr(GError) error = NULL;
  g_assert_true (fixture_sql (f->store, "UPDATE budget SET cap_nano = 200000000 WHERE id = 1", &error));
  g_assert_cmpint (2 * CALLS * RESERVE, ==, 200000000);
  g_autoptr(GSubprocess) other = start ("--work", f->path);
  rush (TRUE);
  int theirs = said_opened (other);
  wait_for_crowd ();
  g_assert_true (g_subprocess_wait_check (other, NULL, NULL));
  g_assert_cmpint (crowd->failed + crowd->refused, ==, 0);
  g_assert_cmpint (crowd->opened, ==, CALLS);
  g_assert_cmpint (theirs, ==, CALLS);
  g_assert_cmpint (reserved (f), ==, 0);
  g_assert_cmpint (spent (f), ==, 2 * CALLS * COST);
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (cost_nano) FROM usage_day"), ==, spent (f));
  fixture_assert_clean (f->store);
  g_free (crowd);
}

/* Whoever closes with calls under way gives back what they hold. */
static void
test_closing (void)
{
  g_autoptr(Fixture) f = crowd_new ();
  rush (FALSE);
  wait_for_crowd ();
  g_assert_cmpint (reserved (f), ==, CALLS * RESERVE);
  g_assert_finalize_object (f->store);
  f->store = fixture_open (f->path, PURSER_STORE_OPEN | PURSER_STORE_NO_REAPER);
  g_assert_cmpint (reserved (f), ==, 0);
  g_assert_cmpint (spent (f), ==, CALLS * RESERVE);
  fixture_assert_clean (f->store);
  g_free (crowd);
}

int
main (int argc, char **argv)
{
  program = argv[0];
  if (argc == 3 && g_str_equal (argv[1], "--open"))
    return child (argv[2], FALSE);
  if (argc == 3 && g_str_equal (argv[1], "--work"))
    return child (argv[2], TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/budget-processes/no-overspending", test_no_overspending);
  g_test_add_func ("/budget-processes/no-false-refusal", test_no_false_refusal);
  g_test_add_func ("/budget-processes/closing", test_closing);
  return g_test_run ();
}
