/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-anthropic-read.h"

#include <string.h>

#include "purser-json-wire.h"

/* Blocks of a reply. What a known block or delta carries beside its content goes out as BLOCK_DELTA: a delta as it came,
 * or, without a type, members that belong to the block's start. A block of another kind goes out whole. */

/* More calls than this are none: the reply that collects them keeps no more either. */
#define MAX_TOOLS 1024

typedef enum
{
  BLOCK_OTHER,
  BLOCK_TEXT,
  BLOCK_THINKING,
  BLOCK_REDACTED,
  BLOCK_TOOL
} BlockKind;

typedef struct
{
  BlockKind kind;
  guint order; /* the how-manieth block */
  int tool; /* the how-manieth tool */
  gboolean arguments_seen;
  JsonNode *input; /* (owned) (nullable): arguments that came with the start */
} Block;

static const struct
{
  const char *type;
  BlockKind kind;
  const char *known[5];
} kinds[] = {
  { "text", BLOCK_TEXT, { "type", "text", "citations" } },
  { "thinking", BLOCK_THINKING, { "type", "thinking", "signature" } },
  { "redacted_thinking", BLOCK_REDACTED, { "type", "data" } },
  { "tool_use", BLOCK_TOOL, { "type", "id", "name", "input" } },
};

static void
block_free (gpointer data)
{
  Block *block = data;
  g_clear_pointer (&block->input, json_node_unref);
  g_free (block);
}

GHashTable *
purser_anthropic_blocks_new (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, block_free);
}

/* Members of a known block beside its content: who called a tool, and what comes to be. */
static void
read_rest (PurserReader *reader, JsonObject *object, const char *const *known)
{
  g_autoptr(JsonObject) rest = NULL;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &node))
    if (!g_strv_contains (known, name) && !JSON_NODE_HOLDS_NULL (node))
      {
        rest = rest != NULL ? rest : json_object_new ();
        json_object_set_member (rest, name, json_node_ref (node));
      }
  if (rest == NULL)
    return;
  g_autoptr(JsonNode) beside = purser_json_new_object (json_object_ref (rest));
  purser_reader_json (reader, PURSER_EVENT_BLOCK_DELTA, NULL, beside);
}

static void
read_text_block (PurserReader *reader, JsonObject *object)
{
  JsonArray *citations = purser_json_array (object, "citations");
  purser_reader_text (reader, PURSER_EVENT_TEXT, 0, 0, purser_json_string (object, "text"));
  for (guint i = 0; citations != NULL && i < json_array_get_length (citations); i++)
    purser_reader_json (reader, PURSER_EVENT_CITATION, NULL, json_array_get_element (citations, i));
}

static void
read_tool_block (PurserReader *reader, PurserAnthropicState *state, Block *block, JsonObject *object)
{
  JsonNode *input = purser_json_node (object, "input");
  JsonObject *given = purser_json_object (input);
  block->tool = state->tools++;
  block->input = given != NULL && json_object_get_size (given) > 0 ? json_node_ref (input) : NULL;
  purser_reader_tool (reader, 0, block->tool, purser_json_string (object, "id"), purser_json_string (object, "name"),
                      FALSE);
}

/* What a block says when it opens; a whole reply's blocks say all of it then. */
static Block *
open_block (PurserReader *reader, PurserAnthropicState *state, JsonNode *node)
{
  JsonObject *object = json_node_get_object (node);
  const char *type = purser_json_string (object, "type");
  Block *block = g_new0 (Block, 1);
  gsize row = 0;
  while (row < G_N_ELEMENTS (kinds) && g_strcmp0 (kinds[row].type, type) != 0)
    row++;
  if (row < G_N_ELEMENTS (kinds) && (kinds[row].kind != BLOCK_TOOL || state->tools < MAX_TOOLS))
    block->kind = kinds[row].kind;
  block->order = state->opened++;
  purser_reader_block_with (reader, type, block->kind == BLOCK_OTHER ? node : NULL);
  if (block->kind != BLOCK_OTHER)
    read_rest (reader, object, kinds[row].known);
  if (block->kind == BLOCK_TEXT)
    read_text_block (reader, object);
  else if (block->kind == BLOCK_THINKING)
    {
      purser_reader_text (reader, PURSER_EVENT_THINKING, 0, 0, purser_json_string (object, "thinking"));
      purser_reader_opaque (reader, PURSER_EVENT_SIGNATURE, 0, purser_json_string (object, "signature"), NULL, NULL);
    }
  else if (block->kind == BLOCK_REDACTED)
    purser_reader_opaque (reader, PURSER_EVENT_REDACTED, 0, purser_json_string (object, "data"), NULL, NULL);
  else if (block->kind == BLOCK_TOOL)
    read_tool_block (reader, state, block, object);
  return block;
}

