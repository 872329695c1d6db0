/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal-price.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Access keys: what a tool sends to the gateway, what it may ask for with it, and until when. */

static char **workloads, **models, *expires;
static gboolean any_model, all_workloads, no_models;
#define WHAT_OPTIONS                                                                                                                          \
  { "workload", 0, 0, G_OPTION_ARG_STRING_ARRAY, &workloads, N_("A workload it may ask for; may come again. Default: all"), "WORKLOAD" },     \
  { "model", 0, 0, G_OPTION_ARG_STRING_ARRAY, &models, N_("A model it may ask for by name; may come again. Default: none"), "PROVIDER/MODEL" }, \
  { "any-model", 0, 0, G_OPTION_ARG_NONE, &any_model, N_("It may ask for every model by name"), NULL },                                       \
  { "expires", 0, 0, G_OPTION_ARG_STRING, &expires, N_("The last day it works: 2027-01-31, +30, or never"), "DAY" }
static const GOptionEntry CREATE_OPTIONS[] = { WHAT_OPTIONS, { NULL } };
static const GOptionEntry SET_OPTIONS[] = {
  WHAT_OPTIONS,
  { "all-workloads", 0, 0, G_OPTION_ARG_NONE, &all_workloads, N_("It may ask for every workload again"), NULL },
  { "no-models", 0, 0, G_OPTION_ARG_NONE, &no_models, N_("It may ask for no model by name any more"), NULL },
  { NULL },
};

static const PurserAccessKey *
find_key (PurserTerminal *terminal, const char *typed, GError **error)
{
  guint64 id = 0;
  const PurserAccessKey *key = g_ascii_string_to_unsigned (typed, 10, 1, G_MAXINT64, &id, NULL) ? purser_org_access_key (terminal->org, (gint64) id) : NULL;
  if (key == NULL)
    purser_terminal_refuse (error, _("There is no key %s. purserctl key list shows their numbers."), typed);
  return key;
}

/* What the options say takes the place of what KEY said. */
static gboolean
read_workloads (PurserTerminal *terminal, GArray *ids, GError **error)
{
  if (workloads != NULL || all_workloads)
    g_array_set_size (ids, 0);
  for (char **name = workloads; name != NULL && *name != NULL; name++)
    {
      const PurserWorkload *workload = purser_terminal_workload (terminal, *name, error);
      if (workload == NULL)
        return FALSE;
      g_array_append_val (ids, workload->id);
    }
  return TRUE;
}

static gboolean
read_models (PurserTerminal *terminal, GArray *ids, GError **error)
{
  if (models != NULL || no_models)
    g_array_set_size (ids, 0);
  for (char **ref = models; ref != NULL && *ref != NULL; ref++)
    {
      const PurserModel *model = purser_terminal_model (terminal, *ref, error);
      if (model == NULL)
        return FALSE;
      g_array_append_val (ids, model->id);
    }
  return TRUE;
}

static gboolean
read_expiry (PurserTerminal *terminal, gint64 *expires_at, GError **error)
{
  if (expires == NULL)
    return TRUE;
  if (!g_str_equal (expires, "never"))
    return purser_terminal_moment (terminal, expires, TRUE, expires_at, error);
  *expires_at = 0;
  return TRUE;
}

static int
put_key (PurserTerminal *terminal, PurserAccessKey *key, const char *text, GError **error)
{
  g_autoptr (GArray) workload_ids = g_array_new (FALSE, FALSE, sizeof (gint64)), model_ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_array_append_vals (workload_ids, key->workloads, key->n_workloads);
  g_array_append_vals (model_ids, key->models, key->n_models);
  if ((workloads != NULL && all_workloads) || ((models != NULL || any_model) && no_models))
    return purser_terminal_refuse (error, _("These options say opposite things. Leave one out."));
  if (!read_workloads (terminal, workload_ids, error) || !read_models (terminal, model_ids, error) || !read_expiry (terminal, &key->expires_at, error))
    return PURSER_EXIT_FAILED;
  if (any_model || models != NULL || no_models)
    key->any_model = any_model;
  key->workloads = (gint64 *) (void *) workload_ids->data;
  key->n_workloads = workload_ids->len;
  key->models = (gint64 *) (void *) model_ids->data;
  key->n_models = model_ids->len;
  return purser_terminal_run (terminal, purser_command_set_key (key), text, error);
}

static int
create (PurserTerminal *terminal, char **arguments, GError **error)
{
  const PurserPrincipal *principal = purser_terminal_principal (terminal, arguments[0], error);
  PurserAccessKey key = { .principal_id = principal != NULL ? principal->id : 0 };
  return principal != NULL ? put_key (terminal, &key, NULL, error) : PURSER_EXIT_FAILED;
}

static int
set (PurserTerminal *terminal, char **arguments, GError **error)
{
  const PurserAccessKey *now = find_key (terminal, arguments[0], error);
  if (now == NULL)
    return PURSER_EXIT_FAILED;
  if (workloads == NULL && models == NULL && expires == NULL && !any_model && !all_workloads && !no_models)
    return purser_terminal_refuse (error, _("Say what is to change: --workload, --all-workloads, --model, --any-model, --no-models or --expires."));
  PurserAccessKey key = *now;
  return put_key (terminal, &key, _("Changed. It counts for the next call."), error);
}

/* ------------------------------------------------------------------ list */

