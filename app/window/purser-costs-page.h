/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-page.h"

G_BEGIN_DECLS

/* "Costs": money or tokens over time, by whom or what. Details it understands: a split ("person", "model" …). */
#define PURSER_TYPE_COSTS_PAGE (purser_costs_page_get_type ())
G_DECLARE_FINAL_TYPE (PurserCostsPage, purser_costs_page, PURSER, COSTS_PAGE, AdwNavigationPage)

AdwNavigationPage *purser_costs_page_new (PurserSession *session);

G_END_DECLS
