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
  GPtrArray  *dropped;            /* (nullable) (element-type utf8) gets the names of what the target cannot express and a documented rule leaves out (docs/wires.md) */
  const char *api_version;        /* (nullable) anthropic: "2026-10-21" leaves out what that version refuses (PROVIDERS §4.7); else 2023-06-01 is meant */
} PurserEncodeOptions;

/* "openai-chat", "openai-responses", "anthropic", "ollama", "bedrock" (upstream half only), "ollama-generate" (callers' half only); and what is only passed through:
 * "openai-embeddings" (/v1/embeddings), "ollama-embeddings" (/api/embed); (nullable) */
const PurserDialect *purser_dialect_get (const char *id);
gboolean             purser_dialect_is_upstream (const PurserDialect *dialect); /* has encode_request and a reader */
gboolean             purser_dialect_is_served   (const PurserDialect *dialect); /* has decode_request */
gboolean             purser_dialect_has_writer  (const PurserDialect *dialect); /* and writes replies; embeddings' are only passed through */
const char          *purser_dialect_id  (const PurserDialect *dialect);
/* Extra request headers the dialect needs (anthropic-version …): NULL-terminated name, value, name, value … */
const char *const   *purser_dialect_headers (const PurserDialect *dialect);

/* The request body. Refuses in words what the dialect cannot say. (transfer full) */
GBytes *purser_dialect_encode_request (const PurserDialect *dialect, const PurserChat *chat, const PurserEncodeOptions *options, GError **error);

/* Whether OpenAI takes this request for MODEL only at /responses: models that are served nowhere else, and tools together with reasoning from GPT-5.4 on (PROVIDERS §4.6). */
gboolean purser_openai_needs_responses (const char *model, const PurserChat *chat);
/* Whether only all of CHAT, which was only looked at, can tell: purser_chat_decode() it before asking. */
gboolean purser_openai_must_read (const char *model, const PurserChat *chat);
gboolean purser_openai_only_responses  (const char *model);

/* --- The callers' half --- */
/* A caller's request. Refuses in words that name the member; PURSER_WIRE_ERROR_UNSUPPORTED where the dialect has it and we do not serve it. (transfer full) */
PurserChat *purser_dialect_decode_request (const PurserDialect *dialect, GBytes *body, GError **error);
/* Only a look at the outermost members, enough to find out who may answer: model, stream, include_usage, max_tokens, user. `raw` and `dialect` are set, `undecoded` too; purser_chat_decode() reads the rest
 * once it is needed. Refuses what is no JSON object or names no model. (transfer full) */
PurserChat *purser_dialect_peek_request (const PurserDialect *dialect, GBytes *body, GError **error);
/* Same dialect on both sides (DESIGN §3.4): the caller's own bytes, unknown members, order and white space included, but for the model's name, the usage switch and, on Responses, store:false
 * where the caller did not say. NULL and no error: this body cannot be sent on as it is (it carries thinking of another dialect) and has to be encoded. (transfer full) */
GBytes *purser_dialect_splice_request (const PurserDialect *dialect, GBytes *body, const PurserEncodeOptions *options, GError **error);
/* A tool's name as the dialect takes it: itself where it fits, else a shorter one that purser_chat_tool_name() turns back. (transfer full) */
char       *purser_tool_name_fit  (const char *name, gsize longest);
/* The tool of that name that belongs to a namespace, and its NAME within it (out); (nullable). */
const PurserTool *purser_chat_spaced_tool (const PurserChat *chat, const char *full_name, const char **name);
const char *purser_chat_tool_name (const PurserChat *chat, const char *wire_name); /* the caller's own name of the tool; WIRE_NAME where none fits */

/* Writes one reply as a dialect does, from events of any dialect: the frames of a stream as the events come, or the whole body at the end. */
typedef struct _PurserWriter PurserWriter;
typedef struct
{
  const char *id;            /* (nullable) of the reply; NULL: the one in the START event, with the dialect's prefix where it has another */
  const char *model;         /* (nullable) the name the caller is told; NULL: the one in the START event */
  gint64      created;       /* seconds UTC */
  gboolean    stream;
  gboolean    include_usage; /* openai-chat: the usage chunk was asked for; a whole reply always has it */
  const char *origin;        /* dialect the events come from: opaque thinking of another dialect goes out wrapped (purser-carry.h) */
  const PurserChat *chat;    /* (nullable) the request: Responses repeats parts of it; names of tools are turned back. Borrowed for the writer's life */
} PurserWriterOptions;
/* BYTES end at an event border. TERMINAL: from these on the caller can know the end (finish reason, message_delta, response.completed, done:true; all of a whole reply), so they wait for the settlement. */
typedef void (*PurserWriterFunc) (const char *bytes, gsize length, gboolean terminal, gpointer user_data);
PurserWriter *purser_writer_new  (const PurserDialect *dialect, const PurserWriterOptions *options, PurserWriterFunc func, gpointer user_data);
void          purser_writer_add  (PurserWriter *writer, const PurserEvent *event); /* an ERROR event ends a stream with the dialect's own error event; a whole reply with nothing: use purser_dialect_write_error() */
/* Why nothing was written of a whole reply that ended: it cannot be said in this dialect. Answer with purser_dialect_write_error(). */
const PurserFault *purser_writer_fault (const PurserWriter *writer); /* (nullable) */
void          purser_writer_ping (PurserWriter *writer);                           /* keep-alive bytes that commit to nothing; none in a whole reply */
void          purser_writer_free (PurserWriter *writer);
const char   *purser_writer_content_type (const PurserWriter *writer);             /* static */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserWriter, purser_writer_free)

/* An error reply as the dialect's clients expect it (PROVIDERS §8.5). */
typedef struct
{
  int     status;
  GBytes *body;              /* (owned) JSON */
  gint64  retry_after_ms;    /* -1 = no header */
  int     should_retry;      /* x-should-retry: 0 false, -1 no header */
} PurserErrorReply;
PurserErrorReply *purser_dialect_write_error (const PurserDialect *dialect, const PurserFault *fault, const char *request_id /* nullable */);
void              purser_error_reply_free    (PurserErrorReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserErrorReply, purser_error_reply_free)

/* Reads one reply with a 2xx status. STREAMED is what was asked; CONTENT_TYPE (nullable) decides when it contradicts (a JSON body where a stream was asked). */
PurserReader *purser_reader_new  (const PurserDialect *dialect, gboolean streamed, const char *content_type, PurserEventFunc func, gpointer user_data);
/* Also hands out the bytes of each frame of a stream (its line, or event with its blank line; what stands between frames goes with the next), right after the events that were in it. */
typedef void (*PurserRawFunc) (const char *bytes, gsize length, gpointer user_data);
void          purser_reader_set_raw (PurserReader *reader, PurserRawFunc func);
/* How the reply is read: as a stream, or whole, whatever was asked. From the first event on it does not change; frames come of a stream only. */
gboolean      purser_reader_is_streamed (PurserReader *reader);
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
