/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "purser-trial.h"

G_BEGIN_DECLS

/* The table under the plots: every figure of a test, one column a model. It is the plots' alternative for eyes and screen readers. */
#define PURSER_TYPE_TEST_FIGURES (purser_test_figures_get_type ())
G_DECLARE_FINAL_TYPE (PurserTestFigures, purser_test_figures, PURSER, TEST_FIGURES, AdwBin)

void purser_test_figures_show       (PurserTestFigures *self, const PurserTrialOutcome *outcome, const char *const *titles, const PurserOrg *org);
void purser_test_figures_set_narrow (PurserTestFigures *self, gboolean narrow);
void purser_test_figures_focus      (PurserTestFigures *self);

G_END_DECLS
