/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-encode.h"
#include "purser-openai-rules.h"
#include "purser-quick.h"
#include "purser-reader.h"

G_BEGIN_DECLS

/* The halves of the dialect openai-chat, each in its own file; purser-openai-chat.c ties them together. */

/* -request: an upstream's request. (transfer full) */
JsonNode *purser_openai_chat_encode (const PurserChat *chat, const PurserEncodeOptions *options, GError **error);

/* -messages: the messages of that request. */
typedef struct
{
  const PurserChat          *chat;
  const PurserEncodeOptions *options;
  const PurserOpenaiRule    *rule;
  PurserCallIds             *ids;
  JsonArray                 *messages; /* (unowned) */
  GPtrArray *beside; /* (element-type PurserPart): what stood beside tool results, for the message after them */
} PurserOpenaiChatEncoder;
gboolean  purser_openai_chat_add_messages (PurserOpenaiChatEncoder *encoder, GError **error);
/* -content: the content of each. */
gboolean  purser_openai_content_add  (PurserOpenaiChatEncoder *encoder, JsonArray *content, const PurserPart *part, GError **error);
void      purser_openai_content_text (JsonArray *content, const char *text);
void      purser_openai_content_mark (PurserOpenaiChatEncoder *encoder, JsonArray *content, const PurserPart *part); /* the last part, if PART is marked */
void      purser_openai_content_set  (PurserOpenaiChatEncoder *encoder, JsonObject *message, JsonArray *content);
gboolean  purser_openai_content_is_text (const PurserPart *part);
/* A tool's name as this server takes it. (transfer full) */
char     *purser_openai_chat_tool_name (const PurserOpenaiChatEncoder *encoder, const char *name);

/* -reply: an upstream's reply. */
gpointer  purser_openai_chat_state_new  (void);
void      purser_openai_chat_state_free (gpointer state);
gboolean  purser_openai_chat_read_item  (PurserReader *reader, gpointer state, const char *event, JsonNode *root);
/* -quick: what comes most often, without a tree: chunks and whole replies of one choice that is text. */
gboolean  purser_openai_chat_read_quick (PurserReader *reader, gpointer state, const char *event, const char *text, gsize length);
gboolean  purser_openai_chat_read_whole_quick (PurserReader *reader, gpointer state, const char *text, gsize length);
/* What it found, said as the tree's reader would. All but the numbers nullable. */
typedef struct
{
  const char *id, *model, *tier, *text, *finish;
  gint64      choice; /* -1: none */
  JsonObject *usage;
  gboolean    whole;  /* nothing follows */
} PurserOpenaiChatPiece;
gboolean  purser_openai_chat_is_named (gpointer state); /* id and model are told */
gboolean  purser_openai_chat_knows_tier (gpointer state, const PurserQuickMember *tier);
/* FALSE: there is no such choice, and nothing was said. */
gboolean  purser_openai_chat_say (PurserReader *reader, gpointer state, const PurserOpenaiChatPiece *piece);
gboolean  purser_openai_chat_read_whole (PurserReader *reader, gpointer state, JsonNode *root);
gboolean  purser_openai_chat_complete   (PurserReader *reader, gpointer state, gboolean marked);

/* -decode: a caller's request; -tools: its tools; -form: the form of the answer; -history: its messages. */
gboolean  purser_openai_chat_decode         (PurserChat *chat, JsonObject *body, GError **error);
gboolean  purser_openai_chat_decode_history (PurserChat *chat, JsonArray *messages, GError **error);
gboolean  purser_openai_chat_decode_tools     (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error);
gboolean  purser_openai_chat_decode_functions (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error);
gboolean  purser_openai_chat_decode_choice    (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error);
gboolean  purser_openai_chat_decode_format    (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error);
gboolean  purser_openai_chat_decode_effort    (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error);
gboolean  purser_openai_chat_decode_reasoning (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error);
gboolean  purser_openai_chat_decode_verbosity (PurserChat *chat, JsonObject *body, JsonNode *node, GError **error);
/* A whole number of at least LEAST, or -1, which says nothing. */
gboolean  purser_openai_chat_take_count (gint64 *field, JsonObject *body, const char *name, gint64 least, GError **error);
/* OpenAI's prompt_cache_breakpoint, or the cache_control that OpenRouter and others take in its place. */
PurserCacheMark purser_openai_chat_cache_mark (JsonObject *object);
/* Sets SYNTAX with these words, which hold one %s for the member's name; always FALSE. */
gboolean  purser_openai_chat_refuse (GError **error, const char *words, const char *member);
/* Keeps a member that the neutral model has no place for; its name may be a path ("messages[].prefix"), which no upstream is sent. */
void      purser_openai_chat_keep (PurserChat *chat, const char *name, JsonNode *node);

/* -write: a caller's stream; -whole: its whole reply, and what both have in common. */
#define PURSER_OPENAI_REPLY_PREFIX "chatcmpl-"
#define PURSER_OPENAI_CALL_PREFIX  "call_"
gpointer    purser_openai_chat_write_new   (PurserWriter *writer);
void        purser_openai_chat_write_free  (gpointer state);
void        purser_openai_chat_write_event (PurserWriter *writer, gpointer state, const PurserEvent *event);
JsonObject *purser_openai_chat_write_whole (PurserWriter *writer, const PurserReply *reply);
JsonObject *purser_openai_chat_write_error (const PurserFault *fault, int status, const char *type, const char *code, const char *request_id);
/* Whether the caller described `functions`, the form before tools, and so expects function_call. */
gboolean    purser_openai_chat_is_legacy   (const PurserChat *chat);
const char *purser_openai_chat_reasoning_member (PurserWriter *writer);
/* PART: thinking with a signature or redacted. (transfer full) */
JsonNode   *purser_openai_chat_make_detail (PurserWriter *writer, const PurserPart *part, guint index);
const char *purser_openai_chat_finish_word (PurserWriter *writer, PurserFinish finish, const char *raw, gboolean refused, gboolean legacy);
JsonNode   *purser_openai_chat_usage       (PurserWriter *writer); /* (transfer full) (nullable) */
JsonNode   *purser_openai_chat_annotation  (PurserWriter *writer, JsonNode *citation); /* (transfer full) (nullable) */

G_END_DECLS
