/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-db-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _PurserStatement
{
  PurserDb *db;
  sqlite3_stmt *handle; /* (owned) */
  gboolean failed;
};

enum
{
  STEPS_BETWEEN_LOOKS = 2000
};

/* SQLite's own handler sleeps up to 100 ms and so never meets the writer's 0.2 ms gaps: look more often than that. */
enum
{
  LOOK_US = 100
};

static int
busy_cb (void *user_data, int times)
{
  static _Thread_local gint64 since;
  gint64 now = g_get_monotonic_time ();
  if (times == 0)
    since = now;
  if (now - since > ((PurserDb *) user_data)->busy_us)
    return 0;
  g_usleep (LOOK_US);
  return 1;
}

static int
progress_cb (void *user_data)
{
  PurserDb *db = user_data;
  return db->cancellable != NULL && g_cancellable_is_cancelled (db->cancellable);
}

static int
wal_cb (void *user_data, sqlite3 *handle, const char *name, int pages)
{
  ((PurserDb *) user_data)->wal_pages = pages;
  return SQLITE_OK;
}

static void
statement_free (gpointer data)
{
  PurserStatement *statement = data;
  sqlite3_finalize (statement->handle);
  g_free (statement);
}

static gboolean
set_pragmas (PurserDb *db, PurserDbFlags flags, GError **error)
{
  /* No mapping: an I/O error there is a signal, not an error. REPLACE must meet the triggers against deleting. A removed person's name must not stay in free pages. */
  return purser_db_exec (db,
                         "PRAGMA mmap_size = 0; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA "
                         "cell_size_check = ON;"
                         "PRAGMA recursive_triggers = ON; PRAGMA temp_store = MEMORY; "
                         "PRAGMA secure_delete = ON;",
                         error)
         /* Who reads goes over much of the file again and again; who writes comes back to little, and keeps what it wrote. */
         && purser_db_exec (db,
                            (flags & PURSER_DB_WRITE) != 0 ? "PRAGMA cache_size = -4000;"
                                                           : "PRAGMA cache_size = -16000; PRAGMA query_only = ON;",
                            error);
}

PurserDb *
purser_db_open (const char *path, PurserDbFlags flags, GError **error)
{
  /* The reader too opens for writing: without that it could not recover a log that a killed process left. */
  int mode = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI
             | ((flags & PURSER_DB_NEW) != 0 ? SQLITE_OPEN_CREATE : 0);
  g_autoptr(PurserDb) db = g_new0 (PurserDb, 1);

  db->path = g_strdup (path);
  db->statements = g_hash_table_new_full (NULL, NULL, NULL, statement_free);
  db->rollup = purser_rollup_new ();
  db->busy_us = PURSER_BUSY_US;
  int code = sqlite3_open_v2 (path, &db->handle, mode, NULL);
  if (code != SQLITE_OK)
    return purser_db_set_error (error, db->handle, path,
                                db->handle != NULL ? sqlite3_extended_errcode (db->handle) : code),
           NULL;
  sqlite3_extended_result_codes (db->handle, 1);
  sqlite3_db_config (db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_busy_handler (db->handle, busy_cb, db);
  sqlite3_progress_handler (db->handle, STEPS_BETWEEN_LOOKS, progress_cb, db);
  sqlite3_wal_hook (db->handle, wal_cb, db); /* also switches SQLite's own checkpoints off: the writer makes them */
  if (!set_pragmas (db, flags, error))
    return NULL;
  return g_steal_pointer (&db);
}

void
purser_db_close (PurserDb *db)
{
  if (db == NULL)
    return;
  g_clear_pointer (&db->statements, g_hash_table_unref);
  if (db->handle != NULL && sqlite3_close (db->handle) != SQLITE_OK)
    g_critical ("A connection to “%s” was closed with something still open", db->path);
  g_clear_pointer (&db->rollup, purser_rollup_free);
  g_clear_pointer (&db->head.zone, g_time_zone_unref);
  g_clear_pointer (&db->budgets, g_array_unref);
  g_clear_pointer (&db->behalf_full, g_hash_table_unref);
  g_free (db->head.zone_name);
  g_free (db->path);
  g_free (db);
}

gboolean
purser_db_exec (PurserDb *db, const char *sql, GError **error)
{
  int code = sqlite3_exec (db->handle, sql, NULL, NULL, NULL);
  return code == SQLITE_OK || purser_db_set_error (error, db->handle, db->path, code);
}

gboolean
purser_db_pragma (PurserDb *db, const char *name, gint64 *value, GError **error)
{
  g_autofree char *sql = g_strconcat ("PRAGMA ", name, NULL);
  sqlite3_stmt *handle = NULL;
  int code = sqlite3_prepare_v2 (db->handle, sql, -1, &handle, NULL);
  if (code == SQLITE_OK)
    code = sqlite3_step (handle);
  if (code == SQLITE_ROW)
    *value = sqlite3_column_int64 (handle, 0);
  sqlite3_finalize (handle);
  return code == SQLITE_ROW || purser_db_set_error (error, db->handle, db->path, code);
}

void
purser_db_reset (PurserDb *db)
{
  for (sqlite3_stmt *s = sqlite3_next_stmt (db->handle, NULL); s != NULL; s = sqlite3_next_stmt (db->handle, s))
    if (sqlite3_stmt_busy (s))
      sqlite3_reset (s);
}

void
purser_db_forget_head (PurserDb *db)
{
  db->head.known = FALSE;
}

/* A newer program has changed the file's format under our eyes: what we would write might be wrong there. */
static gboolean
check_format (PurserDb *db, GError **error)
{
  PurserStatement *row = db->format != 0 ? purser_db_query (db, error, "PRAGMA user_version", "") : NULL;
  if (db->format == 0)
    return TRUE;
  gint64 format = purser_statement_step (row, error) ? purser_statement_int (row, 0) : 0;
  if (format == 0)
    return FALSE;
  purser_statement_step (row, NULL);
  if (format <= db->format)
    return TRUE;
  g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_FROM_FUTURE,
               _("“%s” was brought up to date by a newer version of Purser (format %d, this program knows %d), so "
                  "this "
                  "program no longer writes to it. Close it and start the newer version."),
               db->path, (int) format, (int) db->format);
  return FALSE;
}

