/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-openai-chat.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "purser-json-wire.h"

/* A caller's request of Chat Completions (PROVIDERS §4.1). JSON null says nothing, wherever it stands. What is of the
 * wrong kind is refused in words that name the member; what the neutral model has no place for is kept as it came in
 * `native`, so that another dialect's request can say that it was left out. Members by which clients and servers extend
 * the format are read too: OpenRouter's `reasoning`, top_k, `functions` from before tools. */

gboolean
purser_openai_chat_refuse (GError **error, const char *words, const char *member)
{
  g_autofree char *text = g_strdup_printf (words, member);
  g_set_error_literal (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_SYNTAX, text);
  return FALSE;
}

void
purser_openai_chat_keep (PurserChat *chat, const char *name, JsonNode *node)
{
  if (chat->native == NULL)
    chat->native = json_object_new ();
  if (purser_json_node (chat->native, name) != node) /* json-glib would forget to release the second reference */
    json_object_set_member (chat->native, name, json_node_ref (node));
}

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

/* --- Members of one value --- */

static gboolean
take_text (char **field, const char *name, JsonNode *node, GError **error)
{
  if (!is_text (node))
    return purser_openai_chat_refuse (error, _("“%s” must be text."), name);
  g_set_str (field, json_node_get_string (node));
  return TRUE;
}

static gboolean
take_flag (gboolean *field, const char *name, JsonNode *node, GError **error)
{
  if (!is_flag (node))
    return purser_openai_chat_refuse (error, _("“%s” must be true or false."), name);
  *field = json_node_get_boolean (node);
  return TRUE;
}

static gboolean
take_number (double *field, JsonObject *body, const char *name, GError **error)
{
  *field = purser_json_double (body, name, NAN);
  return !isnan (*field) || purser_openai_chat_refuse (error, _("“%s” must be a number."), name);
}

/* LEAST: smaller ones are refused; -1 is how some servers' clients say "no limit", so it says nothing here too. */
gboolean
purser_openai_chat_take_count (gint64 *field, JsonObject *body, const char *name, gint64 least, GError **error)
{
  gint64 count = purser_json_int (body, name, G_MININT64);
  if (count == G_MININT64)
    return purser_openai_chat_refuse (error, _("“%s” must be a whole number."), name);
  if (count < least && count != -1)
    return purser_openai_chat_refuse (error, _("“%s” is too small a number."), name);
  *field = MAX (count, -1);
  return TRUE;
}

typedef enum { KIND_TEXT, KIND_NUMBER, KIND_COUNT, KIND_FLAG } Kind;

static const struct
{
  const char *name;
  Kind kind;
  gsize offset;
} simple[] = {
  { "model", KIND_TEXT, G_STRUCT_OFFSET (PurserChat, model) },
  { "temperature", KIND_NUMBER, G_STRUCT_OFFSET (PurserChat, temperature) },
  { "top_p", KIND_NUMBER, G_STRUCT_OFFSET (PurserChat, top_p) },
  { "frequency_penalty", KIND_NUMBER, G_STRUCT_OFFSET (PurserChat, frequency_penalty) },
  { "presence_penalty", KIND_NUMBER, G_STRUCT_OFFSET (PurserChat, presence_penalty) },
  { "top_k", KIND_COUNT, G_STRUCT_OFFSET (PurserChat, top_k) },
  { "stream", KIND_FLAG, G_STRUCT_OFFSET (PurserChat, stream) },
  { "service_tier", KIND_TEXT, G_STRUCT_OFFSET (PurserChat, service_tier) },
  { "prompt_cache_key", KIND_TEXT, G_STRUCT_OFFSET (PurserChat, cache_key) },
};

static gboolean
take_simple (PurserChat *chat, JsonObject *body, gsize row, JsonNode *node, GError **error)
{
  gpointer field = (char *) chat + simple[row].offset;
  const char *name = simple[row].name;
  switch (simple[row].kind)
    {
    case KIND_TEXT:
      return take_text (field, name, node, error);
    case KIND_NUMBER:
      return take_number (field, body, name, error);
    case KIND_COUNT:
      return purser_openai_chat_take_count (field, body, name, 0, error);
    case KIND_FLAG:
      return take_flag (field, name, node, error);
    }
  return TRUE;
}

