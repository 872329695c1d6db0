/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-gateway-private.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "purser-curl-transport.h"

/* The data plane's thread, and how the main thread speaks with it. */

static gpointer
thread_run (gpointer data)
{
  PurserPlane *plane = data;
  purser_loop_run (plane->loop);
  return NULL;
}

/* Bodies come and go with every call. What is given back to the system at once comes back from it page by page, cleared anew: a fifth of
 * what a call with a long request costs. */
static void
keep_memory (void)
{
#ifdef __GLIBC__
  mallopt (M_MMAP_THRESHOLD, 1024 * 1024);
  mallopt (M_TRIM_THRESHOLD, 8 * 1024 * 1024);
#endif
}

PurserPlane *
purser_plane_new (GError **error)
{
  keep_memory ();
  PurserLoop *loop = purser_loop_new (error);
  if (loop == NULL)
    return NULL;
  PurserPlane *plane = g_new0 (PurserPlane, 1);
  g_atomic_ref_count_init (&plane->refs);
  plane->loop = loop;
  plane->main = g_main_context_ref_thread_default ();
  plane->transport = purser_curl_transport_new (loop);
  plane->random = g_rand_new ();
  plane->addresses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_mutex_init (&plane->lock);
  g_queue_init (&plane->answered);
  g_queue_init (&plane->served);
  plane->thread = g_thread_new ("purser-plane", thread_run, plane);
  return plane;
}

PurserPlane *
purser_plane_ref (PurserPlane *plane)
{
  g_atomic_ref_count_inc (&plane->refs);
  return plane;
}

void
purser_plane_unref (PurserPlane *plane)
{
  if (!g_atomic_ref_count_dec (&plane->refs))
    return;
  purser_loop_free (plane->loop);
  g_hash_table_unref (plane->addresses);
  g_rand_free (plane->random);
  g_mutex_clear (&plane->lock);
  g_main_context_unref (plane->main);
  g_free (plane);
}

void
purser_plane_free (PurserPlane *plane)
{
  if (plane == NULL)
    return;
  purser_served_end_all (plane);
  purser_loop_quit (plane->loop);
  g_thread_join (plane->thread);
  purser_transport_free (plane->transport);
  purser_plane_unref (plane);
}

void
purser_plane_run_on_main (PurserPlane *plane, GSourceFunc func, gpointer data)
{
  g_autoptr(GSource) source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, NULL);
  g_source_attach (source, plane->main);
}

typedef struct
{
  PurserLoopFunc func;
  gpointer       data;
  GMutex         lock;
  GCond          cond;
  gboolean       done;
} Asked;

static void
asked_cb (gpointer data)
{
  Asked *asked = data;
  asked->func (asked->data);
  g_mutex_lock (&asked->lock);
  asked->done = TRUE;
  g_cond_signal (&asked->cond);
  g_mutex_unlock (&asked->lock);
}

/* The data plane never waits for the main thread, so this one may wait for it: no longer than one turn of its loop. */
void
purser_plane_ask (PurserPlane *plane, PurserLoopFunc func, gpointer data)
{
  Asked asked = { .func = func, .data = data };
  g_mutex_init (&asked.lock);
  g_cond_init (&asked.cond);
  purser_loop_post (plane->loop, asked_cb, &asked);
  g_mutex_lock (&asked.lock);
  while (!asked.done)
    g_cond_wait (&asked.cond, &asked.lock);
  g_mutex_unlock (&asked.lock);
  g_mutex_clear (&asked.lock);
  g_cond_clear (&asked.cond);
}
