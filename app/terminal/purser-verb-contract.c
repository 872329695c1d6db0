/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal-price.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

/* Contracts: what is paid of a provider's list prices, and the document it rests on. */

static char *discount, *from_day, *until_day, *document;
static char **kinds;
static const GOptionEntry ADD_OPTIONS[] = {
  { "discount", 0, 0, G_OPTION_ARG_STRING, &discount, N_("Percent off, for all that is not named by --kind"), "PCT" },
  { "kind", 0, 0, G_OPTION_ARG_STRING_ARRAY, &kinds, N_("Percent off one kind: input, output, cache_read, cache_write, cache_write_1h …; may come again"), "KIND=PCT" },
  { "from", 0, 0, G_OPTION_ARG_STRING, &from_day, N_("First day; default now"), "DAY" },
  { "until", 0, 0, G_OPTION_ARG_STRING, &until_day, N_("Last day; default: open"), "DAY" },
  { "document", 0, 0, G_OPTION_ARG_STRING, &document, N_("What it rests on: a name, a number, an address"), "TEXT" },
  { NULL },
};
static const GOptionEntry END_OPTIONS[] = {
  { "until", 0, 0, G_OPTION_ARG_STRING, &until_day, N_("Last day; default: it ends now"), "DAY" },
  { NULL },
};

/* Words of a contract stand for one kind or for several. */
static const struct { const char *word; guint priced; } WORDS[] = {
  { "input", PURSER_TOKENS_INPUT_UNCACHED },        { "output", PURSER_TOKENS_OUTPUT_VISIBLE },       { "output", PURSER_TOKENS_OUTPUT_REASONING },
  { "cache_write", PURSER_TOKENS_CACHE_WRITE_5M },  { "cache_write", PURSER_TOKENS_CACHE_WRITE_1H },  { "cache_write", PURSER_TOKENS_CACHE_WRITE_OTHER },
};

static gboolean
set_kind (PurserContract *contract, const char *word, gint64 ppm)
{
  gboolean known = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (WORDS); i++)
    if (g_str_equal (WORDS[i].word, word))
      {
        contract->ppm[WORDS[i].priced] = ppm;
        known = TRUE;
      }
  for (guint i = 0; i < PURSER_N_PRICED && !known; i++)
    if (g_str_equal (purser_priced_id (i), word))
      {
        contract->ppm[i] = ppm;
        known = TRUE;
      }
  return known;
}

static gboolean
read_kinds (PurserContract *contract, GError **error)
{
  for (char **each = kinds; each != NULL && *each != NULL; each++)
    {
      g_auto (GStrv) parts = g_strsplit (*each, "=", 2);
      gint64 ppm = PURSER_PPM;
      if (parts[0] == NULL || parts[1] == NULL)
        {
          purser_terminal_refuse (error, _("“%s” is not of the form KIND=PERCENT, such as output=15."), *each);
          return FALSE;
        }
      if (!purser_terminal_discount (parts[1], &ppm, error))
        return FALSE;
      if (!set_kind (contract, parts[0], ppm))
        {
          purser_terminal_refuse (error, _("“%s” is no kind of tokens. Kinds are: input, output, cache_read, cache_write, and each by its exact name as purserctl --json price show prints it."), parts[0]);
          return FALSE;
        }
    }
  return TRUE;
}

static int
add (PurserTerminal *terminal, char **arguments, GError **error)
{
  const PurserProvider *provider = purser_terminal_provider (terminal, arguments[0], error);
  PurserContract contract = { .provider_id = provider != NULL ? provider->id : 0, .document = document };
  gint64 all = PURSER_PPM;
  if (provider == NULL)
    return PURSER_EXIT_FAILED;
  if (discount == NULL && kinds == NULL)
    return purser_terminal_refuse (error, _("Say what the contract takes off: --discount 10, or --kind output=15"));
  if (document == NULL || *document == '\0')
    return purser_terminal_refuse (error, _("Say what the contract rests on: --document TEXT. A discount without one is set with purserctl provider set NAME --discount PCT."));
  if (discount != NULL && !purser_terminal_discount (discount, &all, error))
    return PURSER_EXIT_FAILED;
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    contract.ppm[i] = all;
  if (!read_kinds (&contract, error) || (from_day != NULL && !purser_terminal_moment (terminal, from_day, FALSE, &contract.valid_from, error)) ||
      (until_day != NULL && !purser_terminal_moment (terminal, until_day, TRUE, &contract.valid_until, error)))
    return PURSER_EXIT_FAILED;
  return purser_terminal_run (terminal, purser_command_add_contract (&contract), _("The contract is entered. Charges made before keep what they were made at."), error);
}

static int
end (PurserTerminal *terminal, char **arguments, GError **error)
{
  gint64 until = 0, id = g_ascii_strtoll (arguments[0], NULL, 10);
  if (until_day != NULL && !purser_terminal_moment (terminal, until_day, TRUE, &until, error))
    return PURSER_EXIT_FAILED;
  return purser_terminal_run (terminal, purser_command_end_contract (id, until), _("The contract has its end. Charges made under it stay."), error);
}

