/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-anthropic-decode.h"

#include <glib/gi18n-lib.h>

#include "purser-json-wire.h"

/* `tools` and `tool_choice`. */

/* Members of a tool beside the neutral ones; a later encoding puts them back. */
static void
keep_tool_rest (PurserAnthropicDecoder *decoder, JsonObject *source, const char *tool)
{
  static const char *const known[] = { "type", "name", "description", "input_schema", "strict", "cache_control", NULL };
  JsonObjectIter iter;
  const char *member;
  JsonNode *node;
  json_object_iter_init (&iter, source);
  while (json_object_iter_next (&iter, &member, &node))
    {
      if (g_strv_contains (known, member) || JSON_NODE_HOLDS_NULL (node))
        continue;
      g_autofree char *path = g_strconcat ("tools[].", member, NULL);
      JsonObject *by_tool = purser_json_member (decoder->chat->native, path);
      if (by_tool == NULL)
        {
          g_autoptr(JsonNode) made = purser_json_new_object (by_tool = json_object_new ());
          purser_anthropic_keep (decoder, path, made);
        }
      json_object_set_member (by_tool, tool, json_node_ref (node));
    }
}

static gboolean
take_tool (PurserAnthropicDecoder *decoder, JsonNode *node)
{
  JsonObject *source = purser_json_object (node);
  const char *type = purser_json_string (source, "type"), *name = purser_json_string (source, "name");
  JsonNode *schema = purser_json_node (source, "input_schema"), *strict = purser_json_node (source, "strict");
  gboolean own = type != NULL && !g_str_equal (type, "custom");
  if (source == NULL || (name == NULL && !own))
    return purser_anthropic_bad (decoder, NULL, _("a tool is an object with a name."));
  if (!own && !purser_anthropic_is_null (schema) && purser_json_object (schema) == NULL)
    return purser_anthropic_bad (decoder, "input_schema", _("an object is needed here."));
  PurserTool *tool = g_new0 (PurserTool, 1);
  g_ptr_array_add (decoder->chat->tools, tool);
  tool->name = g_strdup (name != NULL ? name : type);
  if (own)
    tool->native = json_node_ref (node); /* Anthropic's own: run there, or in a shape that only its models know */
  else
    {
      tool->description = g_strdup (purser_json_string (source, "description"));
      tool->schema = !purser_anthropic_is_null (schema) ? json_node_ref (schema) : NULL;
      tool->strict = purser_anthropic_is_null (strict) ? 0 : purser_json_boolean (source, "strict", FALSE) ? 1 : -1;
      keep_tool_rest (decoder, source, tool->name);
    }
  return purser_anthropic_read_mark (decoder, source, &tool->cache);
}

gboolean
purser_anthropic_decode_tools (PurserAnthropicDecoder *decoder, JsonObject *body, JsonNode *node)
{
  JsonArray *tools = purser_json_array (body, "tools");
  gboolean taken = TRUE;
  if (tools == NULL)
    return purser_anthropic_bad (decoder, "tools", _("a list of tools is needed here."));
  decoder->list = "tools";
  for (guint i = 0; taken && i < json_array_get_length (tools); i++)
    {
      decoder->at = i;
      taken = take_tool (decoder, json_array_get_element (tools, i));
    }
  decoder->list = NULL;
  return taken;
}

gboolean
purser_anthropic_decode_choice (PurserAnthropicDecoder *decoder, JsonObject *body, JsonNode *node)
{
  static const struct
  {
    const char *type, *choice;
  } words[] = { { "auto", "auto" }, { "any", "required" }, { "none", "none" } };
  static const char *const known[] = { "type", "name", "disable_parallel_tool_use", NULL };
  JsonObject *choice = purser_json_object (node);
  const char *type = purser_json_string (choice, "type"), *named = NULL;
  for (gsize i = 0; type != NULL && i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].type, type))
      named = words[i].choice;
  if (g_strcmp0 (type, "tool") == 0)
    named = purser_json_string (choice, "name");
  if (named == NULL)
    return purser_anthropic_bad (decoder, "tool_choice",
                                 _("an object with the type auto, any, none or tool is needed here; tool needs a "
                                    "name."));
  decoder->chat->tool_choice = g_strdup (named);
  if (!purser_anthropic_is_null (purser_json_node (choice, "disable_parallel_tool_use")))
    decoder->chat->parallel_tools = purser_json_boolean (choice, "disable_parallel_tool_use", FALSE) ? -1 : 1;
  purser_anthropic_keep_rest (decoder, "tool_choice", choice, known);
  return TRUE;
}
