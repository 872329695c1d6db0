/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every caller's dialect against every provider's: one request with tools, a picture, thinking and a failed tool result, and the replies to it (streamed, whole, broken off, refused), as written down in
 * pairs/golden. The sources in pairs/DIALECT are our own. PURSER_UPDATE_GOLDEN=1 writes the golden files anew: read the difference before you commit it. */
#include <string.h>

#include "frames.h"
#include "purser-dialect.h"
#include "purser-json.h"

static const char *const callers[] = { "openai-chat", "openai-responses", "anthropic", "ollama", "ollama-generate" };
static const char *const providers[] = { "openai-chat", "openai-responses", "anthropic", "ollama", "bedrock" };
/* A model of each provider that reasons and takes tools. */
static const char *const models[] = { "gpt-5.2", "gpt-5.6-sol", "claude-sonnet-4-5", "qwen3", "anthropic.claude-sonnet-4-5-v1:0" };

static char *
source (const char *dialect, const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "wire", "pairs", dialect, name, NULL);
  g_autoptr(GError) error = NULL;
  char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  return text;
}

static void
add_json (GString *out, JsonNode *node)
{
  g_autofree char *text = purser_json_to_string (node, TRUE);
  g_string_append_printf (out, "%s\n", text);
}

/* --- Requests --- */

static PurserChat *
decode (const char *caller)
{
  g_autofree char *text = source (caller, "request.json");
  g_autoptr(GBytes) body = g_bytes_new (text, strlen (text));
  g_autoptr(GError) error = NULL;
  PurserChat *chat = purser_dialect_decode_request (purser_dialect_get (caller), body, &error);
  g_assert_no_error (error);
  return chat;
}

static void
add_request (GString *out, PurserChat *chat, gsize provider)
{
  g_autoptr(GPtrArray) dropped = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GError) error = NULL;
  PurserEncodeOptions options = { .model = models[provider], .stream = TRUE, .known_server = TRUE, .default_max_tokens = -1, .dropped = dropped };
  g_autoptr(GBytes) body = purser_dialect_encode_request (purser_dialect_get (providers[provider]), chat, &options, &error);
  g_string_append (out, "=== request\n");
  if (body == NULL && chat->stop != NULL) /* the one thing here that a provider cannot say at all: once in words, then without */
    {
      g_string_append_printf (out, "refused: %s\n", error->message);
      g_clear_pointer (&chat->stop, g_strfreev);
      add_request (out, chat, provider);
      return;
    }
  g_assert_no_error (error);
  g_autoptr(JsonNode) root = purser_json_parse (g_bytes_get_data (body, NULL), g_bytes_get_size (body), NULL);
  g_assert_nonnull (root);
  add_json (out, root);
  g_string_append (out, "=== left out:");
  for (guint i = 0; i < dropped->len; i++)
    g_string_append_printf (out, " %s", (char *) g_ptr_array_index (dropped, i));
  g_string_append_c (out, '\n');
}

/* --- Replies --- */

static GByteArray *
stream_of (const char *provider, const char *name)
{
  GByteArray *bytes = g_byte_array_new ();
  if (!g_str_equal (provider, "bedrock"))
    {
      g_autofree char *file = g_strconcat (name, ".txt", NULL);
      g_autofree char *text = source (provider, file);
      g_byte_array_append (bytes, (const guint8 *) text, strlen (text));
      return bytes;
    }
  g_autofree char *file = g_strconcat (name, ".json", NULL);
  g_autofree char *text = source (provider, file);
  g_autoptr(JsonNode) root = purser_json_parse (text, -1, NULL);
  JsonArray *frames = json_node_get_array (root);
  for (guint i = 0; i < json_array_get_length (frames); i++)
    {
      JsonArray *frame = json_array_get_array_element (frames, i);
      const char *type = json_array_get_string_element (frame, 0);
      g_autofree char *payload = purser_json_to_string (json_array_get_element (frame, 1), FALSE);
      if (*type == '!')
        frames_add (bytes, "exception", ":exception-type", type + 1, payload);
      else
        frames_add_event (bytes, type, payload);
    }
  return bytes;
}

typedef struct { GString *out; gboolean terminal, whole; PurserWriter *writer; PurserFault *fault; } Reply;

static void
write_cb (const char *bytes, gsize length, gboolean terminal, gpointer data)
{
  Reply *reply = data;
  if (terminal && !reply->terminal && !reply->whole)
    g_string_append (reply->out, "--- from here on the caller can know the end\n");
  reply->terminal |= terminal;
  if (reply->whole)
    {
      g_autoptr(JsonNode) root = purser_json_parse (bytes, length, NULL);
      add_json (reply->out, root);
    }
  else
    g_string_append_len (reply->out, bytes, length);
}

