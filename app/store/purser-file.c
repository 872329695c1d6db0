/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "purser-db-private.h"

/* Magic numbers of linux/magic.h and of the file systems' own sources. Between machines, or through another process, the log's shared
 * memory is not shared: two writers would not see each other. */
static const struct
{
  guint32 type;
  const char *name;
} REFUSED[] = {
  { 0x6969, "NFS" },
  { 0xff534d42, "CIFS" },
  { 0xfe534d42, "SMB" },
  { 0x517b, "SMB" },
  { 0x65735546, "FUSE" },
  { 0x01021997, "9p" },
  { 0x5346414f, "AFS" },
  { 0x00c36400, "Ceph" },
  { 0x0bd00bd0, "Lustre" },
  { 0x73757245, "Coda" },
  { 0x01161970, "GFS2" },
  { 0x7461636f, "OCFS2" },
  { 0x786f4256, "VirtualBox" },
  { 0x6a656a63, "virtiofs" },
};

static gboolean
fail (GError **error, PurserStoreError code, const char *words, const char *path)
{
  g_set_error (error, PURSER_STORE_ERROR, code, words, path);
  return FALSE;
}

static gboolean
fail_errno (GError **error, const char *path, int cause)
{
  if (cause == EEXIST)
    return fail (error, PURSER_STORE_ERROR_EXISTS, _("“%s” exists already. Choose another name."), path);
  if (cause == ENOSPC || cause == EDQUOT || cause == EFBIG)
    return purser_db_set_error (error, NULL, path, SQLITE_FULL);
  if (cause == EROFS || cause == EACCES || cause == EPERM)
    return purser_db_set_error (error, NULL, path, SQLITE_READONLY);
  g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_FAILED,
               _("“%s” could not be written: %s. Check the folder and try again."), path, g_strerror (cause));
  return FALSE;
}

const char *
purser_file_system_refused (gint64 type)
{
  for (guint i = 0; i < G_N_ELEMENTS (REFUSED); i++)
    if (REFUSED[i].type == (guint32) type)
      return REFUSED[i].name;
  return NULL;
}

gboolean
purser_file_check_folder (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  struct statfs system;
  if (statfs (folder, &system) != 0)
    return fail (error, PURSER_STORE_ERROR_NOT_FOUND, _("The folder “%s” does not exist. Choose another one."),
                 folder);
  const char *refused = purser_file_system_refused (system.f_type);
  if (refused == NULL)
    return TRUE;
  g_set_error (error, PURSER_STORE_ERROR, PURSER_STORE_ERROR_FILE_SYSTEM,
               _("“%s” is on a shared or virtual disk (%s), where an organisation’s file would lose data. Move it to "
                  "a folder on this computer’s own disk."),
               path, refused);
  return FALSE;
}

static gboolean
check_first_bytes (const char *path, GError **error)
{
  static const char MAGIC[16] = "SQLite format 3";
  char bytes[sizeof MAGIC] = { 0 };
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  gssize got = fd >= 0 ? read (fd, bytes, sizeof bytes) : -1;
  int cause = errno;
  if (fd >= 0)
    close (fd);
  if (got < 0)
    return fail_errno (error, path, cause);
  if (got < (gssize) sizeof bytes || memcmp (bytes, MAGIC, sizeof MAGIC) != 0)
    return purser_db_set_error (error, NULL, path, SQLITE_NOTADB);
  return TRUE;
}

gboolean
purser_file_check (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  struct stat info;
  if (stat (path, &info) != 0)
    return errno == ENOENT || errno == ENOTDIR
               ? fail (error, PURSER_STORE_ERROR_NOT_FOUND,
                       _("“%s” does not exist. Check the name, or make a new organisation."), path)
               : fail_errno (error, path, errno);
  if (!S_ISREG (info.st_mode))
    return purser_db_set_error (error, NULL, path, SQLITE_NOTADB);
  if (!check_first_bytes (path, error) || !purser_file_check_folder (path, error))
    return FALSE;
  if (access (path, W_OK) != 0 || access (folder, W_OK) != 0)
    return purser_db_set_error (error, NULL, path, SQLITE_READONLY);
  return TRUE;
}

static gboolean
write_all (int fd, GBytes *bytes)
{
  gsize left;
  const char *data = g_bytes_get_data (bytes, &left);
  while (left > 0)
    {
      gssize written = write (fd, data, left);
      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return FALSE;
      data += written;
      left -= written;
    }
  return fsync (fd) == 0;
}

static void
sync_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
}

/* A file without a name until it is whole. Not every file system has that. */
static gboolean
create_unnamed (const char *path, const char *folder, GBytes *bytes, int *cause)
{
  int fd = open (folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd);
  gboolean done = fd >= 0 && write_all (fd, bytes) && linkat (AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0;
  *cause = done ? 0 : errno;
  if (fd >= 0)
    close (fd);
  return done;
}

static gboolean
create_named (const char *path, GBytes *bytes, int *cause)
{
  g_autofree char *draft = g_strconcat (path, ".XXXXXX", NULL);
  int fd = g_mkstemp_full (draft, O_RDWR | O_CLOEXEC, 0600);
  gboolean done = fd >= 0 && write_all (fd, bytes) && link (draft, path) == 0;
  *cause = done ? 0 : errno;
  if (fd >= 0)
    {
      close (fd);
      g_unlink (draft);
    }
  return done;
}

gboolean
purser_file_create (const char *path, GBytes *bytes, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int cause = 0;
  if (!create_unnamed (path, folder, bytes, &cause)
      && (cause == EEXIST || cause == ENOSPC || cause == EROFS || cause == EACCES
          || !create_named (path, bytes, &cause)))
    return fail_errno (error, path, cause);
  sync_folder (path);
  return TRUE;
}

gboolean
purser_file_copy_database (PurserDb *db, const char *path, GError **error)
{
  g_autofree char *draft = g_strconcat (path, ".XXXXXX", NULL);
  int fd = g_mkstemp_full (draft, O_RDWR | O_CLOEXEC, 0600), cause = errno;
  if (fd < 0)
    return fail_errno (error, path, cause);
  char *quoted = sqlite3_mprintf ("VACUUM INTO %Q", draft); /* takes an empty file */
  gboolean done = purser_db_exec (db, quoted, error);
  sqlite3_free (quoted);
  if (done && (fsync (fd) != 0 || link (draft, path) != 0))
    done = fail_errno (error, path, errno);
  close (fd);
  g_unlink (draft);
  if (done)
    sync_folder (path);
  return done;
}
