/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <string.h>

#include "purser-json.h"

static const PurserVerb *const TABLES[] = {
  purser_verbs_org,   purser_verbs_provider, purser_verbs_workload,   purser_verbs_workload_policy, purser_verbs_principal, purser_verbs_key, purser_verbs_ask,   purser_verbs_price, purser_verbs_price_show,
  purser_verbs_price_import, purser_verbs_rate, purser_verbs_contract, purser_verbs_month,  purser_verbs_terms, purser_verbs_budget, purser_verbs_gateway_settings, purser_verbs_gateway, purser_verbs_trial,
  purser_verbs_usage_live, purser_verbs_usage, purser_verbs_call, purser_verbs_outage, purser_verbs_audit,
  purser_verbs_wire,  purser_verbs_wire_price, purser_verbs_practice,
};

static char *
verb_words (const PurserVerb *verb)
{
  return g_strdup_printf ("%s%s%s%s%s", verb->noun, verb->verb != NULL ? " " : "", verb->verb != NULL ? verb->verb : "",
                          *verb->arguments != '\0' ? " " : "", verb->arguments);
}

static void
print_help (void)
{
  g_print ("%s\n\n", _("purserctl [--org FILE] [--json] NOUN VERB …: everything Purser's window can do, for terminals and scripts."));
  for (guint t = 0; t < G_N_ELEMENTS (TABLES); t++)
    for (const PurserVerb *verb = TABLES[t]; verb->noun != NULL; verb++)
      {
        g_autofree char *words = verb_words (verb);
        g_print ("  %s\n      %s\n", words, _(verb->help));
      }
  g_autofree char *folder = purser_store_default_folder ();
  g_print ("\n%s %s\n", _("Organisations are kept in"), folder);
}

/* The verb that NOUN and WORD name; CONSUMED tells how many words that took. */
static const PurserVerb *
find_verb (const char *noun, const char *word, guint *consumed)
{
  for (guint t = 0; t < G_N_ELEMENTS (TABLES); t++)
    for (const PurserVerb *verb = TABLES[t]; verb->noun != NULL; verb++)
      if (g_strcmp0 (verb->noun, noun) == 0 && (verb->verb == NULL || g_strcmp0 (verb->verb, word) == 0))
        {
          *consumed = verb->verb == NULL ? 1 : 2;
          return verb;
        }
  return NULL;
}

static char *
only_organisation (GError **error)
{
  g_autoptr (GPtrArray) files = purser_store_list_files ();
  if (files->len == 1)
    return g_strdup (g_ptr_array_index (files, 0));
  g_autofree char *folder = purser_store_default_folder ();
  if (files->len == 0)
    g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_NOT_FOUND,
                 _("There is no organisation in %s yet. Make one: purserctl init NAME"), folder);
  else
    g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_NOT_FOUND,
                 _("There are %u organisations in %s. Say which one: --org FILE"), files->len, folder);
  return NULL;
}

static gboolean
open_organisation (PurserTerminal *terminal, GError **error)
{
  g_autofree char *path = terminal->org_path != NULL ? g_strdup (terminal->org_path) : only_organisation (error);
  if (path == NULL)
    return FALSE;
  terminal->store = purser_store_open (path, PURSER_STORE_OPEN, NULL, NULL, NULL, error);
  if (terminal->store == NULL)
    return FALSE;
  terminal->vault = purser_vault_new (purser_store_get_uid (terminal->store));
  terminal->admin = purser_admin_new (terminal->store, terminal->vault, g_get_user_name ());
  terminal->caller = purser_caller_new (terminal->store, terminal->vault);
  terminal->org = purser_store_get_org (terminal->store);
  return TRUE;
}

static void
close_organisation (PurserTerminal *terminal)
{
  g_clear_pointer (&terminal->org, purser_org_unref);
  g_clear_object (&terminal->caller);
  g_clear_object (&terminal->admin);
  g_clear_object (&terminal->vault);
  if (terminal->store != NULL)
    purser_store_close (terminal->store);
  g_clear_object (&terminal->store);
  g_clear_pointer (&terminal->org_path, g_free);
}

