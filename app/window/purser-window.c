/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"
#include "purser-window-private.h"

#include <glib/gi18n-lib.h>
#include "purser-admin.h"
#include "purser-call-words.h"
#include "purser-page.h"
#include "purser-settings.h"
#include "purser-welcome.h"

G_DEFINE_FINAL_TYPE (PurserWindow, purser_window, ADW_TYPE_APPLICATION_WINDOW)

/* What stands in the way of opening, by its kind; the description is the error's own words. */
static const struct { int code; const char *icon; const char *title; gboolean retry; } failures[] =
{
  { PURSER_STORE_ERROR_NOT_A_DATABASE, "dialog-error-symbolic", N_("Not an organisation’s file"), FALSE },
  { PURSER_STORE_ERROR_NOT_OURS, "dialog-error-symbolic", N_("Not an organisation’s file"), FALSE },
  { PURSER_STORE_ERROR_FROM_FUTURE, "software-update-available-symbolic", N_("Made by a newer Purser"), TRUE },
  { PURSER_STORE_ERROR_BUSY, "changes-prevent-symbolic", N_("In use by another program"), TRUE },
  { PURSER_STORE_ERROR_DISK_FULL, "drive-harddisk-symbolic", N_("The disk is full"), TRUE },
  { PURSER_STORE_ERROR_READ_ONLY, "changes-prevent-symbolic", N_("Cannot be written"), TRUE },
  { PURSER_STORE_ERROR_FILE_SYSTEM, "folder-remote-symbolic", N_("Not a safe place for an organisation"), TRUE },
  { PURSER_STORE_ERROR_OLD_SQLITE, "dialog-error-symbolic", N_("This computer’s SQLite is too old"), FALSE },
  { PURSER_STORE_ERROR_CORRUPT, "dialog-error-symbolic", N_("The file is damaged"), TRUE },
  { PURSER_STORE_ERROR_NOT_FOUND, "edit-find-symbolic", N_("The organisation’s file is gone"), TRUE },
  { PURSER_STORE_ERROR_EXISTS, "dialog-error-symbolic", N_("There is such a file already"), FALSE },
};

static void
show_failure (PurserWindow *self,
              const GError *error)
{
  g_autofree char *plain = g_markup_escape_text (error->message, -1);
  const char *icon = "dialog-error-symbolic";
  const char *title = N_("The organisation could not be opened");
  gboolean retry = TRUE;

  for (gsize i = 0; i < G_N_ELEMENTS (failures); i++)
    if (g_error_matches (error, PURSER_STORE_ERROR, failures[i].code))
      {
        icon = failures[i].icon;
        title = failures[i].title;
        retry = failures[i].retry;
      }
  adw_status_page_set_icon_name (self->failure, icon);
  adw_status_page_set_title (self->failure, _(title));
  adw_status_page_set_description (self->failure, plain);
  gtk_widget_set_visible (GTK_WIDGET (self->retry_button), retry);
  gtk_stack_set_visible_child_name (self->states, "failure");
  gtk_accessible_announce (GTK_ACCESSIBLE (self), error->message, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
show_organisation (PurserWindow *self)
{
  g_autoptr (PurserOrg) org = NULL;
  g_autofree char *title = NULL;

  if (self->session == NULL)
    return;
  org = purser_session_get_org (self->session);
  title = g_strdup_printf ("%s – Purser", org->name);
  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_label_set_label (self->org_label, org->name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->org_button), GTK_ACCESSIBLE_PROPERTY_LABEL, org->name, -1);
  purser_window_update_menu (self);
}

static void
clear_pages (PurserWindow *self)
{
  GtkWidget *page;

  while ((page = gtk_widget_get_first_child (GTK_WIDGET (self->pages))) != NULL)
    gtk_stack_remove (self->pages, page);
}

static AdwNavigationView *
ensure_page (PurserWindow *self,
             const char   *id)
{
  GtkWidget *view = gtk_stack_get_child_by_name (self->pages, id);

  if (view == NULL)
    {
      view = adw_navigation_view_new ();
      adw_navigation_view_add (ADW_NAVIGATION_VIEW (view), purser_sidebar_find (id)->new_page (self->session));
      gtk_stack_add_named (self->pages, view, id);
    }
  return ADW_NAVIGATION_VIEW (view);
}

static AdwNavigationPage *
root_page (AdwNavigationView *view)
{
  g_autoptr (GListModel) stack = G_LIST_MODEL (adw_navigation_view_get_navigation_stack (view));
  g_autoptr (AdwNavigationPage) root = g_list_model_get_item (stack, 0);

  return root; /* the view keeps it */
}

static void
page_chosen_cb (PurserWindow *self,
                const char   *id)
{
  purser_window_show_page (self, id, NULL);
}

/* Told once, when it begins; the page and the Overview say how it goes on. */
static void
outage_began_cb (PurserWindow       *self,
                 const PurserOutage *outage)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  g_autoptr (PurserOrg) org = purser_session_get_org (self->session);
  PurserTrouble trouble = { outage->provider_id, outage->began_at, 0, outage->moved, outage };
  g_autofree char *title = purser_trouble_title (org, &trouble), *about = purser_trouble_about (org, &trouble);
  g_autofree char *id = g_strdup_printf ("outage-%s-%" G_GINT64_FORMAT, purser_store_get_uid (purser_session_get_store (self->session)), outage->id);
  g_autoptr (GNotification) notification = NULL;

  if (application == NULL)
    return;
  notification = g_notification_new (title);
  g_notification_set_body (notification, about);
  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_notification_set_default_action_and_target (notification, "app.show-gateway", "s", self->path);
  g_application_send_notification (G_APPLICATION (application), id, notification);
}

