/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-budget.h"

#include <glib/gi18n-lib.h>

#include "purser-db-private.h"

/* --- Which calls --- */

/* The team at that moment; of several memberships the last begun. */
static gboolean
find_team (PurserDb *db, gint64 principal_id, gint64 time, gint64 *team_id, GError **error)
{
  PurserStatement *row = purser_db_query (db, error,
                                          "SELECT team_id FROM membership WHERE principal_id = ? AND since <= ? ORDER "
                                          "BY since DESC LIMIT 1",
                                          "ii", principal_id, time);
  *team_id = purser_statement_step (row, error) ? purser_statement_int (row, 0) : 0;
  if (purser_statement_failed (row))
    return FALSE;
  purser_statement_step (row, NULL);
  return TRUE;
}

gboolean
purser_budget_counts (PurserDb *db,
                      const PurserBudget *budget,
                      const PurserBudgetCall *call,
                      gint64 *team_id,
                      gboolean *counts,
                      GError **error)
{
  *counts = budget->scope == PURSER_SCOPE_ORGANISATION
            || (budget->scope == PURSER_SCOPE_PRINCIPAL && !call->test && call->principal_id == budget->scope_id)
            || (budget->scope == PURSER_SCOPE_WORKLOAD && !call->test && call->workload_id == budget->scope_id);
  if (budget->scope != PURSER_SCOPE_TEAM || call->test || call->principal_id == 0)
    return TRUE;
  if (*team_id < 0 && !find_team (db, call->principal_id, call->opened_at, team_id, error))
    return FALSE;
  *counts = *team_id == budget->scope_id;
  return TRUE;
}

gboolean
purser_budget_call_of (PurserDb *db, gint64 call_id, PurserBudgetCall *call, GError **error)
{
  PurserStatement *row = purser_db_query (db, error,
                                          "SELECT opened_at, principal_id, workload_id, purpose IN ('test', 'check') "
                                          "FROM call WHERE id = ?",
                                          "i", call_id);
  if (!purser_statement_step (row, error))
    return purser_statement_failed (row) ? FALSE : purser_db_set_error (error, NULL, db->path, SQLITE_CORRUPT);
  *call = (PurserBudgetCall) { purser_statement_int (row, 0), purser_statement_int (row, 1),
                               purser_statement_int (row, 2), purser_statement_int (row, 3) != 0 };
  purser_statement_step (row, NULL);
  return TRUE;
}

/* --- Reserving --- */

/* What is taken of a budget in the period of DAY, and how much of that by running calls. */
static gboolean
find_taken (PurserDb *db, const PurserBudget *budget, gint32 day, gint64 *taken, gint64 *reserved, GError **error)
{
  gint32 first, last;
  purser_budget_span (budget, day, &first, &last);
  PurserStatement *row = purser_db_query (db, error,
                                          "SELECT SUM (base_nano + spent_nano + reserved_nano), SUM (reserved_nano) "
                                          "FROM budget_use WHERE budget_id = ? AND starts BETWEEN ? AND ?",
                                          "iii", budget->id, (gint64) first, (gint64) last);
  if (!purser_statement_step (row, error))
    return FALSE;
  *taken = purser_statement_int (row, 0);
  *reserved = purser_statement_int (row, 1);
  purser_statement_step (row, NULL);
  return TRUE;
}

static gboolean
check_room (PurserDb *db, const PurserBudget *budget, gint32 day, gint64 wanted, gboolean unpriced, GError **error)
{
  gint64 taken, reserved, then;
  if (budget->at_limit != PURSER_AT_LIMIT_BLOCK)
    return TRUE;
  if (unpriced)
    return purser_budget_refuse_unpriced (db, budget, day, error);
  if (!find_taken (db, budget, day, &taken, &reserved, error))
    return FALSE;
  if (!__builtin_add_overflow (taken, wanted, &then) && then <= budget->cap_nano)
    return TRUE;
  return purser_budget_refuse (db, budget, day, wanted, taken, reserved, error);
}

