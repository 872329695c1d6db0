/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-anthropic-decode.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "purser-dialect.h"
#include "purser-json-wire.h"

/* A request of Messages as its callers send it (Claude Code, Anthropic's and others' SDKs). What the neutral model has
 * no place for stays in `native`, by name; of what stands inside a known object, by its path: "thinking.…",
 * "output_config.…", "tools[].…" (by the tool's name), "messages[].content[].caller" (by the call's id). A member that
 * is null is not said. */

gboolean
purser_anthropic_is_null (JsonNode *node)
{
  return node == NULL || JSON_NODE_HOLDS_NULL (node);
}

static char *
place (const PurserAnthropicDecoder *decoder, const char *member)
{
  GString *path = g_string_new (NULL);
  if (decoder->list != NULL)
    g_string_append_printf (path, "%s[%d]", decoder->list, decoder->at);
  if (decoder->list != NULL && decoder->block >= 0)
    g_string_append_printf (path, ".content[%d]", decoder->block);
  if (decoder->list != NULL && decoder->inner >= 0)
    g_string_append_printf (path, ".content[%d]", decoder->inner);
  if (member != NULL)
    g_string_append_printf (path, "%s%s", path->len > 0 ? "." : "", member);
  return g_string_free (path, FALSE);
}

gboolean
purser_anthropic_bad (const PurserAnthropicDecoder *decoder, const char *member, const char *words)
{
  g_autofree char *path = place (decoder, member);
  g_set_error (decoder->error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_SYNTAX, "%s: %s", path, words);
  return FALSE;
}

void
purser_anthropic_keep (const PurserAnthropicDecoder *decoder, const char *name, JsonNode *node)
{
  if (decoder->chat->native == NULL)
    decoder->chat->native = json_object_new ();
  json_object_set_member (decoder->chat->native, name, json_node_ref (node));
}

void
purser_anthropic_keep_rest (const PurserAnthropicDecoder *decoder,
                            const char *name,
                            JsonObject *object,
                            const char *const *known)
{
  JsonObjectIter iter;
  const char *member;
  JsonNode *node;
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &member, &node))
    if (!g_strv_contains (known, member) && !JSON_NODE_HOLDS_NULL (node))
      {
        g_autofree char *path = g_strconcat (name, ".", member, NULL);
        purser_anthropic_keep (decoder, path, node);
      }
}

gboolean
purser_anthropic_read_mark (const PurserAnthropicDecoder *decoder, JsonObject *object, PurserCacheMark *mark)
{
  JsonNode *node = purser_json_node (object, "cache_control");
  JsonObject *control = purser_json_object (node);
  const char *ttl = purser_json_string (control, "ttl"), *type = purser_json_string (control, "type");
  *mark = PURSER_CACHE_NONE;
  if (purser_anthropic_is_null (node))
    return TRUE;
  if (control == NULL || (type != NULL && !g_str_equal (type, "ephemeral")))
    return purser_anthropic_bad (decoder, "cache_control", _("only {\"type\": \"ephemeral\"} is known here."));
  if (ttl != NULL && !g_str_equal (ttl, "5m") && !g_str_equal (ttl, "1h"))
    return purser_anthropic_bad (decoder, "cache_control.ttl", _("it is either 5m or 1h."));
  *mark = g_strcmp0 (ttl, "1h") == 0 ? PURSER_CACHE_LONG : PURSER_CACHE_SHORT;
  return TRUE;
}

static gboolean
take_string (PurserAnthropicDecoder *decoder, const char *name, JsonNode *node, char **field)
{
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return purser_anthropic_bad (decoder, name, _("a text is needed here."));
  g_free (*field);
  *field = json_node_dup_string (node);
  return TRUE;
}

static gboolean
take_int (PurserAnthropicDecoder *decoder, JsonObject *object, const char *name, const char *path, gint64 *field)
{
  gint64 value = purser_json_int (object, name, -1);
  if (value < 0 || value > G_MAXINT32) /* sums of larger ones would overflow somewhere behind */
    return purser_anthropic_bad (decoder, path, _("a whole number from 0 to 2147483647 is needed here."));
  *field = value;
  return TRUE;
}

static gboolean
take_double (PurserAnthropicDecoder *decoder, JsonObject *body, const char *name, double *field)
{
  double value = purser_json_double (body, name, NAN);
  if (!isfinite (value))
    return purser_anthropic_bad (decoder, name, _("a number is needed here."));
  *field = value;
  return TRUE;
}

static gboolean
take_model (PurserAnthropicDecoder *decoder, JsonObject *body, JsonNode *node)
{
  return take_string (decoder, "model", node, &decoder->chat->model);
}

