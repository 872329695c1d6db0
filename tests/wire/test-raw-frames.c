/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of a stream as they came: with the events that were in them, all of the bytes, and the same however these are
 * cut. The usual events are read without a tree: they say what the tree says. */
#include "raw-frames.h"

typedef struct { const char *name, *dialect, *body, *frames; } Case;

#define CHUNK(text) "data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" text "\"}}]}"

/* FRAMES: "|" between them, "" if there are none; "…" for what is left to the end. */
static const Case cases[] = {
  { "event", "openai-chat", CHUNK ("a") "\n\ndata: [DONE]\n\n", CHUNK ("a") "\n\n|data: [DONE]\n\n" },
  { "carriage returns stay with their line feeds", "openai-chat", CHUNK ("a") "\r\n\r\ndata: [DONE]\r\n\r\n",
    CHUNK ("a") "\r\n\r\n|data: [DONE]\r\n\r\n" },
  { "carriage returns alone", "openai-chat", CHUNK ("a") "\r\rdata: [DONE]\r\r", CHUNK ("a") "\r\r|data: [DONE]\r\r" },
  { "a comment goes with the next", "openai-chat", ": wait\n\n: wait\n\n" CHUNK ("a") "\n\n\n: so\ndata: [DONE]\n\n",
    ": wait\n\n: wait\n\n" CHUNK ("a") "\n\n|\n: so\ndata: [DONE]\n\n" },
  { "nothing after the end", "openai-chat", CHUNK ("a") "\n\ndata: [DONE]\n\n: over\n\n", CHUNK ("a") "\n\n|data: [DONE]\n\n" },
  { "no blank line at the end", "openai-chat", CHUNK ("a") "\n\ndata: [DONE]", CHUNK ("a") "\n\n|data: [DONE]" },
  { "an event without a word", "anthropic", "event: ping\ndata: {\"type\":\"ping\"}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
    "event: ping\ndata: {\"type\":\"ping\"}\n\n|event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n" },
  { "a failure is a frame too", "openai-chat", CHUNK ("a") "\n\ndata: {]\n\n" CHUNK ("b") "\n\n", CHUNK ("a") "\n\n|data: {]\n\n" },
  { "lines", "ollama", "{\"model\":\"m\",\"message\":{\"content\":\"a\"},\"done\":false}\r\n\n{\"model\":\"m\",\"message\":{\"content\":\"\"},\"done\":true}\n",
    "{\"model\":\"m\",\"message\":{\"content\":\"a\"},\"done\":false}\r\n|\n{\"model\":\"m\",\"message\":{\"content\":\"\"},\"done\":true}\n" },
  { "a document over several lines is none", "ollama", "{\n\"model\":\"m\",\n\"message\":{\"content\":\"a\"},\n\"done\":true}\n", "" },
  { "whole JSON in place of a stream", "openai-chat", "{\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}", "" },
};

static void
frame_cb (const char *bytes, gsize length, gpointer data)
{
  GString *frames = data;
  g_string_append_printf (frames, "%s%.*s", frames->len > 0 ? "|" : "", (int) length, bytes);
}

static void
no_event_cb (const PurserEvent *event, gpointer data)
{
}

static void
test_case (gconstpointer data)
{
  const Case *each = data;
  gsize length = strlen (each->body);
  for (gsize piece = 1; piece <= length; piece++)
    {
      g_autoptr(GString) frames = g_string_new (NULL);
      g_autoptr(PurserReader) reader = purser_reader_new (purser_dialect_get (each->dialect), TRUE, NULL, no_event_cb, frames);
      purser_reader_set_raw (reader, frame_cb);
      for (gsize at = 0; at < length; at += piece)
        purser_reader_feed (reader, each->body + at, MIN (piece, length - at));
      purser_reader_end (reader);
      g_assert_cmpstr (frames->str, ==, each->frames);
    }
}

