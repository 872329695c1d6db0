/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

/* Budgets: what may be spent, what was, and what running calls hold back. */

static char *cap_text, *period_text, *days_text, *at_limit_text;
static const GOptionEntry SET_OPTIONS[] = {
  { "cap", 0, 0, G_OPTION_ARG_STRING, &cap_text, N_("How much, in the organisation's currency"), "AMOUNT" },
  { "period", 0, 0, G_OPTION_ARG_STRING, &period_text, N_("month (default), quarter, rolling or once"), "PERIOD" },
  { "days", 0, 0, G_OPTION_ARG_STRING, &days_text, N_("How many days a rolling budget looks back; default 30"), "N" },
  { "at-limit", 0, 0, G_OPTION_ARG_STRING, &at_limit_text, N_("What happens at the limit: notify (default) or block"), "notify|block" },
  { NULL },
};

enum { USUAL_DAYS = 30 };

/* The words of the terminal; the rest of the house says "none" of what is paid ahead. */
static const char *const PERIODS[PURSER_N_BUDGET_PERIODS] = { "month", "quarter", "rolling", "once" };

static gboolean
read_choice (const char *text, const char *const *words, guint n, guint *choice)
{
  for (guint i = 0; i < n; i++)
    if (g_str_equal (text, words[i]))
      {
        *choice = i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
read_scope (PurserTerminal *terminal, char **arguments, PurserBudget *budget, GError **error)
{
  const char *words[PURSER_N_SCOPES], *name = arguments[1];
  guint scope = 0;
  for (guint i = 0; i < PURSER_N_SCOPES; i++)
    words[i] = purser_budget_scope_id (i);
  if (!read_choice (arguments[0], words, PURSER_N_SCOPES, &scope))
    {
      purser_terminal_refuse (error, _("“%s” is nothing a budget can be for. Choose organisation, team, principal or workload."), arguments[0]);
      return FALSE;
    }
  budget->scope = scope;
  if ((scope == PURSER_SCOPE_ORGANISATION) != (name == NULL))
    {
      purser_terminal_refuse (error, scope == PURSER_SCOPE_ORGANISATION ? _("The organisation's budget takes no name.") : _("Say whose budget it is: its name comes after the word “%s”."), words[scope]);
      return FALSE;
    }
  const PurserTeam *team = scope == PURSER_SCOPE_TEAM ? purser_org_team_named (terminal->org, name) : NULL;
  const PurserPrincipal *principal = scope == PURSER_SCOPE_PRINCIPAL ? purser_terminal_principal (terminal, name, error) : NULL;
  const PurserWorkload *workload = scope == PURSER_SCOPE_WORKLOAD ? purser_terminal_workload (terminal, name, error) : NULL;
  if (scope == PURSER_SCOPE_TEAM && team == NULL)
    purser_terminal_refuse (error, _("There is no team “%s”. purserctl principal list shows the teams."), name);
  budget->scope_id = team != NULL ? team->id : principal != NULL ? principal->id : workload != NULL ? workload->id : 0;
  return scope == PURSER_SCOPE_ORGANISATION || budget->scope_id != 0;
}

static gboolean
read_period (PurserBudget *budget, GError **error)
{
  guint period = PURSER_BUDGET_MONTH;
  gint64 days;
  if (period_text != NULL && !read_choice (period_text, PERIODS, PURSER_N_BUDGET_PERIODS, &period))
    {
      purser_terminal_refuse (error, _("“%s” is no period of a budget. Choose month, quarter, rolling or once."), period_text);
      return FALSE;
    }
  if (!purser_terminal_count (days_text, &days, error))
    return FALSE;
  if (days_text != NULL && period != PURSER_BUDGET_ROLLING)
    {
      purser_terminal_refuse (error, _("Only a rolling budget looks back over a number of days: --period rolling --days N"));
      return FALSE;
    }
  budget->period = period;
  budget->days = period != PURSER_BUDGET_ROLLING ? 0 : days_text != NULL ? days : USUAL_DAYS;
  return TRUE;
}

static gboolean
read_at_limit (PurserBudget *budget, GError **error)
{
  const char *const words[] = { [PURSER_AT_LIMIT_NOTIFY] = purser_at_limit_id (PURSER_AT_LIMIT_NOTIFY), [PURSER_AT_LIMIT_BLOCK] = purser_at_limit_id (PURSER_AT_LIMIT_BLOCK) };
  guint choice = budget->at_limit;
  if (at_limit_text != NULL && !read_choice (at_limit_text, words, G_N_ELEMENTS (words), &choice))
    {
      purser_terminal_refuse (error, _("“%s” is neither notify nor block."), at_limit_text);
      return FALSE;
    }
  budget->at_limit = choice;
  return TRUE;
}

static const PurserBudget *
find_alike (const PurserOrg *org, const PurserBudget *budget)
{
  for (guint i = 0; i < org->budgets->len; i++)
    {
      const PurserBudget *other = g_ptr_array_index (org->budgets, i);
      if (other->scope == budget->scope && other->scope_id == budget->scope_id && other->period == budget->period)
        return other;
    }
  return NULL;
}

static int
set (PurserTerminal *terminal, char **arguments, GError **error)
{
  PurserBudget budget = { 0 };
  if (!read_scope (terminal, arguments, &budget, error) || !read_period (&budget, error))
    return PURSER_EXIT_FAILED;
  const PurserBudget *now = find_alike (terminal->org, &budget);
  if (now != NULL && days_text != NULL && now->days != budget.days)
    return purser_terminal_refuse (error, _("There is a rolling budget with another number of days (%" PRId64 ") already. Remove it first: purserctl budget remove %" PRId64), now->days, now->id);
  if (now != NULL)
    budget = *now; /* its cap and what happens at the limit change */
  if (now == NULL && cap_text == NULL)
    return purser_terminal_refuse (error, _("Say how much may be spent: --cap AMOUNT"));
  if ((cap_text != NULL && !purser_money_parse_nano (cap_text, &budget.cap_nano, error)) || !read_at_limit (&budget, error))
    return PURSER_EXIT_FAILED;
  return purser_terminal_run (terminal, purser_command_set_budget (&budget),
                              budget.at_limit == PURSER_AT_LIMIT_BLOCK ? _("The budget is set. At its limit calls are refused, and so is what has no price.")
                                                                       : _("The budget is set. At its limit nothing is refused; it shows."),
                              error);
}

/* ------------------------------------------------------------------ list */

static const char *
name_of (const PurserOrg *org, const PurserBudget *budget)
{
  const PurserTeam *team = budget->scope == PURSER_SCOPE_TEAM ? purser_org_team (org, budget->scope_id) : NULL;
  const PurserPrincipal *principal = budget->scope == PURSER_SCOPE_PRINCIPAL ? purser_org_principal (org, budget->scope_id) : NULL;
  const PurserWorkload *workload = budget->scope == PURSER_SCOPE_WORKLOAD ? purser_org_workload (org, budget->scope_id) : NULL;
  if (budget->scope == PURSER_SCOPE_ORGANISATION)
    return org->name;
  return team != NULL ? team->name : principal != NULL ? principal->name : workload != NULL ? workload->name : NULL;
}

static const PurserBudgetState *
state_of (const GArray *states, gint64 budget_id)
{
  static const PurserBudgetState UNTOUCHED = { 0 };
  for (guint i = 0; i < states->len; i++)
    if (g_array_index (states, PurserBudgetState, i).budget_id == budget_id)
      return &g_array_index (states, PurserBudgetState, i);
  return &UNTOUCHED;
}

static void
set_period (PurserTerminal *terminal, JsonObject *row, const PurserBudget *budget, const PurserBudgetState *state)
{
  g_autofree char *first = state->last_day != 0 ? purser_terminal_day_text (state->first_day) : NULL, *last = state->last_day != 0 ? purser_terminal_day_text (state->last_day) : NULL;
  g_autofree char *rolling = budget->period == PURSER_BUDGET_ROLLING && !terminal->json ? g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "last %" PRId64 " day", "last %" PRId64 " days", (gulong) budget->days), budget->days) : NULL;
  json_object_set_string_member (row, "period", rolling != NULL ? rolling : PERIODS[budget->period]);
  if (budget->period == PURSER_BUDGET_ROLLING)
    json_object_set_int_member (row, "days", budget->days);
  purser_terminal_set_text (row, "first_day", first);
  purser_terminal_set_text (row, "last_day", last);
}

