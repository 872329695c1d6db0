/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Reads the frames of AWS's event stream (application/vnd.amazon.eventstream, PROVIDERS §6.5), however the bytes are cut. */
typedef struct _PurserEventStream PurserEventStream;

typedef enum
{
  PURSER_FRAME_EVENT, /* type: :event-type */
  PURSER_FRAME_EXCEPTION, /* type: :exception-type; the payload has its words */
  PURSER_FRAME_ERROR, /* type: :error-code; the payload is :error-message, plain text */
} PurserFrameKind;

/* Borrowed for the time of the callback. The payload is not NUL-terminated. */
typedef struct
{
  PurserFrameKind kind;
  const char *type;
  const char *payload;
  gsize length;
} PurserFrame;
typedef void (*PurserFrameFunc) (const PurserFrame *frame, gpointer user_data);

typedef enum
{
  PURSER_EVENT_STREAM_SOUND,
  PURSER_EVENT_STREAM_DAMAGED, /* a checksum or a length does not fit: nothing after it can be trusted */
  PURSER_EVENT_STREAM_ENDLESS, /* a frame announces more than the limit */
} PurserEventStreamState;

/* LIMIT: of a whole frame. */
PurserEventStream *purser_event_stream_new (gsize limit, PurserFrameFunc func, gpointer user_data);
/* Anything but SOUND lasts: further bytes are ignored. */
PurserEventStreamState purser_event_stream_feed (PurserEventStream *stream, const void *bytes, gsize length);
/* Whether the bytes stopped between two frames. */
gboolean purser_event_stream_end (PurserEventStream *stream);
void purser_event_stream_free (PurserEventStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserEventStream, purser_event_stream_free)

/* Ordinary CRC-32 (IEEE 802.3), going on from CRC; begin with 0. */
guint32 purser_event_stream_crc (guint32 crc, const void *bytes, gsize length);

G_END_DECLS
