/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include "purser-review.h"

G_BEGIN_DECLS

/* The Overview of an organisation that is at work. */
#define PURSER_TYPE_OVERVIEW_VIEW (purser_overview_view_get_type ())
G_DECLARE_FINAL_TYPE (PurserOverviewView, purser_overview_view, PURSER, OVERVIEW_VIEW, AdwBin)

void purser_overview_view_update (PurserOverviewView *self, const PurserOrg *org, const PurserOverview *overview, GPtrArray *attention, gint64 calls);

G_END_DECLS
