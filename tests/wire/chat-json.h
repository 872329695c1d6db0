/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <math.h>

#include "purser-chat.h"
#include "purser-json.h"

/* A request as readable JSON, and back: what it does not say is not there. One table a type serves both ways. */

typedef enum
{
  CHAT_JSON_TEXT,
  CHAT_JSON_COUNT,
  CHAT_JSON_NUMBER,
  CHAT_JSON_FLAG,
  CHAT_JSON_SIGN,
  CHAT_JSON_MARK,
  CHAT_JSON_NODE
} ChatJsonKind;
typedef struct
{
  const char *name;
  ChatJsonKind kind;
  gsize offset;
  gint64 unsaid;
} ChatJsonField;
#define CHAT_JSON_FIELD(type, name, kind, unsaid) { #name, kind, G_STRUCT_OFFSET (type, name), unsaid }

static const char *const chat_json_roles[] = { "system", "user", "assistant", "tool" };
static const char *const chat_json_types[] = { "text",   "image",    "file",    "audio", "call",
                                               "result", "thinking", "refusal", "opaque" };
static const char *const chat_json_marks[] = { "none", "short", "long" };

static const ChatJsonField chat_json_part[] = {
  CHAT_JSON_FIELD (PurserPart, text, CHAT_JSON_TEXT, 0),
  CHAT_JSON_FIELD (PurserPart, media_type, CHAT_JSON_TEXT, 0),
  CHAT_JSON_FIELD (PurserPart, data, CHAT_JSON_TEXT, 0),
  CHAT_JSON_FIELD (PurserPart, url, CHAT_JSON_TEXT, 0),
  CHAT_JSON_FIELD (PurserPart, id, CHAT_JSON_TEXT, 0),
  CHAT_JSON_FIELD (PurserPart, name, CHAT_JSON_TEXT, 0),
  CHAT_JSON_FIELD (PurserPart, signature, CHAT_JSON_TEXT, 0),
  CHAT_JSON_FIELD (PurserPart, json, CHAT_JSON_NODE, 0),
  CHAT_JSON_FIELD (PurserPart, is_error, CHAT_JSON_FLAG, 0),
  CHAT_JSON_FIELD (PurserPart, detail, CHAT_JSON_TEXT, 0),
  CHAT_JSON_FIELD (PurserPart, dialect, CHAT_JSON_TEXT, 0),
  CHAT_JSON_FIELD (PurserPart, phase, CHAT_JSON_TEXT, 0),
  CHAT_JSON_FIELD (PurserPart, cache, CHAT_JSON_MARK, 0),
  CHAT_JSON_FIELD (PurserPart, custom, CHAT_JSON_FLAG, 0),
  CHAT_JSON_FIELD (PurserPart, is_text, CHAT_JSON_FLAG, 0),
};

static const ChatJsonField chat_json_tool[] = {
  CHAT_JSON_FIELD (PurserTool, name, CHAT_JSON_TEXT, 0),   CHAT_JSON_FIELD (PurserTool, description, CHAT_JSON_TEXT, 0),
  CHAT_JSON_FIELD (PurserTool, schema, CHAT_JSON_NODE, 0), CHAT_JSON_FIELD (PurserTool, strict, CHAT_JSON_SIGN, 0),
  CHAT_JSON_FIELD (PurserTool, cache, CHAT_JSON_MARK, 0),  CHAT_JSON_FIELD (PurserTool, custom, CHAT_JSON_FLAG, 0),
  CHAT_JSON_FIELD (PurserTool, native, CHAT_JSON_NODE, 0),
};

