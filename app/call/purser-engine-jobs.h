/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-db.h"
#include "purser-engine.h"

G_BEGIN_DECLS

/* The engine's three questions to the store as jobs, and where a call stands: for those who drive an engine. */

/* Jobs are PurserStoreFunc; DATA is a PurserLedgerJob. */
typedef struct
{
  PurserAction *action;       /* (owned): OPEN, NEXT_ATTEMPT or SETTLE */
  gint64 call_id, attempt_id; /* told by OPEN and NEXT_ATTEMPT */
} PurserLedgerJob;
/* Puts the question of JOB's action to the ledger. */
gboolean     purser_ledger_job_run    (PurserDb *db, gpointer job, GError **error);
PurserAnswer purser_ledger_job_answer (const GError *error /* nullable: it was done */);
/* Whether the same write may succeed later: a full disk, a lock or an I/O error passes; a row that is not there, or closed already, stays so. */
gboolean     purser_ledger_job_may_succeed_later (const GError *error);

typedef struct
{
  gint64               call_id;    /* 0: not opened yet, or refused */
  gint64               model_id;   /* being asked, or the last one asked; 0 = none yet */
  const char          *model;      /* (nullable) "provider/model" of it */
  const PurserDialect *dialect;    /* (nullable) that it speaks */
  guint                attempts;   /* begun so far */
  gboolean             settling;   /* the reply is whole and waits for the ledger */
} PurserEngineView;
void purser_engine_view (PurserEngine *engine, PurserEngineView *view); /* borrowed until the next input */

G_END_DECLS
