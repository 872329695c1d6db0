/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-responses-items.h"

#include <string.h>

#include "purser-json-scan.h"
#include "purser-json-wire.h"

#define MAX_ITEMS  1024 /* as many as a reply may have calls */
#define MAX_PIECES 1024

static void
piece_free (gpointer data)
{
  PurserPiece *piece = data;
  g_string_free (piece->said, TRUE);
  g_free (piece);
}

static void
item_free (gpointer data)
{
  PurserItem *item = data;
  g_free (item->id);
  g_free (item->type);
  g_free (item->opaque);
  g_ptr_array_unref (item->pieces);
  g_free (item);
}

PurserItems *
purser_items_new (void)
{
  PurserItems *items = g_new0 (PurserItems, 1);
  items->items = g_ptr_array_new_with_free_func (item_free);
  return items;
}

void
purser_items_free (PurserItems *items)
{
  g_ptr_array_unref (items->items);
  g_free (items);
}

PurserItem *
purser_items_find (PurserItems *items, gint64 index, const char *id)
{
  for (guint i = items->items->len; i > 0; i--)
    {
      PurserItem *item = g_ptr_array_index (items->items, i - 1);
      if (index >= 0 ? item->index == index : id != NULL && g_strcmp0 (item->id, id) == 0)
        return item;
    }
  return NULL;
}

PurserItem *
purser_items_add (PurserItems *items, PurserItemKind kind, gint64 index, JsonObject *object)
{
  static const char *const types[] = { "message", "reasoning", "function_call", "custom_tool_call", "" };
  const char *type = purser_json_string (object, "type");
  if (items->items->len >= MAX_ITEMS)
    return NULL;
  PurserItem *item = g_new0 (PurserItem, 1);
  item->kind = kind;
  item->index = index >= 0 ? index : items->items->len;
  item->id = g_strdup (purser_json_string (object, "id"));
  item->type = g_strdup (type != NULL ? type : types[kind]);
  item->pieces = g_ptr_array_new_with_free_func (piece_free);
  g_ptr_array_add (items->items, item);
  return item;
}

PurserPiece *
purser_item_piece (PurserItem *item, PurserPieceKind kind, gint64 index)
{
  for (guint i = item->pieces->len; i > 0; i--)
    {
      PurserPiece *piece = g_ptr_array_index (item->pieces, i - 1);
      if (piece->kind == kind && piece->index == index)
        return piece;
    }
  if (item->pieces->len >= MAX_PIECES)
    return NULL;
#ifdef PURSER_PLANTED_BUG
  g_autofree char *room = g_malloc0 (4); /* planted: room for as many parts as were ever seen */
  room[index] = 1;
#endif
  PurserPiece *piece = g_new0 (PurserPiece, 1);
  piece->kind = kind;
  piece->index = index;
  piece->said = g_string_new (NULL);
  g_ptr_array_add (item->pieces, piece);
  return piece;
}

static gboolean
is_call (const PurserItem *item)
{
  return item->kind == PURSER_ITEM_FUNCTION || item->kind == PURSER_ITEM_CUSTOM;
}

/* Characters that came in two halves, one in each of two deltas, made whole. */
static char *
join_halves (const char *text)
{
  GString *joined = g_string_new (NULL);
  for (const char *p = text; *p != 0; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p), next = g_utf8_get_char (g_utf8_next_char (p));
      if (!PURSER_JSON_IS_HALF (c) || PURSER_JSON_HALF_UNIT (c) >= 0xDC00 || !PURSER_JSON_IS_HALF (next)
          || PURSER_JSON_HALF_UNIT (next) < 0xDC00)
        {
          g_string_append_unichar (joined, c);
          continue;
        }
      g_string_append_unichar (joined, 0x10000 + ((PURSER_JSON_HALF_UNIT (c) - 0xD800) << 10)
                                           + (PURSER_JSON_HALF_UNIT (next) - 0xDC00));
      p = g_utf8_next_char (p);
    }
  return g_string_free (joined, FALSE);
}

