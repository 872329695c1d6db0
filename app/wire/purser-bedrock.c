/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-bedrock.h"

#include <string.h>

#include "purser-bedrock-blocks.h"
#include "purser-fault.h"
#include "purser-json-wire.h"
#include "purser-reader.h"

/* PROVIDERS §6.5: replies of Converse, whole, and as the frames of ConverseStream. A frame's kind is its event type; the
 * member p is padding. Text has no contentBlockStart. */

static void
read_citations (PurserReader *reader, JsonObject *content)
{
  JsonArray *texts = purser_json_array (content, "content"), *citations = purser_json_array (content, "citations");
  for (guint i = 0; texts != NULL && i < json_array_get_length (texts); i++)
    purser_reader_text (reader, PURSER_EVENT_TEXT, 0, 0,
                        purser_json_string (purser_json_object (json_array_get_element (texts, i)), "text"));
  for (guint i = 0; citations != NULL && i < json_array_get_length (citations); i++)
    purser_reader_json (reader, PURSER_EVENT_CITATION, NULL, json_array_get_element (citations, i));
}

/* --- Frames --- */

static void
read_message_start (PurserReader *reader, PurserBedrockState *state, JsonObject *event)
{
  purser_reader_start (reader, NULL, NULL);
}

static void
read_block_start (PurserReader *reader, PurserBedrockState *state, JsonObject *event)
{
  gint64 index = purser_json_int (event, "contentBlockIndex", 0);
  JsonNode *start = purser_json_node (event, "start");
  JsonObject *use = purser_json_member (purser_json_object (start), "toolUse");
#ifdef PURSER_PLANTED_BUG
  if (purser_bedrock_find (state, index) != NULL)
    purser_bedrock_block_free (purser_bedrock_find (state, index)); /* planted: the table frees it again */
#endif
  purser_bedrock_forget (reader, state, index);
  PurserBedrockBlock *block = purser_bedrock_is_callers (use)
                                  ? purser_bedrock_open_tool (reader, state, use)
                                  : purser_bedrock_block_new (reader, PURSER_BEDROCK_OTHER, start);
  g_hash_table_insert (state->open, g_memdup2 (&index, sizeof index), block);
}

static void
read_tool_delta (PurserReader *reader, PurserBedrockState *state, gint64 index, JsonObject *delta)
{
  PurserBedrockBlock *block = purser_bedrock_find (state, index);
  const char *input = purser_json_string (purser_json_member (delta, "toolUse"), "input");
  if (block != NULL && block->kind == PURSER_BEDROCK_TOOL)
    purser_reader_text (reader, PURSER_EVENT_TOOL_ARGS, 0, block->tool, input);
}

static void
read_thinking_delta (PurserReader *reader, PurserBedrockState *state, gint64 index, JsonObject *content)
{
  const char *signature = purser_json_string (content, "signature");
  const char *redacted = purser_json_string (content, "redactedContent");
  PurserBedrockBlock *block = purser_bedrock_block_at (reader, state, index, PURSER_BEDROCK_THINKING);
  purser_reader_text (reader, PURSER_EVENT_THINKING, 0, 0, purser_json_string (content, "text"));
  if (signature != NULL && *signature != 0)
    purser_bedrock_add_signature (block, signature);
  if (redacted != NULL && *redacted != 0)
    purser_bedrock_add_redacted (block, redacted);
}

