/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-ledger.h"

G_BEGIN_DECLS

/* The columns that every roll-up has, in their order. */
enum
{
  PURSER_COUNT_CALLS,
  PURSER_COUNT_FAILED,
  PURSER_COUNT_FALLBACK,
  PURSER_COUNT_TOKENS, /* … one for each kind */
  PURSER_COUNT_COST = PURSER_COUNT_TOKENS + PURSER_N_TOKEN_KINDS,
  PURSER_COUNT_LIST,
  PURSER_COUNT_UNPRICED_TOKENS,
  PURSER_COUNT_UNPRICED_CALLS,
  PURSER_COUNT_ESTIMATED_CALLS,
  PURSER_N_COUNTS
};
#define PURSER_COUNT_COLUMNS                                                                          \
  "calls, failed_calls, fallback_calls, input_uncached, cache_read, cache_write_5m, cache_write_1h, " \
  "cache_write_other, "                                                                               \
  "output_visible, output_reasoning, cost_nano, list_nano, unpriced_tokens, unpriced_calls, estimated_calls"

enum
{
  PURSER_QUARTERS_PER_DAY = 96,
  PURSER_QUARTER_DAYS = 90
};

/* What is to be added to the roll-ups, summed in memory: by a job, or by a walk through the whole ledger. */
typedef struct _PurserRollup PurserRollup;
PurserRollup *purser_rollup_new (void);
void purser_rollup_free (PurserRollup *rollup);
void purser_rollup_clear (PurserRollup *rollup);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserRollup, purser_rollup_free)

/* Adds one closed call as the ledger has it, corrections included; CALL_ID 0: every closed call. */
gboolean purser_rollup_count (PurserRollup *rollup, PurserDb *db, gint64 call_id, GError **error);
/* Takes off one closed call as the ledger has it now, before something changes that counts; then it is counted again. */
gboolean purser_rollup_uncount (PurserRollup *rollup, PurserDb *db, gint64 call_id, GError **error);
/* Writes what was added, and forgets it. */
gboolean purser_rollup_flush (PurserRollup *rollup, PurserDb *db, GError **error);
/* Adds a line to FINDINGS for each table that says anything else than ROLLUP, which holds the whole ledger; empties ROLLUP. */
gboolean purser_rollup_compare (PurserRollup *rollup, PurserDb *db, GPtrArray *findings, GError **error);
/* Empties the tables. */
gboolean purser_rollup_delete (PurserDb *db, GError **error);
/* Lets go of quarter-hours older than 90 days. */
gboolean purser_rollup_prune (PurserDb *db, GError **error);

gint32 purser_day_in (GTimeZone *zone, gint64 time_us);

G_END_DECLS
