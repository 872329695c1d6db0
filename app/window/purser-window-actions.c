/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The verbs of the window: menus, buttons and keys all name these. */
#include "config.h"
#include "purser-window-private.h"

#include <glib/gi18n-lib.h>
#include "purser-preferences.h"
#include "purser-settings.h"
#include "purser-shortcuts.h"
#include "purser-welcome.h"

static void
page_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  const char *id = g_variant_get_string (parameter, NULL);

  if (purser_sidebar_find (id) != NULL)
    purser_window_show_page (PURSER_WINDOW (widget), id, NULL);
}

static void
organisation_action (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  const char *path = g_variant_get_string (parameter, NULL);
  PurserWindow *self = PURSER_WINDOW (widget);

  if (g_strcmp0 (path, self->path) != 0 || self->session == NULL)
    purser_window_open (self, path);
}

static void
retry_action (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  PurserWindow *self = PURSER_WINDOW (widget);
  g_autofree char *path = g_strdup (self->path);

  purser_window_open (self, path);
}

static void
file_chosen_cb (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (PurserWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (object), result, &error);
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (path != NULL)
    purser_window_open (self, path);
  else if (file != NULL)
    purser_window_toast (GTK_WIDGET (self), _("Only files on this computer can be opened"));
  else if (!g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED))
    purser_window_say_error (GTK_WIDGET (self), _("The file could not be chosen"), error);
}

static void
open_file_action (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  g_autoptr (GListStore) filters = g_list_store_new (GTK_TYPE_FILE_FILTER);
  g_autofree char *folder = purser_store_default_folder ();
  g_autoptr (GFile) start = g_file_new_for_path (folder);

  gtk_file_filter_set_name (filter, _("Organisations"));
  gtk_file_filter_add_suffix (filter, "purser");
  g_list_store_append (filters, filter);
  gtk_file_dialog_set_title (dialog, _("Open Organisation"));
  gtk_file_dialog_set_filters (dialog, G_LIST_MODEL (filters));
  gtk_file_dialog_set_initial_folder (dialog, start);
  gtk_file_dialog_open (dialog, GTK_WINDOW (widget), NULL, file_chosen_cb, g_object_ref (widget));
}

static void
new_organisation_action (GtkWidget  *widget,
                         const char *name,
                         GVariant   *parameter)
{
  adw_dialog_present (purser_welcome_dialog_new (), widget);
}

static void
preferences_action (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  adw_dialog_present (purser_preferences_new (PURSER_WINDOW (widget)->session, NULL), widget);
}

static void
shortcuts_action (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  adw_dialog_present (purser_shortcuts_new (), widget);
}

static void
undo_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  PurserWindow *self = PURSER_WINDOW (widget);
  PurserCommand *undo = g_steal_pointer (&self->undo);

  if (undo == NULL)
    return;
  purser_window_update_actions (self);
  adw_toast_overlay_dismiss_all (self->toasts);
  purser_session_run (self->session, widget, undo, _("Taken back"), NULL, NULL, NULL);
}

static void
back_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  PurserWindow *self = PURSER_WINDOW (widget);
  AdwNavigationView *view = purser_window_visible_view (self);

  if (view != NULL && !adw_navigation_view_pop (view) && adw_navigation_split_view_get_collapsed (self->split))
    adw_navigation_split_view_set_show_content (self->split, FALSE);
}

/* "win.create" → "page.new" on the page in sight, then on the page at the bottom of its view. */
static const struct { const char *name, *forwarded; } forwards[] =
{
  { "win.create", "page.new" },
  { "win.refresh", "page.refresh" },
  { "win.export", "page.export" },
  { "win.search", "page.search" },
};

