/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-responses-items.h"
#include "purser-responses-write.h"

#include "purser-json-wire.h"

/* Whole replies. From this very dialect the provider's own items go out, calls named as the caller named them. */

typedef struct
{
  PurserWriter *writer;
  const PurserReplyChoice *choice;
  JsonArray *output; /* (owned) */
  int calls;
} Whole;

static JsonObject *
add_item (Whole *whole, PurserItemKind kind, const char *type, const char *id)
{
  JsonObject *item = json_object_new ();
  g_autofree char *made =
      id == NULL ? purser_responses_item_id (whole->writer, kind, json_array_get_length (whole->output)) : NULL;
  json_object_set_string_member (item, "id", id != NULL ? id : made);
  json_object_set_string_member (item, "type", type);
  json_array_add_object_element (whole->output, item);
  return item;
}

static void
add_reasoning (Whole *whole, const PurserPart *part)
{
  gboolean own = purser_writer_is_own (whole->writer);
  JsonObject *item = add_item (whole, PURSER_ITEM_REASONING, "reasoning", own ? part->id : NULL);
  JsonArray *summary = json_array_new ();
  g_autofree char *json =
      !own && purser_json_object (part->json) != NULL ? purser_json_to_string (part->json, FALSE) : NULL;
  const char *opaque = json != NULL ? json : part->data != NULL ? part->data : part->signature;
  const char *id = own ? part->id : json != NULL ? "json" : part->data != NULL ? "redacted" : part->id;
  if (part->text != NULL)
    {
      JsonObject *text = json_object_new ();
      json_object_set_string_member (text, "type", "summary_text");
      json_object_set_string_member (text, "text", part->text);
      json_array_add_object_element (summary, text);
    }
  json_object_set_array_member (item, "summary", summary);
  if (opaque != NULL)
    {
      g_autofree char *carried = purser_writer_opaque (whole->writer, id, opaque);
      json_object_set_string_member (item, "encrypted_content", carried);
    }
}

static void
add_call (Whole *whole, const PurserPart *part)
{
  int number = whole->calls++;
  const PurserReplyTool *tool =
      (guint) number < whole->choice->tools->len ? g_ptr_array_index (whole->choice->tools, number) : NULL;
  JsonObject *item = add_item (whole, part->custom ? PURSER_ITEM_CUSTOM : PURSER_ITEM_FUNCTION,
                               part->custom ? "custom_tool_call" : "function_call", NULL);
  g_autofree char *id = purser_writer_tool_id (whole->writer, part->id, "call_", 0, number);
  const char *input = tool != NULL ? tool->arguments->str : "";
  json_object_set_string_member (item, "status", "completed");
  json_object_set_string_member (item, "call_id", id);
  purser_responses_set_name (item, purser_writer_options (whole->writer)->chat, purser_writer_tool_name (whole->writer, part->name));
  json_object_set_string_member (item, part->custom ? "input" : "arguments",
                                 *input == 0 && !part->custom ? "{}" : input);
}

static JsonArray *
annotations_of (PurserWriter *writer, const PurserPart *part)
{
  JsonArray *annotations = json_array_new ();
  JsonArray *told = part->json != NULL && JSON_NODE_HOLDS_ARRAY (part->json) ? json_node_get_array (part->json) : NULL;
  glong length = part->text != NULL ? g_utf8_strlen (part->text, -1) : 0;
  for (guint i = 0; told != NULL && i < json_array_get_length (told); i++)
    {
      JsonNode *annotation = purser_responses_annotation (writer, json_array_get_element (told, i), length);
      if (annotation != NULL)
        json_array_add_element (annotations, annotation);
    }
  return annotations;
}

