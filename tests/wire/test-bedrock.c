/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Converse, both halves: our own transcripts (tests/transcripts/bedrock/), whose streams are written down as frames and
 * made binary here, read whole and in every cut; what the readings leave out; and requests against the written-down cases
 * of encode-bedrock.json. */
#include <string.h>

#include "chat-json.h"
#include "event-log.h"
#include "frames.h"
#include "purser-fault.h"
#include "purser-reply.h"

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

/* --- Transcripts --- */

/* [type, payload]: "!" in front of the type of an exception; a payload is JSON, or text that stands for itself. */
static void
add_frame (GByteArray *bytes, JsonArray *frame)
{
  const char *type = json_array_get_string_element (frame, 0);
  JsonNode *payload = json_array_get_element (frame, 1);
  gboolean text = JSON_NODE_HOLDS_VALUE (payload) && json_node_get_value_type (payload) == G_TYPE_STRING;
  g_autofree char *written = text ? json_node_dup_string (payload) : purser_json_to_string (payload, FALSE);
  if (*type == '!')
    frames_add (bytes, "exception", ":exception-type", type + 1, written);
  else
    frames_add_event (bytes, type, written);
}

/* The response gets the body that its frames are: less its last `cut` bytes, or with one bit of frame `damage` turned. */
static gsize
make_body (JsonObject *response)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  JsonArray *frames = purser_json_array (response, "frames");
  gint64 damage = purser_json_int (response, "damage", -1);
  if (frames == NULL)
    return strlen (purser_json_string (response, "body"));
  for (guint i = 0; i < json_array_get_length (frames); i++)
    {
      add_frame (bytes, json_array_get_array_element (frames, i));
      if ((gint64) i == damage)
        bytes->data[bytes->len - 6] ^= 1;
    }
  g_byte_array_set_size (bytes, bytes->len - (guint) purser_json_int (response, "cut", 0));
  g_autofree char *base64 = g_base64_encode (bytes->data, bytes->len);
  json_object_set_string_member (response, "body_base64", base64);
  return bytes->len;
}

static void
assert_reads (const char *path, JsonObject *exchange, gssize cut)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) read = purser_exchange_read (exchange, cut, &error);
  g_assert_no_error (error);
  if (!purser_json_equal (read, purser_json_node (exchange, "expect")))
    {
      g_autofree char *is = purser_json_to_string (read, FALSE),
                      *should = purser_json_to_string (purser_json_node (exchange, "expect"), FALSE);
      g_error ("%s, cut at %" G_GSSIZE_FORMAT ":\n  reads   %s\n  expects %s", path, cut, is, should);
    }
}

static void
test_transcripts (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "transcripts", "bedrock", NULL);
  g_autoptr(GDir) files = g_dir_open (folder, 0, NULL);
  const char *name;
  guint count = 0;
  g_assert_nonnull (files);
  for (; (name = g_dir_read_name (files)) != NULL; count++)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr(JsonNode) root = load (path);
      JsonObject *exchange = json_node_get_object (root);
      gsize length = make_body (purser_json_member (exchange, "response"));
      assert_reads (name, exchange, -1);
      assert_reads (name, exchange, PURSER_EXCHANGE_BYTES);
      for (gsize cut = 0; cut <= length; cut++)
        assert_reads (name, exchange, (gssize) cut);
    }
  g_assert_cmpuint (count, >=, 19);
}

/* --- Events --- */

static char *
read_events (const char *name, gboolean streamed, const char *content_type)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "transcripts", "bedrock", name, NULL);
  g_autoptr(JsonNode) root = load (path);
  JsonObject *response = purser_json_member (json_node_get_object (root), "response");
  gsize length = make_body (response);
  const char *base64 = purser_json_string (response, "body_base64"), *text = purser_json_string (response, "body");
  g_autofree guchar *bytes = base64 != NULL ? g_base64_decode (base64, &length) : (guchar *) g_strdup (text);
  return event_log_read ("bedrock", streamed, content_type, bytes, length, length / 2, 5);
}

static void
assert_holds (const char *log, const char *const *lines)
{
  const char *at = log;
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      const char *found = strstr (at, lines[i]);
      if (found == NULL)
        g_error ("“%s” is not there, or not in order:\n%s", lines[i], log);
      at = found + strlen (lines[i]);
    }
}

