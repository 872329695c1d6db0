/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-stat-card.h"

struct _PurserStatCard
{
  AdwBin    parent_instance;

  GtkLabel *heading, *figure, *line;
  AdwBin   *picture;
};

G_DEFINE_FINAL_TYPE (PurserStatCard, purser_stat_card, ADW_TYPE_BIN)

static void
purser_stat_card_class_init (PurserStatCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/purser_app/Purser/ui/purser-stat-card.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserStatCard, heading);
  gtk_widget_class_bind_template_child (widget_class, PurserStatCard, figure);
  gtk_widget_class_bind_template_child (widget_class, PurserStatCard, line);
  gtk_widget_class_bind_template_child (widget_class, PurserStatCard, picture);
}

static void
purser_stat_card_init (PurserStatCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
purser_stat_card_new (void)
{
  return g_object_new (PURSER_TYPE_STAT_CARD, NULL);
}

void
purser_stat_card_set_text (PurserStatCard *self,
                           const char     *heading,
                           const char     *figure,
                           const char     *line)
{
  g_autofree char *said = g_strdup_printf ("%s: %s", heading, figure);

  gtk_label_set_label (self->heading, heading);
  gtk_label_set_label (self->figure, figure);
  gtk_label_set_label (self->line, line);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, said,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, line, -1);
}

void
purser_stat_card_set_picture (PurserStatCard *self,
                              GtkWidget      *picture)
{
  adw_bin_set_child (self->picture, picture);
}

GtkWidget *
purser_stat_card_get_picture (PurserStatCard *self)
{
  return adw_bin_get_child (self->picture);
}
