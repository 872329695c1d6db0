/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-quick.h"

#include <string.h>

static void
skip_blanks (PurserQuick *quick)
{
  while (quick->at < quick->end && (*quick->at == ' ' || *quick->at == '\n' || *quick->at == '\r' || *quick->at == '\t'))
    quick->at++;
}

static gboolean
take (PurserQuick *quick, char wanted)
{
  skip_blanks (quick);
  if (quick->at >= quick->end || *quick->at != wanted)
    return FALSE;
  quick->at++;
  return TRUE;
}

/* The four digits at P, or -1. */
static int
unit_at (const char *p, const char *end)
{
  int unit = 0;
  if (end - p < 4)
    return -1;
  for (int i = 0; i < 4; i++)
    {
      if (!g_ascii_isxdigit (p[i]))
        return -1;
      unit = unit * 16 + g_ascii_xdigit_value (p[i]);
    }
  return unit;
}

/* Past the escape that begins at AT, or NULL: none that JSON knows. */
static const char *
skip_escape (const char *at, const char *end)
{
  if (end - at < 2)
    return NULL;
  if (at[1] == 'u')
    return unit_at (at + 2, end) > 0 ? at + 6 : NULL;
  return at[1] != 0 && strchr ("\"\\/bfnrt", at[1]) != NULL ? at + 2 : NULL;
}

#define EACH_BYTE(byte) (G_GUINT64_CONSTANT (0x0101010101010101) * (byte))
/* The lowest of the bits that are set is that of the first byte below LEAST; there may be others above it. */
#define BELOW(word, least) (((word) - EACH_BYTE (least)) & ~(word) & EACH_BYTE (0x80))

/* Past the bytes that stand for themselves, eight at a time: most of a reply is text. */
static const char *
skip_plain (const char *at, const char *end)
{
  for (guint64 word, special; end - at >= 8; at += 8)
    {
      memcpy (&word, at, 8);
      word = GUINT64_FROM_LE (word);
      special = (word & EACH_BYTE (0x80)) | BELOW (word, 0x20) | BELOW (word ^ EACH_BYTE ('"'), 1)
                | BELOW (word ^ EACH_BYTE ('\\'), 1);
      if (special != 0)
        return at + __builtin_ctzll (special) / 8;
    }
  while (at < end && (guchar) *at >= 0x20 && (guchar) *at < 0x80 && *at != '"' && *at != '\\')
    at++;
  return at;
}

static gboolean
take_string (PurserQuick *quick, PurserQuickMember *member)
{
  const char *at = quick->at + 1;
  member->kind = PURSER_QUICK_STRING;
  member->start = at;
  member->escaped = member->foreign = FALSE;
  while ((at = skip_plain (at, quick->end)) < quick->end && *at != '"')
    {
      guchar byte = *at;
      if (byte < 0x20)
        return FALSE;
      member->foreign |= byte >= 0x80;
      if (byte != '\\')
        {
          at++;
          continue;
        }
      member->escaped = TRUE;
      if ((at = skip_escape (at, quick->end)) == NULL)
        return FALSE;
    }
  if (at >= quick->end)
    return FALSE;
  member->length = at - member->start;
  quick->at = at + 1;
  return TRUE;
}

static gboolean
take_number (PurserQuick *quick, PurserQuickMember *member)
{
  const char *at = quick->at, *digits;
  gboolean negative = *at == '-';
  gint64 number = 0;
  digits = at += negative;
  while (at < quick->end && at - digits < 18 && g_ascii_isdigit (*at))
    number = number * 10 + (*at++ - '0');
  if (at == digits || (*digits == '0' && (at - digits > 1 || negative)))
    return FALSE;
  if (at < quick->end && *at != ',' && *at != '}' && *at != ' ' && *at != '\n')
    return FALSE;
  member->kind = PURSER_QUICK_NUMBER;
  member->number = negative ? -number : number;
  quick->at = at;
  return TRUE;
}

static gboolean
take_word (PurserQuick *quick, PurserQuickMember *member)
{
  static const struct { const char *word; PurserQuickKind kind; } words[] = {
    { "null", PURSER_QUICK_NULL }, { "false", PURSER_QUICK_FALSE }, { "true", PURSER_QUICK_TRUE }
  };
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      gsize length = strlen (words[i].word);
      if ((gsize) (quick->end - quick->at) <= length || memcmp (quick->at, words[i].word, length) != 0
          || g_ascii_isalnum (quick->at[length]) || quick->at[length] == '_')
        continue;
      member->kind = words[i].kind;
      quick->at += length;
      return TRUE;
    }
  return FALSE;
}