gboolean
purser_budget_plan (PurserDb *db,
                    const PurserBudgetCall *call,
                    gint64 reserve_nano,
                    gboolean unpriced,
                    PurserBudgetPlan *plan,
                    GError **error)
{
  plan->n = 0;
  plan->reserve_nano = reserve_nano;
  if (reserve_nano <= 0 && !unpriced)
    return TRUE; /* what costs nothing passes always */
  const GArray *budgets = purser_budgets_known (db, error);
  const PurserHead *head = budgets != NULL ? purser_db_head (db, error) : NULL;
  if (head == NULL)
    return FALSE;
  if (budgets->len == 0)
    return TRUE;
  gint64 team_id = -1;
  gint32 day = purser_day_in (head->zone, call->opened_at);
  for (guint i = 0; i < budgets->len && plan->n < PURSER_MOST_BUDGETS; i++)
    {
      const PurserBudget *budget = &g_array_index (budgets, PurserBudget, i);
      gboolean counts;
      if (!purser_budget_counts (db, budget, call, &team_id, &counts, error))
        return FALSE;
      if (!counts)
        continue;
      if (!check_room (db, budget, day, reserve_nano, unpriced, error))
        return FALSE;
      plan->of[plan->n].id = budget->id;
      plan->of[plan->n++].starts = purser_budget_row (budget, day);
    }
  return TRUE;
}

gboolean
purser_budget_reserve (PurserDb *db, const PurserBudgetPlan *plan, gint64 call_id, GError **error)
{
  for (guint i = 0; i < plan->n; i++)
    if (!purser_db_run (db, error,
                        "INSERT INTO budget_use (budget_id, starts, reserved_nano) VALUES (?, ?, ?) ON CONFLICT "
                        "(budget_id, starts) DO UPDATE SET reserved_nano = budget_use.reserved_nano + "
                        "excluded.reserved_nano",
                        "iii", plan->of[i].id, plan->of[i].starts, plan->reserve_nano)
        || !purser_db_run (db, error,
                           "INSERT INTO budget_call (call_id, budget_id, starts, reserved_nano) VALUES (?, ?, ?, ?)",
                           "iiii", call_id, plan->of[i].id, plan->of[i].starts, plan->reserve_nano))
      return FALSE;
  return TRUE;
}

static const PurserBudget *
find_known (const GArray *budgets, gint64 id)
{
  for (guint i = 0; i < budgets->len; i++)
    if (g_array_index (budgets, PurserBudget, i).id == id)
      return &g_array_index (budgets, PurserBudget, i);
  return NULL;
}

/* A budget's row begins on a day of its period, so that names the period. */
static gboolean
find_plan (PurserDb *db, gint64 call_id, PurserBudgetPlan *plan, GError **error)
{
  PurserStatement *row =
      purser_db_query (db, error, "SELECT budget_id, starts FROM budget_call WHERE call_id = ?", "i", call_id);
  plan->n = 0;
  while (purser_statement_step (row, error))
    if (plan->n < PURSER_MOST_BUDGETS)
      {
        plan->of[plan->n].id = purser_statement_int (row, 0);
        plan->of[plan->n++].starts = purser_statement_int (row, 1);
      }
  return !purser_statement_failed (row);
}

gboolean
purser_budget_reserve_more (PurserDb *db, gint64 call_id, gint64 cost_nano, GError **error)
{
  PurserBudgetPlan plan;
  if (cost_nano <= 0)
    return TRUE;
  const GArray *budgets = purser_budgets_known (db, error);
  if (budgets == NULL || !find_plan (db, call_id, &plan, error))
    return FALSE;
  for (guint i = 0; i < plan.n; i++)
    {
      const PurserBudget *budget = find_known (budgets, plan.of[i].id);
      if (budget != NULL && !check_room (db, budget, (gint32) plan.of[i].starts, cost_nano, FALSE, error))
        return FALSE;
    }
  return plan.n == 0
         || (purser_db_run (db, error,
                            "UPDATE budget_use SET reserved_nano = budget_use.reserved_nano + ?2 FROM budget_call b "
                            "WHERE b.call_id = ?1 AND budget_use.budget_id = b.budget_id AND budget_use.starts = "
                            "b.starts",
                            "ii", call_id, cost_nano)
             && purser_db_run (db, error, "UPDATE budget_call SET reserved_nano = reserved_nano + ?2 WHERE call_id = ?1",
                               "ii", call_id, cost_nano));
}