/* A line that never ends is no frame to be kept until memory is full. */
static void
test_endless (void)
{
  RawLog raw = RAW_LOG_INIT;
  g_autoptr(PurserReader) reader = purser_reader_new (purser_dialect_get ("openai-chat"), TRUE, NULL, raw_log_event_cb, &raw);
  g_autofree char *piece = g_strnfill (1024 * 1024, 'x');
  guint fed = 0;
  purser_reader_set_raw (reader, raw_log_frame_cb);
  purser_reader_feed (reader, "data: ", 6);
  while (purser_reader_feed (reader, piece, 1024 * 1024) && fed < 100)
    fed++;
  g_assert_cmpuint (fed, <=, 17);
  g_assert_true (raw.failed);
  raw_log_clear (&raw);
}

/* --- Our own transcripts --- */

/* What follows a reply's own end mark is nobody's. */
static gboolean
is_nothing (const char *rest)
{
  return strspn (rest, " \r\n") == strlen (rest) || g_str_has_prefix (rest, "data: [DONE]");
}

static void
check_transcript (const char *dialect, const char *path)
{
  g_autofree char *text = NULL;
  gsize size;
  g_assert_true (g_file_get_contents (path, &text, &size, NULL));
  g_autoptr(JsonNode) root = purser_json_parse (text, size, NULL);
  JsonObject *response = purser_json_member (purser_json_object (root), "response");
  const char *body = purser_json_string (response, "body");
  const char *type = purser_json_string (purser_json_member (response, "headers"), "content-type");
  if (body == NULL)
    return;
  gsize length = strlen (body);
  for (int streamed = 0; streamed <= 1; streamed++)
    {
      for (gsize cut = 0; cut <= length; cut += 1 + length / 16)
        raw_log_check (dialect, streamed, type, body, length, cut, length);
      raw_log_check (dialect, streamed, type, body, length, 0, 1);
      RawLog raw = raw_log_read (dialect, streamed, type, body, length, 0, 1, FALSE);
      g_autofree char *without = event_log_read (dialect, streamed, type, body, length, length, 1);
      g_assert_cmpstr (raw.log->str, ==, without);
      if (raw.streamed && !raw.failed && !is_nothing (body + raw.bytes->len))
        g_error ("%s: not handed out: %s", path, body + raw.bytes->len);
      raw_log_clear (&raw);
    }
}

static void
test_transcripts (gconstpointer dialect)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "transcripts", dialect, NULL);
  g_autoptr(GDir) files = g_dir_open (folder, 0, NULL);
  const char *name;
  guint count = 0;
  while ((name = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      check_transcript (dialect, path);
      count++;
    }
  g_assert_cmpuint (count, >=, 11);
}

/* --- Events without a tree --- */

static const struct { const char *dialect, *before, *event; gboolean quick; } events[] = {
#define NAMED "data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\"}}],\"service_tier\":\"default\"}\n\n"
#define OWN(members) NAMED, "{" members "}"
  { "openai-chat", OWN ("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]"), TRUE },
  { "openai-chat", OWN ("\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]"), TRUE },
  { "openai-chat", OWN (" \"id\" : \"c\", \"object\":\"chat.completion.chunk\",\"created\":1790000000,\"model\":\"m\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_1\","
                        "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a \\\"b\\\" \\u00e4\\n\\ud83d\\ude00 \\/ ü\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":null}],"
                        "\"usage\":null,\"obfuscation\":\"xyz\" "), TRUE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"reasoning\":\"\",\"tool_calls\":null},\"finish_reason\":\"\"}]"), TRUE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":0,\"delta\":{}}]"), TRUE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":1,\"delta\":{\"content\":\"Hi\"}}]"), TRUE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":128,\"delta\":{\"content\":\"Hi\"}}]"), FALSE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":-1,\"delta\":{\"content\":\"Hi\"}}]"), FALSE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":0.0,\"delta\":{\"content\":\"Hi\"}}]"), FALSE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]"), TRUE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"sto\\u0070\"}]"), FALSE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\",\"usage\":{\"prompt_tokens\":1}}]"), FALSE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\",\"content\":\"Ho\"}}]"), FALSE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":0,\"delta\":{\"cont\\u0065nt\":\"Hi\"}}]"), FALSE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\\ud83d\"}}]"), FALSE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\\u0000\"}}]"), FALSE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\xff\"}}]"), FALSE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\tb\"}}]"), FALSE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\",\"reasoning_content\":\"b\"}}]"), FALSE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":0,\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"a\"}]}}]"), FALSE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}},{\"index\":1,\"delta\":{\"content\":\"b\"}}]"), FALSE },
  { "openai-chat", OWN ("\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}"), TRUE },
  { "openai-chat", OWN ("\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2,\"prompt_tokens_details\":{\"cached_tokens\":4,\"audio_tokens\":null}}"), TRUE },
  { "openai-chat", OWN ("\"choices\":[],\"usage\":{\"prompt_tokens\":1.0,\"completion_tokens\":2}"), FALSE },
  { "openai-chat", OWN ("\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"cost\":\"0.1\"}"), FALSE },
  { "openai-chat", OWN ("\"choices\":[],\"usage\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}"), FALSE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}"), TRUE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}],\"service_tier\":\"flex\""), TRUE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}],\"error\":\"no\""), FALSE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}],\"object\":\"error\""), FALSE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]") "x", FALSE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}],"), FALSE },
  { "openai-chat", OWN ("\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}"), FALSE },
  { "openai-chat", "", "{\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}", TRUE },
  { "openai-chat", "", "{\"id\":\"c\",\"model\":\"m\xc3\xa4\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}", FALSE },
