/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-overview-view.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>
#include "purser-attention.h"
#include "purser-case-cells.h"
#include "purser-columns.h"
#include "purser-costs.h"
#include "purser-format.h"
#include "purser-layout.h"
#include "purser-overview-words.h"
#include "purser-period.h"
#include "purser-range-bar.h"
#include "purser-say.h"
#include "purser-session.h"
#include "purser-shown.h"
#include "purser-spark.h"
#include "purser-stat-card.h"
#include "purser-workload-words.h"

struct _PurserOverviewView
{
  AdwBin               parent_instance;

  GPtrArray           *rows;     /* (element-type GtkWidget) in the two groups; not owned */
  GPtrArray           *buttons;  /* (element-type GtkWidget) of those, for wide windows … */
  GPtrArray           *chevrons; /* … and for narrow ones, where the row itself leads on */
  gboolean             compact;
  GtkWidget           *box;
  GtkLabel            *sentence, *course, *unpriced;
  PurserStatCard      *month_card, *course_card, *attention_card, *tests_card;
  AdwPreferencesGroup *attention_group, *workloads_group;
};

G_DEFINE_FINAL_TYPE (PurserOverviewView, purser_overview_view, ADW_TYPE_BIN)

enum { PROP_COMPACT = 1 };

#define SPARK_HEIGHT 44
#define MAX_BUBBLES 3

static void
set_optional (GtkLabel   *label,
              const char *text,
              gboolean    markup)
{
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL);
  if (text == NULL)
    return;
  if (markup)
    gtk_label_set_markup (label, text);
  else
    gtk_label_set_label (label, text);
}

static void
update_sentence (PurserOverviewView   *self,
                 const PurserOrg      *org,
                 const PurserOverview *overview)
{
  g_autofree char *sentence = purser_overview_sentence_markup (overview, org);
  g_autofree char *course = purser_overview_course_markup (overview, org);
  g_autofree char *unpriced = purser_overview_unpriced (&overview->month);

  gtk_label_set_markup (self->sentence, sentence);
  set_optional (self->course, course, TRUE);
  set_optional (self->unpriced, unpriced, FALSE);
}

/* --- cards --- */

static void
update_month_card (PurserOverviewView   *self,
                   const PurserOrg      *org,
                   const PurserOverview *overview)
{
  guint n = overview->last_day - overview->first_day + 1;
  g_autofree gint64 *values = g_new0 (gint64, n);
  gboolean money = overview->month.cost_nano > 0;
  g_autofree char *figure = money ? purser_format_cost (org, overview->month.cost_nano)
                                  : purser_format_tokens (purser_usage_tokens (&overview->month));
  g_autofree char *calls = purser_format_count (overview->month.calls);
  g_autofree char *line =
      g_strdup_printf (money ? g_dngettext (GETTEXT_PACKAGE, "for %s call", "for %s calls", overview->month.calls)
                             : g_dngettext (GETTEXT_PACKAGE, "tokens, in %s call", "tokens, in %s calls",
                                            overview->month.calls),
                       calls);
  GtkWidget *spark = purser_stat_card_get_picture (self->month_card);

  for (gint32 day = overview->first_day; day <= overview->today_day; day++)
    values[day - overview->first_day] = purser_usage_measure (&overview->days[day - overview->first_day],
                                                              money ? PURSER_MEASURE_MONEY : PURSER_MEASURE_TOKENS);
  purser_stat_card_set_text (self->month_card, _("This month"), figure, line);
  if (spark == NULL)
    purser_stat_card_set_picture (self->month_card, spark = purser_spark_new (-1, SPARK_HEIGHT));
  purser_spark_set_values (PURSER_SPARK (spark), values, n, overview->first_day, overview->today_day, TRUE);
}

