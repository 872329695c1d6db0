/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vault-support.h"

#include <glib/gstdio.h>

/* Keys from the environment: what is trimmed, what is refused, and that no refusal repeats the key. */
static const struct { const char *typed, *key; } values[] = {
  { "sk-ant-api03-AbC_d.e", "sk-ant-api03-AbC_d.e" },
  { "  sk-1\r\n", "sk-1" },
  { "\xc2\xa0\xe2\x80\x8bsk-2\xef\xbb\xbf\t", "sk-2" },
  { "", NULL },
  { " \t\n", NULL },
  { "sk-SECRET one", NULL },
  { "sk-SECRET\nsk-other", NULL },
  { "sk-SECRET\x01x", NULL },
  { "sk-SECRET\xe2\x80\xa6wxyz", NULL }, /* copied where it was shown shortened */
  { "sk-SECRET\xe2\x80\x8bx", NULL },
  { "sk-SECRET\xff", NULL },
};

static void
test_environment (void)
{
  g_autoptr(PurserVault) vault = purser_vault_new ("org");
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr(GError) error = NULL;
      g_setenv ("PURSER_TEST_KEY", values[i].typed, TRUE);
      char *key = lookup (vault, 1, 0, "PURSER_TEST_KEY", &error);
      g_assert_cmpstr (key, ==, values[i].key);
      if (key == NULL)
        {
          g_assert_error (error, PURSER_VAULT_ERROR, PURSER_VAULT_ERROR_EMPTY);
          g_assert_nonnull (strstr (error->message, "PURSER_TEST_KEY"));
          g_assert_null (strstr (error->message, "SECRET"));
        }
      purser_vault_key_free (key);
    }
  g_unsetenv ("PURSER_TEST_KEY");
}

static void
test_store_refuses (void)
{
  g_autoptr(PurserVault) vault = purser_vault_new ("org");
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr(GError) error = NULL;
      if (values[i].key != NULL)
        continue;
      g_assert_false (store (vault, 1, 1, values[i].typed, NULL, &error));
      g_assert_error (error, PURSER_VAULT_ERROR, PURSER_VAULT_ERROR_EMPTY);
      g_assert_null (strstr (error->message, "SECRET"));
    }
}

static void
test_credential (void)
{
  g_autoptr(PurserVault) vault = purser_vault_new ("org");
  g_autofree char *folder = g_dir_make_tmp ("purser-credentials-XXXXXX", NULL),
                  *file = g_build_filename (folder, "anthropic-key", NULL);
  g_autoptr(GError) error = NULL;
  g_assert_null (lookup (vault, 1, 0, "anthropic-key", &error)); /* no such variable, no credentials at all */
  g_assert_error (error, PURSER_VAULT_ERROR, PURSER_VAULT_ERROR_MISSING);
  g_clear_error (&error);

  g_setenv ("CREDENTIALS_DIRECTORY", folder, TRUE);
  g_assert_null (lookup (vault, 1, 0, "anthropic-key", &error));
  g_assert_error (error, PURSER_VAULT_ERROR, PURSER_VAULT_ERROR_MISSING);
  g_assert_nonnull (strstr (error->message, "anthropic-key"));
  g_clear_error (&error);

  g_file_set_contents (file, "sk-credential\n", -1, NULL);
  char *key = lookup (vault, 1, 0, "anthropic-key", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (key, ==, "sk-credential");
  purser_vault_key_free (key);

  g_file_set_contents (file, "sk-one\0two", 10, NULL);
  g_assert_null (lookup (vault, 1, 0, "anthropic-key", &error));
  g_assert_error (error, PURSER_VAULT_ERROR, PURSER_VAULT_ERROR_EMPTY);
  g_clear_error (&error);

  g_autofree char *endless = g_strnfill (100000, 'k');
  g_file_set_contents (file, endless, -1, NULL);
  g_assert_null (lookup (vault, 1, 0, "anthropic-key", &error));
  g_assert_error (error, PURSER_VAULT_ERROR, PURSER_VAULT_ERROR_EMPTY);
  g_clear_error (&error);

  g_setenv ("anthropic-key", "sk-variable-first", TRUE);
  key = lookup (vault, 1, 0, "anthropic-key", &error);
  g_assert_cmpstr (key, ==, "sk-variable-first");
  purser_vault_key_free (key);
  g_unsetenv ("anthropic-key");
  g_remove (file);
  g_rmdir (folder);
  g_unsetenv ("CREDENTIALS_DIRECTORY");
}

/* A name is a name: it never leads out of the folder of credentials. */
static void
test_names (void)
{
  static const char *const names[] = { "", "../etc/passwd", "a/b", ".hidden", "A B", "K\xc3\xa4y" };
  g_autoptr(PurserVault) vault = purser_vault_new ("org");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr(GError) error = NULL;
      g_assert_null (lookup (vault, 1, 0, names[i], &error));
      g_assert_error (error, PURSER_VAULT_ERROR, PURSER_VAULT_ERROR_FAILED);
    }
}

static void
test_version_zero (void)
{
  g_autoptr(PurserVault) vault = purser_vault_new ("org");
  assert_no_key (vault, 1, 0, PURSER_VAULT_ERROR_MISSING);
}

static void
test_cancel (void)
{
  g_autoptr(PurserVault) vault = purser_vault_new ("org");
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  Wait wait = { NULL, 0 };
  g_cancellable_cancel (cancellable);
  purser_vault_lookup_async (vault, 1, 1, NULL, cancellable, wait_cb, &wait);
  wait_for (&wait);
  g_assert_null (purser_vault_lookup_finish (vault, wait.result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_object_unref (wait.result);
  g_assert_finalize_object (g_steal_pointer (&vault));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("CREDENTIALS_DIRECTORY");
  g_test_add_func ("/vault/key/environment", test_environment);
  g_test_add_func ("/vault/key/store-refuses", test_store_refuses);
  g_test_add_func ("/vault/key/credential", test_credential);
  g_test_add_func ("/vault/key/names", test_names);
  g_test_add_func ("/vault/key/version-zero", test_version_zero);
  g_test_add_func ("/vault/key/cancel", test_cancel);
  return g_test_run ();
}
