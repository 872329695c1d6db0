/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal-price.h"

#include <glib/gi18n-lib.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char *url, *key_env, *ca_file, *discount, *new_name;
static gboolean key_stdin, no_check, enable, disable;

#define PROVIDER_OPTIONS                                                                                              \
  { "url", 0, 0, G_OPTION_ARG_STRING, &url, N_("Address, where it is not the kind's own"), "URL" },                  \
  { "ca-file", 0, 0, G_OPTION_ARG_FILENAME, &ca_file, N_("Certificates of a company's own authority (PEM)"), "FILE" }, \
  { "discount", 0, 0, G_OPTION_ARG_STRING, &discount, N_("Contract discount in percent"), "PCT" }

static const GOptionEntry ADD_OPTIONS[] = {
  PROVIDER_OPTIONS,
  { "key-stdin", 0, 0, G_OPTION_ARG_NONE, &key_stdin, N_("Read the key from standard input"), NULL },
  { "key-env", 0, 0, G_OPTION_ARG_STRING, &key_env, N_("The key stays in this environment variable"), "VAR" },
  { NULL },
};
static const GOptionEntry SET_OPTIONS[] = {
  PROVIDER_OPTIONS,
  { "name", 0, 0, G_OPTION_ARG_STRING, &new_name, N_("New name"), "NAME" },
  { "enable", 0, 0, G_OPTION_ARG_NONE, &enable, N_("Switch it on"), NULL },
  { "disable", 0, 0, G_OPTION_ARG_NONE, &disable, N_("Switch it off: workloads skip it"), NULL },
  { NULL },
};
static const GOptionEntry MODELS_OPTIONS[] = {
  { "stored", 0, 0, G_OPTION_ARG_NONE, &no_check, N_("Do not ask the provider; show what is stored"), NULL },
  { NULL },
};

/* One line from standard input, never from argv: other users of the machine can read argv. */
static char *
read_key (GError **error)
{
  char buffer[4096];
  if (isatty (STDIN_FILENO))
    g_printerr ("%s", _("Key: "));
  gboolean read = fgets (buffer, sizeof buffer, stdin) != NULL;
  char *key = read ? g_strdup (g_strstrip (buffer)) : NULL;
  explicit_bzero (buffer, sizeof buffer);
  if (key == NULL || *key == '\0')
    {
      g_clear_pointer (&key, g_free);
      purser_terminal_refuse (error, _("There was no key on standard input."));
    }
  return key;
}

static int
add (PurserTerminal *terminal, char **arguments, GError **error)
{
  g_autofree char *key = key_stdin ? read_key (error) : NULL;
  gint64 multiplier = PURSER_PPM;
  if ((key_stdin && key == NULL) || (discount != NULL && !purser_terminal_discount (discount, &multiplier, error)))
    return PURSER_EXIT_FAILED;
  g_autoptr (PurserOutcome) outcome =
      purser_admin_run (terminal->admin, purser_command_add_provider (arguments[0], arguments[1], url, key, key_env, ca_file), error);
  if (key != NULL)
    explicit_bzero (key, strlen (key));
  if (outcome == NULL)
    return PURSER_EXIT_FAILED;
  if (discount != NULL)
    {
      g_autoptr (PurserOutcome) set = purser_admin_run (terminal->admin, purser_command_set_discount (outcome->id, multiplier), error);
      if (set == NULL)
        return PURSER_EXIT_FAILED;
    }
  purser_terminal_print_outcome (terminal, outcome, _("Added. purserctl provider check NAME tries it."));
  return PURSER_EXIT_DONE;
}

static guint
count_models (const PurserOrg *org, gint64 provider_id)
{
  guint n = 0;
  for (guint i = 0; i < org->models->len; i++)
    n += ((const PurserModel *) g_ptr_array_index (org->models, i))->provider_id == provider_id;
  return n;
}

