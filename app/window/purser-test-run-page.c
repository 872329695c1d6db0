/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-test-run-page.h"

#include <glib/gi18n-lib.h>

#include "purser-format.h"
#include "purser-shown.h"
#include "purser-test-bar.h"
#include "purser-test-draw.h"
#include "purser-test-result-page.h"
#include "purser-test-words.h"

#define SURE_FROM 0.1 /* share done from which the course of the cost is worth a word */

/* What changes in a model's row. */
typedef struct
{
  GtkWidget     *row;
  GtkLabel      *count;
  PurserTestBar *bar;
  GtkLabel      *note;
} Line;

struct _PurserTestRunPage
{
  AdwNavigationPage  parent_instance;

  PurserSession     *session; /* (owned) */
  PurserTestRun     *run;     /* (owned) */
  GArray            *lines;   /* (owned) (element-type Line) */
  AdwWindowTitle    *window_title;
  GtkLabel          *time_label;
  GtkLabel          *what_label;
  GtkListBox        *list;
  GtkLabel          *cost_label;
  GtkLabel          *cap_label;
  PurserTestBar     *cost_bar;
  GtkLabel          *course_label;
  GtkButton         *stop_button;
};

G_DEFINE_FINAL_TYPE (PurserTestRunPage, purser_test_run_page, ADW_TYPE_NAVIGATION_PAGE)

static char *
note_of (const PurserTrialProgress *progress,
         const PurserOrg           *org)
{
  g_autofree char *cost = progress->unpriced ? g_strdup (_("price not known"))
                                             : purser_format_cost (org, progress->cost_nano);
  g_autofree char *tokens = purser_format_tokens (MAX (progress->input_tokens, 0) + MAX (progress->output_tokens, 0));
  g_autofree char *failed = NULL;

  if (progress->done == 0)
    return g_strdup (_("Waiting for the first answer"));
  if (progress->errors == 0)
    /* Translators: a cost, then a count of tokens. */
    return g_strdup_printf (_("%s for %s tokens"), cost, tokens);
  failed = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u call failed", "%u calls failed", progress->errors),
                            progress->errors);
  /* Translators: a cost, a count of tokens, then "2 calls failed". */
  return g_strdup_printf (_("%s for %s tokens, %s"), cost, tokens, failed);
}

static void
show_line (PurserTestRunPage *self,
           guint              i,
           const PurserOrg   *org)
{
  Line *line = &g_array_index (self->lines, Line, i);
  PurserTrialProgress progress;
  g_autofree char *count = NULL;
  g_autofree char *note = NULL;
  g_autofree char *about = NULL;

  purser_trial_get_progress (purser_test_run_get_trial (self->run), i, &progress);
  /* Translators: how far it is, "96 of 240". */
  count = g_strdup_printf (_("%u of %u"), progress.done, progress.total);
  note = note_of (&progress, org);
  gtk_label_set_text (line->count, count);
  gtk_label_set_text (line->note, note);
  purser_test_bar_set_share (line->bar, progress.total > 0 ? (double) progress.done / progress.total : 0, count);
  /* Translators: how far a model's test is, then cost and tokens: "96 of 240. €0.40 for 20,000 tokens". */
  about = g_strdup_printf (_("%s. %s"), count, note);
  gtk_accessible_update_property (GTK_ACCESSIBLE (line->row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, about, -1);
}

static void
show_cost (PurserTestRunPage *self,
           const PurserOrg   *org)
{
  gint64 cost = purser_trial_get_cost_nano (purser_test_run_get_trial (self->run));
  gint64 cap = purser_test_run_get_setup (self->run)->cap_nano;
  double share = purser_test_run_get_share (self->run);
  g_autofree char *spent = purser_format_cost (org, cost);
  g_autofree char *most = cap > 0 ? purser_format_cost (org, cap) : NULL;
  g_autofree char *course = share >= SURE_FROM ? purser_format_cost (org, (gint64) (cost / share)) : NULL;
  g_autofree char *bold = g_strdup_printf ("<b>%s</b>", spent);
  /* Translators: %s is an amount: "€2.34 so far". */
  g_autofree char *so_far = g_strdup_printf (_("%s so far"), bold);
  g_autofree char *at_most = NULL;
  g_autofree char *words = NULL;

  gtk_label_set_markup (self->cost_label, so_far);
  at_most = most != NULL ? g_strdup_printf (_("at most %s"), most) : g_strdup (_("no limit"));
  gtk_label_set_text (self->cap_label, at_most);
  gtk_widget_set_visible (GTK_WIDGET (self->cost_bar), cap > 0);
  purser_test_bar_set_share (self->cost_bar, cap > 0 ? (double) cost / cap : 0, spent);
  purser_test_bar_set_tick (self->cost_bar, cap > 0 && course != NULL && share < 1 ? cost / share / cap : -1);
  if (course != NULL && most != NULL)
    words = g_strdup_printf (_("On course for %s. The run stops by itself at %s."), course, most);
  else if (course != NULL)
    words = g_strdup_printf (_("On course for %s."), course);
  else if (most != NULL)
    words = g_strdup_printf (_("The run stops by itself at %s."), most);
  gtk_label_set_text (self->course_label, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self->course_label), words != NULL);
}

