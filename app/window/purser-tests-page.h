/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-page.h"

G_BEGIN_DECLS

/* "Tests". Details it understands: a run's id, "new:quality", "new:latency", each with ":WORKLOAD_ID" if need be. */
#define PURSER_TYPE_TESTS_PAGE (purser_tests_page_get_type ())
G_DECLARE_FINAL_TYPE (PurserTestsPage, purser_tests_page, PURSER, TESTS_PAGE, AdwNavigationPage)

AdwNavigationPage *purser_tests_page_new (PurserSession *session);

G_END_DECLS
