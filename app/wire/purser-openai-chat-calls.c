/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-openai-chat-calls.h"

#include "purser-json.h"

#define MAX_TOOLS 1024

typedef struct
{
  gint64   index;     /* as the provider counts; -1 if it does not */
  char    *id;        /* (owned) (nullable) */
  gboolean started, custom;
  GString *early;     /* (owned): arguments that came before the name */
} Tool;

static void
tool_free (gpointer data)
{
  Tool *tool = data;
  g_free (tool->id);
  g_string_free (tool->early, TRUE);
  g_free (tool);
}

static const char *
non_empty (const char *text)
{
  return text != NULL && *text != 0 ? text : NULL;
}

/**
 * purser_openai_calls_new:
 *
 * Returns: (transfer full): no calls yet
 */
GPtrArray *
purser_openai_calls_new (void)
{
  return g_ptr_array_new_with_free_func (tool_free);
}

static Tool *
add_tool (GPtrArray *calls, gint64 index, const char *id)
{
  if (calls->len >= MAX_TOOLS)
    return NULL;
  Tool *tool = g_new0 (Tool, 1);
  tool->index = index;
  tool->id = g_strdup (id);
  tool->early = g_string_new (NULL);
  g_ptr_array_add (calls, tool);
  return tool;
}

static Tool *
last_with_index (GPtrArray *calls, gint64 index)
{
  for (guint i = calls->len; i > 0; i--)
    {
      Tool *tool = g_ptr_array_index (calls, i - 1);
      if (tool->index == index)
        return tool;
    }
  return NULL;
}

static Tool *
with_id (GPtrArray *calls, const char *id)
{
  for (guint i = calls->len; i > 0; i--)
    {
      Tool *tool = g_ptr_array_index (calls, i - 1);
      if (g_strcmp0 (tool->id, id) == 0)
        return tool;
    }
  return NULL;
}

/* Which call a fragment belongs to. The index says so, unless a server numbers every call 0 and only the id is new;
 * where the index is missing, a known id or the lack of a name means "go on with the last one". */
static Tool *
find_tool (GPtrArray *calls, JsonObject *call, const char *name)
{
  gint64 index = purser_json_int (call, "index", -1);
  const char *id = non_empty (purser_json_string (call, "id"));
  Tool *tool;
  if (index >= 0)
    {
      tool = last_with_index (calls, index);
      if (tool == NULL || (id != NULL && tool->id != NULL && !g_str_equal (id, tool->id)))
        return add_tool (calls, index, id);
    }
  else if (id != NULL)
    {
      tool = with_id (calls, id);
      if (tool == NULL)
        return add_tool (calls, -1, id);
    }
  else if (name != NULL || calls->len == 0)
    return add_tool (calls, -1, NULL);
  else
    tool = g_ptr_array_index (calls, calls->len - 1);
  if (tool->id == NULL && !tool->started)
    tool->id = g_strdup (id);
  return tool;
}

static guint
tool_number (GPtrArray *calls, Tool *tool)
{
  guint number = 0;
  g_ptr_array_find (calls, tool, &number);
  return number;
}

static void
start_tool (PurserReader *reader, GPtrArray *calls, int number, Tool *tool, const char *name)
{
  guint ordinal = tool_number (calls, tool);
  tool->started = TRUE;
  purser_reader_tool (reader, number, ordinal, tool->id, name, tool->custom);
  purser_reader_text (reader, PURSER_EVENT_TOOL_ARGS, number, ordinal, tool->early->str);
  g_string_truncate (tool->early, 0);
}

/* Arguments are a string of JSON text; some servers send the object itself. */
static void
add_arguments (PurserReader *reader, GPtrArray *calls, int number, Tool *tool, JsonNode *arguments)
{
  g_autofree char *written = NULL;
  if (arguments == NULL || JSON_NODE_HOLDS_NULL (arguments))
    return;
  const char *text;
  if (JSON_NODE_HOLDS_VALUE (arguments) && json_node_get_value_type (arguments) == G_TYPE_STRING)
    text = json_node_get_string (arguments);
  else
    text = written = purser_json_to_string (arguments, FALSE);
  if (tool->started)
    purser_reader_text (reader, PURSER_EVENT_TOOL_ARGS, number, tool_number (calls, tool), text);
  else
    g_string_append (tool->early, text);
}

static void
read_tool_call (PurserReader *reader, GPtrArray *calls, int number, JsonObject *call)
{
  JsonObject *custom = purser_json_member (call, "custom");
  JsonObject *function = custom ? custom : purser_json_member (call, "function");
  const char *name = non_empty (purser_json_string (function, "name"));
  Tool *tool = find_tool (calls, call, name);
  if (tool == NULL)
    return;
  if (!tool->started)
    tool->custom = custom != NULL;
  if (!tool->started && name != NULL)
    start_tool (reader, calls, number, tool, name);
  add_arguments (reader, calls, number, tool, purser_json_node (function, custom ? "input" : "arguments"));
}

/**
 * purser_openai_calls_read:
 * @calls: of the choice, so far
 * @told: (nullable): tool_calls of a message or a delta
 * @function: (nullable): function_call: before tools, and some servers still
 *
 * Hands on what is told of calls.
 */
void
purser_openai_calls_read (PurserReader *reader, GPtrArray *calls, int choice, JsonArray *told, JsonObject *function)
{
  for (guint i = 0; told != NULL && i < json_array_get_length (told); i++)
    {
      JsonObject *call = purser_json_object (json_array_get_element (told, i));
      if (call != NULL)
        read_tool_call (reader, calls, choice, call);
    }
  if (function != NULL && told == NULL)
    {
      g_autoptr(JsonObject) call = json_object_new ();
      json_object_set_int_member (call, "index", 0);
      json_object_set_object_member (call, "function", json_object_ref (function));
      read_tool_call (reader, calls, choice, call);
    }
}

/**
 * purser_openai_calls_end:
 *
 * All calls are told: also those that never got a name.
 */
void
purser_openai_calls_end (PurserReader *reader, GPtrArray *calls, int choice)
{
  for (guint i = 0; i < calls->len; i++)
    {
      Tool *tool = g_ptr_array_index (calls, i);
      if (!tool->started)
        start_tool (reader, calls, choice, tool, "");
      purser_reader_tool_end (reader, choice, i);
    }
}
