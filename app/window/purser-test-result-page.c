/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-test-result-page.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "purser-format.h"
#include "purser-shown.h"
#include "purser-test-bars.h"
#include "purser-test-disagreements.h"
#include "purser-test-figures.h"
#include "purser-test-forest.h"
#include "purser-test-strip.h"
#include "purser-test-verdict.h"
#include "purser-test-words.h"

#define USUAL_MARGIN 0.05 /* points/100 that a suite allows where its stored setup does not say */

struct _PurserTestResultPage
{
  AdwNavigationPage        parent_instance;

  PurserSession           *session;     /* (owned) */
  GCancellable            *cancellable; /* (owned): ends with the page */
  gint64                   trial_id;
  gint64                   workload_id;
  gboolean                 latency;
  PurserTrialOutcome      *outcome;     /* (owned) (nullable) */
  char                   **titles;      /* (owned) (nullable) */
  AdwWindowTitle          *window_title;
  GtkStack                *stack;
  AdwStatusPage           *problem_page;
  PurserTestVerdict       *verdict;
  GtkBox                  *plots;
  GtkWidget               *forest_card;
  GtkLabel                *forest_note;
  PurserTestForest        *forest;
  GtkLabel                *strip_note;
  PurserTestStrip         *strip;
  GtkLabel                *second_title;
  GtkLabel                *second_note;
  PurserTestBars          *bars;
  PurserTestStrip         *reply_strip;
  PurserTestDisagreements *disagreements;
  PurserTestFigures       *figures;
};

G_DEFINE_FINAL_TYPE (PurserTestResultPage, purser_test_result_page, ADW_TYPE_NAVIGATION_PAGE)

static double
margin_of (const PurserTrialRow *row)
{
  g_autoptr (JsonNode) node = json_from_string (row->setup != NULL ? row->setup : "", NULL);
  JsonObject *setup = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  double margin = setup != NULL ? json_object_get_double_member_with_default (setup, "margin", USUAL_MARGIN) : USUAL_MARGIN;

  return margin > 0 && margin < 1 ? margin : USUAL_MARGIN;
}

static void
say_title (PurserTestResultPage *self,
           const PurserOrg      *org)
{
  const PurserTrialRow *row = self->outcome->row;
  const PurserWorkload *workload = purser_org_workload (org, row->workload_id);
  const char *name = workload != NULL ? purser_workload_title (workload) : row->suite;
  g_autofree char *title = name != NULL && *name != '\0' ? g_strdup (name) : purser_test_title (org, row);
  g_autofree char *when = purser_format_when (row->started_at, org->timezone);
  g_autofree char *state = purser_test_state_words (row);
  g_autofree char *note = purser_shown_note (org);
  g_autofree char *subtitle = NULL, *all = NULL;

  if (state != NULL)
    /* Translators: how the test ended, then a moment: "Stopped early: 3 November, 09:40". */
    subtitle = g_strdup_printf (_("%s: %s"), state, when);
  else
    /* Translators: a kind of test, then a moment: "Quality test, 3 November, 09:40". */
    subtitle = g_strdup_printf (_("%s, %s"), self->latency ? _("Latency test") : _("Quality test"), when);
  adw_navigation_page_set_title (ADW_NAVIGATION_PAGE (self), title);
  adw_window_title_set_title (self->window_title, title);
  /* Translators: a test and its time, then how amounts are shown: "Quality test, 3 November, 09:40, in USD, at 1 EUR = 1.0842 USD on 1 November". */
  all = note != NULL ? g_strdup_printf (_("%s, %s"), subtitle, note) : g_strdup (subtitle);
  adw_window_title_set_subtitle (self->window_title, all);
}

static void
show_passed (PurserTestResultPage *self)
{
  const PurserTrialModel *first = self->outcome->models->pdata[0];
  g_autofree char *note = NULL;

  gtk_widget_set_visible (self->forest_card, !self->latency);
  if (self->latency)
    return;
  note = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "of %u case, with the range it is likely in",
                                       "of %u cases, with the range it is likely in", first->cases), first->cases);
  gtk_label_set_text (self->forest_note, note);
  purser_test_forest_show (self->forest, self->outcome, (const char *const *) self->titles,
                           margin_of (self->outcome->row));
}

static char *
speed_words (const PurserTrialOutcome *outcome)
{
  gboolean faster = outcome->speed_ratio <= 1;
  double ratio = faster ? 1 / outcome->speed_ratio : outcome->speed_ratio;
  double one = faster ? 1 / outcome->speed_high : outcome->speed_low;
  double other = faster ? 1 / outcome->speed_low : outcome->speed_high;

  if (outcome->models->len < 2 || isnan (outcome->speed_ratio) || outcome->speed_ratio <= 0)
    return g_strdup ("");
  if (isnan (one) || isnan (other) || one < 1)
    /* Translators: of B's time to first words against A's: the range holds "the same". */
    return g_strdup (_("no clear difference"));
  /* Translators: "1.7 times faster, 1.6 to 1.8" */
  return g_strdup_printf (faster ? _("%.1f times faster, %.1f to %.1f") : _("%.1f times slower, %.1f to %.1f"), ratio,
                          one, other);
}

