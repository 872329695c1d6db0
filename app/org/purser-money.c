/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-money.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-kind.h"

enum
{
  NANO_DECIMALS = 9,
  PICO_DECIMALS = 6
};

/* --- Reading and writing plain decimals --- */

static gboolean
refuse_number (GError **error, PurserOrgError code, const char *words)
{
  g_set_error_literal (error, PURSER_ORG_ERROR, code, words);
  return FALSE;
}

/* TEXT is digits with at most one '.' or ','; the result counts in units of 10^-DECIMALS. */
static gboolean
parse_decimal (const char *text, guint decimals, const char *too_fine, gint64 *result, GError **error)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text != NULL ? text : ""));
  guint after = 0, digits = 0;
  gboolean separator = FALSE;
  gint64 value = 0;

  for (const char *p = trimmed; *p != '\0'; p++)
    {
      if ((*p == '.' || *p == ',') && !separator)
        {
          separator = TRUE;
          continue;
        }
      if (!g_ascii_isdigit (*p))
        return refuse_number (error, PURSER_ORG_ERROR_MONEY,
                              _("This is not an amount. Enter digits with at most one decimal separator, for example "
                                 "2.50."));
      digits++;
      if (separator && ++after > decimals)
        return refuse_number (error, PURSER_ORG_ERROR_MONEY, too_fine);
      if (__builtin_mul_overflow (value, (gint64) 10, &value)
          || __builtin_add_overflow (value, (gint64) (*p - '0'), &value))
        return refuse_number (error, PURSER_ORG_ERROR_OVERFLOW, _("The amount is too large. Enter a smaller one."));
    }
  if (digits == 0)
    return refuse_number (error, PURSER_ORG_ERROR_MONEY, _("The amount is empty. Enter digits, for example 2.50."));
  for (; after < decimals; after++)
    if (__builtin_mul_overflow (value, (gint64) 10, &value))
      return refuse_number (error, PURSER_ORG_ERROR_OVERFLOW, _("The amount is too large. Enter a smaller one."));
  *result = value;
  return TRUE;
}

/**
 * purser_money_parse_nano:
 * @text: (nullable): an amount as typed, "12.34" or "12,34"
 * @nano: (out): the amount in nano-units
 * @error: return location for words for the field
 *
 * Returns: whether @text is an amount that can be kept exactly
 */
gboolean
purser_money_parse_nano (const char *text, gint64 *nano, GError **error)
{
  return parse_decimal (text, NANO_DECIMALS, _("The amount has more than nine decimals. Round it."), nano, error);
}

/**
 * purser_price_parse_per_million:
 * @text: (nullable): a price per million tokens as typed, "3" or "0.25"
 * @pico: (out): the price in pico-units per token
 * @error: return location for words for the field
 *
 * Returns: whether @text is a price that can be kept exactly
 */
gboolean
purser_price_parse_per_million (const char *text, gint64 *pico, GError **error)
{
  return parse_decimal (text, PICO_DECIMALS, _("The price has more than six decimals. Round it."), pico, error);
}

static char *
to_decimal (gint64 value, guint decimals)
{
  guint64 magnitude = value < 0 ? -(guint64) value : (guint64) value, unit = 1;
  for (guint i = 0; i < decimals; i++)
    unit *= 10;
  GString *text = g_string_new (NULL);
  g_string_append_printf (text, "%s%" G_GUINT64_FORMAT ".%0*" G_GUINT64_FORMAT, value < 0 ? "-" : "", magnitude / unit,
                          (int) decimals, magnitude % unit);
  for (guint kept = decimals; kept > 2 && text->str[text->len - 1] == '0'; kept--)
    g_string_truncate (text, text->len - 1);
  return g_string_free_and_steal (text);
}

/**
 * purser_money_to_decimal:
 * @nano: an amount in nano-units
 *
 * Returns: (transfer full): the exact amount for machines, "12.34", "0.000123"
 */
char *
purser_money_to_decimal (gint64 nano)
{
  return to_decimal (nano, NANO_DECIMALS);
}

/**
 * purser_price_to_per_million:
 * @pico: a price in pico-units per token
 *
 * Returns: (transfer full): the exact price per million tokens for machines, "3.00", "0.0375"
 */
char *
purser_price_to_per_million (gint64 pico)
{
  return to_decimal (pico, PICO_DECIMALS);
}

/**
 * purser_currency_valid:
 * @code: (nullable): a currency's code
 *
 * Returns: whether it has the form of ISO 4217: three capitals
 */
gboolean
purser_currency_valid (const char *code)
{
  return code != NULL && strlen (code) == 3 && strspn (code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}