static int
usage (const PurserVerb *verb)
{
  g_autofree char *words = verb_words (verb);
  g_printerr (_("Usage: purserctl %s\n"), words);
  return PURSER_EXIT_USAGE;
}

/* Options of the verb, before and after its arguments; what is left are the arguments. */
static gboolean
parse_options (const PurserVerb *verb, char ***arguments, PurserTerminal *terminal, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (verb->arguments);
  const GOptionEntry common[] = {
    { "org", 0, 0, G_OPTION_ARG_FILENAME, &terminal->org_path, N_("The organisation's file"), "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &terminal->json, N_("Print JSON"), NULL },
    { NULL },
  };
  g_autofree char *summary = g_strdup_printf ("purserctl %s%s%s: %s", verb->noun, verb->verb != NULL ? " " : "", verb->verb != NULL ? verb->verb : "",
                                              _(verb->help));
  g_option_context_set_summary (context, summary);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, common, GETTEXT_PACKAGE);
  if (verb->options != NULL)
    g_option_context_add_main_entries (context, verb->options, GETTEXT_PACKAGE);
  return g_option_context_parse_strv (context, arguments, error);
}

static char *
error_json (const char *message)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, json_object_new ());
  json_object_set_string_member (json_node_get_object (node), "error", message);
  return purser_json_to_string (node, TRUE);
}

static int
say_failure (PurserTerminal *terminal, const GError *error)
{
  if (terminal->json)
    {
      g_autofree char *text = error_json (error->message);
      g_print ("%s\n", text);
    }
  g_printerr ("%s\n", error->message);
  return PURSER_EXIT_FAILED;
}

static int
run_verb (PurserTerminal *terminal, const PurserVerb *verb, char **words)
{
  g_autoptr (GError) error = NULL;
  /* GOption wants a program's name first. */
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_strv_builder_add (builder, "purserctl");
  g_strv_builder_addv (builder, (const char **) words);
  g_auto (GStrv) arguments = g_strv_builder_end (builder);
  if (!parse_options (verb, &arguments, terminal, &error))
    {
      g_printerr ("%s\n", error->message);
      return usage (verb);
    }
  guint n = g_strv_length (arguments) - 1;
  if (n < verb->min || n > verb->max)
    return usage (verb);
  if (verb->needs_org && !open_organisation (terminal, &error))
    return say_failure (terminal, error);
  int code = verb->run (terminal, arguments + 1, &error);
  return error != NULL ? say_failure (terminal, error) : code;
}

/* --org and --json may stand before the noun. Returns how many words they took. */
static int
read_global (PurserTerminal *terminal, int argc, char **argv, GError **error)
{
  int i = 1;
  for (; i < argc && argv[i][0] == '-'; i++)
    if (g_str_equal (argv[i], "--json"))
      terminal->json = TRUE;
    else if (g_str_has_prefix (argv[i], "--org="))
      terminal->org_path = g_strdup (argv[i] + strlen ("--org="));
    else if (g_str_equal (argv[i], "--org") && i + 1 < argc)
      terminal->org_path = g_strdup (argv[++i]);
    else
      {
        g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION, _("Unknown option %s. purserctl --help lists what there is."), argv[i]);
        return -1;
      }
  return i;
}

