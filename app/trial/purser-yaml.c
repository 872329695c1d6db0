/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-yaml.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>
#include <yaml.h>

G_DEFINE_QUARK (purser - yaml - error - quark, purser_yaml_error)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (yaml_event_t, yaml_event_delete)

/* The tree under construction: open containers, innermost last. */
typedef struct
{
  PurserYamlDocument *document;
  GPtrArray *open; /* (element-type PurserYaml) */
  GHashTable *anchors; /* (element-type utf8 PurserYaml) complete and open ones */
  char *key; /* (nullable) of the innermost map: a key that waits for its value */
  GPtrArray *keys; /* (element-type utf8) waiting keys of the outer maps; NULL for lists */
} Builder;

static void
node_free (PurserYaml *node)
{
  g_free (node->text);
  g_clear_pointer (&node->keys, g_ptr_array_unref);
  g_clear_pointer (&node->index, g_hash_table_unref);
  g_clear_pointer (&node->items, g_ptr_array_unref);
  g_free (node);
}

void
purser_yaml_document_free (PurserYamlDocument *document)
{
  if (document == NULL)
    return;
  g_ptr_array_unref (document->nodes);
  g_free (document);
}

static void
builder_clear (Builder *builder)
{
  g_ptr_array_unref (builder->open);
  g_hash_table_unref (builder->anchors);
  g_ptr_array_unref (builder->keys);
  g_free (builder->key);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Builder, builder_clear)

static gboolean
fail_at (GError **error, PurserYamlError code, gsize line, const char *words)
{
  g_set_error (error, PURSER_YAML_ERROR, code, _("Line %u: %s"), (guint) line + 1, words);
  return FALSE;
}

gboolean
purser_yaml_fail (GError **error, const PurserYaml *node, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *words = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return fail_at (error, PURSER_YAML_ERROR_CONTENT, node != NULL ? node->line - 1 : 0, words);
}

static PurserYaml *
node_new (Builder *builder, PurserYamlKind kind, gsize line)
{
  PurserYaml *node = g_new0 (PurserYaml, 1);
  node->kind = kind;
  node->line = (guint) line + 1;
  node->weight = 1;
  if (kind != PURSER_YAML_SCALAR)
    node->items = g_ptr_array_new ();
  if (kind == PURSER_YAML_MAP)
    {
      node->keys = g_ptr_array_new_with_free_func (g_free);
      node->index = g_hash_table_new (g_str_hash, g_str_equal);
    }
  g_ptr_array_add (builder->document->nodes, node);
  return node;
}

/* A parent grows by its child, also by one that an alias repeats. */
static gboolean
grow (PurserYaml *parent, const PurserYaml *child, gsize line, GError **error)
{
  parent->weight += child->weight;
  parent->bytes += child->bytes;
  if (parent->weight > PURSER_YAML_MAX_NODES || parent->bytes > PURSER_YAML_MAX_TEXT)
    return fail_at (error, PURSER_YAML_ERROR_LIMIT, line,
                    _("written out, the aliases make this too large. Use fewer of them, or split the file."));
  return TRUE;
}

static gboolean
take_key (Builder *builder, PurserYaml *map, const PurserYaml *node, gsize line, GError **error)
{
  if (node->kind != PURSER_YAML_SCALAR)
    return fail_at (error, PURSER_YAML_ERROR_SYNTAX, line,
                    _("a list or a map cannot be a field’s name. Put it in quotes if it is text."));
  if (node->plain && strcmp (node->text, "<<") == 0)
    return fail_at (error, PURSER_YAML_ERROR_SYNTAX, line,
                    _("merging with “<<” is not supported. Write the fields out."));
  if (g_hash_table_contains (map->index, node->text))
    {
      g_autofree char *words = g_strdup_printf (_("the field “%s” is there twice. Remove one of them."), node->text);
      return fail_at (error, PURSER_YAML_ERROR_SYNTAX, line, words);
    }
  builder->key = g_strdup (node->text);
  map->bytes += strlen (node->text);
  return TRUE;
}

