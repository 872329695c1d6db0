/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-table.h"

typedef struct
{
  PurserTableText   text;
  gpointer          data;
  PurserColumnFlags flags;
} Column;

static void
setup_cb (GtkSignalListItemFactory *factory,
          GtkListItem              *cell,
          Column                   *column)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), column->flags & PURSER_COLUMN_NUMERIC ? 1 : 0);
  if (column->flags & PURSER_COLUMN_NUMERIC)
    gtk_widget_add_css_class (label, "numeric");
  if (column->flags & PURSER_COLUMN_STRONG)
    gtk_widget_add_css_class (label, "heading");
  if (column->flags & PURSER_COLUMN_DIM)
    gtk_widget_add_css_class (label, "dimmed");
  gtk_list_item_set_child (cell, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory,
         GtkListItem              *cell,
         Column                   *column)
{
  g_autofree char *text = column->text (gtk_list_item_get_item (cell), column->data);

  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (cell)), text);
}

static void
column_free (gpointer  data,
             GClosure *closure)
{
  g_free (data);
}

/**
 * purser_table_add_column:
 * @view: a table
 * @title: the column's
 * @flags: how its title is set
 * @factory: (transfer full): makes its cells
 * @compare: (nullable): sorts by it
 * @data: for @compare
 *
 * Returns: (transfer none): the column, appended
 */
GtkColumnViewColumn *
purser_table_add_column (GtkColumnView      *view,
                         const char         *title,
                         PurserColumnFlags   flags,
                         GtkListItemFactory *factory,
                         GCompareDataFunc    compare,
                         gpointer            data)
{
  g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new (title, factory);

  gtk_column_view_column_set_id (column, flags & PURSER_COLUMN_NUMERIC ? "numeric" : "text");
  gtk_column_view_column_set_expand (column, (flags & PURSER_COLUMN_EXPAND) != 0);
  if (compare != NULL)
    {
      g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (compare, data, NULL));

      gtk_column_view_column_set_sorter (column, sorter);
    }
  gtk_column_view_append_column (view, column);
  return column; /* the view keeps it */
}

/**
 * purser_table_add_text:
 * @view: a table
 * @title: the column's
 * @flags: how it looks
 * @text: says what stands in a cell
 * @data: for @text and @compare
 * @compare: (nullable): sorts by it
 *
 * Returns: (transfer none): the column, appended
 */
GtkColumnViewColumn *
purser_table_add_text (GtkColumnView     *view,
                       const char        *title,
                       PurserColumnFlags  flags,
                       PurserTableText    text,
                       gpointer           data,
                       GCompareDataFunc   compare)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  Column *column = g_new0 (Column, 1);

  column->text = text;
  column->data = data;
  column->flags = flags;
  g_signal_connect_data (factory, "setup", G_CALLBACK (setup_cb), column, column_free, G_CONNECT_DEFAULT);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), column);
  return purser_table_add_column (view, title, flags, factory, compare, data);
}

/* GtkColumnView sets every title at the start; a title over figures belongs where they are. Its header is its first child, with
 * one title a column, each with one box. */
void
purser_table_align_titles (GtkColumnView *view)
{
  GListModel *columns = gtk_column_view_get_columns (view);
  GtkWidget *title = gtk_widget_get_first_child (gtk_widget_get_first_child (GTK_WIDGET (view)));

  for (guint i = 0; i < g_list_model_get_n_items (columns) && title != NULL;
       i++, title = gtk_widget_get_next_sibling (title))
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
      GtkWidget *box = gtk_widget_get_first_child (title);

      if (!GTK_IS_BOX (box) || g_strcmp0 (gtk_column_view_column_get_id (column), "numeric") != 0)
        continue;
      gtk_widget_set_halign (box, GTK_ALIGN_END);
      gtk_box_reorder_child_after (GTK_BOX (box), gtk_widget_get_last_child (box),
                                   NULL); /* the arrow goes before the words */
    }
}
