/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "purser-budget.h"
#include "purser-catalogue-private.h"

/* Setting, changing and removing budgets. */

enum
{
  MOST_DAYS = 3660
};

/* --- Those there are --- */

static guint
index_of (const char *word, const char *(*id) (guint), guint n)
{
  for (guint i = 0; i < n; i++)
    if (g_strcmp0 (id (i), word) == 0)
      return i;
  return n;
}

static const char *
scope_id (guint i)
{
  return purser_budget_scope_id ((PurserBudgetScope) i);
}

static const char *
period_id (guint i)
{
  return purser_budget_period_id ((PurserBudgetPeriod) i);
}

static const char *
at_limit_id (guint i)
{
  return purser_at_limit_id ((PurserAtLimit) i);
}

/* Whose thing was removed is kept, and counts again where that comes back. */
#define IS_THERE                                                                                                    \
  "(scope = 'organisation' OR (scope = 'team' AND EXISTS (SELECT 1 FROM team t WHERE t.id = scope_id)) OR "         \
  "(scope = 'principal' AND EXISTS (SELECT 1 FROM principal p WHERE p.id = scope_id AND p.removed_at IS NULL)) OR " \
  "(scope = 'workload' AND EXISTS (SELECT 1 FROM workload w WHERE w.id = scope_id AND w.removed_at IS NULL)))"

GArray *
purser_budgets_in_force (PurserDb *db, GError **error)
{
  g_autoptr(GArray) budgets = g_array_new (FALSE, TRUE, sizeof (PurserBudget));
  PurserStatement *row = purser_db_query (db, error,
                                          "SELECT id, scope, scope_id, period, days, cap_nano, action, created_at FROM "
                                          "budget WHERE removed_at IS NULL AND " IS_THERE " ORDER BY id",
                                          "");
  while (purser_statement_step (row, error))
    {
      PurserBudget budget = { .id = purser_statement_int (row, 0),
                              .scope = index_of (purser_statement_text (row, 1), scope_id, PURSER_N_SCOPES),
                              .scope_id = purser_statement_int (row, 2),
                              .period = index_of (purser_statement_text (row, 3), period_id, PURSER_N_BUDGET_PERIODS),
                              .days = purser_statement_int (row, 4),
                              .cap_nano = purser_statement_int (row, 5),
                              .at_limit = index_of (purser_statement_text (row, 6), at_limit_id, PURSER_N_AT_LIMIT),
                              .created_at = purser_statement_int (row, 7) };
      g_array_append_val (budgets, budget);
    }
  return purser_statement_failed (row) ? NULL : g_steal_pointer (&budgets);
}

const GArray *
purser_budgets_known (PurserDb *db, GError **error)
{
  const PurserHead *head = purser_db_head (db, error);
  if (head == NULL)
    return NULL;
  if (db->budgets != NULL && db->budgets_of == head->generation)
    return db->budgets;
  g_clear_pointer (&db->budgets, g_array_unref);
  db->budgets = purser_budgets_in_force (db, error);
  db->budgets_of = head->generation;
  return db->budgets;
}

/* --- What was spent before --- */

/* What the roll-ups say of BUDGET's calls on the days of its period, summed into its rows. */
static GHashTable *
sum_usage (PurserDb *db, const PurserBudget *budget, gint32 first, gint32 last, GError **error)
{
  static const PurserSplit SPLITS[PURSER_N_SCOPES] = { [PURSER_SCOPE_ORGANISATION] = PURSER_BY_NOTHING,
                                                       [PURSER_SCOPE_TEAM] = PURSER_BY_TEAM,
                                                       [PURSER_SCOPE_PRINCIPAL] = PURSER_BY_PRINCIPAL,
                                                       [PURSER_SCOPE_WORKLOAD] = PURSER_BY_WORKLOAD };
  gboolean everything = budget->scope == PURSER_SCOPE_ORGANISATION;
  /* What this job has settled so far is not yet in them. */
  if (!purser_rollup_flush (db->rollup, db, error))
    return NULL;
  g_autoptr(GArray) usage =
      purser_ledger_usage (db, SPLITS[budget->scope], TRUE, first, last, TRUE, everything, error);
  if (usage == NULL)
    return NULL;
  GHashTable *sums = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  for (guint i = 0; i < usage->len; i++)
    {
      const PurserUsageRow *row = &g_array_index (usage, PurserUsageRow, i);
      gint64 starts = purser_budget_row (budget, row->day);
      gint64 *sum = g_hash_table_lookup (sums, &starts);
      if (!everything && row->key != budget->scope_id)
        continue;
      if (sum == NULL)
        g_hash_table_insert (sums, g_memdup2 (&starts, sizeof starts), sum = g_new0 (gint64, 1));
      if (__builtin_add_overflow (*sum, row->cost_nano, sum))
        *sum = G_MAXINT64;
    }
  return sums;
}

