/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-eventstream.h"

#include <string.h>

/* A frame, all numbers big endian:
 *
 *   u32 length of the frame    u32 length of the headers    u32 CRC of these eight bytes
 *   headers                    payload                      u32 CRC of everything before it
 *
 * A header: u8 length of the name, name, u8 type, value. The types' values have fixed lengths, or a u16 in front. */
#define PRELUDE 12
#define TRAILER 4

/* Names of events and exceptions are short words; a longer one is none that is known. */
#define LONGEST_TYPE 127

enum
{
  HEADER_BYTES = 6,
  HEADER_STRING = 7
};

struct _PurserEventStream
{
  GByteArray *partial; /* (owned): the frame that has begun */
  gsize limit;
  PurserEventStreamState state;
  PurserFrameFunc func;
  gpointer user_data;
};

/* What the headers say of a frame. */
typedef struct
{
  char message_type[LONGEST_TYPE + 1], event_type[LONGEST_TYPE + 1], exception_type[LONGEST_TYPE + 1],
      error_code[LONGEST_TYPE + 1];
  const char *error_message; /* (unowned) (nullable) not NUL-terminated */
  gsize error_length;
} Headers;

/* Made once, and constant from then on: 256 numbers nobody can proof-read. */
static const guint32 *
crc_table (void)
{
  static guint32 table[256];
  static gsize made;
  if (g_once_init_enter (&made))
    {
      for (guint32 i = 0; i < G_N_ELEMENTS (table); i++)
        {
          table[i] = i;
          for (int bit = 0; bit < 8; bit++)
            table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
        }
      g_once_init_leave (&made, 1);
    }
  return table;
}

guint32
purser_event_stream_crc (guint32 crc, const void *bytes, gsize length)
{
  const guint32 *table = crc_table ();
  const guint8 *at = bytes;
  crc = ~crc;
  for (gsize i = 0; i < length; i++)
    crc = table[(crc ^ at[i]) & 255] ^ (crc >> 8);
  return ~crc;
}

PurserEventStream *
purser_event_stream_new (gsize limit, PurserFrameFunc func, gpointer user_data)
{
  PurserEventStream *self = g_new0 (PurserEventStream, 1);
  self->partial = g_byte_array_new ();
  self->limit = limit;
  self->func = func;
  self->user_data = user_data;
  return self;
}

void
purser_event_stream_free (PurserEventStream *self)
{
  if (self == NULL)
    return;
  g_byte_array_unref (self->partial);
  g_free (self);
}

static guint32
number_at (const guint8 *bytes)
{
  return (guint32) bytes[0] << 24 | (guint32) bytes[1] << 16 | (guint32) bytes[2] << 8 | bytes[3];
}

/* The length of a value of TYPE, with AVAILABLE bytes left; -1 if it does not fit or there is no such type. */
static gssize
value_length (guint8 type, const guint8 *value, gsize available)
{
  /* true, false, byte, short, integer, long, bytes, string, timestamp, uuid */
  static const gint8 lengths[] = { 0, 0, 1, 2, 4, 8, -1, -1, 8, 16 };
  gsize length;
  if (type >= G_N_ELEMENTS (lengths))
    return -1;
  if (type != HEADER_BYTES && type != HEADER_STRING)
    length = lengths[type];
  else if (available < 2)
    return -1;
  else
    length = 2 + (value[0] << 8 | value[1]);
#ifdef PURSER_PLANTED_BUG
  if (type == HEADER_STRING)
    return (gssize) length; /* planted: as long as the server says */
#endif
  return length <= available ? (gssize) length : -1;
}

static gboolean
is_named (const guint8 *name, gsize length, const char *word)
{
  return length == strlen (word) && memcmp (name, word, length) == 0;
}

static void
take_header (Headers *headers, const guint8 *name, gsize name_length, const char *text, gsize length)
{
  const struct
  {
    const char *name;
    char *slot;
  } slots[] = { { ":message-type", headers->message_type },
                { ":event-type", headers->event_type },
                { ":exception-type", headers->exception_type },
                { ":error-code", headers->error_code } };
  for (gsize i = 0; i < G_N_ELEMENTS (slots); i++)
    if (is_named (name, name_length, slots[i].name))
      {
        gsize kept = MIN (length, LONGEST_TYPE);
        memcpy (slots[i].slot, text, kept);
        slots[i].slot[kept] = 0;
      }
  if (is_named (name, name_length, ":error-message"))
    {
      headers->error_message = text;
      headers->error_length = length;
    }
}

