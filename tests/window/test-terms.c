/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may ask for what, how a workload is called, and what data terms allow, as the pages set it. */
#include "config.h"
#include "purser-window.h"

#include <glib/gstdio.h>
#include "fixture-org.h"
#include "purser-key-dialog.h"
#include "purser-terms-form.h"
#include "purser-wait-row.h"

typedef struct
{
  TestOrg    org;
  GtkWidget *window;
  gint64     lena, drafting, provider, model;
} Fixture;

static void
open_window (Fixture       *fixture,
             gconstpointer  data)
{
  test_org_open (&fixture->org);
  fixture->provider = test_org_run (&fixture->org, purser_command_add_provider ("anthropic", "Anthropic", NULL, NULL, "NO_SUCH_VARIABLE", NULL));
  fixture->model = test_org_run (&fixture->org, purser_command_add_model (fixture->provider, "claude-haiku", NULL));
  fixture->lena = test_org_run (&fixture->org, purser_command_add_principal ("Lena", FALSE, NULL, 0));
  {
    g_autoptr (PurserOrg) org = purser_session_get_org (fixture->org.session);

    fixture->model = ((const PurserModel *) org->models->pdata[0])->id;
    fixture->drafting = purser_org_workload_named (org, "drafting")->id;
  }
  test_org_run (&fixture->org, purser_command_assign (fixture->drafting, &fixture->model, 1));
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
#define says(fixture, text) (find (fixture, GTK_TYPE_LABEL, text) != NULL)

static void
show (Fixture    *fixture,
      const char *page,
      gint64      id)
{
  g_autofree char *detail = g_strdup_printf ("%" G_GINT64_FORMAT, id);

  purser_window_show_page (PURSER_WINDOW (fixture->window), page, detail);
}

/* The newest key of LENA as the organisation has it; its snapshot is put into ORG. */
static const PurserAccessKey *
newest_key (Fixture    *fixture,
            PurserOrg **org)
{
  g_clear_pointer (org, purser_org_unref);
  *org = purser_session_get_org (fixture->org.session);
  return (*org)->access_keys->len > 0 ? (*org)->access_keys->pdata[(*org)->access_keys->len - 1] : NULL;
}

/* A key for one workload, for 30 days; then for all and for ever, and back again by Undo. */
static void
test_key (Fixture       *fixture,
          gconstpointer  data)
{
  g_autoptr (PurserOrg) org = NULL;
  const PurserAccessKey *key;
  AdwDialog *dialog;

  show (fixture, "people", fixture->lena);
  test_wait_for (find (fixture, ADW_TYPE_BUTTON_ROW, "Create _Key") != NULL);
  g_signal_emit_by_name (find (fixture, ADW_TYPE_BUTTON_ROW, "Create _Key"), "activated");
  test_wait_for ((dialog = adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (fixture->window))) != NULL);
  test_wait_for (find (fixture, ADW_TYPE_COMBO_ROW, "Ends") != NULL);
  g_assert_null (find (fixture, ADW_TYPE_COMBO_ROW, "Whose key"));
  adw_combo_row_set_selected (find (fixture, ADW_TYPE_COMBO_ROW, "Ends"), 1);
  adw_expander_row_set_enable_expansion (find (fixture, ADW_TYPE_EXPANDER_ROW, "Only for some workloads"), TRUE);
  g_signal_emit_by_name (find (fixture, GTK_TYPE_BUTTON, "_Create Key"), "clicked");
  test_wait_for (says (fixture, "Choose at least one workload, or allow all."));
  test_wait_for (find (fixture, ADW_TYPE_SWITCH_ROW, "Drafting") != NULL);
  adw_switch_row_set_active (find (fixture, ADW_TYPE_SWITCH_ROW, "Drafting"), TRUE);
  g_signal_emit_by_name (find (fixture, GTK_TYPE_BUTTON, "_Create Key"), "clicked");
  test_wait_for (find (fixture, GTK_TYPE_BUTTON, "_Copy") != NULL);
  adw_dialog_force_close (dialog);
  key = newest_key (fixture, &org);
  g_assert_nonnull (key);
  g_assert_cmpint (key->principal_id, ==, fixture->lena);
  g_assert_cmpuint (key->n_workloads, ==, 1);
  g_assert_cmpint (key->workloads[0], ==, fixture->drafting);
  g_assert_false (key->any_model);
  g_assert_cmpint (key->expires_at - g_get_real_time (), >, 29 * G_TIME_SPAN_DAY);
  g_assert_cmpint (key->expires_at - g_get_real_time (), <, 32 * G_TIME_SPAN_DAY);

  dialog = purser_key_dialog_new_edit (fixture->org.session, key->id);
  adw_dialog_present (dialog, fixture->window);
  test_wait_for (find (fixture, ADW_TYPE_COMBO_ROW, "Ends") != NULL);
  g_assert_cmpuint (adw_combo_row_get_selected (find (fixture, ADW_TYPE_COMBO_ROW, "Ends")), ==, 3);
  adw_combo_row_set_selected (find (fixture, ADW_TYPE_COMBO_ROW, "Ends"), 0);
  adw_expander_row_set_enable_expansion (find (fixture, ADW_TYPE_EXPANDER_ROW, "Only for some workloads"), FALSE);
  adw_switch_row_set_active (find (fixture, ADW_TYPE_SWITCH_ROW, "May also ask for models directly"), TRUE);
  g_signal_emit_by_name (find (fixture, GTK_TYPE_BUTTON, "_Save"), "clicked");
  test_wait_for (adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (fixture->window)) == NULL);
  key = newest_key (fixture, &org);
  g_assert_cmpint (key->expires_at, ==, 0);
  g_assert_null (key->workloads);
  g_assert_true (key->any_model);
  g_assert_true (gtk_widget_activate_action (fixture->window, "win.undo", NULL));
  test_wait_for (newest_key (fixture, &org)->expires_at != 0);
  g_assert_cmpuint (newest_key (fixture, &org)->n_workloads, ==, 1);
}

