/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-anthropic-write.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-json-wire.h"

/* Whole replies, and what they share with the stream: the message around the content, its end, usage, errors. */

char *
purser_anthropic_tool_id (PurserWriter *writer, const char *id, int tool)
{
  return g_strcanon (purser_writer_tool_id (writer, id, "toolu_", 0, tool),
                     G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-", '_');
}

static const PurserReplyChoice *
choice_of (PurserWriter *writer)
{
  const GPtrArray *choices = purser_writer_reply (writer)->choices;
  return choices->len > 0 ? g_ptr_array_index (choices, 0) : NULL;
}

static gboolean
is_object (const PurserReplyTool *tool)
{
  g_autoptr(JsonNode) root = NULL;
  if (tool->custom)
    return FALSE;
  if (tool->arguments->len == 0)
    return TRUE;
  root = purser_json_parse (tool->arguments->str, tool->arguments->len, NULL);
  return purser_json_object (root) != NULL;
}

const char *
purser_anthropic_bad_call (PurserWriter *writer)
{
  const PurserReplyChoice *choice = choice_of (writer);
  if (choice == NULL || choice->finish == PURSER_FINISH_LENGTH || purser_writer_is_own (writer))
    return NULL;
  for (guint i = 0; i < choice->tools->len; i++)
    {
      const PurserReplyTool *tool = g_ptr_array_index (choice->tools, i);
      if (!is_object (tool))
        return tool->name != NULL ? tool->name : "";
    }
  return NULL;
}

char *
purser_anthropic_bad_words (const char *tool)
{
  return g_strdup_printf (_("The model called the tool “%s” with arguments that are not a JSON object. Ask again."),
                          tool);
}

JsonObject *
purser_anthropic_message (PurserWriter *writer, JsonArray *content)
{
  JsonObject *message = json_object_new ();
  json_object_set_string_member (message, "id", purser_writer_id (writer, "msg_"));
  json_object_set_string_member (message, "type", "message");
  json_object_set_string_member (message, "role", "assistant");
  json_object_set_string_member (message, "model", purser_writer_model (writer));
  json_object_set_array_member (message, "content", content != NULL ? content : json_array_new ());
  return message;
}

/* PROVIDERS §5.1. Servers that end a reply with tools or a refusal in it as any other are put right. */
static const char *
stop_reason (const PurserReplyChoice *choice)
{
  static const char *const words[] = {
    [PURSER_FINISH_NONE] = "end_turn",           [PURSER_FINISH_DONE] = "end_turn",
    [PURSER_FINISH_STOP_TEXT] = "stop_sequence", [PURSER_FINISH_LENGTH] = "max_tokens",
    [PURSER_FINISH_TOOLS] = "tool_use",          [PURSER_FINISH_REFUSED] = "refusal",
    [PURSER_FINISH_PAUSE] = "pause_turn",        [PURSER_FINISH_OTHER] = "end_turn",
  };
  const char *word = words[choice != NULL ? choice->finish : PURSER_FINISH_DONE];
  if (choice == NULL || !g_str_equal (word, "end_turn"))
    return word;
  return choice->refusal->len > 0 ? "refusal" : choice->tools->len > 0 ? "tool_use" : word;
}

void
purser_anthropic_set_stop (PurserWriter *writer, JsonObject *object)
{
  const PurserReplyChoice *choice = choice_of (writer);
  JsonObject *meta = purser_writer_reply (writer)->meta;
  gboolean own = purser_writer_is_own (writer);
  const char *word = own && choice != NULL && choice->finish_raw != NULL ? choice->finish_raw : stop_reason (choice);
  const char *stopped_at = purser_json_string (meta, "stop_sequence");
  JsonNode *details = own ? purser_json_node (meta, "stop_details") : NULL;
  json_object_set_string_member (object, "stop_reason", word);
  if (stopped_at != NULL)
    json_object_set_string_member (object, "stop_sequence", stopped_at);
  else
    json_object_set_null_member (object, "stop_sequence");
  if (details != NULL)
    json_object_set_member (object, "stop_details", purser_json_copy (details));
  else if (!own && g_str_equal (word, "refusal"))
    {
      JsonObject *refusal = json_object_new ();
      json_object_set_string_member (refusal, "type", "refusal");
      json_object_set_null_member (refusal, "category");
      json_object_set_null_member (refusal, "explanation");
      json_object_set_object_member (object, "stop_details", refusal);
    }
}

/* As it came: one object, or that of message_start and the latest of message_delta. */
static JsonNode *
own_usage (const PurserUsage *usage, gboolean latest)
{
  JsonNode *raw = usage->raw;
  if (raw != NULL && JSON_NODE_HOLDS_ARRAY (raw))
    {
      JsonArray *both = json_node_get_array (raw);
      guint length = json_array_get_length (both);
      raw = length > 0 ? json_array_get_element (both, latest ? length - 1 : 0) : NULL;
    }
  return purser_json_object (raw) != NULL ? purser_json_copy (raw) : NULL;
}

static void
add_terms (JsonObject *object, const PurserUsage *usage)
{
  if (*usage->tier != 0)
    json_object_set_string_member (object, "service_tier",
                                   g_str_equal (usage->tier, "default") ? "standard" : usage->tier);
  if (*usage->region != 0)
    json_object_set_string_member (object, "inference_geo", usage->region);
}

/* What was not cached is not known where more was cached than read (PROVIDERS §5.2): then all that was read stands for
 * it, as it is priced. */
static JsonNode *
translated_usage (const PurserUsage *usage)
{
  JsonObject *object = json_object_new (), *split = json_object_new (), *details;
  gint64 input = usage->input_uncached >= 0 ? usage->input_uncached : usage->input_total;
  json_object_set_int_member (split, "ephemeral_5m_input_tokens", MAX (usage->cache_write_5m, 0));
  json_object_set_int_member (split, "ephemeral_1h_input_tokens", MAX (usage->cache_write_1h, 0));
  json_object_set_int_member (object, "input_tokens", MAX (input, 0));
  json_object_set_int_member (object, "cache_creation_input_tokens", MAX (purser_usage_cache_write (usage), 0));
  json_object_set_int_member (object, "cache_read_input_tokens", MAX (usage->cache_read, 0));
  json_object_set_object_member (object, "cache_creation", split);
  json_object_set_int_member (object, "output_tokens", MAX (usage->output, 0));
  if (usage->reasoning >= 0)
    {
      details = json_object_new ();
      json_object_set_int_member (details, "thinking_tokens", usage->reasoning);
      json_object_set_object_member (object, "output_tokens_details", details);
    }
  add_terms (object, usage);
  return purser_json_new_object (object);
}

JsonNode *
purser_anthropic_usage (PurserWriter *writer, gboolean latest)
{
  const PurserUsage *usage = purser_writer_reply (writer)->usage;
  g_autoptr(PurserUsage) nothing = usage == NULL ? purser_usage_new () : NULL;
  JsonNode *own = usage != NULL && purser_writer_is_own (writer) ? own_usage (usage, latest) : NULL;
  return own != NULL ? own : translated_usage (usage != NULL ? usage : nothing);
}

static JsonObject *
new_block (const char *type)
{
  JsonObject *block = json_object_new ();
  json_object_set_string_member (block, "type", type);
  return block;
}

static JsonObject *
thinking_block (PurserWriter *writer, const PurserPart *part)
{
  const char *state = part->data != NULL ? part->data : part->signature;
  g_autofree char *opaque = state != NULL ? purser_writer_opaque (writer, part->id, state) : NULL;
  JsonObject *block = new_block (part->data != NULL ? "redacted_thinking" : "thinking");
  if (part->data == NULL)
    json_object_set_string_member (block, "thinking", part->text != NULL ? part->text : "");
  json_object_set_string_member (block, part->data != NULL ? "data" : "signature", opaque != NULL ? opaque : "");
  return block;
}

/* Arguments cut by the reply's limit are no object any more: they are left out, and stop_reason tells why. */
static JsonObject *
call_block (PurserWriter *writer, const PurserPart *part, int tool)
{
  g_autofree char *id = purser_anthropic_tool_id (writer, part->id, tool);
  JsonObject *block = new_block ("tool_use");
  json_object_set_string_member (block, "id", id);
  json_object_set_string_member (block, "name", purser_writer_tool_name (writer, part->name));
  if (purser_json_object (part->json) != NULL)
    json_object_set_member (block, "input", purser_json_copy (part->json));
  else
    json_object_set_object_member (block, "input", json_object_new ());
  return block;
}

static JsonObject *
text_block (PurserWriter *writer, const PurserPart *part)
{
  JsonObject *block = new_block ("text");
  json_object_set_string_member (block, "text", part->text != NULL ? part->text : "");
  if (purser_writer_is_own (writer) && part->json != NULL && part->type == PURSER_PART_TEXT)
    json_object_set_member (block, "citations", purser_json_copy (part->json));
  return block;
}

static void
add_part (PurserWriter *writer, JsonArray *content, const PurserPart *part, int *tools)
{
  if (part->type == PURSER_PART_TEXT || part->type == PURSER_PART_REFUSAL)
    json_array_add_object_element (content, text_block (writer, part));
  else if (part->type == PURSER_PART_THINKING)
    json_array_add_object_element (content, thinking_block (writer, part));
  else if (part->type == PURSER_PART_TOOL_CALL)
    json_array_add_object_element (content, call_block (writer, part, (*tools)++));
  else if (part->type == PURSER_PART_OPAQUE && purser_writer_is_own (writer) && part->json != NULL)
    json_array_add_element (content, purser_json_copy (part->json));
}

JsonObject *
purser_anthropic_write_whole (PurserWriter *writer, const PurserReply *reply)
{
  static const char *const extras[] = { "container", "context_management" };
  int tools = 0;
  const char *bad = purser_anthropic_bad_call (writer);
  if (bad != NULL)
    {
      g_autofree char *words = purser_anthropic_bad_words (bad);
      purser_writer_fail (writer, purser_fault_new (PURSER_FAULT_GARBAGE, 0, words));
      return NULL;
    }
  PurserMessage *source = purser_reply_message (reply, 0, purser_writer_options (writer)->origin);
  JsonArray *content = json_array_new ();
  for (guint i = 0; i < source->parts->len; i++)
    add_part (writer, content, g_ptr_array_index (source->parts, i), &tools);
  purser_message_free (source);
  JsonObject *message = purser_anthropic_message (writer, content);
  purser_anthropic_set_stop (writer, message);
  json_object_set_member (message, "usage", purser_anthropic_usage (writer, TRUE));
  for (gsize i = 0; i < G_N_ELEMENTS (extras) && purser_writer_is_own (writer); i++)
    if (purser_json_node (reply->meta, extras[i]) != NULL)
      json_object_set_member (message, extras[i], purser_json_copy (purser_json_node (reply->meta, extras[i])));
  return message;
}

/* Anthropic's own clients keep a conversation at the provider (`thread`, from SDK 1.2 on) until they are told in these words that
 * it cannot be; then they send all of it. */
static void
add_details (JsonObject *error, const PurserFault *fault)
{
  if (g_strcmp0 (fault->param, "thread") != 0)
    return;
  JsonObject *details = json_object_new ();
  JsonArray *unsupported = json_array_new ();
  json_array_add_string_element (unsupported, fault->param);
  json_object_set_string_member (details, "error_code", "thread_unsupported_request");
  json_object_set_array_member (details, "unsupported", unsupported);
  json_object_set_object_member (error, "details", details);
}

JsonObject *
purser_anthropic_write_error (
    const PurserFault *fault, int status, const char *type, const char *code, const char *request_id)
{
  JsonObject *body = json_object_new (), *error = json_object_new ();
  json_object_set_string_member (error, "type", type);
  json_object_set_string_member (error, "message", purser_fault_words (fault));
  add_details (error, fault);
  json_object_set_string_member (body, "type", "error");
  json_object_set_object_member (body, "error", error);
  if (request_id != NULL)
    json_object_set_string_member (body, "request_id", request_id);
  return body;
}
