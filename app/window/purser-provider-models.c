/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-provider-models.h"

#include <glib/gi18n-lib.h>

#include "purser-format.h"
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
  GListStore          *rows;
  GtkFilter           *filter;  /* (owned) */
  GtkColumnViewColumn *columns[PURSER_N_MODEL_CELLS]; /* (unowned): the table's */
};

G_DEFINE_FINAL_TYPE (PurserProviderModels, purser_provider_models, ADW_TYPE_BIN)

typedef struct
{
  gint64     model_id;
  GtkWidget *in, *out, *cache_read, *cache_write; /* (unowned): the form's rows */
} PriceForm;

static const char *
typed_or_null (GtkWidget *row)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (row));

  while (*text == ' ')
    text++;
  return *text != '\0' ? text : NULL;
}

/* FALSE, and words in the form, where ROW is no price. */
static gboolean
check_price (PurserProviderForm *form,
             GtkWidget          *row,
             gboolean            needed)
{
  g_autoptr (GError) error = NULL;
  const char *text = typed_or_null (row);
  gint64 pico;

  if (text == NULL && !needed)
    return TRUE;
  if (text == NULL)
    purser_provider_form_set_problem (form, row, _("Enter the price of a million tokens; 0 if it is free."));
  else if (!purser_price_parse_per_million (text, &pico, &error))
    purser_provider_form_set_problem (form, row, error->message);
  else
    return TRUE;
  return FALSE;
}

static void
price_submit_cb (PurserProviderForm *form,
                 PriceForm          *data)
{
  if (!check_price (form, data->in, TRUE) || !check_price (form, data->out, TRUE)
      || !check_price (form, data->cache_read, FALSE) || !check_price (form, data->cache_write, FALSE))
    return;
  purser_provider_form_run (form,
                            purser_command_set_price (data->model_id, typed_or_null (data->in),
                                                      typed_or_null (data->out), typed_or_null (data->cache_read),
                                                      typed_or_null (data->cache_write), "admin"),
                            _("Price saved; it counts from now on"), NULL);
}

static GtkWidget *
add_price_entry (PurserProviderForm *form,
                 const char         *title,
                 const PurserPrice  *price,
                 PurserTokenKind     kind)
{
  g_autofree char *text = NULL;

  if (price != NULL && price->list_pico[kind] >= 0)
    text = purser_price_to_per_million (price->list_pico[kind]);
  return purser_provider_form_add_entry (form, title, text);
}

static void
edit_price (PurserProviderModels *self,
            gint64                model_id)
{
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  const PurserModel *model = purser_org_model (org, model_id);
  g_autofree char *words = NULL;
  PurserProviderForm *form;
  PriceForm *data;

  if (model == NULL)
    return;
  /* Translators: %s is a currency, "EUR". */
  words = g_strdup_printf (_("List price in %s per million tokens. Calls made before keep the price they were made at."),
                           org->currency);
  form = purser_provider_form_new (self->session, purser_model_title (model), words, _("_Save"));
  data = g_new0 (PriceForm, 1);
  data->model_id = model_id;
  data->in = add_price_entry (form, _("In"), model->price, PURSER_TOKENS_INPUT_UNCACHED);
  data->out = add_price_entry (form, _("Out"), model->price, PURSER_TOKENS_OUTPUT_VISIBLE);
  data->cache_read = add_price_entry (form, _("Read from cache (if known)"), model->price, PURSER_TOKENS_CACHE_READ);
  data->cache_write = add_price_entry (form, _("Written to cache (if known)"), model->price,
                                       PURSER_TOKENS_CACHE_WRITE_5M);
  g_signal_connect_data (form, "submit", G_CALLBACK (price_submit_cb), data, (GClosureNotify) (void (*) (void)) g_free,
                         G_CONNECT_DEFAULT);
  adw_dialog_present (ADW_DIALOG (form), GTK_WIDGET (self));
}

static void
activate_cb (PurserProviderModels *self,
             guint                 position)
{
  g_autoptr (PurserProviderModel) row = g_list_model_get_item (G_LIST_MODEL (gtk_column_view_get_model (self->table)),
                                                               position);

  if (row != NULL)
    edit_price (self, purser_provider_model_get_id (row));
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
                                    g_list_model_get_n_items (G_LIST_MODEL (gtk_column_view_get_model (self->table))) > 0
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
  } columns[PURSER_N_MODEL_CELLS] = {
    [PURSER_MODEL_CELL_NAME] = { N_("Model"), PURSER_COLUMN_EXPAND },
    [PURSER_MODEL_CELL_CONTEXT] = { N_("Context"), PURSER_COLUMN_NUMERIC },
    [PURSER_MODEL_CELL_IN] = { N_("In"), PURSER_COLUMN_NUMERIC },
    [PURSER_MODEL_CELL_OUT] = { N_("Out"), PURSER_COLUMN_NUMERIC },
    [PURSER_MODEL_CELL_FROM] = { N_("Price from"), PURSER_COLUMN_DIM },
  };

  for (guint i = 0; i < PURSER_N_MODEL_CELLS; i++)
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
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
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
           const PurserOrg      *org,
           guint                 n)
{
  g_autofree char *title = NULL;
  g_autofree char *words = NULL;

  title = n == 0 ? g_strdup (_("No models yet"))
                 : g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u model", "%u models", n), n);
  if (n == 0)
    words = g_strdup (_("Check the connection to read the provider’s list, or add a model by hand."));
  else if (self->practice)
    words = g_strdup_printf (_("Invented prices in %s per million tokens"), org->currency);
  else
    /* Translators: %s is a currency, "EUR". */
    words = g_strdup_printf (_("%s per million tokens, before discount"), org->currency);
  adw_preferences_group_set_title (self->group, title);
  adw_preferences_group_set_description (self->group, words);
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
  say_title (self, org, found->len);
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
 * @narrow: leave out the columns that one can do without on a phone
 */
void
purser_provider_models_set_narrow (PurserProviderModels *self,
                                   gboolean              narrow)
{
  gtk_column_view_column_set_visible (self->columns[PURSER_MODEL_CELL_CONTEXT], !narrow);
  gtk_column_view_column_set_visible (self->columns[PURSER_MODEL_CELL_FROM], !narrow);
}
