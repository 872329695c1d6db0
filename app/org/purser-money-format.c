/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-money.h"

#include <limits.h>
#include <locale.h>
#include <string.h>

#define NO_BREAK_SPACE "\302\240"
#define MINUS          "\342\210\222"

/* How the locale writes money, in UTF-8, with the gaps of the "C" locale filled. */
typedef struct
{
  char *point, *group; /* (owned) */
  char *sizes; /* (owned) as in localeconv(): sizes of the groups from the right, the last repeats */
  gboolean sign_first, spaced;
} Style;

static void
style_clear (Style *style)
{
  g_free (style->point);
  g_free (style->group);
  g_free (style->sizes);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Style, style_clear)

static char *
in_utf8 (const char *local, const char *instead)
{
  g_autofree char *text = local != NULL && *local != '\0' ? g_locale_to_utf8 (local, -1, NULL, NULL, NULL) : NULL;
  if (text == NULL)
    return g_strdup (instead);
  return g_strdup (g_str_equal (text, " ") ? NO_BREAK_SPACE : text); /* an amount is never broken over two lines */
}

static Style
style_of_locale (void)
{
  const struct lconv *lc = localeconv ();
  gboolean plain = lc->mon_decimal_point == NULL || *lc->mon_decimal_point == '\0'; /* "C" says nothing about money */
  return (Style){
    .point = in_utf8 (lc->mon_decimal_point, "."),
    .group = in_utf8 (lc->mon_thousands_sep, plain ? "," : ""),
    .sizes = g_strdup (plain ? "\3" : lc->mon_grouping),
    .sign_first = lc->p_cs_precedes == CHAR_MAX || lc->p_cs_precedes != 0,
    .spaced = lc->p_sep_by_space != CHAR_MAX && lc->p_sep_by_space != 0,
  };
}

/* Decimals that ISO 4217 gives each currency, where they are not two. */
static guint
usual_decimals (const char *currency)
{
  static const char *const NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";
  static const char *const THREE = "BHD IQD JOD KWD LYD OMR TND";
  if (currency == NULL || strlen (currency) != 3)
    return 2;
  return strstr (NONE, currency) != NULL ? 0 : strstr (THREE, currency) != NULL ? 3 : 2;
}

static const char *
sign_of (const char *currency)
{
  static const struct
  {
    const char *code, *sign;
  } SIGNS[] = { { "EUR", "€" }, { "USD", "$" }, { "GBP", "£" } };
  for (guint i = 0; i < G_N_ELEMENTS (SIGNS); i++)
    if (g_strcmp0 (SIGNS[i].code, currency) == 0)
      return SIGNS[i].sign;
  return currency != NULL ? currency : "";
}

/* MAGNITUDE in nano-units, rounded half to even to DECIMALS; the result counts in units of 10^-DECIMALS. */
static guint64
round_to (guint64 magnitude, guint decimals, guint64 *per_unit)
{
  guint64 step = PURSER_NANO;
  *per_unit = 1;
  for (guint i = 0; i < decimals; i++)
    {
      step /= 10;
      *per_unit *= 10;
    }
  guint64 quotient = magnitude / step, rest = magnitude % step;
  if (2 * rest > step || (2 * rest == step && quotient % 2 != 0))
    quotient++;
  return quotient;
}

/* Under one unit of the last usual decimal, enough decimals for two significant digits. */
static guint
decimals_for (guint64 magnitude, guint usual)
{
  guint64 smallest = PURSER_NANO;
  for (guint i = 0; i < usual; i++)
    smallest /= 10;
  if (magnitude == 0 || magnitude >= smallest)
    return usual;
  guint decimals = usual + 1;
  for (smallest /= 10; magnitude < smallest && decimals < 8; smallest /= 10)
    decimals++;
  return decimals + 1;
}

static char *
grouped (guint64 whole, const Style *style)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, whole);
  GString *text = g_string_new (digits);
  const char *size = style->sizes;
  gssize at = text->len;
  while (*size > 0 && *size != CHAR_MAX && at > *size)
    {
      at -= *size;
      g_string_insert (text, at, style->group);
      if (size[1] != '\0')
        size++;
    }
  return g_string_free_and_steal (text);
}

static char *
number (guint64 magnitude, guint usual, const Style *style)
{
  guint64 per_unit;
  guint decimals = decimals_for (magnitude, usual);
  if (magnitude == 0)
    return g_strdup ("0");
  guint64 value = round_to (magnitude, decimals, &per_unit);
  g_autofree char *whole = grouped (value / per_unit, style);
  if (decimals == 0)
    return g_steal_pointer (&whole);
  return g_strdup_printf ("%s%s%0*" G_GUINT64_FORMAT, whole, style->point, (int) decimals, value % per_unit);
}

/**
 * purser_money_format:
 * @nano: an amount in nano-units
 * @currency: (nullable): its currency's code
 *
 * Writes an amount for people: the currency's sign where the locale puts it, grouping, spaces that do not break, the currency's usual
 * decimals, but two significant digits where those would show next to nothing.
 *
 * Returns: (transfer full): "€12.34", "12,34 €", "€0.0042", "€0"
 */
char *
purser_money_format (gint64 nano, const char *currency)
{
  g_auto(Style) style = style_of_locale ();
  const char *sign = sign_of (currency);
  g_autofree char *amount = number (nano < 0 ? -(guint64) nano : (guint64) nano, usual_decimals (currency), &style);
  /* A code needs its space even where a sign would not. */
  const char *space = *sign == '\0' ? "" : style.spaced || g_ascii_isalpha (*sign) ? NO_BREAK_SPACE : "";
  const char *minus = nano < 0 ? MINUS : "";
  return style.sign_first ? g_strconcat (minus, sign, space, amount, NULL)
                          : g_strconcat (minus, amount, space, sign, NULL);
}
