/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-budget.h"

#include <glib/gi18n-lib.h>

#include "purser-db-private.h"
#include "purser-names.h"

/* What the caller of a refused call reads: whose budget it is, what is left, when it begins anew, whom to ask. */

static GDateTime *
date_of (gint32 day)
{
  return g_date_time_new_from_unix_utc ((gint64) day * 86400);
}

static char *
whose (PurserDb *db, const PurserBudget *budget)
{
  g_autofree char *name = budget->scope != PURSER_SCOPE_ORGANISATION
                              ? purser_catalogue_name (db, purser_budget_scope_id (budget->scope), budget->scope_id)
                              : NULL;
  switch (budget->scope)
    {
    case PURSER_SCOPE_TEAM:
      return g_strdup_printf (_("The budget of the team “%s”"), name);
    case PURSER_SCOPE_PRINCIPAL:
      return g_strdup_printf (_("The budget of “%s”"), name);
    case PURSER_SCOPE_WORKLOAD:
      return g_strdup_printf (_("The budget of the workload “%s”"), name);
    case PURSER_SCOPE_ORGANISATION:
    case PURSER_N_SCOPES:
      break;
    }
  return g_strdup (_("The budget of the organisation"));
}

static char *
which_time (const PurserBudget *budget, gint32 day)
{
  gint32 first, last;
  purser_budget_span (budget, day, &first, &last);
  g_autoptr(GDateTime) date = date_of (first);
  g_autofree char *month = g_date_time_format (date, "%OB");
  switch (budget->period)
    {
    case PURSER_BUDGET_MONTH:
      return g_strdup_printf (_("for %s"), month);
    case PURSER_BUDGET_QUARTER:
      return g_strdup_printf (_("for quarter %d of %d"), (g_date_time_get_month (date) + 2) / 3,
                              g_date_time_get_year (date));
    case PURSER_BUDGET_ROLLING:
      return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "for any %d day in a row", "for any %d days in a row",
                                           (gulong) budget->days),
                              (int) budget->days);
    case PURSER_BUDGET_ONCE:
    case PURSER_N_BUDGET_PERIODS:
      break;
    }
  return g_strdup (_("that was paid ahead"));
}

static char *
when_anew (const PurserBudget *budget, gint32 day)
{
  gint32 first, last;
  if (budget->period == PURSER_BUDGET_ONCE)
    return g_strdup (_("It does not start again by itself."));
  if (budget->period == PURSER_BUDGET_ROLLING)
    return g_strdup (_("Room comes back day by day, as old days drop out."));
  purser_budget_span (budget, day, &first, &last);
  g_autoptr(GDateTime) date = date_of (last + 1);
  /* Translators: a day without its year, as strftime writes it: "1 December" */
  g_autofree char *text = g_date_time_format (date, _("%-d %B"));
  return g_strdup_printf (_("It starts again on %s."), text);
}

static gboolean
currency_of (PurserDb *db, char currency[4])
{
  PurserStatement *row = purser_db_query (db, NULL, "SELECT currency FROM organisation", "");
  if (!purser_statement_step (row, NULL))
    return FALSE;
  g_strlcpy (currency, purser_statement_text (row, 0), 4);
  purser_statement_step (row, NULL);
  return TRUE;
}

/* "2.00 EUR of 50.00 EUR are left", and what running calls hold. */
static char *
what_is_left (PurserDb *db, const PurserBudget *budget, gint64 taken, gint64 reserved)
{
  char currency[4] = "";
  currency_of (db, currency);
  gint64 free_nano = taken < budget->cap_nano ? budget->cap_nano - taken : 0;
  g_autofree char *left = purser_money_format (free_nano, currency);
  g_autofree char *cap = purser_money_format (budget->cap_nano, currency);
  if (reserved <= 0)
    return g_strdup_printf (_("%s of %s are left."), left, cap);
  g_autofree char *held = purser_money_format (reserved, currency);
  return g_strdup_printf (_("%s of %s are left, and %s more are reserved by calls that are running."), left, cap,
                          held);
}

static char *
what_is_wrong (PurserDb *db, const PurserBudget *budget, gint32 day, gint64 wanted, gint64 taken)
{
  g_autofree char *owner = whose (db, budget), *time = which_time (budget, day);
  if (taken >= budget->cap_nano)
    return g_strdup_printf (_("%s %s is used up:"), owner, time);
  char currency[4] = "";
  currency_of (db, currency);
  g_autofree char *cost = purser_money_format (wanted, currency);
  return g_strdup_printf (_("%s %s has no room for this call, which can cost up to %s:"), owner, time, cost);
}

gboolean
purser_budget_refuse (
    PurserDb *db, const PurserBudget *budget, gint32 day, gint64 wanted, gint64 taken, gint64 reserved, GError **error)
{
  g_autofree char *wrong = what_is_wrong (db, budget, day, wanted, taken);
  g_autofree char *left = what_is_left (db, budget, taken, reserved);
  g_autofree char *anew = when_anew (budget, day);
  g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED, "%s %s %s %s", wrong, left, anew,
               _("Ask whoever looks after Purser."));
  return FALSE;
}

gboolean
purser_budget_refuse_unpriced (PurserDb *db, const PurserBudget *budget, gint32 day, GError **error)
{
  g_autofree char *owner = whose (db, budget), *time = which_time (budget, day);
  g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED,
               _("%s %s must not be exceeded, and the model has no price, so nobody can tell what this call would "
                  "cost. "
                  "Ask whoever looks after Purser to enter its price."),
               owner, time);
  return FALSE;
}
