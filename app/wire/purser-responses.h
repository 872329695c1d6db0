/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-quick.h"
#include "purser-reader.h"
#include "purser-writer.h"

G_BEGIN_DECLS

/* OpenAI's Responses (PROVIDERS §4.8, §6.3), among its own files. */

typedef enum
{
  PURSER_ITEM_MESSAGE,
  PURSER_ITEM_REASONING,
  PURSER_ITEM_FUNCTION,
  PURSER_ITEM_CUSTOM,
  PURSER_ITEM_OTHER, /* built-in tools' calls and whatever comes to be */
} PurserItemKind;

/* TYPE NULL counts as a message: callers leave it out. */
PurserItemKind purser_responses_kind (const char *type);

/* Upstream. */
JsonNode   *purser_responses_encode     (const PurserChat *chat, const PurserEncodeOptions *options, GError **error);
/* The messages as items, without the leading system text where INSTRUCTIONS (out, transfer full, nullable) takes it. (transfer full) */
JsonArray  *purser_responses_input      (const PurserChat *chat, const PurserEncodeOptions *options, gboolean breakpoints,
                                         char **instructions, GError **error);
/* An object of this type (nullable) at the end. (transfer none) */
JsonObject *purser_responses_add_object (JsonArray *array, const char *type);
void        purser_responses_add_text   (JsonArray *content, const char *type, const char *text);
/* A part that is not the model's own. */
gboolean    purser_responses_add_part   (const PurserEncodeOptions *options, gboolean breakpoints, JsonArray *content,
                                         const PurserPart *part, GError **error);
/* A lone plain text is told as a string, which every server takes. */
void        purser_responses_take_content (JsonObject *object, const char *member, JsonArray *content);
/* PLAIN: leave out what servers may not know; OWN_CHOICE (nullable): tool_choice as a caller of this dialect had it. */
gboolean    purser_responses_add_tools  (const PurserChat *chat, gboolean plain, JsonNode *own_choice, JsonObject *body,
                                         GError **error);
gpointer    purser_responses_state_new  (void);
void        purser_responses_state_free (gpointer state);
gboolean    purser_responses_read_item  (PurserReader *reader, gpointer state, const char *event, JsonNode *root);
/* The usual event, a fragment, without a tree. FALSE: of no item that is open. */
gboolean    purser_responses_read_quick (PurserReader *reader, gpointer state, const char *event, const char *text, gsize length);
typedef struct { PurserQuickMember type; gint64 output_index, content_index, summary_index; const char *text; } PurserResponsesPiece;
gboolean    purser_responses_read_piece (PurserReader *reader, gpointer state, const PurserResponsesPiece *piece);
gboolean    purser_responses_read_whole (PurserReader *reader, gpointer state, JsonNode *root);

/* The usage that a response object tells, its service tier included. (transfer full) (nullable) */
PurserUsage *purser_responses_usage_read  (JsonObject *response);
/* (transfer full): as callers expect it; null where nothing is known. */
JsonNode    *purser_responses_usage_write (const PurserUsage *usage);

/* Callers. */
gboolean    purser_responses_decode       (PurserChat *chat, JsonObject *body, GError **error);
gboolean    purser_responses_decode_input (PurserChat *chat, JsonNode *input, GError **error);
/* Text or a list of parts; WHERE: its place in the request, for words. */
gboolean    purser_responses_content      (PurserMessage *message, JsonNode *content, const char *where, GError **error);
/* What only this dialect knows, as it came. */
PurserPart *purser_responses_keep         (PurserMessage *message, JsonNode *node);
/* Sets SYNTAX with these words about a member of the request; always FALSE. */
gboolean    purser_responses_bad          (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);
gpointer    purser_responses_write_new    (PurserWriter *writer);
void        purser_responses_write_free   (gpointer state);
void        purser_responses_write_event  (PurserWriter *writer, gpointer state, const PurserEvent *event);
JsonObject *purser_responses_write_whole  (PurserWriter *writer, const PurserReply *reply);
JsonObject *purser_responses_write_error  (const PurserFault *fault, int status, const char *type, const char *code,
                                           const char *request_id);

G_END_DECLS
