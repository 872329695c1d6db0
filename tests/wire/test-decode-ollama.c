/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Callers' requests of /api/chat and /api/generate: against the written-down cases of decode/ollama.json (a body, what is
 * read from it or the words of the refusal, and what Ollama is asked then), and every recorded request decoded and
 * encoded again (PURSER_RECORDED). */
#include <string.h>

#include "chat-json.h"
#include "purser-dialect.h"
#include "purser-ollama.h"

static JsonNode *
load (const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (path, &text, &length, &error));
  JsonNode *node = purser_json_parse (text, length, &error);
  g_assert_no_error (error);
  return node;
}

static PurserChat *
decode (const char *dialect, JsonNode *body, GError **error)
{
  char *text = purser_json_to_string (body, FALSE);
  g_autoptr(GBytes) bytes = g_bytes_new_take (text, strlen (text));
  PurserChat *chat = purser_dialect_decode_request (purser_dialect_get (dialect), bytes, error);
  g_assert_true (chat == NULL || chat->raw == bytes);
  return chat;
}

static JsonNode *
encode (const PurserChat *chat, const char *model)
{
  PurserEncodeOptions options = {
    .model = model, .stream = chat->stream, .default_max_tokens = -1, .context_tokens = -1
  };
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) body = purser_dialect_encode_request (purser_dialect_get ("ollama"), chat, &options, &error);
  g_assert_no_error (error);
  JsonNode *node = purser_json_parse (g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body), &error);
  g_assert_no_error (error);
  return node;
}

static void
assert_same (const char *name, JsonNode *is, JsonNode *should)
{
  if (purser_json_equal (is, should))
    return;
  g_autofree char *a = purser_json_to_string (is, FALSE), *b = purser_json_to_string (should, FALSE);
  g_error ("%s:\n  is      %s\n  expects %s", name, a, b);
}

static void
check_refused (const char *name, JsonObject *row, const GError *error)
{
  const char *words = purser_json_string (row, "words"), *unsupported = purser_json_string (row, "unsupported");
  if (error == NULL)
    g_error ("%s: taken", name);
  int code = words != NULL ? PURSER_WIRE_ERROR_SYNTAX : PURSER_WIRE_ERROR_UNSUPPORTED;
  g_assert_error (error, PURSER_WIRE_ERROR, code);
  if (g_strcmp0 (error->message, words != NULL ? words : unsupported) != 0)
    g_error ("%s: refused with “%s”", name, error->message);
}

static void
check_row (JsonObject *row)
{
  const char *name = purser_json_string (row, "name"), *dialect = purser_json_string (row, "dialect");
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserChat) chat = decode (dialect ? dialect : "ollama", json_object_get_member (row, "body"), &error);
  if (purser_json_node (row, "chat") == NULL)
    {
      g_assert_null (chat);
      check_refused (name, row, error);
      return;
    }
  if (chat == NULL)
    g_error ("%s: refused with “%s”", name, error->message);
  g_autoptr(JsonNode) dump = chat_json_dump (chat);
  assert_same (name, dump, json_object_get_member (row, "chat"));
  g_assert_cmpstr (purser_ollama_load_word (chat), ==, purser_json_string (row, "load"));
  g_autoptr(PurserChat) made = chat_json_make (json_node_get_object (dump));
  g_autoptr(JsonNode) again = chat_json_dump (made);
  assert_same (name, again, dump); /* the dump says all */
  g_autoptr(JsonNode) body = purser_json_node (row, "again") != NULL ? encode (chat, "m") : NULL;
  if (body != NULL)
    assert_same (name, body, json_object_get_member (row, "again"));
}

static void
test_cases (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "wire", "decode", "ollama.json", NULL);
  g_autoptr(JsonNode) root = load (path);
  JsonArray *rows = json_node_get_array (root);
  for (guint i = 0; i < json_array_get_length (rows); i++)
    check_row (json_array_get_object_element (rows, i));
  g_assert_cmpuint (json_array_get_length (rows), >=, 40);
}

/* --- Recorded requests --- */

