/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "drill.h"

#include <string.h>

#include "purser-json.h"

/* A caller's reading of a reply: as little as its client needs, and nothing of the readers under test. */

static void
say (DrillHeard *heard, const char *text)
{
  if (text == NULL)
    return;
  heard->strange |= *text != '\0' && (heard->terminal || heard->error);
  g_string_append (heard->text, text);
}

static void
fail (DrillHeard *heard, const char *word)
{
  heard->error = TRUE;
  g_set_str (&heard->word, word);
}

static JsonObject *
first_object (JsonArray *array)
{
  return array != NULL && json_array_get_length (array) > 0 ? purser_json_object (json_array_get_element (array, 0)) : NULL;
}

static void
hear_openai_chat (DrillHeard *heard, JsonObject *frame, gboolean streamed)
{
  JsonObject *error = purser_json_member (frame, "error"), *choice = first_object (purser_json_array (frame, "choices"));
  if (error != NULL)
    fail (heard, purser_json_string (error, "code"));
  say (heard, purser_json_string (purser_json_member (choice, streamed ? "delta" : "message"), "content"));
  heard->terminal |= purser_json_string (choice, "finish_reason") != NULL;
}

static void
hear_output (DrillHeard *heard, JsonArray *items)
{
  for (guint i = 0; items != NULL && i < json_array_get_length (items); i++)
    {
      JsonArray *parts = purser_json_array (purser_json_object (json_array_get_element (items, i)), "content");
      for (guint j = 0; parts != NULL && j < json_array_get_length (parts); j++)
        say (heard, purser_json_string (purser_json_object (json_array_get_element (parts, j)), "text"));
    }
}

static void
hear_openai_responses (DrillHeard *heard, JsonObject *frame, gboolean streamed)
{
  const char *type = purser_json_string (frame, "type"), *status = purser_json_string (frame, "status");
  JsonObject *error = purser_json_member (frame, "error"), *failed = purser_json_member (purser_json_member (frame, "response"), "error");
  if (error != NULL || failed != NULL)
    fail (heard, purser_json_string (error != NULL ? error : failed, "code"));
  else if (!streamed)
    {
      hear_output (heard, purser_json_array (frame, "output"));
      heard->terminal |= g_strcmp0 (status, "completed") == 0;
    }
  else if (g_strcmp0 (type, "response.output_text.delta") == 0)
    say (heard, purser_json_string (frame, "delta"));
  else if (g_strcmp0 (type, "response.completed") == 0 || g_strcmp0 (type, "response.incomplete") == 0)
    heard->terminal = TRUE;
  heard->strange |= streamed && type == NULL && error == NULL;
}

static void
hear_anthropic (DrillHeard *heard, JsonObject *frame, gboolean streamed)
{
  const char *type = purser_json_string (frame, "type");
  JsonObject *delta = purser_json_member (frame, "delta");
  heard->strange |= type == NULL;
  if (g_strcmp0 (type, "error") == 0)
    fail (heard, purser_json_string (purser_json_member (frame, "error"), "type"));
  else if (g_strcmp0 (type, "content_block_delta") == 0)
    say (heard, purser_json_string (delta, "text"));
  else if (g_strcmp0 (type, "message") == 0)
    {
      say (heard, purser_json_string (first_object (purser_json_array (frame, "content")), "text"));
      heard->terminal |= purser_json_string (frame, "stop_reason") != NULL;
    }
  heard->terminal |= g_strcmp0 (type, "message_stop") == 0 || purser_json_string (delta, "stop_reason") != NULL;
}

static void
hear_ollama (DrillHeard *heard, JsonObject *frame, gboolean streamed)
{
  if (purser_json_string (frame, "error") != NULL)
    fail (heard, "");
  else
    {
      say (heard, purser_json_string (purser_json_member (frame, "message"), "content"));
      say (heard, purser_json_string (frame, "response"));
    }
  heard->terminal |= purser_json_boolean (frame, "done", FALSE);
}

static const struct
{
  const char *dialect;
  gboolean    lines;   /* of JSON; else events */
  void      (*hear) (DrillHeard *heard, JsonObject *frame, gboolean streamed);
} listeners[] = {
  { "openai-chat", FALSE, hear_openai_chat },     { "openai-responses", FALSE, hear_openai_responses },
  { "anthropic", FALSE, hear_anthropic },         { "ollama", TRUE, hear_ollama },
  { "ollama-generate", TRUE, hear_ollama },
};

static void
hear_json (DrillHeard *heard, gsize i, const char *text, gboolean streamed)
{
  g_autoptr(JsonNode) node = purser_json_parse (text, -1, NULL);
  JsonObject *frame = node != NULL ? purser_json_object (node) : NULL;
  if (frame != NULL)
    listeners[i].hear (heard, frame, streamed);
  else
    heard->strange = TRUE;
}

/* Comment lines keep a connection alive, and event: lines repeat what the data says. */
static void
hear_event (DrillHeard *heard, gsize i, const char *event)
{
  g_auto(GStrv) lines = g_strsplit (event, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (g_str_has_prefix (*line, "data: [DONE]"))
      heard->terminal = TRUE;
    else if (g_str_has_prefix (*line, "data:"))
      hear_json (heard, i, *line + strlen ("data:"), TRUE);
    else
      heard->strange |= **line != '\0' && **line != ':' && !g_str_has_prefix (*line, "event:");
}

/* A stream's last piece, after which no border came, is not heard. (A search that knows the end: sanitizers measure the whole string for each of the others.) */
static void
hear_stream (DrillHeard *heard, gsize i, const char *bytes)
{
  const char *border = listeners[i].lines ? "\n" : "\n\n", *end = bytes + strlen (bytes), *found;
  for (; (found = memmem (bytes, (gsize) (end - bytes), border, strlen (border))) != NULL; bytes = found + strlen (border))
    {
      g_autofree char *piece = g_strndup (bytes, (gsize) (found - bytes));
      if (listeners[i].lines && *piece != '\0')
        hear_json (heard, i, piece, TRUE);
      else if (!listeners[i].lines)
        hear_event (heard, i, piece);
    }
}

DrillHeard
drill_hear (const char *dialect, gboolean streamed, const char *bytes)
{
  DrillHeard heard = { .text = g_string_new (NULL) };
  gsize i = 0;
  while (!g_str_equal (listeners[i].dialect, dialect))
    i++;
  if (streamed)
    hear_stream (&heard, i, bytes);
  else
    hear_json (&heard, i, bytes, FALSE);
  return heard;
}

void
drill_heard_clear (DrillHeard *heard)
{
  g_string_free (heard->text, TRUE);
  g_clear_pointer (&heard->word, g_free);
}
