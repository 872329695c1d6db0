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
const char    *purser_call_ids_id   (PurserCallIds *ids, const PurserPart *part); /* of a call, or of the call a result answers */
const char    *purser_call_ids_name (PurserCallIds *ids, const PurserPart *part); /* the tool's name; (nullable) */

gboolean    purser_encode_refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3); /* sets UNSUPPORTED; always FALSE */
gboolean    purser_encode_check  (const PurserChat *chat, gsize longest_tool_name, GError **error); /* what no dialect can send */
JsonObject *purser_encode_message (JsonArray *messages, const char *role); /* (transfer none): appends one */
char       *purser_encode_text   (const GPtrArray *parts);                 /* (transfer full): all text parts, a blank line between */
JsonNode   *purser_encode_arguments (const PurserPart *call);              /* (transfer full): always an object */
JsonNode   *purser_encode_schema (const PurserTool *tool);                 /* (transfer full): a tool without one takes nothing */
JsonNode   *purser_encode_closed_schema (JsonNode *schema);                /* (transfer full): every object refuses unknown members */
gboolean    purser_encode_is_strict (JsonNode *schema);                    /* whether OpenAI's strict mode takes it as it stands */
char       *purser_encode_data_url (const PurserPart *part);               /* (transfer full) */
char       *purser_encode_result (const PurserPart *result);               /* (transfer full): "Error: " where the format cannot say it */
const PurserTool *purser_encode_named_tool (const PurserChat *chat);       /* (nullable): the tool that tool_choice names */
gboolean    purser_encode_holds_result (const PurserMessage *message);
gboolean    purser_encode_choice_is_word (const char *choice);             /* auto, none or required */

G_END_DECLS
