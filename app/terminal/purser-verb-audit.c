/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal.h"

#include <glib/gi18n-lib.h>

#include "purser-names.h"

typedef struct { char *problem; } Verify;

static gboolean
verify_job (PurserDb *db, gpointer data, GError **error)
{
  return purser_audit_verify (db, &((Verify *) data)->problem, error);
}

static int
verify (PurserTerminal *terminal, char **arguments, GError **error)
{
  Verify state = { 0 };
  if (!purser_store_read (terminal->store, verify_job, &state, error))
    {
      g_free (state.problem);
      return PURSER_EXIT_FAILED;
    }
  g_autofree char *problem = state.problem;
  static const PurserColumn COLUMNS[] = { { "intact", N_("Every link holds"), PURSER_COLUMN_YESNO }, { "problem", N_("Problem"), PURSER_COLUMN_TEXT }, { NULL } };
  JsonObject *object = json_object_new ();
  json_object_set_boolean_member (object, "intact", problem == NULL);
  purser_terminal_set_text (object, "problem", problem);
  purser_terminal_print_object (terminal, object, COLUMNS);
  return problem == NULL ? PURSER_EXIT_DONE : PURSER_EXIT_FAILED;
}

static gint limit = 50;
static const GOptionEntry LIST_OPTIONS[] = { { "limit", 0, 0, G_OPTION_ARG_INT, &limit, N_("How many; default 50"), "N" }, { NULL } };

static gboolean
list_job (PurserDb *db, gpointer data, GError **error)
{
  return purser_audit_list (db, CLAMP (limit, 1, 100000), data, error);
}

static int
list (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn COLUMNS[] = { { "at", N_("When"), PURSER_COLUMN_WHEN },        { "actor", N_("Who"), PURSER_COLUMN_TEXT },
                                          { "action", N_("What"), PURSER_COLUMN_TEXT },    { "subject", N_("Of"), PURSER_COLUMN_TEXT },
                                          { "before", N_("Before"), PURSER_COLUMN_TEXT },  { "after", N_("After"), PURSER_COLUMN_TEXT }, { NULL } };
  JsonArray *rows = json_array_new ();
  if (!purser_store_read (terminal->store, list_job, rows, error))
    {
      json_array_unref (rows);
      return PURSER_EXIT_FAILED;
    }
  purser_terminal_print_rows (terminal, rows, COLUMNS, _("No changes yet."));
  return PURSER_EXIT_DONE;
}

const PurserVerb purser_verbs_audit[] = {
  { "audit", "list", "[--limit N]", 0, 0, N_("Who changed what"), TRUE, LIST_OPTIONS, list },
  { "audit", "verify", "", 0, 0, N_("Check that no link of the audit trail was changed"), TRUE, NULL, verify },
  { NULL },
};