/* A finished scalar or alias, or a container at its start: hang it into the innermost open container. */
static gboolean
attach (Builder *builder, PurserYaml *node, gsize line, GError **error)
{
  if (builder->open->len == 0)
    {
      builder->document->root = node;
      return TRUE;
    }
  PurserYaml *parent = g_ptr_array_index (builder->open, builder->open->len - 1);
  if (parent->kind == PURSER_YAML_MAP && builder->key == NULL)
    return take_key (builder, parent, node, line, error);
  if (parent->kind == PURSER_YAML_MAP)
    {
      char *key = g_steal_pointer (&builder->key);
      g_ptr_array_add (parent->keys, key);
      g_hash_table_insert (parent->index, key, GUINT_TO_POINTER (parent->keys->len));
    }
  g_ptr_array_add (parent->items, node);
  return TRUE;
}

static void
remember (Builder *builder, const yaml_char_t *anchor, PurserYaml *node)
{
  if (anchor != NULL)
    g_hash_table_insert (builder->anchors, g_strdup ((const char *) anchor), node);
}

static gboolean
add_scalar (Builder *builder, const yaml_event_t *event, GError **error)
{
  gsize line = event->start_mark.line, length = event->data.scalar.length;
  const char *value = (const char *) event->data.scalar.value, *tag = (const char *) event->data.scalar.tag;
  if (memchr (value, '\0', length) != NULL || !g_utf8_validate_len (value, length, NULL))
    return fail_at (error, PURSER_YAML_ERROR_CONTENT, line,
                    _("the text holds a character that cannot be read. Save the file as UTF-8 without null "
                       "characters."));
  gboolean text_tag = tag != NULL && (strcmp (tag, YAML_STR_TAG) == 0 || strcmp (tag, "!") == 0);
  if (tag != NULL && !text_tag)
    return fail_at (error, PURSER_YAML_ERROR_CONTENT, line,
                    _("tags such as “!!int” are not supported. Remove the tag."));
  PurserYaml *node = node_new (builder, PURSER_YAML_SCALAR, line);
  node->text = g_strndup (value, length);
  node->bytes = length;
  node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !text_tag;
  remember (builder, event->data.scalar.anchor, node);
  if (!attach (builder, node, line, error))
    return FALSE;
  return builder->open->len == 0 || grow (g_ptr_array_index (builder->open, builder->open->len - 1), node, line, error);
}

static gboolean
add_alias (Builder *builder, const yaml_event_t *event, GError **error)
{
  gsize line = event->start_mark.line;
  PurserYaml *node = g_hash_table_lookup (builder->anchors, event->data.alias.anchor);
  if (node == NULL)
    {
      g_autofree char *words =
          g_strdup_printf (_("“*%s” names nothing. Put “&%s” before the part it shall repeat, earlier in the file."),
                           event->data.alias.anchor, event->data.alias.anchor);
      return fail_at (error, PURSER_YAML_ERROR_SYNTAX, line, words);
    }
  if (g_ptr_array_find (builder->open, node, NULL))
    return fail_at (error, PURSER_YAML_ERROR_SYNTAX, line,
                    _("an alias repeats the part that it stands in, without end. Remove it."));
  if (builder->open->len == 0)
    return fail_at (error, PURSER_YAML_ERROR_SYNTAX, line, _("there is nothing before this alias."));
  return attach (builder, node, line, error)
         && grow (g_ptr_array_index (builder->open, builder->open->len - 1), node, line, error);
}

static gboolean
open_container (
    Builder *builder, PurserYamlKind kind, const yaml_char_t *anchor, const yaml_event_t *event, GError **error)
{
  gsize line = event->start_mark.line;
  if (builder->open->len >= PURSER_YAML_MAX_DEPTH)
    return fail_at (error, PURSER_YAML_ERROR_LIMIT, line, _("too many levels inside each other (64 at most)."));
  PurserYaml *node = node_new (builder, kind, line);
  remember (builder, anchor, node);
  if (!attach (builder, node, line, error))
    return FALSE;
  g_ptr_array_add (builder->keys, g_steal_pointer (&builder->key));
  g_ptr_array_add (builder->open, node);
  return TRUE;
}

