/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal-price.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

/* Lists of prices: what importing one changes is shown before it applies. */

static gboolean yes, dry_run, shipped;
static const GOptionEntry IMPORT_OPTIONS[] = {
  { "yes", 0, 0, G_OPTION_ARG_NONE, &yes, N_("Apply it without asking"), NULL },
  { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, N_("Only show what would change"), NULL },
  { "shipped", 0, 0, G_OPTION_ARG_NONE, &shipped, N_("The list in this program instead of a file"), NULL },
  { NULL },
};

typedef struct
{
  PurserPriceList *list;     /* (owned) */
  PurserOrg       *org;      /* not owned */
  GPtrArray       *changes;  /* (owned) (element-type PurserPriceChange) */
  GPtrArray       *unused;   /* (owned) (element-type utf8) */
  guint            facts;
} Import;

static void
import_clear (Import *import)
{
  g_clear_pointer (&import->list, purser_price_list_unref);
  g_clear_pointer (&import->changes, g_ptr_array_unref);
  g_clear_pointer (&import->unused, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Import, import_clear)

static gboolean
diff_job (PurserDb *db, gpointer data, GError **error)
{
  Import *import = data;
  import->changes = purser_price_list_diff (import->list, import->org, db, error);
  return import->changes != NULL;
}

static const char *const TYPES[] = { "new", "other", "announced" };

static const char *
note (const PurserPriceChange *change)
{
  if (change->overruled)
    return _("stored only: your own price wins");
  if (change->type == PURSER_PRICE_CHANGE_FUTURE)
    return _("announced");
  return change->past && change->before != NULL ? _("past: charges stay until they are re-priced") : "";
}

/* "", or the day from which on another version counts. */
static char *
until_text (PurserTerminal *terminal, const PurserPriceChange *change)
{
  return change->until != 0 ? purser_terminal_from (terminal->org, change->until) : g_strdup ("");
}

static JsonObject *
describe_change (PurserTerminal *terminal, const PurserPriceChange *change)
{
  JsonObject *row = json_object_new ();
  g_autofree char *from = purser_terminal_from (terminal->org, change->after->valid_from);
  g_autofree char *until = until_text (terminal, change);
  g_autofree char *what = purser_terminal_price_difference (change->before, change->after);
  json_object_set_string_member (row, "model", change->ref);
  json_object_set_string_member (row, "type", TYPES[change->type]);
  json_object_set_string_member (row, "from", from);
  purser_terminal_set_text (row, "until", *until != '\0' || !terminal->json ? until : NULL);
  json_object_set_member (row, "before", purser_terminal_price_node (change->before));
  json_object_set_member (row, "after", purser_terminal_price_node (change->after));
  json_object_set_boolean_member (row, "overruled", change->overruled);
  json_object_set_boolean_member (row, "past", change->past);
  json_object_set_string_member (row, "currency", change->after->currency);
  if (!terminal->json)
    {
      json_object_set_string_member (row, "what", what);
      json_object_set_string_member (row, "note", note (change));
    }
  return row;
}

static JsonArray *
changes_array (PurserTerminal *terminal, const Import *import)
{
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < import->changes->len; i++)
    json_array_add_object_element (rows, describe_change (terminal, g_ptr_array_index (import->changes, i)));
  return rows;
}

static void
print_changes (PurserTerminal *terminal, const Import *import)
{
  static const PurserColumn COLUMNS[] = { { "model", N_("Model"), PURSER_COLUMN_TEXT },       { "from", N_("From"), PURSER_COLUMN_TEXT },
                                          { "until", N_("Until"), PURSER_COLUMN_TEXT },       { "what", N_("Per million tokens"), PURSER_COLUMN_TEXT },
                                          { "currency", N_("Currency"), PURSER_COLUMN_TEXT },
                                          { "note", N_("Note"), PURSER_COLUMN_TEXT },         { NULL } };
  purser_terminal_print_rows (terminal, changes_array (terminal, import), COLUMNS, _("No price changes: what the list says is here already."));
  if (import->facts > 0)
    g_print (_("Models of which the list tells something new besides prices (size, abilities, retirement): %u\n"), import->facts);
  for (guint i = 0; i < import->unused->len; i++)
    g_print (_("Left out, for no registered model has this name: %s\n"), (const char *) g_ptr_array_index (import->unused, i));
}

static int
print_json (PurserTerminal *terminal, const Import *import, gint64 versions, gboolean applied)
{
  static const PurserColumn NONE[] = { { NULL } };
  JsonObject *object = json_object_new ();
  JsonArray *unused = json_array_new ();
  for (guint i = 0; i < import->unused->len; i++)
    json_array_add_string_element (unused, g_ptr_array_index (import->unused, i));
  json_object_set_array_member (object, "changes", changes_array (terminal, import));
  json_object_set_int_member (object, "facts", import->facts);
  json_object_set_array_member (object, "unused", unused);
  json_object_set_boolean_member (object, "applied", applied);
  json_object_set_int_member (object, "versions", versions);
  purser_terminal_print_object (terminal, object, NONE);
  return PURSER_EXIT_DONE;
}

