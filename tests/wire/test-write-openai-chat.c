/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replies of Chat Completions for callers: lists of events against the bytes they make, and opaque thinking of other
 * dialects on its way to a caller and back. */
#include <string.h>

#include "purser-dialect.h"
#include "purser-json.h"
#include "purser-reply.h"

#define HEAD "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":7,\"model\":\"drafting\",\"choices\":["
#define CHUNK(n, delta) HEAD "{\"index\":" #n ",\"delta\":{" delta "},\"finish_reason\":null}]}\n\n"
#define FINISH(n, word) HEAD "{\"index\":" #n ",\"delta\":{},\"finish_reason\":\"" word "\"}]}\n\n"
#define ROLE(n) CHUNK (n, "\"role\":\"assistant\",\"content\":\"\"")
#define DONE "data: [DONE]\n\n"

/* Bytes as they come, ‖ where the caller may know the end. */
static void
bytes_cb (const char *bytes, gsize length, gboolean terminal, gpointer user_data)
{
  GString *out = user_data;
  g_assert_true (terminal || strstr (out->str, "‖") == NULL);
  if (terminal && strstr (out->str, "‖") == NULL)
    g_string_append (out, "‖");
  g_string_append_len (out, bytes, length);
}

#define START { .type = PURSER_EVENT_START, .id = "chatcmpl-1", .model = "gpt-4o" }
#define TEXT(words) { .type = PURSER_EVENT_TEXT, .text = words }
#define THINKING(words) { .type = PURSER_EVENT_THINKING, .text = words }
#define CALL(n, its_id, its_name) { .type = PURSER_EVENT_TOOL_START, .tool = n, .id = its_id, .name = its_name }
#define ARGS(n, words) { .type = PURSER_EVENT_TOOL_ARGS, .tool = n, .text = words }
#define CALL_END(n) { .type = PURSER_EVENT_TOOL_END, .tool = n }
#define FINISHED(how, word) { .type = PURSER_EVENT_FINISH, .finish = how, .text = word }
#define END { .type = PURSER_EVENT_END }

static char *
write_events (const PurserWriterOptions *options, const PurserEvent *events, gsize n)
{
  GString *out = g_string_new (NULL);
  PurserWriter *writer = purser_writer_new (purser_dialect_get ("openai-chat"), options, bytes_cb, out);
  for (gsize i = 0; i < n; i++)
    {
      PurserEvent event = events[i];
      event.length = event.text != NULL ? strlen (event.text) : 0;
      purser_writer_add (writer, &event);
    }
  g_assert_cmpstr (purser_writer_content_type (writer), ==, options->stream ? "text/event-stream" : "application/json");
  purser_writer_free (writer);
  return g_string_free (out, FALSE);
}

static PurserUsage the_usage = { .input_total = 30, .input_uncached = 10, .cache_read = 15, .cache_write_5m = 2, .cache_write_1h = 3, .cache_write_other = 0,
                                 .output = 9, .reasoning = 4, .audio_in = -1, .audio_out = -1, .server_tool_requests = -1 };
static PurserUsage little_usage = { .input_total = -1, .input_uncached = -1, .cache_read = -1, .cache_write_5m = -1, .cache_write_1h = -1, .cache_write_other = -1,
                                    .output = 9, .reasoning = -1, .audio_in = -1, .audio_out = -1, .server_tool_requests = -1 };
static PurserFault the_fault = { .class_ = PURSER_FAULT_OVERLOADED, .status = 529, .message = (char *) "Too much.", .retry_after_ms = -1, .should_retry = -1 };

#define USAGE "{\"prompt_tokens\":30,\"completion_tokens\":9,\"total_tokens\":39,\"prompt_tokens_details\":{\"cached_tokens\":15,\"cache_write_tokens\":5},\"completion_tokens_details\":{\"reasoning_tokens\":4}}"
#define ERROR_BODY "{\"error\":{\"message\":\"Too much.\",\"type\":\"server_error\",\"param\":null,\"code\":\"overloaded\"}}"

typedef struct
{
  const char *name, *origin;
  PurserEvent events[12];
  const char *stream; /* as it is written in a stream */
  const char *whole;  /* (nullable): the reply's choices and usage, written whole */
  gboolean    include_usage, legacy;
} Case;

