/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-writer.h"

G_BEGIN_DECLS

/* The dialects ollama (/api/chat, both ways) and ollama-generate (/api/generate, as callers speak it). */

/* What stands in front of an option's name among a request's native members. */
#define PURSER_OLLAMA_OPTIONS "options."

/* Whether a request or reply is in either of them. */
gboolean purser_ollama_is_own (const char *dialect);
/* The request half. (transfer full) */
JsonNode *purser_ollama_encode (const PurserChat *chat, const PurserEncodeOptions *options, GError **error);
gboolean purser_ollama_add_messages (JsonArray *messages,
                                     const PurserChat *chat,
                                     const PurserEncodeOptions *options,
                                     GError **error);

/* Callers' requests. A request without messages (of /api/generate: without a prompt) asks for no answer but that the
 * model be loaded, or unloaded: it decodes to a chat without messages. */
gboolean purser_ollama_decode (PurserChat *chat, JsonObject *body, GError **error);
gboolean purser_ollama_decode_generate (PurserChat *chat, JsonObject *body, GError **error);
/* One message of /api/chat. INDEX: for the words of an error. */
gboolean purser_ollama_decode_message (PurserChat *chat, JsonNode *node, guint index, GError **error);
/* `images` of OBJECT, added to MESSAGE. PLACE: for the words of an error. */
gboolean purser_ollama_decode_images (PurserMessage *message, JsonObject *object, const char *place, GError **error);
/* Sets SYNTAX: where, and what is wrong there; always FALSE. */
gboolean purser_ollama_bad (GError **error, const char *place, const char *words);

/* The word with which Ollama answers a request that only loads or unloads the model: "load" or "unload"; NULL for a
 * request that wants an answer. Such a request goes to no provider: the writer is given START, FINISH (OTHER, the word)
 * and END. */
const char *purser_ollama_load_word (const PurserChat *chat);

/* Callers' replies: a stream, whole, an error. */
gpointer purser_ollama_write_new (PurserWriter *writer);
gpointer purser_ollama_write_new_generate (PurserWriter *writer);
void purser_ollama_write_free (gpointer state);
void purser_ollama_write_event (PurserWriter *writer, gpointer state, const PurserEvent *event);
JsonObject *purser_ollama_write_whole (PurserWriter *writer, const PurserReply *reply);
JsonObject *purser_ollama_write_whole_generate (PurserWriter *writer, const PurserReply *reply);
JsonObject *purser_ollama_write_error (
    const PurserFault *fault, int status, const char *type, const char *code, const char *request_id);

/* A reply's usual line, without a tree. */
gboolean purser_ollama_read_quick (PurserReader *reader, gpointer state, const char *event, const char *text, gsize length);

/* What they have in common. */
gboolean purser_ollama_writes_own (PurserWriter *writer); /* the events come from Ollama itself */
char *purser_ollama_created_at (PurserWriter *writer); /* (transfer full) */
JsonObject *purser_ollama_begin (PurserWriter *writer); /* model and time. (transfer full) */
const PurserReplyChoice *purser_ollama_choice (const PurserReply *reply); /* the only one that is written; (nullable) */
/* done, its reason, the counts and durations. */
void purser_ollama_set_end (JsonObject *object, const PurserReply *reply, gboolean own);
/* A call, or NULL: its arguments are no object, which purser_ollama_call_fault() says in words. (transfer full) */
JsonObject *purser_ollama_call (PurserWriter *writer, const PurserReplyTool *tool, int number);
PurserFault *purser_ollama_call_fault (const PurserReplyTool *tool);

G_END_DECLS
