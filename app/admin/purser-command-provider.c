/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-command-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static char *
describe (const PurserProvider *p)
{
  g_autofree char *multiplier = g_strdup_printf ("%" G_GINT64_FORMAT, p->multiplier_ppm);
  return purser_command_json ("kind", p->kind->id, "name", p->name, "address", p->address, "ca_file", p->ca_file, "key_env", p->key_env,
                              "multiplier_ppm", multiplier, "enabled", p->enabled ? "yes" : "no", NULL);
}

/* Stores CHANGED and tells the audit trail what it was. */
static gboolean
put (PurserCommand *command, PurserDb *db, const PurserProvider *before, const PurserProvider *changed, GError **error)
{
  command->before = before != NULL ? describe (before) : NULL;
  command->after = describe (changed);
  command->outcome->id = purser_catalogue_put_provider (db, changed, error);
  purser_command_subject (command, "provider", command->outcome->id);
  return command->outcome->id != 0;
}

/* The key follows this transaction into the vault (purser-admin.c). */
static void
bring_key (PurserCommand *command, const PurserOrg *org, gint64 provider_id, const char *name, gint64 version)
{
  command->key_provider = provider_id;
  command->key_version = version;
  command->key_label = g_strdup_printf ("Purser: %s (%s)", name, org->name);
}

static gboolean
ca_file_readable (const char *path, GError **error)
{
  if (path == NULL || *path == '\0')
    return TRUE;
  g_autofree char *content = NULL;
  g_autoptr (GError) why = NULL;
  if (!g_file_get_contents (path, &content, NULL, &why))
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("The file of certificates cannot be read: %s"), why->message);
  if (strstr (content, "-----BEGIN CERTIFICATE-----") == NULL)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED,
                                _("“%s” holds no certificate. Choose a PEM file: a text file with the line “-----BEGIN CERTIFICATE-----”."), path);
  return TRUE;
}

static gboolean
key_env_valid (const char *name, GError **error)
{
  if (name == NULL || (*name != '\0' && strspn (name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == strlen (name)))
    return TRUE;
  return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("“%s” is not the name of an environment variable. Give the name, never the key itself."), name);
}

static gboolean
apply_add (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const PurserKind *kind = purser_kind_get (command->kind);
  if (kind == NULL)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("“%s” is not a kind of provider Purser knows."), command->kind);
  g_autofree char *address = purser_kind_normalise_address (kind, command->address != NULL ? command->address : kind->address, error);
  if (address == NULL || !ca_file_readable (command->ca_file, error) || !key_env_valid (command->key_env, error))
    return FALSE;
  g_autofree char *name = command->name != NULL ? g_strstrip (g_strdup (command->name)) : purser_command_free_name (org, kind->name, purser_command_provider_taken);
  if (!purser_name_check (name, FALSE, error))
    return FALSE;
  if (purser_command_provider_taken (org, name))
    return purser_command_fail (error, PURSER_STORE_ERROR_CONSTRAINT, _("There is a provider called “%s” already. Give this one another name."), name);
  g_autofree char *ca_file = purser_command_text (command->ca_file);
  PurserProvider provider = { .kind = kind, .name = name, .address = address, .ca_file = ca_file, .key_env = command->key_env,
                              .multiplier_ppm = PURSER_PPM, .enabled = kind->retired_on == NULL };
  if (!put (command, db, NULL, &provider, error))
    return FALSE;
  if (command->key != NULL)
    {
      bring_key (command, org, command->outcome->id, name, 1);
      command->key_for_new = TRUE;
    }
  return TRUE;
}

/**
 * purser_command_add_provider:
 * @kind: a kind's id
 * @name: (nullable): else the kind's own, made unique
 * @address: (nullable): else the kind's own
 * @key: (nullable): goes to the vault and nowhere else
 * @key_env: (nullable): name of the environment variable that holds the key instead
 * @ca_file: (nullable): PEM file of a company's own authority
 */
PurserCommand *
purser_command_add_provider (const char *kind, const char *name, const char *address, const char *key, const char *key_env,
                             const char *ca_file)
{
  PurserCommand *command = purser_command_new ("provider.add", apply_add);
  command->kind = g_strdup (kind);
  command->name = g_strdup (name);
  command->address = g_strdup (address);
  command->key = purser_command_text (key);
  command->key_env = purser_command_text (key_env);
  command->ca_file = g_strdup (ca_file);
  return command;
}

