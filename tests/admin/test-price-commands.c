/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prices, contracts, rates and months as commands: what counts when, what the audit trail keeps, what is refused. */
#include <glib/gstdio.h>
#include <string.h>

#include "purser-json.h"
#include "purser-names.h"
#include "purser-price-list.h"

/* 2026-11-23T12:00:00Z, and days around it. */
#define NOW (G_GINT64_CONSTANT (1795435200) * G_USEC_PER_SEC)
#define DAY G_TIME_SPAN_DAY
#define MIDNIGHT(offset) (NOW - 12 * G_TIME_SPAN_HOUR + (offset) * DAY)

static gint64 clock_now;

static gint64
test_clock (void)
{
  return clock_now;
}

typedef struct
{
  char        *folder;
  PurserStore *store;
  PurserAdmin *admin;
  gint64       provider; /* Acme, of kind openai */
} Fixture;

static const char HEAD[] = "{\"format\": 1, \"built\": \"2026-11-23\", \"sources\": [{\"id\": \"s\", \"name\": \"S\", \"version\": \"1\"}], \"providers\": [{\"id\": \"acme\", \"name\": \"Acme\", \"kinds\": [\"openai\"], \"models\": [";
static const char TAIL[] = "]}]}";

#define BANDS(input, output) "\"currency\": \"USD\", \"source\": \"s\", \"bands\": [{\"input_uncached\": \"" input "\", \"cache_read\": \"0.1\", \"output_visible\": \"" output "\", \"output_reasoning\": \"" output "\"}]"
#define LARGE(prices) "{\"id\": \"large\", \"match\": {\"equals\": \"large\"}, \"context\": 200000, \"max_output\": 8192, \"tools\": true, \"retires\": \"2027-06-30\", \"replacement\": \"larger\", \"prices\": [" prices "]}"
#define SMALL(prices) "{\"id\": \"small\", \"match\": {\"equals\": \"small\"}, \"prices\": [" prices "]}"
#define EVER(input, output) "{\"from\": null, " BANDS (input, output) "}"
#define FROM(day, input, output) "{\"from\": \"" day "\", " BANDS (input, output) "}"

static PurserPriceList *
parse (const char *models)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strconcat (HEAD, models, TAIL, NULL);
  PurserPriceList *list = purser_price_list_parse ("list", text, strlen (text), &error);
  g_assert_no_error (error);
  return list;
}

static gint64
run (Fixture *f, PurserCommand *command)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserOutcome) outcome = purser_admin_run (f->admin, command, &error);
  g_assert_no_error (error);
  g_assert_nonnull (outcome);
  return outcome->id;
}

static void
refused (Fixture *f, PurserCommand *command, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserOrg) before = purser_store_get_org (f->store);
  g_autoptr (PurserOutcome) outcome = purser_admin_run (f->admin, command, &error);
  if (outcome != NULL)
    g_error ("what should be refused with “%s” was not", words);
  g_assert_nonnull (error);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” does not say “%s”", error->message, words);
  g_autoptr (PurserOrg) after = purser_store_get_org (f->store);
  g_assert_cmpint (before->generation, ==, after->generation); /* nothing changed */
}

static PurserListedModel *
listed (const char *name)
{
  PurserListedModel *model = g_new0 (PurserListedModel, 1);
  model->name = g_strdup (name);
  model->context_tokens = model->max_output = PURSER_UNKNOWN;
  model->chat = TRUE;
  return model;
}

