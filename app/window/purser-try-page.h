/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* "Try it": one prompt, one or two models side by side, both replies as they come. Ctrl+Return asks. */
#define PURSER_TYPE_TRY_PAGE (purser_try_page_get_type ())
G_DECLARE_FINAL_TYPE (PurserTryPage, purser_try_page, PURSER, TRY_PAGE, AdwNavigationPage)

AdwNavigationPage *purser_try_page_new (PurserSession *session, gint64 workload_id);

G_END_DECLS
