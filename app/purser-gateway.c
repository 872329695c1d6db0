/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "purser-steward.h"

enum
{
  DRAIN_SECONDS = 10, /* what a signal leaves running calls */
  SUCCESSOR_MS = 20000, /* how long a newer version may take to start */
  QUIET_SECONDS = 2 /* how often an updated gateway looks whether nothing runs */
};

/* Flatpak puts it into the folder of a version that is no longer the newest. */
#define UPDATED_FILE "/app/.updated"

typedef struct
{
  GMainLoop *loop; /* (owned) */
  PurserPlane *plane; /* (owned) */
  PurserSteward *steward; /* (owned) (nullable) NULL until it is known that no other gateway runs */
  PurserControlServer *server; /* (owned) (nullable) NULL without a session bus */
  gboolean named; /* --org */
  gboolean lost; /* the bus, or the race for the name */
  gboolean renew; /* a newer version is installed: it is to take over */
  guint deadline, quiet;
  int status;
} Gateway;

/* Before anything else: provider keys will be in this process's memory. No core file, no debugger or /proc/PID/mem of another process of the same user,
 * no new privileges by exec; what is written is the user's alone; as many connections as the system allows. */
static void
harden (void)
{
  struct rlimit none = { 0, 0 }, files;
  prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
  prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  setrlimit (RLIMIT_CORE, &none);
  umask (077);
  signal (SIGPIPE, SIG_IGN);
  if (getrlimit (RLIMIT_NOFILE, &files) == 0)
    {
      files.rlim_cur = files.rlim_max;
      setrlimit (RLIMIT_NOFILE, &files);
    }
}

/* --- What the bus asks --- */

static GPtrArray *
served (gpointer user_data)
{
  Gateway *gateway = user_data;
  return gateway->steward != NULL ? purser_steward_served (gateway->steward) : g_ptr_array_new ();
}

static GPtrArray *
calls (const char *file, gpointer user_data)
{
  Gateway *gateway = user_data;
  return gateway->steward != NULL ? purser_steward_calls (gateway->steward, file) : g_ptr_array_new ();
}

static void
refresh (gpointer user_data)
{
  Gateway *gateway = user_data;
  if (gateway->steward != NULL)
    purser_steward_refresh (gateway->steward);
}

static void
stop (gboolean drain, gpointer user_data)
{
  Gateway *gateway = user_data;
  if (gateway->steward != NULL)
    purser_steward_stop (gateway->steward, drain);
}

static void
lost (gpointer user_data)
{
  Gateway *gateway = user_data;
  gateway->lost = TRUE;
  if (gateway->steward == NULL || gateway->named)
    return;
  /* Without a bus there is no session any more. */
  purser_steward_log (G_LOG_LEVEL_WARNING, "bus-lost", NULL, NULL, NULL,
                      _("The session bus is gone, so the gateway ends."));
  purser_steward_stop (gateway->steward, TRUE);
}

