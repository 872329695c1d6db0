/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <string.h>
#include <unistd.h>

#define EUR(n) ((gint64) (n) *PURSER_NANO)

/* --- Setting and looking --- */

static gint64 budget_id;
static PurserBudget budget_to_set;

static gboolean
set_body (PurserDb *db, Fixture *f, GError **error)
{
  budget_id = purser_catalogue_put_budget (db, &budget_to_set, error);
  return budget_id != 0 && purser_catalogue_raise (db, error);
}

static gint64
set_budget (
    Fixture *f, PurserBudgetScope scope, gint64 scope_id, PurserBudgetPeriod period, gint64 cap, PurserAtLimit at_limit)
{
  budget_to_set = (PurserBudget) {
    .scope = scope, .scope_id = scope_id, .period = period, .days = 7, .cap_nano = cap, .at_limit = at_limit
  };
  fixture_run (f, set_body);
  return budget_id;
}

static gint64
block_all (Fixture *f, gint64 cap)
{
  return set_budget (f, PURSER_SCOPE_ORGANISATION, 0, PURSER_BUDGET_MONTH, cap, PURSER_AT_LIMIT_BLOCK);
}

static gboolean
states_job (PurserDb *db, gpointer data, GError **error)
{
  *(GArray **) data = purser_ledger_budgets (db, purser_db_now (db), error);
  return *(GArray **) data != NULL;
}

static PurserBudgetState
state_of (Fixture *f, gint64 id)
{
  g_autoptr(GArray) states = NULL;
  PurserBudgetState state = { 0 };
  fixture_write (f->store, states_job, &states);
  for (guint i = 0; i < states->len; i++)
    if (g_array_index (states, PurserBudgetState, i).budget_id == id)
      state = g_array_index (states, PurserBudgetState, i);
  return state;
}

static void
assert_state (Fixture *f, gint64 id, gint64 spent, gint64 reserved)
{
  PurserBudgetState state = state_of (f, id);
  g_assert_cmpint (state.budget_id, ==, id);
  g_assert_cmpint (state.spent_nano, ==, spent);
  g_assert_cmpint (state.reserved_nano, ==, reserved);
}

/* --- Calls --- */

static FixtureCall
dear_call (Fixture *f, guint principal, guint workload, gint64 reserve, gint64 cost)
{
  FixtureCall call = fixture_call (f, principal, workload, 0);
  call.open.reserve_nano = reserve;
  call.attempt.cost_nano = call.attempt.list_nano = cost;
  return call;
}

static void
spend (Fixture *f, guint principal, guint workload, gint64 cost)
{
  FixtureCall call = dear_call (f, principal, workload, cost, cost);
  fixture_make_call (f, &call);
}

/* (transfer full): the words it is refused with */
static char *
refusal (Fixture *f, FixtureCall *call)
{
  g_autoptr(GError) error = NULL;
  g_assert_false (purser_store_write (f->store, FALSE, fixture_open_job, call, &error));
  g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
  return g_strdup (error->message);
}

static Fixture *
start (const char *at)
{
  Fixture *f = fixture_new ();
  fixture_time = fixture_at (at);
  purser_store_set_clock (f->store, fixture_clock);
  return f;
}

