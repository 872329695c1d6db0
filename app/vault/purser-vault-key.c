/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-vault-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#define MAX_KEY_BYTES (16 * 1024)

/* Ends of a pasted text that nobody sees: no-break space, zero-width space, byte order mark and the like. */
static gboolean
is_blank (gunichar c)
{
  return c < 0x20 || c == 0x7f || c == 0x200b || c == 0x2060 || c == 0xfeff || g_unichar_isspace (c);
}

static void
trim (const char **start, const char **end)
{
  while (*start < *end && is_blank (g_utf8_get_char (*start)))
    *start = g_utf8_next_char (*start);
  while (*end > *start)
    {
      const char *last = g_utf8_find_prev_char (*start, *end);
      if (last == NULL || !is_blank (g_utf8_get_char (last)))
        break;
      *end = last;
    }
}

/* HTTP header values carry visible ASCII only, and every known provider's keys are just that. */
static const char *
complaint (const char *start, const char *end)
{
  if (start == end)
    return N_("The key is empty: paste the whole key");
  for (const char *p = start; p < end; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (is_blank (c))
        return N_("The key has a space or line break inside: paste the key alone, in one piece");
      if (c > 0x7e)
        return N_("The key has a character that keys do not have: perhaps it was copied where it is shown shortened");
    }
  return NULL;
}

/**
 * purser_vault_key_check:
 * @typed: a key as it was pasted or typed
 *
 * Cuts the white space at the ends and refuses what cannot be a key. The words never contain the key.
 *
 * Returns: (transfer full) (nullable): the key in memory that is not swapped, for purser_vault_key_free()
 */
char *
purser_vault_key_check (const char *typed, GError **error)
{
  const char *start = typed != NULL ? typed : "", *end = start + strlen (start), *words;
  if (!g_utf8_validate (start, -1, NULL))
    words = N_("The key has bytes that are not text: paste the key itself, not a file that holds it");
  else if (end - start > MAX_KEY_BYTES)
    words = N_("The key is longer than 16 KB: paste the key itself, not a file that holds it");
  else
    {
      trim (&start, &end);
      words = complaint (start, end);
    }
  if (words != NULL)
    {
      g_set_error_literal (error, PURSER_VAULT_ERROR, PURSER_VAULT_ERROR_EMPTY, _(words));
      return NULL;
    }
  return secret_value_unref_to_password (secret_value_new (start, end - start, "text/plain"), NULL);
}

/* Variable names, and systemd's credential names; never a path. */
gboolean
purser_vault_key_name_is_ok (const char *name)
{
  return *name != '\0' && *name != '.' && strlen (name) <= 255
      && strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-.") == strlen (name);
}

static char *
read_credential (const char *path, const char *name, GError **error)
{
  char text[MAX_KEY_BYTES + 2];
  size_t length = 0;
  ssize_t got = 0;
  int fd = open (path, O_RDONLY | O_CLOEXEC);
  while (fd >= 0 && length < sizeof text - 1
         && ((got = read (fd, text + length, sizeof text - 1 - length)) > 0 || (got < 0 && errno == EINTR)))
    length += MAX (got, 0);
  int saved = errno;
  if (fd >= 0)
    close (fd);
  if (fd < 0 && saved == ENOENT)
    {
      g_set_error (error, PURSER_VAULT_ERROR, PURSER_VAULT_ERROR_MISSING,
                   _("Neither the environment variable %s nor a systemd credential of that name is set: set it where "
                      "Purser is started"),
                   name);
      return NULL;
    }
  if (fd < 0 || got < 0)
    {
      g_set_error (error, PURSER_VAULT_ERROR, PURSER_VAULT_ERROR_FAILED,
                   _("The systemd credential %s cannot be read: %s"), name, g_strerror (saved));
      return NULL;
    }
  text[length] = '\0';
  char *key = strlen (text) == length ? purser_vault_key_check (text, error) : purser_vault_key_check ("\xff", error);
  explicit_bzero (text, sizeof text);
  return key;
}

/**
 * purser_vault_key_from_env:
 * @name: of an environment variable, or of a systemd credential
 *
 * Headless machines have no keyring: systemd hands a service its credentials as files in $CREDENTIALS_DIRECTORY.
 *
 * Returns: (transfer full) (nullable): the key, for purser_vault_key_free()
 */
char *
purser_vault_key_from_env (const char *name, GError **error)
{
  if (!purser_vault_key_name_is_ok (name))
    {
      g_set_error_literal (error, PURSER_VAULT_ERROR, PURSER_VAULT_ERROR_FAILED,
                           _("The name of the key’s environment variable has characters that no such name has"));
      return NULL;
    }
  const char *value = g_getenv (name), *directory = g_getenv ("CREDENTIALS_DIRECTORY");
  g_autoptr(GError) local = NULL;
  g_autofree char *path =
      g_build_filename (directory != NULL && *directory != '\0' ? directory : "/nonexistent", name, NULL);
  char *key = value != NULL ? purser_vault_key_check (value, &local) : read_credential (path, name, &local);
  if (g_error_matches (local, PURSER_VAULT_ERROR, PURSER_VAULT_ERROR_EMPTY))
    g_prefix_error (&local, _("In the environment variable or credential %s: "), name);
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return key;
}

/**
 * purser_vault_key_free:
 * @key: (transfer full) (nullable): a key from purser_vault_lookup_finish()
 *
 * Wipes it, then frees it.
 */
void
purser_vault_key_free (char *key)
{
  if (key == NULL)
    return;
  explicit_bzero (key, strlen (key));
  secret_password_free (key);
}
