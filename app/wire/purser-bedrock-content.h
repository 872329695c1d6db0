/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-encode.h"

G_BEGIN_DECLS

/* Blocks of Converse that hold data. Each is (transfer full), NULL with words where the format has no place for PART. */
JsonObject *purser_bedrock_image (const PurserPart *part, GError **error);
JsonObject *purser_bedrock_audio (const PurserPart *part, GError **error);
/* NAMES: string to number, with owned keys: the names given so far. A document's has to be its own. */
JsonObject *purser_bedrock_document (const PurserPart *part, GHashTable *names, GError **error);

G_END_DECLS
