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

static void
write_ok (PurserStore *store, PurserStoreFunc func, gpointer data)
{
  g_autoptr (GError) error = NULL;
  purser_store_write (store, FALSE, func, data, &error);
  g_assert_no_error (error);
}

static void
write_refused (PurserStore *store, PurserStoreFunc func, gpointer data, int code)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (purser_store_write (store, FALSE, func, data, &error));
  g_assert_error (error, PURSER_STORE_ERROR, code);
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
  g_autoptr (GError) error = NULL;
  GPtrArray *rows = NULL;
  purser_store_read (store, recent_job, &rows, &error);
  g_assert_no_error (error);
  return rows;
}

static gint32
today (Fixture *f)
{
  return purser_day_of ("Europe/Berlin", purser_store_now (f->store));
}

static void
test_one_call (void)
{
  g_autoptr (Fixture) f = fixture_new ();
  FixtureCall call = fixture_call (f, 0, 1, 0);

  write_ok (f->store, fixture_open_job, &call);
  g_autoptr (GPtrArray) open = recent (f->store);
  g_assert_cmpstr (((PurserCallRow *) open->pdata[0])->outcome, ==, "open");
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM usage_day"), ==, 0); /* open calls are in no total */
  write_ok (f->store, fixture_settle_job, &call);

  g_autoptr (GPtrArray) rows = recent (f->store);
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
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM attempt WHERE cache_read IS NULL AND output_reasoning IS NULL AND audio_in IS NULL"), ==, 1);
  g_autoptr (GArray) usage = fixture_usage (f->store, PURSER_BY_MODEL, TRUE, today (f), today (f), FALSE);
  const PurserUsageRow *total = fixture_row (usage, today (f), f->models[0]);
  g_assert_nonnull (total);
  g_assert_cmpint (total->calls, ==, 1);
  g_assert_cmpint (total->tokens[PURSER_TOKENS_INPUT_UNCACHED], ==, 100);
  g_assert_cmpint (total->cost_nano, ==, 2700);
  g_assert_cmpint (total->list_nano, ==, 3000);
  fixture_assert_clean (f->store);
}

/* Tokens and cost belong to the attempt that used them; the call counts under the model that answered. */
static void
test_fallback (void)
{
  g_autoptr (Fixture) f = fixture_new ();
  FixtureCall call = fixture_call (f, 0, 0, 0);
  call.hop = f->models[2];
  call.attempt.outcome = "failed";
  call.attempt.fault = "timeout";
  call.attempt.may_be_billed = call.attempt.estimated = TRUE;
  call.settle.model_id = f->models[2];

  write_ok (f->store, fixture_open_job, &call);
  write_ok (f->store, next_job, &call);
  call.attempt.outcome = "ok";
  call.attempt.fault = NULL;
  call.attempt.estimated = FALSE;
  call.attempt.unpriced = TRUE;
  call.attempt.price_id = call.attempt.cost_nano = call.attempt.list_nano = 0;
  write_ok (f->store, fixture_settle_job, &call);

  g_autoptr (GArray) usage = fixture_usage (f->store, PURSER_BY_MODEL, FALSE, today (f), today (f), FALSE);
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
  g_autoptr (GPtrArray) rows = recent (f->store);
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
  g_autoptr (Fixture) f = fixture_new ();
  FixtureCall call = fixture_call (f, 0, 0, 0), late = call;
  call.hop = f->models[1];
  write_ok (f->store, fixture_open_job, &call);
  write_ok (f->store, raise_job, NULL);

  write_refused (f->store, fixture_open_job, &late, PURSER_STORE_ERROR_STALE);
  write_refused (f->store, next_job, &call, PURSER_STORE_ERROR_STALE);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM attempt WHERE closed_at IS NOT NULL"), ==, 0); /* nothing was half done */
  /* The engine has looked at the new generation, and it allows the hop. */
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  call.attempt.generation = org->generation;
  call.attempt.outcome = "failed";
  write_ok (f->store, next_job, &call);
  /* To settle, no generation is asked: what was used was used. */
  call.attempt.outcome = "ok";
  call.settle.model_id = f->models[1];
  write_ok (f->store, raise_job, NULL);
  write_ok (f->store, fixture_settle_job, &call);
  fixture_assert_clean (f->store);
}

