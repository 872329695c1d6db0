/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-anthropic.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "purser-anthropic-messages.h"
#include "purser-encode-rest.h"
#include "purser-json-wire.h"

/* Requests of Messages. What it cannot say, and what becomes of it (PROVIDERS §3, §4; purser-anthropic-rules.c):
 *
 *   no limit of tokens       the format demands one: default_max_tokens, else 8192
 *   system text in mid-talk  role system where the model knows it, else a part of the user's message
 *   foreign thinking         dropped: unsigned, or another provider's
 *   seed, penalties, …       dropped (purser-encode-rest.c)
 *   temperature, top_p       clamped to 0–1; one of them, or none, where the model refuses; only the defaults while a
 *                            budget thinks; none of them in API version 2026-10-21
 *   blank stop texts         dropped: they are refused
 *   effort                   purser-anthropic-thinking.c
 *   a forced tool            refused here where the model refuses it; on budget models it turns thinking off
 *   any JSON object          asked for in words: not enforced
 *   a schema                 output_config.format with every object closed; on models before it, asked for in words
 *   several choices, probabilities of tokens, free-form tools, audio, others' server tools: refused in words
 */

#define NEWER_API "2026-10-21"

static const char *const json_words = "Reply with a single JSON object and nothing else.";

void
purser_anthropic_drop (const PurserAnthropicEncoder *encoder, const char *name)
{
  purser_encode_drop (encoder->options, name);
}

static char *
schema_words (const PurserAnthropicEncoder *encoder)
{
  const PurserChat *chat = encoder->chat;
  if (chat->schema == NULL && chat->json_output)
    purser_anthropic_drop (encoder, "response_format");
  if (chat->schema == NULL)
    return chat->json_output ? g_strdup (json_words) : NULL;
  if (encoder->rule->schema)
    return NULL;
  g_autofree char *schema = purser_json_to_string (chat->schema, FALSE);
  purser_anthropic_drop (encoder, "response_format");
  return g_strdup_printf ("%s It must follow this JSON schema: %s", json_words, schema);
}

/* Whether the value says no more than the default, which passes even where other values are refused (PROVIDERS §4.5). */
typedef gboolean (*IsDefault) (double value);

static gboolean
is_one (double temperature)
{
  return temperature == 1;
}

static gboolean
is_nearly_all (double top_p)
{
  return top_p >= 0.99;
}

/* CHOOSES: only the default passes. */
static gboolean
add_sample (const PurserAnthropicEncoder *encoder,
            JsonObject *body,
            const char *name,
            double value,
            IsDefault is_default,
            gboolean fixed)
{
  if (isnan (value))
    return FALSE;
  if (encoder->newer || (fixed && !is_default (value)))
    {
      purser_anthropic_drop (encoder, name);
      return FALSE;
    }
  json_object_set_double_member (body, name, CLAMP (value, 0, 1));
  return TRUE;
}

