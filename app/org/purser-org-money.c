/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-org.h"

/* What holds at a time: prices, contracts and rates of a snapshot. */

/* A stretch without any price stands in the list as a price that prices nothing. */
static gboolean
prices_something (const PurserPrice *price)
{
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    if (price->list_pico[i] >= 0)
      return TRUE;
  return price->hour_nano > 0 || (price->bands != NULL && price->bands->len > 0);
}

/**
 * purser_model_price_at:
 * @model: a model
 * @time: µs UTC, not before the snapshot was made
 *
 * Returns: (transfer none) (nullable): its price at that time as far as the snapshot knows
 */
const PurserPrice *
purser_model_price_at (const PurserModel *model, gint64 time)
{
  const PurserPrice *at = model->price;
  for (guint i = 0; model->prices != NULL && i < model->prices->len; i++)
    {
      const PurserPrice *price = g_ptr_array_index (model->prices, i);
      if (price->valid_from > time)
        break;
      at = price;
    }
  return at != NULL && prices_something (at) ? at : NULL;
}

/* Whether CONTRACT counts before WHICH (nullable): it began later, or was entered later on the same moment. */
static gboolean
counts_before (const PurserContract *contract, const PurserContract *which)
{
  if (which == NULL || contract->valid_from != which->valid_from)
    return which == NULL || contract->valid_from > which->valid_from;
  return contract->id > which->id;
}

/**
 * purser_org_contract_at:
 * @org: a snapshot
 * @provider_id: a provider
 * @time: µs UTC
 *
 * Returns: (transfer none) (nullable): the contract that holds then; of several the one that began last
 */
const PurserContract *
purser_org_contract_at (const PurserOrg *org, gint64 provider_id, gint64 time)
{
  const PurserContract *at = NULL;
  for (guint i = 0; i < org->contracts->len; i++)
    {
      const PurserContract *contract = g_ptr_array_index (org->contracts, i);
      if (contract->provider_id == provider_id && contract->valid_from <= time
          && (contract->valid_until == 0 || time < contract->valid_until) && counts_before (contract, at))
        at = contract;
    }
  return at;
}

/**
 * purser_org_rate_at:
 * @org: a snapshot
 * @from: a currency
 * @to: another
 * @time: µs UTC
 *
 * A rate is used only in the direction in which it was told: turning it round would round it.
 *
 * Returns: (transfer none) (nullable): the newest rate that had been told by then
 */
const PurserRate *
purser_org_rate_at (const PurserOrg *org, const char *from, const char *to, gint64 time)
{
  const PurserRate *at = NULL;
  for (guint i = 0; g_strcmp0 (from, to) != 0 && i < org->rates->len; i++)
    {
      const PurserRate *rate = g_ptr_array_index (org->rates, i);
      if (rate->valid_from <= time && g_str_equal (rate->from, from) && g_str_equal (rate->to, to)
          && (at == NULL || rate->valid_from > at->valid_from
              || (rate->valid_from == at->valid_from && rate->id > at->id)))
        at = rate;
    }
  return at;
}
