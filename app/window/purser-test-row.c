/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-test-row.h"

#include <glib/gi18n-lib.h>

#include "purser-format.h"
#include "purser-test-words.h"

struct _PurserTestRow
{
  AdwActionRow   parent_instance;

  PurserTestRun *run;         /* (owned) (nullable) */
  PurserSession *session;     /* (owned) (nullable) */
  GCancellable  *cancellable; /* (owned): ends with the row */
  gint64         id;
  char          *state;       /* (owned) (nullable): "Stopped early" */
  char          *words;       /* (owned) (nullable): the subtitle, without the time */
  gboolean       narrow;
  GtkImage      *icon;
  AdwSpinner    *spinner;
  GtkLabel      *when_label;
};

G_DEFINE_FINAL_TYPE (PurserTestRow, purser_test_row, ADW_TYPE_ACTION_ROW)

/* On a phone the time stands under the words. */
static void
lay_out (PurserTestRow *self)
{
  const char *when = gtk_label_get_text (self->when_label);
  const char *words = self->words != NULL ? self->words : "";
  g_autofree char *both = g_strdup_printf ("%s%s%s", words, *words != '\0' ? "\n" : "", when);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), self->narrow && *when != '\0' ? both : words);
  gtk_widget_set_visible (GTK_WIDGET (self->when_label), !self->narrow);
}

static void
say (PurserTestRow *self,
     const char    *words)
{
  g_set_str (&self->words, words);
  lay_out (self);
}

static void
show_progress (PurserTestRow *self)
{
  PurserTrial *trial = purser_test_run_get_trial (self->run);
  g_autofree char *left = purser_test_time_left (purser_trial_get_remaining_us (trial));
  g_autofree char *share = purser_format_percent (purser_test_run_get_share (self->run));
  g_autofree char *words = NULL;

  if (purser_test_run_get_state (self->run) == PURSER_TEST_STOPPING)
    words = g_strdup (_("Stopping"));
  else
    /* Translators: how far a test is: "42.0% done. About 4 minutes left". */
    words = g_strdup_printf (_("%s done. %s"), share, left);
  say (self, words);
}

static void
load_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (PurserTestRow) self = PURSER_TEST_ROW (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserTrialOutcome) outcome = purser_trial_load_finish (PURSER_STORE (object), result, &error);
  g_autoptr (PurserOrg) org = NULL;
  g_autofree char *legend = NULL;
  g_autofree char *words = NULL;

  if (self->session == NULL || outcome == NULL)
    {
      if (self->session != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        say (self, error->message);
      return;
    }
  org = purser_session_get_org (self->session);
  legend = purser_test_legend (org, outcome);
  if (outcome->sentence != NULL && self->state != NULL)
    words = g_strdup_printf ("%s. %s\n%s", self->state, outcome->sentence, legend);
  else if (outcome->sentence != NULL)
    words = g_strdup_printf ("%s\n%s", outcome->sentence, legend);
  else
    words = g_strdup (legend);
  say (self, words);
}

/* Read when the row is first seen: a list of many runs opens at once. */
static void
purser_test_row_map (GtkWidget *widget)
{
  PurserTestRow *self = PURSER_TEST_ROW (widget);

  GTK_WIDGET_CLASS (purser_test_row_parent_class)->map (widget);
  if (self->id == 0 || self->cancellable != NULL)
    return;
  self->cancellable = g_cancellable_new ();
  purser_trial_load_async (purser_session_get_store (self->session), self->id, self->cancellable, load_cb,
                           g_object_ref (self));
}

static void
purser_test_row_dispose (GObject *object)
{
  PurserTestRow *self = PURSER_TEST_ROW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->run);
  g_clear_object (&self->session);
  g_clear_pointer (&self->state, g_free);
  g_clear_pointer (&self->words, g_free);
  G_OBJECT_CLASS (purser_test_row_parent_class)->dispose (object);
}

static void
purser_test_row_class_init (PurserTestRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_test_row_dispose;
  widget_class->map = purser_test_row_map;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/purser_app/Purser/ui/purser-test-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserTestRow, icon);
  gtk_widget_class_bind_template_child (widget_class, PurserTestRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, PurserTestRow, when_label);
}

static void
purser_test_row_init (PurserTestRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * purser_test_row_new_running:
 * @run: a test on its way
 *
 * Returns: (transfer floating)
 */
GtkWidget *
purser_test_row_new_running (PurserTestRun *run)
{
  PurserTestRow *self = g_object_new (PURSER_TYPE_TEST_ROW, NULL);

  self->run = g_object_ref (run);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), purser_test_run_get_setup (run)->title);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), TRUE);
  show_progress (self);
  g_signal_connect_object (run, "progress", G_CALLBACK (show_progress), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

/**
 * purser_test_row_new_stored:
 * @session: the session
 * @row: a stored test
 *
 * Returns: (transfer floating)
 */
GtkWidget *
purser_test_row_new_stored (PurserSession        *session,
                            const PurserTrialRow *row)
{
  PurserTestRow *self = g_object_new (PURSER_TYPE_TEST_ROW, NULL);
  g_autoptr (PurserOrg) org = purser_session_get_org (session);
  g_autofree char *title = purser_test_title (org, row);
  g_autofree char *when = purser_format_when (row->started_at, org->timezone);

  self->session = g_object_ref (session);
  self->id = row->id;
  self->state = purser_test_state_words (row);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  gtk_image_set_from_icon_name (self->icon, g_str_equal (row->kind, "latency") ? "preferences-system-time-symbolic"
                                                                                : "purser-tests-symbolic");
  gtk_label_set_text (self->when_label, when);
  say (self, self->state != NULL ? self->state : "");
  return GTK_WIDGET (self);
}

PurserTestRun *
purser_test_row_get_run (PurserTestRow *self)
{
  return self->run;
}

gint64
purser_test_row_get_id (PurserTestRow *self)
{
  return self->id;
}

/**
 * purser_test_row_set_narrow:
 * @self: the row
 * @narrow: whether there is little room
 */
void
purser_test_row_set_narrow (PurserTestRow *self,
                            gboolean       narrow)
{
  self->narrow = narrow;
  lay_out (self);
}
