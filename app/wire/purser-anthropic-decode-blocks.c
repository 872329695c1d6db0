/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-anthropic-decode.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-carry.h"
#include "purser-json-wire.h"

/* Blocks of content. A block that the neutral model has no place for stays whole, as this dialect's own. */

static const char *const dialect = "anthropic";

static PurserPart *
add (GPtrArray *parts, PurserPartType type, const char *text)
{
  PurserPart *part = g_new0 (PurserPart, 1);
  part->type = type;
  part->text = g_strdup (text);
  g_ptr_array_add (parts, part);
  return part;
}

/* The block's members but NOT these, for what the neutral part does not say; none: nothing is kept. */
static void
keep_block (PurserPart *part, JsonObject *block, const char *const * not)
{
  JsonObject *kept = json_object_new ();
  JsonObjectIter iter;
  const char *member;
  JsonNode *node;
  json_object_iter_init (&iter, block);
  while (json_object_iter_next (&iter, &member, &node))
    if (!g_strv_contains (not, member) && !JSON_NODE_HOLDS_NULL (node))
      json_object_set_member (kept, member, json_node_ref (node));
  if (json_object_get_size (kept) > 0)
    {
      part->json = purser_json_new_object (g_steal_pointer (&kept));
      part->dialect = g_strdup (dialect);
    }
  g_clear_pointer (&kept, json_object_unref);
}

static gboolean
read_text (PurserAnthropicDecoder *decoder, JsonObject *block, GPtrArray *parts)
{
  const char *text = purser_json_string (block, "text");
  JsonArray *citations = purser_json_array (block, "citations");
  if (text == NULL)
    return purser_anthropic_bad (decoder, "text", _("a text is needed here."));
  PurserPart *part = add (parts, PURSER_PART_TEXT, text);
  if (citations != NULL && json_array_get_length (citations) > 0)
    part->json = json_node_ref (purser_json_node (block, "citations"));
  return purser_anthropic_read_mark (decoder, block, &part->cache);
}

/* base64 and url; FALSE: another kind of source. */
static gboolean
read_source (PurserPart *part, JsonObject *source)
{
  const char *type = purser_json_string (source, "type");
  const char *data = purser_json_string (source, "data"), *url = purser_json_string (source, "url");
  if (g_strcmp0 (type, "base64") == 0 && data != NULL)
    {
      part->media_type = g_strdup (purser_json_string (source, "media_type"));
      part->data = g_strdup (data);
      return TRUE;
    }
  if (g_strcmp0 (type, "url") == 0 && url != NULL)
    {
      part->url = g_strdup (url);
      return TRUE;
    }
  return FALSE;
}

static gboolean
read_image (PurserAnthropicDecoder *decoder, JsonObject *block, GPtrArray *parts)
{
  static const char *const shown[] = { "type", "source", "cache_control", NULL };
  static const char *const hidden[] = { "type", "cache_control", NULL };
  JsonObject *source = purser_json_member (block, "source");
  if (purser_json_string (source, "type") == NULL)
    return purser_anthropic_bad (decoder, "source", _("an object with a type is needed here."));
  PurserPart *part = add (parts, PURSER_PART_IMAGE, NULL);
  keep_block (part, block, read_source (part, source) ? shown : hidden);
  return purser_anthropic_read_mark (decoder, block, &part->cache);
}

