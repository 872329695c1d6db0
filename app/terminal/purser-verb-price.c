/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal-price.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#include "purser-json.h"

static PurserPriceDraft draft;
static char *from_day;
static const GOptionEntry SET_OPTIONS[] = {
  { "input", 0, 0, G_OPTION_ARG_STRING, &draft.input, N_("Per million tokens sent"), "AMOUNT" },
  { "output", 0, 0, G_OPTION_ARG_STRING, &draft.output, N_("Per million tokens that come back"), "AMOUNT" },
  { "cache-read", 0, 0, G_OPTION_ARG_STRING, &draft.cache_read, N_("Per million tokens read from the provider's cache"), "AMOUNT" },
  { "cache-write", 0, 0, G_OPTION_ARG_STRING, &draft.cache_write, N_("Per million tokens written to it"), "AMOUNT" },
  { "cache-write-1h", 0, 0, G_OPTION_ARG_STRING, &draft.cache_write_1h, N_("Per million tokens written to it for an hour"), "AMOUNT" },
  { "audio-in", 0, 0, G_OPTION_ARG_STRING, &draft.audio_in, N_("Per million tokens of audio sent"), "AMOUNT" },
  { "audio-out", 0, 0, G_OPTION_ARG_STRING, &draft.audio_out, N_("Per million tokens of audio that come back"), "AMOUNT" },
  { "server-tool", 0, 0, G_OPTION_ARG_STRING, &draft.server_tool, N_("Per request of a tool that runs at the provider"), "AMOUNT" },
  { "hour", 0, 0, G_OPTION_ARG_STRING, &draft.hour, N_("Per hour of work, for your own computers"), "AMOUNT" },
  { "currency", 0, 0, G_OPTION_ARG_STRING, &draft.currency, N_("Three letters; default the organisation's"), "CUR" },
  { "from", 0, 0, G_OPTION_ARG_STRING, &from_day, N_("The day it counts from; default now"), "DAY" },
  { "source", 0, 0, G_OPTION_ARG_STRING, &draft.source, N_("Where the figures come from"), "TEXT" },
  { NULL },
};

static int
set (PurserTerminal *terminal, char **arguments, GError **error)
{
  const PurserModel *model = purser_terminal_model (terminal, arguments[0], error);
  if (model == NULL || (from_day != NULL && !purser_terminal_moment (terminal, from_day, FALSE, &draft.valid_from, error)))
    return PURSER_EXIT_FAILED;
  gboolean past = draft.valid_from != 0 && draft.valid_from < purser_store_now (terminal->store);
  g_autofree char *words = past ? g_strdup_printf (_("The price is set. What was charged since then stays as it is until it is charged again: purserctl price reprice --since %s"), from_day)
                                : g_strdup (draft.valid_from != 0 ? _("The price is set. It counts from that day on; charges before keep theirs.")
                                                                  : _("The price is set. It counts from now on; past charges keep theirs."));
  int code = purser_terminal_run (terminal, purser_command_set_own_price (model->id, &draft), words, error);
  if (code == PURSER_EXIT_DONE)
    purser_terminal_say_rates (terminal, draft.currency != NULL ? draft.currency : terminal->org->currency);
  return code;
}

static int
unset (PurserTerminal *terminal, char **arguments, GError **error)
{
  const PurserModel *model = purser_terminal_model (terminal, arguments[0], error);
  if (model == NULL)
    return PURSER_EXIT_FAILED;
  gint64 id = model->id;
  g_autoptr (PurserOutcome) outcome = purser_admin_run (terminal->admin, purser_command_withdraw_price (id), error);
  if (outcome == NULL)
    return PURSER_EXIT_FAILED;
  purser_terminal_reload (terminal);
  const PurserModel *now = purser_org_model (terminal->org, id);
  purser_terminal_print_outcome (terminal, outcome,
                                 now != NULL && now->price != NULL ? _("Your own price has ended. The list's counts again, from now on.")
                                                                   : _("Your own price has ended. The model is unpriced now: its tokens are counted, and no total includes them."));
  return PURSER_EXIT_DONE;
}

/* ------------------------------------------------------------------ list */

typedef enum { STATE_PRICED, STATE_UNPRICED, STATE_NO_RATE } State;
static const struct { const char *id, *words; } STATES[] = { { "priced", N_("priced") }, { "unpriced", N_("unpriced") }, { "no_rate", N_("no exchange rate") } };

static State
state_of (PurserTerminal *terminal, const PurserPrice *price)
{
  const PurserOrg *org = terminal->org;
  if (price == NULL)
    return STATE_UNPRICED;
  return g_str_equal (price->currency, org->currency) || purser_org_rate_at (org, price->currency, org->currency, purser_store_now (terminal->store)) != NULL
             ? STATE_PRICED
             : STATE_NO_RATE;
}

