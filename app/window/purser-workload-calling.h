/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* How a workload's models are called: how long to wait, which is asked first, what becomes of a reply nobody waits for. */
#define PURSER_TYPE_WORKLOAD_CALLING (purser_workload_calling_get_type ())
G_DECLARE_FINAL_TYPE (PurserWorkloadCalling, purser_workload_calling, PURSER, WORKLOAD_CALLING, AdwBin)

void purser_workload_calling_show (PurserWorkloadCalling *self, PurserSession *session, const PurserOrg *org, const PurserWorkload *workload);

G_END_DECLS
