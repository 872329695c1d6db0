/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-anthropic-rules.h"
#include "purser-dialect.h"

G_BEGIN_DECLS

/* Sets what makes the model think as much as the request wants, in the place its family has for it: FIELDS are
 * additionalModelRequestFields, OUTPUT is outputConfig. LIMIT: of tokens, -1 if nobody said one; a budget needs one.
 * Returns whether a budget thinks: then nothing may be sampled otherwise. */
gboolean purser_bedrock_add_thinking (JsonObject *fields,
                                      JsonObject *output,
                                      const PurserChat *chat,
                                      const PurserEncodeOptions *options,
                                      const PurserAnthropicRule *rule,
                                      gboolean forced,
                                      gint64 *limit);

G_END_DECLS
