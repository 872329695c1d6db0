/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-engine.h"

G_BEGIN_DECLS

/* Drives an engine by words, without network, file or clock. */
#define SCRIPT_WALL G_GINT64_CONSTANT (1800000000000000) /* when every call starts, by the wall clock */

/* An organisation in memory: model "a/one" (openai-compatible, key-less), "b/two" (anthropic, with a key), "c/three"
 * (ollama on this machine), assigned in this order to "drafting". OPTIONS: words such as "b:off" "a:removed" "only:a"
 * "a:unpriced" "b:context=9000" "generation=7". "a:usd": its price is in another currency; "rate=0": what that is worth
 * is known from 0 µs after SCRIPT_WALL on; "a:next=5": ten times the price from 5 µs after it on. "private": what is sent
 * must train no model, and "b:terms": b promises it; "spread" and "weights=0,3,1"; "connect=", "first=" and "silence=" are
 * the workload's own limits in ms. */
PurserOrg *script_org (const char *options);

typedef struct
{
  PurserEngine *engine;
  PurserHealth *health;
  GRand        *random;
  gint64        now;
  gint64        timer;          /* what WAIT_UNTIL last said, -1 */
  PurserActionType question;    /* the last one that wants an answer, or DONE */
  gint64        next_id;
  const char   *dialect;        /* of the attempt that was sent last */
  char         *retry_after, *should_retry, *content_type, *location; /* (owned) (nullable) reply headers */
  GString      *emitted;        /* text of TEXT events */
  GString      *raw;            /* bytes of RAW events */
  GString      *fed;            /* bytes of the reply that is read */
  char         *headers;        /* (owned) (nullable) what the request that was sent last says beside: "name=value " */
  char         *open_words;     /* (owned) (nullable) OPEN's strings and numbers */
  guint         opens, settles, sends, attempts, emits_after_error, errors, dones, emits;
  PurserCallResult *result;     /* (nullable) */
  PurserLedgerAttempt last;     /* the numbers of the last row asked for; strings not */
  gint64        cost_nano, reserve_nano;
} Script;

Script *script_new  (PurserHealth *health /* (nullable) */);
void    script_free (Script *script);
/* An input, and the actions it must cause. */
typedef struct { const char *input, *actions; } ScriptStep;
typedef struct { const char *name; ScriptStep steps[24]; } ScriptCase;
void    script_run_case (gconstpointer script_case);
/* Feeds one input; see script.c for the words. */
void    script_feed (Script *script, const char *input);
/* Takes the actions there are, as words. (transfer full) */
char   *script_take (Script *script);
/* Bytes of a reply in a dialect: "text=…", "finish", "usage", "end" … (transfer full) */
char   *script_bytes (const char *dialect, const char *what);

G_END_DECLS
