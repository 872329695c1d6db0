/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-check.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "purser-json.h"
#include "purser-answer-schema.h"

/* Every assertion type of promptfoo 0.121 (BaseAssertionTypesSchema). What has no function is known, kept, counted
 * and said to be "not checked here": code is never run, and judges, embeddings, traces and limits need more than the
 * text of one answer. */
static const PurserCheckType check_types[] = {
  {"equals",                         purser_check_equals, PURSER_CHECK_TEXT_OR_EXPECTED, NAN },
  { "contains",   purser_check_contains, PURSER_CHECK_TEXT, NAN },
  { "contains-all",                               purser_check_contains, PURSER_CHECK_TEXTS, NAN },
  { "contains-any",         purser_check_contains, PURSER_CHECK_TEXTS, NAN },
  { "icontains",                             purser_check_contains, PURSER_CHECK_TEXT, NAN },
  { "icontains-all",                  purser_check_contains, PURSER_CHECK_TEXTS, NAN },
  { "icontains-any",              purser_check_contains, PURSER_CHECK_TEXTS, NAN },
  { "starts-with",                               purser_check_starts_with, PURSER_CHECK_TEXT, NAN },
  { "regex",   purser_check_regex, PURSER_CHECK_PATTERN, NAN },
  { "word-count",                             purser_check_word_count, PURSER_CHECK_COUNT, NAN },
  { "levenshtein",                     purser_check_levenshtein, PURSER_CHECK_TEXT_OR_EXPECTED, 5 },
  { "rouge-n",               purser_check_rouge, PURSER_CHECK_TEXT_OR_EXPECTED, .75 },
  { "bleu",                               purser_check_bleu, PURSER_CHECK_TEXT_OR_EXPECTED, .5 },
  { "is-json",purser_check_json, PURSER_CHECK_SCHEMA, NAN },
  { "contains-json",                             purser_check_json, PURSER_CHECK_SCHEMA, NAN },
  { "is-html",                 purser_check_html, PURSER_CHECK_NO_VALUE, NAN },
  { "contains-html",              purser_check_html, PURSER_CHECK_NO_VALUE, NAN },
  { "is-xml",                               purser_check_xml, PURSER_CHECK_ELEMENTS, NAN },
  { "contains-xml",purser_check_xml, PURSER_CHECK_ELEMENTS, NAN },
  { "is-refusal",                             purser_check_refusal, PURSER_CHECK_NO_VALUE, NAN },
  { "gleu"                        },
  { "meteor"           },
  { "is-sql"                              },
  { "contains-sql"},
  { "finish-reason"                            },
  { "cost"                  },
  { "latency"  },
  { "perplexity"                              },
  { "perplexity-score"},
  { "is-valid-function-call"                            },
  { "is-valid-openai-function-call"                         },
  { "is-valid-openai-tools-call"  },
  { "tool-call-f1"                              },
  { "llm-rubric"                     },
  { "g-eval"                            },
  { "factuality"                },
  { "model-graded-factuality"            },
  { "model-graded-closedqa"                              },
  { "answer-relevance"},
  { "context-recall"                            },
  { "context-relevance"                },
  { "context-faithfulness"          },
  { "conversation-relevance"                              },
  { "search-rubric"},
  { "agent-rubric"                            },
  { "select-best"                 },
  { "max-score"          },
  { "similar"                              },
  { "similar:cosine"},
  { "similar:dot"                            },
  { "similar:euclidean"                         },
  { "classifier"                       },
  { "moderation"                       },
  { "guardrails"                 },
  { "pi"                },
  { "javascript"                         },
  { "python"                      },
  { "ruby"                   },
  { "webhook"             },
  { "human"       },
  { "trajectory:goal-success"},
  { "trajectory:tool-args-match"   },
  { "trajectory:step-count"                 },
  { "trajectory:tool-sequence"                   },
  { "trajectory:tool-used"                       },
  { "trace-error-spans"                   },
  { "trace-span-count"      },
  { "trace-span-duration"        },
  { "skill-used"             },
  { "assert-set"               },
};

const PurserCheckType *
purser_check_type (const char *type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (check_types); i++)
    if (g_strcmp0 (check_types[i].type, type) == 0)
      return &check_types[i];
  return NULL;
}

void
purser_check_free (PurserCheck *check)
{
  g_free (check->type);
  g_free (check->metric);
  g_clear_pointer (&check->value, json_node_unref);
  g_free (check);
}

static gboolean
is_scalar (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node);
}

static gboolean
is_text_list (JsonNode *node)
{
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node) || json_array_get_length (json_node_get_array (node)) == 0)
    return FALSE;
  JsonArray *array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (!is_scalar (json_array_get_element (array, i)))
      return FALSE;
  return TRUE;
}

