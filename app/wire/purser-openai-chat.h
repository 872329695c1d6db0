/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-dialect.h"

G_BEGIN_DECLS

/* The request half of the dialect openai-chat. (transfer full) */
JsonNode *purser_openai_chat_encode (const PurserChat *chat, const PurserEncodeOptions *options, GError **error);

G_END_DECLS