#define TEXT_BLOCK "data: {\"type\":\"message_start\",\"message\":{\"id\":\"c\",\"model\":\"m\",\"usage\":{\"input_tokens\":1}}}\n\n" \
  "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
#define TOOL_BLOCK TEXT_BLOCK "data: {\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{}}}\n\n"
#define DELTA(index, members) "{\"type\":\"content_block_delta\",\"index\":" index ",\"delta\":{" members "}}"
  { "anthropic", TEXT_BLOCK, DELTA ("0", "\"type\":\"text_delta\",\"text\":\"Hi\""), TRUE },
  { "anthropic", TEXT_BLOCK, DELTA ("0", "\"type\":\"thinking_delta\",\"thinking\":\"Hm\""), TRUE },
  { "anthropic", TOOL_BLOCK, DELTA ("1", "\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"a\\\":\""), TRUE },
  { "anthropic", TOOL_BLOCK, DELTA ("0", "\"type\":\"input_json_delta\",\"partial_json\":\"{\""), FALSE },
  { "anthropic", TEXT_BLOCK, DELTA ("7", "\"type\":\"text_delta\",\"text\":\"Hi\""), TRUE },
  { "anthropic", TEXT_BLOCK, DELTA ("0", "\"type\":\"text_delta\",\"text\":\"\""), FALSE },
  { "anthropic", TEXT_BLOCK, DELTA ("0", "\"type\":\"text_delta\",\"text\":\"Hi\",\"more\":1"), FALSE },
  { "anthropic", TEXT_BLOCK, DELTA ("0", "\"type\":\"text_delta\",\"text\":\"Hi\",\"thinking\":\"Ho\""), FALSE },
  { "anthropic", TEXT_BLOCK, DELTA ("0", "\"type\":\"signature_delta\",\"signature\":\"abc\""), FALSE },
  { "anthropic", TEXT_BLOCK, "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"},\"delta\":{\"type\":\"text_delta\",\"text\":\"b\"}}", FALSE },
  { "anthropic", TEXT_BLOCK, "{\"type\":\"ping\"}", FALSE },
