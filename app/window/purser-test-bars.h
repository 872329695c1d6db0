/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-test-plot.h"

G_BEGIN_DECLS

/* One bar per model from zero, with its amount at the end. */
#define PURSER_TYPE_TEST_BARS (purser_test_bars_get_type ())
G_DECLARE_FINAL_TYPE (PurserTestBars, purser_test_bars, PURSER, TEST_BARS, PurserTestPlot)

void purser_test_bars_begin (PurserTestBars *self, const char *label);
/* VALUE below 0: not known; TEXT then says so. */
void purser_test_bars_add   (PurserTestBars *self, const char *title, double value, const char *text);

G_END_DECLS
