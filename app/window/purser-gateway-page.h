/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-page.h"

G_BEGIN_DECLS

/* The gateway: its switch, how tools reach it, what goes through it, and its settings. Details: "call:17", a call's record. */
#define PURSER_TYPE_GATEWAY_PAGE (purser_gateway_page_get_type ())
G_DECLARE_FINAL_TYPE (PurserGatewayPage, purser_gateway_page, PURSER, GATEWAY_PAGE, AdwNavigationPage)

AdwNavigationPage *purser_gateway_page_new (PurserSession *session);

G_END_DECLS
