/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Provider keys, by organisation file and provider, in the desktop's keyring (libsecret). Never anywhere else. */
#define PURSER_TYPE_VAULT (purser_vault_get_type ())
G_DECLARE_FINAL_TYPE (PurserVault, purser_vault, PURSER, VAULT, GObject)

#define PURSER_VAULT_ERROR (purser_vault_error_quark ())
GQuark purser_vault_error_quark (void);
typedef enum
{
  PURSER_VAULT_ERROR_LOCKED,   /* the keyring is there but locked: unlock it and try again */
  PURSER_VAULT_ERROR_ABSENT,   /* no keyring service, no portal, no bus: what to do on this machine */
  PURSER_VAULT_ERROR_MISSING,  /* the keyring works and has no such key */
  PURSER_VAULT_ERROR_EMPTY,    /* an empty key, or one with spaces or line breaks inside */
  PURSER_VAULT_ERROR_FAILED,
} PurserVaultError;

/* ORG_ID: a random id that the organisation's file keeps (purser_store_get_uid()), so that a moved file keeps its keys. */
PurserVault *purser_vault_new (const char *org_uid);
/* Whether a locked keyring may ask the user to unlock it. FALSE at first: a gateway or a script that nobody looks at must not put a dialog on a screen.
 * $PURSER_KEYRING_PROMPT (0 or 1) decides where it is set. */
void         purser_vault_set_interactive (PurserVault *self, gboolean interactive);

/* KEY_ENV (nullable): read $KEY_ENV instead, or the systemd credential of that name ($CREDENTIALS_DIRECTORY/name). Result is erased by purser_vault_key_free. */
void  purser_vault_lookup_async  (PurserVault *self, gint64 provider_id, gint64 key_version, const char *key_env, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
char *purser_vault_lookup_finish (PurserVault *self, GAsyncResult *result, GError **error);
void  purser_vault_key_free      (char *key);
/* LABEL is shown by the keyring's own tools: "Purser: Anthropic (Hartmann)". Trims white space at the ends. KEY_VERSION: the version this key gets. Old versions are removed by clear:
 * of the given version, or of all versions where KEY_VERSION is 0. Clearing what is not there succeeds. */
void     purser_vault_store_async  (PurserVault *self, gint64 provider_id, gint64 key_version, const char *label, const char *key, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean purser_vault_store_finish (PurserVault *self, GAsyncResult *result, GError **error);
void     purser_vault_clear_async  (PurserVault *self, gint64 provider_id, gint64 key_version, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean purser_vault_clear_finish (PurserVault *self, GAsyncResult *result, GError **error);

G_END_DECLS
