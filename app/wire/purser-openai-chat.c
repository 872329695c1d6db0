/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-openai-chat.h"

#include <string.h>

#include "purser-json.h"
#include "purser-openai-usage.h"
#include "purser-reader.h"

/* PROVIDERS §6.2 and §10.4: replies of Chat Completions, and what compatible servers make of them. Tolerated: usage on
 * any chunk; tool calls without an index, several under one index, names that come late; missing ids; finish_reason "";
 * a missing [DONE]; choices without delta, or with message in its place; reasoning under three names; text as a list of
 * parts; function_call. */

#define MAX_CHOICES 128
#define MAX_TOOLS 1024

typedef struct
{
  gint64   index;     /* as the provider counts; -1 if it does not */
  char    *id;        /* (owned) (nullable) */
  gboolean started, custom;
  GString *early;     /* (owned): arguments that came before the name */
} Tool;

typedef struct
{
  GPtrArray *tools;   /* (element-type Tool) */
  gboolean   open, finished, refused;
} Choice;

typedef struct
{
  Choice   choices[MAX_CHOICES];
  gboolean tier_told;
} State;

static void
tool_free (gpointer data)
{
  Tool *tool = data;
  g_free (tool->id);
  g_string_free (tool->early, TRUE);
  g_free (tool);
}

static gpointer
state_new (void)
{
  return g_new0 (State, 1);
}

static void
state_free (gpointer data)
{
  State *state = data;
  for (guint i = 0; i < MAX_CHOICES; i++)
    g_clear_pointer (&state->choices[i].tools, g_ptr_array_unref);
  g_free (state);
}

static const char *
non_empty (const char *text)
{
  return text != NULL && *text != 0 ? text : NULL;
}

static Tool *
add_tool (Choice *choice, gint64 index, const char *id)
{
  if (choice->tools->len >= MAX_TOOLS)
    return NULL;
  Tool *tool = g_new0 (Tool, 1);
  tool->index = index;
  tool->id = g_strdup (id);
  tool->early = g_string_new (NULL);
  g_ptr_array_add (choice->tools, tool);
  return tool;
}

static Tool *
last_with_index (Choice *choice, gint64 index)
{
  for (guint i = choice->tools->len; i > 0; i--)
    {
      Tool *tool = g_ptr_array_index (choice->tools, i - 1);
      if (tool->index == index)
        return tool;
    }
  return NULL;
}

static Tool *
with_id (Choice *choice, const char *id)
{
  for (guint i = choice->tools->len; i > 0; i--)
    {
      Tool *tool = g_ptr_array_index (choice->tools, i - 1);
      if (g_strcmp0 (tool->id, id) == 0)
        return tool;
    }
  return NULL;
}

/* Which call a fragment belongs to. The index says so, unless a server numbers every call 0 and only the id is new;
 * where the index is missing, a known id or the lack of a name means "go on with the last one". */
static Tool *
find_tool (Choice *choice, JsonObject *call, const char *name)
{
  gint64 index = purser_json_int (call, "index", -1);
  const char *id = non_empty (purser_json_string (call, "id"));
  Tool *tool;
  if (index >= 0)
    {
      tool = last_with_index (choice, index);
      if (tool == NULL || (id != NULL && tool->id != NULL && !g_str_equal (id, tool->id)))
        return add_tool (choice, index, id);
    }
  else if (id != NULL)
    {
      tool = with_id (choice, id);
      if (tool == NULL)
        return add_tool (choice, -1, id);
    }
  else if (name != NULL || choice->tools->len == 0)
    return add_tool (choice, -1, NULL);
  else
    tool = g_ptr_array_index (choice->tools, choice->tools->len - 1);
  if (tool->id == NULL && !tool->started)
    tool->id = g_strdup (id);
  return tool;
}

static guint
tool_number (Choice *choice, Tool *tool)
{
  guint number = 0;
  g_ptr_array_find (choice->tools, tool, &number);
  return number;
}

