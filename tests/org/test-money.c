/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <string.h>

#include "purser-kind.h"
#include "purser-money.h"
#include "long-hand.h"

static PurserPrice
price_of (gint64 pico)
{
  PurserPrice price = { .currency = "EUR" };
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    price.list_pico[i] = price.contract_pico[i] = pico;
  return price;
}

static PurserTokens
tokens_of (PurserTokenKind kind, gint64 n)
{
  PurserTokens tokens = PURSER_TOKENS_UNKNOWN_INIT;
  tokens.kind[kind] = n;
  return tokens;
}

static gint64
charge_one (gint64 tokens, gint64 pico)
{
  PurserPrice price = price_of (pico);
  PurserTokens used = tokens_of (PURSER_TOKENS_INPUT_UNCACHED, tokens);
  gint64 nano = -1;
  g_assert_cmpint (purser_price_charge (&price, &used, &nano, NULL), ==, PURSER_CHARGE_PRICED);
  return nano;
}

static void
test_charge (void)
{
  /* 3.00 per million: 1000 tokens are 0.003. */
  g_assert_cmpint (charge_one (1000, 3 * PURSER_PICO_PER_MILLION_UNIT), ==, 3000000);
  /* Halves go to the even neighbour. */
  static const struct
  {
    gint64 pico, nano;
  } HALVES[] = { { 500, 0 }, { 1500, 2 }, { 2500, 2 }, { 3500, 4 }, { 499, 0 },
                 { 501, 1 }, { 1499, 1 }, { 1501, 2 }, { 0, 0 },    { 1000, 1 } };
  for (guint i = 0; i < G_N_ELEMENTS (HALVES); i++)
    g_assert_cmpint (charge_one (1, HALVES[i].pico), ==, HALVES[i].nano);
}

static void
test_charge_states (void)
{
  PurserPrice price = price_of (1000000);
  PurserTokens used = tokens_of (PURSER_TOKENS_CACHE_WRITE_1H, 5);
  gint64 list = 7, contract = 7;
  g_assert_cmpint (purser_price_charge (NULL, &used, &list, &contract), ==, PURSER_CHARGE_UNPRICED);
  g_assert_cmpint (list, ==, 0);
  price.list_pico[PURSER_TOKENS_CACHE_WRITE_1H] = -1; /* used, and has no price of its own: not guessed */
  used.kind[PURSER_TOKENS_INPUT_UNCACHED] = 100;
  g_assert_cmpint (purser_price_charge (&price, &used, &list, &contract), ==, PURSER_CHARGE_UNPRICED);
  g_assert_cmpint (list, ==, 0);
  g_assert_cmpint (contract, ==, 0);
  used.kind[PURSER_TOKENS_CACHE_WRITE_1H] = 0; /* not used: then it does not matter */
  g_assert_cmpint (purser_price_charge (&price, &used, &list, &contract), ==, PURSER_CHARGE_PRICED);
  g_assert_cmpint (list, ==, 100000);
  price.list_pico[0] = G_MAXINT64;
  used.kind[0] = 1001;
  g_assert_cmpint (purser_price_charge (&price, &used, &list, &contract), ==, PURSER_CHARGE_OVERFLOW);
  used.kind[0] = 1000; /* exactly fits */
  g_assert_cmpint (purser_price_charge (&price, &used, &list, NULL), ==, PURSER_CHARGE_PRICED);
  g_assert_cmpint (list, ==, G_MAXINT64);
  used.kind[PURSER_TOKENS_OUTPUT_VISIBLE] = 1; /* the sum does not */
  g_assert_cmpint (purser_price_charge (&price, &used, &list, NULL), ==, PURSER_CHARGE_OVERFLOW);
  g_assert_cmpint (list, ==, 0);
}

static void
test_charge_property (void)
{
  for (guint i = 0; i < 50000; i++)
    {
      PurserPrice price = { .currency = "EUR" };
      PurserTokens used = PURSER_TOKENS_UNKNOWN_INIT;
      gint64 list = 0, contract = 0, got_list = 0, got_contract = 0;
      for (guint k = 0; k < PURSER_N_TOKEN_KINDS; k++)
        {
          used.kind[k] = g_test_rand_int_range (0, 4) == 0 ? PURSER_UNKNOWN : any_number (31);
          price.list_pico[k] = any_number (36);
          price.contract_pico[k] = any_number (36);
          list += used.kind[k] > 0 ? long_hand (used.kind[k], price.list_pico[k], 1000) : 0;
          contract += used.kind[k] > 0 ? long_hand (used.kind[k], price.contract_pico[k], 1000) : 0;
        }
      g_assert_cmpint (purser_price_charge (&price, &used, &got_list, &got_contract), ==, PURSER_CHARGE_PRICED);
      g_assert_cmpint (got_list, ==, list);
      g_assert_cmpint (got_contract, ==, contract);
    }
}