static void
show (PurserTestRunPage *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  gboolean stopping = purser_test_run_get_state (self->run) == PURSER_TEST_STOPPING;
  g_autofree char *left = NULL;

  left = stopping ? g_strdup (_("Stopping"))
                  : purser_test_time_left (purser_trial_get_remaining_us (purser_test_run_get_trial (self->run)));
  gtk_label_set_text (self->time_label, left);
  gtk_widget_set_sensitive (GTK_WIDGET (self->stop_button), !stopping);
  for (guint i = 0; i < self->lines->len; i++)
    show_line (self, i, org);
  show_cost (self, org);
}

/* The result stands where the run stood: Back leads to the list of tests. */
static void
replace_by_result (PurserTestRunPage *self,
                   gint64             trial_id)
{
  GtkWidget *view = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_NAVIGATION_VIEW);
  AdwNavigationPage *pages[2];
  g_autoptr (GListModel) stack = NULL;

  if (view == NULL || adw_navigation_view_get_visible_page (ADW_NAVIGATION_VIEW (view)) != ADW_NAVIGATION_PAGE (self))
    return; /* nobody looks at it; the list has the result */
  stack = adw_navigation_view_get_navigation_stack (ADW_NAVIGATION_VIEW (view));
  pages[0] = g_list_model_get_item (stack, 0);
  pages[1] = purser_test_result_page_new (self->session, trial_id);
  adw_navigation_view_replace (ADW_NAVIGATION_VIEW (view), pages, 2);
  g_object_unref (pages[0]);
}

static void
finished_cb (PurserTestRunPage *self)
{
  gint64 id = purser_test_run_get_id (self->run);
  const GError *error = purser_test_run_get_error (self->run);

  if (id != 0)
    {
      replace_by_result (self, id);
      return;
    }
  gtk_label_set_text (self->time_label, _("The test could not go on"));
  gtk_label_set_text (self->what_label, error != NULL ? error->message : "");
  adw_window_title_set_subtitle (self->window_title, _("Failed"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->stop_button), FALSE);
}

static void
stop_cb (PurserTestRunPage *self)
{
  purser_test_run_stop (self->run);
}

