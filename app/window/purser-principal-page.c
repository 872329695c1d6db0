/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-principal-page.h"

#include <glib/gi18n-lib.h>
#include "purser-chart-bars.h"
#include "purser-format.h"
#include "purser-layout.h"
#include "purser-overview-words.h"
#include "purser-owner-row.h"
#include "purser-period.h"
#include "purser-principal-keys.h"
#include "purser-principal-limits.h"
#include "purser-principal-words.h"
#include "purser-shown.h"
#include "purser-usage-page.h"

struct _PurserPrincipalPage
{
  AdwNavigationPage    parent_instance;

  PurserSession       *session;     /* (owned) */
  gint64               id;
  GCancellable        *cancellable; /* (owned) (nullable): the load in flight */
  guint                late;        /* source of a load put off */
  gboolean             filling;     /* the rows are being set, not edited */

  AdwWindowTitle      *window_title;
  GtkLabel            *finding, *remark; /* the remark: what the amount leaves out, and how it is shown */
  GtkWidget           *chart_card;
  PurserChartBars     *chart;
  PurserPrincipalKeys *keys;
  GtkWidget           *remove_row;
  AdwEntryRow         *name_row, *team_row;
  AdwComboRow         *owner_row;
  PurserPrincipalLimits *limits;
};

G_DEFINE_FINAL_TYPE (PurserPrincipalPage, purser_principal_page, ADW_TYPE_NAVIGATION_PAGE)

#define RELOAD_DELAY_MS 400

/* --- the rest of what it is --- */

static void
show_org (PurserPrincipalPage *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  const PurserPrincipal *principal = purser_org_principal (org, self->id);
  const PurserTeam *team;
  g_autofree char *about = NULL;

  if (principal == NULL)
    {
      GtkWidget *view = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_NAVIGATION_VIEW);

      if (view != NULL
          && adw_navigation_view_get_visible_page (ADW_NAVIGATION_VIEW (view)) == ADW_NAVIGATION_PAGE (self))
        adw_navigation_view_pop (ADW_NAVIGATION_VIEW (view)); /* removed, here or elsewhere */
      return;
    }
  team = purser_org_team (org, principal->team_id);
  about = purser_principal_about (org, principal);
  self->filling = TRUE;
  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self), principal->name);
  adw_window_title_set_title (self->window_title, principal->name);
  adw_window_title_set_subtitle (self->window_title, about);
  gtk_editable_set_text (GTK_EDITABLE (self->name_row), principal->name);
  gtk_editable_set_text (GTK_EDITABLE (self->team_row), team != NULL ? team->name : "");
  gtk_widget_set_visible (GTK_WIDGET (self->owner_row), principal->agent);
  purser_owner_row_fill (self->owner_row, org, principal->owner_id);
  self->filling = FALSE;
  purser_principal_keys_show (self->keys, self->session, org, principal);
  purser_principal_limits_show (self->limits, self->session, org, principal);
}

static void
run_change (PurserPrincipalPage *self,
            const char          *name,
            const char          *team,
            gint64               owner_id)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  const PurserPrincipal *principal = purser_org_principal (org, self->id);
  const PurserTeam *before = principal != NULL ? purser_org_team (org, principal->team_id) : NULL;

  if (principal == NULL)
    return;
  purser_session_run (self->session, GTK_WIDGET (self), purser_command_set_principal (self->id, name, team, owner_id),
                      _("Changed"),
                      purser_command_set_principal (self->id, name != NULL ? principal->name : NULL,
                                                    team != NULL ? (before != NULL ? before->name : "") : NULL,
                                                    owner_id >= 0 ? principal->owner_id : -1),
                      NULL, NULL);
}

static char *
stripped (AdwEntryRow *row)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));
}

static void
name_apply_cb (PurserPrincipalPage *self)
{
  g_autofree char *name = stripped (self->name_row);

  run_change (self, name, NULL, -1);
}

static void
team_apply_cb (PurserPrincipalPage *self)
{
  g_autofree char *team = stripped (self->team_row);

  run_change (self, NULL, team, -1);
}

