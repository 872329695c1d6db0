/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reprice-fixture.h"

/* --- What is left alone --- */

static gboolean
alone_body (PurserDb *db, Fixture *f, GError **error)
{
  /* Interrupted: charged at most its reservation. */
  FixtureCall open = fixture_call (f, 0, 0, 0), nothing = open, gone = open;
  if (!fixture_open_job (db, &open, error))
    return FALSE;
  /* Failed before anything was told: never charged. */
  nothing.attempt.outcome = nothing.settle.outcome = "failed";
  nothing.attempt.fault = "address";
  nothing.attempt.tokens = (PurserTokens) PURSER_TOKENS_UNKNOWN_INIT;
  nothing.attempt.price_id = nothing.attempt.contract_id = nothing.attempt.cost_nano = nothing.attempt.list_nano = 0;
  /* Priced once, in a mode that has no price. */
  gone.attempt.service_tier = "flex";
  return purser_ledger_insert_closed (db, purser_db_now (db) - DAY_US, &nothing.open, &nothing.attempt, &nothing.settle,
                                      error)
         && purser_ledger_insert_closed (db, purser_db_now (db) - DAY_US, &gone.open, &gone.attempt, &gone.settle,
                                         error);
}

static void
test_left_alone (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  fixture_run (f, alone_body);
  g_assert_finalize_object (f->store); /* what this process left open becomes interrupted */
  f->store = fixture_open (f->path, PURSER_STORE_OPEN);
  PurserRepriceResult result = reprice_thrice (f->store);
  g_assert_cmpint (result.attempts, ==, 2);
  g_assert_cmpint (result.at_most, ==, 1);
  g_assert_cmpint (result.price_gone, ==, 1);
  g_assert_cmpint (result.corrected, ==, 0);
  g_assert_cmpint (total_cost (f->store), ==, 5000000 + 2700);
}

/* What was estimated is charged again from the estimate, and stays marked. */
static gboolean
estimated_body (PurserDb *db, Fixture *f, GError **error)
{
  FixtureCall call = fixture_call (f, 0, 0, 0);
  call.attempt.estimated = TRUE;
  return purser_ledger_insert_closed (db, purser_db_now (db) - DAY_US, &call.open, &call.attempt, &call.settle, error);
}

static void
test_estimated (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  fixture_run (f, estimated_body);
  PurserRepriceResult result = reprice_thrice (f->store);
  g_assert_cmpint (result.corrected, ==, 1);
  g_assert_cmpint (total_cost (f->store), ==, 405000);
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (estimated_calls) FROM usage_day"), ==, 1);
}

static void
heard_cb (PurserStore *store, gpointer user_data)
{
  (*(guint *) user_data)++;
}

/* Whoever shows totals hears of corrections as of calls. */
static void
test_heard (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  guint heard = 0;
  fixture_run (f, estimated_body);
  for (guint i = 0; i < 40; i++) /* what the fixture did has been told */
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (20000);
    }
  g_signal_connect (f->store, "ledger-changed", G_CALLBACK (heard_cb), &heard);
  g_assert_cmpint (reprice (f->store, FALSE).corrected, ==, 1);
  for (guint i = 0; i < 500 && heard == 0; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (10000);
    }
  g_assert_cmpuint (heard, ==, 1);
}

static void
test_append_only (void)
{
  static const char *const FORBIDDEN[] = {
    "UPDATE correction SET cost_nano = 0",
    "UPDATE correction SET reason = 'x'",
    "DELETE FROM correction",
    "INSERT OR REPLACE INTO correction SELECT * FROM correction",
    "INSERT INTO correction (attempt_id, call_id, created_at, price_id, list_nano, cost_nano, priced, priced_tokens) "
    "SELECT attempt_id, call_id + 1, 0, price_id, 0, 0, 0, 0 FROM correction", /* of another call */
  };
  g_autoptr(Fixture) f = fixture_new ();
  fixture_run (f, estimated_body);
  reprice_thrice (f->store);
  for (guint i = 0; i < G_N_ELEMENTS (FORBIDDEN); i++)
    {
      g_autoptr(GError) error = NULL;
      g_test_message ("%s", FORBIDDEN[i]);
      g_assert_false (fixture_sql (f->store, FORBIDDEN[i], &error));
      g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
    }
  fixture_assert_clean (f->store);
}

/* Somebody with another tool changes a total, a correction, or books one: it shows. */
static void
test_tampered (void)
{
  static const char *const TAMPERED[] = {
    "UPDATE usage_day SET cost_nano = cost_nano - 1",
    "UPDATE usage_day_model SET unpriced_tokens = 1",
    "UPDATE correction SET cost_nano = cost_nano - 1",
    "DELETE FROM correction",
    "INSERT INTO correction (attempt_id, call_id, created_at, price_id, list_nano, cost_nano, priced, priced_tokens) "
    "SELECT attempt_id, call_id, 0, price_id, 5, 5, 0, 0 FROM correction",
  };
  for (guint i = 0; i < G_N_ELEMENTS (TAMPERED); i++)
    {
      g_autoptr(Fixture) f = fixture_new ();
      g_autoptr(GError) error = NULL;
      fixture_run (f, estimated_body);
      reprice_thrice (f->store);
      g_assert_true (fixture_sql (f->store, "DROP TRIGGER correction_keeps", &error));
      g_assert_true (fixture_sql (f->store, "DROP TRIGGER correction_stays", &error));
      fixture_sql (f->store, TAMPERED[i], &error);
      g_assert_no_error (error);
      g_autoptr(GPtrArray) findings = purser_store_verify (f->store, &error);
      g_test_message ("%s: %u findings", TAMPERED[i], findings->len);
      g_assert_cmpuint (findings->len, >=, 1);
    }
}