static void
test_closed_stays_closed (void)
{
  static const char *const FORBIDDEN[] = {
    "UPDATE call SET outcome = 'failed'", "UPDATE call SET finish = NULL WHERE closed_at IS NOT NULL", "DELETE FROM call", "UPDATE attempt SET cost_nano = 0",
    "UPDATE attempt SET input_uncached = 0, closed_at = closed_at", "DELETE FROM attempt", "INSERT OR REPLACE INTO attempt SELECT * FROM attempt",
    "UPDATE call SET closed_at = NULL, outcome = NULL", "UPDATE price SET list_input_uncached = 1", "DELETE FROM price",
    "INSERT INTO attempt (call_id, number, model_id, generation, opened_at) SELECT id, 9, model_id, 1, opened_at FROM call",
  };
  g_autoptr (Fixture) f = fixture_new ();
  FixtureCall call = fixture_call (f, 0, 0, 0), again;
  fixture_make_call (f, &call);
  again = call;
  write_refused (f->store, fixture_settle_job, &again, PURSER_STORE_ERROR_REFUSED);
  again.hop = f->models[1];
  write_refused (f->store, next_job, &again, PURSER_STORE_ERROR_REFUSED);
  for (guint i = 0; i < G_N_ELEMENTS (FORBIDDEN); i++)
    {
      g_autoptr (GError) error = NULL;
      g_test_message ("%s", FORBIDDEN[i]);
      g_assert_false (fixture_sql (f->store, FORBIDDEN[i], &error));
      g_assert_true (g_error_matches (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED) || g_error_matches (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_CONSTRAINT));
    }
  fixture_assert_clean (f->store);
}

/* An open row can only be closed: not moved to another time, person or model. */
static void
test_open_keeps_its_start (void)
{
  static const char *const FORBIDDEN[] = {
    "UPDATE call SET opened_at = 0", "UPDATE call SET principal_id = NULL, closed_at = opened_at, outcome = 'ok'", "UPDATE call SET reserve_nano = 0", "DELETE FROM call",
    "UPDATE attempt SET cost_nano = 1", "UPDATE attempt SET model_id = model_id + 1, closed_at = opened_at, outcome = 'ok'", "DELETE FROM attempt",
  };
  g_autoptr (Fixture) f = fixture_new ();
  FixtureCall call = fixture_call (f, 0, 0, 0);
  write_ok (f->store, fixture_open_job, &call);
  for (guint i = 0; i < G_N_ELEMENTS (FORBIDDEN); i++)
    {
      g_autoptr (GError) error = NULL;
      g_test_message ("%s", FORBIDDEN[i]);
      g_assert_false (fixture_sql (f->store, FORBIDDEN[i], &error));
      g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
    }
  write_ok (f->store, fixture_settle_job, &call);
}

/* The wall clock can go back: a close is never before its open. */
static void
test_clock_goes_back (void)
{
  g_autoptr (Fixture) f = fixture_new ();
  FixtureCall call = fixture_call (f, 0, 0, 0);
  fixture_time = fixture_at ("2026-05-01T12:00:00Z");
  purser_store_set_clock (f->store, fixture_clock);
  write_ok (f->store, fixture_open_job, &call);
  fixture_time = fixture_at ("2026-04-30T12:00:00Z");
  write_ok (f->store, fixture_settle_job, &call);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM call WHERE closed_at = opened_at"), ==, 1);
  g_assert_cmpint (fixture_number (f->store, "SELECT day FROM usage_day_model"), ==, purser_day_of ("Europe/Berlin", fixture_at ("2026-05-01T12:00:00Z")));
}