/* TRUE: this process is the session's gateway, or may run without being it. */
static gboolean
join_bus (Gateway *gateway)
{
  static const PurserControlHandlers HANDLERS = { served, calls, refresh, stop };
  g_autoptr(GError) error = NULL;
  g_autoptr(GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  if (bus == NULL)
    {
      purser_steward_log (G_LOG_LEVEL_MESSAGE, "no-bus", NULL, NULL, NULL,
                          _("There is no session bus, so Purser's window does not see this gateway. SIGHUP makes it "
                             "look again at what is switched on."));
      return TRUE;
    }
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  gateway->server = purser_control_server_new (bus, &HANDLERS, lost, gateway);
  while (gateway->server != NULL && !purser_control_server_owned (gateway->server) && !gateway->lost)
    g_main_context_iteration (NULL, TRUE);
  if (!gateway->lost)
    return TRUE;
  g_clear_pointer (&gateway->server, purser_control_server_free);
  if (gateway->named)
    purser_steward_log (G_LOG_LEVEL_MESSAGE, "second", NULL, NULL, NULL,
                        _("Another gateway runs in this session, and is the one that Purser's window shows. This one "
                           "serves the named files beside it."));
  else
    g_printerr ("%s\n", _("A gateway runs in this session already. Switch organisations on or off in Purser’s window, "
                           "or with purserctl gateway start, and it serves them. "
                           "To serve files beside it, name them: purser-gateway --org FILE"));
  return gateway->named;
}

/* --- What the steward tells --- */

static void
changed_cb (gpointer user_data)
{
  Gateway *gateway = user_data;
  if (gateway->server != NULL && gateway->steward != NULL)
    purser_control_server_changed (gateway->server);
}

static void
ended_cb (int status, gpointer user_data)
{
  Gateway *gateway = user_data;
  gateway->status = status;
  g_main_loop_quit (gateway->loop);
}

/* --- Signals --- */

static gboolean
deadline_cb (gpointer user_data)
{
  Gateway *gateway = user_data;
  gateway->deadline = 0;
  purser_steward_log (G_LOG_LEVEL_MESSAGE, "deadline", NULL, NULL, NULL, _("Calls that still run are cancelled."));
  purser_steward_stop (gateway->steward, FALSE);
  return G_SOURCE_REMOVE;
}

static gboolean
signal_cb (gpointer user_data)
{
  Gateway *gateway = user_data;
  if (gateway->deadline != 0)
    {
      purser_steward_stop (gateway->steward, FALSE);
      return G_SOURCE_CONTINUE;
    }
  gateway->deadline = g_timeout_add_seconds (DRAIN_SECONDS, deadline_cb, gateway);
  purser_steward_log (G_LOG_LEVEL_MESSAGE, "stopping", NULL, NULL, NULL,
                      _("The gateway ends. Running calls have ten seconds; a second signal ends it at once."));
  purser_steward_stop (gateway->steward, TRUE);
  return G_SOURCE_CONTINUE;
}

static gboolean
hangup_cb (gpointer user_data)
{
  refresh (user_data);
  return G_SOURCE_CONTINUE;
}

/* --- A newer version --- */

static gboolean
quiet_cb (gpointer user_data)
{
  Gateway *gateway = user_data;
  g_autoptr(GPtrArray) rows = purser_steward_served (gateway->steward);
  guint running = 0;
  for (guint i = 0; i < rows->len; i++)
    running += ((const PurserServedState *) g_ptr_array_index (rows, i))->calls_running;
  if (running > 0)
    return G_SOURCE_CONTINUE;
  gateway->quiet = 0;
  gateway->renew = TRUE;
  purser_steward_log (G_LOG_LEVEL_MESSAGE, "updated", NULL, NULL, NULL,
                      _("Purser was updated, and no call runs: the new gateway takes over."));
  purser_steward_stop (gateway->steward, TRUE);
  return G_SOURCE_REMOVE;
}

static void
updated_cb (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, gpointer user_data)
{
  Gateway *gateway = user_data;
  if (event == G_FILE_MONITOR_EVENT_CREATED && gateway->quiet == 0 && !gateway->renew)
    gateway->quiet = g_timeout_add_seconds (QUIET_SECONDS, quiet_cb, gateway);
}

/* Only the session's own gateway, which the bus can start anew. */
static GFileMonitor *
watch_update (Gateway *gateway)
{
  if (gateway->named || gateway->server == NULL || !g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS))
    return NULL;
  g_autoptr(GFile) file = g_file_new_for_path (UPDATED_FILE);
  GFileMonitor *monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, NULL);
  if (monitor != NULL)
    g_signal_connect (monitor, "changed", G_CALLBACK (updated_cb), gateway);
  return monitor;
}

/* The bus starts what is installed now. Its answer is waited for: this process's end is the end of its sandbox, and of what
 * the sandbox's bus proxy has not handed on by then. */
