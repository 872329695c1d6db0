/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

/* --- The snapshot --- */

/* "valid_from:contract_pico@contract …" of what a model costs from now on. (transfer full) */
static char *
timeline (const PurserModel *model, gint64 contract)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < model->prices->len; i++)
    {
      const PurserPrice *price = g_ptr_array_index (model->prices, i);
      g_string_append_printf (text, "%s%d:%d@%d", i > 0 ? " " : "", (int) price->valid_from,
                              (int) price->contract_pico[0],
                              price->contract_id == 0 ? 0 : (int) (price->contract_id - contract));
    }
  return g_string_free_and_steal (text);
}

static void
assert_timeline (PurserDb *db, Fixture *f, gint64 now, const char *expected)
{
  g_autoptr(GError) error = NULL;
  fixture_time = now;
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, &error);
  g_assert_no_error (error);
  const PurserModel *model = purser_org_model (org, f->models[2]);
  g_autofree char *text = timeline (model, f->contract);
  g_assert_cmpint (org->loaded_at, ==, now);
  g_assert_cmpstr (text, ==, expected);
  for (guint i = 0; i < model->prices->len; i++)
    if (now >= ((PurserPrice *) g_ptr_array_index (model->prices, 0))->valid_from)
      g_assert_true (model->price == g_ptr_array_index (model->prices, 0));
    else
      g_assert_null (model->price);
  /* The file and the snapshot say the same of every later moment. */
  for (gint64 time = now; time < now + 9000; time += 250)
    {
      const PurserPrice *at = purser_model_price_at (model, time);
      g_assert_cmpint (at != NULL ? at->contract_pico[0] : -1, ==, fixture_paid_at (db, f->models[2], time));
    }
}

static gboolean
snapshot_body (PurserDb *db, Fixture *f, GError **error)
{
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  gint64 provider = purser_org_model (org, f->models[2])->provider_id;
  assert_timeline (db, f, 500, "");
  fixture_price (db, f->models[2], 1000, "catalogue", "EUR", 1000);
  fixture_price (db, f->models[2], 2000, "admin", "EUR", 2000);
  fixture_price (db, f->models[2], 2500, "catalogue", "EUR", 5000); /* does not show: the admin's wins */
  g_assert_true (purser_prices_withdraw (db, f->models[2], 5000, error));
  assert_timeline (db, f, 500, "1000:900@0 2000:1800@0 5000:4500@0");
  fixture_contract (db, provider, 3000, 4000, 500000, error);
  fixture_contract (db, provider, 5000, 5500, 100000, error); /* begins together with a price */
  assert_timeline (db, f, 500, "1000:900@0 2000:1800@0 3000:1000@1 4000:1800@0 5000:500@2 5500:4500@0");
  assert_timeline (db, f, 1000, "1000:900@0 2000:1800@0 3000:1000@1 4000:1800@0 5000:500@2 5500:4500@0");
  assert_timeline (db, f, 3999, "2000:1000@1 4000:1800@0 5000:500@2 5500:4500@0"); /* keeps its own date */
  assert_timeline (db, f, 6000, "2500:4500@0");
  /* A stretch without any price. */
  fixture_price (db, f->models[2], 7000, "admin", "EUR", 7000);
  g_assert_true (purser_prices_withdraw (db, f->models[2], 8000, error));
  fixture_price (db, f->models[2], 8000, "catalogue", "EUR", -1);
  assert_timeline (db, f, 6000, "2500:4500@0 7000:6300@0 8000:-1@0");
  return TRUE;
}

static void
test_snapshot (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  purser_store_set_clock (f->store, fixture_clock);
  fixture_time = 500;
  fixture_run (f, snapshot_body);
}

static gboolean
gap_body (PurserDb *db, Fixture *f, GError **error)
{
  g_assert_true (purser_prices_withdraw (db, f->models[0], 3000, error));
  fixture_price (db, f->models[0], 4000, "catalogue", "EUR", 1000);
  fixture_time = 2000;
  g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
  const PurserModel *model = purser_org_model (org, f->models[0]);
  g_autofree char *text = timeline (model, f->contract);
  g_assert_cmpstr (text, ==, "0:2700000@0 3000:-1@0 4000:900@0");
  g_assert_nonnull (purser_model_price_at (model, 2999));
  g_assert_null (purser_model_price_at (model, 3000));
  g_assert_nonnull (purser_model_price_at (model, 4000));
  fixture_time = 3500;
  g_autoptr(PurserOrg) later = purser_catalogue_load (db, error);
  g_assert_null (purser_org_model (later, f->models[0])->price); /* unpriced now, and yet something is announced */
  g_assert_cmpuint (purser_org_model (later, f->models[0])->prices->len, ==, 1);
  return TRUE;
}

static void
test_gap (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  purser_store_set_clock (f->store, fixture_clock);
  fixture_run (f, gap_body);
}

static gboolean
multiplier_body (PurserDb *db, Fixture *f, GError **error)
{
  PurserContract apart = { .provider_id = 1, .valid_from = 3000 };
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    apart.ppm[i] = i < 5 ? 900000 : 800000;
  fixture_contract (db, 1, 1000, 2000, 750000, error);
  g_assert_cmpint (purser_prices_put_contract (db, &apart, error), >, 0);
  static const gint64 CASES[][2] = { { 999, 900000 }, { 1000, 750000 }, { 2000, 900000 }, { 3000, PURSER_PPM } };
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      fixture_time = CASES[i][0];
      g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
      g_assert_cmpint (purser_org_provider (org, 1)->multiplier_ppm, ==, CASES[i][1]);
    }
  return TRUE;
}

