/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replies of Responses for callers: the written-down cases of write/openai-responses.json (events in, frames and whole
 * replies out); what every stream must keep to, whatever it is made of; and every recorded reply, of whatever dialect,
 * written as Responses and read again (PURSER_RECORDED). */
#include <string.h>

#include "events-json.h"
#include "purser-dialect.h"
#include "purser-json.h"
#include "purser-reply.h"
#include "responses-frames.h"

typedef struct
{
  GString *bytes;
  gsize terminal_from;
} Written;

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

static void
written_cb (const char *bytes, gsize length, gboolean terminal, gpointer user_data)
{
  Written *written = user_data;
  g_assert_true (terminal || written->terminal_from == G_MAXSIZE);
  if (terminal && written->terminal_from == G_MAXSIZE)
    written->terminal_from = written->bytes->len;
  g_string_append_len (written->bytes, bytes, length);
}

static void
add_cb (const PurserEvent *event, gpointer writer)
{
  purser_writer_add (writer, event);
}

static void
reply_cb (const PurserEvent *event, gpointer reply)
{
  purser_reply_add (reply, event);
}

/* --- Cases --- */

/* Whether IS says at least what SHOULD says; lists are as long. */
static gboolean
says (JsonNode *is, JsonNode *should)
{
  if (is == NULL)
    return FALSE;
  if (JSON_NODE_HOLDS_OBJECT (should))
    {
      g_autoptr(GList) members = json_object_get_members (json_node_get_object (should));
      for (GList *l = members; l != NULL; l = l->next)
        if (!says (purser_json_node (purser_json_object (is), l->data),
                   json_object_get_member (json_node_get_object (should), l->data)))
          return FALSE;
      return JSON_NODE_HOLDS_OBJECT (is);
    }
  if (!JSON_NODE_HOLDS_ARRAY (should))
    return purser_json_equal (is, should);
  JsonArray *a = JSON_NODE_HOLDS_ARRAY (is) ? json_node_get_array (is) : NULL, *b = json_node_get_array (should);
  if (a == NULL || json_array_get_length (a) != json_array_get_length (b))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (b); i++)
    if (!says (json_array_get_element (a, i), json_array_get_element (b, i)))
      return FALSE;
  return TRUE;
}

static void
assert_says (const char *name, JsonNode *is, JsonNode *should)
{
  if (says (is, should))
    return;
  g_autofree char *a = is != NULL ? purser_json_to_string (is, FALSE) : NULL,
                  *b = purser_json_to_string (should, FALSE);
  g_error ("%s:\n  is      %s\n  expects %s", name, a, b);
}

static PurserChat *
decode (JsonNode *body)
{
  g_autoptr(GError) error = NULL;
  char *text = purser_json_to_string (body, FALSE);
  g_autoptr(GBytes) bytes = g_bytes_new_take (text, strlen (text));
  PurserChat *chat = purser_dialect_decode_request (purser_dialect_get ("openai-responses"), bytes, &error);
  g_assert_no_error (error);
  return chat;
}

/* A whole reply of this dialect. */
static void
tell_reply (JsonNode *reply, PurserWriter *writer)
{
  g_autofree char *text = purser_json_to_string (reply, FALSE);
  g_autoptr(PurserReader) reader =
      purser_reader_new (purser_dialect_get ("openai-responses"), TRUE, "application/json", add_cb, writer);
  purser_reader_feed (reader, text, strlen (text));
  purser_reader_end (reader);
}

static void
tell (JsonObject *row, PurserWriter *writer)
{
  JsonArray *events = purser_json_array (row, "events"), *payloads = purser_json_array (row, "payloads");
  for (guint i = 0; events != NULL && i < json_array_get_length (events); i++)
    events_json_tell (json_array_get_object_element (events, i), add_cb, writer);
  if (purser_json_node (row, "reply") != NULL)
    tell_reply (purser_json_node (row, "reply"), writer);
  if (payloads == NULL)
    return;
  g_autoptr(PurserReader) reader =
      purser_reader_new (purser_dialect_get ("openai-responses"), TRUE, NULL, add_cb, writer);
  for (guint i = 0; i < json_array_get_length (payloads); i++)
    {
      g_autofree char *text = purser_json_to_string (json_array_get_element (payloads, i), FALSE);
      g_autofree char *frame = g_strdup_printf ("data: %s\n\n", text);
      purser_reader_feed (reader, frame, strlen (frame));
    }
  purser_reader_end (reader);
}