/* Acme with its three models, of which the list knows two. */
static void
add_acme (Fixture *f)
{
  g_autoptr (PurserPriceList) list = parse (LARGE (EVER ("5", "25") ", " FROM ("2026-11-01", "4", "20") ", " FROM ("2026-12-01", "3", "15")) ", " SMALL (EVER ("1", "2")));
  g_autoptr (GPtrArray) models = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_listed_model_free);
  purser_admin_set_price_list (f->admin, list);
  f->provider = run (f, purser_command_add_provider ("openai", "Acme", NULL, NULL, NULL, NULL));
  g_ptr_array_add (models, listed ("large"));
  g_ptr_array_add (models, listed ("small"));
  g_ptr_array_add (models, listed ("odd"));
  run (f, purser_command_set_models (f->provider, models));
}

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserVault) vault = purser_vault_new ("test");
  f->folder = g_dir_make_tmp ("purser-prices-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (f->folder, "a.purser", NULL);
  f->store = purser_store_open (path, PURSER_STORE_CREATE, "Hartmann & Partner", "EUR", "Europe/Berlin", &error);
  g_assert_no_error (error);
  clock_now = NOW;
  purser_store_set_clock (f->store, test_clock);
  f->admin = purser_admin_new (f->store, vault, "ada");
  add_acme (f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_clear_object (&f->admin);
  purser_store_close (f->store);
  g_clear_object (&f->store);
  g_autoptr (GDir) dir = g_dir_open (f->folder, 0, NULL);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;)
    {
      g_autofree char *path = g_build_filename (f->folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (f->folder);
  g_free (f->folder);
}

/* ------------------------------------------------------------------ looking */

typedef struct { gint64 model_id, time; PurserPrice *price; } At;

static gboolean
at_job (PurserDb *db, gpointer data, GError **error)
{
  At *at = data;
  g_autoptr (GError) why = NULL;
  at->price = purser_prices_at (db, at->model_id, at->time, &why);
  g_assert_no_error (why);
  return TRUE;
}

static PurserPrice *
price_at (Fixture *f, gint64 model_id, gint64 time)
{
  At at = { model_id, time, NULL };
  g_assert_true (purser_store_read (f->store, at_job, &at, NULL));
  return at.price;
}

static gint64
model_id (Fixture *f, const char *ref)
{
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  const PurserModel *model = purser_org_model_ref (org, ref);
  g_assert_nonnull (model);
  return model->id;
}

/* INPUT at list and as paid, in pico; -1 = unpriced. */
static void
assert_price (Fixture *f, const char *ref, gint64 time, gint64 list, gint64 paid)
{
  g_autoptr (PurserPrice) price = price_at (f, model_id (f, ref), time);
  g_assert_cmpint (price != NULL ? price->list_pico[PURSER_TOKENS_INPUT_UNCACHED] : -1, ==, list);
  g_assert_cmpint (price != NULL ? price->contract_pico[PURSER_TOKENS_INPUT_UNCACHED] : -1, ==, paid);
}

static gboolean
audit_job (PurserDb *db, gpointer data, GError **error)
{
  return purser_audit_list (db, 1000, data, error);
}

/* The newest entry, and how many there are. (transfer full) */
static JsonArray *
audit (Fixture *f)
{
  JsonArray *entries = json_array_new ();
  g_assert_true (purser_store_read (f->store, audit_job, entries, NULL));
  return entries;
}

/* What the newest entry holds: its action, and a member of "after" as a number. */
static gint64
audited (Fixture *f, const char *action, const char *member)
{
  g_autoptr (JsonArray) entries = audit (f);
  JsonObject *newest = json_array_get_object_element (entries, 0);
  g_assert_cmpstr (purser_json_string (newest, "action"), ==, action);
  g_assert_cmpstr (purser_json_string (newest, "actor"), ==, "ada");
  const char *after = purser_json_string (newest, "after");
  g_autoptr (JsonNode) node = after != NULL ? purser_json_parse (after, -1, NULL) : NULL;
  JsonObject *object = node != NULL ? purser_json_object (node) : purser_json_member (newest, "after");
  return member != NULL ? purser_json_int (object, member, G_MININT64) : 0;
}

/* ------------------------------------------------------------------ the list's prices for new models */

static void
test_new_models (Fixture *f, gconstpointer data)
{
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  const PurserModel *large = purser_org_model_ref (org, "Acme/large");
  assert_price (f, "Acme/large", 0, 5000000, 5000000);
  assert_price (f, "Acme/large", NOW, 4000000, 4000000);
  assert_price (f, "Acme/large", NOW + 30 * DAY, 3000000, 3000000); /* announced: comes by itself */
  g_assert_cmpstr (large->price->currency, ==, "USD");
  g_assert_cmpstr (large->price->origin, ==, "catalogue");
  g_assert_cmpstr (large->price->source, ==, "s 1");
  g_assert_cmpint (large->context_tokens, ==, 200000);
  g_assert_cmpint (large->max_output, ==, 8192);
  g_assert_cmpint (large->tools, ==, 1);
  g_assert_cmpint (large->vision, ==, -1);
  g_assert_cmpstr (large->retires_on, ==, "2027-06-30");
  g_assert_cmpstr (large->replacement, ==, "larger");
  g_assert_null (purser_org_model_ref (org, "Acme/odd")->price); /* the list does not know it: unpriced */
  g_assert_cmpint (purser_org_model_ref (org, "Acme/odd")->tools, ==, -1);

  /* By hand too; the provider's own word comes first. */
  gint64 second = run (f, purser_command_add_provider ("openai", "Second", NULL, NULL, NULL, NULL));
  run (f, purser_command_add_model (second, "small", NULL));
  assert_price (f, "Second/small", NOW, 1000000, 1000000);
  g_autoptr (GPtrArray) models = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_listed_model_free);
  PurserListedModel *told = listed ("large");
  told->context_tokens = 1000;
  told->shutdown_date = g_strdup ("2027-01-15");
  g_ptr_array_add (models, told);
  run (f, purser_command_set_models (second, models));
  run (f, purser_command_set_models (second, models)); /* a second look changes nothing */
  g_autoptr (PurserOrg) after = purser_store_get_org (f->store);
  const PurserModel *same = purser_org_model_ref (after, "Second/large");
  g_assert_cmpint (same->context_tokens, ==, 1000);
  g_assert_cmpint (same->max_output, ==, 8192);
  g_assert_cmpstr (same->retires_on, ==, "2027-01-15");
  g_assert_cmpstr (same->replacement, ==, "larger");
  g_assert_cmpuint (same->prices->len, ==, 2); /* in force and announced, each once */

  /* Dollars in an organisation that counts in euros. */
  g_auto (GStrv) missing = purser_missing_rates (after, NOW);
  g_assert_cmpuint (g_strv_length (missing), ==, 1);
  g_assert_cmpstr (missing[0], ==, "USD");
  run (f, purser_command_set_rate ("USD", "EUR", "0.92", 0, "ECB"));
  g_autoptr (PurserOrg) rated = purser_store_get_org (f->store);
  g_auto (GStrv) none = purser_missing_rates (rated, NOW);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_auto (GStrv) before = purser_missing_rates (rated, NOW - 2 * DAY); /* a rate holds from its day on */
  g_assert_cmpuint (g_strv_length (before), ==, 1);
}

static void
test_own_machines (Fixture *f, gconstpointer data)
{
  gint64 ollama = run (f, purser_command_add_provider ("ollama", "Cellar", NULL, NULL, NULL, NULL));
  g_autoptr (GPtrArray) models = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_listed_model_free);
  PurserListedModel *cloud = listed ("huge:cloud");
  cloud->remote_host = g_strdup ("https://ollama.com");
  g_ptr_array_add (models, listed ("tiny"));
  g_ptr_array_add (models, cloud);
  run (f, purser_command_set_models (ollama, models));
  assert_price (f, "Cellar/tiny", 0, 0, 0); /* free from ever */
  assert_price (f, "Cellar/huge:cloud", NOW, -1, -1);
  PurserPriceDraft by_hour = { .hour = "1,80" };
  run (f, purser_command_set_own_price (model_id (f, "Cellar/tiny"), &by_hour));
  g_autoptr (PurserPrice) price = price_at (f, model_id (f, "Cellar/tiny"), NOW);
  g_assert_cmpint (price->hour_nano, ==, 1800000000);
  g_assert_cmpint (price->list_pico[PURSER_TOKENS_CACHE_WRITE_1H], ==, 0);
  run (f, purser_command_withdraw_price (model_id (f, "Cellar/tiny")));
  assert_price (f, "Cellar/tiny", NOW, 0, 0);

  /* The same program as a service, at an address that the list in the program knows: never free. */
  purser_admin_set_price_list (f->admin, NULL);
  gint64 service = run (f, purser_command_add_provider ("ollama", "Cloud", "https://ollama.com", NULL, NULL, NULL));
  run (f, purser_command_add_model (service, "nobody-knows-this", NULL));
  assert_price (f, "Cloud/nobody-knows-this", NOW, -1, -1);
  run (f, purser_command_add_model (f->provider, "gpt-5.6-sol", NULL));
  assert_price (f, "Acme/gpt-5.6-sol", NOW, 4000000, 4000000);
}

