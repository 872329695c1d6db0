/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The data plane's event loop: one thread, epoll and timers, nothing of GLib's main loop (PERFORMANCE: why). Every function but post() and quit() belongs to the thread that runs it. */
typedef struct _PurserLoop  PurserLoop;
typedef struct _PurserWatch PurserWatch;
typedef struct _PurserTimer PurserTimer;
typedef void (*PurserLoopFunc)  (gpointer data);
typedef void (*PurserWatchFunc) (int fd, guint32 events /* EPOLLIN … */, gpointer data);

PurserLoop *purser_loop_new  (GError **error);
void        purser_loop_free (PurserLoop *loop);
void        purser_loop_run  (PurserLoop *loop); /* until quit; what was posted before is still done */
void        purser_loop_quit (PurserLoop *loop); /* from any thread */
/* From any thread: FUNC runs on the loop, in the order posted. */
void        purser_loop_post (PurserLoop *loop, PurserLoopFunc func, gpointer data);
/* FUNC runs once at the end of this turn, however often it is asked for with the same FUNC and DATA in that turn. Those asked for meanwhile run too. */
void        purser_loop_later (PurserLoop *loop, PurserLoopFunc func, gpointer data);
void        purser_loop_forget (PurserLoop *loop, gpointer data); /* drops what later() holds for DATA */

/* EVENTS: EPOLLIN, EPOLLOUT, EPOLLRDHUP …; level-triggered. May be freed in any callback, its own too. The descriptor stays the caller's. */
PurserWatch *purser_watch_new  (PurserLoop *loop, int fd, guint32 events, PurserWatchFunc func, gpointer data);
void         purser_watch_set  (PurserWatch *watch, guint32 events);
void         purser_watch_free (PurserWatch *watch);

/* AT: g_get_monotonic_time(), -1 = off. One shot. */
PurserTimer *purser_timer_new  (PurserLoop *loop, PurserLoopFunc func, gpointer data);
void         purser_timer_set  (PurserTimer *timer, gint64 at);
void         purser_timer_free (PurserTimer *timer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserLoop, purser_loop_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserWatch, purser_watch_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserTimer, purser_timer_free)

G_END_DECLS
