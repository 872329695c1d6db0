/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-admin.h"

G_BEGIN_DECLS

/* The price that DRAFT says, as typed, with origin "admin"; CURRENCY where the draft names none. Its valid_from is the draft's. Without a rate per hour, input
 * and output are needed, and kinds that are not named have no price; with one, kinds that are not named are free. (transfer full) (nullable): words in ERROR */
PurserPrice *purser_price_draft_read (const PurserPriceDraft *draft, const char *currency, GError **error);

PurserPriceDraft *purser_price_draft_copy (const PurserPriceDraft *draft);
void              purser_price_draft_free (PurserPriceDraft *draft); /* one that was copied */

G_END_DECLS
