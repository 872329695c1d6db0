/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-org.h"

/* The words by which choices are stored and written to JSON. */

/**
 * purser_budget_scope_id:
 * @scope: whose calls a budget counts
 *
 * Returns: its word in the file; static
 */
const char *
purser_budget_scope_id (PurserBudgetScope scope)
{
  static const char *const WORDS[PURSER_N_SCOPES] = { [PURSER_SCOPE_ORGANISATION] = "organisation",
                                                      [PURSER_SCOPE_TEAM] = "team",
                                                      [PURSER_SCOPE_PRINCIPAL] = "principal",
                                                      [PURSER_SCOPE_WORKLOAD] = "workload" };
  g_return_val_if_fail ((guint) scope < G_N_ELEMENTS (WORDS), NULL);
  return WORDS[scope];
}

/**
 * purser_budget_period_id:
 * @period: when a budget begins anew
 *
 * Returns: its word in the file; static
 */
const char *
purser_budget_period_id (PurserBudgetPeriod period)
{
  static const char *const WORDS[PURSER_N_BUDGET_PERIODS] = { [PURSER_BUDGET_MONTH] = "month",
                                                              [PURSER_BUDGET_QUARTER] = "quarter",
                                                              [PURSER_BUDGET_ROLLING] = "rolling",
                                                              [PURSER_BUDGET_ONCE] = "none" };
  g_return_val_if_fail ((guint) period < G_N_ELEMENTS (WORDS), NULL);
  return WORDS[period];
}

/**
 * purser_at_limit_id:
 * @at_limit: what happens where a budget is used up
 *
 * Returns: its word in the file; static
 */
const char *
purser_at_limit_id (PurserAtLimit at_limit)
{
  static const char *const WORDS[PURSER_N_AT_LIMIT] = {
    [PURSER_AT_LIMIT_NOTIFY] = "notify", [PURSER_AT_LIMIT_BLOCK] = "block"
  };
  g_return_val_if_fail ((guint) at_limit < G_N_ELEMENTS (WORDS), NULL);
  return WORDS[at_limit];
}

/**
 * purser_durability_id:
 * @durability: what a settled call survives
 *
 * Returns: its word in the file; static
 */
const char *
purser_durability_id (PurserDurability durability)
{
  static const char *const WORDS[PURSER_N_DURABILITIES] = {
    [PURSER_SURVIVES_KILL] = "process", [PURSER_SURVIVES_POWER] = "answered", [PURSER_SURVIVES_STRICT] = "strict"
  };
  g_return_val_if_fail ((guint) durability < G_N_ELEMENTS (WORDS), NULL);
  return WORDS[durability];
}
