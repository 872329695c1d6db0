/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-reprice-dialog.h"

#include <glib/gi18n-lib.h>
#include "purser-day-row.h"
#include "purser-format.h"
#include "purser-period.h"
#include "purser-reprice-words.h"

struct _PurserRepriceDialog
{
  AdwDialog            parent_instance;

  PurserSession       *session;     /* (owned) */
  GCancellable        *cancellable; /* (owned) (nullable): what is on its way */
  GPtrArray           *closed;      /* (owned) (nullable) (element-type PurserMonthRow) */
  GArray              *unpriced;    /* (owned) (nullable) (element-type PurserUnpricedRow) */
  gint64               expected;    /* how many the preview looked at */

  GtkStack            *states;
  AdwPreferencesGroup *group;
  PurserDayRow        *since;
  AdwEntryRow         *reason;
  AdwSpinner          *spinner;
  GtkLabel            *preview, *progress_label, *result_title, *result;
  GtkProgressBar      *progress;
  GtkButton           *run_button, *stop_button, *close_button;
};

G_DEFINE_FINAL_TYPE (PurserRepriceDialog, purser_reprice_dialog, ADW_TYPE_DIALOG)

static PurserReprice
ask_of (PurserRepriceDialog *self,
        gboolean             dry_run)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  const char *reason = gtk_editable_get_text (GTK_EDITABLE (self->reason));

  return (PurserReprice) { .since = purser_day_start (org->timezone, purser_day_row_get_day (self->since)),
                           .dry_run = dry_run, .reason = *reason != '\0' ? reason : _("Worked out again") };
}

static char *
words_of (PurserRepriceDialog       *self,
          const PurserRepriceResult *result,
          gboolean                   done)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  PurserReprice ask = ask_of (self, !done);

  return purser_reprice_words (org, result, self->closed != NULL ? self->closed : none, ask.since, done);
}

/* --- the preview --- */

static void
previewed_cb (GObject      *object,
              GAsyncResult *res,
              gpointer      user_data)
{
  g_autoptr (PurserRepriceDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  PurserRepriceResult result = { 0 };
  gboolean ok = purser_admin_reprice_finish (PURSER_ADMIN (object), res, &result, &error);
  g_autofree char *words = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* another day was chosen, or the dialog is gone */
  g_clear_object (&self->cancellable);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), FALSE);
  words = ok ? words_of (self, &result, FALSE) : g_strdup (error->message);
  gtk_label_set_label (self->preview, words);
  self->expected = result.attempts;
  gtk_widget_set_sensitive (GTK_WIDGET (self->run_button), ok && result.corrected > 0);
  gtk_accessible_announce (GTK_ACCESSIBLE (self), words, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
preview (PurserRepriceDialog *self)
{
  PurserReprice ask = ask_of (self, TRUE);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), TRUE);
  gtk_label_set_label (self->preview, _("Looking at the calls since then…"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->run_button), FALSE);
  purser_admin_reprice_async (purser_session_get_admin (self->session), &ask, NULL, NULL, self->cancellable, previewed_cb, g_object_ref (self));
}

/* --- the doing --- */

static void
progress_cb (const PurserRepriceResult *so_far,
             gpointer                   user_data)
{
  PurserRepriceDialog *self = PURSER_REPRICE_DIALOG (user_data);
  g_autofree char *done = purser_format_count (so_far->attempts), *all = purser_format_count (MAX (self->expected, so_far->attempts));
  /* Translators: how many calls of how many: "4,000 of 4,481 calls". */
  g_autofree char *words = g_strdup_printf (_("%s of %s calls"), done, all);

  gtk_label_set_label (self->progress_label, words);
  gtk_progress_bar_set_fraction (self->progress, self->expected > 0 ? MIN (1, (double) so_far->attempts / self->expected) : 0);
}