static void
start_tool (PurserReader *reader, Choice *choice, int number, Tool *tool, const char *name)
{
  guint ordinal = tool_number (choice, tool);
  tool->started = TRUE;
  purser_reader_tool (reader, number, ordinal, tool->id, name, tool->custom);
  purser_reader_text (reader, PURSER_EVENT_TOOL_ARGS, number, ordinal, tool->early->str);
  g_string_truncate (tool->early, 0);
}

/* Arguments are a string of JSON text; some servers send the object itself. */
static void
add_arguments (PurserReader *reader, Choice *choice, int number, Tool *tool, JsonNode *arguments)
{
  g_autofree char *text = NULL;
  if (arguments == NULL || JSON_NODE_HOLDS_NULL (arguments))
    return;
  if (JSON_NODE_HOLDS_VALUE (arguments) && json_node_get_value_type (arguments) == G_TYPE_STRING)
    text = json_node_dup_string (arguments);
  else
    text = purser_json_to_string (arguments, FALSE);
  if (tool->started)
    purser_reader_text (reader, PURSER_EVENT_TOOL_ARGS, number, tool_number (choice, tool), text);
  else
    g_string_append (tool->early, text);
}

static void
read_tool_call (PurserReader *reader, Choice *choice, int number, JsonObject *call)
{
  JsonObject *custom = purser_json_member (call, "custom");
  JsonObject *function = custom ? custom : purser_json_member (call, "function");
  const char *name = non_empty (purser_json_string (function, "name"));
  Tool *tool = find_tool (choice, call, name);
  if (tool == NULL)
    return;
  if (!tool->started)
    tool->custom = custom != NULL;
  if (!tool->started && name != NULL)
    start_tool (reader, choice, number, tool, name);
  add_arguments (reader, choice, number, tool, purser_json_node (function, custom ? "input" : "arguments"));
}

static void
read_tools (PurserReader *reader, Choice *choice, int number, JsonObject *message)
{
  JsonArray *calls = purser_json_array (message, "tool_calls");
  JsonObject *function = purser_json_member (message, "function_call"); /* before tools, and some servers still */
  for (guint i = 0; calls != NULL && i < json_array_get_length (calls); i++)
    {
      JsonObject *call = purser_json_object (json_array_get_element (calls, i));
      if (call != NULL)
        read_tool_call (reader, choice, number, call);
    }
  if (function != NULL && calls == NULL)
    {
      g_autoptr(JsonObject) call = json_object_new ();
      json_object_set_int_member (call, "index", 0);
      json_object_set_object_member (call, "function", json_object_ref (function));
      read_tool_call (reader, choice, number, call);
    }
}

/* OpenRouter's reasoning_details: text (which stands in `reasoning` too), signatures, and encrypted reasoning. */
static void
read_reasoning_details (PurserReader *reader, int number, JsonArray *details, gboolean text_told)
{
  for (guint i = 0; details != NULL && i < json_array_get_length (details); i++)
    {
      JsonObject *detail = purser_json_object (json_array_get_element (details, i));
      const char *type = purser_json_string (detail, "type");
      if (!text_told)
        {
          purser_reader_text (reader, PURSER_EVENT_THINKING, number, 0, purser_json_string (detail, "text"));
          purser_reader_text (reader, PURSER_EVENT_THINKING, number, 0, purser_json_string (detail, "summary"));
        }
      purser_reader_text (reader, PURSER_EVENT_SIGNATURE, number, 0, purser_json_string (detail, "signature"));
      if (g_strcmp0 (type, "reasoning.encrypted") == 0)
        purser_reader_text (reader, PURSER_EVENT_REDACTED, number, 0, purser_json_string (detail, "data"));
    }
}

