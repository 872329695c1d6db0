/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-encode.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-json-wire.h"

struct _PurserCallIds
{
  GHashTable *ids;   /* part (unowned) → id */
  GHashTable *names; /* id → name (unowned) */
  GHashTable *named; /* name (unowned) → ids of its calls (unowned) in their order */
  GHashTable *given; /* ids that the request gives (unowned) */
  GHashTable *answered; /* ids of calls that a result answers (unowned) */
};

/* One that the request does not use itself. */
static char *
make_id (PurserCallIds *ids, guint *made)
{
  for (;;)
    {
      g_autofree char *id = g_strdup_printf ("call_%u", ++*made);
      if (!g_hash_table_contains (ids->given, id))
        return g_steal_pointer (&id);
    }
}

static void
note_given (PurserCallIds *ids, const PurserPart *part)
{
  if (part->type == PURSER_PART_TOOL_CALL && purser_is_set (part->id))
    g_hash_table_add (ids->given, part->id);
}

static const char *
next_unanswered (PurserCallIds *ids, GQueue *calls)
{
  const char *id = NULL;
  while (calls != NULL && !g_queue_is_empty (calls) && id == NULL)
    {
      id = g_queue_pop_head (calls);
      if (g_hash_table_contains (ids->answered, id))
        id = NULL;
    }
  return id;
}

/* Older Ollama gives no ids: the k-th call of a request without one is call_k, and a result without one answers the first call of
 * its tool's name that nothing answered yet, or else the first of all. */
static const char *
find_call (PurserCallIds *ids, const PurserPart *result, GQueue *calls)
{
  const char *id = purser_is_set (result->name) ? next_unanswered (ids, g_hash_table_lookup (ids->named, result->name)) : NULL;
  if (id == NULL)
    id = next_unanswered (ids, calls);
  return id != NULL ? id : "call_0";
}

static GQueue *
calls_of (PurserCallIds *ids, const char *name)
{
  GQueue *calls = g_hash_table_lookup (ids->named, name);
  if (calls == NULL)
    g_hash_table_insert (ids->named, (gpointer) name, calls = g_queue_new ());
  return calls;
}

static void
take_part (PurserCallIds *ids, const PurserPart *part, GQueue *calls, guint *made)
{
  if (part->type == PURSER_PART_TOOL_CALL)
    {
      char *id = purser_is_set (part->id) ? g_strdup (part->id) : make_id (ids, made);
      g_hash_table_insert (ids->ids, (gpointer) part, id);
      if (purser_is_set (part->name))
        {
          g_hash_table_insert (ids->names, id, part->name);
          g_queue_push_tail (calls_of (ids, part->name), id);
        }
      g_queue_push_tail (calls, id);
    }
  else if (part->type == PURSER_PART_TOOL_RESULT)
    {
      char *id = g_strdup (purser_is_set (part->id) ? part->id : find_call (ids, part, calls));
      g_hash_table_insert (ids->ids, (gpointer) part, id);
      g_hash_table_add (ids->answered, id);
    }
}

PurserCallIds *
purser_call_ids_new (const PurserChat *chat)
{
  PurserCallIds *ids = g_new0 (PurserCallIds, 1);
  GQueue calls = G_QUEUE_INIT;
  guint made = 0;
  ids->ids = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  ids->names = g_hash_table_new (g_str_hash, g_str_equal);
  ids->named = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_queue_free);
  ids->given = g_hash_table_new (g_str_hash, g_str_equal);
  ids->answered = g_hash_table_new (g_str_hash, g_str_equal);
  for (int pass = 0; pass < 2; pass++) /* first what is given, so that what is made differs */
    for (guint i = 0; i < chat->messages->len; i++)
      {
        const PurserMessage *message = g_ptr_array_index (chat->messages, i);
        for (guint j = 0; j < message->parts->len; j++)
          if (pass == 0)
            note_given (ids, g_ptr_array_index (message->parts, j));
          else
            take_part (ids, g_ptr_array_index (message->parts, j), &calls, &made);
      }
  g_queue_clear (&calls);
  return ids;
}

void
purser_call_ids_free (PurserCallIds *ids)
{
  g_hash_table_unref (ids->given);
  g_hash_table_unref (ids->answered);
  g_hash_table_unref (ids->named);
  g_hash_table_unref (ids->names);
  g_hash_table_unref (ids->ids);
  g_free (ids);
}

const char *
purser_call_ids_id (PurserCallIds *ids, const PurserPart *part)
{
  return g_hash_table_lookup (ids->ids, part);
}

const char *
purser_call_ids_name (PurserCallIds *ids, const PurserPart *part)
{
  if (purser_is_set (part->name))
    return part->name;
  return g_hash_table_lookup (ids->names, purser_call_ids_id (ids, part));
}

gboolean
purser_encode_refuse (GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *words = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, PURSER_WIRE_ERROR, PURSER_WIRE_ERROR_UNSUPPORTED, words);
  return FALSE;
}

gboolean
purser_encode_choice_is_word (const char *choice)
{
  static const char *const words[] = { "auto", "none", "required", NULL };
  return choice != NULL && g_strv_contains (words, choice);
}

