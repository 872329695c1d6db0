/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-owner-row.h"

#include <glib/gi18n-lib.h>

/* Persons in the order of the list: the first entry is nobody. */
static const PurserPrincipal *
person_at (const PurserOrg *org,
           guint            position)
{
  for (guint i = 0; i < org->principals->len; i++)
    {
      const PurserPrincipal *principal = g_ptr_array_index (org->principals, i);

      if (!principal->agent && position-- == 0)
        return principal;
    }
  return NULL;
}

/**
 * purser_owner_row_fill:
 * @row: a combo row
 * @org: the configuration
 * @owner_id: who is chosen, 0 for nobody
 */
void
purser_owner_row_fill (AdwComboRow     *row,
                       const PurserOrg *org,
                       gint64           owner_id)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new ((const char *[]) { _("Nobody"), NULL });
  const PurserPrincipal *person;
  guint chosen = 0;

  for (guint i = 0; (person = person_at (org, i)) != NULL; i++)
    {
      gtk_string_list_append (names, person->name);
      if (person->id == owner_id)
        chosen = i + 1;
    }
  adw_combo_row_set_model (row, G_LIST_MODEL (names));
  adw_combo_row_set_selected (row, chosen);
}

/**
 * purser_owner_row_get:
 * @row: a combo row filled from @org
 * @org: the configuration
 *
 * Returns: the chosen person's id, 0 for nobody
 */
gint64
purser_owner_row_get (AdwComboRow     *row,
                      const PurserOrg *org)
{
  g_autoptr (GtkStringObject) chosen = NULL;
  GListModel *names = adw_combo_row_get_model (row);
  guint selected = adw_combo_row_get_selected (row);
  const PurserPrincipal *person;

  if (selected == 0 || selected == GTK_INVALID_LIST_POSITION)
    return 0;
  chosen = g_list_model_get_item (names, selected);
  person = purser_org_principal_named (org, gtk_string_object_get_string (chosen));
  return person != NULL && !person->agent ? person->id : 0;
}

static void
team_chosen_cb (GtkListBox    *list,
                GtkListBoxRow *row,
                AdwEntryRow   *entry)
{
  GtkWidget *popover = gtk_widget_get_ancestor (GTK_WIDGET (list), GTK_TYPE_POPOVER);

  gtk_editable_set_text (GTK_EDITABLE (entry), gtk_label_get_label (GTK_LABEL (gtk_list_box_row_get_child (row))));
  gtk_popover_popdown (GTK_POPOVER (popover));
  gtk_widget_grab_focus (GTK_WIDGET (entry));
}

/**
 * purser_team_row_fill:
 * @row: an entry row for a team's name
 * @org: the configuration
 *
 * Typing a new name makes a new team; this offers the present ones.
 */
void
purser_team_row_fill (AdwEntryRow     *row,
                      const PurserOrg *org)
{
  GtkWidget *button, *popover, *list;

  if (org->teams->len == 0)
    return;
  button = gtk_menu_button_new ();
  popover = gtk_popover_new ();
  list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  for (guint i = 0; i < org->teams->len; i++)
    {
      GtkWidget *label = gtk_label_new (((const PurserTeam *) g_ptr_array_index (org->teams, i))->name);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_list_box_append (GTK_LIST_BOX (list), label);
    }
  g_signal_connect_object (list, "row-activated", G_CALLBACK (team_chosen_cb), row, G_CONNECT_DEFAULT);
  gtk_popover_set_child (GTK_POPOVER (popover), list);
  gtk_widget_add_css_class (popover, "menu");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Teams"), -1);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), popover);
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "pan-down-symbolic");
  gtk_widget_set_tooltip_text (button, _("Choose a team"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Choose a team"), -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  adw_entry_row_add_suffix (row, button);
}
