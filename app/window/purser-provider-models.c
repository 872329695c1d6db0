/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-provider-models.h"

#include <glib/gi18n-lib.h>

#include "purser-layout.h"
#include "purser-price-page.h"
#include "purser-prices-page.h"
#include "purser-provider-cells.h"
#include "purser-provider-form.h"
#include "purser-provider-model.h"

#define SEARCH_FROM 8   /* so many models fit on the page without a search */
#define ROWS_AT_ONCE 10 /* more of them scroll in a table of their own */
#define LONG_HEIGHT 440 /* px of such a table */

struct _PurserProviderModels
{
  AdwBin               parent_instance;

  PurserSession       *session; /* (owned) (nullable) */
  gint64               provider_id;
  char                *search;  /* (owned) (nullable): folded */
  gboolean             practice;
  AdwPreferencesGroup *group;
  GtkSearchEntry      *search_entry;
  GtkStack            *stack;
  GtkScrolledWindow   *scroller;
  GtkColumnView       *table;
  GtkListBox          *list;
  GListStore          *rows;
  GtkFilter           *filter;  /* (owned) */
  GtkColumnViewColumn *columns[PURSER_N_MODEL_CELLS]; /* (unowned): the table's */
};

G_DEFINE_FINAL_TYPE (PurserProviderModels, purser_provider_models, ADW_TYPE_BIN)

static GListModel *
shown_rows (PurserProviderModels *self)
{
  return G_LIST_MODEL (gtk_column_view_get_model (self->table));
}

static void
activate_cb (PurserProviderModels *self,
             guint                 position)
{
  g_autoptr (PurserProviderModel) row = g_list_model_get_item (shown_rows (self), position);

  if (row != NULL)
    purser_window_push (GTK_WIDGET (self), purser_price_page_new (self->session, purser_provider_model_get_id (row)));
}

static void
row_activated_cb (PurserProviderModels *self,
                  GtkListBoxRow        *row)
{
  activate_cb (self, gtk_list_box_row_get_index (row));
}

static void
prices_cb (PurserProviderModels *self)
{
  purser_window_push (GTK_WIDGET (self), purser_prices_page_new (self->session, FALSE));
}

/* On a phone: what the columns say, in lines. */
static GtkWidget *
make_list_row (gpointer item,
               gpointer unused)
{
  GtkWidget *row = adw_action_row_new ();
  /* Translators: how many tokens a model reads at most. */
  g_autofree char *context = g_strdup_printf (_("Reads at most: %s"), purser_provider_model_get_cell (item, PURSER_MODEL_CELL_CONTEXT));
  g_autofree char *all = g_strdup_printf ("%s\n%s\n%s", purser_provider_model_get_cell (item, PURSER_MODEL_CELL_SUMMARY), purser_provider_model_get_cell (item, PURSER_MODEL_CELL_FROM), context);
  GtkWidget *next = gtk_image_new_from_icon_name ("go-next-symbolic");

  g_object_set (next, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), purser_provider_model_get_cell (item, PURSER_MODEL_CELL_NAME));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), all);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), next);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  return row;
}

static void
add_submit_cb (PurserProviderForm *form,
               GtkWidget          *entry)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));
  gint64 *provider_id = g_object_get_data (G_OBJECT (form), "provider");

  if (*name == '\0')
    purser_provider_form_set_problem (form, entry, _("Enter the model’s name as the provider writes it."));
  else
    purser_provider_form_run (form, purser_command_add_model (*provider_id, name, NULL), _("Model added"), NULL);
}

static gboolean
matches (gpointer item,
         gpointer user_data)
{
  PurserProviderModels *self = PURSER_PROVIDER_MODELS (user_data);

  return self->search == NULL || purser_provider_model_matches (item, self->search);
}

static void
search_cb (PurserProviderModels *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search_entry));

  g_clear_pointer (&self->search, g_free);
  if (*text != '\0')
    self->search = g_utf8_casefold (text, -1);
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
  gtk_stack_set_visible_child_name (self->stack,
                                    g_list_model_get_n_items (shown_rows (self)) > 0
                                      ? "table" : "nothing");
}

static char *
cell_text (gpointer item,
           gpointer cell)
{
  return g_strdup (purser_provider_model_get_cell (item, GPOINTER_TO_INT (cell)));
}

static void
row_bind_cb (GtkSignalListItemFactory *factory,
             GtkColumnViewRow         *row,
             gpointer                  user_data)
{
  g_autofree char *words = purser_provider_model_say (gtk_column_view_row_get_item (row));

  gtk_column_view_row_set_accessible_label (row, words);
}

static void
make_columns (PurserProviderModels *self)
{
  static const struct
  {
    const char        *title;
    PurserColumnFlags  flags;
  } columns[] = {
    [PURSER_MODEL_CELL_NAME] = { N_("Model"), PURSER_COLUMN_EXPAND },
    [PURSER_MODEL_CELL_CONTEXT] = { N_("Context"), PURSER_COLUMN_NUMERIC },
    [PURSER_MODEL_CELL_IN] = { N_("In"), PURSER_COLUMN_NUMERIC },
    [PURSER_MODEL_CELL_OUT] = { N_("Out"), PURSER_COLUMN_NUMERIC },
    [PURSER_MODEL_CELL_FROM] = { N_("Price from"), PURSER_COLUMN_DIM },
  };

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (i == PURSER_MODEL_CELL_NAME)
      self->columns[i] = purser_table_add_column (self->table, _(columns[i].title), columns[i].flags,
                                                  purser_provider_cells_new (cell_text, GINT_TO_POINTER (i)), NULL,
                                                  NULL);
    else
      self->columns[i] = purser_table_add_text (self->table, _(columns[i].title), columns[i].flags, cell_text,
                                                GINT_TO_POINTER (i), NULL);
  purser_table_align_titles (self->table);
}

