/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-rollup.h"

enum
{
  SECONDS_PER_DAY = 86400
};

static gint64
floor_divide (gint64 value, gint64 divisor)
{
  return value / divisor - (value % divisor < 0);
}

static gint64
day_of_second (GTimeZone *zone, gint64 second)
{
  int interval = g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, second);
  return floor_divide (second + (interval >= 0 ? g_time_zone_get_offset (zone, interval) : 0), SECONDS_PER_DAY);
}

gint32
purser_day_in (GTimeZone *zone, gint64 time_us)
{
  return (gint32) CLAMP (day_of_second (zone, floor_divide (time_us, G_USEC_PER_SEC)), G_MININT32, G_MAXINT32);
}

static GTimeZone *
zone_named (const char *zone_name)
{
  GTimeZone *zone = g_time_zone_new_identifier (zone_name);
  return zone != NULL ? zone : g_time_zone_new_utc ();
}

/**
 * purser_day_of:
 * @zone_name: (nullable): a zone's IANA name
 * @time_us: microseconds UTC
 *
 * Returns: the day of that time in the zone, in days since 1970-01-01
 */
gint32
purser_day_of (const char *zone_name, gint64 time_us)
{
  g_autoptr(GTimeZone) zone = zone_named (zone_name);
  return purser_day_in (zone, time_us);
}

/**
 * purser_day_start:
 * @zone_name: (nullable): a zone's IANA name
 * @day: days since 1970-01-01
 *
 * A day begins at midnight, or later where the clock jumps over midnight: so the first second of the day is looked for, between two
 * that every zone on earth has on either side of it.
 *
 * Returns: the first microsecond of that day in the zone, UTC
 */
gint64
purser_day_start (const char *zone_name, gint32 day)
{
  g_autoptr(GTimeZone) zone = zone_named (zone_name);
  gint64 low = ((gint64) day - 2) * SECONDS_PER_DAY, high = ((gint64) day + 2) * SECONDS_PER_DAY;
  while (high - low > 1)
    {
      gint64 middle = low + (high - low) / 2;
      if (day_of_second (zone, middle) >= day)
        high = middle;
      else
        low = middle;
    }
  return high * G_USEC_PER_SEC;
}
