/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-kind.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Adding a kind is adding a row here and one in purser-route.c. Addresses as each owner publishes them (2026). Azure v1 and Bedrock's "mantle"
 * speak OpenAI's chat format. */
static const PurserKind KINDS[] = {
  { .id = "anthropic",
    .name = "Anthropic",
    .hint = N_("Claude models, from Anthropic"),
    .address = "https://api.anthropic.com",
    .dialect = "anthropic",
    .auth = PURSER_AUTH_X_API_KEY,
    .models_format = "anthropic",
    .key_prefix = "sk-ant-",
    .supported = TRUE },
  { .id = "openai",
    .name = "OpenAI",
    .hint = N_("GPT models, from OpenAI"),
    .address = "https://api.openai.com/v1",
    .dialect = "openai-chat",
    .auth = PURSER_AUTH_BEARER,
    .models_format = "openai",
    .key_prefix = "sk-",
    .supported = TRUE },
  { .id = "ollama",
    .name = "Ollama",
    .hint = N_("Models that run on your own computers"),
    .address = "http://localhost:11434",
    .dialect = "ollama",
    .auth = PURSER_AUTH_BEARER,
    .key_optional = TRUE,
    .models_format = "ollama",
    .supported = TRUE },
  { .id = "openai-compatible",
    .name = N_("OpenAI-compatible"),
    .hint = N_("Any server that speaks OpenAI’s format"),
    .address = "",
    .dialect = "openai-chat",
    .auth = PURSER_AUTH_BEARER,
    .key_optional = TRUE,
    .models_format = "openai",
    .supported = TRUE },
  { .id = "azure-openai",
    .name = "Azure OpenAI",
    .hint = N_("OpenAI’s models in your Azure subscription"),
    .address = "",
    .dialect = "openai-chat",
    .auth = PURSER_AUTH_API_KEY,
    .models_format = "openai",
    .supported = TRUE },
  { .id = "bedrock",
    .name = "Amazon Bedrock",
    .hint = N_("Models in your AWS account, with a Bedrock API key"),
    .address = "https://bedrock-mantle.us-east-1.api.aws/openai/v1",
    .dialect = "openai-chat",
    .auth = PURSER_AUTH_BEARER,
    .models_format = "openai",
    .supported = TRUE },
  { .id = "github-models",
    .name = "GitHub Models",
    .hint = N_("Ended by GitHub on 30 July 2026"),
    .address = "https://models.github.ai/inference",
    .dialect = "openai-chat",
    .auth = PURSER_AUTH_BEARER,
    .models_format = "github",
    .key_prefix = "github_pat_",
    .supported = TRUE,
    .retired_on = "2026-07-30" },
};

/**
 * purser_kind_get:
 * @id: a kind's id, "anthropic" …
 *
 * Returns: (nullable): the kind, or %NULL where there is none of that name
 */
const PurserKind *
purser_kind_get (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (KINDS); i++)
    if (g_strcmp0 (KINDS[i].id, id) == 0)
      return &KINDS[i];
  return NULL;
}

/**
 * purser_kind_list:
 *
 * Returns: (array zero-terminated=1): every kind, in the order of the tiles
 */
const PurserKind *const *
purser_kind_list (void)
{
  static const PurserKind *list[G_N_ELEMENTS (KINDS) + 1];
  static gsize once;
  if (g_once_init_enter (&once))
    {
      for (guint i = 0; i < G_N_ELEMENTS (KINDS); i++)
        list[i] = &KINDS[i];
      g_once_init_leave (&once, 1);
    }
  return list;
}

G_DEFINE_QUARK (purser - org - error - quark, purser_org_error)
