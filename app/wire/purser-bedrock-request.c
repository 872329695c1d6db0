/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-bedrock.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "purser-anthropic-rules.h"
#include "purser-bedrock-messages.h"
#include "purser-bedrock-thinking.h"
#include "purser-encode-rest.h"
#include "purser-json-wire.h"

/* Requests of Converse. What it cannot say, and what becomes of it (PROVIDERS §3, §4, §10.3):
 *
 *   the model, streaming      stand in the address, not in the body
 *   system text in mid-talk   a part of the user's message
 *   an image or file by       refused but for S3: Converse fetches nothing else
 *     address
 *   unsigned thinking, and    dropped
 *     other providers'
 *   tool_choice "none"        the tools are left out; a talk that has called tools must describe some, so there the model
 *                             is told in words not to call any
 *   calls in the history of   described by their name alone, since Converse demands it
 *     tools nobody describes
 *   temperature, top_p        clamped to 0–1; for Claude as in purser-anthropic-rules.c
 *   top_k                     where the model has a place for it
 *   cache marks               cachePoint blocks for Claude and Nova; a mark on the whole request stands at its end
 *   a schema                  outputConfig.textFormat with every object closed; asked for in words of models that cannot
 *   any JSON object           asked for in words: not enforced
 *   service_tier              flex and priority mean the same here; others are dropped
 *   metadata                  requestMetadata, where its values are short plain text
 *   n, logprobs               refused
 *   seed, penalties, user,    dropped
 *     verbosity, cache keys
 */

static const char *const json_words = "Reply with a single JSON object and nothing else.";

