/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal-call.h"

#include <glib/gi18n-lib.h>

/* Calls as the ledger keeps them: the latest, and one with the way it took. */

static gint limit = 20;
static const GOptionEntry LIST_OPTIONS[] = {
  { "limit", 0, 0, G_OPTION_ARG_INT, &limit, N_("How many; default 20"), "N" },
  { NULL },
};

static gboolean
recent_job (PurserDb *db, gpointer data, GError **error)
{
  return (*(GPtrArray **) data = purser_ledger_recent (db, 0, limit, error)) != NULL;
}

static int
list (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn COLUMNS[] = {
    { "call", N_("Call"), PURSER_COLUMN_NUMBER },              { "opened_at", N_("When"), PURSER_COLUMN_WHEN },
    { "principal", N_("Who"), PURSER_COLUMN_TEXT },            { "workload", N_("Workload"), PURSER_COLUMN_TEXT },
    { "model", N_("Model"), PURSER_COLUMN_TEXT },              { "outcome", N_("Outcome"), PURSER_COLUMN_TEXT },
    { "attempts", N_("Attempts"), PURSER_COLUMN_NUMBER },      { "input_tokens", N_("Tokens in"), PURSER_COLUMN_NUMBER },
    { "output_tokens", N_("Out"), PURSER_COLUMN_NUMBER },      { "cost_nano", N_("Cost"), PURSER_COLUMN_MONEY },
    { NULL } };
  g_autoptr (GPtrArray) calls = NULL;
  limit = CLAMP (limit, 1, 100000);
  if (!purser_store_read (terminal->store, recent_job, &calls, error))
    return PURSER_EXIT_FAILED;
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < calls->len; i++)
    json_array_add_object_element (rows, purser_terminal_call_object (terminal, g_ptr_array_index (calls, i)));
  purser_terminal_print_rows (terminal, rows, COLUMNS, _("No call yet."));
  return PURSER_EXIT_DONE;
}

/* ------------------------------------------------------------------ show */

typedef struct { gint64 id; PurserCallRecord *record; } One;

static gboolean
one_job (PurserDb *db, gpointer data, GError **error)
{
  One *one = data;
  one->record = purser_ledger_call (db, one->id, error);
  return one->record != NULL;
}

static void
set_known (JsonObject *object, const char *member, gint64 n)
{
  if (n != PURSER_UNKNOWN)
    json_object_set_int_member (object, member, n);
  else
    json_object_set_null_member (object, member);
}

static JsonArray *
attempts_json (PurserTerminal *terminal, const PurserCallRecord *record)
{
  JsonArray *array = json_array_new ();
  for (guint i = 0; i < record->attempts->len; i++)
    {
      const PurserAttemptRow *attempt = g_ptr_array_index (record->attempts, i);
      g_autofree char *model = purser_terminal_model_name (terminal, attempt->model_id);
      JsonObject *object = json_object_new ();
      json_object_set_int_member (object, "number", attempt->number);
      json_object_set_string_member (object, "model", model);
      json_object_set_int_member (object, "opened_at", attempt->opened_at);
      purser_terminal_set_text (object, "outcome", attempt->outcome);
      purser_terminal_set_text (object, "fault", attempt->fault);
      purser_terminal_set_limit (object, "status", attempt->status);
      purser_terminal_set_text (object, "provider_model", attempt->provider_model);
      set_known (object, "first_words_us", attempt->first_text_us);
      set_known (object, "total_us", attempt->total_us);
      set_known (object, "input_tokens", attempt->input_tokens);
      set_known (object, "output_tokens", attempt->output_tokens);
      if (attempt->unpriced)
        json_object_set_null_member (object, "cost_nano");
      else
        json_object_set_int_member (object, "cost_nano", attempt->cost_nano);
      json_object_set_boolean_member (object, "estimated", attempt->estimated);
      json_object_set_boolean_member (object, "may_be_billed", attempt->may_be_billed);
      json_object_set_boolean_member (object, "at_most", attempt->at_most);
      json_array_add_object_element (array, object);
    }
  return array;
}

static JsonArray *
skips_json (PurserTerminal *terminal, const PurserCallRecord *record)
{
  JsonArray *array = json_array_new ();
  for (guint i = 0; i < record->skips->len; i++)
    {
      const PurserSkipRow *skip = g_ptr_array_index (record->skips, i);
      g_autofree char *model = purser_terminal_model_name (terminal, skip->model_id);
      JsonObject *object = json_object_new ();
      json_object_set_int_member (object, "before_attempt", skip->before_attempt);
      json_object_set_string_member (object, "model", model);
      json_object_set_string_member (object, "reason", purser_skip_reason_id (skip->reason));
      json_array_add_object_element (array, object);
    }
  return array;
}