static void
read_thinking (PurserReader *reader, int number, JsonObject *message)
{
  const char *text = non_empty (purser_json_string (message, "reasoning_content"));
  if (text == NULL)
    text = non_empty (purser_json_string (message, "reasoning"));
  purser_reader_text (reader, PURSER_EVENT_THINKING, number, 0, text);
  read_reasoning_details (reader, number, purser_json_array (message, "reasoning_details"), text != NULL);
}

/* Content as a list of parts (Mistral): {type:"text",text} and {type:"thinking",thinking:[parts]}. */
static void
read_parts (PurserReader *reader, int number, JsonArray *parts, PurserEventType type, int depth)
{
  for (guint i = 0; i < json_array_get_length (parts); i++)
    {
      JsonObject *part = purser_json_object (json_array_get_element (parts, i));
      JsonArray *thinking = purser_json_array (part, "thinking");
      purser_reader_text (reader, type, number, 0, purser_json_string (part, "text"));
      if (thinking != NULL && depth == 0)
        read_parts (reader, number, thinking, PURSER_EVENT_THINKING, 1);
    }
}

static void
read_message (PurserReader *reader, Choice *choice, int number, JsonObject *message)
{
  const char *refusal = non_empty (purser_json_string (message, "refusal"));
  JsonArray *parts = purser_json_array (message, "content");
  read_thinking (reader, number, message);
  purser_reader_text (reader, PURSER_EVENT_TEXT, number, 0, purser_json_string (message, "content"));
  if (parts != NULL)
    read_parts (reader, number, parts, PURSER_EVENT_TEXT, 0);
  choice->refused = choice->refused || refusal != NULL;
  purser_reader_text (reader, PURSER_EVENT_REFUSAL, number, 0, refusal);
  read_tools (reader, choice, number, message);
}

/* PROVIDERS §5.1; an unknown word counts as done. */
static PurserFinish
finish_of (const Choice *choice, const char *word)
{
  static const struct
  {
    const char *word;
    PurserFinish finish;
  } words[] = {
    { "length", PURSER_FINISH_LENGTH },          { "max_tokens", PURSER_FINISH_LENGTH },
    { "tool_calls", PURSER_FINISH_TOOLS },       { "function_call", PURSER_FINISH_TOOLS },
    { "content_filter", PURSER_FINISH_REFUSED }, { "error", PURSER_FINISH_OTHER },
  };
  for (gsize i = 0; word != NULL && i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].word, word))
      return words[i].finish;
  if (choice->tools->len > 0)
    return PURSER_FINISH_TOOLS;
  return choice->refused ? PURSER_FINISH_REFUSED : PURSER_FINISH_DONE;
}

static void
finish_choice (PurserReader *reader, Choice *choice, int number, const char *word)
{
  if (choice->finished)
    return;
  choice->finished = TRUE;
  for (guint i = 0; i < choice->tools->len; i++)
    {
      Tool *tool = g_ptr_array_index (choice->tools, i);
      if (!tool->started)
        start_tool (reader, choice, number, tool, "");
      purser_reader_tool_end (reader, number, i);
    }
  purser_reader_finish (reader, number, finish_of (choice, word), word);
}

static gboolean
read_choice (PurserReader *reader, State *state, JsonObject *object, guint position)
{
  gint64 number = purser_json_int (object, "index", position);
#ifdef PURSER_PLANTED_BUG
  if (object == NULL || number < 0 || number >= MAX_CHOICES * 8) /* planted: more choices than there is room for */
    return FALSE;
#else
  if (object == NULL || number < 0 || number >= MAX_CHOICES)
    return FALSE;
#endif
  Choice *choice = &state->choices[number];
  if (!choice->open)
    choice->tools = g_ptr_array_new_with_free_func (tool_free);
  choice->open = TRUE;
  JsonObject *message = purser_json_member (object, "delta");
  if (message == NULL)
    message = purser_json_member (object, "message");
  if (message != NULL)
    read_message (reader, choice, number, message);
  else
    purser_reader_text (reader, PURSER_EVENT_TEXT, number, 0, purser_json_string (object, "text")); /* /completions */
  const char *word = non_empty (purser_json_string (object, "finish_reason"));
  if (word != NULL)
    finish_choice (reader, choice, number, word);
  return TRUE;
}

