/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-people-page.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include "purser-costs.h"
#include "purser-format.h"
#include "purser-people-row.h"
#include "purser-period.h"
#include "purser-principal-dialog.h"
#include "purser-principal-page.h"
#include "purser-principal-words.h"
#include "purser-table.h"

struct _PurserPeoplePage
{
  AdwNavigationPage    parent_instance;

  PurserSession       *session;     /* (owned) */
  GCancellable        *cancellable; /* (owned) (nullable): the load in flight */
  guint                late;        /* source of a load put off */
  GListStore          *rows;        /* (owned) (element-type PurserPeopleRow) */
  GtkCustomFilter     *filter;      /* (owned) */
  char                *search;      /* (owned) (nullable) casefolded */

  GtkSearchBar        *search_bar;
  GtkSearchEntry      *search_entry;
  GtkWidget           *box;
  GtkStack            *states;
  GtkLabel            *finding, *finding_line;
  GtkColumnView       *view;
  GtkWidget           *card, *nothing;
  GtkListBox          *list;
  GtkColumnViewColumn *name_column, *keys_column, *used_column, *tokens_column, *cost_column;
};

static void page_init (PurserPageInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (PurserPeoplePage, purser_people_page, ADW_TYPE_NAVIGATION_PAGE,
                               G_IMPLEMENT_INTERFACE (PURSER_TYPE_PAGE, page_init))

#define RELOAD_DELAY_MS 400

static const char *
icon_of (const PurserPrincipal *principal)
{
  return principal->agent ? "applications-engineering-symbolic" : "avatar-default-symbolic";
}

static char *
cost_text (PurserPeopleRow *row)
{
  const PurserUsageRow *usage = purser_people_row_get_usage (row);

  if (usage->cost_nano == 0 && usage->unpriced_tokens > 0)
    return g_strdup (_("No price"));
  return purser_format_money (usage->cost_nano, purser_people_row_get_org (row)->currency);
}

/* --- cells --- */

static void
setup_name_cb (GtkSignalListItemFactory *factory,
               GtkListItem              *cell)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *name = g_object_new (GTK_TYPE_LABEL, "xalign", 0., "ellipsize", PANGO_ELLIPSIZE_END, NULL);
  GtkWidget *about = g_object_new (GTK_TYPE_LABEL, "xalign", 0., "ellipsize", PANGO_ELLIPSIZE_END, NULL);
  GtkWidget *icon = gtk_image_new ();

  gtk_widget_add_css_class (about, "caption");
  gtk_widget_add_css_class (about, "dimmed");
  gtk_widget_add_css_class (icon, "purser-bubble");
  gtk_widget_set_valign (icon, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (words, TRUE);
  gtk_box_append (GTK_BOX (words), name);
  gtk_box_append (GTK_BOX (words), about);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), words);
  gtk_list_item_set_child (cell, box);
}

static void
bind_name_cb (GtkSignalListItemFactory *factory,
              GtkListItem              *cell)
{
  PurserPeopleRow *row = gtk_list_item_get_item (cell);
  const PurserPrincipal *principal = purser_people_row_get_principal (row);
  GtkWidget *box = gtk_list_item_get_child (cell);
  GtkWidget *words = gtk_widget_get_last_child (box);
  g_autofree char *about = purser_principal_about (purser_people_row_get_org (row), principal);

  gtk_image_set_from_icon_name (GTK_IMAGE (gtk_widget_get_first_child (box)), icon_of (principal));
  gtk_widget_set_tooltip_text (words, principal->name); /* rows of a column view do not grow: a long name ends in an ellipsis */
  gtk_label_set_label (GTK_LABEL (gtk_widget_get_first_child (words)), principal->name);
  gtk_label_set_label (GTK_LABEL (gtk_widget_get_last_child (words)), about);
}

static void
setup_text_cb (GtkSignalListItemFactory *factory,
               GtkListItem              *cell)
{
  gtk_list_item_set_child (cell, g_object_new (GTK_TYPE_LABEL, "xalign", 0., NULL));
}

static void
setup_number_cb (GtkSignalListItemFactory *factory,
                 GtkListItem              *cell)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "xalign", 1., NULL);

  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (cell, label);
}

static void
take_text (GtkListItem *cell,
           char        *text)
{
  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (cell)), text);
  g_free (text);
}

static void
bind_keys_cb (GtkSignalListItemFactory *factory,
              GtkListItem              *cell)
{
  PurserPeopleRow *row = gtk_list_item_get_item (cell);

  take_text (cell, purser_principal_keys (purser_people_row_get_org (row), purser_people_row_get_principal (row)));
}

static void
bind_used_cb (GtkSignalListItemFactory *factory,
              GtkListItem              *cell)
{
  PurserPeopleRow *row = gtk_list_item_get_item (cell);

  take_text (cell, purser_principal_used (purser_people_row_get_org (row), purser_people_row_get_principal (row)));
}