/* What of WHOLE was not said yet: what comes after it, if it begins so. Where deltas are missing in the middle nothing
 * can be put right any more. */
static const char *
unsaid (const GString *said, const char *whole)
{
  if (g_str_has_prefix (whole, said->str))
    return whole + said->len;
  g_autofree char *joined = join_halves (said->str);
  return g_str_has_prefix (whole, joined) ? whole + strlen (joined) : NULL;
}

static void
emit (PurserReader *reader, PurserItem *item, PurserPieceKind kind, const char *text)
{
  static const PurserEventType types[] = { PURSER_EVENT_TEXT, PURSER_EVENT_REFUSAL, PURSER_EVENT_THINKING,
                                           PURSER_EVENT_THINKING, PURSER_EVENT_TOOL_ARGS };
  if (kind != PURSER_PIECE_INPUT || item->started)
    purser_reader_text (reader, types[kind], 0, item->tool, text);
}

static void
relay (PurserReader *reader, JsonObject *event)
{
  g_autoptr(JsonNode) root = json_node_init_object (json_node_alloc (), event);
  purser_reader_json (reader, PURSER_EVENT_BLOCK_DELTA, NULL, root);
}

static void
relay_item (PurserReader *reader, const char *type, JsonNode *node)
{
  g_autoptr(JsonObject) event = json_object_new ();
  json_object_set_string_member (event, "type", type);
  json_object_set_member (event, "item", json_node_ref (node));
  relay (reader, event);
}

static const struct
{
  const char *type, *index, *event;
} thoughts[] = {
  [PURSER_PIECE_SUMMARY] = { "summary_text", "summary_index", "response.reasoning_summary_part.added" },
  [PURSER_PIECE_REASONING] = { "reasoning_text", "content_index", "response.content_part.added" },
};

/* Which of its two kinds thinking is, where no event of the provider said so. */
static void
announce_thought (PurserReader *reader, PurserPiece *piece)
{
  g_autoptr(JsonObject) event = json_object_new (), part = json_object_new ();
  if (piece->announced)
    return;
  piece->announced = TRUE;
  json_object_set_string_member (part, "type", thoughts[piece->kind].type);
  json_object_set_string_member (part, "text", "");
  json_object_set_string_member (event, "type", thoughts[piece->kind].event);
  json_object_set_int_member (event, thoughts[piece->kind].index, piece->index);
  json_object_set_object_member (event, "part", json_object_ref (part));
  relay (reader, event);
}

void
purser_items_announce (PurserReader *reader, PurserItem *item, JsonObject *event)
{
  const char *type = purser_json_string (purser_json_member (event, "part"), "type");
  if (item->closed)
    return;
  for (gsize i = PURSER_PIECE_SUMMARY; type != NULL && i < G_N_ELEMENTS (thoughts); i++)
    {
      PurserPiece *piece = g_str_equal (thoughts[i].type, type)
                               ? purser_item_piece (item, i, purser_json_int (event, thoughts[i].index, 0))
                               : NULL;
      if (piece != NULL)
        piece->announced = TRUE;
    }
  relay (reader, event);
}

void
purser_items_say (PurserReader *reader,
                  PurserItems *items,
                  PurserItem *item,
                  PurserPieceKind kind,
                  gint64 index,
                  const char *text,
                  gboolean whole)
{
  gboolean thinking = kind == PURSER_PIECE_SUMMARY || kind == PURSER_PIECE_REASONING;
  PurserPiece *piece = text != NULL && *text != 0 ? purser_item_piece (item, kind, index) : NULL;
  const char *news = piece == NULL ? NULL : whole ? unsaid (piece->said, text) : text;
  if (news == NULL || *news == 0)
    return;
  if (thinking)
    announce_thought (reader, piece);
  if (thinking && item->thought && piece->said->len == 0)
    emit (reader, item, kind, "\n\n");
  item->thought |= thinking;
  items->refused |= kind == PURSER_PIECE_REFUSAL;
  g_string_append (piece->said, news);
  emit (reader, item, kind, news);
}

