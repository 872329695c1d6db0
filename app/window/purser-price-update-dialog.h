/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* Brings in a list of prices: the one that comes with Purser, or a file. What would change is shown before it is applied; afterwards past calls may be worked out again. */
#define PURSER_TYPE_PRICE_UPDATE_DIALOG (purser_price_update_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PurserPriceUpdateDialog, purser_price_update_dialog, PURSER, PRICE_UPDATE_DIALOG, AdwDialog)

AdwDialog *purser_price_update_dialog_new  (PurserSession *session);
/* Goes on with FILE, as if it had been chosen. */
void       purser_price_update_dialog_load (PurserPriceUpdateDialog *self, GFile *file);

G_END_DECLS
