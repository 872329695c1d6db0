/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kill-gateway.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

/* purser-kill-gateway TIMES [GATEWAY]: kills a gateway with kill -9 TIMES times at random moments under 200 concurrent
 * calls, plain and streamed, beside a second process that writes into the same file. GATEWAY: the program that users
 * run; else the same library in a child of our own. Each call whose end its caller saw must have its settled row. A control that answers
 * before it asks the ledger must lose some. Ends with "N passed, N failed". */

enum
{
  MOST_START_MS = 5000, /* what is promised is 1 s, which is reported; a busy machine may take longer */
  CONTROL_TIMES = 20
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
  fflush (stdout);
  passed += holds;
  failed += !holds;
}

/* --- Processes --- */

extern char **environ;

/* Not g_spawn: the moment of its start is measured. */
static pid_t
start (const char *program, const char *option, const char *path, const char *more)
{
  pid_t pid;
  char *arguments[] = { (char *) program, (char *) option, (char *) path, (char *) more, NULL };
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init (&actions);
  if (g_getenv ("PURSER_KILL_LOG") == NULL) /* a line for each call */
    posix_spawn_file_actions_addopen (&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  int problem = posix_spawn (&pid, program, &actions, NULL, arguments, environ);
  posix_spawn_file_actions_destroy (&actions);
  if (problem != 0)
    g_error ("%s: %s", program, g_strerror (problem));
  return pid;
}

/* FALSE: it had ended by itself. */
static gboolean
kill_now (pid_t pid)
{
  int status = 0;
  kill (pid, SIGKILL);
  return waitpid (pid, &status, 0) == pid && WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL;
}

static gboolean
listens (guint port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK), .sin_port = htons ((guint16) port) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gboolean up = connect (fd, (struct sockaddr *) &address, sizeof address) == 0;
  close (fd);
  return up;
}

/* Milliseconds from BEGUN until the gateway takes connections; -1: not within WAIT_MS. */
static double
wait_for_start (guint port, gint64 begun, double wait_ms)
{
  double ms = 0;
  while (!listens (port))
    {
      ms = (double) (g_get_monotonic_time () - begun) / 1000;
      if (ms > wait_ms)
        return -1;
      g_usleep (500);
    }
  return (double) (g_get_monotonic_time () - begun) / 1000;
}

static guint
free_port (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind (fd, (struct sockaddr *) &address, length) != 0 || getsockname (fd, (struct sockaddr *) &address, &length) != 0)
    g_error ("no free port");
  close (fd);
  return ntohs (address.sin_port);
}

/* --- The drill --- */

typedef struct
{
  char      *path;       /* (owned) of the organisation */
  guint      port;
  KillCalls *calls;      /* (owned) */
  double     slowest, sum; /* ms from start until it listens */
  guint      starts, early, died; /* early: killed before it listened; died: by itself */
} Drill;

static void
drill_begin (Drill *drill, const char *folder, const char *name, guint provider)
{
  *drill = (Drill) { .path = g_build_filename (folder, name, NULL), .port = free_port () };
  kill_make (drill->path, provider, drill->port);
  drill->calls = kill_calls_start (drill->port);
}

static void
drill_clear (Drill *drill)
{
  kill_calls_free (drill->calls);
  g_free (drill->path);
}

/* One in ten dies while it is still opening the file, the others up to 0.7 s after they listen. */
static void
kill_once (Drill *drill, const char *program, const char *option, const char *more)
{
  gint64 begun = g_get_monotonic_time ();
  gboolean early = g_random_int_range (0, 10) == 0;
  pid_t pid = start (program, option, drill->path, more);
  if (early)
    g_usleep ((gulong) g_random_int_range (1000, 60000));
  else
    {
      double ms = wait_for_start (drill->port, begun, 30000);
      drill->starts++;
      drill->sum += ms;
      drill->slowest = ms < 0 ? 30000 : MAX (drill->slowest, ms);
      g_usleep ((gulong) g_random_int_range (20000, 700000));
    }
  drill->early += early;
  drill->died += !kill_now (pid);
}

