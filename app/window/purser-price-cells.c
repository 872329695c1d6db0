/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands in the table of prices. */
#include "config.h"
#include "purser-price-row.h"

#include <adwaita.h>

/* --- two lines of words; rows of a column view do not grow: what is long ends in an ellipsis, and the tooltip has it all --- */

static void
setup_words_cb (GtkSignalListItemFactory *factory,
                GtkListItem              *cell)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *first = g_object_new (GTK_TYPE_LABEL, "xalign", 0., "ellipsize", PANGO_ELLIPSIZE_MIDDLE, NULL);
  GtkWidget *second = g_object_new (GTK_TYPE_LABEL, "xalign", 0., "ellipsize", PANGO_ELLIPSIZE_END, NULL);

  gtk_widget_add_css_class (second, "caption");
  gtk_widget_add_css_class (second, "dimmed");
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), first);
  gtk_box_append (GTK_BOX (box), second);
  gtk_list_item_set_child (cell, box);
}

static void
bind_name_cb (GtkSignalListItemFactory *factory,
              GtkListItem              *cell)
{
  PurserPriceRow *row = gtk_list_item_get_item (cell);
  GtkWidget *box = gtk_list_item_get_child (cell);
  const char *title = purser_model_title (purser_price_row_get_model (row));
  g_autofree char *about = purser_price_row_about (row);
  g_autofree char *all = g_strdup_printf ("%s\n%s", title, about);

  gtk_label_set_label (GTK_LABEL (gtk_widget_get_first_child (box)), title);
  gtk_label_set_label (GTK_LABEL (gtk_widget_get_last_child (box)), about);
  gtk_widget_set_tooltip_text (box, all);
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
bind_figure (GtkListItem *cell,
             guint        priced)
{
  g_autofree char *text = purser_price_row_figure (gtk_list_item_get_item (cell), priced);

  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (cell)), text);
}

#define FIGURE(name, kind) \
  static void name (GtkSignalListItemFactory *factory, GtkListItem *cell) { bind_figure (cell, kind); }
FIGURE (bind_in_cb, PURSER_TOKENS_INPUT_UNCACHED)
FIGURE (bind_out_cb, PURSER_TOKENS_OUTPUT_VISIBLE)
FIGURE (bind_reused_cb, PURSER_TOKENS_CACHE_READ)

/* Providers that price what they keep by how long, or as a whole. */
static guint
kept_kind (PurserPriceRow *row)
{
  return purser_price_row_pico (row, PURSER_TOKENS_CACHE_WRITE_5M) >= 0 ? PURSER_TOKENS_CACHE_WRITE_5M : PURSER_TOKENS_CACHE_WRITE_OTHER;
}

static void
bind_kept_cb (GtkSignalListItemFactory *factory,
              GtkListItem              *cell)
{
  bind_figure (cell, kept_kind (gtk_list_item_get_item (cell)));
}

static void
setup_from_cb (GtkSignalListItemFactory *factory,
               GtkListItem              *cell)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *words = g_object_new (GTK_TYPE_LABEL, "xalign", 0., NULL);
  GtkWidget *icon = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), words);
  gtk_list_item_set_child (cell, box);
}

static void
show_trouble (GtkWidget              *icon,
              GtkWidget              *words,
              const PurserPriceState *state)
{
  gtk_image_set_from_icon_name (GTK_IMAGE (icon), state->icon);
  gtk_widget_set_visible (icon, state->trouble);
  gtk_widget_set_css_classes (icon, (const char *[]) { "warning", NULL });
  gtk_widget_set_css_classes (words, (const char *[]) { state->trouble ? "purser-trouble" : "dimmed", NULL });
}

static void
bind_from_cb (GtkSignalListItemFactory *factory,
              GtkListItem              *cell)
{
  PurserPriceRow *row = gtk_list_item_get_item (cell);
  GtkWidget *box = gtk_list_item_get_child (cell);
  PurserPriceState state = purser_price_row_get_state (row);
  g_autofree char *from = purser_price_row_from (row);

  show_trouble (gtk_widget_get_first_child (box), gtk_widget_get_last_child (box), &state);
  gtk_label_set_label (GTK_LABEL (gtk_widget_get_last_child (box)), from);
}

/* --- without columns --- */

GtkWidget *
purser_price_cells_make_list_row (gpointer item,
                                  gpointer unused)
{
  PurserPriceState state = purser_price_row_get_state (item);
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *about = purser_price_row_about (item);
  g_autofree char *from = purser_price_row_state (item);
  g_autofree char *figures = purser_price_row_summary (item);
  g_autofree char *all = state.kind == PURSER_PRICE_NONE ? g_strdup_printf ("%s\n%s", about, from) : g_strdup_printf ("%s\n%s\n%s", about, figures, from);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), purser_model_title (purser_price_row_get_model (item)));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), all);
  if (state.trouble)
    {
      GtkWidget *icon = gtk_image_new_from_icon_name (state.icon);

      gtk_widget_add_css_class (icon, "warning");
      g_object_set (icon, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), icon);
    }
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  return row;
}

/* --- order --- */

static int
compare_cb (gconstpointer a,
            gconstpointer b,
            gpointer      what)
{
  guint priced = g_str_equal (what, "in") ? PURSER_TOKENS_INPUT_UNCACHED : PURSER_TOKENS_OUTPUT_VISIBLE;
  gint64 x, y;

  if (g_str_equal (what, "name"))
    return g_utf8_collate (purser_model_title (purser_price_row_get_model ((gpointer) a)),
                           purser_model_title (purser_price_row_get_model ((gpointer) b)));
  x = purser_price_row_pico ((gpointer) a, priced);
  y = purser_price_row_pico ((gpointer) b, priced);
  return x < y ? -1 : x > y;
}

void
purser_price_cells_set_sorter (GtkColumnViewColumn *column,
                               const char          *what)
{
  g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (compare_cb, (gpointer) what, NULL));

  gtk_column_view_column_set_sorter (column, sorter);
}

void
purser_price_cells_bind (GtkWidgetClass *klass)
{
  gtk_widget_class_bind_template_callback (klass, setup_words_cb);
  gtk_widget_class_bind_template_callback (klass, bind_name_cb);
  gtk_widget_class_bind_template_callback (klass, setup_number_cb);
  gtk_widget_class_bind_template_callback (klass, bind_in_cb);
  gtk_widget_class_bind_template_callback (klass, bind_out_cb);
  gtk_widget_class_bind_template_callback (klass, bind_reused_cb);
  gtk_widget_class_bind_template_callback (klass, bind_kept_cb);
  gtk_widget_class_bind_template_callback (klass, setup_from_cb);
  gtk_widget_class_bind_template_callback (klass, bind_from_cb);
}
