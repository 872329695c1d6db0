/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* What the window says about tests. */
char  *purser_test_model_title (const PurserOrg *org, const char *ref);                   /* "provider/model" → its title */
char **purser_test_titles      (const PurserOrg *org, const PurserTrialOutcome *outcome); /* of its models, in order */
char  *purser_test_legend      (const PurserOrg *org, const PurserTrialOutcome *outcome); /* "A: Claude Sonnet, B: Claude Haiku" */
char  *purser_test_title       (const PurserOrg *org, const PurserTrialRow *row);         /* "Quality of drafting" */
char  *purser_test_time_left   (gint64 us);                                               /* "About 4 minutes left" */
char  *purser_test_state_words (const PurserTrialRow *row);                               /* (nullable): only where it did not end well */

G_END_DECLS
