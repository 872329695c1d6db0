/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* The card at the head of a result: the claim, what follows from it, who is who, and what was not checked. */
#define PURSER_TYPE_TEST_VERDICT (purser_test_verdict_get_type ())
G_DECLARE_FINAL_TYPE (PurserTestVerdict, purser_test_verdict, PURSER, TEST_VERDICT, AdwBin)

void purser_test_verdict_show       (PurserTestVerdict *self, PurserSession *session, const PurserTrialOutcome *outcome, const char *const *titles);
void purser_test_verdict_set_narrow (PurserTestVerdict *self, gboolean narrow);

G_END_DECLS