/* --- Members that need more --- */

static gboolean
decode_messages (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error)
{
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return purser_openai_chat_refuse (error, _("“%s” must be a list."), "messages");
  return purser_openai_chat_decode_history (chat, json_node_get_array (node), error);
}

/* max_tokens is the older name: where both are told, the newer one counts. */
static gboolean
decode_limit (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error)
{
  JsonNode *newer = purser_json_node (body, "max_completion_tokens");
  const char *name = newer != NULL && !JSON_NODE_HOLDS_NULL (newer) ? "max_completion_tokens" : "max_tokens";
  return purser_openai_chat_take_count (&chat->max_tokens, body, name, 0, error);
}

/* -1 means "not said" in the neutral model, so other negative seeds are kept apart. */
static gboolean
decode_seed (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error)
{
  gint64 seed = purser_json_int (body, "seed", G_MININT64);
  if (seed == G_MININT64)
    return purser_openai_chat_refuse (error, _("“%s” must be a whole number."), "seed");
  if (seed < -1)
    purser_openai_chat_keep (chat, "seed", node);
  chat->seed = MAX (seed, -1);
  return TRUE;
}

static gboolean
decode_n (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error)
{
  if (!purser_openai_chat_take_count (&chat->n, body, "n", 1, error))
    return FALSE;
  chat->n = MAX (chat->n, 0);
  return TRUE;
}

static gboolean
decode_stop (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error)
{
  JsonArray *list = purser_json_array (body, "stop");
  g_autoptr(GStrvBuilder) stops = g_strv_builder_new ();
  if (is_text (node))
    g_strv_builder_add (stops, json_node_get_string (node));
  else if (list == NULL)
    return purser_openai_chat_refuse (error, _("“%s” must be text or a list of texts."), "stop");
  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonNode *stop = json_array_get_element (list, i);
      if (!is_text (stop))
        return purser_openai_chat_refuse (error, _("“%s” must be text or a list of texts."), "stop");
      g_strv_builder_add (stops, json_node_get_string (stop));
    }
  if (list == NULL || json_array_get_length (list) > 0)
    chat->stop = g_strv_builder_end (stops);
  return TRUE;
}

