/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replies as Anthropic's clients get them: the written-down cases of write/anthropic.json (events, and the frames or the
 * body they make), and our own transcripts and the recorded streams (PURSER_RECORDED) read and written again. */
#include <string.h>

#include "anthropic-frames.h"
#include "events-json.h"

typedef struct
{
  GString *bytes;
  gsize first_terminal; /* bytes before the first that tell the end */
  gboolean terminal;
} Written;

static void
written_cb (const char *bytes, gsize length, gboolean terminal, gpointer data)
{
  Written *written = data;
  if (terminal && !written->terminal)
    written->first_terminal = written->bytes->len;
  g_assert_true (terminal || !written->terminal); /* it stays so */
  written->terminal = terminal;
  g_string_append_len (written->bytes, bytes, length);
}

static void
add_cb (const PurserEvent *event, gpointer writer)
{
  purser_writer_add (writer, event);
}

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

/* "*" stands for an id that is made up. */
static void
hide_made_ids (JsonNode *is, JsonNode *should)
{
  if (JSON_NODE_HOLDS_ARRAY (is) && JSON_NODE_HOLDS_ARRAY (should))
    {
      JsonArray *a = json_node_get_array (is), *b = json_node_get_array (should);
      for (guint i = 0; i < MIN (json_array_get_length (a), json_array_get_length (b)); i++)
        hide_made_ids (json_array_get_element (a, i), json_array_get_element (b, i));
    }
  JsonObject *a = purser_json_object (is), *b = purser_json_object (should);
  g_autoptr(GList) members = a != NULL && b != NULL ? json_object_get_members (b) : NULL;
  for (GList *l = members; l != NULL; l = l->next)
    if (json_object_has_member (a, l->data))
      hide_made_ids (json_object_get_member (a, l->data), json_object_get_member (b, l->data));
  const char *id = purser_json_string (a, "id");
  if (id == NULL || g_strcmp0 (purser_json_string (b, "id"), "*") != 0)
    return;
  g_assert_true (g_str_has_prefix (id, "toolu_"));
  g_assert_cmpuint (strspn (id, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-"), ==, strlen (id));
  json_object_set_string_member (a, "id", "*");
}

static void
assert_equal (const char *name, JsonNode *is, JsonNode *should)
{
  hide_made_ids (is, should);
  if (purser_json_equal (is, should))
    return;
  g_autofree char *a = purser_json_to_string (is, FALSE), *b = purser_json_to_string (should, FALSE);
  g_error ("%s:\n  is      %s\n  expects %s", name, a, b);
}

/* The end may be told by message_delta, message_stop or an error, and by nothing before. */
static void
assert_terminal (const char *name, const Written *written)
{
  static const char *const ends[] = { "event: message_delta\n", "event: error\n" };
  gsize first = written->bytes->len;
  for (gsize i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      const char *at = strstr (written->bytes->str, ends[i]);
      if (at != NULL)
        first = MIN (first, (gsize) (at - written->bytes->str));
    }
  if (!written->terminal || written->first_terminal != first)
    g_error ("%s: what tells the end begins at %zu, but is marked from %zu", name, first, written->first_terminal);
}

static void
check_written (const char *name, const Written *written, gboolean stream, JsonNode *expected)
{
  if (JSON_NODE_HOLDS_NULL (expected))
    {
      g_assert_cmpstr (written->bytes->str, ==, "");
      return;
    }
  g_autoptr(JsonNode) is = NULL;
  if (stream)
    {
      is = json_node_new (JSON_NODE_ARRAY);
      json_node_take_array (is, anthropic_frames (written->bytes->str));
      g_assert_true (anthropic_frames_legal (json_node_get_array (is)));
      assert_terminal (name, written);
    }
  else
    {
      g_autoptr(GError) error = NULL;
      is = purser_json_parse (written->bytes->str, written->bytes->len, &error);
      g_assert_no_error (error);
      g_assert_true (written->terminal && written->first_terminal == 0);
    }
  assert_equal (name, is, expected);
}

/* Events that only this dialect has, and a usage's terms, beside what events-json.h knows. */
static void
tell (JsonObject *object, PurserWriter *writer)
{
  JsonObject *usage = purser_json_member (object, "usage");
  const char *name = purser_json_string (object, "name");
  if (json_object_has_member (object, "block_delta"))
    purser_writer_add (writer, &(PurserEvent) { .type = PURSER_EVENT_BLOCK_DELTA,
                                                .json = purser_json_node (object, "block_delta") });
  else if (purser_json_string (usage, "tier") != NULL)
    {
      g_autoptr(PurserUsage) read = purser_usage_new ();
      events_json_usage (read, usage);
      g_strlcpy (read->tier, purser_json_string (usage, "tier"), sizeof read->tier);
      g_strlcpy (read->region, purser_json_string (usage, "region"), sizeof read->region);
      purser_writer_add (writer, &(PurserEvent) { .type = PURSER_EVENT_USAGE, .usage = read });
    }
  else if (json_object_has_member (object, "error") && json_object_has_member (object, "json"))
    {
      g_autoptr(PurserFault) fault =
          purser_fault_new (PURSER_FAULT_OVERLOADED, 529, purser_json_string (object, "error"));
      purser_writer_add (writer, &(PurserEvent) { .type = PURSER_EVENT_ERROR,
                                                  .fault = fault,
                                                  .json = purser_json_node (object, "json") });
    }
  else if (g_strcmp0 (name, "@fit") == 0) /* as a provider with shorter names calls it */
    {
      g_autofree char *fitted = purser_tool_name_fit ("mcp.server/tool", 64);
      purser_writer_add (writer, &(PurserEvent) { .type = PURSER_EVENT_TOOL_START,
                                                  .id = purser_json_string (object, "id"),
                                                  .name = fitted });
    }
  else
    events_json_tell (object, add_cb, writer);
}

static PurserChat *
make_chat (JsonArray *tools)
{
  PurserChat *chat = purser_chat_new_text (NULL, "x");
  for (guint i = 0; tools != NULL && i < json_array_get_length (tools); i++)
    {
      PurserTool *tool = g_new0 (PurserTool, 1);
      tool->name = g_strdup (json_array_get_string_element (tools, i));
      g_ptr_array_add (chat->tools, tool);
    }
  return chat;
}

static void
check_row (JsonObject *row)
{
  gboolean stream = purser_json_boolean (row, "stream", FALSE);
  g_autoptr(PurserChat) chat = make_chat (purser_json_array (row, "tools"));
  PurserWriterOptions options = { .id = purser_json_string (row, "id"),
                                  .model = purser_json_string (row, "model"),
                                  .stream = stream,
                                  .origin = purser_json_string (row, "origin"),
                                  .chat = chat };
  Written written = { g_string_new (NULL), 0, FALSE };
  JsonArray *events = purser_json_array (row, "events");
  PurserWriter *writer = purser_writer_new (purser_dialect_get ("anthropic"), &options, written_cb, &written);
  g_assert_cmpstr (purser_writer_content_type (writer), ==, stream ? "text/event-stream" : "application/json");
  for (guint i = 0; i < json_array_get_length (events); i++)
    tell (json_array_get_object_element (events, i), writer);
  check_written (purser_json_string (row, "name"), &written, stream, json_object_get_member (row, "expect"));
  purser_writer_free (writer);
  g_string_free (written.bytes, TRUE);
}

static void
test_cases (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "wire", "write", "anthropic.json", NULL);
  g_autoptr(JsonNode) root = load (path);
  JsonArray *rows = json_node_get_array (root);
  for (guint i = 0; i < json_array_get_length (rows); i++)
    check_row (json_array_get_object_element (rows, i));
  g_assert_cmpuint (json_array_get_length (rows), >=, 35);
}

static void
test_ping (void)
{
  PurserWriterOptions options = { .stream = TRUE, .origin = "ollama" };
  Written written = { g_string_new (NULL), 0, FALSE };
  PurserWriter *writer = purser_writer_new (purser_dialect_get ("anthropic"), &options, written_cb, &written);
  purser_writer_ping (writer);
  g_assert_cmpstr (written.bytes->str, ==, "event: ping\ndata: {\"type\":\"ping\"}\n\n");
  g_assert_false (written.terminal);
  purser_writer_free (writer);
  g_string_free (written.bytes, TRUE);
}

static void
test_error (void)
{
  g_autoptr(PurserFault) fault = purser_fault_new (PURSER_FAULT_OVERLOADED, 529, "Overloaded");
  g_autoptr(PurserErrorReply) reply = purser_dialect_write_error (purser_dialect_get ("anthropic"), fault, "call_7");
  g_autofree char *text = g_strndup (g_bytes_get_data (reply->body, NULL), g_bytes_get_size (reply->body));
  g_assert_cmpint (reply->status, ==, 529);
  g_assert_cmpstr (text, ==,
                   "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"},"
                   "\"request_id\":\"call_7\"}");
}

