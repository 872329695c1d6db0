/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-test-plot.h"
#include "purser-trial.h"

G_BEGIN_DECLS

/* Pass rates with the range each is likely in, and the paired difference with the band one allows. */
#define PURSER_TYPE_TEST_FOREST (purser_test_forest_get_type ())
G_DECLARE_FINAL_TYPE (PurserTestForest, purser_test_forest, PURSER, TEST_FOREST, PurserTestPlot)

/* TITLES: what each model is called, in the outcome's order. MARGIN: what one allows, in points/100. */
void purser_test_forest_show (PurserTestForest *self, const PurserTrialOutcome *outcome, const char *const *titles, double margin);

G_END_DECLS
