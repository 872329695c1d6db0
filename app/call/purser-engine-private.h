/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-engine.h"
#include "purser-meter.h"

G_BEGIN_DECLS

typedef enum
{
  STATE_NEW,
  STATE_OPENING,     /* OPEN asked */
  STATE_RELOADING,   /* RELOAD asked, before OPEN or before a hop */
  STATE_KEYING,      /* KEY asked */
  STATE_CONNECTING,  /* SEND said */
  STATE_SENT,        /* the connection stands, no headers yet */
  STATE_READING,     /* a 2xx reply of the protocol */
  STATE_REFUSED,     /* collecting the words of an error reply */
  STATE_WAITING,     /* pause before the next attempt */
  STATE_HOPPING,     /* NEXT_ATTEMPT asked */
  STATE_SETTLING,    /* SETTLE asked */
  STATE_OVER,
} PurserEngineState;

/* One try of one model. */
typedef struct
{
  gint64               id;            /* row id, 0 until the store tells it */
  gint64               model_id, context_tokens;
  char                *ref;           /* (owned) "provider/model" */
  PurserHealthKey      key;
  const PurserKind    *kind;
  const PurserDialect *dialect;
  PurserPrice         *price;         /* (owned) (nullable) in force when the call opened, with the contract of that time */
  PurserRate          *rate;          /* (owned) (nullable) of that day, from the price's currency into `currency` */
  char                 currency[4];
  char                *key_env;       /* (owned) (nullable) */
  gboolean             local;         /* an Ollama on this machine */
  gboolean             wants_key;
  gboolean             unpriced;      /* nothing is known of what it costs */
  gboolean             raw;           /* the caller's own bytes were sent, and the provider's go back as they come */
  gboolean             probe;         /* the one call that may find out whether a resting model works again */
  PurserAsk            ask;
  PurserHttpRequest   *request;       /* (owned) (nullable) until SEND */

  gboolean             open;          /* the transport has an exchange for it */
  gboolean             sent;
  int                  status;
  PurserHeaderFunc     header;        /* while open */
  gpointer             header_data;
  PurserReader        *reader;        /* (owned) (nullable) */
  GByteArray          *words;         /* (owned) (nullable) an error reply's body */
  GByteArray          *body;          /* (owned) (nullable) a reply that is only passed through: embeddings */
  char                *content_type;  /* (owned) (nullable) */
  char                *request_id;    /* (owned) (nullable) */
  PurserReply         *reply;         /* (owned) (nullable) given to the result in the end */
  PurserFault         *failure;       /* (owned) (nullable) an ERROR event that the reader told */
  gsize                received;
  gboolean             ended, content;
  struct { guint events, usages, metas; gboolean content, last; } frame; /* RAW: what the frame that is read holds so far */

  gint64               sent_at, started, connect_us; /* monotonic µs; -1 = not yet */
  gint64               first, first_text, last_delta, longest_pause, last_byte, end;
  guint                n_deltas;

  PurserFault         *fault;         /* (owned) (nullable) how it ended */
  const char          *outcome;
  PurserMeter          meter;
  gboolean             may_be_billed;
  char                *usage_raw;     /* (owned) (nullable) */
} PurserAttempt;

struct _PurserEngine
{
  PurserLimits       usual, limits;   /* as given, and as the workload wants them */
  PurserHealth      *health;          /* (owned) */
  GRand             *random;          /* borrowed */
  GQueue             actions;         /* (element-type PurserAction) (owned) */
  PurserEngineState  state;
  gint64             now;             /* of the input being worked on */
  gint64             opened_at;       /* wall clock, µs UTC: everything is priced as of then */
  gint64             began;           /* the same moment, monotonic */

  char              *workload, *model;  /* (owned) (nullable) as asked */
  gint64             workload_id, principal_id;
  PurserPurpose      purpose;
  gboolean           stream, pass_through;
  char              *dialect, *behalf; /* (owned) (nullable) */
  char             **extra_headers;   /* (owned) (nullable) name, value … */
  gint64             access_key_id;
  PurserChat        *chat;            /* (owned) perhaps only looked at: purser_engine_decode() */
  PurserFault       *unreadable;      /* (owned) (nullable) why the rest of it cannot be read */
  gint64             first_content_us;

  PurserOrg         *org;             /* (owned) (nullable) the snapshot that admits */
  PurserOrg         *terms;           /* (owned) (nullable) the one that admitted the opening: prices, contracts and rates are its */
  GArray            *candidates;      /* (element-type gint64) model ids in order */
  GHashTable        *tried;           /* (owned) model ids, as pointers to gint64 */
  GArray            *skips;           /* (element-type PurserSkip) that the ledger does not know yet */
  GArray            *known_skips;     /* (element-type PurserSkip) that it knows */
  gint64             soonest;         /* until a resting model may be tried, µs; -1 = none rests */
  gint64             min_context;     /* a request that was too long for one model needs a larger one; 0 = any */
  guint              reloads;
  guint              retries_here, retries; /* of this model, of the call */

