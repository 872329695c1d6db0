/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-workload-row.h"

#include <glib/gi18n-lib.h>

#include "purser-workload-words.h"

struct _PurserWorkloadRow
{
  AdwPreferencesRow parent_instance;

  gint64            id;
  gboolean          narrow;
  GtkImage         *tile;
  GtkLabel         *title_label;
  GtkLabel         *chain_label;
  GtkBox           *state_box;
  GtkImage         *state_icon;
  GtkLabel         *state_label;
  GtkBox           *words_box;
  GtkBox           *row_box;
};

G_DEFINE_FINAL_TYPE (PurserWorkloadRow, purser_workload_row, ADW_TYPE_PREFERENCES_ROW)

static void
purser_workload_row_class_init (PurserWorkloadRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-workload-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadRow, tile);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadRow, chain_label);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadRow, state_box);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadRow, state_icon);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadRow, state_label);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadRow, words_box);
  gtk_widget_class_bind_template_child (widget_class, PurserWorkloadRow, row_box);
}

static void
purser_workload_row_init (PurserWorkloadRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

PurserWorkloadRow *
purser_workload_row_new (void)
{
  return g_object_new (PURSER_TYPE_WORKLOAD_ROW, NULL);
}

gint64
purser_workload_row_get_id (PurserWorkloadRow *self)
{
  return self->id;
}

/**
 * purser_workload_row_show:
 * @self: the row
 * @org: the snapshot now in force
 * @workload: what it stands for
 * @overview: (nullable): the last 24 hours, once they were read
 */
void
purser_workload_row_show (PurserWorkloadRow    *self,
                          const PurserOrg      *org,
                          const PurserWorkload *workload,
                          const PurserOverview *overview)
{
  const PurserWorkloadState *state = purser_workload_state_of (overview, workload->id);
  g_autofree char *markup = purser_workload_chain_markup (org, workload);
  g_autofree char *chain = purser_workload_chain (org, workload);
  PurserWorkloadMood mood;
  g_autofree char *words = purser_workload_state_words (state, &mood);
  g_autofree char *about = NULL;

  self->id = workload->id;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), purser_workload_title (workload));
  gtk_image_set_from_icon_name (self->tile, purser_workload_icon (workload));
  gtk_label_set_text (self->title_label, purser_workload_title (workload));
  gtk_label_set_markup (self->chain_label, markup);
  gtk_label_set_text (self->state_label, words);
  gtk_widget_set_visible (GTK_WIDGET (self->state_icon), mood == PURSER_WORKLOAD_TROUBLE);
  gtk_widget_set_visible (GTK_WIDGET (self->state_box), overview != NULL && workload->n_models > 0);
  about = overview != NULL && workload->n_models > 0 ? g_strdup_printf (_("%s. %s"), chain, words) : g_strdup (chain);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  purser_workload_title (workload), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, about, -1);
}

/**
 * purser_workload_row_set_narrow:
 * @self: the row
 * @narrow: the state stands under the chain instead of beside it
 */
void
purser_workload_row_set_narrow (PurserWorkloadRow *self,
                                gboolean           narrow)
{
  GtkBox *from = narrow ? self->row_box : self->words_box;
  GtkBox *to = narrow ? self->words_box : self->row_box;

  if (self->narrow == narrow)
    return;
  self->narrow = narrow;
  g_object_ref (self->state_box);
  gtk_box_remove (from, GTK_WIDGET (self->state_box));
  if (narrow)
    gtk_box_append (to, GTK_WIDGET (self->state_box));
  else
    gtk_box_insert_child_after (to, GTK_WIDGET (self->state_box), GTK_WIDGET (self->words_box));
  g_object_unref (self->state_box);
  gtk_widget_set_valign (GTK_WIDGET (self->tile), narrow ? GTK_ALIGN_START : GTK_ALIGN_CENTER);
}