void
purser_items_cite (PurserReader *reader, PurserItem *item, gint64 index, guint number, JsonNode *citation)
{
  PurserPiece *piece = purser_item_piece (item, PURSER_PIECE_TEXT, index);
  if (piece == NULL || number < piece->citations)
    return;
  piece->citations = number + 1;
  purser_reader_json (reader, PURSER_EVENT_CITATION, NULL, citation);
}

/* A block inside another is none: whichever was open ends here, its calls excepted, which are told apart anyway. */
static void
announce (PurserReader *reader, PurserItems *items, PurserItem *item, JsonNode *beside)
{
  if (item->announced)
    return;
  if (items->open != NULL)
    purser_reader_block_end (reader);
  item->announced = TRUE;
  items->open = item;
  purser_reader_block_with (reader, item->type, beside);
}

static void
end_block (PurserReader *reader, PurserItems *items, PurserItem *item)
{
  if (items->open != item)
    return;
  items->open = NULL;
  purser_reader_block_end (reader);
}

static void
start_call (PurserReader *reader, PurserItems *items, PurserItem *item, JsonObject *object, gboolean at_end)
{
  const char *name = purser_json_string (object, "name"), *id = purser_json_string (object, "call_id");
  PurserPiece *piece = purser_item_piece (item, PURSER_PIECE_INPUT, 0);
  if (item->started || ((name == NULL || *name == 0) && !at_end))
    return;
  item->started = TRUE;
  item->tool = items->calls++;
  purser_reader_tool (reader, 0, item->tool, id != NULL && *id != 0 ? id : item->id, name,
                      item->kind == PURSER_ITEM_CUSTOM);
  emit (reader, item, PURSER_PIECE_INPUT, piece->said->str); /* what came before its name */
}

/* An item that the neutral model has no place for is a block only once it is complete. */
void
purser_items_open (PurserReader *reader, PurserItems *items, PurserItem *item, JsonNode *node)
{
  JsonObject *object = purser_json_object (node);
  if (item->kind != PURSER_ITEM_OTHER)
    announce (reader, items, item, item->kind == PURSER_ITEM_MESSAGE ? node : NULL);
  if (purser_reader_is_streamed (reader) && node != NULL)
    relay_item (reader, "response.output_item.added", node);
  if (is_call (item))
    start_call (reader, items, item, object, FALSE);
}

void
purser_items_part (PurserReader *reader, PurserItems *items, PurserItem *item, gint64 index, JsonObject *part)
{
  static const struct
  {
    const char *type, *member;
    PurserItemKind item;
    PurserPieceKind piece;
  } types[] = {
    { "output_text", "text", PURSER_ITEM_MESSAGE, PURSER_PIECE_TEXT },
    { "text", "text", PURSER_ITEM_MESSAGE, PURSER_PIECE_TEXT },
    { "refusal", "refusal", PURSER_ITEM_MESSAGE, PURSER_PIECE_REFUSAL },
    { "summary_text", "text", PURSER_ITEM_REASONING, PURSER_PIECE_SUMMARY },
    { "reasoning_text", "text", PURSER_ITEM_REASONING, PURSER_PIECE_REASONING },
    { "text", "text", PURSER_ITEM_REASONING, PURSER_PIECE_REASONING },
  };
  const char *type = purser_json_string (part, "type");
  JsonArray *citations = purser_json_array (part, "annotations");
  for (gsize i = 0; type != NULL && i < G_N_ELEMENTS (types); i++)
    if (types[i].item == item->kind && g_str_equal (types[i].type, type))
      purser_items_say (reader, items, item, types[i].piece, index, purser_json_string (part, types[i].member), TRUE);
  for (guint i = 0; item->kind == PURSER_ITEM_MESSAGE && citations != NULL && i < json_array_get_length (citations);
       i++)
    purser_items_cite (reader, item, index, i, json_array_get_element (citations, i));
}

