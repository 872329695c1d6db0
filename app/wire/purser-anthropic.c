/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-anthropic.h"

#include <string.h>

#include "purser-json.h"
#include "purser-reader.h"

/* PROVIDERS §6.1: replies of Messages. An event's kind is data.type; the event: line only repeats it. */

typedef enum { BLOCK_OTHER, BLOCK_TEXT, BLOCK_THINKING, BLOCK_REDACTED, BLOCK_TOOL } BlockKind;

typedef struct
{
  BlockKind kind;
  int       tool;   /* the how-manieth tool */
  gboolean  arguments_seen;
  JsonNode *input;  /* (owned) (nullable): arguments that came with the start */
} Block;

typedef struct
{
  GHashTable *open;   /* index → Block */
  int         tools;
  JsonObject *usage;  /* (owned): merged; each value is a snapshot that replaces the last */
  JsonNode   *first, *latest; /* (owned) (nullable): the usage objects as they came */
  gboolean    finished;
} State;

static void
block_free (gpointer data)
{
  Block *block = data;
  g_clear_pointer (&block->input, json_node_unref);
  g_free (block);
}

static gpointer
state_new (void)
{
  State *state = g_new0 (State, 1);
  state->open = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, block_free);
  state->usage = json_object_new ();
  return state;
}

static void
state_free (gpointer data)
{
  State *state = data;
  g_hash_table_unref (state->open);
  json_object_unref (state->usage);
  g_clear_pointer (&state->first, json_node_unref);
  g_clear_pointer (&state->latest, json_node_unref);
  g_free (state);
}

static BlockKind
kind_of (const char *type)
{
  static const struct
  {
    const char *type;
    BlockKind kind;
  } kinds[] = { { "text", BLOCK_TEXT },
                { "thinking", BLOCK_THINKING },
                { "redacted_thinking", BLOCK_REDACTED },
                { "tool_use", BLOCK_TOOL } };
  for (gsize i = 0; type != NULL && i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].type, type))
      return kinds[i].kind;
  return BLOCK_OTHER; /* server tools and their results are only named */
}

static gboolean
has_members (JsonNode *node)
{
  JsonObject *object = purser_json_object (node);
  return object != NULL && json_object_get_size (object) > 0;
}

/* What a block says when it opens; a whole reply's blocks say all of it then. */
static Block *
open_block (PurserReader *reader, State *state, JsonObject *object)
{
  Block *block = g_new0 (Block, 1);
  JsonArray *citations = purser_json_array (object, "citations");
  block->kind = kind_of (purser_json_string (object, "type"));
  purser_reader_block (reader, purser_json_string (object, "type"));
  if (block->kind == BLOCK_TEXT)
    purser_reader_text (reader, PURSER_EVENT_TEXT, 0, 0, purser_json_string (object, "text"));
  for (guint i = 0; block->kind == BLOCK_TEXT && citations != NULL && i < json_array_get_length (citations); i++)
    purser_reader_json (reader, PURSER_EVENT_CITATION, NULL, json_array_get_element (citations, i));
  if (block->kind == BLOCK_THINKING)
    {
      purser_reader_text (reader, PURSER_EVENT_THINKING, 0, 0, purser_json_string (object, "thinking"));
      purser_reader_text (reader, PURSER_EVENT_SIGNATURE, 0, 0, purser_json_string (object, "signature"));
    }
  if (block->kind == BLOCK_REDACTED)
    purser_reader_text (reader, PURSER_EVENT_REDACTED, 0, 0, purser_json_string (object, "data"));
  if (block->kind == BLOCK_TOOL)
    {
      JsonNode *input = purser_json_node (object, "input");
      block->tool = state->tools++;
      block->input = has_members (input) ? json_node_ref (input) : NULL;
      purser_reader_tool (reader, 0, block->tool, purser_json_string (object, "id"),
                          purser_json_string (object, "name"), FALSE);
    }
  return block;
}

static void
close_block (PurserReader *reader, Block *block)
{
  if (block->kind != BLOCK_TOOL)
    return;
  g_autofree char *input =
      block->input != NULL && !block->arguments_seen ? purser_json_to_string (block->input, FALSE) : NULL;
  purser_reader_text (reader, PURSER_EVENT_TOOL_ARGS, 0, block->tool, input);
  purser_reader_tool_end (reader, 0, block->tool);
}

