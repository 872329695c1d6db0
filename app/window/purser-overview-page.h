/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-page.h"

G_BEGIN_DECLS

/* "Overview": the month in a sentence, what to look at, how the workloads do; before there is anything, how to begin. */
#define PURSER_TYPE_OVERVIEW_PAGE (purser_overview_page_get_type ())
G_DECLARE_FINAL_TYPE (PurserOverviewPage, purser_overview_page, PURSER, OVERVIEW_PAGE, AdwNavigationPage)

AdwNavigationPage *purser_overview_page_new (PurserSession *session);

G_END_DECLS