gboolean
purser_db_begin (PurserDb *db, gboolean write, GError **error)
{
  purser_db_forget_head (db);
  db->raised = FALSE;
  if (!write)
    return purser_db_run (db, error, "BEGIN", "");
  if (!purser_db_run (db, error, "BEGIN IMMEDIATE", ""))
    return FALSE;
  if (check_format (db, error))
    return TRUE;
  purser_db_rollback (db);
  return FALSE;
}

gboolean
purser_db_commit (PurserDb *db, GError **error)
{
  purser_db_reset (db);
  purser_db_forget_head (db);
  return purser_db_run (db, error, "COMMIT", "");
}

void
purser_db_rollback (PurserDb *db)
{
  purser_db_reset (db);
  purser_db_forget_head (db);
  purser_rollup_clear (db->rollup);
  db->budgets_of = 0;
  db->process_id = 0; /* its row may have gone with the rest; it is looked up again */
  if (!sqlite3_get_autocommit (db->handle))
    purser_db_run (db, NULL, "ROLLBACK", "");
}

static gboolean
read_head (PurserDb *db, GError **error)
{
  PurserHead *head = &db->head;
  PurserStatement *row =
      purser_db_query (db, error, "SELECT generation, quarters_from, sample, timezone FROM organisation", "");
  if (!purser_statement_step (row, error))
    return purser_statement_failed (row) ? FALSE : purser_db_set_error (error, db->handle, db->path, SQLITE_CORRUPT);
  const char *zone = purser_statement_text (row, 3);
  head->generation = purser_statement_int (row, 0);
  head->quarters_from = purser_statement_int (row, 1);
  head->sample = purser_statement_int (row, 2) != 0;
  if (g_strcmp0 (zone, head->zone_name) != 0)
    {
      g_clear_pointer (&head->zone, g_time_zone_unref);
      head->zone = g_time_zone_new_identifier (zone);
      if (head->zone == NULL)
        head->zone = g_time_zone_new_utc ();
      g_free (head->zone_name);
      head->zone_name = g_strdup (zone);
    }
  head->known = TRUE;
  purser_statement_step (row, NULL); /* to its end: a statement in the middle would hold the transaction open */
  return TRUE;
}

const PurserHead *
purser_db_head (PurserDb *db, GError **error)
{
  return db->head.known || read_head (db, error) ? &db->head : NULL;
}

/* --- Statements --- */

static PurserStatement *
prepare (PurserDb *db, const char *sql, GError **error)
{
  PurserStatement *statement = g_hash_table_lookup (db->statements, sql);
  sqlite3_stmt *handle = NULL;
  if (statement != NULL)
    return statement;
  int code = sqlite3_prepare_v3 (db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, NULL);
  if (code != SQLITE_OK)
    {
      purser_db_set_error (error, db->handle, db->path, code);
      return NULL;
    }
  statement = g_new0 (PurserStatement, 1);
  statement->db = db;
  statement->handle = handle;
  g_hash_table_insert (db->statements, (gpointer) sql, statement);
  return statement;
}

static int
bind_number (sqlite3_stmt *handle, int at, gboolean null, gint64 value)
{
  return null ? sqlite3_bind_null (handle, at) : sqlite3_bind_int64 (handle, at, value);
}

