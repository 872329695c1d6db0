/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-anthropic-messages.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-json-wire.h"

/* Parts as blocks of content (PROVIDERS §3). */

/* A part on its way into the content of a message, or of a result. */
typedef struct
{
  const PurserAnthropicEncoder *encoder;
  const PurserPart *part;
  PurserRole role;
  JsonArray *content; /* (unowned) */
} Adding;

static gboolean
is_ours (const PurserPart *part)
{
  return g_strcmp0 (part->dialect, "anthropic") == 0;
}

static JsonObject *
new_block (const char *type)
{
  JsonObject *block = json_object_new ();
  json_object_set_string_member (block, "type", type);
  return block;
}

/* Takes BLOCK. */
static gboolean
add (JsonArray *content, JsonObject *block, const PurserPart *part)
{
  if (part->cache != PURSER_CACHE_NONE && !json_object_has_member (block, "cache_control"))
    purser_anthropic_set_mark (block, part->cache);
  json_array_add_object_element (content, block);
  return TRUE;
}

/* Copies the members of JSON that BLOCK has not. */
static void
add_members (JsonObject *block, JsonNode *json)
{
  JsonObject *object = purser_json_object (json);
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;
  if (object == NULL)
    return;
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &node))
    if (!json_object_has_member (block, name))
      json_object_set_member (block, name, purser_json_copy (node));
}

/* Citations as Anthropic has them; others' name their sources in other ways. */
static JsonArray *
own_citations (JsonNode *json)
{
  JsonArray *all = json != NULL && JSON_NODE_HOLDS_ARRAY (json) ? json_node_get_array (json) : NULL;
  g_autoptr(JsonArray) citations = json_array_new ();
  for (guint i = 0; all != NULL && i < json_array_get_length (all); i++)
    {
      JsonNode *citation = json_array_get_element (all, i);
      const char *type = purser_json_string (purser_json_object (citation), "type");
      if (type != NULL && g_str_has_suffix (type, "_location"))
        json_array_add_element (citations, purser_json_copy (citation));
    }
  return json_array_get_length (citations) > 0 ? g_steal_pointer (&citations) : NULL;
}

/* Empty text blocks are refused, so they go. */
static gboolean
add_text (const Adding *to, GError **error)
{
  const PurserPart *part = to->part;
  if (!purser_is_set (part->text))
    return TRUE;
  JsonObject *block = new_block ("text");
  JsonArray *citations = part->type == PURSER_PART_TEXT ? own_citations (part->json) : NULL;
  json_object_set_string_member (block, "text", part->text);
  if (citations != NULL && to->encoder->newer && to->role != PURSER_ROLE_ASSISTANT)
    {
      g_clear_pointer (&citations, json_array_unref);
      purser_anthropic_drop (to->encoder, "citations");
    }
  if (citations != NULL)
    json_object_set_array_member (block, "citations", citations);
  return add (to->content, block, part);
}

/* Takes TYPE's source: {"type", "media_type"?, MEMBER: VALUE}. */
static void
set_source (JsonObject *block, const char *type, const char *media_type, const char *member, const char *value)
{
  JsonObject *source = new_block (type);
  if (media_type != NULL)
    json_object_set_string_member (source, "media_type", media_type);
  json_object_set_string_member (source, member, value);
  json_object_set_object_member (block, "source", source);
}

static gboolean
add_image (const Adding *to, GError **error)
{
  const PurserPart *part = to->part;
  static const char *const types[] = { "image/jpeg", "image/png", "image/gif", "image/webp", NULL };
  gboolean kept = is_ours (part) && purser_json_member (purser_json_object (part->json), "source") != NULL;
  if (part->data != NULL && (part->media_type == NULL || !g_strv_contains (types, part->media_type)))
    return purser_encode_refuse (error, _("Anthropic takes images as JPEG, PNG, GIF or WebP, not %s."),
                                 part->media_type ? part->media_type : _("of an unnamed type"));
  if (part->data == NULL && part->url == NULL && !kept)
    return purser_encode_refuse (error, _("An image in the request has neither data nor an address."));
  JsonObject *block = new_block ("image");
  if (part->data != NULL)
    set_source (block, "base64", part->media_type, "data", part->data);
  else if (part->url != NULL)
    set_source (block, "url", NULL, "url", part->url);
  if (is_ours (part))
    add_members (block, part->json);
  return add (to->content, block, part);
}

