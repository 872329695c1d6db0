/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-bedrock-messages.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-bedrock-content.h"
#include "purser-encode-rest.h"
#include "purser-json-wire.h"

typedef struct
{
  const PurserEncodeOptions *options;
  PurserBedrockCache cache;
  PurserCallIds *ids;
  GHashTable *names; /* of documents */
  JsonArray *system, *messages; /* (unowned) */
  JsonArray *content; /* (unowned) (nullable): of the message that is open */
  const char *role; /* of that message */
  guint results; /* how many of its blocks are tool results and their marks: they come first */
} Encoder;

static void
add_text (JsonArray *content, const char *text)
{
  JsonObject *block = json_object_new ();
  json_object_set_string_member (block, "text", text);
  json_array_add_object_element (content, block);
}

gboolean
purser_bedrock_add_cache_point (JsonArray *array, PurserCacheMark mark, PurserBedrockCache cache)
{
  if (mark == PURSER_CACHE_NONE || !cache.points)
    return FALSE;
  JsonObject *block = json_object_new (), *point = json_object_new ();
  json_object_set_string_member (point, "type", "default");
  if (mark == PURSER_CACHE_LONG && cache.hour)
    json_object_set_string_member (point, "ttl", "1h");
  json_object_set_object_member (block, "cachePoint", point);
  json_array_add_object_element (array, block);
  return TRUE;
}

/* Roles have to take turns, so messages of one role in a row become one. */
static void
open_message (Encoder *encoder, const char *role)
{
  if (encoder->content != NULL && g_str_equal (encoder->role, role))
    return;
  encoder->role = role;
  encoder->content = json_array_new ();
  encoder->results = 0;
  json_object_set_array_member (purser_encode_message (encoder->messages, role), "content", encoder->content);
}

gboolean
purser_bedrock_takes_thinking (const PurserPart *part)
{
  return part->type == PURSER_PART_THINKING && (purser_is_set (part->signature) || purser_is_set (part->data))
         && (part->dialect == NULL || g_str_equal (part->dialect, "bedrock"));
}

/* Byte for byte, and only what a model behind Converse signed: another's signature would be refused. */
static void
add_thinking (Encoder *encoder, const PurserPart *part)
{
  if (!purser_bedrock_takes_thinking (part))
    {
      purser_encode_drop (encoder->options, "thinking");
      return;
    }
  JsonObject *block = json_object_new (), *content = json_object_new ();
  if (purser_is_set (part->data))
    json_object_set_string_member (content, "redactedContent", part->data);
  else
    {
      JsonObject *text = json_object_new ();
      json_object_set_string_member (text, "text", part->text ? part->text : "");
      json_object_set_string_member (text, "signature", part->signature);
      json_object_set_object_member (content, "reasoningText", text);
    }
  json_object_set_object_member (block, "reasoningContent", content);
  json_array_add_object_element (encoder->content, block);
}

/* Ids are held to the same letters as names; call and result are spelt alike. */
static char *
clean_id (Encoder *encoder, const PurserPart *part)
{
  const char *id = purser_call_ids_id (encoder->ids, part);
  return purser_tool_name_fit (purser_is_set (id) ? id : "call_0", PURSER_BEDROCK_LONGEST_NAME);
}

static void
add_call (Encoder *encoder, const PurserPart *part)
{
  g_autofree char *id = clean_id (encoder, part);
  g_autofree char *name = purser_tool_name_fit (part->name ? part->name : "", PURSER_BEDROCK_LONGEST_NAME);
  JsonObject *block = json_object_new (), *use = json_object_new ();
  json_object_set_string_member (use, "toolUseId", id);
  json_object_set_string_member (use, "name", name);
  json_object_set_member (use, "input", purser_encode_arguments (part));
  json_object_set_object_member (block, "toolUse", use);
  json_array_add_object_element (encoder->content, block);
}

static gboolean
add_object (JsonArray *content, JsonObject *block)
{
  if (block != NULL)
    json_array_add_object_element (content, block);
  return block != NULL;
}

static gboolean
add_opaque (Encoder *encoder, const PurserPart *part)
{
  if (part->json != NULL && g_strcmp0 (part->dialect, "bedrock") == 0)
    json_array_add_element (encoder->content, purser_json_copy (part->json));
  else
    purser_encode_drop (encoder->options, "provider blocks");
  return TRUE;
}

static gboolean
add_plain (JsonArray *content, const PurserPart *part)
{
  if (purser_is_set (part->text)) /* empty text blocks are refused */
    add_text (content, part->text);
  return TRUE;
}

