/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-test-setup-dialog.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "purser-format.h"
#include "purser-shown.h"
#include "purser-stat.h"
#include "purser-test-models.h"
#include "purser-test-words.h"

#define USUAL_SHARE 0.1     /* of cases on which two good models disagree: what can be detected depends on it */
#define USUAL_CAP 2.0       /* of the organisation's currency */
#define USUAL_REQUESTS 20   /* from which on p90 is measured */

struct _PurserTestSetupDialog
{
  AdwDialog            parent_instance;

  PurserSession       *session; /* (owned) */
  gboolean             latency;
  GArray              *workloads; /* (owned) (element-type gint64): of the choices */
  GtkStack            *stack;
  GtkLabel            *remark;
  AdwComboRow         *workload_row;
  PurserTestModels    *models;
  AdwSpinRow          *times_row;
  AdwSpinRow          *cap_row;
  GtkLabel            *estimate_label;
  GtkLabel            *detect_label;
  GtkButton           *start_button;
};

G_DEFINE_FINAL_TYPE (PurserTestSetupDialog, purser_test_setup_dialog, ADW_TYPE_DIALOG)

static guint started_signal;

static const PurserWorkload *
chosen_workload (PurserTestSetupDialog *self,
                 const PurserOrg       *org)
{
  guint i = adw_combo_row_get_selected (self->workload_row);

  return i < self->workloads->len ? purser_org_workload (org, g_array_index (self->workloads, gint64, i)) : NULL;
}

static gint64
chosen_cap (PurserTestSetupDialog *self)
{
  return (gint64) llround (adw_spin_row_get_value (self->cap_row) * 100) * (PURSER_NANO / 100);
}

/* The trial that the fields describe; NULL while they describe none. */
static PurserTrial *
make_trial (PurserTestSetupDialog *self,
            const PurserWorkload  *workload)
{
  g_auto (GStrv) refs = purser_test_models_get_chosen (self->models);
  guint times = (guint) adw_spin_row_get_value (self->times_row);
  PurserCaller *caller = purser_session_get_caller (self->session);
  PurserStore *store = purser_session_get_store (self->session);
  PurserSuite *suite;

  if (workload == NULL || refs[0] == NULL)
    return NULL;
  if (self->latency)
    return purser_trial_new_latency (caller, store, workload->name, (const char *const *) refs, times, chosen_cap (self));
  suite = purser_suite_builtin (workload->name);
  if (suite == NULL)
    return NULL;
  return purser_trial_new_quality (caller, store, suite, (const char *const *) refs, times, chosen_cap (self));
}

static guint
count_cases (PurserTestSetupDialog *self,
             const PurserWorkload  *workload)
{
  g_autoptr (PurserSuite) suite = NULL;

  if (self->latency)
    return (guint) adw_spin_row_get_value (self->times_row);
  suite = workload != NULL ? purser_suite_builtin (workload->name) : NULL;
  return suite != NULL ? suite->cases->len : 0;
}

static char *
estimate_words (PurserTestSetupDialog *self,
                PurserTrial           *trial,
                const PurserOrg       *org)
{
  gint64 estimate = purser_trial_estimate_nano (trial);
  gint64 cap = chosen_cap (self);
  g_autofree char *most = estimate >= 0 ? purser_format_cost (org, estimate) : NULL;
  g_autofree char *limit = purser_format_cost (org, cap);

  if (estimate < 0)
    return g_strdup (_("A price is not known, so the cost cannot be told before."));
  if (estimate == 0)
    return g_strdup (_("Costs nothing."));
  if (cap > 0 && cap < estimate)
    /* Translators: both %s are amounts. */
    return g_strdup_printf (_("Could cost at most %s; it stops at %s."), most, limit);
  /* Translators: %s is an amount. */
  return g_strdup_printf (_("Costs at most %s."), most);
}

