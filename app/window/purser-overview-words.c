/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-overview-words.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include "purser-costs.h"
#include "purser-format.h"
#include "purser-period.h"
#include "purser-shown.h"

#define WHOLE_FROM 20. /* units */

/* Amounts never break in the middle. */
static char *
unbroken (char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, " ", -1);

  g_free (text);
  return g_strjoinv ("\302\240", parts);
}

static char *
bold (char *text)
{
  g_autofree char *plain = unbroken (text);

  return g_markup_printf_escaped ("<b>%s</b>", plain);
}

char *
purser_overview_month_name (const PurserOverview *overview)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc ((gint64) overview->first_day * 86400);

  /* Translators: a month alone, at the start of a sentence, for g_date_time_format(): "November". */
  return g_date_time_format (date, _("%OB"));
}

/**
 * purser_overview_comparison:
 * @now: an amount
 * @before: the same of an earlier period
 * @before_name: its name
 *
 * Returns: (transfer full) (nullable): how they compare, or %NULL where there is nothing to compare with
 */
char *
purser_overview_comparison (gint64      now,
                            gint64      before,
                            const char *before_name)
{
  double change = before > 0 ? (double) now / before - 1 : 0;
  g_autofree char *share = NULL;

  if (before <= 0)
    return NULL;
  if (fabs (change) < .005)
    return g_strdup_printf (_("as much as in %s"), before_name);
  if (change >= 1)
    {
      g_autofree char *times = g_strdup_printf ("%.1f", change + 1);

      /* Translators: a factor and a period: "2.4 times as much as in 1–23 October". */
      return g_strdup_printf (_("%s times as much as in %s"), times, before_name);
    }
  /* Translators: %.0f%% is a share; "12% more than in 1–23 October". */
  share = g_strdup_printf (_("%.0f%%"), fabs (change) * 100);
  return g_strdup_printf (change > 0 ? _("%s more than in %s") : _("%s less than in %s"), share, before_name);
}

static char *
same_days_name (const PurserOverview *overview)
{
  gint32 last = purser_period_month_start (overview->first_day - 1);
  gint32 end = MIN (last + overview->today_day - overview->first_day, overview->first_day - 1);

  return purser_period_words (last, end);
}

/**
 * purser_overview_sentence_markup:
 * @overview: what the ledger says
 * @org: the snapshot now in force
 *
 * Returns: (transfer full): the month in one sentence
 */
char *
purser_overview_sentence_markup (const PurserOverview *overview,
                                 const PurserOrg       *org)
{
  g_autofree char *month = purser_overview_month_name (overview);
  g_autofree char *before = same_days_name (overview);
  gboolean free_of_charge = overview->month.cost_nano == 0;
  g_autofree char *comparison = NULL;
  g_autofree char *amount = NULL;

  if (overview->month.calls == 0)
    return g_markup_printf_escaped (_("Nothing used in %s yet."), month);
  if (free_of_charge)
    {
      amount = bold (purser_format_tokens (purser_usage_tokens (&overview->month)));
      /* Translators: a month and a number of tokens, e.g. "November so far: 12,400 tokens, at no cost." */
      return g_strdup_printf (overview->month.unpriced_tokens > 0 ? _("%s so far: %s tokens.")
                                                                  : _("%s so far: %s tokens, at no cost."),
                              month, amount);
    }
  amount = bold (purser_format_cost (org, overview->month.cost_nano));
  comparison = purser_overview_comparison (overview->month.cost_nano, overview->last_month_same_days.cost_nano, before);
  if (comparison == NULL)
    /* Translators: a month and an amount. */
    return g_strdup_printf (_("%s so far: %s."), month, amount);
  comparison = unbroken (g_steal_pointer (&comparison));
  /* Translators: a month, an amount, a comparison: "November so far: €342.10, 12% more than in 1–23 October." */
  return g_strdup_printf (_("%s so far: %s, %s."), month, amount, comparison);
}

/* A forecast is no exact figure: amounts over 20 are shown without cents, in whatever currency they are shown. */
static char *
range_text (const PurserOverview *overview,
            const PurserOrg      *org,
            const char           *joint)
{
  PurserShown shown = purser_shown_of (org);
  double low = overview->forecast_low_nano * purser_shown_factor (&shown), high = overview->forecast_high_nano * purser_shown_factor (&shown);
  double unit = high >= WHOLE_FROM * PURSER_NANO ? PURSER_NANO : 1;
  g_autofree char *low_text = purser_format_money_short ((gint64) (round (low / unit) * unit), shown.currency);
  g_autofree char *high_text = purser_format_money_short ((gint64) (round (high / unit) * unit), shown.currency);

  if (g_str_equal (low_text, high_text))
    return g_steal_pointer (&low_text);
  return g_strdup_printf (joint, low_text, high_text);
}

/**
 * purser_overview_course_markup:
 * @overview: what the ledger says
 * @org: the snapshot now in force
 *
 * Returns: (transfer full) (nullable): where the month is heading, or %NULL while that cannot be said
 */
char *
purser_overview_course_markup (const PurserOverview *overview,
                               const PurserOrg       *org)
{
  g_autofree char *range = NULL;

  if (isnan (overview->forecast_low_nano) || overview->month.cost_nano == 0)
    return NULL;
  /* Translators: a range of amounts, as in "On course for €455 to €480." */
  range = bold (range_text (overview, org, _("%s to %s")));
  return g_strdup_printf (_("On course for %s."), range);
}

char *
purser_overview_range (const PurserOverview *overview,
                       const PurserOrg       *org)
{

  return range_text (overview, org, "%s–%s");
}

/**
 * purser_overview_unpriced:
 * @row: usage
 *
 * Returns: (transfer full) (nullable): what the amounts leave out, or %NULL where they leave out nothing
 */
char *
purser_overview_unpriced (const PurserUsageRow *row)
{
  g_autofree char *tokens = NULL;

  if (row->unpriced_tokens <= 0)
    return NULL;
  tokens = purser_format_tokens (row->unpriced_tokens);
  return g_strdup_printf (_("This leaves out %s tokens without a price."), tokens);
}
