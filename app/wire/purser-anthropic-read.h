/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-reader.h"

G_BEGIN_DECLS

/* Replies of Messages as they are read (PROVIDERS §6.1). Private to this dialect. */

typedef struct
{
  GHashTable *open; /* index → block */
  guint opened; /* blocks so far */
  int tools;
  JsonObject *usage; /* (owned): merged; each value is a snapshot that replaces the last */
  JsonNode *first, *latest; /* (owned) (nullable): the usage objects as they came */
  gboolean finished;
} PurserAnthropicState;

gpointer purser_anthropic_state_new (void);
void purser_anthropic_state_free (gpointer state);
gboolean purser_anthropic_read_item (PurserReader *reader, gpointer state, const char *event, JsonNode *root);
gboolean purser_anthropic_read_quick (PurserReader *reader, gpointer state, const char *event, const char *text, gsize length);
gboolean purser_anthropic_read_whole (PurserReader *reader, gpointer state, JsonNode *root);
gboolean purser_anthropic_complete (PurserReader *reader, gpointer state, gboolean marked);

/* Blocks: content_block_start, _delta, _stop; all that are open; and those of a whole reply. */
GHashTable *purser_anthropic_blocks_new (void);
void purser_anthropic_read_block_start (PurserReader *reader, PurserAnthropicState *state, JsonObject *event);
void purser_anthropic_read_block_delta (PurserReader *reader, PurserAnthropicState *state, JsonObject *event);
/* A piece of text, thinking or arguments that says something. FALSE: not in this block. */
gboolean purser_anthropic_read_piece (PurserReader *reader, PurserAnthropicState *state, gint64 index, PurserEventType type, const char *text);
void purser_anthropic_read_block_stop (PurserReader *reader, PurserAnthropicState *state, JsonObject *event);
void purser_anthropic_close_blocks (PurserReader *reader, PurserAnthropicState *state);
void purser_anthropic_read_content (PurserReader *reader, PurserAnthropicState *state, JsonArray *content);

G_END_DECLS
