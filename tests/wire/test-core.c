/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all dialects share: splicing a body, carrying opaque state, names of tools, error replies, embeddings. */
#include <string.h>

#include "purser-carry.h"
#include "purser-dialect.h"
#include "purser-json.h"
#include "purser-reply.h"

typedef struct
{
  const char *dialect, *body, *expected; /* expected NULL: has to be encoded; "!": refused */
  gboolean    plain, vendor;
} Splice;

static const Splice splices[] = {
  { "openai-chat", "{\"model\":\"drafting\",\"x\":[1, {\"model\":\"inner\"}]}", "{\"model\":\"m/1\",\"x\":[1, {\"model\":\"inner\"}]}" },
  { "openai-chat", " {\n \"a\" : \"}\\\"\" , \"mod\\u0065l\":\t\"y\" , \"unknown\": 1.50 }\n", " {\n \"a\" : \"}\\\"\" , \"mod\\u0065l\":\t\"m/1\" , \"unknown\": 1.50 }\n" },
  { "openai-chat", "{}", "{\"model\":\"m/1\"}" },
  { "openai-chat", "{\"a\":1}", "{\"a\":1,\"model\":\"m/1\"}" },
  { "openai-chat", "{\"model\":1,\"model\":\"b\"}", "{\"model\":\"m/1\",\"model\":\"m/1\"}" },
  { "openai-chat", "{\"model\":\"a\",\"stream\":true}", "{\"model\":\"m/1\",\"stream\":true,\"stream_options\":{\"include_usage\":true}}" },
  { "openai-chat", "{\"model\":\"a\",\"stream\":true}", "{\"model\":\"m/1\",\"stream\":true}", TRUE },
  { "openai-chat", "{\"model\":\"a\",\"stream\":false}", "{\"model\":\"m/1\",\"stream\":false}" },
  { "openai-chat", "{\"stream\":true,\"stream_options\":{\"include_usage\":false,\"x\":2},\"model\":\"a\"}",
    "{\"stream\":true,\"stream_options\":{\"include_usage\":true,\"x\":2},\"model\":\"m/1\"}" },
  { "openai-chat", "{\"stream\":true,\"stream_options\":null,\"model\":\"a\"}",
    "{\"stream\":true,\"stream_options\":{\"include_usage\":true},\"model\":\"m/1\"}" },
  { "anthropic", "{\"model\":\"a\",\"messages\":[{\"signature\":\"purser.1.openai-responses.rs_1.x\"}]}", NULL },
  { "anthropic", "{\"model\":\"a\",\"messages\":[{\"text\":\"about purser.1. in words\"}]}", "{\"model\":\"m/1\",\"messages\":[{\"text\":\"about purser.1. in words\"}]}" },
  { "openai-chat", "{\"messages\":[{\"reasoning_content\":\"hm\"}],\"model\":\"a\"}", "{\"messages\":[{\"reasoning_content\":\"hm\"}],\"model\":\"m/1\"}" },
  { "openai-chat", "{\"messages\":[{\"reasoning_content\":\"hm\"}],\"model\":\"a\"}", NULL, FALSE, TRUE },
  { "openai-chat", "[]", "!" },
  { "openai-chat", "{\"model\":\"a\"", "!" },
  { "openai-chat", "{\"model\":}", "!" },
  { "openai-chat", "{\"model\":\"a\"} x", "!" },
  { "openai-chat", "{\"model\" \"a\"}", "!" },
  { "openai-chat", "", "!" },
};

static void
test_splice (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (splices); i++)
    {
      const Splice *row = &splices[i];
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) body = g_bytes_new (row->body, strlen (row->body));
      PurserEncodeOptions options = { .model = "m/1", .plain = row->plain, .known_server = row->vendor };
      g_autoptr(GBytes) spliced =
          purser_dialect_splice_request (purser_dialect_get (row->dialect), body, &options, &error);
      if (row->expected == NULL || *row->expected == '!')
        {
          g_assert_null (spliced);
          g_assert_true ((error != NULL) == (row->expected != NULL));
          continue;
        }
      g_assert_no_error (error);
      g_autofree char *text = g_strndup (g_bytes_get_data (spliced, NULL), g_bytes_get_size (spliced));
      g_assert_cmpstr (text, ==, row->expected);
    }
}

/* Any body that json-glib takes as an object comes out equal but for the model; any other is refused, and nothing is read past
 * its end (the copy has no NUL behind it). */
