/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-breakdown.h"

#include <glib/gi18n-lib.h>
#include "purser-breakdown-row.h"
#include "purser-format.h"
#include "purser-layout.h"
#include "purser-spark.h"
#include "purser-table.h"

enum { COLUMN_NAME, COLUMN_COST, COLUMN_SHARE, COLUMN_DAYS, COLUMN_TOKENS, COLUMN_CALLS, COLUMN_PER_CALL, N_COLUMNS };

struct _PurserBreakdown
{
  AdwBin               parent_instance;

  GtkWidget           *table;  /* the columns, in a card */
  GtkColumnView       *view;
  GtkListBox          *list;   /* the same rows where there is no room for columns */
  GtkWidget           *nothing; /* shown where a search finds none of them */
  GtkColumnViewColumn *columns[N_COLUMNS];
  GListStore          *rows;
  GtkCustomFilter     *filter;
  char                *search; /* (owned) (nullable) casefolded */
  gboolean             tight, compact, one_day;
};

G_DEFINE_FINAL_TYPE (PurserBreakdown, purser_breakdown, ADW_TYPE_BIN)

enum { PROP_TIGHT = 1, PROP_COMPACT };
static guint series_activated;

#define MAX_HEIGHT 1200
#define SPARK_WIDTH 120
#define SPARK_HEIGHT 24

static char *
cell_text (gpointer item,
           gpointer data)
{
  switch (GPOINTER_TO_UINT (data))
    {
    case COLUMN_COST:
      return purser_breakdown_row_cost (item);
    case COLUMN_TOKENS:
      return purser_breakdown_row_tokens (item);
    case COLUMN_CALLS:
      return purser_breakdown_row_calls (item);
    case COLUMN_PER_CALL:
    default:
      return purser_breakdown_row_per_call (item);
    }
}

static gint64
sort_key (PurserBreakdownRow *row,
          guint               column)
{
  const PurserUsageRow *total = &purser_breakdown_row_get_series (row)->total;

  switch (column)
    {
    case COLUMN_COST:
      return total->cost_nano;
    case COLUMN_SHARE:
      return purser_usage_measure (total, purser_costs_get_measure (purser_breakdown_row_get_costs (row)));
    case COLUMN_TOKENS:
      return purser_usage_tokens (total);
    case COLUMN_CALLS:
      return total->calls;
    case COLUMN_PER_CALL:
    default:
      return total->calls > 0 ? total->cost_nano / total->calls : 0;
    }
}

static int
compare_column (gconstpointer a,
                gconstpointer b,
                gpointer      data)
{
  gint64 x = sort_key ((gpointer) a, GPOINTER_TO_UINT (data)), y = sort_key ((gpointer) b, GPOINTER_TO_UINT (data));

  return x < y ? -1 : x > y;
}

static int
compare_names (gconstpointer a,
               gconstpointer b,
               gpointer      data)
{
  return g_utf8_collate (purser_breakdown_row_get_series ((gpointer) a)->name,
                         purser_breakdown_row_get_series ((gpointer) b)->name);
}

/* --- the cells that are not text alone --- */

static void
setup_name_cb (GtkSignalListItemFactory *factory,
               GtkListItem              *cell)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *name = g_object_new (GTK_TYPE_LABEL, "xalign", 0., "ellipsize", PANGO_ELLIPSIZE_END, NULL);
  GtkWidget *detail = g_object_new (GTK_TYPE_LABEL, "xalign", 0., "ellipsize", PANGO_ELLIPSIZE_END, NULL);

  gtk_widget_add_css_class (detail, "caption");
  gtk_widget_add_css_class (detail, "dimmed");
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (words), name);
  gtk_box_append (GTK_BOX (words), detail);
  gtk_box_append (GTK_BOX (box), purser_swatch_new (0));
  gtk_box_append (GTK_BOX (box), words);
  gtk_list_item_set_child (cell, box);
}

static void
bind_name_cb (GtkSignalListItemFactory *factory,
              GtkListItem              *cell)
{
  PurserBreakdownRow *row = gtk_list_item_get_item (cell);
  GtkWidget *box = gtk_list_item_get_child (cell);
  GtkWidget *words = gtk_widget_get_last_child (box);
  g_autofree char *detail = purser_breakdown_row_detail (row);

  purser_swatch_set_series (PURSER_SWATCH (gtk_widget_get_first_child (box)), purser_breakdown_row_paint (row));
  gtk_label_set_label (GTK_LABEL (gtk_widget_get_first_child (words)), purser_breakdown_row_get_series (row)->name);
  gtk_label_set_label (GTK_LABEL (gtk_widget_get_last_child (words)), detail != NULL ? detail : "");
  gtk_widget_set_visible (gtk_widget_get_last_child (words), detail != NULL);
  /* Rows of a column view do not grow: a long name ends in an ellipsis. */
  gtk_widget_set_tooltip_text (words, purser_breakdown_row_get_series (row)->name);
}

