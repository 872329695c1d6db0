/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-page.h"

G_BEGIN_DECLS

/* What each model costs, pushed from "Providers and keys". */
#define PURSER_TYPE_PRICES_PAGE (purser_prices_page_get_type ())
G_DECLARE_FINAL_TYPE (PurserPricesPage, purser_prices_page, PURSER, PRICES_PAGE, AdwNavigationPage)

AdwNavigationPage *purser_prices_page_new (PurserSession *session, gboolean unpriced /* show those without a price alone */);

G_END_DECLS
