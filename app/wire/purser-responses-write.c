/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-responses-write.h"

#include <string.h>

#include "purser-json-wire.h"

/* A stream of Responses from events of any dialect (PROVIDERS §6.3, §8.3, §8.4). One message or one piece of reasoning
 * is open at a time; calls stay open until their end is told, since other dialects tell it late. Items that came from
 * this very dialect end when their provider ended them. Of several choices the first is written. */

gpointer
purser_responses_write_new (PurserWriter *writer)
{
  PurserResponsesWriter *self = g_new0 (PurserResponsesWriter, 1);
  self->writer = writer;
  self->items = g_ptr_array_new_with_free_func (purser_written_free);
  self->frame = g_string_new (NULL);
  return self;
}

void
purser_responses_write_free (gpointer state)
{
  PurserResponsesWriter *self = state;
  g_ptr_array_unref (self->items);
  g_free (self->phase);
  g_string_free (self->frame, TRUE);
  g_free (self);
}

static void
send_response (PurserResponsesWriter *self, const char *type, JsonObject *response, gboolean terminal)
{
  JsonObject *event = purser_responses_event (self, type);
  json_object_set_object_member (event, "response", response);
  purser_responses_send (self, event, terminal);
}

static void
create (PurserResponsesWriter *self)
{
  static const char *const types[] = { "response.created", "response.in_progress" };
  gsize count =
      purser_writer_is_own (self->writer) ? 1 : G_N_ELEMENTS (types); /* its provider says the second itself */
  if (self->created)
    return;
  self->created = TRUE;
  for (gsize i = 0; i < count; i++)
    send_response (self, types[i], purser_responses_response (self->writer, "in_progress", json_array_new (), FALSE),
                   FALSE);
}

/* --- Which item an event belongs to --- */

/* What its provider began it ends, in its own time. */
static void
leave_content (PurserResponsesWriter *self)
{
  if (self->content != NULL && self->content->base == NULL)
    purser_written_close (self, self->content, TRUE);
  self->content = NULL;
}

static PurserWrittenItem *
need_content (PurserResponsesWriter *self, PurserItemKind kind)
{
  if (self->content != NULL && self->content->kind == kind)
    return self->content;
  leave_content (self);
  PurserWrittenItem *item = purser_written_open (self, kind, NULL);
  if (kind == PURSER_ITEM_MESSAGE)
    item->phase = g_steal_pointer (&self->phase);
  purser_written_added (self, item);
  return self->content = item;
}

static PurserWrittenItem *
item_with_id (PurserResponsesWriter *self, const char *id)
{
  for (guint i = self->items->len; i > 0; i--)
    {
      PurserWrittenItem *item = g_ptr_array_index (self->items, i - 1);
      if (item->done == NULL && g_strcmp0 (item->id, id) == 0)
        return item;
    }
  return NULL;
}

static PurserWrittenItem *
call_with_number (PurserResponsesWriter *self, int tool)
{
  for (guint i = self->items->len; i > 0; i--)
    {
      PurserWrittenItem *item = g_ptr_array_index (self->items, i - 1);
      if (item->tool == tool && item->done == NULL)
        return item;
    }
  return NULL;
}

/* --- Events of any dialect --- */

static void
write_content (PurserResponsesWriter *self, const PurserEvent *event)
{
  static const struct
  {
    PurserEventType type;
    PurserItemKind item;
    PurserWrittenKind part;
  } rows[] = {
    { PURSER_EVENT_TEXT, PURSER_ITEM_MESSAGE, PURSER_WRITTEN_TEXT },
    { PURSER_EVENT_REFUSAL, PURSER_ITEM_MESSAGE, PURSER_WRITTEN_REFUSAL },
    { PURSER_EVENT_THINKING, PURSER_ITEM_REASONING, PURSER_WRITTEN_SUMMARY },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      if (rows[i].type != event->type)
        continue;
      PurserWrittenItem *item = need_content (self, rows[i].item);
      if (item->kind == PURSER_ITEM_REASONING && item->opaque != NULL && item->base == NULL)
        {
          leave_content (self); /* what was signed is complete */
          item = need_content (self, rows[i].item);
        }
      purser_written_say (self, item, rows[i].part, event->text, event->length);
    }
}

/* What decoding finds again (purser-responses-decode-input.c): a signature as it is; redacted thinking by that name; a
 * provider's own object, where there is one, in its place. */
static char *
wrap (PurserWriter *writer, const PurserEvent *event)
{
  gboolean own = purser_writer_is_own (writer);
  if (!own && purser_json_object (event->json) != NULL)
    {
      g_autofree char *text = purser_json_to_string (event->json, FALSE);
      return purser_writer_opaque (writer, "json", text);
    }
  return purser_writer_opaque (writer, !own && event->type == PURSER_EVENT_REDACTED ? "redacted" : event->id,
                               event->text);
}

