/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the Costs page says of an answer. */
#include "config.h"
#include "purser-costs-page-private.h"

#include <glib/gi18n-lib.h>
#include "purser-format.h"
#include "purser-overview-words.h"
#include "purser-shown.h"

static const struct { PurserSplit split; const char *title; } titles[] =
{
  { PURSER_BY_PERSON, N_("People") },
  { PURSER_BY_AGENT, N_("Agents") },
  { PURSER_BY_TEAM, N_("Teams") },
  { PURSER_BY_WORKLOAD, N_("Workloads") },
  { PURSER_BY_MODEL, N_("Models") },
  { PURSER_BY_PROVIDER, N_("Providers") },
};

static const char *
split_title (PurserSplit split)
{
  for (gsize i = 0; i < G_N_ELEMENTS (titles); i++)
    if (titles[i].split == split)
      return _(titles[i].title);
  return _("All");
}

static void
show_empty (PurserCostsPage *self)
{
  gboolean asked = g_str_equal (self->period.id, "30-days");

  adw_status_page_set_title (self->empty, _("No use recorded in this period"));
  adw_status_page_set_description (self->empty, _("Calls appear here as they are made: from Try it, from tests, and "
                                                   "from your tools."));
  gtk_button_set_label (self->empty_button, asked ? _("_Try a Workload") : _("Show Last _30 Days"));
  gtk_stack_set_visible_child_name (self->states, "empty");
}

static void
show_total (PurserCostsPage *self,
            const PurserOrg *org)
{
  const PurserAnswer *answer = purser_costs_get_answer (self->costs);
  gint32 last = MIN (self->period.last, MAX (purser_costs_get_today (self->costs), self->period.first));
  g_autofree char *amount = purser_costs_format (self->costs, purser_costs_total (self->costs));
  g_autofree char *total =
      self->measure == PURSER_MEASURE_TOKENS ? g_strdup_printf (_("%s tokens"), amount) : g_strdup (amount);
  g_autofree char *name = purser_period_words (self->period.first, last);
  g_autofree char *before = purser_period_words (self->before_period.first, self->before_period.last);
  g_autofree char *comparison =
      purser_overview_comparison (purser_costs_total (self->costs), purser_usage_measure (&self->before, self->measure),
                                  before);
  /* Translators: a period and how it compares: "1–23 November, 12% more than in 1–23 October". */
  g_autofree char *line = comparison != NULL ? g_strdup_printf (_("%s, %s"), name, comparison) : g_strdup (name);
  g_autofree char *calls = purser_format_count (answer->total.calls);
  g_autofree char *when =
      purser_format_when (purser_store_now (purser_session_get_store (self->session)), org->timezone);
  /* Translators: a number of calls and a moment: "8,412 calls · as of today at 09:40". */
  g_autofree char *foot =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s call · as of %s", "%s calls · as of %s", answer->total.calls),
                       calls, when);
  g_autofree char *note = purser_shown_note (org);
  g_autofree char *all = note != NULL ? g_strdup_printf ("%s · %s", foot, note) : g_strdup (foot);
  g_autofree char *zone = g_strdup_printf ("%s ·", org->timezone);

  gtk_label_set_label (self->total_label, total);
  gtk_label_set_label (self->comparison_label, line);
  gtk_label_set_label (self->foot_label, all);
  gtk_label_set_label (self->zone_label, zone);
}

/* Unpriced is a state of its own, never a zero. */
static void
show_unpriced (PurserCostsPage *self)
{
  g_autofree char *unpriced = purser_overview_unpriced (&purser_costs_get_answer (self->costs)->total);

  gtk_widget_set_visible (self->unpriced_box, unpriced != NULL && self->measure == PURSER_MEASURE_MONEY);
  if (unpriced != NULL)
    gtk_label_set_label (self->unpriced_label, unpriced);
}

static char *
highest_words (PurserCosts *costs)
{
  guint highest = 0;
  g_autofree char *name = NULL;
  g_autofree char *amount = NULL;

  for (guint i = 0; i < purser_costs_n_buckets (costs); i++)
    if (purser_costs_bucket_total (costs, i) > purser_costs_bucket_total (costs, highest))
      highest = i;
  name = purser_costs_bucket_name (costs, highest);
  amount = purser_costs_format (costs, purser_costs_bucket_total (costs, highest));
  /* Translators: a day and an amount, above a chart: "Most on 17 November: €30.52". */
  return g_strdup_printf (_("Most on %s: %s"), name, amount);
}

static void
show_chart (PurserCostsPage *self)
{
  g_autofree char *highest = purser_costs_total (self->costs) > 0 ? highest_words (self->costs) : NULL;
  const char *words = highest;

  if (highest == NULL)
    words = purser_costs_get_answer (self->costs)->total.unpriced_tokens > 0
              ? _("No amounts, since the models used have no prices. The tokens are counted all the same.")
              : _("Everything was free of charge. The tokens are counted all the same.");
  purser_chart_bars_set_costs (self->chart, self->costs);
  purser_chart_table_set_costs (self->table, self->costs);
  purser_chart_legend_set_costs (self->legend, self->costs);
  gtk_label_set_label (self->summary_label, words);
  gtk_widget_set_visible (self->chart_box, purser_costs_total (self->costs) > 0);
}

void
purser_costs_page_show_answer (PurserCostsPage *self,
                               PurserAnswer    *answer)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  gint32 today = purser_day_of (org->timezone, purser_store_now (purser_session_get_store (self->session)));

  if (!self->measure_chosen && answer->total.cost_nano == 0 && purser_usage_tokens (&answer->total) > 0)
    self->measure = PURSER_MEASURE_TOKENS;
  purser_costs_tidy (answer, org);
  g_clear_object (&self->costs);
  self->costs = purser_costs_new (answer, org, self->measure, today);
  adw_banner_set_revealed (self->sample_banner, org->sample);
  g_object_notify (G_OBJECT (self), "measure");
  if (answer->total.calls == 0)
    {
      show_empty (self);
      return;
    }
  show_total (self, org);
  show_unpriced (self);
  show_chart (self);
  gtk_label_set_label (self->breakdown_title, split_title (self->split));
  purser_breakdown_set_costs (self->breakdown, self->costs, split_title (self->split));
  gtk_stack_set_visible_child_name (self->states, "data");
}