static char *
text_of (JsonNode *node)
{
  return json_node_get_value_type (node) == G_TYPE_STRING ? json_node_dup_string (node)
                                                          : purser_json_to_string (node, FALSE);
}

/* Numbers and booleans become texts once, so that the tests can hand out borrowed strings. */
static void
make_texts (PurserCheck *check)
{
  if (is_scalar (check->value) && json_node_get_value_type (check->value) != G_TYPE_STRING)
    {
      g_autofree char *text = text_of (check->value);
      json_node_unref (check->value);
      check->value = json_node_init_string (json_node_alloc (), text);
    }
}

static gboolean
count_is_good (JsonNode *value)
{
  double number = -1;
  if (is_scalar (value) && json_node_get_value_type (value) == G_TYPE_INT64)
    number = json_node_get_double (value);
  JsonObject *range = value != NULL ? purser_json_object (value) : NULL;
  if (range != NULL)
    {
      gint64 low = purser_json_int (range, "min", 0), high = purser_json_int (range, "max", G_MAXINT32);
      guint known = json_object_has_member (range, "min") + json_object_has_member (range, "max");
      return known > 0 && known == json_object_get_size (range) && low >= 0 && low <= high;
    }
  return number >= 0;
}

static gboolean
elements_are_good (JsonNode *value)
{
  if (value == NULL || is_text_list (value))
    return TRUE;
  JsonObject *object = purser_json_object (value);
  return object != NULL ? is_text_list (json_object_get_member (object, "requiredElements")) : is_scalar (value);
}

static char *
value_problem (PurserCheck *check, const PurserCheckType *type)
{
  JsonNode *value = check->value;
  g_autofree char *unknown = NULL;
  g_autoptr(GError) error = NULL;
  switch (type->value)
    {
    case PURSER_CHECK_TEXT:
      return is_scalar (value) ? NULL : g_strdup (_("needs one text as its value"));
    case PURSER_CHECK_TEXT_OR_EXPECTED:
      return value == NULL || is_scalar (value) || is_text_list (value) || strcmp (type->type, "equals") == 0
                 ? NULL
                 : g_strdup (_("needs a text as its value, or the case’s “expected”"));
    case PURSER_CHECK_TEXTS:
      return is_text_list (value) ? NULL : g_strdup (_("needs a list of texts as its value"));
    case PURSER_CHECK_COUNT:
      return count_is_good (value) ? NULL : g_strdup (_("needs a whole number or “min” and “max” as its value"));
    case PURSER_CHECK_ELEMENTS:
      return elements_are_good (value) ? NULL : g_strdup (_("needs the names of elements as its value, or none"));
    case PURSER_CHECK_PATTERN:
      {
        g_autoptr(GRegex) regex = is_scalar (value) ? purser_check_compile (purser_check_text (check), &error) : NULL;
        return regex != NULL ? NULL
                             : g_strdup_printf (_("needs a valid pattern as its value (%s)"),
                                                error != NULL ? error->message : _("it is no text"));
      }
    case PURSER_CHECK_SCHEMA: /* a schema past our part of the standard is kept, and not checked here */
      check->supported = value == NULL || purser_answer_schema_supported (value, &unknown);
      return NULL;
    case PURSER_CHECK_NO_VALUE:
    case PURSER_CHECK_ANY_VALUE:
    default:
      return NULL;
    }
}

/**
 * purser_check_prepare:
 * @check: type, value and negation are filled in
 * @problem: (out) (nullable): what its value must be, to follow the type's name
 *
 * Finds out whether the check can be done here, and whether its value is one that it can work with.
 */
gboolean
purser_check_prepare (PurserCheck *check, char **problem)
{
  const PurserCheckType *type = purser_check_type (check->type);
  *problem = NULL;
  check->supported = type != NULL && type->func != NULL;
  if (!check->supported)
    return TRUE;
  if (type->value != PURSER_CHECK_COUNT && type->value != PURSER_CHECK_SCHEMA)
    make_texts (check);
  *problem = value_problem (check, type);
  return *problem == NULL;
}

const char *
purser_check_text (const PurserCheck *check)
{
  return is_scalar (check->value) && json_node_get_value_type (check->value) == G_TYPE_STRING
             ? json_node_get_string (check->value)
             : NULL;
}

GPtrArray *
purser_check_texts (const PurserCheck *check)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
  if (is_scalar (check->value))
    g_ptr_array_add (texts, text_of (check->value));
  else if (check->value != NULL && JSON_NODE_HOLDS_ARRAY (check->value))
    for (guint i = 0; i < json_array_get_length (json_node_get_array (check->value)); i++)
      {
        JsonNode *item = json_array_get_element (json_node_get_array (check->value), i);
        if (is_scalar (item))
          g_ptr_array_add (texts, text_of (item));
      }
  return texts;
}

