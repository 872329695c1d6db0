/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "event-log.h"
#include "purser-reader.h"

/* A stream read together with its frames: what every reading must keep to, however the bytes are cut. */

typedef struct
{
  GString *log;     /* (owned) events */
  GString *order;   /* (owned) "e" for each event, and after those of each frame its length */
  GString *bytes;   /* (owned) all frames in a row */
  guint    frames;
  gboolean streamed, failed;
} RawLog;
#define RAW_LOG_INIT { .log = g_string_new (NULL), .order = g_string_new (NULL), .bytes = g_string_new (NULL) }

static inline void
raw_log_event_cb (const PurserEvent *event, gpointer data)
{
  RawLog *raw = data;
  raw->failed |= event->type == PURSER_EVENT_ERROR;
  g_string_append_c (raw->order, 'e');
  event_log_cb (event, raw->log);
}

static inline void
raw_log_frame_cb (const char *bytes, gsize length, gpointer data)
{
  RawLog *raw = data;
  g_assert_cmpuint (length, >, 0);
  g_string_append_len (raw->bytes, bytes, length);
  g_string_append_printf (raw->order, " %zu ", length);
  raw->frames++;
}

static inline void
raw_log_clear (RawLog *raw)
{
  g_string_free (raw->log, TRUE);
  g_string_free (raw->order, TRUE);
  g_string_free (raw->bytes, TRUE);
}

/* SLOW: everything by the tree. */
static inline RawLog
raw_log_read (const char *dialect, gboolean streamed, const char *type, const char *body, gsize length, gsize cut, gsize piece, gboolean slow)
{
  RawLog raw = RAW_LOG_INIT;
  g_autoptr(PurserReader) reader = purser_reader_new (purser_dialect_get (dialect), streamed, type, raw_log_event_cb, &raw);
  purser_reader_set_raw (reader, raw_log_frame_cb);
  if (slow)
    purser_reader_forgo_quick (reader);
  cut = MIN (cut, length);
  purser_reader_feed (reader, body, cut);
  for (gsize at = cut; at < length; at += MIN (piece, length - at))
    purser_reader_feed (reader, body + at, MIN (piece, length - at));
  purser_reader_end (reader);
  raw.streamed = purser_reader_is_streamed (reader);
  return raw;
}

/* The same frames and events cut as told and whole, quick and slow; the bytes that came, in order. */
static inline void
raw_log_check (const char *dialect, gboolean streamed, const char *type, const char *body, gsize length, gsize cut, gsize piece)
{
  RawLog whole = raw_log_read (dialect, streamed, type, body, length, length, 1, FALSE);
  RawLog cut_up = raw_log_read (dialect, streamed, type, body, length, cut, MAX (piece, 1), FALSE);
  RawLog slow = raw_log_read (dialect, streamed, type, body, length, length, 1, TRUE);
  g_assert_cmpstr (whole.log->str, ==, cut_up.log->str);
  g_assert_cmpstr (whole.log->str, ==, slow.log->str);
  g_assert_cmpstr (whole.order->str, ==, cut_up.order->str);
  g_assert_cmpstr (whole.order->str, ==, slow.order->str);
  g_assert_true (g_string_equal (whole.bytes, cut_up.bytes) && g_string_equal (whole.bytes, slow.bytes));
  g_assert_cmpuint (whole.bytes->len, <=, length);
  g_assert_true (whole.bytes->len == 0 || memcmp (whole.bytes->str, body, whole.bytes->len) == 0);
  g_assert_true (whole.streamed || whole.frames == 0);
  raw_log_clear (&whole);
  raw_log_clear (&cut_up);
  raw_log_clear (&slow);
}