static JsonObject *
describe (PurserTerminal *terminal, const PurserBudget *budget, const PurserBudgetState *state)
{
  JsonObject *row = json_object_new ();
  double used = 100.0 * (double) state->spent_nano / (double) budget->cap_nano;
  g_autofree char *percent = g_strdup_printf ("%.1f %%", used);
  const char *name = name_of (terminal->org, budget);
  json_object_set_int_member (row, "id", budget->id);
  json_object_set_string_member (row, "scope", purser_budget_scope_id (budget->scope));
  purser_terminal_set_text (row, "name", name != NULL ? name : terminal->json ? NULL : _("(removed)"));
  set_period (terminal, row, budget, state);
  json_object_set_int_member (row, "cap_nano", budget->cap_nano);
  json_object_set_int_member (row, "spent_nano", state->spent_nano);
  json_object_set_int_member (row, "reserved_nano", state->reserved_nano);
  json_object_set_int_member (row, "left_nano", budget->cap_nano - state->spent_nano - state->reserved_nano);
  json_object_set_double_member (row, "percent", used);
  json_object_set_string_member (row, "used", percent);
  json_object_set_string_member (row, "at_limit", purser_at_limit_id (budget->at_limit));
  return row;
}

static gboolean
states_job (PurserDb *db, gpointer data, GError **error)
{
  return (*(GArray **) data = purser_ledger_budgets (db, purser_db_now (db), error)) != NULL;
}