static void
judge (Drill *drill, const char *what)
{
  KillVerdict v = kill_judge (drill->path, drill->calls);
  const KillCalls *calls = drill->calls;
  check (drill->died == 0, "%s: none ended by itself (%u killed while they started)", what, drill->early);
  check (v.lost_whole == 0 && v.lost_streamed == 0,
         "%s: of %u plain and %u streamed calls whose end was seen, %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT " have no settled row",
         what, calls->whole->len, calls->streamed->len, v.lost_whole, v.lost_streamed);
  check (calls->whole->len > 0 && calls->streamed->len > 0 && calls->cut > 0 && v.interrupted > 0, "%s: %u replies were cut, %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " calls interrupted",
         what, calls->cut, v.interrupted, v.calls);
  check (v.open == 0 && v.dearer == 0, "%s: %" G_GINT64_FORMAT " rows are open, %" G_GINT64_FORMAT " interrupted ones cost more than was reserved", what, v.open, v.dearer);
  check (v.spent == v.ledger && v.reserved == 0, "%s: the budget has spent %" G_GINT64_FORMAT " and the ledger %" G_GINT64_FORMAT ", reserved is %" G_GINT64_FORMAT,
         what, v.spent, v.ledger, v.reserved);
  check (v.findings == 0, "%s: the file verifies", what);
  check (drill->slowest < MOST_START_MS, "%s: %u starts after a kill, %.0f ms until it listens, at most %.0f ms", what, drill->starts,
         drill->starts > 0 ? drill->sum / drill->starts : 0, drill->slowest);
}

static void
run (const char *folder, const char *own, const char *gateway, guint provider, guint times)
{
  Drill drill;
  drill_begin (&drill, folder, "kill.purser", provider);
  pid_t beside = start (own, "--beside", drill.path, NULL);
  for (guint i = 0; i < times; i++)
    kill_once (&drill, gateway != NULL ? gateway : own, gateway != NULL ? "--org" : "--serve", NULL);
  kill_calls_end (drill.calls);
  check (kill_now (beside), "a second process wrote all the time");
  judge (&drill, "the gateway");
  drill_clear (&drill);
}

static void
run_control (const char *folder, const char *own, guint provider)
{
  Drill drill;
  KillVerdict v = { 0 };
  guint times = 0;
  drill_begin (&drill, folder, "control.purser", provider);
  for (; times < CONTROL_TIMES && v.lost_whole == 0; times++)
    {
      kill_once (&drill, own, "--serve", "--answer-first");
      v = kill_judge (drill.path, drill.calls);
    }
  kill_calls_end (drill.calls);
  check (v.lost_whole > 0, "the control, which answers first, lost %" G_GINT64_FORMAT " of %u plain calls and %" G_GINT64_FORMAT " of %u streamed ones in %u kills",
         v.lost_whole, drill.calls->whole->len, v.lost_streamed, drill.calls->streamed->len, times);
  drill_clear (&drill);
}

static void
remove_folder (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name = g_dir_read_name (dir); name != NULL; name = g_dir_read_name (dir))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_unlink (path);
    }
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_autoptr(GError) error = NULL;
  if (argc >= 3 && g_str_equal (argv[1], "--serve"))
    kill_serve (argv[2], argc > 3 && g_str_equal (argv[3], "--answer-first"));
  if (argc == 3 && g_str_equal (argv[1], "--beside"))
    kill_beside (argv[2]);
  guint times = argc > 1 ? (guint) g_ascii_strtoull (argv[1], NULL, 10) : 0;
  if (times == 0)
    {
      g_printerr ("usage: purser-kill-gateway TIMES [GATEWAY]\n");
      return 2;
    }
  g_autofree char *own = g_file_read_link ("/proc/self/exe", NULL), *folder = g_dir_make_tmp ("purser-kill-XXXXXX", &error);
  g_assert_no_error (error);
  guint provider = kill_provider_start ();
  run (folder, own, argc > 2 ? argv[2] : NULL, provider, times);
  run_control (folder, own, provider);
  remove_folder (folder);
  printf ("%u passed, %u failed\n", passed, failed);
  return failed != 0;
}
