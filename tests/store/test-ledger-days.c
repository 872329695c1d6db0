/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

enum
{
  HOUR = 3600,
  DAY = 86400
};

static gint64
us (gint64 seconds)
{
  return seconds * G_USEC_PER_SEC;
}

static void
test_day_of (void)
{
  static const struct
  {
    const char *zone, *at, *day;
  } CASES[] = {
    { "UTC", "1970-01-01T00:00:00Z", "1970-01-01" },
    { "UTC", "1969-12-31T23:59:59Z", "1969-12-31" },
    { "Europe/Berlin", "2026-03-28T22:59:59Z", "2026-03-28" }, /* the night before summer time: +1 */
    { "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29" },
    { "Europe/Berlin", "2026-03-29T21:59:59Z", "2026-03-29" }, /* a day of 23 hours */
    { "Europe/Berlin", "2026-03-29T22:00:00Z", "2026-03-30" },
    { "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25" }, /* a day of 25 */
    { "Europe/Berlin", "2026-10-25T22:59:59Z", "2026-10-25" },
    { "Europe/Berlin", "2026-10-25T23:00:00Z", "2026-10-26" },
    { "America/New_York", "2026-01-01T04:59:59Z", "2025-12-31" },
    { "Asia/Kathmandu", "2026-01-01T18:15:00Z", "2026-01-02" }, /* +5:45 */
    { "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31" }, /* the day that Samoa left out */
    { "Nowhere/Unknown", "2026-01-01T23:59:59Z", "2026-01-01" }, /* falls back to UTC */
  };
  for (guint i = 0; i < G_N_ELEMENTS (CASES); i++)
    {
      g_autofree char *noon = g_strconcat (CASES[i].day, "T12:00:00Z", NULL);
      g_assert_cmpint (purser_day_of (CASES[i].zone, fixture_at (CASES[i].at)), ==,
                       fixture_at (noon) / us (DAY) - (fixture_at (noon) < 0 ? 1 : 0));
    }
  g_assert_cmpint (purser_day_of (NULL, 0), ==, 0);
}

static void
test_day_start (void)
{
  static const char *const ZONES[] = { "UTC",          "Europe/Berlin",  "America/Sao_Paulo", "Asia/Beirut",
                                       "Pacific/Apia", "Asia/Kathmandu", "America/St_Johns",  "Pacific/Kiritimati" };
  for (guint i = 0; i < G_N_ELEMENTS (ZONES); i++)
    for (gint32 day = 14600; day < 21000; day += 3) /* 2009 to 2027, with midnights that do not exist */
      {
        gint64 start = purser_day_start (ZONES[i], day);
        g_assert_cmpint (purser_day_of (ZONES[i], start), >=, day);
        g_assert_cmpint (purser_day_of (ZONES[i], start - 1), <, day);
        g_assert_cmpint (purser_day_start (ZONES[i], day + 1), >=, start);
      }
  g_assert_cmpint (purser_day_start ("Europe/Berlin", 20541) /* 2026-03-29 */, ==, fixture_at ("2026-03-28T23:00:00Z"));
  g_assert_cmpint (purser_day_start ("Europe/Berlin", 20542) - purser_day_start ("Europe/Berlin", 20541), ==,
                   us (23 * HOUR));
  g_assert_cmpint (purser_day_start ("Europe/Berlin", 20752) - purser_day_start ("Europe/Berlin", 20751), ==,
                   us (25 * HOUR));
  /* In Brazil, clocks jumped over midnight: 2018-11-04 began at one o'clock. */
  g_assert_cmpint (purser_day_start ("America/Sao_Paulo", 17839), ==, fixture_at ("2018-11-04T03:00:00Z"));
}

/* Calls around midnight are counted on their day in the zone, on days of 23 and 25 hours too. */
static void
test_calls_by_day (void)
{
  static const char *const AT[] = { "2026-03-28T22:59:59Z", "2026-03-28T23:00:00Z", "2026-03-29T21:59:59Z",
                                    "2026-03-29T22:00:00Z" };
  g_autoptr(Fixture) f = fixture_new ();
  purser_store_set_clock (f->store, fixture_clock);
  for (guint i = 0; i < G_N_ELEMENTS (AT); i++)
    {
      FixtureCall call = fixture_call (f, 0, 0, 0);
      fixture_time = fixture_at (AT[i]);
      fixture_make_call (f, &call);
    }
  g_autoptr(GArray) usage = fixture_usage (f->store, PURSER_BY_NOTHING, TRUE, 20540, 20542, FALSE);
  g_assert_cmpint (fixture_row (usage, 20540, 0)->calls, ==, 1);
  g_assert_cmpint (fixture_row (usage, 20541, 0)->calls, ==, 2);
  g_assert_cmpint (fixture_row (usage, 20542, 0)->calls, ==, 1);
  g_autoptr(GArray) one = fixture_usage (f->store, PURSER_BY_NOTHING, FALSE, 20541, 20541, FALSE);
  g_assert_cmpint (fixture_row (one, 0, 0)->calls, ==, 2);
  fixture_assert_clean (f->store);
}

