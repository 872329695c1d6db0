/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-frames.h"

#include "purser-lines.h"

struct _PurserFrames
{
  PurserFrameUsers users;
  GByteArray *kept;      /* (owned) of the frame that is not handed out yet … */
  gsize       read;      /* … so much was read */
  gsize       limit;
  gboolean    events;    /* frames end at blank lines */
  gboolean    in_line;   /* bytes of the present line were seen */
  gboolean    cr, blank; /* the last byte was a CR that ended a line; a blank one */
  gboolean    marked;
};

PurserFrames *
purser_frames_new (gboolean events, gsize limit, const PurserFrameUsers *users)
{
  PurserFrames *self = g_new0 (PurserFrames, 1);
  self->users = *users;
  self->kept = g_byte_array_new ();
  self->limit = limit;
  self->events = events;
  return self;
}

void
purser_frames_free (PurserFrames *self)
{
  if (self == NULL)
    return;
  g_byte_array_unref (self->kept);
  g_free (self);
}

void
purser_frames_mark (PurserFrames *self)
{
  self->marked = TRUE;
}

/* One byte more is needed after a CR. Returns how many bytes it takes. */
static gsize
after_cr (PurserFrames *self, char next, gboolean *whole)
{
  *whole = self->blank;
  self->cr = self->blank = FALSE;
  return next == '\n';
}

/* How many of the bytes belong to the present frame; WHOLE: they are its last. */
static gsize
find_border (PurserFrames *self, const char *bytes, gsize length, gboolean *whole)
{
  gsize at = 0;
  *whole = FALSE;
  while (at < length && !*whole)
    {
      if (self->cr)
        {
          at += after_cr (self, bytes[at], whole);
          continue;
        }
      gsize end = at + purser_line_end (bytes + at, length - at, self->events);
      if (end == length)
        {
          self->in_line = TRUE;
          return length;
        }
      gboolean blank = !self->in_line && end == at;
      self->in_line = FALSE;
      self->cr = bytes[end] == '\r';
      self->blank = self->cr && blank;
      *whole = !self->cr && (blank || !self->events);
      at = end + 1;
    }
  return at;
}

static gboolean
read_kept (PurserFrames *self)
{
  gsize read = self->read;
  self->read = self->kept->len;
  return self->users.read ((const char *) self->kept->data + read, self->kept->len - read, self->users.reader);
}

static void
hand_out (PurserFrames *self, const char *bytes, gsize length)
{
  self->marked = FALSE;
  if (length > 0)
    self->users.out (bytes, length, self->users.user_data);
}

static void
hand_out_kept (PurserFrames *self)
{
  hand_out (self, (const char *) self->kept->data, self->kept->len);
  g_byte_array_set_size (self->kept, 0);
  self->read = 0;
}

/* Read and handed out where it lies. FALSE: it has to be kept. */
static gboolean
take_in_place (PurserFrames *self, const char *bytes, gsize length, gboolean *streams)
{
  *streams = self->users.read (bytes, length, self->users.reader);
  if (!*streams || !self->marked)
    return FALSE;
  hand_out (self, bytes, length);
  return TRUE;
}

gsize
purser_frames_feed (PurserFrames *self, const char *bytes, gsize length)
{
  gboolean whole, streams = TRUE;
  gsize part = find_border (self, bytes, MIN (length, self->limit - self->kept->len), &whole);
  gboolean alone = whole && self->kept->len == 0;
  if (alone && take_in_place (self, bytes, part, &streams))
    return part;
  g_byte_array_append (self->kept, (const guint8 *) bytes, part);
  if (alone)
    self->read = self->kept->len;
  else if (whole || self->kept->len >= self->limit)
    streams = read_kept (self);
  if (streams && (self->marked || self->kept->len >= self->limit))
    hand_out_kept (self);
  return part;
}

void
purser_frames_read_rest (PurserFrames *self)
{
  if (self->kept->len > self->read)
    read_kept (self);
}

void
purser_frames_end (PurserFrames *self)
{
  hand_out_kept (self);
}
