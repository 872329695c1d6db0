/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-principal-dialog.h"

#include <glib/gi18n-lib.h>
#include "purser-owner-row.h"

struct _PurserPrincipalDialog
{
  AdwDialog      parent_instance;

  PurserSession *session; /* (owned) */
  GtkWidget     *add_button;
  AdwComboRow   *kind_row, *owner_row;
  AdwEntryRow   *name_row, *team_row;
};

G_DEFINE_FINAL_TYPE (PurserPrincipalDialog, purser_principal_dialog, ADW_TYPE_DIALOG)

static guint added;

static gboolean
is_agent (PurserPrincipalDialog *self)
{
  return adw_combo_row_get_selected (self->kind_row) == 1;
}

static char *
stripped (AdwEntryRow *row)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));
}

static void
changed_cb (PurserPrincipalDialog *self)
{
  g_autofree char *name = stripped (self->name_row);

  gtk_widget_set_sensitive (self->add_button, purser_name_check (name, TRUE, NULL));
  gtk_widget_set_visible (GTK_WIDGET (self->owner_row), is_agent (self));
  adw_dialog_set_title (ADW_DIALOG (self), is_agent (self) ? _("Add Agent") : _("Add Person"));
}

static void
cancel_cb (PurserPrincipalDialog *self)
{
  adw_dialog_close (ADW_DIALOG (self));
}

static void
added_cb (GtkWidget           *origin,
          const PurserOutcome *outcome,
          const GError        *error,
          gpointer             user_data)
{
  PurserPrincipalDialog *self = PURSER_PRINCIPAL_DIALOG (origin);

  gtk_widget_set_sensitive (self->add_button, TRUE);
  if (outcome == NULL)
    return; /* what was typed stays; the words are over it */
  g_signal_emit (self, added, 0, outcome->id);
  adw_dialog_close (ADW_DIALOG (self));
}

static void
add_cb (PurserPrincipalDialog *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  g_autofree char *name = stripped (self->name_row);
  g_autofree char *team = stripped (self->team_row);
  g_autofree char *done = g_strdup_printf (_("%s added"), name);
  gint64 owner = is_agent (self) ? purser_owner_row_get (self->owner_row, org) : 0;

  gtk_widget_set_sensitive (self->add_button, FALSE);
  purser_session_run (self->session, GTK_WIDGET (self),
                      purser_command_add_principal (name, is_agent (self), team, owner), done, NULL, added_cb, NULL);
}

static void
purser_principal_dialog_dispose (GObject *object)
{
  g_clear_object (&PURSER_PRINCIPAL_DIALOG (object)->session);
  G_OBJECT_CLASS (purser_principal_dialog_parent_class)->dispose (object);
}

static void
purser_principal_dialog_class_init (PurserPrincipalDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_principal_dialog_dispose;
  added = g_signal_new ("added", PURSER_TYPE_PRINCIPAL_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                        G_TYPE_INT64);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-principal-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserPrincipalDialog, add_button);
  gtk_widget_class_bind_template_child (widget_class, PurserPrincipalDialog, kind_row);
  gtk_widget_class_bind_template_child (widget_class, PurserPrincipalDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, PurserPrincipalDialog, team_row);
  gtk_widget_class_bind_template_child (widget_class, PurserPrincipalDialog, owner_row);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
}

static void
purser_principal_dialog_init (PurserPrincipalDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * purser_principal_dialog_new:
 * @session: an open organisation
 * @agent: whether an agent is offered first
 *
 * Returns: (transfer floating): the dialog
 */
AdwDialog *
purser_principal_dialog_new (PurserSession *session,
                             gboolean       agent)
{
  PurserPrincipalDialog *self = g_object_new (PURSER_TYPE_PRINCIPAL_DIALOG, NULL);
  g_autoptr (PurserOrg) org = purser_session_get_org (session);

  self->session = g_object_ref (session);
  purser_owner_row_fill (self->owner_row, org, 0);
  purser_team_row_fill (self->team_row, org);
  adw_combo_row_set_selected (self->kind_row, agent ? 1 : 0);
  changed_cb (self);
  return ADW_DIALOG (self);
}
