/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gateway's page, its line at the sidebar's foot and what the Overview says of outages, with a stand-in for the gateway on a bus of the test's own. */
#include "config.h"
#include "purser-window.h"

#include <glib/gstdio.h>
#include "fixture-gateway.h"
#include "fixture-org.h"
#include "purser-gateway-call.h"
#include "purser-gateway-foot.h"
#include "purser-outages.h"

typedef struct
{
  TestOrg     org;
  TestGateway gateway;
  GtkWidget  *window;
  gint64      lena, drafting, models[2];
} Fixture;

static gint64
model_named (const PurserOrg *org,
             const char      *name)
{
  for (guint i = 0; i < org->models->len; i++)
    if (g_str_equal (((const PurserModel *) org->models->pdata[i])->name, name))
      return ((const PurserModel *) org->models->pdata[i])->id;
  return 0;
}

static void
open_window (Fixture       *fixture,
             gconstpointer  data)
{
  test_org_open (&fixture->org);
  test_org_run (&fixture->org, purser_command_add_practice ());
  fixture->lena = test_org_run (&fixture->org, purser_command_add_principal ("Lena", FALSE, NULL, 0));
  {
    g_autoptr (PurserOrg) org = purser_session_get_org (fixture->org.session);

    fixture->models[0] = model_named (org, "practice-careful");
    fixture->models[1] = model_named (org, "practice-quick");
    fixture->drafting = purser_org_workload_named (org, "drafting")->id;
  }
  test_org_run (&fixture->org, purser_command_assign (fixture->drafting, fixture->models, 2));
  test_gateway_start (&fixture->gateway, purser_store_get_path (purser_session_get_store (fixture->org.session)));
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
  test_gateway_end (&fixture->gateway);
  test_org_close (&fixture->org);
}

#define find(fixture, type, text) test_find ((fixture)->window, type, text)
#define says(fixture, text) (find (fixture, GTK_TYPE_LABEL, text) != NULL)

static gboolean
is_enabled (Fixture *fixture)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (fixture->org.session);

  return org->gateway.enabled;
}

static void
show_running (Fixture *fixture)
{
  fixture->gateway.serves = TRUE;
  test_org_run (&fixture->org, purser_command_switch_gateway (TRUE));
  purser_control_server_changed (fixture->gateway.server);
  purser_window_show_page (PURSER_WINDOW (fixture->window), "gateway", NULL);
  test_wait_for (says (fixture, "The gateway is on"));
}

static TestCall
call_of (Fixture *fixture)
{
  return (TestCall) { .principal_id = fixture->lena, .workload_id = fixture->drafting, .models = { fixture->models[0], fixture->models[1] }, .n_models = 2, .fault = "overloaded", .status = 529 };
}

/* Off, it says what it is for; its switch turns it on and tells the gateway; Undo turns it off again, and tells it too. */
static void
test_switch (Fixture       *fixture,
             gconstpointer  data)
{
  guint refreshed;

  purser_window_show_page (PURSER_WINDOW (fixture->window), "gateway", NULL);
  test_wait_for (find (fixture, ADW_TYPE_STATUS_PAGE, "The gateway is off") != NULL);
  test_wait_for (says (fixture, "Gateway off"));
  g_assert_false (says (fixture, "Connect a tool"));
  fixture->gateway.serves = TRUE;
  adw_switch_row_set_active (find (fixture, ADW_TYPE_SWITCH_ROW, "Gateway"), TRUE);
  test_wait_for (is_enabled (fixture));
  test_wait_for (fixture->gateway.refreshed > 0);
  test_wait_for (says (fixture, "The gateway is on"));
  test_wait_for (says (fixture, "Gateway on · 127.0.0.1:8377"));
  g_assert_true (says (fixture, "http://127.0.0.1:8377"));
  test_wait_for (says (fixture, "The gateway is switched on"));
  refreshed = fixture->gateway.refreshed;
  g_assert_true (gtk_widget_activate_action (fixture->window, "win.undo", NULL));
  test_wait_for (!is_enabled (fixture));
  test_wait_for (fixture->gateway.refreshed > refreshed);
  test_wait_for (find (fixture, ADW_TYPE_STATUS_PAGE, "The gateway is off") != NULL);
}

