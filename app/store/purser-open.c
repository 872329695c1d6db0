/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "purser-file.h"
#include "purser-migrate.h"
#include "purser-store-private.h"

static const char *const BUILTIN_WORKLOADS[] = { "drafting", "summarization", "analysis" };

typedef struct
{
  const char *name, *currency, *timezone;
} Birth;

static gboolean
check_birth (const Birth *birth, GError **error)
{
  g_autoptr(GTimeZone) zone = birth->timezone != NULL ? g_time_zone_new_identifier (birth->timezone) : NULL;
  if (!purser_name_check (birth->name, TRUE, error))
    return FALSE;
  if (!purser_currency_valid (birth->currency))
    g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED,
                 _("“%s” is not a currency. Enter its three capitals, for example EUR."),
                 birth->currency != NULL ? birth->currency : "");
  else if (zone == NULL)
    g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED,
                 _("“%s” is not a time zone. Enter one like Europe/Berlin."),
                 birth->timezone != NULL ? birth->timezone : "");
  return purser_currency_valid (birth->currency) && zone != NULL;
}

/* Schema and first rows, in one transaction of an empty database. */
static gboolean
bear (const PurserSchema *schema, PurserDb *db, const Birth *birth, GError **error)
{
  g_autofree char *uid = g_uuid_string_random ();
  gint64 now = g_get_real_time ();
  gint64 quarters_from = now / (15 * 60 * G_USEC_PER_SEC) - PURSER_QUARTER_DAYS * PURSER_QUARTERS_PER_DAY;
  if (!purser_db_begin (db, TRUE, error) || !purser_schema_create (schema, db, error)
      || !purser_db_run (db, error,
                         "INSERT INTO organisation (id, uid, name, currency, timezone, quarters_from, created_at) "
                         "VALUES (1, ?, ?, ?, ?, ?, ?)",
                         "ssssii", uid, birth->name, birth->currency, birth->timezone, quarters_from, now))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (BUILTIN_WORKLOADS); i++)
    if (!purser_db_run (db, error, "INSERT INTO workload (name, builtin) VALUES (?, 1)", "s", BUILTIN_WORKLOADS[i]))
      return FALSE;
  return purser_db_commit (db, error);
}

/* The whole file is made in memory first, so that no half one can ever be seen under its name. */
static GBytes *
make_file (const PurserSchema *schema, const Birth *birth, GError **error)
{
  sqlite3_int64 size = 0;
  g_autoptr(PurserDb) db = purser_db_open (":memory:", PURSER_DB_WRITE | PURSER_DB_NEW, error);
  if (db == NULL || !bear (schema, db, birth, error))
    return NULL;
  unsigned char *bytes = sqlite3_serialize (db->handle, "main", &size, 0);
  if (bytes == NULL)
    return purser_db_set_error (error, db->handle, db->path, SQLITE_NOMEM), NULL;
  bytes[18] = bytes[19] =
      2; /* read and write version: born in WAL mode, so that nobody has to switch it under another's eyes */
  return g_bytes_new_with_free_func (bytes, size, sqlite3_free, bytes);
}

static gboolean
create_file (const PurserSchema *schema, const char *path, const Birth *birth, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_mkdir_with_parents (folder, 0700);
  if (!purser_file_check_folder (path, error))
    return FALSE;
  g_autoptr(GBytes) bytes = make_file (schema, birth, error);
  return bytes != NULL && purser_file_create (path, bytes, error);
}

static gboolean
check_sqlite (GError **error)
{
  if (purser_sqlite_is_safe (sqlite3_libversion_number ()))
    return TRUE;
  g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_OLD_SQLITE,
               _("SQLite %s can damage an organisation’s file when two programs write to it. Update SQLite to 3.51.3 "
                  "or later."),
               sqlite3_libversion ());
  return FALSE;
}

static gboolean
set_wal (PurserDb *db, GError **error)
{
  PurserStatement *row = purser_db_query (db, error, "PRAGMA journal_mode = WAL", "");
  if (!purser_statement_step (row, error))
    return FALSE;
  gboolean wal = g_strcmp0 (purser_statement_text (row, 0), "wal") == 0;
  purser_db_reset (db);
  if (!wal)
    g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_FILE_SYSTEM,
                 _("“%s” is on a disk that cannot share memory between programs. Move it to a folder on this "
                    "computer’s own disk."),
                 db->path);
  /* The log shrinks to this when it starts anew. */
  return wal && purser_db_exec (db, "PRAGMA journal_size_limit = 16777216; PRAGMA synchronous = NORMAL;", error);
}

static gboolean
open_file (const PurserSchema *schema, const char *path, PurserOpened *opened, GError **error)
{
  if (!purser_file_check (path, error))
    return FALSE;
  opened->writer_db = purser_db_open (path, PURSER_DB_WRITE, error);
  /* What is not ours is left untouched: nothing beside it, no log. */
  if (opened->writer_db == NULL || !purser_schema_check (schema, opened->writer_db, error))
    return FALSE;
  opened->owners = purser_owners_open (path, error);
  if (opened->owners == NULL || !set_wal (opened->writer_db, error)
      || !purser_schema_migrate (schema, opened->writer_db, opened->owners, error)
      || !purser_schema_check (schema, opened->writer_db, error))
    return FALSE;
  opened->writer_db->owners = opened->owners;
  opened->writer_db->format = schema->scripts->len;
  opened->uri = g_strdup (path);
  return TRUE;
}

/* Both connections share one database in memory that has a name of its own. */
static gboolean
open_memory (const PurserSchema *schema, const Birth *birth, PurserOpened *opened, GError **error)
{
  g_autofree char *uid = g_uuid_string_random ();
  opened->uri = g_strdup_printf ("file:/%s?vfs=memdb", uid);
  opened->writer_db = purser_db_open (opened->uri, PURSER_DB_WRITE | PURSER_DB_NEW, error);
  return opened->writer_db != NULL && bear (schema, opened->writer_db, birth, error);
}

/* Takes everything: on failure OPENED is empty again. */
gboolean
purser_open (const char *path,
             PurserStoreFlags flags,
             const char *name,
             const char *currency,
             const char *zone_name,
             PurserOpened *opened,
             GError **error)
{
  g_autoptr(PurserSchema) schema = purser_schema_load ();
  Birth birth = { name, currency, zone_name };
  gboolean memory = g_str_equal (path, ":memory:"), create = (flags & PURSER_STORE_CREATE) != 0;
  gboolean done = check_sqlite (error) && (!create || check_birth (&birth, error));

  if (done && memory)
    done = open_memory (schema, &birth, opened, error);
  else if (done)
    done = (!create || create_file (schema, path, &birth, error)) && open_file (schema, path, opened, error);
  if (done)
    opened->reader_db = purser_db_open (opened->uri, PURSER_DB_READ, error);
  if (done && opened->reader_db != NULL)
    return TRUE;
  g_clear_pointer (&opened->uri, g_free);
  g_clear_pointer (&opened->writer_db, purser_db_close);
  g_clear_pointer (&opened->owners, purser_owners_close);
  return FALSE;
}

PurserDb *
purser_open_another (PurserStore *store, GError **error)
{
  PurserDb *db = purser_db_open (store->reader_db->path, PURSER_DB_READ, error);
  if (db != NULL)
    db->clock = &store->clock;
  return db;
}
