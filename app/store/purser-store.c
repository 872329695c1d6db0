/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-store.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-store-private.h"

G_DEFINE_FINAL_TYPE (PurserStore, purser_store, G_TYPE_OBJECT)

enum
{
  CHANGED,
  LEDGER_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* --- Signals and the snapshot --- */

static gboolean
emit_cb (gpointer user_data)
{
  g_autoptr(PurserStore) self = g_weak_ref_get (user_data);
  if (self == NULL)
    return G_SOURCE_REMOVE;
  g_mutex_lock (&self->lock);
  guint waiting = self->signals;
  self->signals = 0;
  g_mutex_unlock (&self->lock);
  if ((waiting & PURSER_SIGNAL_CHANGED) != 0)
    g_signal_emit (self, signals[CHANGED], 0);
  if ((waiting & PURSER_SIGNAL_LEDGER_CHANGED) != 0)
    g_signal_emit (self, signals[LEDGER_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

static void
free_weak (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

void
purser_store_announce (PurserStore *self, guint which)
{
  g_mutex_lock (&self->lock);
  gboolean first = self->signals == 0;
  self->signals |= which;
  g_mutex_unlock (&self->lock);
  if (!first)
    return;
  GWeakRef *weak = g_new0 (GWeakRef, 1);
  g_weak_ref_init (weak, self);
  g_autoptr(GSource) source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, emit_cb, weak, free_weak);
  g_source_attach (source, self->context);
}

static void
sooner (gint64 *due, gint64 time, gint64 now)
{
  if (time > now)
    *due = MIN (*due, time);
}

/* When a price or a contract of ORG comes into force or ends. */
static gint64
next_price (const PurserOrg *org)
{
  gint64 due = G_MAXINT64;
  for (guint i = 0; i < org->models->len; i++)
    {
      const GPtrArray *prices = ((const PurserModel *) g_ptr_array_index (org->models, i))->prices;
      for (guint k = 0; k < prices->len; k++)
        sooner (&due, ((const PurserPrice *) g_ptr_array_index (prices, k))->valid_from, org->loaded_at);
    }
  for (guint i = 0; i < org->contracts->len; i++)
    {
      const PurserContract *contract = g_ptr_array_index (org->contracts, i);
      sooner (&due, contract->valid_from, org->loaded_at);
      sooner (&due, contract->valid_until, org->loaded_at);
    }
  return due;
}

static PurserOrg *
load (PurserDb *db, gint64 *price_due, GError **error)
{
  PurserOrg *org = NULL;
  if (!purser_db_begin (db, FALSE, error))
    return NULL;
  org = purser_catalogue_load (db, error);
  *price_due = org != NULL ? next_price (org) : G_MAXINT64;
  purser_db_rollback (db);
  return org;
}

void
purser_store_reload (PurserStore *self, PurserDb *db)
{
  g_autoptr(GError) error = NULL;
  gint64 due = G_MAXINT64;
  g_autoptr(PurserOrg) org = load (db, &due, &error);
  if (org == NULL)
    {
      g_debug ("The configuration could not be read: %s", error->message);
      return;
    }
  g_mutex_lock (&self->lock);
  gboolean newer =
      org->generation > self->org->generation || (org->generation == self->org->generation && due != self->price_due);
  if (newer)
    {
      PurserOrg *old = self->org;
      self->org = g_steal_pointer (&org);
      self->price_due = due;
      org = old;
    }
  g_mutex_unlock (&self->lock);
  if (newer)
    purser_store_announce (self, PURSER_SIGNAL_CHANGED);
}

/* --- The object --- */

static void
purser_store_dispose (GObject *object)
{
  purser_store_close (PURSER_STORE (object));
  G_OBJECT_CLASS (purser_store_parent_class)->dispose (object);
}

static void
purser_store_finalize (GObject *object)
{
  PurserStore *self = PURSER_STORE (object);
  g_clear_pointer (&self->org, purser_org_unref);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_clear_pointer (&self->writes, g_async_queue_unref);
  g_clear_pointer (&self->reads, g_async_queue_unref);
  g_free (self->path);
  g_free (self->uid);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->done);
  G_OBJECT_CLASS (purser_store_parent_class)->finalize (object);
}

static void
purser_store_class_init (PurserStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->dispose = purser_store_dispose;
  object_class->finalize = purser_store_finalize;
  signals[CHANGED] =
      g_signal_new ("changed", PURSER_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LEDGER_CHANGED] =
      g_signal_new ("ledger-changed", PURSER_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
purser_store_init (PurserStore *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->done);
  self->writes = g_async_queue_new ();
  self->reads = g_async_queue_new ();
}

/* Before the threads start: the calls of the dead, the first snapshot. */
static gboolean
prepare (PurserStore *self, GError **error)
{
  g_autoptr(GError) busy = NULL;
  if (self->reaps && (self->owners == NULL || !purser_owners_is_new (self->owners))
      && !purser_reaper_run (self->writer_db, &busy))
    g_debug ("Not tidied up at the start: %s", busy->message);
  PurserStatement *row = purser_db_query (self->writer_db, error, "SELECT uid FROM organisation", "");
  if (!purser_statement_step (row, error))
    return purser_statement_failed (row) ? FALSE : purser_db_set_error (error, NULL, self->path, SQLITE_CORRUPT);
  self->uid = g_strdup (purser_statement_text (row, 0));
  purser_db_reset (self->writer_db);
  gint64 generation = 0;
  if (!purser_reader_marks (self->writer_db, &generation, &self->calls, error))
    return FALSE;
  self->org = load (self->writer_db, &self->price_due, error);
  return self->org != NULL;
}

static PurserStore *
open_in (GMainContext *context,
         const char *path,
         PurserStoreFlags flags,
         const char *name,
         const char *currency,
         const char *zone_name,
         GError **error)
{
  PurserOpened opened = { NULL };
  if (!purser_open (path, flags, name, currency, zone_name, &opened, error))
    return NULL;
  g_autoptr(PurserStore) self = g_object_new (PURSER_TYPE_STORE, NULL);
  self->path = g_strdup (path);
  self->context = context != NULL ? g_main_context_ref (context) : g_main_context_ref (g_main_context_default ());
  self->reaps = (flags & PURSER_STORE_NO_REAPER) == 0;
  self->owners = opened.owners;
  self->writer_db = opened.writer_db;
  self->reader_db = opened.reader_db;
  self->writer_db->clock = self->reader_db->clock = &self->clock;
  g_free (opened.uri);
  if (!prepare (self, error))
    return NULL;
  self->writer = g_thread_new ("purser-writer", purser_writer_run, self);
  self->reader = g_thread_new ("purser-reader", purser_reader_run, self);
  return g_steal_pointer (&self);
}

/**
 * purser_store_open:
 * @path: (type filename): the organisation's file, or ":memory:" with %PURSER_STORE_CREATE
 * @flags: how
 * @name: (nullable): with %PURSER_STORE_CREATE: the organisation's name
 * @currency: (nullable): with %PURSER_STORE_CREATE: its currency
 * @zone_name: (nullable): with %PURSER_STORE_CREATE: its reporting zone
 * @error: return location
 *
 * Opens or makes an organisation's file, and waits for it.
 *
 * Returns: (transfer full) (nullable): the store
 */
PurserStore *
purser_store_open (const char *path,
                   PurserStoreFlags flags,
                   const char *name,
                   const char *currency,
                   const char *zone_name,
                   GError **error)
{
  g_return_val_if_fail (path != NULL, NULL);
  return open_in (g_main_context_get_thread_default (), path, flags, name, currency, zone_name, error);
}

typedef struct
{
  char *path, *name, *currency, *timezone; /* (owned) */
  PurserStoreFlags flags;
} Open;

static void
open_free (gpointer data)
{
  Open *what = data;
  g_free (what->path);
  g_free (what->name);
  g_free (what->currency);
  g_free (what->timezone);
  g_free (what);
}

static void
open_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Open *what = task_data;
  GError *error = NULL;
  PurserStore *store =
      open_in (g_task_get_context (task), what->path, what->flags, what->name, what->currency, what->timezone, &error);
  if (store != NULL)
    g_task_return_pointer (task, store, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * purser_store_open_async:
 *
 * The same without waiting; arguments as for purser_store_open().
 */
void
purser_store_open_async (const char *path,
                         PurserStoreFlags flags,
                         const char *name,
                         const char *currency,
                         const char *zone_name,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Open *what = g_new0 (Open, 1);
  what->path = g_strdup (path);
  what->flags = flags;
  what->name = g_strdup (name);
  what->currency = g_strdup (currency);
  what->timezone = g_strdup (zone_name);
  g_task_set_source_tag (task, purser_store_open_async);
  g_task_set_task_data (task, what, open_free);
  g_task_run_in_thread (task, open_thread);
}

PurserStore *
purser_store_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

const char *
purser_store_get_path (PurserStore *self)
{
  return self->path;
}

const char *
purser_store_get_uid (PurserStore *self)
{
  return self->uid;
}

/**
 * purser_store_close:
 * @self: the store
 *
 * Finishes what is queued and closes the file. What this process left open in the ledger becomes interrupted.
 */
void
purser_store_close (PurserStore *self)
{
  g_mutex_lock (&self->lock);
  gboolean first = !self->closed;
  self->closed = TRUE;
  g_mutex_unlock (&self->lock);
  if (!first)
    return;
  g_async_queue_push (self->reads, &purser_job_quit);
  g_async_queue_push (self->writes, &purser_job_quit);
  g_clear_pointer (&self->reader, g_thread_join);
  g_clear_pointer (&self->writer, g_thread_join);
  g_clear_pointer (&self->reader_db, purser_db_close);
  g_clear_pointer (&self->writer_db, purser_db_close);
  g_clear_pointer (&self->owners, purser_owners_close);
}

/**
 * purser_store_get_org:
 * @self: the store
 *
 * Returns: (transfer full): the configuration now in force
 */
PurserOrg *
purser_store_get_org (PurserStore *self)
{
  g_mutex_lock (&self->lock);
  PurserOrg *org = purser_org_ref (self->org);
  g_mutex_unlock (&self->lock);
  return org;
}

gint64
purser_store_now (PurserStore *self)
{
  PurserClock clock = g_atomic_pointer_get (&self->clock);
  return clock != NULL ? clock () : g_get_real_time ();
}

void
purser_store_set_clock (PurserStore *self, gint64 (*clock) (void))
{
  g_atomic_pointer_set (&self->clock, clock);
}
