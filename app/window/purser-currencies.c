/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-currencies.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <string.h>
#include "purser-money.h"

/* ISO 4217 codes in use (2025); an organisation's own may be any of them. Those that most people look for have names. */
static const char codes[] = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN "
                            "BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ "
                            "GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD "
                            "MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD "
                            "RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS "
                            "VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

static const struct { const char *code, *name; } names[] =
{
  { "AUD", N_("Australian dollar") }, { "BRL", N_("Brazilian real") }, { "CAD", N_("Canadian dollar") }, { "CHF", N_("Swiss franc") },
  { "CNY", N_("Chinese yuan") }, { "CZK", N_("Czech koruna") }, { "DKK", N_("Danish krone") }, { "EUR", N_("Euro") },
  { "GBP", N_("Pound sterling") }, { "HKD", N_("Hong Kong dollar") }, { "HUF", N_("Hungarian forint") }, { "ILS", N_("Israeli shekel") },
  { "INR", N_("Indian rupee") }, { "JPY", N_("Japanese yen") }, { "KRW", N_("South Korean won") }, { "MXN", N_("Mexican peso") },
  { "NOK", N_("Norwegian krone") }, { "NZD", N_("New Zealand dollar") }, { "PLN", N_("Polish złoty") }, { "RON", N_("Romanian leu") },
  { "SEK", N_("Swedish krona") }, { "SGD", N_("Singapore dollar") }, { "TRY", N_("Turkish lira") }, { "TWD", N_("Taiwan dollar") },
  { "UAH", N_("Ukrainian hryvnia") }, { "USD", N_("US dollar") }, { "ZAR", N_("South African rand") },
};

#define CODE_LENGTH 3

static char *
entry_for (const char *code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i].code, code))
      /* Translators: a currency's letters and name: "EUR, Euro". */
      return g_strdup_printf (_("%s, %s"), code, _(names[i].name));
  return g_strdup (code);
}

/**
 * purser_currencies_fill:
 * @row: an empty choice
 * @first: (nullable): an entry before all others
 */
void
purser_currencies_fill (AdwComboRow *row,
                        const char  *first)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);
  g_auto (GStrv) each = g_strsplit (codes, " ", -1);
  g_autoptr (GtkExpression) expression = gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string");

  if (first != NULL)
    gtk_string_list_append (list, first);
  for (guint i = 0; each[i] != NULL; i++)
    gtk_string_list_take (list, entry_for (each[i]));
  g_object_set_data (G_OBJECT (row), "purser-none", GINT_TO_POINTER (first != NULL));
  adw_combo_row_set_expression (row, expression);
  adw_combo_row_set_enable_search (row, TRUE);
  adw_combo_row_set_search_match_mode (row, GTK_STRING_FILTER_MATCH_MODE_SUBSTRING);
  adw_combo_row_set_model (row, G_LIST_MODEL (list));
}

static guint
find (GListModel *model,
      const char *code)
{
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (GtkStringObject) object = g_list_model_get_item (model, i);

      if (g_str_has_prefix (gtk_string_object_get_string (object), code))
        return i;
    }
  return GTK_INVALID_LIST_POSITION;
}

/* Selects CODE, adding it where the list does not know it. */
void
purser_currencies_select (AdwComboRow *row,
                          const char  *code)
{
  GListModel *model = adw_combo_row_get_model (row);
  guint position = code == NULL || *code == '\0' ? 0 : find (model, code);

  if (position == GTK_INVALID_LIST_POSITION)
    {
      position = g_list_model_get_n_items (model);
      gtk_string_list_append (GTK_STRING_LIST (model), code);
    }
  adw_combo_row_set_selected (row, position);
}

const char *
purser_currencies_selected (AdwComboRow *row)
{
  g_autofree char *code = NULL;
  guint selected = adw_combo_row_get_selected (row);
  GtkStringObject *object = adw_combo_row_get_selected_item (row);

  if (object == NULL || (selected == 0 && g_object_get_data (G_OBJECT (row), "purser-none") != NULL))
    return "";
  code = g_strndup (gtk_string_object_get_string (object), CODE_LENGTH);
  return g_intern_string (code); /* there are not many */
}

char *
purser_currencies_default (void)
{
  g_autofree char *code = g_strndup (localeconv ()->int_curr_symbol, CODE_LENGTH);

  return purser_currency_valid (code) ? g_steal_pointer (&code) : g_strdup ("USD");
}