static void
bind_tokens_cb (GtkSignalListItemFactory *factory,
                GtkListItem              *cell)
{
  take_text (cell, purser_format_tokens (purser_usage_tokens (purser_people_row_get_usage (gtk_list_item_get_item (cell)))));
}

static void
bind_cost_cb (GtkSignalListItemFactory *factory,
              GtkListItem              *cell)
{
  take_text (cell, cost_text (gtk_list_item_get_item (cell)));
}

/* Where there is no room for columns: a list whose rows may grow. */
static GtkWidget *
make_list_row (gpointer item,
               gpointer user_data)
{
  const PurserPrincipal *principal = purser_people_row_get_principal (item);
  g_autofree char *about = purser_principal_about (purser_people_row_get_org (item), principal);
  g_autofree char *cost = cost_text (item);
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *amount = gtk_label_new (cost);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), principal->name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), about);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name (icon_of (principal)));
  gtk_widget_add_css_class (amount, "numeric");
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), amount);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  return row;
}

static void
list_visible_cb (PurserPeoplePage *self)
{
  GListModel *rows = G_LIST_MODEL (gtk_column_view_get_model (self->view));

  gtk_list_box_bind_model (self->list, gtk_widget_get_visible (GTK_WIDGET (self->list)) ? rows : NULL, make_list_row, NULL, NULL);
}

/* --- sorting --- */

static gint64
sort_key (PurserPeopleRow *row,
          const char      *what)
{
  const PurserOrg *org = purser_people_row_get_org (row);
  const PurserPrincipal *principal = purser_people_row_get_principal (row);

  if (g_str_equal (what, "keys"))
    return purser_principal_live_keys (org, principal->id);
  if (g_str_equal (what, "used"))
    return purser_principal_last_use (org, principal->id);
  if (g_str_equal (what, "tokens"))
    return purser_usage_tokens (purser_people_row_get_usage (row));
  return purser_people_row_get_usage (row)->cost_nano;
}

static int
compare_rows (gconstpointer a,
              gconstpointer b,
              gpointer      what)
{
  gint64 x, y;

  if (g_str_equal (what, "name"))
    return g_utf8_collate (purser_people_row_get_principal ((gpointer) a)->name, purser_people_row_get_principal ((gpointer) b)->name);
  x = sort_key ((gpointer) a, what);
  y = sort_key ((gpointer) b, what);
  return x < y ? -1 : x > y;
}

static void
set_sorter (GtkColumnViewColumn *column,
            const char          *what)
{
  g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (compare_rows, (gpointer) what, NULL));

  gtk_column_view_column_set_sorter (column, sorter);
}

static gboolean
matches_cb (gpointer item,
            gpointer user_data)
{
  PurserPeoplePage *self = user_data;
  g_autofree char *name = g_utf8_casefold (purser_people_row_get_principal (item)->name, -1);

  return self->search == NULL || strstr (name, self->search) != NULL;
}

/* --- loading --- */

static const PurserUsageRow *
usage_of (const PurserAnswer *answer,
          gint64              principal_id)
{
  for (guint i = 0; i < answer->series->len; i++)
    {
      const PurserSeries *series = g_ptr_array_index (answer->series, i);

      if (series->key == principal_id)
        return &series->total;
    }
  return NULL;
}

static void
show_finding (PurserPeoplePage   *self,
              const PurserOrg    *org,
              const PurserAnswer *answer)
{
  const PurserUsageRow *unnamed = usage_of (answer, 0);
  guint agents = 0, keyless = 0;
  g_autofree char *line = NULL;
  g_autofree char *persons_text = NULL, *agents_text = NULL, *title = NULL;

  for (guint i = 0; i < org->principals->len; i++)
    {
      const PurserPrincipal *principal = g_ptr_array_index (org->principals, i);

      agents += principal->agent;
      keyless += purser_principal_live_keys (org, principal->id) == 0;
    }
  persons_text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u person", "%u people", org->principals->len - agents), org->principals->len - agents);
  agents_text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u agent", "%u agents", agents), agents);
  /* Translators: "5 people and 2 agents". */
  title = g_strdup_printf (_("%s and %s"), persons_text, agents_text);
  gtk_label_set_label (self->finding, title);
  if (unnamed != NULL && unnamed->calls > 0)
    {
      g_autofree char *calls = purser_format_count (unnamed->calls);

      line = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s call this month was made without a key: nobody is named for it.",
                                           "%s calls this month were made without a key: nobody is named for them.", unnamed->calls), calls);
    }
  else if (keyless > 0)
    line = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u has no key yet.", "%u have no key yet.", keyless), keyless);
  else
    line = g_strdup (_("Each has a key, so every call is counted for whoever made it."));
  gtk_label_set_label (self->finding_line, line);
}

