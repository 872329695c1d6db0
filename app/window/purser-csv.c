/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-csv.h"

#include <string.h>
#include "purser-shown.h"

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
append_money (GString *csv,
              gint64   nano)
{
  g_autofree char *text = purser_money_to_decimal (nano);

  purser_csv_raw (csv, text);
}

static void
append_usage (GString              *csv,
              const PurserUsageRow *row,
              const PurserAnswer   *answer,
              const PurserShown    *shown)
{
  purser_csv_number (csv, row->calls);
  purser_csv_number (csv, row->failed_calls);
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    purser_csv_number (csv, row->tokens[i]);
  purser_csv_number (csv, row->unpriced_tokens);
  append_money (csv, row->cost_nano);
  append_money (csv, row->list_nano);
  purser_csv_raw (csv, answer->currency);
  if (shown->rate == NULL)
    return;
  append_money (csv, purser_shown_convert (shown, row->cost_nano));
  append_money (csv, purser_shown_convert (shown, row->list_nano));
  purser_csv_raw (csv, shown->currency);
}

/* Machines read these names: they are English in every locale, as in `purserctl usage --json`. */
static void
append_header (GString           *csv,
               PurserSplit        split,
               const PurserShown *shown)
{
  static const char *const before[] = { "first_day", "last_day" };
  /* The last three where amounts are shown in another currency. */
  static const char *const after[] = { "unpriced_tokens", "cost", "list_cost", "currency", "shown_cost", "shown_list_cost", "shown_currency" };

  for (gsize i = 0; i < G_N_ELEMENTS (before); i++)
    purser_csv_raw (csv, before[i]);
  purser_csv_raw (csv, purser_split_id (split));
  purser_csv_raw (csv, "calls");
  purser_csv_raw (csv, "failed_calls");
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    purser_csv_raw (csv, purser_token_kind_id (i));
  for (gsize i = 0; i < G_N_ELEMENTS (after) - (shown->rate == NULL ? 3 : 0); i++)
    purser_csv_raw (csv, after[i]);
  purser_csv_end_row (csv);
}

/* A model is called as in `purserctl usage` and in a call, whatever the page calls it. */
static void
append_name (GString            *csv,
             const PurserAnswer *answer,
             const PurserSeries *series,
             const PurserOrg    *org)
{
  const PurserModel *model = answer->question.split == PURSER_BY_MODEL ? purser_org_model (org, series->key) : NULL;
  g_autofree char *ref = model != NULL ? purser_org_model_ref_of (org, model) : NULL;

  purser_csv_text (csv, ref != NULL ? ref : series->name);
}

/**
 * purser_csv_costs:
 * @answer: what the Costs page shows
 * @org: the configuration
 *
 * Returns: (transfer full): its table, a row a name
 */
char *
purser_csv_costs (const PurserAnswer *answer,
                  const PurserOrg    *org)
{
  GString *csv = g_string_new (NULL);
  PurserShown shown = purser_shown_of (org);

  append_header (csv, answer->question.split, &shown);
  for (guint i = 0; i < answer->series->len; i++)
    {
      const PurserSeries *series = g_ptr_array_index (answer->series, i);

      append_day (csv, answer->question.first_day);
      append_day (csv, answer->question.last_day);
      append_name (csv, answer, series, org);
      append_usage (csv, &series->total, answer, &shown);
      purser_csv_end_row (csv);
    }
  return g_string_free_and_steal (csv);
}