static void
test_overflow (void)
{
  g_autoptr (Fixture) f = fixture_new ();
  FixtureCall call = fixture_call (f, 0, 0, 0);
  call.attempt.cost_nano = G_MAXINT64 - 10;
  fixture_make_call (f, &call);
  call.attempt.cost_nano = 11;
  write_ok (f->store, fixture_open_job, &call);
  g_autoptr (GError) error = NULL;
  g_assert_false (purser_store_write (f->store, TRUE, fixture_settle_job, &call, &error)); /* an error, never a wrap */
  g_assert_nonnull (error);
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (cost_nano) FROM usage_day"), ==, G_MAXINT64 - 10);
  call.attempt.cost_nano = 10;
  write_ok (f->store, fixture_settle_job, &call);
  fixture_assert_clean (f->store);
}

/* --- Roll-ups against the ledger, after anything --- */

static void
random_end (Fixture *f, FixtureCall *call)
{
  static const char *const OUTCOMES[] = { "ok", "ok", "ok", "failed", "cancelled" };
  guint model = g_test_rand_int_range (0, 3);
  call->attempt.outcome = call->settle.outcome = OUTCOMES[g_test_rand_int_range (0, G_N_ELEMENTS (OUTCOMES))];
  call->settle.model_id = g_str_equal (call->settle.outcome, "ok") ? f->models[model] : 0;
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    call->attempt.tokens.kind[i] = g_test_rand_int_range (0, 3) == 0 ? PURSER_UNKNOWN : g_test_rand_int_range (0, 100000);
  call->attempt.unpriced = g_test_rand_int_range (0, 4) == 0;
  call->attempt.estimated = g_test_rand_int_range (0, 4) == 0;
  call->attempt.contradictory = g_test_rand_int_range (0, 8) == 0;
  call->attempt.cost_nano = call->attempt.unpriced ? 0 : g_test_rand_int ();
  call->attempt.list_nano = call->attempt.cost_nano * 2;
}

static void
random_call (Fixture *f)
{
  FixtureCall call = fixture_call (f, g_test_rand_int_range (0, 3), g_test_rand_int_range (0, 3), g_test_rand_int_range (0, 3));
  const gint64 ids[] = { 0, call.open.principal_id, f->agents[0], f->agents[1] };
  fixture_time += g_test_rand_int_range (0, 2000000) * G_GINT64_CONSTANT (1000);
  call.open.principal_id = ids[g_test_rand_int_range (0, 4)];
  call.open.workload_id = g_test_rand_int_range (0, 4) == 0 ? 0 : call.open.workload_id;
  call.open.purpose = g_test_rand_int_range (0, 4);
  write_ok (f->store, fixture_open_job, &call);
  for (int hops = g_test_rand_int_range (0, 3); hops > 0; hops--)
    {
      random_end (f, &call);
      call.attempt.outcome = "failed";
      call.hop = f->models[g_test_rand_int_range (0, 3)];
      write_ok (f->store, next_job, &call);
    }
  random_end (f, &call);
  if (g_test_rand_int_range (0, 5) == 0)
    return; /* never settled */
  write_ok (f->store, fixture_settle_job, &call);
}

static void
assert_same_sum (const GArray *rows, const PurserUsageRow *total)
{
  PurserUsageRow sum = { 0 };
  for (guint i = 0; i < rows->len; i++)
    {
      const PurserUsageRow *row = &g_array_index (rows, PurserUsageRow, i);
      sum.calls += row->calls;
      sum.failed_calls += row->failed_calls;
      sum.fallback_calls += row->fallback_calls;
      for (guint k = 0; k < PURSER_N_TOKEN_KINDS; k++)
        sum.tokens[k] += row->tokens[k];
      sum.cost_nano += row->cost_nano;
      sum.list_nano += row->list_nano;
      sum.unpriced_tokens += row->unpriced_tokens;
      sum.unpriced_calls += row->unpriced_calls;
      sum.estimated_calls += row->estimated_calls;
    }
  g_assert_cmpmem (&sum, sizeof sum, total, sizeof *total);
}

