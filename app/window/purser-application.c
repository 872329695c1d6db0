/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-application.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include "purser-settings.h"
#include "purser-sidebar.h"
#include "purser-window.h"

struct _PurserApplication
{
  AdwApplication parent_instance;
};

G_DEFINE_FINAL_TYPE (PurserApplication, purser_application, ADW_TYPE_APPLICATION)

static const GOptionEntry options[] = {
  { "page", 'p', 0, G_OPTION_ARG_STRING, NULL,
    N_("Show this page: overview, costs, providers, workloads, people, gateway or tests"), N_("PAGE") },
  { "new-window", 'n', 0, G_OPTION_ARG_NONE, NULL, N_("Open another window"), NULL },
  { "size", 0, 0, G_OPTION_ARG_STRING, NULL, N_("Open the window in this size"), N_("WIDTHxHEIGHT") },
  { "version", 'v', 0, G_OPTION_ARG_NONE, NULL, N_("Print the version and leave"), NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL, N_("[FILE…]") },
  { NULL }
};

static PurserWindow *
active_window (PurserApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  return PURSER_IS_WINDOW (window) ? PURSER_WINDOW (window) : NULL;
}

static PurserWindow *
window_with (PurserApplication *self,
             const char        *path)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next)
    if (PURSER_IS_WINDOW (l->data) && g_strcmp0 (purser_window_get_path (l->data), path) == 0)
      return l->data;
  return NULL;
}