static const Case cases[] = {
  { "text, with what JSON escapes", "anthropic",
    { START, TEXT ("He said \"so\"\n"), TEXT ("\xe2\x82\xac"), FINISHED (PURSER_FINISH_DONE, "end_turn"), END },
    ROLE (0) CHUNK (0, "\"content\":\"He said \\\"so\\\"\\n\"") CHUNK (0, "\"content\":\"€\"") "‖" FINISH (0, "stop") DONE,
    "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"He said \\\"so\\\"\\n€\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}]}" },
  { "thinking, calls in fragments, at once and without arguments, a missing id", "ollama",
    { START, THINKING ("hm"), CALL (0, "call_a", "f"), ARGS (0, "{\"a\""), ARGS (0, ":1}"), CALL_END (0), CALL (1, NULL, "g"), CALL_END (1),
      FINISHED (PURSER_FINISH_TOOLS, "stop"), END },
    ROLE (0) CHUNK (0, "\"reasoning_content\":\"hm\"")
      CHUNK (0, "\"tool_calls\":[{\"index\":0,\"id\":\"call_a\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]")
      CHUNK (0, "\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"a\\\"\"}}]")
      CHUNK (0, "\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\":1}\"}}]")
      CHUNK (0, "\"tool_calls\":[{\"index\":1,\"id\":\"call_0adc2896ac2c0001\",\"type\":\"function\",\"function\":{\"name\":\"g\",\"arguments\":\"\"}}]")
      CHUNK (0, "\"tool_calls\":[{\"index\":1,\"function\":{\"arguments\":\"{}\"}}]") "‖" FINISH (0, "tool_calls") DONE,
    "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":null,\"refusal\":null,\"reasoning_content\":\"hm\",\"tool_calls\":["
    "{\"id\":\"call_a\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"}},"
    "{\"id\":\"call_0adc2896ac2c0001\",\"type\":\"function\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"}}]},\"logprobs\":null,\"finish_reason\":\"tool_calls\"}]}" },
  { "a free-form tool", "openai-responses",
    { START, { .type = PURSER_EVENT_TOOL_START, .id = "call_a", .name = "run", .text = "custom" }, ARGS (0, "{no"), CALL_END (0), FINISHED (PURSER_FINISH_TOOLS, NULL), END },
    ROLE (0) CHUNK (0, "\"tool_calls\":[{\"index\":0,\"id\":\"call_a\",\"type\":\"custom\",\"custom\":{\"name\":\"run\",\"input\":\"\"}}]")
      CHUNK (0, "\"tool_calls\":[{\"index\":0,\"custom\":{\"input\":\"{no\"}}]") "‖" FINISH (0, "tool_calls") DONE,
    "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":null,\"refusal\":null,\"tool_calls\":["
    "{\"id\":\"call_a\",\"type\":\"custom\",\"custom\":{\"name\":\"run\",\"input\":\"{no\"}}]},\"logprobs\":null,\"finish_reason\":\"tool_calls\"}]}" },
  { "the form before tools: one call, in its own member", "anthropic",
    { START, CALL (0, "toolu_1", "f"), ARGS (0, "{}"), CALL_END (0), CALL (1, "toolu_2", "g"), ARGS (1, "{}"), CALL_END (1), FINISHED (PURSER_FINISH_TOOLS, "tool_use"), END },
    ROLE (0) CHUNK (0, "\"function_call\":{\"name\":\"f\",\"arguments\":\"\"}") CHUNK (0, "\"function_call\":{\"arguments\":\"{}\"}") "‖" FINISH (0, "function_call") DONE,
    "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":null,\"refusal\":null,\"function_call\":{\"name\":\"f\",\"arguments\":\"{}\"}},"
    "\"logprobs\":null,\"finish_reason\":\"function_call\"}]}", .legacy = TRUE },
  { "usage where it was asked for", "anthropic",
    { START, { .type = PURSER_EVENT_USAGE, .usage = &little_usage }, TEXT ("a"), FINISHED (PURSER_FINISH_LENGTH, "max_tokens"), { .type = PURSER_EVENT_USAGE, .usage = &the_usage }, END },
    HEAD "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}],\"usage\":null}\n\n"
    HEAD "{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":null}],\"usage\":null}\n\n"
    "‖" HEAD "{\"index\":0,\"delta\":{},\"finish_reason\":\"length\"}],\"usage\":null}\n\n"
    HEAD "],\"usage\":" USAGE "}\n\n" DONE,
    "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"a\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"length\"}],\"usage\":" USAGE "}",
    .include_usage = TRUE },
  { "usage of which only the output is known; unasked in a stream", "ollama",
    { START, TEXT ("a"), { .type = PURSER_EVENT_USAGE, .usage = &little_usage }, FINISHED (PURSER_FINISH_PAUSE, "pause_turn"), END },
    ROLE (0) CHUNK (0, "\"content\":\"a\"") "‖" FINISH (0, "stop") DONE,
    "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"a\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}],"
    "\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":9,\"total_tokens\":9,\"prompt_tokens_details\":{},\"completion_tokens_details\":{}}}" },
  { "a refusal in words, and one without", "openai-responses",
    { START, { .type = PURSER_EVENT_REFUSAL, .text = "No." }, FINISHED (PURSER_FINISH_REFUSED, NULL), END },
    ROLE (0) CHUNK (0, "\"refusal\":\"No.\"") "‖" FINISH (0, "stop") DONE,
    "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":null,\"refusal\":\"No.\"},\"logprobs\":null,\"finish_reason\":\"stop\"}]}" },
  { "a refusal without words", "anthropic", { START, FINISHED (PURSER_FINISH_REFUSED, "refusal"), END }, ROLE (0) "‖" FINISH (0, "content_filter") DONE,
    "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"content_filter\"}]}" },
  { "a reply of nothing", "anthropic", { START, END }, ROLE (0) "‖" FINISH (0, "stop") DONE, NULL },
  { "an end without a finish", "anthropic", { START, TEXT ("a"), END }, ROLE (0) CHUNK (0, "\"content\":\"a\"") "‖" FINISH (0, "stop") DONE, NULL },
  { "a failure in mid-stream: its words, and nothing after", "anthropic",
    { START, TEXT ("a"), { .type = PURSER_EVENT_ERROR, .fault = &the_fault }, TEXT ("b"), END }, ROLE (0) CHUNK (0, "\"content\":\"a\"") "‖data: " ERROR_BODY "\n\n", NULL },
  { "a failure whose cost is known and was asked for", "anthropic",
    { START, { .type = PURSER_EVENT_USAGE, .usage = &the_usage }, { .type = PURSER_EVENT_ERROR, .fault = &the_fault } },
    "‖data: {\"error\":{\"message\":\"Too much.\",\"type\":\"server_error\",\"param\":null,\"code\":\"overloaded\"},\"usage\":" USAGE "}\n\n", NULL, .include_usage = TRUE },
  { "a failure before anything", "anthropic", { { .type = PURSER_EVENT_ERROR, .fault = &the_fault } }, "‖data: " ERROR_BODY "\n\n", NULL },
};