/* What the summary of an exchange does not show. */
static void
test_events (void)
{
  static const struct
  {
    const char *name;
    const char *lines[12];
  } cases[] = {
    { "thinking-streamed.json",
      { "start\n", "block name=reasoningContent\n", "thinking “Let me ”\n", "thinking “see.”\n",
        "signature “c2lnbmVk”\nblock-end\n", "block name=reasoningContent\nredacted “eHl6”\nblock-end\n",
        "block name=text\ntext “4”\nblock-end\n", "finish 1 “end_turn”\n", " write=1000/300/20 ", "end\n" } },
    { "limit-and-stop-text.json", { "meta name=stop_sequence json=\"two\"\n", "finish 2 “stop_sequence”\n" } },
    { "citations-streamed.json",
      { "block name=other json={\"toolUse\":", "block-delta json={\"toolUse\":",
        "block name=other json={\"toolResult\":", "block-delta json={\"toolResult\":",
        "block name=text\ntext “So it is.”\n", "citation json={\"title\":\"T\"" } },
    { "tools-streamed.json",
      { "tool id=tooluse_a name=weather\n", "args “{\"ci”\n", "args “ty\":\"Köln\"}”\n", "tool-end\n",
        "tool tool=1 id=tooluse_b name=clock\n", "tool-end tool=1\n" } },
    { "throttled-first.json", { "error rate status=0 code=throttlingException message=Too many requests" } },
    { "error-in-mid-stream.json", { "text “Hal”\n", "error server status=0 code=modelStreamErrorException" } },
    { "error-in-words.json", { "error server status=0 code=internalServerException message=out of order" } },
    { "tools.json",
      { "thinking “Hm.”\nsignature “c2ln”\n", "redacted “eHl6”\n",
        "block name=other json={\"toolUse\":", "block name=other json={\"toolResult\":" } },
    { "citations.json", { "text “So ”\ntext “it is.”\ncitation json={\"title\":\"T\"}\n", "write=0/0/5" } },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *log = read_events (cases[i].name, TRUE, NULL);
      assert_holds (log, cases[i].lines);
    }
}

static void
keep_tier_cb (const PurserEvent *event, gpointer tier)
{
  if (event->type == PURSER_EVENT_USAGE)
    g_set_str ((char **) tier, event->usage->tier);
}

static void
test_tier (void)
{
  static const char body[] = "{\"output\":{\"message\":{\"content\":[]}},\"usage\":{\"inputTokens\":1},\"serviceTier\":"
                             "{\"type\":\"priority\"}}";
  g_autofree char *tier = NULL;
  g_autoptr(PurserReader) reader =
      purser_reader_new (purser_dialect_get ("bedrock"), FALSE, NULL, keep_tier_cb, &tier);
  purser_reader_feed (reader, body, strlen (body));
  purser_reader_end (reader);
  g_assert_cmpstr (tier, ==, "priority");
}

