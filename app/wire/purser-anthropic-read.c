/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-anthropic-read.h"

#include <string.h>

#include "purser-anthropic.h"
#include "purser-json-wire.h"

/* PROVIDERS §6.1: replies of Messages. An event's kind is data.type; the event: line only repeats it. */

gpointer
purser_anthropic_state_new (void)
{
  PurserAnthropicState *state = g_new0 (PurserAnthropicState, 1);
  state->open = purser_anthropic_blocks_new ();
  state->usage = json_object_new ();
  return state;
}

void
purser_anthropic_state_free (gpointer data)
{
  PurserAnthropicState *state = data;
  g_hash_table_unref (state->open);
  json_object_unref (state->usage);
  g_clear_pointer (&state->first, json_node_unref);
  g_clear_pointer (&state->latest, json_node_unref);
  g_free (state);
}

static JsonNode *
raw_usage (PurserAnthropicState *state)
{
  JsonArray *both;
  if (state->latest == NULL)
    return json_node_ref (state->first);
  both = json_array_new ();
  json_array_add_element (both, purser_json_copy (state->first));
  json_array_add_element (both, purser_json_copy (state->latest));
  return purser_json_new_array (both);
}

/* Values of FROM that are told replace those of INTO. */
static void
merge (JsonObject *into, JsonObject *from)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;
  json_object_iter_init (&iter, from);
  while (json_object_iter_next (&iter, &name, &value))
    if (!JSON_NODE_HOLDS_NULL (value))
      json_object_set_member (into, name, json_node_ref (value));
}

/* PROVIDERS §5.2, §6.1: message_delta's values replace those of message_start where they are not null; nothing is ever
 * added. Of several message_delta the raw usage keeps what any of them told. */
static void
read_usage (PurserReader *reader, PurserAnthropicState *state, JsonNode *node)
{
  JsonObject *usage = purser_json_object (node);
  if (usage == NULL)
    return;
  merge (state->usage, usage);
  if (state->first == NULL)
    state->first = json_node_ref (node);
  else if (state->latest == NULL)
    state->latest = json_node_ref (node);
  else
    {
      g_autoptr(JsonNode) before = state->latest;
      state->latest = purser_json_copy (before);
      merge (json_node_get_object (state->latest), usage);
    }
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

/* What a message, its delta, or the event around that says beside. */
static void
read_extras (PurserReader *reader, JsonObject *object)
{
  static const char *const extras[] = { "stop_sequence", "stop_details", "container", "context_management" };
  for (gsize i = 0; i < G_N_ELEMENTS (extras); i++)
    {
      JsonNode *extra = purser_json_node (object, extras[i]);
      if (extra != NULL && !JSON_NODE_HOLDS_NULL (extra))
        purser_reader_json (reader, PURSER_EVENT_META, extras[i], extra);
    }
}

static void
read_tier (PurserReader *reader, JsonObject *message)
{
  JsonNode *tier = purser_json_node (purser_json_member (message, "usage"), "service_tier");
  if (tier != NULL && !JSON_NODE_HOLDS_NULL (tier))
    purser_reader_json (reader, PURSER_EVENT_META, "service_tier", tier);
}

/* stop_reason and its companions: in message_delta.delta, or in the message itself. */
static void
read_stop (PurserReader *reader, PurserAnthropicState *state, JsonObject *object)
{
  const char *word = purser_json_string (object, "stop_reason");
  read_extras (reader, object);
  if (word == NULL || *word == 0 || state->finished)
    return;
  state->finished = TRUE;
  purser_anthropic_close_blocks (reader, state);
  purser_reader_finish (reader, 0, finish_of (word), word);
}

static void
finish_silently (PurserReader *reader, PurserAnthropicState *state)
{
  if (!state->finished)
    purser_reader_finish (reader, 0, state->tools > 0 ? PURSER_FINISH_TOOLS : PURSER_FINISH_DONE, NULL);
  state->finished = TRUE;
}

static void
read_message_start (PurserReader *reader, PurserAnthropicState *state, JsonObject *event)
{
  JsonObject *message = purser_json_member (event, "message");
  purser_reader_start (reader, purser_json_string (message, "id"), purser_json_string (message, "model"));
  read_extras (reader, message);
  read_tier (reader, message);
  read_usage (reader, state, purser_json_node (message, "usage"));
}

static void
read_message_delta (PurserReader *reader, PurserAnthropicState *state, JsonObject *event)
{
  read_usage (reader, state, purser_json_node (event, "usage"));
  read_extras (reader, event);
  read_stop (reader, state, purser_json_member (event, "delta"));
}

static void
read_message_stop (PurserReader *reader, PurserAnthropicState *state, JsonObject *event)
{
  purser_anthropic_close_blocks (reader, state);
  finish_silently (reader, state);
  purser_reader_over (reader);
}

gboolean
purser_anthropic_read_item (PurserReader *reader, gpointer state, const char *name, JsonNode *root)
{
  static const struct
  {
    const char *type;
    void (*read) (PurserReader *, PurserAnthropicState *, JsonObject *);
  } types[] = {
    { "content_block_delta", purser_anthropic_read_block_delta },
    { "content_block_start", purser_anthropic_read_block_start },
    { "content_block_stop", purser_anthropic_read_block_stop },
    { "message_start", read_message_start },
    { "message_delta", read_message_delta },
    { "message_stop", read_message_stop },
  };
  JsonObject *object = purser_json_object (root);
  const char *type = purser_json_string (object, "type");
  if (object == NULL)
    return JSON_NODE_HOLDS_NULL (root);
  for (gsize i = 0; type != NULL && i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i].type, type))
      {
        types[i].read (reader, state, object);
        return TRUE;
      }
  if (purser_reader_error (reader, root, !g_str_equal (name, "error")))
    return TRUE;
  return !g_str_equal (name, "error"); /* ping, and whatever comes to be: "handle unknown event types gracefully" */
}

gboolean
purser_anthropic_read_whole (PurserReader *reader, gpointer data, JsonNode *root)
{
  PurserAnthropicState *state = data;
  JsonObject *message = purser_json_object (root);
  JsonArray *content = purser_json_array (message, "content");
  if (purser_reader_error (reader, root, content != NULL))
    return TRUE;
  if (content == NULL)
    return FALSE;
  purser_reader_start (reader, purser_json_string (message, "id"), purser_json_string (message, "model"));
  purser_anthropic_read_content (reader, state, content);
  read_tier (reader, message);
  read_usage (reader, state, purser_json_node (message, "usage"));
  read_stop (reader, state, message);
  finish_silently (reader, state);
  return TRUE;
}

/* Only message_stop ends a reply. A proxy's "[DONE]" after a stop reason is as good; a connection that just ends is
 * not. */
gboolean
purser_anthropic_complete (PurserReader *reader, gpointer state, gboolean marked)
{
  return marked && ((PurserAnthropicState *) state)->finished;
}
