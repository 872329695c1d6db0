/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-suite.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "purser-check.h"
#include "purser-json.h"
#include "purser-yaml.h"

/* A suite while it is read. */
typedef struct
{
  PurserSuite *suite;
  GPtrArray *unused; /* (element-type utf8) */
  GHashTable *ids; /* (element-type utf8) of the cases so far */
  PurserYaml *defaults; /* (nullable) the checks that every case has */
} Reader;

static void
note_unused (Reader *self, const char *name)
{
  if (!g_ptr_array_find_with_equal_func (self->unused, name, g_str_equal, NULL))
    g_ptr_array_add (self->unused, g_strdup (name));
}

/* --- Fields --- */

static gboolean
expect_map (const PurserYaml *node, const char *name, const char *const *known, GError **error)
{
  if (node == NULL || purser_yaml_is_null (node))
    return TRUE;
  if (node->kind != PURSER_YAML_MAP)
    return purser_yaml_fail (error, node, _("“%s” must be a list of fields, each “name: value”."), name);
  for (guint i = 0; i < node->keys->len; i++)
    if (!g_strv_contains (known, g_ptr_array_index (node->keys, i)))
      {
        g_autofree char *names = g_strjoinv (", ", (char **) known);
        return purser_yaml_fail (error, g_ptr_array_index (node->items, i),
                                 _("“%s” does not know the field “%s”. It knows: %s."), name,
                                 (char *) g_ptr_array_index (node->keys, i), names);
      }
  return TRUE;
}

/* FALSE only on an error; a missing field leaves TEXT as it is. */
static gboolean
read_text (const PurserYaml *map, const char *name, char **text, GError **error)
{
  const PurserYaml *node = purser_yaml_get (map, name);
  if (node == NULL || purser_yaml_is_null (node))
    return TRUE;
  if (node->kind != PURSER_YAML_SCALAR)
    return purser_yaml_fail (error, node, _("“%s” must be a text."), name);
  g_free (*text);
  *text = g_strdup (node->text);
  return TRUE;
}

static gboolean
read_number (const PurserYaml *map, const char *name, double low, double high, double *number, GError **error)
{
  const PurserYaml *node = purser_yaml_get (map, name);
  double value;
  if (node == NULL || purser_yaml_is_null (node))
    return TRUE;
  if (!purser_yaml_number (node, &value) || value < low || value > high)
    return purser_yaml_fail (error, node, _("“%s” must be a number from %g to %g."), name, low, high);
  *number = value;
  return TRUE;
}

/* --- Checks --- */

/* Fills the case's variables into the texts of a check's value. */
static JsonNode *
fill_value (JsonNode *value, JsonObject *vars)
{
  if (JSON_NODE_HOLDS_VALUE (value) && json_node_get_value_type (value) == G_TYPE_STRING)
    {
      g_autofree char *text = purser_template_fill (json_node_get_string (value), vars, NULL);
      return json_node_init_string (json_node_alloc (), text);
    }
  if (!JSON_NODE_HOLDS_ARRAY (value))
    return json_node_ref (value);
  JsonArray *from = json_node_get_array (value), *to = json_array_new ();
  for (guint i = 0; i < json_array_get_length (from); i++)
    json_array_add_element (to, fill_value (json_array_get_element (from, i), vars));
  JsonNode *filled = json_node_init_array (json_node_alloc (), to);
  json_array_unref (to);
  return filled;
}

static const char *
check_type_name (const PurserYaml *node, gboolean *negated)
{
  const PurserYaml *type = purser_yaml_get (node, "type");
  if (type == NULL || type->kind != PURSER_YAML_SCALAR)
    return NULL;
  *negated = g_str_has_prefix (type->text, "not-");
  return type->text + (*negated ? 4 : 0);
}

