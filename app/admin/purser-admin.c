/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-admin.h"

#include "purser-command-private.h"

/* A command is one transaction. One that brings a provider's key is three steps: the row (still naming no key), the key into the vault, then
 * the row names the key's version. So a row never names a key that is not there, and where the keyring refuses, a provider just added goes
 * again and the caller still has everything that was typed. */
struct _PurserAdmin
{
  GObject      parent_instance;
  PurserStore *store; /* (owned) */
  PurserVault *vault; /* (owned) */
  char        *actor; /* (owned) */
  PurserPriceList *list; /* (owned) (nullable) what new models are priced by; NULL: the shipped one */
};

G_DEFINE_FINAL_TYPE (PurserAdmin, purser_admin, G_TYPE_OBJECT)

static gboolean
audit_and_raise (PurserDb *db, PurserCommand *command, const char *action, GError **error)
{
  return purser_audit_add (db, command->actor, action, command->subject != NULL ? command->subject : "organisation",
                           command->before, command->after, error) &&
         purser_catalogue_raise (db, error);
}

static gboolean
apply_job (PurserDb *db, gpointer data, GError **error)
{
  PurserCommand *command = data;
  g_autoptr (PurserOrg) org = purser_catalogue_load (db, error);
  return org != NULL && command->apply (command, db, org, error) && (command->same || audit_and_raise (db, command, command->action, error));
}

/* The key is in the vault: now the row may name it. */
static gboolean
name_key_job (PurserDb *db, gpointer data, GError **error)
{
  PurserCommand *command = data;
  g_autoptr (PurserOrg) org = purser_catalogue_load (db, error);
  if (org == NULL)
    return FALSE;
  const PurserProvider *now = purser_org_provider (org, command->key_provider);
  if (now == NULL)
    return purser_command_fail (error, PURSER_STORE_ERROR_NOT_FOUND, "%s", purser_command_gone ());
  g_autoptr (PurserProvider) changed = purser_provider_copy (now);
  changed->key_version = command->key_version;
  changed->key_set_at = purser_db_now (db);
  g_clear_pointer (&changed->key_env, g_free);
  purser_command_replace (&command->before, NULL);
  purser_command_replace (&command->after, g_strdup_printf ("{\"key_version\":%" G_GINT64_FORMAT "}", command->key_version));
  return purser_catalogue_put_provider (db, changed, error) != 0 && audit_and_raise (db, command, "provider.key", error);
}

/* The vault refused: a provider that was only just added goes again. */
static gboolean
take_back_job (PurserDb *db, gpointer data, GError **error)
{
  PurserCommand *command = data;
  return purser_catalogue_remove_provider (db, command->key_provider, TRUE, error) &&
         audit_and_raise (db, command, "provider.add-undone", error);
}

static void
return_outcome (GTask *task)
{
  PurserCommand *command = g_task_get_task_data (task);
  g_task_return_pointer (task, g_steal_pointer (&command->outcome), (GDestroyNotify) purser_outcome_free);
}

static void
named_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PurserAdmin *self = g_task_get_source_object (task);
  PurserCommand *command = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  if (!purser_store_run_finish (PURSER_STORE (source), result, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (command->key_version > 1) /* the key before this one is of no more use; if it stays, nothing reads it */
    purser_vault_clear_async (self->vault, command->key_provider, command->key_version - 1, NULL, NULL, NULL);
  return_outcome (task);
}

static void
taken_back_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *why = g_object_steal_data (G_OBJECT (task), "why");
  g_autoptr (GError) error = NULL;
  if (!purser_store_run_finish (PURSER_STORE (source), result, &error))
    g_warning ("Cannot take back the provider whose key could not be stored: %s", error->message);
  g_task_return_error (task, why);
}

static void
key_stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PurserAdmin *self = g_task_get_source_object (task);
  PurserCommand *command = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  if (purser_vault_store_finish (PURSER_VAULT (source), result, &error))
    purser_store_write_async (self->store, TRUE, name_key_job, command, NULL, NULL, named_cb, g_steal_pointer (&task));
  else if (command->key_for_new)
    {
      g_object_set_data_full (G_OBJECT (task), "why", g_steal_pointer (&error), (GDestroyNotify) g_error_free);
      purser_store_write_async (self->store, TRUE, take_back_job, command, NULL, NULL, taken_back_cb, g_steal_pointer (&task));
    }
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
applied_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PurserAdmin *self = g_task_get_source_object (task);
  PurserCommand *command = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GError) error = NULL;
  if (!purser_store_run_finish (PURSER_STORE (source), result, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (command->key_provider != 0)
    purser_vault_store_async (self->vault, command->key_provider, command->key_version, command->key_label, command->key, cancellable,
                              key_stored_cb, g_steal_pointer (&task));
  else
    return_outcome (task);
}

static void
purser_admin_dispose (GObject *object)
{
  PurserAdmin *self = PURSER_ADMIN (object);
  g_clear_object (&self->store);
  g_clear_object (&self->vault);
  g_clear_pointer (&self->actor, g_free);
  g_clear_pointer (&self->list, purser_price_list_unref);
  G_OBJECT_CLASS (purser_admin_parent_class)->dispose (object);
}

static void
purser_admin_class_init (PurserAdminClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = purser_admin_dispose;
}

static void
purser_admin_init (PurserAdmin *self)
{
}

/**
 * purser_admin_new:
 * @actor: who makes the changes, for the audit trail
 *
 * Returns: (transfer full): what runs commands on @store
 */
PurserAdmin *
purser_admin_new (PurserStore *store, PurserVault *vault, const char *actor)
{
  PurserAdmin *self = g_object_new (PURSER_TYPE_ADMIN, NULL);
  self->store = g_object_ref (store);
  self->vault = g_object_ref (vault);
  self->actor = g_strdup (actor);
  return self;
}

/**
 * purser_admin_set_price_list:
 * @list: (nullable): what models that are registered from now on are priced by; %NULL: the list in the program
 */
void
purser_admin_set_price_list (PurserAdmin *self, PurserPriceList *list)
{
  g_clear_pointer (&self->list, purser_price_list_unref);
  self->list = list != NULL ? purser_price_list_ref (list) : NULL;
}

PurserStore *
purser_admin_get_store (PurserAdmin *self)
{
  return self->store;
}

const char *
purser_admin_get_actor (PurserAdmin *self)
{
  return self->actor;
}

/**
 * purser_admin_run_async:
 * @command: (transfer full)
 *
 * Applies @command, writes its audit link and raises the generation, in one synced transaction; a provider's key goes to the vault.
 */
void
purser_admin_run_async (PurserAdmin *self, PurserCommand *command, GCancellable *cancellable, GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, purser_admin_run_async);
  g_task_set_check_cancellable (task, FALSE); /* what is written is written */
  command->actor = g_strdup (self->actor);
  if (command->list == NULL && self->list != NULL)
    command->list = purser_price_list_ref (self->list);
  g_task_set_task_data (task, command, (GDestroyNotify) purser_command_free);
  purser_store_write_async (self->store, TRUE, apply_job, command, NULL, cancellable, applied_cb, task);
}

PurserOutcome *
purser_admin_run_finish (PurserAdmin *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
run_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/**
 * purser_admin_run:
 * @command: (transfer full)
 *
 * The blocking twin of purser_admin_run_async(), for programs without a main loop of their own.
 */
PurserOutcome *
purser_admin_run (PurserAdmin *self, PurserCommand *command, GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_main_context_push_thread_default (context);
  purser_admin_run_async (self, command, NULL, run_done_cb, &result);
  while (result == NULL)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
  return purser_admin_run_finish (self, result, error);
}