/* What a caller gets wrapped comes back to its provider byte for byte, and to nobody else. */
static void
test_carried (void)
{
  PurserWriterOptions options = { .origin = "openai-responses" };
  Written written = { g_string_new (NULL), 0, FALSE };
  PurserWriter *writer = purser_writer_new (purser_dialect_get ("anthropic"), &options, written_cb, &written);
  purser_writer_add (writer,
                     &(PurserEvent) { .type = PURSER_EVENT_SIGNATURE, .id = "rs_1", .text = "gAAA.x=", .length = 7 });
  purser_writer_add (writer, &(PurserEvent) { .type = PURSER_EVENT_REDACTED, .text = "eXl5", .length = 4 });
  purser_writer_add (writer, &(PurserEvent) { .type = PURSER_EVENT_END });
  purser_writer_free (writer);
  g_autoptr(JsonNode) reply = purser_json_parse (written.bytes->str, written.bytes->len, NULL);
  g_autofree char *content = purser_json_to_string (purser_json_node (json_node_get_object (reply), "content"), FALSE);
  char *body = g_strdup_printf ("{\"model\":\"m\",\"max_tokens\":9,\"messages\":[{\"role\":\"user\",\"content\":\"x\"},"
                                "{\"role\":\"assistant\",\"content\":%s}]}",
                                content);
  g_autoptr(GBytes) bytes = g_bytes_new_take (body, strlen (body));
  g_autoptr(PurserChat) chat = purser_dialect_decode_request (purser_dialect_get ("anthropic"), bytes, NULL);
  const GPtrArray *parts = ((const PurserMessage *) g_ptr_array_index (chat->messages, 1))->parts;
  const PurserPart *signed_ = g_ptr_array_index (parts, 0), *redacted = g_ptr_array_index (parts, 1);
  g_assert_cmpstr (signed_->signature, ==, "gAAA.x=");
  g_assert_cmpstr (signed_->id, ==, "rs_1");
  g_assert_cmpstr (signed_->dialect, ==, "openai-responses");
  g_assert_cmpstr (redacted->data, ==, "eXl5");
  g_assert_cmpstr (redacted->dialect, ==, "openai-responses");
  PurserEncodeOptions encode = { .model = "claude-opus-5", .default_max_tokens = -1 };
  g_autoptr(GBytes) sent = purser_dialect_encode_request (purser_dialect_get ("anthropic"), chat, &encode, NULL);
  g_assert_null (g_strstr_len (g_bytes_get_data (sent, NULL), g_bytes_get_size (sent), "eXl5"));
  g_string_free (written.bytes, TRUE);
}

