/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-openai-chat.h"

#include <glib/gi18n-lib.h>

#include "purser-json-wire.h"
#include "purser-openai-chat-details.h"
#include "purser-openai-chat-parts.h"

/* The messages of a caller's request. Roles stand where they stand; content is text, a list of parts or nothing. A part
 * of an unknown type, or one whose source only this dialect can name (file_id), is kept as it came (-parts). */

static gboolean
is_null (JsonNode *node)
{
  return node == NULL || JSON_NODE_HOLDS_NULL (node);
}

static const char *
text_of (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

/* --- Messages --- */

/* Thinking without opaque state is text of this dialect: it goes to no other. */
static void
read_reasoning (PurserOpenaiDecoder *decoder, JsonObject *object)
{
  JsonArray *details = purser_json_array (object, "reasoning_details");
  const char *text = purser_json_string (object, "reasoning_content");
  if (!purser_is_set (text))
    text = purser_json_string (object, "reasoning");
  if (purser_is_set (text) && (details == NULL || !purser_openai_details_have_text (details)))
    g_set_str (&purser_message_add (decoder->message, PURSER_PART_THINKING, text)->dialect, "openai-chat");
  for (guint i = 0; details != NULL && i < json_array_get_length (details); i++)
    if (purser_json_object (json_array_get_element (details, i)) != NULL)
      purser_openai_detail_read (json_array_get_element (details, i),
                                 purser_message_add (decoder->message, PURSER_PART_THINKING, NULL));
}

/* Arguments are JSON text; some clients send the object itself. What does not parse stays text. */
static void
read_arguments (PurserPart *call, JsonNode *arguments)
{
  const char *text = text_of (arguments);
  if (is_null (arguments) || (text != NULL && *text == 0))
    return;
  call->json = text != NULL ? purser_json_parse (text, -1, NULL) : json_node_ref (arguments);
  if (call->json == NULL)
    call->text = g_strdup (text);
}

static gboolean
read_call (PurserOpenaiDecoder *decoder, JsonObject *call, const char *path)
{
  JsonObject *custom = purser_json_member (call, "custom");
  JsonObject *function = custom != NULL ? custom : purser_json_member (call, "function");
  const char *name = purser_json_string (function, "name");
  if (!purser_is_set (name))
    return purser_openai_decoder_refuse (decoder, _("“%s” names no function."), path);
  PurserPart *part = purser_message_add (decoder->message, PURSER_PART_TOOL_CALL, NULL);
  part->id = g_strdup (purser_json_string (call, "id"));
  part->name = g_strdup (name);
  part->custom = custom != NULL;
  if (custom != NULL)
    part->text = g_strdup (purser_json_string (custom, "input"));
  else
    read_arguments (part, purser_json_node (function, "arguments"));
  return TRUE;
}

static gboolean
read_calls (PurserOpenaiDecoder *decoder, JsonObject *object)
{
  JsonNode *calls = purser_json_node (object, "tool_calls"), *old = purser_json_node (object, "function_call");
  if (!is_null (calls) && !JSON_NODE_HOLDS_ARRAY (calls))
    return purser_openai_decoder_refuse (decoder, _("“%s” must be a list."), "tool_calls");
  for (guint i = 0; !is_null (calls) && i < json_array_get_length (json_node_get_array (calls)); i++)
    {
      g_autofree char *path = g_strdup_printf ("tool_calls[%u]", i);
      if (!read_call (decoder, purser_json_object (json_array_get_element (json_node_get_array (calls), i)), path))
        return FALSE;
    }
  if (is_null (old))
    return TRUE;
  g_autoptr(JsonObject) call = json_object_new (); /* the form before tools */
  json_object_set_member (call, "function", json_node_ref (old));
  return read_call (decoder, call, "function_call");
}

/* An audio reply of before, by its id: the message's content, which only its provider knows. */
static void
read_spoken (PurserOpenaiDecoder *decoder, JsonObject *object)
{
  JsonNode *audio = purser_json_node (object, "audio");
  if (is_null (audio))
    return;
  JsonObject *kept = json_object_new ();
  json_object_set_member (kept, "audio", json_node_ref (audio));
  g_autoptr(JsonNode) node = purser_json_new_object (kept);
  purser_openai_decoder_keep (purser_message_add (decoder->message, PURSER_PART_OPAQUE, NULL), node);
}

static gboolean
read_assistant (PurserOpenaiDecoder *decoder, JsonObject *object)
{
  const char *refusal = purser_json_string (object, "refusal");
  read_reasoning (decoder, object);
  if (!purser_openai_decoder_content (decoder, purser_json_node (object, "content"), decoder->message->parts))
    return FALSE;
  if (purser_is_set (refusal))
    purser_message_add (decoder->message, PURSER_PART_REFUSAL, refusal);
  read_spoken (decoder, object);
  return read_calls (decoder, object);
}

static gboolean
read_plain (PurserOpenaiDecoder *decoder, JsonObject *object)
{
  return purser_openai_decoder_content (decoder, purser_json_node (object, "content"), decoder->message->parts);
}

/* One text is the result's text; several, or more than text, are its parts. */
static gboolean
read_result (PurserOpenaiDecoder *decoder, JsonObject *object)
{
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_part_free);
  PurserPart *result = purser_message_add (decoder->message, PURSER_PART_TOOL_RESULT, NULL);
  result->id = g_strdup (purser_json_string (object, "tool_call_id"));
  result->name = g_strdup (purser_json_string (object, "name"));
  if (!purser_openai_decoder_content (decoder, purser_json_node (object, "content"), parts))
    return FALSE;
  for (guint i = 0; i < parts->len; i++)
    result->cache = MAX (result->cache, ((const PurserPart *) g_ptr_array_index (parts, i))->cache);
  const PurserPart *only = parts->len == 1 ? g_ptr_array_index (parts, 0) : NULL;
  if (parts->len == 0 || (only != NULL && only->type == PURSER_PART_TEXT))
    result->text = g_strdup (only != NULL ? only->text : "");
  else
    result->parts = g_steal_pointer (&parts);
  return TRUE;
}

