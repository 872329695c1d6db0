/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-format.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#define US_PER_SECOND G_GINT64_CONSTANT (1000000)

static GDateTime *
day_to_date (gint32 day)
{
  return g_date_time_new_from_unix_utc ((gint64) day * 86400);
}

static gboolean
is_this_year (GDateTime *date)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  return g_date_time_get_year (now) == g_date_time_get_year (date);
}

/* Money for people, in the locale. */
char *
purser_format_money (gint64      nano,
                     const char *currency)
{
  return purser_money_format (nano, currency);
}

/* The same for axes and small pictures, where ",00" says nothing. */
char *
purser_format_money_short (gint64      nano,
                           const char *currency)
{
  g_autofree char *text = purser_format_money (nano, currency);
  const char *point = localeconv ()->mon_decimal_point;
  const char *decimals;
  gsize zeros = 0;

  if (point == NULL || *point == '\0')
    point = ".";
  decimals = nano % PURSER_NANO == 0 ? g_strrstr (text, point) : NULL;
  if (decimals == NULL)
    return g_steal_pointer (&text);
  while (decimals[strlen (point) + zeros] == '0')
    zeros++;
  if (zeros == 0 || g_ascii_isdigit (decimals[strlen (point) + zeros]))
    return g_steal_pointer (&text);
  return g_strdup_printf ("%.*s%s", (int) (decimals - text), text, decimals + strlen (point) + zeros);
}

/* A whole number, grouped as the locale does. */
char *
purser_format_count (gint64 n)
{
  if (n < 0)
    return g_strdup (_("not known"));
  return g_strdup_printf ("%'" G_GINT64_FORMAT, n);
}

/* Tokens: exact below a million, then rounded with the unit in words. */
char *
purser_format_tokens (gint64 n)
{
  if (n < 999950)
    return purser_format_count (n);
  if (n < G_GINT64_CONSTANT (999950000))
    /* Translators: tokens, "1.2 million"; the space is a no-break space. */
    return g_strdup_printf (_("%.1f million"), n / 1e6);
  /* Translators: tokens, "1.2 billion" (10⁹); the space is a no-break space. */
  return g_strdup_printf (_("%.1f billion"), n / 1e9);
}

/* Tokens on an axis. */
char *
purser_format_tokens_short (gint64 n)
{
  if (n >= 1000000000)
    /* Translators: billions (10⁹) in as few letters as possible. */
    return g_strdup_printf (_("%gB"), n / 1e9);
  if (n >= 1000000)
    /* Translators: millions in as few letters as possible. */
    return g_strdup_printf (_("%gM"), n / 1e6);
  if (n >= 1000)
    /* Translators: thousands in as few letters as possible. */
    return g_strdup_printf (_("%gk"), n / 1e3);
  return purser_format_count (n);
}

static char *
format_minutes (gint64 seconds)
{
  if (seconds < 3600)
    /* Translators: a duration in minutes and seconds; the spaces before the units are no-break spaces. */
    return g_strdup_printf (_("%d min %d s"), (int) (seconds / 60), (int) (seconds % 60));
  /* Translators: a duration in hours and minutes; the spaces before the units are no-break spaces. */
  return g_strdup_printf (_("%d h %d min"), (int) (seconds / 3600), (int) (seconds / 60 % 60));
}

/* A duration in the unit that reads best. */
char *
purser_format_duration (gint64 us)
{
  if (us < 0)
    return g_strdup (_("not measured"));
  if (us < 1000)
    return g_strdup_printf (_("%.1f ms"), us / 1e3);
  if (us < 499500)
    return g_strdup_printf (_("%.0f ms"), us / 1e3);
  if (us < 9995000)
    return g_strdup_printf (_("%.2f s"), us / 1e6);
  if (us < 59950000)
    return g_strdup_printf (_("%.1f s"), us / 1e6);
  return format_minutes ((us + US_PER_SECOND / 2) / US_PER_SECOND);
}

/* The same for seconds; what is not a number was not measured. */
char *
purser_format_seconds (double s)
{
  if (isnan (s) || s < 0)
    return purser_format_duration (-1);
  return purser_format_duration ((gint64) llround (MIN (s, 1e9) * US_PER_SECOND));
}

/* A share with one decimal. Nothing but the whole is called 100 %, and nothing but none is called 0 %. */
char *
purser_format_percent (double share)
{
  g_autofree char *number = NULL;
  double tenths = round (share * 1000);

  if (isnan (share))
    return g_strdup (_("not known"));
  if (share <= 0 || share >= 1)
    number = g_strdup_printf ("%.0f", share * 100);
  else
    number = g_strdup_printf ("%.1f", CLAMP (tenths, 1, 999) / 10);
  /* Translators: a percentage; put a no-break space before the sign where your language does. */
  return g_strdup_printf (_("%s%%"), number);
}

