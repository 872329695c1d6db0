/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-responses-items.h"
#include "purser-responses-write.h"

#include <string.h>

#include "purser-json-wire.h"

/* Items as frames (PROVIDERS §6.3): each is added, grows by fragments, is told again whole, and is done. */

static const struct
{
  const char *type, *prefix;
} item_kinds[] = {
  [PURSER_ITEM_MESSAGE] = { "message", "msg_" },
  [PURSER_ITEM_REASONING] = { "reasoning", "rs_" },
  [PURSER_ITEM_FUNCTION] = { "function_call", "fc_" },
  [PURSER_ITEM_CUSTOM] = { "custom_tool_call", "ctc_" },
  [PURSER_ITEM_OTHER] = { "", "item_" },
};

char *
purser_responses_item_id (PurserWriter *writer, PurserItemKind kind, guint index)
{
  const char *reply = purser_writer_id (writer, "resp_");
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, reply, -1);
  return g_strdup_printf ("%s%.28s%04x", item_kinds[kind].prefix, sum, index);
}

void
purser_written_free (gpointer data)
{
  PurserWrittenItem *item = data;
  g_free (item->id);
  g_clear_pointer (&item->base, json_object_unref);
  g_clear_pointer (&item->last, json_object_unref);
  g_free (item->phase);
  json_array_unref (item->content);
  json_array_unref (item->summary);
  g_free (item->opaque);
  purser_written_part_free (item->part);
  g_free (item->call_id);
  g_free (item->name);
  g_string_free (item->input, TRUE);
  if (item->prefix != NULL)
    g_string_free (item->prefix, TRUE);
  g_clear_pointer (&item->done, json_node_unref);
  g_free (item);
}

JsonObject *
purser_responses_event (PurserResponsesWriter *self, const char *type)
{
  JsonObject *event = json_object_new ();
  json_object_set_string_member (event, "type", type);
  json_object_set_int_member (event, "sequence_number", self->sequence++);
  return event;
}

void
purser_responses_send (PurserResponsesWriter *self, JsonObject *event, gboolean terminal)
{
  g_autofree char *type = g_strdup (purser_json_string (event, "type"));
  purser_writer_sse (self->writer, type, event, terminal);
}

JsonObject *
purser_written_copy (PurserWriter *writer, JsonObject *item)
{
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), item);
  g_autoptr(JsonNode) copy = purser_json_copy (node);
  JsonObject *object = json_node_get_object (copy);
  PurserItemKind kind = purser_responses_kind (purser_json_string (object, "type"));
  const char *name = purser_json_string (object, "name");
  if ((kind == PURSER_ITEM_FUNCTION || kind == PURSER_ITEM_CUSTOM) && name != NULL)
    {
      g_autofree char *own = g_strdup (purser_writer_tool_name (writer, name));
      json_object_set_string_member (object, "name", own);
    }
  return json_object_ref (object);
}

PurserWrittenItem *
purser_written_open (PurserResponsesWriter *self, PurserItemKind kind, JsonObject *base)
{
  const char *id = purser_json_string (base, "id");
  PurserWrittenItem *item = g_new0 (PurserWrittenItem, 1);
  item->kind = kind;
  item->index = self->items->len;
  item->id = id != NULL ? g_strdup (id) : purser_responses_item_id (self->writer, kind, item->index);
  item->base = base != NULL ? purser_written_copy (self->writer, base) : NULL;
  item->content = json_array_new ();
  item->summary = json_array_new ();
  item->input = g_string_new (NULL);
  item->tool = -1;
  item->chat = purser_writer_options (self->writer)->chat;
  g_ptr_array_add (self->items, item);
  return item;
}

static gboolean
is_call (const PurserWrittenItem *item)
{
  return item->kind == PURSER_ITEM_FUNCTION || item->kind == PURSER_ITEM_CUSTOM;
}

static JsonObject *
make_item (const PurserWrittenItem *item, const char *status)
{
  JsonObject *object = json_object_new ();
  json_object_set_string_member (object, "id", item->id);
  json_object_set_string_member (object, "type", item_kinds[item->kind].type);
  if (item->kind != PURSER_ITEM_REASONING) /* OpenAI's reasoning items have none */
    json_object_set_string_member (object, "status", status);
  if (item->kind == PURSER_ITEM_MESSAGE)
    json_object_set_string_member (object, "role", "assistant");
  if (item->phase != NULL)
    json_object_set_string_member (object, "phase", item->phase);
  return object;
}

