/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Callers' requests of Responses: against the written-down cases of decode/openai-responses.json (a body, what is read
 * from it, what is sent on), and every recorded request decoded and encoded again (PURSER_RECORDED). */
#include "decode-cases.h"

static const DecodeCases decode_cases = { "openai-responses", -1, FALSE };

static void
test_cases (void)
{
  check_cases (&decode_cases, 60);
}

/* --- Recorded requests --- */

/* Both sides are brought to one form, since several say the same:
 *   input, or content, that is one text    a string; input an item
 *   type "message", role "developer"       unsaid; "system"
 *   a leading item of role system          instructions; empty ones unsaid
 *   id and status of messages and calls    unsaid: nothing goes by them where nothing is stored
 *   arguments                              JSON
 *   text.format "text", null, {} and []    unsaid */
static void
tidy (JsonNode *node)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    tidy (json_array_get_element (array, i));
  JsonObject *object = purser_json_object (node);
  g_autoptr(GList) members = object != NULL ? json_object_get_members (object) : NULL;
  for (GList *l = members; l != NULL; l = l->next)
    {
      JsonNode *value = json_object_get_member (object, l->data);
      tidy (value);
      gboolean empty = JSON_NODE_HOLDS_NULL (value)
                       || (JSON_NODE_HOLDS_OBJECT (value) && json_object_get_size (json_node_get_object (value)) == 0
                           && !g_str_equal (l->data, "properties"))
                       || (JSON_NODE_HOLDS_ARRAY (value) && json_array_get_length (json_node_get_array (value)) == 0);
      if (empty)
        json_object_remove_member (object, l->data);
    }
}

static void
unify_content (JsonObject *item)
{
  JsonArray *content = purser_json_array (item, "content");
  JsonObject *only =
      content != NULL && json_array_get_length (content) == 1 ? json_array_get_object_element (content, 0) : NULL;
  g_autofree char *text = g_strdup (purser_json_string (only, "text"));
  if (text != NULL && json_object_get_size (only) == 2)
    json_object_set_string_member (item, "content", text);
}

static void
unify_item (JsonObject *item)
{
  static const char *const forgotten[] = { "id", "status" };
  gboolean reasoning = g_strcmp0 (purser_json_string (item, "type"), "reasoning") == 0;
  g_autoptr(JsonNode) arguments = purser_json_string (item, "arguments") != NULL
                                       ? purser_json_parse (purser_json_string (item, "arguments"), -1, NULL)
                                       : NULL;
  for (gsize i = 0; !reasoning && i < G_N_ELEMENTS (forgotten); i++)
    if (json_object_has_member (item, forgotten[i]))
      json_object_remove_member (item, forgotten[i]);
  if (g_strcmp0 (purser_json_string (item, "type"), "message") == 0)
    json_object_remove_member (item, "type");
  if (g_strcmp0 (purser_json_string (item, "role"), "developer") == 0)
    json_object_set_string_member (item, "role", "system");
  if (arguments != NULL)
    json_object_set_member (item, "arguments", g_steal_pointer (&arguments));
  unify_content (item);
}

static void
unify_input (JsonObject *body)
{
  g_autofree char *text = g_strdup (purser_json_string (body, "input"));
  if (text != NULL)
    {
      JsonArray *items = json_array_new ();
      JsonObject *item = json_object_new ();
      json_object_set_string_member (item, "role", "user");
      json_object_set_string_member (item, "content", text);
      json_array_add_object_element (items, item);
      json_object_set_array_member (body, "input", items);
    }
  JsonArray *items = purser_json_array (body, "input");
  for (guint i = 0; i < json_array_get_length (items); i++)
    unify_item (json_array_get_object_element (items, i));
  JsonObject *first = json_array_get_object_element (items, 0);
  g_autofree char *system = g_strdup (purser_json_string (first, "content"));
  if (g_strcmp0 (purser_json_string (first, "role"), "system") == 0
      && purser_json_string (body, "instructions") == NULL)
    {
      json_object_set_string_member (body, "instructions", system);
      json_array_remove_element (items, 0);
    }
}

static void
unify (JsonNode *node)
{
  JsonObject *body = json_node_get_object (node);
  tidy (node);
  if (g_strcmp0 (purser_json_string (body, "instructions"), "") == 0)
    json_object_remove_member (body, "instructions");
  if (g_strcmp0 (purser_json_string (purser_json_member (purser_json_member (body, "text"), "format"), "type"), "text")
      == 0)
    json_object_remove_member (body, "text");
  unify_input (body);
}

/* What is added where the caller did not say. */
static void
expect_defaults (JsonObject *body, gboolean reasons)
{
  if (!json_object_has_member (body, "store"))
    json_object_set_boolean_member (body, "store", FALSE);
  if (!json_object_has_member (body, "stream"))
    json_object_set_boolean_member (body, "stream", FALSE);
  if (json_object_has_member (body, "include") || !reasons)
    return;
  JsonArray *include = json_array_new ();
  json_array_add_string_element (include, "reasoning.encrypted_content");
  json_object_set_array_member (body, "include", include);
}

