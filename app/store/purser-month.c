/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-month-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-db-private.h"

/* Months of the reporting zone, and closing them. */

enum
{
  EPOCH_JULIAN = 719163, /* GDate's number of 1 January 1970 */
  FIRST_YEAR = 1970,
  LAST_YEAR = 9999,
  LAST_MONTH = (LAST_YEAR - FIRST_YEAR) * 12 + 11
};

/**
 * purser_month_of:
 * @zone_name: (nullable): a zone's IANA name
 * @time_us: microseconds UTC
 *
 * Returns: the month of that time in the zone, in months since January 1970; from 0 up to the year 9999
 */
gint32
purser_month_of (const char *zone_name, gint64 time_us)
{
  gint64 day = CLAMP (purser_day_of (zone_name, time_us), 0, 2932896); /* 31 December 9999 */
  GDate date;
  g_date_clear (&date, 1);
  g_date_set_julian (&date, (guint32) (day + EPOCH_JULIAN));
  return (g_date_get_year (&date) - FIRST_YEAR) * 12 + (gint32) g_date_get_month (&date) - 1;
}

static void
split (gint32 month, int *year, int *month_of_year)
{
  month = CLAMP (month, 0, LAST_MONTH);
  *year = FIRST_YEAR + month / 12;
  *month_of_year = month % 12 + 1;
}

/**
 * purser_month_start:
 * @zone_name: (nullable): a zone's IANA name
 * @month: months since January 1970
 *
 * Returns: the first microsecond of that month in the zone, UTC
 */
gint64
purser_month_start (const char *zone_name, gint32 month)
{
  int year, month_of_year;
  GDate date;
  split (month, &year, &month_of_year);
  g_date_clear (&date, 1);
  g_date_set_dmy (&date, 1, (GDateMonth) month_of_year, (GDateYear) year);
  return purser_day_start (zone_name, (gint32) g_date_get_julian (&date) - EPOCH_JULIAN);
}

/**
 * purser_month_parse:
 * @text: (nullable): "2026-11"
 * @month: (out): months since January 1970
 * @error: return location for words for the field
 *
 * Returns: whether @text is a month
 */
gboolean
purser_month_parse (const char *text, gint32 *month, GError **error)
{
  gboolean form = text != NULL && strlen (text) == 7 && strspn (text, "0123456789") == 4 && text[4] == '-'
                  && strspn (text + 5, "0123456789") == 2;
  int year = form ? atoi (text) : 0, month_of_year = form ? atoi (text + 5) : 0;
  if (year >= FIRST_YEAR && month_of_year >= 1 && month_of_year <= 12)
    {
      *month = (year - FIRST_YEAR) * 12 + month_of_year - 1;
      return TRUE;
    }
  g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED,
               _("“%s” is not a month. Enter year and month, for example 2026-11."), text != NULL ? text : "");
  return FALSE;
}

/**
 * purser_month_text:
 * @month: months since January 1970
 *
 * Returns: (transfer full): "2026-11"
 */
char *
purser_month_text (gint32 month)
{
  int year, month_of_year;
  split (month, &year, &month_of_year);
  return g_strdup_printf ("%04d-%02d", year, month_of_year);
}

/**
 * purser_month_row_free:
 * @row: (nullable) (transfer full): a closed month
 */
void
purser_month_row_free (PurserMonthRow *row)
{
  if (row == NULL)
    return;
  g_free (row->digest);
  g_free (row);
}

/* --- Closed months --- */

static void
span_clear (gpointer data)
{
  g_free (((PurserMonthSpan *) data)->found.digest);
}

GArray *
purser_month_spans_new (void)
{
  GArray *spans = g_array_new (FALSE, TRUE, sizeof (PurserMonthSpan));
  g_array_set_clear_func (spans, span_clear);
  return spans;
}

