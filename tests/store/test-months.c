/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <string.h>

/* --- Which month --- */

static void
test_of_and_start (void)
{
  static const struct
  {
    const char *zone, *time;
    gint32 month;
  } CASES[] = {
    { "UTC", "1970-01-01T00:00:00Z", 0 },
    { "UTC", "2026-11-30T23:59:59Z", 682 },
    { "UTC", "2026-12-01T00:00:00Z", 683 },
    { "Europe/Berlin", "2026-11-30T22:59:59Z", 682 },
    { "Europe/Berlin", "2026-11-30T23:00:00Z", 683 },
    { "Europe/Berlin", "2026-06-30T22:00:00Z", 678 }, /* in summer an hour earlier */
    { "Pacific/Kiritimati", "2026-11-30T10:00:00Z", 683 },
    { "America/Los_Angeles", "2026-12-01T07:59:59Z", 682 },
    { "UTC", "1969-12-31T23:59:59Z", 0 }, /* never before the first */
    { "UTC", "2028-02-29T12:00:00Z", 697 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      gint64 time = fixture_at (CASES[i].time);
      g_assert_cmpint (purser_month_of (CASES[i].zone, time), ==, CASES[i].month);
    }
  g_assert_cmpint (purser_month_of ("UTC", G_MAXINT64), ==, 8029 * 12 + 11);
  g_assert_cmpint (purser_month_of ("UTC", G_MININT64), ==, 0);
  g_assert_cmpint (purser_month_start ("Europe/Berlin", 682), ==, fixture_at ("2026-10-31T23:00:00Z"));
  g_assert_cmpint (purser_month_start ("Europe/Berlin", 675), ==, fixture_at ("2026-03-31T22:00:00Z"));
  /* Every month begins where the last one ends, and knows its own start. */
  for (gint32 month = 1; month < 12 * 200; month++)
    {
      gint64 start = purser_month_start ("Europe/Berlin", month);
      g_assert_cmpint (purser_month_of ("Europe/Berlin", start), ==, month);
      g_assert_cmpint (purser_month_of ("Europe/Berlin", start - 1), ==, month - 1);
    }
}

static void
test_text (void)
{
  static const struct
  {
    const char *text;
    gint32 month; /* -1: refused */
  } CASES[] = { { "2026-11", 682 }, { "1970-01", 0 },   { "9999-12", 8029 * 12 + 11 },
                { "2026-00", -1 },  { "2026-13", -1 },  { "1969-12", -1 },
                { "2026-1", -1 },   { "2026-011", -1 }, { "2026/11", -1 },
                { " 2026-11", -1 }, { "-026-11", -1 },  { "", -1 },
                { NULL, -1 },       { "2026-1a", -1 },  { "+202-11", -1 },
                { "11-2026", -1 } };
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autoptr(GError) error = NULL;
      gint32 month = -1;
      g_assert_cmpint (purser_month_parse (CASES[i].text, &month, &error), ==, CASES[i].month >= 0);
      g_assert_cmpint (month, ==, CASES[i].month);
      if (month < 0)
        {
          g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
          continue;
        }
      g_autofree char *text = purser_month_text (month);
      g_assert_cmpstr (text, ==, CASES[i].text);
    }
}

/* --- Closing --- */

#define OCTOBER  681
#define NOVEMBER 682

static gboolean
insert_at (PurserDb *db, Fixture *f, const char *iso, guint model, GError **error)
{
  FixtureCall call = fixture_call (f, 0, 0, model);
  if (model == 2)
    call.attempt.list_nano = call.attempt.cost_nano = call.attempt.price_list_nano = call.attempt.price_cost_nano = 0;
  call.attempt.total_us = 40;
  return purser_ledger_insert_closed (db, fixture_at (iso), &call.open, &call.attempt, &call.settle, error);
}