static void
check_whole (const Case *case_, const char *is)
{
  g_assert_true (g_str_has_prefix (is, "‖"));
  g_autoptr(JsonNode) read = purser_json_parse (is + strlen ("‖"), -1, NULL);
  g_autoptr(JsonNode) should = purser_json_parse (case_->whole, -1, NULL);
  g_assert_nonnull (should);
  JsonObject *object = purser_json_object (read);
  g_assert_cmpstr (purser_json_string (object, "id"), ==, "chatcmpl-1");
  g_assert_cmpstr (purser_json_string (object, "object"), ==, "chat.completion");
  g_assert_cmpstr (purser_json_string (object, "model"), ==, "drafting");
  g_assert_cmpint (purser_json_int (object, "created", 0), ==, 7);
  static const char *const told[] = { "id", "object", "model", "created" };
  for (gsize i = 0; i < G_N_ELEMENTS (told); i++)
    json_object_remove_member (object, told[i]);
  if (!purser_json_equal (read, should))
    g_error ("%s, whole:\n  is      %s\n  expects %s", case_->name, is, case_->whole);
}

static PurserChat *
make_request (gboolean legacy)
{
  PurserChat *chat = purser_chat_new_text (NULL, "Hi");
  if (legacy)
    {
      chat->native = json_object_new ();
      json_object_set_array_member (chat->native, "functions", json_array_new ());
    }
  return chat;
}

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gsize n = 0;
      g_autoptr(PurserChat) chat = make_request (cases[i].legacy);
      PurserWriterOptions options = { .model = "drafting", .created = 7, .stream = TRUE, .origin = cases[i].origin,
                                      .include_usage = cases[i].include_usage, .chat = chat };
      while (n < G_N_ELEMENTS (cases[i].events) && (n == 0 || cases[i].events[n].type != PURSER_EVENT_START))
        n++;
      g_autofree char *streamed = write_events (&options, cases[i].events, n);
      if (!g_str_equal (streamed, cases[i].stream))
        g_error ("%s:\n%s\nexpects\n%s", cases[i].name, streamed, cases[i].stream);
      options.stream = FALSE;
      g_autofree char *whole = write_events (&options, cases[i].events, n);
      if (cases[i].whole != NULL)
        check_whole (&cases[i], whole);
    }
}

