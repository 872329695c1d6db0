/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib/gstdio.h>

#include "purser-prices.h"
#include "purser-db.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"

/* An organisation in a folder of its own, with something to call. */
typedef struct
{
  char *folder, *path;
  PurserStore *store;
  gint64 models[3], people[3], agents[2], workloads[3];
  gint64 prices[3], contract;
} Fixture;

static gint64 fixture_time;

static gint64
fixture_clock (void)
{
  return fixture_time;
}

/* Microseconds UTC of "2026-03-29T00:30:00Z". */
static gint64
fixture_at (const char *iso)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_iso8601 (iso, NULL);
  g_assert_nonnull (time);
  return g_date_time_to_unix (time) * G_USEC_PER_SEC;
}

/* The same discount on everything. */
static gint64
fixture_contract (PurserDb *db, gint64 provider, gint64 from, gint64 until, gint64 ppm, GError **error)
{
  PurserContract contract = { .provider_id = provider, .valid_from = from, .valid_until = until };
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    contract.ppm[i] = ppm;
  return purser_prices_put_contract (db, &contract, error);
}

static gboolean
fixture_fill_job (PurserDb *db, gpointer data, GError **error)
{
  Fixture *f = data;
  PurserProvider provider = { .kind = purser_kind_get ("openai"),
                              .name = (char *) "Main",
                              .address = (char *) "https://api.openai.com/v1",
                              .enabled = TRUE };
  static const char *const MODELS[] = { "big", "small", "vendor/free" }, *const PEOPLE[] = { "Anna", "Bo", "Cem" },
                           *const AGENTS[] = { "bot", "stray" };
  gint64 team = purser_catalogue_put_team (db, 0, "Blue", error);
  provider.id = purser_catalogue_put_provider (db, &provider, error);
  g_assert_cmpint (provider.id, >, 0);
  f->contract = fixture_contract (db, provider.id, 0, 0, 900000, error);
  g_assert_cmpint (f->contract, >, 0);
  for (guint i = 0; i < 3; i++)
    {
      PurserModel model = { .provider_id = provider.id,
                            .name = (char *) MODELS[i],
                            .context_tokens = 1000 * i,
                            .max_output = PURSER_UNKNOWN,
                            .listed = TRUE };
      PurserPrice price = { .valid_from = 0,
                            .currency = "EUR",
                            .list_pico = { 3000000, 300000, -1, -1, -1, 15000000, 15000000, -1, -1, -1 },
                            .source = (char *) "test" };
      f->models[i] = purser_catalogue_put_model (db, &model, error);
      f->prices[i] = i < 2 ? purser_catalogue_add_price (db, f->models[i], &price, error) : 0;
    }
  for (guint i = 0; i < 3; i++)
    {
      PurserPrincipal person = { .name = (char *) PEOPLE[i], .team_id = i == 0 ? team : 0 };
      f->people[i] = purser_catalogue_put_principal (db, &person, error);
    }
  for (guint i = 0; i < 2; i++)
    {
      PurserPrincipal agent = { .agent = TRUE, .name = (char *) AGENTS[i], .owner_id = i == 0 ? f->people[0] : 0 };
      f->agents[i] = purser_catalogue_put_principal (db, &agent, error);
    }
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  for (guint i = 0; i < 3; i++)
    f->workloads[i] = ((PurserWorkload *) g_ptr_array_index (org->workloads, i))->id;
  return purser_catalogue_raise (db, error);
}

static PurserStore *
fixture_open (const char *path, PurserStoreFlags flags)
{
  g_autoptr(GError) error = NULL;
  PurserStore *store = purser_store_open (path, flags, "Test GmbH", "EUR", "Europe/Berlin", &error);
  g_assert_no_error (error);
  g_assert_nonnull (store);
  return store;
}

static Fixture *
fixture_bare (void)
{
  Fixture *f = g_new0 (Fixture, 1);
  f->folder = g_dir_make_tmp ("purser-test-XXXXXX", NULL);
  g_assert_nonnull (f->folder);
  f->path = g_build_filename (f->folder, "test.purser", NULL);
  return f;
}

static Fixture *
fixture_new (void)
{
  g_autoptr(GError) error = NULL;
  Fixture *f = fixture_bare ();
  f->store = fixture_open (f->path, PURSER_STORE_CREATE);
  purser_store_write (f->store, FALSE, fixture_fill_job, f, &error);
  g_assert_no_error (error);
  return f;
}