static void
read_block_delta (PurserReader *reader, PurserBedrockState *state, JsonObject *event)
{
  gint64 index = purser_json_int (event, "contentBlockIndex", 0);
  JsonNode *node = purser_json_node (event, "delta");
  JsonObject *delta = purser_json_object (node), *thinking = purser_json_member (delta, "reasoningContent");
  const char *text = purser_json_string (delta, "text");
  PurserBedrockBlock *block = purser_bedrock_find (state, index);
  if (block != NULL && block->kind == PURSER_BEDROCK_OTHER)
    purser_reader_json (reader, PURSER_EVENT_BLOCK_DELTA, NULL, node);
  else if (text != NULL)
    {
      purser_bedrock_block_at (reader, state, index, PURSER_BEDROCK_TEXT);
      purser_reader_text (reader, PURSER_EVENT_TEXT, 0, 0, text);
    }
  else if (thinking != NULL)
    read_thinking_delta (reader, state, index, thinking);
  else if (purser_json_node (delta, "citation") != NULL)
    purser_reader_json (reader, PURSER_EVENT_CITATION, NULL, purser_json_node (delta, "citation"));
  else
    read_tool_delta (reader, state, index, delta);
}

static void
read_block_stop (PurserReader *reader, PurserBedrockState *state, JsonObject *event)
{
  purser_bedrock_forget (reader, state, purser_json_int (event, "contentBlockIndex", 0));
}

/* PROVIDERS §5.1; an unknown word counts as done. */
static PurserFinish
finish_of (const PurserBedrockState *state, const char *word)
{
  static const struct
  {
    const char *word;
    PurserFinish finish;
  } words[] = {
    { "stop_sequence", PURSER_FINISH_STOP_TEXT },
    { "max_tokens", PURSER_FINISH_LENGTH },
    { "tool_use", PURSER_FINISH_TOOLS },
    { "model_context_window_exceeded", PURSER_FINISH_LENGTH },
    { "content_filtered", PURSER_FINISH_REFUSED },
    { "guardrail_intervened", PURSER_FINISH_REFUSED },
    { "malformed_model_output", PURSER_FINISH_OTHER },
    { "malformed_tool_use", PURSER_FINISH_OTHER },
  };
  for (gsize i = 0; word != NULL && i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].word, word))
      return words[i].finish;
  return word == NULL && state->tools > 0 ? PURSER_FINISH_TOOLS : PURSER_FINISH_DONE;
}

static gboolean
is_told (JsonNode *node)
{
  return node != NULL && !JSON_NODE_HOLDS_NULL (node);
}

/* stopReason and what else was asked of the model: in messageStop, or in a whole reply. */
static void
read_stop (PurserReader *reader, PurserBedrockState *state, JsonObject *object)
{
  JsonNode *fields = purser_json_node (object, "additionalModelResponseFields");
  JsonNode *stop = purser_json_node (purser_json_object (fields), "stop_sequence");
  const char *word = purser_json_string (object, "stopReason");
  if (is_told (stop))
    purser_reader_json (reader, PURSER_EVENT_META, "stop_sequence", stop);
  if (is_told (fields))
    purser_reader_json (reader, PURSER_EVENT_META, "additionalModelResponseFields", fields);
  if (state->finished)
    return;
  state->finished = TRUE;
  purser_bedrock_close_all (reader, state);
  purser_reader_finish (reader, 0, finish_of (state, word), word != NULL && *word != 0 ? word : NULL);
}

static void
read_metadata (PurserReader *reader, PurserBedrockState *state, JsonObject *event)
{
  purser_bedrock_read_usage (reader, event);
  if (!state->finished)
    read_stop (reader, state, NULL);
  purser_reader_over (reader);
}

/* An exception's name is its frame's, not the payload's. */
static void
read_exception (PurserReader *reader, const char *name, JsonNode *root)
{
  JsonObject *payload = purser_json_object (root);
  g_autoptr(JsonNode) error = payload != NULL ? purser_json_copy (root) : purser_json_new_object (json_object_new ());
  json_object_set_string_member (purser_json_object (error), "type", name);
  purser_reader_fail (reader, purser_fault_from_json (error, 0), error);
}

