/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-responses.h"

#include <glib/gi18n-lib.h>

#include "purser-encode-rest.h"
#include "purser-encode.h"
#include "purser-json-wire.h"

/* A conversation as items (PROVIDERS §3.1, §4.8). What becomes of what:
 *
 *   the leading system text     `instructions`, unless it carries a cache mark; later ones are items of role system
 *   one text alone              a string; several parts a list
 *   an assistant's texts        one item; another begins where the phase or the item changes
 *   thinking                    a reasoning item, only where it is this dialect's own, and only with something after it:
 *                               a reasoning item alone is refused (§4.8). Without its encrypted state only as the caller
 *                               himself had it
 *   ids of items                left out, but for reasoning: an item with an id wants its reasoning beside it
 *   a result that is an error   its text begins with "Error: "
 *   a file that is text         its text
 *   audio                       refused: the provider refuses it
 */

typedef struct
{
  const PurserChat *chat;
  const PurserEncodeOptions *options;
  PurserCallIds *ids;
  GHashTable *custom; /* ids of calls of free-form tools (unowned) */
  JsonArray *items; /* (unowned) */
  gboolean breakpoints;
} Encoder;

static gboolean
is_own (const char *dialect)
{
  return g_strcmp0 (dialect, "openai-responses") == 0;
}

static gboolean
add_message (Encoder *encoder, const PurserMessage *source, GError **error)
{
  g_autoptr(JsonArray) content = json_array_new ();
  for (guint i = 0; i < source->parts->len; i++)
    if (!purser_responses_add_part (encoder->options, encoder->breakpoints, content,
                                    g_ptr_array_index (source->parts, i), error))
      return FALSE;
  if (json_array_get_length (content) == 0)
    return TRUE;
  JsonObject *message = purser_responses_add_object (encoder->items, NULL);
  json_object_set_string_member (message, "role", source->role == PURSER_ROLE_SYSTEM ? "system" : "user");
  purser_responses_take_content (message, "content", content);
  return TRUE;
}

/* --- The assistant's items --- */

static gboolean
says_something (const PurserPart *part)
{
  gboolean text = part->type == PURSER_PART_TEXT || part->type == PURSER_PART_REFUSAL;
  return part->type == PURSER_PART_TOOL_CALL || (text && part->text != NULL && *part->text != 0)
         || (part->type == PURSER_PART_OPAQUE && is_own (part->dialect));
}

/* Reasoning counts only in front of what it led to. */
static gboolean
is_followed (const GPtrArray *parts, guint at)
{
  for (guint i = at + 1; i < parts->len; i++)
    if (says_something (g_ptr_array_index (parts, i)))
      return TRUE;
  return FALSE;
}

static void
add_reasoning (Encoder *encoder, const GPtrArray *parts, guint at)
{
  const PurserPart *part = g_ptr_array_index (parts, at);
  const char *told = purser_json_string (purser_json_object (part->json), "type");
  gboolean as_it_came = g_strcmp0 (told, "reasoning") == 0;
  if (!is_own (part->dialect) || !is_followed (parts, at) || (!as_it_came && part->signature == NULL))
    {
      purser_encode_drop (encoder->options, "thinking");
      return;
    }
  if (as_it_came)
    {
      json_array_add_element (encoder->items, purser_json_copy (part->json));
      return;
    }
  JsonObject *item = purser_responses_add_object (encoder->items, "reasoning");
  JsonArray *summary = json_array_new ();
  if (part->id != NULL)
    json_object_set_string_member (item, "id", part->id);
  if (part->text != NULL && *part->text != 0)
    purser_responses_add_text (summary, "summary_text", part->text);
  json_object_set_array_member (item, "summary", summary);
  json_object_set_string_member (item, "encrypted_content", part->signature);
}

