/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-command-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/random.h>

/* Access keys: made, narrowed, revoked. A key's secret leaves here once, with the outcome; the file keeps its hash. */

/* 256 random bits from the kernel, as base64url without padding. */
static char *
new_secret (void)
{
  guint8 bits[32];
  gsize have = 0;
  while (have < sizeof bits)
    {
      ssize_t n = getrandom (bits + have, sizeof bits - have, 0);
      if (n > 0)
        have += n;
      else if (errno != EINTR)
        g_error ("The kernel gives no random numbers: %s", g_strerror (errno)); /* nothing secret can be made then */
    }
  g_autofree char *text = g_base64_encode (bits, sizeof bits);
  explicit_bzero (bits, sizeof bits);
  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  g_strdelimit (text, "=", '\0');
  char *secret = g_strconcat ("purser-", text, NULL);
  explicit_bzero (text, strlen (text));
  return secret;
}

static gint64
add_key (PurserCommand *command, PurserDb *db, gint64 principal_id, GError **error)
{
  command->outcome->secret = new_secret ();
  const char *hint = command->outcome->secret + strlen (command->outcome->secret) - 4;
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, command->outcome->secret, -1);
  command->outcome->id = purser_catalogue_add_access_key (db, principal_id, hash, hint, error);
  return command->outcome->id;
}

/* ------------------------------------------------------------------ what a key may ask for, and until when */

static gboolean
holds (const gint64 *ids, guint n, gint64 id)
{
  for (guint i = 0; i < n; i++)
    if (ids[i] == id)
      return TRUE;
  return FALSE;
}

static guint
without_doubles (gint64 *ids, guint n)
{
  guint kept = 0;
  for (guint i = 0; i < n; i++)
    if (!holds (ids, kept, ids[i]))
      ids[kept++] = ids[i];
  return kept;
}

static gint64 *
copy_ids (const gint64 *ids, guint *n)
{
  gint64 *copy = *n > 0 ? g_memdup2 (ids, *n * sizeof *ids) : NULL;
  *n = copy != NULL ? without_doubles (copy, *n) : 0;
  return copy;
}

static PurserAccessKey *
copy_key (const PurserAccessKey *key)
{
  PurserAccessKey *copy = g_new0 (PurserAccessKey, 1);
  copy->id = key->id;
  copy->principal_id = key->principal_id;
  copy->expires_at = key->expires_at;
  copy->any_model = key->any_model != FALSE;
  copy->n_workloads = key->n_workloads;
  copy->n_models = key->n_models;
  copy->workloads = copy_ids (key->workloads, &copy->n_workloads);
  copy->models = copy_ids (key->models, &copy->n_models);
  return copy;
}

/* What was removed meanwhile may stay in the list of a key that has it already: it comes back with an Undo. */
static gboolean
all_known (const PurserOrg *org, const PurserAccessKey *key, const PurserAccessKey *now, GError **error)
{
  for (guint i = 0; i < key->n_workloads; i++)
    if (purser_org_workload (org, key->workloads[i]) == NULL && (now == NULL || !holds (now->workloads, now->n_workloads, key->workloads[i])))
      return purser_command_fail (error, PURSER_STORE_ERROR_NOT_FOUND, _("One of these workloads is no longer there. Choose again."));
  for (guint i = 0; i < key->n_models; i++)
    if (purser_org_model (org, key->models[i]) == NULL && (now == NULL || !holds (now->models, now->n_models, key->models[i])))
      return purser_command_fail (error, PURSER_STORE_ERROR_NOT_FOUND, _("One of these models is no longer there. Choose again."));
  return TRUE;
}

static gboolean
check (PurserDb *db, const PurserOrg *org, const PurserAccessKey *key, const PurserAccessKey *now, GError **error)
{
  gboolean new_end = key->expires_at != 0 && (now == NULL || key->expires_at != now->expires_at);
  if (key->expires_at < 0 || (new_end && key->expires_at <= purser_db_now (db)))
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("The key would have expired already. Choose a later day, or none."));
  return all_known (org, key, now, error);
}

static JsonArray *
workload_names (const PurserOrg *org, const PurserAccessKey *key)
{
  JsonArray *names = json_array_new ();
  for (guint i = 0; i < key->n_workloads; i++)
    {
      const PurserWorkload *workload = purser_org_workload (org, key->workloads[i]);
      json_array_add_string_element (names, workload != NULL ? workload->name : "?");
    }
  return names;
}

