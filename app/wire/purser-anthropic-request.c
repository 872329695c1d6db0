/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-anthropic.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "purser-anthropic-messages.h"
#include "purser-json-wire.h"

/* Requests of Messages. What it cannot say, and what becomes of it (PROVIDERS §3, §4; purser-anthropic-rules.c):
 *
 *   no limit of tokens       the format demands one: default_max_tokens, else 8192
 *   system text in mid-talk  role system where the model knows it, else a part of the user's message
 *   unsigned thinking        dropped: it is another provider's
 *   seed                     dropped
 *   temperature, top_p       clamped to 0–1; one of them, or none, where the model refuses; none while a budget thinks
 *   blank stop texts         dropped: they are refused
 *   effort                   the nearest the model has: adaptive thinking, or a budget below max_tokens; "none" where
 *                            it can be turned off, else the lowest effort
 *   a forced tool            refused here where the model refuses it; on budget models it turns thinking off
 *   any JSON object          asked for in words: not enforced
 *   a schema                 output_config.format with every object closed; on models before it, asked for in words
 */

static const char *const json_words = "Reply with a single JSON object and nothing else.";

static char *
schema_words (const PurserChat *chat, const PurserAnthropicRule *rule)
{
  if (chat->schema == NULL)
    return chat->json_output ? g_strdup (json_words) : NULL;
  if (rule->schema)
    return NULL;
  g_autofree char *schema = purser_json_to_string (chat->schema, FALSE);
  return g_strdup_printf ("%s It must follow this JSON schema: %s", json_words, schema);
}

static void
add_tools (JsonObject *body, const PurserChat *chat)
{
  JsonArray *tools = json_array_new ();
  for (guint i = 0; i < chat->tools->len; i++)
    {
      const PurserTool *tool = g_ptr_array_index (chat->tools, i);
      JsonObject *object = json_object_new ();
      json_object_set_string_member (object, "name", tool->name);
      if (tool->description != NULL)
        json_object_set_string_member (object, "description", tool->description);
      json_object_set_member (object, "input_schema", purser_encode_schema (tool));
      json_array_add_object_element (tools, object);
    }
  json_object_set_array_member (body, "tools", tools);
}

static gboolean
forces_tool (const PurserChat *chat)
{
  return chat->tools->len > 0
         && (g_strcmp0 (chat->tool_choice, "required") == 0 || purser_encode_named_tool (chat) != NULL);
}

static gboolean
add_tool_choice (
    JsonObject *body, const PurserChat *chat, const PurserAnthropicRule *rule, const char *model, GError **error)
{
  JsonObject *choice;
  const char *named = purser_encode_named_tool (chat) != NULL ? chat->tool_choice : NULL;
  if (chat->tools->len == 0 || chat->tool_choice == NULL)
    return TRUE;
  if (forces_tool (chat) && rule->no_forcing)
    return purser_encode_refuse (error, _("%s cannot be made to call a tool. Let it choose, or ask for a schema."),
                                 model);
  choice = json_object_new ();
  json_object_set_string_member (choice, "type",
                                 named                                         ? "tool"
                                 : g_str_equal (chat->tool_choice, "required") ? "any"
                                                                               : chat->tool_choice);
  if (named != NULL)
    json_object_set_string_member (choice, "name", named);
  json_object_set_object_member (body, "tool_choice", choice);
  return TRUE;
}

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

/* PROVIDERS §4.4, design: what an effort is worth in tokens. It must be 1024 at least and leave room below max_tokens.
 */
static gint64
budget_of (const char *effort, gint64 max_tokens)
{
  static const struct { const char *effort; gint64 tokens; } budgets[] = {
    { "minimal", 1024 }, { "low", 2048 }, { "medium", 8192 }, { "high", 16384 }, { "xhigh", 32768 }, { "max", 32768 } };
  gint64 budget = 8192;
  for (gsize i = 0; i < G_N_ELEMENTS (budgets); i++)
    if (g_str_equal (budgets[i].effort, effort))
      budget = budgets[i].tokens;
  budget = MIN (budget, max_tokens / 2);
  return budget >= 1024 ? budget : 0;
}

