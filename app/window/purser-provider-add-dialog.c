/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-provider-add-dialog.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-provider-file-row.h"
#include "purser-provider-problem.h"
#include "purser-provider-tiles.h"
#include "purser-provider-words.h"

#define MIN_KEY_FOR_HINT 4 /* characters typed before a wrong prefix is worth a word */

struct _PurserProviderAddDialog
{
  AdwDialog              parent_instance;

  PurserSession         *session; /* (owned) */
  const PurserKind      *kind;    /* (nullable): the one whose form is shown */
  AdwNavigationView     *view;
  AdwNavigationPage     *tiles_page;
  AdwNavigationPage     *form_page;
  PurserProviderTiles   *tiles;
  AdwPreferencesGroup   *form_group;
  GtkWidget             *note_group;
  PurserProviderProblem *note;
  AdwEntryRow           *name_row;
  PurserProviderProblem *name_problem;
  AdwEntryRow           *address_row;
  PurserProviderProblem *address_problem;
  AdwPasswordEntryRow   *key_row;
  PurserProviderProblem *key_problem;
  PurserProviderFileRow *ca_row;
  GtkButton             *add_button;
};

G_DEFINE_FINAL_TYPE (PurserProviderAddDialog, purser_provider_add_dialog, ADW_TYPE_DIALOG)

static guint added_signal;

/* The address as it will be stored; its fault is said in the row. */
static char *
check_address (PurserProviderAddDialog *self)
{
  g_autoptr (GError) error = NULL;
  const char *typed = gtk_editable_get_text (GTK_EDITABLE (self->address_row));
  g_autofree char *address = purser_kind_normalise_address (self->kind, typed, &error);

  purser_provider_problem_set (self->address_problem, GTK_WIDGET (self->address_row),
                               error != NULL ? error->message : NULL);
  if (address != NULL && !g_str_equal (address, typed))
    gtk_editable_set_text (GTK_EDITABLE (self->address_row), address);
  return g_steal_pointer (&address);
}

static void
address_left_cb (PurserProviderAddDialog *self)
{
  const char *typed = gtk_editable_get_text (GTK_EDITABLE (self->address_row));

  if (self->kind == NULL || *typed == '\0')
    return; /* an empty field is only wrong once one wants to go on */
  g_free (check_address (self));
}

static void
address_changed_cb (PurserProviderAddDialog *self)
{
  purser_provider_problem_set (self->address_problem, GTK_WIDGET (self->address_row), NULL);
}

static void
name_changed_cb (PurserProviderAddDialog *self)
{
  purser_provider_problem_set (self->name_problem, GTK_WIDGET (self->name_row), NULL);
}

static void
key_changed_cb (PurserProviderAddDialog *self)
{
  const char *key = gtk_editable_get_text (GTK_EDITABLE (self->key_row));
  g_autofree char *words = NULL;

  purser_provider_problem_set (self->key_problem, GTK_WIDGET (self->key_row), NULL);
  if (self->kind == NULL || self->kind->key_prefix == NULL || strlen (key) < MIN_KEY_FOR_HINT
      || g_str_has_prefix (key, self->kind->key_prefix))
    return;
  /* Translators: the first %s is a provider's name, the second the letters its keys begin with. */
  words = g_strdup_printf (_("Keys of %s usually begin with “%s”. Is this the right one?"), _(self->kind->name),
                           self->kind->key_prefix);
  purser_provider_problem_hint (self->key_problem, words);
}

static gboolean
check_name (PurserProviderAddDialog *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  const char *typed = gtk_editable_get_text (GTK_EDITABLE (self->name_row));
  g_autofree char *name = g_strstrip (g_strdup (typed));
  const char *words = NULL;

  if (!purser_name_check (name, FALSE, &error))
    words = error->message;
  else if (purser_org_provider_named (org, name) != NULL)
    words = _("A provider has this name already. Choose another one.");
  purser_provider_problem_set (self->name_problem, GTK_WIDGET (self->name_row), words);
  return words == NULL;
}

