/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal.h"

#include <glib/gi18n-lib.h>

static char *title, *new_name, *connect_s, *first_content_s, *silence_s, *drain, *spread, *weights_text;
static const GOptionEntry TITLE_OPTIONS[] = {
  { "title", 0, 0, G_OPTION_ARG_STRING, &title, N_("What people see"), "TITLE" },
  { NULL },
};
static const GOptionEntry SET_OPTIONS[] = {
  { "name", 0, 0, G_OPTION_ARG_STRING, &new_name, N_("New name; the built-in ones keep theirs"), "NAME" },
  { "title", 0, 0, G_OPTION_ARG_STRING, &title, N_("What people see"), "TITLE" },
  { "connect", 0, 0, G_OPTION_ARG_STRING, &connect_s, N_("How long to wait for a connection; default: 10 seconds"), "SECONDS" },
  { "first-content", 0, 0, G_OPTION_ARG_STRING, &first_content_s, N_("How long to wait for the first words; default: 120 seconds, 600 on your own computers"), "SECONDS" },
  { "silence", 0, 0, G_OPTION_ARG_STRING, &silence_s, N_("How long a reply may pause; default: 300 seconds"), "SECONDS" },
  { "drain", 0, 0, G_OPTION_ARG_STRING, &drain, N_("Whether a reply is read to its end when its caller has gone"), "yes|no" },
  { "spread", 0, 0, G_OPTION_ARG_STRING, &spread, N_("Whether the model asked first is drawn by weight, instead of the first in the list"), "yes|no" },
  { NULL },
};
static const GOptionEntry ASSIGN_OPTIONS[] = {
  { "weights", 0, 0, G_OPTION_ARG_STRING, &weights_text, N_("One weight for each model: which is asked first is drawn by them"), "3,1" },
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

/* Seconds, null in JSON where it is as usual. */
static void
set_wait (JsonObject *row, const char *member, gint64 ms, gboolean json)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  if (json && ms != 0)
    json_object_set_double_member (row, member, ms / 1e3);
  else if (ms != 0)
    json_object_set_string_member (row, member, g_ascii_formatd (text, sizeof text, "%g s", ms / 1e3));
  else
    purser_terminal_set_text (row, member, json ? NULL : _("as usual"));
}

static void
set_calling (JsonObject *row, const PurserWorkload *workload, gboolean json)
{
  JsonArray *weights = json_array_new ();
  for (guint i = 0; i < workload->n_models; i++)
    {
      gint64 weight = workload->weights != NULL ? workload->weights[i] : 1;
      g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, weight);
      if (json)
        json_array_add_int_element (weights, weight);
      else
        json_array_add_string_element (weights, text);
    }
  json_object_set_boolean_member (row, "spread", workload->spread);
  json_object_set_array_member (row, "weights", weights);
  set_wait (row, "connect_s", workload->connect_ms, json);
  set_wait (row, "first_content_s", workload->first_content_ms, json);
  set_wait (row, "silence_s", workload->silence_ms, json);
  json_object_set_boolean_member (row, "drain", workload->drain);
}

static JsonObject *
describe (const PurserTerminal *terminal, const PurserWorkload *workload)
{
  JsonObject *row = json_object_new ();
  json_object_set_int_member (row, "id", workload->id);
  json_object_set_string_member (row, "name", workload->name);
  json_object_set_string_member (row, "title", purser_workload_title (workload));
  json_object_set_boolean_member (row, "builtin", workload->builtin);
  json_object_set_array_member (row, "models", model_refs (terminal->org, workload));
  set_calling (row, workload, terminal->json);
  return row;
}

static const PurserColumn SHOWN[] = {
  { "name", N_("Workload"), PURSER_COLUMN_TEXT },          { "title", N_("Title"), PURSER_COLUMN_TEXT },
  { "models", N_("Models: the choice, then the fallbacks"), PURSER_COLUMN_TEXT },
  { "spread", N_("Asked first: drawn by weight"), PURSER_COLUMN_YESNO }, { "weights", N_("Weights"), PURSER_COLUMN_TEXT },
  { "connect_s", N_("Waits to connect"), PURSER_COLUMN_TEXT },   { "first_content_s", N_("Waits for the first words"), PURSER_COLUMN_TEXT },
  { "silence_s", N_("Waits in a pause"), PURSER_COLUMN_TEXT },   { "drain", N_("Read to the end when the caller has gone"), PURSER_COLUMN_YESNO }, { NULL } };
static const PurserColumn COLUMNS[] = { { "name", N_("Workload"), PURSER_COLUMN_TEXT }, { "title", N_("Title"), PURSER_COLUMN_TEXT },
                                        { "models", N_("Models: the choice, then the fallbacks"), PURSER_COLUMN_TEXT }, { NULL } };

static int
list (PurserTerminal *terminal, char **arguments, GError **error)
{
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < terminal->org->workloads->len; i++)
    json_array_add_object_element (rows, describe (terminal, g_ptr_array_index (terminal->org->workloads, i)));
  purser_terminal_print_rows (terminal, rows, COLUMNS, "");
  return PURSER_EXIT_DONE;
}

