/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <string.h>

#include "purser-db-private.h"
#include "purser-migrate.h"

/* An organisation's file as version 1 wrote it: the script of that version, and rows by hand. */

/* Ada gives 10 % since ever. Bea gave nothing, and since time 5000 gives 20 %: her prices were entered again then. Cem has no contract. */
static const char ROWS[] =
    "INSERT INTO organisation (id, uid, name, currency, timezone, quarters_from, created_at) "
    "VALUES (1, 'u', 'Old GmbH', 'EUR', 'Europe/Berlin', 0, 1);"
    "INSERT INTO provider (id, kind, name, address, multiplier_ppm) VALUES "
    "(1, 'openai', 'Ada', 'https://a.example', 900000), (2, 'anthropic', 'Bea', 'https://b.example', 800000), "
    "(3, 'ollama', 'Cem', 'http://localhost:11434', 1000000), (4, 'openai', 'Dan', 'https://d.example', 700000);"
    "INSERT INTO model (id, provider_id, name) VALUES (1, 1, 'one'), (2, 2, 'two'), (3, 3, 'three'), (4, 3, 'four'), "
    "(5, 4, 'five');"
    "INSERT INTO price (id, model_id, valid_from, currency, list_input_uncached, list_output_visible, "
    "contract_input_uncached, contract_output_visible, source, created_at) VALUES "
    "(1, 1, 1000, 'EUR', 3000005, 15000000, 2700004, 13500000, 'typed', 1000), "
    "(2, 2, 1000, 'EUR', 1000000, 2000000, 1000000, 2000000, 'admin', 1000), "
    "(3, 2, 5000, 'EUR', 1000000, 2000000, 800000, 1600000, 'admin', 5000), "
    "(4, 3, 1000, 'EUR', 0, 0, 0, 0, 'local', 1000), "
    "(5, 1, 7000, 'EUR', 2000000, 10000000, 1800000, 9000000, 'typed', 7000), "
    "(6, 3, 8000, 'EUR', 0, 0, 0, 0, 'practice', 8000), "
    "(7, 5, 1000, 'EUR', 1000000, 1000000, 950000, 950000, 'typed', 1000);" /* under a contract that is forgotten */
    "INSERT INTO workload (id, name, builtin) VALUES (1, 'drafting', 1);"
    "INSERT INTO principal (id, agent, created_at) VALUES (1, 0, 1);"
    "INSERT INTO personal VALUES (1, 'Anna');";

/* Model, time, price, tokens in and out, list, cost; price 0: unpriced. */
static const gint64 CALLS[][7] = {
  { 1, 2000, 1, 1000, 100, 4500005, 4050004 },
  { 2, 2000, 2, 1000, 100, 1200000, 1200000 },
  { 2, 6000, 3, 1000, 100, 1200000, 960000 },
  { 3, 6000, 4, 1000, 100, 0, 0 },
  { 4, 6000, 0, 1000, 100, 0, 0 },
  { 1, 8000, 5, 1000, 100, 3000000, 2700000 },
  { 5, 2000, 7, 1000, 100, 1100000, 1045000 },
};

static gboolean
put_call (PurserDb *db, gint64 id, const gint64 *c, GError **error)
{
  return purser_db_run (db, error,
                        "INSERT INTO call (id, generation, opened_at, principal_id, workload_id, purpose, dialect, "
                        "streamed, reserve_nano, closed_at, outcome, model_id) "
                        "VALUES (?1, 1, ?2, 1, 1, 'work', '', 0, 0, ?2 + 5, 'ok', ?3)",
                        "iii", id, c[1], c[0])
         && purser_db_run (db, error,
                           "INSERT INTO attempt (call_id, number, model_id, generation, opened_at, closed_at, outcome, "
                           "input_uncached, output_visible, price_id, unpriced, list_nano, cost_nano, total_us) "
                           "VALUES (?1, 1, ?2, 1, ?3, ?3 + 5, 'ok', ?4, ?5, NULLIF (?6, 0), ?6 = 0, ?7, ?8, 5)",
                           "iiiiiiii", id, c[0], c[1], c[3], c[4], c[2], c[5], c[6]);
}

#define SUMS                                                                                                       \
  "COUNT (*), 0, 0, SUM (COALESCE (a.input_uncached, 0)), 0, 0, 0, 0, SUM (COALESCE (a.output_visible, 0)), 0, "   \
  "SUM (a.cost_nano), SUM (a.list_nano), SUM (CASE WHEN a.unpriced THEN a.input_uncached + a.output_visible ELSE " \
  "0 END), SUM (a.unpriced), 0 FROM call c JOIN attempt a ON a.call_id = c.id "

