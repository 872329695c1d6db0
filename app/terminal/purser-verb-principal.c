/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal.h"

#include <glib/gi18n-lib.h>

static char *kind_option, *team, *owner, *new_name, *per_minute, *at_once;
static const GOptionEntry ADD_OPTIONS[] = {
  { "kind", 0, 0, G_OPTION_ARG_STRING, &kind_option, N_("person (default) or agent"), "person|agent" },
  { "team", 0, 0, G_OPTION_ARG_STRING, &team, N_("Team"), "TEAM" },
  { "owner", 0, 0, G_OPTION_ARG_STRING, &owner, N_("The person who owns an agent"), "PERSON" },
  { NULL },
};
static const GOptionEntry SET_OPTIONS[] = {
  { "name", 0, 0, G_OPTION_ARG_STRING, &new_name, N_("New name"), "NAME" },
  { "team", 0, 0, G_OPTION_ARG_STRING, &team, N_("Team from now on; empty for none"), "TEAM" },
  { "owner", 0, 0, G_OPTION_ARG_STRING, &owner, N_("The person who owns an agent; empty for nobody"), "PERSON" },
  { "calls-per-minute", 0, 0, G_OPTION_ARG_STRING, &per_minute, N_("At most so many calls a minute, over all keys; 0 or none for no limit"), "N" },
  { "calls-at-once", 0, 0, G_OPTION_ARG_STRING, &at_once, N_("At most so many calls at the same time; 0 or none for no limit"), "N" },
  { NULL },
};

/* -1 = not said, 0 = nobody. */
static gboolean
owner_id (PurserTerminal *terminal, gint64 *id, GError **error)
{
  *id = owner == NULL ? -1 : 0;
  if (owner == NULL || *owner == '\0')
    return TRUE;
  const PurserPrincipal *person = purser_terminal_principal (terminal, owner, error);
  if (person != NULL)
    *id = person->id;
  return person != NULL;
}

static int
add (PurserTerminal *terminal, char **arguments, GError **error)
{
  gint64 owned_by;
  gboolean agent = g_strcmp0 (kind_option, "agent") == 0;
  if (kind_option != NULL && !agent && !g_str_equal (kind_option, "person"))
    return purser_terminal_refuse (error, _("“%s” is neither person nor agent."), kind_option);
  if (!owner_id (terminal, &owned_by, error))
    return PURSER_EXIT_FAILED;
  if (!agent && owned_by > 0)
    return purser_terminal_refuse (error, _("Only an agent has an owner."));
  return purser_terminal_run (terminal, purser_command_add_principal (arguments[0], agent, team, owned_by), _("Added. purserctl key create makes a key."), error);
}

static const char *
principal_name (const PurserOrg *org, gint64 id)
{
  const PurserPrincipal *principal = purser_org_principal (org, id);
  return principal != NULL ? principal->name : NULL;
}

static int
list (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn COLUMNS[] = { { "name", N_("Name"), PURSER_COLUMN_TEXT }, { "kind", N_("Kind"), PURSER_COLUMN_TEXT },
                                          { "team", N_("Team"), PURSER_COLUMN_TEXT }, { "owner", N_("Owner"), PURSER_COLUMN_TEXT },
                                          { "calls_per_minute", N_("Calls a minute"), PURSER_COLUMN_NUMBER }, { "calls_at_once", N_("At once"), PURSER_COLUMN_NUMBER }, { NULL } };
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < terminal->org->principals->len; i++)
    {
      const PurserPrincipal *p = g_ptr_array_index (terminal->org->principals, i);
      const PurserTeam *its_team = purser_org_team (terminal->org, p->team_id);
      JsonObject *row = json_object_new ();
      json_object_set_int_member (row, "id", p->id);
      json_object_set_string_member (row, "name", p->name);
      json_object_set_string_member (row, "kind", p->agent ? "agent" : "person");
      purser_terminal_set_text (row, "team", its_team != NULL ? its_team->name : NULL);
      purser_terminal_set_text (row, "owner", principal_name (terminal->org, p->owner_id));
      purser_terminal_set_limit (row, "calls_per_minute", p->calls_per_minute);
      purser_terminal_set_limit (row, "calls_at_once", p->calls_at_once);
      json_array_add_object_element (rows, row);
    }
  purser_terminal_print_rows (terminal, rows, COLUMNS, _("Nobody yet. Add someone: purserctl principal add NAME --kind person"));
  return PURSER_EXIT_DONE;
}

static int
set (PurserTerminal *terminal, char **arguments, GError **error)
{
  gint64 owned_by, minute, once;
  const PurserPrincipal *principal = purser_terminal_principal (terminal, arguments[0], error);
  if (principal == NULL || !owner_id (terminal, &owned_by, error) || !purser_terminal_count (per_minute, &minute, error) || !purser_terminal_count (at_once, &once, error))
    return PURSER_EXIT_FAILED;
  gboolean limits = minute >= 0 || once >= 0, rest = new_name != NULL || team != NULL || owner != NULL;
  if (!limits && !rest)
    return purser_terminal_refuse (error, _("Say what is to change: --name, --team, --owner, --calls-per-minute or --calls-at-once."));
  PurserCommand *commands[] = { limits ? purser_command_set_limits (principal->id, minute, once) : NULL,
                                rest ? purser_command_set_principal (principal->id, new_name, team, owned_by) : NULL };
  return purser_terminal_run_all (terminal, commands, G_N_ELEMENTS (commands), _("Changed."), error);
}

static int
remove_principal (PurserTerminal *terminal, char **arguments, GError **error)
{
  const PurserPrincipal *principal = purser_terminal_principal (terminal, arguments[0], error);
  return principal == NULL ? PURSER_EXIT_FAILED
                           : purser_terminal_run (terminal, purser_command_remove_principal (principal->id), _("Removed; its keys are revoked."), error);
}

const PurserVerb purser_verbs_principal[] = {
  { "principal", "add", "NAME [--kind person|agent] [--team TEAM] [--owner PERSON]", 1, 1, N_("Add a person or an agent"), TRUE, ADD_OPTIONS, add },
  { "principal", "list", "", 0, 0, N_("People and agents"), TRUE, NULL, list },
  { "principal", "set", "NAME [--name NEW] [--team TEAM] [--owner PERSON] [--calls-per-minute N] [--calls-at-once N]", 1, 1, N_("Change a person or an agent"), TRUE, SET_OPTIONS, set },
  { "principal", "remove", "NAME", 1, 1, N_("Remove a person or an agent, and revoke their keys"), TRUE, NULL, remove_principal },
  { NULL },
};