static PurserCheck *
read_check (Reader *self, const PurserYaml *node, const PurserCase *item, GError **error)
{
  static const char *const known[] = { "type",     "value",        "threshold", "weight",           "metric", "config",
                                       "provider", "rubricPrompt", "transform", "contextTransform", "assert", NULL };
  if (!expect_map (node, "checks", known, error))
    return NULL;
  g_autoptr(PurserCheck) check = g_new0 (PurserCheck, 1);
  check->type = g_strdup (check_type_name (node, &check->negated));
  if (check->type == NULL)
    return purser_yaml_fail (error, node, _("A check needs a “type”, for example {type: icontains, value: refund}.")),
           NULL;
  if (purser_check_type (check->type) == NULL)
    return purser_yaml_fail (error, node, _("There is no check of the type “%s”. Look for a typing error."),
                             check->type),
           NULL;
  check->weight = 1;
  check->threshold = NAN;
  if (!read_number (node, "weight", 0, 1e6, &check->weight, error)
      || !read_number (node, "threshold", 0, 1e6, &check->threshold, error)
      || !read_text (node, "metric", &check->metric, error))
    return NULL;
  const PurserYaml *value = purser_yaml_get (node, "value");
  if (value != NULL && !purser_yaml_is_null (value))
    {
      g_autoptr(JsonNode) raw = purser_yaml_to_json (value);
      check->value = fill_value (raw, item->vars);
    }
  g_autofree char *problem = NULL;
  if (!purser_check_prepare (check, &problem))
    return purser_yaml_fail (error, node, _("The check “%s” %s."), check->type, problem), NULL;
  /* What changes the answer before it is checked is code, or a service: such a check is not done, rather than done
   * differently. */
  if (purser_yaml_get (node, "transform") != NULL || purser_yaml_get (node, "contextTransform") != NULL)
    check->supported = FALSE;
  const PurserCheckType *type = purser_check_type (check->type);
  if (check->supported && type->value == PURSER_CHECK_TEXT_OR_EXPECTED && check->value == NULL
      && item->expected == NULL)
    return purser_yaml_fail (error, node,
                             _("The check “%s” has nothing to compare with. Give it a “value”, or the case an "
                                "“expected”."),
                             check->type),
           NULL;
  return g_steal_pointer (&check);
}

static gboolean
read_checks (Reader *self, const PurserYaml *list, PurserCase *item, GError **error)
{
  if (list == NULL || purser_yaml_is_null (list))
    return TRUE;
  if (list->kind != PURSER_YAML_LIST)
    return purser_yaml_fail (error, list, _("“checks” must be a list, each line beginning with “- ”."));
  for (guint i = 0; i < list->items->len; i++)
    {
      PurserCheck *check = read_check (self, g_ptr_array_index (list->items, i), item, error);
      if (check == NULL)
        return FALSE;
      g_ptr_array_add (item->checks, check);
      self->suite->n_checks++;
      self->suite->n_unsupported += !check->supported;
    }
  return TRUE;
}

/* --- Cases --- */

static gboolean
read_vars (const PurserYaml *node, PurserCase *item, GError **error)
{
  const PurserYaml *vars = purser_yaml_get (node, "vars");
  if (vars != NULL && vars->kind != PURSER_YAML_MAP && !purser_yaml_is_null (vars))
    return purser_yaml_fail (error, vars, _("“vars” must be a list of fields, each “name: value”."));
  item->vars = json_object_new ();
  for (guint i = 0; vars != NULL && vars->kind == PURSER_YAML_MAP && i < vars->keys->len; i++)
    json_object_set_member (item->vars, g_ptr_array_index (vars->keys, i),
                            purser_yaml_to_json (g_ptr_array_index (vars->items, i)));
  return TRUE;
}

/* Without an id of its own a case is known by what it asks. */
static char *
id_from_vars (const PurserCase *item)
{
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), item->vars);
  g_autofree char *text = purser_json_to_string (node, FALSE);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  return g_strdup_printf ("case-%.12s", hash);
}

