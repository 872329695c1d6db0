/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-reply.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-dialect.h"
#include "purser-json-wire.h"
#include "purser-models.h"
#include "purser-reader.h"
#include "purser-sse.h"

/* The one look at a recorded exchange: from its file's JSON to what a reader of its dialect gets out of it. */

typedef struct
{
  JsonObject *exchange, *response; /* (unowned) */
  const char *body;                /* (unowned) */
  gsize       length;
  gssize      cut;
  int         status;
  PurserReply **keep;              /* (nullable) gets the reply that was read */
} Exchange;

static void
set_int (JsonObject *object, const char *member, gint64 value)
{
  if (value >= 0)
    json_object_set_int_member (object, member, value);
  else
    json_object_set_null_member (object, member);
}

/* The body in one piece, in two, or byte by byte. */
static void
feed (const Exchange *exchange, void (*take) (gpointer taker, const void *bytes, gsize length), gpointer taker)
{
  gsize first = exchange->cut >= 0 ? MIN ((gsize) exchange->cut, exchange->length) : exchange->length;
  if (exchange->cut == PURSER_EXCHANGE_BYTES)
    {
      for (gsize i = 0; i < exchange->length; i++)
        take (taker, exchange->body + i, 1);
      return;
    }
  take (taker, exchange->body, first);
  take (taker, exchange->body + first, exchange->length - first);
}

static void
feed_reader_cb (gpointer reader, const void *bytes, gsize length)
{
  purser_reader_feed (reader, bytes, length);
}

static void
feed_sse_cb (gpointer sse, const void *bytes, gsize length)
{
  purser_sse_feed (sse, bytes, length);
}

static void
add_event_cb (const PurserEvent *event, gpointer reply)
{
  purser_reply_add (reply, event);
}

static void
see_done_cb (const char *event, const char *data, gsize length, gpointer seen)
{
  *(gboolean *) seen = *(gboolean *) seen || g_str_equal (data, "[DONE]");
}

/* Whether [DONE] was on the wire: it may follow an error, after which the reader looks at nothing any more. */
static gboolean
has_done_marker (const Exchange *exchange)
{
  gboolean seen = FALSE;
  g_autoptr(PurserSse) sse = purser_sse_new (PURSER_READER_MAX_LINE, see_done_cb, &seen);
  feed (exchange, feed_sse_cb, sse);
  purser_sse_end (sse);
  return seen;
}

static JsonNode *
describe_usage (const PurserUsage *usage)
{
  if (usage == NULL)
    return json_node_new (JSON_NODE_NULL);
  JsonObject *object = json_object_new ();
  set_int (object, "input_total", usage->input_total);
  set_int (object, "input_uncached", usage->input_uncached);
  set_int (object, "cache_read", usage->cache_read);
  set_int (object, "cache_write", purser_usage_cache_write (usage));
  set_int (object, "output", usage->output);
  set_int (object, "reasoning", usage->reasoning);
  if (usage->cache_exceeds_prompt)
    json_object_set_boolean_member (object, "cache_exceeds_prompt", TRUE);
  return purser_json_new_object (object);
}

/* Arguments as JSON: none are {}, what does not parse stays text, as does a free-form tool's input. */
static JsonNode *
describe_arguments (const PurserReplyTool *tool)
{
  JsonNode *arguments = NULL;
  if (!tool->custom && tool->arguments->len == 0)
    return purser_json_new_object (json_object_new ());
  if (!tool->custom)
    arguments = purser_json_parse (tool->arguments->str, tool->arguments->len, NULL);
  return arguments != NULL ? arguments : json_node_init_string (json_node_alloc (), tool->arguments->str);
}

static JsonNode *
describe_tools (const GPtrArray *tools)
{
  JsonArray *array = json_array_new ();
  for (guint i = 0; i < tools->len; i++)
    {
      const PurserReplyTool *tool = g_ptr_array_index (tools, i);
      JsonObject *object = json_object_new ();
      purser_json_set_text (object, "id", tool->id);
      purser_json_set_text (object, "name", tool->name);
      json_object_set_member (object, "arguments", describe_arguments (tool));
      json_array_add_object_element (array, object);
    }
  return purser_json_new_array (array);
}

/* Text, thinking, finish and tools: of each choice (openai-chat), or of the whole reply. */
static void
describe_choice (JsonObject *object, const PurserReplyChoice *choice)
{
  json_object_set_string_member (object, "text", choice ? choice->text->str : "");
  json_object_set_int_member (object, "thinking_chars",
                              choice ? g_utf8_strlen (choice->thinking->str, choice->thinking->len) : 0);
  purser_json_set_text (object, "finish", choice ? choice->finish_raw : NULL);
  json_object_set_member (object, "tool_calls",
                          choice ? describe_tools (choice->tools) : purser_json_new_array (json_array_new ()));
}

