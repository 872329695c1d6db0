/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal.h"

#include <glib/gi18n-lib.h>

#include "purser-db.h"
#include "purser-terminal-price.h"

static char *currency, *timezone_name, *shown_name, *display_currency;

static const GOptionEntry INIT_OPTIONS[] = {
  { "currency", 0, 0, G_OPTION_ARG_STRING, &currency, N_("Three letters; default EUR"), "EUR" },
  { "timezone", 0, 0, G_OPTION_ARG_STRING, &timezone_name, N_("Reporting time zone; default the computer's"), "Europe/Berlin" },
  { NULL },
};
static const GOptionEntry SET_OPTIONS[] = {
  { "name", 0, 0, G_OPTION_ARG_STRING, &shown_name, N_("New name"), "NAME" },
  { "currency", 0, 0, G_OPTION_ARG_STRING, &currency, N_("Three letters"), "EUR" },
  { "timezone", 0, 0, G_OPTION_ARG_STRING, &timezone_name, N_("Reporting time zone"), "Europe/Berlin" },
  { "display-currency", 0, 0, G_OPTION_ARG_STRING, &display_currency, N_("Amounts are shown in this currency, and kept as they are; \"\" = as they are kept"), "CUR" },
  { NULL },
};

static int
init (PurserTerminal *terminal, char **arguments, GError **error)
{
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  g_autofree char *path = terminal->org_path != NULL ? g_strdup (terminal->org_path) : purser_store_path_for (arguments[0], 1);
  if (!purser_name_check (arguments[0], TRUE, error))
    return PURSER_EXIT_FAILED;
  if (currency != NULL && !purser_currency_valid (currency))
    return purser_terminal_refuse (error, _("“%s” is not a currency: give its three letters, such as EUR or USD."), currency);
  terminal->store = purser_store_open (path, PURSER_STORE_CREATE, arguments[0], currency != NULL ? currency : "EUR",
                                       timezone_name != NULL ? timezone_name : g_time_zone_get_identifier (local), error);
  if (terminal->store == NULL)
    return PURSER_EXIT_FAILED;
  static const PurserColumn COLUMNS[] = { { "file", N_("File"), PURSER_COLUMN_TEXT }, { NULL } };
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "file", path);
  purser_terminal_print_object (terminal, object, COLUMNS);
  return PURSER_EXIT_DONE;
}

static int
show (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn COLUMNS[] = {
    { "name", N_("Name"), PURSER_COLUMN_TEXT },          { "file", N_("File"), PURSER_COLUMN_TEXT },
    { "currency", N_("Currency"), PURSER_COLUMN_TEXT },  { "display_currency", N_("Shown in"), PURSER_COLUMN_TEXT },
    { "timezone", N_("Reporting time zone"), PURSER_COLUMN_TEXT },
    { "generation", N_("Generation"), PURSER_COLUMN_NUMBER }, { "sample", N_("Sample data"), PURSER_COLUMN_YESNO }, { NULL } };
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "name", terminal->org->name);
  json_object_set_string_member (object, "file", purser_store_get_path (terminal->store));
  json_object_set_string_member (object, "currency", terminal->org->currency);
  purser_terminal_set_text (object, "display_currency", *terminal->org->display_currency != '\0' ? terminal->org->display_currency : NULL);
  json_object_set_string_member (object, "timezone", terminal->org->timezone);
  json_object_set_int_member (object, "generation", terminal->org->generation);
  json_object_set_boolean_member (object, "sample", terminal->org->sample);
  purser_terminal_print_object (terminal, object, COLUMNS);
  return PURSER_EXIT_DONE;
}

/* A currency to show amounts in needs a rate too. */
static void
say_display_rate (PurserTerminal *terminal)
{
  purser_terminal_reload (terminal);
  const PurserOrg *org = terminal->org;
  if (!terminal->json && *org->display_currency != '\0' && purser_org_rate_at (org, org->currency, org->display_currency, purser_store_now (terminal->store)) == NULL)
    g_printerr (_("No rate turns %s into %s yet, so amounts are shown in %s. Tell one: purserctl rate set %s %s RATE\n"), org->currency, org->display_currency,
                org->currency, org->currency, org->display_currency);
}

