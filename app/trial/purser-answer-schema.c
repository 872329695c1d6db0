/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-answer-schema.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "purser-json.h"

typedef struct
{
  GString *path; /* where in the value we are */
  char *problem; /* (owned) (nullable) the first one */
} Walk;

static gboolean walk (Walk *self, JsonNode *schema, JsonNode *value);

static const char *const keywords[] = {
  "type",      "enum",     "const",       "required", "properties", "additionalProperties",
  "items",     "minItems", "maxItems",    "minimum",  "maximum",    "minLength",
  "maxLength", "title",    "description", "$schema",  "$id",        "$comment",
  "default",   "examples", NULL,
};
static const char *const types[] = { "object", "array", "string", "number", "integer", "boolean", "null", NULL };

static gboolean
problem (Walk *self, char *words)
{
  if (self->problem == NULL)
    self->problem = g_strdup_printf ("%s: %s", self->path->len > 0 ? self->path->str : "/", words);
  g_free (words);
  return FALSE;
}

static gboolean
is_number (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node)
         && (json_node_get_value_type (node) == G_TYPE_INT64 || json_node_get_value_type (node) == G_TYPE_DOUBLE);
}

static gboolean
has_type (JsonNode *value, const char *type)
{
  if (strcmp (type, "null") == 0)
    return JSON_NODE_HOLDS_NULL (value);
  if (strcmp (type, "object") == 0)
    return JSON_NODE_HOLDS_OBJECT (value);
  if (strcmp (type, "array") == 0)
    return JSON_NODE_HOLDS_ARRAY (value);
  if (strcmp (type, "number") == 0)
    return is_number (value);
  if (strcmp (type, "integer") == 0)
    return is_number (value) && json_node_get_double (value) == floor (json_node_get_double (value));
  if (!JSON_NODE_HOLDS_VALUE (value))
    return FALSE;
  return json_node_get_value_type (value) == (strcmp (type, "string") == 0 ? G_TYPE_STRING : G_TYPE_BOOLEAN);
}

static gboolean
check_type (Walk *self, JsonNode *wanted, JsonNode *value)
{
  if (wanted == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_ARRAY (wanted))
    return has_type (value, json_node_get_string (wanted))
           || problem (self, g_strdup_printf (_("is not of type “%s”"), json_node_get_string (wanted)));
  JsonArray *array = json_node_get_array (wanted);
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (has_type (value, json_array_get_string_element (array, i)))
      return TRUE;
  return problem (self, g_strdup (_("is of a type that is not allowed")));
}

static gboolean
check_enum (Walk *self, JsonObject *schema, JsonNode *value)
{
  JsonNode *constant = json_object_get_member (schema, "const");
  gboolean ok = constant == NULL || purser_json_equal (constant, value);
  JsonArray *allowed = purser_json_array (schema, "enum");
  if (allowed != NULL)
    {
      gboolean found = FALSE;
      for (guint i = 0; !found && i < json_array_get_length (allowed); i++)
        found = purser_json_equal (json_array_get_element (allowed, i), value);
      ok = ok && found;
    }
  if (ok)
    return TRUE;
  g_autofree char *got = purser_json_to_string (value, FALSE);
  return problem (self, g_strdup_printf (_("%.60s is not an allowed value"), got));
}

/* A limit named LOW or HIGH against SIZE. */
static gboolean
check_range (Walk *self, JsonObject *schema, const char *low, const char *high, double size)
{
  if (size < purser_json_double (schema, low, -INFINITY))
    return problem (self,
                    g_strdup_printf (_("%g is less than %s %g"), size, low, purser_json_double (schema, low, 0)));
  if (size > purser_json_double (schema, high, INFINITY))
    return problem (self,
                    g_strdup_printf (_("%g is more than %s %g"), size, high, purser_json_double (schema, high, 0)));
  return TRUE;
}

static gboolean
step_into (Walk *self, const char *name, JsonNode *schema, JsonNode *value)
{
  gsize before = self->path->len;
  g_string_append_printf (self->path, "/%s", name);
  gboolean ok = walk (self, schema, value);
  if (ok)
    g_string_truncate (self->path, before);
  return ok;
}

static gboolean
check_required (Walk *self, JsonArray *required, JsonObject *value)
{
  for (guint i = 0; required != NULL && i < json_array_get_length (required); i++)
    {
      const char *name = json_array_get_string_element (required, i);
      if (!json_object_has_member (value, name))
        return problem (self, g_strdup_printf (_("“%s” is missing"), name));
    }
  return TRUE;
}

