/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal.h"

#include <glib/gi18n-lib.h>

static char *input, *output, *cache_read, *cache_write, *source;
static const GOptionEntry SET_OPTIONS[] = {
  { "input", 0, 0, G_OPTION_ARG_STRING, &input, N_("Per million tokens sent"), "AMOUNT" },
  { "output", 0, 0, G_OPTION_ARG_STRING, &output, N_("Per million tokens that come back"), "AMOUNT" },
  { "cache-read", 0, 0, G_OPTION_ARG_STRING, &cache_read, N_("Per million tokens read from the provider's cache"), "AMOUNT" },
  { "cache-write", 0, 0, G_OPTION_ARG_STRING, &cache_write, N_("Per million tokens written to it"), "AMOUNT" },
  { "source", 0, 0, G_OPTION_ARG_STRING, &source, N_("Where the figures come from"), "TEXT" },
  { NULL },
};

static int
set (PurserTerminal *terminal, char **arguments, GError **error)
{
  const PurserModel *model = purser_terminal_model (terminal, arguments[0], error);
  return model == NULL ? PURSER_EXIT_FAILED
                       : purser_terminal_run (terminal, purser_command_set_price (model->id, input, output, cache_read, cache_write, source),
                                              _("The price is set. It counts from now on; past charges keep theirs."), error);
}

static void
set_prices (JsonObject *row, const PurserPrice *price)
{
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    {
      g_autofree char *text = price != NULL && price->contract_pico[i] >= 0 ? purser_price_to_per_million (price->contract_pico[i]) : NULL;
      purser_terminal_set_text (row, purser_token_kind_id (i), text);
    }
  purser_terminal_set_text (row, "source", price != NULL ? price->source : NULL);
  purser_terminal_set_text (row, "currency", price != NULL ? price->currency : NULL);
}

static JsonObject *
describe (const PurserOrg *org, const PurserModel *model)
{
  g_autofree char *ref = purser_org_model_ref_of (org, model);
  JsonObject *row = json_object_new ();
  json_object_set_string_member (row, "model", ref);
  json_object_set_boolean_member (row, "unpriced", model->price == NULL);
  set_prices (row, model->price);
  return row;
}

static const PurserColumn COLUMNS[] = {
  { "model", N_("Model"), PURSER_COLUMN_TEXT },           { "input_uncached", N_("In, per million"), PURSER_COLUMN_TEXT },
  { "output_visible", N_("Out"), PURSER_COLUMN_TEXT },    { "cache_read", N_("Cache read"), PURSER_COLUMN_TEXT },
  { "cache_write_5m", N_("Cache write"), PURSER_COLUMN_TEXT }, { "source", N_("From"), PURSER_COLUMN_TEXT }, { NULL } };

static int
list (PurserTerminal *terminal, char **arguments, GError **error)
{
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < terminal->org->models->len; i++)
    json_array_add_object_element (rows, describe (terminal->org, g_ptr_array_index (terminal->org->models, i)));
  purser_terminal_print_rows (terminal, rows, COLUMNS, _("No model yet."));
  return PURSER_EXIT_DONE;
}

static int
show (PurserTerminal *terminal, char **arguments, GError **error)
{
  const PurserModel *model = purser_terminal_model (terminal, arguments[0], error);
  if (model == NULL)
    return PURSER_EXIT_FAILED;
  purser_terminal_print_object (terminal, describe (terminal->org, model), COLUMNS);
  return PURSER_EXIT_DONE;
}

const PurserVerb purser_verbs_price[] = {
  { "price", "list", "", 0, 0, N_("What each model's tokens cost now"), TRUE, NULL, list },
  { "price", "show", "PROVIDER/MODEL", 1, 1, N_("What one model's tokens cost"), TRUE, NULL, show },
  { "price", "set", "PROVIDER/MODEL --input AMOUNT --output AMOUNT [--cache-read AMOUNT] [--cache-write AMOUNT]", 1, 1, N_("Set a model's price, from now on"), TRUE, SET_OPTIONS, set },
  { NULL },
};
