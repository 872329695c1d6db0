/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-money.h"

#include <glib/gi18n-lib.h>

#include "purser-kind.h"
#include "purser-money-private.h"

/**
 * purser_rate_copy:
 * @rate: (nullable): an exchange rate
 *
 * Returns: (transfer full) (nullable): a copy
 */
PurserRate *
purser_rate_copy (const PurserRate *rate)
{
  if (rate == NULL)
    return NULL;
  PurserRate *copy = g_memdup2 (rate, sizeof *rate);
  copy->source = g_strdup (rate->source);
  return copy;
}

/**
 * purser_rate_free:
 * @rate: (nullable) (transfer full): an exchange rate
 */
void
purser_rate_free (PurserRate *rate)
{
  if (rate == NULL)
    return;
  g_free (rate->source);
  g_free (rate);
}

/**
 * purser_rate_convert:
 * @rate: the rate
 * @amount_nano: an amount in its first currency; may be negative
 * @converted_nano: (out): the amount in its second, half to even; 0 where it does not fit
 *
 * Returns: whether the amount fits
 */
gboolean
purser_rate_convert (const PurserRate *rate, gint64 amount_nano, gint64 *converted_nano)
{
  if (purser_multiply_divide (amount_nano, rate->rate_nano, PURSER_NANO, converted_nano))
    return TRUE;
  *converted_nano = 0;
  return FALSE;
}

/**
 * purser_rate_parse:
 * @text: (nullable): a rate as typed, "1.0842" or "1,0842"
 * @rate_nano: (out): the rate in nano-units
 * @error: return location for words for the field
 *
 * Returns: whether @text is a rate that can be kept exactly
 */
gboolean
purser_rate_parse (const char *text, gint64 *rate_nano, GError **error)
{
  gint64 rate = 0;
  if (!purser_money_parse_nano (text, &rate, error))
    return FALSE;
  if (rate == 0)
    {
      g_set_error_literal (error, PURSER_ORG_ERROR, PURSER_ORG_ERROR_MONEY,
                           _("A rate of 0 would make everything free. Enter what one unit is worth, for example "
                              "1.0842."));
      return FALSE;
    }
  *rate_nano = rate;
  return TRUE;
}
