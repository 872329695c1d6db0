/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-usage-page.h"

#include <glib/gi18n-lib.h>
#include "purser-chart-bars.h"
#include "purser-format.h"
#include "purser-layout.h"
#include "purser-period.h"
#include "purser-shown.h"

struct _PurserUsagePage
{
  AdwNavigationPage    parent_instance;

  PurserSplit          split;
  gint64               key;
  PurserCosts         *costs; /* (owned) of the one series */

  AdwWindowTitle      *window_title;
  GtkLabel            *finding;
  GtkWidget           *chart_card;
  PurserChartBars     *chart;
  AdwPreferencesGroup *money_group, *tokens_group, *open_group;
  AdwPreferencesRow   *open_row;
};

G_DEFINE_FINAL_TYPE (PurserUsagePage, purser_usage_page, ADW_TYPE_NAVIGATION_PAGE)

/* Where the thing itself is set up, by what the answer is split by. */
static const struct { PurserSplit split; const char *page, *title; } homes[] =
{
  { PURSER_BY_PERSON, "people", N_("Open This Person") },
  { PURSER_BY_AGENT, "people", N_("Open This Agent") },
  { PURSER_BY_PRINCIPAL, "people", N_("Open") },
  { PURSER_BY_WORKLOAD, "workloads", N_("Open This Workload") },
  { PURSER_BY_PROVIDER, "providers", N_("Open This Provider") },
  { PURSER_BY_MODEL, "providers", N_("Open Its Price") },
};

static const char *const kind_names[PURSER_N_TOKEN_KINDS] =
{
  [PURSER_TOKENS_INPUT_UNCACHED] = N_("Input"),
  [PURSER_TOKENS_CACHE_READ] = N_("Input read from the cache"),
  [PURSER_TOKENS_CACHE_WRITE_5M] = N_("Written to the cache for 5 minutes"),
  [PURSER_TOKENS_CACHE_WRITE_1H] = N_("Written to the cache for an hour"),
  [PURSER_TOKENS_CACHE_WRITE_OTHER] = N_("Written to the cache"),
  [PURSER_TOKENS_OUTPUT_VISIBLE] = N_("Output"),
  [PURSER_TOKENS_OUTPUT_REASONING] = N_("Output nobody sees, for reasoning"),
};

static void
open_cb (PurserUsagePage *self)
{
  g_autofree char *detail = g_strdup_printf (self->split == PURSER_BY_MODEL ? "price:%" G_GINT64_FORMAT : "%" G_GINT64_FORMAT, self->key);

  for (gsize i = 0; i < G_N_ELEMENTS (homes); i++)
    if (homes[i].split == self->split)
      {
        purser_window_go (GTK_WIDGET (self), homes[i].page, detail);
        return;
      }
}

static void
set_prices_cb (PurserUsagePage *self)
{
  purser_window_go (GTK_WIDGET (self), "providers", "prices:unpriced");
}

static void
mark_activated_cb (PurserUsagePage *self,
                   guint            bucket,
                   guint            series)
{
  PurserBucket days = purser_costs_get_bucket (self->costs, bucket);

  purser_window_push (GTK_WIDGET (self), purser_usage_page_new (self->costs, purser_costs_series (self->costs, series),
                                                                days.first, days.last));
}

static void
add_row (AdwPreferencesGroup *group,
         const char          *title,
         char                *value)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *label = gtk_label_new (value);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_widget_add_css_class (label, "numeric");
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
  adw_preferences_group_add (group, row);
  g_free (value);
}

