/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-loop-private.h"

/* Timers: a binary heap, the earliest on top. */

static gboolean
earlier (const PurserTimer *a, const PurserTimer *b)
{
  return a->at < b->at || (a->at == b->at && a->order < b->order);
}

static void
put (GPtrArray *heap, guint index, PurserTimer *timer)
{
  heap->pdata[index] = timer;
  timer->index = index;
}

static void
rise (GPtrArray *heap, PurserTimer *timer)
{
  guint index = timer->index;
  while (index > 0 && earlier (timer, heap->pdata[(index - 1) / 2]))
    {
      put (heap, index, heap->pdata[(index - 1) / 2]);
      index = (index - 1) / 2;
    }
  put (heap, index, timer);
}

static void
sink (GPtrArray *heap, PurserTimer *timer)
{
  guint index = timer->index;
  for (guint child = 2 * index + 1; child < heap->len; child = 2 * index + 1)
    {
      if (child + 1 < heap->len && earlier (heap->pdata[child + 1], heap->pdata[child]))
        child++;
      if (!earlier (heap->pdata[child], timer))
        break;
      put (heap, index, heap->pdata[child]);
      index = child;
    }
  put (heap, index, timer);
}

static void
unset (PurserTimer *timer)
{
  GPtrArray *heap = timer->loop->heap;
  if (!timer->set)
    return;
  timer->set = FALSE;
  PurserTimer *last = g_ptr_array_steal_index (heap, heap->len - 1);
  if (last == timer)
    return;
  put (heap, timer->index, last);
  sink (heap, last);
  rise (heap, last);
}

/**
 * purser_timer_new:
 *
 * A timer that is off. @func is called once each time it was set and has run out; it may set or free the timer.
 *
 * Returns: (transfer full):
 */
PurserTimer *
purser_timer_new (PurserLoop *self, PurserLoopFunc func, gpointer data)
{
  PurserTimer *timer = g_new0 (PurserTimer, 1);
  *timer = (PurserTimer) { .loop = self, .func = func, .data = data };
  return timer;
}

/**
 * purser_timer_set:
 * @at: when, in µs of g_get_monotonic_time(); what is past is due at once; -1 turns it off
 *
 * In place of what it was set to before. It runs out up to a millisecond after @at, never before.
 */
void
purser_timer_set (PurserTimer *timer, gint64 at)
{
  PurserLoop *self = timer->loop;
  unset (timer);
  if (at < 0)
    return;
  timer->at = MAX (at, self->due + 1);
  timer->order = ++self->order;
  timer->set = TRUE;
  g_ptr_array_add (self->heap, timer);
  timer->index = self->heap->len - 1;
  rise (self->heap, timer);
}

/**
 * purser_timer_free:
 * @timer: (nullable):
 */
void
purser_timer_free (PurserTimer *timer)
{
  if (timer == NULL)
    return;
  unset (timer);
  g_free (timer);
}

void
purser_loop_run_timers (PurserLoop *self)
{
  if (self->heap->len == 0)
    return;
  self->due = g_get_monotonic_time ();
  while (self->heap->len > 0)
    {
      PurserTimer *timer = self->heap->pdata[0];
      if (timer->at > self->due)
        break;
      unset (timer);
      timer->func (timer->data);
    }
  self->due = 0;
}

gint64
purser_loop_next_timer (PurserLoop *self)
{
  return self->heap->len > 0 ? ((PurserTimer *) self->heap->pdata[0])->at : -1;
}