/* A reply is what its bytes are, whatever was asked for and whatever its headers say. */
static void
test_sniffed (void)
{
  static const struct
  {
    const char *name;
    gboolean streamed;
    const char *type;
  } cases[] = {
    { "text-streamed.json", FALSE, NULL },
    { "text-streamed.json", FALSE, "application/vnd.amazon.eventstream" },
    { "text-streamed.json", TRUE, "application/json" },
    { "text.json", TRUE, "application/vnd.amazon.eventstream" },
    { "text.json", TRUE, NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *log = read_events (cases[i].name, cases[i].streamed, cases[i].type);
      g_assert_true (g_str_has_suffix (log, "end\n"));
      g_assert_nonnull (strstr (log, "text “Hal"));
    }
}

static void
test_foreign (void)
{
  static const struct
  {
    const char *body;
    const char *found;
  } bodies[] = {
    { "", "error cut" },
    { " \n", "error cut" },
    { "<html>Bad gateway</html>", "error garbage" },
    { "upstream failed", "error garbage" },
    { "no", "error garbage" },
    { "data: {}\n\n", "error garbage" },
    { "[]", "error garbage" },
    { "{", "error cut" },
    { "{}", "error garbage" },
    { "{\"message\":\"no\"}", "error server" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    for (gsize cut = 0; cut <= strlen (bodies[i].body); cut++)
      {
        g_autofree char *log =
            event_log_read ("bedrock", TRUE, NULL, bodies[i].body, strlen (bodies[i].body), cut, 100);
        if (!g_str_has_prefix (log, bodies[i].found))
          g_error ("“%s”, cut at %zu: %s", bodies[i].body, cut, log);
      }
}

/* --- Errors by status --- */

static const char *
header_cb (const char *name, gpointer type)
{
  return g_str_equal (name, "x-amzn-errortype") ? type : NULL;
}

static void
test_errors (void)
{
  static const struct
  {
    int status;
    const char *type, *body;
    PurserFaultClass class_;
    const char *code, *message;
  } cases[] = {
    { 429, "ThrottlingException:http://x/", "{\"message\":\"wait\"}", PURSER_FAULT_RATE, "ThrottlingException",
      "wait" },
    { 429, "ModelNotReadyException", "{\"message\":\"warming\"}", PURSER_FAULT_RATE, "ModelNotReadyException",
      "warming" },
    { 408, "ModelTimeoutException", "{\"message\":\"late\"}", PURSER_FAULT_SERVER, "ModelTimeoutException", "late" },
    { 424, "ModelErrorException", "{\"message\":\"x\"}", PURSER_FAULT_SERVER, "ModelErrorException", "x" },
    { 400, "ServiceQuotaExceededException", "{\"message\":\"x\"}", PURSER_FAULT_MONEY, "ServiceQuotaExceededException",
      "x" },
    { 403, "com.amazon.coral.service#AccessDeniedException", "{\"Message\":\"Authentication failed\"}",
      PURSER_FAULT_KEY, "AccessDeniedException", "Authentication failed" },
    { 400, "ValidationException", "{\"message\":\"The provided model identifier is invalid.\"}", PURSER_FAULT_NO_MODEL,
      "ValidationException", "The provided model identifier is invalid." },
    { 400, "ValidationException", "{\"message\":\"Input is too long for requested model.\"}", PURSER_FAULT_CONTEXT,
      "ValidationException", "Input is too long for requested model." },
    { 404, "ResourceNotFoundException", "{\"message\":\"x\"}", PURSER_FAULT_NO_MODEL, "ResourceNotFoundException",
      "x" },
    { 503, "ServiceUnavailableException", "{\"message\":\"x\"}", PURSER_FAULT_OVERLOADED, "ServiceUnavailableException",
      "x" },
    { 500, "InternalServerException", "{\"message\":\"x\"}", PURSER_FAULT_SERVER, "InternalServerException", "x" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(PurserFault) fault =
          purser_dialect_read_error (purser_dialect_get ("bedrock"), cases[i].status, "application/json", cases[i].body,
                                     strlen (cases[i].body), header_cb, (gpointer) cases[i].type);
      g_assert_cmpint (fault->class_, ==, cases[i].class_);
      g_assert_cmpstr (fault->code, ==, cases[i].code);
      g_assert_cmpstr (fault->message, ==, cases[i].message);
      g_assert_cmpint (fault->status, ==, cases[i].status);
    }
}

/* --- Requests --- */

static void
assert_dropped (const char *name, const GPtrArray *dropped, JsonArray *expected)
{
  guint length = expected != NULL ? json_array_get_length (expected) : 0;
  g_autoptr(GString) is = g_string_new (NULL), should = g_string_new (NULL);
  for (guint i = 0; i < dropped->len; i++)
    g_string_append_printf (is, "%s; ", (const char *) g_ptr_array_index (dropped, i));
  for (guint i = 0; i < length; i++)
    g_string_append_printf (should, "%s; ", json_array_get_string_element (expected, i));
  if (!g_str_equal (is->str, should->str))
    g_error ("%s: dropped %s\n  expects %s", name, is->str, should->str);
}

static void
check_request (JsonObject *row)
{
  const char *name = purser_json_string (row, "name"), *words = purser_json_string (row, "words");
  const char *dialect = purser_json_string (row, "dialect"), *model = purser_json_string (row, "model");
  g_autoptr(PurserChat) chat = chat_json_make (purser_json_member (row, "chat"));
  g_autoptr(GPtrArray) dropped = g_ptr_array_new_with_free_func (g_free);
  PurserEncodeOptions options = { .model = model ? model : "us.anthropic.claude-sonnet-4-6-v1:0",
                                  .default_max_tokens = purser_json_int (row, "default_max_tokens", -1),
                                  .context_tokens = -1,
                                  .dropped = dropped };
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) body =
      purser_dialect_encode_request (purser_dialect_get (dialect ? dialect : "bedrock"), chat, &options, &error);
  if (words != NULL)
    {
      g_assert_null (body);
      g_assert_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_UNSUPPORTED);
      if (!g_str_equal (error->message, words))
        g_error ("%s: refused with “%s”", name, error->message);
      return;
    }
  if (body == NULL)
    g_error ("%s: refused with “%s”", name, error->message);
  g_autoptr(JsonNode) is = purser_json_parse (g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body), &error);
  g_assert_no_error (error);
  if (!purser_json_equal (is, json_object_get_member (row, "expect")))
    {
      g_autofree char *should = purser_json_to_string (json_object_get_member (row, "expect"), FALSE);
      g_error ("%s:\n  is      %.*s\n  expects %s", name, (int) g_bytes_get_size (body),
               (const char *) g_bytes_get_data (body, NULL), should);
    }
  assert_dropped (name, dropped, purser_json_array (row, "dropped"));
}

static void
test_requests (gconstpointer file)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "wire", file, NULL);
  g_autoptr(JsonNode) root = load (path);
  JsonArray *rows = json_node_get_array (root);
  for (guint i = 0; i < json_array_get_length (rows); i++)
    check_request (json_array_get_object_element (rows, i));
  g_assert_cmpuint (json_array_get_length (rows), >=, 12);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/bedrock/transcripts", test_transcripts);
  g_test_add_func ("/wire/bedrock/events", test_events);
  g_test_add_func ("/wire/bedrock/tier", test_tier);
  g_test_add_func ("/wire/bedrock/sniffed", test_sniffed);
  g_test_add_func ("/wire/bedrock/foreign", test_foreign);
  g_test_add_func ("/wire/bedrock/errors", test_errors);
  g_test_add_data_func ("/wire/bedrock/requests", "encode-bedrock.json", test_requests);
  g_test_add_data_func ("/wire/ollama/requests", "encode-ollama.json", test_requests);
  return g_test_run ();
}
