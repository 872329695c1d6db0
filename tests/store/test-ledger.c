/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <string.h>

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

static FixtureCall *past_call;

static gboolean
past_body (PurserDb *db, Fixture *f, GError **error)
{
  return purser_ledger_insert_closed (db, purser_db_now (db) - 1000, &past_call->open, &past_call->attempt,
                                      &past_call->settle, error);
}

static gboolean
rate_body (PurserDb *db, Fixture *f, GError **error)
{
  return fixture_rate (db, "USD", "EUR", 0, PURSER_NANO / 2) == 1;
}

static gboolean
recent_job (PurserDb *db, gpointer data, GError **error)
{
  *(GPtrArray **) data = purser_ledger_recent (db, 0, 100, error);
  return *(GPtrArray **) data != NULL;
}

static GPtrArray *
recent (PurserStore *store)
{
  g_autoptr(GError) error = NULL;
  GPtrArray *rows = NULL;
  purser_store_read (store, recent_job, &rows, &error);
  g_assert_no_error (error);
  return rows;
}

static void
test_one_call (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  FixtureCall call = fixture_call (f, 0, 1, 0);

  fixture_write (f->store, fixture_open_job, &call);
  g_autoptr(GPtrArray) open = recent (f->store);
  g_assert_cmpstr (((PurserCallRow *) open->pdata[0])->outcome, ==, "open");
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM usage_day"), ==,
                   0); /* open calls are in no total */
  fixture_write (f->store, fixture_settle_job, &call);

  g_autoptr(GPtrArray) rows = recent (f->store);
  g_assert_cmpuint (rows->len, ==, 1);
  const PurserCallRow *row = rows->pdata[0];
  g_assert_cmpint (row->call_id, ==, call.settle.call_id);
  g_assert_cmpstr (row->outcome, ==, "ok");
  g_assert_null (row->fault);
  g_assert_cmpint (row->principal_id, ==, f->people[0]);
  g_assert_cmpint (row->workload_id, ==, f->workloads[1]);
  g_assert_cmpint (row->model_id, ==, f->models[0]);
  g_assert_cmpint (row->attempts, ==, 1);
  g_assert_cmpint (row->input_tokens, ==, 100);
  g_assert_cmpint (row->output_tokens, ==, 10);
  g_assert_cmpint (row->cost_nano, ==, 2700);
  g_assert_cmpint (row->first_text_us, ==, 30);
  g_assert_cmpint (row->total_us, ==, 40);
  g_assert_false (row->unpriced || row->estimated);
  /* Unknown is NULL. */
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM attempt WHERE cache_read IS NULL AND "
                                             "output_reasoning IS NULL AND audio_in IS NULL"),
                   ==, 1);
  g_autoptr(GArray) usage =
      fixture_usage (f->store, PURSER_BY_MODEL, TRUE, fixture_today (f), fixture_today (f), FALSE);
  const PurserUsageRow *total = fixture_row (usage, fixture_today (f), f->models[0]);
  g_assert_nonnull (total);
  g_assert_cmpint (total->calls, ==, 1);
  g_assert_cmpint (total->tokens[PURSER_TOKENS_INPUT_UNCACHED], ==, 100);
  g_assert_cmpint (total->cost_nano, ==, 2700);
  g_assert_cmpint (total->list_nano, ==, 3000);
  fixture_assert_clean (f->store);
}

/* What decided the charge is kept with it, from a settlement and from a bulk insert alike. */
static void
test_terms_are_kept (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  FixtureCall call = fixture_call (f, 0, 0, 0), later = call;
  fixture_run (f, rate_body);
  call.attempt.service_tier = "flex";
  call.attempt.region = "us";
  call.attempt.price_list_nano = 6000;
  call.attempt.price_cost_nano = 5400;
  call.attempt.rate_id = 1;
  call.attempt.tokens.audio_in = 3;
  call.attempt.tokens.server_tool_requests = 2;
  later = call;
  fixture_make_call (f, &call);
  past_call = &later;
  fixture_run (f, past_body);
  g_assert_cmpint (
      fixture_number (f->store, "SELECT COUNT (*) FROM attempt WHERE service_tier = 'flex' AND region = 'us' AND "
                                "price_list_nano = 6000 AND price_cost_nano = 5400 AND list_nano = 3000 AND cost_nano "
                                "= 2700 AND contract_id = 1 AND rate_id = 1 AND price_id = 1 AND audio_in = 3 AND "
                                "server_tool_requests = 2 AND connect_us = 10 AND total_us = 40"),
      ==, 2);
  FixtureCall plain = fixture_call (f, 0, 0, 2);
  fixture_make_call (f, &plain);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM attempt WHERE service_tier IS NULL AND region IS "
                                             "NULL AND contract_id IS NULL AND rate_id IS NULL AND price_id IS NULL"),
                   ==, 1);
  fixture_assert_clean (f->store);
}