/* --- Streams read and written again --- */

/* What is null or empty says nothing. */
static gboolean
is_empty (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_object_get_size (json_node_get_object (node)) == 0;
  if (JSON_NODE_HOLDS_ARRAY (node))
    return json_array_get_length (json_node_get_array (node)) == 0;
  return JSON_NODE_HOLDS_NULL (node) || g_strcmp0 (json_node_get_string (node), "") == 0;
}

static void
strip (JsonNode *node)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  JsonObject *object = purser_json_object (node);
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    strip (json_array_get_element (array, i));
  g_autoptr(GList) members = object != NULL ? json_object_get_members (object) : NULL;
  for (GList *l = members; l != NULL; l = l->next)
    {
      strip (json_object_get_member (object, l->data));
      if (is_empty (json_object_get_member (object, l->data)))
        json_object_remove_member (object, l->data);
    }
}

/* The data of each event, but for pings. (transfer full) */
static JsonNode *
data_of (const char *bytes)
{
  JsonArray *array = json_array_new ();
  g_auto(GStrv) lines = g_strsplit_set (bytes, "\r\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autoptr(JsonNode) data =
          g_str_has_prefix (lines[i], "data:") ? purser_json_parse (lines[i] + 5, -1, NULL) : NULL;
      if (data != NULL && g_strcmp0 (purser_json_string (purser_json_object (data), "type"), "ping") != 0)
        json_array_add_element (array, g_steal_pointer (&data));
    }
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);
  json_node_take_array (node, array);
  strip (node);
  return node;
}

