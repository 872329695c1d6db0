/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-suite.h"

#include <string.h>

#include "purser-check.h"
#include "purser-yaml.h"

static const char *const starters[] = { "drafting", "summarization", "analysis" };

/* How many cases of SUITE the answers that ANSWER makes pass. */
static guint
count_passes (const PurserSuite *suite, const char *(*answer) (const PurserCase *), gboolean expected)
{
  guint passes = 0;
  for (guint i = 0; i < suite->cases->len; i++)
    {
      const PurserCase *item = g_ptr_array_index (suite->cases, i);
      gboolean passed;
      g_autofree char *reason = NULL;
      double score = purser_case_score (item, answer (item), &passed, NULL, &reason);
      g_assert_cmpfloat (score, >=, 0);
      if (passed)
        passes++;
      if (passed != expected)
        g_test_message ("%s: %s", item->id, passed ? "passed" : reason);
    }
  return passes;
}

static const char *
reference (const PurserCase *item)
{
  return item->expected;
}

static const char *
nothing (const PurserCase *item)
{
  return "";
}

static const char *
helpful_noise (const PurserCase *item)
{
  return "Sure! Here is what you asked for. I hope that this helps you; please let me know if there is anything else.";
}

/* What a model says that only repeats its input. */
static const char *
echo (const PurserCase *item)
{
  const char *const names[] = { "facts", "text", "data" };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (json_object_has_member (item->vars, names[i]))
      return json_object_get_string_member (item->vars, names[i]);
  g_assert_not_reached ();
}

/* A starter suite is honest: every case can be met, and neither silence nor small talk nor an echo meets many. */
static void
test_starters (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (starters); i++)
    {
      g_autoptr(PurserSuite) suite = purser_suite_builtin (starters[i]);
      g_assert_cmpstr (suite->workload, ==, starters[i]);
      g_assert_cmpuint (suite->cases->len, >=, 20);
      g_assert_cmpuint (suite->n_unsupported, ==, 0);
      g_assert_cmpuint (g_strv_length (suite->unused), ==, 0);
      g_assert_cmpuint (suite->min_cases, ==, 20);
      g_assert_cmpfloat (suite->margin, ==, .05);
      g_assert_cmpuint (count_passes (suite, reference, TRUE), ==, suite->cases->len);
      g_assert_cmpuint (count_passes (suite, nothing, FALSE), ==, 0);
      g_assert_cmpuint (count_passes (suite, helpful_noise, FALSE), ==, 0);
      g_assert_cmpuint (count_passes (suite, echo, FALSE), <=, 2);
      for (guint j = 0; j < suite->cases->len; j++)
        {
          const PurserCase *item = g_ptr_array_index (suite->cases, j);
          g_assert_cmpuint (strlen (item->title), <=, 60);
          g_autoptr(PurserChat) chat = purser_suite_chat (suite, item, NULL);
          g_assert_cmpuint (chat->messages->len, ==, 2);
          g_assert_cmpint (chat->max_tokens, ==, suite->max_tokens);
        }
    }
  g_assert_null (purser_suite_builtin ("cooking"));
}

static const char full[] =
    "suite: 1\n"
    "description: Summaries of support mails\n"
    "workload: summarization\n"
    "prompts:\n"
    "  - id: default\n"
    "    system: Summarise for a manager. At most 5 sentences.\n"
    "    user: \"{{mail}} / {{ mail | json }} / {{n}}\"\n"
    "params: {temperature: 0, max_tokens: 400}\n"
    "defaults:\n"
    "  repeat: 1\n"
    "  checks:\n"
    "    - {type: word-count, value: {max: 120}, weight: 0.5, metric: Length}\n"
    "    - {type: llm-rubric, value: \"States the wish\", threshold: 0.7, metric: Content}\n"
    "cases:\n"
    "  - id: mail-017\n"
    "    group: customer-42\n"
    "    vars: &v {mail: \"Say \\\"{{n}}\\\"\", n: 7, word: Friday}\n"
    "    expected: \"…\"\n"
    "    checks: [{type: icontains-all, value: [refund, \"{{word}}\"]}, {type: not-javascript, value: \"x\"}]\n"
    "  - vars: *v\n"
    "    title: The same mail\n"
    "    checks: [{type: not-contains, value: 12}]\n"
    "decision: {margin_points: 10, confidence: 0.95, min_cases: 40, early_stop: true, max_cost: \"2.00 EUR\"}\n"
    "judge: {model: provider/model, votes: 3}\n";

