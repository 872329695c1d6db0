/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-money.h"

#include <string.h>

/* Making, copying and comparing prices. */

/**
 * purser_priced_id:
 * @priced: one of what is priced
 *
 * Returns: (nullable): its name in files and JSON
 */
const char *
purser_priced_id (guint priced)
{
  static const char *const APART[] = { "audio_in", "audio_out", "server_tool" };
  if (priced < PURSER_N_TOKEN_KINDS)
    return purser_token_kind_id ((PurserTokenKind) priced);
  return priced < PURSER_N_PRICED ? APART[priced - PURSER_N_TOKEN_KINDS] : NULL;
}

/**
 * purser_price_new:
 *
 * Returns: (transfer full): a price that prices nothing
 */
PurserPrice *
purser_price_new (void)
{
  PurserPrice *price = g_new0 (PurserPrice, 1);
  memset (price->list_pico, 0xff, sizeof price->list_pico); /* -1 each */
  memset (price->contract_pico, 0xff, sizeof price->contract_pico);
  return price;
}

/**
 * purser_price_copy:
 * @price: (nullable): a price
 *
 * Returns: (transfer full) (nullable): a copy
 */
PurserPrice *
purser_price_copy (const PurserPrice *price)
{
  if (price == NULL)
    return NULL;
  PurserPrice *copy = g_memdup2 (price, sizeof *price);
  copy->bands = price->bands != NULL ? g_array_copy (price->bands) : NULL;
  copy->origin = g_strdup (price->origin);
  copy->source = g_strdup (price->source);
  return copy;
}

/**
 * purser_price_free:
 * @price: (nullable) (transfer full): a price
 */
void
purser_price_free (PurserPrice *price)
{
  if (price == NULL)
    return;
  g_clear_pointer (&price->bands, g_array_unref);
  g_free (price->origin);
  g_free (price->source);
  g_free (price);
}

static guint
n_bands (const PurserPrice *price)
{
  return price->bands != NULL ? price->bands->len : 0;
}

static const PurserPriceBand *
same_place (const PurserPrice *price, const PurserPriceBand *as)
{
  for (guint i = 0; i < n_bands (price); i++)
    {
      const PurserPriceBand *band = &g_array_index (price->bands, PurserPriceBand, i);
      if (band->above == as->above && g_str_equal (band->mode, as->mode) && g_str_equal (band->region, as->region))
        return band;
    }
  return NULL;
}

static gboolean
same_figures (const gint64 *a, const gint64 *b)
{
  return memcmp (a, b, PURSER_N_PRICED * sizeof *a) == 0;
}

/**
 * purser_price_same:
 * @a: (nullable): a price
 * @b: (nullable): another
 *
 * Bands may stand in any order. What is paid under a contract does not matter.
 *
 * Returns: whether both say the same list prices
 */
gboolean
purser_price_same (const PurserPrice *a, const PurserPrice *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  if (!g_str_equal (a->currency, b->currency) || a->hour_nano != b->hour_nano || n_bands (a) != n_bands (b)
      || !same_figures (a->list_pico, b->list_pico))
    return FALSE;
  for (guint i = 0; i < n_bands (a); i++)
    {
      const PurserPriceBand *band = &g_array_index (a->bands, PurserPriceBand, i), *other = same_place (b, band);
      if (other == NULL || !same_figures (band->list_pico, other->list_pico))
        return FALSE;
    }
  return TRUE;
}