static JsonArray *
workload_names (const PurserOrg *org, const PurserAccessKey *key)
{
  JsonArray *names = json_array_new ();
  for (guint i = 0; i < key->n_workloads; i++)
    {
      const PurserWorkload *workload = purser_org_workload (org, key->workloads[i]);
      json_array_add_string_element (names, workload != NULL ? workload->name : _("(removed)"));
    }
  return names;
}

static JsonArray *
model_names (const PurserOrg *org, const PurserAccessKey *key)
{
  JsonArray *names = json_array_new ();
  for (guint i = 0; i < key->n_models; i++)
    {
      const PurserModel *model = purser_org_model (org, key->models[i]);
      g_autofree char *ref = model != NULL ? purser_org_model_ref_of (org, model) : NULL;
      json_array_add_string_element (names, ref != NULL ? ref : _("(removed)"));
    }
  return names;
}

static const struct { const char *id, *words; } STATES[] = { { "works", N_("works") }, { "expired", N_("expired") }, { "revoked", N_("revoked") } };

static guint
state_of (PurserTerminal *terminal, const PurserAccessKey *key)
{
  return key->revoked_at != 0 ? 2 : key->expires_at != 0 && key->expires_at <= purser_store_now (terminal->store) ? 1 : 0;
}

/* In JSON null stands for all workloads, and is the end of a key that has none. */
static void
say_what (PurserTerminal *terminal, JsonObject *row, const PurserAccessKey *key)
{
  g_autofree char *last = key->expires_at != 0 ? purser_terminal_from (terminal->org, key->expires_at - 1) : NULL;
  if (last != NULL && strlen (last) > 10)
    last[10] = '\0'; /* the day alone: it works to the end of it */
  if (key->n_workloads > 0)
    json_object_set_array_member (row, "workloads", workload_names (terminal->org, key));
  else
    purser_terminal_set_text (row, "workloads", terminal->json ? NULL : _("all"));
  if (key->any_model && !terminal->json)
    json_object_set_string_member (row, "models", _("all"));
  else if (key->n_models == 0 && !terminal->json)
    json_object_set_null_member (row, "models");
  else
    json_object_set_array_member (row, "models", model_names (terminal->org, key));
  json_object_set_boolean_member (row, "any_model", key->any_model);
  json_object_set_int_member (row, "expires_at", key->expires_at);
  purser_terminal_set_text (row, "last_day", last != NULL ? last : terminal->json ? NULL : _("never"));
}

static int
list (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn COLUMNS[] = {
    { "id", N_("Key"), PURSER_COLUMN_NUMBER },               { "principal", N_("Of"), PURSER_COLUMN_TEXT },    { "ends_in", N_("Ends in"), PURSER_COLUMN_TEXT },
    { "workloads", N_("Workloads"), PURSER_COLUMN_TEXT },    { "models", N_("Models by name"), PURSER_COLUMN_TEXT }, { "last_day", N_("Expires after"), PURSER_COLUMN_TEXT },
    { "created_at", N_("Made"), PURSER_COLUMN_WHEN },        { "last_used_at", N_("Last used"), PURSER_COLUMN_WHEN }, { "state", N_("State"), PURSER_COLUMN_TEXT }, { NULL } };
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < terminal->org->access_keys->len; i++)
    {
      const PurserAccessKey *key = g_ptr_array_index (terminal->org->access_keys, i);
      const PurserPrincipal *principal = purser_org_principal (terminal->org, key->principal_id);
      guint state = state_of (terminal, key);
      JsonObject *row = json_object_new ();
      json_object_set_int_member (row, "id", key->id);
      purser_terminal_set_text (row, "principal", principal != NULL ? principal->name : NULL);
      json_object_set_string_member (row, "ends_in", key->hint);
      say_what (terminal, row, key);
      json_object_set_int_member (row, "created_at", key->created_at);
      json_object_set_int_member (row, "last_used_at", key->last_used_at);
      json_object_set_boolean_member (row, "revoked", key->revoked_at != 0);
      json_object_set_string_member (row, "state", terminal->json ? STATES[state].id : _(STATES[state].words));
      json_array_add_object_element (rows, row);
    }
  purser_terminal_print_rows (terminal, rows, COLUMNS, _("No key yet. Make one: purserctl key create NAME"));
  return PURSER_EXIT_DONE;
}

static int
revoke_key (PurserTerminal *terminal, char **arguments, GError **error)
{
  const PurserAccessKey *key = find_key (terminal, arguments[0], error);
  return key != NULL ? purser_terminal_run (terminal, purser_command_revoke_key (key->id), _("Revoked."), error) : PURSER_EXIT_FAILED;
}

const PurserVerb purser_verbs_key[] = {
  { "key", "create", "NAME [--workload WORKLOAD]… [--model PROVIDER/MODEL]… [--any-model] [--expires DAY]", 1, 1, N_("Make an access key; it is printed once"), TRUE, CREATE_OPTIONS, create },
  { "key", "set", "KEY [--workload WORKLOAD]… [--all-workloads] [--model PROVIDER/MODEL]… [--any-model] [--no-models] [--expires DAY|never]", 1, 1,
    N_("Change what a key may ask for, and until when"), TRUE, SET_OPTIONS, set },
  { "key", "list", "", 0, 0, N_("The access keys"), TRUE, NULL, list },
  { "key", "revoke", "KEY", 1, 1, N_("Revoke a key for good"), TRUE, NULL, revoke_key },
  { NULL },
};
