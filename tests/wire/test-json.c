/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "purser-dialect.h"
#include "purser-json.h"

/* What goes in, and what the writer makes of what was read; NULL: refused. */
static void
test_parse (void)
{
  static const struct
  {
    const char *text, *read;
  } cases[] = {
    { "{\"a\":[1,2.5,\"x\",null,true]}", "{\"a\":[1,2.5,\"x\",null,true]}" },
    { "0.2", "0.2" },
    { "1e2", "100.0" },
    { "-0.1", "-0.1" },
    { "1e400", "null" },
    { "12345678901", "12345678901" },
    { "\"\\ud83d\\udcbb\"", "\"💻\"" },
    { "\"a\\ud83d\"", "\"a\uFFFD\"" }, /* a lone half */
    { "\"\\udcbb\\ud83d\"", "\"\uFFFD\uFFFD\"" }, /* both, in the wrong order */
    { "\"\\ud83d\\u0041\"", "\"\uFFFDA\"" },
    { "\"a\\u0000b\"", "\"a\uFFFDb\"" }, /* a C string would end there */
    { "\"a\xff\xc3\"", "\"a\uFFFD\uFFFD\"" },
    { "\"tab\there\"", "\"tab\\there\"" }, /* raw control characters: not allowed, but sent */
    { "\"\\\\ud83d\"", "\"\\\\ud83d\"" }, /* an escaped backslash, no half at all */
    { "\"\x7f\"", "\"\\u007f\"" },
    { "[]\n[]", NULL },
    { "1[1]", NULL },
    { "", NULL },
    { "   ", NULL },
    { "{\"a\":1}x", NULL },
    { "{\"a\":", NULL },
    { "nul", NULL },
    { "'a'", NULL },
    { "\"\\ud8\"", NULL },
    { "\"\\", NULL },
    { "// c\n1", NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(JsonNode) node = purser_json_parse (cases[i].text, -1, &error);
      g_autofree char *text = node != NULL ? purser_json_to_string (node, FALSE) : NULL;
      g_assert_cmpstr (text, ==, cases[i].read);
      g_assert_true ((node == NULL) == g_error_matches (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_SYNTAX));
    }
}

static void
test_limits (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *deep = g_strnfill (100000, '[');
  g_autoptr(GString) fits = g_string_new (NULL);
  for (int i = 0; i < 200; i++)
    g_string_append_c (fits, '[');
  for (int i = 0; i < 200; i++)
    g_string_append_c (fits, ']');
  g_assert_null (purser_json_parse (deep, -1, &error));
  g_assert_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_null (purser_json_parse ("\"a\0b\"", 5, &error));
  g_assert_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_SYNTAX);
  g_clear_error (&error);
  g_autoptr(JsonNode) node = purser_json_parse (fits->str, -1, &error);
  g_assert_no_error (error);
  g_assert_nonnull (node);
}