static void
write_opaque (PurserResponsesWriter *self, const PurserEvent *event)
{
  PurserWrittenItem *item = self->content;
  gboolean fresh = item == NULL || item->kind != PURSER_ITEM_REASONING || item->opaque != NULL
                   || event->type == PURSER_EVENT_REDACTED;
  if (fresh && !(item != NULL && item->base != NULL && item->kind == PURSER_ITEM_REASONING))
    leave_content (self);
  item = need_content (self, PURSER_ITEM_REASONING);
  g_free (item->opaque);
  item->opaque = wrap (self->writer, event);
}

static void
start_call (PurserResponsesWriter *self, const PurserEvent *event)
{
  PurserItemKind kind = event->text != NULL ? PURSER_ITEM_CUSTOM : PURSER_ITEM_FUNCTION;
  PurserWrittenItem *item = self->items->len > 0 ? g_ptr_array_index (self->items, self->items->len - 1) : NULL;
  gboolean begun = item != NULL && item->base != NULL && item->kind == kind && item->tool < 0 && item->done == NULL;
  leave_content (self);
  if (!begun)
    item = purser_written_open (self, kind, NULL);
  item->tool = event->tool;
  item->call_id = purser_writer_tool_id (self->writer, event->id, "call_", 0, event->tool);
  item->name = g_strdup (purser_writer_tool_name (self->writer, event->name));
  if (!begun)
    purser_written_added (self, item);
}

static void
write_call (PurserResponsesWriter *self, const PurserEvent *event)
{
  PurserWrittenItem *item = call_with_number (self, event->tool);
  if (event->type == PURSER_EVENT_TOOL_START)
    start_call (self, event);
  else if (item == NULL)
    return;
  else if (event->type == PURSER_EVENT_TOOL_ARGS)
    purser_written_input (self, item, event->text, event->length);
  else if (item->base == NULL)
    purser_written_close (self, item, TRUE);
}

static void
write_citation (PurserResponsesWriter *self, const PurserEvent *event)
{
  purser_written_cite (self, need_content (self, PURSER_ITEM_MESSAGE), event->json);
}

/* The last item is what was cut short. */
static void
write_finish (PurserResponsesWriter *self, const PurserEvent *event)
{
  gboolean complete = g_str_equal (purser_responses_status (self->writer, event->finish), "completed");
  self->finish = event->finish;
  for (guint i = 0; i < self->items->len; i++)
    purser_written_close (self, g_ptr_array_index (self->items, i), complete || i + 1 < self->items->len);
}

/* The reasoning's state as the last event of its provider had it. */
static JsonNode *
with_last_opaque (JsonNode *item, JsonObject *news)
{
  const char *id = purser_json_string (json_node_get_object (item), "id");
  const char *opaque = id != NULL ? purser_json_string (news, id) : NULL;
  if (opaque == NULL)
    return json_node_ref (item);
  JsonNode *copy = purser_json_copy (item);
  json_object_set_string_member (json_node_get_object (copy), "encrypted_content", opaque);
  return copy;
}

static JsonArray *
whole_output (PurserResponsesWriter *self)
{
  JsonObject *news = purser_json_member (purser_writer_reply (self->writer)->meta, "encrypted_content");
  JsonArray *output = json_array_new ();
  for (guint i = 0; i < self->items->len; i++)
    {
      PurserWrittenItem *item = g_ptr_array_index (self->items, i);
      if (item->done != NULL)
        json_array_add_element (output, with_last_opaque (item->done, news));
    }
  return output;
}

static void
write_end (PurserResponsesWriter *self)
{
  const char *status = purser_responses_status (self->writer, self->finish);
  if (self->finish == PURSER_FINISH_NONE)
    write_finish (self, &(PurserEvent) { .type = PURSER_EVENT_FINISH, .finish = PURSER_FINISH_DONE });
  send_response (self, g_str_equal (status, "incomplete") ? "response.incomplete" : "response.completed",
                 purser_responses_response (self->writer, status, whole_output (self), TRUE), TRUE);
}

/* As published (flat) and as seen on the wire (under `error`); then the failed response, by which clients go. */
static void
write_failure (PurserResponsesWriter *self, const PurserEvent *event)
{
  g_autoptr(JsonObject) told =
      purser_dialect_error_object (&purser_dialect_openai_responses, event->fault, NULL, NULL);
  JsonObject *error = purser_json_member (told, "error"), *frame = purser_responses_event (self, "error");
  const char *code = purser_json_string (error, "code"), *message = purser_json_string (error, "message");
  static const char *const members[] = { "code", "message", "param" };
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    json_object_set_member (frame, members[i], json_node_ref (json_object_get_member (error, members[i])));
  json_object_set_object_member (frame, "error", json_object_ref (error));
  purser_responses_send (self, frame, TRUE);
  JsonObject *response = purser_responses_response (self->writer, "failed", whole_output (self), TRUE);
  JsonObject *reason = json_object_new ();
  json_object_set_string_member (reason, "code", code != NULL ? code : "server_error");
  json_object_set_string_member (reason, "message", message);
  json_object_set_object_member (response, "error", reason);
  send_response (self, "response.failed", response, TRUE);
}

