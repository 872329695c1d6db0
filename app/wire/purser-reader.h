/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-dialect.h"
#include "purser-writer.h"

G_BEGIN_DECLS

/* Between the reader, which knows bytes, lines and events, and the dialects, which know JSON members. Private to this
 * room. */

typedef enum { PURSER_FRAMING_SSE, PURSER_FRAMING_LINES, PURSER_FRAMING_FRAMES /* AWS event stream */ } PurserFraming;

/* In front of the type of a frame that tells of a failure (exceptions and errors of the AWS event stream). */
#define PURSER_FRAME_FAILED '!'

struct _PurserDialect
{
  const char        *id;
  PurserFraming      framing;
  const char *const *headers;
  /* The request. (transfer full) */
  JsonNode *(*encode)     (const PurserChat *chat, const PurserEncodeOptions *options, GError **error);
  gpointer  (*state_new)  (void);
  void      (*state_free) (gpointer state);
  /* One event, line or frame of a stream. EVENT: the SSE event's name, or ""; a frame's type, with PURSER_FRAME_FAILED in front where it is an exception. FALSE: this is not the protocol. */
  gboolean  (*read_item)  (PurserReader *reader, gpointer state, const char *event, JsonNode *root);
  /* (nullable) The same for the usual event, without a tree (purser-quick.h): TRUE: it was one, and all of it is said; FALSE: nothing is said yet. TEXT ends in NUL. */
  gboolean  (*read_quick) (PurserReader *reader, gpointer state, const char *event, const char *text, gsize length);
  /* (nullable) The same for the usual whole reply. */
  gboolean  (*read_whole_quick) (PurserReader *reader, gpointer state, const char *text, gsize length);
  /* A whole reply's body. FALSE: this is not the protocol. */
  gboolean  (*read_whole) (PurserReader *reader, gpointer state, JsonNode *root);
  /* "[DONE]" came (MARKED), or the connection ended without the dialect's end mark. If the reply counts as complete,
   * says what is still unsaid (open tools, a finish) and returns TRUE. */
  gboolean  (*complete)   (PurserReader *reader, gpointer state, gboolean marked);

  /* The callers' half; all NULL where a dialect is spoken upstream only. Longest tool name taken upstream: see encode. */
  /* Fills CHAT (dialect and raw are set already) from the body's object. FALSE and words. */
  gboolean  (*decode)      (PurserChat *chat, JsonObject *body, GError **error);
  gpointer  (*write_new)   (PurserWriter *writer);
  void      (*write_free)  (gpointer state);
  /* One event of a stream: frames go out by purser_writer_sse() and its like. */
  void      (*write_event) (PurserWriter *writer, gpointer state, const PurserEvent *event);
  /* The whole reply, once it ended well. (transfer full) */
  JsonObject *(*write_whole) (PurserWriter *writer, const PurserReply *reply);
  /* The dialect's error object: body of an error reply; in a stream write_event makes the frame around it. (transfer full) */
  JsonObject *(*write_error) (const PurserFault *fault, int status, const char *type, const char *code, const char *request_id);
  const char *ping;         /* (nullable) bytes that keep a stream alive and say nothing */
  /* What a spliced request must not carry on: members to set where the caller did not, as JSON ("store" "false"), NULL-terminated pairs. (nullable) */
  const char *const *splice_defaults;
  const char *const *vendor_refuses; /* (nullable) members, with their quotes, by which compatible servers carry thinking and which the vendor itself does not know */
  gboolean    usage_switch; /* a streamed request needs stream_options.include_usage */
};

extern const PurserDialect purser_dialect_openai_chat, purser_dialect_openai_responses, purser_dialect_anthropic, purser_dialect_ollama,
    purser_dialect_ollama_generate, purser_dialect_bedrock, purser_dialect_openai_embeddings, purser_dialect_ollama_embeddings;

/* What dialects hand to the reader's owner. Nothing goes out after an error or the end. */

/* Once, and again if a name is learned later. */
void     purser_reader_start    (PurserReader *reader, const char *id, const char *model);
/* A fragment; NULL and "" are nothing. */
void     purser_reader_text     (PurserReader *reader, PurserEventType type, int choice, int tool, const char *text);
void     purser_reader_tool     (PurserReader *reader, int choice, int tool, const char *id, const char *name,
                                 gboolean custom);
void     purser_reader_tool_end (PurserReader *reader, int choice, int tool);
void     purser_reader_block    (PurserReader *reader, const char *name);
/* The same with what it carries beside (nullable), and its end. */
void     purser_reader_block_with (PurserReader *reader, const char *name, JsonNode *json);
void     purser_reader_block_end (PurserReader *reader);
/* A signature or redacted thinking: ID and JSON nullable. */
void     purser_reader_opaque   (PurserReader *reader, PurserEventType type, int choice, const char *text, const char *id, JsonNode *json);
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
/* A start was told, and the model's name: another start of that name says nothing. */
gboolean purser_reader_is_named (PurserReader *reader);
/* Empty; for a text that is made on the way to purser_reader_text(). (transfer none) */
GString *purser_reader_scratch  (PurserReader *reader);
/* For tests, which compare: everything by the tree; the dialect's state. */
void     purser_reader_forgo_quick (PurserReader *reader);
gpointer purser_reader_state       (PurserReader *reader);

/* Token counts as providers send them: negative and absurd ones count as not told (-1). */
gint64   purser_reader_count    (JsonObject *usage, const char *member);

G_END_DECLS