/* With n choices the caller knows the end when the last one is finished. */
static void
test_choices (void)
{
  static const PurserEvent events[] = { START, TEXT ("a"), { .type = PURSER_EVENT_TEXT, .choice = 1, .text = "x" }, FINISHED (PURSER_FINISH_DONE, "stop"),
                                        { .type = PURSER_EVENT_FINISH, .choice = 1, .finish = PURSER_FINISH_LENGTH, .text = "length" }, END };
  g_autoptr(PurserChat) chat = make_request (FALSE);
  chat->n = 2;
  PurserWriterOptions options = { .model = "drafting", .created = 7, .stream = TRUE, .origin = "openai-chat", .chat = chat };
  g_autofree char *streamed = write_events (&options, events, G_N_ELEMENTS (events));
  g_assert_cmpstr (streamed, ==,
                   ROLE (0) CHUNK (0, "\"content\":\"a\"") ROLE (1) CHUNK (1, "\"content\":\"x\"") FINISH (0, "stop") "‖" FINISH (1, "length") DONE);
}

/* Without an option for it the reply bears the provider's names, and another dialect's id this one's prefix. */
static void
test_names (void)
{
  static const PurserEvent events[] = { { .type = PURSER_EVENT_START, .id = "msg_1", .model = "claude-opus-5" }, TEXT ("a") };
  PurserWriterOptions options = { .stream = TRUE, .origin = "anthropic" };
  g_autofree char *streamed = write_events (&options, events, G_N_ELEMENTS (events));
  g_assert_nonnull (strstr (streamed, "\"id\":\"chatcmpl-msg_1\""));
  g_assert_nonnull (strstr (streamed, "\"model\":\"claude-opus-5\""));
}

static void
test_ping (void)
{
  GString *out = g_string_new (NULL);
  PurserWriterOptions options = { .stream = TRUE };
  PurserWriter *writer = purser_writer_new (purser_dialect_get ("openai-chat"), &options, bytes_cb, out);
  purser_writer_ping (writer);
  g_assert_cmpstr (out->str, ==, ": keep-alive\n\n");
  purser_writer_free (writer);
  g_string_free (out, TRUE);
}

static void
test_errors (void)
{
  g_autoptr(PurserErrorReply) reply = purser_dialect_write_error (purser_dialect_get ("openai-chat"), &the_fault, "req_1");
  g_assert_cmpint (reply->status, ==, 503);
  g_autofree char *body = g_strndup (g_bytes_get_data (reply->body, NULL), g_bytes_get_size (reply->body));
  g_assert_cmpstr (body, ==, ERROR_BODY);
  PurserFault fault = { .class_ = PURSER_FAULT_REQUEST, .status = 400, .message = (char *) "Bad.", .code = (char *) "invalid_value", .param = (char *) "n", .retry_after_ms = -1, .should_retry = -1 };
  g_autoptr(PurserErrorReply) own = purser_dialect_write_error (purser_dialect_get ("openai-chat"), &fault, NULL);
  g_autofree char *told = g_strndup (g_bytes_get_data (own->body, NULL), g_bytes_get_size (own->body));
  g_assert_cmpstr (told, ==, "{\"error\":{\"message\":\"Bad.\",\"type\":\"invalid_request_error\",\"param\":\"n\",\"code\":\"invalid_value\"}}");
}

/* --- Opaque thinking: to the caller and back --- */