/* The roll-ups as version 1 kept them; all calls are of the first day. */
static const char ROLLUPS[] = "INSERT INTO usage_day SELECT 0, 0, 1, 1, a.model_id, " SUMS "GROUP BY a.model_id;"
                              "INSERT INTO usage_day_principal SELECT 0, 0, 1, " SUMS ";"
                              "INSERT INTO usage_day_workload SELECT 0, 0, 1, " SUMS ";"
                              "INSERT INTO usage_day_model SELECT 0, 0, a.model_id, " SUMS "GROUP BY a.model_id;"
                              "INSERT INTO usage_quarter SELECT 0, 0, 1, a.model_id, " SUMS "GROUP BY a.model_id;";

/* As version VERSION wrote it; version 2 left the rows of version 1 as they were. */
static void
make_version (const char *path, guint version)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserSchema) schema = purser_schema_load ();
  g_ptr_array_set_size (schema->scripts, version);
  g_autoptr(PurserDb) db = purser_db_open (path, PURSER_DB_WRITE | PURSER_DB_NEW, &error);
  g_assert_no_error (error);
  g_assert_true (purser_schema_create (schema, db, &error) && purser_db_exec (db, ROWS, &error));
  for (guint i = 0; i < G_N_ELEMENTS (CALLS); i++)
    g_assert_true (put_call (db, i + 1, CALLS[i], &error));
  g_assert_true (purser_db_exec (db, ROLLUPS, &error));
  g_assert_no_error (error);
}

static Fixture *
old_file (void)
{
  Fixture *f = fixture_bare ();
  make_version (f->path, 1);
  g_autofree char *copy = g_strdup_printf ("%s.before-format-3", f->path);
  f->store = fixture_open (f->path, PURSER_STORE_OPEN);
  g_assert_true (g_file_test (copy, G_FILE_TEST_EXISTS));
  return f;
}

/* Not one figure is another one than before, and the file is sound. */
static void
test_totals (void)
{
  g_autoptr(Fixture) f = old_file ();
  gint64 list = 0, cost = 0;
  for (guint i = 0; i < G_N_ELEMENTS (CALLS); i++)
    {
      list += CALLS[i][5];
      cost += CALLS[i][6];
    }
  g_assert_cmpint (fixture_number (f->store, "PRAGMA user_version"), ==, 3);
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (list_nano) FROM usage_day"), ==, list);
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (cost_nano) FROM usage_day_workload"), ==, cost);
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (cost_nano) FROM attempt"), ==, cost);
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (unpriced_tokens) FROM usage_day_model"), ==, 1100);
  fixture_assert_clean (f->store);
}

static gint64
paid (PurserDb *db, gint64 model, gint64 time)
{
  g_autoptr(PurserPrice) price = purser_prices_at (db, model, time, NULL);
  return price != NULL ? price->contract_pico[0] : -1;
}

static gboolean
contracts_body (PurserDb *db, Fixture *f, GError **error)
{
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  static const gint64 MULTIPLIERS[] = { 900000, 800000, PURSER_PPM, 700000 };
  for (guint i = 0; i < G_N_ELEMENTS (MULTIPLIERS); i++)
    g_assert_cmpint (purser_org_provider (org, i + 1)->multiplier_ppm, ==, MULTIPLIERS[i]);
  g_assert_cmpuint (org->contracts->len, ==, 3);
  g_assert_cmpint (purser_org_contract_at (org, 1, 0)->valid_from, ==, 0);
  g_assert_cmpint (purser_org_contract_at (org, 2, 6000)->valid_from, ==, 5000);
  g_assert_null (purser_org_contract_at (org, 2, 4999));
  g_assert_null (purser_org_contract_at (org, 3, 6000));
  g_assert_null (purser_org_contract_at (org, 4, 6000)); /* explains no price at all: from the migration on */
  g_assert_cmpint (paid (db, 1, 2000), ==, 2700004);
  g_assert_cmpint (paid (db, 1, 7000), ==, 1800000);
  g_assert_cmpint (paid (db, 2, 4999), ==, 1000000);
  g_assert_cmpint (paid (db, 2, 5000), ==, 800000);
  g_assert_cmpint (paid (db, 3, 5000), ==, 0);
  g_assert_cmpint (paid (db, 4, 5000), ==, -1);
  g_autoptr(GPtrArray) history = purser_prices_history (db, 3, error);
  g_assert_cmpstr (((PurserPriceVersion *) history->pdata[0])->price->origin, ==, "practice");
  g_assert_cmpstr (((PurserPriceVersion *) history->pdata[1])->price->origin, ==, "local");
  g_autoptr(GPtrArray) own = purser_prices_history (db, 1, error);
  g_assert_cmpstr (((PurserPriceVersion *) own->pdata[0])->price->origin, ==, "admin");
  g_assert_cmpstr (((PurserPriceVersion *) own->pdata[0])->price->source, ==, "typed");
  const PurserModel *model = purser_org_model (org, 1);
  g_assert_cmpint (model->tools, ==, -1);
  g_assert_null (model->retires_on);
  g_assert_cmpstr (org->display_currency, ==, "");
  return TRUE;
}

