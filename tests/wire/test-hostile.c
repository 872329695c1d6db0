/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever comes over the wire: every reading ends with exactly one end or one error, says only sound events
 * (event-log.h asserts it), and says the same however the bytes are cut. */
#include <string.h>

#include "event-log.h"

#define MIB (1024 * 1024)

static const char *const dialects[] = { "openai-chat", "openai-responses", "anthropic", "ollama" };

static void
assert_ends_once (const char *what, const char *log)
{
  g_auto(GStrv) lines = g_strsplit (log, "\n", -1);
  guint count = g_strv_length (lines), ends = 0;
  for (guint i = 0; i + 1 < count; i++)
    ends += g_str_equal (lines[i], "end") || g_str_has_prefix (lines[i], "error ");
  if (count < 2 || ends != 1
      || !(g_str_equal (lines[count - 2], "end") || g_str_has_prefix (lines[count - 2], "error ")))
    g_error ("%s reads\n%s", what, log);
}

/* The class of the error that ends the log. */
static gboolean
fails_as (const char *log, const char *class_)
{
  const char *error = strstr (log, "error ");
  return error != NULL && g_str_has_prefix (error + strlen ("error "), class_);
}

static void
assert_all_fail (const void *body, gsize length, const char *streamed_class, const char *whole_class)
{
  for (gsize i = 0; i < G_N_ELEMENTS (dialects); i++)
    for (int streamed = 0; streamed < 2; streamed++)
      {
        g_autofree char *log = event_log_read (dialects[i], streamed, NULL, body, length, 0, 16384);
        assert_ends_once (dialects[i], log);
        if (!fails_as (log, streamed ? streamed_class : whole_class))
          g_error ("%s: %.500s", dialects[i], log);
      }
}

static void
test_garbage (void)
{
  g_autofree guint32 *bytes = g_malloc (10 * MIB);
  g_autoptr(GRand) random = g_rand_new_with_seed (42);
  for (gsize i = 0; i < 10 * MIB / 4; i++)
    bytes[i] = g_rand_int (random);
  assert_all_fail (bytes, 10 * MIB, "garbage", "garbage");
  for (gsize i = 0; i < 10 * MIB / 4; i++)
    bytes[i] = 0x0a0a0a78; /* "x\n\n\n" */
  assert_all_fail (bytes, 10 * MIB, "garbage", "garbage");
}

static void
test_empty (void)
{
  assert_all_fail ("", 0, "cut", "cut");
  assert_all_fail ("\n\n \n", 4, "cut", "cut");
  g_autofree char *blanks = g_strnfill (MIB, ' ');
  assert_all_fail (blanks, MIB, "cut", "cut");
}

static void
test_html (void)
{
  static const char page[] =
      "\r\n<!DOCTYPE html><html><body>Sign in\x07 to <b>Example</b> sk-secretsecretsecret</body></html>";
  assert_all_fail (page, strlen (page), "garbage", "garbage");
  g_autofree char *log = event_log_read ("anthropic", TRUE, "text/event-stream", page, strlen (page), 7, 1);
  g_assert_nonnull (strstr (log, "It begins: <!DOCTYPE html><html><body>Sign in to <b>Example</b> ***"));
}

/* A line, an event's data and a whole body that never end. */
static void
test_endless (void)
{
  g_autofree char *line = g_strnfill (PURSER_READER_MAX_LINE + 100, 'x'),
                  *blanks = g_strnfill (PURSER_READER_MAX_BODY + 100, ' ');
  assert_all_fail (line, PURSER_READER_MAX_LINE + 100, "garbage", "garbage");
  memcpy (line, "data: {", 7);
  g_autofree char *log = event_log_read ("openai-chat", TRUE, NULL, line, PURSER_READER_MAX_LINE + 100, 5, MIB);
  g_assert_true (fails_as (log, "garbage"));
  *blanks = '{';
  g_autofree char *whole = event_log_read ("anthropic", FALSE, NULL, blanks, PURSER_READER_MAX_BODY + 100, 5, MIB);
  g_assert_true (fails_as (whole, "too-large"));
}

static void
test_deep (void)
{
  g_autofree char *deep = g_strnfill (MIB, '[');
  g_autofree char *event = g_strconcat ("data: {\"choices\":", deep, "\n\n", NULL);
  assert_all_fail (deep, MIB, "garbage", "garbage");
  g_autofree char *log = event_log_read ("openai-chat", TRUE, NULL, event, strlen (event), 0, 4096);
  g_assert_true (fails_as (log, "garbage"));
}

