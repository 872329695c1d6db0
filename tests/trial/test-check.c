/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-check.h"

#include <math.h>
#include <string.h>

#include "purser-json.h"

/* A check from "type" and the JSON of its value. */
static PurserCheck *
check_new (const char *type, const char *value, double threshold)
{
  PurserCheck *check = g_new0 (PurserCheck, 1);
  g_autofree char *problem = NULL;
  check->negated = g_str_has_prefix (type, "not-");
  check->type = g_strdup (type + (check->negated ? 4 : 0));
  check->value = value != NULL ? purser_json_parse (value, -1, NULL) : NULL;
  check->threshold = threshold;
  check->weight = 1;
  g_assert_true (value == NULL || check->value != NULL);
  if (!purser_check_prepare (check, &problem))
    g_error ("%s %s", type, problem);
  return check;
}

typedef struct
{
  const char *type, *value, *answer;
  gboolean passed;
} Row;

static void
run_rows (const Row *rows, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr(PurserCheck) check = check_new (rows[i].type, rows[i].value, NAN);
      PurserCheckResult result;
      g_assert_true (purser_check_run (check, rows[i].answer, "the expected text", &result));
      if (result.passed != rows[i].passed)
        g_error ("%s %s on “%s”: %s (%s)", rows[i].type, rows[i].value, rows[i].answer,
                 result.passed ? "passed" : "failed", result.reason);
      g_assert_nonnull (result.reason);
      g_assert_null (strchr (result.reason, '\n'));
      g_assert_cmpfloat (result.score, >=, 0);
      g_assert_cmpfloat (result.score, <=, 1);
      g_free (result.reason);
    }
}

static void
test_text (void)
{
  static const Row rows[] = {
    {"equals",             "\"yes\"",                  " yes\n",                                     TRUE },
    { "equals",            "\"yes\"",                  "Yes",                                        FALSE},
    { "equals",            "7",                        "7",                                          TRUE },
    { "equals",            "{\"a\": 1, \"b\": [2]}",   "{\"b\":[2],\"a\":1.0}",                      TRUE },
    { "equals",            "{\"a\": 1}",               "{\"a\": 2}",                                 FALSE},
    { "equals",            NULL,                       "the expected text",                          TRUE },
    { "not-equals",        "\"yes\"",                  "no",                                         TRUE },
    { "contains",          "\"Ref\"",                  "a Refund",                                   TRUE },
    { "contains",          "\"ref\"",                  "a Refund",                                   FALSE},
    { "contains",          "12",                       "no. 12",                                     TRUE },
    { "contains",          "\"\\u00c1lvarez\"",        "Dear A\xcc\x81lvarez",                       TRUE }, /* composed or not, the same letter */
    { "contains-all",      "[\"a\", \"b\"]",           "ab",                                         TRUE },
    { "contains-all",      "[\"a\", \"b\"]",           "a",                                          FALSE},
    { "contains-any",      "[\"a\", \"b\"]",           "b",                                          TRUE },
    { "contains-any",      "[\"a\", \"b\"]",           "c",                                          FALSE},
    { "icontains",         "\"STRASSE\"",              "Die Straße",                                TRUE },
    { "icontains-all",     "[\"A\", 5]",               "a5",                                         TRUE },
    { "icontains-any",     "[\"X\", \"Y\"]",           "why",                                        TRUE },
    { "not-icontains-any", "[\"X\", \"Y\"]",           "why",                                        FALSE},
    { "not-icontains-any", "[\"X\", \"Y\"]",           "no",                                         TRUE },
    { "starts-with",       "\"Dear\"",                 "\n Dear Ann",                                TRUE },
    { "starts-with",       "\"Dear\"",                 "Hi, Dear Ann",                               FALSE},
    { "regex",             "\"^a+$\"",                 "aaa",                                        TRUE },
    { "regex",             "\"(?i)B\"",                "abc",                                        TRUE },
    { "regex",             "\"(?m)^b\"",               "a\nb",                                       TRUE },
    { "regex",             "\"^b\"",                   "a\nb",                                       FALSE},
    { "regex",             "\"(?<=ä)c\"",             "äc",                                        TRUE },
    { "regex",             "\"^$\"",                   "",                                           TRUE },
    { "not-regex",         "\"\\\\d\"",                "none",                                       TRUE },
    { "word-count",        "3",                        "one two  three\n",                           TRUE },
    { "word-count",        "{\"min\": 2}",             "one",                                        FALSE},
    { "word-count",        "{\"max\": 2}",             "one two three",                              FALSE},
    { "word-count",        "{\"min\": 1, \"max\": 3}", "one two three",                              TRUE },
    { "word-count",        "0",                        "",                                           TRUE },
    { "is-refusal",        NULL,                       "I’m sorry, but I can’t help with that.", TRUE },
    { "is-refusal",        NULL,                       "I cannot do this.",                          TRUE },
    { "is-refusal",        NULL,                       "",                                           TRUE },
    { "not-is-refusal",    NULL,                       "The total is 12.",                           TRUE },
  };
  run_rows (rows, G_N_ELEMENTS (rows));
}