static gboolean
take_max_tokens (PurserAnthropicDecoder *decoder, JsonObject *body, JsonNode *node)
{
  return take_int (decoder, body, "max_tokens", "max_tokens", &decoder->chat->max_tokens);
}

static gboolean
take_top_k (PurserAnthropicDecoder *decoder, JsonObject *body, JsonNode *node)
{
  return take_int (decoder, body, "top_k", "top_k", &decoder->chat->top_k);
}

static gboolean
take_temperature (PurserAnthropicDecoder *decoder, JsonObject *body, JsonNode *node)
{
  return take_double (decoder, body, "temperature", &decoder->chat->temperature);
}

static gboolean
take_top_p (PurserAnthropicDecoder *decoder, JsonObject *body, JsonNode *node)
{
  return take_double (decoder, body, "top_p", &decoder->chat->top_p);
}

static gboolean
take_tier (PurserAnthropicDecoder *decoder, JsonObject *body, JsonNode *node)
{
  return take_string (decoder, "service_tier", node, &decoder->chat->service_tier);
}

static gboolean
take_stream (PurserAnthropicDecoder *decoder, JsonObject *body, JsonNode *node)
{
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return purser_anthropic_bad (decoder, "stream", _("it is either true or false."));
  decoder->chat->stream = json_node_get_boolean (node);
  return TRUE;
}

static gboolean
take_stop (PurserAnthropicDecoder *decoder, JsonObject *body, JsonNode *node)
{
  JsonArray *list = purser_json_array (body, "stop_sequences");
  g_autoptr(GStrvBuilder) stop = g_strv_builder_new ();
  if (list == NULL)
    return purser_anthropic_bad (decoder, "stop_sequences", _("a list of texts is needed here."));
  for (guint i = 0; i < json_array_get_length (list); i++)
    {
      g_autofree char *text = NULL, *name = g_strdup_printf ("stop_sequences[%u]", i);
      if (!take_string (decoder, name, json_array_get_element (list, i), &text))
        return FALSE;
      g_strv_builder_add (stop, text);
    }
  if (json_array_get_length (list) > 0)
    decoder->chat->stop = g_strv_builder_end (stop);
  return TRUE;
}

static gboolean
take_cache (PurserAnthropicDecoder *decoder, JsonObject *body, JsonNode *node)
{
  return purser_anthropic_read_mark (decoder, body, &decoder->chat->cache);
}

static gboolean
take_metadata (PurserAnthropicDecoder *decoder, JsonObject *body, JsonNode *node)
{
  JsonObject *metadata = purser_json_object (node);
  if (metadata == NULL)
    return purser_anthropic_bad (decoder, "metadata", _("an object is needed here."));
  decoder->chat->user = g_strdup (purser_json_string (metadata, "user_id"));
  JsonNode *rest = purser_json_copy (node);
  json_object_remove_member (json_node_get_object (rest), "user_id");
  if (json_object_get_size (json_node_get_object (rest)) > 0)
    decoder->chat->metadata = g_steal_pointer (&rest);
  g_clear_pointer (&rest, json_node_unref);
  return TRUE;
}

/* PROVIDERS §4.4: what a budget is worth as an effort. */
static const char *
effort_of (gint64 budget)
{
  return budget >= 10000 ? "high" : budget >= 5000 ? "medium" : budget >= 2000 ? "low" : "minimal";
}

static gboolean
take_thinking (PurserAnthropicDecoder *decoder, JsonObject *body, JsonNode *node)
{
  static const char *const known[] = { "type", "budget_tokens", "display", NULL };
  static const char *const off[] = { "disabled", "between_tools", NULL };
  PurserChat *chat = decoder->chat;
  JsonObject *thinking = purser_json_object (node);
  const char *type = purser_json_string (thinking, "type");
  gboolean enabled = g_strcmp0 (type, "enabled") == 0;
  if (type == NULL)
    return purser_anthropic_bad (decoder, "thinking", _("an object with a type is needed here."));
  if (enabled && !purser_anthropic_is_null (purser_json_node (thinking, "budget_tokens"))
      && !take_int (decoder, thinking, "budget_tokens", "thinking.budget_tokens", &chat->thinking_budget))
    return FALSE;
  if (!enabled && !g_str_equal (type, "adaptive") && !g_strv_contains (off, type))
    {
      purser_anthropic_keep (decoder, "thinking", node); /* a newer kind: for Anthropic to judge */
      return TRUE;
    }
  chat->thinking = g_strdup (type);
  chat->thinking_display = g_strdup (purser_json_string (thinking, "display"));
  if (g_strv_contains (off, type))
    chat->effort = g_strdup ("none");
  else if (enabled)
    chat->effort = g_strdup (chat->thinking_budget >= 0 ? effort_of (chat->thinking_budget) : "high");
  purser_anthropic_keep_rest (decoder, "thinking", thinking, known);
  return TRUE;
}