static void
read_block_start (PurserReader *reader, State *state, JsonObject *event)
{
  gint64 index = purser_json_int (event, "index", 0);
  JsonObject *object = purser_json_member (event, "content_block");
  Block *forgotten = g_hash_table_lookup (state->open, &index);
  if (forgotten != NULL)
    close_block (reader, forgotten);
#ifdef PURSER_PLANTED_BUG
  if (forgotten != NULL)
    block_free (forgotten); /* planted: the table frees it again */
#endif
  if (object != NULL)
    g_hash_table_replace (state->open, g_memdup2 (&index, sizeof index), open_block (reader, state, object));
}

static void
read_block_delta (PurserReader *reader, State *state, JsonObject *event)
{
  gint64 index = purser_json_int (event, "index", 0);
  Block *block = g_hash_table_lookup (state->open, &index);
  JsonObject *delta = purser_json_member (event, "delta");
  const char *arguments = purser_json_string (delta, "partial_json");
  purser_reader_text (reader, PURSER_EVENT_TEXT, 0, 0, purser_json_string (delta, "text"));
  purser_reader_text (reader, PURSER_EVENT_THINKING, 0, 0, purser_json_string (delta, "thinking"));
  purser_reader_text (reader, PURSER_EVENT_SIGNATURE, 0, 0, purser_json_string (delta, "signature"));
  if (purser_json_node (delta, "citation") != NULL)
    purser_reader_json (reader, PURSER_EVENT_CITATION, NULL, purser_json_node (delta, "citation"));
  if (block != NULL && block->kind == BLOCK_TOOL && arguments != NULL && *arguments != 0)
    {
      block->arguments_seen = TRUE;
      purser_reader_text (reader, PURSER_EVENT_TOOL_ARGS, 0, block->tool, arguments);
    }
}

static void
read_block_stop (PurserReader *reader, State *state, JsonObject *event)
{
  gint64 index = purser_json_int (event, "index", 0);
  Block *block = g_hash_table_lookup (state->open, &index);
  if (block != NULL)
    close_block (reader, block);
  g_hash_table_remove (state->open, &index);
}

/* In the order in which they opened: tools are numbered so. */
static void
close_all (PurserReader *reader, State *state)
{
  for (int tool = 0; tool < state->tools && g_hash_table_size (state->open) > 0; tool++)
    {
      GHashTableIter iter;
      gpointer block;
      g_hash_table_iter_init (&iter, state->open);
      while (g_hash_table_iter_next (&iter, NULL, &block))
        if (((Block *) block)->kind == BLOCK_TOOL && ((Block *) block)->tool == tool)
          close_block (reader, block);
    }
  g_hash_table_remove_all (state->open);
}

static JsonNode *
raw_usage (State *state)
{
  JsonArray *both;
  if (state->latest == NULL)
    return json_node_ref (state->first);
  both = json_array_new ();
  json_array_add_element (both, json_node_copy (state->first));
  json_array_add_element (both, json_node_copy (state->latest));
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);
  json_node_take_array (node, both);
  return node;
}

/* PROVIDERS §5.2, §6.1: message_delta's values replace those of message_start where they are not null; nothing is ever
 * added. */
static void
read_usage (PurserReader *reader, State *state, JsonNode *node)
{
  JsonObject *usage = purser_json_object (node);
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;
  if (usage == NULL)
    return;
  json_object_iter_init (&iter, usage);
  while (json_object_iter_next (&iter, &name, &value))
    if (!JSON_NODE_HOLDS_NULL (value))
      json_object_set_member (state->usage, name, json_node_ref (value));
  JsonNode **slot = state->first == NULL ? &state->first : &state->latest;
  g_clear_pointer (slot, json_node_unref);
  *slot = json_node_ref (node);
  g_autoptr(PurserUsage) read = purser_anthropic_usage_read (state->usage);
  read->raw = raw_usage (state);
  purser_reader_usage (reader, read);
}

/* PROVIDERS §5.1; an unknown word counts as done. */
static PurserFinish
finish_of (const char *word)
{
  static const struct
  {
    const char *word;
    PurserFinish finish;
  } words[] = {
    { "stop_sequence", PURSER_FINISH_STOP_TEXT }, { "max_tokens", PURSER_FINISH_LENGTH },
    { "tool_use", PURSER_FINISH_TOOLS },          { "model_context_window_exceeded", PURSER_FINISH_LENGTH },
    { "refusal", PURSER_FINISH_REFUSED },         { "pause_turn", PURSER_FINISH_PAUSE },
    { "compaction", PURSER_FINISH_OTHER },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].word, word))
      return words[i].finish;
  return PURSER_FINISH_DONE;
}

