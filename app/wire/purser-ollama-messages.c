/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-ollama.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-encode-rest.h"
#include "purser-encode.h"
#include "purser-json-wire.h"

/* Messages of /api/chat as they are sent; purser-ollama-request.c says what becomes of what they cannot hold. */

static char *
text_of_file (const PurserPart *part)
{
  gsize length;
  if (part->is_text)
    return g_strdup (part->data);
  g_autofree guchar *bytes = g_base64_decode (part->data, &length);
  return g_utf8_make_valid ((const char *) bytes, length);
}

static gboolean
add_file_text (GString *text, const PurserPart *part, GError **error)
{
  gboolean plain = part->is_text || (part->media_type != NULL && g_str_has_prefix (part->media_type, "text/"));
  if (part->data == NULL || !plain)
    return purser_encode_refuse (error, _("Ollama takes no files but plain text."));
  g_autofree char *content = text_of_file (part);
  g_string_append_printf (text, "%s%s%s%s", text->len > 0 ? "\n\n" : "", part->name ? part->name : "",
                          part->name ? ":\n" : "", content);
  return TRUE;
}

static gboolean
add_image (JsonArray *images, const PurserPart *part, GError **error)
{
  if (part->data == NULL)
    return purser_encode_refuse (error, _("Ollama takes images only inside the request, not by address."));
  json_array_add_string_element (images, part->data);
  return TRUE;
}

static void
add_call (JsonArray *calls, const PurserPart *part, PurserCallIds *ids)
{
  JsonObject *call = json_object_new (), *function = json_object_new ();
  json_object_set_string_member (function, "name", part->name ? part->name : "");
  json_object_set_member (function, "arguments", purser_encode_arguments (part));
  json_object_set_string_member (call, "id", purser_call_ids_id (ids, part));
  json_object_set_object_member (call, "function", function);
  json_array_add_object_element (calls, call);
}

/* What a message gathers from its parts. */
typedef struct
{
  GString *text, *thinking;
  JsonArray *images, *calls;
} Gathered;

/* What all parts of a request need. */
typedef struct
{
  const PurserEncodeOptions *options;
  PurserCallIds *ids;
} Encoder;

static void
gathered_clear (Gathered *gathered)
{
  g_string_free (gathered->text, TRUE);
  g_string_free (gathered->thinking, TRUE);
  json_array_unref (gathered->images);
  json_array_unref (gathered->calls);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Gathered, gathered_clear)

static void
gather_text (GString *text, const PurserPart *part)
{
  if (part->text != NULL && *part->text != 0)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "\n\n" : "", part->text);
}

/* Only plain text comes back from Ollama: state that another provider signed or encrypted is of no use to it. */
static void
gather_thinking (Gathered *gathered, const PurserPart *part, const Encoder *encoder)
{
  gboolean ours = part->dialect == NULL || g_str_equal (part->dialect, "ollama");
  if (ours && part->signature == NULL && part->text != NULL)
    g_string_append (gathered->thinking, part->text);
  else
    purser_encode_drop (encoder->options, "thinking");
}

static gboolean
gather (Gathered *gathered, const PurserPart *part, const Encoder *encoder, GError **error)
{
  purser_encode_drop_beside (encoder->options, part);
  switch (part->type)
    {
    case PURSER_PART_TEXT:
    case PURSER_PART_REFUSAL:
      gather_text (gathered->text, part);
      return TRUE;
    case PURSER_PART_IMAGE:
      return add_image (gathered->images, part, error);
    case PURSER_PART_FILE:
      return add_file_text (gathered->text, part, error);
    case PURSER_PART_AUDIO:
      return purser_encode_refuse (error, _("Ollama takes no sound. Send the words that are spoken."));
    case PURSER_PART_TOOL_CALL:
      add_call (gathered->calls, part, encoder->ids);
      return TRUE;
    case PURSER_PART_THINKING:
      gather_thinking (gathered, part, encoder);
      return TRUE;
    case PURSER_PART_OPAQUE:
      purser_encode_drop (encoder->options, "provider blocks");
      return TRUE;
    case PURSER_PART_TOOL_RESULT:
      return TRUE; /* a message of its own */
    }
  return TRUE;
}

