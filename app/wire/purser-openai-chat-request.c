/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-openai-chat.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "purser-encode-rest.h"
#include "purser-json-wire.h"

/* Requests of Chat Completions. What it cannot say, and what becomes of it (PROVIDERS §3, §4):
 *
 *   thinking parts              of this dialect back to its servers, but never to OpenAI (-messages); others dropped
 *   several text parts          one text, a blank line between (old compatible servers take only text)
 *   a result that is an error   its text begins with "Error: "
 *   an image beside or in a result   a user message after the results (§3.2)
 *   a file by address           refused; a file of plain text is text
 *   parts of other dialects     refused in a question, dropped from the assistant's history
 *   other providers' own tools, free-form tools at others than OpenAI  refused
 *   effort                      the nearest that the model takes (purser-openai-rules.c); dropped where none reasons
 *   sampling                    dropped where the model refuses it; clamped to what the format allows
 *   top_k                       dropped, unless a caller of this dialect asks it of a server other than OpenAI
 *   marks of caching            prompt_cache_breakpoint where the model takes it, else dropped
 *   more than 4 stop texts      refused by OpenAI, so refused here; unknown servers judge themselves
 *   tools with reasoning on     models from GPT-5.4 take them here only without: effort "none" is sent where nothing
 *                               was said, another effort is refused
 *   verbosity, metadata, service_tier, prompt_cache_key   from callers of OpenAI's two dialects; else dropped
 *   `native`                    from callers of this dialect only; else dropped, or refused where the answer would be another
 *   `plain`                     stream_options, reasoning, strict and what else is ours stay out, for servers that refuse
 *                               what they do not know
 */

typedef PurserOpenaiChatEncoder Encoder;

static gboolean
came_in (const Encoder *encoder, const char *dialect)
{
  return g_strcmp0 (encoder->chat->dialect, dialect) == 0;
}

/* Whether the caller meant a server of this kind: then what it says besides goes out as it is. */
static gboolean
is_own (const Encoder *encoder)
{
  return came_in (encoder, "openai-chat");
}

/* OpenAI takes 64 characters; other servers judge themselves what their own clients call a tool. */
char *
purser_openai_chat_tool_name (const PurserOpenaiChatEncoder *encoder, const char *name)
{
  gboolean fit = encoder->options->known_server || (encoder->chat->dialect != NULL && !is_own (encoder));
  return fit && *name != 0 ? purser_tool_name_fit (name, 64) : g_strdup (name);
}

/* --- Tools --- */

static JsonNode *
encode_tool (Encoder *encoder, const PurserTool *tool)
{
  if (tool->native != NULL)
    return purser_json_copy (tool->native);
  JsonObject *object = json_object_new (), *function = json_object_new ();
  g_autofree char *name = purser_openai_chat_tool_name (encoder, tool->name);
  json_object_set_string_member (function, "name", name);
  if (tool->description != NULL)
    json_object_set_string_member (function, "description", tool->description);
  json_object_set_member (function, "parameters", purser_encode_schema (tool));
  if (tool->strict != 0 && !encoder->options->plain)
    json_object_set_boolean_member (function, "strict", tool->strict > 0);
  json_object_set_string_member (object, "type", "function");
  json_object_set_object_member (object, "function", function);
  return purser_json_new_object (object);
}

static gboolean
encode_tools (Encoder *encoder, JsonObject *body, GError **error)
{
  g_autoptr(JsonArray) tools = json_array_new ();
  for (guint i = 0; i < encoder->chat->tools->len; i++)
    {
      const PurserTool *tool = g_ptr_array_index (encoder->chat->tools, i);
      if (tool->native != NULL && !is_own (encoder))
        return purser_encode_refuse (error,
                                     _("The tool “%s” is one that only its own provider has. Describe it as a "
                                       "function, or use a model of that provider."),
                                     tool->name != NULL ? tool->name : "?");
      if (tool->cache != PURSER_CACHE_NONE)
        purser_encode_drop (encoder->options, "cache_control");
      json_array_add_element (tools, encode_tool (encoder, tool));
    }
  json_object_set_array_member (body, "tools", json_array_ref (tools));
  return TRUE;
}

