/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests in each dialect, against the written-down JSON of requests.json: the neutral chat, the options, and what
 * each dialect makes of them, or in which words it refuses. */
#include <math.h>
#include <string.h>

#include "purser-dialect.h"
#include "purser-json.h"

static PurserRole
role_of (const char *word)
{
  static const char *const words[] = { "system", "user", "assistant", "tool" };
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i], word))
      return i;
  g_error ("no role %s", word);
}

static PurserPartType
type_of (const char *word)
{
  static const char *const words[] = { "text", "image", "file", "audio", "call", "result", "thinking", "refusal", "opaque" };
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i], word))
      return i;
  g_error ("no part %s", word);
}

static JsonNode *
copy_member (JsonObject *object, const char *member)
{
  JsonNode *node = purser_json_node (object, member);
  return node != NULL ? json_node_copy (node) : NULL;
}

static PurserPart *
make_part (JsonObject *source)
{
  PurserPart *part = g_new0 (PurserPart, 1);
  struct
  {
    const char *member;
    char **field;
  } fields[] = { { "text", &part->text },
                 { "media_type", &part->media_type },
                 { "data", &part->data },
                 { "url", &part->url },
                 { "id", &part->id },
                 { "name", &part->name },
                 { "signature", &part->signature } };
  part->type = type_of (purser_json_string (source, "type"));
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    *fields[i].field = g_strdup (purser_json_string (source, fields[i].member));
  part->json = copy_member (source, "json");
  part->is_error = purser_json_boolean (source, "is_error", FALSE);
  return part;
}

static void
add_message (PurserChat *chat, JsonObject *source)
{
  JsonArray *parts = purser_json_array (source, "parts");
  PurserRole role = role_of (purser_json_string (source, "role"));
  if (parts == NULL)
    {
      purser_chat_add_text (chat, role, purser_json_string (source, "text"));
      return;
    }
  PurserMessage *message = g_new0 (PurserMessage, 1);
  message->role = role;
  message->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_part_free);
  for (guint i = 0; i < json_array_get_length (parts); i++)
    g_ptr_array_add (message->parts, make_part (json_array_get_object_element (parts, i)));
  g_ptr_array_add (chat->messages, message);
}

static void
add_tools (PurserChat *chat, JsonArray *tools)
{
  for (guint i = 0; tools != NULL && i < json_array_get_length (tools); i++)
    {
      JsonObject *source = json_array_get_object_element (tools, i);
      PurserTool *tool = g_new0 (PurserTool, 1);
      tool->name = g_strdup (purser_json_string (source, "name"));
      tool->description = g_strdup (purser_json_string (source, "description"));
      tool->schema = copy_member (source, "schema");
      g_ptr_array_add (chat->tools, tool);
    }
}

static PurserChat *
make_chat (JsonObject *source)
{
  PurserChat *chat = purser_chat_new ();
  JsonArray *messages = purser_json_array (source, "messages"), *stop = purser_json_array (source, "stop");
  for (guint i = 0; messages != NULL && i < json_array_get_length (messages); i++)
    add_message (chat, json_array_get_object_element (messages, i));
  add_tools (chat, purser_json_array (source, "tools"));
  chat->tool_choice = g_strdup (purser_json_string (source, "tool_choice"));
  chat->max_tokens = purser_json_int (source, "max_tokens", -1);
  chat->temperature = purser_json_double (source, "temperature", NAN);
  chat->top_p = purser_json_double (source, "top_p", NAN);
  chat->seed = purser_json_int (source, "seed", -1);
  chat->schema = copy_member (source, "schema");
  chat->json_output = purser_json_boolean (source, "json_output", FALSE);
  chat->effort = g_strdup (purser_json_string (source, "effort"));
  if (stop != NULL)
    {
      chat->stop = g_new0 (char *, json_array_get_length (stop) + 1);
      for (guint i = 0; i < json_array_get_length (stop); i++)
        chat->stop[i] = g_strdup (json_array_get_string_element (stop, i));
    }
  return chat;
}