const PurserTool *
purser_encode_named_tool (const PurserChat *chat)
{
  for (guint i = 0;
       chat->tool_choice != NULL && !purser_encode_choice_is_word (chat->tool_choice) && i < chat->tools->len; i++)
    {
      const PurserTool *tool = g_ptr_array_index (chat->tools, i);
      if (g_strcmp0 (tool->name, chat->tool_choice) == 0)
        return tool;
    }
  return NULL;
}

gboolean
purser_encode_holds_result (const PurserMessage *message)
{
  for (guint i = 0; i < message->parts->len; i++)
    if (((const PurserPart *) g_ptr_array_index (message->parts, i))->type == PURSER_PART_TOOL_RESULT)
      return TRUE;
  return FALSE;
}

gboolean
purser_encode_check (const PurserChat *chat, GError **error)
{
  if (chat->messages->len == 0)
    return purser_encode_refuse (error, _("There is nothing to send: the request has no message."));
  for (guint i = 0; i < chat->tools->len; i++)
    {
      const PurserTool *tool = g_ptr_array_index (chat->tools, i);
      if (!purser_is_set (tool->name) && tool->native == NULL)
        return purser_encode_refuse (error, _("A tool in the request has no name."));
    }
  if (purser_is_set (chat->tool_choice) && !purser_encode_choice_is_word (chat->tool_choice)
      && purser_encode_named_tool (chat) == NULL)
    return purser_encode_refuse (error, _("The request wants the tool “%s” to be called, but does not describe it."),
                                 chat->tool_choice);
  return TRUE;
}

JsonObject *
purser_encode_message (JsonArray *messages, const char *role)
{
  JsonObject *message = json_object_new ();
  json_object_set_string_member (message, "role", role);
  json_array_add_object_element (messages, message);
  return message;
}

char *
purser_encode_text (const GPtrArray *parts)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < parts->len; i++)
    {
      const PurserPart *part = g_ptr_array_index (parts, i);
      if (part->type != PURSER_PART_TEXT || !purser_is_set (part->text))
        continue;
      if (text->len > 0)
        g_string_append (text, "\n\n");
      g_string_append (text, part->text);
    }
  return g_string_free (text, FALSE);
}

/* Arguments in a history that are no object are kept under _raw rather than lost (PROVIDERS §3.2). */
JsonNode *
purser_encode_arguments (const PurserPart *call)
{
  JsonObject *object;
  if (purser_json_object (call->json) != NULL)
    return purser_json_copy (call->json);
  object = json_object_new ();
  if (call->json != NULL && !JSON_NODE_HOLDS_NULL (call->json))
    json_object_set_member (object, "_raw", purser_json_copy (call->json));
  else if (purser_is_set (call->text))
    json_object_set_string_member (object, "_raw", call->text);
  return purser_json_new_object (object);
}

JsonNode *
purser_encode_schema (const PurserTool *tool)
{
  JsonObject *object;
  if (tool->schema != NULL)
    return purser_json_copy (tool->schema);
  object = json_object_new ();
  json_object_set_string_member (object, "type", "object");
  json_object_set_object_member (object, "properties", json_object_new ());
  return purser_json_new_object (object);
}

static gboolean
describes_object (JsonObject *schema)
{
  return purser_json_member (schema, "properties") != NULL
         || g_strcmp0 (purser_json_string (schema, "type"), "object") == 0;
}

static void
close_schema (JsonNode *node)
{
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);
      for (guint i = 0; i < json_array_get_length (array); i++)
        close_schema (json_array_get_element (array, i));
      return;
    }
  JsonObject *schema = purser_json_object (node);
  if (schema == NULL)
    return;
  g_autoptr(GList) members = json_object_get_values (schema);
  for (GList *l = members; l != NULL; l = l->next)
    close_schema (l->data);
  if (describes_object (schema) && purser_json_node (schema, "additionalProperties") == NULL)
    json_object_set_boolean_member (schema, "additionalProperties", FALSE);
}

JsonNode *
purser_encode_closed_schema (JsonNode *schema)
{
  JsonNode *closed = purser_json_copy (schema);
  close_schema (closed);
  return closed;
}

/* Strict mode wants additionalProperties false and every property required, in every object. */
gboolean
purser_encode_is_strict (JsonNode *node)
{
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);
      for (guint i = 0; i < json_array_get_length (array); i++)
        if (!purser_encode_is_strict (json_array_get_element (array, i)))
          return FALSE;
      return TRUE;
    }
  JsonObject *schema = purser_json_object (node);
  if (schema == NULL)
    return TRUE;
  JsonObject *properties = purser_json_member (schema, "properties");
  JsonArray *required = purser_json_array (schema, "required");
  guint wanted = properties != NULL ? json_object_get_size (properties) : 0;
  if (describes_object (schema)
      && (purser_json_boolean (schema, "additionalProperties", TRUE)
          || (required ? json_array_get_length (required) : 0) != wanted))
    return FALSE;
  g_autoptr(GList) members = json_object_get_values (schema);
  for (GList *l = members; l != NULL; l = l->next)
    if (!purser_encode_is_strict (l->data))
      return FALSE;
  return TRUE;
}

char *
purser_encode_data_url (const PurserPart *part)
{
  return g_strdup_printf ("data:%s;base64,%s",
                          purser_is_set (part->media_type) ? part->media_type : "application/octet-stream", part->data);
}

char *
purser_encode_result (const PurserPart *result)
{
  const char *text = result->text != NULL ? result->text : "";
  return g_strconcat (result->is_error ? "Error: " : "", text, NULL);
}