/* What the gateway says stands in the page, with what to do; nothing covers it. */
static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  fixture->gateway.problem = g_strdup ("Port 8377 is taken by another program.");
  test_org_run (&fixture->org, purser_command_switch_gateway (TRUE));
  purser_control_server_changed (fixture->gateway.server);
  purser_window_show_page (PURSER_WINDOW (fixture->window), "gateway", NULL);
  test_wait_for (says (fixture, "The gateway cannot start"));
  g_assert_true (says (fixture, "Port 8377 is taken by another program."));
  g_assert_true (says (fixture, "Gateway cannot start"));
  g_assert_null (adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (fixture->window)));
  g_clear_pointer (&fixture->gateway.problem, g_free);
  fixture->gateway.serves = TRUE;
  g_signal_emit_by_name (find (fixture, ADW_TYPE_BUTTON_ROW, "_Try Again"), "activated");
  test_wait_for (says (fixture, "The gateway is on"));
}

/* Switched on where no gateway can be started: said in the page. */
static void
test_not_running (Fixture       *fixture,
                  gconstpointer  data)
{
  g_clear_pointer (&fixture->gateway.server, purser_control_server_free);
  test_org_run (&fixture->org, purser_command_switch_gateway (TRUE));
  test_wait_for (says (fixture, "Gateway not running"));
  purser_window_show_page (PURSER_WINDOW (fixture->window), "gateway", NULL);
  test_wait_for (says (fixture, "The gateway is not running"));
  g_assert_nonnull (find (fixture, ADW_TYPE_BUTTON_ROW, "_Try Again"));
  g_signal_emit_by_name (find (fixture, ADW_TYPE_BUTTON_ROW, "_Try Again"), "activated");
  test_wait_for (says (fixture, "The gateway is starting"));
  test_wait_for (says (fixture, "The gateway is not running")); /* no such service on this bus */
  g_assert_null (adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (fixture->window)));
}

static PurserGatewayCall *
row_of (Fixture *fixture,
        gint64   call_id)
{
  GtkColumnView *view = find (fixture, GTK_TYPE_COLUMN_VIEW, NULL);
  GListModel *rows = view != NULL ? G_LIST_MODEL (gtk_column_view_get_model (view)) : NULL;

  for (guint i = 0; rows != NULL && i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (PurserGatewayCall) row = g_list_model_get_item (rows, i);

      if (purser_gateway_call_get_id (row) == call_id)
        return row; /* the model keeps it */
    }
  return NULL;
}

/* A call shows while it runs, and its row is the same when it is done; a row leads to the record. */
static void
test_calls (Fixture       *fixture,
            gconstpointer  data)
{
  TestCall call = call_of (fixture);
  PurserGatewayCall *row;
  gint64 open, done;

  show_running (fixture);
  test_wait_for (says (fixture, "No call yet"));
  call.end = TEST_OPEN;
  open = test_call (fixture->org.session, &call);
  g_ptr_array_add (fixture->gateway.calls, test_live_call (open, fixture->lena, fixture->drafting, fixture->models[1], "answering", 2, 4));
  fixture->gateway.running = 1;
  test_wait_for ((row = row_of (fixture, open)) != NULL);
  g_assert_true (purser_gateway_call_runs (row));
  test_wait_for (says (fixture, "Answering, try 2"));
  g_assert_true (says (fixture, "Lena"));
  g_assert_true (says (fixture, "1 runs at the moment."));
  g_ptr_array_set_size (fixture->gateway.calls, 0);
  call.end = TEST_ANSWERED;
  done = test_call (fixture->org.session, &call);
  test_wait_for (row_of (fixture, done) != NULL);
  test_wait_for (says (fixture, "Answered, try 2"));
  test_wait_for (row_of (fixture, open) == NULL); /* it is open in the ledger, and no longer on its way here */
  {
    GtkColumnView *view = find (fixture, GTK_TYPE_COLUMN_VIEW, NULL);

    g_signal_emit_by_name (view, "activate", 0);
  }
  test_wait_for (says (fixture, "Practice A/practice-careful was overloaded (529) after 0.80 s, so Practice B/practice-quick answered."));
  g_assert_true (says (fixture, "Anthropic Messages, word by word"));
}

