/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A caller's body on its way to a provider of the same dialect: whatever the bytes, nothing is read past their end, and a body that is a JSON object comes out the same but for what was set. */
#include <string.h>

#include "purser-dialect.h"
#include "purser-json.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check (JsonNode *before, GBytes *after)
{
  g_autoptr(JsonNode) root = purser_json_parse (g_bytes_get_data (after, NULL), g_bytes_get_size (after), NULL);
  JsonObject *object = purser_json_object (before);
  g_assert_nonnull (root);
  g_assert_cmpstr (purser_json_string (purser_json_object (root), "model"), ==, "another");
  g_autoptr(GList) names = json_object_get_members (object);
  json_object_set_string_member (object, "model", "another");
  for (GList *name = names; name != NULL; name = name->next) /* servers may not tell "Model" from "model" */
    if (g_ascii_strcasecmp (name->data, "model") == 0)
      {
        g_autofree char *copy = g_strdup (name->data);
        json_object_set_string_member (object, copy, "another");
      }
  g_assert_true (purser_json_equal (before, root));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const char *const dialects[] = { "anthropic", "openai-chat", "openai-responses", "ollama", "openai-embeddings" };
  g_autoptr(GBytes) body = g_bytes_new_take (size > 0 ? g_memdup2 (data, size) : NULL, size); /* exactly SIZE bytes: one more is found */
  for (gsize i = 0; i < G_N_ELEMENTS (dialects); i++)
    {
      PurserEncodeOptions options = { .model = "another" };
      g_autoptr(GBytes) spliced = purser_dialect_splice_request (purser_dialect_get (dialects[i]), body, &options, NULL);
      g_autoptr(JsonNode) before = size > 0 ? purser_json_parse ((const char *) data, size, NULL) : NULL;
      if (i == 0 && spliced != NULL && purser_json_object (before) != NULL)
        check (before, spliced);
    }
  return 0;
}
