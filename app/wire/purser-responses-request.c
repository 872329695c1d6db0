/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-responses.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "purser-encode-rest.h"
#include "purser-encode.h"
#include "purser-json-wire.h"
#include "purser-openai-rules.h"

/* Requests of Responses. Beside what purser-responses-input.c says of messages (PROVIDERS §4.1, §4.6, §4.8):
 *
 *   store                       false, unless a caller of this dialect said otherwise
 *   include                     the encrypted reasoning, where the model may reason: others refuse to be asked for it
 *   strict of a tool            false where nobody asked: the provider's own default is true and changes the schema.
 *                               A caller of this dialect gets that default
 *   effort, sampling            as the model takes them (purser-openai-rules.c)
 *   fewer than 16 tokens        16: the provider refuses less
 *   stop texts                  refused: the format has none
 *   seed, penalties, top_k      left out: the format has none
 *   a cache mark                a breakpoint, from GPT-5.6 on; else left out: the provider caches by itself
 *   `plain`                     include, strict and the effort stay out, for servers that refuse what they do not know
 */

#define MIN_OUTPUT_TOKENS 16

typedef struct
{
  const PurserChat *chat;
  const PurserEncodeOptions *options;
  const char *model; /* OpenAI's name of it */
  const PurserOpenaiRule *rule;
  gboolean known; /* the rule is sure to hold */
  gboolean own; /* the caller speaks this dialect */
} Encoder;

/* Bedrock's mantle puts the vendor in front; the models are the same. */
static const char *
openai_name (const char *model)
{
  static const char *const prefixes[] = { "openai.", "openai/" };
  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (model, prefixes[i]))
      return model + strlen (prefixes[i]);
  return model;
}

/* PROVIDERS §4.3: from GPT-5.6 on. */
static gboolean
takes_breakpoints (const Encoder *encoder)
{
  int major = 0, minor = 0;
  return encoder->known && sscanf (encoder->model, "gpt-%3d.%3d", &major, &minor) >= 1
         && (major > 5 || (major == 5 && minor >= 6));
}

static JsonNode *
native (const Encoder *encoder, const char *member)
{
  return encoder->own && encoder->chat->native != NULL ? json_object_get_member (encoder->chat->native, member) : NULL;
}

/* A copy of what the caller's own member holds beside what the neutral request knows of it. */
static JsonObject *
native_object (const Encoder *encoder, const char *member)
{
  JsonNode *node = native (encoder, member);
  g_autoptr(JsonNode) copy = purser_json_object (node) != NULL ? purser_json_copy (node) : NULL;
  return copy != NULL ? json_object_ref (json_node_get_object (copy)) : json_object_new ();
}

static void
take_object (JsonObject *body, const char *member, JsonObject *object)
{
  if (json_object_get_size (object) > 0)
    json_object_set_object_member (body, member, object);
  else
    json_object_unref (object);
}

/* --- Output, reasoning, sampling --- */

static JsonObject *
encode_schema_format (const PurserChat *chat)
{
  JsonObject *format = json_object_new ();
  g_autofree char *name = purser_tool_name_fit (chat->schema_name != NULL ? chat->schema_name : "reply", 64);
  gboolean strict = chat->schema_strict > 0 || (chat->schema_strict == 0 && purser_encode_is_strict (chat->schema));
  json_object_set_string_member (format, "type", "json_schema");
  json_object_set_string_member (format, "name", name); /* the format wants one */
  json_object_set_member (format, "schema", purser_json_copy (chat->schema));
  if (strict || chat->schema_strict < 0)
    json_object_set_boolean_member (format, "strict", strict);
  return format;
}

static void
add_text (const Encoder *encoder, JsonObject *body)
{
  const PurserChat *chat = encoder->chat;
  JsonObject *text = native_object (encoder, "text");
  if (!json_object_has_member (text, "format") && chat->schema != NULL)
    json_object_set_object_member (text, "format", encode_schema_format (chat));
  else if (!json_object_has_member (text, "format") && chat->json_output)
    {
      JsonObject *format = json_object_new ();
      json_object_set_string_member (format, "type", "json_object");
      json_object_set_object_member (text, "format", format);
    }
  purser_json_add_text (text, "verbosity", chat->verbosity);
  take_object (body, "text", text);
}