static void
owner_changed_cb (PurserPrincipalPage *self)
{
  g_autoptr (PurserOrg) org = NULL;
  const PurserPrincipal *principal;
  gint64 owner;

  if (self->filling || self->session == NULL)
    return;
  org = purser_session_get_org (self->session);
  principal = purser_org_principal (org, self->id);
  owner = purser_owner_row_get (self->owner_row, org);
  if (principal != NULL && principal->owner_id != owner)
    run_change (self, NULL, NULL, owner);
}

static void
remove_cb (PurserPrincipalPage *self)
{
  const char *name = adw_navigation_page_get_title (ADW_NAVIGATION_PAGE (self));
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  g_autofree char *done =
      g_strdup_printf (purser_principal_live_keys (org, self->id) > 0 ? _("%s removed, with all keys")
                                                                      : _("%s removed"),
                       name);

  purser_session_run (self->session, GTK_WIDGET (self), purser_command_remove_principal (self->id), done,
                      purser_command_restore_principal (self->id), NULL, NULL);
}

/* --- what it used --- */

static void
show_remark (PurserPrincipalPage  *self,
             const PurserOrg      *org,
             const PurserUsageRow *total)
{
  g_autofree char *unpriced = purser_overview_unpriced (total), *note = total->cost_nano != 0 ? purser_shown_note (org) : NULL;
  /* Translators: how amounts are shown: "Costs in USD, at 1 EUR = 1.0842 USD on 1 November." */
  g_autofree char *costs = note != NULL ? g_strdup_printf (_("Costs %s."), note) : NULL;
  g_autofree char *both = g_strdup_printf ("%s%s%s", unpriced != NULL ? unpriced : "", unpriced != NULL && costs != NULL ? " " : "", costs != NULL ? costs : "");

  gtk_label_set_label (self->remark, both);
  gtk_widget_set_visible (GTK_WIDGET (self->remark), *both != '\0');
}

static void
show_usage (PurserPrincipalPage *self,
            const PurserAnswer  *answer,
            const PurserOrg     *org,
            gint32               today)
{
  const PurserSeries *series = NULL;
  g_autoptr (PurserCosts) costs = NULL;
  g_autofree char *cost = NULL, *tokens = NULL, *calls = NULL, *text = NULL;

  for (guint i = 0; i < answer->series->len; i++)
    if (((const PurserSeries *) g_ptr_array_index (answer->series, i))->key == self->id)
      series = g_ptr_array_index (answer->series, i);
  gtk_widget_set_visible (self->chart_card, series != NULL && series->total.calls > 0);
  if (series == NULL || series->total.calls == 0)
    {
      gtk_label_set_label (self->finding, _("Nothing used this month."));
      gtk_widget_set_visible (GTK_WIDGET (self->remark), FALSE);
      return;
    }
  cost = purser_format_cost (org, series->total.cost_nano);
  tokens = purser_format_tokens (purser_usage_tokens (&series->total));
  calls = purser_format_count (series->total.calls);
  text = series->total.cost_nano > 0
             /* Translators: an amount, a number of tokens and a number of calls. */
             ? g_markup_printf_escaped (g_dngettext (GETTEXT_PACKAGE, "<b>%s</b> this month, for %s tokens in %s call.",
                                                     "<b>%s</b> this month, for %s tokens in %s calls.",
                                                     series->total.calls),
                                        cost, tokens, calls)
             : g_markup_printf_escaped (g_dngettext (GETTEXT_PACKAGE, "<b>%s tokens</b> this month, in %s call.",
                                                     "<b>%s tokens</b> this month, in %s calls.", series->total.calls),
                                        tokens, calls);
  gtk_label_set_markup (self->finding, text);
  show_remark (self, org, &series->total);
  costs = purser_costs_new (purser_usage_slice (answer, series, answer->question.first_day, answer->question.last_day),
                            org, series->total.cost_nano > 0 ? PURSER_MEASURE_MONEY : PURSER_MEASURE_TOKENS, today);
  purser_chart_bars_set_costs (self->chart, costs);
}