/* The text of a list of text blocks, or NULL where there is anything else among them. (transfer full) */
static char *
text_of (JsonNode *node)
{
  JsonArray *blocks = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  g_autoptr(GString) text = g_string_new (NULL);
  if (node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return json_node_dup_string (node);
  for (guint i = 0; blocks != NULL && i < json_array_get_length (blocks); i++)
    {
      const char *piece = purser_json_string (purser_json_object (json_array_get_element (blocks, i)), "text");
      if (piece == NULL)
        return NULL;
      g_string_append_printf (text, "%s%s", text->len > 0 ? "\n\n" : "", piece);
    }
  return blocks != NULL ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

static void
take_plain (PurserPart *part, char *text)
{
  part->data = text;
  part->is_text = TRUE;
  part->media_type = g_strdup ("text/plain");
}

static gboolean
read_document (PurserAnthropicDecoder *decoder, JsonObject *block, GPtrArray *parts)
{
  static const char *const shown[] = { "type", "title", "source", "cache_control", NULL };
  static const char *const hidden[] = { "type", "title", "cache_control", NULL };
  JsonObject *source = purser_json_member (block, "source");
  const char *type = purser_json_string (source, "type");
  if (type == NULL)
    return purser_anthropic_bad (decoder, "source", _("an object with a type is needed here."));
  PurserPart *part = add (parts, PURSER_PART_FILE, NULL);
  const char *const *kept = read_source (part, source) ? shown : hidden;
  part->name = g_strdup (purser_json_string (block, "title"));
  if (g_str_equal (type, "text") && purser_json_string (source, "data") != NULL)
    {
      take_plain (part, g_strdup (purser_json_string (source, "data")));
      kept = shown;
    }
  char *text = g_str_equal (type, "content") ? text_of (purser_json_node (source, "content")) : NULL;
  if (text != NULL) /* its blocks stay in json: citations count them */
    take_plain (part, text);
  keep_block (part, block, kept);
  return purser_anthropic_read_mark (decoder, block, &part->cache);
}

/* To others it is a text file; to Anthropic it goes as it came. */
static gboolean
read_search_result (PurserAnthropicDecoder *decoder, JsonObject *block, GPtrArray *parts)
{
  static const char *const hidden[] = { "cache_control", NULL };
  char *text = text_of (purser_json_node (block, "content"));
  if (text == NULL)
    return purser_anthropic_bad (decoder, "content", _("a list of text blocks is needed here."));
  PurserPart *part = add (parts, PURSER_PART_FILE, NULL);
  take_plain (part, text);
  part->name = g_strdup (purser_json_string (block, "title"));
  keep_block (part, block, hidden);
  return purser_anthropic_read_mark (decoder, block, &part->cache);
}

/* A call that a program of the model's made carries who called: without it the history is refused. */
static void
keep_caller (PurserAnthropicDecoder *decoder, JsonObject *block, const char *id)
{
  static const char *const path = "messages[].content[].caller";
  JsonNode *caller = purser_json_node (block, "caller");
  if (purser_anthropic_is_null (caller)
      || g_strcmp0 (purser_json_string (purser_json_object (caller), "type"), "direct") == 0)
    return;
  JsonObject *by_id = purser_json_member (decoder->chat->native, path);
  if (by_id == NULL)
    {
      g_autoptr(JsonNode) made = purser_json_new_object (by_id = json_object_new ());
      purser_anthropic_keep (decoder, path, made);
    }
  json_object_set_member (by_id, id, json_node_ref (caller));
}

static gboolean
read_tool_use (PurserAnthropicDecoder *decoder, JsonObject *block, GPtrArray *parts)
{
  const char *id = purser_json_string (block, "id"), *name = purser_json_string (block, "name");
  JsonNode *input = purser_json_node (block, "input");
  if (id == NULL || *id == 0)
    return purser_anthropic_bad (decoder, "id", _("a text is needed here."));
  if (name == NULL || *name == 0)
    return purser_anthropic_bad (decoder, "name", _("a text is needed here."));
  PurserPart *part = add (parts, PURSER_PART_TOOL_CALL, NULL);
  part->id = g_strdup (id);
  part->name = g_strdup (name);
  part->json = !purser_anthropic_is_null (input) ? json_node_ref (input) : NULL;
  keep_caller (decoder, block, id);
  return purser_anthropic_read_mark (decoder, block, &part->cache);
}

/* Content of one bare text is its text; anything more keeps its blocks. */
static gboolean
read_result_content (PurserAnthropicDecoder *decoder, JsonNode *node, PurserPart *part)
{
  JsonArray *blocks;
  gboolean read = TRUE;
  if (purser_anthropic_is_null (node))
    return TRUE;
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    {
      part->text = json_node_dup_string (node);
      return TRUE;
    }
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return purser_anthropic_bad (decoder, "content", _("a text or a list of blocks is needed here."));
  blocks = json_node_get_array (node);
  part->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_part_free);
  for (guint i = 0; read && i < json_array_get_length (blocks); i++)
    {
      decoder->inner = i;
      read = purser_anthropic_decode_block (decoder, json_array_get_element (blocks, i), part->parts);
    }
  decoder->inner = -1;
  PurserPart *only = part->parts->len == 1 ? g_ptr_array_index (part->parts, 0) : NULL;
  if (only != NULL && only->type == PURSER_PART_TEXT && only->json == NULL && only->cache == PURSER_CACHE_NONE)
    {
#ifdef PURSER_PLANTED_BUG
      part->text = only->text; /* planted: it goes with its part */
#else
      part->text = g_steal_pointer (&only->text);
#endif
    }
  if (part->text != NULL || part->parts->len == 0)
    g_clear_pointer (&part->parts, g_ptr_array_unref);
  return read;
}

static gboolean
read_tool_result (PurserAnthropicDecoder *decoder, JsonObject *block, GPtrArray *parts)
{
  const char *id = purser_json_string (block, "tool_use_id");
  if (id == NULL || *id == 0)
    return purser_anthropic_bad (decoder, "tool_use_id", _("a text is needed here."));
  if (decoder->inner >= 0)
    return purser_anthropic_bad (decoder, NULL, _("a tool’s result cannot hold another one."));
  PurserPart *part = add (parts, PURSER_PART_TOOL_RESULT, NULL);
  part->id = g_strdup (id);
  part->is_error = purser_json_boolean (block, "is_error", FALSE);
  return read_result_content (decoder, purser_json_node (block, "content"), part)
         && purser_anthropic_read_mark (decoder, block, &part->cache);
}

/* Ours where it is wrapped (purser-carry.h), else Anthropic's. Thinking without a signature is nobody's. */
static void
take_opaque (PurserPart *part, const char *text, char **field)
{
  if (text == NULL || *text == 0 || purser_carry_unwrap (text, &part->dialect, &part->id, field))
    return;
  *field = g_strdup (text);
  part->dialect = g_strdup (dialect);
}

static gboolean
read_thinking (PurserAnthropicDecoder *decoder, JsonObject *block, GPtrArray *parts)
{
  const char *text = purser_json_string (block, "thinking");
  if (text == NULL)
    return purser_anthropic_bad (decoder, "thinking", _("a text is needed here."));
  PurserPart *part = add (parts, PURSER_PART_THINKING, text);
  take_opaque (part, purser_json_string (block, "signature"), &part->signature);
  return TRUE;
}

static gboolean
read_redacted (PurserAnthropicDecoder *decoder, JsonObject *block, GPtrArray *parts)
{
  const char *data = purser_json_string (block, "data");
  if (data == NULL)
    return purser_anthropic_bad (decoder, "data", _("a text is needed here."));
  PurserPart *part = add (parts, PURSER_PART_THINKING, NULL);
  take_opaque (part, data, &part->data);
  return TRUE;
}

/* Server tools and their results, uploads, and whatever comes to be. */
static gboolean
read_opaque (PurserAnthropicDecoder *decoder, JsonNode *node, GPtrArray *parts)
{
  PurserPart *part = add (parts, PURSER_PART_OPAQUE, NULL);
  part->json = json_node_ref (node);
  part->dialect = g_strdup (dialect);
  return purser_anthropic_read_mark (decoder, json_node_get_object (node), &part->cache);
}

static const struct
{
  const char *type, *telling; /* TELLING: the member that says what it is where the type is missing */
  gboolean (*read) (PurserAnthropicDecoder *, JsonObject *, GPtrArray *);
} kinds[] = {
  { "text", "text", read_text },
  { "image", NULL, read_image },
  { "document", NULL, read_document },
  { "search_result", NULL, read_search_result },
  { "tool_use", "input", read_tool_use },
  { "tool_result", "tool_use_id", read_tool_result },
  { "thinking", "thinking", read_thinking },
  { "redacted_thinking", NULL, read_redacted },
};

gboolean
purser_anthropic_decode_block (PurserAnthropicDecoder *decoder, JsonNode *node, GPtrArray *parts)
{
  JsonObject *block = purser_json_object (node);
  const char *type = purser_json_string (block, "type");
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    {
      add (parts, PURSER_PART_TEXT, json_node_get_string (node));
      return TRUE;
    }
  for (gsize i = 0; block != NULL && i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (kinds[i].type, type) == 0
        || (type == NULL && kinds[i].telling != NULL && json_object_has_member (block, kinds[i].telling)))
      return kinds[i].read (decoder, block, parts);
  if (type == NULL)
    return purser_anthropic_bad (decoder, NULL, _("a block is an object with a type."));
  return read_opaque (decoder, node, parts);
}