static gboolean
has_limit (Fixture *fixture,
           gint64   per_minute)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (fixture->org.session);

  return purser_org_principal (org, fixture->lena)->calls_per_minute == per_minute;
}

static void
test_limits (Fixture       *fixture,
             gconstpointer  data)
{
  show (fixture, "people", fixture->lena);
  test_wait_for (find (fixture, ADW_TYPE_SPIN_ROW, "Calls per minute") != NULL);
  g_assert_cmpstr (gtk_editable_get_text (find (fixture, ADW_TYPE_SPIN_ROW, "Calls per minute")), ==, "No limit");
  adw_spin_row_set_value (find (fixture, ADW_TYPE_SPIN_ROW, "Calls per minute"), 60);
  test_wait_for (has_limit (fixture, 60));
  test_wait_for (says (fixture, "Limit changed"));
  g_assert_true (gtk_widget_activate_action (fixture->window, "win.undo", NULL));
  test_wait_for (has_limit (fixture, 0));
  test_wait_for (g_str_equal (gtk_editable_get_text (find (fixture, ADW_TYPE_SPIN_ROW, "Calls per minute")), "No limit"));
}

static void
count_cb (gpointer data)
{
  ++*(guint *) data;
}

/* Zero is a word, and the word is read as zero; what the program sets is not told. */
static void
test_wait_row (void)
{
  guint told = 0;
  GtkWidget *row = g_object_ref_sink (purser_wait_row_new ("Seconds", NULL, "As usual", 60, 0.5, 1, count_cb, &told));

  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (row)), ==, "As usual");
  purser_wait_row_set (row, 2.5);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (row)), ==, "2.5");
  gtk_editable_set_text (GTK_EDITABLE (row), "As usual");
  adw_spin_row_update (ADW_SPIN_ROW (row));
  g_assert_cmpfloat (purser_wait_row_get (row), ==, 0);
  purser_wait_row_set (row, 0);
  test_wait_for (told == 1);
  g_assert_finalize_object (row);
}

typedef gboolean (*Check) (const PurserWorkload *workload);

static gboolean
workload_is (Fixture *fixture,
             Check    check)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (fixture->org.session);

  return check (purser_org_workload (org, fixture->drafting));
}

static gboolean first_is_2500 (const PurserWorkload *w) { return w->first_content_ms == 2500; }
static gboolean first_is_usual (const PurserWorkload *w) { return w->first_content_ms == 0; }
static gboolean drains (const PurserWorkload *w) { return w->drain; }
static gboolean spreads (const PurserWorkload *w) { return w->spread; }
static gboolean weighs_three (const PurserWorkload *w) { return w->weights != NULL && w->weights[0] == 3 && w->spread; }
static gboolean trains_not (const PurserWorkload *w) { return w->no_training; }
static gboolean only_eu (const PurserWorkload *w) { return w->regions != NULL && g_str_equal (w->regions[0], "EU") && w->regions[1] == NULL; }