static gboolean
dear_body (PurserDb *db, Fixture *f, GError **error)
{
  /* Dollars have no rate, francs have one. */
  fixture_price (db, f->models[1], fixture_time - 10, "admin", "USD", 1000);
  fixture_price (db, f->models[2], fixture_time - 10, "admin", "CHF", 1000);
  fixture_rate (db, "CHF", "EUR", fixture_time - 10, PURSER_NANO);
  return TRUE;
}

static gboolean
withdraw_body (PurserDb *db, Fixture *f, GError **error)
{
  return purser_prices_withdraw (db, f->models[0], fixture_time, error);
}

/* Whether what nobody ended is priced is decided as of the call's opening, like everything. */
static void
test_interrupted (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  fixture_time = g_get_real_time ();
  purser_store_set_clock (f->store, fixture_clock);
  fixture_run (f, dear_body);
  for (guint i = 0; i < 3; i++)
    {
      FixtureCall call = fixture_call (f, 0, 0, i);
      fixture_write (f->store, fixture_open_job, &call);
    }
  fixture_time += 1000;
  fixture_run (f, withdraw_body);
  FixtureCall after = fixture_call (f, 0, 0, 0);
  fixture_write (f->store, fixture_open_job, &after);
  g_assert_finalize_object (f->store);
  f->store = fixture_open (f->path, PURSER_STORE_OPEN);
  static const struct
  {
    const char *unpriced, *price;
    gint64 is_unpriced, price_id;
  } CASES[] = {
    { "SELECT unpriced FROM attempt WHERE call_id = 1", "SELECT price_id FROM attempt WHERE call_id = 1", 0, 1 },
    { "SELECT unpriced FROM attempt WHERE call_id = 2", "SELECT price_id FROM attempt WHERE call_id = 2", 1, 3 },
    { "SELECT unpriced FROM attempt WHERE call_id = 3", "SELECT price_id FROM attempt WHERE call_id = 3", 0, 4 },
    { "SELECT unpriced FROM attempt WHERE call_id = 4", "SELECT price_id FROM attempt WHERE call_id = 4", 1, -1 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_assert_cmpint (fixture_number (f->store, CASES[i].unpriced), ==, CASES[i].is_unpriced);
      g_assert_cmpint (fixture_number (f->store, CASES[i].price), ==, CASES[i].price_id);
    }
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (cost_nano) FROM attempt WHERE at_most = 1"), ==, 4 * 5000000);
  fixture_assert_clean (f->store);
}

/* Tokens and cost belong to the attempt that used them; the call counts under the model that answered. */
static void
test_fallback (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  FixtureCall call = fixture_call (f, 0, 0, 0);
  call.hop = f->models[2];
  call.attempt.outcome = "failed";
  call.attempt.fault = "timeout";
  call.attempt.may_be_billed = call.attempt.estimated = TRUE;
  call.settle.model_id = f->models[2];

  fixture_write (f->store, fixture_open_job, &call);
  fixture_write (f->store, next_job, &call);
  call.attempt.outcome = "ok";
  call.attempt.fault = NULL;
  call.attempt.estimated = FALSE;
  call.attempt.unpriced = TRUE;
  call.attempt.price_id = call.attempt.cost_nano = call.attempt.list_nano = 0;
  fixture_write (f->store, fixture_settle_job, &call);

  g_autoptr(GArray) usage =
      fixture_usage (f->store, PURSER_BY_MODEL, FALSE, fixture_today (f), fixture_today (f), FALSE);
  const PurserUsageRow *first = fixture_row (usage, 0, f->models[0]), *second = fixture_row (usage, 0, f->models[2]);
  g_assert_cmpint (first->calls, ==, 0);
  g_assert_cmpint (first->cost_nano, ==, 2700);
  g_assert_cmpint (first->estimated_calls, ==, 0);
  g_assert_cmpint (second->calls, ==, 1);
  g_assert_cmpint (second->fallback_calls, ==, 1);
  g_assert_cmpint (second->cost_nano, ==, 0);
  g_assert_cmpint (second->unpriced_calls, ==, 1);
  g_assert_cmpint (second->unpriced_tokens, ==, 110);
  g_assert_cmpint (second->estimated_calls, ==, 1);
  g_autoptr(GPtrArray) rows = recent (f->store);
  const PurserCallRow *row = rows->pdata[0];
  g_assert_cmpint (row->attempts, ==, 2);
  g_assert_cmpint (row->input_tokens, ==, 200);
  g_assert_cmpint (row->cost_nano, ==, 2700);
  g_assert_true (row->unpriced && row->estimated);
  fixture_assert_clean (f->store);
}

static gboolean
raise_job (PurserDb *db, gpointer data, GError **error)
{
  return purser_catalogue_raise (db, error);
}

static void
test_stale (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  FixtureCall call = fixture_call (f, 0, 0, 0), late = call;
  call.hop = f->models[1];
  fixture_write (f->store, fixture_open_job, &call);
  fixture_write (f->store, raise_job, NULL);

  fixture_refuse (f->store, fixture_open_job, &late, PURSER_STORE_ERROR_STALE);
  fixture_refuse (f->store, next_job, &call, PURSER_STORE_ERROR_STALE);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM attempt WHERE closed_at IS NOT NULL"), ==,
                   0); /* nothing was half done */
  /* The engine has looked at the new generation, and it allows the hop. */
  g_autoptr(PurserOrg) org = purser_store_get_org (f->store);
  call.attempt.generation = org->generation;
  call.attempt.outcome = "failed";
  fixture_write (f->store, next_job, &call);
  /* To settle, no generation is asked: what was used was used. */
  call.attempt.outcome = "ok";
  call.settle.model_id = f->models[1];
  fixture_write (f->store, raise_job, NULL);
  fixture_write (f->store, fixture_settle_job, &call);
  fixture_assert_clean (f->store);
}

