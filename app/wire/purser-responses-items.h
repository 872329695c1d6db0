/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-responses.h"

G_BEGIN_DECLS

/* The items of a reply that is being read: what each has said so far, so that a later event that tells all of it again
 * adds only what is missing. Private to the reader of Responses. */

typedef enum { PURSER_PIECE_TEXT, PURSER_PIECE_REFUSAL, PURSER_PIECE_SUMMARY, PURSER_PIECE_REASONING, PURSER_PIECE_INPUT } PurserPieceKind;

typedef struct
{
  PurserPieceKind kind;
  gint64          index;     /* content_index or summary_index */
  GString        *said;      /* (owned) */
  guint           citations; /* how many were told */
  gboolean        announced; /* thinking: which of its two kinds it is was told */
} PurserPiece;

typedef struct
{
  PurserItemKind kind;
  gint64         index;      /* output_index */
  char          *id;         /* (owned) (nullable) */
  char          *type;       /* (owned) */
  char          *opaque;     /* (owned) (nullable): encrypted_content as it was told first */
  GPtrArray     *pieces;     /* (element-type PurserPiece) */
  int            tool;
  gboolean       announced;  /* BLOCK was told */
  gboolean       started;    /* a call's name was told */
  gboolean       thought;    /* some thinking was told */
  gboolean       closed;     /* all of it was told */
} PurserItem;

typedef struct
{
  GPtrArray  *items; /* (element-type PurserItem) */
  PurserItem *open;  /* (unowned) (nullable): whose BLOCK has no BLOCK_END yet */
  int         calls;
  gboolean    refused;
} PurserItems;

PurserItems *purser_items_new  (void);
void         purser_items_free (PurserItems *items);
/* Where an event belongs: by its output_index, else by its item_id; NULL if there is none. */
PurserItem  *purser_items_find (PurserItems *items, gint64 index, const char *id);
/* OBJECT (nullable): the item as it came. NULL: more items than a reply can have. */
PurserItem  *purser_items_add  (PurserItems *items, PurserItemKind kind, gint64 index, JsonObject *object);
PurserPiece *purser_item_piece (PurserItem *item, PurserPieceKind kind, gint64 index);

/* TEXT goes on with the piece; WHOLE: it is all of it. */
void purser_items_say   (PurserReader *reader, PurserItems *items, PurserItem *item, PurserPieceKind kind, gint64 index,
                         const char *text, gboolean whole);
void purser_items_cite  (PurserReader *reader, PurserItem *item, gint64 index, guint number, JsonNode *citation);
/* The item begins; NODE (nullable): as it came. */
void purser_items_open  (PurserReader *reader, PurserItems *items, PurserItem *item, JsonNode *node);
/* It is complete; NODE: all of it. */
void purser_items_close (PurserReader *reader, PurserItems *items, PurserItem *item, JsonNode *node);
/* A part begins; EVENT: as it came. */
void purser_items_announce (PurserReader *reader, PurserItem *item, JsonObject *event);
/* A part of an item as it is when complete. */
void purser_items_part  (PurserReader *reader, PurserItems *items, PurserItem *item, gint64 index, JsonObject *part);

/* The name of a called tool, and the namespace that CHAT (nullable) describes it in. */
void purser_responses_set_name (JsonObject *object, const PurserChat *chat, const char *name);

G_END_DECLS