static gboolean
check_key (PurserProviderAddDialog *self)
{
  const char *key = gtk_editable_get_text (GTK_EDITABLE (self->key_row));
  g_autofree char *trimmed = g_strstrip (g_strdup (key));
  gboolean needed = self->kind->auth != PURSER_AUTH_NONE && !self->kind->key_optional;
  const char *words = NULL;

  if (needed && *trimmed == '\0')
    words = _("Paste the key here. You find it in your account with this provider.");
  else if (strpbrk (trimmed, " \t\r\n") != NULL)
    words = _("There is a space or a line break inside the key. Copy it again, without what stands beside it.");
  purser_vault_key_free (g_steal_pointer (&trimmed));
  if (words != NULL)
    purser_provider_problem_set (self->key_problem, GTK_WIDGET (self->key_row), words);
  return words == NULL;
}

static void
added_cb (GtkWidget           *origin,
          const PurserOutcome *outcome,
          const GError        *error,
          gpointer             user_data)
{
  PurserProviderAddDialog *self = PURSER_PROVIDER_ADD_DIALOG (origin);

  gtk_widget_set_sensitive (GTK_WIDGET (self->add_button), TRUE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->tiles), TRUE);
  if (outcome == NULL)
    return; /* the words are over the dialog, and what was typed is still there */
  gtk_editable_set_text (GTK_EDITABLE (self->key_row), "");
  g_signal_emit (self, added_signal, 0, self->kind != NULL ? outcome->id : 0);
  adw_dialog_close (ADW_DIALOG (self));
}

static void
add_practice (PurserProviderAddDialog *self)
{
  self->kind = NULL;
  gtk_widget_set_sensitive (GTK_WIDGET (self->tiles), FALSE);
  purser_session_run (self->session, GTK_WIDGET (self), purser_command_add_practice (),
                      _("Practice models are ready"), NULL, added_cb, NULL);
}

static void
add_cb (PurserProviderAddDialog *self)
{
  const char *key = gtk_editable_get_text (GTK_EDITABLE (self->key_row));
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name_row))));
  g_autofree char *address = NULL;
  GtkWidget *wrong = NULL;

  if (self->kind == NULL || !gtk_widget_get_sensitive (GTK_WIDGET (self->add_button)))
    return;
  if (!check_key (self)) /* all three speak; the focus goes to the first that is wrong */
    wrong = GTK_WIDGET (self->key_row);
  if ((address = check_address (self)) == NULL)
    wrong = GTK_WIDGET (self->address_row);
  if (!check_name (self))
    wrong = GTK_WIDGET (self->name_row);
  if (wrong != NULL)
    {
      gtk_widget_grab_focus (wrong);
      return;
    }
  gtk_widget_set_sensitive (GTK_WIDGET (self->add_button), FALSE);
  purser_session_run (self->session, GTK_WIDGET (self),
                      purser_command_add_provider (self->kind->id, name, address, *key != '\0' ? key : NULL, NULL,
                                                   purser_provider_file_row_get_path (self->ca_row)),
                      NULL, NULL, added_cb, NULL);
}

static void
say_what_is_special (PurserProviderAddDialog *self,
                     const PurserKind        *kind)
{
  g_autofree char *words = NULL;

  if (kind->retired_on != NULL)
    {
      g_autofree char *day = purser_provider_retired_day (kind);

      /* Translators: the %s are a provider's name and a date. */
      words = g_strdup_printf (_("%s was retired by its owner on %s. It can still be added and stays switched off "
                                 "until you switch it on; the same models are offered by other providers."),
                               _(kind->name), day);
    }
  else if (!kind->supported)
    {
      words = g_strdup_printf (_("This version of Purser keeps the account, but cannot call %s yet."), _(kind->name));
    }
  purser_provider_problem_hint (self->note, words);
  gtk_widget_set_visible (self->note_group, words != NULL);
}