static const struct
{
  const char *word;
  PurserRole role;
  gboolean (*read) (PurserOpenaiDecoder *decoder, JsonObject *object);
} roles[] = {
  { "user", PURSER_ROLE_USER, read_plain },
  { "assistant", PURSER_ROLE_ASSISTANT, read_assistant },
  { "tool", PURSER_ROLE_TOOL, read_result },
  { "system", PURSER_ROLE_SYSTEM, read_plain },
  { "developer", PURSER_ROLE_SYSTEM, read_plain },
  { "function", PURSER_ROLE_TOOL, read_result }, /* before tools: answers the last function_call */
};

/* Members that say nothing to the model, or were read. */
static gboolean
is_known_member (const char *name)
{
  static const char *const known[] = { "role", "content", "name", "refusal", "tool_calls", "tool_call_id", "function_call",
                                       "audio", "reasoning", "reasoning_content", "reasoning_details", "cache_control",
                                       "prompt_cache_breakpoint", "annotations", NULL };
  return g_strv_contains (known, name);
}

static void
keep_unknown (PurserOpenaiDecoder *decoder, JsonObject *object)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &node))
    if (!JSON_NODE_HOLDS_NULL (node) && !is_known_member (name))
      {
        g_autofree char *path = g_strconcat ("messages[].", name, NULL);
        purser_openai_chat_keep (decoder->chat, path, node);
      }
}

static gboolean
read_message (PurserOpenaiDecoder *decoder, JsonNode *node)
{
  JsonObject *object = purser_json_object (node);
  const char *word = purser_json_string (object, "role");
  gsize row = 0;
  if (object == NULL)
    return purser_openai_decoder_refuse (decoder, _("“%s” must be an object."), "");
  while (row < G_N_ELEMENTS (roles) && g_strcmp0 (roles[row].word, word) != 0)
    row++;
  if (row == G_N_ELEMENTS (roles))
    return purser_openai_decoder_refuse (decoder, _("“%s” must be system, developer, user, assistant or tool."), "role");
  decoder->message = purser_chat_add_message (decoder->chat, roles[row].role);
  if (roles[row].role != PURSER_ROLE_TOOL)
    decoder->message->name = g_strdup (purser_json_string (object, "name"));
  keep_unknown (decoder, object);
  if (!roles[row].read (decoder, object))
    return FALSE;
  GPtrArray *parts = decoder->message->parts;
  PurserPart *last = parts->len > 0 ? g_ptr_array_index (parts, parts->len - 1) : NULL;
  if (last != NULL)
    last->cache = MAX (last->cache, purser_openai_chat_cache_mark (object));
  return TRUE;
}

gboolean
purser_openai_chat_decode_history (PurserChat *chat, JsonArray *messages, GError **error)
{
  PurserOpenaiDecoder decoder = { chat, NULL, 0, -1, error };
  if (json_array_get_length (messages) == 0)
    return purser_openai_chat_refuse (error, _("“%s” holds nothing to answer."), "messages");
  for (decoder.number = 0; decoder.number < json_array_get_length (messages); decoder.number++)
    if (!read_message (&decoder, json_array_get_element (messages, decoder.number)))
      return FALSE;
  return TRUE;
}
