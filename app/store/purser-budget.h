/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-ledger.h"

G_BEGIN_DECLS

/* Budgets at work: what is spent and reserved stands in the file, for every process alike (DESIGN §3.3). All inside a write job but for what only reads. */

/* Those in force, by id. (transfer full) (nullable) (element-type PurserBudget) */
GArray *purser_budgets_in_force (PurserDb *db, GError **error);
/* The same, read once per generation. (nullable) */
const GArray *purser_budgets_known (PurserDb *db, GError **error);

/* A call as far as budgets look at it. */
typedef struct
{
  gint64 opened_at, principal_id, workload_id;
  gboolean test; /* purposes test and check: they count for the organisation only */
} PurserBudgetCall;

/* Which budgets a call counts against, and in which of their rows. */
enum
{
  PURSER_MOST_BUDGETS = PURSER_N_SCOPES * PURSER_N_BUDGET_PERIODS /* of one scope and period there is one (schema: budget_of) */
};
typedef struct
{
  guint n;
  gint64 reserve_nano;
  struct
  {
    gint64 id, starts;
  } of[PURSER_MOST_BUDGETS];
} PurserBudgetPlan;
/* FALSE and REFUSED where one that blocks has no room for RESERVE_NANO, or the call is UNPRICED. Changes nothing yet. */
gboolean purser_budget_plan (PurserDb *db, const PurserBudgetCall *call, gint64 reserve_nano, gboolean unpriced, PurserBudgetPlan *plan, GError **error);
gboolean purser_budget_reserve (PurserDb *db, const PurserBudgetPlan *plan, gint64 call_id, GError **error);
/* Before a hop of CALL_ID to a model without a price: FALSE and REFUSED where a budget blocks that. */
gboolean purser_budget_allows_unpriced (PurserDb *db, gint64 call_id, GError **error);
/* Before another attempt of CALL_ID, whose last one cost COST_NANO: what is reserved must cover both. FALSE and REFUSED where one that blocks has no room. */
gboolean purser_budget_reserve_more (PurserDb *db, gint64 call_id, gint64 cost_nano, GError **error);
/* The call is closed: its reservations go, what its attempts cost counts as spent. */
gboolean purser_budget_settle (PurserDb *db, gint64 call_id, GError **error);
/* A closed call was charged COST_NANO more, or less. */
gboolean purser_budget_correct (PurserDb *db, gint64 call_id, gint64 cost_nano, GError **error);
/* What was spent apart from the calls that are told one by one, read from the roll-ups again. */
gboolean purser_budget_rebase (PurserDb *db, GError **error);
/* Adds a line to FINDINGS where budgets say anything else than the ledger. */
gboolean purser_budget_verify (PurserDb *db, GPtrArray *findings, GError **error);

/* --- Periods --- */
/* First and last day of the period that DAY is in; of one without periods 0 and 0. */
void purser_budget_span (const PurserBudget *budget, gint32 day, gint32 *first, gint32 *last);
gint64 purser_budget_row (const PurserBudget *budget, gint32 day); /* column starts of what happens on DAY */

/* --- Which calls --- */
gboolean purser_budget_counts (PurserDb *db, const PurserBudget *budget, const PurserBudgetCall *call, gint64 *team_id /* (inout) -1: not looked up yet */, gboolean *counts, GError **error);
gboolean purser_budget_call_of (PurserDb *db, gint64 call_id, PurserBudgetCall *call, GError **error);

/* --- Words --- */
/* Sets ERROR. Always FALSE. */
gboolean purser_budget_refuse (PurserDb *db, const PurserBudget *budget, gint32 day, gint64 wanted, gint64 taken, gint64 reserved, GError **error);
gboolean purser_budget_refuse_unpriced (PurserDb *db, const PurserBudget *budget, gint32 day, GError **error);

G_END_DECLS
