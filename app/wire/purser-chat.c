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
  g_clear_pointer (&part->json, json_node_unref);
  g_free (part);
}

void
purser_message_free (PurserMessage *message)
{
  if (message == NULL)
    return;
  g_clear_pointer (&message->parts, g_ptr_array_unref);
  g_free (message);
}

void
purser_tool_free (PurserTool *tool)
{
  if (tool == NULL)
    return;
  g_free (tool->name);
  g_free (tool->description);
  g_clear_pointer (&tool->schema, json_node_unref);
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
 * purser_chat_add_text:
 *
 * Adds a message of one text part. Only while the request is being built.
 */
void
purser_chat_add_text (PurserChat *chat, PurserRole role, const char *text)
{
  PurserMessage *message = g_new0 (PurserMessage, 1);
  PurserPart *part = g_new0 (PurserPart, 1);
  part->type = PURSER_PART_TEXT;
  part->text = g_strdup (text);
  message->role = role;
  message->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_part_free);
  g_ptr_array_add (message->parts, part);
  g_ptr_array_add (chat->messages, message);
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
  g_free (chat->tool_choice);
  g_strfreev (chat->stop);
  g_clear_pointer (&chat->schema, json_node_unref);
  g_free (chat->effort);
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
  if (part->type == PURSER_PART_FILE)
    bytes += text_bytes (part->data) * 3 / 4; /* base64 */
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
  gsize bytes = json_bytes (chat->schema);
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
      bytes += text_bytes (tool->name) + text_bytes (tool->description) + json_bytes (tool->schema);
    }
  return MAX ((gint64) (bytes / 4), 1);
}