static int
list (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn COLUMNS[] = {
    { "name", N_("Name"), PURSER_COLUMN_TEXT },     { "kind", N_("Kind"), PURSER_COLUMN_TEXT },
    { "address", N_("Address"), PURSER_COLUMN_TEXT }, { "models", N_("Models"), PURSER_COLUMN_NUMBER },
    { "enabled", N_("On"), PURSER_COLUMN_YESNO },   { "checked_at", N_("Checked"), PURSER_COLUMN_WHEN },
    { "problem", N_("Problem"), PURSER_COLUMN_TEXT }, { NULL } };
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < terminal->org->providers->len; i++)
    {
      const PurserProvider *p = g_ptr_array_index (terminal->org->providers, i);
      JsonObject *row = json_object_new ();
      json_object_set_int_member (row, "id", p->id);
      json_object_set_string_member (row, "name", p->name);
      json_object_set_string_member (row, "kind", p->kind->id);
      json_object_set_string_member (row, "address", p->address);
      json_object_set_int_member (row, "models", count_models (terminal->org, p->id));
      json_object_set_boolean_member (row, "enabled", p->enabled);
      json_object_set_boolean_member (row, "practice", p->practice);
      json_object_set_int_member (row, "key_version", p->key_version);
      purser_terminal_set_text (row, "key_env", p->key_env);
      purser_terminal_set_text (row, "ca_file", p->ca_file);
      json_object_set_int_member (row, "multiplier_ppm", p->multiplier_ppm);
      json_object_set_int_member (row, "checked_at", p->checked_at);
      purser_terminal_set_text (row, "problem", p->check_result);
      json_array_add_object_element (rows, row);
    }
  purser_terminal_print_rows (terminal, rows, COLUMNS, _("No provider yet. Add one: purserctl provider add KIND NAME --key-stdin"));
  return PURSER_EXIT_DONE;
}

static const char *const STEPS[PURSER_N_CHECK_STEPS] = { "address", "key", "models", "reply" };
static const char *const STATES[] = { "waiting", "running", "ok", "failed", "skipped" };

static JsonArray *
report_rows (const PurserCheckReport *report)
{
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < PURSER_N_CHECK_STEPS; i++)
    {
      JsonObject *row = json_object_new ();
      json_object_set_string_member (row, "step", STEPS[i]);
      json_object_set_string_member (row, "state", STATES[report->line[i].state]);
      if (report->line[i].took_us >= 0)
        json_object_set_double_member (row, "seconds", report->line[i].took_us / 1e6);
      else
        json_object_set_null_member (row, "seconds");
      purser_terminal_set_text (row, "words", report->line[i].words);
      json_array_add_object_element (rows, row);
    }
  return rows;
}

static const char *
first_problem (const PurserCheckReport *report)
{
  for (guint i = 0; i < PURSER_N_CHECK_STEPS; i++)
    if (report->line[i].state == PURSER_CHECK_FAILED)
      return report->line[i].words;
  return NULL;
}

/* One look at the provider; what it found is stored: the model list and the result. */
static PurserCheckReport *
run_check (PurserTerminal *terminal, gint64 provider_id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  purser_caller_check_async (terminal->caller, provider_id, NULL, NULL, NULL, NULL, purser_terminal_take_cb, &result);
  purser_terminal_wait (&result);
  PurserCheckReport *report = purser_caller_check_finish (terminal->caller, result, error);
  if (report == NULL)
    return NULL;
  g_autoptr (PurserOutcome) models =
      report->models != NULL ? purser_admin_run (terminal->admin, purser_command_set_models (provider_id, report->models), error) : NULL;
  g_autoptr (PurserOutcome) checked = report->models == NULL || models != NULL
                                          ? purser_admin_run (terminal->admin, purser_command_set_check (provider_id, first_problem (report)), error)
                                          : NULL;
  if (checked == NULL)
    g_clear_pointer (&report, purser_check_report_free);
  return report;
}

static int
check (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn COLUMNS[] = { { "step", N_("Step"), PURSER_COLUMN_TEXT }, { "state", N_("State"), PURSER_COLUMN_TEXT },
                                          { "seconds", N_("Time"), PURSER_COLUMN_SECONDS }, { "words", N_("What it found"), PURSER_COLUMN_TEXT }, { NULL } };
  const PurserProvider *provider = purser_terminal_provider (terminal, arguments[0], error);
  if (provider == NULL)
    return PURSER_EXIT_FAILED;
  gboolean first = count_models (terminal->org, provider->id) == 0;
  PurserCheckReport *report = run_check (terminal, provider->id, error);
  if (report != NULL && first && report->models != NULL && report->line[PURSER_CHECK_REPLY].state == PURSER_CHECK_SKIPPED)
    {
      purser_check_report_free (report); /* now that its models are known, one can be asked */
      report = run_check (terminal, provider->id, error);
    }
  if (report == NULL)
    return PURSER_EXIT_FAILED;
  gboolean ok = report->ok;
  purser_terminal_print_rows (terminal, report_rows (report), COLUMNS, "");
  purser_terminal_say_rates (terminal, NULL);
  purser_check_report_free (report);
  return ok ? PURSER_EXIT_DONE : PURSER_EXIT_FAILED;
}

