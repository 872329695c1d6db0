/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-responses.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-json-wire.h"

/* The content of a caller's messages and of results: text, or a list of parts. A part that the neutral request has no
 * place for (a file by its id at the provider) stays as it came. */

gboolean
purser_responses_bad (GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *words = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_SYNTAX, words);
  return FALSE;
}

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

PurserPart *
purser_responses_keep (PurserMessage *message, JsonNode *node)
{
  PurserPart *part = purser_message_add (message, PURSER_PART_OPAQUE, NULL);
  part->dialect = g_strdup ("openai-responses");
  part->json = purser_json_copy (node);
  return part;
}

/* A part that only this dialect knows. What stands in a message of the model's own is items, so there it becomes one. */
static void
keep_part (PurserMessage *message, JsonNode *node)
{
  if (message->role != PURSER_ROLE_ASSISTANT)
    {
      purser_responses_keep (message, node);
      return;
    }
  JsonObject *item = json_object_new ();
  JsonArray *content = json_array_new ();
  g_autoptr(JsonNode) root = purser_json_new_object (item);
  json_array_add_element (content, json_node_ref (node));
  json_object_set_string_member (item, "type", "message");
  json_object_set_string_member (item, "role", "assistant");
  json_object_set_array_member (item, "content", content);
  purser_responses_keep (message, root);
}

/* "data:image/png;base64,…" apart; any other address stays whole. */
static void
take_address (PurserPart *part, const char *address)
{
  const char *comma = g_ascii_strncasecmp (address, "data:", 5) == 0 ? strchr (address, ',') : NULL;
  const char *type = address + 5;
  if (comma == NULL || comma - type < 7 || g_ascii_strncasecmp (comma - 7, ";base64", 7) != 0)
    {
      part->url = g_strdup (address);
      return;
    }
  gsize length = MIN ((gsize) (comma - 7 - type), strcspn (type, ";,"));
#ifdef PURSER_PLANTED_BUG
  char *room = g_malloc0 (24); /* planted: room for the longest type that pictures have */
  for (gsize i = 0; i < length; i++)
    room[i] = type[i];
  g_free (room);
#endif
  part->media_type = g_strndup (type, length);
  part->data = g_strdup (comma + 1);
}

static gboolean
take_image (PurserMessage *message, JsonNode *node, const char *where, GError **error)
{
  JsonObject *object = json_node_get_object (node);
  const char *url = purser_json_string (object, "image_url");
  if (url == NULL)
    url = purser_json_string (purser_json_member (object, "image_url"), "url"); /* as Chat Completions has it */
  if (url == NULL && is_said (purser_json_node (object, "file_id")))
    {
      keep_part (message, node);
      return TRUE;
    }
  if (url == NULL)
    return purser_responses_bad (error, _("“%s.image_url” must be the address of a picture."), where);
  PurserPart *part = purser_message_add (message, PURSER_PART_IMAGE, NULL);
  take_address (part, url);
  part->detail = g_strdup (purser_json_string (object, "detail"));
  return TRUE;
}

static gboolean
take_file (PurserMessage *message, JsonNode *node, const char *where, GError **error)
{
  JsonObject *object = json_node_get_object (node);
  const char *data = purser_json_string (object, "file_data"), *url = purser_json_string (object, "file_url");
  const char *name = purser_json_string (object, "filename");
  if (data == NULL && url == NULL && is_said (purser_json_node (object, "file_id")))
    {
      keep_part (message, node);
      return TRUE;
    }
  if (data == NULL && url == NULL)
    return purser_responses_bad (error, _("“%s” has neither “file_data” nor “file_url”."), where);
  PurserPart *part = purser_message_add (message, PURSER_PART_FILE, NULL);
  part->name = g_strdup (name);
  if (data == NULL || g_ascii_strncasecmp (data, "data:", 5) == 0)
    take_address (part, data != NULL ? data : url);
  else
    {
      part->data = g_strdup (data);
      part->media_type = name != NULL && g_str_has_suffix (name, ".pdf") ? g_strdup ("application/pdf") : NULL;
    }
  return TRUE;
}