/* What a client keeps of a stream: the members of the deltas, texts and lists joined. (transfer full) */
static JsonObject *
client_message (const char *stream)
{
  JsonObject *message = json_object_new ();
  g_auto(GStrv) lines = g_strsplit (stream, "\n\n", -1);
  json_object_set_string_member (message, "role", "assistant");
  for (char **line = lines; *line != NULL; line++)
    {
      const char *text = strstr (*line, "data: {");
      g_autoptr(JsonNode) chunk = text != NULL ? purser_json_parse (text + strlen ("data: "), -1, NULL) : NULL;
      JsonArray *choices = purser_json_array (purser_json_object (chunk), "choices");
      JsonObject *delta = choices != NULL && json_array_get_length (choices) > 0
                              ? purser_json_member (json_array_get_object_element (choices, 0), "delta")
                              : NULL;
      static const char *const texts[] = { "content", "reasoning_content" };
      for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
        if (purser_json_string (delta, texts[i]) != NULL)
          {
            const char *before = purser_json_string (message, texts[i]);
            g_autofree char *joined = g_strconcat (before ? before : "", purser_json_string (delta, texts[i]), NULL);
            json_object_set_string_member (message, texts[i], joined);
          }
      JsonArray *details = purser_json_array (delta, "reasoning_details");
      for (guint i = 0; details != NULL && i < json_array_get_length (details); i++)
        {
          if (purser_json_array (message, "reasoning_details") == NULL)
            json_object_set_array_member (message, "reasoning_details", json_array_new ());
          json_array_add_element (purser_json_array (message, "reasoning_details"), json_array_dup_element (details, i));
        }
    }
  return message;
}

static PurserChat *
send_back (JsonObject *message)
{
  JsonObject *body = json_object_new ();
  JsonArray *messages = json_array_new ();
  g_autoptr(GError) error = NULL;
  json_array_add_object_element (messages, message);
  json_object_set_array_member (body, "messages", messages);
  g_autoptr(JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, body);
  char *text = purser_json_to_string (node, FALSE);
  g_autoptr(GBytes) bytes = g_bytes_new_take (text, strlen (text));
  PurserChat *chat = purser_dialect_decode_request (purser_dialect_get ("openai-chat"), bytes, &error);
  g_assert_no_error (error);
  return chat;
}

static const PurserEvent opaque_events[] = {
  START,
  THINKING ("First "),
  THINKING ("thought."),
  { .type = PURSER_EVENT_SIGNATURE, .text = "EoQD.1==", .id = "rs_1" },
  { .type = PURSER_EVENT_REDACTED, .text = "b3Bh\"cXVl" },
  THINKING ("Second."),
  { .type = PURSER_EVENT_SIGNATURE, .text = "EoQD.2==" },
  TEXT ("Done"),
  FINISHED (PURSER_FINISH_DONE, NULL),
  END,
};

static void
assert_parts (const PurserChat *chat, const char *dialect)
{
  static const struct
  {
    const char *text, *signature, *data, *id;
  } expected[] = { { "First thought.", "EoQD.1==", NULL, "rs_1" }, { NULL, NULL, "b3Bh\"cXVl", NULL }, { "Second.", "EoQD.2==", NULL, NULL } };
  const PurserMessage *message = g_ptr_array_index (chat->messages, 0);
  g_assert_cmpuint (message->parts->len, ==, 4);
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      const PurserPart *part = g_ptr_array_index (message->parts, i);
      g_assert_cmpint (part->type, ==, PURSER_PART_THINKING);
      g_assert_cmpstr (part->text, ==, expected[i].text);
      g_assert_cmpstr (part->signature, ==, expected[i].signature);
      g_assert_cmpstr (part->data, ==, expected[i].data);
      g_assert_cmpstr (part->id, ==, expected[i].id);
      g_assert_cmpstr (part->dialect, ==, dialect);
    }
  g_assert_cmpstr (((const PurserPart *) g_ptr_array_index (message->parts, 3))->text, ==, "Done");
}

static void
test_opaque (gconstpointer dialect)
{
  PurserWriterOptions options = { .stream = TRUE, .origin = dialect };
  g_autofree char *streamed = write_events (&options, opaque_events, G_N_ELEMENTS (opaque_events));
  g_autoptr(PurserChat) chat = send_back (client_message (streamed));
  assert_parts (chat, dialect);
  options.stream = FALSE;
  g_autofree char *whole = write_events (&options, opaque_events, G_N_ELEMENTS (opaque_events));
  g_autoptr(JsonNode) reply = purser_json_parse (whole + strlen ("‖"), -1, NULL);
  JsonArray *choices = purser_json_array (purser_json_object (reply), "choices");
  JsonObject *message = purser_json_member (json_array_get_object_element (choices, 0), "message");
  g_autoptr(PurserChat) again = send_back (json_object_ref (message));
  assert_parts (again, dialect);
}

