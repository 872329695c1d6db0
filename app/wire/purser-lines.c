/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-lines.h"

#include <string.h>

struct _PurserLines
{
  GByteArray    *partial; /* (owned): the line that has begun */
  gsize          limit;
  gboolean       cr_ends;
  gboolean       skip_lf; /* the last byte was a CR that ended a line: an LF belongs to it */
  gboolean       first, too_long;
  PurserLineFunc func;
  gpointer       user_data;
};

PurserLines *
purser_lines_new (gsize limit, gboolean cr_ends, PurserLineFunc func, gpointer user_data)
{
  PurserLines *self = g_new0 (PurserLines, 1);
  self->partial = g_byte_array_new ();
  self->limit = limit;
  self->cr_ends = cr_ends;
  self->first = TRUE;
  self->func = func;
  self->user_data = user_data;
  return self;
}

void
purser_lines_free (PurserLines *self)
{
  if (self == NULL)
    return;
  g_byte_array_unref (self->partial);
  g_free (self);
}

/* The nearer of LF and CR. Looked for in windows: a stream that knows only one of them would else be searched to its end
 * for the other, once a line. */
#define WINDOW 512
gsize
purser_line_end (const char *bytes, gsize length, gboolean cr_ends)
{
  for (gsize from = 0; from < length; from += WINDOW)
    {
      const char *at = bytes + from;
      gsize window = MIN (length - from, WINDOW);
      const char *lf = memchr (at, '\n', window);
      const char *cr = cr_ends ? memchr (at, '\r', lf ? (gsize) (lf - at) : window) : NULL;
      if (cr != NULL || lf != NULL)
        return (cr != NULL ? cr : lf) - bytes;
    }
  return length;
}

static void
hand_out (PurserLines *self, const char *line, gsize length)
{
  /* A byte order mark is allowed before the first line of an event stream, and Windows programs put one before
   * anything. */
  if (self->first && length >= 3 && memcmp (line, "\xef\xbb\xbf", 3) == 0)
    {
      line += 3;
      length -= 3;
    }
  self->first = FALSE;
  if (!self->cr_ends && length > 0 && line[length - 1] == '\r')
    length--;
  self->func (line, length, self->user_data);
}

/* One line, or the part of it that is there; returns the bytes taken. */
static gsize
take_line (PurserLines *self, const char *bytes, gsize length)
{
  gsize part = purser_line_end (bytes, length, self->cr_ends);
  if (self->partial->len + part > self->limit)
    {
      self->too_long = TRUE;
      return length;
    }
  if (part == length)
    {
      g_byte_array_append (self->partial, (const guint8 *) bytes, part);
      return length;
    }
  self->skip_lf = bytes[part] == '\r';
  if (self->partial->len > 0)
    {
      g_byte_array_append (self->partial, (const guint8 *) bytes, part);
      hand_out (self, (const char *) self->partial->data, self->partial->len);
      g_byte_array_set_size (self->partial, 0);
    }
  else
    hand_out (self, bytes, part);
  return part + 1;
}

gboolean
purser_lines_feed (PurserLines *self, const void *bytes, gsize length)
{
  if (length == 0) /* BYTES may be NULL */
    return !self->too_long;
  const char *at = bytes, *end = at + length;
  while (at < end && !self->too_long)
    {
      if (self->skip_lf && *at == '\n')
        at++;
      self->skip_lf = FALSE;
      if (at < end)
        at += take_line (self, at, end - at);
    }
  return !self->too_long;
}

gboolean
purser_lines_end (PurserLines *self)
{
  if (!self->too_long && self->partial->len > 0)
    hand_out (self, (const char *) self->partial->data, self->partial->len);
  g_byte_array_set_size (self->partial, 0);
  return !self->too_long;
}
