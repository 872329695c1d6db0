/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-vault-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

/* Inside a Flatpak libsecret keeps the secrets in one encrypted file. It caches that file and reads it again
 * only when its time differs in whole seconds, so two processes that write within one second lose secrets.
 * Here writers take turns, and each waits until the clock's second is past the file's. libsecret's cache is
 * not safe between threads either: one thread at a time. */

#define POLL_US         (10 * 1000)
#define CLOCK_MARGIN_US (20 * 1000) /* the kernel stamps files with a clock that lags by up to a tick */

static GMutex backend_mutex;

gboolean
purser_vault_file_is_used (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS) || g_strcmp0 (g_getenv ("SECRET_BACKEND"), "file") == 0;
}

/* Where libsecret keeps it (secret-file-backend.c). */
static char *
keyring_path (void)
{
  const char *test = g_getenv ("SECRET_FILE_TEST_PATH");
  if (test != NULL && *test != '\0')
    return g_strdup (test);
  return g_build_filename (g_get_user_data_dir (), "keyrings", "default.keyring", NULL);
}

static int
take_turn (const char *path, GCancellable *cancellable, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path), *lock = g_strconcat (path, ".purser-lock", NULL);
  g_mkdir_with_parents (folder, 0700);
  int fd = open (lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  while (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        {
          close (fd);
          return -1;
        }
      if (errno != EWOULDBLOCK && errno != EINTR)
        {
          int saved = errno;
          close (fd);
          fd = -1;
          errno = saved;
          break;
        }
      g_usleep (POLL_US);
    }
  if (fd < 0)
    g_set_error (error, PURSER_VAULT_ERROR, PURSER_VAULT_ERROR_FAILED,
                 _("The lock file “%s” beside the keyring cannot be used: %s"), lock, g_strerror (errno));
  return fd;
}

/* A time well in the future (a clock set back) differs anyway and is not waited for. */
static gboolean
wait_for_next_second (const char *path, GCancellable *cancellable, GError **error)
{
  struct stat file;
  while (stat (path, &file) == 0)
    {
      gint64 now = g_get_real_time (), stamp = (gint64) file.st_mtime * G_USEC_PER_SEC;
      if (now >= stamp + G_USEC_PER_SEC + CLOCK_MARGIN_US || now < stamp - 2 * G_USEC_PER_SEC)
        break;
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      g_usleep (POLL_US);
    }
  return TRUE;
}

static gboolean
change (PurserVaultJob *job, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = keyring_path ();
  int fd = take_turn (path, cancellable, error);
  if (fd < 0)
    return FALSE;
  g_autoptr(GError) local = NULL;
  if (wait_for_next_second (path, cancellable, &local))
    {
      g_mutex_lock (&backend_mutex);
      if (job->verb == PURSER_VAULT_STORE)
        secret_password_storev_sync (purser_vault_schema (), job->attributes, SECRET_COLLECTION_DEFAULT, job->label,
                                     job->key, NULL, &local);
      else
        secret_password_clearv_sync (purser_vault_schema (), job->attributes, NULL, &local);
      g_mutex_unlock (&backend_mutex);
    }
  close (fd);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static void
run_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  PurserVaultJob *job = task_data;
  g_autoptr(GError) error = NULL;
  char *key = NULL;
  if (job->verb == PURSER_VAULT_LOOKUP)
    {
      g_mutex_lock (&backend_mutex);
      key = secret_password_lookupv_nonpageable_sync (purser_vault_schema (), job->attributes, cancellable, &error);
      g_mutex_unlock (&backend_mutex);
      if (key == NULL && error == NULL)
        error = purser_vault_error_missing ();
    }
  else
    change (job, cancellable, &error);
  if (error != NULL)
    purser_vault_return_error (g_object_ref (task), g_steal_pointer (&error));
  else if (key != NULL)
    g_task_return_pointer (task, key, (GDestroyNotify) purser_vault_key_free);
  else
    g_task_return_boolean (task, TRUE);
}

void
purser_vault_file_run (GTask *task)
{
  g_task_run_in_thread (task, run_in_thread);
  g_object_unref (task);
}
