/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <string.h>

/* --- By date --- */

static gboolean
dates_body (PurserDb *db, Fixture *f, GError **error)
{
  gint64 model = f->models[2];
  gint64 late = fixture_price (db, model, 2000, "admin", "EUR", 3000);
  gint64 last = fixture_price (db, model, 2000, "admin", "USD", 2000); /* of one moment, the one entered last */
  gint64 first = fixture_price (db, model, 1000, "admin", "EUR", 1000); /* entered last, and yet the first */
  static const gint64 CASES[][2] = { { 0, -1 },     { 999, -1 },    { 1000, 900 },
                                     { 1999, 900 }, { 2000, 1800 }, { G_MAXINT64, 1800 } };
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    g_assert_cmpint (fixture_paid_at (db, model, CASES[i][0]), ==, CASES[i][1]);
  g_autoptr(GPtrArray) history = purser_prices_history (db, model, error);
  const gint64 newest_first[] = { last, late, first };
  g_assert_cmpuint (history->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      const PurserPriceVersion *version = g_ptr_array_index (history, i);
      g_assert_cmpint (version->price->id, ==, newest_first[i]);
      g_assert_cmpint (version->price->contract_pico[0], ==, version->price->list_pico[0]); /* at list price */
      g_assert_false (version->withdrawn);
      g_assert_cmpint (version->created_at, >, 0);
    }
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  g_assert_cmpint (purser_org_model (org, model)->price->id, ==, last);
  g_autoptr(GPtrArray) none = purser_prices_history (db, 4711, error);
  g_assert_cmpuint (none->len, ==, 0);
  return TRUE;
}

static void
test_dates (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  fixture_run (f, dates_body);
}

static gboolean
own_body (PurserDb *db, Fixture *f, GError **error)
{
  gint64 model = f->models[2];
  fixture_price (db, model, 1000, "catalogue", "EUR", 10);
  fixture_price (db, model, 2000, "admin", "EUR", 20);
  fixture_price (db, model, 3000, "catalogue", "EUR", 30);
  g_assert_true (purser_prices_withdraw (db, model, 4000, error));
  fixture_price (db, model, 5000, "catalogue", "EUR", 50);
  fixture_price (db, model, 6000, "admin", "EUR", 60);
  g_assert_true (purser_prices_withdraw (db, model, 7000, error));
  fixture_price (db, model, 7000, "admin", "EUR", 70); /* of one moment, what was entered last */
  static const gint64 CASES[][2] = { { 999, -1 },  { 1000, 9 },  { 2000, 18 }, { 3000, 18 },
                                     { 4000, 27 }, { 5000, 45 }, { 6000, 54 }, { 7000, 63 } };
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    g_assert_cmpint (fixture_paid_at (db, model, CASES[i][0]), ==, CASES[i][1]);
  g_autoptr(GPtrArray) history = purser_prices_history (db, model, error);
  const PurserPriceVersion *withdrawn = g_ptr_array_index (history, 1);
  g_assert_cmpuint (history->len, ==, 8);
  g_assert_true (withdrawn->withdrawn);
  g_assert_cmpint (withdrawn->price->list_pico[0], ==, -1);
  /* Nothing of the catalogue's is behind it: unpriced again. */
  g_assert_true (purser_prices_withdraw (db, f->models[0], 9000, error));
  g_assert_cmpint (fixture_paid_at (db, f->models[0], 8999), ==, 2700000);
  g_assert_cmpint (fixture_paid_at (db, f->models[0], 9000), ==, -1);
  return TRUE;
}

/* The admin's own price wins over the catalogue's, until it is withdrawn. */
static void
test_own_price (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  fixture_run (f, own_body);
}

/* --- All that a price can say --- */

static gboolean
whole_body (PurserDb *db, Fixture *f, GError **error)
{
  g_autoptr(PurserPrice) price = purser_price_new ();
  g_autoptr(GError) twice = NULL;
  price->valid_from = 1000;
  g_strlcpy (price->currency, "USD", sizeof price->currency);
  price->hour_nano = 7777;
  price->origin = g_strdup ("catalogue");
  price->source = g_strdup ("a list of 2026-11-01");
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    price->list_pico[i] = i == 2 ? -1 : (gint64) i * 1000;
  fixture_band (price, "", "", 200000, 100);
  fixture_band (price, "batch", "", 0, 200);
  fixture_band (price, "flex", "us", 0, 300);
  gint64 id = purser_catalogue_add_price (db, f->models[2], price, error);
  g_autoptr(PurserPrice) back = purser_prices_at (db, f->models[2], 1000, error);
  g_assert_cmpint (back->id, ==, id);
  g_assert_true (purser_price_same (price, back));
  g_assert_cmpstr (back->origin, ==, "catalogue");
  g_assert_cmpstr (back->source, ==, price->source);
  g_assert_cmpint (back->contract_id, ==, f->contract);
  g_assert_cmpint (g_array_index (back->bands, PurserPriceBand, 0).contract_pico[9], ==, 98); /* 109 × 0.9 = 98.1 */
  /* Only the version that was asked for has these bands. */
  g_autoptr(PurserPrice) other = purser_prices_at (db, f->models[0], 1000, error);
  g_assert_null (other->bands);
  /* The same place twice is refused. */
  fixture_band (price, "batch", "", 0, 400);
  g_assert_cmpint (purser_catalogue_add_price (db, f->models[2], price, &twice), ==, 0);
  g_assert_error (twice, PURSER_STORE_ERROR, PURSER_STORE_ERROR_CONSTRAINT);
  return TRUE;
}

