/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-owners.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "purser-store.h"

enum
{
  WAIT_US = 5 * G_USEC_PER_SEC,
  POLL_US = 20000
};

struct _PurserOwners
{
  char *database; /* (owned) for words */
  char *path; /* (owned) */
  int fd;
  gboolean made;
  gint64 byte; /* ours, 0 = not taken yet */
};

static gboolean
lock (PurserOwners *owners, short type, gint64 byte)
{
  struct flock what = { .l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };
  int done;
  do
    done = fcntl (owners->fd, F_OFD_SETLK, &what);
  while (done != 0 && errno == EINTR);
  return done == 0;
}

static gboolean
lock_waiting (PurserOwners *owners, short type, gint64 byte)
{
  gint64 deadline = g_get_monotonic_time () + WAIT_US;
  while (!lock (owners, type, byte))
    {
      if ((errno != EAGAIN && errno != EACCES) || g_get_monotonic_time () > deadline)
        return FALSE;
      g_usleep (POLL_US);
    }
  return TRUE;
}

static gboolean
open_file (PurserOwners *owners, GError **error)
{
  owners->fd = open (owners->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  owners->made = owners->fd >= 0;
  if (owners->fd < 0 && errno == EEXIST)
    owners->fd = open (owners->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (owners->fd >= 0)
    return TRUE;
  int cause = errno;
  gboolean forbidden = cause == EACCES || cause == EROFS || cause == EPERM;
  g_set_error (error, PURSER_STORE_ERROR,
               forbidden         ? PURSER_STORE_ERROR_READ_ONLY
               : cause == ENOSPC ? PURSER_STORE_ERROR_DISK_FULL
                                 : PURSER_STORE_ERROR_FAILED,
               _("“%s” cannot be made (%s). Purser needs to write in the folder of an organisation’s file: allow it, "
                  "or copy the file to a folder of your own."),
               owners->path, g_strerror (cause));
  return FALSE;
}

PurserOwners *
purser_owners_open (const char *database, GError **error)
{
  g_autoptr(PurserOwners) owners = g_new0 (PurserOwners, 1);
  owners->database = g_strdup (database);
  owners->path = g_strconcat (database, "-owners", NULL);
  owners->fd = -1;
  if (!open_file (owners, error))
    return NULL;
  if (!lock_waiting (owners, F_RDLCK, 0))
    {
      g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_BUSY,
                   _("Another program is bringing “%s” up to date or replacing it. Try again in a moment."), database);
      return NULL;
    }
  return g_steal_pointer (&owners);
}

void
purser_owners_close (PurserOwners *owners)
{
  if (owners == NULL)
    return;
  if (owners->fd >= 0)
    close (owners->fd);
  g_free (owners->database);
  g_free (owners->path);
  g_free (owners);
}

gboolean
purser_owners_is_new (PurserOwners *owners)
{
  return owners->made;
}

gboolean
purser_owners_alone (PurserOwners *owners, GError **error)
{
  if (lock_waiting (owners, F_WRLCK, 0))
    return TRUE;
  g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_BUSY,
               _("“%s” must be brought up to date first, and another window, gateway or purserctl still has it open. "
                  "Close them and try again."),
               owners->database);
  return FALSE;
}

void
purser_owners_share (PurserOwners *owners)
{
  lock (owners, F_RDLCK, 0);
}

gint64
purser_owners_byte (PurserOwners *owners, GError **error)
{
  while (owners->byte == 0)
    {
      guint64 random = 0;
      if (getrandom (&random, sizeof random, 0) != sizeof random)
        random = (guint64) g_random_int () << 32 | g_random_int ();
      gint64 byte = (gint64) (random >> 2) + 1;
      if (lock (owners, F_WRLCK, byte))
        owners->byte = byte;
      else if (errno != EAGAIN && errno != EACCES)
        {
          g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_FILE_SYSTEM,
                       _("“%s” cannot be locked (%s). Move the organisation’s file to a folder on this computer’s own "
                          "disk."),
                       owners->path, g_strerror (errno));
          return 0;
        }
    }
  return owners->byte;
}

gboolean
purser_owners_take (PurserOwners *owners, gint64 byte)
{
  return byte != owners->byte && lock (owners, F_WRLCK, byte);
}

void
purser_owners_release (PurserOwners *owners, gint64 byte)
{
  lock (owners, F_UNLCK, byte);
}

gboolean
purser_owners_check (PurserOwners *owners, GError **error)
{
  struct stat ours, theirs;
  if (fstat (owners->fd, &ours) == 0 && stat (owners->path, &theirs) == 0 && ours.st_ino == theirs.st_ino
      && ours.st_dev == theirs.st_dev)
    return TRUE;
  int old = owners->fd;
  if (!open_file (owners, error))
    {
      owners->fd = old;
      return FALSE;
    }
  if (!lock (owners, F_RDLCK, 0) || (owners->byte != 0 && !lock (owners, F_WRLCK, owners->byte)))
    {
      close (owners->fd);
      owners->fd = old;
      g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_BUSY, _("“%s” is being replaced by another program."),
                   owners->path);
      return FALSE;
    }
  close (old);
  return TRUE;
}
