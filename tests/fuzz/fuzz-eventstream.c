/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>

#include "frames.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
log_cb (const PurserFrame *frame, gpointer log)
{
  g_assert_nonnull (frame->type);
  g_assert_cmpuint (strlen (frame->type), <, 128);
  g_string_append_printf (log, "%d %s %zu %x\n", frame->kind, frame->type, frame->length,
                          purser_event_stream_crc (0, frame->payload, frame->length));
}

/* In pieces of PIECE bytes, each a copy of its own, so that a byte too far is noticed. */
static char *
read_bytes (const uint8_t *data, gsize size, gsize piece)
{
  GString *log = g_string_new (NULL);
  g_autoptr(PurserEventStream) stream = purser_event_stream_new (1 << 20, log_cb, log);
  PurserEventStreamState state = PURSER_EVENT_STREAM_SOUND;
  for (gsize at = 0; at < size; at += MIN (piece, size - at))
    {
      gsize length = MIN (piece, size - at);
      g_autofree uint8_t *copy = g_memdup2 (data + at, length);
      state = purser_event_stream_feed (stream, copy, length);
    }
  g_string_append_printf (log, "%d %d", state, state == PURSER_EVENT_STREAM_SOUND && purser_event_stream_end (stream));
  return g_string_free (log, FALSE);
}

static void
compare (const uint8_t *data, gsize size, gsize piece)
{
  g_autofree char *whole = read_bytes (data, size, MAX (size, 1)), *pieces = read_bytes (data, size, piece);
  g_assert_cmpstr (whole, ==, pieces);
}

/* The input as it is; and as the headers of a frame with the right checksums, with its last byte as the length of its
 * payload. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < 1)
    return 0;
  gsize payload = MIN (data[size - 1], size - 1), piece = data[size - 1] % 16 + 1;
  g_autoptr(GByteArray) headers = g_byte_array_new (), bytes = g_byte_array_new ();
  g_byte_array_append (headers, data, size - 1 - payload);
  frames_add_raw (bytes, headers, data + size - 1 - payload, payload);
  compare (data, size, piece);
  compare (bytes->data, bytes->len, piece);
  return 0;
}
