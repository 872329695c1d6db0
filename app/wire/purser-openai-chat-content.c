/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-openai-chat.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-encode-rest.h"
#include "purser-json-wire.h"

/* The content of an upstream's messages: parts, or one text where they are no more than that. */

typedef PurserOpenaiChatEncoder Encoder;

#define OWN "openai-chat"

static gboolean
is_own (const PurserPart *part)
{
  return g_strcmp0 (part->dialect, OWN) == 0;
}

static JsonObject *
add_object (JsonArray *content, const char *type)
{
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "type", type);
  json_array_add_object_element (content, object);
  return object;
}

void
purser_openai_content_text (JsonArray *content, const char *text)
{
  json_object_set_string_member (add_object (content, "text"), "text", text);
}

static gboolean
add_image (Encoder *encoder, JsonArray *content, const PurserPart *part, GError **error)
{
  g_autofree char *inlined = part->data != NULL ? purser_encode_data_url (part) : NULL;
  if (inlined == NULL && part->url == NULL)
    return purser_encode_refuse (error, _("An image in the request has neither data nor an address."));
  JsonObject *image = json_object_new ();
  json_object_set_string_member (image, "url", inlined ? inlined : part->url);
  if (purser_is_set (part->detail))
    json_object_set_string_member (image, "detail", part->detail);
  json_object_set_object_member (add_object (content, "image_url"), "image_url", image);
  return TRUE;
}

/* Files are PDF here, or what else the server takes; plain text is text, its name in front. */
static gboolean
add_file (Encoder *encoder, JsonArray *content, const PurserPart *part, GError **error)
{
  if (part->data == NULL)
    return purser_encode_refuse (error, _("Chat Completions takes files only inside the request, not by address."));
  if (part->is_text)
    {
      g_autofree char *text =
          purser_is_set (part->name) ? g_strconcat (part->name, ":\n\n", part->data, NULL) : g_strdup (part->data);
      purser_openai_content_text (content, text);
      return TRUE;
    }
  g_autofree char *inlined = purser_encode_data_url (part);
  JsonObject *file = json_object_new ();
  json_object_set_string_member (file, "filename", part->name ? part->name : "file");
  json_object_set_string_member (file, "file_data", inlined);
  json_object_set_object_member (add_object (content, "file"), "file", file);
  return TRUE;
}

/* Formats are wav and mp3; a media type is brought to its last word. */
static gboolean
add_audio (Encoder *encoder, JsonArray *content, const PurserPart *part, GError **error)
{
  const char *slash = part->media_type != NULL ? strrchr (part->media_type, '/') : NULL;
  const char *format = slash != NULL ? slash + 1 : part->media_type;
  if (part->data == NULL)
    return purser_encode_refuse (error, _("Chat Completions takes audio only inside the request, not by address."));
  JsonObject *audio = json_object_new ();
  json_object_set_string_member (audio, "data", part->data);
  json_object_set_string_member (audio, "format",
                                 !purser_is_set (format)                      ? "wav"
                                 : g_str_equal (format, "mpeg")        ? "mp3"
                                 : g_str_has_prefix (format, "x-") ? format + 2
                                                                       : format);
  json_object_set_object_member (add_object (content, "input_audio"), "input_audio", audio);
  return TRUE;
}

static gboolean
add_plain (Encoder *encoder, JsonArray *content, const PurserPart *part, GError **error)
{
  if (purser_is_set (part->text))
    purser_openai_content_text (content, part->text);
  return TRUE;
}

/* What only another dialect can name would be missing in the question. */
static gboolean
add_opaque (Encoder *encoder, JsonArray *content, const PurserPart *part, GError **error)
{
  const char *type = purser_json_string (purser_json_object (part->json), "type");
  if (part->json == NULL || !is_own (part))
    return purser_encode_refuse (error,
                                 _("The request holds a part of type “%s” that only its own provider understands. "
                                   "Leave it out, or send its content inside the request."),
                                 purser_is_set (type) ? type : "?");
  json_array_add_element (content, purser_json_copy (part->json));
  return TRUE;
}

