/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-welcome.h"

#include <glib/gi18n-lib.h>
#include "purser-org-form.h"
#include "purser-window.h"

struct _PurserWelcome
{
  AdwBin         parent_instance;

  PurserOrgForm *form;
  GtkWidget     *heading;
  GtkWidget     *create_button;
};

G_DEFINE_FINAL_TYPE (PurserWelcome, purser_welcome, ADW_TYPE_BIN)

static void
create_cb (PurserWelcome *self)
{
  g_autofree char *name = purser_org_form_get_name (self->form);
  PurserWindow *window = purser_window_of (GTK_WIDGET (self));
  GtkWidget *dialog = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_DIALOG);

  if (window == NULL || !gtk_widget_get_sensitive (self->create_button))
    return;
  purser_window_create (window, name, purser_org_form_get_currency (self->form),
                        purser_org_form_get_timezone (self->form));
  if (dialog != NULL)
    adw_dialog_close (ADW_DIALOG (dialog));
}

static gboolean
purser_welcome_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (PURSER_WELCOME (widget)->form));
}

static void
purser_welcome_class_init (PurserWelcomeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->grab_focus = purser_welcome_grab_focus;
  g_type_ensure (PURSER_TYPE_ORG_FORM);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/purser_app/Purser/ui/purser-welcome.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserWelcome, form);
  gtk_widget_class_bind_template_child (widget_class, PurserWelcome, heading);
  gtk_widget_class_bind_template_child (widget_class, PurserWelcome, create_button);
  gtk_widget_class_bind_template_callback (widget_class, create_cb);
}

static void
purser_welcome_init (PurserWelcome *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  purser_org_form_set_defaults (self->form);
}

GtkWidget *
purser_welcome_new (void)
{
  return g_object_new (PURSER_TYPE_WELCOME, NULL);
}

/**
 * purser_welcome_dialog_new:
 *
 * Returns: (transfer floating): the same form for another organisation
 */
AdwDialog *
purser_welcome_dialog_new (void)
{
  AdwDialog *dialog = adw_dialog_new ();
  GtkWidget *view = adw_toolbar_view_new ();
  GtkWidget *welcome = purser_welcome_new ();

  gtk_widget_set_visible (PURSER_WELCOME (welcome)->heading, FALSE);
  adw_toolbar_view_add_top_bar (ADW_TOOLBAR_VIEW (view), adw_header_bar_new ());
  adw_toolbar_view_set_content (ADW_TOOLBAR_VIEW (view), welcome);
  adw_dialog_set_title (dialog, _("New Organisation"));
  adw_dialog_set_content_width (dialog, 480);
  adw_dialog_set_child (dialog, view);
  adw_dialog_set_default_widget (dialog, PURSER_WELCOME (welcome)->create_button);
  adw_dialog_set_focus (dialog, GTK_WIDGET (PURSER_WELCOME (welcome)->form));
  return dialog;
}

/**
 * purser_welcome_path_for:
 * @name: an organisation's name
 *
 * Returns: (transfer full): a file name for it in the data folder that is not taken yet
 */
char *
purser_welcome_path_for (const char *name)
{
  for (guint n = 1;; n++)
    {
      g_autofree char *path = purser_store_path_for (name, n);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
}