#define SCHEMA                                                                                               \
  "{\"type\":\"object\",\"required\":[\"a\"],\"additionalProperties\":false,\"properties\":{"                \
  "\"a\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":5},\"b\":{\"enum\":[\"x\",null]},\"c\":{\"type\":[" \
  "\"string\",\"null\"],\"minLength\":2,\"maxLength\":3},"                                                   \
  "\"d\":{\"type\":\"array\",\"minItems\":1,\"maxItems\":2,\"items\":{\"type\":\"number\"}}}}"

static void
test_format (void)
{
  static const Row rows[] = {
    {"is-json",        NULL,                                " {\"a\": [1, 2]} ",                                 TRUE },
    { "is-json",       NULL,                                "```json\n{}\n```",                                  FALSE},
    { "is-json",       NULL,                                "",                                                  FALSE},
    { "is-json",       SCHEMA,                              "{\"a\": 5}",                                        TRUE },
    { "is-json",       SCHEMA,                              "{\"a\": 5.0}",                                      TRUE },
    { "is-json",       SCHEMA,                              "{\"a\": 5.5}",                                      FALSE},
    { "is-json",       SCHEMA,                              "{\"a\": 6}",                                        FALSE},
    { "is-json",       SCHEMA,                              "{\"a\": \"5\"}",                                    FALSE},
    { "is-json",       SCHEMA,                              "{\"b\": \"x\"}",                                    FALSE},
    { "is-json",       SCHEMA,                              "{\"a\": 1, \"b\": null}",                           TRUE },
    { "is-json",       SCHEMA,                              "{\"a\": 1, \"b\": \"y\"}",                          FALSE},
    { "is-json",       SCHEMA,                              "{\"a\": 1, \"c\": \"äöü\"}",                     TRUE },
    { "is-json",       SCHEMA,                              "{\"a\": 1, \"c\": \"äöüß\"}",                   FALSE},
    { "is-json",       SCHEMA,                              "{\"a\": 1, \"d\": [1, 2.5]}",                       TRUE },
    { "is-json",       SCHEMA,                              "{\"a\": 1, \"d\": [1, true]}",                      FALSE},
    { "is-json",       SCHEMA,                              "{\"a\": 1, \"d\": []}",                             FALSE},
    { "is-json",       SCHEMA,                              "{\"a\": 1, \"e\": 1}",                              FALSE},
    { "is-json",       SCHEMA,                              "[]",                                                FALSE},
    { "contains-json", NULL,                                "Here: {\"a\": \"}\"} ok?",                          TRUE },
    { "contains-json", NULL,                                "No {json here]",                                    FALSE},
    { "contains-json", SCHEMA,                              "First [1], then {\"a\": 9}, then ```{\"a\": 2}```", TRUE },
    { "contains-json", SCHEMA,                              "{\"a\": 9}",                                        FALSE},
    { "is-html",       NULL,                                "<p>Hello</p>",                                      TRUE },
    { "is-html",       NULL,                                "Hello <b>you</b>",                                  FALSE},
    { "contains-html", NULL,                                "Hello <b>you</b>",                                  TRUE },
    { "contains-html", NULL,                                "2 < 3 and a <b",                                    FALSE},
    { "is-xml",        NULL,                                "<a><b>1</b></a>",                                   TRUE },
    { "is-xml",        NULL,                                "<a><b>1</a>",                                       FALSE},
    { "is-xml",        NULL,                                "<a/><b/>",                                          FALSE},
    { "is-xml",        "\"a.b,a.c\"",                       "<a><b>1</b><c/></a>",                               TRUE },
    { "is-xml",        "[\"a.d\"]",                         "<a><b>1</b></a>",                                   FALSE},
    { "is-xml",        "{\"requiredElements\": [\"a.b\"]}", "<a><b/></a>",                                       TRUE },
    { "contains-xml",  NULL,                                "Result: <a><b>1</b></a> done",                      TRUE },
    { "contains-xml",  "\"a.b\"",                           "2 < 3 <a><b>1</b></a>",                             TRUE },
    { "contains-xml",  NULL,                                "<a> only opened",                                   FALSE},
  };
  run_rows (rows, G_N_ELEMENTS (rows));
  /* A schema word that we do not keep is not passed over: the check is not done. */
  g_autoptr(PurserCheck) check = check_new ("is-json", "{\"type\": \"object\", \"oneOf\": []}", NAN);
  g_assert_false (check->supported);
  g_assert_cmpfloat (purser_check_score (check, "{}", NULL, NULL), ==, -1);
}