static void
collapsed_cb (PurserWindow *self)
{
  purser_sidebar_set_collapsed (self->sidebar, adw_navigation_split_view_get_collapsed (self->split));
  if (self->page != NULL)
    purser_sidebar_select (self->sidebar, self->page);
}

static void
opened_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (PurserWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (PurserStore) store = purser_store_open_finish (result, &error);
  g_autoptr (PurserSession) session = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);
  if (store == NULL)
    {
      show_failure (self, error);
      return;
    }
  session = purser_session_new (store);
  purser_window_set_session (self, session);
}

static void
begin_opening (PurserWindow     *self,
               const char       *path,
               PurserStoreFlags  flags,
               const char       *name,
               const char       *currency,
               const char       *zone)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  purser_window_set_session (self, NULL);
  g_set_str (&self->path, path);
  gtk_stack_set_visible_child_name (self->states, "opening");
  purser_store_open_async (path, flags, name, currency, zone, self->cancellable, opened_cb, g_object_ref (self));
}

static PurserSession *
session_of_other_window (PurserWindow *self,
                         const char   *path)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));

  for (GList *l = application != NULL ? gtk_application_get_windows (application) : NULL; l != NULL; l = l->next)
    if (PURSER_IS_WINDOW (l->data) && l->data != self && g_strcmp0 (purser_window_get_path (l->data), path) == 0)
      return purser_window_get_session (l->data);
  return NULL;
}

static void
purser_window_remember_state (PurserWindow *self)
{
  GSettings *settings = purser_settings_get ();
  int width, height;

  if (settings == NULL)
    return;
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set_int (settings, "window-width", MAX (width, 360));
  g_settings_set_int (settings, "window-height", MAX (height, 294));
  g_settings_set_boolean (settings, "window-maximized", gtk_window_is_maximized (GTK_WINDOW (self)));
}

static void
restore_state (PurserWindow *self)
{
  GSettings *settings = purser_settings_get ();

  if (settings == NULL)
    return;
  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
}

static void
purser_window_unmap (GtkWidget *widget)
{
  purser_window_remember_state (PURSER_WINDOW (widget));
  GTK_WIDGET_CLASS (purser_window_parent_class)->unmap (widget);
}

static void
purser_window_dispose (GObject *object)
{
  PurserWindow *self = PURSER_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->undo, purser_command_free);
  if (self->session != NULL)
    clear_pages (self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (purser_window_parent_class)->dispose (object);
}

static void
purser_window_finalize (GObject *object)
{
  PurserWindow *self = PURSER_WINDOW (object);

  g_free (self->path);
  g_free (self->page);
  g_free (self->wanted_page);
  g_free (self->wanted_detail);
  G_OBJECT_CLASS (purser_window_parent_class)->finalize (object);
}

