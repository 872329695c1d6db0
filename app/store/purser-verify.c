/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

#include "purser-budget.h"
#include "purser-file.h"
#include "purser-month-private.h"
#include "purser-store-private.h"

/* What looks at the whole file does so on a connection of its own, so that neither thread waits for it. */

static PurserDb *
open_another (PurserStore *self, GError **error)
{
  g_mutex_lock (&self->lock);
  gboolean closed = self->closed;
  g_mutex_unlock (&self->lock);
  if (closed)
    {
      g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_FAILED, _("“%s” is closed. Open it again."),
                   self->path);
      return NULL;
    }
  return purser_open_another (self, error);
}

/**
 * purser_store_backup:
 * @self: the store
 * @path: (type filename): the copy; must not exist
 * @error: return location
 *
 * Copies the organisation into one file, as it is at one moment.
 *
 * Returns: whether the whole copy is on disk
 */
gboolean
purser_store_backup (PurserStore *self, const char *path, GError **error)
{
  g_autoptr(PurserDb) db = NULL;
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_EXISTS,
                   _("“%s” exists already. Choose another name."), path);
      return FALSE;
    }
  db = open_another (self, error);
  /* VACUUM INTO counts as writing, though not to this file. */
  return db != NULL && purser_db_exec (db, "PRAGMA query_only = OFF", error)
         && purser_file_copy_database (db, path, error);
}

static gboolean
check_integrity (PurserDb *db, GPtrArray *findings, GError **error)
{
  PurserStatement *row = purser_db_query (db, error, "PRAGMA integrity_check (20)", "");
  while (purser_statement_step (row, error))
    if (g_strcmp0 (purser_statement_text (row, 0), "ok") != 0)
      g_ptr_array_add (findings, g_strdup_printf (_("The file is damaged: %s"), purser_statement_text (row, 0)));
  return !purser_statement_failed (row);
}

static gboolean
check_references (PurserDb *db, GPtrArray *findings, GError **error)
{
  PurserStatement *row =
      purser_db_query (db, error,
                       "SELECT \"table\", COUNT (*), parent FROM pragma_foreign_key_check GROUP BY \"table\", parent",
                       "");
  while (purser_statement_step (row, error))
    g_ptr_array_add (findings, g_strdup_printf (_("%s: %d rows refer to something in %s that is not there"),
                                                purser_statement_text (row, 0), (int) purser_statement_int (row, 1),
                                                purser_statement_text (row, 2)));
  return !purser_statement_failed (row);
}

static gboolean
check_attempts (PurserDb *db, GPtrArray *findings, GError **error)
{
  PurserStatement *row = purser_db_query (
      db, error,
      "SELECT COUNT (*) FROM call c WHERE NOT EXISTS (SELECT 1 FROM attempt a WHERE a.call_id = c.id) OR "
      "(c.closed_at IS NOT NULL AND EXISTS (SELECT 1 FROM attempt a WHERE a.call_id = c.id AND a.closed_at IS NULL))",
      "");
  gint64 n = purser_statement_step (row, error) ? purser_statement_int (row, 0) : 0;
  if (purser_statement_failed (row))
    return FALSE;
  purser_statement_step (row, NULL);
  if (n > 0)
    g_ptr_array_add (findings,
                     g_strdup_printf (_("%" PRId64 " calls are closed and have an attempt that is not, or have none"),
                                      n));
  return TRUE;
}

static gboolean
check_totals (PurserDb *db, GPtrArray *findings, GError **error)
{
  g_autoptr(PurserRollup) ledger = purser_rollup_new ();
  return purser_rollup_count (ledger, db, 0, error) && purser_rollup_compare (ledger, db, findings, error);
}

static gboolean
check_audit (PurserDb *db, GPtrArray *findings, GError **error)
{
  char *problem = NULL;
  if (!purser_audit_verify (db, &problem, error))
    return FALSE;
  if (problem != NULL)
    g_ptr_array_add (findings, problem);
  return TRUE;
}

/**
 * purser_store_verify:
 * @self: the store
 * @error: return location
 *
 * Reads the whole file: is it sound, do the roll-ups say exactly what the ledger and its corrections say, do the budgets, are the closed
 * months what they were, does the audit trail hold?
 *
 * Returns: (transfer full) (nullable) (element-type utf8): what is wrong, in words; empty where all is well
 */
GPtrArray *
purser_store_verify (PurserStore *self, GError **error)
{
  g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(PurserDb) db = open_another (self, error);
  if (db == NULL || !check_integrity (db, findings, error) || !check_references (db, findings, error))
    return NULL;
  gboolean read = purser_db_begin (db, FALSE, error) && check_attempts (db, findings, error)
                  && check_totals (db, findings, error) && purser_budget_verify (db, findings, error) && purser_month_verify (db, findings, error)
                  && check_audit (db, findings, error);
  purser_db_rollback (db);
  return read ? g_steal_pointer (&findings) : NULL;
}