static gboolean
decode_stream_options (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error)
{
  JsonObject *options = purser_json_object (node);
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;
  if (options == NULL)
    return purser_openai_chat_refuse (error, _("“%s” must be an object."), "stream_options");
  json_object_iter_init (&iter, options);
  while (json_object_iter_next (&iter, &name, &member))
    {
      g_autofree char *path = g_strconcat ("stream_options.", name, NULL);
      if (JSON_NODE_HOLDS_NULL (member))
        continue;
      if (!g_str_equal (name, "include_usage"))
        purser_openai_chat_keep (chat, path, member);
      else if (!take_flag (&chat->include_usage, path, member, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
decode_parallel (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error)
{
  gboolean parallel;
  if (!take_flag (&parallel, "parallel_tool_calls", node, error))
    return FALSE;
  chat->parallel_tools = parallel ? 1 : -1;
  return TRUE;
}

/* logprobs switches them on, top_logprobs says how many; a number in logprobs is the way of /completions. */
static gboolean
decode_logprobs (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error)
{
  gint64 most = -1;
  gboolean on = FALSE;
  JsonNode *top = purser_json_node (body, "top_logprobs");
  if (top != NULL && !JSON_NODE_HOLDS_NULL (top) && !purser_openai_chat_take_count (&most, body, "top_logprobs", 0, error))
    return FALSE;
  JsonNode *told = purser_json_node (body, "logprobs");
  if (told != NULL && is_flag (told))
    on = json_node_get_boolean (told);
  else if (told != NULL && !JSON_NODE_HOLDS_NULL (told))
    {
      if (!purser_openai_chat_take_count (&most, body, "logprobs", 0, error))
        return FALSE;
      on = most >= 0;
    }
  else
    on = most > 0;
  chat->logprobs = on ? MAX (most, 0) : -1;
  return TRUE;
}

static gboolean
decode_metadata (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error)
{
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return purser_openai_chat_refuse (error, _("“%s” must be an object."), "metadata");
  chat->metadata = json_node_ref (node);
  return TRUE;
}

/* `user` is the older name of safety_identifier; where both are told and differ, the older one is kept as it came. */
static gboolean
decode_user (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error)
{
  JsonNode *older = purser_json_node (body, "user"), *newer = purser_json_node (body, "safety_identifier");
  if (older != NULL && !JSON_NODE_HOLDS_NULL (older) && !take_text (&chat->user, "user", older, error))
    return FALSE;
  if (newer == NULL || JSON_NODE_HOLDS_NULL (newer))
    return TRUE;
  if (chat->user != NULL && is_text (newer) && !g_str_equal (chat->user, json_node_get_string (newer)))
    purser_openai_chat_keep (chat, "user", older);
  return take_text (&chat->user, "safety_identifier", newer, error);
}

/* What is the default, or empty, says nothing. */
static gboolean
decode_modalities (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error)
{
  JsonArray *list = purser_json_array (body, "modalities");
  gboolean only_text = list != NULL && json_array_get_length (list) == 1 && is_text (json_array_get_element (list, 0))
                       && g_str_equal (json_array_get_string_element (list, 0), "text");
  if (!only_text)
    purser_openai_chat_keep (chat, "modalities", node);
  return TRUE;
}

static gboolean
decode_bias (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error)
{
  if (!JSON_NODE_HOLDS_OBJECT (node) || json_object_get_size (json_node_get_object (node)) > 0)
    purser_openai_chat_keep (chat, "logit_bias", node);
  return TRUE;
}

/* In this order: tool_choice looks at the tools, `reasoning` yields to reasoning_effort. A member of several names stands
 * once for each: what is read twice is read alike. */
static const struct
{
  const char *name;
  gboolean (*decode) (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error);
} rich[] = {
  { "messages", decode_messages },
  { "tools", purser_openai_chat_decode_tools },
  { "functions", purser_openai_chat_decode_functions },
  { "tool_choice", purser_openai_chat_decode_choice },
  { "function_call", purser_openai_chat_decode_choice },
  { "max_tokens", decode_limit },
  { "max_completion_tokens", decode_limit },
  { "seed", decode_seed },
  { "n", decode_n },
  { "stop", decode_stop },
  { "stream_options", decode_stream_options },
  { "parallel_tool_calls", decode_parallel },
  { "logprobs", decode_logprobs },
  { "top_logprobs", decode_logprobs },
  { "response_format", purser_openai_chat_decode_format },
  { "reasoning_effort", purser_openai_chat_decode_effort },
  { "reasoning", purser_openai_chat_decode_reasoning },
  { "verbosity", purser_openai_chat_decode_verbosity },
  { "metadata", decode_metadata },
  { "user", decode_user },
  { "safety_identifier", decode_user },
  { "modalities", decode_modalities },
  { "logit_bias", decode_bias },
};

static gboolean
is_rich (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rich); i++)
    if (g_str_equal (rich[i].name, name))
      return TRUE;
  return FALSE;
}

static gboolean
decode_rest (PurserChat *chat, JsonObject *body, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  json_object_iter_init_ordered (&iter, body);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      gsize row = 0;
      if (JSON_NODE_HOLDS_NULL (node) || is_rich (name))
        continue;
      while (row < G_N_ELEMENTS (simple) && !g_str_equal (simple[row].name, name))
        row++;
      if (row == G_N_ELEMENTS (simple))
        purser_openai_chat_keep (chat, name, node);
      else if (!take_simple (chat, body, row, node, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * purser_openai_chat_decode:
 * @chat: being built; its dialect and raw body are set
 *
 * Reads a caller's request.
 *
 * Returns: FALSE with words that name the member at fault
 */
gboolean
purser_openai_chat_decode (PurserChat *chat, JsonObject *body, GError **error)
{
  JsonNode *messages = purser_json_node (body, "messages");
  if (messages == NULL || JSON_NODE_HOLDS_NULL (messages))
    return purser_openai_chat_refuse (error, _("“%s” is missing."), "messages");
  for (gsize i = 0; i < G_N_ELEMENTS (rich); i++)
    {
      JsonNode *node = purser_json_node (body, rich[i].name);
      if (node != NULL && !JSON_NODE_HOLDS_NULL (node) && !rich[i].decode (chat, body, node, error))
        return FALSE;
    }
  return decode_rest (chat, body, error);
}
