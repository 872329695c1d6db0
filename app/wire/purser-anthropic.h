/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-dialect.h"

G_BEGIN_DECLS

/* The request half of the dialect anthropic. (transfer full) */
JsonNode *purser_anthropic_encode (const PurserChat *chat, const PurserEncodeOptions *options, GError **error);

/* Usage in Anthropic's shape, as merged from all that came. (transfer full) */
PurserUsage *purser_anthropic_usage_read (JsonObject *usage);

G_END_DECLS