/* Every text from AT on that belongs to the same item; returns where the next part is. */
static guint
add_texts (Encoder *encoder, const GPtrArray *parts, guint at)
{
  const PurserPart *first = g_ptr_array_index (parts, at);
  g_autoptr(JsonArray) content = json_array_new ();
  for (; at < parts->len; at++)
    {
      const PurserPart *part = g_ptr_array_index (parts, at);
      if ((part->type != PURSER_PART_TEXT && part->type != PURSER_PART_REFUSAL)
          || g_strcmp0 (part->phase, first->phase) != 0 || g_strcmp0 (part->id, first->id) != 0)
        break;
      if (!says_something (part))
        continue;
      if (part->type == PURSER_PART_TEXT)
        purser_responses_add_text (content, "output_text", part->text);
      else
        json_object_set_string_member (purser_responses_add_object (content, "refusal"), "refusal", part->text);
      if (part->type == PURSER_PART_TEXT && is_own (encoder->chat->dialect) && part->json != NULL)
        json_object_set_member (json_array_get_object_element (content, json_array_get_length (content) - 1),
                                "annotations", purser_json_copy (part->json));
    }
  if (json_array_get_length (content) == 0)
    return at;
  JsonObject *message = purser_responses_add_object (encoder->items, NULL);
  json_object_set_string_member (message, "role", "assistant");
  if (first->phase != NULL)
    json_object_set_string_member (message, "phase", first->phase);
  purser_responses_take_content (message, "content", content);
  return at;
}

static void
add_call (Encoder *encoder, const PurserPart *part)
{
  JsonObject *call = purser_responses_add_object (encoder->items, part->custom ? "custom_tool_call" : "function_call");
  const char *bare = part->name;
  const PurserTool *spaced = purser_chat_spaced_tool (encoder->chat, part->name, &bare);
  g_autofree char *name = purser_tool_name_fit (bare != NULL ? bare : "", 64);
  g_autofree char *arguments = NULL;
  if (spaced != NULL)
    json_object_set_string_member (call, "namespace", spaced->space);
  if (!part->custom)
    {
      /* Text that is no JSON stays as it is: the format holds text here. */
      gboolean loose = part->json == NULL && part->text != NULL && *part->text != 0;
      g_autoptr(JsonNode) json = loose ? NULL : purser_encode_arguments (part);
      arguments = loose ? g_strdup (part->text) : purser_json_to_string (json, FALSE);
    }
  json_object_set_string_member (call, "call_id", purser_call_ids_id (encoder->ids, part));
  json_object_set_string_member (call, "name", name);
  json_object_set_string_member (call, part->custom ? "input" : "arguments",
                                 part->custom ? (part->text != NULL ? part->text : "") : arguments);
}

static gboolean
add_assistant (Encoder *encoder, const PurserMessage *source, GError **error)
{
  guint i = 0;
  while (i < source->parts->len)
    {
      const PurserPart *part = g_ptr_array_index (source->parts, i);
      if (part->type == PURSER_PART_TEXT || part->type == PURSER_PART_REFUSAL)
        {
          i = add_texts (encoder, source->parts, i);
          continue;
        }
      if (part->type == PURSER_PART_THINKING)
        add_reasoning (encoder, source->parts, i);
      else if (part->type == PURSER_PART_TOOL_CALL)
        add_call (encoder, part);
      else if (part->type == PURSER_PART_OPAQUE && is_own (part->dialect) && part->json != NULL)
        json_array_add_element (encoder->items, purser_json_copy (part->json));
      else if (part->type == PURSER_PART_OPAQUE)
        purser_encode_drop (encoder->options, "server_tool_use");
      else
        return purser_encode_refuse (error,
                                     _("The history holds a picture, file or recording that the model is said to "
                                        "have made. Responses has no place for it: leave it out."));
      i++;
    }
  return TRUE;
}

/* --- Results --- */

static gboolean
add_result (Encoder *encoder, const PurserPart *part, GError **error)
{
  const char *id = purser_call_ids_id (encoder->ids, part);
  gboolean custom = part->custom || g_hash_table_contains (encoder->custom, id);
  g_autoptr(JsonArray) content = json_array_new ();
  JsonObject *item =
      purser_responses_add_object (encoder->items, custom ? "custom_tool_call_output" : "function_call_output");
  json_object_set_string_member (item, "call_id", id);
  if (part->parts == NULL)
    {
      g_autofree char *text = purser_encode_result (part);
      json_object_set_string_member (item, "output", text);
      return TRUE;
    }
  if (part->is_error)
    purser_responses_add_text (content, "input_text", "Error: ");
  for (guint i = 0; i < part->parts->len; i++)
    if (!purser_responses_add_part (encoder->options, encoder->breakpoints, content, g_ptr_array_index (part->parts, i),
                                    error))
      return FALSE;
  if (json_array_get_length (content) == 0)
    json_object_set_string_member (item, "output", "");
  else
    purser_responses_take_content (item, "output", content);
  return TRUE;
}

