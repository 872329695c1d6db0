/* SPDX-License-Identifier: GPL-3.0-or-later */
/* purser-soak-gateway SECONDS GATEWAY: 50 calls a second to the gateway that users run, in every caller's dialect, streamed and whole, to providers of every
 * dialect of which many misbehave; some callers leave. After each round all calls end: what the process then has must not grow after the
 * first, and at the end the ledger must hold every call, settled. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <spawn.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "soak-gateway.h"

enum
{
  PER_SECOND = 50,
  ROUND_SECONDS = 60,
  LEAST_ROUNDS = 4,
  IDLE_MS = 2500,
  MOST_GROWTH = 20,      /* % */
  CACHE_KB = 4000,       /* of the connection that writes (purser-db.c): it keeps what it wrote until that much is there */
  MOST_DESCRIPTORS = 16, /* connections that libcurl keeps for a next call */
};
static guint passed, failed;

G_GNUC_PRINTF (2, 3) static void
check (gboolean holds, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *words = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  printf ("%s - %s\n", holds ? "ok" : "not ok", words);
  passed += holds;
  failed += !holds;
}

static PurserStore *
open_store (Soak *soak, PurserStoreFlags flags)
{
  g_autoptr(GError) error = NULL;
  PurserStore *store = purser_store_open (soak->path, flags, "Soak", "EUR", "Europe/Berlin", &error);
  if (store == NULL)
    g_error ("%s", error->message);
  return store;
}

/* --- What the gateway takes --- */

typedef struct
{
  gint64 resident_kb, own_kb;
  gint64 pages_kb; /* of the file, as far as they may be kept */
  guint  descriptors;
} Size;

static gint64
status_kb (const char *status, const char *name)
{
  const char *line = strstr (status, name);
  return line != NULL ? g_ascii_strtoll (line + strlen (name), NULL, 10) : -1;
}

static gint64
file_pages_kb (const Soak *soak)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *row = NULL;
  gint64 bytes = 0;
  if (sqlite3_open_v2 (soak->path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK
      && sqlite3_prepare_v2 (db, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", -1, &row, NULL) == SQLITE_OK
      && sqlite3_step (row) == SQLITE_ROW)
    bytes = sqlite3_column_int64 (row, 0);
  sqlite3_finalize (row);
  sqlite3_close (db);
  return MIN (bytes / 1024, CACHE_KB);
}

static Size
measure (Soak *soak)
{
  Size size = { -1, -1, file_pages_kb (soak), 0 };
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", (int) soak->pid), *fds = g_strdup_printf ("/proc/%d/fd", (int) soak->pid), *status = NULL;
  if (!g_file_get_contents (path, &status, NULL, NULL))
    return size;
  size.resident_kb = status_kb (status, "VmRSS:\t");
  size.own_kb = status_kb (status, "RssAnon:\t");
  g_autoptr(GDir) dir = g_dir_open (fds, 0, NULL);
  while (dir != NULL && g_dir_read_name (dir) != NULL)
    size.descriptors++;
  return size;
}

/* The misbehaving providers take their connections on this thread. */
static void
turn_until (gint64 time)
{
  do
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (500);
  while (g_get_monotonic_time () < time);
}

/* Calls for SECONDS, then none: what is left afterwards is what leaks. */
static Size
round_of (Soak *soak, double seconds)
{
  gint64 begun = g_get_monotonic_time (), end = begun + (gint64) (seconds * G_USEC_PER_SEC);
  guint n = 0;
  for (gint64 next = begun; next < end; next = begun + (gint64) n * G_USEC_PER_SEC / PER_SECOND)
    {
      turn_until (next);
      soak_begin (soak);
      n++;
    }
  Size loaded = measure (soak);
  while (g_atomic_int_get (&soak->busy) > 0)
    turn_until (0);
  turn_until (g_get_monotonic_time () + IDLE_MS * 1000);
  Size idle = measure (soak);
  printf ("%6u calls, %.1f a second; under load %6.2f MB and %u descriptors; idle %6.2f MB, of it its own %5.2f MB with up to %5.2f MB of pages, and %u\n", soak->started, n / seconds,
          (double) loaded.resident_kb / 1024, loaded.descriptors, (double) idle.resident_kb / 1024, (double) idle.own_kb / 1024, (double) idle.pages_kb / 1024, idle.descriptors);
  fflush (stdout);
  return idle;
}

/* --- The whole --- */

extern char **environ;

static void
start_gateway (Soak *soak, const char *program)
{
  char *arguments[] = { (char *) program, (char *) "--org", soak->path, NULL };
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init (&actions);
  const char *log = g_getenv ("PURSER_SOAK_LOG"); /* a line for each call */
  posix_spawn_file_actions_addopen (&actions, STDERR_FILENO, log != NULL ? log : "/dev/null", O_WRONLY | O_CREAT | O_APPEND, 0600);
  int problem = posix_spawn (&soak->pid, program, &actions, NULL, arguments, environ), fd = -1;
  posix_spawn_file_actions_destroy (&actions);
  if (problem != 0)
    g_error ("%s: %s", program, g_strerror (problem));
  for (int i = 0; i < 2000 && (fd = soak_connect (soak->port)) < 0; i++)
    g_usleep (5000);
  if (fd < 0)
    g_error ("the gateway does not listen");
  close (fd);
}

static void
set_up (Soak *soak, const char *program)
{
  g_autoptr(GError) error = NULL;
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind (fd, (struct sockaddr *) &address, length) != 0 || getsockname (fd, (struct sockaddr *) &address, &length) != 0)
    g_error ("no free port");
  close (fd);
  soak->port = ntohs (address.sin_port);
  soak->folder = g_dir_make_tmp ("purser-soak-XXXXXX", &error);
  g_assert_no_error (error);
  soak->path = g_build_filename (soak->folder, "soak.purser", NULL);
  soak->hostile = hostile_new (NULL);
  soak->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_mutex_init (&soak->lock);
  soak->pool = g_thread_pool_new (soak_run_order, soak, SOAK_AT_ONCE, FALSE, NULL);
  g_setenv ("PURSER_TEST_KEY", "good-key", TRUE);
  PurserStore *store = open_store (soak, PURSER_STORE_CREATE);
  if (!purser_store_write (store, TRUE, soak_make_job, soak, &error))
    g_error ("%s", error->message);
  purser_store_close (store);
  g_object_unref (store);
  start_gateway (soak, program);
}

