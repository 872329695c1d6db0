/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-dialect.h"

G_BEGIN_DECLS

/* What the requests of all dialects need. Private to this room. */

/* Calls without an id get one; results find the id and the tool's name of their call. Made once per request. */
typedef struct _PurserCallIds PurserCallIds;
PurserCallIds *purser_call_ids_new  (const PurserChat *chat);
void           purser_call_ids_free (PurserCallIds *ids);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserCallIds, purser_call_ids_free)
/* PART: a call, or the result that answers one. The name is the tool's, NULL if nobody told it. */
const char    *purser_call_ids_id   (PurserCallIds *ids, const PurserPart *part);
const char    *purser_call_ids_name (PurserCallIds *ids, const PurserPart *part);

/* Sets UNSUPPORTED with these words; always FALSE. */
gboolean purser_encode_refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* Refuses what no dialect can send. */
gboolean purser_encode_check (const PurserChat *chat, GError **error);

/* Appends a message. (transfer none) */
JsonObject *purser_encode_message (JsonArray *messages, const char *role);
/* All text parts, a blank line between. (transfer full) */
char *purser_encode_text (const GPtrArray *parts);
/* A call's arguments: always an object. (transfer full) */
JsonNode *purser_encode_arguments (const PurserPart *call);
/* "Error: " in front where the format cannot say that it is one. (transfer full) */
char *purser_encode_result (const PurserPart *result);
/* (transfer full) */
char *purser_encode_data_url (const PurserPart *part);
/* A tool without a schema takes nothing. (transfer full) */
JsonNode *purser_encode_schema (const PurserTool *tool);
/* The schema with every object refusing unknown members. (transfer full) */
JsonNode *purser_encode_closed_schema (JsonNode *schema);
/* Whether OpenAI's strict mode takes the schema as it stands. */
gboolean purser_encode_is_strict (JsonNode *schema);

/* The tool that tool_choice names. (nullable) */
const PurserTool *purser_encode_named_tool (const PurserChat *chat);
/* Whether it is auto, none or required. */
gboolean purser_encode_choice_is_word (const char *choice);
gboolean purser_encode_holds_result (const PurserMessage *message);

G_END_DECLS
