/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job-fixture.h"
#include "purser-provider-add-dialog.h"
#include "purser-provider-check.h"
#include "purser-provider-detail.h"
#include "purser-provider-problem.h"
#include "purser-provider-words.h"
#include "purser-providers-page.h"

static gpointer
child_of (gpointer    widget,
          GType       type,
          const char *name)
{
  GObject *child = gtk_widget_get_template_child (widget, type, name);

  g_assert_nonnull (child);
  return child;
}

static void
on_added (gpointer dialog,
          gint64   id,
          gint64  *added)
{
  *added = id;
}

static PurserProviderAddDialog *
open_dialog (Job        *job,
             const char *kind)
{
  PurserProviderAddDialog *dialog = purser_provider_add_dialog_new (job->session, kind, NULL);

  adw_dialog_present (ADW_DIALOG (dialog), job->window);
  JOB_WAIT (gtk_widget_get_mapped (GTK_WIDGET (dialog)));
  return dialog;
}

/* The empty state leads on; what was added stands in the list. */
static void
test_list (void)
{
  Job job = { 0 };
  AdwNavigationPage *page;

  job_set_up (&job);
  page = purser_providers_page_new (job.session);
  job_show (&job, page);
  g_assert_nonnull (job_find (job.window, GTK_TYPE_LABEL, "Bring your first model"));
  g_assert_nonnull (job_find (job.window, GTK_TYPE_LABEL, "GitHub Models"));
  g_assert_nonnull (job_find (job.window, GTK_TYPE_LABEL, "Retired by its owner"));
  job_just_do (&job, purser_command_add_practice ());
  JOB_WAIT (job_find (job.window, GTK_TYPE_LABEL, "Not checked yet") != NULL);
  g_assert_null (job_find (job.window, GTK_TYPE_LABEL, "Bring your first model"));
  job_tear_down (&job);
}

/* Each wrong field says so in its row, and nothing typed is lost. */
static void
test_wrong_fields (void)
{
  Job job = { 0 };
  PurserProviderAddDialog *dialog;
  GtkEditable *address, *key;
  GtkWidget *address_problem, *key_problem;

  job_set_up (&job);
  job_show (&job, purser_providers_page_new (job.session));
  dialog = open_dialog (&job, "openai");
  address = child_of (dialog, PURSER_TYPE_PROVIDER_ADD_DIALOG, "address_row");
  key = child_of (dialog, PURSER_TYPE_PROVIDER_ADD_DIALOG, "key_row");
  address_problem = child_of (dialog, PURSER_TYPE_PROVIDER_ADD_DIALOG, "address_problem");
  key_problem = child_of (dialog, PURSER_TYPE_PROVIDER_ADD_DIALOG, "key_problem");

  gtk_editable_set_text (address, "http://user:secret@example.org/v1");
  g_signal_emit_by_name (child_of (dialog, PURSER_TYPE_PROVIDER_ADD_DIALOG, "add_button"), "clicked");
  g_assert_true (gtk_widget_get_visible (address_problem));
  g_assert_true (gtk_widget_get_visible (key_problem)); /* OpenAI wants a key */
  g_assert_cmpstr (gtk_editable_get_text (address), ==, "http://user:secret@example.org/v1");
  gtk_test_accessible_assert_state (GTK_WIDGET (address), GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE);

  gtk_editable_set_text (address, "https://example.org/v1"); /* typing takes the words away */
  g_assert_false (gtk_widget_get_visible (address_problem));
  gtk_editable_set_text (key, "pk-something");
  g_assert_true (gtk_widget_get_visible (key_problem)); /* a hint: the prefix looks wrong */
  g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (key), "error"));
  gtk_editable_set_text (key, "sk-something");
  g_assert_false (gtk_widget_get_visible (key_problem));
  job_tear_down (&job);
}