static void
setup_share_cb (GtkSignalListItemFactory *factory,
                GtkListItem              *cell)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *bar = g_object_new (GTK_TYPE_LEVEL_BAR, "width-request", 80, "valign", GTK_ALIGN_CENTER, "hexpand", TRUE,
                                 "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  GtkWidget *figure = g_object_new (GTK_TYPE_LABEL, "xalign", 1., "width-chars", 6, NULL);

  gtk_widget_add_css_class (bar, "purser-share");
  gtk_widget_add_css_class (figure, "numeric");
  gtk_box_append (GTK_BOX (box), bar);
  gtk_box_append (GTK_BOX (box), figure);
  gtk_list_item_set_child (cell, box);
}

static void
bind_share_cb (GtkSignalListItemFactory *factory,
               GtkListItem              *cell)
{
  PurserBreakdownRow *row = gtk_list_item_get_item (cell);
  GtkWidget *box = gtk_list_item_get_child (cell);
  GtkWidget *bar = gtk_widget_get_first_child (box);
  g_autofree char *text = purser_format_percent (purser_breakdown_row_share (row));
  g_autofree char *paint = g_strdup_printf ("series-%u", purser_breakdown_row_paint (row));

  gtk_level_bar_set_value (GTK_LEVEL_BAR (bar), purser_breakdown_row_share (row));
  gtk_widget_set_css_classes (bar, (const char *[]) { "purser-share", paint, NULL });
  gtk_label_set_label (GTK_LABEL (gtk_widget_get_last_child (box)), text);
}

static void
setup_days_cb (GtkSignalListItemFactory *factory,
               GtkListItem              *cell)
{
  GtkWidget *spark = purser_spark_new (SPARK_WIDTH, SPARK_HEIGHT);

  gtk_widget_set_valign (spark, GTK_ALIGN_CENTER);
  gtk_list_item_set_child (cell, spark);
}

static void
bind_days_cb (GtkSignalListItemFactory *factory,
              GtkListItem              *cell)
{
  PurserBreakdownRow *row = gtk_list_item_get_item (cell);
  PurserCosts *costs = purser_breakdown_row_get_costs (row);
  const PurserSeries *series = purser_breakdown_row_get_series (row);
  const PurserQuestion *question = &purser_costs_get_answer (costs)->question;
  gint32 today = purser_costs_get_today (costs);
  gint32 n = MIN (question->last_day - question->first_day + 1, 31);
  gint32 last = MIN (question->last_day, MAX (today, question->first_day + n - 1));
  gint32 first = last - n + 1;
  g_autofree gint64 *values = g_new0 (gint64, MAX (n, 1));

  for (gint32 i = 0; i < n; i++)
    values[i] = purser_usage_measure (&series->days[first - question->first_day + i], purser_costs_get_measure (costs));
  purser_spark_set_values (PURSER_SPARK (gtk_list_item_get_child (cell)), values, n, first, today, FALSE);
}

static GtkListItemFactory *
make_factory (GCallback setup,
              GCallback bind)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", setup, NULL);
  g_signal_connect (factory, "bind", bind, NULL);
  return factory;
}