/* The form of KIND, filled with what is known. What was typed for the same kind stays. */
static void
show_form (PurserProviderAddDialog *self,
           const PurserKind        *kind,
           const char              *address)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  g_autofree char *name = purser_provider_free_name (org, _(kind->name));
  gboolean needs_key = kind->auth != PURSER_AUTH_NONE;

  if (self->kind != kind)
    {
      self->kind = kind;
      gtk_editable_set_text (GTK_EDITABLE (self->name_row), name);
      gtk_editable_set_text (GTK_EDITABLE (self->address_row), address != NULL ? address : kind->address);
      gtk_editable_set_text (GTK_EDITABLE (self->key_row), "");
    }
  gtk_widget_set_visible (GTK_WIDGET (self->key_row), needs_key);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->key_row),
                                 kind->key_optional ? _("Key (only if the server asks for one)") : _("Key"));
  adw_preferences_group_set_description (self->form_group,
                                         needs_key ? _("The key is kept in this computer’s keyring, nowhere else.")
                                                   : NULL);
  adw_navigation_page_set_title (self->form_page, _(kind->name));
  say_what_is_special (self, kind);
  adw_dialog_set_default_widget (ADW_DIALOG (self), GTK_WIDGET (self->add_button));
}

static GtkWidget *
first_empty_field (PurserProviderAddDialog *self)
{
  if (*gtk_editable_get_text (GTK_EDITABLE (self->address_row)) == '\0')
    return GTK_WIDGET (self->address_row);
  if (gtk_widget_get_visible (GTK_WIDGET (self->key_row)))
    return GTK_WIDGET (self->key_row);
  return GTK_WIDGET (self->name_row);
}

static void
form_shown_cb (PurserProviderAddDialog *self)
{
  gtk_widget_grab_focus (first_empty_field (self));
  gtk_editable_select_region (GTK_EDITABLE (self->name_row), 0, 0); /* it had the focus for a moment */
}

static void
chosen_cb (PurserProviderAddDialog *self,
           const char              *kind,
           const char              *address)
{
  if (g_str_equal (kind, "practice"))
    {
      add_practice (self);
      return;
    }
  show_form (self, purser_kind_get (kind), address);
  adw_navigation_view_push (self->view, self->form_page);
}

static void
purser_provider_add_dialog_dispose (GObject *object)
{
  PurserProviderAddDialog *self = PURSER_PROVIDER_ADD_DIALOG (object);

  g_clear_object (&self->session);
  G_OBJECT_CLASS (purser_provider_add_dialog_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, PurserProviderAddDialog, view);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderAddDialog, tiles_page);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderAddDialog, form_page);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderAddDialog, tiles);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderAddDialog, form_group);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderAddDialog, note_group);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderAddDialog, note);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderAddDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderAddDialog, name_problem);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderAddDialog, address_row);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderAddDialog, address_problem);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderAddDialog, key_row);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderAddDialog, key_problem);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderAddDialog, ca_row);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderAddDialog, add_button);
}

static void
purser_provider_add_dialog_class_init (PurserProviderAddDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_provider_add_dialog_dispose;
  added_signal = g_signal_new ("added", PURSER_TYPE_PROVIDER_ADD_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 1, G_TYPE_INT64);
  g_type_ensure (PURSER_TYPE_PROVIDER_TILES);
  g_type_ensure (PURSER_TYPE_PROVIDER_PROBLEM);
  g_type_ensure (PURSER_TYPE_PROVIDER_FILE_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-provider-add-dialog.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, form_shown_cb);
  gtk_widget_class_bind_template_callback (widget_class, address_left_cb);
  gtk_widget_class_bind_template_callback (widget_class, address_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, name_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
}

static void
purser_provider_add_dialog_init (PurserProviderAddDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * purser_provider_add_dialog_new:
 * @session: the session
 * @kind: (nullable): the kind whose form to begin with; %NULL begins with the tiles
 * @address: (nullable): in place of the kind's usual address
 *
 * Returns: (transfer floating)
 */
PurserProviderAddDialog *
purser_provider_add_dialog_new (PurserSession *session,
                                const char    *kind,
                                const char    *address)
{
  PurserProviderAddDialog *self = g_object_new (PURSER_TYPE_PROVIDER_ADD_DIALOG, NULL);
  const PurserKind *begin = kind != NULL ? purser_kind_get (kind) : NULL;

  self->session = g_object_ref (session);
  purser_provider_tiles_set_session (self->tiles, session);
  if (begin != NULL)
    {
      show_form (self, begin, address);
      adw_navigation_view_push (self->view, self->form_page);
    }
  return self;
}