static void
test_reserve_and_settle (void)
{
  g_autoptr(Fixture) f = start ("2026-11-23T10:00:00Z");
  gint64 id = block_all (f, EUR (50));
  FixtureCall a = dear_call (f, 0, 0, EUR (20), EUR (7)), b = dear_call (f, 1, 1, EUR (30), EUR (3));
  fixture_write (f->store, fixture_open_job, &a);
  fixture_write (f->store, fixture_open_job, &b);
  assert_state (f, id, 0, EUR (50));
  FixtureCall c = dear_call (f, 0, 0, 1, 1);
  g_autofree char *full = refusal (f, &c);
  g_assert_cmpstr (full, ==,
                   "The budget of the organisation for November is used up: €0 of €50.00 are left, and €50.00 more are "
                   "reserved by calls that are running. It starts again on 1 December. Ask whoever looks after "
                   "Purser.");
  fixture_assert_clean (f->store);
  fixture_write (f->store, fixture_settle_job, &a);
  assert_state (f, id, EUR (7), EUR (30));
  fixture_write (f->store, fixture_settle_job, &b);
  assert_state (f, id, EUR (10), 0);
  FixtureCall d = dear_call (f, 0, 0, EUR (41), EUR (1));
  g_autofree char *dear = refusal (f, &d);
  g_assert_cmpstr (dear, ==,
                   "The budget of the organisation for November has no room for this call, which can cost up to "
                   "€41.00: "
                   "€40.00 of €50.00 are left. It starts again on 1 December. Ask whoever looks after Purser.");
  d.open.reserve_nano = EUR (40);
  fixture_make_call (f, &d);
  assert_state (f, id, EUR (11), 0);
  PurserBudgetState state = state_of (f, id);
  g_assert_cmpint (state.first_day, ==, purser_day_of ("UTC", fixture_at ("2026-11-01T10:00:00Z")));
  g_assert_cmpint (state.last_day, ==, purser_day_of ("UTC", fixture_at ("2026-11-30T10:00:00Z")));
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM call"), ==, 3); /* the refused left nothing */
  fixture_assert_clean (f->store);
}

/* What costs nothing passes an empty purse, what has no price never passes one that blocks. */
static void
test_free_and_unpriced (void)
{
  g_autoptr(Fixture) f = start ("2026-11-23T10:00:00Z");
  gint64 id = block_all (f, EUR (1));
  spend (f, 0, 0, EUR (1));
  FixtureCall free_call = fixture_call (f, 0, 0, 0);
  free_call.open.reserve_nano = free_call.attempt.cost_nano = free_call.attempt.list_nano = 0;
  fixture_make_call (f, &free_call);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM budget_call"), ==, 1);
  FixtureCall unpriced = fixture_call (f, 0, 0, 2);
  unpriced.open.unpriced = TRUE;
  unpriced.open.reserve_nano = 0;
  g_autofree char *words = refusal (f, &unpriced);
  g_assert_nonnull (strstr (words, "no price"));
  assert_state (f, id, EUR (1), 0);
  /* One that only tells lets everything through, and counts it. */
  budget_to_set = (PurserBudget) {
    .id = id, .scope = PURSER_SCOPE_ORGANISATION, .cap_nano = EUR (1), .at_limit = PURSER_AT_LIMIT_NOTIFY
  };
  fixture_run (f, set_body);
  unpriced.open.generation++;
  fixture_make_call (f, &unpriced);
  spend (f, 0, 0, EUR (5));
  assert_state (f, id, EUR (6) + 2700, 0);
  fixture_assert_clean (f->store);
}

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

/* A hop must not lead around a budget; a call with several attempts counts with all of them. */
static void
test_hops (void)
{
  g_autoptr(Fixture) f = start ("2026-11-23T10:00:00Z");
  gint64 id = block_all (f, EUR (50));
  FixtureCall call = dear_call (f, 0, 0, EUR (9), EUR (4));
  fixture_write (f->store, fixture_open_job, &call);
  call.hop = f->models[2];
  call.attempt.unpriced_next = TRUE;
  call.attempt.outcome = "failed";
  fixture_refuse (f->store, next_job, &call, PURSER_STORE_ERROR_REFUSED);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM attempt WHERE closed_at IS NOT NULL"), ==, 0);
  call.hop = f->models[1];
  call.attempt.unpriced_next = FALSE;
  fixture_write (f->store, next_job, &call);
  assert_state (f, id, 0, EUR (13)); /* what was spent already, and what the next one can cost */
  call.attempt.outcome = "ok";
  fixture_write (f->store, fixture_settle_job, &call);
  assert_state (f, id, EUR (8), 0);
  fixture_assert_clean (f->store);
}

