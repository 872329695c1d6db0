/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prices in the real window: what has none, own prices, a list from a file, working out again, contracts, currencies. */
#include "config.h"
#include "purser-window.h"

#include <glib/gstdio.h>
#include "fixture-org.h"
#include "purser-contracts.h"
#include "purser-currencies.h"
#include "purser-day-row.h"
#include "purser-practice.h"
#include "purser-price-page.h"
#include "purser-price-update-dialog.h"
#include "purser-price-words.h"
#include "purser-prices-page.h"
#include "purser-provider-form.h"
#include "purser-reprice-dialog.h"

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

static GtkWidget *
dialog_of (Fixture *fixture,
           GType    type)
{
  AdwDialog *dialog = adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (fixture->window));

  return dialog != NULL && g_type_is_a (G_OBJECT_TYPE (dialog), type) ? GTK_WIDGET (dialog) : NULL;
}

static GtkWidget *
wait_for_dialog (Fixture *fixture,
                 GType    type)
{
  test_wait_for (dialog_of (fixture, type) != NULL && gtk_widget_get_mapped (dialog_of (fixture, type)));
  return dialog_of (fixture, type);
}

static void
type_into (GtkWidget  *dialog,
           const char *title,
           const char *text)
{
  GtkWidget *row;

  test_wait_for ((row = test_find (dialog, ADW_TYPE_ENTRY_ROW, title)) != NULL);
  gtk_editable_set_text (GTK_EDITABLE (row), text);
}

static void
press (GtkWidget  *widget,
       const char *label)
{
  GtkWidget *button;

  test_wait_for ((button = test_find (widget, GTK_TYPE_BUTTON, label)) != NULL);
  g_signal_emit_by_name (button, "clicked");
}

/* The model of PROVIDER that is called NAME; NAME NULL: the first. */
static const PurserModel *
model_in (const PurserOrg *org,
          const char      *name)
{
  for (guint i = 0; i < org->models->len; i++)
    if (g_str_equal (((const PurserModel *) org->models->pdata[i])->name, name))
      return org->models->pdata[i];
  return NULL;
}

static gint64
model_id (Fixture    *fixture,
          const char *name)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (fixture->org.session);
  const PurserModel *model = model_in (org, name);

  g_assert_nonnull (model);
  return model->id;
}

static PurserPriceState
state_of (Fixture    *fixture,
          const char *name)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (fixture->org.session);

  return purser_price_state (org, model_in (org, name));
}

static void
finished_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserCallResult) called = purser_caller_run_finish (PURSER_CALLER (object), result, &error);

  g_assert_no_error (error);
  g_assert_null (called->fault);
  *(gboolean *) data = TRUE;
}

static void
ask (Fixture    *fixture,
     const char *ref)
{
  g_autoptr (PurserChat) chat = purser_chat_new_text (NULL, "Say something short.");
  PurserCallRequest request = { .purpose = PURSER_PURPOSE_TRY, .chat = chat, .model = ref };
  gboolean finished = FALSE;

  purser_caller_run_async (purser_session_get_caller (fixture->org.session), &request, NULL, NULL, NULL, finished_cb, &finished);
  test_wait_for (finished);
}

static PurserUsageRow
usage (Fixture *fixture)
{
  PurserStore *store = purser_session_get_store (fixture->org.session);
  gint32 today = purser_day_of ("Europe/Berlin", purser_store_now (store));
  PurserQuestion question = { .split = PURSER_BY_NOTHING, .first_day = today - 1, .last_day = today };
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserAnswer) answer = purser_review_ask (store, &question, &error);

  g_assert_no_error (error);
  return answer->total;
}

