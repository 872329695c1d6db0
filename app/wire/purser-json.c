/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-json.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "purser-dialect.h"
#include "purser-json-scan.h"
#include "purser-json-wire.h"

/* json-glib's own words end in "character `x'" and a position; they are kept, without its "<data>:" in front. */
static void
set_syntax_error (GError **error, const GError *cause)
{
  g_autofree char *valid = g_utf8_make_valid (cause->message, -1); /* it quotes the text, perhaps half a character */
  const char *words = valid;
  if (g_str_has_prefix (words, "<data>:"))
    words += strlen ("<data>:");
  g_set_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_SYNTAX, _("Not valid JSON: %s"), words);
}

/**
 * purser_json_parse_wire:
 * @halves: (out) (optional): whether strings hold PURSER_JSON_HALF code points; NULL turns them into U+FFFD
 * @incomplete: (out) (optional): after a failure, whether the text only stopped too early
 *
 * Parses JSON text as it came from a provider.
 *
 * Returns: (transfer full): the root, or NULL with @error set
 */
JsonNode *
purser_json_parse_wire (const char *text, gsize length, gboolean *halves, gboolean *incomplete, GError **error)
{
  g_autoptr(JsonParser) parser = NULL;
  g_autoptr(GError) local_error = NULL;
  PurserJsonScan scan;
  JsonNode *root = NULL;

  if (halves != NULL)
    *halves = FALSE;
  if (incomplete != NULL)
    *incomplete = FALSE;
  if (purser_json_scan (text, length, halves != NULL, &scan, error))
    {
      const char *mended = scan.repaired ? scan.repaired->str : text;
      /* json_parser_new_immutable() aborts the process on "[]\n[]" (json-glib 1.10.6); the plain parser is sound.
       * Strict, because otherwise it makes one array of several documents in a row. */
      parser = json_parser_new ();
      json_parser_set_strict (parser, TRUE);
      if (json_parser_load_from_data (parser, mended, scan.repaired ? scan.repaired->len : length, &local_error))
        root = json_parser_steal_root (parser);
      else
        set_syntax_error (error, local_error);
      if (halves != NULL)
        *halves = scan.halves;
      if (incomplete != NULL)
        *incomplete = root == NULL && scan.incomplete;
    }
  purser_json_scan_clear (&scan);
  return root;
}

/**
 * purser_json_parse:
 * @length: bytes of @text, or -1 if it ends in NUL
 *
 * Parses JSON text of unknown origin. Invalid UTF-8 and lone surrogates become U+FFFD.
 *
 * Returns: (transfer full): the root, or NULL with @error set
 */
JsonNode *
purser_json_parse (const char *text, gssize length, GError **error)
{
  return purser_json_parse_wire (text, length < 0 ? strlen (text) : (gsize) length, NULL, NULL, error);
}

/**
 * purser_json_object:
 * @node: (nullable): any node
 *
 * Returns: (transfer none) (nullable): the node's object, if it is one
 */
