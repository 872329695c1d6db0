/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The real window on a real organisation's file. */
#include "config.h"
#include "purser-window.h"

#include <glib/gstdio.h>
#include "fixture-org.h"
#include "purser-breakdown.h"
#include "purser-case-cells.h"
#include "purser-chart-bars.h"
#include "purser-date-range-dialog.h"
#include "purser-key-dialog.h"
#include "purser-org-form.h"
#include "purser-overview-view.h"
#include "purser-preferences.h"
#include "purser-principal-dialog.h"
#include "purser-range-bar.h"
#include "purser-shortcuts.h"
#include "purser-sidebar.h"
#include "purser-stat-card.h"
#include "purser-welcome.h"

typedef struct
{
  TestOrg    org;
  GtkWidget *window;
} Fixture;

static void
open_window (Fixture       *fixture,
             gconstpointer  data)
{
  test_org_open (&fixture->org);
  fixture->window = purser_window_new (NULL);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1200, 820);
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

#define find(fixture, type, text) test_find ((fixture)->window, type, text)

static void
test_every_page (Fixture       *fixture,
                 gconstpointer  data)
{
  for (guint i = 0; i < purser_sidebar_n_pages (); i++)
    {
      const PurserSidebarPage *page = purser_sidebar_page (i);

      g_assert_true (gtk_widget_activate_action (fixture->window, "win.page", "s", page->id));
      gtk_test_widget_wait_for_draw (fixture->window);
      test_wait_for (find (fixture, ADW_TYPE_NAVIGATION_PAGE, page->title) != NULL);
    }
}

static void
test_every_dialog (Fixture       *fixture,
                   gconstpointer  data)
{
  AdwDialog *dialogs[] =
  {
    purser_preferences_new (fixture->org.session, "money"), purser_shortcuts_new (), purser_welcome_dialog_new (),
    purser_principal_dialog_new (fixture->org.session, TRUE), purser_key_dialog_new (fixture->org.session, 0),
    purser_date_range_dialog_new (20758, 20760),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (dialogs); i++)
    {
      adw_dialog_present (dialogs[i], fixture->window);
      test_wait_for (gtk_widget_get_mapped (GTK_WIDGET (dialogs[i])));
      gtk_test_widget_wait_for_draw (fixture->window);
      adw_dialog_force_close (dialogs[i]);
    }
}

static void
test_small_widgets (void)
{
  GtkWidget *widgets[] = { purser_stat_card_new (),
                           purser_range_bar_new (),
                           purser_case_cells_new (),
                           purser_org_form_new (),
                           g_object_new (PURSER_TYPE_OVERVIEW_VIEW, NULL),
                           g_object_new (PURSER_TYPE_BREAKDOWN, NULL),
                           purser_chart_bars_new () };

  for (gsize i = 0; i < G_N_ELEMENTS (widgets); i++)
    {
      g_object_ref_sink (widgets[i]);
      g_assert_finalize_object (widgets[i]);
    }
}

/* Empty: led by the hand. With sample data: the month, marked as sample, and gone again in one step. */
static void
test_first_run_and_sample (Fixture       *fixture,
                           gconstpointer  data)
{
  GtkWidget *button;

  test_wait_for (find (fixture, GTK_TYPE_LABEL, "Bring your first model") != NULL);
  button = find (fixture, GTK_TYPE_BUTTON, "Try with _sample data");
  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
  test_wait_for (find (fixture, PURSER_TYPE_STAT_CARD, NULL) != NULL);
  test_wait_for (find (fixture, ADW_TYPE_BANNER, "This is sample data. Nothing in it is real.") != NULL);
  test_org_run (&fixture->org, purser_command_remove_sample ());
  test_wait_for (find (fixture, GTK_TYPE_LABEL, "Bring your first model") != NULL);
}

static gint64
shown_total (Fixture *fixture)
{
  PurserChartBars *chart = find (fixture, PURSER_TYPE_CHART_BARS, NULL);
  PurserCosts *costs = chart != NULL ? purser_chart_bars_get_costs (chart) : NULL;

  return costs != NULL ? purser_costs_total (costs) : -1;
}