/* A real provider's model is priced in dollars by the list that comes along: that counts from the rate on. */
static void
test_missing_rate (Fixture       *fixture,
                   gconstpointer  data)
{
  gint64 provider = test_org_run (&fixture->org, purser_command_add_provider ("anthropic", NULL, NULL, NULL, "NO_SUCH_VARIABLE", NULL));
  GtkWidget *form;

  test_org_run (&fixture->org, purser_command_add_model (provider, "claude-sonnet-4-5", NULL));
  test_org_run (&fixture->org, purser_command_add_model (provider, "a-model-nobody-knows", NULL));
  g_assert_cmpint (state_of (fixture, "claude-sonnet-4-5").kind, ==, PURSER_PRICE_NO_RATE);
  purser_window_show_page (PURSER_WINDOW (fixture->window), "providers", "prices");
  test_wait_for (find (fixture, GTK_TYPE_LABEL, "1 model has no price") != NULL);
  test_wait_for (find (fixture, GTK_TYPE_LABEL, "No rate from USD to EUR") != NULL);
  press (fixture->window, "Enter rate…");
  form = wait_for_dialog (fixture, PURSER_TYPE_PROVIDER_FORM);
  type_into (form, "1 USD in EUR", "a lot");
  press (form, "_Save");
  test_wait_for (gtk_widget_has_css_class (test_find (form, ADW_TYPE_ENTRY_ROW, "1 USD in EUR"), "error"));
  type_into (form, "1 USD in EUR", "0.92");
  press (form, "_Save");
  test_wait_for (dialog_of (fixture, PURSER_TYPE_PROVIDER_FORM) == NULL);
  test_wait_for (state_of (fixture, "claude-sonnet-4-5").kind == PURSER_PRICE_LISTED);
  test_wait_for (find (fixture, GTK_TYPE_LABEL, "No rate from USD to EUR") == NULL);
  g_assert_nonnull (find (fixture, GTK_TYPE_LABEL, "No price"));
}

/* Set, seen, taken back. */
static void
test_own_price (Fixture       *fixture,
                gconstpointer  data)
{
  GtkWidget *form;
  g_autofree char *detail = NULL;

  test_org_run (&fixture->org, purser_command_add_practice ());
  detail = g_strdup_printf ("price:%" G_GINT64_FORMAT, model_id (fixture, "practice-quick"));
  purser_window_show_page (PURSER_WINDOW (fixture->window), "providers", detail);
  test_wait_for (find (fixture, GTK_TYPE_LABEL, "Invented, for practice") != NULL);
  g_assert_true (gtk_widget_activate_action (find (fixture, PURSER_TYPE_PRICE_PAGE, NULL), "price.set", NULL));
  form = wait_for_dialog (fixture, PURSER_TYPE_PROVIDER_FORM);
  type_into (form, "In", "");
  press (form, "_Save");
  g_assert_true (gtk_widget_has_css_class (test_find (form, ADW_TYPE_ENTRY_ROW, "In"), "error"));
  type_into (form, "In", "1.5");
  type_into (form, "Out", "0.075");
  press (form, "_Save");
  test_wait_for (state_of (fixture, "practice-quick").kind == PURSER_PRICE_OWN);
  test_wait_for (find (fixture, GTK_TYPE_LABEL, "€1.50 in, €0.075 out, per million tokens") != NULL);
  test_wait_for (find (fixture, ADW_TYPE_BUTTON_ROW, "Use the list’s price again") != NULL);
  g_assert_true (gtk_widget_activate_action (find (fixture, PURSER_TYPE_PRICE_PAGE, NULL), "price.withdraw", NULL));
  test_wait_for (state_of (fixture, "practice-quick").kind == PURSER_PRICE_PRACTICE);
  test_wait_for (find (fixture, ADW_TYPE_BUTTON_ROW, "Use the list’s price again") == NULL);
  test_wait_for (find (fixture, ADW_TYPE_ACTION_ROW, "None") != NULL);
}

/* A machine of one's own costs by the hour. */
static void
test_by_the_hour (Fixture       *fixture,
                  gconstpointer  data)
{
  GtkWidget *form;
  g_autofree char *detail = NULL;

  test_org_run (&fixture->org, purser_command_add_practice ());
  detail = g_strdup_printf ("price:%" G_GINT64_FORMAT, model_id (fixture, "practice-local"));
  purser_window_show_page (PURSER_WINDOW (fixture->window), "providers", detail);
  test_wait_for (find (fixture, PURSER_TYPE_PRICE_PAGE, NULL) != NULL);
  g_assert_true (gtk_widget_activate_action (find (fixture, PURSER_TYPE_PRICE_PAGE, NULL), "price.set", NULL));
  form = wait_for_dialog (fixture, PURSER_TYPE_PROVIDER_FORM);
  g_assert_null (test_find (form, ADW_TYPE_ENTRY_ROW, "An hour of work"));
  test_wait_for (test_find (form, ADW_TYPE_COMBO_ROW, "Counted") != NULL);
  adw_combo_row_set_selected (test_find (form, ADW_TYPE_COMBO_ROW, "Counted"), 1);
  test_wait_for (test_find (form, ADW_TYPE_ENTRY_ROW, "An hour of work") != NULL);
  g_assert_null (test_find (form, ADW_TYPE_ENTRY_ROW, "In"));
  type_into (form, "An hour of work", "2.40");
  press (form, "_Save");
  test_wait_for (find (fixture, GTK_TYPE_LABEL, "€2.40 an hour of work") != NULL);
}