char *
purser_check_fold (const char *text)
{
  g_autofree char *normal = g_utf8_normalize (text, -1, G_NORMALIZE_ALL_COMPOSE);
  return g_utf8_casefold (normal != NULL ? normal : text, -1);
}

double
purser_check_threshold (const PurserCheck *check)
{
  const PurserCheckType *type = purser_check_type (check->type);
  return isnan (check->threshold) && type != NULL ? type->threshold : check->threshold;
}

char *
purser_check_quote (const char *text)
{
  g_autofree char *line = g_utf8_substring (text, 0, MIN (60, g_utf8_strlen (text, -1)));
  g_strdelimit (line, "\n\r\t", ' ');
  return g_strdup_printf (strlen (line) < strlen (text) ? "“%s…”" : "“%s”", line);
}

void
purser_check_tell (PurserCheckResult *result, gboolean passed, char *reason)
{
  result->passed = passed;
  result->score = passed ? 1 : 0;
  g_free (result->reason);
  result->reason = reason;
}

gboolean
purser_check_run (const PurserCheck *check, const char *answer, const char *expected, PurserCheckResult *result)
{
  *result = (PurserCheckResult){ 0 };
  const PurserCheckType *type = purser_check_type (check->type);
  if (!check->supported || type == NULL || type->func == NULL)
    return FALSE;
  g_autofree char *valid = g_utf8_make_valid (answer, -1);
  result->score = -1;
  type->func (check, g_strstrip (valid), expected, result);
  gboolean undecided = result->score < 0; /* a pattern that ran away is no proof of anything */
  result->score = CLAMP (result->score, 0, 1);
  if (check->negated && !undecided)
    {
      result->passed = !result->passed;
      result->score = 1 - result->score;
    }
  return TRUE;
}

/**
 * purser_check_score:
 * @check: a check of a suite
 * @answer: what the model said; spaces and line ends around it never matter
 * @expected: (nullable): the case's reference answer
 * @reason: (out) (optional) (transfer full): one plain line
 *
 * Returns: 0 … 1, or -1 where this check is not done here
 */
double
purser_check_score (const PurserCheck *check, const char *answer, const char *expected, char **reason)
{
  PurserCheckResult result;
  if (!purser_check_run (check, answer, expected, &result))
    {
      if (reason != NULL)
        *reason = g_strdup (_("Not checked here"));
      return -1;
    }
  if (reason != NULL)
    *reason = g_steal_pointer (&result.reason);
  g_free (result.reason);
  return result.score;
}

static JsonObject *
describe (const PurserCheck *check, gboolean done, const PurserCheckResult *result)
{
  JsonObject *object = json_object_new ();
  g_autofree char *type = g_strconcat (check->negated ? "not-" : "", check->type, NULL);
  json_object_set_string_member (object, "type", type);
  if (check->metric != NULL)
    json_object_set_string_member (object, "metric", check->metric);
  json_object_set_boolean_member (object, "checked", done);
  if (done)
    {
      json_object_set_boolean_member (object, "passed", result->passed);
      json_object_set_double_member (object, "score", result->score);
    }
  if (result->reason != NULL)
    json_object_set_string_member (object, "reason", result->reason);
  return object;
}

double
purser_case_score (const PurserCase *item, const char *answer, gboolean *passed, JsonArray **detail, char **reason)
{
  double sum = 0, weights = 0;
  guint done = 0;
  g_autoptr(GString) failed = g_string_new (NULL);
  g_autoptr(JsonArray) list = json_array_new ();
  *passed = TRUE;
  for (guint i = 0; i < item->checks->len; i++)
    {
      const PurserCheck *check = g_ptr_array_index (item->checks, i);
      PurserCheckResult result;
      gboolean ran = purser_check_run (check, answer, item->expected, &result);
      json_array_add_object_element (list, describe (check, ran, &result));
      if (ran && check->weight > 0)
        {
          done++;
          sum += check->weight * result.score;
          weights += check->weight;
          *passed = *passed && result.passed;
          if (!result.passed && result.reason != NULL)
            g_string_append_printf (failed, "%s%s", failed->len > 0 ? "; " : "", result.reason);
        }
      g_free (result.reason);
    }
  if (detail != NULL)
    *detail = g_steal_pointer (&list);
  if (reason != NULL)
    *reason = failed->len > 0 ? g_strdup (failed->str) : NULL;
  *passed = *passed && done > 0;
  return done > 0 ? sum / weights : -1;
}
