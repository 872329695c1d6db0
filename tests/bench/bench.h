/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-ledger.h"
#include "purser-db.h"

G_BEGIN_DECLS

/* One side of a line: FUNC does N things at each call. */
typedef struct
{
  void (*func) (gpointer data);
  guint n;
} BenchSide;

/* Takes OURS and BARE in turns and prints a line: the medians of both for one thing, and that of the ratios. */
void bench_compare (const char *what, BenchSide ours, BenchSide bare, gpointer data);
void bench_heading (const char *what, const char *bare);

/* A store in a folder of its own under FOLDER. */
typedef struct
{
  char *folder; /* (owned) */
  PurserStore *store; /* (owned) */
} BenchStore;
void bench_store_open (BenchStore *self, const char *folder);
void bench_store_close (BenchStore *self); /* with the folder */
void bench_remove (const char *folder); /* with the files in it */

void bench_wire (const char *transcripts);
void bench_store (const char *folder);
void bench_review (const char *folder, guint calls);
void bench_call (const char *folder);

/* FOLDER/ledger/bench.purser, an organisation with CALLS calls over a year; made where there is none of today.
 * (transfer full) */
PurserStore *bench_ledger (const char *folder, guint calls);
gint64 bench_number (PurserStore *store, const char *literal);

G_END_DECLS
