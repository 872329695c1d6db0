/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-page.h"

G_BEGIN_DECLS

/* "Workloads". Details it understands: a workload's id, "try:ID". */
#define PURSER_TYPE_WORKLOADS_PAGE (purser_workloads_page_get_type ())
G_DECLARE_FINAL_TYPE (PurserWorkloadsPage, purser_workloads_page, PURSER, WORKLOADS_PAGE, AdwNavigationPage)

AdwNavigationPage *purser_workloads_page_new (PurserSession *session);

G_END_DECLS