JsonObject *
purser_json_object (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/**
 * purser_json_node:
 *
 * Returns: (transfer none) (nullable): the member whatever its type, also JSON null
 */
JsonNode *
purser_json_node (JsonObject *object, const char *member)
{
  return object != NULL ? json_object_get_member (object, member) : NULL;
}

static JsonNode *
value_of_type (JsonObject *object, const char *member, GType type)
{
  JsonNode *node = purser_json_node (object, member);
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type ? node : NULL;
}

/**
 * purser_json_string:
 *
 * Returns: (transfer none) (nullable): the member's text, if it is a string
 */
const char *
purser_json_string (JsonObject *object, const char *member)
{
  JsonNode *node = value_of_type (object, member, G_TYPE_STRING);
  return node != NULL ? json_node_get_string (node) : NULL;
}

static gboolean
double_to_int (double value, gint64 *result)
{
  /* 2^63 is exact as a double, and the first value that no longer fits. */
  if (!isfinite (value) || value != trunc (value) || value < -9223372036854775808.0 || value >= 9223372036854775808.0)
    return FALSE;
  *result = (gint64) value;
  return TRUE;
}

/**
 * purser_json_int:
 *
 * Returns: the member as an integer: also from 12.0 and "12"; else @fallback
 */
gint64
purser_json_int (JsonObject *object, const char *member, gint64 fallback)
{
  JsonNode *node = purser_json_node (object, member);
  gint64 value;
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return fallback;
  GType type = json_node_get_value_type (node);
  if (type == G_TYPE_INT64)
    return json_node_get_int (node);
  if (type == G_TYPE_DOUBLE && double_to_int (json_node_get_double (node), &value))
    return value;
  if (type == G_TYPE_STRING
      && g_ascii_string_to_signed (json_node_get_string (node), 10, G_MININT64, G_MAXINT64, &value, NULL))
    return value;
  return fallback;
}

/**
 * purser_json_double:
 *
 * Returns: the member as a finite number: also from 12 and "1.5"; else @fallback
 */
double
purser_json_double (JsonObject *object, const char *member, double fallback)
{
  JsonNode *node = purser_json_node (object, member);
  double value = NAN;
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return fallback;
  GType type = json_node_get_value_type (node);
  if (type == G_TYPE_INT64)
    value = json_node_get_int (node);
  else if (type == G_TYPE_DOUBLE)
    value = json_node_get_double (node);
  else if (type == G_TYPE_STRING)
    {
      const char *text = json_node_get_string (node);
      char *end;
      value = g_ascii_strtod (text, &end);
      if (end == text || *end != 0)
        value = NAN;
    }
  return isfinite (value) ? value : fallback;
}

gboolean
purser_json_boolean (JsonObject *object, const char *member, gboolean fallback)
{
  JsonNode *node = value_of_type (object, member, G_TYPE_BOOLEAN);
  return node != NULL ? json_node_get_boolean (node) : fallback;
}

/**
 * purser_json_member:
 *
 * Returns: (transfer none) (nullable): the member's object, if it is one
 */
JsonObject *
purser_json_member (JsonObject *object, const char *member)
{
  return purser_json_object (purser_json_node (object, member));
}

/**
 * purser_json_array:
 *
 * Returns: (transfer none) (nullable): the member's array, if it is one
 */
JsonArray *
purser_json_array (JsonObject *object, const char *member)
{
  JsonNode *node = purser_json_node (object, member);
  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static gboolean
objects_equal (JsonObject *a, JsonObject *b)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;
  if (json_object_get_size (a) != json_object_get_size (b))
    return FALSE;
  json_object_iter_init (&iter, a);
  while (json_object_iter_next (&iter, &name, &member))
    if (!json_object_has_member (b, name) || !purser_json_equal (member, json_object_get_member (b, name)))
      return FALSE;
  return TRUE;
}

static gboolean
arrays_equal (JsonArray *a, JsonArray *b)
{
  guint length = json_array_get_length (a);
  if (length != json_array_get_length (b))
    return FALSE;
  for (guint i = 0; i < length; i++)
    if (!purser_json_equal (json_array_get_element (a, i), json_array_get_element (b, i)))
      return FALSE;
  return TRUE;
}

static gboolean
values_equal (JsonNode *a, JsonNode *b)
{
  GType type_a = json_node_get_value_type (a), type_b = json_node_get_value_type (b);
  if (type_a != type_b)
    return (type_a == G_TYPE_INT64 || type_a == G_TYPE_DOUBLE) && (type_b == G_TYPE_INT64 || type_b == G_TYPE_DOUBLE)
           && json_node_get_double (a) == json_node_get_double (b);
  if (type_a == G_TYPE_STRING)
    return g_str_equal (json_node_get_string (a), json_node_get_string (b));
  if (type_a == G_TYPE_BOOLEAN)
    return json_node_get_boolean (a) == json_node_get_boolean (b);
  if (type_a == G_TYPE_DOUBLE)
    return json_node_get_double (a) == json_node_get_double (b);
  return json_node_get_int (a) == json_node_get_int (b);
}

/**
 * purser_json_equal:
 * @a: (nullable): a node; NULL counts as JSON null
 * @b: (nullable): another
 *
 * Returns: whether they say the same: objects regardless of member order, and 1 equals 1.0
 */
gboolean
purser_json_equal (JsonNode *a, JsonNode *b)
{
  JsonNodeType type_a = a ? json_node_get_node_type (a) : JSON_NODE_NULL;
  JsonNodeType type_b = b ? json_node_get_node_type (b) : JSON_NODE_NULL;
  if (type_a != type_b)
    return FALSE;
  if (type_a == JSON_NODE_OBJECT)
    return objects_equal (json_node_get_object (a), json_node_get_object (b));
  if (type_a == JSON_NODE_ARRAY)
    return arrays_equal (json_node_get_array (a), json_node_get_array (b));
  return type_a == JSON_NODE_NULL || values_equal (a, b);
}

static JsonNode *
copy_object (JsonObject *object)
{
  JsonObject *copy = json_object_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &member))
    json_object_set_member (copy, name, purser_json_copy (member));
  return purser_json_new_object (copy);
}

JsonNode *
purser_json_copy (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    return copy_object (json_node_get_object (node));
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return json_node_copy (node);
  JsonArray *array = json_node_get_array (node), *copy = json_array_new ();
  for (guint i = 0; i < json_array_get_length (array); i++)
    json_array_add_element (copy, purser_json_copy (json_array_get_element (array, i)));
  return purser_json_new_array (copy);
}