static gboolean
check_case (Reader *self, const PurserYaml *node, PurserCase *item, GError **error)
{
  g_autofree char *missing = NULL;
  g_autofree char *system =
      self->suite->system != NULL ? purser_template_fill (self->suite->system, item->vars, &missing) : NULL;
  g_autofree char *user = purser_template_fill (self->suite->user, item->vars, &missing);
  if (missing != NULL)
    return purser_yaml_fail (error, node, _("The case “%s” has no “%s” under “vars”, which the prompt asks for."),
                             item->id, missing);
  if (item->checks->len == 0)
    return purser_yaml_fail (error, node, _("The case “%s” has no checks. Give it at least one."), item->id);
  if (!g_hash_table_add (self->ids, g_strdup (item->id)))
    return purser_yaml_fail (error, node, _("There are two cases with the id “%s”. Give each its own."), item->id);
  return TRUE;
}

static gboolean
read_case (Reader *self, const PurserYaml *node, GError **error)
{
  static const char *const known[] = { "id",       "title",  "description", "group", "vars",
                                       "expected", "checks", "weight",      "tags",  NULL };
  if (!expect_map (node, "cases", known, error))
    return FALSE;
  PurserCase *item = g_new0 (PurserCase, 1);
  g_ptr_array_add (self->suite->cases, item);
  item->checks = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_check_free);
  item->weight = 1;
  if (!read_text (node, "id", &item->id, error) || !read_text (node, "description", &item->title, error)
      || !read_text (node, "title", &item->title, error) || !read_text (node, "group", &item->group, error)
      || !read_text (node, "expected", &item->expected, error)
      || !read_number (node, "weight", 0, 1e6, &item->weight, error) || !read_vars (node, item, error))
    return FALSE;
  if (item->weight != 1)
    note_unused (self, "cases[].weight");
  if (item->id == NULL || item->id[0] == '\0')
    {
      g_free (item->id);
      item->id = id_from_vars (item);
    }
  if (item->title == NULL)
    item->title = g_strdup (item->id);
  return read_checks (self, purser_yaml_get (node, "checks"), item, error)
         && read_checks (self, self->defaults, item, error) && check_case (self, node, item, error);
}

static gboolean
read_cases (Reader *self, const PurserYaml *root, GError **error)
{
  const PurserYaml *list = purser_yaml_get (root, "cases");
  if (list == NULL || list->kind != PURSER_YAML_LIST || list->items->len == 0)
    return purser_yaml_fail (error, list != NULL ? list : root, _("“cases” must be a list of at least one case."));
  if (list->items->len > PURSER_SUITE_MAX_CASES)
    return purser_yaml_fail (error, list, _("There are %u cases; %d is the most. Split the suite."), list->items->len,
                             PURSER_SUITE_MAX_CASES);
  for (guint i = 0; i < list->items->len; i++)
    if (!read_case (self, g_ptr_array_index (list->items, i), error))
      return FALSE;
  return TRUE;
}

/* --- The rest --- */

static gboolean
read_prompt (Reader *self, const PurserYaml *root, GError **error)
{
  static const char *const known[] = { "id", "system", "user", NULL };
  const PurserYaml *list = purser_yaml_get (root, "prompts");
  if (list == NULL || list->kind != PURSER_YAML_LIST || list->items->len != 1)
    return purser_yaml_fail (error, list != NULL ? list : root,
                             _("“prompts” must be a list of exactly one prompt. Make a suite for each prompt."));
  const PurserYaml *prompt = g_ptr_array_index (list->items, 0);
  if (prompt->kind == PURSER_YAML_SCALAR)
    self->suite->user = g_strdup (prompt->text);
  else if (!expect_map (prompt, "prompts", known, error) || !read_text (prompt, "system", &self->suite->system, error)
           || !read_text (prompt, "user", &self->suite->user, error))
    return FALSE;
  if (self->suite->user == NULL || self->suite->user[0] == '\0')
    return purser_yaml_fail (error, prompt,
                             _("The prompt needs a text under “user”, for example user: \"{{question}}\"."));
  return TRUE;
}