static char *
percent (gint64 ppm)
{
  g_autofree char *off = purser_money_to_decimal ((PURSER_PPM - ppm) * (PURSER_NANO / 10000));
  if (g_str_has_suffix (off, ".00"))
    off[strlen (off) - 3] = '\0';
  return g_strdup_printf ("%s %%", off);
}

/* What most kinds have. */
static gint64
usual_ppm (const PurserContract *contract)
{
  guint best = 0, most = 0;
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    {
      guint same = 0;
      for (guint n = 0; n < PURSER_N_PRICED; n++)
        same += contract->ppm[n] == contract->ppm[i];
      if (same > most)
        {
          most = same;
          best = i;
        }
    }
  return contract->ppm[best];
}

/* "10 %", and in brackets the kinds that differ. */
static char *
discount_words (const PurserContract *contract)
{
  g_autoptr (GString) others = g_string_new (NULL);
  gint64 usual = usual_ppm (contract);
  g_autofree char *all = percent (usual);
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    {
      g_autofree char *off = percent (contract->ppm[i]);
      if (contract->ppm[i] != usual)
        g_string_append_printf (others, "%s%s %s", others->len > 0 ? ", " : "", purser_terminal_priced_name (i), off);
    }
  return others->len > 0 ? g_strdup_printf ("%s (%s)", all, others->str) : g_steal_pointer (&all);
}

static const struct { const char *id, *words; } STATES[] = { { "in_force", N_("in force") }, { "announced", N_("announced") }, { "ended", N_("ended") }, { "overruled", N_("overruled by a later one") } };

static guint
state_of (PurserTerminal *terminal, const PurserContract *contract)
{
  gint64 now = purser_store_now (terminal->store);
  const PurserContract *counts = purser_org_contract_at (terminal->org, contract->provider_id, now);
  if (contract->valid_from > now)
    return 1;
  if (contract->valid_until != 0 && contract->valid_until <= now)
    return 2;
  return counts != NULL && counts->id == contract->id ? 0 : 3;
}

static JsonObject *
describe (PurserTerminal *terminal, const PurserContract *contract)
{
  const PurserProvider *provider = purser_org_provider (terminal->org, contract->provider_id);
  g_autofree char *from = purser_terminal_from (terminal->org, contract->valid_from), *off = discount_words (contract);
  /* Until is told as the last day on which it holds. */
  g_autofree char *until = contract->valid_until != 0 ? purser_terminal_from (terminal->org, contract->valid_until - 1) : NULL;
  JsonObject *row = json_object_new (), *ppm = json_object_new ();
  guint state = state_of (terminal, contract);
  if (until != NULL && strlen (until) > 10)
    until[10] = '\0';
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    json_object_set_int_member (ppm, purser_priced_id (i), contract->ppm[i]);
  json_object_set_int_member (row, "id", contract->id);
  purser_terminal_set_text (row, "provider", provider != NULL ? provider->name : NULL);
  json_object_set_string_member (row, "discount", off);
  json_object_set_object_member (row, "ppm", ppm);
  json_object_set_string_member (row, "from", from);
  purser_terminal_set_text (row, "until", until);
  json_object_set_int_member (row, "from_us", contract->valid_from);
  json_object_set_int_member (row, "until_us", contract->valid_until);
  json_object_set_string_member (row, "state", terminal->json ? STATES[state].id : _(STATES[state].words));
  purser_terminal_set_text (row, "document", contract->document);
  return row;
}

static int
list (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn COLUMNS[] = {
    { "id", N_("Contract"), PURSER_COLUMN_NUMBER }, { "provider", N_("Provider"), PURSER_COLUMN_TEXT }, { "discount", N_("Off"), PURSER_COLUMN_TEXT },
    { "from", N_("From"), PURSER_COLUMN_TEXT },     { "until", N_("Until"), PURSER_COLUMN_TEXT },       { "state", N_("State"), PURSER_COLUMN_TEXT },
    { "document", N_("Document"), PURSER_COLUMN_TEXT }, { NULL } };
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < terminal->org->contracts->len; i++)
    json_array_add_object_element (rows, describe (terminal, g_ptr_array_index (terminal->org->contracts, i)));
  purser_terminal_print_rows (terminal, rows, COLUMNS, _("No contract: the list prices are paid."));
  return PURSER_EXIT_DONE;
}

const PurserVerb purser_verbs_contract[] = {
  { "contract", "add", "PROVIDER (--discount PCT | --kind KIND=PCT …) [--from DAY] [--until DAY] --document TEXT", 1, 1, N_("Enter what is paid of a provider's list prices"), TRUE, ADD_OPTIONS, add },
  { "contract", "list", "", 0, 0, N_("The contracts"), TRUE, NULL, list },
  { "contract", "end", "CONTRACT [--until DAY]", 1, 1, N_("Give a contract its end"), TRUE, END_OPTIONS, end },
  { NULL },
};