/* Only an empty one is passed; into others the caller steps. */
static gboolean
take_list (PurserQuick *quick, PurserQuickMember *member)
{
  const char *start = quick->at++;
  member->kind = take (quick, ']') ? PURSER_QUICK_NOTHING : PURSER_QUICK_ARRAY;
  if (member->kind == PURSER_QUICK_ARRAY)
    quick->at = start;
  return TRUE;
}

static gboolean
read_value (PurserQuick *quick, PurserQuickMember *member)
{
  skip_blanks (quick);
  if (quick->at >= quick->end)
    return FALSE;
  switch (*quick->at)
    {
    case '"':
      return take_string (quick, member);
    case '{':
      member->kind = PURSER_QUICK_OBJECT;
      return TRUE;
    case '[':
      return take_list (quick, member);
    case 'n':
    case 't':
    case 'f':
      return take_word (quick, member);
    default:
      return take_number (quick, member);
    }
}

static gboolean
take_value (PurserQuick *quick, PurserQuickMember *member)
{
  if (!read_value (quick, member))
    return FALSE;
  quick->spent = member->kind != PURSER_QUICK_OBJECT && member->kind != PURSER_QUICK_ARRAY;
  return TRUE;
}

gboolean
purser_quick_open (PurserQuick *quick)
{
  quick->begun = FALSE;
  return !quick->spent && take (quick, '{');
}

int
purser_quick_member (PurserQuick *quick, PurserQuickMember *member)
{
  if (take (quick, '}'))
    {
      quick->begun = quick->spent = TRUE; /* the object around has had this one */
      return 0;
    }
  if (quick->begun && !take (quick, ','))
    return -1;
  skip_blanks (quick);
  if (quick->at >= quick->end || *quick->at != '"' || !take_string (quick, member) || member->escaped
      || member->length == 0)
    return -1;
  member->name = member->start;
  member->name_length = member->length;
  quick->begun = TRUE;
  return take (quick, ':') && take_value (quick, member) ? 1 : -1;
}

gboolean
purser_quick_open_list (PurserQuick *quick)
{
  return !quick->spent && take (quick, '[');
}

gboolean
purser_quick_close_list (PurserQuick *quick)
{
  quick->begun = TRUE;
  return take (quick, ']');
}

gboolean
purser_quick_is_over (PurserQuick *quick)
{
  skip_blanks (quick);
  return quick->at == quick->end;
}

gboolean
purser_quick_is (const PurserQuickMember *member, const char *name)
{
  return *name == *member->name && strncmp (member->name, name, member->name_length) == 0
         && name[member->name_length] == 0;
}

gboolean
purser_quick_is_in (const PurserQuickMember *member, const char *const *names)
{
  for (; *names != NULL; names++)
    if (purser_quick_is (member, *names))
      return TRUE;
  return FALSE;
}

gboolean
purser_quick_says (const PurserQuickMember *member, const char *text)
{
  return member->kind == PURSER_QUICK_STRING && !member->escaped && strlen (text) == member->length
         && memcmp (member->start, text, member->length) == 0;
}

gboolean
purser_quick_is_idle (const PurserQuickMember *member)
{
  return member->kind == PURSER_QUICK_NULL || (member->kind == PURSER_QUICK_STRING && member->length == 0);
}

/* What the escape at AT stands for; half a character is left to the tree, which can wait for its other half. */
static const char *
take_escape (const char *at, const char *end, GString *out)
{
  static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
  if (at[1] != 'u')
    {
      const char *letter = strchr (letters, at[1]);
      g_string_append_c (out, letter != NULL ? meant[letter - letters] : at[1]);
      return at + 2;
    }
  int unit = unit_at (at + 2, end);
  if (unit < 0xD800 || unit > 0xDFFF)
    {
      g_string_append_unichar (out, unit);
      return at + 6;
    }
  int low = end - at >= 12 && at[6] == '\\' && at[7] == 'u' ? unit_at (at + 8, end) : -1;
  if (unit >= 0xDC00 || low < 0xDC00 || low > 0xDFFF)
    return NULL;
  g_string_append_unichar (out, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
  return at + 12;
}

gboolean
purser_quick_text (const PurserQuickMember *member, GString *out)
{
  const char *at = member->start, *end = at + member->length;
  if (member->foreign && !g_utf8_validate_len (at, member->length, NULL))
    return FALSE;
  while (member->escaped && at < end)
    {
      const char *back = memchr (at, '\\', end - at);
      if (back == NULL)
        break;
      g_string_append_len (out, at, back - at);
      if ((at = take_escape (back, end, out)) == NULL)
        return FALSE;
    }
  g_string_append_len (out, at, end - at);
  return TRUE;
}
