/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-say.h"

#include <glib/gi18n-lib.h>

/**
 * purser_say_row:
 * @row: a row of a boxed list
 * @name: what it is called
 * @about: (nullable): what describes it
 */
void
purser_say_row (GtkWidget  *row,
                const char *name,
                const char *about)
{
  GtkAccessible *accessible = GTK_ACCESSIBLE (row);

  gtk_accessible_reset_relation (accessible, GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_reset_relation (accessible, GTK_ACCESSIBLE_RELATION_DESCRIBED_BY);
  gtk_accessible_update_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL, name, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  about != NULL ? about : "", -1);
}

static const char *
chosen_text (GtkDropDown *drop_down)
{
  gpointer item = gtk_drop_down_get_selected_item (drop_down);

  return GTK_IS_STRING_OBJECT (item) ? gtk_string_object_get_string (item) : NULL;
}

/**
 * purser_say_drop_down:
 * @drop_down: a drop-down of strings
 * @what: what is chosen in it
 *
 * To be called again when the choice changes.
 */
void
purser_say_drop_down (GtkDropDown *drop_down,
                      const char  *what)
{
  GtkWidget *button = gtk_widget_get_first_child (GTK_WIDGET (drop_down));
  const char *chosen = chosen_text (drop_down);
  g_autofree char *both = NULL;

  if (chosen == NULL)
    both = g_strdup (what);
  else
    /* Translators: what is chosen, and the choice: "First model: Claude Sonnet (Anthropic)". */
    both = g_strdup_printf (_("%s: %s"), what, chosen);
  gtk_accessible_update_property (GTK_ACCESSIBLE (drop_down), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  chosen != NULL ? chosen : "", -1);
  if (button != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, both, -1);
}

/**
 * purser_say_menu_button:
 * @menu_button: a menu button
 * @what: what it is called
 */
void
purser_say_menu_button (GtkMenuButton *menu_button,
                        const char    *what)
{
  GtkAccessible *button = GTK_ACCESSIBLE (menu_button);

  gtk_accessible_reset_relation (button, GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL, what, -1);
}

/**
 * purser_say_verb:
 * @button: a button
 * @verb: what it does
 * @about: with what
 */
void
purser_say_verb (GtkWidget  *button,
                 const char *verb,
                 const char *about)
{
  /* Translators: a verb, and with what it is done: "Move up: Claude Sonnet". */
  g_autofree char *both = g_strdup_printf (_("%s: %s"), verb, about);

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, both, -1);
}
