/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-provider-detail.h"

#include <glib/gi18n-lib.h>

#include "purser-contracts.h"
#include "purser-provider-check.h"
#include "purser-provider-file-row.h"
#include "purser-provider-form.h"
#include "purser-provider-key-row.h"
#include "purser-provider-models.h"
#include "purser-provider-problem.h"
#include "purser-provider-terms.h"
#include "purser-provider-words.h"

struct _PurserProviderDetail
{
  AdwNavigationPage      parent_instance;

  PurserSession         *session; /* (owned) */
  gint64                 provider_id;
  gboolean               check_first;
  gboolean               showing; /* the fields are being filled by us, not by the user */
  GtkWidget             *note_group;
  PurserProviderProblem *note;
  AdwEntryRow           *address_row;
  PurserProviderProblem *address_problem;
  AdwActionRow          *practice_row;
  PurserProviderKeyRow  *key_row;
  PurserProviderCheck   *check;
  PurserProviderModels  *models;
  PurserContracts       *contracts;
  PurserProviderTerms   *terms;
  PurserProviderFileRow *ca_row;
  AdwSwitchRow          *enabled_row;
};

G_DEFINE_FINAL_TYPE (PurserProviderDetail, purser_provider_detail, ADW_TYPE_NAVIGATION_PAGE)

static void
run (PurserProviderDetail *self,
     PurserCommand        *command,
     const char           *done,
     PurserCommand        *undo)
{
  purser_session_run (self->session, GTK_WIDGET (self), command, done, undo, NULL, NULL);
}

static void
address_apply_cb (PurserProviderDetail *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  const PurserProvider *provider = purser_org_provider (org, self->provider_id);
  g_autoptr (GError) error = NULL;
  g_autofree char *address = NULL;

  if (provider == NULL)
    return;
  address = purser_kind_normalise_address (provider->kind, gtk_editable_get_text (GTK_EDITABLE (self->address_row)),
                                           &error);
  purser_provider_problem_set (self->address_problem, GTK_WIDGET (self->address_row),
                               error != NULL ? error->message : NULL);
  if (address == NULL)
    return;
  gtk_editable_set_text (GTK_EDITABLE (self->address_row), address);
  if (!g_str_equal (address, provider->address))
    run (self, purser_command_set_provider (provider->id, NULL, address, NULL), _("Address changed"),
         purser_command_set_provider (provider->id, NULL, provider->address, NULL));
}

static void
address_changed_cb (PurserProviderDetail *self)
{
  if (!self->showing)
    purser_provider_problem_set (self->address_problem, GTK_WIDGET (self->address_row), NULL);
}

static void
ca_chosen_cb (PurserProviderDetail *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  const PurserProvider *provider = purser_org_provider (org, self->provider_id);
  const char *path = purser_provider_file_row_get_path (self->ca_row);

  if (provider == NULL)
    return;
  run (self, purser_command_set_provider (provider->id, NULL, NULL, path != NULL ? path : ""), _("Certificates changed"),
       purser_command_set_provider (provider->id, NULL, NULL, provider->ca_file != NULL ? provider->ca_file : ""));
}

static void
enabled_cb (PurserProviderDetail *self)
{
  gboolean enabled = adw_switch_row_get_active (self->enabled_row);

  if (self->showing)
    return;
  run (self, purser_command_enable_provider (self->provider_id, enabled), NULL, NULL);
}

static void
rename_submit_cb (PurserProviderForm *form,
                  GtkWidget          *row)
{
  PurserProviderDetail *self = g_object_get_data (G_OBJECT (form), "page");
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  const PurserProvider *provider = purser_org_provider (org, self->provider_id);
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));
  g_autoptr (GError) error = NULL;
  const PurserProvider *other;

  if (provider == NULL)
    return;
  other = purser_org_provider_named (org, name);
  if (!purser_name_check (name, FALSE, &error))
    purser_provider_form_set_problem (form, row, error->message);
  else if (other != NULL && other != provider)
    purser_provider_form_set_problem (form, row, _("A provider has this name already. Choose another one."));
  else
    purser_provider_form_run (form, purser_command_set_provider (provider->id, name, NULL, NULL), _("Provider renamed"),
                              purser_command_set_provider (provider->id, provider->name, NULL, NULL));
}