/* Bedrock's mantle counts parts across items: the number under which the NUMBER-th of COUNT was told in fragments. */
static gint64
told_index (const PurserItem *item, gboolean summary, guint number, guint count)
{
  guint seen = 0;
  for (guint i = 0; i < item->pieces->len; i++)
    {
      const PurserPiece *piece = g_ptr_array_index (item->pieces, i);
      if ((piece->kind == PURSER_PIECE_SUMMARY) == summary && seen++ == number && piece->index >= count)
        return piece->index;
    }
  return number;
}

static void
read_parts (PurserReader *reader, PurserItems *items, PurserItem *item, JsonObject *object, const char *member)
{
  JsonArray *parts = purser_json_array (object, member);
  guint count = parts != NULL ? json_array_get_length (parts) : 0;
  for (guint i = 0; i < count; i++)
    purser_items_part (reader, items, item, told_index (item, g_str_equal (member, "summary"), i, count),
                       purser_json_object (json_array_get_element (parts, i)));
}

static void
close_call (PurserReader *reader, PurserItems *items, PurserItem *item, JsonObject *object)
{
  const char *member = item->kind == PURSER_ITEM_CUSTOM ? "input" : "arguments";
  start_call (reader, items, item, object, TRUE);
  purser_items_say (reader, items, item, PURSER_PIECE_INPUT, 0, purser_json_string (object, member), TRUE);
  purser_reader_tool_end (reader, 0, item->tool);
}

/* Reasoning is bound to its item's id, which has to be known before its text; a whole reply has no event for it. */
static void
name_reasoning (PurserReader *reader, const PurserItem *item)
{
  g_autoptr(JsonObject) shell = json_object_new ();
  if (purser_reader_is_streamed (reader) || item->kind != PURSER_ITEM_REASONING || item->id == NULL)
    return;
  json_object_set_string_member (shell, "id", item->id);
  json_object_set_string_member (shell, "type", item->type);
  json_object_set_array_member (shell, "summary", json_array_new ());
  g_autoptr(JsonNode) node = json_node_init_object (json_node_alloc (), shell);
  relay_item (reader, "response.output_item.added", node);
}

void
purser_items_close (PurserReader *reader, PurserItems *items, PurserItem *item, JsonNode *node)
{
  JsonObject *object = purser_json_object (node);
  if (item->closed)
    return;
  item->closed = TRUE;
  if (item->id == NULL)
    item->id = g_strdup (purser_json_string (object, "id"));
  announce (reader, items, item, item->kind == PURSER_ITEM_MESSAGE || item->kind == PURSER_ITEM_OTHER ? node : NULL);
  name_reasoning (reader, item);
  if (is_call (item))
    close_call (reader, items, item, object);
  else if (item->kind != PURSER_ITEM_OTHER)
    {
      read_parts (reader, items, item, object, "summary");
      read_parts (reader, items, item, object, "content");
    }
  if (item->kind == PURSER_ITEM_REASONING)
    {
      item->opaque = g_strdup (purser_json_string (object, "encrypted_content"));
      purser_reader_opaque (reader, PURSER_EVENT_SIGNATURE, 0, item->opaque, item->id, NULL);
    }
  if ((purser_reader_is_streamed (reader) || item->kind == PURSER_ITEM_REASONING) && node != NULL
      && item->kind != PURSER_ITEM_OTHER)
    relay_item (reader, "response.output_item.done", node);
  end_block (reader, items, item);
}

void
purser_responses_set_name (JsonObject *object, const PurserChat *chat, const char *name)
{
  const PurserTool *tool = purser_chat_spaced_tool (chat, name, &name);
  if (tool != NULL)
    json_object_set_string_member (object, "namespace", tool->space);
  json_object_set_string_member (object, "name", name);
}
