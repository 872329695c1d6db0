/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "long-hand.h"
#include "purser-money.h"

#define HOUR_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

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

/* --- How much of what --- */

static void
test_audio (void)
{
  static const struct
  {
    gint64 in, read, out, audio_in, audio_out;
    gint64 text_in, charged_in, text_out, charged_out;
  } CASES[] = {
    { 100, -1, 50, 30, 20, 70, 30, 30, 20 }, { 100, -1, 50, -1, -1, 100, 0, 50, 0 },
    { 100, -1, 50, 0, 0, 100, 0, 50, 0 },    { 100, -1, 50, 100, 50, 0, 100, 0, 50 },
    { 20, 80, 50, 90, 0, 0, 20, 50, 0 }, /* the rest was cached, and is charged as that */
    { 0, 100, 50, 90, 0, 0, 0, 50, 0 },      { -1, -1, -1, 90, 7, 0, 90, 0, 7 }, /* nothing else was told */
  };
  g_autoptr(PurserPrice) price = flat_price (1000);
  price->list_pico[PURSER_PRICED_AUDIO_IN] = 7000;
  price->list_pico[PURSER_PRICED_AUDIO_OUT] = 11000;
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      PurserTokens tokens = input_of (CASES[i].in);
      PurserCharge charge;
      tokens.kind[PURSER_TOKENS_CACHE_READ] = CASES[i].read;
      tokens.kind[PURSER_TOKENS_OUTPUT_VISIBLE] = CASES[i].out;
      tokens.audio_in = CASES[i].audio_in;
      tokens.audio_out = CASES[i].audio_out;
      g_assert_cmpint (purser_charge_compute (&charge, price, NULL, &tokens, NULL), ==, PURSER_CHARGE_PRICED);
      g_assert_cmpint (charge.kind_list_nano[PURSER_TOKENS_INPUT_UNCACHED], ==, CASES[i].text_in);
      g_assert_cmpint (charge.kind_list_nano[PURSER_PRICED_AUDIO_IN], ==, 7 * CASES[i].charged_in);
      g_assert_cmpint (charge.kind_list_nano[PURSER_TOKENS_OUTPUT_VISIBLE], ==, CASES[i].text_out);
      g_assert_cmpint (charge.kind_list_nano[PURSER_PRICED_AUDIO_OUT], ==, 11 * CASES[i].charged_out);
    }
  /* Audio that was heard and has no price is not charged as text. */
  PurserTokens tokens = input_of (100);
  PurserCharge charge;
  tokens.audio_in = 1;
  price->list_pico[PURSER_PRICED_AUDIO_IN] = -1;
  purser_charge_compute (&charge, price, NULL, &tokens, NULL);
  g_assert_cmpint (charge.reason, ==, PURSER_UNPRICED_KIND);
}

static void
test_server_tools (void)
{
  g_autoptr(PurserPrice) price = flat_price (0);
  PurserTokens tokens = input_of (10);
  PurserCharge charge;
  price->list_pico[PURSER_PRICED_SERVER_TOOL] = G_GINT64_CONSTANT (10000000000); /* 10.00 per thousand searches */
  price->contract_pico[PURSER_PRICED_SERVER_TOOL] = G_GINT64_CONSTANT (5000000000);
  tokens.server_tool_requests = 3;
  purser_charge_compute (&charge, price, NULL, &tokens, NULL);
  g_assert_cmpint (charge.list_nano, ==, 30000000);
  g_assert_cmpint (charge.contract_nano, ==, 15000000);
  price->list_pico[PURSER_PRICED_SERVER_TOOL] = -1;
  purser_charge_compute (&charge, price, NULL, &tokens, NULL);
  g_assert_cmpint (charge.reason, ==, PURSER_UNPRICED_KIND);
  tokens.server_tool_requests = 0;
  g_assert_cmpint (purser_charge_compute (&charge, price, NULL, &tokens, NULL), ==, PURSER_CHARGE_PRICED);
}

