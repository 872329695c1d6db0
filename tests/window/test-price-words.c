/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prices, contracts, rates and what working out again brings, in words: no window is needed. */
#include "config.h"

#include <locale.h>
#include <string.h>
#include "fixture-answer.h"
#include "purser-format.h"
#include "purser-price-words.h"
#include "purser-reprice-words.h"
#include "purser-retire-words.h"
#include "purser-shown.h"

#define DAY_US (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)
#define PER_MILLION(units) ((gint64) ((units) * PURSER_PICO_PER_MILLION_UNIT))

static PurserPrice *
make_price (const char *currency,
            const char *origin,
            double      in,
            double      out)
{
  PurserPrice *price = purser_price_new ();

  g_strlcpy (price->currency, currency, sizeof price->currency);
  g_set_str (&price->origin, origin);
  price->list_pico[PURSER_TOKENS_INPUT_UNCACHED] = price->contract_pico[PURSER_TOKENS_INPUT_UNCACHED] = PER_MILLION (in);
  price->list_pico[PURSER_TOKENS_OUTPUT_VISIBLE] = price->contract_pico[PURSER_TOKENS_OUTPUT_VISIBLE] = PER_MILLION (out);
  return price;
}

static void
add_rate (PurserOrg  *org,
          const char *from,
          const char *to,
          gint64      rate_nano,
          gint64      valid_from)
{
  PurserRate *rate = g_new0 (PurserRate, 1);

  g_strlcpy (rate->from, from, sizeof rate->from);
  g_strlcpy (rate->to, to, sizeof rate->to);
  rate->rate_nano = rate_nano;
  rate->valid_from = valid_from;
  g_ptr_array_add (org->rates, rate);
}

/* A price of 0.075 is not one of 0.08. */
static void
test_exact (void)
{
  static const struct { gint64 nano; const char *currency, *words; } cases[] =
  {
    { 5 * PURSER_NANO, "USD", "$5.00" }, { PURSER_NANO * 75 / 1000, "USD", "$0.075" }, { PURSER_NANO / 10, "EUR", "€0.10" },
    { 1, "USD", "$0.000000001" }, { PURSER_NANO * 88 / 10, "CHF", "CHF\302\24088.00" },
  };

  for (gsize i = 0; i + 1 < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = purser_format_exact (cases[i].nano, cases[i].currency);

      g_assert_cmpstr (text, ==, cases[i].words);
    }
}

