/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-responses.h"

#include <glib/gi18n-lib.h>

#include "purser-encode.h"
#include "purser-json-wire.h"

/* The tools of a request, and which of them must or may be called (PROVIDERS §3.2, §4.1). */

static JsonObject *
encode_function (const PurserTool *tool, gboolean plain, gboolean own)
{
  JsonObject *object = json_object_new ();
  g_autofree char *name = purser_tool_name_fit (tool->name, 64);
  json_object_set_string_member (object, "type", "function");
  json_object_set_string_member (object, "name", name);
  purser_json_add_text (object, "description", tool->description);
  json_object_set_member (object, "parameters", purser_encode_schema (tool));
  if (!plain && (tool->strict != 0 || !own))
    json_object_set_boolean_member (object, "strict", tool->strict > 0);
  return object;
}

/* Chat Completions wraps twice what stands flat here. */
static JsonObject *
encode_custom (const PurserTool *tool)
{
  JsonObject *wrapped = purser_json_member (purser_json_object (tool->native), "custom");
  JsonObject *format = purser_json_member (wrapped, "format"), *grammar = purser_json_member (format, "grammar");
  JsonObject *object = json_object_new (), *flat = grammar != NULL ? json_object_new () : NULL;
  g_autofree char *name = purser_tool_name_fit (tool->name, 64);
  json_object_set_string_member (object, "type", "custom");
  json_object_set_string_member (object, "name", name);
  purser_json_add_text (object, "description", tool->description);
  if (flat != NULL)
    {
      json_object_set_string_member (flat, "type", "grammar");
      purser_json_add_text (flat, "syntax", purser_json_string (grammar, "syntax"));
      purser_json_add_text (flat, "definition", purser_json_string (grammar, "definition"));
      json_object_set_object_member (object, "format", flat);
    }
  return object;
}

/* The namespace that TOOL is in, once: with its first tool. */
static void
add_space (const PurserChat *chat, guint number, JsonArray *tools)
{
  const PurserTool *tool = g_ptr_array_index (chat->tools, number);
  for (guint i = 0; i < number; i++)
    if (g_strcmp0 (((const PurserTool *) g_ptr_array_index (chat->tools, i))->space, tool->space) == 0)
      return;
  for (guint i = 0; i < chat->spaces->len; i++)
    {
      JsonNode *space = g_ptr_array_index (chat->spaces, i);
      if (g_strcmp0 (purser_json_string (json_node_get_object (space), "name"), tool->space) == 0)
        json_array_add_element (tools, purser_json_copy (space));
    }
}

static gboolean
encode_tools (const PurserChat *chat, gboolean plain, gboolean own, JsonArray *tools, GError **error)
{
  for (guint i = 0; i < chat->tools->len; i++)
    {
      const PurserTool *tool = g_ptr_array_index (chat->tools, i);
      if (tool->space != NULL && own)
        add_space (chat, i, tools);
      else if (tool->native != NULL && own)
        json_array_add_element (tools, purser_json_copy (tool->native));
      else if (tool->name == NULL || *tool->name == 0 || (tool->native != NULL && !tool->custom))
        return purser_encode_refuse (error,
                                     _("The tool “%s” is one that only its own provider has. Describe it as a "
                                        "function, or use a model of that provider."),
                                     tool->name != NULL ? tool->name : "?");
      else
        json_array_add_object_element (tools, tool->custom ? encode_custom (tool) : encode_function (tool, plain, own));
    }
  return TRUE;
}

gboolean
purser_responses_add_tools (
    const PurserChat *chat, gboolean plain, JsonNode *own_choice, JsonObject *body, GError **error)
{
  gboolean own = g_strcmp0 (chat->dialect, "openai-responses") == 0;
  const PurserTool *named = purser_encode_named_tool (chat);
  g_autoptr(JsonArray) tools = json_array_new ();
  if (chat->tools->len == 0)
    return TRUE;
  if (!encode_tools (chat, plain, own, tools, error))
    return FALSE;
  json_object_set_array_member (body, "tools", g_steal_pointer (&tools));
  if (own_choice != NULL)
    json_object_set_member (body, "tool_choice", purser_json_copy (own_choice));
  else if (named != NULL)
    {
      JsonObject *choice = json_object_new ();
      g_autofree char *name = purser_tool_name_fit (named->name, 64);
      json_object_set_string_member (choice, "type", named->custom ? "custom" : "function");
      json_object_set_string_member (choice, "name", name);
      json_object_set_object_member (body, "tool_choice", choice);
    }
  else
    purser_json_add_text (body, "tool_choice", chat->tool_choice);
  if (chat->parallel_tools != 0)
    json_object_set_boolean_member (body, "parallel_tool_calls", chat->parallel_tools > 0);
  return TRUE;
}