static JsonObject *
encode_choice (Encoder *encoder, const PurserTool *tool)
{
  const char *kind = tool->custom ? "custom" : "function";
  JsonObject *choice = json_object_new (), *function = json_object_new ();
  g_autofree char *name = purser_openai_chat_tool_name (encoder, tool->name);
  json_object_set_string_member (function, "name", name);
  json_object_set_string_member (choice, "type", kind);
  json_object_set_object_member (choice, kind, function);
  return choice;
}

/* Whether several calls may come at once is asked of unknown servers only where a caller forbids it, or speaks their way
 * (PROVIDERS §10.4). */
static void
add_parallel (Encoder *encoder, JsonObject *body)
{
  int parallel = encoder->chat->parallel_tools;
  gboolean told = parallel < 0 || encoder->options->known_server || is_own (encoder);
  if (parallel != 0 && told && !encoder->options->plain)
    json_object_set_boolean_member (body, "parallel_tool_calls", parallel > 0);
}

static gboolean
add_tools (Encoder *encoder, JsonObject *body, GError **error)
{
  const PurserChat *chat = encoder->chat;
  const PurserTool *named = purser_encode_named_tool (chat);
  if (chat->tools->len == 0)
    return TRUE;
  if (!encode_tools (encoder, body, error))
    return FALSE;
  if (purser_encode_choice_is_word (chat->tool_choice))
    json_object_set_string_member (body, "tool_choice", chat->tool_choice);
  else if (named != NULL)
    json_object_set_object_member (body, "tool_choice", encode_choice (encoder, named));
  add_parallel (encoder, body);
  return TRUE;
}

/* --- The form of the answer --- */

/* Strict, where the caller says so; where none says anything, if the schema allows. */
static void
add_strict (Encoder *encoder, JsonObject *schema)
{
  int strict = encoder->chat->schema_strict;
  if (strict == 0 && !is_own (encoder) && purser_encode_is_strict (encoder->chat->schema))
    strict = 1;
  if (strict != 0 && !encoder->options->plain)
    json_object_set_boolean_member (schema, "strict", strict > 0);
}

static void
add_format (Encoder *encoder, JsonObject *body)
{
  const PurserChat *chat = encoder->chat;
  if (chat->schema == NULL && !chat->json_output)
    return;
  JsonObject *format = json_object_new ();
  json_object_set_string_member (format, "type", chat->schema ? "json_schema" : "json_object");
  if (chat->schema != NULL)
    {
      JsonNode *described = chat->native != NULL && is_own (encoder)
                                ? json_object_get_member (chat->native, "response_format.json_schema.description")
                                : NULL;
      JsonObject *schema = json_object_new ();
      json_object_set_string_member (schema, "name", chat->schema_name ? chat->schema_name : "reply"); /* wanted */
      purser_json_take (schema, "description", described != NULL ? purser_json_copy (described) : NULL);
      json_object_set_member (schema, "schema", purser_json_copy (chat->schema));
      add_strict (encoder, schema);
      json_object_set_object_member (format, "json_schema", schema);
    }
  json_object_set_object_member (body, "response_format", format);
}

/* --- Reasoning --- */

/* The effort to send, or NULL for none. */
static const char *
choose_effort (const Encoder *encoder)
{
  const PurserOpenaiRule *rule = encoder->rule;
  const char *effort = encoder->chat->effort;
  if (encoder->options->plain)
    return NULL;
  if (!encoder->options->known_server)
    return effort;
  if (!rule->reasons)
    return NULL;
  if (effort == NULL)
    return rule->tools_without_reasoning && encoder->chat->tools->len > 0 ? "none" : NULL;
  if (g_str_equal (effort, "none"))
    return rule->none ? "none" : rule->minimal ? "minimal" : "low";
  if (g_str_equal (effort, "minimal"))
    return rule->minimal ? "minimal" : "low";
  if (!rule->extra && (g_str_equal (effort, "xhigh") || g_str_equal (effort, "max")))
    return "high";
  return effort;
}

