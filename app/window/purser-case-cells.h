/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One small square a test case; those that failed are hollow, so that colour is not needed. For the eye only. */
#define PURSER_TYPE_CASE_CELLS (purser_case_cells_get_type ())
G_DECLARE_FINAL_TYPE (PurserCaseCells, purser_case_cells, PURSER, CASE_CELLS, GtkWidget)

GtkWidget *purser_case_cells_new        (void);
void       purser_case_cells_set_values (PurserCaseCells *self, guint passed, guint cases);

G_END_DECLS
