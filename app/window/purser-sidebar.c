/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-sidebar.h"

#include <glib/gi18n-lib.h>
#include "purser-costs-page.h"
#include "purser-gateway-page.h"
#include "purser-overview-page.h"
#include "purser-people-page.h"
#include "purser-providers-page.h"
#include "purser-tests-page.h"
#include "purser-workloads-page.h"

struct _PurserSidebar
{
  AdwBin      parent_instance;

  GtkListBox *list;
  const char *shown; /* (nullable): id of the page on show; static */
  guint       told;  /* source that lives as long as the event which chose the page just now */
};

G_DEFINE_FINAL_TYPE (PurserSidebar, purser_sidebar, ADW_TYPE_BIN)

static guint page_chosen;

static const PurserSidebarPage pages[] =
{
  { "overview", N_("Look"), N_("Overview"), "purser-overview-symbolic", purser_overview_page_new },
  { "costs", N_("Look"), N_("Costs"), "purser-costs-symbolic", purser_costs_page_new },
  { "providers", N_("Set up"), N_("Providers and keys"), "purser-providers-symbolic", purser_providers_page_new },
  { "workloads", N_("Set up"), N_("Workloads"), "purser-workloads-symbolic", purser_workloads_page_new },
  { "people", N_("Set up"), N_("People and agents"), "purser-people-symbolic", purser_people_page_new },
  { "gateway", N_("Set up"), N_("Gateway"), "purser-gateway-symbolic", purser_gateway_page_new },
  { "tests", N_("Prove"), N_("Tests"), "purser-tests-symbolic", purser_tests_page_new },
};

static const PurserSidebarPage *
page_of (GtkListBoxRow *row)
{
  return &pages[gtk_list_box_row_get_index (row)];
}

static GtkWidget *
make_row (const PurserSidebarPage *page)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *label = gtk_label_new (_(page->title));
  GtkWidget *badge = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (badge, "purser-badge");
  gtk_widget_add_css_class (badge, "numeric");
  gtk_widget_set_valign (badge, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (badge, FALSE);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (page->icon));
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), badge);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, _(page->title), -1);
  return row;
}

static void
set_header (GtkListBoxRow *row,
            GtkListBoxRow *before,
            gpointer       user_data)
{
  GtkWidget *label;

  if (before != NULL && g_str_equal (page_of (row)->group, page_of (before)->group))
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }
  label = gtk_label_new (_(page_of (row)->group));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "caption-heading");
  gtk_widget_add_css_class (label, "purser-group");
  gtk_list_box_row_set_header (row, label);
}

static void
forget_cb (gpointer user_data)
{
  PURSER_SIDEBAR (user_data)->told = 0;
}

/* The page follows the highlight, whoever moves it: a click, an arrow key, a screen reader. A list tells of its selected row again when the focus comes to it. */
static void
row_selected_cb (GtkListBox    *list,
                 GtkListBoxRow *row,
                 PurserSidebar *self)
{
  if (row == NULL || g_strcmp0 (page_of (row)->id, self->shown) == 0)
    return;
  g_clear_handle_id (&self->told, g_source_remove);
  self->told = g_idle_add_once (forget_cb, self);
  g_signal_emit (self, page_chosen, 0, page_of (row)->id);
}

/* A click tells of the row twice; chosen when it is already there, a page leaves its details. */
static void
row_activated_cb (GtkListBox    *list,
                  GtkListBoxRow *row,
                  PurserSidebar *self)
{
  if (self->told == 0)
    g_signal_emit (self, page_chosen, 0, page_of (row)->id);
}

static GtkListBoxRow *
row_of (PurserSidebar *self,
        const char    *id)
{
  const PurserSidebarPage *page = purser_sidebar_find (id);

  return page != NULL ? gtk_list_box_get_row_at_index (self->list, page - pages) : NULL;
}

static void
purser_sidebar_dispose (GObject *object)
{
  g_clear_handle_id (&PURSER_SIDEBAR (object)->told, g_source_remove);
  G_OBJECT_CLASS (purser_sidebar_parent_class)->dispose (object);
}

static void
purser_sidebar_class_init (PurserSidebarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = purser_sidebar_dispose;
  page_chosen = g_signal_new ("page-chosen", PURSER_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                              G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
purser_sidebar_init (PurserSidebar *self)
{
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_tab_behavior (self->list, GTK_LIST_TAB_ITEM); /* Tab enters at the page shown and leaves again */
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "navigation-sidebar");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Pages"), -1);
  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    gtk_list_box_append (self->list, make_row (&pages[i]));
  gtk_list_box_set_header_func (self->list, set_header, NULL, NULL);
  g_signal_connect (self->list, "row-selected", G_CALLBACK (row_selected_cb), self);
  g_signal_connect (self->list, "row-activated", G_CALLBACK (row_activated_cb), self);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->list));
}

guint
purser_sidebar_n_pages (void)
{
  return G_N_ELEMENTS (pages);
}

const PurserSidebarPage *
purser_sidebar_page (guint position)
{
  g_return_val_if_fail (position < G_N_ELEMENTS (pages), NULL);
  return &pages[position];
}

/**
 * purser_sidebar_find:
 * @id: a page's id
 *
 * Returns: (nullable): its row of the table
 */
const PurserSidebarPage *
purser_sidebar_find (const char *id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    if (g_str_equal (pages[i].id, id))
      return &pages[i];
  return NULL;
}

/* Marks the row of page ID as the one that is shown. Where the sidebar hides the page, nothing is marked. */
void
purser_sidebar_select (PurserSidebar *self,
                       const char    *id)
{
  self->shown = purser_sidebar_find (id) != NULL ? purser_sidebar_find (id)->id : NULL;
  g_signal_handlers_block_by_func (self->list, row_selected_cb, self);
  if (gtk_list_box_get_selection_mode (self->list) != GTK_SELECTION_NONE)
    gtk_list_box_select_row (self->list, row_of (self, id));
  g_signal_handlers_unblock_by_func (self->list, row_selected_cb, self);
}

/* Whether the sidebar stands in the page's place: then arrow keys only move along it, and a row must be activated. */
void
purser_sidebar_set_collapsed (PurserSidebar *self,
                              gboolean       collapsed)
{
  g_signal_handlers_block_by_func (self->list, row_selected_cb, self);
  gtk_list_box_set_selection_mode (self->list, collapsed ? GTK_SELECTION_NONE : GTK_SELECTION_SINGLE);
  g_signal_handlers_unblock_by_func (self->list, row_selected_cb, self);
}

/**
 * purser_sidebar_set_badge:
 * @self: the sidebar
 * @id: a page's id
 * @count: how many; 0 hides the badge
 * @meaning: what is counted, in words
 */
void
purser_sidebar_set_badge (PurserSidebar *self,
                          const char    *id,
                          guint          count,
                          const char    *meaning)
{
  GtkListBoxRow *row = row_of (self, id);
  GtkWidget *badge;
  g_autofree char *text = g_strdup_printf ("%u", count);

  g_return_if_fail (row != NULL);
  badge = gtk_widget_get_last_child (gtk_list_box_row_get_child (row));
  gtk_label_set_label (GTK_LABEL (badge), text);
  gtk_widget_set_visible (badge, count > 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  count > 0 ? meaning : "", -1);
}
