/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-prices-page.h"

#include <glib/gi18n-lib.h>
#include "purser-format.h"
#include "purser-layout.h"
#include "purser-preferences.h"
#include "purser-price-list.h"
#include "purser-price-page.h"
#include "purser-price-row.h"
#include "purser-price-update-dialog.h"
#include "purser-prices-words.h"
#include "purser-reprice-dialog.h"
#include "purser-table.h"

struct _PurserPricesPage
{
  AdwNavigationPage    parent_instance;

  PurserSession       *session;     /* (owned) */
  GCancellable        *cancellable; /* (owned) (nullable): the read in flight */
  GListStore          *rows;        /* (owned) (element-type PurserPriceRow) */
  GtkCustomFilter     *custom;      /* (owned) */
  char                *search;      /* (owned) (nullable) casefolded */

  GtkSearchBar        *search_bar;
  GtkSearchEntry      *search_entry;
  GtkStack            *states;
  GtkWidget           *views;
  GtkLabel            *finding, *finding_line, *nothing;
  AdwToggleGroup      *filter;
  AdwToggle           *unpriced_toggle;
  GtkColumnView       *view;
  GtkListBox          *list, *problems;
  GtkColumnViewColumn *name_column, *in_column, *out_column;
};

G_DEFINE_FINAL_TYPE (PurserPricesPage, purser_prices_page, ADW_TYPE_NAVIGATION_PAGE)

static GListModel *
shown_rows (PurserPricesPage *self)
{
  return G_LIST_MODEL (gtk_column_view_get_model (self->view));
}

static gboolean
only_unpriced (PurserPricesPage *self)
{
  return g_strcmp0 (adw_toggle_group_get_active_name (self->filter), "unpriced") == 0;
}

static void
list_visible_cb (PurserPricesPage *self)
{
  gtk_list_box_bind_model (self->list, gtk_widget_get_visible (GTK_WIDGET (self->list)) ? shown_rows (self) : NULL,
                           purser_price_cells_make_list_row, NULL, NULL);
}

static gboolean
matches_cb (gpointer item,
            gpointer user_data)
{
  PurserPricesPage *self = user_data;

  return purser_price_row_matches (item, self->search, only_unpriced (self));
}

static void
filter_changed_cb (PurserPricesPage *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search_entry));
  gboolean none;

  if (self->custom == NULL)
    return; /* the template is being made */
  g_free (self->search);
  self->search = *text != '\0' ? g_utf8_casefold (text, -1) : NULL;
  gtk_filter_changed (GTK_FILTER (self->custom), GTK_FILTER_CHANGE_DIFFERENT);
  none = g_list_model_get_n_items (shown_rows (self)) == 0;
  gtk_label_set_label (self->nothing, self->search != NULL ? _("No model has this in its name.") : _("Every model has a price."));
  gtk_widget_set_visible (GTK_WIDGET (self->nothing), none);
  gtk_widget_set_visible (self->views, !none);
}

/* --- showing --- */

static gint64
unpriced_tokens (GArray *unpriced,
                 gint64  model_id)
{
  for (guint i = 0; i < unpriced->len; i++)
    if (g_array_index (unpriced, PurserUnpricedRow, i).model_id == model_id)
      return g_array_index (unpriced, PurserUnpricedRow, i).tokens;
  return 0;
}

static void
show_problems (PurserPricesPage *self,
               const PurserOrg  *org,
               GArray           *unpriced)
{
  guint n;

  gtk_list_box_remove_all (self->problems);
  n = purser_prices_add_problems (self->problems, self->session, org, unpriced);
  gtk_widget_set_visible (GTK_WIDGET (self->problems), n > 0);
}

static void
show_count (PurserPricesPage *self)
{
  guint n = 0, all = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  g_autofree char *label = NULL;

  for (guint i = 0; i < all; i++)
    {
      g_autoptr (PurserPriceRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), i);

      n += purser_price_row_matches (row, NULL, TRUE);
    }
  /* Translators: %u is how many models. */
  label = g_strdup_printf (_("Without a price, %u"), n);
  adw_toggle_set_label (self->unpriced_toggle, label);
  gtk_widget_set_visible (GTK_WIDGET (self->filter), n > 0 || only_unpriced (self));
}