/* Four calls of October, the first and the last microsecond of it among them in Berlin, and one of November. */
static gboolean
fill_body (PurserDb *db, Fixture *f, GError **error)
{
  return insert_at (db, f, "2026-09-30T22:00:00Z", 0, error) && insert_at (db, f, "2026-10-15T12:00:00Z", 1, error)
         && insert_at (db, f, "2026-10-31T22:59:59Z", 2, error) && insert_at (db, f, "2026-10-10T12:00:00Z", 0, error)
         && insert_at (db, f, "2026-10-31T23:00:00Z", 0, error);
}

static Fixture *
october (void)
{
  Fixture *f = fixture_new ();
  purser_store_set_clock (f->store, fixture_clock);
  fixture_time = fixture_at ("2026-11-20T12:00:00Z");
  fixture_run (f, fill_body);
  return f;
}

typedef struct
{
  gint32 month;
  PurserMonthRow *row;
} Close;

static gboolean
close_job (PurserDb *db, gpointer data, GError **error)
{
  Close *what = data;
  what->row = purser_month_close (db, what->month, error);
  return what->row != NULL;
}

/* (transfer full) */
static PurserMonthRow *
close_month (Fixture *f, gint32 month)
{
  Close what = { month, NULL };
  fixture_write (f->store, close_job, &what);
  return what.row;
}

static void
refuse_month (Fixture *f, gint32 month, const char *word)
{
  g_autoptr(GError) error = NULL;
  Close what = { month, NULL };
  g_assert_false (purser_store_write (f->store, FALSE, close_job, &what, &error));
  g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, word));
}

static gboolean
list_body (PurserDb *db, Fixture *f, GError **error)
{
  gboolean closed = FALSE;
  g_autoptr(GPtrArray) list = purser_month_list (db, error);
  g_assert_cmpuint (list->len, ==, 2);
  const PurserMonthRow *newest = g_ptr_array_index (list, 0), *other = g_ptr_array_index (list, 1);
  g_assert_cmpint (newest->month, ==, OCTOBER);
  g_assert_cmpint (newest->calls, ==, 4);
  g_assert_cmpint (newest->closed_at, ==, fixture_time);
  g_assert_cmpint (other->month, ==, OCTOBER - 1);
  g_assert_cmpint (other->calls, ==, 0);
  g_assert_cmpuint (strlen (other->digest), ==, 64);
  g_assert_true (purser_month_is_closed (db, OCTOBER, &closed, error) && closed);
  g_assert_true (purser_month_is_closed (db, NOVEMBER, &closed, error) && !closed);
  return TRUE;
}

static void
test_close (void)
{
  g_autoptr(Fixture) f = october ();
  FixtureCall open = fixture_call (f, 0, 0, 0);

  refuse_month (f, NOVEMBER, "2026-11 is not over");
  refuse_month (f, 100000, "not over");
  refuse_month (f, -1, "not over");
  fixture_time = fixture_at ("2026-10-20T12:00:00Z");
  fixture_write (f->store, fixture_open_job, &open);
  fixture_time = fixture_at ("2026-10-31T22:59:59Z");
  refuse_month (f, OCTOBER, "not over");
  fixture_time = fixture_at ("2026-10-31T23:00:00Z");
  refuse_month (f, OCTOBER, "still running");
  fixture_write (f->store, fixture_settle_job, &open);
  PurserMonthRow *row = close_month (f, OCTOBER);
  g_assert_cmpint (row->month, ==, OCTOBER);
  g_assert_cmpint (row->calls, ==, 5);
  g_assert_cmpint (row->cost_nano, ==, 4 * 2700);
  g_assert_cmpint (row->list_nano, ==, 4 * 3000);
  g_assert_cmpint (row->unpriced_tokens, ==, 110);
  g_assert_cmpuint (strlen (row->digest), ==, 64);
  purser_month_row_free (row);
  refuse_month (f, OCTOBER, "closed already");
  fixture_assert_clean (f->store);
}

static void
test_list (void)
{
  g_autoptr(Fixture) f = october ();
  purser_month_row_free (close_month (f, OCTOBER));
  purser_month_row_free (close_month (f, OCTOBER - 1)); /* in any order, and an empty one too */
  fixture_run (f, list_body);
  fixture_assert_clean (f->store);
}

