/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-anthropic-messages.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-json-wire.h"

typedef struct
{
  const PurserAnthropicRule *rule;
  PurserCallIds *ids;
  JsonArray     *system, *messages; /* (unowned) */
  JsonArray     *content;           /* (unowned) (nullable): of the message that is open */
  const char    *role;              /* of that message */
  guint          results;           /* how many of its blocks are tool results: they come first */
} Encoder;

static gboolean
is_set (const char *text)
{
  return text != NULL && *text != 0;
}

static JsonObject *
text_block (const char *text)
{
  JsonObject *block = json_object_new ();
  json_object_set_string_member (block, "type", "text");
  json_object_set_string_member (block, "text", text);
  return block;
}

/* Messages of one role in a row become one, as Anthropic would merge them itself. */
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

static JsonObject *
source_object (const char *type, const char *media_type, const char *member, const char *value)
{
  JsonObject *source = json_object_new ();
  json_object_set_string_member (source, "type", type);
  if (media_type != NULL)
    json_object_set_string_member (source, "media_type", media_type);
  json_object_set_string_member (source, member, value);
  return source;
}

static gboolean
add_image (Encoder *encoder, const PurserPart *part, GError **error)
{
  static const char *const types[] = { "image/jpeg", "image/png", "image/gif", "image/webp", NULL };
  JsonObject *block;
  if (part->data != NULL && (part->media_type == NULL || !g_strv_contains (types, part->media_type)))
    return purser_encode_refuse (error, _("Anthropic takes images as JPEG, PNG, GIF or WebP, not %s."),
                                 part->media_type ? part->media_type : _("of an unnamed type"));
  if (part->data == NULL && part->url == NULL)
    return purser_encode_refuse (error, _("An image in the request has neither data nor an address."));
  block = json_object_new ();
  json_object_set_string_member (block, "type", "image");
  json_object_set_object_member (block, "source",
                                 part->data ? source_object ("base64", part->media_type, "data", part->data)
                                            : source_object ("url", NULL, "url", part->url));
  json_array_add_object_element (encoder->content, block);
  return TRUE;
}

/* Plain text goes as text: the base64 form is for PDF only. */
static JsonObject *
text_source (const PurserPart *part)
{
  gsize length;
  g_autofree guchar *bytes = g_base64_decode (part->data, &length);
  g_autofree char *text = g_utf8_make_valid ((const char *) bytes, length);
  return source_object ("text", "text/plain", "data", text);
}

static gboolean
add_file (Encoder *encoder, const PurserPart *part, GError **error)
{
  gboolean pdf = g_strcmp0 (part->media_type, "application/pdf") == 0;
  gboolean text = part->media_type != NULL && g_str_has_prefix (part->media_type, "text/");
  JsonObject *source = NULL, *block;
  if (part->data != NULL && pdf)
    source = source_object ("base64", "application/pdf", "data", part->data);
  else if (part->data != NULL && text)
    source = text_source (part);
  else if (part->data == NULL && part->url != NULL)
    source = source_object ("url", NULL, "url", part->url);
  if (source == NULL)
    return purser_encode_refuse (error, _("Anthropic takes files as PDF or plain text, not %s."),
                                 part->media_type ? part->media_type : _("of an unnamed type"));
  block = json_object_new ();
  json_object_set_string_member (block, "type", "document");
  json_object_set_object_member (block, "source", source);
  if (is_set (part->name))
    json_object_set_string_member (block, "title", part->name);
  json_array_add_object_element (encoder->content, block);
  return TRUE;
}

/* Ids must match ^[a-zA-Z0-9_-]+$; others' are made to, call and result alike. */
static char *
clean_id (const char *id)
{
  char *clean = g_strdup (is_set (id) ? id : "call_0");
  for (char *p = clean; *p != 0; p++)
    if (!g_ascii_isalnum (*p) && *p != '_' && *p != '-')
      *p = '_';
  return clean;
}