static GtkWidget *
make_row (PurserTestRunPage *self,
          const PurserOrg   *org,
          guint              i,
          Line              *line)
{
  PurserTrialProgress progress;
  const PurserModel *model;
  const PurserProvider *provider;
  g_autofree char *title = NULL;
  GtkBuilder *builder = gtk_builder_new_from_resource ("/io/github/purser_app/Purser/ui/purser-test-run-row.ui");
  GtkWidget *row = GTK_WIDGET (g_object_ref (gtk_builder_get_object (builder, "row")));

  purser_trial_get_progress (purser_test_run_get_trial (self->run), i, &progress);
  model = purser_org_model_ref (org, progress.model);
  provider = model != NULL ? purser_org_provider (org, model->provider_id) : NULL;
  title = purser_test_model_title (org, progress.model);
  gtk_box_prepend (GTK_BOX (gtk_builder_get_object (builder, "head")), purser_test_badge_new (i));
  gtk_label_set_text (GTK_LABEL (gtk_builder_get_object (builder, "name")), title);
  gtk_label_set_text (GTK_LABEL (gtk_builder_get_object (builder, "provider")), provider != NULL ? provider->name : "");
  line->row = row;
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  line->count = GTK_LABEL (gtk_builder_get_object (builder, "count"));
  line->bar = PURSER_TEST_BAR (gtk_builder_get_object (builder, "bar"));
  line->note = GTK_LABEL (gtk_builder_get_object (builder, "note"));
  purser_test_bar_set_series (line->bar, i);
  gtk_accessible_update_property (GTK_ACCESSIBLE (line->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_object_unref (builder);
  return row;
}

static void
make_rows (PurserTestRunPage *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);

  for (guint i = 0; i < purser_trial_get_n_models (purser_test_run_get_trial (self->run)); i++)
    {
      Line line;
      GtkWidget *row = make_row (self, org, i, &line);

      gtk_list_box_append (self->list, row);
      g_object_unref (row);
      g_array_append_val (self->lines, line);
    }
}

static void
say_what (PurserTestRunPage *self)
{
  const PurserTestSetup *setup = purser_test_run_get_setup (self->run);
  guint n = purser_trial_get_n_models (purser_test_run_get_trial (self->run));
  g_autofree char *cases = NULL;
  g_autofree char *models = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u model", "%u models", n), n);
  g_autofree char *each = NULL;
  g_autofree char *words = NULL;

  if (setup->latency)
    {
      cases = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u request", "%u requests", setup->cases), setup->cases);
      /* Translators: "20 requests to each of 2 models." */
      words = g_strdup_printf (_("%s to each of %s. You will be told when it is done."), cases, models);
    }
  else
    {
      cases = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u case", "%u cases", setup->cases), setup->cases);
      each = setup->repeats == 1 ? g_strdup (_("asked once"))
                                 : g_strdup_printf (_("asked %u times"), setup->repeats);
      /* Translators: "24 cases, 2 models, each asked once." */
      words = g_strdup_printf (_("%s, %s, each %s. You will be told when it is done."), cases, models, each);
    }
  gtk_label_set_text (self->what_label, words);
}

static void
purser_test_run_page_dispose (GObject *object)
{
  PurserTestRunPage *self = PURSER_TEST_RUN_PAGE (object);

  g_clear_object (&self->session);
  g_clear_object (&self->run);
  g_clear_pointer (&self->lines, g_array_unref);
  G_OBJECT_CLASS (purser_test_run_page_parent_class)->dispose (object);
}

static void
purser_test_run_page_class_init (PurserTestRunPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_test_run_page_dispose;
  g_type_ensure (PURSER_TYPE_TEST_BAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-test-run-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserTestRunPage, window_title);
  gtk_widget_class_bind_template_child (widget_class, PurserTestRunPage, time_label);
  gtk_widget_class_bind_template_child (widget_class, PurserTestRunPage, what_label);
  gtk_widget_class_bind_template_child (widget_class, PurserTestRunPage, list);
  gtk_widget_class_bind_template_child (widget_class, PurserTestRunPage, cost_label);
  gtk_widget_class_bind_template_child (widget_class, PurserTestRunPage, cap_label);
  gtk_widget_class_bind_template_child (widget_class, PurserTestRunPage, cost_bar);
  gtk_widget_class_bind_template_child (widget_class, PurserTestRunPage, course_label);
  gtk_widget_class_bind_template_child (widget_class, PurserTestRunPage, stop_button);
  gtk_widget_class_bind_template_callback (widget_class, stop_cb);
}

static void
purser_test_run_page_init (PurserTestRunPage *self)
{
  self->lines = g_array_new (FALSE, TRUE, sizeof (Line));
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * purser_test_run_page_new:
 * @session: the session
 * @run: a test on its way
 *
 * Returns: (transfer floating): a page to push
 */
AdwNavigationPage *
purser_test_run_page_new (PurserSession *session,
                          PurserTestRun *run)
{
  PurserTestRunPage *self = g_object_new (PURSER_TYPE_TEST_RUN_PAGE, NULL);
  const char *title = purser_test_run_get_setup (run)->title;

  self->session = g_object_ref (session);
  self->run = g_object_ref (run);
  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self), title);
  adw_window_title_set_title (self->window_title, title);
  make_rows (self);
  say_what (self);
  show (self);
  g_signal_connect_object (run, "progress", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (run, "finished", G_CALLBACK (finished_cb), self, G_CONNECT_SWAPPED);
  return ADW_NAVIGATION_PAGE (self);
}
