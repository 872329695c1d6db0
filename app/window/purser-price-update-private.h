/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-price-change-row.h"
#include "purser-price-update-dialog.h"
#include "purser-provider-problem.h"

G_BEGIN_DECLS

struct _PurserPriceUpdateDialog
{
  AdwDialog              parent_instance;

  PurserSession         *session;     /* (owned) */
  GCancellable          *cancellable; /* (owned) */
  PurserPriceList       *list;        /* (owned) (nullable): what was chosen */
  char                  *source;      /* (owned) (nullable): what the audit trail calls it */
  PurserPricePlan        plan;        /* what it changes */
  gint32                 since;       /* day from which past calls are offered to be worked out again */

  AdwNavigationView     *view;
  AdwNavigationPage     *changes_page;
  AdwActionRow          *shipped_row, *file_row;
  PurserProviderProblem *problem;
  AdwPreferencesGroup   *sources_group;
  AdwBin                *changes_bin;
  GtkStack              *states;
  AdwStatusPage         *nothing, *done;
  GtkActionBar          *bar;
  GtkButton             *apply_button, *reprice_button, *close_button;
};

/* purser-price-update-apply.c: the list's changes are made, and what that means for past calls is looked at. */
void purser_price_update_apply         (PurserPriceUpdateDialog *self);
void purser_price_update_offer_reprice (PurserPriceUpdateDialog *self); /* gives way to the dialog that works them out again */

G_END_DECLS
