/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <string.h>

#include "purser-dialect.h"
#include "purser-json.h"

/* Events as text, one a line, so that two readings can be compared and expected ones written down. */

static inline void
event_log_usage (GString *log, const PurserUsage *usage)
{
  g_autofree char *raw = purser_json_to_string (usage->raw, FALSE);
  g_string_append_printf (log,
                          " in=%" G_GINT64_FORMAT " uncached=%" G_GINT64_FORMAT " read=%" G_GINT64_FORMAT
                          " write=%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT " out=%" G_GINT64_FORMAT
                          " reasoning=%" G_GINT64_FORMAT "%s raw=%s",
                          usage->input_total, usage->input_uncached, usage->cache_read, usage->cache_write_5m,
                          usage->cache_write_1h, usage->cache_write_other, usage->output, usage->reasoning,
                          usage->cache_exceeds_prompt ? " exceeds" : "", raw);
}

static inline void
event_log_fault (GString *log, const PurserFault *fault)
{
  g_string_append_printf (log, " %s status=%d code=%s message=%s", purser_fault_class_id (fault->class_), fault->status,
                          fault->code ? fault->code : "-", fault->message ? fault->message : "-");
}

/* A PurserEventFunc whose data is a GString. What every event must keep to is asserted on the way. */
static inline void
event_log_cb (const PurserEvent *event, gpointer data)
{
  static const char *const names[] = { "start",  "text",  "thinking", "signature", "redacted", "refusal",
                                       "tool",   "args",  "tool-end", "block",     "block-delta", "block-end",
                                       "citation", "usage", "finish", "error", "meta", "raw", "end" };
  GString *log = data;
  g_assert_cmpuint (event->type, <, G_N_ELEMENTS (names));
  g_assert_true (event->choice >= 0 && event->choice < 128 && event->tool >= 0);
  g_string_append_printf (log, "%s", names[event->type]);
  if (event->choice > 0)
    g_string_append_printf (log, " choice=%d", event->choice);
  if (event->tool > 0)
    g_string_append_printf (log, " tool=%d", event->tool);
  if (event->id != NULL)
    g_string_append_printf (log, " id=%s", event->id);
  if (event->name != NULL)
    g_string_append_printf (log, " name=%s", event->name);
  if (event->model != NULL)
    g_string_append_printf (log, " model=%s", event->model);
  if (event->type == PURSER_EVENT_FINISH)
    g_string_append_printf (log, " %d", event->finish);
  if (event->text != NULL)
    {
      g_assert_cmpuint (strlen (event->text), ==, event->length);
      g_assert_true (g_utf8_validate (event->text, event->length, NULL));
      g_string_append_printf (log, " “%s”", event->text);
    }
  if (event->usage != NULL)
    event_log_usage (log, event->usage);
  if (event->fault != NULL)
    {
      g_assert_true (event->fault->message == NULL || g_utf8_strlen (event->fault->message, -1) <= 500);
      event_log_fault (log, event->fault);
    }
  if (event->json != NULL)
    {
      g_autofree char *json = purser_json_to_string (event->json, FALSE);
      g_string_append_printf (log, " json=%s", json);
    }
  g_string_append_c (log, '\n');
}

/* Reads BODY in pieces of at most PIECE bytes after the first CUT. */
static inline char *
event_log_read (const char *dialect,
                gboolean streamed,
                const char *content_type,
                const void *body,
                gsize length,
                gsize cut,
                gsize piece)
{
  GString *log = g_string_new (NULL);
  PurserReader *reader = purser_reader_new (purser_dialect_get (dialect), streamed, content_type, event_log_cb, log);
  cut = MIN (cut, length);
  purser_reader_feed (reader, body, cut);
  for (gsize at = cut; at < length; at += MIN (piece, length - at))
    purser_reader_feed (reader, (const char *) body + at, MIN (piece, length - at));
  purser_reader_end (reader);
  g_assert_false (purser_reader_feed (reader, "{}\n", 3)); /* over: nothing more is said */
  purser_reader_free (reader);
  return g_string_free (log, FALSE);
}