static char *
write_list (Fixture    *fixture,
            const char *name,
            const char *text)
{
  char *path = g_build_filename (fixture->org.folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  return path;
}

static PurserPriceUpdateDialog *
load (Fixture    *fixture,
      const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GtkWidget *dialog;

  purser_window_show_page (PURSER_WINDOW (fixture->window), "providers", "prices:update");
  dialog = wait_for_dialog (fixture, PURSER_TYPE_PRICE_UPDATE_DIALOG);
  purser_price_update_dialog_load (PURSER_PRICE_UPDATE_DIALOG (dialog), file);
  return PURSER_PRICE_UPDATE_DIALOG (dialog);
}

#define LIST_HEAD "{\"format\": 1, \"built\": \"2026-11-20\", \"sources\": [{\"id\": \"own\", \"name\": \"A newer list\"}], \"left_out\": [], \"providers\": [" \
                  "{\"id\": \"house\", \"name\": \"House\", \"kinds\": [\"openai-compatible\"], \"models\": ["
#define LIST_MODEL(name, price) "{\"id\": \"" name "\", \"match\": {\"equals\": \"" name "\"}, \"prices\": [{\"from\": null, \"currency\": \"EUR\", \"source\": \"own\", " \
                                "\"bands\": [{\"mode\": \"\", \"region\": \"\", \"above\": 0, \"input_uncached\": \"" price "\", \"output_visible\": \"" price "\"}]}]}"
#define LIST_TAIL "]}]}"

/* What a newer list changes is seen before it is done; a broken file is refused in words, and nothing happens. */
static void
test_import (Fixture       *fixture,
             gconstpointer  data)
{
  gint64 provider = test_org_run (&fixture->org, purser_command_add_provider ("openai-compatible", "House", "http://127.0.0.1:9/v1", NULL, NULL, NULL));
  g_autofree char *broken = write_list (fixture, "broken.json", "{\"format\": 1, \"providers\": 3}");
  g_autofree char *good = write_list (fixture, "newer.json", LIST_HEAD LIST_MODEL ("big", "7") LIST_TAIL);
  PurserPriceUpdateDialog *dialog;

  test_org_run (&fixture->org, purser_command_add_model (provider, "big", NULL));
  g_assert_cmpint (state_of (fixture, "big").kind, ==, PURSER_PRICE_NONE);
  dialog = load (fixture, broken);
  test_wait_for (test_find (GTK_WIDGET (dialog), g_type_from_name ("PurserProviderProblem"), NULL) != NULL);
  g_assert_null (test_find (GTK_WIDGET (dialog), GTK_TYPE_BUTTON, "_Apply"));
  adw_dialog_force_close (ADW_DIALOG (dialog));
  test_wait_for (dialog_of (fixture, PURSER_TYPE_PRICE_UPDATE_DIALOG) == NULL);
  dialog = load (fixture, good);
  test_wait_for (test_find (GTK_WIDGET (dialog), ADW_TYPE_ACTION_ROW, "big (House)") != NULL);
  g_assert_nonnull (test_find (GTK_WIDGET (dialog), GTK_TYPE_LABEL, "From the beginning: In €7.00 · Out €7.00"));
  g_assert_cmpint (state_of (fixture, "big").kind, ==, PURSER_PRICE_NONE); /* not yet */
  press (GTK_WIDGET (dialog), "_Apply");
  test_wait_for (state_of (fixture, "big").kind == PURSER_PRICE_LISTED);
  test_wait_for (test_find (GTK_WIDGET (dialog), ADW_TYPE_STATUS_PAGE, "Prices are up to date") != NULL);
  adw_dialog_force_close (ADW_DIALOG (dialog));
  test_wait_for (dialog_of (fixture, PURSER_TYPE_PRICE_UPDATE_DIALOG) == NULL);
  dialog = load (fixture, good);
  test_wait_for (test_find (GTK_WIDGET (dialog), ADW_TYPE_STATUS_PAGE, "Nothing changes") != NULL);
  g_assert_null (test_find (GTK_WIDGET (dialog), GTK_TYPE_BUTTON, "_Apply"));
}

/* A call without a price is counted in tokens; once there is one, it can be worked out again, and the totals grow by just that. */
static void
test_reprice (Fixture       *fixture,
              gconstpointer  data)
{
  PurserPriceDraft draft = { .input = "100", .output = "300", .currency = "JPY" };
  g_autoptr (PurserOrg) org = NULL;
  g_autofree char *ref = NULL;
  PurserUsageRow before, after;
  GtkWidget *dialog;
  gint64 start;

  test_org_run (&fixture->org, purser_command_add_practice ());
  test_org_run (&fixture->org, purser_command_set_own_price (model_id (fixture, "practice-quick"), &draft));
  org = purser_session_get_org (fixture->org.session);
  ref = purser_org_model_ref_of (org, model_in (org, "practice-quick"));
  ask (fixture, ref);
  before = usage (fixture);
  g_assert_cmpint (before.unpriced_tokens, >, 0);
  g_assert_cmpint (before.cost_nano, ==, 0);
  purser_window_show_page (PURSER_WINDOW (fixture->window), "overview", NULL);
  test_wait_for (find (fixture, ADW_TYPE_ACTION_ROW, "No exchange rate from JPY to EUR") != NULL);
  start = purser_day_start ("Europe/Berlin", purser_day_of ("Europe/Berlin", purser_store_now (purser_session_get_store (fixture->org.session))));
  test_org_run (&fixture->org, purser_command_set_rate ("JPY", "EUR", "0.0062", start - G_TIME_SPAN_DAY, NULL));
  test_wait_for (find (fixture, ADW_TYPE_ACTION_ROW, "Calls were counted before they had a price") != NULL);
  purser_window_show_page (PURSER_WINDOW (fixture->window), "providers", "reprice");
  dialog = wait_for_dialog (fixture, PURSER_TYPE_REPRICE_DIALOG);
  test_wait_for (test_find (dialog, GTK_TYPE_BUTTON, "_Work out again") != NULL);
  test_wait_for (gtk_widget_get_sensitive (test_find (dialog, GTK_TYPE_BUTTON, "_Work out again")));
  g_assert_cmpint (usage (fixture).cost_nano, ==, 0); /* so far it was only tried */
  press (dialog, "_Work out again");
  test_wait_for (test_find (dialog, GTK_TYPE_LABEL, "Worked out again") != NULL);
  after = usage (fixture);
  g_assert_cmpint (after.unpriced_tokens, ==, 0);
  g_assert_cmpint (after.cost_nano, ==, (before.tokens[PURSER_TOKENS_INPUT_UNCACHED] * 100 + before.tokens[PURSER_TOKENS_OUTPUT_VISIBLE] * 300) * 6200 / 1000);
  adw_dialog_force_close (ADW_DIALOG (dialog));
}

static void
test_contracts (Fixture       *fixture,
                gconstpointer  data)
{
  gint64 provider = test_org_run (&fixture->org, purser_command_add_provider ("openai-compatible", "House", "http://127.0.0.1:9/v1", NULL, NULL, NULL));
  g_autofree char *detail = g_strdup_printf ("%" G_GINT64_FORMAT, provider);
  GtkWidget *contracts, *form;
  g_autoptr (PurserOrg) org = NULL;

  purser_window_show_page (PURSER_WINDOW (fixture->window), "providers", detail);
  test_wait_for ((contracts = find (fixture, PURSER_TYPE_CONTRACTS, NULL)) != NULL);
  g_assert_nonnull (test_find (contracts, ADW_TYPE_ACTION_ROW, "No contract"));
  g_assert_true (gtk_widget_activate_action (contracts, "contracts.add", NULL));
  form = wait_for_dialog (fixture, PURSER_TYPE_PROVIDER_FORM);
  test_wait_for (test_find (form, ADW_TYPE_SPIN_ROW, "Percent off") != NULL);
  adw_spin_row_set_value (test_find (form, ADW_TYPE_SPIN_ROW, "Percent off"), 12.5);
  type_into (form, "Document (name or number)", "Framework 4711");
  press (form, "_Save");
  test_wait_for (test_find (contracts, ADW_TYPE_ACTION_ROW, "12.5% off") != NULL);
  g_assert_nonnull (test_find (contracts, GTK_TYPE_LABEL, "In force"));
  org = purser_session_get_org (fixture->org.session);
  g_assert_cmpuint (org->contracts->len, ==, 1);
  g_assert_cmpint (((const PurserContract *) org->contracts->pdata[0])->ppm[PURSER_TOKENS_OUTPUT_VISIBLE], ==, 875000);
  g_assert_cmpstr (((const PurserContract *) org->contracts->pdata[0])->document, ==, "Framework 4711");
  press (contracts, "End…");
  form = wait_for_dialog (fixture, PURSER_TYPE_PROVIDER_FORM);
  press (form, "_Save");
  test_wait_for (dialog_of (fixture, PURSER_TYPE_PROVIDER_FORM) == NULL);
  g_clear_pointer (&org, purser_org_unref);
  org = purser_session_get_org (fixture->org.session);
  g_assert_cmpint (((const PurserContract *) org->contracts->pdata[0])->valid_until, >, 0);
}

/* Another currency is shown, none is kept. */
static void
test_display_currency (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr (PurserOrg) org = NULL;
  PurserUsageRow before;
  GtkWidget *total;
  g_autofree char *kept = NULL;

  test_org_run (&fixture->org, purser_command_load_sample ());
  before = usage (fixture);
  purser_window_show_page (PURSER_WINDOW (fixture->window), "costs", NULL);
  test_wait_for (find (fixture, g_type_from_name ("PurserChartBars"), NULL) != NULL);
  total = GTK_WIDGET (gtk_widget_get_template_child (find (fixture, g_type_from_name ("PurserCostsPage"), NULL), g_type_from_name ("PurserCostsPage"), "total_label"));
  kept = g_strdup (gtk_label_get_label (GTK_LABEL (total)));
  g_assert_true (g_str_has_prefix (kept, "€"));
  test_org_run (&fixture->org, purser_command_set_rate ("EUR", "CHF", "2", 0, "test"));
  test_org_run (&fixture->org, purser_command_set_display_currency ("CHF"));
  test_wait_for (g_str_has_prefix (gtk_label_get_label (GTK_LABEL (total)), "CHF"));
  g_assert_cmpint (usage (fixture).cost_nano, ==, before.cost_nano);
  test_org_run (&fixture->org, purser_command_set_display_currency (""));
  test_wait_for (g_strcmp0 (gtk_label_get_label (GTK_LABEL (total)), kept) == 0);
}

static void
test_currencies (void)
{
  AdwComboRow *row = g_object_ref_sink (ADW_COMBO_ROW (adw_combo_row_new ()));
  AdwComboRow *optional = g_object_ref_sink (ADW_COMBO_ROW (adw_combo_row_new ()));

  purser_currencies_fill (row, NULL);
  purser_currencies_select (row, "CHF");
  g_assert_cmpstr (purser_currencies_selected (row), ==, "CHF");
  purser_currencies_select (row, "XTS"); /* one that no list has */
  g_assert_cmpstr (purser_currencies_selected (row), ==, "XTS");
  purser_currencies_fill (optional, "As kept");
  purser_currencies_select (optional, "");
  g_assert_cmpstr (purser_currencies_selected (optional), ==, "");
  purser_currencies_select (optional, "EUR");
  g_assert_cmpstr (purser_currencies_selected (optional), ==, "EUR");
  g_object_unref (row);
  g_object_unref (optional);
}

static void
test_day_row (void)
{
  PurserDayRow *row = g_object_ref_sink (PURSER_DAY_ROW (purser_day_row_new ("Last day", "Open end")));

  g_assert_cmpint (purser_day_row_get_day (row), ==, PURSER_NO_DAY);
  purser_day_row_set_day (row, 20758);
  g_assert_cmpint (purser_day_row_get_day (row), ==, 20758);
  g_object_unref (row);
}

#define add(name, func) g_test_add ("/prices/" name, Fixture, NULL, open_window, func, close_window)

int
main (int    argc,
      char **argv)
{
  g_autofree char *data_home = g_dir_make_tmp ("purser-data-XXXXXX", NULL);

  g_setenv ("XDG_DATA_HOME", data_home, TRUE);
  if (!test_init (&argc, &argv, "none"))
    return 0;
  purser_practice_set_speed (0);
  g_test_add_func ("/prices/currencies", test_currencies);
  g_test_add_func ("/prices/day-row", test_day_row);
  add ("missing-rate", test_missing_rate);
  add ("own-price", test_own_price);
  add ("by-the-hour", test_by_the_hour);
  add ("import", test_import);
  add ("reprice", test_reprice);
  add ("contracts", test_contracts);
  add ("display-currency", test_display_currency);
  return g_test_run ();
}
