/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-sse.h"

#include <string.h>

#include "purser-lines.h"

struct _PurserSse
{
  PurserLines  *lines; /* (owned) */
  GString      *event; /* (owned) */
  GString      *data;  /* (owned) */
  gboolean      has_data, too_long, strange;
  gsize         limit;
  PurserSseFunc func;
  gpointer      user_data;
};

static void
dispatch (PurserSse *self)
{
  gboolean has_data = self->has_data;
  self->has_data = FALSE;
  if (has_data)
    self->func (self->event->str, self->data->str, self->data->len, self->user_data);
  g_string_truncate (self->event, 0);
  g_string_truncate (self->data, 0);
}

static gboolean
is_named (const char *name, gsize length, const char *wanted)
{
  return length == strlen (wanted) && memcmp (name, wanted, length) == 0;
}

static void
take_data (PurserSse *self, const char *value, gsize length)
{
  if (self->data->len + length + 1 > self->limit)
    {
      self->too_long = TRUE;
      return;
    }
  if (self->has_data)
    g_string_append_c (self->data, '\n');
  self->has_data = TRUE;
  g_string_append_len (self->data, value, length);
}

static void
take_field (PurserSse *self, const char *name, gsize name_length, const char *value, gsize length)
{
  if (is_named (name, name_length, "data"))
    {
      take_data (self, value, length);
      return;
    }
  if (is_named (name, name_length, "error") && length > 0 && *value == '{')
    {
      /* llama.cpp's server, in its older versions, writes "error: {…}" where it means an event of that name. */
      g_string_assign (self->event, "error");
      take_data (self, value, length);
      return;
    }
  if (is_named (name, name_length, "event"))
    {
      g_string_truncate (self->event, 0);
      g_string_append_len (self->event, value, length);
#ifdef PURSER_PLANTED_BUG
      /* Planted: looks behind the end of a long name; only in readers as small as fuzz-sse's, so that each dialect's
       * fuzzer must find its own dialect's bug. */
      if (length > 24 && self->limit < 1000)
        self->strange = self->event->str[self->event->allocated_len] == '!';
#endif
      return;
    }
  if (!is_named (name, name_length, "id") && !is_named (name, name_length, "retry"))
    self->strange = TRUE;
}

static void
line_cb (const char *line, gsize length, gpointer user_data)
{
  PurserSse *self = user_data;
  if (self->too_long)
    return;
  if (length == 0)
    {
      dispatch (self);
      return;
    }
  const char *colon = memchr (line, ':', length);
  if (colon == line)
    return; /* a comment */
  gsize name_length = colon ? (gsize) (colon - line) : length;
  const char *value = colon ? colon + 1 : line + length;
  if (value < line + length && *value == ' ')
    value++;
  take_field (self, line, name_length, value, line + length - value);
}

/**
 * purser_sse_new:
 * @limit: the longest line, and the most data of one event, in bytes
 * @func: called once per event, in order
 */
PurserSse *
purser_sse_new (gsize limit, PurserSseFunc func, gpointer user_data)
{
  PurserSse *self = g_new0 (PurserSse, 1);
  self->lines = purser_lines_new (limit, TRUE, line_cb, self);
  self->event = g_string_new (NULL);
  self->data = g_string_new (NULL);
  self->limit = limit;
  self->func = func;
  self->user_data = user_data;
  return self;
}

void
purser_sse_free (PurserSse *self)
{
  if (self == NULL)
    return;
  purser_lines_free (self->lines);
  g_string_free (self->event, TRUE);
  g_string_free (self->data, TRUE);
  g_free (self);
}

gboolean
purser_sse_feed (PurserSse *self, const void *bytes, gsize length)
{
  return purser_lines_feed (self->lines, bytes, length) && !self->too_long;
}

gboolean
purser_sse_end (PurserSse *self)
{
  gboolean fits = purser_lines_end (self->lines) && !self->too_long;
  if (fits)
    dispatch (self);
  return fits;
}

gboolean
purser_sse_strange (PurserSse *self)
{
  return self->strange;
}