/* OpenRouter's object, for what reasoning_effort cannot say. */
static gboolean
add_reasoning (Encoder *encoder, JsonObject *body)
{
  const PurserChat *chat = encoder->chat;
  gboolean hidden = g_strcmp0 (chat->thinking_display, "omitted") == 0;
  if (!is_own (encoder) || encoder->options->known_server || encoder->options->plain
      || (chat->thinking_budget < 0 && !hidden))
    return FALSE;
  JsonObject *reasoning = json_object_new ();
  if (chat->thinking_budget >= 0)
    json_object_set_int_member (reasoning, "max_tokens", chat->thinking_budget);
  else if (chat->effort != NULL)
    json_object_set_string_member (reasoning, "effort", chat->effort);
  if (hidden)
    json_object_set_boolean_member (reasoning, "exclude", TRUE);
  json_object_set_object_member (body, "reasoning", reasoning);
  return TRUE;
}

static gboolean
add_effort (Encoder *encoder, JsonObject *body, GError **error)
{
  const char *effort = choose_effort (encoder);
  if (encoder->options->known_server && encoder->rule->tools_without_reasoning && encoder->chat->tools->len > 0
      && effort != NULL && !g_str_equal (effort, "none"))
    return purser_encode_refuse (error,
                                 _("%s takes tools over Chat Completions only without reasoning. Set the effort to "
                                    "“none”, or leave the tools out."),
                                 encoder->options->model);
  if (effort == NULL && encoder->chat->effort != NULL)
    purser_encode_drop (encoder->options, "reasoning_effort");
  if (!add_reasoning (encoder, body) && effort != NULL)
    json_object_set_string_member (body, "reasoning_effort", effort);
  return TRUE;
}

/* --- Sampling --- */

static gboolean
may_sample (const Encoder *encoder)
{
  const PurserOpenaiRule *rule = encoder->rule;
  const char *effort = choose_effort (encoder);
  if (!encoder->options->known_server || rule->sampling == PURSER_SAMPLING_FREE)
    return TRUE;
  if (rule->sampling == PURSER_SAMPLING_REFUSED)
    return FALSE;
  return effort != NULL ? g_str_equal (effort, "none") : !rule->on_by_default;
}

static void
add_sampling (Encoder *encoder, JsonObject *body)
{
  const PurserChat *chat = encoder->chat;
  const struct
  {
    const char *name;
    double value, least, most;
  } rows[] = { { "temperature", chat->temperature, 0, 2 },
               { "top_p", chat->top_p, 0, 1 },
               { "frequency_penalty", chat->frequency_penalty, -2, 2 },
               { "presence_penalty", chat->presence_penalty, -2, 2 } };
  gboolean may = may_sample (encoder);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (!isnan (rows[i].value) && may)
      json_object_set_double_member (body, rows[i].name, CLAMP (rows[i].value, rows[i].least, rows[i].most));
    else if (!isnan (rows[i].value))
      purser_encode_drop (encoder->options, rows[i].name);
  if (chat->top_k >= 0 && is_own (encoder) && !encoder->options->known_server)
    json_object_set_int_member (body, "top_k", chat->top_k);
  else if (chat->top_k >= 0)
    purser_encode_drop (encoder->options, "top_k");
  if (chat->seed >= 0)
    json_object_set_int_member (body, "seed", chat->seed);
}

static gboolean
add_limits (Encoder *encoder, JsonObject *body, GError **error)
{
  const PurserChat *chat = encoder->chat;
  guint stops = chat->stop != NULL ? g_strv_length (chat->stop) : 0;
  if (chat->max_tokens >= 0)
    json_object_set_int_member (body, encoder->options->known_server ? "max_completion_tokens" : "max_tokens",
                                chat->max_tokens);
  if (stops > 4 && encoder->options->known_server)
    return purser_encode_refuse (error, _("OpenAI takes at most 4 stop texts; the request has %u."), stops);
  if (stops > 0)
    {
      JsonArray *list = json_array_new ();
      for (guint i = 0; i < stops; i++)
        json_array_add_string_element (list, chat->stop[i]);
      json_object_set_array_member (body, "stop", list);
    }
  if (chat->n > 0)
    json_object_set_int_member (body, "n", chat->n);
  if (chat->logprobs >= 0)
    json_object_set_boolean_member (body, "logprobs", TRUE);
  if (chat->logprobs > 0)
    json_object_set_int_member (body, "top_logprobs", chat->logprobs);
  return TRUE;
}