static void
add_columns (PurserBreakdown *self)
{
  static const struct { guint column; const char *title; PurserColumnFlags flags; } texts[] =
  {
    { COLUMN_TOKENS, N_("Tokens"), PURSER_COLUMN_NUMERIC },
    { COLUMN_CALLS, N_("Calls"), PURSER_COLUMN_NUMERIC },
    { COLUMN_PER_CALL, N_("Per call"), PURSER_COLUMN_NUMERIC },
  };

  self->columns[COLUMN_NAME] =
      purser_table_add_column (self->view, _("Name"), PURSER_COLUMN_EXPAND,
                               make_factory (G_CALLBACK (setup_name_cb), G_CALLBACK (bind_name_cb)), compare_names,
                               NULL);
  self->columns[COLUMN_COST] =
      purser_table_add_text (self->view, _("Cost"), PURSER_COLUMN_NUMERIC | PURSER_COLUMN_STRONG, cell_text,
                             GUINT_TO_POINTER (COLUMN_COST), compare_column);
  self->columns[COLUMN_SHARE] =
      purser_table_add_column (self->view, _("Share"), 0,
                               make_factory (G_CALLBACK (setup_share_cb), G_CALLBACK (bind_share_cb)), compare_column,
                               GUINT_TO_POINTER (COLUMN_SHARE));
  self->columns[COLUMN_DAYS] =
      purser_table_add_column (self->view, _("Days"), 0,
                               make_factory (G_CALLBACK (setup_days_cb), G_CALLBACK (bind_days_cb)), NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    self->columns[texts[i].column] = purser_table_add_text (self->view, _(texts[i].title), texts[i].flags, cell_text,
                                                            GUINT_TO_POINTER (texts[i].column), compare_column);
  purser_table_align_titles (self->view);
}

/* Where space is dear, name, amount and tokens say the most. */
static void
show_columns (PurserBreakdown *self)
{
  static const guint dear[] = { COLUMN_SHARE, COLUMN_DAYS, COLUMN_CALLS, COLUMN_PER_CALL };

  for (gsize i = 0; i < G_N_ELEMENTS (dear); i++)
    gtk_column_view_column_set_visible (self->columns[dear[i]],
                                        !self->tight && !(dear[i] == COLUMN_DAYS && self->one_day));
}

static GtkWidget *
make_list_row (gpointer item,
               gpointer user_data)
{
  PurserBreakdownRow *data = item;
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *figures = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *amount;
  GtkWidget *bar = g_object_new (GTK_TYPE_LEVEL_BAR, "width-request", 72, "value", purser_breakdown_row_share (data),
                                 "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  guint paint = purser_breakdown_row_paint (data);
  g_autofree char *class = g_strdup_printf ("series-%u", paint);
  g_autofree char *detail = purser_breakdown_row_detail (data);
  g_autofree char *text = purser_costs_get_measure (purser_breakdown_row_get_costs (data)) == PURSER_MEASURE_MONEY
                              ? purser_breakdown_row_cost (data)
                              : purser_breakdown_row_tokens (data);

  amount = g_object_new (GTK_TYPE_LABEL, "label", text, "xalign", 1., NULL);
  gtk_widget_add_css_class (amount, "numeric");
  gtk_widget_set_css_classes (bar, (const char *[]) { "purser-share", class, NULL });
  gtk_widget_set_valign (figures, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (figures), amount);
  gtk_box_append (GTK_BOX (figures), bar);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), purser_breakdown_row_get_series (data)->name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), detail != NULL ? detail : "");
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), purser_swatch_new (paint));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), figures);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  return row;
}

static gboolean
matches_cb (gpointer item,
            gpointer user_data)
{
  PurserBreakdown *self = user_data;
  g_autofree char *name = g_utf8_casefold (purser_breakdown_row_get_series (item)->name, -1);

  return self->search == NULL || strstr (name, self->search) != NULL;
}

static void activate_cb (PurserBreakdown *self, guint position);

static void
row_activated_cb (PurserBreakdown *self,
                  GtkListBoxRow   *row)
{
  activate_cb (self, gtk_list_box_row_get_index (row));
}

static void
activate_cb (PurserBreakdown *self,
             guint            position)
{
  g_autoptr (PurserBreakdownRow) row =
      g_list_model_get_item (G_LIST_MODEL (gtk_column_view_get_model (self->view)), position);

  if (row != NULL)
    g_signal_emit (self, series_activated, 0, purser_breakdown_row_get_series (row));
}

