/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-costs-page-private.h"

#include <glib/gi18n-lib.h>
#include "purser-date-range-dialog.h"
#include "purser-layout.h"
#include "purser-usage-page.h"

static void page_init (PurserPageInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (PurserCostsPage, purser_costs_page, ADW_TYPE_NAVIGATION_PAGE,
                               G_IMPLEMENT_INTERFACE (PURSER_TYPE_PAGE, page_init))

typedef enum { PROP_PERIOD = 1, PROP_SPLIT, PROP_MEASURE } Property;
static GParamSpec *properties[PROP_MEASURE + 1];

static const char *const measures[] = { "money", "tokens" };

#define RELOAD_DELAY_MS 400

static gint32
today (PurserCostsPage *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);

  return purser_day_of (org->timezone, purser_store_now (purser_session_get_store (self->session)));
}

/* --- loading: the period, then the one it is compared with --- */

typedef struct
{
  PurserCostsPage *page;   /* (owned) */
  PurserAnswer    *answer; /* (owned) (nullable) */
} Load;

static void
load_free (Load *load)
{
  g_clear_object (&load->page);
  g_clear_pointer (&load->answer, purser_answer_free);
  g_free (load);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Load, load_free)

static void
end_load (PurserCostsPage *self,
          const GError    *error)
{
  g_autofree char *plain = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* superseded or gone */
  g_clear_object (&self->cancellable);
  if (error == NULL)
    return;
  plain = g_markup_escape_text (error->message, -1);
  adw_status_page_set_description (self->error, plain);
  gtk_stack_set_visible_child_name (self->states, "error");
}

static void
before_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Load) load = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserAnswer) before = purser_review_ask_finish (PURSER_STORE (object), result, &error);

  if (before != NULL)
    {
      load->page->before = before->total;
      purser_costs_page_show_answer (load->page, g_steal_pointer (&load->answer));
    }
  end_load (load->page, error);
}

static void
answer_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Load) load = user_data;
  g_autoptr (GError) error = NULL;
  PurserCostsPage *self = load->page;
  PurserQuestion question = { .split = PURSER_BY_NOTHING };

  load->answer = purser_review_ask_finish (PURSER_STORE (object), result, &error);
  if (load->answer == NULL)
    {
      end_load (self, error);
      return;
    }
  self->before_period = purser_period_before (&self->period, today (self));
  question.first_day = self->before_period.first;
  question.last_day = self->before_period.last;
  purser_review_ask_async (PURSER_STORE (object), &question, self->cancellable, before_cb, g_steal_pointer (&load));
}

static void
reload (PurserCostsPage *self)
{
  PurserQuestion question = { .split = self->split };
  Load *load;

  if (self->session == NULL)
    return;
  self->stale = !gtk_widget_get_mapped (GTK_WIDGET (self));
  if (self->stale)
    return;
  if (!g_str_equal (self->period.id, "custom"))
    self->period = purser_period_named (self->period.id, today (self)); /* midnight may have passed */
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  load = g_new0 (Load, 1);
  load->page = g_object_ref (self);
  question.first_day = self->period.first;
  question.last_day = self->period.last;
  purser_review_ask_async (purser_session_get_store (self->session), &question, self->cancellable, answer_cb, load);
}

/* Under load calls are counted many times a second: a page to be read need not follow each. */
static void
reload_late_cb (gpointer user_data)
{
  PurserCostsPage *self = user_data;

  self->late = 0;
  reload (self);
}

static void
ledger_changed_cb (PurserCostsPage *self)
{
  if (self->late == 0)
    self->late = g_timeout_add_once (RELOAD_DELAY_MS, reload_late_cb, self);
}

/* --- what is asked for --- */

static void
show_period_name (PurserCostsPage *self)
{
  g_autofree char *name = purser_period_name (self->period.first, self->period.last);
  g_autofree char *said = g_strdup_printf (_("Period: %s"), name);

  adw_button_content_set_label (self->period_content, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->period_button), GTK_ACCESSIBLE_PROPERTY_LABEL, said, -1);
}

static void
set_period (PurserCostsPage *self,
            PurserPeriod     period)
{
  self->period = period;
  show_period_name (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PERIOD]);
  reload (self);
}

static void
set_split (PurserCostsPage *self,
           const char      *id)
{
  static const struct { const char *id, *label; } labels[] =
  {
    { "person", N_("By person") }, { "agent", N_("By agent") }, { "team", N_("By team") },
    { "workload", N_("By workload") }, { "model", N_("By model") }, { "provider", N_("By provider") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (labels); i++)
    if (g_strcmp0 (labels[i].id, id) == 0 && purser_split_parse (id, &self->split))
      {
        gtk_menu_button_set_label (self->split_button, _(labels[i].label));
        g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SPLIT]);
        reload (self);
      }
}

