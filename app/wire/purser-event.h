/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What went wrong upstream, in one class whatever the provider; DESIGN §3.5 decides by it. */
typedef enum
{
  PURSER_FAULT_NONE,
  PURSER_FAULT_ADDRESS,      /* name not found, connection refused, no route */
  PURSER_FAULT_TLS,
  PURSER_FAULT_TIMEOUT,      /* no answer, no first content, or silence in mid-stream */
  PURSER_FAULT_CUT,          /* the connection ended before the reply did */
  PURSER_FAULT_KEY,          /* 401, 403: key refused */
  PURSER_FAULT_MONEY,        /* 402, insufficient_quota, spend limit */
  PURSER_FAULT_NO_MODEL,     /* model_not_found: the model vanished */
  PURSER_FAULT_NOT_FOUND,    /* 404 at the address itself */
  PURSER_FAULT_GONE,         /* 410: service retired */
  PURSER_FAULT_RATE,         /* 429 */
  PURSER_FAULT_OVERLOADED,   /* 503, 529, overloaded_error, also inside a 200 stream */
  PURSER_FAULT_SERVER,       /* other 5xx, 408, 409 */
  PURSER_FAULT_REQUEST,      /* 400, 413, 422: the caller's own */
  PURSER_FAULT_CONTEXT,      /* the request is longer than the model's context */
  PURSER_FAULT_GARBAGE,      /* not the protocol: HTML, broken JSON, endless line */
  PURSER_FAULT_TOO_LARGE,    /* reply past our limits */
  PURSER_FAULT_CANCELLED,
  PURSER_FAULT_LOCAL,        /* our side: no key, store failed, nothing assigned, refused by budget */
} PurserFaultClass;

typedef struct
{
  PurserFaultClass class_;
  int     status;          /* HTTP status, 0 if none */
  char   *message;         /* (nullable) the provider's words, at most 500 characters, control characters gone; never holds a key */
  char   *code;            /* (nullable) the provider's code or type */
  char   *param;           /* (nullable) the member of the request that is at fault */
  gint64  retry_after_ms;  /* -1 = not told (zero and garbage count as not told) */
  int     should_retry;    /* x-should-retry: 1 true, 0 false, -1 not told */
} PurserFault;

PurserFault *purser_fault_new  (PurserFaultClass class_, int status, const char *message);
PurserFault *purser_fault_copy (const PurserFault *fault);
void         purser_fault_free (PurserFault *fault);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserFault, purser_fault_free)
const char  *purser_fault_class_id (PurserFaultClass class_); /* "rate" …: in the ledger and JSON */

/* What the provider's numbers say, brought to one meaning (PROVIDERS.md §5.2): a snapshot, each new one replaces the last. -1 = not told. */
typedef struct
{
  gint64    input_total;      /* everything the model read */
  gint64    input_uncached, cache_read, cache_write_5m, cache_write_1h, cache_write_other;
  gint64    output;           /* reasoning included */
  gint64    reasoning;        /* part of output; may exceed it in contradictory replies */
  gint64    audio_in, audio_out, server_tool_requests;
  gboolean  cache_exceeds_prompt; /* more cached than read: input_uncached is unknown */
  char      tier[16];         /* service tier as the reply told it ("default", "flex", "batch", Anthropic's speed "fast"); "" = not told */
  char      region[24];       /* where it was processed as the reply told it (Anthropic's inference_geo); "" = not told */
  JsonNode *raw;              /* (owned) (nullable) the provider's usage object(s) as they came */
} PurserUsage;

PurserUsage *purser_usage_new (void);
PurserUsage *purser_usage_copy (const PurserUsage *usage);
void         purser_usage_free (PurserUsage *usage);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserUsage, purser_usage_free)
gint64       purser_usage_cache_write (const PurserUsage *usage); /* sum of the three known write kinds, -1 if none is known */

typedef enum { PURSER_FINISH_NONE, PURSER_FINISH_DONE, PURSER_FINISH_STOP_TEXT, PURSER_FINISH_LENGTH, PURSER_FINISH_TOOLS, PURSER_FINISH_REFUSED, PURSER_FINISH_PAUSE, PURSER_FINISH_OTHER } PurserFinish;

/* One thing a reply says, whatever the dialect, streamed or whole. Borrowed for the time of the callback. */
typedef enum
{
  PURSER_EVENT_START,       /* model, id (both nullable); comes again if a later part of the reply names what an earlier one did not */
  PURSER_EVENT_TEXT,        /* text (a fragment) */
  PURSER_EVENT_THINKING,    /* text */
  PURSER_EVENT_SIGNATURE,   /* text: opaque, belongs to the thinking before it; id (nullable): its item's; json (nullable): OpenRouter's detail as it came */
  PURSER_EVENT_REDACTED,    /* text: opaque redacted thinking; id and json likewise */
  PURSER_EVENT_REFUSAL,     /* text */
  PURSER_EVENT_TOOL_START,  /* tool (index within the choice), id (nullable), name; text = "custom" for a free-form tool, else NULL */
  PURSER_EVENT_TOOL_ARGS,   /* tool, text: a fragment of JSON text (custom tools: plain text) */
  PURSER_EVENT_TOOL_END,    /* tool */
  PURSER_EVENT_BLOCK,       /* a block or item of the dialect begins: name, its type, in order (anthropic, openai-responses); json (nullable): all of it where the neutral model has no
                             * place for it (server tools and their results), or what its text carries beside (a message item's phase) */
  PURSER_EVENT_BLOCK_DELTA, /* json: a delta of the block that is open, where the neutral model has no place for it */
  PURSER_EVENT_BLOCK_END,   /* the block is closed */
  PURSER_EVENT_CITATION,    /* json: as the dialect has it */
  PURSER_EVENT_USAGE,       /* usage: a snapshot */
  PURSER_EVENT_FINISH,      /* finish, text = the raw word (nullable) */
  PURSER_EVENT_ERROR,       /* fault, json = the error object as it came (nullable) */
  PURSER_EVENT_META,        /* name, json: a dialect's extra (ollama durations, stop_sequence, service_tier) */
  PURSER_EVENT_RAW,         /* text, length: a frame of the stream as it came, for a caller that speaks the same dialect (purser_reader_set_raw()); never beside other events */
  PURSER_EVENT_END,         /* the dialect's own end mark was seen ([DONE], message_stop, done:true, whole body read) */
} PurserEventType;

typedef struct
{
  PurserEventType type;
  int choice;               /* 0 but for n > 1 */
  int tool;
  const char *text; gsize length;  /* NUL-terminated UTF-8 */
  const char *id, *name, *model;
  PurserFinish finish;
  const PurserUsage *usage;
  const PurserFault *fault;
  JsonNode *json;
} PurserEvent;

typedef void (*PurserEventFunc) (const PurserEvent *event, gpointer user_data);

G_END_DECLS