static void
show (PurserPricesPage *self,
      PurserOrg        *org,
      GArray           *unpriced,
      const char       *built)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *finding = purser_prices_finding (org);
  g_autofree char *line = purser_prices_finding_line (org, unpriced, built);

  for (guint i = 0; i < org->models->len; i++)
    {
      const PurserModel *model = g_ptr_array_index (org->models, i);

      if (purser_org_provider (org, model->provider_id) != NULL)
        g_ptr_array_add (rows, purser_price_row_new (org, model, unpriced_tokens (unpriced, model->id)));
    }
  g_ptr_array_sort_values_with_data (rows, purser_price_row_compare, NULL);
  g_list_store_splice (self->rows, 0, g_list_model_get_n_items (G_LIST_MODEL (self->rows)), rows->pdata, rows->len);
  gtk_label_set_label (self->finding, finding);
  gtk_label_set_label (self->finding_line, line);
  show_problems (self, org, unpriced);
  show_count (self);
  filter_changed_cb (self);
  gtk_stack_set_visible_child_name (self->states, rows->len > 0 ? "list" : "empty");
}

typedef struct { PurserPricesPage *page; GArray *unpriced; PurserPriceList *list; } Load;

static void
load_free (Load *load)
{
  g_clear_pointer (&load->unpriced, g_array_unref);
  g_clear_pointer (&load->list, purser_price_list_unref);
  g_clear_object (&load->page);
  g_free (load);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Load, load_free)

static gboolean
read_unpriced (PurserDb *db,
               gpointer  data,
               GError  **error)
{
  Load *load = data;

  load->list = purser_price_list_shipped (); /* parsed at its first use: not on the main thread */
  load->unpriced = purser_ledger_unpriced (db, error);
  return load->unpriced != NULL;
}

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (Load) load = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserOrg) org = NULL;

  if (!purser_store_run_finish (PURSER_STORE (object), result, &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      g_clear_object (&load->page->cancellable);
      purser_window_say_error (GTK_WIDGET (load->page), _("The ledger could not be read"), error);
      return;
    }
  g_clear_object (&load->page->cancellable);
  org = purser_session_get_org (load->page->session);
  show (load->page, org, load->unpriced, purser_price_list_built (load->list));
}

static void
reload (PurserPricesPage *self)
{
  Load *load;

  if (self->session == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  load = g_new0 (Load, 1);
  load->page = g_object_ref (self);
  purser_store_read_async (purser_session_get_store (self->session), read_unpriced, load, NULL, self->cancellable, read_cb, load);
}

/* --- verbs --- */

static void
activate_cb (PurserPricesPage *self,
             guint             position)
{
  g_autoptr (PurserPriceRow) row = g_list_model_get_item (shown_rows (self), position);

  if (row != NULL)
    purser_window_push (GTK_WIDGET (self), purser_price_page_new (self->session, purser_price_row_get_model (row)->id));
}

static void
row_activated_cb (PurserPricesPage *self,
                  GtkListBoxRow    *row)
{
  activate_cb (self, gtk_list_box_row_get_index (row));
}

static void
add_provider_cb (PurserPricesPage *self)
{
  purser_window_go (GTK_WIDGET (self), "providers", "add");
}

static void
update_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  adw_dialog_present (purser_price_update_dialog_new (PURSER_PRICES_PAGE (widget)->session), widget);
}

static void
reprice_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  adw_dialog_present (purser_reprice_dialog_new (PURSER_PRICES_PAGE (widget)->session, 0), widget);
}

static void
rates_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  adw_dialog_present (purser_preferences_new (PURSER_PRICES_PAGE (widget)->session, "money"), widget);
}

static void
refresh_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  reload (PURSER_PRICES_PAGE (widget));
}

static void
search_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  gtk_search_bar_set_search_mode (PURSER_PRICES_PAGE (widget)->search_bar, TRUE);
}

/* --- object --- */

static void
purser_prices_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (purser_prices_page_parent_class)->map (widget);
  reload (PURSER_PRICES_PAGE (widget));
}

