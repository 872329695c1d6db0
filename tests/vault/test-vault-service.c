/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vault-support.h"

#include <gio/gio.h>

/* A real Secret Service of this test's own: a private bus and GNOME Keyring's daemon with a password of its
 * own, in folders that go away. Locking it disturbs nobody. */
#define PASSWORD "test"
#define SERVICE "org.freedesktop.secrets", "/org/freedesktop/secrets"

static const char      *self;
static GSubprocess     *keyring;
static GDBusConnection *bus;
static char            *folder;

/* Never stopped by hand: that would wait for the shared connection. Its watcher ends it with this process. */
static void
start_bus (void)
{
  static GTestDBus *volatile session; /* stays reachable */
  session = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (session);
}

static gboolean
start_keyring (GError **error)
{
  static const char *const variables[] = { "HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME",
                                           "XDG_CACHE_HOME" };
  g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE);
  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    g_subprocess_launcher_setenv (launcher, variables[i], folder, TRUE);
  g_subprocess_launcher_unsetenv (launcher, "DISPLAY");
  g_subprocess_launcher_unsetenv (launcher, "G_DEBUG"); /* the daemon has warnings of its own, not fatal ones */
  keyring = g_subprocess_launcher_spawn (launcher, error, "gnome-keyring-daemon", "--unlock", "--foreground",
                                         "--components=secrets", NULL);
  if (keyring == NULL)
    return FALSE;
  GOutputStream *password = g_subprocess_get_stdin_pipe (keyring);
  return g_output_stream_write_all (password, PASSWORD, strlen (PASSWORD), NULL, NULL, error)
         && g_output_stream_close (password, NULL, error);
}

static void
wait_for_name (void)
{
  g_autoptr(GError) error = NULL;
  g_clear_object (&bus);
  bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_assert_no_error (error);
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  for (int i = 0; i < 200; i++)
    {
      gboolean owned = FALSE;
      g_autoptr(GVariant) answer =
          g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "NameHasOwner",
                                       g_variant_new ("(s)", "org.freedesktop.secrets"), NULL, G_DBUS_CALL_FLAGS_NONE,
                                       -1, NULL, &error);
      g_assert_no_error (error);
      g_variant_get (answer, "(b)", &owned);
      if (owned)
        return;
      g_usleep (50000);
    }
  g_error ("gnome-keyring-daemon did not come up within ten seconds");
}

static GVariant *
call (const char *interface, const char *method, GVariant *parameters)
{
  g_autoptr(GError) error = NULL;
  GVariant *answer = g_dbus_connection_call_sync (bus, SERVICE, interface, method, parameters, NULL,
                                                  G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  return answer;
}

static char *
default_collection (void)
{
  g_autoptr(GVariant) answer = call ("org.freedesktop.Secret.Service", "ReadAlias", g_variant_new ("(s)", "default"));
  char *path = NULL;
  g_variant_get (answer, "(o)", &path);
  return path;
}

static void
lock_keyring (void)
{
  g_autofree char *path = default_collection ();
  const char *paths[] = { path, NULL };
  g_autoptr(GVariant) answer = call ("org.freedesktop.Secret.Service", "Lock", g_variant_new ("(^ao)", paths));
}

/* GNOME Keyring's way to unlock without a prompt. */
static void
unlock_keyring (void)
{
  g_autofree char *path = default_collection (), *session = NULL;
  g_autoptr(GVariant) opened = call ("org.freedesktop.Secret.Service", "OpenSession",
                                      g_variant_new ("(sv)", "plain", g_variant_new_string ("")));
  g_variant_get (opened, "(vo)", NULL, &session);
  GVariant *parameters = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, "", 0, 1);
  GVariant *password = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, PASSWORD, strlen (PASSWORD), 1);
  GVariant *secret = g_variant_new ("(o@ay@ays)", session, parameters, password, "text/plain");
  g_autoptr(GVariant) answer = call ("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface",
                                      "UnlockWithMasterPassword", g_variant_new ("(o@(oayays))", path, secret));
}

static gboolean
have_service (void)
{
  if (bus == NULL)
    g_test_skip ("gnome-keyring-daemon or dbus-daemon is not installed: nothing to test against");
  return bus != NULL;
}