/* The same object from the first look to the last: it keeps the focus. */
static void
test_row_stays (Fixture       *fixture,
                gconstpointer  data)
{
  TestCall call = call_of (fixture);
  g_autoptr (PurserGatewayCall) row = purser_gateway_call_new (7);
  g_autoptr (PurserOrg) org = purser_session_get_org (fixture->org.session);
  g_autoptr (PurserLiveCall) live = test_live_call (7, fixture->lena, fixture->drafting, fixture->models[0], "waiting", 1, 3);
  PurserCallRow done = { .call_id = 7, .principal_id = fixture->lena, .workload_id = 4711, .model_id = fixture->models[1], .outcome = (char *) "failed", .attempts = 1, .input_tokens = -1, .output_tokens = -1, .total_us = -1 };
  guint changes = 0;

  g_signal_connect_swapped (row, "changed", G_CALLBACK (g_atomic_int_inc), &changes);
  purser_gateway_call_set_live (row, org, live, live->started + 3100000);
  g_assert_cmpuint (changes, ==, 1);
  purser_gateway_call_set_live (row, org, live, live->started + 3200000);
  g_assert_cmpuint (changes, ==, 1); /* nothing that is shown is other */
  g_assert_cmpstr (purser_gateway_call_text (row, PURSER_CALL_STATE), ==, "Waiting");
  purser_gateway_call_set_done (row, org, &done);
  g_assert_cmpuint (changes, ==, 2);
  g_assert_cmpstr (purser_gateway_call_text (row, PURSER_CALL_STATE), ==, "Failed");
  g_assert_cmpstr (purser_gateway_call_text (row, PURSER_CALL_WORKLOAD), ==, "A removed workload");
  g_assert_cmpstr (purser_gateway_call_text (row, PURSER_CALL_TOKENS), ==, "");
  g_assert_cmpuint (call.n_models, ==, 2);
}

static void
began_cb (guint              *count,
          const PurserOutage *outage)
{
  ++*count;
}

/* An outage is told once when it begins; Overview and page say it while it lasts; then it is folded away. */
static void
test_outage (Fixture       *fixture,
             gconstpointer  data)
{
  PurserOutages *outages = purser_session_get_outages (fixture->org.session);
  TestCall call = call_of (fixture), well = call_of (fixture);
  guint began = 0;
  GtkWidget *row;

  g_signal_connect_swapped (outages, "began", G_CALLBACK (began_cb), &began);
  show_running (fixture);
  for (guint i = 0; i < 5; i++)
    test_call (fixture->org.session, &call);
  test_wait_for (purser_outages_get (outages)->len == 1);
  test_wait_for (says (fixture, "The gateway is on, and works around an outage"));
  test_wait_for (began == 1);
  purser_window_show_page (PURSER_WINDOW (fixture->window), "overview", NULL);
  test_wait_for ((row = find (fixture, GTK_TYPE_LABEL, "Practice A/practice-careful was overloaded (529). 5 calls went to other models.")) != NULL);
  row = gtk_widget_get_ancestor (row, ADW_TYPE_ACTION_ROW);
  g_assert_true (g_str_has_prefix (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), "Practice A has not answered since "));
  g_signal_emit_by_name (test_find (row, GTK_TYPE_BUTTON, NULL), "clicked");
  test_wait_for (says (fixture, "Outages"));
  well.n_models = 1;
  test_call (fixture->org.session, &well);
  test_wait_for (says (fixture, "1 outage ended in the last 7 days"));
  test_wait_for (says (fixture, "The gateway is on"));
  g_assert_cmpuint (began, ==, 1);
  g_signal_handlers_disconnect_by_func (outages, began_cb, &began);
}

