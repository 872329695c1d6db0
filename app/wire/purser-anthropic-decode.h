/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-chat.h"

G_BEGIN_DECLS

/* The callers' half: requests of Messages (PROVIDERS §3, §4; docs/wires.md). Private to this room. */

/* Fills CHAT from a request's body. FALSE with words that name the member. */
gboolean purser_anthropic_decode (PurserChat *chat, JsonObject *body, GError **error);

/* Where in the body the decoder is, for the words of an error: "messages[2].content[0]". -1 = not that deep. */
typedef struct
{
  PurserChat *chat;
  const char *list; /* "messages", "system", "tools"; NULL: a member of the body itself */
  int at, block, inner;
  GError **error;
} PurserAnthropicDecoder;

/* Sets SYNTAX: the place, MEMBER of it (nullable) and the words; always FALSE. */
gboolean purser_anthropic_bad (const PurserAnthropicDecoder *decoder, const char *member, const char *words);
/* Reads cache_control of a block, a tool or the body. */
gboolean purser_anthropic_read_mark (const PurserAnthropicDecoder *decoder, JsonObject *object, PurserCacheMark *mark);
/* Keeps NODE under NAME in the chat's native members. */
void purser_anthropic_keep (const PurserAnthropicDecoder *decoder, const char *name, JsonNode *node);
gboolean purser_anthropic_is_null (JsonNode *node); /* or no node at all */

/* Members of a known object that are not KNOWN, as "NAME.MEMBER". */
void purser_anthropic_keep_rest (const PurserAnthropicDecoder *decoder,
                                 const char *name,
                                 JsonObject *object,
                                 const char *const *known);

/* Members of the body; NODE is their value, which is not null. */
gboolean purser_anthropic_decode_system (PurserAnthropicDecoder *decoder, JsonObject *body, JsonNode *node);
gboolean purser_anthropic_decode_messages (PurserAnthropicDecoder *decoder, JsonObject *body, JsonNode *node);
gboolean purser_anthropic_decode_tools (PurserAnthropicDecoder *decoder, JsonObject *body, JsonNode *node);
gboolean purser_anthropic_decode_choice (PurserAnthropicDecoder *decoder, JsonObject *body, JsonNode *node);
/* One block of content, added to PARTS. */
gboolean purser_anthropic_decode_block (PurserAnthropicDecoder *decoder, JsonNode *node, GPtrArray *parts);

G_END_DECLS
