/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A caller's request looked at from outside: it says what all of it says, and the rest is read once it is wanted. */
#include "peek-match.h"

static const struct { const char *dialect, *body; } requests[] = {
  { "openai-chat", "{\"model\":\"drafting\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}" },
  { "openai-chat", " {\"messages\":[{\"role\":\"user\",\"content\":\"\\\"model\\\":\\\"x\\\"\"}],\"model\":\"p\\/m\\u00fc\\ud83d\",\"stream\":true,\"max_tokens\":5,"
                   "\"stream_options\":{\"include_usage\":true},\"user\":\"ann\"} " },
  { "openai-chat", "{\"model\":\"a\",\"model\":\"b\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":5,\"max_completion_tokens\":7.0,\"safety_identifier\":\"s\",\"user\":\"u\"}" },
  { "openai-chat", "{\"model\":\"a\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":null,\"max_completion_tokens\":\"9\",\"user\":null,\"stream\":null,\"stream_options\":null}" },
  { "openai-chat", "{\"model\":\"a\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":-1,\"stream_options\":{\"include_usage\":false,\"x\":{\"include_usage\":true}}}" },
  { "openai-chat", "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}" },
  { "openai-chat", "{\"model\":\"\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}" },
  { "openai-responses", "{\"model\":\"a\",\"input\":\"Hi\",\"stream\":true,\"max_output_tokens\":12,\"safety_identifier\":\"s\"}" },
  { "openai-responses", "{\"model\":\"a\",\"input\":[],\"safety_identifier\":\"s\",\"user\":\"u\",\"max_output_tokens\":4e2}" },
  { "anthropic", "{\"model\":\"a\",\"max_tokens\":64,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"metadata\":{\"user_id\":\"ann\"},\"stream\":true}" },
  { "anthropic", "{\"model\":\"a\",\"max_tokens\":\"64\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"metadata\":{\"user_id\":7}}" },
  { "ollama", "{\"model\":\"a\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}" },
  { "ollama", "{\"model\":\"a\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"stream\":false,\"options\":{\"num_predict\":9,\"seed\":1}}" },
  { "ollama", "{\"model\":\"a\",\"options\":{\"num_predict\":-2}}" },
  { "ollama-generate", "{\"model\":\"a\",\"prompt\":\"Hi\",\"options\":{\"num_predict\":\"9\"}}" },
  { "openai-embeddings", "{\"model\":\"a\",\"input\":[\"one\"],\"user\":\"ann\"}" },
  { "ollama-embeddings", "{\"model\":\"a\",\"input\":\"one\",\"stream\":true}" },
};

static void
test_match (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      const PurserDialect *dialect = purser_dialect_get (requests[i].dialect);
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) body = g_bytes_new_static (requests[i].body, strlen (requests[i].body));
      g_autoptr(PurserChat) whole = purser_dialect_decode_request (dialect, body, &error);
      g_assert_no_error (error);
      peek_assert_match (dialect, body, whole);
    }
}

static void
test_refuses (void)
{
  static const struct { const char *dialect, *body, *words; } rows[] = {
    { "openai-chat", "", "JSON object" },
    { "openai-chat", "[]", "JSON object" },
    { "openai-chat", "{\"model\":\"a\"", "JSON object" },
    { "openai-chat", "{\"model\":\"a\"} {}", "JSON object" },
    { "openai-chat", "{\"messages\":[]}", "model" },
    { "openai-chat", "{\"model\":7,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}", "model" },
    { "openai-chat", "{\"model\":\"a\"}", "messages" },
    { "openai-chat", "{\"model\":tru,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}", "JSON" },
    { "anthropic", "{\"model\":\"a\",\"max_tokens\":5}", "messages" },
    { "openai-embeddings", "{\"model\":\"a\"}", "input" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GBytes) body = g_bytes_new_static (rows[i].body, strlen (rows[i].body));
      g_autoptr(PurserChat) chat = purser_dialect_peek_request (purser_dialect_get (rows[i].dialect), body, &error);
      g_assert_null (chat);
      g_assert_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_SYNTAX);
      if (strstr (error->message, rows[i].words) == NULL)
        g_error ("%s: %s", rows[i].body, error->message);
    }
}