static char *
detect_words (PurserTestSetupDialog *self,
              guint                  cases)
{
  double points = purser_stat_detectable (cases, USUAL_SHARE) * 100;

  if (self->latency)
    return cases >= 20 ? g_strdup (_("Enough to say what 9 in 10 answers stay under."))
                       : g_strdup (_("With 20 requests or more it can also say what 9 in 10 answers stay under."));
  if (isnan (points))
    return g_strdup ("");
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                       "With %u case it can tell differences of about %d in 100 or more.",
                                       "With %u cases it can tell differences of about %d in 100 or more.", cases),
                          cases, (int) ceil (points));
}

static void
update (PurserTestSetupDialog *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  const PurserWorkload *workload = chosen_workload (self, org);
  g_autoptr (PurserTrial) trial = make_trial (self, workload);
  g_autofree char *estimate = NULL;
  g_autofree char *detect = detect_words (self, count_cases (self, workload));

  estimate = trial != NULL ? estimate_words (self, trial, org) : g_strdup (_("Choose one to four models."));
  gtk_label_set_text (self->estimate_label, estimate);
  gtk_label_set_text (self->detect_label, detect);
  gtk_widget_set_sensitive (GTK_WIDGET (self->start_button), trial != NULL);
}

static void
workload_cb (PurserTestSetupDialog *self)
{
  g_autoptr (PurserOrg) org = NULL;
  const PurserWorkload *workload;

  if (self->session == NULL)
    return;
  org = purser_session_get_org (self->session);
  workload = chosen_workload (self, org);
  if (workload != NULL)
    purser_test_models_show (self->models, org, workload);
  update (self);
}

static void
changed_cb (PurserTestSetupDialog *self)
{
  if (self->session != NULL)
    update (self);
}

static void
start_cb (PurserTestSetupDialog *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  const PurserWorkload *workload = chosen_workload (self, org);
  g_autoptr (PurserTrial) trial = make_trial (self, workload);
  g_autoptr (PurserTestRun) run = NULL;
  PurserTestSetup *setup;

  if (trial == NULL)
    return;
  setup = g_new0 (PurserTestSetup, 1);
  setup->latency = self->latency;
  /* Translators: %s is a workload's name. */
  setup->title = g_strdup_printf (self->latency ? _("%s, latency") : _("%s, quality"), purser_workload_title (workload));
  setup->workload_id = workload->id;
  setup->cases = count_cases (self, workload);
  setup->repeats = self->latency ? 1 : (guint) adw_spin_row_get_value (self->times_row);
  setup->cap_nano = chosen_cap (self);
  run = purser_test_run_new (trial, setup);
  g_object_ref (self);
  adw_dialog_close (ADW_DIALOG (self));
  g_signal_emit (self, started_signal, 0, run);
  g_object_unref (self);
}

static void
providers_cb (PurserTestSetupDialog *self)
{
  GtkWidget *window = g_object_ref (GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self))));

  adw_dialog_close (ADW_DIALOG (self));
  purser_window_go (window, "providers", NULL);
  g_object_unref (window);
}

static void
purser_test_setup_dialog_dispose (GObject *object)
{
  PurserTestSetupDialog *self = PURSER_TEST_SETUP_DIALOG (object);

  g_clear_object (&self->session);
  G_OBJECT_CLASS (purser_test_setup_dialog_parent_class)->dispose (object);
}

static void
purser_test_setup_dialog_finalize (GObject *object)
{
  g_array_unref (PURSER_TEST_SETUP_DIALOG (object)->workloads);
  G_OBJECT_CLASS (purser_test_setup_dialog_parent_class)->finalize (object);
}