/* An attempt that was billed and the next one together must fit: else the hop is refused, and the call ends with what it has cost. */
static void
test_hop_without_room (void)
{
  g_autoptr(Fixture) f = start ("2026-11-23T10:00:00Z");
  gint64 id = block_all (f, EUR (10));
  FixtureCall call = dear_call (f, 0, 0, EUR (8), EUR (3));
  fixture_write (f->store, fixture_open_job, &call);
  call.attempt.outcome = "failed";
  call.attempt.may_be_billed = TRUE;
  call.hop = f->models[1];
  fixture_refuse (f->store, next_job, &call, PURSER_STORE_ERROR_REFUSED);
  assert_state (f, id, 0, EUR (8));
  call.settle.outcome = "failed";
  call.settle.model_id = 0;
  fixture_write (f->store, fixture_settle_job, &call);
  assert_state (f, id, EUR (3), 0);
  /* One that cost nothing hops without more. */
  call = dear_call (f, 0, 0, EUR (7), 0);
  fixture_write (f->store, fixture_open_job, &call);
  call.attempt.outcome = "failed";
  call.hop = f->models[1];
  fixture_write (f->store, next_job, &call);
  assert_state (f, id, EUR (3), EUR (7));
  call.attempt.outcome = "ok";
  call.attempt.cost_nano = call.attempt.list_nano = EUR (7);
  fixture_write (f->store, fixture_settle_job, &call);
  assert_state (f, id, EUR (10), 0);
  g_autoptr(GError) error = NULL;
  g_assert_false (fixture_sql (f->store, "UPDATE budget_call SET reserved_nano = reserved_nano + 1", &error));
  g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
  fixture_assert_clean (f->store);
}

/* Each scope counts its own: agents not for their owner, tests for the organisation alone. */
static void
test_scopes (void)
{
  g_autoptr(Fixture) f = start ("2026-11-23T10:00:00Z");
  g_autoptr(PurserOrg) org = purser_store_get_org (f->store);
  gint64 team = purser_org_team_named (org, "Blue")->id; /* Anna's */
  const PurserAtLimit tell = PURSER_AT_LIMIT_NOTIFY;
  gint64 all = set_budget (f, PURSER_SCOPE_ORGANISATION, 0, PURSER_BUDGET_MONTH, 1, tell);
  gint64 blue = set_budget (f, PURSER_SCOPE_TEAM, team, PURSER_BUDGET_MONTH, 1, tell);
  gint64 anna = set_budget (f, PURSER_SCOPE_PRINCIPAL, f->people[0], PURSER_BUDGET_QUARTER, 1, tell);
  gint64 first = set_budget (f, PURSER_SCOPE_WORKLOAD, f->workloads[0], PURSER_BUDGET_ROLLING, 1, tell);
  gint64 ahead = set_budget (f, PURSER_SCOPE_WORKLOAD, f->workloads[0], PURSER_BUDGET_ONCE, 1, tell);
  spend (f, 0, 0, 1); /* Anna, drafting */
  spend (f, 0, 1, 10); /* Anna, something else */
  spend (f, 1, 0, 100); /* Bo, drafting */
  FixtureCall call = dear_call (f, 0, 0, 1000, 1000); /* Anna's bot */
  call.open.principal_id = f->agents[0];
  fixture_make_call (f, &call);
  call = dear_call (f, 0, 0, 10000, 10000);
  call.open.purpose = PURSER_PURPOSE_TEST;
  fixture_make_call (f, &call);
  call = dear_call (f, 0, 0, 100000, 100000);
  call.open.purpose = PURSER_PURPOSE_CHECK;
  fixture_make_call (f, &call);
  call = dear_call (f, 0, 0, 1000000, 1000000);
  call.open.purpose = PURSER_PURPOSE_TRY;
  call.open.principal_id = call.open.workload_id = 0;
  fixture_make_call (f, &call);
  assert_state (f, all, 1111111, 0);
  assert_state (f, blue, 11, 0);
  assert_state (f, anna, 11, 0);
  assert_state (f, first, 1101, 0);
  assert_state (f, ahead, 1101, 0);
  g_assert_cmpint (state_of (f, ahead).first_day, ==, 0);
  fixture_assert_clean (f->store);
}