/* What is not told call by call of the period of DAY: the whole, less what is. */
static gboolean
put_base (PurserDb *db, const PurserBudget *budget, gint32 day, GError **error)
{
  gint32 first, last;
  GHashTableIter iter;
  gpointer starts, sum;
  if (budget->period == PURSER_BUDGET_ONCE)
    return TRUE; /* what is paid ahead is used from then on */
  purser_budget_span (budget, day, &first, &last);
  g_autoptr(GHashTable) sums = sum_usage (db, budget, first, last, error);
  if (sums == NULL
      || !purser_db_run (db, error,
                         "UPDATE budget_use SET base_nano = 0 WHERE budget_id = ? AND starts BETWEEN ? AND ?", "iii",
                         budget->id, (gint64) first, (gint64) last))
    return FALSE;
  g_hash_table_iter_init (&iter, sums);
  while (g_hash_table_iter_next (&iter, &starts, &sum))
    if (!purser_db_run (db, error,
                        "INSERT INTO budget_use (budget_id, starts, base_nano) VALUES (?, ?, ?) ON CONFLICT "
                        "(budget_id, "
                        "starts) DO UPDATE SET base_nano = CASE WHEN excluded.base_nano > budget_use.spent_nano THEN "
                        "excluded.base_nano - budget_use.spent_nano ELSE 0 END",
                        "iii", budget->id, *(gint64 *) starts, *(gint64 *) sum))
      return FALSE;
  return TRUE;
}

gboolean
purser_budget_rebase (PurserDb *db, GError **error)
{
  const GArray *budgets = purser_budgets_known (db, error);
  const PurserHead *head = budgets != NULL ? purser_db_head (db, error) : NULL;
  if (head == NULL)
    return FALSE;
  for (guint i = 0; i < budgets->len; i++)
    if (!put_base (db, &g_array_index (budgets, PurserBudget, i), purser_day_in (head->zone, purser_db_now (db)),
                   error))
      return FALSE;
  return TRUE;
}

/* --- What is running meanwhile --- */

typedef struct
{
  gint64 id, reserve_nano;
  PurserBudgetCall call;
} Running;

static GArray *
find_running (PurserDb *db, GError **error)
{
  g_autoptr(GArray) running = g_array_new (FALSE, TRUE, sizeof (Running));
  PurserStatement *row = purser_db_query (db, error,
                                          "SELECT id, reserve_nano, opened_at, principal_id, workload_id, purpose IN "
                                          "('test', 'check') FROM call INDEXED BY "
                                          "call_open WHERE closed_at IS NULL AND process_id > 0",
                                          "");
  while (purser_statement_step (row, error))
    {
      Running one = { purser_statement_int (row, 0),
                      purser_statement_int (row, 1),
                      { purser_statement_int (row, 2), purser_statement_int (row, 3), purser_statement_int (row, 4),
                        purser_statement_int (row, 5) != 0 } };
      g_array_append_val (running, one);
    }
  return purser_statement_failed (row) ? NULL : g_steal_pointer (&running);
}

/* A call that runs while its budget is set counts from the beginning, whether there is room for it or not. */
static gboolean
take_running (PurserDb *db, const PurserBudget *budget, GTimeZone *zone, gint32 today, GError **error)
{
  gint32 first, last;
  if (budget->period == PURSER_BUDGET_ONCE)
    return TRUE;
  purser_budget_span (budget, today, &first, &last);
  g_autoptr(GArray) running = find_running (db, error);
  for (guint i = 0; running != NULL && i < running->len; i++)
    {
      const Running *one = &g_array_index (running, Running, i);
      gint32 day = purser_day_in (zone, one->call.opened_at);
      gint64 team_id = -1;
      gboolean counts;
      if (!purser_budget_counts (db, budget, &one->call, &team_id, &counts, error))
        return FALSE;
      PurserBudgetPlan plan = { .n = counts && day >= first, .reserve_nano = one->reserve_nano };
      plan.of[0].id = budget->id;
      plan.of[0].starts = purser_budget_row (budget, day);
      if (!purser_budget_reserve (db, &plan, one->id, error))
        return FALSE;
    }
  return running != NULL;
}

