/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-test-disagreements.h"

#include <glib/gi18n-lib.h>

#include "purser-palette.h"
#include "purser-test-diff.h"
#include "purser-test-draw.h"
#include "purser-test-reason.h"

#define N_SIDES 2
#define TINT_LIGHT 22 /* percent */
#define TINT_DARK 32

struct _PurserTestDisagreements
{
  AdwBin                    parent_instance;

  const PurserTrialOutcome *outcome; /* (unowned) (nullable) */
  guint                     at;
  GtkLabel                 *count_label;
  GtkLabel                 *place_label;
  GtkButton                *previous_button;
  GtkButton                *next_button;
  GtkLabel                 *title_label;
  GtkLabel                 *reason_label;
  GtkExpander              *pattern_expander;
  GtkLabel                 *pattern_label;
  GtkBox                   *sides;
  GtkLabel                 *names[N_SIDES];
  GtkImage                 *icons[N_SIDES];
  GtkLabel                 *words[N_SIDES];
  GtkLabel                 *answers[N_SIDES];
};

G_DEFINE_FINAL_TYPE (PurserTestDisagreements, purser_test_disagreements, ADW_TYPE_BIN)

static void show_case (PurserTestDisagreements *self);

static void
previous_cb (PurserTestDisagreements *self)
{
  if (self->at > 0)
    self->at--;
  show_case (self);
}

static void
next_cb (PurserTestDisagreements *self)
{
  if (self->outcome != NULL && self->at + 1 < self->outcome->disagreements->len)
    self->at++;
  show_case (self);
}

static gboolean
step_key (GtkWidget *widget,
          GVariant  *steps,
          gpointer   user_data)
{
  if (g_variant_get_int32 (steps) < 0)
    previous_cb (PURSER_TEST_DISAGREEMENTS (widget));
  else
    next_cb (PURSER_TEST_DISAGREEMENTS (widget));
  return TRUE;
}

static void
show_outcome (PurserTestDisagreements *self,
              guint                    side,
              const char              *outcome)
{
  static const struct
  {
    const char *outcome;
    const char *icon;
    const char *style;
    const char *words;
  } looks[] = {
    { "passed", "object-select-symbolic", "success", N_("Passed") },
    { "failed", "dialog-warning-symbolic", "warning", N_("Not passed") },
    { "error", "dialog-error-symbolic", "error", N_("No answer") },
    { "skipped", "list-remove-symbolic", "dimmed", N_("Not asked") },
  };
  guint found = G_N_ELEMENTS (looks) - 1;

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->icons[side]), looks[i].style);
      if (g_strcmp0 (looks[i].outcome, outcome) == 0)
        found = i;
    }
  gtk_widget_add_css_class (GTK_WIDGET (self->icons[side]), looks[found].style);
  gtk_image_set_from_icon_name (self->icons[side], looks[found].icon);
  gtk_label_set_text (self->words[side], _(looks[found].words));
}

static char *
color_of (guint series)
{
  GdkRGBA color;

  purser_palette_color (series, purser_test_is_dark (), &color);
  return g_strdup_printf ("#%02x%02x%02x", (guint) (color.red * 255 + 0.5f), (guint) (color.green * 255 + 0.5f),
                          (guint) (color.blue * 255 + 0.5f));
}

static void
show_answers (PurserTestDisagreements  *self,
              const PurserDisagreement *found)
{
  const char *one = found->answers[0] != NULL ? found->answers[0] : "";
  const char *two = found->answers[1] != NULL ? found->answers[1] : "";
  g_autofree char *color_one = color_of (0);
  g_autofree char *color_two = color_of (1);
  g_autofree char *markup_one = NULL;
  g_autofree char *markup_two = NULL;

  purser_test_diff (one, two, color_one, color_two, purser_test_is_dark () ? TINT_DARK : TINT_LIGHT, &markup_one,
                    &markup_two);
  gtk_label_set_markup (self->answers[0], *one != '\0' ? markup_one : _("Nothing came."));
  gtk_label_set_markup (self->answers[1], *two != '\0' ? markup_two : _("Nothing came."));
}

/* Why the one that did not pass did not. PATTERN: what the words leave out. */
static char *
join_reasons (const PurserDisagreement *found,
              char                    **pattern)
{
  for (guint i = 0; i < N_SIDES; i++)
    if (g_strcmp0 (found->outcomes[i], "passed") != 0 && found->reasons[i] != NULL && *found->reasons[i] != '\0')
      {
        g_autofree char *letter = purser_test_letter (i);
        g_autofree char *words = purser_test_reason (found->reasons[i], pattern);

        /* Translators: a model's letter, then why its answer did not pass. */
        return g_strdup_printf (_("%s: %s"), letter, words);
      }
  return NULL;
}

