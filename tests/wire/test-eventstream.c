/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frames of AWS's event stream: every cut of the bytes gives the same frames, and whatever is done to them, nothing
 * is handed out that was not sent. */
#include <string.h>

#include "frames.h"
#include "purser-eventstream.h"

static void
log_cb (const PurserFrame *frame, gpointer log)
{
  static const char *const kinds[] = { "event", "exception", "error" };
  g_string_append_printf (log, "%s %s “%.*s”\n", kinds[frame->kind], frame->type, (int) frame->length,
                          frame->payload != NULL ? frame->payload : "");
}

/* The frames, and how it ended. CUT: where the bytes are cut in two; PIECE: and in what pieces the rest comes. */
static char *
read_cut (const GByteArray *bytes, gsize cut, gsize piece)
{
  GString *log = g_string_new (NULL);
  g_autoptr(PurserEventStream) stream = purser_event_stream_new (4096, log_cb, log);
  PurserEventStreamState state = purser_event_stream_feed (stream, bytes->data, cut);
  for (gsize at = cut; at < bytes->len; at += MIN (piece, bytes->len - at))
    state = purser_event_stream_feed (stream, bytes->data + at, MIN (piece, bytes->len - at));
  g_string_append (log, state == PURSER_EVENT_STREAM_DAMAGED   ? "damaged"
                        : state == PURSER_EVENT_STREAM_ENDLESS ? "endless"
                        : purser_event_stream_end (stream)     ? "between frames"
                                                               : "in a frame");
  return g_string_free (log, FALSE);
}

static void
assert_reads (const GByteArray *bytes, const char *expected)
{
  for (gsize cut = 0; cut <= bytes->len; cut++)
    {
      g_autofree char *two = read_cut (bytes, cut, bytes->len + 1), *many = read_cut (bytes, cut, 3);
      g_assert_cmpstr (two, ==, expected);
      g_assert_cmpstr (many, ==, expected);
    }
  g_autofree char *single = read_cut (bytes, 0, 1);
  g_assert_cmpstr (single, ==, expected);
}

static void
test_crc (void)
{
  g_assert_cmphex (purser_event_stream_crc (0, "", 0), ==, 0);
  g_assert_cmphex (purser_event_stream_crc (0, "123456789", 9), ==,
                   0xcbf43926); /* the value every CRC-32 is known by */
  g_assert_cmphex (purser_event_stream_crc (purser_event_stream_crc (0, "1234", 4), "56789", 5), ==, 0xcbf43926);
}

static void
test_frames (void)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  frames_add_event (bytes, "messageStart", "{\"role\":\"assistant\"}");
  frames_add_event (bytes, "empty", "");
  frames_add (bytes, "exception", ":exception-type", "throttlingException", "{\"message\":\"slow down\"}");
  assert_reads (bytes, "event messageStart “{\"role\":\"assistant\"}”\nevent empty “”\n"
                       "exception throttlingException “{\"message\":\"slow down\"}”\nbetween frames");
  g_byte_array_set_size (bytes, bytes->len - 1);
  assert_reads (bytes, "event messageStart “{\"role\":\"assistant\"}”\nevent empty “”\nin a frame");
}

static void
test_error (void)
{
  g_autoptr(GByteArray) headers = g_byte_array_new (), bytes = g_byte_array_new ();
  frames_add_header (headers, ":message-type", "error");
  frames_add_header (headers, ":error-code", "InternalError");
  frames_add_header (headers, ":error-message", "An internal server error occurred");
  frames_add_raw (bytes, headers, "", 0);
  assert_reads (bytes, "error InternalError “An internal server error occurred”\nbetween frames");
}

