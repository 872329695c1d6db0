/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-store.h"

G_BEGIN_DECLS

/* The ledger: OPEN before dispatch, NEXT_ATTEMPT before every hop, SETTLE before the last byte (DESIGN §3.6). */

typedef enum { PURSER_PURPOSE_WORK, PURSER_PURPOSE_TRY, PURSER_PURPOSE_TEST, PURSER_PURPOSE_CHECK } PurserPurpose; /* tests and checks are their own cost centre */
const char *purser_purpose_id (PurserPurpose purpose);

/* A candidate that was passed over without a try. */
typedef enum
{
  PURSER_SKIP_TERMS,       /* its data terms do not allow it */
  PURSER_SKIP_RESTING,     /* it failed again and again, and is left alone for a while */
  PURSER_SKIP_CONTEXT,     /* it cannot read that much */
  PURSER_SKIP_OFF,         /* its provider is switched off or gone */
  PURSER_SKIP_UNSUPPORTED, /* the request cannot be said to it */
  PURSER_N_SKIPS
} PurserSkipReason;
const char *purser_skip_reason_id (PurserSkipReason reason); /* "terms", "resting", "context", "off", "unsupported" */
typedef struct { gint64 model_id; PurserSkipReason reason; } PurserSkip;

typedef struct
{
  gint64        generation;     /* of the snapshot that admitted it; else STORE_ERROR_STALE */
  gint64        principal_id;   /* 0 = nobody named */
  gint64        workload_id;    /* 0 = asked for a model directly */
  PurserPurpose purpose;
  gboolean      streamed;
  gint64        model_id;       /* the first attempt's */
  gint64        reserve_nano;   /* bounded upper estimate at the dearest candidate */
  const char   *dialect;        /* the caller's dialect, "" for our own */
  gint64        access_key_id;  /* 0 = none was used */
  const char   *behalf;         /* (nullable) for whom the tool says that it calls: a name, kept apart under the principal's */
  gboolean      unpriced;       /* the first attempt's model has no price: a budget that blocks refuses it */
  const PurserSkip *skips;      /* (nullable) passed over before the first attempt */
  guint         n_skips;
} PurserLedgerOpen;

typedef struct
{
  gint64       call_id, attempt_id;
  /* how the attempt ended */
  const char  *outcome;         /* "ok", "failed", "cancelled" */
  const char  *fault;           /* (nullable) purser_fault_class_id */
  int          status;          /* HTTP */
  const char  *provider_model;  /* (nullable) the name the provider reported */
  const char  *provider_request_id; /* (nullable) */
  PurserTokens tokens;
  gboolean     estimated;       /* some counts are our own estimate */
  gboolean     contradictory;   /* cache_exceeds_prompt and the like: charged as an estimate */
  gboolean     may_be_billed;   /* failed or cut, and the provider may bill it all the same */
  const char  *usage_raw;       /* (nullable) JSON as it came */
  gint64       price_id;        /* the price version; also of an unpriced attempt where there was one. 0 = none */
  gint64       contract_id;     /* 0 = list price was paid */
  gint64       rate_id;         /* 0 = the price is in the organisation's currency */
  gboolean     unpriced;
  gint64       price_list_nano, price_cost_nano; /* in the price's currency */
  gint64       list_nano, cost_nano;  /* in the organisation's currency */
  const char  *service_tier;    /* (nullable) as the provider told it: "default", "flex", "batch" … */
  const char  *region;          /* (nullable) where the provider says it was processed */
  gint64       connect_us, first_us /* first content */, first_text_us, total_us; /* -1 = not measured */
  gint64       generation;      /* NEXT_ATTEMPT only: of the snapshot that allows the hop; 0 = still the one that OPEN was given */
  gboolean     outage;          /* its fault is an outage of the model (PurserFaultRule) */
  gboolean     unpriced_next;   /* NEXT_ATTEMPT only: the next model has no price */
  const PurserSkip *skips;      /* (nullable) NEXT_ATTEMPT only: passed over before the next one */
  guint        n_skips;
} PurserLedgerAttempt;

typedef struct
{
  gint64      call_id;
  const char *outcome;          /* "ok", "failed", "cancelled" */
  gint64      model_id;         /* that answered; 0 = none did */
  const char *finish;           /* (nullable) finish word */
} PurserLedgerSettle;

