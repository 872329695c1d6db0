/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-workload-form.h"

#include <glib/gi18n-lib.h>

#include "purser-provider-form.h"
#include "purser-workload-words.h"

typedef struct
{
  PurserSession *session;      /* (owned) */
  gint64         id;           /* 0: a new one */
  GtkWidget     *title_row;    /* (unowned): the form's */
  GtkWidget     *name_row;     /* (unowned): the form's */
  char          *suggested;    /* (owned): the name made from the title; while it stands untouched, it follows */
} Form;

static void
form_free (gpointer  data,
           GClosure *closure)
{
  Form *self = data;

  g_clear_object (&self->session);
  g_free (self->suggested);
  g_free (self);
}

static void
title_changed_cb (GtkEditable *row,
                  Form        *self)
{
  g_autofree char *suggested = purser_workload_name_from (gtk_editable_get_text (row));

  if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (self->name_row)), self->suggested))
    return; /* a name of the user's own */
  g_set_str (&self->suggested, suggested);
  gtk_editable_set_text (GTK_EDITABLE (self->name_row), suggested);
}

static gboolean
check (PurserProviderForm *form,
       Form               *self,
       const PurserOrg    *org,
       const char         *title,
       const char         *name)
{
  const PurserWorkload *other = purser_org_workload_named (org, name);
  g_autoptr (GError) error = NULL;

  if (!purser_name_check (title, TRUE, &error))
    purser_provider_form_set_problem (form, self->title_row, error->message);
  else if (!purser_workload_name_check (name, &error))
    purser_provider_form_set_problem (form, self->name_row, error->message);
  else if (other != NULL && other->id != self->id)
    purser_provider_form_set_problem (form, self->name_row, _("A workload has this name already. Choose another one."));
  else
    return TRUE;
  return FALSE;
}

static void
submit_cb (PurserProviderForm *form,
           Form               *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  const PurserWorkload *workload = purser_org_workload (org, self->id);
  g_autofree char *title = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->title_row))));
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->name_row))));

  if (!check (form, self, org, title, name))
    return;
  if (workload == NULL)
    purser_provider_form_run (form, purser_command_add_workload (name, title), _("Workload added"), NULL);
  else
    purser_provider_form_run (form, purser_command_set_workload (self->id, name, title), _("Workload renamed"),
                              purser_command_set_workload (self->id, workload->name, workload->title));
}

static void
open_form (GtkWidget            *origin,
           PurserSession        *session,
           const PurserWorkload *workload)
{
  PurserProviderForm *form = purser_provider_form_new (session,
                                                       workload != NULL ? _("Rename workload") : _("Add workload"),
                                                       workload != NULL
                                                         ? _("Tools that send the old name must send the new one.")
                                                         : _("A kind of work that your tools ask models to do."),
                                                       workload != NULL ? _("_Rename") : _("_Add"));
  Form *self = g_new0 (Form, 1);

  self->session = g_object_ref (session);
  self->id = workload != NULL ? workload->id : 0;
  self->suggested = g_strdup ("");
  self->title_row = purser_provider_form_add_entry (form, _("Title"),
                                                    workload != NULL ? purser_workload_title (workload) : NULL);
  self->name_row = purser_provider_form_add_entry (form, _("Name that tools send"),
                                                   workload != NULL ? workload->name : NULL);
  g_signal_connect (self->title_row, "changed", G_CALLBACK (title_changed_cb), self);
  g_signal_connect_data (form, "submit", G_CALLBACK (submit_cb), self, form_free, G_CONNECT_DEFAULT);
  adw_dialog_present (ADW_DIALOG (form), origin);
}

/**
 * purser_workload_form_add:
 * @origin: over what the dialog opens
 * @session: the session
 */
void
purser_workload_form_add (GtkWidget     *origin,
                          PurserSession *session)
{
  open_form (origin, session, NULL);
}

/**
 * purser_workload_form_rename:
 * @origin: over what the dialog opens
 * @session: the session
 * @workload_id: which workload
 */
void
purser_workload_form_rename (GtkWidget     *origin,
                             PurserSession *session,
                             gint64         workload_id)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (session);
  const PurserWorkload *workload = purser_org_workload (org, workload_id);

  if (workload != NULL)
    open_form (origin, session, workload);
}
