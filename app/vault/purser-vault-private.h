/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsecret/secret.h>

#include "purser-vault.h"

G_BEGIN_DECLS

typedef enum { PURSER_VAULT_LOOKUP, PURSER_VAULT_STORE, PURSER_VAULT_CLEAR } PurserVaultVerb;

/* One operation, the data of its task. The task of a look-up returns the key, the others a boolean. */
typedef struct
{
  PurserVaultVerb  verb;
  GHashTable      *attributes;  /* (owned) (not nullable) */
  char            *label;       /* (owned) (nullable) */
  char            *key;         /* (owned) (nullable): what to store, in memory that is not swapped */
  gboolean         interactive; /* may ask for the keyring's password */

  SecretService   *service;     /* (owned) (nullable): the Secret Service, once reached */
  gboolean         unlocked;    /* unlocking was tried: a second look is the last */
} PurserVaultJob;

void                purser_vault_job_free       (PurserVaultJob *job);
const SecretSchema *purser_vault_schema         (void);
void                purser_vault_service_run    (GTask *task); /* (transfer full) */
gboolean            purser_vault_file_is_used   (void);
void                purser_vault_file_run       (GTask *task); /* (transfer full) */

/* Keys: trimmed, checked and copied to memory that is not swapped; from the environment or a systemd credential. */
char               *purser_vault_key_check      (const char *typed, GError **error);
char               *purser_vault_key_from_env   (const char *name, GError **error);
gboolean            purser_vault_key_name_is_ok (const char *name);

/* What a failure below us means, in words that say what to do. */
GError             *purser_vault_explain        (GError *error); /* (transfer full) both ways */
GError             *purser_vault_error_locked   (void);
GError             *purser_vault_error_missing  (void);
GError             *purser_vault_error_no_bus   (void);
void purser_vault_return_error (GTask *task, GError *error); /* (transfer full) both; cancellation stays itself */

G_END_DECLS
