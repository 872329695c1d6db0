/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-costs.h"

#include <locale.h>
#include "purser-csv.h"
#include "fixture-answer.h"
#include "purser-usage-page.h"

/* Whatever is merged, nothing is lost: the parts add up to the answer's own total. */
static void
assert_adds_up (PurserCosts *costs)
{
  gint64 by_series = 0, by_bucket = 0, by_mark = 0;

  for (guint s = 0; s < purser_costs_n_series (costs); s++)
    by_series += purser_costs_series_total (costs, s);
  for (guint b = 0; b < purser_costs_n_buckets (costs); b++)
    {
      by_bucket += purser_costs_bucket_total (costs, b);
      g_assert_cmpint (purser_costs_bucket_total (costs, b), <=, purser_costs_max (costs));
      for (guint s = 0; s < purser_costs_n_series (costs); s++)
        by_mark += purser_costs_value (costs, b, s);
    }
  g_assert_cmpint (by_series, ==,
                   purser_usage_measure (&purser_costs_get_answer (costs)->total, purser_costs_get_measure (costs)));
  g_assert_cmpint (by_series, ==, purser_costs_total (costs));
  g_assert_cmpint (by_bucket, ==, by_series);
  g_assert_cmpint (by_mark, ==, by_series);
}

static void
test_merging (void)
{
  static const struct { guint series, days; PurserBucketUnit unit; guint shown; } cases[] =
  {
    { 1, 31, PURSER_BUCKET_DAY, 1 },
    { 5, 31, PURSER_BUCKET_DAY, 5 },
    { 6, 31, PURSER_BUCKET_DAY, 5 },
    { 9, 80, PURSER_BUCKET_DAY, 5 },
    { 9, 90, PURSER_BUCKET_WEEK, 5 },
    { 3, 365, PURSER_BUCKET_WEEK, 3 },
    { 9, 1200, PURSER_BUCKET_MONTH, 5 },
    { 9, 4000, PURSER_BUCKET_YEAR, 5 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (PurserMeasure measure = PURSER_MEASURE_MONEY; measure <= PURSER_MEASURE_TOKENS; measure++)
      {
        g_autoptr (PurserCosts) costs =
            test_costs_new (test_answer (cases[i].series, cases[i].days), measure, TEST_FIRST_DAY);

        g_assert_cmpint (purser_costs_get_unit (costs), ==, cases[i].unit);
        g_assert_cmpuint (purser_costs_n_series (costs), ==, cases[i].shown);
        g_assert_cmpuint (purser_costs_n_series (costs) * purser_costs_n_buckets (costs), <=,
                          PURSER_COSTS_MAX_MARKS + 2 * PURSER_PALETTE_SIZE);
        assert_adds_up (costs);
      }
}

/* The answer is sorted by money; tokens are ranked anew. */
static void
test_ranking (void)
{
  g_autoptr (PurserCosts) money = test_costs_new (test_answer (7, 10), PURSER_MEASURE_MONEY, TEST_FIRST_DAY);
  g_autoptr (PurserCosts) tokens = test_costs_new (test_answer (7, 10), PURSER_MEASURE_TOKENS, TEST_FIRST_DAY);

  g_assert_cmpstr (purser_costs_series_name (money, 0), ==, "Person 1");
  g_assert_cmpstr (purser_costs_series_name (tokens, 0), ==, "Person 7");
  g_assert_cmpstr (purser_costs_series_name (money, 4), ==, "3 others");
  g_assert_null (purser_costs_series (money, 4));
  g_assert_cmpuint (purser_costs_series_paint (money, 4), ==, PURSER_PALETTE_OTHER);
  g_assert_cmpuint (purser_costs_paint_of (money, g_ptr_array_index (purser_costs_get_answer (money)->series, 6)), ==,
                    PURSER_PALETTE_OTHER);
}

static void
test_unpriced (void)
{
  PurserAnswer *answer = test_answer (2, 5);
  PurserSeries *series = g_ptr_array_index (answer->series, 1);
  g_autoptr (PurserCosts) costs = NULL;

  for (guint d = 0; d < 5; d++)
    {
      answer->total.cost_nano -= series->days[d].cost_nano;
      series->total.cost_nano -= series->days[d].cost_nano;
      series->days[d].cost_nano = 0;
    }
  costs = test_costs_new (answer, PURSER_MEASURE_MONEY, TEST_FIRST_DAY);
  g_assert_cmpuint (purser_costs_n_series (costs), ==, 1); /* no bar of height zero for what has no price */
  assert_adds_up (costs);
}

static void
test_slice (void)
{
  g_autoptr (PurserAnswer) answer = test_answer (3, 31);
  const PurserSeries *series = g_ptr_array_index (answer->series, 1);
  g_autoptr (PurserAnswer) slice = purser_usage_slice (answer, series, TEST_FIRST_DAY + 7, TEST_FIRST_DAY + 13);

  g_assert_cmpuint (slice->n_days, ==, 7);
  g_assert_cmpint (slice->total.cost_nano, ==, 7 * series->days[0].cost_nano);
  g_assert_cmpint (slice->question.first_day, ==, TEST_FIRST_DAY + 7);
}

/* RFC 4180, and nothing a spreadsheet would run. */
static void
test_csv_cells (void)
{
  g_autoptr (GString) csv = g_string_new (NULL);

  purser_csv_text (csv, "plain");
  purser_csv_text (csv, "=HYPERLINK(\"http://x\")");
  purser_csv_text (csv, "+1");
  purser_csv_text (csv, "-1");
  purser_csv_text (csv, "@x");
  purser_csv_text (csv, "\t=1");
  purser_csv_text (csv, "a,b\nc");
  purser_csv_text (csv, NULL);
  purser_csv_number (csv, -1);
  purser_csv_number (csv, 12);
  purser_csv_end_row (csv);
  g_assert_cmpstr (csv->str, ==,
                   "\"plain\",\"'=HYPERLINK(\"\"http://"
                   "x\"\")\",\"'+1\",\"'-1\",\"'@x\",\"'\t=1\",\"a,b\nc\",\"\",,12\r\n");
}

static void
test_csv_costs (void)
{
  g_autoptr (PurserAnswer) answer = test_answer (2, 3);
  g_autoptr (PurserOrg) org = purser_org_new ();
  g_autofree char *csv = purser_csv_costs (answer, org);
  g_auto (GStrv) lines = g_strsplit (csv, "\r\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 4);
  g_assert_true (g_str_has_prefix (lines[0], "first_day,last_day,person,calls,failed_calls,input_uncached,"));
  g_assert_cmpstr (lines[1], ==, "2026-11-01,2026-11-03,\"Person 1\",3,0,0,0,0,0,0,300,0,0,0.60,0.00,EUR");
  g_assert_cmpstr (lines[3], ==, "");
}

static void
add_model (PurserOrg  *org,
           gint64      id,
           gint64      provider_id,
           const char *name,
           const char *title)
{
  PurserModel *model = g_new0 (PurserModel, 1);

  model->id = id;
  model->provider_id = provider_id;
  model->name = g_strdup (name);
  model->title = g_strdup (title);
  g_ptr_array_add (org->models, model);
}

static void
add_provider (PurserOrg  *org,
              gint64      id,
              const char *name)
{
  PurserProvider *provider = g_new0 (PurserProvider, 1);

  provider->id = id;
  provider->name = g_strdup (name);
  g_ptr_array_add (org->providers, provider);
}

/* On the page models have their titles, and two of one title their providers too; what counted for nothing has no row. In the file they are called as in a call. */
static void
test_models (void)
{
  g_autoptr (PurserAnswer) answer = test_answer (4, 2);
  g_autoptr (PurserOrg) org = purser_org_new ();
  PurserSeries *empty = g_ptr_array_index (answer->series, 3);
  g_autofree char *csv = NULL;

  answer->question.split = PURSER_BY_MODEL;
  memset (&empty->total, 0, sizeof empty->total);
  add_provider (org, 1, "One");
  add_provider (org, 2, "Two");
  add_model (org, 1, 1, "claude-sonnet", "Claude Sonnet");
  add_model (org, 2, 2, "anthropic/claude-sonnet", "Claude Sonnet");
  add_model (org, 3, 2, "mini", NULL);
  purser_costs_tidy (answer, org);
  g_assert_cmpuint (answer->series->len, ==, 3);
  g_assert_cmpstr (((PurserSeries *) answer->series->pdata[0])->name, ==, "Claude Sonnet (One)");
  g_assert_cmpstr (((PurserSeries *) answer->series->pdata[1])->name, ==, "Claude Sonnet (Two)");
  g_assert_cmpstr (((PurserSeries *) answer->series->pdata[2])->name, ==, "mini");
  g_assert_cmpstr (((PurserSeries *) answer->series->pdata[2])->detail, ==, "Two");
  csv = purser_csv_costs (answer, org);
  g_assert_nonnull (strstr (csv, ",\"One/claude-sonnet\","));
  g_assert_nonnull (strstr (csv, ",\"Two/anthropic/claude-sonnet\","));
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("LANGUAGE", "C", TRUE);
  setlocale (LC_ALL, "C");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/costs/merging", test_merging);
  g_test_add_func ("/costs/ranking", test_ranking);
  g_test_add_func ("/costs/unpriced", test_unpriced);
  g_test_add_func ("/costs/slice", test_slice);
  g_test_add_func ("/costs/csv-cells", test_csv_cells);
  g_test_add_func ("/costs/csv", test_csv_costs);
  g_test_add_func ("/costs/models", test_models);
  return g_test_run ();
}
