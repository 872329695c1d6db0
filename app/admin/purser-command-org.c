/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-command-private.h"

#include <glib/gi18n-lib.h>

static gboolean
zone_known (const char *zone)
{
  g_autoptr (GTimeZone) known = g_time_zone_new_identifier (zone);
  return known != NULL;
}

/* Amounts that are kept in the organisation's currency: of calls, and prices that name it. Prices in another currency stay what they are. */
static gboolean
currency_is_used (PurserDb *db, const char *currency, gboolean *used, GError **error)
{
  PurserStatement *row = purser_db_query (db, error, "SELECT EXISTS (SELECT 1 FROM call) OR EXISTS (SELECT 1 FROM price WHERE currency = ?)", "s", currency);
  *used = purser_statement_step (row, error) && purser_statement_int (row, 0) != 0;
  gboolean ok = !purser_statement_failed (row);
  purser_statement_step (row, NULL);
  return ok;
}

static gboolean
apply_set_org (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const char *name = command->name, *currency = command->kind, *zone = command->text;
  gboolean used = FALSE;
  if (name != NULL && !purser_name_check (name, TRUE, error))
    return FALSE;
  if (currency != NULL && !purser_currency_valid (currency))
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("“%s” is not a currency: give its three letters, such as EUR or USD."), currency);
  /* A stored amount is in the organisation's currency: it would silently come to mean something else. */
  if (currency != NULL && g_strcmp0 (currency, org->currency) != 0 && !currency_is_used (db, org->currency, &used, error))
    return FALSE;
  if (used)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED,
                                _("The currency stays %s: there are prices and charges in it already. A new organisation can have another one."), org->currency);
  if (zone != NULL && !zone_known (zone))
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("“%s” is not a time zone. An example is Europe/Berlin."), zone);
  command->before = purser_command_json ("name", org->name, "currency", org->currency, "timezone", org->timezone, NULL);
  command->after = purser_command_json ("name", name != NULL ? name : org->name, "currency", currency != NULL ? currency : org->currency,
                                        "timezone", zone != NULL ? zone : org->timezone, NULL);
  return purser_catalogue_set_org (db, name, currency, zone, error);
}

/**
 * purser_command_set_org:
 * @name: (nullable): shown name
 * @currency: (nullable): ISO 4217, only while there is no call and no price in the present one
 * @zone: (nullable): IANA name of the reporting zone; days are cut anew
 *
 * Changes what the organisation says of itself. NULL leaves a member as it is.
 */
PurserCommand *
purser_command_set_org (const char *name, const char *currency, const char *zone)
{
  PurserCommand *command = purser_command_new ("organisation.set", apply_set_org);
  command->name = g_strdup (name);
  command->kind = g_strdup (currency);
  command->text = g_strdup (zone);
  return command;
}

static gboolean
apply_load_sample (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  if (org->sample)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("The sample data is loaded already."));
  if (org->providers->len > 0 || org->principals->len > 0)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED,
                                _("Sample data goes only into an empty organisation, so that it never mixes with your own. Make a new organisation for it."));
  return purser_catalogue_set_sample (db, TRUE, error) && purser_sample_fill (db, error);
}

/**
 * purser_command_load_sample:
 *
 * Fills an empty organisation with marked sample data: practice models, people, agents and three months of calls.
 */
PurserCommand *
purser_command_load_sample (void)
{
  return purser_command_new ("sample.load", apply_load_sample);
}

/* Whoever may call without a key goes, and with the calls their budgets. */
static gboolean
remove_promises (PurserDb *db, const PurserOrg *org, GError **error)
{
  gboolean changed;
  if (!purser_command_forget_keyless (db, org, org->gateway.keyless_principal_id, 0, &changed, error))
    return FALSE;
  for (guint i = 0; i < org->budgets->len; i++)
    if (!purser_catalogue_remove_budget (db, ((const PurserBudget *) g_ptr_array_index (org->budgets, i))->id, error))
      return FALSE;
  return TRUE;
}

static gboolean
remove_everything (PurserDb *db, const PurserOrg *org, GError **error)
{
  for (guint i = 0; i < org->workloads->len; i++)
    {
      const PurserWorkload *workload = g_ptr_array_index (org->workloads, i);
      PurserWorkload bare = *workload;
      bare.models = NULL;
      bare.weights = NULL;
      bare.n_models = 0;
      if (purser_catalogue_put_workload (db, &bare, error) == 0 ||
          (!workload->builtin && !purser_catalogue_remove_workload (db, workload->id, TRUE, error)))
        return FALSE;
    }
  for (guint i = 0; i < org->principals->len; i++)
    if (!purser_catalogue_remove_principal (db, ((const PurserPrincipal *) g_ptr_array_index (org->principals, i))->id, TRUE, error))
      return FALSE;
  for (guint i = 0; i < org->providers->len; i++)
    if (!purser_catalogue_remove_provider (db, ((const PurserProvider *) g_ptr_array_index (org->providers, i))->id, TRUE, error))
      return FALSE;
  return TRUE;
}

static gboolean
apply_remove_sample (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  if (!org->sample)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("This organisation holds no sample data."));
  return remove_promises (db, org, error) && remove_everything (db, org, error) && purser_ledger_delete_sample (db, error) && purser_catalogue_set_sample (db, FALSE, error);
}

/**
 * purser_command_remove_sample:
 *
 * Empties a sample organisation again: its calls, tests, people, providers and assignments.
 */
PurserCommand *
purser_command_remove_sample (void)
{
  return purser_command_new ("sample.remove", apply_remove_sample);
}
