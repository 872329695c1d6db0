/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-chart-legend.h"

#include <glib/gi18n-lib.h>

struct _PurserChartLegend
{
  GtkBox parent_instance;
};

G_DEFINE_FINAL_TYPE (PurserChartLegend, purser_chart_legend, GTK_TYPE_BOX)

static GtkWidget *
make_row (PurserCosts *costs,
          guint        series)
{
  GtkWidget *row = g_object_new (GTK_TYPE_BOX, "spacing", 8, "accessible-role", GTK_ACCESSIBLE_ROLE_LIST_ITEM, NULL);
  g_autofree char *amount = purser_costs_format (costs, purser_costs_series_total (costs, series));
  GtkWidget *name = g_object_new (GTK_TYPE_LABEL, "label", purser_costs_series_name (costs, series), "xalign", 0.,
                                  "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, "hexpand", TRUE, NULL);
  GtkWidget *figure = g_object_new (GTK_TYPE_LABEL, "label", amount, "xalign", 1., "valign", GTK_ALIGN_START, NULL);

  gtk_widget_add_css_class (figure, "numeric");
  gtk_box_append (GTK_BOX (row), purser_swatch_new (purser_costs_series_paint (costs, series)));
  gtk_box_append (GTK_BOX (row), name);
  gtk_box_append (GTK_BOX (row), figure);
  return row;
}

static void
purser_chart_legend_class_init (PurserChartLegendClass *klass)
{
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_LIST);
}

static void
purser_chart_legend_init (PurserChartLegend *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 8);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Legend"), -1);
}

GtkWidget *
purser_chart_legend_new (void)
{
  return g_object_new (PURSER_TYPE_CHART_LEGEND, NULL);
}

void
purser_chart_legend_set_costs (PurserChartLegend *self,
                               PurserCosts       *costs)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_box_remove (GTK_BOX (self), child);
  for (guint i = 0; i < purser_costs_n_series (costs); i++) /* as in the table below */
    gtk_box_append (GTK_BOX (self), make_row (costs, i));
}
