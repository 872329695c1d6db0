/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

/* A ledger of a million calls over a year: everything a page asks stays quick. Durations are reported; what is asserted leaves a busy
 * machine ten times the room. */
enum
{
  CALLS = 1000000,
  PER_JOB = 5000,
  DAYS = 365
};

typedef struct
{
  Fixture *fixture;
  FixtureCall call;
  gint64 start, step;
  guint done, n;
} Bulk;

static gboolean
bulk_job (PurserDb *db, gpointer data, GError **error)
{
  Bulk *b = data;
  Fixture *f = b->fixture;
  const gint64 who[] = { f->people[0], f->people[1], f->people[2], f->agents[0], f->agents[1] };
  for (guint i = 0; i < b->n; i++)
    {
      guint at = b->done + i;
      b->call.open.principal_id = who[at % 5];
      b->call.open.workload_id = f->workloads[at % 3];
      b->call.open.model_id = b->call.settle.model_id = f->models[at % 2];
      b->call.attempt.price_id = f->prices[at % 2];
      b->call.attempt.tokens.kind[PURSER_TOKENS_INPUT_UNCACHED] = 100 + at % 7;
      if (!purser_ledger_insert_closed (db, b->start + at * b->step, &b->call.open, &b->call.attempt, &b->call.settle,
                                        error))
        return FALSE;
    }
  return TRUE;
}

static double
seconds_since (gint64 start)
{
  return (g_get_monotonic_time () - start) / 1e6;
}

static void
fill (Fixture *f)
{
  g_autoptr(GError) error = NULL;
  Bulk bulk = { .fixture = f, .call = fixture_call (f, 0, 0, 0), .n = PER_JOB };
  gint64 began = g_get_monotonic_time ();
  bulk.step = (gint64) DAYS * 86400 * G_USEC_PER_SEC / CALLS;
  bulk.start = g_get_real_time () - bulk.step * CALLS;
  for (; bulk.done < CALLS; bulk.done += PER_JOB)
    {
      purser_store_write (f->store, FALSE, bulk_job, &bulk, &error);
      g_assert_no_error (error);
    }
  g_test_message ("inserted %d calls at %.0f a second", CALLS, CALLS / seconds_since (began));
}

static void
ask_everything (Fixture *f)
{
  gint32 today = purser_day_of ("Europe/Berlin", purser_store_now (f->store));
  double worst = 0;
  for (PurserSplit split = PURSER_BY_PRINCIPAL; split <= PURSER_BY_NOTHING; split++)
    for (guint per_day = 0; per_day < 2; per_day++)
      {
        gint64 sum = 0, began = g_get_monotonic_time ();
        g_autoptr(GArray) rows = fixture_usage (f->store, split, per_day, today - DAYS - 1, today, TRUE);
        double took = seconds_since (began);
        for (guint i = 0; i < rows->len; i++)
          sum += g_array_index (rows, PurserUsageRow, i).calls;
        g_assert_cmpint (sum, ==, CALLS);
        g_test_message ("a year by %d%s: %u rows in %.1f ms", split, per_day ? " and day" : "", rows->len, took * 1e3);
        worst = MAX (worst, took);
      }
  g_assert_cmpfloat (worst, <, 0.5);
}

static gboolean
recent_job (PurserDb *db, gpointer data, GError **error)
{
  g_autoptr(GPtrArray) rows = purser_ledger_recent (db, *(gint64 *) data, 100, error);
  return rows != NULL && rows->len == 100;
}

static gboolean
close_job (PurserDb *db, gpointer data, GError **error)
{
  PurserMonthRow **row = data;
  *row = purser_month_close (db, purser_month_of ("Europe/Berlin", purser_db_now (db)) - 2, error);
  return *row != NULL;
}

typedef struct
{
  gint64 after;
  gboolean more;
  PurserRepriceResult result;
  double longest;
} Reprice;

static gboolean
reprice_job (PurserDb *db, gpointer data, GError **error)
{
  static const PurserReprice all = { .dry_run = TRUE };
  Reprice *reprice = data;
  gint64 began = g_get_monotonic_time ();
  gboolean done = purser_ledger_reprice (db, &all, 1000, &reprice->after, &reprice->more, &reprice->result, error);
  reprice->longest = MAX (reprice->longest, seconds_since (began));
  return done;
}

static void
ask_for_money (Fixture *f)
{
  g_autoptr(GError) error = NULL;
  PurserMonthRow *row = NULL;
  Reprice reprice = { 0 };
  gint64 began = g_get_monotonic_time ();
  purser_store_write (f->store, FALSE, close_job, &row, &error);
  g_assert_no_error (error);
  g_test_message ("closed a month of %d calls in %.0f ms", (int) row->calls, seconds_since (began) * 1e3);
  g_assert_cmpint (row->cost_nano, ==, 2700 * row->calls);
  purser_month_row_free (row);
  began = g_get_monotonic_time ();
  do
    {
      purser_store_read (f->store, reprice_job, &reprice, &error);
      g_assert_no_error (error);
    }
  while (reprice.more);
  g_test_message ("looked at what %d attempts cost in %.1f s, at most %.1f ms at a time", (int) reprice.result.attempts,
                  seconds_since (began), reprice.longest * 1e3);
  g_assert_cmpint (reprice.result.attempts, ==, CALLS + 100);
  g_assert_cmpint (reprice.result.in_closed_months, >, CALLS / 20);
}

static void
test_million (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Fixture) f = fixture_new ();
  gint64 middle = CALLS / 2, began;

  fill (f);
  ask_everything (f);
  began = g_get_monotonic_time ();
  purser_store_read (f->store, recent_job, &middle, &error);
  g_assert_no_error (error);
  g_test_message ("a hundred calls from the middle: %.1f ms", seconds_since (began) * 1e3);
  g_assert_finalize_object (f->store);
  began = g_get_monotonic_time ();
  f->store = fixture_open (f->path, PURSER_STORE_OPEN);
  g_test_message ("opened in %.1f ms", seconds_since (began) * 1e3);
  g_assert_cmpfloat (seconds_since (began), <, 0.5);
  began = g_get_monotonic_time ();
  for (guint i = 0; i < 100; i++)
    {
      FixtureCall call = fixture_call (f, 0, 0, 0);
      fixture_make_call (f, &call);
    }
  g_test_message ("open and settle, synced, one at a time: %.0f µs", seconds_since (began) * 1e4);
  ask_for_money (f);
  began = g_get_monotonic_time ();
  fixture_assert_clean (f->store);
  g_test_message ("verified in %.1f s", seconds_since (began));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/million", test_million);
  return g_test_run ();
}
