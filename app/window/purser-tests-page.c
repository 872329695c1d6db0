/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-tests-page.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-test-result-page.h"
#include "purser-test-row.h"
#include "purser-test-run-page.h"
#include "purser-test-runs.h"
#include "purser-test-setup-dialog.h"

#define LIST_LENGTH 50 /* newest runs in the list */

struct _PurserTestsPage
{
  AdwNavigationPage    parent_instance;

  PurserSession       *session;     /* (owned) */
  GCancellable        *cancellable; /* (owned): ends with the page */
  gboolean             read;        /* the stored runs were read once */
  gboolean             narrow;
  GtkLabel            *finding;
  GtkLabel            *remark;
  AdwPreferencesGroup *running_group;
  GtkListBox          *running_list;
  AdwPreferencesGroup *stored_group;
  GtkListBox          *stored_list;
};

static void show_detail (PurserPage *page, const char *detail);

static void
page_iface_init (PurserPageInterface *iface)
{
  iface->show_detail = show_detail;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (PurserTestsPage, purser_tests_page, ADW_TYPE_NAVIGATION_PAGE,
                               G_IMPLEMENT_INTERFACE (PURSER_TYPE_PAGE, page_iface_init))

static void
started_cb (PurserTestsPage *self,
            PurserTestRun   *run)
{
  purser_test_runs_start (purser_test_runs_of (self->session), run);
  purser_window_push (GTK_WIDGET (self), purser_test_run_page_new (self->session, run));
}

static void
open_setup (PurserTestsPage *self,
            gboolean         latency,
            gint64           workload_id)
{
  PurserTestSetupDialog *dialog = purser_test_setup_dialog_new (self->session, latency, workload_id);

  g_signal_connect_object (dialog, "started", G_CALLBACK (started_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (ADW_DIALOG (dialog), GTK_WIDGET (self));
}

static void
quality_cb (PurserTestsPage *self)
{
  open_setup (self, FALSE, 0);
}

static void
latency_cb (PurserTestsPage *self)
{
  open_setup (self, TRUE, 0);
}

static void
new_action (GtkWidget  *widget,
            const char *action_name,
            GVariant   *parameter)
{
  quality_cb (PURSER_TESTS_PAGE (widget));
}

static void
open_new (PurserTestsPage *self,
          const char      *what)
{
  g_auto (GStrv) words = g_strsplit (what, ":", 2);
  gint64 workload_id = 0;

  if (words[0] != NULL && words[1] != NULL)
    g_ascii_string_to_signed (words[1], 10, 0, G_MAXINT64, &workload_id, NULL);
  open_setup (self, g_strcmp0 (words[0], "latency") == 0, workload_id);
}

static void
show_detail (PurserPage *page,
             const char *detail)
{
  PurserTestsPage *self = PURSER_TESTS_PAGE (page);
  gint64 id;

  if (g_str_has_prefix (detail, "new:"))
    open_new (self, detail + strlen ("new:"));
  else if (g_ascii_string_to_signed (detail, 10, 1, G_MAXINT64, &id, NULL))
    purser_window_push (GTK_WIDGET (self), purser_test_result_page_new (self->session, id));
}

static void
row_activated_cb (PurserTestsPage *self,
                  PurserTestRow   *row)
{
  PurserTestRun *run = purser_test_row_get_run (row);

  if (run != NULL)
    purser_window_push (GTK_WIDGET (self), purser_test_run_page_new (self->session, run));
  else
    purser_window_push (GTK_WIDGET (self), purser_test_result_page_new (self->session, purser_test_row_get_id (row)));
}

static void
say_finding (PurserTestsPage *self)
{
  guint n = purser_test_runs_get_n (purser_test_runs_of (self->session));
  gboolean any = gtk_list_box_get_row_at_index (self->stored_list, 0) != NULL;
  g_autofree char *running = NULL;

  if (n > 0)
    {
      running = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u test is running", "%u tests are running", n), n);
      gtk_label_set_text (self->finding, running);
      gtk_label_set_text (self->remark, _("It goes on while you look at other pages."));
    }
  else if (any || !self->read)
    {
      gtk_label_set_text (self->finding, _("Prove a choice before you make it"));
      gtk_label_set_text (self->remark, _("Is a cheaper model as good? Is it faster? A test answers with its uncertainty."));
    }
  else
    {
      gtk_label_set_text (self->finding, _("No test was run yet"));
      gtk_label_set_text (self->remark, _("Each of the three workloads comes with cases to start from."));
    }
}

static void
append_row (PurserTestsPage *self,
            GtkListBox      *list,
            GtkWidget       *row)
{
  purser_test_row_set_narrow (PURSER_TEST_ROW (row), self->narrow);
  gtk_list_box_append (list, row);
}

static void
set_narrow (PurserTestsPage *self,
            gboolean         narrow)
{
  GtkListBox *lists[] = { self->running_list, self->stored_list };
  GtkListBoxRow *row;

  self->narrow = narrow;
  for (guint k = 0; k < G_N_ELEMENTS (lists); k++)
    for (guint i = 0; (row = gtk_list_box_get_row_at_index (lists[k], i)) != NULL; i++)
      purser_test_row_set_narrow (PURSER_TEST_ROW (row), narrow);
}

static void
narrow_cb (PurserTestsPage *self)
{
  set_narrow (self, TRUE);
}

static void
wide_cb (PurserTestsPage *self)
{
  set_narrow (self, FALSE);
}

static void
show_running (PurserTestsPage *self)
{
  PurserTestRuns *runs = purser_test_runs_of (self->session);

  gtk_list_box_remove_all (self->running_list);
  for (guint i = 0; i < purser_test_runs_get_n (runs); i++)
    append_row (self, self->running_list, purser_test_row_new_running (purser_test_runs_get (runs, i)));
  gtk_widget_set_visible (GTK_WIDGET (self->running_group), purser_test_runs_get_n (runs) > 0);
  say_finding (self);
}

/* --- stored runs --- */

typedef struct
{
  PurserTestsPage *self; /* (owned) */
  GPtrArray       *rows; /* (owned) (nullable) (element-type PurserTrialRow) */
} ListJob;

static void
list_job_free (ListJob *job)
{
  g_clear_object (&job->self);
  g_clear_pointer (&job->rows, g_ptr_array_unref);
  g_free (job);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ListJob, list_job_free)

static gboolean
read_list (PurserDb  *db,
           gpointer   data,
           GError   **error)
{
  ListJob *job = data;

  job->rows = purser_trial_list (db, LIST_LENGTH, error);
  return job->rows != NULL;
}

static void
list_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (ListJob) job = user_data;
  PurserTestsPage *self = job->self;
  g_autoptr (GError) error = NULL;
  guint ours;

  if (!purser_store_run_finish (PURSER_STORE (object), result, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("Cannot list the tests: %s", error->message);
      return;
    }
  if (self->session == NULL)
    return;
  self->read = TRUE;
  ours = purser_test_runs_get_n (purser_test_runs_of (self->session));
  gtk_list_box_remove_all (self->stored_list);
  for (guint i = 0; i < job->rows->len; i++)
    {
      const PurserTrialRow *row = job->rows->pdata[i];

      if (g_str_equal (row->state, "running") && ours > 0)
        {
          ours--; /* the newest ones that run are those above */
          continue;
        }
      append_row (self, self->stored_list, purser_test_row_new_stored (self->session, row));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->stored_group),
                          gtk_list_box_get_row_at_index (self->stored_list, 0) != NULL);
  say_finding (self);
}

static void
read_stored (PurserTestsPage *self)
{
  ListJob *job = g_new0 (ListJob, 1);

  job->self = g_object_ref (self);
  purser_store_read_async (purser_session_get_store (self->session), read_list, job, NULL, self->cancellable, list_cb,
                           job);
}

/* --- */

static void
runs_changed_cb (PurserTestsPage *self)
{
  show_running (self);
  read_stored (self);
}

static void
notify_desktop (PurserTestsPage *self,
                PurserTestRun   *run)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GApplication *application = g_application_get_default ();
  g_autoptr (GNotification) notification = NULL;

  if (application == NULL || (GTK_IS_WINDOW (root) && gtk_window_is_active (GTK_WINDOW (root))))
    return;
  notification = g_notification_new (_("Test finished"));
  g_notification_set_body (notification, purser_test_run_get_setup (run)->title);
  g_application_send_notification (application, NULL, notification);
}

static void
run_finished_cb (PurserTestsPage *self,
                 PurserTestRun   *run)
{
  g_autofree char *words = NULL;
  const char *title = purser_test_run_get_setup (run)->title;

  if (purser_test_run_get_error (run) != NULL)
    /* Translators: a test's title, then what went wrong. */
    words = g_strdup_printf (_("%s: %s"), title, purser_test_run_get_error (run)->message);
  else
    /* Translators: %s is a test's title. */
    words = g_strdup_printf (_("Test finished: %s"), title);
  if (gtk_widget_get_root (GTK_WIDGET (self)) != NULL)
    purser_window_toast (GTK_WIDGET (self), words);
  notify_desktop (self, run);
}

static void
refresh_action (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  read_stored (PURSER_TESTS_PAGE (widget));
}

static void
purser_tests_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (purser_tests_page_parent_class)->map (widget);
  read_stored (PURSER_TESTS_PAGE (widget));
}