static void
fixture_free (Fixture *f)
{
  if (f->store != NULL)
    g_assert_finalize_object (f->store);
  g_autoptr(GDir) dir = g_dir_open (f->folder, 0, NULL);
  for (const char *name = dir != NULL ? g_dir_read_name (dir) : NULL; name != NULL; name = g_dir_read_name (dir))
    {
      g_autofree char *path = g_build_filename (f->folder, name, NULL);
      g_assert_cmpint (g_remove (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->folder);
  g_free (f->path);
  g_free (f);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

/* Runs SQL as an intruder or a careless colleague would: through a job. */
static gboolean
fixture_sql_job (PurserDb *db, gpointer data, GError **error)
{
  return purser_db_run (db, error, data, "");
}

static gboolean
fixture_sql (PurserStore *store, const char *literal, GError **error)
{
  return purser_store_write (store, FALSE, fixture_sql_job, (gpointer) literal, error);
}

typedef struct
{
  const char *sql;
  gint64 value;
} FixtureNumber;

static gboolean
fixture_number_job (PurserDb *db, gpointer data, GError **error)
{
  FixtureNumber *number = data;
  PurserStatement *row = purser_db_query (db, error, number->sql, "");
  if (!purser_statement_step (row, error))
    return FALSE;
  number->value = purser_statement_opt (row, 0);
  return TRUE;
}

static gint64
fixture_number (PurserStore *store, const char *literal)
{
  g_autoptr(GError) error = NULL;
  FixtureNumber number = { literal, 0 };
  purser_store_read (store, fixture_number_job, &number, &error);
  g_assert_no_error (error);
  return number.value;
}

static void
fixture_assert_clean (PurserStore *store)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) findings = purser_store_verify (store, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < findings->len; i++)
    g_test_message ("verify: %s", (char *) g_ptr_array_index (findings, i));
  g_assert_cmpuint (findings->len, ==, 0);
}

/* One call: what to open, how it ends. */
typedef struct
{
  PurserLedgerOpen open;
  PurserLedgerAttempt attempt;
  PurserLedgerSettle settle;
  gint64 hop; /* model of a second attempt, 0 = none */
} FixtureCall;

static FixtureCall
fixture_call (Fixture *f, guint principal, guint workload, guint model)
{
  g_autoptr(PurserOrg) org = purser_store_get_org (f->store);
  FixtureCall call = {
    .open = { .generation = org->generation,
              .principal_id = f->people[principal],
              .workload_id = f->workloads[workload],
              .purpose = PURSER_PURPOSE_WORK,
              .model_id = f->models[model],
              .reserve_nano = 5000000,
              .dialect = "" },
    .attempt = { .outcome = "ok",
                 .status = 200,
                 .tokens = PURSER_TOKENS_UNKNOWN_INIT,
                 .price_id = f->prices[model],
                 .unpriced = f->prices[model] == 0,
                 .contract_id = f->prices[model] != 0 ? f->contract : 0,
                 .price_cost_nano = 2700,
                 .price_list_nano = 3000,
                 .cost_nano = 2700,
                 .list_nano = 3000,
                 .connect_us = 10,
                 .first_us = 20,
                 .first_text_us = 30,
                 .total_us = 40 },
    .settle = { .outcome = "ok", .model_id = f->models[model], .finish = "stop" },
  };
  call.attempt.tokens.kind[PURSER_TOKENS_INPUT_UNCACHED] = 100;
  call.attempt.tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE] = 10;
  return call;
}

static gboolean
fixture_open_job (PurserDb *db, gpointer data, GError **error)
{
  FixtureCall *call = data;
  if (!purser_ledger_open (db, &call->open, &call->attempt.call_id, &call->attempt.attempt_id, error))
    return FALSE;
  call->settle.call_id = call->attempt.call_id;
  return TRUE;
}

static gboolean
fixture_settle_job (PurserDb *db, gpointer data, GError **error)
{
  FixtureCall *call = data;
  return purser_ledger_settle (db, &call->attempt, &call->settle, error);
}

static void
fixture_make_call (Fixture *f, FixtureCall *call)
{
  g_autoptr(GError) error = NULL;
  purser_store_write (f->store, FALSE, fixture_open_job, call, &error);
  g_assert_no_error (error);
  purser_store_write (f->store, TRUE, fixture_settle_job, call, &error);
  g_assert_no_error (error);
}

typedef struct
{
  PurserSplit split;
  gboolean per_day, work, tests;
  gint32 first, last;
  GArray *rows;
} FixtureUsage;

