/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-anthropic-messages.h"

#include <string.h>

#include "purser-json.h"

/* PROVIDERS §4.4, §4.5: how much a model shall think. The caller's own words go where the model takes them; else the
 * nearest that it has. */

#define LEAST_BUDGET 1024

static gboolean
has_effort (const PurserAnthropicRule *rule, const char *effort)
{
  g_autofree char *word = g_strdup_printf (" %s ", effort);
  return strstr (rule->efforts, word) != NULL;
}

/* The wanted effort, or the nearest that the model has; xhigh and max fall, minimal rises. NULL: it has none. */
static const char *
nearest_effort (const PurserAnthropicRule *rule, const char *wanted)
{
  static const char *const falling[] = { "max", "xhigh", "high", "medium", "low" };
  gsize from = G_N_ELEMENTS (falling) - 1; /* none, minimal: the lowest */
  for (gsize i = 0; i < G_N_ELEMENTS (falling); i++)
    if (g_str_equal (falling[i], wanted))
      from = i;
  for (gsize i = from; i < G_N_ELEMENTS (falling); i++)
    if (has_effort (rule, falling[i]))
      return falling[i];
  return NULL;
}

/* PROVIDERS §4.4, design: what an effort is worth in tokens. It must leave room below max_tokens. 0: no room. */
static gint64
budget_of (const char *effort, gint64 max_tokens)
{
  static const struct
  {
    const char *effort;
    gint64 tokens;
  } budgets[] = { { "minimal", 1024 }, { "low", 2048 },    { "medium", 8192 },
                  { "high", 16384 },   { "xhigh", 32768 }, { "max", 32768 } };
  gint64 budget = 8192;
  for (gsize i = 0; i < G_N_ELEMENTS (budgets); i++)
    if (g_str_equal (budgets[i].effort, effort))
      budget = budgets[i].tokens;
  budget = MIN (budget, max_tokens / 2);
  return budget >= LEAST_BUDGET ? budget : 0;
}

/* The budget to send. Anthropic judges one that its own caller said; another's is made to fit. */
static gint64
wanted_budget (const PurserAnthropicEncoder *encoder, gint64 max_tokens)
{
  const PurserChat *chat = encoder->chat;
  if (chat->thinking_budget < 0)
    return budget_of (chat->effort != NULL ? chat->effort : "high", max_tokens);
  if (encoder->own)
    return chat->thinking_budget;
  gint64 budget = MIN (MAX (chat->thinking_budget, LEAST_BUDGET), max_tokens - 1);
  return budget >= LEAST_BUDGET ? budget : 0;
}

/* OpenAI's words for a summary ("auto", "detailed") all ask to see one. */
static void
set_thinking (const PurserAnthropicEncoder *encoder, JsonObject *body, const char *type, gint64 budget)
{
  const char *display = encoder->chat->thinking_display;
  gboolean shows = g_str_equal (type, "adaptive") || g_str_equal (type, "enabled");
  JsonObject *thinking = json_object_new ();
  json_object_set_string_member (thinking, "type", type);
  if (budget >= 0)
    json_object_set_int_member (thinking, "budget_tokens", budget);
  if (shows && display != NULL)
    json_object_set_string_member (thinking, "display", g_str_equal (display, "omitted") ? "omitted" : "summarized");
  json_object_set_object_member (body, "thinking", thinking);
}

static void
set_effort (const PurserAnthropicEncoder *encoder, JsonObject *output, const char *wanted)
{
  const char *effort = nearest_effort (encoder->rule, wanted);
  if (effort != NULL)
    json_object_set_string_member (output, "effort", effort);
}

/* Models behind compatible servers: what they take is not known, so Anthropic's callers are taken at their word. */
static gboolean
add_as_said (const PurserAnthropicEncoder *encoder, JsonObject *body)
{
  const PurserChat *chat = encoder->chat;
  if (encoder->own && chat->thinking != NULL && *encoder->rule->prefix == 0)
    set_thinking (encoder, body, chat->thinking, chat->thinking_budget);
  else if (chat->effort != NULL && !g_str_equal (chat->effort, "none"))
    purser_anthropic_drop (encoder, "reasoning_effort");
  return FALSE;
}

static gboolean
add_budget (const PurserAnthropicEncoder *encoder, JsonObject *body, gint64 max_tokens)
{
  gboolean fits = !purser_anthropic_forces_tool (encoder->chat) && !purser_anthropic_lost_thinking (encoder->chat);
  gint64 budget = fits ? wanted_budget (encoder, max_tokens) : 0;
  if (budget > 0)
    set_thinking (encoder, body, "enabled", budget);
  return budget > 0;
}

static void
add_off (const PurserAnthropicEncoder *encoder, JsonObject *body, JsonObject *output)
{
  const PurserAnthropicRule *rule = encoder->rule;
  if (rule->thinking == PURSER_THINKING_BUDGET)
    {
      if (encoder->own) /* it is off where nothing is said, too */
        set_thinking (encoder, body, "disabled", -1);
    }
  else if (rule->off != NULL)
    set_thinking (encoder, body, rule->off, -1);
  else
    {
      set_thinking (encoder, body, "adaptive", -1);
      set_effort (encoder, output, "none");
      purser_anthropic_drop (encoder, "reasoning_effort");
    }
}

gboolean
purser_anthropic_add_thinking (const PurserAnthropicEncoder *encoder,
                               JsonObject *body,
                               JsonObject *output,
                               gint64 max_tokens)
{
  const PurserChat *chat = encoder->chat;
  const PurserAnthropicRule *rule = encoder->rule;
  const char *beside =
      encoder->own && chat->native != NULL ? purser_json_string (chat->native, "output_config.effort") : NULL;
  gboolean off = g_strcmp0 (chat->effort, "none") == 0;
  gboolean silent = chat->thinking == NULL && (encoder->own || chat->effort == NULL); /* of thinking itself */
  if (beside != NULL)
    set_effort (encoder, output, beside);
  if (rule->thinking == PURSER_THINKING_NONE)
    return add_as_said (encoder, body);
  if (off)
    add_off (encoder, body, output);
  if (off)
    return FALSE;
  if (silent && chat->effort != NULL)
    set_effort (encoder, output, chat->effort);
  if (silent && chat->thinking_budget < 0)
    return FALSE;
  if ((rule->budgets && chat->thinking_budget >= 0) || rule->thinking == PURSER_THINKING_BUDGET)
    {
      gboolean thinks = add_budget (encoder, body, max_tokens);
      if (chat->thinking_budget < 0 && chat->effort != NULL)
        set_effort (encoder, output, chat->effort);
      if (!thinks)
        purser_anthropic_drop (encoder, "reasoning_effort");
      if (thinks || rule->thinking == PURSER_THINKING_BUDGET)
        return thinks;
    }
  set_thinking (encoder, body, "adaptive", -1);
  if (chat->effort != NULL)
    set_effort (encoder, output, chat->effort);
  return FALSE;
}
