/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands in the list of people and agents, as columns and as rows of a list. */
#include "config.h"
#include "purser-people-cells.h"

#include <glib/gi18n-lib.h>
#include "purser-costs.h"
#include "purser-format.h"
#include "purser-people-row.h"
#include "purser-principal-words.h"
#include "purser-shown.h"

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
  return purser_format_cost (purser_people_row_get_org (row), usage->cost_nano);
}

/* What somebody is, and what no amount tells of them. */
static char *
about_text (PurserPeopleRow *row)
{
  gint64 unpriced = purser_people_row_get_usage (row)->unpriced_tokens;
  g_autofree char *about = purser_principal_about (purser_people_row_get_org (row), purser_people_row_get_principal (row));
  g_autofree char *tokens = NULL;

  if (unpriced <= 0)
    return g_steal_pointer (&about);
  tokens = purser_format_tokens (unpriced);
  return g_strdup_printf (_("%s; %s tokens without a price"), about, tokens);
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
  g_autofree char *about = about_text (row);

  gtk_image_set_from_icon_name (GTK_IMAGE (gtk_widget_get_first_child (box)), icon_of (principal));
  gtk_widget_set_tooltip_text (words,
                               principal
                                   ->name); /* rows of a column view do not grow: a long name ends in an ellipsis */
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
  take_text (cell,
             purser_format_tokens (purser_usage_tokens (purser_people_row_get_usage (gtk_list_item_get_item (cell)))));
}

static void
bind_cost_cb (GtkSignalListItemFactory *factory,
              GtkListItem              *cell)
{
  take_text (cell, cost_text (gtk_list_item_get_item (cell)));
}

/* For where there is no room for columns: a row that may grow. */
GtkWidget *
purser_people_cells_make_list_row (gpointer item,
                                   gpointer user_data)
{
  const PurserPrincipal *principal = purser_people_row_get_principal (item);
  g_autofree char *whose = about_text (item);
  g_autofree char *tokens = purser_format_tokens (purser_usage_tokens (purser_people_row_get_usage (item)));
  /* Translators: what somebody is, then a number of tokens: "Person, Clients · 6.3 million tokens". */
  g_autofree char *about = g_strdup_printf (_("%s · %s tokens"), whose, tokens);
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
    return g_utf8_collate (purser_people_row_get_principal ((gpointer) a)->name,
                           purser_people_row_get_principal ((gpointer) b)->name);
  x = sort_key ((gpointer) a, what);
  y = sort_key ((gpointer) b, what);
  return x < y ? -1 : x > y;
}

/**
 * purser_people_cells_set_sorter:
 * @column: a column
 * @what: "name", "keys", "used", "tokens" or "cost"
 */
void
purser_people_cells_set_sorter (GtkColumnViewColumn *column,
                                const char          *what)
{
  g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (compare_rows, (gpointer) what, NULL));

  gtk_column_view_column_set_sorter (column, sorter);
}

/* The names by which purser-people-page.ui knows its cells. */
void
purser_people_cells_bind (GtkWidgetClass *klass)
{
  gtk_widget_class_bind_template_callback (klass, setup_name_cb);
  gtk_widget_class_bind_template_callback (klass, bind_name_cb);
  gtk_widget_class_bind_template_callback (klass, setup_text_cb);
  gtk_widget_class_bind_template_callback (klass, setup_number_cb);
  gtk_widget_class_bind_template_callback (klass, bind_keys_cb);
  gtk_widget_class_bind_template_callback (klass, bind_used_cb);
  gtk_widget_class_bind_template_callback (klass, bind_tokens_cb);
  gtk_widget_class_bind_template_callback (klass, bind_cost_cb);
}