static gboolean
close_container (Builder *builder, const yaml_event_t *event, GError **error)
{
  PurserYaml *node = g_ptr_array_steal_index (builder->open, builder->open->len - 1);
  g_free (builder->key);
  builder->key = g_ptr_array_steal_index (builder->keys, builder->keys->len - 1);
  return builder->open->len == 0
         || grow (g_ptr_array_index (builder->open, builder->open->len - 1), node, event->start_mark.line, error);
}

static gboolean
take_event (Builder *builder, const yaml_event_t *event, GError **error)
{
  if (builder->document->nodes->len >= PURSER_YAML_MAX_NODES)
    return fail_at (error, PURSER_YAML_ERROR_LIMIT, event->start_mark.line,
                    _("the file has more than a million parts. Split it into several suites."));
  switch (event->type)
    {
    case YAML_SCALAR_EVENT:
      return add_scalar (builder, event, error);
    case YAML_ALIAS_EVENT:
      return add_alias (builder, event, error);
    case YAML_SEQUENCE_START_EVENT:
      return open_container (builder, PURSER_YAML_LIST, event->data.sequence_start.anchor, event, error);
    case YAML_MAPPING_START_EVENT:
      return open_container (builder, PURSER_YAML_MAP, event->data.mapping_start.anchor, event, error);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
      return close_container (builder, event, error);
    case YAML_DOCUMENT_START_EVENT:
      if (builder->document->root != NULL)
        return fail_at (error, PURSER_YAML_ERROR_SYNTAX, event->start_mark.line,
                        _("a second document begins here. Keep one per file."));
      return TRUE;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
    default:
      return TRUE;
    }
}

static gboolean
syntax_error (const yaml_parser_t *parser, GError **error)
{
  const char *problem = parser->problem != NULL ? parser->problem : "unreadable";
  g_autofree char *words = g_strdup_printf (
      _("this is not valid YAML (%s). Check indentation, quotes and brackets here and in the lines above."), problem);
  return fail_at (error, PURSER_YAML_ERROR_SYNTAX, parser->problem_mark.line, words);
}

static gboolean
build (Builder *builder, yaml_parser_t *parser, GError **error)
{
  for (gboolean done = FALSE; !done;)
    {
      g_auto(yaml_event_t) event = { 0 };
      if (!yaml_parser_parse (parser, &event))
        return syntax_error (parser, error);
      if (!take_event (builder, &event, error))
        return FALSE;
      done = event.type == YAML_STREAM_END_EVENT;
    }
  if (builder->document->root == NULL)
    return fail_at (error, PURSER_YAML_ERROR_CONTENT, 0, _("the file is empty."));
  return TRUE;
}

/**
 * purser_yaml_parse:
 * @text: (array length=length): YAML or JSON, any bytes
 * @length: at most %PURSER_YAML_MAX_BYTES
 * @error: names the line and what to do
 *
 * Returns: (transfer full) (nullable): the one document in it
 */
PurserYamlDocument *
purser_yaml_parse (const char *text, gsize length, GError **error)
{
  if (length > PURSER_YAML_MAX_BYTES)
    {
      g_set_error_literal (error, PURSER_YAML_ERROR, PURSER_YAML_ERROR_LIMIT,
                           _("The file is larger than 10 MB. Split it into several suites."));
      return NULL;
    }
  g_autoptr(PurserYamlDocument) document = g_new0 (PurserYamlDocument, 1);
  document->nodes = g_ptr_array_new_with_free_func ((GDestroyNotify) node_free);
  g_auto(Builder) builder = {
    .document = document,
    .open = g_ptr_array_new (),
    .anchors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
    .keys = g_ptr_array_new_with_free_func (g_free),
  };
  yaml_parser_t parser;
  if (!yaml_parser_initialize (&parser))
    g_error ("Out of memory");
  yaml_parser_set_input_string (&parser, (const unsigned char *) text, length);
  gboolean ok = build (&builder, &parser, error);
  yaml_parser_delete (&parser);
  return ok ? g_steal_pointer (&document) : NULL;
}

