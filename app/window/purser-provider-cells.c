/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-provider-cells.h"

typedef struct
{
  PurserTableText text;
  gpointer        data;
} Cells;

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *cell,
          Cells                    *cells)
{
  gtk_list_item_set_child (cell, g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "ellipsize", PANGO_ELLIPSIZE_MIDDLE,
                                               NULL));
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *cell,
         Cells                    *cells)
{
  g_autofree char *text = cells->text (gtk_list_item_get_item (cell), cells->data);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (cell)), text);
  gtk_widget_set_tooltip_text (gtk_list_item_get_child (cell), text);
}

static void
cells_free (gpointer  data,
            GClosure *closure)
{
  g_free (data);
}

/**
 * purser_provider_cells_new:
 * @text: says what stands in a cell
 * @data: for @text
 *
 * Returns: (transfer full): a factory for purser_table_add_column()
 */
GtkListItemFactory *
purser_provider_cells_new (PurserTableText text,
                           gpointer        data)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  Cells *cells = g_new0 (Cells, 1);

  cells->text = text;
  cells->data = data;
  g_signal_connect_data (factory, "setup", G_CALLBACK (setup_cb), cells, cells_free, G_CONNECT_DEFAULT);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), cells);
  return factory;
}
