/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-price-words.h"

#include <glib/gi18n-lib.h>
#include "purser-format.h"
#include "purser-ledger.h"

#define NANO_PER_PICO 1000 /* a price of one pico-unit a token is 1000 nano-units for a million tokens */
#define PICO_PER_NANO 1000 /* what is counted by the piece is in pico-units itself */

static const struct { const char *title, *about; } kinds[PURSER_N_PRICED] =
{
  [PURSER_TOKENS_INPUT_UNCACHED] = { N_("In"), N_("What is sent to the model") },
  [PURSER_TOKENS_CACHE_READ] = { N_("Reused"), N_("What is sent again and was kept by the provider (cache read)") },
  [PURSER_TOKENS_CACHE_WRITE_5M] = { N_("Kept for 5 minutes"), N_("What the provider is asked to keep, to be reused soon (cache write)") },
  [PURSER_TOKENS_CACHE_WRITE_1H] = { N_("Kept for an hour"), N_("What the provider is asked to keep for longer (cache write)") },
  [PURSER_TOKENS_CACHE_WRITE_OTHER] = { N_("Kept"), N_("What the provider keeps to be reused, for a time of its own (cache write)") },
  [PURSER_TOKENS_OUTPUT_VISIBLE] = { N_("Out"), N_("What the model answers") },
  [PURSER_TOKENS_OUTPUT_REASONING] = { N_("Out, for reasoning"), N_("What the model writes for itself before it answers") },
  [PURSER_PRICED_AUDIO_IN] = { N_("Sound in"), N_("Speech that is sent") },
  [PURSER_PRICED_AUDIO_OUT] = { N_("Sound out"), N_("Speech that is answered") },
  [PURSER_PRICED_SERVER_TOOL] = { N_("Provider’s own tools"), N_("Each use, such as a web search") },
};

static const struct { PurserPriceKind kind; const char *word, *icon; gboolean trouble; } states[] =
{
  { PURSER_PRICE_OWN, N_("Your own price"), "document-edit-symbolic", FALSE },
  { PURSER_PRICE_LISTED, N_("Price list"), "view-list-symbolic", FALSE },
  { PURSER_PRICE_LOCAL, N_("Runs on this computer"), "computer-symbolic", FALSE },
  { PURSER_PRICE_PRACTICE, N_("Invented, for practice"), "purser-tests-symbolic", FALSE },
  { PURSER_PRICE_NONE, N_("No price"), "dialog-warning-symbolic", TRUE },
  { PURSER_PRICE_NO_RATE, N_("No exchange rate"), "dialog-warning-symbolic", TRUE },
};

static const struct { const char *mode, *words; } modes[] =
{
  { "batch", N_("In batches, answered within a day") },
  { "flex", N_("Flexible, slower") },
  { "priority", N_("With priority") },
  { "fast", N_("Fast") },
};

/**
 * purser_price_now:
 * @org: the snapshot that @model belongs to
 * @model: a model
 *
 * Returns: (nullable): what its tokens cost now
 */
const PurserPrice *
purser_price_now (const PurserOrg   *org,
                  const PurserModel *model)
{
  return purser_model_price_at (model, MAX (org->loaded_at, g_get_real_time ()));
}

gboolean
purser_price_is_own (const PurserPrice *price)
{
  return price != NULL && g_strcmp0 (price->origin, "admin") == 0;
}

static PurserPriceKind
origin_of (const PurserPrice *price)
{
  if (purser_price_is_own (price))
    return PURSER_PRICE_OWN;
  if (g_strcmp0 (price->origin, "local") == 0)
    return PURSER_PRICE_LOCAL;
  return g_strcmp0 (price->origin, "practice") == 0 ? PURSER_PRICE_PRACTICE : PURSER_PRICE_LISTED;
}

static PurserPriceKind
kind_of (const PurserOrg   *org,
         const PurserPrice *price)
{
  if (price == NULL)
    return PURSER_PRICE_NONE;
  if (!g_str_equal (price->currency, org->currency) && purser_org_rate_at (org, price->currency, org->currency, g_get_real_time ()) == NULL)
    return PURSER_PRICE_NO_RATE;
  return origin_of (price);
}

static PurserPriceState
state_of (PurserPriceKind kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    if (states[i].kind == kind)
      return (PurserPriceState) { kind, _(states[i].word), states[i].icon, states[i].trouble };
  g_assert_not_reached ();
}

PurserPriceState
purser_price_state (const PurserOrg   *org,
                    const PurserModel *model)
{
  return state_of (kind_of (org, purser_price_now (org, model)));
}

/* The day a price begins, with its year: prices are old. */
char *
purser_price_since (const PurserOrg *org,
                    gint64           time_us)
{
  if (time_us <= 0)
    /* Translators: since when a price holds, where nobody knows of another before it. */
    return g_strdup (_("the beginning"));
  return purser_format_day (purser_day_of (org->timezone, time_us));
}