gboolean
purser_budget_allows_unpriced (PurserDb *db, gint64 call_id, GError **error)
{
  const GArray *budgets = purser_budgets_known (db, error);
  PurserBudgetCall call;
  PurserBudgetPlan plan;
  if (budgets == NULL || budgets->len == 0)
    return budgets != NULL;
  return purser_budget_call_of (db, call_id, &call, error) && purser_budget_plan (db, &call, 0, TRUE, &plan, error);
}

/* --- Spending --- */

/* Row by row: an UPDATE … FROM makes a table of its own for them each time, which costs as much as the rest of a settle. */
gboolean
purser_budget_settle (PurserDb *db, gint64 call_id, GError **error)
{
  gboolean done = TRUE;
  PurserStatement *row = purser_db_query (
      db, error,
      "SELECT b.budget_id, b.starts, b.reserved_nano, COALESCE ((SELECT SUM (a.cost_nano) FROM attempt a WHERE "
      "a.call_id = ?1), 0) FROM budget_call b WHERE b.call_id = ?1",
      "i", call_id);
  while (done && purser_statement_step (row, error))
    done = purser_db_run (db, error,
                          "UPDATE budget_use SET reserved_nano = reserved_nano - ?, spent_nano = spent_nano + ? WHERE "
                          "budget_id = ? AND starts = ?",
                          "iiii", purser_statement_int (row, 2), purser_statement_int (row, 3),
                          purser_statement_int (row, 0), purser_statement_int (row, 1));
  return done && !purser_statement_failed (row);
}

/* Of calls before the budget, only the sum is known: it is off by as much. */
static gboolean
correct_base (PurserDb *db, const PurserBudget *budget, gint64 call_id, gint32 day, gint64 cost_nano, GError **error)
{
  return purser_db_run (db, error,
                        "INSERT INTO budget_use (budget_id, starts, base_nano) SELECT ?1, ?2, ?3 WHERE NOT EXISTS "
                        "(SELECT 1 FROM budget_call WHERE call_id = ?4 AND budget_id = ?1) ON CONFLICT (budget_id, "
                        "starts) DO UPDATE SET base_nano = budget_use.base_nano + excluded.base_nano",
                        "iiii", budget->id, purser_budget_row (budget, day), cost_nano, call_id);
}

/* Whether DAY is of a period that the budget has known. */
static gboolean
is_known (const PurserHead *head, const PurserBudget *budget, const PurserBudgetCall *call, gint32 day)
{
  gint32 first, last;
  if (budget->period == PURSER_BUDGET_ONCE)
    return call->opened_at >= budget->created_at;
  purser_budget_span (budget, purser_day_in (head->zone, budget->created_at), &first, &last);
  return day >= first;
}

