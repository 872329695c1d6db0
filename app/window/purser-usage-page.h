/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-session.h"
#include "purser-costs.h"

G_BEGIN_DECLS

/* A closer look at one series of an answer over some of its days: pushed from the Costs page. */
#define PURSER_TYPE_USAGE_PAGE (purser_usage_page_get_type ())
G_DECLARE_FINAL_TYPE (PurserUsagePage, purser_usage_page, PURSER, USAGE_PAGE, AdwNavigationPage)

/* SERIES is looked at from FIRST to LAST; the page keeps what it needs. */
AdwNavigationPage *purser_usage_page_new (PurserCosts *costs, const PurserSeries *series, gint32 first, gint32 last);
/* One series of ANSWER over some of its days. (transfer full) */
PurserAnswer      *purser_usage_slice    (const PurserAnswer *answer, const PurserSeries *series, gint32 first, gint32 last);

G_END_DECLS
