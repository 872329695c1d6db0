/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-anthropic-write.h"

#include "purser-json-wire.h"

/* PROVIDERS §8.3: blocks open in rising order and close before the next opens. Other dialects interleave their calls, so
 * what is told of a later one waits until the one before is closed. */

static const struct
{
  const char *type, *delta, *member;
} kinds[] = {
  [PURSER_BLOCK_TEXT] = { "text", "text_delta", "text" },
  [PURSER_BLOCK_THINKING] = { "thinking", "thinking_delta", "thinking" },
  [PURSER_BLOCK_REDACTED] = { "redacted_thinking", NULL, NULL },
  [PURSER_BLOCK_TOOL] = { "tool_use", "input_json_delta", "partial_json" },
  [PURSER_BLOCK_OPAQUE] = { NULL, NULL, NULL },
};

static void
block_free (gpointer data)
{
  PurserBlock *block = data;
  g_free (block->id);
  g_free (block->name);
  g_free (block->opaque);
  g_clear_pointer (&block->json, json_object_unref);
  g_string_free (block->held, TRUE);
  g_free (block);
}

void
purser_anthropic_blocks_clear (PurserAnthropicWriter *state)
{
  g_queue_clear_full (&state->blocks, block_free);
}

PurserBlock *
purser_anthropic_block_last (PurserAnthropicWriter *state)
{
  return g_queue_peek_tail (&state->blocks);
}

PurserBlock *
purser_anthropic_block_of (PurserAnthropicWriter *state, int tool)
{
  for (GList *l = state->blocks.tail; l != NULL; l = l->prev)
    if (((PurserBlock *) l->data)->kind == PURSER_BLOCK_TOOL && ((PurserBlock *) l->data)->tool == tool)
      return l->data;
  return NULL;
}

static void
write_frame (
    PurserWriter *writer, PurserAnthropicWriter *state, const char *type, const char *member, JsonObject *inner)
{
  JsonObject *data = json_object_new ();
  json_object_set_string_member (data, "type", type);
  json_object_set_int_member (data, "index", state->index);
  if (inner != NULL)
    json_object_set_object_member (data, member, inner);
  purser_writer_sse (writer, type, data, FALSE);
}

void
purser_anthropic_block_delta (PurserWriter *writer, PurserAnthropicWriter *state, JsonObject *delta)
{
  write_frame (writer, state, "content_block_delta", "delta", delta);
}

/* The frame is written by hand, because most of a stream is these. */
static void
write_text (PurserWriter *writer, PurserAnthropicWriter *state, const char *text, gsize length)
{
  g_string_assign (state->frame, state->prefix->str);
  purser_writer_json_string (state->frame, text, length);
  g_string_append (state->frame, "}}\n\n");
  purser_writer_bytes (writer, state->frame->str, state->frame->len, FALSE);
}

static void
set_prefix (PurserAnthropicWriter *state, const PurserBlock *block)
{
  if (kinds[block->kind].delta == NULL)
    return;
  g_string_printf (state->prefix,
                   "event: content_block_delta\ndata: "
                   "{\"type\":\"content_block_delta\",\"index\":%d,\"delta\":{\"type\":\"%s\",\"%s\":",
                   state->index, kinds[block->kind].delta, kinds[block->kind].member);
}

static JsonObject *
describe (const PurserBlock *block)
{
  JsonObject *object = json_object_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  if (kinds[block->kind].type != NULL)
    json_object_set_string_member (object, "type", kinds[block->kind].type);
  if (block->kind == PURSER_BLOCK_TEXT)
    json_object_set_string_member (object, "text", "");
  else if (block->kind == PURSER_BLOCK_THINKING)
    {
      json_object_set_string_member (object, "thinking", "");
      json_object_set_string_member (object, "signature", "");
    }
  else if (block->kind == PURSER_BLOCK_REDACTED)
    json_object_set_string_member (object, "data", block->opaque != NULL ? block->opaque : "");
  else if (block->kind == PURSER_BLOCK_TOOL)
    {
      json_object_set_string_member (object, "id", block->id != NULL ? block->id : "");
      json_object_set_string_member (object, "name", block->name != NULL ? block->name : "");
      json_object_set_object_member (object, "input", json_object_new ());
    }
  if (block->json == NULL)
    return object;
  json_object_iter_init (&iter, block->json);
  while (json_object_iter_next (&iter, &name, &node))
    if (!json_object_has_member (object, name))
      json_object_set_member (object, name, purser_json_copy (node));
  return object;
}

static void
write_signature (PurserWriter *writer, PurserAnthropicWriter *state, const PurserBlock *block)
{
  JsonObject *delta = json_object_new ();
  json_object_set_string_member (delta, "type", "signature_delta");
  json_object_set_string_member (delta, "signature", block->opaque);
  purser_anthropic_block_delta (writer, state, delta);
}

void
purser_anthropic_block_start (PurserWriter *writer, PurserAnthropicWriter *state, PurserBlock *block)
{
  if (block->started || block != g_queue_peek_head (&state->blocks))
    return;
  block->started = TRUE;
  set_prefix (state, block);
  write_frame (writer, state, "content_block_start", "content_block", describe (block));
  if (block->kind == PURSER_BLOCK_TOOL && !purser_writer_is_own (writer))
    write_text (writer, state, "",
                0); /* as Anthropic's first fragment always is; all of it where there are no arguments */
  if (block->held->len > 0)
    write_text (writer, state, block->held->str, block->held->len);
  if (block->kind == PURSER_BLOCK_THINKING && block->opaque != NULL)
    write_signature (writer, state, block);
}

void
purser_anthropic_block_text (
    PurserWriter *writer, PurserAnthropicWriter *state, PurserBlock *block, const char *text, gsize length)
{
  purser_anthropic_block_start (writer, state, block);
  if (block->started)
    write_text (writer, state, text, length);
  else
    g_string_append_len (block->held, text, length);
}

/* Its signature is known. */
void
purser_anthropic_block_sign (PurserWriter *writer, PurserAnthropicWriter *state, PurserBlock *block)
{
  if (block->started)
    write_signature (writer, state, block);
  else
    purser_anthropic_block_start (writer, state, block);
}

/* Closes the head as often as it is told to its end, and gives the next its turn. */
static void
advance (PurserWriter *writer, PurserAnthropicWriter *state)
{
  PurserBlock *head;
  while ((head = g_queue_peek_head (&state->blocks)) != NULL)
    {
      if (head->ended || (head->kind == PURSER_BLOCK_TOOL && head->tool >= 0))
        purser_anthropic_block_start (writer, state, head);
      if (!head->ended)
        return;
      write_frame (writer, state, "content_block_stop", NULL, NULL);
      state->index++;
      block_free (g_queue_pop_head (&state->blocks));
    }
}

PurserBlock *
purser_anthropic_block_push (PurserWriter *writer, PurserAnthropicWriter *state, PurserBlockKind kind)
{
  PurserBlock *block = g_new0 (PurserBlock, 1), *before = purser_anthropic_block_last (state);
  block->kind = kind;
  block->tool = -1;
  block->held = g_string_new (NULL);
  if (before != NULL && before->kind != PURSER_BLOCK_TOOL)
    before->ended = TRUE;
  g_queue_push_tail (&state->blocks, block);
  advance (writer, state);
  return block;
}

void
purser_anthropic_block_end (PurserWriter *writer, PurserAnthropicWriter *state, PurserBlock *block)
{
  if (block == NULL)
    return;
  block->ended = TRUE;
  advance (writer, state);
}
