/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal-policy.h"
#include "purser-terminal-price.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Data terms: what each provider does with what it is sent, and whether the workloads' policies allow it. */

static char *trains, *retention, *regions_text, *document, *checked, *expires;
static const GOptionEntry SET_OPTIONS[] = {
  { "trains", 0, 0, G_OPTION_ARG_STRING, &trains, N_("Whether the provider trains on what it is sent"), "yes|no|unknown" },
  { "retention", 0, 0, G_OPTION_ARG_STRING, &retention, N_("How many days it keeps it; 0: not at all"), "DAYS|unknown" },
  { "regions", 0, 0, G_OPTION_ARG_STRING, &regions_text, N_("Where it is processed"), "EU,CH|unknown" },
  { "document", 0, 0, G_OPTION_ARG_STRING, &document, N_("What proves it: a file's name, a number, an address"), "TEXT" },
  { "checked", 0, 0, G_OPTION_ARG_STRING, &checked, N_("The day it was read: 2026-11-23 or today"), "DAY" },
  { "expires", 0, 0, G_OPTION_ARG_STRING, &expires, N_("The last day it counts; never for none"), "DAY" },
  { NULL },
};

void
purser_terminal_set_regions (JsonObject *object, const char *const *regions, const char *instead)
{
  JsonArray *array = json_array_new ();
  for (guint i = 0; regions != NULL && regions[i] != NULL; i++)
    json_array_add_string_element (array, regions[i]);
  if (json_array_get_length (array) > 0)
    json_object_set_array_member (object, "regions", array);
  else
    {
      json_array_unref (array);
      purser_terminal_set_text (object, "regions", instead);
    }
}

static const struct { const char *id, *words; } STATES[] = { { "none", N_("nothing is recorded") }, { "in_force", N_("in force") }, { "expired", N_("expired") } };

static guint
state_of (PurserTerminal *terminal, const PurserTerms *terms)
{
  g_autofree char *today = purser_terminal_day_text (purser_day_of (terminal->org->timezone, purser_store_now (terminal->store)));
  return terms == NULL ? 0 : terms->expires_on != NULL && strcmp (terms->expires_on, today) < 0 ? 2 : 1;
}

static void
set_figures (PurserTerminal *terminal, JsonObject *row, const PurserTerms *terms)
{
  const char *unknown = terminal->json ? NULL : _("not known");
  if (terms == NULL || terms->trains < 0)
    purser_terminal_set_text (row, "trains", unknown);
  else if (terminal->json)
    json_object_set_boolean_member (row, "trains", terms->trains == 1);
  else
    json_object_set_string_member (row, "trains", terms->trains == 1 ? _("yes") : _("no"));
  if (terms == NULL || terms->retention_days == PURSER_UNKNOWN)
    purser_terminal_set_text (row, "retention_days", unknown);
  else
    json_object_set_int_member (row, "retention_days", terms->retention_days);
  purser_terminal_set_regions (row, terms != NULL ? (const char *const *) terms->regions : NULL, unknown);
}

static JsonObject *
describe (PurserTerminal *terminal, const PurserProvider *provider)
{
  const PurserTerms *terms = purser_org_terms (terminal->org, provider->id);
  guint state = state_of (terminal, terms);
  JsonObject *row = json_object_new ();
  json_object_set_string_member (row, "provider", provider->name);
  set_figures (terminal, row, terms);
  purser_terminal_set_text (row, "document", terms != NULL ? terms->document : NULL);
  purser_terminal_set_text (row, "checked", terms != NULL ? terms->checked_on : NULL);
  purser_terminal_set_text (row, "expires", terms != NULL ? terms->expires_on : NULL);
  json_object_set_string_member (row, "state", terminal->json ? STATES[state].id : _(STATES[state].words));
  return row;
}

static int
list (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn COLUMNS[] = {
    { "provider", N_("Provider"), PURSER_COLUMN_TEXT },   { "trains", N_("Trains on it"), PURSER_COLUMN_TEXT },  { "retention_days", N_("Keeps it (days)"), PURSER_COLUMN_TEXT },
    { "regions", N_("Processed in"), PURSER_COLUMN_TEXT }, { "document", N_("Document"), PURSER_COLUMN_TEXT },   { "checked", N_("Checked"), PURSER_COLUMN_TEXT },
    { "expires", N_("Expires"), PURSER_COLUMN_TEXT },     { "state", N_("State"), PURSER_COLUMN_TEXT },          { NULL } };
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < terminal->org->providers->len; i++)
    json_array_add_object_element (rows, describe (terminal, g_ptr_array_index (terminal->org->providers, i)));
  purser_terminal_print_rows (terminal, rows, COLUMNS, _("No provider yet. Add one: purserctl provider add KIND"));
  return PURSER_EXIT_DONE;
}