#define RESPONSE "data: {\"type\":\"response.created\",\"response\":{\"id\":\"r\",\"model\":\"m\"}}\n\n" \
  "data: {\"type\":\"response.output_item.added\",\"output_index\":0,\"item\":{\"id\":\"i\",\"type\":\"message\"}}\n\n" \
  "data: {\"type\":\"response.output_item.added\",\"output_index\":1,\"item\":{\"id\":\"f\",\"type\":\"function_call\",\"name\":\"g\",\"call_id\":\"c\"}}\n\n"
  { "openai-responses", RESPONSE, "{\"type\":\"response.output_text.delta\",\"sequence_number\":4,\"item_id\":\"i\",\"output_index\":0,\"content_index\":0,\"delta\":\"Hi\",\"logprobs\":[],\"obfuscation\":\"x\"}", TRUE },
  { "openai-responses", RESPONSE, "{\"type\":\"response.function_call_arguments.delta\",\"output_index\":1,\"delta\":\"{\\\"a\\\"\"}", TRUE },
  { "openai-responses", RESPONSE, "{\"type\":\"response.function_call_arguments.delta\",\"output_index\":0,\"delta\":\"{\"}", FALSE },
  { "openai-responses", RESPONSE, "{\"type\":\"response.output_text.delta\",\"output_index\":7,\"delta\":\"Hi\"}", FALSE },
  { "openai-responses", RESPONSE, "{\"type\":\"response.output_text.delta\",\"item_id\":\"i\",\"delta\":\"Hi\"}", FALSE },
  { "openai-responses", RESPONSE, "{\"type\":\"response.output_text.delta\",\"output_index\":0,\"delta\":\"Hi\",\"logprobs\":[{\"token\":\"Hi\"}]}", FALSE },
  { "openai-responses", RESPONSE, "{\"type\":\"response.output_text.delta\",\"output_index\":0,\"delta\":\"Hi\",\"delta\":\"Ho\"}", FALSE },
  { "openai-responses", RESPONSE, "{\"type\":\"response.output_text.done\",\"output_index\":0,\"text\":\"Hi\"}", FALSE },
#define LINE_ONE "{\"model\":\"m\",\"message\":{\"content\":\"a\"},\"done\":false}\n"
  { "ollama", LINE_ONE, "{\"model\":\"m\",\"created_at\":\"2026-11-23T00:00:00Z\",\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"done\":false}", TRUE },
  { "ollama", LINE_ONE, "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"done\":true}", FALSE },
  { "ollama", LINE_ONE, "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"Hi\",\"thinking\":\"Hm\"},\"done\":false}", FALSE },
  { "ollama", LINE_ONE, "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"Hi\",\"tool_calls\":[ ]},\"done\":false}", TRUE },
  { "ollama", LINE_ONE, "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"Hi\",\"tool_calls\":[1]},\"done\":false}", FALSE },
  { "ollama", LINE_ONE, "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"logprobs\":[],\"done\":false}", FALSE },
  { "ollama", LINE_ONE, "{\"error\":\"busy\"}", FALSE },
  { "ollama", LINE_ONE, "{\"model\":\"m\",\"response\":\"Hi\",\"done\":false}", FALSE },
  { "ollama", "", "{\"model\":\"m\",\"message\":{\"content\":\"a\"},\"done\":false}", FALSE },
};

/* The same events either way; and which are read without a tree is not left to chance. */
static void
test_quick (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (events); i++)
    {
      const PurserDialect *dialect = purser_dialect_get (events[i].dialect);
      gboolean lines = dialect->framing == PURSER_FRAMING_LINES;
      g_autofree char *body = g_strconcat (events[i].before, lines ? "" : "data: ", events[i].event, "\n", lines ? "" : "\n", NULL);
      RawLog raw = RAW_LOG_INIT;
      g_autoptr(PurserReader) reader = purser_reader_new (dialect, TRUE, NULL, raw_log_event_cb, &raw);
      raw_log_check (events[i].dialect, TRUE, NULL, body, strlen (body), 0, 1);
      purser_reader_feed (reader, events[i].before, strlen (events[i].before));
      if (dialect->read_quick (reader, purser_reader_state (reader), "", events[i].event, strlen (events[i].event)) != events[i].quick)
        g_error ("%s: %s without a tree: %s", events[i].dialect, events[i].quick ? "not read" : "read", events[i].event);
      raw_log_clear (&raw);
    }
}

/* --- Whole replies without a tree --- */