static gboolean
read_headers (Headers *headers, const guint8 *bytes, gsize length)
{
  while (length > 0)
    {
      gsize name_length = bytes[0];
      if (length < 1 + name_length + 1)
        return FALSE;
      const guint8 *name = bytes + 1, *value = name + name_length + 1;
      guint8 type = name[name_length];
      gssize taken = value_length (type, value, length - name_length - 2);
      if (taken < 0)
        return FALSE;
      if (type == HEADER_STRING)
        take_header (headers, name, name_length, (const char *) value + 2, taken - 2);
      bytes = value + taken;
      length -= name_length + 2 + taken;
    }
  return TRUE;
}

static void
hand_out (PurserEventStream *self, const Headers *headers, const char *payload, gsize length)
{
  PurserFrame frame = { PURSER_FRAME_EVENT, headers->event_type, payload, length };
  if (g_str_equal (headers->message_type, "exception"))
    {
      frame.kind = PURSER_FRAME_EXCEPTION;
      frame.type = headers->exception_type;
    }
  else if (g_str_equal (headers->message_type, "error"))
    frame = (PurserFrame) { PURSER_FRAME_ERROR, headers->error_code, headers->error_message, headers->error_length };
  self->func (&frame, self->user_data);
}

/* What the first bytes of a frame announce; 0 while they are not all there, or if they are not sound. */
static gsize
announced_length (PurserEventStream *self, const guint8 *bytes, gsize available)
{
  if (available < PRELUDE)
    return 0;
  guint32 length = number_at (bytes), headers = number_at (bytes + 4);
  if (purser_event_stream_crc (0, bytes, 8) != number_at (bytes + 8) || length < PRELUDE + TRAILER
      || headers > length - PRELUDE - TRAILER)
    self->state = PURSER_EVENT_STREAM_DAMAGED;
  else if (length > self->limit)
    self->state = PURSER_EVENT_STREAM_ENDLESS;
  return self->state == PURSER_EVENT_STREAM_SOUND ? length : 0;
}

/* One frame that is wholly there. */
static void
read_frame (PurserEventStream *self, const guint8 *bytes, gsize length)
{
  gsize headers_length = number_at (bytes + 4), body = length - TRAILER;
  Headers headers = { 0 };
  if (purser_event_stream_crc (0, bytes, body) != number_at (bytes + body)
      || !read_headers (&headers, bytes + PRELUDE, headers_length))
    {
      self->state = PURSER_EVENT_STREAM_DAMAGED;
      return;
    }
  gsize payload = PRELUDE + headers_length;
  hand_out (self, &headers, (const char *) bytes + payload, body - payload);
}

/* Completes the frame that has begun; returns the bytes taken. */
static gsize
fill_partial (PurserEventStream *self, const guint8 *bytes, gsize length)
{
  gsize have = self->partial->len;
  gsize wanted = have < PRELUDE ? PRELUDE : announced_length (self, self->partial->data, have);
  gsize part = MIN (wanted - have, length);
  g_byte_array_append (self->partial, bytes, part);
  wanted = announced_length (self, self->partial->data, self->partial->len);
  if (wanted > 0 && self->partial->len == wanted)
    {
      read_frame (self, self->partial->data, wanted);
      g_byte_array_set_size (self->partial, 0);
    }
  return part;
}

PurserEventStreamState
purser_event_stream_feed (PurserEventStream *self, const void *bytes, gsize length)
{
  const guint8 *at = bytes;
  while (length > 0 && self->state == PURSER_EVENT_STREAM_SOUND)
    {
      gsize whole = self->partial->len == 0 ? announced_length (self, at, length) : 0;
      gsize taken = whole;
      if (whole > 0 && whole <= length)
        read_frame (self, at, whole);
      else if (self->state == PURSER_EVENT_STREAM_SOUND)
        taken = fill_partial (self, at, length);
      at += taken;
      length -= MIN (taken, length);
    }
  return self->state;
}

gboolean
purser_event_stream_end (PurserEventStream *self)
{
  return self->partial->len == 0;
}
