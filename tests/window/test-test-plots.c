/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "job-fixture.h"
#include "purser-test-bars.h"
#include "purser-test-figure.h"
#include "purser-test-figures.h"
#include "purser-test-forest.h"
#include "purser-test-strip.h"

static const char *const titles[] = { "Careful", "Quick", NULL };

static PurserTrialModel *
make_model (guint  passed,
            double low,
            double high)
{
  PurserTrialModel *model = g_new0 (PurserTrialModel, 1);

  model->cases = 24;
  model->passed = passed;
  model->failed = 24 - passed;
  model->rate = passed / 24.0;
  model->low = low;
  model->high = high;
  model->first_words = g_array_new (FALSE, FALSE, sizeof (double));
  model->replies = g_array_new (FALSE, FALSE, sizeof (double));
  model->first_words_p50 = model->reply_p50 = model->reply_p90 = model->reply_p95 = NAN;
  model->tokens_per_second_p50 = model->per_token_p50 = model->first_sign_p50 = model->longest_pause_p50 = NAN;
  return model;
}

static void
free_model (gpointer data)
{
  PurserTrialModel *model = data;

  g_array_unref (model->first_words);
  g_array_unref (model->replies);
  g_free (model);
}

static void
fill_outcome (PurserTrialOutcome *outcome,
              PurserTrialRow     *row)
{
  row->kind = (char *) "quality";
  outcome->row = row;
  outcome->models = g_ptr_array_new_with_free_func (free_model);
  g_ptr_array_add (outcome->models, make_model (22, 0.742, 0.977));
  g_ptr_array_add (outcome->models, make_model (18, 0.551, 0.880));
  outcome->difference = -4 / 24.0;
  outcome->difference_low = -0.35;
  outcome->difference_high = 0.02;
}

static GtkWidget *
nth_child (GtkWidget *widget,
           guint      n)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  while (n-- > 0)
    child = gtk_widget_get_next_sibling (child);
  return child;
}

static GtkWidget *
put_in_window (GtkWidget *plot)
{
  GtkWidget *window = adw_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_box_append (GTK_BOX (box), gtk_button_new_with_label ("before"));
  gtk_box_append (GTK_BOX (box), plot);
  gtk_box_append (GTK_BOX (box), gtk_button_new_with_label ("after"));
  adw_window_set_content (ADW_WINDOW (window), box);
  gtk_window_set_default_size (GTK_WINDOW (window), 500, 400);
  gtk_window_present (GTK_WINDOW (window));
  JOB_WAIT (gtk_widget_get_mapped (plot) && gtk_widget_get_height (plot) > 0);
  return window;
}

/* Every mark says its figures in words, and is where Tab and the arrows lead. */
static void
test_forest (void)
{
  /* Not in the assertions themselves: their macro takes a "%" in them for a format. */
  const char *first_words = "A, Careful: 91.7% passed, likely between 74.2% and 97.7%";
  const char *difference_words = "Difference, B minus A: −16.7 points, likely between −35.0 and +2.0. You allow 5 points.";
  PurserTrialOutcome outcome = { 0 };
  PurserTrialRow row = { 0 };
  GtkWidget *plot = g_object_new (PURSER_TYPE_TEST_FOREST, NULL);
  GtkWidget *window = put_in_window (plot);
  int narrow, wide;

  fill_outcome (&outcome, &row);
  purser_test_forest_show (PURSER_TEST_FOREST (plot), &outcome, titles, 0.05);
  g_assert_cmpuint (purser_test_plot_get_n (PURSER_TEST_PLOT (plot)), ==, 3);
  gtk_test_accessible_assert_role (plot, GTK_ACCESSIBLE_ROLE_LIST);
  gtk_test_accessible_assert_property (plot, GTK_ACCESSIBLE_PROPERTY_LABEL, "Passed");
  gtk_test_accessible_assert_role (nth_child (plot, 0), GTK_ACCESSIBLE_ROLE_LIST_ITEM);
  gtk_test_accessible_assert_property (nth_child (plot, 0), GTK_ACCESSIBLE_PROPERTY_LABEL, first_words);
  gtk_test_accessible_assert_property (nth_child (plot, 2), GTK_ACCESSIBLE_PROPERTY_LABEL, difference_words);
  gtk_widget_measure (plot, GTK_ORIENTATION_HORIZONTAL, -1, &narrow, NULL, NULL, NULL);
  gtk_widget_measure (plot, GTK_ORIENTATION_VERTICAL, 300, &wide, NULL, NULL, NULL);
  g_assert_cmpint (narrow, <=, 300);
  g_assert_cmpint (wide, >, 100);
  gtk_window_destroy (GTK_WINDOW (window));
  g_ptr_array_unref (outcome.models);
}

