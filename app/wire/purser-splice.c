/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-splice.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-carry.h"
#include "purser-json-wire.h"
#include "purser-reader.h"

typedef struct { char *name; const char *start, *end; char *value; } Member; /* value: (owned) (nullable) the new one */

struct _PurserSplice
{
  const char *text, *end;
  const char *close;     /* the outermost object's "}" */
  GArray     *members;   /* (element-type Member) */
  GString    *added;     /* (owned): ,"name":value … */
};

static void
member_clear (gpointer data)
{
  Member *member = data;
  g_free (member->name);
  g_free (member->value);
}

static const char *
skip_blanks (const char *at, const char *end)
{
#ifdef PURSER_PLANTED_BUG
  while (*at == ' ' || *at == '\t') /* planted: blanks may be the last bytes there are */
    at++;
#endif
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
    at++;
  return at;
}

/* Past the string that begins at AT, or NULL. */
static const char *
skip_string (const char *at, const char *end)
{
  for (at++; at < end; at++)
    {
      at = memchr (at, '"', end - at);
      if (at == NULL)
        return NULL;
      const char *back = at;
      while (back[-1] == '\\')
        back--;
      if ((at - back) % 2 == 0)
        return at + 1;
    }
  return NULL;
}

/* Past the value that begins at AT, or NULL: brackets are counted, strings skipped, nothing else looked at. */
static const char *
skip_value (const char *at, const char *end)
{
  int depth = 0;
  while (at < end)
    {
      if (*at == '"')
        at = skip_string (at, end);
      else if (*at == '{' || *at == '[')
        depth++, at++;
      else if (depth > 0 && (*at == '}' || *at == ']'))
        depth--, at++;
      else if (depth == 0 && strchr (",}] \t\r\n", *at) != NULL)
        return at;
      else
        at++;
      if (at == NULL || (depth == 0 && (at[-1] == '"' || at[-1] == '}' || at[-1] == ']')))
        return at;
    }
  return NULL;
}

static char *
name_of (const char *start, const char *end)
{
  if (memchr (start, '\\', end - start) == NULL)
    return g_strndup (start + 1, end - start - 2);
  g_autofree char *list = g_strdup_printf ("[%.*s]", (int) (end - start), start);
  g_autoptr(JsonNode) root = purser_json_parse (list, -1, NULL);
  return g_strdup (root != NULL ? json_array_get_string_element (json_node_get_array (root), 0) : "");
}

static gboolean
read_members (PurserSplice *splice)
{
  const char *at = skip_blanks (splice->text, splice->end), *end = splice->end;
  splice->close = at;
  if (at >= end || *at != '{')
    return FALSE;
  at = skip_blanks (at + 1, end);
  while (at < end && *at == '"')
    {
      const char *name = at, *name_end = skip_string (at, end);
      at = name_end != NULL ? skip_blanks (name_end, end) : end;
      if (at >= end || *at != ':')
        return FALSE;
      const char *start = skip_blanks (at + 1, end);
      const char *value_end = skip_value (start, end);
      if (value_end == NULL || value_end == start)
        return FALSE;
      Member member = { name_of (name, name_end), start, value_end, NULL };
      g_array_append_val (splice->members, member);
      at = skip_blanks (value_end, end);
      if (at < end && *at == ',')
        at = skip_blanks (at + 1, end);
    }
  splice->close = at;
  return at < end && *at == '}' && skip_blanks (at + 1, end) == end;
}

PurserSplice *
purser_splice_new (const char *text, gsize length, GError **error)
{
  g_autoptr(PurserSplice) splice = g_new0 (PurserSplice, 1);
  splice->text = text;
  splice->end = text + length;
  splice->members = g_array_new (FALSE, FALSE, sizeof (Member));
  g_array_set_clear_func (splice->members, member_clear);
  splice->added = g_string_new (NULL);
  if (read_members (splice))
    return g_steal_pointer (&splice);
  g_set_error_literal (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_SYNTAX, _("The request’s body is not a JSON object."));
  return NULL;
}

void
purser_splice_free (PurserSplice *splice)
{
  if (splice == NULL)
    return;
  g_array_unref (splice->members);
  g_string_free (splice->added, TRUE);
  g_free (splice);
}

const char *
purser_splice_value (PurserSplice *splice, const char *name, gsize *length)
{
  for (guint i = splice->members->len; i > 0; i--)
    {
      const Member *member = &g_array_index (splice->members, Member, i - 1);
      if (g_strcmp0 (member->name, name) != 0)
        continue;
      *length = member->end - member->start;
      return member->start;
    }
  return NULL;
}

