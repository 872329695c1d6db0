/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands in the table of calls, as columns and as rows of a list; both follow a call until it is done. */
#include "config.h"
#include "purser-gateway-call-cells.h"

#include <glib/gi18n-lib.h>
#include "purser-table.h"

static void
show_cell (PurserGatewayCall *row,
           GtkListItem       *cell)
{
  PurserCallCell which = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (cell), "cell"));

  GtkWidget *label = gtk_list_item_get_child (cell);

  gtk_label_set_label (GTK_LABEL (label), purser_gateway_call_text (row, which));
  if (which == PURSER_CALL_STATE && purser_gateway_call_runs (row))
    gtk_widget_add_css_class (label, "heading");
  else
    gtk_widget_remove_css_class (label, "heading");
}

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *cell,
          gpointer                  which)
{
  gboolean numeric = GPOINTER_TO_UINT (which) >= PURSER_CALL_TOKENS;
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "xalign", numeric ? 1. : 0., "ellipsize", numeric ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END, NULL);

  if (numeric || GPOINTER_TO_UINT (which) == PURSER_CALL_WHEN)
    gtk_widget_add_css_class (label, "numeric");
  g_object_set_data (G_OBJECT (cell), "cell", which);
  gtk_list_item_set_child (cell, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *cell)
{
  PurserGatewayCall *row = gtk_list_item_get_item (cell);

  g_signal_connect (row, "changed", G_CALLBACK (show_cell), cell);
  show_cell (row, cell);
}

static void
unbind_cb (GtkSignalListItemFactory *factory,
           GtkListItem              *cell)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (cell), show_cell, cell);
}

static const struct { PurserCallCell cell; const char *title; gboolean expand; } columns[] =
{
  { PURSER_CALL_WHEN, N_("Since"), FALSE },
  { PURSER_CALL_WHO, N_("Who"), TRUE },
  { PURSER_CALL_WORKLOAD, N_("Workload"), TRUE },
  { PURSER_CALL_MODEL, N_("Model"), TRUE },
  { PURSER_CALL_STATE, N_("State"), TRUE },
  { PURSER_CALL_TOKENS, N_("Tokens"), FALSE },
  { PURSER_CALL_COST, N_("Cost"), FALSE },
  { PURSER_CALL_TOOK, N_("Time"), FALSE },
};

/**
 * purser_gateway_call_cells_add:
 * @view: a table of #PurserGatewayCall
 *
 * Adds all columns.
 */
void
purser_gateway_call_cells_add (GtkColumnView *view)
{
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

      g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), GUINT_TO_POINTER (columns[i].cell));
      g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
      g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
      purser_table_add_column (view, _(columns[i].title),
                               (columns[i].expand ? PURSER_COLUMN_EXPAND : 0) | (columns[i].cell >= PURSER_CALL_TOKENS ? PURSER_COLUMN_NUMERIC : 0), factory, NULL, NULL);
    }
  purser_table_align_titles (view);
}

static void
show_list_row (PurserGatewayCall *call,
               GtkWidget         *row)
{
  g_autofree char *title = purser_gateway_call_title (call), *about = purser_gateway_call_about (call);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), about);
  gtk_label_set_label (GTK_LABEL (g_object_get_data (G_OBJECT (row), "cost")), purser_gateway_call_text (call, PURSER_CALL_COST));
}

/* For where there is no room for columns: a row that may grow. */
GtkWidget *
purser_gateway_call_cells_make_list_row (gpointer item,
                                         gpointer user_data)
{
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "activatable", TRUE, NULL);
  GtkWidget *cost = gtk_label_new (NULL);

  gtk_widget_add_css_class (cost, "numeric");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), cost);
  g_object_set_data (G_OBJECT (row), "cost", cost);
  g_signal_connect_object (item, "changed", G_CALLBACK (show_list_row), row, G_CONNECT_DEFAULT);
  show_list_row (item, row);
  return row;
}