static void
test_life (void)
{
  if (!have_service ())
    return;
  g_autoptr(PurserVault) vault = purser_vault_new ("org-a"), other = purser_vault_new ("org-b");
  g_autoptr(GError) error = NULL;
  assert_no_key (vault, 7, 1, PURSER_VAULT_ERROR_MISSING);
  g_assert_true (store (vault, 7, 1, " sk-one\n", NULL, &error));
  assert_key (vault, 7, 1, "sk-one");
  assert_no_key (other, 7, 1, PURSER_VAULT_ERROR_MISSING);
  assert_no_key (vault, 8, 1, PURSER_VAULT_ERROR_MISSING);
  g_assert_true (store (vault, 7, 1, "sk-same-version", NULL, &error));
  assert_key (vault, 7, 1, "sk-same-version");
  g_assert_true (store (vault, 7, 2, "sk-two", NULL, &error));
  assert_key (vault, 7, 1, "sk-same-version");
  assert_key (vault, 7, 2, "sk-two");
  g_assert_true (clear (vault, 7, 1, &error));
  assert_no_key (vault, 7, 1, PURSER_VAULT_ERROR_MISSING);
  assert_key (vault, 7, 2, "sk-two");
  g_assert_true (store (vault, 7, 3, "sk-three", NULL, &error));
  g_assert_true (clear (vault, 7, 0, &error));
  assert_no_key (vault, 7, 2, PURSER_VAULT_ERROR_MISSING);
  assert_no_key (vault, 7, 3, PURSER_VAULT_ERROR_MISSING);
  g_assert_true (clear (vault, 7, 0, &error)); /* already gone */
  g_assert_no_error (error);
}

/* Row ids are 64 bits wide. */
static void
test_wide_ids (void)
{
  if (!have_service ())
    return;
  g_autoptr(PurserVault) vault = purser_vault_new ("org-wide");
  g_autoptr(GError) error = NULL;
  g_assert_true (store (vault, G_MAXINT64 - 1, 1, "sk-wide", NULL, &error));
  assert_key (vault, G_MAXINT64 - 1, 1, "sk-wide");
  assert_no_key (vault, -2, 1, PURSER_VAULT_ERROR_MISSING);
}

static void
test_locked (void)
{
  if (!have_service ())
    return;
  g_autoptr(PurserVault) vault = purser_vault_new ("org-locked");
  g_autoptr(GError) error = NULL;
  g_assert_true (store (vault, 1, 1, "sk-locked", NULL, &error));
  lock_keyring ();
  assert_no_key (vault, 1, 1, PURSER_VAULT_ERROR_LOCKED);
  assert_no_key (vault, 2, 1, PURSER_VAULT_ERROR_LOCKED); /* whether there is one cannot be known */
  g_assert_false (store (vault, 1, 2, "sk-SECRET", NULL, &error));
  g_assert_error (error, PURSER_VAULT_ERROR, PURSER_VAULT_ERROR_LOCKED);
  g_assert_null (strstr (error->message, "SECRET"));
  g_clear_error (&error);
  g_assert_false (clear (vault, 1, 1, &error));
  g_assert_error (error, PURSER_VAULT_ERROR, PURSER_VAULT_ERROR_LOCKED);
  unlock_keyring ();
  assert_key (vault, 1, 1, "sk-locked");
  assert_no_key (vault, 2, 1, PURSER_VAULT_ERROR_MISSING);
}

/* Somebody may be asked, but this session has nothing to ask with: still an answer, and the right one. */
static void
test_locked_interactive (void)
{
  if (!have_service ())
    return;
  g_autoptr(PurserVault) vault = purser_vault_new ("org-locked");
  purser_vault_set_interactive (vault, TRUE);
  lock_keyring ();
  assert_no_key (vault, 1, 1, PURSER_VAULT_ERROR_LOCKED);
  unlock_keyring ();
  assert_key (vault, 1, 1, "sk-locked");
}

static void
test_two_processes (void)
{
  if (have_service ())
    two_processes (self, 20);
}

/* The keyring's daemon ends and comes again, as it does when its user logs in anew: a gateway that lives on
 * still reads keys. */