static void
forward_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  AdwNavigationView *view = purser_window_visible_view (PURSER_WINDOW (widget));
  g_autoptr (GListModel) stack = NULL;
  g_autoptr (GtkWidget) root = NULL;

  if (view == NULL || adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (widget)) != NULL)
    return;
  stack = G_LIST_MODEL (adw_navigation_view_get_navigation_stack (view));
  root = g_list_model_get_item (stack, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (forwards); i++)
    if (g_str_equal (forwards[i].name, name)
        && !gtk_widget_activate_action (GTK_WIDGET (adw_navigation_view_get_visible_page (view)), forwards[i].forwarded,
                                        NULL))
      gtk_widget_activate_action (root, forwards[i].forwarded, NULL);
}

void
purser_window_install_actions (GtkWidgetClass *klass)
{
  gtk_widget_class_install_action (klass, "win.page", "s", page_action);
  gtk_widget_class_install_action (klass, "win.organisation", "s", organisation_action);
  gtk_widget_class_install_action (klass, "win.retry", NULL, retry_action);
  gtk_widget_class_install_action (klass, "win.open-file", NULL, open_file_action);
  gtk_widget_class_install_action (klass, "win.new-organisation", NULL, new_organisation_action);
  gtk_widget_class_install_action (klass, "win.preferences", NULL, preferences_action);
  gtk_widget_class_install_action (klass, "win.shortcuts", NULL, shortcuts_action);
  gtk_widget_class_install_action (klass, "win.undo", NULL, undo_action);
  gtk_widget_class_install_action (klass, "win.back", NULL, back_action);
  for (gsize i = 0; i < G_N_ELEMENTS (forwards); i++)
    gtk_widget_class_install_action (klass, forwards[i].name, NULL, forward_action);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_z, GDK_CONTROL_MASK, "win.undo", NULL);
  gtk_widget_class_add_binding_action (klass, GDK_KEY_Left, GDK_ALT_MASK, "win.back", NULL);
}

/* What cannot be done now is insensitive everywhere it is offered. */
void
purser_window_update_actions (PurserWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean open = self->session != NULL;

  gtk_widget_action_set_enabled (widget, "win.page", open);
  gtk_widget_action_set_enabled (widget, "win.preferences", open);
  gtk_widget_action_set_enabled (widget, "win.back", open);
  gtk_widget_action_set_enabled (widget, "win.undo", open && self->undo != NULL);
  gtk_widget_action_set_enabled (widget, "win.retry", self->path != NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (forwards); i++)
    gtk_widget_action_set_enabled (widget, forwards[i].name, open);
}

static char *
organisation_label (PurserWindow *self,
                    const char   *path)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *stem =
      g_str_has_suffix (base, ".purser") ? g_strndup (base, strlen (base) - strlen (".purser")) : g_strdup (base);
  g_autoptr (PurserOrg) org = NULL;

  if (self->session == NULL || g_strcmp0 (path, self->path) != 0)
    return g_filename_display_name (stem); /* its own name is inside, and it is not open */
  org = purser_session_get_org (self->session);
  return g_strdup (org->name);
}

static void
append_organisation (PurserWindow *self,
                     const char   *path)
{
  g_autofree char *shown = organisation_label (self, path);
  g_autoptr (GMenuItem) item = NULL;
  g_autoptr (GString) escaped = g_string_new (shown);

  g_string_replace (escaped, "_", "__", 0);
  item = g_menu_item_new (escaped->str, NULL);
  g_menu_item_set_action_and_target (item, "win.organisation", "s", path);
  g_menu_append_item (self->organisations, item);
}

/* Lists what was open lately, then whatever else lies in the data folder. */
void
purser_window_update_menu (PurserWindow *self)
{
  g_auto (GStrv) recent = purser_settings_recent ();
  g_autoptr (GPtrArray) files = purser_store_list_files ();

  g_menu_remove_all (self->organisations);
  for (guint i = 0; recent[i] != NULL; i++)
    if (g_file_test (recent[i], G_FILE_TEST_EXISTS))
      append_organisation (self, recent[i]);
  for (guint i = 0; i < files->len; i++)
    if (!g_strv_contains ((const char *const *) recent, g_ptr_array_index (files, i)))
      append_organisation (self, g_ptr_array_index (files, i));
}
