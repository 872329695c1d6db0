/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-shortcuts.h"

#include <glib/gi18n-lib.h>
#include "purser-sidebar.h"

static const struct { const char *group, *title, *keys; } shortcuts[] =
{
  { N_("On every page"), N_("Make something new"), "<Control>n" },
  { N_("On every page"), N_("Refresh, or run again"), "<Control>r" },
  { N_("On every page"), N_("Search"), "<Control>f" },
  { N_("On every page"), N_("Export as a table"), "<Control>e" },
  { N_("On every page"), N_("Take back the last change"), "<Control>z" },
  { N_("On every page"), N_("Go back"), "<Alt>Left" },
  { N_("Charts"), N_("Change between chart and table"), "t" },
  { N_("Charts"), N_("Next and previous day"), "Left Right" },
  { N_("Charts"), N_("Next and previous part of a day"), "Up Down" },
  { N_("Charts"), N_("First and last day"), "Home End" },
  { N_("Charts"), N_("Look closer"), "Return" },
  { N_("Charts"), N_("Leave the chart"), "Escape" },
  { N_("Window"), N_("Open an organisation’s file"), "<Control>o" },
  { N_("Window"), N_("New window"), "<Control><Shift>n" },
  { N_("Window"), N_("Preferences"), "<Control>comma" },
  { N_("Window"), N_("Main menu"), "F10" },
  { N_("Window"), N_("This list"), "<Control>question F1" },
  { N_("Window"), N_("Close the window"), "<Control>w" },
  { N_("Window"), N_("Quit"), "<Control>q" },
};

static GtkWidget *
key_label (const char *accelerator)
{
  guint key;
  GdkModifierType modifiers;
  g_autofree char *text = NULL;
  GtkWidget *label;

  gtk_accelerator_parse (accelerator, &key, &modifiers);
  text = gtk_accelerator_get_label (key, modifiers);
  label = gtk_label_new (text);
  gtk_widget_add_css_class (label, "purser-key");
  gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
  return label;
}

static GtkWidget *
make_row (const char *title,
          const char *keys)
{
  GtkWidget *row = adw_action_row_new ();
  g_auto (GStrv) each = g_strsplit (keys, " ", -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  for (guint i = 0; each[i] != NULL; i++)
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), key_label (each[i]));
  return row;
}

static void
add_pages_group (AdwPreferencesPage *page)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

  adw_preferences_group_set_title (group, _("Pages"));
  for (guint i = 0; i < purser_sidebar_n_pages () && i < 9; i++)
    {
      g_autofree char *key = g_strdup_printf ("<Alt>%u", i + 1);

      adw_preferences_group_add (group, make_row (_(purser_sidebar_page (i)->title), key));
    }
  adw_preferences_page_add (page, group);
}

/**
 * purser_shortcuts_new:
 *
 * Returns: (transfer floating): the list of keys
 */
AdwDialog *
purser_shortcuts_new (void)
{
  AdwDialog *dialog = adw_dialog_new ();
  GtkWidget *view = adw_toolbar_view_new ();
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (adw_preferences_page_new ());
  AdwPreferencesGroup *group = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    {
      if (i == 0 || !g_str_equal (shortcuts[i].group, shortcuts[i - 1].group))
        {
          group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
          adw_preferences_group_set_title (group, _(shortcuts[i].group));
          adw_preferences_page_add (page, group);
        }
      adw_preferences_group_add (group, make_row (_(shortcuts[i].title), shortcuts[i].keys));
    }
  add_pages_group (page);
  adw_toolbar_view_add_top_bar (ADW_TOOLBAR_VIEW (view), adw_header_bar_new ());
  adw_toolbar_view_set_content (ADW_TOOLBAR_VIEW (view), GTK_WIDGET (page));
  adw_dialog_set_title (dialog, _("Keyboard Shortcuts"));
  adw_dialog_set_content_width (dialog, 560);
  adw_dialog_set_content_height (dialog, 600);
  adw_dialog_set_child (dialog, view);
  return dialog;
}
