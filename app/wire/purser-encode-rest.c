/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-encode-rest.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "purser-encode.h"
#include "purser-json-wire.h"

/* Whoever reads the names reads no more; and a request may hold thousands. */
#define MAX_DROPPED 100

void
purser_encode_drop (const PurserEncodeOptions *options, const char *name)
{
  if (options->dropped == NULL || options->dropped->len >= MAX_DROPPED)
    return;
  for (guint i = 0; i < options->dropped->len; i++)
    if (g_strcmp0 (g_ptr_array_index (options->dropped, i), name) == 0)
      return;
  g_ptr_array_add (options->dropped, g_strdup (name));
}

void
purser_encode_drop_beside (const PurserEncodeOptions *options, const PurserPart *part)
{
  if (part->detail != NULL)
    purser_encode_drop (options, "detail");
  if (part->phase != NULL)
    purser_encode_drop (options, "phase");
}

gboolean
purser_encode_is_idle (JsonNode *node)
{
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (JSON_NODE_HOLDS_OBJECT (node))
    return json_object_get_size (json_node_get_object (node)) == 0;
  if (JSON_NODE_HOLDS_ARRAY (node))
    return json_array_get_length (json_node_get_array (node)) == 0;
  GType type = json_node_get_value_type (node);
  if (type == G_TYPE_STRING)
    return *json_node_get_string (node) == 0;
  return type == G_TYPE_BOOLEAN && !json_node_get_boolean (node);
}

/* modalities: ["text"] is what everybody answers anyway. */
static gboolean
wants_only_text (const char *member, JsonNode *node)
{
  JsonArray *list = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  JsonNode *only = list != NULL && json_array_get_length (list) == 1 ? json_array_get_element (list, 0) : NULL;
  return g_str_equal (member, "modalities") && only != NULL && JSON_NODE_HOLDS_VALUE (only)
         && json_node_get_value_type (only) == G_TYPE_STRING && g_str_equal (json_node_get_string (only), "text");
}

/* Without these the reply would be another one: no other provider does what they ask for. What only tidies up at the provider
 * (context_management, which Claude Code always sends) is not among them. */
static gboolean
must_be_refused (const char *member)
{
  static const char *const members[] = { "logit_bias", "prediction",           "modalities",   "audio",      "web_search_options",
                                         "moderation", "previous_response_id", "conversation", "background", "prompt",
                                         "mcp_servers", "thread",              NULL };
  return g_strv_contains (members, member);
}

/* Responses' callers ask for the opaque state of reasoning, which they get from every dialect that has one. */
static gboolean
wants_only_state (const char *member, JsonNode *node)
{
  if (!g_str_equal (member, "include") || !JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;
  JsonArray *wanted = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (wanted); i++)
    {
      JsonNode *one = json_array_get_element (wanted, i);
      if (!JSON_NODE_HOLDS_VALUE (one) || g_strcmp0 (json_node_get_string (one), "reasoning.encrypted_content") != 0)
        return FALSE;
    }
  return TRUE;
}

gboolean
purser_encode_leave_native (const PurserEncodeOptions *options, const char *member, JsonNode *node, GError **error)
{
  if (purser_encode_is_idle (node) || wants_only_text (member, node) || wants_only_state (member, node))
    return TRUE;
  if (must_be_refused (member))
    return purser_encode_refuse (error,
                                 _("“%s” cannot be sent to this provider. Leave it out, or use a model of the "
                                    "provider it belongs to."),
                                 member);
  purser_encode_drop (options, member);
  return TRUE;
}

static gboolean
check_native (const PurserChat *chat, const PurserEncodeOptions *options, GError **error)
{
  JsonObjectIter iter;
  const char *member;
  JsonNode *node;
  if (chat->native == NULL)
    return TRUE;
  json_object_iter_init_ordered (&iter, chat->native);
  while (json_object_iter_next_ordered (&iter, &member, &node))
    if (!purser_encode_leave_native (options, member, node, error))
      return FALSE;
  return TRUE;
}

