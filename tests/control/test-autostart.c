/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "stand-ins.h"

static PurserAutostart
ask (gboolean on, GCancellable *cancellable, char **words)
{
  GAsyncResult *slot = NULL;
  purser_autostart_set_async (on, "x11:77", cancellable, take_cb, &slot);
  g_autoptr(GAsyncResult) result = wait_for (&slot);
  return purser_autostart_set_finish (result, words);
}

static void
assert_words (const char *words, const char *expected)
{
  if (expected == NULL)
    g_assert_null (words);
  else if (words == NULL || strstr (words, expected) == NULL)
    g_error ("“%s” lacks “%s”", words, expected);
}

static const struct
{
  const char *name;
  Manner manner;
  PurserAutostart way;
  const char *on_words, *off_words; /* NULL = nothing to say */
} MANNERS[] = {
  { "grants", GRANT, PURSER_AUTOSTART_PORTAL, NULL, NULL },
  { "grants-by-an-old-path", OLD_PATH, PURSER_AUTOSTART_PORTAL, NULL, NULL },
  { "refuses", REFUSE, PURSER_AUTOSTART_NONE, "runs until you log out, because the desktop did not allow",
    "may still start when you log in" },
  { "is-closed-by-the-user", CANCEL, PURSER_AUTOSTART_NONE, "runs until you log out, because the desktop did not allow",
    "may still start when you log in" },
  { "is-silent", SILENT, PURSER_AUTOSTART_NONE, "the desktop did not answer", "the desktop did not answer" },
  { "has-no-backend", FAIL, PURSER_AUTOSTART_NONE, "no Background portal", NULL },
};

static void
test_portal (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  Portal *portal = portal_new (MANNERS[i].manner);
  purser_autostart_pretend (TRUE, MANNERS[i].manner == SILENT ? 300 : 60000);
  for (int on = 1; on >= 0; on--)
    {
      g_autofree char *words = NULL;
      gboolean autostart = !on, activatable = TRUE;
      const char *reason = "";
      g_auto(GStrv) command = NULL;
      g_assert_cmpint (ask (on, NULL, &words), ==, MANNERS[i].way);
      assert_words (words, on ? MANNERS[i].on_words : MANNERS[i].off_words);
      g_assert_cmpstr (portal->parent, ==, "x11:77");
      g_assert_true (g_variant_lookup (portal->options, "autostart", "b", &autostart));
      g_assert_cmpint (autostart, ==, on);
      g_assert_true (g_variant_lookup (portal->options, "reason", "&s", &reason));
      g_assert_cmpuint (strlen (reason), >, 10);
      g_assert_true (g_variant_lookup (portal->options, "commandline", "^as", &command));
      g_assert_cmpstr (command[0], ==, "purser-gateway");
      g_assert_cmpstr (command[1], ==, "--idle=30");
      /* Else the desktop would open the window at log-in. */
      g_assert_true (g_variant_lookup (portal->options, "dbus-activatable", "b", &activatable));
      g_assert_false (activatable);
    }
  if (MANNERS[i].manner == SILENT)
    WAIT_UNTIL (portal->closed == 2);
  portal_free (portal);
}

static void
test_no_portal (void)
{
  g_autofree char *on = NULL, *off = NULL;
  purser_autostart_pretend (TRUE, 60000);
  g_assert_cmpint (ask (TRUE, NULL, &on), ==, PURSER_AUTOSTART_NONE);
  assert_words (on, "no Background portal");
  g_assert_cmpint (ask (FALSE, NULL, &off), ==, PURSER_AUTOSTART_NONE);
  assert_words (off, NULL);
}

static gboolean
cancel_cb (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return G_SOURCE_REMOVE;
}

