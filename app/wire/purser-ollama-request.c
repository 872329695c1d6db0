/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-ollama.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "purser-encode-rest.h"
#include "purser-encode.h"
#include "purser-json-wire.h"

/* Requests of /api/chat. What it cannot say, and what becomes of it (PROVIDERS §3, §4.9):
 *
 *   an image by address         refused: it takes only inlined ones
 *   a file                      plain text goes in as text; others are refused
 *   sound                       refused
 *   signed thinking             dropped: it is another provider's; unsigned goes back as `thinking`
 *   a refusal                   its text
 *   a result that is an error   its text begins with "Error: "
 *   pictures in a result        images of the tool's message
 *   tool_choice "none"          the tools are left out
 *   a forced tool               asked for in words: not enforced; of tools, only the named one is sent
 *   effort                      "none" → think:false, xhigh and max → "max"; others → true, or the word for gpt-oss
 *   nothing said of streaming   said: Ollama streams unless told not to
 *   n; another dialect's        refused
 *     logprobs and tools
 *   metadata, user, tiers,      dropped
 *     cache marks, verbosity,
 *     parallel_tool_calls
 *
 * What a caller of Ollama's own said beyond that (keep_alive, options.num_ctx …) goes on as it came. */

static void
tell_choice (JsonArray *messages, const PurserChat *chat)
{
  const PurserTool *named = purser_encode_named_tool (chat);
  g_autofree char *words = NULL;
  if (named != NULL)
    words = g_strdup_printf ("Answer by calling the tool %s.", named->name);
  else if (g_strcmp0 (chat->tool_choice, "required") == 0 && chat->tools->len > 0)
    words = g_strdup ("Answer by calling one of the tools.");
  if (words != NULL)
    json_object_set_string_member (purser_encode_message (messages, "system"), "content", words);
}

static void
add_tools (JsonObject *body, const PurserChat *chat)
{
  const PurserTool *named = purser_encode_named_tool (chat);
  JsonArray *tools;
  if (chat->tools->len == 0 || g_strcmp0 (chat->tool_choice, "none") == 0)
    return;
  tools = json_array_new ();
  for (guint i = 0; i < chat->tools->len; i++)
    {
      const PurserTool *tool = g_ptr_array_index (chat->tools, i);
      if (named != NULL && tool != named)
        continue;
      JsonObject *object = json_object_new (), *function = json_object_new ();
      json_object_set_string_member (function, "name", tool->name ? tool->name : "");
      json_object_set_string_member (function, "description", tool->description ? tool->description : "");
      json_object_set_member (function, "parameters", purser_encode_schema (tool));
      json_object_set_string_member (object, "type", "function");
      json_object_set_object_member (object, "function", function);
      json_array_add_object_element (tools, object);
    }
  json_object_set_array_member (body, "tools", tools);
}

/* Ollama's default window is as small as 4096 tokens, and a longer prompt is cut without a word (PROVIDERS.md §4.9). A request that may
 * not fit asks for a larger one, by doubling: each new size makes the server load the model again. */
static gint64
wanted_window (const PurserChat *chat, gint64 context_tokens)
{
  gint64 reply = chat->max_tokens > 0 ? MIN (chat->max_tokens, context_tokens) : 1024;
  gint64 needed = 2 * purser_chat_estimate_tokens (chat) + reply;
  gint64 window = 4096;
  while (window < needed && window < context_tokens)
    window *= 2;
  return MIN (window, context_tokens);
}

static void
set_strings (JsonObject *object, const char *member, char *const *strings)
{
  JsonArray *array = json_array_new ();
  for (guint i = 0; strings[i] != NULL; i++)
    json_array_add_string_element (array, strings[i]);
  json_object_set_array_member (object, member, array);
}

/* What the caller said that the neutral model has no place for. */
static void
add_native_options (JsonObject *options, JsonObject *native)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  if (native == NULL)
    return;
  json_object_iter_init_ordered (&iter, native);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    if (g_str_has_prefix (name, PURSER_OLLAMA_OPTIONS))
      json_object_set_member (options, name + strlen (PURSER_OLLAMA_OPTIONS), purser_json_copy (node));
}