static void
read_and_write (const char *body, Written *written)
{
  PurserWriterOptions options = { .stream = TRUE, .origin = "anthropic" };
  g_autoptr(PurserWriter) writer = purser_writer_new (purser_dialect_get ("anthropic"), &options, written_cb, written);
  g_autoptr(PurserReader) reader = purser_reader_new (purser_dialect_get ("anthropic"), TRUE, NULL, add_cb, writer);
  purser_reader_feed (reader, body, strlen (body));
  purser_reader_end (reader);
}

/* EQUAL: the stream kept to Anthropic's habits, so it comes out as it was; any other at least comes out legal. */
static void
check_again (const char *name, const char *body, gboolean equal)
{
  Written written = { g_string_new (NULL), 0, FALSE };
  read_and_write (body, &written);
  g_autoptr(JsonNode) before = data_of (body), after = data_of (written.bytes->str);
  g_autoptr(JsonArray) frames = anthropic_frames (written.bytes->str);
  g_assert_true (anthropic_frames_legal (frames));
  if (equal)
    assert_equal (name, after, before);
  g_string_free (written.bytes, TRUE);
}

static gboolean
is_whole_stream (const char *body)
{
  return body != NULL && strstr (body, "message_start") != NULL && strstr (body, "message_stop") != NULL;
}

static guint
check_file (const char *folder, const char *name, gboolean equal)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr(JsonNode) exchange = load (path);
  const char *body = purser_json_string (purser_json_member (json_node_get_object (exchange), "response"), "body");
  if (!is_whole_stream (body))
    return 0;
  check_again (name, body, equal);
  return 1;
}

/* Of our own transcripts some break Anthropic's habits: text in a block's start, blocks that interleave. */
static void
test_transcripts (void)
{
  static const struct
  {
    const char *name;
    gboolean equal;
  } rows[] = { { "text-streamed.json", TRUE },
               { "own-blocks-streamed.json", TRUE },
               { "tools-streamed.json", FALSE },
               { "interleaved.json", FALSE } };
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "transcripts", "anthropic", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpuint (check_file (folder, rows[i].name, rows[i].equal), ==, 1);
}

static void
usage_cb (const PurserEvent *event, gpointer data)
{
  PurserUsage **usage = data;
  if (event->type != PURSER_EVENT_USAGE)
    return;
  purser_usage_free (*usage);
  *usage = purser_usage_copy (event->usage);
}

/* What changes the price beside the counts; cache counts that come late and without their split. */
static void
test_usage (void)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "transcripts", "anthropic", "own-blocks-streamed.json", NULL);
  g_autoptr(JsonNode) exchange = load (path);
  const char *body = purser_json_string (purser_json_member (json_node_get_object (exchange), "response"), "body");
  g_autoptr(PurserUsage) usage = NULL;
  g_autoptr(PurserReader) reader = purser_reader_new (purser_dialect_get ("anthropic"), TRUE, NULL, usage_cb, &usage);
  purser_reader_feed (reader, body, strlen (body));
  g_assert_cmpstr (usage->tier, ==, "fast");
  g_assert_cmpstr (usage->region, ==, "us");
  g_assert_cmpint (usage->cache_write_other, ==, 7);
  g_assert_cmpint (usage->cache_write_5m, ==, 0);
  g_assert_cmpint (usage->server_tool_requests, ==, 1);
  g_assert_cmpint (usage->input_total, ==, 148);
}

static void
test_recorded (void)
{
  const char *recorded = g_getenv ("PURSER_RECORDED"), *name;
  g_autofree char *folder = recorded != NULL ? g_build_filename (recorded, "anthropic", NULL) : NULL;
  g_autoptr(GDir) files = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  guint count = 0;
  if (files == NULL)
    {
      g_test_skip ("PURSER_RECORDED names no folder of recorded exchanges");
      return;
    }
  while ((name = g_dir_read_name (files)) != NULL)
    count += check_file (folder, name, TRUE);
  g_test_message ("%u recorded streams are written again as they were", count);
  g_assert_cmpuint (count, >=, 15);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/write-anthropic/cases", test_cases);
  g_test_add_func ("/wire/write-anthropic/ping", test_ping);
  g_test_add_func ("/wire/write-anthropic/error", test_error);
  g_test_add_func ("/wire/write-anthropic/carried", test_carried);
  g_test_add_func ("/wire/write-anthropic/transcripts", test_transcripts);
  g_test_add_func ("/wire/write-anthropic/usage", test_usage);
  g_test_add_func ("/wire/write-anthropic/recorded", test_recorded);
  return g_test_run ();
}
