/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-json-scan.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-dialect.h"

/* One pass over the text. It measures depth (a deep document would overflow the stack of any recursive parser), refuses
 * NUL bytes, and mends what providers do send and json-glib refuses: invalid UTF-8, raw control characters inside
 * strings, "\u0000" (a C string would end there) and lone halves of surrogate pairs. Text that needs no mending is
 * never copied. */
typedef struct
{
  const char *start, *at, *end, *copied; /* everything before `copied` is in `out` */
  gboolean    keep_halves, in_string;
  int         depth;
  guint       values; /* about: commas and brackets */
  PurserJsonScan *scan;
} Walk;

/* Puts REPLACEMENT in the place of the next LENGTH bytes. */
static void
replace (Walk *walk, gsize length, const char *replacement, gssize replacement_length)
{
  if (walk->scan->repaired == NULL)
    walk->scan->repaired = g_string_sized_new (walk->end - walk->start + 16);
  g_string_append_len (walk->scan->repaired, walk->copied, walk->at - walk->copied);
  g_string_append_len (walk->scan->repaired, replacement, replacement_length);
  walk->at += length;
  walk->copied = walk->at;
}

static void
replace_char (Walk *walk, gsize length, gunichar c)
{
  char utf8[6];
  replace (walk, length, utf8, g_unichar_to_utf8 (c, utf8));
}

/* The UTF-16 unit of the "\uXXXX" at P, or -1. */
static int
unit_at (const char *p, const char *end)
{
  int unit = 0;
  if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
    return -1;
  for (int i = 2; i < 6; i++)
    {
      if (!g_ascii_isxdigit (p[i]))
        return -1;
      unit = unit * 16 + g_ascii_xdigit_value (p[i]);
    }
  return unit;
}

static void
walk_escape (Walk *walk)
{
  int unit = unit_at (walk->at, walk->end);
  if (unit < 0)
    walk->at = MIN (walk->at + 2, walk->end); /* json-glib judges other escapes */
  else if (unit == 0)
    replace_char (walk, 6, 0xFFFD);
  else if (unit < 0xD800 || unit > 0xDFFF)
    walk->at += 6;
  else
    {
      int next = unit < 0xDC00 ? unit_at (walk->at + 6, walk->end) : -1;
      if (next >= 0xDC00 && next <= 0xDFFF)
        walk->at += 12;
      else if (walk->keep_halves)
        {
          walk->scan->halves = TRUE;
          replace_char (walk, 6, PURSER_JSON_HALF_BASE + unit);
        }
      else
        replace_char (walk, 6, 0xFFFD);
    }
}

static void
walk_raw_byte (Walk *walk, guchar byte)
{
  if (byte >= 0x80)
    {
      gunichar c = g_utf8_get_char_validated (walk->at, walk->end - walk->at);
      if (c == (gunichar) -1 || c == (gunichar) -2)
        replace_char (walk, 1, 0xFFFD);
      else
        walk->at += g_unichar_to_utf8 (c, NULL);
    }
  else if (byte < 0x20 && walk->in_string)
    {
      char escape[8];
      replace (walk, 1, escape, g_snprintf (escape, sizeof escape, "\\u%04x", byte));
    }
  else
    walk->at++;
}

static gboolean
walk_one (Walk *walk, GError **error)
{
  guchar byte = *walk->at;
  if (byte == 0)
    {
      g_set_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_SYNTAX,
                   _("The JSON text holds a NUL byte at position %zu"), (gsize) (walk->at - walk->start));
      return FALSE;
    }
  if (byte == '\\' && walk->in_string)
    {
      walk_escape (walk);
      return TRUE;
    }
  if (!walk->in_string && (byte == ',' || byte == '{' || byte == '[') && ++walk->values > PURSER_JSON_MAX_VALUES)
    {
      g_set_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_LIMIT, _("The JSON text holds more than %d values"),
                   PURSER_JSON_MAX_VALUES);
      return FALSE;
    }
  if (byte == '"')
    walk->in_string = !walk->in_string;
  else if (!walk->in_string && (byte == '{' || byte == '[') && ++walk->depth > PURSER_JSON_MAX_DEPTH)
    {
      g_set_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_LIMIT,
                   _("The JSON text is nested more than %d levels deep"), PURSER_JSON_MAX_DEPTH);
      return FALSE;
    }
  else if (!walk->in_string && (byte == '}' || byte == ']'))
    walk->depth--;
  walk_raw_byte (walk, byte);
  return TRUE;
}

/**
 * purser_json_scan:
 * @keep_halves: whether lone surrogate halves are kept as private code points, or become U+FFFD
 * @scan: (out caller-allocates): clear it afterwards, also after an error
 *
 * Looks over JSON text of unknown origin and mends it for json-glib.
 */
gboolean
purser_json_scan (const char *text, gsize length, gboolean keep_halves, PurserJsonScan *scan, GError **error)
{
  Walk walk = { text, text, text + length, text, keep_halves, FALSE, 0, 0, scan };
  *scan = (PurserJsonScan) { 0 };
  while (walk.at < walk.end)
    {
      guchar byte = *walk.at;
      /* The plain bytes of a long string, by far most of any reply */
      if (walk.in_string && byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\')
        walk.at++;
      else if (!walk_one (&walk, error))
        return FALSE;
    }
  if (scan->repaired != NULL)
    g_string_append_len (scan->repaired, walk.copied, walk.end - walk.copied);
  scan->incomplete = walk.in_string || walk.depth > 0;
  return TRUE;
}

void
purser_json_scan_clear (PurserJsonScan *scan)
{
  if (scan->repaired != NULL)
    g_string_free (scan->repaired, TRUE);
  scan->repaired = NULL;
}
