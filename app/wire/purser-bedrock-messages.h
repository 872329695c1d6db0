/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-encode.h"

G_BEGIN_DECLS

#define PURSER_BEDROCK_LONGEST_NAME 64 /* of a tool, and of a call's id */

/* Whether the model takes cachePoint blocks at all, and whether it knows the long kind. */
typedef struct
{
  gboolean points, hour;
} PurserBedrockCache;

/* Sets `system` and `messages` of a request. TOLD: (nullable) what is added to the system text. */
gboolean purser_bedrock_add_messages (JsonObject *body,
                                      const PurserChat *chat,
                                      const PurserEncodeOptions *options,
                                      PurserBedrockCache cache,
                                      const char *told,
                                      GError **error);
/* A cachePoint after what came before, if it is marked and the model takes one. */
gboolean purser_bedrock_add_cache_point (JsonArray *array, PurserCacheMark mark, PurserBedrockCache cache);
/* Whether thinking can go back: it was signed, and by a model behind this dialect. */
gboolean purser_bedrock_takes_thinking (const PurserPart *part);

G_END_DECLS