/* ------------------------------------------------------------------ own prices */

static void
test_own_price (Fixture *f, gconstpointer data)
{
  gint64 large = model_id (f, "Acme/large");
  PurserPriceDraft draft = { .input = "2", .output = "8,50", .cache_read = "0.2", .cache_write = "2.5", .cache_write_1h = "4", .audio_in = "10",
                             .audio_out = "20", .server_tool = "0.01", .currency = "USD", .source = "letter of 12 May" };
  run (f, purser_command_set_own_price (large, &draft));
  audited (f, "price.set", NULL);
  g_autoptr (PurserPrice) price = price_at (f, large, NOW);
  static const gint64 EXPECTED[PURSER_N_PRICED] = { 2000000, 200000, 2500000, 4000000, 2500000, 8500000, 8500000, 10000000, 20000000, G_GINT64_CONSTANT (10000000000) };
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    g_assert_cmpint (price->list_pico[i], ==, EXPECTED[i]);
  g_assert_cmpstr (price->origin, ==, "admin");
  g_assert_cmpstr (price->source, ==, "letter of 12 May");
  g_assert_cmpstr (price->currency, ==, "USD");
  assert_price (f, "Acme/large", NOW - 1, 4000000, 4000000); /* from now on, not before */
  assert_price (f, "Acme/large", NOW + 30 * DAY, 2000000, 2000000); /* wins over what the list announced */

  /* From a day in the past, and one to come, in the organisation's currency. */
  PurserPriceDraft past = { .input = "7", .output = "7", .valid_from = MIDNIGHT (-10) }, later = { .input = "9", .output = "9", .valid_from = MIDNIGHT (10) };
  run (f, purser_command_set_own_price (large, &past));
  run (f, purser_command_set_own_price (large, &later));
  assert_price (f, "Acme/large", MIDNIGHT (-10) - 1, 4000000, 4000000);
  assert_price (f, "Acme/large", MIDNIGHT (-10), 7000000, 7000000);
  assert_price (f, "Acme/large", NOW, 2000000, 2000000);
  assert_price (f, "Acme/large", MIDNIGHT (10), 9000000, 9000000);
  g_autoptr (PurserPrice) euro = price_at (f, large, MIDNIGHT (10));
  g_assert_cmpstr (euro->currency, ==, "EUR");
  g_assert_cmpint (euro->list_pico[PURSER_TOKENS_CACHE_WRITE_1H], ==, -1); /* not told: no price, never a guess */

  /* It ends, and what was announced of it too. */
  clock_now += DAY;
  run (f, purser_command_withdraw_price (large));
  audited (f, "price.withdraw", NULL);
  assert_price (f, "Acme/large", clock_now - 1, 2000000, 2000000);
  assert_price (f, "Acme/large", clock_now, 4000000, 4000000);
  assert_price (f, "Acme/large", MIDNIGHT (10), 3000000, 3000000);
  refused (f, purser_command_withdraw_price (large), "no price of your own");
  run (f, purser_command_set_own_price (model_id (f, "Acme/odd"), &later));
  run (f, purser_command_withdraw_price (model_id (f, "Acme/odd"))); /* only announced */
  assert_price (f, "Acme/odd", MIDNIGHT (20), -1, -1);

  static const struct { PurserPriceDraft draft; const char *words; } WRONG[] = {
    { { .input = "2" }, "both figures" },
    { { .input = "2", .output = "8", .currency = "Dollar" }, "three letters" },
    { { .input = "2", .output = "-8" }, "" },
    { { .input = "2", .output = "8.0000001" }, "" },
    { { .input = "2", .output = "8", .server_tool = "x" }, "" },
    { { .hour = "a lot" }, "" },
    { { .input = "2", .output = "8", .valid_from = -5 }, "1970" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (WRONG); i++)
    refused (f, purser_command_set_own_price (large, &WRONG[i].draft), WRONG[i].words);
  refused (f, purser_command_set_own_price (9999, &draft), "no longer there");
}

/* ------------------------------------------------------------------ import */

typedef struct { PurserPriceList *list; PurserOrg *org; GPtrArray *changes; } Diff;

static gboolean
diff_job (PurserDb *db, gpointer data, GError **error)
{
  Diff *diff = data;
  diff->changes = purser_price_list_diff (diff->list, diff->org, db, error);
  return diff->changes != NULL;
}

static GPtrArray *
diff (Fixture *f, PurserPriceList *list)
{
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  g_autoptr (GError) error = NULL;
  Diff ask = { list, org, NULL };
  purser_store_read (f->store, diff_job, &ask, &error);
  g_assert_no_error (error);
  return ask.changes;
}

static const PurserPriceChange *
change_at (GPtrArray *changes, guint index, const char *ref, PurserPriceChangeType type, gint64 from, gint64 before, gint64 after)
{
  g_assert_cmpuint (changes->len, >, index);
  const PurserPriceChange *change = g_ptr_array_index (changes, index);
  g_assert_cmpstr (change->ref, ==, ref);
  g_assert_cmpint (change->type, ==, type);
  g_assert_cmpint (change->after->valid_from, ==, from);
  g_assert_cmpint (change->before != NULL ? change->before->list_pico[0] : -1, ==, before);
  g_assert_cmpint (change->after->list_pico[0], ==, after);
  return change;
}

#define UTC_DAY(y, m, d) utc_day (y, m, d)
static gint64
utc_day (int year, int month, int date)
{
  g_autoptr (GDateTime) time = g_date_time_new_utc (year, month, date, 0, 0, 0);
  return g_date_time_to_unix (time) * G_USEC_PER_SEC;
}

static void
test_import (Fixture *f, gconstpointer data)
{
  g_autoptr (PurserPriceList) same = parse (LARGE (EVER ("5", "25") ", " FROM ("2026-11-01", "4", "20") ", " FROM ("2026-12-01", "3", "15")) ", " SMALL (EVER ("1", "2")));
  g_autoptr (GPtrArray) nothing = diff (f, same);
  g_assert_cmpuint (nothing->len, ==, 0);
  refused (f, purser_command_import_list (same, nothing, "same"), "nothing to change");

  PurserPriceDraft own = { .input = "0.9", .output = "1.9" };
  run (f, purser_command_set_own_price (model_id (f, "Acme/small"), &own));
  /* A newer list: another price in the past and one announced, the announced one of 1 December called off, a model it did not know. */
  g_autoptr (PurserPriceList) newer = parse (LARGE (EVER ("5", "25") ", " FROM ("2026-11-01", "4", "20") ", " FROM ("2026-11-15", "3.5", "20") ", " FROM ("2027-01-01", "6", "30")) ", "
                                             SMALL (EVER ("1", "3")) ", {\"id\": \"odd\", \"match\": {\"contains\": \"odd\"}, \"tools\": false, \"prices\": [" EVER ("8", "9") "]}");
  g_autoptr (GPtrArray) changes = diff (f, newer);
  g_assert_cmpuint (changes->len, ==, 5);
  const PurserPriceChange *past = change_at (changes, 0, "Acme/large", PURSER_PRICE_CHANGE_OTHER, UTC_DAY (2026, 11, 15), 4000000, 3500000);
  g_assert_true (past->past);
  g_assert_false (past->overruled);
  const PurserPriceChange *called_off = change_at (changes, 1, "Acme/large", PURSER_PRICE_CHANGE_FUTURE, UTC_DAY (2026, 12, 1), 3000000, 3500000);
  g_assert_false (called_off->past);
  change_at (changes, 2, "Acme/large", PURSER_PRICE_CHANGE_FUTURE, UTC_DAY (2027, 1, 1), 3000000, 6000000);
  change_at (changes, 3, "Acme/odd", PURSER_PRICE_CHANGE_NEW, 0, -1, 8000000);
  g_assert_true (change_at (changes, 4, "Acme/small", PURSER_PRICE_CHANGE_OTHER, 0, 1000000, 1000000)->overruled);

  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  g_autoptr (JsonArray) entries = audit (f);
  g_assert_cmpuint (purser_price_list_count_facts (newer, org), ==, 1);
  g_assert_cmpint (run (f, purser_command_import_list (newer, changes, "newer.json")), ==, 5);
  g_autoptr (JsonArray) more = audit (f);
  g_assert_cmpuint (json_array_get_length (more), ==, json_array_get_length (entries) + 1); /* one entry for all of it */
  g_assert_cmpint (audited (f, "price.import", "versions"), ==, 5);
  g_assert_cmpint (audited (f, "price.import", "models"), ==, 3);
  g_assert_cmpint (audited (f, "price.import", "new"), ==, 1);
  g_assert_cmpint (audited (f, "price.import", "announced"), ==, 2);
  g_assert_cmpint (audited (f, "price.import", "overruled"), ==, 1);
  g_assert_cmpint (audited (f, "price.import", "facts"), ==, 1);
  g_autoptr (PurserOrg) after = purser_store_get_org (f->store);
  g_assert_cmpint (after->generation, ==, org->generation + 1); /* and one transaction */
  g_assert_cmpint (purser_org_model_ref (after, "Acme/odd")->tools, ==, 0);

  assert_price (f, "Acme/large", NOW, 3500000, 3500000);
  assert_price (f, "Acme/large", UTC_DAY (2026, 12, 2), 3500000, 3500000); /* called off: no jump on that day */
  assert_price (f, "Acme/large", UTC_DAY (2027, 1, 1), 6000000, 6000000);
  assert_price (f, "Acme/small", NOW, 900000, 900000); /* the own one still wins … */
  run (f, purser_command_withdraw_price (model_id (f, "Acme/small")));
  g_autoptr (PurserPrice) small = price_at (f, model_id (f, "Acme/small"), NOW);
  g_assert_cmpint (small->list_pico[PURSER_TOKENS_OUTPUT_VISIBLE], ==, 3000000); /* … until it ends */

  g_autoptr (GPtrArray) again = diff (f, newer);
  g_assert_cmpuint (again->len, ==, 0);
  /* Two people import the same list: the second one's changes are here already. */
  refused (f, purser_command_import_prices (changes, "again"), "nothing to change");
  /* A model that is gone meanwhile is passed over. */
  g_autoptr (PurserPriceList) third = parse (LARGE (EVER ("5", "26")));
  g_autoptr (GPtrArray) late = diff (f, third);
  g_assert_cmpuint (late->len, >, 0);
  run (f, purser_command_remove_provider (f->provider));
  refused (f, purser_command_import_prices (late, "late"), "nothing to change");
}

static PurserPriceList *
parse_table (const char *text)
{
  g_autoptr (GError) error = NULL;
  PurserPriceList *list = purser_price_list_parse ("own.csv", text, strlen (text), &error);
  g_assert_no_error (error);
  return list;
}

static void
test_import_table (Fixture *f, gconstpointer data)
{
  g_autoptr (PurserPriceList) table = parse_table ("model;input;output;from\nAcme/large;2,5;12,5;2026-06-01\nsmall;0,5;0,75;\nnowhere;1;1;\n");
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  g_autoptr (GPtrArray) unused = purser_price_list_unused (table, org), changes = diff (f, table);
  g_assert_cmpuint (unused->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (unused, 0), ==, "row 4: nowhere");
  g_assert_cmpuint (changes->len, ==, 2);
  g_assert_false (change_at (changes, 0, "Acme/large", PURSER_PRICE_CHANGE_OTHER, UTC_DAY (2026, 6, 1), 5000000, 2500000)->overruled);
  change_at (changes, 1, "Acme/small", PURSER_PRICE_CHANGE_OTHER, NOW, 1000000, 500000); /* without a day: from now on */
  run (f, purser_command_import_list (table, changes, "own.csv"));
  assert_price (f, "Acme/large", NOW, 2500000, 2500000); /* the organisation's own: it wins over a list's later date */
  assert_price (f, "Acme/small", NOW, 500000, 500000);
  g_autoptr (PurserPrice) small = price_at (f, model_id (f, "Acme/small"), NOW);
  g_assert_cmpstr (small->currency, ==, "EUR");
  clock_now += DAY;
  g_autoptr (GPtrArray) again = diff (f, table);
  g_assert_cmpuint (again->len, ==, 0);
}

/* ------------------------------------------------------------------ contracts and rates */

static PurserContract
contract_of (Fixture *f, gint64 ppm, gint64 from, gint64 until, const char *document)
{
  PurserContract contract = { .provider_id = f->provider, .valid_from = from, .valid_until = until, .document = (char *) document };
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    contract.ppm[i] = ppm;
  return contract;
}

static void
test_contracts (Fixture *f, gconstpointer data)
{
  PurserContract year = contract_of (f, 900000, MIDNIGHT (-100), 0, "EA 4711"), wrong = year;
  year.ppm[PURSER_TOKENS_OUTPUT_VISIBLE] = 850000;
  gint64 id = run (f, purser_command_add_contract (&year));
  audited (f, "contract.add", NULL);
  assert_price (f, "Acme/large", NOW, 4000000, 3600000);
  assert_price (f, "Acme/large", MIDNIGHT (-100) - 1, 5000000, 5000000);
  g_autoptr (PurserPrice) price = price_at (f, model_id (f, "Acme/large"), NOW);
  g_assert_cmpint (price->contract_pico[PURSER_TOKENS_OUTPUT_VISIBLE], ==, 17000000);
  g_assert_cmpint (price->contract_pico[PURSER_TOKENS_OUTPUT_REASONING], ==, 18000000);
  g_assert_cmpint (price->contract_id, ==, id);

  /* A later one counts while it holds. */
  PurserContract offer = contract_of (f, 500000, MIDNIGHT (-1), MIDNIGHT (5), "offer");
  gint64 second = run (f, purser_command_add_contract (&offer));
  assert_price (f, "Acme/large", NOW, 4000000, 2000000);
  assert_price (f, "Acme/large", MIDNIGHT (5), 4000000, 3600000);
  run (f, purser_command_end_contract (second, 0));
  audited (f, "contract.end", NULL);
  assert_price (f, "Acme/large", NOW, 4000000, 3600000);
  run (f, purser_command_end_contract (id, MIDNIGHT (3)));
  assert_price (f, "Acme/large", MIDNIGHT (3) - 1, 4000000, 3600000);
  assert_price (f, "Acme/large", MIDNIGHT (3), 4000000, 4000000);

  wrong.provider_id = 999;
  refused (f, purser_command_add_contract (&wrong), "no longer there");
  wrong = contract_of (f, -1, 0, 0, "x");
  refused (f, purser_command_add_contract (&wrong), "between 0 and 100");
  wrong = contract_of (f, 900000, NOW, NOW - DAY, "x");
  refused (f, purser_command_add_contract (&wrong), "ends after");
  refused (f, purser_command_end_contract (id, MIDNIGHT (-200)), "ends after");
  refused (f, purser_command_end_contract (999, 0), "no such contract");
}

static gint64
multiplier (Fixture *f)
{
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  return purser_org_provider (org, f->provider)->multiplier_ppm;
}

static void
test_discount (Fixture *f, gconstpointer data)
{
  run (f, purser_command_set_discount (f->provider, 900000));
  assert_price (f, "Acme/large", NOW, 4000000, 3600000);
  assert_price (f, "Acme/large", NOW - 1, 4000000, 4000000); /* from now on */
  g_assert_cmpint (multiplier (f), ==, 900000);
  clock_now += DAY;
  run (f, purser_command_set_discount (f->provider, 800000));
  assert_price (f, "Acme/large", clock_now, 4000000, 3200000);
  assert_price (f, "Acme/large", clock_now - 1, 4000000, 3600000);
  clock_now += DAY;
  run (f, purser_command_set_discount (f->provider, PURSER_PPM));
  assert_price (f, "Acme/large", clock_now, 4000000, 4000000);
  g_assert_cmpint (multiplier (f), ==, PURSER_PPM);
  /* Above a contract with a document, which comes back. */
  PurserContract year = contract_of (f, 700000, 0, 0, "EA 4711");
  run (f, purser_command_add_contract (&year));
  clock_now += DAY;
  run (f, purser_command_set_discount (f->provider, PURSER_PPM));
  assert_price (f, "Acme/large", clock_now, 4000000, 4000000);
  clock_now += DAY;
  run (f, purser_command_set_discount (f->provider, 700000));
  assert_price (f, "Acme/large", clock_now, 4000000, 2800000);
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  g_assert_cmpstr (purser_org_contract_at (org, f->provider, clock_now)->document, ==, "EA 4711");
  refused (f, purser_command_set_discount (f->provider, -1), "between 0 and 100");
}

static void
test_rates (Fixture *f, gconstpointer data)
{
  run (f, purser_command_set_rate ("USD", "EUR", "0,92", 0, "ECB"));
  audited (f, "rate.set", NULL);
  run (f, purser_command_set_rate ("USD", "EUR", "0.9", MIDNIGHT (-30), NULL));
  run (f, purser_command_set_rate ("EUR", "CHF", "0.95", 0, NULL));
  g_autoptr (PurserOrg) org = purser_store_get_org (f->store);
  g_assert_cmpint (purser_org_rate_at (org, "USD", "EUR", NOW)->rate_nano, ==, 920000000);
  g_assert_cmpint (purser_org_rate_at (org, "USD", "EUR", NOW)->valid_from, ==, NOW - 13 * G_TIME_SPAN_HOUR); /* midnight in Berlin */
  g_assert_cmpint (purser_org_rate_at (org, "USD", "EUR", MIDNIGHT (-1) - 2 * G_TIME_SPAN_HOUR)->rate_nano, ==, 900000000);
  refused (f, purser_command_set_rate ("USD", "USD", "1", 0, NULL), "different");
  refused (f, purser_command_set_rate ("US", "EUR", "1", 0, NULL), "three letters");
  refused (f, purser_command_set_rate ("USD", "EUR", "0", 0, NULL), "");
  refused (f, purser_command_set_rate ("USD", "EUR", "much", 0, NULL), "");

  run (f, purser_command_set_display_currency ("CHF"));
  g_autoptr (PurserOrg) shown = purser_store_get_org (f->store);
  g_assert_cmpstr (shown->display_currency, ==, "CHF");
  g_assert_cmpstr (shown->currency, ==, "EUR");
  run (f, purser_command_set_display_currency ("EUR"));
  g_autoptr (PurserOrg) own = purser_store_get_org (f->store);
  g_assert_cmpstr (own->display_currency, ==, "");
  refused (f, purser_command_set_display_currency ("Franken"), "three letters");

  /* Prices in dollars do not bind the organisation to euros; one in euros does. */
  run (f, purser_command_set_org (NULL, "USD", NULL));
  PurserPriceDraft draft = { .input = "1", .output = "1" };
  run (f, purser_command_set_own_price (model_id (f, "Acme/odd"), &draft));
  refused (f, purser_command_set_org (NULL, "EUR", NULL), "stays USD");
}

/* ------------------------------------------------------------------ charging again, closing a month */

typedef struct { gint64 model_id, opened_at, tokens; guint n; } Calls;

/* Calls of before there was a price: counted, unpriced. */
static gboolean
calls_job (PurserDb *db, gpointer data, GError **error)
{
  const Calls *calls = data;
  for (guint i = 0; i < calls->n; i++)
    {
      PurserLedgerOpen open = { .purpose = PURSER_PURPOSE_WORK, .model_id = calls->model_id, .dialect = "" };
      PurserLedgerAttempt attempt = { .outcome = "ok", .status = 200, .tokens = PURSER_TOKENS_UNKNOWN_INIT, .unpriced = TRUE, .connect_us = -1,
                                      .first_us = -1, .first_text_us = -1, .total_us = 1000000 };
      PurserLedgerSettle settle = { .outcome = "ok", .model_id = calls->model_id, .finish = "stop" };
      attempt.tokens.kind[PURSER_TOKENS_INPUT_UNCACHED] = calls->tokens;
      attempt.tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE] = 0;
      if (!purser_ledger_insert_closed (db, calls->opened_at, &open, &attempt, &settle, error))
        return FALSE;
    }
  return TRUE;
}