/* The effort to send, or NULL for none. */
static const char *
choose_effort (const Encoder *encoder)
{
  const PurserOpenaiRule *rule = encoder->rule;
  const char *effort = encoder->chat->effort;
  if (effort == NULL || encoder->options->plain)
    return NULL;
  if (!encoder->known)
    return effort;
  if (!rule->reasons)
    return NULL;
  if (g_str_equal (effort, "none"))
    return rule->none ? "none" : rule->minimal ? "minimal" : "low";
  if (g_str_equal (effort, "minimal"))
    return rule->minimal ? "minimal" : "low";
  if (!rule->extra && (g_str_equal (effort, "xhigh") || g_str_equal (effort, "max")))
    return "high";
  return effort;
}

/* Anthropic's two words for what becomes visible of the thinking, in OpenAI's. */
static const char *
choose_summary (const Encoder *encoder)
{
  const char *display = encoder->chat->thinking_display;
  if (display == NULL || encoder->options->plain || g_str_equal (display, "omitted"))
    return NULL;
  return g_str_equal (display, "summarized") ? "auto" : display;
}

static void
add_reasoning (const Encoder *encoder, JsonObject *body)
{
  const char *effort = choose_effort (encoder), *summary = choose_summary (encoder);
  JsonObject *reasoning = native_object (encoder, "reasoning");
  gboolean reasons = !encoder->known || encoder->rule->reasons;
  purser_json_add_text (reasoning, "effort", effort);
  purser_json_add_text (reasoning, "summary", reasons ? summary : NULL);
  if ((encoder->chat->effort != NULL && effort == NULL) || (summary != NULL && !reasons))
    purser_encode_drop (encoder->options, "reasoning");
  take_object (body, "reasoning", reasoning);
}

static gboolean
may_sample (const Encoder *encoder)
{
  const PurserOpenaiRule *rule = encoder->rule;
  const char *effort = choose_effort (encoder);
  if (!encoder->known || rule->sampling == PURSER_SAMPLING_FREE)
    return TRUE;
  if (rule->sampling == PURSER_SAMPLING_REFUSED)
    return FALSE;
  return effort != NULL ? g_str_equal (effort, "none") : !rule->on_by_default;
}

static void
add_sampling (const Encoder *encoder, JsonObject *body)
{
  const PurserChat *chat = encoder->chat;
  const struct
  {
    const char *name;
    double value, most;
  } values[] = { { "temperature", chat->temperature, 2 }, { "top_p", chat->top_p, 1 } };
  if (chat->max_tokens >= 0)
    json_object_set_int_member (body, "max_output_tokens",
                                encoder->own ? chat->max_tokens : MAX (chat->max_tokens, MIN_OUTPUT_TOKENS));
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      if (isnan (values[i].value))
        continue;
      if (may_sample (encoder))
        json_object_set_double_member (body, values[i].name, CLAMP (values[i].value, 0, values[i].most));
      else
        purser_encode_drop (encoder->options, values[i].name);
    }
}

/* --- What goes beside --- */

/* Whether the request's reasoning is worth asking for in the form in which it can come back. */
static gboolean
may_reason (const Encoder *encoder)
{
  const char *effort = choose_effort (encoder);
  return encoder->rule->reasons || (!encoder->known && effort != NULL && !g_str_equal (effort, "none"));
}

static void
add_include (const Encoder *encoder, JsonObject *body)
{
  JsonNode *told = native (encoder, "include");
  JsonArray *include = json_array_new ();
  if (told != NULL)
    {
      json_array_unref (include);
      json_object_set_member (body, "include", purser_json_copy (told));
      return;
    }
  if (may_reason (encoder) && !encoder->options->plain)
    json_array_add_string_element (include, "reasoning.encrypted_content");
  if (json_array_get_length (include) > 0)
    json_object_set_array_member (body, "include", include);
  else
    json_array_unref (include);
}

/* Members that Chat Completions and Responses have in common. */
static gboolean
is_common (const Encoder *encoder, const char *member)
{
  static const char *const members[] = { "prompt_cache_retention", "prompt_cache_options", NULL };
  return g_strcmp0 (encoder->chat->dialect, "openai-chat") == 0 && g_strv_contains (members, member);
}

