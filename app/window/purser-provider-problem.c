/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-provider-problem.h"

struct _PurserProviderProblem
{
  AdwPreferencesRow parent_instance;
  GtkImage *icon;
  GtkLabel *label;
};

G_DEFINE_FINAL_TYPE (PurserProviderProblem, purser_provider_problem, ADW_TYPE_PREFERENCES_ROW)

static void
purser_provider_problem_class_init (PurserProviderProblemClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-provider-problem.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserProviderProblem, icon);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderProblem, label);
}

static void
purser_provider_problem_init (PurserProviderProblem *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
show_words (PurserProviderProblem *self,
            const char            *words)
{
  gboolean news = words != NULL && g_strcmp0 (gtk_label_get_text (self->label), words) != 0;

  gtk_label_set_text (self->label, words != NULL ? words : "");
  gtk_widget_set_visible (GTK_WIDGET (self), words != NULL);
  if (news && gtk_widget_get_root (GTK_WIDGET (self)) != NULL)
    gtk_accessible_announce (GTK_ACCESSIBLE (self), words, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

/**
 * purser_provider_problem_set:
 * @self: the row
 * @field: (nullable): the field that is wrong
 * @words: (nullable): what is wrong with it, or %NULL
 *
 * Says what is wrong with @field.
 */
void
purser_provider_problem_set (PurserProviderProblem *self,
                             GtkWidget             *field,
                             const char            *words)
{
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), "error");
  gtk_image_set_from_icon_name (self->icon, "dialog-error-symbolic");
  show_words (self, words);
  if (field == NULL)
    return;
  if (words != NULL)
    gtk_widget_add_css_class (field, "error");
  else
    gtk_widget_remove_css_class (field, "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_STATE_INVALID,
                               words != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
}

/**
 * purser_provider_problem_hint:
 * @self: the row
 * @words: (nullable): what looks odd, or %NULL
 *
 * Says what looks odd without calling it wrong.
 */
void
purser_provider_problem_hint (PurserProviderProblem *self,
                              const char            *words)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self->icon), "error");
  gtk_image_set_from_icon_name (self->icon, "dialog-information-symbolic");
  show_words (self, words);
}
