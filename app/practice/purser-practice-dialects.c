/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "purser-practice-json.h"

/* The three dialects as published by their owners (platform.claude.com/docs, developers.openai.com,
 * docs.ollama.com), as far as a text model with tools needs. */

static const char *const roles[] = { "system", "developer", "user", "assistant", "tool", NULL };

char *
practice_json_text (JsonNode *node)
{
  char *text = purser_json_to_string (node, FALSE);
  json_node_unref (node);
  return text;
}

JsonNode *
practice_new_object (JsonObject **object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  *object = json_object_new ();
  json_node_take_object (node, *object);
  return node;
}

JsonObject *
practice_add_object (JsonArray *array)
{
  JsonObject *object = json_object_new ();
  json_array_add_object_element (array, object);
  return object;
}

JsonObject *
practice_set_object (JsonObject *parent, const char *member)
{
  JsonObject *object = json_object_new ();
  json_object_set_object_member (parent, member, object);
  return object;
}

JsonArray *
practice_set_array (JsonObject *parent, const char *member)
{
  JsonArray *array = json_array_new ();
  json_object_set_array_member (parent, member, array);
  return array;
}

JsonObject *
practice_element (JsonArray *array, guint i)
{
  return purser_json_object (json_array_get_element (array, i));
}

guint
practice_length (JsonArray *array)
{
  return array != NULL ? json_array_get_length (array) : 0;
}

/* The text of "content": a string, or parts of which the texts count (Anthropic's tool_result holds content again). */
void
practice_append_content (JsonNode *content, GString *text)
{
  if (content == NULL)
    return;
  if (JSON_NODE_HOLDS_VALUE (content))
    {
      const char *string = json_node_get_value_type (content) == G_TYPE_STRING ? json_node_get_string (content) : NULL;
      g_string_append (text, string != NULL ? string : "");
    }
  else if (JSON_NODE_HOLDS_ARRAY (content))
    for (guint i = 0; i < practice_length (json_node_get_array (content)); i++)
      {
        JsonObject *part = practice_element (json_node_get_array (content), i);
        const char *string = purser_json_string (part, "text");
        if (text->len > 0 && string != NULL)
          g_string_append_c (text, '\n');
        g_string_append (text, string != NULL ? string : "");
        if (g_strcmp0 (purser_json_string (part, "type"), "tool_result") == 0)
          practice_append_content (purser_json_node (part, "content"), text);
      }
}

static gboolean
has_tool_result (JsonObject *message)
{
  JsonArray *parts = purser_json_array (message, "content");
  for (guint i = 0; i < practice_length (parts); i++)
    if (g_strcmp0 (purser_json_string (practice_element (parts, i), "type"), "tool_result") == 0)
      return TRUE;
  return FALSE;
}

gboolean
practice_complain (char **complaint, char **parameter, const char *name, char *words)
{
  *complaint = words;
  *parameter = g_strdup (name);
  return FALSE;
}

gboolean
practice_read_messages (JsonObject *body, PracticeAsk *ask, char **complaint, char **parameter)
{
  JsonArray *messages = purser_json_array (body, "messages");
  if (practice_length (messages) == 0)
    return practice_complain (complaint, parameter, "messages",
                              g_strdup ("messages: a list with at least one message is required"));
  for (guint i = 0; i < practice_length (messages); i++)
    {
      JsonObject *message = practice_element (messages, i);
      const char *role = purser_json_string (message, "role");
      if (role == NULL || !g_strv_contains (roles, role))
        return practice_complain (complaint, parameter, "messages",
                                  g_strdup_printf ("messages.%u.role: must be system, user, assistant or tool", i));
      g_autoptr(GString) text = g_string_new (NULL);
      practice_append_content (purser_json_node (message, "content"), text);
      const char *neutral = g_str_equal (role, "developer") ? "system" : has_tool_result (message) ? "tool" : role;
      practice_ask_add (ask, neutral, text->str);
    }
  return TRUE;
}

static void
add_tool (PracticeAsk *ask, JsonObject *described, const char *schema_member)
{
  const char *name = purser_json_string (described, "name");
  if (name == NULL)
    return;
  PracticeTool *tool = g_new0 (PracticeTool, 1);
  JsonObject *schema = purser_json_member (described, schema_member);
  tool->name = g_strdup (name);
  tool->description = g_strdup (purser_json_string (described, "description"));
  tool->schema = schema != NULL ? json_object_ref (schema) : NULL;
  g_ptr_array_add (ask->tools, tool);
}

/* OpenAI and Ollama wrap a tool in "function"; Anthropic does not. */
void
practice_read_tools (JsonObject *body, PracticeAsk *ask)
{
  JsonArray *tools = purser_json_array (body, "tools");
  for (guint i = 0; i < practice_length (tools); i++)
    {
      JsonObject *tool = practice_element (tools, i), *function = purser_json_member (tool, "function");
      if (function != NULL)
        add_tool (ask, function, "parameters");
      else
        add_tool (ask, tool, "input_schema");
    }
}