int
purser_terminal_main (int argc, char **argv)
{
  PurserTerminal terminal = { 0 };
  const char *locale_folder = g_getenv ("PURSER_LOCALEDIR"); /* where it is not installed: make run */
  g_autoptr (GError) error = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_folder != NULL ? locale_folder : PURSER_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("purserctl");
  if (argc >= 2 && g_str_equal (argv[1], "--version"))
    {
      g_print ("purserctl %s\n", PURSER_VERSION);
      return PURSER_EXIT_DONE;
    }
  if (argc < 2 || g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "help"))
    {
      print_help ();
      return argc < 2 ? PURSER_EXIT_USAGE : PURSER_EXIT_DONE;
    }
  int first = read_global (&terminal, argc, argv, &error);
  guint consumed = 0;
  const PurserVerb *verb = first > 0 && first < argc ? find_verb (argv[first], first + 1 < argc ? argv[first + 1] : NULL, &consumed) : NULL;
  int code;
  if (verb != NULL)
    code = run_verb (&terminal, verb, argv + first + consumed);
  else
    {
      if (error != NULL)
        g_printerr ("%s\n", error->message);
      else
        g_printerr (_("purserctl does not know “%s”. purserctl --help lists what there is.\n"), first > 0 && first < argc ? argv[first] : "");
      code = PURSER_EXIT_USAGE;
    }
  close_organisation (&terminal);
  return code;
}

int
purser_terminal_run (PurserTerminal *terminal, PurserCommand *command, const char *text, GError **error)
{
  g_autoptr (PurserOutcome) outcome = purser_admin_run (terminal->admin, command, error);
  if (outcome == NULL)
    return PURSER_EXIT_FAILED;
  purser_terminal_print_outcome (terminal, outcome, text);
  return PURSER_EXIT_DONE;
}

int
purser_terminal_run_all (PurserTerminal *terminal, PurserCommand **commands, guint n, const char *text, GError **error)
{
  g_autoptr (PurserOutcome) last = NULL;
  guint failed = n;
  for (guint i = 0; i < n; i++)
    if (commands[i] != NULL && failed < n)
      purser_command_free (commands[i]);
    else if (commands[i] != NULL)
      {
        PurserOutcome *outcome = purser_admin_run (terminal->admin, commands[i], error);
        g_clear_pointer (&last, purser_outcome_free);
        last = outcome;
        if (outcome == NULL)
          failed = i;
      }
  if (failed < n)
    return PURSER_EXIT_FAILED;
  if (last != NULL)
    purser_terminal_print_outcome (terminal, last, text);
  return PURSER_EXIT_DONE;
}

int
purser_terminal_refuse (GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED, message);
  return PURSER_EXIT_FAILED;
}

const PurserProvider *
purser_terminal_provider (PurserTerminal *terminal, const char *name, GError **error)
{
  const PurserProvider *provider = purser_org_provider_named (terminal->org, name);
  if (provider == NULL)
    purser_terminal_refuse (error, _("There is no provider “%s”. purserctl provider list shows them."), name);
  return provider;
}

const PurserWorkload *
purser_terminal_workload (PurserTerminal *terminal, const char *name, GError **error)
{
  const PurserWorkload *workload = purser_org_workload_named (terminal->org, name);
  if (workload == NULL)
    purser_terminal_refuse (error, _("There is no workload “%s”. purserctl workload list shows them."), name);
  return workload;
}

const PurserPrincipal *
purser_terminal_principal (PurserTerminal *terminal, const char *name, GError **error)
{
  const PurserPrincipal *principal = purser_org_principal_named (terminal->org, name);
  if (principal == NULL)
    purser_terminal_refuse (error, _("There is nobody called “%s”. purserctl principal list shows everyone."), name);
  return principal;
}

const PurserModel *
purser_terminal_model (PurserTerminal *terminal, const char *ref, GError **error)
{
  const PurserModel *model = purser_org_model_ref (terminal->org, ref);
  if (model == NULL)
    purser_terminal_refuse (error, _("There is no model “%s”. Write PROVIDER/MODEL; purserctl provider models PROVIDER lists them."), ref);
  return model;
}

void
purser_terminal_take_cb (GObject *source, GAsyncResult *result, gpointer slot)
{
  *(GAsyncResult **) slot = g_object_ref (result);
}

void
purser_terminal_wait (GAsyncResult **slot)
{
  while (*slot == NULL)
    g_main_context_iteration (NULL, TRUE);
}
