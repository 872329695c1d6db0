/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Between the bytes of a stream and its reader, where somebody wants the bytes too: hands the reader one frame at a time, and
 * the frame's bytes out after it. A frame ends after a line, or (server-sent events) after a blank line with all of its end,
 * so that a carriage return and its line feed stay together, however the bytes are cut. Private to this room. */
typedef struct _PurserFrames PurserFrames;

typedef struct
{
  /* Reads bytes of the stream, a whole frame or the part of one. FALSE: this is no stream after all; nothing is handed out. */
  gboolean (*read) (const char *bytes, gsize length, gpointer reader);
  void     (*out)  (const char *bytes, gsize length, gpointer user_data);
  gpointer reader, user_data;
} PurserFrameUsers;

/* EVENTS: frames end at blank lines. A frame longer than LIMIT goes in parts. */
PurserFrames *purser_frames_new  (gboolean events, gsize limit, const PurserFrameUsers *users);
void          purser_frames_free (PurserFrames *frames);
/* At most one frame; returns how many bytes were taken. */
gsize         purser_frames_feed (PurserFrames *frames, const char *bytes, gsize length);
/* From `read`: there was an event in what is read. A frame without one, such as a comment, goes with the next. */
void          purser_frames_mark (PurserFrames *frames);
/* The bytes are over: reads what has no end; and hands out what is left, once the reader has said all of it. */
void          purser_frames_read_rest (PurserFrames *frames);
void          purser_frames_end  (PurserFrames *frames);

G_END_DECLS
