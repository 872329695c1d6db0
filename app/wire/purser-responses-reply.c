/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-responses.h"

#include <string.h>

#include "purser-fault.h"
#include "purser-json-wire.h"
#include "purser-responses-items.h"

/* PROVIDERS §6.3: replies of Responses. An event's kind is data.type; the event: line only repeats it, and Bedrock's
 * mantle leaves it out. What one event told in fragments, up to three later ones tell again whole: each adds what is
 * missing, so deltas that a server never sent do no harm.
 *
 * Beside the neutral events the reader says, for whoever writes this very dialect again: META "response" (the response
 * object as it came first and last), META "response.in_progress", META "encrypted_content" (by the ids of items, what
 * the last event has anew), and BLOCK_DELTA with an event as it came where it opens or closes an item, opens a part, or
 * is about a built-in tool. */

PurserItemKind
purser_responses_kind (const char *type)
{
  static const struct
  {
    const char *type;
    PurserItemKind kind;
  } kinds[] = {
    { "message", PURSER_ITEM_MESSAGE },
    { "reasoning", PURSER_ITEM_REASONING },
    { "function_call", PURSER_ITEM_FUNCTION },
    { "custom_tool_call", PURSER_ITEM_CUSTOM },
  };
  for (gsize i = 0; type != NULL && i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].type, type))
      return kinds[i].kind;
  return type == NULL ? PURSER_ITEM_MESSAGE : PURSER_ITEM_OTHER;
}

gpointer
purser_responses_state_new (void)
{
  return purser_items_new ();
}

void
purser_responses_state_free (gpointer state)
{
  purser_items_free (state);
}

static PurserItem *
item_of_event (PurserItems *items, JsonObject *event)
{
  return purser_items_find (items, purser_json_int (event, "output_index", -1), purser_json_string (event, "item_id"));
}

/* --- Fragments, and what tells them again --- */

typedef struct
{
  const char *type;
  PurserItemKind item;
  PurserPieceKind piece;
  const char *index, *member;
  gboolean whole;
} Fragment;

static const Fragment fragments[] = {
  { "response.output_text.delta", PURSER_ITEM_MESSAGE, PURSER_PIECE_TEXT, "content_index", "delta", FALSE },
  { "response.function_call_arguments.delta", PURSER_ITEM_FUNCTION, PURSER_PIECE_INPUT, NULL, "delta", FALSE },
  { "response.reasoning_summary_text.delta", PURSER_ITEM_REASONING, PURSER_PIECE_SUMMARY, "summary_index", "delta",
    FALSE },
  { "response.reasoning_text.delta", PURSER_ITEM_REASONING, PURSER_PIECE_REASONING, "content_index", "delta", FALSE },
  { "response.custom_tool_call_input.delta", PURSER_ITEM_CUSTOM, PURSER_PIECE_INPUT, NULL, "delta", FALSE },
  { "response.refusal.delta", PURSER_ITEM_MESSAGE, PURSER_PIECE_REFUSAL, "content_index", "delta", FALSE },
  { "response.output_text.done", PURSER_ITEM_MESSAGE, PURSER_PIECE_TEXT, "content_index", "text", TRUE },
  { "response.function_call_arguments.done", PURSER_ITEM_FUNCTION, PURSER_PIECE_INPUT, NULL, "arguments", TRUE },
  { "response.reasoning_summary_text.done", PURSER_ITEM_REASONING, PURSER_PIECE_SUMMARY, "summary_index", "text",
    TRUE },
  { "response.reasoning_text.done", PURSER_ITEM_REASONING, PURSER_PIECE_REASONING, "content_index", "text", TRUE },
  { "response.custom_tool_call_input.done", PURSER_ITEM_CUSTOM, PURSER_PIECE_INPUT, NULL, "input", TRUE },
  { "response.refusal.done", PURSER_ITEM_MESSAGE, PURSER_PIECE_REFUSAL, "content_index", "refusal", TRUE },
};

static void
read_fragment (PurserReader *reader, PurserItems *items, const Fragment *fragment, JsonObject *event)
{
  PurserItem *item = item_of_event (items, event);
  if (item == NULL) /* nobody announced it */
    {
      item = purser_items_add (items, fragment->item, purser_json_int (event, "output_index", -1), NULL);
      if (item != NULL)
        {
          item->id = g_strdup (purser_json_string (event, "item_id"));
          purser_items_open (reader, items, item, NULL);
        }
    }
  if (item == NULL || item->kind != fragment->item || item->closed)
    return;
  purser_items_say (reader, items, item, fragment->piece,
                    fragment->index != NULL ? purser_json_int (event, fragment->index, 0) : 0,
                    purser_json_string (event, fragment->member), fragment->whole);
}

gboolean
purser_responses_read_piece (PurserReader *reader, gpointer items, const PurserResponsesPiece *piece)
{
  PurserItem *item = purser_items_find (items, piece->output_index, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (fragments) && item != NULL; i++)
    {
      const Fragment *fragment = &fragments[i];
      if (fragment->whole || !purser_quick_says (&piece->type, fragment->type))
        continue;
      if (item->kind != fragment->item || item->closed)
        return FALSE;
      gboolean summary = g_strcmp0 (fragment->index, "summary_index") == 0;
      purser_items_say (reader, items, item, fragment->piece,
                        fragment->index == NULL ? 0 : summary ? piece->summary_index : piece->content_index,
                        piece->text, FALSE);
      return TRUE;
    }
  return FALSE;
}

