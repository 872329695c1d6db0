/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

static char *models_option, *max_cost, *suite_file;
static gint repeats = 1, requests = 20;
static const GOptionEntry RUN_OPTIONS[] = {
  { "models", 0, 0, G_OPTION_ARG_STRING, &models_option, N_("One to four models: A,B; default: the workload's own"), "A,B" },
  { "suite", 0, 0, G_OPTION_ARG_FILENAME, &suite_file, N_("A suite file instead of the built-in one"), "FILE" },
  { "repeats", 0, 0, G_OPTION_ARG_INT, &repeats, N_("How often each case is asked; default once"), "N" },
  { "max-cost", 0, 0, G_OPTION_ARG_STRING, &max_cost, N_("Stop before it costs more than this"), "AMOUNT" },
  { NULL },
};
static const GOptionEntry LATENCY_OPTIONS[] = {
  { "models", 0, 0, G_OPTION_ARG_STRING, &models_option, N_("One to four models: A,B; default: the workload's own"), "A,B" },
  { "requests", 0, 0, G_OPTION_ARG_INT, &requests, N_("Requests per model; default 20"), "N" },
  { "max-cost", 0, 0, G_OPTION_ARG_STRING, &max_cost, N_("Stop before it costs more than this"), "AMOUNT" },
  { NULL },
};

/* The models named, or those assigned to WORKLOAD. */
static char **
chosen_models (PurserTerminal *terminal, const PurserWorkload *workload, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) named = models_option != NULL ? g_strsplit (models_option, ",", -1) : NULL;
  for (guint i = 0; named != NULL && named[i] != NULL; i++)
    {
      if (purser_terminal_model (terminal, g_strstrip (named[i]), error) == NULL)
        return NULL;
      g_strv_builder_add (builder, named[i]);
    }
  for (guint i = 0; named == NULL && i < workload->n_models && i < 4; i++)
    {
      const PurserModel *model = purser_org_model (terminal->org, workload->models[i]);
      g_autofree char *ref = model != NULL ? purser_org_model_ref_of (terminal->org, model) : NULL;
      if (ref != NULL)
        g_strv_builder_add (builder, ref);
    }
  char **models = g_strv_builder_end (builder);
  if (g_strv_length (models) >= 1 && g_strv_length (models) <= 4)
    return models;
  g_strfreev (models);
  purser_terminal_refuse (error, _("A test tries one to four models. Name them: --models PROVIDER/MODEL,PROVIDER/MODEL"));
  return NULL;
}

static gboolean
cost_cap (gint64 *nano, GError **error)
{
  *nano = 0;
  return max_cost == NULL || purser_money_parse_nano (max_cost, nano, error);
}

static PurserSuite *
chosen_suite (const char *workload, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;
  PurserSuite *suite = NULL;
  if (suite_file == NULL)
    {
      suite = purser_suite_builtin (workload);
      if (suite == NULL)
        purser_terminal_refuse (error, _("There is no built-in suite for “%s”. Give one: --suite FILE"), workload);
    }
  else if (g_file_get_contents (suite_file, &text, &length, error))
    suite = purser_suite_parse (text, length, error);
  return suite;
}

static void
set_double (JsonObject *object, const char *member, double value)
{
  if (isnan (value))
    json_object_set_null_member (object, member);
  else
    json_object_set_double_member (object, member, value);
}

static JsonObject *
describe_model (const PurserTrialModel *model)
{
  JsonObject *row = json_object_new ();
  json_object_set_string_member (row, "model", model->model);
  json_object_set_int_member (row, "cases", model->cases);
  json_object_set_int_member (row, "passed", model->passed);
  json_object_set_int_member (row, "failed", model->failed);
  json_object_set_int_member (row, "errors", model->errors);
  set_double (row, "rate", model->rate);
  set_double (row, "rate_low", model->low);
  set_double (row, "rate_high", model->high);
  set_double (row, "first_words_p50", model->first_words_p50);
  set_double (row, "reply_p50", model->reply_p50);
  set_double (row, "reply_p90", model->reply_p90);
  set_double (row, "reply_p95", model->reply_p95);
  set_double (row, "first_sign_p50", model->first_sign_p50);
  set_double (row, "per_token_p50", model->per_token_p50);
  set_double (row, "longest_pause_p50", model->longest_pause_p50);
  set_double (row, "tokens_per_second_p50", model->tokens_per_second_p50);
  json_object_set_int_member (row, "input_tokens", model->input_tokens);
  json_object_set_int_member (row, "output_tokens", model->output_tokens);
  if (model->unpriced)
    json_object_set_null_member (row, "cost_nano");
  else
    json_object_set_int_member (row, "cost_nano", model->cost_nano);
  json_object_set_boolean_member (row, "estimated", model->estimated);
  purser_terminal_set_text (row, "provider_model", model->provider_model);
  return row;
}

