/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-openai-chat.h"

#include <glib/gi18n-lib.h>

#include "purser-json-wire.h"

/* What form a caller wants the answer in, and how much thought behind it. */

static gboolean
is_text (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING;
}

static gboolean
is_flag (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN;
}

static gboolean
is_word (JsonNode *node, const char *const *words)
{
  return is_text (node) && g_strv_contains (words, json_node_get_string (node));
}

static gboolean
decode_schema (PurserChat *chat, JsonObject *format, GError **error)
{
  JsonObject *wrapped = purser_json_member (format, "json_schema");
  JsonNode *schema = purser_json_node (wrapped, "schema"), *strict = purser_json_node (wrapped, "strict"),
           *description = purser_json_node (wrapped, "description");
  if (wrapped == NULL)
    return purser_openai_chat_refuse (error, _("“%s” must be an object."), "response_format.json_schema");
  if (schema != NULL && !JSON_NODE_HOLDS_NULL (schema) && !JSON_NODE_HOLDS_OBJECT (schema))
    return purser_openai_chat_refuse (error, _("“%s” must be an object."), "response_format.json_schema.schema");
  chat->schema = purser_json_object (schema) != NULL ? json_node_ref (schema) : NULL;
  chat->json_output = chat->schema == NULL;
  chat->schema_name = g_strdup (purser_json_string (wrapped, "name"));
  if (strict != NULL && is_flag (strict))
    chat->schema_strict = json_node_get_boolean (strict) ? 1 : -1;
  if (description != NULL && is_text (description))
    purser_openai_chat_keep (chat, "response_format.json_schema.description", description);
  return TRUE;
}

/* Other types are servers' own (grammars): kept for them. */
gboolean
purser_openai_chat_decode_format (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error)
{
  JsonObject *format = purser_json_object (node);
  const char *type = purser_json_string (format, "type");
  if (type == NULL)
    return purser_openai_chat_refuse (error, _("“%s” must be an object with a type."), "response_format");
  if (g_str_equal (type, "json_schema"))
    return decode_schema (chat, format, error);
  if (g_str_equal (type, "json_object"))
    chat->json_output = TRUE;
  else if (!g_str_equal (type, "text"))
    purser_openai_chat_keep (chat, "response_format", node);
  return TRUE;
}

static const char *const efforts[] = { "none", "minimal", "low", "medium", "high", "xhigh", "max", NULL };

/* Words that no one else knows ("default") are for the server they are meant for. */
gboolean
purser_openai_chat_decode_effort (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error)
{
  if (!is_text (node))
    return purser_openai_chat_refuse (error, _("“%s” must be text."), "reasoning_effort");
  if (is_word (node, efforts))
    g_set_str (&chat->effort, json_node_get_string (node));
  else
    purser_openai_chat_keep (chat, "reasoning_effort", node);
  return TRUE;
}

/* PROVIDERS §4.4: what a budget of tokens is worth as an effort. */
static const char *
effort_of_budget (gint64 budget)
{
  return budget >= 10000 ? "high" : budget >= 5000 ? "medium" : budget >= 2000 ? "low" : "minimal";
}

/* OpenRouter's way: {effort | max_tokens | enabled, exclude}. reasoning_effort, where it stands beside, is more exact. */
gboolean
purser_openai_chat_decode_reasoning (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error)
{
  JsonObject *reasoning = purser_json_object (node);
  JsonNode *effort = purser_json_node (reasoning, "effort"), *budget = purser_json_node (reasoning, "max_tokens");
  const char *word = NULL;
  if (reasoning == NULL)
    return purser_openai_chat_refuse (error, _("“%s” must be an object."), "reasoning");
  if (effort != NULL && is_word (effort, efforts))
    word = json_node_get_string (effort);
  if (budget != NULL && !JSON_NODE_HOLDS_NULL (budget))
    {
      if (!purser_openai_chat_take_count (&chat->thinking_budget, reasoning, "max_tokens", 0, error))
        return FALSE;
      if (word == NULL && chat->thinking_budget >= 0)
        word = effort_of_budget (chat->thinking_budget);
    }
  if (!purser_json_boolean (reasoning, "enabled", TRUE))
    word = "none";
  else if (word == NULL && purser_json_boolean (reasoning, "enabled", FALSE))
    word = "medium"; /* what OpenRouter takes it for */
  if (chat->effort == NULL)
    chat->effort = g_strdup (word);
  if (purser_json_boolean (reasoning, "exclude", FALSE))
    g_set_str (&chat->thinking_display, "omitted");
  return TRUE;
}

gboolean
purser_openai_chat_decode_verbosity (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error)
{
  static const char *const words[] = { "low", "medium", "high", NULL };
  if (is_word (node, words))
    g_set_str (&chat->verbosity, json_node_get_string (node));
  else
    purser_openai_chat_keep (chat, "verbosity", node);
  return TRUE;
}
