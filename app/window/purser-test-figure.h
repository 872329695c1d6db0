/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-trial.h"

G_BEGIN_DECLS

/* One row of the table of figures: what is measured, then each model's figure. */
#define PURSER_TYPE_TEST_FIGURE (purser_test_figure_get_type ())
G_DECLARE_FINAL_TYPE (PurserTestFigure, purser_test_figure, PURSER, TEST_FIGURE, GObject)

const char *purser_test_figure_get_cell (PurserTestFigure *self, guint column); /* 0: what is measured */
char       *purser_test_figure_say      (PurserTestFigure *self, const char *const *titles);
/* All rows for OUTCOME, in the order they are read. (element-type PurserTestFigure) */
GPtrArray  *purser_test_figures_of      (const PurserTrialOutcome *outcome, const PurserOrg *org);

G_END_DECLS
