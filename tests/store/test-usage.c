/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

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

/* --- Roll-ups against the ledger, after anything --- */

static void
random_end (Fixture *f, FixtureCall *call)
{
  static const char *const OUTCOMES[] = { "ok", "ok", "ok", "failed", "cancelled" };
  guint model = g_test_rand_int_range (0, 3);
  call->attempt.outcome = call->settle.outcome = OUTCOMES[g_test_rand_int_range (0, G_N_ELEMENTS (OUTCOMES))];
  call->settle.model_id = g_str_equal (call->settle.outcome, "ok") ? f->models[model] : 0;
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    call->attempt.tokens.kind[i] =
        g_test_rand_int_range (0, 3) == 0 ? PURSER_UNKNOWN : g_test_rand_int_range (0, 100000);
  call->attempt.unpriced = g_test_rand_int_range (0, 4) == 0;
  call->attempt.estimated = g_test_rand_int_range (0, 4) == 0;
  call->attempt.contradictory = g_test_rand_int_range (0, 8) == 0;
  call->attempt.cost_nano = call->attempt.unpriced ? 0 : g_test_rand_int ();
  call->attempt.list_nano = call->attempt.cost_nano * 2;
}

static void
random_call (Fixture *f)
{
  FixtureCall call =
      fixture_call (f, g_test_rand_int_range (0, 3), g_test_rand_int_range (0, 3), g_test_rand_int_range (0, 3));
  const gint64 ids[] = { 0, call.open.principal_id, f->agents[0], f->agents[1] };
  fixture_time += g_test_rand_int_range (0, 2000000) * G_GINT64_CONSTANT (1000);
  call.open.principal_id = ids[g_test_rand_int_range (0, 4)];
  call.open.workload_id = g_test_rand_int_range (0, 4) == 0 ? 0 : call.open.workload_id;
  call.open.purpose = g_test_rand_int_range (0, 4);
  fixture_write (f->store, fixture_open_job, &call);
  for (int hops = g_test_rand_int_range (0, 3); hops > 0; hops--)
    {
      random_end (f, &call);
      call.attempt.outcome = "failed";
      call.hop = f->models[g_test_rand_int_range (0, 3)];
      fixture_write (f->store, next_job, &call);
    }
  random_end (f, &call);
  if (g_test_rand_int_range (0, 5) == 0)
    return; /* never settled */
  fixture_write (f->store, fixture_settle_job, &call);
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
  g_autoptr(Fixture) f = fixture_new ();
  fixture_time =
      g_get_real_time () - G_GINT64_CONSTANT (20) * 86400 * G_USEC_PER_SEC; /* quarter-hours are kept 90 days */
  gint32 first = purser_day_of ("Europe/Berlin", fixture_time), last;
  purser_store_set_clock (f->store, fixture_clock);
  for (guint i = 0; i < 400; i++)
    random_call (f);
  fixture_assert_clean (f->store);
  last = purser_day_of ("Europe/Berlin", fixture_time);
  for (guint tests = 0; tests < 2; tests++)
    {
      g_autoptr(GArray) all = fixture_usage (f->store, PURSER_BY_NOTHING, FALSE, first, last, tests);
      g_assert_cmpuint (all->len, ==, 1);
      for (PurserSplit split = PURSER_BY_PRINCIPAL; split <= PURSER_BY_NOTHING; split++)
        for (guint per_day = 0; per_day < 2; per_day++)
          {
            g_autoptr(GArray) rows = fixture_usage (f->store, split, per_day, first, last, tests);
            assert_same_sum (rows, &g_array_index (all, PurserUsageRow, 0));
          }
    }
  /* The same from the ledger alone. */
  g_assert_cmpint (fixture_number (f->store, "SELECT (SELECT SUM (cost_nano) FROM attempt a JOIN call c ON c.id = "
                                             "a.call_id WHERE c.closed_at IS NOT NULL) - "
                                             "(SELECT SUM (cost_nano) FROM usage_day_principal)"),
                   ==, 0);
  g_assert_cmpint (fixture_number (f->store, "SELECT (SELECT COUNT (*) FROM call WHERE closed_at IS NOT NULL) - "
                                             "(SELECT SUM (calls) FROM usage_quarter)"),
                   ==, 0);
  fixture_write (f->store, rebuild_job, NULL);
  fixture_assert_clean (f->store);
}

