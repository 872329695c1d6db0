/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replies as Ollama's clients get them: against the written-down cases of write/ollama.json (events, and the lines they
 * make), and every recorded reply read and written again (PURSER_RECORDED), equal but for what reencode/ollama.json
 * names. */
#include <string.h>

#include "events-json.h"
#include "purser-ollama.h"

typedef struct
{
  GString *bytes;
  guint pieces, terminal_from;
} Written; /* terminal_from: the first piece that is; 0 none */

static void
written_cb (const char *bytes, gsize length, gboolean terminal, gpointer data)
{
  Written *written = data;
  g_string_append_len (written->bytes, bytes, length);
  written->pieces++;
  if (terminal && written->terminal_from == 0)
    written->terminal_from = written->pieces;
  g_assert_true (terminal == (written->terminal_from != 0)); /* it stays so */
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

/* Each line's JSON; a whole reply is one. */
static JsonArray *
lines_of (const GString *bytes)
{
  JsonArray *lines = json_array_new ();
  g_auto(GStrv) split = g_strsplit (bytes->str, "\n", -1);
  for (guint i = 0; split[i] != NULL; i++)
    if (*split[i] != 0)
      {
        g_autoptr(GError) error = NULL;
        json_array_add_element (lines, purser_json_parse (split[i], -1, &error));
        g_assert_no_error (error);
      }
  return lines;
}

static void
assert_lines (const char *name, JsonArray *is, JsonArray *should)
{
  g_autoptr(JsonNode) a = json_node_init_array (json_node_alloc (), is),
                       b = json_node_init_array (json_node_alloc (), should);
  if (purser_json_equal (a, b))
    return;
  g_autofree char *first = purser_json_to_string (a, TRUE), *second = purser_json_to_string (b, TRUE);
  g_error ("%s:\n  is      %s\n  expects %s", name, first, second);
}

static void
check_row (JsonObject *row)
{
  const char *dialect = purser_json_string (row, "dialect"), *name = purser_json_string (row, "name");
  gboolean stream = purser_json_boolean (row, "stream", FALSE);
  PurserWriterOptions options = { .id = purser_json_string (row, "id"),
                                  .model = purser_json_string (row, "model"),
                                  .created = 1767323045,
                                  .stream = stream,
                                  .origin = purser_json_string (row, "origin") };
  Written written = { g_string_new (NULL), 0, 0 };
  JsonArray *events = purser_json_array (row, "events"), *expected = purser_json_array (row, "lines");
  g_autoptr(PurserWriter) writer =
      purser_writer_new (purser_dialect_get (dialect ? dialect : "ollama"), &options, written_cb, &written);
  g_assert_cmpstr (purser_writer_content_type (writer), ==, stream ? "application/x-ndjson" : "application/json");
  for (guint i = 0; i < json_array_get_length (events); i++)
    events_json_tell (json_array_get_object_element (events, i), add_cb, writer);
  g_autoptr(JsonArray) lines = lines_of (written.bytes);
  const PurserFault *fault = purser_writer_fault (writer); /* instead of a whole reply */
  g_assert_cmpstr (fault != NULL ? fault->message : NULL, ==, purser_json_string (row, "fault"));
  assert_lines (name, lines, expected);
  g_assert_cmpuint (written.terminal_from, ==,
                    json_array_get_length (expected)); /* the last line and nothing before it */
  g_string_free (written.bytes, TRUE);
}

static void
test_cases (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "wire", "write", "ollama.json", NULL);
  g_autoptr(JsonNode) root = load (path);
  JsonArray *rows = json_node_get_array (root);
  for (guint i = 0; i < json_array_get_length (rows); i++)
    check_row (json_array_get_object_element (rows, i));
  g_assert_cmpuint (json_array_get_length (rows), >=, 18);
}