static gboolean
refresh_models (PurserTerminal *terminal, gint64 provider_id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  purser_caller_models_async (terminal->caller, provider_id, NULL, purser_terminal_take_cb, &result);
  purser_terminal_wait (&result);
  g_autoptr (GPtrArray) listed = purser_caller_models_finish (terminal->caller, result, error);
  g_autoptr (PurserOutcome) outcome = listed != NULL ? purser_admin_run (terminal->admin, purser_command_set_models (provider_id, listed), error) : NULL;
  if (outcome == NULL)
    return FALSE;
  purser_org_unref (terminal->org);
  terminal->org = purser_store_get_org (terminal->store);
  return TRUE;
}

static void
set_price (PurserTerminal *terminal, JsonObject *row, const char *member, const PurserPrice *price, PurserTokenKind kind)
{
  gint64 pico = price != NULL ? price->contract_pico[kind] : -1;
  g_autofree char *text = pico >= 0 || !terminal->json ? purser_terminal_figure (pico, kind) : NULL;
  purser_terminal_set_text (row, member, text);
}

static int
models (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn COLUMNS[] = {
    { "model", N_("Model"), PURSER_COLUMN_TEXT },        { "title", N_("Name"), PURSER_COLUMN_TEXT }, { "context", N_("Context"), PURSER_COLUMN_NUMBER },
    { "input", N_("In, per million"), PURSER_COLUMN_TEXT }, { "output", N_("Out"), PURSER_COLUMN_TEXT }, { "currency", N_("Currency"), PURSER_COLUMN_TEXT },
    { "retires_on", N_("Ends"), PURSER_COLUMN_TEXT },    { "listed", N_("Listed"), PURSER_COLUMN_YESNO },     { NULL } };
  const PurserProvider *provider = purser_terminal_provider (terminal, arguments[0], error);
  if (provider == NULL)
    return PURSER_EXIT_FAILED;
  gint64 id = provider->id;
  if (!no_check && !refresh_models (terminal, id, error))
    return PURSER_EXIT_FAILED;
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < terminal->org->models->len; i++)
    {
      const PurserModel *model = g_ptr_array_index (terminal->org->models, i);
      if (model->provider_id != id)
        continue;
      g_autofree char *ref = purser_org_model_ref_of (terminal->org, model);
      JsonObject *row = json_object_new ();
      json_object_set_int_member (row, "id", model->id);
      json_object_set_string_member (row, "model", ref);
      json_object_set_string_member (row, "title", purser_model_title (model));
      json_object_set_int_member (row, "context", model->context_tokens);
      set_price (terminal, row, "input", model->price, PURSER_TOKENS_INPUT_UNCACHED);
      set_price (terminal, row, "output", model->price, PURSER_TOKENS_OUTPUT_VISIBLE);
      purser_terminal_set_text (row, "currency", model->price != NULL ? model->price->currency : NULL);
      purser_terminal_set_text (row, "retires_on", model->retires_on);
      purser_terminal_set_text (row, "replacement", model->replacement);
      purser_terminal_set_text (row, "remote_host", model->remote_host);
      json_object_set_boolean_member (row, "listed", model->listed);
      json_array_add_object_element (rows, row);
    }
  purser_terminal_print_rows (terminal, rows, COLUMNS, _("The provider lists no model. Add one by its name: purserctl provider add-model PROVIDER MODEL"));
  purser_terminal_say_rates (terminal, NULL);
  return PURSER_EXIT_DONE;
}

