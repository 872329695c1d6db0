/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* A row that asks for a day; where NONE is told, for none too. Signal "changed". */
#define PURSER_TYPE_DAY_ROW (purser_day_row_get_type ())
G_DECLARE_FINAL_TYPE (PurserDayRow, purser_day_row, PURSER, DAY_ROW, AdwActionRow)

#define PURSER_NO_DAY G_MININT32

GtkWidget *purser_day_row_new     (const char *title, const char *none /* (nullable): what no day means, "Open end" */);
void       purser_day_row_set_day (PurserDayRow *self, gint32 day); /* days since 1970-01-01, or PURSER_NO_DAY */
gint32     purser_day_row_get_day (PurserDayRow *self);

G_END_DECLS