static char *
write_row (JsonObject *row, gboolean stream, const PurserChat *chat, gsize *terminal_from)
{
  PurserWriterOptions options = { .id = purser_json_string (row, "id"),
                                  .model = purser_json_string (row, "model"),
                                  .created = 1767323045,
                                  .stream = stream,
                                  .origin = purser_json_string (row, "origin"),
                                  .chat = chat };
  Written written = { g_string_new (NULL), G_MAXSIZE };
  g_autoptr(PurserWriter) writer =
      purser_writer_new (purser_dialect_get ("openai-responses"), &options, written_cb, &written);
  g_assert_cmpstr (purser_writer_content_type (writer), ==, stream ? "text/event-stream" : "application/json");
  tell (row, writer);
  *terminal_from = written.terminal_from;
  return g_string_free (written.bytes, FALSE);
}

static gboolean
fails (JsonObject *row)
{
  return purser_json_boolean (row, "fails", FALSE);
}

static void
check_frames (JsonObject *row, const PurserChat *chat)
{
  const char *name = purser_json_string (row, "name");
  JsonArray *expected = purser_json_array (row, "frames");
  gsize terminal_from;
  g_autofree char *bytes = write_row (row, TRUE, chat, &terminal_from);
  g_autoptr(JsonArray) frames = frames_of (bytes);
  assert_sound (frames, fails (row));
  g_assert_true (g_str_has_prefix (bytes + terminal_from, fails (row) ? "event: error" : "event: response."));
  for (guint i = 0; i < json_array_get_length (expected) && i < json_array_get_length (frames); i++)
    assert_says (name, json_array_get_element (frames, i), json_array_get_element (expected, i));
  if (json_array_get_length (frames) != json_array_get_length (expected))
    g_error ("%s: %u frames\n%s", name, json_array_get_length (frames), bytes);
}

static void
check_row (JsonObject *row)
{
  const char *name = purser_json_string (row, "name");
  JsonNode *request = purser_json_node (row, "request"), *whole = purser_json_node (row, "whole");
  g_autoptr(PurserChat) chat = request != NULL ? decode (request) : NULL;
  gsize terminal_from;
  if (purser_json_array (row, "frames") != NULL)
    check_frames (row, chat);
  g_autofree char *bytes = write_row (row, FALSE, chat, &terminal_from);
  if (fails (row))
    {
      g_assert_cmpstr (bytes, ==, ""); /* the error reply takes its place */
      return;
    }
  g_autoptr(JsonNode) read = purser_json_parse (bytes, -1, NULL);
  g_assert_nonnull (read);
  g_assert_cmpuint (terminal_from, ==, 0);
  if (whole != NULL)
    assert_says (name, read, whole);
}

static void
test_cases (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "wire", "write", "openai-responses.json", NULL);
  g_autoptr(JsonNode) root = load (path);
  JsonArray *rows = json_node_get_array (root);
  for (guint i = 0; i < json_array_get_length (rows); i++)
    check_row (json_array_get_object_element (rows, i));
  g_assert_cmpuint (json_array_get_length (rows), >=, 18);
}

/* --- Errors, and keep-alive --- */