/* Headers of every type stand before the one that counts. */
static void
test_header_types (void)
{
  static const guint8 others[] = { 1,   'a', 0, 1,   'b', 1, 1, 'c', 2, 9, 1, 'd', 3, 0, 9,   1,   'e', 4,  0,
                                   0,   0,   9, 1,   'f', 5, 0, 0,   0, 0, 0, 0,   0, 9, 1,   'g', 6,   0,  2,
                                   'x', 'y', 1, 'h', 8,   0, 0, 0,   0, 0, 0, 0,   9, 1, 'i', 9,   0,   0,  0,
                                   0,   0,   0, 0,   0,   0, 0, 0,   0, 0, 0, 0,   0, 0, 7,   0,   1,   'z' };
  g_autoptr(GByteArray) headers = g_byte_array_new (), bytes = g_byte_array_new ();
  g_byte_array_append (headers, others, sizeof others);
  frames_add_header (headers, ":event-type", "late");
  frames_add_raw (bytes, headers, "{}", 2);
  assert_reads (bytes, "event late “{}”\nbetween frames");
}

/* Headers that do not add up, in frames whose checksums do. */
static void
test_bad_headers (void)
{
  static const struct
  {
    const char *bytes;
    gsize length;
  } bad[] = {
    { "\5", 1 }, /* a name longer than all */
    { "\1a", 2 }, /* no type */
    { "\1a\7", 3 }, /* no length */
    { "\1a\7\0\5abc", 8 }, /* a text longer than what is left */
    { "\1a\12", 3 }, /* a type that does not exist */
    { "\1a\4\0\0", 5 }, /* half a number */
    { "\1a\6\377\377", 5 }, /* bytes longer than what is left */
  };
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GByteArray) headers = g_byte_array_new (), bytes = g_byte_array_new ();
      g_byte_array_append (headers, (const guint8 *) bad[i].bytes, bad[i].length);
      frames_add_raw (bytes, headers, "{}", 2);
      assert_reads (bytes, "damaged");
    }
}

/* A name as long as a header can hold stays inside its place. */
static void
test_long_type (void)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  g_autofree char *type = g_strnfill (2000, 'x'), *kept = g_strnfill (127, 'x');
  g_autofree char *expected = g_strdup_printf ("event %s “{}”\nbetween frames", kept);
  frames_add_event (bytes, type, "{}");
  g_autofree char *is = read_cut (bytes, 0, 1);
  g_assert_cmpstr (is, ==, expected);
}

static void
test_lengths (void)
{
  static const struct
  {
    guint32 length, headers;
    const char *expected;
  } lengths[] = {
    { 15, 0, "damaged" },          { 0, 0, "damaged" },    { 16, 1, "damaged" },
    { 20, 0xffffffff, "damaged" }, { 4097, 0, "endless" }, { 0xffffffff, 0, "endless" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr(GByteArray) bytes = g_byte_array_new ();
      frames_add_number (bytes, lengths[i].length);
      frames_add_number (bytes, lengths[i].headers);
      frames_add_number (bytes, purser_event_stream_crc (0, bytes->data, bytes->len));
      frames_add_number (bytes, 0);
      assert_reads (bytes, lengths[i].expected);
    }
}

/* One bit anywhere: the frame before it is read, the damaged one and all after it are not. */
static void
test_damage (void)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  frames_add_event (bytes, "one", "{\"n\":1}");
  gsize first = bytes->len;
  frames_add_event (bytes, "two", "{\"n\":2}");
  frames_add_event (bytes, "three", "{\"n\":3}");
  for (gsize bit = first * 8; bit < bytes->len * 8; bit++)
    {
      bytes->data[bit / 8] ^= 1 << bit % 8;
      g_autofree char *log = read_cut (bytes, 0, bytes->len);
      bytes->data[bit / 8] ^= 1 << bit % 8;
      g_assert_true (g_str_has_prefix (log, "event one “{\"n\":1}”\n"));
      g_assert_true (g_str_has_suffix (log, "damaged"));
      g_assert_null (strstr (log, "three"));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/eventstream/crc", test_crc);
  g_test_add_func ("/wire/eventstream/frames", test_frames);
  g_test_add_func ("/wire/eventstream/error", test_error);
  g_test_add_func ("/wire/eventstream/header-types", test_header_types);
  g_test_add_func ("/wire/eventstream/bad-headers", test_bad_headers);
  g_test_add_func ("/wire/eventstream/long-type", test_long_type);
  g_test_add_func ("/wire/eventstream/lengths", test_lengths);
  g_test_add_func ("/wire/eventstream/damage", test_damage);
  return g_test_run ();
}