static gboolean
take_schema (PurserAnthropicDecoder *decoder, JsonObject *format, const char *path)
{
  JsonNode *schema = purser_json_node (format, "schema");
  if (g_strcmp0 (purser_json_string (format, "type"), "json_schema") != 0)
    return purser_anthropic_bad (decoder, path, _("only the type json_schema is known here."));
  if (purser_json_object (schema) == NULL)
    return purser_anthropic_bad (decoder, path, _("it has no schema."));
  g_clear_pointer (&decoder->chat->schema, json_node_unref);
  decoder->chat->schema = json_node_ref (schema);
  decoder->chat->schema_strict = 1;
  return TRUE;
}

/* The effort is the thinking's, but where thinking is off, or has a budget of its own, it says something beside. */
static gboolean
take_effort (PurserAnthropicDecoder *decoder, JsonNode *node)
{
  static const char *const words[] = { "low", "medium", "high", "xhigh", "max", NULL };
  PurserChat *chat = decoder->chat;
  g_autofree char *effort = NULL;
  if (!take_string (decoder, "output_config.effort", node, &effort))
    return FALSE;
  if (!g_strv_contains (words, effort) || chat->effort != NULL)
    purser_anthropic_keep (decoder, "output_config.effort", node);
  if (g_strv_contains (words, effort) && g_strcmp0 (chat->effort, "none") != 0)
    {
      g_free (chat->effort);
      chat->effort = g_steal_pointer (&effort);
    }
  return TRUE;
}

static gboolean
take_output (PurserAnthropicDecoder *decoder, JsonObject *body, JsonNode *node)
{
  static const char *const known[] = { "effort", "format", NULL };
  JsonObject *output = purser_json_object (node);
  JsonNode *effort = purser_json_node (output, "effort"), *format = purser_json_node (output, "format");
  if (output == NULL)
    return purser_anthropic_bad (decoder, "output_config", _("an object is needed here."));
  if (!purser_anthropic_is_null (effort) && !take_effort (decoder, effort))
    return FALSE;
  if (!purser_anthropic_is_null (format) && !take_schema (decoder, purser_json_object (format), "output_config.format"))
    return FALSE;
  purser_anthropic_keep_rest (decoder, "output_config", output, known);
  return TRUE;
}

/* What output_config.format was called before. */
static gboolean
take_format (PurserAnthropicDecoder *decoder, JsonObject *body, JsonNode *node)
{
  return take_schema (decoder, purser_json_object (node), "output_format");
}

/* In the order in which they are read: system text stands before the talk, and output_config looks at thinking. */
static const struct
{
  const char *name;
  gboolean (*take) (PurserAnthropicDecoder *, JsonObject *body, JsonNode *node);
} members[] = {
  { "model", take_model },
  { "stream", take_stream },
  { "system", purser_anthropic_decode_system },
  { "messages", purser_anthropic_decode_messages },
  { "max_tokens", take_max_tokens },
  { "temperature", take_temperature },
  { "top_p", take_top_p },
  { "top_k", take_top_k },
  { "stop_sequences", take_stop },
  { "tools", purser_anthropic_decode_tools },
  { "tool_choice", purser_anthropic_decode_choice },
  { "thinking", take_thinking },
  { "output_format", take_format },
  { "output_config", take_output },
  { "metadata", take_metadata },
  { "service_tier", take_tier },
  { "cache_control", take_cache },
};

static gboolean
is_known (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    if (g_str_equal (members[i].name, name))
      return TRUE;
  return FALSE;
}

gboolean
purser_anthropic_decode (PurserChat *chat, JsonObject *body, GError **error)
{
  PurserAnthropicDecoder decoder = { chat, NULL, -1, -1, -1, error };
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    {
      node = purser_json_node (body, members[i].name);
      if (!purser_anthropic_is_null (node) && !members[i].take (&decoder, body, node))
        return FALSE;
    }
  if (purser_anthropic_is_null (purser_json_node (body, "messages")))
    return purser_anthropic_bad (&decoder, "messages", _("a list of messages is needed here."));
  json_object_iter_init (&iter, body);
  while (json_object_iter_next (&iter, &name, &node))
    if (!is_known (name) && !JSON_NODE_HOLDS_NULL (node))
      purser_anthropic_keep (&decoder, name, node);
  return TRUE;
}