static void
test_error (void)
{
  static const struct
  {
    PurserFaultClass class_;
    int status;
    const char *code;
    int expected;
    const char *body;
  } rows[] = {
    { PURSER_FAULT_RATE, 429, "rate_limit_exceeded", 429,
      "{\"error\":{\"message\":\"Slow "
      "down.\",\"type\":\"rate_limit_error\",\"param\":null,\"code\":\"rate_limit_exceeded\"}}" },
    { PURSER_FAULT_KEY, 401, "invalid_api_key", 502,
      "{\"error\":{\"message\":\"Slow down.\",\"type\":\"server_error\",\"param\":null,\"code\":\"upstream_error\"}}" },
    { PURSER_FAULT_LOCAL, 0, "unsupported_parameter", 400,
      "{\"error\":{\"message\":\"Slow "
      "down.\",\"type\":\"invalid_request_error\",\"param\":\"stop\",\"code\":\"unsupported_parameter\"}}" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(PurserFault) fault = purser_fault_new (rows[i].class_, rows[i].status, "Slow down.");
      fault->code = g_strdup (rows[i].code);
      fault->param = i == 2 ? g_strdup ("stop") : NULL;
      g_autoptr(PurserErrorReply) reply =
          purser_dialect_write_error (purser_dialect_get ("openai-responses"), fault, "req_1");
      g_autofree char *text = g_strndup (g_bytes_get_data (reply->body, NULL), g_bytes_get_size (reply->body));
      g_assert_cmpint (reply->status, ==, rows[i].expected);
      g_assert_cmpstr (text, ==, rows[i].body);
    }
}

static void
test_ping (void)
{
  PurserWriterOptions options = { .stream = TRUE, .origin = "anthropic" };
  Written written = { g_string_new (NULL), G_MAXSIZE };
  PurserWriter *writer = purser_writer_new (purser_dialect_get ("openai-responses"), &options, written_cb, &written);
  purser_writer_ping (writer);
  g_assert_true (g_str_has_prefix (written.bytes->str, ":"));
  g_assert_true (g_str_has_suffix (written.bytes->str, "\n\n"));
  purser_writer_free (writer);
  g_string_free (written.bytes, TRUE);
}

/* Thinking of another dialect goes to the caller wrapped and comes back as it was, byte for byte. */
static void
test_carried (void)
{
  static const struct
  {
    const char *origin;
    PurserEvent event;
    const char *signature, *data, *id;
  } rows[] = {
    { "anthropic", { .type = PURSER_EVENT_SIGNATURE, .text = "Eo.QD/+==" }, "Eo.QD/+==", NULL, NULL },
    { "anthropic", { .type = PURSER_EVENT_REDACTED, .text = "cmVk" }, NULL, "cmVk", NULL },
    { "bedrock", { .type = PURSER_EVENT_SIGNATURE, .text = "c2ln", .id = "x1" }, "c2ln", NULL, "x1" },
    { "openai-responses", { .type = PURSER_EVENT_SIGNATURE, .text = "gAAA.B", .id = "rs_7" }, "gAAA.B", NULL, "rs_7" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows) * 2; i++)
    {
      PurserWriterOptions options = { .id = "resp_1", .stream = i % 2, .origin = rows[i / 2].origin };
      Written written = { g_string_new (NULL), G_MAXSIZE };
      PurserWriter *writer =
          purser_writer_new (purser_dialect_get ("openai-responses"), &options, written_cb, &written);
      PurserEvent event = rows[i / 2].event;
      event.length = strlen (event.text);
      purser_writer_add (writer, &(PurserEvent) { .type = PURSER_EVENT_THINKING, .text = "Hm", .length = 2 });
      purser_writer_add (writer, &event);
      purser_writer_add (writer, &(PurserEvent) { .type = PURSER_EVENT_TEXT, .text = "So", .length = 2 });
      purser_writer_add (writer, &(PurserEvent) { .type = PURSER_EVENT_FINISH, .finish = PURSER_FINISH_DONE });
      purser_writer_add (writer, &(PurserEvent) { .type = PURSER_EVENT_END });
      const char *begin =
          i % 2 ? strstr (written.bytes->str + written.terminal_from, "data: ") + 6 : written.bytes->str;
      g_autoptr(JsonNode) read = purser_json_parse (begin, -1, NULL);
      JsonObject *reply =
          i % 2 ? purser_json_member (purser_json_object (read), "response") : purser_json_object (read);
      g_autoptr(JsonNode) body = json_node_new (JSON_NODE_OBJECT);
      json_node_take_object (body, json_object_new ());
      json_object_set_member (json_node_get_object (body), "input", json_node_ref (purser_json_node (reply, "output")));
      g_autoptr(PurserChat) chat = decode (body);
      const PurserMessage *message = g_ptr_array_index (chat->messages, 0);
      const PurserPart *first = g_ptr_array_index (message->parts, 0);
      const PurserPart *last = g_ptr_array_index (message->parts, message->parts->len - 2);
      g_assert_cmpstr (first->text, ==, "Hm");
      g_assert_cmpstr (last->dialect, ==, rows[i / 2].origin);
      g_assert_cmpstr (last->signature, ==, rows[i / 2].signature);
      g_assert_cmpstr (last->data, ==, rows[i / 2].data);
      if (!options.stream || !g_str_equal (rows[i / 2].origin, "openai-responses")) /* its items are named before */
        g_assert_cmpstr (last->id, ==, rows[i / 2].id);
      purser_writer_free (writer);
      g_string_free (written.bytes, TRUE);
    }
}

/* What the usage says beside the counts that EXPECT.json and the transcripts look at. */
static void
test_usage (void)
{
  static const char whole[] = "{\"id\":\"resp_1\",\"status\":\"completed\",\"output\":[],\"service_tier\":\"%s\","
                              "\"tool_usage\":{\"web_search\":{\"num_requests\":2}},"
                              "\"usage\":{\"input_tokens\":30,\"input_tokens_details\":{\"cached_tokens\":10,\"cache_"
                              "write_tokens\":15},\"output_tokens\":3,"
                              "\"output_tokens_details\":{\"reasoning_tokens\":2}}}";
  static const struct
  {
    const char *said, *kept;
  } tiers[] = { { "flex", "flex" }, { "auto", "" }, { "a tier of a very long name", "" } };
  for (gsize i = 0; i < G_N_ELEMENTS (tiers); i++)
    {
      g_autofree char *body = g_strdup_printf (whole, tiers[i].said);
      g_autoptr(PurserReply) reply = purser_reply_new ();
      g_autoptr(PurserReader) reader =
          purser_reader_new (purser_dialect_get ("openai-responses"), FALSE, NULL, reply_cb, reply);
      purser_reader_feed (reader, body, strlen (body));
      purser_reader_end (reader);
      g_assert_cmpstr (reply->usage->tier, ==, tiers[i].kept);
      g_assert_cmpint (reply->usage->server_tool_requests, ==, 2);
      g_assert_cmpint (reply->usage->cache_write_other, ==, 15);
      g_assert_cmpint (reply->usage->cache_write_5m, ==, 0);
      g_assert_cmpint (reply->usage->reasoning, ==, 2);
      g_assert_cmpint (purser_json_int (purser_json_object (reply->usage->raw), "input_tokens", 0), ==, 30);
    }
}

/* --- Recorded replies --- */

static PurserReply *
read_reply (const char *dialect, const char *body, gsize length, gboolean streamed, PurserWriter *writer)
{
  PurserReply *reply = purser_reply_new ();
  g_autoptr(PurserReader) first = purser_reader_new (purser_dialect_get (dialect), streamed, NULL, reply_cb, reply);
  purser_reader_feed (first, body, length);
  purser_reader_end (first);
  if (writer == NULL)
    return reply;
  g_autoptr(PurserReader) second = purser_reader_new (purser_dialect_get (dialect), streamed, NULL, add_cb, writer);
  purser_reader_feed (second, body, length);
  purser_reader_end (second);
  return reply;
}

static const PurserReplyChoice *
choice_of (const PurserReply *reply)
{
  return reply->choices->len > 0 ? g_ptr_array_index (reply->choices, 0) : NULL;
}

static void
assert_same_calls (const PurserReplyChoice *a, const PurserReplyChoice *b)
{
  g_assert_cmpuint (a->tools->len, ==, b->tools->len);
  for (guint i = 0; i < a->tools->len; i++)
    {
      const PurserReplyTool *x = g_ptr_array_index (a->tools, i), *y = g_ptr_array_index (b->tools, i);
      g_assert_cmpstr (x->name, ==, y->name);
      g_assert_cmpint (x->custom, ==, y->custom);
      if (x->id != NULL)
        g_assert_cmpstr (x->id, ==, y->id);
      g_assert_cmpstr (x->arguments->len > 0 ? x->arguments->str : "{}", ==, y->arguments->str);
    }
}

static void
assert_same_reply (const char *name, const PurserReply *came, const PurserReply *went)
{
  const PurserReplyChoice *a = choice_of (came), *b = choice_of (went);
  g_test_message ("%s", name);
  g_assert_cmpint (came->fault != NULL, ==, went->fault != NULL);
  if (came->fault != NULL)
    return;
  g_assert_cmpstr (a->text->str, ==, b->text->str);
  g_assert_cmpstr (a->thinking->str, ==, b->thinking->str);
  g_assert_cmpstr (a->refusal->str, ==, b->refusal->str);
  assert_same_calls (a, b);
  if (came->usage != NULL && came->usage->input_total >= 0)
    {
      g_assert_cmpint (came->usage->input_total, ==, went->usage->input_total);
      g_assert_cmpint (came->usage->output, ==, went->usage->output);
      g_assert_cmpint (MAX (came->usage->cache_read, 0), ==, went->usage->cache_read);
      g_assert_cmpint (MAX (purser_usage_cache_write (came->usage), 0), ==, purser_usage_cache_write (went->usage));
    }
}

static void
check_exchange (const char *name, const char *dialect, const char *body, gsize length, gboolean asked, gboolean stream)
{
  PurserWriterOptions options = { .created = 1767323045, .stream = stream, .origin = dialect };
  Written written = { g_string_new (NULL), G_MAXSIZE };
  g_autoptr(PurserWriter) writer =
      purser_writer_new (purser_dialect_get ("openai-responses"), &options, written_cb, &written);
  g_autoptr(PurserReply) came = read_reply (dialect, body, length, asked, writer);
  if (stream)
    {
      g_autoptr(JsonArray) frames = frames_of (written.bytes->str);
      assert_sound (frames, came->fault != NULL);
    }
  if (stream || came->fault == NULL)
    {
      g_autoptr(PurserReply) went =
          read_reply ("openai-responses", written.bytes->str, written.bytes->len, stream, NULL);
      assert_same_reply (name, came, went);
    }
  g_string_free (written.bytes, TRUE);
}

static gboolean
check_recorded (const char *name, JsonObject *exchange)
{
  static const struct
  {
    const char *provider, *api, *dialect;
  } rows[] = {
    { "anthropic", "messages", "anthropic" }, { "ollama", "chat", "ollama" },       { "", "v1-chat", "openai-chat" },
    { "", "responses", "openai-responses" },  { "bedrock", "converse", "bedrock" }, { "", "chat", "openai-chat" },
  };
  JsonObject *response = purser_json_member (exchange, "response"), *request = purser_json_member (exchange, "request");
  const char *body = purser_json_string (response, "body"), *api = purser_json_string (exchange, "api");
  if (purser_json_int (response, "status", 200) >= 400 || body == NULL)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if ((*rows[i].provider != 0 && g_strcmp0 (rows[i].provider, purser_json_string (exchange, "provider")) != 0)
          || g_strcmp0 (rows[i].api, api) != 0)
        continue;
      gboolean asked =
          purser_json_boolean (purser_json_member (request, "body"), "stream", g_str_has_prefix (body, "event"));
      check_exchange (name, rows[i].dialect, body, strlen (body), asked, TRUE);
      check_exchange (name, rows[i].dialect, body, strlen (body), asked, FALSE);
      return TRUE;
    }
  return FALSE;
}

