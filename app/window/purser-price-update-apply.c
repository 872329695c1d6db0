/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes after a list was looked at: it is applied, and past calls may be worked out again. */
#include "config.h"
#include "purser-price-update-private.h"

#include <glib/gi18n-lib.h>
#include "purser-format.h"
#include "purser-reprice-dialog.h"

#define OLDEST_SINCE_DAYS 400 /* further back, past calls are not looked at by themselves */

static void
show_done (PurserPriceUpdateDialog   *self,
           const PurserRepriceResult *result)
{
  g_autofree char *calls = purser_format_count (result->corrected);
  g_autofree char *words = NULL;

  if (result->newly_priced > 0)
    words = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s call that was made would be charged otherwise now, or charged at all. It can be worked out again.",
                                          "%s calls that were made would be charged otherwise now, or charged at all. They can be worked out again.",
                                          result->corrected), calls);
  else if (result->corrected > 0)
    words = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s call that was made would be charged otherwise now. It can be worked out again.",
                                          "%s calls that were made would be charged otherwise now. They can be worked out again.", result->corrected), calls);
  adw_status_page_set_description (self->done, words != NULL ? words : _("Calls are charged by them from now on."));
  gtk_widget_set_visible (GTK_WIDGET (self->reprice_button), words != NULL);
  adw_navigation_page_set_title (self->changes_page, _("Update prices"));
  gtk_stack_set_visible_child_name (self->states, "done");
  gtk_widget_grab_focus (GTK_WIDGET (words != NULL ? self->reprice_button : self->close_button));
}

static void
tried_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (PurserPriceUpdateDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  PurserRepriceResult outcome = { 0 };

  purser_admin_reprice_finish (PURSER_ADMIN (object), result, &outcome, &error);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_done (self, &outcome);
}

/* From the day of the oldest price that was added, or of the first call without one: what would change is tried before it is offered. */
static void
try_past_calls (PurserPriceUpdateDialog *self,
                GArray                  *unpriced)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  gint32 today = purser_day_of (org->timezone, purser_store_now (purser_session_get_store (self->session)));
  PurserReprice ask = { .dry_run = TRUE };
  PurserRepriceResult nothing = { 0 };
  gint64 since = 0;
  gboolean past = purser_price_changes_past (self->plan.changes, &since);

  for (guint i = 0; i < unpriced->len; i++)
    {
      since = past ? MIN (since, g_array_index (unpriced, PurserUnpricedRow, i).first_at) : g_array_index (unpriced, PurserUnpricedRow, i).first_at;
      past = TRUE;
    }
  if (!past)
    {
      show_done (self, &nothing);
      return;
    }
  self->since = MAX (purser_day_of (org->timezone, MAX (since, 0)), today - OLDEST_SINCE_DAYS);
  ask.since = purser_day_start (org->timezone, self->since);
  purser_admin_reprice_async (purser_session_get_admin (self->session), &ask, NULL, NULL, self->cancellable, tried_cb, g_object_ref (self));
}

typedef struct { PurserPriceUpdateDialog *dialog; GArray *unpriced; } Load;

static void
load_free (Load *load)
{
  g_clear_pointer (&load->unpriced, g_array_unref);
  g_clear_object (&load->dialog);
  g_free (load);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Load, load_free)

static gboolean
read_unpriced (PurserDb *db,
               gpointer  data,
               GError  **error)
{
  return (((Load *) data)->unpriced = purser_ledger_unpriced (db, error)) != NULL;
}

static void
unpriced_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Load) load = user_data;

  if (purser_store_run_finish (PURSER_STORE (object), result, NULL) && load->dialog->session != NULL)
    try_past_calls (load->dialog, load->unpriced);
}

static void
applied_cb (GtkWidget           *origin,
            const PurserOutcome *outcome,
            const GError        *error,
            gpointer             user_data)
{
  PurserPriceUpdateDialog *self = PURSER_PRICE_UPDATE_DIALOG (origin);
  Load *load;

  gtk_widget_set_sensitive (GTK_WIDGET (self->apply_button), TRUE);
  if (outcome == NULL)
    return;
  gtk_action_bar_set_revealed (self->bar, FALSE);
  gtk_stack_set_visible_child_name (self->states, "loading");
  load = g_new0 (Load, 1);
  load->dialog = g_object_ref (self);
  purser_store_read_async (purser_session_get_store (self->session), read_unpriced, load, NULL, self->cancellable, unpriced_cb, load);
}

void
purser_price_update_apply (PurserPriceUpdateDialog *self)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->apply_button), FALSE);
  purser_session_run (self->session, GTK_WIDGET (self), purser_command_import_list (self->list, self->plan.changes, self->source), NULL, NULL, applied_cb, NULL);
}

void
purser_price_update_offer_reprice (PurserPriceUpdateDialog *self)
{
  adw_dialog_present (purser_reprice_dialog_new (self->session, self->since), GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self))));
  adw_dialog_close (ADW_DIALOG (self));
}