static void
test_closed_stays_closed (void)
{
  static const char *const FORBIDDEN[] = {
    "UPDATE call SET outcome = 'failed'",
    "UPDATE call SET finish = NULL WHERE closed_at IS NOT NULL",
    "DELETE FROM call",
    "UPDATE attempt SET cost_nano = 0",
    "UPDATE attempt SET input_uncached = 0, closed_at = closed_at",
    "DELETE FROM attempt",
    "INSERT OR REPLACE INTO attempt SELECT * FROM attempt",
    "UPDATE call SET closed_at = NULL, outcome = NULL",
    "UPDATE price SET list_input_uncached = 1",
    "DELETE FROM price",
    "INSERT INTO attempt (call_id, number, model_id, generation, opened_at) SELECT id, 9, model_id, 1, 1 FROM call",
  };
  g_autoptr(Fixture) f = fixture_new ();
  FixtureCall call = fixture_call (f, 0, 0, 0), again;
  fixture_make_call (f, &call);
  again = call;
  fixture_refuse (f->store, fixture_settle_job, &again, PURSER_STORE_ERROR_REFUSED);
  again.hop = f->models[1];
  fixture_refuse (f->store, next_job, &again, PURSER_STORE_ERROR_REFUSED);
  for (guint i = 0; i < G_N_ELEMENTS (FORBIDDEN); i++)
    {
      g_autoptr(GError) error = NULL;
      g_test_message ("%s", FORBIDDEN[i]);
      g_assert_false (fixture_sql (f->store, FORBIDDEN[i], &error));
      g_assert_true (g_error_matches (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED)
                     || g_error_matches (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_CONSTRAINT));
    }
  fixture_assert_clean (f->store);
}

/* An open row can only be closed: not moved to another time, person or model. */
static void
test_open_keeps_its_start (void)
{
  static const char *const FORBIDDEN[] = {
    "UPDATE call SET opened_at = 0",
    "UPDATE call SET principal_id = NULL, closed_at = opened_at, outcome = 'ok'",
    "UPDATE call SET reserve_nano = 0",
    "DELETE FROM call",
    "UPDATE attempt SET cost_nano = 1",
    "UPDATE attempt SET model_id = model_id + 1, closed_at = opened_at, outcome = 'ok'",
    "DELETE FROM attempt",
  };
  g_autoptr(Fixture) f = fixture_new ();
  FixtureCall call = fixture_call (f, 0, 0, 0);
  fixture_write (f->store, fixture_open_job, &call);
  for (guint i = 0; i < G_N_ELEMENTS (FORBIDDEN); i++)
    {
      g_autoptr(GError) error = NULL;
      g_test_message ("%s", FORBIDDEN[i]);
      g_assert_false (fixture_sql (f->store, FORBIDDEN[i], &error));
      g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
    }
  fixture_write (f->store, fixture_settle_job, &call);
}