static void
test_format (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserSuite) suite = purser_suite_parse (full, strlen (full), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (suite->name, ==, "Summaries of support mails");
  g_assert_cmpint (suite->max_tokens, ==, 400);
  g_assert_cmpfloat (suite->margin, ==, .10);
  g_assert_cmpuint (suite->min_cases, ==, 40);
  g_assert_cmpuint (suite->cases->len, ==, 2);
  g_assert_cmpuint (suite->n_checks, ==, 7);
  g_assert_cmpuint (suite->n_unsupported, ==, 3);
  const char *const unused[] = { "judge", "early_stop", "max_cost", "repeat" };
  g_assert_cmpuint (g_strv_length (suite->unused), ==, G_N_ELEMENTS (unused));
  for (gsize i = 0; i < G_N_ELEMENTS (unused); i++)
    g_assert_true (g_strv_contains ((const char *const *) suite->unused, unused[i]));

  const PurserCase *first = g_ptr_array_index (suite->cases, 0), *second = g_ptr_array_index (suite->cases, 1);
  g_assert_cmpstr (first->id, ==, "mail-017");
  g_assert_cmpstr (first->group, ==, "customer-42");
  g_assert_cmpuint (first->checks->len, ==, 4);
  g_assert_cmpstr (second->title, ==, "The same mail");
  g_assert_true (g_str_has_prefix (second->id, "case-"));

  /* A value that looks like a placeholder is not filled again. */
  g_autofree char *filled = purser_template_fill (suite->user, first->vars, NULL);
  g_assert_cmpstr (filled, ==, "Say \"{{n}}\" / \"Say \\\"{{n}}\\\"\" / 7");

  const PurserCheck *all = g_ptr_array_index (first->checks, 0), *code = g_ptr_array_index (first->checks, 1);
  g_assert_cmpfloat (purser_check_score (all, "A REFUND until friday", NULL, NULL), ==, 1);
  g_assert_cmpfloat (purser_check_score (all, "A refund", NULL, NULL), ==, .5);
  g_assert_true (code->negated);
  g_assert_cmpstr (code->type, ==, "javascript");
  g_autofree char *words = NULL;
  g_assert_cmpfloat (purser_check_score (code, "x", NULL, &words), ==, -1);
  g_assert_cmpstr (words, ==, "Not checked here");

  g_autoptr(JsonObject) counts = purser_suite_unsupported (suite);
  g_assert_cmpint (json_object_get_int_member (counts, "llm-rubric"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (counts, "javascript"), ==, 1);
}

static void
test_json_is_yaml (void)
{
  const char text[] = "{\"suite\": 1, \"name\": \"J\", \"prompts\": [\"{{q}}\"], \"cases\": [{\"vars\": {\"q\": "
                      "\"1+1?\"}, \"checks\": [{\"type\": \"equals\", \"value\": \"2\"}]}]}";
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserSuite) suite = purser_suite_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (suite->user, ==, "{{q}}");
  g_assert_null (suite->system);
}

#define HEAD "suite: 1\nprompts: [\"{{q}}\"]\n"
#define CASE "cases:\n- vars: {q: hm}\n  checks: "