/* What the page shows is what the ledger says, for every split and both measures. */
static void
test_costs (Fixture       *fixture,
            gconstpointer  data)
{
  static const char *const splits[] = { "agent", "team", "workload", "model", "provider", "person" };
  GtkWidget *page;

  test_org_run (&fixture->org, purser_command_load_sample ());
  purser_window_show_page (PURSER_WINDOW (fixture->window), "costs", NULL);
  test_wait_for (shown_total (fixture) > 0);
  page = find (fixture, g_type_from_name ("PurserCostsPage"), NULL);
  g_object_set (page, "period", "90-days", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (splits); i++)
    {
      PurserSplit split;

      g_assert_true (purser_split_parse (splits[i], &split));
      g_object_set (page, "split", splits[i], NULL);
      test_wait_for (
          purser_costs_get_answer (purser_chart_bars_get_costs (find (fixture, PURSER_TYPE_CHART_BARS, NULL)))
              ->question.split
          == split);
      {
        const PurserQuestion *question =
            &purser_costs_get_answer (purser_chart_bars_get_costs (find (fixture, PURSER_TYPE_CHART_BARS, NULL)))
                 ->question;
        g_autoptr (GError) error = NULL;
        g_autoptr (PurserAnswer) answer =
            purser_review_ask (purser_session_get_store (fixture->org.session), question, &error);

        g_assert_no_error (error);
        g_assert_cmpint (shown_total (fixture), ==, answer->total.cost_nano);
      }
    }
}

static void
test_table_toggle (Fixture       *fixture,
                   gconstpointer  data)
{
  GtkWidget *page;

  test_org_run (&fixture->org, purser_command_load_sample ());
  purser_window_show_page (PURSER_WINDOW (fixture->window), "costs", NULL);
  test_wait_for (shown_total (fixture) > 0);
  page = find (fixture, g_type_from_name ("PurserCostsPage"), NULL);
  g_assert_null (find (fixture, g_type_from_name ("PurserChartTable"), NULL));
  g_assert_true (gtk_widget_activate_action (page, "page.toggle-table", NULL));
  test_wait_for (find (fixture, g_type_from_name ("PurserChartTable"), NULL) != NULL);
  test_press (page, GDK_KEY_t);
  test_wait_for (find (fixture, PURSER_TYPE_CHART_BARS, NULL) != NULL);
}

static void
test_costs_empty (Fixture       *fixture,
                  gconstpointer  data)
{
  purser_window_show_page (PURSER_WINDOW (fixture->window), "costs", NULL);
  test_wait_for (find (fixture, ADW_TYPE_STATUS_PAGE, "No use recorded in this period") != NULL);
  g_signal_emit_by_name (find (fixture, GTK_TYPE_BUTTON, "Show Last _30 Days"), "clicked");
  test_wait_for (find (fixture, GTK_TYPE_BUTTON, "_Try a Workload") != NULL);
}

static void
test_people (Fixture       *fixture,
             gconstpointer  data)
{
  gint64 id;
  g_autofree char *detail = NULL;

  purser_window_show_page (PURSER_WINDOW (fixture->window), "people", NULL);
  test_wait_for (find (fixture, ADW_TYPE_STATUS_PAGE, "Nobody has a key of their own yet") != NULL);
  id = test_org_run (&fixture->org, purser_command_add_principal ("R&D <bot>", TRUE, "Sales", 0));
  test_wait_for (find (fixture, GTK_TYPE_LABEL, "R&D <bot>") != NULL);
  g_assert_nonnull (find (fixture, GTK_TYPE_LABEL, "Agent nobody owns, Sales"));
  detail = g_strdup_printf ("%" G_GINT64_FORMAT, id);
  purser_window_show_page (PURSER_WINDOW (fixture->window), "people", detail);
  test_wait_for (find (fixture, ADW_TYPE_BUTTON_ROW, "Create _Key") != NULL);
  g_signal_emit_by_name (find (fixture, ADW_TYPE_BUTTON_ROW, "Create _Key"), "activated");
  test_wait_for (adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (fixture->window)) != NULL);
  g_assert_true (
      PURSER_IS_KEY_DIALOG (adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (fixture->window))));
  test_wait_for (find (fixture, GTK_TYPE_BUTTON, "_Create Key") != NULL);
  g_signal_emit_by_name (find (fixture, GTK_TYPE_BUTTON, "_Create Key"), "clicked");
  test_wait_for (find (fixture, GTK_TYPE_BUTTON, "_Copy") != NULL);
  adw_dialog_force_close (adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (fixture->window)));
  test_wait_for (find (fixture, GTK_TYPE_BUTTON, "Revoke…") != NULL);
}