static void
ran_cb (GObject      *object,
        GAsyncResult *res,
        gpointer      user_data)
{
  g_autoptr (PurserRepriceDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  PurserRepriceResult result = { 0 };
  gboolean ok = purser_admin_reprice_finish (PURSER_ADMIN (object), res, &result, &error);
  gboolean stopped = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_autofree char *words = NULL;

  g_clear_object (&self->cancellable);
  if (self->session == NULL)
    return;
  words = ok ? words_of (self, &result, TRUE)
             : g_strdup (stopped ? _("What was worked out by then stays. It can be gone on with at any time.") : error->message);
  gtk_label_set_label (self->result_title, ok ? _("Worked out again") : stopped ? _("Stopped") : _("That did not work"));
  gtk_label_set_label (self->result, words);
  gtk_stack_set_visible_child_name (self->states, "done");
  adw_dialog_set_can_close (ADW_DIALOG (self), TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->close_button));
  gtk_accessible_announce (GTK_ACCESSIBLE (self), words, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
run_cb (PurserRepriceDialog *self)
{
  PurserReprice ask = ask_of (self, FALSE);

  self->cancellable = g_cancellable_new ();
  gtk_progress_bar_set_fraction (self->progress, 0);
  gtk_label_set_label (self->progress_label, "");
  gtk_widget_set_sensitive (GTK_WIDGET (self->stop_button), TRUE);
  gtk_stack_set_visible_child_name (self->states, "running");
  gtk_widget_grab_focus (GTK_WIDGET (self->stop_button));
  adw_dialog_set_can_close (ADW_DIALOG (self), FALSE); /* not half-way unnoticed; Stop is there */
  purser_admin_reprice_async (purser_session_get_admin (self->session), &ask, progress_cb, self, self->cancellable, ran_cb, g_object_ref (self));
}

static void
stop_cb (PurserRepriceDialog *self)
{
  g_cancellable_cancel (self->cancellable);
  gtk_widget_set_sensitive (GTK_WIDGET (self->stop_button), FALSE);
}

/* --- what is known beforehand --- */

typedef struct { PurserRepriceDialog *dialog; GPtrArray *closed; GArray *unpriced; gint32 since; } Load;

static gboolean
read_both (PurserDb *db,
           gpointer  data,
           GError  **error)
{
  Load *load = data;

  load->closed = purser_month_list (db, error);
  load->unpriced = load->closed != NULL ? purser_ledger_unpriced (db, error) : NULL;
  return load->unpriced != NULL;
}

static gint64
first_unpriced (GArray *unpriced)
{
  gint64 first = 0;

  for (guint i = 0; unpriced != NULL && i < unpriced->len; i++)
    {
      gint64 at = g_array_index (unpriced, PurserUnpricedRow, i).first_at;

      first = first == 0 ? at : MIN (first, at);
    }
  return first;
}

static void
read_cb (GObject      *object,
         GAsyncResult *res,
         gpointer      user_data)
{
  g_autofree Load *load = user_data;
  g_autoptr (PurserRepriceDialog) self = load->dialog;
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserOrg) org = NULL;
  gint64 first;

  purser_store_run_finish (PURSER_STORE (object), res, &error);
  self->closed = load->closed;
  self->unpriced = load->unpriced;
  if (self->session == NULL)
    return;
  org = purser_session_get_org (self->session);
  first = first_unpriced (self->unpriced);
  if (load->since == 0 && first > 0)
    purser_day_row_set_day (self->since, purser_day_of (org->timezone, first));
  preview (self);
}

/* --- object --- */

static void
purser_reprice_dialog_dispose (GObject *object)
{
  PurserRepriceDialog *self = PURSER_REPRICE_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  g_clear_pointer (&self->closed, g_ptr_array_unref);
  g_clear_pointer (&self->unpriced, g_array_unref);
  G_OBJECT_CLASS (purser_reprice_dialog_parent_class)->dispose (object);
}

/* A preview is of no use to who closes the dialog. */
static void
purser_reprice_dialog_closed (AdwDialog *dialog)
{
  g_cancellable_cancel (PURSER_REPRICE_DIALOG (dialog)->cancellable);
}

static void
purser_reprice_dialog_class_init (PurserRepriceDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_reprice_dialog_dispose;
  ADW_DIALOG_CLASS (klass)->closed = purser_reprice_dialog_closed;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/purser_app/Purser/ui/purser-reprice-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserRepriceDialog, states);
  gtk_widget_class_bind_template_child (widget_class, PurserRepriceDialog, group);
  gtk_widget_class_bind_template_child (widget_class, PurserRepriceDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, PurserRepriceDialog, preview);
  gtk_widget_class_bind_template_child (widget_class, PurserRepriceDialog, progress_label);
  gtk_widget_class_bind_template_child (widget_class, PurserRepriceDialog, progress);
  gtk_widget_class_bind_template_child (widget_class, PurserRepriceDialog, result_title);
  gtk_widget_class_bind_template_child (widget_class, PurserRepriceDialog, result);
  gtk_widget_class_bind_template_child (widget_class, PurserRepriceDialog, run_button);
  gtk_widget_class_bind_template_child (widget_class, PurserRepriceDialog, stop_button);
  gtk_widget_class_bind_template_child (widget_class, PurserRepriceDialog, close_button);
  gtk_widget_class_bind_template_callback (widget_class, run_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, adw_dialog_close);
}

static void
purser_reprice_dialog_init (PurserRepriceDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->since = PURSER_DAY_ROW (purser_day_row_new (_("Calls since"), NULL));
  self->reason = ADW_ENTRY_ROW (adw_entry_row_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->reason), _("Reason, kept with each difference"));
  adw_preferences_group_add (self->group, GTK_WIDGET (self->since));
  adw_preferences_group_add (self->group, GTK_WIDGET (self->reason));
  g_signal_connect_swapped (self->since, "changed", G_CALLBACK (preview), self);
}

/**
 * purser_reprice_dialog_new:
 * @session: an open organisation
 * @since: a day of the reporting zone, or 0
 *
 * Returns: (transfer floating): the dialog
 */
AdwDialog *
purser_reprice_dialog_new (PurserSession *session,
                           gint32         since)
{
  PurserRepriceDialog *self = g_object_new (PURSER_TYPE_REPRICE_DIALOG, NULL);
  g_autoptr (PurserOrg) org = purser_session_get_org (session);
  PurserStore *store = purser_session_get_store (session);
  Load *load = g_new0 (Load, 1);

  self->session = g_object_ref (session);
  purser_day_row_set_day (self->since, since != 0 ? since : purser_period_month_start (purser_day_of (org->timezone, purser_store_now (store))));
  gtk_label_set_label (self->preview, _("Looking at the calls since then…"));
  load->dialog = g_object_ref (self);
  load->since = since;
  purser_store_read_async (store, read_both, load, NULL, NULL, read_cb, load);
  return ADW_DIALOG (self);
}
