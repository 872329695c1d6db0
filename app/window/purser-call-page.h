/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* The record of one call: who asked for what, the way it took and why, what it used and cost. */
#define PURSER_TYPE_CALL_PAGE (purser_call_page_get_type ())
G_DECLARE_FINAL_TYPE (PurserCallPage, purser_call_page, PURSER, CALL_PAGE, AdwNavigationPage)

AdwNavigationPage *purser_call_page_new (PurserSession *session, gint64 call_id);

G_END_DECLS