static void
test_discount_property (void)
{
  for (guint i = 0; i < 50000; i++)
    {
      PurserPrice price = price_of (any_number (42));
      gint64 ppm = g_test_rand_int_range (0, 2000001);
      g_assert_true (purser_price_apply_discount (&price, ppm, NULL));
      g_assert_cmpint (price.contract_pico[3], ==, long_hand (price.list_pico[3], ppm, PURSER_PPM));
    }
}

static void
test_discount (void)
{
  g_autoptr(GError) error = NULL;
  PurserPrice price = price_of (3000000);
  price.list_pico[1] = -1;
  price.list_pico[2] = 5; /* 4.5 → 4 */
  price.list_pico[3] = 15; /* 13.5 → 14 */
  g_assert_true (purser_price_apply_discount (&price, 900000, &error));
  g_assert_cmpint (price.contract_pico[0], ==, 2700000);
  g_assert_cmpint (price.contract_pico[1], ==, -1); /* no price stays no price */
  g_assert_cmpint (price.contract_pico[2], ==, 4);
  g_assert_cmpint (price.contract_pico[3], ==, 14);
  price.list_pico[6] = G_MAXINT64;
  g_assert_true (purser_price_apply_discount (&price, PURSER_PPM, &error));
  g_assert_false (purser_price_apply_discount (&price, PURSER_PPM + 1, &error));
  g_assert_error (error, PURSER_ORG_ERROR, PURSER_ORG_ERROR_OVERFLOW);
  g_assert_cmpint (price.contract_pico[0], ==, 3000000); /* left as it was */
  g_clear_error (&error);
  g_assert_false (purser_price_apply_discount (&price, -1, &error));
  g_assert_error (error, PURSER_ORG_ERROR, PURSER_ORG_ERROR_MONEY);
}

static void
test_parse (void)
{
  static const struct
  {
    const char *text;
    gint64 nano;
    int code;
  } CASES[] = {
    { "12.34", 12340000000, -1 },
    { "12,34", 12340000000, -1 },
    { " 5 ", 5000000000, -1 },
    { "0", 0, -1 },
    { ".5", 500000000, -1 },
    { "5.", 5000000000, -1 },
    { "0.000000001", 1, -1 },
    { "9223372036.854775807", G_MAXINT64, -1 },
    { "9223372036.854775808", 0, PURSER_ORG_ERROR_OVERFLOW },
    { "99999999999999999999999", 0, PURSER_ORG_ERROR_OVERFLOW },
    { "10000000000", 0, PURSER_ORG_ERROR_OVERFLOW },
    { "0.0000000001", 0, PURSER_ORG_ERROR_MONEY },
    { "", 0, PURSER_ORG_ERROR_MONEY },
    { NULL, 0, PURSER_ORG_ERROR_MONEY },
    { ".", 0, PURSER_ORG_ERROR_MONEY },
    { "-1", 0, PURSER_ORG_ERROR_MONEY },
    { "+1", 0, PURSER_ORG_ERROR_MONEY },
    { "1.234,5", 0, PURSER_ORG_ERROR_MONEY },
    { "1,2,3", 0, PURSER_ORG_ERROR_MONEY },
    { "1e3", 0, PURSER_ORG_ERROR_MONEY },
    { "€5", 0, PURSER_ORG_ERROR_MONEY },
    { "5 EUR", 0, PURSER_ORG_ERROR_MONEY },
    { "1 000", 0, PURSER_ORG_ERROR_MONEY },
    { "0x10", 0, PURSER_ORG_ERROR_MONEY },
  };
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autoptr(GError) error = NULL;
      gint64 nano = 0;
      gboolean parsed = purser_money_parse_nano (CASES[i].text, &nano, &error);
      g_assert_cmpint (parsed, ==, CASES[i].code == -1);
      if (parsed)
        g_assert_cmpint (nano, ==, CASES[i].nano);
      else
        g_assert_error (error, PURSER_ORG_ERROR, CASES[i].code);
    }
  gint64 pico = 0;
  g_assert_true (purser_price_parse_per_million ("3", &pico, NULL) && pico == 3000000);
  g_assert_true (purser_price_parse_per_million ("0.25", &pico, NULL) && pico == 250000);
  g_assert_true (purser_price_parse_per_million ("0,000001", &pico, NULL) && pico == 1);
  g_assert_false (purser_price_parse_per_million ("0.0000001", &pico, NULL));
}

