/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-dialect.h"

G_BEGIN_DECLS

/* The request half of the dialect ollama. (transfer full) */
JsonNode *purser_ollama_encode (const PurserChat *chat, const PurserEncodeOptions *options, GError **error);

G_END_DECLS
