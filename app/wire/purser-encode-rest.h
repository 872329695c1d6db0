/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-dialect.h"

G_BEGIN_DECLS

/* What of a request its target has no place for: refused where the reply would be another one than was asked for, else
 * left out and named (PROVIDERS §4.1). Private to this room. */

/* What a target can express beyond messages, tools, limits, temperature and top_p. */
typedef enum
{
  PURSER_TAKES_TOP_K = 1 << 0,
  PURSER_TAKES_SEED = 1 << 1,
  PURSER_TAKES_PENALTIES = 1 << 2,
  PURSER_TAKES_LOGPROBS = 1 << 3,
  PURSER_TAKES_METADATA = 1 << 4,
  PURSER_TAKES_TIER = 1 << 5,
  PURSER_TAKES_CACHE_MARKS = 1 << 6,
  PURSER_TAKES_USER = 1 << 7,
  PURSER_TAKES_ONE_CALL = 1 << 8, /* one tool call at a time */
} PurserTakes;

/* Names what is left out; NAME as callers know it. */
void purser_encode_drop (const PurserEncodeOptions *options, const char *name);
/* OWN: the request came in this very dialect, whose native members go out by themselves. */
gboolean purser_encode_rest (
    const PurserChat *chat, const PurserEncodeOptions *options, gboolean own, PurserTakes takes, GError **error);
/* One native member that the target has no place for: FALSE and words where the reply would be another one without it. */
gboolean purser_encode_leave_native (const PurserEncodeOptions *options, const char *member, JsonNode *node, GError **error);
/* The same for what PART says beside its content: OpenAI's detail of a picture and phase of a text. */
void purser_encode_drop_beside (const PurserEncodeOptions *options, const PurserPart *part);
/* Whether a member says nothing: null, false, "", [], {}. */
gboolean purser_encode_is_idle (JsonNode *node);

G_END_DECLS