static void
check_recorded (const char *name, JsonNode *body)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) dropped = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(PurserChat) chat = decode (body, decode_cases.dialect, &error);
  if (chat == NULL)
    g_error ("%s: refused with %s", name, error->message);
  gboolean known = g_str_has_prefix (name, "openai-responses/");
  PurserEncodeOptions options = {
    .model = chat->model, .stream = chat->stream, .known_server = known, .dropped = dropped
  };
  g_autoptr(JsonNode) again = encode (chat, decode_cases.dialect, &options);
  if (!JSON_NODE_HOLDS_OBJECT (again))
    g_error ("%s: not encoded: %s", name, json_node_get_string (again));
  unify (body);
  unify (again);
  expect_defaults (json_node_get_object (body),
                   strstr (chat->model, "gpt-5") != NULL || strstr (chat->model, "gpt-oss") != NULL);
  if (chat->temperature < 0) /* the one that its provider refused */
    json_object_set_double_member (json_node_get_object (body), "temperature", 0);
  assert_equal (name, "encoded again", again, body);
  g_assert_cmpuint (dropped->len, ==, 0);
}

static void
test_recorded (void)
{
  static const char *const rooms[] = { "openai-responses", "azure", "bedrock" };
  const char *folder = g_getenv ("PURSER_RECORDED"), *name;
  g_autofree char *expect = folder != NULL ? g_build_filename (folder, "EXPECT.json", NULL) : NULL;
  guint count = 0;
  if (expect == NULL || !g_file_test (expect, G_FILE_TEST_IS_REGULAR))
    {
      g_test_skip ("PURSER_RECORDED names no folder of recorded exchanges");
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (rooms); i++)
    {
      g_autofree char *path = g_build_filename (folder, rooms[i], NULL);
      g_autoptr(GDir) files = g_dir_open (path, 0, NULL);
      while (files != NULL && (name = g_dir_read_name (files)) != NULL)
        {
          g_autofree char *file = g_build_filename (path, name, NULL), *both = g_strconcat (rooms[i], "/", name, NULL);
          g_autoptr(JsonNode) exchange = load (file);
          JsonObject *object = json_node_get_object (exchange), *request = purser_json_member (object, "request");
          if (g_strcmp0 (purser_json_string (object, "api"), "responses") != 0
              || purser_json_member (request, "body") == NULL)
            continue;
          check_recorded (both, json_object_get_member (request, "body"));
          count++;
        }
    }
  g_test_message ("%u requests say the same after decoding and encoding", count);
  g_assert_cmpuint (count, >=, 20);
}

/* Whatever member is of whatever kind: read or refused in words, never a crash; and what is read can be sent on. */
static void
test_kinds (void)
{
  static const char *const members[] = {
    "model",        "input",
    "instructions", "tools",
    "tool_choice",  "max_output_tokens",
    "temperature",  "top_p",
    "stream",       "store",
    "include",      "parallel_tool_calls",
    "top_logprobs", "text",
    "reasoning",    "metadata",
    "user",         "safety_identifier",
    "service_tier", "prompt_cache_key",
    "truncation",   "previous_response_id",
    "conversation", "background",
    "unknown",
  };
  static const char *const values[] = {
    "null",
    "true",
    "1",
    "-1",
    "1e300",
    "0.5",
    "\"\"",
    "\"auto\"",
    "[]",
    "[null]",
    "[1]",
    "[[]]",
    "[{}]",
    "{}",
    "[\"x\"]",
    "{\"type\":null}",
    "{\"type\":\"allowed_tools\"}",
    "{\"type\":\"allowed_tools\",\"tools\":[null,{}]}",
    "{\"format\":1}",
    "{\"format\":{}}",
    "{\"format\":{\"type\":\"json_schema\"}}",
    "{\"effort\":1}",
    "[{\"role\":\"user\"}]",
    "[{\"role\":\"user\",\"content\":[{}]}]",
    "[{\"role\":\"user\",\"content\":[null]}]",
    "[{\"role\":\"tool\",\"content\":\"x\"}]",
    "[{\"type\":\"function_call\"}]",
    "[{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"n\",\"arguments\":[1]}]",
    "[{\"type\":\"function_call_output\",\"call_id\":\"c\",\"output\":7}]",
    "[{\"type\":\"function_call_output\",\"call_id\":\"c\",\"output\":[{\"type\":\"x\"}]}]",
    "[{\"type\":\"reasoning\",\"summary\":[null],\"content\":1}]",
    "[{\"type\":\"reasoning\",\"encrypted_content\":\"purser.1.anthropic.json.[\"}]",
    "[{\"type\":\"x_call\"},{\"type\":\"x_call_output\"}]",
    "[{\"id\":\"x\"}]",
    "[{\"type\":\"function\"}]",
    "[{\"type\":\"function\",\"name\":\"f\",\"parameters\":[]}]",
    "[{\"type\":\"custom\",\"name\":\"f\"}]",
    "[{\"role\":\"user\",\"content\":[{\"type\":\"input_image\",\"image_url\":\"data:;base64,\"}]}]",
  };
  guint read = 0, refused = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (values); j++)
      {
        g_autofree char *text = g_strdup_printf ("{\"instructions\":\"Be brief.\",\"%s\":%s}", members[i], values[j]);
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
        PurserEncodeOptions options = { .model = "gpt-5.6", .known_server = i % 2 };
        g_autoptr(JsonNode) again = encode (chat, decode_cases.dialect, &options), other = encode (chat, "anthropic", &options);
        read++;
      }
  g_test_message ("%u read, %u refused", read, refused);
  g_assert_cmpuint (read, >, 200);
  g_assert_cmpuint (refused, >, 200);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/decode/openai-responses/cases", test_cases);
  g_test_add_func ("/wire/decode/openai-responses/recorded", test_recorded);
  g_test_add_func ("/wire/decode/openai-responses/kinds", test_kinds);
  return g_test_run ();
}