/* What a message and a tool's result can both hold. */
static gboolean
add_shown (Encoder *encoder, JsonArray *content, const PurserPart *part, GError **error)
{
  if (part->type == PURSER_PART_IMAGE)
    return add_object (content, purser_bedrock_image (part, error));
  if (part->type == PURSER_PART_FILE)
    return add_object (content, purser_bedrock_document (part, encoder->names, error));
  return add_plain (content, part);
}

static gboolean
add_part (Encoder *encoder, const PurserPart *part, GError **error)
{
  purser_encode_drop_beside (encoder->options, part);
  switch (part->type)
    {
    case PURSER_PART_AUDIO:
      return add_object (encoder->content, purser_bedrock_audio (part, error));
    case PURSER_PART_TOOL_CALL:
      add_call (encoder, part);
      return TRUE;
    case PURSER_PART_THINKING:
      add_thinking (encoder, part);
      return TRUE;
    case PURSER_PART_OPAQUE:
      return add_opaque (encoder, part);
    case PURSER_PART_TOOL_RESULT:
      return TRUE; /* add_results() */
    case PURSER_PART_TEXT:
    case PURSER_PART_IMAGE:
    case PURSER_PART_FILE:
    case PURSER_PART_REFUSAL:
      return add_shown (encoder, encoder->content, part, error);
    }
  return TRUE;
}

static void
add_mark (Encoder *encoder, const PurserPart *part)
{
  guint length = json_array_get_length (encoder->content);
  if (length > 0 && part->type != PURSER_PART_TOOL_RESULT)
    purser_bedrock_add_cache_point (encoder->content, part->cache, encoder->cache);
}

static gboolean
insert_result (Encoder *encoder, const PurserPart *part, GError **error)
{
  g_autofree char *id = clean_id (encoder, part);
  JsonArray *content = json_array_new ();
  JsonObject *block = json_object_new (), *result = json_object_new ();
  gboolean taken = TRUE;
  json_object_set_string_member (result, "toolUseId", id);
  json_object_set_array_member (result, "content", content);
  if (part->is_error)
    json_object_set_string_member (result, "status", "error");
  json_object_set_object_member (block, "toolResult", result);
  json_array_add_object_element (encoder->content, block);
  encoder->results++;
  for (guint i = 0; part->parts != NULL && i < part->parts->len && taken; i++)
    taken = add_shown (encoder, content, g_ptr_array_index (part->parts, i), error);
  if (part->parts == NULL)
    add_plain (content, part);
  if (purser_bedrock_add_cache_point (encoder->content, part->cache, encoder->cache))
    encoder->results++;
  return taken;
}

/* All results of an assistant's calls stand in the one message after it, before anything else there. A JsonArray cannot
 * insert, so what already stands behind is taken off and put back. */
static gboolean
add_results (Encoder *encoder, const PurserMessage *source, GError **error)
{
  g_autoptr(GPtrArray) behind = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
  gboolean taken = TRUE;
  if (!purser_encode_holds_result (source))
    return TRUE;
  while (json_array_get_length (encoder->content) > encoder->results)
    {
      g_ptr_array_add (behind, json_array_dup_element (encoder->content, encoder->results));
      json_array_remove_element (encoder->content, encoder->results);
    }
  for (guint i = 0; i < source->parts->len && taken; i++)
    {
      const PurserPart *part = g_ptr_array_index (source->parts, i);
      if (part->type == PURSER_PART_TOOL_RESULT)
        taken = insert_result (encoder, part, error);
    }
  for (guint i = 0; i < behind->len; i++)
    json_array_add_element (encoder->content, json_node_ref (g_ptr_array_index (behind, i)));
  return taken;
}

static gboolean
add_message (Encoder *encoder, const PurserMessage *source, GError **error)
{
  open_message (encoder, source->role == PURSER_ROLE_ASSISTANT ? "assistant" : "user");
  if (!add_results (encoder, source, error))
    return FALSE;
  for (guint i = 0; i < source->parts->len; i++)
    {
      const PurserPart *part = g_ptr_array_index (source->parts, i);
      if (!add_part (encoder, part, error))
        return FALSE;
      add_mark (encoder, part);
    }
  return TRUE;
}

/* System text before the talk goes to `system`, one block a part; later it is a part of the user's: Converse has no such
 * role. */