/* What goes wrong is told with its line and with what to do. */
static void
test_errors (void)
{
  static const struct
  {
    const char *text, *words;
  } rows[] = {
    {"",                                                                        "empty"                                                   },
    { "suite: 2\n",                                                             "Line 1: This is no suite of version 1"                   },
    { "- a\n- b\n",                                                             "suite: 1"                                                },
    { "prompts: [x]\ncases: []\n",                                              "suite: 1"                                                },
    { "suite: 1\n\nprompts: [\"a\"]\ncasess: 1\n",                              "Line 4: “suite” does not know the field “casess”"},
    { HEAD "cases: file://cases.csv\n",                                         "Line 3: “cases” must be a list"                      },
    { HEAD "cases: []\n",                                                       "at least one case"                                       },
    { "suite: 1\nprompts: [a, b]\ncases: [{checks: []}]\n",                     "exactly one prompt"                                      },
    { HEAD CASE "[{type: contians, value: x}]\n",                               "Line 5: There is no check of the type “contians”"    },
    { HEAD CASE "[{value: x}]\n",                                               "needs a “type”"                                      },
    { HEAD CASE "[{type: contains}]\n",                                         "needs one text as its value"                             },
    { HEAD CASE "[{type: icontains-all, value: x}]\n",                          "needs a list of texts"                                   },
    { HEAD CASE "[{type: regex, value: '(a'}]\n",                               "needs a valid pattern"                                   },
    { HEAD CASE "[{type: word-count, value: {max: 3, mix: 1}}]\n",              "“min” and “max”"                                 },
    { HEAD CASE "[{type: word-count, value: {min: 3, max: 1}}]\n",              "“min” and “max”"                                 },
    { HEAD CASE "[{type: equals}]\n",                                           "nothing to compare with"                                 },
    { HEAD CASE "[{type: equals, value: a, weight: -1}]\n",                     "“weight” must be a number from 0"                    },
    { HEAD CASE "[]\n",                                                         "has no checks"                                           },
    { HEAD "cases:\n- vars: {p: hm}\n  checks: [{type: equals, value: a}]\n",   "has no “q” under “vars”"                         },
    { HEAD "cases:\n- {id: a, vars: {q: x}, checks: [{type: equals, value: a}]}\n- {id: a, vars: {q: y}, checks: "
           "[{type: equals, value: a}]}\n",                                "Line 5: There are two cases with the id “a”"         },
    { HEAD "decision: {confidence: 0.9}\n" CASE "[{type: equals, value: a}]\n", "“confidence” must be"                                },
    { "suite: 1\nname: &a [*a]\n",                                              "repeats the part that it stands in"                      },
    { "suite: 1\nname: *nobody\n",                                              "“*nobody” names nothing"                             },
    { "suite: 1\nsuite: 1\n",                                                   "Line 2: the field “suite” is there twice"            },
    { "suite: 1\n<<: {a: 1}\n",                                                 "merging"                                                 },
    { "suite: !!int 1\n",                                                       "tags"                                                    },
    { "suite: 1\n---\nsuite: 1\n",                                              "second document"                                         },
    { "suite: \"1\\0\"\n",                                                      "cannot be read"                                          },
    { "suite: [1\n",                                                            "not valid YAML"                                          },
    { "suite: \xff\n",                                                          "not valid YAML"                                          },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(PurserSuite) suite = purser_suite_parse (rows[i].text, strlen (rows[i].text), &error);
      g_assert_null (suite);
      g_assert_nonnull (error);
      if (strstr (error->message, rows[i].words) == NULL)
        g_error ("“%s” gave “%s”, without “%s”", rows[i].text, error->message, rows[i].words);
    }
}

