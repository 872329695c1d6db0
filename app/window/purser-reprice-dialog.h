/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* Works out past calls again at the prices of their day: since when, what that changes, then the doing of it and what came of it. */
#define PURSER_TYPE_REPRICE_DIALOG (purser_reprice_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PurserRepriceDialog, purser_reprice_dialog, PURSER, REPRICE_DIALOG, AdwDialog)

/* SINCE: a day of the reporting zone; 0 = the first call without a price, else this month. */
AdwDialog *purser_reprice_dialog_new (PurserSession *session, gint32 since);

G_END_DECLS
