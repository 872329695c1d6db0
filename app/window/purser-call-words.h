/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-control.h"
#include "purser-ledger.h"

G_BEGIN_DECLS

/* What became of a call, and what came in its way, in sentences. All char * are (transfer full) unless const. */

char *purser_words_capital     (const char *text);                                 /* a sentence begins with a capital, whatever it begins with */
char *purser_model_ref_words   (const PurserOrg *org, gint64 model_id);             /* "Anthropic/claude-haiku", "a removed model" */
char *purser_fault_sentence       (const char *fault, int status, const char *whom);   /* "WHOM was overloaded (529)": FAULT is a purser_fault_class_id, or NULL */
char *purser_skip_words        (const PurserOrg *org, const PurserSkipRow *skip);   /* "Anthropic/claude-haiku was not asked: …" */
/* How one attempt ended: "Anthropic/claude-haiku was overloaded (529) after 0.8 s" */
char *purser_attempt_words     (const PurserOrg *org, const PurserAttemptRow *attempt);
/* The whole way in a sentence or two: "Anthropic/claude-haiku was overloaded (529) after 0.8 s, so OpenAI/gpt-5-mini answered." */
char *purser_call_story        (const PurserOrg *org, const PurserCallRecord *record);
const char *purser_dialect_words (const char *dialect);                             /* "OpenAI Chat Completions" */

/* Outages of one provider together. */
typedef struct
{
  gint64 provider_id;
  gint64 since;             /* µs UTC: the first failure of the longest */
  gint64 ended_at;          /* 0 = lasts */
  gint64 moved;             /* calls that went on to another model */
  const PurserOutage *last; /* the one that failed last: says why */
} PurserTrouble;
GArray *purser_troubles          (GPtrArray *outages, gboolean lasting);                   /* (element-type PurserTrouble) of providers; ended ones each by itself */
char   *purser_trouble_title     (const PurserOrg *org, const PurserTrouble *trouble);    /* "Anthropic has not answered since today at 10:42" */
char   *purser_trouble_about     (const PurserOrg *org, const PurserTrouble *trouble);    /* "It was overloaded (529). 37 calls went to other models." */

/* How a running or finished call stands, for a table. */
char   *purser_live_state_words  (const PurserLiveCall *call);  /* "Waiting", "Answering, second try" */
char   *purser_call_result_words (const PurserCallRow *call);   /* "Answered", "Failed" */

G_END_DECLS
