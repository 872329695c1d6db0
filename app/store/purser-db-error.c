/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-db-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/* What went wrong, where, and what to do next. Each takes the path. */
static const struct
{
  int code;
  int error;
  const char *words;
} WORDS[] = {
  { SQLITE_BUSY, PURSER_STORE_ERROR_BUSY,
    N_("Another program has been writing to “%s” for more than five seconds. Nothing was saved by this step: try "
        "again. If it stays so, close the other program.") },
  { SQLITE_LOCKED, PURSER_STORE_ERROR_BUSY,
    N_("“%s” is in use by another step of this program. Nothing was saved by this step: try again.") },
  { SQLITE_FULL, PURSER_STORE_ERROR_DISK_FULL,
    N_("The disk that holds “%s” is full. Nothing was saved by this step: free some space and try again.") },
  { SQLITE_READONLY, PURSER_STORE_ERROR_READ_ONLY,
    N_("“%s” cannot be written: the file, its folder or its disk is read-only. Allow writing there, or copy the file "
        "to a folder of your own.") },
  { SQLITE_PERM, PURSER_STORE_ERROR_READ_ONLY,
    N_("“%s” cannot be written: the permission is missing. Allow writing there, or copy the file to a folder of your "
        "own.") },
  { SQLITE_CORRUPT, PURSER_STORE_ERROR_CORRUPT,
    N_("“%s” is damaged. Keep it as it is, and go on with the newest backup.") },
  { SQLITE_NOTADB, PURSER_STORE_ERROR_NOT_A_DATABASE,
    N_("“%s” is not an organisation’s file: it holds something else. Choose a file that Purser has made.") },
  { SQLITE_CANTOPEN, PURSER_STORE_ERROR_READ_ONLY,
    N_("“%s” cannot be opened. Check that its folder exists and that you may write there.") },
};

static gboolean
set (GError **error, int code, const char *words, const char *path)
{
  g_set_error (error, PURSER_STORE_ERROR, code, words, path);
  return FALSE;
}

static gboolean
set_io_error (GError **error, sqlite3 *handle, const char *path)
{
  int cause = handle != NULL ? sqlite3_system_errno (handle) : 0;
  if (cause == ENOSPC || cause == EDQUOT || cause == EFBIG)
    return purser_db_set_error (error, handle, path, SQLITE_FULL);
  if (cause == EROFS || cause == EACCES || cause == EPERM)
    return purser_db_set_error (error, handle, path, SQLITE_READONLY);
  g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_FAILED,
               _("“%s” could not be read or written: %s. Nothing was saved by this step: check the disk and try "
                  "again."),
               path, cause != 0 ? g_strerror (cause) : sqlite3_errmsg (handle));
  return FALSE;
}

static gboolean
set_constraint (GError **error, sqlite3 *handle, int code)
{
  const char *detail = sqlite3_errmsg (handle);
  if (code == SQLITE_CONSTRAINT_TRIGGER) /* our own triggers, in their own words */
    g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_REFUSED, _("The ledger refused a change (%s)."),
                 detail);
  else
    g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_CONSTRAINT,
                 _("The organisation’s file refused a value (%s)."), detail);
  return FALSE;
}

/**
 * purser_db_set_error:
 * @error: return location
 * @handle: (nullable): the connection, for details
 * @path: the file, for words
 * @code: SQLite's extended result code
 *
 * Returns: %FALSE, so that a caller can return it
 */
gboolean
purser_db_set_error (GError **error, sqlite3 *handle, const char *path, int code)
{
  int primary = code & 0xff;

  if (primary == SQLITE_INTERRUPT)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("Stopped"));
      return FALSE;
    }
  if (primary == SQLITE_IOERR)
    return set_io_error (error, handle, path);
  if (primary == SQLITE_CONSTRAINT)
    return set_constraint (error, handle, code);
  for (guint i = 0; i < G_N_ELEMENTS (WORDS); i++)
    if (WORDS[i].code == primary)
      return set (error, WORDS[i].error, _(WORDS[i].words), path);
  g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_FAILED, _("The database “%s” reports: %s (%d)."), path,
               handle != NULL ? sqlite3_errmsg (handle) : sqlite3_errstr (code), code);
  return FALSE;
}

/**
 * purser_sqlite_is_safe:
 * @version_number: as sqlite3_libversion_number() tells
 *
 * Earlier versions can corrupt a file in WAL mode that two connections write and checkpoint at once (DESIGN §4).
 *
 * Returns: whether a file may be opened for writing with that version
 */
gboolean
purser_sqlite_is_safe (int version_number)
{
  return version_number >= 3051003 || (version_number >= 3050007 && version_number < 3051000)
         || (version_number >= 3044006 && version_number < 3045000);
}

G_DEFINE_QUARK (purser - store - error - quark, purser_store_error)