static void
test_whole_price (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  fixture_run (f, whole_body);
}

/* --- Contracts --- */

static gboolean
contract_body (PurserDb *db, Fixture *f, GError **error)
{
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  gint64 provider = purser_org_model (org, f->models[2])->provider_id;
  g_autoptr(GError) local = NULL;
  PurserContract contract = {
    .provider_id = provider, .valid_from = 2000, .valid_until = 4000, .document = (char *) "Frame contract 17"
  };
  fixture_price (db, f->models[2], 1000, "catalogue", "EUR", 1000);
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    contract.ppm[i] = 500000 + 1000 * i;
  gint64 id = contract.id = purser_prices_put_contract (db, &contract, error);
  g_assert_cmpint (id, >, f->contract);
  g_assert_cmpint (fixture_contract (db, provider, 3000, 0, 700000, error), >, id);
  static const gint64 CASES[][2] = { { 1000, 900 }, { 1999, 900 }, { 2000, 500 }, { 2999, 500 }, { 3000, 700 } };
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    g_assert_cmpint (fixture_paid_at (db, f->models[2], CASES[i][0]), ==, CASES[i][1]);
  /* Its dates and its document change, its figures never. */
  contract.valid_until = 2500;
  contract.document = (char *) "Frame contract 17, ended";
  g_assert_cmpint (purser_prices_put_contract (db, &contract, error), ==, id);
  g_assert_cmpint (fixture_paid_at (db, f->models[2], 2499), ==, 500);
  g_assert_cmpint (fixture_paid_at (db, f->models[2], 2500), ==, 900);
  contract.ppm[4]++;
  g_assert_cmpint (purser_prices_put_contract (db, &contract, &local), ==, 0);
  g_assert_error (local, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
  g_clear_error (&local);
  contract.id = 4711;
  g_assert_cmpint (purser_prices_put_contract (db, &contract, &local), ==, 0);
  g_assert_error (local, PURSER_STORE_ERROR, PURSER_STORE_ERROR_NOT_FOUND);
  g_clear_error (&local);
  contract.id = 0;
  contract.valid_until = contract.valid_from - 1;
  g_assert_cmpint (purser_prices_put_contract (db, &contract, &local), ==, 0);
  g_assert_error (local, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
  g_clear_error (&local);
  contract.valid_until = 0;
  contract.ppm[9] = -1;
  g_assert_cmpint (purser_prices_put_contract (db, &contract, &local), ==, 0);
  g_assert_error (local, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
  g_clear_error (&local);
  contract.ppm[9] = 0;
  contract.provider_id = 4711;
  g_assert_cmpint (purser_prices_put_contract (db, &contract, &local), ==, 0);
  g_assert_error (local, PURSER_STORE_ERROR, PURSER_STORE_ERROR_CONSTRAINT);
  return TRUE;
}

static void
test_contracts (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  fixture_run (f, contract_body);
  fixture_assert_clean (f->store);
}

/* --- Rates, currencies, facts --- */

static gboolean
refused_body (PurserDb *db, Fixture *f, GError **error)
{
  static const PurserRate RATES[] = {
    { .from = "usd", .to = "EUR", .rate_nano = 1 },           { .from = "USD", .to = "", .rate_nano = 1 },
    { .from = "EUR", .to = "EUR", .rate_nano = PURSER_NANO }, { .from = "USD", .to = "EUR", .rate_nano = 0 },
    { .from = "USD", .to = "EUR", .rate_nano = -5 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (RATES); i++)
    {
      g_autoptr(GError) local = NULL;
      g_assert_cmpint (purser_prices_put_rate (db, &RATES[i], &local), ==, 0);
      g_assert_error (local, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
    }
  g_autoptr(GError) local = NULL;
  g_assert_false (purser_prices_set_display_currency (db, "euro", &local));
  g_assert_error (local, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
  g_clear_error (&local);
  g_assert_false (purser_prices_set_facts (db, 4711, 1, 1, 1, NULL, NULL, &local));
  g_assert_error (local, PURSER_STORE_ERROR, PURSER_STORE_ERROR_NOT_FOUND);
  return TRUE;
}

static void
assert_facts (PurserDb *db, gint64 id, int tools, int vision, int reasoning, const char *day, const char *instead)
{
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, NULL);
  const PurserModel *model = purser_org_model (org, id);
  g_assert_cmpint (model->tools, ==, tools);
  g_assert_cmpint (model->vision, ==, vision);
  g_assert_cmpint (model->reasoning, ==, reasoning);
  g_assert_cmpstr (model->retires_on, ==, day);
  g_assert_cmpstr (model->replacement, ==, instead);
}

static gboolean
facts_body (PurserDb *db, Fixture *f, GError **error)
{
  gint64 id = f->models[1];
  assert_facts (db, id, -1, -1, -1, NULL, NULL);
  g_assert_true (purser_prices_set_facts (db, id, 1, 0, -1, "2026-12-11", "gpt-6.1", error));
  assert_facts (db, id, 1, 0, -1, "2026-12-11", "gpt-6.1");
  g_assert_true (purser_prices_set_facts (db, id, -1, 1, 1, NULL, NULL, error));
  assert_facts (db, id, 1, 1, 1, "2026-12-11", "gpt-6.1");
  /* A list that is read again says nothing of them. */
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  PurserModel listed = {
    .id = id, .provider_id = purser_org_model (org, id)->provider_id, .name = (char *) "small", .listed = TRUE
  };
  g_assert_cmpint (purser_catalogue_put_model (db, &listed, error), ==, id);
  assert_facts (db, id, 1, 1, 1, "2026-12-11", "gpt-6.1");
  g_assert_true (purser_prices_set_facts (db, id, 0, -1, -1, "", "", error));
  assert_facts (db, id, 0, 1, 1, NULL, NULL);
  return TRUE;
}

static gboolean
terms_body (PurserDb *db, Fixture *f, GError **error)
{
  gint64 first = fixture_rate (db, "USD", "EUR", 2000, 900000000);
  gint64 second = fixture_rate (db, "USD", "EUR", 1000, 910000000);
  g_assert_true (purser_prices_set_display_currency (db, "CHF", error));
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  g_assert_cmpstr (org->display_currency, ==, "CHF");
  g_assert_cmpuint (org->rates->len, ==, 2);
  g_assert_cmpint (purser_org_rate_at (org, "USD", "EUR", 1999)->id, ==, second);
  g_assert_cmpint (purser_org_rate_at (org, "USD", "EUR", 2000)->id, ==, first);
  g_assert_cmpint (purser_org_rate_at (org, "USD", "EUR", 2000)->rate_nano, ==, 900000000);
  g_assert_cmpuint (org->contracts->len, ==, 1);
  g_assert_true (purser_prices_set_display_currency (db, "", error));
  g_autoptr(PurserOrg) again = purser_catalogue_load (db, error);
  g_assert_cmpstr (again->display_currency, ==, "");
  return TRUE;
}

static void
test_terms (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  fixture_run (f, refused_body);
  fixture_run (f, facts_body);
  fixture_run (f, terms_body);
}

/* --- What never changes --- */

static gboolean
fill_body (PurserDb *db, Fixture *f, GError **error)
{
  g_autoptr(PurserPrice) price = purser_price_new ();
  g_strlcpy (price->currency, "EUR", sizeof price->currency);
  fixture_band (price, "batch", "", 0, 5);
  f->prices[2] = purser_catalogue_add_price (db, f->models[2], price, error);
  fixture_rate (db, "USD", "EUR", 0, 5);
  return f->prices[2] != 0;
}

static void
test_append_only (void)
{
  static const char *const FORBIDDEN[] = {
    "UPDATE price SET origin = 'catalogue'",
    "UPDATE price SET list_audio_in = 1",
    "DELETE FROM price",
    "UPDATE price_band SET list_input_uncached = 1",
    "DELETE FROM price_band",
    "INSERT INTO price_band (price_id, mode, region, above) VALUES (1, 'flex', '', 0)", /* into an earlier version */
    "INSERT OR REPLACE INTO price_band SELECT * FROM price_band",
    "UPDATE contract SET ppm_output_visible = 1",
    "UPDATE contract SET provider_id = provider_id + 1",
    "UPDATE contract SET created_at = 1",
    "DELETE FROM contract",
    "UPDATE rate SET rate_nano = 1",
    "UPDATE rate SET source = 'x'",
    "DELETE FROM rate",
  };
  g_autoptr(Fixture) f = fixture_new ();
  fixture_run (f, fill_body);
  for (guint i = 0; i < G_N_ELEMENTS (FORBIDDEN); i++)
    {
      g_autoptr(GError) error = NULL;
      g_test_message ("%s", FORBIDDEN[i]);
      g_assert_false (fixture_sql (f->store, FORBIDDEN[i], &error));
      g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
    }
  g_autoptr(GError) error = NULL;
  g_assert_true (fixture_sql (f->store, "UPDATE contract SET valid_until = 5, document = 'x'", &error));
  fixture_assert_clean (f->store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/prices/dates", test_dates);
  g_test_add_func ("/prices/own-price", test_own_price);
  g_test_add_func ("/prices/whole-price", test_whole_price);
  g_test_add_func ("/prices/contracts", test_contracts);
  g_test_add_func ("/prices/terms", test_terms);
  g_test_add_func ("/prices/append-only", test_append_only);
  return g_test_run ();
}