static void
test_focus (void)
{
  PurserTrialOutcome outcome = { 0 };
  PurserTrialRow row = { 0 };
  GtkWidget *plot = g_object_new (PURSER_TYPE_TEST_FOREST, NULL);
  GtkWidget *window = put_in_window (plot);

  fill_outcome (&outcome, &row);
  purser_test_forest_show (PURSER_TEST_FOREST (plot), &outcome, titles, 0.05);
  g_assert_true (gtk_widget_child_focus (plot, GTK_DIR_TAB_FORWARD));
  g_assert_true (gtk_root_get_focus (GTK_ROOT (window)) == nth_child (plot, 0));
  g_assert_false (gtk_widget_child_focus (plot, GTK_DIR_TAB_FORWARD)); /* the second Tab leaves */
  gtk_window_destroy (GTK_WINDOW (window));
  g_ptr_array_unref (outcome.models);
}

static void
test_not_measured (void)
{
  const double seconds[] = { 0.4, 0.5, 1.2 };
  GtkWidget *plot = g_object_new (PURSER_TYPE_TEST_STRIP, NULL);
  GtkWidget *window = put_in_window (plot);

  purser_test_strip_begin (PURSER_TEST_STRIP (plot), "Time to first words", "A tick for each answer");
  purser_test_strip_add (PURSER_TEST_STRIP (plot), "Careful", seconds, 3, 0.5);
  purser_test_strip_add (PURSER_TEST_STRIP (plot), "Quick", NULL, 0, NAN);
  purser_test_strip_end (PURSER_TEST_STRIP (plot));
  gtk_test_accessible_assert_property (nth_child (plot, 1), GTK_ACCESSIBLE_PROPERTY_LABEL, "B, Quick: not measured");
  gtk_test_widget_wait_for_draw (window); /* draws it, the missing time included */
  gtk_window_destroy (GTK_WINDOW (window));
}

static const char *
find_cell (GPtrArray  *rows,
           const char *title,
           guint       column)
{
  for (guint i = 0; i < rows->len; i++)
    if (g_str_equal (purser_test_figure_get_cell (rows->pdata[i], 0), title))
      return purser_test_figure_get_cell (rows->pdata[i], column);
  return NULL;
}

/* Percentiles by SPEC-trials §3: too few answers give the range or "not measured", never 0. */
static void
test_figures (void)
{
  const double few[] = { 1.25, 0.5, 0.75 };
  g_autoptr (PurserOrg) org = purser_org_new ();
  PurserTrialOutcome outcome = { 0 };
  PurserTrialRow row = { 0 };
  g_autoptr (GPtrArray) rows = NULL;
  PurserTrialModel *first;
  PurserTrialModel *second;

  fill_outcome (&outcome, &row);
  first = outcome.models->pdata[0];
  second = outcome.models->pdata[1];
  g_array_append_vals (first->first_words, few, G_N_ELEMENTS (few));
  for (guint i = 1; i <= 40; i++)
    {
      double value = i;

      g_array_append_val (second->first_words, value);
    }
  second->unpriced = TRUE;
  row.kind = (char *) "latency";
  rows = purser_test_figures_of (&outcome, org);
  g_assert_cmpstr (find_cell (rows, "First words, typical", 1), ==, "0.50\u00a0s to 1.25\u00a0s");
  g_assert_cmpstr (find_cell (rows, "First words, 9 in 10 sooner", 1), ==, "not measured");
  g_assert_cmpstr (find_cell (rows, "First words, 9 in 10 sooner", 2), ==, "36.0\u00a0s");
  g_assert_cmpstr (find_cell (rows, "First words, 95 in 100 sooner", 2), ==, "38.0\u00a0s");
  g_assert_cmpstr (find_cell (rows, "First words, 99 in 100 sooner", 2), ==, "not measured");
  g_assert_cmpstr (find_cell (rows, "Longest pause, typical", 1), ==, "not measured");
  g_assert_cmpstr (find_cell (rows, "Cost", 2), ==, "not known");
  g_assert_null (find_cell (rows, "Passed", 1));
  g_ptr_array_unref (outcome.models);
}

/* On a phone the whole table is seen: 360 px less the page's margins. */
static void
test_narrow_table (void)
{
  g_autoptr (PurserOrg) org = purser_org_new ();
  PurserTrialOutcome outcome = { 0 };
  PurserTrialRow row = { 0 };
  GtkWidget *table = g_object_new (PURSER_TYPE_TEST_FIGURES, NULL);
  GtkWidget *window = put_in_window (table);
  int least;

  fill_outcome (&outcome, &row);
  purser_test_figures_set_narrow (PURSER_TEST_FIGURES (table), TRUE);
  purser_test_figures_show (PURSER_TEST_FIGURES (table), &outcome, titles, org);
  gtk_test_widget_wait_for_draw (window);
  gtk_widget_measure (table, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  g_assert_cmpint (least, <=, 336);
  gtk_window_destroy (GTK_WINDOW (window));
  g_ptr_array_unref (outcome.models);
}

int
main (int    argc,
      char **argv)
{
  if (!job_begin (&argc, &argv))
    return 0;
  g_test_add_func ("/window/test-plots/forest", test_forest);
  g_test_add_func ("/window/test-plots/focus", test_focus);
  g_test_add_func ("/window/test-plots/not-measured", test_not_measured);
  g_test_add_func ("/window/test-plots/figures", test_figures);
  g_test_add_func ("/window/test-plots/narrow-table", test_narrow_table);
  return g_test_run ();
}
