/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-ollama.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "purser-encode.h"
#include "purser-json-wire.h"

/* Requests of /api/chat. What it cannot say, and what becomes of it (PROVIDERS §3, §4.9):
 *
 *   an image by address         refused: it takes only inlined ones
 *   a file                      plain text goes in as text; others are refused
 *   signed thinking             dropped: it is another provider's; unsigned goes back as `thinking`
 *   a result that is an error   its text begins with "Error: "
 *   tool_choice "none"          the tools are left out
 *   a forced tool               asked for in words: not enforced; of tools, only the named one is sent
 *   effort                      "none" → think:false, xhigh and max → "max"; others → true, or the word for gpt-oss
 *   nothing said of streaming   said: Ollama streams unless told not to
 */

static gboolean
add_file_text (GString *text, const PurserPart *part, GError **error)
{
  gsize length;
  if (part->data == NULL || part->media_type == NULL || !g_str_has_prefix (part->media_type, "text/"))
    return purser_encode_refuse (error, _("Ollama takes no files but plain text."));
  g_autofree guchar *bytes = g_base64_decode (part->data, &length);
  g_autofree char *content = g_utf8_make_valid ((const char *) bytes, length);
  g_string_append_printf (text, "%s%s%s%s", text->len > 0 ? "\n\n" : "", part->name ? part->name : "",
                          part->name ? ":\n" : "", content);
  return TRUE;
}

static gboolean
add_image (JsonArray *images, const PurserPart *part, GError **error)
{
  if (part->data == NULL)
    return purser_encode_refuse (error, _("Ollama takes images only inside the request, not by address."));
  json_array_add_string_element (images, part->data);
  return TRUE;
}

static void
add_call (JsonArray *calls, const PurserPart *part, PurserCallIds *ids)
{
  JsonObject *call = json_object_new (), *function = json_object_new ();
  json_object_set_string_member (function, "name", part->name ? part->name : "");
  json_object_set_member (function, "arguments", purser_encode_arguments (part));
  json_object_set_string_member (call, "id", purser_call_ids_id (ids, part));
  json_object_set_object_member (call, "function", function);
  json_array_add_object_element (calls, call);
}

/* What a message gathers from its parts. */
typedef struct { GString *text, *thinking; JsonArray *images, *calls; } Gathered;

static void
gathered_clear (Gathered *gathered)
{
  g_string_free (gathered->text, TRUE);
  g_string_free (gathered->thinking, TRUE);
  json_array_unref (gathered->images);
  json_array_unref (gathered->calls);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Gathered, gathered_clear)

static gboolean
gather (Gathered *gathered, const PurserPart *part, PurserCallIds *ids, GError **error)
{
  switch (part->type)
    {
    case PURSER_PART_TEXT:
      if (part->text != NULL && *part->text != 0)
        g_string_append_printf (gathered->text, "%s%s", gathered->text->len > 0 ? "\n\n" : "", part->text);
      return TRUE;
    case PURSER_PART_IMAGE:
      return add_image (gathered->images, part, error);
    case PURSER_PART_FILE:
      return add_file_text (gathered->text, part, error);
    case PURSER_PART_TOOL_CALL:
      add_call (gathered->calls, part, ids);
      return TRUE;
    case PURSER_PART_THINKING:
      if (part->signature == NULL && part->text != NULL)
        g_string_append (gathered->thinking, part->text);
      return TRUE;
    case PURSER_PART_TOOL_RESULT:
      return TRUE; /* a message of its own */
    }
  return TRUE;
}

static void
add_result (JsonArray *messages, const PurserPart *part, PurserCallIds *ids)
{
  g_autofree char *text = purser_encode_result (part);
  const char *name = purser_call_ids_name (ids, part);
  JsonObject *message = purser_encode_message (messages, "tool");
  json_object_set_string_member (message, "content", text);
  if (name != NULL)
    json_object_set_string_member (message, "tool_name", name);
  json_object_set_string_member (message, "tool_call_id", purser_call_ids_id (ids, part));
}

static gboolean
add_message (JsonArray *messages, const PurserMessage *source, PurserCallIds *ids, GError **error)
{
  static const char *const roles[] = { [PURSER_ROLE_SYSTEM] = "system",
                                       [PURSER_ROLE_USER] = "user",
                                       [PURSER_ROLE_ASSISTANT] = "assistant",
                                       [PURSER_ROLE_TOOL] = "user" };
  g_auto(Gathered) gathered = { g_string_new (NULL), g_string_new (NULL), json_array_new (), json_array_new () };
  for (guint i = 0; i < source->parts->len; i++)
    {
      const PurserPart *part = g_ptr_array_index (source->parts, i);
      if (!gather (&gathered, part, ids, error))
        return FALSE;
    }
  gboolean images = json_array_get_length (gathered.images) > 0, calls = json_array_get_length (gathered.calls) > 0;
  if (gathered.text->len == 0 && gathered.thinking->len == 0 && !images && !calls)
    return TRUE;
  JsonObject *message = purser_encode_message (messages, roles[source->role]);
  json_object_set_string_member (message, "content", gathered.text->str);
  if (gathered.thinking->len > 0)
    json_object_set_string_member (message, "thinking", gathered.thinking->str);
  if (images)
    json_object_set_array_member (message, "images", json_array_ref (gathered.images));
  if (calls)
    json_object_set_array_member (message, "tool_calls", json_array_ref (gathered.calls));
  return TRUE;
}