static void
test_contracts (void)
{
  g_autoptr(Fixture) f = old_file ();
  fixture_run (f, contracts_body);
}

/* --- From version 2 --- */

static const char GATEWAY_ROWS[] =
    "INSERT INTO access_key (id, principal_id, sha256, hint, created_at, revoked_at, last_used_at) VALUES "
    "(1, 1, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'b855', 3, NULL, 4), "
    "(2, 1, 'no hash', 'hash', 3, 5, NULL);"
    "INSERT INTO assignment (workload_id, position, model_id) VALUES (1, 0, 2), (1, 1, 1);"
    "INSERT INTO process (id, lock_byte, started_at) VALUES (1, 77, 1);"
    "INSERT INTO call (id, process_id, generation, opened_at, purpose, dialect, streamed, reserve_nano) VALUES "
    "(100, 1, 1, 9000, 'work', '', 0, 5000);"
    "INSERT INTO attempt (call_id, number, model_id, generation, opened_at) VALUES (100, 1, 1, 1, 9000);";

static void
assert_no_settings (const PurserOrg *org)
{
  const PurserWorkload *workload = purser_org_workload (org, 1);
  g_assert_cmpint (workload->connect_ms + workload->first_content_ms + workload->silence_ms, ==, 0);
  g_assert_false (workload->drain || workload->spread || workload->no_training || workload->retention_limited);
  g_assert_null (workload->regions);
  g_assert_null (workload->weights);
  g_assert_cmpuint (workload->n_models, ==, 2);
  g_assert_cmpint (workload->models[0], ==, 2);
  g_assert_cmpint (purser_org_principal (org, 1)->calls_per_minute, ==, 0);
  g_assert_cmpint (purser_org_principal (org, 1)->calls_at_once, ==, 0);
  g_assert_cmpuint (org->terms->len + org->budgets->len, ==, 0);
  g_assert_false (org->gateway.enabled);
  g_assert_cmpint (org->gateway.port, ==, 8377);
  g_assert_cmpint (org->gateway.durability, ==, PURSER_SURVIVES_POWER);
}

static gboolean
from_2_body (PurserDb *db, Fixture *f, GError **error)
{
  static const guint8 NOTHING[32] = { 0 };
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  assert_no_settings (org);
  const PurserAccessKey *key = purser_org_access_key (org, 1);
  g_assert_cmpint (key->sha256[0], ==, 0xe3);
  g_assert_cmpint (key->sha256[31], ==, 0x55);
  g_assert_cmpint (key->expires_at, ==, 0);
  g_assert_false (key->any_model || key->workloads != NULL || key->models != NULL);
  g_assert_cmpmem (purser_org_access_key (org, 2)->sha256, 32, NOTHING, 32);
  g_autoptr(PurserCallRecord) call = purser_ledger_call (db, 1, error);
  g_assert_cmpstr (call->call->outcome, ==, "ok");
  g_assert_cmpint (call->access_key_id, ==, 0);
  g_assert_null (call->behalf);
  g_assert_cmpuint (call->skips->len, ==, 0);
  return TRUE;
}