static gboolean
take_sound (PurserMessage *message, JsonNode *node, const char *where, GError **error)
{
  JsonObject *sound = purser_json_member (json_node_get_object (node), "input_audio");
  const char *data = purser_json_string (sound, "data");
  if (data == NULL)
    return purser_responses_bad (error, _("“%s.input_audio.data” must be text."), where);
  PurserPart *part = purser_message_add (message, PURSER_PART_AUDIO, NULL);
  part->data = g_strdup (data);
  part->media_type = g_strdup (purser_json_string (sound, "format"));
  return TRUE;
}

static gboolean
take_text (PurserMessage *message, JsonNode *node, const char *where, GError **error)
{
  JsonObject *object = json_node_get_object (node);
  JsonNode *annotations = purser_json_node (object, "annotations");
  const char *text = purser_json_string (object, "text");
  if (text == NULL)
    return purser_responses_bad (error, _("“%s.text” must be text."), where);
  PurserPart *part = purser_message_add (message, PURSER_PART_TEXT, text);
  if (annotations != NULL && JSON_NODE_HOLDS_ARRAY (annotations)
      && json_array_get_length (json_node_get_array (annotations)) > 0)
    part->json = purser_json_copy (annotations);
  return TRUE;
}

static gboolean
take_refusal (PurserMessage *message, JsonNode *node, const char *where, GError **error)
{
  const char *text = purser_json_string (json_node_get_object (node), "refusal");
  if (text == NULL)
    return purser_responses_bad (error, _("“%s.refusal” must be text."), where);
  purser_message_add (message, PURSER_PART_REFUSAL, text);
  return TRUE;
}

static gboolean
take_part (PurserMessage *message, JsonNode *node, const char *where, GError **error)
{
  static const struct
  {
    const char *type;
    gboolean (*take) (PurserMessage *, JsonNode *, const char *where, GError **error);
  } types[] = {
    { "input_text", take_text },   { "output_text", take_text },  { "text", take_text },
    { "input_image", take_image }, { "image_url", take_image },   { "input_file", take_file },
    { "refusal", take_refusal },   { "input_audio", take_sound }, { "summary_text", take_text },
  };
  JsonObject *object = purser_json_object (node);
  const char *type = purser_json_string (object, "type");
  if (type == NULL)
    return purser_responses_bad (error, _("“%s” must be an object with a “type”."), where);
  guint before = message->parts->len;
  gsize i = 0;
  while (i < G_N_ELEMENTS (types) && !g_str_equal (types[i].type, type))
    i++;
  if (i == G_N_ELEMENTS (types))
    keep_part (message, node);
  else if (!types[i].take (message, node, where, error))
    return FALSE;
  if (message->parts->len > before && purser_json_member (object, "prompt_cache_breakpoint") != NULL
      && ((PurserPart *) g_ptr_array_index (message->parts, before))->type != PURSER_PART_OPAQUE)
    ((PurserPart *) g_ptr_array_index (message->parts, before))->cache = PURSER_CACHE_SHORT;
  return TRUE;
}

gboolean
purser_responses_content (PurserMessage *message, JsonNode *content, const char *where, GError **error)
{
  if (is_text (content))
    {
      purser_message_add (message, PURSER_PART_TEXT, json_node_get_string (content));
      return TRUE;
    }
  if (content == NULL || !JSON_NODE_HOLDS_ARRAY (content))
    return purser_responses_bad (error, _("“%s” must be text or a list of parts."), where);
  JsonArray *parts = json_node_get_array (content);
  for (guint i = 0; i < json_array_get_length (parts); i++)
    {
      g_autofree char *place = g_strdup_printf ("%s[%u]", where, i);
      if (!take_part (message, json_array_get_element (parts, i), place, error))
        return FALSE;
    }
  return TRUE;
}
