/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-money.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-kind.h"
#include "purser-money-private.h"

/**
 * purser_contract_copy:
 * @contract: (nullable): a contract
 *
 * Returns: (transfer full) (nullable): a copy
 */
PurserContract *
purser_contract_copy (const PurserContract *contract)
{
  if (contract == NULL)
    return NULL;
  PurserContract *copy = g_memdup2 (contract, sizeof *contract);
  copy->document = g_strdup (contract->document);
  return copy;
}

/**
 * purser_contract_free:
 * @contract: (nullable) (transfer full): a contract
 */
void
purser_contract_free (PurserContract *contract)
{
  if (contract == NULL)
    return;
  g_free (contract->document);
  g_free (contract);
}

/* What is paid of one band; CONTRACT may not be LIST. */
static gboolean
apply_ppm (const gint64 *list, const gint64 *ppm, gint64 *contract, GError **error)
{
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    {
      if (ppm[i] < 0)
        {
          g_set_error_literal (error, PURSER_ORG_ERROR, PURSER_ORG_ERROR_MONEY,
                               _("The discount is more than 100 %. Enter a smaller one."));
          return FALSE;
        }
      contract[i] = -1;
      if (list[i] >= 0 && !purser_multiply_divide (list[i], ppm[i], PURSER_PPM, &contract[i]))
        {
          g_set_error_literal (error, PURSER_ORG_ERROR, PURSER_ORG_ERROR_OVERFLOW,
                               _("The price is too large to be computed. Check the price and the discount."));
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
apply (PurserPrice *price, const gint64 *ppm, gint64 contract_id, GError **error)
{
  g_autoptr(GArray) bands = price->bands != NULL ? g_array_copy (price->bands) : NULL;
  gint64 contract[PURSER_N_PRICED];

  if (!apply_ppm (price->list_pico, ppm, contract, error))
    return FALSE;
  for (guint i = 0; bands != NULL && i < bands->len; i++)
    {
      PurserPriceBand *band = &g_array_index (bands, PurserPriceBand, i);
      if (!apply_ppm (band->list_pico, ppm, band->contract_pico, error))
        return FALSE;
    }
  memcpy (price->contract_pico, contract, sizeof contract);
  if (bands != NULL)
    {
      g_array_unref (price->bands);
      price->bands = g_steal_pointer (&bands);
    }
  price->contract_id = contract_id;
  return TRUE;
}

/**
 * purser_price_apply_contract:
 * @price: a price whose contract prices are computed from its list prices
 * @contract: (nullable): the contract, %NULL where the list price is paid
 * @error: return location for an error
 *
 * A rate by the hour is the organisation's own and stands under no contract.
 *
 * Returns: whether every kind fitted; if not, @price is left as it was
 */
gboolean
purser_price_apply_contract (PurserPrice *price, const PurserContract *contract, GError **error)
{
  if (contract == NULL)
    return purser_price_apply_discount (price, PURSER_PPM, error);
  return apply (price, contract->ppm, contract->id, error);
}

/**
 * purser_price_apply_discount:
 * @price: a price whose contract prices are computed from its list prices
 * @multiplier_ppm: what is paid, in parts per million: 900000 is 10 % off
 * @error: return location for an error
 *
 * Returns: whether every kind fitted; if not, @price is left as it was
 */
gboolean
purser_price_apply_discount (PurserPrice *price, gint64 multiplier_ppm, GError **error)
{
  gint64 ppm[PURSER_N_PRICED];
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    ppm[i] = multiplier_ppm;
  return apply (price, ppm, 0, error);
}
