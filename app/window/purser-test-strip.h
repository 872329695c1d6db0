/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-test-plot.h"

G_BEGIN_DECLS

/* One line per model: a tick for each measured time, and a stroke at the typical one. */
#define PURSER_TYPE_TEST_STRIP (purser_test_strip_get_type ())
G_DECLARE_FINAL_TYPE (PurserTestStrip, purser_test_strip, PURSER, TEST_STRIP, PurserTestPlot)

void purser_test_strip_begin (PurserTestStrip *self, const char *label, const char *description);
/* SECONDS are copied; TYPICAL NAN = not measured. */
void purser_test_strip_add   (PurserTestStrip *self, const char *title, const double *seconds, guint n, double typical);
void purser_test_strip_end   (PurserTestStrip *self);

G_END_DECLS
