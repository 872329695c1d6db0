/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-reply-items.h"

#include <string.h>

#include "purser-json-wire.h"

#define MAX_ITEMS 65536 /* a reply of more blocks is none */

struct _PurserReplyItem
{
  PurserPartType type;
  gboolean   open;       /* what comes next may go on with it */
  int        tool;
  GString   *text;       /* (owned) */
  char      *signature, *data, *id, *phase; /* (owned) (nullable) */
  JsonNode  *json;       /* (owned) (nullable) */
  JsonArray *citations;  /* (owned) (nullable) */
  GString   *input;      /* (owned) (nullable): an opaque block's arguments, which come in fragments */
};

static void
item_free (gpointer data)
{
  PurserReplyItem *item = data;
  g_string_free (item->text, TRUE);
  g_free (item->signature);
  g_free (item->data);
  g_free (item->id);
  g_free (item->phase);
  g_clear_pointer (&item->json, json_node_unref);
  g_clear_pointer (&item->citations, json_array_unref);
  if (item->input != NULL)
    g_string_free (item->input, TRUE);
  g_free (item);
}

GPtrArray *
purser_reply_items_new (void)
{
  return g_ptr_array_new_with_free_func (item_free);
}

static PurserReplyItem *
last (GPtrArray *items)
{
  return items->len > 0 ? g_ptr_array_index (items, items->len - 1) : NULL;
}

static PurserReplyItem *
add (GPtrArray *items, PurserPartType type)
{
  PurserReplyItem *before = last (items);
  if (items->len >= MAX_ITEMS)
    return before;
  PurserReplyItem *item = g_new0 (PurserReplyItem, 1);
  if (before != NULL)
    before->open = FALSE;
  item->type = type;
  item->open = TRUE;
  item->text = g_string_new (NULL);
  g_ptr_array_add (items, item);
  return item;
}

/* The piece that is being told, if it is of this type. */
static PurserReplyItem *
current (GPtrArray *items, PurserPartType type)
{
  PurserReplyItem *item = last (items);
  return item != NULL && item->open && item->type == type ? item : add (items, type);
}

static void
add_fragment (GPtrArray *items, const PurserEvent *event, PurserPartType type)
{
  PurserReplyItem *item = current (items, type);
  if (type == PURSER_PART_THINKING && (item->signature != NULL || item->data != NULL))
    item = add (items, type);
  g_string_append_len (item->text, event->text, event->length);
}

/* A signature closes the thinking before it; one that stands alone signs thinking that was not shown. */
static void
add_opaque (GPtrArray *items, const PurserEvent *event)
{
  gboolean redacted = event->type == PURSER_EVENT_REDACTED;
  PurserReplyItem *item =
      redacted ? add (items, PURSER_PART_THINKING) : current (items, PURSER_PART_THINKING);
  if (!redacted && (item->signature != NULL || item->data != NULL))
    item = add (items, PURSER_PART_THINKING);
  g_set_str (redacted ? &item->data : &item->signature, event->text);
  g_set_str (&item->id, event->id);
  g_clear_pointer (&item->json, json_node_unref);
  item->json = event->json != NULL ? json_node_ref (event->json) : NULL;
}

/* "message" only announces an item of text, whose phase has to come back with it. */
static void
add_block (GPtrArray *items, const PurserEvent *event)
{
  PurserReplyItem *before = last (items);
  gboolean message = g_strcmp0 (event->name, "message") == 0;
  const char *phase = purser_json_string (purser_json_object (event->json), "phase");
  if (before != NULL)
    before->open = FALSE;
  if (event->json != NULL && !message)
    add (items, PURSER_PART_OPAQUE)->json = json_node_ref (event->json);
  else if (phase != NULL)
    g_set_str (&add (items, PURSER_PART_TEXT)->phase, phase);
}

static void
add_block_delta (GPtrArray *items, const PurserEvent *event)
{
  PurserReplyItem *item = last (items);
  const char *partial = purser_json_string (purser_json_object (event->json), "partial_json");
  if (item == NULL || item->type != PURSER_PART_OPAQUE || partial == NULL)
    return;
  if (item->input == NULL)
    item->input = g_string_new (NULL);
  g_string_append (item->input, partial);
}

static void
add_citation (GPtrArray *items, const PurserEvent *event)
{
  PurserReplyItem *item = last (items);
  if (event->json == NULL)
    return;
  if (item == NULL || item->type != PURSER_PART_TEXT || !item->open) /* Anthropic's come before their text */
    item = add (items, PURSER_PART_TEXT);
  if (item->citations == NULL)
    item->citations = json_array_new ();
  json_array_add_element (item->citations, json_node_ref (event->json));
}

