/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-money.h"

#include <string.h>

/* Which part of a price holds: the service mode, the region, the size of the input. */

/* Words of the providers for what costs the ordinary price, and for the modes whose names we know. */
static const struct
{
  const char *word, *mode;
} MODES[] = {
  { "default", "" },       { "standard", "" },   { "auto", "" },     { "on_demand", "" },        { "on-demand", "" },
  { "standard_only", "" }, { "batch", "batch" }, { "flex", "flex" }, { "priority", "priority" }, { "fast", "fast" },
};

/**
 * purser_price_mode:
 * @word: (nullable): a service tier as a provider names it
 *
 * An unknown word stays what it is, so that a mode which nobody has priced shows as unpriced and never as the ordinary one.
 *
 * Returns: (transfer none): the mode, "" for the ordinary one; static, or @word itself
 */
const char *
purser_price_mode (const char *word)
{
  for (gsize i = 0; word != NULL && i < G_N_ELEMENTS (MODES); i++)
    if (g_ascii_strcasecmp (MODES[i].word, word) == 0)
      return MODES[i].mode;
  return word != NULL ? word : "";
}

/* A told word may be longer than what a band can keep. */
static gboolean
same_word (const char *kept, const char *told, gsize size)
{
  return g_ascii_strncasecmp (kept, told, size - 1) == 0;
}

/* How well a band fits: one of this region before one of any, then the larger size. -1: it does not. */
static gint64
fit (const PurserPriceBand *band, const char *mode, const char *region, gint64 input_tokens)
{
  gboolean here = *region != '\0' && same_word (band->region, region, PURSER_REGION_SIZE);
  if (!same_word (band->mode, mode, PURSER_MODE_SIZE) || (*band->region != '\0' && !here))
    return -1;
  if (band->above > 0 && input_tokens <= band->above)
    return -1;
  /* Sizes of an input stay far below the half of what 64 bits can hold. */
  return (here ? G_MAXINT64 / 2 : 0) + CLAMP (band->above, 0, G_MAXINT64 / 2 - 1);
}

/**
 * purser_price_band:
 * @price: a price
 * @conditions: (nullable): what the provider told of the attempt
 * @input_tokens: size of the whole input
 * @band: (out): the band that holds
 *
 * Returns: whether the service mode has a price
 */
gboolean
purser_price_band (const PurserPrice *price,
                   const PurserConditions *conditions,
                   gint64 input_tokens,
                   PurserPriceBand *band)
{
  const char *mode = purser_price_mode (conditions != NULL ? conditions->mode : NULL);
  const char *region = conditions != NULL && conditions->region != NULL ? conditions->region : "";
  PurserPriceBand ordinary = { .above = 0 };
  const PurserPriceBand *best = NULL;
  gint64 best_fit = -1;

  memcpy (ordinary.list_pico, price->list_pico, sizeof ordinary.list_pico);
  memcpy (ordinary.contract_pico, price->contract_pico, sizeof ordinary.contract_pico);
  if (*mode == '\0')
    {
      best = &ordinary;
      best_fit = 0;
    }
  for (guint i = 0; price->bands != NULL && i < price->bands->len; i++)
    {
      const PurserPriceBand *each = &g_array_index (price->bands, PurserPriceBand, i);
      gint64 fits = fit (each, mode, region, input_tokens);
      if (fits > best_fit)
        {
          best = each;
          best_fit = fits;
        }
    }
  if (best == NULL)
    return FALSE;
  *band = *best;
  return TRUE;
}
