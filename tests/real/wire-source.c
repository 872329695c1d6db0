/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire-source.h"

#include <string.h>

#include "frames.h"
#include "purser-json.h"

void
play_source_free (PlaySource *source)
{
  g_byte_array_unref (source->bytes);
  g_free (source);
}

static PlaySource *
source_new (int status, gboolean streamed)
{
  PlaySource *source = g_new0 (PlaySource, 1);
  source->status = status;
  source->streamed = streamed;
  source->bytes = g_byte_array_new ();
  return source;
}

static void
add_frames (GByteArray *bytes, JsonArray *frames)
{
  for (guint i = 0; i < json_array_get_length (frames); i++)
    {
      JsonArray *frame = json_array_get_array_element (frames, i);
      const char *type = json_array_get_string_element (frame, 0);
      JsonNode *payload = json_array_get_element (frame, 1);
      g_autofree char *text =
          JSON_NODE_HOLDS_VALUE (payload) ? json_node_dup_string (payload) : purser_json_to_string (payload, FALSE);
      if (*type == '!')
        frames_add (bytes, "exception", ":exception-type", type + 1, text);
      else
        frames_add_event (bytes, type, text);
    }
}

static JsonNode *
read_json (const char *folder, const char *place, const char *upstream, const char *name, GError **error)
{
  g_autofree char *file = g_strconcat (name, ".json", NULL),
                  *path = g_build_filename (folder, place, upstream, file, NULL), *text = NULL;
  gsize length;
  return g_file_get_contents (path, &text, &length, error) ? purser_json_parse (text, length, error) : NULL;
}

static PlaySource *
read_transcript (const char *folder, const char *upstream, const char *name, GError **error)
{
  g_autoptr(JsonNode) root = read_json (folder, "transcripts", upstream, name, error);
  if (root == NULL)
    return NULL;
  JsonObject *response = purser_json_member (purser_json_object (root), "response");
  JsonArray *frames = purser_json_array (response, "frames");
  const char *type = purser_json_string (purser_json_member (response, "headers"), "content-type");
  PlaySource *source = source_new (purser_json_int (response, "status", 200),
                                   type != NULL && !g_str_has_prefix (type, "application/json"));
  const char *body = purser_json_string (response, "body");
  if (frames != NULL)
    add_frames (source->bytes, frames);
  else if (body != NULL)
    g_byte_array_append (source->bytes, (const guint8 *) body, strlen (body));
  return source;
}

static PlaySource *
read_pair_stream (const char *folder, const char *upstream, const char *name, GError **error)
{
  g_autoptr(PlaySource) source = source_new (200, TRUE);
  if (g_str_equal (upstream, "bedrock"))
    {
      g_autoptr(JsonNode) root = read_json (folder, "wire/pairs", upstream, name, error);
      if (root == NULL)
        return NULL;
      add_frames (source->bytes, json_node_get_array (root));
      return g_steal_pointer (&source);
    }
  g_autofree char *file = g_strconcat (name, ".txt", NULL),
                  *path = g_build_filename (folder, "wire", "pairs", upstream, file, NULL), *text = NULL;
  gsize length;
  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;
  g_byte_array_append (source->bytes, (const guint8 *) text, length);
  return g_steal_pointer (&source);
}

/* The pair's whole reply, or its error with its status. */
static PlaySource *
read_pair_whole (const char *folder, const char *upstream, const char *name, GError **error)
{
  g_autoptr(JsonNode) root = read_json (folder, "wire/pairs", upstream, name, error);
  if (root == NULL)
    return NULL;
  JsonNode *body = g_str_equal (name, "error") ? purser_json_node (purser_json_object (root), "body") : root;
  g_autofree char *text = purser_json_to_string (body, FALSE);
  PlaySource *source =
      source_new (body == root ? 200 : purser_json_int (purser_json_object (root), "status", 400), FALSE);
  g_byte_array_append (source->bytes, (const guint8 *) text, strlen (text));
  return source;
}

/* A string is a stream, a list the frames of one, an object a whole reply. */
static PlaySource *
read_answer (const char *folder, const char *upstream, gboolean stream, GError **error)
{
  g_autoptr(JsonNode) root = read_json (folder, "real", "", "answers", error);
  if (root == NULL)
    return NULL;
  JsonNode *node =
      purser_json_node (purser_json_member (purser_json_object (root), upstream), stream ? "streamed" : "whole");
  PlaySource *source = source_new (200, stream);
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      add_frames (source->bytes, json_node_get_array (node));
      return source;
    }
  g_autofree char *text =
      JSON_NODE_HOLDS_VALUE (node) ? json_node_dup_string (node) : purser_json_to_string (node, FALSE);
  g_byte_array_append (source->bytes, (const guint8 *) text, strlen (text));
  return source;
}

static gboolean
answers_tools (const PurserChat *chat)
{
  const PurserMessage *message =
      chat->messages->len > 0 ? g_ptr_array_index (chat->messages, chat->messages->len - 1) : NULL;
  for (guint i = 0; message != NULL && i < message->parts->len; i++)
    if (((const PurserPart *) g_ptr_array_index (message->parts, i))->type == PURSER_PART_TOOL_RESULT)
      return TRUE;
  return FALSE;
}

/**
 * play_source_read:
 * @folder: tests/
 * @name: turn, broken, error or a transcript's name
 *
 * Returns: (transfer full) (nullable): the provider's reply to @chat, or %NULL and words
 */
PlaySource *
play_source_read (const char *folder, const PurserChat *chat, const char *upstream, const char *name, GError **error)
{
  if (g_str_equal (name, "turn") && answers_tools (chat))
    return read_answer (folder, upstream, chat->stream, error);
  if (g_str_equal (name, "turn"))
    return chat->stream ? read_pair_stream (folder, upstream, "stream", error)
                        : read_pair_whole (folder, upstream, "whole", error);
  if (g_str_equal (name, "broken"))
    return read_pair_stream (folder, upstream, "stream-error", error);
  if (g_str_equal (name, "error"))
    return read_pair_whole (folder, upstream, name, error);
  return read_transcript (folder, upstream, name, error);
}