static JsonObject *
describe (const PurserTrialOutcome *outcome)
{
  JsonObject *object = json_object_new ();
  JsonArray *models = json_array_new ();
  for (guint i = 0; i < outcome->models->len; i++)
    json_array_add_object_element (models, describe_model (g_ptr_array_index (outcome->models, i)));
  json_object_set_int_member (object, "run", outcome->row->id);
  json_object_set_string_member (object, "kind", outcome->row->kind);
  json_object_set_string_member (object, "suite", outcome->row->suite);
  json_object_set_string_member (object, "state", outcome->row->state);
  json_object_set_string_member (object, "verdict", outcome->verdict != NULL ? outcome->verdict : "");
  purser_terminal_set_text (object, "sentence", outcome->sentence);
  purser_terminal_set_text (object, "second", outcome->second);
  purser_terminal_set_text (object, "footnote", outcome->footnote);
  set_double (object, "difference", outcome->difference);
  set_double (object, "difference_low", outcome->difference_low);
  set_double (object, "difference_high", outcome->difference_high);
  json_object_set_array_member (object, "models", models);
  return object;
}

static const PurserColumn QUALITY[] = {
  { "model", N_("Model"), PURSER_COLUMN_TEXT },              { "passed", N_("Passed"), PURSER_COLUMN_NUMBER },
  { "failed", N_("Failed"), PURSER_COLUMN_NUMBER },          { "errors", N_("Errors"), PURSER_COLUMN_NUMBER },
  { "first_words_p50", N_("First words"), PURSER_COLUMN_SECONDS }, { "reply_p50", N_("Whole reply"), PURSER_COLUMN_SECONDS },
  { "input_tokens", N_("Tokens in"), PURSER_COLUMN_NUMBER }, { "output_tokens", N_("Out"), PURSER_COLUMN_NUMBER },
  { "cost_nano", N_("Cost"), PURSER_COLUMN_MONEY },          { NULL } };

static void
print_run (PurserTerminal *terminal, const PurserTrialOutcome *outcome)
{
  static const PurserColumn NONE[] = { { NULL } };
  JsonObject *object = describe (outcome);
  if (terminal->json)
    {
      purser_terminal_print_object (terminal, object, NONE);
      return;
    }
  const char *lines[] = { outcome->sentence, outcome->second, outcome->footnote };
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    if (lines[i] != NULL && *lines[i] != '\0')
      g_print ("%s\n", lines[i]);
  purser_terminal_print_rows (terminal, json_array_ref (json_object_get_array_member (object, "models")), QUALITY, "");
  json_object_unref (object);
}

static int
print_stored (PurserTerminal *terminal, gint64 id, GError **error)
{
  g_autoptr (PurserTrialOutcome) outcome = purser_trial_load (terminal->store, id, error);
  if (outcome == NULL)
    return PURSER_EXIT_FAILED;
  print_run (terminal, outcome);
  return PURSER_EXIT_DONE;
}

static void
progress_cb (PurserTrial *trial, gpointer terminal)
{
  if (((PurserTerminal *) terminal)->json)
    return;
  for (guint i = 0; i < purser_trial_get_n_models (trial); i++)
    {
      PurserTrialProgress progress;
      purser_trial_get_progress (trial, i, &progress);
      g_printerr ("%s%c %u/%u", i > 0 ? "  " : "\r", 'A' + (int) i, progress.done, progress.total);
    }
}

