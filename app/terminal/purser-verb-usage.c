/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal-call.h"
#include "purser-terminal-price.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

static char *by = NULL, *since = NULL, *until = NULL, *currency = NULL;
static gboolean with_tests, per_day, follow;
static char *follow_for;
static const GOptionEntry USAGE_OPTIONS[] = {
  { "by", 0, 0, G_OPTION_ARG_STRING, &by, N_("principal (default), person, agent, team, workload, model, provider or day"), "WHAT" },
  { "since", 0, 0, G_OPTION_ARG_STRING, &since, N_("First day: 2026-11-01, today or -30; default: this month"), "DAY" },
  { "until", 0, 0, G_OPTION_ARG_STRING, &until, N_("Last day; default: today"), "DAY" },
  { "tests", 0, 0, G_OPTION_ARG_NONE, &with_tests, N_("Count tests and connection checks too"), NULL },
  { "live", 0, 0, G_OPTION_ARG_NONE, &follow, N_("Follow the calls as they end instead, until interrupted"), NULL },
  { "for", 0, 0, G_OPTION_ARG_STRING, &follow_for, N_("With --live: end after so many seconds"), "SECONDS" },
  { "currency", 0, 0, G_OPTION_ARG_STRING, &currency, N_("Show costs in this currency too; what is kept does not change"), "CUR" },
  { NULL },
};

static const PurserColumn COLUMNS[] = {
  { "name", N_("Who or what"), PURSER_COLUMN_TEXT },        { "calls", N_("Calls"), PURSER_COLUMN_NUMBER },
  { "input_tokens", N_("Tokens in"), PURSER_COLUMN_NUMBER }, { "output_tokens", N_("Tokens out"), PURSER_COLUMN_NUMBER },
  { "shown_nano", N_("Cost"), PURSER_COLUMN_MONEY },        { "unpriced_tokens", N_("Tokens without a price"), PURSER_COLUMN_NUMBER },
  { "estimated_calls", N_("Estimated"), PURSER_COLUMN_NUMBER }, { NULL } };

static gint64
sum (const PurserUsageRow *row, guint first, guint last)
{
  gint64 total = 0;
  for (guint i = first; i <= last; i++)
    total += row->tokens[i];
  return total;
}

/* What is shown beside what is kept: the same in another currency, at a rate of a day. */
typedef struct
{
  const PurserRate *rate;     /* (nullable): the organisation's currency is shown */
  const char       *currency;
} Shown;

static gint64
all_tokens (const PurserUsageRow *row)
{
  return sum (row, 0, PURSER_N_TOKEN_KINDS - 1);
}

/* "unpriced": nothing of it has a price; "partly": the cost leaves some out. */
static const char *
state_of (const PurserUsageRow *row)
{
  if (row->unpriced_tokens == 0 && row->unpriced_calls == 0)
    return "priced";
  return row->cost_nano == 0 && row->unpriced_tokens >= all_tokens (row) ? "unpriced" : "partly";
}

static void
set_shown (JsonObject *object, const Shown *shown, const PurserUsageRow *row)
{
  gint64 converted = row->cost_nano;
  gboolean fits = shown->rate == NULL || purser_rate_convert (shown->rate, row->cost_nano, &converted);
  if (fits && !g_str_equal (state_of (row), "unpriced"))
    json_object_set_int_member (object, "shown_nano", converted);
  else
    json_object_set_null_member (object, "shown_nano");
  json_object_set_string_member (object, "shown_currency", shown->currency);
}

static JsonObject *
describe (const char *name, gint64 key, const PurserUsageRow *row, const Shown *shown)
{
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "name", name);
  json_object_set_int_member (object, "id", key);
  json_object_set_int_member (object, "calls", row->calls);
  json_object_set_int_member (object, "failed_calls", row->failed_calls);
  json_object_set_int_member (object, "fallback_calls", row->fallback_calls);
  json_object_set_int_member (object, "input_tokens", sum (row, PURSER_TOKENS_INPUT_UNCACHED, PURSER_TOKENS_CACHE_WRITE_OTHER));
  json_object_set_int_member (object, "output_tokens", sum (row, PURSER_TOKENS_OUTPUT_VISIBLE, PURSER_TOKENS_OUTPUT_REASONING));
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    json_object_set_int_member (object, purser_token_kind_id (i), row->tokens[i]);
  json_object_set_int_member (object, "cost_nano", row->cost_nano);
  json_object_set_int_member (object, "list_nano", row->list_nano);
  json_object_set_string_member (object, "state", state_of (row));
  set_shown (object, shown, row);
  json_object_set_int_member (object, "unpriced_tokens", row->unpriced_tokens);
  json_object_set_int_member (object, "unpriced_calls", row->unpriced_calls);
  json_object_set_int_member (object, "estimated_calls", row->estimated_calls);
  return object;
}

static gboolean
period (PurserTerminal *terminal, PurserQuestion *question, GError **error)
{
  gint32 today = 0;
  if (!purser_terminal_day (terminal, "today", &today, error))
    return FALSE;
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc ((gint64) today * 86400);
  question->first_day = today - g_date_time_get_day_of_month (date) + 1;
  question->last_day = today;
  question->tests = with_tests;
  if ((since != NULL && !purser_terminal_day (terminal, since, &question->first_day, error)) ||
      (until != NULL && !purser_terminal_day (terminal, until, &question->last_day, error)))
    return FALSE;
  if (question->first_day <= question->last_day)
    return TRUE;
  purser_terminal_refuse (error, _("The first day lies after the last."));
  return FALSE;
}

