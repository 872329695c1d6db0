/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

/* What the words of options say. */

gboolean
purser_terminal_yes_no (const char *text, int *value, GError **error)
{
  *value = text == NULL ? -1 : g_str_equal (text, "yes") ? 1 : 0;
  if (text == NULL || *value == 1 || g_str_equal (text, "no"))
    return TRUE;
  purser_terminal_refuse (error, _("“%s” is neither yes nor no."), text);
  return FALSE;
}

gboolean
purser_terminal_count (const char *text, gint64 *value, GError **error)
{
  guint64 number = 0;
  *value = text == NULL ? -1 : 0;
  if (text == NULL || g_str_equal (text, "none"))
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT64, &number, NULL))
    {
      purser_terminal_refuse (error, _("“%s” is not a whole number of 0 or more."), text);
      return FALSE;
    }
  *value = (gint64) number;
  return TRUE;
}

gboolean
purser_terminal_wait_ms (const char *text, gint64 *ms, GError **error)
{
  gint64 nano = 0;
  *ms = text == NULL ? -1 : 0;
  if (text == NULL || g_str_equal (text, "default"))
    return TRUE;
  if (!purser_money_parse_nano (text, &nano, NULL) || nano % (PURSER_NANO / 1000) != 0)
    {
      purser_terminal_refuse (error, _("“%s” is not a number of seconds. Write 20 or 2.5, with at most three decimals, or default."), text);
      return FALSE;
    }
  *ms = nano / (PURSER_NANO / 1000);
  return TRUE;
}

char **
purser_terminal_words (const char *text)
{
  char **parts = g_strsplit (text, ",", -1);
  for (char **part = parts; *part != NULL; part++)
    g_strstrip (*part);
  return parts;
}

char *
purser_terminal_path (const char *text)
{
  return text != NULL ? g_canonicalize_filename (text, NULL) : NULL;
}

char *
purser_terminal_day_text (gint32 day)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc ((gint64) day * 86400);
  return g_date_time_format (date, "%Y-%m-%d");
}

gboolean
purser_terminal_day (PurserTerminal *terminal, const char *text, gint32 *day, GError **error)
{
  gint32 today = purser_day_of (terminal->org->timezone, purser_store_now (terminal->store));
  char *end = NULL;
  gint64 number = g_ascii_strtoll (text, &end, 10);
  GDate date;

  if (g_str_equal (text, "today"))
    *day = today;
  else if ((*text == '-' || *text == '+') && end != text && *end == '\0' && ABS (number) < 100000)
    *day = today + (gint32) number;
  else
    {
      int y = 0, m = 0, d = 0;
      char rest;
      if (sscanf (text, "%4d-%2d-%2d%c", &y, &m, &d, &rest) != 3 || y < 1 || m < 1 || m > 12 || d < 1 || !g_date_valid_dmy (d, m, y))
        {
          purser_terminal_refuse (error, _("“%s” is not a day. Write 2026-11-23, today, -30 for thirty days ago, or +30 for thirty days from now."), text);
          return FALSE;
        }
      g_date_clear (&date, 1);
      g_date_set_dmy (&date, d, m, y);
      *day = (gint32) g_date_get_julian (&date) - 719163; /* the Julian day of 1970-01-01 in GLib's count */
    }
  return TRUE;
}