static const ChatJsonField chat_json_chat[] = {
  CHAT_JSON_FIELD (PurserChat, dialect, CHAT_JSON_TEXT, 0),
  CHAT_JSON_FIELD (PurserChat, model, CHAT_JSON_TEXT, 0),
  CHAT_JSON_FIELD (PurserChat, stream, CHAT_JSON_FLAG, 0),
  CHAT_JSON_FIELD (PurserChat, tool_choice, CHAT_JSON_TEXT, 0),
  CHAT_JSON_FIELD (PurserChat, max_tokens, CHAT_JSON_COUNT, -1),
  CHAT_JSON_FIELD (PurserChat, temperature, CHAT_JSON_NUMBER, 0),
  CHAT_JSON_FIELD (PurserChat, top_p, CHAT_JSON_NUMBER, 0),
  CHAT_JSON_FIELD (PurserChat, seed, CHAT_JSON_COUNT, -1),
  CHAT_JSON_FIELD (PurserChat, schema, CHAT_JSON_NODE, 0),
  CHAT_JSON_FIELD (PurserChat, json_output, CHAT_JSON_FLAG, 0),
  CHAT_JSON_FIELD (PurserChat, effort, CHAT_JSON_TEXT, 0),
  CHAT_JSON_FIELD (PurserChat, include_usage, CHAT_JSON_FLAG, 0),
  CHAT_JSON_FIELD (PurserChat, parallel_tools, CHAT_JSON_SIGN, 0),
  CHAT_JSON_FIELD (PurserChat, top_k, CHAT_JSON_COUNT, -1),
  CHAT_JSON_FIELD (PurserChat, frequency_penalty, CHAT_JSON_NUMBER, 0),
  CHAT_JSON_FIELD (PurserChat, presence_penalty, CHAT_JSON_NUMBER, 0),
  CHAT_JSON_FIELD (PurserChat, n, CHAT_JSON_COUNT, 0),
  CHAT_JSON_FIELD (PurserChat, thinking, CHAT_JSON_TEXT, 0),
  CHAT_JSON_FIELD (PurserChat, thinking_budget, CHAT_JSON_COUNT, -1),
  CHAT_JSON_FIELD (PurserChat, thinking_display, CHAT_JSON_TEXT, 0),
  CHAT_JSON_FIELD (PurserChat, schema_name, CHAT_JSON_TEXT, 0),
  CHAT_JSON_FIELD (PurserChat, schema_strict, CHAT_JSON_SIGN, 0),
  CHAT_JSON_FIELD (PurserChat, verbosity, CHAT_JSON_TEXT, 0),
  CHAT_JSON_FIELD (PurserChat, service_tier, CHAT_JSON_TEXT, 0),
  CHAT_JSON_FIELD (PurserChat, user, CHAT_JSON_TEXT, 0),
  CHAT_JSON_FIELD (PurserChat, cache_key, CHAT_JSON_TEXT, 0),
  CHAT_JSON_FIELD (PurserChat, cache, CHAT_JSON_MARK, 0),
  CHAT_JSON_FIELD (PurserChat, metadata, CHAT_JSON_NODE, 0),
  CHAT_JSON_FIELD (PurserChat, logprobs, CHAT_JSON_COUNT, -1),
};

static inline int
chat_json_word (const char *const *words, gsize n_words, const char *word)
{
  for (gsize i = 0; i < n_words; i++)
    if (g_strcmp0 (words[i], word) == 0)
      return (int) i;
  g_error ("no such word: %s", word);
}

static inline void
chat_json_say (JsonObject *object, const ChatJsonField *field, const void *value)
{
  const char *text = field->kind == CHAT_JSON_TEXT ? *(char *const *) value : NULL;
  JsonNode *node = field->kind == CHAT_JSON_NODE ? *(JsonNode *const *) value : NULL;
  if (text != NULL)
    json_object_set_string_member (object, field->name, text);
  if (node != NULL)
    json_object_set_member (object, field->name, json_node_ref (node));
  if (field->kind == CHAT_JSON_COUNT && *(const gint64 *) value != field->unsaid)
    json_object_set_int_member (object, field->name, *(const gint64 *) value);
  if (field->kind == CHAT_JSON_NUMBER && !isnan (*(const double *) value))
    json_object_set_double_member (object, field->name, *(const double *) value);
  if (field->kind == CHAT_JSON_FLAG && *(const gboolean *) value)
    json_object_set_boolean_member (object, field->name, TRUE);
  if (field->kind == CHAT_JSON_SIGN && *(const int *) value != 0)
    json_object_set_boolean_member (object, field->name, *(const int *) value > 0);
  if (field->kind == CHAT_JSON_MARK && *(const int *) value != 0)
    json_object_set_string_member (object, field->name, chat_json_marks[*(const int *) value]);
}

static inline void
chat_json_hear (JsonObject *object, const ChatJsonField *field, void *value)
{
  JsonNode *node = purser_json_node (object, field->name);
  if (node == NULL)
    return;
  if (field->kind == CHAT_JSON_TEXT)
    g_set_str ((char **) value, json_node_get_string (node));
  if (field->kind == CHAT_JSON_NODE)
    *(JsonNode **) value = json_node_ref (node);
  if (field->kind == CHAT_JSON_COUNT)
    *(gint64 *) value = json_node_get_int (node);
  if (field->kind == CHAT_JSON_NUMBER)
    *(double *) value = json_node_get_double (node);
  if (field->kind == CHAT_JSON_FLAG)
    *(gboolean *) value = json_node_get_boolean (node);
  if (field->kind == CHAT_JSON_SIGN)
    *(int *) value = json_node_get_boolean (node) ? 1 : -1;
  if (field->kind == CHAT_JSON_MARK)
    *(int *) value = chat_json_word (chat_json_marks, G_N_ELEMENTS (chat_json_marks), json_node_get_string (node));
}

static inline void
chat_json_say_all (JsonObject *object, const ChatJsonField *fields, gsize n_fields, const void *said)
{
  for (gsize i = 0; i < n_fields; i++)
    chat_json_say (object, &fields[i], (const char *) said + fields[i].offset);
}

static inline void
chat_json_hear_all (JsonObject *object, const ChatJsonField *fields, gsize n_fields, void *heard)
{
  for (gsize i = 0; i < n_fields; i++)
    chat_json_hear (object, &fields[i], (char *) heard + fields[i].offset);
}