static int
bind_bytes (sqlite3_stmt *handle, int at, GBytes *bytes)
{
  gsize length = 0;
  gconstpointer data = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;
  return bytes == NULL ? sqlite3_bind_null (handle, at)
                       : sqlite3_bind_blob64 (handle, at, length > 0 ? data : "", length, SQLITE_TRANSIENT);
}

static int
bind_all (sqlite3_stmt *handle, const char *format, va_list args)
{
  int code = SQLITE_OK, at = 0;
  gint64 number;
  for (; *format != '\0' && code == SQLITE_OK; format++)
    switch (*format)
      {
      case 'i':
        code = bind_number (handle, ++at, FALSE, va_arg (args, gint64));
        break;
      case 'I':
        number = va_arg (args, gint64);
        code = bind_number (handle, ++at, number == -1, number);
        break;
      case 'b':
        code = bind_number (handle, ++at, FALSE, va_arg (args, int));
        break;
      case 's':
        code = sqlite3_bind_text (handle, ++at, va_arg (args, const char *), -1, SQLITE_TRANSIENT);
        break;
      case 'd':
        code = sqlite3_bind_double (handle, ++at, va_arg (args, double));
        break;
      case 'y':
        code = bind_bytes (handle, ++at, va_arg (args, GBytes *));
        break;
      default:
        g_assert_not_reached ();
      }
  g_assert (code != SQLITE_OK || at == sqlite3_bind_parameter_count (handle));
  return code;
}

static PurserStatement *
query (PurserDb *db, GError **error, const char *sql, const char *format, va_list args)
{
  PurserStatement *statement = prepare (db, sql, error);
  if (statement == NULL)
    return NULL;
  sqlite3_reset (statement->handle);
  statement->failed = FALSE;
  int code = bind_all (statement->handle, format, args);
  if (code == SQLITE_OK)
    return statement;
  purser_db_set_error (error, db->handle, db->path, code);
  return NULL;
}

/**
 * purser_db_query:
 * @db: a connection
 * @error: return location
 * @sql: a string literal: kept, prepared, by its address
 * @format: one letter for each argument
 *
 * Returns: (transfer none) (nullable): the statement, to be stepped through
 */
PurserStatement *
purser_db_query (PurserDb *db, GError **error, const char *sql, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  PurserStatement *statement = query (db, error, sql, format, args);
  va_end (args);
  return statement;
}

/**
 * purser_db_run:
 * @db: a connection
 * @error: return location
 * @sql: a string literal: kept, prepared, by its address
 * @format: one letter for each argument
 *
 * Runs a statement to its end.
 *
 * Returns: whether it got there
 */
gboolean
purser_db_run (PurserDb *db, GError **error, const char *sql, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  PurserStatement *statement = query (db, error, sql, format, args);
  va_end (args);
  while (purser_statement_step (statement, error))
    continue;
  return !purser_statement_failed (statement);
}

/**
 * purser_statement_step:
 * @statement: (nullable): a statement; %NULL is a query that failed
 * @error: return location
 *
 * Returns: whether there is a row. %FALSE without an error is the end
 */
gboolean
purser_statement_step (PurserStatement *statement, GError **error)
{
  if (statement == NULL)
    return FALSE;
  int code = sqlite3_step (statement->handle);
  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    {
      statement->failed = TRUE;
      purser_db_set_error (error, statement->db->handle, statement->db->path, code);
    }
  sqlite3_reset (statement->handle);
  return FALSE;
}

/**
 * purser_statement_failed:
 * @statement: (nullable): a statement
 *
 * Returns: whether its last step ended with an error, not with the end
 */
gboolean
purser_statement_failed (PurserStatement *statement)
{
  return statement == NULL || statement->failed;
}

gint64
purser_statement_int (PurserStatement *statement, int column)
{
  return sqlite3_column_int64 (statement->handle, column);
}

gint64
purser_statement_opt (PurserStatement *statement, int column)
{
  return sqlite3_column_type (statement->handle, column) == SQLITE_NULL
             ? -1
             : sqlite3_column_int64 (statement->handle, column);
}

double
purser_statement_double (PurserStatement *statement, int column)
{
  return sqlite3_column_double (statement->handle, column);
}

const char *
purser_statement_text (PurserStatement *statement, int column)
{
  return (const char *) sqlite3_column_text (statement->handle, column);
}

gint64
purser_db_last_id (PurserDb *db)
{
  return sqlite3_last_insert_rowid (db->handle);
}

int
purser_db_changes (PurserDb *db)
{
  return sqlite3_changes (db->handle);
}

gint64
purser_db_now (PurserDb *db)
{
  PurserClock clock = db->clock != NULL ? g_atomic_pointer_get (db->clock) : NULL;
  return clock != NULL ? clock () : g_get_real_time ();
}