/* A call that runs over midnight counts at its open time. */
static void
test_over_midnight (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Fixture) f = fixture_new ();
  FixtureCall call = fixture_call (f, 0, 0, 0);
  purser_store_set_clock (f->store, fixture_clock);
  fixture_time = fixture_at ("2026-06-01T21:59:00Z");
  purser_store_write (f->store, FALSE, fixture_open_job, &call, &error);
  fixture_time = fixture_at ("2026-06-01T22:05:00Z");
  purser_store_write (f->store, FALSE, fixture_settle_job, &call, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fixture_number (f->store, "SELECT day FROM usage_day"), ==,
                   purser_day_of ("UTC", fixture_at ("2026-06-01T12:00:00Z")));
}

static gboolean
zone_job (PurserDb *db, gpointer data, GError **error)
{
  return purser_catalogue_set_org (db, NULL, NULL, data, error) && purser_catalogue_raise (db, error);
}

static void
test_new_zone (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Fixture) f = fixture_new ();
  purser_store_set_clock (f->store, fixture_clock);
  for (guint hour = 0; hour < 48; hour++)
    {
      FixtureCall call = fixture_call (f, hour % 3, 0, hour % 2);
      fixture_time = fixture_at ("2026-06-01T00:30:00Z") + us ((gint64) hour * HOUR);
      fixture_make_call (f, &call);
    }
  gint32 day = purser_day_of ("UTC", fixture_at ("2026-06-01T12:00:00Z"));
  static const struct
  {
    const char *zone;
    gint64 calls[4];
  } ZONES[] = {
    /* on 31 May, 1, 2 and 3 June */
    { "Europe/Berlin", { 0, 22, 24, 2 } },
    { "America/New_York", { 4, 24, 20, 0 } },
    { "Asia/Tokyo", { 0, 15, 24, 9 } },
    { "UTC", { 0, 24, 24, 0 } },
  };
  for (guint i = 0; i < G_N_ELEMENTS (ZONES); i++)
    {
      purser_store_write (f->store, FALSE, zone_job, (gpointer) ZONES[i].zone, &error);
      g_assert_no_error (error);
      g_autoptr(GArray) usage = fixture_usage (f->store, PURSER_BY_NOTHING, TRUE, day - 1, day + 2, FALSE);
      for (gint32 d = 0; d < 4; d++)
        {
          const PurserUsageRow *row = fixture_row (usage, day - 1 + d, 0);
          g_assert_cmpint (row != NULL ? row->calls : 0, ==, ZONES[i].calls[d]);
        }
      fixture_assert_clean (f->store);
    }
  g_assert_false (purser_store_write (f->store, FALSE, zone_job, (gpointer) "Moon/Crater", &error));
  g_assert_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED);
}

/* Quarter-hours are kept for 90 days, and what is kept agrees with the ledger before and after the rest has gone. */
static gboolean
old_call_job (PurserDb *db, gpointer data, GError **error)
{
  FixtureCall *call = data;
  return purser_ledger_insert_closed (db, fixture_time, &call->open, &call->attempt, &call->settle, error);
}

static void
test_quarters (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Fixture) f = fixture_new ();
  FixtureCall call = fixture_call (f, 0, 0, 0);
  gint64 now = purser_store_now (f->store);
  static const int DAYS_AGO[] = { 0, 1, 89, 91, 400 };
  for (guint i = 0; i < G_N_ELEMENTS (DAYS_AGO); i++)
    {
      fixture_time = now - us ((gint64) DAYS_AGO[i] * DAY);
      purser_store_write (f->store, FALSE, old_call_job, &call, &error);
      g_assert_no_error (error);
    }
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (calls) FROM usage_quarter"), ==, 3);
  g_assert_cmpint (fixture_number (f->store, "SELECT SUM (calls) FROM usage_day"), ==, 5);
  fixture_assert_clean (f->store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/days/day-of", test_day_of);
  g_test_add_func ("/days/day-start", test_day_start);
  g_test_add_func ("/days/calls-by-day", test_calls_by_day);
  g_test_add_func ("/days/over-midnight", test_over_midnight);
  g_test_add_func ("/days/new-zone", test_new_zone);
  g_test_add_func ("/days/quarters", test_quarters);
  return g_test_run ();
}
