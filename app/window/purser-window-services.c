/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What pages ask of the window around them. */
#include "config.h"
#include "purser-window-private.h"

#include <glib/gi18n-lib.h>
#include "purser-admin.h"

/* A toast is missed easily: it is also said aloud, stays as long as a screen reader may need, and Ctrl+Z does what its button does. Those that wait for their
 * turn would come up over pages they no longer belong to: the latest takes the place of all. */
static void
show_toast (PurserWindow *self,
            AdwToast     *toast,
            const char   *text)
{
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_overlay_dismiss_all (self->toasts);
  adw_toast_overlay_add_toast (self->toasts, toast);
  gtk_accessible_announce (GTK_ACCESSIBLE (self), text, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static AdwToast *
toast_new (const char *text)
{
  return g_object_new (ADW_TYPE_TOAST, "use-markup", FALSE, "title", text, NULL);
}

/**
 * purser_window_toast:
 * @origin: a widget of the window
 * @text: plain text
 */
void
purser_window_toast (GtkWidget  *origin,
                     const char *text)
{
  PurserWindow *self = purser_window_of (origin);

  if (self != NULL)
    show_toast (self, toast_new (text), text);
}

/**
 * purser_window_offer_undo:
 * @self: the window
 * @text: what was done, plain text
 * @undo: (transfer full): what takes it back
 */
void
purser_window_offer_undo (PurserWindow  *self,
                          const char    *text,
                          PurserCommand *undo)
{
  const char *shown = text != NULL ? text : _("Changed");
  AdwToast *toast = toast_new (shown);

  g_clear_pointer (&self->undo, purser_command_free);
  self->undo = undo;
  adw_toast_set_button_label (toast, _("_Undo"));
  adw_toast_set_action_name (toast, "win.undo");
  purser_window_update_actions (self);
  show_toast (self, toast, shown);
}

/**
 * purser_window_push:
 * @origin: a widget of a page
 * @page: (transfer floating): a detail page
 *
 * Pushes @page onto the navigation view that @origin is in, else onto the window's visible one.
 */
void
purser_window_push (GtkWidget         *origin,
                    AdwNavigationPage *page)
{
  GtkWidget *view = gtk_widget_get_ancestor (origin, ADW_TYPE_NAVIGATION_VIEW);
  PurserWindow *self = purser_window_of (origin);

  if (view == NULL && self != NULL)
    view = GTK_WIDGET (purser_window_visible_view (self));
  g_return_if_fail (view != NULL);
  adw_navigation_view_push (ADW_NAVIGATION_VIEW (view), page);
}

/**
 * purser_window_go:
 * @origin: a widget of the window
 * @page_id: a page
 * @detail: (nullable): an id that page understands
 */
void
purser_window_go (GtkWidget  *origin,
                  const char *page_id,
                  const char *detail)
{
  PurserWindow *self = purser_window_of (origin);

  if (self != NULL)
    purser_window_show_page (self, page_id, detail);
}

/**
 * purser_window_say_error:
 * @origin: a widget of the window
 * @title: (nullable): what could not be done
 * @error: why, in words
 */
void
purser_window_say_error (GtkWidget    *origin,
                         const char   *title,
                         const GError *error)
{
  AdwDialog *dialog = adw_alert_dialog_new (title != NULL ? title : _("That did not work"), error->message);

  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _("_Close"));
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "close");
  adw_dialog_present (dialog, origin);
}
