/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A large organisation: 150 people and 50 agents in 12 teams, 8 workloads, 12 models of 4 providers, and as many calls
 * over a year as asked for. */
#include "bench.h"

#include <glib/gstdio.h>

enum
{
  PEOPLE = 150,
  AGENTS = 50,
  TEAMS = 12,
  WORKLOADS = 8,
  PROVIDERS = 4,
  MODELS = 12,
  DAYS = 365,
  PER_JOB = 5000
};

typedef struct
{
  gint64 principals[PEOPLE + AGENTS], workloads[WORKLOADS], models[MODELS], teams[TEAMS];
  PurserOrg *org; /* (owned) */
  GRand *random; /* (owned) seeded: the same calls on every machine */
  gint64 start, step;
  guint done, calls;
} Ledger;

static gboolean
add_models (Ledger *ledger, PurserDb *db, GError **error)
{
  static const char *const KINDS[PROVIDERS] = { "openai", "anthropic", "ollama", "openai-compatible" };
  gint64 providers[PROVIDERS];
  for (guint i = 0; i < MODELS; i++)
    {
      g_autofree char *name = g_strdup_printf ("model-%u", i + 1);
      g_autofree char *owner = g_strdup_printf ("Provider %u", i % PROVIDERS + 1);
      PurserProvider provider = { .kind = purser_kind_get (KINDS[i % PROVIDERS]),
                                  .name = owner,
                                  .enabled = TRUE,
                                  .address = (char *) "http://127.0.0.1:9",
                                  .multiplier_ppm = PURSER_PPM };
      PurserModel model = { .name = name, .context_tokens = 128000, .max_output = 8192, .listed = TRUE };
      PurserPrice price = { .valid_from = 1, .currency = "EUR", .source = (char *) "bench" };
      for (guint kind = 0; kind < PURSER_N_TOKEN_KINDS; kind++)
        price.list_pico[kind] = 400000 * (i + 1) * (kind < PURSER_TOKENS_OUTPUT_VISIBLE ? 1 : 4);
      if (i < PROVIDERS)
        providers[i] = purser_catalogue_put_provider (db, &provider, error);
      model.provider_id = providers[i % PROVIDERS];
      ledger->models[i] = purser_catalogue_put_model (db, &model, error);
      if (ledger->models[i] == 0 || !purser_price_apply_discount (&price, PURSER_PPM, error)
          || purser_catalogue_add_price (db, ledger->models[i], &price, error) == 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_workloads (Ledger *ledger, PurserDb *db, GError **error)
{
  for (guint i = 0; i < WORKLOADS; i++)
    {
      g_autofree char *name = g_strdup_printf ("work-%u", i + 1);
      gint64 models[] = { ledger->models[i], ledger->models[i + 1] };
      PurserWorkload workload = { .name = name, .models = models, .n_models = 2 };
      ledger->workloads[i] = purser_catalogue_put_workload (db, &workload, error);
      if (ledger->workloads[i] == 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_people (Ledger *ledger, PurserDb *db, GError **error)
{
  for (guint i = 0; i < TEAMS; i++)
    {
      g_autofree char *name = g_strdup_printf ("Team %u", i + 1);
      ledger->teams[i] = purser_catalogue_put_team (db, 0, name, error);
    }
  for (guint i = 0; i < PEOPLE + AGENTS; i++)
    {
      g_autofree char *name = g_strdup_printf (i < PEOPLE ? "Person %u" : "agent-%u", i + 1);
      PurserPrincipal principal = { .name = name,
                                    .agent = i >= PEOPLE,
                                    .team_id = ledger->teams[i % TEAMS],
                                    .owner_id = i >= PEOPLE ? ledger->principals[i - PEOPLE] : 0 };
      ledger->principals[i] = purser_catalogue_put_principal (db, &principal, error);
      if (ledger->principals[i] == 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
found_job (PurserDb *db, gpointer data, GError **error)
{
  Ledger *ledger = data;
  if (!add_models (ledger, db, error) || !add_workloads (ledger, db, error) || !add_people (ledger, db, error)
      || !purser_catalogue_raise (db, error))
    return FALSE;
  ledger->org = purser_catalogue_load (db, error);
  return ledger->org != NULL;
}

/* Everybody has two workloads; one call in thirty goes to the fallback. */
static gboolean
add_call (Ledger *ledger, PurserDb *db, gint64 at, GError **error)
{
  guint who = g_rand_int_range (ledger->random, 0, PEOPLE + AGENTS);
  guint work = (who + (guint) g_rand_boolean (ledger->random)) % WORKLOADS;
  guint answered = work + (g_rand_int_range (ledger->random, 0, 30) == 0);
  const PurserPrice *price = purser_org_model (ledger->org, ledger->models[answered])->price;
  PurserLedgerOpen open = { .generation = ledger->org->generation,
                            .principal_id = ledger->principals[who],
                            .workload_id = ledger->workloads[work],
                            .model_id = ledger->models[work],
                            .dialect = "" };
  PurserLedgerAttempt attempt = { .outcome = "ok",
                                  .status = 200,
                                  .tokens = PURSER_TOKENS_UNKNOWN_INIT,
                                  .price_id = price->id,
                                  .connect_us = 9000,
                                  .first_us = 350000,
                                  .first_text_us = 350000,
                                  .total_us = 2500000 };
  PurserLedgerSettle settle = { .outcome = "ok", .model_id = ledger->models[answered], .finish = "stop" };
  attempt.tokens.kind[PURSER_TOKENS_INPUT_UNCACHED] = g_rand_int_range (ledger->random, 50, 4000);
  attempt.tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE] = g_rand_int_range (ledger->random, 10, 900);
  attempt.unpriced =
      purser_price_charge (price, &attempt.tokens, &attempt.list_nano, &attempt.cost_nano) != PURSER_CHARGE_PRICED;
  return purser_ledger_insert_closed (db, at, &open, &attempt, &settle, error);
}

static gboolean
fill_job (PurserDb *db, gpointer data, GError **error)
{
  Ledger *ledger = data;
  for (guint i = 0; i < PER_JOB && ledger->done < ledger->calls; i++, ledger->done++)
    if (!add_call (ledger, db, ledger->start + ledger->step * ledger->done, error))
      return FALSE;
  return TRUE;
}

static PurserStore *
open_store (const char *path, PurserStoreFlags flags)
{
  g_autoptr(GError) error = NULL;
  PurserStore *store = purser_store_open (path, flags, "Bench", "EUR", "Europe/Berlin", &error);
  g_assert_no_error (error);
  return store;
}

static void
make (const char *path, guint calls)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserStore) store = open_store (path, PURSER_STORE_CREATE);
  Ledger ledger = { .random = g_rand_new_with_seed (1), .calls = calls, .step = DAYS * G_TIME_SPAN_DAY / calls };
  gint64 began = g_get_monotonic_time ();
  ledger.start = g_get_real_time () - ledger.step * (calls - 1);
  purser_store_write (store, TRUE, found_job, &ledger, &error);
  while (error == NULL && ledger.done < calls)
    purser_store_write (store, FALSE, fill_job, &ledger, &error);
  g_assert_no_error (error);
  g_printerr ("a ledger of %u calls made in %.0f s\n", calls, (g_get_monotonic_time () - began) / 1e6);
  purser_store_close (store);
  purser_org_unref (ledger.org);
  g_rand_free (ledger.random);
}

/* The window shows this month: a ledger of another day may have nothing in it. */
static gboolean
is_good (PurserStore *store, guint calls)
{
  gint64 last = bench_number (store, "SELECT MAX (opened_at) FROM call");
  return bench_number (store, "SELECT COUNT (*) FROM call") == calls
         && purser_day_of ("Europe/Berlin", last) == purser_day_of ("Europe/Berlin", purser_store_now (store));
}

/* A folder is renamed once the ledger in it is whole: one that was not finished is never used. */
PurserStore *
bench_ledger (const char *folder, guint calls)
{
  g_autofree char *whole = g_build_filename (folder, "ledger", NULL);
  g_autofree char *path = g_build_filename (whole, "bench.purser", NULL);
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_autoptr(PurserStore) store = open_store (path, PURSER_STORE_OPEN);
      if (is_good (store, calls))
        return g_steal_pointer (&store);
      purser_store_close (store);
      bench_remove (whole);
    }
  g_autofree char *part = g_build_filename (folder, "ledger-XXXXXX", NULL);
  g_assert_nonnull (g_mkdtemp (part));
  g_autofree char *part_path = g_build_filename (part, "bench.purser", NULL);
  make (part_path, calls);
  g_assert_cmpint (g_rename (part, whole), ==, 0);
  return open_store (path, PURSER_STORE_OPEN);
}

typedef struct
{
  const char *sql;
  gint64 value;
} Number;

static gboolean
number_job (PurserDb *db, gpointer data, GError **error)
{
  Number *number = data;
  PurserStatement *row = purser_db_query (db, error, number->sql, "");
  if (!purser_statement_step (row, error))
    return FALSE;
  number->value = purser_statement_int (row, 0);
  return TRUE;
}

gint64
bench_number (PurserStore *store, const char *literal)
{
  g_autoptr(GError) error = NULL;
  Number number = { literal, 0 };
  purser_store_read (store, number_job, &number, &error);
  g_assert_no_error (error);
  return number.value;
}