/* "23 November", with the year where it is not this one. */
char *
purser_format_day (gint32 day)
{
  g_autoptr (GDateTime) date = day_to_date (day);

  if (is_this_year (date))
    /* Translators: a day of this year for g_date_time_format(): "23 November". */
    return g_date_time_format (date, _("%-d %B"));
  /* Translators: a day of another year for g_date_time_format(): "23 November 2025". */
  return g_date_time_format (date, _("%-d %B %Y"));
}

/* "Mon 23 Nov" */
char *
purser_format_day_short (gint32 day)
{
  g_autoptr (GDateTime) date = day_to_date (day);

  /* Translators: a short day for g_date_time_format(): "Mon 23 Nov". */
  return g_date_time_format (date, _("%a %-d %b"));
}

/* A moment in the zone ZONE_NAME: today and yesterday by name. */
char *
purser_format_when (gint64      time_us,
                    const char *zone_name)
{
  g_autoptr (GTimeZone) zone = zone_name != NULL ? g_time_zone_new_identifier (zone_name) : NULL;
  g_autoptr (GTimeZone) here = zone != NULL ? g_steal_pointer (&zone) : g_time_zone_new_local ();
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc_usec (time_us);
  g_autoptr (GDateTime) then = utc != NULL ? g_date_time_to_timezone (utc, here) : NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now (here);
  g_autoptr (GDateTime) yesterday = g_date_time_add_days (now, -1);

  if (then == NULL)
    return g_strdup (_("not known"));
  if (g_date_time_get_year (then) == g_date_time_get_year (now)
      && g_date_time_get_day_of_year (then) == g_date_time_get_day_of_year (now))
    /* Translators: a moment for g_date_time_format(); stands within a sentence. */
    return g_date_time_format (then, _("today at %H:%M"));
  if (g_date_time_get_year (then) == g_date_time_get_year (yesterday)
      && g_date_time_get_day_of_year (then) == g_date_time_get_day_of_year (yesterday))
    /* Translators: a moment for g_date_time_format(); stands within a sentence. */
    return g_date_time_format (then, _("yesterday at %H:%M"));
  if (g_date_time_get_year (then) == g_date_time_get_year (now))
    /* Translators: a moment of this year for g_date_time_format(): "3 November, 09:40". */
    return g_date_time_format (then, _("%-d %B, %H:%M"));
  /* Translators: a moment of another year for g_date_time_format(): "3 November 2025, 09:40". */
  return g_date_time_format (then, _("%-d %B %Y, %H:%M"));
}

/* NANO with every decimal it has, at least two, as the locale writes numbers. */
static char *
exact_number (gint64 nano)
{
  int decimals = 9;
  gint64 unit = 1;

  for (; decimals > 2 && nano % (unit * 10) == 0; unit *= 10)
    decimals--;
  return g_strdup_printf ("%'.*f", decimals, (double) nano / PURSER_NANO);
}

/* An amount with its sign where the locale puts it, and with every decimal: a price of 0.075 is not one of 0.08. */
char *
purser_format_exact (gint64      nano,
                     const char *currency)
{
  g_autofree char *pattern = purser_format_money (8 * PURSER_NANO, currency); /* "€8.00" or "8,00 €" */
  g_autofree char *number = exact_number (nano);
  const char *start = strchr (pattern, '8');
  const char *end;

  if (start == NULL)
    return g_strdup_printf ("%s\302\240%s", number, currency);
  for (const char *c = end = start; *c != '\0'; c++)
    if (g_ascii_isdigit (*c))
      end = c + 1;
  return g_strdup_printf ("%.*s%s%s", (int) (start - pattern), pattern, number, end);
}

/* A rate of exchange as it was told. */
char *
purser_format_rate (gint64 rate_nano)
{
  return exact_number (rate_nano);
}

/* The list price per million tokens, without its currency: at least two decimals, at most the six that are kept. */
char *
purser_format_price (const PurserPrice *price,
                     PurserTokenKind    kind)
{
  gint64 pico;
  int decimals = 2;

  g_return_val_if_fail (kind < PURSER_N_TOKEN_KINDS, NULL);
  if (price == NULL || price->list_pico[kind] < 0)
    return g_strdup (_("not known"));
  pico = price->list_pico[kind];
  if (pico == 0)
    return g_strdup (_("free"));
  for (gint64 unit = 10000; unit > 1 && pico % unit != 0; unit /= 10)
    decimals++;
  return g_strdup_printf ("%'.*f", decimals, pico / (double) PURSER_PICO_PER_MILLION_UNIT);
}
