/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-budget.h"

enum
{
  JULIAN_1970 = 719163 /* GDate's number of 1970-01-01 */
};

/* The first of the month that is MONTHS after that of DATE, in days since 1970. */
static gint32
first_of_month (const GDate *date, int months)
{
  GDate first = *date;
  g_date_set_day (&first, 1);
  if (months > 0)
    g_date_add_months (&first, (guint) months);
  else
    g_date_subtract_months (&first, (guint) -months);
  return (gint32) g_date_get_julian (&first) - JULIAN_1970;
}

void
purser_budget_span (const PurserBudget *budget, gint32 day, gint32 *first, gint32 *last)
{
  GDate date;
  g_date_clear (&date, 1);
  g_date_set_julian (&date, (guint32) CLAMP ((gint64) day + JULIAN_1970, 1, G_MAXINT32 / 2));
  int into_quarter = ((int) g_date_get_month (&date) - 1) % 3;
  switch (budget->period)
    {
    case PURSER_BUDGET_MONTH:
      *first = first_of_month (&date, 0);
      *last = first_of_month (&date, 1) - 1;
      return;
    case PURSER_BUDGET_QUARTER:
      *first = first_of_month (&date, -into_quarter);
      *last = first_of_month (&date, 3 - into_quarter) - 1;
      return;
    case PURSER_BUDGET_ROLLING:
      *first = day - (gint32) budget->days + 1;
      *last = day;
      return;
    case PURSER_BUDGET_ONCE:
    case PURSER_N_BUDGET_PERIODS:
      break;
    }
  *first = *last = 0;
}

gint64
purser_budget_row (const PurserBudget *budget, gint32 day)
{
  gint32 first, last;
  purser_budget_span (budget, day, &first, &last);
  return budget->period == PURSER_BUDGET_ROLLING ? day : first;
}