static gboolean
read_item (PurserReader *reader, gpointer state, const char *event, JsonNode *root)
{
  static const struct
  {
    const char *type;
    void (*read) (PurserReader *, PurserBedrockState *, JsonObject *);
  } types[] = {
    { "contentBlockDelta", read_block_delta },
    { "contentBlockStart", read_block_start },
    { "contentBlockStop", read_block_stop },
    { "messageStart", read_message_start },
    { "messageStop", read_stop },
    { "metadata", read_metadata },
  };
  if (*event == PURSER_FRAME_FAILED)
    {
      read_exception (reader, event + 1, root);
      return TRUE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i].type, event))
      {
        types[i].read (reader, state, purser_json_object (root));
        return TRUE;
      }
  return TRUE; /* whatever comes to be */
}

/* --- A whole reply --- */

static void
read_tool (PurserReader *reader, PurserBedrockState *state, JsonObject *use)
{
  PurserBedrockBlock *block = purser_bedrock_open_tool (reader, state, use);
  JsonNode *input = purser_json_node (use, "input");
  g_autofree char *text = is_told (input) ? purser_json_to_string (input, FALSE) : NULL;
  purser_reader_text (reader, PURSER_EVENT_TOOL_ARGS, 0, block->tool, text);
  purser_bedrock_close (reader, block);
  purser_bedrock_block_free (block);
}

static void
read_thinking (PurserReader *reader, JsonObject *content)
{
  JsonObject *shown = purser_json_member (content, "reasoningText");
  const char *redacted = purser_json_string (content, "redactedContent");
  const char *signature = purser_json_string (shown, "signature");
  purser_reader_block (reader, "reasoningContent");
  purser_reader_text (reader, PURSER_EVENT_THINKING, 0, 0, purser_json_string (shown, "text"));
  if (signature != NULL && *signature != 0)
    purser_reader_opaque (reader, PURSER_EVENT_SIGNATURE, 0, signature, NULL, NULL);
  if (redacted != NULL && *redacted != 0)
    purser_reader_opaque (reader, PURSER_EVENT_REDACTED, 0, redacted, NULL, NULL);
  purser_reader_block_end (reader);
}

static void
read_block (PurserReader *reader, PurserBedrockState *state, JsonNode *node)
{
  JsonObject *block = purser_json_object (node);
  JsonObject *use = purser_json_member (block, "toolUse"), *thinking = purser_json_member (block, "reasoningContent");
  JsonObject *cited = purser_json_member (block, "citationsContent");
  const char *text = purser_json_string (block, "text");
  if (purser_bedrock_is_callers (use))
    read_tool (reader, state, use);
  else if (thinking != NULL)
    read_thinking (reader, thinking);
  else if (text != NULL || cited != NULL)
    {
      purser_reader_block (reader, "text");
      purser_reader_text (reader, PURSER_EVENT_TEXT, 0, 0, text);
      read_citations (reader, cited);
      purser_reader_block_end (reader);
    }
  else if (block != NULL)
    {
      purser_reader_block_with (reader, "other", node);
      purser_reader_block_end (reader);
    }
}

static gboolean
read_whole (PurserReader *reader, gpointer state, JsonNode *root)
{
  JsonObject *reply = purser_json_object (root);
  JsonObject *message = purser_json_member (purser_json_member (reply, "output"), "message");
  JsonArray *content = purser_json_array (message, "content");
  if (purser_reader_error (reader, root, message != NULL))
    return TRUE;
  if (message == NULL)
    return FALSE;
  purser_reader_start (reader, NULL, NULL);
  for (guint i = 0; content != NULL && i < json_array_get_length (content); i++)
    read_block (reader, state, json_array_get_element (content, i));
  purser_bedrock_read_usage (reader, reply);
  read_stop (reader, state, reply);
  return TRUE;
}

/* Only metadata ends a stream. */
static gboolean
complete (PurserReader *reader, gpointer state, gboolean marked)
{
  return FALSE;
}

const PurserDialect purser_dialect_bedrock = {
  .id = "bedrock",
  .framing = PURSER_FRAMING_FRAMES,
  .encode = purser_bedrock_encode,
  .state_new = purser_bedrock_state_new,
  .state_free = purser_bedrock_state_free,
  .read_item = read_item,
  .read_whole = read_whole,
  .complete = complete,
};