char *
purser_price_origin (const PurserOrg   *org,
                     const PurserPrice *price)
{
  PurserPriceState state = state_of (origin_of (price));
  g_autofree char *day = NULL;

  if (price->valid_from <= 0 || state.kind == PURSER_PRICE_LOCAL || state.kind == PURSER_PRICE_PRACTICE)
    return g_strdup (state.word);
  day = purser_price_since (org, price->valid_from);
  /* Translators: where a price comes from, then the day from which it holds: "Price list, 13 March 2026". */
  return g_strdup_printf (_("%s, %s"), state.word, day);
}

char *
purser_price_from (const PurserOrg   *org,
                   const PurserModel *model)
{
  PurserPriceState state = purser_price_state (org, model);
  const PurserPrice *price = purser_price_now (org, model);

  if (state.kind == PURSER_PRICE_NO_RATE)
    /* Translators: %s are currencies. */
    return g_strdup_printf (_("No rate from %s to %s"), price->currency, org->currency);
  return price != NULL ? purser_price_origin (org, price) : g_strdup (state.word);
}

const char *
purser_price_kind_title (guint priced)
{
  g_return_val_if_fail (priced < PURSER_N_PRICED, NULL);
  return _(kinds[priced].title);
}

const char *
purser_price_kind_about (guint priced)
{
  g_return_val_if_fail (priced < PURSER_N_PRICED, NULL);
  return _(kinds[priced].about);
}

static const char *
mode_words (const char *mode)
{
  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    if (g_str_equal (modes[i].mode, mode))
      return _(modes[i].words);
  return mode;
}

static void
append_part (GString    *title,
             const char *part)
{
  g_string_append_printf (title, "%s%s", title->len > 0 ? ", " : "", part);
}

/**
 * purser_price_band_title:
 * @band: what holds at other conditions than the ordinary ones
 *
 * Returns: (transfer full): the conditions
 */
char *
purser_price_band_title (const PurserPriceBand *band)
{
  GString *title = g_string_new (NULL);

  if (*band->mode != '\0')
    append_part (title, mode_words (band->mode));
  if (band->above > 0)
    {
      g_autofree char *count = purser_format_count (band->above);
      g_autofree char *words = g_strdup_printf (title->len > 0 ? _("inputs above %s tokens") : _("Inputs above %s tokens"), count);

      append_part (title, words);
    }
  if (*band->region != '\0')
    {
      g_autofree char *region = g_ascii_strup (band->region, -1);
      /* Translators: %s is a region as the provider names it, "US" or "EU-WEST-1". */
      g_autofree char *words = g_strdup_printf (title->len > 0 ? _("answered in %s") : _("Answered in %s"), region);

      append_part (title, words);
    }
  return g_string_free (title, FALSE);
}

char *
purser_price_figure (gint64      pico,
                     guint       priced,
                     const char *currency)
{
  if (pico < 0)
    return g_strdup (_("no price"));
  if (pico == 0)
    return g_strdup (_("free"));
  if (priced == PURSER_PRICED_SERVER_TOOL)
    return purser_format_exact (MAX (pico / PICO_PER_NANO, 1), currency);
  return purser_format_exact (MIN (pico, G_MAXINT64 / NANO_PER_PICO) * NANO_PER_PICO, currency);
}

char *
purser_price_figures (const gint64 *pico,
                      const char   *currency)
{
  gint64 in = pico[PURSER_TOKENS_INPUT_UNCACHED], out = pico[PURSER_TOKENS_OUTPUT_VISIBLE];
  g_autofree char *in_text = NULL, *out_text = NULL;

  if (in == 0 && out == 0)
    return g_strdup (_("free"));
  in_text = purser_price_figure (in, PURSER_TOKENS_INPUT_UNCACHED, currency);
  out_text = purser_price_figure (out, PURSER_TOKENS_OUTPUT_VISIBLE, currency);
  /* Translators: prices of a million tokens: "$5.00 in, $25.00 out". */
  return g_strdup_printf (_("%s in, %s out"), in_text, out_text);
}

char *
purser_price_summary (const PurserPrice *price)
{
  g_autofree char *hour = NULL, *figures = NULL;

  if (price == NULL)
    return g_strdup (_("no price"));
  figures = purser_price_figures (price->list_pico, price->currency);
  if (price->hour_nano <= 0)
    return g_steal_pointer (&figures);
  hour = purser_format_exact (price->hour_nano, price->currency);
  if (price->list_pico[PURSER_TOKENS_INPUT_UNCACHED] <= 0 && price->list_pico[PURSER_TOKENS_OUTPUT_VISIBLE] <= 0)
    /* Translators: what a computer of one's own costs. */
    return g_strdup_printf (_("%s an hour of work"), hour);
  /* Translators: what an hour costs, and prices of a million tokens: "$2.00 an hour of work and $1.00 in, $2.00 out". */
  return g_strdup_printf (_("%s an hour of work and %s"), hour, figures);
}

