/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-format.h"

#include <locale.h>

#define assert_text(call, expected) \
  G_STMT_START { g_autofree char *text_ = (call); g_assert_cmpstr (text_, ==, expected); } G_STMT_END

#define NBSP "\302\240"

static gboolean
use_german (void)
{
  return setlocale (LC_ALL, "de_DE.UTF-8") != NULL || setlocale (LC_ALL, "de_DE.utf8") != NULL;
}

static void
test_counts (void)
{
  setlocale (LC_ALL, "C");
  assert_text (purser_format_count (8412), "8412");
  assert_text (purser_format_count (-1), "not known");
  assert_text (purser_format_tokens (0), "0");
  assert_text (purser_format_tokens (999949), "999949");
  assert_text (purser_format_tokens (1234567), "1.2" NBSP "million");
  assert_text (purser_format_tokens (G_GINT64_CONSTANT (2500000000)), "2.5" NBSP "billion");
  assert_text (purser_format_tokens_short (200000), "200k");
  assert_text (purser_format_tokens_short (1500000), "1.5M");
}

static void
test_durations (void)
{
  setlocale (LC_ALL, "C");
  assert_text (purser_format_duration (-1), "not measured");
  assert_text (purser_format_duration (400), "0.4" NBSP "ms");
  assert_text (purser_format_duration (38000), "38" NBSP "ms");
  assert_text (purser_format_duration (570000), "0.57" NBSP "s");
  assert_text (purser_format_duration (12340000), "12.3" NBSP "s");
  assert_text (purser_format_duration (125000000), "2" NBSP "min 5" NBSP "s");
  assert_text (purser_format_duration (G_GINT64_CONSTANT (3900000000)), "1" NBSP "h 5" NBSP "min");
  assert_text (purser_format_seconds (0.57), "0.57" NBSP "s");
  assert_text (purser_format_seconds (0.0 / 0.0), "not measured");
}

/* Only the whole is 100 %, and only nothing is 0 %. */
static void
test_percent (void)
{
  setlocale (LC_ALL, "C");
  assert_text (purser_format_percent (0.982), "98.2%");
  assert_text (purser_format_percent (1), "100%");
  assert_text (purser_format_percent (0), "0%");
  assert_text (purser_format_percent (0.99999), "99.9%");
  assert_text (purser_format_percent (0.00001), "0.1%");
}

static void
test_days (void)
{
  setlocale (LC_ALL, "C");
  assert_text (purser_format_day (-719162), "1 January 1");
  assert_text (purser_format_day (10957), "1 January 2000");
  assert_text (purser_format_day_short (10957), "Sat 1 Jan");
}

static void
test_when (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) before = g_date_time_add_days (now, -1);
  g_autofree char *today = g_date_time_format (now, "today at %H:%M");
  g_autofree char *yesterday = g_date_time_format (before, "yesterday at %H:%M");

  setlocale (LC_ALL, "C");
  assert_text (purser_format_when (g_date_time_to_unix_usec (now), "UTC"), today);
  assert_text (purser_format_when (g_date_time_to_unix_usec (before), "UTC"), yesterday);
  assert_text (purser_format_when (G_GINT64_CONSTANT (946721400000000), "UTC"), "1 January 2000, 10:10");
  assert_text (purser_format_when (G_GINT64_CONSTANT (946721400000000), "Europe/Berlin"), "1 January 2000, 11:10");
  assert_text (purser_format_when (G_MAXINT64, "UTC"), "not known");
}

static void
test_prices (void)
{
  PurserPrice price = { .list_pico = { 3000000, 0, -1, 250000, 75, 1, 12345678 } };

  setlocale (LC_ALL, "C");
  assert_text (purser_format_price (&price, PURSER_TOKENS_INPUT_UNCACHED), "3.00");
  assert_text (purser_format_price (&price, PURSER_TOKENS_CACHE_READ), "free");
  assert_text (purser_format_price (&price, PURSER_TOKENS_CACHE_WRITE_5M), "not known");
  assert_text (purser_format_price (&price, PURSER_TOKENS_CACHE_WRITE_1H), "0.25");
  assert_text (purser_format_price (&price, PURSER_TOKENS_CACHE_WRITE_OTHER), "0.000075");
  assert_text (purser_format_price (&price, PURSER_TOKENS_OUTPUT_VISIBLE), "0.000001");
  assert_text (purser_format_price (&price, PURSER_TOKENS_OUTPUT_REASONING), "12.345678");
  assert_text (purser_format_price (NULL, PURSER_TOKENS_INPUT_UNCACHED), "not known");
}

static void
test_money (void)
{
  g_autofree char *whole = NULL, *cents = NULL, *small = NULL;

  setlocale (LC_ALL, "C");
  whole = purser_format_money_short (20 * PURSER_NANO, "EUR");
  cents = purser_format_money_short (20 * PURSER_NANO + PURSER_NANO / 4, "EUR");
  small = purser_format_money (4200000, "EUR");
  g_assert_nonnull (strstr (whole, "20"));
  g_assert_null (strchr (whole, '.'));
  g_assert_nonnull (strstr (cents, "20.25"));
  g_assert_nonnull (strstr (small, "0.0042"));
}

static void
test_german (void)
{
  PurserPrice price = { .list_pico = { 1234500000 } };
  g_autofree char *money = NULL;

  if (!use_german ())
    {
      g_test_skip ("this system has no German locale");
      return;
    }
  assert_text (purser_format_count (8412), "8.412");
  assert_text (purser_format_price (&price, PURSER_TOKENS_INPUT_UNCACHED), "1.234,50");
  money = purser_format_money_short (1234 * PURSER_NANO, "EUR");
  g_assert_nonnull (strstr (money, "1.234"));
  g_assert_null (strstr (money, ",00"));
  setlocale (LC_ALL, "C");
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("LANGUAGE", "C", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/format/counts", test_counts);
  g_test_add_func ("/format/durations", test_durations);
  g_test_add_func ("/format/percent", test_percent);
  g_test_add_func ("/format/days", test_days);
  g_test_add_func ("/format/when", test_when);
  g_test_add_func ("/format/prices", test_prices);
  g_test_add_func ("/format/money", test_money);
  g_test_add_func ("/format/german", test_german);
  return g_test_run ();
}
