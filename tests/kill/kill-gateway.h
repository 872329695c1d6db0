/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The gateway's kill drill: a provider and 200 callers in one process (kill-calls.c), the gateway that is killed in
 * another (kill-serve.c, or the program that users run), and the ledger's own word about it (kill-judge.c). */

/* --- kill-calls.c --- */
enum { KILL_CALLERS = 200 };

/* What callers saw the end of, by the id of the call: half of them ask for a stream. */
typedef struct
{
  GMutex  lock;
  GArray *whole, *streamed; /* (owned) (element-type gint64) */
  guint   cut;              /* replies that began and did not end */
  int     port;             /* of the gateway */
  int     stop;             /* atomic */
  GPtrArray *threads;       /* (owned) (element-type GThread) */
} KillCalls;

guint      kill_provider_start (void);     /* for as long as the process runs; its port */
KillCalls *kill_calls_start    (guint port);
void       kill_calls_end      (KillCalls *calls); /* the arrays stay */
void       kill_calls_free     (KillCalls *calls);

/* --- kill-serve.c --- */
#define KILL_SECRET "purser-0123456789012345678901234567890123456789abc"
void kill_make   (const char *path, guint provider_port, guint gateway_port);
/* Serves PATH until killed. ANSWER_FIRST: the control; callers are answered before the ledger is asked. */
G_GNUC_NORETURN void kill_serve  (const char *path, gboolean answer_first);
/* Writes calls of its own into PATH until killed. */
G_GNUC_NORETURN void kill_beside (const char *path);

/* --- kill-judge.c --- */
typedef struct
{
  gint64 lost_whole, lost_streamed; /* seen whole, without their settled row */
  gint64 open, interrupted, calls;
  gint64 dearer;                    /* interrupted, and charged more than was reserved */
  gint64 spent, reserved, ledger;   /* of the budget; and the sum of the ledger's charges */
  guint  findings;
} KillVerdict;
KillVerdict kill_judge (const char *path, KillCalls *calls);

G_END_DECLS
