/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "long-hand.h"
#include "purser-kind.h"
#include "purser-money.h"

static void
add_band (PurserPrice *price, const char *mode, const char *region, gint64 above, gint64 pico)
{
  PurserPriceBand band = { .above = above };
  g_strlcpy (band.mode, mode, sizeof band.mode);
  g_strlcpy (band.region, region, sizeof band.region);
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    band.list_pico[i] = band.contract_pico[i] = pico;
  if (price->bands == NULL)
    price->bands = g_array_new (FALSE, FALSE, sizeof band);
  g_array_append_val (price->bands, band);
}

static PurserPrice *
flat_price (gint64 pico)
{
  PurserPrice *price = purser_price_new ();
  g_strlcpy (price->currency, "EUR", sizeof price->currency);
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    price->list_pico[i] = price->contract_pico[i] = pico;
  return price;
}

static PurserTokens
input_of (gint64 uncached)
{
  PurserTokens tokens = PURSER_TOKENS_UNKNOWN_INIT;
  tokens.kind[PURSER_TOKENS_INPUT_UNCACHED] = uncached;
  return tokens;
}

/* --- Which band --- */

static void
test_modes (void)
{
  static const struct
  {
    const char *word, *mode;
  } WORDS[] = { { NULL, "" },
                { "", "" },
                { "default", "" },
                { "standard", "" },
                { "auto", "" },
                { "on_demand", "" },
                { "ON_DEMAND", "" },
                { "batch", "batch" },
                { "FLEX", "flex" },
                { "flex", "flex" },
                { "priority", "priority" },
                { "fast", "fast" },
                { "scale", "scale" },
                { "reserved", "reserved" } };
  for (guint i = 0; i < G_N_ELEMENTS (WORDS); i++)
    g_assert_cmpstr (purser_price_mode (WORDS[i].word), ==, WORDS[i].mode);
}

/* Each band has a price of its own, so the charge of one token tells which one held. */
static void
test_bands (void)
{
  g_autoptr(PurserPrice) price = flat_price (1000);
  add_band (price, "", "", 200000, 2000);
  add_band (price, "", "", 500000, 3000);
  add_band (price, "", "us", 0, 4000);
  add_band (price, "", "us", 200000, 5000);
  add_band (price, "batch", "", 0, 6000);
  add_band (price, "flex", "us", 0, 7000);
  add_band (price, "a-mode-of-fifteen", "", 0, 8000);
  static const struct
  {
    const char *mode, *region;
    gint64 input, pico; /* 0: the mode has no price */
  } CASES[] = {
    { "", "", 0, 1000 },
    { NULL, NULL, 200000, 1000 }, /* exactly at it: not above it */
    { NULL, NULL, 200001, 2000 },
    { "standard", "", 500000, 2000 },
    { "standard", "", 500001, 3000 },
    { "", "us", 200000, 4000 },
    { "", "US", 200001, 5000 },
    { "", "us", 500001, 5000 }, /* the region counts before the size */
    { "", "eu", 200001, 2000 }, /* a region without a price of its own */
    { "", "global", 1, 1000 },
    { "batch", "", 1, 6000 },
    { "batch", "us", 900000, 6000 },
    { "flex", "us", 1, 7000 },
    { "flex", "", 1, 0 },
    { "flex", "eu", 1, 0 },
    { "priority", "", 1, 0 },
    { "a-mode-of-fifteen-letters-and-more", "", 1, 8000 }, /* both are cut to what can be kept */
  };
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      PurserConditions conditions = { CASES[i].mode, CASES[i].region, -1 };
      PurserPriceBand band;
      gboolean found = purser_price_band (price, &conditions, CASES[i].input, &band);
      g_test_message ("%s/%s %d", CASES[i].mode, CASES[i].region, (int) CASES[i].input);
      g_assert_cmpint (found, ==, CASES[i].pico != 0);
      if (found)
        g_assert_cmpint (band.list_pico[0], ==, CASES[i].pico);
    }
  PurserPriceBand plain;
  g_assert_true (purser_price_band (price, NULL, 500001, &plain));
  g_assert_cmpint (plain.above, ==, 500000);
}

