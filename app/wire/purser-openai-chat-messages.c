/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-openai-chat.h"

#include "purser-encode-rest.h"
#include "purser-json-wire.h"
#include "purser-openai-chat-details.h"

/* The messages of an upstream's request. What becomes of what the format cannot say is listed in -request. */

typedef PurserOpenaiChatEncoder Encoder;

#define OWN "openai-chat"

static gboolean
is_own (const PurserPart *part)
{
  return g_strcmp0 (part->dialect, OWN) == 0;
}

static void
set_name (JsonObject *message, const PurserMessage *source)
{
  if (purser_is_set (source->name))
    json_object_set_string_member (message, "name", source->name);
}

/* The text of a message that is nothing else, as most are. (nullable) */
static const char *
only_text (const PurserMessage *source)
{
  const PurserPart *part = source->parts->len == 1 ? g_ptr_array_index (source->parts, 0) : NULL;
  return part != NULL && part->type == PURSER_PART_TEXT && part->cache == PURSER_CACHE_NONE && purser_is_set (part->text)
             ? part->text
             : NULL;
}

static void
add_text_message (Encoder *encoder, const char *role, const PurserMessage *source, const char *text)
{
  JsonObject *message = purser_encode_message (encoder->messages, role);
  json_object_set_string_member (message, "content", text);
  set_name (message, source);
}

/* A message of nothing is none. */
static gboolean
add_plain_message (Encoder *encoder, const char *role, const PurserMessage *source, GError **error)
{
  g_autoptr(JsonArray) content = json_array_new ();
  for (guint i = 0; i < source->parts->len; i++)
    if (!purser_openai_content_add (encoder, content, g_ptr_array_index (source->parts, i), error))
      return FALSE;
  if (json_array_get_length (content) == 0)
    return TRUE;
  JsonObject *message = purser_encode_message (encoder->messages, role);
  purser_openai_content_set (encoder, message, content);
  set_name (message, source);
  return TRUE;
}

/* --- The assistant's --- */

static JsonObject *
encode_call (Encoder *encoder, const PurserPart *part)
{
  const char *kind = part->custom ? "custom" : "function";
  JsonObject *call = json_object_new (), *function = json_object_new ();
  g_autofree char *name = purser_openai_chat_tool_name (encoder, part->name != NULL ? part->name : "");
  json_object_set_string_member (function, "name", name);
  if (part->custom)
    json_object_set_string_member (function, "input", part->text != NULL ? part->text : "");
  else
    {
      g_autoptr(JsonNode) arguments = purser_encode_arguments (part);
      g_autofree char *text = purser_json_to_string (arguments, FALSE);
      json_object_set_string_member (function, "arguments", text);
    }
  json_object_set_string_member (call, "id", purser_call_ids_id (encoder->ids, part));
  json_object_set_string_member (call, "type", kind);
  json_object_set_object_member (call, kind, function);
  return call;
}

/* Thinking of this dialect goes back to servers other than OpenAI: with its details, if it has any; as mere text only in
 * turns that call tools (DeepSeek refuses it elsewhere, PROVIDERS §10.4). */
static void
add_thinking (Encoder *encoder, JsonObject *message, const PurserMessage *source, gboolean calls)
{
  g_autoptr(JsonArray) details = json_array_new ();
  g_autoptr(GString) text = g_string_new (NULL);
  gboolean opaque = FALSE;
  if (encoder->options->known_server || encoder->options->plain)
    return;
  for (guint i = 0; i < source->parts->len; i++)
    {
      const PurserPart *part = g_ptr_array_index (source->parts, i);
      if (part->type != PURSER_PART_THINKING || !is_own (part))
        continue;
      opaque = opaque || part->json != NULL || purser_is_set (part->signature) || purser_is_set (part->data);
      g_string_append (text, part->text != NULL ? part->text : "");
      json_array_add_object_element (details, purser_openai_detail_new (part, json_array_get_length (details)));
    }
  if (opaque)
    json_object_set_array_member (message, "reasoning_details", g_steal_pointer (&details));
  else if (text->len > 0 && calls)
    json_object_set_string_member (message, "reasoning_content", text->str);
}

/* What is kept of an assistant's message: a part of its content, or members of the message itself. */
static void
add_kept (Encoder *encoder, JsonObject *message, JsonArray *content, const PurserPart *part)
{
  JsonObject *object = purser_json_object (part->json);
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  if (object == NULL || !is_own (part))
    {
      purser_encode_drop (encoder->options, "messages[].content");
      return;
    }
  if (json_object_has_member (object, "type"))
    {
      json_array_add_element (content, purser_json_copy (part->json));
      return;
    }
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &node))
    json_object_set_member (message, name, purser_json_copy (node));
}

