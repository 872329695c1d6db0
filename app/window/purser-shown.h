/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-org.h"

G_BEGIN_DECLS

/* Amounts are kept in the organisation's currency. They may be shown in another one, at the latest rate; no stored figure changes. Every amount of the window
 * goes through here; prices are shown in their own currency (purser-price-words.h). */
typedef struct
{
  char              currency[4]; /* amounts are shown in it */
  const PurserRate *rate;       /* (nullable) of ORG; NULL: they are shown as they are kept */
} PurserShown;

PurserShown purser_shown_of      (const PurserOrg *org);
gint64      purser_shown_convert (const PurserShown *shown, gint64 nano); /* half to even; past int64 the largest there is */
double      purser_shown_factor  (const PurserShown *shown);              /* what one unit that is kept is worth in what is shown */
/* (nullable) (transfer full): "in USD, at 1 EUR = 1.0842 USD on 1 November"; where another currency is wanted and there is no rate, that. NULL: as kept */
char       *purser_shown_note    (const PurserOrg *org);

/* An amount in the organisation's currency, for people. (transfer full) */
char *purser_format_cost       (const PurserOrg *org, gint64 nano);
char *purser_format_cost_short (const PurserOrg *org, gint64 nano); /* without decimals that are all zero: axes */

G_END_DECLS