/* The rest is read when it is wanted, and only then what is wrong with it is found. */
static void
test_decode (void)
{
  static const char good[] = "{\"model\":\"a\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}", bad[] = "{\"model\":\"a\",\"messages\":[{\"role\":7}]}";
  const PurserDialect *dialect = purser_dialect_get ("openai-chat");
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) body = g_bytes_new_static (good, strlen (good)), other = g_bytes_new_static (bad, strlen (bad));
  g_autoptr(PurserChat) peeked = purser_dialect_peek_request (dialect, body, &error);
  g_assert_cmpuint (peeked->messages->len, ==, 0);
  g_autoptr(PurserChat) whole = purser_chat_decode (peeked, &error);
  g_assert_no_error (error);
  g_assert_false (whole->undecoded);
  g_assert_cmpuint (whole->messages->len, ==, 1);
  g_autoptr(PurserChat) same = purser_chat_decode (whole, &error);
  g_assert_true (same == whole);
  g_autoptr(PurserChat) broken = purser_dialect_peek_request (dialect, other, &error);
  g_assert_no_error (error);
  g_assert_null (purser_chat_decode (broken, &error));
  g_assert_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_SYNTAX);
}

static gint64
estimate_of (const char *dialect, const char *before, const char *filling, gsize length, const char *after)
{
  g_autoptr(GString) text = g_string_new (before);
  g_autoptr(GError) error = NULL;
  while (text->len < length)
    g_string_append (text, filling);
  g_string_append (text, after);
  g_autoptr(GBytes) body = g_bytes_new (text->str, text->len);
  g_autoptr(PurserChat) chat = purser_dialect_peek_request (purser_dialect_get (dialect), body, &error);
  g_assert_no_error (error);
  return purser_chat_estimate_tokens (chat);
}

/* About four bytes a token; a picture is one, however many bytes it has. */
static void
test_estimate (void)
{
  gint64 words = estimate_of ("openai-chat", "{\"model\":\"a\",\"messages\":[{\"role\":\"user\",\"content\":\"", "four words of text ", 100000, "\"}]}");
  gint64 url = estimate_of ("openai-chat", "{\"model\":\"a\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,", "iVBORw0KGgo+/AAA", 100000, "\"}}]}]}");
  gint64 bare = estimate_of ("ollama", "{\"model\":\"a\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\",\"images\":[\"", "iVBORw0KGgo+/AAA", 100000, "\"]}]}");
  g_assert_cmpint (words, >, 24000);
  g_assert_cmpint (words, <, 26000);
  g_assert_cmpint (url, >, 900);
  g_assert_cmpint (url, <, 1500);
  g_assert_cmpint (bare, >, 900);
  g_assert_cmpint (bare, <, 1500);
}

/* Work that goes on after the reply is work that nobody counts. */
static void
test_background (void)
{
  static const char text[] = "{\"model\":\"a\",\"input\":\"Hi\",\"background\":true}";
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) body = g_bytes_new_static (text, strlen (text));
  g_autoptr(PurserChat) chat = purser_dialect_peek_request (purser_dialect_get ("openai-responses"), body, &error);
  g_assert_null (chat);
  g_assert_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_UNSUPPORTED);
}

/* Servers that do not tell "Model" from "model" must not be asked for another one than was admitted. */
static void
test_other_case (void)
{
  static const char text[] = "{\"model\":\"drafting\",\"Model\":\"other\",\"MODEL\":\"third\",\"messages\":[]}";
  PurserEncodeOptions options = { .model = "m", .plain = TRUE };
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) body = g_bytes_new_static (text, strlen (text));
  g_autoptr(GBytes) out = purser_dialect_splice_request (purser_dialect_get ("openai-chat"), body, &options, &error);
  g_assert_no_error (error);
  g_autofree char *got = g_strndup (g_bytes_get_data (out, NULL), g_bytes_get_size (out));
  g_assert_cmpstr (got, ==, "{\"model\":\"m\",\"Model\":\"m\",\"MODEL\":\"m\",\"messages\":[]}");
}

/* A tree of many tiny values costs hundreds of times its text. */
static void
test_too_many (void)
{
  g_autoptr(GString) text = g_string_new ("{\"model\":\"a\",\"max_tokens\":5,\"messages\":[");
  for (int i = 0; i < 1100000; i++)
    g_string_append (text, "{},");
  g_string_append (text, "{}]}");
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) body = g_bytes_new (text->str, text->len);
  g_autoptr(PurserChat) chat = purser_dialect_decode_request (purser_dialect_get ("anthropic"), body, &error);
  g_assert_null (chat);
  g_assert_nonnull (strstr (error->message, "more than 1000000 values"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/peek/match", test_match);
  g_test_add_func ("/wire/peek/refuses", test_refuses);
  g_test_add_func ("/wire/peek/decode", test_decode);
  g_test_add_func ("/wire/peek/estimate", test_estimate);
  g_test_add_func ("/wire/peek/background", test_background);
  g_test_add_func ("/wire/peek/other-case", test_other_case);
  g_test_add_func ("/wire/peek/too-many", test_too_many);
  return g_test_run ();
}
