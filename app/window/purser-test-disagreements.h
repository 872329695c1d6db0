/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "purser-trial.h"

G_BEGIN_DECLS

/* The cases on which A and B disagree, one at a time, worst first, with the words that differ marked. */
#define PURSER_TYPE_TEST_DISAGREEMENTS (purser_test_disagreements_get_type ())
G_DECLARE_FINAL_TYPE (PurserTestDisagreements, purser_test_disagreements, PURSER, TEST_DISAGREEMENTS, AdwBin)

/* OUTCOME is borrowed and must outlive the widget's use: show NULL before it is freed. */
void purser_test_disagreements_show       (PurserTestDisagreements *self, const PurserTrialOutcome *outcome, const char *const *titles);
void purser_test_disagreements_set_narrow (PurserTestDisagreements *self, gboolean narrow);

G_END_DECLS