static void
test_limits (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *large = g_malloc (PURSER_YAML_MAX_BYTES + 1);
  memset (large, ' ', PURSER_YAML_MAX_BYTES + 1);
  g_assert_null (purser_suite_parse (large, PURSER_YAML_MAX_BYTES + 1, &error));
  g_assert_nonnull (strstr (error->message, "10 MB"));
  g_clear_error (&error);

  g_autoptr(GString) deep = g_string_new ("suite: ");
  for (int i = 0; i < 100; i++)
    g_string_append_c (deep, '[');
  g_assert_null (purser_suite_parse (deep->str, deep->len, &error));
  g_assert_error (error, PURSER_YAML_ERROR, PURSER_YAML_ERROR_LIMIT);
  g_clear_error (&error);

  g_autoptr(GString) many = g_string_new (HEAD "cases:\n");
  for (guint i = 0; i <= PURSER_SUITE_MAX_CASES; i++)
    g_string_append_printf (many, "- {vars: {q: %u}, checks: [{type: equals, value: a}]}\n", i);
  g_assert_null (purser_suite_parse (many->str, many->len, &error));
  g_assert_nonnull (strstr (error->message, "20001 cases"));
  g_clear_error (&error);
  g_string_truncate (many, (gsize) (g_strrstr (many->str, "- {") - many->str));
  g_autoptr(PurserSuite) suite = purser_suite_parse (many->str, many->len, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (suite->cases->len, ==, PURSER_SUITE_MAX_CASES);
}

/* "A billion laughs": ten levels of ten aliases are 10¹⁰ texts when written out, and must be refused before anything
 * is written out. */
static void
test_alias_bomb (void)
{
  g_autoptr(GString) bomb = g_string_new ("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
  for (int i = 1; i < 10; i++)
    {
      g_string_append_printf (bomb, "a%d: &a%d [", i, i);
      for (int j = 0; j < 10; j++)
        g_string_append_printf (bomb, "%s*a%d", j > 0 ? ", " : "", i - 1);
      g_string_append (bomb, "]\n");
    }
  g_autoptr(GError) error = NULL;
  gint64 started = g_get_monotonic_time ();
  g_assert_null (purser_yaml_parse (bomb->str, bomb->len, &error));
  g_assert_error (error, PURSER_YAML_ERROR, PURSER_YAML_ERROR_LIMIT);
  g_assert_cmpint (g_get_monotonic_time () - started, <, 5 * G_USEC_PER_SEC);
  g_clear_error (&error);

  /* One long text repeated: bytes count too. */
  g_autofree char *text = g_strnfill (1024 * 1024, 'x');
  g_autoptr(GString) fat = g_string_new (NULL);
  g_string_append_printf (fat, "t: &t %s\nl: [", text);
  for (int i = 0; i < 100; i++)
    g_string_append (fat, i > 0 ? ", *t" : "*t");
  g_string_append (fat, "]\n");
  g_assert_null (purser_yaml_parse (fat->str, fat->len, &error));
  g_assert_error (error, PURSER_YAML_ERROR, PURSER_YAML_ERROR_LIMIT);
}

/* A change at a random place: another byte, a cut, a piece twice, a piece of YAML's own signs. */
static void
mutate (GRand *random, GString *text)
{
  static const char *const pieces[] = { "*v",  "&v ",    "{",  "}",  "[",  "]",    ": ", "- ",    "\n",   "\"", "'",
                                        "|\n", "!!str ", "\t", "{{", "}}", "\xc3", "%",  "---\n", "<<: ", "?" };
  gsize at = (gsize) g_rand_int_range (random, 0, (gint32) text->len);
  gsize length = (gsize) g_rand_int_range (random, 1, 40);
  length = MIN (length, text->len - at);
  switch (g_rand_int_range (random, 0, 4))
    {
    case 0:
      text->str[at] = (char) g_rand_int_range (random, 0, 256);
      break;
    case 1:
      g_string_erase (text, (gssize) at, (gssize) length);
      break;
    case 2:
      {
        g_autofree char *copy = g_strndup (text->str + at, length);
        g_string_insert (text, (gssize) at, copy);
        break;
      }
    default:
      g_string_insert (text, (gssize) at, pieces[g_rand_int_range (random, 0, G_N_ELEMENTS (pieces))]);
    }
}

/* Whatever comes in, it is a suite or an error in words; and what is a suite can be asked and scored. */
static void
test_mutations (void)
{
  g_autoptr(GRand) random = g_rand_new_with_seed (1847);
  g_autoptr(GBytes) starter = g_resources_lookup_data ("/io/github/purser_app/Purser/suites/analysis.suite.yaml",
                                                        G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  guint read = 0, refused = 0;
  for (guint i = 0; i < 6000; i++)
    {
      gsize length = sizeof full - 1;
      const char *seed = i % 10 == 0 ? g_bytes_get_data (starter, &length) : full;
      g_autoptr(GString) text = g_string_new_len (seed, (gssize) length);
      for (int n = g_rand_int_range (random, 1, 4); n > 0 && text->len > 1; n--)
        mutate (random, text);
      g_autoptr(GError) error = NULL;
      g_autoptr(PurserSuite) suite = purser_suite_parse (text->str, text->len, &error);
      g_assert_true ((suite != NULL) == (error == NULL));
      if (suite == NULL)
        {
          refused++;
          g_assert_true (g_utf8_validate (error->message, -1, NULL));
          g_assert_true (g_str_has_prefix (error->message, "Line "));
          continue;
        }
      read++;
      const PurserCase *item = g_ptr_array_index (suite->cases, 0);
      g_autoptr(PurserChat) chat = purser_suite_chat (suite, item, "salt");
      gboolean passed;
      g_assert_cmpfloat (purser_case_score (item, "A refund by Friday.", &passed, NULL, NULL), <=, 1);
    }
  g_test_message ("%u read, %u refused", read, refused);
  g_assert_cmpuint (read, >, 300);
  g_assert_cmpuint (refused, >, 500);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trial/suite/starters", test_starters);
  g_test_add_func ("/trial/suite/format", test_format);
  g_test_add_func ("/trial/suite/json", test_json_is_yaml);
  g_test_add_func ("/trial/suite/errors", test_errors);
  g_test_add_func ("/trial/suite/limits", test_limits);
  g_test_add_func ("/trial/suite/alias-bomb", test_alias_bomb);
  g_test_add_func ("/trial/suite/mutations", test_mutations);
  return g_test_run ();
}