static void
purser_test_setup_dialog_class_init (PurserTestSetupDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_test_setup_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = purser_test_setup_dialog_finalize;
  started_signal = g_signal_new ("started", PURSER_TYPE_TEST_SETUP_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, PURSER_TYPE_TEST_RUN);
  g_type_ensure (PURSER_TYPE_TEST_MODELS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-test-setup-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserTestSetupDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, PurserTestSetupDialog, remark);
  gtk_widget_class_bind_template_child (widget_class, PurserTestSetupDialog, workload_row);
  gtk_widget_class_bind_template_child (widget_class, PurserTestSetupDialog, models);
  gtk_widget_class_bind_template_child (widget_class, PurserTestSetupDialog, times_row);
  gtk_widget_class_bind_template_child (widget_class, PurserTestSetupDialog, cap_row);
  gtk_widget_class_bind_template_child (widget_class, PurserTestSetupDialog, estimate_label);
  gtk_widget_class_bind_template_child (widget_class, PurserTestSetupDialog, detect_label);
  gtk_widget_class_bind_template_child (widget_class, PurserTestSetupDialog, start_button);
  gtk_widget_class_bind_template_callback (widget_class, workload_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, start_cb);
  gtk_widget_class_bind_template_callback (widget_class, providers_cb);
}

static void
purser_test_setup_dialog_init (PurserTestSetupDialog *self)
{
  self->workloads = g_array_new (FALSE, FALSE, sizeof (gint64));
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Only what can be tested: quality needs a suite of cases. */
static void
fill_workloads (PurserTestSetupDialog *self,
                const PurserOrg       *org,
                gint64                 wish)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint selected = 0;

  for (guint i = 0; i < org->workloads->len; i++)
    {
      const PurserWorkload *workload = org->workloads->pdata[i];
      g_autoptr (PurserSuite) suite = self->latency ? NULL : purser_suite_builtin (workload->name);

      if (!self->latency && suite == NULL)
        continue;
      if (workload->id == wish)
        selected = self->workloads->len;
      gtk_string_list_append (names, purser_workload_title (workload));
      g_array_append_val (self->workloads, workload->id);
    }
  adw_combo_row_set_model (self->workload_row, G_LIST_MODEL (names));
  adw_combo_row_set_selected (self->workload_row, selected);
}

static void
prepare_fields (PurserTestSetupDialog *self,
                const PurserOrg       *org)
{
  g_autofree char *cap_title = NULL;

  adw_dialog_set_title (ADW_DIALOG (self), self->latency ? _("Latency test") : _("Quality test"));
  gtk_label_set_text (self->remark, self->latency
                                      ? _("Asks each model short questions, turn by turn, and measures how soon the "
                                          "words come.")
                                      : _("Asks each model the same cases, turn by turn, and checks every answer by "
                                          "fixed rules."));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->times_row),
                                 self->latency ? _("Requests to each model") : _("Ask each case this often"));
  adw_spin_row_set_range (self->times_row, self->latency ? 5 : 1, self->latency ? 500 : 10);
  adw_spin_row_set_value (self->times_row, self->latency ? USUAL_REQUESTS : 1);
  /* Translators: %s is a currency, "EUR". */
  cap_title = g_strdup_printf (_("Stop at, in %s"), org->currency);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->cap_row), cap_title);
  adw_spin_row_set_value (self->cap_row, USUAL_CAP);
}

/**
 * purser_test_setup_dialog_new:
 * @session: the session
 * @latency: a latency test, else one of quality
 * @workload_id: what to test, 0 = the first that fits
 *
 * Returns: (transfer floating)
 */
PurserTestSetupDialog *
purser_test_setup_dialog_new (PurserSession *session,
                              gboolean       latency,
                              gint64         workload_id)
{
  PurserTestSetupDialog *self = g_object_new (PURSER_TYPE_TEST_SETUP_DIALOG, NULL);
  g_autoptr (PurserOrg) org = purser_session_get_org (session);

  self->latency = latency;
  fill_workloads (self, org, workload_id);
  prepare_fields (self, org);
  self->session = g_object_ref (session);
  workload_cb (self);
  gtk_stack_set_visible_child_name (self->stack, purser_test_models_get_n (self->models) > 0 ? "form" : "empty");
  return self;
}