static void
add_calls (Fixture *f, const char *ref, gint64 opened_at, gint64 tokens, guint n)
{
  g_autoptr (GError) error = NULL;
  Calls calls = { model_id (f, ref), opened_at, tokens, n };
  purser_store_write (f->store, FALSE, calls_job, &calls, &error);
  g_assert_no_error (error);
}

static PurserUsageRow
usage_job_total;

static gboolean
usage_job (PurserDb *db, gpointer data, GError **error)
{
  gint32 today = purser_day_of ("Europe/Berlin", NOW);
  g_autoptr (GArray) rows = purser_ledger_usage (db, PURSER_BY_NOTHING, FALSE, today - 100, today + 10, TRUE, FALSE, error);
  memset (&usage_job_total, 0, sizeof usage_job_total);
  if (rows != NULL && rows->len > 0)
    usage_job_total = g_array_index (rows, PurserUsageRow, 0);
  return rows != NULL;
}

static PurserUsageRow
usage (Fixture *f)
{
  g_assert_true (purser_store_read (f->store, usage_job, NULL, NULL));
  return usage_job_total;
}

static void
count_steps_cb (const PurserRepriceResult *so_far, gpointer data)
{
  (*(guint *) data)++;
}

static void
take_cb (GObject *source, GAsyncResult *result, gpointer slot)
{
  *(GAsyncResult **) slot = g_object_ref (result);
}