static void
answer_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (PurserPeoplePage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserAnswer) answer = purser_review_ask_finish (PURSER_STORE (object), result, &error);
  g_autoptr (PurserOrg) org = NULL;
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  if (answer == NULL)
    {
      purser_window_say_error (GTK_WIDGET (self), _("The ledger could not be read"), error);
      return;
    }
  org = purser_session_get_org (self->session);
  for (guint i = 0; i < org->principals->len; i++)
    {
      const PurserPrincipal *principal = g_ptr_array_index (org->principals, i);

      g_ptr_array_add (rows, purser_people_row_new (org, principal, usage_of (answer, principal->id)));
    }
  g_list_store_splice (self->rows, 0, g_list_model_get_n_items (G_LIST_MODEL (self->rows)), rows->pdata, rows->len);
  show_finding (self, org, answer);
  gtk_stack_set_visible_child_name (self->states, rows->len > 0 ? "list" : "empty");
}

static void
reload (PurserPeoplePage *self)
{
  g_autoptr (PurserOrg) org = NULL;
  PurserQuestion question = { .split = PURSER_BY_PRINCIPAL };
  gint32 today;

  if (self->session == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  org = purser_session_get_org (self->session);
  today = purser_day_of (org->timezone, purser_store_now (purser_session_get_store (self->session)));
  question.first_day = purser_period_month_start (today);
  question.last_day = today;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  purser_review_ask_async (purser_session_get_store (self->session), &question, self->cancellable, answer_cb, g_object_ref (self));
}

static void
reload_late_cb (gpointer user_data)
{
  PurserPeoplePage *self = user_data;

  self->late = 0;
  reload (self);
}

static void
ledger_changed_cb (PurserPeoplePage *self)
{
  if (self->late == 0)
    self->late = g_timeout_add_once (RELOAD_DELAY_MS, reload_late_cb, self);
}

/* --- verbs --- */

static void
open_principal (PurserPeoplePage *self,
                gint64            id)
{
  purser_window_push (GTK_WIDGET (self), purser_principal_page_new (self->session, id));
}

static void
activate_cb (PurserPeoplePage *self,
             guint             position)
{
  g_autoptr (PurserPeopleRow) row = g_list_model_get_item (G_LIST_MODEL (gtk_column_view_get_model (self->view)), position);

  if (row != NULL)
    open_principal (self, purser_people_row_get_principal (row)->id);
}

static void
row_activated_cb (PurserPeoplePage *self,
                  GtkListBoxRow    *row)
{
  activate_cb (self, gtk_list_box_row_get_index (row));
}

static void
added_cb (PurserPeoplePage *self,
          gint64            id)
{
  open_principal (self, id);
}

static void
add_principal (PurserPeoplePage *self,
               gboolean          agent)
{
  AdwDialog *dialog = purser_principal_dialog_new (self->session, agent);

  g_signal_connect_object (dialog, "added", G_CALLBACK (added_cb), self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
add_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  add_principal (PURSER_PEOPLE_PAGE (widget), g_variant_get_boolean (parameter));
}

static void
new_action (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  add_principal (PURSER_PEOPLE_PAGE (widget), FALSE);
}

static void
refresh_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  reload (PURSER_PEOPLE_PAGE (widget));
}

static void
search_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  gtk_search_bar_set_search_mode (PURSER_PEOPLE_PAGE (widget)->search_bar, TRUE);
}

static void
search_changed_cb (PurserPeoplePage *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search_entry));

  g_free (self->search);
  self->search = *text != '\0' ? g_utf8_casefold (text, -1) : NULL;
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  gtk_widget_set_visible (self->nothing, g_list_model_get_n_items (G_LIST_MODEL (gtk_column_view_get_model (self->view))) == 0);
}

static void
purser_people_page_show_detail (PurserPage *page,
                                const char *detail)
{
  PurserPeoplePage *self = PURSER_PEOPLE_PAGE (page);
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  gint64 id = g_ascii_strtoll (detail, NULL, 10);

  if (g_str_equal (detail, "add"))
    add_principal (self, FALSE);
  else if (purser_org_principal (org, id) != NULL)
    open_principal (self, id);
}

static void
page_init (PurserPageInterface *iface)
{
  iface->show_detail = purser_people_page_show_detail;
}

/* --- object --- */

static void
purser_people_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (purser_people_page_parent_class)->map (widget);
  reload (PURSER_PEOPLE_PAGE (widget));
}