/* The organisation's own machine: by the hour, on top of the tokens, and under no contract. */
static void
test_hours (void)
{
  static const struct
  {
    gint64 hour_nano, total_us, nano;
  } CASES[] = {
    { 3600000000, 1000000, 1000000 }, /* 3.60 an hour: a second is 0.001 */
    { 3600000000, HOUR_US, 3600000000 },
    { 1000000000, 0, 0 },
    { 1000000000, -1, 0 }, /* not measured */
    { 0, HOUR_US, 0 },
    { 1, HOUR_US / 2, 0 }, /* half a nano-unit, to the even one */
    { 3, HOUR_US / 2, 2 },
    { 1, HOUR_US / 2 + 1, 1 },
    { G_MAXINT64, HOUR_US, G_MAXINT64 },
  };
  g_autoptr(PurserPrice) price = flat_price (1000);
  PurserTokens tokens = input_of (0);
  PurserCharge charge;
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      PurserConditions conditions = { .total_us = CASES[i].total_us };
      price->hour_nano = CASES[i].hour_nano;
      g_assert_cmpint (purser_charge_compute (&charge, price, NULL, &tokens, &conditions), ==, PURSER_CHARGE_PRICED);
      g_assert_cmpint (charge.hour_nano, ==, CASES[i].nano);
      g_assert_cmpint (charge.list_nano, ==, CASES[i].nano);
      g_assert_cmpint (charge.org_contract_nano, ==, CASES[i].nano);
    }
  PurserConditions conditions = { .total_us = HOUR_US + 1 };
  g_assert_cmpint (purser_charge_compute (&charge, price, NULL, &tokens, &conditions), ==, PURSER_CHARGE_OVERFLOW);
  PurserContract half = { .id = 3 };
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    half.ppm[i] = 500000;
  price->hour_nano = 3600000000;
  tokens = input_of (100);
  conditions.total_us = 1000000;
  g_assert_true (purser_price_apply_contract (price, &half, NULL));
  purser_charge_compute (&charge, price, NULL, &tokens, &conditions);
  g_assert_cmpint (charge.list_nano, ==, 1000100);
  g_assert_cmpint (charge.contract_nano, ==, 1000050);
}

/* --- Another currency --- */

static void
test_rates (void)
{
  static const struct
  {
    gint64 rate, amount, converted; /* -1: does not fit */
  } CASES[] = {
    { 1084200000, 1000000000, 1084200000 },
    { 500000000, 1, 0 }, /* halves to the even one */
    { 500000000, 3, 2 },
    { 500000000, 5, 2 },
    { 1500000000, 1, 2 },
    { 500000001, 1, 1 },
    { 1, G_MAXINT64, 9223372037 },
    { PURSER_NANO, G_MAXINT64, G_MAXINT64 },
    { PURSER_NANO + 1, G_MAXINT64, -1 },
    { G_MAXINT64, G_MAXINT64, -1 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      PurserRate rate = { .rate_nano = CASES[i].rate };
      gint64 converted = 7;
      g_assert_cmpint (purser_rate_convert (&rate, CASES[i].amount, &converted), ==, CASES[i].converted >= 0);
      g_assert_cmpint (converted, ==, MAX (CASES[i].converted, 0));
      if (CASES[i].converted >= 0)
        {
          g_assert_true (purser_rate_convert (&rate, -CASES[i].amount, &converted)); /* a correction */
          g_assert_cmpint (converted, ==, -CASES[i].converted);
        }
    }
}

static void
test_rate_parse (void)
{
  static const struct
  {
    const char *text;
    gint64 rate; /* 0: refused */
  } CASES[] = { { "1.0842", 1084200000 },
                { "1,0842", 1084200000 },
                { "0.000000001", 1 },
                { "155", 155000000000 },
                { "0", 0 },
                { "0.00", 0 },
                { "", 0 },
                { "-1", 0 },
                { "1.0000000001", 0 },
                { "1e3", 0 },
                { NULL, 0 } };
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autoptr(GError) error = NULL;
      gint64 rate = 0;
      g_assert_cmpint (purser_rate_parse (CASES[i].text, &rate, &error), ==, CASES[i].rate > 0);
      g_assert_cmpint (rate, ==, CASES[i].rate);
      g_assert_cmpint (error == NULL, ==, CASES[i].rate > 0);
    }
}

/* Each kind is converted for itself, so that rows per kind add up to the whole. */
static void
test_rate_per_kind (void)
{
  g_autoptr(PurserPrice) price = flat_price (1000);
  PurserRate half = { .rate_nano = 500000000 };
  PurserTokens tokens = input_of (1);
  PurserCharge charge;
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    tokens.kind[i] = 3; /* 3 → 1.5 → 2, seven times; all at once it would be 10.5 → 10 */
  purser_charge_compute (&charge, price, &half, &tokens, NULL);
  g_assert_cmpint (charge.list_nano, ==, 21);
  g_assert_cmpint (charge.org_list_nano, ==, 14);
  half.rate_nano = G_MAXINT64;
  tokens.kind[0] = PURSER_NANO * 2;
  g_assert_cmpint (purser_charge_compute (&charge, price, &half, &tokens, NULL), ==, PURSER_CHARGE_OVERFLOW);
  g_assert_cmpint (charge.list_nano, ==, 0);
}

