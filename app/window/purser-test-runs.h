/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-test-run.h"

G_BEGIN_DECLS

/* The tests on their way in one session: they survive the page that started them. Signals: "changed" (a test began or ended),
 * "finished" (PurserTestRun). */
#define PURSER_TYPE_TEST_RUNS (purser_test_runs_get_type ())
G_DECLARE_FINAL_TYPE (PurserTestRuns, purser_test_runs, PURSER, TEST_RUNS, GObject)

PurserTestRuns *purser_test_runs_of    (PurserSession *session); /* (transfer none): lives as long as SESSION */
void            purser_test_runs_start (PurserTestRuns *self, PurserTestRun *run);
guint           purser_test_runs_get_n (PurserTestRuns *self);
PurserTestRun  *purser_test_runs_get   (PurserTestRuns *self, guint i); /* (transfer none) */

G_END_DECLS