static void
set_paid (JsonObject *row, const PurserPrice *price)
{
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    {
      g_autofree char *text = price != NULL && price->contract_pico[i] >= 0 ? purser_terminal_figure (price->contract_pico[i], i) : NULL;
      purser_terminal_set_text (row, purser_priced_id (i), text);
    }
  g_autofree char *hour = price != NULL && price->hour_nano > 0 ? purser_money_to_decimal (price->hour_nano) : NULL;
  purser_terminal_set_text (row, "hour", hour);
  purser_terminal_set_text (row, "source", price != NULL ? price->source : NULL);
  purser_terminal_set_text (row, "origin", price != NULL ? price->origin : NULL);
  purser_terminal_set_text (row, "currency", price != NULL ? price->currency : NULL);
}

/* In a table the first of several sources must do; "price show" names them all. */
static void
shorten_source (JsonObject *row)
{
  const char *source = purser_json_string (row, "source");
  const char *more = source != NULL ? strstr (source, "; ") : NULL;
  if (more == NULL)
    return;
  g_autofree char *first = g_strdup_printf ("%.*s …", (int) (more - source), source);
  json_object_set_string_member (row, "source", first);
}

static JsonObject *
describe (PurserTerminal *terminal, const PurserModel *model, gint64 unpriced_tokens)
{
  g_autofree char *ref = purser_org_model_ref_of (terminal->org, model);
  State state = state_of (terminal, model->price);
  JsonObject *row = json_object_new ();
  json_object_set_string_member (row, "model", ref);
  json_object_set_boolean_member (row, "unpriced", state != STATE_PRICED);
  json_object_set_string_member (row, "state", STATES[state].id);
  json_object_set_int_member (row, "unpriced_tokens", unpriced_tokens);
  set_paid (row, model->price);
  if (!terminal->json)
    {
      json_object_set_string_member (row, "state", _(STATES[state].words));
      shorten_source (row);
    }
  return row;
}

static gboolean only_unpriced;
static const GOptionEntry LIST_OPTIONS[] = {
  { "unpriced", 0, 0, G_OPTION_ARG_NONE, &only_unpriced, N_("Only models without a price, and those with tokens that have none"), NULL },
  { NULL },
};

static int
list (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn COLUMNS[] = {
    { "model", N_("Model"), PURSER_COLUMN_TEXT },           { "state", N_("State"), PURSER_COLUMN_TEXT },
    { "input_uncached", N_("In, per million"), PURSER_COLUMN_TEXT }, { "output_visible", N_("Out"), PURSER_COLUMN_TEXT },
    { "cache_read", N_("Cache read"), PURSER_COLUMN_TEXT }, { "currency", N_("Currency"), PURSER_COLUMN_TEXT },
    { "unpriced_tokens", N_("Tokens without a price"), PURSER_COLUMN_NUMBER }, { "source", N_("From"), PURSER_COLUMN_TEXT }, { NULL } };
  g_auto (PurserUnpriced) unpriced = { NULL };
  if (!purser_terminal_unpriced (terminal, &unpriced, error))
    return PURSER_EXIT_FAILED;
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < terminal->org->models->len; i++)
    {
      const PurserModel *model = g_ptr_array_index (terminal->org->models, i);
      gint64 tokens = purser_unpriced_tokens (&unpriced, model->id);
      if (!only_unpriced || tokens > 0 || state_of (terminal, model->price) != STATE_PRICED)
        json_array_add_object_element (rows, describe (terminal, model, tokens));
    }
  purser_terminal_print_rows (terminal, rows, COLUMNS, only_unpriced ? _("Every model has a price, and every token was charged.") : _("No model yet."));
  gint64 left_out = purser_unpriced_tokens (&unpriced, 0);
  if (left_out > 0 && !terminal->json)
    g_print (_("Tokens without a price, all in all: %" PRId64 ". No total of costs includes them.\n"), left_out);
  purser_terminal_say_rates (terminal, NULL);
  return PURSER_EXIT_DONE;
}

const PurserVerb purser_verbs_price[] = {
  { "price", "list", "[--unpriced]", 0, 0, N_("What each model's tokens cost now"), TRUE, LIST_OPTIONS, list },
  { "price", "set", "PROVIDER/MODEL --input AMOUNT --output AMOUNT [--cache-read AMOUNT] [--cache-write AMOUNT] [--cache-write-1h AMOUNT] [--hour AMOUNT] [--currency CUR] [--from DAY] [--source TEXT]",
    1, 1, N_("Set a model's price yourself: it wins over the list's"), TRUE, SET_OPTIONS, set },
  { "price", "unset", "PROVIDER/MODEL", 1, 1, N_("Your own price ends; the list's counts again"), TRUE, NULL, unset },
  { NULL },
};