/* A window that closes while the desktop asks. */
static void
test_cancel (void)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *words = NULL;
  Portal *portal = portal_new (SILENT);
  purser_autostart_pretend (TRUE, 60000);
  g_timeout_add (100, cancel_cb, cancellable);
  g_assert_cmpint (ask (TRUE, cancellable, &words), ==, PURSER_AUTOSTART_NONE);
  g_assert_null (words);
  WAIT_UNTIL (portal->closed == 1);
  portal_free (portal);
}

static const struct
{
  const char *name, *state;
  gboolean refuses;
  PurserAutostart way;
  const char *on_words, *off_words;
  guint changes;
} UNITS[] = {
  { "can-be-enabled", "disabled", FALSE, PURSER_AUTOSTART_SYSTEMD, NULL, NULL, 1 },
  { "is-enabled-already", "enabled", FALSE, PURSER_AUTOSTART_SYSTEMD, NULL, NULL, 1 },
  { "is-not-installed", NULL, FALSE, PURSER_AUTOSTART_NONE, "unit is not installed", NULL, 0 },
  { "is-masked", "masked", FALSE, PURSER_AUTOSTART_NONE, "unmask", NULL, 0 },
  { "is-refused", "disabled", TRUE, PURSER_AUTOSTART_NONE, "Read-only file system", "still starts when you log in", 0 },
};

static void
test_systemd (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *on = NULL, *off = NULL;
  Systemd *systemd = systemd_new (UNITS[i].state);
  systemd->refuses = UNITS[i].refuses;
  purser_autostart_pretend (FALSE, 60000);
  g_assert_cmpint (ask (TRUE, NULL, &on), ==, UNITS[i].way);
  assert_words (on, UNITS[i].on_words);
  g_assert_cmpuint (systemd->enabled, ==, UNITS[i].changes);
  if (g_strcmp0 (UNITS[i].state, "masked") != 0)
    {
      g_assert_cmpint (ask (FALSE, NULL, &off), ==, UNITS[i].way);
      assert_words (off, UNITS[i].off_words);
      g_assert_cmpuint (systemd->disabled, ==, UNITS[i].changes);
      g_assert_cmpuint (systemd->reloaded, ==, 2 * UNITS[i].changes);
    }
  systemd_free (systemd);
}

static void
test_no_systemd (void)
{
  g_autofree char *on = NULL, *off = NULL;
  purser_autostart_pretend (FALSE, 60000);
  g_assert_cmpint (ask (TRUE, NULL, &on), ==, PURSER_AUTOSTART_NONE);
  assert_words (on, "no systemd");
  g_assert_cmpint (ask (FALSE, NULL, &off), ==, PURSER_AUTOSTART_NONE);
  assert_words (off, NULL);
}

static void
test_no_bus (void)
{
  if (g_test_subprocess ())
    {
      g_autofree char *words = NULL;
      g_assert_cmpint (ask (TRUE, NULL, &words), ==, PURSER_AUTOSTART_NONE);
      g_printerr ("%s\n", words);
      return;
    }
  g_auto(GStrv) environment =
      g_environ_setenv (g_get_environ (), "DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus", TRUE);
  g_test_trap_subprocess_with_envp (NULL, (const char *const *) environment, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*until you log out, because there is no session bus*");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/autostart/no-bus", test_no_bus);
  if (g_test_subprocess ())
    return g_test_run ();
  bus_up ();
  for (guint i = 0; i < G_N_ELEMENTS (MANNERS); i++)
    {
      g_autofree char *path = g_strdup_printf ("/autostart/the-portal-%s", MANNERS[i].name);
      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_portal);
    }
  g_test_add_func ("/autostart/no-portal", test_no_portal);
  g_test_add_func ("/autostart/cancel", test_cancel);
  for (guint i = 0; i < G_N_ELEMENTS (UNITS); i++)
    {
      g_autofree char *path = g_strdup_printf ("/autostart/the-unit-%s", UNITS[i].name);
      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_systemd);
    }
  g_test_add_func ("/autostart/no-systemd", test_no_systemd);
  int code = g_test_run ();
  bus_down ();
  return code;
}