/* Results first; whatever else stood there follows as the user's own. */
static gboolean
add_results (Encoder *encoder, const PurserMessage *source, GError **error)
{
  g_autoptr(GPtrArray) others = g_ptr_array_new ();
  PurserMessage beside = { PURSER_ROLE_USER, others, NULL };
  for (guint i = 0; i < source->parts->len; i++)
    {
      PurserPart *part = g_ptr_array_index (source->parts, i);
      gboolean item = part->type == PURSER_PART_OPAQUE && is_own (part->dialect) && part->json != NULL
                      && source->role == PURSER_ROLE_TOOL;
      if (part->type == PURSER_PART_TOOL_RESULT && !add_result (encoder, part, error))
        return FALSE;
      if (item)
        json_array_add_element (encoder->items, purser_json_copy (part->json));
      else if (part->type != PURSER_PART_TOOL_RESULT)
        g_ptr_array_add (others, part);
    }
  return add_message (encoder, &beside, error);
}

static void
note_custom_calls (Encoder *encoder)
{
  for (guint i = 0; i < encoder->chat->messages->len; i++)
    {
      const PurserMessage *message = g_ptr_array_index (encoder->chat->messages, i);
      for (guint j = 0; j < message->parts->len; j++)
        {
          const PurserPart *part = g_ptr_array_index (message->parts, j);
          if (part->type == PURSER_PART_TOOL_CALL && part->custom)
            g_hash_table_add (encoder->custom, (gpointer) purser_call_ids_id (encoder->ids, part));
        }
    }
}

/* The first message, where it is nothing but system text that needs no mark. */
static char *
take_instructions (const PurserChat *chat, gboolean breakpoints)
{
  const PurserMessage *first = g_ptr_array_index (chat->messages, 0);
  if (first->role != PURSER_ROLE_SYSTEM || chat->messages->len == 1)
    return NULL;
  for (guint i = 0; i < first->parts->len; i++)
    {
      const PurserPart *part = g_ptr_array_index (first->parts, i);
      if (part->type != PURSER_PART_TEXT || (breakpoints && part->cache != PURSER_CACHE_NONE))
        return NULL;
    }
  return purser_encode_text (first->parts);
}

/* Instructions alone are nothing to answer to. */
static gboolean
ensure_input (Encoder *encoder, char **instructions, GError **error)
{
  if (json_array_get_length (encoder->items) > 0)
    return TRUE;
  if (*instructions == NULL || **instructions == 0)
    return purser_encode_refuse (error, _("There is nothing to send: the request has no message."));
  JsonObject *message = purser_responses_add_object (encoder->items, NULL);
  json_object_set_string_member (message, "role", "system");
  json_object_set_string_member (message, "content", *instructions);
  g_clear_pointer (instructions, g_free);
  return TRUE;
}

JsonArray *
purser_responses_input (const PurserChat *chat,
                        const PurserEncodeOptions *options,
                        gboolean breakpoints,
                        char **instructions,
                        GError **error)
{
  g_autoptr(PurserCallIds) ids = purser_call_ids_new (chat);
  g_autoptr(GHashTable) custom = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(JsonArray) items = json_array_new ();
  Encoder encoder = { chat, options, ids, custom, items, breakpoints };
  gboolean fine = TRUE;
  note_custom_calls (&encoder);
  *instructions = take_instructions (chat, breakpoints);
  for (guint i = *instructions != NULL; i < chat->messages->len && fine; i++)
    {
      const PurserMessage *source = g_ptr_array_index (chat->messages, i);
      fine = purser_encode_holds_result (source) || source->role == PURSER_ROLE_TOOL
                 ? add_results (&encoder, source, error)
             : source->role == PURSER_ROLE_ASSISTANT ? add_assistant (&encoder, source, error)
                                                     : add_message (&encoder, source, error);
    }
  if (!fine || !ensure_input (&encoder, instructions, error))
    return NULL;
  return g_steal_pointer (&items);
}
