/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-migrate.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-db-private.h"
#include "purser-file.h"
#include "purser-schema.h"

#define PREFIX "/io/github/purser_app/Purser/schema/"

/**
 * purser_schema_load:
 *
 * Returns: (transfer full): the scripts that this program carries
 */
PurserSchema *
purser_schema_load (void)
{
  PurserSchema *schema = g_new0 (PurserSchema, 1);
  schema->scripts = g_ptr_array_new_with_free_func (g_free);
  for (guint version = 1;; version++)
    {
      g_autofree char *path = g_strdup_printf (PREFIX "%03u.sql", version);
      g_autoptr(GBytes) script =
          g_resource_lookup_data (purser_schema_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
      if (script == NULL)
        return schema;
      g_ptr_array_add (schema->scripts, g_strndup (g_bytes_get_data (script, NULL), g_bytes_get_size (script)));
    }
}

void
purser_schema_free (PurserSchema *schema)
{
  if (schema == NULL)
    return;
  g_ptr_array_unref (schema->scripts);
  g_free (schema);
}

gboolean
purser_schema_check (const PurserSchema *schema, PurserDb *db, GError **error)
{
  gint64 application = 0, version = 0;
  if (!purser_db_pragma (db, "application_id", &application, error)
      || !purser_db_pragma (db, "user_version", &version, error))
    return FALSE;
  if (application != PURSER_APPLICATION_ID || version < 1)
    g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_NOT_OURS,
                 _("“%s” is a database of another program. Choose an organisation’s file, which Purser has made."),
                 db->path);
  else if (version > schema->scripts->len)
    g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_FROM_FUTURE,
                 _("“%s” was written by a newer version of Purser (format %d, this program knows %u). Update Purser "
                    "to open it."),
                 db->path, (int) version, schema->scripts->len);
  return application == PURSER_APPLICATION_ID && version >= 1 && version <= schema->scripts->len;
}

static gboolean
run_script (const PurserSchema *schema, PurserDb *db, guint version, GError **error)
{
  g_autofree char *mark = g_strdup_printf ("PRAGMA user_version = %u", version);
  sqlite3_db_config (db->handle, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL); /* a script may say anew what a table is */
  gboolean done = purser_db_exec (db, g_ptr_array_index (schema->scripts, version - 1), error);
  sqlite3_db_config (db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  return done && purser_db_exec (db, mark, error);
}

gboolean
purser_schema_create (const PurserSchema *schema, PurserDb *db, GError **error)
{
  for (guint version = 1; version <= schema->scripts->len; version++)
    if (!run_script (schema, db, version, error))
      return FALSE;
  g_autofree char *mark = g_strdup_printf ("PRAGMA application_id = %d", PURSER_APPLICATION_ID);
  return purser_db_exec (db, mark, error);
}

/* One step, only if nobody else has made it meanwhile. */
static gboolean
step (const PurserSchema *schema, PurserDb *db, guint version, GError **error)
{
  gint64 current = 0;
  if (!purser_db_begin (db, TRUE, error))
    return FALSE;
  if (purser_db_pragma (db, "user_version", &current, error)
      && (current >= version || run_script (schema, db, version, error)) && purser_db_commit (db, error))
    return TRUE;
  purser_db_rollback (db);
  return FALSE;
}

static gboolean
migrate (const PurserSchema *schema, PurserDb *db, guint from, GError **error)
{
  g_autofree char *backup = g_strdup_printf ("%s.before-format-%u", db->path, schema->scripts->len);
  g_autoptr(GError) local = NULL;
  /* An earlier try may have left one: the same data, or older; both are worth keeping. */
  for (guint i = 2; g_file_test (backup, G_FILE_TEST_EXISTS); i++)
    {
      g_free (backup);
      backup = g_strdup_printf ("%s.before-format-%u-%u", db->path, schema->scripts->len, i);
    }
  if (!purser_file_copy_database (db, backup, error))
    return FALSE;
  for (guint version = from + 1; version <= schema->scripts->len; version++)
    if (!step (schema, db, version, &local))
      {
        g_propagate_prefixed_error (error, g_steal_pointer (&local),
                                    _("The file could not be brought up to date (step %u). A copy from before is in "
                                       "“%s”. "),
                                    version, backup);
        return FALSE;
      }
  return TRUE;
}

gboolean
purser_schema_migrate (const PurserSchema *schema, PurserDb *db, PurserOwners *owners, GError **error)
{
  gint64 version = 0;
  if (!purser_db_pragma (db, "user_version", &version, error))
    return FALSE;
  if (version >= schema->scripts->len)
    return TRUE;
  if (owners != NULL && !purser_owners_alone (owners, error))
    return FALSE;
  gboolean done = migrate (schema, db, version, error);
  if (owners != NULL)
    purser_owners_share (owners);
  return done;
}