static gboolean
apply_set (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const PurserProvider *now = purser_command_provider (command, org, error);
  if (now == NULL)
    return FALSE;
  g_autoptr (PurserProvider) changed = purser_provider_copy (now);
  if (command->name != NULL)
    {
      purser_command_replace (&changed->name, g_strstrip (g_strdup (command->name)));
      const PurserProvider *other = purser_org_provider_named (org, changed->name);
      if (other != NULL && other->id != now->id)
        return purser_command_fail (error, PURSER_STORE_ERROR_CONSTRAINT, _("There is a provider called “%s” already."), changed->name);
      if (!purser_name_check (changed->name, FALSE, error))
        return FALSE;
    }
  if (command->address != NULL)
    {
      char *address = purser_kind_normalise_address (now->kind, command->address, error);
      if (address == NULL)
        return FALSE;
      purser_command_replace (&changed->address, address);
    }
  if (command->ca_file != NULL)
    {
      if (!ca_file_readable (command->ca_file, error))
        return FALSE;
      purser_command_replace (&changed->ca_file, purser_command_text (command->ca_file));
    }
  return put (command, db, now, changed, error);
}

/** purser_command_set_provider: NULL leaves a member as it is; an empty @ca_file means none. */
PurserCommand *
purser_command_set_provider (gint64 id, const char *name, const char *address, const char *ca_file)
{
  PurserCommand *command = purser_command_new ("provider.set", apply_set);
  command->id = id;
  command->name = g_strdup (name);
  command->address = g_strdup (address);
  command->ca_file = g_strdup (ca_file);
  return command;
}

static gboolean
apply_set_key (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const PurserProvider *now = purser_command_provider (command, org, error);
  if (now == NULL)
    return FALSE;
  purser_command_subject (command, "provider", now->id);
  command->outcome->id = now->id;
  command->before = g_strdup_printf ("{\"key_version\":%" G_GINT64_FORMAT "}", now->key_version);
  bring_key (command, org, now->id, now->name, now->key_version + 1);
  return TRUE;
}

/** purser_command_set_provider_key: a new key replaces the old one in the vault; the row's key version rises. */
PurserCommand *
purser_command_set_provider_key (gint64 id, const char *key)
{
  PurserCommand *command = purser_command_new ("provider.replace-key", apply_set_key);
  command->id = id;
  command->key = g_strdup (key);
  return command;
}

static gboolean
apply_enable (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const PurserProvider *now = purser_command_provider (command, org, error);
  if (now == NULL)
    return FALSE;
  g_autoptr (PurserProvider) changed = purser_provider_copy (now);
  changed->enabled = command->flag;
  return put (command, db, now, changed, error);
}

/** purser_command_enable_provider: a provider switched off is skipped by every workload. */
PurserCommand *
purser_command_enable_provider (gint64 id, gboolean enabled)
{
  PurserCommand *command = purser_command_new ("provider.enable", apply_enable);
  command->id = id;
  command->flag = enabled;
  return command;
}

static gboolean
apply_remove (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  command->outcome->id = command->id;
  purser_command_subject (command, "provider", command->id);
  if (command->flag)
    {
      const PurserProvider *now = purser_command_provider (command, org, error);
      if (now == NULL)
        return FALSE;
      command->before = describe (now);
    }
  return purser_catalogue_remove_provider (db, command->id, command->flag, error);
}

/** purser_command_remove_provider: marks it removed; its key stays in the vault so that Undo brings back all of it. */
PurserCommand *
purser_command_remove_provider (gint64 id)
{
  PurserCommand *command = purser_command_new ("provider.remove", apply_remove);
  command->id = id;
  command->flag = TRUE;
  return command;
}

/** purser_command_restore_provider: undoes the removal. */
PurserCommand *
purser_command_restore_provider (gint64 id)
{
  PurserCommand *command = purser_command_new ("provider.restore", apply_remove);
  command->id = id;
  return command;
}

static gboolean
apply_check (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const PurserProvider *now = purser_command_provider (command, org, error);
  if (now == NULL)
    return FALSE;
  g_autoptr (PurserProvider) changed = purser_provider_copy (now);
  changed->checked_at = purser_db_now (db);
  purser_command_replace (&changed->check_result, g_strdup (command->text));
  return put (command, db, now, changed, error);
}

/** purser_command_set_check: keeps what the last connection check found; NULL = it worked. */
PurserCommand *
purser_command_set_check (gint64 provider_id, const char *problem)
{
  PurserCommand *command = purser_command_new ("provider.check", apply_check);
  command->id = provider_id;
  command->text = g_strdup (problem);
  return command;
}