static void
start_successor (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_autoptr(GVariant) answer = NULL;
  if (bus != NULL)
    answer = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                          "StartServiceByName", g_variant_new ("(su)", PURSER_CONTROL_NAME, 0), NULL,
                                          G_DBUS_CALL_FLAGS_NONE, SUCCESSOR_MS, NULL, &error);
  if (answer == NULL)
    purser_steward_log (G_LOG_LEVEL_WARNING, "no-successor", NULL, NULL, NULL, error->message);
}

static int
run (Gateway *gateway, char **files, int idle)
{
  static const PurserStewardNews NEWS = { changed_cb, ended_cb };
  g_autoptr(GError) error = NULL;
  if (!join_bus (gateway))
    return 1;
  gateway->plane = purser_plane_new (&error);
  if (gateway->plane == NULL)
    {
      purser_steward_log (G_LOG_LEVEL_CRITICAL, "failed", NULL, NULL, NULL, error->message);
      return 1;
    }
  purser_steward_log (G_LOG_LEVEL_MESSAGE, "started", NULL, NULL, NULL, "purser-gateway " PURSER_VERSION);
  const guint sources[] = { g_unix_signal_add (SIGTERM, signal_cb, gateway),
                            g_unix_signal_add (SIGINT, signal_cb, gateway),
                            g_unix_signal_add (SIGHUP, hangup_cb, gateway) };
  gateway->steward = purser_steward_new (gateway->plane, &purser_steward_plane, (const char *const *) files,
                                         (guint) idle, &NEWS, gateway);
  changed_cb (gateway);
  g_autoptr(GFileMonitor) update = watch_update (gateway);
  g_main_loop_run (gateway->loop);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  g_clear_handle_id (&gateway->deadline, g_source_remove);
  g_clear_handle_id (&gateway->quiet, g_source_remove);
  /* The name first, so that whoever asks from now on gets a gateway that answers. */
  g_clear_pointer (&gateway->server, purser_control_server_free);
  g_clear_pointer (&gateway->plane, purser_plane_free);
  g_clear_pointer (&gateway->steward, purser_steward_free);
  if (gateway->renew)
    start_successor ();
  purser_steward_log (G_LOG_LEVEL_MESSAGE, "ended", NULL, NULL, NULL, _("The gateway has ended."));
  return gateway->status;
}

int
main (int argc, char **argv)
{
  harden ();
  g_auto(GStrv) files = NULL;
  gboolean version = FALSE;
  int idle = 0;
  const GOptionEntry entries[] = {
    { "org", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files,
      N_("Serve this organisation's file, whatever its switch says; may be given again"), "FILE" },
    { "idle", 0, 0, G_OPTION_ARG_INT, &idle, N_("End when nothing was served for so long"), N_("SECONDS") },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, N_("Say which version this is"), NULL },
    { NULL },
  };
  const char *locale_folder = g_getenv ("PURSER_LOCALEDIR"); /* where it is not installed: make run */
  g_autoptr(GError) error = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_folder != NULL ? locale_folder : PURSER_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("purser-gateway");
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  g_option_context_set_summary (context,
                                _("Carries the calls of an organisation's tools to the models it chose. Without --org "
                                   "it serves every organisation whose gateway is switched on."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1 || idle < 0)
    {
      g_printerr ("%s\n", error != NULL ? error->message : _("Usage: purser-gateway [--org FILE]… [--idle SECONDS]"));
      return 2;
    }
  if (version)
    {
      g_print ("purser-gateway %s\n", PURSER_VERSION);
      return 0;
    }
  purser_steward_log_start ();
  Gateway gateway = { .loop = g_main_loop_new (NULL, FALSE), .named = files != NULL };
  int status = run (&gateway, files, idle);
  g_clear_pointer (&gateway.server, purser_control_server_free);
  g_main_loop_unref (gateway.loop);
  return status;
}
