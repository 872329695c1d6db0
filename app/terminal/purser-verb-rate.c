/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal-price.h"

#include <glib/gi18n-lib.h>

/* Exchange rates: dated, never changed, only followed by newer ones. */

static char *from_day, *source;
static const GOptionEntry SET_OPTIONS[] = {
  { "from", 0, 0, G_OPTION_ARG_STRING, &from_day, N_("The day it counts from; default today"), "DAY" },
  { "source", 0, 0, G_OPTION_ARG_STRING, &source, N_("Where it comes from"), "TEXT" },
  { NULL },
};

static int
set (PurserTerminal *terminal, char **arguments, GError **error)
{
  gint64 valid_from = 0;
  if (from_day != NULL && !purser_terminal_moment (terminal, from_day, FALSE, &valid_from, error))
    return PURSER_EXIT_FAILED;
  return purser_terminal_run (terminal, purser_command_set_rate (arguments[0], arguments[1], arguments[2], valid_from, source),
                              _("The rate is set. Charges made before keep theirs; purserctl price reprice --since DAY charges calls again that had none."), error);
}

static gboolean
is_in_force (PurserTerminal *terminal, const PurserRate *rate)
{
  const PurserRate *now = purser_org_rate_at (terminal->org, rate->from, rate->to, purser_store_now (terminal->store));
  return now != NULL && now->id == rate->id;
}

static int
list (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn COLUMNS[] = {
    { "from", N_("Currency"), PURSER_COLUMN_TEXT },             { "rate", N_("Is worth"), PURSER_COLUMN_TEXT },   { "to", N_("In currency"), PURSER_COLUMN_TEXT },
    { "valid_from", N_("From"), PURSER_COLUMN_TEXT },      { "in_force", N_("In force"), PURSER_COLUMN_YESNO }, { "source", N_("Source"), PURSER_COLUMN_TEXT },
    { NULL } };
  const GPtrArray *rates = terminal->org->rates;
  JsonArray *rows = json_array_new ();
  for (guint i = rates->len; i > 0; i--)
    {
      const PurserRate *rate = g_ptr_array_index (rates, i - 1);
      g_autofree char *text = purser_money_to_decimal (rate->rate_nano), *from = purser_terminal_from (terminal->org, rate->valid_from);
      JsonObject *row = json_object_new ();
      json_object_set_int_member (row, "id", rate->id);
      json_object_set_string_member (row, "from", rate->from);
      json_object_set_string_member (row, "to", rate->to);
      json_object_set_string_member (row, "rate", text);
      json_object_set_string_member (row, "valid_from", from);
      json_object_set_int_member (row, "valid_from_us", rate->valid_from);
      json_object_set_boolean_member (row, "in_force", is_in_force (terminal, rate));
      purser_terminal_set_text (row, "source", rate->source);
      json_array_add_object_element (rows, row);
    }
  purser_terminal_print_rows (terminal, rows, COLUMNS, _("No exchange rate yet. Tell one: purserctl rate set USD EUR 0.92"));
  purser_terminal_say_rates (terminal, NULL);
  return PURSER_EXIT_DONE;
}

const PurserVerb purser_verbs_rate[] = {
  { "rate", "set", "FROM TO RATE [--from DAY] [--source TEXT]", 3, 3, N_("Tell what one unit of a currency is worth in another, from a day on"), TRUE, SET_OPTIONS, set },
  { "rate", "list", "", 0, 0, N_("The exchange rates"), TRUE, NULL, list },
  { NULL },
};
