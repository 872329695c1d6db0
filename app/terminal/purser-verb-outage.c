/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal-call.h"

#include <glib/gi18n-lib.h>

/* Models that failed again and again: since when, why, how many calls went elsewhere. */

static char *since;
static const GOptionEntry LIST_OPTIONS[] = {
  { "since", 0, 0, G_OPTION_ARG_STRING, &since, N_("Also those that ended since then: 2026-11-01, today or -30; default -7"), "DAY" },
  { NULL },
};

typedef struct { gint64 since; GPtrArray *rows; } Outages;

static gboolean
outages_job (PurserDb *db, gpointer data, GError **error)
{
  Outages *outages = data;
  outages->rows = purser_ledger_outages (db, outages->since, error);
  return outages->rows != NULL;
}

static JsonObject *
describe (PurserTerminal *terminal, const PurserOutage *outage)
{
  const PurserProvider *provider = purser_org_provider (terminal->org, outage->provider_id);
  g_autofree char *model = purser_terminal_model_name (terminal, outage->model_id), *why = purser_terminal_fault_words (outage->fault, outage->status);
  JsonObject *row = json_object_new ();
  json_object_set_int_member (row, "id", outage->id);
  purser_terminal_set_text (row, "provider", provider != NULL ? provider->name : NULL);
  json_object_set_string_member (row, "model", model);
  json_object_set_int_member (row, "began_at", outage->began_at);
  json_object_set_int_member (row, "last_at", outage->last_at);
  if (outage->ended_at != 0)
    json_object_set_int_member (row, "ended_at", outage->ended_at);
  else
    purser_terminal_set_text (row, "ended_at", terminal->json ? NULL : _("not yet"));
  purser_terminal_set_text (row, "fault", outage->fault);
  purser_terminal_set_limit (row, "status", outage->status);
  json_object_set_string_member (row, "why", why);
  json_object_set_int_member (row, "failures", outage->failures);
  json_object_set_int_member (row, "moved", outage->moved);
  return row;
}

static int
list (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn COLUMNS[] = {
    { "model", N_("Model"), PURSER_COLUMN_TEXT },          { "began_at", N_("Since"), PURSER_COLUMN_WHEN }, { "ended_at", N_("Ended"), PURSER_COLUMN_WHEN },
    { "why", N_("The last time it"), PURSER_COLUMN_TEXT }, { "failures", N_("Failures"), PURSER_COLUMN_NUMBER }, { "moved", N_("Calls moved"), PURSER_COLUMN_NUMBER }, { NULL } };
  Outages outages = { 0 };
  gint32 day;
  if (!purser_terminal_day (terminal, since != NULL ? since : "-7", &day, error))
    return PURSER_EXIT_FAILED;
  outages.since = purser_day_start (terminal->org->timezone, day);
  if (!purser_store_read (terminal->store, outages_job, &outages, error))
    return PURSER_EXIT_FAILED;
  g_autoptr (GPtrArray) found = outages.rows;
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < found->len; i++)
    json_array_add_object_element (rows, describe (terminal, g_ptr_array_index (found, i)));
  purser_terminal_print_rows (terminal, rows, COLUMNS, _("No outage in this time."));
  return PURSER_EXIT_DONE;
}

const PurserVerb purser_verbs_outage[] = {
  { "outage", "list", "[--since DAY]", 0, 0, N_("Models that failed again and again: since when, why, how many calls moved"), TRUE, LIST_OPTIONS, list },
  { NULL },
};