static void
test_error (void)
{
  static const char *const dialects[] = { "ollama", "ollama-generate" };
  for (gsize i = 0; i < G_N_ELEMENTS (dialects); i++)
    {
      g_autoptr(PurserFault) fault = purser_fault_new (PURSER_FAULT_RATE, 429, "Slow down."),
                              silent = purser_fault_new (PURSER_FAULT_SERVER, 500, NULL);
      g_autoptr(PurserErrorReply) reply =
          purser_dialect_write_error (purser_dialect_get (dialects[i]), fault, "req_1");
      g_autoptr(PurserErrorReply) other = purser_dialect_write_error (purser_dialect_get (dialects[i]), silent, NULL);
      g_autofree char *text = g_strndup (g_bytes_get_data (reply->body, NULL), g_bytes_get_size (reply->body));
      g_assert_cmpint (reply->status, ==, 429);
      g_assert_cmpstr (text, ==, "{\"error\":\"Slow down.\"}");
      g_assert_cmpuint (g_bytes_get_size (other->body), >, strlen ("{\"error\":\"\"}")); /* never without words */
    }
}

/* A ping is a line like the others, and commits to nothing. */
static void
test_ping (void)
{
  static const struct
  {
    const char *dialect, *written;
  } pings[] = {
    { "ollama", "{\"model\":\"\",\"created_at\":\"1970-01-01T00:00:00Z\",\"message\":{\"role\":\"assistant\","
                "\"content\":\"\"},\"done\":false}\n" },
    { "ollama-generate",
      "{\"model\":\"\",\"created_at\":\"1970-01-01T00:00:00Z\",\"response\":\"\",\"done\":false}\n" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (pings); i++)
    {
      PurserWriterOptions options = { .stream = TRUE };
      Written written = { g_string_new (NULL), 0, 0 };
      g_autoptr(PurserWriter) writer =
          purser_writer_new (purser_dialect_get (pings[i].dialect), &options, written_cb, &written);
      purser_writer_ping (writer);
      g_assert_cmpstr (written.bytes->str, ==, pings[i].written);
      g_assert_cmpuint (written.terminal_from, ==, 0);
      purser_writer_add (writer, &(PurserEvent) { .type = PURSER_EVENT_END });
      purser_writer_ping (writer);
      g_assert_cmpuint (written.pieces, ==, 2); /* none after the end */
      g_string_free (written.bytes, TRUE);
    }
}

static void
test_tool_names (void)
{
  g_autoptr(PurserChat) chat = purser_chat_new_text (NULL, "x");
  PurserTool *tool = g_new0 (PurserTool, 1);
  tool->name = g_strdup ("files.read");
  g_ptr_array_add (chat->tools, tool);
  g_autofree char *wire = purser_tool_name_fit (tool->name, 64);
  PurserWriterOptions options = { .stream = TRUE, .origin = "anthropic", .chat = chat };
  Written written = { g_string_new (NULL), 0, 0 };
  g_autoptr(PurserWriter) writer = purser_writer_new (purser_dialect_get ("ollama"), &options, written_cb, &written);
  purser_writer_add (writer, &(PurserEvent) { .type = PURSER_EVENT_TOOL_START, .id = "t", .name = wire });
  purser_writer_add (writer, &(PurserEvent) { .type = PURSER_EVENT_TOOL_END });
  g_assert_nonnull (strstr (written.bytes->str, "\"name\":\"files.read\""));
  g_string_free (written.bytes, TRUE);
}

/* --- Recorded replies --- */

static void
forget_index (JsonObject *line)
{
  JsonArray *calls = purser_json_array (purser_json_member (line, "message"), "tool_calls");
  for (guint i = 0; calls != NULL && i < json_array_get_length (calls); i++)
    {
      JsonObject *function = purser_json_member (json_array_get_object_element (calls, i), "function");
      if (json_object_has_member (function, "index"))
        json_object_remove_member (function, "index");
    }
}

/* The text that an end carries, as a line of its own before it. */
static void
split_end (JsonArray *lines, JsonObject *line)
{
  JsonObject *holder = purser_json_member (line, "message") != NULL ? purser_json_member (line, "message") : line;
  const char *member = holder == line ? "response" : "content", *text = purser_json_string (holder, member);
  if (!purser_json_boolean (line, "done", FALSE) || text == NULL || *text == 0)
    return;
  JsonObject *before = json_object_new (), *message = json_object_new ();
  json_object_set_string_member (before, "model", purser_json_string (line, "model"));
  json_object_set_string_member (holder == line ? before : message, member, text);
  if (holder != line)
    {
      json_object_set_string_member (message, "role", "assistant");
      json_object_set_object_member (before, "message", json_object_ref (message));
    }
  json_object_unref (message);
  json_object_set_boolean_member (before, "done", FALSE);
  json_array_add_object_element (lines, before);
  json_object_set_string_member (holder, member, "");
}

/* A line of empty text and nothing else, in mid-stream. */
static gboolean
is_idle (JsonObject *line)
{
  JsonObject *message = purser_json_member (line, "message");
  const char *text = purser_json_string (message != NULL ? message : line, message != NULL ? "content" : "response");
  guint members = message != NULL ? json_object_get_size (message) - 2 : json_object_get_size (line) - 3;
  return !purser_json_boolean (line, "done", FALSE) && g_strcmp0 (text, "") == 0 && members == 0;
}

/* What reencode/ollama.json says of both sides. */
static JsonArray *
normal (const GString *bytes, JsonArray *ignored, gboolean stream)
{
  g_autoptr(JsonArray) lines = lines_of (bytes);
  JsonArray *normalised = json_array_new ();
  for (guint i = 0; i < json_array_get_length (lines); i++)
    {
      JsonObject *line = json_array_get_object_element (lines, i);
      for (guint j = 0; j < json_array_get_length (ignored); j++)
        {
          const char *path = purser_json_string (json_array_get_object_element (ignored, j), "path");
          if (json_object_has_member (line, path))
            json_object_remove_member (line, path);
        }
      forget_index (line);
      if (stream)
        split_end (normalised, line);
      if (!is_idle (line))
        json_array_add_object_element (normalised, json_object_ref (line));
    }
  return normalised;
}

static gboolean
check_recorded (const char *name, JsonObject *exchange, JsonArray *ignored)
{
  const char *api = purser_json_string (exchange, "api"),
             *body = purser_json_string (purser_json_member (exchange, "response"), "body");
  gboolean generate = g_strcmp0 (api, "generate") == 0;
  JsonObject *request = purser_json_member (purser_json_member (exchange, "request"), "body");
  if (!generate && g_strcmp0 (api, "chat") != 0)
    return FALSE;
  PurserWriterOptions options = { .stream = purser_json_boolean (request, "stream", TRUE), .origin = "ollama" };
  Written written = { g_string_new (NULL), 0, 0 };
  g_autoptr(PurserWriter) writer =
      purser_writer_new (purser_dialect_get (generate ? "ollama-generate" : "ollama"), &options, written_cb, &written);
  g_autoptr(PurserReader) reader =
      purser_reader_new (purser_dialect_get ("ollama"), options.stream, NULL, add_cb, writer);
  purser_reader_feed (reader, body, strlen (body));
  purser_reader_end (reader);
  g_autoptr(GString) came = g_string_new (body);
  g_autoptr(JsonArray) is = normal (written.bytes, ignored, options.stream),
                        should = normal (came, ignored, options.stream);
  assert_lines (name, is, should);
  g_assert_cmpuint (written.terminal_from, ==, written.pieces);
  g_string_free (written.bytes, TRUE);
  return TRUE;
}

static void
test_recorded (void)
{
  const char *folder = g_getenv ("PURSER_RECORDED"), *name;
  g_autofree char *path = folder != NULL ? g_build_filename (folder, "ollama", NULL) : NULL;
  g_autofree char *rules = g_test_build_filename (G_TEST_DIST, "wire", "reencode", "ollama.json", NULL);
  g_autoptr(GDir) files = path != NULL ? g_dir_open (path, 0, NULL) : NULL;
  g_autoptr(JsonNode) root = load (rules);
  guint replies = 0;
  if (files == NULL)
    {
      g_test_skip ("PURSER_RECORDED names no folder of recorded exchanges");
      return;
    }
  while ((name = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);
      g_autoptr(JsonNode) exchange = load (file);
      replies += check_recorded (name, json_node_get_object (exchange),
                                 purser_json_array (json_node_get_object (root), "ignore"));
    }
  g_test_message ("%u replies written as they came", replies);
  g_assert_cmpuint (replies, >=, 8);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/write-ollama/cases", test_cases);
  g_test_add_func ("/wire/write-ollama/error", test_error);
  g_test_add_func ("/wire/write-ollama/ping", test_ping);
  g_test_add_func ("/wire/write-ollama/tool-names", test_tool_names);
  g_test_add_func ("/wire/write-ollama/recorded", test_recorded);
  return g_test_run ();
}