static void
rename_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  PurserProviderDetail *self = PURSER_PROVIDER_DETAIL (widget);
  PurserProviderForm *form = purser_provider_form_new (self->session, _("Rename provider"), NULL, _("_Rename"));
  GtkWidget *row = purser_provider_form_add_entry (form, _("Name"), adw_navigation_page_get_title (ADW_NAVIGATION_PAGE (self)));

  g_object_set_data_full (G_OBJECT (form), "page", g_object_ref (self), g_object_unref);
  g_signal_connect (form, "submit", G_CALLBACK (rename_submit_cb), row);
  adw_dialog_present (ADW_DIALOG (form), widget);
}

static void
remove_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  PurserProviderDetail *self = PURSER_PROVIDER_DETAIL (widget);
  g_autofree char *done = NULL;

  /* Translators: %s is a provider's name. */
  done = g_strdup_printf (_("%s removed"), adw_navigation_page_get_title (ADW_NAVIGATION_PAGE (self)));
  run (self, purser_command_remove_provider (self->provider_id), done, purser_command_restore_provider (self->provider_id));
}

static void
check_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  purser_provider_check_run (PURSER_PROVIDER_DETAIL (widget)->check);
}

static void
add_model_action (GtkWidget  *widget,
                  const char *action_name,
                  GVariant   *parameter)
{
  purser_provider_models_add (PURSER_PROVIDER_DETAIL (widget)->models);
}

static void
search_action (GtkWidget  *widget,
               const char *action_name,
               GVariant   *parameter)
{
  purser_provider_models_search (PURSER_PROVIDER_DETAIL (widget)->models);
}

static void
narrow_cb (PurserProviderDetail *self)
{
  purser_provider_check_set_narrow (self->check, TRUE);
  purser_provider_models_set_narrow (self->models, TRUE);
}

static void
wide_cb (PurserProviderDetail *self)
{
  purser_provider_check_set_narrow (self->check, FALSE);
  purser_provider_models_set_narrow (self->models, FALSE);
}

static void
pop_self (PurserProviderDetail *self)
{
  GtkWidget *view = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_NAVIGATION_VIEW);
  AdwNavigationPage *before;

  if (view == NULL)
    return;
  before = adw_navigation_view_get_previous_page (ADW_NAVIGATION_VIEW (view), ADW_NAVIGATION_PAGE (self));
  if (before != NULL)
    adw_navigation_view_pop_to_page (ADW_NAVIGATION_VIEW (view), before);
}

static void
show_note (PurserProviderDetail *self,
           const PurserProvider *provider)
{
  g_autofree char *day = provider->kind->retired_on != NULL ? purser_provider_retired_day (provider->kind) : NULL;
  g_autofree char *words = NULL;

  if (day != NULL)
    /* Translators: the %s are a provider's name and a date. */
    words = g_strdup_printf (_("%s was retired by its owner on %s. The same models are offered by other providers; "
                               "add one and choose it in your workloads."),
                             _(provider->kind->name), day);
  else if (!provider->kind->supported)
    words = g_strdup_printf (_("This version of Purser keeps the account, but cannot call %s yet."),
                             _(provider->kind->name));
  else if (provider->practice)
    words = g_strdup (_("These models are pretended: they answer on this computer, and their prices are invented."));
  purser_provider_problem_hint (self->note, words);
  gtk_widget_set_visible (self->note_group, words != NULL);
}

static void
show_address (PurserProviderDetail *self,
              const PurserProvider *provider)
{
  gtk_widget_set_visible (GTK_WIDGET (self->address_row), !provider->practice);
  gtk_widget_set_visible (GTK_WIDGET (self->practice_row), provider->practice);
  gtk_widget_set_visible (GTK_WIDGET (self->ca_row), !provider->practice);
  /* What is being typed stays; a stored address is shown once nobody is at it. */
  if (!gtk_widget_get_visible (GTK_WIDGET (self->address_problem))
      && (gtk_widget_get_state_flags (GTK_WIDGET (self->address_row)) & GTK_STATE_FLAG_FOCUS_WITHIN) == 0
      && !g_str_equal (gtk_editable_get_text (GTK_EDITABLE (self->address_row)), provider->address))
    {
      adw_entry_row_set_show_apply_button (self->address_row, FALSE);
      gtk_editable_set_text (GTK_EDITABLE (self->address_row), provider->address);
      adw_entry_row_set_show_apply_button (self->address_row, TRUE);
    }
  purser_provider_file_row_set_path (self->ca_row, provider->ca_file);
}

