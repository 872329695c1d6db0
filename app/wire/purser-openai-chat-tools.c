/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-openai-chat.h"

#include <glib/gi18n-lib.h>

#include "purser-json-wire.h"

/* The tools of a caller's request, and which it wants called. */

static PurserTool *
add_tool (PurserChat *chat, const char *name)
{
  PurserTool *tool = g_new0 (PurserTool, 1);
  tool->name = g_strdup (name);
  g_ptr_array_add (chat->tools, tool);
  return tool;
}

static gboolean
refuse_member (
    GError **error, const char *words, const char *list, guint index, const char *inside, const char *member)
{
  g_autofree char *path = g_strdup_printf ("%s[%u].%s%s", list, index, inside, member);
  return purser_openai_chat_refuse (error, words, path);
}

/* {name, description, parameters, strict}. LIST and INSIDE say where it stands: "tools", "function.". */
static gboolean
decode_function (
    PurserChat *chat, JsonObject *function, const char *list, guint index, const char *inside, GError **error)
{
  const char *name = purser_json_string (function, "name");
  JsonNode *schema = purser_json_node (function, "parameters"), *strict = purser_json_node (function, "strict");
  if (name == NULL || *name == 0)
    return refuse_member (error, _("“%s” is missing."), list, index, inside, "name");
  if (schema != NULL && !JSON_NODE_HOLDS_NULL (schema) && !JSON_NODE_HOLDS_OBJECT (schema))
    return refuse_member (error, _("“%s” must be an object."), list, index, inside, "parameters");
  PurserTool *tool = add_tool (chat, name);
  tool->description = g_strdup (purser_json_string (function, "description"));
  tool->schema = purser_json_object (schema) != NULL ? json_node_ref (schema) : NULL;
  if (strict != NULL && !JSON_NODE_HOLDS_NULL (strict))
    tool->strict = purser_json_boolean (function, "strict", FALSE) ? 1 : -1;
  return TRUE;
}

/* A free-form tool (OpenAI's `custom`): its format only this dialect can say. */
static gboolean
decode_custom (PurserChat *chat, JsonNode *node, JsonObject *custom, guint index, GError **error)
{
  const char *name = purser_json_string (custom, "name");
  if (name == NULL || *name == 0)
    return refuse_member (error, _("“%s” is missing."), "tools", index, "custom.", "name");
  PurserTool *tool = add_tool (chat, name);
  tool->description = g_strdup (purser_json_string (custom, "description"));
  tool->custom = TRUE;
  tool->native = json_node_ref (node);
  return TRUE;
}

static gboolean
decode_tool (PurserChat *chat, JsonNode *node, guint index, GError **error)
{
  JsonObject *tool = purser_json_object (node), *custom = purser_json_member (tool, "custom");
  JsonObject *function = purser_json_member (tool, "function");
  const char *type = purser_json_string (tool, "type");
  if (tool == NULL)
    return refuse_member (error, _("“%s” must be an object with a type."), "tools", index, "", "function");
  if (custom != NULL)
    return decode_custom (chat, node, custom, index, error);
  if (function == NULL && type != NULL && !g_str_equal (type, "function"))
    {
      add_tool (chat, type)->native = json_node_ref (node); /* the provider's own */
      return TRUE;
    }
  if (!decode_function (chat, function != NULL ? function : tool, "tools", index, function != NULL ? "function." : "",
                        error))
    return FALSE;
  PurserTool *added = g_ptr_array_index (chat->tools, chat->tools->len - 1);
  added->cache = purser_openai_chat_cache_mark (tool);
  return TRUE;
}

gboolean
purser_openai_chat_decode_tools (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error)
{
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return purser_openai_chat_refuse (error, _("“%s” must be a list."), "tools");
  JsonArray *tools = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (tools); i++)
    if (!decode_tool (chat, json_array_get_element (tools, i), i, error))
      return FALSE;
  return TRUE;
}

/* The form before tools: one call at a time, and replies in that form too (purser_openai_chat_is_legacy). */
gboolean
purser_openai_chat_decode_functions (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error)
{
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return purser_openai_chat_refuse (error, _("“%s” must be a list."), "functions");
  JsonArray *functions = json_node_get_array (node);
  if (chat->tools->len > 0)
    return purser_openai_chat_refuse (error, _("“%s” cannot stand beside “tools”."), "functions");
  for (guint i = 0; i < json_array_get_length (functions); i++)
    if (!decode_function (chat, purser_json_object (json_array_get_element (functions, i)), "functions", i, "",
                          error))
      return FALSE;
  if (chat->tools->len > 0)
    {
      purser_openai_chat_keep (chat, "functions", node);
      chat->parallel_tools = -1;
    }
  return TRUE;
}

static const char *
name_of_choice (JsonObject *choice)
{
  static const char *const wrappers[] = { "function", "custom" };
  for (gsize i = 0; i < G_N_ELEMENTS (wrappers); i++)
    {
      const char *name = purser_json_string (purser_json_member (choice, wrappers[i]), "name");
      if (name != NULL)
        return name;
    }
  return purser_json_string (choice, "name"); /* function_call, and Responses' flat form */
}

static gboolean
is_allowed (JsonArray *allowed, const char *name)
{
  for (guint i = 0; i < json_array_get_length (allowed); i++)
    if (g_strcmp0 (name_of_choice (purser_json_object (json_array_get_element (allowed, i))), name) == 0)
      return TRUE;
  return FALSE;
}

/* {type:"allowed_tools",allowed_tools:{mode,tools}}: no other format can restrict the tools so, but leaving the others
 * out says the same. */
static void
keep_allowed (PurserChat *chat, JsonObject *restriction)
{
  JsonArray *allowed = purser_json_array (restriction, "tools");
  const char *mode = purser_json_string (restriction, "mode");
  for (guint i = chat->tools->len; allowed != NULL && i > 0; i--)
    if (!is_allowed (allowed, ((const PurserTool *) g_ptr_array_index (chat->tools, i - 1))->name))
      g_ptr_array_remove_index (chat->tools, i - 1);
  g_set_str (&chat->tool_choice, g_strcmp0 (mode, "required") == 0 ? "required" : "auto");
}

gboolean
purser_openai_chat_decode_choice (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error)
{
  JsonObject *choice = purser_json_object (node);
  JsonObject *restriction = purser_json_member (choice, "allowed_tools");
  const char *name = name_of_choice (choice);
  if (restriction != NULL)
    keep_allowed (chat, restriction);
  else if (name != NULL)
    g_set_str (&chat->tool_choice, name);
  else if (choice != NULL) /* a provider's own tool */
    purser_openai_chat_keep (chat, "tool_choice", node);
  else if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    {
      const char *word = json_node_get_string (node);
      g_set_str (&chat->tool_choice, g_str_equal (word, "any") ? "required" : word); /* Mistral's word */
    }
  else
    return purser_openai_chat_refuse (error, _("“%s” must be text or an object."), "tool_choice");
  return TRUE;
}

PurserCacheMark
purser_openai_chat_cache_mark (JsonObject *object)
{
  JsonObject *control = purser_json_member (object, "cache_control");
  if (control != NULL)
    return g_strcmp0 (purser_json_string (control, "ttl"), "1h") == 0 ? PURSER_CACHE_LONG : PURSER_CACHE_SHORT;
  return purser_json_member (object, "prompt_cache_breakpoint") != NULL ? PURSER_CACHE_SHORT : PURSER_CACHE_NONE;
}