PurserYaml *
purser_yaml_get (const PurserYaml *map, const char *key)
{
  if (map == NULL || map->kind != PURSER_YAML_MAP)
    return NULL;
  guint place = GPOINTER_TO_UINT (g_hash_table_lookup (map->index, key));
  return place > 0 ? g_ptr_array_index (map->items, place - 1) : NULL;
}

static gboolean
is_plain_word (const PurserYaml *node, const char *const *words)
{
  return node->kind == PURSER_YAML_SCALAR && node->plain && g_strv_contains (words, node->text);
}

gboolean
purser_yaml_is_null (const PurserYaml *node)
{
  return is_plain_word (node, (const char *const[]){ "", "~", "null", "Null", "NULL", NULL });
}

gboolean
purser_yaml_boolean (const PurserYaml *node, gboolean *value)
{
  *value = is_plain_word (node, (const char *const[]){ "true", "True", "TRUE", NULL });
  return *value || is_plain_word (node, (const char *const[]){ "false", "False", "FALSE", NULL });
}

gboolean
purser_yaml_number (const PurserYaml *node, double *number)
{
  if (node == NULL || node->kind != PURSER_YAML_SCALAR || !node->plain)
    return FALSE;
  /* strtod would also take "inf", "nan" and "0x1p3", which are words here. */
  if (node->text[0] == '\0' || strspn (node->text, "+-.0123456789eE") != strlen (node->text)
      || strpbrk (node->text, "0123456789") == NULL)
    return FALSE;
  char *end;
  *number = g_ascii_strtod (node->text, &end);
  return *end == '\0' && isfinite (*number);
}

static JsonNode *
scalar_to_json (const PurserYaml *node)
{
  gboolean truth;
  double number;
  gint64 whole;
  if (purser_yaml_is_null (node))
    return json_node_new (JSON_NODE_NULL);
  if (purser_yaml_boolean (node, &truth))
    return json_node_init_boolean (json_node_alloc (), truth);
  if (node->plain && g_ascii_string_to_signed (node->text, 10, G_MININT64, G_MAXINT64, &whole, NULL))
    return json_node_init_int (json_node_alloc (), whole);
  if (purser_yaml_number (node, &number))
    return json_node_init_double (json_node_alloc (), number);
  return json_node_init_string (json_node_alloc (), node->text);
}

/**
 * purser_yaml_to_json:
 * @node: a node of a document
 *
 * The depth and the size of what comes out are bounded by the limits of purser_yaml_parse().
 *
 * Returns: (transfer full): the same as JSON
 */
JsonNode *
purser_yaml_to_json (const PurserYaml *node)
{
  if (node->kind == PURSER_YAML_SCALAR)
    return scalar_to_json (node);
  if (node->kind == PURSER_YAML_LIST)
    {
      JsonArray *array = json_array_new ();
      for (guint i = 0; i < node->items->len; i++)
        json_array_add_element (array, purser_yaml_to_json (g_ptr_array_index (node->items, i)));
      JsonNode *json = json_node_init_array (json_node_alloc (), array);
      json_array_unref (array);
      return json;
    }
  JsonObject *object = json_object_new ();
  for (guint i = 0; i < node->items->len; i++)
    json_object_set_member (object, g_ptr_array_index (node->keys, i),
                            purser_yaml_to_json (g_ptr_array_index (node->items, i)));
  JsonNode *json = json_node_init_object (json_node_alloc (), object);
  json_object_unref (object);
  return json;
}
