/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-test-verdict.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "purser-test-draw.h"
#include "purser-test-words.h"

struct _PurserTestVerdict
{
  AdwBin         parent_instance;

  PurserSession *session;     /* (owned) (nullable) */
  gint64         workload_id;
  gint64         model_id;    /* the one that may be assigned */
  const char    *style;       /* of the icon now; static */
  GtkBox        *head;
  GtkImage      *icon;
  GtkLabel      *sentence_label;
  GtkLabel      *second_label;
  AdwWrapBox    *legend;
  GtkWidget     *assign_box;
  GtkButton     *assign_button;
  GtkLabel      *assign_label;
  GtkWidget     *separator;
  GtkLabel      *footnote_label;
};

G_DEFINE_FINAL_TYPE (PurserTestVerdict, purser_test_verdict, ADW_TYPE_BIN)

/* How each verdict looks; ASSIGN: the second model may be taken. */
static const struct
{
  const char *verdict;
  const char *icon;
  const char *style;
  gboolean    assign;
} looks[] = {
  { "better", "object-select-symbolic", "success", TRUE },
  { "as-good", "object-select-symbolic", "success", TRUE },
  { "slightly-worse", "object-select-symbolic", "success", FALSE },
  { "worse", "dialog-warning-symbolic", "warning", FALSE },
  { "perhaps-worse", "dialog-warning-symbolic", "warning", FALSE },
  { "cannot-tell", "dialog-question-symbolic", "neutral", FALSE },
  { "first-impression", "dialog-question-symbolic", "neutral", FALSE },
  { "one-model", "dialog-information-symbolic", "neutral", FALSE },
};

static guint
look_of (const char *verdict)
{
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    if (g_strcmp0 (looks[i].verdict, verdict) == 0)
      return i;
  return G_N_ELEMENTS (looks) - 1;
}

/* MODEL first, then what was there before without it. */
static PurserCommand *
make_assignment (const PurserWorkload *workload,
                 gint64                model_id)
{
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_array_append_val (order, model_id);
  for (guint i = 0; i < workload->n_models; i++)
    if (workload->models[i] != model_id)
      g_array_append_val (order, workload->models[i]);
  return purser_command_assign (workload->id, (const gint64 *) order->data, order->len);
}

static void
assign_cb (PurserTestVerdict *self)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  const PurserWorkload *workload = purser_org_workload (org, self->workload_id);
  const PurserModel *model = purser_org_model (org, self->model_id);
  g_autofree char *done = NULL;

  if (workload == NULL || model == NULL)
    return;
  /* Translators: a model, then a workload. */
  done = g_strdup_printf (_("%s is now the first choice for %s"), purser_model_title (model),
                          purser_workload_title (workload));
  purser_session_run (self->session, GTK_WIDGET (self), make_assignment (workload, self->model_id), done,
                      purser_command_assign (workload->id, workload->models, workload->n_models), NULL, NULL);
}

static void
purser_test_verdict_dispose (GObject *object)
{
  g_clear_object (&PURSER_TEST_VERDICT (object)->session);
  G_OBJECT_CLASS (purser_test_verdict_parent_class)->dispose (object);
}

static void
purser_test_verdict_class_init (PurserTestVerdictClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_test_verdict_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-test-verdict.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserTestVerdict, head);
  gtk_widget_class_bind_template_child (widget_class, PurserTestVerdict, icon);
  gtk_widget_class_bind_template_child (widget_class, PurserTestVerdict, sentence_label);
  gtk_widget_class_bind_template_child (widget_class, PurserTestVerdict, second_label);
  gtk_widget_class_bind_template_child (widget_class, PurserTestVerdict, legend);
  gtk_widget_class_bind_template_child (widget_class, PurserTestVerdict, assign_box);
  gtk_widget_class_bind_template_child (widget_class, PurserTestVerdict, assign_button);
  gtk_widget_class_bind_template_child (widget_class, PurserTestVerdict, assign_label);
  gtk_widget_class_bind_template_child (widget_class, PurserTestVerdict, separator);
  gtk_widget_class_bind_template_child (widget_class, PurserTestVerdict, footnote_label);
  gtk_widget_class_bind_template_callback (widget_class, assign_cb);
}

