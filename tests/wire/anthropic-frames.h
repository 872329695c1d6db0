/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <string.h>

#include "purser-json.h"

/* A written stream as Anthropic's clients read it. */

/* Each frame is an event line, a data line with the same name in it, and a blank line. The data of them. (transfer full) */
static inline JsonArray *
anthropic_frames (const char *bytes)
{
  JsonArray *payloads = json_array_new ();
  g_auto(GStrv) frames = g_strsplit (bytes, "\n\n", -1);
  guint count = g_strv_length (frames);
  g_assert_true (count == 0 || *frames[count - 1] == 0);
  for (guint i = 0; i + 1 < count; i++)
    {
      g_auto(GStrv) lines = g_strsplit (frames[i], "\n", -1);
      g_assert_cmpuint (g_strv_length (lines), ==, 2);
      g_assert_true (g_str_has_prefix (lines[0], "event: ") && g_str_has_prefix (lines[1], "data: "));
      g_autoptr(GError) error = NULL;
      JsonNode *payload = purser_json_parse (lines[1] + strlen ("data: "), -1, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (purser_json_string (purser_json_object (payload), "type"), ==, lines[0] + strlen ("event: "));
      json_array_add_element (payloads, payload);
    }
  return payloads;
}

/* What their clients demand: message_start once and first, blocks in rising order without gaps, each closed before the next
 * opens, deltas of the open one only, all closed before message_delta; then message_stop, or an error anywhere, and nothing
 * behind. Returns whether the end was told. */
static inline gboolean
anthropic_frames_legal (JsonArray *payloads)
{
  gint64 next = 0;
  gboolean begun = FALSE, open = FALSE, delta = FALSE, over = FALSE;
  for (guint i = 0; i < json_array_get_length (payloads); i++)
    {
      JsonObject *data = json_array_get_object_element (payloads, i);
      const char *type = purser_json_string (data, "type");
      gint64 index = purser_json_int (data, "index", -1);
      g_assert_false (over);
      over = g_str_equal (type, "error") || g_str_equal (type, "message_stop");
      if (g_str_equal (type, "error"))
        {
          g_assert_nonnull (purser_json_string (purser_json_member (data, "error"), "type"));
          continue;
        }
      g_assert_true (begun == (i > 0) && begun != g_str_equal (type, "message_start"));
      begun = TRUE;
      if (g_str_equal (type, "content_block_start"))
        {
          g_assert_true (!open && !delta && index == next++);
          g_assert_nonnull (purser_json_member (data, "content_block"));
          open = TRUE;
        }
      else if (g_str_has_prefix (type, "content_block_"))
        {
          g_assert_true (open && index == next - 1);
          open = !g_str_equal (type, "content_block_stop");
        }
      else if (g_str_equal (type, "message_delta"))
        {
          g_assert_true (!open && !delta);
          g_assert_nonnull (purser_json_string (purser_json_member (data, "delta"), "stop_reason"));
          g_assert_nonnull (purser_json_member (data, "usage"));
          delta = TRUE;
        }
      else if (g_str_equal (type, "message_stop"))
        g_assert_true (delta);
      else
        {
          JsonObject *usage = purser_json_member (purser_json_member (data, "message"), "usage");
          g_assert_cmpstr (type, ==, "message_start");
          g_assert_nonnull (usage);
        }
    }
  return over;
}
