/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-chat.h"
#include "purser-event.h"

G_BEGIN_DECLS

/* A dialect: a table of functions over one event type. No I/O, no clock, no globals. */
typedef struct _PurserDialect PurserDialect;
typedef struct _PurserReader  PurserReader;  /* an incremental reader of one reply */

typedef struct
{
  const char *model;         /* the provider's name for it */
  gboolean    stream;
  gboolean    known_server;  /* OpenAI itself: stream_options, max_completion_tokens are safe. Unknown servers get stream_options, and max_tokens (PROVIDERS.md §10.4; a server that refuses stream_options is retried without: `plain`) */
  gboolean    plain;         /* leave stream_options and other extras out */
  gint64      default_max_tokens; /* for dialects that require one; -1 = 8192 */
  gint64      context_tokens;     /* what the model can read; ≤ 0 = not known. Ollama is asked for a larger window where a request needs it */
} PurserEncodeOptions;

const PurserDialect *purser_dialect_get (const char *id);  /* "openai-chat", "anthropic", "ollama"; (nullable) */
const char          *purser_dialect_id  (const PurserDialect *dialect);
/* Extra request headers the dialect needs (anthropic-version …): NULL-terminated name, value, name, value … */
const char *const   *purser_dialect_headers (const PurserDialect *dialect);

/* The request body. Refuses in words what the dialect cannot say. (transfer full) */
GBytes *purser_dialect_encode_request (const PurserDialect *dialect, const PurserChat *chat, const PurserEncodeOptions *options, GError **error);

/* Reads one reply with a 2xx status. STREAMED is what was asked; CONTENT_TYPE (nullable) decides when it contradicts (a JSON body where a stream was asked). */
PurserReader *purser_reader_new  (const PurserDialect *dialect, gboolean streamed, const char *content_type, PurserEventFunc func, gpointer user_data);
/* Any cut of the bytes gives the same events. After an error event or the end, further bytes are ignored. FALSE once the reply is over (ended or failed). */
gboolean      purser_reader_feed (PurserReader *reader, const void *bytes, gsize length);
/* The connection ended: a whole body is parsed now; a stream without its end mark gives an ERROR event of class CUT
 * (openai-chat: a missing [DONE] after a finish reason is tolerated). */
void          purser_reader_end  (PurserReader *reader);
void          purser_reader_free (PurserReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserReader, purser_reader_free)
#define PURSER_READER_MAX_LINE  (16 * 1024 * 1024) /* longest line or event */
#define PURSER_READER_MAX_BODY  (64 * 1024 * 1024) /* longest whole body */

/* Reads an error reply (status ≥ 400, or a 2xx that is not the protocol). HEADER returns a header's value or NULL; may be NULL. (transfer full) */
typedef const char *(*PurserHeaderFunc) (const char *name, gpointer data);
PurserFault *purser_dialect_read_error (const PurserDialect *dialect, int status, const char *content_type, const void *body, gsize length, PurserHeaderFunc header, gpointer header_data);

/* A model as a provider lists it. */
typedef struct
{
  char    *name, *title;                 /* (owned) title nullable */
  gint64   context_tokens, max_output;   /* -1 = not told */
  char    *remote_host;                  /* (nullable) */
  gboolean chat;                         /* FALSE: embeddings, audio, image … by what the list or the name says */
  char    *shutdown_date;                /* (nullable) */
} PurserListedModel;
void       purser_listed_model_free (PurserListedModel *model);
/* FORMAT: "openai", "anthropic", "ollama" (/api/tags), "github". NEXT_PAGE: (out) (optional) cursor where the list goes on. (transfer full) (element-type PurserListedModel) */
GPtrArray *purser_models_parse (const char *format, const void *body, gsize length, char **next_page, GError **error);

#define PURSER_WIRE_ERROR (purser_wire_error_quark ())
GQuark purser_wire_error_quark (void);
typedef enum { PURSER_WIRE_ERROR_SYNTAX, PURSER_WIRE_ERROR_UNSUPPORTED, PURSER_WIRE_ERROR_LIMIT } PurserWireError;

G_END_DECLS