/* --- Events of this very dialect --- */

static void
write_item_added (PurserResponsesWriter *self, JsonObject *event)
{
  JsonObject *object = purser_json_member (event, "item");
  PurserItemKind kind = purser_responses_kind (purser_json_string (object, "type"));
  if (object == NULL)
    return;
  leave_content (self);
  PurserWrittenItem *item = purser_written_open (self, kind, object);
  if (kind == PURSER_ITEM_MESSAGE || kind == PURSER_ITEM_REASONING)
    self->content = item;
  purser_written_added (self, item);
}

static void
write_item_done (PurserResponsesWriter *self, JsonObject *event)
{
  JsonObject *object = purser_json_member (event, "item");
  PurserWrittenItem *item = object != NULL ? item_with_id (self, purser_json_string (object, "id")) : NULL;
  if (item == NULL || item->base == NULL)
    return;
  item->last = json_object_ref (object);
  purser_written_close (self, item, TRUE);
}

/* An event of a built-in tool, or of a kind that came to be: as it came, but for the numbers. */
static void
write_relayed (PurserResponsesWriter *self, JsonObject *event)
{
  PurserWrittenItem *item = item_with_id (self, purser_json_string (event, "item_id"));
  if (item == NULL)
    return;
  JsonObject *copy = purser_written_copy (self->writer, event);
  json_object_set_int_member (copy, "sequence_number", self->sequence++);
  json_object_set_int_member (copy, "output_index", item->index);
  purser_responses_send (self, copy, FALSE);
}

static void
write_delta (PurserResponsesWriter *self, const PurserEvent *event)
{
  JsonObject *object = purser_json_object (event->json);
  const char *type = purser_json_string (object, "type");
  if (type == NULL || !purser_writer_is_own (self->writer))
    return;
  if (g_str_equal (type, "response.output_item.added"))
    write_item_added (self, object);
  else if (g_str_equal (type, "response.output_item.done"))
    write_item_done (self, object);
  else if (g_str_has_suffix (type, "_part.added") && self->content != NULL)
    purser_written_part (self, self->content, object);
  else
    write_relayed (self, object);
}

/* A built-in tool's call is told when it is complete; its beginning may have been seen. */
static void
write_block (PurserResponsesWriter *self, const PurserEvent *event)
{
  JsonObject *object = purser_json_object (event->json);
  if (object == NULL || !purser_writer_is_own (self->writer))
    return;
  if (g_strcmp0 (event->name, "message") == 0)
    {
      g_set_str (&self->phase, purser_json_string (object, "phase"));
      return;
    }
  PurserWrittenItem *item = item_with_id (self, purser_json_string (object, "id"));
  if (item == NULL)
    {
      leave_content (self);
      item = purser_written_open (self, PURSER_ITEM_OTHER, object);
      purser_written_added (self, item);
    }
  item->last = json_object_ref (object);
  purser_written_close (self, item, TRUE);
}

static void
write_meta (PurserResponsesWriter *self, const PurserEvent *event)
{
  if (!purser_writer_is_own (self->writer))
    return;
  if (g_str_equal (event->name, "response"))
    create (self);
  else if (g_str_has_prefix (event->name, "response."))
    {
      create (self);
      send_response (self, event->name,
                     purser_responses_response (self->writer, "in_progress", json_array_new (), FALSE), FALSE);
    }
}

void
purser_responses_write_event (PurserWriter *writer, gpointer state, const PurserEvent *event)
{
  static const struct
  {
    void (*write) (PurserResponsesWriter *, const PurserEvent *);
  } rows[] = {
    [PURSER_EVENT_TEXT] = { write_content },      [PURSER_EVENT_THINKING] = { write_content },
    [PURSER_EVENT_REFUSAL] = { write_content },   [PURSER_EVENT_SIGNATURE] = { write_opaque },
    [PURSER_EVENT_REDACTED] = { write_opaque },   [PURSER_EVENT_TOOL_START] = { write_call },
    [PURSER_EVENT_TOOL_ARGS] = { write_call },    [PURSER_EVENT_TOOL_END] = { write_call },
    [PURSER_EVENT_CITATION] = { write_citation }, [PURSER_EVENT_FINISH] = { write_finish },
    [PURSER_EVENT_ERROR] = { write_failure },     [PURSER_EVENT_BLOCK] = { write_block },
    [PURSER_EVENT_BLOCK_DELTA] = { write_delta },
  };
  PurserResponsesWriter *self = state;
  gboolean early = event->type == PURSER_EVENT_START || event->type == PURSER_EVENT_META;
  if (event->choice > 0)
    return;
  if (!early || (event->type == PURSER_EVENT_START && !purser_writer_is_own (writer)))
    create (self);
  if (event->type == PURSER_EVENT_END)
    write_end (self);
  else if (event->type == PURSER_EVENT_META)
    write_meta (self, event);
  else if (event->type < G_N_ELEMENTS (rows) && rows[event->type].write != NULL)
    rows[event->type].write (self, event);
}