/* Where usage stands: at the top, in Groq's own member, or (Moonshot) in the choice. */
static void
read_usage (PurserReader *reader, JsonObject *root, JsonArray *choices)
{
  JsonObject *usage = purser_json_member (root, "usage");
  if (usage == NULL)
    usage = purser_json_member (purser_json_member (root, "x_groq"), "usage");
  for (guint i = 0; usage == NULL && choices != NULL && i < json_array_get_length (choices); i++)
    usage = purser_json_member (purser_json_object (json_array_get_element (choices, i)), "usage");
  g_autoptr(PurserUsage) read = usage != NULL ? purser_openai_usage_read (usage) : NULL;
  if (read != NULL)
    purser_reader_usage (reader, read);
}

static gboolean
read_chunk (PurserReader *reader, State *state, JsonObject *root)
{
  JsonArray *choices = purser_json_array (root, "choices");
  gboolean sound = TRUE;
  purser_reader_start (reader, purser_json_string (root, "id"), purser_json_string (root, "model"));
  for (guint i = 0; choices != NULL && i < json_array_get_length (choices); i++)
    sound = read_choice (reader, state, purser_json_object (json_array_get_element (choices, i)), i) && sound;
  if (!state->tier_told && purser_json_string (root, "service_tier") != NULL)
    {
      state->tier_told = TRUE;
      purser_reader_json (reader, PURSER_EVENT_META, "service_tier", json_object_get_member (root, "service_tier"));
    }
  read_usage (reader, root, choices);
  return sound;
}

/* An error may ride on an ordinary chunk (OpenRouter), whose usage still counts: first what it says, then that it
 * failed. */
static gboolean
read_item (PurserReader *reader, gpointer state, const char *event, JsonNode *root)
{
  JsonObject *object = purser_json_object (root);
  if (object == NULL)
    return JSON_NODE_HOLDS_NULL (root);
  if (!read_chunk (reader, state, object))
    return FALSE;
  if (!purser_reader_error (reader, root,
                            purser_json_array (object, "choices") != NULL || !g_str_equal (event, "error")))
    return !g_str_equal (event, "error");
  return TRUE;
}

static gboolean
read_whole (PurserReader *reader, gpointer data, JsonNode *root)
{
  State *state = data;
  JsonObject *object = purser_json_object (root);
  gboolean has_choices = purser_json_array (object, "choices") != NULL;
  if (has_choices && !read_chunk (reader, state, object))
    return FALSE;
  if (purser_reader_error (reader, root, has_choices))
    return TRUE;
  for (int i = 0; i < MAX_CHOICES; i++)
    if (state->choices[i].open)
      finish_choice (reader, &state->choices[i], i, NULL);
  return has_choices;
}

/* [DONE] ends a reply whose choices gave no reason; a connection that just ends does so only where every choice gave
 * one. */
static gboolean
complete (PurserReader *reader, gpointer data, gboolean marked)
{
  State *state = data;
  int open = 0, finished = 0;
  for (int i = 0; i < MAX_CHOICES; i++)
    {
      if (state->choices[i].open && marked)
        finish_choice (reader, &state->choices[i], i, NULL);
      open += state->choices[i].open;
      finished += state->choices[i].finished;
    }
  return marked || (open > 0 && open == finished);
}

const PurserDialect purser_dialect_openai_chat = {
  .id = "openai-chat",
  .framing = PURSER_FRAMING_SSE,
  .headers = NULL,
  .encode = purser_openai_chat_encode,
  .state_new = state_new,
  .state_free = state_free,
  .read_item = read_item,
  .read_whole = read_whole,
  .complete = complete,
};
