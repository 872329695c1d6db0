/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows that change their width while they are used: what was left out of sight keeps neither the focus nor the margins. */
#include "config.h"
#include "purser-window.h"

#include <glib/gstdio.h>
#include "fixture-org.h"

#define WIDE 1200
#define NARROW 360
#define HEIGHT 760

typedef struct
{
  TestOrg    org;
  GtkWidget *window;
} Fixture;

static void
set_width (Fixture *fixture,
           int      width)
{
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), width, HEIGHT);
  test_wait_for (ABS (gtk_widget_get_width (fixture->window) - width) < 30);
  gtk_test_widget_wait_for_draw (fixture->window);
}

static void
open_window (Fixture       *fixture,
             gconstpointer  data)
{
  test_org_open (&fixture->org);
  test_org_run (&fixture->org, purser_command_load_sample ());
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  fixture->window = purser_window_new (NULL);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), WIDE, HEIGHT);
  purser_window_set_session (PURSER_WINDOW (fixture->window), fixture->org.session);
  gtk_window_present (GTK_WINDOW (fixture->window));
  gtk_test_widget_wait_for_draw (fixture->window);
}

static void
close_window (Fixture       *fixture,
              gconstpointer  data)
{
  g_object_add_weak_pointer (G_OBJECT (fixture->window), (gpointer *) &fixture->window);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  test_wait_for (fixture->window == NULL);
  test_org_close (&fixture->org);
}

/* The row of a table that shows TEXT. */
static GtkWidget *
row_of (GtkWidget  *under,
        const char *text)
{
  if (!gtk_widget_get_mapped (under))
    return NULL;
  if (g_str_equal (G_OBJECT_TYPE_NAME (under), "GtkColumnViewRowWidget"))
    return test_find (under, GTK_TYPE_LABEL, text) != NULL ? under : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (under); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *row = row_of (child, text);

      if (row != NULL)
        return row;
    }
  return NULL;
}

static gboolean
focus_is_seen (Fixture *fixture)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (fixture->window));

  return focus != NULL && gtk_widget_get_mapped (focus);
}

static int
left_edge (Fixture    *fixture,
           GtkWidget  *widget)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (widget, fixture->window, &bounds));
  return (int) bounds.origin.x;
}

/* PAGE lists its rows in a table where there is room, else as a list: NAME is in one of them. */
static void
leave_wide_and_return_narrow (Fixture    *fixture,
                              const char *page,
                              const char *name)
{
  GtkWidget *root, *row, *before;
  int edge;

  purser_window_show_page (PURSER_WINDOW (fixture->window), page, NULL);
  test_wait_for ((row = row_of (fixture->window, name)) != NULL);
  root = gtk_widget_get_ancestor (row, ADW_TYPE_NAVIGATION_PAGE);
  edge = left_edge (fixture, row);
  g_assert_true (gtk_widget_grab_focus (row));
  g_assert_true (gtk_widget_activate (row));
  test_wait_for (!gtk_widget_get_mapped (root));
  set_width (fixture, NARROW);
  g_assert_true (adw_navigation_view_pop (ADW_NAVIGATION_VIEW (gtk_widget_get_ancestor (root, ADW_TYPE_NAVIGATION_VIEW))));
  test_wait_for (gtk_widget_get_mapped (root));
  test_wait_for (row_of (root, name) == NULL); /* it has become a list */
  gtk_test_widget_wait_for_draw (fixture->window);
  test_wait_for (focus_is_seen (fixture));
  before = gtk_window_get_focus (GTK_WINDOW (fixture->window));
  g_assert_true (gtk_widget_is_ancestor (before, root));
  g_assert_true (gtk_widget_child_focus (fixture->window, GTK_DIR_TAB_FORWARD));
  g_assert_true (focus_is_seen (fixture));
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (fixture->window)) != before);
  set_width (fixture, WIDE);
  test_wait_for (row_of (root, name) != NULL);
  gtk_test_widget_wait_for_draw (fixture->window);
  g_assert_cmpint (left_edge (fixture, row_of (root, name)), ==, edge);
}

static void
test_people_focus (Fixture       *fixture,
                   gconstpointer  data)
{
  leave_wide_and_return_narrow (fixture, "people", "Lena Hartmann");
}

static void
test_costs_focus (Fixture       *fixture,
                  gconstpointer  data)
{
  leave_wide_and_return_narrow (fixture, "costs", "Jonas Weber");
}

/* A page that was narrow for a while looks as before when it is wide again. */
static void
test_margins (Fixture       *fixture,
              gconstpointer  data)
{
  static const struct { const char *page; const char *text; } pages[] = {
    { "overview", "Workloads now" }, { "costs", "People" }, { "providers", "Practice A" },
    { "workloads", "Drafting" },  { "people", "Lena Hartmann" }, { "gateway", "Gateway" }, { "tests", "Quality test" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      GtkWidget *label;
      int before, after;

      purser_window_show_page (PURSER_WINDOW (fixture->window), pages[i].page, NULL);
      test_wait_for ((label = test_find (fixture->window, GTK_TYPE_LABEL, pages[i].text)) != NULL);
      gtk_test_widget_wait_for_draw (fixture->window);
      before = left_edge (fixture, label);
      for (int width = WIDE; width > NARROW; width -= 210)
        set_width (fixture, width);
      set_width (fixture, NARROW);
      for (int width = NARROW; width < WIDE; width += 210)
        set_width (fixture, width);
      set_width (fixture, WIDE);
      test_wait_for ((label = test_find (fixture->window, GTK_TYPE_LABEL, pages[i].text)) != NULL);
      after = left_edge (fixture, label);
      g_test_message ("%s: %d, then %d", pages[i].page, before, after);
      g_assert_cmpint (after, ==, before);
    }
}

#define add(name, func) g_test_add ("/narrow/" name, Fixture, NULL, open_window, func, close_window)

int
main (int    argc,
      char **argv)
{
  g_autofree char *data_home = g_dir_make_tmp ("purser-data-XXXXXX", NULL);

  g_setenv ("XDG_DATA_HOME", data_home, TRUE);
  if (!test_init (&argc, &argv, "none"))
    return 77;
  add ("people-focus", test_people_focus);
  add ("costs-focus", test_costs_focus);
  add ("margins", test_margins);
  return g_test_run ();
}