static void
test_states (void)
{
  static const struct { const char *currency, *origin; gint64 from; PurserPriceKind kind; const char *words; } cases[] =
  {
    { "EUR", "admin", 0, PURSER_PRICE_OWN, "Your own price" },
    { "EUR", "catalogue", 20758 * DAY_US, PURSER_PRICE_LISTED, "Price list, 1 November 2026" },
    { "EUR", "local", 20758 * DAY_US, PURSER_PRICE_LOCAL, "Runs on this computer" },
    { "EUR", "practice", 20758 * DAY_US, PURSER_PRICE_PRACTICE, "Invented, for practice" },
    { "USD", "catalogue", 0, PURSER_PRICE_LISTED, "Price list" },
    { "JPY", "catalogue", 0, PURSER_PRICE_NO_RATE, "No rate from JPY to EUR" },
    { NULL, NULL, 0, PURSER_PRICE_NONE, "No price" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (PurserOrg) org = test_snapshot ();
      g_autoptr (PurserModel) model = g_new0 (PurserModel, 1);
      g_autofree char *words = NULL;
      PurserPriceState state;

      org->timezone = g_strdup ("UTC");
      add_rate (org, "USD", "EUR", 920000000, 1);
      model->price = cases[i].currency != NULL ? make_price (cases[i].currency, cases[i].origin, 3, 15) : NULL;
      if (model->price != NULL)
        model->price->valid_from = cases[i].from;
      state = purser_price_state (org, model);
      words = purser_price_from (org, model);
      g_assert_cmpint (state.kind, ==, cases[i].kind);
      g_assert_true (state.trouble == (cases[i].kind == PURSER_PRICE_NONE || cases[i].kind == PURSER_PRICE_NO_RATE));
      /* Of this year's days the year goes without saying. */
      if (strstr (cases[i].words, "2026") != NULL)
        g_assert_true (g_str_has_prefix (words, "Price list, 1 November"));
      else
        g_assert_cmpstr (words, ==, cases[i].words);
    }
}

static void
test_bands (void)
{
  static const struct { const char *mode, *region; gint64 above; const char *words; } cases[] =
  {
    { "batch", "", 0, "In batches, answered within a day" },
    { "", "", 200000, "Inputs above 200000 tokens" },
    { "", "us", 0, "Answered in US" },
    { "priority", "us", 128000, "With priority, inputs above 128000 tokens, answered in US" },
    { "turbo", "", 0, "turbo" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      PurserPriceBand band = { .above = cases[i].above };
      g_autofree char *words = NULL;

      g_strlcpy (band.mode, cases[i].mode, sizeof band.mode);
      g_strlcpy (band.region, cases[i].region, sizeof band.region);
      words = purser_price_band_title (&band);
      g_assert_cmpstr (words, ==, cases[i].words);
    }
}

static void
test_difference (void)
{
  g_autoptr (PurserPrice) before = make_price ("USD", "catalogue", 5, 25), after = make_price ("USD", "catalogue", 4, 25), hour = make_price ("EUR", "admin", 0, 0);
  g_autofree char *changed = purser_price_difference (before, after);
  g_autofree char *fresh = purser_price_difference (NULL, after);
  g_autofree char *same = purser_price_difference (before, before);
  g_autofree char *summary = NULL, *free_words = NULL, *none = purser_price_summary (NULL);

  g_assert_cmpstr (changed, ==, "In $4.00, was $5.00");
  g_assert_cmpstr (fresh, ==, "In $4.00 · Out $25.00");
  g_assert_cmpstr (same, ==, "As before");
  free_words = purser_price_summary (hour);
  g_assert_cmpstr (free_words, ==, "free");
  hour->hour_nano = 2 * PURSER_NANO;
  summary = purser_price_summary (hour);
  g_assert_cmpstr (summary, ==, "€2.00 an hour of work");
  g_assert_cmpstr (none, ==, "no price");
}

static void
test_contracts (void)
{
  PurserContract contract = { 0 };
  g_autofree char *alike = NULL, *apart = NULL, *list = NULL, *more = NULL;

  for (guint i = 0; i < PURSER_N_PRICED; i++)
    contract.ppm[i] = 900000;
  alike = purser_contract_words (&contract);
  contract.ppm[PURSER_TOKENS_OUTPUT_VISIBLE] = 875000;
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    if (i != PURSER_TOKENS_OUTPUT_VISIBLE && i != PURSER_TOKENS_INPUT_UNCACHED)
      contract.ppm[i] = PURSER_PPM;
  apart = purser_contract_words (&contract);
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    contract.ppm[i] = PURSER_PPM;
  list = purser_contract_words (&contract);
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    contract.ppm[i] = 1050000;
  more = purser_contract_words (&contract);
  g_assert_cmpstr (alike, ==, "10% off");
  g_assert_cmpstr (apart, ==, "In 10% off, Out 12.5% off");
  g_assert_cmpstr (list, ==, "list price");
  g_assert_cmpstr (more, ==, "5% on top");
}

/* Amounts may be shown in another currency, at a rate told in that direction; none changes that is kept. */
static void
test_shown (void)
{
  g_autoptr (PurserOrg) org = test_snapshot ();
  g_autofree char *kept = NULL, *missing = NULL, *missing_cost = NULL, *note = NULL, *cost = NULL;
  g_autofree char *as_kept = purser_shown_note (org);
  PurserShown shown;

  org->timezone = g_strdup ("UTC");
  g_assert_null (as_kept);
  kept = purser_format_cost (org, 10 * PURSER_NANO);
  g_assert_cmpstr (kept, ==, "€10.00");
  g_strlcpy (org->display_currency, "USD", sizeof org->display_currency);
  missing = purser_shown_note (org);
  missing_cost = purser_format_cost (org, 10 * PURSER_NANO);
  g_assert_cmpstr (missing, ==, "no rate for USD yet, so in EUR");
  g_assert_cmpstr (missing_cost, ==, "€10.00");
  add_rate (org, "USD", "EUR", 500000000, 1); /* the other way round is not turned */
  shown = purser_shown_of (org);
  g_assert_null (shown.rate);
  add_rate (org, "EUR", "USD", 1084200000, 16000 * DAY_US);
  note = purser_shown_note (org);
  cost = purser_format_cost (org, 10 * PURSER_NANO);
  g_assert_cmpstr (cost, ==, "$10.84");
  g_assert_cmpstr (note, ==, "in USD, at 1 EUR = 1.0842 USD on 22 October 2013");
  shown = purser_shown_of (org);
  g_assert_cmpint (purser_shown_convert (&shown, G_MAXINT64), ==, G_MAXINT64);
}

static void
test_retiring (void)
{
  g_autoptr (PurserOrg) org = test_snapshot ();
  g_autoptr (PurserModel) model = g_new0 (PurserModel, 1);
  gint64 now = 20758 * DAY_US; /* 1 November 2026 */
  g_autofree char *none = NULL, *soon = NULL, *title = NULL, *past = NULL, *today = NULL, *garbage = NULL;

  org->timezone = g_strdup ("UTC");
  model->name = g_strdup ("old-model");
  none = purser_retire_words (org, model, now);
  g_assert_null (none);
  model->retires_on = g_strdup ("2026-11-08");
  model->replacement = g_strdup ("new-model");
  title = purser_retire_title (org, model, now);
  soon = purser_retire_words (org, model, now);
  g_assert_cmpstr (title, ==, "old-model ends in 7 days");
  g_assert_true (g_str_has_suffix (soon, "in 7 days. It names new-model instead."));
  past = purser_retire_title (org, model, now + 8 * DAY_US);
  today = purser_retire_title (org, model, now + 7 * DAY_US);
  g_assert_cmpstr (past, ==, "old-model has been switched off by its owner");
  g_assert_cmpstr (today, ==, "old-model ends today");
  g_set_str (&model->retires_on, "soon");
  garbage = purser_retire_words (org, model, now);
  g_assert_null (garbage);
}

static void
test_reprice (void)
{
  g_autoptr (PurserOrg) org = test_snapshot ();
  g_autoptr (GPtrArray) closed = g_ptr_array_new ();
  PurserMonthRow october = { .month = 681 };
  PurserRepriceResult result = { .attempts = 4481, .corrected = 12, .newly_priced = 8, .still_unpriced = 3, .still_unpriced_tokens = 1200,
                                 .in_closed_months = 5, .cost_nano = 420000000 };
  PurserRepriceResult nothing = { .attempts = 7 };
  g_autofree char *before = NULL, *after = NULL, *same = NULL;

  org->timezone = g_strdup ("UTC");
  g_ptr_array_add (closed, &october);
  before = purser_reprice_words (org, &result, closed, 20700 * DAY_US, FALSE);
  after = purser_reprice_words (org, &result, closed, 20700 * DAY_US, TRUE);
  same = purser_reprice_words (org, &nothing, closed, 20758 * DAY_US, FALSE);
  g_assert_cmpstr (before, ==, "12 of 4481 calls would be charged otherwise: €0.42 more in all.\n8 of them had no price before.\n"
                               "3 stay without a price, with 1200 tokens.\n5 lie in closed months (October 2026) and stay as they are.");
  g_assert_true (g_str_has_prefix (after, "12 calls are charged otherwise now: €0.42 more in all.\n"));
  g_assert_cmpstr (same, ==, "7 calls were looked at: nothing changes.");
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("LANGUAGE", "C", TRUE);
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/price-words/exact", test_exact);
  g_test_add_func ("/price-words/states", test_states);
  g_test_add_func ("/price-words/bands", test_bands);
  g_test_add_func ("/price-words/difference", test_difference);
  g_test_add_func ("/price-words/contracts", test_contracts);
  g_test_add_func ("/price-words/shown", test_shown);
  g_test_add_func ("/price-words/retiring", test_retiring);
  g_test_add_func ("/price-words/reprice", test_reprice);
  return g_test_run ();
}
