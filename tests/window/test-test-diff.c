/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <pango/pango.h>

#include "purser-test-diff.h"

#define OPEN "<span background=\"#1c71d8\" background_alpha=\"22%\" underline=\"single\">"
#define OPEN_TWO "<span background=\"#e66100\" background_alpha=\"22%\" underline=\"single\">"

static void
check (const char *one,
       const char *two,
       const char *expected_one,
       const char *expected_two)
{
  g_autofree char *markup_one = NULL;
  g_autofree char *markup_two = NULL;
  g_autoptr (GError) error = NULL;

  purser_test_diff (one, two, "#1c71d8", "#e66100", 22, &markup_one, &markup_two);
  g_assert_cmpstr (markup_one, ==, expected_one);
  g_assert_cmpstr (markup_two, ==, expected_two);
  g_assert_true (pango_parse_markup (markup_one, -1, 0, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (pango_parse_markup (markup_two, -1, 0, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
}

static void
test_words (void)
{
  check ("the same", "the same", "the same", "the same");
  check ("a long  day", "a short  day", "a " OPEN "long</span>  day", "a " OPEN_TWO "short</span>  day");
  /* Neighbours share one span, the space between them included. */
  check ("it ends at once", "it ends", "it ends " OPEN "at once</span>", "it ends");
  check ("", "new words", "", OPEN_TWO "new words</span>");
}

static void
test_escaped (void)
{
  check ("R&D <b>", "R&D", "R&amp;D " OPEN "&lt;b&gt;</span>", "R&amp;D");
}

static void
test_lines_and_languages (void)
{
  check ("Grüße\naus Köln", "Grüße\naus Ulm", "Grüße\naus " OPEN "Köln</span>", "Grüße\naus " OPEN_TWO "Ulm</span>");
}

/* Bytes that are no UTF-8 are shown as such, never passed to Pango. */
static void
test_garbage (void)
{
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;

  purser_test_diff ("\xff\xfe bad", "good", "#1c71d8", "#e66100", 22, &one, &two);
  g_assert_true (g_utf8_validate (one, -1, NULL));
  g_assert_cmpstr (two, ==, OPEN_TWO "good</span>");
}

/* Past the limit the texts are shown as they are, in a moment. */
static void
test_long (void)
{
  GString *one = g_string_new (NULL);
  GString *two = g_string_new (NULL);
  g_autofree char *markup_one = NULL;
  g_autofree char *markup_two = NULL;

  for (guint i = 0; i < 50000; i++)
    {
      g_string_append_printf (one, "word%u ", i);
      g_string_append_printf (two, "other%u ", i);
    }
  purser_test_diff (one->str, two->str, "#1c71d8", "#e66100", 22, &markup_one, &markup_two);
  g_assert_cmpstr (markup_one, ==, one->str);
  g_assert_cmpstr (markup_two, ==, two->str);
  g_string_free (one, TRUE);
  g_string_free (two, TRUE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/window/test-diff/words", test_words);
  g_test_add_func ("/window/test-diff/escaped", test_escaped);
  g_test_add_func ("/window/test-diff/lines-and-languages", test_lines_and_languages);
  g_test_add_func ("/window/test-diff/garbage", test_garbage);
  g_test_add_func ("/window/test-diff/long", test_long);
  return g_test_run ();
}