static void
check (const char *name, const char *dialect, PurserChat *chat, JsonObject *case_, JsonNode *expected)
{
  PurserEncodeOptions options = { purser_json_string (case_, "model"), purser_json_boolean (case_, "stream", FALSE),
                                  purser_json_boolean (case_, "known_server", FALSE),
                                  purser_json_boolean (case_, "plain", FALSE),
                                  purser_json_int (case_, "default_max_tokens", -1),
                                  purser_json_int (case_, "context_tokens", -1) };
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) body = purser_dialect_encode_request (purser_dialect_get (dialect), chat, &options, &error);
  if (body == NULL)
    {
      g_assert_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_UNSUPPORTED);
      if (!JSON_NODE_HOLDS_VALUE (expected) || !g_str_equal (json_node_get_string (expected), error->message))
        g_error ("%s, %s: refused with %s", name, dialect, error->message);
      return;
    }
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  g_autoptr(JsonNode) read = purser_json_parse (text, length, &error);
  g_assert_no_error (error);
  if (!purser_json_equal (read, expected))
    {
      g_autofree char *should = purser_json_to_string (expected, FALSE);
      g_error ("%s, %s:\n  is      %.*s\n  expects %s", name, dialect, (int) length, text, should);
    }
}

static void
test_goldens (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "wire", "requests.json", NULL), *text = NULL;
  g_autoptr(GError) error = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (path, &text, &length, &error));
  g_autoptr(JsonNode) root = purser_json_parse (text, length, &error);
  g_assert_no_error (error);
  JsonArray *cases = json_node_get_array (root);
  guint checks = 0;
  for (guint i = 0; i < json_array_get_length (cases); i++)
    {
      JsonObject *case_ = json_array_get_object_element (cases, i);
      g_autoptr(PurserChat) chat = make_chat (purser_json_member (case_, "chat"));
      JsonObject *expect = purser_json_member (case_, "expect");
      g_autoptr(GList) dialects = json_object_get_members (expect);
      for (GList *l = dialects; l != NULL; l = l->next, checks++)
        check (purser_json_string (case_, "name"), l->data, chat, case_, json_object_get_member (expect, l->data));
    }
  g_assert_cmpuint (checks, >=, 40);
}

static void
test_headers (void)
{
  const char *const *headers = purser_dialect_headers (purser_dialect_get ("anthropic"));
  g_assert_cmpstr (headers[0], ==, "anthropic-version");
  g_assert_cmpstr (headers[1], ==, "2023-06-01");
  g_assert_null (headers[2]);
  g_assert_null (purser_dialect_headers (purser_dialect_get ("openai-chat"))[0]);
  g_assert_null (purser_dialect_get ("latin"));
  g_assert_cmpstr (purser_dialect_id (purser_dialect_get ("ollama")), ==, "ollama");
}

static void
test_estimate (void)
{
  g_autoptr(PurserChat) chat = purser_chat_new_text ("Be brief.", "Twelve monkeys juggle twelve melons."),
                         empty = purser_chat_new ();
  g_assert_cmpint (purser_chat_estimate_tokens (chat), >=, 12);
  g_assert_cmpint (purser_chat_estimate_tokens (chat), <=, 25);
  g_assert_cmpint (purser_chat_estimate_tokens (empty), ==, 1);
  g_autoptr(PurserChat) again = purser_chat_ref (chat);
  g_assert_true (again == chat);
}

/* The window Ollama is asked for when WORDS words and MAX_TOKENS of answer must fit into CONTEXT_TOKENS; 0 = not mentioned. */
static gint64
window_asked (guint words, gint64 max_tokens, gint64 context_tokens)
{
  g_autoptr(GString) text = g_string_new (NULL);
  for (guint i = 0; i < words; i++)
    g_string_append (text, "word ");
  g_autoptr(PurserChat) chat = purser_chat_new_text (NULL, text->str);
  chat->max_tokens = max_tokens;
  PurserEncodeOptions options = { .model = "m", .default_max_tokens = -1, .context_tokens = context_tokens };
  g_autoptr(GBytes) body = purser_dialect_encode_request (purser_dialect_get ("ollama"), chat, &options, NULL);
  g_autoptr(JsonNode) read = purser_json_parse (g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body), NULL);
  return purser_json_int (purser_json_member (purser_json_object (read), "options"), "num_ctx", 0);
}

static void
test_window (void)
{
  g_assert_cmpint (window_asked (100, -1, 131072), ==, 0);      /* fits the server's default */
  g_assert_cmpint (window_asked (100, 8000, 131072), ==, 16384);
  g_assert_cmpint (window_asked (10000, -1, 131072), ==, 32768);
  g_assert_cmpint (window_asked (10000, -1, 8192), ==, 8192);   /* never more than the model has */
  g_assert_cmpint (window_asked (10000, -1, -1), ==, 0);        /* not known: the server's own */
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/requests/goldens", test_goldens);
  g_test_add_func ("/wire/requests/headers", test_headers);
  g_test_add_func ("/wire/requests/estimate", test_estimate);
  g_test_add_func ("/wire/requests/window", test_window);
  return g_test_run ();
}
