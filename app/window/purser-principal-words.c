/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-principal-words.h"

#include <glib/gi18n-lib.h>
#include "purser-format.h"
#include "purser-ledger.h"

guint
purser_principal_live_keys (const PurserOrg *org,
                            gint64           principal_id)
{
  guint n = 0;

  for (guint i = 0; i < org->access_keys->len; i++)
    {
      const PurserAccessKey *key = g_ptr_array_index (org->access_keys, i);

      n += key->principal_id == principal_id && key->revoked_at == 0;
    }
  return n;
}

gint64
purser_principal_last_use (const PurserOrg *org,
                           gint64           principal_id)
{
  gint64 last = 0;

  for (guint i = 0; i < org->access_keys->len; i++)
    {
      const PurserAccessKey *key = g_ptr_array_index (org->access_keys, i);

      if (key->principal_id == principal_id)
        last = MAX (last, key->last_used_at);
    }
  return last;
}

/**
 * purser_principal_about:
 * @org: the configuration
 * @principal: a person or an agent
 *
 * Returns: (transfer full): what it is, whose, and in which team
 */
char *
purser_principal_about (const PurserOrg       *org,
                        const PurserPrincipal *principal)
{
  const PurserTeam *team = purser_org_team (org, principal->team_id);
  const PurserPrincipal *owner = purser_org_principal (org, principal->owner_id);
  g_autofree char *what = NULL;

  if (!principal->agent)
    what = g_strdup (_("Person"));
  else if (owner != NULL)
    what = g_strdup_printf (_("Agent of %s"), owner->name);
  else
    what = g_strdup (_("Agent nobody owns"));
  /* Translators: what somebody is, and the team: "Agent of Lena Hartmann, Sales". */
  return team != NULL ? g_strdup_printf (_("%s, %s"), what, team->name) : g_steal_pointer (&what);
}

char *
purser_principal_keys (const PurserOrg       *org,
                       const PurserPrincipal *principal)
{
  guint n = purser_principal_live_keys (org, principal->id);

  return n == 0 ? g_strdup (_("No key")) : g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u key", "%u keys", n), n);
}

char *
purser_principal_used (const PurserOrg       *org,
                       const PurserPrincipal *principal)
{
  gint64 last = purser_principal_last_use (org, principal->id);

  return last == 0 ? g_strdup (_("Never")) : purser_format_when (last, org->timezone);
}

/**
 * purser_key_about:
 * @org: the configuration
 * @key: an access key
 *
 * Returns: (transfer full): since when it is, and when it was used last
 */
char *
purser_key_about (const PurserOrg       *org,
                  const PurserAccessKey *key)
{
  g_autofree char *made = purser_format_when (key->created_at, org->timezone);
  g_autofree char *used = key->last_used_at != 0 ? purser_format_when (key->last_used_at, org->timezone) : NULL;
  g_autofree char *revoked = key->revoked_at != 0 ? purser_format_when (key->revoked_at, org->timezone) : NULL;

  if (revoked != NULL)
    /* Translators: %s is a moment, as in "today at 14:32". */
    return g_strdup_printf (_("Revoked %s"), revoked);
  if (used == NULL)
    /* Translators: %s is a moment, as in "today at 14:32". */
    return g_strdup_printf (_("Made %s, never used"), made);
  /* Translators: both are moments, as in "today at 14:32". */
  return g_strdup_printf (_("Made %s, last used %s"), made, used);
}

/* "Drafting, Analysis", or NULL: all. */
static char *
allowed_workloads (const PurserOrg       *org,
                   const PurserAccessKey *key)
{
  g_autoptr (GString) names = g_string_new (NULL);

  if (key->workloads == NULL)
    return NULL;
  for (guint i = 0; i < key->n_workloads; i++)
    {
      const PurserWorkload *workload = purser_org_workload (org, key->workloads[i]);

      if (workload != NULL)
        g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", purser_workload_title (workload));
    }
  return g_string_free (g_steal_pointer (&names), FALSE);
}

/**
 * purser_key_rights:
 * @org: the configuration
 * @key: an access key
 * @now: µs UTC
 *
 * Returns: (transfer full): what it may ask for, and until when
 */
char *
purser_key_rights (const PurserOrg       *org,
                   const PurserAccessKey *key,
                   gint64                 now)
{
  g_autofree char *names = allowed_workloads (org, key), *what = NULL, *day = NULL;

  if (names == NULL)
    what = g_strdup (key->any_model ? _("For all workloads, and models by name") : _("For all workloads"));
  else
    /* Translators: %s are workloads: "Drafting, Analysis". */
    what = g_strdup_printf (key->any_model ? _("Only for %s, and models by name") : _("Only for %s"), names);
  if (key->expires_at == 0)
    return g_steal_pointer (&what);
  day = purser_format_day (purser_day_of (org->timezone, key->expires_at - 1));
  /* Translators: what a key is for, and a day. */
  return g_strdup_printf (key->expires_at <= now ? _("%s. Ended after %s") : _("%s. Good until %s"), what, day);
}
