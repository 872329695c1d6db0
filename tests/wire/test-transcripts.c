/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Our own transcripts (tests/transcripts/<dialect>/): written after the documented shapes, each with what is to be read
 * from it under `expect`. Each is read whole, cut at every position, and byte by byte. */
#include <string.h>

#include "purser-dialect.h"
#include "purser-json.h"
#include "purser-reply.h"

static void
assert_reads (const char *path, JsonObject *exchange, gssize cut)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) read = purser_exchange_read (exchange, cut, &error);
  g_assert_no_error (error);
  if (!purser_json_equal (read, purser_json_node (exchange, "expect")))
    {
      g_autofree char *is = purser_json_to_string (read, FALSE),
                      *should = purser_json_to_string (purser_json_node (exchange, "expect"), FALSE);
      g_error ("%s, cut at %" G_GSSIZE_FORMAT ":\n  reads   %s\n  expects %s", path, cut, is, should);
    }
}

static void
check_file (const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (path, &text, &length, &error));
  g_autoptr(JsonNode) root = purser_json_parse (text, length, &error);
  g_assert_no_error (error);
  JsonObject *exchange = json_node_get_object (root);
  gssize body = strlen (purser_json_string (purser_json_member (exchange, "response"), "body"));
  g_assert_nonnull (purser_json_node (exchange, "expect"));
  assert_reads (path, exchange, -1);
  assert_reads (path, exchange, PURSER_EXCHANGE_BYTES);
  for (gssize cut = 0; cut <= body; cut++)
    assert_reads (path, exchange, cut);
}

static void
test_dialect (gconstpointer dialect)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "transcripts", dialect, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GDir) files = g_dir_open (folder, 0, &error);
  const char *name;
  guint count = 0;
  g_assert_no_error (error);
  while ((name = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      check_file (path);
      count++;
    }
  g_assert_cmpuint (count, >=, 11);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/wire/transcripts/anthropic", "anthropic", test_dialect);
  g_test_add_data_func ("/wire/transcripts/ollama", "ollama", test_dialect);
  g_test_add_data_func ("/wire/transcripts/openai-chat", "openai-chat", test_dialect);
  g_test_add_data_func ("/wire/transcripts/openai-responses", "openai-responses", test_dialect);
  return g_test_run ();
}