/* Plain text goes as text: the base64 form is for PDF only. */
static void
set_text_source (JsonObject *block, const PurserPart *part)
{
  gsize length;
  g_autofree guchar *bytes = part->is_text ? NULL : g_base64_decode (part->data, &length);
  g_autofree char *text = part->is_text ? NULL : g_utf8_make_valid ((const char *) bytes, length);
  set_source (block, "text", "text/plain", "data", part->is_text ? part->data : text);
}

/* What is Anthropic's own in a file stands in json: context, citations, a source of another kind; or all of a block that
 * is a file to others only (search_result). */
static gboolean
add_own_file (const PurserAnthropicEncoder *encoder, const PurserPart *part, JsonArray *content)
{
  JsonObject *block = json_object_new ();
  JsonArray *texts;
  add_members (block, part->json);
  texts = purser_json_array (block, "content");
  if (encoder->newer && purser_json_array (block, "citations") != NULL)
    json_object_remove_member (block, "citations");
  for (guint i = 0; encoder->newer && texts != NULL && i < json_array_get_length (texts); i++)
    {
      JsonObject *text = purser_json_object (json_array_get_element (texts, i));
      if (purser_json_array (text, "citations") != NULL)
        json_object_remove_member (text, "citations");
    }
  return add (content, block, part);
}

static gboolean
add_file (const Adding *to, GError **error)
{
  const PurserPart *part = to->part;
  JsonObject *own = is_ours (part) ? purser_json_object (part->json) : NULL;
  gboolean pdf = g_strcmp0 (part->media_type, "application/pdf") == 0;
  gboolean text = part->is_text || (part->media_type != NULL && g_str_has_prefix (part->media_type, "text/"));
  if (purser_json_string (own, "type") != NULL)
    return add_own_file (to->encoder, part, to->content);
  if (to->encoder->newer && to->role == PURSER_ROLE_ASSISTANT)
    {
      purser_anthropic_drop (to->encoder, "document");
      return TRUE;
    }
  g_autoptr(JsonObject) block = new_block ("document");
  if (purser_json_member (own, "source") != NULL)
    ;
  else if (part->data != NULL && pdf)
    set_source (block, "base64", "application/pdf", "data", part->data);
  else if (part->data != NULL && text)
    set_text_source (block, part);
  else if (part->data == NULL && part->url != NULL)
    set_source (block, "url", NULL, "url", part->url);
  else
    return purser_encode_refuse (error, _("Anthropic takes files as PDF or plain text, not %s."),
                                 part->media_type ? part->media_type : _("of an unnamed type"));
  if (purser_is_set (part->name))
    json_object_set_string_member (block, "title", part->name);
  if (own != NULL)
    add_members (block, part->json);
  return add (to->content, g_steal_pointer (&block), part);
}

