/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

#include "purser-db-private.h"

/* Every part goes in with its length, so that no two lists of parts give the same bytes; NULL differs from "". */
static char *
digest (const char *const *parts, guint n)
{
  g_autoptr(GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *length =
          g_strdup_printf ("%" G_GSSIZE_FORMAT ":", parts[i] != NULL ? (gssize) strlen (parts[i]) : (gssize) -1);
      g_checksum_update (sum, (const guchar *) length, -1);
      if (parts[i] != NULL)
        g_checksum_update (sum, (const guchar *) parts[i], -1);
    }
  return g_strdup (g_checksum_get_string (sum));
}

#define DIGEST(...) digest ((const char *const[]){ __VA_ARGS__ }, G_N_ELEMENTS (((const char *const[]){ __VA_ARGS__ })))

static char *
make_salt (void)
{
  guint8 bytes[16];
  GString *salt = g_string_new (NULL);
  if (getrandom (bytes, sizeof bytes, 0) != sizeof bytes)
    for (guint i = 0; i < sizeof bytes; i++)
      bytes[i] = (guint8) g_random_int ();
  for (guint i = 0; i < sizeof bytes; i++)
    g_string_append_printf (salt, "%02x", bytes[i]);
  return g_string_free_and_steal (salt);
}

static char *
link_hash (const char *previous,
           gint64 at,
           const char *action,
           const char *subject,
           const char *actor_hash,
           const char *values_hash)
{
  g_autofree char *time = g_strdup_printf ("%" G_GINT64_FORMAT, at);
  return DIGEST (previous, time, action, subject, actor_hash, values_hash);
}

gboolean
purser_audit_add (PurserDb *db,
                  const char *actor,
                  const char *action,
                  const char *subject,
                  const char *before,
                  const char *after,
                  GError **error)
{
  gint64 at = purser_db_now (db);
  g_autofree char *actor_salt = make_salt (), *values_salt = make_salt ();
  g_autofree char *actor_hash = DIGEST (actor_salt, actor);
  g_autofree char *values_hash = DIGEST (values_salt, before, after);
  PurserStatement *row = purser_db_query (db, error, "SELECT hash FROM audit ORDER BY id DESC LIMIT 1", "");
  g_autofree char *previous = purser_statement_step (row, error) ? g_strdup (purser_statement_text (row, 0)) : NULL;
  if (purser_statement_failed (row))
    return FALSE;
  g_autofree char *hash = link_hash (previous, at, action, subject, actor_hash, values_hash);
  return purser_db_run (db, error,
                        "INSERT INTO audit (at, action, subject, actor, actor_salt, actor_hash, before, after, "
                        "values_salt, values_hash, hash) "
                        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        "issssssssss", at, action, subject, actor, actor_salt, actor_hash, before, after, values_salt,
                        values_hash, hash);
}

/* (transfer full) (nullable): what is wrong with this row, whose predecessor has the hash PREVIOUS. Erased values have no salt. */
static char *
check_link (PurserStatement *row, const char *previous)
{
  const char *actor_salt = purser_statement_text (row, 5), *actor_hash = purser_statement_text (row, 6);
  const char *values_salt = purser_statement_text (row, 9), *values_hash = purser_statement_text (row, 10);
  g_autofree char *actor =
      actor_salt != NULL ? DIGEST (actor_salt, purser_statement_text (row, 4)) : g_strdup (actor_hash);
  g_autofree char *values = values_salt != NULL
                                ? DIGEST (values_salt, purser_statement_text (row, 7), purser_statement_text (row, 8))
                                : g_strdup (values_hash);
  g_autofree char *hash = link_hash (previous, purser_statement_int (row, 1), purser_statement_text (row, 2),
                                     purser_statement_text (row, 3), actor_hash, values_hash);
  gint64 id = purser_statement_int (row, 0);
  if (g_strcmp0 (hash, purser_statement_text (row, 11)) != 0)
    return g_strdup_printf (_("Entry %" PRId64 " does not follow from the one before it: one of the two was changed, "
                                                "or one between them is missing."),
                            id);
  if (g_strcmp0 (actor, actor_hash) != 0 || g_strcmp0 (values, values_hash) != 0)
    return g_strdup_printf (_("Entry %" PRId64 " was changed after it was written."), id);
  return NULL;
}

/**
 * purser_audit_verify:
 * @db: a connection inside a job
 * @problem: (out) (transfer full) (nullable): %NULL where the chain holds, else what is wrong, in words
 * @error: return location
 *
 * Returns: whether the chain could be read to its end
 */
gboolean
purser_audit_verify (PurserDb *db, char **problem, GError **error)
{
  g_autofree char *previous = NULL, *found = NULL;
  PurserStatement *row = purser_db_query (db, error,
                                          "SELECT id, at, action, subject, actor, actor_salt, actor_hash, before, "
                                          "after, values_salt, values_hash, hash FROM audit ORDER BY id",
                                          "");
  while (purser_statement_step (row, error))
    {
      if (found == NULL)
        found = check_link (row, previous);
      g_free (previous);
      previous = g_strdup (purser_statement_text (row, 11));
    }
  *problem = NULL;
  if (purser_statement_failed (row))
    return FALSE;
  *problem = g_steal_pointer (&found);
  return TRUE;
}
