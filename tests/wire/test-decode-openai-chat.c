/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Callers' requests of Chat Completions: against the written-down cases of decode/openai-chat.json (a body, what is read
 * from it, what is sent on; and what becomes of requests of other dialects), and every recorded request decoded and encoded again (PURSER_RECORDED). */
#include "decode-cases.h"

static const DecodeCases decode_cases = { "openai-chat", -1, FALSE };

static void
test_cases (void)
{
  check_cases (&decode_cases, 40);
}

/* --- Recorded requests --- */

/* Both sides are brought to one form, since several forms say the same:
 *   content that is one text part     that text
 *   empty content                     none; a message of nothing but that, none
 *   arguments                         the JSON they are the text of
 *   reasoning, reasoning_content      gone: mere text goes back only in turns with calls, under one name
 *   reasoning {enabled: true}         reasoning_effort medium
 *   n: 1, stream: false               as good as unsaid
 *   a tool's name beside its function gone: the function has it */
static void
unify_message (JsonObject *message)
{
  JsonArray *parts = purser_json_array (message, "content"), *calls = purser_json_array (message, "tool_calls");
  JsonObject *only = parts != NULL && json_array_get_length (parts) == 1 ? json_array_get_object_element (parts, 0) : NULL;
  if (only != NULL && json_object_get_size (only) == 2 && purser_json_string (only, "text") != NULL)
    {
      g_autofree char *text = g_strdup (purser_json_string (only, "text"));
      json_object_set_string_member (message, "content", text);
    }
  const char *content = purser_json_string (message, "content");
  JsonNode *node = purser_json_node (message, "content");
  if ((content != NULL && *content == 0) || (node != NULL && JSON_NODE_HOLDS_NULL (node)))
    json_object_remove_member (message, "content");
  json_object_remove_member (message, "reasoning");
  json_object_remove_member (message, "reasoning_content");
  for (guint i = 0; calls != NULL && i < json_array_get_length (calls); i++)
    {
      JsonObject *function = purser_json_member (json_array_get_object_element (calls, i), "function");
      g_autoptr(JsonNode) arguments = purser_json_parse (purser_json_string (function, "arguments"), -1, NULL);
      g_assert_nonnull (arguments);
      json_object_set_member (function, "arguments", g_steal_pointer (&arguments));
    }
}

static void
unify (JsonObject *body)
{
  JsonArray *messages = purser_json_array (body, "messages"), *tools = purser_json_array (body, "tools");
  for (guint i = json_array_get_length (messages); i > 0; i--)
    {
      unify_message (json_array_get_object_element (messages, i - 1));
      if (json_object_get_size (json_array_get_object_element (messages, i - 1)) == 1)
        json_array_remove_element (messages, i - 1);
    }
  for (guint i = 0; tools != NULL && i < json_array_get_length (tools); i++)
    json_object_remove_member (json_array_get_object_element (tools, i), "name");
  if (purser_json_boolean (purser_json_member (body, "reasoning"), "enabled", FALSE))
    {
      json_object_remove_member (body, "reasoning");
      json_object_set_string_member (body, "reasoning_effort", "medium");
    }
  if (purser_json_int (body, "n", 0) == 1)
    json_object_remove_member (body, "n");
  if (!purser_json_boolean (body, "stream", TRUE))
    json_object_remove_member (body, "stream");
}

/* A stream is always asked for its usage, and OpenAI for its limit under the newer name. */
static void
expect_switches (JsonObject *body, gboolean known)
{
  if (purser_json_boolean (body, "stream", FALSE))
    {
      JsonObject *options = json_object_new ();
      json_object_set_boolean_member (options, "include_usage", TRUE);
      json_object_set_object_member (body, "stream_options", options);
    }
  gint64 older = purser_json_int (body, "max_tokens", -1), newer = purser_json_int (body, "max_completion_tokens", -1);
  json_object_remove_member (body, "max_tokens");
  json_object_remove_member (body, "max_completion_tokens");
  if (MAX (older, newer) >= 0)
    json_object_set_int_member (body, known ? "max_completion_tokens" : "max_tokens", newer >= 0 ? newer : older);
}

static void
check_recorded (const char *name, JsonNode *body)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) dropped = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(PurserChat) chat = decode (body, decode_cases.dialect, &error);
  if (chat == NULL)
    g_error ("%s: refused with %s", name, error->message);
  gboolean known = g_str_has_prefix (name, "openai-chat/");
  PurserEncodeOptions options = { .model = chat->model, .stream = chat->stream, .known_server = known, .dropped = dropped };
  g_autoptr(JsonNode) encoded = encode (chat, decode_cases.dialect, &options);
  if (encoded == NULL)
    g_error ("%s: not encoded: %s", name, error->message);
  JsonObject *should = json_node_get_object (body);
  expect_switches (should, known);
  unify (should);
  unify (json_node_get_object (encoded));
  assert_equal (name, "encoded again", encoded, body);
  g_assert_cmpuint (dropped->len, ==, 0);
}

