/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-layout.h"

#define VERB_KEY "purser-layout-verb"

static void
show_verb (GtkWidget *row,
           gboolean   narrow)
{
  GtkWidget *button = g_object_get_data (G_OBJECT (row), VERB_KEY);

  gtk_widget_set_visible (button, !narrow);
  gtk_widget_set_visible (gtk_widget_get_next_sibling (button), narrow); /* the arrow that says where the row leads */
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), narrow);
}

static void
show_verbs (GtkWidget *widget,
            gboolean   narrow)
{
  if (g_object_get_data (G_OBJECT (widget), VERB_KEY) != NULL)
    show_verb (widget, narrow);
  else
    for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
      show_verbs (child, narrow);
}

void
purser_layout_narrow (GtkWidget *box)
{
  gtk_widget_add_css_class (box, "narrow");
  show_verbs (box, TRUE);
}

void
purser_layout_wide (GtkWidget *box)
{
  gtk_widget_remove_css_class (box, "narrow");
  show_verbs (box, FALSE);
}

static void
row_activated_cb (GtkWidget *button)
{
  g_signal_emit_by_name (button, "clicked");
}

/* Rows come while the page is narrow, too. */
static void
row_mapped_cb (GtkWidget *row)
{
  GtkWidget *around = row;

  while (around != NULL && !gtk_widget_has_css_class (around, "narrow"))
    around = gtk_widget_get_parent (around);
  show_verb (row, around != NULL);
}

/**
 * purser_layout_add_verb:
 * @row: an #AdwActionRow
 * @button: (transfer floating): what can be done about it
 */
void
purser_layout_add_verb (GtkWidget *row,
                        GtkWidget *button)
{
  GtkWidget *arrow = gtk_image_new_from_icon_name ("go-next-symbolic");

  g_object_set (arrow, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, "visible", FALSE, NULL);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), arrow);
  g_object_set_data (G_OBJECT (row), VERB_KEY, button);
  g_signal_connect_object (row, "activated", G_CALLBACK (row_activated_cb), button, G_CONNECT_SWAPPED);
  g_signal_connect (row, "map", G_CALLBACK (row_mapped_cb), NULL);
}

void
purser_layout_bind (GtkWidgetClass *klass)
{
  gtk_widget_class_bind_template_callback (klass, purser_layout_narrow);
  gtk_widget_class_bind_template_callback (klass, purser_layout_wide);
}

/* --- the focus, where a table becomes a list --- */

/* GTK takes the focus from a row that is hidden, or replaced because its figures changed, and gives it to nobody: then Tab does nothing. So this looks at where
 * the focus of the window goes. */
typedef struct
{
  GtkColumnView *table;  /* (nullable): watched, because it may go before the list does */
  GtkListBox    *list;
  GtkRoot       *root;   /* (unowned) (nullable): watched while the list is in it */
  gulong         handler;
  gboolean       ours;   /* the focus was in the table or the list until now … */
  guint          position; /* … on this row */
  guint          source; /* of a change of focus put off until the new layout stands */
} Pair;

/* The rows of a column view are children of the list view within it. */
static gboolean
find_position (GtkWidget *focus,
               GtkWidget *around,
               guint     *position)
{
  GtkWidget *row = focus;

  if (around == NULL || !gtk_widget_is_ancestor (focus, around))
    return FALSE;
  while (row != around && gtk_widget_get_parent (row) != around && !GTK_IS_LIST_VIEW (gtk_widget_get_parent (row)))
    row = gtk_widget_get_parent (row);
  for (*position = 0; (row = gtk_widget_get_prev_sibling (row)) != NULL;)
    ++*position;
  return TRUE;
}

static void
take_over_cb (gpointer user_data)
{
  Pair *pair = user_data;
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (pair->list, (int) pair->position);

  pair->source = 0;
  if (pair->root == NULL || gtk_root_get_focus (pair->root) != NULL)
    return; /* somebody else has it */
  if (gtk_widget_get_mapped (GTK_WIDGET (pair->list)))
    gtk_widget_grab_focus (row != NULL ? GTK_WIDGET (row) : GTK_WIDGET (pair->list));
  else if (pair->table != NULL && gtk_widget_get_mapped (GTK_WIDGET (pair->table))
           && pair->position < g_list_model_get_n_items (G_LIST_MODEL (gtk_column_view_get_model (pair->table))))
    gtk_column_view_scroll_to (pair->table, pair->position, NULL, GTK_LIST_SCROLL_FOCUS, NULL);
}

static void
focus_moved_cb (Pair *pair)
{
  GtkWidget *focus = gtk_root_get_focus (pair->root);

  if (focus != NULL)
    pair->ours = find_position (focus, (GtkWidget *) pair->table, &pair->position)
                 || find_position (focus, GTK_WIDGET (pair->list), &pair->position);
  else if (pair->ours && pair->source == 0)
    pair->source = g_idle_add_once (take_over_cb, pair);
}

static void
unwatch (Pair *pair)
{
  if (pair->root != NULL)
    {
      g_signal_handler_disconnect (pair->root, pair->handler);
      g_object_remove_weak_pointer (G_OBJECT (pair->root), (gpointer *) &pair->root);
    }
  pair->root = NULL;
  g_clear_handle_id (&pair->source, g_source_remove);
}

static void
root_changed_cb (Pair *pair)
{
  unwatch (pair);
  pair->root = gtk_widget_get_root (GTK_WIDGET (pair->list));
  if (pair->root == NULL)
    return;
  g_object_add_weak_pointer (G_OBJECT (pair->root), (gpointer *) &pair->root);
  pair->handler = g_signal_connect_swapped (pair->root, "notify::focus-widget", G_CALLBACK (focus_moved_cb), pair);
}

static void
pair_free (gpointer  data,
           GClosure *closure)
{
  unwatch (data);
  g_clear_weak_pointer (&((Pair *) data)->table);
  g_free (data);
}

/**
 * purser_layout_keep_focus:
 * @table: a table
 * @list: a list of the same rows, in the same order; both are parts of one page
 */
void
purser_layout_keep_focus (GtkColumnView *table,
                          GtkListBox    *list)
{
  Pair *pair = g_new0 (Pair, 1);

  g_set_weak_pointer (&pair->table, table);
  pair->list = list;
  g_signal_connect_data (list, "notify::root", G_CALLBACK (root_changed_cb), pair, pair_free, G_CONNECT_SWAPPED);
}