static void
close_block (PurserReader *reader, Block *block)
{
  if (block->kind == BLOCK_TOOL)
    {
      g_autofree char *input =
          block->input != NULL && !block->arguments_seen ? purser_json_to_string (block->input, FALSE) : NULL;
      purser_reader_text (reader, PURSER_EVENT_TOOL_ARGS, 0, block->tool, input);
      purser_reader_tool_end (reader, 0, block->tool);
    }
  purser_reader_block_end (reader);
}

void
purser_anthropic_read_block_start (PurserReader *reader, PurserAnthropicState *state, JsonObject *event)
{
  gint64 index = purser_json_int (event, "index", 0);
  JsonNode *node = purser_json_node (event, "content_block");
  Block *forgotten = g_hash_table_lookup (state->open, &index);
  if (forgotten != NULL)
    close_block (reader, forgotten);
#ifdef PURSER_PLANTED_BUG
  if (forgotten != NULL)
    block_free (forgotten); /* planted: the table frees it again */
#endif
  if (purser_json_object (node) != NULL)
    g_hash_table_replace (state->open, g_memdup2 (&index, sizeof index), open_block (reader, state, node));
}

/* FALSE: a delta that says nothing, or nothing that the neutral model knows. */
static gboolean
read_known_delta (PurserReader *reader, Block *block, JsonObject *delta)
{
  static const struct
  {
    const char *member;
    PurserEventType type;
  } texts[] = { { "text", PURSER_EVENT_TEXT }, { "thinking", PURSER_EVENT_THINKING } };
  const char *text;
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if ((text = purser_json_string (delta, texts[i].member)) != NULL)
      {
        purser_reader_text (reader, texts[i].type, 0, 0, text);
        return *text != 0;
      }
  if ((text = purser_json_string (delta, "partial_json")) != NULL && *text != 0 && block != NULL
      && block->kind == BLOCK_TOOL)
    {
      block->arguments_seen = TRUE;
      purser_reader_text (reader, PURSER_EVENT_TOOL_ARGS, 0, block->tool, text);
      return TRUE;
    }
  if ((text = purser_json_string (delta, "signature")) != NULL && *text != 0)
    {
      purser_reader_opaque (reader, PURSER_EVENT_SIGNATURE, 0, text, NULL, NULL);
      return TRUE;
    }
  if (purser_json_member (delta, "citation") == NULL)
    return FALSE;
  purser_reader_json (reader, PURSER_EVENT_CITATION, NULL, purser_json_node (delta, "citation"));
  return TRUE;
}

void
purser_anthropic_read_block_delta (PurserReader *reader, PurserAnthropicState *state, JsonObject *event)
{
  gint64 index = purser_json_int (event, "index", 0);
  Block *block = g_hash_table_lookup (state->open, &index);
  JsonNode *node = purser_json_node (event, "delta");
  JsonObject *delta = purser_json_object (node);
  if (delta == NULL || ((block == NULL || block->kind != BLOCK_OTHER) && read_known_delta (reader, block, delta)))
    return;
  if (purser_json_string (delta, "type") != NULL)
    purser_reader_json (reader, PURSER_EVENT_BLOCK_DELTA, NULL, node);
}

gboolean
purser_anthropic_read_piece (
    PurserReader *reader, PurserAnthropicState *state, gint64 index, PurserEventType type, const char *text)
{
  Block *block = g_hash_table_lookup (state->open, &index);
  gboolean arguments = type == PURSER_EVENT_TOOL_ARGS;
  if ((block != NULL && block->kind == BLOCK_OTHER) || (arguments && (block == NULL || block->kind != BLOCK_TOOL)))
    return FALSE;
  if (arguments)
    block->arguments_seen = TRUE;
  purser_reader_text (reader, type, 0, arguments ? block->tool : 0, text);
  return TRUE;
}

void
purser_anthropic_read_block_stop (PurserReader *reader, PurserAnthropicState *state, JsonObject *event)
{
  gint64 index = purser_json_int (event, "index", 0);
  Block *block = g_hash_table_lookup (state->open, &index);
  if (block != NULL)
    close_block (reader, block);
  g_hash_table_remove (state->open, &index);
}

static int
compare_order (gconstpointer a, gconstpointer b)
{
  const Block *first = a, *second = b;
  return first->order < second->order ? -1 : first->order > second->order;
}

/* In the order in which they opened. */
void
purser_anthropic_close_blocks (PurserReader *reader, PurserAnthropicState *state)
{
  g_autoptr(GList) blocks = g_list_sort (g_hash_table_get_values (state->open), compare_order);
  for (GList *l = blocks; l != NULL; l = l->next)
    close_block (reader, l->data);
  g_hash_table_remove_all (state->open);
}

void
purser_anthropic_read_content (PurserReader *reader, PurserAnthropicState *state, JsonArray *content)
{
  for (guint i = 0; i < json_array_get_length (content); i++)
    {
      JsonNode *node = json_array_get_element (content, i);
      Block *block = purser_json_object (node) != NULL ? open_block (reader, state, node) : NULL;
      if (block == NULL)
        continue;
      close_block (reader, block);
      block_free (block);
    }
}