/* What a killed program of version 2 left open is closed by version 3, and nothing else has moved. */
static void
test_from_version_2 (void)
{
  g_autoptr(Fixture) f = fixture_bare ();
  g_autoptr(GError) error = NULL;
  make_version (f->path, 2);
  PurserDb *db = purser_db_open (f->path, PURSER_DB_WRITE, &error);
  g_assert_true (purser_db_exec (db, GATEWAY_ROWS, &error));
  g_assert_no_error (error);
  purser_db_close (db);
  f->store = fixture_open (f->path, PURSER_STORE_OPEN);
  g_assert_cmpint (fixture_number (f->store, "PRAGMA user_version"), ==, 3);
  g_autofree char *copy = g_strdup_printf ("%s.before-format-3", f->path);
  g_assert_true (g_file_test (copy, G_FILE_TEST_EXISTS));
  fixture_run (f, from_2_body);
  for (guint i = 0; i < 200 && fixture_number (f->store, "SELECT COUNT (*) FROM call WHERE closed_at IS NULL") > 0; i++)
    {
      /* The owners file is new, so the first look is a careful one: a second opening looks at once. */
      g_assert_finalize_object (f->store);
      f->store = fixture_open (f->path, PURSER_STORE_OPEN);
    }
  g_assert_cmpint (fixture_number (f->store, "SELECT cost_nano FROM attempt WHERE call_id = 100"), ==, 5000);
  g_assert_cmpint (fixture_number (f->store, "SELECT COUNT (*) FROM budget_use"), ==, 0);
  fixture_assert_clean (f->store);
}

typedef struct
{
  gint64 after;
  gboolean more;
  PurserRepriceResult result;
} Step;

static gboolean
reprice_job (PurserDb *db, gpointer data, GError **error)
{
  Step *step = data;
  PurserReprice all = { .reason = "test" };
  return purser_ledger_reprice (db, &all, 1000, &step->after, &step->more, &step->result, error);
}

/* What was charged in version 1 is what version 2 would charge; but for the one whose contract nobody knows any more. */
static void
test_charged_alike (void)
{
  g_autoptr(Fixture) f = old_file ();
  Step step = { 0 };
  fixture_write (f->store, reprice_job, &step);
  g_assert_cmpint (step.result.attempts, ==, G_N_ELEMENTS (CALLS));
  g_assert_cmpint (step.result.still_unpriced, ==, 1);
  g_assert_cmpint (step.result.corrected, ==, 1);
  g_assert_cmpint (step.result.cost_nano, ==, 1100000 - 1045000);
  fixture_assert_clean (f->store);
}

/* The triggers of version 1 still stand, also the one that had to step aside. */
static void
test_triggers (void)
{
  static const char *const FORBIDDEN[] = { "UPDATE price SET source = 'x'",
                                           "UPDATE price SET origin = 'catalogue'",
                                           "DELETE FROM price",
                                           "UPDATE attempt SET region = 'us'",
                                           "UPDATE attempt SET price_cost_nano = 1",
                                           "DELETE FROM call",
                                           "UPDATE call SET access_key_id = 1, closed_at = 1, outcome = 'ok'" };
  g_autoptr(Fixture) f = old_file ();
  for (guint i = 0; i < G_N_ELEMENTS (FORBIDDEN); i++)
    {
      g_autoptr(GError) error = NULL;
      g_assert_false (fixture_sql (f->store, FORBIDDEN[i], &error));
      g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
    }
}

static gboolean
schema_job (PurserDb *db, gpointer data, GError **error)
{
  GString *text = data;
  PurserStatement *row = purser_db_query (db, error,
                                          "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' "
                                          "ORDER BY type, name",
                                          "");
  while (purser_statement_step (row, error))
    g_string_append_printf (text, "%s %s %s\n", purser_statement_text (row, 0), purser_statement_text (row, 1),
                            purser_statement_text (row, 2));
  return !purser_statement_failed (row);
}

/* A new file and an old one that was brought up to date are alike. */
static void
test_same_schema (void)
{
  g_autoptr(Fixture) f = old_file ();
  g_autoptr(PurserStore) fresh = fixture_open (":memory:", PURSER_STORE_CREATE);
  g_autoptr(GString) a = g_string_new (NULL), b = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  g_assert_true (purser_store_read (f->store, schema_job, a, &error));
  g_assert_true (purser_store_read (fresh, schema_job, b, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (a->str, ==, b->str);
  g_assert_nonnull (strstr (a->str, "trigger correction_of_open_month"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/migration/totals", test_totals);
  g_test_add_func ("/migration/contracts", test_contracts);
  g_test_add_func ("/migration/charged-alike", test_charged_alike);
  g_test_add_func ("/migration/triggers", test_triggers);
  g_test_add_func ("/migration/same-schema", test_same_schema);
  g_test_add_func ("/migration/from-version-2", test_from_version_2);
  return g_test_run ();
}