static gint64
figure_of (const PurserPrice *price,
           guint              kind)
{
  return price != NULL ? price->list_pico[kind] : -1;
}

static void
append_change (GString           *text,
               const PurserPrice *before,
               const PurserPrice *after,
               guint              kind)
{
  g_autofree char *now = purser_price_figure (figure_of (after, kind), kind, after->currency);
  g_autofree char *was = before != NULL ? purser_price_figure (figure_of (before, kind), kind, before->currency) : NULL;

  if (text->len > 0)
    g_string_append (text, " · ");
  if (was == NULL)
    /* Translators: a kind of tokens and its price: "In $5.00". */
    g_string_append_printf (text, _("%s %s"), purser_price_kind_title (kind), now);
  else
    /* Translators: a kind of tokens, its price, the price before: "In $4.00, was $5.00". */
    g_string_append_printf (text, _("%s %s, was %s"), purser_price_kind_title (kind), now, was);
}

/* What has the price of another kind, before and after, changes with that one. */
static gboolean
follows (const PurserPrice *before,
         const PurserPrice *after,
         guint              kind)
{
  guint leader = kind == PURSER_TOKENS_OUTPUT_REASONING ? PURSER_TOKENS_OUTPUT_VISIBLE : PURSER_TOKENS_CACHE_WRITE_5M;

  return (kind == PURSER_TOKENS_OUTPUT_REASONING || kind == PURSER_TOKENS_CACHE_WRITE_OTHER) && figure_of (after, kind) == figure_of (after, leader)
         && (before == NULL || figure_of (before, kind) == figure_of (before, leader));
}

static gboolean
is_told (const PurserPrice *before,
         const PurserPrice *after,
         guint              kind)
{
  if (follows (before, after, kind))
    return FALSE;
  if (before == NULL || !g_str_equal (before->currency, after->currency))
    return figure_of (after, kind) >= 0;
  return figure_of (before, kind) != figure_of (after, kind);
}

/**
 * purser_price_difference:
 * @before: (nullable): what held until then
 * @after: what holds from then on
 *
 * Returns: (transfer full): what changed; without @before all the figures
 */
char *
purser_price_difference (const PurserPrice *before,
                         const PurserPrice *after)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < PURSER_N_PRICED; i++)
    if (is_told (before, after, i))
      append_change (text, before, after, i);
  if (after->hour_nano != (before != NULL ? before->hour_nano : 0))
    {
      g_autofree char *hour = purser_format_exact (after->hour_nano, after->currency);

      g_string_append (text, text->len > 0 ? " · " : "");
      g_string_append_printf (text, _("%s an hour of work"), hour);
    }
  if (text->len == 0)
    g_string_append (text, purser_price_same (before, after) ? _("As before") : _("The ordinary prices as before; others changed"));
  return g_string_free (text, FALSE);
}

static char *
off_words (gint64 ppm)
{
  g_autofree char *share = NULL;

  if (ppm == PURSER_PPM)
    return g_strdup (_("list price"));
  if (ppm > PURSER_PPM)
    {
      share = g_strdup_printf ("%.4g", (ppm - PURSER_PPM) * 100. / PURSER_PPM);
      /* Translators: a surcharge in percent. */
      return g_strdup_printf (_("%s%% on top"), share);
    }
  share = g_strdup_printf ("%.4g", (PURSER_PPM - ppm) * 100. / PURSER_PPM);
  /* Translators: a discount in percent: "10% off". */
  return g_strdup_printf (_("%s%% off"), share);
}

/**
 * purser_contract_words:
 * @contract: a contract
 *
 * Returns: (transfer full): what it takes off, for all alike or kind by kind
 */
char *
purser_contract_words (const PurserContract *contract)
{
  GString *text = g_string_new (NULL);
  gboolean alike = TRUE;

  for (guint i = 1; i < PURSER_N_PRICED; i++)
    alike &= contract->ppm[i] == contract->ppm[0];
  if (alike)
    return g_string_free (text, TRUE), off_words (contract->ppm[0]);
  for (guint i = 0; i < PURSER_N_PRICED; i++)
    {
      g_autofree char *off = off_words (contract->ppm[i]);

      if (contract->ppm[i] != PURSER_PPM)
        /* Translators: a kind of tokens and what is taken off its price: "In 10% off". */
        g_string_append_printf (text, text->len > 0 ? _(", %s %s") : _("%s %s"), purser_price_kind_title (i), off);
    }
  return g_string_free (text, FALSE);
}