/* stop_reason and its companions: in message_delta.delta, or in the message itself. */
static void
read_stop (PurserReader *reader, State *state, JsonObject *object)
{
  static const char *const extras[] = { "stop_sequence", "stop_details" };
  const char *word = purser_json_string (object, "stop_reason");
  for (gsize i = 0; i < G_N_ELEMENTS (extras); i++)
    {
      JsonNode *extra = purser_json_node (object, extras[i]);
      if (extra != NULL && !JSON_NODE_HOLDS_NULL (extra))
        purser_reader_json (reader, PURSER_EVENT_META, extras[i], extra);
    }
  if (word == NULL || *word == 0 || state->finished)
    return;
  state->finished = TRUE;
  close_all (reader, state);
  purser_reader_finish (reader, 0, finish_of (word), word);
}

static void
read_message_start (PurserReader *reader, State *state, JsonObject *event)
{
  JsonObject *message = purser_json_member (event, "message");
  JsonNode *tier = purser_json_node (purser_json_member (message, "usage"), "service_tier");
  purser_reader_start (reader, purser_json_string (message, "id"), purser_json_string (message, "model"));
  if (tier != NULL && !JSON_NODE_HOLDS_NULL (tier))
    purser_reader_json (reader, PURSER_EVENT_META, "service_tier", tier);
  read_usage (reader, state, purser_json_node (message, "usage"));
}

static void
read_message_delta (PurserReader *reader, State *state, JsonObject *event)
{
  read_usage (reader, state, purser_json_node (event, "usage"));
  read_stop (reader, state, purser_json_member (event, "delta"));
}

static void
read_message_stop (PurserReader *reader, State *state, JsonObject *event)
{
  close_all (reader, state);
  if (!state->finished)
    purser_reader_finish (reader, 0, state->tools > 0 ? PURSER_FINISH_TOOLS : PURSER_FINISH_DONE, NULL);
  state->finished = TRUE;
  purser_reader_over (reader);
}

static gboolean
read_item (PurserReader *reader, gpointer data, const char *name, JsonNode *root)
{
  static const struct { const char *type; void (*read) (PurserReader *, State *, JsonObject *); } types[] = {
    { "message_start", read_message_start }, { "content_block_start", read_block_start },
    { "content_block_delta", read_block_delta }, { "content_block_stop", read_block_stop },
    { "message_delta", read_message_delta }, { "message_stop", read_message_stop },
  };
  JsonObject *object = purser_json_object (root);
  const char *type = purser_json_string (object, "type");
  if (object == NULL)
    return JSON_NODE_HOLDS_NULL (root);
  for (gsize i = 0; type != NULL && i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i].type, type))
      {
        types[i].read (reader, data, object);
        return TRUE;
      }
  if (purser_reader_error (reader, root, !g_str_equal (name, "error")))
    return TRUE;
  return !g_str_equal (name, "error"); /* ping, and whatever comes to be: "handle unknown event types gracefully" */
}

static gboolean
read_whole (PurserReader *reader, gpointer data, JsonNode *root)
{
  State *state = data;
  JsonObject *message = purser_json_object (root);
  JsonArray *content = purser_json_array (message, "content");
  if (purser_reader_error (reader, root, content != NULL))
    return TRUE;
  if (content == NULL)
    return FALSE;
  purser_reader_start (reader, purser_json_string (message, "id"), purser_json_string (message, "model"));
  for (guint i = 0; i < json_array_get_length (content); i++)
    {
      JsonObject *object = purser_json_object (json_array_get_element (content, i));
      Block *block = object != NULL ? open_block (reader, state, object) : NULL;
      if (block != NULL)
        {
          close_block (reader, block);
          block_free (block);
        }
    }
  JsonNode *tier = purser_json_node (purser_json_member (message, "usage"), "service_tier");
  if (tier != NULL && !JSON_NODE_HOLDS_NULL (tier))
    purser_reader_json (reader, PURSER_EVENT_META, "service_tier", tier);
  read_usage (reader, state, purser_json_node (message, "usage"));
  read_stop (reader, state, message);
  if (!state->finished)
    purser_reader_finish (reader, 0, state->tools > 0 ? PURSER_FINISH_TOOLS : PURSER_FINISH_DONE, NULL);
  return TRUE;
}

/* Only message_stop ends a reply. A proxy's "[DONE]" after a stop reason is as good; a connection that just ends is
 * not. */
static gboolean
complete (PurserReader *reader, gpointer data, gboolean marked)
{
  return marked && ((State *) data)->finished;
}

static const char *const headers[] = { "anthropic-version", "2023-06-01", NULL };

const PurserDialect purser_dialect_anthropic = {
  .id = "anthropic",
  .framing = PURSER_FRAMING_SSE,
  .headers = headers,
  .encode = purser_anthropic_encode,
  .state_new = state_new,
  .state_free = state_free,
  .read_item = read_item,
  .read_whole = read_whole,
  .complete = complete,
};
