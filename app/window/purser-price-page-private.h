/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-price-page.h"

G_BEGIN_DECLS

struct _PurserPricePage
{
  AdwNavigationPage    parent_instance;

  PurserSession       *session;     /* (owned) */
  gint64               model_id;
  GCancellable        *cancellable; /* (owned) (nullable): the read in flight */
  GPtrArray           *rows;        /* (element-type GtkWidget) not owned: in the groups */

  AdwWindowTitle      *window_title;
  GtkLabel            *finding, *finding_line;
  AdwPreferencesGroup *problem_group, *now_group, *bands_group, *own_group, *history_group, *facts_group;
};

/* purser-price-page-show.c: MODEL's price and what is known of it; HISTORY (element-type PurserPriceVersion), newest first. */
void purser_price_page_show (PurserPricePage *self, const PurserOrg *org, const PurserModel *model, GPtrArray *history);

G_END_DECLS
