/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests of Messages. Its callers': the written-down cases of decode/anthropic.json (a body, what is read from it, what each
 * model of Anthropic's is sent, what is left out). Other dialects' callers': those of encode/anthropic.json. And every recorded
 * request, decoded and encoded again (PURSER_RECORDED). */
#include "decode-cases.h"

static const DecodeCases decode_cases = { "anthropic", PURSER_WIRE_ERROR_SYNTAX, TRUE };

static void
test_cases (void)
{
  check_cases (&decode_cases, 70);
}

/* --- Requests of other dialects' callers --- */

static void
test_foreign (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "wire", "encode", "anthropic.json", NULL);
  g_autoptr(JsonNode) root = load (path);
  JsonArray *rows = json_node_get_array (root);
  for (guint i = 0; i < json_array_get_length (rows); i++)
    {
      JsonObject *row = json_array_get_object_element (rows, i);
      g_autoptr(PurserChat) chat = chat_json_make (purser_json_member (row, "chat"));
      check_encoded (&decode_cases, purser_json_string (row, "name"), chat, row);
    }
  g_assert_cmpuint (json_array_get_length (rows), >=, 25);
}

/* --- Recorded requests --- */

/* Both sides are brought to one form, since several forms say the same:
 *   content or system that is a text       one text block
 *   messages of one role in a row          one
 *   a mark's ttl "5m", is_error false      as good as unsaid
 *   stream                                 always said */
static void
unify_content (JsonObject *object, const char *member)
{
  const char *text = purser_json_string (object, member);
  if (text == NULL)
    return;
  JsonArray *blocks = json_array_new ();
  JsonObject *block = json_object_new ();
  json_object_set_string_member (block, "type", "text");
  json_object_set_string_member (block, "text", text);
  json_array_add_object_element (blocks, block);
  json_object_set_array_member (object, member, blocks);
}

static void
unify_mark (JsonObject *object)
{
  JsonObject *mark = purser_json_member (object, "cache_control");
  if (g_strcmp0 (purser_json_string (mark, "ttl"), "5m") == 0)
    json_object_remove_member (mark, "ttl");
}

static void
unify_blocks (JsonArray *blocks)
{
  for (guint i = 0; blocks != NULL && i < json_array_get_length (blocks); i++)
    {
      JsonObject *block = json_array_get_object_element (blocks, i);
      unify_mark (block);
      unify_content (block, "content");
      unify_blocks (purser_json_array (block, "content"));
      if (!purser_json_boolean (block, "is_error", TRUE))
        json_object_remove_member (block, "is_error");
    }
}

static void
merge_rows (JsonArray *messages)
{
  for (guint i = json_array_get_length (messages); i > 1; i--)
    {
      JsonObject *message = json_array_get_object_element (messages, i - 1);
      JsonObject *before = json_array_get_object_element (messages, i - 2);
      JsonArray *more = purser_json_array (message, "content");
      if (g_strcmp0 (purser_json_string (message, "role"), purser_json_string (before, "role")) != 0)
        continue;
      for (guint j = 0; j < json_array_get_length (more); j++)
        json_array_add_element (purser_json_array (before, "content"), json_array_dup_element (more, j));
      json_array_remove_element (messages, i - 1);
    }
}

static void
unify (JsonNode *node)
{
  JsonObject *body = json_node_get_object (node);
  JsonArray *messages = purser_json_array (body, "messages");
  unify_mark (body);
  unify_content (body, "system");
  unify_blocks (purser_json_array (body, "system"));
  unify_blocks (purser_json_array (body, "tools"));
  for (guint i = 0; i < json_array_get_length (messages); i++)
    {
      JsonObject *message = json_array_get_object_element (messages, i);
      unify_content (message, "content");
      unify_blocks (purser_json_array (message, "content"));
    }
  merge_rows (messages);
  json_object_set_boolean_member (body, "stream", purser_json_boolean (body, "stream", FALSE));
}

static gboolean
check_recorded (const char *name, JsonNode *exchange)
{
  JsonNode *body = purser_json_node (purser_json_member (json_node_get_object (exchange), "request"), "body");
  g_autoptr(GError) error = NULL;
  if (purser_json_node (purser_json_object (body), "messages") == NULL)
    return FALSE;
  g_autoptr(PurserChat) chat = decode (body, decode_cases.dialect, &error);
  if (chat == NULL)
    {
      if (strstr (name, "error-400") == NULL) /* the one that its provider refused as well */
        g_error ("%s: refused with %s", name, error->message);
      return FALSE;
    }
  g_autoptr(GPtrArray) dropped = g_ptr_array_new_with_free_func (g_free);
  PurserEncodeOptions options = {
    .model = chat->model, .stream = chat->stream, .default_max_tokens = -1, .context_tokens = -1, .dropped = dropped
  };
  g_autoptr(JsonNode) again = encode (chat, decode_cases.dialect, &options), asked = json_node_copy (body);
  if (purser_json_node (json_node_get_object (body), "max_tokens") == NULL) /* a count needs no limit */
    json_object_remove_member (json_node_get_object (again), "max_tokens");
  unify (asked);
  unify (again);
  assert_equal (name, "sent on", again, asked);
  assert_dropped (name, chat->model, dropped, NULL);
  return TRUE;
}

static void
test_recorded (void)
{
  const char *folder = g_getenv ("PURSER_RECORDED"), *name;
  g_autofree char *path = folder != NULL ? g_build_filename (folder, "anthropic", NULL) : NULL;
  g_autoptr(GDir) files = path != NULL ? g_dir_open (path, 0, NULL) : NULL;
  guint count = 0;
  if (files == NULL)
    {
      g_test_skip ("PURSER_RECORDED names no folder of recorded exchanges");
      return;
    }
  while ((name = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autoptr(JsonNode) exchange = load (file);
      count += check_recorded (name, exchange);
    }
  g_test_message ("%u recorded requests come out as they went in", count);
  g_assert_cmpuint (count, >=, 25);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/decode-anthropic/cases", test_cases);
  g_test_add_func ("/wire/decode-anthropic/foreign", test_foreign);
  g_test_add_func ("/wire/decode-anthropic/recorded", test_recorded);
  return g_test_run ();
}