/* A valid stream of each dialect, item by item, and a valid whole reply. */
static const char *const chat_items[] = {
  "{\"id\":\"c\",\"model\":\"m\",\"service_tier\":\"default\",\"choices\":[{\"index\":0,\"delta\":{\"role\":"
  "\"assistant\",\"content\":\"a\",\"reasoning\":\"r\"},\"finish_reason\":null}]}",
  "{\"choices\":[{\"index\":0,\"delta\":{\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"t\","
  "\"signature\":\"s\"}],\"refusal\":\"no\"}}]}",
  "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"t\",\"type\":\"function\",\"function\":{"
  "\"name\":\"f\",\"arguments\":\"{\"}}]}}]}",
  "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"}\"}}]},\"finish_"
  "reason\":\"tool_calls\"}]}",
  "{\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"prompt_tokens_details\":{\"cached_tokens\":"
  "1},\"completion_tokens_details\":{\"reasoning_tokens\":1}}}",
  NULL
};
static const char *const chat_whole[] = {
  "{\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"a\"}"
  ",{\"thinking\":[{\"text\":\"b\"}]}],\"function_call\":{\"name\":\"f\","
  "\"arguments\":\"{}\"},\"tool_calls\":[{\"id\":\"t\",\"custom\":{\"name\":\"f\",\"input\":\"x\"}}]},\"finish_"
  "reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1},\"error\":null}",
  NULL
};
static const char *const responses_items[] = {
  "{\"type\":\"response.created\",\"response\":{\"id\":\"i\",\"model\":\"m\",\"status\":\"in_progress\",\"o"
  "utput\":[]}}",
  "{\"type\":\"response.output_item.added\",\"output_index\":0,\"item\":{\"type\":\"reasoning\",\"id\":\"r"
  "\",\"summary\":[],\"encrypted_content\":\"e\"}}",
  "{\"type\":\"response.reasoning_summary_part.added\",\"output_index\":0,\"summary_index\":0,\"part\":{\"t"
  "ype\":\"summary_text\",\"text\":\"\"}}",
  "{\"type\":\"response.reasoning_summary_text.delta\",\"output_index\":0,\"summary_index\":0,\"delta\":\"t"
  "\"}",
  "{\"type\":\"response.output_item.done\",\"output_index\":0,\"item\":{\"type\":\"reasoning\",\"id\":\"r\""
  ",\"summary\":[{\"type\":\"summary_text\",\"text\":\"t\"}],\"encrypted_content\":\"e\"}}",
  "{\"type\":\"response.output_item.added\",\"output_index\":1,\"item\":{\"type\":\"message\",\"id\":\"m\","
  "\"role\":\"assistant\",\"phase\":\"p\",\"content\":[]}}",
  "{\"type\":\"response.output_text.delta\",\"item_id\":\"m\",\"output_index\":1,\"content_index\":0,\"delt"
  "a\":\"a\"}",
  "{\"type\":\"response.output_text.annotation.added\",\"output_index\":1,\"content_index\":0,\"annotation_"
  "index\":0,\"annotation\":{\"url\":\"u\"}}",
  "{\"type\":\"response.content_part.done\",\"output_index\":1,\"content_index\":0,\"part\":{\"type\":\"out"
  "put_text\",\"text\":\"ab\",\"annotations\":[{\"url\":\"u\"}]}}",
  "{\"type\":\"response.function_call_arguments.delta\",\"item_id\":\"f\",\"output_index\":2,\"delta\":\"{"
  "\"}",
  "{\"type\":\"response.web_search_call.searching\",\"output_index\":2,\"item_id\":\"f\"}",
  "{\"type\":\"response.completed\",\"response\":{\"status\":\"completed\",\"output\":[{\"type\":\"reasonin"
  "g\",\"id\":\"r\",\"summary\":[{\"type\":\"summary_text\",\"text\":\"t\"}],\"encrypted_content\":\"e\"},{"
  "\"type\":\"message\",\"id\":\"m\",\"role\":\"assistant\",\"phase\":\"p\",\"content\":[{\"type\":\"output"
  "_text\",\"text\":\"ab\",\"annotations\":[{\"url\":\"u\"}]},{\"type\":\"refusal\",\"refusal\":\"no\"}]},{"
  "\"type\":\"function_call\",\"id\":\"f\",\"call_id\":\"c\",\"name\":\"n\",\"arguments\":\"{}\"}],\"servic"
  "e_tier\":\"flex\",\"usage\":{\"input_tokens\":3,\"input_tokens_details\":{\"cached_tokens\":1},\"output_"
  "tokens\":2,\"output_tokens_details\":{\"reasoning_tokens\":1}}}}",
  NULL
};
static const char *const responses_whole[] = {
  "{\"id\":\"i\",\"model\":\"m\",\"status\":\"incomplete\",\"incomplete_details\":{\"reason\":\"max_output_"
  "tokens\"},\"error\":null,\"output\":[{\"type\":\"reasoning\",\"id\":\"r\",\"summary\":[{\"type\":\"summa"
  "ry_text\",\"text\":\"t\"}],\"encrypted_content\":\"e\"},{\"type\":\"message\",\"id\":\"m\",\"role\":\"as"
  "sistant\",\"phase\":\"p\",\"content\":[{\"type\":\"output_text\",\"text\":\"ab\",\"annotations\":[{\"url"
  "\":\"u\"}]},{\"type\":\"refusal\",\"refusal\":\"no\"}]},{\"type\":\"function_call\",\"id\":\"f\",\"call_"
  "id\":\"c\",\"name\":\"n\",\"arguments\":\"{}\"},{\"type\":\"web_search_call\",\"id\":\"w\"},{\"type\":\""
  "custom_tool_call\",\"call_id\":\"c\",\"name\":\"n\",\"input\":\"x\"}],\"usage\":{\"input_tokens\":1}}",
  NULL
};
static const char *const claude_items[] = {
  "{\"type\":\"message_start\",\"message\":{\"id\":\"i\",\"model\":\"m\",\"usage\":{\"input_tokens\":1,\"cache_"
  "creation\":{\"ephemeral_5m_input_tokens\":1},\"output_tokens\":1,\"service_tier\":\"s\"}}}",
  "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\","
  "\"signature\":\"\"}}",
  "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"t\","
  "\"signature\":\"s\"}}",
  "{\"type\":\"content_block_stop\",\"index\":0}",
  "{\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\","
  "\"input\":{\"a\":1}}}",
  "{\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{}\"}}",
  "{\"type\":\"content_block_stop\",\"index\":1}",
  "{\"type\":\"content_block_start\",\"index\":2,\"content_block\":{\"type\":\"text\",\"text\":\"x\",\"citations\":[{"
  "\"url\":\"u\"}]}}",
  "{\"type\":\"content_block_delta\",\"index\":2,\"delta\":{\"type\":\"citations_delta\",\"citation\":{\"url\":\"u\"},"
  "\"text\":\"y\"}}",
  "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":\"q\",\"stop_details\":{}},"
  "\"usage\":{\"output_tokens\":3,\"server_tool_use\":{\"n\":1}}}",
  "{\"type\":\"message_stop\"}",
  NULL
};
static const char *const claude_whole[] = {
  "{\"id\":\"i\",\"model\":\"m\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"tool_use\",\"id\":\"t\","
  "\"name\":\"f\",\"input\":{\"a\":[1]}},{\"type\":\"redacted_thinking\",\"data\":\"d\"}],"
  "\"stop_reason\":\"tool_use\",\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}",
  NULL
};
static const char *const ollama_items[] = {
  "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"a\",\"thinking\":\"t\",\"tool_calls\":[{\"id\":"
  "\"i\",\"function\":{\"name\":\"f\",\"arguments\":{\"a\":[1,{}]}}}]},\"done\":false}",
  "{\"model\":\"m\",\"response\":\"r\",\"thinking\":\"t\",\"done\":false}",
  "{\"model\":\"m\",\"message\":{\"content\":\"\"},\"done_reason\":\"stop\",\"done\":true,\"total_duration\":1,"
  "\"prompt_eval_count\":1,\"eval_count\":1}",
  NULL
};