/* A pasted address is brought to its base form, and the provider is added without a key where none is needed. */
static void
test_add (void)
{
  Job job = { 0 };
  PurserProviderAddDialog *dialog;
  gint64 added = -1;
  g_autoptr (PurserOrg) org = NULL;

  job_set_up (&job);
  job_show (&job, purser_providers_page_new (job.session));
  purser_page_show_detail (PURSER_PAGE (adw_navigation_view_get_visible_page (job.view)), "add:openai-compatible");
  JOB_WAIT ((dialog = job_find (job.window, PURSER_TYPE_PROVIDER_ADD_DIALOG, NULL)) != NULL);
  g_signal_connect (dialog, "added", G_CALLBACK (on_added), &added);
  gtk_editable_set_text (child_of (dialog, PURSER_TYPE_PROVIDER_ADD_DIALOG, "name_row"), "House");
  gtk_editable_set_text (child_of (dialog, PURSER_TYPE_PROVIDER_ADD_DIALOG, "address_row"),
                         "http://127.0.0.1:9/v1/chat/completions");
  g_signal_emit_by_name (child_of (dialog, PURSER_TYPE_PROVIDER_ADD_DIALOG, "add_button"), "clicked");
  JOB_WAIT (added >= 0);
  org = purser_session_get_org (job.session);
  g_assert_nonnull (purser_org_provider_named (org, "House"));
  g_assert_cmpstr (purser_org_provider_named (org, "House")->address, ==, "http://127.0.0.1:9/v1");
  g_assert_cmpint (purser_org_provider_named (org, "House")->id, ==, added);
  /* Its page came at once and checks: nobody listens there, and the first step says so. */
  JOB_WAIT (job_find (job.window, PURSER_TYPE_PROVIDER_CHECK, NULL) != NULL);
  JOB_WAIT (job_find (job.window, GTK_TYPE_LABEL, "The address does not work") != NULL);
  job_tear_down (&job);
}

static gboolean
was_checked (Job    *job,
             gint64  id)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (job->session);

  return purser_org_provider (org, id)->checked_at != 0;
}

/* The practice models are a real server: four steps, models and prices, and the result is stored. */
static void
test_check (void)
{
  Job job = { 0 };
  AdwNavigationPage *page;
  PurserProviderCheck *check;
  gint64 id;
  g_autoptr (PurserOrg) org = NULL;

  job_set_up (&job);
  job_just_do (&job, purser_command_add_practice ());
  org = purser_session_get_org (job.session);
  id = ((const PurserProvider *) org->providers->pdata[0])->id;
  page = purser_provider_detail_new (job.session, id, FALSE);
  job_show (&job, purser_providers_page_new (job.session));
  job_show (&job, page);
  check = child_of (page, PURSER_TYPE_PROVIDER_DETAIL, "check");
  g_assert_false (purser_provider_check_running (check)); /* never by itself */
  gtk_widget_activate_action (GTK_WIDGET (page), "page.refresh", NULL);
  g_assert_true (purser_provider_check_running (check));
  JOB_WAIT (!purser_provider_check_running (check));
  g_assert_nonnull (job_find (GTK_WIDGET (page), GTK_TYPE_LABEL, "Connection works"));
  g_assert_nonnull (job_find (GTK_WIDGET (page), GTK_TYPE_LABEL, "One short reply"));
  JOB_WAIT (was_checked (&job, id));
  g_clear_pointer (&org, purser_org_unref);
  org = purser_session_get_org (job.session);
  g_assert_null (purser_org_provider (org, id)->check_result);
  job_tear_down (&job);
}

/* Removing pops the page; undoing brings the provider back. */
static void
test_remove (void)
{
  Job job = { 0 };
  AdwNavigationPage *root;
  AdwNavigationPage *page;
  gint64 id;

  job_set_up (&job);
  purser_outcome_free (job_do (&job, purser_command_add_practice ()));
  {
    g_autoptr (PurserOrg) org = purser_session_get_org (job.session);
    id = ((const PurserProvider *) org->providers->pdata[0])->id;
  }
  root = purser_providers_page_new (job.session);
  job_show (&job, root);
  page = purser_provider_detail_new (job.session, id, FALSE);
  job_show (&job, page);
  gtk_widget_activate_action (GTK_WIDGET (page), "provider.remove", NULL);
  JOB_WAIT (adw_navigation_view_get_visible_page (job.view) == root);
  job_just_do (&job, purser_command_restore_provider (id));
  job_tear_down (&job);
}

static void
test_free_name (void)
{
  Job job = { 0 };
  g_autoptr (PurserOrg) org = NULL;
  g_autofree char *name = NULL;

  job_set_up (&job);
  job_just_do (&job, purser_command_add_provider ("ollama", "Ollama", "http://127.0.0.1:9", NULL, NULL, NULL));
  org = purser_session_get_org (job.session);
  name = purser_provider_free_name (org, "Ollama");
  g_assert_cmpstr (name, ==, "Ollama 2");
  job_tear_down (&job);
}

int
main (int    argc,
      char **argv)
{
  if (!job_begin (&argc, &argv))
    return 0;
  g_test_add_func ("/window/providers/list", test_list);
  g_test_add_func ("/window/providers/wrong-fields", test_wrong_fields);
  g_test_add_func ("/window/providers/add", test_add);
  g_test_add_func ("/window/providers/check", test_check);
  g_test_add_func ("/window/providers/remove", test_remove);
  g_test_add_func ("/window/providers/free-name", test_free_name);
  return g_test_run ();
}