/* --- Against the long hand --- */

/* The whole of purser_charge_compute(), told in another way: bands are looked for by walking the ways they may fit. */
static const PurserPriceBand *
expected_band (const PurserPrice *price, const char *mode, const char *region, gint64 input)
{
  const PurserPriceBand *best = NULL;
  for (guint general = *region == '\0'; general < 2 && best == NULL; general++)
    for (guint i = 0; i < price->bands->len; i++)
      {
        const PurserPriceBand *band = &g_array_index (price->bands, PurserPriceBand, i);
        if (g_str_equal (band->mode, mode) && g_str_equal (band->region, general ? "" : region)
            && (band->above == 0 || input > band->above) && (best == NULL || band->above > best->above))
          best = band;
      }
  return best;
}

typedef struct
{
  gint64 list, contract, org_list, org_contract;
} Sums;

static gboolean
add_long_hand (Sums *sums, gint64 list, gint64 contract, const PurserRate *rate)
{
  gint64 org_list = list, org_contract = contract;
  if (rate != NULL
      && (!long_hand_fits (list, rate->rate_nano, PURSER_NANO, &org_list)
          || !long_hand_fits (contract, rate->rate_nano, PURSER_NANO, &org_contract)))
    return FALSE;
  const gint64 parts[] = { list, contract, org_list, org_contract };
  gint64 *totals[] = { &sums->list, &sums->contract, &sums->org_list, &sums->org_contract };
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      if (parts[i] > G_MAXINT64 - *totals[i])
        return FALSE;
      *totals[i] += parts[i];
    }
  return TRUE;
}

static PurserChargeState
expect (Sums *sums,
        const PurserPrice *price,
        const PurserPriceBand *ordinary,
        const PurserRate *rate,
        const PurserTokens *tokens,
        const PurserConditions *conditions)
{
  gint64 input = 0, amounts[PURSER_N_PRICED];
  for (guint i = 0; i <= PURSER_TOKENS_CACHE_WRITE_OTHER; i++)
    input += MAX (tokens->kind[i], 0);
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    amounts[i] = MAX (tokens->kind[i], 0);
  amounts[PURSER_PRICED_AUDIO_IN] = MAX (tokens->audio_in, 0);
  amounts[PURSER_PRICED_AUDIO_OUT] = MAX (tokens->audio_out, 0);
  amounts[PURSER_PRICED_SERVER_TOOL] = MAX (tokens->server_tool_requests, 0);
  const guint whole[2] = { PURSER_TOKENS_INPUT_UNCACHED, PURSER_TOKENS_OUTPUT_VISIBLE };
  for (guint i = 0; i < 2; i++)
    if (tokens->kind[whole[i]] >= 0)
      {
        gint64 *audio = &amounts[PURSER_PRICED_AUDIO_IN + i];
        *audio = MIN (*audio, amounts[whole[i]]);
        amounts[whole[i]] -= *audio;
      }
  const PurserPriceBand *band = expected_band (price, conditions->mode, conditions->region, input);
  if (band == NULL && *conditions->mode != '\0')
    return PURSER_CHARGE_UNPRICED;
  if (band == NULL)
    band = ordinary;
  /* In the order in which the first trouble shows. */
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    {
      gint64 list, contract;
      if (amounts[i] == 0)
        continue;
      if (band->list_pico[i] < 0 || band->contract_pico[i] < 0)
        return PURSER_CHARGE_UNPRICED;
      if (!long_hand_fits (amounts[i], band->list_pico[i], 1000, &list)
          || !long_hand_fits (amounts[i], band->contract_pico[i], 1000, &contract)
          || !add_long_hand (sums, list, contract, rate))
        return PURSER_CHARGE_OVERFLOW;
    }
  if (price->hour_nano > 0 && conditions->total_us > 0)
    {
      gint64 hours;
      if (!long_hand_fits (price->hour_nano, conditions->total_us, HOUR_US, &hours)
          || !add_long_hand (sums, hours, hours, rate))
        return PURSER_CHARGE_OVERFLOW;
    }
  return PURSER_CHARGE_PRICED;
}