static void
make_table (PurserProviderModels *self)
{
  GtkFilterListModel *filtered;
  GtkListItemFactory *row_factory = gtk_signal_list_item_factory_new ();

  self->rows = g_list_store_new (PURSER_TYPE_PROVIDER_MODEL);
  self->filter = GTK_FILTER (gtk_custom_filter_new (matches, self, NULL));
  filtered = gtk_filter_list_model_new (G_LIST_MODEL (self->rows), g_object_ref (self->filter));
  gtk_column_view_set_model (self->table, GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (filtered))));
  g_signal_connect (row_factory, "bind", G_CALLBACK (row_bind_cb), NULL);
  gtk_column_view_set_row_factory (self->table, row_factory);
  g_object_unref (row_factory);
  make_columns (self);
  purser_layout_keep_focus (self->table, self->list);
}

static void
purser_provider_models_dispose (GObject *object)
{
  PurserProviderModels *self = PURSER_PROVIDER_MODELS (object);

  g_clear_object (&self->session);
  g_clear_object (&self->filter);
  g_clear_pointer (&self->search, g_free);
  G_OBJECT_CLASS (purser_provider_models_parent_class)->dispose (object);
}

static void
purser_provider_models_class_init (PurserProviderModelsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_provider_models_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/purser_app/Purser/ui/purser-provider-models.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserProviderModels, group);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderModels, search_entry);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderModels, stack);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderModels, scroller);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderModels, table);
  gtk_widget_class_bind_template_child (widget_class, PurserProviderModels, list);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, prices_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_cb);
  gtk_widget_class_bind_template_callback (widget_class, purser_provider_models_add);
}

static void
purser_provider_models_init (PurserProviderModels *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  make_table (self);
}

static GPtrArray *
collect_rows (const PurserOrg      *org,
              const PurserProvider *provider)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < org->models->len; i++)
    {
      const PurserModel *model = org->models->pdata[i];

      if (model->provider_id == provider->id)
        g_ptr_array_add (found, purser_provider_model_new (org, model));
    }
  g_ptr_array_sort_values_with_data (found, purser_provider_model_compare, NULL);
  return found;
}

static void
say_title (PurserProviderModels *self,
           guint                 n)
{
  g_autofree char *title = NULL;

  title = n == 0 ? g_strdup (_("No models yet"))
                 : g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u model", "%u models", n), n);
  adw_preferences_group_set_title (self->group, title);
  adw_preferences_group_set_description (self->group,
                                         n == 0           ? _("Check the connection to read the provider’s list, or add a model by hand.")
                                         : self->practice ? _("Invented prices per million tokens")
                                                          : _("Per million tokens, before discount"));
}

/* A page that scrolls gives its parts the least height they ask for: a short table asks for all of its own, a long one scrolls by itself. */
static void
fit_height (PurserProviderModels *self,
            guint                 n)
{
  gboolean is_long = n > ROWS_AT_ONCE;

  gtk_scrolled_window_set_min_content_height (self->scroller, is_long ? LONG_HEIGHT : -1);
  gtk_scrolled_window_set_policy (self->scroller, GTK_POLICY_NEVER, is_long ? GTK_POLICY_AUTOMATIC : GTK_POLICY_NEVER);
}

/**
 * purser_provider_models_show:
 * @self: the table
 * @session: the session
 * @org: the snapshot now in force
 * @provider: whose models
 */
void
purser_provider_models_show (PurserProviderModels *self,
                             PurserSession        *session,
                             const PurserOrg      *org,
                             const PurserProvider *provider)
{
  g_autoptr (GPtrArray) found = collect_rows (org, provider);

  g_set_object (&self->session, session);
  self->provider_id = provider->id;
  self->practice = provider->practice;
  g_list_store_splice (self->rows, 0, g_list_model_get_n_items (G_LIST_MODEL (self->rows)), found->pdata, found->len);
  gtk_widget_set_visible (GTK_WIDGET (self->search_entry), found->len > SEARCH_FROM);
  gtk_widget_set_visible (GTK_WIDGET (self->stack), found->len > 0);
  say_title (self, found->len);
  fit_height (self, found->len);
}

/**
 * purser_provider_models_add:
 * @self: the table
 *
 * Asks for a model by hand: some servers list none.
 */
void
purser_provider_models_add (PurserProviderModels *self)
{
  PurserProviderForm *form = purser_provider_form_new (self->session, _("Add model"),
                                                       _("For servers that do not list their models."), _("_Add"));
  GtkWidget *entry = purser_provider_form_add_entry (form, _("Name, as the provider writes it"), NULL);

  g_object_set_data_full (G_OBJECT (form), "provider", g_memdup2 (&self->provider_id, sizeof self->provider_id), g_free);
  g_signal_connect (form, "submit", G_CALLBACK (add_submit_cb), entry);
  adw_dialog_present (ADW_DIALOG (form), GTK_WIDGET (self));
}

/**
 * purser_provider_models_search:
 * @self: the table
 */
void
purser_provider_models_search (PurserProviderModels *self)
{
  if (gtk_widget_get_visible (GTK_WIDGET (self->search_entry)))
    gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

/**
 * purser_provider_models_set_narrow:
 * @self: the table
 * @narrow: a list instead of columns
 */
void
purser_provider_models_set_narrow (PurserProviderModels *self,
                                   gboolean              narrow)
{
  gtk_list_box_bind_model (self->list, narrow ? shown_rows (self) : NULL, make_list_row, NULL, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->list), narrow);
  gtk_widget_set_visible (GTK_WIDGET (self->scroller), !narrow);
}
