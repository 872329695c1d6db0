/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-reply.h"

#include "anthropic-frames.h"

static void
written_cb (const char *bytes, gsize length, gboolean terminal, gpointer data)
{
  g_string_append_len (data, bytes, length);
}

static void
event_cb (const PurserEvent *event, gpointer writer)
{
  purser_writer_add (writer, event);
}

/* Whatever came, its caller gets a stream, or a body, that is legal. */
static void
write_again (const uint8_t *data, size_t size, gboolean stream, const char *origin)
{
  g_autoptr(GString) written = g_string_new (NULL);
  PurserWriterOptions options = { .stream = stream, .origin = origin };
  g_autoptr(PurserWriter) writer = purser_writer_new (purser_dialect_get ("anthropic"), &options, written_cb, written);
  g_autoptr(PurserReader) reader = purser_reader_new (purser_dialect_get ("anthropic"), TRUE, NULL, event_cb, writer);
  purser_reader_feed (reader, data, size);
  purser_reader_end (reader);
  if (stream)
    {
      g_autoptr(JsonArray) frames = anthropic_frames (written->str);
      g_assert_true (anthropic_frames_legal (frames));
    }
  else if (written->len > 0)
    {
      g_autoptr(JsonNode) body = purser_json_parse (written->str, written->len, NULL);
      g_assert_nonnull (purser_json_array (purser_json_object (body), "content"));
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  gsize length = size >= 3 ? size - 3 : 0;
  write_again (data, length, TRUE, "anthropic");
  write_again (data, length, FALSE, "anthropic");
  write_again (data, length, TRUE, "openai-chat");
  return fuzz_reply ("anthropic", data, size);
}
