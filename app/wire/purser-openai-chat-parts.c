/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-openai-chat-parts.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-json-wire.h"
#include "purser-openai-chat.h"

/* The parts of a message's content, as callers write them. */

gboolean
purser_openai_decoder_refuse (PurserOpenaiDecoder *decoder, const char *words, const char *member)
{
  g_autoptr(GString) path = g_string_new (NULL);
  g_string_append_printf (path, "messages[%u]", decoder->number);
  if (decoder->part >= 0)
    g_string_append_printf (path, ".content[%d]", decoder->part);
  if (*member != 0)
    g_string_append_printf (path, ".%s", member);
  return purser_openai_chat_refuse (decoder->error, words, path->str);
}

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

static PurserPart *
new_part (PurserPartType type, const char *text)
{
  PurserPart *part = g_new0 (PurserPart, 1);
  part->type = type;
  part->text = g_strdup (text);
  return part;
}

void
purser_openai_decoder_keep (PurserPart *part, JsonNode *node)
{
  part->type = PURSER_PART_OPAQUE;
  part->dialect = g_strdup ("openai-chat");
  part->json = json_node_ref (node);
}

/* "data:[TYPE][;PARAMETER…][;base64],DATA". What is not base64 is written with percent signs; it becomes base64. */
static gboolean
take_data_url (PurserPart *part, const char *url)
{
  const char *start = url + strlen ("data:"), *comma = strchr (start, ',');
  if (comma == NULL)
    return FALSE;
  g_autofree char *head = g_strndup (start, comma - start);
#ifdef PURSER_PLANTED_BUG
  char *type = g_malloc0 (16); /* planted: room for application/pdf, and no more */
  for (gsize i = 0; head[i] != 0 && head[i] != ';'; i++)
    type[i] = head[i];
  part->media_type = type;
#else
  part->media_type = g_strndup (head, strcspn (head, ";"));
#endif
  if (*part->media_type == 0)
    g_set_str (&part->media_type, "text/plain");
  if (g_str_has_suffix (head, ";base64"))
    {
      part->data = g_strdup (comma + 1);
      return TRUE;
    }
  g_autoptr(GBytes) bytes = g_uri_unescape_bytes (comma + 1, -1, NULL, NULL);
  if (bytes == NULL)
    return FALSE;
  gsize length;
  const guchar *raw = g_bytes_get_data (bytes, &length);
  part->data = g_base64_encode (raw, length);
  return TRUE;
}

static gboolean
is_web_address (const char *url)
{
  return g_ascii_strncasecmp (url, "https://", 8) == 0 || g_ascii_strncasecmp (url, "http://", 7) == 0;
}

/* Into PART's data or url; other schemes are some server's own (gs://), so the part is kept as it came. */
static gboolean
take_source (PurserOpenaiDecoder *decoder, PurserPart *part, JsonNode *node, const char *url, const char *member)
{
  if (g_ascii_strncasecmp (url, "data:", 5) == 0)
    return take_data_url (part, url)
           || purser_openai_decoder_refuse (decoder, _("“%s” is no data: address that can be read."), member);
  if (is_web_address (url))
    part->url = g_strdup (url);
  else
    purser_openai_decoder_keep (part, node);
  return TRUE;
}

/* Some clients write the address itself where the object belongs. */
static gboolean
read_image (PurserOpenaiDecoder *decoder, PurserPart *part, JsonNode *node)
{
  JsonObject *object = json_node_get_object (node), *image = purser_json_member (object, "image_url");
  const char *url = image != NULL ? purser_json_string (image, "url") : purser_json_string (object, "image_url");
  part->type = PURSER_PART_IMAGE;
  if (!purser_is_set (url))
    return purser_openai_decoder_refuse (decoder, _("“%s” is missing."), "image_url.url");
  part->detail = g_strdup (purser_json_string (image != NULL ? image : object, "detail"));
  return take_source (decoder, part, node, url, "image_url.url");
}

static gboolean
read_audio (PurserOpenaiDecoder *decoder, PurserPart *part, JsonNode *node)
{
  JsonObject *audio = purser_json_member (json_node_get_object (node), "input_audio");
  part->type = PURSER_PART_AUDIO;
  part->data = g_strdup (purser_json_string (audio, "data"));
  part->media_type = g_strdup (purser_json_string (audio, "format"));
  if (!purser_is_set (part->data))
    return purser_openai_decoder_refuse (decoder, _("“%s” is missing."), "input_audio.data");
  return purser_is_set (part->media_type)
         || purser_openai_decoder_refuse (decoder, _("“%s” is missing."), "input_audio.format");
}