/* --- Setting --- */

static gboolean
refuse (GError **error, PurserStoreError code, const char *words)
{
  g_set_error_literal (error, PURSER_STORE_ERROR, code, words);
  return FALSE;
}

static gboolean
check (const PurserBudget *budget, GError **error)
{
  if ((guint) budget->scope >= PURSER_N_SCOPES || (guint) budget->period >= PURSER_N_BUDGET_PERIODS
      || (guint) budget->at_limit >= PURSER_N_AT_LIMIT
      || (budget->scope == PURSER_SCOPE_ORGANISATION) != (budget->scope_id == 0))
    return refuse (error, PURSER_STORE_ERROR_REFUSED,
                   _("Say whose budget it is, for how long, and what happens at its end."));
  if (budget->cap_nano <= 0)
    return refuse (error, PURSER_STORE_ERROR_REFUSED, _("A budget is an amount above zero."));
  if (budget->period == PURSER_BUDGET_ROLLING && (budget->days < 1 || budget->days > MOST_DAYS))
    return refuse (error, PURSER_STORE_ERROR_REFUSED, _("Say over how many days the budget runs: 1 to 3660."));
  return TRUE;
}

static gboolean
is_new (PurserDb *db, const PurserBudget *budget, GError **error)
{
  PurserStatement *row =
      purser_db_query (db, error,
                       "SELECT 1 FROM budget WHERE scope = ? AND scope_id = ? AND period = ? AND removed_at IS NULL",
                       "sis", purser_budget_scope_id (budget->scope), budget->scope_id,
                       purser_budget_period_id (budget->period));
  if (!purser_statement_step (row, error))
    return !purser_statement_failed (row);
  purser_statement_step (row, NULL);
  return refuse (error, PURSER_STORE_ERROR_CONSTRAINT,
                 _("There is a budget for the same calls and the same time already. Change that one."));
}

static gint64
insert (PurserDb *db, const PurserBudget *draft, GError **error)
{
  PurserBudget budget = *draft;
  const PurserHead *head = purser_db_head (db, error);
  budget.created_at = purser_db_now (db);
  budget.days = budget.period == PURSER_BUDGET_ROLLING ? budget.days : 0;
  if (head == NULL || !is_new (db, &budget, error)
      || !purser_db_run (db, error,
                         "INSERT INTO budget (scope, scope_id, period, days, cap_nano, action, created_at) VALUES (?, "
                         "?, "
                         "?, ?, ?, ?, ?)",
                         "sisiisi", purser_budget_scope_id (budget.scope), budget.scope_id,
                         purser_budget_period_id (budget.period), budget.days, budget.cap_nano,
                         purser_at_limit_id (budget.at_limit), budget.created_at))
    return 0;
  budget.id = purser_db_last_id (db);
  gint32 today = purser_day_in (head->zone, budget.created_at);
  return put_base (db, &budget, today, error) && take_running (db, &budget, head->zone, today, error) ? budget.id : 0;
}

/**
 * purser_catalogue_put_budget:
 * @db: the connection of a write job
 * @budget: what to set; with id 0 a new one, which knows what was spent in its period so far and which calls are running. Of an existing one, cap and
 *   what happens at the limit change
 * @error: return location
 *
 * Returns: its id, or 0 and @error
 */
gint64
purser_catalogue_put_budget (PurserDb *db, const PurserBudget *budget, GError **error)
{
  db->budgets_of = 0;
  if (!check (budget, error))
    return 0;
  if (budget->id == 0)
    return insert (db, budget, error);
  gboolean run =
      purser_db_run (db, error, "UPDATE budget SET cap_nano = ?, action = ? WHERE id = ? AND removed_at IS NULL", "isi",
                     budget->cap_nano, purser_at_limit_id (budget->at_limit), budget->id);
  return purser_catalogue_found (db, run, error) ? budget->id : 0;
}

gboolean
purser_catalogue_remove_budget (PurserDb *db, gint64 id, GError **error)
{
  db->budgets_of = 0;
  return purser_catalogue_found (db,
                                 purser_db_run (db, error,
                                                "UPDATE budget SET removed_at = ? WHERE id = ? AND removed_at IS NULL",
                                                "ii", purser_db_now (db), id),
                                 error);
}
