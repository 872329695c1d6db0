/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include "purser-org.h"

G_BEGIN_DECLS

/* One organisation's file. A writer thread and a query_only reader thread own one SQLite connection each; nobody else touches SQLite. */
#define PURSER_TYPE_STORE (purser_store_get_type ())
G_DECLARE_FINAL_TYPE (PurserStore, purser_store, PURSER, STORE, GObject)

typedef struct _PurserDb PurserDb; /* a connection, only valid inside a job on its own thread */

#define PURSER_STORE_ERROR (purser_store_error_quark ())
GQuark purser_store_error_quark (void);
typedef enum
{
  PURSER_STORE_ERROR_FAILED,
  PURSER_STORE_ERROR_NOT_A_DATABASE,  /* the file is something else */
  PURSER_STORE_ERROR_NOT_OURS,        /* SQLite, but no Purser organisation (application_id) */
  PURSER_STORE_ERROR_FROM_FUTURE,     /* user_version newer than this program */
  PURSER_STORE_ERROR_BUSY,            /* another process holds the lock past the time-out */
  PURSER_STORE_ERROR_DISK_FULL,
  PURSER_STORE_ERROR_READ_ONLY,       /* no write permission, or a reviewer's copy */
  PURSER_STORE_ERROR_FILE_SYSTEM,     /* NFS, FUSE, CIFS, 9p */
  PURSER_STORE_ERROR_OLD_SQLITE,
  PURSER_STORE_ERROR_CORRUPT,
  PURSER_STORE_ERROR_EXISTS,          /* create: the file is there already */
  PURSER_STORE_ERROR_CONSTRAINT,      /* unique name taken … */
  PURSER_STORE_ERROR_NOT_FOUND,
  PURSER_STORE_ERROR_STALE,           /* the generation has changed meanwhile: reload */
  PURSER_STORE_ERROR_REFUSED,
} PurserStoreError;

typedef enum
{
  PURSER_STORE_OPEN   = 0,
  PURSER_STORE_CREATE = 1 << 0, /* make a new organisation; fails where the file exists */
  PURSER_STORE_NO_REAPER = 1 << 1, /* tests */
} PurserStoreFlags;

/* ":memory:" is for tests. NAME, CURRENCY, TIMEZONE are used with CREATE (built-in workloads are made). Blocking twins are for
 * programs without a main loop (purserctl, tests); windows use the async one. Messages say what is wrong, where, and what to do next. */
PurserStore *purser_store_open        (const char *path, PurserStoreFlags flags, const char *name, const char *currency, const char *timezone, GError **error);
void         purser_store_open_async  (const char *path, PurserStoreFlags flags, const char *name, const char *currency, const char *timezone, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
PurserStore *purser_store_open_finish (GAsyncResult *result, GError **error);
const char  *purser_store_get_path    (PurserStore *self);
/* Finishes what is queued, checkpoints, closes. Later jobs fail. Idempotent; dispose does it too. */
void         purser_store_close       (PurserStore *self);

/* The folder for organisations ($XDG_DATA_HOME/purser), and the *.purser files in it. */
char      *purser_store_default_folder (void);
char      *purser_store_path_for       (const char *name, guint n); /* the N-th file for an organisation of that name */
GPtrArray *purser_store_list_files     (void); /* (element-type filename) sorted */

/* A job runs on the store's thread. Write jobs run each in a savepoint inside one group commit: FALSE rolls just this job back.
 * SYNC: the commit is on disk (fsync) before the callback; else it survives a killed process but not a power cut. DATA is handed to DESTROY on the caller's thread after the callback. */
typedef gboolean (*PurserStoreFunc) (PurserDb *db, gpointer data, GError **error);
void     purser_store_write_async  (PurserStore *self, gboolean sync, PurserStoreFunc func, gpointer data, GDestroyNotify destroy, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void     purser_store_read_async   (PurserStore *self, PurserStoreFunc func, gpointer data, GDestroyNotify destroy, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* The same without a main loop: DONE is called on the store's own thread once the commit is made (ERROR (nullable): borrowed), and must only hand on the news. FLUSH (nullable) is called once
 * after all the DONEs of one commit with the FLUSH_DATA of the last of them: where many jobs wait, one wake-up serves all. After close, DONE is called at once, with an error.
 * FUNC may be run a second time where another job of its commit failed, on a transaction in which it has done nothing yet. */
typedef void (*PurserStoreDone) (gpointer data, const GError *error);
void     purser_store_submit       (PurserStore *self, gboolean sync, PurserStoreFunc func, gpointer data, PurserStoreDone done, void (*flush) (gpointer), gpointer flush_data);
gboolean purser_store_run_finish   (PurserStore *self, GAsyncResult *result, GError **error);
gboolean purser_store_write        (PurserStore *self, gboolean sync, PurserStoreFunc func, gpointer data, GError **error); /* blocking twins */
gboolean purser_store_read         (PurserStore *self, PurserStoreFunc func, gpointer data, GError **error);

/* The configuration now in force: kept current by every write job that raises the generation, and by watching PRAGMA data_version
 * every 250 ms for other processes' changes. Thread-safe, never blocks. Signal "changed" (main context of the opener): a new
 * snapshot is there. Signal "ledger-changed" (coalesced, at most 4/s): calls were settled or corrected here or elsewhere. */
PurserOrg   *purser_store_get_org (PurserStore *self); /* (transfer full) */
const char  *purser_store_get_uid (PurserStore *self); /* random id kept in the file: the vault files keys under it */
gint64       purser_store_now     (PurserStore *self); /* wall clock, µs UTC; tests may set PurserStore's clock */
void         purser_store_set_clock (PurserStore *self, gint64 (*clock) (void));

/* Copies a consistent one-file backup (VACUUM INTO) to PATH. Refuses an existing file. */
gboolean     purser_store_backup (PurserStore *self, const char *path, GError **error);
/* integrity_check, roll-ups against the ledger and its corrections, closed months against their digests: (transfer full) (element-type utf8) findings, empty = all well. */
GPtrArray   *purser_store_verify (PurserStore *self, GError **error);

G_END_DECLS