/* The wall clock can go back: a close is never before its open. */
static void
test_clock_goes_back (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  FixtureCall call = fixture_call (f, 0, 0, 0);
  fixture_time = fixture_at ("2026-05-01T12:00:00Z");
  purser_store_set_clock (f->store, fixture_clock);
  fixture_write (f->store, fixture_open_job, &call);
  fixture_time = fixture_at ("2026-04-30T12:00:00Z");
  fixture_write (f->store, fixture_settle_job, &call);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM call WHERE closed_at = opened_at"), ==, 1);
  g_assert_cmpint (fixture_number (f->store, "SELECT day FROM usage_day_model"), ==,
                   purser_day_of ("Europe/Berlin", fixture_at ("2026-05-01T12:00:00Z")));
}

static void
test_overflow (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  FixtureCall call = fixture_call (f, 0, 0, 0);
  call.attempt.cost_nano = G_MAXINT64 - 10;
  fixture_make_call (f, &call);
  call.attempt.cost_nano = 11;
  fixture_write (f->store, fixture_open_job, &call);
  g_autoptr(GError) error = NULL;
  g_assert_false (purser_store_write (f->store, TRUE, fixture_settle_job, &call, &error)); /* an error, never a wrap */
  g_assert_nonnull (error);
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (cost_nano) FROM usage_day"), ==, G_MAXINT64 - 10);
  call.attempt.cost_nano = 10;
  fixture_write (f->store, fixture_settle_job, &call);
  fixture_assert_clean (f->store);
}

/* --- Trials --- */

static gboolean
trial_job (PurserDb *db, gpointer data, GError **error)
{
  PurserTrialRow row = {
    .kind = (char *) "latency", .started_at = 5, .state = (char *) "running", .setup = (char *) "{}"
  };
  PurserTrialResult result = { .position = 1,
                               .case_id = (char *) "c1",
                               .repeat = 2,
                               .outcome = (char *) "passed",
                               .score = 0.5,
                               .answer = (char *) "Yes",
                               .input_tokens = PURSER_UNKNOWN,
                               .output_tokens = 7,
                               .cost_nano = 9,
                               .first_text_us = -1,
                               .total_us = 11 };
  row.id = result.trial_id = purser_trial_put (db, &row, error);
  if (row.id == 0 || !purser_trial_add_result (db, &result, error))
    return FALSE;
  row.state = (char *) "done";
  row.ended_at = 6;
  row.summary = (char *) "{\"a\":1}";
  if (purser_trial_put (db, &row, error) != row.id)
    return FALSE;
  g_autoptr(GPtrArray) list = purser_trial_list (db, 10, error);
  g_autoptr(GPtrArray) none = purser_trial_results (db, 999, error);
  g_autoptr(GPtrArray) results = purser_trial_results (db, row.id, error);
  const PurserTrialRow *got = list->pdata[0];
  const PurserTrialResult *r = results->pdata[0];
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpstr (got->summary, ==, "{\"a\":1}");
  g_assert_cmpstr (got->state, ==, "done");
  g_assert_null (got->suite);
  g_assert_cmpint (got->ended_at, ==, 6);
  g_assert_cmpint (r->position, ==, 1);
  g_assert_cmpint (r->repeat, ==, 2);
  g_assert_cmpint (r->input_tokens, ==, PURSER_UNKNOWN);
  g_assert_cmpint (r->cost_nano, ==, 9);
  g_assert_cmpfloat (r->score, ==, 0.5);
  g_assert_cmpstr (r->answer, ==, "Yes");
  return TRUE;
}

static void
test_trials (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  fixture_write (f->store, trial_job, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/one-call", test_one_call);
  g_test_add_func ("/ledger/terms-are-kept", test_terms_are_kept);
  g_test_add_func ("/ledger/interrupted", test_interrupted);
  g_test_add_func ("/ledger/fallback", test_fallback);
  g_test_add_func ("/ledger/stale", test_stale);
  g_test_add_func ("/ledger/closed-stays-closed", test_closed_stays_closed);
  g_test_add_func ("/ledger/open-keeps-its-start", test_open_keeps_its_start);
  g_test_add_func ("/ledger/clock-goes-back", test_clock_goes_back);
  g_test_add_func ("/ledger/overflow", test_overflow);
  g_test_add_func ("/ledger/trials", test_trials);
  return g_test_run ();
}