/* --- Items and parts --- */

static PurserItem *
take_item (PurserItems *items, JsonObject *event, JsonObject *object, gboolean *known)
{
  const char *id = purser_json_string (object, "id");
  gint64 index = purser_json_int (event, "output_index", -1);
  PurserItem *item = purser_items_find (items, index, id);
  *known = item != NULL;
  return item != NULL
             ? item
             : purser_items_add (items, purser_responses_kind (purser_json_string (object, "type")), index, object);
}

static void
read_item_added (PurserReader *reader, PurserItems *items, JsonObject *event)
{
  JsonNode *node = purser_json_node (event, "item");
  gboolean known;
  PurserItem *item =
      purser_json_object (node) != NULL ? take_item (items, event, purser_json_object (node), &known) : NULL;
  if (item != NULL && !known)
    purser_items_open (reader, items, item, node);
}

static void
read_item_done (PurserReader *reader, PurserItems *items, JsonObject *event)
{
  JsonNode *node = purser_json_node (event, "item");
  gboolean known;
  PurserItem *item =
      purser_json_object (node) != NULL ? take_item (items, event, purser_json_object (node), &known) : NULL;
  if (item != NULL)
    purser_items_close (reader, items, item, node);
}

static void
read_part_added (PurserReader *reader, PurserItems *items, JsonObject *event)
{
  PurserItem *item = item_of_event (items, event);
  if (item != NULL)
    purser_items_announce (reader, item, event);
}

static void
read_part_done (PurserReader *reader, PurserItems *items, JsonObject *event)
{
  PurserItem *item = item_of_event (items, event);
  gint64 index = purser_json_int (event, "content_index", purser_json_int (event, "summary_index", 0));
  if (item != NULL && !item->closed)
    purser_items_part (reader, items, item, index, purser_json_member (event, "part"));
}

static void
read_annotation (PurserReader *reader, PurserItems *items, JsonObject *event)
{
  PurserItem *item = item_of_event (items, event);
  JsonNode *annotation = purser_json_node (event, "annotation");
  gint64 number = purser_json_int (event, "annotation_index", 0);
  if (item != NULL && item->kind == PURSER_ITEM_MESSAGE && !item->closed && annotation != NULL && number >= 0
      && number < G_MAXINT)
    purser_items_cite (reader, item, purser_json_int (event, "content_index", 0), number, annotation);
}

/* --- The response --- */

static void
read_created (PurserReader *reader, PurserItems *items, JsonObject *event)
{
  JsonNode *node = purser_json_node (event, "response");
  JsonObject *response = purser_json_object (node);
  purser_reader_start (reader, purser_json_string (response, "id"), purser_json_string (response, "model"));
  if (response != NULL)
    purser_reader_json (reader, PURSER_EVENT_META, "response", node);
}

static void
read_progress (PurserReader *reader, PurserItems *items, JsonObject *event)
{
  JsonNode *node = purser_json_node (event, "response");
  const char *type = purser_json_string (event, "type");
  if (purser_json_object (node) != NULL)
    purser_reader_json (reader, PURSER_EVENT_META, type != NULL ? type : "response.in_progress", node);
}

/* Each event encrypts anew, and the last one counts; what it says of items that are over stands apart (PROVIDERS §4.8). */
static void
tell_last_opaque (PurserReader *reader, PurserItems *items, JsonArray *output)
{
  g_autoptr(JsonObject) news = json_object_new ();
  for (guint i = 0; i < json_array_get_length (output); i++)
    {
      JsonObject *object = purser_json_object (json_array_get_element (output, i));
      const char *id = purser_json_string (object, "id"), *opaque = purser_json_string (object, "encrypted_content");
      PurserItem *item = id != NULL && opaque != NULL ? purser_items_find (items, -1, id) : NULL;
      if (item != NULL && item->opaque != NULL && !g_str_equal (item->opaque, opaque))
        json_object_set_string_member (news, id, opaque);
    }
  if (json_object_get_size (news) == 0)
    return;
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), news);
  purser_reader_json (reader, PURSER_EVENT_META, "encrypted_content", node);
}

/* The whole output: what no event told before is told now. */
static void
read_output (PurserReader *reader, PurserItems *items, JsonArray *output)
{
  for (guint i = 0; output != NULL && i < json_array_get_length (output); i++)
    {
      JsonNode *node = json_array_get_element (output, i);
      JsonObject *object = purser_json_object (node);
      PurserItem *item = purser_items_find (items, -1, purser_json_string (object, "id"));
      if (object == NULL)
        continue;
      PurserItemKind kind = purser_responses_kind (purser_json_string (object, "type"));
      if (item == NULL)
        item = purser_items_find (items, i, NULL);
      if (item == NULL || item->kind != kind)
        item = purser_items_add (items, kind, i, object);
      if (item != NULL)
        purser_items_close (reader, items, item, node);
    }
  if (output != NULL)
    tell_last_opaque (reader, items, output);
}