static void
test_reprice (Fixture *f, gconstpointer data)
{
  PurserRepriceResult result;
  g_autoptr (GError) error = NULL;
  add_calls (f, "Acme/odd", NOW - 3 * DAY, 1000, 1200);  /* this month */
  add_calls (f, "Acme/odd", NOW - 40 * DAY, 1000, 10);   /* October */
  g_assert_cmpint (usage (f).unpriced_tokens, ==, 1210000);
  PurserPriceDraft draft = { .input = "2", .output = "4", .valid_from = NOW - 60 * DAY };
  run (f, purser_command_set_own_price (model_id (f, "Acme/odd"), &draft));
  g_assert_cmpint (usage (f).cost_nano, ==, 0); /* a price set today changes nothing of yesterday */

  PurserReprice ask = { .since = NOW - 10 * DAY, .dry_run = TRUE, .reason = "price came late" };
  g_autoptr (JsonArray) before = audit (f);
  g_assert_true (purser_admin_reprice (f->admin, &ask, &result, &error));
  g_assert_no_error (error);
  g_assert_cmpint (result.attempts, ==, 1200);
  g_assert_cmpint (result.corrected, ==, 1200);
  g_assert_cmpint (result.newly_priced, ==, 1200);
  g_assert_cmpint (result.cost_nano, ==, G_GINT64_CONSTANT (1200) * 2000000);
  g_assert_cmpint (usage (f).cost_nano, ==, 0); /* only counted */

  ask.dry_run = FALSE;
  guint steps = 0;
  g_autoptr (GAsyncResult) async = NULL;
  purser_admin_reprice_async (f->admin, &ask, count_steps_cb, &steps, NULL, take_cb, &async);
  while (async == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (purser_admin_reprice_finish (f->admin, async, &result, &error));
  g_assert_cmpuint (steps, >, 1); /* in steps, so that nobody waits */
  g_assert_cmpint (result.cost_nano, ==, G_GINT64_CONSTANT (1200) * 2000000);
  g_assert_cmpint (usage (f).cost_nano, ==, G_GINT64_CONSTANT (1200) * 2000000);
  g_assert_cmpint (usage (f).unpriced_tokens, ==, 10000);
  g_autoptr (JsonArray) after = audit (f);
  g_assert_cmpuint (json_array_get_length (after), ==, json_array_get_length (before) + 1); /* one entry for all steps */
  g_assert_cmpint (audited (f, "price.reprice", "corrected"), ==, 1200);
  g_assert_cmpint (audited (f, "price.reprice", "cost_nano"), ==, G_GINT64_CONSTANT (1200) * 2000000);

  g_assert_true (purser_admin_reprice (f->admin, &ask, &result, &error)); /* a second time finds nothing */
  g_assert_cmpint (result.corrected, ==, 0);

  /* A closed month stays as it is. */
  refused (f, purser_command_close_month (682), ""); /* November is not over */
  gint64 month = run (f, purser_command_close_month (681));
  g_assert_cmpint (month, ==, 681);
  g_assert_cmpint (audited (f, "month.close", "calls"), ==, 10);
  g_assert_cmpint (audited (f, "month.close", "cost_nano"), ==, 0);
  g_assert_cmpint (audited (f, "month.close", "unpriced_tokens"), ==, 10000);
  refused (f, purser_command_close_month (681), "");
  PurserReprice all = { .since = NOW - 50 * DAY };
  g_assert_true (purser_admin_reprice (f->admin, &all, &result, &error));
  g_assert_cmpint (result.corrected, ==, 0);
  g_assert_cmpint (result.in_closed_months, ==, 10);
  g_assert_cmpint (usage (f).unpriced_tokens, ==, 10000);
  g_autoptr (GPtrArray) findings = purser_store_verify (f->store, &error);
  g_assert_cmpuint (findings->len, ==, 0);
}

static void
cancel_cb (const PurserRepriceResult *so_far, gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
}

/* Stopped in the middle: what was corrected stays, and the audit trail says how far it went. */
static void
test_reprice_stopped (Fixture *f, gconstpointer data)
{
  PurserRepriceResult result;
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) async = NULL;
  add_calls (f, "Acme/odd", NOW - 3 * DAY, 1000, 1200);
  PurserPriceDraft draft = { .input = "2", .output = "4", .valid_from = NOW - 60 * DAY };
  run (f, purser_command_set_own_price (model_id (f, "Acme/odd"), &draft));
  PurserReprice ask = { .since = NOW - 10 * DAY };
  purser_admin_reprice_async (f->admin, &ask, cancel_cb, cancellable, cancellable, take_cb, &async);
  while (async == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (purser_admin_reprice_finish (f->admin, async, &result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (result.corrected, >, 0);
  g_assert_cmpint (result.corrected, <, 1200);
  g_assert_cmpint (audited (f, "price.reprice", "corrected"), ==, result.corrected);
  g_assert_cmpint (usage (f).cost_nano, ==, result.corrected * 2000000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/prices/new-models", test_new_models);
  ADD ("/prices/own-machines", test_own_machines);
  ADD ("/prices/own-price", test_own_price);
  ADD ("/prices/import", test_import);
  ADD ("/prices/import-table", test_import_table);
  ADD ("/prices/contracts", test_contracts);
  ADD ("/prices/discount", test_discount);
  ADD ("/prices/rates", test_rates);
  ADD ("/prices/reprice", test_reprice);
  ADD ("/prices/reprice-stopped", test_reprice_stopped);
  return g_test_run ();
}