/* The band is that of the whole input: what was cached counts too, output does not. And it holds for all tokens. */
static void
test_crossing (void)
{
  g_autoptr(PurserPrice) price = flat_price (1000);
  PurserTokens tokens = input_of (100);
  PurserCharge charge;
  add_band (price, "", "", 1000, 2000);
  tokens.kind[PURSER_TOKENS_CACHE_READ] = 800;
  tokens.kind[PURSER_TOKENS_CACHE_WRITE_1H] = 100;
  tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE] = 5000;
  purser_charge_compute (&charge, price, NULL, &tokens, NULL);
  g_assert_cmpint (charge.list_nano, ==, 6000);
  tokens.kind[PURSER_TOKENS_CACHE_WRITE_5M] = 1;
  purser_charge_compute (&charge, price, NULL, &tokens, NULL);
  g_assert_cmpint (charge.list_nano, ==, 2 * 6001);
  g_assert_cmpint (charge.kind_list_nano[PURSER_TOKENS_OUTPUT_VISIBLE], ==, 10000);
}

/* A band says everything for itself: what it leaves out has no price there, whatever the ordinary one says. */
static void
test_band_without_kind (void)
{
  g_autoptr(PurserPrice) price = flat_price (1000);
  PurserConditions batch = { "batch", NULL, -1 };
  PurserTokens tokens = input_of (10);
  PurserCharge charge;
  add_band (price, "batch", "", 0, 500);
  g_array_index (price->bands, PurserPriceBand, 0).list_pico[PURSER_TOKENS_CACHE_READ] = -1;
  g_assert_cmpint (purser_charge_compute (&charge, price, NULL, &tokens, &batch), ==, PURSER_CHARGE_PRICED);
  tokens.kind[PURSER_TOKENS_CACHE_READ] = 1;
  g_assert_cmpint (purser_charge_compute (&charge, price, NULL, &tokens, &batch), ==, PURSER_CHARGE_UNPRICED);
  g_assert_cmpint (charge.reason, ==, PURSER_UNPRICED_KIND);
  g_assert_cmpint (charge.list_nano + charge.kind_list_nano[0], ==, 0); /* not even a part of it */
}

/* --- Contracts --- */

static void
test_contract_per_kind (void)
{
  g_autoptr(PurserPrice) price = flat_price (3000005);
  g_autoptr(GError) error = NULL;
  PurserContract contract = { .id = 8 };
  add_band (price, "batch", "", 0, 1500005);
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    contract.ppm[i] = 900000 - 50000 * i;
  price->list_pico[1] = -1;
  g_assert_true (purser_price_apply_contract (price, &contract, &error));
  const PurserPriceBand *batch = &g_array_index (price->bands, PurserPriceBand, 0);
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    {
      g_assert_cmpint (price->contract_pico[i], ==, i == 1 ? -1 : long_hand (3000005, contract.ppm[i], PURSER_PPM));
      g_assert_cmpint (batch->contract_pico[i], ==, long_hand (1500005, contract.ppm[i], PURSER_PPM));
    }
  g_assert_cmpint (price->contract_id, ==, 8);
  /* Too large in the last band: nothing of it changes. */
  g_array_index (price->bands, PurserPriceBand, 0).list_pico[9] = G_MAXINT64;
  contract.id = 9;
  contract.ppm[0] = 1;
  contract.ppm[9] = PURSER_PPM + 1;
  g_assert_false (purser_price_apply_contract (price, &contract, &error));
  g_assert_error (error, PURSER_ORG_ERROR, PURSER_ORG_ERROR_OVERFLOW);
  g_assert_cmpint (price->contract_id, ==, 8);
  g_assert_cmpint (price->contract_pico[0], ==, 2700004); /* half to even */
  /* No contract: the list price. */
  g_assert_true (purser_price_apply_contract (price, NULL, NULL));
  g_assert_cmpint (price->contract_id, ==, 0);
  g_assert_cmpint (price->contract_pico[0], ==, 3000005);
}

