/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-anthropic-decode.h"

#include <glib/gi18n-lib.h>

#include "purser-encode.h"
#include "purser-json-wire.h"

/* The talk: `system` and `messages`. */

static void
add_text (GPtrArray *parts, JsonNode *text)
{
  PurserPart *part = g_new0 (PurserPart, 1);
  part->type = PURSER_PART_TEXT;
  part->text = json_node_dup_string (text);
  g_ptr_array_add (parts, part);
}

static gboolean
decode_content (PurserAnthropicDecoder *decoder, JsonNode *node, GPtrArray *parts)
{
  JsonArray *blocks;
  if (node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    {
      add_text (parts, node);
      return TRUE;
    }
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return purser_anthropic_bad (decoder, "content", _("a text or a list of blocks is needed here."));
  blocks = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (blocks); i++)
    {
      decoder->block = i;
      if (!purser_anthropic_decode_block (decoder, json_array_get_element (blocks, i), parts))
        return FALSE;
    }
  decoder->block = -1;
  return TRUE;
}

/* Results of tools become a message of their own, before whatever else stood beside them. Takes MESSAGE. */
static void
add_message (PurserChat *chat, PurserMessage *message)
{
  if (!purser_encode_holds_result (message))
    {
      g_ptr_array_add (chat->messages, message);
      return;
    }
  PurserMessage *results = purser_chat_add_message (chat, PURSER_ROLE_TOOL),
                *beside = purser_message_new (message->role);
  gsize length;
  g_autofree gpointer *parts = g_ptr_array_steal (message->parts, &length);
  for (gsize i = 0; i < length; i++)
    g_ptr_array_add (((PurserPart *) parts[i])->type == PURSER_PART_TOOL_RESULT ? results->parts : beside->parts,
                     parts[i]);
  purser_message_free (message);
  if (beside->parts->len > 0)
    g_ptr_array_add (chat->messages, beside);
  else
    purser_message_free (beside);
}

static gboolean
decode_message (PurserAnthropicDecoder *decoder, JsonNode *node)
{
  static const struct
  {
    const char *word;
    PurserRole role;
  } roles[] = { { "user", PURSER_ROLE_USER },
                { "assistant", PURSER_ROLE_ASSISTANT },
                { "system", PURSER_ROLE_SYSTEM } };
  JsonObject *source = purser_json_object (node);
  const char *word = purser_json_string (source, "role");
  gsize role = 0;
  if (source == NULL)
    return purser_anthropic_bad (decoder, NULL, _("a message is an object with a role and content."));
  while (role < G_N_ELEMENTS (roles) && g_strcmp0 (roles[role].word, word) != 0)
    role++;
  if (role == G_N_ELEMENTS (roles))
    return purser_anthropic_bad (decoder, "role", _("it is either user, assistant or system."));
  PurserMessage *message = purser_message_new (roles[role].role);
  gboolean read = decode_content (decoder, purser_json_node (source, "content"), message->parts);
  if (read)
    add_message (decoder->chat, message);
  else
    purser_message_free (message);
  return read;
}

gboolean
purser_anthropic_decode_messages (PurserAnthropicDecoder *decoder, JsonObject *body, JsonNode *node)
{
  JsonArray *messages = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  gboolean read = TRUE;
  if (messages == NULL)
    return purser_anthropic_bad (decoder, "messages", _("a list of messages is needed here."));
  decoder->list = "messages";
  for (guint i = 0; read && i < json_array_get_length (messages); i++)
    {
      decoder->at = i;
      read = decode_message (decoder, json_array_get_element (messages, i));
    }
  decoder->list = NULL;
  return read;
}

/* One part a block: the first one often has to stay alone (PROVIDERS §8.2), and each may end a cached prefix. */
gboolean
purser_anthropic_decode_system (PurserAnthropicDecoder *decoder, JsonObject *body, JsonNode *node)
{
  JsonArray *blocks = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  PurserMessage *message = purser_chat_add_message (decoder->chat, PURSER_ROLE_SYSTEM);
  gboolean read = TRUE;
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    add_text (message->parts, node);
  else if (blocks == NULL)
    return purser_anthropic_bad (decoder, "system", _("a text or a list of text blocks is needed here."));
  decoder->list = "system";
  for (guint i = 0; blocks != NULL && read && i < json_array_get_length (blocks); i++)
    {
      decoder->at = i;
      read = purser_anthropic_decode_block (decoder, json_array_get_element (blocks, i), message->parts);
      if (read && ((PurserPart *) g_ptr_array_index (message->parts, i))->type != PURSER_PART_TEXT)
        read = purser_anthropic_bad (decoder, NULL, _("only text blocks stand here."));
    }
  decoder->list = NULL;
  return read;
}
