/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-responses.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-carry.h"
#include "purser-encode.h"
#include "purser-json-wire.h"

/* A caller's input: text, or items. Consecutive items of the assistant are one message, as are consecutive results.
 * Items that the neutral request has no place for (calls of built-in tools) stay as they came: only this dialect sends
 * them on. */

typedef struct
{
  PurserChat *chat;
  GError **error;
} Decoder;

static gboolean
is_text (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING;
}

static gboolean
is_said (JsonNode *node)
{
  return node != NULL && !JSON_NODE_HOLDS_NULL (node);
}

/* The message that the next item goes on with: the last one, if it is of the role. */
static PurserMessage *
going_on (PurserChat *chat, PurserRole role)
{
  PurserMessage *last = chat->messages->len > 0 ? g_ptr_array_index (chat->messages, chat->messages->len - 1) : NULL;
  return last != NULL && last->role == role ? last : purser_chat_add_message (chat, role);
}

static gboolean
take_message (Decoder *decoder, JsonNode *node, const char *where)
{
  static const struct
  {
    const char *word;
    PurserRole role;
  } roles[] = { { "user", PURSER_ROLE_USER },
                { "assistant", PURSER_ROLE_ASSISTANT },
                { "system", PURSER_ROLE_SYSTEM },
                { "developer", PURSER_ROLE_SYSTEM } };
  JsonObject *object = json_node_get_object (node);
  const char *word = purser_json_string (object, "role");
  const char *phase = purser_json_string (object, "phase"), *id = purser_json_string (object, "id");
  g_autofree char *place = g_strconcat (where, ".content", NULL);
  gsize i = 0;
  while (i < G_N_ELEMENTS (roles) && g_strcmp0 (roles[i].word, word) != 0)
    i++;
  if (i == G_N_ELEMENTS (roles))
    return purser_responses_bad (decoder->error, _("“%s.role” must be “user”, “assistant”, “system” or “developer”."),
                                 where);
  PurserMessage *message = roles[i].role == PURSER_ROLE_ASSISTANT
                               ? going_on (decoder->chat, PURSER_ROLE_ASSISTANT)
                               : purser_chat_add_message (decoder->chat, roles[i].role);
  guint before = message->parts->len;
  if (!purser_responses_content (message, purser_json_node (object, "content"), place, decoder->error))
    return FALSE;
  for (guint j = before; j < message->parts->len; j++)
    {
      PurserPart *part = g_ptr_array_index (message->parts, j);
      g_set_str (&part->phase, phase);
      g_set_str (&part->id, message->role == PURSER_ROLE_ASSISTANT ? id : NULL);
    }
  return TRUE;
}

static gboolean
take_call (Decoder *decoder, JsonNode *node, const char *where)
{
  JsonObject *object = json_node_get_object (node);
  gboolean custom = g_strcmp0 (purser_json_string (object, "type"), "custom_tool_call") == 0;
  JsonNode *input = purser_json_node (object, custom ? "input" : "arguments");
  const char *id = purser_json_string (object, "call_id"), *name = purser_json_string (object, "name");
  PurserMessage *message = going_on (decoder->chat, PURSER_ROLE_ASSISTANT);
  const char *space = purser_json_string (object, "namespace"), *bare;
  g_autofree char *full = space != NULL && name != NULL ? g_strdup_printf ("%s.%s", space, name) : NULL;
  if (is_said (purser_json_node (object, "namespace")) && purser_chat_spaced_tool (decoder->chat, full, &bare) == NULL)
    {
      purser_responses_keep (message, node); /* a namespace that is not described means something to its provider only */
      return TRUE;
    }
  if (id == NULL || name == NULL)
    return purser_responses_bad (decoder->error, _("“%s” must have a “call_id” and a “name”."), where);
  PurserPart *part = purser_message_add (message, PURSER_PART_TOOL_CALL, NULL);
  part->id = g_strdup (id);
  part->name = g_strdup (full != NULL ? full : name);
  part->custom = custom;
  if (is_said (input) && !is_text (input))
    part->json = purser_json_copy (input);
  else if (is_text (input) && !custom && *json_node_get_string (input) != 0)
    part->json = purser_json_parse (json_node_get_string (input), -1, NULL);
  if (is_text (input) && part->json == NULL && (custom || *json_node_get_string (input) != 0))
    part->text = json_node_dup_string (input);
  return TRUE;
}

/* Text, where it is no more than that. */
static gboolean
take_output (Decoder *decoder, PurserPart *part, JsonNode *output, const char *where)
{
  g_autofree char *place = g_strconcat (where, ".output", NULL);
  PurserMessage *holder = purser_message_new (PURSER_ROLE_TOOL);
  gboolean fine = purser_responses_content (holder, output, place, decoder->error);
  const PurserPart *only = holder->parts->len == 1 ? g_ptr_array_index (holder->parts, 0) : NULL;
  if (only != NULL && only->type == PURSER_PART_TEXT && only->cache == PURSER_CACHE_NONE)
    part->text = g_strdup (only->text);
  else
    part->parts = g_ptr_array_ref (holder->parts);
  purser_message_free (holder);
  return fine;
}

static gboolean
take_result (Decoder *decoder, JsonNode *node, const char *where)
{
  JsonObject *object = json_node_get_object (node);
  JsonNode *output = purser_json_node (object, "output");
  const char *id = purser_json_string (object, "call_id");
  if (id == NULL)
    return purser_responses_bad (decoder->error, _("“%s.call_id” must be text."), where);
  PurserPart *part = purser_message_add (going_on (decoder->chat, PURSER_ROLE_TOOL), PURSER_PART_TOOL_RESULT, NULL);
  part->id = g_strdup (id);
  part->custom = g_strcmp0 (purser_json_string (object, "type"), "custom_tool_call_output") == 0;
  if (output != NULL && JSON_NODE_HOLDS_ARRAY (output))
    return take_output (decoder, part, output, where);
  part->text = is_text (output)   ? json_node_dup_string (output)
               : is_said (output) ? purser_json_to_string (output, FALSE)
                                  : g_strdup ("");
  return TRUE;
}