/* PROVIDERS §5.1; "complete" was seen too. */
static PurserFinish
finish_of (const PurserItems *items, const char *status, const char *reason)
{
  static const struct
  {
    const char *word;
    PurserFinish finish;
  } words[] = {
    { "max_output_tokens", PURSER_FINISH_LENGTH },
    { "content_filter", PURSER_FINISH_REFUSED },
    { "incomplete", PURSER_FINISH_OTHER },
    { "cancelled", PURSER_FINISH_OTHER },
    { "queued", PURSER_FINISH_OTHER },
    { "in_progress", PURSER_FINISH_OTHER },
  };
  const char *word = reason != NULL ? reason : status;
  for (gsize i = 0; word != NULL && i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].word, word))
      return words[i].finish;
  return items->calls > 0 ? PURSER_FINISH_TOOLS : items->refused ? PURSER_FINISH_REFUSED : PURSER_FINISH_DONE;
}

static void
read_usage (PurserReader *reader, JsonObject *response)
{
  g_autoptr(PurserUsage) usage = purser_responses_usage_read (response);
  JsonNode *tier = purser_json_node (response, "service_tier");
  const char *word = purser_json_string (response, "service_tier");
  if (word != NULL && !g_str_equal (word, "auto"))
    purser_reader_json (reader, PURSER_EVENT_META, "service_tier", tier);
  if (usage != NULL)
    purser_reader_usage (reader, usage);
}

static void
read_response (PurserReader *reader, PurserItems *items, JsonNode *node)
{
  JsonObject *response = purser_json_object (node);
  const char *status = purser_json_string (response, "status");
  const char *reason = purser_json_string (purser_json_member (response, "incomplete_details"), "reason");
  JsonNode *error = purser_json_node (response, "error");
  purser_reader_start (reader, purser_json_string (response, "id"), purser_json_string (response, "model"));
  if (response != NULL)
    purser_reader_json (reader, PURSER_EVENT_META, "response", node);
  read_output (reader, items, purser_json_array (response, "output"));
  read_usage (reader, response);
  if (g_strcmp0 (status, "failed") == 0)
    {
      if (purser_json_object (error) == NULL)
        error = NULL;
      purser_reader_fail (reader, purser_fault_from_json (error, 0), error);
    }
  else
    purser_reader_finish (reader, 0, finish_of (items, status, reason), reason != NULL ? reason : status);
}

static void
read_final (PurserReader *reader, PurserItems *items, JsonObject *event)
{
  read_response (reader, items, purser_json_node (event, "response"));
  if (!purser_reader_is_over (reader))
    purser_reader_over (reader);
}

static const struct
{
  const char *type;
  void (*read) (PurserReader *, PurserItems *, JsonObject *event);
} types[] = {
  { "response.output_item.added", read_item_added },
  { "response.output_item.done", read_item_done },
  { "response.content_part.added", read_part_added },
  { "response.content_part.done", read_part_done },
  { "response.reasoning_summary_part.added", read_part_added },
  { "response.reasoning_summary_part.done", read_part_done },
  { "response.reasoning_part.added", read_part_added }, /* mantle, vLLM */
  { "response.reasoning_part.done", read_part_done },
  { "response.output_text.annotation.added", read_annotation },
  { "response.created", read_created },
  { "response.queued", read_progress },
  { "response.in_progress", read_progress },
  { "response.completed", read_final },
  { "response.incomplete", read_final },
  { "response.failed", read_final },
  { "response.cancelled", read_final },
};

/* Anything else: events of built-in tools belong to the item that they name; the rest may come to be. */
static gboolean
read_other (PurserReader *reader, PurserItems *items, const char *name, JsonNode *root)
{
  PurserItem *item = item_of_event (items, purser_json_object (root));
  if (purser_reader_error (reader, root, !g_str_equal (name, "error")))
    return TRUE;
  if (item != NULL && !item->closed)
    purser_reader_json (reader, PURSER_EVENT_BLOCK_DELTA, NULL, root);
  return !g_str_equal (name, "error");
}

gboolean
purser_responses_read_item (PurserReader *reader, gpointer items, const char *name, JsonNode *root)
{
  JsonObject *event = purser_json_object (root);
  const char *type = purser_json_string (event, "type");
  if (event == NULL)
    return JSON_NODE_HOLDS_NULL (root);
  if (type == NULL)
    type = name;
  for (gsize i = 0; i < G_N_ELEMENTS (fragments); i++)
    if (g_str_equal (fragments[i].type, type))
      {
        read_fragment (reader, items, &fragments[i], event);
        return TRUE;
      }
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i].type, type))
      {
        types[i].read (reader, items, event);
        return TRUE;
      }
  return read_other (reader, items, name, root);
}

gboolean
purser_responses_read_whole (PurserReader *reader, gpointer items, JsonNode *root)
{
  if (purser_json_array (purser_json_object (root), "output") == NULL)
    return purser_reader_error (reader, root, FALSE);
  read_response (reader, items, root);
  return TRUE;
}
