/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-command-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

enum { ROLLING_MAX_DAYS = 366 };

static const char *const PERIODS[PURSER_N_BUDGET_PERIODS] = { N_("a month"), N_("a quarter"), N_("the last days"), N_("once") };

/* Of whom or what; NULL where it is no longer there. */
static const char *
scope_name (const PurserOrg *org, PurserBudgetScope scope, gint64 id)
{
  const PurserTeam *team = scope == PURSER_SCOPE_TEAM ? purser_org_team (org, id) : NULL;
  const PurserPrincipal *principal = scope == PURSER_SCOPE_PRINCIPAL ? purser_org_principal (org, id) : NULL;
  const PurserWorkload *workload = scope == PURSER_SCOPE_WORKLOAD ? purser_org_workload (org, id) : NULL;
  if (scope == PURSER_SCOPE_ORGANISATION)
    return org->name;
  return team != NULL ? team->name : principal != NULL ? principal->name : workload != NULL ? purser_workload_title (workload) : NULL;
}

/* For the audit trail: people by their number, as everywhere in it. */
static char *
describe (const PurserOrg *org, const PurserBudget *budget)
{
  JsonObject *object = json_object_new ();
  g_autofree char *cap = purser_money_to_decimal (budget->cap_nano);
  json_object_set_string_member (object, "scope", purser_budget_scope_id (budget->scope));
  json_object_set_int_member (object, "scope_id", budget->scope_id);
  json_object_set_string_member (object, "period", purser_budget_period_id (budget->period));
  if (budget->period == PURSER_BUDGET_ROLLING)
    json_object_set_int_member (object, "days", budget->days);
  json_object_set_string_member (object, "cap", cap);
  json_object_set_string_member (object, "currency", org->currency);
  json_object_set_string_member (object, "at_limit", purser_at_limit_id (budget->at_limit));
  return purser_command_take_json (object);
}

static gboolean
amount_fits (const PurserBudget *budget, GError **error)
{
  if (budget->cap_nano <= 0)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("A budget is more than 0. To stop all calls, revoke the keys."));
  if (budget->at_limit < 0 || budget->at_limit >= PURSER_N_AT_LIMIT)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("Say what happens at the limit: notify or block."));
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

static gboolean
is_the_first (const PurserOrg *org, const PurserBudget *budget, GError **error)
{
  const PurserBudget *first = find_alike (org, budget);
  if (first == NULL)
    return TRUE;
  g_autofree char *cap = purser_money_format (first->cap_nano, org->currency);
  return purser_command_fail (error, PURSER_STORE_ERROR_CONSTRAINT, _("“%s” has a budget for this period already: number %" PRId64 ", %s for %s. Change that one, or remove it first."),
                              scope_name (org, first->scope, first->scope_id), first->id, cap, _(PERIODS[first->period]));
}

static gboolean
new_one_fits (const PurserOrg *org, PurserBudget *budget, GError **error)
{
  if (budget->scope < 0 || budget->scope >= PURSER_N_SCOPES || budget->period < 0 || budget->period >= PURSER_N_BUDGET_PERIODS)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("Say whose budget it is, and for which period."));
  if (budget->scope == PURSER_SCOPE_ORGANISATION)
    budget->scope_id = 0;
  if (scope_name (org, budget->scope, budget->scope_id) == NULL)
    return purser_command_fail (error, PURSER_STORE_ERROR_NOT_FOUND, _("Whom or what the budget is for is no longer there. Choose again."));
  if (budget->period != PURSER_BUDGET_ROLLING)
    budget->days = 0;
  else if (budget->days < 1 || budget->days > ROLLING_MAX_DAYS)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("Say over how many days the budget looks back: 1 to %d."), ROLLING_MAX_DAYS);
  return is_the_first (org, budget, error);
}

static gboolean
apply_set (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  PurserBudget *budget = command->asked;
  const PurserBudget *now = budget->id != 0 ? purser_org_budget (org, budget->id) : NULL;
  if (budget->id != 0 && now == NULL)
    return purser_command_fail (error, PURSER_STORE_ERROR_NOT_FOUND, "%s", purser_command_gone ());
  if (!amount_fits (budget, error) || (now == NULL && !new_one_fits (org, budget, error)))
    return FALSE;
  if (now != NULL)
    {
      PurserBudget changed = *now;
      changed.cap_nano = budget->cap_nano;
      changed.at_limit = budget->at_limit;
      *budget = changed;
      command->before = describe (org, now);
    }
  command->after = describe (org, budget);
  command->same = g_strcmp0 (command->before, command->after) == 0;
  command->outcome->id = command->same ? budget->id : purser_catalogue_put_budget (db, budget, error);
  purser_command_subject (command, "budget", command->outcome->id);
  return command->outcome->id != 0;
}

/**
 * purser_command_set_budget:
 * @budget: copied; with id 0 a new one, else its cap and what happens at the limit change
 *
 * What may be spent. Of one scope and kind of period there is one budget.
 */
PurserCommand *
purser_command_set_budget (const PurserBudget *budget)
{
  PurserCommand *command = purser_command_new ("budget.set", apply_set);
  command->asked = g_memdup2 (budget, sizeof *budget);
  command->asked_free = g_free;
  return command;
}

static gboolean
apply_remove (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const PurserBudget *now = purser_org_budget (org, command->id);
  if (now == NULL)
    return purser_command_fail (error, PURSER_STORE_ERROR_NOT_FOUND, "%s", purser_command_gone ());
  command->before = describe (org, now);
  command->outcome->id = now->id;
  purser_command_subject (command, "budget", now->id);
  return purser_catalogue_remove_budget (db, now->id, error);
}

/** purser_command_remove_budget: calls are no longer held against it; what was counted stays in the ledger. */
PurserCommand *
purser_command_remove_budget (gint64 id)
{
  PurserCommand *command = purser_command_new ("budget.remove", apply_remove);
  command->id = id;
  return command;
}
