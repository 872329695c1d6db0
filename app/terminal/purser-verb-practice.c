/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal.h"

#include <glib/gi18n-lib.h>

#include <glib-unix.h>
#include <stdio.h>

#include "purser-practice.h"

static gint port = 0;
static char *log_file;
static const GOptionEntry SERVE_OPTIONS[] = {
  { "port", 0, 0, G_OPTION_ARG_INT, &port, N_("Port on 127.0.0.1; default: any free one"), "PORT" },
  { "log", 0, 0, G_OPTION_ARG_FILENAME, &log_file, N_("Append one JSON line per request"), "FILE" },
  { NULL },
};

static gboolean
quit_cb (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

/* In the foreground until interrupted; says its port first, so that a script can wait for the line. */
static int
serve (PurserTerminal *terminal, char **arguments, GError **error)
{
  if (port < 0 || port > 65535)
    return purser_terminal_refuse (error, _("%d is not a port."), port);
  PurserPracticeServer *server = purser_practice_server_new ((guint) port, log_file, error);
  if (server == NULL)
    return PURSER_EXIT_FAILED;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  guint interrupt = g_unix_signal_add (SIGINT, quit_cb, loop), terminate = g_unix_signal_add (SIGTERM, quit_cb, loop);
  guint number = purser_practice_server_port (server);
  if (terminal->json)
    g_print ("{\"port\":%u}\n", number);
  else
    g_print (_("The practice models answer at http://127.0.0.1:%u\n"), number);
  fflush (stdout);
  g_main_loop_run (loop);
  for (guint i = 0; i < 2; i++)
    {
      GSource *source = g_main_context_find_source_by_id (NULL, i == 0 ? interrupt : terminate);
      if (source != NULL)
        g_source_destroy (source);
    }
  purser_practice_server_free (server);
  return PURSER_EXIT_DONE;
}

static int
list (PurserTerminal *terminal, char **arguments, GError **error)
{
  static const PurserColumn COLUMNS[] = { { "name", N_("Model"), PURSER_COLUMN_TEXT }, { "dialect", N_("Speaks"), PURSER_COLUMN_TEXT },
                                          { "about", N_("How it behaves"), PURSER_COLUMN_TEXT }, { NULL } };
  guint n;
  const PurserPracticeModel *models = purser_practice_models (&n);
  JsonArray *rows = json_array_new ();
  for (guint i = 0; i < n; i++)
    {
      JsonObject *row = json_object_new ();
      json_object_set_string_member (row, "name", models[i].name);
      json_object_set_string_member (row, "dialect", models[i].dialect);
      json_object_set_string_member (row, "about", _(models[i].about));
      json_array_add_object_element (rows, row);
    }
  purser_terminal_print_rows (terminal, rows, COLUMNS, "");
  return PURSER_EXIT_DONE;
}

const PurserVerb purser_verbs_practice[] = {
  { "practice", "list", "", 0, 0, N_("The practice models"), FALSE, NULL, list },
  { "practice", "serve", "[--port PORT] [--log FILE]", 0, 0, N_("Serve the practice models until interrupted"), FALSE, SERVE_OPTIONS, serve },
  { NULL },
};