void
practice_read_stop (PracticeAsk *ask, JsonNode *stop)
{
  g_autoptr(GStrvBuilder) texts = g_strv_builder_new ();
  if (stop != NULL && JSON_NODE_HOLDS_VALUE (stop) && json_node_get_value_type (stop) == G_TYPE_STRING)
    g_strv_builder_add (texts, json_node_get_string (stop));
  else if (stop != NULL && JSON_NODE_HOLDS_ARRAY (stop))
    for (guint i = 0; i < practice_length (json_node_get_array (stop)); i++)
      {
        JsonNode *text = json_array_get_element (json_node_get_array (stop), i);
        if (JSON_NODE_HOLDS_VALUE (text) && json_node_get_value_type (text) == G_TYPE_STRING)
          g_strv_builder_add (texts, json_node_get_string (text));
      }
  g_strfreev (ask->stop);
  ask->stop = g_strv_builder_end (texts);
}

/* One server-sent event; NAME nullable. */
void
practice_sse (GString *out, const char *name, JsonNode *data)
{
  g_autofree char *text = practice_json_text (data);
  if (name != NULL)
    g_string_append_printf (out, "event: %s\n", name);
  g_string_append_printf (out, "data: %s\n\n", text);
}

/* The row of a status, or the last, whose status is 0. */
const PracticeErrorRow *
practice_error_row (const PracticeErrorRow *rows, guint status)
{
  while (rows->status != status && rows->status != 0)
    rows++;
  return rows;
}

const PracticeDialect *
practice_dialect_get (guint i)
{
  static const PracticeDialect *const dialects[] = { &practice_openai, &practice_anthropic, &practice_ollama };
  return i < G_N_ELEMENTS (dialects) ? dialects[i] : NULL;
}

static JsonObject *
list_entry (JsonArray *list, const PracticeDialect *dialect, const PurserPracticeModel *model)
{
  JsonObject *entry = practice_add_object (list);
  if (dialect == &practice_ollama)
    {
      json_object_set_string_member (entry, "name", model->name);
      json_object_set_string_member (entry, "model", model->name);
      json_object_set_string_member (entry, "modified_at", "2026-11-01T00:00:00Z");
      json_object_set_int_member (entry, "size", 0);
      json_object_set_string_member (practice_set_object (entry, "details"), "family", "practice");
      return entry;
    }
  json_object_set_string_member (entry, "id", model->name);
  if (dialect == &practice_openai)
    {
      json_object_set_string_member (entry, "object", "model");
      json_object_set_int_member (entry, "created", 1793491200);
      json_object_set_string_member (entry, "owned_by", "purser-practice");
      return entry;
    }
  json_object_set_string_member (entry, "type", "model");
  json_object_set_string_member (entry, "display_name", model->title);
  json_object_set_string_member (entry, "created_at", "2026-11-01T00:00:00Z");
  json_object_set_int_member (entry, "max_input_tokens", model->context_tokens);
  json_object_set_int_member (entry, "max_tokens", model->max_output);
  return entry;
}

/* The model list in the dialect's own shape. */
JsonNode *
practice_models_list (const PracticeDialect *dialect)
{
  JsonObject *root;
  JsonNode *node = practice_new_object (&root);
  JsonArray *list = practice_set_array (root, dialect == &practice_ollama ? "models" : "data");
  const PracticeModel *model;
  for (guint i = 0; (model = practice_model_row (i)) != NULL; i++)
    if (g_str_equal (model->shown.dialect, dialect->id))
      list_entry (list, dialect, &model->shown);
  if (dialect == &practice_openai)
    json_object_set_string_member (root, "object", "list");
  if (dialect != &practice_anthropic)
    return node;
  json_object_set_boolean_member (root, "has_more", FALSE);
  json_object_set_string_member (root, "first_id", purser_json_string (practice_element (list, 0), "id"));
  json_object_set_string_member (root, "last_id",
                                 purser_json_string (practice_element (list, practice_length (list) - 1), "id"));
  return node;
}

/* What Ollama's /api/show tells of a model. */
JsonNode *
practice_ollama_show (const PracticeModel *model)
{
  JsonObject *root, *info;
  JsonNode *node = practice_new_object (&root);
  json_object_set_string_member (practice_set_object (root, "details"), "family", "practice");
  info = practice_set_object (root, "model_info");
  json_object_set_string_member (info, "general.architecture", "practice");
  json_object_set_int_member (info, "practice.context_length", model->shown.context_tokens);
  JsonArray *capabilities = practice_set_array (root, "capabilities");
  json_array_add_string_element (capabilities, "completion");
  json_array_add_string_element (capabilities, "tools");
  return node;
}