static void
show (PurserProviderDetail *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  const PurserProvider *provider = purser_org_provider (org, self->provider_id);

  if (provider == NULL)
    {
      pop_self (self);
      return;
    }
  self->showing = TRUE;
  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self), provider->name);
  show_note (self, provider);
  show_address (self, provider);
  purser_provider_key_row_show (self->key_row, self->session, provider);
  purser_provider_check_show (self->check, self->session, provider);
  purser_provider_models_show (self->models, self->session, org, provider);
  purser_contracts_show (self->contracts, self->session, org, provider->id);
  purser_provider_terms_show (self->terms, self->session, org, provider);
  adw_switch_row_set_active (self->enabled_row, provider->enabled);
  self->showing = FALSE;
}

static void
shown_cb (PurserProviderDetail *self)
{
  gtk_editable_select_region (GTK_EDITABLE (self->address_row), 0, 0);
  purser_provider_check_focus (self->check); /* not the address: nobody came to overwrite it */
  if (!self->check_first)
    return;
  self->check_first = FALSE;
  purser_provider_check_run (self->check);
}

static void
purser_provider_detail_dispose (GObject *object)
{
  PurserProviderDetail *self = PURSER_PROVIDER_DETAIL (object);

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (purser_provider_detail_parent_class)->dispose (object);
}

static void
install_verbs (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "provider.rename", NULL, rename_action);
  gtk_widget_class_install_action (widget_class, "provider.remove", NULL, remove_action);
  gtk_widget_class_install_action (widget_class, "provider.add-model", NULL, add_model_action);
  gtk_widget_class_install_action (widget_class, "page.refresh", NULL, check_action);
  gtk_widget_class_install_action (widget_class, "page.search", NULL, search_action);
  gtk_widget_class_bind_template_callback (widget_class, address_apply_cb);
  gtk_widget_class_bind_template_callback (widget_class, address_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, ca_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, enabled_cb);
  gtk_widget_class_bind_template_callback (widget_class, narrow_cb);
  gtk_widget_class_bind_template_callback (widget_class, wide_cb);
  gtk_widget_class_bind_template_callback (widget_class, shown_cb);
}

static void
purser_provider_detail_class_init (PurserProviderDetailClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_provider_detail_dispose;
  g_type_ensure (PURSER_TYPE_CONTRACTS);
  g_type_ensure (PURSER_TYPE_PROVIDER_TERMS);
  g_type_ensure (PURSER_TYPE_PROVIDER_PROBLEM);
  g_type_ensure (PURSER_TYPE_PROVIDER_KEY_ROW);
  g_type_ensure (PURSER_TYPE_PROVIDER_CHECK);
  g_type_ensure (PURSER_TYPE_PROVIDER_MODELS);
  g_type_ensure (PURSER_TYPE_PROVIDER_FILE_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-provider-detail.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserProviderDetail, note_group);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderDetail, note);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderDetail, address_row);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderDetail, address_problem);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderDetail, practice_row);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderDetail, key_row);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderDetail, check);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderDetail, models);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderDetail, contracts);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderDetail, terms);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderDetail, ca_row);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderDetail, enabled_row);
  install_verbs (widget_class);
}

static void
purser_provider_detail_init (PurserProviderDetail *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * purser_provider_detail_new:
 * @session: the session
 * @provider_id: which provider
 * @check: whether to begin with a connection check
 *
 * Returns: (transfer floating): a page to push
 */
AdwNavigationPage *
purser_provider_detail_new (PurserSession *session,
                            gint64         provider_id,
                            gboolean       check)
{
  PurserProviderDetail *self = g_object_new (PURSER_TYPE_PROVIDER_DETAIL, NULL);

  self->session = g_object_ref (session);
  self->provider_id = provider_id;
  self->check_first = check;
  show (self);
  g_signal_connect_object (session, "org-changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  return ADW_NAVIGATION_PAGE (self);
}
