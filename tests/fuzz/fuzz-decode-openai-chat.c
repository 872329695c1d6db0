/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>

#include "peek-match.h"
#include "purser-dialect.h"
#include "purser-json.h"

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* To a server of this dialect: what is sent can be read again. */
static void
read_again (GBytes *body)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserChat) again = purser_dialect_decode_request (purser_dialect_get ("openai-chat"), body, &error);
  g_assert_no_error (error);
}

/* What was taken can be sent, or is refused in words, in every dialect. */
static void
send_everywhere (const PurserChat *chat, uint8_t flags)
{
  static const struct
  {
    const char *dialect, *model;
  } targets[] = { { "openai-chat", "gpt-5.6" },        { "openai-chat", "m" }, { "openai-responses", "gpt-5.4" },
                  { "anthropic", "claude-haiku-4-5" }, { "ollama", "m" },      { "bedrock", "us.anthropic.claude-sonnet-4-6-v1:0" } };
  for (gsize i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      const PurserDialect *target = purser_dialect_get (targets[i].dialect);
      if (target == NULL || !purser_dialect_is_upstream (target))
        continue;
      g_autoptr(GPtrArray) dropped = g_ptr_array_new_with_free_func (g_free);
      g_autoptr(GError) error = NULL;
      PurserEncodeOptions options = { .model = targets[i].model,
                                      .stream = chat->stream,
                                      .known_server = flags & 1,
                                      .plain = flags & 2,
                                      .default_max_tokens = -1,
                                      .context_tokens = -1,
                                      .dropped = dropped };
      g_autoptr(GBytes) body = purser_dialect_encode_request (target, chat, &options, &error);
      g_assert_true ((body != NULL) != (error != NULL));
      if (body != NULL && i < 2)
        read_again (body);
    }
}

/* The last byte says what kind of server it goes to. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < 1)
    return 0;
  g_autoptr(GBytes) body = g_bytes_new (data, size - 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserChat) chat = purser_dialect_decode_request (purser_dialect_get ("openai-chat"), body, &error);
  peek_assert_match (purser_dialect_get ("openai-chat"), body, chat);
  g_assert_true ((chat != NULL) != (error != NULL));
  g_assert_true (error == NULL || *error->message != 0);
  if (chat != NULL)
    send_everywhere (chat, data[size - 1]);
  return 0;
}

/* GLib's complaints count as crashes. */
int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  return 0;
}
