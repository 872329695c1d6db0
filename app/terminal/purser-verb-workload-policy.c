/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal-policy.h"
#include "purser-terminal-price.h"

#include <glib/gi18n-lib.h>

/* What a workload asks of the data terms of those it calls. */

static char *no_training, *max_retention, *regions_text;
static const GOptionEntry OPTIONS[] = {
  { "no-training", 0, 0, G_OPTION_ARG_STRING, &no_training, N_("Whether training on what is sent is forbidden"), "yes|no" },
  { "max-retention", 0, 0, G_OPTION_ARG_STRING, &max_retention, N_("How many days it may be kept at most; 0: not at all"), "DAYS|any" },
  { "regions", 0, 0, G_OPTION_ARG_STRING, &regions_text, N_("Where it may be processed"), "EU,CH|any" },
  { NULL },
};

JsonArray *
purser_terminal_allowed_rows (PurserTerminal *terminal, const PurserWorkload *workload, JsonArray *rows, gboolean *all_allowed)
{
  gint64 now = purser_store_now (terminal->store);
  for (guint i = 0; i < workload->n_models; i++)
    {
      const PurserModel *model = purser_org_model (terminal->org, workload->models[i]);
      if (model == NULL)
        continue;
      g_autofree char *ref = purser_org_model_ref_of (terminal->org, model), *why = purser_policy_obstacle (terminal->org, workload, model, now);
      JsonObject *row = json_object_new ();
      json_object_set_string_member (row, "workload", workload->name);
      json_object_set_string_member (row, "model", ref);
      json_object_set_boolean_member (row, "allowed", why == NULL);
      purser_terminal_set_text (row, "why", why);
      json_array_add_object_element (rows, row);
      *all_allowed = *all_allowed && why == NULL;
    }
  return rows;
}

const PurserColumn purser_allowed_columns[] = { { "workload", N_("Workload"), PURSER_COLUMN_TEXT }, { "model", N_("Model"), PURSER_COLUMN_TEXT },
                                                { "allowed", N_("Allowed"), PURSER_COLUMN_YESNO },  { "why", N_("Why not"), PURSER_COLUMN_TEXT }, { NULL } };

static JsonObject *
describe (PurserTerminal *terminal, const PurserWorkload *workload)
{
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "workload", workload->name);
  json_object_set_boolean_member (object, "no_training", workload->no_training);
  if (workload->retention_limited)
    json_object_set_int_member (object, "max_retention_days", workload->max_retention_days);
  else
    purser_terminal_set_text (object, "max_retention_days", terminal->json ? NULL : _("any"));
  purser_terminal_set_regions (object, (const char *const *) workload->regions, terminal->json ? NULL : _("any"));
  return object;
}

static int
show (PurserTerminal *terminal, const PurserWorkload *workload)
{
  static const PurserColumn COLUMNS[] = { { "workload", N_("Workload"), PURSER_COLUMN_TEXT }, { "no_training", N_("Training forbidden"), PURSER_COLUMN_YESNO },
                                          { "max_retention_days", N_("Kept for at most (days)"), PURSER_COLUMN_TEXT }, { "regions", N_("Processed in"), PURSER_COLUMN_TEXT }, { NULL } };
  gboolean all_allowed = TRUE;
  JsonObject *object = describe (terminal, workload);
  JsonArray *rows = purser_terminal_allowed_rows (terminal, workload, json_array_new (), &all_allowed);
  if (terminal->json)
    json_object_set_array_member (object, "models", rows);
  purser_terminal_print_object (terminal, object, COLUMNS);
  if (!terminal->json)
    {
      g_print ("\n");
      purser_terminal_print_rows (terminal, rows, purser_allowed_columns, _("No model is assigned yet."));
    }
  return PURSER_EXIT_DONE;
}

static gboolean
read_retention (const PurserWorkload *now, gint64 *days, GError **error)
{
  *days = now->retention_limited ? now->max_retention_days : PURSER_UNKNOWN;
  if (max_retention == NULL)
    return TRUE;
  *days = PURSER_UNKNOWN;
  return g_str_equal (max_retention, "any") || purser_terminal_count (max_retention, days, error);
}

static int
policy (PurserTerminal *terminal, char **arguments, GError **error)
{
  const PurserWorkload *workload = purser_terminal_workload (terminal, arguments[0], error);
  int forbidden;
  gint64 days;
  if (workload == NULL || !purser_terminal_yes_no (no_training, &forbidden, error) || !read_retention (workload, &days, error))
    return PURSER_EXIT_FAILED;
  if (no_training == NULL && max_retention == NULL && regions_text == NULL)
    return show (terminal, workload);
  g_auto (GStrv) regions = regions_text == NULL                ? g_strdupv (workload->regions)
                           : g_str_equal (regions_text, "any") ? NULL
                                                               : purser_terminal_words (regions_text);
  gint64 id = workload->id;
  g_autoptr (PurserOutcome) outcome =
      purser_admin_run (terminal->admin, purser_command_set_policy (id, forbidden == -1 ? workload->no_training : forbidden, days, (const char *const *) regions), error);
  if (outcome == NULL)
    return PURSER_EXIT_FAILED;
  purser_terminal_reload (terminal);
  return show (terminal, purser_org_workload (terminal->org, id));
}

const PurserVerb purser_verbs_workload_policy[] = {
  { "workload", "policy", "NAME [--no-training yes|no] [--max-retention DAYS|any] [--regions EU,CH|any]", 1, 1,
    N_("What a workload asks of the data terms, and which of its models may be called"), TRUE, OPTIONS, policy },
  { NULL },
};
