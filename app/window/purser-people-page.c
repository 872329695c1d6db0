/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-people-page.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include "purser-format.h"
#include "purser-layout.h"
#include "purser-people-cells.h"
#include "purser-people-row.h"
#include "purser-period.h"
#include "purser-principal-dialog.h"
#include "purser-principal-page.h"
#include "purser-principal-words.h"
#include "purser-shown.h"
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

static void
list_visible_cb (PurserPeoplePage *self)
{
  GListModel *rows = G_LIST_MODEL (gtk_column_view_get_model (self->view));

  gtk_list_box_bind_model (self->list, gtk_widget_get_visible (GTK_WIDGET (self->list)) ? rows : NULL,
                           purser_people_cells_make_list_row, NULL, NULL);
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
  g_autofree char *persons_text = NULL, *agents_text = NULL, *title = NULL, *all = NULL;
  g_autofree char *note = purser_shown_note (org);

  for (guint i = 0; i < org->principals->len; i++)
    {
      const PurserPrincipal *principal = g_ptr_array_index (org->principals, i);

      agents += principal->agent;
      keyless += purser_principal_live_keys (org, principal->id) == 0;
    }
  persons_text =
      g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u person", "%u people", org->principals->len - agents),
                       org->principals->len - agents);
  agents_text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u agent", "%u agents", agents), agents);
  /* Translators: "5 people and 2 agents". */
  title = g_strdup_printf (_("%s and %s"), persons_text, agents_text);
  gtk_label_set_label (self->finding, title);
  if (unnamed != NULL && unnamed->calls > 0)
    {
      g_autofree char *calls = purser_format_count (unnamed->calls);

      line = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                           "%s call this month was made without a key: nobody is named for it.",
                                           "%s calls this month were made without a key: nobody is named for them.",
                                           unnamed->calls),
                              calls);
    }
  else if (keyless > 0)
    line =
        g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u has no key yet.", "%u have no key yet.", keyless), keyless);
  else
    line = g_strdup (_("Each has a key, so every call is counted for whoever made it."));
  /* Translators: a sentence, then how amounts are shown: "2 have no key yet. Costs in USD, at 1 EUR = 1.0842 USD on 1 November." */
  all = note != NULL ? g_strdup_printf (_("%s Costs %s."), line, note) : g_strdup (line);
  gtk_label_set_label (self->finding_line, all);
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
  purser_review_ask_async (purser_session_get_store (self->session), &question, self->cancellable, answer_cb,
                           g_object_ref (self));
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
  g_autoptr (PurserPeopleRow) row =
      g_list_model_get_item (G_LIST_MODEL (gtk_column_view_get_model (self->view)), position);

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
  gtk_widget_set_visible (self->nothing,
                          g_list_model_get_n_items (G_LIST_MODEL (gtk_column_view_get_model (self->view))) == 0);
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
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/purser_app/Purser/ui/purser-people-page.ui");
  purser_layout_bind (widget_class);
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
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, list_visible_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  purser_people_cells_bind (widget_class);
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
  purser_people_cells_set_sorter (self->name_column, "name");
  purser_people_cells_set_sorter (self->keys_column, "keys");
  purser_people_cells_set_sorter (self->used_column, "used");
  purser_people_cells_set_sorter (self->tokens_column, "tokens");
  purser_people_cells_set_sorter (self->cost_column, "cost");
  self->rows = g_list_store_new (PURSER_TYPE_PEOPLE_ROW);
  self->filter = gtk_custom_filter_new (matches_cb, self, NULL);
  filtered =
      gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->rows)), g_object_ref (GTK_FILTER (self->filter)));
  sorted = gtk_sort_list_model_new (G_LIST_MODEL (filtered), g_object_ref (gtk_column_view_get_sorter (self->view)));
  selection = GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (sorted)));
  gtk_column_view_set_model (self->view, selection);
  gtk_column_view_sort_by_column (self->view, self->cost_column, GTK_SORT_DESCENDING);
  purser_table_align_titles (self->view);
  purser_layout_keep_focus (self->view, self->list);
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