gboolean
purser_openai_content_is_text (const PurserPart *part)
{
  return part->type == PURSER_PART_TEXT || (part->type == PURSER_PART_FILE && part->is_text);
}

/* What stands in a result besides text, named after its tool. */
static gboolean
add_attached (Encoder *encoder, JsonArray *content, const PurserPart *result, GError **error)
{
  const char *name = purser_call_ids_name (encoder->ids, result);
  g_autofree char *label = g_strdup_printf ("Attached to the result of %s:",
                                            purser_is_set (name) ? name : purser_call_ids_id (encoder->ids, result));
  purser_openai_content_text (content, label);
  for (guint i = 0; i < result->parts->len; i++)
    if (!purser_openai_content_is_text (g_ptr_array_index (result->parts, i))
        && !purser_openai_content_add (encoder, content, g_ptr_array_index (result->parts, i), error))
      return FALSE;
  return TRUE;
}

typedef gboolean (*AddFunc) (Encoder *encoder, JsonArray *content, const PurserPart *part, GError **error);
static const AddFunc adders[] = {
  [PURSER_PART_TEXT] = add_plain,  [PURSER_PART_IMAGE] = add_image,  [PURSER_PART_FILE] = add_file,
  [PURSER_PART_AUDIO] = add_audio, [PURSER_PART_OPAQUE] = add_opaque, [PURSER_PART_TOOL_RESULT] = add_attached,
};

/* Of a part that begins a prefix worth caching: said where the model takes it (PROVIDERS §4.3). */
void
purser_openai_content_mark (Encoder *encoder, JsonArray *content, const PurserPart *part)
{
  guint length = json_array_get_length (content);
  if (part->cache == PURSER_CACHE_NONE || part->type == PURSER_PART_OPAQUE || length == 0)
    return; /* an opaque part still has its own mark */
  if (!encoder->options->known_server || !encoder->rule->breakpoints)
    {
      /* as the caller knows it */
      purser_encode_drop (encoder->options,
                          g_strcmp0 (encoder->chat->dialect, OWN) == 0 ? "prompt_cache_breakpoint" : "cache_control");
      return;
    }
  JsonObject *breakpoint = json_object_new ();
  json_object_set_string_member (breakpoint, "mode", "explicit");
  json_object_set_object_member (json_array_get_object_element (content, length - 1), "prompt_cache_breakpoint",
                                 breakpoint);
}

gboolean
purser_openai_content_add (Encoder *encoder, JsonArray *content, const PurserPart *part, GError **error)
{
  guint before = json_array_get_length (content);
  AddFunc add = part->type < G_N_ELEMENTS (adders) ? adders[part->type] : NULL;
  if (add == NULL)
    return TRUE;
  if (!add (encoder, content, part, error))
    return FALSE;
  if (json_array_get_length (content) > before && part->type != PURSER_PART_TOOL_RESULT)
    purser_openai_content_mark (encoder, content, part);
  return TRUE;
}

/* Several texts are one, a blank line between, as old compatible servers take only text; but they stay apart where a
 * caller of this very dialect sent them apart, or where one carries a mark. */
static gboolean
is_one_text (Encoder *encoder, JsonArray *content)
{
  guint length = json_array_get_length (content);
  gboolean as_sent = g_strcmp0 (encoder->chat->dialect, OWN) == 0 && !encoder->options->plain;
  for (guint i = 0; i < length; i++)
    {
      JsonObject *part = json_array_get_object_element (content, i);
      if (g_strcmp0 (purser_json_string (part, "type"), "text") != 0 || json_object_get_size (part) > 2)
        return FALSE;
    }
  return length == 1 || !as_sent;
}

void
purser_openai_content_set (Encoder *encoder, JsonObject *message, JsonArray *content)
{
  if (!is_one_text (encoder, content))
    {
      json_object_set_array_member (message, "content", json_array_ref (content));
      return;
    }
  g_autoptr(GString) text = g_string_new (NULL);
  for (guint i = 0; i < json_array_get_length (content); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n\n" : "",
                            purser_json_string (json_array_get_object_element (content, i), "text"));
  json_object_set_string_member (message, "content", text->str);
}
