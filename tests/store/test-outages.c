/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <string.h>

/* Models that fail again and again. */

static gboolean
next_job (PurserDb *db, gpointer data, GError **error)
{
  FixtureCall *call = data;
  gint64 next = 0;
  if (!purser_ledger_next_attempt (db, &call->attempt, call->hop, &next, error))
    return FALSE;
  call->attempt.attempt_id = next;
  return TRUE;
}

/* A call to MODEL that fails, and goes on to HOP (0: nowhere), which answers. */
static void
fail_call (Fixture *f, guint model, gint64 hop, const char *fault, int status)
{
  FixtureCall call = fixture_call (f, 0, 0, model);
  fixture_write (f->store, fixture_open_job, &call);
  call.attempt.outcome = "failed";
  call.attempt.fault = fault;
  call.attempt.status = status;
  call.attempt.outage = TRUE;
  call.hop = hop;
  fixture_time += 10;
  if (hop != 0)
    {
      fixture_write (f->store, next_job, &call);
      call.attempt.outcome = "ok";
      call.attempt.fault = NULL;
      call.attempt.outage = FALSE;
    }
  call.settle.outcome = hop != 0 ? "ok" : "failed";
  call.settle.model_id = hop;
  fixture_write (f->store, fixture_settle_job, &call);
}

static void
answer (Fixture *f, guint model)
{
  FixtureCall call = fixture_call (f, 0, 0, model);
  fixture_make_call (f, &call);
}

typedef struct
{
  gint64 since;
  GPtrArray *outages;
} Ask;

static gboolean
ask_job (PurserDb *db, gpointer data, GError **error)
{
  Ask *ask = data;
  ask->outages = purser_ledger_outages (db, ask->since, error);
  return ask->outages != NULL;
}

/* (transfer full) */
static GPtrArray *
outages (Fixture *f, gint64 since)
{
  g_autoptr(GError) error = NULL;
  Ask ask = { since, NULL };
  purser_store_read (f->store, ask_job, &ask, &error);
  g_assert_no_error (error);
  return ask.outages;
}

static void
assert_count (Fixture *f, guint n)
{
  g_autoptr(GPtrArray) rows = outages (f, 0);
  g_assert_cmpuint (rows->len, ==, n);
}

static Fixture *
start (void)
{
  Fixture *f = fixture_new ();
  fixture_time = fixture_at ("2026-11-23T10:00:00Z");
  purser_store_set_clock (f->store, fixture_clock);
  return f;
}

static void
test_one (void)
{
  g_autoptr(Fixture) f = start ();
  gint64 began = fixture_time + 10;
  fail_call (f, 0, f->models[1], "overloaded", 529);
  fail_call (f, 0, 0, "connect", 0);
  assert_count (f, 0); /* twice is not yet an outage */
  fixture_time += 100;
  fail_call (f, 0, f->models[1], "http", 503);
  g_autoptr(GPtrArray) open = outages (f, fixture_time + G_USEC_PER_SEC);
  g_assert_cmpuint (open->len, ==, 1);
  const PurserOutage *o = open->pdata[0];
  g_assert_cmpint (o->model_id, ==, f->models[0]);
  g_assert_cmpint (o->provider_id, ==, 1);
  g_assert_cmpint (o->began_at, ==, began);
  g_assert_cmpint (o->last_at, ==, fixture_time);
  g_assert_cmpint (o->ended_at, ==, 0);
  g_assert_cmpstr (o->fault, ==, "http");
  g_assert_cmpint (o->status, ==, 503);
  g_assert_cmpint (o->failures, ==, 3);
  g_assert_cmpint (o->moved, ==, 2);
  fixture_time += 100;
  answer (f, 1); /* of another model */
  assert_count (f, 1);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM outage WHERE ended_at IS NOT NULL"), ==, 0);
  answer (f, 0);
  g_autoptr(GPtrArray) ended = outages (f, fixture_time - 1);
  g_assert_cmpuint (ended->len, ==, 1);
  g_assert_cmpint (((PurserOutage *) ended->pdata[0])->ended_at, ==, fixture_time);
  g_autoptr(GPtrArray) later = outages (f, fixture_time);
  g_assert_cmpuint (later->len, ==, 0);
  /* The next one is another one. */
  for (guint i = 0; i < 3; i++)
    fail_call (f, 0, 0, "connect", 0);
  g_autoptr(GPtrArray) both = outages (f, 0);
  g_assert_cmpuint (both->len, ==, 2);
  g_assert_cmpint (((PurserOutage *) both->pdata[0])->ended_at, ==, 0);
  g_assert_cmpint (((PurserOutage *) both->pdata[1])->ended_at, >, 0);
  fixture_assert_clean (f->store);
}

/* A failure that is answered soon leaves nothing; one that is the caller's own counts for nothing. */
static void
test_not_one (void)
{
  g_autoptr(Fixture) f = start ();
  fail_call (f, 0, 0, "connect", 0);
  fail_call (f, 0, f->models[1], "connect", 0);
  g_assert_cmpint (fixture_number (f->store, "SELECT failures FROM outage"), ==, 2);
  answer (f, 0);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM outage"), ==, 0);
  FixtureCall refused = fixture_call (f, 0, 0, 0);
  refused.attempt.outcome = refused.settle.outcome = "failed";
  refused.attempt.fault = "request";
  refused.attempt.status = 400;
  refused.settle.model_id = 0;
  for (guint i = 0; i < 4; i++)
    fixture_make_call (f, &refused);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM outage"), ==, 0);
  /* Neither does one that was given up end it. */
  fail_call (f, 0, 0, "connect", 0);
  refused.attempt.outcome = refused.settle.outcome = "cancelled";
  fixture_make_call (f, &refused);
  g_assert_cmpint (fixture_number (f->store, "SELECT failures FROM outage WHERE ended_at IS NULL"), ==, 1);
}

/* What was sent before the first failure and comes to its end during the outage does not end it. */
static void
test_long_reply (void)
{
  g_autoptr(Fixture) f = start ();
  FixtureCall early = fixture_call (f, 0, 0, 0);
  fixture_write (f->store, fixture_open_job, &early);
  for (guint i = 0; i < 3; i++)
    fail_call (f, 0, 0, "connect", 0);
  fixture_time += 10;
  fixture_write (f->store, fixture_settle_job, &early);
  assert_count (f, 1);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM outage WHERE ended_at IS NULL"), ==, 1);
}

static gboolean
remove_body (PurserDb *db, Fixture *f, GError **error)
{
  return purser_catalogue_remove_provider (db, 1, TRUE, error);
}

static gboolean
restore_body (PurserDb *db, Fixture *f, GError **error)
{
  return purser_catalogue_remove_provider (db, 1, FALSE, error);
}

static void
test_removed (void)
{
  g_autoptr(Fixture) f = start ();
  for (guint i = 0; i < 3; i++)
    fail_call (f, 0, 0, "connect", 0);
  assert_count (f, 1);
  fixture_run (f, remove_body);
  assert_count (f, 0);
  fixture_run (f, restore_body);
  assert_count (f, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outages/one", test_one);
  g_test_add_func ("/outages/not-one", test_not_one);
  g_test_add_func ("/outages/long-reply", test_long_reply);
  g_test_add_func ("/outages/removed", test_removed);
  return g_test_run ();
}
