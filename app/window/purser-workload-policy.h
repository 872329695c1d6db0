/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* What the data terms of a workload's models must allow. */
#define PURSER_TYPE_WORKLOAD_POLICY (purser_workload_policy_get_type ())
G_DECLARE_FINAL_TYPE (PurserWorkloadPolicy, purser_workload_policy, PURSER, WORKLOAD_POLICY, AdwBin)

void purser_workload_policy_show (PurserWorkloadPolicy *self, PurserSession *session, const PurserOrg *org, const PurserWorkload *workload);

G_END_DECLS
