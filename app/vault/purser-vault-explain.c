/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-vault-private.h"

#include <glib/gi18n-lib.h>

G_DEFINE_QUARK (purser-vault-error-quark, purser_vault_error)

#define ABSENT_WORDS                                                                                   \
  N_("There is no keyring on this machine. Install one (GNOME Keyring or KWallet) and log in again, " \
      "or keep the key in an environment variable or a systemd credential and name it with --key-env")
#define NO_BUS_WORDS N_("There is no desktop session here, so no keyring can be reached. Log in to a desktop, " \
                        "or keep the key in an environment variable or a systemd credential and name it with --key-env")
#define PORTAL_WORDS                                                                                               \
  N_("The desktop offers sandboxed programs no place for keys. Install xdg-desktop-portal with its GNOME or KDE " \
      "part and log in again, "                                                                                    \
      "or keep the key in an environment variable and name it with --key-env")
#define LOCKED_WORDS N_("The keyring is locked. Unlock it (log in again, or open Passwords and Keys) and try again")
#define PORTAL_LOCKED_WORDS                                                                                            \
  N_("The desktop’s keyring did not open: it is locked or not running. Unlock it (log in again, or open Passwords " \
      "and Keys) and try again")

/* How each situation shows itself below us; -1: any code of the domain. First match wins. */
typedef struct
{
  GQuark (*domain) (void);
  int code;
  PurserVaultError meaning;
  const char *words, *sandbox_words;
} Row;
static const Row rows[] = {
  { g_dbus_error_quark, G_DBUS_ERROR_SERVICE_UNKNOWN, PURSER_VAULT_ERROR_ABSENT, ABSENT_WORDS, PORTAL_WORDS },
  { g_dbus_error_quark, G_DBUS_ERROR_NAME_HAS_NO_OWNER, PURSER_VAULT_ERROR_ABSENT, ABSENT_WORDS, PORTAL_WORDS },
  { g_dbus_error_quark, G_DBUS_ERROR_UNKNOWN_INTERFACE, PURSER_VAULT_ERROR_ABSENT, ABSENT_WORDS, PORTAL_WORDS },
  { g_dbus_error_quark, G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND, PURSER_VAULT_ERROR_ABSENT, ABSENT_WORDS, PORTAL_WORDS },
  { g_dbus_error_quark, G_DBUS_ERROR_SPAWN_EXEC_FAILED, PURSER_VAULT_ERROR_ABSENT, ABSENT_WORDS, PORTAL_WORDS },
  { g_dbus_error_quark, G_DBUS_ERROR_SPAWN_CHILD_EXITED, PURSER_VAULT_ERROR_ABSENT, ABSENT_WORDS, PORTAL_WORDS },
  { g_dbus_error_quark, G_DBUS_ERROR_SPAWN_FAILED, PURSER_VAULT_ERROR_ABSENT, ABSENT_WORDS, PORTAL_WORDS },
  { g_dbus_error_quark, G_DBUS_ERROR_DISCONNECTED, PURSER_VAULT_ERROR_ABSENT, NO_BUS_WORDS, NO_BUS_WORDS },
  { g_dbus_error_quark, G_DBUS_ERROR_NO_SERVER, PURSER_VAULT_ERROR_ABSENT, NO_BUS_WORDS, NO_BUS_WORDS },
  { secret_error_get_quark, SECRET_ERROR_IS_LOCKED, PURSER_VAULT_ERROR_LOCKED, LOCKED_WORDS, PORTAL_LOCKED_WORDS },
  /* What the Secret portal's refusal becomes (portal there, but its keyring absent or locked): */
  { g_io_error_quark, G_IO_ERROR_FAILED, PURSER_VAULT_ERROR_LOCKED, NULL, PORTAL_LOCKED_WORDS },
  { g_io_error_quark, G_IO_ERROR_CONNECTION_CLOSED, PURSER_VAULT_ERROR_ABSENT, NO_BUS_WORDS, NO_BUS_WORDS },
};

GError *
purser_vault_error_locked (void)
{
  return g_error_new_literal (PURSER_VAULT_ERROR, PURSER_VAULT_ERROR_LOCKED, _(LOCKED_WORDS));
}

GError *
purser_vault_error_missing (void)
{
  return g_error_new_literal (PURSER_VAULT_ERROR, PURSER_VAULT_ERROR_MISSING,
                              _("The keyring has no key for this provider. Enter it again under Providers and keys, "
                                 "or with purserctl provider key"));
}

GError *
purser_vault_error_no_bus (void)
{
  return g_error_new_literal (PURSER_VAULT_ERROR, PURSER_VAULT_ERROR_ABSENT, _(NO_BUS_WORDS));
}

GError *
purser_vault_explain (GError *error)
{
  g_autoptr(GError) local = error;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *words = purser_vault_file_is_used () ? rows[i].sandbox_words : rows[i].words;
      if (words != NULL && g_error_matches (local, rows[i].domain (), rows[i].code))
        return g_error_new_literal (PURSER_VAULT_ERROR, rows[i].meaning, _(words));
    }
  g_dbus_error_strip_remote_error (local);
  return g_error_new (PURSER_VAULT_ERROR, PURSER_VAULT_ERROR_FAILED, _("The keyring failed: %s"), local->message);
}

void
purser_vault_return_error (GTask *task, GError *error)
{
  g_autoptr(GTask) owned = task;
  gboolean keep = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || error->domain == PURSER_VAULT_ERROR;
  g_task_return_error (owned, keep ? error : purser_vault_explain (error));
}