static void
fill_strip (PurserTestResultPage *self,
            PurserTestStrip      *strip,
            const char           *label,
            gboolean              replies)
{
  purser_test_strip_begin (strip, label, _("A tick for each answer, a stroke at the typical time"));
  for (guint i = 0; i < self->outcome->models->len; i++)
    {
      const PurserTrialModel *model = self->outcome->models->pdata[i];
      const GArray *seconds = replies ? model->replies : model->first_words;
      double typical = replies ? model->reply_p50 : model->first_words_p50;

      purser_test_strip_add (strip, self->titles[i], seconds != NULL ? (const double *) seconds->data : NULL,
                             seconds != NULL ? seconds->len : 0, typical);
    }
  purser_test_strip_end (strip);
}

static char *
cost_words (double ratio)
{
  if (ratio >= 2)
    /* Translators: B's cost against A's: "3.4 times as much". */
    return g_strdup_printf (_("%.1f times as much"), ratio);
  /* Translators: B's cost against A's: "38% as much". */
  return g_strdup_printf (ratio < 0.1 ? _("%.1f%% as much") : _("%.0f%% as much"), ratio * 100);
}

static void
show_cost (PurserTestResultPage *self,
           const PurserOrg      *org)
{
  g_autofree char *note = NULL;

  gtk_label_set_text (self->second_title, _("Cost of the run"));
  purser_test_bars_begin (self->bars, _("Cost of the run"));
  for (guint i = 0; i < self->outcome->models->len; i++)
    {
      const PurserTrialModel *model = self->outcome->models->pdata[i];
      g_autofree char *text = model->unpriced ? g_strdup (_("not known"))
                                              : purser_format_cost (org, model->cost_nano);

      purser_test_bars_add (self->bars, self->titles[i], model->unpriced ? -1 : (double) model->cost_nano, text);
    }
  if (self->outcome->models->len > 1 && !isnan (self->outcome->cost_ratio))
    {
      note = cost_words (self->outcome->cost_ratio);
    }
  gtk_label_set_text (self->second_note, note != NULL ? note : "");
}

static void
show_times (PurserTestResultPage *self,
            const PurserOrg      *org)
{
  g_autofree char *note = speed_words (self->outcome);

  gtk_label_set_text (self->strip_note, note);
  fill_strip (self, self->strip, _("Time to first words"), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->bars), !self->latency);
  gtk_widget_set_visible (GTK_WIDGET (self->reply_strip), self->latency);
  if (!self->latency)
    {
      show_cost (self, org);
      return;
    }
  gtk_label_set_text (self->second_title, _("Time to the whole reply"));
  gtk_label_set_text (self->second_note, "");
  fill_strip (self, self->reply_strip, _("Time to the whole reply"), TRUE);
}

static void
show_outcome (PurserTestResultPage *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  const char *const *titles;

  self->latency = g_str_equal (self->outcome->row->kind, "latency");
  self->workload_id = self->outcome->row->workload_id;
  g_strfreev (self->titles);
  self->titles = purser_test_titles (org, self->outcome);
  titles = (const char *const *) self->titles;
  say_title (self, org);
  if (self->outcome->models->len == 0)
    {
      adw_status_page_set_title (self->problem_page, _("No answers were kept"));
      adw_status_page_set_description (self->problem_page, _("The run ended before the first answer came."));
      gtk_stack_set_visible_child_name (self->stack, "problem");
      return;
    }
  purser_test_verdict_show (self->verdict, self->session, self->outcome, titles);
  show_passed (self);
  show_times (self, org);
  purser_test_disagreements_show (self->disagreements, self->latency ? NULL : self->outcome, titles);
  purser_test_figures_show (self->figures, self->outcome, titles, org);
  gtk_stack_set_visible_child_name (self->stack, "result");
}

static void
org_changed_cb (PurserTestResultPage *self)
{
  if (self->outcome != NULL && self->outcome->models->len > 0 && self->titles != NULL)
    purser_test_verdict_show (self->verdict, self->session, self->outcome, (const char *const *) self->titles);
}

static void
load_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (PurserTestResultPage) self = PURSER_TEST_RESULT_PAGE (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserTrialOutcome) outcome = purser_trial_load_finish (PURSER_STORE (object), result, &error);

  if (self->session == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (outcome == NULL)
    {
      g_autofree char *words = g_markup_escape_text (error->message, -1);

      adw_status_page_set_title (self->problem_page, _("This run cannot be shown"));
      adw_status_page_set_description (self->problem_page, words);
      gtk_stack_set_visible_child_name (self->stack, "problem");
      return;
    }
  self->outcome = g_steal_pointer (&outcome);
  show_outcome (self);
}

