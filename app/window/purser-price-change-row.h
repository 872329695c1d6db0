/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "purser-price-list.h"

G_BEGIN_DECLS

/* What importing a list means. */
typedef struct
{
  GPtrArray *changes; /* (owned) (element-type PurserPriceChange) */
  GPtrArray *unused;  /* (owned) (element-type utf8): rows of a table that come to nothing */
  guint      facts;   /* models it tells something new of */
} PurserPricePlan;

void  purser_price_plan_clear    (PurserPricePlan *plan);
/* Fills PAGE with it, grouped: models that get a price, prices that change, announced ones; then what goes along or comes to nothing. */
void  purser_price_changes_fill  (AdwPreferencesPage *page, const PurserOrg *org, const PurserPricePlan *plan);
/* "12 prices change for 9 models" (transfer full) */
char *purser_price_changes_words (GPtrArray *changes);
/* Whether calls that were made would be charged otherwise, and since when (µs UTC; 0 = ever). */
gboolean purser_price_changes_past (GPtrArray *changes, gint64 *since);

G_END_DECLS
