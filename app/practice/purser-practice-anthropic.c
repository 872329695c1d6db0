/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-practice-json.h"

/* Anthropic's Messages API, as its reference publishes it: whole, and streamed as named server-sent events. */

static gboolean
anthropic_read (JsonObject *body, SoupMessageHeaders *headers, PracticeAsk *ask, char **complaint, char **parameter)
{
  JsonObject *choice = purser_json_member (body, "tool_choice");
  const char *type = purser_json_string (choice, "type");
  if (soup_message_headers_get_one (headers, "anthropic-version") == NULL)
    return practice_complain (complaint, parameter, NULL, g_strdup ("anthropic-version: header is required"));
  ask->max_tokens = purser_json_int (body, "max_tokens", -1);
  if (ask->max_tokens < 0)
    return practice_complain (complaint, parameter, "max_tokens", g_strdup ("max_tokens: Field required"));
  ask->stream = purser_json_boolean (body, "stream", FALSE);
  ask->json = purser_json_member (purser_json_member (body, "output_config"), "format") != NULL;
  if (g_strcmp0 (type, "tool") == 0)
    ask->tool_choice = g_strdup (purser_json_string (choice, "name"));
  else if (type != NULL)
    ask->tool_choice = g_strdup (g_str_equal (type, "any") ? "required" : type);
  practice_read_stop (ask, purser_json_node (body, "stop_sequences"));
  practice_read_tools (body, ask);
  g_autoptr(GString) system = g_string_new (NULL);
  practice_append_content (purser_json_node (body, "system"), system);
  if (system->len > 0)
    practice_ask_add (ask, "system", system->str);
  return practice_read_messages (body, ask, complaint, parameter);
}

static void
anthropic_usage (JsonObject *object, const PracticeAnswer *answer, gint64 output)
{
  JsonObject *usage = practice_set_object (object, "usage");
  json_object_set_int_member (usage, "input_tokens", answer->input - answer->cached);
  json_object_set_int_member (usage, "cache_creation_input_tokens", 0);
  json_object_set_int_member (usage, "cache_read_input_tokens", answer->cached);
  json_object_set_int_member (usage, "output_tokens", output);
}

static void
anthropic_stop (JsonObject *object, const PracticeAnswer *answer)
{
  static const char *const words[] = { "end_turn", "stop_sequence", "max_tokens", "tool_use" };
  json_object_set_string_member (object, "stop_reason", words[answer->finish]);
  if (answer->stop_text != NULL)
    json_object_set_string_member (object, "stop_sequence", answer->stop_text);
  else
    json_object_set_null_member (object, "stop_sequence");
}

static JsonObject *
anthropic_message (JsonObject *message, const PracticeAnswer *answer)
{
  g_autofree char *id = g_strconcat ("msg_practice_", answer->id, NULL);
  json_object_set_string_member (message, "id", id);
  json_object_set_string_member (message, "type", "message");
  json_object_set_string_member (message, "role", "assistant");
  json_object_set_string_member (message, "model", answer->model->name);
  return message;
}

static JsonObject *
anthropic_block (JsonObject *block, const PracticeAnswer *answer)
{
  g_autofree char *id = g_strconcat ("toolu_", answer->id, NULL);
  json_object_set_string_member (block, "type", answer->tool != NULL ? "tool_use" : "text");
  if (answer->tool == NULL)
    return block;
  json_object_set_string_member (block, "id", id);
  json_object_set_string_member (block, "name", answer->tool);
  return block;
}

static JsonNode *
anthropic_whole (const PracticeAnswer *answer, gint64 elapsed_us)
{
  JsonObject *root;
  JsonNode *node = practice_new_object (&root);
  anthropic_message (root, answer);
  JsonObject *block = anthropic_block (practice_add_object (practice_set_array (root, "content")), answer);
  if (answer->tool != NULL)
    json_object_set_member (block, "input", purser_json_parse (answer->arguments, -1, NULL));
  else
    json_object_set_string_member (block, "text", answer->text);
  anthropic_stop (root, answer);
  anthropic_usage (root, answer, answer->output);
  return node;
}

static JsonNode *
anthropic_event (const char *type, JsonObject **object)
{
  JsonNode *node = practice_new_object (object);
  json_object_set_string_member (*object, "type", type);
  return node;
}

static void
anthropic_begin (const PracticeAnswer *answer, GString *out)
{
  JsonObject *event, *message, *block;
  JsonNode *node = anthropic_event ("message_start", &event);
  message = anthropic_message (practice_set_object (event, "message"), answer);
  practice_set_array (message, "content");
  json_object_set_null_member (message, "stop_reason");
  json_object_set_null_member (message, "stop_sequence");
  anthropic_usage (message, answer, 1);
  practice_sse (out, "message_start", node);
  node = anthropic_event ("content_block_start", &event);
  json_object_set_int_member (event, "index", 0);
  block = anthropic_block (practice_set_object (event, "content_block"), answer);
  if (answer->tool != NULL)
    practice_set_object (block, "input");
  else
    json_object_set_string_member (block, "text", "");
  practice_sse (out, "content_block_start", node);
  practice_sse (out, "ping", anthropic_event ("ping", &event));
}

static void
anthropic_piece (const PracticeAnswer *answer, const char *text, GString *out)
{
  JsonObject *event, *delta;
  JsonNode *node = anthropic_event ("content_block_delta", &event);
  json_object_set_int_member (event, "index", 0);
  delta = practice_set_object (event, "delta");
  json_object_set_string_member (delta, "type", answer->tool != NULL ? "input_json_delta" : "text_delta");
  json_object_set_string_member (delta, answer->tool != NULL ? "partial_json" : "text", text);
  practice_sse (out, "content_block_delta", node);
}

static void
anthropic_end (const PracticeAnswer *answer, const PracticeAsk *ask, gint64 elapsed_us, GString *out)
{
  JsonObject *event;
  JsonNode *node = anthropic_event ("content_block_stop", &event);
  json_object_set_int_member (event, "index", 0);
  practice_sse (out, "content_block_stop", node);
  node = anthropic_event ("message_delta", &event);
  anthropic_stop (practice_set_object (event, "delta"), answer);
  anthropic_usage (event, answer, answer->output);
  practice_sse (out, "message_delta", node);
  practice_sse (out, "message_stop", anthropic_event ("message_stop", &event));
}

static JsonNode *
anthropic_error (guint status, const char *message, const char *parameter, const char *id)
{
  static const PracticeErrorRow rows[] = {
    { 400, "invalid_request_error", NULL },
    { 403, "permission_error", NULL },
    { 404, "not_found_error", NULL },
    { 405, "invalid_request_error", NULL },
    { 413, "request_too_large", NULL },
    { 429, "rate_limit_error", NULL },
    { 529, "overloaded_error", NULL },
    { 0, "api_error", NULL },
  };
  JsonObject *root, *error;
  JsonNode *node = practice_new_object (&root);
  json_object_set_string_member (root, "type", "error");
  error = practice_set_object (root, "error");
  json_object_set_string_member (error, "type", practice_error_row (rows, status)->type);
  json_object_set_string_member (error, "message", message);
  json_object_set_string_member (root, "request_id", id);
  return node;
}

const PracticeDialect practice_anthropic = {
  .id = "anthropic",
  .base = "/anthropic",
  .chat_path = "/v1/messages",
  .stream_type = "text/event-stream",
  .request_id = "request-id",
  .overloaded = 529,
  .read = anthropic_read,
  .whole = anthropic_whole,
  .begin = anthropic_begin,
  .piece = anthropic_piece,
  .end = anthropic_end,
  .error = anthropic_error,
};
