/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-terminal.h"

#include <glib/gi18n-lib.h>

#include "purser-json.h"

/* One recorded exchange a file: what a correct reader gets out of it, for support and for tests. */
static JsonNode *
read_one (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;
  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  g_autoptr (JsonNode) node = purser_json_parse (text, length, error);
  if (node == NULL)
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
  JsonObject *exchange = purser_json_object (node);
  if (exchange == NULL)
    {
      purser_terminal_refuse (error, _("%s holds no recorded exchange: a JSON object with “request” and “response”."), path);
      return NULL;
    }
  return purser_exchange_read (exchange, -1, error);
}

static int
read_files (PurserTerminal *terminal, char **arguments, GError **error)
{
  int code = PURSER_EXIT_DONE;
  for (char **path = arguments; *path != NULL; path++)
    {
      g_autoptr (GError) why = NULL;
      g_autoptr (JsonNode) node = read_one (*path, &why);
      if (node != NULL)
        {
          g_autofree char *text = purser_json_to_string (node, FALSE);
          g_print ("%s\n", text); /* one object a line, in the order of the files */
        }
      else
        {
          g_printerr ("%s: %s\n", *path, why->message);
          code = PURSER_EXIT_FAILED;
        }
    }
  return code;
}

const PurserVerb purser_verbs_wire[] = {
  { "wire", "read", "FILE…", 1, 10000, N_("Show what Purser reads in recorded exchanges"), FALSE, NULL, read_files },
  { NULL },
};
