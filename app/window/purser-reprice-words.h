/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-prices.h"

G_BEGIN_DECLS

/* What working out past calls again would change, or has changed (DONE). CLOSED (element-type PurserMonthRow): months that are closed. (transfer full) */
char *purser_reprice_words (const PurserOrg *org, const PurserRepriceResult *result, GPtrArray *closed, gint64 since, gboolean done);

G_END_DECLS