static void
again_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  PurserTestResultPage *self = PURSER_TEST_RESULT_PAGE (widget);
  g_autofree char *detail = g_strdup_printf ("new:%s:%" G_GINT64_FORMAT, self->latency ? "latency" : "quality",
                                             self->workload_id);

  purser_window_go (widget, "tests", detail);
}

/* T: from the plots to the table of the same numbers. */
static void
table_action (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  purser_test_figures_focus (PURSER_TEST_RESULT_PAGE (widget)->figures);
}

static void
set_narrow (PurserTestResultPage *self,
            gboolean              narrow)
{
  purser_test_verdict_set_narrow (self->verdict, narrow);
  purser_test_disagreements_set_narrow (self->disagreements, narrow);
  purser_test_figures_set_narrow (self->figures, narrow);
}

static void
narrow_cb (PurserTestResultPage *self)
{
  set_narrow (self, TRUE);
}

static void
wide_cb (PurserTestResultPage *self)
{
  set_narrow (self, FALSE);
}

static void
purser_test_result_page_dispose (GObject *object)
{
  PurserTestResultPage *self = PURSER_TEST_RESULT_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  if (self->outcome != NULL)
    purser_test_disagreements_show (self->disagreements, NULL, NULL);
  g_clear_pointer (&self->outcome, purser_trial_outcome_free);
  g_clear_pointer (&self->titles, g_strfreev);
  G_OBJECT_CLASS (purser_test_result_page_parent_class)->dispose (object);
}

static void
ensure_types (void)
{
  g_type_ensure (PURSER_TYPE_TEST_VERDICT);
  g_type_ensure (PURSER_TYPE_TEST_FOREST);
  g_type_ensure (PURSER_TYPE_TEST_STRIP);
  g_type_ensure (PURSER_TYPE_TEST_BARS);
  g_type_ensure (PURSER_TYPE_TEST_DISAGREEMENTS);
  g_type_ensure (PURSER_TYPE_TEST_FIGURES);
}

static void
purser_test_result_page_class_init (PurserTestResultPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_test_result_page_dispose;
  ensure_types ();
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-test-result-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserTestResultPage, window_title);
  gtk_widget_class_bind_template_child (widget_class, PurserTestResultPage, stack);
  gtk_widget_class_bind_template_child (widget_class, PurserTestResultPage, problem_page);
  gtk_widget_class_bind_template_child (widget_class, PurserTestResultPage, verdict);
  gtk_widget_class_bind_template_child (widget_class, PurserTestResultPage, plots);
  gtk_widget_class_bind_template_child (widget_class, PurserTestResultPage, forest_card);
  gtk_widget_class_bind_template_child (widget_class, PurserTestResultPage, forest_note);
  gtk_widget_class_bind_template_child (widget_class, PurserTestResultPage, forest);
  gtk_widget_class_bind_template_child (widget_class, PurserTestResultPage, strip_note);
  gtk_widget_class_bind_template_child (widget_class, PurserTestResultPage, strip);
  gtk_widget_class_bind_template_child (widget_class, PurserTestResultPage, second_title);
  gtk_widget_class_bind_template_child (widget_class, PurserTestResultPage, second_note);
  gtk_widget_class_bind_template_child (widget_class, PurserTestResultPage, bars);
  gtk_widget_class_bind_template_child (widget_class, PurserTestResultPage, reply_strip);
  gtk_widget_class_bind_template_child (widget_class, PurserTestResultPage, disagreements);
  gtk_widget_class_bind_template_child (widget_class, PurserTestResultPage, figures);
  gtk_widget_class_bind_template_callback (widget_class, narrow_cb);
  gtk_widget_class_bind_template_callback (widget_class, wide_cb);
  gtk_widget_class_install_action (widget_class, "page.refresh", NULL, again_action);
  gtk_widget_class_install_action (widget_class, "page.toggle-table", NULL, table_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_t, 0, "page.toggle-table", NULL);
}

static void
purser_test_result_page_init (PurserTestResultPage *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * purser_test_result_page_new:
 * @session: the session
 * @trial_id: a stored test
 *
 * Returns: (transfer floating): a page to push
 */
AdwNavigationPage *
purser_test_result_page_new (PurserSession *session,
                             gint64         trial_id)
{
  PurserTestResultPage *self = g_object_new (PURSER_TYPE_TEST_RESULT_PAGE, NULL);

  self->session = g_object_ref (session);
  self->trial_id = trial_id;
  g_signal_connect_object (session, "org-changed", G_CALLBACK (org_changed_cb), self, G_CONNECT_SWAPPED);
  purser_trial_load_async (purser_session_get_store (session), trial_id, self->cancellable, load_cb, g_object_ref (self));
  return ADW_NAVIGATION_PAGE (self);
}
