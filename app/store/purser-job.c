/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>

#include "purser-store-private.h"

/* From a caller's thread to one of the store's, and back. */

PurserJob purser_job_quit;

static void
job_free (gpointer data)
{
  PurserJob *job = data;
  if (job->destroy != NULL)
    job->destroy (job->data);
  g_clear_object (&job->cancellable);
  g_clear_error (&job->error);
  g_free (job);
}

static gboolean
return_cb (gpointer user_data)
{
  PurserJob *job = user_data;
  g_autoptr(GTask) task = g_steal_pointer (&job->task);
  if (job->ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&job->error));
  return G_SOURCE_REMOVE; /* the task owns the job: from here on only the caller's thread touches both */
}

static void
finish (PurserStore *self, PurserJob *job)
{
  if (job->submitted != NULL)
    {
      job->submitted (job->data, job->error);
      job_free (job);
      return;
    }
  if (job->task != NULL)
    {
      g_autoptr(GSource) source = g_idle_source_new ();
      g_source_set_priority (source, g_task_get_priority (job->task));
      g_source_set_static_name (source, "[purser] job done");
      g_source_set_callback (source, return_cb, job, NULL);
      g_source_attach (source, g_task_get_context (job->task));
      return;
    }
  g_mutex_lock (&self->lock);
  job->done = TRUE;
  g_cond_broadcast (&self->done);
  g_mutex_unlock (&self->lock);
}

void
purser_jobs_finish (PurserStore *self, PurserJob **jobs, guint n)
{
  void (*flush) (gpointer) = NULL;
  gpointer flush_data = NULL;
  for (guint i = 0; i < n; i++)
    {
      if (jobs[i]->submitted != NULL && jobs[i]->flush != NULL)
        {
          flush = jobs[i]->flush;
          flush_data = jobs[i]->flush_data;
        }
      finish (self, jobs[i]);
    }
  if (flush != NULL)
    flush (flush_data);
}

static gboolean
push (PurserStore *self, GAsyncQueue *queue, PurserJob *job)
{
  g_mutex_lock (&self->lock);
  gboolean open = !self->closed;
  if (open)
    g_async_queue_push (queue, job);
  g_mutex_unlock (&self->lock);
  if (!open)
    g_set_error (&job->error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_FAILED, _("“%s” is closed. Open it again."),
                 self->path);
  return open;
}

static void
run_async (PurserStore *self,
           GAsyncQueue *queue,
           gpointer tag,
           PurserJob *job,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  job->task = g_task_new (self, job->cancellable, callback, user_data);
  g_task_set_source_tag (job->task, tag);
  /* What was committed stays so, however late a cancel comes. */
  g_task_set_check_cancellable (job->task, FALSE);
  g_task_set_task_data (job->task, job, job_free);
  if (!push (self, queue, job))
    return_cb (job);
}

static PurserJob *
job_new (PurserStoreFunc func, gpointer data, GDestroyNotify destroy, gboolean sync, GCancellable *cancellable)
{
  PurserJob *job = g_new0 (PurserJob, 1);
  job->func = func;
  job->data = data;
  job->destroy = destroy;
  job->sync = sync;
  job->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  return job;
}

static gboolean
run_waiting (PurserStore *self, GAsyncQueue *queue, gboolean sync, PurserStoreFunc func, gpointer data, GError **error)
{
  PurserJob job = { .func = func, .data = data, .sync = sync };
  g_assert (g_thread_self () != self->writer && g_thread_self () != self->reader);
  if (push (self, queue, &job))
    {
      g_mutex_lock (&self->lock);
      while (!job.done)
        g_cond_wait (&self->done, &self->lock);
      g_mutex_unlock (&self->lock);
    }
  if (!job.ok)
    g_propagate_error (error, g_steal_pointer (&job.error));
  return job.ok;
}

/**
 * purser_store_write_async:
 * @self: the store
 * @sync: whether the commit must be on disk before the callback
 * @func: the job; runs on the writer's thread, in a savepoint
 * @data: for @func
 * @destroy: (nullable): frees @data on the caller's thread, after the callback
 * @cancellable: (nullable): stops a job that has not begun
 * @callback: (nullable): called when the job is committed or rolled back
 * @user_data: for @callback
 */
void
purser_store_write_async (PurserStore *self,
                          gboolean sync,
                          PurserStoreFunc func,
                          gpointer data,
                          GDestroyNotify destroy,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  run_async (self, self->writes, purser_store_write_async, job_new (func, data, destroy, sync, cancellable), callback,
             user_data);
}

void
purser_store_read_async (PurserStore *self,
                         PurserStoreFunc func,
                         gpointer data,
                         GDestroyNotify destroy,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  run_async (self, self->reads, purser_store_read_async, job_new (func, data, destroy, FALSE, cancellable), callback,
             user_data);
}

/**
 * purser_store_submit:
 * @self: the store
 * @sync: whether the commit must be on disk before @done
 * @func: the job; runs on the writer's thread, in a savepoint
 * @data: for @func and @done; freed by neither
 * @done: called on the writer's thread once the job is committed or rolled back; must only hand on the news. After close it is called at once, on this one
 * @flush: (nullable): called after all the @done of one commit, once for all of them, with the last one's @flush_data
 * @flush_data: for @flush
 *
 * A write job for callers without a main loop.
 */
void
purser_store_submit (PurserStore *self,
                     gboolean sync,
                     PurserStoreFunc func,
                     gpointer data,
                     PurserStoreDone done,
                     void (*flush) (gpointer),
                     gpointer flush_data)
{
  g_return_if_fail (done != NULL);
  PurserJob *job = job_new (func, data, NULL, sync, NULL);
  job->submitted = done;
  job->flush = flush;
  job->flush_data = flush_data;
  if (!push (self, self->writes, job))
    purser_jobs_finish (self, &job, 1);
}

gboolean
purser_store_run_finish (PurserStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
purser_store_write (PurserStore *self, gboolean sync, PurserStoreFunc func, gpointer data, GError **error)
{
  return run_waiting (self, self->writes, sync, func, data, error);
}

gboolean
purser_store_read (PurserStore *self, PurserStoreFunc func, gpointer data, GError **error)
{
  return run_waiting (self, self->reads, FALSE, func, data, error);
}