static gboolean
fixture_usage_job (PurserDb *db, gpointer data, GError **error)
{
  FixtureUsage *u = data;
  u->rows = purser_ledger_usage (db, u->split, u->per_day, u->first, u->last, u->work, u->tests, error);
  return u->rows != NULL;
}

/* (transfer full) */
static GArray *
fixture_usage (PurserStore *store, PurserSplit split, gboolean per_day, gint32 first, gint32 last, gboolean tests)
{
  g_autoptr(GError) error = NULL;
  FixtureUsage u = { split, per_day, TRUE, tests, first, last, NULL };
  purser_store_read (store, fixture_usage_job, &u, &error);
  g_assert_no_error (error);
  return u.rows;
}

static const PurserUsageRow *
fixture_row (const GArray *rows, gint32 day, gint64 key)
{
  for (guint i = 0; i < rows->len; i++)
    {
      const PurserUsageRow *row = &g_array_index (rows, PurserUsageRow, i);
      if (row->day == day && row->key == key)
        return row;
    }
  return NULL;
}

static void
fixture_write (PurserStore *store, PurserStoreFunc func, gpointer data)
{
  g_autoptr(GError) error = NULL;
  purser_store_write (store, FALSE, func, data, &error);
  g_assert_no_error (error);
}

static void
fixture_refuse (PurserStore *store, PurserStoreFunc func, gpointer data, int code)
{
  g_autoptr(GError) error = NULL;
  g_assert_false (purser_store_write (store, FALSE, func, data, &error));
  g_assert_error (error, PURSER_STORE_ERROR, code);
}

/* Runs BODY in a write job. */
typedef gboolean (*FixtureBody) (PurserDb *db, Fixture *f, GError **error);
typedef struct
{
  Fixture *fixture;
  FixtureBody body;
} FixtureRun;

static gboolean
fixture_run_job (PurserDb *db, gpointer data, GError **error)
{
  FixtureRun *run = data;
  return run->body (db, run->fixture, error);
}

static void
fixture_run (Fixture *f, FixtureBody body)
{
  g_autoptr(GError) error = NULL;
  FixtureRun run = { f, body };
  purser_store_write (f->store, FALSE, fixture_run_job, &run, &error);
  g_assert_no_error (error);
}

/* One version of a model's price, PICO for each token of any kind; -1 = none. The version's id. */
static gint64
fixture_price (PurserDb *db, gint64 model, gint64 from, const char *origin, const char *currency, gint64 pico)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserPrice) price = purser_price_new ();
  price->valid_from = from;
  price->origin = g_strdup (origin);
  price->source = g_strdup ("test");
  g_strlcpy (price->currency, currency, sizeof price->currency);
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    price->list_pico[i] = pico;
  gint64 id = purser_catalogue_add_price (db, model, price, &error);
  g_assert_no_error (error);
  return id;
}

/* What MODEL costs at TIME for a token of input under the contract then; -1 = unpriced. */
static gint64
fixture_paid_at (PurserDb *db, gint64 model, gint64 time)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserPrice) price = purser_prices_at (db, model, time, &error);
  g_assert_no_error (error);
  return price != NULL ? price->contract_pico[0] : -1;
}

/* A band whose prices are PICO and a little more for each kind; one kind has none. */
static void
fixture_band (PurserPrice *price, const char *mode, const char *region, gint64 above, gint64 pico)
{
  PurserPriceBand band = { .above = above };
  g_strlcpy (band.mode, mode, sizeof band.mode);
  g_strlcpy (band.region, region, sizeof band.region);
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    band.list_pico[i] = i == 3 ? -1 : pico + i;
  if (price->bands == NULL)
    price->bands = g_array_new (FALSE, FALSE, sizeof band);
  g_array_append_val (price->bands, band);
}

static gint64
fixture_rate (PurserDb *db, const char *from, const char *to, gint64 valid_from, gint64 rate_nano)
{
  g_autoptr(GError) error = NULL;
  PurserRate rate = { .valid_from = valid_from, .rate_nano = rate_nano, .source = (char *) "test" };
  g_strlcpy (rate.from, from, sizeof rate.from);
  g_strlcpy (rate.to, to, sizeof rate.to);
  gint64 id = purser_prices_put_rate (db, &rate, &error);
  g_assert_no_error (error);
  return id;
}

static gint32
fixture_today (Fixture *f)
{
  return purser_day_of ("Europe/Berlin", purser_store_now (f->store));
}

#pragma GCC diagnostic pop
