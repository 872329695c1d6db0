/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-test-run.h"

G_BEGIN_DECLS

/* Sets a test up before it costs anything: workload, models, how often, at most how much. Signal "started" (PurserTestRun). */
#define PURSER_TYPE_TEST_SETUP_DIALOG (purser_test_setup_dialog_get_type ())
G_DECLARE_FINAL_TYPE (PurserTestSetupDialog, purser_test_setup_dialog, PURSER, TEST_SETUP_DIALOG, AdwDialog)

/* WORKLOAD_ID 0: the first that fits. */
PurserTestSetupDialog *purser_test_setup_dialog_new (PurserSession *session, gboolean latency, gint64 workload_id);

G_END_DECLS