/* Removing says so, and Ctrl+Z takes it back. */
static void
test_undo (Fixture       *fixture,
           gconstpointer  data)
{
  gint64 id = test_org_run (&fixture->org, purser_command_add_principal ("Lena", FALSE, NULL, 0));
  g_autofree char *detail = g_strdup_printf ("%" G_GINT64_FORMAT, id);

  purser_window_show_page (PURSER_WINDOW (fixture->window), "people", detail);
  test_wait_for (find (fixture, ADW_TYPE_BUTTON_ROW, "Remove") != NULL);
  g_signal_emit_by_name (find (fixture, ADW_TYPE_BUTTON_ROW, "Remove"), "activated");
  test_wait_for (find (fixture, GTK_TYPE_LABEL, "Lena removed") != NULL);
  {
    g_autoptr (PurserOrg) org = purser_session_get_org (fixture->org.session);

    g_assert_null (purser_org_principal (org, id));
  }
  g_assert_true (gtk_widget_activate_action (fixture->window, "win.undo", NULL));
  test_wait_for (find (fixture, GTK_TYPE_LABEL, "Taken back") != NULL);
  {
    g_autoptr (PurserOrg) org = purser_session_get_org (fixture->org.session);

    g_assert_nonnull (purser_org_principal (org, id));
  }
  gtk_widget_activate_action (fixture->window, "win.undo", NULL); /* once is enough */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  {
    g_autoptr (PurserOrg) org = purser_session_get_org (fixture->org.session);

    g_assert_nonnull (purser_org_principal (org, id));
  }
}

/* A refused command says why over the dialog, and what was typed stays. */
static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  AdwDialog *dialog = purser_principal_dialog_new (fixture->org.session, FALSE);
  GtkWidget *name;

  test_org_run (&fixture->org, purser_command_add_principal ("Lena", FALSE, NULL, 0));
  adw_dialog_present (dialog, fixture->window);
  test_wait_for (gtk_widget_get_mapped (GTK_WIDGET (dialog)));
  test_wait_for ((name = test_find (GTK_WIDGET (dialog), ADW_TYPE_ENTRY_ROW, "Name")) != NULL);
  gtk_editable_set_text (GTK_EDITABLE (name), "Lena");
  g_signal_emit_by_name (test_find (GTK_WIDGET (dialog), GTK_TYPE_BUTTON, "_Add"), "clicked");
  test_wait_for (
      ADW_IS_ALERT_DIALOG (adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (fixture->window))));
  adw_dialog_force_close (adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (fixture->window)));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (name)), ==, "Lena");
  adw_dialog_force_close (dialog);
}

/* The page follows whatever moves the highlight; chosen when it is there, it leaves its details. */
static void
test_sidebar (Fixture       *fixture,
              gconstpointer  data)
{
  GtkWidget *sidebar = find (fixture, PURSER_TYPE_SIDEBAR, NULL);
  GtkListBox *list = test_find (sidebar, GTK_TYPE_LIST_BOX, NULL);
  gint64 id = test_org_run (&fixture->org, purser_command_add_principal ("Lena", FALSE, NULL, 0));
  g_autofree char *detail = g_strdup_printf ("%" G_GINT64_FORMAT, id);

  gtk_list_box_select_row (list, gtk_list_box_get_row_at_index (list, 4)); /* as an arrow key or a screen reader does */
  test_wait_for (find (fixture, g_type_from_name ("PurserPeoplePage"), NULL) != NULL);
  purser_window_show_page (PURSER_WINDOW (fixture->window), "people", detail);
  test_wait_for (find (fixture, g_type_from_name ("PurserPrincipalPage"), NULL) != NULL);
  gtk_list_box_select_row (list, gtk_list_box_get_row_at_index (list, 1));
  test_wait_for (find (fixture, g_type_from_name ("PurserCostsPage"), NULL) != NULL);
  gtk_list_box_select_row (list, gtk_list_box_get_row_at_index (list, 4));
  test_wait_for (find (fixture, g_type_from_name ("PurserPrincipalPage"), NULL) != NULL); /* left as it was */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  gtk_list_box_select_row (list, gtk_list_box_get_row_at_index (list, 4)); /* as when the focus comes to it */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_nonnull (find (fixture, g_type_from_name ("PurserPrincipalPage"), NULL));
  gtk_widget_activate (GTK_WIDGET (gtk_list_box_get_row_at_index (list, 4)));
  test_wait_for (find (fixture, g_type_from_name ("PurserPeoplePage"), NULL) != NULL);
  purser_window_show_page (PURSER_WINDOW (fixture->window), "tests", NULL);
  g_assert_true (gtk_list_box_get_selected_row (list) == gtk_list_box_get_row_at_index (list, 6));
}

