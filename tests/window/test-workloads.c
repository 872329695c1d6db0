/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job-fixture.h"
#include "purser-try-column.h"
#include "purser-try-page.h"
#include "purser-workload-choose.h"
#include "purser-workload-detail.h"
#include "purser-workload-order.h"
#include "purser-workload-words.h"
#include "purser-workloads-page.h"

static gpointer
child_of (gpointer    widget,
          GType       type,
          const char *name)
{
  GObject *child = gtk_widget_get_template_child (widget, type, name);

  g_assert_nonnull (child);
  return child;
}

/* The models of "drafting" in order, by the provider's names for them. */
static char *
order_of (Job *job)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (job->session);
  const PurserWorkload *workload = purser_org_workload_named (org, "drafting");
  GString *order = g_string_new (NULL);

  for (guint i = 0; i < workload->n_models; i++)
    g_string_append_printf (order, "%s%s", i > 0 ? " " : "", purser_org_model (org, workload->models[i])->name);
  return g_string_free (order, FALSE);
}

static gboolean
order_is (Job        *job,
          const char *expected)
{
  g_autofree char *order = order_of (job);

  return g_str_equal (order, expected);
}

static void
assign_three (Job *job)
{
  gint64 ids[3];

  job_just_do (job, purser_command_add_practice ());
  ids[0] = job_model (job, "practice-careful");
  ids[1] = job_model (job, "practice-quick");
  ids[2] = job_model (job, "practice-local");
  job_just_do (job, purser_command_assign (job_workload (job, "drafting"), ids, G_N_ELEMENTS (ids)));
}

static void
test_list (void)
{
  Job job = { 0 };

  job_set_up (&job);
  job_show (&job, purser_workloads_page_new (job.session));
  g_assert_nonnull (job_find (job.window, GTK_TYPE_LABEL, "No work has a model yet"));
  g_assert_nonnull (job_find (job.window, GTK_TYPE_LABEL, "Choose a model"));
  assign_three (&job);
  JOB_WAIT (job_find (job.window, GTK_TYPE_LABEL, "2 workloads have no model yet") != NULL);
  job_tear_down (&job);
}

/* Moving, removing and adding write the assignment. */
static void
test_order (void)
{
  Job job = { 0 };
  AdwNavigationPage *page;
  GtkWidget *order;

  job_set_up (&job);
  assign_three (&job);
  page = purser_workload_detail_new (job.session, job_workload (&job, "drafting"));
  job_show (&job, purser_workloads_page_new (job.session));
  job_show (&job, page);
  order = child_of (page, PURSER_TYPE_WORKLOAD_DETAIL, "order");

  gtk_widget_activate_action (order, "order.move", "(xi)", job_model (&job, "practice-quick"), -1);
  JOB_WAIT (order_is (&job, "practice-quick practice-careful practice-local"));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  gtk_widget_activate_action (order, "order.move", "(xi)", job_model (&job, "practice-quick"), 2);
  JOB_WAIT (order_is (&job, "practice-careful practice-local practice-quick"));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  gtk_widget_activate_action (order, "order.move", "(xi)", job_model (&job, "practice-quick"), 1); /* already last */
  gtk_widget_activate_action (order, "order.remove", "x", job_model (&job, "practice-local"));
  JOB_WAIT (order_is (&job, "practice-careful practice-quick"));
  job_tear_down (&job);
}

