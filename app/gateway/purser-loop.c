/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purser-loop-private.h"

#include <errno.h>
#include <gio/gio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum
{
  EVENTS_PER_TURN = 256,
};

/* A Job of later(): a link of the queue, and its own key in the set that keeps it single. */
typedef struct
{
  PurserJob job;
  GList link;
} Later;

/* ——— posting ——— */

static void
ring (PurserLoop *self)
{
  guint64 one = 1;
  while (write (self->wake, &one, sizeof one) < 0 && errno == EINTR)
    continue;
}

/**
 * purser_loop_post:
 *
 * Has @func run on the loop's thread, in the order posted. May be called from any thread, the loop's own too.
 */
void
purser_loop_post (PurserLoop *self, PurserLoopFunc func, gpointer data)
{
  PurserJob job = { func, data };
  g_mutex_lock (&self->lock);
  gboolean first = self->posted->len == 0;
  g_array_append_val (self->posted, job);
  g_mutex_unlock (&self->lock);
  if (first)
    ring (self);
}

static void
stop (gpointer data)
{
  PurserLoop *self = data;
  self->stop = TRUE;
}

/**
 * purser_loop_quit:
 *
 * Ends purser_loop_run() after what was posted before. From any thread.
 */
void
purser_loop_quit (PurserLoop *self)
{
  purser_loop_post (self, stop, self);
}

static void
run_posted (PurserLoop *self)
{
  guint64 count;
  while (read (self->wake, &count, sizeof count) < 0 && errno == EINTR)
    continue;
  g_mutex_lock (&self->lock);
  GArray *jobs = g_steal_pointer (&self->posted);
  self->posted = self->taken;
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < jobs->len; i++)
    {
      PurserJob job = g_array_index (jobs, PurserJob, i);
      job.func (job.data);
    }
  g_array_set_size (jobs, 0);
  self->taken = jobs;
}

/* ——— later ——— */

static guint
later_hash (gconstpointer key)
{
  const Later *later = key;
  return g_direct_hash (later->job.data) * 31 + GPOINTER_TO_UINT (later->job.func);
}

static gboolean
later_equal (gconstpointer a, gconstpointer b)
{
  const Later *one = a, *other = b;
  return one->job.data == other->job.data && one->job.func == other->job.func;
}

/**
 * purser_loop_later:
 *
 * Has @func run once at the end of this turn, however often it is asked for before then with the same @data.
 */
void
purser_loop_later (PurserLoop *self, PurserLoopFunc func, gpointer data)
{
  Later key = { .job = { func, data } };
  if (g_hash_table_contains (self->later_set, &key))
    return;
  Later *later = g_new0 (Later, 1);
  later->job = key.job;
  later->link.data = later;
  g_queue_push_tail_link (&self->laters, &later->link);
  g_hash_table_add (self->later_set, later);
}

static PurserJob
take_later (PurserLoop *self, Later *later)
{
  PurserJob job = later->job;
  g_queue_unlink (&self->laters, &later->link);
  g_hash_table_remove (self->later_set, later);
  g_free (later);
  return job;
}

/**
 * purser_loop_forget:
 *
 * Drops everything that purser_loop_later() holds for @data.
 */
void
purser_loop_forget (PurserLoop *self, gpointer data)
{
  GList *next;
  for (GList *link = self->laters.head; link != NULL; link = next)
    {
      Later *later = link->data;
      next = link->next;
      if (later->job.data == data)
        take_later (self, later);
    }
}

static void
run_laters (PurserLoop *self)
{
  while (self->laters.head != NULL)
    {
      PurserJob job = take_later (self, self->laters.head->data);
      job.func (job.data);
    }
}

/* ——— watches ——— */

/**
 * purser_watch_new:
 * @events: EPOLLIN, EPOLLOUT, EPOLLRDHUP …; EPOLLERR and EPOLLHUP are told without being asked for
 *
 * Calls @func while one of @events holds for @fd (level-triggered). A descriptor has one watch at a time. Free the
 * watch before its descriptor is closed; it does no harm to do it after.
 *
 * Returns: (transfer full) (nullable): NULL where the descriptor cannot be watched
 */
