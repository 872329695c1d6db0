/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz-reply.h"

/* The last byte says which format the list is said to have. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char *const formats[] = { "openai", "anthropic", "ollama", "github" };
  if (size < 1)
    return 0;
  g_autoptr(GError) error = NULL;
  g_autofree char *next = NULL;
  g_autoptr(GPtrArray) models = purser_models_parse (formats[data[size - 1] & 3], data, size - 1, &next, &error);
  g_assert_true ((models == NULL) == (error != NULL));
  for (guint i = 0; models != NULL && i < models->len; i++)
    {
      const PurserListedModel *model = g_ptr_array_index (models, i);
      g_assert_true (model->name != NULL && *model->name != 0 && g_utf8_validate (model->name, -1, NULL));
      g_assert_true (model->context_tokens >= -1 && model->max_output >= -1);
    }
  return 0;
}