typedef struct { Soak *soak; gint64 calls, open, settled; } Rows;

static gboolean
rows_job (PurserDb *db, gpointer data, GError **error)
{
  Rows *rows = data;
  PurserStatement *row = purser_db_query (db, error, "SELECT COUNT (*), COALESCE (SUM (closed_at IS NULL OR outcome = 'interrupted'), 0) FROM call", "");
  if (!purser_statement_step (row, error))
    return FALSE;
  rows->calls = purser_statement_int (row, 0);
  rows->open = purser_statement_int (row, 1);
  for (guint i = 0; i < rows->soak->ids->len; i++)
    {
      row = purser_db_query (db, error, "SELECT 1 FROM call WHERE id = ? AND closed_at IS NOT NULL", "i", g_array_index (rows->soak->ids, gint64, i));
      rows->settled += purser_statement_step (row, error);
      if (purser_statement_failed (row))
        return FALSE;
    }
  return TRUE;
}

static void
judge_ledger (Soak *soak)
{
  g_autoptr(GError) error = NULL;
  Rows rows = { .soak = soak };
  PurserStore *store = open_store (soak, PURSER_STORE_OPEN);
  if (!purser_store_read (store, rows_job, &rows, &error))
    g_error ("%s", error->message);
  check (rows.calls == soak->ids->len && rows.settled == rows.calls && rows.open == 0,
         "%u calls were opened: %" G_GINT64_FORMAT " in the ledger, %" G_GINT64_FORMAT " settled, %" G_GINT64_FORMAT " open or interrupted", soak->ids->len, rows.calls, rows.settled, rows.open);
  g_autoptr(GPtrArray) findings = purser_store_verify (store, &error);
  for (guint i = 0; findings != NULL && i < findings->len; i++)
    g_printerr ("%s\n", (char *) g_ptr_array_index (findings, i));
  check (findings != NULL && findings->len == 0, "the file verifies");
  purser_store_close (store);
  g_object_unref (store);
}

static void
judge (Soak *soak, Size first, Size last)
{
  int status = -1;
  kill (soak->pid, SIGTERM);
  gboolean ended = waitpid (soak->pid, &status, 0) == soak->pid && WIFEXITED (status) && WEXITSTATUS (status) == 0;
  check (ended, "the gateway ends by itself when it is asked to (status %d)", status);
  check (soak->wrong == 0, "%u calls: %u answered, %u broken in the middle, %u refused, %u left by their callers, %u wrong", soak->started, soak->answered, soak->broken,
         soak->refused, soak->left, soak->wrong);
  check (soak->answered > 0 && soak->broken > 0 && soak->left > 0, "each of these ends was met; at most %d at once", soak->most_busy);
  check (last.descriptors <= first.descriptors + MOST_DESCRIPTORS, "descriptors: %u after the first round, %u after the last", first.descriptors, last.descriptors);
  gint64 pages = (last.pages_kb - first.pages_kb) * 11 / 10; /* each with its header */
  check ((last.own_kb - pages) * 100 <= first.own_kb * (100 + MOST_GROWTH), "memory of its own: %.2f MB after the first round, %.2f MB after the last, of the difference up to %.2f MB the ledger's pages",
         (double) first.own_kb / 1024, (double) last.own_kb / 1024, (double) pages / 1024);
  judge_ledger (soak);
}

static void
tear_down (Soak *soak)
{
  g_thread_pool_free (soak->pool, FALSE, TRUE);
  hostile_free (soak->hostile);
  g_array_unref (soak->ids);
  g_autoptr(GDir) dir = g_dir_open (soak->folder, 0, NULL);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    {
      g_autofree char *path = g_build_filename (soak->folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (soak->folder);
  g_free (soak->folder);
  g_free (soak->path);
}

int
main (int argc, char **argv)
{
  Soak soak = { 0 };
  double seconds = argc == 3 ? g_ascii_strtod (argv[1], NULL) : 0;
  if (seconds < LEAST_ROUNDS)
    {
      g_printerr ("usage: purser-soak-gateway SECONDS GATEWAY (at least %d)\n", LEAST_ROUNDS);
      return 2;
    }
  guint rounds = MAX (LEAST_ROUNDS, (guint) (seconds / ROUND_SECONDS));
  Size first = { 0 }, last = { 0 };
  set_up (&soak, argv[2]);
  for (guint i = 0; i < rounds; i++)
    {
      last = round_of (&soak, seconds / rounds);
      if (i == 0)
        first = last;
    }
  judge (&soak, first, last);
  tear_down (&soak);
  printf ("%u passed, %u failed\n", passed, failed);
  return failed != 0;
}
