/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-period.h"

#include <glib/gi18n-lib.h>
#include <langinfo.h>

static const PurserPeriodPreset presets[] =
{
  { "this-month", N_("This month") },
  { "last-month", N_("Last month") },
  { "30-days", N_("Last 30 days") },
  { "90-days", N_("Last 90 days") },
  { "this-year", N_("This year") },
  { NULL, NULL }
};

static GDate
to_date (gint32 day)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_julian (&date, day + 719163); /* 1970-01-01, counted from the year 1 */
  return date;
}

static gint32
to_day (const GDate *date)
{
  return (gint32) g_date_get_julian (date) - 719163;
}

static gint32
day_of (GDateYear  year,
        GDateMonth month,
        GDateDay   day)
{
  GDate date;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, day, month, year);
  return to_day (&date);
}

const PurserPeriodPreset *
purser_period_presets (void)
{
  return presets;
}

gint32
purser_period_month_start (gint32 day)
{
  GDate date = to_date (day);

  return day_of (g_date_get_year (&date), g_date_get_month (&date), 1);
}

gint32
purser_period_month_end (gint32 day)
{
  GDate date = to_date (day);

  return day_of (g_date_get_year (&date), g_date_get_month (&date),
                 g_date_get_days_in_month (g_date_get_month (&date), g_date_get_year (&date)));
}

static gint32
months_before (gint32 day,
               guint  months)
{
  GDate date = to_date (day);

  g_date_subtract_months (&date, months); /* the 31st becomes the last of a shorter month */
  return to_day (&date);
}

static PurserPeriod
make (const char *id,
      gint32      first,
      gint32      last)
{
  PurserPeriod period = { .first = first, .last = last };

  g_strlcpy (period.id, id, sizeof period.id);
  return period;
}

/**
 * purser_period_named:
 * @id: a preset
 * @today: the day it is
 *
 * Returns: the period; of months and years the whole, also what is still to come
 */
PurserPeriod
purser_period_named (const char *id,
                     gint32      today)
{
  gint32 month = purser_period_month_start (today);
  GDate date = to_date (today);

  if (g_str_equal (id, "last-month"))
    return make (id, purser_period_month_start (month - 1), month - 1);
  if (g_str_equal (id, "30-days"))
    return make (id, today - 29, today);
  if (g_str_equal (id, "90-days"))
    return make (id, today - 89, today);
  if (g_str_equal (id, "this-year"))
    return make (id, day_of (g_date_get_year (&date), G_DATE_JANUARY, 1),
                 day_of (g_date_get_year (&date), G_DATE_DECEMBER, 31));
  return make ("this-month", month, purser_period_month_end (today));
}

PurserPeriod
purser_period_custom (gint32 first,
                      gint32 last)
{
  return make ("custom", MIN (first, last), MAX (first, last));
}

/**
 * purser_period_before:
 * @period: a period
 * @today: the day it is
 *
 * Returns: what to compare it with: the month before up to the same day, the year before likewise, else as many days just before
 */
PurserPeriod
purser_period_before (const PurserPeriod *period,
                      gint32              today)
{
  gboolean unended = today < period->last;
  gint32 last = MIN (today, period->last);

  if (period->first == purser_period_month_start (period->first)
      && period->last == purser_period_month_end (period->first))
    {
      gint32 first = purser_period_month_start (period->first - 1);

      return make ("before", first, unended && last >= period->first ? months_before (last, 1) : period->first - 1);
    }
  if (g_str_equal (period->id, "this-year"))
    return make ("before", months_before (period->first, 12), months_before (last, 12));
  return make ("before", period->first - (last - period->first) - 1, period->first - 1);
}

static char *
format (gint32      day,
        const char *how)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc ((gint64) day * 86400);

  return g_date_time_format (date, how);
}