static void
test_splice_any (void)
{
  static const char *const pieces[] = { "{", "}", "[", "]", "\"model\"", ":", ",", "\"a\\\"b\"", "1", "null", " ", "\"\\\\\"", "-0.5e3", "true" };
  for (int round = 0; round < 40000; round++)
    {
      g_autoptr(GString) text = g_string_new (g_test_rand_int_range (0, 3) ? "{" : "");
      for (int n = g_test_rand_int_range (0, 12); n > 0; n--)
        g_string_append (text, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
      if (g_test_rand_int_range (0, 3))
        g_string_append_c (text, '}');
      g_autoptr(GBytes) body = g_bytes_new_take (g_memdup2 (text->str, text->len), text->len);
      PurserEncodeOptions options = { .model = "\"new\"\n" };
      g_autoptr(GBytes) spliced = purser_dialect_splice_request (purser_dialect_get ("anthropic"), body, &options, NULL);
      g_autoptr(JsonNode) before = purser_json_parse (text->str, text->len, NULL);
      if (purser_json_object (before) == NULL)
        continue;
      g_assert_nonnull (spliced);
      g_autoptr(JsonNode) after = purser_json_parse (g_bytes_get_data (spliced, NULL), g_bytes_get_size (spliced), NULL);
      g_assert_cmpstr (purser_json_string (purser_json_object (after), "model"), ==, options.model);
      json_object_set_string_member (purser_json_object (before), "model", options.model);
      g_assert_true (purser_json_equal (before, after));
    }
}

static void
test_carry (void)
{
  static const struct { const char *dialect, *id, *opaque; } rows[] = {
    { "anthropic", NULL, "EoQD+/==.with.dots" }, { "openai-responses", "rs_1", "gAAA" }, { "bedrock", NULL, "" },
  };
  char *dialect, *id, *opaque;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *wrapped = purser_carry_wrap (rows[i].dialect, rows[i].id, rows[i].opaque);
      g_assert_true (purser_carry_unwrap (wrapped, &dialect, &id, &opaque));
      g_assert_cmpstr (dialect, ==, rows[i].dialect);
      g_assert_cmpstr (id, ==, rows[i].id);
      g_assert_cmpstr (opaque, ==, rows[i].opaque);
      g_free (dialect);
      g_free (id);
      g_free (opaque);
    }
  static const char *const others[] = { "EoQD", "", "purser.1.", "purser.1.x", "purser.1..id.x", "Purser.1.a.b.c" };
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (purser_carry_unwrap (others[i], &dialect, &id, &opaque));
  g_assert_false (purser_carry_unwrap (NULL, &dialect, &id, &opaque));
}

