/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a chart asks of a large ledger, beside adding up one column of it. */
#include "bench.h"

#include "purser-review.h"

enum
{
  DAYS = 90
};

#define SUM "SELECT SUM (cost_nano) FROM attempt"

typedef struct
{
  PurserStore *store;
  PurserQuestion question;
  gint64 cost, calls; /* of the last answer */
} Review;

static void
ask (gpointer data)
{
  Review *review = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserAnswer) answer = purser_review_ask (review->store, &review->question, &error);
  g_assert_no_error (error);
  review->cost = review->calls = 0;
  for (guint i = 0; i < answer->series->len; i++)
    {
      const PurserSeries *series = g_ptr_array_index (answer->series, i);
      review->cost += series->total.cost_nano;
      review->calls += series->total.calls;
    }
  g_assert_cmpint (review->cost, ==, answer->total.cost_nano);
}

static void
sum (gpointer data)
{
  g_assert_cmpint (bench_number (((Review *) data)->store, SUM), >, 0);
}

void
bench_review (const char *folder, guint calls)
{
  g_autoptr(PurserStore) store = bench_ledger (folder, calls);
  g_autoptr(PurserOrg) org = purser_store_get_org (store);
  Review review = { .store = store };
  gint32 last = purser_day_of (org->timezone, bench_number (store, "SELECT MAX (opened_at) FROM call"));
  gint64 cost = bench_number (store, SUM);
  g_autofree char *heading = g_strdup_printf ("Review, %d days of %u calls (to reach: 50 ms)", DAYS, calls);
  bench_heading (heading, "one SUM");
  for (PurserSplit split = PURSER_BY_PRINCIPAL; split <= PURSER_BY_NOTHING; split++)
    {
      g_autofree char *what = g_strdup_printf ("by %s", purser_split_id (split));
      review.question = (PurserQuestion) { split, 0, last, TRUE };
      ask (&review);
      g_assert_cmpint (review.cost, ==, cost);
      g_assert_cmpint (review.calls, ==, calls);
      review.question.first_day = last - DAYS + 1;
      bench_compare (what, (BenchSide) { ask, 1 }, (BenchSide) { sum, 1 }, &review);
    }
  purser_store_close (store);
}