static gboolean
add_system (Encoder *encoder, const PurserMessage *source, GError **error)
{
  JsonArray *content = encoder->system;
  if (json_array_get_length (encoder->messages) > 0)
    {
      open_message (encoder, "user");
      content = encoder->content;
    }
  for (guint i = 0; i < source->parts->len; i++)
    {
      const PurserPart *part = g_ptr_array_index (source->parts, i);
      if (part->type != PURSER_PART_TEXT)
        return purser_encode_refuse (error, _("Bedrock takes only text as system text. Put pictures and files into "
                                               "the user’s message."));
      if (!purser_is_set (part->text))
        continue;
      add_text (content, part->text);
      purser_bedrock_add_cache_point (content, part->cache, encoder->cache);
    }
  return TRUE;
}

/* A last assistant text must not be blank, nor end in blanks. */
static void
chomp_last (JsonArray *messages)
{
  guint length = json_array_get_length (messages);
  JsonObject *last = length > 0 ? json_array_get_object_element (messages, length - 1) : NULL;
  JsonArray *content = purser_json_array (last, "content");
  guint blocks = content != NULL ? json_array_get_length (content) : 0;
  JsonObject *block = blocks > 0 ? purser_json_object (json_array_get_element (content, blocks - 1)) : NULL;
  const char *text = purser_json_string (block, "text");
  if (text == NULL || g_strcmp0 (purser_json_string (last, "role"), "assistant") != 0)
    return;
  g_autofree char *chomped = g_strchomp (g_strdup (text));
  if (*chomped == 0)
    json_array_remove_element (content, blocks - 1);
  else
    json_object_set_string_member (block, "text", chomped);
}

/* Messages that nothing is left of are refused, so they go, and those beside them may meet. */
static JsonArray *
without_empty (JsonArray *messages)
{
  JsonArray *kept = json_array_new ();
  JsonArray *open = NULL;
  const char *role = NULL;
  for (guint i = 0; i < json_array_get_length (messages); i++)
    {
      JsonObject *message = json_array_get_object_element (messages, i);
      JsonArray *content = purser_json_array (message, "content");
      if (json_array_get_length (content) == 0)
        continue;
      if (open != NULL && g_strcmp0 (role, purser_json_string (message, "role")) == 0)
        for (guint j = 0; j < json_array_get_length (content); j++)
          json_array_add_element (open, json_array_dup_element (content, j));
      else
        {
          open = content;
          role = purser_json_string (message, "role");
          json_array_add_object_element (kept, json_object_ref (message));
        }
    }
  return kept;
}

/* One mark for the whole request caches as much of it as there is. */
static void
mark_end (JsonArray *messages, PurserCacheMark mark, PurserBedrockCache cache)
{
  guint length = json_array_get_length (messages);
  JsonObject *last = json_array_get_object_element (messages, length - 1);
  JsonArray *content = purser_json_array (last, "content");
  guint blocks = json_array_get_length (content);
  JsonObject *block = purser_json_object (json_array_get_element (content, blocks - 1));
  if (g_strcmp0 (purser_json_string (last, "role"), "user") == 0 && purser_json_node (block, "cachePoint") == NULL)
    purser_bedrock_add_cache_point (content, mark, cache);
}

gboolean
purser_bedrock_add_messages (JsonObject *body,
                             const PurserChat *chat,
                             const PurserEncodeOptions *options,
                             PurserBedrockCache cache,
                             const char *told,
                             GError **error)
{
  g_autoptr(PurserCallIds) ids = purser_call_ids_new (chat);
  g_autoptr(GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(JsonArray) system = json_array_new (), all = json_array_new ();
  Encoder encoder = { options, cache, ids, names, system, all, NULL, NULL, 0 };
  for (guint i = 0; i < chat->messages->len; i++)
    {
      const PurserMessage *source = g_ptr_array_index (chat->messages, i);
      if (source->role == PURSER_ROLE_SYSTEM ? !add_system (&encoder, source, error)
                                             : !add_message (&encoder, source, error))
        return FALSE;
    }
  if (told != NULL)
    add_text (system, told);
  chomp_last (all);
  g_autoptr(JsonArray) messages = without_empty (all);
  if (json_array_get_length (messages) == 0)
    return purser_encode_refuse (error, _("Bedrock’s models answer a message; the request has only system text."));
  mark_end (messages, chat->cache, cache);
  if (json_array_get_length (system) > 0)
    json_object_set_array_member (body, "system", json_array_ref (system));
  json_object_set_array_member (body, "messages", json_array_ref (messages));
  return TRUE;
}
