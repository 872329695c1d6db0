/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-reprice-words.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include "purser-format.h"
#include "purser-period.h"
#include "purser-shown.h"

static void
add (GString *text,
     char    *sentence)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", sentence);
  g_free (sentence);
}

/* "October 2026, September 2026": the closed months from SINCE on. */
static char *
closed_names (const PurserOrg *org,
              GPtrArray       *closed,
              gint64           since)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < closed->len; i++)
    {
      const PurserMonthRow *row = g_ptr_array_index (closed, i);
      gint32 first = purser_day_of (org->timezone, purser_month_start (org->timezone, row->month));
      g_autofree char *name = NULL;

      if (row->month < purser_month_of (org->timezone, since))
        continue;
      name = purser_period_name (first, purser_period_month_end (first));
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", name);
    }
  return g_string_free (names, FALSE);
}

static char *
amount_words (const PurserOrg *org,
              gint64           nano)
{
  g_autofree char *amount = purser_format_cost (org, nano < 0 ? -nano : nano);

  if (nano == 0)
    return g_strdup (_("the sum stays the same"));
  /* Translators: %s is an amount. */
  return g_strdup_printf (nano > 0 ? _("%s more in all") : _("%s less in all"), amount);
}

static char *
main_sentence (const PurserOrg           *org,
               const PurserRepriceResult *result,
               gboolean                   done)
{
  g_autofree char *looked = purser_format_count (result->attempts), *changed = purser_format_count (result->corrected);
  g_autofree char *amount = amount_words (org, result->cost_nano);

  if (result->corrected == 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s call was looked at: nothing changes.", "%s calls were looked at: nothing changes.",
                                         result->attempts), looked);
  if (done)
    /* Translators: how many calls, then an amount: "12 calls are charged otherwise now, €0.42 more in all." */
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s call is charged otherwise now: %s.", "%s calls are charged otherwise now: %s.",
                                         result->corrected), changed, amount);
  /* Translators: how many calls, of how many, then an amount. */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s of %s call would be charged otherwise: %s.", "%s of %s calls would be charged otherwise: %s.",
                                       result->attempts), changed, looked, amount);
}

/**
 * purser_reprice_words:
 * @org: the snapshot now in force
 * @result: what came of it
 * @closed: (element-type PurserMonthRow): months that are closed
 * @since: from when on calls were looked at, µs UTC
 * @done: whether it was done, not only tried
 *
 * Returns: (transfer full): it in sentences, a line each
 */
char *
purser_reprice_words (const PurserOrg           *org,
                      const PurserRepriceResult *result,
                      GPtrArray                 *closed,
                      gint64                     since,
                      gboolean                   done)
{
  GString *text = g_string_new (NULL);
  g_autofree char *newly = purser_format_count (result->newly_priced), *still = purser_format_count (result->still_unpriced);
  g_autofree char *tokens = purser_format_tokens (result->still_unpriced_tokens), *frozen = purser_format_count (result->in_closed_months);
  g_autofree char *names = closed_names (org, closed, since);

  add (text, main_sentence (org, result, done));
  if (result->newly_priced > 0)
    add (text, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s of them had no price before.", "%s of them had no price before.", result->newly_priced), newly));
  if (result->still_unpriced > 0)
    /* Translators: how many calls, then how many tokens. */
    add (text, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s stays without a price, with %s tokens.", "%s stay without a price, with %s tokens.",
                                             result->still_unpriced), still, tokens));
  if (result->in_closed_months > 0)
    /* Translators: how many calls, then the names of months. */
    add (text, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s lies in a closed month (%s) and stays as it is.",
                                             "%s lie in closed months (%s) and stay as they are.", result->in_closed_months), frozen, names));
  if (result->price_gone > 0)
    add (text, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%" PRId64 " had a price, and would have none now: it stays as it is.",
                                             "%" PRId64 " had a price, and would have none now: they stay as they are.", result->price_gone), result->price_gone));
  if (result->at_most > 0)
    add (text, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%" PRId64 " was interrupted: its charge stays the most it can have been.",
                                             "%" PRId64 " were interrupted: their charge stays the most it can have been.", result->at_most), result->at_most));
  return g_string_free (text, FALSE);
}
