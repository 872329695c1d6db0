/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-price-list-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-json.h"

/* How a price list recognises a model by its name: a small tree of rules. */

enum
{
  MAX_DEPTH = 8,
  MAX_PATTERN = 500, /* bytes of an expression */
};

typedef enum
{
  RULE_EQUALS,
  RULE_STARTS_WITH,
  RULE_ENDS_WITH,
  RULE_CONTAINS,
  RULE_REGEX,
  RULE_OR,
  RULE_AND,
} Rule;

struct _PurserNameMatch
{
  Rule       rule;
  char      *text;  /* (owned) (nullable) in lower case */
  GRegex    *regex; /* (owned) (nullable) */
  GPtrArray *parts; /* (owned) (nullable) (element-type PurserNameMatch) */
};

static const struct { const char *member; Rule rule; } RULES[] = {
  { "equals", RULE_EQUALS },     { "starts_with", RULE_STARTS_WITH }, { "ends_with", RULE_ENDS_WITH }, { "contains", RULE_CONTAINS },
  { "regex", RULE_REGEX },       { "or", RULE_OR },                   { "and", RULE_AND },
};

void
purser_name_match_free (PurserNameMatch *match)
{
  if (match == NULL)
    return;
  g_free (match->text);
  g_clear_pointer (&match->regex, g_regex_unref);
  g_clear_pointer (&match->parts, g_ptr_array_unref);
  g_free (match);
}

/* The limits stand in the expression itself: of several the lowest counts, so what follows cannot raise them. The just-in-time
 * compiler, which looks at them less often, is not asked for. */
GRegex *
purser_price_list_regex (const char *pattern, gboolean at_start, GError **error)
{
  g_autoptr (GError) why = NULL;
  if (strlen (pattern) > MAX_PATTERN)
    {
      purser_price_list_fail (error, _("an expression is longer than %d characters"), MAX_PATTERN);
      return NULL;
    }
  g_autofree char *bounded = g_strdup_printf (at_start ? "(*LIMIT_MATCH=20000)(*LIMIT_DEPTH=2000)^(?:%s)" : "(*LIMIT_MATCH=20000)(*LIMIT_DEPTH=2000)%s", pattern);
  GRegex *regex = g_regex_new (bounded, G_REGEX_CASELESS | G_REGEX_DOLLAR_ENDONLY, 0, &why);
  if (regex == NULL)
    purser_price_list_fail (error, _("“%s” is not a regular expression"), pattern);
  return regex;
}

static PurserNameMatch *read_rule (JsonNode *node, guint depth, GError **error);

static gboolean
read_parts (PurserNameMatch *match, JsonNode *node, guint depth, GError **error)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint n = array != NULL ? json_array_get_length (array) : 0;
  if (n == 0)
    return purser_price_list_fail (error, _("a rule that joins others has none"));
  match->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_name_match_free);
  for (guint i = 0; i < n; i++)
    {
      PurserNameMatch *part = read_rule (json_array_get_element (array, i), depth + 1, error);
      if (part == NULL)
        return FALSE;
      g_ptr_array_add (match->parts, part);
    }
  return TRUE;
}

static gboolean
read_text (PurserNameMatch *match, JsonNode *node, GError **error)
{
  const char *text = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
  if (text == NULL || *text == '\0') /* an empty text would fit every model */
    return purser_price_list_fail (error, _("a rule has no text"));
  if (match->rule == RULE_REGEX)
    match->regex = purser_price_list_regex (text, FALSE, error);
  else
    match->text = g_ascii_strdown (text, -1);
  return match->rule != RULE_REGEX || match->regex != NULL;
}

static PurserNameMatch *
read_rule (JsonNode *node, guint depth, GError **error)
{
  JsonObject *object = purser_json_object (node);
  g_autoptr (PurserNameMatch) match = NULL;
  if (depth > MAX_DEPTH)
    {
      purser_price_list_fail (error, _("the rules lie too deep in each other"));
      return NULL;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (RULES); i++)
    {
      JsonNode *value = purser_json_node (object, RULES[i].member);
      if (value == NULL)
        continue;
      if (match != NULL)
        {
          purser_price_list_fail (error, _("a rule has both “%s” and another one"), RULES[i].member);
          return NULL;
        }
      match = g_new0 (PurserNameMatch, 1);
      match->rule = RULES[i].rule;
      if (!(match->rule == RULE_OR || match->rule == RULE_AND ? read_parts (match, value, depth, error) : read_text (match, value, error)))
        return NULL;
    }
  if (match == NULL)
    purser_price_list_fail (error, _("a rule is none of: equals, starts_with, ends_with, contains, regex, or, and"));
  return g_steal_pointer (&match);
}

PurserNameMatch *
purser_name_match_read (JsonNode *node, GError **error)
{
  return read_rule (node, 0, error);
}

static gboolean
test_parts (const PurserNameMatch *match, const char *lowered)
{
  gboolean all = match->rule == RULE_AND;
  for (guint i = 0; i < match->parts->len; i++)
    if (purser_name_match_test (g_ptr_array_index (match->parts, i), lowered) != all)
      return !all;
  return all;
}

gboolean
purser_name_match_test (const PurserNameMatch *match, const char *lowered)
{
  switch (match->rule)
    {
    case RULE_EQUALS:
      return g_str_equal (lowered, match->text);
    case RULE_STARTS_WITH:
      return g_str_has_prefix (lowered, match->text);
    case RULE_ENDS_WITH:
      return g_str_has_suffix (lowered, match->text);
    case RULE_CONTAINS:
      return strstr (lowered, match->text) != NULL;
    case RULE_REGEX:
      return g_regex_match (match->regex, lowered, 0, NULL); /* past the limit: no match */
    case RULE_OR:
    case RULE_AND:
    default:
      return test_parts (match, lowered);
    }
}