/* Goes on with the message before it, if that is one of the same phase. */
static JsonArray *
content_for (Whole *whole, const PurserPart *part, gboolean goes_on)
{
  guint length = json_array_get_length (whole->output);
  JsonObject *before = goes_on && length > 0 ? json_array_get_object_element (whole->output, length - 1) : NULL;
  if (before != NULL && g_strcmp0 (purser_json_string (before, "phase"), part->phase) == 0)
    return json_object_get_array_member (before, "content");
  JsonObject *item = add_item (whole, PURSER_ITEM_MESSAGE, "message", NULL);
  JsonArray *content = json_array_new ();
  json_object_set_string_member (item, "status", "completed");
  json_object_set_string_member (item, "role", "assistant");
  if (part->phase != NULL)
    json_object_set_string_member (item, "phase", part->phase);
  json_object_set_array_member (item, "content", content);
  return content;
}

static void
add_text (Whole *whole, const PurserPart *part, gboolean goes_on)
{
  JsonArray *content = content_for (whole, part, goes_on);
  JsonObject *object = json_object_new ();
  gboolean text = part->type == PURSER_PART_TEXT;
  json_object_set_string_member (object, "type", text ? "output_text" : "refusal");
  json_object_set_string_member (object, text ? "text" : "refusal", part->text != NULL ? part->text : "");
  if (text)
    {
      json_object_set_array_member (object, "annotations", annotations_of (whole->writer, part));
      json_object_set_array_member (object, "logprobs", json_array_new ());
    }
  json_array_add_object_element (content, object);
}

static JsonArray *
make_output (PurserWriter *writer, const PurserReply *reply, gboolean complete)
{
  PurserMessage *message = purser_reply_message (reply, 0, purser_writer_options (writer)->origin);
  Whole whole = { writer, reply->choices->len > 0 ? g_ptr_array_index (reply->choices, 0) : NULL, json_array_new (),
                  0 };
  gboolean goes_on = FALSE;
  for (guint i = 0; i < message->parts->len; i++)
    {
      const PurserPart *part = g_ptr_array_index (message->parts, i);
      gboolean says = part->type == PURSER_PART_TEXT || part->type == PURSER_PART_REFUSAL;
      if (says)
        add_text (&whole, part, goes_on);
      else if (part->type == PURSER_PART_THINKING)
        add_reasoning (&whole, part);
      else if (part->type == PURSER_PART_TOOL_CALL)
        add_call (&whole, part);
      else if (part->type == PURSER_PART_OPAQUE && purser_writer_is_own (writer) && part->json != NULL)
        json_array_add_element (whole.output, purser_json_copy (part->json));
      goes_on = says;
    }
  purser_message_free (message);
  guint length = json_array_get_length (whole.output);
  JsonObject *last = length > 0 ? json_array_get_object_element (whole.output, length - 1) : NULL;
  if (!complete && last != NULL && json_object_has_member (last, "status"))
    json_object_set_string_member (last, "status", "incomplete");
  return whole.output;
}

static JsonArray *
relay_output (PurserWriter *writer, JsonArray *told)
{
  JsonArray *output = json_array_new ();
  for (guint i = 0; i < json_array_get_length (told); i++)
    {
      JsonObject *item = purser_json_object (json_array_get_element (told, i));
      if (item != NULL)
        json_array_add_object_element (output, purser_written_copy (writer, item));
    }
  return output;
}

JsonObject *
purser_responses_write_whole (PurserWriter *writer, const PurserReply *reply)
{
  const PurserReplyChoice *choice = reply->choices->len > 0 ? g_ptr_array_index (reply->choices, 0) : NULL;
  const char *status = purser_responses_status (writer, choice != NULL ? choice->finish : PURSER_FINISH_DONE);
  JsonArray *told = purser_json_array (purser_responses_told (writer), "output");
  /* A stream's first event has an output too, an empty one; only the last is the whole. */
  gboolean whole = told != NULL && (json_array_get_length (told) > 0 || choice == NULL || choice->items == NULL);
  return purser_responses_response (writer, status,
                                    whole ? relay_output (writer, told)
                                          : make_output (writer, reply, g_str_equal (status, "completed")),
                                    TRUE);
}