static void
set_thinking (JsonObject *body, const char *type, gint64 budget)
{
  JsonObject *thinking = json_object_new ();
  json_object_set_string_member (thinking, "type", type);
  if (budget > 0)
    json_object_set_int_member (thinking, "budget_tokens", budget);
  json_object_set_object_member (body, "thinking", thinking);
}

/* Returns whether a budget thinks: then nothing may be sampled otherwise. */
static gboolean
add_thinking (
    JsonObject *body, JsonObject *output, const PurserChat *chat, const PurserAnthropicRule *rule, gint64 max_tokens)
{
  gboolean off = g_strcmp0 (chat->effort, "none") == 0;
  if (chat->effort == NULL || rule->thinking == PURSER_THINKING_NONE)
    return FALSE;
  const char *effort = off && (rule->off != NULL || rule->thinking == PURSER_THINKING_BUDGET)
                           ? NULL
                           : nearest_effort (rule, chat->effort);
  if (effort != NULL)
    json_object_set_string_member (output, "effort", effort);
  if (rule->thinking == PURSER_THINKING_ADAPTIVE)
    {
      set_thinking (body, off && rule->off != NULL ? rule->off : "adaptive", 0);
      return FALSE;
    }
  gint64 budget =
      off || forces_tool (chat) || purser_anthropic_lost_thinking (chat) ? 0 : budget_of (chat->effort, max_tokens);
  if (budget > 0)
    set_thinking (body, "enabled", budget);
  return budget > 0;
}

static void
add_sampling (JsonObject *body, const PurserChat *chat, const PurserAnthropicRule *rule)
{
  if (rule->no_sampling)
    return;
  if (!isnan (chat->temperature))
    json_object_set_double_member (body, "temperature", CLAMP (chat->temperature, 0, 1));
  if (!isnan (chat->top_p) && (isnan (chat->temperature) || !rule->one_sampling))
    json_object_set_double_member (body, "top_p", CLAMP (chat->top_p, 0, 1));
}

static void
add_stop (JsonObject *body, const PurserChat *chat)
{
  JsonArray *stop = json_array_new ();
  for (guint i = 0; chat->stop != NULL && chat->stop[i] != NULL; i++)
    if (strspn (chat->stop[i], " \t\r\n") < strlen (chat->stop[i]))
      json_array_add_string_element (stop, chat->stop[i]);
  if (json_array_get_length (stop) > 0)
    json_object_set_array_member (body, "stop_sequences", stop);
  else
    json_array_unref (stop);
}

static void
add_output (JsonObject *body, JsonObject *output, const PurserChat *chat, const PurserAnthropicRule *rule)
{
  if (chat->schema != NULL && rule->schema)
    {
      JsonObject *format = json_object_new ();
      json_object_set_string_member (format, "type", "json_schema");
      json_object_set_member (format, "schema", purser_encode_closed_schema (chat->schema));
      json_object_set_object_member (output, "format", format);
    }
  if (json_object_get_size (output) > 0)
    json_object_set_object_member (body, "output_config", json_object_ref (output));
}

JsonNode *
purser_anthropic_encode (const PurserChat *chat, const PurserEncodeOptions *options, GError **error)
{
  const PurserAnthropicRule *rule = purser_anthropic_rule (options->model);
  gint64 limit = chat->max_tokens >= 0             ? chat->max_tokens
                 : options->default_max_tokens > 0 ? options->default_max_tokens
                                                   : 8192;
  g_autoptr(JsonObject) body = json_object_new (), output = json_object_new ();
  g_autofree char *told = schema_words (chat, rule);

  json_object_set_string_member (body, "model", options->model);
  json_object_set_int_member (body, "max_tokens", limit);
  if (!purser_encode_check (chat, 128, error) || !purser_anthropic_add_messages (body, chat, rule, told, error))
    return NULL;
  if (chat->tools->len > 0)
    add_tools (body, chat);
  if (!add_tool_choice (body, chat, rule, options->model, error))
    return NULL;
  if (!add_thinking (body, output, chat, rule, limit))
    add_sampling (body, chat, rule);
  add_output (body, output, chat, rule);
  add_stop (body, chat);
  json_object_set_boolean_member (body, "stream", options->stream);
  return purser_json_new_object (g_steal_pointer (&body));
}
