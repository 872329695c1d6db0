/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-ollama.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-fault.h"
#include "purser-json-wire.h"

/* Whole replies, and what they have in common with streams; purser-ollama-write.c says what has no place in either. */

gboolean
purser_ollama_writes_own (PurserWriter *writer)
{
  return purser_ollama_is_own (purser_writer_options (writer)->origin);
}

/* --- What every line and a whole reply say --- */

/* (transfer full) */
char *
purser_ollama_created_at (PurserWriter *writer)
{
  g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc (purser_writer_options (writer)->created);
  return time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : g_strdup ("1970-01-01T00:00:00Z");
}

JsonObject *
purser_ollama_begin (PurserWriter *writer)
{
  g_autofree char *created = purser_ollama_created_at (writer);
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "model", purser_writer_model (writer));
  json_object_set_string_member (object, "created_at", created);
  return object;
}

const PurserReplyChoice *
purser_ollama_choice (const PurserReply *reply)
{
  return reply->choices->len > 0 ? g_ptr_array_index (reply->choices, 0) : NULL;
}

/* PROVIDERS §5.1: "stop" after calls too. Words of Ollama's own stay what they are. */
static const char *
reason_of (const PurserReplyChoice *choice, gboolean own)
{
  if (choice != NULL && choice->finish_raw != NULL && own)
    return choice->finish_raw;
  return choice != NULL && choice->finish == PURSER_FINISH_LENGTH ? "length" : "stop";
}

/* The prompt count is of everything that was read (PROVIDERS §5.2). */
static gint64
input_of (const PurserUsage *usage)
{
  const gint64 kinds[] = { usage->input_uncached, usage->cache_read, purser_usage_cache_write (usage) };
  gint64 sum = usage->input_total;
  for (gsize i = 0; i < G_N_ELEMENTS (kinds) && usage->input_total < 0; i++)
    if (kinds[i] >= 0)
      sum = MAX (sum, 0) + kinds[i];
  return sum;
}

static void
set_count (JsonObject *object, const char *member, gint64 count)
{
  if (count >= 0)
    json_object_set_int_member (object, member, count);
}

static void
set_meta (JsonObject *object, const PurserReply *reply, const char *member, gboolean own)
{
  JsonNode *node = own ? purser_json_node (reply->meta, member) : NULL;
  if (node != NULL)
    json_object_set_member (object, member, json_node_ref (node));
}

void
purser_ollama_set_end (JsonObject *object, const PurserReply *reply, gboolean own)
{
  json_object_set_boolean_member (object, "done", TRUE);
  json_object_set_string_member (object, "done_reason", reason_of (purser_ollama_choice (reply), own));
  set_meta (object, reply, "total_duration", own);
  set_meta (object, reply, "load_duration", own);
  set_count (object, "prompt_eval_count", reply->usage != NULL ? input_of (reply->usage) : -1);
  set_meta (object, reply, "prompt_eval_duration", own);
  set_count (object, "eval_count", reply->usage != NULL ? reply->usage->output : -1);
  set_meta (object, reply, "eval_duration", own);
}

/* --- Calls --- */

/* Arguments are an object here; none are {}. NULL: they are no object, and nothing is made up in their place. */
static JsonNode *
arguments_of (const PurserReplyTool *tool)
{
  JsonNode *arguments = tool->arguments->len > 0 ? purser_json_parse (tool->arguments->str, tool->arguments->len, NULL)
                                                 : purser_json_new_object (json_object_new ());
  if (arguments != NULL && JSON_NODE_HOLDS_NULL (arguments))
    {
      json_node_unref (arguments);
      return purser_json_new_object (json_object_new ());
    }
  if (purser_json_object (arguments) == NULL)
    g_clear_pointer (&arguments, json_node_unref);
  return arguments;
}

/* NULL: the call cannot be told. Old versions of Ollama give no ids, and then their clients expect none. */
JsonObject *
purser_ollama_call (PurserWriter *writer, const PurserReplyTool *tool, int number)
{
  JsonNode *arguments = arguments_of (tool);
  if (arguments == NULL)
    return NULL;
  JsonObject *call = json_object_new (), *function = json_object_new ();
  g_autofree char *id = tool->id == NULL && purser_ollama_writes_own (writer)
                            ? NULL
                            : purser_writer_tool_id (writer, tool->id, "call_", 0, number);
  if (id != NULL)
    json_object_set_string_member (call, "id", id);
  json_object_set_int_member (function, "index", number);
  json_object_set_string_member (function, "name", purser_writer_tool_name (writer, tool->name));
  json_object_set_member (function, "arguments", arguments);
  json_object_set_object_member (call, "function", function);
  return call;
}

PurserFault *
purser_ollama_call_fault (const PurserReplyTool *tool)
{
  g_autofree char *words = g_strdup_printf (_("The model called the tool “%s” with arguments that are not a JSON "
                                               "object, so the call cannot be passed on. Ask again."),
                                            tool->name != NULL ? tool->name : "");
  return purser_fault_new (PURSER_FAULT_GARBAGE, 0, words);
}

/* --- A whole reply --- */

static void
set_text (JsonObject *object, const char *member, const PurserReplyChoice *choice)
{
  g_autofree char *text = choice != NULL ? g_strconcat (choice->text->str, choice->refusal->str, NULL) : g_strdup ("");
  json_object_set_string_member (object, member, text);
  if (choice != NULL && choice->thinking->len > 0)
    json_object_set_string_member (object, "thinking", choice->thinking->str);
}

/* NULL: all calls are told; else the one that cannot be. */
static const PurserReplyTool *
set_calls (PurserWriter *writer, JsonObject *object, const PurserReplyChoice *choice)
{
  g_autoptr(JsonArray) calls = json_array_new ();
  for (guint i = 0; choice != NULL && i < choice->tools->len; i++)
    {
      JsonObject *call = purser_ollama_call (writer, g_ptr_array_index (choice->tools, i), i);
      if (call == NULL)
        return g_ptr_array_index (choice->tools, i);
      json_array_add_object_element (calls, call);
    }
  if (json_array_get_length (calls) > 0)
    json_object_set_array_member (object, "tool_calls", json_array_ref (calls));
  return NULL;
}

/* MESSAGE: where the text stands, the reply itself or its message. */
static JsonObject *
finish_whole (PurserWriter *writer, const PurserReply *reply, JsonObject *object, JsonObject *message, const char *text)
{
  const PurserReplyChoice *choice = purser_ollama_choice (reply);
  set_text (message, text, choice);
  const PurserReplyTool *broken = set_calls (writer, message, choice);
  if (broken != NULL)
    {
      purser_writer_fail (writer, purser_ollama_call_fault (broken));
      return object;
    }
  set_meta (object, reply, "logprobs", TRUE);
  purser_ollama_set_end (object, reply, purser_ollama_writes_own (writer));
  return object;
}

JsonObject *
purser_ollama_write_whole (PurserWriter *writer, const PurserReply *reply)
{
  JsonObject *object = purser_ollama_begin (writer), *message = json_object_new ();
  json_object_set_string_member (message, "role", "assistant");
  json_object_set_object_member (object, "message", message);
  return finish_whole (writer, reply, object, message, "content");
}

JsonObject *
purser_ollama_write_whole_generate (PurserWriter *writer, const PurserReply *reply)
{
  JsonObject *object = purser_ollama_begin (writer);
  return finish_whole (writer, reply, object, object, "response");
}

/* Only words: clients show them as they are. */
JsonObject *
purser_ollama_write_error (
    const PurserFault *fault, int status, const char *type, const char *code, const char *request_id)
{
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "error", purser_fault_words (fault));
  return object;
}