static const struct
{
  const char *dialect;
  gboolean streamed;
  const char *const *items;
} valid[] = { { "openai-chat", TRUE, chat_items }, { "openai-chat", FALSE, chat_whole },
              { "openai-responses", TRUE, responses_items }, { "openai-responses", FALSE, responses_whole },
              { "anthropic", TRUE, claude_items }, { "anthropic", FALSE, claude_whole },
              { "ollama", TRUE, ollama_items },    { "ollama", FALSE, ollama_items + 2 } };

/* The body of a reply, with the ALTERED-th item replaced. */
static char *
make_body (const char *dialect, gboolean streamed, const char *const *items, int altered, const char *replacement)
{
  GString *body = g_string_new (NULL);
  gboolean events = streamed && !g_str_equal (dialect, "ollama");
  for (int i = 0; items[i] != NULL; i++)
    g_string_append_printf (body, events ? "data: %s\n\n" : "%s\n", i == altered ? replacement : items[i]);
  if (events && g_str_equal (dialect, "openai-chat"))
    g_string_append (body, "data: [DONE]\n\n");
  return g_string_free (body, FALSE);
}

static void
assert_sound (const char *dialect, gboolean streamed, const char *body)
{
  gsize length = strlen (body);
  g_autofree char *whole = event_log_read (dialect, streamed, NULL, body, length, 0, MIB);
  g_autofree char *pieces = event_log_read (dialect, streamed, NULL, body, length, length / 3, 5);
  assert_ends_once (body, whole);
  g_assert_cmpstr (whole, ==, pieces);
}