/* The organisation to begin with: the last one, else the only one there is; NULL asks for a first. */
static char *
usual_path (void)
{
  g_autofree char *last = purser_settings_last ();
  g_autoptr (GPtrArray) files = NULL;

  if (last != NULL && g_file_test (last, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&last);
  files = purser_store_list_files ();
  return files->len > 0 ? g_strdup (g_ptr_array_index (files, 0)) : NULL;
}

static PurserWindow *
open_window (PurserApplication *self,
             const char        *path)
{
  PurserWindow *window = PURSER_WINDOW (purser_window_new (GTK_APPLICATION (self)));

  purser_window_open (window, path);
  return window;
}

static PurserWindow *
ensure_window (PurserApplication *self)
{
  PurserWindow *window = active_window (self);
  g_autofree char *path = NULL;

  if (window != NULL)
    return window;
  path = usual_path ();
  return open_window (self, path);
}

static PurserWindow *
ensure_window_for (PurserApplication *self,
                   GFile             *file)
{
  g_autofree char *path = g_file_get_path (file);
  PurserWindow *window;

  if (path == NULL)
    path = g_file_get_uri (file);
  window = window_with (self, path);
  return window != NULL ? window : open_window (self, path);
}

static void
purser_application_activate (GApplication *application)
{
  gtk_window_present (GTK_WINDOW (ensure_window (PURSER_APPLICATION (application))));
}

static void
purser_application_open (GApplication  *application,
                         GFile        **files,
                         int            n_files,
                         const char    *hint)
{
  for (int i = 0; i < n_files; i++)
    gtk_window_present (GTK_WINDOW (ensure_window_for (PURSER_APPLICATION (application), files[i])));
}

/* For pictures and for small screens; what is no size changes nothing. */
static void
set_size (PurserWindow *window,
          const char   *size)
{
  int width, height;

  if (size != NULL && sscanf (size, "%dx%d", &width, &height) == 2)
    gtk_window_set_default_size (GTK_WINDOW (window), CLAMP (width, 360, 10000), CLAMP (height, 294, 10000));
}

static int
purser_application_command_line (GApplication            *application,
                                 GApplicationCommandLine *command_line)
{
  PurserApplication *self = PURSER_APPLICATION (application);
  GVariantDict *given = g_application_command_line_get_options_dict (command_line);
  g_autofree const char **names = NULL;
  const char *wanted = NULL, *size = NULL;
  g_auto (GStrv) page = NULL; /* "providers/prices": a page, and what it is led to */
  PurserWindow *window = NULL;

  g_variant_dict_lookup (given, "page", "&s", &wanted);
  g_variant_dict_lookup (given, "size", "&s", &size);
  page = wanted != NULL ? g_strsplit (wanted, "/", 2) : NULL;
  if (page != NULL && (page[0] == NULL || purser_sidebar_find (page[0]) == NULL))
    {
      g_application_command_line_printerr (command_line, _("Purser has no page “%s”.\n"), wanted);
      return 2;
    }
  if (g_variant_dict_lookup (given, G_OPTION_REMAINING, "^a&ay", &names))
    for (guint i = 0; names[i] != NULL; i++)
      {
        g_autoptr (GFile) file = g_application_command_line_create_file_for_arg (command_line, names[i]);

        window = ensure_window_for (self, file);
        gtk_window_present (GTK_WINDOW (window));
      }
  if (window == NULL && g_variant_dict_contains (given, "new-window"))
    {
      g_autofree char *path = usual_path ();

      window = open_window (self, path);
    }
  if (window == NULL)
    window = ensure_window (self);
  if (page != NULL)
    purser_window_show_page (window, page[0], page[1]);
  set_size (window, size);
  gtk_window_present (GTK_WINDOW (window));
  return 0;
}

static int
purser_application_handle_local_options (GApplication *application,
                                         GVariantDict *given)
{
  if (g_variant_dict_contains (given, "version"))
    {
      g_print ("Purser %s\n", PURSER_VERSION);
      return 0;
    }
  return -1;
}

static void
new_window_action (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       user_data)
{
  PurserApplication *self = user_data;
  PurserWindow *window = active_window (self);
  g_autofree char *path = window != NULL ? g_strdup (purser_window_get_path (window)) : usual_path ();

  gtk_window_present (GTK_WINDOW (open_window (self, path)));
}

/* From a notification: the window of that organisation, at its gateway. */
static void
show_gateway_action (GSimpleAction *action,
                     GVariant      *parameter,
                     gpointer       user_data)
{
  PurserApplication *self = user_data;
  const char *path = g_variant_get_string (parameter, NULL);
  PurserWindow *window = window_with (self, path);

  if (window == NULL && g_file_test (path, G_FILE_TEST_EXISTS))
    window = open_window (self, path);
  if (window == NULL)
    window = ensure_window (self);
  purser_window_show_page (window, "gateway", NULL);
  gtk_window_present (GTK_WINDOW (window));
}

static void
about_action (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  AdwDialog *dialog = adw_about_dialog_new ();

  g_object_set (dialog, "application-name", "Purser", "application-icon", PURSER_APP_ID, "version", PURSER_VERSION,
                "developer-name", _("The Purser developers"), "license-type", GTK_LICENSE_GPL_3_0, "comments",
                _("Language models for your organisation: which one does which work, how well, and what it costs."),
                /* Translators: your own names, one per line. */
                "translator-credits", _("translator-credits"), NULL);
  adw_dialog_present (dialog, GTK_WIDGET (active_window (user_data)));
}

static void
quit_action (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       user_data)
{
  GList *windows;

  /* Closing, not quitting: each window remembers its size and lets its organisation go. */
  while ((windows = gtk_application_get_windows (GTK_APPLICATION (user_data))) != NULL)
    gtk_window_destroy (windows->data);
}

static const GActionEntry actions[] =
{
  { "new-window", new_window_action },
  { "show-gateway", show_gateway_action, "s" },
  { "about", about_action },
  { "quit", quit_action },
};

/* Every key here stands in the shortcuts dialog too (purser-shortcuts.c). Undo and back are bound by the window's class,
 * so that a text field's own Ctrl+Z comes first. */
static const struct { const char *action; const char *keys[3]; } accelerators[] =
{
  { "app.new-window", { "<Control><Shift>n" } },
  { "app.quit", { "<Control>q" } },
  { "window.close", { "<Control>w" } },
  { "win.shortcuts", { "<Control>question", "F1" } },
  { "win.preferences", { "<Control>comma" } },
  { "win.open-file", { "<Control>o" } },
  { "win.create", { "<Control>n" } },
  { "win.refresh", { "<Control>r", "F5" } },
  { "win.export", { "<Control>e" } },
  { "win.search", { "<Control>f" } },
};

static void
set_accelerators (GtkApplication *application)
{
  for (gsize i = 0; i < G_N_ELEMENTS (accelerators); i++)
    gtk_application_set_accels_for_action (application, accelerators[i].action, accelerators[i].keys);
  for (guint i = 0; i < purser_sidebar_n_pages () && i < 9; i++)
    {
      g_autofree char *action = g_strdup_printf ("win.page::%s", purser_sidebar_page (i)->id);
      g_autofree char *key = g_strdup_printf ("<Alt>%u", i + 1);

      gtk_application_set_accels_for_action (application, action, (const char *[]) { key, NULL });
    }
}

static void
purser_application_startup (GApplication *application)
{
  G_APPLICATION_CLASS (purser_application_parent_class)->startup (application);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), application);
  set_accelerators (GTK_APPLICATION (application));
  gtk_window_set_default_icon_name (PURSER_APP_ID);
}

static void
purser_application_class_init (PurserApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->startup = purser_application_startup;
  application_class->activate = purser_application_activate;
  application_class->open = purser_application_open;
  application_class->command_line = purser_application_command_line;
  application_class->handle_local_options = purser_application_handle_local_options;
}

static void
purser_application_init (PurserApplication *self)
{
  GApplication *application = G_APPLICATION (self);

  g_application_add_main_option_entries (application, options);
  g_application_set_option_context_parameter_string (application, NULL);
  g_application_set_option_context_summary (application, _("Bring your own language models, and know what they cost."));
}

/**
 * purser_application_new:
 *
 * Returns: (transfer full): the program
 */
GtkApplication *
purser_application_new (void)
{
  return g_object_new (PURSER_TYPE_APPLICATION,
                       "application-id", PURSER_APP_ID,
                       "flags", G_APPLICATION_HANDLES_OPEN | G_APPLICATION_HANDLES_COMMAND_LINE,
                       "resource-base-path", "/io/github/purser_app/Purser",
                       NULL);
}
