/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-db-private.h"

G_BEGIN_DECLS

typedef struct
{
  PurserStoreFunc func;
  gpointer data;
  GDestroyNotify destroy; /* (nullable) */
  gboolean sync;
  GCancellable *cancellable; /* (owned) (nullable) */
  PurserStoreDone submitted; /* (nullable): called on the store's thread, and then the job is freed … */
  void (*flush) (gpointer); /* (nullable) … and this once after all those of one commit */
  gpointer flush_data;
  GTask *task; /* (owned) (nullable): asynchronous; NULL once it was handed back, or where someone waits */
  gboolean ok;
  GError *error; /* (owned) (nullable) */
  gboolean done; /* under the store's lock */
} PurserJob;

struct _PurserStore
{
  GObject parent_instance;
  char *path; /* (owned) */
  char *uid; /* (owned) */
  GMainContext *context; /* (owned) the opener's: signals are emitted there */
  PurserClock clock; /* atomic; NULL = the system's */
  gboolean reaps;
  PurserOwners *owners; /* (owned) (nullable): in memory */
  PurserDb *writer_db; /* (owned) the writer thread's */
  PurserDb *reader_db; /* (owned) the reader thread's */
  GThread *writer, *reader;
  gint64 calls; /* counted in the roll-ups, and corrections, at the reader's last look */
  GAsyncQueue *writes, *reads; /* (owned) (element-type PurserJob), PURSER_JOB_QUIT at the end */

  GMutex lock; /* of all below */
  GCond done;
  gboolean closed;
  PurserOrg *org; /* (owned) */
  gint64 price_due; /* when the next price comes into force */
  guint signals; /* bits of those waiting to be emitted */
};

extern PurserJob purser_job_quit;

/* What open found or made; the caller takes the parts. */
typedef struct
{
  char *uri; /* what SQLite opens */
  PurserOwners *owners;
  PurserDb *writer_db, *reader_db;
} PurserOpened;
gboolean purser_open (const char *path,
                      PurserStoreFlags flags,
                      const char *name,
                      const char *currency,
                      const char *timezone,
                      PurserOpened *opened,
                      GError **error);
PurserDb *purser_open_another (PurserStore *store,
                               GError **error); /* a third connection for the calling thread, read only */

gpointer purser_writer_run (gpointer store);
gpointer purser_reader_run (gpointer store);
gboolean purser_reader_marks (PurserDb *db,
                              gint64 *generation,
                              gint64 *calls,
                              GError **error); /* by which a look tells what has changed */
/* Hands each of N jobs back to whoever waits; they are gone then. */
void purser_jobs_finish (PurserStore *store, PurserJob **jobs, guint n);

enum
{
  PURSER_SIGNAL_CHANGED = 1 << 0,
  PURSER_SIGNAL_LEDGER_CHANGED = 1 << 1
};
void purser_store_announce (PurserStore *store, guint signals);
/* Loads the configuration that DB sees and makes it the one in force, if it is newer. */
void purser_store_reload (PurserStore *store, PurserDb *db);

/* Closes what dead processes left open. */
gboolean purser_reaper_run (PurserDb *db, GError **error);
gboolean purser_reaper_end (PurserDb *db, gint64 process_id, GError **error); /* in a transaction: as interrupted */

G_END_DECLS
