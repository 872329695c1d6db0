/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-price-draft.h"

#include <glib/gi18n-lib.h>
#include <stddef.h>
#include <string.h>

#include "purser-command-private.h"

/* Which kinds each typed figure stands for. Reasoning is output; a write of unknown lifetime costs what a short one does. A write
 * for an hour is not guessed from the short one: providers charge more for it. */
static const struct { gsize typed; guint priced; } FIGURES[] = {
  { offsetof (PurserPriceDraft, input), PURSER_TOKENS_INPUT_UNCACHED },
  { offsetof (PurserPriceDraft, output), PURSER_TOKENS_OUTPUT_VISIBLE },
  { offsetof (PurserPriceDraft, output), PURSER_TOKENS_OUTPUT_REASONING },
  { offsetof (PurserPriceDraft, cache_read), PURSER_TOKENS_CACHE_READ },
  { offsetof (PurserPriceDraft, cache_write), PURSER_TOKENS_CACHE_WRITE_5M },
  { offsetof (PurserPriceDraft, cache_write), PURSER_TOKENS_CACHE_WRITE_OTHER },
  { offsetof (PurserPriceDraft, cache_write_1h), PURSER_TOKENS_CACHE_WRITE_1H },
  { offsetof (PurserPriceDraft, audio_in), PURSER_PRICED_AUDIO_IN },
  { offsetof (PurserPriceDraft, audio_out), PURSER_PRICED_AUDIO_OUT },
};

/* Every text of a draft, to copy and to free it. */
static const gsize TEXTS[] = {
  offsetof (PurserPriceDraft, input),       offsetof (PurserPriceDraft, output),         offsetof (PurserPriceDraft, cache_read),
  offsetof (PurserPriceDraft, cache_write), offsetof (PurserPriceDraft, cache_write_1h), offsetof (PurserPriceDraft, audio_in),
  offsetof (PurserPriceDraft, audio_out),   offsetof (PurserPriceDraft, server_tool),    offsetof (PurserPriceDraft, hour),
  offsetof (PurserPriceDraft, currency),    offsetof (PurserPriceDraft, source),
};

static const char **
text_at (const PurserPriceDraft *draft, gsize offset)
{
  return (const char **) (void *) ((char *) draft + offset);
}

static const char *
typed_at (const PurserPriceDraft *draft, gsize offset)
{
  const char *text = *text_at (draft, offset);
  return text != NULL && *text != '\0' ? text : NULL;
}

PurserPriceDraft *
purser_price_draft_copy (const PurserPriceDraft *draft)
{
  PurserPriceDraft *copy = g_memdup2 (draft, sizeof *draft);
  for (gsize i = 0; i < G_N_ELEMENTS (TEXTS); i++)
    *text_at (copy, TEXTS[i]) = g_strdup (typed_at (draft, TEXTS[i]));
  return copy;
}

void
purser_price_draft_free (PurserPriceDraft *draft)
{
  if (draft == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (TEXTS); i++)
    g_free ((char *) *text_at (draft, TEXTS[i]));
  g_free (draft);
}

static gboolean
read_server_tool (const PurserPriceDraft *draft, PurserPrice *price, GError **error)
{
  gint64 nano;
  if (draft->server_tool == NULL || *draft->server_tool == '\0')
    return TRUE;
  if (!purser_money_parse_nano (draft->server_tool, &nano, error))
    return FALSE;
  return !__builtin_mul_overflow (nano, (gint64) 1000, &price->list_pico[PURSER_PRICED_SERVER_TOOL]) ||
         purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("The price of a tool’s request is too large."));
}

static gboolean
read_figures (const PurserPriceDraft *draft, PurserPrice *price, GError **error)
{
  gboolean by_hour = typed_at (draft, offsetof (PurserPriceDraft, hour)) != NULL;
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    price->list_pico[i] = by_hour ? 0 : -1;
  for (gsize i = 0; i < G_N_ELEMENTS (FIGURES); i++)
    {
      const char *typed = typed_at (draft, FIGURES[i].typed);
      if (typed != NULL && !purser_price_parse_per_million (typed, &price->list_pico[FIGURES[i].priced], error))
        return FALSE;
    }
  return (!by_hour || purser_money_parse_nano (draft->hour, &price->hour_nano, error)) && read_server_tool (draft, price, error);
}

PurserPrice *
purser_price_draft_read (const PurserPriceDraft *draft, const char *currency, GError **error)
{
  g_autoptr (PurserPrice) price = purser_price_new ();
  const char *own = draft->currency != NULL && *draft->currency != '\0' ? draft->currency : NULL;
  gboolean by_hour = typed_at (draft, offsetof (PurserPriceDraft, hour)) != NULL;
  gboolean both = typed_at (draft, offsetof (PurserPriceDraft, input)) != NULL && typed_at (draft, offsetof (PurserPriceDraft, output)) != NULL;
  if (!by_hour && !both)
    {
      purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("A price needs both figures: for what is sent and for what comes back."));
      return NULL;
    }
  if (own != NULL && !purser_currency_valid (own))
    {
      purser_command_fail (error, PURSER_STORE_ERROR_REFUSED, _("“%s” is not a currency: give its three letters, such as EUR or USD."), own);
      return NULL;
    }
  if (!read_figures (draft, price, error))
    return NULL;
  memcpy (price->contract_pico, price->list_pico, sizeof price->contract_pico);
  g_strlcpy (price->currency, own != NULL ? own : currency, sizeof price->currency);
  price->origin = g_strdup ("admin");
  price->source = g_strdup (draft->source != NULL && *draft->source != '\0' ? draft->source : "admin");
  price->valid_from = draft->valid_from;
  return g_steal_pointer (&price);
}