static void
purser_window_class_init (PurserWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = purser_window_dispose;
  object_class->finalize = purser_window_finalize;
  widget_class->unmap = purser_window_unmap;

  g_type_ensure (PURSER_TYPE_SIDEBAR);
  g_type_ensure (PURSER_TYPE_GATEWAY_FOOT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/purser_app/Purser/ui/purser-window.ui");
  gtk_widget_class_bind_template_child (widget_class, PurserWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, PurserWindow, states);
  gtk_widget_class_bind_template_child (widget_class, PurserWindow, split);
  gtk_widget_class_bind_template_child (widget_class, PurserWindow, content_page);
  gtk_widget_class_bind_template_child (widget_class, PurserWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, PurserWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, PurserWindow, foot);
  gtk_widget_class_bind_template_child (widget_class, PurserWindow, org_label);
  gtk_widget_class_bind_template_child (widget_class, PurserWindow, org_button);
  gtk_widget_class_bind_template_child (widget_class, PurserWindow, failure);
  gtk_widget_class_bind_template_child (widget_class, PurserWindow, retry_button);
  gtk_widget_class_bind_template_child (widget_class, PurserWindow, organisations);
  gtk_widget_class_bind_template_child (widget_class, PurserWindow, welcome);
  gtk_widget_class_bind_template_callback (widget_class, page_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, collapsed_cb);
  purser_window_install_actions (widget_class);
}

static void
purser_window_init (PurserWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  restore_state (self);
  adw_bin_set_child (self->welcome, purser_welcome_new ());
  purser_window_update_actions (self);
  purser_window_update_menu (self);
}

/**
 * purser_window_new:
 * @application: (nullable): the program
 *
 * Returns: (transfer none): a window without an organisation
 */
GtkWidget *
purser_window_new (GtkApplication *application)
{
  return g_object_new (PURSER_TYPE_WINDOW, "application", application, NULL);
}

PurserSession *
purser_window_get_session (PurserWindow *self)
{
  return self->session;
}

const char *
purser_window_get_path (PurserWindow *self)
{
  return self->path;
}

/**
 * purser_window_open:
 * @self: the window
 * @path: (nullable): an organisation's file, or %NULL to ask for a first one
 *
 * Opens @path without blocking. Two windows on one organisation share its session.
 */
void
purser_window_open (PurserWindow *self,
                    const char   *path)
{
  PurserSession *session;

  if (path == NULL)
    {
      purser_window_set_session (self, NULL);
      g_clear_pointer (&self->path, g_free);
      gtk_stack_set_visible_child_name (self->states, "welcome");
      return;
    }
  session = session_of_other_window (self, path);
  if (session != NULL)
    purser_window_set_session (self, session);
  else
    begin_opening (self, path, PURSER_STORE_OPEN, NULL, NULL, NULL);
}

/**
 * purser_window_create:
 * @self: the window
 * @name: the organisation's name
 * @currency: ISO 4217
 * @zone: IANA name of the reporting zone
 *
 * Makes a file for a new organisation in the data folder and opens it.
 */
void
purser_window_create (PurserWindow *self,
                      const char   *name,
                      const char   *currency,
                      const char   *zone)
{
  g_autofree char *path = purser_welcome_path_for (name);

  begin_opening (self, path, PURSER_STORE_CREATE, name, currency, zone);
}

/**
 * purser_window_set_session:
 * @self: the window
 * @session: (nullable): what to show
 */
void
purser_window_set_session (PurserWindow  *self,
                           PurserSession *session)
{
  if (self->session != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->session, self);
      g_signal_handlers_disconnect_by_data (purser_session_get_outages (self->session), self);
    }
  clear_pages (self);
  g_clear_pointer (&self->undo, purser_command_free);
  g_set_object (&self->session, session);
  purser_gateway_foot_set_session (self->foot, session);
  if (session != NULL)
    {
      g_set_str (&self->path, purser_store_get_path (purser_session_get_store (session)));
      purser_settings_remember (self->path);
      g_signal_connect_object (session, "org-changed", G_CALLBACK (show_organisation), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (purser_session_get_outages (session), "began", G_CALLBACK (outage_began_cb), self, G_CONNECT_SWAPPED);
      show_organisation (self);
      gtk_stack_set_visible_child_name (self->states, "organisation");
      purser_window_show_page (self, self->wanted_page != NULL ? self->wanted_page : "overview", self->wanted_detail);
      g_clear_pointer (&self->wanted_page, g_free);
      g_clear_pointer (&self->wanted_detail, g_free);
    }
  purser_window_update_menu (self);
  purser_window_update_actions (self);
}

/**
 * purser_window_show_page:
 * @self: the window
 * @page_id: a page
 * @detail: (nullable): an id the page understands
 *
 * Goes to a page, made when first visited. While no organisation is open, it is remembered for when one is.
 */
void
purser_window_show_page (PurserWindow *self,
                         const char   *page_id,
                         const char   *detail)
{
  AdwNavigationView *view;
  AdwNavigationPage *root;

  g_return_if_fail (purser_sidebar_find (page_id) != NULL);
  if (self->session == NULL)
    {
      g_set_str (&self->wanted_page, page_id);
      g_set_str (&self->wanted_detail, detail);
      return;
    }
  view = ensure_page (self, page_id);
  root = root_page (view);
  if (g_strcmp0 (self->page, page_id) == 0 || detail != NULL)
    adw_navigation_view_pop_to_page (view, root);
  g_set_str (&self->page, page_id);
  gtk_stack_set_visible_child (self->pages, GTK_WIDGET (view));
  adw_navigation_page_set_title (self->content_page, _(purser_sidebar_find (page_id)->title));
  purser_sidebar_select (self->sidebar, page_id);
  adw_navigation_split_view_set_show_content (self->split, TRUE);
  if (detail != NULL && PURSER_IS_PAGE (root))
    purser_page_show_detail (PURSER_PAGE (root), detail);
  purser_window_update_actions (self);
}

AdwNavigationView *
purser_window_visible_view (PurserWindow *self)
{
  GtkWidget *view = gtk_stack_get_visible_child (self->pages);

  return ADW_IS_NAVIGATION_VIEW (view) && self->session != NULL ? ADW_NAVIGATION_VIEW (view) : NULL;
}

/* The number beside a page in the sidebar. */
void
purser_window_set_badge (PurserWindow *self,
                         const char   *page_id,
                         guint         count,
                         const char   *meaning)
{
  purser_sidebar_set_badge (self->sidebar, page_id, count, meaning);
}

/**
 * purser_window_of:
 * @widget: any widget
 *
 * Returns: (nullable) (transfer none): the window around @widget
 */
PurserWindow *
purser_window_of (GtkWidget *widget)
{
  GtkWidget *window = gtk_widget_get_ancestor (widget, PURSER_TYPE_WINDOW);

  return window != NULL ? PURSER_WINDOW (window) : NULL;
}