static gboolean
read_settings (Reader *self, const PurserYaml *root, GError **error)
{
  static const char *const params_known[] = { "temperature", "max_tokens", NULL };
  static const char *const decision_known[] = { "margin_points", "confidence", "min_cases",
                                                "early_stop",    "max_cost",   NULL };
  static const char *const defaults_known[] = { "repeat", "checks", NULL };
  const PurserYaml *params = purser_yaml_get (root, "params"), *decision = purser_yaml_get (root, "decision"),
                   *defaults = purser_yaml_get (root, "defaults");
  double temperature = 0, max_tokens = PURSER_SUITE_DEFAULT_MAX_TOKENS, margin = 5, min_cases = 30, confidence = .95;
  if (!expect_map (params, "params", params_known, error) || !expect_map (decision, "decision", decision_known, error)
      || !expect_map (defaults, "defaults", defaults_known, error)
      || !read_number (params, "temperature", 0, 2, &temperature, error)
      || !read_number (params, "max_tokens", 1, 1e6, &max_tokens, error)
      || !read_number (decision, "margin_points", .1, 50, &margin, error)
      || !read_number (decision, "min_cases", 1, 1e6, &min_cases, error)
      || !read_number (decision, "confidence", .95, .95, &confidence, error))
    return FALSE;
  self->suite->temperature = temperature;
  self->suite->max_tokens = (gint64) max_tokens;
  self->suite->margin = margin / 100;
  self->suite->min_cases = (guint) min_cases;
  self->defaults = purser_yaml_get (defaults, "checks");
  static const char *const without_effect[] = { "early_stop", "max_cost" };
  for (gsize i = 0; i < G_N_ELEMENTS (without_effect); i++)
    if (purser_yaml_get (decision, without_effect[i]) != NULL)
      note_unused (self, without_effect[i]);
  if (purser_yaml_get (defaults, "repeat") != NULL)
    note_unused (self, "repeat");
  return TRUE;
}

static gboolean
read_head (Reader *self, const PurserYaml *root, GError **error)
{
  static const char *const known[] = { "suite",    "name",  "description", "workload", "prompts", "params",
                                       "defaults", "cases", "decision",    "judge",    "latency", NULL };
  double version = 0;
  if (root->kind != PURSER_YAML_MAP || !purser_yaml_number (purser_yaml_get (root, "suite"), &version) || version != 1)
    return purser_yaml_fail (error, root, _("This is no suite of version 1. Its first line must be “suite: 1”."));
  if (!expect_map (root, "suite", known, error) || !read_text (root, "name", &self->suite->name, error)
      || !read_text (root, "description", &self->suite->description, error)
      || !read_text (root, "workload", &self->suite->workload, error))
    return FALSE;
  if (self->suite->name == NULL || self->suite->name[0] == '\0')
    {
      g_free (self->suite->name);
      self->suite->name =
          g_strdup (self->suite->description != NULL ? self->suite->description : _("Suite without a name"));
    }
  if (purser_yaml_get (root, "judge") != NULL)
    note_unused (self, "judge");
  if (purser_yaml_get (root, "latency") != NULL)
    note_unused (self, "latency");
  return TRUE;
}

/**
 * purser_suite_parse:
 * @yaml: (array length=length): a suite file in the format `suite: 1`, YAML or JSON
 * @length: its length in bytes
 * @error: names the line and what to do
 *
 * Returns: (transfer full) (nullable): the suite; nothing in it was dropped without a trace: what this version does
 * not use stands under `unused`,
 * and checks that are not done here are there, not supported
 */
PurserSuite *
purser_suite_parse (const char *yaml, gsize length, GError **error)
{
  g_autoptr(PurserYamlDocument) document = purser_yaml_parse (yaml, length, error);
  if (document == NULL)
    return NULL;
  g_autoptr(PurserSuite) suite = g_new0 (PurserSuite, 1);
  suite->cases = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_case_free);
  g_autoptr(GPtrArray) unused = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Reader self = { .suite = suite, .unused = unused, .ids = ids };
  if (!read_head (&self, document->root, error) || !read_prompt (&self, document->root, error)
      || !read_settings (&self, document->root, error) || !read_cases (&self, document->root, error))
    return NULL;
  g_ptr_array_add (unused, NULL);
  suite->unused = (char **) g_ptr_array_free (g_steal_pointer (&unused), FALSE);
  return g_steal_pointer (&suite);
}