static void
set_measure (PurserCostsPage *self,
             const char      *id)
{
  PurserMeasure measure =
      g_strcmp0 (id, measures[PURSER_MEASURE_TOKENS]) == 0 ? PURSER_MEASURE_TOKENS : PURSER_MEASURE_MONEY;

  if (measure == self->measure)
    return;
  self->measure = measure;
  self->measure_chosen = TRUE;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MEASURE]);
  reload (self);
}

static void
dates_chosen_cb (PurserCostsPage *self,
                 int              first,
                 int              last)
{
  set_period (self, purser_period_custom (first, last));
}

static void
choose_dates_action (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  PurserCostsPage *self = PURSER_COSTS_PAGE (widget);
  AdwDialog *dialog = purser_date_range_dialog_new (self->period.first, MIN (self->period.last, today (self)));

  g_signal_connect_object (dialog, "chosen", G_CALLBACK (dates_chosen_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, widget);
}

static void
refresh_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  reload (PURSER_COSTS_PAGE (widget));
}

static void
export_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  purser_costs_page_export (PURSER_COSTS_PAGE (widget));
}

static void
search_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  gtk_search_bar_set_search_mode (PURSER_COSTS_PAGE (widget)->search_bar, TRUE);
}

static void
toggle_table_action (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  GtkToggleButton *button = PURSER_COSTS_PAGE (widget)->table_button;

  gtk_toggle_button_set_active (button, !gtk_toggle_button_get_active (button));
}

/* --- callbacks of the template --- */

static void
table_toggled_cb (PurserCostsPage *self)
{
  gboolean table = gtk_toggle_button_get_active (self->table_button);
  GtkWidget *focus = gtk_widget_get_focus_child (GTK_WIDGET (self->views));

  gtk_stack_set_visible_child_name (self->views, table ? "table" : "chart");
  gtk_widget_set_visible (GTK_WIDGET (self->legend), !table); /* a table names its columns */
  if (focus != NULL)
    gtk_widget_grab_focus (table ? GTK_WIDGET (self->table) : GTK_WIDGET (self->chart));
}

static void
search_changed_cb (PurserCostsPage *self)
{
  purser_breakdown_set_search (self->breakdown, gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
}

static void
empty_button_cb (PurserCostsPage *self)
{
  if (g_str_equal (self->period.id, "30-days"))
    purser_window_go (GTK_WIDGET (self), "workloads", NULL);
  else
    set_period (self, purser_period_named ("30-days", today (self)));
}

static void
set_prices_cb (PurserCostsPage *self)
{
  purser_window_go (GTK_WIDGET (self), "providers", "prices:unpriced");
}

static void
remove_sample_cb (PurserCostsPage *self)
{
  purser_session_run (self->session, GTK_WIDGET (self), purser_command_remove_sample (), _("Sample data removed"),
                      NULL, NULL, NULL);
}

static void
series_activated_cb (PurserCostsPage    *self,
                     const PurserSeries *series)
{
  purser_window_push (GTK_WIDGET (self),
                      purser_usage_page_new (self->costs, series, self->period.first, self->period.last));
}

/* The others together have no page of their own: the table below names them. */
static void
mark_activated_cb (PurserCostsPage *self,
                   guint            bucket,
                   guint            position)
{
  const PurserSeries *series = purser_costs_series (self->costs, position);
  PurserBucket days = purser_costs_get_bucket (self->costs, bucket);

  if (series != NULL)
    purser_window_push (GTK_WIDGET (self), purser_usage_page_new (self->costs, series, days.first, days.last));
  else
    gtk_widget_child_focus (GTK_WIDGET (self->breakdown), GTK_DIR_TAB_FORWARD);
}

static void
purser_costs_page_show_detail (PurserPage *page,
                               const char *detail)
{
  set_split (PURSER_COSTS_PAGE (page), detail);
}

static void
page_init (PurserPageInterface *iface)
{
  iface->show_detail = purser_costs_page_show_detail;
}

/* --- object --- */

static void
purser_costs_page_get_property (GObject    *object,
                                guint       id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  PurserCostsPage *self = PURSER_COSTS_PAGE (object);

  switch ((Property) id)
    {
    case PROP_PERIOD:
      g_value_set_string (value, self->period.id);
      break;
    case PROP_SPLIT:
      g_value_set_string (value, purser_split_id (self->split));
      break;
    case PROP_MEASURE:
      g_value_set_string (value, measures[self->measure]);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
purser_costs_page_set_property (GObject      *object,
                                guint         id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  PurserCostsPage *self = PURSER_COSTS_PAGE (object);
  const char *text = g_value_get_string (value);

  switch ((Property) id)
    {
    case PROP_PERIOD:
      if (text != NULL && self->session != NULL)
        set_period (self, purser_period_named (text, today (self)));
      break;
    case PROP_SPLIT:
      if (g_strcmp0 (text, purser_split_id (self->split)) != 0)
        set_split (self, text);
      break;
    case PROP_MEASURE:
      set_measure (self, text);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
purser_costs_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (purser_costs_page_parent_class)->map (widget);
  reload (PURSER_COSTS_PAGE (widget));
}

static void
purser_costs_page_dispose (GObject *object)
{
  PurserCostsPage *self = PURSER_COSTS_PAGE (object);

  g_clear_handle_id (&self->late, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->costs);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (purser_costs_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, sample_banner);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, period_button);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, period_content);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, period_presets);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, split_button);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, states);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, views);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, empty);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, error);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, empty_button);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, total_label);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, comparison_label);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, summary_label);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, zone_label);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, foot_label);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, unpriced_label);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, unpriced_box);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, breakdown_title);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, table_button);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, chart_box);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, chart);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, table);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, legend);
  gtk_widget_class_bind_template_child (widget_class, PurserCostsPage, breakdown);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_property_action (widget_class, "costs.period", "period");
  gtk_widget_class_install_property_action (widget_class, "costs.split", "split");
  gtk_widget_class_install_action (widget_class, "costs.choose-dates", NULL, choose_dates_action);
  gtk_widget_class_install_action (widget_class, "page.refresh", NULL, refresh_action);
  gtk_widget_class_install_action (widget_class, "page.export", NULL, export_action);
  gtk_widget_class_install_action (widget_class, "page.search", NULL, search_action);
  gtk_widget_class_install_action (widget_class, "page.toggle-table", NULL, toggle_table_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_t, 0, "page.toggle-table", NULL);
}