static gboolean
says_nothing (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_object_get_size (json_node_get_object (node)) == 0;
  if (JSON_NODE_HOLDS_ARRAY (node))
    return json_array_get_length (json_node_get_array (node)) == 0;
  return JSON_NODE_HOLDS_NULL (node)
         || (json_node_get_value_type (node) == G_TYPE_STRING && *json_node_get_string (node) == 0);
}

/* What both sides are freed of before they are compared: members that say nothing; what we add to calls and results so
 * that they find each other (id, tool_call_id, tool_name); the name and strictness of a tool beside its function, which
 * the format does not know; a default that we say (stream). Messages of nothing at all are not sent on. */
static JsonNode *
normal (JsonNode *node)
{
  static const char *const ours[] = { "id", "tool_call_id", "tool_name", "stream", "index", NULL };
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_array_new ();
      for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
        {
          g_autoptr(JsonNode) element = normal (json_array_get_element (json_node_get_array (node), i));
          JsonObject *object = purser_json_object (element);
          if (object == NULL || json_object_get_size (object) > 1 || !json_object_has_member (object, "role"))
            json_array_add_element (array, g_steal_pointer (&element));
        }
      node = json_node_new (JSON_NODE_ARRAY);
      json_node_take_array (node, array);
      return node;
    }
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return json_node_copy (node);
  JsonObject *object = json_node_get_object (node), *kept = json_object_new ();
  g_autoptr(GList) names = json_object_get_members (object);
  for (GList *l = names; l != NULL; l = l->next)
    {
      g_autoptr(JsonNode) value = normal (json_object_get_member (object, l->data));
      gboolean beside = g_str_equal (l->data, "name") && json_object_has_member (object, "function");
      if (!says_nothing (value) && !beside && !g_strv_contains (ours, l->data))
        json_object_set_member (kept, l->data, g_steal_pointer (&value));
    }
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, kept);
  return node;
}

static void
check_recorded (const char *name, JsonNode *body)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserChat) chat = decode ("ollama", body, &error);
  g_assert_no_error (error);
  g_autoptr(JsonNode) again = encode (chat, chat->model);
  g_autoptr(JsonNode) is = normal (again), should = normal (body);
  assert_same (name, is, should);
}

static void
test_recorded (void)
{
  const char *folder = g_getenv ("PURSER_RECORDED"), *name;
  g_autofree char *path = folder != NULL ? g_build_filename (folder, "ollama", NULL) : NULL;
  g_autoptr(GDir) files = path != NULL ? g_dir_open (path, 0, NULL) : NULL;
  guint chats = 0, generates = 0;
  if (files == NULL)
    {
      g_test_skip ("PURSER_RECORDED names no folder of recorded exchanges");
      return;
    }
  while ((name = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autoptr(JsonNode) exchange = load (file);
      const char *api = purser_json_string (json_node_get_object (exchange), "api");
      JsonObject *request = purser_json_member (json_node_get_object (exchange), "request");
      JsonNode *body = purser_json_node (request, "body");
      if (g_strcmp0 (api, "chat") == 0)
        {
          check_recorded (name, body);
          chats++;
        }
      else if (g_strcmp0 (api, "generate") == 0)
        {
          g_autoptr(GError) error = NULL;
          g_autoptr(PurserChat) chat = decode ("ollama-generate", body, &error);
          g_assert_no_error (error);
          g_assert_cmpuint (chat->messages->len, >=, 1);
          generates++;
        }
    }
  g_test_message ("%u requests of chat and %u of generate", chats, generates);
  g_assert_cmpuint (chats, >=, 6);
  g_assert_cmpuint (generates, >=, 2);
}

/* Bodies that are no request at all. */
static void
test_foreign (void)
{
  static const char *const bodies[] = { "", "[]", "null", "{", "\"x\"", "{\"messages\":", "{\"messages\":[{}]}" };
  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) bytes = g_bytes_new_static (bodies[i], strlen (bodies[i]));
      g_assert_null (purser_dialect_decode_request (purser_dialect_get ("ollama"), bytes, &error));
      g_assert_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_SYNTAX);
      g_assert_cmpuint (strlen (error->message), >, 10);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/decode-ollama/cases", test_cases);
  g_test_add_func ("/wire/decode-ollama/recorded", test_recorded);
  g_test_add_func ("/wire/decode-ollama/foreign", test_foreign);
  return g_test_run ();
}