/* What is said last is what is on show. */
static void
test_toasts (Fixture       *fixture,
             gconstpointer  data)
{
  test_wait_for (find (fixture, PURSER_TYPE_SIDEBAR, NULL) != NULL);
  purser_window_toast (fixture->window, "The first");
  test_wait_for (find (fixture, GTK_TYPE_LABEL, "The first") != NULL);
  purser_window_toast (fixture->window, "The second");
  purser_window_toast (fixture->window, "The third");
  test_wait_for (find (fixture, GTK_TYPE_LABEL, "The third") != NULL);
  test_wait_for (find (fixture, GTK_TYPE_LABEL, "The first") == NULL);
  g_assert_null (find (fixture, GTK_TYPE_LABEL, "The second"));
}

static void
write_garbage (const char *path)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, "this is no database, and long enough to be looked at as one ...........................",
                       -1, &error);
  g_assert_no_error (error);
}

static void
test_cannot_open (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autofree char *garbage = g_build_filename (fixture->org.folder, "garbage.purser", NULL);
  g_autofree char *absent = g_build_filename (fixture->org.folder, "absent.purser", NULL);
  g_autofree char *good = g_strdup (purser_window_get_path (PURSER_WINDOW (fixture->window)));

  write_garbage (garbage);
  purser_window_open (PURSER_WINDOW (fixture->window), garbage);
  test_wait_for (find (fixture, ADW_TYPE_STATUS_PAGE, "Not an organisation’s file") != NULL);
  g_assert_null (purser_window_get_session (PURSER_WINDOW (fixture->window)));
  g_assert_nonnull (find (fixture, GTK_TYPE_BUTTON, "_Open Another File…"));
  purser_window_open (PURSER_WINDOW (fixture->window), absent);
  test_wait_for (find (fixture, GTK_TYPE_BUTTON, "_Try Again") != NULL);
  purser_window_open (PURSER_WINDOW (fixture->window), good);
  test_wait_for (purser_window_get_session (PURSER_WINDOW (fixture->window)) != NULL);
}

static void
test_path_for (void)
{
  g_autofree char *umlauts = purser_welcome_path_for ("Müller & Söhne");
  g_autofree char *nothing = purser_welcome_path_for ("日本");
  g_autofree char *dots = purser_welcome_path_for ("../../etc/passwd");
  g_autofree char *folder = purser_store_default_folder ();

  g_assert_true (g_str_has_suffix (umlauts, "/muller-sohne.purser"));
  g_assert_true (g_str_has_suffix (dots, "/etc-passwd.purser"));
  g_assert_true (g_str_has_prefix (dots, folder));
  g_assert_true (g_str_has_prefix (nothing, folder));
}

#define add(name, func) g_test_add ("/pages/" name, Fixture, NULL, open_window, func, close_window)

int
main (int    argc,
      char **argv)
{
  g_autofree char *data_home = g_dir_make_tmp ("purser-data-XXXXXX", NULL);

  g_setenv ("XDG_DATA_HOME", data_home, TRUE);
  if (!test_init (&argc, &argv, "none"))
    return 77;
  g_test_add_func ("/pages/small-widgets", test_small_widgets);
  g_test_add_func ("/pages/path-for", test_path_for);
  add ("every-page", test_every_page);
  add ("every-dialog", test_every_dialog);
  add ("first-run-and-sample", test_first_run_and_sample);
  add ("costs", test_costs);
  add ("table-toggle", test_table_toggle);
  add ("costs-empty", test_costs_empty);
  add ("people", test_people);
  add ("undo", test_undo);
  add ("refused", test_refused);
  add ("sidebar", test_sidebar);
  add ("toasts", test_toasts);
  add ("cannot-open", test_cannot_open);
  return g_test_run ();
}
