/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-json-wire.h"

#include <math.h>
#include <string.h>

/* Our own writer, because json-glib prints 0.2 as 0.20000000000000001 and infinity as text that is no JSON. */
typedef struct { GString *out; gboolean pretty; int depth; } Writer;

static void write_node (Writer *writer, JsonNode *node);

static void
new_line (Writer *writer)
{
  if (!writer->pretty)
    return;
  g_string_append_c (writer->out, '\n');
  for (int i = 0; i < writer->depth * 2; i++)
    g_string_append_c (writer->out, ' ');
}

static void
write_escape (GString *out, guchar c)
{
  static const char escapes[128] = { ['\b'] = 'b', ['\t'] = 't',  ['\n'] = 'n', ['\f'] = 'f',
                                     ['\r'] = 'r', ['"'] = '"', ['\\'] = '\\' };
  if (escapes[c] != 0)
    {
      g_string_append_c (out, '\\');
      g_string_append_c (out, escapes[c]);
    }
  else
    g_string_append_printf (out, "\\u%04x", c);
}

/* Whole runs at a time: most text has nothing to escape. */
void
purser_json_append_string (GString *out, const char *text, gsize length)
{
  g_autofree char *mended = g_utf8_validate (text, length, NULL) ? NULL : g_utf8_make_valid (text, length);
  const char *run = mended != NULL ? mended : text;
  const char *end = mended != NULL ? mended + strlen (mended) : text + length;
  g_string_append_c (out, '"');
  for (const char *p = run; p < end; p++)
    {
      guchar c = *p;
      if (c >= 0x20 && c != 0x7f && c != '"' && c != '\\')
        continue;
      g_string_append_len (out, run, p - run);
      write_escape (out, c);
      run = p + 1;
    }
  g_string_append_len (out, run, end - run);
  g_string_append_c (out, '"');
}

static void
write_string (GString *out, const char *text)
{
  purser_json_append_string (out, text != NULL ? text : "", text != NULL ? strlen (text) : 0);
}

/* The shortest text that reads back as the same number. */
static void
write_double (GString *out, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  if (!isfinite (value))
    {
      g_string_append (out, "null");
      return;
    }
  for (int digits = 15; digits <= 17; digits++)
    {
      char format[8];
      g_snprintf (format, sizeof format, "%%.%dg", digits);
      g_ascii_formatd (text, sizeof text, format, value);
      if (g_ascii_strtod (text, NULL) == value)
        break;
    }
  g_string_append (out, text);
  if (strpbrk (text, ".e") == NULL)
    g_string_append (out, ".0");
}

static void
write_value (GString *out, JsonNode *node)
{
  GType type = json_node_get_value_type (node);
  if (type == G_TYPE_STRING)
    write_string (out, json_node_get_string (node));
  else if (type == G_TYPE_BOOLEAN)
    g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
  else if (type == G_TYPE_DOUBLE)
    write_double (out, json_node_get_double (node));
  else
    g_string_append_printf (out, "%" G_GINT64_FORMAT, json_node_get_int (node));
}

static void
write_object (Writer *writer, JsonObject *object)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;
  gboolean first = TRUE;
  g_string_append_c (writer->out, '{');
  writer->depth++;
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &member))
    {
      if (!first)
        g_string_append_c (writer->out, ',');
      first = FALSE;
      new_line (writer);
      write_string (writer->out, name);
      g_string_append (writer->out, writer->pretty ? ": " : ":");
      write_node (writer, member);
    }
  writer->depth--;
  if (!first)
    new_line (writer);
  g_string_append_c (writer->out, '}');
}

static void
write_array (Writer *writer, JsonArray *array)
{
  guint length = json_array_get_length (array);
  g_string_append_c (writer->out, '[');
  writer->depth++;
  for (guint i = 0; i < length; i++)
    {
      if (i > 0)
        g_string_append_c (writer->out, ',');
      new_line (writer);
      write_node (writer, json_array_get_element (array, i));
    }
  writer->depth--;
  if (length > 0)
    new_line (writer);
  g_string_append_c (writer->out, ']');
}

static void
write_node (Writer *writer, JsonNode *node)
{
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    g_string_append (writer->out, "null");
  else if (JSON_NODE_HOLDS_OBJECT (node))
    write_object (writer, json_node_get_object (node));
  else if (JSON_NODE_HOLDS_ARRAY (node))
    write_array (writer, json_node_get_array (node));
  else
    write_value (writer->out, node);
}

/**
 * purser_json_to_string:
 * @node: (nullable): NULL is written as null
 *
 * Writes JSON text: UTF-8, members in their order, numbers as short as they read back the same.
 *
 * Returns: (transfer full): the text
 */
char *
purser_json_to_string (JsonNode *node, gboolean pretty)
{
  Writer writer = { g_string_new (NULL), pretty, 0 };
  write_node (&writer, node);
  return g_string_free (writer.out, FALSE);
}

/**
 * purser_json_take:
 * @node: (transfer full) (nullable): NULL sets nothing
 *
 * Sets a member.
 */
void
purser_json_take (JsonObject *object, const char *member, JsonNode *node)
{
  if (node != NULL)
    json_object_set_member (object, member, node);
}

/**
 * purser_json_new_object:
 * @object: (transfer full): an object
 *
 * Returns: (transfer full): a node that owns it
 */
JsonNode *
purser_json_new_object (JsonObject *object)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, object);
  return node;
}

/**
 * purser_json_new_array:
 * @array: (transfer full): an array
 *
 * Returns: (transfer full): a node that owns it
 */
JsonNode *
purser_json_new_array (JsonArray *array)
{
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);
  json_node_take_array (node, array);
  return node;
}

void
purser_json_add_text (JsonObject *object, const char *member, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
}

void
purser_json_set_text (JsonObject *object, const char *member, const char *text)
{
  if (text != NULL)
    json_object_set_string_member (object, member, text);
  else
    json_object_set_null_member (object, member);
}
