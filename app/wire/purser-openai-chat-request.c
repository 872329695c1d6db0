/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-openai-chat.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "purser-encode.h"
#include "purser-json-wire.h"
#include "purser-openai-rules.h"

/* Requests of Chat Completions. What it cannot say, and what becomes of it (PROVIDERS §3, §4):
 *
 *   thinking parts              dropped: the format has no place for them
 *   several text parts          one text, a blank line between (old compatible servers take only text)
 *   a result that is an error   its text begins with "Error: "
 *   an image beside a result    a user message after the results (§3.2)
 *   a file by address           refused
 *   effort                      the nearest that the model takes (purser-openai-rules.c); dropped where none reasons
 *   sampling                    dropped where the model refuses it; clamped to what the format allows
 *   more than 4 stop texts      refused by OpenAI, so refused here; unknown servers judge themselves
 *   tools with reasoning on     models from GPT-5.4 take them here only without: effort "none" is sent where nothing
 *                               was said, another effort is refused
 *   `plain`                     stream_options, reasoning_effort and strict stay out, for servers that refuse what
 *                               they do not know
 */

typedef struct
{
  const PurserChat          *chat;
  const PurserEncodeOptions *options;
  const PurserOpenaiRule    *rule;
  PurserCallIds             *ids;
  JsonArray                 *messages; /* (unowned) */
  GPtrArray *beside; /* (element-type PurserPart): what stood beside tool results, for the message after them */
} Encoder;

static gboolean
add_image (JsonArray *content, const PurserPart *part, GError **error)
{
  JsonObject *object, *image;
  g_autofree char *inlined = part->data != NULL ? purser_encode_data_url (part) : NULL;
  if (inlined == NULL && part->url == NULL)
    return purser_encode_refuse (error, _("An image in the request has neither data nor an address."));
  object = json_object_new ();
  image = json_object_new ();
  json_object_set_string_member (image, "url", inlined ? inlined : part->url);
  json_object_set_string_member (object, "type", "image_url");
  json_object_set_object_member (object, "image_url", image);
  json_array_add_object_element (content, object);
  return TRUE;
}

static gboolean
add_file (JsonArray *content, const PurserPart *part, GError **error)
{
  JsonObject *object, *file;
  g_autofree char *inlined = part->data != NULL ? purser_encode_data_url (part) : NULL;
  if (inlined == NULL)
    return purser_encode_refuse (error, _("Chat Completions takes files only inside the request, not by address."));
  object = json_object_new ();
  file = json_object_new ();
  json_object_set_string_member (file, "filename", part->name ? part->name : "file");
  json_object_set_string_member (file, "file_data", inlined);
  json_object_set_string_member (object, "type", "file");
  json_object_set_object_member (object, "file", file);
  json_array_add_object_element (content, object);
  return TRUE;
}

static gboolean
add_part (JsonArray *content, const PurserPart *part, GError **error)
{
  if (part->type == PURSER_PART_IMAGE)
    return add_image (content, part, error);
  if (part->type == PURSER_PART_FILE)
    return add_file (content, part, error);
  if (part->type == PURSER_PART_TEXT && part->text != NULL && *part->text != 0)
    {
      JsonObject *object = json_object_new ();
      json_object_set_string_member (object, "type", "text");
      json_object_set_string_member (object, "text", part->text);
      json_array_add_object_element (content, object);
    }
  return TRUE;
}

static gboolean
add_content (Encoder *encoder, const char *role, const GPtrArray *parts, GError **error)
{
  gboolean only_text = TRUE;
  g_autoptr(JsonArray) content = json_array_new ();
  for (guint i = 0; i < parts->len; i++)
    {
      const PurserPart *part = g_ptr_array_index (parts, i);
      only_text = only_text && part->type != PURSER_PART_IMAGE && part->type != PURSER_PART_FILE;
      if (!add_part (content, part, error))
        return FALSE;
    }
  if (json_array_get_length (content) == 0)
    return TRUE;
  JsonObject *message = purser_encode_message (encoder->messages, role);
  if (only_text)
    {
      g_autofree char *text = purser_encode_text (parts);
      json_object_set_string_member (message, "content", text);
    }
  else
    json_object_set_array_member (message, "content", g_steal_pointer (&content));
  return TRUE;
}

static JsonObject *
encode_call (Encoder *encoder, const PurserPart *part)
{
  JsonObject *call = json_object_new (), *function = json_object_new ();
  g_autoptr(JsonNode) arguments = purser_encode_arguments (part);
  g_autofree char *text = purser_json_to_string (arguments, FALSE);
  json_object_set_string_member (function, "name", part->name ? part->name : "");
  json_object_set_string_member (function, "arguments", text);
  json_object_set_string_member (call, "id", purser_call_ids_id (encoder->ids, part));
  json_object_set_string_member (call, "type", "function");
  json_object_set_object_member (call, "function", function);
  return call;
}