static char *
name_days (gint32   first,
           gint32   last,
           gboolean with_year)
{
  GDate a = to_date (first), b = to_date (last);
  gboolean same_year = g_date_get_year (&a) == g_date_get_year (&b);
  gboolean same_month = same_year && g_date_get_month (&a) == g_date_get_month (&b);
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;

  /* Translators: the last day of a period for g_date_time_format(): "9 November 2026" or "9 November". */
  to = format (last, with_year || !same_year ? _("%-d %B %Y") : _("%-d %B"));
  if (first == last)
    return g_steal_pointer (&to);
  if (same_month)
    /* Translators: the first day of a period within one month for g_date_time_format(): "3", as in "3–9 November 2026". */
    from = format (first, C_("period", "%-d"));
  else if (same_year)
    /* Translators: the first day of a period within one year for g_date_time_format(): "28 October". */
    from = format (first, C_("period", "%-d %B"));
  else
    from = format (first, _("%-d %B %Y"));
  /* Translators: a period from one day to another, "3–9 November 2026". */
  return g_strdup_printf (same_month ? _("%s–%s") : _("%s – %s"), from, to);
}

/**
 * purser_period_name:
 * @first: first day
 * @last: last day
 *
 * Returns: (transfer full): the shortest name that says which days are meant
 */
char *
purser_period_name (gint32 first,
                    gint32 last)
{
  GDate date = to_date (first);

  if (first == day_of (g_date_get_year (&date), G_DATE_JANUARY, 1)
      && last == day_of (g_date_get_year (&date), G_DATE_DECEMBER, 31))
    return format (first, "%Y");
  if (first == purser_period_month_start (first) && last == purser_period_month_end (first))
    /* Translators: a month for g_date_time_format(): "November 2026". */
    return format (first, _("%OB %Y"));
  return name_days (first, last, TRUE);
}

/* A short period stays on one line: no-break spaces, and a word joiner where a dash would allow a break. */
static char *
unbroken (const char *text)
{
  GString *joined = g_string_new (text);

  g_string_replace (joined, " ", "\302\240", 0);
  g_string_replace (joined, "–", "–\342\201\240", 0);
  return g_string_free_and_steal (joined);
}

/**
 * purser_period_words:
 * @first: first day
 * @last: last day
 *
 * Returns: (transfer full): the same for the middle of a sentence, where this year goes without saying
 */
char *
purser_period_words (gint32 first,
                     gint32 last)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *words = NULL;
  GDate date = to_date (last);

  if (g_date_get_year (&date) != g_date_time_get_year (now))
    return purser_period_name (first, last);
  if (first == purser_period_month_start (first) && last == purser_period_month_end (first))
    /* Translators: a month of this year within a sentence, for g_date_time_format(): "October". */
    return format (first, C_("period", "%OB"));
  words = name_days (first, last, FALSE);
  return first == last || purser_period_month_start (first) == purser_period_month_start (last) ? unbroken (words)
                                                                                                : g_strdup (words);
}

guint
purser_period_weekday (gint32 day)
{
  return (guint) (((day + 3) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
}

/**
 * purser_period_week_start:
 *
 * Returns: the weekday on which the locale's weeks begin, 0 for Monday
 */
guint
purser_period_week_start (void)
{
  /* glibc: a day of the week that is first (1 …) counted from a date whose weekday is known (1997-11-30 is a Sunday, 1997-12-01 a Monday). */
  union { char *text; unsigned int number; } origin = { .text = nl_langinfo (_NL_TIME_WEEK_1STDAY) };
  guint first = (guint) nl_langinfo (_NL_TIME_FIRST_WEEKDAY)[0];

  return (origin.number == 19971201 ? first - 1 : first + 5) % 7;
}

/**
 * purser_period_unit_end:
 * @unit: day, week, month or year
 * @day: a day
 *
 * Returns: the last day of the unit that @day lies in
 */
gint32
purser_period_unit_end (PurserBucketUnit unit,
                        gint32           day)
{
  GDate date = to_date (day);

  switch (unit)
    {
    case PURSER_BUCKET_WEEK:
      return day + 6 - (gint32) ((purser_period_weekday (day) + 7 - purser_period_week_start ()) % 7);
    case PURSER_BUCKET_MONTH:
      return purser_period_month_end (day);
    case PURSER_BUCKET_YEAR:
      return day_of (g_date_get_year (&date), G_DATE_DECEMBER, 31);
    case PURSER_BUCKET_DAY:
    default:
      return day;
    }
}
