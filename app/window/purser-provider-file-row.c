/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-provider-file-row.h"

#include <glib/gi18n-lib.h>

struct _PurserProviderFileRow
{
  AdwActionRow parent_instance;

  char        *path; /* (owned) (nullable) */
  char        *none; /* (owned) (nullable): what no file means, where it is not a certificate authority's */
  GtkButton   *clear_button;
};

G_DEFINE_FINAL_TYPE (PurserProviderFileRow, purser_provider_file_row, ADW_TYPE_ACTION_ROW)

static guint chosen_signal;

static void
open_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (PurserProviderFileRow) self = PURSER_PROVIDER_FILE_ROW (user_data);
  g_autoptr (GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (object), result, NULL);
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path == NULL)
    return; /* dismissed */
  purser_provider_file_row_set_path (self, path);
  g_signal_emit (self, chosen_signal, 0);
}

static GListModel *
make_filters (void)
{
  GListStore *filters = g_list_store_new (GTK_TYPE_FILE_FILTER);
  g_autoptr (GtkFileFilter) certificates = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  gtk_file_filter_set_name (certificates, _("Certificates"));
  gtk_file_filter_add_suffix (certificates, "pem");
  gtk_file_filter_add_suffix (certificates, "crt");
  gtk_file_filter_add_suffix (certificates, "cer");
  gtk_file_filter_set_name (all, _("All files"));
  gtk_file_filter_add_pattern (all, "*");
  g_list_store_append (filters, certificates);
  g_list_store_append (filters, all);
  return G_LIST_MODEL (filters);
}

static void
choose_cb (PurserProviderFileRow *self)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autoptr (GListModel) filters = make_filters ();
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  gtk_file_dialog_set_title (dialog, _("Choose certificate file"));
  gtk_file_dialog_set_filters (dialog, filters);
  gtk_file_dialog_open (dialog, GTK_WINDOW (root), NULL, open_cb, g_object_ref (self));
}

static void
clear_cb (PurserProviderFileRow *self)
{
  purser_provider_file_row_set_path (self, NULL);
  g_signal_emit (self, chosen_signal, 0);
}

static void
purser_provider_file_row_finalize (GObject *object)
{
  PurserProviderFileRow *self = PURSER_PROVIDER_FILE_ROW (object);

  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->none, g_free);
  G_OBJECT_CLASS (purser_provider_file_row_parent_class)->finalize (object);
}

static void
purser_provider_file_row_class_init (PurserProviderFileRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = purser_provider_file_row_finalize;
  chosen_signal = g_signal_new ("chosen", PURSER_TYPE_PROVIDER_FILE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-provider-file-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserProviderFileRow, clear_button);
  gtk_widget_class_bind_template_callback (widget_class, choose_cb);
  gtk_widget_class_bind_template_callback (widget_class, clear_cb);
}

static void
purser_provider_file_row_init (PurserProviderFileRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  purser_provider_file_row_set_path (self, NULL);
}

/**
 * purser_provider_file_row_get_path:
 * @self: the row
 *
 * Returns: (transfer none) (nullable): the chosen file
 */
const char *
purser_provider_file_row_get_path (PurserProviderFileRow *self)
{
  return self->path;
}

/**
 * purser_provider_file_row_set_path:
 * @self: the row
 * @path: (nullable): a file, or %NULL for the system's own certificates
 */
void
purser_provider_file_row_set_path (PurserProviderFileRow *self,
                                   const char            *path)
{
  g_autofree char *shown = path != NULL ? g_filename_display_name (path) : NULL;

  g_set_str (&self->path, path != NULL && *path != '\0' ? path : NULL);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self),
                               self->path != NULL   ? shown
                               : self->none != NULL ? self->none
                                                    : _("Only the system’s; a company’s proxy may need its own"));
  gtk_widget_set_visible (GTK_WIDGET (self->clear_button), self->path != NULL);
}

void
purser_provider_file_row_set_words (PurserProviderFileRow *self,
                                    const char            *title,
                                    const char            *none,
                                    const char            *clear)
{
  g_set_str (&self->none, none);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->clear_button), clear);
  purser_provider_file_row_set_path (self, self->path);
}
