/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-dialect.h"

#include <string.h>

#include "purser-openai-rules.h"

/* Models that OpenAI serves at /responses only. */
static const char *const only_responses[] = { "gpt-5*-pro*", "gpt-5*-codex*",    "codex-*",       "o1-pro*",
                                              "o3-pro*",     "*-deep-research*", "computer-use-*" };

/**
 * purser_openai_only_responses:
 * @model: OpenAI's name of it, perhaps behind "openai." as Bedrock has it
 *
 * Returns: whether Chat Completions does not serve it at all
 */
gboolean
purser_openai_only_responses (const char *model)
{
  g_autofree char *lower = g_ascii_strdown (model, -1);
  for (gsize i = 0; i < G_N_ELEMENTS (only_responses); i++)
    if (purser_openai_matches (only_responses[i], lower))
      return TRUE;
  return FALSE;
}

static const char *
own_name (const char *model)
{
  return g_str_has_prefix (model, "openai.") ? model + strlen ("openai.") : model;
}

gboolean
purser_openai_must_read (const char *model, const PurserChat *chat)
{
  const char *name = own_name (model);
  return chat->undecoded && chat->tooled && purser_openai_rule (name)->tools_without_reasoning
         && !purser_openai_only_responses (name);
}

/**
 * purser_openai_needs_responses:
 *
 * Tools with reasoning switched off are taken by Chat Completions as well, so such a request stays there.
 *
 * Returns: whether the request has to go to /responses
 */
gboolean
purser_openai_needs_responses (const char *model, const PurserChat *chat)
{
  const char *name = own_name (model);
  if (purser_openai_only_responses (name))
    return TRUE;
  return purser_openai_rule (name)->tools_without_reasoning && chat->tools->len > 0
         && g_strcmp0 (chat->tool_choice, "none") != 0 && g_strcmp0 (chat->effort, "none") != 0;
}
