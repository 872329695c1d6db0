/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-review.h"

G_BEGIN_DECLS

/* What the window says about a workload. */
char       *purser_workload_chain         (const PurserOrg *org, const PurserWorkload *workload); /* "A, then B, then C" */
char       *purser_workload_chain_markup  (const PurserOrg *org, const PurserWorkload *workload); /* the same with arrows, for the eye */
/* How the last 24 hours went. Too few calls prove nothing, neither good nor bad. */
typedef enum { PURSER_WORKLOAD_UNPROVEN, PURSER_WORKLOAD_WELL, PURSER_WORKLOAD_TROUBLE } PurserWorkloadMood;
char       *purser_workload_state_words   (const PurserWorkloadState *state, PurserWorkloadMood *mood);  /* STATE nullable */
const char *purser_workload_icon          (const PurserWorkload *workload);
char       *purser_workload_name_from     (const char *title); /* "Contract review" → "contract-review" */
const PurserWorkloadState *purser_workload_state_of (const PurserOverview *overview, gint64 workload_id); /* both nullable */

G_END_DECLS
