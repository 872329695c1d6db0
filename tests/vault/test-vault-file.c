/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vault-support.h"

#include <glib/gstdio.h>

/* libsecret's file, which is what a Flatpak has: here with its own test password instead of the portal's. */
static const char *self;

static void
test_life (void)
{
  g_autoptr(PurserVault) vault = purser_vault_new ("org-a"), other = purser_vault_new ("org-b");
  g_autoptr(GError) error = NULL;
  assert_no_key (vault, 7, 1, PURSER_VAULT_ERROR_MISSING);
  g_assert_true (store (vault, 7, 1, " sk-one\n", NULL, &error));
  assert_key (vault, 7, 1, "sk-one");
  assert_no_key (other, 7, 1, PURSER_VAULT_ERROR_MISSING);

  guint ticks = 0;
  g_assert_true (store (vault, 7, 2, "sk-two", &ticks, &error)); /* waits for the next second */
  g_assert_cmpint (ticks, >, 3);
  assert_key (vault, 7, 1, "sk-one");
  assert_key (vault, 7, 2, "sk-two");
  g_assert_true (clear (vault, 7, 1, &error));
  assert_no_key (vault, 7, 1, PURSER_VAULT_ERROR_MISSING);
  assert_key (vault, 7, 2, "sk-two");
  g_assert_true (clear (vault, 7, 1, &error)); /* already gone */
  g_assert_no_error (error);
}

static void
test_clear_all (void)
{
  g_autoptr(PurserVault) vault = purser_vault_new ("org-c");
  g_autoptr(GError) error = NULL;
  for (int version = 1; version <= 2; version++)
    g_assert_true (store (vault, 9, version, "sk-x", NULL, &error));
  g_assert_true (store (vault, 10, 1, "sk-y", NULL, &error));
  g_assert_true (clear (vault, 9, 0, &error));
  assert_no_key (vault, 9, 1, PURSER_VAULT_ERROR_MISSING);
  assert_no_key (vault, 9, 2, PURSER_VAULT_ERROR_MISSING);
  assert_key (vault, 10, 1, "sk-y");
}

static void
test_two_processes (void)
{
  two_processes (self, 20);
}

static void
test_cancel_while_waiting (void)
{
  g_autoptr(PurserVault) vault = purser_vault_new ("org-d");
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  Wait wait = { NULL, 0 };
  g_assert_true (store (vault, 1, 1, "sk-first", NULL, &error));
  purser_vault_store_async (vault, 1, 2, NULL, "sk-second", cancellable, wait_cb, &wait);
  g_cancellable_cancel (cancellable);
  wait_for (&wait);
  g_assert_false (purser_vault_store_finish (vault, wait.result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_object_unref (wait.result);
  assert_no_key (vault, 1, 2, PURSER_VAULT_ERROR_MISSING);
}

int
main (int argc, char *argv[])
{
  if (argc == 5 && g_str_equal (argv[1], "--child"))
    child_main (argc, argv);
  g_autofree char *folder = g_dir_make_tmp ("purser-keyring-XXXXXX", NULL),
                  *file = g_build_filename (folder, "default.keyring", NULL);
  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", file, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", "test", TRUE);
  g_test_init (&argc, &argv, NULL);
  self = argv[0];
  g_test_add_func ("/vault/file/life", test_life);
  g_test_add_func ("/vault/file/clear-all", test_clear_all);
  g_test_add_func ("/vault/file/cancel-while-waiting", test_cancel_while_waiting);
  g_test_add_func ("/vault/file/two-processes", test_two_processes);
  int code = g_test_run ();
  g_autofree char *lock = g_strconcat (file, ".purser-lock", NULL);
  g_remove (lock);
  g_remove (file);
  g_rmdir (folder);
  return code;
}
