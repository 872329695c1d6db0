/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-anthropic-rules.h"
#include "purser-encode.h"

G_BEGIN_DECLS

/* A request under construction. Private to this dialect. */
typedef struct
{
  const PurserChat          *chat;
  const PurserEncodeOptions *options;
  const PurserAnthropicRule *rule;
  PurserCallIds             *ids;
  gboolean                   own;   /* the caller speaks Messages: what is Anthropic's alone goes back */
  gboolean                   newer; /* API version 2026-10-21 (PROVIDERS §4.7) */
} PurserAnthropicEncoder;

/* Notes NAME in options->dropped, once. */
void purser_anthropic_drop (const PurserAnthropicEncoder *encoder, const char *name);

/* A member "cache_control" for MARK, where there is one. */
void purser_anthropic_set_mark (JsonObject *object, PurserCacheMark mark);
/* At most four points may be marked: those too many go, of the talk's the earliest first, then the earliest of all. */
void purser_anthropic_limit_marks (const PurserAnthropicEncoder *encoder, JsonObject *body);

/* Adds PART to CONTENT as the block it is; a part that says nothing to Anthropic adds none. ROLE: of its message. */
gboolean purser_anthropic_add_block (const PurserAnthropicEncoder *encoder,
                                     const PurserPart *part,
                                     PurserRole role,
                                     JsonArray *content,
                                     GError **error);
/* A tool's result, at any role. */
gboolean purser_anthropic_add_result (const PurserAnthropicEncoder *encoder,
                                      const PurserPart *part,
                                      JsonArray *content,
                                      GError **error);
/* One text alone is written as a string, as most people write it. */
void purser_anthropic_simplify (JsonObject *object, const char *member);

/* Sets `system` and `messages`. TOLD: (nullable) what is added to the system text. */
gboolean purser_anthropic_add_messages (const PurserAnthropicEncoder *encoder,
                                        JsonObject *body,
                                        const char *told,
                                        GError **error);

/* Whether the history calls a tool without the thinking that led to it: models with a budget refuse that while they
 * think. */
gboolean purser_anthropic_lost_thinking (const PurserChat *chat);

/* Sets tools and tool_choice. */
gboolean purser_anthropic_add_tools (const PurserAnthropicEncoder *encoder, JsonObject *body, GError **error);
gboolean purser_anthropic_forces_tool (const PurserChat *chat);
/* Sets thinking, and the effort of OUTPUT. Returns whether a budget thinks: then little may be sampled otherwise. */
gboolean purser_anthropic_add_thinking (const PurserAnthropicEncoder *encoder,
                                        JsonObject *body,
                                        JsonObject *output,
                                        gint64 max_tokens);

G_END_DECLS