/* --- What else was said --- */

/* Both of OpenAI's dialects mean the same by these; others, where they have the word, do not. */
static void
add_extras (Encoder *encoder, JsonObject *body)
{
  const PurserChat *chat = encoder->chat;
  const struct
  {
    const char *name, *value;
  } rows[] = { { "verbosity", chat->verbosity },
               { "service_tier", chat->service_tier },
               { "prompt_cache_key", chat->cache_key } };
  gboolean meant = is_own (encoder) || chat->dialect == NULL
                   || (came_in (encoder, "openai-responses") && encoder->options->known_server);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].value != NULL && meant)
      json_object_set_string_member (body, rows[i].name, rows[i].value);
    else if (rows[i].value != NULL)
      purser_encode_drop (encoder->options, rows[i].name);
  if (chat->metadata != NULL && !came_in (encoder, "openai-responses") && meant) /* stored replies only, here */
    json_object_set_member (body, "metadata", purser_json_copy (chat->metadata));
  else if (chat->metadata != NULL)
    purser_encode_drop (encoder->options, "metadata");
  if (chat->cache != PURSER_CACHE_NONE)
    purser_encode_drop (encoder->options, "cache_control");
}

/* Who it is for. Where the caller said it twice, the older name is among what is native. */
static void
add_user (Encoder *encoder, JsonObject *body)
{
  const PurserChat *chat = encoder->chat;
  gboolean twice = is_own (encoder) && chat->native != NULL && json_object_has_member (chat->native, "user");
  if (chat->user != NULL)
    json_object_set_string_member (body, twice ? "safety_identifier" : "user", chat->user);
}

/* Paths name what stood inside another member. `functions` became tools. */
static gboolean
add_native (Encoder *encoder, JsonObject *body, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  if (encoder->chat->native == NULL)
    return TRUE;
  json_object_iter_init_ordered (&iter, encoder->chat->native);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      gboolean path = strchr (name, '.') != NULL;
      gboolean told = path ? g_str_has_prefix (name, "response_format.") : g_str_equal (name, "functions");
      if (!is_own (encoder))
        {
          if (!purser_encode_leave_native (encoder->options, name, node, error))
            return FALSE;
        }
      else if (!told && path)
        purser_encode_drop (encoder->options, name);
      else if (!told && !json_object_has_member (body, name))
        json_object_set_member (body, name, purser_json_copy (node));
    }
  return TRUE;
}

static void
add_stream (Encoder *encoder, JsonObject *body)
{
  json_object_set_boolean_member (body, "stream", encoder->options->stream);
  if (encoder->options->stream && !encoder->options->plain)
    {
      JsonObject *stream = json_object_new ();
      json_object_set_boolean_member (stream, "include_usage", TRUE);
      json_object_set_object_member (body, "stream_options", stream);
    }
}

JsonNode *
purser_openai_chat_encode (const PurserChat *chat, const PurserEncodeOptions *options, GError **error)
{
  g_autoptr(PurserCallIds) ids = purser_call_ids_new (chat);
  g_autoptr(GPtrArray) beside = g_ptr_array_new ();
  g_autoptr(JsonObject) body = json_object_new ();
  Encoder encoder = { chat, options, purser_openai_rule (options->model), ids, json_array_new (), beside };

  json_object_set_string_member (body, "model", options->model);
  json_object_set_array_member (body, "messages", encoder.messages);
  if (!purser_encode_check (chat, error) || !purser_openai_chat_add_messages (&encoder, error)
      || !add_tools (&encoder, body, error))
    return NULL;
  if (json_array_get_length (encoder.messages) == 0) /* none of them says anything */
    {
      purser_encode_refuse (error, _("There is nothing to send: the request has no message."));
      return NULL;
    }
  add_format (&encoder, body);
  if (!add_effort (&encoder, body, error) || !add_limits (&encoder, body, error))
    return NULL;
  add_sampling (&encoder, body);
  add_extras (&encoder, body);
  add_user (&encoder, body);
  add_stream (&encoder, body);
  if (!add_native (&encoder, body, error))
    return NULL;
  return purser_json_new_object (g_steal_pointer (&body));
}