/* Results come right after the calls; what stood beside them waits for a message after the last of them. */
static gboolean
add_messages (JsonArray *messages, const PurserChat *chat, PurserCallIds *ids, GError **error)
{
  g_autoptr(GPtrArray) parts = g_ptr_array_new ();
  const PurserMessage beside = { PURSER_ROLE_USER, parts };
  for (guint i = 0; i < chat->messages->len; i++)
    {
      const PurserMessage *source = g_ptr_array_index (chat->messages, i);
      gboolean results = purser_encode_holds_result (source);
      for (guint j = 0; results && j < source->parts->len; j++)
        {
          PurserPart *part = g_ptr_array_index (source->parts, j);
          if (part->type == PURSER_PART_TOOL_RESULT)
            add_result (messages, part, ids);
          else
            g_ptr_array_add (parts, part);
        }
      if (results)
        continue;
      if (!add_message (messages, &beside, ids, error) || !add_message (messages, source, ids, error))
        return FALSE;
      g_ptr_array_set_size (parts, 0);
    }
  return add_message (messages, &beside, ids, error);
}

static void
tell_choice (JsonArray *messages, const PurserChat *chat)
{
  const PurserTool *named = purser_encode_named_tool (chat);
  g_autofree char *words = NULL;
  if (named != NULL)
    words = g_strdup_printf ("Answer by calling the tool %s.", named->name);
  else if (g_strcmp0 (chat->tool_choice, "required") == 0 && chat->tools->len > 0)
    words = g_strdup ("Answer by calling one of the tools.");
  if (words != NULL)
    json_object_set_string_member (purser_encode_message (messages, "system"), "content", words);
}

static void
add_tools (JsonObject *body, const PurserChat *chat)
{
  const PurserTool *named = purser_encode_named_tool (chat);
  JsonArray *tools;
  if (chat->tools->len == 0 || g_strcmp0 (chat->tool_choice, "none") == 0)
    return;
  tools = json_array_new ();
  for (guint i = 0; i < chat->tools->len; i++)
    {
      const PurserTool *tool = g_ptr_array_index (chat->tools, i);
      if (named != NULL && tool != named)
        continue;
      JsonObject *object = json_object_new (), *function = json_object_new ();
      json_object_set_string_member (function, "name", tool->name ? tool->name : "");
      json_object_set_string_member (function, "description", tool->description ? tool->description : "");
      json_object_set_member (function, "parameters", purser_encode_schema (tool));
      json_object_set_string_member (object, "type", "function");
      json_object_set_object_member (object, "function", function);
      json_array_add_object_element (tools, object);
    }
  json_object_set_array_member (body, "tools", tools);
}

/* Ollama's default window is as small as 4096 tokens, and a longer prompt is cut without a word (PROVIDERS.md §4.9). A request that may
 * not fit asks for a larger one, by doubling: each new size makes the server load the model again. */
static gint64
wanted_window (const PurserChat *chat, gint64 context_tokens)
{
  gint64 needed = 2 * purser_chat_estimate_tokens (chat) + (chat->max_tokens > 0 ? chat->max_tokens : 1024);
  gint64 window = 4096;
  while (window < needed && window < context_tokens)
    window *= 2;
  return MIN (window, context_tokens);
}

static void
add_options (JsonObject *body, const PurserChat *chat, gint64 context_tokens)
{
  g_autoptr(JsonObject) options = json_object_new ();
  if (wanted_window (chat, context_tokens) > 4096)
    json_object_set_int_member (options, "num_ctx", wanted_window (chat, context_tokens));
  if (chat->max_tokens >= 0)
    json_object_set_int_member (options, "num_predict", chat->max_tokens);
  if (!isnan (chat->temperature))
    json_object_set_double_member (options, "temperature", CLAMP (chat->temperature, 0, 2));
  if (!isnan (chat->top_p))
    json_object_set_double_member (options, "top_p", CLAMP (chat->top_p, 0, 1));
  if (chat->seed >= 0)
    json_object_set_int_member (options, "seed", chat->seed);
  if (chat->stop != NULL && chat->stop[0] != NULL)
    {
      JsonArray *stop = json_array_new ();
      for (guint i = 0; chat->stop[i] != NULL; i++)
        json_array_add_string_element (stop, chat->stop[i]);
      json_object_set_array_member (options, "stop", stop);
    }
  if (json_object_get_size (options) > 0)
    json_object_set_object_member (body, "options", json_object_ref (options));
}

static void
add_think (JsonObject *body, const char *effort, const char *model)
{
  static const char *const words[] = { "low", "medium", "high", NULL };
  if (effort == NULL)
    return;
  if (g_str_equal (effort, "xhigh") || g_str_equal (effort, "max"))
    json_object_set_string_member (body, "think", "max");
  else if (strstr (model, "gpt-oss") != NULL && !g_str_equal (effort, "none"))
    json_object_set_string_member (body, "think",
                                   g_strv_contains (words, effort) ? effort
                                                                   : "low"); /* it cannot be turned off, only down */
  else
    json_object_set_boolean_member (body, "think", !g_str_equal (effort, "none"));
}

JsonNode *
purser_ollama_encode (const PurserChat *chat, const PurserEncodeOptions *options, GError **error)
{
  g_autoptr(PurserCallIds) ids = purser_call_ids_new (chat);
  g_autoptr(JsonObject) body = json_object_new ();
  JsonArray *messages = json_array_new ();

  json_object_set_string_member (body, "model", options->model);
  json_object_set_array_member (body, "messages", messages);
  if (!purser_encode_check (chat, 0, error) || !add_messages (messages, chat, ids, error))
    return NULL;
  tell_choice (messages, chat);
  add_tools (body, chat);
  if (chat->schema != NULL)
    json_object_set_member (body, "format", purser_json_copy (chat->schema));
  else if (chat->json_output)
    json_object_set_string_member (body, "format", "json");
  add_think (body, chat->effort, options->model);
  add_options (body, chat, options->context_tokens);
  json_object_set_boolean_member (body, "stream", options->stream);
  return purser_json_new_object (g_steal_pointer (&body));
}
