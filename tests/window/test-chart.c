/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bar chart for a keyboard and a screen reader. */
#include "config.h"
#include "purser-chart-bars.h"

#include <locale.h>
#include "purser-chart-axis.h"
#include "purser-chart-mark.h"
#include "fixture-answer.h"
#include "fixture-gtk.h"

typedef struct
{
  GtkWidget *window;
  GtkWidget *chart;
} Fixture;

static void
open_chart (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (PurserCosts) costs = test_costs_new (test_answer (3, 10), PURSER_MEASURE_MONEY, TEST_FIRST_DAY + 9);

  fixture->window = gtk_window_new ();
  fixture->chart = purser_chart_bars_new ();
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 700, 400);
  gtk_window_set_child (GTK_WINDOW (fixture->window), fixture->chart);
  purser_chart_bars_set_costs (PURSER_CHART_BARS (fixture->chart), costs);
  gtk_window_present (GTK_WINDOW (fixture->window));
  gtk_test_widget_wait_for_draw (fixture->window);
}

static void
close_chart (Fixture       *fixture,
             gconstpointer  data)
{
  g_object_add_weak_pointer (G_OBJECT (fixture->chart), (gpointer *) &fixture->chart);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  test_wait_for (fixture->chart == NULL);
}

static PurserChartMark *
focused (Fixture *fixture)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (fixture->window));

  return PURSER_IS_CHART_MARK (focus) ? PURSER_CHART_MARK (focus) : NULL;
}

static void
assert_at (Fixture *fixture,
           guint    bucket,
           guint    series)
{
  PurserChartMark *mark = focused (fixture);

  g_assert_nonnull (mark);
  g_assert_cmpuint (purser_chart_mark_get_bucket (mark), ==, bucket);
  g_assert_cmpuint (purser_chart_mark_get_series (mark), ==, series);
}

static guint
count_marks (GtkWidget *chart)
{
  guint n = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (chart); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += PURSER_IS_CHART_MARK (child);
  return n;
}

static void
test_accessible (Fixture       *fixture,
                 gconstpointer  data)
{
  GtkWidget *mark = gtk_widget_get_first_child (fixture->chart);

  g_assert_cmpuint (count_marks (fixture->chart), ==, 30);
  gtk_test_accessible_assert_role (fixture->chart, GTK_ACCESSIBLE_ROLE_LIST);
  gtk_test_accessible_assert_property (fixture->chart, GTK_ACCESSIBLE_PROPERTY_LABEL, "Cost over time");
  gtk_test_accessible_assert_role (mark, GTK_ACCESSIBLE_ROLE_LIST_ITEM);
  gtk_test_accessible_assert_property (mark, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       purser_chart_mark_get_label (PURSER_CHART_MARK (mark)));
  g_assert_true (g_str_has_prefix (purser_chart_mark_get_label (PURSER_CHART_MARK (mark)), "1 November"));
  g_assert_nonnull (strstr (purser_chart_mark_get_label (PURSER_CHART_MARK (mark)), "Person 1"));
}

static void
test_description (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autofree char *summary = purser_costs_summary (purser_chart_bars_get_costs (PURSER_CHART_BARS (fixture->chart)));

  gtk_test_accessible_assert_property (fixture->chart, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, summary);
  g_assert_nonnull (strstr (summary, "Person 3"));
}

static void
test_keys (Fixture       *fixture,
           gconstpointer  data)
{
  g_assert_true (gtk_widget_child_focus (fixture->window, GTK_DIR_TAB_FORWARD));
  assert_at (fixture, 0, 0);
  test_press (fixture->chart, GDK_KEY_Right);
  assert_at (fixture, 1, 0);
  test_press (fixture->chart, GDK_KEY_Up);
  assert_at (fixture, 1, 1);
  test_press (fixture->chart, GDK_KEY_Up);
  test_press (fixture->chart, GDK_KEY_Up); /* the top: stays */
  assert_at (fixture, 1, 2);
  test_press (fixture->chart, GDK_KEY_End);
  assert_at (fixture, 9, 2);
  test_press (fixture->chart, GDK_KEY_Right); /* the end: stays */
  assert_at (fixture, 9, 2);
  test_press (fixture->chart, GDK_KEY_Down);
  assert_at (fixture, 9, 1);
  test_press (fixture->chart, GDK_KEY_Home);
  assert_at (fixture, 0, 1);
  test_press (fixture->chart, GDK_KEY_Left);
  assert_at (fixture, 0, 1);
}