static gboolean
rebuild_job (PurserDb *db, gpointer data, GError **error)
{
  return purser_ledger_rebuild (db, error);
}

static void
test_totals_agree (void)
{
  g_autoptr (Fixture) f = fixture_new ();
  fixture_time = g_get_real_time () - G_GINT64_CONSTANT (20) * 86400 * G_USEC_PER_SEC; /* quarter-hours are kept 90 days */
  gint32 first = purser_day_of ("Europe/Berlin", fixture_time), last;
  purser_store_set_clock (f->store, fixture_clock);
  for (guint i = 0; i < 400; i++)
    random_call (f);
  fixture_assert_clean (f->store);
  last = purser_day_of ("Europe/Berlin", fixture_time);
  for (guint tests = 0; tests < 2; tests++)
    {
      g_autoptr (GArray) all = fixture_usage (f->store, PURSER_BY_NOTHING, FALSE, first, last, tests);
      g_assert_cmpuint (all->len, ==, 1);
      for (PurserSplit split = PURSER_BY_PRINCIPAL; split <= PURSER_BY_NOTHING; split++)
        for (guint per_day = 0; per_day < 2; per_day++)
          {
            g_autoptr (GArray) rows = fixture_usage (f->store, split, per_day, first, last, tests);
            assert_same_sum (rows, &g_array_index (all, PurserUsageRow, 0));
          }
    }
  /* The same from the ledger alone. */
  g_assert_cmpint (fixture_number (f->store, "SELECT (SELECT SUM (cost_nano) FROM attempt a JOIN call c ON c.id = a.call_id WHERE c.closed_at IS NOT NULL) - "
                                             "(SELECT SUM (cost_nano) FROM usage_day_principal)"), ==, 0);
  g_assert_cmpint (fixture_number (f->store, "SELECT (SELECT COUNT (*) FROM call WHERE closed_at IS NOT NULL) - (SELECT SUM (calls) FROM usage_quarter)"), ==, 0);
  write_ok (f->store, rebuild_job, NULL);
  fixture_assert_clean (f->store);
}

