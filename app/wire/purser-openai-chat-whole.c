/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-openai-chat.h"

#include "purser-json-wire.h"
#include "purser-openai-chat-details.h"
#include "purser-openai-usage.h"

/* Whole replies of Chat Completions, their errors, and what whole replies and streams have in common. */

const char *
purser_openai_chat_reasoning_member (PurserWriter *writer)
{
  const char *name = purser_writer_is_own (writer)
                         ? purser_json_string (purser_writer_reply (writer)->meta, PURSER_OPENAI_REASONING_META)
                         : NULL;
  return name != NULL ? name : "reasoning_content";
}

/* What OpenRouter calls the origin's own form; clients only hand it back. */
static const char *
format_of (const char *origin)
{
  static const struct
  {
    const char *origin, *format;
  } formats[] = { { "anthropic", "anthropic-claude-v1" }, { "openai-responses", "openai-responses-v1" } };
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_str_equal (formats[i].origin, origin))
      return formats[i].format;
  return "unknown";
}

/* A detail that a caller can hand back: of our own dialect as it came, of others wrapped and with all of the text that
 * the signature is of, since the text alone may reach us joined with other text. */
JsonNode *
purser_openai_chat_make_detail (PurserWriter *writer, const PurserPart *part, guint index)
{
  gboolean redacted = part->data != NULL;
  if (purser_writer_is_own (writer))
    return purser_json_new_object (purser_openai_detail_new (part, index));
  g_autofree char *carried = purser_writer_opaque (writer, part->id, redacted ? part->data : part->signature);
  JsonObject *detail = json_object_new ();
  json_object_set_string_member (detail, "type", redacted ? "reasoning.encrypted" : "reasoning.text");
  if (!redacted)
    json_object_set_string_member (detail, "text", part->text != NULL ? part->text : "");
  json_object_set_string_member (detail, redacted ? "data" : "signature", carried);
  json_object_set_string_member (detail, "format", format_of (purser_writer_options (writer)->origin));
  json_object_set_int_member (detail, "index", index);
  return purser_json_new_object (detail);
}

/* PROVIDERS §5.1. A refusal that was said in words ends as OpenAI's do, with "stop". */
const char *
purser_openai_chat_finish_word (
    PurserWriter *writer, PurserFinish finish, const char *raw, gboolean refused, gboolean legacy)
{
  static const char *const words[] = {
    [PURSER_FINISH_NONE] = "stop",     [PURSER_FINISH_DONE] = "stop",
    [PURSER_FINISH_STOP_TEXT] = "stop", [PURSER_FINISH_LENGTH] = "length",
    [PURSER_FINISH_TOOLS] = "tool_calls", [PURSER_FINISH_REFUSED] = "content_filter",
    [PURSER_FINISH_PAUSE] = "stop",    [PURSER_FINISH_OTHER] = "stop",
  };
  if (purser_writer_is_own (writer) && raw != NULL && *raw != 0)
    return raw;
  if (finish == PURSER_FINISH_REFUSED && refused)
    return "stop";
  if (finish == PURSER_FINISH_TOOLS && legacy)
    return "function_call";
  return words[finish];
}

JsonNode *
purser_openai_chat_usage (PurserWriter *writer)
{
  const PurserUsage *usage = purser_writer_reply (writer)->usage;
  if (usage == NULL)
    return NULL;
  return purser_writer_is_own (writer) && usage->raw != NULL
             ? purser_json_copy (usage->raw)
             : purser_json_new_object (purser_openai_usage_write (usage));
}

/* Annotations of our own dialect as they came; of others, the address and title that the caller can use: Anthropic's
 * web_search_result_location and Responses' url_citation both have them at the top. */
JsonNode *
purser_openai_chat_annotation (PurserWriter *writer, JsonNode *citation)
{
  JsonObject *source = purser_json_object (citation);
  if (purser_writer_is_own (writer))
    return purser_json_copy (citation);
  const char *url = purser_json_string (source, "url"), *title = purser_json_string (source, "title");
  if (url == NULL)
    return NULL;
  JsonObject *annotation = json_object_new (), *cited = json_object_new ();
  json_object_set_string_member (annotation, "type", "url_citation");
  json_object_set_string_member (cited, "url", url);
  if (title != NULL)
    json_object_set_string_member (cited, "title", title);
  json_object_set_object_member (annotation, "url_citation", cited);
  return purser_json_new_object (annotation);
}

/* The old form knows one call. */
static JsonObject *
make_call (PurserWriter *writer, const PurserReplyTool *call, int choice, int number, gboolean legacy)
{
  JsonObject *object = json_object_new (), *function = json_object_new ();
  const char *kind = call->custom ? "custom" : "function";
  gboolean empty = call->arguments->len == 0 && !call->custom;
  json_object_set_string_member (function, "name", purser_writer_tool_name (writer, call->name));
  json_object_set_string_member (function, call->custom ? "input" : "arguments", empty ? "{}" : call->arguments->str);
  if (legacy)
    {
      json_object_unref (object);
      return function;
    }
  g_autofree char *id = purser_writer_tool_id (writer, call->id, PURSER_OPENAI_CALL_PREFIX, choice, number);
  json_object_set_string_member (object, "id", id);
  json_object_set_string_member (object, "type", kind);
  json_object_set_object_member (object, kind, function);
  return object;
}

