/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-org.h"

G_BEGIN_DECLS

/* Prices in words that somebody understands who never saw a price list. All char * are (transfer full). */

/* Where a model's price in force comes from, or why there is none that counts. */
typedef enum
{
  PURSER_PRICE_OWN,      /* entered here, or from the organisation's own table */
  PURSER_PRICE_LISTED,
  PURSER_PRICE_LOCAL,    /* runs on this computer */
  PURSER_PRICE_PRACTICE,
  PURSER_PRICE_NONE,     /* calls count as without a price */
  PURSER_PRICE_NO_RATE,  /* there is one, and no rate turns it into the organisation's currency: likewise */
} PurserPriceKind;

typedef struct
{
  PurserPriceKind  kind;
  const char      *word;    /* translated: "Price list" */
  const char      *icon;    /* symbolic icon's name … */
  gboolean         trouble; /* … and whether it needs attention */
} PurserPriceState;

PurserPriceState   purser_price_state       (const PurserOrg *org, const PurserModel *model);
const PurserPrice *purser_price_now         (const PurserOrg *org, const PurserModel *model); /* (nullable): what is in force */
char              *purser_price_origin      (const PurserOrg *org, const PurserPrice *price); /* where it comes from and since when: "Price list, 13 March" */
char              *purser_price_from        (const PurserOrg *org, const PurserModel *model); /* the same of the price in force, or why none counts */
char              *purser_price_since       (const PurserOrg *org, gint64 time_us);           /* "13 March 2026"; from ever: "the beginning" */

gboolean           purser_price_is_own      (const PurserPrice *price);                       /* PRICE (nullable): entered here, not the list's */

const char        *purser_price_kind_title  (guint priced);                                   /* "In", "Out", "Reused" */
const char        *purser_price_kind_about  (guint priced);                                   /* what that is */
char              *purser_price_band_title  (const PurserPriceBand *band);                    /* "In batches, above 200,000 tokens" */
/* One kind of a price: per million tokens, for a provider's own tools per use. "free", "no price" */
char              *purser_price_figure      (gint64 pico, guint priced, const char *currency);
char              *purser_price_figures     (const gint64 *pico, const char *currency);       /* "$5.00 in, $25.00 out" */
char              *purser_price_summary     (const PurserPrice *price);                       /* the same, or by the hour; NULL: "no price" */
/* What of the ordinary figures AFTER has other than BEFORE (nullable): "In $4.00, was $5.00. Out $20.00, was $25.00." */
char              *purser_price_difference  (const PurserPrice *before, const PurserPrice *after);
char              *purser_contract_words    (const PurserContract *contract);                 /* "10% off", "10% off in, 20% off out", "list price" */

G_END_DECLS