static void
event_cb (const PurserEvent *event, gpointer data)
{
  Reply *reply = data;
  if (event->type == PURSER_EVENT_ERROR)
    reply->fault = purser_fault_copy (event->fault);
  purser_writer_add (reply->writer, event);
}

static void
add_fault (GString *out, const char *caller, const PurserFault *fault)
{
  g_autoptr(PurserErrorReply) error = purser_dialect_write_error (purser_dialect_get (caller), fault, "call-1");
  g_autoptr(JsonNode) root = purser_json_parse (g_bytes_get_data (error->body, NULL), g_bytes_get_size (error->body), NULL);
  g_string_append_printf (out, "status %d\n", error->status);
  add_json (out, root);
}

static void
add_reply (GString *out, const char *title, const char *caller, const char *provider, const PurserChat *chat, gboolean stream, const void *bytes, gsize length)
{
  PurserWriterOptions options = { .created = 1760000000, .stream = stream, .include_usage = TRUE, .origin = provider, .chat = chat };
  Reply reply = { .out = out, .whole = !stream };
  g_string_append_printf (out, "=== %s\n", title);
  reply.writer = purser_writer_new (purser_dialect_get (caller), &options, write_cb, &reply);
  g_autoptr(PurserReader) reader = purser_reader_new (purser_dialect_get (provider), stream, NULL, event_cb, &reply);
  purser_reader_feed (reader, bytes, length);
  purser_reader_end (reader);
  purser_writer_free (reply.writer);
  if (reply.fault != NULL && !stream)
    add_fault (out, caller, reply.fault);
  purser_fault_free (reply.fault);
}

static void
add_refusal (GString *out, const char *caller, const char *provider)
{
  g_autofree char *text = source (provider, "error.json");
  g_autoptr(JsonNode) root = purser_json_parse (text, -1, NULL);
  g_autofree char *body = purser_json_to_string (json_object_get_member (json_node_get_object (root), "body"), FALSE);
  g_autoptr(PurserFault) fault = purser_dialect_read_error (purser_dialect_get (provider), json_object_get_int_member (json_node_get_object (root), "status"), "application/json",
                                                            body, strlen (body), NULL, NULL);
  g_string_append (out, "=== refused by the provider\n");
  add_fault (out, caller, fault);
}

static char *
play (gsize caller, gsize provider)
{
  GString *out = g_string_new (NULL);
  g_autoptr(PurserChat) chat = decode (callers[caller]);
  g_autoptr(GByteArray) stream = stream_of (providers[provider], "stream"), broken = stream_of (providers[provider], "stream-error");
  g_autofree char *whole = source (providers[provider], "whole.json");
  add_request (out, chat, provider);
  add_reply (out, "reply, streamed", callers[caller], providers[provider], chat, TRUE, stream->data, stream->len);
  add_reply (out, "reply, whole", callers[caller], providers[provider], chat, FALSE, whole, strlen (whole));
  add_reply (out, "an error in mid-stream", callers[caller], providers[provider], chat, TRUE, broken->data, broken->len);
  add_refusal (out, callers[caller], providers[provider]);
  return g_string_free (out, FALSE);
}

static void
test_pair (gconstpointer data)
{
  gsize caller = GPOINTER_TO_UINT (data) / 16, provider = GPOINTER_TO_UINT (data) % 16;
  g_autofree char *name = g_strdup_printf ("%s--%s.txt", callers[caller], providers[provider]);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "wire", "pairs", "golden", name, NULL);
  g_autofree char *is = play (caller, provider), *should = NULL;
  if (g_getenv ("PURSER_UPDATE_GOLDEN") != NULL)
    g_assert_true (g_file_set_contents (path, is, -1, NULL));
  g_assert_true (g_file_get_contents (path, &should, NULL, NULL));
  g_auto(GStrv) is_lines = g_strsplit (is, "\n", -1), should_lines = g_strsplit (should, "\n", -1);
  for (guint i = 0; is_lines[i] != NULL || should_lines[i] != NULL; i++)
    if (g_strcmp0 (is_lines[i], should_lines[i]) != 0)
      g_error ("%s, line %u:\n  is     %s\n  golden %s", name, i + 1, is_lines[i], should_lines[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize caller = 0; caller < G_N_ELEMENTS (callers); caller++)
    for (gsize provider = 0; provider < G_N_ELEMENTS (providers); provider++)
      {
        g_autofree char *path = g_strdup_printf ("/wire/pairs/%s/%s", callers[caller], providers[provider]);
        g_test_add_data_func (path, GUINT_TO_POINTER (caller * 16 + provider), test_pair);
      }
  return g_test_run ();
}
