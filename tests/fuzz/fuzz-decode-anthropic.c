/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>

#include "peek-match.h"
#include "purser-dialect.h"
#include "purser-json.h"

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What each upstream is asked as; of Anthropic's models one for each way to think. */
static const struct
{
  const char *dialect, *model, *api_version;
} targets[] = {
  { "anthropic", "claude-opus-5-5", NULL },
  { "anthropic", "claude-opus-4-6", NULL },
  { "anthropic", "claude-haiku-4-5", NULL },
  { "anthropic", "claude-3-haiku", "2026-10-21" },
  { "anthropic", "m", NULL },
  { "openai-chat", "gpt-5.6", NULL },
  { "openai-responses", "gpt-5.6", NULL },
  { "ollama", "gpt-oss:20b", NULL },
  { "bedrock", "anthropic.claude-sonnet-4-6", NULL },
};

static guint
count_marks (JsonNode *node)
{
  guint marks = 0;
  JsonArray *array = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonObject *block = purser_json_object (json_array_get_element (array, i));
      marks += purser_json_member (block, "cache_control") != NULL;
      marks += count_marks (purser_json_node (block, "content"));
    }
  return marks;
}

/* What Anthropic refuses, whatever its caller sent. */
static void
check_sent (JsonObject *body)
{
  JsonArray *messages = purser_json_array (body, "messages");
  guint marks = (purser_json_member (body, "cache_control") != NULL) + count_marks (purser_json_node (body, "tools"))
                + count_marks (purser_json_node (body, "system"));
  const char *before = "";
  g_assert_nonnull (messages);
  for (guint i = 0; i < json_array_get_length (messages); i++)
    {
      JsonObject *message = json_array_get_object_element (messages, i);
      const char *role = purser_json_string (message, "role");
      g_assert_cmpstr (role, !=, before);
      before = role;
      marks += count_marks (purser_json_node (message, "content"));
    }
  g_assert_cmpint (purser_json_int (body, "max_tokens", -1), >=, 0);
  g_assert_cmpuint (marks, <=, 4);
}

/* What was taken can be sent, or is refused in words. */
static void
encode (const PurserChat *chat, gsize i)
{
  const PurserDialect *target = purser_dialect_get (targets[i].dialect);
  if (target == NULL || !purser_dialect_is_upstream (target))
    return;
  g_autoptr(GPtrArray) dropped = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GError) error = NULL;
  PurserEncodeOptions options = { .model = targets[i].model,
                                  .stream = chat->stream,
                                  .default_max_tokens = -1,
                                  .context_tokens = 32768,
                                  .dropped = dropped,
                                  .api_version = targets[i].api_version };
  g_autoptr(GBytes) body = purser_dialect_encode_request (target, chat, &options, &error);
  g_assert_true ((body != NULL) != (error != NULL));
  g_assert_true (error == NULL || *error->message != 0);
  if (body == NULL)
    return;
  g_autoptr(JsonNode) sent = purser_json_parse (g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body), NULL);
  g_assert_nonnull (purser_json_object (sent));
  if (g_str_equal (targets[i].dialect, "anthropic"))
    check_sent (json_node_get_object (sent));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr(GBytes) body = g_bytes_new (data, size);
  g_autoptr(GError) error = NULL;
  g_autoptr(PurserChat) chat = purser_dialect_decode_request (purser_dialect_get ("anthropic"), body, &error);
  peek_assert_match (purser_dialect_get ("anthropic"), body, chat);
  g_assert_true ((chat != NULL) != (error != NULL));
  for (gsize i = 0; chat != NULL && i < G_N_ELEMENTS (targets); i++)
    encode (chat, i);
  return 0;
}

/* GLib's complaints count as crashes. */
int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  return 0;
}
