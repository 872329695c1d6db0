/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-bedrock-thinking.h"

#include <math.h>
#include <string.h>

#include "purser-bedrock-messages.h"
#include "purser-encode-rest.h"

#define LEAST_BUDGET  1024
#define DEFAULT_LIMIT 8192

static gboolean
has_effort (const PurserAnthropicRule *rule, const char *effort)
{
  g_autofree char *word = g_strdup_printf (" %s ", effort);
  return strstr (rule->efforts, word) != NULL;
}

/* The wanted effort, or the nearest below that the model has; minimal, and none where it cannot be turned off, rise to
 * the lowest. NULL: it has none. */
static const char *
nearest_effort (const PurserAnthropicRule *rule, const char *wanted)
{
  static const char *const falling[] = { "max", "xhigh", "high", "medium", "low" };
  gsize from = 0;
  while (from + 1 < G_N_ELEMENTS (falling) && !g_str_equal (falling[from], wanted))
    from++;
  for (gsize i = from; i < G_N_ELEMENTS (falling); i++)
    if (has_effort (rule, falling[i]))
      return falling[i];
  return NULL;
}

/* Whether the last calls of the history stand without the thinking that led to them: budget models refuse that while
 * they think. */
static gboolean
lost_thinking (const PurserChat *chat)
{
  for (guint i = chat->messages->len; i > 0; i--)
    {
      const PurserMessage *message = g_ptr_array_index (chat->messages, i - 1);
      gboolean calls = FALSE, thinks = FALSE;
      for (guint j = 0; j < message->parts->len && message->role == PURSER_ROLE_ASSISTANT; j++)
        {
          const PurserPart *part = g_ptr_array_index (message->parts, j);
          calls = calls || part->type == PURSER_PART_TOOL_CALL;
          thinks = thinks || purser_bedrock_takes_thinking (part);
        }
      if (message->role == PURSER_ROLE_ASSISTANT)
        return calls && !thinks;
    }
  return FALSE;
}

/* PROVIDERS §4.4: what an effort is worth in tokens; the caller's own number counts more. It must be 1024 at least and
 * leave room below the limit, else 0. */
static gint64
budget_of (const PurserChat *chat, gint64 limit)
{
  static const struct
  {
    const char *effort;
    gint64 tokens;
  } budgets[] = {
    { "minimal", LEAST_BUDGET }, { "low", 2048 },    { "medium", 8192 },
    { "high", 16384 },           { "xhigh", 32768 }, { "max", 32768 },
  };
  gint64 budget = chat->thinking_budget;
  if (budget > 0)
    budget = MIN (budget, limit - 1);
  for (gsize i = 0; i < G_N_ELEMENTS (budgets) && chat->thinking_budget <= 0; i++)
    if (g_strcmp0 (budgets[i].effort, chat->effort) == 0)
      budget = MIN (budgets[i].tokens, limit / 2);
  return budget >= LEAST_BUDGET ? budget : 0;
}

static void
set_thinking (JsonObject *fields, const char *type, gint64 budget, const char *display)
{
  JsonObject *thinking = json_object_new ();
  json_object_set_string_member (thinking, "type", type);
  if (budget > 0)
    json_object_set_int_member (thinking, "budget_tokens", budget);
  if (display != NULL)
    json_object_set_string_member (thinking, "display", display);
  json_object_set_object_member (fields, "thinking", thinking);
}

static const char *
display_of (const PurserChat *chat)
{
  static const char *const words[] = { "summarized", "omitted", NULL };
  return chat->thinking_display != NULL && g_strv_contains (words, chat->thinking_display) ? chat->thinking_display
                                                                                           : NULL;
}

static gboolean
add_claude (JsonObject *fields,
            JsonObject *output,
            const PurserChat *chat,
            const PurserEncodeOptions *options,
            const PurserAnthropicRule *rule,
            gboolean forced,
            gint64 *limit)
{
  gboolean off = g_str_equal (chat->effort, "none");
  gboolean can_stop = rule->off != NULL || rule->thinking == PURSER_THINKING_BUDGET;
  const char *effort = off && can_stop ? NULL : nearest_effort (rule, chat->effort);
  if (effort != NULL)
    json_object_set_string_member (output, "effort", effort);
  if (rule->thinking == PURSER_THINKING_ADAPTIVE)
    {
      set_thinking (fields, off && rule->off != NULL ? rule->off : "adaptive", 0, off ? NULL : display_of (chat));
      return FALSE;
    }
  gint64 room = *limit >= 0 ? *limit : options->default_max_tokens > 0 ? options->default_max_tokens : DEFAULT_LIMIT;
  gint64 budget = off || forced || lost_thinking (chat) ? 0 : budget_of (chat, room);
  if (budget > 0)
    {
      *limit = room;
      set_thinking (fields, "enabled", budget, display_of (chat));
    }
  else if (!off)
    purser_encode_drop (options, "reasoning_effort");
  return budget > 0;
}

static const char *
low_to_high (const char *effort)
{
  static const char *const words[] = { "low", "medium", "high", NULL };
  if (g_strv_contains (words, effort))
    return effort;
  return g_str_equal (effort, "xhigh") || g_str_equal (effort, "max") ? "high" : "low";
}

/* Nova 2 takes no limit and no sampling at its highest effort: what the caller limited stays limited. */
static void
add_nova (JsonObject *fields, const PurserChat *chat)
{
  gboolean off = g_str_equal (chat->effort, "none");
  gboolean limited = chat->max_tokens >= 0 || !isnan (chat->temperature) || !isnan (chat->top_p);
  const char *effort = low_to_high (chat->effort);
  JsonObject *config = json_object_new ();
  json_object_set_string_member (config, "type", off ? "disabled" : "enabled");
  if (!off)
    json_object_set_string_member (config, "maxReasoningEffort",
                                   limited && g_str_equal (effort, "high") ? "medium" : effort);
  json_object_set_object_member (fields, "reasoningConfig", config);
}

gboolean
purser_bedrock_add_thinking (JsonObject *fields,
                             JsonObject *output,
                             const PurserChat *chat,
                             const PurserEncodeOptions *options,
                             const PurserAnthropicRule *rule,
                             gboolean forced,
                             gint64 *limit)
{
  if (chat->effort == NULL)
    return FALSE;
  if (rule->thinking != PURSER_THINKING_NONE)
    return add_claude (fields, output, chat, options, rule, forced, limit);
  if (strstr (options->model, "gpt-oss") != NULL)
    json_object_set_string_member (fields, "reasoning_effort", low_to_high (chat->effort));
  else if (strstr (options->model, "nova-2") != NULL)
    add_nova (fields, chat);
  else if (!g_str_equal (chat->effort, "none"))
    purser_encode_drop (options, "reasoning_effort");
  return FALSE;
}