static int
list (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn COLUMNS[] = {
    { "id", N_("Budget"), PURSER_COLUMN_NUMBER },           { "scope", N_("Of"), PURSER_COLUMN_TEXT },               { "name", N_("Name"), PURSER_COLUMN_TEXT },
    { "period", N_("Period"), PURSER_COLUMN_TEXT },         { "cap_nano", N_("May be spent"), PURSER_COLUMN_MONEY }, { "spent_nano", N_("Spent"), PURSER_COLUMN_MONEY },
    { "reserved_nano", N_("Held for running calls"), PURSER_COLUMN_MONEY }, { "left_nano", N_("Left"), PURSER_COLUMN_MONEY }, { "used", N_("Used"), PURSER_COLUMN_TEXT },
    { "at_limit", N_("At the limit"), PURSER_COLUMN_TEXT }, { NULL } };
  g_autoptr (GArray) states = NULL;
  if (!purser_store_read (terminal->store, states_job, &states, error))
    return PURSER_EXIT_FAILED;
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < terminal->org->budgets->len; i++)
    {
      const PurserBudget *budget = g_ptr_array_index (terminal->org->budgets, i);
      json_array_add_object_element (rows, describe (terminal, budget, state_of (states, budget->id)));
    }
  purser_terminal_print_rows (terminal, rows, COLUMNS, _("No budget yet. Set one: purserctl budget set organisation --cap AMOUNT"));
  return PURSER_EXIT_DONE;
}

static int
remove_budget (PurserTerminal *terminal, char **arguments, GError **error)
{
  guint64 id = 0;
  if (!g_ascii_string_to_unsigned (arguments[0], 10, 1, G_MAXINT64, &id, NULL) || purser_org_budget (terminal->org, (gint64) id) == NULL)
    return purser_terminal_refuse (error, _("There is no budget %s. purserctl budget list shows their numbers."), arguments[0]);
  return purser_terminal_run (terminal, purser_command_remove_budget ((gint64) id), _("Removed. What was spent stays counted."), error);
}

const PurserVerb purser_verbs_budget[] = {
  { "budget", "set", "organisation|team|principal|workload [NAME] --cap AMOUNT [--period month|quarter|rolling|once] [--days N] [--at-limit notify|block]", 1, 2,
    N_("Set what may be spent, or change it"), TRUE, SET_OPTIONS, set },
  { "budget", "list", "", 0, 0, N_("The budgets: spent, held for running calls, left"), TRUE, NULL, list },
  { "budget", "remove", "BUDGET", 1, 1, N_("Remove a budget"), TRUE, NULL, remove_budget },
  { NULL },
};
