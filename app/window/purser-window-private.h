/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "purser-gateway-foot.h"
#include "purser-sidebar.h"
#include "purser-window.h"

G_BEGIN_DECLS

struct _PurserWindow
{
  AdwApplicationWindow    parent_instance;

  PurserSession          *session;       /* (owned) (nullable) */
  char                   *path;          /* (owned) (nullable): what is open or was tried */
  char                   *wanted_page;   /* (owned) (nullable): asked for before the organisation was there */
  char                   *wanted_detail; /* (owned) (nullable) */
  char                   *page;          /* (owned) the page shown */
  PurserCommand          *undo;          /* (owned) (nullable): what Ctrl+Z takes back */
  GCancellable           *cancellable;   /* (owned) (nullable): the opening in flight */

  /* template children */
  AdwToastOverlay        *toasts;
  GtkStack               *states;
  AdwNavigationSplitView *split;
  AdwNavigationPage      *content_page;
  GtkStack               *pages;
  PurserSidebar          *sidebar;
  PurserGatewayFoot      *foot;
  GtkLabel               *org_label;
  GtkMenuButton          *org_button;
  AdwStatusPage          *failure;
  GtkButton              *retry_button;
  GMenu                  *organisations;
  AdwBin                 *welcome;
};

void               purser_window_install_actions (GtkWidgetClass *klass);
void               purser_window_update_actions  (PurserWindow *self);
void               purser_window_update_menu     (PurserWindow *self);
AdwNavigationView *purser_window_visible_view    (PurserWindow *self); /* (nullable) */

G_END_DECLS
