/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-responses.h"

G_BEGIN_DECLS

/* What is being written: items, their parts, and the response around them. Private to the writer of Responses.
 *
 * From events of this very dialect an item is written as its provider had it (`base`, `last`), with what the events say
 * in the place of what it says itself; from others' it is made here, with ids made of the reply's. */

typedef enum { PURSER_WRITTEN_TEXT, PURSER_WRITTEN_REFUSAL, PURSER_WRITTEN_SUMMARY, PURSER_WRITTEN_REASONING } PurserWrittenKind;

typedef struct
{
  PurserWrittenKind kind;
  gint64      index;       /* content_index or summary_index */
  char       *event;       /* (owned): "response.content_part" and its like, to which .added and .done are put */
  JsonObject *base;        /* (owned) (nullable): the part as it began */
  GString    *text;        /* (owned) */
  GString    *prefix;      /* (owned): of a fragment's frame, up to the sequence number */
  JsonArray  *annotations; /* (owned) */
  gboolean    separated;   /* the blank line between this thinking and the one before it came */
} PurserWrittenPart;

typedef struct
{
  PurserItemKind kind;
  guint       index;     /* output_index */
  char       *id;        /* (owned) */
  JsonObject *base;      /* (owned) (nullable): the item as its provider began it */
  JsonObject *last;      /* (owned) (nullable): as its provider ended it */
  char       *phase;     /* (owned) (nullable) */
  JsonArray  *content;   /* (owned): parts that are done */
  JsonArray  *summary;   /* (owned): likewise */
  char       *opaque;    /* (owned) (nullable) */
  PurserWrittenPart *part; /* (owned) (nullable): the open one */
  int         tool;      /* a call's number, -1 until it is told */
  char       *call_id, *name; /* (owned) (nullable) */
  GString    *input;     /* (owned): a call's arguments or input */
  GString    *prefix;    /* (owned) (nullable): of a fragment's frame */
  const PurserChat *chat; /* (nullable) the request: which tools are in a namespace */
  JsonNode   *done;      /* (owned) (nullable): as it was ended here */
} PurserWrittenItem;

typedef struct
{
  PurserWriter      *writer;   /* (unowned) */
  int                sequence;
  gboolean           created;
  GPtrArray         *items;    /* (element-type PurserWrittenItem) by output_index */
  PurserWrittenItem *content;  /* (unowned) (nullable): the message or reasoning that is open */
  char              *phase;    /* (owned) (nullable): of the message to come */
  PurserFinish       finish;
  GString           *frame;    /* (owned): reused */
} PurserResponsesWriter;

/* Event frames. DATA is (transfer full); type and sequence number are put in front. */
JsonObject *purser_responses_event (PurserResponsesWriter *self, const char *type);
void        purser_responses_send  (PurserResponsesWriter *self, JsonObject *event, gboolean terminal);

PurserWrittenItem *purser_written_open    (PurserResponsesWriter *self, PurserItemKind kind, JsonObject *base);
void               purser_written_added   (PurserResponsesWriter *self, PurserWrittenItem *item);
void               purser_written_close   (PurserResponsesWriter *self, PurserWrittenItem *item, gboolean complete);
void               purser_written_say     (PurserResponsesWriter *self, PurserWrittenItem *item, PurserWrittenKind kind,
                                           const char *text, gsize length);
void               purser_written_input   (PurserResponsesWriter *self, PurserWrittenItem *item, const char *text, gsize length);
void               purser_written_cite    (PurserResponsesWriter *self, PurserWrittenItem *item, JsonNode *citation);
/* A part as its provider began it: EVENT is that event. */
void               purser_written_part    (PurserResponsesWriter *self, PurserWrittenItem *item, JsonObject *event);
void               purser_written_free    (gpointer item);
void               purser_written_part_free  (PurserWrittenPart *part);
void               purser_written_close_part (PurserResponsesWriter *self, PurserWrittenItem *item);
/* The frame of a fragment up to its sequence number, with which all of an item's or part's fragments begin; and one. */
void               purser_written_frame      (GString *out, const char *type, const PurserWrittenItem *item,
                                              const char *index_member, gint64 index);
void               purser_written_fragment   (PurserResponsesWriter *self, const GString *prefix, const char *text,
                                              gsize length, const char *tail);
/* A copy whose call is named as the caller named it. (transfer full) */
JsonObject        *purser_written_copy    (PurserWriter *writer, JsonObject *item);

/* An item's id, made of the reply's. (transfer full) */
char       *purser_responses_item_id   (PurserWriter *writer, PurserItemKind kind, guint index);
/* A citation as this dialect has it; AT: where in the text, in characters. (transfer full) (nullable) */
JsonNode   *purser_responses_annotation (PurserWriter *writer, JsonNode *citation, glong at);
/* The response with this status. OUTPUT: (transfer full). (transfer full) */
JsonObject *purser_responses_response  (PurserWriter *writer, const char *status, JsonArray *output, gboolean final);
/* The response object as its provider told it last, where it is of this very dialect. (transfer none) (nullable) */
JsonObject *purser_responses_told      (PurserWriter *writer);
/* completed or incomplete. */
const char *purser_responses_status    (PurserWriter *writer, PurserFinish finish);

G_END_DECLS