static gboolean
add_native (const Encoder *encoder, JsonObject *body, GError **error)
{
  JsonObjectIter iter;
  const char *member;
  JsonNode *node;
  if (encoder->chat->native == NULL)
    return TRUE;
  json_object_iter_init_ordered (&iter, encoder->chat->native);
  while (json_object_iter_next_ordered (&iter, &member, &node))
    {
      gboolean streams = g_str_equal (member, "stream_options"); /* refused where nothing streams */
      if (encoder->own || is_common (encoder, member))
        {
          if (!json_object_has_member (body, member) && (!streams || encoder->options->stream)
              && !g_str_equal (member, "tool_choice"))
            json_object_set_member (body, member, purser_json_copy (node));
        }
      else if (!purser_encode_leave_native (encoder->options, member, node, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check (const Encoder *encoder, GError **error)
{
  const PurserChat *chat = encoder->chat;
  if (chat->n > 1)
    return purser_encode_refuse (error, _("This provider gives one answer a request, not several (“n”)."));
  if (chat->logprobs >= 0 && !encoder->own)
    return purser_encode_refuse (error, _("This provider does not tell the probabilities of tokens (“logprobs”)."));
  if (chat->stop != NULL && *chat->stop != NULL)
    return purser_encode_refuse (error, _("The Responses interface has no stop texts (“stop”). Leave them out, or use "
                                           "a model that is reached over Chat Completions."));
  return purser_encode_check (chat, error);
}

static void
drop_rest (const Encoder *encoder)
{
  const PurserChat *chat = encoder->chat;
  gboolean names = FALSE, marks = chat->cache != PURSER_CACHE_NONE;
  for (guint i = 0; i < chat->messages->len; i++)
    names |= ((const PurserMessage *) g_ptr_array_index (chat->messages, i))->name != NULL;
  for (guint i = 0; i < chat->tools->len; i++)
    marks |= ((const PurserTool *) g_ptr_array_index (chat->tools, i))->cache != PURSER_CACHE_NONE;
  const struct
  {
    const char *name;
    gboolean said;
  } rest[] = {
    { "seed", chat->seed >= 0 },
    { "top_k", chat->top_k >= 0 },
    { "frequency_penalty", !isnan (chat->frequency_penalty) },
    { "presence_penalty", !isnan (chat->presence_penalty) },
    { "messages[].name", names },
    { "cache_control", marks },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rest); i++)
    if (rest[i].said)
      purser_encode_drop (encoder->options, rest[i].name);
}

/* Tiers are OpenAI's own words; others' mean other things. */
static void
add_tier (const Encoder *encoder, JsonObject *body)
{
  const char *tier = encoder->chat->service_tier;
  gboolean same =
      encoder->own || g_strcmp0 (encoder->chat->dialect, "openai-chat") == 0 || encoder->chat->dialect == NULL;
  if (tier != NULL && same)
    json_object_set_string_member (body, "service_tier", tier);
  else if (tier != NULL)
    purser_encode_drop (encoder->options, "service_tier");
}

JsonNode *
purser_responses_encode (const PurserChat *chat, const PurserEncodeOptions *options, GError **error)
{
  const char *model = openai_name (options->model);
  Encoder encoder = { chat,
                      options,
                      model,
                      purser_openai_rule (model),
                      options->known_server || model != options->model,
                      g_strcmp0 (chat->dialect, "openai-responses") == 0 };
  g_autoptr(JsonObject) body = json_object_new ();
  g_autofree char *instructions = NULL;
  if (!check (&encoder, error))
    return NULL;
  g_autoptr(JsonArray) input =
      purser_responses_input (chat, options, takes_breakpoints (&encoder), &instructions, error);
  if (input == NULL)
    return NULL;
  json_object_set_string_member (body, "model", options->model);
  purser_json_add_text (body, "instructions", instructions);
  json_object_set_array_member (body, "input", g_steal_pointer (&input));
  if (!purser_responses_add_tools (chat, options->plain, native (&encoder, "tool_choice"), body, error))
    return NULL;
  add_text (&encoder, body);
  add_reasoning (&encoder, body);
  add_sampling (&encoder, body);
  if (chat->logprobs >= 0)
    json_object_set_int_member (body, "top_logprobs", chat->logprobs);
  if (!purser_encode_is_idle (chat->metadata))
    json_object_set_member (body, "metadata", purser_json_copy (chat->metadata));
  purser_json_add_text (body, "user", chat->user);
  purser_json_add_text (body, "prompt_cache_key", chat->cache_key);
  add_tier (&encoder, body);
  add_include (&encoder, body);
  if (native (&encoder, "store") == NULL)
    json_object_set_boolean_member (body, "store", FALSE);
  json_object_set_boolean_member (body, "stream", options->stream);
  drop_rest (&encoder);
  return add_native (&encoder, body, error) ? purser_json_new_object (g_steal_pointer (&body)) : NULL;
}