/* Which key was used, by its last characters. */
static char *
key_words (const PurserOrg *org, gint64 key_id)
{
  const PurserAccessKey *key = purser_org_access_key (org, key_id);
  return key != NULL ? g_strdup_printf ("…%s", key->hint) : NULL;
}

static JsonObject *
describe (PurserTerminal *terminal, const PurserCallRecord *record, const GPtrArray *route)
{
  const PurserCallRow *call = record->call;
  gint64 took = purser_terminal_took (record);
  g_autofree char *key = key_words (terminal->org, record->access_key_id);
  JsonObject *object = purser_terminal_call_object (terminal, call);
  purser_terminal_set_text (object, "key", key);
  purser_terminal_set_limit (object, "access_key", record->access_key_id);
  purser_terminal_set_text (object, "behalf", record->behalf);
  json_object_set_string_member (object, "dialect", terminal->json || *record->dialect != '\0' ? record->dialect : _("Purser itself"));
  json_object_set_boolean_member (object, "streamed", record->streamed);
  if (call->first_text_us >= 0)
    json_object_set_double_member (object, "first_words", call->first_text_us / 1e6);
  if (took >= 0)
    json_object_set_double_member (object, "took", took / 1e6);
  json_object_set_array_member (object, "route", purser_terminal_strings (route));
  if (!terminal->json)
    return object;
  json_object_set_array_member (object, "tries", attempts_json (terminal, record));
  json_object_set_array_member (object, "skips", skips_json (terminal, record));
  return object;
}

static int
show (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn COLUMNS[] = {
    { "call", N_("Call"), PURSER_COLUMN_NUMBER },            { "opened_at", N_("When"), PURSER_COLUMN_WHEN },       { "principal", N_("Who"), PURSER_COLUMN_TEXT },
    { "behalf", N_("On behalf of"), PURSER_COLUMN_TEXT },    { "key", N_("Key"), PURSER_COLUMN_TEXT },              { "workload", N_("Workload"), PURSER_COLUMN_TEXT },
    { "model", N_("Model"), PURSER_COLUMN_TEXT },            { "dialect", N_("Asked as"), PURSER_COLUMN_TEXT },     { "streamed", N_("Streamed"), PURSER_COLUMN_YESNO },
    { "outcome", N_("Outcome"), PURSER_COLUMN_TEXT },        { "input_tokens", N_("Tokens in"), PURSER_COLUMN_NUMBER }, { "output_tokens", N_("Tokens out"), PURSER_COLUMN_NUMBER },
    { "cost_nano", N_("Cost"), PURSER_COLUMN_MONEY },        { "estimated", N_("Estimated"), PURSER_COLUMN_YESNO }, { "first_words", N_("First words after"), PURSER_COLUMN_SECONDS },
    { "took", N_("Took"), PURSER_COLUMN_SECONDS },           { NULL } };
  One one = { 0 };
  guint64 id = 0;
  if (!g_ascii_string_to_unsigned (arguments[0], 10, 1, G_MAXINT64, &id, NULL))
    return purser_terminal_refuse (error, _("“%s” is not a call's number. purserctl call list shows the latest ones."), arguments[0]);
  one.id = (gint64) id;
  g_autoptr (GError) why = NULL;
  if (!purser_store_read (terminal->store, one_job, &one, &why))
    {
      if (g_error_matches (why, PURSER_STORE_ERROR, PURSER_STORE_ERROR_NOT_FOUND))
        return purser_terminal_refuse (error, _("There is no call %s. purserctl call list shows the latest ones."), arguments[0]);
      g_propagate_error (error, g_steal_pointer (&why));
      return PURSER_EXIT_FAILED;
    }
  g_autoptr (PurserCallRecord) record = one.record;
  g_autoptr (GPtrArray) route = purser_terminal_route (terminal, record);
  purser_terminal_print_object (terminal, describe (terminal, record, route), COLUMNS);
  for (guint i = 0; !terminal->json && i < route->len; i++)
    g_print ("%s%s\n", i == 0 ? "\n" : "", (const char *) g_ptr_array_index (route, i));
  return PURSER_EXIT_DONE;
}

const PurserVerb purser_verbs_call[] = {
  { "call", "list", "[--limit N]", 0, 0, N_("The latest calls"), TRUE, LIST_OPTIONS, list },
  { "call", "show", "CALL", 1, 1, N_("One call, and the way it took"), TRUE, NULL, show },
  { NULL },
};
