/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-preferences.h"

#include <glib/gi18n-lib.h>
#include "purser-org-form.h"
#include "purser-preferences-money.h"

struct _PurserPreferences
{
  AdwPreferencesDialog parent_instance;

  PurserSession *session; /* (owned) */
  PurserOrgForm *form;
  GtkWidget     *save_row;
};

#define PURSER_TYPE_PREFERENCES (purser_preferences_get_type ())
G_DECLARE_FINAL_TYPE (PurserPreferences, purser_preferences, PURSER, PREFERENCES, AdwPreferencesDialog)
G_DEFINE_FINAL_TYPE (PurserPreferences, purser_preferences, ADW_TYPE_PREFERENCES_DIALOG)

static gboolean
differs (PurserPreferences *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  g_autofree char *name = purser_org_form_get_name (self->form);

  return g_strcmp0 (name, org->name) != 0
         || g_strcmp0 (purser_org_form_get_currency (self->form), org->currency) != 0
         || g_strcmp0 (purser_org_form_get_timezone (self->form), org->timezone) != 0;
}

static void
changed_cb (PurserPreferences *self)
{
  gboolean valid;

  g_object_get (self->form, "valid", &valid, NULL);
  gtk_widget_set_sensitive (self->save_row, valid && differs (self));
}

static void
saved_cb (GtkWidget           *origin,
          const PurserOutcome *outcome,
          const GError        *error,
          gpointer             user_data)
{
  if (outcome != NULL)
    changed_cb (PURSER_PREFERENCES (origin));
}

/* What did not change is not sent: a new zone counts every day anew. */
static void
save_cb (PurserPreferences *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  g_autofree char *name = purser_org_form_get_name (self->form);
  const char *currency = purser_org_form_get_currency (self->form);
  const char *zone = purser_org_form_get_timezone (self->form);

  if (!gtk_widget_get_sensitive (self->save_row))
    return;
  purser_session_run (self->session, GTK_WIDGET (self),
                      purser_command_set_org (g_strcmp0 (name, org->name) != 0 ? name : NULL,
                                              g_strcmp0 (currency, org->currency) != 0 ? currency : NULL,
                                              g_strcmp0 (zone, org->timezone) != 0 ? zone : NULL),
                      _("Saved"), purser_command_set_org (org->name, org->currency, org->timezone), saved_cb, NULL);
}

static void
add_organisation_page (PurserPreferences *self)
{
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (adw_preferences_page_new ());
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);

  adw_preferences_page_set_name (page, "organisation");
  adw_preferences_page_set_title (page, _("Organisation"));
  adw_preferences_page_set_icon_name (page, "preferences-system-symbolic");
  self->form = PURSER_ORG_FORM (purser_org_form_new ());
  purser_org_form_set_values (self->form, org->name, org->currency, org->timezone);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self->form), _("Organisation"));
  adw_preferences_page_add (page, ADW_PREFERENCES_GROUP (self->form));

  self->save_row = adw_button_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->save_row), _("_Save"));
  adw_preferences_row_set_use_underline (ADW_PREFERENCES_ROW (self->save_row), TRUE);
  gtk_widget_add_css_class (self->save_row, "suggested-action");
  gtk_widget_set_sensitive (self->save_row, FALSE);
  adw_preferences_group_add (group, self->save_row);
  adw_preferences_page_add (page, group);
  adw_preferences_dialog_add (ADW_PREFERENCES_DIALOG (self), page);

  g_signal_connect_swapped (self->form, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect_swapped (self->form, "applied", G_CALLBACK (save_cb), self);
  g_signal_connect_swapped (self->save_row, "activated", G_CALLBACK (save_cb), self);
}

static void
purser_preferences_dispose (GObject *object)
{
  g_clear_object (&PURSER_PREFERENCES (object)->session);
  G_OBJECT_CLASS (purser_preferences_parent_class)->dispose (object);
}

static void
purser_preferences_class_init (PurserPreferencesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = purser_preferences_dispose;
}

static void
purser_preferences_init (PurserPreferences *self)
{
}

/**
 * purser_preferences_new:
 * @session: an open organisation
 * @page: (nullable): the page to begin with
 *
 * Returns: (transfer floating): its preferences
 */
AdwDialog *
purser_preferences_new (PurserSession *session,
                        const char    *page)
{
  PurserPreferences *self = g_object_new (PURSER_TYPE_PREFERENCES, NULL);

  self->session = g_object_ref (session);
  add_organisation_page (self);
  adw_preferences_dialog_add (ADW_PREFERENCES_DIALOG (self), purser_preferences_money_new (session));
  if (page != NULL)
    adw_preferences_dialog_set_visible_page_name (ADW_PREFERENCES_DIALOG (self), page);
  return ADW_DIALOG (self);
}
