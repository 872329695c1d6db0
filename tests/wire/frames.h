/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <string.h>

#include "purser-eventstream.h"

/* Makes frames of AWS's event stream. */

static inline void
frames_add_number (GByteArray *bytes, guint32 number)
{
  const guint8 big[] = { number >> 24, number >> 16 & 255, number >> 8 & 255, number & 255 };
  g_byte_array_append (bytes, big, sizeof big);
}

static inline void
frames_add_header (GByteArray *headers, const char *name, const char *value)
{
  gsize length = MIN (strlen (value), 65535);
  const guint8 name_length = strlen (name), rest[] = { 7, length >> 8, length & 255 };
  g_byte_array_append (headers, &name_length, 1);
  g_byte_array_append (headers, (const guint8 *) name, name_length);
  g_byte_array_append (headers, rest, sizeof rest);
  g_byte_array_append (headers, (const guint8 *) value, length);
}

static inline void
frames_add_raw (GByteArray *bytes, const GByteArray *headers, const void *payload, gsize length)
{
  gsize start = bytes->len;
  frames_add_number (bytes, 12 + headers->len + length + 4);
  frames_add_number (bytes, headers->len);
  frames_add_number (bytes, purser_event_stream_crc (0, bytes->data + start, 8));
  g_byte_array_append (bytes, headers->data, headers->len);
  g_byte_array_append (bytes, payload, length);
  frames_add_number (bytes, purser_event_stream_crc (0, bytes->data + start, bytes->len - start));
}

static inline void
frames_add (GByteArray *bytes, const char *message_type, const char *type_header, const char *type, const char *payload)
{
  g_autoptr(GByteArray) headers = g_byte_array_new ();
  frames_add_header (headers, type_header, type);
  frames_add_header (headers, ":content-type", "application/json");
  frames_add_header (headers, ":message-type", message_type);
  frames_add_raw (bytes, headers, payload, strlen (payload));
}

static inline void
frames_add_event (GByteArray *bytes, const char *type, const char *payload)
{
  frames_add (bytes, "event", ":event-type", type, payload);
}
