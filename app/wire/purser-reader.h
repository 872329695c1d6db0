/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-dialect.h"

G_BEGIN_DECLS

/* Between the reader, which knows bytes, lines and events, and the dialects, which know JSON members. Private to this
 * room. */

typedef enum { PURSER_FRAMING_SSE, PURSER_FRAMING_LINES } PurserFraming;

struct _PurserDialect
{
  const char        *id;
  PurserFraming      framing;
  const char *const *headers;
  /* The request. (transfer full) */
  JsonNode *(*encode)     (const PurserChat *chat, const PurserEncodeOptions *options, GError **error);
  gpointer  (*state_new)  (void);
  void      (*state_free) (gpointer state);
  /* One event or line of a stream. EVENT: the SSE event's name, or "". FALSE: this is not the protocol. */
  gboolean  (*read_item)  (PurserReader *reader, gpointer state, const char *event, JsonNode *root);
  /* A whole reply's body. FALSE: this is not the protocol. */
  gboolean  (*read_whole) (PurserReader *reader, gpointer state, JsonNode *root);
  /* "[DONE]" came (MARKED), or the connection ended without the dialect's end mark. If the reply counts as complete,
   * says what is still unsaid (open tools, a finish) and returns TRUE. */
  gboolean  (*complete)   (PurserReader *reader, gpointer state, gboolean marked);
};

extern const PurserDialect purser_dialect_openai_chat, purser_dialect_anthropic, purser_dialect_ollama;

/* What dialects hand to the reader's owner. Nothing goes out after an error or the end. */

/* Once, and again if a name is learned later. */
void     purser_reader_start    (PurserReader *reader, const char *id, const char *model);
/* A fragment; NULL and "" are nothing. */
void     purser_reader_text     (PurserReader *reader, PurserEventType type, int choice, int tool, const char *text);
void     purser_reader_tool     (PurserReader *reader, int choice, int tool, const char *id, const char *name,
                                 gboolean custom);
void     purser_reader_tool_end (PurserReader *reader, int choice, int tool);
void     purser_reader_block    (PurserReader *reader, const char *name);
void     purser_reader_json     (PurserReader *reader, PurserEventType type, const char *name, JsonNode *json);
void     purser_reader_usage    (PurserReader *reader, const PurserUsage *usage);
void     purser_reader_finish   (PurserReader *reader, int choice, PurserFinish finish, const char *word);
/* TRUE if ROOT carries an error: the reply failed. IN_STREAM: only shapes that cannot be anything else. */
gboolean purser_reader_error    (PurserReader *reader, JsonNode *root, gboolean in_stream);
/* FAULT: (transfer full) */
void     purser_reader_fail     (PurserReader *reader, PurserFault *fault, JsonNode *error);
/* The end mark came. */
void     purser_reader_over     (PurserReader *reader);
gboolean purser_reader_is_over  (PurserReader *reader);
/* How the reply was read in the end. */
gboolean purser_reader_is_streamed (PurserReader *reader);

/* Token counts as providers send them: negative and absurd ones count as not told (-1). */
gint64   purser_reader_count    (JsonObject *usage, const char *member);

G_END_DECLS