/* Many servers do not tell "Model" from "model", so whatever they might take for it gets the value. */
void
purser_splice_set (PurserSplice *splice, const char *name, const char *value)
{
  gboolean found = FALSE;
  for (guint i = 0; i < splice->members->len; i++)
    {
      Member *member = &g_array_index (splice->members, Member, i);
      if (g_ascii_strcasecmp (member->name, name) != 0)
        continue;
      g_set_str (&member->value, value);
      found |= g_str_equal (member->name, name);
    }
  if (!found)
    g_string_append_printf (splice->added, ",\"%s\":%s", name, value);
}

GString *
purser_splice_finish (PurserSplice *splice)
{
  GString *out = g_string_sized_new (splice->end - splice->text + 256);
  const char *copied = splice->text;
  for (guint i = 0; i < splice->members->len; i++)
    {
      const Member *member = &g_array_index (splice->members, Member, i);
      if (member->value == NULL)
        continue;
      g_string_append_len (out, copied, member->start - copied);
      g_string_append (out, member->value);
      copied = member->end;
    }
  g_string_append_len (out, copied, splice->close - copied);
  if (splice->added->len > 0) /* the first member of all has no comma before it */
    g_string_append (out, splice->added->str + (splice->members->len == 0));
  g_string_append_len (out, splice->close, splice->end - splice->close);
  return out;
}

static void
set_string (PurserSplice *splice, const char *member, const char *text)
{
  g_autoptr(GString) value = g_string_new (NULL);
  purser_json_append_string (value, text, strlen (text));
  purser_splice_set (splice, member, value->str);
}

/* A stream tells its usage only where it is asked for (PROVIDERS §6.2). */
static gboolean
switch_usage_on (PurserSplice *splice, GError **error)
{
  gsize length;
  const char *stream = purser_splice_value (splice, "stream", &length);
  if (stream == NULL || length != 4 || memcmp (stream, "true", 4) != 0)
    return TRUE;
  const char *told = purser_splice_value (splice, "stream_options", &length);
  if (told == NULL || *told != '{')
    {
      purser_splice_set (splice, "stream_options", "{\"include_usage\":true}");
      return TRUE;
    }
  g_autoptr(PurserSplice) inner = purser_splice_new (told, length, error);
  if (inner == NULL)
    return FALSE;
  purser_splice_set (inner, "include_usage", "true");
  GString *value = purser_splice_finish (inner);
  purser_splice_set (splice, "stream_options", value->str);
  g_string_free (value, TRUE);
  return TRUE;
}

/* Thinking of another dialect must not go to this one's provider; and what callers of compatible servers say of thinking not to
 * the vendor itself, who knows no such members. */
static gboolean
carries_foreign_thinking (const PurserDialect *dialect, const PurserEncodeOptions *options, const char *text, gsize length)
{
  static const char mark[] = "\"" PURSER_CARRY_MARK;
  if (memmem (text, length, mark, strlen (mark)) != NULL)
    return TRUE;
  for (const char *const *member = dialect->vendor_refuses; options->known_server && member != NULL && *member != NULL; member++)
    if (memmem (text, length, *member, strlen (*member)) != NULL)
      return TRUE;
  return FALSE;
}

/**
 * purser_dialect_splice_request:
 * @body: a caller's request in this dialect
 * @options: the model's name; `plain` leaves the usage switch alone
 *
 * The caller's own bytes for an upstream of the same dialect: only the model's name, the usage switch and the dialect's
 * defaults (store:false on Responses) change.
 *
 * Returns: (transfer full) (nullable): NULL without an error where the body has to be encoded instead, because it
 * carries another dialect's thinking
 */
GBytes *
purser_dialect_splice_request (const PurserDialect *dialect,
                               GBytes *body,
                               const PurserEncodeOptions *options,
                               GError **error)
{
  gsize length, unused;
  const char *data = g_bytes_get_data (body, &length), *text = data != NULL ? data : "";
  if (carries_foreign_thinking (dialect, options, text, length))
    return NULL;
  g_autoptr(PurserSplice) splice = purser_splice_new (text, length, error);
  if (splice == NULL)
    return NULL;
  set_string (splice, "model", options->model);
  if (dialect->usage_switch && !options->plain && !switch_usage_on (splice, error))
    return NULL;
  for (const char *const *pair = dialect->splice_defaults; pair != NULL && pair[0] != NULL; pair += 2)
    if (purser_splice_value (splice, pair[0], &unused) == NULL)
      purser_splice_set (splice, pair[0], pair[1]);
  /* A GString has up to twice the room it needs, and this one is kept as long as its call runs. */
  GString *out = purser_splice_finish (splice);
  gsize size = out->len;
  return g_bytes_new_take (g_realloc (g_string_free (out, FALSE), size), size);
}
