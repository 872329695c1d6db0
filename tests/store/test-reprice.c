/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reprice-fixture.h"

#include <string.h>

/* --- A price that was wrong --- */

static gint64 wrong_at; /* when the calls below were opened */

static gboolean
wrong_body (PurserDb *db, Fixture *f, GError **error)
{
  for (guint i = 0; i < 20; i++)
    {
      /* What was charged: 3.00 and 15.00 per million less 10 %. */
      Past past = { .opened_at = wrong_at + i * DAY_US / 10,
                    .model = f->models[0],
                    .list = 4500000,
                    .cost = 4050000,
                    .audio_in = -1,
                    .tools = -1,
                    .total_us = 40 };
      if (!insert (db, f, &past, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
right_body (PurserDb *db, Fixture *f, GError **error)
{
  /* From the middle of the second day on it was really 2.00 for everything. */
  fixture_price (db, f->models[0], wrong_at + DAY_US, "admin", "EUR", 2000000);
  return TRUE;
}

static gboolean
corrections_body (PurserDb *db, Fixture *f, GError **error)
{
  g_autoptr(GPtrArray) all = purser_ledger_corrections (db, 0, 0, 0, error);
  g_autoptr(GPtrArray) some =
      purser_ledger_corrections (db, wrong_at + DAY_US, wrong_at + DAY_US + DAY_US / 2, 3, error);
  g_autoptr(GPtrArray) none = purser_ledger_corrections (db, 0, wrong_at + DAY_US, 0, error);
  const PurserCorrection *newest = g_ptr_array_index (all, 0), *oldest = g_ptr_array_index (all, 9);
  g_assert_cmpuint (all->len, ==, 10);
  g_assert_cmpuint (some->len, ==, 3);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpint (newest->id, >, oldest->id);
  g_assert_cmpint (oldest->opened_at, ==, wrong_at + DAY_US);
  g_assert_cmpint (newest->list_nano, ==, 2200000 - 4500000);
  g_assert_cmpint (newest->cost_nano, ==, 1980000 - 4050000);
  g_assert_cmpint (newest->model_id, ==, f->models[0]);
  g_assert_cmpint (newest->price_id, >, f->prices[0]);
  g_assert_cmpint (newest->priced_tokens, ==, 0);
  g_assert_cmpstr (newest->reason, ==, "test");
  g_autoptr(GPtrArray) recent = purser_ledger_recent (db, 0, 11, error);
  g_assert_cmpint (((PurserCallRow *) recent->pdata[0])->cost_nano, ==, 1980000);
  g_assert_cmpint (((PurserCallRow *) recent->pdata[10])->cost_nano, ==, 4050000);
  return TRUE;
}

static gboolean
rebuild_body (PurserDb *db, Fixture *f, GError **error)
{
  return purser_ledger_rebuild (db, error) && purser_catalogue_set_org (db, NULL, NULL, "Asia/Tokyo", error);
}

static void
test_wrong_price (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  wrong_at = purser_day_start ("Europe/Berlin", fixture_today (f) - 10);
  fixture_run (f, wrong_body);
  gint64 quarters = fixture_number (f->store, "SELECT SUM (cost_nano) FROM usage_quarter");
  g_assert_cmpint (total_cost (f->store), ==, 20 * 4050000);
  g_assert_cmpint (quarters, ==, 20 * 4050000);
  fixture_run (f, right_body);
  PurserRepriceResult result = reprice_thrice (f->store);
  g_assert_cmpint (result.attempts, ==, 20);
  g_assert_cmpint (result.corrected, ==, 10);
  g_assert_cmpint (result.newly_priced, ==, 0);
  g_assert_cmpint (result.cost_nano, ==, 10 * (1980000 - 4050000));
  g_assert_cmpint (result.list_nano, ==, 10 * (2200000 - 4500000));
  g_assert_cmpint (total_cost (f->store), ==, 10 * 4050000 + 10 * 1980000);
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (cost_nano) FROM usage_quarter"), ==, total_cost (f->store));
  /* Booked on the calls' own days; nothing on today. */
  g_autoptr(GArray) days = fixture_usage (f->store, PURSER_BY_NOTHING, TRUE, 0, G_MAXINT32, FALSE);
  g_assert_cmpuint (days->len, ==, 2);
  g_assert_cmpint (g_array_index (days, PurserUsageRow, 0).cost_nano, ==, 10 * 4050000);
  g_assert_cmpint (g_array_index (days, PurserUsageRow, 1).cost_nano, ==, 10 * 1980000);
  g_assert_cmpint (g_array_index (days, PurserUsageRow, 1).calls, ==, 10);
  /* The old figures stay where they were. */
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (cost_nano) FROM attempt"), ==, 20 * 4050000);
  fixture_run (f, corrections_body);
  fixture_run (f, rebuild_body);
  g_assert_cmpint (total_cost (f->store), ==, 10 * 4050000 + 10 * 1980000);
  fixture_assert_clean (f->store);
}

/* A price that is corrected again: what was booked before is taken into account. */
static gboolean
once_more_body (PurserDb *db, Fixture *f, GError **error)
{
  fixture_price (db, f->models[0], wrong_at + DAY_US, "admin", "EUR", 4000000);
  return TRUE;
}

static void
test_again_and_back (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  wrong_at = purser_day_start ("Europe/Berlin", fixture_today (f) - 10);
  fixture_run (f, wrong_body);
  fixture_run (f, right_body);
  reprice_thrice (f->store);
  fixture_run (f, once_more_body);
  PurserRepriceResult result = reprice_thrice (f->store);
  g_assert_cmpint (result.corrected, ==, 10);
  g_assert_cmpint (result.cost_nano, ==, 10 * (3960000 - 1980000));
  g_assert_cmpint (total_cost (f->store), ==, 10 * 4050000 + 10 * 3960000);
  fixture_run (f, right_body);
  result = reprice_thrice (f->store);
  g_assert_cmpint (total_cost (f->store), ==, 10 * 4050000 + 10 * 1980000);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM correction"), ==, 30);
}

/* Only what was asked for. */
static void
test_range (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  wrong_at = purser_day_start ("Europe/Berlin", fixture_today (f) - 10);
  fixture_run (f, wrong_body);
  fixture_run (f, right_body);
  Run other = { .ask = { .model_id = f->models[1] }, .limit = 3 };
  g_assert_cmpint (reprice_with (f->store, &other).attempts, ==, 0);
  Run before = { .ask = { .until = wrong_at + DAY_US, .model_id = f->models[0] }, .limit = 3 };
  PurserRepriceResult result = reprice_with (f->store, &before);
  g_assert_cmpint (result.attempts, ==, 10);
  g_assert_cmpint (result.corrected, ==, 0);
  Run part = { .ask = { .since = wrong_at + DAY_US, .until = wrong_at + DAY_US + DAY_US / 2 }, .limit = 1 };
  result = reprice_with (f->store, &part);
  g_assert_cmpint (result.attempts, ==, 5);
  g_assert_cmpint (result.corrected, ==, 5);
  Run rest = { .ask = { .since = wrong_at }, .limit = 1000 };
  g_assert_cmpint (reprice_with (f->store, &rest).corrected, ==, 5);
  fixture_assert_clean (f->store);
}

/* --- What had no price --- */

static gboolean
unpriced_body (PurserDb *db, Fixture *f, GError **error)
{
  static const struct
  {
    const char *tier, *region;
    gint64 audio_in, tools;
  } CALLS[] = { { NULL, NULL, -1, -1 },       { "default", "us", -1, -1 }, { "flex", NULL, -1, -1 },
                { "priority", NULL, -1, -1 }, { NULL, NULL, 50, -1 },      { NULL, NULL, -1, 2 } };
  for (guint i = 0; i < G_N_ELEMENTS (CALLS); i++)
    {
      Past past = { .opened_at = wrong_at + i,
                    .model = f->models[2],
                    .unpriced = TRUE,
                    .tier = CALLS[i].tier,
                    .region = CALLS[i].region,
                    .audio_in = CALLS[i].audio_in,
                    .tools = CALLS[i].tools,
                    .total_us = 1800 * G_USEC_PER_SEC };
      if (!insert (db, f, &past, error))
        return FALSE;
    }
  /* A first choice that was used and had no price, and a fallback that had one. */
  Past past = {
    .opened_at = wrong_at, .model = f->models[2], .unpriced = TRUE, .audio_in = -1, .tools = -1, .total_us = 40
  };
  FixtureCall call = past_call (f, &past);
  call.attempt.outcome = call.settle.outcome = "failed";
  return purser_ledger_insert_closed (db, past.opened_at, &call.open, &call.attempt, &call.settle, error);
}

static void
put_band (PurserPrice *price, const char *mode, const char *region, gint64 in, gint64 out)
{
  PurserPriceBand band = { .above = 0 };
  g_strlcpy (band.mode, mode, sizeof band.mode);
  g_strlcpy (band.region, region, sizeof band.region);
  memset (band.list_pico, 0xff, sizeof band.list_pico);
  band.list_pico[PURSER_TOKENS_INPUT_UNCACHED] = in;
  band.list_pico[PURSER_TOKENS_OUTPUT_VISIBLE] = out;
  if (price->bands == NULL)
    price->bands = g_array_new (FALSE, FALSE, sizeof band);
  g_array_append_val (price->bands, band);
}

static gboolean
priced_body (PurserDb *db, Fixture *f, GError **error)
{
  g_autoptr(PurserPrice) price = purser_price_new ();
  g_strlcpy (price->currency, "EUR", sizeof price->currency);
  price->list_pico[PURSER_TOKENS_INPUT_UNCACHED] = 1000000;
  price->list_pico[PURSER_TOKENS_OUTPUT_VISIBLE] = 2000000;
  price->list_pico[PURSER_PRICED_SERVER_TOOL] = 500000000;
  price->hour_nano = 2000000;
  put_band (price, "", "us", 1100000, 2200000);
  put_band (price, "flex", "", 500000, 1000000);
  return purser_catalogue_add_price (db, f->models[2], price, error) != 0;
}

typedef struct
{
  GArray *rows;
} Unpriced;

static gboolean
unpriced_job (PurserDb *db, gpointer data, GError **error)
{
  ((Unpriced *) data)->rows = purser_ledger_unpriced (db, error);
  return ((Unpriced *) data)->rows != NULL;
}

/* (transfer full) */
static GArray *
unpriced (PurserStore *store)
{
  g_autoptr(GError) error = NULL;
  Unpriced found = { NULL };
  purser_store_read (store, unpriced_job, &found, &error);
  g_assert_no_error (error);
  return found.rows;
}

static void
assert_unpriced (Fixture *f, gint64 calls, gint64 tokens)
{
  static const char *const CALLS[] = { "SELECT SUM (unpriced_calls) FROM usage_day",
                                       "SELECT SUM (unpriced_calls) FROM usage_day_principal",
                                       "SELECT SUM (unpriced_calls) FROM usage_day_workload",
                                       "SELECT SUM (unpriced_calls) FROM usage_day_model" };
  static const char *const TOKENS[] = { "SELECT SUM (unpriced_tokens) FROM usage_day",
                                        "SELECT SUM (unpriced_tokens) FROM usage_day_principal",
                                        "SELECT SUM (unpriced_tokens) FROM usage_day_workload",
                                        "SELECT SUM (unpriced_tokens) FROM usage_day_model" };
  for (guint i = 0; i < G_N_ELEMENTS (CALLS); i++)
    {
      g_assert_cmpint (fixture_number (f->store, CALLS[i]), ==, calls);
      g_assert_cmpint (fixture_number (f->store, TOKENS[i]), ==, tokens);
    }
  g_autoptr(GArray) rows = unpriced (f->store);
  g_assert_cmpuint (rows->len, ==, 1);
  const PurserUnpricedRow *row = &g_array_index (rows, PurserUnpricedRow, 0);
  g_assert_cmpint (row->model_id, ==, f->models[2]);
  g_assert_cmpint (row->attempts, ==, calls);
  g_assert_cmpint (row->tokens, ==, tokens);
}

static gboolean
recent_unpriced_body (PurserDb *db, Fixture *f, GError **error)
{
  static const gboolean UNPRICED[] = { FALSE, FALSE, TRUE, TRUE, FALSE, FALSE, FALSE }; /* newest first */
  g_autoptr(GPtrArray) rows = purser_ledger_recent (db, 0, 10, error);
  g_assert_cmpuint (rows->len, ==, G_N_ELEMENTS (UNPRICED));
  for (guint i = 0; i < rows->len; i++)
    {
      const PurserCallRow *row = g_ptr_array_index (rows, i);
      g_assert_cmpint (row->unpriced, ==, UNPRICED[i]);
      g_assert_cmpint (row->cost_nano == 0, ==, UNPRICED[i]);
    }
  return TRUE;
}

static void
test_unpriced (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  wrong_at = purser_day_start ("Europe/Berlin", fixture_today (f) - 100); /* no quarters are kept of then */
  fixture_run (f, unpriced_body);
  assert_unpriced (f, 7, 7 * 1100);
  g_autoptr(GArray) before = unpriced (f->store);
  g_assert_cmpint (g_array_index (before, PurserUnpricedRow, 0).first_at, ==, wrong_at);
  g_assert_cmpint (g_array_index (before, PurserUnpricedRow, 0).last_at, ==, wrong_at + 5);
  PurserRepriceResult result = reprice_thrice (f->store);
  g_assert_cmpint (result.still_unpriced, ==, 7);
  g_assert_cmpint (result.still_unpriced_tokens, ==, 7 * 1100);
  g_assert_cmpint (result.corrected, ==, 0);
  fixture_run (f, priced_body);
  result = reprice_thrice (f->store);
  g_assert_cmpint (result.newly_priced, ==, 5);
  g_assert_cmpint (result.corrected, ==, 5);
  g_assert_cmpint (result.still_unpriced, ==, 2); /* "priority", and audio, which have no price */
  g_assert_cmpint (result.still_unpriced_tokens, ==, 2 * 1100);
  assert_unpriced (f, 2, 2 * 1100);
  /* Half an hour is 0.001; then 1000 in and 100 out: ordinary, in the "us", flex, ordinary with two searches; and the failed one. */
  gint64 list = 4 * 1000000 + 1200000 + 1320000 + 600000 + (1200000 + 1000000) + 1200000;
  gint64 cost = 4 * 1000000 + 1080000 + 1188000 + 540000 + (1080000 + 900000) + 1080000;
  g_assert_cmpint (result.list_nano, ==, list);
  g_assert_cmpint (result.cost_nano, ==, cost);
  g_assert_cmpint (total_cost (f->store), ==, cost);
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (priced_tokens) FROM correction"), ==, 5 * 1100);
  fixture_run (f, recent_unpriced_body);
}

/* A call of two attempts is unpriced until the last of them has a price. */
static gboolean
two_body (PurserDb *db, Fixture *f, GError **error)
{
  return purser_db_run (db, error,
                        "INSERT INTO call (id, generation, opened_at, purpose, dialect, streamed, reserve_nano, "
                        "closed_at, outcome, model_id) VALUES (900, 1, 5000, 'work', '', 0, 0, 6000, 'ok', ?)",
                        "i", f->models[0])
         && purser_db_run (db, error,
                           "INSERT INTO attempt (call_id, number, model_id, generation, opened_at, closed_at, outcome, "
                           "input_uncached, unpriced) VALUES (900, 1, ?1, 1, 5000, 5500, 'failed', 1000, 1), "
                           "(900, 2, ?2, 1, 5500, 6000, 'ok', 1000, 1)",
                           "ii", f->models[2], f->models[0])
         && purser_ledger_rebuild (db, error);
}

static gboolean
other_price_body (PurserDb *db, Fixture *f, GError **error)
{
  fixture_price (db, f->models[2], 0, "catalogue", "EUR", 1000000);
  return TRUE;
}

static void
test_two_attempts (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  fixture_run (f, two_body);
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (unpriced_calls) FROM usage_day"), ==, 1);
  PurserRepriceResult result = reprice_thrice (f->store);
  g_assert_cmpint (result.newly_priced, ==, 1); /* the second one's model has a price by now */
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (unpriced_calls) FROM usage_day"), ==, 1);
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (unpriced_tokens) FROM usage_day"), ==, 1000);
  fixture_run (f, other_price_body);
  result = reprice_thrice (f->store);
  g_assert_cmpint (result.newly_priced, ==, 1);
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (unpriced_calls) FROM usage_day"), ==, 0);
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (unpriced_tokens) FROM usage_day"), ==, 0);
  g_assert_cmpint (total_cost (f->store), ==, 2700000 + 900000);
  g_autoptr(GArray) none = unpriced (f->store);
  g_assert_cmpuint (none->len, ==, 0);
}

/* --- Contracts and rates of the day --- */

static gboolean
terms_body (PurserDb *db, Fixture *f, GError **error)
{
  fixture_price (db, f->models[2], 0, "catalogue", "USD", 1000000);
  fixture_contract (db, 1, wrong_at + 2 * DAY_US, wrong_at + 3 * DAY_US, 500000, error);
  fixture_rate (db, "USD", "EUR", wrong_at + DAY_US, 800000000);
  fixture_rate (db, "USD", "EUR", wrong_at + 4 * DAY_US, 1000000000);
  for (guint i = 0; i < 6; i++)
    {
      Past past = { .opened_at = wrong_at + i * DAY_US,
                    .model = f->models[2],
                    .unpriced = TRUE,
                    .audio_in = -1,
                    .tools = -1,
                    .total_us = 40 };
      if (!insert (db, f, &past, error))
        return FALSE;
    }
  return TRUE;
}

static void
test_terms (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  wrong_at = purser_day_start ("Europe/Berlin", fixture_today (f) - 10);
  fixture_run (f, terms_body);
  PurserRepriceResult result = reprice_thrice (f->store);
  g_assert_cmpint (result.newly_priced, ==, 5);
  g_assert_cmpint (result.still_unpriced, ==, 1); /* no rate had been told on the first day */
  /* 1100 tokens are 0.0011 dollars: less 10 % at 0.8, less 50 % at 0.8, less 10 % at 0.8, and twice less 10 % at 1. */
  static const gint64 COSTS[] = { 0, 792000, 440000, 792000, 990000, 990000 };
  g_autoptr(GArray) days = fixture_usage (f->store, PURSER_BY_NOTHING, TRUE, 0, G_MAXINT32, FALSE);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpint (g_array_index (days, PurserUsageRow, i).cost_nano, ==, COSTS[i]);
  g_assert_cmpint (result.list_nano, ==, 3 * 880000 + 2 * 1100000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reprice/wrong-price", test_wrong_price);
  g_test_add_func ("/reprice/again-and-back", test_again_and_back);
  g_test_add_func ("/reprice/range", test_range);
  g_test_add_func ("/reprice/unpriced", test_unpriced);
  g_test_add_func ("/reprice/two-attempts", test_two_attempts);
  g_test_add_func ("/reprice/terms", test_terms);
  return g_test_run ();
}
