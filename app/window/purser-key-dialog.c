/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-key-dialog.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _PurserKeyDialog
{
  AdwDialog        parent_instance;

  char            *secret; /* (owned) wiped */
  AdwToastOverlay *toasts;
  GtkLabel        *secret_label, *warning;
  GtkWidget       *copy_button, *done_button;
};

G_DEFINE_FINAL_TYPE (PurserKeyDialog, purser_key_dialog, ADW_TYPE_DIALOG)

static void
copy_cb (PurserKeyDialog *self)
{
  AdwToast *toast = adw_toast_new (_("Copied"));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->secret);
  adw_toast_overlay_add_toast (self->toasts, toast);
  gtk_accessible_announce (GTK_ACCESSIBLE (self), _("Copied"), GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
done_cb (PurserKeyDialog *self)
{
  adw_dialog_close (ADW_DIALOG (self));
}

static void
purser_key_dialog_finalize (GObject *object)
{
  PurserKeyDialog *self = PURSER_KEY_DIALOG (object);

  if (self->secret != NULL)
    explicit_bzero (self->secret, strlen (self->secret));
  g_free (self->secret);
  G_OBJECT_CLASS (purser_key_dialog_parent_class)->finalize (object);
}

static void
purser_key_dialog_class_init (PurserKeyDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = purser_key_dialog_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/purser_app/Purser/ui/purser-key-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserKeyDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, PurserKeyDialog, secret_label);
  gtk_widget_class_bind_template_child (widget_class, PurserKeyDialog, warning);
  gtk_widget_class_bind_template_child (widget_class, PurserKeyDialog, copy_button);
  gtk_widget_class_bind_template_child (widget_class, PurserKeyDialog, done_button);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_bind_template_callback (widget_class, done_cb);
}

static void
purser_key_dialog_init (PurserKeyDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * purser_key_dialog_new:
 * @name: whose key it is
 * @secret: the key
 *
 * Returns: (transfer floating): the dialog
 */
AdwDialog *
purser_key_dialog_new (const char *name,
                       const char *secret)
{
  PurserKeyDialog *self = g_object_new (PURSER_TYPE_KEY_DIALOG, NULL);
  g_autofree char *title = g_strdup_printf (_("Key for %s"), name);

  self->secret = g_strdup (secret);
  adw_dialog_set_title (ADW_DIALOG (self), title);
  gtk_label_set_label (self->secret_label, secret);
  return ADW_DIALOG (self);
}
