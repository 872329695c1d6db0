/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "purser-vault.h"

/* One operation of the vault, waited for. ACTION is "store", "lookup" or "clear"; TEXT: the key or, for a
 * look-up, the variable's name. */
typedef struct
{
  GAsyncResult *result;
  guint         ticks; /* of the main loop while it ran: proof that nothing blocked it */
} Wait;

static void
wait_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  ((Wait *) user_data)->result = g_object_ref (result);
}

static gboolean
tick_cb (gpointer user_data)
{
  ((Wait *) user_data)->ticks++;
  return G_SOURCE_CONTINUE;
}

static guint
wait_for (Wait *wait)
{
  guint source = g_timeout_add (10, tick_cb, wait);
  while (wait->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (source);
  return wait->ticks;
}

G_GNUC_UNUSED static gboolean
store (PurserVault *vault, gint64 provider, gint64 version, const char *key, guint *ticks, GError **error)
{
  Wait wait = { NULL, 0 };
  purser_vault_store_async (vault, provider, version, "Purser: test", key, NULL, wait_cb, &wait);
  guint n = wait_for (&wait);
  if (ticks != NULL)
    *ticks = n;
  g_autoptr(GAsyncResult) result = wait.result;
  return purser_vault_store_finish (vault, result, error);
}

G_GNUC_UNUSED static char *
lookup (PurserVault *vault, gint64 provider, gint64 version, const char *key_env, GError **error)
{
  Wait wait = { NULL, 0 };
  purser_vault_lookup_async (vault, provider, version, key_env, NULL, wait_cb, &wait);
  wait_for (&wait);
  g_autoptr(GAsyncResult) result = wait.result;
  return purser_vault_lookup_finish (vault, result, error);
}

G_GNUC_UNUSED static gboolean
clear (PurserVault *vault, gint64 provider, gint64 version, GError **error)
{
  Wait wait = { NULL, 0 };
  purser_vault_clear_async (vault, provider, version, NULL, wait_cb, &wait);
  wait_for (&wait);
  g_autoptr(GAsyncResult) result = wait.result;
  return purser_vault_clear_finish (vault, result, error);
}

G_GNUC_UNUSED static void
assert_key (PurserVault *vault, gint64 provider, gint64 version, const char *expected)
{
  g_autoptr(GError) error = NULL;
  char *key = lookup (vault, provider, version, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (key, ==, expected);
  purser_vault_key_free (key);
}

G_GNUC_UNUSED static void
assert_no_key (PurserVault *vault, gint64 provider, gint64 version, PurserVaultError code)
{
  g_autoptr(GError) error = NULL;
  g_assert_null (lookup (vault, provider, version, NULL, &error));
  g_assert_error (error, PURSER_VAULT_ERROR, (int) code);
  g_assert_cmpint (strlen (error->message), >, 20);
}

/* For the second process: stores COUNT keys as providers FROM, FROM+1 …; checks them with "check". */
G_GNUC_UNUSED G_NORETURN static void
child_main (int argc, char *argv[])
{
  g_autoptr(PurserVault) vault = purser_vault_new ("two-processes");
  gint64 from = g_ascii_strtoll (argv[3], NULL, 10), count = g_ascii_strtoll (argv[4], NULL, 10);
  int failures = 0;
  for (gint64 i = from; i < from + count; i++)
    {
      g_autofree char *key = g_strdup_printf ("sk-test-%" G_GINT64_FORMAT, i);
      g_autoptr(GError) error = NULL;
      if (g_str_equal (argv[2], "store"))
        failures += !store (vault, i, 1, key, NULL, &error);
      else
        {
          char *found = lookup (vault, i, 1, NULL, &error);
          failures += g_strcmp0 (found, key) != 0;
          purser_vault_key_free (found);
        }
      if (error != NULL)
        g_printerr ("%s %" G_GINT64_FORMAT ": %s\n", argv[2], i, error->message);
    }
  /* Past the leak checker: libsecret 0.21.7 leaks the old contents each time it reads a file anew that another process wrote
   * (load_contents() in secret-file-collection.c overwrites without freeing). */
  fflush (NULL);
  _exit (failures);
}

G_GNUC_UNUSED static GSubprocess *
spawn_child (const char *self, const char *verb, int from, int count)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *first = g_strdup_printf ("%d", from), *n = g_strdup_printf ("%d", count);
  GSubprocess *child =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error, self, "--child", verb, first, n, NULL);
  g_assert_no_error (error);
  return child;
}

G_GNUC_UNUSED static void
assert_child (GSubprocess *child)
{
  g_autoptr(GError) error = NULL;
  g_subprocess_wait_check (child, NULL, &error);
  g_assert_no_error (error);
}

/* Two processes store COUNT keys each at the same time; a third finds all. */
G_GNUC_UNUSED static void
two_processes (const char *self, int count)
{
  g_autoptr(GSubprocess) one = spawn_child (self, "store", 1, count),
                          two = spawn_child (self, "store", 1 + count, count);
  assert_child (one);
  assert_child (two);
  g_autoptr(GSubprocess) reader = spawn_child (self, "check", 1, 2 * count);
  assert_child (reader);
}