static void
purser_tests_page_dispose (GObject *object)
{
  PurserTestsPage *self = PURSER_TESTS_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (purser_tests_page_parent_class)->dispose (object);
}

static void
purser_tests_page_class_init (PurserTestsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_tests_page_dispose;
  widget_class->map = purser_tests_page_map;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/purser_app/Purser/ui/purser-tests-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserTestsPage, finding);
  gtk_widget_class_bind_template_child (widget_class, PurserTestsPage, remark);
  gtk_widget_class_bind_template_child (widget_class, PurserTestsPage, running_group);
  gtk_widget_class_bind_template_child (widget_class, PurserTestsPage, running_list);
  gtk_widget_class_bind_template_child (widget_class, PurserTestsPage, stored_group);
  gtk_widget_class_bind_template_child (widget_class, PurserTestsPage, stored_list);
  gtk_widget_class_bind_template_callback (widget_class, quality_cb);
  gtk_widget_class_bind_template_callback (widget_class, latency_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, narrow_cb);
  gtk_widget_class_bind_template_callback (widget_class, wide_cb);
  gtk_widget_class_install_action (widget_class, "page.new", NULL, new_action);
  gtk_widget_class_install_action (widget_class, "page.refresh", NULL, refresh_action);
}

static void
purser_tests_page_init (PurserTestsPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * purser_tests_page_new:
 * @session: the session
 *
 * Returns: (transfer floating): the page
 */
AdwNavigationPage *
purser_tests_page_new (PurserSession *session)
{
  PurserTestsPage *self = g_object_new (PURSER_TYPE_TESTS_PAGE, NULL);
  PurserTestRuns *runs = purser_test_runs_of (session);

  self->session = g_object_ref (session);
  show_running (self);
  g_signal_connect_object (runs, "changed", G_CALLBACK (runs_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (runs, "finished", G_CALLBACK (run_finished_cb), self, G_CONNECT_SWAPPED);
  return ADW_NAVIGATION_PAGE (self);
}
