/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-chat.h"

G_BEGIN_DECLS

/* Between the messages of a caller's request and their parts. Private to this room. */
typedef struct
{
  PurserChat    *chat;
  PurserMessage *message; /* (unowned): being filled */
  guint          number;  /* of the message */
  int            part;    /* of its content; -1: none */
  GError       **error;
} PurserOpenaiDecoder;

/* Words with one %s for the place: MEMBER of the part or message that is being read, "" for itself. Always FALSE. */
gboolean purser_openai_decoder_refuse  (PurserOpenaiDecoder *decoder, const char *words, const char *member);
/* Content (text, parts or nothing) into PARTS; an empty text says nothing. */
gboolean purser_openai_decoder_content (PurserOpenaiDecoder *decoder, JsonNode *content, GPtrArray *parts);
/* PART is NODE as it came, for servers of this dialect alone. */
void     purser_openai_decoder_keep    (PurserPart *part, JsonNode *node);

G_END_DECLS