static void
test_verify_finds (void)
{
  static const char *const TAMPERED[] = {
    "UPDATE usage_day SET cost_nano = cost_nano + 1",
    "UPDATE usage_day_principal SET calls = calls + 1",
    "DELETE FROM usage_day_workload",
    "UPDATE usage_day_model SET day = day + 1",
    "UPDATE usage_quarter SET output_visible = 0",
    "INSERT INTO usage_day_model SELECT day, test, 77, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM usage_day",
  };
  for (guint i = 0; i < G_N_ELEMENTS (TAMPERED); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(Fixture) f = fixture_new ();
      FixtureCall call = fixture_call (f, 0, 0, 0);
      fixture_make_call (f, &call);
      fixture_sql (f->store, TAMPERED[i], &error);
      g_assert_no_error (error);
      g_autoptr(GPtrArray) findings = purser_store_verify (f->store, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (findings->len, ==, 1);
      g_test_message ("%s", (char *) g_ptr_array_index (findings, 0));
      fixture_write (f->store, rebuild_job, NULL);
      fixture_assert_clean (f->store);
    }
}

/* --- What a split counts for --- */

static void
test_people_and_agents (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  gint64 who[] = { f->people[0], f->people[1], f->agents[0], f->agents[1], 0 };
  for (guint i = 0; i < G_N_ELEMENTS (who); i++)
    {
      FixtureCall call = fixture_call (f, 0, 0, 0);
      call.open.principal_id = who[i];
      fixture_make_call (f, &call);
    }
  g_autoptr(GArray) persons =
      fixture_usage (f->store, PURSER_BY_PERSON, FALSE, fixture_today (f), fixture_today (f), FALSE);
  g_assert_cmpuint (persons->len, ==, 4);
  g_assert_cmpint (fixture_row (persons, 0, f->people[0])->calls, ==, 2); /* with her agent's */
  g_assert_cmpint (fixture_row (persons, 0, f->people[1])->calls, ==, 1);
  g_assert_cmpint (fixture_row (persons, 0, PURSER_KEY_UNOWNED_AGENTS)->calls, ==, 1);
  g_assert_cmpint (fixture_row (persons, 0, 0)->calls, ==, 1);
  g_autoptr(GArray) agents =
      fixture_usage (f->store, PURSER_BY_AGENT, FALSE, fixture_today (f), fixture_today (f), FALSE);
  g_assert_cmpint (fixture_row (agents, 0, f->agents[0])->calls, ==, 1);
  g_assert_cmpint (fixture_row (agents, 0, PURSER_KEY_PEOPLE)->calls, ==, 2);
  g_assert_cmpint (fixture_row (agents, 0, 0)->calls, ==, 1);
  g_autoptr(GArray) teams =
      fixture_usage (f->store, PURSER_BY_TEAM, FALSE, fixture_today (f), fixture_today (f), FALSE);
  g_assert_cmpuint (teams->len, ==, 2);
  g_assert_cmpint (fixture_row (teams, 0, 1)->calls, ==, 1);
  g_assert_cmpint (fixture_row (teams, 0, 0)->calls, ==, 4);
  g_autoptr(GArray) providers =
      fixture_usage (f->store, PURSER_BY_PROVIDER, FALSE, fixture_today (f), fixture_today (f), FALSE);
  g_assert_cmpuint (providers->len, ==, 1);
}

static gboolean
move_job (PurserDb *db, gpointer data, GError **error)
{
  Fixture *f = data;
  PurserPrincipal anna = { .id = f->people[0],
                           .name = (char *) "Anna",
                           .team_id = purser_catalogue_put_team (db, 0, "Green", error) };
  return anna.team_id != 0 && purser_catalogue_put_principal (db, &anna, error) != 0
         && purser_catalogue_raise (db, error);
}

/* A membership counts from its day on; earlier calls stay with the earlier team. */
static void
test_team_by_day (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  purser_store_set_clock (f->store, fixture_clock);
  for (guint i = 0; i < 4; i++)
    {
      fixture_time = fixture_at ("2026-06-10T10:00:00Z") + (gint64) i * 86400 * G_USEC_PER_SEC;
      if (i == 2)
        fixture_write (f->store, move_job, f);
      FixtureCall call = fixture_call (f, 0, 0, 0);
      fixture_time -=
          G_GINT64_CONSTANT (7200) * G_USEC_PER_SEC; /* earlier on the same day: the day counts as a whole */
      fixture_make_call (f, &call);
    }
  gint32 first = purser_day_of ("Europe/Berlin", fixture_at ("2026-06-10T10:00:00Z"));
  g_autoptr(GArray) teams = fixture_usage (f->store, PURSER_BY_TEAM, FALSE, first, first + 3, FALSE);
  g_assert_cmpint (fixture_row (teams, 0, 1)->calls, ==, 2);
  g_assert_cmpint (fixture_row (teams, 0, 2)->calls, ==, 2);
  g_autoptr(GArray) days = fixture_usage (f->store, PURSER_BY_TEAM, TRUE, first, first + 3, FALSE);
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
  PurserTrialRow trial = {
    .kind = (char *) "quality", .suite = (char *) "s", .started_at = 1, .ended_at = 2, .state = (char *) "done"
  };
  if (!purser_catalogue_set_sample (db, TRUE, error) || purser_trial_put (db, &trial, error) == 0)
    return FALSE;
  for (guint i = 0; i < 50; i++)
    {
      call.settle.model_id = f->models[i % 10 == 0];
      if (!purser_ledger_insert_closed (db, purser_db_now (db) - (gint64) i * 86400 * G_USEC_PER_SEC, &call.open,
                                        &call.attempt, &call.settle, error))
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
  g_autoptr(GError) error = NULL;
  g_autoptr(Fixture) f = fixture_new ();
  FixtureCall real = fixture_call (f, 1, 0, 0);
  fixture_refuse (f->store, remove_sample_job, NULL, PURSER_STORE_ERROR_REFUSED);
  fixture_write (f->store, sample_job, f);
  fixture_make_call (f, &real); /* really made while the sample is there */
  g_autoptr(GArray) usage =
      fixture_usage (f->store, PURSER_BY_NOTHING, FALSE, fixture_today (f) - 60, fixture_today (f), FALSE);
  g_assert_cmpint (g_array_index (usage, PurserUsageRow, 0).calls, ==, 51);
  g_assert_cmpint (g_array_index (usage, PurserUsageRow, 0).fallback_calls, ==, 5);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM attempt WHERE fault = 'overloaded'"), ==, 5);
  fixture_assert_clean (f->store);
  g_assert_false (fixture_sql (f->store, "DELETE FROM attempt WHERE call_id = (SELECT MAX (id) FROM call)",
                               &error)); /* not even now */
  g_clear_error (&error);
  fixture_write (f->store, remove_sample_job, NULL);
  fixture_write (f->store, unmark_job, NULL);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM call"), ==, 1);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM trial"), ==, 0);
  fixture_assert_clean (f->store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/usage/totals-agree", test_totals_agree);
  g_test_add_func ("/usage/verify-finds", test_verify_finds);
  g_test_add_func ("/usage/people-and-agents", test_people_and_agents);
  g_test_add_func ("/usage/team-by-day", test_team_by_day);
  g_test_add_func ("/usage/sample", test_sample);
  return g_test_run ();
}
