/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-command-private.h"

#include <glib/gi18n-lib.h>

/* What the data terms of a provider must allow before a workload's calls go there. */

enum { RETENTION_MAX_DAYS = 36500 };

/* For the audit trail: null = any. */
static char *
describe (const PurserWorkload *w)
{
  JsonObject *object = json_object_new ();
  json_object_set_boolean_member (object, "no_training", w->no_training);
  if (w->retention_limited)
    json_object_set_int_member (object, "max_retention_days", w->max_retention_days);
  else
    json_object_set_null_member (object, "max_retention_days");
  if (w->regions != NULL)
    json_object_set_array_member (object, "regions", purser_command_strings ((const char *const *) w->regions));
  else
    json_object_set_null_member (object, "regions");
  return purser_command_take_json (object);
}

static gboolean
apply (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const PurserWorkload *now = purser_command_workload (command, org, error);
  g_auto (GStrv) regions = NULL;
  if (now == NULL || !purser_command_regions (command->asked, &regions, error))
    return FALSE;
  if (command->number != PURSER_UNKNOWN && (command->number < 0 || command->number > RETENTION_MAX_DAYS))
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("Give the days for which a provider may keep what it is sent: 0 to %d. 0 means not at all."), RETENTION_MAX_DAYS);
  PurserWorkload changed = *now;
  changed.no_training = command->flag;
  changed.retention_limited = command->number != PURSER_UNKNOWN;
  changed.max_retention_days = changed.retention_limited ? command->number : 0;
  changed.regions = regions;
  command->before = describe (now);
  command->after = describe (&changed);
  command->same = g_str_equal (command->before, command->after);
  command->outcome->id = now->id;
  purser_command_subject (command, "workload", now->id);
  return command->same || purser_catalogue_put_workload (db, &changed, error) != 0;
}

/**
 * purser_command_set_policy:
 * @no_training: what is sent must not be trained on
 * @max_retention_days: how long it may be kept; %PURSER_UNKNOWN = any time, 0 = not at all
 * @regions: (nullable): where it may be processed; %NULL or empty = anywhere
 *
 * What a workload asks of the data terms. Models whose terms do not allow it are passed over from now on.
 */
PurserCommand *
purser_command_set_policy (gint64 workload_id, gboolean no_training, gint64 max_retention_days, const char *const *regions)
{
  PurserCommand *command = purser_command_new ("workload.policy", apply);
  command->id = workload_id;
  command->flag = no_training != FALSE;
  command->number = max_retention_days;
  command->asked = g_strdupv ((char **) regions);
  command->asked_free = (GDestroyNotify) g_strfreev;
  return command;
}