static void
update_course_card (PurserOverviewView   *self,
                    const PurserOrg      *org,
                    const PurserOverview *overview)
{
  g_autofree char *figure = NULL;
  GtkWidget *bar;

  if (isnan (overview->forecast_low_nano) || overview->month.cost_nano == 0)
    {
      gint64 input = 0, output = overview->month.tokens[PURSER_TOKENS_OUTPUT_VISIBLE]
                                 + overview->month.tokens[PURSER_TOKENS_OUTPUT_REASONING];
      g_autofree char *in = NULL, *out = NULL, *line = NULL;

      input = purser_usage_tokens (&overview->month) - output;
      in = purser_format_tokens (input);
      out = purser_format_tokens (output);
      figure = purser_format_tokens (input + output);
      /* Translators: tokens that went in and came out. */
      line = g_strdup_printf (_("%s in, %s out"), in, out);
      purser_stat_card_set_text (self->course_card, _("Tokens this month"), figure, line);
      purser_stat_card_set_picture (self->course_card, NULL);
      return;
    }
  figure = purser_overview_range (overview, org);
  purser_stat_card_set_text (self->course_card, _("By month end"), figure, _("if it goes on like this"));
  bar = purser_stat_card_get_picture (self->course_card);
  if (bar == NULL)
    purser_stat_card_set_picture (self->course_card, bar = purser_range_bar_new ());
  purser_range_bar_set_values (PURSER_RANGE_BAR (bar), (double) overview->month.cost_nano, overview->forecast_low_nano,
                               overview->forecast_high_nano);
}

static GtkWidget *
make_bubble (const char *icon)
{
  GtkWidget *image = gtk_image_new_from_icon_name (icon);

  gtk_widget_add_css_class (image, "purser-bubble");
  gtk_widget_set_valign (image, GTK_ALIGN_CENTER);
  g_object_set (image, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  return image;
}

static char *
attention_words (GPtrArray *attention)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_auto (GStrv) words = NULL;
  g_autofree char *joined = NULL, *first = NULL, *upper = NULL;

  for (guint i = 0; i < attention->len; i++)
    {
      const PurserAttention *item = g_ptr_array_index (attention, i);

      if (g_hash_table_add (seen, (gpointer) item->what))
        g_strv_builder_add (builder, item->what);
    }
  words = g_strv_builder_end (builder);
  joined = g_strjoinv (", ", words);
  first = g_utf8_substring (joined, 0, MIN (g_utf8_strlen (joined, -1), 1));
  upper = g_utf8_strup (first, -1);
  return g_strconcat (upper, joined + strlen (first), NULL);
}

static void
update_attention_card (PurserOverviewView *self,
                       GPtrArray          *attention)
{
  g_autofree char *figure = purser_format_count (attention->len);
  g_autofree char *words = attention_words (attention);
  GtkWidget *bubbles = NULL;

  purser_stat_card_set_text (self->attention_card, _("Needs attention"), attention->len > 0 ? figure : _("Nothing"),
                             attention->len > 0 ? words : _("All is well"));
  if (attention->len > 0)
    bubbles = g_object_new (ADW_TYPE_WRAP_BOX, "child-spacing", 6, "line-spacing", 6, NULL);
  for (guint i = 0; i < MIN (attention->len, MAX_BUBBLES); i++)
    adw_wrap_box_append (ADW_WRAP_BOX (bubbles),
                         make_bubble (((const PurserAttention *) g_ptr_array_index (attention, i))->icon));
  purser_stat_card_set_picture (self->attention_card, bubbles);
}

static void
update_tests_card (PurserOverviewView   *self,
                   const PurserOrg      *org,
                   const PurserOverview *overview)
{
  g_autofree char *passed = NULL, *cases = NULL, *figure = NULL, *when = NULL, *line = NULL;
  GtkWidget *cells = purser_stat_card_get_picture (self->tests_card);

  if (overview->trials_cases < 0)
    {
      purser_stat_card_set_text (self->tests_card, _("Tests"), _("None yet"),
                                 _("Compare two models on your own work."));
      purser_stat_card_set_picture (self->tests_card, NULL);
      return;
    }
  passed = purser_format_count (overview->trials_passed);
  cases = purser_format_count (overview->trials_cases);
  /* Translators: tests passed of all, as in "46 of 48". */
  figure = g_strdup_printf (_("%s of %s"), passed, cases);
  when = purser_format_when (overview->trial_ended_at, org->timezone);
  /* Translators: below "46 of 48"; %s is a moment: "passed, last run yesterday at 14:32". */
  line = g_strdup_printf (_("passed, last run %s"), when);
  purser_stat_card_set_text (self->tests_card, _("Tests"), figure, line);
  if (cells == NULL)
    purser_stat_card_set_picture (self->tests_card, cells = purser_case_cells_new ());
  purser_case_cells_set_values (PURSER_CASE_CELLS (cells), overview->trials_passed, overview->trials_cases);
}

/* --- lists --- */

static void
add_row (PurserOverviewView  *self,
         AdwPreferencesGroup *group,
         GtkWidget           *row)
{
  adw_preferences_group_add (group, row);
  g_ptr_array_add (self->rows, row);
}