static void
add_call (Encoder *encoder, const PurserPart *part)
{
  g_autofree char *id = clean_id (purser_call_ids_id (encoder->ids, part));
  JsonObject *block = json_object_new ();
  json_object_set_string_member (block, "type", "tool_use");
  json_object_set_string_member (block, "id", id);
  json_object_set_string_member (block, "name", part->name ? part->name : "");
  json_object_set_member (block, "input", purser_encode_arguments (part));
  json_array_add_object_element (encoder->content, block);
}

/* Thinking goes back byte for byte, and only what Anthropic signed: other providers' thinking has no signature, and
 * would be refused. */
static void
add_thinking (Encoder *encoder, const PurserPart *part)
{
  JsonObject *block;
  if (!is_set (part->data) && !is_set (part->signature))
    return;
  block = json_object_new ();
  if (is_set (part->data))
    {
      json_object_set_string_member (block, "type", "redacted_thinking");
      json_object_set_string_member (block, "data", part->data);
    }
  else
    {
      json_object_set_string_member (block, "type", "thinking");
      json_object_set_string_member (block, "thinking", part->text ? part->text : "");
      json_object_set_string_member (block, "signature", part->signature);
    }
  json_array_add_object_element (encoder->content, block);
}

static gboolean
add_part (Encoder *encoder, const PurserPart *part, GError **error)
{
  switch (part->type)
    {
    case PURSER_PART_TEXT:
      if (is_set (part->text)) /* empty text blocks are refused */
        json_array_add_object_element (encoder->content, text_block (part->text));
      return TRUE;
    case PURSER_PART_IMAGE:
      return add_image (encoder, part, error);
    case PURSER_PART_FILE:
      return add_file (encoder, part, error);
    case PURSER_PART_TOOL_CALL:
      add_call (encoder, part);
      return TRUE;
    case PURSER_PART_THINKING:
      add_thinking (encoder, part);
      return TRUE;
    case PURSER_PART_TOOL_RESULT:
      return TRUE; /* add_results() */
    }
  return TRUE;
}

static void
insert_result (Encoder *encoder, const PurserPart *part)
{
  g_autofree char *id = clean_id (purser_call_ids_id (encoder->ids, part));
  JsonObject *block = json_object_new ();
  json_object_set_string_member (block, "type", "tool_result");
  json_object_set_string_member (block, "tool_use_id", id);
  if (is_set (part->text))
    json_object_set_string_member (block, "content", part->text);
  if (part->is_error)
    json_object_set_boolean_member (block, "is_error", TRUE);
  json_array_add_object_element (encoder->content, block);
  encoder->results++;
}

/* All results of an assistant's calls stand in the one message after it, before anything else there (PROVIDERS §3.2). A
 * JsonArray cannot insert, so what already stands behind is taken off and put back. */
static void
add_results (Encoder *encoder, const PurserMessage *source)
{
  g_autoptr(GPtrArray) behind = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
  while (json_array_get_length (encoder->content) > encoder->results)
    {
      g_ptr_array_add (behind, json_array_dup_element (encoder->content, encoder->results));
      json_array_remove_element (encoder->content, encoder->results);
    }
  for (guint i = 0; i < source->parts->len; i++)
    {
      const PurserPart *part = g_ptr_array_index (source->parts, i);
      if (part->type == PURSER_PART_TOOL_RESULT)
        insert_result (encoder, part);
    }
  for (guint i = 0; i < behind->len; i++)
    json_array_add_element (encoder->content, json_node_ref (g_ptr_array_index (behind, i)));
}

static gboolean
add_message (Encoder *encoder, const PurserMessage *source, GError **error)
{
  open_message (encoder, source->role == PURSER_ROLE_ASSISTANT ? "assistant" : "user");
  add_results (encoder, source);
  for (guint i = 0; i < source->parts->len; i++)
    if (!add_part (encoder, g_ptr_array_index (source->parts, i), error))
      return FALSE;
  return TRUE;
}

/* System text before the talk goes to `system`, one block a part; later it is a message of its own where the model
 * knows that, else a part of the user's. */
static void
add_system (Encoder *encoder, const PurserMessage *source)
{
  JsonArray *content = encoder->system;
  if (encoder->messages != NULL && json_array_get_length (encoder->messages) > 0)
    {
      open_message (encoder, encoder->rule->system_later ? "system" : "user");
      content = encoder->content;
    }
  for (guint i = 0; i < source->parts->len; i++)
    {
      const PurserPart *part = g_ptr_array_index (source->parts, i);
      if (part->type == PURSER_PART_TEXT && is_set (part->text))
        json_array_add_object_element (content, text_block (part->text));
    }
}