static void
show_case (PurserTestDisagreements *self)
{
  const PurserDisagreement *found;
  g_autofree char *place = NULL;
  g_autofree char *reason = NULL;
  g_autofree char *pattern = NULL;

  if (self->outcome == NULL || self->at >= self->outcome->disagreements->len)
    return;
  found = self->outcome->disagreements->pdata[self->at];
  reason = join_reasons (found, &pattern);
  /* Translators: which of how many, "1 of 10". */
  place = g_strdup_printf (_("%u of %u"), self->at + 1, self->outcome->disagreements->len);
  gtk_label_set_text (self->place_label, place);
  gtk_label_set_text (self->title_label, found->title != NULL ? found->title : found->case_id);
  gtk_label_set_text (self->reason_label, reason != NULL ? reason : "");
  gtk_widget_set_visible (GTK_WIDGET (self->reason_label), reason != NULL);
  gtk_label_set_text (self->pattern_label, pattern != NULL ? pattern : "");
  gtk_widget_set_visible (GTK_WIDGET (self->pattern_expander), pattern != NULL);
  gtk_expander_set_expanded (self->pattern_expander, FALSE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->previous_button), self->at > 0);
  gtk_widget_set_sensitive (GTK_WIDGET (self->next_button), self->at + 1 < self->outcome->disagreements->len);
  for (guint i = 0; i < N_SIDES; i++)
    show_outcome (self, i, found->outcomes[i]);
  show_answers (self, found);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    gtk_accessible_announce (GTK_ACCESSIBLE (self), place, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_LOW);
}

static GtkWidget *
make_side (PurserTestDisagreements *self,
           guint                    i)
{
  GtkWidget *side = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *state = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->names[i] = g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "hexpand", TRUE, "wrap", TRUE, NULL);
  self->icons[i] = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  self->words[i] = g_object_new (GTK_TYPE_LABEL, NULL);
  self->answers[i] = g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "yalign", 0.0, "wrap", TRUE, "wrap-mode",
                                   PANGO_WRAP_WORD_CHAR, "selectable", TRUE, "vexpand", TRUE, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->names[i]), "caption-heading");
  gtk_widget_add_css_class (GTK_WIDGET (self->words[i]), "caption");
  gtk_widget_add_css_class (side, "purser-answer");
  gtk_box_append (GTK_BOX (state), GTK_WIDGET (self->icons[i]));
  gtk_box_append (GTK_BOX (state), GTK_WIDGET (self->words[i]));
  gtk_box_append (GTK_BOX (head), purser_test_badge_new (i));
  gtk_box_append (GTK_BOX (head), GTK_WIDGET (self->names[i]));
  gtk_box_append (GTK_BOX (head), state);
  gtk_box_append (GTK_BOX (side), head);
  gtk_box_append (GTK_BOX (side), GTK_WIDGET (self->answers[i]));
  return side;
}

static void
purser_test_disagreements_class_init (PurserTestDisagreementsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-test-disagreements.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserTestDisagreements, count_label);
  gtk_widget_class_bind_template_child (widget_class, PurserTestDisagreements, place_label);
  gtk_widget_class_bind_template_child (widget_class, PurserTestDisagreements, previous_button);
  gtk_widget_class_bind_template_child (widget_class, PurserTestDisagreements, next_button);
  gtk_widget_class_bind_template_child (widget_class, PurserTestDisagreements, title_label);
  gtk_widget_class_bind_template_child (widget_class, PurserTestDisagreements, reason_label);
  gtk_widget_class_bind_template_child (widget_class, PurserTestDisagreements, pattern_expander);
  gtk_widget_class_bind_template_child (widget_class, PurserTestDisagreements, pattern_label);
  gtk_widget_class_bind_template_child (widget_class, PurserTestDisagreements, sides);
  gtk_widget_class_bind_template_callback (widget_class, previous_cb);
  gtk_widget_class_bind_template_callback (widget_class, next_cb);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Page_Up, 0, step_key, "i", -1);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Page_Down, 0, step_key, "i", 1);
}

static void
purser_test_disagreements_init (PurserTestDisagreements *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < N_SIDES; i++)
    gtk_box_append (self->sides, make_side (self, i));
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (show_case), self,
                           G_CONNECT_SWAPPED);
}

/**
 * purser_test_disagreements_show:
 * @self: the list
 * @outcome: (nullable): a quality test's outcome, borrowed
 * @titles: (array zero-terminated=1): what its models are called
 *
 * Shows the worst disagreement; the widget hides where there is none.
 */
void
purser_test_disagreements_show (PurserTestDisagreements  *self,
                                const PurserTrialOutcome *outcome,
                                const char *const        *titles)
{
  gboolean any = outcome != NULL && outcome->models->len > 1 && outcome->disagreements != NULL
                 && outcome->disagreements->len > 0;
  g_autofree char *count = NULL;

  self->outcome = any ? outcome : NULL;
  self->at = 0;
  gtk_widget_set_visible (GTK_WIDGET (self), any);
  if (!any)
    return;
  count = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u case, worst first", "%u cases, worst first",
                                        outcome->disagreements->len), outcome->disagreements->len);
  gtk_label_set_text (self->count_label, count);
  for (guint i = 0; i < N_SIDES; i++)
    gtk_label_set_text (self->names[i], titles[i]);
  show_case (self);
}

/**
 * purser_test_disagreements_set_narrow:
 * @self: the list
 * @narrow: the answers stand one under the other
 */
void
purser_test_disagreements_set_narrow (PurserTestDisagreements *self,
                                      gboolean                 narrow)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->sides),
                                  narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_box_set_homogeneous (self->sides, !narrow);
}
