/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-practice-json.h"

/* Ollama's /api/chat, as its API reference publishes it: whole, and streamed as one JSON object a line. */

static gboolean
ollama_read (JsonObject *body, SoupMessageHeaders *headers, PracticeAsk *ask, char **complaint, char **parameter)
{
  JsonObject *options = purser_json_member (body, "options");
  ask->stream = purser_json_boolean (body, "stream", TRUE);
  ask->max_tokens = purser_json_int (options, "num_predict", -1);
  ask->json = purser_json_string (body, "format") != NULL || purser_json_member (body, "format") != NULL;
  practice_read_stop (ask, purser_json_node (options, "stop"));
  practice_read_tools (body, ask);
  return practice_read_messages (body, ask, complaint, parameter);
}

static JsonObject *
ollama_line (JsonNode **node, const PracticeAnswer *answer, const char *text, gboolean call, gboolean done)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *created = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S.%fZ");
  JsonObject *root, *message;
  *node = practice_new_object (&root);
  json_object_set_string_member (root, "model", answer->model->name);
  json_object_set_string_member (root, "created_at", created);
  message = practice_set_object (root, "message");
  json_object_set_string_member (message, "role", "assistant");
  json_object_set_string_member (message, "content", text);
  if (call)
    {
      g_autofree char *id = g_strconcat ("call_", answer->id, NULL);
      JsonObject *entry = practice_add_object (practice_set_array (message, "tool_calls")), *function;
      json_object_set_string_member (entry, "id", id);
      function = practice_set_object (entry, "function");
      json_object_set_int_member (function, "index", 0);
      json_object_set_string_member (function, "name", answer->tool);
      json_object_set_member (function, "arguments", purser_json_parse (answer->arguments, -1, NULL));
    }
  json_object_set_boolean_member (root, "done", done);
  return root;
}

static void
ollama_counters (JsonObject *root, const PracticeAnswer *answer, gint64 elapsed_us)
{
  json_object_set_string_member (root, "done_reason", answer->finish == PRACTICE_LENGTH ? "length" : "stop");
  json_object_set_int_member (root, "total_duration", elapsed_us * 1000);
  json_object_set_int_member (root, "prompt_eval_count", answer->input);
  json_object_set_int_member (root, "eval_count", answer->output);
}

static JsonNode *
ollama_whole (const PracticeAnswer *answer, gint64 elapsed_us)
{
  JsonNode *node;
  ollama_counters (ollama_line (&node, answer, answer->text, answer->tool != NULL, TRUE), answer, elapsed_us);
  return node;
}

static void
append_line (GString *out, JsonNode *node)
{
  g_autofree char *text = practice_json_text (node);
  g_string_append_printf (out, "%s\n", text);
}

/* A call comes complete in one line of its own. */
static void
ollama_begin (const PracticeAnswer *answer, GString *out)
{
  JsonNode *node;
  if (answer->tool == NULL)
    return;
  ollama_line (&node, answer, "", TRUE, FALSE);
  append_line (out, node);
}

static void
ollama_piece (const PracticeAnswer *answer, const char *text, GString *out)
{
  JsonNode *node;
  if (answer->tool != NULL)
    return;
  ollama_line (&node, answer, text, FALSE, FALSE);
  append_line (out, node);
}

static void
ollama_end (const PracticeAnswer *answer, const PracticeAsk *ask, gint64 elapsed_us, GString *out)
{
  JsonNode *node;
  ollama_counters (ollama_line (&node, answer, "", FALSE, TRUE), answer, elapsed_us);
  append_line (out, node);
}

static JsonNode *
ollama_error (guint status, const char *message, const char *parameter, const char *id)
{
  JsonObject *root;
  JsonNode *node = practice_new_object (&root);
  json_object_set_string_member (root, "error", message);
  return node;
}

const PracticeDialect practice_ollama = {
  .id = "ollama",
  .base = "/ollama",
  .chat_path = "/api/chat",
  .stream_type = "application/x-ndjson",
  .request_id = "x-request-id",
  .overloaded = 503,
  .read = ollama_read,
  .whole = ollama_whole,
  .begin = ollama_begin,
  .piece = ollama_piece,
  .end = ollama_end,
  .error = ollama_error,
};