/* Families of models, by a piece of their id: a cross-region profile has the area in front ("us.amazon.nova-…"). */
static gboolean
is_one_of (const char *model, const char *const *pieces)
{
  for (gsize i = 0; pieces[i] != NULL; i++)
    if (strstr (model, pieces[i]) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
is_claude (const char *model)
{
  return strstr (model, "claude") != NULL;
}

/* textFormat: Claude from 4.5 on and the open models; the others are asked in words. */
static gboolean
takes_schema (const char *model, const PurserAnthropicRule *rule)
{
  static const char *const without[] = { "amazon.", "meta.", "cohere.", "ai21.", "deepseek.r1", NULL };
  return is_claude (model) ? rule->schema : !is_one_of (model, without);
}

static PurserBedrockCache
cache_of (const char *model)
{
  static const char *const nova[] = { "amazon.nova", NULL };
  return (PurserBedrockCache) { is_claude (model) || is_one_of (model, nova), is_claude (model) };
}

/* --- Tools --- */

static JsonObject *
tool_spec (const char *name, const char *description, JsonNode *schema)
{
  g_autofree char *fitted = purser_tool_name_fit (name, PURSER_BEDROCK_LONGEST_NAME);
  JsonObject *spec = json_object_new (), *input = json_object_new ();
  json_object_set_string_member (spec, "name", fitted);
  if (description != NULL && *description != 0) /* an empty one is refused */
    json_object_set_string_member (spec, "description", description);
  json_object_set_member (input, "json", schema);
  json_object_set_object_member (spec, "inputSchema", input);
  return spec;
}

static void
add_spec (JsonArray *tools, JsonObject *spec)
{
  JsonObject *object = json_object_new ();
  json_object_set_object_member (object, "toolSpec", spec);
  json_array_add_object_element (tools, object);
}

static JsonArray *
described_tools (const PurserChat *chat, PurserBedrockCache cache)
{
  JsonArray *tools = json_array_new ();
  for (guint i = 0; i < chat->tools->len; i++)
    {
      const PurserTool *tool = g_ptr_array_index (chat->tools, i);
      JsonObject *spec = tool_spec (tool->name, tool->description, purser_encode_schema (tool));
      if (tool->strict != 0)
        json_object_set_boolean_member (spec, "strict", tool->strict > 0);
      add_spec (tools, spec);
      purser_bedrock_add_cache_point (tools, tool->cache, cache);
    }
  return tools;
}

/* The tools that the history calls, each once; empty if it calls none. */
static GPtrArray *
called_tools (const PurserChat *chat)
{
  GPtrArray *names = g_ptr_array_new ();
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < chat->messages->len; i++)
    {
      const PurserMessage *message = g_ptr_array_index (chat->messages, i);
      for (guint j = 0; j < message->parts->len; j++)
        {
          const PurserPart *part = g_ptr_array_index (message->parts, j);
          const char *name = part->name != NULL && *part->name != 0 ? part->name : "tool";
          if ((part->type == PURSER_PART_TOOL_CALL || part->type == PURSER_PART_TOOL_RESULT)
              && g_hash_table_add (seen, (gpointer) name))
            g_ptr_array_add (names, (gpointer) name);
        }
    }
  return names;
}

static JsonArray *
undescribed_tools (const GPtrArray *called)
{
  const PurserTool nothing = { 0 };
  JsonArray *tools = json_array_new ();
  for (guint i = 0; i < called->len; i++)
    add_spec (tools, tool_spec (g_ptr_array_index (called, i), NULL, purser_encode_schema (&nothing)));
  return tools;
}

static gboolean
forces_tool (const PurserChat *chat)
{
  return chat->tools->len > 0
         && (g_strcmp0 (chat->tool_choice, "required") == 0 || purser_encode_named_tool (chat) != NULL);
}

static JsonObject *
choice_object (const PurserChat *chat)
{
  JsonObject *choice = json_object_new (), *inner = json_object_new ();
  const PurserTool *named = purser_encode_named_tool (chat);
  if (named != NULL)
    {
      g_autofree char *fitted = purser_tool_name_fit (named->name, PURSER_BEDROCK_LONGEST_NAME);
      json_object_set_string_member (inner, "name", fitted);
    }
  json_object_set_object_member (choice,
                                 named != NULL                                 ? "tool"
                                 : g_str_equal (chat->tool_choice, "required") ? "any"
                                                                               : "auto",
                                 inner);
  return choice;
}

/* What the history has called has to be described, whether or not anything may be called now; BARRED says that nothing
 * may. */
static void
add_tools (JsonObject *body, const PurserChat *chat, PurserBedrockCache cache, const GPtrArray *called, gboolean barred)
{
  JsonArray *tools = NULL;
  if (chat->tools->len > 0 && (!barred || called->len > 0))
    tools = described_tools (chat, cache);
  else if (called->len > 0)
    tools = undescribed_tools (called);
  if (tools == NULL)
    return;
  JsonObject *config = json_object_new ();
  json_object_set_array_member (config, "tools", tools);
  if (chat->tools->len > 0 && !barred && chat->tool_choice != NULL)
    json_object_set_object_member (config, "toolChoice", choice_object (chat));
  json_object_set_object_member (body, "toolConfig", config);
}

/* --- What is told in words --- */

static void
tell (GString *told, const char *words)
{
  g_string_append_printf (told, "%s%s", told->len > 0 ? " " : "", words);
}

/* NULL if there is nothing to tell. (transfer full) */
static char *
words_for (const PurserChat *chat, gboolean barred, gboolean schema_taken)
{
  GString *told = g_string_new (NULL);
  g_autofree char *schema = chat->schema != NULL && !schema_taken ? purser_json_to_string (chat->schema, FALSE) : NULL;
  if (barred)
    tell (told, "Answer without calling a tool.");
  if (schema != NULL || (chat->schema == NULL && chat->json_output))
    tell (told, json_words);
  if (schema != NULL)
    g_string_append_printf (told, " It must follow this JSON schema: %s", schema);
  return g_string_free (told, told->len == 0);
}

/* --- Sampling and limits --- */

static void
add_sampling (JsonObject *config,
              const PurserChat *chat,
              const PurserEncodeOptions *options,
              const PurserAnthropicRule *rule,
              gboolean thinks)
{
  gboolean none = rule->no_sampling || thinks;
  gboolean top_p = !isnan (chat->top_p) && !none && (isnan (chat->temperature) || !rule->one_sampling);
  if (!isnan (chat->temperature) && !none)
    json_object_set_double_member (config, "temperature", CLAMP (chat->temperature, 0, 1));
  if (top_p)
    json_object_set_double_member (config, "topP", CLAMP (chat->top_p, 0, 1));
  if (!isnan (chat->temperature) && none)
    purser_encode_drop (options, "temperature");
  if (!isnan (chat->top_p) && !top_p)
    purser_encode_drop (options, "top_p");
}

static void
add_stop (JsonObject *config, const PurserChat *chat)
{
  JsonArray *stop = json_array_new ();
  for (guint i = 0; chat->stop != NULL && chat->stop[i] != NULL; i++)
    if (strspn (chat->stop[i], " \t\r\n") < strlen (chat->stop[i])) /* blank ones are refused */
      json_array_add_string_element (stop, chat->stop[i]);
  if (json_array_get_length (stop) > 0)
    json_object_set_array_member (config, "stopSequences", stop);
  else
    json_array_unref (stop);
}

/* Each family has its own place for it, or none. */
static void
add_top_k (JsonObject *fields,
           const PurserChat *chat,
           const PurserEncodeOptions *options,
           const PurserAnthropicRule *rule,
           gboolean thinks)
{
  static const struct
  {
    const char *piece, *member;
  } places[] = {
    { "claude", "top_k" },
    { "mistral.", "top_k" },
    { "cohere.", "k" },
    { "amazon.nova", NULL },
  };
  gsize i = 0;
  if (chat->top_k < 0)
    return;
  while (i < G_N_ELEMENTS (places) && strstr (options->model, places[i].piece) == NULL)
    i++;
  if (i == G_N_ELEMENTS (places) || rule->no_sampling || thinks)
    purser_encode_drop (options, "top_k");
  else if (places[i].member != NULL)
    json_object_set_int_member (fields, places[i].member, chat->top_k);
  else
    {
      JsonObject *config = json_object_new ();
      json_object_set_int_member (config, "topK", chat->top_k);
      json_object_set_object_member (fields, "inferenceConfig", config);
    }
}

/* --- Output --- */

static void
add_schema (JsonObject *output, const PurserChat *chat)
{
  g_autoptr(JsonNode) closed = purser_encode_closed_schema (chat->schema);
  g_autofree char *text = purser_json_to_string (closed, FALSE);
  JsonObject *definition = json_object_new (), *structure = json_object_new (), *format = json_object_new ();
  json_object_set_string_member (definition, "schema", text); /* JSON as text */
  if (chat->schema_name != NULL)
    json_object_set_string_member (definition, "name", chat->schema_name);
  json_object_set_object_member (structure, "jsonSchema", definition);
  json_object_set_string_member (format, "type", "json_schema");
  json_object_set_object_member (format, "structure", structure);
  json_object_set_object_member (output, "textFormat", format);
}

static void
add_tier (JsonObject *body, const PurserChat *chat, const PurserEncodeOptions *options)
{
  static const char *const same[] = { "default", "flex", "priority", NULL };
  static const char *const ordinary[] = { "auto", "standard", "standard_only", NULL }; /* what is done anyway */
  if (chat->service_tier == NULL || g_strv_contains (ordinary, chat->service_tier))
    return;
  if (!g_strv_contains (same, chat->service_tier))
    {
      purser_encode_drop (options, "service_tier");
      return;
    }
  JsonObject *tier = json_object_new ();
  json_object_set_string_member (tier, "type", chat->service_tier);
  json_object_set_object_member (body, "serviceTier", tier);
}

static gboolean
is_plain (const char *text, gsize shortest)
{
  gsize length = text != NULL ? strlen (text) : 0;
  return text != NULL && length >= shortest && length <= 256
         && strspn (text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS " \t:_@$#=/+,-.") == length;
}

/* At most 16 pairs of short plain text; what does not fit is left out. */
static void
add_metadata (JsonObject *body, const PurserChat *chat, const PurserEncodeOptions *options)
{
  g_autoptr(JsonObject) kept = json_object_new ();
  JsonObject *metadata = purser_json_object (chat->metadata);
  g_autoptr(GList) names = metadata != NULL ? json_object_get_members (metadata) : NULL;
  for (GList *l = names; l != NULL; l = l->next)
    {
      const char *value = purser_json_string (metadata, l->data);
      if (json_object_get_size (kept) < 16 && is_plain (l->data, 1) && is_plain (value, 0))
        json_object_set_string_member (kept, l->data, value);
      else
        purser_encode_drop (options, "metadata");
    }
  if (json_object_get_size (kept) > 0)
    json_object_set_object_member (body, "requestMetadata", json_object_ref (kept));
}

/* With it the reply says which of the stop texts was met. */
static void
ask_for_stop_text (JsonObject *body, const PurserChat *chat, const char *model)
{
  if (!is_claude (model) || chat->stop == NULL || chat->stop[0] == NULL)
    return;
  JsonArray *paths = json_array_new ();
  json_array_add_string_element (paths, "/stop_sequence");
  json_object_set_array_member (body, "additionalModelResponseFieldPaths", paths);
}

static void
set_filled (JsonObject *body, const char *member, JsonObject *object)
{
  if (json_object_get_size (object) > 0)
    json_object_set_object_member (body, member, json_object_ref (object));
}

JsonNode *
purser_bedrock_encode (const PurserChat *chat, const PurserEncodeOptions *options, GError **error)
{
  const PurserAnthropicRule *rule = purser_anthropic_rule (options->model);
  PurserBedrockCache cache = cache_of (options->model);
  PurserTakes takes =
      PURSER_TAKES_TOP_K | PURSER_TAKES_TIER | PURSER_TAKES_METADATA | (cache.points ? PURSER_TAKES_CACHE_MARKS : 0);
  gboolean barred = g_strcmp0 (chat->tool_choice, "none") == 0;
  gboolean schema_taken = takes_schema (options->model, rule);
  g_autoptr(GPtrArray) called = called_tools (chat);
  g_autoptr(JsonObject) body = json_object_new (), config = json_object_new (), fields = json_object_new (),
                         output = json_object_new ();

  if (!purser_encode_check (chat, error)
      || !purser_encode_rest (chat, options, g_strcmp0 (chat->dialect, "bedrock") == 0, takes, error))
    return NULL;
  if (forces_tool (chat) && rule->no_forcing)
    {
      purser_encode_refuse (error, _("%s cannot be made to call a tool. Let it choose, or ask for a schema."),
                            options->model);
      return NULL;
    }
  g_autofree char *told = words_for (chat, barred && called->len > 0, schema_taken);
  if (!purser_bedrock_add_messages (body, chat, options, cache, told, error))
    return NULL;
  add_tools (body, chat, cache, called, barred);
  gint64 limit = chat->max_tokens;
  gboolean thinks = purser_bedrock_add_thinking (fields, output, chat, options, rule, forces_tool (chat), &limit);
  if (limit >= 0)
    json_object_set_int_member (config, "maxTokens", limit);
  add_sampling (config, chat, options, rule, thinks);
  add_stop (config, chat);
  add_top_k (fields, chat, options, rule, thinks);
  if (chat->schema != NULL && schema_taken)
    add_schema (output, chat);
  set_filled (body, "inferenceConfig", config);
  set_filled (body, "additionalModelRequestFields", fields);
  set_filled (body, "outputConfig", output);
  ask_for_stop_text (body, chat, options->model);
  add_tier (body, chat, options);
  add_metadata (body, chat, options);
  return purser_json_new_object (g_steal_pointer (&body));
}