/* In a narrow window a button with long words would leave the row's own words no room. */
static void
show_buttons (PurserOverviewView *self)
{
  for (guint i = 0; i < self->buttons->len; i++)
    {
      GtkWidget *button = g_ptr_array_index (self->buttons, i);
      GtkWidget *row = gtk_widget_get_ancestor (button, ADW_TYPE_ACTION_ROW);

      gtk_widget_set_visible (button, !self->compact);
      gtk_widget_set_visible (g_ptr_array_index (self->chevrons, i), self->compact);
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), self->compact);
    }
}

static void
clear_rows (PurserOverviewView *self)
{
  g_ptr_array_set_size (self->buttons, 0);
  g_ptr_array_set_size (self->chevrons, 0);
  for (guint i = 0; i < self->rows->len; i++)
    {
      GtkWidget *row = g_ptr_array_index (self->rows, i);

      adw_preferences_group_remove (ADW_PREFERENCES_GROUP (gtk_widget_get_ancestor (row, ADW_TYPE_PREFERENCES_GROUP)),
                                    row);
    }
  g_ptr_array_set_size (self->rows, 0);
}

static GtkWidget *
new_row (const char *title,
         const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle != NULL ? subtitle : "");
  return row;
}

typedef struct { const char *page; char *target; } Way;

static void
way_free (gpointer  data,
          GClosure *closure)
{
  g_free (((Way *) data)->target);
  g_free (data);
}

static void
go_cb (GtkWidget *widget,
       Way       *way)
{
  purser_window_go (widget, way->page, way->target);
}

static void
lead (GtkWidget  *widget,
      const char *signal,
      const char *page,
      const char *target)
{
  Way *way = g_new0 (Way, 1);

  way->page = page;
  way->target = g_strdup (target);
  g_signal_connect_data (widget, signal, G_CALLBACK (go_cb), way, way_free, G_CONNECT_DEFAULT);
}

/* A row with one verb, which leads to where it can be done. */
static void
add_leading_row (PurserOverviewView *self,
                 const char         *icon,
                 const char         *title,
                 const char         *detail,
                 const char         *verb,
                 const char         *page,
                 const char         *target)
{
  GtkWidget *row = new_row (title, detail);
  GtkWidget *button = gtk_button_new_with_label (verb);
  GtkWidget *chevron = gtk_image_new_from_icon_name ("go-next-symbolic");
  g_autofree char *said = g_strdup_printf ("%s: %s", verb, title);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (chevron, "dimmed");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, said, -1);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), make_bubble (icon));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), chevron);
  lead (button, "clicked", page, target);
  lead (row, "activated", page, target);
  add_row (self, self->attention_group, row);
  g_ptr_array_add (self->buttons, button);
  g_ptr_array_add (self->chevrons, chevron);
}

static void
add_workload (PurserOverviewView   *self,
              const PurserOrg      *org,
              const PurserOverview *overview,
              const PurserWorkload *workload)
{
  g_autofree char *chain = purser_workload_chain (org, workload);
  g_autofree char *target = g_strdup_printf ("%" G_GINT64_FORMAT, workload->id);
  PurserWorkloadMood mood;
  g_autofree char *words = purser_workload_state_words (purser_workload_state_of (overview, workload->id), &mood);
  gboolean trouble = mood == PURSER_WORKLOAD_TROUBLE;
  GtkWidget *row = new_row (purser_workload_title (workload), chain);
  GtkWidget *state = gtk_label_new (words);
  GtkWidget *icon = gtk_image_new_from_icon_name (trouble ? "dialog-warning-symbolic" : "object-select-symbolic");
  GtkWidget *next = gtk_image_new_from_icon_name ("go-next-symbolic");
  g_autofree char *about = NULL;

  gtk_label_set_wrap (GTK_LABEL (state), TRUE);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (state), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_xalign (GTK_LABEL (state), 1);
  gtk_label_set_justify (GTK_LABEL (state), GTK_JUSTIFY_RIGHT);
  gtk_widget_add_css_class (state, trouble ? "purser-trouble" : "dimmed");
  gtk_widget_add_css_class (icon, trouble ? "warning" : "success");
  gtk_widget_set_visible (icon, mood != PURSER_WORKLOAD_UNPROVEN);
  gtk_widget_add_css_class (next, "dimmed");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), state);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), icon);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), next);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  /* Translators: a workload's models, then how the last day went: "Claude Sonnet, then Mistral Large. 98.7% on first choice in 24 h". */
  about = g_strdup_printf (_("%s. %s"), chain, words);
  purser_say_row (row, purser_workload_title (workload), about);
  lead (row, "activated", "workloads", target);
  add_row (self, self->workloads_group, row);
}

