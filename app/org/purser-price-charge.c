/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-money.h"

#include <string.h>

#include "purser-money-private.h"

#define PICO_PER_NANO 1000
#define US_PER_HOUR   (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

/* The part of WHOLE that is audio: at most all of it, since cached audio is already charged as a read of the cache. */
static gint64
audio_part (gint64 audio, gint64 whole)
{
  return whole < 0 ? MAX (audio, 0) : CLAMP (audio, 0, whole);
}

/* How much of what is priced was used. Audio tokens are a part of two of the kinds and are taken off those. */
static gint64
used (const PurserTokens *tokens, guint priced)
{
  gint64 in = tokens->kind[PURSER_TOKENS_INPUT_UNCACHED], out = tokens->kind[PURSER_TOKENS_OUTPUT_VISIBLE];
  switch (priced)
    {
    case PURSER_TOKENS_INPUT_UNCACHED:
      return MAX (in, 0) - (in > 0 ? audio_part (tokens->audio_in, in) : 0);
    case PURSER_TOKENS_OUTPUT_VISIBLE:
      return MAX (out, 0) - (out > 0 ? audio_part (tokens->audio_out, out) : 0);
    case PURSER_PRICED_AUDIO_IN:
      return audio_part (tokens->audio_in, in);
    case PURSER_PRICED_AUDIO_OUT:
      return audio_part (tokens->audio_out, out);
    case PURSER_PRICED_SERVER_TOOL:
      return MAX (tokens->server_tool_requests, 0);
    default:
      return MAX (tokens->kind[priced], 0);
    }
}

static gboolean
add (gint64 *sum, gint64 amount)
{
  return !__builtin_add_overflow (*sum, amount, sum);
}

static gboolean
add_converted (gint64 *sum, const PurserRate *rate, gint64 amount)
{
  return (rate == NULL || purser_rate_convert (rate, amount, &amount)) && add (sum, amount);
}

/* One rounded amount at list price and under the contract, in both currencies. */
static gboolean
add_amounts (PurserCharge *charge, const PurserRate *rate, gint64 list, gint64 contract)
{
  return add (&charge->list_nano, list) && add (&charge->contract_nano, contract)
         && add_converted (&charge->org_list_nano, rate, list)
         && add_converted (&charge->org_contract_nano, rate, contract);
}

static PurserUnpricedReason
charge_kind (PurserCharge *charge, const PurserPriceBand *band, const PurserRate *rate, guint priced, gint64 amount)
{
  gint64 *list = &charge->kind_list_nano[priced], *contract = &charge->kind_contract_nano[priced];
  if (amount == 0)
    return PURSER_UNPRICED_NOT;
  if (band->list_pico[priced] < 0 || band->contract_pico[priced] < 0)
    return PURSER_UNPRICED_KIND;
  return purser_multiply_divide (amount, band->list_pico[priced], PICO_PER_NANO, list)
                 && purser_multiply_divide (amount, band->contract_pico[priced], PICO_PER_NANO, contract)
                 && add_amounts (charge, rate, *list, *contract)
             ? PURSER_UNPRICED_NOT
             : PURSER_UNPRICED_OVERFLOW;
}

static PurserUnpricedReason
charge_hours (PurserCharge *charge, const PurserPrice *price, const PurserRate *rate, gint64 total_us)
{
  if (price->hour_nano <= 0 || total_us <= 0)
    return PURSER_UNPRICED_NOT;
  return purser_multiply_divide (price->hour_nano, total_us, US_PER_HOUR, &charge->hour_nano)
                 && add_amounts (charge, rate, charge->hour_nano, charge->hour_nano)
             ? PURSER_UNPRICED_NOT
             : PURSER_UNPRICED_OVERFLOW;
}

static PurserUnpricedReason
compute (PurserCharge *charge,
         const PurserPrice *price,
         const PurserRate *rate,
         const PurserTokens *tokens,
         const PurserConditions *conditions)
{
  PurserPriceBand band;
  PurserUnpricedReason reason = PURSER_UNPRICED_NOT;
  if (price == NULL)
    return PURSER_UNPRICED_NO_PRICE;
  if (!purser_price_band (price, conditions, purser_tokens_input (tokens), &band))
    return PURSER_UNPRICED_MODE;
  for (guint i = 0; i < PURSER_N_PRICED && reason == PURSER_UNPRICED_NOT; i++)
    reason = charge_kind (charge, &band, rate, i, used (tokens, i));
  return reason != PURSER_UNPRICED_NOT
             ? reason
             : charge_hours (charge, price, rate, conditions != NULL ? conditions->total_us : -1);
}

/**
 * purser_charge_compute:
 * @charge: (out): the amounts, all 0 unless priced, and why not
 * @price: (nullable): the price in force
 * @rate: (nullable): from its currency into the organisation's; %NULL where they are the same
 * @tokens: what was used
 * @conditions: (nullable): how: service mode, region, time; %NULL is the ordinary way, not measured
 *
 * Each kind is rounded half to even to nano-units, converted half to even, and then summed.
 *
 * Returns: whether the amounts hold
 */
PurserChargeState
purser_charge_compute (PurserCharge *charge,
                       const PurserPrice *price,
                       const PurserRate *rate,
                       const PurserTokens *tokens,
                       const PurserConditions *conditions)
{
  *charge = (PurserCharge) { .state = PURSER_CHARGE_PRICED };
  PurserUnpricedReason reason = compute (charge, price, rate, tokens, conditions);
  if (reason != PURSER_UNPRICED_NOT)
    *charge = (PurserCharge) {
      .state = reason == PURSER_UNPRICED_OVERFLOW ? PURSER_CHARGE_OVERFLOW : PURSER_CHARGE_UNPRICED,
      .reason = reason,
    };
  return charge->state;
}

/**
 * purser_price_charge:
 * @price: (nullable): the price in force, %NULL where there is none
 * @tokens: what was used
 * @list_nano: (out) (optional): the charge at list price
 * @contract_nano: (out) (optional): the charge under the contract
 *
 * Returns: whether the amounts hold; both are 0 where they do not
 */
PurserChargeState
purser_price_charge (const PurserPrice *price, const PurserTokens *tokens, gint64 *list_nano, gint64 *contract_nano)
{
  PurserCharge charge;
  purser_charge_compute (&charge, price, NULL, tokens, NULL);
  if (list_nano != NULL)
    *list_nano = charge.list_nano;
  if (contract_nano != NULL)
    *contract_nano = charge.contract_nano;
  return charge.state;
}