static void
purser_costs_page_class_init (PurserCostsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = purser_costs_page_get_property;
  object_class->set_property = purser_costs_page_set_property;
  object_class->dispose = purser_costs_page_dispose;
  widget_class->map = purser_costs_page_map;
  properties[PROP_PERIOD] = g_param_spec_string ("period", NULL, NULL, "this-month", flags);
  properties[PROP_SPLIT] = g_param_spec_string ("split", NULL, NULL, "person", flags);
  properties[PROP_MEASURE] = g_param_spec_string ("measure", NULL, NULL, "money", flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  g_type_ensure (PURSER_TYPE_CHART_BARS);
  g_type_ensure (PURSER_TYPE_CHART_TABLE);
  g_type_ensure (PURSER_TYPE_CHART_LEGEND);
  g_type_ensure (PURSER_TYPE_BREAKDOWN);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/purser_app/Purser/ui/purser-costs-page.ui");
  purser_layout_bind (widget_class);
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, table_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, empty_button_cb);
  gtk_widget_class_bind_template_callback (widget_class, set_prices_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_sample_cb);
  gtk_widget_class_bind_template_callback (widget_class, series_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, mark_activated_cb);
  install_actions (widget_class);
}

static void
add_presets (PurserCostsPage *self)
{
  for (const PurserPeriodPreset *preset = purser_period_presets (); preset->id != NULL; preset++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (_(preset->title), NULL);

      g_menu_item_set_action_and_target (item, "costs.period", "s", preset->id);
      g_menu_append_item (self->period_presets, item);
    }
}

static void
purser_costs_page_init (PurserCostsPage *self)
{
  self->split = PURSER_BY_PERSON;
  self->period = purser_period_named ("this-month", 0);
  gtk_widget_init_template (GTK_WIDGET (self));
  add_presets (self);
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
  set_split (self, "person");
}

/**
 * purser_costs_page_new:
 * @session: an open organisation
 *
 * Returns: (transfer floating): the page
 */
AdwNavigationPage *
purser_costs_page_new (PurserSession *session)
{
  PurserCostsPage *self = g_object_new (PURSER_TYPE_COSTS_PAGE, NULL);

  self->session = g_object_ref (session);
  set_period (self, purser_period_named ("this-month", today (self)));
  g_signal_connect_object (session, "org-changed", G_CALLBACK (reload), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "ledger-changed", G_CALLBACK (ledger_changed_cb), self, G_CONNECT_SWAPPED);
  return ADW_NAVIGATION_PAGE (self);
}
