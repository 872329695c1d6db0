/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-test-run.h"

G_BEGIN_DECLS

/* A test in the list: one on its way, with its progress, or a stored one, whose verdict is read when the row appears. */
#define PURSER_TYPE_TEST_ROW (purser_test_row_get_type ())
G_DECLARE_FINAL_TYPE (PurserTestRow, purser_test_row, PURSER, TEST_ROW, AdwActionRow)

GtkWidget     *purser_test_row_new_running (PurserTestRun *run);
GtkWidget     *purser_test_row_new_stored  (PurserSession *session, const PurserTrialRow *row);
PurserTestRun *purser_test_row_get_run     (PurserTestRow *self); /* (nullable) */
void           purser_test_row_set_narrow  (PurserTestRow *self, gboolean narrow);
gint64         purser_test_row_get_id      (PurserTestRow *self); /* of the stored run; 0 while it is running */

G_END_DECLS
