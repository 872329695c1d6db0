/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-preferences-money.h"

#include <glib/gi18n-lib.h>
#include "purser-currencies.h"
#include "purser-format.h"
#include "purser-price-words.h"
#include "purser-rate-form.h"
#include "purser-shown.h"

struct _PurserPreferencesMoney
{
  AdwPreferencesPage   parent_instance;

  PurserSession       *session;  /* (owned) */
  gboolean             filling;  /* the row is being set, not used */
  AdwPreferencesGroup *shown_group, *rates_group;
  AdwComboRow         *shown_row;
  GPtrArray           *rows;     /* (element-type GtkWidget) not owned: in the group of rates */
};

G_DEFINE_FINAL_TYPE (PurserPreferencesMoney, purser_preferences_money, ADW_TYPE_PREFERENCES_PAGE)

static void
chosen_cb (PurserPreferencesMoney *self)
{
  g_autoptr (PurserOrg) org = NULL;
  const char *code = purser_currencies_selected (self->shown_row);

  if (self->filling || self->session == NULL)
    return;
  org = purser_session_get_org (self->session);
  if (g_strcmp0 (code, org->display_currency) != 0)
    purser_session_run (self->session, GTK_WIDGET (self), purser_command_set_display_currency (code), NULL,
                        purser_command_set_display_currency (org->display_currency), NULL, NULL);
}

/* The rate that is missing is the one that is asked for. */
static void
add_cb (PurserPreferencesMoney *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  PurserShown shown = purser_shown_of (org);
  g_auto (GStrv) missing = purser_missing_rates (org, g_get_real_time ());

  if (shown.rate == NULL && *org->display_currency != '\0' && !g_str_equal (org->display_currency, org->currency))
    purser_rate_form_present (GTK_WIDGET (self), self->session, org->currency, org->display_currency);
  else
    purser_rate_form_present (GTK_WIDGET (self), self->session, missing[0], org->currency);
}

static void
add_row (PurserPreferencesMoney *self,
         const char             *title,
         const char             *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_preferences_group_add (self->rates_group, row);
  g_ptr_array_add (self->rows, row);
}

static void
add_rate (PurserPreferencesMoney *self,
          const PurserOrg        *org,
          const PurserRate       *rate)
{
  g_autofree char *figure = purser_format_rate (rate->rate_nano), *day = purser_price_since (org, rate->valid_from);
  g_autofree char *title = g_strdup_printf ("1 %s = %s %s", rate->from, figure, rate->to);
  /* Translators: %s is a day, or "the beginning". */
  g_autofree char *about = g_strdup_printf (_("From %s"), day);
  g_autofree char *both = rate->source != NULL && *rate->source != '\0' ? g_strdup_printf ("%s, %s", about, rate->source) : g_strdup (about);

  add_row (self, title, both);
}

static void
show (PurserPreferencesMoney *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  g_autofree char *note = purser_shown_note (org);
  /* Translators: how amounts are shown: "Amounts are shown in USD, at 1 EUR = 1.0842 USD on 1 November. No figure that is kept changes." */
  g_autofree char *words = note != NULL ? g_strdup_printf (_("Amounts are shown %s. No figure that is kept changes."), note) : g_strdup (_("Amounts are shown as they are kept."));

  self->filling = TRUE;
  purser_currencies_select (self->shown_row, org->display_currency);
  self->filling = FALSE;
  adw_preferences_group_set_description (self->shown_group, words);
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->rates_group, g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = org->rates->len; i > 0; i--) /* the latest first */
    add_rate (self, org, g_ptr_array_index (org->rates, i - 1));
  if (self->rows->len == 0)
    add_row (self, _("No rates yet"), _("One is needed for prices in another currency than your own"));
}

static void
purser_preferences_money_dispose (GObject *object)
{
  g_clear_object (&PURSER_PREFERENCES_MONEY (object)->session);
  G_OBJECT_CLASS (purser_preferences_money_parent_class)->dispose (object);
}

static void
purser_preferences_money_finalize (GObject *object)
{
  g_ptr_array_unref (PURSER_PREFERENCES_MONEY (object)->rows);
  G_OBJECT_CLASS (purser_preferences_money_parent_class)->finalize (object);
}

static void
purser_preferences_money_class_init (PurserPreferencesMoneyClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = purser_preferences_money_dispose;
  G_OBJECT_CLASS (klass)->finalize = purser_preferences_money_finalize;
}

static AdwPreferencesGroup *
new_group (PurserPreferencesMoney *self,
           const char             *title)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

  adw_preferences_group_set_title (group, title);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (self), group);
  return group;
}

static void
purser_preferences_money_init (PurserPreferencesMoney *self)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("list-add-symbolic");

  self->rows = g_ptr_array_new ();
  adw_preferences_page_set_name (ADW_PREFERENCES_PAGE (self), "money");
  adw_preferences_page_set_title (ADW_PREFERENCES_PAGE (self), _("Money"));
  adw_preferences_page_set_icon_name (ADW_PREFERENCES_PAGE (self), "purser-costs-symbolic");
  self->shown_group = new_group (self, _("Shown in another currency"));
  self->shown_row = ADW_COMBO_ROW (adw_combo_row_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->shown_row), _("Currency"));
  purser_currencies_fill (self->shown_row, _("As kept"));
  g_signal_connect_swapped (self->shown_row, "notify::selected", G_CALLBACK (chosen_cb), self);
  adw_preferences_group_add (self->shown_group, GTK_WIDGET (self->shown_row));

  self->rates_group = new_group (self, _("Exchange rates"));
  adw_preferences_group_set_description (self->rates_group, _("Each holds from its day until the next one. A charge keeps the rate of its own day."));
  gtk_widget_set_tooltip_text (button, _("Add a rate"));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_object (button, "clicked", G_CALLBACK (add_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_set_header_suffix (self->rates_group, button);
}

AdwPreferencesPage *
purser_preferences_money_new (PurserSession *session)
{
  PurserPreferencesMoney *self = g_object_new (PURSER_TYPE_PREFERENCES_MONEY, NULL);

  self->session = g_object_ref (session);
  show (self);
  g_signal_connect_object (session, "org-changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  return ADW_PREFERENCES_PAGE (self);
}
