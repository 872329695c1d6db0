/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-anthropic-write.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-fault.h"
#include "purser-json-wire.h"
#include "purser-reader.h"

/* The frames of a stream. message_start goes out with the first block, so it tells the usage where that is known by
 * then; message_delta with the end, when it is known for good (PROVIDERS §8.4). */

gpointer
purser_anthropic_write_new (PurserWriter *writer)
{
  PurserAnthropicWriter *state = g_new0 (PurserAnthropicWriter, 1);
  g_queue_init (&state->blocks);
  state->prefix = g_string_new (NULL);
  state->frame = g_string_new (NULL);
  return state;
}

void
purser_anthropic_write_free (gpointer data)
{
  PurserAnthropicWriter *state = data;
  purser_anthropic_blocks_clear (state);
  g_string_free (state->prefix, TRUE);
  g_string_free (state->frame, TRUE);
  g_free (state);
}

static JsonNode *
own_meta (PurserWriter *writer, const char *name)
{
  return purser_writer_is_own (writer) ? purser_json_node (purser_writer_reply (writer)->meta, name) : NULL;
}

static void
begin (PurserWriter *writer, PurserAnthropicWriter *state)
{
  if (state->begun)
    return;
  state->begun = TRUE;
  JsonObject *data = json_object_new (), *message = purser_anthropic_message (writer, NULL);
  state->container = own_meta (writer, "container");
  state->management = own_meta (writer, "context_management");
  json_object_set_null_member (message, "stop_reason");
  json_object_set_null_member (message, "stop_sequence");
  json_object_set_member (message, "usage", purser_anthropic_usage (writer, FALSE));
  if (state->container != NULL)
    json_object_set_member (message, "container", purser_json_copy (state->container));
  if (state->management != NULL)
    json_object_set_member (message, "context_management", purser_json_copy (state->management));
  json_object_set_string_member (data, "type", "message_start");
  json_object_set_object_member (data, "message", message);
  purser_writer_sse (writer, "message_start", data, FALSE);
}

/* The block that goes on, or a new one. */
static PurserBlock *
open_block (PurserWriter *writer, PurserAnthropicWriter *state, PurserBlockKind kind)
{
  PurserBlock *last = purser_anthropic_block_last (state);
  gboolean goes_on = last != NULL && last->kind == kind && !last->ended;
  return goes_on ? last : purser_anthropic_block_push (writer, state, kind);
}

static void
write_text (PurserWriter *writer, PurserAnthropicWriter *state, const PurserEvent *event)
{
  PurserBlockKind kind = event->type == PURSER_EVENT_THINKING ? PURSER_BLOCK_THINKING : PURSER_BLOCK_TEXT;
  purser_anthropic_block_text (writer, state, open_block (writer, state, kind), event->text, event->length);
}

/* Another provider's signature ends its thinking, shown or not; Anthropic's own block says itself when it is over. */
static void
write_opaque (PurserWriter *writer, PurserAnthropicWriter *state, const PurserEvent *event)
{
  gboolean redacted = event->type == PURSER_EVENT_REDACTED;
  PurserBlock *block = open_block (writer, state, redacted ? PURSER_BLOCK_REDACTED : PURSER_BLOCK_THINKING);
  g_free (block->opaque);
  block->opaque = purser_writer_opaque (writer, event->id, event->text);
  if (redacted)
    purser_anthropic_block_start (writer, state, block);
  else
    purser_anthropic_block_sign (writer, state, block);
  if (!purser_writer_is_own (writer))
    purser_anthropic_block_end (writer, state, block);
}

static void
write_tool_start (PurserWriter *writer, PurserAnthropicWriter *state, const PurserEvent *event)
{
  PurserBlock *last = purser_anthropic_block_last (state);
  gboolean announced = last != NULL && last->kind == PURSER_BLOCK_TOOL && last->tool < 0;
  PurserBlock *block = announced ? last : purser_anthropic_block_push (writer, state, PURSER_BLOCK_TOOL);
  block->tool = event->tool;
  block->id = purser_anthropic_tool_id (writer, event->id, event->tool);
  block->name = g_strdup (purser_writer_tool_name (writer, event->name));
  purser_anthropic_block_start (writer, state, block);
}

static void
write_tool_args (PurserWriter *writer, PurserAnthropicWriter *state, const PurserEvent *event)
{
  PurserBlock *block = purser_anthropic_block_of (state, event->tool);
  if (block != NULL)
    purser_anthropic_block_text (writer, state, block, event->text, event->length);
}

static void
write_tool_end (PurserWriter *writer, PurserAnthropicWriter *state, const PurserEvent *event)
{
  purser_anthropic_block_end (writer, state, purser_anthropic_block_of (state, event->tool));
}

/* Another dialect's blocks and items only part the text and the thinking; calls say themselves when they are over. */
static void
end_shown (PurserWriter *writer, PurserAnthropicWriter *state)
{
  PurserBlock *last = purser_anthropic_block_last (state);
  if (last != NULL && last->kind != PURSER_BLOCK_TOOL)
    purser_anthropic_block_end (writer, state, last);
}

static void
write_block (PurserWriter *writer, PurserAnthropicWriter *state, const PurserEvent *event)
{
  static const struct
  {
    const char *type;
    PurserBlockKind kind;
  } kinds[] = {
    { "text", PURSER_BLOCK_TEXT },
    { "thinking", PURSER_BLOCK_THINKING },
    { "redacted_thinking", PURSER_BLOCK_REDACTED },
    { "tool_use", PURSER_BLOCK_TOOL },
  };
  JsonObject *json = purser_json_object (event->json);
  end_shown (writer, state);
  if (!purser_writer_is_own (writer))
    return;
  if (json != NULL)
    {
      PurserBlock *block = purser_anthropic_block_push (writer, state, PURSER_BLOCK_OPAQUE);
      block->json = json_object_ref (json);
      purser_anthropic_block_start (writer, state, block);
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (kinds[i].type, event->name) == 0)
      purser_anthropic_block_push (writer, state, kinds[i].kind);
}