/* A month ends at midnight of the organisation, a call counts where it was opened, and old days drop out of a rolling one. */
static void
test_periods (void)
{
  g_autoptr(Fixture) f = start ("2026-11-30T22:59:00Z"); /* 23:59 in Berlin */
  gint64 month = block_all (f, EUR (10));
  gint64 quarter =
      set_budget (f, PURSER_SCOPE_ORGANISATION, 0, PURSER_BUDGET_QUARTER, EUR (100), PURSER_AT_LIMIT_BLOCK);
  gint64 week = set_budget (f, PURSER_SCOPE_ORGANISATION, 0, PURSER_BUDGET_ROLLING, EUR (30), PURSER_AT_LIMIT_BLOCK);
  FixtureCall over = dear_call (f, 0, 0, EUR (10), EUR (8));
  fixture_write (f->store, fixture_open_job, &over);
  FixtureCall none = dear_call (f, 0, 0, EUR (1), EUR (1));
  g_autofree char *november = refusal (f, &none);
  g_assert_nonnull (strstr (november, "November"));
  fixture_time += 2 * 60 * G_USEC_PER_SEC; /* December */
  spend (f, 0, 0, EUR (9));
  fixture_write (f->store, fixture_settle_job, &over);
  assert_state (f, month, EUR (9), 0);
  assert_state (f, quarter, EUR (17), 0);
  assert_state (f, week, EUR (17), 0);
  fixture_time += G_TIME_SPAN_DAY * 6; /* November's day drops out of the seven */
  assert_state (f, week, EUR (9), 0);
  fixture_time += G_TIME_SPAN_DAY * 26; /* January */
  assert_state (f, month, 0, 0);
  assert_state (f, quarter, 0, 0);
  assert_state (f, week, 0, 0);
  FixtureCall large = dear_call (f, 0, 0, EUR (31), EUR (1));
  set_budget (f, PURSER_SCOPE_PRINCIPAL, f->people[0], PURSER_BUDGET_ONCE, EUR (5), PURSER_AT_LIMIT_BLOCK);
  large.open.generation++;
  large.open.reserve_nano = EUR (6);
  g_autofree char *own = refusal (f, &large);
  g_assert_cmpstr (own, ==,
                   "The budget of “Anna” that was paid ahead has no room for this call, which can cost up to €6.00: "
                   "€5.00 of €5.00 are left. It does not start again by itself. Ask whoever looks after Purser.");
  fixture_assert_clean (f->store);
}

/* A budget that comes later knows what was spent and what is running. */
static void
test_set_later (void)
{
  g_autoptr(Fixture) f = start ("2026-10-31T10:00:00Z");
  g_autoptr(PurserOrg) org = purser_store_get_org (f->store);
  spend (f, 0, 0, 1); /* October */
  fixture_time += 5 * G_TIME_SPAN_DAY;
  spend (f, 0, 0, 10);
  fixture_time += 4 * G_TIME_SPAN_DAY;
  spend (f, 0, 0, 100);
  spend (f, 1, 0, 1000);
  FixtureCall running = dear_call (f, 0, 0, 70000, 50000);
  fixture_write (f->store, fixture_open_job, &running);
  gint64 all = block_all (f, EUR (1));
  gint64 week = set_budget (f, PURSER_SCOPE_ORGANISATION, 0, PURSER_BUDGET_ROLLING, EUR (1), PURSER_AT_LIMIT_NOTIFY);
  gint64 blue = set_budget (f, PURSER_SCOPE_TEAM, purser_org_team_named (org, "Blue")->id, PURSER_BUDGET_QUARTER,
                            EUR (1), PURSER_AT_LIMIT_NOTIFY);
  gint64 ahead = set_budget (f, PURSER_SCOPE_ORGANISATION, 0, PURSER_BUDGET_ONCE, EUR (1), PURSER_AT_LIMIT_NOTIFY);
  assert_state (f, all, 1110, 70000);
  assert_state (f, week, 1110, 70000);
  assert_state (f, blue, 111, 70000);
  assert_state (f, ahead, 0, 0); /* paid ahead is used from then on */
  fixture_write (f->store, fixture_settle_job, &running);
  assert_state (f, all, 51110, 0);
  assert_state (f, blue, 50111, 0);
  fixture_time += 3 * G_TIME_SPAN_DAY;
  assert_state (f, week, 51100, 0);
  fixture_assert_clean (f->store);
}