/* Only what is not there yet is offered, and choosing adds it at the end. */
static void
test_choose (void)
{
  Job job = { 0 };
  AdwNavigationPage *page;
  PurserWorkloadChoose *dialog;
  GtkListBox *list;
  GtkListBoxRow *row;

  job_set_up (&job);
  assign_three (&job);
  page = purser_workload_detail_new (job.session, job_workload (&job, "drafting"));
  job_show (&job, purser_workloads_page_new (job.session));
  job_show (&job, page);
  gtk_widget_activate_action (GTK_WIDGET (page), "page.new", NULL);
  JOB_WAIT ((dialog = job_find (job.window, PURSER_TYPE_WORKLOAD_CHOOSE, NULL)) != NULL);
  list = child_of (dialog, PURSER_TYPE_WORKLOAD_CHOOSE, "list");
  row = gtk_list_box_get_row_at_index (list, 0);
  g_assert_nonnull (row);
  g_assert_null (gtk_list_box_get_row_at_index (list, 1)); /* practice-flaky alone is left */
  g_signal_emit_by_name (list, "row-activated", row);
  JOB_WAIT (order_is (&job, "practice-careful practice-quick practice-local practice-flaky"));
  job_tear_down (&job);
}

static gboolean
is_idle (AdwNavigationPage *page)
{
  return !purser_try_column_is_running (child_of (page, PURSER_TYPE_TRY_PAGE, "one"))
         && !purser_try_column_is_running (child_of (page, PURSER_TYPE_TRY_PAGE, "two"));
}

static char *
reply_of (AdwNavigationPage *page,
          const char        *column)
{
  GtkTextView *view = child_of (child_of (page, PURSER_TYPE_TRY_PAGE, column), PURSER_TYPE_TRY_COLUMN, "reply_view");
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (gtk_text_view_get_buffer (view), &start, &end);
  return gtk_text_buffer_get_text (gtk_text_view_get_buffer (view), &start, &end, FALSE);
}

/* Both models answer, each call is counted. */
static void
test_try (void)
{
  Job job = { 0 };
  AdwNavigationPage *page;
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;

  job_set_up (&job);
  assign_three (&job);
  page = purser_try_page_new (job.session, job_workload (&job, "drafting"));
  job_show (&job, purser_workloads_page_new (job.session));
  job_show (&job, page);
  gtk_widget_activate_action (GTK_WIDGET (page), "page.refresh", NULL);
  g_assert_false (is_idle (page));
  JOB_WAIT (is_idle (page));
  one = reply_of (page, "one");
  two = reply_of (page, "two");
  g_assert_cmpstr (one, !=, "");
  g_assert_cmpstr (two, !=, "");
  g_assert_nonnull (job_find (GTK_WIDGET (page), GTK_TYPE_LABEL, "Practice, careful answered"));
  job_tear_down (&job);
}

/* Leaving the page in the middle of a reply harms nobody. */
static void
test_leave (void)
{
  Job job = { 0 };
  AdwNavigationPage *page;

  job_set_up (&job);
  assign_three (&job);
  purser_practice_set_speed (1);
  job_show (&job, purser_workloads_page_new (job.session));
  page = purser_try_page_new (job.session, job_workload (&job, "drafting"));
  g_object_add_weak_pointer (G_OBJECT (page), (gpointer *) &page);
  job_show (&job, page);
  gtk_widget_activate_action (GTK_WIDGET (page), "page.refresh", NULL);
  adw_navigation_view_pop (job.view);
  JOB_WAIT (page == NULL);
  purser_practice_set_speed (0);
  job_tear_down (&job);
}

static void
test_names (void)
{
  static const struct
  {
    const char *title;
    const char *name;
  } names[] = {
    { "Contract review", "contract-review" },
    { "  Fälle & Fristen!  ", "falle-fristen" },
    { "***", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = purser_workload_name_from (names[i].title);

      g_assert_cmpstr (name, ==, names[i].name);
    }
}

int
main (int    argc,
      char **argv)
{
  if (!job_begin (&argc, &argv))
    return 0;
  g_test_add_func ("/window/workloads/list", test_list);
  g_test_add_func ("/window/workloads/order", test_order);
  g_test_add_func ("/window/workloads/choose", test_choose);
  g_test_add_func ("/window/workloads/try", test_try);
  g_test_add_func ("/window/workloads/leave", test_leave);
  g_test_add_func ("/window/workloads/names", test_names);
  return g_test_run ();
}
