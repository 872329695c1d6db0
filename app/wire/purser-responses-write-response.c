/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-responses-write.h"

#include <math.h>

#include "purser-encode.h"
#include "purser-json-wire.h"

/* The response object around the output, and errors. Clients' libraries want the members of the request
 * repeated (PROVIDERS §8.3). From this very dialect it is the provider's own object, but for names, output and usage. */

static void
set_copy (JsonObject *object, const char *member, JsonNode *node)
{
  if (node != NULL)
    json_object_set_member (object, member, purser_json_copy (node));
  else
    json_object_set_null_member (object, member);
}

/* --- What the caller asked for --- */

static JsonNode *
echo_native (const PurserChat *chat, const char *member)
{
  return chat != NULL && chat->native != NULL ? json_object_get_member (chat->native, member) : NULL;
}

static JsonNode *
echo_text (const PurserChat *chat)
{
  JsonObject *text = json_object_new (), *format = json_object_new ();
  gboolean schema = chat != NULL && chat->schema != NULL;
  json_object_set_string_member (format, "type",
                                 schema                              ? "json_schema"
                                 : chat != NULL && chat->json_output ? "json_object"
                                                                     : "text");
  if (schema)
    {
      json_object_set_string_member (format, "name", chat->schema_name != NULL ? chat->schema_name : "reply");
      json_object_set_boolean_member (format, "strict", chat->schema_strict > 0);
      set_copy (format, "schema", chat->schema);
    }
  json_object_set_object_member (text, "format", format);
  json_object_set_string_member (text, "verbosity",
                                 chat != NULL && chat->verbosity != NULL ? chat->verbosity : "medium");
  return purser_json_new_object (text);
}

static JsonNode *
echo_tools (const PurserChat *chat)
{
  JsonArray *tools = json_array_new ();
  for (guint i = 0; chat != NULL && i < chat->tools->len; i++)
    {
      const PurserTool *tool = g_ptr_array_index (chat->tools, i);
      if (tool->space != NULL)
        continue; /* below, under their roof */
      if (tool->native != NULL)
        {
          json_array_add_element (tools, purser_json_copy (tool->native));
          continue;
        }
      JsonObject *object = json_object_new ();
      json_object_set_string_member (object, "type", "function");
      purser_json_set_text (object, "name", tool->name);
      purser_json_set_text (object, "description", tool->description);
      json_object_set_member (object, "parameters", purser_encode_schema (tool));
      json_object_set_boolean_member (object, "strict", tool->strict > 0);
      json_array_add_object_element (tools, object);
    }
  for (guint i = 0; chat != NULL && chat->spaces != NULL && i < chat->spaces->len; i++)
    json_array_add_element (tools, purser_json_copy (g_ptr_array_index (chat->spaces, i)));
  return purser_json_new_array (tools);
}

static JsonNode *
echo_choice (const PurserChat *chat)
{
  const PurserTool *named = chat != NULL ? purser_encode_named_tool (chat) : NULL;
  JsonNode *own = echo_native (chat, "tool_choice");
  if (own != NULL)
    return purser_json_copy (own);
  if (named == NULL)
    return json_node_init_string (json_node_alloc (),
                                  chat != NULL && chat->tool_choice != NULL ? chat->tool_choice : "auto");
  JsonObject *choice = json_object_new ();
  json_object_set_string_member (choice, "type", named->custom ? "custom" : "function");
  json_object_set_string_member (choice, "name", named->name);
  return purser_json_new_object (choice);
}

static JsonNode *
echo_reasoning (const PurserChat *chat)
{
  JsonObject *reasoning = json_object_new ();
  purser_json_set_text (reasoning, "effort", chat != NULL ? chat->effort : NULL);
  purser_json_set_text (reasoning, "summary", chat != NULL ? chat->thinking_display : NULL);
  return purser_json_new_object (reasoning);
}

static void
echo_instructions (JsonObject *object, const PurserChat *chat)
{
  const PurserMessage *first = chat != NULL && chat->messages->len > 0 ? g_ptr_array_index (chat->messages, 0) : NULL;
  g_autofree char *text = first != NULL && first->role == PURSER_ROLE_SYSTEM ? purser_encode_text (first->parts) : NULL;
  purser_json_set_text (object, "instructions", text);
}

static void
echo_numbers (JsonObject *object, const PurserChat *chat)
{
  json_object_set_double_member (object, "temperature",
                                 chat != NULL && !isnan (chat->temperature) ? chat->temperature : 1);
  json_object_set_double_member (object, "top_p", chat != NULL && !isnan (chat->top_p) ? chat->top_p : 1);
  json_object_set_int_member (object, "top_logprobs", chat != NULL ? MAX (chat->logprobs, 0) : 0);
  if (chat != NULL && chat->max_tokens >= 0)
    json_object_set_int_member (object, "max_output_tokens", chat->max_tokens);
  else
    json_object_set_null_member (object, "max_output_tokens");
  set_copy (object, "max_tool_calls", echo_native (chat, "max_tool_calls"));
}

