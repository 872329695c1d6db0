/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-halves.h"

#include "purser-json-scan.h"

typedef struct { PurserHalfKey key; gunichar unit; } Half;

struct _PurserHalves
{
  GArray *waiting; /* (element-type Half): at most one for each kind of fragment */
};

PurserHalves *
purser_halves_new (void)
{
  PurserHalves *self = g_new0 (PurserHalves, 1);
  self->waiting = g_array_new (FALSE, FALSE, sizeof (Half));
  return self;
}

void
purser_halves_free (PurserHalves *self)
{
  g_array_unref (self->waiting);
  g_free (self);
}

gboolean
purser_halves_waiting (PurserHalves *self)
{
  return self->waiting->len > 0;
}

static gunichar
take_waiting (PurserHalves *self, PurserHalfKey key)
{
  for (guint i = 0; i < self->waiting->len; i++)
    {
      Half half = g_array_index (self->waiting, Half, i);
      if (half.key.type == key.type && half.key.choice == key.choice && half.key.tool == key.tool)
        {
          g_array_remove_index (self->waiting, i);
          return half.unit;
        }
    }
  return 0;
}

char *
purser_halves_join (PurserHalves *self, PurserHalfKey key, const char *text)
{
  GString *joined = g_string_new (NULL);
  gunichar first = take_waiting (self, key); /* 0: none */
  for (const char *p = text; *p != 0; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gunichar unit = PURSER_JSON_IS_HALF (c) ? PURSER_JSON_HALF_UNIT (c) : 0;
      if (first != 0 && unit >= 0xDC00)
        {
          g_string_append_unichar (joined, 0x10000 + ((first - 0xD800) << 10) + (unit - 0xDC00));
          first = 0;
          continue;
        }
      if (first != 0)
        g_string_append_unichar (joined, 0xFFFD);
      first = unit != 0 && unit < 0xDC00 ? unit : 0;
      if (first == 0)
        g_string_append_unichar (joined, unit != 0 ? 0xFFFD : c);
    }
  if (first != 0)
    {
      Half half = { key, first };
      g_array_append_val (self->waiting, half);
    }
  return g_string_free (joined, FALSE);
}

void
purser_halves_flush (PurserHalves *self, int choice, PurserHalfFunc func, gpointer user_data)
{
  for (guint i = self->waiting->len; i > 0; i--)
    {
      Half half = g_array_index (self->waiting, Half, i - 1);
      if (choice >= 0 && half.key.choice != choice)
        continue;
      g_array_remove_index (self->waiting, i - 1);
      func (half.key, user_data);
    }
}