static gboolean
has_port (Fixture *fixture,
          int      port)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (fixture->org.session);

  return org->gateway.port == port;
}

static gint64
keyless (Fixture *fixture)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (fixture->org.session);

  return org->gateway.keyless_principal_id;
}

/* Each setting is a change of its own, the gateway is told, and Undo takes it back. */
static void
test_settings (Fixture       *fixture,
               gconstpointer  data)
{
  guint refreshed;

  show_running (fixture);
  refreshed = fixture->gateway.refreshed;
  adw_spin_row_set_value (find (fixture, ADW_TYPE_SPIN_ROW, "Port"), 8390);
  test_wait_for (has_port (fixture, 8390));
  test_wait_for (fixture->gateway.refreshed > refreshed);
  test_wait_for (says (fixture, "Port changed"));
  g_assert_true (gtk_widget_activate_action (fixture->window, "win.undo", NULL));
  test_wait_for (has_port (fixture, 8377));
  test_wait_for (adw_spin_row_get_value (find (fixture, ADW_TYPE_SPIN_ROW, "Port")) == 8377);
  g_assert_cmpint (keyless (fixture), ==, 0);
  adw_expander_row_set_enable_expansion (find (fixture, ADW_TYPE_EXPANDER_ROW, "Programs that send no key"), TRUE);
  test_wait_for (keyless (fixture) == fixture->lena);
  {
    g_autoptr (PurserOrg) org = purser_session_get_org (fixture->org.session);

    g_assert_cmpuint (org->gateway.n_keyless_workloads, ==, 1); /* never all by itself */
  }
  adw_expander_row_set_enable_expansion (find (fixture, ADW_TYPE_EXPANDER_ROW, "Programs that send no key"), FALSE);
  test_wait_for (keyless (fixture) == 0);
}

static PurserDurability
durability (Fixture *fixture)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (fixture->org.session);

  return org->gateway.durability;
}

/* One of three: a choice is one change. */
static void
test_durability (Fixture       *fixture,
                 gconstpointer  data)
{
  GtkWidget *row;
  guint refreshed;

  show_running (fixture);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  refreshed = fixture->gateway.refreshed;
  g_assert_cmpint (durability (fixture), ==, PURSER_SURVIVES_POWER);
  adw_expander_row_set_expanded (find (fixture, ADW_TYPE_EXPANDER_ROW, "Counted calls survive"), TRUE);
  test_wait_for ((row = find (fixture, ADW_TYPE_ACTION_ROW, "A stopped program")) != NULL);
  gtk_check_button_set_active (test_find (row, GTK_TYPE_CHECK_BUTTON, NULL), TRUE);
  test_wait_for (durability (fixture) == PURSER_SURVIVES_KILL);
  test_wait_for (fixture->gateway.refreshed == refreshed + 1);
  test_wait_for (says (fixture, "Changed")); /* from then on it can be taken back */
  g_assert_true (gtk_widget_activate_action (fixture->window, "win.undo", NULL));
  test_wait_for (durability (fixture) == PURSER_SURVIVES_POWER);
  test_wait_for (gtk_check_button_get_active (test_find (find (fixture, ADW_TYPE_ACTION_ROW, "A power cut"), GTK_TYPE_CHECK_BUTTON, NULL)));
}