static void
test_members (void)
{
  g_autoptr(JsonNode) node =
      purser_json_parse ("{\"s\":\"x\",\"i\":12,\"d\":12.0,\"f\":1.5,\"t\":\"13\",\"w\":\"1x\",\"b\":true,\"n\":null,"
                         "\"o\":{\"i\":1},\"a\":[1],\"big\":1e300,\"e\":\"\"}",
                         -1, NULL);
  JsonObject *object = purser_json_object (node);
  g_assert_cmpstr (purser_json_string (object, "s"), ==, "x");
  g_assert_null (purser_json_string (object, "i"));
  g_assert_null (purser_json_string (object, "missing"));
  g_assert_cmpint (purser_json_int (object, "i", -1), ==, 12);
  g_assert_cmpint (purser_json_int (object, "d", -1), ==, 12);
  g_assert_cmpint (purser_json_int (object, "t", -1), ==, 13);
  static const char *const no_integers[] = { "f", "w", "b", "n", "o", "a", "big", "e", "missing" };
  for (gsize i = 0; i < G_N_ELEMENTS (no_integers); i++)
    g_assert_cmpint (purser_json_int (object, no_integers[i], -7), ==, -7);
  g_assert_cmpfloat (purser_json_double (object, "f", 0), ==, 1.5);
  g_assert_cmpfloat (purser_json_double (object, "i", 0), ==, 12);
  g_assert_cmpfloat (purser_json_double (object, "t", 0), ==, 13);
  g_assert_cmpfloat (purser_json_double (object, "w", -1), ==, -1);
  g_assert_true (purser_json_boolean (object, "b", FALSE));
  g_assert_true (purser_json_boolean (object, "i", TRUE));
  g_assert_nonnull (purser_json_member (object, "o"));
  g_assert_null (purser_json_member (object, "a"));
  g_assert_nonnull (purser_json_array (object, "a"));
  g_assert_null (purser_json_array (object, "o"));
  g_assert_true (JSON_NODE_HOLDS_NULL (purser_json_node (object, "n")));
  g_assert_null (purser_json_node (object, "missing"));
  g_assert_null (purser_json_object (NULL));
  g_assert_null (purser_json_member (NULL, "x"));
  g_assert_cmpint (purser_json_int (NULL, "x", 3), ==, 3);
}

static void
test_equal (void)
{
  static const struct
  {
    const char *a, *b;
    gboolean equal;
  } cases[] = {
    { "{\"a\":1,\"b\":[2]}", "{\"b\":[2.0],\"a\":1.0}", TRUE },
    { "[1,2]", "[2,1]", FALSE },
    { "[1]", "[1,2]", FALSE },
    { "{\"a\":null}", "{}", FALSE },
    { "{\"a\":1}", "{\"b\":1}", FALSE },
    { "1", "\"1\"", FALSE },
    { "true", "1", FALSE },
    { "null", "null", TRUE },
    { "null", "0", FALSE },
    { "\"é\"", "\"\\u00e9\"", TRUE },
    { "{}", "[]", FALSE },
    { "false", "true", FALSE },
    { "9007199254740993", "9007199254740992", FALSE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(JsonNode) a = purser_json_parse (cases[i].a, -1, NULL), b = purser_json_parse (cases[i].b, -1, NULL);
      g_assert_cmpint (purser_json_equal (a, b), ==, cases[i].equal);
      g_assert_cmpint (purser_json_equal (b, a), ==, cases[i].equal);
    }
  g_assert_true (purser_json_equal (NULL, NULL));
}

static void
test_write (void)
{
  g_autoptr(JsonNode) node =
      purser_json_parse ("{\"a\":[],\"b\":{},\"c\":[1,{\"d\":\"\\\"\\n\\\\\\u0001é\"}]}", -1, NULL);
  g_autofree char *dense = purser_json_to_string (node, FALSE), *pretty = purser_json_to_string (node, TRUE);
  g_assert_cmpstr (dense, ==, "{\"a\":[],\"b\":{},\"c\":[1,{\"d\":\"\\\"\\n\\\\\\u0001é\"}]}");
  g_assert_cmpstr (pretty, ==,
                   "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    1,\n    {\n      \"d\": \"\\\"\\n\\\\\\u0001é\"\n   "
                   " }\n  ]\n}");
  g_autoptr(JsonNode) number = json_node_init_double (json_node_alloc (), NAN);
  g_autofree char *none = purser_json_to_string (number, FALSE);
  g_assert_cmpstr (none, ==, "null");
  for (double value = 1e-9; value < 1e20; value *= 3.7)
    {
      json_node_set_double (number, value);
      g_autofree char *text = purser_json_to_string (number, FALSE);
      g_assert_cmpfloat (g_ascii_strtod (text, NULL), ==, value);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/json/parse", test_parse);
  g_test_add_func ("/wire/json/limits", test_limits);
  g_test_add_func ("/wire/json/members", test_members);
  g_test_add_func ("/wire/json/equal", test_equal);
  g_test_add_func ("/wire/json/write", test_write);
  return g_test_run ();
}