static inline JsonArray *
chat_json_parts (const GPtrArray *parts)
{
  JsonArray *array = json_array_new ();
  for (guint i = 0; i < parts->len; i++)
    {
      const PurserPart *part = g_ptr_array_index (parts, i);
      JsonObject *object = json_object_new ();
      json_object_set_string_member (object, "type", chat_json_types[part->type]);
      chat_json_say_all (object, chat_json_part, G_N_ELEMENTS (chat_json_part), part);
      if (part->parts != NULL)
        json_object_set_array_member (object, "parts", chat_json_parts (part->parts));
      json_array_add_object_element (array, object);
    }
  return array;
}

/* (transfer full) */
static inline JsonNode *
chat_json_dump (const PurserChat *chat)
{
  JsonObject *object = json_object_new ();
  JsonArray *messages = json_array_new (), *tools = json_array_new ();
  chat_json_say_all (object, chat_json_chat, G_N_ELEMENTS (chat_json_chat), chat);
  for (guint i = 0; i < chat->messages->len; i++)
    {
      const PurserMessage *message = g_ptr_array_index (chat->messages, i);
      JsonObject *said = json_object_new ();
      json_object_set_string_member (said, "role", chat_json_roles[message->role]);
      if (message->name != NULL)
        json_object_set_string_member (said, "name", message->name);
      json_object_set_array_member (said, "parts", chat_json_parts (message->parts));
      json_array_add_object_element (messages, said);
    }
  json_object_set_array_member (object, "messages", messages);
  for (guint i = 0; i < chat->tools->len; i++)
    {
      JsonObject *tool = json_object_new ();
      chat_json_say_all (tool, chat_json_tool, G_N_ELEMENTS (chat_json_tool), g_ptr_array_index (chat->tools, i));
      json_array_add_object_element (tools, tool);
    }
  if (chat->tools->len > 0)
    json_object_set_array_member (object, "tools", json_array_ref (tools));
  json_array_unref (tools);
  if (chat->stop != NULL)
    {
      JsonArray *stop = json_array_new ();
      for (guint i = 0; chat->stop[i] != NULL; i++)
        json_array_add_string_element (stop, chat->stop[i]);
      json_object_set_array_member (object, "stop", stop);
    }
  if (chat->native != NULL)
    json_object_set_object_member (object, "native", json_object_ref (chat->native));
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, object);
  return node;
}

static inline GPtrArray *
chat_json_make_parts (JsonArray *source)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func ((GDestroyNotify) purser_part_free);
  for (guint i = 0; i < json_array_get_length (source); i++)
    {
      JsonObject *object = json_array_get_object_element (source, i);
      PurserPart *part = g_new0 (PurserPart, 1);
      part->type =
          chat_json_word (chat_json_types, G_N_ELEMENTS (chat_json_types), purser_json_string (object, "type"));
      chat_json_hear_all (object, chat_json_part, G_N_ELEMENTS (chat_json_part), part);
      if (purser_json_array (object, "parts") != NULL)
        part->parts = chat_json_make_parts (purser_json_array (object, "parts"));
      g_ptr_array_add (parts, part);
    }
  return parts;
}

/* A message's "text" is short for its only part. (transfer full) */
static inline PurserChat *
chat_json_make (JsonObject *object)
{
  PurserChat *chat = purser_chat_new ();
  JsonArray *messages = purser_json_array (object, "messages"), *tools = purser_json_array (object, "tools");
  JsonArray *stop = purser_json_array (object, "stop");
  chat_json_hear_all (object, chat_json_chat, G_N_ELEMENTS (chat_json_chat), chat);
  for (guint i = 0; messages != NULL && i < json_array_get_length (messages); i++)
    {
      JsonObject *source = json_array_get_object_element (messages, i);
      PurserMessage *message =
          purser_chat_add_message (chat, chat_json_word (chat_json_roles, G_N_ELEMENTS (chat_json_roles),
                                                         purser_json_string (source, "role")));
      message->name = g_strdup (purser_json_string (source, "name"));
      if (purser_json_string (source, "text") != NULL)
        purser_message_add (message, PURSER_PART_TEXT, purser_json_string (source, "text"));
      if (purser_json_array (source, "parts") != NULL)
        {
          g_ptr_array_unref (message->parts);
          message->parts = chat_json_make_parts (purser_json_array (source, "parts"));
        }
    }
  for (guint i = 0; tools != NULL && i < json_array_get_length (tools); i++)
    {
      PurserTool *tool = g_new0 (PurserTool, 1);
      chat_json_hear_all (json_array_get_object_element (tools, i), chat_json_tool, G_N_ELEMENTS (chat_json_tool),
                          tool);
      g_ptr_array_add (chat->tools, tool);
    }
  if (stop != NULL)
    {
      chat->stop = g_new0 (char *, json_array_get_length (stop) + 1);
      for (guint i = 0; i < json_array_get_length (stop); i++)
        chat->stop[i] = g_strdup (json_array_get_string_element (stop, i));
    }
  if (purser_json_member (object, "native") != NULL)
    chat->native = json_object_ref (purser_json_member (object, "native"));
  return chat;
}