/* What the amounts leave out, and the way to where that can be mended. */
static void
add_unpriced (PurserUsagePage      *self,
              const PurserUsageRow *total)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  GtkWidget *button = gtk_button_new_with_label (_("Set prices"));
  g_autofree char *tokens = purser_format_tokens (total->unpriced_tokens);
  g_autofree char *title = g_strdup_printf (_("%s tokens without a price"), tokens);

  gtk_widget_add_css_class (icon, "warning");
  g_object_set (icon, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  g_signal_connect_object (button, "clicked", G_CALLBACK (set_prices_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _("They are in no amount here"));
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  purser_layout_add_verb (row, button);
  adw_preferences_group_add (self->money_group, row);
}

static void
fill_money (PurserUsagePage      *self,
            const PurserUsageRow *total,
            const PurserOrg      *org)
{
  add_row (self->money_group, _("Cost"),
           total->cost_nano == 0 && total->unpriced_tokens > 0 ? g_strdup (_("No price"))
                                                               : purser_format_cost (org, total->cost_nano));
  if (total->list_nano != total->cost_nano)
    add_row (self->money_group, _("At list prices"), purser_format_cost (org, total->list_nano));
  if (total->unpriced_tokens > 0)
    add_unpriced (self, total);
  add_row (self->money_group, _("Calls"), purser_format_count (total->calls));
  if (total->fallback_calls > 0)
    add_row (self->money_group, _("Answered by a fallback"), purser_format_count (total->fallback_calls));
  if (total->failed_calls > 0)
    add_row (self->money_group, _("Failed"), purser_format_count (total->failed_calls));
  if (total->estimated_calls > 0)
    add_row (self->money_group, _("Calls with estimated tokens"), purser_format_count (total->estimated_calls));
}

static void
fill_tokens (PurserUsagePage      *self,
             const PurserUsageRow *total)
{
  for (guint i = 0; i < PURSER_N_TOKEN_KINDS; i++)
    if (total->tokens[i] > 0)
      add_row (self->tokens_group, _(kind_names[i]), purser_format_count (total->tokens[i]));
  add_row (self->tokens_group, _("Together"), purser_format_count (purser_usage_tokens (total)));
}

static void
fill_finding (PurserUsagePage    *self,
              const PurserAnswer *answer,
              const char         *name,
              const char         *period)
{
  g_autofree char *tokens = purser_format_tokens (purser_usage_tokens (&answer->total));
  g_autofree char *cost = purser_format_cost (purser_costs_get_org (self->costs), answer->total.cost_nano);
  g_autofree char *text = NULL;

  if (answer->total.cost_nano > 0)
    /* Translators: a name, an amount, a number of tokens, a period. */
    text = g_markup_printf_escaped (_("%s: <b>%s</b> for %s tokens, %s."), name, cost, tokens, period);
  else
    /* Translators: a name, a number of tokens, a period. */
    text = g_markup_printf_escaped (_("%s: <b>%s tokens</b>, %s."), name, tokens, period);
  gtk_label_set_markup (self->finding, text);
}

static void
purser_usage_page_dispose (GObject *object)
{
  g_clear_object (&PURSER_USAGE_PAGE (object)->costs);
  G_OBJECT_CLASS (purser_usage_page_parent_class)->dispose (object);
}

static void
purser_usage_page_class_init (PurserUsagePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_usage_page_dispose;
  g_type_ensure (PURSER_TYPE_CHART_BARS);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/purser_app/Purser/ui/purser-usage-page.ui");
  purser_layout_bind (widget_class);
  gtk_widget_class_bind_template_child (widget_class, PurserUsagePage, window_title);
  gtk_widget_class_bind_template_child (widget_class, PurserUsagePage, finding);
  gtk_widget_class_bind_template_child (widget_class, PurserUsagePage, chart_card);
  gtk_widget_class_bind_template_child (widget_class, PurserUsagePage, chart);
  gtk_widget_class_bind_template_child (widget_class, PurserUsagePage, money_group);
  gtk_widget_class_bind_template_child (widget_class, PurserUsagePage, tokens_group);
  gtk_widget_class_bind_template_child (widget_class, PurserUsagePage, open_group);
  gtk_widget_class_bind_template_child (widget_class, PurserUsagePage, open_row);
  gtk_widget_class_bind_template_callback (widget_class, open_cb);
  gtk_widget_class_bind_template_callback (widget_class, mark_activated_cb);
}

static void
purser_usage_page_init (PurserUsagePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
free_series (PurserSeries *series)
{
  g_free (series->name);
  g_free (series->detail);
  g_free (series->days);
  g_free (series);
}

/**
 * purser_usage_slice:
 * @answer: an answer
 * @series: one of its series
 * @first: first day
 * @last: last day
 *
 * Returns: (transfer full): that series over those days, as an answer of its own
 */
PurserAnswer *
purser_usage_slice (const PurserAnswer *answer,
                    const PurserSeries *series,
                    gint32              first,
                    gint32              last)
{
  PurserAnswer *slice = g_new0 (PurserAnswer, 1);
  PurserSeries *copy = g_new0 (PurserSeries, 1);

  slice->question = answer->question;
  slice->question.first_day = MAX (first, answer->question.first_day);
  slice->question.last_day = MIN (last, answer->question.last_day);
  slice->n_days = (guint) (slice->question.last_day - slice->question.first_day + 1);
  g_strlcpy (slice->currency, answer->currency, sizeof slice->currency);
  slice->series = g_ptr_array_new_with_free_func ((GDestroyNotify) free_series);
  copy->key = series->key;
  copy->name = g_strdup (series->name);
  copy->detail = g_strdup (series->detail);
  copy->days = g_memdup2 (series->days + (slice->question.first_day - answer->question.first_day),
                          slice->n_days * sizeof *copy->days);
  for (guint i = 0; i < slice->n_days; i++)
    purser_usage_row_add (&copy->total, &copy->days[i]);
  slice->total = copy->total;
  g_ptr_array_add (slice->series, copy);
  return slice;
}

/**
 * purser_usage_page_new:
 * @costs: what the Costs page shows
 * @series: the one to look at
 * @first: first day
 * @last: last day
 *
 * Returns: (transfer floating): the page
 */
AdwNavigationPage *
purser_usage_page_new (PurserCosts        *costs,
                       const PurserSeries *series,
                       gint32              first,
                       gint32              last)
{
  PurserUsagePage *self = g_object_new (PURSER_TYPE_USAGE_PAGE, "title", series->name, NULL);
  PurserAnswer *slice = purser_usage_slice (purser_costs_get_answer (costs), series, first, last);
  PurserCosts *own = purser_costs_new (slice, purser_costs_get_org (costs), purser_costs_get_measure (costs), purser_costs_get_today (costs));
  g_autofree char *period = purser_period_name (slice->question.first_day, slice->question.last_day);
  g_autofree char *note = purser_shown_note (purser_costs_get_org (costs));
  g_autofree char *subtitle = NULL;
  gboolean has_home = FALSE;

  self->costs = own;
  self->split = slice->question.split;
  self->key = series->key;
  adw_window_title_set_title (self->window_title, series->name);
  /* Translators: a period, then how amounts are shown: "November 2026, in USD, at 1 EUR = 1.0842 USD on 1 November". */
  subtitle = note != NULL ? g_strdup_printf (_("%s, %s"), period, note) : g_strdup (period);
  adw_window_title_set_subtitle (self->window_title, subtitle);
  fill_finding (self, slice, series->name, period);
  fill_money (self, &slice->total, purser_costs_get_org (own));
  fill_tokens (self, &slice->total);
  gtk_widget_set_visible (self->chart_card, slice->n_days > 1 && purser_costs_total (own) > 0);
  purser_chart_bars_set_costs (self->chart, own);
  for (gsize i = 0; i < G_N_ELEMENTS (homes); i++)
    if (homes[i].split == self->split && self->key > 0)
      {
        adw_preferences_row_set_title (self->open_row, _(homes[i].title));
        has_home = TRUE;
      }
  gtk_widget_set_visible (GTK_WIDGET (self->open_group), has_home);
  return ADW_NAVIGATION_PAGE (self);
}