static gboolean
refuse_body (PurserDb *db, Fixture *f, GError **error)
{
  static const PurserBudget BAD[] = {
    { .scope = PURSER_SCOPE_ORGANISATION, .cap_nano = 0 },
    { .scope = PURSER_SCOPE_TEAM, .cap_nano = 1 },
    { .scope = PURSER_SCOPE_ORGANISATION, .scope_id = 1, .cap_nano = 1 },
    { .scope = PURSER_SCOPE_ORGANISATION, .period = PURSER_BUDGET_ROLLING, .cap_nano = 1 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (BAD); i++)
    {
      g_autoptr(GError) local = NULL;
      g_assert_cmpint (purser_catalogue_put_budget (db, &BAD[i], &local), ==, 0);
      g_assert_error (local, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
    }
  g_autoptr(GError) twice = NULL, gone = NULL;
  const PurserBudget same = { .cap_nano = 5, .period = PURSER_BUDGET_MONTH }, other = { .id = 99, .cap_nano = 5 };
  g_assert_cmpint (purser_catalogue_put_budget (db, &same, &twice), ==, 0);
  g_assert_error (twice, PURSER_STORE_ERROR, PURSER_STORE_ERROR_CONSTRAINT);
  g_assert_cmpint (purser_catalogue_put_budget (db, &other, &gone), ==, 0);
  g_assert_error (gone, PURSER_STORE_ERROR, PURSER_STORE_ERROR_NOT_FOUND);
  return purser_catalogue_remove_budget (db, budget_id, error) && purser_catalogue_raise (db, error);
}

/* A budget that is taken away blocks nothing, and what it still holds comes back in order. */
static void
test_removed (void)
{
  g_autoptr(Fixture) f = start ("2026-11-23T10:00:00Z");
  block_all (f, EUR (1));
  FixtureCall running = dear_call (f, 0, 0, EUR (1), EUR (1));
  fixture_write (f->store, fixture_open_job, &running);
  fixture_run (f, refuse_body);
  g_autoptr(PurserOrg) org = purser_store_get_org (f->store);
  g_assert_cmpuint (org->budgets->len, ==, 0);
  spend (f, 0, 0, EUR (5));
  fixture_write (f->store, fixture_settle_job, &running);
  g_assert_cmpint (fixture_number (f->store, "SELECT reserved_nano FROM budget_use"), ==, 0);
  gint64 again = block_all (f, EUR (10)); /* the same again is a new one */
  assert_state (f, again, EUR (6), 0);
  fixture_assert_clean (f->store);
}

static gboolean
remove_workload_body (PurserDb *db, Fixture *f, GError **error)
{
  PurserWorkload extra = { .name = (char *) "extra" };
  extra.id = purser_catalogue_put_workload (db, &extra, error);
  const PurserBudget budget = { .scope = PURSER_SCOPE_WORKLOAD, .scope_id = extra.id, .cap_nano = 5 };
  budget_id = purser_catalogue_put_budget (db, &budget, error);
  g_autoptr(PurserOrg) before = purser_catalogue_load (db, error);
  g_assert_nonnull (purser_org_budget (before, budget_id));
  g_assert_true (purser_catalogue_remove_workload (db, extra.id, TRUE, error));
  g_autoptr(PurserOrg) without = purser_catalogue_load (db, error);
  g_assert_cmpuint (without->budgets->len, ==, 0);
  g_assert_true (purser_catalogue_remove_workload (db, extra.id, FALSE, error));
  g_autoptr(PurserOrg) after = purser_catalogue_load (db, error);
  g_assert_cmpint (purser_org_budget (after, budget_id)->cap_nano, ==, 5);
  return TRUE;
}

static void
test_scope_removed (void)
{
  g_autoptr(Fixture) f = start ("2026-11-23T10:00:00Z");
  fixture_run (f, remove_workload_body);
}

/* --- The sample --- */

static gboolean
sample_body (PurserDb *db, Fixture *f, GError **error)
{
  FixtureCall call = dear_call (f, 0, 0, 0, 1000);
  return purser_catalogue_set_sample (db, TRUE, error)
         && purser_ledger_insert_closed (db, purser_db_now (db), &call.open, &call.attempt, &call.settle, error);
}

static gboolean
no_sample_body (PurserDb *db, Fixture *f, GError **error)
{
  return purser_ledger_delete_sample (db, error);
}

/* Budgets of a sample count its invented calls for as long as these are there. */
static void
test_sample (void)
{
  g_autoptr(Fixture) f = start ("2026-11-23T10:00:00Z");
  fixture_run (f, sample_body);
  gint64 id = block_all (f, EUR (1));
  assert_state (f, id, 1000, 0);
  spend (f, 0, 0, 10);
  assert_state (f, id, 1010, 0);
  fixture_run (f, no_sample_body);
  assert_state (f, id, 10, 0);
  fixture_assert_clean (f->store);
}

/* --- Corrections --- */

static gboolean
dearer_body (PurserDb *db, Fixture *f, GError **error)
{
  PurserReprice all = { .reason = "test" };
  PurserRepriceResult result = { 0 };
  gint64 after = 0;
  gboolean more;
  fixture_price (db, f->models[0], 1, "admin", "EUR", 2000000000);
  fixture_price (db, f->models[2], 1, "admin", "EUR", 1000000000);
  return purser_ledger_reprice (db, &all, 1000, &after, &more, &result, error) && result.corrected == 3;
}

static void
test_corrections (void)
{
  g_autoptr(Fixture) f = start ("2026-11-23T10:00:00Z");
  FixtureCall before = fixture_call (f, 0, 0, 0);
  fixture_make_call (f, &before);
  gint64 id = set_budget (f, PURSER_SCOPE_ORGANISATION, 0, PURSER_BUDGET_MONTH, EUR (1), PURSER_AT_LIMIT_NOTIFY);
  gint64 other = set_budget (f, PURSER_SCOPE_PRINCIPAL, f->people[1], PURSER_BUDGET_MONTH, 1, PURSER_AT_LIMIT_NOTIFY);
  FixtureCall after = fixture_call (f, 0, 0, 0), unpriced = fixture_call (f, 0, 0, 2);
  unpriced.attempt.cost_nano = unpriced.attempt.list_nano = 0;
  unpriced.open.unpriced = TRUE;
  unpriced.open.reserve_nano = 0;
  fixture_make_call (f, &after);
  fixture_make_call (f, &unpriced);
  assert_state (f, id, 5400, 0);
  fixture_time += 10;
  fixture_run (f, dearer_body);
  gint64 cost = fixture_number (f->store, "SELECT SUM (cost_nano) FROM usage_day_workload");
  g_assert_cmpint (cost, >, 5400);
  assert_state (f, id, cost, 0);
  assert_state (f, other, 0, 0);
  fixture_assert_clean (f->store);
}

static void
test_verify_tells (void)
{
  static const char *const WRONGS[] = { "UPDATE budget_use SET spent_nano = spent_nano + 1",
                                        "UPDATE budget_use SET spent_nano = spent_nano - 1, reserved_nano = 5" };
  g_autoptr(Fixture) f = start ("2026-11-23T10:00:00Z");
  block_all (f, EUR (50));
  spend (f, 0, 0, EUR (1));
  for (guint i = 0; i < G_N_ELEMENTS (WRONGS); i++)
    {
      g_autoptr(GError) error = NULL;
      g_assert_true (fixture_sql (f->store, WRONGS[i], &error));
      g_autoptr(GPtrArray) findings = purser_store_verify (f->store, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (findings->len, ==, 1);
      g_assert_cmpstr (findings->pdata[0], ==, "budget_use: 1 row differs from the ledger");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/budgets/reserve-and-settle", test_reserve_and_settle);
  g_test_add_func ("/budgets/free-and-unpriced", test_free_and_unpriced);
  g_test_add_func ("/budgets/hops", test_hops);
  g_test_add_func ("/budgets/hop-without-room", test_hop_without_room);
  g_test_add_func ("/budgets/scopes", test_scopes);
  g_test_add_func ("/budgets/periods", test_periods);
  g_test_add_func ("/budgets/set-later", test_set_later);
  g_test_add_func ("/budgets/removed", test_removed);
  g_test_add_func ("/budgets/scope-removed", test_scope_removed);
  g_test_add_func ("/budgets/sample", test_sample);
  g_test_add_func ("/budgets/corrections", test_corrections);
  g_test_add_func ("/budgets/verify-tells", test_verify_tells);
  return g_test_run ();
}