static void
add_calls (PurserWriter *writer, JsonObject *message, const PurserReplyChoice *choice, int number, gboolean legacy)
{
  if (choice->tools->len == 0)
    return;
  if (legacy)
    {
      json_object_set_object_member (message, "function_call",
                                     make_call (writer, g_ptr_array_index (choice->tools, 0), number, 0, TRUE));
      return;
    }
  JsonArray *calls = json_array_new ();
  for (guint i = 0; i < choice->tools->len; i++)
    json_array_add_object_element (calls, make_call (writer, g_ptr_array_index (choice->tools, i), number, i, FALSE));
  json_object_set_array_member (message, "tool_calls", calls);
}

static void
add_annotations (PurserWriter *writer, JsonArray *list, const PurserPart *part)
{
  if (part->json == NULL || !JSON_NODE_HOLDS_ARRAY (part->json))
    return;
  JsonArray *citations = json_node_get_array (part->json);
  for (guint i = 0; i < json_array_get_length (citations); i++)
    {
      JsonNode *annotation = purser_openai_chat_annotation (writer, json_array_get_element (citations, i));
      if (annotation != NULL)
        json_array_add_element (list, annotation);
    }
}

static void
take_list (JsonObject *message, const char *member, JsonArray *list)
{
  if (json_array_get_length (list) > 0)
    json_object_set_array_member (message, member, list);
  else
    json_array_unref (list);
}

/* What stands in lists of its own beside the text. */
static void
add_lists (PurserWriter *writer, JsonObject *message, const PurserReply *reply, guint number)
{
  PurserMessage *said = purser_reply_message (reply, number, purser_writer_options (writer)->origin);
  JsonArray *details = json_array_new (), *annotations = json_array_new ();
  for (guint i = 0; i < said->parts->len; i++)
    {
      const PurserPart *part = g_ptr_array_index (said->parts, i);
      if (part->type == PURSER_PART_THINKING && (part->signature != NULL || part->data != NULL))
        json_array_add_element (details,
                                purser_openai_chat_make_detail (writer, part, json_array_get_length (details)));
      else if (part->type == PURSER_PART_TEXT)
        add_annotations (writer, annotations, part);
    }
  take_list (message, "reasoning_details", details);
  take_list (message, "annotations", annotations);
  purser_message_free (said);
}

static JsonObject *
make_choice (PurserWriter *writer, const PurserReply *reply, guint number, gboolean legacy)
{
  const PurserReplyChoice *said = g_ptr_array_index (reply->choices, number);
  JsonObject *choice = json_object_new (), *message = json_object_new ();
  gboolean refused = said->refusal->len > 0;
  json_object_set_string_member (message, "role", "assistant");
  if (said->text->len > 0 || (said->tools->len == 0 && !refused))
    json_object_set_string_member (message, "content", said->text->str);
  else
    json_object_set_null_member (message, "content");
  if (refused)
    json_object_set_string_member (message, "refusal", said->refusal->str);
  else
    json_object_set_null_member (message, "refusal");
  if (said->thinking->len > 0)
    json_object_set_string_member (message, purser_openai_chat_reasoning_member (writer), said->thinking->str);
  add_lists (writer, message, reply, number);
  add_calls (writer, message, said, number, legacy);
  json_object_set_int_member (choice, "index", number);
  json_object_set_object_member (choice, "message", message);
  json_object_set_null_member (choice, "logprobs");
  json_object_set_string_member (
      choice, "finish_reason",
      purser_openai_chat_finish_word (writer, said->finish, said->finish_raw, refused, legacy));
  return choice;
}

JsonObject *
purser_openai_chat_write_whole (PurserWriter *writer, const PurserReply *reply)
{
  const PurserWriterOptions *options = purser_writer_options (writer);
  gboolean legacy = purser_openai_chat_is_legacy (options->chat);
  JsonObject *body = json_object_new ();
  JsonArray *choices = json_array_new ();
  JsonNode *tier = purser_writer_is_own (writer) ? purser_json_node (reply->meta, "service_tier") : NULL;
  json_object_set_string_member (body, "id", purser_writer_id (writer, PURSER_OPENAI_REPLY_PREFIX));
  json_object_set_string_member (body, "object", "chat.completion");
  json_object_set_int_member (body, "created", options->created);
  json_object_set_string_member (body, "model", purser_writer_model (writer));
  for (guint i = 0; i < reply->choices->len; i++)
    json_array_add_object_element (choices, make_choice (writer, reply, i, legacy));
  json_object_set_array_member (body, "choices", choices);
  purser_json_take (body, "usage", purser_openai_chat_usage (writer));
  purser_json_take (body, "service_tier", tier != NULL ? purser_json_copy (tier) : NULL);
  return body;
}

/* PROVIDERS §7.1; the request's id stands in a header. */
JsonObject *
purser_openai_chat_write_error (
    const PurserFault *fault, int status, const char *type, const char *code, const char *request_id)
{
  JsonObject *body = json_object_new (), *error = json_object_new ();
  json_object_set_string_member (error, "message", purser_fault_words (fault));
  json_object_set_string_member (error, "type", type);
  purser_json_set_text (error, "param", fault->param);
  purser_json_set_text (error, "code", code);
  json_object_set_object_member (body, "error", error);
  return body;
}

gboolean
purser_openai_chat_is_legacy (const PurserChat *chat)
{
  return chat != NULL && chat->native != NULL && json_object_has_member (chat->native, "functions");
}