/* --- Values --- */

static void
test_new_is_unpriced (void)
{
  g_autoptr(PurserPrice) price = purser_price_new ();
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    {
      PurserTokens tokens = input_of (0);
      PurserCharge charge;
      if (i < PURSER_N_TOKEN_KINDS)
        tokens.kind[i] = 1;
      else
        {
          tokens.kind[0] = i == PURSER_PRICED_AUDIO_IN;
          *(i == PURSER_PRICED_AUDIO_IN    ? &tokens.audio_in
            : i == PURSER_PRICED_AUDIO_OUT ? &tokens.audio_out
                                           : &tokens.server_tool_requests) = 1;
        }
      g_assert_cmpint (purser_charge_compute (&charge, price, NULL, &tokens, NULL), ==, PURSER_CHARGE_UNPRICED);
      g_assert_nonnull (purser_priced_id (i));
    }
  g_assert_cmpstr (purser_priced_id (PURSER_PRICED_AUDIO_IN), ==, "audio_in");
  g_assert_cmpstr (purser_priced_id (PURSER_PRICED_SERVER_TOOL), ==, "server_tool");
  g_assert_null (purser_priced_id (PURSER_N_PRICED));
}

static void
test_same (void)
{
  g_autoptr(PurserPrice) a = flat_price (5), b = NULL;
  add_band (a, "batch", "", 0, 3);
  add_band (a, "", "us", 100, 4);
  b = purser_price_copy (a);
  b->id = 7;
  b->valid_from = 9;
  b->contract_id = 3;
  b->contract_pico[2] = 1;
  b->origin = g_strdup ("catalogue");
  g_assert_true (purser_price_same (a, b));
  PurserPriceBand first = g_array_index (b->bands, PurserPriceBand, 0);
  g_array_remove_index (b->bands, 0);
  g_assert_false (purser_price_same (a, b));
  g_array_append_val (b->bands, first); /* in another order */
  g_assert_true (purser_price_same (a, b));
  g_array_index (b->bands, PurserPriceBand, 0).list_pico[3]++;
  g_assert_false (purser_price_same (a, b));
  g_array_index (b->bands, PurserPriceBand, 0).list_pico[3]--;
  g_array_index (b->bands, PurserPriceBand, 0).above++;
  g_assert_false (purser_price_same (a, b));
  g_array_index (b->bands, PurserPriceBand, 0).above--;
  b->hour_nano = 1;
  g_assert_false (purser_price_same (a, b));
  b->hour_nano = 0;
  b->list_pico[PURSER_PRICED_SERVER_TOOL] = -1;
  g_assert_false (purser_price_same (a, b));
  b->list_pico[PURSER_PRICED_SERVER_TOOL] = 5;
  g_strlcpy (b->currency, "USD", sizeof b->currency);
  g_assert_false (purser_price_same (a, b));
  g_assert_true (purser_price_same (NULL, NULL));
  g_assert_false (purser_price_same (a, NULL));
  /* A copy is its own. */
  g_assert_true (g_array_index (a->bands, PurserPriceBand, 0).list_pico[3] == 3 && a->bands != b->bands);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/price/modes", test_modes);
  g_test_add_func ("/price/bands", test_bands);
  g_test_add_func ("/price/crossing", test_crossing);
  g_test_add_func ("/price/band-without-kind", test_band_without_kind);
  g_test_add_func ("/price/contract-per-kind", test_contract_per_kind);
  g_test_add_func ("/price/new-is-unpriced", test_new_is_unpriced);
  g_test_add_func ("/price/same", test_same);
  return g_test_run ();
}
