/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-dialect.h"

#include <string.h>

/* Names of tools: OpenAI takes 64 letters, digits, _ and -; Anthropic 128 (PROVIDERS §3.2). A longer or dotted one is
 * spelt with what is taken and ends in eight digits of its own checksum, so the caller's name is found again. */

#define DIGITS 8
#define ALLOWED G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-"

/* The limits of every dialect: a name that came back may have been shortened to any of them. */
static const gsize limits[] = { 64, 128 };

/**
 * purser_tool_name_fit:
 * @name: the caller's name of a tool
 * @longest: how many characters the dialect takes
 *
 * Returns: (transfer full): @name itself where it fits
 */
char *
purser_tool_name_fit (const char *name, gsize longest)
{
  gsize length = strlen (name);
  if (length <= longest && strspn (name, ALLOWED) == length)
    return g_strdup (name);
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, name, -1);
  g_autofree char *start = g_strndup (name, MIN (length, longest - DIGITS - 1));
  g_strcanon (start, ALLOWED, '_');
  return g_strdup_printf ("%s_%.*s", start, DIGITS, sum);
}

/**
 * purser_chat_tool_name:
 * @wire_name: as a model called the tool
 *
 * Returns: (transfer none): the name under which the request described it, @wire_name where it described none such
 */
const char *
purser_chat_tool_name (const PurserChat *chat, const char *wire_name)
{
  for (guint i = 0; i < chat->tools->len; i++)
    if (g_strcmp0 (((const PurserTool *) g_ptr_array_index (chat->tools, i))->name, wire_name) == 0)
      return wire_name;
  for (guint i = 0; i < chat->tools->len; i++)
    for (gsize l = 0; l < G_N_ELEMENTS (limits); l++)
      {
        const PurserTool *tool = g_ptr_array_index (chat->tools, i);
        g_autofree char *fitted = tool->name != NULL ? purser_tool_name_fit (tool->name, limits[l]) : NULL;
        if (g_strcmp0 (fitted, wire_name) == 0)
          return tool->name;
      }
  return wire_name;
}

const PurserTool *
purser_chat_spaced_tool (const PurserChat *chat, const char *full_name, const char **name)
{
  for (guint i = 0; chat != NULL && chat->spaces != NULL && i < chat->tools->len; i++)
    {
      const PurserTool *tool = g_ptr_array_index (chat->tools, i);
      if (tool->space == NULL || g_strcmp0 (tool->name, full_name) != 0)
        continue;
      *name = tool->name + strlen (tool->space) + 1;
      return tool;
    }
  return NULL;
}