/* Without a type: members that belong to the start, which waits for them. */
static void
write_block_delta (PurserWriter *writer, PurserAnthropicWriter *state, const PurserEvent *event)
{
  PurserBlock *last = purser_anthropic_block_last (state);
  JsonObject *delta = purser_json_object (event->json);
  if (!purser_writer_is_own (writer) || last == NULL || last->ended || delta == NULL)
    return;
  if (purser_json_string (delta, "type") == NULL)
    {
      if (last->json == NULL)
        last->json = json_object_ref (delta);
      return;
    }
  purser_anthropic_block_start (writer, state, last);
  g_autoptr(JsonNode) copy = purser_json_copy (event->json);
  if (last->started)
    purser_anthropic_block_delta (writer, state, json_object_ref (json_node_get_object (copy)));
}

static void
write_citation (PurserWriter *writer, PurserAnthropicWriter *state, const PurserEvent *event)
{
  if (!purser_writer_is_own (writer) || event->json == NULL)
    return;
  PurserBlock *block = open_block (writer, state, PURSER_BLOCK_TEXT);
  purser_anthropic_block_start (writer, state, block);
  if (!block->started)
    return;
  JsonObject *delta = json_object_new ();
  json_object_set_string_member (delta, "type", "citations_delta");
  json_object_set_member (delta, "citation", purser_json_copy (event->json));
  purser_anthropic_block_delta (writer, state, delta);
}

/* TOLD: (nullable) Anthropic's own words, which its callers look for (PROVIDERS §8.2). */
static void
write_error (PurserWriter *writer, const PurserFault *fault, JsonNode *told)
{
  JsonObject *data, *own = purser_writer_is_own (writer) ? purser_json_object (told) : NULL;
  if (purser_json_string (own, "type") != NULL && purser_json_string (own, "message") != NULL)
    {
      data = json_object_new ();
      json_object_set_string_member (data, "type", "error");
      json_object_set_member (data, "error", purser_json_copy (told));
    }
  else
    data = purser_dialect_error_object (&purser_dialect_anthropic, fault, NULL, NULL);
  purser_writer_sse (writer, "error", data, TRUE);
}

/* Members that message_start told already are not told again. */
static void
add_late (JsonObject *object, const char *name, JsonNode *now, JsonNode *before)
{
  if (now != NULL && now != before)
    json_object_set_member (object, name, purser_json_copy (now));
}

static void
write_message_delta (PurserWriter *writer, PurserAnthropicWriter *state)
{
  JsonObject *data = json_object_new (), *delta = json_object_new ();
  purser_anthropic_set_stop (writer, delta);
  add_late (delta, "container", own_meta (writer, "container"), state->container);
  json_object_set_string_member (data, "type", "message_delta");
  json_object_set_object_member (data, "delta", delta);
  json_object_set_member (data, "usage", purser_anthropic_usage (writer, TRUE));
  add_late (data, "context_management", own_meta (writer, "context_management"), state->management);
  purser_writer_sse (writer, "message_delta", data, TRUE);
}

static void
write_end (PurserWriter *writer, PurserAnthropicWriter *state)
{
  const char *bad = purser_anthropic_bad_call (writer);
  if (bad != NULL)
    {
      g_autofree char *words = purser_anthropic_bad_words (bad);
      g_autoptr(PurserFault) fault = purser_fault_new (PURSER_FAULT_GARBAGE, 0, words);
      write_error (writer, fault, NULL);
      return;
    }
  for (GList *l = state->blocks.head; l != NULL; l = l->next)
    ((PurserBlock *) l->data)->ended = TRUE;
  purser_anthropic_block_end (writer, state, purser_anthropic_block_last (state));
  write_message_delta (writer, state);
  JsonObject *data = json_object_new ();
  json_object_set_string_member (data, "type", "message_stop");
  purser_writer_sse (writer, "message_stop", data, TRUE);
}

void
purser_anthropic_write_event (PurserWriter *writer, gpointer state, const PurserEvent *event)
{
  static void (*const writers[]) (PurserWriter *, PurserAnthropicWriter *, const PurserEvent *) = {
    [PURSER_EVENT_TEXT] = write_text,           [PURSER_EVENT_THINKING] = write_text,
    [PURSER_EVENT_SIGNATURE] = write_opaque,    [PURSER_EVENT_REDACTED] = write_opaque,
    [PURSER_EVENT_REFUSAL] = write_text,        [PURSER_EVENT_TOOL_START] = write_tool_start,
    [PURSER_EVENT_TOOL_ARGS] = write_tool_args, [PURSER_EVENT_TOOL_END] = write_tool_end,
    [PURSER_EVENT_BLOCK] = write_block,         [PURSER_EVENT_BLOCK_DELTA] = write_block_delta,
    [PURSER_EVENT_CITATION] = write_citation,
  };
  if (event->choice > 0)
    return; /* there is one */
  if (event->type == PURSER_EVENT_ERROR)
    write_error (writer, event->fault, event->json);
  else if (event->type == PURSER_EVENT_BLOCK_END)
    end_shown (writer, state);
  else if (event->type == PURSER_EVENT_END)
    {
      begin (writer, state);
      write_end (writer, state);
    }
  else if (event->type < G_N_ELEMENTS (writers) && writers[event->type] != NULL)
    {
      begin (writer, state);
      writers[event->type](writer, state, event);
    }
}