PurserWatch *
purser_watch_new (PurserLoop *self, int fd, guint32 events, PurserWatchFunc func, gpointer data)
{
  PurserWatch *watch = g_new0 (PurserWatch, 1);
  *watch = (PurserWatch) { .loop = self, .fd = fd, .events = events, .func = func, .data = data };
  struct epoll_event event = { .events = events, .data.ptr = watch };
  if (fd < 0 || epoll_ctl (self->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
    {
      g_warning ("Descriptor %d cannot be watched: %s", fd, fd < 0 ? "none" : g_strerror (errno));
      g_free (watch);
      return NULL;
    }
  if (self->by_fd->len <= (guint) fd)
    g_ptr_array_set_size (self->by_fd, fd + 64);
  self->by_fd->pdata[fd] = watch;
  return watch;
}

/* A descriptor that was closed under its watch may be another's by now, who has told the kernel of it. */
static gboolean
is_known (const PurserWatch *watch)
{
  return watch->loop->by_fd->pdata[watch->fd] == watch;
}

/**
 * purser_watch_set:
 *
 * Watches for @events from now on.
 */
void
purser_watch_set (PurserWatch *watch, guint32 events)
{
  if (watch->events == events || !is_known (watch))
    return;
  struct epoll_event event = { .events = events, .data.ptr = watch };
  if (epoll_ctl (watch->loop->epoll, EPOLL_CTL_MOD, watch->fd, &event) == 0)
    watch->events = events;
}

/**
 * purser_watch_free:
 * @watch: (nullable):
 *
 * Ends the watch: nothing is told of it any more, not even what the kernel has reported already. In any callback.
 */
void
purser_watch_free (PurserWatch *watch)
{
  if (watch == NULL)
    return;
  PurserLoop *self = watch->loop;
  if (is_known (watch))
    {
      /* Fails where the descriptor was closed already, and the kernel forgot it then. */
      epoll_ctl (self->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
      self->by_fd->pdata[watch->fd] = NULL;
    }
  watch->func = NULL;
  watch->next_dead = self->dead;
  self->dead = watch;
}

static void
bury (PurserLoop *self)
{
  while (self->dead != NULL)
    {
      PurserWatch *watch = self->dead;
      self->dead = watch->next_dead;
      g_free (watch);
    }
}

/* ——— the loop ——— */

/**
 * purser_loop_new:
 *
 * Returns: (transfer full) (nullable): a loop; NULL and @error where the system gives no descriptors
 */
PurserLoop *
purser_loop_new (GError **error)
{
  g_autoptr(PurserLoop) self = g_new0 (PurserLoop, 1);
  g_mutex_init (&self->lock);
  self->posted = g_array_new (FALSE, FALSE, sizeof (PurserJob));
  self->taken = g_array_new (FALSE, FALSE, sizeof (PurserJob));
  g_queue_init (&self->laters);
  self->later_set = g_hash_table_new (later_hash, later_equal);
  self->by_fd = g_ptr_array_new ();
  self->heap = g_ptr_array_new ();
  self->epoll = epoll_create1 (EPOLL_CLOEXEC);
  self->wake = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
  if (self->epoll < 0 || self->wake < 0 || epoll_ctl (self->epoll, EPOLL_CTL_ADD, self->wake, &event) < 0)
    {
      int code = errno;
      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
      return NULL;
    }
  return g_steal_pointer (&self);
}

/**
 * purser_loop_free:
 * @self: (nullable): not running; its watches and timers are freed before
 *
 * What is still posted or put off is dropped without being run.
 */
void
purser_loop_free (PurserLoop *self)
{
  if (self == NULL)
    return;
  while (self->laters.head != NULL)
    take_later (self, self->laters.head->data);
  bury (self);
  g_hash_table_unref (self->later_set);
  g_array_unref (self->posted);
  g_array_unref (self->taken);
  g_ptr_array_unref (self->by_fd);
  g_ptr_array_unref (self->heap);
  if (self->epoll >= 0)
    close (self->epoll);
  if (self->wake >= 0)
    close (self->wake);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* Milliseconds until the next thing to do, rounded up, so that no timer is looked at too early; -1 = none. */
static int
patience (PurserLoop *self)
{
  if (self->laters.head != NULL)
    return 0;
  gint64 next = purser_loop_next_timer (self);
  if (next < 0)
    return -1;
  gint64 wait = next - g_get_monotonic_time ();
  return wait <= 0 ? 0 : (int) MIN ((wait + 999) / 1000, G_MAXINT);
}

static void
run_watches (PurserLoop *self)
{
  struct epoll_event events[EVENTS_PER_TURN];
  int n = epoll_wait (self->epoll, events, EVENTS_PER_TURN, patience (self));
  if (n < 0 && errno != EINTR)
    g_error ("epoll_wait: %s", g_strerror (errno));
  for (int i = 0; i < n; i++)
    {
      PurserWatch *watch = events[i].data.ptr;
      if (watch == NULL)
        run_posted (self);
      else if (watch->func != NULL)
        watch->func (watch->fd, events[i].events, watch->data);
    }
}

/**
 * purser_loop_run:
 *
 * Runs the loop on this thread until purser_loop_quit().
 */
void
purser_loop_run (PurserLoop *self)
{
  self->stop = FALSE;
  while (!self->stop)
    {
      run_watches (self);
      purser_loop_run_timers (self);
      run_laters (self);
      bury (self);
    }
}