static gboolean
all_blank (const char *text)
{
  return strspn (text, " \t\r\n") == strlen (text);
}

/* A last assistant text must not be blank, nor end in blanks. Messages that nothing is left of are refused, so they go.
 */
static void
tidy (JsonArray *messages)
{
  guint length = json_array_get_length (messages);
  JsonObject *last = length > 0 ? json_array_get_object_element (messages, length - 1) : NULL;
  if (g_strcmp0 (purser_json_string (last, "role"), "assistant") == 0)
    {
      JsonArray *content = purser_json_array (last, "content");
      guint blocks = json_array_get_length (content);
      JsonObject *block = blocks > 0 ? json_array_get_object_element (content, blocks - 1) : NULL;
      const char *text = purser_json_string (block, "text");
      if (text != NULL && all_blank (text))
        json_array_remove_element (content, blocks - 1);
      else if (text != NULL)
        {
          g_autofree char *chomped = g_strchomp (g_strdup (text));
          json_object_set_string_member (block, "text", chomped);
        }
    }
  for (guint i = length; i > 0; i--)
    if (json_array_get_length (purser_json_array (json_array_get_object_element (messages, i - 1), "content")) == 0)
      json_array_remove_element (messages, i - 1);
}

/* One text alone is written as a string, as most people write it. */
static void
simplify (JsonObject *object, const char *member)
{
  JsonArray *blocks = purser_json_array (object, member);
  JsonObject *only =
      blocks != NULL && json_array_get_length (blocks) == 1 ? json_array_get_object_element (blocks, 0) : NULL;
  if (g_strcmp0 (purser_json_string (only, "type"), "text") == 0)
    {
      g_autofree char *text = g_strdup (purser_json_string (only, "text"));
      json_object_set_string_member (object, member, text);
    }
}

gboolean
purser_anthropic_add_messages (
    JsonObject *body, const PurserChat *chat, const PurserAnthropicRule *rule, const char *told, GError **error)
{
  g_autoptr(PurserCallIds) ids = purser_call_ids_new (chat);
  g_autoptr(JsonArray) system = json_array_new (), messages = json_array_new ();
  Encoder encoder = { rule, ids, system, messages, NULL, NULL, 0 };
  for (guint i = 0; i < chat->messages->len; i++)
    {
      const PurserMessage *source = g_ptr_array_index (chat->messages, i);
      if (source->role == PURSER_ROLE_SYSTEM)
        add_system (&encoder, source);
      else if (!add_message (&encoder, source, error))
        return FALSE;
    }
  if (told != NULL)
    json_array_add_object_element (system, text_block (told));
  tidy (messages);
  if (json_array_get_length (messages) == 0)
    return purser_encode_refuse (error, _("Anthropic's models answer a message; the request has only system text."));
  for (guint i = 0; i < json_array_get_length (messages); i++)
    simplify (json_array_get_object_element (messages, i), "content");
  if (json_array_get_length (system) > 0)
    json_object_set_array_member (body, "system", json_array_ref (system));
  simplify (body, "system");
  json_object_set_array_member (body, "messages", json_array_ref (messages));
  return TRUE;
}

gboolean
purser_anthropic_lost_thinking (const PurserChat *chat)
{
  for (guint i = chat->messages->len; i > 0; i--)
    {
      const PurserMessage *message = g_ptr_array_index (chat->messages, i - 1);
      gboolean calls = FALSE, thinks = FALSE;
      if (message->role != PURSER_ROLE_ASSISTANT)
        continue;
      for (guint j = 0; j < message->parts->len; j++)
        {
          const PurserPart *part = g_ptr_array_index (message->parts, j);
          calls = calls || part->type == PURSER_PART_TOOL_CALL;
          thinks = thinks || (part->type == PURSER_PART_THINKING && (is_set (part->signature) || is_set (part->data)));
        }
      return calls && !thinks;
    }
  return FALSE;
}