static void
add_assistant (Encoder *encoder, const PurserMessage *source)
{
  g_autofree char *text = purser_encode_text (source->parts);
  g_autoptr(JsonArray) calls = json_array_new ();
  for (guint i = 0; i < source->parts->len; i++)
    {
      const PurserPart *part = g_ptr_array_index (source->parts, i);
      if (part->type == PURSER_PART_TOOL_CALL)
        json_array_add_object_element (calls, encode_call (encoder, part));
    }
  gboolean has_calls = json_array_get_length (calls) > 0;
  if (*text == 0 && !has_calls)
    return;
  JsonObject *message = purser_encode_message (encoder->messages, "assistant");
  if (*text != 0)
    json_object_set_string_member (message, "content", text);
  else
    json_object_set_null_member (message, "content");
  if (has_calls)
    json_object_set_array_member (message, "tool_calls", g_steal_pointer (&calls));
}

/* One message per result; whatever else stood there waits until the results are all said. */
static void
add_results (Encoder *encoder, const PurserMessage *source)
{
  for (guint i = 0; i < source->parts->len; i++)
    {
      PurserPart *part = g_ptr_array_index (source->parts, i);
      if (part->type != PURSER_PART_TOOL_RESULT)
        {
          g_ptr_array_add (encoder->beside, part);
          continue;
        }
      g_autofree char *text = purser_encode_result (part);
      JsonObject *message = purser_encode_message (encoder->messages, "tool");
      json_object_set_string_member (message, "tool_call_id", purser_call_ids_id (encoder->ids, part));
      json_object_set_string_member (message, "content", text);
    }
}

static gboolean
flush_beside (Encoder *encoder, GError **error)
{
  gboolean done = encoder->beside->len == 0 || add_content (encoder, "user", encoder->beside, error);
  g_ptr_array_set_size (encoder->beside, 0);
  return done;
}

static gboolean
add_messages (Encoder *encoder, GError **error)
{
  static const char *const roles[] = {
    [PURSER_ROLE_SYSTEM] = "system", [PURSER_ROLE_USER] = "user", [PURSER_ROLE_TOOL] = "user"
  };
  for (guint i = 0; i < encoder->chat->messages->len; i++)
    {
      const PurserMessage *source = g_ptr_array_index (encoder->chat->messages, i);
      if (purser_encode_holds_result (source))
        {
          add_results (encoder, source);
          continue;
        }
      if (!flush_beside (encoder, error))
        return FALSE;
      if (source->role == PURSER_ROLE_ASSISTANT)
        add_assistant (encoder, source);
      else if (!add_content (encoder, roles[source->role], source->parts, error))
        return FALSE;
    }
  return flush_beside (encoder, error);
}

static JsonNode *
encode_tools (const PurserChat *chat)
{
  JsonArray *tools = json_array_new ();
  for (guint i = 0; i < chat->tools->len; i++)
    {
      const PurserTool *tool = g_ptr_array_index (chat->tools, i);
      JsonObject *object = json_object_new (), *function = json_object_new ();
      json_object_set_string_member (function, "name", tool->name);
      if (tool->description != NULL)
        json_object_set_string_member (function, "description", tool->description);
      json_object_set_member (function, "parameters", purser_encode_schema (tool));
      json_object_set_string_member (object, "type", "function");
      json_object_set_object_member (object, "function", function);
      json_array_add_object_element (tools, object);
    }
  return purser_json_new_array (tools);
}

static void
add_tools (Encoder *encoder, JsonObject *body)
{
  const PurserChat *chat = encoder->chat;
  if (chat->tools->len == 0)
    return;
  json_object_set_member (body, "tools", encode_tools (chat));
  if (purser_encode_choice_is_word (chat->tool_choice))
    json_object_set_string_member (body, "tool_choice", chat->tool_choice);
  else if (purser_encode_named_tool (chat) != NULL)
    {
      JsonObject *choice = json_object_new (), *function = json_object_new ();
      json_object_set_string_member (function, "name", chat->tool_choice);
      json_object_set_string_member (choice, "type", "function");
      json_object_set_object_member (choice, "function", function);
      json_object_set_object_member (body, "tool_choice", choice);
    }
}

static void
add_format (Encoder *encoder, JsonObject *body)
{
  JsonObject *format, *schema;
  if (encoder->chat->schema == NULL && !encoder->chat->json_output)
    return;
  format = json_object_new ();
  json_object_set_string_member (format, "type", encoder->chat->schema ? "json_schema" : "json_object");
  if (encoder->chat->schema != NULL)
    {
      schema = json_object_new ();
      json_object_set_string_member (schema, "name", "reply"); /* the format wants one */
      json_object_set_member (schema, "schema", purser_json_copy (encoder->chat->schema));
      if (!encoder->options->plain && purser_encode_is_strict (encoder->chat->schema))
        json_object_set_boolean_member (schema, "strict", TRUE);
      json_object_set_object_member (format, "json_schema", schema);
    }
  json_object_set_object_member (body, "response_format", format);
}

