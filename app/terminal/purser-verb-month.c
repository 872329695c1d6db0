/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal-price.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

/* Closed months: their totals stand, and their digest is in the audit trail. */

static const PurserColumn COLUMNS[] = {
  { "month", N_("Month"), PURSER_COLUMN_TEXT },        { "state", N_("State"), PURSER_COLUMN_TEXT },
  { "calls", N_("Calls"), PURSER_COLUMN_NUMBER },      { "cost_nano", N_("Cost"), PURSER_COLUMN_MONEY },
  { "list_nano", N_("At list price"), PURSER_COLUMN_MONEY }, { "unpriced_tokens", N_("Tokens without a price, in no total"), PURSER_COLUMN_NUMBER },
  { "closed_at", N_("Closed"), PURSER_COLUMN_WHEN },   { "digest", N_("Digest"), PURSER_COLUMN_TEXT }, { NULL } };

static JsonObject *
describe (PurserTerminal *terminal, const PurserMonthRow *row)
{
  g_autofree char *month = purser_month_text (row->month);
  JsonObject *object = json_object_new ();
  gboolean closed = row->digest != NULL;
  json_object_set_string_member (object, "month", month);
  json_object_set_string_member (object, "state", terminal->json ? (closed ? "closed" : "open") : closed ? _("closed") : _("open"));
  json_object_set_int_member (object, "calls", row->calls);
  json_object_set_int_member (object, "cost_nano", row->cost_nano);
  json_object_set_int_member (object, "list_nano", row->list_nano);
  json_object_set_int_member (object, "unpriced_tokens", row->unpriced_tokens);
  if (closed)
    json_object_set_int_member (object, "closed_at", row->closed_at);
  else
    json_object_set_null_member (object, "closed_at");
  purser_terminal_set_text (object, "digest", row->digest);
  return object;
}

static gboolean
list_job (PurserDb *db, gpointer data, GError **error)
{
  return (*(GPtrArray **) data = purser_month_list (db, error)) != NULL;
}

static const PurserMonthRow *
find (const GPtrArray *months, gint32 month)
{
  for (guint i = 0; i < months->len; i++)
    {
      const PurserMonthRow *row = g_ptr_array_index (months, i);
      if (row->month == month)
        return row;
    }
  return NULL;
}

static int
list (PurserTerminal *terminal, char **arguments, GError **error)
{
  g_autoptr (GPtrArray) months = NULL;
  if (!purser_store_read (terminal->store, list_job, &months, error))
    return PURSER_EXIT_FAILED;
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < months->len; i++)
    json_array_add_object_element (rows, describe (terminal, g_ptr_array_index (months, i)));
  purser_terminal_print_rows (terminal, rows, COLUMNS, _("No month is closed yet."));
  return PURSER_EXIT_DONE;
}

/* An open month: as it stands now. */
static gboolean
ask_open (PurserTerminal *terminal, PurserMonthRow *row, GError **error)
{
  const char *zone = terminal->org->timezone;
  PurserQuestion question = { .split = PURSER_BY_NOTHING, .tests = TRUE, .first_day = purser_day_of (zone, purser_month_start (zone, row->month)),
                              .last_day = purser_day_of (zone, purser_month_start (zone, row->month + 1)) - 1 };
  g_autoptr (PurserAnswer) answer = purser_review_ask (terminal->store, &question, error);
  if (answer == NULL)
    return FALSE;
  row->calls = answer->total.calls;
  row->cost_nano = answer->total.cost_nano;
  row->list_nano = answer->total.list_nano;
  row->unpriced_tokens = answer->total.unpriced_tokens;
  return TRUE;
}

static int
show (PurserTerminal *terminal, char **arguments, GError **error)
{
  g_autoptr (GPtrArray) months = NULL;
  PurserMonthRow open = { 0 };
  if (!purser_month_parse (arguments[0], &open.month, error) || !purser_store_read (terminal->store, list_job, &months, error))
    return PURSER_EXIT_FAILED;
  const PurserMonthRow *closed = find (months, open.month);
  if (closed == NULL && !ask_open (terminal, &open, error))
    return PURSER_EXIT_FAILED;
  purser_terminal_print_object (terminal, describe (terminal, closed != NULL ? closed : &open), COLUMNS);
  return PURSER_EXIT_DONE;
}

static int
close_month (PurserTerminal *terminal, char **arguments, GError **error)
{
  gint32 month;
  if (!purser_month_parse (arguments[0], &month, error))
    return PURSER_EXIT_FAILED;
  g_autoptr (PurserOutcome) outcome = purser_admin_run (terminal->admin, purser_command_close_month (month), error);
  return outcome != NULL ? show (terminal, arguments, error) : PURSER_EXIT_FAILED;
}

const PurserVerb purser_verbs_month[] = {
  { "month", "close", "MONTH", 1, 1, N_("Freeze a month that is over: no correction changes it any more"), TRUE, NULL, close_month },
  { "month", "show", "MONTH", 1, 1, N_("A month's totals, closed or open"), TRUE, NULL, show },
  { "month", "list", "", 0, 0, N_("The closed months"), TRUE, NULL, list },
  { NULL },
};
