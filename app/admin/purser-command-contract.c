/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-command-private.h"

#include <glib/gi18n-lib.h>

#include "purser-json.h"

/* Contracts: what is paid of a provider's list prices. They never change; a new one begins, an old one ends. */

/* (transfer full) for the audit trail */
static char *
describe (const PurserContract *contract)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new (), *ppm = json_object_new ();
  g_autofree char *from = purser_command_time (contract->valid_from);
  g_autofree char *until = contract->valid_until != 0 ? purser_command_time (contract->valid_until) : NULL;
  json_node_take_object (node, object);
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    json_object_set_int_member (ppm, purser_priced_id (i), contract->ppm[i]);
  json_object_set_int_member (object, "provider", contract->provider_id);
  json_object_set_string_member (object, "from", from);
  if (until != NULL)
    json_object_set_string_member (object, "until", until);
  json_object_set_object_member (object, "ppm", ppm);
  if (contract->document != NULL)
    json_object_set_string_member (object, "document", contract->document);
  return purser_json_to_string (node, FALSE);
}

static gboolean
check (const PurserContract *contract, GError **error)
{
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    if (contract->ppm[i] < 0 || contract->ppm[i] > 10 * PURSER_PPM)
      return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("A discount is between 0 and 100 percent."));
  if (contract->valid_from < 0 || (contract->valid_until != 0 && contract->valid_until <= contract->valid_from))
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("A contract ends after the day it begins on."));
  return TRUE;
}

static gint64
put (PurserCommand *command, PurserDb *db, const PurserContract *contract, GError **error)
{
  gint64 id = purser_prices_put_contract (db, contract, error);
  if (id == 0)
    return 0;
  command->outcome->id = id;
  purser_command_subject (command, "contract", id);
  purser_command_replace (&command->after, describe (contract));
  return id;
}

static gboolean
apply_add (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  PurserContract *contract = command->contract;
  if (purser_org_provider (org, contract->provider_id) == NULL)
    return purser_command_fail (error, PURSER_STORE_ERROR_NOT_FOUND, "%s", purser_command_gone ());
  contract->id = 0;
  if (contract->valid_from == 0)
    contract->valid_from = purser_db_now (db);
  return check (contract, error) && put (command, db, contract, error) != 0;
}

/**
 * purser_command_add_contract:
 * @contract: copied; a @valid_from of 0 is now
 *
 * Of several contracts that hold at once the one that began last counts. Charges made before keep what they were made at.
 */
PurserCommand *
purser_command_add_contract (const PurserContract *contract)
{
  PurserCommand *command = purser_command_new ("contract.add", apply_add);
  command->contract = purser_contract_copy (contract);
  return command;
}

static const PurserContract *
find (const PurserOrg *org, gint64 id)
{
  for (guint i = 0; i < org->contracts->len; i++)
    {
      const PurserContract *contract = g_ptr_array_index (org->contracts, i);
      if (contract->id == id)
        return contract;
    }
  return NULL;
}

static gboolean
apply_end (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const PurserContract *now = find (org, command->id);
  if (now == NULL)
    return purser_command_fail (error, PURSER_STORE_ERROR_NOT_FOUND, _("There is no such contract."));
  g_autoptr (PurserContract) ended = purser_contract_copy (now);
  ended->valid_until = command->time != 0 ? command->time : purser_db_now (db);
  if (ended->valid_until <= now->valid_from)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("A contract ends after the day it begins on."));
  command->before = describe (now);
  return put (command, db, ended, error) != 0;
}

/** purser_command_end_contract: @valid_until is the first moment at which it no longer holds; 0 is now. */
PurserCommand *
purser_command_end_contract (gint64 contract_id, gint64 valid_until)
{
  PurserCommand *command = purser_command_new ("contract.end", apply_end);
  command->id = contract_id;
  command->time = valid_until;
  return command;
}

static gboolean
holds (const PurserContract *contract, gint64 provider_id, gint64 now)
{
  return contract->provider_id == provider_id && contract->valid_from <= now && (contract->valid_until == 0 || contract->valid_until > now);
}

static gboolean
is_flat (const PurserContract *contract, gint64 ppm)
{
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    if (contract->ppm[i] != ppm)
      return FALSE;
  return TRUE;
}

/* Discounts of before end; what a document says goes on below, and comes back when this one ends. Returns that contract in UNDER. */
static gboolean
end_discounts (PurserDb *db, const PurserOrg *org, gint64 provider_id, gint64 now, const PurserContract **under, GError **error)
{
  for (guint i = 0; i < org->contracts->len; i++)
    {
      const PurserContract *contract = g_ptr_array_index (org->contracts, i);
      if (!holds (contract, provider_id, now))
        continue;
      if (contract->document != NULL)
        {
          *under = contract;
          continue;
        }
      g_autoptr (PurserContract) ended = purser_contract_copy (contract);
      ended->valid_until = MAX (now, contract->valid_from + 1);
      if (purser_prices_put_contract (db, ended, error) == 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
apply_discount (PurserCommand *command, PurserDb *db, const PurserOrg *org, GError **error)
{
  const PurserProvider *provider = purser_command_provider (command, org, error);
  gint64 now = purser_db_now (db);
  const PurserContract *under = NULL, *before = provider != NULL ? purser_org_contract_at (org, provider->id, now) : NULL;
  if (provider == NULL)
    return FALSE;
  if (command->number < 0 || command->number > 10 * PURSER_PPM)
    return purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("A discount is between 0 and 100 percent."));
  command->before = before != NULL ? describe (before) : NULL;
  if (!end_discounts (db, org, provider->id, now, &under, error))
    return FALSE;
  PurserContract contract = { .provider_id = provider->id, .valid_from = now };
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    contract.ppm[i] = command->number;
  command->after = describe (&contract);
  if (under != NULL ? !is_flat (under, command->number) : command->number != PURSER_PPM)
    if (purser_prices_put_contract (db, &contract, error) == 0)
      return FALSE;
  command->outcome->id = provider->id;
  purser_command_subject (command, "provider", provider->id);
  return TRUE;
}

/**
 * purser_command_set_discount:
 * @multiplier_ppm: what is paid of the list price, in parts per million: 900000 = 10 % off; 1000000 ends a discount
 *
 * A contract for all kinds of tokens from now on, without a document.
 */
PurserCommand *
purser_command_set_discount (gint64 id, gint64 multiplier_ppm)
{
  PurserCommand *command = purser_command_new ("provider.discount", apply_discount);
  command->id = id;
  command->number = multiplier_ppm;
  return command;
}