static void
describe_openai_chat (JsonObject *object, const PurserReply *reply, const Exchange *exchange, gboolean streamed)
{
  JsonArray *choices = json_array_new ();
  if (streamed)
    json_object_set_boolean_member (object, "done_marker", has_done_marker (exchange));
  for (guint i = 0; i < reply->choices->len; i++)
    {
      JsonObject *choice = json_object_new ();
      describe_choice (choice, g_ptr_array_index (reply->choices, i));
      json_array_add_object_element (choices, choice);
    }
  json_object_set_array_member (object, "choices", choices);
}

static void
describe_anthropic (JsonObject *object, const PurserReply *reply, const Exchange *exchange, gboolean streamed)
{
  JsonArray *blocks = json_array_new ();
  JsonNode *stop = json_object_get_member (reply->meta, "stop_sequence");
  describe_choice (object, reply->choices->len > 0 ? g_ptr_array_index (reply->choices, 0) : NULL);
  for (guint i = 0; i < reply->blocks->len; i++)
    json_array_add_string_element (blocks, g_ptr_array_index (reply->blocks, i));
  json_object_set_array_member (object, "block_types", blocks);
  json_object_set_int_member (object, "signatures", reply->signatures);
  purser_json_take (object, "stop_sequence", stop != NULL ? json_node_ref (stop) : NULL);
}

static void
describe_ollama (JsonObject *object, const PurserReply *reply, const Exchange *exchange, gboolean streamed)
{
  static const char *const durations[] = { "total_duration", "load_duration", "prompt_eval_duration", "eval_duration" };
  describe_choice (object, reply->choices->len > 0 ? g_ptr_array_index (reply->choices, 0) : NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (durations); i++)
    {
      JsonNode *duration = json_object_get_member (reply->meta, durations[i]);
      json_object_set_member (object, durations[i],
                              duration ? json_node_ref (duration) : json_node_new (JSON_NODE_NULL));
    }
}

static void
describe_bedrock (JsonObject *object, const PurserReply *reply, const Exchange *exchange, gboolean streamed)
{
  describe_choice (object, reply->choices->len > 0 ? g_ptr_array_index (reply->choices, 0) : NULL);
}

static void
keep_last_cb (const char *event, const char *data, gsize length, gpointer user_data)
{
  JsonNode **last = user_data, *root = purser_json_parse (data, length, NULL);
  if (root == NULL)
    return;
  g_clear_pointer (last, json_node_unref);
  *last = root;
}

/* The last event of a stream, which may follow an error: the reader looks at nothing after that. */
static JsonNode *
last_event (const Exchange *exchange)
{
  JsonNode *last = NULL;
  g_autoptr(PurserSse) sse = purser_sse_new (PURSER_READER_MAX_LINE, keep_last_cb, &last);
  feed (exchange, feed_sse_cb, sse);
  purser_sse_end (sse);
  return last;
}

static void
describe_openai_responses (JsonObject *object, const PurserReply *reply, const Exchange *exchange, gboolean streamed)
{
  const PurserReplyChoice *choice = reply->choices->len > 0 ? g_ptr_array_index (reply->choices, 0) : NULL;
  g_autoptr(JsonNode) last = streamed ? last_event (exchange) : NULL;
  JsonObject *event = purser_json_object (last);
  JsonObject *response = purser_json_member (streamed ? event : reply->meta, "response");
  const char *reason = purser_json_string (purser_json_member (response, "incomplete_details"), "reason");
  JsonArray *types = json_array_new ();
  for (guint i = 0; i < reply->blocks->len; i++)
    json_array_add_string_element (types, g_ptr_array_index (reply->blocks, i));
  purser_json_set_text (object, "status", purser_json_string (response, "status"));
  json_object_set_string_member (object, "text", choice != NULL ? choice->text->str : "");
  json_object_set_array_member (object, "item_types", types);
  json_object_set_member (object, "tool_calls",
                          choice ? describe_tools (choice->tools) : purser_json_new_array (json_array_new ()));
  if (reason != NULL)
    json_object_set_string_member (object, "incomplete", reason);
  if (streamed)
    purser_json_set_text (object, "last_event", purser_json_string (event, "type"));
}

