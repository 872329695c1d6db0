/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal.h"

#include <glib/gi18n-lib.h>

static char *title;
static const GOptionEntry TITLE_OPTIONS[] = {
  { "title", 0, 0, G_OPTION_ARG_STRING, &title, N_("What people see"), "TITLE" },
  { NULL },
};

static JsonArray *
model_refs (const PurserOrg *org, const PurserWorkload *workload)
{
  JsonArray *refs = json_array_new ();
  for (guint i = 0; i < workload->n_models; i++)
    {
      const PurserModel *model = purser_org_model (org, workload->models[i]);
      g_autofree char *ref = model != NULL ? purser_org_model_ref_of (org, model) : NULL;
      if (ref != NULL)
        json_array_add_string_element (refs, ref);
    }
  return refs;
}

static JsonObject *
describe (const PurserOrg *org, const PurserWorkload *workload)
{
  JsonObject *row = json_object_new ();
  json_object_set_int_member (row, "id", workload->id);
  json_object_set_string_member (row, "name", workload->name);
  json_object_set_string_member (row, "title", purser_workload_title (workload));
  json_object_set_boolean_member (row, "builtin", workload->builtin);
  json_object_set_array_member (row, "models", model_refs (org, workload));
  return row;
}

static const PurserColumn COLUMNS[] = { { "name", N_("Workload"), PURSER_COLUMN_TEXT }, { "title", N_("Title"), PURSER_COLUMN_TEXT },
                                        { "models", N_("Models: the choice, then the fallbacks"), PURSER_COLUMN_TEXT }, { NULL } };

static int
list (PurserTerminal *terminal, char **arguments, GError **error)
{
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < terminal->org->workloads->len; i++)
    json_array_add_object_element (rows, describe (terminal->org, g_ptr_array_index (terminal->org->workloads, i)));
  purser_terminal_print_rows (terminal, rows, COLUMNS, "");
  return PURSER_EXIT_DONE;
}

static int
show (PurserTerminal *terminal, char **arguments, GError **error)
{
  const PurserWorkload *workload = purser_terminal_workload (terminal, arguments[0], error);
  if (workload == NULL)
    return PURSER_EXIT_FAILED;
  purser_terminal_print_object (terminal, describe (terminal->org, workload), COLUMNS);
  return PURSER_EXIT_DONE;
}

static int
add (PurserTerminal *terminal, char **arguments, GError **error)
{
  return purser_terminal_run (terminal, purser_command_add_workload (arguments[0], title), _("Added. purserctl assign gives it a model."), error);
}

static int
remove_workload (PurserTerminal *terminal, char **arguments, GError **error)
{
  const PurserWorkload *workload = purser_terminal_workload (terminal, arguments[0], error);
  return workload == NULL ? PURSER_EXIT_FAILED : purser_terminal_run (terminal, purser_command_remove_workload (workload->id), _("Removed."), error);
}

static int
assign (PurserTerminal *terminal, char **arguments, GError **error)
{
  const PurserWorkload *workload = purser_terminal_workload (terminal, arguments[0], error);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  if (workload == NULL)
    return PURSER_EXIT_FAILED;
  for (guint i = 1; arguments[i] != NULL; i++)
    {
      const PurserModel *model = purser_terminal_model (terminal, arguments[i], error);
      if (model == NULL)
        return PURSER_EXIT_FAILED;
      g_array_append_val (ids, model->id);
    }
  return purser_terminal_run (terminal, purser_command_assign (workload->id, (const gint64 *) (void *) ids->data, ids->len), _("Assigned."), error);
}

const PurserVerb purser_verbs_workload[] = {
  { "workload", "list", "", 0, 0, N_("The workloads and their models"), TRUE, NULL, list },
  { "workload", "show", "NAME", 1, 1, N_("One workload"), TRUE, NULL, show },
  { "workload", "add", "NAME [--title TITLE]", 1, 1, N_("Add a workload of your own"), TRUE, TITLE_OPTIONS, add },
  { "workload", "remove", "NAME", 1, 1, N_("Remove a workload of your own"), TRUE, NULL, remove_workload },
  { "assign", NULL, "WORKLOAD PROVIDER/MODEL [FALLBACK…]", 1, 33, N_("Choose the model for a workload, and its fallbacks"), TRUE, NULL, assign },
  { NULL },
};