/* file_data is a data: address; some clients write bare base64, OpenRouter takes https too. An uploaded file's id means
 * something to its provider alone. */
static gboolean
read_file (PurserOpenaiDecoder *decoder, PurserPart *part, JsonNode *node)
{
  JsonObject *file = purser_json_member (json_node_get_object (node), "file");
  const char *data = purser_json_string (file, "file_data"), *name = purser_json_string (file, "filename");
  part->type = PURSER_PART_FILE;
  part->name = g_strdup (name);
  if (purser_is_set (data) && (g_ascii_strncasecmp (data, "data:", 5) == 0 || is_web_address (data)))
    return take_source (decoder, part, node, data, "file.file_data");
  if (purser_is_set (data))
    {
      gboolean pdf = g_str_has_prefix (data, "JVBERi"); /* "%PDF-" */
      part->media_type = g_strdup (pdf ? "application/pdf" : "application/octet-stream");
      part->data = g_strdup (data);
      return TRUE;
    }
  if (!purser_is_set (purser_json_string (file, "file_id")))
    return purser_openai_decoder_refuse (decoder, _("“%s” is missing."), "file.file_data");
  purser_openai_decoder_keep (part, node);
  return TRUE;
}

static gboolean
read_text (PurserOpenaiDecoder *decoder, PurserPart *part, JsonNode *node)
{
  part->text = g_strdup (purser_json_string (json_node_get_object (node), "text"));
  return part->text != NULL || purser_openai_decoder_refuse (decoder, _("“%s” must be text."), "text");
}

static gboolean
read_refusal (PurserOpenaiDecoder *decoder, PurserPart *part, JsonNode *node)
{
  part->type = PURSER_PART_REFUSAL;
  part->text = g_strdup (purser_json_string (json_node_get_object (node), "refusal"));
  return part->text != NULL || purser_openai_decoder_refuse (decoder, _("“%s” must be text."), "refusal");
}

/* The type, or where clients leave it out, the member it would have. */
static const struct
{
  const char *type, *member;
  gboolean (*read) (PurserOpenaiDecoder *decoder, PurserPart *part, JsonNode *node);
} readers[] = {
  { "text", "text", read_text },
  { "image_url", "image_url", read_image },
  { "input_audio", "input_audio", read_audio },
  { "file", "file", read_file },
  { "refusal", "refusal", read_refusal },
};

/* (transfer full) (nullable): NULL with the error set */
static PurserPart *
read_part (PurserOpenaiDecoder *decoder, JsonNode *node)
{
  JsonObject *object = purser_json_object (node);
  const char *type = purser_json_string (object, "type"), *bare = text_of (node);
  PurserPart *part = new_part (PURSER_PART_TEXT, bare);
  gsize row = 0;
  gboolean done = bare != NULL; /* a text where a part belongs */
  if (object == NULL && !done)
    purser_openai_decoder_refuse (decoder, _("“%s” must be an object with a type."), "");
  if (object != NULL)
    {
      while (row < G_N_ELEMENTS (readers)
             && (type != NULL ? !g_str_equal (readers[row].type, type)
                              : purser_json_node (object, readers[row].member) == NULL))
        row++;
      if (row < G_N_ELEMENTS (readers))
        done = readers[row].read (decoder, part, node);
      else if (type != NULL)
        {
          purser_openai_decoder_keep (part, node);
          done = TRUE;
        }
      else
        purser_openai_decoder_refuse (decoder, _("“%s” is missing."), "type");
      part->cache = purser_openai_chat_cache_mark (object);
    }
  if (!done)
    g_clear_pointer (&part, purser_part_free);
  return part;
}

/* Content into PARTS; an empty text says nothing. */
gboolean
purser_openai_decoder_content (PurserOpenaiDecoder *decoder, JsonNode *content, GPtrArray *parts)
{
  const char *text = text_of (content);
  if (text != NULL && *text != 0)
    g_ptr_array_add (parts, new_part (PURSER_PART_TEXT, text));
  if (text != NULL || is_null (content))
    return TRUE;
  if (!JSON_NODE_HOLDS_ARRAY (content))
    return purser_openai_decoder_refuse (decoder, _("“%s” must be text or a list of parts."), "content");
  JsonArray *list = json_node_get_array (content);
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      decoder->part = i;
      PurserPart *part = read_part (decoder, json_array_get_element (list, i));
      if (part == NULL)
        return FALSE;
      g_ptr_array_add (parts, part);
    }
  decoder->part = -1;
  return TRUE;
}