static void
append_texts (GString *text, JsonArray *parts)
{
  for (guint i = 0; parts != NULL && i < json_array_get_length (parts); i++)
    {
      const char *more = purser_json_string (purser_json_object (json_array_get_element (parts, i)), "text");
      if (more == NULL || *more == 0)
        continue;
      if (text->len > 0)
        g_string_append (text, "\n\n");
      g_string_append (text, more);
    }
}

/* What purser-responses-write.c wrapped: a signature; redacted thinking; or the whole of what the provider had. */
static void
take_foreign (PurserPart *part, char *id, char *opaque)
{
  g_autofree char *kind = id, *text = opaque;
  g_autoptr(JsonNode) json = g_strcmp0 (kind, "json") == 0 ? purser_json_parse (text, -1, NULL) : NULL;
  if (purser_json_object (json) != NULL)
    {
      part->id = g_strdup (purser_json_string (purser_json_object (json), "id"));
      part->signature = g_strdup (purser_json_string (purser_json_object (json), "signature"));
      part->data = g_strdup (purser_json_string (purser_json_object (json), "data"));
      part->json = g_steal_pointer (&json);
    }
  else if (g_strcmp0 (kind, "redacted") == 0)
    part->data = g_steal_pointer (&text);
  else
    {
      part->id = g_steal_pointer (&kind);
      part->signature = g_steal_pointer (&text);
    }
}

static gboolean
take_reasoning (Decoder *decoder, JsonNode *node, const char *where)
{
  JsonObject *object = json_node_get_object (node);
  const char *opaque = purser_json_string (object, "encrypted_content");
  g_autoptr(GString) text = g_string_new (NULL);
  char *id, *carried;
  append_texts (text, purser_json_array (object, "summary"));
  append_texts (text, purser_json_array (object, "content"));
  PurserPart *part = purser_message_add (going_on (decoder->chat, PURSER_ROLE_ASSISTANT), PURSER_PART_THINKING,
                                         text->len > 0 ? text->str : NULL);
  if (purser_carry_unwrap (opaque, &part->dialect, &id, &carried))
    {
      take_foreign (part, id, carried);
      return TRUE;
    }
  part->dialect = g_strdup ("openai-responses");
  part->id = g_strdup (purser_json_string (object, "id"));
  part->signature = g_strdup (opaque);
  part->json = purser_json_copy (node);
  return TRUE;
}

static gboolean
refuse_reference (Decoder *decoder, JsonNode *node, const char *where)
{
  return purser_encode_refuse (decoder->error,
                               _("“%s” only names an earlier item (“item_reference”). Purser keeps no replies: send "
                                  "the "
                                  "items themselves, as with “store” set to false."),
                               where);
}

/* Calls are the assistant's, their results are not. */
static gboolean
take_other (Decoder *decoder, JsonNode *node, const char *where)
{
  const char *type = purser_json_string (json_node_get_object (node), "type");
  gboolean result = g_str_has_suffix (type, "_output") || g_str_equal (type, "mcp_approval_response");
  purser_responses_keep (going_on (decoder->chat, result ? PURSER_ROLE_TOOL : PURSER_ROLE_ASSISTANT), node);
  return TRUE;
}

static gboolean
take_item (Decoder *decoder, JsonNode *node, const char *where)
{
  static const struct
  {
    const char *type;
    gboolean (*take) (Decoder *, JsonNode *, const char *where);
  } types[] = {
    { "message", take_message },
    { "function_call", take_call },
    { "custom_tool_call", take_call },
    { "function_call_output", take_result },
    { "custom_tool_call_output", take_result },
    { "reasoning", take_reasoning },
    { "item_reference", refuse_reference },
  };
  JsonObject *object = purser_json_object (node);
  const char *type = purser_json_string (object, "type");
  if (object == NULL)
    return purser_responses_bad (decoder->error, _("“%s” must be an object."), where);
  if (type == NULL && purser_json_string (object, "role") != NULL)
    return take_message (decoder, node, where);
  if (type == NULL && purser_json_string (object, "id") != NULL)
    return refuse_reference (decoder, node, where);
  if (type == NULL)
    return purser_responses_bad (decoder->error, _("“%s” has neither a “type” nor a “role”."), where);
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i].type, type))
      return types[i].take (decoder, node, where);
  return take_other (decoder, node, where);
}

gboolean
purser_responses_decode_input (PurserChat *chat, JsonNode *input, GError **error)
{
  Decoder decoder = { chat, error };
  if (!is_said (input))
    return TRUE; /* instructions, a stored prompt or an earlier response may be all there is */
  if (is_text (input))
    {
      purser_chat_add_text (chat, PURSER_ROLE_USER, json_node_get_string (input));
      return TRUE;
    }
  if (!JSON_NODE_HOLDS_ARRAY (input))
    return purser_responses_bad (error, _("“%s” must be text or a list of items."), "input");
  JsonArray *items = json_node_get_array (input);
  for (guint i = 0; i < json_array_get_length (items); i++)
    {
      g_autofree char *where = g_strdup_printf ("input[%u]", i);
      if (!take_item (&decoder, json_array_get_element (items, i), where))
        return FALSE;
    }
  return TRUE;
}
