/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-dialect.h"

G_BEGIN_DECLS

/* The dialect bedrock is AWS's Converse (PROVIDERS §3.1, §6.5, §10.3), spoken upstream only: POST
 * /model/{the id, URL-encoded}/converse, or …/converse-stream for a stream, with a bearer key. The body does not name the
 * model. */

/* The request half. (transfer full) */
JsonNode *purser_bedrock_encode (const PurserChat *chat, const PurserEncodeOptions *options, GError **error);

/* Usage and service tier of a reply: members of OBJECT, a whole reply or the frame metadata. */
void purser_bedrock_read_usage (PurserReader *reader, JsonObject *object);

G_END_DECLS
