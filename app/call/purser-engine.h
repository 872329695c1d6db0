/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-caller.h"
#include "purser-health.h"
#include "purser-rules.h"
#include "purser-transport.h"

G_BEGIN_DECLS

/* One call as a state machine without I/O and without a clock (DESIGN §3), owned by one thread. It is fed by the
 * functions below, each with the monotonic time in µs, and answers with a queue of actions. No function calls back.
 * The ledger stamps its own rows; the one wall time that is needed, that of the start, decides which price holds. */
typedef struct _PurserEngine PurserEngine;

typedef struct
{
  gint64 connect_us;              /* from send until the connection stands */
  gint64 first_content_us;        /* from the request's start until the first content */
  gint64 local_first_content_us;  /* the same for an Ollama on this machine, which may be loading the model */
  gint64 whole_us;                /* the same for a whole reply, which has no content before its end */
  gint64 silence_us;              /* between two bytes */
  guint  retries;                 /* on the same model */
  PurserRetryLimits retry;
  guint  hold_events;             /* startup events held before the first content … */
  gsize  hold_bytes;              /* … and their size */
  gsize  max_reply;               /* bytes of a whole reply, streamed or not */
  gsize  max_error;               /* bytes of an error reply that are read */
  guint  reloads;                 /* how often a call follows a configuration that changes under it */
} PurserLimits;
extern const PurserLimits purser_default_limits;

typedef enum
{
  PURSER_ACTION_OPEN,          /* ask the store: open. Answer with purser_engine_answer() */
  PURSER_ACTION_NEXT_ATTEMPT,  /* ask the store: close `attempt`, open one on model_id. Answer likewise */
  PURSER_ACTION_SETTLE,        /* ask the store: close `attempt` and the call, synced. Answer likewise */
  PURSER_ACTION_RELOAD,        /* the snapshot is stale: purser_engine_reloaded() with the new one */
  PURSER_ACTION_KEY,           /* look up the provider's key: purser_engine_key() */
  PURSER_ACTION_SEND,          /* send `request`, feed what the transport tells */
  PURSER_ACTION_ABORT,         /* drop the exchange at once */
  PURSER_ACTION_FINISH,        /* the reply is whole: drain what little follows, then drop it */
  PURSER_ACTION_PAUSE,         /* stop and go on reading */
  PURSER_ACTION_RESUME,
  PURSER_ACTION_WAIT_UNTIL,    /* purser_engine_timer() at until_us (replaces the last one); -1 = none */
  PURSER_ACTION_EMIT,          /* an event for the caller. The first one tells how a stream goes out: of type RAW, then all are, an ERROR at the end excepted, which the caller's dialect has to write; else none is */
  PURSER_ACTION_DONE,          /* the end: `result`. Exactly once, and last */
} PurserActionType;

typedef struct
{
  PurserActionType    type;
  gint64              until_us;
  PurserLedgerOpen    open;        /* strings and skips (owned) by the action */
  gint64              model_id;    /* NEXT_ATTEMPT */
  PurserLedgerAttempt attempt;     /* strings (owned) by the action */
  PurserLedgerSettle  settle;      /* likewise */
  gint64              provider_id, key_version; /* KEY */
  char               *key_env;     /* (owned) (nullable) KEY */
  PurserHttpRequest  *request;     /* (owned) (nullable) SEND */
  PurserEvent        *event;       /* (owned) (nullable) EMIT */
  PurserCallResult   *result;      /* (owned) (nullable) DONE */
} PurserAction;
PurserCallResult *purser_call_result_new (void); /* (transfer full): empty, nothing measured */

const char *purser_action_id   (PurserActionType type); /* "open" … for tests and debugging */
void        purser_action_free (PurserAction *action);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserAction, purser_action_free)

/* RANDOM is borrowed and must outlive the engine. */
PurserEngine *purser_engine_new  (const PurserLimits *limits, PurserHealth *health, GRand *random);
void          purser_engine_free (PurserEngine *engine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserEngine, purser_engine_free)
PurserAction *purser_engine_next (PurserEngine *engine); /* (transfer full) (nullable) */
/* The request, as far as it is read: once an attempt had to be encoded, all of it, as a writer of decoded events wants it (else purser_chat_decode()). (transfer none) */
PurserChat   *purser_engine_get_chat (PurserEngine *engine);
gboolean      purser_engine_is_over (PurserEngine *engine);

/* WALL: the wall clock's time, µs UTC, by which prices, contracts and rates are chosen; for nothing else. */
void purser_engine_start     (PurserEngine *engine, const PurserCallRequest *request, const PurserOrg *org, gint64 wall, gint64 now);
/* The store's answer to the last OPEN, NEXT_ATTEMPT or SETTLE. WORDS: why not. */
typedef enum { PURSER_ANSWER_DONE, PURSER_ANSWER_REFUSED, PURSER_ANSWER_STALE, PURSER_ANSWER_FAILED } PurserAnswer;
void purser_engine_answer (
    PurserEngine *engine, PurserAnswer answer, gint64 call_id, gint64 attempt_id, const char *words, gint64 now);
void purser_engine_reloaded  (PurserEngine *engine, const PurserOrg *org, gint64 now);
/* KEY (nullable) is copied into the request's headers only. WORDS: why there is none. */
void purser_engine_key       (PurserEngine *engine, const char *key, const char *words, gint64 now);
/* What the transport tells (purser-transport.h); what comes late, after ABORT or FINISH, is ignored. */
void purser_engine_connected (PurserEngine *engine, gint64 request_start, gint64 connect_us, gint64 now);
void purser_engine_headers (
    PurserEngine *engine, int status, PurserHeaderFunc header, gpointer header_data, gint64 now);
void purser_engine_bytes     (PurserEngine *engine, const void *bytes, gsize length, gint64 now);
void purser_engine_end       (PurserEngine *engine, gint64 now);
void purser_engine_error     (PurserEngine *engine, PurserFaultClass class_, const char *words, gint64 now);
void purser_engine_timer     (PurserEngine *engine, gint64 now);
void purser_engine_cancel    (PurserEngine *engine, gint64 now);
/* FULL: whoever takes the events cannot keep up; nothing is read, and silence is not counted, until it can again. */
void purser_engine_hold      (PurserEngine *engine, gboolean full, gint64 now);

G_END_DECLS