/* Ids must match ^[a-zA-Z0-9_-]+$; others' are made to, call and result alike. */
static char *
clean_id (const char *id)
{
  char *clean = g_strdup (purser_is_set (id) ? id : "call_0");
  return g_strcanon (clean, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-", '_');
}

static gboolean
add_call (const Adding *to, GError **error)
{
  const PurserPart *part = to->part;
  const char *called = purser_call_ids_id (to->encoder->ids, part);
  g_autofree char *id = clean_id (called), *name = purser_tool_name_fit (part->name ? part->name : "tool", 128);
  JsonObject *callers =
      to->encoder->own ? purser_json_member (to->encoder->chat->native, "messages[].content[].caller") : NULL;
  JsonNode *caller = called != NULL ? purser_json_node (callers, called) : NULL;
  JsonObject *block = new_block ("tool_use");
  json_object_set_string_member (block, "id", id);
  json_object_set_string_member (block, "name", name);
  json_object_set_member (block, "input", purser_encode_arguments (part));
  if (caller != NULL)
    json_object_set_member (block, "caller", purser_json_copy (caller));
  return add (to->content, block, part);
}

/* Thinking goes back byte for byte, and only what Anthropic signed: other providers' thinking has no signature, and
 * would be refused. */
static gboolean
add_thinking (const Adding *to, GError **error)
{
  const PurserPart *part = to->part;
  JsonObject *block;
  if ((part->dialect != NULL && !is_ours (part)) || (!purser_is_set (part->data) && !purser_is_set (part->signature)))
    {
      purser_anthropic_drop (to->encoder, "thinking");
      return TRUE;
    }
  block = new_block (purser_is_set (part->data) ? "redacted_thinking" : "thinking");
  if (purser_is_set (part->data))
    json_object_set_string_member (block, "data", part->data);
  else
    {
      json_object_set_string_member (block, "thinking", part->text ? part->text : "");
      json_object_set_string_member (block, "signature", part->signature);
    }
  json_array_add_object_element (to->content, block); /* never marked: thinking is refused a mark */
  return TRUE;
}

static gboolean
add_opaque (const Adding *to, GError **error)
{
  const PurserPart *part = to->part;
  JsonObject *object = purser_json_object (part->json);
  const char *type = purser_json_string (object, "type");
  if (!is_ours (part) || type == NULL)
    {
      purser_anthropic_drop (to->encoder, type != NULL ? type : "provider blocks");
      return TRUE;
    }
  JsonObject *block = json_object_new ();
  add_members (block, part->json);
  return add (to->content, block, part);
}

static gboolean
refuse_audio (const Adding *to, GError **error)
{
  return purser_encode_refuse (error,
                               _("Anthropic takes no audio. Send it as text, or assign a model that hears to this "
                                  "workload."));
}

static gboolean
add_result (const Adding *to, GError **error)
{
  return TRUE; /* purser_anthropic_add_result(): results stand before anything else */
}

gboolean
purser_anthropic_add_block (
    const PurserAnthropicEncoder *encoder, const PurserPart *part, PurserRole role, JsonArray *content, GError **error)
{
  static gboolean (*const adders[]) (const Adding *, GError **) = {
    [PURSER_PART_TEXT] = add_text,         [PURSER_PART_IMAGE] = add_image,    [PURSER_PART_FILE] = add_file,
    [PURSER_PART_AUDIO] = refuse_audio,    [PURSER_PART_TOOL_CALL] = add_call, [PURSER_PART_TOOL_RESULT] = add_result,
    [PURSER_PART_THINKING] = add_thinking, [PURSER_PART_REFUSAL] = add_text,   [PURSER_PART_OPAQUE] = add_opaque,
  };
  const Adding to = { encoder, part, role, content };
  return adders[part->type](&to, error);
}

gboolean
purser_anthropic_add_result (const PurserAnthropicEncoder *encoder,
                             const PurserPart *part,
                             JsonArray *content,
                             GError **error)
{
  g_autofree char *id = clean_id (purser_call_ids_id (encoder->ids, part));
  g_autoptr(JsonObject) block = new_block ("tool_result");
  g_autoptr(JsonArray) blocks = json_array_new ();
  json_object_set_string_member (block, "tool_use_id", id);
  if (purser_is_set (part->text))
    json_object_set_string_member (block, "content", part->text);
  for (guint i = 0; part->parts != NULL && i < part->parts->len; i++)
    if (!purser_anthropic_add_block (encoder, g_ptr_array_index (part->parts, i), PURSER_ROLE_TOOL, blocks, error))
      return FALSE;
  if (json_array_get_length (blocks) > 0)
    {
      json_object_set_array_member (block, "content", g_steal_pointer (&blocks));
      purser_anthropic_simplify (block, "content");
    }
  if (part->is_error)
    json_object_set_boolean_member (block, "is_error", TRUE);
  return add (content, g_steal_pointer (&block), part);
}

void
purser_anthropic_simplify (JsonObject *object, const char *member)
{
  JsonArray *blocks = purser_json_array (object, member);
  JsonObject *only =
      blocks != NULL && json_array_get_length (blocks) == 1 ? json_array_get_object_element (blocks, 0) : NULL;
  if (only != NULL && json_object_get_size (only) == 2 && g_strcmp0 (purser_json_string (only, "type"), "text") == 0)
    {
      g_autofree char *text = g_strdup (purser_json_string (only, "text"));
      json_object_set_string_member (object, member, text);
    }
}