/* What failed inside a 200: the error object as it came; and for faults that only we see, their class and words. */
static void
describe_fault (JsonObject *object, const PurserReply *reply)
{
  if (reply->error != NULL)
    json_object_set_member (object, "error", json_node_ref (reply->error));
  else if (reply->fault != NULL)
    {
      JsonObject *fault = json_object_new ();
      json_object_set_string_member (fault, "class", purser_fault_class_id (reply->fault->class_));
      purser_json_set_text (fault, "message", reply->fault->message);
      json_object_set_object_member (object, "fault", fault);
    }
}

static gboolean
streaming_was_asked (const Exchange *exchange, const char *dialect)
{
  JsonObject *body = purser_json_member (purser_json_member (exchange->exchange, "request"), "body");
  if (g_strcmp0 (purser_json_string (exchange->exchange, "api"), "converse-stream") == 0)
    return TRUE; /* the address says it, not the body */
  return purser_json_boolean (body, "stream", g_str_equal (dialect, "ollama"));
}

static JsonNode *
read_reply (const Exchange *exchange, const char *dialect)
{
  static const struct
  {
    const char *dialect;
    void (*describe) (JsonObject *, const PurserReply *, const Exchange *, gboolean);
  } forms[] = { { "openai-chat", describe_openai_chat },
                { "openai-responses", describe_openai_responses },
                { "anthropic", describe_anthropic },
                { "ollama", describe_ollama },
                { "bedrock", describe_bedrock } };
  const char *content_type = purser_json_string (purser_json_member (exchange->response, "headers"), "content-type");
  g_autoptr(PurserReply) reply = purser_reply_new ();
  g_autoptr(PurserReader) reader =
      purser_reader_new (purser_dialect_get (dialect), streaming_was_asked (exchange, dialect), content_type,
                         add_event_cb, reply);
  JsonObject *object = json_object_new ();
  feed (exchange, feed_reader_cb, reader);
  purser_reader_end (reader);
  gboolean streamed = purser_reader_is_streamed (reader);
  json_object_set_boolean_member (object, "stream", streamed);
  if (!g_str_equal (dialect, "bedrock")) /* its replies name no model */
    purser_json_set_text (object, "model", reply->model);
  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    if (g_str_equal (forms[i].dialect, dialect))
      forms[i].describe (object, reply, exchange, streamed);
  json_object_set_member (object, "usage", describe_usage (reply->usage));
  describe_fault (object, reply);
  if (exchange->keep != NULL)
    *exchange->keep = g_steal_pointer (&reply);
  return purser_json_new_object (object);
}

static JsonNode *
read_error (const Exchange *exchange)
{
  JsonObject *object = json_object_new ();
  JsonNode *body = purser_json_parse (exchange->body, exchange->length, NULL);
  json_object_set_int_member (object, "http_status", exchange->status);
  json_object_set_member (object, "error_body",
                          body ? body : json_node_init_string (json_node_alloc (), exchange->body));
  return purser_json_new_object (object);
}

static JsonNode *
read_count (const Exchange *exchange, const char *unused, GError **error)
{
  g_autoptr(JsonNode) root = purser_json_parse (exchange->body, exchange->length, error);
  if (root == NULL)
    return NULL;
  JsonObject *object = json_object_new ();
  set_int (object, "input_tokens", purser_reader_count (purser_json_object (root), "input_tokens"));
  return purser_json_new_object (object);
}

static JsonNode *
read_models (const Exchange *exchange, const char *format, GError **error)
{
  g_autoptr(GPtrArray) models = purser_models_parse (format, exchange->body, exchange->length, NULL, error);
  if (models == NULL)
    return NULL;
  JsonArray *array = json_array_new ();
  for (guint i = 0; i < models->len; i++)
    {
      const PurserListedModel *model = g_ptr_array_index (models, i);
      JsonObject *object = json_object_new ();
      json_object_set_string_member (object, "name", model->name);
      purser_json_set_text (object, "title", model->title);
      set_int (object, "context_tokens", model->context_tokens);
      set_int (object, "max_output", model->max_output);
      json_object_set_boolean_member (object, "chat", model->chat);
      purser_json_set_text (object, "remote_host", model->remote_host);
      purser_json_set_text (object, "shutdown_date", model->shutdown_date);
      json_array_add_object_element (array, object);
    }
  JsonObject *object = json_object_new ();
  json_object_set_array_member (object, "models", array);
  return purser_json_new_object (object);
}

static JsonNode *
read_show (const Exchange *exchange, const char *unused, GError **error)
{
  g_autoptr(JsonNode) root = purser_json_parse (exchange->body, exchange->length, error);
  if (root == NULL)
    return NULL;
  JsonObject *show = purser_json_object (root), *object = json_object_new ();
  JsonNode *capabilities = purser_json_node (show, "capabilities");
  purser_json_set_text (object, "family", purser_json_string (purser_json_member (show, "details"), "family"));
  set_int (object, "context_tokens", purser_ollama_show_context (show));
  json_object_set_member (object, "capabilities",
                          capabilities ? json_node_ref (capabilities) : json_node_new (JSON_NODE_NULL));
  JsonObject *wrapped = json_object_new ();
  json_object_set_object_member (wrapped, "show", object);
  return purser_json_new_object (wrapped);
}

