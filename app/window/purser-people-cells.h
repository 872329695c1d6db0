/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Cells, sorters and list rows over PurserPeopleRow. */
void       purser_people_cells_bind          (GtkWidgetClass *klass);
void       purser_people_cells_set_sorter    (GtkColumnViewColumn *column, const char *what /* static */);
GtkWidget *purser_people_cells_make_list_row (gpointer item, gpointer user_data);

G_END_DECLS
