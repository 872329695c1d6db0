/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <string.h>

#include "purser-json.h"

/* A stream of Responses taken apart, and what every such stream must keep to. */

/* The JSON of each frame; its event: line only repeats its type. */
static inline JsonArray *
frames_of (const char *bytes)
{
  JsonArray *frames = json_array_new ();
  g_auto(GStrv) split = g_strsplit (bytes, "\n\n", -1);
  for (guint i = 0; split[i] != NULL && *split[i] != 0; i++)
    {
      const char *data = strstr (split[i], "\ndata: ");
      g_autoptr(GError) error = NULL;
      g_assert_true (g_str_has_prefix (split[i], "event: "));
      g_assert_nonnull (data);
      JsonNode *node = purser_json_parse (data + strlen ("\ndata: "), -1, &error);
      g_assert_no_error (error);
      g_autofree char *name = g_strndup (split[i] + strlen ("event: "), data - split[i] - strlen ("event: "));
      g_assert_cmpstr (name, ==, purser_json_string (purser_json_object (node), "type"));
      json_array_add_element (frames, node);
    }
  return frames;
}

/* What a client that believes every delta has put together. */
typedef struct
{
  JsonObject *item;
  GString *part, *input;
  gboolean done;
} Seen;

static inline void
seen_free (gpointer data)
{
  Seen *seen = data;
  g_string_free (seen->part, TRUE);
  g_string_free (seen->input, TRUE);
  g_free (seen);
}

static inline Seen *
seen_at (GPtrArray *items, JsonObject *frame)
{
  gint64 index = purser_json_int (frame, "output_index", -1);
  g_assert_cmpint (index, >=, 0);
  g_assert_cmpint (index, <, items->len);
  Seen *seen = g_ptr_array_index (items, index);
  g_assert_false (seen->done);
  if (purser_json_string (frame, "item_id") != NULL)
    g_assert_cmpstr (purser_json_string (frame, "item_id"), ==, purser_json_string (seen->item, "id"));
  return seen;
}

static inline void
see_item (GPtrArray *items, JsonObject *frame, const char *type)
{
  JsonObject *item = purser_json_member (frame, "item");
  if (g_str_equal (type, "response.output_item.added"))
    {
      Seen *seen = g_new0 (Seen, 1);
      g_assert_cmpint (purser_json_int (frame, "output_index", -1), ==, items->len);
      *seen = (Seen) { item, g_string_new (NULL), g_string_new (NULL), FALSE };
      g_ptr_array_add (items, seen);
      return;
    }
  Seen *seen = seen_at (items, frame);
  const char *arguments = purser_json_string (item, "arguments"), *input = purser_json_string (item, "input");
  g_assert_cmpstr (purser_json_string (seen->item, "id"), ==, purser_json_string (item, "id"));
  g_assert_cmpstr (purser_json_string (seen->item, "type"), ==, purser_json_string (item, "type"));
  g_assert_cmpstr (purser_json_string (seen->item, "name"), ==, purser_json_string (item, "name"));
  if (arguments != NULL || input != NULL)
    g_assert_cmpstr (arguments != NULL ? arguments : input, ==, seen->input->str);
  if (g_strcmp0 (purser_json_string (item, "type"), "function_call") == 0)
    {
      g_assert_cmpstr (purser_json_string (item, "call_id"), !=, purser_json_string (item, "id"));
      g_assert_cmpstr (arguments, !=, "");
    }
  seen->done = TRUE;
  seen->item = item;
}

static inline void
see_part (GPtrArray *items, JsonObject *frame, const char *type)
{
  Seen *seen = seen_at (items, frame);
  JsonObject *part = purser_json_member (frame, "part");
  const char *text = purser_json_string (part, "text");
  if (g_str_has_suffix (type, ".added"))
    g_string_truncate (seen->part, 0);
  else
    g_assert_cmpstr (text != NULL ? text : purser_json_string (part, "refusal"), ==, seen->part->str);
}

static inline void
see_frame (GPtrArray *items, JsonObject *frame, const char *type)
{
  const char *delta = purser_json_string (frame, "delta");
  gboolean call = g_str_has_prefix (type, "response.function_call_arguments")
                  || g_str_has_prefix (type, "response.custom_tool_call_input");
  if (g_str_has_prefix (type, "response.output_item."))
    see_item (items, frame, type);
  else if (strstr (type, "_part.") != NULL)
    see_part (items, frame, type);
  else if (delta != NULL)
    g_string_append (call ? seen_at (items, frame)->input : seen_at (items, frame)->part, delta);
  else if (call)
    g_assert_nonnull (seen_at (items, frame));
}

static inline void
assert_final (GPtrArray *items, JsonObject *frame)
{
  JsonObject *response = purser_json_member (frame, "response");
  JsonArray *output = purser_json_array (response, "output");
  g_assert_cmpuint (json_array_get_length (output), ==, items->len);
  for (guint i = 0; i < items->len; i++)
    {
      Seen *seen = g_ptr_array_index (items, i);
      JsonObject *told = json_array_get_object_element (output, i);
      g_assert_true (seen->done);
      g_assert_cmpstr (purser_json_string (told, "id"), ==, purser_json_string (seen->item, "id"));
      g_assert_cmpuint (json_object_get_size (told), ==, json_object_get_size (seen->item));
    }
}

/* PROVIDERS §6.3, §8.3: numbers rise, what is added is done, deltas make what is told whole, the end has all of it. */
static inline void
assert_sound (JsonArray *frames, gboolean failed)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func (seen_free);
  guint length = json_array_get_length (frames);
  for (guint i = 0; i < length; i++)
    {
      JsonObject *frame = json_array_get_object_element (frames, i);
      const char *type = purser_json_string (frame, "type");
      g_assert_cmpint (purser_json_int (frame, "sequence_number", -1), ==, i);
      if (i == 0)
        g_assert_cmpstr (type, ==, "response.created");
      see_frame (items, frame, type);
      if (i + 1 == length && !failed)
        assert_final (items, frame);
    }
  const char *last = purser_json_string (json_array_get_object_element (frames, length - 1), "type");
  if (failed)
    g_assert_cmpstr (last, ==, "response.failed");
  else
    g_assert_true (g_str_equal (last, "response.completed") || g_str_equal (last, "response.incomplete"));
}