static JsonArray *
model_names (const PurserOrg *org, const PurserAccessKey *key)
{
  JsonArray *names = json_array_new ();
  for (guint i = 0; i < key->n_models; i++)
    {
      const PurserModel *model = purser_org_model (org, key->models[i]);
      g_autofree char *ref = model != NULL ? purser_org_model_ref_of (org, model) : g_strdup ("?");
      json_array_add_string_element (names, ref);
    }
  return names;
}

/* For the audit trail: "workloads" is null where it may ask for all. */
static JsonObject *
describe (const PurserOrg *org, const PurserAccessKey *key)
{
  JsonObject *object = json_object_new ();
  g_autofree char *expires = key->expires_at != 0 ? purser_command_time (key->expires_at) : NULL;
  if (expires != NULL)
    json_object_set_string_member (object, "expires", expires);
  else
    json_object_set_null_member (object, "expires");
  if (key->n_workloads > 0)
    json_object_set_array_member (object, "workloads", workload_names (org, key));
  else
    json_object_set_null_member (object, "workloads");
  json_object_set_array_member (object, "models", model_names (org, key));
  json_object_set_boolean_member (object, "any_model", key->any_model);
  return object;
}

static gboolean
is_narrowed (const PurserAccessKey *key)
{
  return key->expires_at != 0 || key->n_workloads > 0 || key->n_models > 0 || key->any_model;
}

static gboolean
apply_create (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  PurserAccessKey *key = command->asked;
  command->id = key->principal_id;
  if (purser_command_principal (command, org, error) == NULL || !check (db, org, key, NULL, error))
    return FALSE;
  key->id = add_key (command, db, key->principal_id, error);
  if (key->id == 0 || (is_narrowed (key) && !purser_catalogue_set_access_key (db, key, error)))
    return FALSE;
  JsonObject *after = is_narrowed (key) ? describe (org, key) : json_object_new ();
  json_object_set_int_member (after, "access_key", key->id);
  purser_command_subject (command, "principal", key->principal_id);
  command->after = purser_command_take_json (after);
  return TRUE;
}

static gboolean
apply_set (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  PurserAccessKey *key = command->asked;
  const PurserAccessKey *now = purser_org_access_key (org, key->id);
  if (now == NULL)
    return purser_command_fail (error, PURSER_STORE_ERROR_NOT_FOUND, "%s", purser_command_gone ());
  if (now->revoked_at != 0)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("The key that ends in %s is revoked, and stays so. Make a new one."), now->hint);
  if (!check (db, org, key, now, error))
    return FALSE;
  command->before = purser_command_take_json (describe (org, now));
  command->after = purser_command_take_json (describe (org, key));
  command->same = g_str_equal (command->before, command->after);
  command->outcome->id = key->id;
  purser_command_subject (command, "access-key", key->id);
  return command->same || purser_catalogue_set_access_key (db, key, error);
}

/**
 * purser_command_set_key:
 * @key: copied; with @key->id 0 a new one is made for its principal, and the outcome's secret is shown once
 *
 * What a key may ask for, and until when. No workload means all of them. A revoked key cannot be changed.
 */
PurserCommand *
purser_command_set_key (const PurserAccessKey *key)
{
  PurserCommand *command = key->id != 0 ? purser_command_new ("access-key.set", apply_set) : purser_command_new ("access-key.create", apply_create);
  command->asked = copy_key (key);
  command->asked_free = (GDestroyNotify) purser_access_key_free;
  return command;
}

/** purser_command_create_key: a new access key for a person or agent; only its hash is stored, the outcome's secret is shown once. */
PurserCommand *
purser_command_create_key (gint64 principal_id)
{
  PurserAccessKey key = { .principal_id = principal_id };
  return purser_command_set_key (&key);
}

/* ------------------------------------------------------------------ the end of a key */

gboolean
purser_command_revoke_keys (PurserDb *db, const PurserOrg *org, gint64 principal_id, GError **error)
{
  for (guint i = 0; i < org->access_keys->len; i++)
    {
      const PurserAccessKey *key = g_ptr_array_index (org->access_keys, i);
      if (key->principal_id == principal_id && key->revoked_at == 0 && !purser_catalogue_revoke_access_key (db, key->id, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
apply_revoke (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const PurserAccessKey *now = purser_org_access_key (org, command->id);
  command->same = now != NULL && now->revoked_at != 0;
  command->outcome->id = command->id;
  purser_command_subject (command, "access-key", command->id);
  return purser_catalogue_revoke_access_key (db, command->id, error);
}

/** purser_command_revoke_key: calls with this key are refused from the commit on; there is no way back. */
PurserCommand *
purser_command_revoke_key (gint64 key_id)
{
  PurserCommand *command = purser_command_new ("access-key.revoke", apply_revoke);
  command->id = key_id;
  return command;
}
