/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-breakdown.h"
#include "purser-chart-bars.h"
#include "purser-chart-legend.h"
#include "purser-chart-table.h"
#include "purser-costs-page.h"
#include "purser-period.h"

G_BEGIN_DECLS

struct _PurserCostsPage
{
  AdwNavigationPage  parent_instance;

  PurserSession     *session;     /* (owned) */
  GCancellable      *cancellable; /* (owned) (nullable): the load in flight */
  gboolean           stale;       /* something changed while out of sight */
  guint              late;        /* source of a load put off */
  PurserPeriod       period;
  PurserSplit        split;
  PurserMeasure      measure;
  gboolean           measure_chosen; /* by the reader, not by us */
  PurserCosts       *costs;       /* (owned) (nullable): what is shown */
  PurserUsageRow     before;      /* the period to compare with */
  PurserPeriod       before_period;

  AdwBanner         *sample_banner;
  GtkSearchBar      *search_bar;
  GtkSearchEntry    *search_entry;
  GtkWidget         *box, *breakpoints, *scroller, *chart_box, *heading_box, *search_button;
  GtkMenuButton     *period_button, *split_button;
  AdwButtonContent  *period_content;
  GtkWidget         *split_label, *split_toggles;
  GMenu             *period_presets;
  GtkStack          *states, *views;
  AdwStatusPage     *empty, *error;
  GtkButton         *empty_button;
  GtkLabel          *total_label, *comparison_label, *summary_label, *zone_label, *foot_label, *unpriced_label, *breakdown_title;
  GtkWidget         *unpriced_box;
  GtkToggleButton   *table_button;
  PurserChartBars   *chart;
  PurserChartTable  *table;
  PurserChartLegend *legend;
  PurserBreakdown   *breakdown;
};

/* purser-costs-page-show.c: an answer becomes words, chart and tables. ANSWER (transfer full). */
void purser_costs_page_show_answer (PurserCostsPage *self, PurserAnswer *answer);
/* purser-costs-page-export.c */
void purser_costs_page_export      (PurserCostsPage *self);

G_END_DECLS
