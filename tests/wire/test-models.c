/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "purser-dialect.h"

static char *
describe (const char *format, const char *body)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *next = NULL;
  g_autoptr(GPtrArray) models = purser_models_parse (format, body, strlen (body), &next, &error);
  GString *text = g_string_new (NULL);
  if (models == NULL)
    {
      g_assert_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_SYNTAX);
      return g_string_free (g_string_append (text, "refused"), FALSE);
    }
  g_assert_no_error (error);
  for (guint i = 0; i < models->len; i++)
    {
      const PurserListedModel *model = g_ptr_array_index (models, i);
      g_string_append_printf (text, "%s|%s|%" G_GINT64_FORMAT "|%" G_GINT64_FORMAT "|%s|%s|%s;", model->name,
                              model->title ? model->title : "-", model->context_tokens, model->max_output,
                              model->chat ? "chat" : "other", model->remote_host ? model->remote_host : "-",
                              model->shutdown_date ? model->shutdown_date : "-");
    }
  if (next != NULL)
    g_string_append_printf (text, "next=%s", next);
  return g_string_free (text, FALSE);
}

static void
test_formats (void)
{
  static const struct
  {
    const char *format, *body, *models;
  } cases[] = {
    { "openai",
      "{\"object\":\"list\",\"data\":[{\"id\":\"a\",\"shutdown_date\":\"2027-01-01\"},{\"id\":\"b\",\"max_model_len\":"
      "4096}]}",
      "a|-|-1|-1|chat|-|2027-01-01;b|-|4096|-1|chat|-|-;" },
    { "openai", "{\"models\":[{\"name\":\"x\"}],\"data\":[{\"id\":\"/m/x.gguf\",\"meta\":{\"n_ctx_train\":40960}}]}",
      "/m/x.gguf|-|40960|-1|chat|-|-;" },
    { "openai",
      "{\"data\":[{\"id\":\"v/m\",\"name\":\"V: "
      "M\",\"context_length\":200000,\"top_provider\":{\"max_completion_tokens\":64000},"
      "\"architecture\":{\"output_modalities\":[\"text\"]}},{\"id\":\"v/"
      "i\",\"architecture\":{\"output_modalities\":[\"image\"]}}]}",
      "v/m|V: M|200000|64000|chat|-|-;v/i|-|-1|-1|other|-|-;" },
    { "openai", "[{\"id\":\"bare\",\"type\":\"embedding\"}]", "bare|-|-1|-1|other|-|-;" },
    { "openai", "{\"data\":[]}", "" },
    { "openai", "{\"data\":[1,null,{},{\"id\":5},{\"id\":\"\"},{\"id\":\"ok\",\"context_length\":\"8192\"}]}",
      "ok|-|8192|-1|chat|-|-;" },
    { "anthropic",
      "{\"data\":[{\"type\":\"model\",\"id\":\"c\",\"display_name\":\"C\",\"max_input_tokens\":10,\"max_tokens\":5,"
      "\"retires_at\":\"2027\"}],"
      "\"has_more\":true,\"first_id\":\"c\",\"last_id\":\"c\"}",
      "c|C|10|5|chat|-|2027;next=c" },
    { "anthropic", "{\"data\":[{\"id\":\"c\"}],\"has_more\":false,\"last_id\":\"c\"}", "c|-|-1|-1|chat|-|-;" },
    { "ollama",
      "{\"models\":[{\"name\":\"q:cloud\",\"remote_host\":\"https://"
      "ollama.com:443\",\"details\":{\"context_length\":7}},"
      "{\"model\":\"e\",\"capabilities\":[\"embedding\"]},{\"name\":\"t\",\"capabilities\":[\"completion\",\"tools\"]}]"
      "}",
      "q:cloud|-|7|-1|chat|https://ollama.com:443|-;e|-|-1|-1|other|-|-;t|-|-1|-1|chat|-|-;" },
    { "github",
      "[{\"id\":\"o/"
      "g\",\"name\":\"G\",\"limits\":{\"max_input_tokens\":9,\"max_output_tokens\":3},\"supported_output_modalities\":["
      "\"text\"]},"
      "{\"id\":\"o/e\",\"name\":\"E\",\"supported_output_modalities\":[\"embeddings\"]}]",
      "o/g|G|9|3|chat|-|-;o/e|E|-1|-1|other|-|-;" },
    { "openai", "<html>hello</html>", "refused" },
    { "openai", "{\"data\":{}}", "refused" },
    { "ollama", "Ollama is running", "refused" },
    { "anthropic", "", "refused" },
    { "github", "{\"message\":\"gone\"}", "refused" },
    { "openai", "null", "refused" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = describe (cases[i].format, cases[i].body);
      g_assert_cmpstr (text, ==, cases[i].models);
    }
}

static void
test_names (void)
{
  static const struct
  {
    const char *name;
    gboolean chat;
  } names[] = { { "gpt-4o", TRUE },
                { "gpt-5.6-luna", TRUE },
                { "gpt-4o-search-preview", TRUE },
                { "o4-mini", TRUE },
                { "deepseek-v4-pro", TRUE },
                { "qwen3:8b", TRUE },
                { "openai/gpt-5-codex", TRUE },
                { "chatgpt-4o-latest", TRUE },
                { "codestral-latest", TRUE },
                { "imagine-chat", TRUE },
                { "text-embedding-3-small", FALSE },
                { "tts-1-hd", FALSE },
                { "whisper-1", FALSE },
                { "dall-e-3", FALSE },
                { "gpt-image-1", FALSE },
                { "sora-2", FALSE },
                { "omni-moderation-latest", FALSE },
                { "gpt-realtime-mini", FALSE },
                { "gpt-4o-audio-preview", FALSE },
                { "davinci-002", FALSE },
                { "gpt-4o-transcribe", FALSE },
                { "gpt-3.5-turbo-instruct", FALSE },
                { "gpt-5-codex", TRUE },
                { "gpt-5-pro-2025-10-06", TRUE },
                { "o1-pro", TRUE },
                { "nomic-embed-text:latest", FALSE } };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *body = g_strdup_printf ("{\"data\":[{\"id\":\"%s\"}]}", names[i].name);
      g_autoptr(GPtrArray) models = purser_models_parse ("openai", body, strlen (body), NULL, NULL);
      if (((PurserListedModel *) g_ptr_array_index (models, 0))->chat != names[i].chat)
        g_error ("%s is taken for the wrong kind", names[i].name);
    }
}

static void
test_refusals (void)
{
  g_autoptr(GError) error = NULL;
  g_assert_null (purser_models_parse ("bedrock", "[]", 2, NULL, &error));
  g_assert_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (purser_models_parse ("openai", "<html>Log in to Example</html>", 30, NULL, &error));
  g_assert_cmpstr (error->message, ==,
                   "The server's answer is not a list of models. It begins: <html>Log in to Example</html>");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/models/formats", test_formats);
  g_test_add_func ("/wire/models/names", test_names);
  g_test_add_func ("/wire/models/refusals", test_refusals);
  return g_test_run ();
}