static gboolean
check_object (Walk *self, JsonObject *schema, JsonObject *value)
{
  if (!check_required (self, purser_json_array (schema, "required"), value))
    return FALSE;
  JsonObject *properties = purser_json_member (schema, "properties");
  JsonNode *others = json_object_get_member (schema, "additionalProperties");
  gboolean closed = others != NULL && JSON_NODE_HOLDS_VALUE (others) && !json_node_get_boolean (others);
  g_autoptr(GList) names = json_object_get_members (value);
  for (GList *l = names; l != NULL; l = l->next)
    {
      JsonNode *known = properties != NULL ? json_object_get_member (properties, l->data) : NULL;
      if (known == NULL && closed)
        return problem (self, g_strdup_printf (_("“%s” is not allowed"), (char *) l->data));
      if (known == NULL)
        known = others;
      if (known != NULL && !step_into (self, l->data, known, json_object_get_member (value, l->data)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_array (Walk *self, JsonObject *schema, JsonArray *value)
{
  if (!check_range (self, schema, "minItems", "maxItems", json_array_get_length (value)))
    return FALSE;
  JsonNode *items = json_object_get_member (schema, "items");
  for (guint i = 0; items != NULL && i < json_array_get_length (value); i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);
      if (!step_into (self, name, items, json_array_get_element (value, i)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
walk (Walk *self, JsonNode *schema, JsonNode *value)
{
  if (JSON_NODE_HOLDS_VALUE (schema)) /* true allows everything, false nothing */
    return json_node_get_boolean (schema) || problem (self, g_strdup (_("is not allowed")));
  JsonObject *rules = json_node_get_object (schema);
  if (!check_type (self, json_object_get_member (rules, "type"), value) || !check_enum (self, rules, value))
    return FALSE;
  if (is_number (value))
    return check_range (self, rules, "minimum", "maximum", json_node_get_double (value));
  if (has_type (value, "string"))
    return check_range (self, rules, "minLength", "maxLength", g_utf8_strlen (json_node_get_string (value), -1));
  if (JSON_NODE_HOLDS_OBJECT (value))
    return check_object (self, rules, json_node_get_object (value));
  return !JSON_NODE_HOLDS_ARRAY (value) || check_array (self, rules, json_node_get_array (value));
}

gboolean
purser_answer_schema_check (JsonNode *schema, JsonNode *value, char **problem_out)
{
  Walk self = { .path = g_string_new (NULL) };
  gboolean ok = walk (&self, schema, value);
  g_string_free (self.path, TRUE);
  if (problem_out != NULL)
    *problem_out = g_steal_pointer (&self.problem);
  g_free (self.problem);
  return ok;
}

/* --- Is the schema itself one we can keep? --- */

static gboolean
wrong (char **unknown, const char *word)
{
  if (unknown != NULL && *unknown == NULL)
    *unknown = g_strdup (word);
  return FALSE;
}

static gboolean
all_strings (JsonArray *array, const char *const *allowed)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      if (!has_type (node, "string") || (allowed != NULL && !g_strv_contains (allowed, json_node_get_string (node))))
        return FALSE;
    }
  return TRUE;
}

static gboolean
type_supported (JsonNode *type)
{
  if (type == NULL)
    return TRUE;
  if (JSON_NODE_HOLDS_ARRAY (type))
    return all_strings (json_node_get_array (type), types);
  return has_type (type, "string") && g_strv_contains (types, json_node_get_string (type));
}

static gboolean
shapes_supported (JsonObject *schema, char **unknown)
{
  static const struct
  {
    const char *word, *type;
  } shapes[] = {
    {"required",    "array" },
    { "enum",       "array" },
    { "properties", "object"},
    { "minItems",   "number"},
    { "maxItems",   "number"},
    { "minimum",    "number"},
    { "maximum",    "number"},
    { "minLength",  "number"},
    { "maxLength",  "number"},
  };
  if (!type_supported (json_object_get_member (schema, "type")))
    return wrong (unknown, "type");
  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      JsonNode *node = json_object_get_member (schema, shapes[i].word);
      if (node != NULL && !has_type (node, shapes[i].type))
        return wrong (unknown, shapes[i].word);
    }
  JsonArray *required = purser_json_array (schema, "required");
  return required == NULL || all_strings (required, NULL) || wrong (unknown, "required");
}

static gboolean
parts_supported (JsonObject *schema, char **unknown)
{
  static const char *const parts[] = { "items", "additionalProperties" };
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (json_object_has_member (schema, parts[i])
        && !purser_answer_schema_supported (json_object_get_member (schema, parts[i]), unknown))
      return wrong (unknown, parts[i]);
  JsonObject *properties = purser_json_member (schema, "properties");
  g_autoptr(GList) names = properties != NULL ? json_object_get_members (properties) : NULL;
  for (GList *l = names; l != NULL; l = l->next)
    if (!purser_answer_schema_supported (json_object_get_member (properties, l->data), unknown))
      return wrong (unknown, l->data);
  return TRUE;
}

gboolean
purser_answer_schema_supported (JsonNode *schema, char **unknown)
{
  if (JSON_NODE_HOLDS_VALUE (schema) && json_node_get_value_type (schema) == G_TYPE_BOOLEAN)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (schema))
    return wrong (unknown, "schema");
  JsonObject *object = json_node_get_object (schema);
  g_autoptr(GList) names = json_object_get_members (object);
  for (GList *l = names; l != NULL; l = l->next)
    if (!g_strv_contains (keywords, l->data))
      return wrong (unknown, l->data);
  return shapes_supported (object, unknown) && parts_supported (object, unknown);
}