/* Nothing is stored here, whatever was asked. */
static JsonObject *
echo (PurserWriter *writer)
{
  const PurserWriterOptions *options = purser_writer_options (writer);
  const PurserChat *chat = options->chat;
  JsonNode *truncation = echo_native (chat, "truncation");
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "object", "response");
  json_object_set_int_member (object, "created_at", options->created);
  json_object_set_boolean_member (object, "background", FALSE);
  json_object_set_null_member (object, "error");
  json_object_set_null_member (object, "incomplete_details");
  echo_instructions (object, chat);
  echo_numbers (object, chat);
  if (chat != NULL && chat->metadata != NULL)
    set_copy (object, "metadata", chat->metadata);
  else
    json_object_set_object_member (object, "metadata", json_object_new ());
  json_object_set_boolean_member (object, "parallel_tool_calls", chat == NULL || chat->parallel_tools >= 0);
  json_object_set_null_member (object, "previous_response_id");
  purser_json_set_text (object, "prompt_cache_key", chat != NULL ? chat->cache_key : NULL);
  json_object_set_member (object, "reasoning", echo_reasoning (chat));
  purser_json_set_text (object, "safety_identifier", chat != NULL ? chat->user : NULL);
  json_object_set_string_member (object, "service_tier", "default");
  json_object_set_boolean_member (object, "store", FALSE);
  json_object_set_member (object, "text", echo_text (chat));
  json_object_set_member (object, "tool_choice", echo_choice (chat));
  json_object_set_member (object, "tools", echo_tools (chat));
  if (truncation != NULL)
    set_copy (object, "truncation", truncation);
  else
    json_object_set_string_member (object, "truncation", "disabled");
  json_object_set_null_member (object, "user");
  return object;
}

/* --- The response --- */

JsonObject *
purser_responses_told (PurserWriter *writer)
{
  return purser_writer_is_own (writer) ? purser_json_member (purser_writer_reply (writer)->meta, "response") : NULL;
}

/* The provider's own object without what is told anew. */
static JsonObject *
relay (JsonObject *told)
{
  static const char *const anew[] = { "output", "usage", "output_text", NULL };
  JsonObject *object = json_object_new ();
  JsonObjectIter iter;
  const char *member;
  JsonNode *node;
  json_object_iter_init_ordered (&iter, told);
  while (json_object_iter_next_ordered (&iter, &member, &node))
    if (!g_strv_contains (anew, member))
      json_object_set_member (object, member, purser_json_copy (node));
  return object;
}

const char *
purser_responses_status (PurserWriter *writer, PurserFinish finish)
{
  const PurserReply *reply = purser_writer_reply (writer);
  const PurserReplyChoice *choice = reply->choices->len > 0 ? g_ptr_array_index (reply->choices, 0) : NULL;
  gboolean in_words = choice != NULL && choice->refusal->len > 0; /* OpenAI's refusals are complete messages */
  const char *told = purser_json_string (purser_responses_told (writer), "status");
  /* In a stream these are only what its first event said. */
  gboolean early = told == NULL || g_str_equal (told, "in_progress") || g_str_equal (told, "queued");
  if (told != NULL && (!early || !purser_writer_options (writer)->stream))
    return told;
  return finish == PURSER_FINISH_LENGTH || (finish == PURSER_FINISH_REFUSED && !in_words) ? "incomplete" : "completed";
}

static JsonNode *
write_usage (PurserWriter *writer)
{
  const PurserUsage *usage = purser_writer_reply (writer)->usage;
  if (usage != NULL && usage->raw != NULL && purser_writer_is_own (writer))
    return purser_json_copy (usage->raw);
  return purser_responses_usage_write (usage);
}

JsonObject *
purser_responses_response (PurserWriter *writer, const char *status, JsonArray *output, gboolean final)
{
  const PurserReply *reply = purser_writer_reply (writer);
  const PurserReplyChoice *choice = reply->choices->len > 0 ? g_ptr_array_index (reply->choices, 0) : NULL;
  JsonObject *told = purser_responses_told (writer), *object = told != NULL ? relay (told) : echo (writer);
  json_object_set_string_member (object, "id", purser_writer_id (writer, "resp_"));
  json_object_set_string_member (object, "model", purser_writer_model (writer));
  json_object_set_string_member (object, "status", status);
  json_object_set_array_member (object, "output", output);
  json_object_set_member (object, "usage", final ? write_usage (writer) : json_node_new (JSON_NODE_NULL));
  if (g_str_equal (status, "incomplete") && purser_json_member (object, "incomplete_details") == NULL)
    {
      JsonObject *details = json_object_new ();
      gboolean length = choice == NULL || choice->finish == PURSER_FINISH_LENGTH;
      json_object_set_string_member (details, "reason", length ? "max_output_tokens" : "content_filter");
      json_object_set_object_member (object, "incomplete_details", details);
    }
  return object;
}

JsonObject *
purser_responses_write_error (
    const PurserFault *fault, int status, const char *type, const char *code, const char *request_id)
{
  JsonObject *object = json_object_new (), *error = json_object_new ();
  json_object_set_string_member (error, "message", purser_fault_words (fault));
  purser_json_set_text (error, "type", type);
  purser_json_set_text (error, "param", fault->param);
  purser_json_set_text (error, "code", code);
  json_object_set_object_member (object, "error", error);
  return object;
}