/* Time runs leftwards there, and so do the keys. */
static void
test_right_to_left (Fixture       *fixture,
                    gconstpointer  data)
{
  graphene_rect_t early, late;
  GtkWidget *first = gtk_widget_get_first_child (fixture->chart);
  GtkWidget *second;

  gtk_widget_set_direction (fixture->chart, GTK_TEXT_DIR_RTL);
  gtk_widget_grab_focus (fixture->chart);
  test_press (fixture->chart, GDK_KEY_Left);
  assert_at (fixture, 1, 0);
  second = GTK_WIDGET (focused (fixture));
  gtk_widget_queue_resize (fixture->chart);
  gtk_test_widget_wait_for_draw (fixture->window);
  g_assert_true (gtk_widget_compute_bounds (first, fixture->chart, &early));
  g_assert_true (gtk_widget_compute_bounds (second, fixture->chart, &late));
  g_assert_cmpfloat (early.origin.x, >, late.origin.x);
}

static void
activated_cb (GtkWidget *chart,
              guint      bucket,
              guint      series,
              guint     *at)
{
  at[0] = bucket;
  at[1] = series;
}

static void
test_enter_and_escape (Fixture       *fixture,
                       gconstpointer  data)
{
  guint at[2] = { G_MAXUINT, G_MAXUINT };

  g_signal_connect (fixture->chart, "mark-activated", G_CALLBACK (activated_cb), at);
  gtk_widget_grab_focus (fixture->chart);
  test_press (fixture->chart, GDK_KEY_Right);
  test_press (fixture->chart, GDK_KEY_Return);
  g_assert_cmpuint (at[0], ==, 1);
  g_assert_cmpuint (at[1], ==, 0);
  test_press (fixture->chart, GDK_KEY_Escape);
  g_assert_null (focused (fixture));
}

/* Bars of a stack touch from the base line up, and the highest one reaches no further than the plot. */
static void
test_geometry (Fixture       *fixture,
               gconstpointer  data)
{
  float height = gtk_widget_get_height (fixture->chart), low = 0;
  guint bucket = G_MAXUINT;

  for (GtkWidget *child = gtk_widget_get_first_child (fixture->chart); PURSER_IS_CHART_MARK (child);
       child = gtk_widget_get_next_sibling (child))
    {
      graphene_rect_t bounds;

      g_assert_true (gtk_widget_compute_bounds (child, fixture->chart, &bounds));
      g_assert_cmpfloat (bounds.size.height, >=, 1);
      g_assert_cmpfloat (bounds.origin.y, >=, 0);
      g_assert_cmpfloat (bounds.origin.y + bounds.size.height, <=, height);
      if (purser_chart_mark_get_bucket (PURSER_CHART_MARK (child)) == bucket)
        g_assert_cmpfloat (bounds.origin.y + bounds.size.height, <=, low);
      bucket = purser_chart_mark_get_bucket (PURSER_CHART_MARK (child));
      low = bounds.origin.y;
    }
}

/* New figures under the reader's focus: it stays where it was. */
static void
test_update (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (PurserCosts) tokens = test_costs_new (test_answer (3, 10), PURSER_MEASURE_TOKENS, TEST_FIRST_DAY + 9);

  gtk_widget_grab_focus (fixture->chart);
  test_press (fixture->chart, GDK_KEY_End);
  test_press (fixture->chart, GDK_KEY_Up);
  purser_chart_bars_set_costs (PURSER_CHART_BARS (fixture->chart), tokens);
  assert_at (fixture, 9, 1);
  gtk_test_accessible_assert_property (fixture->chart, GTK_ACCESSIBLE_PROPERTY_LABEL, "Tokens over time");
  purser_chart_bars_set_costs (PURSER_CHART_BARS (fixture->chart), NULL);
  g_assert_cmpuint (count_marks (fixture->chart), ==, 0);
  g_assert_false (gtk_widget_child_focus (fixture->chart, GTK_DIR_TAB_FORWARD));
}

static void
test_steps (void)
{
  static const double cases[][2] = { { 10, 5 }, { 30.5, 10 }, { 1, .5 }, { 0.0042, .002 }, { 1e12, 5e11 }, { 7, 2 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpfloat_with_epsilon (purser_chart_axis_step (cases[i][0], 4), cases[i][1], cases[i][1] / 1e6);
}

#define add(name, func) g_test_add ("/chart/" name, Fixture, NULL, open_chart, func, close_chart)

int
main (int    argc,
      char **argv)
{
  if (!test_init (&argc, &argv, "test"))
    return 77;
  add ("accessible", test_accessible);
  add ("description", test_description);
  add ("keys", test_keys);
  add ("right-to-left", test_right_to_left);
  add ("enter-and-escape", test_enter_and_escape);
  add ("geometry", test_geometry);
  add ("update", test_update);
  g_test_add_func ("/chart/steps", test_steps);
  return g_test_run ();
}