static void
purser_prices_page_dispose (GObject *object)
{
  PurserPricesPage *self = PURSER_PRICES_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (purser_prices_page_parent_class)->dispose (object);
}

static void
purser_prices_page_finalize (GObject *object)
{
  PurserPricesPage *self = PURSER_PRICES_PAGE (object);

  g_clear_object (&self->rows);
  g_clear_object (&self->custom);
  g_free (self->search);
  G_OBJECT_CLASS (purser_prices_page_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/purser_app/Purser/ui/purser-prices-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserPricesPage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, PurserPricesPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, PurserPricesPage, states);
  gtk_widget_class_bind_template_child (widget_class, PurserPricesPage, views);
  gtk_widget_class_bind_template_child (widget_class, PurserPricesPage, finding);
  gtk_widget_class_bind_template_child (widget_class, PurserPricesPage, finding_line);
  gtk_widget_class_bind_template_child (widget_class, PurserPricesPage, nothing);
  gtk_widget_class_bind_template_child (widget_class, PurserPricesPage, filter);
  gtk_widget_class_bind_template_child (widget_class, PurserPricesPage, unpriced_toggle);
  gtk_widget_class_bind_template_child (widget_class, PurserPricesPage, view);
  gtk_widget_class_bind_template_child (widget_class, PurserPricesPage, list);
  gtk_widget_class_bind_template_child (widget_class, PurserPricesPage, problems);
  gtk_widget_class_bind_template_child (widget_class, PurserPricesPage, name_column);
  gtk_widget_class_bind_template_child (widget_class, PurserPricesPage, in_column);
  gtk_widget_class_bind_template_child (widget_class, PurserPricesPage, out_column);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, list_visible_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_provider_cb);
  purser_layout_bind (widget_class);
  purser_price_cells_bind (widget_class);
}

static void
purser_prices_page_class_init (PurserPricesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_prices_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = purser_prices_page_finalize;
  widget_class->map = purser_prices_page_map;
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "prices.update", NULL, update_action);
  gtk_widget_class_install_action (widget_class, "prices.reprice", NULL, reprice_action);
  gtk_widget_class_install_action (widget_class, "prices.rates", NULL, rates_action);
  gtk_widget_class_install_action (widget_class, "page.refresh", NULL, refresh_action);
  gtk_widget_class_install_action (widget_class, "page.search", NULL, search_action);
}

static void
purser_prices_page_init (PurserPricesPage *self)
{
  GtkFilterListModel *filtered;
  GtkSortListModel *sorted;
  g_autoptr (GtkSelectionModel) selection = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  purser_price_cells_set_sorter (self->name_column, "name");
  purser_price_cells_set_sorter (self->in_column, "in");
  purser_price_cells_set_sorter (self->out_column, "out");
  self->rows = g_list_store_new (PURSER_TYPE_PRICE_ROW);
  self->custom = gtk_custom_filter_new (matches_cb, self, NULL);
  filtered = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->rows)), g_object_ref (GTK_FILTER (self->custom)));
  sorted = gtk_sort_list_model_new (G_LIST_MODEL (filtered), g_object_ref (gtk_column_view_get_sorter (self->view)));
  selection = GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (sorted)));
  gtk_column_view_set_model (self->view, selection);
  purser_table_align_titles (self->view);
  purser_layout_keep_focus (self->view, self->list);
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
}

/**
 * purser_prices_page_new:
 * @session: an open organisation
 * @unpriced: whether to begin with the models without a price
 *
 * Returns: (transfer floating): a page to push
 */
AdwNavigationPage *
purser_prices_page_new (PurserSession *session,
                        gboolean       unpriced)
{
  PurserPricesPage *self = g_object_new (PURSER_TYPE_PRICES_PAGE, NULL);

  self->session = g_object_ref (session);
  adw_toggle_group_set_active_name (self->filter, unpriced ? "unpriced" : "all");
  g_signal_connect_object (session, "org-changed", G_CALLBACK (reload), self, G_CONNECT_SWAPPED);
  return ADW_NAVIGATION_PAGE (self);
}