/* Inside a write job. OPEN inserts call and first attempt and tells their ids, and reserves in every budget that counts the call: one that blocks and has no room left refuses
 * (STORE_ERROR_REFUSED, words that name it), and one that blocks refuses what has no price. What costs nothing (reserve_nano 0 and priced) passes always. */
gboolean purser_ledger_open         (PurserDb *db, const PurserLedgerOpen *open, gint64 *call_id, gint64 *attempt_id, GError **error);
/* Closes FROM and opens the next attempt; checks the generation again (STALE: caller reloads and decides). REFUSED where a budget that blocks has no room for the next attempt beside what
 * FROM cost, or the next one has no price: nothing was changed then, and SETTLE closes FROM. */
gboolean purser_ledger_next_attempt (PurserDb *db, const PurserLedgerAttempt *from, gint64 model_id, gint64 *attempt_id, GError **error);
/* Closes the last attempt and the call, raises the roll-ups: one transaction; run it in a synced job. */
gboolean purser_ledger_settle       (PurserDb *db, const PurserLedgerAttempt *last, const PurserLedgerSettle *settle, GError **error);

/* Rebuilds every roll-up from the ledger and its corrections. */
gboolean purser_ledger_rebuild      (PurserDb *db, GError **error);

/* Bulk insert of closed calls for sample data and tests: the same rows and roll-ups as open + settle would make, at OPENED_AT. Where SETTLE
 * names another model than OPEN, a first attempt that failed with 529 stands before ATTEMPT. Calls put in while the organisation is marked as
 * sample are sample calls for ever. A job of more than some 5 000 calls keeps other writers waiting: split it. */
gboolean purser_ledger_insert_closed (PurserDb *db, gint64 opened_at, const PurserLedgerOpen *open, const PurserLedgerAttempt *attempt, const PurserLedgerSettle *settle, GError **error);
gboolean purser_ledger_delete_sample (PurserDb *db, GError **error); /* sample calls with their corrections and closed months, and sample runs, only where the organisation is marked as sample; calls really made there stay */

/* --- Reading (inside a read job) --- */
typedef enum { PURSER_BY_PRINCIPAL, PURSER_BY_PERSON /* agents count for their owner */, PURSER_BY_AGENT, PURSER_BY_TEAM, PURSER_BY_WORKLOAD, PURSER_BY_MODEL, PURSER_BY_PROVIDER, PURSER_BY_NOTHING } PurserSplit;
/* Agents that no person owns, as one entry of a split by person. */
#define PURSER_KEY_UNOWNED_AGENTS G_GINT64_CONSTANT (-1)
/* What people did themselves, as one entry of a split by agent. */
#define PURSER_KEY_PEOPLE G_GINT64_CONSTANT (-2)
/* A call counts once, under the model that answered it, else the last one tried; each attempt's tokens and cost count under its own model.
 * A person's membership of a team counts for the whole of the day it begins on. */
typedef struct
{
  gint32 day;                /* days since 1970-01-01 in the reporting zone; 0 where not split by day */
  gint64 key;                /* id of what it is split by, 0 = none/unnamed, or one of PURSER_KEY_* */
  gint64 calls, failed_calls /* not the cancelled ones */, fallback_calls /* another model answered than the first one tried */;
  gint64 tokens[PURSER_N_TOKEN_KINDS];
  gint64 cost_nano, list_nano;
  gint64 unpriced_tokens, unpriced_calls, estimated_calls;
} PurserUsageRow;
/* Rows of [first_day, last_day], both included, from the roll-ups. TESTS: include purposes test and check (they are stored apart). (element-type PurserUsageRow) */
GArray *purser_ledger_usage (PurserDb *db, PurserSplit split, gboolean per_day, gint32 first_day, gint32 last_day, gboolean work, gboolean tests, GError **error);

typedef struct
{
  gint64 call_id, opened_at, principal_id, workload_id, model_id;
  PurserPurpose purpose;
  char  *outcome, *fault;    /* (owned) fault nullable */
  int    attempts;
  gint64 input_tokens, output_tokens, cost_nano, first_text_us, total_us; /* -1 = not told */
  gboolean unpriced, estimated;
} PurserCallRow;
void       purser_call_row_free (PurserCallRow *row);
/* Latest first, corrections included; (element-type PurserCallRow) */
GPtrArray *purser_ledger_recent (PurserDb *db, gint64 before_call_id /* 0 = newest */, guint limit, GError **error);

