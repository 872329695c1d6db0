/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-rate-form.h"

#include <glib/gi18n-lib.h>
#include "purser-currencies.h"
#include "purser-day-row.h"
#include "purser-provider-form.h"

typedef struct
{
  PurserSession *session; /* (owned) */
  GtkWidget     *from, *to, *rate, *day, *source; /* (unowned): the form's rows */
} RateForm;

static void
rate_form_free (gpointer  data,
                GClosure *closure)
{
  g_object_unref (((RateForm *) data)->session);
  g_free (data);
}

/* "1 USD is worth", in the currency that is chosen: so nobody enters it the wrong way round. */
static void
name_rate_cb (RateForm *data)
{
  const char *from = purser_currencies_selected (ADW_COMBO_ROW (data->from)), *to = purser_currencies_selected (ADW_COMBO_ROW (data->to));
  /* Translators: both %s are currencies: "1 USD in EUR". */
  g_autofree char *title = g_strdup_printf (_("1 %s in %s"), from, to);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (data->rate), title);
}

static void
submit_cb (PurserProviderForm *form,
           RateForm           *data)
{
  const char *text = purser_provider_form_text (data->rate);
  g_autoptr (PurserOrg) org = purser_session_get_org (data->session);
  g_autoptr (GError) error = NULL;
  gint64 rate;

  if (text == NULL)
    purser_provider_form_set_problem (form, data->rate, _("Enter what one unit is worth, such as 0.92."));
  else if (!purser_rate_parse (text, &rate, &error))
    purser_provider_form_set_problem (form, data->rate, error->message);
  else if (adw_combo_row_get_selected (ADW_COMBO_ROW (data->from)) == adw_combo_row_get_selected (ADW_COMBO_ROW (data->to)))
    purser_provider_form_set_problem (form, data->to, _("A rate is between two different currencies."));
  else
    purser_provider_form_run (form, purser_command_set_rate (purser_currencies_selected (ADW_COMBO_ROW (data->from)),
                                                             purser_currencies_selected (ADW_COMBO_ROW (data->to)), text,
                                                             purser_day_start (org->timezone, purser_day_row_get_day (PURSER_DAY_ROW (data->day))),
                                                             purser_provider_form_text (data->source)),
                              _("Rate saved"), NULL);
}

/**
 * purser_rate_form_present:
 * @origin: a widget of the window
 * @session: the session
 * @from: (nullable): a currency
 * @to: (nullable): another
 */
void
purser_rate_form_present (GtkWidget     *origin,
                          PurserSession *session,
                          const char    *from,
                          const char    *to)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (session);
  gint32 today = purser_day_of (org->timezone, purser_store_now (purser_session_get_store (session)));
  PurserProviderForm *form = purser_provider_form_new (session, _("Exchange rate"),
                                                       _("It holds from its day until the next one. Calls made before keep theirs."), _("_Save"));
  RateForm *data = g_new0 (RateForm, 1);

  data->session = g_object_ref (session);
  data->rate = purser_provider_form_add_entry (form, "", NULL);
  data->from = purser_provider_form_add_currency (form, _("From currency"), from != NULL ? from : g_str_equal (org->currency, "USD") ? "EUR" : "USD");
  data->to = purser_provider_form_add_currency (form, _("To currency"), to != NULL ? to : org->currency);
  data->day = purser_provider_form_add_day (form, _("Holds from"), NULL, today);
  data->source = purser_provider_form_add_entry (form, _("Where it comes from (if you like)"), NULL);
  adw_entry_row_set_input_purpose (ADW_ENTRY_ROW (data->rate), GTK_INPUT_PURPOSE_NUMBER);
  name_rate_cb (data);
  g_signal_connect_swapped (data->from, "notify::selected", G_CALLBACK (name_rate_cb), data);
  g_signal_connect_swapped (data->to, "notify::selected", G_CALLBACK (name_rate_cb), data);
  g_signal_connect_data (form, "submit", G_CALLBACK (submit_cb), data, rate_form_free, G_CONNECT_DEFAULT);
  adw_dialog_present (ADW_DIALOG (form), origin);
}