static int
set (PurserTerminal *terminal, char **arguments, GError **error)
{
  const PurserProvider *provider = purser_terminal_provider (terminal, arguments[0], error);
  gint64 multiplier = PURSER_PPM;
  if (provider == NULL || (discount != NULL && !purser_terminal_discount (discount, &multiplier, error)))
    return PURSER_EXIT_FAILED;
  PurserCommand *commands[3] = { NULL };
  guint n = 0;
  if (url != NULL || ca_file != NULL || new_name != NULL)
    commands[n++] = purser_command_set_provider (provider->id, new_name, url, ca_file);
  if (discount != NULL)
    commands[n++] = purser_command_set_discount (provider->id, multiplier);
  if (enable != disable)
    commands[n++] = purser_command_enable_provider (provider->id, enable);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (PurserOutcome) outcome = *error == NULL ? purser_admin_run (terminal->admin, commands[i], error) : NULL;
      if (outcome != NULL && i == n - 1)
        purser_terminal_print_outcome (terminal, outcome, _("Changed."));
    }
  return *error == NULL ? PURSER_EXIT_DONE : PURSER_EXIT_FAILED;
}

static int
key (PurserTerminal *terminal, char **arguments, GError **error)
{
  const PurserProvider *provider = purser_terminal_provider (terminal, arguments[0], error);
  g_autofree char *secret = provider != NULL ? read_key (error) : NULL;
  if (secret == NULL)
    return PURSER_EXIT_FAILED;
  int code = purser_terminal_run (terminal, purser_command_set_provider_key (provider->id, secret), _("The key is replaced."), error);
  explicit_bzero (secret, strlen (secret));
  return code;
}

static int
remove_provider (PurserTerminal *terminal, char **arguments, GError **error)
{
  const PurserProvider *provider = purser_terminal_provider (terminal, arguments[0], error);
  return provider == NULL ? PURSER_EXIT_FAILED : purser_terminal_run (terminal, purser_command_remove_provider (provider->id), _("Removed."), error);
}

static int
add_model (PurserTerminal *terminal, char **arguments, GError **error)
{
  const PurserProvider *provider = purser_terminal_provider (terminal, arguments[0], error);
  if (provider == NULL)
    return PURSER_EXIT_FAILED;
  int code = purser_terminal_run (terminal, purser_command_add_model (provider->id, arguments[1], NULL), _("Added."), error);
  if (code == PURSER_EXIT_DONE)
    purser_terminal_say_rates (terminal, NULL);
  return code;
}

static int
kinds (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn COLUMNS[] = { { "kind", N_("Kind"), PURSER_COLUMN_TEXT }, { "name", N_("Name"), PURSER_COLUMN_TEXT },
                                          { "address", N_("Address"), PURSER_COLUMN_TEXT }, { "retired_on", N_("Retired on"), PURSER_COLUMN_TEXT }, { NULL } };
  JsonArray *rows = json_array_new ();
  for (const PurserKind *const *kind = purser_kind_list (); *kind != NULL; kind++)
    {
      JsonObject *row = json_object_new ();
      json_object_set_string_member (row, "kind", (*kind)->id);
      json_object_set_string_member (row, "name", _((*kind)->name));
      json_object_set_string_member (row, "address", (*kind)->address);
      purser_terminal_set_text (row, "retired_on", (*kind)->retired_on);
      json_array_add_object_element (rows, row);
    }
  purser_terminal_print_rows (terminal, rows, COLUMNS, "");
  return PURSER_EXIT_DONE;
}

const PurserVerb purser_verbs_provider[] = {
  { "provider", "kinds", "", 0, 0, N_("The kinds of provider there are"), FALSE, NULL, kinds },
  { "provider", "add", "KIND [NAME] [--url URL] [--key-stdin | --key-env VAR] [--ca-file FILE] [--discount PCT]", 1, 2, N_("Register a provider"), TRUE, ADD_OPTIONS, add },
  { "provider", "list", "", 0, 0, N_("The providers"), TRUE, NULL, list },
  { "provider", "check", "NAME", 1, 1, N_("Try address, key, model list and one tiny reply"), TRUE, NULL, check },
  { "provider", "models", "NAME [--stored]", 1, 1, N_("Read the provider's model list"), TRUE, MODELS_OPTIONS, models },
  { "provider", "add-model", "NAME MODEL", 2, 2, N_("Add a model by hand"), TRUE, NULL, add_model },
  { "provider", "set", "NAME [--name NEW] [--url URL] [--ca-file FILE] [--discount PCT] [--enable | --disable]", 1, 1, N_("Change a provider"), TRUE, SET_OPTIONS, set },
  { "provider", "key", "NAME", 1, 1, N_("Replace its key, read from standard input"), TRUE, NULL, key },
  { "provider", "remove", "NAME", 1, 1, N_("Remove a provider"), TRUE, NULL, remove_provider },
  { NULL },
};