/* One call with everything that is known of its way: (element-type …) as below. */
typedef struct
{
  gint64 number, model_id, opened_at;
  char  *outcome, *fault, *provider_model; /* (owned) (nullable) outcome NULL: still running */
  int    status;                           /* HTTP, 0 = none */
  gint64 first_text_us, total_us, input_tokens, output_tokens; /* -1 = not told */
  gint64 cost_nano;
  gboolean unpriced, estimated, may_be_billed, at_most;
} PurserAttemptRow;
typedef struct { gint64 before_attempt, model_id; PurserSkipReason reason; } PurserSkipRow;
typedef struct
{
  PurserCallRow *call;     /* (owned) */
  char      *dialect;      /* (owned) the caller's; "" = Purser's own window or terminal */
  gboolean   streamed;
  gint64     access_key_id;
  char      *behalf;       /* (owned) (nullable) */
  GPtrArray *attempts;     /* (owned) (element-type PurserAttemptRow) in order */
  GPtrArray *skips;        /* (owned) (element-type PurserSkipRow) in order */
} PurserCallRecord;
void              purser_call_record_free (PurserCallRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserCallRecord, purser_call_record_free)
PurserCallRecord *purser_ledger_call (PurserDb *db, gint64 call_id, GError **error); /* (transfer full); NULL and NOT_FOUND */

/* Outages: models that failed 3 times or more in a row (of any process), from the first failure on. */
#define PURSER_OUTAGE_FAILURES 3
typedef struct
{
  gint64 id, provider_id, model_id, began_at, last_at, ended_at; /* ended_at 0 = still */
  char  *fault;    /* (owned) purser_fault_class_id of the last failure */
  int    status;   /* HTTP of the last one, 0 = none */
  gint64 failures, moved; /* attempts that failed; calls that went on to another model */
} PurserOutage;
void       purser_outage_free    (PurserOutage *outage);
/* Those still open, and those that ended after SINCE; latest first. (element-type PurserOutage) */
GPtrArray *purser_ledger_outages (PurserDb *db, gint64 since, GError **error);

/* How a budget stands in the period that NOW (µs UTC) is in. */
typedef struct
{
  gint64 budget_id, spent_nano, reserved_nano; /* reserved: of calls that are running */
  gint32 first_day, last_day;                  /* of the period, in the reporting zone; 0 where it has none */
} PurserBudgetState;
GArray *purser_ledger_budgets (PurserDb *db, gint64 now, GError **error); /* (element-type PurserBudgetState) by budget id */

/* Days: of a µs UTC time in the organisation's reporting zone, and back to that zone's midnight. */
gint32 purser_day_of   (const char *timezone, gint64 time_us);
gint64 purser_day_start (const char *timezone, gint32 day);

/* --- Trials (quality and latency tests) --- results are kept as rows; app/trial/ calls these --- */
typedef struct
{
  gint64 id;
  char  *kind;      /* "quality", "latency" */
  char  *suite;     /* suite name */
  gint64 workload_id;
  gint64 started_at, ended_at; /* 0 = running or interrupted */
  char  *state;     /* "running", "done", "stopped", "interrupted", "failed" */
  char  *setup;     /* JSON: models in order (refs), repeats, cap, margin … */
  char  *summary;   /* (nullable) JSON: what the result page shows */
} PurserTrialRow;
typedef struct
{
  gint64 trial_id, call_id /* 0 = none */, model_id;
  int    position;   /* model's place in the setup: 0 = A */
  char  *case_id;
  int    repeat;
  char  *outcome;    /* "passed", "failed", "error", "skipped" */
  double score;      /* 0…1, -1 = none */
  char  *answer;     /* (nullable) kept for the disagreement list; tests only */
  char  *detail;     /* (nullable) JSON: checks with reasons, timings */
  gint64 input_tokens, output_tokens, cost_nano, first_text_us, total_us; /* -1 = not told */
} PurserTrialResult;
void       purser_trial_row_free (PurserTrialRow *row);
void       purser_trial_result_free (PurserTrialResult *result);
gint64     purser_trial_put (PurserDb *db, const PurserTrialRow *row, GError **error); /* id 0 inserts */
gboolean   purser_trial_add_result (PurserDb *db, const PurserTrialResult *result, GError **error);
GPtrArray *purser_trial_list (PurserDb *db, guint limit, GError **error);              /* newest first */
GPtrArray *purser_trial_results (PurserDb *db, gint64 trial_id, GError **error);

G_END_DECLS