static int
set (PurserTerminal *terminal, char **arguments, GError **error)
{
  gboolean kept = shown_name != NULL || currency != NULL || timezone_name != NULL;
  if (!kept && display_currency == NULL)
    return purser_terminal_refuse (error, _("Say what to change: --name, --currency, --timezone or --display-currency"));
  if (kept && display_currency != NULL)
    {
      g_autoptr (PurserOutcome) outcome = purser_admin_run (terminal->admin, purser_command_set_org (shown_name, currency, timezone_name), error);
      if (outcome == NULL)
        return PURSER_EXIT_FAILED;
    }
  PurserCommand *command = display_currency != NULL ? purser_command_set_display_currency (display_currency) : purser_command_set_org (shown_name, currency, timezone_name);
  int code = purser_terminal_run (terminal, command, _("Changed."), error);
  if (code == PURSER_EXIT_DONE)
    say_display_rate (terminal);
  return code;
}

static int
list (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn COLUMNS[] = { { "file", N_("File"), PURSER_COLUMN_TEXT }, { NULL } };
  g_autoptr (GPtrArray) files = purser_store_list_files ();
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < files->len; i++)
    {
      JsonObject *row = json_object_new ();
      json_object_set_string_member (row, "file", g_ptr_array_index (files, i));
      json_array_add_object_element (rows, row);
    }
  purser_terminal_print_rows (terminal, rows, COLUMNS, _("No organisation yet. Make one: purserctl init NAME"));
  return PURSER_EXIT_DONE;
}

static gboolean remove_sample;
static const GOptionEntry DEMO_OPTIONS[] = {
  { "remove", 0, 0, G_OPTION_ARG_NONE, &remove_sample, N_("Take the sample data away again"), NULL },
  { NULL },
};

static int
demo (PurserTerminal *terminal, char **arguments, GError **error)
{
  return remove_sample ? purser_terminal_run (terminal, purser_command_remove_sample (), _("The sample data is gone."), error)
                       : purser_terminal_run (terminal, purser_command_load_sample (), _("Sample data is loaded. It is marked, and purserctl demo --remove takes it away."), error);
}

static int
practice_add (PurserTerminal *terminal, char **arguments, GError **error)
{
  return purser_terminal_run (terminal, purser_command_add_practice (), _("The practice models are registered. purserctl provider list shows them."), error);
}

static int
backup (PurserTerminal *terminal, char **arguments, GError **error)
{
  if (!purser_store_backup (terminal->store, arguments[0], error))
    return PURSER_EXIT_FAILED;
  if (!terminal->json)
    g_print (_("Copied to %s\n"), arguments[0]);
  return PURSER_EXIT_DONE;
}

static int
verify (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn COLUMNS[] = { { "finding", N_("What is wrong"), PURSER_COLUMN_TEXT }, { NULL } };
  g_autoptr (GPtrArray) findings = purser_store_verify (terminal->store, error);
  if (findings == NULL)
    return PURSER_EXIT_FAILED;
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < findings->len; i++)
    {
      JsonObject *row = json_object_new ();
      json_object_set_string_member (row, "finding", g_ptr_array_index (findings, i));
      json_array_add_object_element (rows, row);
    }
  purser_terminal_print_rows (terminal, rows, COLUMNS, _("All is well: the file is whole, and every total equals the ledger."));
  return findings->len == 0 ? PURSER_EXIT_DONE : PURSER_EXIT_FAILED;
}

const PurserVerb purser_verbs_org[] = {
  { "init", NULL, "NAME [--currency EUR] [--timezone ZONE] [--org FILE]", 1, 1, N_("Make a new organisation"), FALSE, INIT_OPTIONS, init },
  { "org", "list", "", 0, 0, N_("The organisations on this computer"), FALSE, NULL, list },
  { "org", "show", "", 0, 0, N_("What this organisation says of itself"), TRUE, NULL, show },
  { "org", "set", "[--name NAME] [--currency EUR] [--timezone ZONE] [--display-currency CUR]", 0, 0, N_("Change name, currency or time zone, or the currency amounts are shown in"), TRUE, SET_OPTIONS, set },
  { "demo", NULL, "[--remove]", 0, 0, N_("Load marked sample data into an empty organisation, or remove it"), TRUE, DEMO_OPTIONS, demo },
  { "practice", "add", "", 0, 0, N_("Register the practice models"), TRUE, NULL, practice_add },
  { "backup", NULL, "FILE", 1, 1, N_("Copy the organisation into one file"), TRUE, NULL, backup },
  { "verify", NULL, "", 0, 0, N_("Check the file, and every total against the ledger"), TRUE, NULL, verify },
  { NULL },
};
