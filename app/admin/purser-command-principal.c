/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-command-private.h"

#include <glib/gi18n-lib.h>

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

static gboolean
apply_set (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const PurserPrincipal *now = purser_command_principal (command, org, error);
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
apply_remove (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  command->outcome->id = command->id;
  purser_command_subject (command, "principal", command->id);
  if (command->flag)
    {
      const PurserPrincipal *now = purser_command_principal (command, org, error);
      gboolean keyless = FALSE;
      if (now == NULL || !purser_command_revoke_keys (db, org, command->id, error) || !purser_command_forget_keyless (db, org, command->id, 0, &keyless, error))
        return FALSE;
      command->before = describe (now);
      if (keyless)
        command->after = g_strdup ("{\"keyless_principal\":null}");
    }
  return purser_catalogue_remove_principal (db, command->id, command->flag, error);
}

/** purser_command_remove_principal: takes a person or agent away and revokes its keys; past calls stay counted. Clients without a key no longer call as it. */
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

/* More than anyone means: beyond it lies a slip of the hand. */
enum
{
  CALLS_PER_MINUTE_MAX = 1000000,
  CALLS_AT_ONCE_MAX = 100000
};

typedef struct { gint64 calls_per_minute, calls_at_once; } Limits; /* -1: as it is */

static char *
describe_limits (const PurserPrincipal *p)
{
  return g_strdup_printf ("{\"calls_per_minute\":%" G_GINT64_FORMAT ",\"calls_at_once\":%" G_GINT64_FORMAT "}", p->calls_per_minute, p->calls_at_once);
}

static gboolean
apply_limits (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const Limits *asked = command->asked;
  const PurserPrincipal *now = purser_command_principal (command, org, error);
  if (now == NULL)
    return FALSE;
  PurserPrincipal changed = *now;
  changed.calls_per_minute = asked->calls_per_minute >= 0 ? asked->calls_per_minute : now->calls_per_minute;
  changed.calls_at_once = asked->calls_at_once >= 0 ? asked->calls_at_once : now->calls_at_once;
  if (asked->calls_per_minute < -1 || asked->calls_at_once < -1 || changed.calls_per_minute > CALLS_PER_MINUTE_MAX || changed.calls_at_once > CALLS_AT_ONCE_MAX)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED,
                                _("A limit is a whole number: at most %d calls a minute and %d at once. 0 takes the limit away."), CALLS_PER_MINUTE_MAX, CALLS_AT_ONCE_MAX);
  command->same = changed.calls_per_minute == now->calls_per_minute && changed.calls_at_once == now->calls_at_once;
  command->before = describe_limits (now);
  command->after = describe_limits (&changed);
  return put (command, db, &changed, error);
}

/**
 * purser_command_set_limits:
 * @calls_per_minute: over all keys of this person or agent, in each process; 0 = no limit, -1 = as it is
 * @calls_at_once: how many may run at the same time; likewise
 */
PurserCommand *
purser_command_set_limits (gint64 principal_id, gint64 calls_per_minute, gint64 calls_at_once)
{
  PurserCommand *command = purser_command_new ("principal.limits", apply_limits);
  command->id = principal_id;
  command->asked = g_memdup2 (&(Limits) { calls_per_minute, calls_at_once }, sizeof (Limits));
  command->asked_free = g_free;
  return command;
}