/* What each recording's provider and api are read with; "" stands for any provider. */
static const struct
{
  const char *provider, *api, *dialect; /* a dialect, or NULL and what reads it */
  JsonNode *(*read) (const Exchange *, const char *format, GError **);
  const char *format;
} apis[] = {
  { "anthropic", "messages", "anthropic" },
  { "anthropic", "models", NULL, read_models, "anthropic" },
  { "", "count_tokens", NULL, read_count },
  { "", "input_tokens", NULL, read_count },
  { "ollama", "chat", "ollama" },
  { "ollama", "generate", "ollama" },
  { "", "v1-chat", "openai-chat" },
  { "bedrock", "converse", "bedrock" },
  { "bedrock", "converse-stream", "bedrock" },
  { "ollama", "tags", NULL, read_models, "ollama" },
  { "ollama", "ps", NULL, read_models, "ollama" },
  { "ollama", "show", NULL, read_show },
  { "github-models", "catalog", NULL, read_models, "github" },
  { "", "models", NULL, read_models, "openai" },
  { "", "chat", "openai-chat" },
  { "", "responses", "openai-responses" },
};

static JsonNode *
read_api (const Exchange *exchange, const char *provider, const char *api, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (apis); i++)
    {
      if ((*apis[i].provider != 0 && g_strcmp0 (apis[i].provider, provider) != 0) || g_strcmp0 (apis[i].api, api) != 0)
        continue;
      if (exchange->status >= 400)
        return read_error (exchange);
      return apis[i].dialect != NULL ? read_reply (exchange, apis[i].dialect)
                                     : apis[i].read (exchange, apis[i].format, error);
    }
  g_set_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_UNSUPPORTED,
               _("Exchanges of %s, %s, are in no dialect that can be read here"),
               provider ? provider : _("an unnamed provider"), api ? api : _("an unnamed interface"));
  return NULL;
}

static JsonNode *
read_exchange (JsonObject *exchange, gssize cut, PurserReply **keep, GError **error)
{
  JsonObject *response = purser_json_member (exchange, "response");
  const char *body = purser_json_string (response, "body");
  const char *base64 = purser_json_string (response, "body_base64");
  g_autofree char *decoded = NULL;
  Exchange read = {
    exchange, response, body, body ? strlen (body) : 0, cut, purser_json_int (response, "status", 200), keep
  };

  if (body == NULL && base64 != NULL)
    {
      g_autofree guchar *bytes = g_base64_decode (base64, &read.length);
      read.body = decoded = g_malloc0 (read.length + 1);
      if (read.length > 0)
        memcpy (decoded, bytes, read.length);
    }
  if (read.body == NULL)
    {
      g_set_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_SYNTAX,
                   _("This is no recorded exchange: it has no response with a body"));
      return NULL;
    }
  return read_api (&read, purser_json_string (exchange, "provider"), purser_json_string (exchange, "api"), error);
}

/**
 * purser_exchange_read:
 * @exchange: a recorded exchange: provider, api, request, response{status, headers, body}
 * @cut: where to cut the body in two pieces, -1 for one piece, %PURSER_EXCHANGE_BYTES for one byte at a time
 *
 * Reads the reply as its dialect does. Lists of models become {"models": […]}, a model's details {"show": {…}}, an
 * error reply
 * {"http_status", "error_body"}, a token count {"input_tokens"}.
 *
 * Returns: (transfer full): what was read, or NULL with words
 */
JsonNode *
purser_exchange_read (JsonObject *exchange, gssize cut, GError **error)
{
  return read_exchange (exchange, cut, NULL, error);
}

/**
 * purser_exchange_reply:
 * @exchange: a recorded exchange, as purser_exchange_read() takes it
 *
 * Returns: (transfer full) (nullable): the reply itself with its whole usage, or %NULL and words: also where the exchange holds
 * something else, such as a list of models or an error
 */
PurserReply *
purser_exchange_reply (JsonObject *exchange, GError **error)
{
  PurserReply *reply = NULL;
  g_autoptr(JsonNode) described = read_exchange (exchange, -1, &reply, error);
  if (described != NULL && reply == NULL)
    g_set_error (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_UNSUPPORTED, _("This exchange holds no reply of a model"));
  return reply;
}