/* Another address without a certificate is refused in the form, in words. */
static void
test_address (Fixture       *fixture,
              gconstpointer  data)
{
  AdwDialog *dialog;
  GtkWidget *entry;

  show_running (fixture);
  g_signal_emit_by_name (test_find (gtk_widget_get_ancestor (find (fixture, GTK_TYPE_LABEL, "Who can reach it"), ADW_TYPE_ACTION_ROW), GTK_TYPE_BUTTON, "Change…"), "clicked");
  test_wait_for ((dialog = adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (fixture->window))) != NULL);
  test_wait_for ((entry = test_find (GTK_WIDGET (dialog), ADW_TYPE_ENTRY_ROW, "Address")) != NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), "my-computer");
  g_signal_emit_by_name (dialog, "submit");
  test_wait_for (test_find (GTK_WIDGET (dialog), GTK_TYPE_LABEL, "Enter an address in numbers, such as 127.0.0.1 for this computer alone, or 0.0.0.0 for all its networks.") != NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), "0.0.0.0");
  g_signal_emit_by_name (dialog, "submit");
  test_wait_for (test_find (GTK_WIDGET (dialog), GTK_TYPE_LABEL, "Other computers may only be served over a secure connection: choose a certificate and its private key.") != NULL);
  gtk_editable_set_text (GTK_EDITABLE (entry), "127.0.0.2");
  g_signal_emit_by_name (dialog, "submit");
  test_wait_for (adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (fixture->window)) == NULL);
  test_wait_for (says (fixture, "Only programs on this computer (127.0.0.2)"));
}

/* A key made on the page stands in what is to be pasted. */
static void
test_connect (Fixture       *fixture,
              gconstpointer  data)
{
  AdwDialog *dialog;
  GtkWidget *text;
  const char *said;

  show_running (fixture);
  text = find (fixture, GTK_TYPE_LABEL, "export OPENAI_BASE_URL=\"http://127.0.0.1:8377/v1\"\nexport OPENAI_API_KEY=\"purser-your-key\"\nexport OPENAI_MODEL=\"drafting\"");
  g_assert_nonnull (text);
  g_signal_emit_by_name (find (fixture, GTK_TYPE_BUTTON, "Make a Key…"), "clicked");
  test_wait_for ((dialog = adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (fixture->window))) != NULL);
  test_wait_for (test_find (GTK_WIDGET (dialog), GTK_TYPE_BUTTON, "_Create Key") != NULL);
  g_signal_emit_by_name (test_find (GTK_WIDGET (dialog), GTK_TYPE_BUTTON, "_Create Key"), "clicked");
  test_wait_for (test_find (GTK_WIDGET (dialog), GTK_TYPE_BUTTON, "_Copy") != NULL);
  adw_dialog_force_close (dialog);
  said = gtk_label_get_label (GTK_LABEL (text));
  g_assert_null (strstr (said, "purser-your-key"));
  g_assert_nonnull (strstr (said, "OPENAI_API_KEY=\"purser-"));
  adw_combo_row_set_selected (find (fixture, ADW_TYPE_COMBO_ROW, "Workload"), 1);
  g_assert_null (strstr (gtk_label_get_label (GTK_LABEL (text)), "drafting"));
}

#define add(name, func) g_test_add ("/gateway-page/" name, Fixture, NULL, open_window, func, close_window)

int
main (int    argc,
      char **argv)
{
  g_autofree char *data_home = g_dir_make_tmp ("purser-data-XXXXXX", NULL);
  g_autoptr (GTestDBus) bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autofree char *display = g_strdup (g_getenv ("DISPLAY"));
  int code;

  g_setenv ("XDG_DATA_HOME", data_home, TRUE);
  g_test_dbus_up (bus);
  if (display != NULL)
    g_setenv ("DISPLAY", display, TRUE); /* g_test_dbus_up() takes it away */
  if (!test_init (&argc, &argv, "none"))
    {
      g_test_dbus_stop (bus);
      return 77;
    }
  add ("switch", test_switch);
  add ("refused", test_refused);
  add ("not-running", test_not_running);
  add ("calls", test_calls);
  add ("row-stays", test_row_stays);
  add ("outage", test_outage);
  add ("settings", test_settings);
  add ("durability", test_durability);
  add ("address", test_address);
  add ("connect", test_connect);
  code = g_test_run ();
  g_test_dbus_stop (bus);
  return code;
}
