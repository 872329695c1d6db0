/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-practice-json.h"

/* OpenAI's Chat Completions, as its API reference publishes them: whole, and streamed as server-sent events. */

static gboolean
openai_read (JsonObject *body, SoupMessageHeaders *headers, PracticeAsk *ask, char **complaint, char **parameter)
{
  JsonNode *choice = purser_json_node (body, "tool_choice");
  const char *format = purser_json_string (purser_json_member (body, "response_format"), "type");
  if (purser_json_int (body, "n", 1) != 1)
    return practice_complain (complaint, parameter, "n", g_strdup ("n: this model gives one choice"));
  ask->max_tokens = purser_json_int (body, "max_completion_tokens", purser_json_int (body, "max_tokens", -1));
  ask->stream = purser_json_boolean (body, "stream", FALSE);
  ask->stream_usage = purser_json_boolean (purser_json_member (body, "stream_options"), "include_usage", FALSE);
  ask->json = g_strcmp0 (format, "json_object") == 0 || g_strcmp0 (format, "json_schema") == 0;
  if (choice != NULL && JSON_NODE_HOLDS_OBJECT (choice))
    ask->tool_choice =
        g_strdup (purser_json_string (purser_json_member (purser_json_object (choice), "function"), "name"));
  else
    ask->tool_choice = g_strdup (purser_json_string (body, "tool_choice"));
  practice_read_stop (ask, purser_json_node (body, "stop"));
  practice_read_tools (body, ask);
  return practice_read_messages (body, ask, complaint, parameter);
}

static const char *
openai_finish (const PracticeAnswer *answer)
{
  static const char *const words[] = { "stop", "stop", "length", "tool_calls" };
  return words[answer->finish];
}

static JsonObject *
openai_head (JsonNode **node, const PracticeAnswer *answer, const char *kind)
{
  JsonObject *object;
  g_autofree char *id = g_strconcat ("chatcmpl-practice-", answer->id, NULL);
  *node = practice_new_object (&object);
  json_object_set_string_member (object, "id", id);
  json_object_set_string_member (object, "object", kind);
  json_object_set_int_member (object, "created", g_get_real_time () / G_USEC_PER_SEC);
  json_object_set_string_member (object, "model", answer->model->name);
  return object;
}

static void
openai_usage (JsonObject *object, const PracticeAnswer *answer)
{
  JsonObject *usage = practice_set_object (object, "usage");
  json_object_set_int_member (usage, "prompt_tokens", answer->input);
  json_object_set_int_member (usage, "completion_tokens", answer->output);
  json_object_set_int_member (usage, "total_tokens", answer->input + answer->output);
  json_object_set_int_member (practice_set_object (usage, "prompt_tokens_details"), "cached_tokens", answer->cached);
  json_object_set_int_member (practice_set_object (usage, "completion_tokens_details"), "reasoning_tokens", 0);
}

static JsonObject *
openai_call (JsonArray *calls, const PracticeAnswer *answer, const char *arguments)
{
  g_autofree char *id = g_strconcat ("call_", answer->id, NULL);
  JsonObject *call = practice_add_object (calls), *function;
  json_object_set_string_member (call, "id", id);
  json_object_set_string_member (call, "type", "function");
  function = practice_set_object (call, "function");
  json_object_set_string_member (function, "name", answer->tool);
  json_object_set_string_member (function, "arguments", arguments);
  return call;
}

static JsonNode *
openai_whole (const PracticeAnswer *answer, gint64 elapsed_us)
{
  JsonNode *node;
  JsonObject *object = openai_head (&node, answer, "chat.completion");
  JsonObject *choice = practice_add_object (practice_set_array (object, "choices")), *message;
  json_object_set_int_member (choice, "index", 0);
  message = practice_set_object (choice, "message");
  json_object_set_string_member (message, "role", "assistant");
  if (answer->tool != NULL)
    {
      json_object_set_null_member (message, "content");
      openai_call (practice_set_array (message, "tool_calls"), answer, answer->arguments);
    }
  else
    json_object_set_string_member (message, "content", answer->text);
  json_object_set_null_member (message, "refusal");
  json_object_set_null_member (choice, "logprobs");
  json_object_set_string_member (choice, "finish_reason", openai_finish (answer));
  openai_usage (object, answer);
  return node;
}

