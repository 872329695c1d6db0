/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* One workload: its models in order, its name, trying and testing it. Pops itself when the workload is removed. */
#define PURSER_TYPE_WORKLOAD_DETAIL (purser_workload_detail_get_type ())
G_DECLARE_FINAL_TYPE (PurserWorkloadDetail, purser_workload_detail, PURSER, WORKLOAD_DETAIL, AdwNavigationPage)

AdwNavigationPage *purser_workload_detail_new (PurserSession *session, gint64 workload_id);

G_END_DECLS