/* OpenRouter's details come back as they were; from callers of another dialect, who keep only the state and its id, with the
 * same format, index and id. */
static void
add_event_cb (const PurserEvent *event, gpointer reply)
{
  purser_reply_add (reply, event);
}

static char *
details_for_upstream (PurserMessage *message)
{
  g_autoptr(PurserChat) chat = purser_chat_new_text (NULL, "Hi");
  PurserEncodeOptions options = { .model = "m" };
  g_ptr_array_add (chat->messages, message);
  g_autoptr(GBytes) body = purser_dialect_encode_request (purser_dialect_get ("openai-chat"), chat, &options, NULL);
  g_autoptr(JsonNode) root = purser_json_parse (g_bytes_get_data (body, NULL), g_bytes_get_size (body), NULL);
  JsonArray *messages = purser_json_array (purser_json_object (root), "messages");
  return purser_json_to_string (purser_json_node (json_array_get_object_element (messages, 1), "reasoning_details"), FALSE);
}

static void
test_details (void)
{
#define DELTA(members) "data: {\"id\":\"gen-1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{" members "}}]}\n\n"
  static const char stream[] =
    DELTA ("\"reasoning\":\"h\",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"h\",\"format\":\"anthropic-claude-v1\",\"index\":0}]")
    DELTA ("\"reasoning\":\"m\",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"m\",\"format\":\"anthropic-claude-v1\",\"index\":0}]")
    DELTA ("\"reasoning_details\":[{\"type\":\"reasoning.text\",\"signature\":\"c2ln\",\"format\":\"anthropic-claude-v1\",\"index\":0}]")
    DELTA ("\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":\"b3A=\",\"id\":\"rs_9\",\"format\":\"openai-responses-v1\",\"index\":1}]")
    DELTA ("\"content\":\"So\"},\"finish_reason\":\"stop\",\"x\":{") "data: [DONE]\n\n";
  static const char expected[] =
    "[{\"type\":\"reasoning.text\",\"signature\":\"c2ln\",\"format\":\"anthropic-claude-v1\",\"index\":0,\"text\":\"hm\"},"
    "{\"type\":\"reasoning.encrypted\",\"data\":\"b3A=\",\"id\":\"rs_9\",\"format\":\"openai-responses-v1\",\"index\":1}]";
  g_autoptr(PurserReply) reply = purser_reply_new ();
  reply->ordered = TRUE;
  g_autoptr(PurserReader) reader = purser_reader_new (purser_dialect_get ("openai-chat"), TRUE, NULL, add_event_cb, reply);
  purser_reader_feed (reader, stream, strlen (stream));
  purser_reader_end (reader);
  g_assert_true (reply->ended);
  g_autofree char *kept = details_for_upstream (purser_reply_message (reply, 0, "openai-chat"));
  g_assert_cmpstr (kept, ==, expected);
  PurserMessage *carried = purser_reply_message (reply, 0, "openai-chat");
  for (guint i = 0; i < carried->parts->len; i++)
    g_clear_pointer (&((PurserPart *) g_ptr_array_index (carried->parts, i))->json, json_node_unref);
  g_autofree char *rebuilt = details_for_upstream (carried);
  g_autoptr(JsonNode) is = purser_json_parse (rebuilt, -1, NULL), should = purser_json_parse (expected, -1, NULL);
  g_assert_true (purser_json_equal (is, should));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/write/openai-chat/cases", test_cases);
  g_test_add_func ("/wire/write/openai-chat/choices", test_choices);
  g_test_add_func ("/wire/write/openai-chat/names", test_names);
  g_test_add_func ("/wire/write/openai-chat/ping", test_ping);
  g_test_add_func ("/wire/write/openai-chat/errors", test_errors);
  g_test_add_data_func ("/wire/write/openai-chat/opaque/anthropic", "anthropic", test_opaque);
  g_test_add_data_func ("/wire/write/openai-chat/opaque/openai-responses", "openai-responses", test_opaque);
  g_test_add_func ("/wire/write/openai-chat/details", test_details);
  return g_test_run ();
}