/* --- What a closed month keeps out --- */

static gboolean
into_october_body (PurserDb *db, Fixture *f, GError **error)
{
  g_autoptr(GError) local = NULL;
  g_assert_false (insert_at (db, f, "2026-10-31T22:59:59Z", 0, &local));
  g_assert_error (local, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
  return insert_at (db, f, "2026-10-31T23:00:00Z", 0, error) && insert_at (db, f, "2026-09-30T21:59:59Z", 0, error);
}

static gboolean
zone_body (PurserDb *db, Fixture *f, GError **error)
{
  g_autoptr(GError) local = NULL;
  g_assert_false (purser_catalogue_set_org (db, NULL, NULL, "Asia/Tokyo", &local));
  g_assert_error (local, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
  return purser_catalogue_set_org (db, "Another name", NULL, "Europe/Berlin", error);
}

typedef struct
{
  gint64 after;
  gboolean more;
  PurserRepriceResult result;
} Step;

static gboolean
reprice_job (PurserDb *db, gpointer data, GError **error)
{
  Step *step = data;
  PurserReprice all = { .reason = "test" };
  return purser_ledger_reprice (db, &all, 1000, &step->after, &step->more, &step->result, error);
}

static void
test_frozen (void)
{
  static const char *const FORBIDDEN[] = {
    "DELETE FROM month_closed",
    "UPDATE month_closed SET digest = ''",
    "INSERT OR REPLACE INTO month_closed SELECT * FROM month_closed",
    "INSERT INTO correction (attempt_id, call_id, created_at, price_id, list_nano, cost_nano, priced, priced_tokens) "
    "SELECT id, call_id, 0, 1, 5, 5, 0, 0 FROM attempt WHERE call_id = 1",
  };
  g_autoptr(Fixture) f = october ();
  Step step = { 0 };
  purser_month_row_free (close_month (f, OCTOBER));
  fixture_run (f, into_october_body);
  fixture_run (f, zone_body);
  for (guint i = 0; i < G_N_ELEMENTS (FORBIDDEN); i++)
    {
      g_autoptr(GError) error = NULL;
      g_test_message ("%s", FORBIDDEN[i]);
      g_assert_false (fixture_sql (f->store, FORBIDDEN[i], &error));
      g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
    }
  /* All of them were charged other figures than the prices say. Those of October stay. */
  fixture_write (f->store, reprice_job, &step);
  g_assert_cmpint (step.result.attempts, ==, 7);
  g_assert_cmpint (step.result.in_closed_months, ==, 3);
  g_assert_cmpint (step.result.corrected, ==, 3);
  g_assert_cmpint (step.result.still_unpriced, ==, 1);
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (cost_nano) FROM usage_day"), ==, 3 * 2700 + 3 * 405000);
  fixture_assert_clean (f->store);
}

static gboolean
price_body (PurserDb *db, Fixture *f, GError **error)
{
  fixture_price (db, f->models[2], 0, "catalogue", "EUR", 1000000);
  return TRUE;
}

/* A month that was corrected first is closed as corrected. */
static void
test_corrected_then_closed (void)
{
  g_autoptr(Fixture) f = october ();
  Step step = { 0 }, second = { 0 };
  fixture_write (f->store, reprice_job, &step);
  g_assert_cmpint (step.result.corrected, ==, 4);
  fixture_run (f, price_body);
  fixture_write (f->store, reprice_job, &second);
  g_assert_cmpint (second.result.newly_priced, ==, 1);
  PurserMonthRow *row = close_month (f, OCTOBER);
  g_assert_cmpint (row->cost_nano, ==, 3 * 405000 + 99000);
  g_assert_cmpint (row->list_nano, ==, 3 * 450000 + 110000);
  g_assert_cmpint (row->unpriced_tokens, ==, 0);
  purser_month_row_free (row);
  fixture_assert_clean (f->store);
}

/* --- Tampering --- */

static void
test_tampered (void)
{
  static const struct
  {
    const char *sql, *word;
  } CASES[] = {
    { "UPDATE attempt SET usage_raw = '{}' WHERE call_id = 2", "not what they were" },
    { "UPDATE attempt SET region = 'us' WHERE call_id = 3", "not what they were" },
    { "UPDATE call SET principal_id = 2 WHERE id = 4", "not what they were" },
    { "UPDATE call SET opened_at = opened_at + 1 WHERE id = 4", "not what they were" },
    { "UPDATE correction SET reason = 'another' WHERE id = 1", "not what they were" },
    { "UPDATE month_closed SET cost_nano = cost_nano + 1", "not what they were" },
    { "INSERT INTO correction (attempt_id, call_id, created_at, price_id, list_nano, cost_nano, priced, "
      "priced_tokens) SELECT attempt_id, call_id, created_at, price_id, 0, 0, 0, 0 FROM correction WHERE id = 1",
      "booked into it afterwards" },
  };
  static const char *const TRIGGERS[] = { "DROP TRIGGER attempt_closes_once", "DROP TRIGGER call_closes_once",
                                          "DROP TRIGGER correction_keeps", "DROP TRIGGER month_closed_keeps",
                                          "DROP TRIGGER correction_of_open_month" };
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autoptr(Fixture) f = october ();
      g_autoptr(GError) error = NULL;
      Step step = { 0 };
      gboolean found = FALSE;
      fixture_write (f->store, reprice_job, &step);
      purser_month_row_free (close_month (f, OCTOBER));
      fixture_assert_clean (f->store);
      for (guint k = 0; k < G_N_ELEMENTS (TRIGGERS); k++)
        g_assert_true (fixture_sql (f->store, TRIGGERS[k], &error));
      fixture_sql (f->store, CASES[i].sql, &error);
      g_assert_no_error (error);
      g_autoptr(GPtrArray) findings = purser_store_verify (f->store, &error);
      for (guint k = 0; k < findings->len; k++)
        {
          g_test_message ("%s: %s", CASES[i].sql, (char *) g_ptr_array_index (findings, k));
          found |= strstr (g_ptr_array_index (findings, k), CASES[i].word) != NULL;
        }
      g_assert_true (found);
      if (i == G_N_ELEMENTS (CASES) - 1)
        g_assert_cmpuint (findings->len, ==, 1); /* what was closed is still what it was */
    }
}

/* --- A sample organisation --- */

static gboolean
sample_body (PurserDb *db, Fixture *f, GError **error)
{
  return purser_catalogue_set_sample (db, TRUE, error) && fill_body (db, f, error);
}

static gboolean
remove_body (PurserDb *db, Fixture *f, GError **error)
{
  return purser_ledger_delete_sample (db, error) && purser_catalogue_set_sample (db, FALSE, error);
}

/* Its calls can go again, with what was corrected and closed of them. */
static void
test_sample (void)
{
  g_autoptr(Fixture) f = fixture_new ();
  Step step = { 0 };
  purser_store_set_clock (f->store, fixture_clock);
  fixture_time = fixture_at ("2026-11-20T12:00:00Z");
  fixture_run (f, sample_body);
  fixture_write (f->store, reprice_job, &step);
  g_assert_cmpint (step.result.corrected, ==, 4);
  purser_month_row_free (close_month (f, OCTOBER));
  fixture_run (f, remove_body);
  g_assert_cmpint (fixture_number (f->store, "SELECT (SELECT COUNT (*) FROM call) + (SELECT COUNT (*) FROM correction) "
                                             "+ (SELECT COUNT (*) FROM month_closed)"),
                   ==, 0);
  fixture_run (f, fill_body); /* October is open again */
  fixture_assert_clean (f->store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/months/of-and-start", test_of_and_start);
  g_test_add_func ("/months/text", test_text);
  g_test_add_func ("/months/close", test_close);
  g_test_add_func ("/months/list", test_list);
  g_test_add_func ("/months/frozen", test_frozen);
  g_test_add_func ("/months/corrected-then-closed", test_corrected_then_closed);
  g_test_add_func ("/months/tampered", test_tampered);
  g_test_add_func ("/months/sample", test_sample);
  return g_test_run ();
}