static gboolean
add_assistant (Encoder *encoder, const PurserMessage *source, GError **error)
{
  g_autoptr(JsonArray) calls = json_array_new (), content = json_array_new ();
  g_autoptr(JsonObject) message = json_object_new ();
  g_autoptr(GString) refusal = g_string_new (NULL);
  json_object_set_string_member (message, "role", "assistant");
  json_object_set_null_member (message, "content");
  for (guint i = 0; i < source->parts->len; i++)
    {
      const PurserPart *part = g_ptr_array_index (source->parts, i);
      if (part->type == PURSER_PART_TOOL_CALL)
        json_array_add_object_element (calls, encode_call (encoder, part));
      else if (part->type == PURSER_PART_REFUSAL)
        g_string_append (refusal, part->text != NULL ? part->text : "");
      else if (part->type == PURSER_PART_OPAQUE)
        add_kept (encoder, message, content, part);
      else if (!purser_openai_content_add (encoder, content, part, error))
        return FALSE;
    }
  gboolean has_calls = json_array_get_length (calls) > 0;
  if (json_array_get_length (content) > 0)
    purser_openai_content_set (encoder, message, content);
  if (has_calls)
    json_object_set_array_member (message, "tool_calls", g_steal_pointer (&calls));
  if (refusal->len > 0)
    json_object_set_string_member (message, "refusal", refusal->str);
  if (json_array_get_length (content) == 0 && json_object_get_size (message) == 2)
    return TRUE; /* nothing but a role */
  add_thinking (encoder, message, source, has_calls);
  set_name (message, source);
  json_array_add_object_element (encoder->messages, g_steal_pointer (&message));
  return TRUE;
}

/* --- Results of tools --- */

/* The format takes only text in a result: the rest is named here and stands in the message after the results. */
static char *
result_text (const PurserPart *result, gboolean *beside)
{
  *beside = FALSE;
  if (result->parts == NULL)
    return purser_encode_result (result);
  g_autoptr(GString) text = g_string_new (result->is_error ? "Error: " : "");
  gsize start = text->len;
  for (guint i = 0; i < result->parts->len; i++)
    {
      const PurserPart *part = g_ptr_array_index (result->parts, i);
      gboolean text_part = purser_openai_content_is_text (part);
      const char *said = part->type == PURSER_PART_TEXT ? part->text : text_part ? part->data : NULL;
      *beside = *beside || !text_part;
      if (purser_is_set (said))
        g_string_append_printf (text, "%s%s", text->len > start ? "\n\n" : "", said);
    }
  if (*beside && text->len == start)
    g_string_append (text, "The result is attached in the next message.");
  return g_strdup (text->str);
}

/* One message per result; whatever else stood there waits until the results are all said. */
static void
add_results (Encoder *encoder, const PurserMessage *source)
{
  for (guint i = 0; i < source->parts->len; i++)
    {
      PurserPart *part = g_ptr_array_index (source->parts, i);
      if (part->type != PURSER_PART_TOOL_RESULT)
        {
          g_ptr_array_add (encoder->beside, part);
          continue;
        }
      gboolean beside;
      g_autofree char *text = result_text (part, &beside);
      JsonObject *message = purser_encode_message (encoder->messages, "tool");
      g_autoptr(JsonArray) content = json_array_new ();
      json_object_set_string_member (message, "tool_call_id", purser_call_ids_id (encoder->ids, part));
      purser_openai_content_text (content, text);
      purser_openai_content_mark (encoder, content, part);
      purser_openai_content_set (encoder, message, content);
      if (beside)
        g_ptr_array_add (encoder->beside, part);
    }
}

static gboolean
flush_beside (Encoder *encoder, GError **error)
{
  const PurserMessage message = { PURSER_ROLE_USER, encoder->beside, NULL };
  gboolean done = encoder->beside->len == 0 || add_plain_message (encoder, "user", &message, error);
  g_ptr_array_set_size (encoder->beside, 0);
  return done;
}

gboolean
purser_openai_chat_add_messages (PurserOpenaiChatEncoder *encoder, GError **error)
{
  static const char *const names[] = {
    [PURSER_ROLE_SYSTEM] = "system",
    [PURSER_ROLE_USER] = "user",
    [PURSER_ROLE_ASSISTANT] = "assistant",
    [PURSER_ROLE_TOOL] = "user",
  };
  for (guint i = 0; i < encoder->chat->messages->len; i++)
    {
      const PurserMessage *source = g_ptr_array_index (encoder->chat->messages, i);
      if (purser_encode_holds_result (source))
        {
          add_results (encoder, source);
          continue;
        }
      if (!flush_beside (encoder, error))
        return FALSE;
      const char *text = only_text (source);
      if (text != NULL)
        add_text_message (encoder, names[source->role], source, text);
      else if (source->role == PURSER_ROLE_ASSISTANT ? !add_assistant (encoder, source, error)
                                                     : !add_plain_message (encoder, names[source->role], source, error))
        return FALSE;
    }
  return flush_beside (encoder, error);
}
