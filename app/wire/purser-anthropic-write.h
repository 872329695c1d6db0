/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-writer.h"

G_BEGIN_DECLS

/* Replies of Messages as they are written (PROVIDERS §6.1, §8.3, §8.4). Private to this dialect. */

typedef enum
{
  PURSER_BLOCK_TEXT,
  PURSER_BLOCK_THINKING,
  PURSER_BLOCK_REDACTED,
  PURSER_BLOCK_TOOL,
  PURSER_BLOCK_OPAQUE,
} PurserBlockKind;

typedef struct
{
  PurserBlockKind kind;
  int tool; /* TOOL: the how-manieth of the events; -1: not yet told */
  char *id, *name; /* (owned) (nullable) TOOL */
  char *opaque; /* (owned) (nullable) THINKING: the signature; REDACTED: the data */
  JsonObject *json; /* (owned) (nullable) OPAQUE: all of it; else members beside */
  GString *held; /* (owned): what was said before its turn */
  gboolean started, ended;
} PurserBlock;

typedef struct
{
  gboolean begun; /* message_start is out */
  int index; /* of the block at the head */
  GQueue blocks; /* (element-type PurserBlock): the head is on the wire, the others wait for their turn */
  GString *prefix; /* (owned): of the frames with the head's fragments, up to the text */
  GString *frame; /* (owned): reused */
  JsonNode *container, *management; /* (unowned) (nullable): as message_start told them */
} PurserAnthropicWriter;

gpointer purser_anthropic_write_new (PurserWriter *writer);
void purser_anthropic_write_free (gpointer state);
void purser_anthropic_write_event (PurserWriter *writer, gpointer state, const PurserEvent *event);
JsonObject *purser_anthropic_write_whole (PurserWriter *writer, const PurserReply *reply);
JsonObject *purser_anthropic_write_error (
    const PurserFault *fault, int status, const char *type, const char *code, const char *request_id);

/* Blocks in a stream, one after the other whatever the order in which they are told. */
void purser_anthropic_blocks_clear (PurserAnthropicWriter *state);
PurserBlock *purser_anthropic_block_push (PurserWriter *writer, PurserAnthropicWriter *state, PurserBlockKind kind);
PurserBlock *purser_anthropic_block_last (PurserAnthropicWriter *state); /* (nullable) */
PurserBlock *purser_anthropic_block_of (PurserAnthropicWriter *state, int tool); /* (nullable) */
/* Its start, once that is known, if it is its turn. */
void purser_anthropic_block_start (PurserWriter *writer, PurserAnthropicWriter *state, PurserBlock *block);
void purser_anthropic_block_text (
    PurserWriter *writer, PurserAnthropicWriter *state, PurserBlock *block, const char *text, gsize length);
void purser_anthropic_block_sign (PurserWriter *writer, PurserAnthropicWriter *state, PurserBlock *block);
void purser_anthropic_block_delta (PurserWriter *writer,
                                   PurserAnthropicWriter *state,
                                   JsonObject *delta); /* (transfer full): of the head */
void purser_anthropic_block_end (PurserWriter *writer, PurserAnthropicWriter *state, PurserBlock *block /* nullable */);

/* The message without content, or with (transfer full, nullable). */
JsonObject *purser_anthropic_message (PurserWriter *writer, JsonArray *content);
/* Usage as this dialect tells it; 0 where nothing is known, because its callers count on numbers. LATEST: only what came last. */
JsonNode *purser_anthropic_usage (PurserWriter *writer, gboolean latest);
/* Sets stop_reason and its companions. */
void purser_anthropic_set_stop (PurserWriter *writer, JsonObject *object);
/* An id that may come back to Anthropic: ^[a-zA-Z0-9_-]+$. (transfer full) */
char *purser_anthropic_tool_id (PurserWriter *writer, const char *id, int tool);
/* The name of a tool that was called with something else than an object, which Anthropic's callers cannot be told; NULL if
 * all is well, or where the reply was cut by its limit. */
const char *purser_anthropic_bad_call (PurserWriter *writer);
char *purser_anthropic_bad_words (const char *tool); /* (transfer full) */

G_END_DECLS