static void
test_tool_names (void)
{
  g_autoptr(PurserChat) chat = purser_chat_new ();
  g_autofree char *long_name = g_strnfill (90, 'x');
  const char *names[] = { "plain_name-1", "mcp.server/tool", long_name, "wetter für Köln", "mcp.server-tool" };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      PurserTool *tool = g_new0 (PurserTool, 1);
      tool->name = g_strdup (names[i]);
      g_ptr_array_add (chat->tools, tool);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *fitted = purser_tool_name_fit (names[i], 64);
      g_assert_cmpuint (strlen (fitted), <=, 64);
      g_assert_cmpuint (strspn (fitted, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-"), ==, strlen (fitted));
      g_assert_cmpstr (purser_chat_tool_name (chat, fitted), ==, names[i]);
    }
  g_assert_cmpstr (purser_chat_tool_name (chat, "never described"), ==, "never described");
}

/* PROVIDERS §8.5, row by row: what each caller is told. */
static void
test_errors (void)
{
  static const struct { PurserFaultClass class_; int status; const char *code; int chat, anthropic, ollama; const char *chat_code, *anthropic_type; int should_retry; } rows[] = {
    { PURSER_FAULT_LOCAL, 0, "access_key", 401, 401, 401, "invalid_api_key", "authentication_error", 0 },
    { PURSER_FAULT_LOCAL, 0, "budget", 429, 402, 402, "insufficient_quota", "billing_error", 0 },
    { PURSER_FAULT_LOCAL, 0, "policy", 403, 403, 403, "permission_denied", "permission_error", 0 },
    { PURSER_FAULT_LOCAL, 0, "unknown_model", 404, 404, 404, "model_not_found", "not_found_error", 0 },
    { PURSER_FAULT_LOCAL, 0, "unsupported_parameter", 400, 400, 400, "unsupported_parameter", "invalid_request_error", 0 },
    { PURSER_FAULT_LOCAL, 0, NULL, 503, 503, 503, "server_error", "api_error", -1 },
    { PURSER_FAULT_RATE, 429, NULL, 429, 429, 429, "rate_limit_exceeded", "rate_limit_error", -1 },
    { PURSER_FAULT_OVERLOADED, 529, NULL, 503, 529, 503, "overloaded", "overloaded_error", -1 },
    { PURSER_FAULT_KEY, 401, "invalid_api_key", 502, 502, 502, "upstream_error", "api_error", -1 },
    { PURSER_FAULT_MONEY, 402, NULL, 502, 502, 502, "upstream_error", "api_error", -1 },
    { PURSER_FAULT_NO_MODEL, 404, NULL, 502, 502, 502, "upstream_error", "api_error", -1 },
    { PURSER_FAULT_REQUEST, 422, "invalid_value", 422, 422, 422, "invalid_value", "invalid_request_error", 0 },
    { PURSER_FAULT_REQUEST, 0, NULL, 400, 400, 400, NULL, "invalid_request_error", 0 },
    { PURSER_FAULT_CONTEXT, 413, NULL, 400, 400, 400, "context_length_exceeded", "invalid_request_error", 0 },
    { PURSER_FAULT_TIMEOUT, 0, NULL, 504, 504, 504, "timeout", "timeout_error", -1 },
    { PURSER_FAULT_GARBAGE, 200, NULL, 502, 502, 502, "upstream_error", "api_error", -1 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (int d = 0; d < 4; d++)
      {
        static const char *const dialects[] = { "openai-chat", "anthropic", "ollama", "openai-responses" };
        g_autoptr(PurserFault) fault = purser_fault_new (rows[i].class_, rows[i].status, "What went wrong.");
        fault->code = g_strdup (rows[i].code);
        g_autoptr(PurserErrorReply) reply = purser_dialect_write_error (purser_dialect_get (dialects[d]), fault, "call-7");
        g_autoptr(JsonNode) root = purser_json_parse (g_bytes_get_data (reply->body, NULL), g_bytes_get_size (reply->body), NULL);
        JsonObject *object = purser_json_object (root), *error = purser_json_member (object, "error");
        g_assert_cmpint (reply->status, ==, d == 1 ? rows[i].anthropic : d == 2 ? rows[i].ollama : rows[i].chat);
        g_assert_cmpint (reply->should_retry, ==, rows[i].should_retry);
        if (d == 2)
          g_assert_cmpstr (purser_json_string (object, "error"), ==, "What went wrong.");
        else
          g_assert_cmpstr (purser_json_string (error, "message"), ==, "What went wrong.");
        if (d == 1)
          g_assert_cmpstr (purser_json_string (error, "type"), ==, rows[i].anthropic_type);
        if (d == 0 || d == 3)
          g_assert_cmpstr (purser_json_string (error, "code"), ==, rows[i].chat_code);
      }
}

static void
usage_cb (const PurserEvent *event, gpointer reply)
{
  purser_reply_add (reply, event);
}

static void
test_embeddings (void)
{
  static const struct { const char *dialect, *body, *model; gint64 tokens; gboolean sound; } rows[] = {
    { "openai-embeddings", "{\"object\":\"list\",\"data\":[],\"model\":\"text-embedding-3-small\",\"usage\":{\"prompt_tokens\":8,\"total_tokens\":8}}", "text-embedding-3-small", 8, TRUE },
    { "ollama-embeddings", "{\"model\":\"all-minilm\",\"embeddings\":[[0.1]],\"prompt_eval_count\":5}", "all-minilm", 5, TRUE },
    { "ollama-embeddings", "{\"embedding\":[0.1]}", NULL, -1, TRUE },
    { "openai-embeddings", "{\"data\":[],\"model\":\"x\",\"usage\":{\"total_tokens\":3}}", "x", 3, TRUE },
    { "openai-embeddings", "{\"data\":[],\"model\":\"x\"}", "x", -1, TRUE },
    { "openai-embeddings", "{\"error\":{\"message\":\"no\"}}", NULL, -1, FALSE },
    { "ollama-embeddings", "nothing", NULL, -1, FALSE },
    { "ollama-embeddings", "{\"message\":{\"content\":\"a chat\"}}", NULL, -1, FALSE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(PurserReply) reply = purser_reply_new ();
      g_autoptr(PurserReader) reader = purser_reader_new (purser_dialect_get (rows[i].dialect), FALSE, NULL, usage_cb, reply);
      purser_reader_feed (reader, rows[i].body, strlen (rows[i].body));
      purser_reader_end (reader);
      g_assert_cmpint (reply->ended && reply->fault == NULL, ==, rows[i].sound);
      if (!rows[i].sound)
        continue;
      g_assert_cmpstr (reply->model, ==, rows[i].model);
      g_assert_cmpint (reply->usage->input_total, ==, rows[i].tokens);
      g_assert_cmpint (reply->usage->output, ==, 0);
    }
}

static void
test_embeddings_requests (void)
{
  static const char asks[] = "{\"input\": [\"a\",\"b\"],\"model\" : \"search\" , \"dimensions\":3}";
  static const char sends[] = "{\"input\": [\"a\",\"b\"],\"model\" : \"e-3\" , \"dimensions\":3}";
  const PurserDialect *dialect = purser_dialect_get ("openai-embeddings");
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) body = g_bytes_new_static (asks, strlen (asks)), empty = g_bytes_new_static ("{}", 2);
  g_autoptr(PurserChat) chat = purser_dialect_decode_request (dialect, body, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (chat->model, ==, "search");
  g_assert_true (chat->embeddings);
  g_assert_cmpint (purser_chat_estimate_tokens (chat), ==, strlen (asks) / 4);
  PurserEncodeOptions options = { .model = "e-3" };
  g_autoptr(GBytes) spliced = purser_dialect_splice_request (dialect, body, &options, &error);
  g_assert_cmpmem (g_bytes_get_data (spliced, NULL), g_bytes_get_size (spliced), sends, strlen (sends));
  g_assert_null (purser_dialect_encode_request (purser_dialect_get ("ollama-embeddings"), chat, &options, &error));
  g_assert_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_UNSUPPORTED);
  g_assert_null (purser_dialect_decode_request (dialect, empty, NULL));
}

/* Where arguments are objects, what is none cannot be written: nothing is, and whoever serves the caller is told why. */
static void
count_cb (const char *bytes, gsize length, gboolean terminal, gpointer data)
{
  *(gsize *) data += length;
}

static void
test_cannot_be_said (void)
{
  static const struct { const char *dialect; gboolean said; } rows[] = {
    { "anthropic", FALSE }, { "ollama", FALSE }, { "ollama-generate", FALSE }, { "openai-chat", TRUE }, { "openai-responses", TRUE },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize written = 0;
      PurserWriterOptions options = { .origin = "bedrock" };
      g_autoptr(PurserWriter) writer = purser_writer_new (purser_dialect_get (rows[i].dialect), &options, count_cb, &written);
      purser_writer_add (writer, &(PurserEvent) { .type = PURSER_EVENT_TOOL_START, .id = "call_1", .name = "f" });
      purser_writer_add (writer, &(PurserEvent) { .type = PURSER_EVENT_TOOL_ARGS, .text = "{\"x\":", .length = 5 });
      purser_writer_add (writer, &(PurserEvent) { .type = PURSER_EVENT_TOOL_END });
      purser_writer_add (writer, &(PurserEvent) { .type = PURSER_EVENT_FINISH, .finish = PURSER_FINISH_TOOLS });
      purser_writer_add (writer, &(PurserEvent) { .type = PURSER_EVENT_END });
      g_assert_true ((written > 0) == rows[i].said);
      g_assert_true ((purser_writer_fault (writer) == NULL) == rows[i].said);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/core/splice", test_splice);
  g_test_add_func ("/wire/core/splice-any", test_splice_any);
  g_test_add_func ("/wire/core/carry", test_carry);
  g_test_add_func ("/wire/core/tool-names", test_tool_names);
  g_test_add_func ("/wire/core/errors", test_errors);
  g_test_add_func ("/wire/core/embeddings", test_embeddings);
  g_test_add_func ("/wire/core/embeddings-requests", test_embeddings_requests);
  g_test_add_func ("/wire/core/cannot-be-said", test_cannot_be_said);
  return g_test_run ();
}
