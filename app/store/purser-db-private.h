/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <sqlite3.h>

#include "purser-db.h"
#include "purser-owners.h"
#include "purser-rollup.h"

G_BEGIN_DECLS

typedef gint64 (*PurserClock) (void);

/* The organisation's row, read once per transaction: inside one it changes only by our own hand. */
typedef struct
{
  gboolean known;
  gint64 generation;
  gint64 quarters_from;
  gboolean sample;
  char *zone_name; /* (owned) (nullable) */
  GTimeZone *zone; /* (owned) (nullable) of ZONE_NAME; kept while that stays the same */
} PurserHead;

struct _PurserDb
{
  sqlite3 *handle; /* (owned) */
  char *path; /* (owned) for words */
  GHashTable *statements; /* (owned) (element-type literal PurserStatement) */
  PurserClock *clock; /* the store's, (nullable): the system's */
  PurserOwners *owners; /* (nullable) not owned */
  GCancellable *cancellable; /* (nullable) not owned: of the read job now running */
  PurserRollup *rollup; /* (owned) what this job adds to the roll-ups */
  PurserHead head;
  GArray *budgets; /* (owned) (nullable) (element-type PurserBudget) those in force … */
  gint64 budgets_of; /* … in this generation; 0 = to be read again */
  GHashTable *behalf_full; /* (owned) (nullable) ids of principals under whom no more names are kept */
  gint64 format; /* user_version that this program writes; 0 = not looked at */
  gint64 process_id; /* our row in process, 0 = none yet */
  int wal_pages; /* in the log after the last commit */
  gint64 busy_us; /* how long to wait for another's lock */
  gboolean raised; /* this transaction made a new generation */
};

#define PURSER_BUSY_US (5 * G_USEC_PER_SEC)

typedef enum
{
  PURSER_DB_READ = 0,
  PURSER_DB_WRITE = 1 << 0,
  PURSER_DB_NEW = 1 << 1
} PurserDbFlags;

/* A bare connection with our settings; PATH is a file or a URI of SQLite's. */
PurserDb *purser_db_open (const char *path, PurserDbFlags flags, GError **error);
void purser_db_close (PurserDb *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PurserDb, purser_db_close)

gboolean purser_db_exec (PurserDb *db, const char *sql, GError **error); /* many statements, not kept */
gboolean purser_db_pragma (PurserDb *db, const char *name, gint64 *value, GError **error);
/* Ends what a job left open, so that no transaction lasts longer than its job. */
void purser_db_reset (PurserDb *db);
gboolean purser_db_begin (PurserDb *db, gboolean write, GError **error);
gboolean purser_db_commit (PurserDb *db, GError **error);
void purser_db_rollback (PurserDb *db);
const PurserHead *purser_db_head (PurserDb *db, GError **error); /* (nullable) */
void purser_db_forget_head (PurserDb *db);

/* The process's own row and byte, made when first needed. 0 and ERROR */
gint64 purser_db_process (PurserDb *db, GError **error);

/* Sets ERROR in words from SQLite's CODE. Always FALSE. */
gboolean purser_db_set_error (GError **error, sqlite3 *handle, const char *path, int code);
gboolean purser_sqlite_is_safe (int version_number);

G_END_DECLS