/* What the events said, in the place of what the provider's own object says. */
static void
fill_item (const PurserWrittenItem *item, JsonObject *object)
{
  if (item->kind == PURSER_ITEM_MESSAGE)
    json_object_set_array_member (object, "content", json_array_ref (item->content));
  if (item->kind == PURSER_ITEM_REASONING)
    {
      json_object_set_array_member (object, "summary", json_array_ref (item->summary));
      if (json_array_get_length (item->content) > 0)
        json_object_set_array_member (object, "content", json_array_ref (item->content));
      if (item->opaque != NULL)
        json_object_set_string_member (object, "encrypted_content", item->opaque);
    }
  if (is_call (item))
    {
      if (item->call_id != NULL)
        json_object_set_string_member (object, "call_id", item->call_id);
      if (item->name != NULL)
        purser_responses_set_name (object, item->chat, item->name);
      json_object_set_string_member (object, item->kind == PURSER_ITEM_CUSTOM ? "input" : "arguments",
                                     item->input->str);
    }
}

static void
send_item (PurserResponsesWriter *self, const PurserWrittenItem *item, const char *type, JsonNode *node)
{
  JsonObject *event = purser_responses_event (self, type);
  json_object_set_int_member (event, "output_index", item->index);
  json_object_set_member (event, "item", node);
  purser_responses_send (self, event, FALSE);
}

void
purser_written_added (PurserResponsesWriter *self, PurserWrittenItem *item)
{
  JsonObject *object = item->base != NULL ? json_object_ref (item->base) : make_item (item, "in_progress");
  if (item->base == NULL)
    fill_item (item, object);
  send_item (self, item, "response.output_item.added", purser_json_new_object (object));
}

void
purser_written_input (PurserResponsesWriter *self, PurserWrittenItem *item, const char *text, gsize length)
{
  if (item->prefix == NULL)
    {
      item->prefix = g_string_new (NULL);
      purser_written_frame (item->prefix,
                            item->kind == PURSER_ITEM_CUSTOM ? "response.custom_tool_call_input.delta"
                                                             : "response.function_call_arguments.delta",
                            item, NULL, 0);
    }
  g_string_append_len (item->input, text, length);
  purser_written_fragment (self, item->prefix, text, length, "}\n\n");
}

/* A call without arguments says so: "{}", never nothing (PROVIDERS §3.2). */
static void
end_input (PurserResponsesWriter *self, PurserWrittenItem *item)
{
  gboolean custom = item->kind == PURSER_ITEM_CUSTOM;
  if (item->input->len == 0 && !custom)
    purser_written_input (self, item, "{}", 2);
  JsonObject *event = purser_responses_event (self, custom ? "response.custom_tool_call_input.done"
                                                           : "response.function_call_arguments.done");
  json_object_set_string_member (event, "item_id", item->id);
  json_object_set_int_member (event, "output_index", item->index);
  if (item->base == NULL) /* published, but not seen on OpenAI's wire */
    purser_responses_set_name (event, item->chat, item->name != NULL ? item->name : "");
  json_object_set_string_member (event, custom ? "input" : "arguments", item->input->str);
  purser_responses_send (self, event, FALSE);
}

void
purser_written_close (PurserResponsesWriter *self, PurserWrittenItem *item, gboolean complete)
{
  JsonObject *object;
  if (item->done != NULL)
    return;
  purser_written_close_part (self, item);
  if (is_call (item))
    end_input (self, item);
  if (item->last != NULL)
    object = purser_written_copy (self->writer, item->last);
  else if (item->base != NULL)
    {
      object = purser_written_copy (self->writer, item->base);
      if (json_object_has_member (object, "status"))
        json_object_set_string_member (object, "status", complete ? "completed" : "incomplete");
    }
  else
    object = make_item (item, complete ? "completed" : "incomplete");
  fill_item (item, object);
  item->done = purser_json_new_object (object);
  if (self->content == item)
    self->content = NULL;
  send_item (self, item, "response.output_item.done", json_node_ref (item->done));
}
