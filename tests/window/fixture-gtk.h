/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>
#include <locale.h>

/* Tests of widgets need a display; without one they are skipped, with the reason. Messages are English whatever the desktop.
 * A11Y: "test" for gtk_test_accessible_assert_*(), which cannot stand announcements (GTK 4.18 calls a function that is not there); else "none". */
static inline gboolean
test_init (int        *argc,
           char     ***argv,
           const char *a11y)
{
  g_setenv ("GTK_A11Y", a11y, TRUE);
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  g_setenv ("ADW_DISABLE_PORTAL", "1", TRUE);
  g_setenv ("LANGUAGE", "C", TRUE);
  if (g_getenv ("DISPLAY") == NULL && g_getenv ("WAYLAND_DISPLAY") == NULL)
    {
      g_print ("1..0 # SKIP there is no display\n");
      return FALSE;
    }
  gtk_disable_setlocale ();
  setlocale (LC_ALL, "C.UTF-8");
  gtk_test_init (argc, argv, NULL);
  adw_init ();
  return TRUE;
}

static inline gboolean
test_late (gpointer late)
{
  *(gboolean *) late = TRUE;
  return G_SOURCE_REMOVE;
}

/* Waits for a condition, never for a time; gives up, and fails, after twenty seconds. */
#define test_wait_for(condition) \
  G_STMT_START \
  { \
    gboolean late_ = FALSE; \
    guint source_ = g_timeout_add_seconds (20, test_late, &late_); \
    while (!(condition) && !late_) \
      g_main_context_iteration (NULL, TRUE); \
    if (!late_) \
      g_source_remove (source_); \
    g_assert_true (condition); \
  } \
  G_STMT_END

/* What the class of WIDGET does for KEY: its shortcut's action, as a key press would activate it. */
static inline gboolean
test_press (GtkWidget *widget,
            guint      key)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      for (guint s = 0; GTK_IS_SHORTCUT_CONTROLLER (controller) && s < g_list_model_get_n_items (G_LIST_MODEL (controller)); s++)
        {
          g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), s);
          GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);

          if (GTK_IS_KEYVAL_TRIGGER (trigger) && gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) == key
              && gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger)) == 0)
            return gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), GTK_SHORTCUT_ACTION_EXCLUSIVE, widget,
                                                 gtk_shortcut_get_arguments (shortcut));
        }
    }
  g_test_message ("no class of this widget has a shortcut for %s", gdk_keyval_name (key));
  g_assert_not_reached ();
  return FALSE;
}

/* The first mapped widget of TYPE under WIDGET whose label or title is TEXT (NULL: any). */
static inline gpointer
test_find (GtkWidget  *widget,
           GType       type,
           const char *text)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type) && gtk_widget_get_mapped (widget))
    {
      static const char *const names[] = { "label", "title" };

      if (text == NULL)
        return widget;
      for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
        {
          g_autofree char *value = NULL;
          GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (widget), names[i]);

          if (spec != NULL && spec->value_type == G_TYPE_STRING)
            g_object_get (widget, names[i], &value, NULL);
          if (g_strcmp0 (value, text) == 0)
            return widget;
        }
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      gpointer found = test_find (child, type, text);

      if (found != NULL)
        return found;
    }
  return NULL;
}
