/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-vault-private.h"

#include <glib/gi18n-lib.h>

struct _PurserVault
{
  GObject  parent_instance;
  char    *org_uid;     /* (owned) (not nullable) */
  gboolean interactive;
};

G_DEFINE_FINAL_TYPE (PurserVault, purser_vault, G_TYPE_OBJECT)

/* What lies in the keyring; keys of earlier releases are found by these names, so they never change. */
static const SecretSchema schema = {
  PURSER_APP_ID ".ProviderKey", SECRET_SCHEMA_NONE,
  {
    { "application", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "org", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { "provider", SECRET_SCHEMA_ATTRIBUTE_INTEGER },
    { "version", SECRET_SCHEMA_ATTRIBUTE_INTEGER },
 }
};

const SecretSchema *
purser_vault_schema (void)
{
  return &schema;
}

void
purser_vault_job_free (PurserVaultJob *job)
{
  g_hash_table_unref (job->attributes);
  g_clear_object (&job->service);
  g_free (job->label);
  purser_vault_key_free (job->key);
  g_free (job);
}

static void
purser_vault_finalize (GObject *object)
{
  PurserVault *self = PURSER_VAULT (object);
  g_free (self->org_uid);
  G_OBJECT_CLASS (purser_vault_parent_class)->finalize (object);
}

static void
purser_vault_class_init (PurserVaultClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = purser_vault_finalize;
}

static void
purser_vault_init (PurserVault *self)
{
}

/* Built by hand: secret_attributes_build() takes integers as int, and row ids are wider. */
static GHashTable *
build_attributes (PurserVault *self, gint64 provider_id, gint64 key_version)
{
  GHashTable *attributes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_hash_table_insert (attributes, (gpointer) "application", g_strdup (PURSER_APP_ID));
  g_hash_table_insert (attributes, (gpointer) "org", g_strdup (self->org_uid));
  g_hash_table_insert (attributes, (gpointer) "provider", g_strdup_printf ("%" G_GINT64_FORMAT, provider_id));
  if (key_version > 0)
    g_hash_table_insert (attributes, (gpointer) "version", g_strdup_printf ("%" G_GINT64_FORMAT, key_version));
  return attributes;
}

static gboolean
may_ask (PurserVault *self)
{
  const char *environment = g_getenv ("PURSER_KEYRING_PROMPT");
  return environment != NULL && *environment != '\0' ? g_strcmp0 (environment, "0") != 0 : self->interactive;
}

static void
run (GTask *task, PurserVaultVerb verb, gint64 provider_id, gint64 key_version, const char *label, char *key)
{
  PurserVault *self = g_task_get_source_object (task);
  PurserVaultJob *job = g_new0 (PurserVaultJob, 1);
  job->verb = verb;
  job->attributes = build_attributes (self, provider_id, key_version);
  job->label = g_strdup (label);
  job->key = key;
  job->interactive = may_ask (self);
  g_task_set_task_data (task, job, (GDestroyNotify) purser_vault_job_free);
  if (purser_vault_file_is_used ())
    purser_vault_file_run (task);
  else
    purser_vault_service_run (task);
}

static void
environment_thread (GTask *task, gpointer source, gpointer name, GCancellable *cancellable)
{
  GError *error = NULL;
  char *key = purser_vault_key_from_env (name, &error);
  if (key != NULL)
    g_task_return_pointer (task, key, (GDestroyNotify) purser_vault_key_free);
  else
    g_task_return_error (task, error);
}

/**
 * purser_vault_new:
 * @org_uid: the random id that the organisation's file keeps
 *
 * Returns: (transfer full): the vault of that organisation
 */
PurserVault *
purser_vault_new (const char *org_uid)
{
  g_return_val_if_fail (org_uid != NULL && *org_uid != '\0', NULL);
  PurserVault *self = g_object_new (PURSER_TYPE_VAULT, NULL);
  self->org_uid = g_strdup (org_uid);
  return self;
}

/**
 * purser_vault_set_interactive:
 * @interactive: whether somebody sits in front of this process
 *
 * Lets a locked keyring ask for its password, instead of failing with %PURSER_VAULT_ERROR_LOCKED at once.
 */
void
purser_vault_set_interactive (PurserVault *self, gboolean interactive)
{
  g_return_if_fail (PURSER_IS_VAULT (self));
  self->interactive = interactive;
}

/**
 * purser_vault_lookup_async:
 * @key_env: (nullable): read this environment variable or systemd credential and leave the keyring alone
 *
 * Reads one version of a provider's key.
 */
void
purser_vault_lookup_async (PurserVault *self, gint64 provider_id, gint64 key_version, const char *key_env,
                           GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (PURSER_IS_VAULT (self));
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, purser_vault_lookup_async);
  if (key_env == NULL)
    {
      if (key_version > 0)
        run (task, PURSER_VAULT_LOOKUP, provider_id, key_version, NULL, NULL);
      else
        purser_vault_return_error (task, purser_vault_error_missing ());
      return;
    }
  g_task_set_task_data (task, g_strdup (key_env), g_free);
  g_task_run_in_thread (task, environment_thread);
  g_object_unref (task);
}

/**
 * purser_vault_lookup_finish:
 *
 * Returns: (transfer full) (nullable): the key, for purser_vault_key_free()
 */
char *
purser_vault_lookup_finish (PurserVault *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, purser_vault_lookup_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * purser_vault_store_async:
 * @key_version: the version this key gets, from 1
 * @label: what the keyring's own tools show
 * @key: as typed or pasted; it may be wiped as soon as this returns
 *
 * Puts a key into the keyring. A key of the same version is replaced, other versions stay until they are cleared.
 */
void
purser_vault_store_async (PurserVault *self, gint64 provider_id, gint64 key_version, const char *label, const char *key,
                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (PURSER_IS_VAULT (self));
  g_return_if_fail (key_version > 0);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, purser_vault_store_async);
  GError *error = NULL;
  char *checked = purser_vault_key_check (key, &error);
  if (checked == NULL)
    purser_vault_return_error (task, error);
  else
    run (task, PURSER_VAULT_STORE, provider_id, key_version, label != NULL ? label : _("Purser: provider key"),
         checked);
}

gboolean
purser_vault_store_finish (PurserVault *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, purser_vault_store_async), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * purser_vault_clear_async:
 * @key_version: the version to remove, or 0 for every version
 *
 * Removes a provider's key. What is not there is cleared already: that succeeds.
 */
void
purser_vault_clear_async (PurserVault *self, gint64 provider_id, gint64 key_version,
                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_return_if_fail (PURSER_IS_VAULT (self));
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, purser_vault_clear_async);
  run (task, PURSER_VAULT_CLEAR, provider_id, key_version, NULL, NULL);
}

gboolean
purser_vault_clear_finish (PurserVault *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, purser_vault_clear_async), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