/* Levenshtein by the plain table, without a band. */
static guint
plain_distance (const char *a, const char *b)
{
  gsize n = strlen (a), m = strlen (b);
  guint table[64][64];
  for (gsize i = 0; i <= n; i++)
    for (gsize j = 0; j <= m; j++)
      table[i][j] =
          i == 0   ? j
          : j == 0 ? i
                   : MIN (MIN (table[i - 1][j], table[i][j - 1]) + 1, table[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
  return table[n][m];
}

static void
test_levenshtein (void)
{
  g_autoptr(GRand) random = g_rand_new_with_seed (3);
  for (int round = 0; round < 3000; round++)
    {
      char a[64] = "", b[64] = "";
      for (int i = g_rand_int_range (random, 0, 20); i > 0; i--)
        a[i - 1] = (char) ('a' + g_rand_int_range (random, 0, 3));
      strcpy (b, a);
      b[strlen (a) / 2] = 'z';
      if (round % 2)
        for (int i = g_rand_int_range (random, 0, 20); i > 0; i--)
          b[i - 1] = (char) ('a' + g_rand_int_range (random, 0, 3));
      g_autofree char *value = g_strdup_printf ("\"%s\"", b);
      guint distance = plain_distance (a, b);
      for (guint limit = 0; limit < 8; limit++)
        {
          g_autoptr(PurserCheck) check = check_new ("levenshtein", value, limit);
          g_assert_cmpfloat (purser_check_score (check, a, NULL, NULL), ==, distance <= limit ? 1 : 0);
        }
    }
}

static void
test_overlap (void)
{
  static const struct
  {
    const char *type, *value, *answer;
    double score;
  } rows[] = {
    {"rouge-n",  "\"the cat sat on the mat\"",     "the cat sat on the mat", 1        },
    { "rouge-n", "\"the cat sat on the mat\"",     "The CAT, the mat",       4.0 / 6  },
    { "rouge-n", "\"the cat sat on the mat\"",     "the the the the",
     2.0 / 6                                                                          }, /* a word counts as often as the reference has it */
    { "rouge-n", "[\"dogs bark\", \"cats purr\"]", "cats purr",              1        },
    { "bleu",    "\"the cat sat on the mat\"",     "the cat sat on the mat", 1        },
    { "bleu",    "\"the cat sat on the mat\"",     "dogs bark loudly",       0        },
 /* By hand: precisions 4/4, (3+1)/(3+1), 3/3, 2/2; brevity exp(1 − 6/4). */
    { "bleu",    "\"the cat sat on the mat\"",     "the cat sat on",         .60653066},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(PurserCheck) check = check_new (rows[i].type, rows[i].value, NAN);
      g_assert_cmpfloat_with_epsilon (purser_check_score (check, rows[i].answer, NULL, NULL), rows[i].score, 1e-6);
    }
  /* The threshold decides, and "not" turns both around. */
  g_autoptr(PurserCheck) strict = check_new ("rouge-n", "\"a b c d\"", .75);
  g_autoptr(PurserCheck) other = check_new ("not-rouge-n", "\"a b c d\"", .75);
  PurserCheckResult result;
  g_assert_true (purser_check_run (strict, "a b c", NULL, &result));
  g_assert_true (result.passed);
  g_free (result.reason);
  g_assert_true (purser_check_run (other, "a b c", NULL, &result));
  g_assert_false (result.passed);
  g_assert_cmpfloat (result.score, ==, .25);
  g_free (result.reason);
}

/* Patterns that try exponentially many ways must end, in words, and prove nothing either way. */
static void
test_runaway_patterns (void)
{
  static const char *const patterns[] = { "\"^(a+)+$\"", "\"(a|aa)+b\"", "\"(.*)*x\"", "\"(a*)*(a*)*(a*)*b\"",
                                          "\"^(\\\\w+\\\\s?)*$\"" };
  g_autofree char *many = g_strnfill (60000, 'a');
  g_autofree char *answer = g_strconcat (many, "!", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (patterns); i++)
    for (int negated = 0; negated <= 1; negated++)
      {
        g_autoptr(PurserCheck) check = check_new (negated ? "not-regex" : "regex", patterns[i], NAN);
        PurserCheckResult result;
        gint64 started = g_get_monotonic_time ();
        g_assert_true (purser_check_run (check, answer, NULL, &result));
        g_assert_cmpint (g_get_monotonic_time () - started, <, 20 * G_USEC_PER_SEC);
        if (strstr (result.reason, "took too long") != NULL)
          g_assert_false (result.passed);
        else /* PCRE may see at once that a letter is missing */
          g_assert_cmpint (result.passed, ==, negated);
        g_free (result.reason);
      }
}

/* Damaged and hostile answers. */
static void
test_hostile_answers (void)
{
  g_autofree char *brackets = g_strnfill (200000, '['), *tags = g_strnfill (50000, '<');
  static const char *const types[] = { "is-json", "contains-json", "is-html",   "contains-html",
                                       "is-xml",  "contains-xml",  "is-refusal" };
  const char *const answers[] = { brackets, tags, "\xff\xfe{", "{\"a\":", "<a", "<", "{", "\"" };
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (answers); j++)
      {
        g_autoptr(PurserCheck) check = check_new (types[i], NULL, NAN);
        g_assert_cmpfloat (purser_check_score (check, answers[j], NULL, NULL), ==, 0);
      }
}

static void
test_case (void)
{
  PurserCase item = { .id = (char *) "c",
                      .checks = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_check_free) };
  PurserCheck *heavy = check_new ("contains", "\"a\"", NAN), *light = check_new ("contains", "\"b\"", NAN),
              *hint = check_new ("contains", "\"c\"", NAN);
  heavy->weight = 3;
  hint->weight = 0; /* only for information */
  g_ptr_array_add (item.checks, heavy);
  g_ptr_array_add (item.checks, light);
  g_ptr_array_add (item.checks, hint);
  g_ptr_array_add (item.checks, check_new ("llm-rubric", "\"is nice\"", NAN));
  gboolean passed;
  g_autoptr(JsonArray) detail = NULL;
  g_autofree char *reason = NULL;
  g_assert_cmpfloat (purser_case_score (&item, "a", &passed, &detail, &reason), ==, .75);
  g_assert_false (passed);
  g_assert_cmpstr (reason, ==, "Does not contain “b”");
  g_assert_cmpuint (json_array_get_length (detail), ==, 4);
  g_assert_false (json_object_get_boolean_member (json_array_get_object_element (detail, 3), "checked"));
  g_assert_cmpfloat (purser_case_score (&item, "ab", &passed, NULL, NULL), ==, 1);
  g_assert_true (passed);
  g_ptr_array_remove_range (item.checks, 0, 3);
  g_assert_cmpfloat (purser_case_score (&item, "ab", &passed, NULL, NULL), ==, -1);
  g_assert_false (passed);
  g_ptr_array_unref (item.checks);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trial/check/text", test_text);
  g_test_add_func ("/trial/check/format", test_format);
  g_test_add_func ("/trial/check/levenshtein", test_levenshtein);
  g_test_add_func ("/trial/check/overlap", test_overlap);
  g_test_add_func ("/trial/check/runaway-patterns", test_runaway_patterns);
  g_test_add_func ("/trial/check/hostile-answers", test_hostile_answers);
  g_test_add_func ("/trial/check/case", test_case);
  return g_test_run ();
}
