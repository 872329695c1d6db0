/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-reader.h"

G_BEGIN_DECLS

/* The blocks of a reply of Converse while they are read. Private to the dialect. */

typedef enum
{
  PURSER_BEDROCK_TEXT,
  PURSER_BEDROCK_TOOL,
  PURSER_BEDROCK_THINKING,
  PURSER_BEDROCK_OTHER
} PurserBedrockKind;

typedef struct
{
  PurserBedrockKind kind;
  int tool; /* the how-manieth tool */
  GString *signature; /* (owned) (nullable): it may come in pieces, and counts only whole */
  char *redacted; /* (owned) (nullable): base64, likewise */
} PurserBedrockBlock;

typedef struct
{
  GHashTable *open; /* index → PurserBedrockBlock */
  int tools;
  gboolean finished;
} PurserBedrockState;

gpointer purser_bedrock_state_new (void);
void purser_bedrock_state_free (gpointer state);

/* Whether a call is for the caller to make: tools that run at AWS are not. */
gboolean purser_bedrock_is_callers (JsonObject *use);
/* Says that a block begins. OPAQUE: (nullable) all of it, where the neutral model has no place for it. (transfer full) */
PurserBedrockBlock *purser_bedrock_block_new (PurserReader *reader, PurserBedrockKind kind, JsonNode *opaque);
PurserBedrockBlock *purser_bedrock_open_tool (PurserReader *reader, PurserBedrockState *state, JsonObject *use);
void purser_bedrock_block_free (gpointer block);
/* Says what was gathered, and that the block is over. */
void purser_bedrock_close (PurserReader *reader, PurserBedrockBlock *block);

/* The block that is open at INDEX; (nullable). */
PurserBedrockBlock *purser_bedrock_find (PurserBedrockState *state, gint64 index);
/* The same; one that nothing announced begins here. */
PurserBedrockBlock *purser_bedrock_block_at (PurserReader *reader,
                                             PurserBedrockState *state,
                                             gint64 index,
                                             PurserBedrockKind kind);
/* Closes it, if it is open. */
void purser_bedrock_forget (PurserReader *reader, PurserBedrockState *state, gint64 index);
void purser_bedrock_close_all (PurserReader *reader, PurserBedrockState *state);

void purser_bedrock_add_signature (PurserBedrockBlock *block, const char *piece);
void purser_bedrock_add_redacted (PurserBedrockBlock *block, const char *piece);

G_END_DECLS
