/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-chat.h"

#include <math.h>
#include <string.h>

#include "purser-json.h"

/* What an image costs differs tenfold between models; this is the middle of what they charge for an ordinary one. */
#define TOKENS_PER_IMAGE 1000
#define TOKENS_PER_MESSAGE 4

void
purser_part_free (PurserPart *part)
{
  if (part == NULL)
    return;
  g_free (part->text);
  g_free (part->media_type);
  g_free (part->data);
  g_free (part->url);
  g_free (part->id);
  g_free (part->name);
  g_free (part->signature);
  g_free (part->detail);
  g_free (part->dialect);
  g_free (part->phase);
  g_clear_pointer (&part->parts, g_ptr_array_unref);
  g_clear_pointer (&part->json, json_node_unref);
  g_free (part);
}

void
purser_message_free (PurserMessage *message)
{
  if (message == NULL)
    return;
  g_clear_pointer (&message->parts, g_ptr_array_unref);
  g_free (message->name);
  g_free (message);
}

void
purser_tool_free (PurserTool *tool)
{
  if (tool == NULL)
    return;
  g_free (tool->name);
  g_free (tool->description);
  g_free (tool->space);
  g_clear_pointer (&tool->schema, json_node_unref);
  g_clear_pointer (&tool->native, json_node_unref);
  g_free (tool);
}

/**
 * purser_chat_new:
 *
 * A request that says nothing yet: fill the fields, then hand it out and change it no more.
 *
 * Returns: (transfer full): the request
 */
PurserChat *
purser_chat_new (void)
{
  PurserChat *chat = g_new0 (PurserChat, 1);
  g_atomic_ref_count_init (&chat->refs);
  chat->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_message_free);
  chat->tools = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_tool_free);
  chat->max_tokens = -1;
  chat->temperature = NAN;
  chat->top_p = NAN;
  chat->seed = -1;
  chat->top_k = -1;
  chat->frequency_penalty = NAN;
  chat->presence_penalty = NAN;
  chat->thinking_budget = -1;
  chat->logprobs = -1;
  return chat;
}

/**
 * purser_chat_new_text:
 * @system: (nullable): what the model is told before
 * @user: the question
 *
 * Returns: (transfer full): the usual one-turn request
 */
PurserChat *
purser_chat_new_text (const char *system, const char *user)
{
  PurserChat *chat = purser_chat_new ();
  if (system != NULL && *system != 0)
    purser_chat_add_text (chat, PURSER_ROLE_SYSTEM, system);
  purser_chat_add_text (chat, PURSER_ROLE_USER, user);
  return chat;
}

/**
 * purser_message_new:
 *
 * Returns: (transfer full): a message without parts
 */
PurserMessage *
purser_message_new (PurserRole role)
{
  PurserMessage *message = g_new0 (PurserMessage, 1);
  message->role = role;
  message->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_part_free);
  return message;
}

/**
 * purser_chat_add_message:
 *
 * Adds a message without parts. Only while the request is being built.
 *
 * Returns: (transfer none): the message
 */
PurserMessage *
purser_chat_add_message (PurserChat *chat, PurserRole role)
{
  PurserMessage *message = purser_message_new (role);
  g_ptr_array_add (chat->messages, message);
  return message;
}

/**
 * purser_message_add:
 * @text: (nullable): the part's text
 *
 * Adds a part. Only while the request is being built.
 *
 * Returns: (transfer none): the part
 */
PurserPart *
purser_message_add (PurserMessage *message, PurserPartType type, const char *text)
{
  PurserPart *part = g_new0 (PurserPart, 1);
  part->type = type;
  part->text = g_strdup (text);
  g_ptr_array_add (message->parts, part);
  return part;
}

/**
 * purser_chat_add_text:
 *
 * Adds a message of one text part. Only while the request is being built.
 */
void
purser_chat_add_text (PurserChat *chat, PurserRole role, const char *text)
{
  purser_message_add (purser_chat_add_message (chat, role), PURSER_PART_TEXT, text);
}

PurserChat *
purser_chat_ref (PurserChat *chat)
{
  g_atomic_ref_count_inc (&chat->refs);
  return chat;
}

void
purser_chat_unref (PurserChat *chat)
{
  if (chat == NULL || !g_atomic_ref_count_dec (&chat->refs))
    return;
  g_ptr_array_unref (chat->messages);
  g_ptr_array_unref (chat->tools);
  g_clear_pointer (&chat->spaces, g_ptr_array_unref);
  g_free (chat->tool_choice);
  g_strfreev (chat->stop);
  g_clear_pointer (&chat->schema, json_node_unref);
  g_free (chat->effort);
  g_free (chat->dialect);
  g_clear_pointer (&chat->raw, g_bytes_unref);
  g_free (chat->model);
  g_free (chat->thinking);
  g_free (chat->thinking_display);
  g_free (chat->schema_name);
  g_free (chat->verbosity);
  g_free (chat->service_tier);
  g_free (chat->user);
  g_free (chat->cache_key);
  g_clear_pointer (&chat->metadata, json_node_unref);
  g_clear_pointer (&chat->native, json_object_unref);
  g_free (chat);
}

static gsize
json_bytes (JsonNode *node)
{
  g_autofree char *text = node != NULL ? purser_json_to_string (node, FALSE) : NULL;
  return text != NULL ? strlen (text) : 0;
}

static gsize
text_bytes (const char *text)
{
  return text != NULL ? strlen (text) : 0;
}

static gsize
part_bytes (const PurserPart *part)
{
  if (part->type == PURSER_PART_IMAGE)
    return TOKENS_PER_IMAGE * 4;
  gsize bytes = text_bytes (part->text) + text_bytes (part->name) + json_bytes (part->json);
  if (part->type == PURSER_PART_FILE || part->type == PURSER_PART_AUDIO)
    bytes += text_bytes (part->data) * 3 / 4; /* base64 */
  for (guint i = 0; part->parts != NULL && i < part->parts->len; i++)
    bytes += part_bytes (g_ptr_array_index (part->parts, i));
  return bytes;
}

/**
 * purser_chat_estimate_tokens:
 *
 * A rough local estimate, about four bytes a token, for reservations and for counts that a provider left out.
 *
 * Returns: the tokens, at least 1
 */
gint64
purser_chat_estimate_tokens (const PurserChat *chat)
{
  if (chat->undecoded && !chat->embeddings)
    return MAX (chat->estimate, 1);
  gsize bytes = json_bytes (chat->schema);
  if (chat->embeddings && chat->raw != NULL)
    bytes += g_bytes_get_size (chat->raw);
  for (guint i = 0; i < chat->messages->len; i++)
    {
      const PurserMessage *message = g_ptr_array_index (chat->messages, i);
      bytes += TOKENS_PER_MESSAGE * 4;
      for (guint j = 0; j < message->parts->len; j++)
        bytes += part_bytes (g_ptr_array_index (message->parts, j));
    }
  for (guint i = 0; i < chat->tools->len; i++)
    {
      const PurserTool *tool = g_ptr_array_index (chat->tools, i);
      bytes += text_bytes (tool->name) + text_bytes (tool->description) + json_bytes (tool->schema)
               + json_bytes (tool->native);
    }
  return MAX ((gint64) (bytes / 4), 1);
}