/* The effort to send, or NULL for none. */
static const char *
choose_effort (const Encoder *encoder)
{
  const PurserOpenaiRule *rule = encoder->rule;
  const char *effort = encoder->chat->effort;
  if (encoder->options->plain)
    return NULL;
  if (!encoder->options->known_server)
    return effort;
  if (!rule->reasons)
    return NULL;
  if (effort == NULL)
    return rule->tools_without_reasoning && encoder->chat->tools->len > 0 ? "none" : NULL;
  if (g_str_equal (effort, "none"))
    return rule->none ? "none" : rule->minimal ? "minimal" : "low";
  if (g_str_equal (effort, "minimal"))
    return rule->minimal ? "minimal" : "low";
  if (!rule->extra && (g_str_equal (effort, "xhigh") || g_str_equal (effort, "max")))
    return "high";
  return effort;
}

static gboolean
add_effort (Encoder *encoder, JsonObject *body, GError **error)
{
  const char *effort = choose_effort (encoder);
  if (encoder->options->known_server && encoder->rule->tools_without_reasoning && encoder->chat->tools->len > 0
      && effort != NULL && !g_str_equal (effort, "none"))
    return purser_encode_refuse (error,
                                 _("%s takes tools over Chat Completions only without reasoning. Set the effort to "
                                    "“none”, or leave the tools out."),
                                 encoder->options->model);
  if (effort != NULL)
    json_object_set_string_member (body, "reasoning_effort", effort);
  return TRUE;
}

static gboolean
may_sample (const Encoder *encoder)
{
  const PurserOpenaiRule *rule = encoder->rule;
  const char *effort = choose_effort (encoder);
  if (!encoder->options->known_server || rule->sampling == PURSER_SAMPLING_FREE)
    return TRUE;
  if (rule->sampling == PURSER_SAMPLING_REFUSED)
    return FALSE;
  return effort != NULL ? g_str_equal (effort, "none") : !rule->on_by_default;
}

static gboolean
add_sampling (Encoder *encoder, JsonObject *body, GError **error)
{
  const PurserChat *chat = encoder->chat;
  guint stops = chat->stop != NULL ? g_strv_length (chat->stop) : 0;
  if (chat->max_tokens >= 0)
    json_object_set_int_member (body, encoder->options->known_server ? "max_completion_tokens" : "max_tokens",
                                chat->max_tokens);
  if (may_sample (encoder) && !isnan (chat->temperature))
    json_object_set_double_member (body, "temperature", CLAMP (chat->temperature, 0, 2));
  if (may_sample (encoder) && !isnan (chat->top_p))
    json_object_set_double_member (body, "top_p", CLAMP (chat->top_p, 0, 1));
  if (chat->seed >= 0)
    json_object_set_int_member (body, "seed", chat->seed);
  if (stops > 4 && encoder->options->known_server)
    return purser_encode_refuse (error, _("OpenAI takes at most 4 stop texts; the request has %u."), stops);
  if (stops > 0)
    {
      JsonArray *list = json_array_new ();
      for (guint i = 0; i < stops; i++)
        json_array_add_string_element (list, chat->stop[i]);
      json_object_set_array_member (body, "stop", list);
    }
  return TRUE;
}

static void
add_stream (Encoder *encoder, JsonObject *body)
{
  json_object_set_boolean_member (body, "stream", encoder->options->stream);
  if (encoder->options->stream && !encoder->options->plain)
    {
      JsonObject *stream = json_object_new ();
      json_object_set_boolean_member (stream, "include_usage", TRUE);
      json_object_set_object_member (body, "stream_options", stream);
    }
}

JsonNode *
purser_openai_chat_encode (const PurserChat *chat, const PurserEncodeOptions *options, GError **error)
{
  g_autoptr(PurserCallIds) ids = purser_call_ids_new (chat);
  g_autoptr(GPtrArray) beside = g_ptr_array_new ();
  g_autoptr(JsonObject) body = json_object_new ();
  Encoder encoder = { chat, options, purser_openai_rule (options->model), ids, json_array_new (), beside };

  json_object_set_string_member (body, "model", options->model);
  json_object_set_array_member (body, "messages", encoder.messages);
  if (!purser_encode_check (chat, options->known_server ? 64 : 0, error) || !add_messages (&encoder, error))
    return NULL;
  add_tools (&encoder, body);
  add_format (&encoder, body);
  if (!add_effort (&encoder, body, error) || !add_sampling (&encoder, body, error))
    return NULL;
  add_stream (&encoder, body);
  return purser_json_new_object (g_steal_pointer (&body));
}
