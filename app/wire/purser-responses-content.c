/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-responses.h"

#include <glib/gi18n-lib.h>

#include "purser-encode-rest.h"
#include "purser-encode.h"
#include "purser-json-wire.h"

/* The content of messages and results that go to a provider: text, pictures, files. */

JsonObject *
purser_responses_add_object (JsonArray *array, const char *type)
{
  JsonObject *object = json_object_new ();
  if (type != NULL)
    json_object_set_string_member (object, "type", type);
  json_array_add_object_element (array, object);
  return object;
}

void
purser_responses_add_text (JsonArray *content, const char *type, const char *text)
{
  json_object_set_string_member (purser_responses_add_object (content, type), "text", text);
}

static gboolean
add_image (JsonArray *content, const PurserPart *part, GError **error)
{
  g_autofree char *inlined = part->data != NULL ? purser_encode_data_url (part) : NULL;
  if (inlined == NULL && part->url == NULL)
    return purser_encode_refuse (error, _("An image in the request has neither data nor an address."));
  JsonObject *image = purser_responses_add_object (content, "input_image");
  json_object_set_string_member (image, "image_url", inlined != NULL ? inlined : part->url);
  json_object_set_string_member (image, "detail", part->detail != NULL ? part->detail : "auto");
  return TRUE;
}

static gboolean
add_file (JsonArray *content, const PurserPart *part, GError **error)
{
  if (part->data == NULL && part->url == NULL)
    return purser_encode_refuse (error, _("A file in the request has neither data nor an address."));
  if (part->is_text && part->data != NULL)
    {
      g_autofree char *text =
          g_strconcat (part->name != NULL ? part->name : "", part->name != NULL ? "\n\n" : "", part->data, NULL);
      purser_responses_add_text (content, "input_text", text);
      return TRUE;
    }
  g_autofree char *inlined = part->data != NULL ? purser_encode_data_url (part) : NULL;
  JsonObject *file = purser_responses_add_object (content, "input_file");
  if (inlined != NULL)
    {
      json_object_set_string_member (file, "filename", part->name != NULL ? part->name : "file");
      json_object_set_string_member (file, "file_data", inlined);
    }
  else
    json_object_set_string_member (file, "file_url", part->url);
  return TRUE;
}

/* What is in front of it is worth keeping in the provider's cache. */
static void
mark (
    const PurserEncodeOptions *options, gboolean breakpoints, JsonArray *content, guint before, const PurserPart *part)
{
  guint length = json_array_get_length (content);
  if (part->cache == PURSER_CACHE_NONE || length == before)
    return;
  if (!breakpoints)
    {
      purser_encode_drop (options, "cache_control");
      return;
    }
  JsonObject *breakpoint = json_object_new ();
  json_object_set_string_member (breakpoint, "mode", "explicit");
  json_object_set_object_member (json_array_get_object_element (content, length - 1), "prompt_cache_breakpoint",
                                 breakpoint);
}

gboolean
purser_responses_add_part (const PurserEncodeOptions *options,
                           gboolean breakpoints,
                           JsonArray *content,
                           const PurserPart *part,
                           GError **error)
{
  guint before = json_array_get_length (content);
  gboolean done = TRUE;
  if (part->type == PURSER_PART_AUDIO)
    return purser_encode_refuse (error, _("The Responses interface takes no sound. Leave the recording out of the "
                                           "request, or use a model that is reached over Chat Completions."));
  if (part->type == PURSER_PART_IMAGE)
    done = add_image (content, part, error);
  else if (part->type == PURSER_PART_FILE)
    done = add_file (content, part, error);
  else if (part->type == PURSER_PART_TEXT && part->text != NULL && *part->text != 0)
    purser_responses_add_text (content, "input_text", part->text);
  else if (part->type == PURSER_PART_OPAQUE && g_strcmp0 (part->dialect, "openai-responses") == 0 && part->json != NULL)
    json_array_add_element (content, purser_json_copy (part->json));
  else if (part->type == PURSER_PART_OPAQUE)
    return purser_encode_refuse (error,
                                 _("A part of a message is of a kind that only its own provider knows. Leave it "
                                    "out, or use a model of that provider."));
  if (done)
    mark (options, breakpoints, content, before, part);
  return done;
}

void
purser_responses_take_content (JsonObject *object, const char *member, JsonArray *content)
{
  JsonObject *only = json_array_get_length (content) == 1 ? json_array_get_object_element (content, 0) : NULL;
  const char *type = purser_json_string (only, "type"), *text = purser_json_string (only, "text");
  if (only != NULL && text != NULL && json_object_get_size (only) == 2 && g_str_has_suffix (type, "put_text"))
    json_object_set_string_member (object, member, text);
  else
    json_object_set_array_member (object, member, json_array_ref (content));
}
