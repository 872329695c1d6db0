/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-loop.h"

G_BEGIN_DECLS

/* For the loop's own files. */

typedef struct
{
  PurserLoopFunc func;
  gpointer data;
} PurserJob;

struct _PurserWatch
{
  PurserLoop *loop;
  int fd;
  guint32 events;
  PurserWatchFunc func; /* NULL: freed, and kept until no event of this turn can name it */
  gpointer data;
  PurserWatch *next_dead;
};

struct _PurserTimer
{
  PurserLoop *loop;
  PurserLoopFunc func;
  gpointer data;
  gint64 at;
  guint64 order; /* of two at the same time, the one set first goes first */
  guint index; /* in the heap */
  gboolean set;
};

struct _PurserLoop
{
  int epoll;
  int wake;
  gboolean stop;

  GMutex lock;
  GArray *posted; /* (element-type PurserJob) under the lock */
  GArray *taken; /* the other half of the pair, so that posting allocates nothing once both have grown */

  GQueue laters;
  GHashTable *later_set;

  GPtrArray *by_fd; /* the watch that the kernel knows for a descriptor */
  PurserWatch *dead;

  GPtrArray *heap; /* of PurserTimer, the earliest first */
  guint64 order;
  gint64 due; /* while timers run: what is set meanwhile is due later than this, so no timer can keep the turn */
};

/* purser-loop-timer.c */
void purser_loop_run_timers  (PurserLoop *self);
gint64 purser_loop_next_timer (PurserLoop *self); /* when, in monotonic µs; -1 = none is set */

G_END_DECLS