static void
purser_people_page_dispose (GObject *object)
{
  PurserPeoplePage *self = PURSER_PEOPLE_PAGE (object);

  g_clear_handle_id (&self->late, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (purser_people_page_parent_class)->dispose (object);
}

static void
purser_people_page_finalize (GObject *object)
{
  PurserPeoplePage *self = PURSER_PEOPLE_PAGE (object);

  g_clear_object (&self->rows);
  g_clear_object (&self->filter);
  g_free (self->search);
  G_OBJECT_CLASS (purser_people_page_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  static const struct { const char *name; GCallback callback; } callbacks[] =
  {
    { "setup_name_cb", G_CALLBACK (setup_name_cb) }, { "bind_name_cb", G_CALLBACK (bind_name_cb) },
    { "setup_text_cb", G_CALLBACK (setup_text_cb) }, { "setup_number_cb", G_CALLBACK (setup_number_cb) },
    { "bind_keys_cb", G_CALLBACK (bind_keys_cb) }, { "bind_used_cb", G_CALLBACK (bind_used_cb) },
    { "bind_tokens_cb", G_CALLBACK (bind_tokens_cb) }, { "bind_cost_cb", G_CALLBACK (bind_cost_cb) },
    { "row_activated_cb", G_CALLBACK (row_activated_cb) }, { "list_visible_cb", G_CALLBACK (list_visible_cb) },
    { "activate_cb", G_CALLBACK (activate_cb) }, { "search_changed_cb", G_CALLBACK (search_changed_cb) },
  };

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/purser_app/Purser/ui/purser-people-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserPeoplePage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, PurserPeoplePage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, PurserPeoplePage, box);
  gtk_widget_class_bind_template_child (widget_class, PurserPeoplePage, states);
  gtk_widget_class_bind_template_child (widget_class, PurserPeoplePage, finding);
  gtk_widget_class_bind_template_child (widget_class, PurserPeoplePage, finding_line);
  gtk_widget_class_bind_template_child (widget_class, PurserPeoplePage, view);
  gtk_widget_class_bind_template_child (widget_class, PurserPeoplePage, card);
  gtk_widget_class_bind_template_child (widget_class, PurserPeoplePage, nothing);
  gtk_widget_class_bind_template_child (widget_class, PurserPeoplePage, list);
  gtk_widget_class_bind_template_child (widget_class, PurserPeoplePage, name_column);
  gtk_widget_class_bind_template_child (widget_class, PurserPeoplePage, keys_column);
  gtk_widget_class_bind_template_child (widget_class, PurserPeoplePage, used_column);
  gtk_widget_class_bind_template_child (widget_class, PurserPeoplePage, tokens_column);
  gtk_widget_class_bind_template_child (widget_class, PurserPeoplePage, cost_column);
  for (gsize i = 0; i < G_N_ELEMENTS (callbacks); i++)
    gtk_widget_class_bind_template_callback_full (widget_class, callbacks[i].name, callbacks[i].callback);
}

static void
purser_people_page_class_init (PurserPeoplePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = purser_people_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = purser_people_page_finalize;
  widget_class->map = purser_people_page_map;
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "people.add", "b", add_action);
  gtk_widget_class_install_action (widget_class, "page.new", NULL, new_action);
  gtk_widget_class_install_action (widget_class, "page.refresh", NULL, refresh_action);
  gtk_widget_class_install_action (widget_class, "page.search", NULL, search_action);
}

static void
purser_people_page_init (PurserPeoplePage *self)
{
  GtkFilterListModel *filtered;
  GtkSortListModel *sorted;
  g_autoptr (GtkSelectionModel) selection = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  set_sorter (self->name_column, "name");
  set_sorter (self->keys_column, "keys");
  set_sorter (self->used_column, "used");
  set_sorter (self->tokens_column, "tokens");
  set_sorter (self->cost_column, "cost");
  self->rows = g_list_store_new (PURSER_TYPE_PEOPLE_ROW);
  self->filter = gtk_custom_filter_new (matches_cb, self, NULL);
  filtered = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->rows)), g_object_ref (GTK_FILTER (self->filter)));
  sorted = gtk_sort_list_model_new (G_LIST_MODEL (filtered), g_object_ref (gtk_column_view_get_sorter (self->view)));
  selection = GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (sorted)));
  gtk_column_view_set_model (self->view, selection);
  gtk_column_view_sort_by_column (self->view, self->cost_column, GTK_SORT_DESCENDING);
  purser_table_align_titles (self->view);
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
}

/**
 * purser_people_page_new:
 * @session: an open organisation
 *
 * Returns: (transfer floating): the page
 */
AdwNavigationPage *
purser_people_page_new (PurserSession *session)
{
  PurserPeoplePage *self = g_object_new (PURSER_TYPE_PEOPLE_PAGE, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "org-changed", G_CALLBACK (reload), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "ledger-changed", G_CALLBACK (ledger_changed_cb), self, G_CONNECT_SWAPPED);
  return ADW_NAVIGATION_PAGE (self);
}