#define WHOLE(message, more) "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":" message "}]" more "}"
#define SAID(content) "{\"role\":\"assistant\",\"content\":" content ",\"refusal\":null,\"annotations\":[]},\"logprobs\":null,\"finish_reason\":\"stop\""
#define TOOK ",\"usage\":{\"prompt_tokens\":123,\"completion_tokens\":45,\"total_tokens\":168,\"prompt_tokens_details\":{\"cached_tokens\":64}}"
static const struct { const char *body; gboolean quick; } wholes[] = {
  { WHOLE (SAID ("\"Hi\""), TOOK), TRUE },
  { WHOLE (SAID ("\"Hi\""), TOOK ",\"service_tier\":\"default\",\"system_fingerprint\":\"fp\""), TRUE },
  { " \n" WHOLE (SAID ("\"a \\\"b\\\" \\u00e4 \xc3\xbc\""), TOOK) "\n", TRUE },
  { WHOLE (SAID ("null"), TOOK), TRUE },
  { WHOLE (SAID ("\"Hi\""), ""), TRUE },
  { WHOLE ("{\"content\":\"Hi\"}", ""), TRUE },
  { WHOLE ("{\"content\":\"Hi\"},\"finish_reason\":\"length\"", ""), TRUE },
  { "{\"choices\":[{\"message\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}", TRUE },
  { WHOLE ("{\"content\":\"Hi\",\"tool_calls\":[{\"id\":\"t\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]}", ""), FALSE },
  { WHOLE ("{\"content\":\"Hi\",\"reasoning_content\":\"Hm\"}", ""), FALSE },
  { WHOLE ("{\"content\":null,\"refusal\":\"No\"}", ""), FALSE },
  { WHOLE ("{\"content\":\"a\\ud83d\"}", ""), FALSE },
  { WHOLE ("{\"content\":\"Hi\"},\"delta\":{\"content\":\"Ho\"}", ""), FALSE },
  { WHOLE (SAID ("\"Hi\""), ",\"error\":{\"message\":\"no\"}"), FALSE },
  { WHOLE (SAID ("\"Hi\""), ",\"usage\":{\"prompt_tokens\":1e2}"), FALSE },
  { WHOLE (SAID ("\"Hi\""), TOOK TOOK), FALSE },
  { WHOLE (SAID ("\"Hi\""), "") "x", FALSE },
  { "{\"id\":\"c\",\"model\":\"m\",\"choices\":[]}", FALSE },
  { "{\"id\":\"c\",\"model\":\"m\"}", FALSE },
};

static void
test_whole (void)
{
  const PurserDialect *dialect = purser_dialect_get ("openai-chat");
  for (gsize i = 0; i < G_N_ELEMENTS (wholes); i++)
    {
      g_autoptr(GString) quick = g_string_new (NULL), tree = g_string_new (NULL), probe = g_string_new (NULL);
      g_autoptr(PurserReader) one = purser_reader_new (dialect, FALSE, NULL, event_log_cb, quick);
      g_autoptr(PurserReader) other = purser_reader_new (dialect, FALSE, NULL, event_log_cb, tree);
      g_autoptr(PurserReader) asked = purser_reader_new (dialect, FALSE, NULL, event_log_cb, probe);
      purser_reader_feed (one, wholes[i].body, strlen (wholes[i].body));
      purser_reader_end (one);
      purser_reader_forgo_quick (other);
      purser_reader_feed (other, wholes[i].body, strlen (wholes[i].body));
      purser_reader_end (other);
      g_assert_cmpstr (quick->str, ==, tree->str);
      if (dialect->read_whole_quick (asked, purser_reader_state (asked), wholes[i].body, strlen (wholes[i].body)) != wholes[i].quick)
        g_error ("%s without a tree: %s", wholes[i].quick ? "not read" : "read", wholes[i].body);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/wire/frames/", cases[i].name, NULL);
      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/wire/frames/endless", test_endless);
  g_test_add_func ("/wire/frames/quick", test_quick);
  g_test_add_func ("/wire/frames/whole", test_whole);
  g_test_add_data_func ("/wire/frames/transcripts/anthropic", "anthropic", test_transcripts);
  g_test_add_data_func ("/wire/frames/transcripts/ollama", "ollama", test_transcripts);
  g_test_add_data_func ("/wire/frames/transcripts/openai-chat", "openai-chat", test_transcripts);
  g_test_add_data_func ("/wire/frames/transcripts/openai-responses", "openai-responses", test_transcripts);
  return g_test_run ();
}