static void
purser_test_verdict_init (PurserTestVerdict *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
show_sentence (PurserTestVerdict        *self,
               const PurserTrialOutcome *outcome)
{
  const char *sentence = outcome->sentence != NULL ? outcome->sentence : "";
  const char *claim = outcome->claim != NULL && g_str_has_prefix (sentence, outcome->claim) ? outcome->claim : "";
  g_autofree char *bold = g_markup_escape_text (claim, -1);
  g_autofree char *rest = g_markup_escape_text (sentence + strlen (claim), -1);
  g_autofree char *markup = g_strdup_printf ("<b>%s</b>%s", bold, rest);

  gtk_label_set_markup (self->sentence_label, markup);
  gtk_label_set_text (self->second_label, outcome->second != NULL ? outcome->second : "");
  gtk_widget_set_visible (GTK_WIDGET (self->second_label), outcome->second != NULL && *outcome->second != '\0');
  gtk_label_set_text (self->footnote_label, outcome->footnote != NULL ? outcome->footnote : "");
  gtk_widget_set_visible (GTK_WIDGET (self->footnote_label), outcome->footnote != NULL && *outcome->footnote != '\0');
  gtk_widget_set_visible (self->separator, gtk_widget_get_visible (GTK_WIDGET (self->footnote_label)));
}

static GtkWidget *
make_legend (guint       i,
             const char *title,
             gboolean    in_use)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  g_autofree char *letter = purser_test_letter (i);
  g_autofree char *words = g_strdup_printf (_("%s: %s"), letter, title);
  GtkWidget *name = g_object_new (GTK_TYPE_LABEL, "label", title, "wrap", TRUE, "xalign", 0.0, NULL);

  gtk_accessible_update_property (GTK_ACCESSIBLE (name), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_box_append (GTK_BOX (box), purser_test_badge_new (i));
  gtk_box_append (GTK_BOX (box), name);
  if (in_use)
    {
      GtkWidget *label = gtk_label_new (_("in use now"));

      gtk_widget_add_css_class (label, "dimmed");
      gtk_box_append (GTK_BOX (box), label);
    }
  return box;
}

static void
show_legend (PurserTestVerdict        *self,
             const PurserTrialOutcome *outcome,
             const char *const        *titles,
             gint64                    in_use)
{
  GtkWidget *old;

  while ((old = gtk_widget_get_first_child (GTK_WIDGET (self->legend))) != NULL)
    adw_wrap_box_remove (self->legend, old);
  for (guint i = 0; i < outcome->models->len; i++)
    {
      const PurserTrialModel *model = outcome->models->pdata[i];

      adw_wrap_box_append (self->legend, make_legend (i, titles[i], in_use != 0 && model->model_id == in_use));
    }
}

static void
show_assign (PurserTestVerdict        *self,
             const PurserTrialOutcome *outcome,
             const PurserOrg          *org,
             const PurserWorkload     *workload,
             gboolean                  may)
{
  const PurserTrialModel *model = outcome->models->len > 1 ? outcome->models->pdata[1] : NULL;
  gboolean possible = may && model != NULL && workload != NULL && purser_org_model (org, model->model_id) != NULL;
  gboolean done = possible && workload->n_models > 0 && workload->models[0] == model->model_id;
  g_autofree char *to = NULL;

  gtk_widget_set_visible (self->assign_box, possible && !done);
  if (!possible)
    return;
  self->model_id = model->model_id;
  /* Translators: %s is a workload's name; stands under the button "Assign this model". */
  to = g_strdup_printf (_("to %s"), purser_workload_title (workload));
  gtk_label_set_text (self->assign_label, to);
}

/**
 * purser_test_verdict_show:
 * @self: the card
 * @session: the session
 * @outcome: a test's outcome
 * @titles: (array zero-terminated=1): what its models are called
 */
void
purser_test_verdict_show (PurserTestVerdict        *self,
                          PurserSession            *session,
                          const PurserTrialOutcome *outcome,
                          const char *const        *titles)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (session);
  const PurserWorkload *workload = purser_org_workload (org, outcome->row->workload_id);
  guint look = look_of (outcome->verdict);

  g_set_object (&self->session, session);
  self->workload_id = outcome->row->workload_id;
  if (self->style != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self->icon), self->style);
  self->style = looks[look].style;
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), self->style);
  gtk_image_set_from_icon_name (self->icon, looks[look].icon);
  show_sentence (self, outcome);
  show_legend (self, outcome, titles, workload != NULL && workload->n_models > 0 ? workload->models[0] : 0);
  show_assign (self, outcome, org, workload, looks[look].assign && g_str_equal (outcome->row->kind, "quality"));
}

/**
 * purser_test_verdict_set_narrow:
 * @self: the card
 * @narrow: no icon, and the button under the words
 */
void
purser_test_verdict_set_narrow (PurserTestVerdict *self,
                                gboolean           narrow)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->head),
                                  narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), !narrow);
}
