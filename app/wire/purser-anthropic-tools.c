/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-anthropic-messages.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-json-wire.h"

#define LONGEST_NAME 128

static JsonObject *
encode_tool (const PurserAnthropicEncoder *encoder, const PurserTool *tool)
{
  g_autofree char *name = purser_tool_name_fit (tool->name, LONGEST_NAME);
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "name", name);
  if (tool->description != NULL)
    json_object_set_string_member (object, "description", tool->description);
  json_object_set_member (object, "input_schema", purser_encode_schema (tool));
  if (tool->strict > 0 && !encoder->rule->schema)
    purser_anthropic_drop (encoder, "strict");
  else if (tool->strict > 0 || (tool->strict < 0 && encoder->own))
    json_object_set_boolean_member (object, "strict", tool->strict > 0);
  purser_anthropic_set_mark (object, tool->cache);
  return object;
}

gboolean
purser_anthropic_forces_tool (const PurserChat *chat)
{
  return chat->tools->len > 0
         && (g_strcmp0 (chat->tool_choice, "required") == 0 || purser_encode_named_tool (chat) != NULL);
}

static gboolean
add_choice (const PurserAnthropicEncoder *encoder, JsonObject *body, GError **error)
{
  const PurserChat *chat = encoder->chat;
  const char *named = purser_encode_named_tool (chat) != NULL ? chat->tool_choice : NULL;
  const char *word = chat->tool_choice != NULL ? chat->tool_choice : "auto";
  gboolean one_at_a_time = chat->parallel_tools < 0 && !g_str_equal (word, "none");
  if (chat->tool_choice == NULL && !one_at_a_time)
    return TRUE;
  if (purser_anthropic_forces_tool (chat) && encoder->rule->no_forcing)
    return purser_encode_refuse (error, _("%s cannot be made to call a tool. Let it choose, or ask for a schema."),
                                 encoder->options->model);
  JsonObject *choice = json_object_new ();
  g_autofree char *name = named != NULL ? purser_tool_name_fit (named, LONGEST_NAME) : NULL;
  json_object_set_string_member (choice, "type", named ? "tool" : g_str_equal (word, "required") ? "any" : word);
  if (name != NULL)
    json_object_set_string_member (choice, "name", name);
  if (one_at_a_time)
    json_object_set_boolean_member (choice, "disable_parallel_tool_use", TRUE);
  json_object_set_object_member (body, "tool_choice", choice);
  return TRUE;
}

/* Members that Anthropic's caller gave its tools beside the neutral ones: "tools[].MEMBER" by the tool's name. */
static void
add_rest (JsonObject *native, GHashTable *by_name)
{
  static const char *const mark = "tools[].";
  JsonObjectIter iter, values;
  const char *path, *name;
  JsonNode *node, *value;
  json_object_iter_init (&iter, native);
  while (json_object_iter_next (&iter, &path, &node))
    {
      if (!g_str_has_prefix (path, mark) || purser_json_object (node) == NULL)
        continue;
      json_object_iter_init (&values, json_node_get_object (node));
      while (json_object_iter_next (&values, &name, &value))
        if (g_hash_table_contains (by_name, name))
          json_object_set_member (g_hash_table_lookup (by_name, name), path + strlen (mark), purser_json_copy (value));
    }
}

gboolean
purser_anthropic_add_tools (const PurserAnthropicEncoder *encoder, JsonObject *body, GError **error)
{
  const GPtrArray *sources = encoder->chat->tools;
  g_autoptr(GHashTable) by_name = g_hash_table_new (g_str_hash, g_str_equal);
  JsonArray *tools;
  if (sources->len == 0)
    return TRUE;
  tools = json_array_new ();
  json_object_set_array_member (body, "tools", tools);
  for (guint i = 0; i < sources->len; i++)
    {
      const PurserTool *tool = g_ptr_array_index (sources, i);
      if (tool->native != NULL) /* Anthropic's own: others' were refused */
        {
          json_array_add_element (tools, purser_json_copy (tool->native));
          continue;
        }
      JsonObject *object = encode_tool (encoder, tool);
      json_array_add_object_element (tools, object);
      g_hash_table_insert (by_name, tool->name, object);
    }
  if (encoder->own && encoder->chat->native != NULL)
    add_rest (encoder->chat->native, by_name);
  return add_choice (encoder, body, error);
}
