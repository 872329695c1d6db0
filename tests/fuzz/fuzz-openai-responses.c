/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-reply.h"

#include "purser-reply.h"

static void
bytes_cb (const char *bytes, gsize length, gboolean terminal, gpointer user_data)
{
  g_string_append_len (user_data, bytes, length);
}

static void
event_cb (const PurserEvent *event, gpointer writer)
{
  purser_writer_add (writer, event);
}

static void
reply_cb (const PurserEvent *event, gpointer reply)
{
  purser_reply_add (reply, event);
}

static void
read_into (const void *data, gsize length, gboolean streamed, PurserEventFunc func, gpointer user_data)
{
  PurserReader *reader = purser_reader_new (purser_dialect_get ("openai-responses"), streamed, NULL, func, user_data);
  purser_reader_feed (reader, data, length);
  purser_reader_end (reader);
  purser_reader_free (reader);
}

/* Whatever was read can be written, as coming from here or from elsewhere, and what is written can be read. */
static void
write_again (const uint8_t *data, gsize length, gboolean streamed, gboolean stream, const char *origin)
{
  g_autoptr(GString) written = g_string_new (NULL);
  g_autoptr(PurserReply) reply = purser_reply_new ();
  PurserWriterOptions options = { .id = "resp_1", .stream = stream, .origin = origin };
  PurserWriter *writer = purser_writer_new (purser_dialect_get ("openai-responses"), &options, bytes_cb, written);
  read_into (data, length, streamed, event_cb, writer);
  purser_writer_free (writer);
  if (written->len == 0)
    return;
  read_into (written->str, written->len, stream, reply_cb, reply);
  g_assert_true (reply->ended || reply->fault != NULL);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_reply ("openai-responses", data, size);
  if (size < 3)
    return 0;
  gboolean streamed = data[size - 1] & 1, stream = data[size - 1] & 2;
  write_again (data, size - 3, streamed, stream, "openai-responses");
  write_again (data, size - 3, streamed, stream, "anthropic");
  return 0;
}
