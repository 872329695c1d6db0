/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-command-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/random.h>

static gboolean
name_is_free (const PurserOrg *org, const char *name, gint64 self, GError **error)
{
  const PurserPrincipal *other = purser_org_principal_named (org, name);
  if (other != NULL && other->id != self)
    return purser_command_fail (error, PURSER_STORE_ERROR_CONSTRAINT, _("There is already someone called “%s”."), name);
  return purser_name_check (name, TRUE, error);
}

/* "" = none, NULL = as it was; a new name makes the team. */
static gboolean
team_of (PurserDb *db, const PurserOrg *org, const char *name, gint64 *team_id, GError **error)
{
  if (name == NULL)
    return TRUE;
  *team_id = 0;
  if (*name == '\0')
    return TRUE;
  const PurserTeam *team = purser_org_team_named (org, name);
  if (team != NULL)
    *team_id = team->id;
  else if (purser_name_check (name, TRUE, error))
    *team_id = purser_catalogue_put_team (db, 0, name, error);
  return *team_id != 0;
}

static gboolean
owner_is_person (const PurserOrg *org, gint64 owner_id, GError **error)
{
  const PurserPrincipal *owner = purser_org_principal (org, owner_id);
  if (owner_id == 0 || (owner != NULL && !owner->agent))
    return TRUE;
  return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("Only a person can own an agent."));
}

static gboolean
put (PurserCommand *command, PurserDb *db, const PurserPrincipal *principal, GError **error)
{
  command->outcome->id = purser_catalogue_put_principal (db, principal, error);
  purser_command_subject (command, "principal", command->outcome->id);
  return command->outcome->id != 0;
}

/* The audit trail holds ids, never names: a person can be erased without touching it. */
static char *
describe (const PurserPrincipal *p)
{
  return g_strdup_printf ("{\"agent\":%s,\"team\":%" G_GINT64_FORMAT ",\"owner\":%" G_GINT64_FORMAT "}", p->agent ? "true" : "false", p->team_id,
                          p->owner_id);
}

static gboolean
apply_add (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  g_autofree char *name = g_strstrip (g_strdup (command->name));
  PurserPrincipal principal = { .name = name, .agent = command->flag, .owner_id = command->flag ? command->number : 0 };
  if (!name_is_free (org, name, 0, error) || !owner_is_person (org, principal.owner_id, error) ||
      !team_of (db, org, command->team, &principal.team_id, error))
    return FALSE;
  command->after = describe (&principal);
  return put (command, db, &principal, error);
}

/**
 * purser_command_add_principal:
 * @agent: a program; else a person
 * @team: (nullable): name of its team, made when new
 * @owner_id: the person who owns an agent, 0 = nobody
 */
PurserCommand *
purser_command_add_principal (const char *name, gboolean agent, const char *team, gint64 owner_id)
{
  PurserCommand *command = purser_command_new ("principal.add", apply_add);
  command->name = g_strdup (name);
  command->flag = agent;
  command->team = g_strdup (team);
  command->number = MAX (owner_id, 0);
  return command;
}

static const PurserPrincipal *
find (PurserCommand *command, const PurserOrg *org, GError **error)
{
  const PurserPrincipal *principal = purser_org_principal (org, command->id);
  if (principal == NULL)
    purser_command_fail (error, PURSER_STORE_ERROR_NOT_FOUND, "%s", purser_command_gone ());
  return principal;
}

static gboolean
apply_set (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const PurserPrincipal *now = find (command, org, error);
  if (now == NULL)
    return FALSE;
  g_autofree char *name = g_strstrip (g_strdup (command->name != NULL ? command->name : now->name));
  PurserPrincipal changed = *now;
  changed.name = name;
  if (command->number >= 0 && now->agent)
    changed.owner_id = command->number;
  if (!name_is_free (org, name, now->id, error) || !owner_is_person (org, changed.owner_id, error) ||
      !team_of (db, org, command->team, &changed.team_id, error))
    return FALSE;
  command->before = describe (now);
  command->after = describe (&changed);
  return put (command, db, &changed, error);
}

/**
 * purser_command_set_principal:
 * @name: (nullable): new name
 * @team: (nullable): new team from now on; "" = none
 * @owner_id: new owner of an agent, 0 = nobody, -1 = as it is
 */
PurserCommand *
purser_command_set_principal (gint64 id, const char *name, const char *team, gint64 owner_id)
{
  PurserCommand *command = purser_command_new ("principal.set", apply_set);
  command->id = id;
  command->name = g_strdup (name);
  command->team = g_strdup (team);
  command->number = owner_id;
  return command;
}

static gboolean
revoke_all (PurserDb *db, const PurserOrg *org, gint64 principal_id, GError **error)
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
apply_remove (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  command->outcome->id = command->id;
  purser_command_subject (command, "principal", command->id);
  if (command->flag)
    {
      const PurserPrincipal *now = find (command, org, error);
      if (now == NULL || !revoke_all (db, org, command->id, error))
        return FALSE;
      command->before = describe (now);
    }
  return purser_catalogue_remove_principal (db, command->id, command->flag, error);
}

/** purser_command_remove_principal: takes a person or agent away and revokes its keys; past calls stay counted. */
PurserCommand *
purser_command_remove_principal (gint64 id)
{
  PurserCommand *command = purser_command_new ("principal.remove", apply_remove);
  command->id = id;
  command->flag = TRUE;
  return command;
}

/** purser_command_restore_principal: undoes the removal; revoked keys stay revoked. */
PurserCommand *
purser_command_restore_principal (gint64 id)
{
  PurserCommand *command = purser_command_new ("principal.restore", apply_remove);
  command->id = id;
  return command;
}

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

static gboolean
apply_create_key (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  if (find (command, org, error) == NULL)
    return FALSE;
  command->outcome->secret = new_secret ();
  const char *hint = command->outcome->secret + strlen (command->outcome->secret) - 4;
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, command->outcome->secret, -1);
  command->outcome->id = purser_catalogue_add_access_key (db, command->id, hash, hint, error);
  purser_command_subject (command, "principal", command->id);
  command->after = g_strdup_printf ("{\"access_key\":%" G_GINT64_FORMAT "}", command->outcome->id);
  return command->outcome->id != 0;
}

/** purser_command_create_key: a new access key for a person or agent; only its hash is stored, the outcome's secret is shown once. */
PurserCommand *
purser_command_create_key (gint64 principal_id)
{
  PurserCommand *command = purser_command_new ("access-key.create", apply_create_key);
  command->id = principal_id;
  return command;
}

static gboolean
apply_revoke_key (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  command->outcome->id = command->id;
  purser_command_subject (command, "access-key", command->id);
  return purser_catalogue_revoke_access_key (db, command->id, error);
}

/** purser_command_revoke_key: calls with this key are refused from the commit on; there is no way back. */
PurserCommand *
purser_command_revoke_key (gint64 key_id)
{
  PurserCommand *command = purser_command_new ("access-key.revoke", apply_revoke_key);
  command->id = key_id;
  return command;
}
