/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-shown.h"

#include <glib/gi18n-lib.h>
#include "purser-format.h"
#include "purser-ledger.h"

/**
 * purser_shown_of:
 * @org: the snapshot now in force
 *
 * As for charges, a rate is used in the direction in which it was told, so that the window and `purserctl usage` show the same.
 */
PurserShown
purser_shown_of (const PurserOrg *org)
{
  PurserShown shown = { .rate = NULL };
  const char *wanted = org->display_currency;

  g_strlcpy (shown.currency, org->currency, sizeof shown.currency);
  if (*wanted == '\0' || g_str_equal (wanted, org->currency))
    return shown;
  shown.rate = purser_org_rate_at (org, org->currency, wanted, MAX (org->loaded_at, g_get_real_time ()));
  if (shown.rate != NULL)
    g_strlcpy (shown.currency, wanted, sizeof shown.currency);
  return shown;
}

gint64
purser_shown_convert (const PurserShown *shown,
                      gint64             nano)
{
  gint64 converted;

  if (shown->rate == NULL)
    return nano;
  return purser_rate_convert (shown->rate, nano, &converted) ? converted : nano < 0 ? -G_MAXINT64 : G_MAXINT64;
}

double
purser_shown_factor (const PurserShown *shown)
{
  return shown->rate != NULL ? (double) shown->rate->rate_nano / PURSER_NANO : 1;
}

/**
 * purser_shown_note:
 * @org: the snapshot now in force
 *
 * Returns: (nullable) (transfer full): what to say beside amounts
 */
char *
purser_shown_note (const PurserOrg *org)
{
  PurserShown shown = purser_shown_of (org);
  g_autofree char *day = NULL, *figure = NULL;

  if (shown.rate == NULL)
    return *org->display_currency == '\0' || g_str_equal (org->display_currency, org->currency)
               ? NULL
               /* Translators: %s are currencies: amounts should be shown in the first, and stay in the last. */
               : g_strdup_printf (_("no rate for %s yet, so in %s"), org->display_currency, org->currency);
  day = purser_format_day (purser_day_of (org->timezone, shown.rate->valid_from));
  figure = purser_format_rate (shown.rate->rate_nano);
  /* Translators: how amounts are shown: a currency, then a rate and its day: "in USD, at 1 EUR = 1.0842 USD on 1 November". */
  return g_strdup_printf (_("in %s, at 1 %s = %s %s on %s"), shown.currency, shown.rate->from, figure, shown.rate->to, day);
}

char *
purser_format_cost (const PurserOrg *org,
                    gint64           nano)
{
  PurserShown shown = purser_shown_of (org);

  return purser_format_money (purser_shown_convert (&shown, nano), shown.currency);
}

char *
purser_format_cost_short (const PurserOrg *org,
                          gint64           nano)
{
  PurserShown shown = purser_shown_of (org);

  return purser_format_money_short (purser_shown_convert (&shown, nano), shown.currency);
}