gboolean
purser_budget_correct (PurserDb *db, gint64 call_id, gint64 cost_nano, GError **error)
{
  const GArray *budgets = purser_budgets_known (db, error);
  const PurserHead *head = budgets != NULL ? purser_db_head (db, error) : NULL;
  PurserBudgetCall call;
  if (head == NULL
      || !purser_db_run (db, error,
                         "UPDATE budget_use SET spent_nano = spent_nano + ?2 FROM budget_call b WHERE b.call_id = ?1 "
                         "AND budget_use.budget_id = b.budget_id AND budget_use.starts = b.starts",
                         "ii", call_id, cost_nano))
    return FALSE;
  if (budgets->len == 0)
    return TRUE;
  if (!purser_budget_call_of (db, call_id, &call, error))
    return FALSE;
  gint64 team_id = -1;
  gint32 day = purser_day_in (head->zone, call.opened_at);
  for (guint i = 0; i < budgets->len; i++)
    {
      const PurserBudget *budget = &g_array_index (budgets, PurserBudget, i);
      gboolean counts;
      if (!purser_budget_counts (db, budget, &call, &team_id, &counts, error))
        return FALSE;
      if (counts && is_known (head, budget, &call, day) && !correct_base (db, budget, call_id, day, cost_nano, error))
        return FALSE;
    }
  return TRUE;
}

/* --- Looking --- */

/**
 * purser_ledger_budgets:
 * @db: a connection inside a job
 * @now: µs UTC
 * @error: return location
 *
 * Returns: (transfer full) (nullable) (element-type PurserBudgetState): how each budget in force stands, by id
 */
GArray *
purser_ledger_budgets (PurserDb *db, gint64 now, GError **error)
{
  g_autoptr(GArray) states = g_array_new (FALSE, TRUE, sizeof (PurserBudgetState));
  g_autoptr(GArray) budgets = purser_budgets_in_force (db, error);
  const PurserHead *head = budgets != NULL ? purser_db_head (db, error) : NULL;
  if (head == NULL)
    return NULL;
  gint32 day = purser_day_in (head->zone, now);
  for (guint i = 0; i < budgets->len; i++)
    {
      const PurserBudget *budget = &g_array_index (budgets, PurserBudget, i);
      PurserBudgetState state = { .budget_id = budget->id };
      gint64 taken;
      if (!find_taken (db, budget, day, &taken, &state.reserved_nano, error))
        return NULL;
      state.spent_nano = taken - state.reserved_nano;
      purser_budget_span (budget, day, &state.first_day, &state.last_day);
      g_array_append_val (states, state);
    }
  return g_steal_pointer (&states);
}

#define OF_CALL                                                                                       \
  "(SELECT COALESCE (SUM (a.cost_nano + COALESCE ((SELECT SUM (k.cost_nano) FROM correction k WHERE " \
  "k.attempt_id = a.id), 0)), 0) FROM attempt a WHERE a.call_id = c.id)"

gboolean
purser_budget_verify (PurserDb *db, GPtrArray *findings, GError **error)
{
  PurserStatement *row =
      purser_db_query (db, error,
                       "WITH told (budget_id, starts, spent, reserved) AS (SELECT b.budget_id, b.starts, "
                       "SUM (CASE WHEN c.closed_at IS NULL THEN 0 ELSE " OF_CALL " END), "
                       "SUM (CASE WHEN c.closed_at IS NULL THEN b.reserved_nano ELSE 0 END) "
                       "FROM budget_call b JOIN call c ON c.id = b.call_id GROUP BY b.budget_id, b.starts) "
                       "SELECT (SELECT COUNT (*) FROM budget_use u LEFT JOIN told t ON t.budget_id = u.budget_id AND "
                       "t.starts = u.starts "
                       "WHERE u.spent_nano <> COALESCE (t.spent, 0) OR u.reserved_nano <> COALESCE (t.reserved, 0)) "
                       "+ (SELECT COUNT (*) FROM told t WHERE NOT EXISTS (SELECT 1 FROM budget_use u WHERE u.budget_id "
                       "= t.budget_id AND "
                       "u.starts = t.starts))",
                       "");
  guint wrong = purser_statement_step (row, error) ? (guint) purser_statement_int (row, 0) : 0;
  if (purser_statement_failed (row))
    return FALSE;
  purser_statement_step (row, NULL);
  if (wrong > 0)
    g_ptr_array_add (findings, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s: %u row differs from the ledger",
                                                             "%s: %u rows differ from the ledger", wrong),
                                                "budget_use", wrong));
  return TRUE;
}