/* On a terminal one is asked; a script says --yes. */
static gboolean
wanted (PurserTerminal *terminal, GError **error)
{
  char answer[16] = "";
  if (yes)
    return TRUE;
  if (terminal->json || !isatty (STDIN_FILENO))
    {
      purser_terminal_refuse (error, _("Nothing was changed. --yes applies it, --dry-run only shows it."));
      return FALSE;
    }
  g_print ("%s", _("Apply this? [y/N] "));
  if (fgets (answer, sizeof answer, stdin) != NULL && (g_ascii_tolower (*answer) == 'y' || g_ascii_tolower (*answer) == *_("y")))
    return TRUE;
  purser_terminal_refuse (error, _("Nothing was changed."));
  return FALSE;
}

static int
apply (PurserTerminal *terminal, const Import *import, const char *source, GError **error)
{
  g_autoptr (PurserOutcome) outcome = wanted (terminal, error) ? purser_admin_run (terminal->admin, purser_command_import_list (import->list, import->changes, source), error) : NULL;
  if (outcome == NULL)
    return PURSER_EXIT_FAILED;
  if (terminal->json)
    return print_json (terminal, import, outcome->id, TRUE);
  g_print (_("Prices imported: %" PRId64 ". Past charges keep theirs; purserctl price reprice --since DAY charges them again.\n"), outcome->id);
  purser_terminal_say_rates (terminal, NULL);
  return PURSER_EXIT_DONE;
}

static int
import_list (PurserTerminal *terminal, char **arguments, GError **error)
{
  g_auto (Import) import = { .org = terminal->org };
  if (shipped == (arguments[0] != NULL))
    return purser_terminal_refuse (error, _("Name a file, or the list in this program: --shipped"));
  import.list = shipped ? purser_price_list_shipped () : purser_price_list_load (arguments[0], error);
  if (import.list == NULL || !purser_store_read (terminal->store, diff_job, &import, error))
    return PURSER_EXIT_FAILED;
  import.unused = purser_price_list_unused (import.list, terminal->org);
  import.facts = purser_price_list_count_facts (import.list, terminal->org);
  g_autofree char *base = shipped ? NULL : g_path_get_basename (arguments[0]);
  g_autofree char *source = g_strdup_printf ("%s%s%s", shipped ? "shipped" : base, *purser_price_list_built (import.list) != '\0' ? ", " : "", purser_price_list_built (import.list));
  if (!terminal->json)
    print_changes (terminal, &import);
  if (dry_run || (import.changes->len == 0 && import.facts == 0))
    return terminal->json ? print_json (terminal, &import, 0, FALSE) : PURSER_EXIT_DONE;
  return apply (terminal, &import, source, error);
}

/* ------------------------------------------------------------------ sources */

static JsonArray *
sources_array (const PurserPriceList *list)
{
  const GPtrArray *sources = purser_price_list_get_sources (list);
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < sources->len; i++)
    {
      const PurserPriceSource *source = g_ptr_array_index (sources, i);
      JsonObject *row = json_object_new ();
      json_object_set_string_member (row, "id", source->id);
      json_object_set_string_member (row, "name", source->name);
      purser_terminal_set_text (row, "version", source->version);
      purser_terminal_set_text (row, "licence", source->licence);
      purser_terminal_set_text (row, "date", source->date);
      purser_terminal_set_text (row, "address", source->address);
      purser_terminal_set_text (row, "notice", source->notice);
      json_array_add_object_element (rows, row);
    }
  return rows;
}

static JsonArray *
left_out_array (const PurserPriceList *list)
{
  const GPtrArray *left_out = purser_price_list_get_left_out (list);
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < left_out->len; i++)
    {
      const PurserPriceLeftOut *each = g_ptr_array_index (left_out, i);
      JsonObject *row = json_object_new ();
      json_object_set_string_member (row, "what", each->what);
      json_object_set_string_member (row, "reason", each->reason);
      if (each->count >= 0)
        json_object_set_int_member (row, "count", each->count);
      else
        json_object_set_null_member (row, "count");
      json_array_add_object_element (rows, row);
    }
  return rows;
}

static int
sources (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn NONE[] = { { NULL } };
  static const PurserColumn SOURCES[] = { { "id", N_("Source"), PURSER_COLUMN_TEXT },       { "name", N_("Name"), PURSER_COLUMN_TEXT },
                                          { "version", N_("Version"), PURSER_COLUMN_TEXT }, { "licence", N_("Licence"), PURSER_COLUMN_TEXT },
                                          { "date", N_("Date"), PURSER_COLUMN_TEXT },       { "address", N_("Address"), PURSER_COLUMN_TEXT }, { NULL } };
  g_autoptr (PurserPriceList) list = purser_price_list_shipped ();
  if (terminal->json)
    {
      JsonObject *object = json_object_new ();
      json_object_set_string_member (object, "built", purser_price_list_built (list));
      json_object_set_array_member (object, "sources", sources_array (list));
      json_object_set_array_member (object, "left_out", left_out_array (list));
      purser_terminal_print_object (terminal, object, NONE);
      return PURSER_EXIT_DONE;
    }
  g_autofree char *left_out = purser_price_list_left_out (list);
  g_print (_("The list in this program was built on %s from:\n"), purser_price_list_built (list));
  purser_terminal_print_rows (terminal, sources_array (list), SOURCES, "");
  g_print ("\n%s\n%s\n", _("Left out, and why:"), left_out);
  return PURSER_EXIT_DONE;
}

