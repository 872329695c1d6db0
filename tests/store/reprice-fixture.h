/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store-fixture.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

#define DAY_US (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)

/* --- Putting calls in --- */

/* A call of the past: 1000 tokens in and 100 out, unless CALL says otherwise, charged at LIST and COST. */
typedef struct
{
  gint64 opened_at, model, list, cost;
  gboolean unpriced;
  const char *tier, *region;
  gint64 audio_in, tools, total_us;
} Past;

static FixtureCall
past_call (Fixture *f, const Past *past)
{
  FixtureCall call = fixture_call (f, 0, 0, 0);
  call.open.model_id = call.settle.model_id = past->model;
  PurserLedgerAttempt *a = &call.attempt;
  a->tokens.kind[PURSER_TOKENS_INPUT_UNCACHED] = 1000;
  a->tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE] = 100;
  a->tokens.audio_in = past->audio_in;
  a->tokens.server_tool_requests = past->tools;
  a->service_tier = past->tier;
  a->region = past->region;
  a->list_nano = a->price_list_nano = past->list;
  a->cost_nano = a->price_cost_nano = past->cost;
  a->unpriced = past->unpriced;
  a->price_id = past->unpriced ? 0 : f->prices[0];
  a->contract_id = 0;
  a->total_us = past->total_us;
  return call;
}

static gboolean
insert (PurserDb *db, Fixture *f, const Past *past, GError **error)
{
  FixtureCall call = past_call (f, past);
  return purser_ledger_insert_closed (db, past->opened_at, &call.open, &call.attempt, &call.settle, error);
}

/* --- Running --- */

typedef struct
{
  PurserReprice ask;
  guint limit;
  gint64 after;
  gboolean more;
  PurserRepriceResult result;
  gint64 longest_us;
} Run;

static gboolean
step_job (PurserDb *db, gpointer data, GError **error)
{
  Run *run = data;
  gint64 began = g_get_monotonic_time ();
  if (!purser_ledger_reprice (db, &run->ask, run->limit, &run->after, &run->more, &run->result, error))
    return FALSE;
  run->longest_us = MAX (run->longest_us, g_get_monotonic_time () - began);
  return TRUE;
}

static PurserRepriceResult
reprice_with (PurserStore *store, Run *run)
{
  g_autoptr(GError) error = NULL;
  do
    {
      if (run->ask.dry_run)
        purser_store_read (store, step_job, run, &error);
      else
        purser_store_write (store, FALSE, step_job, run, &error);
      g_assert_no_error (error);
    }
  while (run->more);
  return run->result;
}

static PurserRepriceResult
reprice (PurserStore *store, gboolean dry_run)
{
  Run run = { .ask = { .dry_run = dry_run, .reason = "test" }, .limit = 7 };
  return reprice_with (store, &run);
}

/* Run dry first, which must say the same and change nothing; then for good, then once more, which must find nothing left. */
static PurserRepriceResult
reprice_thrice (PurserStore *store)
{
  gint64 before = fixture_number (store, "SELECT COUNT (*) FROM correction");
  PurserRepriceResult dry = reprice (store, TRUE);
  g_assert_cmpint (fixture_number (store, "SELECT COUNT (*) FROM correction"), ==, before);
  PurserRepriceResult real = reprice (store, FALSE);
  g_assert_cmpmem (&dry, sizeof dry, &real, sizeof real);
  g_assert_cmpint (fixture_number (store, "SELECT COUNT (*) FROM correction"), ==, before + real.corrected);
  PurserRepriceResult again = reprice (store, FALSE);
  g_assert_cmpint (again.corrected, ==, 0);
  g_assert_cmpint (again.list_nano, ==, 0);
  g_assert_cmpint (again.attempts, ==, real.attempts);
  fixture_assert_clean (store);
  return real;
}

static gint64
total_cost (PurserStore *store)
{
  gint64 cost = fixture_number (store, "SELECT COALESCE (SUM (cost_nano), 0) FROM usage_day");
  g_assert_cmpint (fixture_number (store, "SELECT COALESCE (SUM (cost_nano), 0) FROM usage_day_principal"), ==, cost);
  g_assert_cmpint (fixture_number (store, "SELECT COALESCE (SUM (cost_nano), 0) FROM usage_day_workload"), ==, cost);
  g_assert_cmpint (fixture_number (store, "SELECT COALESCE (SUM (cost_nano), 0) FROM usage_day_model"), ==, cost);
  return cost;
}

#pragma GCC diagnostic pop
