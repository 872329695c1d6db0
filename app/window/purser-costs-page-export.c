/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of the Costs page as a file. */
#include "config.h"
#include "purser-costs-page-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include "purser-csv.h"

typedef struct
{
  PurserCostsPage *page; /* (owned) */
  char            *csv;  /* (owned) */
} Export;

static void
export_free (Export *export)
{
  g_clear_object (&export->page);
  g_free (export->csv);
  g_free (export);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Export, export_free)

static void
written_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (Export) export = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_file_get_basename (G_FILE (object));
  g_autofree char *done = g_strdup_printf (_("Saved as %s"), name);

  if (g_file_replace_contents_finish (G_FILE (object), result, NULL, &error))
    purser_window_toast (GTK_WIDGET (export->page), done);
  else
    purser_window_say_error (GTK_WIDGET (export->page), _("The table could not be saved"), error);
}

static void
chosen_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Export) export = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (object), result, &error);
  const char *csv = export->csv;

  if (file != NULL)
    g_file_replace_contents_async (file, csv, strlen (csv), NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION, NULL,
                                   written_cb, g_steal_pointer (&export));
  else if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    purser_window_say_error (GTK_WIDGET (export->page), _("The table could not be saved"), error);
}

static char *
file_name (PurserCostsPage *self)
{
  g_autoptr (GDateTime) first = g_date_time_new_from_unix_utc ((gint64) self->period.first * 86400);
  g_autoptr (GDateTime) last = g_date_time_new_from_unix_utc ((gint64) self->period.last * 86400);
  g_autofree char *from = g_date_time_format (first, "%Y-%m-%d");
  g_autofree char *to = g_date_time_format (last, "%Y-%m-%d");

  return g_strdup_printf ("purser-costs-%s-%s-%s.csv", purser_split_id (self->split), from, to);
}

/* Asks where to, and writes what is on the page now. */
void
purser_costs_page_export (PurserCostsPage *self)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autofree char *name = file_name (self);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  Export *export;

  if (self->costs == NULL)
    return;
  export = g_new0 (Export, 1);
  export->page = g_object_ref (self);
  export->csv = purser_csv_costs (purser_costs_get_answer (self->costs), org);
  gtk_file_dialog_set_title (dialog, _("Export Costs"));
  gtk_file_dialog_set_initial_name (dialog, name);
  gtk_file_dialog_save (dialog, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL, chosen_cb, export);
}