static void
test_calling (Fixture       *fixture,
              gconstpointer  data)
{
  gint64 models[2] = { fixture->model, test_org_run (&fixture->org, purser_command_add_model (fixture->provider, "claude-opus", NULL)) };
  g_autoptr (PurserOrg) org = purser_session_get_org (fixture->org.session);

  models[1] = ((const PurserModel *) org->models->pdata[1])->id;
  test_org_run (&fixture->org, purser_command_assign (fixture->drafting, models, 2));
  show (fixture, "workloads", fixture->drafting);
  test_wait_for (find (fixture, ADW_TYPE_SPIN_ROW, "Seconds until the first words") != NULL);
  adw_spin_row_set_value (find (fixture, ADW_TYPE_SPIN_ROW, "Seconds until the first words"), 2.5);
  test_wait_for (workload_is (fixture, first_is_2500));
  test_wait_for (says (fixture, "Changed")); /* from then on it can be taken back */
  g_assert_true (gtk_widget_activate_action (fixture->window, "win.undo", NULL));
  test_wait_for (workload_is (fixture, first_is_usual));
  adw_switch_row_set_active (find (fixture, ADW_TYPE_SWITCH_ROW, "Finish replies whose caller has gone"), TRUE);
  test_wait_for (workload_is (fixture, drains));
  adw_expander_row_set_enable_expansion (find (fixture, ADW_TYPE_EXPANDER_ROW, "Spread over the models by weight"), TRUE);
  test_wait_for (workload_is (fixture, spreads));
  test_wait_for (find (fixture, ADW_TYPE_SPIN_ROW, "claude-haiku") != NULL);
  adw_spin_row_set_value (find (fixture, ADW_TYPE_SPIN_ROW, "claude-haiku"), 3);
  test_wait_for (workload_is (fixture, weighs_three));
}

/* A workload that asks for something shows which model may not be asked, until its provider's terms are recorded. */
static void
test_policy (Fixture       *fixture,
             gconstpointer  data)
{
  AdwDialog *dialog;
  GtkWidget *entry;

  show (fixture, "workloads", fixture->drafting);
  test_wait_for (says (fixture, "Nothing is asked of its models’ providers."));
  adw_switch_row_set_active (find (fixture, ADW_TYPE_SWITCH_ROW, "No training on what is sent"), TRUE);
  test_wait_for (workload_is (fixture, trains_not));
  test_wait_for (says (fixture, "1 of its models may not be asked: see above, and record the terms at its provider."));
  entry = find (fixture, ADW_TYPE_ENTRY_ROW, "Only in regions (EU, CH, …)");
  gtk_editable_set_text (GTK_EDITABLE (entry), " EU , ");
  g_signal_emit_by_name (entry, "apply");
  test_wait_for (workload_is (fixture, only_eu));

  show (fixture, "providers", fixture->provider);
  test_wait_for (says (fixture, "Not recorded"));
  g_signal_emit_by_name (find (fixture, GTK_TYPE_BUTTON, "Record…"), "clicked");
  test_wait_for ((dialog = adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (fixture->window))) != NULL);
  test_wait_for (test_find (GTK_WIDGET (dialog), ADW_TYPE_COMBO_ROW, "Used for training") != NULL);
  gtk_editable_set_text (test_find (GTK_WIDGET (dialog), ADW_TYPE_ENTRY_ROW, "Days it is kept"), "a month");
  g_signal_emit_by_name (dialog, "submit");
  test_wait_for (test_find (GTK_WIDGET (dialog), GTK_TYPE_LABEL, "Enter a whole number of days: 0 where nothing is kept, nothing where you do not know.") != NULL);
  gtk_editable_set_text (test_find (GTK_WIDGET (dialog), ADW_TYPE_ENTRY_ROW, "Days it is kept"), "30");
  adw_combo_row_set_selected (test_find (GTK_WIDGET (dialog), ADW_TYPE_COMBO_ROW, "Used for training"), 1);
  gtk_editable_set_text (test_find (GTK_WIDGET (dialog), ADW_TYPE_ENTRY_ROW, "Processed in (EU, CH, …)"), "EU");
  g_signal_emit_by_name (dialog, "submit");
  test_wait_for (says (fixture, "Not used for training, kept 30 days, processed in EU"));
  show (fixture, "workloads", fixture->drafting);
  test_wait_for (says (fixture, "All its models’ providers meet this."));
}

static void
test_regions (void)
{
  g_auto (GStrv) two = purser_regions_parse (" EU ; CH,, ");
  g_autofree char *words = purser_regions_words ((const char *const *) two);

  g_assert_cmpstr (words, ==, "EU, CH");
  g_assert_null (purser_regions_parse (" , "));
  g_assert_null (purser_regions_words (NULL));
}

#define add(name, func) g_test_add ("/terms/" name, Fixture, NULL, open_window, func, close_window)

int
main (int    argc,
      char **argv)
{
  g_autofree char *data_home = g_dir_make_tmp ("purser-data-XXXXXX", NULL);

  g_setenv ("XDG_DATA_HOME", data_home, TRUE);
  if (!test_init (&argc, &argv, "none"))
    return 77;
  g_test_add_func ("/terms/regions", test_regions);
  g_test_add_func ("/terms/wait-row", test_wait_row);
  add ("key", test_key);
  add ("limits", test_limits);
  add ("calling", test_calling);
  add ("policy", test_policy);
  return g_test_run ();
}