/* After the first answers: where they can be seen counted. */
static void
add_first_call (PurserOverviewView *self)
{
  add_leading_row (self, "object-select-symbolic", _("Your first calls are counted"),
                   _("See who made them, with which model, and what they cost."), _("See the costs"), "costs", NULL);
}

static void
purser_overview_view_get_property (GObject    *object,
                                   guint       id,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  if (id == PROP_COMPACT)
    g_value_set_boolean (value, PURSER_OVERVIEW_VIEW (object)->compact);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
purser_overview_view_set_property (GObject      *object,
                                   guint         id,
                                   const GValue *value,
                                   GParamSpec   *pspec)
{
  PurserOverviewView *self = PURSER_OVERVIEW_VIEW (object);

  if (id != PROP_COMPACT)
    {
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  self->compact = g_value_get_boolean (value);
  show_buttons (self);
}

static void
purser_overview_view_finalize (GObject *object)
{
  PurserOverviewView *self = PURSER_OVERVIEW_VIEW (object);

  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->buttons);
  g_ptr_array_unref (self->chevrons);
  G_OBJECT_CLASS (purser_overview_view_parent_class)->finalize (object);
}

static void
purser_overview_view_class_init (PurserOverviewViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->get_property = purser_overview_view_get_property;
  G_OBJECT_CLASS (klass)->set_property = purser_overview_view_set_property;
  G_OBJECT_CLASS (klass)->finalize = purser_overview_view_finalize;
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_COMPACT,
                                   g_param_spec_boolean ("compact", NULL, NULL, FALSE,
                                                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_type_ensure (PURSER_TYPE_COLUMNS);
  g_type_ensure (PURSER_TYPE_STAT_CARD);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/purser_app/Purser/ui/purser-overview-view.ui");
  purser_layout_bind (widget_class);
  gtk_widget_class_bind_template_child (widget_class, PurserOverviewView, box);
  gtk_widget_class_bind_template_child (widget_class, PurserOverviewView, sentence);
  gtk_widget_class_bind_template_child (widget_class, PurserOverviewView, course);
  gtk_widget_class_bind_template_child (widget_class, PurserOverviewView, unpriced);
  gtk_widget_class_bind_template_child (widget_class, PurserOverviewView, month_card);
  gtk_widget_class_bind_template_child (widget_class, PurserOverviewView, course_card);
  gtk_widget_class_bind_template_child (widget_class, PurserOverviewView, attention_card);
  gtk_widget_class_bind_template_child (widget_class, PurserOverviewView, tests_card);
  gtk_widget_class_bind_template_child (widget_class, PurserOverviewView, attention_group);
  gtk_widget_class_bind_template_child (widget_class, PurserOverviewView, workloads_group);
}

static void
purser_overview_view_init (PurserOverviewView *self)
{
  self->rows = g_ptr_array_new ();
  self->buttons = g_ptr_array_new ();
  self->chevrons = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * purser_overview_view_update:
 * @self: the view
 * @org: the configuration
 * @overview: what the ledger says
 * @attention: (element-type PurserAttention): what needs a look
 * @calls: how many calls were ever made for work
 */
void
purser_overview_view_update (PurserOverviewView   *self,
                             const PurserOrg      *org,
                             const PurserOverview *overview,
                             GPtrArray            *attention,
                             gint64                calls)
{
  clear_rows (self);
  update_sentence (self, org, overview);
  update_month_card (self, org, overview);
  update_course_card (self, org, overview);
  update_attention_card (self, attention);
  update_tests_card (self, org, overview);
  if (calls > 0 && calls < 5)
    add_first_call (self);
  for (guint i = 0; i < attention->len; i++)
    {
      const PurserAttention *item = g_ptr_array_index (attention, i);

      add_leading_row (self, item->icon, item->title, item->detail, item->verb, item->page, item->target);
    }
  for (guint i = 0; i < org->workloads->len; i++)
    add_workload (self, org, overview, g_ptr_array_index (org->workloads, i));
  show_buttons (self);
  gtk_widget_set_visible (GTK_WIDGET (self->attention_group), attention->len > 0 || (calls > 0 && calls < 5));
}