  gint64             call_id;
  PurserAttempt     *attempt;         /* (owned) (nullable) whose row is open */
  PurserAttempt     *next;            /* (owned) (nullable) prepared for NEXT_ATTEMPT */
  gboolean           cancelled, full;
  gboolean           committed;       /* something went out: nothing switches any more */
  GPtrArray         *held;            /* (element-type PurserEvent) startup events */
  gsize              held_bytes;
  GPtrArray         *tail;            /* (element-type PurserEvent) what waits for the settlement */
  gint64             deadline;        /* real one; -1 = none */
  gint64             armed;           /* what WAIT_UNTIL was last told */
  PurserFault *verdict; /* (owned) (nullable) why the call ends, where that is not the last attempt's own fault */
  PurserCallResult  *result;          /* (owned) (nullable) until DONE */
};

/* purser-action.c */
PurserAction     *purser_action_new        (PurserActionType type);
PurserEvent      *purser_held_event_new        (const PurserEvent *event);
void              purser_held_event_free        (PurserEvent *event);
gsize             purser_held_event_size        (const PurserEvent *event);
void purser_call_result_add (GPtrArray *attempts,
                             const char *ref,
                             gint64 model_id,
                             PurserFault *fault /* (transfer full) (nullable) */,
                             gint64 total_us);

/* purser-engine.c */
PurserAction *purser_engine_push  (PurserEngine *engine, PurserActionType type);
void          purser_engine_emit  (PurserEngine *engine, PurserEvent *event /* (transfer full) */);
void          purser_engine_arm   (PurserEngine *engine, gint64 deadline);

/* purser-engine-plan.c: who may serve the call. */
PurserFault *purser_engine_plan      (PurserEngine *engine); /* (transfer full) (nullable): NULL = candidates are set */
/* Prepares the next candidate that may be tried; NULL: none is left. */
PurserAttempt *purser_engine_pick    (PurserEngine *engine);
gint64       purser_engine_reserve   (PurserEngine *engine);
void         purser_engine_set_tried (PurserEngine *engine, gint64 model_id);

/* Reads all of the request. FALSE: `unreadable` says why not. */
gboolean     purser_engine_decode    (PurserEngine *engine);

/* purser-engine-skip.c: who was passed over, and why. */
void         purser_engine_skip          (PurserEngine *engine, gint64 model_id, PurserSkipReason reason, const char *words);
gboolean     purser_engine_was_skipped   (PurserEngine *engine, gint64 model_id);
void         purser_engine_forget_skips  (PurserEngine *engine); /* the candidates are looked at anew */
void         purser_engine_skips_written (PurserEngine *engine);
PurserSkip  *purser_engine_copy_skips    (PurserEngine *engine, guint *n); /* (transfer full) (nullable) */
PurserFault *purser_engine_local_fault   (const char *code, const char *words);

PurserFault *purser_engine_none_left     (PurserEngine *engine);

/* purser-engine-prepare.c: an attempt, ready to be made. */
PurserAttempt *purser_engine_prepare (PurserEngine *engine, gint64 model_id, PurserAsk ask, GError **error);

/* purser-engine-attempt.c: one try from SEND to its end. */
gboolean purser_engine_is_raw  (PurserEngine *engine); /* what comes of this attempt goes out as it comes: the reply is streamed, or whole, as it was asked */
void purser_engine_release     (PurserEngine *engine); /* what is held goes out; nothing switches any more */
void purser_engine_send        (PurserEngine *engine, const char *key);
void purser_engine_arm_reading (PurserEngine *engine); /* the clock of whatever is being waited for */
void purser_engine_read_bytes  (PurserEngine *engine, const void *bytes, gsize length);
void purser_engine_read_end    (PurserEngine *engine);
void purser_engine_read_headers (PurserEngine *engine, int status, PurserHeaderFunc header, gpointer header_data);
void purser_attempt_free       (PurserAttempt *attempt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserAttempt, purser_attempt_free)

/* purser-engine-end.c: how an attempt and a call end. */
void purser_engine_succeeded (PurserEngine *engine);
void purser_engine_failed    (PurserEngine *engine, PurserFault *fault /* (transfer full) */);
void purser_engine_refuse (PurserEngine *engine,
                           PurserFault *fault /* (transfer full) */); /* before anything was opened */
void purser_engine_hop       (PurserEngine *engine);
void purser_engine_discard   (PurserEngine *engine, PurserAttempt **attempt);
void purser_engine_settle    (PurserEngine *engine);
void purser_engine_settled   (PurserEngine *engine, gboolean written, const char *words);
void purser_engine_stop      (PurserEngine *engine); /* cancelled */

G_END_DECLS