static void
add_days (JsonArray *rows, const PurserAnswer *answer, const Shown *shown)
{
  for (guint d = 0; d < answer->n_days; d++)
    {
      PurserUsageRow total = { 0 };
      for (guint s = 0; s < answer->series->len; s++)
        purser_usage_row_add (&total, &((const PurserSeries *) g_ptr_array_index (answer->series, s))->days[d]);
      gint32 day = answer->question.first_day + (gint32) d;
      g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc ((gint64) day * 86400);
      g_autofree char *name = g_date_time_format (date, "%Y-%m-%d");
      if (total.calls > 0)
        json_array_add_object_element (rows, describe (name, day, &total, shown));
    }
}

/* The rate of the period's last day, or of today where that is still to come. What --currency names needs one; the organisation's own wish does without. */
static gboolean
choose_shown (PurserTerminal *terminal, const PurserQuestion *question, Shown *shown, GError **error)
{
  const PurserOrg *org = terminal->org;
  gint64 when = MIN (purser_day_start (org->timezone, question->last_day + 1) - 1, purser_store_now (terminal->store));
  const char *wanted = currency != NULL ? currency : terminal->json ? "" : org->display_currency;
  *shown = (Shown) { .currency = org->currency };
  if (*wanted == '\0' || g_str_equal (wanted, org->currency))
    return TRUE;
  shown->rate = purser_org_rate_at (org, org->currency, wanted, when);
  if (shown->rate != NULL)
    shown->currency = shown->rate->to;
  if (shown->rate != NULL || currency == NULL)
    return TRUE;
  if (!purser_currency_valid (wanted))
    purser_terminal_refuse (error, _("“%s” is not a currency: give its three letters, such as EUR or USD."), wanted);
  else
    purser_terminal_refuse (error, _("No rate turns %s into %s on that day. Tell one: purserctl rate set %s %s RATE"), org->currency, wanted, org->currency, wanted);
  return FALSE;
}

static void
say_shown (PurserTerminal *terminal, const Shown *shown)
{
  if (terminal->json || shown->rate == NULL)
    return;
  g_autofree char *rate = purser_money_to_decimal (shown->rate->rate_nano), *from = purser_terminal_from (terminal->org, shown->rate->valid_from);
  g_print (_("Shown in %s at the rate of %s: 1 %s = %s %s. What is kept stays in %s.\n"), shown->currency, from, terminal->org->currency, rate, shown->currency,
           terminal->org->currency);
}

/* What every cost above leaves out. */
static void
say_left_out (PurserTerminal *terminal, const PurserUsageRow *total)
{
  if (!terminal->json && total->unpriced_tokens > 0)
    g_print (_("Tokens without a price: %" PRId64 ", calls: %" PRId64 ". No cost here includes them; purserctl price list --unpriced names the models.\n"), total->unpriced_tokens,
             total->unpriced_calls);
}

static void
add_rate (JsonArray *rows, const Shown *shown)
{
  if (shown->rate == NULL)
    return;
  g_autofree char *text = purser_money_to_decimal (shown->rate->rate_nano);
  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      JsonObject *row = json_array_get_object_element (rows, i);
      json_object_set_string_member (row, "shown_rate", text);
      json_object_set_int_member (row, "shown_rate_from", shown->rate->valid_from);
    }
}

static int
usage (PurserTerminal *terminal, char **arguments, GError **error)
{
  PurserQuestion question = { .split = PURSER_BY_PRINCIPAL };
  Shown shown;
  if (follow_for != NULL && !follow)
    return purser_terminal_refuse (error, _("--for says how long --live follows the calls: give both."));
  if (follow)
    return purser_terminal_follow (terminal, follow_for, error);
  per_day = g_strcmp0 (by, "day") == 0;
  if (!per_day && by != NULL && !purser_split_parse (by, &question.split))
    return purser_terminal_refuse (error, _("“%s” is nothing usage can be split by. Choose principal, person, agent, team, workload, model, provider or day."), by);
  if (!period (terminal, &question, error) || !choose_shown (terminal, &question, &shown, error))
    return PURSER_EXIT_FAILED;
  g_autoptr (PurserAnswer) answer = purser_review_ask (terminal->store, &question, error);
  if (answer == NULL)
    return PURSER_EXIT_FAILED;
  JsonArray *rows = json_array_new ();
  if (per_day)
    add_days (rows, answer, &shown);
  for (guint i = 0; !per_day && i < answer->series->len; i++)
    {
      const PurserSeries *series = g_ptr_array_index (answer->series, i);
      json_array_add_object_element (rows, describe (series->name, series->key, &series->total, &shown));
    }
  if (!terminal->json && json_array_get_length (rows) > 1)
    json_array_add_object_element (rows, describe (_("All"), 0, &answer->total, &shown));
  add_rate (rows, &shown);
  purser_terminal_print_rows (terminal, rows, COLUMNS, _("No use recorded in this period."));
  say_shown (terminal, &shown);
  say_left_out (terminal, &answer->total);
  return PURSER_EXIT_DONE;
}

const PurserVerb purser_verbs_usage[] = {
  { "usage", NULL, "[--by WHAT] [--since DAY] [--until DAY] [--tests] [--currency CUR] | --live [--for SECONDS]", 0, 0, N_("Tokens and cost per person, team, workload, model or day"), TRUE, USAGE_OPTIONS, usage },
  { NULL },
};
