/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-period.h"

#include <locale.h>

#define assert_name(first, last, expected)                     \
  G_STMT_START                                                 \
  {                                                            \
    g_autofree char *name_ = purser_period_name (first, last); \
    g_assert_cmpstr (name_, ==, expected);                     \
  }                                                            \
  G_STMT_END

static gint32
day (int year,
     int month,
     int of_month)
{
  g_autoptr (GDateTime) date = g_date_time_new_utc (year, month, of_month, 0, 0, 0);

  return (gint32) (g_date_time_to_unix (date) / 86400);
}

static void
assert_period (PurserPeriod period,
               gint32       first,
               gint32       last)
{
  g_assert_cmpint (period.first, ==, first);
  g_assert_cmpint (period.last, ==, last);
}

static void
test_presets (void)
{
  gint32 today = day (2026, 3, 31);

  assert_period (purser_period_named ("this-month", today), day (2026, 3, 1), day (2026, 3, 31));
  assert_period (purser_period_named ("last-month", today), day (2026, 2, 1), day (2026, 2, 28));
  assert_period (purser_period_named ("30-days", today), day (2026, 3, 2), today);
  assert_period (purser_period_named ("90-days", today), day (2026, 1, 1), today);
  assert_period (purser_period_named ("this-year", today), day (2026, 1, 1), day (2026, 12, 31));
  assert_period (purser_period_named ("nonsense", today), day (2026, 3, 1), day (2026, 3, 31));
  assert_period (purser_period_custom (day (2026, 5, 9), day (2026, 5, 2)), day (2026, 5, 2), day (2026, 5, 9));
}

/* Of a month under way, the same days of the month before; shorter months end earlier. */
static void
test_before (void)
{
  PurserPeriod march = purser_period_named ("this-month", day (2026, 3, 31));
  PurserPeriod november = purser_period_named ("this-month", day (2026, 11, 23));
  PurserPeriod year = purser_period_named ("this-year", day (2026, 11, 23));
  PurserPeriod days = purser_period_named ("30-days", day (2026, 11, 23));

  assert_period (purser_period_before (&march, day (2026, 3, 31)), day (2026, 2, 1), day (2026, 2, 28));
  assert_period (purser_period_before (&november, day (2026, 11, 23)), day (2026, 10, 1), day (2026, 10, 23));
  assert_period (purser_period_before (&year, day (2026, 11, 23)), day (2025, 1, 1), day (2025, 11, 23));
  assert_period (purser_period_before (&days, day (2026, 11, 23)), day (2026, 9, 25), day (2026, 10, 24));
}

static void
test_names (void)
{
  setlocale (LC_ALL, "C");
  assert_name (day (2026, 11, 1), day (2026, 11, 30), "November 2026");
  assert_name (day (2026, 1, 1), day (2026, 12, 31), "2026");
  assert_name (day (2026, 11, 3), day (2026, 11, 9), "3–9 November 2026");
  assert_name (day (2026, 10, 28), day (2026, 11, 9), "28 October – 9 November 2026");
  assert_name (day (2025, 12, 28), day (2026, 1, 9), "28 December 2025 – 9 January 2026");
  assert_name (day (2026, 11, 3), day (2026, 11, 3), "3 November 2026");
}

static void
test_units (void)
{
  gint32 wednesday = day (2026, 11, 4);

  g_assert_cmpuint (purser_period_weekday (wednesday), ==, 2);
  g_assert_cmpuint (purser_period_weekday (-1), ==, 2); /* 1969-12-31 */
  g_assert_cmpint (purser_period_unit_end (PURSER_BUCKET_DAY, wednesday), ==, wednesday);
  g_assert_cmpint (purser_period_unit_end (PURSER_BUCKET_MONTH, wednesday), ==, day (2026, 11, 30));
  g_assert_cmpint (purser_period_unit_end (PURSER_BUCKET_YEAR, wednesday), ==, day (2026, 12, 31));
  for (gint32 d = wednesday; d < wednesday + 14; d++)
    {
      gint32 end = purser_period_unit_end (PURSER_BUCKET_WEEK, d);

      g_assert_cmpint (end, >=, d);
      g_assert_cmpint (end, <=, d + 6);
      g_assert_cmpuint (purser_period_weekday (end + 1), ==, purser_period_week_start ());
    }
}

static void
test_german_week (void)
{
  if (setlocale (LC_ALL, "de_DE.UTF-8") == NULL)
    {
      g_test_skip ("this system has no German locale");
      return;
    }
  g_assert_cmpuint (purser_period_week_start (), ==, 0);
  if (setlocale (LC_ALL, "en_US.UTF-8") != NULL)
    g_assert_cmpuint (purser_period_week_start (), ==, 6);
  setlocale (LC_ALL, "C");
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("LANGUAGE", "C", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/period/presets", test_presets);
  g_test_add_func ("/period/before", test_before);
  g_test_add_func ("/period/names", test_names);
  g_test_add_func ("/period/units", test_units);
  g_test_add_func ("/period/german-week", test_german_week);
  return g_test_run ();
}
