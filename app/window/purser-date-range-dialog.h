/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Two calendars, from and to. Signal "chosen" (first day, last day), days since the epoch. */
#define PURSER_TYPE_DATE_RANGE_DIALOG (purser_date_range_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PurserDateRangeDialog, purser_date_range_dialog, PURSER, DATE_RANGE_DIALOG, AdwDialog)

AdwDialog *purser_date_range_dialog_new (gint32 first, gint32 last);

G_END_DECLS
