/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-chat.h"
#include "purser-reader.h"

G_BEGIN_DECLS

/* reasoning_details, OpenRouter's way to carry thinking through Chat Completions (PROVIDERS §10.4):
 * {type:"reasoning.text",text,signature}, {type:"reasoning.summary",summary}, {type:"reasoning.encrypted",data}, each with
 * id, format and index. Private to this room. */

/* META of a reply: under which name the server gives its thinking. */
#define PURSER_OPENAI_REASONING_META "reasoning_member"

gboolean    purser_openai_details_have_text (JsonArray *details);
/* What one detail of a reply says: thinking, a signature, redacted thinking. */
void        purser_openai_detail_tell (PurserReader *reader, int choice, JsonNode *detail);
/* One detail of a caller's history. PART: empty, of type THINKING. */
void        purser_openai_detail_read (JsonNode *detail, PurserPart *part);
/* A detail for an upstream: as it came where it came as one, else made of the part's text and opaque state. INDEX: where the part does not say another. (transfer full) */
JsonObject *purser_openai_detail_new  (const PurserPart *part, guint index);

G_END_DECLS
