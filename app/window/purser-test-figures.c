/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-test-figures.h"

#include <glib/gi18n-lib.h>

#include "purser-table.h"
#include "purser-test-draw.h"
#include "purser-test-figure.h"

struct _PurserTestFigures
{
  AdwBin               parent_instance;

  char               **titles; /* (owned) (nullable): the models */
  gboolean             narrow;
  AdwPreferencesGroup *group;
  GtkColumnView       *table;
  GListStore          *rows;   /* (unowned): the table's */
};

G_DEFINE_FINAL_TYPE (PurserTestFigures, purser_test_figures, ADW_TYPE_BIN)

static char *
cell_text (gpointer item,
           gpointer column)
{
  return g_strdup (purser_test_figure_get_cell (item, GPOINTER_TO_UINT (column)));
}

static void
row_bind_cb (GtkSignalListItemFactory *factory,
             GtkColumnViewRow         *row,
             PurserTestFigures        *self)
{
  g_autofree char *words = purser_test_figure_say (gtk_column_view_row_get_item (row),
                                                   (const char *const *) self->titles);

  gtk_column_view_row_set_accessible_label (row, words);
}

static void
make_columns (PurserTestFigures *self)
{
  GListModel *columns = gtk_column_view_get_columns (self->table);

  while (g_list_model_get_n_items (columns) > 0)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, 0);

      gtk_column_view_remove_column (self->table, column);
    }
  purser_table_add_text (self->table, _("Figure"), PURSER_COLUMN_EXPAND, cell_text, GUINT_TO_POINTER (0), NULL);
  for (guint i = 0; self->titles[i] != NULL; i++)
    {
      g_autofree char *letter = purser_test_letter (i);
      /* Translators: a column's title: letter and model. */
      g_autofree char *title = g_strdup_printf (_("%s: %s"), letter, self->titles[i]);

      purser_table_add_text (self->table, self->narrow ? letter : title, PURSER_COLUMN_NUMERIC, cell_text, GUINT_TO_POINTER (i + 1), NULL);
    }
  purser_table_align_titles (self->table);
}

static void
purser_test_figures_finalize (GObject *object)
{
  g_strfreev (PURSER_TEST_FIGURES (object)->titles);
  G_OBJECT_CLASS (purser_test_figures_parent_class)->finalize (object);
}

static void
purser_test_figures_class_init (PurserTestFiguresClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = purser_test_figures_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-test-figures.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserTestFigures, group);
  gtk_widget_class_bind_template_child (widget_class, PurserTestFigures, table);
}

static void
purser_test_figures_init (PurserTestFigures *self)
{
  GtkListItemFactory *row_factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_list_store_new (PURSER_TYPE_TEST_FIGURE);
  g_signal_connect_object (row_factory, "bind", G_CALLBACK (row_bind_cb), self, G_CONNECT_DEFAULT);
  gtk_column_view_set_row_factory (self->table, row_factory);
  g_object_unref (row_factory);
  gtk_column_view_set_model (self->table, GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (self->rows))));
}

/**
 * purser_test_figures_show:
 * @self: the table
 * @outcome: a test's outcome
 * @titles: (array zero-terminated=1): what its models are called
 * @currency: the organisation's
 */
void
purser_test_figures_show (PurserTestFigures        *self,
                          const PurserTrialOutcome *outcome,
                          const char *const        *titles,
                          const char               *currency)
{
  g_autoptr (GPtrArray) rows = purser_test_figures_of (outcome, currency);

  g_list_store_remove_all (self->rows);
  g_strfreev (self->titles);
  self->titles = g_strdupv ((char **) titles);
  make_columns (self);
  g_list_store_splice (self->rows, 0, 0, rows->pdata, rows->len);
  adw_preferences_group_set_description (self->group, _("Failed calls are left out of the times. A time that 9 in 10 "
                                                        "stay under needs 20 answers, 95 in 100 needs 40, 99 in 100 "
                                                        "needs 200."));
}

/**
 * purser_test_figures_set_narrow:
 * @self: the table
 * @narrow: letters alone stand over the columns; the legend says whose they are
 */
void
purser_test_figures_set_narrow (PurserTestFigures *self,
                                gboolean           narrow)
{
  self->narrow = narrow;
  if (self->titles != NULL)
    make_columns (self);
}
