/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-costs.h"

/* Answers made up for tests: SERIES names, each costing (position + 1) × 0.10 and 100 tokens a day, over N_DAYS days. */
#define TEST_FIRST_DAY 20758 /* Sunday, 1 November 2026 */

/* An organisation that keeps its amounts in EUR. */
static inline PurserOrg *
test_snapshot (void)
{
  PurserOrg *org = purser_org_new ();

  g_strlcpy (org->currency, "EUR", sizeof org->currency);
  return org;
}

static inline PurserCosts *
test_costs_new (PurserAnswer  *answer,
                PurserMeasure  measure,
                gint32         today)
{
  g_autoptr (PurserOrg) org = test_snapshot ();

  return purser_costs_new (answer, org, measure, today);
}

static inline void
test_series_free (PurserSeries *series)
{
  g_free (series->name);
  g_free (series->detail);
  g_free (series->days);
  g_free (series);
}

static inline PurserAnswer *
test_answer (guint n_series,
             guint n_days)
{
  PurserAnswer *answer = g_new0 (PurserAnswer, 1);

  answer->question = (PurserQuestion) { PURSER_BY_PERSON, TEST_FIRST_DAY, TEST_FIRST_DAY + (gint32) n_days - 1, FALSE };
  g_strlcpy (answer->currency, "EUR", sizeof answer->currency);
  answer->n_days = n_days;
  answer->series = g_ptr_array_new_with_free_func ((GDestroyNotify) test_series_free);
  for (guint i = 0; i < n_series; i++)
    {
      PurserSeries *series = g_new0 (PurserSeries, 1);

      series->key = i + 1;
      series->name = g_strdup_printf ("Person %u", i + 1);
      series->days = g_new0 (PurserUsageRow, n_days);
      for (guint d = 0; d < n_days; d++)
        {
          series->days[d].calls = 1;
          series->days[d].cost_nano = (n_series - i) * PURSER_NANO / 10;
          series->days[d].tokens[PURSER_TOKENS_OUTPUT_VISIBLE] = 100 * (i + 1);
          purser_usage_row_add (&series->total, &series->days[d]);
        }
      purser_usage_row_add (&answer->total, &series->total);
      g_ptr_array_add (answer->series, series);
    }
  return answer;
}
