/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-csv.h"

#include <string.h>

static void
begin_cell (GString *csv)
{
  if (csv->len > 0 && csv->str[csv->len - 1] != '\n')
    g_string_append_c (csv, ',');
}

/* A tab or a line end before the sign does not stop a spreadsheet. */
static gboolean
is_formula (const char *text)
{
  return strchr ("=+-@\t\r\n", *text) != NULL && *text != '\0';
}

/**
 * purser_csv_text:
 * @csv: the file so far
 * @text: (nullable): what stands in the cell
 */
void
purser_csv_text (GString    *csv,
                 const char *text)
{
  begin_cell (csv);
  g_string_append_c (csv, '"');
  if (text != NULL && is_formula (text))
    g_string_append_c (csv, '\'');
  for (const char *c = text != NULL ? text : ""; *c != '\0'; c++)
    {
      if (*c == '"')
        g_string_append_c (csv, '"');
      g_string_append_c (csv, *c);
    }
  g_string_append_c (csv, '"');
}

void
purser_csv_raw (GString    *csv,
                const char *plain)
{
  begin_cell (csv);
  g_string_append (csv, plain);
}

void
purser_csv_number (GString *csv,
                   gint64   number)
{
  begin_cell (csv);
  if (number >= 0)
    g_string_append_printf (csv, "%" G_GINT64_FORMAT, number);
}

void
purser_csv_end_row (GString *csv)
{
  g_string_append (csv, "\r\n");
}

static void
append_day (GString *csv,
            gint32   day)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc ((gint64) day * 86400);
  g_autofree char *iso = g_date_time_format (date, "%Y-%m-%d");

  purser_csv_raw (csv, iso);
}

static void
append_usage (GString              *csv,
              const PurserUsageRow *row,
              const char           *currency)
{
  g_autofree char *cost = purser_money_to_decimal (row->cost_nano);
  g_autofree char *list = purser_money_to_decimal (row->list_nano);

  purser_csv_number (csv, row->calls);
  purser_csv_number (csv, row->failed_calls);
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    purser_csv_number (csv, row->tokens[i]);
  purser_csv_number (csv, row->unpriced_tokens);
  purser_csv_raw (csv, cost);
  purser_csv_raw (csv, list);
  purser_csv_raw (csv, currency);
}

/* Machines read these names: they are English in every locale, as in `purserctl usage --json`. */
static void
append_header (GString     *csv,
               PurserSplit  split)
{
  static const char *const before[] = { "first_day", "last_day" };
  static const char *const after[] = { "unpriced_tokens", "cost", "list_cost", "currency" };

  for (gsize i = 0; i < G_N_ELEMENTS (before); i++)
    purser_csv_raw (csv, before[i]);
  purser_csv_raw (csv, purser_split_id (split));
  purser_csv_raw (csv, "calls");
  purser_csv_raw (csv, "failed_calls");
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    purser_csv_raw (csv, purser_token_kind_id (i));
  for (gsize i = 0; i < G_N_ELEMENTS (after); i++)
    purser_csv_raw (csv, after[i]);
  purser_csv_end_row (csv);
}

/**
 * purser_csv_costs:
 * @answer: what the Costs page shows
 *
 * Returns: (transfer full): its table, a row a name
 */
char *
purser_csv_costs (const PurserAnswer *answer)
{
  GString *csv = g_string_new (NULL);

  append_header (csv, answer->question.split);
  for (guint i = 0; i < answer->series->len; i++)
    {
      const PurserSeries *series = g_ptr_array_index (answer->series, i);

      append_day (csv, answer->question.first_day);
      append_day (csv, answer->question.last_day);
      purser_csv_text (csv, series->name);
      append_usage (csv, &series->total, answer->currency);
      purser_csv_end_row (csv);
    }
  return g_string_free_and_steal (csv);
}
