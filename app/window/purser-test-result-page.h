/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* What a stored test found. */
#define PURSER_TYPE_TEST_RESULT_PAGE (purser_test_result_page_get_type ())
G_DECLARE_FINAL_TYPE (PurserTestResultPage, purser_test_result_page, PURSER, TEST_RESULT_PAGE, AdwNavigationPage)

AdwNavigationPage *purser_test_result_page_new (PurserSession *session, gint64 trial_id);

G_END_DECLS