static void
gathered_init (Gathered *gathered)
{
  *gathered = (Gathered) { g_string_new (NULL), g_string_new (NULL), json_array_new (), json_array_new () };
}

static void
set_images (JsonObject *message, const Gathered *gathered)
{
  if (json_array_get_length (gathered->images) > 0)
    json_object_set_array_member (message, "images", json_array_ref (gathered->images));
}

static gboolean
add_result (JsonArray *messages, const PurserPart *part, const Encoder *encoder, GError **error)
{
  g_auto(Gathered) gathered;
  gathered_init (&gathered);
  for (guint i = 0; part->parts != NULL && i < part->parts->len; i++)
    if (!gather (&gathered, g_ptr_array_index (part->parts, i), encoder, error))
      return FALSE;
  g_autofree char *text = part->parts == NULL ? purser_encode_result (part)
                                              : g_strconcat (part->is_error ? "Error: " : "", gathered.text->str, NULL);
  const char *name = purser_call_ids_name (encoder->ids, part);
  JsonObject *message = purser_encode_message (messages, "tool");
  json_object_set_string_member (message, "content", text);
  set_images (message, &gathered);
  if (name != NULL)
    json_object_set_string_member (message, "tool_name", name);
  json_object_set_string_member (message, "tool_call_id", purser_call_ids_id (encoder->ids, part));
  return TRUE;
}

static gboolean
add_message (JsonArray *messages, const PurserMessage *source, const Encoder *encoder, GError **error)
{
  static const char *const roles[] = { [PURSER_ROLE_SYSTEM] = "system",
                                       [PURSER_ROLE_USER] = "user",
                                       [PURSER_ROLE_ASSISTANT] = "assistant",
                                       [PURSER_ROLE_TOOL] = "user" };
  g_auto(Gathered) gathered;
  gathered_init (&gathered);
  for (guint i = 0; i < source->parts->len; i++)
    if (!gather (&gathered, g_ptr_array_index (source->parts, i), encoder, error))
      return FALSE;
  gboolean images = json_array_get_length (gathered.images) > 0, calls = json_array_get_length (gathered.calls) > 0;
  if (gathered.text->len == 0 && gathered.thinking->len == 0 && !images && !calls)
    return TRUE;
  JsonObject *message = purser_encode_message (messages, roles[source->role]);
  json_object_set_string_member (message, "content", gathered.text->str);
  if (gathered.thinking->len > 0)
    json_object_set_string_member (message, "thinking", gathered.thinking->str);
  set_images (message, &gathered);
  if (calls)
    json_object_set_array_member (message, "tool_calls", json_array_ref (gathered.calls));
  return TRUE;
}

/* Results come right after the calls; what stood beside them waits for a message after the last of them. */
gboolean
purser_ollama_add_messages (JsonArray *messages,
                            const PurserChat *chat,
                            const PurserEncodeOptions *options,
                            GError **error)
{
  g_autoptr(PurserCallIds) ids = purser_call_ids_new (chat);
  const Encoder encoder = { options, ids };
  g_autoptr(GPtrArray) parts = g_ptr_array_new ();
  const PurserMessage beside = { .role = PURSER_ROLE_USER, .parts = parts };
  for (guint i = 0; i < chat->messages->len; i++)
    {
      const PurserMessage *source = g_ptr_array_index (chat->messages, i);
      gboolean results = purser_encode_holds_result (source);
      for (guint j = 0; results && j < source->parts->len; j++)
        {
          PurserPart *part = g_ptr_array_index (source->parts, j);
          if (part->type != PURSER_PART_TOOL_RESULT)
            g_ptr_array_add (parts, part);
          else if (!add_result (messages, part, &encoder, error))
            return FALSE;
        }
      if (results)
        continue;
      if (!add_message (messages, &beside, &encoder, error) || !add_message (messages, source, &encoder, error))
        return FALSE;
      g_ptr_array_set_size (parts, 0);
    }
  return add_message (messages, &beside, &encoder, error);
}