/* The one number of a provider is that of its contract in force; one that tells kinds apart has no one number. */
static void
test_multiplier (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  purser_store_set_clock (f->store, fixture_clock);
  fixture_run (f, multiplier_body);
}

/* --- What changes by itself --- */

static gint64 empty_provider; /* has no model, so nothing that a contract would make dearer or cheaper */

static gboolean
announce_body (PurserDb *db, Fixture *f, GError **error)
{
  gint64 from = fixture_time + 60 * G_USEC_PER_SEC, until = from + 60 * G_USEC_PER_SEC;
  PurserProvider empty = {
    .kind = purser_kind_get ("openai"), .name = (char *) "Empty", .address = (char *) "", .enabled = TRUE
  };
  empty_provider = purser_catalogue_put_provider (db, &empty, error);
  return fixture_contract (db, 1, from, until, 500000, error) != 0
         && fixture_contract (db, empty_provider, from + 60 * G_USEC_PER_SEC, until + 60 * G_USEC_PER_SEC, 400000,
                              error)
                != 0
         && purser_catalogue_raise (db, error);
}

static void
wait_for_multiplier (Fixture *f, gint64 provider, gint64 expected)
{
  gint64 multiplier = -1;
  for (guint i = 0; i < 300 && multiplier != expected; i++)
    {
      g_autoptr(PurserOrg) org = purser_store_get_org (f->store);
      multiplier = purser_org_provider (org, provider)->multiplier_ppm;
      g_assert_cmpint (purser_org_model (org, f->models[0])->price->contract_pico[0], ==,
                       3 * purser_org_provider (org, 1)->multiplier_ppm);
      if (multiplier != expected)
        g_usleep (20000);
    }
  g_assert_cmpint (multiplier, ==, expected);
}

/* A contract that begins or ends makes a new snapshot at its hour, without anybody's change. */
static void
test_contract_comes (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  purser_store_set_clock (f->store, fixture_clock);
  fixture_time = g_get_real_time ();
  fixture_run (f, announce_body);
  wait_for_multiplier (f, 1, 900000);
  wait_for_multiplier (f, empty_provider, PURSER_PPM);
  fixture_time += 60 * G_USEC_PER_SEC;
  wait_for_multiplier (f, 1, 500000);
  fixture_time += 60 * G_USEC_PER_SEC;
  wait_for_multiplier (f, 1, 900000);
  wait_for_multiplier (f, empty_provider, 400000);
  fixture_time += 60 * G_USEC_PER_SEC;
  wait_for_multiplier (f, empty_provider, PURSER_PPM);
}

/* --- How long it takes --- */

enum
{
  MODELS = 1000,
  VERSIONS = 20
};

static gboolean
many_body (PurserDb *db, Fixture *f, GError **error)
{
  for (guint m = 0; m < MODELS; m++)
    {
      g_autofree char *name = g_strdup_printf ("model-%u", m);
      PurserModel model = { .provider_id = 1, .name = name, .listed = TRUE };
      gint64 id = purser_catalogue_put_model (db, &model, error);
      for (guint v = 0; v < VERSIONS; v++)
        {
          g_autoptr(PurserPrice) price = purser_price_new ();
          price->valid_from = v * 1000;
          price->origin = g_strdup (v % 5 == 0 ? "admin" : "catalogue");
          price->source = g_strdup ("a list of prices");
          g_strlcpy (price->currency, "EUR", sizeof price->currency);
          for (guint i = 0; i < PURSER_N_PRICED; i++)
            price->list_pico[i] = v + i;
          fixture_band (price, "batch", "", 0, v);
          fixture_band (price, "", "", 200000, v);
          if (purser_catalogue_add_price (db, id, price, error) == 0)
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
load_body (PurserDb *db, Fixture *f, GError **error)
{
  gint64 best = G_MAXINT64;
  for (guint i = 0; i < 5; i++)
    {
      gint64 began = g_get_monotonic_time ();
      g_autoptr(PurserOrg) org = purser_catalogue_load (db, error);
      best = MIN (best, g_get_monotonic_time () - began);
      const PurserModel *model = purser_org_model_ref (org, "Main/model-7");
      g_assert_cmpuint (org->models->len, ==, MODELS + 3);
      g_assert_cmpint (model->price->list_pico[0], ==, 15); /* the admin's last */
      g_assert_cmpuint (model->price->bands->len, ==, 2);
      g_assert_cmpuint (model->prices->len, ==, 1);
    }
  g_test_message ("%d prices with %d bands: loaded in %.1f ms", MODELS * VERSIONS, 2 * MODELS * VERSIONS, best / 1e3);
  return TRUE;
}

static void
test_many (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  fixture_run (f, many_body);
  fixture_run (f, load_body);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/snapshot/snapshot", test_snapshot);
  g_test_add_func ("/snapshot/gap", test_gap);
  g_test_add_func ("/snapshot/multiplier", test_multiplier);
  g_test_add_func ("/snapshot/contract-comes", test_contract_comes);
  g_test_add_func ("/snapshot/many", test_many);
  return g_test_run ();
}
