/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-practice-private.h"

G_BEGIN_DECLS

/* What the server remembers from one question to the next. */
typedef struct
{
  char       *log_file;  /* (owned) (nullable) */
  GHashTable *exchanges; /* (element-type PracticeExchange): those under way */
  GHashTable *prefixes;  /* (owned) digest of a conversation's beginning → itself */
  GQueue      order;     /* the same digests, oldest first */
  GHashTable *asked;     /* model → how often, for those that fail now and then */
  guint32     serial;
} PracticeState;

PracticeState *practice_state_new    (const char *log_file);
void           practice_state_free   (PracticeState *state); /* ends what is under way */
void           practice_state_id     (PracticeState *state, char id[17]);
gboolean       practice_state_fails  (PracticeState *state, const PracticeModel *model);
gint64 practice_state_cached (PracticeState *state,
                              const PracticeModel *model,
                              const PracticeAsk *ask); /* tokens known; remembers this one */

/* One line of the log; see purser-practice.h. INPUT includes CACHED. */
typedef struct
{
  const char *model, *dialect;
  guint status;
  gint64 input, output, cached;
  gboolean streamed;
  const char *outcome;
} PracticeLogLine;
void           practice_state_log    (PracticeState *state, const PracticeLogLine *line);

/* Answers MESSAGE at the model's pace. Takes ASK and ANSWER. */
void practice_exchange_start (PracticeState *state,
                              SoupServerMessage *message,
                              const PracticeDialect *dialect,
                              const PracticeModel *model,
                              PracticeAsk *ask,
                              PracticeAnswer *answer);

G_END_DECLS