static guint
check_folder (const char *folder, const char *room)
{
  g_autofree char *path = g_build_filename (folder, room, NULL);
  g_autoptr(GDir) files = g_dir_open (path, 0, NULL);
  const char *name;
  guint count = 0;
  while (files != NULL && (name = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL), *both = g_strconcat (room, "/", name, NULL);
      g_autoptr(JsonNode) exchange = load (file);
      JsonObject *object = json_node_get_object (exchange), *request = purser_json_member (object, "request");
      const char *url = purser_json_string (request, "url");
      if (url == NULL || strstr (url, "/chat/completions") == NULL || purser_json_member (request, "body") == NULL)
        continue;
      check_recorded (both, json_object_get_member (request, "body"));
      count++;
    }
  return count;
}

static void
test_recorded (void)
{
  static const char *const rooms[] = { "openai-chat", "azure", "bedrock", "compatible", "github-models", "ollama" };
  const char *folder = g_getenv ("PURSER_RECORDED");
  g_autofree char *expect = folder != NULL ? g_build_filename (folder, "EXPECT.json", NULL) : NULL;
  guint count = 0;
  if (expect == NULL || !g_file_test (expect, G_FILE_TEST_IS_REGULAR))
    {
      g_test_skip ("PURSER_RECORDED names no folder of recorded exchanges");
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (rooms); i++)
    count += check_folder (folder, rooms[i]);
  g_test_message ("%u requests say the same after decoding and encoding", count);
  g_assert_cmpuint (count, >=, 50);
}

/* Whatever member is of whatever kind: read or refused in words, never a crash; and what is read can be sent on. */
static void
test_kinds (void)
{
  static const char *const members[] = {
    "model", "messages", "tools", "functions", "tool_choice", "function_call", "max_tokens", "max_completion_tokens",
    "seed", "n", "stop", "stream", "stream_options", "parallel_tool_calls", "logprobs", "top_logprobs",
    "response_format", "reasoning_effort", "reasoning", "verbosity", "metadata", "user", "safety_identifier",
    "modalities", "logit_bias", "temperature", "top_k", "service_tier", "prompt_cache_key", "unknown",
  };
  static const char *const values[] = {
    "null", "true", "1", "-1", "-7", "1e300", "0.5", "\"\"", "\"auto\"", "[]", "[null]", "[1]", "[[]]", "[{}]", "{}",
    "{\"type\":null}", "{\"type\":\"json_schema\"}", "[{\"role\":\"user\"}]", "[{\"role\":\"user\",\"content\":[{}]}]",
    "[{\"role\":\"user\",\"content\":[null]}]", "[{\"role\":\"tool\",\"content\":[{\"type\":\"x\"}]}]",
    "[{\"role\":\"assistant\",\"tool_calls\":[null]}]", "[{\"role\":\"assistant\",\"tool_calls\":{}}]",
    "[{\"role\":\"assistant\",\"reasoning_details\":[null,1,{}],\"function_call\":1}]", "[{\"type\":\"function\"}]",
    "[{\"type\":\"custom\",\"custom\":{}}]", "[{\"name\":\"f\",\"parameters\":[]}]", "[{\"name\":\"f\"}]",
  };
  guint read = 0, refused = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (values); j++)
      {
        g_autofree char *text = g_strdup_printf ("{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"%s\":%s}",
                                                 members[i], values[j]);
        g_autoptr(GError) error = NULL;
        g_autoptr(JsonNode) body = purser_json_parse (text, -1, &error);
        g_assert_no_error (error);
        g_autoptr(PurserChat) chat = decode (body, decode_cases.dialect, &error);
        g_assert_true ((chat == NULL) == (error != NULL));
        if (chat == NULL)
          {
            g_assert_true (g_str_has_prefix (error->message, "“"));
            refused++;
            continue;
          }
        PurserEncodeOptions options = { .model = "m", .known_server = i % 2 };
        g_autoptr(JsonNode) again = encode (chat, decode_cases.dialect, &options);
        read++;
      }
  g_test_message ("%u read, %u refused", read, refused);
  g_assert_cmpuint (read, >, 100);
  g_assert_cmpuint (refused, >, 100);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/decode/openai-chat/cases", test_cases);
  g_test_add_func ("/wire/decode/openai-chat/recorded", test_recorded);
  g_test_add_func ("/wire/decode/openai-chat/kinds", test_kinds);
  return g_test_run ();
}
