/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-chart-table.h"

#include <glib/gi18n-lib.h>
#include "purser-table.h"

/* A row: one bar. */
#define PURSER_TYPE_CHART_ROW (purser_chart_row_get_type ())
G_DECLARE_FINAL_TYPE (PurserChartRow, purser_chart_row, PURSER, CHART_ROW, GObject)

struct _PurserChartRow
{
  GObject      parent_instance;

  PurserCosts *costs; /* (owned) */
  guint        bucket;
};

G_DEFINE_FINAL_TYPE (PurserChartRow, purser_chart_row, G_TYPE_OBJECT)

static void
purser_chart_row_finalize (GObject *object)
{
  g_clear_object (&PURSER_CHART_ROW (object)->costs);
  G_OBJECT_CLASS (purser_chart_row_parent_class)->finalize (object);
}

static void
purser_chart_row_class_init (PurserChartRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = purser_chart_row_finalize;
}

static void
purser_chart_row_init (PurserChartRow *self)
{
}

struct _PurserChartTable
{
  AdwBin             parent_instance;

  GtkScrolledWindow *scroller;
};

G_DEFINE_FINAL_TYPE (PurserChartTable, purser_chart_table, ADW_TYPE_BIN)

#define HEIGHT 284

static char *
bucket_text (gpointer item,
             gpointer data)
{
  PurserChartRow *row = item;

  return purser_costs_bucket_name (row->costs, row->bucket);
}

static char *
value_text (gpointer item,
            gpointer data)
{
  PurserChartRow *row = item;

  return purser_costs_format (row->costs, purser_costs_value (row->costs, row->bucket, GPOINTER_TO_UINT (data)));
}

static char *
total_text (gpointer item,
            gpointer data)
{
  PurserChartRow *row = item;

  return purser_costs_format (row->costs, purser_costs_bucket_total (row->costs, row->bucket));
}

static int
compare_values (gconstpointer a,
                gconstpointer b,
                gpointer      data)
{
  const PurserChartRow *one = a, *other = b;
  gint64 x = purser_costs_value (one->costs, one->bucket, GPOINTER_TO_UINT (data));
  gint64 y = purser_costs_value (other->costs, other->bucket, GPOINTER_TO_UINT (data));

  return x < y ? -1 : x > y;
}

static int
compare_totals (gconstpointer a,
                gconstpointer b,
                gpointer      data)
{
  const PurserChartRow *one = a, *other = b;
  gint64 x = purser_costs_bucket_total (one->costs, one->bucket),
         y = purser_costs_bucket_total (other->costs, other->bucket);

  return x < y ? -1 : x > y;
}

static int
compare_days (gconstpointer a,
              gconstpointer b,
              gpointer      data)
{
  const PurserChartRow *one = a, *other = b;

  return (int) one->bucket - (int) other->bucket;
}

static GListModel *
make_rows (PurserCosts *costs)
{
  GListStore *store = g_list_store_new (PURSER_TYPE_CHART_ROW);
  gint32 today = purser_costs_get_today (costs);

  for (guint i = 0; i < purser_costs_n_buckets (costs); i++)
    {
      g_autoptr (PurserChartRow) row = g_object_new (PURSER_TYPE_CHART_ROW, NULL);

      if (purser_costs_get_bucket (costs, i).first > today)
        break; /* still to come */
      row->costs = g_object_ref (costs);
      row->bucket = i;
      g_list_store_append (store, row);
    }
  return G_LIST_MODEL (store);
}

/* The latest comes first; whoever asks for the numbers asks for these. */
static void
add_columns (GtkColumnView *view,
             PurserCosts   *costs)
{
  static const char *const titles[] = { N_("Day"), N_("Week"), N_("Month"), N_("Year") };
  GtkColumnViewColumn *days = purser_table_add_text (view, _(titles[purser_costs_get_unit (costs)]), PURSER_COLUMN_EXPAND,
                                                     bucket_text, NULL, compare_days);

  for (guint i = 0; i < purser_costs_n_series (costs); i++)
    purser_table_add_text (view, purser_costs_series_name (costs, i), PURSER_COLUMN_NUMERIC, value_text,
                           GUINT_TO_POINTER (i), compare_values);
  purser_table_add_text (view, _("Together"), PURSER_COLUMN_NUMERIC | PURSER_COLUMN_STRONG,
                         total_text, NULL, compare_totals);
  purser_table_align_titles (view);
  gtk_column_view_sort_by_column (view, days, GTK_SORT_DESCENDING);
}

static gboolean
purser_chart_table_grab_focus (GtkWidget *widget)
{
  GtkWidget *view = gtk_scrolled_window_get_child (PURSER_CHART_TABLE (widget)->scroller);

  return view != NULL && gtk_widget_grab_focus (view);
}

static void
purser_chart_table_class_init (PurserChartTableClass *klass)
{
  GTK_WIDGET_CLASS (klass)->grab_focus = purser_chart_table_grab_focus;
}

static void
purser_chart_table_init (PurserChartTable *self)
{
  self->scroller = GTK_SCROLLED_WINDOW (gtk_scrolled_window_new ());
  gtk_widget_set_size_request (GTK_WIDGET (self->scroller), -1, HEIGHT);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->scroller));
}

GtkWidget *
purser_chart_table_new (void)
{
  return g_object_new (PURSER_TYPE_CHART_TABLE, NULL);
}

/**
 * purser_chart_table_set_costs:
 * @self: the table
 * @costs: what its chart shows
 *
 * The columns are the series, so the view is made anew.
 */
void
purser_chart_table_set_costs (PurserChartTable *self,
                              PurserCosts      *costs)
{
  GtkColumnView *view = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  GtkSortListModel *sorted = gtk_sort_list_model_new (make_rows (costs), NULL);
  g_autoptr (GtkSelectionModel) selection = GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (sorted)));

  add_columns (view, costs);
  gtk_sort_list_model_set_sorter (sorted, gtk_column_view_get_sorter (view));
  gtk_column_view_set_model (view, selection);
  gtk_column_view_set_show_row_separators (view, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (view), "purser-table");
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  purser_costs_get_measure (costs) == PURSER_MEASURE_TOKENS ? _("Tokens over time")
                                                                                            : _("Cost over time"),
                                  -1);
  gtk_scrolled_window_set_child (self->scroller, GTK_WIDGET (view));
}