static gboolean
check_tools (const PurserChat *chat, gboolean own, GError **error)
{
  for (guint i = 0; !own && i < chat->tools->len; i++)
    {
      const PurserTool *tool = g_ptr_array_index (chat->tools, i);
      const char *type = purser_json_string (purser_json_object (tool->native), "type");
      if (tool->native != NULL || tool->custom)
        return purser_encode_refuse (error,
                                     _("The tool “%s” is one that only its own provider has. Describe it as a "
                                        "function, or use a model of that provider."),
                                     tool->name != NULL ? tool->name
                                     : type != NULL     ? type
                                                        : "?");
    }
  return TRUE;
}

static gboolean
part_is_marked (const PurserPart *part)
{
  return part->cache != PURSER_CACHE_NONE;
}

static gboolean
has_cache_marks (const PurserChat *chat)
{
  gboolean marked = chat->cache != PURSER_CACHE_NONE;
  for (guint i = 0; i < chat->tools->len && !marked; i++)
    marked = ((const PurserTool *) g_ptr_array_index (chat->tools, i))->cache != PURSER_CACHE_NONE;
  for (guint i = 0; i < chat->messages->len && !marked; i++)
    {
      const PurserMessage *message = g_ptr_array_index (chat->messages, i);
      for (guint j = 0; j < message->parts->len && !marked; j++)
        marked = part_is_marked (g_ptr_array_index (message->parts, j));
    }
  return marked;
}

static gboolean
has_names (const PurserChat *chat)
{
  for (guint i = 0; i < chat->messages->len; i++)
    if (((const PurserMessage *) g_ptr_array_index (chat->messages, i))->name != NULL)
      return TRUE;
  return FALSE;
}

static void
drop_rest (const PurserChat *chat, const PurserEncodeOptions *options, PurserTakes takes)
{
  const struct
  {
    const char *name;
    gboolean said;
    PurserTakes taken;
  } rest[] = {
    { "top_k", chat->top_k >= 0, PURSER_TAKES_TOP_K },
    { "seed", chat->seed >= 0, PURSER_TAKES_SEED },
    { "frequency_penalty", !isnan (chat->frequency_penalty), PURSER_TAKES_PENALTIES },
    { "presence_penalty", !isnan (chat->presence_penalty), PURSER_TAKES_PENALTIES },
    { "metadata", !purser_encode_is_idle (chat->metadata), PURSER_TAKES_METADATA },
    { "service_tier", chat->service_tier != NULL, PURSER_TAKES_TIER },
    { "cache_control", has_cache_marks (chat), PURSER_TAKES_CACHE_MARKS },
    { "verbosity", chat->verbosity != NULL, 0 },
    { "user", chat->user != NULL, PURSER_TAKES_USER },
    { "prompt_cache_key", chat->cache_key != NULL, 0 },
    { "parallel_tool_calls", chat->parallel_tools < 0, PURSER_TAKES_ONE_CALL },
    { "messages[].name", has_names (chat), 0 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rest); i++)
    if (rest[i].said && !(takes & rest[i].taken))
      purser_encode_drop (options, rest[i].name);
}

gboolean
purser_encode_rest (
    const PurserChat *chat, const PurserEncodeOptions *options, gboolean own, PurserTakes takes, GError **error)
{
  if (chat->n > 1)
    return purser_encode_refuse (error, _("This provider gives one answer a request, not several (“n”)."));
  if (chat->logprobs >= 0 && !(takes & PURSER_TAKES_LOGPROBS))
    return purser_encode_refuse (error, _("This provider does not tell the probabilities of tokens (“logprobs”)."));
  if (!check_tools (chat, own, error) || (!own && !check_native (chat, options, error)))
    return FALSE;
  drop_rest (chat, options, takes);
  return TRUE;
}