GArray *
purser_month_spans (PurserDb *db, GError **error)
{
  g_autoptr(GArray) spans = purser_month_spans_new ();
  PurserStatement *row = purser_db_query (db, error,
                                          "SELECT month, starts_at, ends_at, last_correction, closed_at, calls, "
                                          "list_nano, cost_nano, unpriced_tokens, digest FROM month_closed ORDER BY "
                                          "month",
                                          "");
  while (purser_statement_step (row, error))
    {
      PurserMonthSpan span = { .month = (gint32) purser_statement_int (row, 0),
                               .starts_at = purser_statement_int (row, 1),
                               .ends_at = purser_statement_int (row, 2),
                               .last_correction = purser_statement_int (row, 3) };
      span.found = (PurserMonthRow) { .month = span.month,
                                      .closed_at = purser_statement_int (row, 4),
                                      .calls = purser_statement_int (row, 5),
                                      .list_nano = purser_statement_int (row, 6),
                                      .cost_nano = purser_statement_int (row, 7),
                                      .unpriced_tokens = purser_statement_int (row, 8),
                                      .digest = g_strdup (purser_statement_text (row, 9)) };
      g_array_append_val (spans, span);
    }
  return purser_statement_failed (row) ? NULL : g_steal_pointer (&spans);
}

static PurserMonthRow *
steal_row (PurserMonthSpan *span)
{
  PurserMonthRow *row = g_memdup2 (&span->found, sizeof span->found);
  span->found.digest = NULL;
  return row;
}

/**
 * purser_month_list:
 * @db: a connection inside a job
 * @error: return location
 *
 * Returns: (transfer full) (nullable) (element-type PurserMonthRow): the closed months, newest first
 */
GPtrArray *
purser_month_list (PurserDb *db, GError **error)
{
  g_autoptr(GArray) spans = purser_month_spans (db, error);
  if (spans == NULL)
    return NULL;
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_month_row_free);
  for (guint i = spans->len; i > 0; i--)
    g_ptr_array_add (list, steal_row (&g_array_index (spans, PurserMonthSpan, i - 1)));
  return list;
}

gboolean
purser_month_is_closed (PurserDb *db, gint32 month, gboolean *closed, GError **error)
{
  PurserStatement *row = purser_db_query (db, error, "SELECT 1 FROM month_closed WHERE month = ?", "i", (gint64) month);
  *closed = purser_statement_step (row, error);
  if (*closed)
    purser_statement_step (row, NULL);
  return !purser_statement_failed (row);
}

/* --- Closing --- */

static gboolean
refuse (GError **error, gint32 month, const char *words)
{
  g_autofree char *text = purser_month_text (month);
  g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED, words, text);
  return FALSE;
}

static gboolean
count_open (PurserDb *db, const PurserMonthSpan *span, gint64 *open, GError **error)
{
  PurserStatement *row =
      purser_db_query (db, error,
                       "SELECT COUNT (*) FROM call WHERE closed_at IS NULL AND opened_at >= ? AND opened_at < ?", "ii",
                       span->starts_at, span->ends_at);
  if (!purser_statement_step (row, error))
    return FALSE;
  *open = purser_statement_int (row, 0);
  purser_statement_step (row, NULL);
  return TRUE;
}

static gboolean
check_month (PurserDb *db, const PurserMonthSpan *span, GError **error)
{
  gboolean closed;
  gint64 open = 0;
  if (span->month < 0 || span->month >= LAST_MONTH || span->ends_at > purser_db_now (db))
    return refuse (error, span->month, _("%s is not over yet. Close it when it is."));
  if (!purser_month_is_closed (db, span->month, &closed, error))
    return FALSE;
  if (closed)
    return refuse (error, span->month, _("%s is closed already, and a closed month stays as it is."));
  if (!count_open (db, span, &open, error))
    return FALSE;
  return open == 0 || refuse (error, span->month, _("Calls of %s are still running. Close it when they have ended."));
}

static gboolean
last_correction (PurserDb *db, gint64 *last, GError **error)
{
  PurserStatement *row = purser_db_query (db, error, "SELECT MAX (id) FROM correction", "");
  if (!purser_statement_step (row, error))
    return FALSE;
  *last = purser_statement_int (row, 0);
  purser_statement_step (row, NULL);
  return TRUE;
}