/* ------------------------------------------------------------------ set: what is not said stays as it was recorded last */

static gboolean
read_trains (int *value, GError **error)
{
  if (trains == NULL)
    return TRUE;
  *value = -1;
  return g_str_equal (trains, "unknown") || purser_terminal_yes_no (trains, value, error);
}

static gboolean
read_retention (gint64 *days, GError **error)
{
  if (retention == NULL)
    return TRUE;
  *days = PURSER_UNKNOWN;
  return g_str_equal (retention, "unknown") || purser_terminal_count (retention, days, error);
}

/* A day as ISO text: "today" and "+365" are understood; TO_FORGET empties it. Anything else goes on as typed, and the command says what is wrong with it. */
static gboolean
read_day (PurserTerminal *terminal, const char *typed, const char *to_forget, const char *before, char **day, GError **error)
{
  gint32 number;
  *day = g_strdup (typed == NULL ? before : NULL);
  if (typed == NULL || g_strcmp0 (typed, to_forget) == 0)
    return TRUE;
  if (!purser_terminal_day (terminal, typed, &number, error))
    return FALSE;
  *day = purser_terminal_day_text (number);
  return TRUE;
}

static int
set (PurserTerminal *terminal, char **arguments, GError **error)
{
  const PurserProvider *provider = purser_terminal_provider (terminal, arguments[0], error);
  if (provider == NULL)
    return PURSER_EXIT_FAILED;
  if (trains == NULL && retention == NULL && regions_text == NULL && document == NULL && checked == NULL && expires == NULL)
    return purser_terminal_refuse (error, _("Say what is known: --trains, --retention, --regions, --document, --checked or --expires."));
  const PurserTerms *now = purser_org_terms (terminal->org, provider->id);
  PurserTerms terms = { .provider_id = provider->id, .trains = now != NULL ? now->trains : -1, .retention_days = now != NULL ? now->retention_days : PURSER_UNKNOWN,
                        .document = document != NULL ? document : now != NULL ? now->document : NULL };
  g_autofree char *checked_on = NULL, *expires_on = NULL;
  g_auto (GStrv) regions = regions_text == NULL                    ? g_strdupv (now != NULL ? now->regions : NULL)
                           : g_str_equal (regions_text, "unknown") ? NULL
                                                                   : purser_terminal_words (regions_text);
  if (!read_trains (&terms.trains, error) || !read_retention (&terms.retention_days, error) ||
      !read_day (terminal, checked, "unknown", now != NULL ? now->checked_on : NULL, &checked_on, error) ||
      !read_day (terminal, expires, "never", now != NULL ? now->expires_on : NULL, &expires_on, error))
    return PURSER_EXIT_FAILED;
  terms.regions = regions;
  terms.checked_on = checked_on;
  terms.expires_on = expires_on;
  return purser_terminal_run (terminal, purser_command_set_terms (&terms), _("Recorded. purserctl terms check tells which models may be called."), error);
}

/* ------------------------------------------------------------------ check */

static int
check (PurserTerminal *terminal, char **arguments, GError **error)
{
  JsonArray *rows = json_array_new ();
  gboolean all_allowed = TRUE;
  for (guint i = 0; i < terminal->org->workloads->len; i++)
    purser_terminal_allowed_rows (terminal, g_ptr_array_index (terminal->org->workloads, i), rows, &all_allowed);
  purser_terminal_print_rows (terminal, rows, purser_allowed_columns, _("No model is assigned to a workload yet."));
  return all_allowed ? PURSER_EXIT_DONE : PURSER_EXIT_FAILED;
}

const PurserVerb purser_verbs_terms[] = {
  { "terms", "list", "", 0, 0, N_("What each provider does with what it is sent"), TRUE, NULL, list },
  { "terms", "set", "PROVIDER [--trains yes|no|unknown] [--retention DAYS|unknown] [--regions EU,CH|unknown] [--document TEXT] [--checked DAY] [--expires DAY]", 1, 1,
    N_("Record a provider's data terms"), TRUE, SET_OPTIONS, set },
  { "terms", "check", "", 0, 0, N_("Which models the workloads' policies allow; ends with 1 where one is forbidden"), TRUE, NULL, check },
  { NULL },
};
