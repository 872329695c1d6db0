/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"

G_BEGIN_DECLS

/* What one model costs: now, at other conditions, before and later; an own price; and what is known of the model. */
#define PURSER_TYPE_PRICE_PAGE (purser_price_page_get_type ())
G_DECLARE_FINAL_TYPE (PurserPricePage, purser_price_page, PURSER, PRICE_PAGE, AdwNavigationPage)

AdwNavigationPage *purser_price_page_new (PurserSession *session, gint64 model_id);

G_END_DECLS
