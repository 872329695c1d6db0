/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-anthropic-rules.h"
#include "purser-encode.h"

G_BEGIN_DECLS

/* Sets `system` and `messages` of a request. TOLD: (nullable) what is added to the system text. */
gboolean purser_anthropic_add_messages (
    JsonObject *body, const PurserChat *chat, const PurserAnthropicRule *rule, const char *told, GError **error);

/* Whether the history calls a tool without the thinking that led to it: models with a budget refuse that while they
 * think. */
gboolean purser_anthropic_lost_thinking (const PurserChat *chat);

G_END_DECLS