static void
test_restart (void)
{
  if (!have_service ())
    return;
  g_autoptr(PurserVault) vault = purser_vault_new ("org-restart");
  g_autoptr(GError) error = NULL;
  g_assert_true (store (vault, 1, 1, "sk-kept", NULL, &error));
  g_subprocess_force_exit (keyring);
  g_subprocess_wait (keyring, NULL, NULL);
  g_clear_object (&keyring);
  assert_no_key (vault, 1, 1, PURSER_VAULT_ERROR_ABSENT);
  g_assert_true (start_keyring (&error));
  wait_for_name ();
  assert_key (vault, 1, 1, "sk-kept");
  g_assert_true (store (vault, 1, 2, "sk-new", NULL, &error));
  assert_key (vault, 1, 2, "sk-new");
}

/* In a process of its own, because the bus is chosen once per process; its exit status is the error's code. */
static void
assert_absent (const char *mode)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GSubprocess) child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_PIPE, &error, self, mode, NULL);
  g_assert_no_error (error);
  g_autofree char *words = NULL;
  g_assert_true (g_subprocess_communicate_utf8 (child, NULL, NULL, NULL, &words, &error));
  g_assert_true (g_subprocess_get_if_exited (child));
  g_assert_cmpint (g_subprocess_get_exit_status (child), ==, 100 + PURSER_VAULT_ERROR_ABSENT);
  g_assert_nonnull (strstr (words, "--key-env")); /* what to do on this machine */
}

static void
test_no_bus (void)
{
  assert_absent ("--without-bus");
}

static void
test_no_service (void)
{
  if (have_service ())
    assert_absent ("--without-service");
}

static int
absent_main (gboolean with_bus)
{
  if (with_bus)
    start_bus ();
  else
    g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_autoptr(PurserVault) vault = purser_vault_new ("org");
  g_autoptr(GError) error = NULL, again = NULL;
  char *key = lookup (vault, 1, 1, NULL, &error);
  gboolean stored = store (vault, 1, 1, "sk-x", NULL, &again);
  if (key != NULL || stored || error->domain != PURSER_VAULT_ERROR || error->code != again->code)
    return 1;
  g_printerr ("%s\n", error->message);
  return 100 + error->code;
}

static void
remove_folder (void)
{
  g_autoptr(GSubprocess) rm = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, NULL, "rm", "-rf", folder, NULL);
  if (rm != NULL)
    g_subprocess_wait (rm, NULL, NULL);
}

int
main (int argc, char *argv[])
{
  g_unsetenv ("SECRET_BACKEND");
  if (argc == 5 && g_str_equal (argv[1], "--child"))
    child_main (argc, argv);
  if (argc == 2 && g_str_has_prefix (argv[1], "--without-"))
    return absent_main (g_str_equal (argv[1], "--without-service"));
  g_test_init (&argc, &argv, NULL);
  self = argv[0];
  folder = g_dir_make_tmp ("purser-secrets-XXXXXX", NULL);
  g_autofree char *daemon = g_find_program_in_path ("dbus-daemon"),
                  *tool = g_find_program_in_path ("gnome-keyring-daemon");
  if (daemon != NULL && tool != NULL)
    {
      g_autoptr(GError) error = NULL;
      start_bus ();
      g_assert_true (start_keyring (&error));
      wait_for_name ();
    }
  g_test_add_func ("/vault/service/life", test_life);
  g_test_add_func ("/vault/service/wide-ids", test_wide_ids);
  g_test_add_func ("/vault/service/locked", test_locked);
  g_test_add_func ("/vault/service/locked-interactive", test_locked_interactive);
  g_test_add_func ("/vault/service/two-processes", test_two_processes);
  g_test_add_func ("/vault/service/restart", test_restart);
  g_test_add_func ("/vault/service/no-bus", test_no_bus);
  g_test_add_func ("/vault/service/no-service", test_no_service);
  int code = g_test_run ();
  if (keyring != NULL)
    {
      g_subprocess_force_exit (keyring);
      g_clear_object (&keyring);
    }
  g_clear_object (&bus);
  remove_folder ();
  g_free (folder);
  return code;
}