static void
purser_breakdown_set_property (GObject      *object,
                               guint         id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  PurserBreakdown *self = PURSER_BREAKDOWN (object);

  if (id == PROP_TIGHT)
    {
      self->tight = g_value_get_boolean (value);
      show_columns (self);
    }
  else if (id == PROP_COMPACT)
    purser_breakdown_set_compact (self, g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
purser_breakdown_get_property (GObject    *object,
                               guint       id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  if (id == PROP_TIGHT || id == PROP_COMPACT)
    g_value_set_boolean (value,
                         id == PROP_TIGHT ? PURSER_BREAKDOWN (object)->tight : PURSER_BREAKDOWN (object)->compact);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
purser_breakdown_finalize (GObject *object)
{
  g_free (PURSER_BREAKDOWN (object)->search);
  G_OBJECT_CLASS (purser_breakdown_parent_class)->finalize (object);
}

static void
purser_breakdown_class_init (PurserBreakdownClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = purser_breakdown_get_property;
  G_OBJECT_CLASS (klass)->set_property = purser_breakdown_set_property;
  G_OBJECT_CLASS (klass)->finalize = purser_breakdown_finalize;
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_TIGHT,
                                   g_param_spec_boolean ("tight", NULL, NULL, FALSE,
                                                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (G_OBJECT_CLASS (klass), PROP_COMPACT,
                                   g_param_spec_boolean ("compact", NULL, NULL, FALSE,
                                                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  series_activated = g_signal_new ("series-activated", PURSER_TYPE_BREAKDOWN, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
purser_breakdown_init (PurserBreakdown *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkSortListModel *sorted;
  g_autoptr (GtkSelectionModel) selection = NULL;
  GtkFilterListModel *filtered;

  self->view = GTK_COLUMN_VIEW (gtk_column_view_new (NULL));
  add_columns (self);
  self->rows = g_list_store_new (PURSER_TYPE_BREAKDOWN_ROW);
  self->filter = gtk_custom_filter_new (matches_cb, self, NULL);
  filtered = gtk_filter_list_model_new (G_LIST_MODEL (self->rows), GTK_FILTER (self->filter));
  sorted = gtk_sort_list_model_new (G_LIST_MODEL (filtered), g_object_ref (gtk_column_view_get_sorter (self->view)));
  selection = GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (sorted)));
  gtk_column_view_set_model (self->view, selection);
  gtk_column_view_sort_by_column (self->view, self->columns[COLUMN_COST], GTK_SORT_DESCENDING);
  gtk_column_view_set_single_click_activate (self->view, TRUE);
  gtk_column_view_set_show_row_separators (self->view, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->view), "purser-table");
  g_signal_connect_swapped (self->view, "activate", G_CALLBACK (activate_cb), self);

  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), MAX_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->view));
  self->table = g_object_new (ADW_TYPE_BIN, "child", scroller, "overflow", GTK_OVERFLOW_HIDDEN, NULL);
  gtk_widget_add_css_class (self->table, "card");
  self->list = g_object_new (GTK_TYPE_LIST_BOX, "selection-mode", GTK_SELECTION_NONE, "visible", FALSE, NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "boxed-list");
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (row_activated_cb), self);
  gtk_box_append (GTK_BOX (box), self->table);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->list));
  self->nothing = g_object_new (GTK_TYPE_LABEL, "label", _("No name has these letters."), "wrap", TRUE, "visible",
                                FALSE, "margin-top", 12, NULL);
  gtk_widget_add_css_class (self->nothing, "dimmed");
  gtk_box_append (GTK_BOX (box), self->nothing);
  adw_bin_set_child (ADW_BIN (self), box);
  purser_layout_keep_focus (self->view, self->list);
}

/* The row that has the focus, by its series' key; G_MININT64 where none has. */
static gint64
focused_key (PurserBreakdown *self)
{
  GListModel *model = G_LIST_MODEL (gtk_column_view_get_model (self->view));
  GtkWidget *list = gtk_widget_get_focus_child (GTK_WIDGET (self->view));
  GtkWidget *focus = list != NULL ? gtk_widget_get_focus_child (list) : NULL;
  guint position = 0;

  if (focus == NULL)
    return G_MININT64;
  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL && row != focus;
       row = gtk_widget_get_next_sibling (row))
    position++;
  {
    g_autoptr (PurserBreakdownRow) row = g_list_model_get_item (model, position);

    return row != NULL ? purser_breakdown_row_get_series (row)->key : G_MININT64;
  }
}

static void
focus_key (PurserBreakdown *self,
           gint64           key)
{
  GListModel *model = G_LIST_MODEL (gtk_column_view_get_model (self->view));

  for (guint i = 0; key != G_MININT64 && i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (PurserBreakdownRow) row = g_list_model_get_item (model, i);

      if (purser_breakdown_row_get_series (row)->key == key)
        {
          gtk_column_view_scroll_to (self->view, i, NULL, GTK_LIST_SCROLL_FOCUS, NULL);
          return;
        }
    }
}

/**
 * purser_breakdown_set_costs:
 * @self: the table
 * @costs: what to list
 * @label: what it lists, for screen readers
 */
void
purser_breakdown_set_costs (PurserBreakdown *self,
                            PurserCosts     *costs,
                            const char      *label)
{
  const PurserAnswer *answer = purser_costs_get_answer (costs);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 focused = focused_key (self);

  for (guint i = 0; i < answer->series->len; i++)
    g_ptr_array_add (rows, purser_breakdown_row_new (costs, g_ptr_array_index (answer->series, i)));
  g_list_store_splice (self->rows, 0, g_list_model_get_n_items (G_LIST_MODEL (self->rows)), rows->pdata, rows->len);
  focus_key (self, focused);
  self->one_day = answer->n_days <= 1;
  show_columns (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

void
purser_breakdown_set_compact (PurserBreakdown *self,
                              gboolean         compact)
{
  GListModel *rows = G_LIST_MODEL (gtk_column_view_get_model (self->view));

  self->compact = compact;
  gtk_list_box_bind_model (self->list, compact ? rows : NULL, make_list_row, NULL, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->list), compact);
  gtk_widget_set_visible (self->table, !compact);
}

void
purser_breakdown_set_search (PurserBreakdown *self,
                             const char      *text)
{
  g_free (self->search);
  self->search = text != NULL && *text != '\0' ? g_utf8_casefold (text, -1) : NULL;
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  gtk_widget_set_visible (self->nothing,
                          g_list_model_get_n_items (G_LIST_MODEL (gtk_column_view_get_model (self->view))) == 0);
}