/* --- A year, while others write --- */

enum
{
  CALLS = 24000,
  PER_JOB = 2000
};

static guint year_done;
static gint64 year_start;

static gint64
year_at (guint call)
{
  return year_start + (gint64) call * (365 * DAY_US / CALLS);
}

static gboolean
year_body (PurserDb *db, Fixture *f, GError **error)
{
  for (guint i = year_done; i < year_done + PER_JOB; i++)
    {
      Past past = { .opened_at = year_at (i),
                    .model = f->models[i % 3],
                    .list = 4500000,
                    .cost = 4050000,
                    .unpriced = i % 3 == 2,
                    .audio_in = -1,
                    .tools = -1,
                    .total_us = 40 };
      if (past.unpriced)
        past.list = past.cost = 0;
      if (!insert (db, f, &past, error))
        return FALSE;
    }
  year_done += PER_JOB;
  return TRUE;
}

static gboolean
year_prices_body (PurserDb *db, Fixture *f, GError **error)
{
  fixture_price (db, f->models[2], year_at (CALLS / 2), "catalogue", "EUR", 1000000);
  fixture_price (db, f->models[1], year_at (CALLS / 4), "admin", "EUR", 2000000);
  fixture_contract (db, 1, year_at (CALLS / 3), year_at (2 * CALLS / 3), 500000, error);
  return TRUE;
}

/* What a call of the year costs by those prices, told in another way. */
static gint64
year_cost (guint i)
{
  gint64 ppm = i >= CALLS / 3 && i < 2 * CALLS / 3 ? 500000 : 900000, list = 4500000;
  if (i % 3 == 2)
    list = i >= CALLS / 2 ? 1100000 : 0;
  else if (i % 3 == 1 && i >= CALLS / 4)
    list = 2200000;
  return list / 1000 * ppm / 1000;
}

typedef struct
{
  Fixture *fixture;
  int stop; /* atomic */
  guint calls;
  gint64 longest_us;
} Writer;

/* The gateway, so to speak. */
static gpointer
write_on (gpointer data)
{
  Writer *writer = data;
  while (!g_atomic_int_get (&writer->stop))
    {
      FixtureCall call = fixture_call (writer->fixture, 0, 0, 0);
      gint64 began = g_get_monotonic_time ();
      fixture_make_call (writer->fixture, &call);
      writer->longest_us = MAX (writer->longest_us, g_get_monotonic_time () - began);
      writer->calls++;
    }
  return NULL;
}

static void
test_year (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  Writer writer = { .fixture = f };
  Run run = { .ask = { .until = g_get_real_time () - DAY_US, .reason = "a year" }, .limit = 500 };
  gint64 expected = 0, began;
  year_done = 0;
  year_start = g_get_real_time () - 370 * DAY_US;
  while (year_done < CALLS)
    fixture_run (f, year_body);
  fixture_run (f, year_prices_body);
  for (guint i = 0; i < CALLS; i++)
    expected += year_cost (i);
  GThread *thread = g_thread_new ("writer", write_on, &writer);
  began = g_get_monotonic_time ();
  PurserRepriceResult result = reprice_with (f->store, &run);
  gint64 took = g_get_monotonic_time () - began;
  g_atomic_int_set (&writer.stop, TRUE);
  g_thread_join (thread);
  g_test_message ("%d attempts charged again in %.2f s, longest step %.1f ms; beside it %u calls, longest %.1f ms",
                  (int) result.attempts, took / 1e6, run.longest_us / 1e3, writer.calls, writer.longest_us / 1e3);
  g_assert_cmpint (result.attempts, ==, CALLS);
  g_assert_cmpint (result.newly_priced, ==, CALLS / 6);
  g_assert_cmpint (result.still_unpriced, ==, CALLS / 6);
  g_assert_cmpuint (writer.calls, >, 0);
  g_assert_cmpint (total_cost (f->store), ==, expected + 2700 * (gint64) writer.calls);
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (unpriced_calls) FROM usage_day"), ==, CALLS / 6);
  fixture_assert_clean (f->store);
  Run again = { .ask = run.ask, .limit = 500 };
  g_assert_cmpint (reprice_with (f->store, &again).corrected, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reprice/left-alone", test_left_alone);
  g_test_add_func ("/reprice/estimated", test_estimated);
  g_test_add_func ("/reprice/heard", test_heard);
  g_test_add_func ("/reprice/append-only", test_append_only);
  g_test_add_func ("/reprice/tampered", test_tampered);
  g_test_add_func ("/reprice/year", test_year);
  return g_test_run ();
}
