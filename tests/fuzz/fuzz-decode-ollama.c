/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>

#include "peek-match.h"
#include "purser-dialect.h"
#include "purser-json.h"
#include "purser-ollama.h"

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What was taken can be sent, or is refused in words, in every dialect. */
static void
encode_everywhere (const PurserChat *chat)
{
  static const char *const targets[] = { "openai-chat", "openai-responses", "anthropic", "ollama", "bedrock" };
  static const char *const models[] = { "gpt-5.4", "gpt-5.4", "claude-haiku-4-5", "gpt-oss:20b",
                                        "us.anthropic.claude-sonnet-4-6-v1:0" };
  for (gsize i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      const PurserDialect *target = purser_dialect_get (targets[i]);
      if (target == NULL || !purser_dialect_is_upstream (target))
        continue;
      g_autoptr(GPtrArray) dropped = g_ptr_array_new_with_free_func (g_free);
      g_autoptr(GError) error = NULL;
      PurserEncodeOptions options = { .model = models[i],
                                      .stream = chat->stream,
                                      .default_max_tokens = -1,
                                      .context_tokens = 32768,
                                      .dropped = dropped };
      g_autoptr(GBytes) body = purser_dialect_encode_request (target, chat, &options, &error);
      g_assert_true ((body != NULL) != (error != NULL));
      g_assert_true (error == NULL || *error->message != 0);
      if (body != NULL)
        {
          g_autoptr(JsonNode) sent =
              purser_json_parse (g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body), NULL);
          g_assert_nonnull (sent);
        }
    }
}

/* The last byte tells which of the two it is. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < 1)
    return 0;
  const PurserDialect *dialect = purser_dialect_get (data[size - 1] & 1 ? "ollama-generate" : "ollama");
  g_autoptr(GBytes) body = g_bytes_new (data, size - 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserChat) chat = purser_dialect_decode_request (dialect, body, &error);
  peek_assert_match (dialect, body, chat);
  g_assert_true ((chat != NULL) != (error != NULL));
  if (chat == NULL)
    return 0;
  g_assert_true ((purser_ollama_load_word (chat) != NULL) == (chat->messages->len == 0));
  encode_everywhere (chat);
  return 0;
}

/* GLib's complaints count as crashes. */
int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  return 0;
}
