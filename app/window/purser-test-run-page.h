/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-test-run.h"

G_BEGIN_DECLS

/* A test on its way: time left, progress and cost by model, Stop. When it is over its result takes the page's place. */
#define PURSER_TYPE_TEST_RUN_PAGE (purser_test_run_page_get_type ())
G_DECLARE_FINAL_TYPE (PurserTestRunPage, purser_test_run_page, PURSER, TEST_RUN_PAGE, AdwNavigationPage)

AdwNavigationPage *purser_test_run_page_new (PurserSession *session, PurserTestRun *run);

G_END_DECLS