static void
test_recorded (void)
{
  const char *folder = g_getenv ("PURSER_RECORDED");
  g_autofree char *expect = folder != NULL ? g_build_filename (folder, "EXPECT.json", NULL) : NULL;
  guint count = 0;
  if (expect == NULL || !g_file_test (expect, G_FILE_TEST_IS_REGULAR))
    {
      g_test_skip ("PURSER_RECORDED names no folder of recorded exchanges");
      return;
    }
  g_autoptr(JsonNode) all = load (expect);
  g_autoptr(GList) names = json_object_get_members (json_node_get_object (all));
  for (GList *l = names; l != NULL; l = l->next)
    {
      g_autofree char *path = g_build_filename (folder, l->data, NULL);
      g_autoptr(JsonNode) exchange = load (path);
      count += check_recorded (l->data, json_node_get_object (exchange));
    }
  g_test_message ("%u replies written as Responses and read again", count);
  g_assert_cmpuint (count, >=, 100);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/write/openai-responses/cases", test_cases);
  g_test_add_func ("/wire/write/openai-responses/error", test_error);
  g_test_add_func ("/wire/write/openai-responses/ping", test_ping);
  g_test_add_func ("/wire/write/openai-responses/carried", test_carried);
  g_test_add_func ("/wire/write/openai-responses/usage", test_usage);
  g_test_add_func ("/wire/write/openai-responses/recorded", test_recorded);
  return g_test_run ();
}