static void
test_decimal (void)
{
  static const struct
  {
    gint64 nano;
    const char *text;
  } CASES[] = {
    { 12340000000, "12.34" },
    { 0, "0.00" },
    { 123000, "0.000123" },
    { 1, "0.000000001" },
    { 5000000000, "5.00" },
    { -1500000000, "-1.50" },
    { G_MAXINT64, "9223372036.854775807" },
    { G_MININT64, "-9223372036.854775808" },
    { 100000000, "0.10" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autofree char *text = purser_money_to_decimal (CASES[i].nano);
      g_assert_cmpstr (text, ==, CASES[i].text);
    }
  g_autofree char *three = purser_price_to_per_million (3000000), *small = purser_price_to_per_million (37500);
  g_assert_cmpstr (three, ==, "3.00");
  g_assert_cmpstr (small, ==, "0.0375");
  for (guint i = 0; i < 10000; i++)
    {
      gint64 nano = any_number (62), back = -1;
      g_autofree char *text = purser_money_to_decimal (nano);
      g_assert_true (purser_money_parse_nano (text, &back, NULL));
      g_assert_cmpint (back, ==, nano);
    }
}

#define NBSP "\302\240"

static void
test_format (void)
{
  static const struct
  {
    const char *locale;
    gint64 nano;
    const char *currency, *text;
  } CASES[] = {
    { "C", 12340000000, "EUR", "€12.34" },
    { "C", 4200000, "EUR", "€0.0042" },
    { "C", 4249999, "EUR", "€0.0042" },
    { "C", 1, "EUR", "€0.000000001" },
    { "C", 123, "EUR", "€0.00000012" },
    { "C", 0, "EUR", "€0" },
    { "C", 10000000, "EUR", "€0.01" },
    { "C", 12345000000, "USD", "$12.34" }, /* half to even */
    { "C", 12355000000, "USD", "$12.36" },
    { "C", 1234567890000000, "GBP", "£1,234,567.89" },
    { "C", 999999999, "EUR", "€1.00" },
    { "C", -2500000000, "EUR", "\342\210\222€2.50" },
    { "C", 1500000000, "CHF", "CHF" NBSP "1.50" },
    { "C", 1499000000000, "JPY", "JPY" NBSP "1,499" },
    { "C", 420000000, "JPY", "JPY" NBSP "0.42" },
    { "C", 1234000000, "KWD", "KWD" NBSP "1.234" },
    { "de_DE.UTF-8", 12340000000, "EUR", "12,34" NBSP "€" },
    { "de_DE.UTF-8", 1234567890000000, "EUR", "1.234.567,89" NBSP "€" },
    { "de_DE.UTF-8", 4200000, "EUR", "0,0042" NBSP "€" },
    { "de_DE.UTF-8", 0, "USD", "0" NBSP "$" },
    { "en_US.UTF-8", 1234567890000000, "EUR", "€1,234,567.89" },
    { "fr_FR.UTF-8", 1234567890000000, "EUR", "1\342\200\257234\342\200\257567,89" NBSP "€" },
  };
  guint missing = 0;
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      if (setlocale (LC_MONETARY, CASES[i].locale) == NULL)
        {
          missing++;
          continue;
        }
      setlocale (LC_CTYPE, g_str_equal (CASES[i].locale, "C") ? "C.UTF-8" : CASES[i].locale);
      g_autofree char *text = purser_money_format (CASES[i].nano, CASES[i].currency);
      g_assert_cmpstr (text, ==, CASES[i].text);
    }
  if (missing > 0)
    g_test_message ("%u cases were left out: their locales are not on this machine", missing);
}

static void
test_currency (void)
{
  g_assert_true (purser_currency_valid ("EUR"));
  g_assert_false (purser_currency_valid ("eur"));
  g_assert_false (purser_currency_valid ("EURO"));
  g_assert_false (purser_currency_valid (""));
  g_assert_false (purser_currency_valid (NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/money/charge", test_charge);
  g_test_add_func ("/money/charge-states", test_charge_states);
  g_test_add_func ("/money/charge-property", test_charge_property);
  g_test_add_func ("/money/discount", test_discount);
  g_test_add_func ("/money/discount-property", test_discount_property);
  g_test_add_func ("/money/parse", test_parse);
  g_test_add_func ("/money/decimal", test_decimal);
  g_test_add_func ("/money/format", test_format);
  g_test_add_func ("/money/currency", test_currency);
  return g_test_run ();
}