/* ------------------------------------------------------------------ reprice */

static char *since_day, *until_day, *only_model, *reason;
static gboolean only_count;
static const GOptionEntry REPRICE_OPTIONS[] = {
  { "since", 0, 0, G_OPTION_ARG_STRING, &since_day, N_("First day: 2026-11-01, today or -30"), "DAY" },
  { "until", 0, 0, G_OPTION_ARG_STRING, &until_day, N_("Last day; default: today"), "DAY" },
  { "model", 0, 0, G_OPTION_ARG_STRING, &only_model, N_("Only this model's calls"), "PROVIDER/MODEL" },
  { "reason", 0, 0, G_OPTION_ARG_STRING, &reason, N_("Kept with each correction"), "TEXT" },
  { "dry-run", 0, 0, G_OPTION_ARG_NONE, &only_count, N_("Only count what would change"), NULL },
  { NULL },
};

static JsonObject *
describe_result (const PurserRepriceResult *result)
{
  JsonObject *object = json_object_new ();
  json_object_set_int_member (object, "attempts", result->attempts);
  json_object_set_int_member (object, "corrected", result->corrected);
  json_object_set_int_member (object, "newly_priced", result->newly_priced);
  json_object_set_int_member (object, "list_nano", result->list_nano);
  json_object_set_int_member (object, "cost_nano", result->cost_nano);
  json_object_set_int_member (object, "still_unpriced", result->still_unpriced);
  json_object_set_int_member (object, "still_unpriced_tokens", result->still_unpriced_tokens);
  json_object_set_int_member (object, "in_closed_months", result->in_closed_months);
  json_object_set_boolean_member (object, "dry_run", only_count);
  return object;
}

static int
reprice (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn COLUMNS[] = {
    { "attempts", N_("Looked at"), PURSER_COLUMN_NUMBER },               { "corrected", N_("Charged otherwise"), PURSER_COLUMN_NUMBER },
    { "newly_priced", N_("Had no price before"), PURSER_COLUMN_NUMBER }, { "cost_nano", N_("Difference"), PURSER_COLUMN_MONEY },
    { "list_nano", N_("At list price"), PURSER_COLUMN_MONEY },           { "still_unpriced", N_("Still without a price"), PURSER_COLUMN_NUMBER },
    { "still_unpriced_tokens", N_("Their tokens"), PURSER_COLUMN_NUMBER }, { "in_closed_months", N_("In closed months, left as they are"), PURSER_COLUMN_NUMBER },
    { NULL } };
  const PurserModel *model = only_model != NULL ? purser_terminal_model (terminal, only_model, error) : NULL;
  PurserReprice ask = { .model_id = model != NULL ? model->id : 0, .dry_run = only_count, .reason = reason };
  PurserRepriceResult result = { 0 };
  if (only_model != NULL && model == NULL)
    return PURSER_EXIT_FAILED;
  if (since_day == NULL)
    return purser_terminal_refuse (error, _("Say from which day on: --since 2026-11-01"));
  if (!purser_terminal_moment (terminal, since_day, FALSE, &ask.since, error) || (until_day != NULL && !purser_terminal_moment (terminal, until_day, TRUE, &ask.until, error)))
    return PURSER_EXIT_FAILED;
  if (ask.until != 0 && ask.until <= ask.since)
    return purser_terminal_refuse (error, _("The first day lies after the last."));
  if (!purser_admin_reprice (terminal->admin, &ask, &result, error))
    return PURSER_EXIT_FAILED;
  purser_terminal_print_object (terminal, describe_result (&result), COLUMNS);
  if (result.in_closed_months > 0 && result.corrected == 0)
    return purser_terminal_refuse (error, _("Nothing was charged again: everything that would change lies in closed months, and those stay as they are."));
  return PURSER_EXIT_DONE;
}

const PurserVerb purser_verbs_price_import[] = {
  { "price", "import", "FILE | --shipped [--yes | --dry-run]", 0, 1, N_("Bring in a price list or a table (CSV), after showing what it changes"), TRUE, IMPORT_OPTIONS, import_list },
  { "price", "reprice", "--since DAY [--until DAY] [--model PROVIDER/MODEL] [--reason TEXT] [--dry-run]", 0, 0, N_("Charge past calls again at the prices of their day; differences become corrections"), TRUE, REPRICE_OPTIONS, reprice },
  { "price", "sources", "", 0, 0, N_("Where the list in this program comes from, and what it leaves out"), FALSE, NULL, sources },
  { NULL },
};