/* OPTIONS: what the caller said of its own already, or nothing. */
static void
fill_options (JsonObject *options, const PurserChat *chat, gint64 context_tokens)
{
  const struct
  {
    const char *name;
    gint64 value;
  } counts[] = { { "num_predict", chat->max_tokens }, { "top_k", chat->top_k }, { "seed", chat->seed } };
  const struct
  {
    const char *name;
    double value, least, most;
  } numbers[] = {
    { "temperature", chat->temperature, 0, 2 },
    { "top_p", chat->top_p, 0, 1 },
    { "frequency_penalty", chat->frequency_penalty, -2, 2 },
    { "presence_penalty", chat->presence_penalty, -2, 2 },
  };
  if (!json_object_has_member (options, "num_ctx") && wanted_window (chat, context_tokens) > 4096)
    json_object_set_int_member (options, "num_ctx", wanted_window (chat, context_tokens));
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    if (counts[i].value >= 0)
      json_object_set_int_member (options, counts[i].name, counts[i].value);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (!isnan (numbers[i].value))
      json_object_set_double_member (options, numbers[i].name,
                                     CLAMP (numbers[i].value, numbers[i].least, numbers[i].most));
  if (chat->stop != NULL && chat->stop[0] != NULL)
    set_strings (options, "stop", chat->stop);
}

static void
add_options (JsonObject *body, const PurserChat *chat, const PurserEncodeOptions *options, gboolean own)
{
  g_autoptr(JsonObject) object = json_object_new ();
  if (own)
    add_native_options (object, chat->native);
  fill_options (object, chat, options->context_tokens);
  if (json_object_get_size (object) > 0)
    json_object_set_object_member (body, "options", g_steal_pointer (&object));
}

/* What the neutral model has no place for goes on as it came. */
static void
add_native (JsonObject *body, const PurserChat *chat)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  if (chat->native == NULL)
    return;
  json_object_iter_init_ordered (&iter, chat->native);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    if (!json_object_has_member (body, name) && !g_str_has_prefix (name, PURSER_OLLAMA_OPTIONS))
      json_object_set_member (body, name, purser_json_copy (node));
}

static void
add_logprobs (JsonObject *body, gint64 top)
{
  if (top < 0)
    return;
  json_object_set_boolean_member (body, "logprobs", TRUE);
  if (top > 0)
    json_object_set_int_member (body, "top_logprobs", top);
}

static void
add_think (JsonObject *body, const char *effort, const char *model)
{
  static const char *const words[] = { "low", "medium", "high", NULL };
  if (effort == NULL)
    return;
  if (g_str_equal (effort, "xhigh") || g_str_equal (effort, "max"))
    json_object_set_string_member (body, "think", "max");
  else if (strstr (model, "gpt-oss") != NULL && !g_str_equal (effort, "none"))
    json_object_set_string_member (body, "think",
                                   g_strv_contains (words, effort) ? effort
                                                                   : "low"); /* it cannot be turned off, only down */
  else
    json_object_set_boolean_member (body, "think", !g_str_equal (effort, "none"));
}

gboolean
purser_ollama_is_own (const char *dialect)
{
  return dialect != NULL && g_str_has_prefix (dialect, "ollama");
}

JsonNode *
purser_ollama_encode (const PurserChat *chat, const PurserEncodeOptions *options, GError **error)
{
  g_autoptr(JsonObject) body = json_object_new ();
  JsonArray *messages = json_array_new ();
  gboolean own = purser_ollama_is_own (chat->dialect);
  PurserTakes takes = PURSER_TAKES_TOP_K | PURSER_TAKES_SEED | PURSER_TAKES_PENALTIES
                      | (own ? PURSER_TAKES_LOGPROBS : 0); /* other dialects' replies have no place for Ollama's */

  json_object_set_string_member (body, "model", options->model);
  json_object_set_array_member (body, "messages", messages);
  if (!purser_encode_check (chat, error) || !purser_encode_rest (chat, options, own, takes, error)
      || !purser_ollama_add_messages (messages, chat, options, error))
    return NULL;
  tell_choice (messages, chat);
  add_tools (body, chat);
  if (chat->schema != NULL)
    json_object_set_member (body, "format", purser_json_copy (chat->schema));
  else if (chat->json_output)
    json_object_set_string_member (body, "format", "json");
  add_think (body, chat->effort, options->model);
  add_options (body, chat, options, own);
  add_logprobs (body, chat->logprobs);
  json_object_set_boolean_member (body, "stream", options->stream);
  if (own)
    add_native (body, chat);
  return purser_json_new_object (g_steal_pointer (&body));
}