static gint64
maybe (guint bits, guint unknown_in)
{
  return g_test_rand_int_range (0, (gint32) unknown_in) == 0 ? -1 : any_number (bits);
}

static void
fill_figures (gint64 *list, gint64 *contract, guint bits, guint unknown_in)
{
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    {
      list[i] = maybe (bits, unknown_in);
      contract[i] = list[i] < 0 ? -1 : any_number (bits);
    }
}

static void
test_property (void)
{
  static const char *const MODES[] = { "", "batch", "flex" }, *const REGIONS[] = { "", "us", "eu" };
  guint states[3] = { 0 };
  for (guint round = 0; round < 40000; round++)
    {
      g_autoptr(PurserPrice) price = purser_price_new ();
      guint bits = round % 3 == 0 ? 62 : 34, unknown_in = round % 2 == 0 ? 20 : 1000;
      PurserPriceBand ordinary = { .above = 0 };
      PurserTokens tokens;
      PurserRate rate = { .rate_nano = any_number (round % 5 == 0 ? 62 : 31) + 1 };
      PurserConditions conditions = { MODES[g_test_rand_int_range (0, 3)], REGIONS[g_test_rand_int_range (0, 3)],
                                      maybe (40, 4) };
      PurserCharge charge;
      Sums sums = { 0 };

      fill_figures (price->list_pico, price->contract_pico, bits, unknown_in);
      memcpy (ordinary.list_pico, price->list_pico, sizeof ordinary.list_pico);
      memcpy (ordinary.contract_pico, price->contract_pico, sizeof ordinary.contract_pico);
      price->bands = g_array_new (FALSE, FALSE, sizeof (PurserPriceBand));
      for (guint i = 0; i < 26; i++)
        if (i > 0 && g_test_rand_int_range (0, 2) == 0) /* the bands that there may be, each with an own place */
          {
            PurserPriceBand band = { .above = i / 9 * 1000000 };
            g_strlcpy (band.mode, MODES[i % 3], sizeof band.mode);
            g_strlcpy (band.region, REGIONS[i / 3 % 3], sizeof band.region);
            fill_figures (band.list_pico, band.contract_pico, bits, unknown_in);
            g_array_append_val (price->bands, band);
          }
      price->hour_nano = round % 4 == 0 ? any_number (40) : 0;
      for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
        tokens.kind[i] = maybe (24, 4);
      tokens.audio_in = maybe (20, 2);
      tokens.audio_out = maybe (20, 2);
      tokens.server_tool_requests = maybe (8, 2);

      const PurserRate *into = round % 2 == 0 ? &rate : NULL;
      PurserChargeState state = expect (&sums, price, &ordinary, into, &tokens, &conditions);
      states[state]++;
      if (state != PURSER_CHARGE_PRICED)
        sums = (Sums) { 0 };
      g_assert_cmpint (purser_charge_compute (&charge, price, into, &tokens, &conditions), ==, state);
      g_assert_cmpint (charge.state, ==, state);
      g_assert_cmpint (charge.list_nano, ==, sums.list);
      g_assert_cmpint (charge.contract_nano, ==, sums.contract);
      g_assert_cmpint (charge.org_list_nano, ==, sums.org_list);
      g_assert_cmpint (charge.org_contract_nano, ==, sums.org_contract);
      gint64 kinds = charge.hour_nano;
      for (guint i = 0; i < PURSER_N_PRICED; i++)
        kinds += charge.kind_list_nano[i];
      g_assert_cmpint (kinds, ==, charge.list_nano);
    }
  g_test_message ("%u priced, %u unpriced, %u past 64 bits", states[PURSER_CHARGE_PRICED],
                  states[PURSER_CHARGE_UNPRICED], states[PURSER_CHARGE_OVERFLOW]);
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    g_assert_cmpuint (states[i], >, 1000); /* every way was gone often enough */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/charge/audio", test_audio);
  g_test_add_func ("/charge/server-tools", test_server_tools);
  g_test_add_func ("/charge/hours", test_hours);
  g_test_add_func ("/charge/rates", test_rates);
  g_test_add_func ("/charge/rate-parse", test_rate_parse);
  g_test_add_func ("/charge/rate-per-kind", test_rate_per_kind);
  g_test_add_func ("/charge/property", test_property);
  return g_test_run ();
}