static void
test_valid (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (valid); i++)
    {
      g_autofree char *body = make_body (valid[i].dialect, valid[i].streamed, valid[i].items, -1, NULL);
      g_autofree char *log = event_log_read (valid[i].dialect, valid[i].streamed, NULL, body, strlen (body), 0, MIB);
      g_assert_true (g_str_has_suffix (log, "\nend\n"));
      assert_sound (valid[i].dialect, valid[i].streamed, body);
    }
}

static void
test_truncated (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (valid); i++)
    {
      g_autofree char *body = make_body (valid[i].dialect, valid[i].streamed, valid[i].items, -1, NULL);
      for (gsize length = strlen (body); length > 0; length--)
        {
          body[length] = 0;
          assert_sound (valid[i].dialect, valid[i].streamed, body);
        }
    }
}

/* Replaces the N-th node of the tree, counted depth first; FALSE if there are fewer. */
static gboolean
replace_node (JsonNode *node, int *n, JsonNode *replacement)
{
  g_autoptr(GList) names = JSON_NODE_HOLDS_OBJECT (node) ? json_object_get_members (json_node_get_object (node)) : NULL;
  guint length = JSON_NODE_HOLDS_ARRAY (node) ? json_array_get_length (json_node_get_array (node)) : 0;
  for (GList *l = names; l != NULL; l = l->next)
    {
      if ((*n)-- == 0)
        {
          json_object_set_member (json_node_get_object (node), l->data, json_node_copy (replacement));
          return TRUE;
        }
      if (replace_node (json_object_get_member (json_node_get_object (node), l->data), n, replacement))
        return TRUE;
    }
  for (guint i = 0; i < length; i++)
    {
      if ((*n)-- == 0)
        {
          json_array_remove_element (json_node_get_array (node), i);
          json_array_add_element (json_node_get_array (node), json_node_copy (replacement));
          return TRUE;
        }
      if (replace_node (json_array_get_element (json_node_get_array (node), i), n, replacement))
        return TRUE;
    }
  return FALSE;
}

/* Wrong types in every place of every item. */
static void
test_wrong_types (void)
{
  static const char *const replacements[] = {
    "null",  "true", "-1",    "9223372036854775807",
    "1e300", "\"\"", "\"7\"", "\"\\ud83d\"",
    "[]",    "{}",   "[[1]]", "{\"type\":\"error\",\"error\":{\"message\":5}}"
  };
  guint readings = 0;
  for (gsize v = 0; v < G_N_ELEMENTS (valid); v++)
    for (int item = 0; valid[v].items[item] != NULL; item++)
      for (gsize r = 0; r < G_N_ELEMENTS (replacements); r++)
        for (int node = 0;; node++, readings++)
          {
            g_autoptr(JsonNode) root = purser_json_parse (valid[v].items[item], -1, NULL);
            JsonNode *replacement =
                json_from_string (g_str_has_prefix (replacements[r], "\"\\ud") ? "\"half\"" : replacements[r], NULL);
            int n = node;
            gboolean replaced = replace_node (root, &n, replacement);
            json_node_unref (replacement);
            if (!replaced)
              break;
            g_autofree char *text = purser_json_to_string (root, FALSE);
            g_auto(GStrv) half = g_strsplit (text, "half", -1);
            g_autofree char *altered = g_strjoinv ("\\ud83d", half);
            g_autofree char *body = make_body (valid[v].dialect, valid[v].streamed, valid[v].items, item, altered);
            assert_sound (valid[v].dialect, valid[v].streamed, body);
          }
  g_test_message ("%u altered replies read", readings);
  g_assert_cmpuint (readings, >, 1500);
}

/* Each dialect fed with the others' replies. */
static void
test_foreign (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (valid); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (dialects); j++)
      {
        g_autofree char *body = make_body (valid[i].dialect, valid[i].streamed, valid[i].items, -1, NULL);
        assert_sound (dialects[j], TRUE, body);
        assert_sound (dialects[j], FALSE, body);
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/hostile/garbage", test_garbage);
  g_test_add_func ("/wire/hostile/empty", test_empty);
  g_test_add_func ("/wire/hostile/html", test_html);
  g_test_add_func ("/wire/hostile/endless", test_endless);
  g_test_add_func ("/wire/hostile/deep", test_deep);
  g_test_add_func ("/wire/hostile/valid", test_valid);
  g_test_add_func ("/wire/hostile/truncated", test_truncated);
  g_test_add_func ("/wire/hostile/wrong-types", test_wrong_types);
  g_test_add_func ("/wire/hostile/foreign", test_foreign);
  return g_test_run ();
}