static int
show (PurserTerminal *terminal, char **arguments, GError **error)
{
  const PurserWorkload *workload = purser_terminal_workload (terminal, arguments[0], error);
  if (workload == NULL)
    return PURSER_EXIT_FAILED;
  purser_terminal_print_object (terminal, describe (terminal, workload), SHOWN);
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
set (PurserTerminal *terminal, char **arguments, GError **error)
{
  PurserCallingDraft draft = PURSER_CALLING_DRAFT_INIT;
  const PurserWorkload *workload = purser_terminal_workload (terminal, arguments[0], error);
  gboolean calling = connect_s != NULL || first_content_s != NULL || silence_s != NULL || drain != NULL || spread != NULL, named = new_name != NULL || title != NULL;
  if (workload == NULL || !purser_terminal_wait_ms (connect_s, &draft.connect_ms, error) || !purser_terminal_wait_ms (first_content_s, &draft.first_content_ms, error) ||
      !purser_terminal_wait_ms (silence_s, &draft.silence_ms, error) || !purser_terminal_yes_no (drain, &draft.drain, error) || !purser_terminal_yes_no (spread, &draft.spread, error))
    return PURSER_EXIT_FAILED;
  if (!calling && !named)
    return purser_terminal_refuse (error, _("Say what is to change: --name, --title, --connect, --first-content, --silence, --drain or --spread."));
  PurserCommand *commands[] = { calling ? purser_command_set_calling (workload->id, &draft) : NULL, named ? purser_command_set_workload (workload->id, new_name, title) : NULL };
  return purser_terminal_run_all (terminal, commands, G_N_ELEMENTS (commands), _("Changed."), error);
}

/* "3,1": as many as there are models. */
static GArray *
read_weights (guint n, GError **error)
{
  g_autoptr (GArray) weights = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_auto (GStrv) words = purser_terminal_words (weights_text);
  gint64 sum = 0;
  for (char **word = words; *word != NULL; word++)
    {
      gint64 weight;
      if (!purser_terminal_count (*word, &weight, error))
        return NULL;
      sum += weight > 0;
      g_array_append_val (weights, weight);
    }
  if (weights->len == n && sum > 0)
    return g_steal_pointer (&weights);
  purser_terminal_refuse (error, sum == 0 ? _("With every weight at 0 no model would be asked first. Give at least one more than 0.")
                                          : _("Give one weight for each model, in their order: --weights 3,1 for two."));
  return NULL;
}

static int
assign (PurserTerminal *terminal, char **arguments, GError **error)
{
  const PurserWorkload *workload = purser_terminal_workload (terminal, arguments[0], error);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64)), weights = NULL;
  if (workload == NULL)
    return PURSER_EXIT_FAILED;
  for (guint i = 1; arguments[i] != NULL; i++)
    {
      const PurserModel *model = purser_terminal_model (terminal, arguments[i], error);
      if (model == NULL)
        return PURSER_EXIT_FAILED;
      g_array_append_val (ids, model->id);
    }
  if (weights_text != NULL && (weights = read_weights (ids->len, error)) == NULL)
    return PURSER_EXIT_FAILED;
  /* Who gives weights wants them drawn. */
  PurserCallingDraft draft = PURSER_CALLING_DRAFT_INIT;
  draft.spread = 1;
  draft.weights = weights != NULL ? (const gint64 *) (void *) weights->data : NULL;
  draft.n_weights = ids->len;
  PurserCommand *commands[] = { purser_command_assign (workload->id, (const gint64 *) (void *) ids->data, ids->len),
                                weights != NULL ? purser_command_set_calling (workload->id, &draft) : NULL };
  return purser_terminal_run_all (terminal, commands, G_N_ELEMENTS (commands), weights != NULL ? _("Assigned. Which model is asked first is drawn by the weights.") : _("Assigned."), error);
}

const PurserVerb purser_verbs_workload[] = {
  { "workload", "list", "", 0, 0, N_("The workloads and their models"), TRUE, NULL, list },
  { "workload", "show", "NAME", 1, 1, N_("One workload"), TRUE, NULL, show },
  { "workload", "add", "NAME [--title TITLE]", 1, 1, N_("Add a workload of your own"), TRUE, TITLE_OPTIONS, add },
  { "workload", "set", "NAME [--name NEW] [--title TITLE] [--connect SECONDS] [--first-content SECONDS] [--silence SECONDS] [--drain yes|no] [--spread yes|no]", 1, 1,
    N_("Change a workload: its name, how long its calls wait, which model is asked first"), TRUE, SET_OPTIONS, set },
  { "workload", "remove", "NAME", 1, 1, N_("Remove a workload of your own"), TRUE, NULL, remove_workload },
  { "assign", NULL, "WORKLOAD PROVIDER/MODEL [FALLBACK…] [--weights 3,1]", 1, 33, N_("Choose the model for a workload, and its fallbacks"), TRUE, ASSIGN_OPTIONS, assign },
  { NULL },
};
