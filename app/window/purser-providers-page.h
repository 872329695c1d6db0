/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-page.h"

G_BEGIN_DECLS

/* "Providers and keys". Details it understands: a provider's id, "add", "add:KIND", "practice"; "prices", "prices:unpriced",
 * "prices:update", a model's "price:ID", "rate:CURRENCY", "reprice". */
#define PURSER_TYPE_PROVIDERS_PAGE (purser_providers_page_get_type ())
G_DECLARE_FINAL_TYPE (PurserProvidersPage, purser_providers_page, PURSER, PROVIDERS_PAGE, AdwNavigationPage)

AdwNavigationPage *purser_providers_page_new (PurserSession *session);

G_END_DECLS