static void
answer_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (PurserPrincipalPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserAnswer) answer = purser_review_ask_finish (PURSER_STORE (object), result, &error);
  g_autoptr (PurserOrg) org = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  if (answer == NULL)
    {
      gtk_label_set_label (self->finding, error->message);
      return;
    }
  org = purser_session_get_org (self->session);
  show_usage (self, answer, org, purser_day_of (org->timezone, purser_store_now (PURSER_STORE (object))));
}

static void
reload (PurserPrincipalPage *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  PurserStore *store = purser_session_get_store (self->session);
  gint32 today = purser_day_of (org->timezone, purser_store_now (store));
  PurserQuestion question = { .split = PURSER_BY_PRINCIPAL, .first_day = purser_period_month_start (today),
                              .last_day = purser_period_month_end (today) };

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  purser_review_ask_async (store, &question, self->cancellable, answer_cb, g_object_ref (self));
}

static void
reload_late_cb (gpointer user_data)
{
  PurserPrincipalPage *self = user_data;

  self->late = 0;
  reload (self);
}

static void
ledger_changed_cb (PurserPrincipalPage *self)
{
  if (self->late == 0)
    self->late = g_timeout_add_once (RELOAD_DELAY_MS, reload_late_cb, self);
}

static void
purser_principal_page_dispose (GObject *object)
{
  PurserPrincipalPage *self = PURSER_PRINCIPAL_PAGE (object);

  g_clear_handle_id (&self->late, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (purser_principal_page_parent_class)->dispose (object);
}

static void
purser_principal_page_class_init (PurserPrincipalPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_principal_page_dispose;
  g_type_ensure (PURSER_TYPE_CHART_BARS);
  g_type_ensure (PURSER_TYPE_PRINCIPAL_KEYS);
  g_type_ensure (PURSER_TYPE_PRINCIPAL_LIMITS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-principal-page.ui");
  purser_layout_bind (widget_class);
  gtk_widget_class_bind_template_child (widget_class, PurserPrincipalPage, window_title);
  gtk_widget_class_bind_template_child (widget_class, PurserPrincipalPage, finding);
  gtk_widget_class_bind_template_child (widget_class, PurserPrincipalPage, remark);
  gtk_widget_class_bind_template_child (widget_class, PurserPrincipalPage, chart_card);
  gtk_widget_class_bind_template_child (widget_class, PurserPrincipalPage, chart);
  gtk_widget_class_bind_template_child (widget_class, PurserPrincipalPage, keys);
  gtk_widget_class_bind_template_child (widget_class, PurserPrincipalPage, remove_row);
  gtk_widget_class_bind_template_child (widget_class, PurserPrincipalPage, name_row);
  gtk_widget_class_bind_template_child (widget_class, PurserPrincipalPage, team_row);
  gtk_widget_class_bind_template_child (widget_class, PurserPrincipalPage, owner_row);
  gtk_widget_class_bind_template_child (widget_class, PurserPrincipalPage, limits);
  gtk_widget_class_bind_template_callback (widget_class, name_apply_cb);
  gtk_widget_class_bind_template_callback (widget_class, team_apply_cb);
  gtk_widget_class_bind_template_callback (widget_class, owner_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
}

static void
purser_principal_page_init (PurserPrincipalPage *self)
{
  self->filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * purser_principal_page_new:
 * @session: an open organisation
 * @id: a person or agent of it
 *
 * Returns: (transfer floating): the page
 */
AdwNavigationPage *
purser_principal_page_new (PurserSession *session,
                           gint64         id)
{
  PurserPrincipalPage *self = g_object_new (PURSER_TYPE_PRINCIPAL_PAGE, NULL);
  g_autoptr (PurserOrg) org = purser_session_get_org (session);

  self->session = g_object_ref (session);
  self->id = id;
  purser_team_row_fill (self->team_row, org);
  show_org (self);
  reload (self);
  g_signal_connect_object (session, "org-changed", G_CALLBACK (show_org), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "ledger-changed", G_CALLBACK (ledger_changed_cb), self, G_CONNECT_SWAPPED);
  return ADW_NAVIGATION_PAGE (self);
}