static void
add_sampling (const PurserAnthropicEncoder *encoder, JsonObject *body, gboolean thinks)
{
  const PurserChat *chat = encoder->chat;
  gboolean fixed = encoder->rule->no_sampling || thinks;
  gboolean warm = add_sample (encoder, body, "temperature", chat->temperature, is_one, fixed);
  if (warm && encoder->rule->one_sampling && !isnan (chat->top_p))
    purser_anthropic_drop (encoder, "top_p");
  else
    add_sample (encoder, body, "top_p", chat->top_p, is_nearly_all, fixed);
  if (chat->top_k >= 0 && (fixed || encoder->newer))
    purser_anthropic_drop (encoder, "top_k");
  else if (chat->top_k >= 0)
    json_object_set_int_member (body, "top_k", chat->top_k);
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
add_output (const PurserAnthropicEncoder *encoder, JsonObject *body, JsonObject *output)
{
  const PurserChat *chat = encoder->chat;
  if (chat->schema != NULL && encoder->rule->schema)
    {
      JsonObject *format = json_object_new ();
      json_object_set_string_member (format, "type", "json_schema");
      json_object_set_member (format, "schema", purser_encode_closed_schema (chat->schema));
      json_object_set_object_member (output, "format", format);
    }
  if (json_object_get_size (output) > 0)
    json_object_set_object_member (body, "output_config", json_object_ref (output));
}

static void
add_about (const PurserAnthropicEncoder *encoder, JsonObject *body)
{
  const PurserChat *chat = encoder->chat;
  if (chat->user != NULL)
    {
      JsonObject *metadata = json_object_new ();
      json_object_set_string_member (metadata, "user_id", chat->user);
      json_object_set_object_member (body, "metadata", metadata);
    }
  if (chat->service_tier != NULL && encoder->own)
    json_object_set_string_member (body, "service_tier", chat->service_tier);
  purser_anthropic_set_mark (body, chat->cache);
}

/* What the caller's own dialect had beside. A path of two steps goes into the object that is there; what stands in lists
 * was put back with its tool or its call. */
static void
add_native (const PurserAnthropicEncoder *encoder, JsonObject *body)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  json_object_iter_init (&iter, encoder->chat->native);
  while (json_object_iter_next (&iter, &name, &node))
    {
      const char *dot = strchr (name, '.');
      g_autofree char *first = dot != NULL ? g_strndup (name, dot - name) : NULL;
      JsonObject *inner = dot != NULL ? purser_json_member (body, first) : NULL;
      if (strchr (name, '[') != NULL || g_str_equal (name, "output_config.effort"))
        continue;
      if (dot == NULL && !json_object_has_member (body, name))
        json_object_set_member (body, name, purser_json_copy (node));
      else if (inner != NULL && !json_object_has_member (inner, dot + 1))
        json_object_set_member (inner, dot + 1, purser_json_copy (node));
      else if (dot != NULL && inner == NULL && g_str_equal (first, "output_config"))
        {
          json_object_set_object_member (body, first, json_object_new ());
          json_object_set_member (purser_json_member (body, first), dot + 1, purser_json_copy (node));
        }
    }
}

static gboolean
check (const PurserAnthropicEncoder *encoder, GError **error)
{
  PurserTakes takes = PURSER_TAKES_TOP_K | PURSER_TAKES_CACHE_MARKS | PURSER_TAKES_USER | PURSER_TAKES_ONE_CALL;
  if (encoder->own)
    takes |= PURSER_TAKES_TIER; /* its words are other ones than OpenAI's */
  return purser_encode_rest (encoder->chat, encoder->options, encoder->own, takes, error)
         && purser_encode_check (encoder->chat, error);
}

JsonNode *
purser_anthropic_encode (const PurserChat *chat, const PurserEncodeOptions *options, GError **error)
{
  g_autoptr(PurserCallIds) ids = purser_call_ids_new (chat);
  const PurserAnthropicEncoder encoder = { chat,
                                           options,
                                           purser_anthropic_rule (options->model),
                                           ids,
                                           g_strcmp0 (chat->dialect, "anthropic") == 0,
                                           g_strcmp0 (options->api_version, NEWER_API) >= 0 };
  gint64 limit = chat->max_tokens >= 0             ? chat->max_tokens /* 0 warms the cache */
                 : options->default_max_tokens > 0 ? options->default_max_tokens
                                                   : 8192;
  g_autoptr(JsonObject) body = json_object_new (), output = json_object_new ();
  if (!check (&encoder, error))
    return NULL;
  g_autofree char *told = schema_words (&encoder);
  json_object_set_string_member (body, "model", options->model);
  json_object_set_int_member (body, "max_tokens", limit);
  if (!purser_anthropic_add_messages (&encoder, body, told, error)
      || !purser_anthropic_add_tools (&encoder, body, error))
    return NULL;
  add_sampling (&encoder, body, purser_anthropic_add_thinking (&encoder, body, output, limit));
  add_output (&encoder, body, output);
  add_stop (body, chat);
  add_about (&encoder, body);
  if (encoder.own && chat->native != NULL)
    add_native (&encoder, body);
  purser_anthropic_limit_marks (&encoder, body);
  purser_anthropic_simplify (body, "system");
  json_object_set_boolean_member (body, "stream", options->stream);
  return purser_json_new_object (g_steal_pointer (&body));
}