/* One chunk; DELTA is filled by the caller. */
static JsonNode *
openai_chunk (const PracticeAnswer *answer, JsonObject **delta, const char *finish)
{
  JsonNode *node;
  JsonObject *object = openai_head (&node, answer, "chat.completion.chunk");
  JsonObject *choice = practice_add_object (practice_set_array (object, "choices"));
  json_object_set_int_member (choice, "index", 0);
  *delta = practice_set_object (choice, "delta");
  json_object_set_null_member (choice, "logprobs");
  if (finish != NULL)
    json_object_set_string_member (choice, "finish_reason", finish);
  else
    json_object_set_null_member (choice, "finish_reason");
  json_object_set_null_member (object, "usage");
  return node;
}

static void
openai_begin (const PracticeAnswer *answer, GString *out)
{
  JsonObject *delta;
  JsonNode *chunk = openai_chunk (answer, &delta, NULL);
  json_object_set_string_member (delta, "role", "assistant");
  if (answer->tool == NULL)
    json_object_set_string_member (delta, "content", "");
  else
    json_object_set_null_member (delta, "content");
  if (answer->tool != NULL)
    json_object_set_int_member (openai_call (practice_set_array (delta, "tool_calls"), answer, ""), "index", 0);
  practice_sse (out, NULL, chunk);
}

static void
openai_piece (const PracticeAnswer *answer, const char *text, GString *out)
{
  JsonObject *delta;
  JsonNode *chunk = openai_chunk (answer, &delta, NULL);
  if (answer->tool == NULL)
    json_object_set_string_member (delta, "content", text);
  else
    {
      JsonObject *call = practice_add_object (practice_set_array (delta, "tool_calls"));
      json_object_set_int_member (call, "index", 0);
      json_object_set_string_member (practice_set_object (call, "function"), "arguments", text);
    }
  practice_sse (out, NULL, chunk);
}

static void
openai_end (const PracticeAnswer *answer, const PracticeAsk *ask, gint64 elapsed_us, GString *out)
{
  JsonObject *delta;
  practice_sse (out, NULL, openai_chunk (answer, &delta, openai_finish (answer)));
  if (ask->stream_usage)
    {
      JsonNode *node;
      JsonObject *object = openai_head (&node, answer, "chat.completion.chunk");
      practice_set_array (object, "choices");
      openai_usage (object, answer);
      practice_sse (out, NULL, node);
    }
  g_string_append (out, "data: [DONE]\n\n");
}

static JsonNode *
openai_error (guint status, const char *message, const char *parameter, const char *id)
{
  static const PracticeErrorRow rows[] = {
    { 400, "invalid_request_error", NULL },
    { 403, "invalid_request_error", "forbidden" },
    { 404, "invalid_request_error", "model_not_found" },
    { 405, "invalid_request_error", "method_not_allowed" },
    { 413, "invalid_request_error", "request_too_large" },
    { 429, "requests", "rate_limit_exceeded" },
    { 503, "server_error", "overloaded" },
    { 0, "server_error", NULL },
  };
  const PracticeErrorRow *row = practice_error_row (rows, status);
  const char *code = status == 400 && g_strcmp0 (parameter, "context") == 0 ? "context_length_exceeded" : row->code;
  JsonObject *root, *error;
  JsonNode *node = practice_new_object (&root);
  error = practice_set_object (root, "error");
  json_object_set_string_member (error, "message", message);
  json_object_set_string_member (error, "type", row->type);
  if (parameter != NULL)
    json_object_set_string_member (error, "param", g_strcmp0 (parameter, "context") == 0 ? "messages" : parameter);
  else
    json_object_set_null_member (error, "param");
  if (code != NULL)
    json_object_set_string_member (error, "code", code);
  else
    json_object_set_null_member (error, "code");
  return node;
}

const PracticeDialect practice_openai = {
  .id = "openai",
  .base = "/openai/v1",
  .chat_path = "/chat/completions",
  .stream_type = "text/event-stream",
  .request_id = "x-request-id",
  .overloaded = 503,
  .read = openai_read,
  .whole = openai_whole,
  .begin = openai_begin,
  .piece = openai_piece,
  .end = openai_end,
  .error = openai_error,
};
