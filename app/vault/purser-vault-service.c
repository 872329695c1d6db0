/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "purser-vault-private.h"

#include <glib/gi18n-lib.h>

/* The Secret Service: bus → service → for a look-up first search → is the default collection locked? →
 * unlock, if somebody can be asked → act. A look-up searches by itself and does not use
 * secret_password_lookup(): that one puts a prompt on the screen unasked. */

static void service_cb    (GObject *object, GAsyncResult *result, gpointer user_data);
static void search_cb     (GObject *object, GAsyncResult *result, gpointer user_data);
static void collection_cb (GObject *object, GAsyncResult *result, gpointer user_data);
static void unlock_cb     (GObject *object, GAsyncResult *result, gpointer user_data);
static void act           (GTask *task);
static void changed_cb    (GObject *object, GAsyncResult *result, gpointer user_data);

static void
bus_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GDBusConnection) bus = g_bus_get_finish (result, &error);
  if (bus != NULL)
    secret_service_get (SECRET_SERVICE_OPEN_SESSION, g_task_get_cancellable (task), service_cb, task);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    purser_vault_return_error (task, g_steal_pointer (&error));
  else
    purser_vault_return_error (task, purser_vault_error_no_bus ());
}

static void
check_lock (GTask *task)
{
  PurserVaultJob *job = g_task_get_task_data (task);
  secret_collection_for_alias (job->service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE,
                               g_task_get_cancellable (task), collection_cb, task);
}

static void
search (GTask *task)
{
  PurserVaultJob *job = g_task_get_task_data (task);
  secret_service_search (job->service, purser_vault_schema (), job->attributes,
                         SECRET_SEARCH_ALL | SECRET_SEARCH_LOAD_SECRETS, g_task_get_cancellable (task), search_cb,
                         task);
}

static void
service_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  PurserVaultJob *job = g_task_get_task_data (task);
  GError *error = NULL;
  job->service = secret_service_get_finish (result, &error);
  if (job->service == NULL)
    purser_vault_return_error (task, error);
  else if (job->verb == PURSER_VAULT_LOOKUP)
    search (task);
  else
    check_lock (task);
}

static char *
first_key (GList *items)
{
  for (GList *l = items; l != NULL; l = l->next)
    {
      SecretValue *value = secret_item_get_locked (l->data) ? NULL : secret_item_get_secret (l->data);
      if (value != NULL)
        return secret_value_unref_to_password (value, NULL);
    }
  return NULL;
}

static void
search_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  PurserVaultJob *job = g_task_get_task_data (task);
  GError *error = NULL;
  GList *items = secret_service_search_finish (job->service, result, &error);
  char *key = first_key (items);
  gboolean locked = items != NULL && key == NULL;
  g_list_free_full (items, g_object_unref);
  if (error != NULL)
    purser_vault_return_error (task, error);
  else if (key != NULL)
    {
      g_task_return_pointer (task, key, (GDestroyNotify) purser_vault_key_free);
      g_object_unref (task);
    }
  else if (!job->unlocked)
    check_lock (task);
  else
    purser_vault_return_error (task, locked ? purser_vault_error_locked () : purser_vault_error_missing ());
}

/* After the lock: a look-up that found nothing in an open keyring is over. */
static void
proceed (GTask *task)
{
  PurserVaultJob *job = g_task_get_task_data (task);
  if (job->verb != PURSER_VAULT_LOOKUP)
    act (task);
  else if (job->unlocked)
    search (task);
  else
    purser_vault_return_error (task, purser_vault_error_missing ());
}

static void
collection_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  PurserVaultJob *job = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(SecretCollection) collection = secret_collection_for_alias_finish (result, &error);
  if (error != NULL)
    purser_vault_return_error (task, error);
  else if (collection == NULL && job->verb == PURSER_VAULT_STORE && !job->interactive)
    purser_vault_return_error (task, g_error_new_literal (PURSER_VAULT_ERROR, PURSER_VAULT_ERROR_ABSENT,
                                                          _("The keyring service runs but has no default keyring yet. "
                                                             "Make one in Passwords and Keys, or name an environment "
                                                             "variable with --key-env")));
  else if (collection == NULL || !secret_collection_get_locked (collection))
    proceed (task);
  else if (!job->interactive)
    purser_vault_return_error (task, purser_vault_error_locked ());
  else
    {
      g_autoptr(GList) objects = g_list_prepend (NULL, collection);
      secret_service_unlock (job->service, objects, g_task_get_cancellable (task), unlock_cb, task);
    }
}

static void
unlock_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  PurserVaultJob *job = g_task_get_task_data (task);
  GError *error = NULL;
  int unlocked = secret_service_unlock_finish (job->service, result, NULL, &error);
  job->unlocked = TRUE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    purser_vault_return_error (task, error);
  else if (unlocked < 1) /* dismissed, or nothing on this machine can ask */
    {
      g_clear_error (&error);
      purser_vault_return_error (task, purser_vault_error_locked ());
    }
  else
    proceed (task);
}

static void
act (GTask *task)
{
  PurserVaultJob *job = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  if (job->verb == PURSER_VAULT_STORE)
    secret_password_storev (purser_vault_schema (), job->attributes, SECRET_COLLECTION_DEFAULT, job->label, job->key,
                            cancellable, changed_cb, task);
  else
    secret_password_clearv (purser_vault_schema (), job->attributes, cancellable, changed_cb, task);
}

static void
changed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  PurserVaultJob *job = g_task_get_task_data (task);
  GError *error = NULL;
  if (job->verb == PURSER_VAULT_STORE)
    secret_password_store_finish (result, &error);
  else
    secret_password_clear_finish (result, &error); /* FALSE without an error: there was nothing to clear */
  if (error != NULL)
    {
      purser_vault_return_error (task, error);
      return;
    }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

void
purser_vault_service_run (GTask *task)
{
  g_bus_get (G_BUS_TYPE_SESSION, g_task_get_cancellable (task), bus_cb, task);
}