static gboolean
insert_month (PurserDb *db, PurserMonthSpan *span, GError **error)
{
  PurserMonthRow *row = &span->found;
  row->closed_at = purser_db_now (db);
  return purser_db_run (db, error,
                        "INSERT INTO month_closed (month, starts_at, ends_at, closed_at, calls, list_nano, cost_nano, "
                        "unpriced_tokens, last_correction, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        "iiiiiiiiis", (gint64) span->month, span->starts_at, span->ends_at, row->closed_at, row->calls,
                        row->list_nano, row->cost_nano, row->unpriced_tokens, span->last_correction, row->digest);
}

/**
 * purser_month_close:
 * @db: the connection of a write job
 * @month: months since January 1970
 * @error: return location
 *
 * Reads every call of the month, so it takes a moment in a large ledger.
 *
 * Returns: (transfer full) (nullable): what was closed
 */
PurserMonthRow *
purser_month_close (PurserDb *db, gint32 month, GError **error)
{
  const PurserHead *head = purser_db_head (db, error);
  if (head == NULL)
    return NULL;
  g_autoptr(GArray) spans = purser_month_spans_new ();
  PurserMonthSpan whole = { .month = month,
                            .starts_at = purser_month_start (head->zone_name, month),
                            .ends_at = purser_month_start (head->zone_name, month + 1) };
  g_array_append_val (spans, whole);
  PurserMonthSpan *span = &g_array_index (spans, PurserMonthSpan, 0);
  return check_month (db, span, error) && last_correction (db, &span->last_correction, error)
                 && purser_month_walk (db, spans, error) && insert_month (db, span, error)
             ? steal_row (span)
             : NULL;
}

/* --- Verifying --- */

static gboolean
check_later (PurserDb *db, const PurserMonthSpan *span, GPtrArray *findings, GError **error)
{
  PurserStatement *row = purser_db_query (db, error,
                                          "SELECT COUNT (*) FROM correction k CROSS JOIN call c ON c.id = k.call_id "
                                          "WHERE k.id > ? AND c.opened_at >= ? AND c.opened_at < ?",
                                          "iii", span->last_correction, span->starts_at, span->ends_at);
  guint n = purser_statement_step (row, error) ? (guint) purser_statement_int (row, 0) : 0;
  if (purser_statement_failed (row))
    return FALSE;
  purser_statement_step (row, NULL);
  g_autofree char *text = purser_month_text (span->month);
  if (n > 0)
    g_ptr_array_add (findings,
                     g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                                   "%s is closed, and %u correction was booked into it afterwards",
                                                   "%s is closed, and %u corrections were booked into it afterwards",
                                                   n),
                                      text, n));
  return TRUE;
}

static gboolean
same_month (const PurserMonthRow *a, const PurserMonthRow *b)
{
  return a->calls == b->calls && a->list_nano == b->list_nano && a->cost_nano == b->cost_nano
         && a->unpriced_tokens == b->unpriced_tokens && g_strcmp0 (a->digest, b->digest) == 0;
}

gboolean
purser_month_verify (PurserDb *db, GPtrArray *findings, GError **error)
{
  g_autoptr(GArray) kept = purser_month_spans (db, error), now = NULL;
  if (kept == NULL || (now = purser_month_spans (db, error)) == NULL || !purser_month_walk (db, now, error))
    return FALSE;
  for (guint i = 0; i < kept->len; i++)
    {
      const PurserMonthSpan *span = &g_array_index (kept, PurserMonthSpan, i);
      g_autofree char *text = purser_month_text (span->month);
      if (!check_later (db, span, findings, error))
        return FALSE;
      if (!same_month (&span->found, &g_array_index (now, PurserMonthSpan, i).found))
        g_ptr_array_add (findings,
                         g_strdup_printf (_("%s is closed, and its calls are not what they were then"), text));
    }
  return TRUE;
}
