/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job-fixture.h"
#include "purser-test-disagreements.h"
#include "purser-test-figures.h"
#include "purser-test-models.h"
#include "purser-test-result-page.h"
#include "purser-test-run-page.h"
#include "purser-test-runs.h"
#include "purser-test-setup-dialog.h"
#include "purser-test-verdict.h"
#include "purser-tests-page.h"

static void
set_up_models (Job *job)
{
  gint64 ids[2];

  job_set_up (job);
  job_just_do (job, purser_command_add_practice ());
  ids[0] = job_model (job, "practice-careful");
  ids[1] = job_model (job, "practice-quick");
  job_just_do (job, purser_command_assign (job_workload (job, "drafting"), ids, G_N_ELEMENTS (ids)));
}

static PurserTestSetupDialog *
open_setup (Job        *job,
            const char *detail)
{
  AdwNavigationPage *page = purser_tests_page_new (job->session);
  PurserTestSetupDialog *dialog;

  job_show (job, page);
  purser_page_show_detail (PURSER_PAGE (page), detail);
  JOB_WAIT ((dialog = job_find (job->window, PURSER_TYPE_TEST_SETUP_DIALOG, NULL)) != NULL);
  return dialog;
}

static void
start (PurserTestSetupDialog *dialog)
{
  GtkWidget *button = GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (dialog), PURSER_TYPE_TEST_SETUP_DIALOG,
                                                                 "start_button"));

  g_assert_true (gtk_widget_get_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

/* From the button to the verdict, with the whole run between. */
static void
test_quality (void)
{
  Job job = { 0 };

  set_up_models (&job);
  start (open_setup (&job, "new:quality"));
  JOB_WAIT (job_find (job.window, PURSER_TYPE_TEST_RUN_PAGE, NULL) != NULL);
  g_assert_cmpuint (purser_test_runs_get_n (purser_test_runs_of (job.session)), ==, 1);
  JOB_WAIT (job_find (job.window, PURSER_TYPE_TEST_VERDICT, NULL) != NULL);
  g_assert_cmpuint (purser_test_runs_get_n (purser_test_runs_of (job.session)), ==, 0);
  g_assert_nonnull (job_find (job.window, GTK_TYPE_LABEL, "Practice, careful"));
  g_assert_nonnull (job_find (job.window, PURSER_TYPE_TEST_FIGURES, NULL));
  job_tear_down (&job);
}

static void
test_latency (void)
{
  Job job = { 0 };

  set_up_models (&job);
  start (open_setup (&job, "new:latency"));
  JOB_WAIT (job_find (job.window, PURSER_TYPE_TEST_VERDICT, NULL) != NULL);
  g_assert_nonnull (job_find (job.window, GTK_TYPE_LABEL, "Time to the whole reply"));
  g_assert_null (job_find (job.window, PURSER_TYPE_TEST_DISAGREEMENTS, NULL));
  job_tear_down (&job);
}

/* A run survives the page that started it; Stop keeps what came. */
static void
test_leave_and_stop (void)
{
  Job job = { 0 };
  PurserTestRuns *runs;
  PurserTestRun *run;

  set_up_models (&job);
  purser_practice_set_speed (1);
  start (open_setup (&job, "new:quality"));
  runs = purser_test_runs_of (job.session);
  JOB_WAIT (job_find (job.window, PURSER_TYPE_TEST_RUN_PAGE, NULL) != NULL);
  run = g_object_ref (purser_test_runs_get (runs, 0));
  JOB_WAIT (purser_test_run_get_share (run) > 0);
  adw_navigation_view_pop (job.view);
  JOB_WAIT (job_find (job.window, GTK_TYPE_LABEL, "1 test is running") != NULL);
  purser_test_run_stop (run);
  JOB_WAIT (purser_test_runs_get_n (runs) == 0);
  g_assert_no_error (purser_test_run_get_error (run));
  g_assert_cmpint (purser_test_run_get_id (run), >, 0);
  JOB_WAIT (job_find (job.window, GTK_TYPE_LABEL, "Drafting, quality") != NULL);
  purser_practice_set_speed (0);
  g_object_unref (run);
  job_tear_down (&job);
}

/* The workload's own models come first, and are checked at first. */
static void
test_setup (void)
{
  Job job = { 0 };
  PurserTestSetupDialog *dialog;
  GtkWidget *models;
  GtkCheckButton *check;
  g_auto (GStrv) chosen = NULL;

  set_up_models (&job);
  dialog = open_setup (&job, "new:quality");
  models = GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (dialog), PURSER_TYPE_TEST_SETUP_DIALOG, "models"));
  chosen = purser_test_models_get_chosen (PURSER_TEST_MODELS (models));
  g_assert_cmpuint (g_strv_length (chosen), ==, 2);
  g_assert_true (g_str_has_suffix (chosen[0], "practice-careful")); /* A is the choice in force */
  JOB_WAIT ((check = job_find (models, GTK_TYPE_CHECK_BUTTON, NULL)) != NULL);
  g_assert_true (gtk_check_button_get_active (check));
  gtk_check_button_set_active (check, FALSE);
  g_strfreev (g_steal_pointer (&chosen));
  chosen = purser_test_models_get_chosen (PURSER_TEST_MODELS (models));
  g_assert_cmpuint (g_strv_length (chosen), ==, 1);
  job_tear_down (&job);
}

/* Without a model the dialog leads to where one comes from. */
static void
test_no_models (void)
{
  Job job = { 0 };

  job_set_up (&job);
  open_setup (&job, "new:quality");
  JOB_WAIT (job_find (job.window, GTK_TYPE_LABEL, "No model to test") != NULL);
  job_tear_down (&job);
}

int
main (int    argc,
      char **argv)
{
  if (!job_begin (&argc, &argv))
    return 0;
  g_test_add_func ("/window/trials/setup", test_setup);
  g_test_add_func ("/window/trials/no-models", test_no_models);
  g_test_add_func ("/window/trials/quality", test_quality);
  g_test_add_func ("/window/trials/latency", test_latency);
  g_test_add_func ("/window/trials/leave-and-stop", test_leave_and_stop);
  return g_test_run ();
}