static void
test_verify_finds (void)
{
  static const char *const TAMPERED[] = {
    "UPDATE usage_day SET cost_nano = cost_nano + 1", "UPDATE usage_day_principal SET calls = calls + 1", "DELETE FROM usage_day_workload",
    "UPDATE usage_day_model SET day = day + 1", "UPDATE usage_quarter SET output_visible = 0",
    "INSERT INTO usage_day_model SELECT day, test, 77, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM usage_day_model",
  };
  for (guint i = 0; i < G_N_ELEMENTS (TAMPERED); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (Fixture) f = fixture_new ();
      FixtureCall call = fixture_call (f, 0, 0, 0);
      fixture_make_call (f, &call);
      fixture_sql (f->store, TAMPERED[i], &error);
      g_assert_no_error (error);
      g_autoptr (GPtrArray) findings = purser_store_verify (f->store, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (findings->len, ==, 1);
      g_test_message ("%s", (char *) g_ptr_array_index (findings, 0));
      write_ok (f->store, rebuild_job, NULL);
      fixture_assert_clean (f->store);
    }
}

/* --- What a split counts for --- */

static void
test_people_and_agents (void)
{
  g_autoptr (Fixture) f = fixture_new ();
  gint64 who[] = { f->people[0], f->people[1], f->agents[0], f->agents[1], 0 };
  for (guint i = 0; i < G_N_ELEMENTS (who); i++)
    {
      FixtureCall call = fixture_call (f, 0, 0, 0);
      call.open.principal_id = who[i];
      fixture_make_call (f, &call);
    }
  g_autoptr (GArray) persons = fixture_usage (f->store, PURSER_BY_PERSON, FALSE, today (f), today (f), FALSE);
  g_assert_cmpuint (persons->len, ==, 4);
  g_assert_cmpint (fixture_row (persons, 0, f->people[0])->calls, ==, 2); /* with her agent's */
  g_assert_cmpint (fixture_row (persons, 0, f->people[1])->calls, ==, 1);
  g_assert_cmpint (fixture_row (persons, 0, PURSER_KEY_UNOWNED_AGENTS)->calls, ==, 1);
  g_assert_cmpint (fixture_row (persons, 0, 0)->calls, ==, 1);
  g_autoptr (GArray) agents = fixture_usage (f->store, PURSER_BY_AGENT, FALSE, today (f), today (f), FALSE);
  g_assert_cmpint (fixture_row (agents, 0, f->agents[0])->calls, ==, 1);
  g_assert_cmpint (fixture_row (agents, 0, PURSER_KEY_PEOPLE)->calls, ==, 2);
  g_assert_cmpint (fixture_row (agents, 0, 0)->calls, ==, 1);
  g_autoptr (GArray) teams = fixture_usage (f->store, PURSER_BY_TEAM, FALSE, today (f), today (f), FALSE);
  g_assert_cmpuint (teams->len, ==, 2);
  g_assert_cmpint (fixture_row (teams, 0, 1)->calls, ==, 1);
  g_assert_cmpint (fixture_row (teams, 0, 0)->calls, ==, 4);
  g_autoptr (GArray) providers = fixture_usage (f->store, PURSER_BY_PROVIDER, FALSE, today (f), today (f), FALSE);
  g_assert_cmpuint (providers->len, ==, 1);
}

static gboolean
move_job (PurserDb *db, gpointer data, GError **error)
{
  Fixture *f = data;
  PurserPrincipal anna = { .id = f->people[0], .name = (char *) "Anna", .team_id = purser_catalogue_put_team (db, 0, "Green", error) };
  return anna.team_id != 0 && purser_catalogue_put_principal (db, &anna, error) != 0 && purser_catalogue_raise (db, error);
}

/* A membership counts from its day on; earlier calls stay with the earlier team. */
static void
test_team_by_day (void)
{
  g_autoptr (Fixture) f = fixture_new ();
  purser_store_set_clock (f->store, fixture_clock);
  for (guint i = 0; i < 4; i++)
    {
      fixture_time = fixture_at ("2026-06-10T10:00:00Z") + (gint64) i * 86400 * G_USEC_PER_SEC;
      if (i == 2)
        write_ok (f->store, move_job, f);
      FixtureCall call = fixture_call (f, 0, 0, 0);
      fixture_time -= G_GINT64_CONSTANT (7200) * G_USEC_PER_SEC; /* earlier on the same day: the day counts as a whole */
      fixture_make_call (f, &call);
    }
  gint32 first = purser_day_of ("Europe/Berlin", fixture_at ("2026-06-10T10:00:00Z"));
  g_autoptr (GArray) teams = fixture_usage (f->store, PURSER_BY_TEAM, FALSE, first, first + 3, FALSE);
  g_assert_cmpint (fixture_row (teams, 0, 1)->calls, ==, 2);
  g_assert_cmpint (fixture_row (teams, 0, 2)->calls, ==, 2);
  g_autoptr (GArray) days = fixture_usage (f->store, PURSER_BY_TEAM, TRUE, first, first + 3, FALSE);
  g_assert_nonnull (fixture_row (days, first + 1, 1));
  g_assert_nonnull (fixture_row (days, first + 2, 2));
  g_assert_null (fixture_row (days, first + 2, 1));
}

/* --- Sample data --- */

static gboolean
sample_job (PurserDb *db, gpointer data, GError **error)
{
  Fixture *f = data;
  FixtureCall call = fixture_call (f, 0, 0, 0);
  PurserTrialRow trial = { .kind = (char *) "quality", .suite = (char *) "s", .started_at = 1, .ended_at = 2, .state = (char *) "done" };
  if (!purser_catalogue_set_sample (db, TRUE, error) || purser_trial_put (db, &trial, error) == 0)
    return FALSE;
  for (guint i = 0; i < 50; i++)
    {
      call.settle.model_id = f->models[i % 10 == 0];
      if (!purser_ledger_insert_closed (db, purser_db_now (db) - (gint64) i * 86400 * G_USEC_PER_SEC, &call.open, &call.attempt, &call.settle, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
remove_sample_job (PurserDb *db, gpointer data, GError **error)
{
  return purser_ledger_delete_sample (db, error);
}

static gboolean
unmark_job (PurserDb *db, gpointer data, GError **error)
{
  return purser_catalogue_set_sample (db, FALSE, error);
}

static void
test_sample (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Fixture) f = fixture_new ();
  FixtureCall real = fixture_call (f, 1, 0, 0);
  write_refused (f->store, remove_sample_job, NULL, PURSER_STORE_ERROR_REFUSED);
  write_ok (f->store, sample_job, f);
  fixture_make_call (f, &real); /* really made while the sample is there */
  g_autoptr (GArray) usage = fixture_usage (f->store, PURSER_BY_NOTHING, FALSE, today (f) - 60, today (f), FALSE);
  g_assert_cmpint (g_array_index (usage, PurserUsageRow, 0).calls, ==, 51);
  g_assert_cmpint (g_array_index (usage, PurserUsageRow, 0).fallback_calls, ==, 5);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM attempt WHERE fault = 'overloaded'"), ==, 5);
  fixture_assert_clean (f->store);
  g_assert_false (fixture_sql (f->store, "DELETE FROM attempt WHERE call_id = (SELECT MAX (id) FROM call)", &error)); /* not even now */
  g_clear_error (&error);
  write_ok (f->store, remove_sample_job, NULL);
  write_ok (f->store, unmark_job, NULL);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM call"), ==, 1);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM trial"), ==, 0);
  fixture_assert_clean (f->store);
}

/* --- Trials --- */

static gboolean
trial_job (PurserDb *db, gpointer data, GError **error)
{
  PurserTrialRow row = { .kind = (char *) "latency", .started_at = 5, .state = (char *) "running", .setup = (char *) "{}" };
  PurserTrialResult result = { .position = 1, .case_id = (char *) "c1", .repeat = 2, .outcome = (char *) "passed", .score = 0.5, .answer = (char *) "Yes",
                               .input_tokens = PURSER_UNKNOWN, .output_tokens = 7, .cost_nano = 9, .first_text_us = -1, .total_us = 11 };
  row.id = result.trial_id = purser_trial_put (db, &row, error);
  if (row.id == 0 || !purser_trial_add_result (db, &result, error))
    return FALSE;
  row.state = (char *) "done";
  row.ended_at = 6;
  row.summary = (char *) "{\"a\":1}";
  if (purser_trial_put (db, &row, error) != row.id)
    return FALSE;
  g_autoptr (GPtrArray) list = purser_trial_list (db, 10, error);
  g_autoptr (GPtrArray) none = purser_trial_results (db, 999, error);
  g_autoptr (GPtrArray) results = purser_trial_results (db, row.id, error);
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
  g_autoptr (Fixture) f = fixture_new ();
  write_ok (f->store, trial_job, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ledger/one-call", test_one_call);
  g_test_add_func ("/ledger/fallback", test_fallback);
  g_test_add_func ("/ledger/stale", test_stale);
  g_test_add_func ("/ledger/closed-stays-closed", test_closed_stays_closed);
  g_test_add_func ("/ledger/open-keeps-its-start", test_open_keeps_its_start);
  g_test_add_func ("/ledger/clock-goes-back", test_clock_goes_back);
  g_test_add_func ("/ledger/overflow", test_overflow);
  g_test_add_func ("/ledger/totals-agree", test_totals_agree);
  g_test_add_func ("/ledger/verify-finds", test_verify_finds);
  g_test_add_func ("/ledger/people-and-agents", test_people_and_agents);
  g_test_add_func ("/ledger/team-by-day", test_team_by_day);
  g_test_add_func ("/ledger/sample", test_sample);
  g_test_add_func ("/ledger/trials", test_trials);
  return g_test_run ();
}