static int
run_trial (PurserTerminal *terminal, PurserTrial *trial, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_signal_connect (trial, "progress", G_CALLBACK (progress_cb), terminal);
  purser_trial_run_async (trial, NULL, purser_terminal_take_cb, &result);
  purser_terminal_wait (&result);
  if (!terminal->json)
    g_printerr ("\n");
  gint64 id = purser_trial_run_finish (trial, result, error);
  return id != 0 ? print_stored (terminal, id, error) : PURSER_EXIT_FAILED;
}

static int
quality (PurserTerminal *terminal, char **arguments, GError **error)
{
  gint64 cap;
  const PurserWorkload *workload = purser_terminal_workload (terminal, arguments[0], error);
  if (workload == NULL || !cost_cap (&cap, error))
    return PURSER_EXIT_FAILED;
  g_auto (GStrv) models = chosen_models (terminal, workload, error);
  PurserSuite *suite = models != NULL ? chosen_suite (workload->name, error) : NULL;
  if (suite == NULL)
    return PURSER_EXIT_FAILED;
  g_autoptr (PurserTrial) trial = purser_trial_new_quality (terminal->caller, terminal->store, suite, (const char *const *) models, CLAMP (repeats, 1, 20), cap);
  return run_trial (terminal, trial, error);
}

static int
latency (PurserTerminal *terminal, char **arguments, GError **error)
{
  gint64 cap;
  const PurserWorkload *workload = purser_terminal_workload (terminal, arguments[0], error);
  if (workload == NULL || !cost_cap (&cap, error))
    return PURSER_EXIT_FAILED;
  g_auto (GStrv) models = chosen_models (terminal, workload, error);
  if (models == NULL)
    return PURSER_EXIT_FAILED;
  g_autoptr (PurserTrial) trial =
      purser_trial_new_latency (terminal->caller, terminal->store, workload->name, (const char *const *) models, CLAMP (requests, 1, 1000), cap);
  return run_trial (terminal, trial, error);
}

static int
show (PurserTerminal *terminal, char **arguments, GError **error)
{
  return print_stored (terminal, g_ascii_strtoll (arguments[0], NULL, 10), error);
}

static gboolean
list_job (PurserDb *db, gpointer data, GError **error)
{
  return (*(GPtrArray **) data = purser_trial_list (db, 1000, error)) != NULL;
}

static int
list (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn COLUMNS[] = { { "run", N_("Run"), PURSER_COLUMN_NUMBER },      { "kind", N_("Kind"), PURSER_COLUMN_TEXT },
                                          { "suite", N_("Suite"), PURSER_COLUMN_TEXT },    { "state", N_("State"), PURSER_COLUMN_TEXT },
                                          { "started_at", N_("Started"), PURSER_COLUMN_WHEN }, { NULL } };
  g_autoptr (GPtrArray) runs = NULL;
  if (!purser_store_read (terminal->store, list_job, &runs, error))
    return PURSER_EXIT_FAILED;
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < runs->len; i++)
    {
      const PurserTrialRow *run = g_ptr_array_index (runs, i);
      JsonObject *row = json_object_new ();
      json_object_set_int_member (row, "run", run->id);
      json_object_set_string_member (row, "kind", run->kind);
      json_object_set_string_member (row, "suite", run->suite);
      json_object_set_string_member (row, "state", run->state);
      json_object_set_int_member (row, "started_at", run->started_at);
      json_array_add_object_element (rows, row);
    }
  purser_terminal_print_rows (terminal, rows, COLUMNS, _("No test yet. Run one: purserctl trial run WORKLOAD --models A,B"));
  return PURSER_EXIT_DONE;
}

const PurserVerb purser_verbs_trial[] = {
  { "trial", "run", "WORKLOAD [--models A,B] [--suite FILE] [--repeats N] [--max-cost AMOUNT]", 1, 1, N_("Quality test: the workload's suite on one to four models"), TRUE, RUN_OPTIONS, quality },
  { "trial", "latency", "WORKLOAD [--models A,B] [--requests N] [--max-cost AMOUNT]", 1, 1, N_("Latency test: how fast the models answer"), TRUE, LATENCY_OPTIONS, latency },
  { "trial", "list", "", 0, 0, N_("The tests so far"), TRUE, NULL, list },
  { "trial", "show", "RUN", 1, 1, N_("One test's result"), TRUE, NULL, show },
  { NULL },
};