void
purser_reply_items_add (GPtrArray *items, const PurserEvent *event)
{
  switch (event->type)
    {
    case PURSER_EVENT_TEXT:
      add_fragment (items, event, PURSER_PART_TEXT);
      break;
    case PURSER_EVENT_THINKING:
      add_fragment (items, event, PURSER_PART_THINKING);
      break;
    case PURSER_EVENT_REFUSAL:
      add_fragment (items, event, PURSER_PART_REFUSAL);
      break;
    case PURSER_EVENT_SIGNATURE:
    case PURSER_EVENT_REDACTED:
      add_opaque (items, event);
      break;
    case PURSER_EVENT_TOOL_START:
      add (items, PURSER_PART_TOOL_CALL)->tool = event->tool;
      break;
    case PURSER_EVENT_BLOCK:
      add_block (items, event);
      break;
    case PURSER_EVENT_BLOCK_DELTA:
      add_block_delta (items, event);
      break;
    case PURSER_EVENT_BLOCK_END:
      if (last (items) != NULL)
        last (items)->open = FALSE;
      break;
    case PURSER_EVENT_CITATION:
      add_citation (items, event);
      break;
    default:
      break;
    }
}

/* An opaque block's arguments came apart from it. */
static JsonNode *
whole_block (const PurserReplyItem *item)
{
  JsonNode *block = purser_json_copy (item->json);
  g_autoptr(JsonNode) input = item->input != NULL ? purser_json_parse (item->input->str, item->input->len, NULL) : NULL;
  if (input != NULL && purser_json_object (block) != NULL)
    json_object_set_member (purser_json_object (block), "input", g_steal_pointer (&input));
  return block;
}

static void
fill_call (PurserPart *part, const PurserReplyChoice *choice, int number)
{
  if (number < 0 || (guint) number >= choice->tools->len)
    return;
  const PurserReplyTool *tool = g_ptr_array_index (choice->tools, number);
  part->id = g_strdup (tool->id);
  part->name = g_strdup (tool->name);
  part->custom = tool->custom;
  if (!tool->custom && tool->arguments->len > 0)
    part->json = purser_json_parse (tool->arguments->str, tool->arguments->len, NULL);
  if (part->json == NULL && (tool->custom || tool->arguments->len > 0))
    part->text = g_strdup (tool->arguments->str);
}

/* OpenAI encrypts anew in the final event of a reply, whose state is the one to keep (PROVIDERS §4.8). */
static const char *
latest_state (const PurserReply *reply, const PurserReplyItem *item)
{
  const char *latest =
      item->id != NULL ? purser_json_string (purser_json_member (reply->meta, "encrypted_content"), item->id) : NULL;
  return latest != NULL && item->signature != NULL ? latest : item->signature;
}

static void
fill_thinking (PurserPart *part, const PurserReply *reply, const PurserReplyItem *item, const char *origin)
{
  part->signature = g_strdup (latest_state (reply, item));
  part->data = g_strdup (item->data);
  part->id = g_strdup (item->id);
  part->json = item->json != NULL ? json_node_ref (item->json) : NULL;
  part->dialect = g_strdup (origin);
}

static void
add_part (PurserMessage *message,
          const PurserReply *reply,
          const PurserReplyChoice *choice,
          const PurserReplyItem *item,
          const char *origin)
{
  gboolean shown = item->text->len > 0 || item->citations != NULL;
  if ((item->type == PURSER_PART_TEXT || item->type == PURSER_PART_REFUSAL) && !shown)
    return;
  PurserPart *part = purser_message_add (message, item->type, item->text->len > 0 ? item->text->str : NULL);
  part->phase = g_strdup (item->phase);
  if (item->citations != NULL)
    part->json = purser_json_new_array (json_array_ref (item->citations));
  if (item->type == PURSER_PART_THINKING)
    fill_thinking (part, reply, item, origin);
  else if (item->type == PURSER_PART_TOOL_CALL)
    fill_call (part, choice, item->tool);
  else if (item->type == PURSER_PART_OPAQUE)
    {
      part->json = whole_block (item);
      part->dialect = g_strdup (origin);
    }
}

/**
 * purser_reply_message:
 * @reply: a reply that was kept `ordered`
 * @choice: which
 * @origin: (nullable): the dialect it came in, whose opaque state it carries
 *
 * Returns: (transfer full): the choice as the assistant's message
 */
PurserMessage *
purser_reply_message (const PurserReply *reply, guint choice, const char *origin)
{
  PurserMessage *message = purser_message_new (PURSER_ROLE_ASSISTANT);
  const PurserReplyChoice *one = choice < reply->choices->len ? g_ptr_array_index (reply->choices, choice) : NULL;
  for (guint i = 0; one != NULL && one->items != NULL && i < one->items->len; i++)
    add_part (message, reply, one, g_ptr_array_index (one->items, i), origin);
  return message;
}
